"""Differences of shares between waves, with intervals and tests: of other respondents, and of the same ones.

Every function takes all codes at once. Where respondents are weighted, or drawn in strata or clusters, variances are
those of `coder.statistics.design`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, chdtrc, ndtr, ndtri, stdtr

from coder.arrays import Floats, Labels
from coder.statistics.design import Design, Sampled, by_design_effect, linearised
from coder.statistics.proportions import shares_differ, wilson

FEW_CHANGED = 25
"""Below so many respondents who changed McNemar's test is exact."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Shares of one less those of another, in -1..1: `value` (codes,), `interval` (codes, 2), `p` two-sided (codes,).

    `error` (codes,) is the standard error, without any correction for small numbers.
    """

    value: Floats
    interval: Floats
    p: Floats
    error: Floats


def independent(one: Sampled, other: Sampled) -> Difference:
    """Shares of two samples of other respondents.

    The interval is by square and add (Zou and Donner 2008), at the level of those of the shares: Newcombe's (1998a,
    method 10) where these are Wilson's. p is that of `shares_differ` (pooled variance, or Fisher's exact one where few
    are expected) by the design effect of the difference, and 1 where nobody has a code, or everybody.
    """
    variance = one.variance + other.variance
    base, other_base = by_design_effect(one.share, one.size, other.share, other.size, variance)
    p = np.nan_to_num(shares_differ(one.share, base, other.share, other_base).p, nan=1.0)
    interval = _square_and_add(one.share, other.share, (one.within, other.within), np.zeros(len(p)))
    return Difference(one.share - other.share, interval, p, np.sqrt(variance))


def of_estimates(one: Sampled, ends: Floats, other: Sampled, other_ends: Floats, *, level: float = 0.95) -> Difference:
    """Shares estimated among the respondents of two samples; `ends` (codes, 2) say how well, each at `level`.

    Two errors add up: that of the estimate, and that of the sample. The interval is by square and add (Zou and Donner
    2008): that of `independent` where nothing was estimated. p is normal, with the error on the side of 0, so that it
    agrees with the interval.
    """
    value = one.share - other.share
    both = with_sample(one, ends), with_sample(other, other_ends)
    interval = _square_and_add(one.share, other.share, both, np.zeros(len(value)))
    error = np.where(value > 0, value - interval[:, 0], interval[:, 1] - value) / ndtri((1 + level) / 2)
    return Difference(value, interval, _normal(value, error), error)


def with_sample(sampled: Sampled, ends: Floats) -> Floats:
    """The interval of shares that were estimated among respondents who are themselves a sample; shape (codes, 2)."""
    share, within = sampled.share, sampled.within
    down, up = (np.hypot(share - ends[:, side], share - within[:, side]) for side in (0, 1))
    return np.stack([share - down, share + up], axis=-1)


def paired(given: Labels, other: Labels, *, level: float = 0.95) -> Difference:
    """Shares of the same respondents twice, both of shape (respondents, codes).

    The interval is Newcombe's (1998b, method 10). p is McNemar's (1947), exact where fewer than `FEW_CHANGED`
    respondents changed, else with continuity correction.
    """
    size = len(given)
    both, gained, lost = ((part.sum(axis=0)).astype(float) for part in (given & other, given & ~other, ~given & other))
    share, before = given.mean(axis=0), other.mean(axis=0)
    ends = wilson(share * size, size, level=level), wilson(before * size, size, level=level)
    interval = _square_and_add(share, before, ends, _phi(both, gained, lost, size))
    error = np.sqrt(np.maximum(gained + lost - (gained - lost) ** 2 / size, 0)) / size
    return Difference((gained - lost) / size, interval, _mcnemar(gained, lost), error)


def paired_weighted(
    given: Labels, one: Sampled, other_given: Labels, other: Sampled, weights: tuple[Floats, Floats], design: Design
) -> Difference:
    """Shares of the same respondents twice, both given in shape (respondents, codes), with weights (respondents,).

    p is Student's on the linearised difference. The interval is Newcombe's (1998b, method 10) with the correlation
    of the linearised shares.
    """
    first, second = linearised(given, weights[0]), linearised(other_given, weights[1])
    variances = design.variance(first), design.variance(second)
    error = np.sqrt(design.variance(first - second))
    spread = np.sqrt(variances[0] * variances[1])
    common = (variances[0] + variances[1] - error**2) / 2
    along = np.divide(common, spread, out=np.zeros(len(error)), where=spread > 0)
    value = one.share - other.share
    interval = _square_and_add(one.share, other.share, (one.within, other.within), along)
    return Difference(value, interval, _student(value, error, design.df), error)


def less(one: Difference, other: Difference) -> Difference:
    """A difference less another that is independent of it; the interval by square and add (Zou and Donner 2008).

    p is normal.
    """
    value, error = one.value - other.value, np.hypot(one.error, other.error)
    down = np.hypot(one.value - one.interval[:, 0], other.interval[:, 1] - other.value)
    up = np.hypot(one.interval[:, 1] - one.value, other.value - other.interval[:, 0])
    return Difference(value, np.stack([value - down, value + up], axis=-1), _normal(value, error), error)


def trend(waves: Sequence[Sampled], scores: Sequence[float]) -> tuple[Floats, Floats]:
    """The slope of the share over waves of other respondents and its two-sided p, both (codes,).

    The test is that of Cochran (1954) and Armitage (1955), by the design effect of the slope where waves are no simple
    random samples. `scores` say how far apart the waves are. p is 1 where the share is 0 or 1 throughout.
    """
    shares, variances = np.stack([one.share for one in waves]), np.stack([one.variance for one in waves])
    size, score = np.array([one.size for one in waves], dtype=np.float64), np.asarray(scores, dtype=np.float64)
    pooled = size @ shares / size.sum()
    centred = score - size @ score / size.sum()
    weight = size * centred / float(size @ centred**2)
    found, expected = weight**2 @ variances, weight**2 @ (shares * (1 - shares) / size[:, None])
    effect = np.divide(found, expected, out=np.ones(len(found)), where=(found > 0) & (expected > 0))
    slope = weight @ shares
    return slope, _normal(slope, np.sqrt(pooled * (1 - pooled) / float(size @ centred**2) * effect))


def trend_paired(
    given: Sequence[Labels], weights: Sequence[Floats], scores: Sequence[float], design: Design
) -> tuple[Floats, Floats]:
    """The slope of the share over waves of the same respondents, linearised, and Student's two-sided p, both (codes,).

    A wave has its mentions, shape (respondents, codes), and weights (respondents,).
    """
    centred = np.asarray(scores, dtype=np.float64) - float(np.mean(scores))
    centred = centred / float(centred @ centred)
    slope = sum(step * (w @ one / w.sum()) for step, one, w in zip(centred, given, weights, strict=True))
    parts = sum(step * linearised(one, w) for step, one, w in zip(centred, given, weights, strict=True))
    error = np.sqrt(design.variance(np.asarray(parts)))
    return np.asarray(slope), _student(np.asarray(slope), error, design.df)


_NOISE = 1e-9
"""What floating point may take off a whole number."""


def _square_and_add(share: Floats, other: Floats, ends: tuple[Floats, Floats], along: Floats) -> Floats:
    """The interval of a difference from those of its parts, which correlate by `along`; shape (codes, 2)."""
    (low, high), (other_low, other_high) = ends[0].T, ends[1].T
    down = _side(share - low, other_high - other, along)
    up = _side(high - share, other - other_low, along)
    return np.stack([share - other - down, share - other + up], axis=-1)


def _side(one: Floats, other: Floats, along: Floats) -> Floats:
    return np.asarray(np.sqrt(np.maximum(one**2 - 2 * along * one * other + other**2, 0)))


def _phi(both: Floats, gained: Floats, lost: Floats, size: int) -> Floats:
    """The correlation of two answers of the same respondents, with Newcombe's continuity correction."""
    neither = size - both - gained - lost
    cross = both * neither - gained * lost
    held = np.where(cross > 0, np.maximum(cross - size / 2, 0), cross)
    margins = (both + gained) * (lost + neither) * (both + lost) * (gained + neither)
    return np.divide(held, np.sqrt(margins), out=np.zeros(len(both)), where=margins > 0)


def _mcnemar(gained: Floats, lost: Floats) -> Floats:
    changed = gained + lost
    fewer = np.minimum(gained, lost)
    at_most = np.where(changed > 0, betainc(np.maximum(changed - fewer, 1), fewer + 1, 0.5), 1.0)  # of a fair coin
    exact = np.minimum(2 * at_most, 1)
    far = np.maximum(np.abs(gained - lost) - 1, 0) ** 2 / np.maximum(changed, 1)
    return np.asarray(np.where(changed < FEW_CHANGED, exact, chdtrc(1, far)))


def _student(value: Floats, error: Floats, df: int) -> Floats:
    return np.asarray(2 * stdtr(df, -_far(value, error)))


def _normal(value: Floats, error: Floats) -> Floats:
    return np.asarray(2 * ndtr(-_far(value, error)))


def _far(value: Floats, error: Floats) -> Floats:
    """How many standard errors from 0; 0 where there is neither a difference nor an error."""
    same = np.abs(value) < _NOISE
    return np.divide(np.abs(value), error, out=np.where(same, 0.0, np.inf), where=(error > _NOISE) & ~same)
