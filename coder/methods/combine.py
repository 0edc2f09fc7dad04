"""Rules, classifier and likeness to the codebook together, weighed by how right each was on what people decided.

Without decisions the rules decide. With decisions three ways are compared on answers that were held
out (rules, classifier, both weighed): both code, unless one alone is better there beyond chance. What the codebook says
of answers that nobody coded also helps the classifier to learn from few.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.arrays import Labels
from coder.codebook import Codebook
from coder.coding import Coding, Method, Reasons, assignments
from coder.corpus import Corpus
from coder.languages.language import DUTCH, language_of
from coder.methods.classifier import (
    Classifier,
    Places,
    Probabilities,
    Whole,
    enough_examples,
    learn,
    reasons_of,
)
from coder.methods.embedding import similarity
from coder.methods.rules.engine import Rules
from coder.methods.weighing import Prior, Weighing, ruled, weigh
from coder.note import Progress, silent
from coder.resources import __version__

_T = TypeVar("_T", bound=np.generic)

NEVER_SEEN = 1e-3
"""The classifier's probability of a code it has no example of."""


@dataclass(frozen=True, slots=True)
class Combination:
    """Rules, a classifier that has been weighed beside them, and the codebook of both."""

    rules: Method
    classifier: Classifier
    book: Codebook

    @property
    def weighing(self) -> Weighing:
        """The weights with which both decide."""
        if self.classifier.weighing is None:
            raise ValueError("This classifier was not weighed beside rules.")
        return self.classifier.weighing

    @property
    def name(self) -> str:
        """The coder's name: the parts that decide."""
        return self.weighing.name

    def code(self, corpus: Corpus, codebook: Codebook, *, progress: Progress = silent) -> Coding:
        """Code every unit; hits and probability are both kept as reasons of a code that is given."""
        return self.judge(corpus, codebook, progress=progress)[0]

    def judge(self, corpus: Corpus, codebook: Codebook, *, progress: Progress = silent) -> tuple[Coding, Probabilities]:
        """The coding, and how likely each code is, shape (units, codes); of rules alone 1 where one hits."""
        rules = self.rules.code(corpus, codebook)
        texts, codes = corpus.texts.tolist(), self.book.ids
        probabilities, places = self.classifier.places(texts, progress)
        learned = _spread(probabilities, self.classifier.codes, codes)
        like = _like(self.classifier, texts, self.book)
        score = self.weighing.score(codes, rules.matrix(corpus.ids, codes), learned, like)
        where = _reordered(places, self.classifier.codes, codes, -1)  # of one it never saw the whole text is meant
        frame, reasons = _given(corpus, codes, rules, learned, where, score, score >= self.weighing.threshold)
        model = str(self.classifier.card["hash"])
        made_from = {**rules.provenance, "codebook": codebook.hash, "model": model, "coder": __version__}
        return Coding(self.name, corpus.ids, frame, made_from, reasons, corpus), score


def train(
    corpus: Corpus,
    coding: Coding,
    codebook: Codebook | None,
    *,
    rules: Method | None = None,
    embedding: str = "auto",
    whole: Whole | None = None,
    untold: pd.DataFrame | None = None,
    seed: int = 1,
    progress: Progress = silent,
) -> Classifier:
    """Train a classifier, weighed beside the rules where there is a codebook; see `train_classifier`.

    `untold` (unit, code) are codes of which a coded unit says nothing: they were not there when it was coded.
    """
    enough_examples(corpus, coding)
    if codebook is None:
        return learn(corpus, coding, DUTCH, embedding=embedding, whole=whole, seed=seed, progress=progress).model
    both = combine(
        corpus, coding, codebook, rules=rules, embedding=embedding, whole=whole, untold=untold, seed=seed,
        progress=progress,
    )  # fmt: skip
    return both.classifier


