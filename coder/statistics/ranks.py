"""Ranks of codes, with ties, and how far chance could have moved them.

Intervals of ranks are wide, and those of neighbours overlap: a list looks surer than it is (Goldstein and Spiegelhalter
1996). So they are shown beside every rank that was counted.
"""

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

Labels = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_CELLS = 4_000_000
"""So many drawn respondents are in memory at a time."""


def ranks(counts: npt.ArrayLike) -> Ints:
    """Ranks from 1, the largest count first, along the last axis; ties share one and the next skips (1, 2, 2, 4)."""
    exact = np.round(np.asarray(counts, dtype=np.float64), 9)  # sums of weights that are equal but for their order
    return np.asarray(rankdata(-exact, method="min", axis=-1)).astype(np.int64)


def rank_intervals(
    given: Labels, weight: Floats | None = None, *, level: float = 0.95, draws: int = 2000, seed: int = 1
) -> Ints:
    """Percentile intervals of the ranks of codes, shape (codes, 2), by bootstrap over respondents (Efron 1979).

    `given` has shape (respondents, codes). Respondents are drawn with equal chance and keep their `weight`
    (respondents,). An interval holds the rank itself, which among many equal counts a sample seldom gives.
    """
    size, codes = given.shape
    weights = np.ones(size) if weight is None else weight
    counted = given * weights[:, None]
    own = ranks(weights @ given)
    if not size or not codes:
        return np.stack([own, own], axis=-1)
    random = np.random.default_rng(seed)
    at_once = max(_CELLS // size, 1)
    drawn = [_drawn(counted, min(at_once, draws - done), random) for done in range(0, draws, at_once)]
    return _percentiles(np.concatenate(drawn), own, level)


def rank_intervals_of_estimates(
    share: Floats, error: Floats, *, level: float = 0.95, draws: int = 2000, seed: int = 1
) -> Ints:
    """Percentile intervals of the ranks of estimated shares (codes,) with these standard errors, shape (codes, 2).

    Each share is drawn by itself (normal, not under 0): how codes go together is not known of an estimate.
    """
    own = ranks(share)
    if not len(share):
        return np.stack([own, own], axis=-1)
    drawn = np.maximum(np.random.default_rng(seed).normal(share, error, size=(draws, len(share))), 0)
    return _percentiles(ranks(drawn), own, level)


def _percentiles(drawn: Ints, own: Ints, level: float) -> Ints:
    """The interval of each rank, shape (codes, 2), which holds the rank itself."""
    tail = (1 - level) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0, method="inverted_cdf").astype(np.int64)
    return np.stack([np.minimum(low, own), np.maximum(high, own)], axis=-1)


def _drawn(counted: Floats, draws: int, random: np.random.Generator) -> Ints:
    """The ranks in so many samples of respondents, shape (draws, codes)."""
    size = len(counted)
    who = random.integers(size, size=(draws, size)) + size * np.arange(draws)[:, None]
    times = np.bincount(who.ravel(), minlength=draws * size).reshape(draws, size)
    return ranks(times.astype(np.float64) @ counted)
