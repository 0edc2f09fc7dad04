"""The bar chart of a report: what it shows, and how it is drawn for a page.

As a picture it is SVG or PNG and needs nothing from the network: this wave is dark and the last one light with an edge,
so that they differ in grey too, and every bar has its percentage; the same chart gives the same bytes. Slides,
documents and workbooks have a chart of their own program, which people can edit (`NativeChart`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from coder.note import Note
from coder.reports.canvas import Canvas
from coder.reports.plots import Bars, Row, paint_bars
from coder.reports.shown import said
from coder.tables.comparison import caution
from coder.tables.table import Said, Table
from coder.words import EXACT, area, percent, say, with_interval

Words = Any
"""What people read (a `Said`); a text once the report is said, as writers get it."""
FILLS = ("#1f4e79", "#dbe4ec", "#7c9cb8", "#f4f6f8", "#4d7499", "#b3c5d5")
"""The bars of this wave, the last one, and further groups: neighbours differ in lightness."""
INK = "#1c2329"
_NAMES = ("accent", "pale", "middle", "line", "edge", "grey")
"""What a drawing calls these colours, or those it has that are nearest."""
PAGE, NARROW = 720.0, 340.0
"""How wide a picture is on a page, and on a telephone."""
SIGNS = {"up": "▲", "down": "▼"}
"""What stands beside a figure that changed significantly."""


@dataclass(frozen=True, slots=True)
class Series:
    """The bars of one wave or group: a percentage (0..100) for each label of the chart, None where it is not known.

    `intervals` has the ends of the interval of each, in 0..100, or is empty where the chart shows none.
    """

    name: Words
    percents: tuple[float | None, ...]
    intervals: tuple[tuple[float, float] | None, ...] = ()

    def figure(self, place: int) -> str:
        """The percentage at this place as people read it, with its interval where there is one."""
        value, ends = self.percents[place], self.intervals[place] if self.intervals else None
        if value is None:
            return ""
        return percent(value) if ends is None else with_interval(value, *ends)

    def reach(self) -> tuple[list[float | None], list[float | None]]:
        """How far the interval of each reaches above and below its percentage, in points; None without one."""
        pairs = list(zip(self.percents, self.intervals, strict=False))
        known = [(value, ends) if value is not None and ends is not None else None for value, ends in pairs]
        return [one and one[1][1] - one[0] for one in known], [one and one[0] - one[1][0] for one in known]


@dataclass(frozen=True, slots=True)
class Chart:
    """Horizontal bars: a label a row, and a series for this wave, the last one, or each group.

    `note` stands under it. `scale` is a percentage that the axis reaches at least: that of the whole in its parts.
    """

    labels: tuple[Words, ...]
    series: tuple[Series, ...]
    note: Words = ""
    scale: float = 0.0

    @property
    def highest(self) -> float:
        """The percentage that the axis must reach."""
        known = [value for series in self.series for value in series.percents if value is not None]
        ends = [interval[1] for series in self.series for interval in series.intervals if interval]
        return max([*known, *ends, self.scale])

    @property
    def with_intervals(self) -> bool:
        """Whether its bars have intervals."""
        return any(series.intervals for series in self.series)

    @property
    def names(self) -> tuple[str, ...]:
        """The labels for a chart that people edit: with the figure where the interval would run through it."""
        if not self.with_intervals:
            return tuple(map(said, self.labels))
        figures = zip(*([one.figure(place) for place in range(len(self.labels))] for one in self.series), strict=True)
        shown = (" / ".join(filter(None, one)) for one in figures)
        return tuple(f"{said(label)}: {figure}" for label, figure in zip(self.labels, shown, strict=True))

    def described(self) -> str:
        """The chart in words, for who cannot see it, in the language chosen."""
        rows = []
        for place, label in enumerate(self.labels):
            known = [(said(series.name), series.figure(place)) for series in self.series if series.figure(place)]
            bars = ", ".join(value if len(self.series) == 1 else f"{name} {value}" for name, value in known)
            rows.append(f"{said(label)}: {bars or '–'}")
        return f"{say(Note('report.bars'))}. {'; '.join(rows)}."

    def parts(self, size: int) -> "list[Chart]":
        """The chart in charts of at most `size` labels, of about equal length and with the same scale."""
        if len(self.labels) <= size:
            return [self]
        count = -(-len(self.labels) // size)
        each = -(-len(self.labels) // count)
        return [
            Chart(
                self.labels[start : start + each],
                tuple(
                    Series(one.name, one.percents[start : start + each], one.intervals[start : start + each])
                    for one in self.series
                ),
                self.note if start + each >= len(self.labels) else "",
                self.highest,
            )
            for start in range(0, len(self.labels), each)
        ]


def bar_chart(table: Table) -> Chart | None:
    """The chart of a frequency table or a comparison: this wave and, where its percentages are known, the last one.

    Codes that dropped out or of which nothing is known now, and those under a net, are left out. The bars have their
    intervals where the table has them, which a comparison of counts has not. None without a percentage.
    """
    frame = _not_under(table.frame)
    compared = "then_percent" in frame
    frame = frame[still_listed(frame)] if compared else frame
    if frame.empty or frame["percent"].isna().all():
        return None
    now, then = table.waves or (Note("report.now"), Note("report.then"))
    series: list[Series] = [Series(now, _known(frame["percent"]), _ends(frame))]
    note: Words = (caution(table) or "") if compared else ""
    if not compared and series[0].intervals:
        note = Note("report.interval_note", level=95)
    if compared:
        if frame["then_percent"].notna().any():
            series.append(Series(then, _known(frame["then_percent"]), _ends(frame, "then_")))
        else:
            note = note or Note("report.only_places")
    return Chart(tuple(frame["label"]), tuple(series), note)


def interval_chart(table: Table, name: Said, note: Said) -> Chart | None:
    """The chart of estimates: the bars of one series with the intervals `low` to `high`, unless these are of no width.

    Codes under a net are left out. None without a percentage.
    """
    frame = _not_under(table.frame)
    if frame.empty or frame["percent"].isna().all():
        return None
    intervals = _ends(frame)
    return Chart(tuple(frame["label"]), (Series(name, _known(frame["percent"]), intervals),), note if intervals else "")


def still_listed(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows of a comparison are of the list now: not what dropped out, nor what nothing is known of."""
    return ~(frame["dropped"].astype(bool) | (frame["rank"].isna() & frame["percent"].isna()))