def combine(
    corpus: Corpus,
    coding: Coding,
    codebook: Codebook,
    *,
    rules: Method | None = None,
    embedding: str = "auto",
    whole: Whole | None = None,
    untold: pd.DataFrame | None = None,
    seed: int = 1,
    progress: Progress = silent,
) -> Combination:
    """Train a classifier on what a person decided, and weigh it beside the rules.

    `embedding` is one of `embedding.NAMES`; `enough_examples` says whether what was decided is enough. Of what is
    `untold` (see `train`) rules are not weighed; where nobody gave such a code yet, its rules decide.
    """
    rules = rules or Rules()
    classifier, probabilities, ids = learn(
        corpus,
        coding,
        language_of(codebook.language),
        embedding=embedding,
        prior=Prior(codebook, rules),
        whole=whole,
        seed=seed,
        progress=progress,
    )
    part = corpus.take(ids)
    codes = codebook.ids
    right = coding.matrix(ids, codes)
    open_ = _marked(untold, ids, codes) & ~right
    kept = ~(ruled(codebook) & open_.any(axis=0) & ~right.any(axis=0))
    weighing = weigh(
        [code for code, weighed in zip(codes, kept, strict=True) if weighed],
        (rules.code(part, codebook).matrix(ids, codes) & ~corpus.unsaid(ids, right) & ~open_)[:, kept],
        _spread(probabilities, classifier.codes, codes)[:, kept],
        _like(classifier, part.texts.tolist(), codebook)[:, kept],
        right[:, kept],
        ruled=ruled(codebook)[kept],
        seed=seed,
    )
    made_from = {"codebook": codebook.hash, "rules_hash": codebook.rules_hash}
    card = {**classifier.card, "beside_rules": {**made_from, "best": weighing.way, **weighing.scores}}
    return Combination(rules, replace(classifier, weighing=weighing, card=card), codebook)


def _marked(pairs: pd.DataFrame | None, ids: "pd.Index[str]", codes: Sequence[str]) -> Labels:
    """Which units and codes are among `pairs` (unit, code), shape (units, codes)."""
    found = np.zeros((len(ids), len(codes)), dtype=np.bool_)
    if pairs is not None:
        row, column = ids.get_indexer(pd.Index(pairs["unit"])), pd.Index(codes).get_indexer(pd.Index(pairs["code"]))
        there = (row >= 0) & (column >= 0)
        found[row[there], column[there]] = True
    return found


def _like(classifier: Classifier, texts: Sequence[str], codebook: Codebook) -> Probabilities:
    """Likeness to the codebook, by the embedding of the classifier."""

    def vectors(some: Sequence[str]) -> Probabilities:
        return np.asarray(classifier.features.vectors(some).toarray())

    return similarity(vectors(texts), vectors, codebook)


def _spread(probabilities: Probabilities, of: tuple[str, ...], codes: Sequence[str]) -> Probabilities:
    """The probabilities in the order of `codes`; a code the classifier never saw is very unlikely."""
    return _reordered(probabilities, of, codes, NEVER_SEEN)


def _reordered(values: npt.NDArray[_T], of: tuple[str, ...], codes: Sequence[str], unknown: float) -> npt.NDArray[_T]:
    """Columns of the codes `of`, in the order of `codes`; `unknown` in a column that is not there."""
    spread = np.full((len(values), len(codes), *values.shape[2:]), unknown, dtype=values.dtype)
    place = {code: column for column, code in enumerate(codes)}
    for column, code in enumerate(of):
        if code in place:
            spread[:, place[code]] = values[:, column]
    return spread


def _given(
    corpus: Corpus,
    codes: Sequence[str],
    rules: Coding,
    learned: Probabilities,
    where: Places,
    score: Probabilities,
    chosen: Labels,
) -> tuple[pd.DataFrame, Reasons]:
    """The assignments and their reasons: each hit of a code that is given, and one row for the classifier beside it."""
    row, column = np.nonzero(chosen)
    units = corpus.ids.to_numpy()[row]
    names = np.asarray(codes, dtype=object)[column]
    decided = pd.DataFrame({"unit": units, "code": names, "decided": score[row, column]})
    hits = rules.assignments.assign(hit=np.arange(len(rules.assignments))).merge(decided, on=["unit", "code"])
    hits["score"] = hits.pop("decided")
    because = Reasons.stacked([rules.reasons.take(hits.pop("hit").to_numpy()), reasons_of(learned[row, column])])
    start, end = where[row, column].T
    own = assignments({"unit": units, "code": names, "score": score[row, column], "start": start, "end": end})
    frame = pd.concat([hits, own], ignore_index=True)
    order = corpus.ids.get_indexer(pd.Index(frame["unit"])), pd.Index(codes).get_indexer(pd.Index(frame["code"]))
    rows = np.lexsort((frame["start"], order[1], order[0]))
    return frame.iloc[rows].reset_index(drop=True), because.take(rows)
