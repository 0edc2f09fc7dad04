"""Makes the synthetic policy plans in `plans/`: python corpora/make_plans.py [FOLDER].

The organisations do not exist and nobody wrote these plans; the text was written for this project by a language model.
A page has what real plans have: a running head and a page number, columns, words cut at a line end, a list, a table,
a footnote. Needs reportlab and python-docx.

A line of a plan is a heading (#, ##), an item (-), a row (|), a footnote to the line before (^) or a paragraph; `===`
goes on to a new page, `=||=` to a new page of two columns.
"""

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

import docx
from docx.document import Document as Word
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_BREAK
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.paragraph import Paragraph
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

NOTE = (
    "Dit plan is synthetisch: het is verzonnen om een programma te tonen. De vereniging bestaat niet, en niemand "
    "voerde uit wat hier staat."
)
MISSION = (
    "De Brede Linde is een vereniging van mensen die elkaar in hun eigen dorp of wijk willen leren kennen. Wij geloven "
    "dat wie samen iets maakt, kookt of uitzoekt, daarna ook anders naar zijn buren kijkt. Die ontmoeting is ons "
    "doel, niet het middel."
)
VOLUNTEERS = (
    "Zonder vrijwilligers is er geen Brede Linde. Zij bedenken het programma, zetten de stoelen klaar en sluiten 's "
    "avonds de deur. Wij zorgen dat zij verzekerd zijn, hun onkosten terugkrijgen en nooit alleen voor een taak staan."
)

LINDE_2016 = f"""
# 1 Wie we zijn
{MISSION}
De vereniging heeft 42 afdelingen tussen Dender en Zenne, met samen iets meer dan drieduizend leden. Elke afdeling
kiest haar eigen programma; het secretariaat in Ninove geeft raad en houdt de boeken bij.
## 1.1 Wat rondom ons verandert
In onze streek komen jonge gezinnen uit Brussel wonen, terwijl de vaste leden ouder worden. De dorpswinkel en het
postkantoor zijn bijna overal dicht. Daardoor is de zaal van de vereniging vaak de laatste plaats waar iedereen binnen
mag.
## 1.2 Hoe dit plan tot stand kwam
Tussen januari en mei trokken wij langs alle afdelingen. Op elke avond schreven de aanwezigen hun drie grootste wensen
op een kaartje, en de algemene vergadering stemde daarna over de volgorde. Wat in dit plan staat, is dus door de leden
gekozen.
===
# 2 Wat we willen bereiken
## 2.1 Vrijwilligers dragen de werking
{VOLUNTEERS}
Tegen 2020 heeft elke afdeling een vrijwilliger die nieuwe mensen onthaalt. Daarvoor doen wij het volgende:
- een map met afspraken voor wie nieuw is in een bestuur;
- elk najaar een dag waarop besturen van elkaar leren;
- een bedankfeest in de week van de vrijwilliger.
## 2.2 Een vereniging die het klimaat spaart
Tegen 2020 halveren wij het energieverbruik van onze zalen. Elke afdeling laat haar lokaal doorlichten, en wij leggen
zelf zonnepanelen op het dak van het secretariaat. Wie naar een activiteit komt, moedigen wij aan om te fietsen of
samen te rijden.
Wij beloven ook dat op onze feesten geen wegwerpbekers meer te vinden zijn. De besparing gaat naar een klimaatfonds
waaruit afdelingen hun eigen plannen betalen.
## 2.3 Samenwerken met wie naast ons werkt
Wij zoeken in elke gemeente minstens twee vaste partners: de bibliotheek en een welzijnsorganisatie. Met hen maken wij
een jaarkalender, zodat niet alles op dezelfde avond valt.
=||=
## 2.4 Iedereen voelt zich welkom
Onze leden lijken te veel op elkaar. Wij willen dat de groep rond de tafel even kleurrijk wordt als de straat
erbuiten, en wij beginnen bij onszelf: tegen 2018 heeft de raad van bestuur twee leden met een migratieachtergrond.
Wie weinig verdient, betaalt een derde van het lidgeld. Niemand hoeft daarvoor een papier te tonen; een woord aan de
penningmeester volstaat.
# 3 Middelen
Wij rekenen op een gelijke subsidie en op iets meer eigen inkomsten. Drie keer per jaar legt de penningmeester de
rekening voor aan de raad van bestuur.
^ Bedragen in euro, zonder indexering; de subsidie is een raming.
| Jaar | Subsidie | Lidgeld | Activiteiten |
| 2016 | 310 000 | 62 000 | 48 000 |
| 2018 | 310 000 | 65 000 | 55 000 |
| 2020 | 310 000 | 68 000 | 63 000 |
# 4 Opvolging
Elk voorjaar kijkt een groep van zes leden na wat van dit plan terechtkwam. Hun verslag gaat naar alle afdelingen, ook
als het tegenvalt.
"""

