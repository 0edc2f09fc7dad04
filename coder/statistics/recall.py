"""How much of what is looked for was found, when not all was read: stopping with a guarantee, and bounds of nothing.

A control is a random sample of passages, read by people who saw no proposals. A machine puts all passages in an order
and does not know what stands in the control: a passage of the control is *reached* when it would have been read next.
What share of the fragments in the control was reached then says what share of all was, with the error of a sample.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import binom, hypergeom

from coder.arrays import Floats, Labels

TARGET, LEVEL = 0.9, 0.95
_EXACT = 1e-9


def stop_at(control: int, target: float = TARGET, *, level: float = LEVEL) -> int | None:
    """Which of so many control fragments, in the order of the machine, must be reached to stop; None with too few.

    The quantile binomial confidence bound (Lewis, Yang and Frieder 2021): the least j with P(Binomial(control,
    target) < j) of `level` or more. Who stops at the j-th has found at least `target` with that probability. The place
    is fixed beforehand, so that looking often costs nothing.

    >>> stop_at(29), stop_at(59), stop_at(100, 0.8), stop_at(28)
    (29, 58, 87, None)
    """
    j = int(binom.ppf(level, control, target)) + 1
    return j if j <= control else None


def fewest_control(target: float = TARGET, *, level: float = LEVEL) -> int:
    """The fewest control fragments with which one can stop before all is read: all of them are to be reached then.

    >>> fewest_control(0.8), fewest_control(0.9), fewest_control(0.95)
    (14, 29, 59)
    """
    return int(np.ceil(np.log(1 - level) / np.log(target) - _EXACT))


@dataclass(frozen=True, slots=True)
class Control:
    """What the control says of one code.

    `fragments` stand in it, `worth` is how many of them drawn one by one would say as much; `needed` is the share of
    them that has to be reached (nan where they are too few), and `reached` the share that was.
    """

    fragments: int
    worth: float
    needed: float
    reached: float

    @property
    def enough(self) -> bool:
        """Whether one may stop."""
        return self.reached >= self.needed - _EXACT


def control(counts: npt.ArrayLike, reached: Labels, target: float = TARGET, *, level: float = LEVEL) -> Control:
    """Whether enough control fragments were reached, from how many each passage (or other cluster) of the control has.

    `counts` and `reached` have shape (passages,). Fragments of a passage are reached together, which makes them worth
    fewer: (Σc)² / Σc² (Kish 1965). The share that `stop_at` asks of so many is asked of them.
    """
    many = np.asarray(counts, dtype=np.float64)
    total = float(many.sum())
    worth = total**2 / float((many**2).sum()) if total else 0.0
    whole = int(worth + _EXACT)
    stop = stop_at(whole, target, level=level) if whole else None
    needed = np.nan if stop is None else stop / whole
    return Control(int(total), worth, needed, float(many[reached].sum() / total) if total else np.nan)


def place_to_stop(
    counts: npt.ArrayLike, place: npt.ArrayLike, target: float = TARGET, *, level: float = LEVEL
) -> float:
    """At which place of the order one may stop: that of the passage with which enough is reached.

    `counts` are of each control passage, `place` is where it stands in the order, both of shape (passages,); inf where
    the control is too small.
    """
    many, where = np.asarray(counts, dtype=np.float64), np.asarray(place, dtype=np.float64)
    said = control(many, np.zeros(len(many), dtype=np.bool_), target, level=level)
    if np.isnan(said.needed):
        return float("inf")
    order = np.argsort(where, kind="stable")
    share = np.cumsum(many[order]) / many.sum()
    return float(where[order][np.searchsorted(share, said.needed - _EXACT)])


def most_left(found: int, drawn: int, population: int, *, level: float = LEVEL) -> int:
    """The most that may have it among the `population - drawn` not drawn, where `found` of those drawn have it.

    The exact one-sided bound of a sample without replacement (hypergeometric; Buonaccorsi 1987): of nothing found in
    n of very many it is the rule of three, 3/n (Hanley and Lippman-Hand 1983). What is counted is what was drawn, so
    that clustering within it does not matter: draw passages, count passages.

    >>> most_left(0, 100, 100_000) / 100_000, most_left(0, 60, 100), most_left(0, 100, 100)
    (0.02949, 3, 0)
    """
    low, high = found, population - drawn + found
    while low < high:
        middle = (low + high + 1) // 2
        if hypergeom.cdf(found, population, middle, drawn) > 1 - level:
            low = middle
        else:
            high = middle - 1
    return low - found


def any_in(expected: Floats) -> Floats:
    """How likely there is one at least where so many are expected: 1 - exp(-expected), as if they came one by one."""
    return np.asarray(-np.expm1(-expected))
