"""Intervals of proportions."""

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri


def wilson(count: npt.ArrayLike, base: int, *, level: float = 0.95) -> npt.NDArray[np.float64]:
    """Score interval of a proportion (Wilson 1927), shape (codes, 2), in 0..1.

    An empty base gives nan. `level` is two-sided coverage.
    """
    counts = np.asarray(count, dtype=np.float64)
    if base == 0:
        return np.full((*counts.shape, 2), np.nan)
    z = float(ndtri((1 + level) / 2))
    share = counts / base
    centre = (share + z**2 / (2 * base)) / (1 + z**2 / base)
    half = z / (1 + z**2 / base) * np.sqrt(share * (1 - share) / base + z**2 / (4 * base**2))
    low = np.where(counts == 0, 0.0, centre - half)
    high = np.where(counts == base, 1.0, centre + half)
    return np.stack([low, high], axis=-1)
