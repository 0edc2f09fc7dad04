"""The chart of a section: beside the last wave it says the place of each code, now and then, and what changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from coder.note import Note
from coder.reports.content import Chart, Section, Words
from coder.reports.shown import said
from coder.words import say

SIGNS = {"up": "▲", "down": "▼"}
"""What stands beside a figure that changed significantly."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart, and which rows changed significantly, "up" or "down"; `changes` is None where nothing was tested."""

    chart: Chart
    changes: Mapping[int, str] | None = None

    def parts(self, size: int) -> Iterator["Picture"]:
        """The picture in pictures of at most `size` rows."""
        start = 0
        for one in self.chart.parts(size):
            end = start + len(one.labels)
            changes = self.changes and {row - start: way for row, way in self.changes.items() if start <= row < end}
            yield Picture(one, changes if self.changes is None else changes or {})
            start = end


def pictured(part: Section) -> Picture | None:
    """The chart of a section; beside the last wave each label has its place, and what place it had."""
    if part.glance is None:
        return Picture(part.chart) if part.chart is not None else None
    frame = part.glance.table.frame
    rows = (frame[frame["level"] == 0] if "level" in frame else frame).to_dict("records")
    given = [row.get("change") for row in rows]
    changes = {place: way for place, way in enumerate(given) if way in SIGNS}
    chart = part.glance.chart
    labels = tuple(_placed(row, label) for row, label in zip(rows, chart.labels, strict=True))
    if chart.with_intervals:  # which have their figure in the label
        labels = tuple(f"{label} {SIGNS.get(way or '', '')}".rstrip() for label, way in zip(labels, given, strict=True))
    tested = any(way in (*SIGNS, "same", "unsure") for way in given)
    return Picture(replace(chart, labels=labels), changes if tested else None)


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
