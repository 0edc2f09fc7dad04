"""This wave beside the last one: places, what changed and what chance explains, what is new, what dropped out.

Differences are tested row by row for what the waves are: two samples, or the same respondents.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.arrays import Floats, Labels
from coder.codebook import Codebook
from coder.errors import DataError, check_least, check_share
from coder.languages.language import language_of
from coder.note import Note, Text
from coder.statistics.differences import Difference, independent, of_estimates, paired, paired_weighted
from coder.statistics.proportions import benjamini_hochberg
from coder.tables.mentions import Maker, Mentions
from coder.tables.table import MIN_BASE, Column, Said, Table, texts
from coder.tables.waves import (
    ABSENT,
    COUNTED,
    PART,
    AlignedWave,
    Wave,
    WaveRow,
    folded,
    is_estimate,
    is_weighted,
    line_up,
)

UP, DOWN, SAME = "up", "down", "same"
"""What became of a code: significantly more, significantly less, or neither (status quo)."""
UNSURE = "unsure"
"""What became of a code where nobody can tell: the way of coding may have made the difference."""
ALPHA = 0.05
"""Below this adjusted p a difference is called significant."""


@dataclass(frozen=True, slots=True)
class WaveDifferences:
    """Differences in percentage points, shape (rows,), nan where not known: `points`, `low`, `high`, `p`, `adjusted`.

    `both` is the number of respondents in both waves of a panel; None for two samples. `like` is whether both waves
    were coded in the same way, without which no difference is a change.
    """

    points: Floats
    low: Floats
    high: Floats
    p: Floats
    adjusted: Floats
    both: int | None
    like: bool = True

    @property
    def tests(self) -> int:
        """How many rows are tested; p is adjusted for them together."""
        return int((~np.isnan(self.p)).sum())

    def change(self) -> list[str]:
        """`UP` or `DOWN` where a difference is significant, `SAME` where it is not, "" where nothing is tested.

        `UNSURE` for every difference of waves that are not `like`.
        """
        return changes(self.points, self.adjusted, like=self.like)


def changes(points: Floats, adjusted: Floats, *, like: bool = True) -> list[str]:
    """`UP` or `DOWN` where a difference is significant, `SAME` where it is not, "" where nothing is tested.

    `UNSURE` for every difference of waves that are not `like`.
    """
    return [
        "" if np.isnan(p) else UNSURE if not like else SAME if p >= ALPHA else UP if value > 0 else DOWN
        for value, p in zip(points.tolist(), adjusted.tolist(), strict=True)
    ]


def wave_differences(
    rows: Sequence[WaveRow],
    now: AlignedWave,
    then: AlignedWave,
    *,
    panel: bool,
    level: float,
    beside: Sequence[AlignedWave] = (),
) -> WaveDifferences:
    """Test every row that both waves counted, whether it is in a top or not.

    Codes that somebody mentioned in either wave are tested; which of them a table shows does not matter, so that p does
    not depend on it. Where only percentages are known the difference has no interval and no p. Codes that are one in
    a wave that stands `beside` these two are compared together too.
    """
    compared = comparable(rows, [now, then], beside)
    points = np.where(compared, now.percent - then.percent, np.nan)
    testable = compared & ~np.isnan(now.share) & ~np.isnan(then.share) & ((now.share > 0) | (then.share > 0))
    low, high, p = (np.full(len(rows), np.nan) for _ in range(3))
    both = None
    if panel:
        found, both = _paired(now, then, testable, level)
        points[:] = np.nan
    elif now.effective and then.effective and (now.estimated or then.estimated):
        ends = now.unsure[testable], then.unsure[testable]
        found = of_estimates(now.sampled(testable), ends[0], then.sampled(testable), ends[1], level=level)
    elif now.effective and then.effective:
        found = independent(now.sampled(testable), then.sampled(testable))
    else:
        return WaveDifferences(points, low, high, p, p, None)
    points[testable], p[testable] = found.value * 100, found.p
    low[testable], high[testable] = found.interval.T * 100
    return WaveDifferences(points, low, high, p, benjamini_hochberg(p), both)


def comparable(rows: Sequence[WaveRow], waves: Sequence[AlignedWave], beside: Sequence[AlignedWave] = ()) -> Labels:
    """The rows that every wave has; codes together only where one of them, or one `beside`, has them no other way."""
    every = np.all([wave.has(COUNTED) for wave in waves], axis=0)
    part = {
        row.code for wave in (*waves, *beside) for row, state in zip(rows, wave.state, strict=True) if state == PART
    }
    needed = [not row.together or not part.isdisjoint(row.of) for row in rows]
    return np.asarray(every & np.array(needed), dtype=np.bool_)


def _paired(now: AlignedWave, then: AlignedWave, testable: Labels, level: float) -> tuple[Difference, int]:
    one, other = panel_of(now.name, now.mentions, then.name, then.mentions)
    assert now.mentions is not None  # noqa: S101 (panel_of looked)
    assert then.mentions is not None  # noqa: S101
    mine = now.mentions.take(one).of(now.given[one][:, testable])
    theirs = then.mentions.take(other).of(then.given[other][:, testable])
    return twice(mine, theirs, level=level), len(one)


def twice(one: Mentions, other: Mentions, *, level: float) -> Difference:
    """The difference of what the same respondents mentioned twice, in the same order; they were drawn as `one` says."""
    if one.is_plain and other.is_plain:
        return paired(one.given, other.given, level=level)
    sampled, weights = [part.sampled(level=level) for part in (one, other)], (one.weight, other.weight)
    return paired_weighted(one.given, sampled[0], other.given, sampled[1], weights, one.drawn)


def panel_of(
    name: Said, now: Mentions | None, before: Said, then: Mentions | None
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Where the respondents of both waves stand in the one and in the other."""
    if now is None or then is None or now.times is not None or then.times is not None:
        which = name if now is None or now.times is not None else before
        raise DataError("comparison.no_panel", wave=which)
    both = now.respondents.intersection(then.respondents, sort=False)
    if len(both) < 2:  # noqa: PLR2004 (one respondent has no spread)
        raise DataError("comparison.few_in_both", count=len(both), wave=name, before=before)
    return now.respondents.get_indexer(pd.Index(both)), then.respondents.get_indexer(pd.Index(both))


