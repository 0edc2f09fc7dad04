"""Which forms of the texts a word of a rule means, decided once for each distinct form."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from coder.dutch.lemmas import form_lemma, form_lemmas, is_known
from coder.dutch.text import fold
from coder.dutch.typos import slips
from coder.methods.rules.language import Way, Word

Numbers = npt.NDArray[np.int64]


class Forms:
    """The distinct forms of a list of texts, looked up by the words of rules.

    `terms` are the words of which a slip of the pen is looked for.
    """

    def __init__(self, forms: Sequence[str], terms: Iterable[Word] = ()) -> None:
        self.forms = forms
        self.folded = [fold(form) for form in forms]
        self._terms = {fold(word.text) for word in terms if word.way is Way.INFLECTED}
        self._known: dict[Word, Numbers] = {}

    def of(self, word: Word) -> Numbers:
        """The numbers of the forms that the word means, ascending; slips of the pen left out."""
        if word not in self._known:
            self._known[word] = np.asarray(sorted(self._matching(word)), dtype=np.int64)
        return self._known[word]

    def slips_of(self, word: Word) -> Numbers:
        """The numbers of unknown forms that are one slip of the pen away from the word."""
        if word.way is not Way.INFLECTED:
            return np.empty(0, dtype=np.int64)
        numbers = [number for form in self._slips.get(fold(word.text), ()) for number in self.by_fold[form]]
        return np.setdiff1d(np.asarray(numbers, dtype=np.int64), self.of(word))

    def _matching(self, word: Word) -> Iterable[int]:
        folded = fold(word.text)
        match word.way:
            case Way.CASED:
                return (number for number in self.by_fold.get(folded, ()) if self._written(number) == _plain(word.text))
            case Way.WRITTEN:
                return self.by_fold.get(folded, ())
            case Way.INFLECTED:
                return {
                    *self.by_fold.get(folded, ()),
                    *self._by_lemma.get(word.text.lower(), ()),
                    *self._by_lemma.get(form_lemma(word.text), ()),
                }
            case Way.WILD:
                return self._wild(folded)

    def _written(self, number: int) -> str:
        return _plain(self.forms[number])

    def _wild(self, pattern: str) -> Iterable[int]:
        stem = pattern[:-1]
        if pattern.endswith("*") and "*" not in stem and "?" not in stem:
            forms, numbers = self._sorted
            return numbers[bisect_left(forms, stem) : bisect_left(forms, stem + "\U0010ffff")]
        letters = re.escape(pattern).replace(r"\*", "[^\n]*").replace(r"\?", "[^\n]")
        matches = re.finditer(rf"^{letters}$", self._lines, flags=re.MULTILINE)
        return (number for line in {match[0] for match in matches} for number in self.by_fold[line])

    @cached_property
    def by_fold(self) -> Mapping[str, Sequence[int]]:
        """The numbers of the forms that fold to the same word."""
        found: dict[str, list[int]] = {}
        for number, form in enumerate(self.folded):
            found.setdefault(form, []).append(number)
        return found

    @cached_property
    def _by_lemma(self) -> Mapping[str, Sequence[int]]:
        found: dict[str, list[int]] = {}
        for number, form in enumerate(self.forms):
            for lemma in form_lemmas(form):
                found.setdefault(lemma, []).append(number)
        return found

    @cached_property
    def _slips(self) -> Mapping[str, Sequence[str]]:
        """The unknown folded forms that are one edit away from each term."""
        unknown = (form for form, numbers in self.by_fold.items() if not is_known(self.forms[numbers[0]]))
        found: dict[str, list[str]] = {}
        for form, term in slips(unknown, self._terms):
            found.setdefault(term, []).append(form)
        return found

    @cached_property
    def _sorted(self) -> tuple[list[str], list[int]]:
        numbers = sorted(range(len(self.folded)), key=self.folded.__getitem__)
        return [self.folded[number] for number in numbers], numbers

    @cached_property
    def _lines(self) -> str:
        return "\n".join(dict.fromkeys(self.folded))


def _plain(text: str) -> str:
    """The text with its case, however its accents and apostrophes are stored."""
    return unicodedata.normalize("NFC", text).replace("’", "'")
