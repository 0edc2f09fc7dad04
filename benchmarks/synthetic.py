"""Rules and model together on the synthetic answers of the repository: ``python benchmarks/synthetic.py [SEEDS]``.

Trends and wishes of 2024. Prints, with the standard error over seeds: the F1 of rules alone with negated hits counted
and not; the F1 on six in ten answers of which the codes were hidden, as `coder demo` does it, with sentence embeddings
and without; and on half of them rules and model weighed, beside a code that either gives.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from coder.codebook import Codebook, Negation
from coder.coding import Coding
from coder.corpus import Corpus
from coder.files.answers import parse_codes, read_answers
from coder.files.codebooks import read_codebook
from coder.jobs.demo import HIDDEN, LISTS, hide
from coder.methods.combine import combine
from coder.methods.rules.engine import Rules
from coder.resources import resource
from coder.statistics.scores import micro

HALF = 0.5


def main(seeds: int = 6) -> None:
    """Measure, and print."""
    for name in LISTS:
        book = read_codebook(resource(f"codebooks/{name}.yaml"))
        corpus = read_answers(resource(f"corpora/{name}-2024.csv"), text="answer", id="id", needs=["codes"]).corpus
        hand = parse_codes(corpus.units["codes"], book, name)
        for negation in (Negation.COUNT, Negation.SKIP):
            same = replace(book, codes=tuple(replace(code, negation=negation) for code in book.codes))
            found = micro(hand.matrix(corpus.ids, book.ids), Rules().code(corpus, same).matrix(corpus.ids, book.ids))
            print(f"{name}: rules alone, negated hits: {negation.value}: F1 {found['f1']:.3f}")
        for embedding in ("auto", "none"):
            _say(name, f"{HIDDEN:.0%} hidden, embedding {embedding}", seeds, _hidden(corpus, hand, book, embedding))
        _say(name, "half hidden, weighed and either", seeds, _halves(corpus, hand, book))


def _say(name: str, what: str, seeds: int, measure: Callable[[int], Sequence[float]]) -> None:
    found = np.array([measure(seed) for seed in range(1, seeds + 1)])
    errors = found.std(axis=0, ddof=1) / np.sqrt(seeds)
    print(
        f"{name}: {what}: F1 "
        + ", ".join(f"{one:.3f} ± {error:.3f}" for one, error in zip(found.mean(axis=0), errors, strict=True)),
        flush=True,
    )


def _hidden(corpus: Corpus, hand: Coding, book: Codebook, embedding: str) -> Callable[[int], Sequence[float]]:
    def measure(seed: int) -> Sequence[float]:
        known, hidden = hide(hand, HIDDEN, seed)
        both = combine(corpus, known, book, embedding=embedding, seed=seed)
        given = both.code(corpus.take(hidden), book).matrix(hidden, book.ids)
        return [float(micro(hand.matrix(hidden, book.ids), given)["f1"])]

    return measure


def _halves(corpus: Corpus, hand: Coding, book: Codebook) -> Callable[[int], Sequence[float]]:
    def measure(seed: int) -> Sequence[float]:
        known, hidden = hide(hand, HALF, seed)
        rest, right = corpus.take(hidden), hand.matrix(hidden, book.ids)
        both = combine(corpus, known, book, seed=seed)
        weighed, rules, learned = (
            one.code(rest, book).matrix(hidden, book.ids) for one in (both, both.rules, both.classifier)
        )
        return [float(micro(right, given)["f1"]) for given in (weighed, rules | learned)]

    return measure


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
