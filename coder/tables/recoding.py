"""How much of a difference between waves is opinion, and how much the instrument makes.

The old answers are coded again as the new ones are. Then the difference in all is the sum of two: the difference
between waves that one instrument coded, and the difference between two instruments on the same answers. A machine that
misses more in one wave than in the other makes a difference that is neither. So what it finds is set beside what people
found in the same answers, in both waves: a difference is called opinion, or the instrument's, where it is significant
with the mentions that the machine missed added too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.arrays import Floats, Labels
from coder.codebook import Codebook
from coder.note import Note
from coder.statistics.differences import Difference, less
from coder.statistics.proportions import benjamini_hochberg, effective, shares_differ
from coder.tables.comparison import (
    ALPHA,
    DOWN,
    SAME,
    UNSURE,
    UP,
    WaveDifferences,
    base_of,
    check_options,
    comparable,
    outside,
    rank_column,
    shown_rows,
    twice,
    warnings,
    wave_differences,
)
from coder.tables.mentions import Mentions
from coder.tables.table import Column, Said, Table, texts
from coder.tables.waves import COUNTED, AlignedWave, Wave, WaveRow, line_up

KINDS = ("all", "opinion", "instrument")


def opinion_and_instrument(
    now: Mentions,
    then: Mentions,
    then_again: Mentions,
    codebook: Codebook,
    *,
    instrument: str,
    now_again: Mentions | None = None,
    then_codebook: Codebook | None = None,
    limit: int = 10,
    level: float = 0.95,
    names: tuple[str, str] | None = None,
    title: Said | None = None,
) -> Table:
    """The difference in all of each code, in points, as opinion and instrument; with intervals and adjusted p.

    `then_again` is `then` coded by the present `instrument` (its name), in the codes of `codebook`; a respondent of
    `then` that it does not have mentioned nothing, and who is not in `then` is left out. Opinion is `now` less
    `then_again` (two samples), instrument `then_again` less `then` (the same respondents). With `now_again`, `now`
    coded by that instrument too, opinion is `now_again` less `then_again`, and instrument the rest: how much more the
    way of coding added to `now` than to `then`. Either way they add up to the difference in all. A code that did not
    exist then has opinion alone. The frame has for each of all, opinion and instrument the columns `opinion_points`,
    `_low`, `_high`, `_p`, `_p_adjusted`, `_change`; p is adjusted for each apart (Benjamini and Hochberg 1995).

    `recall` and `then_recall` are the shares (0..1) of the mentions in `now` and `then` that the instrument found; nan
    where there are none, or where `now` is what the instrument itself gave. A significant opinion has the change
    "unsure" where it is not significant in the same direction once the mentions are added that the instrument missed;
    where the instrument gives it to significantly more of those to whom people did not in one wave than in the other,
    and the difference in all is not significant in the same direction; and where recall is not known in both. Then
    nobody can tell opinion from the errors of the instrument. With `now_again` an instrument is "unsure" where it does
    not hold with the missed mentions, or where too much is given in `now`.
    """
    check_options(limit, level)
    called = names or (Note("comparison.this_wave"), Note("comparison.last_wave"))
    starred = [Note("comparison.again", wave=name) for name in called]
    again = [Wave(starred[1], coded_again(then_again, then, codebook), codebook)]
    again += [Wave(starred[0], coded_again(now_again, now, codebook), codebook)] if now_again is not None else []
    waves = [Wave(called[0], now), Wave(called[1], then, then_codebook)]
    rows, (one, before, *others) = line_up([*waves, *again], codebook, limit=limit, level=level)
    same = len(others) == 1 or bool((one.given == others[1].given).all())
    measured = len(others) > 1 and not same
    found = _in_parts(rows, one, before, others, level, same=same)
    held = _held(rows, one, before, others, found, level) if measured else {"opinion": np.zeros(len(rows), np.bool_)}
    order, gone = shown_rows(rows, one, [before])
    recall = {"recall": _recall(one, others[1]) if measured else np.nan, "then_recall": _recall(before, others[0])}
    frame = _frame(rows, one, before, others[0], found, held).assign(**recall)
    frame = frame.iloc[[*order, *gone]]
    frame = frame.assign(dropped=outside(order, gone, one)).reset_index(drop=True)
    notes = [
        *_sentences(frame),
        base_of(one, "comparison.base"),
        base_of(before, "comparison.last_base"),
        Note("comparison.recoded", wave=called[1], instrument=instrument, level=level * 100),
        _of_now(one, others, called[0], same=same),
        Note("comparison.p_three"),
        *warnings(rows, [one, before], waves, codebook, panel=False),
    ]
    heading = title or Note("comparison.recode_title")
    return Table(heading, frame, len(now), _shown(one), tuple(notes))


def coded_again(again: Mentions, of: Mentions, codebook: Codebook) -> Mentions:
    """What a second coding gave the respondents of a first, nothing where it has none; with the first's weights."""
    places = again.respondents.get_indexer(pd.Index(of.respondents))
    given = np.zeros((len(of), len(codebook.ids)), dtype=np.bool_)
    columns = np.array([codebook.ids.index(id_) for id_ in again.codes], dtype=np.intp)
    given[np.ix_(np.flatnonzero(places >= 0), columns)] = again.given[places[places >= 0]]
    return replace(of, codes=codebook.ids, given=given)


