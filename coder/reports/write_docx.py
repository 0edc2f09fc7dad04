"""The report as a Word document: headings, native tables, and charts that people can edit, with a text alternative.

With a template it has the styles, colours, fonts, page, head and foot of a house.
"""
# ruff: noqa: SLF001 (what python-docx has no word for is set in the XML)

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Emu, Length, Pt, RGBColor

from coder.files.writing import written_beside
from coder.reports.canvas import legible
from coder.reports.chart import NativeChart
from coder.reports.content import Report, Section, side_by_side
from coder.reports.pagination import Part as Columns
from coder.reports.pagination import column_parts, widened
from coder.reports.pictures import Picture
from coder.reports.quotes import Quote, pieces
from coder.reports.shown import said, shown
from coder.reports.slides import chart_alone
from coder.reports.template import Template
from coder.tables.table import Table
from coder.words import area, language_tag, written_date

if TYPE_CHECKING:
    from docx.document import Document as Doc
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.table import Table as Native
    from docx.text.paragraph import Paragraph

_LABELS, _HIGH = 16, 20.0
"""So many labels a chart has, and centimetres that it may be high; of more it is several."""
_PAGE, _SIDE = (21.0, 29.7), 2.5
"""Centimetres of a page without a house style, and of the margin beside its text."""
_CHARACTER, _MARGIN = 0.165, 0.45
"""Centimetres of a sign in a table, and around a cell."""
_DRAWN = 38
"""Pixels in a centimetre of a picture, in which letters of 12 pixels are 9 points."""
_TABLE = "Light List Accent 1"
_TOGETHER = 20
"""A table of so many rows stands on one page with its notes; a longer one may go on on the next."""
_POINTS = 9
"""Points of the letters of a chart."""
_BLUE, _BLUES = "1F4E79", ("4F81BD", "365F91", "17365D", "345A8A")
"""Our accent, and the blues of python-docx in its place."""
_CHARTS = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_KEPT = ("/image", "/chart", "/hyperlink", "/oleObject", "/package", "/diagramData", "/diagramLayout")
"""What only the text of a template uses."""


@dataclass(frozen=True, slots=True)
class _Room:
    """Centimetres that text takes across a page that stands, and across one that lies."""

    wide: float
    turned: float

    @classmethod
    def of(cls, document: "Doc") -> "_Room":
        """What the last page of a document has."""
        page = document.sections[-1]
        sides = _cm(page.left_margin) + _cm(page.right_margin)
        sizes = sorted((_cm(page.page_width), _cm(page.page_height)))
        return cls(sizes[0] - sides, sizes[1] - sides)


def write_docx(report: Report, path: Path, template: Template | None = None) -> list[Path]:
    """Write the document: a heading and the finding a section, then its chart, tables, answers and facts."""
    document: Doc = Document() if template is None else template.opened()
    if template is not None:
        _emptied(document)
        _with_theme(document)
    set_up(document, report.title, house=template is not None)
    document.add_heading(report.title, 0)
    for line in ([written_date(report.made)] if report.made else []) + [report.note] * bool(report.note):
        document.add_paragraph(line)
    for number, part in enumerate(report.sections):
        _section(document, part, report, first=number == 0)
    if report.methods:
        _turn(document, landscape=False)
        document.add_heading(area("report")["methods"], 1)
        document.add_paragraph(report.methods[0])
    with written_beside(path) as beside:
        document.save(str(beside))
    return [path]


def _section(document: "Doc", part: Section, report: Report, *, first: bool) -> None:
    said = area("report")
    turned = document.sections[-1].orientation == WD_ORIENT.LANDSCAPE
    _turn(document, landscape=False)
    heading = document.add_heading(part.finding, 1)
    heading.paragraph_format.page_break_before = not first and not turned
    if part.title != report.title:
        document.add_paragraph(part.title, style="Subtitle")
    if part.caveat:
        document.add_paragraph(part.caveat, style="Note")
    if (native := part.native_chart) is not None:
        for one in native.parts(_LABELS):
            _chart(document, one)
    tables = {name: side_by_side(table) if name == "groups" else table for name, table in part.tables.items()}
    for name in sorted(tables, key=lambda one: _is_wide(document, tables[one])):  # so that the page turns once
        _drawn(document, part.pictures.get(name) if name == "groups" else None)
        _table(document, tables[name])
    if part.quotes:
        _turn(document, landscape=False)
        _quotes(document, part)
    if part.topics:
        _table(document, part.topics)
    if part.facts:
        _turn(document, landscape=False)
        document.add_heading(said["how"], 2)
    for fact in part.facts:
        document.add_paragraph(fact, style="List Bullet")


