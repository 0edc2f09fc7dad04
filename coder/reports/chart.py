"""A bar chart as a picture: SVG for the page, PNG for documents, that need nothing from the network.

This wave is dark and the last one light with an edge, so that they differ in grey too, and every bar
has its percentage. The same chart gives the same bytes.
"""

import re
from dataclasses import dataclass
from functools import partial
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import pandas as pd

from coder.reports.content import Chart, Series
from coder.reports.shown import said
from coder.words import area, chosen
from coder.words.numbers import percent

if TYPE_CHECKING:
    import altair as alt

FILLS = ("#1f4e79", "#dbe4ec", "#7c9cb8", "#f4f6f8", "#4d7499", "#b3c5d5")
"""The bars of this wave, the last one, and further groups: neighbours differ in lightness."""
INK = "#1c2329"
_BAR, _LINE, _GAP = 17, 15, 9


@dataclass(frozen=True, slots=True)
class _Size:
    """How wide the bars are in pixels, and labels in characters: longer ones go on on the next line.

    `extent` is the width in pixels of the labels of a chart in parts; `wider` the room beside labels, whose font where
    the picture is shown may be a seventh wider than what was measured.
    """

    bars: int
    characters: int = 40
    extent: int = 262
    wider: int = 36


_PICTURE, _PAGE, _NARROW = _Size(460), _Size(660), _Size(140, 21, 150, 14)
_MARK = "|"
"""Stands in the name of a row between its place and its label, so that equal labels stay two rows."""


def svg(chart: Chart, *, narrow: bool = False) -> str:
    """The chart as an SVG element to stand in a page, with its text alternative; it has no reference to anything.

    `narrow` is for a telephone: its labels go on on the next line sooner, so that its letters need not shrink.
    """
    import vl_convert  # noqa: PLC0415 (heavy)

    picture = str(vl_convert.vegalite_to_svg(_spec(chart, _NARROW if narrow else _PAGE)))
    picture = re.sub(r"^<\?xml[^>]*>|<!DOCTYPE[^>]*>", "", picture)
    picture = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", picture)
    name = escape(chart.described(), quote=True)
    return picture.replace("<svg ", f'<svg role="img" aria-label="{name}" ', 1)


def png(chart: Chart, *, scale: float = 2.0) -> bytes:
    """The chart as a picture of `scale` times 72 pixels to the inch."""
    import vl_convert  # noqa: PLC0415 (heavy)

    return bytes(vl_convert.vegalite_to_png(_spec(chart, _PICTURE), scale=scale))


def fills(chart: Chart) -> list[str]:
    """The colour of each series; a lighter one for the first where a line is to be seen on its bars."""
    if chart.with_intervals and len(chart.series) > 1:
        return [FILLS[place] for place in (2, 1, *range(3, len(FILLS)), 0)][: len(chart.series)]
    return [FILLS[(place + chart.with_intervals) % len(FILLS)] for place in range(len(chart.series))]


def _spec(chart: Chart, size: _Size) -> str:
    import altair as alt  # noqa: PLC0415 (heavy)

    rows, lines = _rows(chart, size.characters)
    names = [said(series.name) for series in chart.series]
    several = len(names) > 1
    place = partial(alt.Y, "row:N", sort=rows["row"].drop_duplicates().tolist(), title=None)
    axis = alt.Axis(
        labelExpr=f"split(slice(datum.value, indexof(datum.value, '{_MARK}') + 1), '\\n')",
        labelLimit=0, labelLineHeight=_LINE, labelPadding=8, ticks=False, domainColor=INK,
        labelOffset=_middle(lines),
    )  # fmt: skip
    top = chart.highest * 1.12 or 1.0
    if chart.scale:
        axis.minExtent = axis.maxExtent = size.extent
    base = alt.Chart(rows).encode(
        y=place(axis=axis, scale=alt.Scale(paddingInner=0.28, paddingOuter=0.14)),
        x=alt.X("percent:Q", title=area("report")["of_respondents"], scale=alt.Scale(domain=[0, top])),
    )
    if several:
        base = base.encode(yOffset=alt.YOffset("series:N", sort=names))
    colours = alt.Scale(domain=names, range=fills(chart))
    legend = alt.Legend(orient="top", title=None, symbolStrokeWidth=1, columnPadding=size.wider) if several else None
    bars = base.mark_bar(stroke=FILLS[0], strokeWidth=1).encode(
        color=alt.Color("series:N", scale=colours, legend=legend)
    )
    figures = base.mark_text(align="left", dx=4, color=INK).encode(text="shown:N", x="high:Q")
    step = max(_BAR * len(names), _LINE * lines) + _GAP
    whole = (
        (bars + _lines(base) + figures if chart.with_intervals else bars + figures)
        .properties(
            width=size.bars,
            height=step * len(chart.labels),
            padding={"left": size.wider, "top": 5, "right": 5, "bottom": 5},
        )
        .configure(aria=False, background="transparent", font="Liberation Sans, Arial, Helvetica, sans-serif")
        .configure_view(stroke=None)
        .configure_axis(
            grid=False, labelFontSize=13, labelColor=INK, titleColor=INK, titleFontWeight="normal", tickCount=5
        )
        .configure_legend(labelFontSize=13, labelColor=INK)
        .configure_text(fontSize=12)
    )
    return str(whole.to_json())


def _middle(lines: int) -> Any:  # noqa: ANN401 (altair has no type for it)
    """How far up a label of several lines starts: its middle stands beside the bar, where Vega puts its first line."""
    ups = [
        {"test": f"length(split(datum.value, '\\n')) === {count}", "value": -_LINE * (count - 1) / 2}
        for count in range(2, lines + 1)
    ]
    return {"condition": ups, "value": 0} if ups else 0


def _lines(base: "alt.Chart") -> "alt.LayerChart | alt.FacetChart":
    """The interval of each bar: a line with a stroke at both ends."""
    import altair as alt  # noqa: PLC0415 (heavy)

    base = base.transform_filter("datum.low < datum.high")
    line = base.mark_rule(color=INK, strokeWidth=1.5).encode(x="low:Q", x2="high:Q")
    ends = [base.mark_tick(color=INK, thickness=1.5, size=7).encode(x=f"{end}:Q") for end in ("low", "high")]
    return alt.layer(line, *ends)


def _ends(series: Series, place: int, value: float) -> tuple[float, float]:
    """The interval of a bar; that of a bar without one is the bar's own end."""
    return (series.intervals[place] if series.intervals else None) or (value, value)


def _rows(chart: Chart, characters: int) -> tuple[pd.DataFrame, int]:
    """A row a bar that is known, and the most lines that a label takes."""
    labels = ["\n".join(wrap(label, characters)) or label for label in map(said, chart.labels)]
    rows = [
        {
            "row": f"{place}{_MARK}{label}",
            "series": said(series.name),
            "percent": value,
            "shown": percent(value, chosen()),
            **dict(zip(("low", "high"), _ends(series, place, value), strict=True)),
        }
        for series in chart.series
        for place, (label, value) in enumerate(zip(labels, series.percents, strict=True))
        if value is not None
    ]
    order = [f"{place}{_MARK}{label}" for place, label in enumerate(labels)]
    frame = pd.DataFrame(rows)
    frame = frame.sort_values("row", key=lambda names: names.map(order.index), kind="stable", ignore_index=True)
    return frame, max(label.count("\n") + 1 for label in labels)
