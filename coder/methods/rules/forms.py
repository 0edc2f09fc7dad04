"""Which forms of the texts the words of rules mean, decided once for each distinct form.

What can be is asked of all forms at once: those that begin or end as a word of a rule are a range of the sorted
forms, the word lists are asked for all lemmas in one go, slips of the pen are found by hashes. What is left, forms
that may have a lemma that no list gives, are worked out one by one.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from coder.dutch.lemmas import compound_fronts, form_lemma, form_lemmas, is_derived, is_known
from coder.dutch.text import fold
from coder.dutch.typos import Terms
from coder.dutch.word_lists import in_lists
from coder.methods.rules.beginnings import Beginnings
from coder.methods.rules.language import Way, Word

_SHARED, _FEWEST = 3, 3
"""A form that no list settles is looked at when it begins as the word does, but for its last three letters."""
_UNSETTLED = ("je", "jes", "d", "de", "den", "der", "ste", "s")
"""Endings of listed forms whose lemma may be another than the one the lists give."""

Pairs = Iterator[tuple[int, int]]
Marks = npt.NDArray[np.bool_]


class Words:
    """The words of rules, each with its number, recognised in forms."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = words
        self._written: dict[str, list[int]] = {}
        self._cased: dict[str, list[int]] = {}
        self._lemmas: dict[str, list[int]] = {}
        self._inflected: dict[str, list[int]] = {}
        wild: list[tuple[int, str]] = []
        for number, word in enumerate(words):
            match word.way:
                case Way.CASED:
                    self._cased.setdefault(_plain(word.text), []).append(number)
                case Way.WILD:
                    wild.append((number, fold(word.text)))
                case Way.WRITTEN:
                    self._written.setdefault(fold(word.text), []).append(number)
                case Way.INFLECTED:
                    self._written.setdefault(fold(word.text), []).append(number)
                    self._inflected.setdefault(fold(word.text), []).append(number)
                    for lemma in {word.text.lower(), form_lemma(word.text)}:
                        self._lemmas.setdefault(lemma, []).append(number)
        self._wild = _Patterns(wild)
        self._beginnings = sorted({lemma[: max(_FEWEST, len(lemma) - _SHARED)] for lemma in self._lemmas})
        self._sorted = sorted(self._lemmas)
        self._terms = Terms(self._inflected)

    def recognise(self, forms: Sequence[str]) -> tuple[npt.NDArray[np.int64], Marks]:
        """What the forms mean: rows (form, word) of numbers, ascending, and whether each is a slip of the pen."""
        lowered = "\n".join(forms).lower().split("\n") if forms else []
        folded = _folded(forms, lowered)
        meant = [*self._as_written(forms, folded), *self._wild.matching(folded)]
        slips: list[tuple[int, int]] = []
        if self._lemmas and forms:
            known, given = in_lists(forms, self._lemmas.keys())
            meant += self._inflections(forms, lowered, known, given)
            slips += self._slips(forms, folded, np.flatnonzero(~known).tolist())
        plain = np.unique(self._keys(meant))
        keys = np.concatenate([plain, np.setdiff1d(self._keys(slips), plain)])
        order = np.argsort(keys)
        return np.stack(np.divmod(keys[order], max(len(self.words), 1)), axis=1), order >= len(plain)

    def _keys(self, pairs: Sequence[tuple[int, int]]) -> npt.NDArray[np.int64]:
        """Pairs (form, word), each as one number."""
        rows = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        keys: npt.NDArray[np.int64] = rows[:, 0] * len(self.words) + rows[:, 1]
        return keys

    def _as_written(self, forms: Sequence[str], folded: Sequence[str]) -> Pairs:
        for number, form in enumerate(folded):
            if form in self._written:
                yield from ((number, word) for word in self._written[form])
        if self._cased:
            for number, form in enumerate(forms):
                yield from ((number, word) for word in self._cased.get(_plain(form), ()))

    def _inflections(self, forms: Sequence[str], lowered: Sequence[str], known: Marks, given: Marks) -> Pairs:
        """Forms that have the lemma of a word; the lists may know a form, and have given it such a lemma."""
        pairs = Beginnings(lowered).of([*self._beginnings, "ge"])
        is_participle = pairs[:, 0] == len(self._beginnings)
        begun, participle = np.zeros((2, len(forms)), dtype=np.bool_)
        begun[pairs[~is_participle, 1]] = True
        participle[pairs[is_participle, 1]] = True
        listed = np.flatnonzero(begun & known & ~given).tolist()
        unlisted = np.flatnonzero(~known & (begun | participle)).tolist()
        asked = [*(number for number in listed if lowered[number].endswith(_UNSETTLED)), *unlisted]
        likely = {number for number in asked if lowered[number] in self._lemmas or is_derived(lowered[number])}
        others = [number for number in unlisted if number not in likely]
        fronts = zip(others, compound_fronts([lowered[number] for number in others]), strict=True)
        compounds = (number for number, front in fronts if front is not None and self._begins_lemma(front))
        worked_out = [*np.flatnonzero(given).tolist(), *likely, *compounds]
        for number in worked_out:
            for lemma in form_lemmas(forms[number]) & self._lemmas.keys():
                yield from ((number, word) for word in self._lemmas[lemma])

    def _begins_lemma(self, front: str) -> bool:
        place = bisect_left(self._sorted, front)
        return place < len(self._sorted) and self._sorted[place].startswith(front)

    def _slips(self, forms: Sequence[str], folded: Sequence[str], unlisted: Sequence[int]) -> Pairs:
        """Unknown forms that are one slip of the pen away from an inflected word."""
        for place, term in self._terms.near([folded[number] for number in unlisted]):
            number = unlisted[place]
            if not is_known(forms[number]):
                yield from ((number, word) for word in self._inflected[term])


