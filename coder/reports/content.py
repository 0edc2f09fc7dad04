"""What a report says, before it is a file: every format is written from the same content.

A `Report` has sections, one a question; a section has the finding, the tables, a chart, answers and
facts. Writers only lay this out, so that what the slides say is what the workbook says.

Of a table a report shows less than the table itself says, for a reader who decides and does not check: who found a
method stands in the methods paragraph, not under a table; intervals are whole percentages; a column that says the same
on every row is a sentence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from coder.codebook import Codebook
from coder.note import Note
from coder.reports.chart import Chart, NativeChart, Words, bar_chart, still_listed, with_places
from coder.reports.finding import finding
from coder.reports.methods import without_checksum
from coder.reports.pictures import Picture, pictures_of
from coder.reports.quotes import Quote
from coder.reports.shown import said
from coder.tables.comparison import DOWN, UP, caution
from coder.tables.groups import LESS, MORE, Groups
from coder.tables.mentions import Mentions
from coder.tables.table import MIN_BASE, Column, Said, Table
from coder.words import say, speaking

_PLAIN: Mapping[str, str] = {
    "comparison.ranks": "report.ranks",
    "comparison.ranks_of_estimates": "report.ranks",
    "comparison.independent": "report.differences",
    "comparison.of_estimates": "report.differences",
    "comparison.panel": "report.panel",
    "comparison.p_note": "report.signs",
    "comparison.p_unlike": "report.p_unlike",
    "estimate.weighted": "report.weighted",
    "groups.groups_weighted": "report.base_weighted",
    "groups.linearised": "",
    "groups.linearised_design": "report.design",
    "groups.marks": "report.marks",
    "groups.weighted_base": "report.base_weighted",
}
"""The notes that name a method, and what a report says instead; "" for nothing: the methods paragraph has it."""
_WARNINGS = (
    "comparison.small_panel", "comparison.small_wave", "comparison.small_wave_effective", "estimate.few",
    "estimate.few_effective", "groups.small", "groups.small_effective",
)  # fmt: skip
"""The notes that say that figures are too uncertain to publish."""
_UNLIKE = ("comparison.unlike", "comparison.unlike_machines")
_BASES = (
    "estimate.sample", "estimate.base", "tables.base", "report.base_weighted", "groups.weighted_base",
    "comparison.base", "comparison.base_weighted", "comparison.last_base", "comparison.last_base_weighted",
)  # fmt: skip
"""The notes that say how many percentages are of."""
_ON_TOP = (
    *_WARNINGS, *_UNLIKE, *_BASES, "report.signs", "report.unsettled", "comparison.looks_like", "tables.dropped",
    "tables.gone_all",
)  # fmt: skip
"""The notes that stand with what the reader sees first."""
_IN_SHORT: Mapping[str, str] = {
    "comparison.small_wave": "report.small_wave",
    "comparison.small_wave_effective": "report.small_wave_effective",
    "estimate.few": "report.few_by_hand",
    "estimate.few_effective": "report.few_effective",
    "groups.weighted_base": "report.n_weighted",
    "report.base_weighted": "report.n_weighted",
    "report.signs": "report.signs_short",
    **dict.fromkeys(_UNLIKE, "report.unlike"),
}
"""What is said at the foot of a slide, where the notes of a table say more."""


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
    def native_chart(self) -> NativeChart | None:
        """The chart for a program in which people edit it; beside the last wave each label has its places."""
        if self.glance is not None:
            return with_places(self.glance.chart, self.glance.table.frame)
        return NativeChart(self.chart) if self.chart is not None else None

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
    `mentions` the respondents of the base, indexed as in `frame`. `called` are labels of columns whose names say less.
    """

    frame: pd.DataFrame
    mentions: Mentions
    codebook: Codebook
    question: str
    weight: str | None = None
    called: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """The content of a report, in no language yet: that is said when it is written.

    `methods` are the sentences of a paragraph ready to paste, `note` what the reader must know first. `respondents` are
    asked for by .sav alone; `separator` is that of the file the answers came from, for .csv. `about` says whose it is
    (a study, a wave), for a title page.
    """

    title: Words
    sections: tuple[Section, ...]
    methods: tuple[Words, ...] = ()
    note: Words = ""
    made: date | None = None
    respondents: Respondents | None = None
    separator: str = ";"
    about: tuple[Words, ...] = ()

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


# What it shows of a table