def overlap(now: AlignedWave, then: AlignedWave) -> float:
    """The share of the respondents of the smaller wave that are in the other; 0 where rows are numbered only."""
    if now.mentions is None or then.mentions is None:
        return 0.0
    one, other = now.mentions.respondents, then.mentions.respondents
    if "unit" in {one.name, other.name}:
        return 0.0
    return len(one.intersection(other)) / min(len(one), len(other))


RANKED, LISTED, NOT_IN_LIST, PART_OF = "ranked", "listed", "not_in_list", "part"
"""What the last list says of a code: its rank; that it was in it, at an unknown place; that it was not; or nothing,
because it was part of another code then."""
NEW = "new"
"""What became of a code that the last wave did not have."""
LOOKS_LIKE = "comparison.looks_like"
"""The note that asks whether a label of an earlier list is a code."""
_TELLING = 4
"""A word of fewer letters does not make two labels look alike."""
_MOST = 0.5
"""From this share of respondents in both waves on, it looks like a panel."""
_ROUNDED, _TOLD = 1.0, 3
"""By more points than this no rounding differs; and so many such percentages are told."""


def compare(
    now: Mentions | Table,
    then: Mentions | Table,
    codebook: Codebook | None = None,
    *,
    then_codebook: Codebook | None = None,
    limit: int = 10,
    panel: bool = False,
    level: float = 0.95,
    names: tuple[str, str] | None = None,
    title: Said | None = None,
) -> Table:
    """The codes of the top now, beside what they were in the last wave, with a test of each difference.

    A wave is what respondents mentioned, or a published table in which perhaps only some ranks were printed: a code
    without rank there was in the list at an unknown place. `then_status` says so: "ranked", "listed" (no rank known),
    "not_in_list", or "part" of the code in `then_part_of`. Codes that were in the last list and are not in this one
    stand last, with the rank and n they now have; `dropped` are those that are known to be outside the top now. Of a
    printed list with fewer codes than `limit` that is not known, and the notes say so; they also name those that are
    not in the codebook, and ask about those that look like a code.

    Ranks (ties share one, the next skips) have an interval (`coder.statistics.ranks`). `points` is the difference in
    percentage points, with its interval; `p` that of two samples, or with `panel` of the same respondents (see
    `coder.statistics.differences`); `p_adjusted` is adjusted (Benjamini and Hochberg 1995) for all codes that both
    waves could mention and one did, shown or not. `change` is "up" or "down" where that is below 0.05, "same" (status
    quo) where it is not, "unsure" where a machine coded one wave and not the other in the same way, "new" for a code
    that the last wave did not have. A published table is tested where it has n and base.

    With a codebook the labels of a published table find their code by id, number, label or former name, whatever their
    signs and accents ("&" is "en"); other labels are compared as they are written. `then_codebook` is the one that
    `then` was coded with, where that was another: codes that became one are counted together, of a code that was split
    its heirs together. A code is new where no old code became it; without `then_codebook`, where nobody had it and its
    `since` is the present version (or later than the year in the name of the wave); without any codebook, where nobody
    had it.

    Raises `DataError` for a wave with no respondents or no ranks, a code that a list has twice, waves without a code
    in common, and a panel without respondents in common.
    """
    check_options(limit, level)
    called = names or (_name(now, Note("comparison.this_wave")), _name(then, Note("comparison.last_wave")))
    waves = [Wave(called[0], now), Wave(called[1], then, then_codebook)]
    rows, (one, other) = line_up(waves, codebook, limit=limit, level=level)
    apart = unlike(waves[0], waves[1], codebook)
    found = replace(wave_differences(rows, one, other, panel=panel, level=level), like=apart is None)
    order, gone = shown_rows(rows, one, [other])
    frame = _frame(rows, one, other, found).iloc[[*order, *gone]]
    frame = frame.assign(dropped=outside(order, gone, one)).reset_index(drop=True)
    notes = [
        *([apart] if apart is not None else []),
        *departures(rows, gone, one, [other], codebook, limit),
        *_arrivals(frame, other, limit),
        *_bases(one, other),
        *_methods(frame, one, other, found, level),
        *warnings(rows, [one, other], waves, codebook, panel=panel),
    ]
    size = len(now) if isinstance(now, Mentions) else now.base
    shown = _shown(frame, one, other, found)
    return Table(title or Note("tables.compare"), frame, size, shown, tuple(notes), waves=names or ())