LINDE_2021 = f"""
# 1 Wie we zijn
{MISSION}
Vandaag telt de vereniging 38 afdelingen. Vier afdelingen vonden geen nieuw bestuur en hielden op; twee andere gingen
samen verder. Het aantal leden bleef met bijna drieduizend gelijk.
## 1.1 Wat we leerden
De voorbije jaren toonden hoe kwetsbaar ontmoeting is. Toen de zalen maandenlang gesloten bleven, belden besturen hun
leden thuis op, en sommige van die gesprekken duren nog altijd. Wij leerden dat een vereniging meer is dan een kalender
vol activiteiten.
## 1.2 Hoe dit plan tot stand kwam
Dit plan is geschreven door een werkgroep van leden, niet door het secretariaat. Veertig mensen die toevallig uit de
ledenlijst geloot waren, bespraken de eerste versie op twee zaterdagen. Hun opmerkingen staan met ons antwoord op de
website, ook die waar wij niet op ingingen.
# 2 Wat we willen bereiken
## 2.1 Vrijwilligers dragen de werking
{VOLUNTEERS}
Het wordt moeilijker om mensen te vinden die jarenlang een bestuur trekken. Daarom knippen wij grote taken in kleine
stukken, die iemand ook voor een maand kan opnemen. Tegen 2025 vindt elke afdeling zo tien nieuwe helpende handen, en
krijgt elke voorzitter een peter of meter uit een andere afdeling.
=||=
## 2.2 Digitaal waar het helpt
Alle afdelingen gebruiken tegen 2023 hetzelfde digitale ledenbestand. Inschrijven voor een activiteit kan dan met de
telefoon, maar een papieren briefje blijft even geldig. De gegevens van leden bewaren wij op een server in Gent, en
niemand buiten de vereniging krijgt ze te zien.
Achtentwintig vrijwilligers worden digitale buddy. Zij gaan bij leden thuis langs en helpen met de tablet, de
bankkaart of het invullen van een formulier.
^ De opleiding van de buddy's duurt twee namiddagen en is gratis.
## 2.3 Samenwerken met wie naast ons werkt
Met de bibliotheek delen wij voortaan ook zalen en materiaal. In zes gemeenten sluiten wij een overeenkomst met het
lokaal dienstencentrum, waarin staat wie wat betaalt en wie de sleutel heeft. Waar een andere vereniging hetzelfde
doet als wij, zoeken wij eerst contact voor wij zelf beginnen.
## 2.4 Iedereen voelt zich welkom
Een derde van de nieuwe inwoners spreekt thuis een andere taal dan het Nederlands. Elke afdeling houdt minstens twee
activiteiten waar taal geen drempel is, zoals koken, wandelen of muziek maken. Wij tellen niet alleen wie er is, wij
vragen ook wie ontbreekt, en waarom.
Wie weinig verdient, betaalt een derde van het lidgeld. Niemand hoeft daarvoor een papier te tonen; een woord aan de
penningmeester volstaat.
===
## 2.5 Leden beslissen mee
Elk jaar beslist een ledenraad van twintig gelote mensen over een tiende van het budget. De raad van bestuur voert uit
wat zij kiezen, of legt op de algemene vergadering uit waarom dat niet kan. Zo leggen wij de inspraak vast in de
statuten:
- elk lid kan een punt op de dagorde zetten;
- jongeren vanaf zestien jaar mogen stemmen;
- een voorstel dat tien afdelingen steunen, wordt binnen drie maanden behandeld.
# 3 Middelen
De subsidie daalt met zes procent, en dat vangen wij op met eigen inkomsten. Wij verhuren de benedenverdieping van het
secretariaat en vragen voor het eerst een bijdrage aan bedrijven uit de streek. Aan het lidgeld raken wij niet.
| Jaar | Subsidie | Lidgeld | Verhuur |
| 2021 | 291 000 | 66 000 | 12 000 |
| 2023 | 291 000 | 66 000 | 18 000 |
| 2025 | 291 000 | 66 000 | 21 000 |
# 4 Opvolging
Halverwege dit plan laten wij onze werking doorlichten door een collega uit een andere organisatie. Wat zij schrijft,
maken wij openbaar.
"""

