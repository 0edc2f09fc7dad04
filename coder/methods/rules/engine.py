"""Where the rules of a codebook match.

The texts are split once; each word of a rule is decided once for each distinct form; phrases,
exceptions and offsets then work on numbers. All hits are kept, overlapping ones too.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.codebook import Code, Codebook
from coder.coding import Coding, assignments
from coder.corpus import Corpus
from coder.dutch.lemmas import lemma
from coder.dutch.text import Tokens, fold, tokenise
from coder.errors import CodebookError
from coder.methods.rules.language import Way, Word, parse
from coder.version import __version__

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where a rule matched: text by its index, characters `[start, end)` of it."""

    text: int
    start: int
    end: int
    rule: str


class Rules:
    """Codes a corpus by the rules of the codebook; every hit is an assignment that names its rule."""

    name = "rules"

    def code(self, corpus: Corpus, codebook: Codebook) -> Coding:
        """Look for every rule in every unit. Raises `CodebookError` on a rule that cannot be read."""
        found = find(corpus.texts, codebook)
        ids = corpus.ids.to_numpy()
        rows = [(ids[hit.text], code, hit) for code, hits in found.items() for hit in hits]
        frame = assignments(
            {
                "unit": [unit for unit, _, _ in rows],
                "code": [code for _, code, _ in rows],
                "start": [hit.start for _, _, hit in rows],
                "end": [hit.end for _, _, hit in rows],
                "reason": [f"rule {hit.rule}" for _, _, hit in rows],
            }
        )
        order = pd.Index(corpus.ids).get_indexer(pd.Index(frame["unit"]))
        frame = frame.iloc[np.lexsort((frame["end"], frame["start"], order))].reset_index(drop=True)
        return Coding(self.name, corpus.ids, frame, {"codebook": codebook.hash, "coder": __version__})


def find(texts: Iterable[str], codebook: Codebook) -> dict[str, list[Hit]]:
    """The hits of each code that has rules, exceptions taken off; by code id, in order of rule."""
    compiled = {code.id: _compiled(code) for code in codebook.codes}
    index = _Index(tokenise(texts))
    found: dict[str, list[Hit]] = {}
    for id_, (rules, exceptions) in compiled.items():
        hits = [hit for rule, words in rules for hit in index.hits(rule, words)]
        excepted = [hit for rule, words in exceptions for hit in index.hits(rule, words)]
        found[id_] = _apart_from(hits, excepted) if excepted else hits
    return found


Compiled = list[tuple[str, tuple[Word, ...]]]


def _compiled(code: Code) -> tuple[Compiled, Compiled]:
    try:
        return (
            [(rule, parse(rule)) for rule in code.rules],
            [(rule, parse(rule)) for rule in code.exceptions],
        )
    except CodebookError as error:
        raise CodebookError(f"Code {code.id!r}: {error}") from None


def _apart_from(hits: Sequence[Hit], excepted: Sequence[Hit]) -> list[Hit]:
    """The hits that overlap none of the excepted ones."""
    places: dict[int, list[Hit]] = {}
    for hit in excepted:
        places.setdefault(hit.text, []).append(hit)
    return [
        hit
        for hit in hits
        if not any(other.start < hit.end and hit.start < other.end for other in places.get(hit.text, ()))
    ]


class _Index:
    """The words of the texts, found by form."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.folded = [fold(form) for form in tokens.forms]
        self.order = np.argsort(tokens.form, kind="stable")
        self.bounds = np.searchsorted(tokens.form[self.order], np.arange(len(tokens.forms) + 1))
        self._known: dict[Word, npt.NDArray[np.int64]] = {}

    def hits(self, rule: str, words: Sequence[Word]) -> Iterator[Hit]:
        """Every place where these words stand in a row."""
        tokens = self.tokens
        starts = self._positions(words[0])
        for step, word in enumerate(words[1:], start=1):
            starts = starts[starts + step < len(tokens.form)]
            starts = starts[np.isin(tokens.form[starts + step], self._forms(word))]
        for start in starts.tolist():
            last = start + len(words) - 1
            if all(tokens.adjoin(position) for position in range(start, last)):
                yield Hit(int(tokens.text[start]), int(tokens.start[start]), int(tokens.end[last]), rule)

    def _positions(self, word: Word) -> Positions:
        pieces = [self.order[self.bounds[form] : self.bounds[form + 1]] for form in self._forms(word)]
        return np.sort(np.concatenate(pieces)) if pieces else np.empty(0, dtype=np.int64)

    def _forms(self, word: Word) -> npt.NDArray[np.int64]:
        if word not in self._known:
            self._known[word] = np.asarray(sorted(self._matching(word)), dtype=np.int64)
        return self._known[word]

    def _matching(self, word: Word) -> Iterable[int]:
        match word.way:
            case Way.CASED:
                return (number for number in self._by_fold.get(fold(word.text), ()) if self._written(number, word))
            case Way.WRITTEN:
                return self._by_fold.get(fold(word.text), ())
            case Way.INFLECTED:
                folded = fold(word.text)
                same = self._by_lemma.get(lemma(word.text.lower()), ())
                return {*self._by_fold.get(folded, ()), *same}
            case Way.WILD:
                return self._wild(fold(word.text))

    def _written(self, number: int, word: Word) -> bool:
        return _as_typed(self.tokens.forms[number]) == _as_typed(word.text)

    def _wild(self, pattern: str) -> Iterable[int]:
        stem = pattern[:-1]
        if pattern.endswith("*") and "*" not in stem and "?" not in stem:
            forms, numbers = self._sorted
            return numbers[bisect_left(forms, stem) : bisect_left(forms, stem + "\U0010ffff")]
        letters = re.escape(pattern).replace(r"\*", "[^\n]*").replace(r"\?", "[^\n]")
        matches = re.finditer(rf"^{letters}$", self._lines, flags=re.MULTILINE)
        lines = {match[0] for match in matches}
        return (number for line in lines for number in self._by_fold[line])

    @cached_property
    def _by_fold(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, form in enumerate(self.folded):
            found.setdefault(form, []).append(number)
        return found

    @cached_property
    def _by_lemma(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, form in enumerate(self.tokens.forms):
            found.setdefault(lemma(form.lower()), []).append(number)
        return found

    @cached_property
    def _sorted(self) -> tuple[list[str], list[int]]:
        numbers = sorted(range(len(self.folded)), key=self.folded.__getitem__)
        return [self.folded[number] for number in numbers], numbers

    @cached_property
    def _lines(self) -> str:
        return "\n".join(dict.fromkeys(self.folded))


def _as_typed(form: str) -> str:
    """The form with its case, however its accents and apostrophes are stored."""
    return unicodedata.normalize("NFC", form).replace("’", "'")
