"""From the scores of separate models, one a code, to probabilities that hold.

Everything here is fitted on scores that the models gave to units they were not trained on. Few numbers
are fitted: four that all codes share, and one a code that is shrunk towards nothing, because most codes
have few examples. Scores and probabilities have shape (units, codes).

Where probabilities hold, one threshold serves every code: giving a code pays where its probability is
over half of the highest micro-F1 (Lipton et al. 2014). A code's own shift is thus its own threshold,
shrunk towards the common one.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coder.arrays import Floats, Labels

_RIDGE = 0.1
"""How strongly the weights that codes share are held back: next to nothing."""
_SHRINK = 2.0
"""How strongly a code's own shift is held back: as by two units of doubt about it."""
_STEPS = 25
_FARTHEST = 30.0
"""Log odds are kept within these."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns scores (log odds) into probabilities.

    `weights` (4,) are of the score, of the best score of another code, of the log odds of the code in
    the units learned from, and of 1; `prior` and `shift`, both (codes,), are those log odds and what
    a code needs beside. The best other score is what codes say of each other: where one is sure, the
    others are less likely than they look by themselves, or more.
    """

    weights: Floats
    prior: Floats
    shift: Floats

    def probabilities(self, scores: Floats) -> Floats:
        """Probabilities, shape (units, codes)."""
        return sigmoid(_evidence(scores, self.prior) @ self.weights + self.shift)


def calibrate(scores: Floats, right: Labels, *, held_out: Labels | None = None) -> Calibration:
    """Fit on scores of units that the models were not trained on (Platt 1999, with shared weights).

    `held_out` marks the scores that count; by default all do.
    """
    counts = np.ones_like(right) if held_out is None else held_out
    prior = log_odds((right.sum(axis=0) + 0.5) / (len(right) + 1))
    evidence = _evidence(scores, prior)
    weights = logistic(evidence[counts], right[counts], start=np.array([1.0, 0.0, 0.0, 0.0]), ridge=_RIDGE)
    return Calibration(weights, prior, _shifts(evidence @ weights, right, counts))


def logistic(evidence: Floats, right: npt.NDArray[np.bool_], *, start: Floats, ridge: float) -> Floats:
    """Weights of a logistic regression, held back towards `start`, by Newton's method; shape (columns,).

    `evidence` has shape (rows, columns), `right` (rows,). Without rows the weights are `start`.
    """
    weights = start.copy()
    for _ in range(_STEPS):
        chance = sigmoid(evidence @ weights)
        slope = evidence.T @ (chance - right) + ridge * (weights - start)
        bend = (evidence * (chance * (1 - chance))[:, None]).T @ evidence + ridge * np.eye(len(start))
        step = np.linalg.solve(bend, slope)
        weights = weights - step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < 1e-8:  # noqa: PLR2004 (nothing moves any more)
            break
    return weights


def _evidence(scores: Floats, prior: Floats) -> Floats:
    """Score, best other score, prior log odds and 1; shape (units, codes, 4)."""
    kept = np.clip(scores, -_FARTHEST, _FARTHEST)
    return np.stack([kept, _best_other(kept), np.broadcast_to(prior, kept.shape), np.ones_like(kept)], axis=-1)


def _best_other(scores: Floats) -> Floats:
    """The highest score of another code of the same unit; 0 where there is no other code."""
    if scores.shape[1] < 2 or not len(scores):  # noqa: PLR2004 (one code has no other)
        return np.zeros_like(scores)
    first = scores.argmax(axis=1)
    rows = np.arange(len(scores))
    top = scores[rows, first]
    rest = scores.copy()
    rest[rows, first] = -np.inf
    other = np.repeat(top[:, None], scores.shape[1], axis=1)
    other[rows, first] = rest.max(axis=1)
    return other


def _shifts(scores: Floats, right: Labels, counts: Labels) -> Floats:
    """What each code's log odds need to be right on the whole, held back; by Newton's method, (codes,)."""
    shift = np.zeros(right.shape[1])
    for _ in range(_STEPS):
        chance = sigmoid(scores + shift)
        slope = ((chance - right) * counts).sum(axis=0) + _SHRINK * shift
        bend = (chance * (1 - chance) * counts).sum(axis=0) + _SHRINK
        shift -= np.clip(slope / bend, -1, 1)
    return shift


def log_odds(share: Floats) -> Floats:
    """ln(share / (1 - share))."""
    return np.asarray(np.log(share / (1 - share)))


def sigmoid(value: Floats) -> Floats:
    """The share that has these log odds."""
    return np.asarray(1 / (1 + np.exp(-np.clip(value, -_FARTHEST, _FARTHEST))))


def brier(probabilities: Floats, right: Labels) -> Floats:
    """The mean squared distance of probability and truth (Brier 1950) of each code, shape (codes,)."""
    return np.asarray(((probabilities - right) ** 2).mean(axis=0))


def calibration_error(probabilities: Floats, right: Labels, *, bins: int = 10) -> float:
    """How far probabilities are off on the whole: the mean distance of what was said and what was true.

    Over bins with equally many of the probabilities that matter, over 0.01; 0 without any (Naeini et al. 2015).
    """
    said, true = probabilities[probabilities > 0.01], right[probabilities > 0.01]  # noqa: PLR2004
    order = np.argsort(said, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return sum(len(part) * abs(float(said[part].mean() - true[part].mean())) for part in parts) / max(len(said), 1)