ERF_2021 = """
# 1 Onze opdracht
Het Open Erf brengt stadsbewoners en boeren samen op drie hoeven aan de rand van Leuven. Wie er komt, leert zaaien,
oogsten en bewaren, en spreekt onderweg met mensen die hij anders nooit zou ontmoeten. Wij zijn een vereniging, geen
bedrijf: de oogst is van wie meewerkt.
Op de hoeven werken elf betaalde krachten. Zij krijgen in deze periode elk een vormingsbudget en een vaste dag om het
buiten te gebruiken.
## 1.1 De wereld om ons heen
De grond rond de stad wordt duur en droog. Drie zomers na elkaar stond de waterput van de Molenhoeve leeg, en twee
boeren met wie wij werkten zijn gestopt. Tegelijk vraagt elke school in de buurt of haar klassen mogen komen.
^ In 2020 vroegen dat 41 scholen; voor 26 was er plaats.
=||=
# 2 Doelen
## 2.1 Het klimaat als leermeester
Wij maken onze hoeven klaar voor een heter klimaat. Wij vangen het water van alle daken op, planten elk jaar honderd
bomen en zoeken gewassen die tegen droogte kunnen. Tegen 2025 stoten onze gebouwen en voertuigen de helft minder uit
dan in 2020.
Wat wij daarbij leren, tonen wij. Elke hoeve krijgt een pad met borden waarop ook staat wat mislukte.
## 2.2 Vrijwilligers met verschillende schouders
Op een gewone dinsdag staan dertig vrijwilligers op het veld: studenten, mensen zonder werk, gepensioneerden en een
dokter op haar vrije dag. Voor elk van hen zoeken wij een taak op maat, en wie na een ziekte opnieuw wil beginnen krijgt
de tijd. Een vrijwilliger die tien keer kwam, praten wij even apart: wat wil je hier nog leren?
## 2.3 Samen sterker
Met twee andere stadsboerderijen delen wij machines, zaaigoed en een boekhouder. Met de hogeschool onderzoeken wij welke
compost het beste werkt, en met het ziekenhuis starten wij een tuin voor wie herstelt. Elke samenwerking krijgt na een
jaar een gesprek waarin beide partijen zeggen of het nog klopt.
## 2.4 Een erf voor iedereen
Op het erf hoor je veertien talen. Toch zien wij in onze bestuursgroep bijna alleen mensen met een diploma, en dat
klopt niet. Daarom houden wij twee plaatsen vrij voor wie via de opvang of het wijkcentrum bij ons kwam, met een
begeleider zolang dat nodig is.
===
## 2.5 Minder scherm, betere gegevens
Onze planning verhuist van een bord naar een eenvoudige app. Die app maken wij niet zelf: wij nemen over wat andere
hoeven al gebruiken. Wie geen telefoon wil, vindt dezelfde planning op papier in de schuur.
# 3 Geld
Wij leven voor de helft van subsidies, en dat blijft zo. De andere helft verdienen wij met groentepakketten, vorming
en verhuur. Een reserve van drie maanden lonen leggen wij vast en raken wij niet aan.
| Bron | 2021 | 2025 |
| Subsidies | 240 000 | 240 000 |
| Groentepakketten | 130 000 | 150 000 |
| Vorming en verhuur | 95 000 | 110 000 |
# 4 Wie beslist
Elke maand is er een erfvergadering waar wie die maand meewerkte een stem heeft. Over geld en personeel beslist de
raad van bestuur, maar niet zonder het verslag van die vergadering te lezen. Zo weten wij wat er leeft:
- een boek in de schuur waarin iedereen schrijft;
- een rondvraag in juni, ook bij wie wegbleef;
- een open dag waarop het bestuur vragen beantwoordt.
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan: its file, whose it is, of which period, and its text."""

    file: str
    organisation: str
    period: str
    text: str

    @property
    def title(self) -> str:
        """What it is called."""
        return f"Beleidsplan {self.period}"

    @property
    def head(self) -> str:
        """What stands above every page."""
        return f"{self.organisation} – beleidsplan {self.period} (synthetisch)"

    def parts(self) -> list[tuple[str, str]]:
        """Its (kind, text): heading 1, heading 2, item, row, note, page, columns, paragraph."""
        kinds = {"##": "heading 2", "#": "heading 1", "-": "item", "|": "row", "^": "note"}
        parts: list[tuple[str, str]] = []
        for line in self.text.strip().splitlines():
            first, _, rest = line.partition(" ")
            if line in {"===", "=||="}:
                parts.append(("page" if line == "===" else "columns", ""))
            elif first in kinds:
                parts.append((kinds[first], line if first == "|" else rest))
            elif parts and parts[-1][0] == "paragraph" and not parts[-1][1].endswith((".", ":", "?")):
                parts[-1] = ("paragraph", f"{parts[-1][1]} {line}")
            else:
                parts.append(("paragraph", line))
        return parts