def _chart(document: "Doc", native: NativeChart) -> None:
    """A native chart as wide as the text, in a paragraph of its own, with the workbook behind it."""
    chart = native.chart
    wide = _Room.of(document).wide
    high = min(1.8 + len(chart.labels) * (0.35 + 0.4 * len(chart.series)), _HIGH)
    drawn, numbers = chart_alone(native, _POINTS)
    package, number = document.part.package, len(document.inline_shapes) + 1
    book = Part(PackURI(f"/word/embeddings/coder{number}.xlsx"), CONTENT_TYPE.SML_SHEET, numbers, package)
    part = Part(PackURI(f"/word/charts/coder{number}.xml"), CONTENT_TYPE.DML_CHART, b"", package)
    behind = part.relate_to(book, RELATIONSHIP_TYPE.PACKAGE)
    part._blob = re.sub(rb'(<c:externalData [^>]*r:id=")[^"]*', rb"\g<1>" + behind.encode(), drawn)
    size = f'cx="{int(Cm(wide))}" cy="{int(Cm(high))}"'
    about = escape(chart.described(), quote=True)
    place = document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    inline = parse_xml(
        f'<w:drawing {nsdecls("w", "wp", "a", "r")}><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f"<wp:extent {size}/>"
        f'<wp:docPr id="{number}" name="Chart {number}" descr="{about}"/><wp:cNvGraphicFramePr/><a:graphic>'
        f'<a:graphicData uri="{_CHARTS}"><c:chart xmlns:c="{_CHARTS}" '
        f'r:id="{place}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
    )
    document.add_paragraph().add_run()._r.append(inline)
    if chart.note:
        document.add_paragraph(chart.note, style="Note")


def _drawn(document: "Doc", picture: Picture | None) -> None:
    """A picture of a table, where there is one, under what it found: no chart of Word is like it."""
    if picture is None:
        return
    _turn(document, landscape=False)
    words = ((picture.heading, "Caption"), (picture.subtitle, "Note"))
    about = [document.add_paragraph(legible(said(one)), style=style) for one, style in words if one]
    _keep(about, last=True)
    wide = _Room.of(document).wide
    shape = document.add_picture(BytesIO(picture.canvas(wide * _DRAWN).png(picture.described(), scale=3)), Cm(wide))
    if shape.height > Cm(_HIGH):
        shape.width, shape.height = Emu(int(shape.width * Cm(_HIGH) / shape.height)), Cm(_HIGH)
    shape._inline.docPr.set("descr", legible(picture.described()))


def _table(document: "Doc", table: Table) -> None:
    """The caption, the table with a head that comes back on every page, and its notes."""
    page, wide = _Room.of(document), _is_wide(document, table)
    _turn(document, landscape=wide)
    room = page.turned if wide else page.wide
    parts = _parts(table, room)
    seen = shown(table)
    for number, part in enumerate(parts, start=1):
        title = area("report")["continued"].format(title=seen.title, part=number, parts=len(parts))
        caption = document.add_paragraph(title if len(parts) > 1 else seen.title, style="Caption")
        caption.paragraph_format.keep_with_next = True
        rows = [part.of(row) for row in [seen.headings, *seen.rows]]
        numbers = [seen.numeric[place] for place in part.columns]
        native = native_table(document, rows, widened(part.widths, numbers, room), numbers)
        if len(rows) <= _TOGETHER:
            noted = number == len(parts) and seen.notes
            _keep([cell.paragraphs[0] for row in native.rows for cell in row.cells], last=bool(noted))
    notes = [document.add_paragraph(note, style="Note") for note in seen.notes]
    _keep(notes, last=False)


def _is_wide(document: "Doc", table: Table) -> bool:
    """Whether a table is for a page that lies, as it does not stand whole on one that stands.

    Then and now can be told from what changed: where that is short both stand under each other on a page that stands.
    """
    if "then_place" in table.columns and len(table.frame) <= _TOGETHER:
        return False
    return len(_parts(table, _Room.of(document).wide)) > 1


