"""How well coders agree: coefficients, distances between sets of codes, and their intervals.

Codings come as numbers: `values`, shape (units, coders), holds the number of the value (a code, or a
set of codes) that a coder gave a unit, and `UNSEEN` where the coder did not see it. A coefficient is
kept as a function of how often each unit counts, so that a bootstrap is the same arithmetic on many
rows of weights.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from coder.arrays import Floats, Labels
from coder.errors import DataError

Values = npt.NDArray[np.intp]

UNSEEN = -1
DISTANCES = ("masi", "jaccard", "dice", "masi_dkpro", "passonneau_2004")
"""The names that `set_distances` knows."""
_CELLS = 2**22
"""So many weights (draws x units) are in memory at a time."""


@dataclass(frozen=True, slots=True)
class ByCluster:
    """Weights of units that are those of their clusters: how often each is drawn, shape (draws, clusters).

    It stands for weights of shape (draws, units) wherever these are multiplied with what units have; `members` is
    (clusters, units), 1 where a unit is in a cluster.
    """

    draws: Floats
    members: csr_array

    def __len__(self) -> int:
        return len(self.draws)

    def __matmul__(self, of_units: Floats | csr_array) -> Floats:
        return np.asarray(self.draws @ (self.members @ of_units))


Weights = Floats | ByCluster


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient of agreement: what `weighted` makes of weights (draws, units) has shape (draws,).

    It is nan where it is not defined: without variation, or without a unit that two coders saw.
    """

    units: int
    weighted: Callable[[Weights], Floats]

    @property
    def value(self) -> float:
        """The coefficient with every unit once."""
        return float(self.weighted(np.ones((1, self.units)))[0])


def percentage(values: Values, distance: Floats | None = None) -> Coefficient:
    """The share of pairs of coders that agree, in 0..1, as the mean over units that two or more saw.

    With each unit seen by as many it is the observed agreement of Fleiss (1971). With a `distance`
    between values, shape (values, values), a pair agrees for 1 minus it.
    """
    apart = pair_distances(values, distance)
    pairable = _pairable(values)

    def weighted(weights: Weights) -> Floats:
        return 1 - _ratio(weights @ apart, weights @ pairable)

    return Coefficient(len(values), weighted)


def cohen(first: Values, second: Values) -> Coefficient:
    """Cohen's kappa (1960) of two coders, each of shape (units,), on the units that both saw."""
    both = (first != UNSEEN) & (second != UNSEEN)
    pair = np.where(both[:, None], np.stack([first, second], axis=1), UNSEEN)
    size = _size(pair)
    mine, theirs = (_counts(pair[:, [place]], size) for place in (0, 1))
    same, seen = (both & (first == second)).astype(np.float64), both.astype(np.float64)

    def weighted(weights: Weights) -> Floats:
        total = weights @ seen
        observed = _ratio(weights @ same, total)
        expected = _ratio(((weights @ mine) * (weights @ theirs)).sum(axis=1), total**2)
        return _above_chance(observed, expected)

    return Coefficient(len(first), weighted)


def fleiss(values: Values) -> Coefficient:
    """Fleiss' kappa (1971): each unit seen by the same number of coders, not always the same ones.

    Units that fewer than two saw are left out. It is nan where the others were not seen by as many.
    """
    pairable = _pairable(values)
    coders = np.unique((values != UNSEEN).sum(axis=1)[pairable > 0])
    if len(coders) != 1:
        return Coefficient(len(values), lambda weights: np.full(len(weights), np.nan))
    apart = pair_distances(values)
    counts = _counts(np.where(pairable[:, None] > 0, values, UNSEEN), _size(values))

    def weighted(weights: Weights) -> Floats:
        units = weights @ pairable
        shares = _ratio(weights @ counts, (units * coders[0])[:, None])
        return _above_chance(1 - _ratio(weights @ apart, units), (shares**2).sum(axis=1))

    return Coefficient(len(values), weighted)


def alpha(values: Values, distance: Floats | None = None) -> Coefficient:
    """Krippendorff's alpha (2004, chapter 11), any number of coders, gaps allowed.

    `distance` is that between values, shape (values, values), symmetric with a diagonal of zeros;
    without it values are nominal. Units that fewer than two saw are left out.
    """
    parts = _disagreements(values, distance)
    return Coefficient(len(values), lambda weights: 1 - _ratio(*parts(weights)))