_UNLIKE = ("comparison.unlike", "comparison.unlike_machines")


def unlike(now: Wave, then: Wave, codebook: Codebook | None) -> Note | None:
    """That changes of opinion cannot be told from those of the way of coding, where that is so.

    It is where a machine gave codes of one wave that nothing corrects, and the other has those of people, of another
    machine or codebook, or of nobody knows who.
    """
    one, other = _maker(now), _maker(then)
    if not (one.is_machine or other.is_machine):
        return None
    same_book = then.codebook is None or codebook is None or then.codebook.hash == codebook.hash
    if one.is_like(other) and same_book:
        return None
    if one.is_machine and other.is_machine:
        return Note("comparison.unlike_machines", wave=now.name, before=then.name)
    wave, other_wave = (now, then) if one.is_machine else (then, now)
    return Note("comparison.unlike", wave=wave.name, other=other_wave.name)


def _maker(wave: Wave) -> Maker:
    """Who gave the codes of a wave; of a published table nobody knows, and estimates are corrected."""
    return wave.counted.maker if isinstance(wave.counted, Mentions) else Maker()


def caution(comparison: Table) -> Note | None:
    """What `unlike` said of the waves of a comparison, None where they may be compared."""
    found = (note for note in comparison.notes if isinstance(note, Note) and note.key in _UNLIKE)
    return next(found, None)


