"""Several waves as a trend: rank, n and % of each, every step tested, and the whole of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from itertools import pairwise

import numpy as np
import pandas as pd

from coder.arrays import Floats
from coder.codebook import Codebook
from coder.errors import DataError
from coder.note import Note
from coder.statistics.differences import trend as cochran_armitage
from coder.statistics.differences import trend_paired
from coder.statistics.proportions import benjamini_hochberg
from coder.tables.comparison import (
    WaveDifferences,
    base_of,
    changes,
    check_options,
    comparable,
    departures,
    outside,
    shown_rows,
    unlike,
    warnings,
    wave_differences,
)
from coder.tables.mentions import Mentions
from coder.tables.table import Column, Said, Table, texts
from coder.tables.waves import AlignedWave, Wave, WaveRow, line_up, year

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
    title: Said | None = None,
) -> Table:
    """The codes of the newest top through the waves, which are named, the newest first; in the table it stands last.

    Of each wave the frame has rank, its interval, whether it is listed, n and percent and, against the wave before,
    points, interval, p, p_adjusted and change, each with the name of the wave ("points_2024"); see `compare` for what
    they are. `trend_points` is the slope in percentage points a year, where every name has a year, or else a wave;
    `trend_p` is its p (Cochran 1954, Armitage 1955), or with `panel` Student's among the respondents of every wave;
    `trend_change` says what it shows. A code that a wave lacks has none, nor has one with fewer than `FEWEST`
    respondents. p is adjusted for all codes (Benjamini and Hochberg 1995), for each step and for the trend apart.
    `codebooks` has, by wave, those of other waves.

    Raises `DataError` as `compare` does, for fewer than `FEWEST_WAVES`, and for years that do not fall.
    """
    check_options(limit, level)
    if len(waves) < FEWEST_WAVES:
        raise DataError("comparison.few_waves", least=FEWEST_WAVES, waves=len(waves))
    given = [Wave(name, wave, (codebooks or {}).get(name)) for name, wave in waves.items()]
    scores = _scores(list(waves))
    rows, lined = line_up(given, codebook, limit=limit, level=level)
    apart = [unlike(one, before, codebook) for one, before in pairwise(given)]
    steps = [
        replace(wave_differences(rows, one, before, panel=panel, level=level), like=note is None)
        for (one, before), note in zip(pairwise(lined), apart, strict=True)
    ]
    slope, p, both = _slopes(rows, lined, scores, panel=panel)
    parts = [_of_wave(wave, step) for wave, step in zip(lined, [*steps, None], strict=True)]
    names = pd.DataFrame({"code": [row.code for row in rows], "label": texts(row.label for row in rows)})
    frame = pd.concat([names, *reversed(parts), _of_trend(slope, p, like=not any(apart))], axis=1)
    order, gone = shown_rows(rows, lined[0], lined[1:])
    frame = frame.iloc[[*order, *gone]].reset_index(drop=True)
    frame["dropped"] = outside(order, gone, lined[0])
    spaced = Note("comparison.scores_years" if _in_years(scores) else "comparison.scores_even")
    notes = [
        *(one for one in apart if one is not None),
        *([Note("comparison.steps_unlike")] if any(apart) else []),
        *departures(rows, gone, lined[0], lined[1:], codebook, limit),
        *(base_of(one, "comparison.base_of") for one in lined if one.size is not None),
        Note("comparison.ranks", level=level * 100),
        Note("comparison.steps"),
        Note("comparison.trend_independent", scores=spaced)
        if both is None
        else Note("comparison.trend_panel", scores=spaced, both=both),
        *warnings(rows, lined, given, codebook, panel=panel),
    ]
    heading = title or Note("comparison.trend_title", waves=len(waves))
    return Table(heading, frame, lined[0].size, dict(_shown(frame, lined)), tuple(notes))


def _scores(names: Sequence[str]) -> list[float]:
    """When the waves were, the newest first: the years in their names, or a step apart."""
    years = [year(name) for name in names]
    if not all(years) or len(set(years)) < len(years):
        return [float(-step) for step in range(len(names))]
    if years != sorted(years, reverse=True):
        raise DataError("comparison.waves_in_disorder", waves=names)
    return [float(one) for one in years]


def _in_years(scores: Sequence[float]) -> bool:
    return scores[0] > 0


def _slopes(
    rows: Sequence[WaveRow], lined: Sequence[AlignedWave], scores: Sequence[float], *, panel: bool
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
        raise DataError("comparison.few_in_all", count=len(both))
    places = [one.respondents.get_indexer(both) for one in people]
    given = [wave.given[at][:, enough] for wave, at in zip(lined, places, strict=True)]
    weights = [one.weight[at] for one, at in zip(people, places, strict=True)]
    slope[enough], p[enough] = trend_paired(given, weights, scores, people[0].drawn.take(places[0]))
    return slope, p, len(both)


def _of_wave(wave: AlignedWave, step: WaveDifferences | None) -> pd.DataFrame:
    """The columns of one wave, and of the step to it unless it is the first."""
    frame = pd.DataFrame(
        {
            "rank": wave.rank,
            "rank_low": wave.ends[:, 0],
            "rank_high": wave.ends[:, 1],
            "listed": wave.listed,
            "n": wave.n,
            "percent": wave.percent,
        }
    )
    frame = frame.astype(dict.fromkeys(["rank", "rank_low", "rank_high", "n"], "Int64"))
    if step is not None:
        frame = frame.assign(points=step.points, points_low=step.low, points_high=step.high)
        frame = frame.assign(p=step.p, p_adjusted=step.adjusted, change=step.change())
    return frame.add_suffix(f"_{wave.name}")


def _of_trend(slope: Floats, p: Floats, *, like: bool) -> pd.DataFrame:
    """The columns of the trend; `like` is whether all waves were coded in the same way."""
    adjusted = benjamini_hochberg(p)
    found = {"trend_points": slope * 100, "trend_p": p, "trend_p_adjusted": adjusted}
    return pd.DataFrame({**found, "trend_change": changes(slope, adjusted, like=like)})


def _shown(frame: pd.DataFrame, lined: Sequence[AlignedWave]) -> Iterator[tuple[str, Said | Column]]:
    """The columns that people see, the oldest wave first: those of which anything is known."""
    yield "label", Note("tables.code")
    for wave in reversed(lined):
        name = wave.name
        places = tuple(f"{part}_{name}" for part in ("listed", "rank", "rank_low", "rank_high"))
        yield f"place_{name}", Column(Note("comparison.wave_rank", wave=name), "listed", places)
        for kind in ("n", "percent"):
            if frame[f"{kind}_{name}"].notna().any():
                yield f"{kind}_{name}", Note(f"comparison.wave_{kind}", wave=name)
        step = (f"points_{name}", f"change_{name}")
        if step[0] in frame and frame[step[0]].notna().any():
            yield f"difference_{name}", Column(Note("comparison.wave_difference", wave=name), "step", step)
    if frame["trend_p_adjusted"].notna().any():
        yield "trend", Column(Note("comparison.trend"), "tested", ("trend_change", "trend_p_adjusted"))