def _parts(table: Table, room: float) -> list[Columns]:
    return column_parts(table, room=room, character=_CHARACTER, margin=_MARGIN)


def _keep(paragraphs: Sequence["Paragraph"], *, last: bool) -> None:
    """Let paragraphs stand on one page, the last one with what follows where it is asked."""
    for paragraph in paragraphs if last else paragraphs[:-1]:
        paragraph.paragraph_format.keep_with_next = True


def _turn(document: "Doc", *, landscape: bool) -> None:
    """Go on on a new page that lies or stands, unless this one does already."""
    now = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    if document.sections[-1].orientation == now:
        return
    size = document.sections[-1]
    page = document.add_section(WD_SECTION.NEW_PAGE)
    page.orientation = now
    page.page_width, page.page_height = size.page_height, size.page_width


def native_table(document: "Doc", rows: list[list[str]], widths: Sequence[float], numbers: Sequence[bool]) -> "Native":
    """A table of Word with a head that comes back on every page; `widths` are in centimetres."""
    native: Native = document.add_table(rows=len(rows), cols=len(widths), style=_table_style(document))
    native.autofit = False
    look = native._tbl.tblPr.find(qn("w:tblLook"))
    look.set(qn("w:firstColumn"), "0")
    look.set(qn("w:val"), "0420")
    for column, width in enumerate(widths):
        native.columns[column].width = Cm(width)
    for row, texts in zip(native.rows, rows, strict=True):
        _add(row._tr.get_or_add_trPr(), "w:cantSplit")
        for column, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = Cm(widths[column])
            paragraph = cell.paragraphs[0]
            paragraph.text = text
            paragraph.style = "Cell"
            if numbers[column]:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _add(native.rows[0]._tr.get_or_add_trPr(), "w:tblHeader")
    return native


def _quotes(document: "Doc", part: Section) -> None:
    said = area("report")
    document.add_heading(said["quotes"], 2)
    document.add_paragraph(part.quotes_note, style="Note")
    for label, quotes in part.quotes:
        document.add_heading(label, 3)
        for quote in quotes:
            _quote(document, quote, said["picked"])


def _quote(document: "Doc", quote: Quote, picked: str) -> None:
    paragraph = document.add_paragraph(style="Quote")
    for piece, marked in pieces(quote.text, quote.spans):
        run = paragraph.add_run(piece)
        if marked:
            run.bold = True
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
    why = "; ".join(text for text in (picked if quote.picked else "", quote.reason) if text)
    if why:
        document.add_paragraph(why, style="Note")


def set_up(document: "Doc", title: str, *, house: bool = False) -> None:
    """The page (A4), the styles, the language that spelling is checked in, and the properties.

    Of a `house` the page and the styles stay; those that it lacks are made.
    """
    if not house:
        _our_page(document)
    for name in ("Title", "Heading 1", "Heading 2", "Heading 3", "Subtitle", "Caption", "Quote", "List Bullet"):
        _style(document, name)
    styles = document.styles
    note, cell = _style(document, "Note"), _style(document, "Cell")
    note.font.size = Pt(9)
    if not house:
        note.font.color.rgb = RGBColor(0x4C, 0x59, 0x64)
    note.paragraph_format.space_before, note.paragraph_format.space_after = Pt(2), Pt(2)
    cell.font.size, cell.paragraph_format.space_before, cell.paragraph_format.space_after = Pt(9.5), Pt(0), Pt(0)
    for name in ("Heading 1", "Heading 2", "Heading 3"):
        styles[name].paragraph_format.keep_with_next = True
    _spoken(document)
    about = document.core_properties
    about.title, about.author, about.comments = title[:255], "coder", ""
    about.language = language_tag()


def _our_page(document: "Doc") -> None:
    """The page, the letters and the blue of a document without a house style."""
    page = document.sections[0]
    page.page_width, page.page_height = map(Cm, _PAGE)
    page.left_margin = page.right_margin = Cm(_SIDE)
    page.top_margin = page.bottom_margin = Cm(2.2)
    _numbered(page.footer.paragraphs[0])
    styles = document.styles
    styles["Normal"].font.name, styles["Normal"].font.size = "Calibri", Pt(10.5)
    styles["Quote"].paragraph_format.space_after = Pt(4)
    styles["Caption"].paragraph_format.space_before, styles["Caption"].paragraph_format.space_after = Pt(14), Pt(4)
    for one in styles.element.iter():
        for name, value in one.attrib.items():
            if value in _BLUES:
                one.set(name, _BLUE)
    for theme in _themes(document):
        theme._blob = theme.blob.replace(_BLUES[0].encode(), _BLUE.encode()).replace(b"Cambria", b"Calibri")


