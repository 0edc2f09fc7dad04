"""Tests of two proportions, as tables have many: is a share higher in one group, or wave, than in another.

Bases are numbers of respondents; where these are weighted, or drawn in strata or clusters, effective ones (see
`coder.statistics.design`).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr
from scipy.stats import false_discovery_control, fisher_exact

Floats = npt.NDArray[np.float64]

FEWEST = 5
"""The least expected count for which the normal approximation serves (Cochran 1954)."""


class Tested(NamedTuple):
    """Of each cell: the z of its difference, the two-sided p, and whether p is that of the exact test."""

    z: Floats
    p: Floats
    exact: npt.NDArray[np.bool_]


def shares_differ(share: npt.ArrayLike, base: npt.ArrayLike, other: npt.ArrayLike, other_base: npt.ArrayLike) -> Tested:
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
    for cell in map(tuple, np.argwhere(exact)):
        mine, theirs = round(one[cell] * of[cell]), round(two[cell] * of_two[cell])
        table = np.array([[mine, round(of[cell]) - mine], [theirs, round(of_two[cell]) - theirs]])
        p[cell] = fisher_exact(table).pvalue
    return Tested(z, p, exact)


def benjamini_hochberg(p: Floats) -> Floats:
    """The p of tests, adjusted for the number of tests (Benjamini and Hochberg 1995), over those not nan."""
    found, tested = np.full(p.shape, np.nan), np.isfinite(p)
    if tested.any():
        found[tested] = false_discovery_control(p[tested], method="bh")
    return found
