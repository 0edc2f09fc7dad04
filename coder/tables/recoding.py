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

from coder.codebook import Codebook
from coder.statistics.differences import Difference, less
from coder.statistics.intervals import effective
from coder.statistics.proportions import benjamini_hochberg, shares_differ
from coder.tables.comparison import base_of, check_options, outside, place_of, shown_rows, warnings
from coder.tables.comparison_words import DOWN, SAME, UP, comparison_words, percentage, probability, with_interval
from coder.tables.mentions import Mentions
from coder.tables.table import Table
from coder.tables.tested import ALPHA, Tested, comparable, differ, twice
from coder.tables.wave_rows import Row, Wave
from coder.tables.waves import COUNTED, Lined, line_up

Labels = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
KINDS = ("all", "opinion", "instrument")
UNSURE = "?"
"""A significant difference that the errors of the machine may have made."""


def apart(
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
    title: str | None = None,
    language: str = "nl",
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
    where there are none, or where `now` is what the instrument itself gave. A significant opinion has the change "?"
    where it is not significant in the same direction once the mentions are added that the instrument missed; where the
    instrument gives it to significantly more of those to whom people did not in one wave than in the other, and the
    difference in all is not significant in the same direction; and where recall is not known in both. Then nobody can
    tell opinion from the errors of the instrument. With `now_again` an instrument has "?" where it does not hold with
    the missed mentions, or where too much is given in `now`.
    """
    said = comparison_words(language)
    check_options(limit, level)
    called = names or (said["this_wave"], said["last_wave"])
    again = [Wave(f"{called[1]}*", coded_again(then_again, then, codebook), codebook)]
    again += [Wave(f"{called[0]}*", coded_again(now_again, now, codebook), codebook)] if now_again is not None else []
    waves = [Wave(called[0], now), Wave(called[1], then, then_codebook)]
    rows, (one, before, *others) = line_up(
        [*waves, *again], codebook, limit=limit, level=level, language=language, now=said["now"]
    )
    same = len(others) == 1 or bool((one.given == others[1].given).all())
    present = others[1] if len(others) > 1 else one
    measured = len(others) > 1 and not same
    found = {
        "all": differ(rows, one, before, panel=False, level=level),
        "opinion": differ(rows, present, others[0], panel=False, level=level, beside=[before]),
        "instrument": _instrument(rows, one, before, others, level, same=same),
    }
    held = _held(rows, one, before, others, found, level) if measured else {"opinion": np.zeros(len(rows), np.bool_)}
    order, gone = shown_rows(rows, one, [before])
    frame = _frame(rows, one, before, others[0], found, held, language)
    frame["recall"] = _recall(one, others[1]) if measured else np.nan
    frame["then_recall"] = _recall(before, others[0])
    frame = frame.iloc[[*order, *gone]]
    frame = frame.assign(dropped=outside(order, gone, one)).reset_index(drop=True)
    words = {"instrument": instrument, "level": percentage(level, language)}
    notes = [
        *_sentences(frame, said),
        "N = " + base_of(one, said) + ".",
        said["last_base"].format(base=base_of(before, said)),
        said["recoded"].format(wave=called[1], **words),
        _of_now(one, others, called[0], said, same=same),
        said["p_three"],
        *warnings(rows, [one, before], waves, codebook, language, panel=False),
    ]
    return Table(title or said["recode_title"], frame, len(now), _shown(said), tuple(notes))


def coded_again(again: Mentions, of: Mentions, codebook: Codebook) -> Mentions:
    """What a second coding gave the respondents of a first, nothing where it has none; with the first's weights."""
    places = again.respondents.get_indexer(pd.Index(of.respondents))
    given = np.zeros((len(of), len(codebook.ids)), dtype=np.bool_)
    columns = np.array([codebook.ids.index(id_) for id_ in again.codes], dtype=np.intp)
    given[np.ix_(np.flatnonzero(places >= 0), columns)] = again.given[places[places >= 0]]
    return replace(of, codes=codebook.ids, given=given)


def _held(
    rows: Sequence[Row],
    now: Lined,
    then: Lined,
    again: Sequence[Lined],
    found: Mapping[str, Tested],
    level: float,
) -> dict[str, Labels]:
    """Which differences hold when what the machine missed is added, and cannot be what it invents in one wave.

    Where it invents more in one wave, an opinion needs that the people's own codes differ in the same direction. More
    in `then` may as well be what people did not code then: that is the instrument's. More in `now` is the machine's.
    """
    full = [_with_missed(again[0], then, level), _with_missed(again[1], now, level)]
    others = {
        "opinion": differ(rows, full[1], full[0], panel=False, level=level, beside=[then]),
        "instrument": _instrument(rows, now, then, full, level, same=False),
    }
    held = {kind: _alike(found[kind], one) & now.has(COUNTED) & then.has(COUNTED) for kind, one in others.items()}
    more, fewer = _invents(now, then, again)
    held["opinion"] &= ~(more | fewer) | _alike(found["opinion"], found["all"])
    held["instrument"] &= ~more
    return held


def _alike(one: Tested, other: Tested) -> Labels:
    """The rows in which two differences are significant in the same direction, or neither is."""
    return np.array([a == b for a, b in zip(one.change(), other.change(), strict=True)], dtype=np.bool_)


def _with_missed(again: Lined, people: Lined, level: float) -> Lined:
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


def _invents(now: Lined, then: Lined, again: Sequence[Lined]) -> tuple[Labels, Labels]:
    """Where the machine gives a code to significantly more of those to whom people did not, now; and where fewer."""
    share, base = _given_to(~now.given, again[1])
    before, size = _given_to(~then.given, again[0])
    differs = shares_differ(share, base, before, size).p < ALPHA
    return differs & (share > before), differs & (share < before)


def _recall(people: Lined, again: Lined) -> Floats:
    """The share of the mentions by people that the machine found, shape (rows,)."""
    return np.where(people.has(COUNTED), _given_to(people.given, again)[0], np.nan)


def _given_to(whom: Labels, again: Lined) -> tuple[Floats, Floats]:
    """Of these respondents (respondents, rows) the share to whom the machine gave the code, nan of none; their base."""
    assert again.mentions is not None  # noqa: S101 (a coding)
    weight = again.mentions.weight
    total = weight @ whom
    share = np.divide(weight @ (whom & again.given), total, out=np.full(len(total), np.nan), where=total > 0)
    return share, np.array([effective(weight[these]) for these in whom.T])


def _instrument(
    rows: Sequence[Row], now: Lined, then: Lined, again: Sequence[Lined], level: float, *, same: bool
) -> Tested:
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
    return Tested(points, low, high, p, benjamini_hochberg(p), len(then.given))


def _twice(one: Lined, other: Lined, testable: npt.NDArray[np.bool_], level: float) -> Difference:
    """Two codings of the same respondents."""
    assert one.mentions is not None  # noqa: S101 (both are codings)
    parts = [one.mentions.of(part.given[:, testable]) for part in (one, other)]
    return twice(parts[0], parts[1], level=level)


def _frame(
    rows: Sequence[Row],
    now: Lined,
    then: Lined,
    again: Lined,
    found: Mapping[str, Tested],
    held: Mapping[str, Labels],
    language: str,
) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "rank": now.rank,
            "place": [place_of(rank, *ends) for rank, ends in zip(now.rank, now.ends, strict=True)],
            "code": [row.code for row in rows],
            "label": [row.label for row in rows],
            "percent": now.percent,
            "then_percent": then.percent,
            "percent_again": again.percent,
        }
    ).astype({"rank": "Int64"})
    for kind, one in found.items():
        sure = held.get(kind, np.ones(len(rows), dtype=np.bool_))
        change = [
            said if true or said not in {UP, DOWN} else UNSURE for said, true in zip(one.change(), sure, strict=True)
        ]
        ends = zip(one.points.tolist(), one.low.tolist(), one.high.tolist(), strict=True)
        frame[f"{kind}_points"], frame[f"{kind}_low"], frame[f"{kind}_high"] = one.points, one.low, one.high
        frame[f"{kind}_p"], frame[f"{kind}_p_adjusted"], frame[f"{kind}_change"] = one.p, one.adjusted, change
        frame[kind] = [with_interval(*three, language) for three in ends]
        frame[f"{kind}_tested"] = [
            f"{arrow} {probability(p, language)}".strip()
            for arrow, p in zip(change, one.adjusted.tolist(), strict=True)
        ]
    return frame