def _ends(frame: pd.DataFrame, wave: str = "") -> tuple[tuple[float, float] | None, ...]:
    """The intervals of the percentages of a wave; none where they are of no width."""
    if f"{wave}low" not in frame:
        return ()
    ends = list(zip(frame[f"{wave}low"].tolist(), frame[f"{wave}high"].tolist(), strict=True))
    known = tuple(None if pd.isna(low) else (float(low), float(high)) for low, high in ends)
    return known if any(one and one[1] - one[0] >= EXACT for one in known) else ()


def _not_under(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["level"] == 0] if "level" in frame else frame


def _known(values: "pd.Series[float]") -> tuple[float | None, ...]:
    return tuple(None if pd.isna(value) else float(value) for value in values)


# Drawn


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


# For programs in which people edit it


@dataclass(frozen=True, slots=True)
class NativeChart:
    """A chart as slides, documents and workbooks have it, which people can edit.

    `changes` says which rows changed significantly, "up" or "down"; it is None where nothing was tested.
    """

    chart: Chart
    changes: Mapping[int, str] | None = None

    def parts(self, size: int) -> Iterator["NativeChart"]:
        """The chart in charts of at most `size` rows."""
        start = 0
        for one in self.chart.parts(size):
            end = start + len(one.labels)
            changes = self.changes and {row - start: way for row, way in self.changes.items() if start <= row < end}
            yield NativeChart(one, changes if self.changes is None else changes or {})
            start = end


def with_places(chart: Chart, frame: pd.DataFrame) -> NativeChart:
    """The chart of a comparison (`frame`) in which each label has its place, and what place it had."""
    rows = (frame[frame["level"] == 0] if "level" in frame else frame).to_dict("records")
    given = [row.get("change") for row in rows]
    changes = {place: way for place, way in enumerate(given) if way in SIGNS}
    labels = tuple(_placed(row, label) for row, label in zip(rows, chart.labels, strict=True))
    if chart.with_intervals:  # which have their figure in the label
        labels = tuple(f"{label} {SIGNS.get(way or '', '')}".rstrip() for label, way in zip(labels, given, strict=True))
    tested = any(way in (*SIGNS, "same", "unsure") for way in given)
    return NativeChart(replace(chart, labels=labels), changes if tested else None)


def _placed(row: Mapping[Any, Any], label: Words) -> str:
    """The label of a row with its place now, and its place then."""
    now, then, status = row["rank"], row["then_rank"], row["then_status"]
    name = say(Note("report.place_now", rank=int(now), label=label)) if now == now else said(label)  # noqa: PLR0124 (NA)
    if status == "ranked" and then == then:  # noqa: PLR0124
        return say(Note("report.place_then", label=name, rank=int(then)))
    new = row.get("change") == "new"
    return (
        say(Note("report.place_new" if new else "report.place_none", label=name)) if status == "not_in_list" else name
    )
