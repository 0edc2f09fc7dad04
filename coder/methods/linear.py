"""One logistic model a code of whole answers and one of their clauses, fitted by coordinate descent in the dual.

An answer with several themes is one bag of them. Of an answer that has a code it is not known which of its clauses
carries it, only that at least one does: multiple-instance learning (Dietterich et al. 1997). The clauses of such an
answer share it by how far the model of whole answers finds it in each. The score of an answer is the mean of that of
the whole and that of its best clause.

Where few answers were coded, those that nobody coded help: the likeliest are taken as weak examples of a code, the
unlikeliest as weak examples of none, and all is learned once more (self-training, Scudder 1965). What a codebook says
of them beforehand counts beside the first model there, so that codes without an example are learned too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from coder.arrays import Floats, Labels
from coder.note import Progress, silent
from coder.statistics.calibration import calibrate, log_odds, sigmoid

Rows = npt.NDArray[np.int64]
Target = npt.NDArray[np.int8]
"""Which text has which code, shape (texts, codes): 1, 0, or `LEFT_OUT`."""

STRENGTHS = (10.0, 30.0, 3.0)
"""Candidates for the inverse of the regularisation (scikit-learn's C), the one to start with first."""
FEW = 500
"""Up to so many coded answers learn from those that nobody coded too, with the first candidate."""
TRIED_ON = 1
"""On so many folds the candidates are compared."""
_TOLERANCE, _MOST_STEPS = 0.1, 1000
_TIMES, _LEAST = 4, 500
"""Of the examples of none so many times as many as have the code are learned from, and so many at least: half of them
the likest to the code, which could be taken for it, the others drawn to count for all that is left."""
LEFT_OUT = -1
"""Of a code of which a text says nothing."""
_GUESSED = 0.1
"""What an answer counts for that nobody coded."""
_SURE, _UNSURE = 0.5, 1.5
"""Of the answers that nobody coded, as a part of those that would have a code: taken to have it; left out after."""

MOST, MOST_CHARACTERS = 30_000, 6_000_000
"""Of more coded answers, or longer ones together, so many are drawn to learn from, which bounds memory and time."""
_ALL_OF = 1_000
"""Of a code that fewer answers have all are drawn, as far as these are not more than half."""

_ANSWERS, _LEAST_CODES = 5.0, 0.5
"""How frequent codes are by the prior counts as much as so many answers; so many codes an answer has at least."""


@dataclass(frozen=True)
class Matrices:
    """Rows of texts and of their clauses in the same columns. `text` has the text of each clause, in order.

    The last columns may be along some `axes`, shape (numbers, axes), of the numbers of an embedding.
    """

    whole: csr_matrix
    clauses: csr_matrix
    text: Rows
    axes: Floats | None = None

    @cached_property
    def first(self) -> Rows:
        """The first clause of each text."""
        return np.searchsorted(self.text, np.arange(self.whole.shape[0]))


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learned of whole texts and of clauses: weights (codes, columns) and bias (codes,) of each."""

    whole: npt.NDArray[np.float32]
    bias: Floats
    clause: npt.NDArray[np.float32]
    clause_bias: Floats

    @property
    def both(self) -> npt.NDArray[np.float32]:
        """What a column adds to the score of a text of one clause, shape (codes, columns)."""
        return np.asarray((self.whole + self.clause) / 2, dtype=np.float32)

    def along(self, axes: Floats | None) -> "Weights":
        """The same over the numbers that the axes of the last columns are of (see `Matrices`)."""
        if axes is None:
            return self
        parts = []
        for one in (self.whole, self.clause):
            grams, last = np.split(one, [one.shape[1] - axes.shape[1]], axis=1)
            parts.append(np.hstack([grams, last @ axes.T]).astype(np.float32))
        return replace(self, whole=parts[0], clause=parts[1])

    def of_clauses(self, rows: Matrices) -> Floats:
        """Log odds of each clause, shape (clauses, codes)."""
        return np.asarray(rows.clauses @ self.clause.T + self.clause_bias, dtype=np.float64)

    def scores(self, rows: Matrices, of_clauses: Floats | None = None) -> Floats:
        """Log odds of each text, shape (texts, codes); `of_clauses` are those of clauses, where they are known."""
        found = np.asarray(rows.whole @ self.whole.T + self.bias, dtype=np.float64)
        if of_clauses is None:
            of_clauses = self.of_clauses(rows)
        return (found + np.maximum.reduceat(of_clauses, rows.first, axis=0)) / 2 if len(found) else found


class Drawn(NamedTuple):
    """Coded texts to learn from: their places, in order, and what each counts for (1 in the middle).

    `even` are those of them in which every text had the same chance to be: what holds there holds of all.
    """

    rows: Rows
    weight: Floats
    even: npt.NDArray[np.bool_]


def draw(labels: Labels, kinds: Rows | None = None, *, most: int = MOST, seed: int) -> Drawn:
    """All texts, or where there are more than `most` so many, drawn at random by the rarest code of each.

    `labels` has a row a text; or with `kinds`, shape (texts,), a row a kind, which texts of the same codes share.
    """
    kind = np.arange(len(labels)) if kinds is None else kinds
    if len(kind) <= most:
        return Drawn(np.arange(len(kind)), np.ones(len(kind)), np.ones(len(kind), dtype=np.bool_))
    having = np.bincount(kind, minlength=len(labels)) @ labels
    rarest = np.where(labels, having, len(kind) + 1).argmin(axis=1)
    stratum = np.where(labels.any(axis=1), rarest, labels.shape[1])[kind]
    size = np.bincount(stratum, minlength=labels.shape[1] + 1)
    drawn = np.minimum(size, max(1, min(_ALL_OF, most // (2 * len(size)))))
    left = size - drawn
    drawn = drawn + left * (most - drawn.sum()) // max(left.sum(), 1)
    share = drawn / np.maximum(size, 1)
    evenly = (share[size > 0].min() * size).astype(np.int64)
    order = np.random.default_rng(seed).permutation(len(kind))
    order = order[np.argsort(stratum[order], kind="stable")]
    place = np.arange(len(kind)) - np.repeat(np.cumsum(size) - size, size)
    rows = np.sort(order[place < drawn[stratum[order]]])
    even = np.zeros(len(kind), dtype=np.bool_)
    even[order[place < evenly[stratum[order]]]] = True
    weight = 1 / share[stratum[rows]]
    return Drawn(rows, weight / weight.mean(), even[rows])


def fit(
    rows: Matrices,
    labels: Target,
    known: Rows,
    *,
    strength: float,
    seed: int,
    counts: Floats | None = None,
    others: bool = False,
    prior: Floats | None = None,
) -> Weights:
    """Fit the codes one by one on the texts `known`; `labels` has a row for each of the first texts of `rows`.

    `counts` is what each of these counts for, 1 unless given.
    With `others` all other texts help, by what the model makes of them, and beside it by `prior`, the log odds of a
    code before anybody coded, shape (texts, codes); labels that they have are not looked at. A code on every text or
    on none has its share as bias and no weights.
    """
    target = np.full((rows.whole.shape[0], labels.shape[1]), LEFT_OUT, dtype=np.int8)
    target[known] = labels[known]
    weight = np.ones(len(target))
    if counts is not None:
        weight[: len(counts)] = counts
    found = _fit(rows, target, weight, strength, seed)
    rest = np.setdiff1d(np.arange(len(target)), known)
    if not others or not len(rest):
        return found
    scores, having, asked = found.scores(rows)[rest], *_counts(target[known])
    share = having / np.maximum(asked, 1)
    if prior is not None:
        scores, share = scores + prior[rest], _share(having, asked, prior[rest])
    target[rest] = _guessed(scores, share)
    weight[rest] = _GUESSED
    return _fit(rows, target, weight, strength, seed)


def informed(prior: Floats) -> npt.NDArray[np.bool_]:
    """The codes of which it says something: more of one text than of another."""
    return np.asarray(np.ptp(prior, axis=0) > 0)


def _counts(target: Target) -> tuple[Rows, Rows]:
    """How many texts have each code, and how many say whether they have it, both (codes,)."""
    return (target == 1).sum(axis=0), (target >= 0).sum(axis=0)


def _share(having: Rows, asked: Rows, prior: Floats) -> Floats:
    """How frequent codes are by what people coded and, as much as some answers more, by the prior of other texts."""
    share = having / np.maximum(asked, 1)
    found = sigmoid(prior).mean(axis=0) * informed(prior)
    found *= max(share.sum(), _LEAST_CODES) / max(found.sum(), 1e-9)
    return np.asarray(np.where(informed(prior), (having + _ANSWERS * found) / (asked + _ANSWERS), share))


def _guessed(scores: Floats, share: Floats) -> Target:
    """Texts that nobody coded as weak examples; a code is taken to be as frequent among them as elsewhere."""
    target = np.zeros(scores.shape, dtype=np.int8)
    for column, order in enumerate(np.argsort(-scores, axis=0, kind="stable").T):
        sure, unsure = (round(float(share[column]) * len(order) * part) for part in (_SURE, _SURE + _UNSURE))
        target[order[:unsure], column] = LEFT_OUT
        target[order[:sure], column] = 1
    return target


def _fit(rows: Matrices, target: Target, weight: Floats, strength: float, seed: int) -> Weights:
    codes, columns = target.shape[1], rows.whole.shape[1]
    having, known = _counts(target)
    bias, nothing = log_odds((having + 0.5) / (known + 1)), np.zeros((codes, columns), np.float32)
    found = Weights(nothing, bias, nothing.copy(), bias.copy())
    for column in np.flatnonzero((having > 0) & (having < known)):
        has = target[:, column]
        whole = _whole(rows.whole, has, weight, strength, seed)
        found.whole[column], found.bias[column] = whole
        found.clause[column], found.clause_bias[column] = _clauses(rows, has, weight, whole, strength, seed)
    return found


def _whole(matrix: csr_matrix, target: Target, weight: Floats, strength: float, seed: int) -> tuple[Floats, float]:
    has, without = weight * (target == 1), weight * (target == 0)
    likeness = matrix @ (matrix.T @ (has / has.sum() - without / without.sum()))
    used, counts = _some(target, weight, likeness, seed)
    return _logistic(matrix[used], target[used], counts, strength, seed)


def _clauses(
    rows: Matrices, target: Target, weight: Floats, whole: tuple[Floats, float], strength: float, seed: int
) -> tuple[Floats, float]:
    """Clauses have the code of their text; those of a text that has it share it as the model of `whole` finds it."""
    of, has = rows.text, target[rows.text]
    likeness = rows.clauses @ whole[0] + whole[1]
    odds = np.exp(np.clip(likeness, -30, 30))
    share = odds / np.bincount(of, odds, minlength=len(target))[of]
    used, counts = _some(has, weight[of] * np.where(has == 1, share, 1.0), likeness, seed)
    return _logistic(rows.clauses[used], has[used], counts, strength, seed)


def _some(target: Target, weight: Floats, likeness: Floats, seed: int) -> tuple[Rows, Floats]:
    """The examples to learn from and what they count for; where many are of none, the likest of these and a draw."""
    having, without = np.flatnonzero(target == 1), np.flatnonzero(target == 0)
    most = max(_TIMES * len(having), _LEAST)
    counts = weight
    if len(without) > most:
        near = without[np.argsort(-likeness[without], kind="stable")[: most // 2]]
        left = np.setdiff1d(without, near)
        drawn = np.random.default_rng(seed).choice(left, most - len(near), replace=False)
        counts = weight.copy()
        counts[drawn] *= len(left) / len(drawn)
        without = np.concatenate([near, drawn])
    used = np.sort(np.concatenate([having, without]))
    return used, counts[used]


def _logistic(
    matrix: csr_matrix, right: npt.NDArray[np.generic], weight: Floats, strength: float, seed: int
) -> tuple[Floats, float]:
    model = LogisticRegression(
        C=strength, solver="liblinear", dual=True, tol=_TOLERANCE, max_iter=_MOST_STEPS, random_state=seed
    ).fit(matrix, right, sample_weight=weight)
    return model.coef_[0], float(model.intercept_[0])


def deal(labels: Labels, folds: int, *, seed: int) -> Rows:
    """A fold for each row, the rows of each code spread evenly, the rarest code first (Sechidis et al. 2011)."""
    chance = np.random.default_rng(seed)
    order = chance.permutation(len(labels))
    tie = chance.random((len(labels), folds))
    fold = np.full(len(labels), -1)
    size, has = np.zeros(folds), np.zeros((folds, labels.shape[1]))
    for column in [*np.argsort(labels.sum(axis=0), kind="stable"), None]:
        wanted = order[fold[order] < 0] if column is None else order[(fold[order] < 0) & labels[order, column]]
        for row in wanted:
            first = size if column is None else has[:, column]
            fold[row] = np.lexsort((tie[row], size, first))[0]
            size[fold[row]] += 1
            has[fold[row]] += labels[row]
    return fold


def out_of_fold(
    rows: Matrices,
    labels: Target,
    fold: Rows,
    *,
    seed: int,
    strength: float | None = None,
    counts: Floats | None = None,
    others: bool = False,
    prior: Floats | None = None,
    progress: Progress = silent,
) -> tuple[Floats, Labels, float]:
    """Scores of coded texts by models that did not see their codes; which count, both (coded, codes); the strength.

    The first texts of `rows` are coded, `fold` says in which fold. Scores do not count where the models had no example
    of the code and no `prior` that says something of it (see `fit`), nor where the text says nothing of it. Without a
    `strength` the candidate is taken whose scores, once calibrated, have the least log loss on the first folds.
    """
    tried = range(TRIED_ON)
    candidates = STRENGTHS if strength is None else (strength,)
    steps, done = len(candidates) * len(tried) + int(fold.max()) + 1 - len(tried), count()

    def scores_of(rest: Rows, strength: float) -> Floats:
        progress("progress.learning", next(done), steps)
        model = fit(rows, labels, rest, strength=strength, seed=seed, counts=counts, others=others, prior=prior)
        return model.scores(rows)

    scores = {one: np.zeros(labels.shape) for one in candidates}
    for held, rest in _splits(fold, tried):
        for one, found in scores.items():
            found[held] = scores_of(rest, one)[held]
    seen = np.flatnonzero(np.isin(fold, tried))
    best = min(candidates, key=lambda one: _loss(scores[one][seen], labels[seen]) if len(candidates) > 1 else 0.0)
    for held, rest in _splits(fold, range(TRIED_ON, fold.max() + 1)):
        scores[best][held] = scores_of(rest, best)[held]
    learned = np.stack([(labels[fold != number] == 1).any(axis=0) for number in range(fold.max() + 1)])[fold]
    if prior is not None:
        learned |= informed(prior)
    return scores[best], learned & (labels >= 0), best


def _splits(fold: Rows, numbers: Sequence[int] | range) -> Iterator[tuple[Rows, Rows]]:
    for number in numbers:
        yield np.flatnonzero(fold == number), np.flatnonzero(fold != number)


def _loss(scores: Floats, labels: Target) -> float:
    """The log loss of scores once calibrated."""
    right, counts = labels == 1, labels >= 0
    chance = np.clip(calibrate(scores, right, held_out=counts).probabilities(scores), 1e-9, 1 - 1e-9)
    return float(-np.log(np.where(right, chance, 1 - chance))[counts].mean())