def check_options(limit: int, level: float) -> None:
    """Raise where there is nothing to show, or no such interval."""
    check_share(level=level)
    check_least(1, limit=limit)


def shown_rows(
    rows: Sequence[WaveRow], now: AlignedWave, earlier: Sequence[AlignedWave]
) -> tuple[list[int], list[int]]:
    """Which rows a table shows: the top of now by rank, and then those that were in an earlier top and are no more.

    Codes that were one before stand under the row that takes them together.
    """
    in_top = sorted(
        (place for place, row in enumerate(rows) if now.listed[place] and not row.together),
        key=lambda place: (np.isnan(now.rank[place]), now.rank[place]),
    )
    order: list[int] = []
    for place in in_top:
        above = next((up for up, row in enumerate(rows) if row.together and rows[place].code in row.of), None)
        if above is not None and above not in order and not np.isnan(now.n[above]):
            order.append(above)
        order.append(place)
    was = np.any([wave.listed for wave in earlier], axis=0)
    part = {row.code for wave in earlier for row, state in zip(rows, wave.state, strict=True) if state == PART}
    wanted = [place for place, row in enumerate(rows) if was[place] and not now.listed[place]]
    gone = [place for place in wanted if not rows[place].together or not part.isdisjoint(rows[place].of)]
    last = earlier[0].rank
    return order, sorted(gone, key=lambda place: [(np.isnan(one), one) for one in (now.rank[place], last[place])])


def outside(order: Sequence[int], gone: Sequence[int], now: AlignedWave) -> Labels:
    """Which of the rows that are shown are known to be outside the top now."""
    return np.append(np.zeros(len(order), dtype=np.bool_), now.outside[list(gone)])


def departures(
    rows: Sequence[WaveRow],
    gone: Sequence[int],
    now: AlignedWave,
    earlier: Sequence[AlignedWave],
    codebook: Codebook | None,
    limit: int,
) -> Iterator[Note]:
    """What dropped out of an earlier top, with its present place; what is no code now; of what that is not known.

    A line that looks like a code of today has not dropped out: `warnings` asks which code it is.
    """
    outside, unknown = ([place for place in gone if now.outside[place] == known] for known in (True, False))
    foreign = [place for place in outside if codebook is not None and set(rows[place].of).isdisjoint(codebook.ids)]
    like = look_alike(codebook) if codebook is not None and foreign else None
    retired = [place for place in foreign if like is not None and not like(rows[place].label)]
    dropped = [place for place in outside if place not in foreign or place in retired]
    late = [place for place in dropped if earlier[0].listed[place]]
    for key, places in (
        ("tables.dropped", late),
        ("comparison.dropped_ever", [one for one in dropped if one not in late]),
    ):
        if places:
            labels = [_with_place(rows[place].label, now.rank[place], now.n[place]) for place in places]
            yield Note(key, limit=limit, labels=labels)
    if not gone and all(wave.whole for wave in earlier):
        yield Note("tables.none_dropped" if len(earlier) == 1 else "comparison.none_dropped_ever", limit=limit)
    elif not gone:
        yield Note("comparison.none_dropped_of_those", limit=limit, waves=[wave.name for wave in earlier])
    for key, places in (("comparison.retired", retired), ("comparison.unlisted", unknown)):
        if places:
            yield Note(key, limit=limit, wave=now.name, labels=[rows[place].label for place in places])


def _with_place(label: Text, rank: float, n: float) -> Said:
    """A label with its present place, where it has one."""
    if n == 0:
        return Note("comparison.now_nobody", label=label)
    return label if np.isnan(rank) else Note("comparison.now_at", label=label, rank=int(rank))