def _in_parts(
    rows: Sequence[WaveRow],
    now: AlignedWave,
    then: AlignedWave,
    again: Sequence[AlignedWave],
    level: float,
    *,
    same: bool,
) -> dict[str, WaveDifferences]:
    """The difference in all, and its parts, by the names of `KINDS`."""
    present = again[1] if len(again) > 1 else now
    return {
        "all": wave_differences(rows, now, then, panel=False, level=level),
        "opinion": wave_differences(rows, present, again[0], panel=False, level=level, beside=[then]),
        "instrument": _instrument(rows, now, then, again, level, same=same),
    }


def _held(
    rows: Sequence[WaveRow],
    now: AlignedWave,
    then: AlignedWave,
    again: Sequence[AlignedWave],
    found: Mapping[str, WaveDifferences],
    level: float,
) -> dict[str, Labels]:
    """Which differences hold when what the machine missed is added, and cannot be what it invents in one wave.

    Where it invents more in one wave, an opinion needs that the people's own codes differ in the same direction. More
    in `then` may as well be what people did not code then: that is the instrument's. More in `now` is the machine's.
    """
    full = [_with_missed(again[0], then, level), _with_missed(again[1], now, level)]
    others = {
        "opinion": wave_differences(rows, full[1], full[0], panel=False, level=level, beside=[then]),
        "instrument": _instrument(rows, now, then, full, level, same=False),
    }
    held = {kind: _alike(found[kind], one) & now.has(COUNTED) & then.has(COUNTED) for kind, one in others.items()}
    more, fewer = _invents(now, then, again)
    held["opinion"] &= ~(more | fewer) | _alike(found["opinion"], found["all"])
    held["instrument"] &= ~more
    return held


def _alike(one: WaveDifferences, other: WaveDifferences) -> Labels:
    """The rows in which two differences are significant in the same direction, or neither is."""
    return np.array([a == b for a, b in zip(one.change(), other.change(), strict=True)], dtype=np.bool_)


def _with_missed(again: AlignedWave, people: AlignedWave, level: float) -> AlignedWave:
    """What the machine gave, and the mentions by people that it missed."""
    assert again.mentions is not None  # noqa: S101 (both are codings of the same respondents)
    given = again.given | (people.given & people.has(COUNTED))
    found = again.mentions.of(given).sampled(level=level)
    return replace(
        again,
        given=given,
        n=given.sum(axis=0),
        share=found.share,
        percent=found.share * 100,
        unsure=np.stack([found.share, found.share], axis=-1),
        base=found.base,
        within=found.within,
    )


def _invents(now: AlignedWave, then: AlignedWave, again: Sequence[AlignedWave]) -> tuple[Labels, Labels]:
    """Where the machine gives a code to significantly more of those to whom people did not, now; and where fewer."""
    share, base = _given_to(~now.given, again[1])
    before, size = _given_to(~then.given, again[0])
    differs = shares_differ(share, base, before, size).p < ALPHA
    return differs & (share > before), differs & (share < before)


def _recall(people: AlignedWave, again: AlignedWave) -> Floats:
    """The share of the mentions by people that the machine found, shape (rows,)."""
    return np.where(people.has(COUNTED), _given_to(people.given, again)[0], np.nan)


def _given_to(whom: Labels, again: AlignedWave) -> tuple[Floats, Floats]:
    """Of these respondents (respondents, rows) the share to whom the machine gave the code, nan of none; their base."""
    assert again.mentions is not None  # noqa: S101 (a coding)
    weight = again.mentions.weight
    total = weight @ whom
    share = np.divide(weight @ (whom & again.given), total, out=np.full(len(total), np.nan), where=total > 0)
    return share, np.array([effective(weight[these]) for these in whom.T])


def _instrument(
    rows: Sequence[WaveRow],
    now: AlignedWave,
    then: AlignedWave,
    again: Sequence[AlignedWave],
    level: float,
    *,
    same: bool,
) -> WaveDifferences:
    """What the instrument makes of the difference: of `then`, and of `now` where that was coded again otherwise."""
    waves = [then, again[0]] if same else [now, then, *again]
    counts = np.stack([wave.n for wave in waves])
    testable = comparable(rows, waves) & (counts > 0).any(axis=0)
    found = _twice(again[0], then, testable, level)
    if not same:
        found = less(_twice(now, again[1], testable, level), _twice(then, again[0], testable, level))
    columns = [np.full(len(rows), np.nan) for _ in range(4)]
    values = (found.value * 100, *(found.interval.T * 100), found.p)
    for column, value in zip(columns, values, strict=True):
        column[testable] = value
    points, low, high, p = columns
    return WaveDifferences(points, low, high, p, benjamini_hochberg(p), len(then.given))


