"""Scores of codings with intervals by bootstrap over units, or over groups of units."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

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
    fragments of one document stay together; percentile intervals (Efron and Tibshirani 1993).
    """
    weights = np.vstack([np.ones(len(right)), _drawn(groups, draws, seed)])
    sums = [_summed(right, one, weights) for one in given]
    with np.errstate(invalid="ignore", divide="ignore"):
        overall = [_overall(*one) for one in sums]
        per_code = [_per_code(*one[:3]) for one in sums]
    tail = (1 - level) / 2
    return Bootstrapped(
        {name: _with_ends(np.mean([one[name] for one in overall], axis=0), tail) for name in OVERALL},
        {name: _with_ends(np.mean([one[name] for one in per_code], axis=0), tail) for name in PER_CODE},
    )


Sums = tuple[Floats, Floats, Floats, Floats, Floats]


def _drawn(groups: Ints, draws: int, seed: int) -> Floats:
    """How often each unit is in each sample, shape (draws, units)."""
    size = int(groups.max(initial=-1)) + 1
    random = np.random.default_rng(seed)
    times = random.multinomial(size, np.full(size, 1 / max(size, 1)), size=draws)
    return times[:, groups].astype(np.float64)


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
