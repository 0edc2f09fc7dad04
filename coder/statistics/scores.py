"""How well given codes agree with the right ones, with intervals by bootstrap over units or groups of units.

Arrays are boolean, shape (units, codes).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypedDict

import numpy as np
import numpy.typing as npt

from coder.arrays import Floats, Ints, Labels


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


FEW_UNITS = 500
"""Up to so many units a threshold is better taken from what probabilities expect than from what people gave."""
LEAST_SURE = 0.2
"""No code is given with a lower probability: F1 alone would have a method that knows nothing give every code."""


def best_threshold(right: Labels, probabilities: Floats) -> float:
    """The common threshold with the highest micro-F1, `LEAST_SURE` or more; 0.5 where nothing is right or sure.

    Between the probability it stops at and the next lower one the threshold stands halfway.
    """
    flat = probabilities.ravel()
    order = np.argsort(-flat, kind="stable")
    total = int(right.sum())
    if not total or flat[order[0]] < LEAST_SURE:
        return 0.5
    hits = np.cumsum(right.ravel()[order])
    f1 = 2 * hits / (np.arange(1, len(flat) + 1) + total)
    ordered = flat[order]
    ends = np.append(ordered[1:] < ordered[:-1], True)  # equal probabilities fall on the same side
    best = int(np.argmax(np.where(ends & (ordered >= LEAST_SURE), f1, -1)))
    below = ordered[best + 1] if best + 1 < len(ordered) else 0.0
    return max(float((ordered[best] + below) / 2), LEAST_SURE)


def steady_threshold(right: Labels, probabilities: Floats) -> float:
    """`likely_threshold` for few units, where the best one hangs on the codes people happened to give; else the best.

    The probabilities have to hold: those of a calibration that was not fitted on the unit.
    """
    return likely_threshold(probabilities) if len(right) <= FEW_UNITS else best_threshold(right, probabilities)


def likely_threshold(probabilities: Floats) -> float:
    """The common threshold with the highest micro-F1 that probabilities expect, `LEAST_SURE` or more; 0.5 without any.

    It is half of that F1 (Lipton et al. 2014).
    """
    ordered = -np.sort(-probabilities.ravel())
    if not len(ordered) or ordered[0] < LEAST_SURE:
        return 0.5
    f1 = 2 * np.cumsum(ordered) / (np.arange(1, len(ordered) + 1) + ordered.sum())
    return max(float(f1.max()) / 2, LEAST_SURE)


def micro_f1_influence(right: Labels, given: Labels) -> Floats:
    """How far each unit moves the micro-F1, shape (units,): their mean is 0, their spread / sqrt(units) its error."""
    both, size = (right & given).sum(axis=1), right.sum(axis=1) + given.sum(axis=1)
    return np.asarray((2 * both - micro(right, given)["f1"] * size) / max(float(size.mean()), 1e-12))


def _share(part: npt.NDArray[np.int_], whole: npt.NDArray[np.int_]) -> Floats:
    share: Floats = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return share


OVERALL = ("precision", "recall", "f1", "f1_macro", "f1_weighted", "f1_answer", "exact")
PER_CODE = ("precision", "recall", "f1")


@dataclass(frozen=True, slots=True)
class Bootstrapped:
    """Scores, and their values in bootstrap samples.

    `overall` has for each name of `OVERALL` the score and the two ends of its interval, shape (3,);
    `per_code` for each of `PER_CODE` an array of shape (codes, 3). nan where nothing can be divided.
    """

    overall: dict[str, Floats]
    per_code: dict[str, Floats]


def bootstrapped(
    right: Labels, given: Sequence[Labels], groups: Ints, *, seed: int, draws: int = 1000, level: float = 0.95
) -> Bootstrapped:
    """Scores of codings, each of shape (units, codes), against the right one, averaged over the codings.

    Groups of units (0, 1, …; shape (units,)) are drawn with replacement, so that answers of one respondent or
    fragments of one document stay together; percentile intervals (Efron and Tibshirani 1993), nan of one group, in
    which there is nothing to draw.
    """
    parts: list[list[Sums]] = [[] for _ in given]
    for weights in chain([np.ones((1, len(right)))], _drawn(groups, draws, seed)):
        for found, one in zip(parts, given, strict=True):
            found.append(_summed(right, one, weights))
    sums = [tuple(map(np.concatenate, zip(*found, strict=True))) for found in parts]
    with np.errstate(invalid="ignore", divide="ignore"):
        overall = [_overall(*one) for one in sums]
        per_code = [_per_code(*one[:3]) for one in sums]
    tail = (1 - level) / 2
    known = Bootstrapped(
        {name: _with_ends(np.mean([one[name] for one in overall], axis=0), tail) for name in OVERALL},
        {name: _with_ends(np.mean([one[name] for one in per_code], axis=0), tail) for name in PER_CODE},
    )
    if not groups.any():
        for ends in (*known.overall.values(), *known.per_code.values()):
            ends[..., 1:] = np.nan
    return known


Sums = tuple[Floats, Floats, Floats, Floats, Floats]


_NUMBERS = 10_000_000
"""So many numbers of samples are held at once."""


def _drawn(groups: Ints, draws: int, seed: int) -> Iterator[Floats]:
    """How often each unit is in each sample, shape (samples, units), some samples at a time."""
    size = int(groups.max(initial=-1)) + 1
    random = np.random.default_rng(seed)
    most = max(_NUMBERS // max(len(groups), size, 1), 1)
    for start in range(0, draws, most):
        times = random.multinomial(size, np.full(size, 1 / max(size, 1)), size=min(most, draws - start))
        yield times[:, groups].astype(np.float64)


def _summed(right: Labels, given: Labels, weights: Floats) -> Sums:
    """Of each sample: right and given, given, right (samples, codes); per answer F1 and exact match (samples,)."""
    both = right & given
    size = right.sum(axis=1) + given.sum(axis=1)
    answer = np.where(size == 0, 1.0, 2 * both.sum(axis=1) / np.maximum(size, 1))
    exact = (right == given).all(axis=1)
    total = weights.sum(axis=1)
    return (weights @ both, weights @ given, weights @ right, weights @ answer / total, weights @ exact / total)


def _overall(both: Floats, given: Floats, right: Floats, answer: Floats, exact: Floats) -> dict[str, Floats]:
    every, found, true = both.sum(axis=1), given.sum(axis=1), right.sum(axis=1)
    f1 = np.where(right > 0, 2 * both / (given + right), np.nan)
    seen = (right > 0).sum(axis=1)
    return {
        "precision": np.where(found > 0, every / found, 0.0),
        "recall": np.where(true > 0, every / true, 0.0),
        "f1": np.where(found + true > 0, 2 * every / (found + true), 0.0),
        "f1_macro": np.nansum(f1, axis=1) / np.where(seen > 0, seen, np.nan),
        "f1_weighted": np.nansum(f1 * right, axis=1) / np.where(true > 0, true, np.nan),
        "f1_answer": answer,
        "exact": exact,
    }


def _per_code(both: Floats, given: Floats, right: Floats) -> dict[str, Floats]:
    return {"precision": both / given, "recall": both / right, "f1": 2 * both / (given + right)}


def _with_ends(values: Floats, tail: float) -> Floats:
    """The first value and the quantiles of the others, shape (..., 3); samples without a value are left out."""
    point, drawn = values[0], values[1:]
    known = ~np.isnan(drawn).all(axis=0)
    ends = np.full((2, *np.shape(point)), np.nan)
    ends[:, known] = np.nanquantile(drawn[:, known], [tail, 1 - tail], axis=0)
    return np.stack([point, *ends], axis=-1)
