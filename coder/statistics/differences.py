"""Differences of shares between waves, with intervals and tests: of other respondents, and of the same ones.

Every function takes all codes at once. With weights the numbers of respondents are effective ones (Kish 1965), or
the shares are linearised (Taylor series; Wolter 2007): unequal weights make what is known less precise.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import binom, chi2, norm, t

from coder.statistics.intervals import effective, wilson
from coder.statistics.proportions import shares_differ

Labels = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

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


def independent(share: Floats, base: float, other: Floats, other_base: float, *, level: float = 0.95) -> Difference:
    """Shares (codes,) of two samples of other respondents; the bases are numbers of respondents, or effective ones.

    The interval is Newcombe's (1998a, method 10). p is that of `shares_differ` (pooled variance, or Fisher's exact one
    where few are expected), and 1 where nobody has a code, or everybody.
    """
    value = share - other
    ends = _ends(share, base, level), _ends(other, other_base, level)
    p = np.nan_to_num(shares_differ(share, base, other, other_base).p, nan=1.0)
    error = np.sqrt(share * (1 - share) / base + other * (1 - other) / other_base)
    return Difference(value, _square_and_add(share, other, ends, np.zeros(len(share))), p, error)


def of_estimates(
    share: Floats,
    ends: Floats,
    base: float,
    other: Floats,
    other_ends: Floats,
    other_base: float,
    *,
    level: float = 0.95,
) -> Difference:
    """Shares (codes,) estimated among the respondents of two samples; `ends` (codes, 2) say how well, each at `level`.

    Two errors add up: that of the estimate, and that of a sample of `base` respondents (Wilson 1927). The interval
    is by square and add (Zou and Donner 2008): Newcombe's (1998a, method 10) where nothing was estimated. p is
    normal, with the error on the side of 0, so that it agrees with the interval.
    """
    value = share - other
    both = with_sample(share, ends, base, level=level), with_sample(other, other_ends, other_base, level=level)
    interval = _square_and_add(share, other, both, np.zeros(len(share)))
    error = np.where(value > 0, value - interval[:, 0], interval[:, 1] - value) / norm.ppf((1 + level) / 2)
    return Difference(value, interval, _normal(value, error), error)


def with_sample(share: Floats, ends: Floats, base: float, *, level: float = 0.95) -> Floats:
    """The interval of shares (codes,) estimated among `base` respondents, themselves a sample; shape (codes, 2)."""
    sampled = _ends(share, base, level)
    down, up = (np.hypot(share - ends[:, side], share - sampled[:, side]) for side in (0, 1))
    return np.stack([share - down, share + up], axis=-1)


def paired(given: Labels, other: Labels, *, level: float = 0.95) -> Difference:
    """Shares of the same respondents twice, both of shape (respondents, codes).

    The interval is Newcombe's (1998b, method 10). p is McNemar's (1947), exact where fewer than `FEW_CHANGED`
    respondents changed, else with continuity correction.
    """
    size = len(given)
    both, gained, lost = ((part.sum(axis=0)).astype(float) for part in (given & other, given & ~other, ~given & other))
    share, before = given.mean(axis=0), other.mean(axis=0)
    ends = _ends(share, size, level), _ends(before, size, level)
    interval = _square_and_add(share, before, ends, _phi(both, gained, lost, size))
    error = np.sqrt(np.maximum(gained + lost - (gained - lost) ** 2 / size, 0)) / size
    return Difference((gained - lost) / size, interval, _mcnemar(gained, lost), error)


def paired_weighted(
    given: Labels, weight: Floats, other: Labels, other_weight: Floats, *, level: float = 0.95
) -> Difference:
    """Shares of the same respondents twice, both of shape (respondents, codes), with weights of shape (respondents,).

    p is Student's on the linearised difference. The interval is Newcombe's (1998b, method 10) with effective bases and
    the correlation of the linearised shares.
    """
    one, two = _linearised(given, weight), _linearised(other, other_weight)
    share, before = weight @ given / weight.sum(), other_weight @ other / other_weight.sum()
    ends = _ends(share, effective(weight), level), _ends(before, effective(other_weight), level)
    spread = np.sqrt((one**2).sum(axis=0) * (two**2).sum(axis=0))
    along = np.divide((one * two).sum(axis=0), spread, out=np.zeros(len(share)), where=spread > 0)
    error = _error(one - two)
    return Difference(
        share - before, _square_and_add(share, before, ends, along), _student(share - before, error, len(given)), error
    )


def less(one: Difference, other: Difference) -> Difference:
    """A difference less another that is independent of it; the interval by square and add (Zou and Donner 2008).

    p is normal.
    """
    value, error = one.value - other.value, np.hypot(one.error, other.error)
    down = np.hypot(one.value - one.interval[:, 0], other.interval[:, 1] - other.value)
    up = np.hypot(one.interval[:, 1] - one.value, other.value - other.interval[:, 0])
    return Difference(value, np.stack([value - down, value + up], axis=-1), _normal(value, error), error)


def trend(shares: Floats, bases: Sequence[float], scores: Sequence[float]) -> tuple[Floats, Floats]:
    """The slope of the share over waves of other respondents and its two-sided p, both (codes,).

    The test is that of Cochran (1954) and Armitage (1955).
    `shares` has shape (waves, codes); `scores` say how far apart the waves are. p is 1 where the share is 0 or 1
    throughout.
    """
    size, score = np.asarray(bases, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    pooled = size @ shares / size.sum()
    centred = score - size @ score / size.sum()
    spread = float(size @ centred**2)
    slope = (size * centred) @ shares / spread
    return slope, _normal(slope, np.sqrt(pooled * (1 - pooled) / spread))


def trend_paired(given: Sequence[Labels], weights: Sequence[Floats], scores: Sequence[float]) -> tuple[Floats, Floats]:
    """The slope of the share over waves of the same respondents, linearised, and Student's two-sided p, both (codes,).

    A wave has its mentions, shape (respondents, codes), and weights (respondents,).
    """
    centred = np.asarray(scores, dtype=np.float64) - float(np.mean(scores))
    centred = centred / float(centred @ centred)
    slope = sum(step * (w @ one / w.sum()) for step, one, w in zip(centred, given, weights, strict=True))
    parts = sum(step * _linearised(one, w) for step, one, w in zip(centred, given, weights, strict=True))
    return np.asarray(slope), _student(np.asarray(slope), _error(np.asarray(parts)), len(given[0]))


_NOISE = 1e-9
"""What floating point may take off a whole number."""


def _ends(share: Floats, base: float, level: float) -> Floats:
    return np.asarray(wilson(share * base, base, level=level))


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
    exact = np.minimum(2 * binom.cdf(np.minimum(gained, lost), changed, 0.5), 1)
    far = np.maximum(np.abs(gained - lost) - 1, 0) ** 2 / np.maximum(changed, 1)
    return np.where(changed < FEW_CHANGED, exact, chi2.sf(far, 1))


def _linearised(given: Labels, weight: Floats) -> Floats:
    """What each respondent adds to the error of the weighted share, shape (respondents, codes)."""
    share = weight @ given / weight.sum()
    return np.asarray(weight[:, None] * (given - share) / weight.sum())


def _error(residuals: Floats) -> Floats:
    size = len(residuals)
    return np.asarray(np.sqrt(size / max(size - 1, 1) * (residuals**2).sum(axis=0)))


def _student(value: Floats, error: Floats, size: int) -> Floats:
    return np.asarray(2 * t.sf(_far(value, error), max(size - 1, 1)))


def _normal(value: Floats, error: Floats) -> Floats:
    return np.asarray(2 * norm.sf(_far(value, error)))


def _far(value: Floats, error: Floats) -> Floats:
    """How many standard errors from 0; 0 where there is neither a difference nor an error."""
    same = np.abs(value) < _NOISE
    return np.divide(np.abs(value), error, out=np.where(same, 0.0, np.inf), where=(error > _NOISE) & ~same)
