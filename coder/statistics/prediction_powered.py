"""Frequencies corrected by a random hand-coded sample: what a method counts, and how wrong it was where people looked.

The target is the share of each code among the N answers at hand. n of them were drawn at random and coded by
people; a method predicts the codes of all of them. The estimate is the mean of the hand codes plus λ times what
the predictions say of the answers that were not drawn. This is the difference estimator of survey sampling
(Särndal, Swensson and Wretman 1992), prediction-powered inference with a tuned λ (Angelopoulos, Duchi and
Zrnic 2023) and, with predictions by models that did not see the answer, cross-prediction (Zrnic and Candès 2024).

Predictions that come from elsewhere may be several, each with a λ of its own (Chen and Chen 2000). Those λ have the
least variance that is still honest: what it is in the sample, and a cost of each λ for having been chosen there. A
column of predictions that is of no use gets 0, so that no column can make an estimate less precise.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls
from scipy.special import gammaincinv, ndtr, stdtrit

from coder.arrays import Floats, Ints, Labels
from coder.errors import DataError
from coder.statistics.design import Design
from coder.statistics.proportions import effective

LAMBDA_PRIOR = 0.25
"""How much spread of predictions, as a sum of squares, the λ of all codes together counts for beside a code's own."""
MORE_WRONG = 1.0
"""How many wrong predictions of the usual size are added to those seen, lest a few lucky ones promise too much."""
ONE_WRONG = 0.25
"""How much of one wholly wrong prediction counts for that size, beside those seen."""
CHOSEN = 1.0
"""What a λ of 1 that was chosen among several predictions costs, as a sum of squares: one wholly wrong prediction.

With half of that, six predictors and 40 hand-coded answers, intervals held the share of a code of 2 % in 90 of 100
samples: where one of them happens to have both mentions, it promises too much.
"""
EVEN = 2.0
"""How many answers are added that go with no weight or stratum, where it is estimated how far a code does."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Shares of codes in 0..1. `share` and `good_as` have shape (codes,), `interval` (codes, 2).

    `weight` (λ) has shape (codes,), or (predictors, codes) of several predictions. `good_as` is the size of a simple
    random sample that is as precise when it is coded by hand alone.
    All are nan without a hand-coded answer.
    """

    share: Floats
    interval: Floats
    weight: Floats
    good_as: Floats


def corrected(
    right: Labels,
    predicted: Floats,
    rest: Floats,
    *,
    probability: Floats | None = None,
    stratum: npt.NDArray[np.str_] | None = None,
    weight: Floats | None = None,
    cluster: Ints | None = None,
    times: Ints | None = None,
    level: float = 0.95,
) -> Estimate:
    """The corrected share of each code, and its interval.

    `right` has the hand codes of the sample, shape (n, codes). `predicted`, of the same shape, has predictions for
    the sample by models that did not see the answer; `rest` those for all other answers, shape (N - n, codes).
    They may be probabilities or 0 and 1. Of several predictors there is one such array each, shapes
    (predictors, n, codes) and (predictors, N - n, codes).

    `probability` is the probability with which each answer was drawn, in
    (0, 1], shape (n,); equal unless given. One with 1 was certain to be drawn and stands for itself alone; only the
    proportions of the others count: what they stand for adds up to N. `stratum` (n,) is the
    stratum each was drawn in. `weight` is what each answer counts for (a survey weight, above 0), shape (N,), the
    sample first: the target is then the weighted share. `cluster` (n,) is what answers are alike in, such as the
    document of a block, within their stratum: the variance is then that between clusters. `times` is how many answers
    that were not drawn each row of `rest` stands for, which are alike in prediction and weight (None: one); `weight`
    has a row for each of them then, and N counts all.

    λ is between 0 and 1 and has the least variance in the sample, drawn towards that of all codes together, which
    matters for rare codes alone. Those of several predictors are 0 or more and 1 at most together; each code has its
    own, and none where too few have it to tell. The variance then never rises by a predictor more.

    The interval is the score interval (Wilson 1927) of as many answers as would give
    the same variance (linearised, within strata), with quantiles of Student's t, and the lower end of Brown, Cai and
    DasGupta (2001) where mentions are few; it stays within what the hand codes leave possible, holds for codes seen
    never, and has no width where every answer is hand-coded. Where no hand-coded answer has a code it reaches down to
    none, and where all have it up to all: predictions alone rule out neither.
    """
    apart = (*predicted.shape[:-2], *rest.shape[-2:])
    if predicted.shape[-2:] != right.shape or rest.shape != apart or rest.shape[-1] != right.shape[1]:
        raise DataError("statistics.misfit", predicted=predicted.shape, rest=rest.shape, right=right.shape)
    n, each = len(right), np.ones(rest.shape[-2], dtype=np.intp) if times is None else times
    counts_for = each if weight is None else each * weight[n:]
    none = np.zeros((*rest.shape[:-2], right.shape[1]))
    elsewhere = np.average(rest, axis=-2, weights=counts_for) if rest.shape[-2] else none
    sample = _weighed(n, n + int(each.sum()), probability, weight, stratum, cluster, times)
    return _estimated(right, predicted, elsewhere, sample, level)


