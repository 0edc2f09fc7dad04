"""Folding and tokens.

Texts stay verbatim: a token is a place in its text. What is expensive (folding, lemmas, patterns) is
decided once for each distinct form and then looked up by number. Splitting is done on arrays of
characters, a million words in well under a second.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.dutch.lines import PADDING, Places, as_text, stretched, word_hashes

_MARKS = "\u0300-\u036f"
_STEM = rf"[^\W_]+(?:[{_MARKS}]+[^\W_]*)*"
WORD = re.compile(rf"{_STEM}(?:['’]{_STEM})*")
"""A word: letters and digits with their accents, and what follows an apostrophe (foto's)."""

_LETTER, _MARK, _APOSTROPHE, _ASIDE = 1, 2, 4, 8
_KINDS = {
    _LETTER: re.compile(r"[^\W_]"),
    _MARK: re.compile(f"[{_MARKS}]"),
    _APOSTROPHE: re.compile("['’]"),
    _ASIDE: re.compile(r"[\s\-‐-―/\\'’ʼ\"“”„«»&+\u00ad\u2022]"),
}
"""What a character may be. Between two words in a row stand asides alone, or one full stop."""
IN_A_ROW = re.compile(rf"\.|(?:{_KINDS[_ASIDE].pattern})*")
"""What stands between two words in a row."""

_WIDE, _GOES_ON, _LEADS, _LEADS_THREE, _LEADS_FOUR = 0x80, 0x80, 0xC0, 0xE0, 0xF0
"""UTF-8: bytes from `_WIDE` on are of a character of more than one, which one from `_LEADS` on begins."""
_LINE_END = ord("\n")

Numbers32 = npt.NDArray[np.int32]


def fold(text: str) -> str:
    """Lower case, without accents, with straight apostrophes: what makes two forms the same word."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFD", text.casefold())
    if not decomposed.isascii():
        accents = "".join(letter for letter in set(decomposed) if unicodedata.combining(letter))
        decomposed = re.sub(f"[{accents}]", "", decomposed) if accents else decomposed
    return decomposed.replace("’", "'").replace("ʼ", "'")


class Vocabulary:
    """The distinct forms, in order of first appearance; the number of a form is its place in `forms`."""

    def __init__(self) -> None:
        self.forms: list[str] = []
        self._hashes = pd.Index(np.empty(0, dtype=np.uint64))

    def numbers(self, hashes: npt.NDArray[np.uint64], written: Callable[[Places], list[str]]) -> Places:
        """The number of each word, by its hash; `written` says how those at some places of `hashes` are written."""
        found: Places = self._hashes.get_indexer(pd.Index(hashes))
        missing = np.flatnonzero(found < 0)
        if len(missing):
            kind, distinct = pd.factorize(hashes[missing])
            first = np.empty(len(distinct), dtype=np.int64)
            first[kind[::-1]] = missing[::-1]
            found[missing] = kind + len(self.forms)
            self.forms += written(first)
            self._hashes = self._hashes.append(pd.Index(distinct))
        return found


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a list of texts, in order.

    The arrays have one value a word: `form` (its number in the vocabulary) and `text` (index of the text).
    """

    texts: tuple[str, ...]
    vocabulary: Vocabulary
    form: Places
    text: Numbers32
    _bytes: "_Bytes"

    def characters(self, first: Places, last: Places) -> tuple[Places, Places]:
        """The characters `[start, end)` of their text of stretches of words, both words included."""
        text, found = self.text[first], self._bytes
        return found.characters(text, found.start[first]), found.characters(text, found.end[last])

    def in_a_row(self, place: Places) -> npt.NDArray[np.bool_]:
        """Whether each of these words and the next are in a row: nothing but space, hyphen, slash or quote between."""
        following = np.minimum(place + 1, len(self.text) - 1)
        apart: npt.NDArray[np.bool_] = (following == place) | (self.text[following] != self.text[place])
        return self._bytes.is_aside(self._bytes.end[place], self._bytes.start[following]) & ~apart

    def written(self, place: int) -> str:
        """The word at this place, as it is written."""
        form: str = self.vocabulary.forms[self.form[place]]
        return form


def tokenise(texts: Iterable[str], vocabulary: Vocabulary | None = None) -> Tokens:
    """The words of the texts with their offsets, as `WORD` finds them. A text without words has none.

    A vocabulary that is given grows by the forms it has not seen.
    """
    kept = tuple(texts)
    known = Vocabulary() if vocabulary is None else vocabulary
    found = _split(kept)
    words = np.diff(np.searchsorted(found.start, found.begin), append=len(found.start))
    text = np.repeat(np.arange(len(kept), dtype=np.int32), words)
    return Tokens(kept, known, known.numbers(word_hashes(found.code, found.start, found.end), found.words), text, found)


@dataclass(frozen=True, slots=True)
class _Bytes:
    """Texts in UTF-8, a line end between them: `begin` is where each begins, `start` and `end` are of the words.

    `code` has eight zeros more. `wide` has the places of the bytes of letters and signs that take more than
    one, `kind` what these may be.
    """

    code: npt.NDArray[np.uint8]
    begin: Places
    start: Places
    end: Places
    wide: Places
    kind: npt.NDArray[np.uint8]

    def words(self, place: Places) -> list[str]:
        """Words as they are written."""
        return as_text(self.code, self.start[place], self.end[place])

    def characters(self, text: Numbers32, place: Places) -> Places:
        """The characters of the text before these bytes of it."""
        begin = self.begin[text]
        found: Places = place - begin
        if len(self.wide):  # a byte that goes on with a character is none itself
            more = self.wide[(self.code[self.wide] & 0xC0) == _GOES_ON]
            inside = np.searchsorted(more, np.append(self.begin, len(self.code)))
            odd = np.flatnonzero(inside[text] != inside[text + 1])
            found[odd] -= np.searchsorted(more, place[odd]) - inside[text[odd]]
        return found

    def is_aside(self, low: Places, high: Places) -> npt.NDArray[np.bool_]:
        """Whether the bytes `[low, high)`, one or more, are asides alone, or one full stop."""
        code = self.code[low]
        found: npt.NDArray[np.bool_] = _ASIDES[code] | (code == ord("."))
        longer = np.flatnonzero(high - low > 1)
        size = (high - low)[longer]
        if len(longer):
            place = stretched(low[longer], size)
            code = self.code[place]
            aside = _ASIDES[code]
            wide = np.flatnonzero(code >= _WIDE)
            aside[wide] = (self.kind[np.searchsorted(self.wide, place[wide])] & _ASIDE) > 0
            found[longer] = np.logical_and.reduceat(aside, np.cumsum(size) - size)
        return found


def _split(texts: Sequence[str]) -> _Bytes:
    raw = "\n".join(texts).encode("utf-8", "surrogatepass")
    code = np.frombuffer(raw + bytes(PADDING), dtype=np.uint8)
    ends = np.flatnonzero(code == _LINE_END)
    if len(ends) != len(texts) - 1:  # texts have line ends of their own
        ends = np.cumsum([len(text.encode("utf-8", "surrogatepass")) + 1 for text in texts[:-1]], dtype=np.int64) - 1
    begin = np.concatenate([np.zeros(min(len(texts), 1), dtype=np.int64), ends + 1])
    wide, kind = _wide(code)
    inside = np.zeros(len(raw) + 2, dtype=np.bool_)  # one more at either end
    inside[1:-1] = np.frombuffer(raw.translate(_LETTERS), dtype=np.bool_)
    _put_inside(inside[1:], code, wide, kind)
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    return _Bytes(code, begin, edges[0::2], edges[1::2], wide, kind)


def _wide(code: npt.NDArray[np.uint8]) -> tuple[Places, npt.NDArray[np.uint8]]:
    """The places of the bytes of characters that take more than one, and what these characters may be."""
    wide = np.flatnonzero(code >= _WIDE)
    lead = wide[code[wide] >= _LEADS]
    size = 2 + (code[lead] >= _LEADS_THREE) + (code[lead] >= _LEADS_FOUR)
    point = code[lead].astype(np.int64) & (0x7F >> size)
    for step in range(1, 4):
        more = np.flatnonzero(size > step)
        point[more] = point[more] << 6 | code[lead[more] + step] & 0x3F
    points, which = np.unique(point, return_inverse=True)
    kinds = np.asarray([_kind(chr(one)) for one in points.tolist()], dtype=np.uint8)
    return wide, np.repeat(kinds[which], size)


def _put_inside(
    inside: npt.NDArray[np.bool_], code: npt.NDArray[np.uint8], wide: Places, kind: npt.NDArray[np.uint8]
) -> None:
    """Mark what is part of a word beside plain letters; the byte before the first is the last of `inside`."""
    inside[wide] = (kind & _LETTER) > 0
    mark = wide[(kind & _MARK) > 0]
    if len(mark):  # part of a word when the last character that is no mark is a letter
        first = np.flatnonzero(np.diff(mark, prepend=-2) != 1)
        inside[mark] = np.repeat(inside[mark[first] - 1], np.diff(first, append=len(mark)))
    for sign, size in ((np.flatnonzero(code == ord("'")), 1), (wide[(kind & _APOSTROPHE) > 0][::3], 3)):
        between = sign[inside[sign - 1] & inside[sign + size]]
        inside[stretched(between, np.full(len(between), size))] = True


@lru_cache(maxsize=10_000)
def _kind(character: str) -> int:
    return sum(kind for kind, pattern in _KINDS.items() if pattern.match(character))


_LETTERS = bytes(code < _WIDE and _kind(chr(code)) & _LETTER for code in range(256))
_ASIDES = np.asarray([code < _WIDE and _kind(chr(code)) & _ASIDE > 0 for code in range(256)])