def _twice(one: AlignedWave, other: AlignedWave, testable: npt.NDArray[np.bool_], level: float) -> Difference:
    """Two codings of the same respondents."""
    assert one.mentions is not None  # noqa: S101 (both are codings)
    parts = [one.mentions.of(part.given[:, testable]) for part in (one, other)]
    return twice(parts[0], parts[1], level=level)


def _frame(
    rows: Sequence[WaveRow],
    now: AlignedWave,
    then: AlignedWave,
    again: AlignedWave,
    found: Mapping[str, WaveDifferences],
    held: Mapping[str, Labels],
) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "rank": now.rank,
            "rank_low": now.ends[:, 0],
            "rank_high": now.ends[:, 1],
            "code": [row.code for row in rows],
            "label": texts(row.label for row in rows),
            "percent": now.percent,
            "then_percent": then.percent,
            "percent_again": again.percent,
        }
    ).astype(dict.fromkeys(["rank", "rank_low", "rank_high"], "Int64"))
    for kind, one in found.items():
        sure = held.get(kind, np.ones(len(rows), dtype=np.bool_))
        change = [
            said if true or said not in {UP, DOWN} else UNSURE for said, true in zip(one.change(), sure, strict=True)
        ]
        frame[f"{kind}_points"], frame[f"{kind}_low"], frame[f"{kind}_high"] = one.points, one.low, one.high
        frame[f"{kind}_p"], frame[f"{kind}_p_adjusted"], frame[f"{kind}_change"] = one.p, one.adjusted, change
    return frame


def _shown(now: AlignedWave) -> dict[str, Said | Column]:
    shown: dict[str, Said | Column] = {
        **rank_column(now),
        "label": Note("tables.code"),
        "percent": Note("tables.percent"),
    }
    shown |= {name: Note(f"comparison.{name}") for name in ("then_percent", "percent_again")}
    for kind, key in zip(KINDS, ("comparison.in_all", "comparison.opinion", "comparison.instrument"), strict=True):
        shown[kind] = Column(Note(key), "points", (f"{kind}_points", f"{kind}_low", f"{kind}_high"))
        shown[f"{kind}_tested"] = Column(Note("comparison.p_of"), "tested", (f"{kind}_change", f"{kind}_p_adjusted"))
    return shown


def _sentences(frame: pd.DataFrame) -> Iterator[Note]:
    """What the table says, in words."""
    moved = {kind: frame[f"{kind}_change"].isin([UP, DOWN]) for kind in KINDS}

    def named(chosen: "pd.Series[bool]", kind: str) -> list[Note]:
        rows = frame.loc[chosen, ["label", f"{kind}_change"]].itertuples(index=False, name=None)
        return [Note(f"comparison.went_{change}", label=label) for label, change in rows]

    if moved["opinion"].any():
        yield Note("comparison.opinion_said", labels=named(moved["opinion"], "opinion"))
    elif not (frame["opinion_change"] == UNSURE).any():
        yield Note("comparison.no_opinion")
    if moved["instrument"].any():
        yield Note("comparison.instrument_said", labels=named(moved["instrument"], "instrument"))
    alone = moved["all"] & (frame["opinion_change"] == SAME)
    if alone.any():
        yield Note("comparison.only_instrument", labels=named(alone, "all"))
    unsure = frame[(frame["opinion_change"] == UNSURE) | (frame["instrument_change"] == UNSURE)]
    if len(unsure):
        columns = unsure[["label", "recall", "then_recall"]].itertuples(index=False, name=None)
        labels = [
            Note("comparison.recall", label=one, now=_share(now), then=_share(then)) for one, now, then in columns
        ]
        yield Note("comparison.machine_said", labels=labels)


def _share(recall: float) -> Said:
    """A share as a whole percentage, "?" where it is not known."""
    return "?" if np.isnan(recall) else Note("comparison.share", percent=recall * 100)


def _of_now(now: AlignedWave, again: Sequence[AlignedWave], name: Said, *, same: bool) -> Note:
    """How the present wave was coded, as far as it is known."""
    if len(again) == 1:
        return Note("comparison.unknown_instrument", wave=name)
    if same:
        return Note("comparison.same_instrument", wave=name)
    share = float((now.given == again[1].given).all(axis=1).mean())
    return Note("comparison.both_again", wave=name, same=int(share * 100))
