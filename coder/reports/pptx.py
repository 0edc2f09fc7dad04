"""The report as slides: a native chart that people can edit and native tables, a slide each, and what was said.

What does not fit on one slide continues on the next; nothing is made too small to read.

The empty set of slides (16:9, one master and four layouts whose places fit what a report puts in them) is made in code
from the template of python-pptx, which is 4:3, so that no file of a program we do not own has to be kept. Placeholders
are real ones: who gives the slides a house style moves everything at once.
"""

# ruff: noqa: ANN401, SLF001 (python-pptx has no way to change a layout but in its XML; python-pptx types little, and alternative text it can only set in the XML)

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from html import escape
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_MARK
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches, Pt
from xlsxwriter import Workbook

from coder.files.writing import written_beside
from coder.reports.chart import FILLS, INK, fills
from coder.reports.content import Chart, Glance, Report, Section, Series
from coder.reports.layout import column_parts
from coder.reports.quotes import pieces
from coder.reports.shown import shown
from coder.reports.xlsx import percent_format
from coder.tables.table import Table
from coder.words import area, chosen
from coder.words.numbers import tag, written_date

_BARS = 26
"""So many bars a slide holds."""
_LINES = 19
"""So many lines of text a slide holds, of so many characters."""
_CHARACTERS = 125
_NOTES = 330
"""So many characters of notes stand at the foot of a slide."""
_TITLES = ((180, 14), (120, 18), (85, 22))
"""Titles of more characters are so many points."""
_LONGEST = 900
"""A quote of more characters is cut on a slide; the other formats have all of it."""
_ROW, _MORE, _INCH = 0.315, 0.2, 9.5
"""Inches of a row and of each further line in it; characters to the inch."""

_BARS_WIDE = 3.4
"""Inches that are left for the bars beside a table."""
_TIGHT, _MOST_ROW = 0.04, 0.46
"""Inches around the lines of a row beside bars, and what such a row may be stretched to."""

Lines = list[list[tuple[str, bool]]]
"""Paragraphs, each of pieces of text with whether they are bold."""


def write(report: Report, path: Path) -> list[Path]:
    """Write the slides: a title, then for each section chart, tables and quotes, and last how it was made."""
    deck = empty_deck()
    front = deck.slides.add_slide(deck.slide_layouts[TITLE])
    front.shapes.title.text = report.title
    lines = ([written_date(report.made, chosen())] if report.made else []) + [report.note] * bool(report.note)
    front.placeholders[1].text = "\n".join(lines)
    if not lines:
        _remove(front.placeholders[1])
    for part in report.sections:
        _section(deck, part)
    _methods(deck, report)
    _finish(deck, report)
    with written_beside(path) as beside:
        deck.save(str(beside))
    return [path]


