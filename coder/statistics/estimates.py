"""Frequencies corrected by a random hand-coded sample: what a method counts, and how wrong it was where people looked.

The target is the share of each code among the N answers at hand. n of them were drawn at random and coded by
people; a method predicts the codes of all of them. The estimate is the mean of the hand codes plus λ times what
the predictions say of the answers that were not drawn. This is the difference estimator of survey sampling
(Särndal, Swensson and Wretman 1992), prediction-powered inference with a tuned λ (Angelopoulos, Duchi and
Zrnic 2023) and, with predictions by models that did not see the answer, cross-prediction (Zrnic and Candès 2024).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm, t

from coder.statistics.intervals import effective

Labels = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

LAMBDA_PRIOR = 0.25
"""How much spread of predictions, as a sum of squares, the λ of all codes together counts for beside a code's own."""
GAIN_PRIOR = 2.0
"""How many wrong predictions are added to those seen, lest a few lucky ones promise a narrow interval."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Shares of codes in 0..1. `share`, `weight` (λ) and `good_as` have shape (codes,), `interval` (codes, 2).

    `good_as` is the size of a simple random sample that is as precise when it is coded by hand alone.
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
    weight: Floats | None = None,
    level: float = 0.95,
) -> Estimate:
    """The corrected share of each code, and its interval.

    `right` has the hand codes of the sample, shape (n, codes). `predicted`, of the same shape, has predictions for
    the sample by models that did not see the answer; `rest` those for all other answers, shape (N - n, codes).
    They may be probabilities or 0 and 1. `probability` is the probability with which each answer was drawn, in
    (0, 1], shape (n,); equal unless given. Only its proportions count: what the sample stands for adds up to N.
    `weight` is what each answer counts for (a survey weight, above 0), shape (N,), the sample first: the target is
    then the weighted share.

    λ is between 0 and 1 and has the least variance in the sample, drawn towards that of all codes together, which
    matters for rare codes alone. The interval is the score interval (Wilson 1927) of as many answers as would give
    the same variance, with quantiles of Student's t; it stays within what the hand codes leave possible, holds for
    codes seen never, and has no width where every answer is hand-coded.
    """
    if predicted.shape != right.shape or rest.shape[1:] != right.shape[1:]:
        raise ValueError(f"Predictions {predicted.shape}, {rest.shape} do not fit hand codes {right.shape}.")
    size = len(right) + len(rest)
    counts_for = np.ones(size) if weight is None else weight
    elsewhere = np.average(rest, axis=0, weights=counts_for[len(right) :]) if len(rest) else np.zeros(right.shape[1])
    return _estimated(right, predicted, elsewhere, _weighed(len(right), size, probability, weight), level)


def by_hand(
    right: Labels,
    size: int,
    *,
    probability: Floats | None = None,
    weight: Floats | None = None,
    level: float = 0.95,
) -> Estimate:
    """The share of each code by the hand-coded sample alone; `size` is N. See `corrected`."""
    sample = _weighed(len(right), size, probability, weight)
    return _estimated(right, np.zeros(right.shape), np.zeros(right.shape[1]), sample, level)


def _estimated(right: Labels, predicted: Floats, elsewhere: Floats, sample: "_Sample", level: float) -> Estimate:
    """The estimate from the mean prediction of the answers that were not drawn, shape (codes,)."""
    n, codes = right.shape
    if n == 0:
        return Estimate(*(np.full(shape, np.nan) for shape in ((codes,), (codes, 2), (codes,), (codes,))))
    given = right.astype(np.float64)
    weight = _tuned(given, predicted, sample)
    error = given - weight * predicted
    found = sample.counts_for @ given
    bounds = np.stack([found, found + sample.left], axis=-1) / sample.total
    share = (found + sample.left * (weight * elsewhere + sample.mean(error))) / sample.total
    share = np.clip(share, bounds[:, 0], bounds[:, 1])
    gain = (sample.squares(given) + GAIN_PRIOR) / (sample.squares(error) + GAIN_PRIOR)
    interval = _score(share, gain, sample.variance, float(t.ppf((1 + level) / 2, max(n - 1, 1))))
    good_as = 1 / (1 / sample.size + sample.variance * (n - 1) / n / gain / sample.design) if n > 1 else np.ones(codes)
    return Estimate(share, np.clip(interval, bounds[:, :1], bounds[:, 1:]), weight, good_as)


def places(sample: Floats, rest: Floats) -> Floats:
    """Where each value of the sample stands among those of the rest: the share below it, ties for half.

    `sample` has shape (n, features), `rest` (N - n, features), the result (n, features) in 0..1; 0.5 without a rest.
    """
    found = np.full(sample.shape, 0.5)
    for column in range(sample.shape[1] if len(rest) else 0):
        ordered = np.sort(rest[:, column])
        below = np.searchsorted(ordered, sample[:, column], side="left")
        not_above = np.searchsorted(ordered, sample[:, column], side="right")
        found[:, column] = (below + not_above) / (2 * len(rest))
    return found


def drift(found: Floats, size: int, *, probability: Floats | None = None) -> Floats:
    """How likely a random sample stands so far from the rest, p values of shape (features,).

    `found` are the `places` of the sample among the rest, shape (n, features); `size` is N. Two-sided, by the normal
    approximation of the mean place (Mann and Whitney 1947), weighted where probabilities are unequal. Many ties make
    it cautious. 1 where nothing is left.
    """
    n = len(found)
    if n < 2 or n == size:  # noqa: PLR2004 (one answer has no spread)
        return np.ones(found.shape[1])
    drawn = _weighed(n, size, probability)
    spread = np.sqrt(drawn.variance / 12) * size / (size - n)  # a place is uniform: variance 1/12
    return np.asarray(2 * norm.sf(np.abs(drawn.mean(found) - 0.5) / spread), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Sample:
    """How a sample of `size` answers was drawn, and what they count for: `total` together, `left` those not drawn.

    `counts_for` is what each drawn answer counts for itself, and `stands_for` what the answers outside the sample do
    that it stands for, both of shape (n,); `weight` its weight in a sum of squares, mean 1. `variance` is that of an
    estimated mean of what has variance 1: in a simple random sample (1 - n/N)/(n - 1), because variances are taken
    here as mean squares. `design` is how much less precise unequal counting makes a simple random sample (Kish 1965).
    """

    size: int
    total: float
    left: float
    counts_for: Floats
    stands_for: Floats
    weight: Floats
    variance: float
    design: float

    def mean(self, values: Floats) -> Floats:
        """The estimated mean of the answers that were not drawn, shape (codes,); of all if none is left."""
        return np.asarray(np.average(values, axis=0, weights=self.stands_for), dtype=np.float64)

    def squares(self, values: Floats) -> Floats:
        """The sum of squares around the mean, shape (codes,)."""
        return np.asarray(self.weight @ (values - self.mean(values)) ** 2, dtype=np.float64)


def _weighed(n: int, size: int, probability: Floats | None, weight: Floats | None = None) -> _Sample:
    """The sample by its inclusion probabilities, of answers that count for `weight`, shape (size,), or for one each.

    The variance is that of Poisson sampling with its size known, n/(n-1) Σ (1 - π) w² a² d² / (Σ a)², for residuals d
    around their mean and answers that count for a: that of the Hájek estimator, and exact for a simple random sample.
    Of (1 - π) w² = (w - 1)² + (w - 1) the last term stands for the answers that were not drawn, whose a are known:
    their sum of squares is taken in place of its estimate.
    """
    counts_for = np.ones(n) if weight is None else weight[:n]
    total = float(size) if weight is None else float(weight.sum())
    design = 1.0 if weight is None else size / effective(weight)
    drawn = np.ones(n) if probability is None else 1 / probability
    drawn = np.maximum(drawn * total / max(float(drawn @ counts_for), np.finfo(float).tiny), 1)
    squared = (drawn - 1) * drawn * counts_for**2  # (1 - π) w² a²
    left = total - float(counts_for.sum()) if n < size else 0.0
    if not squared.any():
        return _Sample(size, total, left, counts_for, counts_for, np.ones(n), np.inf if n < size else 0.0, design)
    others = float(size - n) if weight is None else float((weight[n:] ** 2).sum())
    spread = float((((drawn - 1) * counts_for) ** 2).sum()) + others
    variance = spread / total**2 * n / (n - 1) if n > 1 else np.inf
    return _Sample(size, total, left, counts_for, (drawn - 1) * counts_for, squared / squared.mean(), variance, design)


def _tuned(right: Floats, predicted: Floats, sample: _Sample) -> Floats:
    """λ of each code: the slope of hand codes on predictions, shrunk to that of all codes, within 0..1."""
    one, other = right - sample.mean(right), predicted - sample.mean(predicted)
    together, spread = sample.weight @ (one * other), sample.weight @ other**2
    common = np.clip(together.sum() / max(float(spread.sum()), np.finfo(float).tiny), 0, 1)
    return np.asarray(np.clip((together + LAMBDA_PRIOR * common) / (spread + LAMBDA_PRIOR), 0, 1), dtype=np.float64)


def _score(share: Floats, gain: Floats, variance: float, quantile: float) -> Floats:
    """Wilson's interval with gain / variance answers in place of a number of them, shape (codes, 2)."""
    z = quantile**2 * variance / gain
    if not np.isfinite(variance):
        return np.tile([0.0, 1.0], (len(share), 1))
    half = np.sqrt(z * share * (1 - share) + z**2 / 4)
    return np.stack([(share + z / 2 - half) / (1 + z), (share + z / 2 + half) / (1 + z)], axis=-1)