def _numbered(paragraph: "Paragraph") -> None:
    """The number of the page, at the right."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    field = _add(paragraph._p, "w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    _add(_add(field, "w:r"), "w:t").text = "1"


def _spoken(document: "Doc") -> None:
    """Let the spelling be checked in the language of the report."""
    styles = document.styles
    defaults = styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    looks = styles["Normal"].element.get_or_add_rPr() if defaults is None else defaults
    known = looks.find(qn("w:lang"))
    spoken = _add(looks, "w:lang") if known is None else known
    for what in ("w:val", "w:eastAsia", "w:bidi"):
        spoken.set(qn(what), language_tag())


def _style(document: "Doc", name: str) -> Any:  # noqa: ANN401 (python-docx has several kinds)
    """The style of paragraphs of this name; a plain one where a house has none."""
    styles = document.styles
    if name in styles:
        return styles[name]
    made: Any = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    made.base_style = styles.default(WD_STYLE_TYPE.PARAGRAPH)
    if name.startswith(("Title", "Heading", "Caption")):
        made.font.bold = True
        made.paragraph_format.space_before, made.paragraph_format.space_after = Pt(12), Pt(4)
        made.font.size = {"Title": Pt(22), "Heading 1": Pt(15), "Heading 2": Pt(13)}.get(name)
    made.font.italic = name == "Quote" or None
    return made


def _table_style(document: "Doc") -> str:
    """The style of tables: that of the house with a head of its own, else ours, in the accent of the house."""
    styles = document.styles
    own = (one for one in styles if one.type == WD_STYLE_TYPE.TABLE and not one.builtin and one.name != _TABLE)
    heads = (one.name for one in own if one.element.findall(f"{qn('w:tblStylePr')}[@{qn('w:type')}='firstRow']"))
    if (name := next(heads, None)) is not None:
        return str(name)
    if _TABLE not in styles:
        copied = deepcopy(Document().styles[_TABLE].element)
        base, plain = copied.find(qn("w:basedOn")), styles.default(WD_STYLE_TYPE.TABLE)
        if plain is None:
            copied.remove(base)
        else:
            base.set(qn("w:val"), plain.style_id)
        accent = next(_accents(document), _BLUE)
        for one in copied.iter():
            for key, value in one.attrib.items():
                if value == _BLUES[0]:
                    one.set(key, accent)
        styles.element.append(copied)
    return _TABLE


def _themes(document: "Doc") -> list[Any]:
    return [one.target_part for one in document.part.rels.values() if one.reltype.endswith("/theme")]


def _accents(document: "Doc") -> Iterator[str]:
    """The accent of the theme as "rrggbb"."""
    for theme in _themes(document):
        if found := re.search(rb'<a:accent1>\s*<a:srgbClr val="([0-9A-Fa-f]{6})"', theme.blob):
            yield found[1].decode()


def _with_theme(document: "Doc") -> None:
    """Give a document without a theme that of python-docx: charts need its colours."""
    if _themes(document):
        return
    ours = _themes(Document())[0]
    theme = Part(PackURI("/word/theme/theme1.xml"), CONTENT_TYPE.OFC_THEME, ours.blob, document.part.package)
    document.part.relate_to(theme, RELATIONSHIP_TYPE.THEME)


def _emptied(document: "Doc") -> None:
    """Drop the text of a template, and what only that used; its page, head, foot and styles stay."""
    body = document.element.body
    for one in list(body):
        if one.tag != qn("w:sectPr"):
            body.remove(one)
    left, rels = document.element.xml, document.part.rels
    for name in [name for name, one in rels.items() if one.reltype.endswith(_KEPT) and f'"{name}"' not in left]:
        del rels[name]


def _cm(size: Length | None) -> float:
    return 0.0 if size is None else size.cm


def _add(parent: "BaseOxmlElement", name: str) -> "BaseOxmlElement":
    child: BaseOxmlElement = OxmlElement(name)
    parent.append(child)
    return child