def _section(deck: Any, part: Section) -> None:
    said = area("report")
    notes = next((_foot(table) for table in part.tables.values()), ())
    shows_all = part.glance is not None and _glance(deck, part, part.glance)
    if part.chart and not shows_all:
        charts = part.chart.parts(max(_BARS // len(part.chart.series), 1))
        for title, chart in zip(_numbered(part.finding, len(charts), said), charts, strict=True):
            _chart(deck, title, chart, [part.title, part.caveat, *notes, chart.note])
    for table in part.all_tables.values():
        _table(deck, table, part.title)
    if part.quotes:
        blocks = list(_quotes(part, said["picked"]))
        _texts(deck, said["quotes"], blocks, [part.title, part.quotes_note])


def _glance(deck: Any, part: Section, glance: Glance) -> bool:
    """The list now and what it was then on one slide: a table, and beside each row its bars. Whether all rows fit.

    The first rows where not all do. A row is as high as the highest, so that the bars stand beside their rows.
    """
    seen = shown(glance.table)
    columns = column_parts(glance.table, room=WIDE - _BARS_WIDE, character=1 / _INCH, margin=0.25)[0]
    cells = [columns.of(row) for row in seen.rows]
    head = _tight(columns.of(seen.headings), columns.widths)
    least = max(_tight(row, columns.widths) for row in cells)
    count = min(len(cells), int((BODY_HIGH - head) / least))
    high = min(max(least, (BODY_HIGH - head) / count), _MOST_ROW)
    said = area("report")
    more = [said["first_rows"].format(shown=count, count=len(cells))] if count < len(cells) else []
    slide = _slide(deck, TABLE, part.finding, [part.title, *seen.notes, part.caveat, *more])
    numbers = [seen.numeric[place] for place in columns.columns]
    frame = _rows(slide, part.finding, [columns.of(seen.headings), *cells[:count]], columns.widths, numbers)
    for place, row in enumerate(frame.table.rows):
        row.height = Inches(head if place == 0 else high)
        for cell in row.cells:
            cell.margin_top = cell.margin_bottom = Inches(_TIGHT / 2)
    chart = _first(glance.chart, count)
    left = LEFT + sum(columns.widths) + 0.1
    box = (left, BODY_TOP, LEFT + WIDE - left, head + high * count)
    drawn = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *map(Inches, box), _data(chart))
    _drawn(drawn, chart)
    _beside_rows(drawn.chart, head / box[3])
    return count == len(cells)


def _first(chart: Chart, count: int) -> Chart:
    """The first bars of a chart."""
    series = tuple(replace(one, percents=one.percents[:count], intervals=one.intervals[:count]) for one in chart.series)
    return replace(chart, labels=chart.labels[:count], series=series, scale=chart.highest)


def _beside_rows(drawn: Any, head: float) -> None:
    """Let the bars take the chart but for its head, which has the legend: they stand beside rows of equal height."""
    drawn.category_axis.visible = False
    drawn.plots[0].gap_width = 60
    drawn.plots[0].has_data_labels = False
    area_ = drawn._chartSpace.chart.plotArea
    for old in area_.findall(qn("c:layout")):
        area_.remove(old)
    area_.insert(0, parse_xml(_layout("inner", 0.0, head, 1.0, 1 - head)))
    if drawn.has_legend:
        legend = drawn.legend._element
        for old in legend.findall(qn("c:layout")):
            legend.remove(old)
        legend.find(qn("c:legendPos")).addnext(parse_xml(_layout("", 0.0, 0.0, 1.0, head)))


def _layout(target: str, x: float, y: float, wide: float, high: float) -> str:
    """Where a part of a chart stands, in parts of its frame."""
    inner = f'<c:layoutTarget val="{target}"/>' if target else ""
    places = "".join(f'<c:{name} val="{value}"/>' for name, value in (("x", x), ("y", y), ("w", wide), ("h", high)))
    return (
        f'<c:layout {nsdecls("c")}><c:manualLayout>{inner}<c:xMode val="edge"/><c:yMode val="edge"/>'
        f"{places}</c:manualLayout></c:layout>"
    )


def _chart(deck: Any, title: str, chart: Chart, foot: Sequence[str]) -> None:
    slide = _slide(deck, CHART, title, foot)
    _drawn(slide.placeholders[1].insert_chart(XL_CHART_TYPE.BAR_CLUSTERED, _data(chart)), chart)


def _data(chart: Chart) -> Any:
    data: Any = CategoryChartData(number_format=escape(percent_format()))  # type: ignore[no-untyped-call]
    data.categories = chart.names
    for series in chart.series:
        data.add_series(series.name, [None if value is None else value / 100 for value in series.percents])
    return data


def _drawn(frame: Any, chart: Chart) -> None:
    """How the chart looks, and the numbers that people edit."""
    _alternative(frame, chart.described())
    drawn = frame.chart
    drawn.part.chart_workbook.update_from_xlsx_blob(_workbook(chart))
    drawn.font.size = Pt(12)
    drawn.has_title = False
    drawn.has_legend = len(chart.series) > 1
    if drawn.has_legend:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    drawn.category_axis.reverse_order = True
    drawn.category_axis.major_tick_mark = XL_TICK_MARK.NONE
    drawn.category_axis.format.line.color.rgb = _colour(INK)
    values = drawn.value_axis
    values.minimum_scale, values.maximum_scale = 0, chart.highest / 100 * 1.1 or 1
    values.visible = values.has_major_gridlines = False
    plot = drawn.plots[0]
    plot.gap_width, plot.overlap, plot.has_data_labels = 45, 0, not chart.with_intervals
    if plot.has_data_labels:
        plot.data_labels.number_format, plot.data_labels.number_format_is_linked = percent_format(), False
        plot.data_labels.font.size = Pt(11)
    for series, content, fill in zip(plot.series, chart.series, fills(chart), strict=True):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = _colour(fill)
        series.format.line.color.rgb = _colour(FILLS[0])
        if content.intervals:
            _add_intervals(series._element, content)


def _add_intervals(drawn: Any, series: Series) -> None:
    """A line at each bar of a series from the low to the high end of its interval."""
    ups, downs = ([value or 0 for value in values] for values in series.reach())
    ends = "".join(
        f'<c:{name}><c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{len(values)}"/>'
        + "".join(f'<c:pt idx="{place}"><c:v>{value / 100}</c:v></c:pt>' for place, value in enumerate(values))
        + f"</c:numLit></c:{name}>"
        for name, values in (("plus", ups), ("minus", downs))
    )
    line = f'<a:ln w="15875"><a:solidFill><a:srgbClr val="{INK[1:]}"/></a:solidFill></a:ln>'
    bars = parse_xml(
        f'<c:errBars {nsdecls("c", "a")}><c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
        f"{ends}<c:spPr>{line}</c:spPr></c:errBars>"
    )
    drawn.find(qn("c:cat")).addprevious(bars)


def _workbook(chart: Chart) -> bytes:
    """The numbers behind a chart as python-pptx lays them out, but with labels that never become formulas."""
    content = BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        sheet, look = book.add_worksheet(), book.add_format({"num_format": percent_format()})
        for row, label in enumerate(chart.names, start=1):
            sheet.write_string(row, 0, label)
        for column, series in enumerate(chart.series, start=1):
            sheet.write_string(0, column, series.name)
            for row, value in enumerate(series.percents, start=1):
                if value is not None:
                    sheet.write_number(row, column, value / 100, look)
    return content.getvalue()


def _table(deck: Any, table: Table, question: str) -> None:
    """The table as native tables, the head on each slide; its notes on the last one."""
    columns = column_parts(table, room=WIDE, character=1 / _INCH, margin=0.3)
    seen = shown(table)
    pages = [
        (part, rows)
        for part in columns
        for rows in _fitting(
            [part.of(row) for row in seen.rows], part.widths, _high(part.of(seen.headings), part.widths)
        )
    ]
    titles = _numbered(seen.title, len(pages), area("report"))
    for number, (title, (part, rows)) in enumerate(zip(titles, pages, strict=True), start=1):
        foot = [question if question != seen.title else "", *(_foot(table) if number == len(pages) else ())]
        slide = _slide(deck, TABLE, title, foot)
        _rows(
            slide, title, [part.of(seen.headings), *rows], part.widths, [seen.numeric[place] for place in part.columns]
        )
    if _foot(table) != seen.notes:
        said = area("report")["notes"].format(title=seen.title)
        _texts(deck, said, [[[(note, False)]] for note in seen.notes], [question])


def _foot(table: Table) -> tuple[str, ...]:
    """The notes that stand under a table or chart: all, or the base alone where they need a slide of their own."""
    notes = shown(table).notes
    if len(" ".join(notes)) <= _NOTES:
        return notes
    return (f"N = {table.base}.",) if table.base is not None else ()


def _rows(slide: Any, title: str, cells: list[list[str]], widths: Sequence[float], numbers: Sequence[bool]) -> Any:
    frame = slide.placeholders[1].insert_table(len(cells), len(widths))
    _alternative(frame, title)
    native = frame.table
    for place, width in enumerate(widths):
        native.columns[place].width = Inches(width)
    for place, (texts, row) in enumerate(zip(cells, native.rows, strict=True)):
        row.height = Inches(_high(texts, widths))
        for text, cell, number in zip(texts, row.cells, numbers, strict=True):
            cell.text = text
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            cell.margin_top = cell.margin_bottom = Inches(0.03)
            for paragraph in cell.text_frame.paragraphs:
                paragraph.font.size = Pt(12)
                paragraph.font.bold = place == 0
                if number:
                    paragraph.alignment = PP_ALIGN.RIGHT
    return frame


def _high(texts: Sequence[str], widths: Sequence[float]) -> float:
    lines = max(ceil(len(text) / max((width - 0.2) * _INCH, 1)) or 1 for text, width in zip(texts, widths, strict=True))
    return _ROW + (lines - 1) * _MORE


def _tight(texts: Sequence[str], widths: Sequence[float]) -> float:
    """Inches of a row beside bars."""
    return _high(texts, widths) - _ROW + _MORE + _TIGHT


def _fitting(rows: list[list[str]], widths: Sequence[float], head: float) -> list[list[list[str]]]:
    """The rows in parts that fit on a slide each under the head: as few as can be, and of about equal height."""
    room, heights = BODY_HIGH - head, [_high(row, widths) for row in rows]
    fewest = _filled(rows, heights, room)
    lower = (room * step / 20 for step in range(1, 20))
    return next((parts for one in lower if len(parts := _filled(rows, heights, one)) == len(fewest)), fewest)


def _filled(rows: list[list[str]], heights: Sequence[float], room: float) -> list[list[list[str]]]:
    """The rows in parts, each filled as far as there is room."""
    parts: list[list[list[str]]] = [[]]
    taken = 0.0
    for row, high in zip(rows, heights, strict=True):
        if parts[-1] and taken + high > room:
            parts.append([])
            taken = 0.0
        parts[-1].append(row)
        taken += high
    return parts


def _quotes(part: Section, picked: str) -> Iterator[Lines]:
    """A block of paragraphs a code: its label, and the answers with the words that matched bold."""
    for label, quotes in part.quotes:
        block: Lines = [[(label, True)]]
        for quote in quotes:
            text = list(pieces(quote.text, quote.spans))
            if len(quote.text) > _LONGEST:
                text = [(quote.text[:_LONGEST].rstrip() + " […]", False)]
            who = [(f" ({picked})", False)] if quote.picked else []
            block.append(
                [("“", False), *[(" ".join(f"·{one}·".split())[1:-1], bold) for one, bold in text], ("”", False), *who]
            )
        yield block


def _methods(deck: Any, report: Report) -> None:
    said = area("report")
    if report.methods:
        _texts(deck, said["methods"], [[[(report.methods[0], False)]]], [])
    for part in report.sections:
        if part.facts:
            blocks: list[Lines] = [[[(f"• {fact}", False)]] for fact in part.facts]
            _texts(deck, said["how"], blocks, [part.title])


def _texts(deck: Any, title: str, blocks: Sequence[Lines], foot: Sequence[str]) -> None:
    """Blocks of text on as many slides as they take; a block is not cut unless it is longer than a slide."""
    pages: list[Lines] = [[]]
    taken = 0
    for block in blocks:
        for chunk in [block] if _lines(block) <= _LINES else [[paragraph] for paragraph in block]:
            if pages[-1] and taken + _lines(chunk) > _LINES:
                pages.append([])
                taken = 0
            pages[-1] += chunk
            taken += _lines(chunk)
    for name, page in zip(_numbered(title, len(pages), area("report")), pages, strict=True):
        frame = _slide(deck, TEXT, name, foot).placeholders[1].text_frame
        for number, paragraph in enumerate(page):
            line = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            if number and paragraph[0][1]:
                line.space_before = Pt(10)
            for text, bold in paragraph:
                run = line.add_run()
                run.text = text
                run.font.bold = bold or None


def _lines(block: Lines) -> int:
    """The lines a block takes, one between blocks among them."""
    return 1 + sum(ceil(max(sum(len(text) for text, _ in paragraph), 1) / _CHARACTERS) for paragraph in block)


def _slide(deck: Any, layout: int, title: str, foot: Sequence[str]) -> Any:
    slide = deck.slides.add_slide(deck.slide_layouts[layout])
    slide.shapes.title.text = title
    size = next((size for longest, size in _TITLES if len(title) > longest), None)
    if size is not None:
        slide.shapes.title.text_frame.paragraphs[0].font.size = Pt(size)
    text = "\n".join(line for line in [" ".join(foot[1:]).strip(), foot[0] if foot else ""] if line)
    place = slide.placeholders[FOOT]
    place.text = text
    if not text:
        _remove(place)
    return slide


def _colour(written: str) -> RGBColor:
    """A colour of "#rrggbb"."""
    return RGBColor(*bytes.fromhex(written[1:]))  # type: ignore[no-untyped-call]


def _numbered(title: str, count: int, said: Any) -> list[str]:
    if count == 1:
        return [title]
    return [said["continued"].format(title=title, part=part, parts=count) for part in range(1, count + 1)]


def _alternative(frame: Any, text: str) -> None:
    frame._element.nvGraphicFramePr.cNvPr.set("descr", text)


def _remove(place: Any) -> None:
    place._element.getparent().remove(place._element)


def _finish(deck: Any, report: Report) -> None:
    """The language that spelling is checked in, and the properties of the file."""
    language = tag(chosen())
    for slide in deck.slides:
        for run in slide._element.iter(qn("a:r")):
            run.get_or_add_rPr().set("lang", language)
    about = deck.core_properties
    about.title, about.author, about.language, about.last_modified_by = report.title[:255], "coder", language, ""


WIDTH, HEIGHT = 13.333, 7.5
LEFT, WIDE = 0.6, 12.133
BODY_TOP, BODY_HIGH = 1.5, 4.95
"""Inches: where charts, tables and texts stand."""
_FOOT_TOP, _FOOT_HIGH = 6.5, 0.62
FOOT = 13
"""The index of the place for base and notes at the foot of a slide."""
TITLE, CHART, TABLE, TEXT = range(4)
_INK, _SOFT, _BLUE = "1C2329", "4C5964", "1F4E79"


def empty_deck() -> Any:
    """A presentation without slides, with the layouts TITLE, CHART, TABLE and TEXT."""
    deck: Any = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    for layout in list(deck.slide_layouts)[4:]:
        deck.slide_layouts.remove(layout)
    _master(deck)
    _title(deck.slide_layouts[TITLE])
    body = next(one for one in deck.slide_layouts[CHART].placeholders if one.placeholder_format.idx == 1)
    pattern = deepcopy(body._element)
    heading = deepcopy(deck.slide_layouts[CHART].placeholders[0]._element)
    for place, (name, kind) in enumerate([("Chart", "chart"), ("Table", "tbl"), ("Text", "body")], start=CHART):
        _content(deck.slide_layouts[place], name, kind, heading, pattern)
    return deck


def _master(deck: Any) -> None:
    master = deck.slide_master
    master.name = "coder"
    for place in master.placeholders:
        kind = place.placeholder_format.type
        if place.placeholder_format.idx == 0 and "TITLE" in str(kind):
            _put(place, 0.45, 0.95)
        elif "BODY" in str(kind):
            _put(place, BODY_TOP, BODY_HIGH)
        elif "SLIDE_NUMBER" in str(kind):
            _put(place, 7.08, 0.3, left=11.733, wide=1.0)
        else:
            place._element.getparent().remove(place._element)
    for about in master._element.iter(qn("a:bodyPr")):
        about.set("lIns", "0")
    styles = master._element.find(qn("p:txStyles"))
    first = styles.find(f"{qn('p:titleStyle')}/{qn('a:lvl1pPr')}")
    first.set("algn", "l")
    _font(first, 2600, bold=True, colour=_BLUE)
    for number, level in enumerate(styles.find(qn("p:bodyStyle"))):
        if number == 0:
            _font(level, 1600, bold=False, colour=_INK)
    theme = next(one.target_part for one in master.part.rels.values() if one.reltype.endswith("/theme"))
    theme._blob = theme.blob.replace(b"4F81BD", _BLUE.encode()).replace(b"C0504D", b"7C9CB8")


def _title(layout: Any) -> None:
    layout.name = "Title"
    for place in list(layout.placeholders):
        if place.placeholder_format.idx == 0:
            _put(place, 2.3, 1.6)
        elif place.placeholder_format.idx == 1:
            _put(place, 4.05, 2.4)
            _levels(place._element, 1800, _SOFT)
        else:
            place._element.getparent().remove(place._element)


def _content(layout: Any, name: str, kind: str, heading: Any, pattern: Any) -> None:
    """A layout of a title, one place of this kind, and the foot."""
    layout.name = name
    for place in list(layout.placeholders):
        if "SLIDE_NUMBER" in str(place.placeholder_format.type):
            _put(place, 7.08, 0.3, left=11.733, wide=1.0)
        else:
            place._element.getparent().remove(place._element)
    layout.shapes._spTree.append(deepcopy(heading))
    for number, (label, type_, index) in enumerate([(name, kind, 1), ("Foot", "body", FOOT)]):
        shape = deepcopy(pattern)
        about = shape.find(f"{qn('p:nvSpPr')}/{qn('p:cNvPr')}")
        about.set("name", f"{label} Placeholder")
        about.set("id", str(90 + number))
        role = shape.find(f"{qn('p:nvSpPr')}/{qn('p:nvPr')}/{qn('p:ph')}")
        role.set("type", type_)
        role.set("idx", str(index))
        layout.shapes._spTree.append(shape)
    for place in layout.placeholders:
        if place.placeholder_format.idx == 0:
            _put(place, 0.45, 0.95)
        elif place.placeholder_format.idx == 1:
            _put(place, BODY_TOP, BODY_HIGH)
            _levels(place._element, 1400, _INK)
        elif place.placeholder_format.idx == FOOT:
            _put(place, _FOOT_TOP, _FOOT_HIGH)
            _levels(place._element, 1100, _SOFT, anchor="b")


def _put(place: Any, top: float, high: float, *, left: float = LEFT, wide: float = WIDE) -> None:
    place.left, place.top, place.width, place.height = (Inches(size) for size in (left, top, wide, high))


def _levels(shape: Any, size: int, colour: str, *, anchor: str = "t") -> None:
    """The text of a place: no bullets, to the left, of this size (hundredths of a point), shrunk where it is long."""
    body = shape.find(qn("p:txBody"))
    about = body.find(qn("a:bodyPr"))
    for child in list(about):
        about.remove(child)
    about.set("anchor", anchor)
    about.set("lIns", "0")
    about.append(parse_xml(f"<a:normAutofit {nsdecls('a')}/>"))
    style = body.find(qn("a:lstStyle"))
    for child in list(style):
        style.remove(child)
    level = parse_xml(
        f'<a:lvl1pPr {nsdecls("a")} marL="0" indent="0" algn="l"><a:spcBef><a:spcPts val="300"/></a:spcBef><a:buNone/>'
        f'<a:defRPr sz="{size}"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></a:defRPr></a:lvl1pPr>'
    )
    style.append(level)


def _font(level: Any, size: int, *, bold: bool, colour: str) -> None:
    font = level.find(qn("a:defRPr"))
    font.set("sz", str(size))
    font.set("b", "1" if bold else "0")
    fill = font.find(qn("a:solidFill"))
    fresh = parse_xml(f'<a:solidFill {nsdecls("a")}><a:srgbClr val="{colour}"/></a:solidFill>')
    font.replace(fill, fresh)