PLANS = (
    Plan("linde-2016-2020.docx", "De Brede Linde vzw", "2016-2020", LINDE_2016),
    Plan("linde-2021-2025.pdf", "De Brede Linde vzw", "2021-2025", LINDE_2021),
    Plan("open-erf-2021-2025.pdf", "Het Open Erf vzw", "2021-2025", ERF_2021),
)


def make(folder: Path) -> list[Path]:
    """Write the plans; returns their files."""
    folder.mkdir(parents=True, exist_ok=True)
    for plan in PLANS:
        (_word if plan.file.endswith(".docx") else _pdf)(plan, folder / plan.file)
    return [folder / plan.file for plan in PLANS]


def cells(row: str) -> list[str]:
    """The cells of a row."""
    return [cell.strip() for cell in row.strip("| ").split("|")]


# Word


def _word(plan: Plan, path: Path) -> None:
    made = docx.Document()
    made.core_properties.title, made.core_properties.author = f"{plan.title} (synthetisch)", plan.organisation
    section = made.sections[0]
    section.header.paragraphs[0].text = plan.head
    _field(section.footer.paragraphs[0], "PAGE")
    made.add_paragraph(plan.title, style="Title")
    made.add_paragraph(plan.organisation, style="Subtitle")
    made.add_paragraph(NOTE)
    notes: list[str] = []
    rows: list[list[str]] = []
    last, turned = _turned(made), True
    for kind, text in [*plan.parts(), ("end", "")]:
        if rows and kind != "row":
            _table(made, rows)
            rows = []
        match kind:
            case "page":
                _turned(made)
                turned = True
            case "columns":
                turned = True
                cols = made.add_section(WD_SECTION.NEW_PAGE)._sectPr
                cols.xpath("./w:cols")[0].set(qn("w:num"), "2")
            case "row":
                rows.append(cells(text))
            case "note":
                notes.append(text)
                last.runs[-1]._r.addnext(_reference(len(notes)))
            case "item":
                last = made.add_paragraph(text, style="List Bullet")
            case "heading 1" | "heading 2":
                last = made.add_heading(text, int(kind[-1]))
            case "paragraph":
                last = made.add_paragraph(text)
        if turned and kind in {"heading 1", "heading 2", "paragraph"}:
            last.runs[0]._r.insert(0, OxmlElement("w:lastRenderedPageBreak"))  # as Word leaves it
            turned = False
    _footnotes(made, notes)
    made.save(str(path))


def _table(made: Word, rows: list[list[str]]) -> None:
    table = made.add_table(0, len(rows[0]), style="Table Grid")
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


def _turned(made: Word) -> Paragraph:
    """The paragraph that turns the page."""
    last = made.add_paragraph()
    last.add_run().add_break(WD_BREAK.PAGE)
    return last


def _field(paragraph: Paragraph, code: str) -> None:
    for what in ("begin", "", "end"):
        run = paragraph.add_run()._r
        part = OxmlElement("w:fldChar" if what else "w:instrText")
        if what:
            part.set(qn("w:fldCharType"), what)
        else:
            part.text = code
        run.append(part)


def _reference(number: int) -> BaseOxmlElement:
    return parse_xml(
        f'<w:r {nsdecls("w")}><w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
        f'<w:footnoteReference w:id="{number}"/></w:r>'
    )


