"""How respondents were drawn, and the variance that it leaves in what is counted of them.

Everything is linearised (Taylor series; Wolter 2007): a share, or a difference of shares, is a sum of what each
respondent adds to its error, and the variance of that sum follows from how they were drawn. Strata, clusters and
populations count as R's `survey` has them (Lumley 2010): by the first stage, as if with replacement but for the
finite population.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from coder.arrays import Floats, Labels
from coder.errors import DataError
from coder.statistics.proportions import wilson

Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Design:
    """The stratum and cluster of each respondent, both numbered from 0, a cluster in one stratum; shape (respondents,).

    `drawn` is how many clusters were drawn in that stratum, also where those here are fewer (a group, or who
    answered); `fraction` which share of the clusters in the population that is, 0 where the population is not known.
    Without clusters (`alone`) each respondent is one. `times` is how many respondents alike each of these is, of a
    simple sample (None: one).
    """

    stratum: Ints
    cluster: Ints
    drawn: Ints
    fraction: Floats
    alone: bool
    times: Ints | None = None

    @classmethod
    def simple(cls, size: int, times: Ints | None = None) -> "Design":
        """So many respondents, or so many kinds of them, each drawn by itself from a very large population."""
        nothing = np.zeros(size)
        drawn = np.full(size, size if times is None else times.sum())
        return cls(nothing.astype(np.intp), np.arange(size), drawn, nothing, alone=True, times=times)

    @classmethod
    def of(cls, stratum: npt.ArrayLike, cluster: npt.ArrayLike, population: Floats | None = None) -> "Design":
        """The design of all who were drawn, from the names of their strata and clusters, shape (respondents,).

        A name of a cluster counts within its stratum. `population` is how many clusters the stratum has, or, where none
        is over 1, which share of them was drawn. Raises `DataError` where that is fewer than were drawn, not above
        0, or not one number in a stratum.
        """
        names, strata = np.unique(np.asarray(stratum), return_inverse=True)
        _, named = np.unique(np.asarray(cluster), return_inverse=True)
        pairs, clusters = np.unique(np.stack([strata, named]), axis=1, return_inverse=True)
        every = np.bincount(pairs[0], minlength=len(names))
        alone = pairs.shape[1] == len(strata)
        if population is None:
            return cls(strata, clusters, every[strata], np.zeros(len(strata)), alone)
        with np.errstate(divide="ignore", invalid="ignore"):
            fraction = population if (population <= 1).all() else every[strata] / population
        for number, name in enumerate(names.tolist()):
            found = fraction[strata == number]
            of = "sample" if name == "" else "stratum"
            if not np.isfinite(found).all() or np.ptp(found) > _EXACT * abs(found[0]):
                raise DataError(f"statistics.sizes_of_{of}", stratum=name, count=len(np.unique(found)))
            if not 0 < found[0] <= 1:
                size = float(population[strata == number][0])
                raise DataError(f"statistics.size_of_{of}", stratum=name, size=size, drawn=int(every[number]))
        return cls(strata, clusters, every[strata], fraction, alone)

    def __len__(self) -> int:
        return len(self.stratum) if self.times is None else int(self.times.sum())

    @property
    def is_simple(self) -> bool:
        """Whether each was drawn by itself, without strata and from a very large population."""
        return self.alone and not self.fraction.any() and bool((self.stratum == self.stratum[:1]).all())

    @property
    def lonely(self) -> int:
        """How many strata have one cluster and more in the population: what varies within them nobody can tell."""
        return len(np.unique(self.stratum[(self.drawn == 1) & (self.fraction < 1)]))

    @property
    def is_one_cluster(self) -> bool:
        """Whether all are of one cluster, and there are more: how far clusters differ nobody can tell."""
        return not self.alone and bool((self.cluster == self.cluster[:1]).all() and (self.fraction < 1).any())

    @property
    def df(self) -> int:
        """Degrees of freedom: clusters less strata, of those who are here; 1 at least."""
        if self.times is not None:
            return max(len(self) - 1, 1)
        return max(len(np.unique(self.cluster)) - len(np.unique(self.stratum)), 1)

    def take(self, rows: Labels | Ints) -> "Design":
        """The same design, of which these respondents alone are looked at (a domain)."""
        times = None if self.times is None else self.times[rows]
        return Design(self.stratum[rows], self.cluster[rows], self.drawn[rows], self.fraction[rows], self.alone, times)

    def variance(self, values: Floats) -> Floats:
        """The variance of the sum of what each respondent adds, `values` of shape (respondents, codes); shape (codes,).

        Who was drawn and is not here adds 0. What one cluster alone adds, in a stratum of one, is taken around 0: R's
        "adjust".
        """
        first, totals = self._totals(values)
        stratum, drawn, left = self.stratum[first], self.drawn[first], 1 - self.fraction[first]
        times = np.ones(len(first)) if self.times is None else self.times
        sums = np.zeros((int(stratum.max(initial=-1)) + 1, values.shape[1]))
        np.add.at(sums, stratum, times[:, None] * totals)
        lonely = drawn == 1
        mean = np.where(lonely[:, None], 0.0, sums[stratum] / drawn[:, None])
        present = np.bincount(stratum, times)[stratum]
        absent = (drawn - present) / present  # those who add 0, shared out over those who are here
        scale = left * np.where(lonely, 1.0, drawn / np.maximum(drawn - 1, 1))
        return np.asarray((times * scale) @ ((totals - mean) ** 2 + absent[:, None] * mean**2))

    def _totals(self, values: Floats) -> tuple[Ints, Floats]:
        """The first respondent of each cluster, and what its respondents add together, shape (clusters, codes)."""
        if self.alone:
            return np.arange(len(self.stratum)), values
        _, first, place = np.unique(self.cluster, return_index=True, return_inverse=True)
        totals = np.zeros((len(first), values.shape[1]))
        np.add.at(totals, place, values)
        return first, totals


@dataclass(frozen=True, slots=True)
class Sampled:
    """What a sample of `size` respondents says: shares (codes,) in 0..1, and how well it knows them.

    `within` (codes, 2) are the ends of their interval, `base` (codes,) is how many respondents of a simple random
    sample would be as precise: `size` where it is one.
    """

    share: Floats
    base: Floats
    within: Floats
    size: float

    @property
    def variance(self) -> Floats:
        """The variance of each share."""
        return self.share * (1 - self.share) / self.base


_EXACT = 1e-9
_LEAST = 1e-12
"""The least variance, as a part of that of one respondent."""


def linearised(given: Labels | Floats, weight: Floats, times: Ints | None = None) -> Floats:
    """What each respondent adds to the error of the weighted share, shape (respondents, codes).

    `times` is how many respondents alike each is (None: one).
    """
    every = weight if times is None else weight * times
    total = every.sum()
    return np.asarray(weight[:, None] * (given - every @ given / total) / total)


def effective_bases(share: Floats, variance: Floats, design: Design, otherwise: float) -> Floats:
    """How many respondents of a simple random sample would tell each share as precisely, shape (codes,).

    Degrees of freedom that strata and clusters cost are in it (Korn and Graubard 1998). Where a code does not vary,
    those of all codes together are taken, or else `otherwise`; where everybody was drawn it is very large.
    """
    spread = share * (1 - share)
    varies = spread > 0
    least = np.maximum(variance, spread * _LEAST)
    common = spread[varies].sum() / least[varies].sum() if varies.any() else otherwise
    bases = np.divide(spread, least, out=np.full(len(spread), common), where=varies)
    return np.asarray(bases * worth_of_freedom(design))


def bases_of_two(given: Labels, weight: Floats, design: Design, mine: Labels) -> tuple[Floats, Floats]:
    """The bases by which the shares of those in `mine` are tested against those of the others; (codes,) each.

    Numbers of respondents, both divided by the design effect of the difference (Rao and Scott 1984). What the two
    have in common, such as clusters, is in it.
    """
    parts = [np.where(mine, weight, 0.0), np.where(mine, 0.0, weight)]
    one, other = (linearised(given, part, design.times) for part in parts)
    every = parts if design.times is None else [part * design.times for part in parts]
    shares = [part @ given / part.sum() for part in every]
    sizes = len(design.take(mine)), len(design.take(~mine))
    found = design.variance(one - other) / worth_of_freedom(design)
    return by_design_effect(shares[0], sizes[0], shares[1], sizes[1], found)


def by_design_effect(
    share: Floats, size: float, other: Floats, other_size: float, variance: Floats
) -> tuple[Floats, Floats]:
    """Two numbers of respondents, divided by the design effect that the variance of a difference shows; (codes,) each.

    One effect for both: were each base of its own, it would be small where by chance the share is large, and a test
    would find too much.
    """
    expected = share * (1 - share) / size + other * (1 - other) / other_size
    effect = np.divide(variance, expected, out=np.ones(len(share)), where=(variance > 0) & (expected > 0))
    return size / effect, other_size / effect


def logit(share: Floats, bases: Floats, size: int, *, level: float = 0.95) -> Floats:
    """Intervals of shares in 0..1 on the scale of log odds, with Student's t, shape (codes, 2): R's `svyciprop`.

    `bases` are effective ones, of `size` respondents. A share of 0 or 1 has the score interval (Wilson 1927).
    """
    spread = share * (1 - share)
    varies = spread > 0
    inside = np.where(varies, share, 0.5)
    far = stdtrit(max(size - 1, 1), (1 + level) / 2) / np.sqrt(np.where(varies, spread, 0.25) * bases)
    odds = np.log(inside / (1 - inside))
    ends = 1 / (1 + np.exp(-(odds[:, None] + np.stack([-far, far], axis=-1))))
    return np.where(varies[:, None], ends, wilson(share * bases, bases, level=level))


def worth_of_freedom(design: Design) -> float:
    """What is left of a base where strata and clusters leave fewer degrees of freedom than respondents do."""
    return float(stdtrit(max(len(design) - 1, 1), 0.975) / stdtrit(design.df, 0.975)) ** 2
