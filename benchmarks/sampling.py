"""Targeted against random: ``python benchmarks/sampling.py ANSWERS [DATASET] [SEEDS] [CLOSELY]``.

ANSWERS has columns text and codes (an empty cell: seen, no code fits), and may have a column dataset, of which
DATASET is taken (`-` for all), and out_of_scope, of which rows with 1 are skipped. Of each seed 30 % is held out;
of the rest 50 answers are drawn at random, then 50 more a round, up to 450: at random, or as `target` chooses (the
others stand uncoded in the file, as they do for a user). Prints
the mean micro-F1 on the held-out answers and the table error (points of %, over codes of 2 % and more, of the
codes of people where coded and of the model elsewhere), and how many answers targeted needs to be where random is. With
CLOSELY targeted chooses as it does where there are millions: among half of what is left, drawn at random, of which so
many are embedded and compared.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.arrays import Labels
from coder.coding import Coding
from coder.corpus import Corpus
from coder.files.answers import parse_codes, read_answers
from coder.learning.sampling import draw
from coder.learning.targeting import target, thresholds
from coder.methods.classifier import Classifier, train_classifier
from coder.statistics.scores import micro

ROUND, MOST = 50, 450
SIZES = range(ROUND, MOST + 1, ROUND)
COMMON = 0.02
REACH = (200, 400)

Curve = npt.NDArray[np.float64]
Chooser = Callable[[Corpus, Coding, Classifier, int], "pd.Index[str]"]


def read(answers: str, dataset: str) -> tuple[Corpus, Coding]:
    """The answers in scope, and what people gave."""
    corpus = read_answers(Path(answers), text="text", needs=["codes"]).corpus
    units = corpus.units
    kept = pd.Series(data=True, index=units.index)
    if dataset != "-":
        kept &= units["dataset"] == dataset
    if "out_of_scope" in units:
        kept &= units["out_of_scope"] != "1"
    corpus = corpus.take(units.index[kept])
    return Corpus(corpus.units[["text"]]), parse_codes(units["codes"][kept], None, answers, empty_is_none=True)


def given(model: Classifier, corpus: Corpus, codes: list[str]) -> Labels:
    """What the model gives, shape (answers, codes)."""
    found = np.zeros((len(corpus), len(codes)), dtype=np.bool_)
    own = model.probabilities(corpus.texts.tolist()) >= thresholds(model, model.codes)
    found[:, [codes.index(code) for code in model.codes]] = own
    return found


def curve(corpus: Corpus, hand: Coding, seed: int, choose: Chooser) -> Curve:
    """F1 and table error at each size, shape (sizes, 2)."""
    shuffled = corpus.ids[np.random.default_rng(seed).permutation(len(corpus))]
    cut = int(0.3 * len(shuffled))
    held, pool = corpus.take(shuffled[:cut]), corpus.take(shuffled[cut:])
    codes = sorted(set(hand.assignments["code"]))
    right, true = hand.matrix(held.ids, codes), hand.matrix(pool.ids, codes)
    common = true.mean(axis=0) >= COMMON
    coded = draw(pool, ROUND, no_answer=(), seed=seed).units.index
    rows = []
    for _ in SIZES:
        model = train_classifier(pool, hand.take(coded), seed=seed)
        table = np.where(pool.ids.isin(coded)[:, None], true, given(model, pool, codes))
        error = 100 * np.abs(table.mean(axis=0) - true.mean(axis=0))[common].mean()
        rows.append((micro(right, given(model, held, codes))["f1"], error))
        coded = coded.append(choose(pool, hand.take(coded), model, seed))
    return np.array(rows)


def at_random(pool: Corpus, hand: Coding, _model: Classifier, seed: int) -> "pd.Index[str]":
    """Fifty more at random."""
    return draw(pool, ROUND, hand=hand, no_answer=(), seed=seed).units.index


def targeted(pool: Corpus, hand: Coding, model: Classifier, seed: int) -> "pd.Index[str]":
    """Fifty more that the model learns most from."""
    return target(pool, ROUND, hand=hand, model=model, no_answer=(), seed=seed).units.index


def of_many(closely: int) -> Chooser:
    """The same as where there are millions."""

    def choose(pool: Corpus, hand: Coding, model: Classifier, seed: int) -> "pd.Index[str]":
        left = pool.ids[~pool.ids.isin(hand.seen)]
        half = np.random.default_rng(seed).choice(left, len(left) // 2, replace=False)
        some = pool.take(pool.ids[pool.ids.isin(half) | pool.ids.isin(hand.seen)])
        return target(some, ROUND, hand=hand, model=model, no_answer=(), closely=closely, seed=seed).units.index

    return choose


def needed(f1: Curve, wanted: float) -> float:
    """The first size at which a curve reaches a value, between two sizes by a straight line; nan where never."""
    place = next((place for place, value in enumerate(f1) if value >= wanted), None)
    if place is None:
        return float("nan")
    if not place:
        return float(SIZES[0])
    low, high = f1[place - 1], f1[place]
    return SIZES[place - 1] + ROUND * (wanted - low) / (high - low)


def main(answers: str, dataset: str = "-", seeds: int = 4, closely: int = 0) -> None:
    """Print both curves and what targeted saves."""
    corpus, hand = read(answers, dataset)
    means = [
        np.mean([curve(corpus, hand, seed, choose) for seed in range(1, seeds + 1)], axis=0)
        for choose in (at_random, of_many(closely) if closely else targeted)
    ]
    print("coded  F1 random targeted  table error random targeted")
    for place, size in enumerate(SIZES):
        (f1, error), (f1_t, error_t) = means[0][place], means[1][place]
        print(f"{size:5} {f1:10.3f} {f1_t:8.3f} {error:19.2f} {error_t:8.2f}")
    for size in REACH:
        wanted = means[0][SIZES.index(size), 0]
        less = needed(means[1][:, 0], wanted)
        print(f"F1 of {size} random ({wanted:.3f}): {less:.0f} targeted, {1 - less / size:.0%} fewer")


if __name__ == "__main__":
    main(sys.argv[1], *sys.argv[2:3], *map(int, sys.argv[3:5]))
