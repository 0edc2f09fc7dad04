"""The bar chart of a report as a picture: SVG for the page, PNG for documents, that need nothing from the network.

This wave is dark and the last one light with an edge, so that they differ in grey too, and every bar
has its percentage. The same chart gives the same bytes.
"""

from coder.reports.canvas import Canvas
from coder.reports.content import Chart
from coder.reports.plots import Bars, Row, paint_bars
from coder.reports.shown import said
from coder.words import area

FILLS = ("#1f4e79", "#dbe4ec", "#7c9cb8", "#f4f6f8", "#4d7499", "#b3c5d5")
"""The bars of this wave, the last one, and further groups: neighbours differ in lightness."""
INK = "#1c2329"
_NAMES = ("accent", "pale", "middle", "line", "edge", "grey")
"""What a drawing calls these colours, or those it has that are nearest."""
PAGE, NARROW = 720.0, 340.0
"""How wide a picture is on a page, and on a telephone."""


def svg(chart: Chart, *, narrow: bool = False) -> str:
    """The chart as an SVG element to stand in a page, with its text alternative; it has no reference to anything.

    `narrow` is for a telephone: its labels go on on the next line sooner, so that its letters need not shrink.
    """
    return canvas(chart, NARROW if narrow else PAGE).svg(chart.described())


def png(chart: Chart, *, scale: float = 2.0, width: float = 620.0) -> bytes:
    """The chart as a picture of `scale` times `width` dots."""
    return canvas(chart, width).png(chart.described(), scale=scale)


def canvas(chart: Chart, width: float) -> Canvas:
    """The chart as a drawing."""
    rows = [Row(said(label)) for label in chart.labels]
    fills = _chosen(chart, _NAMES)
    bars = [
        Bars(said(series.name), series.percents, series.intervals, fill)
        for series, fill in zip(chart.series, fills, strict=True)
    ]
    return paint_bars(rows, bars, width, scale=chart.scale, axis=area("report")["of_respondents"])


def fills(chart: Chart) -> list[str]:
    """The colour of each series; a lighter one for the first where a line is to be seen on its bars."""
    return _chosen(chart, FILLS)


def _chosen(chart: Chart, colours: tuple[str, ...]) -> list[str]:
    if chart.with_intervals and len(chart.series) > 1:
        return [colours[place] for place in (2, 1, *range(3, len(colours)), 0)][: len(chart.series)]
    return [colours[(place + chart.with_intervals) % len(colours)] for place in range(len(chart.series))]
