"""How rules, a classifier and likeness to the codebook are weighed, by how right each was on what people decided.

Before anybody coded the codebook speaks alone: by its rules, and by the words of its codes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from coder.arrays import Floats, Labels
from coder.codebook import Codebook
from coder.coding import Method
from coder.corpus import Corpus
from coder.methods.embedding import similarity
from coder.statistics.scores import micro, micro_f1_influence, steady_threshold

FOLDS = 5
PRIOR = 4.0
"""How many answers a rule's pooled precision counts for, beside the code's own."""
LIKENESS = 4.0
"""How far a cosine counts beside log odds before it is weighed."""
_SHARPNESS = 15.0
"""A code whose cosine is .1 higher is e to the power 1.5 times as likely to be the one that is meant."""
_HIT, _NO_HIT, _LIKE = 0.6, 0.04, 0.5
"""Before anybody coded: how likely a code is where its rules hit, and where not; what likeness weighs beside that."""
_SURE_BETTER = 2.0
"""By so many standard errors one part alone has to be better on held-out answers to decide alone."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """The weights with which rules and a classifier decide.

    `way` is "rules", "classifier" or "both": both, unless one was better on held-out answers beyond chance. `scores`
    has the micro-F1 of each there. `given` and `absent` hold, per code of `codes`, how likely the code is where a rule
    hit and where none did; shape (codes,). `weights` (4,) are of the log odds by rules, by classifier and by
    likeness, and of 1.
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
    codes: Sequence[str],
    hits: Labels,
    held_out: Floats,
    like: Floats,
    right: Labels,
    *,
    ruled: npt.NDArray[np.bool_],
    seed: int = 1,
) -> Weighing:
    """Fit on what people decided, `right`; all shapes (units, codes). `ruled` (codes,) have rules.

    `held_out` are probabilities by classifiers that were not trained on the unit. The three ways are compared on
    units that the weights were not fitted on, and both are taken unless one alone is better there beyond chance.
    """
    stacked = _out_of_fold(hits, held_out, like, right, ruled, seed)
    learned, both = steady_threshold(right, held_out), steady_threshold(right, stacked)
    thresholds = {"rules": 0.5, "classifier": learned, "both": both}
    decided = {"rules": hits, "classifier": held_out >= thresholds["classifier"], "both": stacked >= thresholds["both"]}
    scores = {way: micro(right, found)["f1"] for way, found in decided.items()}
    way = _way(right, decided, scores)
    given, absent = reliability(hits, right, ruled)
    weights = _weights(_evidence(hits, held_out, like, given, absent), right)
    return Weighing(tuple(codes), given, absent, weights, thresholds[way], way, scores)


def _way(right: Labels, decided: dict[str, Labels], scores: dict[str, float]) -> str:
    """The best part where it is better than both beyond chance, else both."""
    part = max(("rules", "classifier"), key=scores.__getitem__)
    moved = micro_f1_influence(right, decided[part]) - micro_f1_influence(right, decided["both"])
    error = float(moved.std()) / len(right) ** 0.5
    return part if scores[part] - scores["both"] > _SURE_BETTER * error else "both"


def _out_of_fold(
    hits: Labels, learned: Floats, like: Floats, right: Labels, ruled: npt.NDArray[np.bool_], seed: int
) -> Floats:
    """What the weighing gives on answers it was not fitted on, shape (units, codes)."""
    score = np.zeros(right.shape)
    for rest, held in KFold(FOLDS, shuffle=True, random_state=seed).split(right):
        given, absent = reliability(hits[rest], right[rest], ruled)
        weights = _weights(_evidence(hits[rest], learned[rest], like[rest], given, absent), right[rest])
        score[held] = _sigmoid(_evidence(hits[held], learned[held], like[held], given, absent) @ weights)
    return score


def reliability(hits: Labels, right: Labels, ruled: npt.NDArray[np.bool_] | None = None) -> tuple[Floats, Floats]:
    """How likely a code is where its rules hit, and where they do not; shrunk to all codes together.

    A code that is not among `ruled`, shape (codes,), has what all codes have together: that nothing hits says nothing.
    """

    def share(where: Labels) -> Floats:
        pooled = ((right & where).sum() + 0.5) / (where.sum() + 1)
        own = ((right & where).sum(axis=0) + PRIOR * pooled) / (where.sum(axis=0) + PRIOR)
        return np.asarray(own if ruled is None else np.where(ruled, own, pooled))

    return share(hits), share(~hits)


def _evidence(hits: Labels, learned: Floats, like: Floats, given: Floats, absent: Floats) -> Floats:
    """Log odds by the rules, by the classifier and by likeness to the code's own words, and 1: (units, codes, 4)."""
    by_rules = _logit(np.where(hits, given, absent))
    return np.stack([by_rules, _logit(learned), _by_likeness(like), np.ones_like(learned)], axis=-1)


def _by_likeness(like: Floats) -> Floats:
    """Log odds that a text means this code and none of the others, by its likeness to each; (units, codes)."""
    share = np.exp(_SHARPNESS * (like - like.max(axis=1, keepdims=True, initial=-1.0)))
    return _logit(share / np.maximum(share.sum(axis=1, keepdims=True), 1e-12))


def beforehand(hits: Labels, ruled: npt.NDArray[np.bool_], like: Floats) -> Floats:
    """Log odds of codes before anybody coded, by their rules (of the codes `ruled`) and words; (units, codes)."""
    return np.where(ruled, _logit(np.where(hits, _HIT, _NO_HIT)), 0.0) + _LIKE * _by_likeness(like)


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


@dataclass(frozen=True, slots=True)
class Prior:
    """A codebook, and what codes by its rules."""

    codebook: Codebook
    rules: Method

    def log_odds(
        self, texts: Sequence[str], asked: Floats, vectors: Callable[[Sequence[str]], Floats], codes: Sequence[str]
    ) -> Floats:
        """Log odds of each of `codes`, shape (texts, codes); 0 for one that is not in the codebook.

        `asked` are the vectors of the texts, `vectors` gives those of other texts, both centred.
        """
        ids = pd.Index([str(row) for row in range(len(texts))], name="unit")
        corpus = Corpus(pd.DataFrame({"text": list(texts)}, index=ids, dtype=str))
        known = self.codebook.ids
        hits = self.rules.code(corpus, self.codebook).matrix(ids, known)
        odds = beforehand(hits, ruled(self.codebook), similarity(asked, vectors, self.codebook))
        found = np.zeros((len(texts), len(codes)))
        for column, code in enumerate(codes):
            if code in known:
                found[:, column] = odds[:, known.index(code)]
        return found


def ruled(codebook: Codebook) -> npt.NDArray[np.bool_]:
    """Which codes have rules, shape (codes,)."""
    return np.array([len(code.rules) > 0 for code in codebook.codes], dtype=np.bool_)