def _name(wave: Mentions | Table, otherwise: Note) -> Said:
    return (wave.title if isinstance(wave, Table) else "") or otherwise


def _frame(rows: Sequence[WaveRow], now: AlignedWave, then: AlignedWave, found: WaveDifferences) -> pd.DataFrame:
    status, part_of = _then(rows, then)
    new = then.lacked & ~now.has(ABSENT)
    frame = pd.DataFrame(
        {
            "rank": now.rank,
            "rank_low": now.ends[:, 0],
            "rank_high": now.ends[:, 1],
            "code": [row.code for row in rows],
            "label": texts(row.label for row in rows),
            "n": now.n,
            "percent": now.percent,
            "low": _end(now, 0),
            "high": _end(now, 1),
            "then_status": status,
            "then_part_of": texts(part_of),
            "then_rank": then.rank,
            "then_rank_low": then.ends[:, 0],
            "then_rank_high": then.ends[:, 1],
            "then_n": then.n,
            "then_percent": then.percent,
            "then_low": _end(then, 0),
            "then_high": _end(then, 1),
            "points": found.points,
            "points_low": found.low,
            "points_high": found.high,
            "p": found.p,
            "p_adjusted": found.adjusted,
            "change": [NEW if came else change for came, change in zip(new, found.change(), strict=True)],
        }
    )
    whole = ["rank", "rank_low", "rank_high", "then_rank", "then_rank_low", "then_rank_high"]
    return frame.astype(dict.fromkeys([*whole, "n", "then_n"], "Int64"))


def _end(wave: AlignedWave, side: int) -> Floats:
    """The low or high end of a share that was estimated, in 0..100."""
    return np.asarray(wave.unsure[:, side] * 100 if wave.estimated else np.full(len(wave.share), np.nan))


def _then(rows: Sequence[WaveRow], then: AlignedWave) -> tuple[list[str], list[Text]]:
    """What the last list says of each row, and the label of the code that it was part of, "" where it was of none."""
    above = {code: row.label for row in rows if row.together for code in row.of}
    part = [state == PART and not row.together for row, state in zip(rows, then.state, strict=True)]
    ranked = np.where(np.isnan(then.rank), LISTED, RANKED)
    status = np.select([part, ~then.listed], [PART_OF, NOT_IN_LIST], default=ranked)
    nothing = Text("")
    return status.tolist(), [
        above.get(row.code, nothing) if one else nothing for row, one in zip(rows, part, strict=True)
    ]


def _shown(
    frame: pd.DataFrame, now: AlignedWave, then: AlignedWave, found: WaveDifferences
) -> dict[str, Said | Column]:
    """The columns that people see: those of which anything is known."""
    then_place = ("then_status", "then_rank", "then_rank_low", "then_rank_high", "then_part_of")
    every: dict[str, Said | Column | None] = {
        **rank_column(now),
        "label": Note("tables.code"),
        "n": Note("tables.n") if frame["n"].notna().any() and not now.estimated else None,
        "percent": Note("tables.percent") if frame["percent"].notna().any() else None,
        "interval": Column(Note("comparison.interval_of"), "interval", ("low", "high")) if now.estimated else None,
        "then_place": Column(Note("tables.then"), "then", then_place),
        "then_n": None if np.isnan(then.n).all() else Note("comparison.then_n"),
        "then_percent": None if np.isnan(then.percent).all() else Note("comparison.then_percent"),
        "then_interval": Column(Note("comparison.interval_of"), "interval", ("then_low", "then_high"))
        if then.estimated
        else None,
    }
    if frame["points"].notna().any():
        points = ("points", "points_low", "points_high")
        every["difference"] = Column(Note("comparison.difference"), "points", points)
    if frame["p_adjusted"].notna().any():
        every["tested"] = Column(Note("comparison.p_adjusted"), "p", ("p_adjusted",))
        if found.like or (frame["change"] == NEW).any():
            every["change"] = Column(Note("comparison.change"), "change")
    return {name: column for name, column in every.items() if column is not None}