def by_hand(
    right: Labels,
    size: int,
    *,
    probability: Floats | None = None,
    stratum: npt.NDArray[np.str_] | None = None,
    weight: Floats | None = None,
    times: Ints | None = None,
    level: float = 0.95,
) -> Estimate:
    """The share of each code by the hand-coded sample alone; `size` is N. See `corrected`."""
    sample = _weighed(len(right), size, probability, weight, stratum, times=times)
    return _estimated(right, np.zeros(right.shape), np.zeros(right.shape[1]), sample, level)


def _estimated(right: Labels, predicted: Floats, elsewhere: Floats, sample: "_Sample", level: float) -> Estimate:
    """The estimate from the mean prediction of the answers that were not drawn, shape (codes,), or one a predictor."""
    n, codes = right.shape
    if n == 0:
        shapes = ((codes,), (codes, 2), elsewhere.shape, (codes,))
        return Estimate(*(np.full(shape, np.nan) for shape in shapes))
    given = right.astype(np.float64)
    several = predicted.ndim > right.ndim
    weight = _chosen(given, predicted, sample) if several else _tuned(given, predicted, sample)
    fitted = weight[..., None, :] * predicted
    told = weight * elsewhere
    error = given - (fitted.sum(axis=0) if several else fitted)
    told = told.sum(axis=0) if several else told
    found = sample.counts_for @ given
    bounds = np.stack([found, found + sample.left], axis=-1) / sample.total
    share = (found + sample.left * (told + sample.mean(error))) / sample.total
    share = np.clip(share, bounds[:, 0], bounds[:, 1])
    alone, left = sample.squares(given), sample.squares(error)
    if several:  # one wholly wrong prediction, whichever they are: then no predictor more can make it less precise
        prior, left = np.full(codes, MORE_WRONG), np.minimum(left + CHOSEN * weight.sum(axis=0), alone)
    else:
        prior = MORE_WRONG * sample.usual_square(error)
    gain = (alone + prior) / (left + prior)
    one = sample.variance * sample.effect(given) / gain
    interval = _score(share, one, sample.df, level)
    interval = np.clip(interval, bounds[:, :1], bounds[:, 1:])
    for side, alike in ((0, ~right.any(axis=0)), (1, right.all(axis=0))):
        interval[alike, side] = bounds[alike, side]
    good_as = 1 / (1 / sample.size + one * (n - 1) / n / sample.effect_of_weights(given)) if n > 1 else np.ones(codes)
    return Estimate(share, interval, weight, good_as)


def placement(sample: Floats, rest: Floats, times: Ints | None = None) -> Floats:
    """Where each value of the sample stands among those of the rest: the share below it, ties for half.

    `sample` has shape (n, features), `rest` (N - n, features), the result (n, features) in 0..1; 0.5 without a rest.
    `times` is how many answers each row of `rest` stands for (None: one).
    """
    found = np.full(sample.shape, 0.5)
    each = np.ones(len(rest), dtype=np.intp) if times is None else times
    for column in range(sample.shape[1] if len(rest) else 0):
        order = np.argsort(rest[:, column])
        ordered, before = rest[order, column], np.append(0, np.cumsum(each[order]))
        below = before[np.searchsorted(ordered, sample[:, column], side="left")]
        not_above = before[np.searchsorted(ordered, sample[:, column], side="right")]
        found[:, column] = (below + not_above) / (2 * before[-1])
    return found


