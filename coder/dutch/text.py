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

_COMMON = 0x3000
_ALL_CHARACTERS = 0x110000
_BASE = 0x9E3779B97F4A7C15
"""An odd number; words are told apart by their value as a number of this base, modulo 2**64."""
_AT_ONCE = 10_000

Numbers32 = npt.NDArray[np.int32]


def fold(text: str) -> str:
    """Lower case, without accents, with straight apostrophes: what makes two forms the same word."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    if not decomposed.isascii():
        accents = "".join(letter for letter in set(decomposed) if unicodedata.combining(letter))
        decomposed = re.sub(f"[{accents}]", "", decomposed) if accents else decomposed
    return decomposed.replace("’", "'").replace("ʼ", "'")


class Vocabulary:
    """The distinct forms, in order of first appearance; the number of a form is its place in `forms`."""

    def __init__(self) -> None:
        self.forms: list[str] = []
        self._numbers: dict[int, int] = {}

    def numbers(self, hashes: npt.NDArray[np.uint64], written: Callable[[list[int]], list[str]]) -> Numbers32:
        """The number of each word, by its hash; `written` says how those at some places of `hashes` are written."""
        known = self._numbers
        values = hashes.tolist()
        new = [place for place, value in enumerate(values) if value not in known]
        known.update((values[place], number) for number, place in enumerate(new, start=len(self.forms)))
        self.forms += written(new) if new else []
        return np.fromiter(map(known.__getitem__, values), dtype=np.int32, count=len(values))


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a list of texts, in order.

    The arrays have one value a word: `form` (its number in the vocabulary), `text` (index of the text),
    `start` and `end` (characters of that text), and `joined`: whether it and the next word are in a row,
    with nothing but space, hyphen, slash or quote between them.
    """

    texts: tuple[str, ...]
    vocabulary: Vocabulary
    form: npt.NDArray[np.int32]
    text: npt.NDArray[np.int32]
    start: npt.NDArray[np.int32]
    end: npt.NDArray[np.int32]
    joined: npt.NDArray[np.bool_]

    def written(self, place: int) -> str:
        """The word at this place, as it is written."""
        text: str = self.texts[self.text[place]]
        return text[self.start[place] : self.end[place]]


def tokenise(texts: Iterable[str], vocabulary: Vocabulary | None = None) -> Tokens:
    """The words of the texts with their offsets, as `WORD` finds them. A text without words has none.

    A vocabulary that is given grows by the forms it has not seen.
    """
    kept = tuple(texts)
    known = Vocabulary() if vocabulary is None else vocabulary
    starts = range(0, max(len(kept), 1), _AT_ONCE)
    parts = [_split(kept[start : start + _AT_ONCE], start) for start in starts]
    hashes = np.concatenate([part[0] for part in parts])
    text, start, end = (np.concatenate([part[column] for part in parts]) for column in (1, 2, 3))
    joined = np.concatenate([part[4] for part in parts])
    number, distinct = pd.factorize(hashes)

    def written(places: list[int]) -> list[str]:
        first = np.empty(len(distinct), dtype=np.int64)
        first[number[::-1]] = np.arange(len(number))[::-1]
        at = first[places]
        columns = (column[at].tolist() for column in (text, start, end))
        return [kept[index][low:high] for index, low, high in zip(*columns, strict=True)]

    return Tokens(kept, known, known.numbers(distinct, written)[number], text, start, end, joined)


def _split(
    texts: Sequence[str], offset: int
) -> tuple[npt.NDArray[np.uint64], Numbers32, Numbers32, Numbers32, npt.NDArray[np.bool_]]:
    """The hashes of the words of some texts, of which the first has index `offset`, and the columns of tokens."""
    whole = "\n".join(texts)
    codes = _characters(whole)
    kinds = _kinds(codes)
    inside = _inside(kinds)
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    start, end = edges[0::2], edges[1::2]
    sizes = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    begins = np.cumsum(sizes + 1) - sizes - 1
    words = np.diff(np.searchsorted(start, begins), append=len(start))
    text = np.repeat(np.arange(len(texts)), words)
    begin = np.repeat(begins, words)
    joined = _joined(codes, kinds, start, end)
    joined[:-1] &= text[1:] == text[:-1]
    places = (text + offset).astype(np.int32), (start - begin).astype(np.int32), (end - begin).astype(np.int32)
    return _hashes(codes, start, end), *places, joined


