"""Rules, classifier and likeness to the codebook together, weighed by how right each was on what people decided.

Without decisions the rules decide. With decisions three ways are compared on answers that were held
out (rules, classifier, both weighed), and the best one codes: never worse than its best part there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from coder.codebook import Codebook
from coder.coding import Coding, Method, assignments
from coder.corpus import Corpus
from coder.methods.classifier import (
    FOLDS,
    Classifier,
    Labels,
    Probabilities,
    examples,
    learn,
)
from coder.methods.rules.engine import Rules
from coder.methods.similarity import similarity
from coder.progress import Progress, silent
from coder.statistics.scores import best_threshold, micro
from coder.version import __version__

PRIOR = 4.0
"""How many answers a rule's pooled precision counts for, beside the code's own."""
LIKENESS = 4.0
"""How far a cosine counts beside log odds before it is weighed."""
NEVER_SEEN = 1e-3
"""The classifier's probability of a code it has no example of."""


@dataclass(frozen=True, slots=True)
class Combination:
    """Rules and a classifier, the codebook, and the weights with which they decide.

    `way` is "rules", "classifier" or "both": what was best on held-out answers, where `scores` has
    the micro-F1 of each. `given` and `absent` hold, per code, how likely the code is where a rule
    hit and where none did; shape (codes,).
    """

    rules: Method
    classifier: Classifier
    book: Codebook
    codes: tuple[str, ...]
    given: npt.NDArray[np.float64]
    absent: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]
    threshold: float
    way: str
    scores: dict[str, float]

    @property
    def name(self) -> str:
        """The coder's name: the parts that decide."""
        return "rules+classifier" if self.way == "both" else self.way

    def code(self, corpus: Corpus, codebook: Codebook, *, progress: Progress = silent) -> Coding:
        """Code every unit; hits and probability are both kept as reasons of a code that is given."""
        return self.judge(corpus, codebook, progress=progress)[0]

    def judge(self, corpus: Corpus, codebook: Codebook, *, progress: Progress = silent) -> tuple[Coding, Probabilities]:
        """The coding, and how likely each code is, shape (units, codes); of rules alone 1 where one hits."""
        rules = self.rules.code(corpus, codebook)
        texts = corpus.texts.tolist()
        learned = _spread(self.classifier.probabilities(texts, progress), self.classifier.codes, self.codes)
        like = _like(self.classifier, texts, self.book)
        score = self._score(rules.matrix(corpus.ids, self.codes), learned, like)
        reasons = _reasons(corpus, self.codes, rules, learned, score, score >= self.threshold)
        made_from = {"codebook": codebook.hash, "model": str(self.classifier.card["hash"]), "coder": __version__}
        return Coding(self.name, corpus.ids, reasons, made_from), score

    def _score(self, hits: Labels, learned: Probabilities, like: Probabilities) -> Probabilities:
        match self.way:
            case "rules":
                return hits.astype(np.float64)
            case "classifier":
                return learned
            case _:
                return _sigmoid(_evidence(hits, learned, like, self.given, self.absent) @ self.weights)


def combine(
    corpus: Corpus,
    coding: Coding,
    codebook: Codebook,
    *,
    rules: Method | None = None,
    seed: int = 1,
    progress: Progress = silent,
) -> Combination:
    """Fit the combination on what a person decided; `enough_examples` says whether that is enough."""
    ids, _, _ = examples(corpus, coding)
    part = corpus.take(ids)
    classifier, probabilities = learn(part, coding, seed=seed, progress=progress)
    codes = codebook.ids
    right = coding.matrix(ids, codes)
    rules = rules or Rules()
    hits = rules.code(part, codebook).matrix(ids, codes)
    held_out = _spread(probabilities, classifier.codes, codes)
    like = _like(classifier, part.texts.tolist(), codebook)
    stacked = _stacked_out_of_fold(hits, held_out, like, right, seed)
    scores = {
        "rules": micro(right, hits)["f1"],
        "classifier": micro(right, held_out >= best_threshold(right, held_out))["f1"],
        "both": micro(right, stacked >= best_threshold(right, stacked))["f1"],
    }
    way = max(("both", "rules", "classifier"), key=scores.__getitem__)
    given, absent = _reliability(hits, right)
    return Combination(
        rules=rules,
        classifier=classifier,
        book=codebook,
        codes=codes,
        given=given,
        absent=absent,
        weights=_weigh(_evidence(hits, held_out, like, given, absent), right),
        threshold={
            "rules": 0.5,
            "classifier": best_threshold(right, held_out),
            "both": best_threshold(right, stacked),
        }[way],
        way=way,
        scores=scores,
    )


