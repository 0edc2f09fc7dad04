"""Quotes per code: answers that are typical of it and unlike one another, with names and addresses masked.

A person's choice comes first and is marked as such; the rest the machine chooses, and says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from coder.coding import Coding
from coder.corpus import Corpus
from coder.dutch.no_answer import is_no_answer
from coder.dutch.text import WORD, fold
from coder.errors import DataError
from coder.reports.masking import Span, mask
from coder.tables.words import words

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]

_POOL = 500
"""So many answers of a code, drawn at random, are read to choose its quotes from."""
_RELEVANCE = 0.5
"""The weight of typicality against variety (lambda of Carbonell and Goldstein 1998)."""
_SAME = 0.7
"""Answers as alike as this (cosine of n-grams) are one answer told twice."""
_SHORT, _LONG = 5, 40
"""Words of an answer of middling length."""
_OTHER_CODE = 0.85
"""What each other code of an answer leaves of its typicality."""


@dataclass(frozen=True, slots=True)
class Quote:
    """An answer as it can be shown: `text` is masked, `spans` are the characters of it that a rule found.

    `reason` says why it has the code; `picked` whether a person chose it.
    """

    unit: str
    text: str
    spans: tuple[Span, ...]
    reason: str
    picked: bool


def choose_quotes(
    coding: Coding,
    corpus: Corpus,
    codes: Sequence[str],
    *,
    count: int = 3,
    picked: Mapping[str, Sequence[str]] | None = None,
    evidence: Coding | None = None,
    language: str = "nl",
    seed: int = 1,
    keep: Iterable[str] = (),
) -> dict[str, tuple[Quote, ...]]:
    """Up to `count` quotes of each code, by code, in the order of `codes`; none where no answer has it.

    `picked` are units that a person chose, by code: all of them come first, in their order. The rest
    is filled by maximal marginal relevance (Carbonell and Goldstein 1998): typical of the code, and
    unlike the quotes there are. Typical is near the centroid of the code's answers (cosine of words,
    pairs of words, lemmas and runs of characters, tf-idf), of middling length, with few other codes,
    and given with a high score. An answer told twice is shown once. Of a code with over 500 answers,
    500 drawn by `seed` are read. Places come from `evidence` (such as the coding of rules) and from
    `coding` itself. `keep` are names that are not masked, see `masking.find_personal`.

    Raises `DataError` for a picked unit that is not there, or does not have the code.
    """
    words(language)
    chosen = _checked(picked or {}, coding, corpus)
    stay = tuple(keep)
    given = coding.pairs().groupby("code", sort=False)["unit"].agg(list).to_dict()
    generator = np.random.default_rng(seed)
    pools = {code: _pool(given.get(code, []), chosen.get(code, ()), corpus, generator) for code in codes}
    vectors = _Vectors(corpus.texts, dict.fromkeys(unit for pool in pools.values() for unit in pool))
    others = coding.pairs()["unit"].value_counts()
    scores = coding.assignments.groupby(["code", "unit"])["score"].max()
    quotes = {}
    for code, pool in pools.items():
        typical = _typicality(pool, vectors, others, scores.loc[code]) if pool else np.zeros(0)
        units = _varied(pool, typical, vectors, chosen.get(code, ()), count)
        quotes[code] = tuple(
            _quote(unit, code, coding, evidence, corpus, language, stay, picked=unit in chosen.get(code, ()))
            for unit in units
        )
    return quotes


def _checked(picked: Mapping[str, Sequence[str]], coding: Coding, corpus: Corpus) -> dict[str, tuple[str, ...]]:
    """The picked units, each once."""
    pairs = coding.pairs()
    has = set(zip(pairs["code"], pairs["unit"], strict=True))
    for code, units in picked.items():
        if isinstance(units, str):
            raise DataError(f"The picked quotes of {code!r} are a list of unit ids, not the text {units!r}.")
        for unit in units:
            if unit not in corpus.ids:
                raise DataError(f"The picked quote {unit!r} of {code!r} is not an answer of {corpus.name}; check it.")
            if (code, unit) not in has:
                raise DataError(f"The picked quote {unit!r} does not have the code {code!r}; pick another, or code it.")
    return {code: tuple(dict.fromkeys(units)) for code, units in picked.items()}


def _pool(units: Sequence[str], picked: Sequence[str], corpus: Corpus, generator: np.random.Generator) -> list[str]:
    """The answers to choose from, picked ones among them, in the order of the corpus."""
    said = [unit for unit in units if unit in picked or not is_no_answer(corpus.texts[unit])]
    if len(said) > _POOL:
        drawn = set(generator.choice(len(said), _POOL, replace=False).tolist())
        said = [unit for place, unit in enumerate(said) if place in drawn or unit in picked]
    return said


class _Vectors:
    """The n-grams of answers, weighed; rows of length 1, shape (units, n-grams)."""

    def __init__(self, texts: "pd.Series[str]", units: Iterable[str]) -> None:
        from scipy.sparse import hstack  # noqa: PLC0415 (half a second)

        from coder.methods.features import CharacterGrams, WordGrams  # noqa: PLC0415 (scikit-learn)

        self.place = {unit: place for place, unit in enumerate(units)}
        written = [texts[unit] for unit in self.place]
        self.words = [WORD.findall(fold(text)) for text in written]
        if any(self.words):
            grams = [WordGrams().fit_transform(written), CharacterGrams().fit_transform(written)]
            self.rows = hstack(grams, format="csr") / np.sqrt(2)

    def of(self, units: Sequence[str]) -> Floats:
        """How alike these answers are, shape (units, units), 0..1; to one without words none is."""
        if not any(self.words):
            return np.eye(len(units))
        rows = self.rows[[self.place[unit] for unit in units]]
        alike: Floats = (rows @ rows.T).toarray()
        return alike

    def sizes(self, units: Sequence[str]) -> Floats:
        """Words of each answer."""
        return np.array([len(self.words[self.place[unit]]) for unit in units], dtype=np.float64)


def _typicality(pool: Sequence[str], vectors: _Vectors, codes: "pd.Series[int]", scores: "pd.Series[float]") -> Floats:
    """How typical each answer is, at most 1, shape (pool,)."""
    alike = vectors.of(pool)
    length = np.sqrt(max(float(alike.sum()), 1e-12))  # of the sum of the rows
    near: Floats = alike.sum(axis=1) / length
    size = np.maximum(vectors.sizes(pool), 1)
    middling = np.minimum(1, np.minimum(size / _SHORT, _LONG / size))
    others = codes.reindex(list(pool)).to_numpy(dtype=np.float64) - 1
    sure = scores.reindex(list(pool)).clip(0, 1).to_numpy(dtype=np.float64)
    found: Floats = near * middling * _OTHER_CODE**others * sure
    return found / max(float(found.max()), 1e-12)


def _varied(pool: Sequence[str], typical: Floats, vectors: _Vectors, picked: Sequence[str], count: int) -> list[str]:
    """The picked answers, then the most typical that is least like those there are, until there are `count`."""
    chosen = [pool.index(unit) for unit in picked]
    if not pool:
        return []
    alike = vectors.of(pool)
    open_ = np.ones(len(pool), dtype=np.bool_)
    open_[chosen] = False
    while len(chosen) < count:
        nearest = alike[:, chosen].max(axis=1) if chosen else np.zeros(len(pool))
        open_ &= nearest < _SAME
        if not open_.any():
            break
        worth = _RELEVANCE * typical - (1 - _RELEVANCE) * nearest
        best = int(np.where(open_, worth, -np.inf).argmax())
        chosen.append(best)
        open_[best] = False
    return [pool[place] for place in chosen]


def _quote(
    unit: str,
    code: str,
    coding: Coding,
    evidence: Coding | None,
    corpus: Corpus,
    language: str,
    keep: Sequence[str],
    *,
    picked: bool,
) -> Quote:
    spans: set[Span] = set()
    reasons: dict[str, None] = {}
    for one in (coding, evidence) if evidence is not None else (coding,):
        frame = one.assignments
        rows = np.flatnonzero((frame["unit"] == unit) & (frame["code"] == code))
        own = frame.take(rows)
        spans.update(zip(own["start"].tolist(), own["end"].tolist(), strict=True))
        reasons |= dict.fromkeys(reason.said(language) for reason in one.reasons.take(rows))
    placed = sorted(span for span in spans if span[0] >= 0)
    text, moved = mask(corpus.texts[unit], placed, language=language, keep=keep)
    return Quote(unit, text, moved, "; ".join(filter(None, reasons)), picked)