def disagreement(values: Values, distance: Floats | None = None) -> tuple[float, float]:
    """The observed and the expected disagreement that alpha is made of (Krippendorff 2004)."""
    observed, expected = _disagreements(values, distance)(np.ones((1, len(values))))
    return float(observed[0]), float(expected[0])


def pair_distances(values: Values, distance: Floats | None = None) -> Floats:
    """The mean distance of all pairs of coders within each unit, shape (units,); 0 with fewer than two.

    Without a `distance` it is the share of pairs whose values differ.
    """
    seen = (values != UNSEEN).sum(axis=1)
    packed = -np.sort(-values, axis=1)[:, : max(int(seen.max(initial=0)), 1)]  # who coded does not matter here
    total: Floats = np.zeros(len(values))
    for later in range(1, packed.shape[1]):
        both = packed[:, later] != UNSEEN
        other = packed[both, later]
        for earlier in range(later):
            one = packed[both, earlier]
            total[both] += one != other if distance is None else distance[one, other]
    mean: Floats = total / np.maximum(seen * (seen - 1) / 2, 1)
    return mean


def set_distances(sets: Labels, name: str = "masi", *, both_empty: float = 0.0) -> Floats:
    """The distance of each two sets of codes, in 0..1, shape (sets, sets); `sets` is (sets, codes).

    J = codes in common / codes in either; M = 1 for equal sets, 2/3 where one holds the other, 1/3
    where they overlap, 0 where they share nothing.

    - `masi`: 1 - J M (Passonneau 2006). NLTK has the same with M rounded to .67 and .33.
    - `jaccard`: 1 - J (Jaccard 1912).
    - `dice`: 1 - 2 codes in common / codes of both (Dice 1945): 1 minus the F1 of one set against the other.
    - `masi_dkpro`: (1 - J)(1 - M), what DKPro Statistics calls MASI.
    - `passonneau_2004`: 1 - M (Passonneau 2004).

    Two empty sets are equal, unless `both_empty` says how far apart they are (1 for the agreement of
    Véronis 1998, in which only codes given count). Memory grows with the square of the number of sets.
    """
    if name not in DISTANCES:
        raise DataError("statistics.no_distance", distance=name, distances=DISTANCES)
    given = sets.astype(np.float64)
    common, sizes = given @ given.T, given.sum(axis=1)
    total = sizes[:, None] + sizes
    distance = _distances(name, common, total, np.minimum(sizes[:, None], sizes))
    distance[total == 0] = both_empty
    return distance


def numbered(given: Labels, seen: Labels) -> tuple[Values, Labels]:
    """Number the sets of codes that occur: `values` (units, coders), and the sets, shape (sets, codes).

    `given` (units, coders, codes) says which codes each coder gave, `seen` (units, coders) what it saw.
    """
    rows = given[seen]
    packed = np.packbits(np.pad(rows, ((0, 0), (0, 1))), axis=1)  # a column more, for where there are no codes
    _, first, number = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    values = np.full(seen.shape, UNSEEN, dtype=np.intp)
    values[seen] = number.ravel()
    return values, rows[first]


def presence(given: Labels, seen: Labels) -> Values:
    """One code as values, shape (units, coders): 1 where it was given, 0 where it was not, else `UNSEEN`."""
    return np.where(seen, given.astype(np.intp), UNSEEN)


