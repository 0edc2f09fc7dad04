"""Ranks of codes, with ties, and how far chance could have moved them.

Intervals of ranks are wide, and those of neighbours overlap: a list looks surer than it is (Goldstein and Spiegelhalter
1996). So they are shown beside every rank that was counted. A bootstrap of ranks is far too sure of codes that are tied
or rare. So every code is compared with every other, and its place is between those that are surely ahead of it and
those that are surely behind (Mogstad, Romano, Shaikh and Wilhelm 2024). An interval is that of one code: it holds the
code's rank among all respondents with a probability of `level` at least, in a tie every place that the tie takes up.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import betainc

from coder.arrays import Floats, Ints, Labels
from coder.statistics.design import Design, linearised, worth_of_freedom

_DIGITS = 12
_SURE = 1e-12
"""The least variance of an estimate, lest one that is certain be worth endless respondents."""


def ranks(counts: npt.ArrayLike) -> Ints:
    """Ranks from 1, the largest count first, along the last axis; ties share one and the next skips (1, 2, 2, 4)."""
    parts = in_proportion(counts)
    rows = pd.DataFrame(parts.reshape(-1, parts.shape[-1]) if parts.size else parts.reshape(0, 0))
    return rows.rank(axis=1, method="min", ascending=False).to_numpy(dtype=np.int64).reshape(parts.shape)


def in_proportion(counts: npt.ArrayLike) -> Floats:
    """Counts along the last axis as parts of the largest, rounded.

    Sums of weights that are equal but for their order are equal then, whatever unit the weights are in.
    """
    exact = np.asarray(counts, dtype=np.float64)
    largest = np.fmax.reduce(np.abs(exact), axis=-1, keepdims=True, initial=0.0)
    return np.asarray(
        np.round(np.divide(exact, largest, out=exact.copy(), where=largest > 0), _DIGITS), dtype=np.float64
    )


def rank_intervals(
    given: Labels, weight: Floats | None = None, *, design: Design | None = None, level: float = 0.95
) -> Ints:
    """Intervals of the ranks of codes, shape (codes, 2), each of which holds the code's rank in the sample too.

    `given` has shape (respondents, codes), `weight` (respondents,). Two codes differ in the respondents who gave one
    of them and not the other: the test is McNemar's, exact, so that the coverage holds for rare codes as well. With
    weights these respondents count for as many as would be as precise (Kish 1965), which holds where the weight goes
    with the code too, because each of them counts for one code or the other. Where they were not drawn one by one
    (`design`), they count for fewer or more by the design effect of the difference (Rao and Scott 1984).
    """
    weights = np.ones(len(given)) if weight is None else weight
    times = 1 if design is None or design.times is None else design.times
    alone, squares = _alone(given, weights * times), _alone(given, weights**2 * times)
    discordant, spread = alone + alone.T, squares + squares.T
    size = _divided(discordant**2, spread)
    if design is not None and not design.is_simple:
        size = size / _effects(given, weights, design)
    return _intervals(alone, size, discordant, level)


def rank_intervals_of_estimates(share: Floats, error: Floats, *, level: float = 0.95) -> Ints:
    """Intervals of the ranks of estimated shares (codes,) with these standard errors, shape (codes, 2).

    How codes go together is not known of an estimate: as few respondents as possible gave both of two codes, which
    makes their difference the least sure.
    """
    both = np.maximum(share[:, None] + share - 1, 0)
    alone = np.maximum(share[:, None] - both, 0)
    spread = np.sqrt(share * (1 - share))
    along = np.clip(_divided(both - np.outer(share, share), np.outer(spread, spread)), -1, 1)
    variance = error[:, None] ** 2 + error**2 - 2 * along * np.outer(error, error)
    discordant = alone + alone.T
    return _intervals(alone, discordant**2 / np.maximum(variance, _SURE), discordant, level)


def _alone(given: Labels, weight: Floats) -> Floats:
    """How many respondents, weighted, gave each code and not each other one, shape (codes, codes)."""
    together = (given * weight[:, None]).T @ given.astype(np.float64)
    return np.asarray(np.diag(together)[:, None] - together)


def _effects(given: Labels, weight: Floats, design: Design) -> Floats:
    """The design effect of the difference between each two codes, shape (codes, codes); 1 where nobody differs."""
    own, simple = linearised(given, weight), Design.simple(len(given))
    found = np.ones((given.shape[1], given.shape[1]))
    for row, code in zip(found, own.T, strict=True):
        apart = code[:, None] - own
        by_one = simple.variance(apart)
        np.divide(design.variance(apart), by_one, out=row, where=by_one > 0)
    return np.maximum(found, _SURE) / worth_of_freedom(design)


def _intervals(alone: Floats, size: Floats, discordant: Floats, level: float) -> Ints:
    """The intervals, from the share of the discordant that gave the one code, and how many these are worth."""
    share = _divided(alone, discordant)
    ahead, behind = size * share, size * (1 - share)
    chance = np.where(ahead > behind, betainc(np.maximum(ahead, np.finfo(float).tiny), behind + 1, 0.5), 1.0)
    tail = (1 - level) / 2
    better, worse = _surely(chance.T, tail), _surely(chance, tail)
    return np.stack([1 + better, len(alone) - worse], axis=-1)


def _surely(chance: Floats, tail: float) -> Ints:
    """How many chances of each row are small, none of them by chance but with a probability of `tail` (Holm 1979)."""
    others = len(chance) - 1
    ordered = np.sort(chance[~np.eye(len(chance), dtype=np.bool_)].reshape(len(chance), max(others, 0)), axis=1)
    passed = ordered <= tail / np.arange(others, 0, -1)
    return np.asarray(np.logical_and.accumulate(passed, axis=1).sum(axis=1))


def _divided(one: Floats, other: Floats) -> Floats:
    """The quotient, 0 where there is nothing to divide by."""
    return np.divide(one, other, out=np.zeros(np.shape(one)), where=other > 0)
