"""How well given codes agree with the right ones. Arrays are boolean, shape (units, codes)."""

from typing import TypedDict

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


class Scores(TypedDict):
    """Precision, recall and their harmonic mean, in 0..1."""

    precision: float
    recall: float
    f1: float


def per_code(right: Labels, given: Labels) -> tuple[Floats, Floats, Floats]:
    """Precision, recall and F1 of each code, each of shape (codes,).

    Precision of a code never given, and recall of a code never right, is nan; F1 is nan only where
    a code is neither.
    """
    both = (right & given).sum(axis=0)
    found, true = given.sum(axis=0), right.sum(axis=0)
    return _share(both, found), _share(both, true), _share(2 * both, found + true)


def micro(right: Labels, given: Labels) -> Scores:
    """Scores over all pairs of unit and code together; 0 where nothing can be divided."""
    both, found, true = int((right & given).sum()), int(given.sum()), int(right.sum())
    return {
        "precision": both / found if found else 0.0,
        "recall": both / true if true else 0.0,
        "f1": 2 * both / (found + true) if found + true else 0.0,
    }


def macro_f1(right: Labels, given: Labels) -> float:
    """The mean F1 of the codes that are right at least once; nan without one."""
    f1 = per_code(right, given)[2][right.any(axis=0)]
    return float(f1.mean()) if len(f1) else float("nan")


def per_unit_f1(right: Labels, given: Labels) -> float:
    """The mean over units of the F1 of their codes; a unit rightly left without codes counts 1."""
    both, size = (right & given).sum(axis=1), right.sum(axis=1) + given.sum(axis=1)
    return float(np.where(size == 0, 1.0, 2 * both / np.maximum(size, 1)).mean())


def average_precision(right: Labels, scores: Floats) -> Floats:
    """The area under the precision-recall steps of each code, shape (codes,); nan for a code never right.

    Units of equal score count together, as if in random order within their step (Davis and Goadrich 2006
    on why the steps are not joined by straight lines).
    """
    return np.asarray([_area(right[:, code], scores[:, code]) for code in range(right.shape[1])], dtype=np.float64)


def _area(right: npt.NDArray[np.bool_], scores: Floats) -> float:
    if not right.any():
        return float("nan")
    order = np.argsort(-scores, kind="stable")
    ordered, hits = scores[order], np.cumsum(right[order])
    ends = np.flatnonzero(np.append(ordered[1:] < ordered[:-1], True))
    found = hits[ends]
    steps = np.diff(found, prepend=0)
    return float((steps * found / (ends + 1)).sum() / found[-1])


def best_threshold(right: Labels, probabilities: Floats) -> float:
    """The common threshold with the highest micro-F1; 0.5 where nothing is right.

    Between the probability it stops at and the next lower one the threshold stands halfway.
    """
    flat = probabilities.ravel()
    order = np.argsort(-flat, kind="stable")
    total = int(right.sum())
    if not total:
        return 0.5
    hits = np.cumsum(right.ravel()[order])
    f1 = 2 * hits / (np.arange(1, len(flat) + 1) + total)
    ordered = flat[order]
    ends = np.append(ordered[1:] < ordered[:-1], True)  # equal probabilities fall on the same side
    best = int(np.argmax(np.where(ends, f1, -1)))
    below = ordered[best + 1] if best + 1 < len(ordered) else 0.0
    return float((ordered[best] + below) / 2)


def _share(part: npt.NDArray[np.int_], whole: npt.NDArray[np.int_]) -> Floats:
    share: Floats = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return share