def drift(found: Floats, size: int, *, probability: Floats | None = None) -> Floats:
    """How likely a random sample stands so far from the rest, p values of shape (features,).

    `found` are the `placement` of the sample among the rest, shape (n, features); `size` is N. Two-sided, by the normal
    approximation of the mean place (Mann and Whitney 1947), weighted where probabilities are unequal. Many ties make
    it cautious. 1 where nothing is left.
    """
    n = len(found)
    if n < 2 or n == size:  # noqa: PLR2004 (one answer has no spread)
        return np.ones(found.shape[1])
    drawn = _weighed(n, size, probability)
    spread = np.sqrt(drawn.variance / 12) * size / (size - n)  # a place is uniform: variance 1/12
    return np.asarray(2 * ndtr(-np.abs(drawn.mean(found) - 0.5) / spread), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Sample:
    """How a sample was drawn from `size` answers, and what they count for: `total` together, `left` those not drawn.

    `counts_for` is what each drawn answer counts for itself, and `stands_for` what the answers outside the sample do
    that it stands for, both of shape (n,); `pulls` is what its error adds to that of the share, for an error of 1, and
    `design` how it was drawn. `variance` is that of the share of what is 1 or -1 by chance: (1 - n/N)/(n - 1) in a
    simple random sample, because variances are taken here as mean squares. `kish` is how much less precise weights make
    a simple random sample (Kish 1965).
    """

    size: int
    total: float
    left: float
    counts_for: Floats
    stands_for: Floats
    pulls: Floats
    drawn: Design
    variance: float
    kish: float

    @property
    def df(self) -> int:
        """Degrees of freedom: answers that were drawn by chance, less strata."""
        by_chance = self.drawn.fraction < 1
        return self.drawn.take(by_chance).df if by_chance.any() else 1

    def mean(self, values: Floats) -> Floats:
        """The estimated mean of the answers that were not drawn, shape (codes,); of all if none is left."""
        return np.asarray(np.average(values, axis=0, weights=self.stands_for), dtype=np.float64)

    def squares(self, values: Floats) -> Floats:
        """The sum of squares around the mean, within strata, that gives the variance of the mean; shape (codes,)."""
        if not 0 < self.variance < np.inf:
            return np.zeros(values.shape[1])
        errors = self.pulls[:, None] * (values - self.mean(values))
        return self.drawn.variance(errors) / self.variance * self._by_chance

    def usual_square(self, error: Floats) -> Floats:
        """The square of an error of the usual size, where those that are large count for most; shape (codes,)."""
        squared = (error - self.mean(error)) ** 2
        each = self.pulls**2 * (1 - self.drawn.fraction)
        each = each / each.sum() * self._by_chance if each.any() else each
        return np.asarray((each @ squared**2 + ONE_WRONG) / (each @ squared + ONE_WRONG))

    def effect(self, given: Floats) -> Floats:
        """How many times as uncertain a share is as that of what goes with no weight and no stratum, shape (codes,)."""
        share = (self.counts_for @ given + self.left * self.mean(given)) / self.total
        return np.asarray((self.squares(given) + EVEN) / (self._by_chance * share * (1 - share) + EVEN))

    def effect_of_weights(self, given: Floats) -> Floats:
        """How many times as uncertain weights make a simple random sample of these answers, shape (codes,)."""
        weight = self.counts_for
        if (weight == weight[0]).all():
            return np.full(given.shape[1], self.kish)
        stands, share = self.pulls * weight, self.mean(given)
        met = stands @ (given - share) ** 2 / stands.sum() * self._by_chance
        return np.asarray(self.kish * (met + EVEN) / (self._by_chance * share * (1 - share) + EVEN))

    @property
    def _by_chance(self) -> int:
        """How many answers were drawn by chance, and stand for others."""
        return int((self.drawn.fraction < 1).sum())


def _weighed(
    n: int,
    size: int,
    probability: Floats | None,
    weight: Floats | None = None,
    stratum: npt.NDArray[np.str_] | None = None,
    cluster: Ints | None = None,
    times: Ints | None = None,
) -> _Sample:
    """The sample by its inclusion probabilities, of answers that count for `weight`, shape (size,), or for one each.

    With `times` each weight after those of the sample is that of so many answers.

    The variance is that of Hájek's estimator, n/(n-1) Σ (1 - π) (w a d)² / (Σ a)² within each stratum, for residuals d
    around their mean and answers that count for a and were drawn with π = 1/w: exact for a simple random sample and
    for one in strata. An answer that was certain to be drawn adds nothing. Of (1 - π) w² = (w - 1)² + (w - 1) the last
    term stands for the answers that were not drawn, whose a are known: their sum of squares is taken in its place.
    """
    counts_for = np.ones(n) if weight is None else weight[:n]
    each = None if weight is None or times is None else np.append(np.ones(n, dtype=np.intp), times)
    total = float(size) if weight is None else float((weight if each is None else weight * each).sum())
    kish = 1.0 if weight is None else size / effective(weight, each)
    chance = np.ones(n) if probability is None else probability
    certain = np.zeros(n, dtype=np.bool_) if probability is None else chance == 1
    others = total - float(counts_for[certain].sum())
    factor = others / float((counts_for / chance)[~certain].sum()) if not certain.all() else 1.0
    stands = np.where(certain, 1.0, np.maximum(factor / chance, 1))
    named = np.zeros(n, dtype=np.intp) if stratum is None else np.unique(stratum, return_inverse=True)[1]
    named = np.where(certain, -1, named)
    _, strata, sizes = np.unique(named, return_inverse=True, return_counts=True)
    drawn = Design(strata, np.arange(n), sizes[strata], 1 / stands, alone=True)
    if cluster is not None:
        pairs, clusters = np.unique(np.stack([strata, cluster]), axis=1, return_inverse=True)
        drawn = replace(drawn, cluster=clusters, drawn=np.bincount(pairs[0])[strata], alone=False)
    pulls = stands * counts_for / total
    left = total - float(counts_for.sum()) if n < size else 0.0
    by_chance = stands > 1
    if not by_chance.any() or by_chance.sum() == 1:
        return _Sample(size, total, left, counts_for, counts_for, pulls, drawn, np.inf if n < size else 0.0, kish)
    squares = None if weight is None else weight[n:] ** 2
    undrawn = float(size - n) if squares is None else float((squares if times is None else squares * times).sum())
    known = (((stands - 1) * counts_for) ** 2).sum() + undrawn
    pulls = pulls * np.sqrt(known / ((stands - 1) * stands * counts_for**2).sum())
    within = sizes[strata] / np.maximum(sizes[strata] - 1, 1)
    variance = float(((1 - drawn.fraction) * within) @ pulls**2)
    return _Sample(size, total, left, counts_for, (stands - 1) * counts_for, pulls, drawn, variance, kish)


def _tuned(right: Floats, predicted: Floats, sample: _Sample) -> Floats:
    """λ of each code: the slope of hand codes on predictions, shrunk to that of all codes, within 0..1."""
    spread = sample.squares(predicted)
    together = (sample.squares(right + predicted) - sample.squares(right) - spread) / 2
    common = np.clip(together.sum() / max(float(spread.sum()), np.finfo(float).tiny), 0, 1)
    return np.asarray(np.clip((together + LAMBDA_PRIOR * common) / (spread + LAMBDA_PRIOR), 0, 1), dtype=np.float64)


def _chosen(right: Floats, predicted: Floats, sample: _Sample) -> Floats:
    """λ of each predictor and code, shape (predictors, codes): the least sum of squares, with what each λ costs.

    None is below 0, and those of a code are 1 at most together. Of predictors that say the same each has an equal part.
    """
    many, _, codes = predicted.shape
    spread, alone = np.array([sample.squares(one) for one in predicted]), sample.squares(right)
    with_right = np.array([sample.squares(right + one) for one in predicted])
    slopes = (with_right - alone - spread) / 2 - CHOSEN / 2
    products = np.zeros((codes, many, many))
    for one in range(many):
        products[:, one, one] = spread[one] + _EVENLY
        for other in range(one):
            both = (sample.squares(predicted[one] + predicted[other]) - spread[one] - spread[other]) / 2
            products[:, one, other] = products[:, other, one] = both
    found = np.zeros((many, codes))
    for code in np.flatnonzero((slopes > 0).any(axis=0)):
        values, vectors = np.linalg.eigh(products[code])
        root = np.sqrt(np.maximum(values, _EVENLY))
        system = np.zeros((many + 1, many + 1))
        system[:many, :many], system[many] = root[:, None] * vectors.T, _FIRMLY
        found[:, code] = nnls(system, np.append(vectors.T @ slopes[:, code] / root, _FIRMLY))[0][:many]
    return np.asarray(found / np.maximum(found.sum(axis=0), 1))


_EVENLY = 1e-6
"""What is added to the spread of each predictor: where two say the same it parts λ evenly."""
_FIRMLY = 1e4
"""How firmly λ and what is left of 1 are held to 1 together (Haskell and Hanson 1981)."""


def _score(share: Floats, one: Floats, df: int, level: float) -> Floats:
    """Wilson's interval of as many answers as have the variance `one` each by share (1 - share), shape (codes, 2).

    At the rare side it goes as far as the one-sided end of a Poisson number does (Brown, Cai and DasGupta 2001).
    """
    if not np.isfinite(one).all():
        return np.tile([0.0, 1.0], (len(share), 1))
    z = float(stdtrit(df, (1 + level) / 2)) ** 2 * one
    half = np.sqrt(z * share * (1 - share) + z**2 / 4)
    ends = np.stack([(share + z / 2 - half) / (1 + z), (share + z / 2 + half) / (1 + z)], axis=-1)
    for side, far in ((0, share), (1, 1 - share)):
        times = np.divide(far, one, out=np.full(len(far), np.inf), where=one > 0)
        rare = (times > 0) & (times < _MANY)
        end = gammaincinv(times[rare], 1 - level) * one[rare]
        ends[rare, side] = np.minimum(ends[rare, side], end) if side == 0 else np.maximum(ends[rare, side], 1 - end)
    return ends


_MANY = 20
"""With so many mentions Wilson's end is the farther one."""
