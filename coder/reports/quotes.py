"""Quotes per code: answers that are typical of it and unlike one another, with names and addresses masked.

A person's choice comes first and is marked as such; the rest the machine chooses, and says so. What gives a person away
becomes "[naam]", "[e-mail]", "[adres]"; a person must still look: see the manual for what is missed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from coder.arrays import Floats
from coder.coding import RULE, Coding
from coder.corpus import Corpus
from coder.errors import DataError
from coder.languages.nl.no_answer import is_no_answer
from coder.languages.nl.personal import find_personal
from coder.languages.text import WORD, fold
from coder.note import Note
from coder.words import say

if TYPE_CHECKING:
    import pandas as pd

    from coder.coding import Reason


Span = tuple[int, int]


Mask = tuple[int, int, str]
"""Characters that may give a person away, and of what kind they are: `name`, `email`, `phone` …"""


def masks(text: str, *, keep: Iterable[str] = ()) -> tuple[Mask, ...]:
    """What is to be masked in a text, in order. See `find_personal` for `keep`."""
    return tuple((one.start, one.end, one.kind) for one in find_personal(text, keep=keep))


def masked(text: str, spans: Sequence[Span], found: Sequence[Mask]) -> tuple[str, tuple[Span, ...]]:
    """The text with a placeholder for what was found, in the language chosen, and where its `spans` are now.

    A span keeps its words; one that touches what was masked takes in the whole placeholder. All else stays verbatim.
    """
    parts: list[str] = []
    place = size = 0
    now: list[tuple[Mask, int, int]] = []
    for one in found:
        start, end, kind = one
        written = say(Note(f"masking.{kind}"))
        parts += [text[place:start], written]
        size += start - place
        now.append((one, size, size + len(written)))
        size += len(written)
        place = end
    return "".join([*parts, text[place:]]), tuple(_moved(span, now) for span in spans)


def _moved(span: Span, now: Sequence[tuple[Mask, int, int]]) -> Span:
    return _place(span[0], now, at_end=False), _place(span[1], now, at_end=True)


def _place(at: int, now: Sequence[tuple[Mask, int, int]], *, at_end: bool) -> int:
    """Where a character is now; inside what was masked, the start or the end of the placeholder."""
    shift = 0
    for one, start, end in now:
        if at <= one[0]:
            break
        if at < one[1]:
            return end if at_end else start
        shift = end - one[1]
    return at + shift


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
    """An answer to show: the `text` verbatim, and its characters that a rule found (`spans`) or to mask (`masks`).

    Who writes a report puts placeholders for the latter (`coder.reports.quotes.masked`). `reason` says why it has the
    `code`; `picked` whether a person chose it.
    """

    unit: str
    text: str
    spans: tuple[Span, ...]
    reason: Any
    picked: bool
    masks: tuple[Mask, ...] = ()
    code: str = ""


def choose_quotes(
    coding: Coding,
    corpus: Corpus,
    codes: Sequence[str],
    *,
    count: int = 3,
    picked: Mapping[str, Sequence[str]] | None = None,
    evidence: Coding | None = None,
    seed: int = 1,
    keep: Iterable[str] = (),
) -> dict[str, tuple[Quote, ...]]:
    """Up to `count` quotes of each code, by code, in the order of `codes`; none where no answer has it.

    `picked` are units that a person chose, by code: all of them come first, in their order. The rest is filled by
    maximal marginal relevance (Carbonell and Goldstein 1998): typical of the code, and unlike the quotes there are.
    Typical is near the centroid of the code's answers (cosine of words, pairs of words, lemmas and runs of
    characters, tf-idf), of middling length, with few other codes, and given with a high score. An answer told twice
    is shown once, and one that is shown under a code is no quote of a later one that has others. Of a code with
    over 500 answers, 500 drawn by `seed` are read. Places come from `evidence` (such as the coding of rules) and
    from `coding` itself. `keep` are names that are not masked, see `coder.reports.quotes.masks`.

    Raises `DataError` for a picked unit that is not there, or does not have the code.
    """
    chosen = _checked(picked or {}, coding, corpus)
    stay = tuple(keep)
    given = coding.pairs().groupby("code", sort=False)["unit"].agg(list).to_dict()
    generator = np.random.default_rng(seed)
    pools = {code: _pool(given.get(code, []), chosen.get(code, ()), corpus, generator) for code in codes}
    vectors = _Vectors(corpus.texts, dict.fromkeys(unit for pool in pools.values() for unit in pool))
    others = coding.pairs()["unit"].value_counts()
    scores = coding.assignments.groupby(["code", "unit"])["score"].max()
    quotes = {}
    told = {corpus.texts[unit] for units in chosen.values() for unit in units}
    for code, every in pools.items():
        own = chosen.get(code, ())
        fresh = [unit for unit in every if unit in own or corpus.texts[unit] not in told]
        pool = fresh or every
        typical = _typicality(pool, vectors, others, scores.loc[code]) if pool else np.zeros(0)
        units = _varied(pool, typical, vectors, own, count)
        told.update(corpus.texts[unit] for unit in units)
        quotes[code] = tuple(
            _quote(unit, code, coding, evidence, corpus, stay, picked=unit in chosen.get(code, ())) for unit in units
        )
    return quotes


def typical_first(written: Sequence[str], count: int) -> list[int]:
    """The places of up to `count` texts that are typical of all and unlike one another, the most typical first.

    As `choose_quotes` has it: near the centroid, of middling length, by maximal marginal relevance; texts that are told
    twice are taken once.
    """
    import pandas as pd  # noqa: PLC0415 (heavy)

    units = [str(place) for place in range(len(written))]
    texts = pd.Series(list(written), index=units, dtype=object)
    vectors, ones = _Vectors(texts, units), pd.Series(1, index=units)
    typical = _typicality(units, vectors, ones, ones.astype(float)) if units else np.zeros(0)
    return [int(unit) for unit in _varied(units, typical, vectors, (), count)]


def _checked(picked: Mapping[str, Sequence[str]], coding: Coding, corpus: Corpus) -> dict[str, tuple[str, ...]]:
    """The picked units, each once."""
    pairs = coding.pairs()
    has = set(zip(pairs["code"], pairs["unit"], strict=True))
    for code, units in picked.items():
        if isinstance(units, str):
            raise DataError("report.picked_list", code=code, units=units)
        for unit in units:
            if unit not in corpus.ids:
                raise DataError("report.picked_unknown", unit=unit, code=code, corpus=corpus.name)
            if (code, unit) not in has:
                raise DataError("report.picked_without", unit=unit, code=code)
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
    keep: Sequence[str],
    *,
    picked: bool,
) -> Quote:
    spans: set[Span] = set()
    reasons: dict[Reason, None] = {}
    for one in (coding, evidence) if evidence is not None else (coding,):
        frame = one.assignments
        rows = np.flatnonzero((frame["unit"] == unit) & (frame["code"] == code))
        own, why = frame.take(rows), list(one.reasons.take(rows))
        places = zip(own["start"].tolist(), own["end"].tolist(), why, strict=True)
        spans.update((start, end) for start, end, reason in places if reason.kind == RULE and start >= 0)
        reasons |= dict.fromkeys(reason for reason in why if reason.kind)
    because = Note("report.reasons", reasons=[reason.told() for reason in reasons]) if reasons else ""
    text = corpus.texts[unit]
    return Quote(unit, text, tuple(sorted(spans)), because, picked, masks(text, keep=keep), code)


def pieces(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """The text in order, with whether each piece is marked; places that overlap are one piece."""
    place = 0
    for start, end in _merged(spans):
        if start > place:
            yield text[place:start], False
        yield text[start:end], True
        place = end
    if place < len(text):
        yield text[place:], False


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
