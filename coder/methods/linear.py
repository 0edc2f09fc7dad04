"""One logistic model a code, fitted by coordinate descent in the dual: quick where columns outnumber rows."""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from coder.arrays import Floats, Labels
from coder.statistics.calibration import calibrate, log_odds

Rows = npt.NDArray[np.int64]
Weights = tuple[npt.NDArray[np.float32], Floats]
"""Weights of shape (codes, columns) and bias of shape (codes,)."""

STRENGTHS = (10.0, 30.0, 3.0)
"""Candidates for the inverse of the regularisation (scikit-learn's C), the one to start with first."""
TRIED_ON = 1
"""On so many folds the candidates are compared."""
_TOLERANCE, _MOST_STEPS = 0.1, 1000


def fit(matrix: csr_matrix, labels: Labels, *, strength: float, seed: int) -> Weights:
    """Fit the codes one by one. A code on every row or on none has its share as bias and no weights."""
    weights = np.zeros((labels.shape[1], matrix.shape[1]), dtype=np.float32)
    bias = log_odds((labels.sum(axis=0) + 0.5) / (len(labels) + 1))
    for column in np.flatnonzero(labels.any(axis=0) & ~labels.all(axis=0)):
        model = LogisticRegression(
            C=strength, solver="liblinear", dual=True, tol=_TOLERANCE, max_iter=_MOST_STEPS, random_state=seed
        ).fit(matrix, labels[:, column])
        weights[column], bias[column] = model.coef_[0], model.intercept_[0]
    return weights, bias


def score(matrix: csr_matrix, model: Weights) -> Floats:
    """Log odds, shape (rows, codes)."""
    return np.asarray(matrix @ model[0].T + model[1], dtype=np.float64)


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
    features: Callable[[Rows], csr_matrix], labels: Labels, fold: Rows, *, seed: int, strength: float | None = None
) -> tuple[Floats, Labels, float]:
    """Scores by models that were not trained on the row, shape (rows, codes); which count; the strength.

    `features` gives all rows as weighed by what some rows tell. Scores do not count where the models had
    no example of the code. Without a `strength` the candidate is taken whose scores, once calibrated,
    have the least log loss on the first folds.
    """
    tried = range(TRIED_ON)
    candidates = STRENGTHS if strength is None else (strength,)
    scores = {one: np.zeros(labels.shape) for one in candidates}
    for held, matrix, rest in _splits(features, fold, tried):
        for one, found in scores.items():
            found[held] = score(matrix[held], fit(matrix[rest], labels[rest], strength=one, seed=seed))
    seen = np.flatnonzero(np.isin(fold, tried))
    best = min(candidates, key=lambda one: _loss(scores[one][seen], labels[seen]) if strength is None else 0.0)
    for held, matrix, rest in _splits(features, fold, range(TRIED_ON, fold.max() + 1)):
        scores[best][held] = score(matrix[held], fit(matrix[rest], labels[rest], strength=best, seed=seed))
    counts = np.stack([labels[fold != number].any(axis=0) for number in range(fold.max() + 1)])[fold]
    return scores[best], counts, best


def _splits(
    features: Callable[[Rows], csr_matrix], fold: Rows, numbers: range
) -> Iterator[tuple[Rows, csr_matrix, Rows]]:
    for number in numbers:
        held, rest = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
        yield held, features(rest), rest


def _loss(scores: Floats, labels: Labels) -> float:
    """The log loss of scores once calibrated."""
    chance = np.clip(calibrate(scores, labels).probabilities(scores), 1e-9, 1 - 1e-9)
    return float(-np.log(np.where(labels, chance, 1 - chance)).mean())