def bootstrap(
    coefficients: Sequence[Coefficient],
    *,
    clusters: npt.ArrayLike | None = None,
    seed: int = 1,
    level: float = 0.95,
    draws: int = 1000,
) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Percentile intervals (Efron 1979) by drawing units: shape (coefficients, 2), and undefined draws of each.

    The coefficients are of the same units, and are computed on the same draws. With `clusters`, the names of those that
    units are in (documents, shape (units,)), whole clusters are drawn (Davison and Hinkley 1997, section 3.8). A draw
    in which a coefficient is not defined is left out of its interval; with all of them left out that is nan, and so it
    is where there is one cluster.
    """
    if clusters is not None and len(np.unique(np.asarray(clusters))) == 1:
        return np.full((len(coefficients), 2), np.nan), np.zeros(len(coefficients), dtype=np.intp)
    found = np.empty((draws, len(coefficients)))
    start = 0
    for weights in _drawn(coefficients[0].units, clusters, np.random.default_rng(seed), draws):
        for place, coefficient in enumerate(coefficients):
            found[start : start + len(weights), place] = coefficient.weighted(weights)
        start += len(weights)
    ends = [(1 - level) / 2, (1 + level) / 2]
    defined = [column[~np.isnan(column)] for column in found.T]
    intervals = np.array([np.quantile(one, ends) if len(one) else [np.nan, np.nan] for one in defined])
    return intervals, np.array([draws - len(one) for one in defined], dtype=np.intp)


def _drawn(units: int, clusters: npt.ArrayLike | None, random: np.random.Generator, draws: int) -> Iterator[Weights]:
    """How often each unit is in each bootstrap sample, some draws at a time."""
    if clusters is not None:
        names, number = np.unique(np.asarray(clusters), return_inverse=True)
        members = csr_array((np.ones(units), (number, np.arange(units))), shape=(len(names), units))
        yield ByCluster(_counted(len(names), random, draws), members)
        return
    block = max(_CELLS // max(units, 1), 1)
    for start in range(0, draws, block):
        yield _counted(units, random, min(block, draws - start))


def _counted(units: int, random: np.random.Generator, draws: int) -> Floats:
    """How often each of so many is in each sample of as many, shape (draws, units)."""
    return np.stack([np.bincount(random.integers(units, size=units), minlength=units) for _ in range(draws)]).astype(
        np.float64
    )


def _disagreements(values: Values, distance: Floats | None) -> Callable[[Weights], tuple[Floats, Floats]]:
    """What makes observed and expected disagreement, each of shape (draws,), of weights."""
    pairable = _pairable(values)
    size = _size(values) if distance is None else len(distance)
    counts = _counts(np.where(pairable[:, None] > 0, values, UNSEEN), size)
    apart = pair_distances(values, distance) * (values != UNSEEN).sum(axis=1) * pairable

    def parts(weights: Weights) -> tuple[Floats, Floats]:
        each: Floats = weights @ counts
        total = each.sum(axis=1)
        unlike = total**2 - (each**2).sum(axis=1) if distance is None else ((each @ distance) * each).sum(axis=1)
        return _ratio(weights @ apart, total), _ratio(unlike, total * (total - 1))

    return parts


def _distances(name: str, common: Floats, total: Floats, least: Floats) -> Floats:
    """What `set_distances` defines, of the codes in common, of both together, and of the smaller set."""
    if name == "dice":
        return 1 - 2 * common / np.maximum(total, 1)
    if name == "passonneau_2004":
        return 1 - _monotone(common, total, least)
    jaccard: Floats = common / np.maximum(total - common, 1)
    if name == "masi":
        return 1 - jaccard * _monotone(common, total, least)
    return (1 - jaccard) * (1 - _monotone(common, total, least)) if name == "masi_dkpro" else 1 - jaccard


def _monotone(common: Floats, total: Floats, least: Floats) -> Floats:
    held = np.where(common == least, 2 / 3, np.where(common > 0, 1 / 3, 0.0))
    monotone: Floats = np.where(2 * common == total, 1.0, held)
    return monotone


def _pairable(values: Values) -> Floats:
    """1 for a unit that two or more coders saw, else 0."""
    return np.asarray((values != UNSEEN).sum(axis=1) > 1, dtype=np.float64)


def _size(values: Values) -> int:
    return int(values.max(initial=0)) + 1


def _counts(values: Values, size: int) -> csr_array:
    """How many coders gave each unit each value, shape (units, size)."""
    unit, coder = np.nonzero(values != UNSEEN)
    return csr_array((np.ones(len(unit)), (unit, values[unit, coder])), shape=(len(values), size))


def _above_chance(observed: Floats, expected: Floats) -> Floats:
    return _ratio(observed - expected, 1 - expected)


def _ratio(part: Floats, whole: Floats) -> Floats:
    """Part / whole, nan where the whole is not above 0."""
    some = np.broadcast_to(whole > 0, part.shape)
    ratio: Floats = np.divide(part, whole, out=np.full(part.shape, np.nan), where=some)
    return ratio
