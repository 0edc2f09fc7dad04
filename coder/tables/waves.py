"""Waves laid side by side: a row for each code that can be compared, with what each wave counted of it.

The codes of an older wave become those of the present codebook. Codes that became one are counted together, a
respondent once. Of a code that became several only all of them together can be compared: they get a row of their own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from coder.codebook import SPECIAL, Code, Codebook
from coder.codebook_diff import mapping
from coder.errors import DataError
from coder.statistics.ranks import rank_intervals, ranks
from coder.tables.mentions import Mentions
from coder.tables.table import Table

Labels = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

COUNTED, ABSENT, PART = "counted", "absent", "part"
"""What a wave knows of a row: its mentions or place; nothing, the code was not in its list or codebook; or only those
of an older code of which it is a part."""


@dataclass(frozen=True, slots=True)
class Wave:
    """One wave: its name, its mentions or published table, and its codebook where that is not the present one."""

    name: str
    counted: Mentions | Table
    codebook: Codebook | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A code, or several codes `of` the present codebook together that were one in an older wave."""

    code: str
    label: str
    of: tuple[str, ...]

    @property
    def together(self) -> bool:
        """Whether it stands for several codes."""
        return len(self.of) > 1


@dataclass(frozen=True, slots=True)
class Lined:
    """What a wave has of each row: arrays of shape (rows,), nan where it is not known.

    `n` counts respondents; `share` (in 0..1) and `percent` are weighted, those of a printed table what n and base, and
    what the table, say. `size` is the number of respondents, `effective` what it is worth. `ends` (rows, 2) are those
    of the interval of the rank. `listed` says which codes were in the top, at an unknown place too. `given` has shape
    (respondents, rows), without respondents for a printed table.
    """

    name: str
    state: tuple[str, ...]
    n: Floats
    share: Floats
    percent: Floats
    rank: Floats
    ends: Floats
    listed: Labels
    size: int | None
    effective: float | None
    mentions: Mentions | None
    given: Labels

    def has(self, state: str) -> Labels:
        """The rows of which it knows this, shape (rows,)."""
        return np.array([one == state for one in self.state], dtype=np.bool_)


def line_up(
    waves: Sequence[Wave],
    codebook: Codebook | None,
    *,
    limit: int,
    level: float,
    draws: int,
    seed: int,
    language: str,
    now: str,
) -> tuple[list[Row], list[Lined]]:
    """The rows of these waves, the newest first, in the order of the codebook; and what each has of them.

    `now` is how the present codes of a former one are named, such as "now: {labels}". Special codes are left out.
    Raises `DataError` for a wave without respondents or ranks, a code listed twice, and waves with no code in common.
    """
    became = [_became(wave, codebook) for wave in waves]
    rows = _rows(waves, became, codebook, language, now)
    lined = [
        _published(wave, own, rows, limit)
        if isinstance(wave.counted, Table)
        else _counted(wave, own, rows, codebook, limit, newest=not place, level=level, draws=draws, seed=seed)
        for place, (wave, own) in enumerate(zip(waves, became, strict=True))
    ]
    known = set(codebook.ids) if codebook else set()
    foreign = [known.isdisjoint(id_ for ids in own.values() for id_ in ids) for own in became]
    for place, (wave, before) in enumerate(pairwise(lined)):
        if not (wave.has(COUNTED) & before.has(COUNTED)).any() and any(foreign[place : place + 2]):
            raise DataError(
                f"{wave.name} and {before.name} have no code in common. Are they of the same question? A codebook "
                "(--codebook) says which labels and former names are one code."
            )
    return rows, lined


def _became(wave: Wave, codebook: Codebook | None) -> dict[str, tuple[str, ...]]:
    """The present codes that each code (or printed label) of a wave is; itself where it is none of the codebook."""
    own = wave.codebook
    into = mapping(own, codebook) if own is not None and codebook is not None else {}
    if isinstance(wave.counted, Table):
        names = wave.counted.frame["code"].astype(str).tolist()
        found = {name: _read(name, own, into, codebook) for name in names}
    else:
        found = {id_: into.get(id_) or (id_,) for id_ in wave.counted.codes}
    return {name: ids for name, ids in found.items() if not {name, *ids} & set(SPECIAL)}


def _read(
    name: str, own: Codebook | None, into: Mapping[str, tuple[str, ...]], codebook: Codebook | None
) -> tuple[str, ...]:
    """The present codes of a printed label: by its own codebook, or else by the present one."""
    id_ = own.find(name) if own else None
    if id_ is not None:
        return into.get(id_) or (id_,)
    if codebook is None:
        return (name,)
    found = codebook.find(name)
    return (found,) if found else codebook.heirs(name) or (name,)


