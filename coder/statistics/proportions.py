"""Proportions: their intervals, and tests of whether a share is higher in one group, or wave, than in another.

Bases are numbers of respondents; where these are weighted, or drawn in strata or clusters, effective ones (see
`coder.statistics.design`).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from coder.arrays import Floats

FEWEST = 5
"""The least expected count for which the normal approximation serves (Cochran 1954)."""
_NOISE = 1e-9


class ShareTests(NamedTuple):
    """Of each cell: the z of its difference, the two-sided p, and whether p is that of the exact test."""

    z: Floats
    p: Floats
    exact: npt.NDArray[np.bool_]


def shares_differ(
    share: npt.ArrayLike, base: npt.ArrayLike, other: npt.ArrayLike, other_base: npt.ArrayLike
) -> ShareTests:
    """Test share against other, in 0..1, of these bases; the four are broadcast, and so is the result.

    z is that of two proportions with pooled variance: of a group against all others it is the adjusted
    standardised residual of the cell (Haberman 1973). Where a count that is expected is under `FEWEST`, p is
    that of Fisher's exact test, on counts rounded to whole ones. A code that nobody has, or everybody, and a
    base of 0 give nan.
    """
    one, of, two, of_two = (np.asarray(part, dtype=np.float64) for part in (share, base, other, other_base))
    one, of, two, of_two = np.broadcast_arrays(one, of, two, of_two)
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = (one * of + two * of_two) / (of + of_two)
        spread = np.sqrt(pooled * (1 - pooled) * (1 / of + 1 / of_two))
        z = np.where((pooled > 0) & (pooled < 1), (one - two) / spread, np.nan)
        p = np.asarray(2 * ndtr(-np.abs(z)))
        exact = np.isfinite(z) & (np.minimum(pooled, 1 - pooled) * np.minimum(of, of_two) < FEWEST)
    if exact.any():
        from scipy.stats import fisher_exact  # noqa: PLC0415 (half a second)
    for cell in map(tuple, np.argwhere(exact)):
        mine, theirs = round(one[cell] * of[cell]), round(two[cell] * of_two[cell])
        table = np.array([[mine, round(of[cell]) - mine], [theirs, round(of_two[cell]) - theirs]])
        p[cell] = fisher_exact(table).pvalue
    return ShareTests(z, p, exact)


def benjamini_hochberg(p: Floats) -> Floats:
    """The p of tests, adjusted for the number of tests (Benjamini and Hochberg 1995), over those not nan."""
    found, tested = np.full(p.shape, np.nan), np.isfinite(p)
    known = p[tested]
    falling = np.argsort(-known, kind="stable")
    scaled = known[falling] * len(known) / np.arange(len(known), 0, -1)
    adjusted = np.empty_like(known)
    adjusted[falling] = np.minimum(np.minimum.accumulate(scaled), 1)
    found[tested] = adjusted
    return found


def wilson(count: npt.ArrayLike, base: npt.ArrayLike, *, level: float = 0.95) -> npt.NDArray[np.float64]:
    """Score interval of a proportion (Wilson 1927), shape (codes, 2), in 0..1.

    An empty base gives nan. `level` is two-sided coverage. Weighted, `base` is the effective one, of all codes or
    of each, and `count` the share of it.
    """
    counts, bases = np.broadcast_arrays(np.asarray(count, dtype=np.float64), np.asarray(base, dtype=np.float64))
    z = float(ndtri((1 + level) / 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = counts / bases
        centre = (share + z**2 / (2 * bases)) / (1 + z**2 / bases)
        half = z / (1 + z**2 / bases) * np.sqrt(share * (1 - share) / bases + z**2 / (4 * bases**2))
    low = np.where(share == 0, 0.0, centre - half)
    high = np.where(share == 1, 1.0, centre + half)
    return np.stack([low, high], axis=-1)


def as_counted(percent: Floats, n: Floats, base: float | None) -> Floats:
    """Percentages that were printed, in 0..100, as those of n and base where these are what was rounded, or it is nan.

    So that no percentage is rounded twice: 33 of 213 was printed as 15.5, and is 15 and not 16.
    """
    counted = n / (base or np.nan) * 100
    rounding = np.where(percent == np.round(percent), 0.5, 0.05)
    apart = np.abs(percent - counted)
    return np.where(np.isnan(percent) | ((apart > _NOISE) & (apart <= rounding + _NOISE)), counted, percent)


def margin(
    base: float, *, population: int | None = None, drawn: int | None = None, level: float = 0.95, share: float = 0.5
) -> float:
    """Margin of error of a proportion in a simple random sample: half the normal interval, in 0..1.

    `share` is the proportion, 0.5 where the margin is widest. With a finite `population` it shrinks by
    the square root of (N - n) / (N - 1) (Cochran 1977, section 2.6); n is `drawn`, or else the base
    (with weights `base` is the effective one, and `drawn` the respondents). An empty base gives nan;
    all of the population 0.
    """
    if base <= 0:
        return float("nan")
    z = float(ndtri((1 + level) / 2))
    finite = 1.0
    if population is not None:
        finite = max(population - (base if drawn is None else drawn), 0) / max(population - 1, 1)
    return z * float(np.sqrt(share * (1 - share) / base * finite))


def at_least(count: npt.ArrayLike, base: npt.ArrayLike, *, z: float = 1.0) -> npt.NDArray[np.float64]:
    """The lower end of the score interval (Wilson 1927) of each proportion count / base, in 0..1, shape as given.

    With `z` = 1 the proportion is higher with a probability of about .84: 2 of 2 gives .67, 20 of 20 .95.
    An empty base gives 0.
    """
    counts, bases = np.broadcast_arrays(np.asarray(count, dtype=np.float64), np.asarray(base, dtype=np.float64))
    some = np.maximum(bases, 1)
    share = counts / some
    half = z * np.sqrt(share * (1 - share) / some + z**2 / (4 * some**2))
    low = (share + z**2 / (2 * some) - half) / (1 + z**2 / some)
    return np.where((bases > 0) & (counts > 0), low, 0.0)


def effective(weight: npt.NDArray[np.float64], times: npt.NDArray[np.intp] | None = None) -> float:
    """How many respondents of equal weight would be as precise (Kish 1965): (Σw)² / Σw²; 0 for none.

    `times` is how many respondents have each weight (None: one).
    """
    if not len(weight):
        return 0.0
    every = weight if times is None else weight * times
    return float(every.sum() ** 2 / (every * weight).sum())