class _Patterns:
    """Words with wildcards, looked up by their longest stretch of letters at the start or the end, else anywhere."""

    def __init__(self, patterns: Iterable[tuple[int, str]]) -> None:
        self._starts: list[tuple[str, int, re.Pattern[str] | None]] = []
        self._ends: list[tuple[str, int, re.Pattern[str] | None]] = []
        self._inside: list[tuple[int, str, re.Pattern[str]]] = []
        for number, text in patterns:
            first, *_, last = literals = re.split(r"[*?]", text)
            if first:
                self._starts.append((first, number, None if text == f"{first}*" else _whole(text)))
            elif last:
                self._ends.append((last[::-1], number, None if text == f"*{last}" else _whole(text)))
            else:
                self._inside.append((number, max(literals, key=len), _whole(text)))

    def matching(self, folded: Sequence[str]) -> Pairs:
        """The pairs (form, word)."""
        if self._starts:
            yield from self._begun(folded, self._starts, folded)
        if self._ends:
            yield from self._begun("\n".join(folded)[::-1].split("\n")[::-1], self._ends, folded)
        if self._inside:
            yield from self._anywhere(folded)

    def _begun(
        self, turned: Sequence[str], wanted: Sequence[tuple[str, int, re.Pattern[str] | None]], folded: Sequence[str]
    ) -> Pairs:
        """The forms of which the turned one begins as a pattern does, where all of the pattern holds."""
        for place, form in Beginnings(turned).of([beginning for beginning, *_ in wanted]).tolist():
            _, word, whole = wanted[place]
            if whole is None or whole.fullmatch(folded[form]):
                yield form, word

    def _anywhere(self, folded: Sequence[str]) -> Pairs:
        lines = "\n".join(folded)
        lengths = np.fromiter(map(len, folded), dtype=np.int64, count=len(folded))
        ends = np.cumsum(lengths + 1)
        for word, needle, whole in self._inside:
            places = [match.start() for match in re.finditer(re.escape(needle), lines)]
            for number in np.unique(np.searchsorted(ends, places, side="right")).tolist():
                if number < len(folded) and whole.fullmatch(folded[number]):
                    yield number, word


def _folded(forms: Sequence[str], lowered: Sequence[str]) -> list[str]:
    """The forms folded: in ASCII, as most are, that is in lower case."""
    folded = list(lowered)
    wide = [number for number, form in enumerate(lowered) if not form.isascii()]
    for number, form in zip(wide, fold("\n".join(forms[number] for number in wide)).split("\n"), strict=False):
        folded[number] = form
    return folded


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."))


def _plain(text: str) -> str:
    """The text with its case, however its accents and apostrophes are stored."""
    return unicodedata.normalize("NFC", text).replace("’", "'")
