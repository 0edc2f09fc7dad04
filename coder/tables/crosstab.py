"""Codes by groups or waves, side by side, with the letters of columns that differ; what such tables share."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from coder.codebook import Codebook
from coder.coding import Coding
from coder.errors import DataError
from coder.statistics.proportions import benjamini_hochberg, shares_differ
from coder.tables.frequency import MIN_BASE, top
from coder.tables.group_words import decimal, group_words, tests_said
from coder.tables.mentions import Mentions, counted_of, group_column
from coder.tables.table import Table

_ALPHA = 0.05
_FEWEST = 2
"""So many groups a table by groups has at least."""
_MOST = 50
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
    title: str | None = None,
    language: str = "nl",
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
    """
    said = group_words(language)
    by = group_column(counted, by)
    counted = counted_of(counted, codebook, [by])
    groups = split(counted, by, min_base)
    whole = top(
        counted, codebook, limit=limit, nets=nets, mentions_too=mentions_too, title=title, language=language
    )  # fmt: skip
    places = [counted.codes.index(code) for code in whole.frame["code"]]
    compared = [
        Group(one.name, one.letter, one.mentions.with_nets(codebook) if nets else one.mentions, one.enough)
        for one in groups
    ]
    higher, tests = _higher(counted.with_nets(codebook) if nets else counted, by, compared, places)
    columns: dict[str, pd.Series[Any]] = {}
    shown = dict(whole.shown)
    shown |= {"n": heading(said["total"], counted, said, language), "percent": f"{said['total']} %"}
    for group in compared:
        columns |= numbers_of(group, places, whole.frame.index)
        if letters:
            columns[f"higher:{group.name}"] = pd.Series(higher[group.name], index=whole.frame.index, dtype=str)
        shown[f"n:{group.name}"] = group_heading(group, said, language, lettered=letters)
        shown |= {f"percent:{group.name}": f"{group.name} %"} if group.enough else {}
        shown |= {f"higher:{group.name}": f"{group.letter} >"} if letters and group.enough else {}
    notes = [*whole.notes, *group_notes(counted, by, groups, min_base, said, no_group="no_group")]
    notes += [tests_said("letters", tests, said)] if letters else []
    frame = pd.concat([whole.frame, pd.DataFrame(columns)], axis=1)
    return Table(whole.title, frame, whole.base, shown, tuple(notes))


def split(counted: Mentions, by: str, min_base: float) -> list[Group]:
    """The groups of a background column, in order. Raises `DataError` where there is nothing to set side by side."""
    parts = counted.groups(by)
    absent = counted.absent.get(by, ())
    if len(parts) < _FEWEST:
        found = f"every respondent of the base who has one is in {next(iter(parts))!r}" if parts else "nobody has one"
        more = f" (nobody in the base is in {', '.join(absent)})" if absent else ""
        raise DataError(f"Groups in {by!r} cannot be compared: {found}{more}. Choose a column with two groups or more.")
    check_groups(parts, by)
    return [
        Group(name, _letter(place), part, part.effective_base >= min_base)
        for place, (name, part) in enumerate(parts.items())
    ]


def check_groups(names: Collection[str], by: str) -> None:
    """Raise where a column has so many values that it is none of groups."""
    if len(names) > _MOST:
        raise DataError(f"{by!r} has {len(names)} different values; make classes of them, {_MOST} at most.")


def numbers_of(group: Group, places: Sequence[int], index: pd.Index) -> dict[str, "pd.Series[float]"]:
    """The columns of one group, by their name, for the codes at these places."""
    part = group.mentions
    bounds = part.intervals()[places] * 100
    columns = {"n": part.given[:, places].sum(axis=0)}
    columns |= {"weighted": part.counts[places]} if part.weights is not None else {}
    columns |= {"percent": part.shares[places] * 100, "low": bounds[:, 0], "high": bounds[:, 1]}
    return {f"{name}:{group.name}": pd.Series(values, index=index) for name, values in columns.items()}


def heading(name: str, part: Mentions, said: Mapping[str, str], language: str, mark: str = "") -> str:
    """The name of a column with its base, and with weights its effective base."""
    form = said["heading" if part.weights is None else "heading_effective"]
    return form.format(name=name, mark=mark, base=len(part), effective=decimal(part.effective_base, language))


def group_heading(group: Group, said: Mapping[str, str], language: str, *, lettered: bool = False) -> str:
    """The heading of a group, with a star where its base is too small."""
    name = f"{group.letter} {group.name}" if lettered else group.name
    return heading(name, group.mentions, said, language, "" if group.enough else "*")


def group_notes(
    counted: Mentions, by: str, groups: Sequence[Group], min_base: float, said: Mapping[str, str], *, no_group: str
) -> list[str]:
    """Who is in no group (in the words `no_group`), which groups are empty, which too small."""
    nobody = len(counted) - sum(len(group.mentions) for group in groups)
    notes = [said[no_group].format(by=by, count=nobody)] if nobody else []
    absent = counted.absent.get(by, ())
    notes += [said["empty"].format(names=", ".join(absent))] if absent else []
    if small := [group.name for group in groups if not group.enough]:
        effective = said["effective"] if counted.weights is not None else ""
        names = ", ".join(small)
        notes.append(said["small_groups"].format(effective=effective, least=f"{min_base:g}", names=names))
    if alone := [group.name for group in groups if group.mentions.drawn.is_one_cluster]:
        notes.append(said["one_cluster"].format(names=", ".join(alone)))
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