def _shown(said: Mapping[str, str]) -> dict[str, str]:
    shown = {"place": said["rank"], "label": said["code"], "percent": said["percent"]}
    shown |= {"then_percent": said["then_percent"], "percent_again": said["percent_again"]}
    for kind, heading in zip(KINDS, (said["in_all"], said["opinion"], said["instrument"]), strict=True):
        shown |= {kind: heading, f"{kind}_tested": said["p_of"]}
    return shown


def _sentences(frame: pd.DataFrame, said: Mapping[str, str]) -> Iterator[str]:
    """What the table says, in words."""
    moved = {kind: frame[f"{kind}_change"].isin([UP, DOWN]) for kind in KINDS}

    def named(chosen: "pd.Series[bool]", kind: str) -> str:
        return ", ".join((frame["label"] + " " + frame[f"{kind}_change"])[chosen])

    if moved["opinion"].any():
        yield said["opinion_said"].format(labels=named(moved["opinion"], "opinion"))
    elif not (frame["opinion_change"] == UNSURE).any():
        yield said["no_opinion"]
    if moved["instrument"].any():
        yield said["instrument_said"].format(labels=named(moved["instrument"], "instrument"))
    alone = moved["all"] & (frame["opinion_change"] == SAME)
    if alone.any():
        yield said["only_instrument"].format(labels=named(alone, "all"))
    unsure = frame[(frame["opinion_change"] == UNSURE) | (frame["instrument_change"] == UNSURE)]
    if len(unsure):
        columns = unsure[["label", "recall", "then_recall"]].itertuples(index=False)
        labels = [said["recall"].format(label=one, now=_share(now), then=_share(then)) for one, now, then in columns]
        yield said["machine_said"].format(labels="; ".join(labels))


def _share(recall: float) -> str:
    """A share as a whole percentage, "?" where it is not known."""
    return UNSURE if np.isnan(recall) else f"{recall * 100:.0f} %"


def _of_now(now: Lined, again: Sequence[Lined], name: str, said: Mapping[str, str], *, same: bool) -> str:
    """How the present wave was coded, as far as it is known."""
    if len(again) == 1:
        return said["unknown_instrument"].format(wave=name)
    if same:
        return said["same_instrument"].format(wave=name)
    share = float((now.given == again[1].given).all(axis=1).mean())
    return said["both_again"].format(wave=name, same=int(share * 100))