def _rows(
    waves: Sequence[Wave],
    became: Sequence[Mapping[str, tuple[str, ...]]],
    codebook: Codebook | None,
    language: str,
    now: str,
) -> list[Row]:
    known = codebook.ids if codebook else ()
    others = dict.fromkeys(id_ for own in became for ids in own.values() for id_ in ids if id_ not in known)
    order = [id_ for id_ in (*known, *others) if id_ not in SPECIAL]
    labels = {id_: _label(id_, waves, became, codebook, language) for id_ in order}
    group = _groups(order, (ids for own in became for ids in own.values()))
    rows: list[Row] = []
    for id_ in order:
        members = tuple(other for other in order if group[other] == group[id_])
        if len(members) > 1 and members[0] == id_:
            former = _former(members, waves, became, language)
            said = now.format(labels=" + ".join(labels[one] for one in members))
            rows.append(Row("+".join(members), f"{former} ({said})", members))
        rows.append(Row(id_, labels[id_], (id_,)))
    return rows


def _groups(order: Sequence[str], joined: Iterable[Sequence[str]]) -> dict[str, str]:
    """For each code the name of its group: codes that were one in some wave are in one group."""
    group = {id_: id_ for id_ in order}
    for ids in joined:
        names = {group[id_] for id_ in ids}
        group |= {id_: group[ids[0]] for id_, name in group.items() if name in names}
    return group


def _label(
    id_: str,
    waves: Sequence[Wave],
    became: Sequence[Mapping[str, tuple[str, ...]]],
    codebook: Codebook | None,
    language: str,
) -> str:
    if codebook is not None and id_ in codebook.ids:
        return codebook.label(id_, language)
    for wave, own in zip(waves, became, strict=True):
        for name, ids in own.items():
            if id_ in ids:
                return _named(name, wave, language)
    return id_


def _named(name: str, wave: Wave, language: str) -> str:
    """The label that a wave itself has for one of its codes."""
    if wave.codebook is not None and (id_ := wave.codebook.find(name)):
        return wave.codebook.label(id_, language)
    if isinstance(wave.counted, Table):
        frame = wave.counted.frame
        return str(frame["label"][(frame["code"].astype(str) == name)].iloc[0])
    return name


def _former(
    members: Sequence[str], waves: Sequence[Wave], became: Sequence[Mapping[str, tuple[str, ...]]], language: str
) -> str:
    """The label of the code that these were, of the codes if there were several."""
    labels = (
        _named(name, wave, language)
        for wave, own in zip(waves, became, strict=True)
        for name, ids in own.items()
        if len(ids) > 1 and set(ids) <= set(members)
    )
    return " / ".join(dict.fromkeys(labels))


def _state(row: Row, own: Mapping[str, tuple[str, ...]]) -> tuple[str, list[str]]:
    """What a wave with these codes can know of a row, and the codes that it is there."""
    here = [name for name, ids in own.items() if not set(ids).isdisjoint(row.of)]
    if not here:
        return ABSENT, here
    return (COUNTED if all(set(own[name]) <= set(row.of) for name in here) else PART), here


def _counted(
    wave: Wave,
    own: Mapping[str, tuple[str, ...]],
    rows: Sequence[Row],
    codebook: Codebook | None,
    limit: int,
    *,
    newest: bool,
    level: float,
    draws: int,
    seed: int,
) -> Lined:
    """A wave with codings."""
    found = wave.counted
    assert isinstance(found, Mentions)  # noqa: S101 (the caller chose by type)
    if not len(found):
        raise DataError(f"{wave.name} has no respondents: its base is 0. See that its rows are coded.")
    place = {id_: number for number, id_ in enumerate(found.codes)}
    given = np.zeros((len(found), len(rows)), dtype=np.bool_)
    states = []
    for number, row in enumerate(rows):
        state, here = _state(row, own)
        given[:, number] = found.given[:, [place[name] for name in here]].any(axis=1)
        if codebook is not None and wave.codebook is None and not given[:, number].any():
            code = next((one for one in codebook.codes if row.of == (one.id,)), None)
            state = ABSENT if code and _not_in(code, codebook, wave.name, newest=newest) else state
        states.append(state)
    known = np.array([state == COUNTED for state in states])
    shares = np.where(known, found.weight @ given / found.base, np.nan)
    n = np.where(known, given.sum(axis=0), np.nan)
    rank, ends, listed = _ranked(found, given, rows, states, limit, level=level, draws=draws, seed=seed)
    return Lined(
        wave.name,
        tuple(states),
        n,
        shares,
        shares * 100,
        rank,
        ends,
        listed,
        len(found),
        found.effective_base,
        found,
        given,
    )