def _footnotes(made: Word, notes: list[str]) -> None:
    one = '<w:footnote w:id="{}"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t xml:space="preserve"> {}</w:t></w:r></w:p></w:footnote>'
    body = "".join(one.format(number, text) for number, text in enumerate(notes, 1))
    lines = (
        '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
        '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>'
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    xml = f'<?xml version="1.0" encoding="UTF-8"?><w:footnotes {nsdecls("w")}>{lines}{body}</w:footnotes>'
    part = Part(PackURI("/word/footnotes.xml"), kind, xml.encode(), made.part.package)
    made.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


# PDF

WIDE, HIGH, MARGIN, TOP, BOTTOM, GUTTER = 595.0, 842.0, 72.0, 100.0, 690.0, 28.0
PLAIN, BOLD, SIZE = "Helvetica", "Helvetica-Bold", 11.0
LOOK = {"heading 1": (BOLD, 17.0), "heading 2": (BOLD, 13.0), "title": (BOLD, 26.0), "note": (PLAIN, 8.5)}


@dataclass(slots=True)
class _Pages:
    """The pages of a PDF in the making; y counts from the top."""

    canvas: Canvas
    head: str
    number: int = 1
    columns: int = 1
    column: int = 0
    y: float = TOP
    noted: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def width(self) -> float:
        return (WIDE - 2 * MARGIN - (self.columns - 1) * GUTTER) / self.columns

    @property
    def x(self) -> float:
        return MARGIN + self.column * (self.width + GUTTER)

    def draw(self, x: float, y: float, text: str, font: str, size: float) -> None:
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, HIGH - y, text)

    def room(self, height: float) -> None:
        """Go on in the next column or on the next page where this one is full."""
        if self.y + height <= BOTTOM:
            return
        if self.column + 1 < self.columns:
            self.column, self.y = self.column + 1, TOP
        else:
            self.turn(self.columns)

    def turn(self, columns: int) -> None:
        """End the page: notes under a line, running head, page number."""
        y = BOTTOM + 36
        if self.notes:
            self.canvas.line(MARGIN, HIGH - y + 14, MARGIN + 120, HIGH - y + 14)
        for note in self.notes:
            for line in wrapped(note, *LOOK["note"], WIDE - 2 * MARGIN):
                self.draw(MARGIN, y, line, *LOOK["note"])
                y += 11
        if self.number > 1:
            self.draw(MARGIN, 50, self.head, PLAIN, 9)
            self.draw(WIDE / 2, HIGH - 40, str(self.number), PLAIN, 9)
        self.canvas.showPage()
        self.number, self.columns, self.column, self.y, self.notes = self.number + 1, columns, 0, TOP, []

    def text(self, text: str, font: str = PLAIN, size: float = SIZE, left: str = "", mark: str = "") -> None:
        """Set a paragraph, with a bullet or a note mark where it has one."""
        indent = 14 if left else 0
        lines = wrapped(text, font, size, self.width - indent - 6)
        if font == BOLD:
            self.y += size * 0.6
            self.room(size * 5)
        for number, line in enumerate(lines):
            self.room(size)
            if left and not number:
                self.draw(self.x, self.y, left, font, size)
            self.draw(self.x + indent, self.y, line, font, size)
            if mark and number + 1 == len(lines):
                self.draw(self.x + indent + stringWidth(line, font, size), self.y - 4, mark, font, 7)
            self.y += size * 1.45
        self.y += 0 if left else size * 0.7

    def row(self, texts: list[str], *, first: bool) -> None:
        """Set a row of a table."""
        self.room(SIZE)
        step = self.width / len(texts)
        for number, text in enumerate(texts):
            self.draw(self.x + number * step, self.y, text, BOLD if first else PLAIN, 10)
        self.y += 17


def _pdf(plan: Plan, path: Path) -> None:
    canvas = Canvas(str(path), pagesize=(WIDE, HIGH), invariant=1)
    canvas.setTitle(f"{plan.title} (synthetisch)")
    canvas.setAuthor(plan.organisation)
    pages = _Pages(canvas, plan.head, y=250)
    pages.text(plan.title, *LOOK["title"])
    pages.text(plan.organisation)
    pages.text(NOTE)
    pages.turn(1)
    parts = [("", ""), *plan.parts(), ("", "")]
    for before, (kind, text), after in zip(parts, parts[1:], parts[2:], strict=False):
        match kind:
            case "page" | "columns":
                pages.turn(1 if kind == "page" else 2)
            case "row":
                pages.row(cells(text), first=before[0] != "row")
                pages.y += 8 if after[0] != "row" else 0
            case "note":
                pass  # set with the paragraph before
            case "item":
                pages.text(text, left="•")
                pages.y += 8 if after[0] != "item" else 0
            case "heading 1" | "heading 2":
                pages.text(text, *LOOK[kind])
            case _:
                if after[0] == "note":
                    pages.noted += 1
                    pages.notes.append(f"{pages.noted} {after[1]}")
                pages.text(text, mark=str(pages.noted) if after[0] == "note" else "")
    pages.turn(1)
    canvas.save()


_CUT = re.compile(r"(?<=[aeiou][bdfgklmnprstvwz])(?=[bdfghklmnprstvwz][aeiou])")


def wrapped(text: str, font: str, size: float, width: float) -> list[str]:
    """Lines of at most this width; a long word is cut between two consonants."""
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if stringWidth(longer, font, size) <= width:
            line = longer
            continue
        cuts = [cut.start() for cut in _CUT.finditer(word) if 2 < cut.start() < len(word) - 3] if font == PLAIN else []
        fits = [cut for cut in cuts if stringWidth(f"{line} {word[:cut]}-", font, size) <= width]
        lines.append(f"{line} {word[: fits[-1]]}-" if fits else line)
        line = word[fits[-1] :] if fits else word
    return [*lines, line]


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "plans")