def _stacked_out_of_fold(
    hits: Labels, learned: Probabilities, like: Probabilities, right: Labels, seed: int
) -> Probabilities:
    """What the weighing gives on answers it was not fitted on, shape (units, codes)."""
    score = np.zeros(right.shape)
    for rest, held in KFold(FOLDS, shuffle=True, random_state=seed).split(right):
        given, absent = _reliability(hits[rest], right[rest])
        weights = _weigh(_evidence(hits[rest], learned[rest], like[rest], given, absent), right[rest])
        score[held] = _sigmoid(_evidence(hits[held], learned[held], like[held], given, absent) @ weights)
    return score


def _like(classifier: Classifier, texts: Sequence[str], codebook: Codebook) -> Probabilities:
    """Likeness to the codebook, by the embedding of the classifier."""

    def vectors(some: Sequence[str]) -> Probabilities:
        return np.asarray(classifier.features.vectors(some).toarray())

    return similarity(vectors(texts), vectors, codebook)


def _reliability(hits: Labels, right: Labels) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """How likely a code is where its rules hit, and where they do not; shrunk to all codes together."""

    def share(where: Labels) -> npt.NDArray[np.float64]:
        pooled = ((right & where).sum() + 0.5) / (where.sum() + 1)
        return np.asarray(((right & where).sum(axis=0) + PRIOR * pooled) / (where.sum(axis=0) + PRIOR))

    return share(hits), share(~hits)


def _evidence(
    hits: Labels,
    learned: Probabilities,
    like: Probabilities,
    given: npt.NDArray[np.float64],
    absent: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Log odds by the rules and by the classifier, likeness to the code's own words, and 1: (units, codes, 4)."""
    by_rules = _logit(np.where(hits, given, absent))
    return np.stack([by_rules, _logit(learned), LIKENESS * like, np.ones_like(learned)], axis=-1)


def _weigh(evidence: npt.NDArray[np.float64], right: Labels) -> npt.NDArray[np.float64]:
    """Weights of the evidence over all pairs of unit and code; shape (4,)."""
    if not right.any():
        return np.array([1.0, 0.0, 0.0, 0.0])
    model = LogisticRegression(C=1.0).fit(evidence[..., :-1].reshape(-1, evidence.shape[-1] - 1), right.ravel())
    return np.append(model.coef_[0], model.intercept_)


def _spread(probabilities: Probabilities, of: tuple[str, ...], codes: Sequence[str]) -> Probabilities:
    """The probabilities in the order of `codes`; a code the classifier never saw is very unlikely."""
    spread = np.full((len(probabilities), len(codes)), NEVER_SEEN)
    place = {code: column for column, code in enumerate(codes)}
    for column, code in enumerate(of):
        if code in place:
            spread[:, place[code]] = probabilities[:, column]
    return spread


def _reasons(
    corpus: Corpus, codes: Sequence[str], rules: Coding, learned: Probabilities, score: Probabilities, chosen: Labels
) -> pd.DataFrame:
    """The assignments: each hit of a code that is given, and one row for the classifier beside it."""
    row, column = np.nonzero(chosen)
    units = corpus.ids.to_numpy()[row]
    names = np.asarray(codes, dtype=object)[column]
    decided = pd.DataFrame({"unit": units, "code": names, "decided": score[row, column]})
    hits = rules.assignments.merge(decided, on=["unit", "code"])
    hits["score"] = hits.pop("decided")
    own = assignments(
        {
            "unit": units,
            "code": names,
            "score": score[row, column],
            "reason": [f"classifier {value:.2f}" for value in learned[row, column]],
        }
    )
    frame = pd.concat([hits, own], ignore_index=True)
    order = corpus.ids.get_indexer(pd.Index(frame["unit"])), pd.Index(codes).get_indexer(pd.Index(frame["code"]))
    return frame.iloc[np.lexsort((frame["start"], order[1], order[0]))].reset_index(drop=True)


def _logit(share: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    clipped = np.clip(share, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(clipped / (1 - clipped)))


def _sigmoid(value: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-value)))