def _ranked(
    found: Mentions,
    given: Labels,
    rows: Sequence[Row],
    states: Sequence[str],
    limit: int,
    *,
    level: float,
    draws: int,
    seed: int,
) -> tuple[Floats, Floats, Labels]:
    """The ranks of the codes that somebody mentioned, as this wave had them; their intervals; which were in the top."""
    part = {row.code for row, state in zip(rows, states, strict=True) if state == PART}
    of_its_own = np.array(
        [
            state == COUNTED and (not row.together or not part.isdisjoint(row.of))
            for row, state in zip(rows, states, strict=True)
        ]
    )
    rank, ends = np.full(len(rows), np.nan), np.full((len(rows), 2), np.nan)
    rank[of_its_own] = ranks(found.weight @ given[:, of_its_own])
    ends[of_its_own] = rank_intervals(given[:, of_its_own], found.weights, level=level, draws=draws, seed=seed)
    nobody = ~given.any(axis=0)
    rank[nobody], ends[nobody] = np.nan, np.nan
    return rank, ends, _with_nets(rank <= limit, rows)


def _published(wave: Wave, own: Mapping[str, tuple[str, ...]], rows: Sequence[Row], limit: int) -> Lined:
    """A wave of which a table was printed."""
    table = wave.counted
    assert isinstance(table, Table)  # noqa: S101 (the caller chose by type)
    if table.frame["rank"].isna().all():
        raise DataError(f"{wave.name} has no ranks to compare with; give a column `rank`, or coded answers.")
    if table.base == 0:
        raise DataError(f"{wave.name} has no respondents: its base is 0. See that its rows are coded.")
    frame = table.frame.assign(code=table.frame["code"].astype(str))
    frame = frame[frame["code"].isin(list(own))]
    mentioned = (frame["n"] != 0).fillna(value=True).astype(bool)
    in_top = (frame["rank"].isna() | (frame["rank"] <= limit)).astype(bool)
    numbers = frame[["n", "percent", "rank"]].astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    states, values, listed = [], np.full((len(rows), 3), np.nan), np.zeros(len(rows), dtype=np.bool_)
    for number, row in enumerate(rows):
        state, _ = _state(row, own)
        here = np.flatnonzero([not set(own[name]).isdisjoint(row.of) for name in frame["code"]])
        if len(here) > 1 and not row.together:
            names = " and ".join(map(repr, dict.fromkeys(frame["label"].iloc[here])))
            raise DataError(f"{wave.name} lists {row.code!r} more than once, as {names}; keep one row a code.")
        if len(here) > 1:
            state = PART
        if state == COUNTED:
            values[number] = numbers[here[0]]
            listed[number] = bool((mentioned & in_top).iloc[here[0]])
        states.append(state)
    n, percent, rank = values.T
    nothing = np.full((len(rows), 2), np.nan)
    share = n / (table.base or np.nan)
    worth = None if table.base is None else float(table.base)
    given = np.zeros((0, len(rows)), dtype=np.bool_)
    return Lined(
        wave.name,
        tuple(states),
        n,
        share,
        percent,
        rank,
        nothing,
        _with_nets(listed, rows),
        table.base,
        worth,
        None,
        given,
    )


def _with_nets(listed: Labels, rows: Sequence[Row]) -> Labels:
    """Codes together are in the top if they are so together, or one of them is."""
    codes = {row.code for row, one in zip(rows, listed, strict=True) if one}
    return np.array([one or not codes.isdisjoint(row.of) for row, one in zip(rows, listed, strict=True)])


def _not_in(code: Code, codebook: Codebook, wave: str, *, newest: bool) -> bool:
    """Whether a code that nobody got did not exist in that wave.

    Its first version (`since`) is later than the year in the name of the wave, or is the present version and the
    wave an older one; or its last version (`until`) was before the newest wave.
    """
    if newest:
        return bool(code.until) and code.until != codebook.version
    came, was = year(code.since), year(wave)
    if came and was:
        return came > was
    return bool(code.since) and f"{codebook.version}.".startswith(f"{code.since}.")


def year(name: str) -> int:
    """The year in a name, 0 if there is none."""
    digits = "".join(sign if sign.isdigit() else " " for sign in name).split()
    return next((int(one) for one in digits if len(one) == 4 and one[:2] in ("19", "20")), 0)  # noqa: PLR2004
