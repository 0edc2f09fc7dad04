"""Waves laid side by side: which of their codes are the same, and what each counted of every row, with ranks.

A row is a code of the present codebook. The codes of an older wave become those of the present one. Codes that became
one are counted together, a respondent once. Of a code that became several only all of them together can be compared:
they get a row of their own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import combining, normalize

import numpy as np
import pandas as pd
from scipy.special import ndtri

from coder.arrays import Floats, Labels
from coder.characters import as_seen
from coder.codebook import SPECIAL, Code, Codebook, mapping, spelt_apart
from coder.errors import DataError
from coder.note import Text
from coder.statistics.design import Sampled, logit
from coder.statistics.differences import with_sample
from coder.statistics.proportions import as_counted, wilson
from coder.statistics.ranks import rank_intervals, rank_intervals_of_estimates, ranks
from coder.tables.mentions import Mentions
from coder.tables.table import Said, Table

COUNTED, ABSENT, PART = "counted", "absent", "part"
"""What a wave knows of a row: its mentions or place; nothing, the code was not in its list or codebook; or only those
of an older code of which it is a part."""

_AND = {"en", "and", "et", "und"}


@dataclass(frozen=True, slots=True)
class Wave:
    """One wave: its name, its mentions or published table, and its codebook where that is not the present one."""

    name: Said
    counted: Mentions | Table
    codebook: Codebook | None = None


@dataclass(frozen=True, slots=True)
class WaveRow:
    """A code, or several codes `of` the present codebook together that were one in an older wave."""

    code: str
    label: Text
    of: tuple[str, ...]

    @property
    def together(self) -> bool:
        """Whether it stands for several codes."""
        return len(self.of) > 1


@dataclass(frozen=True, slots=True)
class AlignedWave:
    """What a wave has of each row: arrays of shape (rows,), nan where it is not known.

    `n` counts respondents; `share` (in 0..1) and `percent` are weighted. Of a printed table they are what n and base
    say, and what it has itself; a percentage that it lacks is that of n and base. `size` is the number of respondents,
    `effective` what it is worth on the whole; `base` what it is worth for each share, `within` (rows, 2) the ends of
    the interval that this leaves. `ends` (rows, 2) are those of the interval of the rank. `listed` says which codes
    were in the top, at an unknown place too; `outside` which are known not to have been. Of the others nothing is
    known: a printed list that is not `whole`, of fewer codes than the top has, may have stopped just above them.
    `given` has shape (respondents, rows), without respondents for a printed table. `unsure` (rows, 2) are the ends of
    the share where it is an estimate of what was counted, and the share itself where it was counted. `lacked` are the
    codes that did not exist then; of a code that is merely not in a printed list that is not known.
    """

    name: Said
    state: tuple[str, ...]
    n: Floats
    share: Floats
    percent: Floats
    rank: Floats
    ends: Floats
    listed: Labels
    outside: Labels
    whole: bool
    size: int | None
    effective: float | None
    base: Floats
    within: Floats
    mentions: Mentions | None
    given: Labels
    unsure: Floats
    lacked: Labels

    @property
    def weighted(self) -> bool:
        """Whether its percentages are known to be weighted."""
        if self.mentions is not None:
            return self.mentions.weights is not None
        return self.effective != self.size

    @property
    def estimated(self) -> bool:
        """Whether its shares are estimates."""
        return bool((self.unsure[:, 0] < self.unsure[:, 1]).any())

    def sampled(self, rows: Labels) -> Sampled:
        """What it says of these rows as a sample."""
        return Sampled(self.share[rows], self.base[rows], self.within[rows], float(self.size or 0))

    def has(self, state: str) -> Labels:
        """The rows of which it knows this, shape (rows,)."""
        return np.array([one == state for one in self.state], dtype=np.bool_)


def line_up(
    waves: Sequence[Wave],
    codebook: Codebook | None,
    *,
    limit: int,
    level: float,
) -> tuple[list[WaveRow], list[AlignedWave]]:
    """The rows of these waves, the newest first, in the order of the codebook; and what each has of them.

    Special codes are left out. Raises `DataError` for a wave without respondents or ranks, a code listed twice, waves
    with no code in common, and where one counts nets with their codes and another does not.
    """
    _check_nets(waves)
    codes = [became(wave, codebook) for wave in waves]
    if codebook is None:
        _check_spelling(codes)
    rows = rows_of(waves, codes, codebook)
    lined = [
        _published(wave, own, rows, codebook, limit, level=level)
        if isinstance(wave.counted, Table)
        else _counted(wave, own, rows, codebook, limit, newest=not place, level=level)
        for place, (wave, own) in enumerate(zip(waves, codes, strict=True))
    ]
    known = set(codebook.ids) if codebook else set()
    foreign = [known.isdisjoint(id_ for ids in own.values() for id_ in ids) for own in codes]
    for place, (wave, before) in enumerate(pairwise(lined)):
        if not (wave.has(COUNTED) & before.has(COUNTED)).any() and any(foreign[place : place + 2]):
            raise DataError("comparison.nothing_in_common", wave=wave.name, before=before.name)
    return rows, lined


def _check_nets(waves: Sequence[Wave]) -> None:
    """Raise where one wave counts nets with the codes under them and another is known not to: a net would change."""
    nets, plain = [], []
    for wave in waves:
        if isinstance(wave.counted, Table) and "level" in wave.counted.frame:
            nets.append(wave.name)
        elif isinstance(wave.counted, Mentions) or is_estimate(wave.counted):
            plain.append(wave.name)
    if nets and plain:
        raise DataError("comparison.nets_of_one", nets=nets[0], plain=plain[0])


def _check_spelling(codes: Sequence[Mapping[str, tuple[str, ...]]]) -> None:
    """Raise where codes of waves without a codebook differ in capitals or spaces alone: one would seem new."""
    if twice := spelt_apart(id_ for own in codes for ids in own.values() for id_ in ids):
        raise DataError("comparison.spelt_apart", codes=twice)


def _state(row: WaveRow, own: Mapping[str, tuple[str, ...]]) -> tuple[str, list[str]]:
    """What a wave with these codes can know of a row, and the codes that it is there."""
    here = [name for name, ids in own.items() if not set(ids).isdisjoint(row.of)]
    if not here:
        return ABSENT, here
    return (COUNTED if all(set(own[name]) <= set(row.of) for name in here) else PART), here


def _counted(
    wave: Wave,
    own: Mapping[str, tuple[str, ...]],
    rows: Sequence[WaveRow],
    codebook: Codebook | None,
    limit: int,
    *,
    newest: bool,
    level: float,
) -> AlignedWave:
    """A wave with codings."""
    found = wave.counted
    assert isinstance(found, Mentions)  # noqa: S101 (the caller chose by type)
    if not len(found):
        raise DataError("comparison.nobody", wave=wave.name)
    place = {id_: number for number, id_ in enumerate(found.codes)}
    given = np.zeros((len(found.given), len(rows)), dtype=np.bool_)
    states = []
    for number, row in enumerate(rows):
        state, here = _state(row, own)
        given[:, number] = found.given[:, [place[name] for name in here]].any(axis=1)
        if codebook is not None and wave.codebook is None and not given[:, number].any():
            code = next((one for one in codebook.codes if row.of == (one.id,)), None)
            state = ABSENT if code and _not_in(code, codebook, wave.name, newest=newest) else state
        states.append(state)
    known = np.array([state == COUNTED for state in states])
    asked = found.of(given)
    shares = np.where(known, asked.shares, np.nan)
    n = np.where(known, asked.n, np.nan)
    sampled = asked.sampled(level=level)
    rank, ends, listed = _ranked(found, given, rows, states, limit, level=level)
    return AlignedWave(
        wave.name,
        tuple(states),
        n,
        shares,
        shares * 100,
        rank,
        ends,
        listed,
        ~listed & np.array([state != PART for state in states], dtype=np.bool_),
        whole=True,
        size=len(found),
        effective=found.effective_base,
        base=sampled.base,
        within=sampled.within,
        mentions=found,
        given=given,
        unsure=np.stack([shares, shares], axis=-1),
        lacked=np.array([state == ABSENT for state in states], dtype=np.bool_),
    )


def _ranked(
    found: Mentions,
    given: Labels,
    rows: Sequence[WaveRow],
    states: Sequence[str],
    limit: int,
    *,
    level: float,
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
    rank[of_its_own] = ranks(found.of(given).counts[of_its_own])
    ends[of_its_own] = rank_intervals(given[:, of_its_own], found.weights, design=found.drawn, level=level)
    nobody = ~given.any(axis=0)
    rank[nobody], ends[nobody] = np.nan, np.nan
    return rank, ends, _with_nets(rank <= limit, rows)


def _published(
    wave: Wave,
    own: Mapping[str, tuple[str, ...]],
    rows: Sequence[WaveRow],
    codebook: Codebook | None,
    limit: int,
    *,
    level: float,
) -> AlignedWave:
    """A wave of which a table was printed, of counts or of estimates."""
    table = wave.counted
    assert isinstance(table, Table)  # noqa: S101 (the caller chose by type)
    if table.frame["rank"].isna().all():
        raise DataError("comparison.no_ranks", wave=wave.name)
    if table.base == 0:
        raise DataError("comparison.nobody", wave=wave.name)
    found = _printed(wave, table, own, rows, limit)
    n, rank, base = found.n, found.rank, found.base
    ends = np.full((len(rows), 2), np.nan)
    known = bool(np.isfinite(base).any())
    share = found.percent / 100 if is_estimate(table) or "weighted" in table.frame else n / (table.base or np.nan)
    share = share if known else np.full(len(rows), np.nan)
    within = _within(share, base, table, level)
    unsure = np.stack([share, share], axis=-1)
    if is_estimate(table) and known:
        n = np.where(found.ends[:, 0] < found.ends[:, 1], np.nan, n)
        unsure = _at_level(share, found.ends / 100, float(table.frame["coverage"].iloc[0]), level)
        ends = _estimated_ranks(Sampled(share, base, within, float(table.base or 0)), rank, unsure, level=level)
    listed = _with_nets(found.listed, rows)
    knows = [state == COUNTED or (found.whole and state == ABSENT) for state in found.state]
    return AlignedWave(
        wave.name,
        found.state,
        n,
        share,
        found.percent,
        rank,
        ends,
        listed,
        ~listed & np.array(knows, dtype=np.bool_),
        found.whole,
        table.base,
        float(np.nanmedian(base)) if known else None,
        base,
        within,
        None,
        np.zeros((0, len(rows)), dtype=np.bool_),
        unsure,
        np.array([_not_then(row, wave, codebook) for row in rows], dtype=np.bool_),
    )


@dataclass(frozen=True, slots=True)
class _Printed:
    """What a published table has of each row, nan where that was not printed.

    `percent` is that of n and base where it was printed rounded or not at all. `ends` (rows, 2) are those of the
    interval of an estimate; `base` what the table is worth for the row; `listed` whether it was in the top. The list is
    `whole` where a code that is not in it was not in the top.
    """

    state: tuple[str, ...]
    n: Floats
    percent: Floats
    rank: Floats
    ends: Floats
    base: Floats
    listed: Labels
    whole: bool


def _printed(
    wave: Wave, table: Table, own: Mapping[str, tuple[str, ...]], rows: Sequence[WaveRow], limit: int
) -> _Printed:
    frame = table.frame.assign(code=table.frame["code"].astype(str))
    frame = frame[frame["code"].isin(list(own))]
    estimates = is_estimate(table)
    mentioned = (frame["percent" if estimates else "n"] != 0).fillna(value=True).astype(bool)
    in_top = (frame["rank"].isna() | (frame["rank"] <= limit)).astype(bool)
    ranked = in_top & (frame["level"] == 0) if "level" in frame else in_top
    full = int(ranked.sum()) >= limit or not mentioned.all()  # who lists a code that nobody named lists all
    asked = ["n", "percent", "rank", "low", "high", "worth"]
    numbers = frame.assign(worth=_worth(table))[asked].astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    states, values, listed = [], np.full((len(rows), len(asked)), np.nan), np.zeros(len(rows), dtype=np.bool_)
    for number, row in enumerate(rows):
        state, _ = _state(row, own)
        here = np.flatnonzero([not set(own[name]).isdisjoint(row.of) for name in frame["code"]])
        if len(here) > 1 and not row.together:
            names = list(dict.fromkeys(f"{label!r}" for label in frame["label"].iloc[here]))
            raise DataError("comparison.listed_twice", wave=wave.name, code=row.code, names=names)
        if len(here) > 1:
            state = PART
        if state == COUNTED:
            values[number] = numbers[here[0]]
            listed[number] = bool((mentioned & in_top).iloc[here[0]])
        states.append(state)
    n, percent, rank, low, high, base = values.T
    if not estimates and "weighted" not in frame:
        percent = as_counted(percent, n, table.base)
    whole = estimates or full or (table.down_to or 0) >= limit
    return _Printed(tuple(states), n, percent, rank, np.stack([low, high], axis=-1), base, listed, whole)


def _worth(table: Table) -> "pd.Series[float]":
    """How many respondents of equal weight a published table is worth for each of its rows; nan where not known."""
    frame = table.frame
    if "effective_base" in frame and frame["effective_base"].notna().all():
        return frame["effective_base"].astype(float)
    base = np.nan if table.base is None or "weighted" in frame else float(table.base)
    return pd.Series(base, index=frame.index)


def _within(share: Floats, base: Floats, table: Table, level: float) -> Floats:
    """The intervals of the shares of a published table, as `Mentions.intervals` has them."""
    if "effective_base" in table.frame and table.base is not None:
        return logit(share, base, table.base, level=level)
    return wilson(share * base, base, level=level)


def is_estimate(table: Table) -> bool:
    """Whether a table is one of `coder estimate`, which says how wide its intervals are."""
    return "coverage" in table.frame


def is_weighted(table: Table) -> bool:
    """Whether a published table is known to have percentages that are weighted or estimated: no plain n of the base."""
    return not {"coverage", "weighted", "effective_base"}.isdisjoint(table.frame)


def _at_level(share: Floats, ends: Floats, was: float, level: float) -> Floats:
    """The ends of intervals at another level than theirs."""
    return share[:, None] + (ends - share[:, None]) * ndtri((1 + level) / 2) / ndtri((1 + was) / 2)


def _estimated_ranks(sampled: Sampled, rank: Floats, unsure: Floats, *, level: float) -> Floats:
    """The intervals of the ranks of estimates, of those that have a rank."""
    ends, ranked = np.full((len(rank), 2), np.nan), ~np.isnan(rank) & ~np.isnan(sampled.share)
    low, high = with_sample(sampled, unsure)[ranked].T
    error = (high - low) / (2 * ndtri((1 + level) / 2))
    ends[ranked] = rank_intervals_of_estimates(sampled.share[ranked], error, level=level)
    return ends


def _with_nets(listed: Labels, rows: Sequence[WaveRow]) -> Labels:
    """Codes together are in the top if they are so together, or one of them is."""
    codes = {row.code for row, one in zip(rows, listed, strict=True) if one}
    return np.array([one or not codes.isdisjoint(row.of) for row, one in zip(rows, listed, strict=True)])


def _not_then(row: WaveRow, wave: Wave, codebook: Codebook | None) -> bool:
    """Whether the codebooks say that a code did not exist when a list was printed."""
    if codebook is None or row.together:
        return False
    if wave.codebook is not None:
        return not any(row.code in ids for ids in mapping(wave.codebook, codebook).values())
    code = next((one for one in codebook.codes if one.id == row.code), None)
    return code is not None and _not_in(code, codebook, wave.name, newest=False)


def _not_in(code: Code, codebook: Codebook, wave: Said, *, newest: bool) -> bool:
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


def year(name: Said) -> int:
    """The year in a name that somebody gave, 0 if there is none."""
    if not isinstance(name, str):
        return 0
    digits = "".join(sign if sign.isdigit() else " " for sign in name).split()
    return next((int(one) for one in digits if len(one) == 4 and one[:2] in ("19", "20")), 0)  # noqa: PLR2004


# Which codes are the same


def became(wave: Wave, codebook: Codebook | None) -> dict[str, tuple[str, ...]]:
    """The present codes that each code (or printed label) of a wave is; itself where it is none of the codebook."""
    own = wave.codebook
    into = mapping(own, codebook) if own is not None and codebook is not None else {}
    if isinstance(wave.counted, Table):
        names = wave.counted.frame["code"].astype(str).tolist()
        alike, known = (_alike(codebook), codebook.ids) if codebook is not None else ({}, ())
        found = {name: _read(name, own, into, codebook) for name in names}
        found |= {
            name: (alike[folded(name)],)
            for name, ids in found.items()
            if ids == (name,) and not (own and own.find(name)) and name not in known and folded(name) in alike
        }
    else:
        found = {id_: into.get(id_) or (id_,) for id_ in wave.counted.codes}
    return {name: ids for name, ids in found.items() if not {name, *ids} & set(SPECIAL)}


def folded(name: str) -> str:
    """A name as small letters and digits without accents, signs and "and": what else is in it is no other code."""
    bare = normalize("NFKD", as_seen(name).casefold())
    words = "".join(sign if sign.isalnum() else " " for sign in bare if not combining(sign)).split()
    return " ".join(word for word in words if word not in _AND) or " ".join(words)


def _alike(codebook: Codebook) -> dict[str, str]:
    """The code of each name as `folded`, where that is of one code."""
    claims: dict[str, set[str]] = {}
    for code in codebook.codes:
        for name in (*code.label.values(), *code.formerly):
            claims.setdefault(folded(name), set()).add(code.id)
    return {name: next(iter(ids)) for name, ids in claims.items() if len(ids) == 1}


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


def rows_of(
    waves: Sequence[Wave], codes: Sequence[Mapping[str, tuple[str, ...]]], codebook: Codebook | None
) -> list[WaveRow]:
    """A row for each code that some wave has, in the order of the codebook, and for those that were one before.

    `codes` says of each wave what its codes `became`. The label of codes that were one reads "Digital (→ Site + App)".
    """
    known = codebook.ids if codebook else ()
    others = dict.fromkeys(id_ for own in codes for ids in own.values() for id_ in ids if id_ not in known)
    order = [id_ for id_ in (*known, *others) if id_ not in SPECIAL]
    labels = {id_: _label(id_, waves, codes, codebook) for id_ in order}
    group = _groups(order, (ids for own in codes for ids in own.values()))
    rows: list[WaveRow] = []
    for id_ in order:
        members = tuple(other for other in order if group[other] == group[id_])
        if len(members) > 1 and members[0] == id_:
            label = _became(_former(members, waves, codes), [labels[one] for one in members])
            rows.append(WaveRow("+".join(members), label, members))
        rows.append(WaveRow(id_, labels[id_], (id_,)))
    return rows


def _groups(order: Sequence[str], joined: Iterable[Sequence[str]]) -> dict[str, str]:
    """For each code the name of its group: codes that were one in some wave are in one group."""
    group = {id_: id_ for id_ in order}
    for ids in joined:
        names = {group[id_] for id_ in ids}
        group |= {id_: group[ids[0]] for id_, name in group.items() if name in names}
    return group


def _label(
    id_: str, waves: Sequence[Wave], codes: Sequence[Mapping[str, tuple[str, ...]]], codebook: Codebook | None
) -> Text:
    if codebook is not None and id_ in codebook.ids:
        return codebook.text(id_)
    for wave, own in zip(waves, codes, strict=True):
        for name, ids in own.items():
            if id_ in ids:
                return _named(name, wave)
    return Text(id_)


def _named(name: str, wave: Wave) -> Text:
    """The label that a wave itself has for one of its codes."""
    if wave.codebook is not None and (id_ := wave.codebook.find(name)):
        return wave.codebook.text(id_)
    if isinstance(wave.counted, Table):
        frame = wave.counted.frame
        label = frame["label"][(frame["code"].astype(str) == name)].iloc[0]
        return label if isinstance(label, Text) else Text(label)
    return Text(name)


def _former(
    members: Sequence[str], waves: Sequence[Wave], codes: Sequence[Mapping[str, tuple[str, ...]]]
) -> list[Text]:
    """The labels of the codes that these were."""
    labels = (
        _named(name, wave)
        for wave, own in zip(waves, codes, strict=True)
        for name, ids in own.items()
        if len(ids) > 1 and set(ids) <= set(members)
    )
    return list(dict.fromkeys(labels))


def _became(former: Sequence[Text], now: Sequence[Text]) -> Text:
    """The label of former codes with what they became, in each language that a part of it has."""

    def written(labels: Sequence[str], heirs: Sequence[str]) -> str:
        return f"{' / '.join(labels)} (→ {' + '.join(heirs)})"

    languages = dict.fromkeys(language for label in (*former, *now) for language in label.languages)
    named = {
        one: written([label.named(one) for label in former], [label.named(one) for label in now]) for one in languages
    }
    return Text(written(former, now), named)