def _characters(text: str) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint32]:
    """The code points, in bytes where each fits in one."""
    try:
        return np.frombuffer(text.encode("latin-1"), dtype=np.uint8)
    except UnicodeEncodeError:
        return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _kinds(codes: npt.NDArray[np.uint8] | npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    """What each character may be."""
    table = _common_kinds()
    if codes.dtype == np.uint32 and len(rare := np.unique(codes[codes >= _COMMON])):
        table = np.concatenate([table, np.zeros(_ALL_CHARACTERS - _COMMON, dtype=np.uint8)])
        for code in rare.tolist():
            table[code] = _kind(chr(code))
    return table[codes]


@lru_cache(maxsize=1)
def _common_kinds() -> npt.NDArray[np.uint8]:
    return np.asarray([_kind(chr(code)) for code in range(_COMMON)], dtype=np.uint8)


def _kind(character: str) -> int:
    return sum(kind for kind, pattern in _KINDS.items() if pattern.match(character))


def _inside(kinds: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Whether each character is part of a word, with one more at either end that is not."""
    inside = np.zeros(len(kinds) + 2, dtype=np.bool_)
    inside[1:-1] = (kinds & _LETTER) > 0
    marks = (kinds & _MARK) > 0
    if marks.any():  # part of a word when the last character that is no mark is a letter
        last = np.maximum.accumulate(np.where(marks, -1, np.arange(len(kinds))))
        inside[1:-1] |= marks & (last >= 0) & inside[1:-1][last]
    letter_follows = np.append((kinds[1:] & _LETTER) > 0, False) if len(kinds) else np.empty(0, dtype=np.bool_)
    between = np.flatnonzero(((kinds & _APOSTROPHE) > 0) & letter_follows)
    inside[between + 1] = inside[between]
    return inside


def _hashes(
    codes: npt.NDArray[np.uint8] | npt.NDArray[np.uint32], start: npt.NDArray[np.int64], end: npt.NDArray[np.int64]
) -> npt.NDArray[np.uint64]:
    """A number for each word, equal for equal words; others share one less than once in 10**12 pairs."""
    powers, inverses = _powers(1 << max(len(codes), 1).bit_length())
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum(codes * powers[: len(codes)], out=sums[1:])
    found: npt.NDArray[np.uint64] = (sums[end] - sums[start]) * inverses[start]
    return found


@lru_cache(maxsize=4)
def _powers(count: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """The powers of the base and of its inverse, from the 0th on."""
    bases = (_BASE, pow(_BASE, -1, 2**64))
    powers = [np.full(count, base, dtype=np.uint64) for base in bases]
    for one in powers:
        one[0] = 1
    return np.cumprod(powers[0], dtype=np.uint64), np.cumprod(powers[1], dtype=np.uint64)


def _joined(
    codes: npt.NDArray[np.uint8] | npt.NDArray[np.uint32],
    kinds: npt.NDArray[np.uint8],
    start: npt.NDArray[np.int64],
    end: npt.NDArray[np.int64],
) -> npt.NDArray[np.bool_]:
    """Whether each word and the next are in a row, as far as what stands between them tells."""
    found = np.zeros(len(start), dtype=np.bool_)
    others = np.zeros(len(codes) + 1, dtype=np.int32)
    np.cumsum((kinds & _ASIDE) == 0, out=others[1:])
    found[:-1] = others[end[:-1]] == others[start[1:]]
    stop = (start[1:] - end[:-1] == 1) & (codes[end[:-1]] == ord("."))
    found[:-1] |= stop
    return found
