"""What a report says, before it is a file: every format is written from the same content.

A `Report` has sections, one a question; a section has the finding, the tables, a chart, answers and
facts. Writers only lay this out, so that what the slides say is what the workbook says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from coder.codebook import Codebook
from coder.note import Note
from coder.reports.pictures import Picture
from coder.reports.quotes import Quote
from coder.reports.shown import said
from coder.tables.comparison import caution
from coder.tables.mentions import Mentions
from coder.tables.table import Said, Table
from coder.words import EXACT, percent, say, speaking, with_interval

Words = Any
"""What people read (a `Said`); a text once the report is said, as writers get it."""


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


@dataclass(frozen=True, slots=True)
class Glance:
    """What one slide holds of a comparison: a row a code of the list now, and the bars of both waves beside it."""

    table: Table
    chart: Chart


@dataclass(frozen=True, slots=True)
class Section:
    """One list of the report.

    `title` is the question, `finding` what the numbers say in one line, `caveat` how it must not be taken. `tables`
    have a name for files (top, comparison); `glance` is the comparison on one slide. `quotes` are answers by label of
    their code; `facts` say how the numbers were made. `pictures` are of tables, by the name of these; where `top` has
    one it stands in place of the chart, but in slides and workbooks, whose charts can be edited.
    """

    title: Words
    finding: Words
    tables: Mapping[str, Table]
    chart: Chart | None = None
    quotes: tuple[tuple[Words, tuple[Quote, ...]], ...] = ()
    topics: Table | None = None
    facts: tuple[Words, ...] = ()
    caveat: Words = ""
    glance: Glance | None = None
    pictures: Mapping[str, Picture] = field(default_factory=dict)

    @property
    def quotes_note(self) -> str:
        """How the quotes were chosen, and what is marked in them where something is, in the language chosen."""
        marked = any(quote.spans for _, quotes in self.quotes for quote in quotes)
        return " ".join(say(Note(f"report.{key}")) for key in ("quotes_note", *(("marked_note",) if marked else ())))

    @property
    def all_tables(self) -> dict[str, Table]:
        """The tables, and that of the topics where there is one."""
        return {**self.tables, **({"topics": self.topics} if self.topics is not None else {})}


@dataclass(frozen=True, slots=True)
class Respondents:
    """The data under the tables, for a statistics package.

    `frame` has a row a respondent of the file, coded or not, with text cells as the file has them;
    `mentions` the respondents of the base, indexed as in `frame`.
    """

    frame: pd.DataFrame
    mentions: Mentions
    codebook: Codebook
    question: str
    weight: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """The content of a report, in no language yet: that is said when it is written.

    `methods` are the sentences of a paragraph ready to paste, `note` what the reader must know first. `respondents` are
    asked for by .sav alone; `separator` is that of the file the answers came from, for .csv.
    """

    title: Words
    sections: tuple[Section, ...]
    methods: tuple[Words, ...] = ()
    note: Words = ""
    made: date | None = None
    respondents: Respondents | None = None
    separator: str = ";"

    def __repr__(self) -> str:
        tables = ", ".join(dict.fromkeys(name for section in self.sections for name in section.all_tables))
        return f'<Report {said(self.title)!r}: tables {tables}; .save("report.html") writes it>'

    def _repr_html_(self) -> str:
        tables = [table for section in self.sections for table in section.all_tables.values()]
        findings = "".join(f"<p>{escape(said(section.finding))}</p>" for section in self.sections)
        return findings + "".join(table._repr_html_() for table in tables)

    def save(
        self,
        *paths: str | Path,
        language: str | None = None,
        template: str | Path | Sequence[str | Path] = (),
    ) -> list[Path]:
        """Write the report to these files, each as its ending says (.html, .xlsx, .docx, .pptx, .sav, .csv, .md).

        It is in the language chosen, unless one is given. `template` is a .pptx or .docx (or .potx, .dotx) whose
        layouts, colours and fonts it takes over, or one of each.

        Returns all files written: .csv and .sav are several. Raises `DataError` for any other ending, and for a
        template that is none or that no file is for.
        """
        from coder.reports.template import read_template  # noqa: PLC0415 (which few need)
        from coder.reports.write import write_report  # noqa: PLC0415 (which is built on this module)

        given = [template] if isinstance(template, (str, Path)) else template
        with speaking(language):
            return write_report(self, [Path(path) for path in paths], [read_template(one) for one in given])


def bar_chart(table: Table) -> Chart | None:
    """The chart of a frequency table or a comparison: this wave and, where its percentages are known, the last one.

    Codes that dropped out or of which nothing is known now, and those under a net, are left out. The bars of a
    comparison of estimates have their intervals. None without a percentage.
    """
    frame = _not_under(table.frame)
    compared = "then_percent" in frame
    frame = frame[still_listed(frame)] if compared else frame
    if frame.empty or frame["percent"].isna().all():
        return None
    series: list[Series] = [Series(Note("report.now"), _known(frame["percent"]), _ends(frame) if compared else ())]
    note: Words = (caution(table) or "") if compared else ""
    if compared:
        if frame["then_percent"].notna().any():
            series.append(Series(Note("report.then"), _known(frame["then_percent"]), _ends(frame, "then_")))
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