def for_readers(table: Table) -> Table:
    """The table as a report has it; its frame stays as it is."""
    shown: dict[str, Said | Column] = {
        name: replace(one, form="whole_interval") if isinstance(one, Column) and one.form == "interval" else one
        for name, one in table.shown.items()
    }
    notes = [one for note in table.notes if (one := _plain(note)) is not None]
    if "place" in shown and (ends := _same_everywhere(table.frame)):
        shown = {("rank" if name == "place" else name): one for name, one in shown.items()}
        shown["rank"] = table.columns["place"].heading
        notes = [note for note in notes if getattr(note, "key", "") != "report.ranks"]
        notes.append(Note("report.unsettled", low=ends[0], high=ends[1]))
    return replace(table, shown=shown, notes=tuple(notes))


def _plain(note: Said) -> Note | str | None:
    key = _PLAIN.get(note.key) if isinstance(note, Note) else None
    if key is None or not isinstance(note, Note):
        return note
    return Note(key, **note.values) if key else None


def warned_first(notes: Sequence[Said]) -> list[Said]:
    """The notes of a table, those before the others that say that its figures are too uncertain to publish."""
    return sorted(notes, key=lambda note: not (isinstance(note, Note) and note.key in _WARNINGS))


def _same_everywhere(frame: pd.DataFrame) -> tuple[int, int] | None:
    """The interval of the ranks where it is one and the same for all rows."""
    ends = frame.loc[frame["rank"].notna(), ["rank_low", "rank_high"]]
    if len(ends) < 2 or ends.isna().to_numpy().any() or len(ends.drop_duplicates()) > 1:  # noqa: PLR2004 (of one row it says something)
        return None
    low, high = ends.iloc[0].tolist()
    return int(low), int(high)


def with_groups(tables: Mapping[str, Table], by: str, least: float = MIN_BASE) -> dict[str, Table]:
    """The tables without those of groups that say nothing: no group is large enough, or none stands out.

    A note under the first table says that all groups are too small.
    """
    found = dict(tables)
    profiles = found.get("profiles")
    if profiles is None:
        return found
    if not profiles.frame["enough"].any():
        told = Note("report.groups_small", by=by, least=least)
        first = next(iter(found))
        found[first] = replace(found[first], notes=(*found[first].notes, told))
        return {name: one for name, one in found.items() if name not in ("groups", "profiles")}
    if not any(cell.codes for flag in (MORE, LESS) for cell in profiles.frame[flag]):
        del found["profiles"]
    return found


def side_by_side(table: Table) -> Table:
    """A table of groups with one column a group: its share with its mark, and its base in the heading.

    Groups that are too small for a share are left out; the notes name them.
    """
    heads = table.columns
    large = [name for name in heads if name.startswith("percent:") and f"n:{name.partition(':')[2]}" in heads]
    if not large:
        return table
    named = {name: heads[f"n:{name.partition(':')[2]}"].heading for name in large}
    marked = {
        name: Column(heading, "marked", (name, f"mark:{name.partition(':')[2]}")) for name, heading in named.items()
    }
    return replace(table, shown={"label": heads["label"], "percent": Column(heads["n"].heading), **marked})


def section_of(
    title: Words,
    tables: Mapping[str, Table],
    found: Groups | None = None,
    limit: int | None = 10,
    *,
    intervals: bool = True,
    **more: Any,  # noqa: ANN401 (as `Section` has them)
) -> Section:
    """The section of what was counted: finding, chart, pictures, and tables for readers, of `top` and `comparison`.

    `found` are the groups, `limit` is the last rank. Without `intervals` the shares beside the last wave have none:
    what a machine counted is off by more than chance. `more` are further fields of the section.
    """
    top, comparison = tables["top"], tables.get("comparison")
    made: dict[str, Any] = {
        "finding": finding(top, comparison),
        "tables": {name: for_readers(one) for name, one in tables.items()},
        "chart": bar_chart(comparison or top),
        "glance": None if comparison is None else glance(comparison, top, intervals=intervals),
        "pictures": pictures_of(top, comparison, found, limit),
    }
    return Section(title, **made | more)


