"""This wave beside the last one: places, what changed and what chance explains, what is new, what dropped out."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from coder.codebook import Codebook
from coder.errors import DataError
from coder.tables.comparison_words import between, comparison_words, percentage, probability, with_interval
from coder.tables.frequency import MIN_BASE
from coder.tables.mentions import Mentions
from coder.tables.table import Table
from coder.tables.tested import Tested, differ, overlap
from coder.tables.wave_rows import Row, Wave
from coder.tables.waves import ABSENT, PART, Floats, Labels, Lined, is_estimate, line_up

NOT_IN_LIST = "/"
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
    title: str | None = None,
    language: str = "nl",
) -> Table:
    """The codes of the top now, beside what they were in the last wave, with a test of each difference.

    A wave is what respondents mentioned, or a published table in which perhaps only some ranks were printed: a code
    without rank there was in the list at an unknown place. `then_place` reads "Plaats 1", or "/" for a code that was
    not in that list. Codes that were in the last list and are not in this one stand last, with the rank and n they now
    have; `dropped` are those that are known to be outside the top now. Of a printed list with fewer codes than `limit`
    that is not known, and the notes say so; they also name those that are not in the codebook.

    Ranks (ties share one, the next skips) have an interval (`coder.statistics.ranks`). `points` is the
    difference in percentage points, with its interval; `p` that of two samples, or with `panel` of the same
    respondents (see `coder.statistics.differences`); `p_adjusted` is adjusted (Benjamini and Hochberg 1995) for all
    codes that both waves could mention and one did, shown or not. `change` has an arrow where that is below 0.05, "sq"
    (status quo) where it is not, "nieuw" for a code that the last wave did not have. A published table is tested where
    it has n and base.

    With a codebook the labels of a published table find their code by id, number, label or former name; other labels
    are compared as they are written. `then_codebook` is the one that `then` was coded with, where that was another:
    codes that became one are counted together, of a code that was split its heirs together. A code is new where no
    old code became it; without `then_codebook`, where nobody had it and its `since` is the present version (or later
    than the year in the name of the wave); without any codebook, where nobody had it.

    Raises `DataError` for a wave with no respondents or no ranks, a code that a list has twice, waves without a code
    in common, and a panel without respondents in common.
    """
    said = comparison_words(language)
    check_options(limit, level)
    called = names or (_name(now, said["this_wave"]), _name(then, said["last_wave"]))
    waves = [Wave(called[0], now), Wave(called[1], then, then_codebook)]
    rows, (one, other) = line_up(waves, codebook, limit=limit, level=level, language=language, now=said["now"])
    found = differ(rows, one, other, panel=panel, level=level)
    order, gone = shown_rows(rows, one, [other])
    frame = _frame(rows, one, other, found, said, language).iloc[[*order, *gone]]
    frame = frame.assign(dropped=outside(order, gone, one)).reset_index(drop=True)
    options = {"limit": limit, "level": percentage(level, language)}
    notes = [
        *departures(rows, gone, one, [other], codebook, limit, said),
        *_arrivals(frame, other, said, limit),
        *_bases(one, other, said),
        *_methods(frame, one, other, found, said, options),
        *warnings(rows, [one, other], waves, codebook, language, panel=panel),
    ]
    size = len(now) if isinstance(now, Mentions) else now.base
    return Table(title or said["compare"], frame, size, _shown(frame, one, other, said), tuple(notes))


def check_options(limit: int, level: float) -> None:
    """Raise where there is nothing to show, or no such interval."""
    if not 0 < level < 1 or limit < 1:
        raise DataError(f"The level is between 0 and 1 and the limit from 1, not {level} and {limit}.")


def shown_rows(rows: Sequence[Row], now: Lined, earlier: Sequence[Lined]) -> tuple[list[int], list[int]]:
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


def outside(order: Sequence[int], gone: Sequence[int], now: Lined) -> Labels:
    """Which of the rows that are shown are known to be outside the top now."""
    return np.append(np.zeros(len(order), dtype=np.bool_), now.outside[list(gone)])


def departures(
    rows: Sequence[Row],
    gone: Sequence[int],
    now: Lined,
    earlier: Sequence[Lined],
    codebook: Codebook | None,
    limit: int,
    said: Mapping[str, str],
) -> Iterator[str]:
    """What dropped out of an earlier top, with its present place; what is no code now; of what that is not known."""
    dropped, unknown = ([place for place in gone if now.outside[place] == known] for known in (True, False))
    known = codebook.ids if codebook is not None else ()
    retired = [place for place in dropped if codebook is not None and set(rows[place].of).isdisjoint(known)]
    if dropped:
        labels = ", ".join(_with_place(rows[place].label, now.rank[place], now.n[place], said) for place in dropped)
        yield said["dropped"].format(limit=limit, labels=labels)
    elif not gone and all(wave.whole for wave in earlier):
        yield said["none_dropped" if len(earlier) == 1 else "none_dropped_ever"].format(limit=limit)
    elif not gone:
        waves = ", ".join(wave.name for wave in earlier)
        yield said["none_dropped_of_those"].format(limit=limit, waves=waves)
    for key, places in (("retired", retired), ("unlisted", unknown)):
        if places:
            labels = ", ".join(rows[place].label for place in places)
            yield said[key].format(limit=limit, wave=now.name, labels=labels)


def _with_place(label: str, rank: float, n: float, said: Mapping[str, str]) -> str:
    """A label with its present place, where it has one."""
    if n == 0:
        return f"{label} ({said['now_nobody']})"
    return label if np.isnan(rank) else f"{label} ({said['now_at'].format(rank=int(rank))})"


def _name(wave: Mentions | Table, otherwise: str) -> str:
    return (wave.title if isinstance(wave, Table) else "") or otherwise


def _frame(
    rows: Sequence[Row], now: Lined, then: Lined, found: Tested, said: Mapping[str, str], language: str
) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "rank": now.rank,
            "rank_low": now.ends[:, 0],
            "rank_high": now.ends[:, 1],
            "place": [place_of(rank, *ends) for rank, ends in zip(now.rank, now.ends, strict=True)],
            "code": [row.code for row in rows],
            "label": [row.label for row in rows],
            "n": now.n,
            "percent": now.percent,
            "low": _end(now, 0),
            "high": _end(now, 1),
            "then_place": _then_places(rows, then, said),
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
        }
    )
    frame["difference"] = [
        with_interval(*ends, language) for ends in zip(found.points, found.low, found.high, strict=True)
    ]
    frame["tested"] = [probability(p, language) for p in found.adjusted]
    new = then.lacked & ~now.has(ABSENT)
    frame["change"] = [said["new"] if came else change for came, change in zip(new, found.change(), strict=True)]
    for prefix in ("", "then_"):
        ends = zip(frame[f"{prefix}low"], frame[f"{prefix}high"], strict=True)
        frame[f"{prefix}interval"] = [between(*pair, language) for pair in ends]
    whole = ["rank", "rank_low", "rank_high", "then_rank", "then_rank_low", "then_rank_high"]
    return frame.astype(dict.fromkeys([*whole, "n", "then_n"], "Int64"))


def _end(wave: Lined, side: int) -> Floats:
    """The low or high end of a share that was estimated, in 0..100."""
    return np.asarray(wave.unsure[:, side] * 100 if wave.estimated else np.full(len(wave.share), np.nan))


def place_of(rank: float, low: float, high: float) -> str:
    """A rank as printed, with its interval where there is one."""
    if np.isnan(rank):
        return ""
    return f"{int(rank)}" if np.isnan(low) else f"{int(rank)} ({int(low)}–{int(high)})"


def _then_places(rows: Sequence[Row], then: Lined, said: Mapping[str, str]) -> list[str]:
    above = {code: row.label for row in rows if row.together for code in row.of}
    places = []
    for number, (row, state) in enumerate(zip(rows, then.state, strict=True)):
        if state == PART and not row.together:
            places.append(said["part"].format(label=above.get(row.code, "")))
        elif not then.listed[number]:
            places.append(NOT_IN_LIST)
        elif np.isnan(then.rank[number]):
            places.append(said["listed"])
        else:
            places.append(said["place"].format(rank=place_of(then.rank[number], *then.ends[number])))
    return places


def _shown(frame: pd.DataFrame, now: Lined, then: Lined, said: Mapping[str, str]) -> dict[str, str]:
    """The columns that people see: those of which anything is known."""
    shown = {"rank" if np.isnan(now.ends).all() else "place": said["rank"], "label": said["code"]}
    known = [name for name in ("n", "percent") if frame[name].notna().any() and not (name == "n" and now.estimated)]
    shown |= {name: said[name] for name in known}
    shown |= {"interval": said["interval_of"]} if now.estimated else {}
    shown |= {"then_place": said["then"]}
    if not np.isnan(then.n).all():
        shown["then_n"] = said["then_n"]
    if not np.isnan(then.percent).all():
        shown["then_percent"] = said["then_percent"]
    if then.estimated:
        shown["then_interval"] = said["interval_of"]
    if (frame["difference"] != "").any():
        shown["difference"] = said["difference"]
    if (frame["tested"] != "").any():
        shown |= {"tested": said["p_adjusted"], "change": said["change"]}
    return shown


def _arrivals(frame: pd.DataFrame, then: Lined, said: Mapping[str, str], limit: int) -> Iterator[str]:
    """What came into the list."""
    came = frame[(frame["then_place"] == NOT_IN_LIST) & ~frame["dropped"]]
    if len(came) and then.mentions is not None:
        yield said["new_in"].format(limit=limit, labels=", ".join(came["label"]))


def _bases(now: Lined, then: Lined, said: Mapping[str, str]) -> Iterator[str]:
    for wave, words in ((now, "N = {base}."), (then, said["last_base"])):
        if wave.size is not None:
            yield words.format(base=base_of(wave, said))


def base_of(wave: Lined, said: Mapping[str, str]) -> str:
    """How many respondents percentages are of; with weights the effective base too."""
    worth = f", {said['weighted'].format(effective=round(wave.effective or 0))}"
    return f"{wave.size}{worth if wave.weighted else ''}"


def _methods(
    frame: pd.DataFrame,
    now: Lined,
    then: Lined,
    found: Tested,
    said: Mapping[str, str],
    options: Mapping[str, object],
) -> Iterator[str]:
    if now.mentions is not None or then.mentions is not None:
        yield said["ranks"].format(**options)
    if now.estimated or then.estimated:
        yield said["ranks_of_estimates"].format(**options)
    if np.isnan(then.ends).all() and not np.isnan(now.ends).all():
        outside = (frame["then_rank"] < frame["rank_low"]) | (frame["then_rank"] > frame["rank_high"])
        if outside.any():
            yield said["within"].format(labels=", ".join(frame["label"][outside.fillna(value=False).astype(bool)]))
    if found.both is not None and now.mentions is not None and then.mentions is not None:
        alone = {"now": len(now.mentions) - found.both, "then": len(then.mentions) - found.both}
        yield said["panel"].format(both=found.both, **alone, **options)
        if found.both < MIN_BASE:
            yield said["small_panel"].format(least=MIN_BASE)
    elif found.tests:
        yield said["of_estimates" if now.estimated or then.estimated else "independent"].format(**options)
    yield said[{0: "no_counts", 1: "p_one"}.get(found.tests, "p_note")].format(tests=found.tests)


def warnings(
    rows: Sequence[Row],
    waves: Sequence[Lined],
    given: Sequence[Wave],
    codebook: Codebook | None,
    language: str,
    *,
    panel: bool,
) -> Iterator[str]:
    """What to know of the waves, the newest first: splits, new codes, a panel, mistakes in printed tables."""
    said = comparison_words(language)
    if split := [row.label for row in rows if row.together]:
        yield said["split"].format(labels=", ".join(split))
    now, then = waves[:2]
    if then.mentions is not None:
        new = then.has(ABSENT) & now.listed
        if new.any():
            labels = [row.label for row, one in zip(rows, new, strict=True) if one]
            yield said["unknown_then" if codebook else "no_codebook"].format(labels=", ".join(labels))
    for wave in waves:
        if wave.effective is not None and wave.effective < MIN_BASE:
            effective = said["effective"] if wave.weighted else ""
            yield said["small_wave"].format(wave=wave.name, effective=effective, least=MIN_BASE)
    for wave, before in pairwise(waves):
        share = overlap(wave, before)
        if share > _MOST and not panel:
            yield said["mend_panel"].format(share=round(share * 100), wave=wave.name)
    for one in given:
        if isinstance(one.counted, Table) and not is_estimate(one.counted):
            yield from _contradictions(one.counted, one.name, language)


def _contradictions(table: Table, name: str, language: str) -> Iterator[str]:
    """Where the ranks and the counts of a published table do not fit: a smaller count above a larger, a lost tie.

    Weights rank otherwise than n.
    """
    said = comparison_words(language)
    rows = table.frame[table.frame["rank"].notna() & table.frame["n"].notna()].sort_values("rank", kind="stable")
    places = [] if "weighted" in table.frame else rows[["label", "rank", "n"]].to_dict("records")
    for one, other in pairwise(places):
        numbers = {"wave": name, "above": one["label"], "below": other["label"], "rank": one["rank"]}
        numbers |= {"other_rank": other["rank"], "n": f"{one['n']:g}", "other_n": f"{other['n']:g}"}
        if one["n"] < other["n"]:
            yield said["odd_order"].format(**numbers)
        elif one["n"] == other["n"] and one["rank"] != other["rank"]:
            yield said["odd_tie"].format(**numbers)
    yield from _odd_percentages(table, name, language)


def _odd_percentages(table: Table, name: str, language: str) -> Iterator[str]:
    """Which percentages of a published table are not n of its base, however they were rounded."""
    if table.base is None:
        return
    frame = table.frame.assign(share=100 * table.frame["n"] / table.base)
    off = frame[((frame["percent"] - frame["share"]).abs() > _ROUNDED).fillna(value=False).astype(bool)]
    if len(off):
        said = comparison_words(language)
        cells = off[["label", "n", "percent", "share"]].head(_TOLD).itertuples(index=False)
        rows = [
            said["odd_one"].format(
                label=label, n=f"{n:g}", percent=percentage(round(percent, 1) / 100, language), share=f"{share:.0f}"
            )
            for label, n, percent, share in cells
        ]
        labels = ", ".join(rows) + (", …" if len(off) > _TOLD else "")
        yield said["odd_percent"].format(wave=name, base=table.base, labels=labels)
