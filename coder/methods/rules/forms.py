"""Which forms of the texts the words of rules mean, decided once for each distinct form."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from coder.dutch.lemmas import form_lemma, form_lemmas, is_known, listed_lemmas
from coder.dutch.text import fold
from coder.dutch.typos import Terms
from coder.methods.rules.language import Way, Word

_SHARED, _FEWEST = 3, 3
"""A form that no list settles is looked at when it begins as the word does, but for its last three letters."""
_UNSETTLED = ("je", "jes", "d", "de", "den", "der", "ste", "s")
"""Endings of listed forms whose lemma may be another than the one the lists give."""


class Words:
    """The words of rules, each with its number, recognised in forms."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = words
        self._written: dict[str, list[int]] = {}
        self._cased: dict[str, list[int]] = {}
        self._lemmas: dict[str, list[int]] = {}
        self._wild = _Patterns((number, fold(word.text)) for number, word in self._of(Way.WILD) if not word.is_any)
        for number, word in enumerate(words):
            match word.way:
                case Way.CASED:
                    self._cased.setdefault(_plain(word.text), []).append(number)
                case Way.WRITTEN | Way.INFLECTED:
                    self._written.setdefault(fold(word.text), []).append(number)
        for number, word in self._of(Way.INFLECTED):
            for lemma in {word.text.lower(), form_lemma(word.text)}:
                self._lemmas.setdefault(lemma, []).append(number)
        self._beginnings = {lemma[: max(_FEWEST, len(lemma) - _SHARED)] for lemma in self._lemmas}
        self._lengths = sorted({len(beginning) for beginning in self._beginnings})
        self._terms = Terms(fold(word.text) for _, word in self._of(Way.INFLECTED))

    def recognise(self, forms: Sequence[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """What the forms mean: rows (form, word) of numbers, ascending, and whether each is a slip of the pen."""
        folded = fold("\n".join(forms)).split("\n") if forms else []
        meant = {*self._as_written(forms, folded), *self._wild.matching(folded)}
        slips = set()
        if self._lemmas:
            listed = [listed_lemmas(form) for form in forms]
            meant.update(self._inflected(forms, listed))
            unlisted = [number for number, lemmas in enumerate(listed) if not lemmas]
            slips = {pair for pair in self._slips(forms, folded, unlisted) if pair not in meant}
        rows = sorted(meant | slips)
        pairs = np.asarray(rows, dtype=np.int64).reshape(len(rows), 2)
        return pairs, np.fromiter((row in slips for row in rows), dtype=np.bool_, count=len(rows))

    def _of(self, way: Way) -> Iterator[tuple[int, Word]]:
        return ((number, word) for number, word in enumerate(self.words) if word.way is way)

    def _as_written(self, forms: Sequence[str], folded: Sequence[str]) -> Iterator[tuple[int, int]]:
        for number, form in enumerate(folded):
            if form in self._written:
                yield from ((number, word) for word in self._written[form])
        if self._cased:
            for number, form in enumerate(forms):
                yield from ((number, word) for word in self._cased.get(_plain(form), ()))

    def _inflected(self, forms: Sequence[str], listed: Sequence[tuple[str, ...]]) -> Iterator[tuple[int, int]]:
        for number, (form, lemmas) in enumerate(zip(forms, listed, strict=True)):
            if self._is_settled(form.lower(), lemmas):
                continue
            for lemma in form_lemmas(form) & self._lemmas.keys():
                yield from ((number, word) for word in self._lemmas[lemma])

    def _is_settled(self, form: str, listed: tuple[str, ...]) -> bool:
        """Whether the lemmas of a form need not be worked out, since none can be a word's."""
        if listed:
            if not self._lemmas.keys().isdisjoint(listed):
                return False
            if not form.endswith(_UNSETTLED):
                return True
        elif form.startswith("ge"):
            return False
        return all(form[:length] not in self._beginnings for length in self._lengths)

    def _slips(self, forms: Sequence[str], folded: Sequence[str], unlisted: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Unknown forms that are one slip of the pen away from an inflected word."""
        for number in unlisted:
            for term in self._terms.near(folded[number]):
                if not is_known(forms[number]):
                    inflected = (word for word in self._written[term] if self.words[word].way is Way.INFLECTED)
                    yield from ((number, word) for word in inflected)


class _Patterns:
    """Words with wildcards, looked up by their longest stretch of letters at the start or the end, else anywhere."""

    def __init__(self, patterns: Iterable[tuple[int, str]]) -> None:
        self._starts: dict[str, list[tuple[int, re.Pattern[str] | None]]] = {}
        self._ends: dict[str, list[tuple[int, re.Pattern[str] | None]]] = {}
        self._inside: list[tuple[int, str, re.Pattern[str]]] = []
        for number, text in patterns:
            literals = re.split(r"[*?]", text)
            whole = re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."))
            if literals[0]:
                simple = text == f"{literals[0]}*"
                self._starts.setdefault(literals[0], []).append((number, None if simple else whole))
            elif literals[-1]:
                simple = text == f"*{literals[-1]}"
                self._ends.setdefault(literals[-1], []).append((number, None if simple else whole))
            else:
                self._inside.append((number, max(literals, key=len), whole))

    def matching(self, folded: Sequence[str]) -> Iterator[tuple[int, int]]:
        """The pairs (form, word)."""
        for lengths, table, cut in (
            (sorted({len(start) for start in self._starts}), self._starts, _start),
            (sorted({len(end) for end in self._ends}), self._ends, _end),
        ):
            for number, form in enumerate(folded if lengths else ()):
                for length in lengths:
                    if length > len(form):
                        break
                    for word, whole in table.get(cut(form, length), ()):
                        if whole is None or whole.fullmatch(form):
                            yield number, word
        if self._inside:
            yield from self._anywhere(folded)

    def _anywhere(self, folded: Sequence[str]) -> Iterator[tuple[int, int]]:
        lines = "\n".join(folded)
        lengths = np.fromiter(map(len, folded), dtype=np.int64, count=len(folded))
        ends = np.cumsum(lengths + 1)
        for word, needle, whole in self._inside:
            places = [match.start() for match in re.finditer(re.escape(needle), lines)]
            for number in np.unique(np.searchsorted(ends, places, side="right")).tolist():
                if number < len(folded) and whole.fullmatch(folded[number]):
                    yield number, word


def _start(form: str, length: int) -> str:
    return form[:length]


def _end(form: str, length: int) -> str:
    return form[-length:]


def _plain(text: str) -> str:
    """The text with its case, however its accents and apostrophes are stored."""
    return unicodedata.normalize("NFC", text).replace("’", "'")
