"""Folding and tokens.

Texts stay verbatim: a token is a place in its text. What is expensive (folding, lemmas, patterns) is
decided once for each distinct form and then looked up by number.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_MARKS = "\u0300-\u036f"
_APOSTROPHES = "'’ʼ"
WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_MARKS}])*(?:[{_APOSTROPHES}][^\W_]+)*")
"""A word: letters and digits with their accents, and what follows an apostrophe (foto's)."""

_ASIDE = re.compile(rf"\.|[\s\-‐-―/\\{_APOSTROPHES}\"“”„«»&+\u00ad\u2022]*")


def fold(text: str) -> str:
    """Lower case, without accents, with straight apostrophes: what makes two forms the same word."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return plain.replace("’", "'").replace("ʼ", "'")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a list of texts, in order.

    `forms` are the distinct words as written. The arrays have one number a word: `form` (index in
    `forms`), `text` (index of the text), `start` and `end` (characters of that text).
    """

    texts: tuple[str, ...]
    forms: tuple[str, ...]
    form: npt.NDArray[np.int32]
    text: npt.NDArray[np.int32]
    start: npt.NDArray[np.int32]
    end: npt.NDArray[np.int32]

    def adjoin(self, position: int) -> bool:
        """Whether this word and the next are in a row: nothing but space, hyphen, slash, quote between."""
        after = position + 1
        if after >= len(self.text) or self.text[position] != self.text[after]:
            return False
        gap = self.texts[self.text[position]][self.end[position] : self.start[after]]
        return _ASIDE.fullmatch(gap) is not None


def tokenise(texts: Iterable[str]) -> Tokens:
    """The words of the texts with their offsets. A text without words has none."""
    kept = tuple(texts)
    numbers: dict[str, int] = {}
    form: list[int] = []
    text: list[int] = []
    start: list[int] = []
    end: list[int] = []
    for index, content in enumerate(kept):
        for match in WORD.finditer(content):
            form.append(numbers.setdefault(match[0], len(numbers)))
            text.append(index)
            start.append(match.start())
            end.append(match.end())
    arrays = (np.asarray(column, dtype=np.int32) for column in (form, text, start, end))
    return Tokens(kept, tuple(numbers), *arrays)
