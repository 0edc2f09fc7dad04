"""A chart that people can edit, in PowerPoint and in Word: its bars, its colours and the workbook behind it.

Colours are those of the theme, so that a house style has its own. Beside the last wave only what is significant has
the accent; its figure has a sign too, for who sees no colours.
"""
# ruff: noqa: ANN401, SLF001 (python-pptx types little, and what it has no word for is set in the XML)

from html import escape
from io import BytesIO
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches, Pt
from xlsxwriter import Workbook

from coder.reports.compared import SIGNS, Picture
from coder.reports.content import Chart, Series
from coder.reports.xlsx import percent_format

BARS = XL_CHART_TYPE.BAR_CLUSTERED
POINTS = 12
"""Points of all letters of a chart on a slide."""
_INK, _PAPER = MSO_THEME_COLOR.TEXT_1, MSO_THEME_COLOR.BACKGROUND_1
_ACCENTS = tuple(getattr(MSO_THEME_COLOR, f"ACCENT_{number}") for number in range(1, 7))
_GREY, _LIGHT, _PALE = -0.5, -0.15, -0.35
"""How much darker than the ground the bars are of what is not significant, of the last wave, and under an interval."""

Fill = tuple[Any, float]
"""A colour of the theme, and how much lighter (above 0) or darker it is."""


def data(chart: Chart) -> Any:
    """The numbers of a chart, for python-pptx."""
    found: Any = CategoryChartData(number_format=escape(percent_format()))  # type: ignore[no-untyped-call]
    found.categories = chart.names
    for series in chart.series:
        found.add_series(series.name, [None if value is None else value / 100 for value in series.percents])
    return found


def alone(picture: Picture, points: int) -> tuple[bytes, bytes]:
    """The chart as XML and the workbook behind it, for a document that is no set of slides; letters are so large."""
    deck: Any = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    box = map(Inches, (0, 0, 6, 4))
    drawn = slide.shapes.add_chart(BARS, *box, data(picture.chart)).chart
    dress(drawn, picture, points)
    bare = f"<c:spPr {nsdecls('c', 'a')}><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
    drawn._chartSpace.chart.addnext(parse_xml(bare))  # Word draws a frame else
    return drawn.part.blob, drawn.part.chart_workbook.xlsx_part.blob


def dress(drawn: Any, picture: Picture, points: int = POINTS) -> None:
    """How a chart looks, and the numbers that people edit; its letters are so many points."""
    chart = picture.chart
    drawn.part.chart_workbook.update_from_xlsx_blob(_workbook(chart))
    drawn.font.size = Pt(points)
    drawn.has_title = False
    drawn.has_legend = len(chart.series) > 1
    if drawn.has_legend:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    _axes(drawn, chart)
    plot = drawn.plots[0]
    plot.gap_width, plot.overlap = 45, 0
    for series, content, fill in zip(plot.series, chart.series, _fills(picture), strict=True):
        _fill(series.format, fill)
        if content.intervals:
            _add_intervals(series._element, content)
        elif not chart.with_intervals:
            series.data_labels.show_value = True
            series.data_labels.number_format, series.data_labels.number_format_is_linked = percent_format(), False
    for row, way in (picture.changes or {}).items():
        _stress(plot.series[0], row, way, points if not chart.with_intervals else 0)


def _axes(drawn: Any, chart: Chart) -> None:
    names, values = drawn.category_axis, drawn.value_axis
    names.reverse_order = True
    names.major_tick_mark = XL_TICK_MARK.NONE
    names.format.line.color.theme_color = _INK
    skip = parse_xml(f'<c:tickLblSkip {nsdecls("c")} val="1"/>')
    before = [names._element.find(qn(f"c:{name}")) for name in ("noMultiLvlLbl", "tickMarkSkip")]
    first = next((one for one in before if one is not None), None)
    names._element.append(skip) if first is None else first.addprevious(skip)
    values.minimum_scale, values.maximum_scale = 0, chart.highest / 100 * 1.1 or 1
    values.visible = values.has_major_gridlines = False


def _fills(picture: Picture) -> list[Fill]:
    """The colour of each series."""
    chart, light = picture.chart, 0.4 if picture.chart.with_intervals else 0.0
    if picture.changes is not None:
        return [(_PAPER, _PALE if chart.with_intervals else _GREY), (_PAPER, _LIGHT)][: len(chart.series)]
    if len(chart.series) == 2:  # noqa: PLR2004 (this wave and the last)
        return [(_ACCENTS[0], light), (_PAPER, _LIGHT)]
    return [(_ACCENTS[place % len(_ACCENTS)], light) for place in range(len(chart.series))]


def _fill(look: Any, fill: Fill) -> None:
    colour, brightness = fill
    look.fill.solid()
    look.fill.fore_color.theme_color = colour
    if brightness:
        look.fill.fore_color.brightness = brightness
    if colour == _PAPER:
        look.line.color.theme_color, look.line.width = _INK, Pt(0.5)
        look.line.color.brightness = 0.5
    else:
        look.line.fill.background()


def _stress(series: Any, row: int, way: str, points: int) -> None:
    """Give a bar the accent, and its figure a sign, in letters of so many points; 0 where it has no figure."""
    _fill(series.points[row].format, (_ACCENTS[0], 0.0 if points else 0.4))
    if not points:
        return
    shape = escape(percent_format(f" {SIGNS[way]}"), quote=True)
    shows = "".join(
        f'<c:show{name} val="{int(name == "Val")}"/>'
        for name in ("LegendKey", "Val", "CatName", "SerName", "Percent", "BubbleSize")
    )
    bold = f'<c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="{points}00" b="1"/></a:pPr><a:endParaRPr/></a:p></c:txPr>'
    label = parse_xml(
        f'<c:dLbl {nsdecls("c", "a")}><c:idx val="{row}"/><c:numFmt formatCode="{shape}" sourceLinked="0"/>'
        f"<c:spPr/>{bold}{shows}</c:dLbl>"
    )
    labels = series.data_labels._element
    labels.insert(len(labels.findall(qn("c:dLbl"))), label)


def _add_intervals(drawn: Any, series: Series) -> None:
    """A line at each bar of a series from the low to the high end of its interval."""
    ups, downs = ([value or 0 for value in values] for values in series.reach())
    ends = "".join(
        f'<c:{name}><c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{len(values)}"/>'
        + "".join(f'<c:pt idx="{place}"><c:v>{value / 100}</c:v></c:pt>' for place, value in enumerate(values))
        + f"</c:numLit></c:{name}>"
        for name, values in (("plus", ups), ("minus", downs))
    )
    line = '<a:ln w="15875"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill></a:ln>'
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