def rank_column(now: AlignedWave) -> dict[str, Said | Column]:
    """The column of ranks, by its name: `place` with their intervals, or `rank` where these are not known."""
    heading = Note("tables.rank")
    if np.isnan(now.ends).all():
        return {"rank": heading}
    return {"place": Column(heading, "rank", ("rank", "rank_low", "rank_high"))}


def _arrivals(frame: pd.DataFrame, then: AlignedWave, limit: int) -> Iterator[Note]:
    """What came into the list."""
    came = frame[(frame["then_status"] == NOT_IN_LIST) & ~frame["dropped"]]
    if len(came) and then.mentions is not None:
        yield Note("comparison.new_in", limit=limit, labels=came["label"].tolist())


def _bases(now: AlignedWave, then: AlignedWave) -> Iterator[Note]:
    for wave, key in ((now, "comparison.base"), (then, "comparison.last_base")):
        if wave.size is not None:
            yield base_of(wave, key)


def base_of(wave: AlignedWave, key: str) -> Note:
    """How many respondents percentages are of; with weights the effective base too (`key` and `key_weighted`)."""
    if wave.weighted:
        return Note(f"{key}_weighted", wave=wave.name, size=wave.size, effective=wave.effective or 0)
    return Note(key, wave=wave.name, size=wave.size)


def _methods(
    frame: pd.DataFrame, now: AlignedWave, then: AlignedWave, found: WaveDifferences, level: float
) -> Iterator[Note]:
    percent = level * 100
    if now.mentions is not None or then.mentions is not None:
        yield Note("comparison.ranks", level=percent)
    if now.estimated or then.estimated:
        yield Note("comparison.ranks_of_estimates", level=percent)
    if np.isnan(then.ends).all() and not np.isnan(now.ends).all():
        outside = (frame["then_rank"] < frame["rank_low"]) | (frame["then_rank"] > frame["rank_high"])
        if outside.any():
            moved = frame["label"][outside.fillna(value=False).astype(bool)]
            yield Note("comparison.within", labels=moved.tolist())
    if found.both is not None and now.mentions is not None and then.mentions is not None:
        alone = {"now": len(now.mentions) - found.both, "then": len(then.mentions) - found.both}
        yield Note("comparison.panel", both=found.both, level=percent, **alone)
        if found.both < MIN_BASE:
            yield Note("comparison.small_panel", least=MIN_BASE)
    elif found.tests:
        estimated = now.estimated or then.estimated
        yield Note("comparison.of_estimates" if estimated else "comparison.independent", level=percent)
    if found.tests:
        yield Note("comparison.p_note" if found.like else "comparison.p_unlike", count=found.tests)
    else:
        nobody = now.size is not None and then.size is not None and not now.n.any() and not then.n.any()
        yield Note("comparison.nobody" if nobody else "comparison.no_counts")


def warnings(
    rows: Sequence[WaveRow],
    waves: Sequence[AlignedWave],
    given: Sequence[Wave],
    codebook: Codebook | None,
    *,
    panel: bool,
) -> Iterator[Note]:
    """What to know of the waves, the newest first: splits, new codes, a panel, mistakes in printed tables."""
    if split := [row.label for row in rows if row.together]:
        yield Note("comparison.split", labels=split)
    now, then = waves[:2]
    yield from _look_alikes(rows, waves[1:], codebook)
    if then.mentions is not None:
        new = then.has(ABSENT) & now.listed
        if new.any():
            labels = [row.label for row, one in zip(rows, new, strict=True) if one]
            yield Note("comparison.unknown_then" if codebook else "comparison.no_codebook", labels=labels)
    for wave in waves:
        if wave.effective is not None and wave.effective < MIN_BASE:
            key = "comparison.small_wave_effective" if wave.weighted else "comparison.small_wave"
            yield Note(key, wave=wave.name, least=MIN_BASE)
    for wave, before in pairwise(waves):
        share = overlap(wave, before)
        if share > _MOST and not panel:
            yield Note("comparison.mend_panel", share=round(share * 100), wave=wave.name)
    for one in given:
        if isinstance(one.counted, Table) and not is_estimate(one.counted):
            yield from _contradictions(one.counted, one.name)


