"""Several waves as a trend: rank, n and % of each, every step tested, and the whole of it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.codebook import Codebook
from coder.errors import DataError
from coder.statistics.differences import trend as cochran_armitage
from coder.statistics.differences import trend_paired
from coder.statistics.proportions import benjamini_hochberg
from coder.tables.comparison import base_of, check_options, departures, outside, place_of, shown_rows, warnings
from coder.tables.comparison_words import comparison_words, percentage, points, probability
from coder.tables.mentions import Mentions
from coder.tables.table import Table
from coder.tables.tested import Tested, arrows, comparable, differ
from coder.tables.wave_rows import Row, Wave
from coder.tables.waves import Lined, line_up, year

Floats = npt.NDArray[np.float64]

FEWEST_WAVES = 3
"""A trend is of so many waves or more."""
FEWEST = 5
"""So many respondents must mention a code, and so many not, in all waves together, for a test of its trend."""


def trend(
    waves: Mapping[str, Mentions | Table],
    codebook: Codebook | None = None,
    *,
    codebooks: Mapping[str, Codebook] | None = None,
    limit: int = 10,
    panel: bool = False,
    level: float = 0.95,
    title: str | None = None,
    language: str = "nl",
) -> Table:
    """The codes of the newest top through the waves, which are named, the newest first; in the table it stands last.

    Of each wave the frame has rank, its interval, n and percent and, against the wave before, points, interval, p,
    p_adjusted and change, each with the name of the wave ("points_2024"); see `compare` for what they are.
    `trend_points` is the slope in percentage points a year, where every name has a year, or else a wave; `trend_p` is
    its p (Cochran 1954, Armitage 1955), or with `panel` Student's among the respondents of every wave. A code that a
    wave lacks has none, nor has one with fewer than `FEWEST` respondents. p is adjusted for all codes (Benjamini and
    Hochberg 1995), for each step and for the trend apart. `codebooks` has, by wave, those of other waves.

    Raises `DataError` as `compare` does, for fewer than `FEWEST_WAVES`, and for years that do not fall.
    """
    said = comparison_words(language)
    check_options(limit, level)
    if len(waves) < FEWEST_WAVES:
        raise DataError(f"A trend is of {FEWEST_WAVES} waves or more, not {len(waves)}; of two there is a comparison.")
    given = [Wave(name, wave, (codebooks or {}).get(name)) for name, wave in waves.items()]
    scores = _scores(list(waves))
    rows, lined = line_up(given, codebook, limit=limit, level=level, language=language, now=said["now"])
    steps = [differ(rows, one, before, panel=panel, level=level) for one, before in pairwise(lined)]
    slope, p, both = _slopes(rows, lined, scores, panel=panel)
    parts = [_of_wave(wave, step, said, language) for wave, step in zip(lined, [*steps, None], strict=True)]
    names = pd.DataFrame({"code": [row.code for row in rows], "label": [row.label for row in rows]})
    frame = pd.concat([names, *reversed(parts), _of_trend(slope, p, language)], axis=1)
    order, gone = shown_rows(rows, lined[0], lined[1:])
    frame = frame.iloc[[*order, *gone]].reset_index(drop=True)
    frame["dropped"] = outside(order, gone, lined[0])
    words = {"scores": said["scores_years" if _in_years(scores) else "scores_even"], "both": both}
    notes = [
        *departures(rows, gone, lined[0], lined[1:], codebook, limit, said),
        *(said["base_of"].format(wave=one.name, base=base_of(one, said)) for one in lined if one.size is not None),
        said["ranks"].format(level=percentage(level, language)),
        said["steps"],
        said["trend_independent" if both is None else "trend_panel"].format(**words),
        *warnings(rows, lined, given, codebook, language, panel=panel),
    ]
    heading = title or said["trend_title"].format(count=len(waves))
    return Table(heading, frame, lined[0].size, dict(_shown(frame, lined, said)), tuple(notes))


def _scores(names: Sequence[str]) -> list[float]:
    """When the waves were, the newest first: the years in their names, or a step apart."""
    years = [year(name) for name in names]
    if not all(years) or len(set(years)) < len(years):
        return [float(-step) for step in range(len(names))]
    if years != sorted(years, reverse=True):
        raise DataError(f"The waves {', '.join(names)} do not stand in order; name the newest first.")
    return [float(one) for one in years]


def _in_years(scores: Sequence[float]) -> bool:
    return scores[0] > 0


def _slopes(
    rows: Sequence[Row], lined: Sequence[Lined], scores: Sequence[float], *, panel: bool
) -> tuple[Floats, Floats, int | None]:
    """The slope of each row and its p, nan where it is not tested; and how many respondents are in every wave."""
    slope, p = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    total = np.sum([wave.n for wave in lined], axis=0)
    every = sum(wave.size or np.nan for wave in lined)
    enough = comparable(rows, lined) & (total >= FEWEST) & (every - total >= FEWEST)  # nan is not enough
    if not panel:
        slope[enough], p[enough] = cochran_armitage([wave.sampled(enough) for wave in lined], scores)
        return slope, p, None
    people = [wave.mentions for wave in lined if wave.mentions is not None]
    both = reduce(lambda one, other: one.intersection(other, sort=False), [one.respondents for one in people])
    if len(both) < 2:  # noqa: PLR2004 (one respondent has no spread)
        raise DataError(f"{len(both)} respondents are in every wave: that is not a panel. Leave --panel out.")
    places = [one.respondents.get_indexer(both) for one in people]
    given = [wave.given[at][:, enough] for wave, at in zip(lined, places, strict=True)]
    weights = [one.weight[at] for one, at in zip(people, places, strict=True)]
    slope[enough], p[enough] = trend_paired(given, weights, scores, people[0].drawn.take(places[0]))
    return slope, p, len(both)


def _of_wave(wave: Lined, step: Tested | None, said: Mapping[str, str], language: str) -> pd.DataFrame:
    """The columns of one wave, and of the step to it unless it is the first."""
    places = [place_of(rank, *ends) for rank, ends in zip(wave.rank, wave.ends, strict=True)]
    listed = [place or said["listed"] if known else place for place, known in zip(places, wave.listed, strict=True)]
    frame = pd.DataFrame(
        {
            "rank": wave.rank,
            "rank_low": wave.ends[:, 0],
            "rank_high": wave.ends[:, 1],
            "place": listed,
            "n": wave.n,
            "percent": wave.percent,
        }
    )
    frame = frame.astype(dict.fromkeys(["rank", "rank_low", "rank_high", "n"], "Int64"))
    if step is not None:
        frame = frame.assign(points=step.points, points_low=step.low, points_high=step.high)
        frame = frame.assign(p=step.p, p_adjusted=step.adjusted, change=step.change())
        frame["difference"] = [
            "" if np.isnan(value) else f"{points(value, language)} {arrow}".strip()
            for value, arrow in zip(step.points.tolist(), frame["change"], strict=True)
        ]
    return frame.add_suffix(f"_{wave.name}")


def _of_trend(slope: Floats, p: Floats, language: str) -> pd.DataFrame:
    adjusted = benjamini_hochberg(p)
    said = [
        f"{arrow} {probability(value, language)}".strip()
        for arrow, value in zip(arrows(slope, adjusted), adjusted.tolist(), strict=True)
    ]
    return pd.DataFrame({"trend_points": slope * 100, "trend_p": p, "trend_p_adjusted": adjusted, "trend": said})


def _shown(frame: pd.DataFrame, lined: Sequence[Lined], said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The columns that people see, the oldest wave first: those of which anything is known."""
    yield "label", said["code"]
    for wave in reversed(lined):
        yield f"place_{wave.name}", said["wave_rank"].format(wave=wave.name)
        for kind in ("n", "percent", "difference"):
            name = f"{kind}_{wave.name}"
            if name in frame and (frame[name].notna() & (frame[name] != "")).fillna(value=False).any():
                yield name, said[f"wave_{kind}"].format(wave=wave.name)
    if (frame["trend"] != "").any():
        yield "trend", said["trend"]
