"""How rules, a classifier and likeness to the codebook are weighed, by how right each was on what people decided."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from coder.arrays import Floats, Labels
from coder.statistics.scores import best_threshold, micro

FOLDS = 5
PRIOR = 4.0
"""How many answers a rule's pooled precision counts for, beside the code's own."""
LIKENESS = 4.0
"""How far a cosine counts beside log odds before it is weighed."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """The weights with which rules and a classifier decide.

    `way` is "rules", "classifier" or "both": what was best on held-out answers, where `scores` has the micro-F1 of
    each. `given` and `absent` hold, per code of `codes`, how likely the code is where a rule hit and where none did;
    shape (codes,). `weights` (4,) are of the log odds by rules and by classifier, of likeness, and of 1.
    """

    codes: tuple[str, ...]
    given: Floats
    absent: Floats
    weights: Floats
    threshold: float
    way: str
    scores: dict[str, float]

    @property
    def name(self) -> str:
        """The coder's name: the parts that decide."""
        return "rules+classifier" if self.way == "both" else self.way

    def score(self, codes: Sequence[str], hits: Labels, learned: Floats, like: Floats) -> Floats:
        """How likely each of `codes` is, all shapes (units, codes); of one that was not weighed 1 where a rule hit."""
        found = hits.astype(np.float64)
        known = [column for column, code in enumerate(codes) if code in self.codes]
        places = [self.codes.index(codes[column]) for column in known]
        match self.way:
            case "rules":
                pass
            case "classifier":
                found[:, known] = learned[:, known]
            case _:
                parts = (hits[:, known], learned[:, known], like[:, known], self.given[places], self.absent[places])
                found[:, known] = _sigmoid(_evidence(*parts) @ self.weights)
        return found


def weigh(
    codes: Sequence[str], hits: Labels, held_out: Floats, like: Floats, right: Labels, *, seed: int = 1
) -> Weighing:
    """Fit on what people decided, `right`; all shapes (units, codes).

    `held_out` are probabilities by classifiers that were not trained on the unit. The three ways are compared on
    units that the weights were not fitted on, and the best is taken: never worse than its best part there.
    """
    stacked = _out_of_fold(hits, held_out, like, right, seed)
    thresholds = {"rules": 0.5, "classifier": best_threshold(right, held_out), "both": best_threshold(right, stacked)}
    decided = {"rules": hits, "classifier": held_out >= thresholds["classifier"], "both": stacked >= thresholds["both"]}
    scores = {way: micro(right, found)["f1"] for way, found in decided.items()}
    way = max(("both", "rules", "classifier"), key=scores.__getitem__)
    given, absent = reliability(hits, right)
    weights = _weights(_evidence(hits, held_out, like, given, absent), right)
    return Weighing(tuple(codes), given, absent, weights, thresholds[way], way, scores)


def _out_of_fold(hits: Labels, learned: Floats, like: Floats, right: Labels, seed: int) -> Floats:
    """What the weighing gives on answers it was not fitted on, shape (units, codes)."""
    score = np.zeros(right.shape)
    for rest, held in KFold(FOLDS, shuffle=True, random_state=seed).split(right):
        given, absent = reliability(hits[rest], right[rest])
        weights = _weights(_evidence(hits[rest], learned[rest], like[rest], given, absent), right[rest])
        score[held] = _sigmoid(_evidence(hits[held], learned[held], like[held], given, absent) @ weights)
    return score


def reliability(hits: Labels, right: Labels) -> tuple[Floats, Floats]:
    """How likely a code is where its rules hit, and where they do not; shrunk to all codes together."""

    def share(where: Labels) -> Floats:
        pooled = ((right & where).sum() + 0.5) / (where.sum() + 1)
        return np.asarray(((right & where).sum(axis=0) + PRIOR * pooled) / (where.sum(axis=0) + PRIOR))

    return share(hits), share(~hits)


def _evidence(hits: Labels, learned: Floats, like: Floats, given: Floats, absent: Floats) -> Floats:
    """Log odds by the rules and by the classifier, likeness to the code's own words, and 1: (units, codes, 4)."""
    by_rules = _logit(np.where(hits, given, absent))
    return np.stack([by_rules, _logit(learned), LIKENESS * like, np.ones_like(learned)], axis=-1)


def _weights(evidence: Floats, right: Labels) -> Floats:
    """Weights of the evidence over all pairs of unit and code; shape (4,)."""
    if not right.any():
        return np.array([1.0, 0.0, 0.0, 0.0])
    model = LogisticRegression(C=1.0).fit(evidence[..., :-1].reshape(-1, evidence.shape[-1] - 1), right.ravel())
    return np.append(model.coef_[0], model.intercept_)


def _logit(share: Floats) -> Floats:
    clipped = np.clip(share, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(clipped / (1 - clipped)))


def _sigmoid(value: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-value)))