def _look_alikes(rows: Sequence[WaveRow], earlier: Sequence[AlignedWave], codebook: Codebook | None) -> Iterator[Note]:
    """Labels of earlier lists that the codebook has not, and that look like one of its codes."""
    if codebook is None:
        return
    like = look_alike(codebook)
    for wave in earlier:
        for row, listed in zip(rows, wave.listed, strict=True):
            if listed and set(row.of).isdisjoint(codebook.ids) and (found := like(row.label)):
                yield Note(LOOKS_LIKE, label=row.label, wave=wave.name, code=codebook.text(found))


def look_alike(codebook: Codebook) -> Callable[[str], str | None]:
    """What says which code a label may be: one that has it as a keyword, or alone has a word of it in its label."""
    named: dict[str, str] = {}
    for code in codebook.codes:
        named |= {folded(name): code.id for name in (*code.rules, *code.label.values()) if folded(name) not in named}
    telling = _telling_words(codebook)

    def like(label: str) -> str | None:
        name = folded(label)
        return named.get(name) or next((telling[word] for word in name.split() if word in telling), None)

    return like


def _telling_words(codebook: Codebook) -> dict[str, str]:
    """The words of content that stand in the labels of one code alone, with that code."""
    claims: dict[str, set[str]] = {}
    for code in codebook.codes:
        for language, label in code.label.items():
            for word in set(folded(label).split()) - language_of(language).stop_words:
                claims.setdefault(word, set()).add(code.id)
    return {word: next(iter(ids)) for word, ids in claims.items() if len(ids) == 1 and len(word) >= _TELLING}


def _contradictions(table: Table, name: Said) -> Iterator[Note]:
    """Where the ranks and the counts of a published table do not fit: a smaller count above a larger, a lost tie.

    Weights and estimates rank otherwise than n, and their percentages are not those of n.
    """
    if is_weighted(table):
        return
    rows = table.frame[table.frame["rank"].notna() & table.frame["n"].notna()].sort_values("rank", kind="stable")
    for one, other in pairwise(rows[["label", "rank", "n"]].to_dict("records")):
        labels = {"wave": name, "above": one["label"], "below": other["label"], "n": float(one["n"])}
        if one["n"] < other["n"]:
            numbers = {"rank": one["rank"], "other_rank": other["rank"], "other_n": float(other["n"])}
            yield Note("comparison.odd_order", **labels, **numbers)
        elif one["n"] == other["n"] and one["rank"] != other["rank"]:
            yield Note("comparison.odd_tie", **labels)
    yield from _odd_percentages(table, name)


def _odd_percentages(table: Table, name: Said) -> Iterator[Note]:
    """Which percentages of a published table are not n of its base, however they were rounded."""
    if table.base is None:
        return
    frame = table.frame.assign(share=100 * table.frame["n"] / table.base)
    off = frame[((frame["percent"] - frame["share"]).abs() > _ROUNDED).fillna(value=False).astype(bool)]
    if len(off):
        cells = off[["label", "n", "percent", "share"]].head(_TOLD).itertuples(index=False)
        labels: list[Said] = [
            Note("comparison.odd_one", label=label, n=float(n), percent=round(float(percent), 1), share=float(share))
            for label, n, percent, share in cells
        ]
        yield Note("comparison.odd_percent", wave=name, base=table.base, labels=labels + ["…"] * (len(off) > _TOLD))
