"""The report as a Word document: headings, native tables, charts as pictures with a text alternative."""
# ruff: noqa: SLF001 (what python-docx has no word for is set in the XML)

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from coder.files.writing import written_beside
from coder.reports.chart import png
from coder.reports.content import Chart, Report, Section
from coder.reports.layout import column_parts
from coder.reports.quotes import Quote, pieces
from coder.reports.shown import shown
from coder.tables.table import Table
from coder.words import area, chosen
from coder.words.numbers import tag, written_date

if TYPE_CHECKING:
    from docx.document import Document as Doc
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.table import Table as Native
    from docx.text.paragraph import Paragraph

_WIDE, _HIGH, _LABELS = 16.0, 20.0, 16
"""Centimetres that a chart may take on an A4 page, and its labels; of more it is several."""
_PAGE, _SIDE, _TURNED = (21.0, 29.7), 2.5, 24.7
"""Centimetres of the page, of the margin beside the text, and what a table may take on a page that is turned."""
_CHARACTER = 0.165
"""Centimetres of a sign in a table."""
_TABLE = "Light List Accent 1"
_TOGETHER = 20
"""A table of so many rows stands on one page with its notes; a longer one may go on on the next."""


def write(report: Report, path: Path) -> list[Path]:
    """Write the document: a heading and the finding a section, then its chart, tables, answers and facts."""
    document = Document()
    set_up(document, report.title)
    document.add_heading(report.title, 0)
    for line in ([written_date(report.made, chosen())] if report.made else []) + [report.note] * bool(report.note):
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
    if part.chart:
        for chart in part.chart.parts(_LABELS):
            _picture(document, chart)
    for table in part.tables.values():
        _table(document, table)
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


def _picture(document: "Doc", chart: Chart) -> None:
    shape = document.add_picture(BytesIO(png(chart, scale=3)), width=Cm(_WIDE))
    if shape.height > Cm(_HIGH):
        shape.width, shape.height = int(shape.width * Cm(_HIGH) / shape.height), Cm(_HIGH)
    shape._inline.docPr.set("descr", chart.described())
    if chart.note:
        document.add_paragraph(chart.note, style="Note")


def _table(document: "Doc", table: Table) -> None:
    """The caption, the table with a head that comes back on every page, and its notes; a wide one on a turned page."""
    parts = column_parts(table, room=_WIDE, character=_CHARACTER, margin=0.55)
    if wide := len(parts) > 1:
        parts = column_parts(table, room=_TURNED, character=_CHARACTER, margin=0.55)
    _turn(document, landscape=wide)
    seen = shown(table)
    for number, part in enumerate(parts, start=1):
        title = area("report")["continued"].format(title=seen.title, part=number, parts=len(parts))
        caption = document.add_paragraph(title if len(parts) > 1 else seen.title, style="Caption")
        caption.paragraph_format.keep_with_next = True
        rows = [part.of(row) for row in [seen.headings, *seen.rows]]
        native = native_table(document, rows, part.widths, [seen.numeric[place] for place in part.columns])
        if len(rows) <= _TOGETHER:
            noted = number == len(parts) and seen.notes
            _keep([cell.paragraphs[0] for row in native.rows for cell in row.cells], last=bool(noted))
    notes = [document.add_paragraph(note, style="Note") for note in seen.notes]
    _keep(notes, last=False)


def _keep(paragraphs: Sequence["Paragraph"], *, last: bool) -> None:
    """Let paragraphs stand on one page, the last one with what follows where it is asked."""
    for paragraph in paragraphs if last else paragraphs[:-1]:
        paragraph.paragraph_format.keep_with_next = True


def _turn(document: "Doc", *, landscape: bool) -> None:
    """Go on on a new page that lies or stands, unless this one does already."""
    now = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    if document.sections[-1].orientation == now:
        return
    page = document.add_section(WD_SECTION.NEW_PAGE)
    page.orientation = now
    page.page_width, page.page_height = map(Cm, reversed(_PAGE) if landscape else _PAGE)


def native_table(document: "Doc", rows: list[list[str]], widths: Sequence[float], numbers: Sequence[bool]) -> "Native":
    """A table of Word with a head that comes back on every page; `widths` are in centimetres."""
    native: Native = document.add_table(rows=len(rows), cols=len(widths), style=_TABLE)
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


def set_up(document: "Doc", title: str) -> None:
    """The page (A4), the styles, the language that spelling is checked in, and the properties."""
    page = document.sections[0]
    page.page_width, page.page_height = map(Cm, _PAGE)
    page.left_margin = page.right_margin = Cm(_SIDE)
    page.top_margin = page.bottom_margin = Cm(2.2)
    styles = document.styles
    styles["Normal"].font.name, styles["Normal"].font.size = "Calibri", Pt(10.5)
    styles["Quote"].paragraph_format.space_after = Pt(4)
    styles["Caption"].paragraph_format.space_before, styles["Caption"].paragraph_format.space_after = Pt(14), Pt(4)
    note = styles.add_style("Note", WD_STYLE_TYPE.PARAGRAPH)
    note.base_style = styles["Normal"]
    note.font.size, note.font.color.rgb = Pt(9), RGBColor(0x4C, 0x59, 0x64)
    note.paragraph_format.space_before, note.paragraph_format.space_after = Pt(2), Pt(2)
    cell = styles.add_style("Cell", WD_STYLE_TYPE.PARAGRAPH)
    cell.base_style = styles["Normal"]
    cell.font.size, cell.paragraph_format.space_after = Pt(9.5), Pt(0)
    for name in ("Heading 1", "Heading 2", "Heading 3"):
        styles[name].paragraph_format.keep_with_next = True
    defaults = styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    spoken = _add(defaults, "w:lang") if defaults.find(qn("w:lang")) is None else defaults.find(qn("w:lang"))
    for what in ("w:val", "w:eastAsia", "w:bidi"):
        spoken.set(qn(what), tag(chosen()))
    about = document.core_properties
    about.title, about.author, about.comments = title[:255], "coder", ""
    about.language = tag(chosen())


def _add(parent: "BaseOxmlElement", name: str) -> "BaseOxmlElement":
    child: BaseOxmlElement = OxmlElement(name)
    parent.append(child)
    return child