def glance(comparison: Table, top: Table, *, intervals: bool = True) -> Glance | None:
    """The list now with its places, shares and counts, those of then, and what changed; None without percentages.

    `top` is the table of now: its notes say better than the comparison how many answered, and a comparison of counts
    has its intervals, unless without `intervals` or where the waves were not coded alike.
    """
    frame = comparison.frame[still_listed(comparison.frame)].reset_index(drop=True)
    columns = comparison.columns
    if intervals and "interval" not in columns and caution(comparison) is None and "low" in top.frame:
        ends = top.frame.drop_duplicates("code").set_index("code")[["low", "high"]].reindex(frame["code"])
        frame = frame.assign(low=ends["low"].to_numpy(), high=ends["high"].to_numpy())
    chart = bar_chart(replace(comparison, frame=frame))
    if chart is None:
        return None
    with_ends = bool(frame["low"].notna().any())
    if with_ends:
        said_of = [one for one in (chart.note, Note("report.interval_note", level=95)) if one]
        chart = replace(chart, note=Note("report.sentences", sentences=said_of))
    named: dict[str, Any] = {
        "rank": Column(next(iter(columns.values())).heading),
        "label": columns["label"],
        "percent": Column(columns["percent"].heading, "with_interval", ("percent", "low", "high"))
        if with_ends
        else columns.get("percent"),
        "n": columns.get("n"),
        "then": Column(columns["then_place"].heading, "then", ("then_status", "then_rank", "then_part_of")),
        "then_percent": columns.get("then_percent"),
        "change": columns.get("change"),
    }
    shown = {name: one for name, one in named.items() if one is not None}
    notes = _at_a_glance([*for_readers(comparison).notes, *for_readers(top).notes])
    return Glance(replace(comparison, frame=frame, shown=shown, notes=notes), chart)


def _at_a_glance(notes: Sequence[Said]) -> tuple[Note, ...]:
    """The notes of `_ON_TOP`, in that order; of those that say how many answered, and that these are few, one a wave.

    An estimate knows of how many were coded by hand, and a comparison is of waves with a name.
    """
    told = {note.key: note for note in notes if isinstance(note, Note)}
    first = [key for key in _ON_TOP if key in told]
    if any(key.startswith("estimate.") for key in first):
        first = [key for key in first if not key.startswith("comparison.base")]
    if any(key.startswith("comparison.") for key in first):
        first = [key for key in first if not key.startswith("groups.small")]
    if any(key.startswith(("estimate.", "comparison.base")) for key in first):
        first = [key for key in first if key not in ("tables.base", "report.base_weighted", "groups.weighted_base")]
    return tuple(told[key] for key in first)


def for_slides(report: Report) -> Report:
    """The report with what a slide has room for: no checksums, short notes, and a comparison without n then.

    Where the short form of a note leaves something out the whole one stands last.
    """
    sections = []
    for part in report.sections:
        tables = {name: _narrow(one) if name == "comparison" else _noted(one) for name, one in part.tables.items()}
        seen = part.glance
        if seen is not None:  # of whose signs the bars have ▲ ▼ alone
            seen = replace(
                seen, table=_noted(seen.table, signed=bool(seen.table.frame["change"].isin([UP, DOWN]).any()))
            )
        sections.append(replace(part, tables=tables, glance=seen))
    return replace(report, sections=tuple(sections), methods=without_checksum(report.methods))


def _narrow(comparison: Table) -> Table:
    """A comparison without n then, and without p where signs say what is significant; an interval with its share."""
    left_out = {"then_n", "interval", *(("tested",) if "change" in comparison.shown else ())}
    shown = {name: one for name, one in comparison.shown.items() if name not in left_out}
    if "interval" in comparison.shown:
        heading = comparison.columns["percent"].heading
        shown["percent"] = Column(heading, "with_interval", ("percent", "low", "high"))
    return _noted(replace(comparison, shown=shown))


def _noted(table: Table, *, signed: bool = True) -> Table:
    """The table with the notes first that a slide has at its foot, in short; `signed` is whether it has signs."""
    order = {key: place for place, key in enumerate(_ON_TOP)} | ({} if signed else {"report.signs": len(_ON_TOP)})
    notes = sorted(table.notes, key=lambda note: order.get(_key(note), len(order)))
    short = [_shortened(note) for note in notes]
    whole = [note for note in notes if _key(note) in (*_UNLIKE, "groups.weighted_base", "report.base_weighted")]
    return replace(table, notes=(*short, *whole))


def _shortened(note: Said) -> Said:
    return Note(_IN_SHORT[note.key], **note.values) if isinstance(note, Note) and note.key in _IN_SHORT else note


def _key(note: Said) -> str:
    return note.key if isinstance(note, Note) else ""
