"""Codes by groups or waves: side by side with the letters of columns that differ, and what marks each group."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.codebook import Codebook, nearly_alike
from coder.coding import Coding
from coder.errors import DataError, check_least, check_share
from coder.note import Note, Text
from coder.statistics.proportions import benjamini_hochberg, shares_differ
from coder.tables.frequency import base_note, design_notes, top
from coder.tables.mentions import Mentions, counted_of, group_column
from coder.tables.table import MIN_BASE, Column, Said, Table, texts

_ALPHA = 0.05
_FEWEST = 2
"""So many groups a table by groups has at least."""
MOST_GROUPS = 50
"""With more values a column is no column of groups."""


@dataclass(frozen=True, slots=True)
class Group:
    """The respondents of one column of a table, its letter, and whether its base is large enough to publish."""

    name: str
    letter: str
    mentions: Mentions
    enough: bool


def top_by(
    counted: Mentions | Coding,
    codebook: Codebook,
    by: str | None = None,
    *,
    limit: int | None = 10,
    nets: bool = False,
    mentions_too: bool = False,
    letters: bool = False,
    min_base: float = MIN_BASE,
    title: Said | None = None,
) -> Table:
    """The frequency table (see `coder.tables.frequency.top`) with n and % of each group beside the total.

    `by` is a background column; of a `Coding` it is one of its corpus, the one that this names unless given. Codes
    stand in the order of the total, in which respondents without a group are too. The frame has, after the columns of
    `top`, of each group `n:`, `weighted:` (with weights), `percent:`, `low:`, `high:` and its name. Percentages of a
    group whose base is under `min_base` (effective, where there are weights) stay in the frame alone.

    `letters` names in a column `higher:` the groups in which the share is significantly lower: two-sided
    5 %, two proportions on effective bases (see `Mentions.bases_against`), exact where fewer than 5 are expected,
    adjusted over all codes and pairs of groups of the table (Benjamini and Hochberg 1995). Groups under `min_base` take
    no part.

    Raises `DataError` with fewer than two groups, or more than fifty.

    >>> import coder
    >>> from coder.resources import resource
    >>> answers = coder.read(resource("corpora/wishes-2021.csv"), text="answer", id="id")
    >>> book = coder.read_codebook(resource("codebooks/wishes.yaml"))
    >>> hand = coder.Coding.from_column(answers, "codes", book)
    >>> table = coder.top_by(hand, book, by="sector", min_base=20).frame
    >>> [name for name in table.columns if name.startswith("n:")][:2]
    ['n:Andere', 'n:Erfgoed en kunsten']
    """
    by = group_column(counted, by)
    counted = counted_of(counted, codebook, [by])
    groups = split(counted, by, min_base)
    whole = top(counted, codebook, limit=limit, nets=nets, mentions_too=mentions_too, title=title)
    places = [counted.codes.index(code) for code in whole.frame["code"]]
    compared = [
        Group(one.name, one.letter, one.mentions.with_nets(codebook) if nets else one.mentions, one.enough)
        for one in groups
    ]
    higher, tests = _higher(counted.with_nets(codebook) if nets else counted, by, compared, places)
    columns: dict[str, pd.Series[Any]] = {}
    shown: dict[str, Said | Column] = {**whole.shown, **total_headings(counted)}
    for group in compared:
        columns |= numbers_of(group, places, whole.frame.index)
        if letters:
            columns[f"higher:{group.name}"] = pd.Series(higher[group.name], index=whole.frame.index, dtype=str)
        shown[f"n:{group.name}"] = group_heading(group, lettered=letters)
        shown |= {f"percent:{group.name}": f"{group.name} %"} if group.enough else {}
        shown |= {f"higher:{group.name}": f"{group.letter} >"} if letters and group.enough else {}
    notes = [*whole.notes, *group_notes(counted, by, groups, min_base, no_group="groups.no_group")]
    if letters:
        notes += [one for one in design_notes(counted) if one not in notes]
        notes.append(tests_note("groups.letters", tests))
    frame = pd.concat([whole.frame, pd.DataFrame(columns)], axis=1)
    return Table(whole.title, frame, whole.base, shown, tuple(notes))


def split(counted: Mentions, by: str, min_base: float) -> list[Group]:
    """The groups of a background column, in order. Raises `DataError` where there is nothing to set side by side."""
    check_least(0, whole=False, min_base=min_base)
    parts = counted.groups(by)
    absent = counted.absent.get(by, ())
    if len(parts) < _FEWEST:
        found = Note("groups.one_group", group=next(iter(parts))) if parts else Note("groups.nobody_has_one")
        key = "groups.too_few_absent" if absent else "groups.too_few"
        raise DataError(key, by=by, found=found, absent=absent)
    check_groups(parts, by)
    return [
        Group(name, _letter(place), part, part.effective_base >= min_base)
        for place, (name, part) in enumerate(parts.items())
    ]


def check_groups(names: Collection[str], by: str) -> None:
    """Raise where a column has so many values that it is none of groups."""
    if len(names) > MOST_GROUPS:
        raise DataError("groups.too_many", by=by, count=len(names), most=MOST_GROUPS)


def numbers_of(group: Group, places: Sequence[int], index: pd.Index) -> dict[str, "pd.Series[float]"]:
    """The columns of one group, by their name, for the codes at these places."""
    part = group.mentions
    bounds = part.intervals()[places] * 100
    columns: dict[str, npt.NDArray[Any]] = {"n": part.n[places]}
    columns |= {"weighted": part.counts[places]} if part.weights is not None else {}
    columns |= {"percent": part.shares[places] * 100, "low": bounds[:, 0], "high": bounds[:, 1]}
    return {f"{name}:{group.name}": pd.Series(values, index=index) for name, values in columns.items()}


def total_headings(counted: Mentions) -> dict[str, Said]:
    """The headings of n and % of all respondents."""
    total = Note("groups.total")
    return {"n": _heading(total, counted), "percent": Note("groups.percent_of", name=total)}


def group_heading(group: Group, *, lettered: bool = False) -> Note:
    """The heading of a group with its base, and with weights its effective base; with a star where it is too small."""
    name = f"{group.letter} {group.name}" if lettered else group.name
    return _heading(name, group.mentions, "" if group.enough else "*")


def _heading(name: Said, part: Mentions, mark: str = "") -> Note:
    if part.weights is None:
        return Note("groups.heading", name=name, mark=mark, base=len(part))
    return Note("groups.heading_effective", name=name, mark=mark, base=len(part), effective=part.effective_base)


def tests_note(key: str, tests: int, **values: object) -> Note:
    """The note with this key on so many tests, or that there were none."""
    return Note(key, count=tests, **values) if tests else Note("groups.untested")


def group_notes(counted: Mentions, by: str, groups: Sequence[Group], min_base: float, *, no_group: str) -> list[Note]:
    """Who is in no group (by the sentence with the key `no_group`), which groups are empty, which too small."""
    nobody = len(counted) - sum(len(group.mentions) for group in groups)
    notes = [Note(no_group, by=by, count=nobody)] if nobody else []
    absent = counted.absent.get(by, ())
    notes += [Note("groups.empty", names=absent)] if absent else []
    alike = nearly_alike(group.name for group in groups)
    notes += [Note("groups.alike", groups=alike)] if alike else []
    if small := [group.name for group in groups if not group.enough]:
        key = "groups.small_groups" if counted.weights is None else "groups.small_groups_effective"
        notes.append(Note(key, least=min_base, names=small))
    if alone := [group.name for group in groups if group.mentions.drawn.is_one_cluster]:
        notes.append(Note("groups.one_cluster", names=alone))
    return notes


def _higher(
    counted: Mentions, by: str, groups: Sequence[Group], places: Sequence[int]
) -> tuple[dict[str, list[str]], int]:
    """By group, for each code the letters of the groups in which it is significantly lower; and how many tests."""
    letters: dict[str, list[list[str]]] = {group.name: [[] for _ in places] for group in groups}
    pairs = list(combinations([group for group in groups if group.enough], 2))
    if not pairs:
        return {name: [""] * len(places) for name in letters}, 0
    of = counted.background[by].astype(str).str.strip().to_numpy()
    shares = {group.name: group.mentions.shares[places] for group in groups}
    found = []
    for one, other in pairs:
        both = (of == one.name) | (of == other.name)
        base, other_base = counted.take(both).bases_against((of == one.name)[both])
        found.append(shares_differ(shares[one.name], base[places], shares[other.name], other_base[places]))
    p = benjamini_hochberg(np.stack([test.p for test in found]))
    for row, ((one, other), test) in enumerate(zip(pairs, found, strict=True)):
        for code in np.flatnonzero(p[row] < _ALPHA):
            high, low = (one, other) if test.z[code] > 0 else (other, one)
            letters[high.name][code].append(low.letter)
    joined = {name: [" ".join(sorted(cell, key=_in_order)) for cell in cells] for name, cells in letters.items()}
    return joined, int(np.isfinite(p).sum())


def _letter(place: int) -> str:
    """The letter of a column, from 0: A, B, …, Z, AA, AB."""
    before, last = divmod(place, 26)
    return (_letter(before - 1) if before else "") + chr(ord("A") + last)


def _in_order(letter: str) -> tuple[int, str]:
    return len(letter), letter


MORE, LESS = "more", "less"


class Outstanding(str):  # noqa: SLOT000 (a slot cannot be in a str)
    """The codes that stand out in a group, the surest first: as a text their ids, "ai;video".

    `codes` has of each its label, and its percentages (0..100) in the group and of all.
    """

    codes: tuple[tuple[Text, float, float], ...]

    def __new__(cls, ids: Iterable[str], codes: Iterable[tuple[Text, float, float]]) -> Self:
        """Codes by their ids, and what is known of each."""
        made = super().__new__(cls, ";".join(ids))
        made.codes = tuple(codes)
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return Outstanding, (str(self).split(";"), self.codes)


@dataclass(frozen=True, slots=True, repr=False)
class Groups:
    """Codes by groups, as three tables.

    `table` is what people see: a row a code, with n, % and a mark of each group, and the groups in which
    the code stands out. `profiles` has a row a group, with the codes that stand out (`Outstanding`). `cells` has a row
    a group and code, with every number behind the marks.
    """

    table: Table
    profiles: Table
    cells: Table

    @property
    def frame(self) -> pd.DataFrame:
        """The numbers of `table`."""
        return self.table.frame

    @property
    def is_tested(self) -> bool:
        """Whether a code was tested anywhere: nothing is where groups are too small, and `profiles` says nothing."""
        return bool(self.cells.frame["p"].notna().any())

    @property
    def for_people(self) -> tuple[Table, ...]:
        """The tables that people see: `profiles` only where something was tested."""
        return (self.table, self.profiles) if self.is_tested else (self.table,)

    def __repr__(self) -> str:
        return f"<Groups: {len(self.table.frame)} codes in {len(self.profiles.frame)} groups>"

    def _repr_html_(self) -> str:
        return "".join(table._repr_html_() for table in self.for_people)


def groups(
    counted: Mentions | Coding,
    codebook: Codebook,
    by: str | None = None,
    *,
    nets: bool = False,
    level: float = 0.95,
    min_base: float = MIN_BASE,
    title: Said | None = None,
) -> Groups:
    """Which codes are mentioned more, or less, in a group of background column `by` than in all others together.

    Of a `Coding` the groups, weights and respondents are those of the corpus that it is of; `by` is the one column of
    groups that the corpus names unless given.

    Of each cell `residual` is the adjusted standardised residual (Haberman 1973), `p` two-sided: normal, or
    Fisher's exact one where fewer than 5 are expected; `adjusted_p` is p adjusted over all cells tested
    (Benjamini and Hochberg 1995), and `flag` says "more" or "less" where it is under 1 - `level`. With
    weights shares are weighted; with weights, strata, clusters or a finite population the bases of a test are effective
    ones, by the linearised variance of the difference (Rao and Scott 1984). Respondents without a group are left out
    and counted in the notes. Groups whose (effective) base is under `min_base` are shown without
    percentages and not tested; they do count among the others. So do codes that all or nobody mentioned.
    `nets` tests nets too, with their codes under them, as `coder.tables.frequency.top` has them.

    Raises `DataError` with fewer than two groups or more than fifty, for a level outside 0..1, and where nets are
    asked for and the codebook has none.

    >>> import coder
    >>> from coder.resources import resource
    >>> book = coder.read_codebook(resource("codebooks/trends.yaml"))
    >>> answers = coder.read(resource("corpora/trends-2024.csv"), text="answer", id="id", groups="sector")
    >>> hand = coder.Coding.from_column(answers, "codes", book)
    >>> cells = coder.groups(hand, book, by="sector").cells.frame
    >>> cells.loc[(cells["group"] == "Onderwijs") & (cells["code"] == "ai"), "n"].item()
    9
    """
    check_share(level=level)
    by = group_column(counted, by)
    counted = counted_of(counted, codebook, [by])
    columns = split(counted, by, min_base)
    inside = counted.take((counted.background[by].astype(str).str.strip() != "").to_numpy())
    whole = top(inside, codebook, limit=len(inside.codes), nets=nets).frame
    inside = inside.with_nets(codebook) if nets else inside
    columns = [replace(one, mentions=one.mentions.with_nets(codebook)) for one in columns] if nets else columns
    cells = _cells(inside, by, columns, whole, level)
    tests = int(cells["p"].notna().sum())
    marks = tests_note("groups.marks", tests, alpha=(1 - level) * 100)
    about = group_notes(counted, by, columns, min_base, no_group="groups.outside")
    notes = [base_note(inside, "groups.groups_weighted"), *design_notes(inside), *about, marks]
    notes += [] if cells["flag"].any() or not tests else [Note("groups.nothing")]
    notes += [Note("groups.nets")] * nets
    heading = title or Note("groups.groups", by=by)
    wide, shown = _wide(whole, cells, columns, inside)
    aside = (Note("groups.profiles_note"), *about)
    return Groups(
        Table(heading, wide, len(inside), shown, tuple(notes)),
        Table(Note("groups.profiles", by=by), _profiles(cells, columns, whole), len(inside), _PROFILE, aside),
        Table(heading, cells, len(inside), {str(name): str(name) for name in cells}, tuple(notes)),
    )


def _cells(inside: Mentions, by: str, columns: Sequence[Group], whole: pd.DataFrame, level: float) -> pd.DataFrame:
    """A row a group and code: the group against all others, tested."""
    places = [inside.codes.index(code) for code in whole["code"]]
    of = inside.background[by].astype(str).str.strip().to_numpy()
    rows = []
    for group in columns:
        rest = inside.take(of != group.name)
        share, other = group.mentions.shares[places], rest.shares[places]
        base, other_base = (part[places] for part in inside.bases_against(of == group.name))
        tested = shares_differ(share, base, other, other_base)
        numbers = numbers_of(group, places, whole.index).items()
        frame = whole[["code", "label"]].assign(
            **{name.partition(":")[0]: values for name, values in numbers},
            percent_rest=other * 100,
            base=len(group.mentions),
            effective_base=base,
            expected=(share * base + other * other_base) / (base + other_base) * base,
            residual=tested.z,
            p=tested.p if group.enough else np.nan,
            exact=tested.exact,
        )
        frame.insert(0, "group", group.name)
        rows.append(frame)
    cells = pd.concat(rows, ignore_index=True)
    cells["adjusted_p"] = benjamini_hochberg(cells["p"].to_numpy())
    sure = cells["adjusted_p"] < 1 - level
    cells["flag"] = np.select([sure & (cells["residual"] > 0), sure], [MORE, LESS], default="")
    return cells


def _wide(
    whole: pd.DataFrame, cells: pd.DataFrame, columns: Sequence[Group], inside: Mentions
) -> tuple[pd.DataFrame, dict[str, Said | Column]]:
    """A row a code with the columns of each group, and which of them people see."""
    parts: dict[str, pd.Series[Any]] = {}
    shown: dict[str, Said | Column] = {"label": Note("tables.code"), **total_headings(inside)}
    for group in columns:
        mine = cells[cells["group"] == group.name].set_index(whole.index)
        numbers = {"n": mine["n"], "percent": mine["percent"], "mark": mine["flag"]}
        parts |= {f"{name}:{group.name}": values for name, values in numbers.items()}
        shown[f"n:{group.name}"] = group_heading(group)
        if group.enough:
            shown |= {f"percent:{group.name}": f"{group.name} %", f"mark:{group.name}": Column("±", "mark")}
    for flag in (MORE, LESS):
        out = cells[cells["flag"] == flag]
        named = [", ".join(out.loc[out["code"] == code, "group"]) for code in whole["code"]]
        parts[f"{flag}_in"] = pd.Series(named, index=whole.index, dtype=str)
    names = ["code", "label", "n", "percent", *(name for name in ("level", "net") if name in whole)]
    frame = pd.concat([whole[names], pd.DataFrame(parts)], axis=1)
    return frame, shown | {"more_in": Note("groups.more_in")}


_PROFILE: dict[str, Said | Column] = {
    "group": Note("groups.group"),
    "n": Note("groups.base_column"),
    **{flag: Column(Note(f"groups.{flag}"), "outstanding") for flag in (MORE, LESS)},
}


def _profiles(cells: pd.DataFrame, columns: Sequence[Group], whole: pd.DataFrame) -> pd.DataFrame:
    """A row a group: the codes that stand out, the surest first."""
    everyone = cells["code"].map(whole.set_index("code")["percent"])
    cells = cells.assign(size=cells["residual"].abs(), percent_all=everyone)
    cells = cells.sort_values("size", ascending=False, kind="stable")
    frame = pd.DataFrame(
        {
            "group": [group.name for group in columns],
            "n": [len(group.mentions) for group in columns],
            "enough": [group.enough for group in columns],
        }
    )
    for flag in (MORE, LESS):
        out = cells[cells["flag"] == flag]
        frame[flag] = texts(_outstanding(out[out["group"] == group.name]) for group in columns)
    return frame


def _outstanding(cells: pd.DataFrame) -> Outstanding:
    numbers = cells[["label", "percent", "percent_all"]].itertuples(index=False, name=None)
    return Outstanding(cells["code"], numbers)
