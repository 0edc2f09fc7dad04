"""Many words as one array of bytes, so that what is asked of them is asked of all at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

PADDING = _EIGHT = 8
_LONGEST = 64
"""Bytes taken at once of a word, and of the longest word of which all are taken so."""
_ODD, _HALF = np.uint64(0x9E3779B97F4A7C15), np.uint64(32)
_FIRST_BYTES = np.asarray([(1 << 8 * count) - 1 for count in range(_EIGHT + 1)], dtype=np.uint64)
"""What keeps so many bytes of eight read as a number, the first letter lowest; and the first letter highest."""
_HIGHEST_BYTES = ~_FIRST_BYTES[::-1]
_LINE_END = ord("\n")

Bytes = npt.NDArray[np.uint8]
Hashes = npt.NDArray[np.uint64]
Marks = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
Value = TypeVar("Value", np.int64, np.uint64)


class Lines:
    """Words, or other short texts without a line end, by number: the bytes `[start, end)` of `code`, in UTF-8.

    `code` has eight bytes more at either end, and something between any two words.
    """

    def __init__(self, code: Bytes, start: Places, end: Places) -> None:
        self.code, self.start, self.end = code, start, end

    @classmethod
    def of(cls, texts: Iterable[str], *, lower: bool = False) -> "Lines":
        """Of these texts; with `lower`, the letters of ASCII in lower case."""
        joined = "\n".join([*texts, ""]).encode("utf-8", "surrogatepass")
        return cls.read(joined.lower() if lower else joined)

    @classmethod
    def read(cls, joined: bytes) -> "Lines":
        """Of texts in UTF-8 with a line end after each."""
        code = np.frombuffer(b"".join([bytes(_EIGHT), joined, bytes(_EIGHT)]), np.uint8)
        end = np.flatnonzero(code == _LINE_END)
        return cls(code, np.append(_EIGHT, end + 1)[:-1], end)

    def take(self, number: Places) -> "Lines":
        """Some of them, in this order."""
        return Lines(self.code, self.start[number], self.end[number])

    def __len__(self) -> int:
        return len(self.end)

    @cached_property
    def hashes(self) -> Hashes:
        """The number of each as `word_hashes` gives it."""
        return word_hashes(self.code, self.start, self.end)

    def texts(self) -> list[str]:
        """Each as text."""
        return as_text(self.code, self.start, self.end)

    def begun(self, beginnings: Sequence[str]) -> tuple[Places, Places]:
        """The pairs (beginning, line) where the line begins so, by their numbers."""
        wanted = Lines.of(beginnings)
        size = wanted.end - wanted.start
        low, high = self._alike(wanted.first(size), size)
        which = np.repeat(np.arange(len(beginnings)), high - low)
        line = self._sorted[1][stretched(low, high - low)]
        kept = np.ones(len(which), dtype=np.bool_)
        long = np.flatnonzero(size[which] > _EIGHT)
        for place, text in zip(long.tolist(), self.take(line[long]).texts(), strict=True):
            kept[place] = text.startswith(beginnings[which[place]])
        return which[kept], line[kept]

    def any_begins(self, first: Hashes, size: Places) -> Marks:
        """Whether any begins with these first bytes of other lines, as `first` gives them for so many bytes."""
        low, high = self._alike(first, size)
        return high > low

    def ended(self, endings: Iterable[str]) -> Marks:
        """Whether each ends as one of these does, which have eight letters at most."""
        eights = _eights(self.code, "<u8")[self.end - _EIGHT]
        found = np.zeros(len(self), dtype=np.bool_)
        for ending in endings:
            letters = ending.encode()
            found |= eights >> np.uint64(8 * (_EIGHT - len(letters))) == int.from_bytes(letters, "little")
        return found

    def first(self, size: Places) -> Hashes:
        """The first bytes of each read as one number: as many as `size`, eight at most, and zeros for the others."""
        return _eights(self.code, ">u8")[self.start].astype(np.uint64) & _HIGHEST_BYTES[np.minimum(size, _EIGHT)]

    def _alike(self, first: Hashes, size: Places) -> tuple[Places, Places]:
        """From where to where the sorted lines begin so."""
        keys, _ = self._sorted
        last = first | ~_HIGHEST_BYTES[np.minimum(size, _EIGHT)]
        return np.searchsorted(keys, first), np.searchsorted(keys, last, side="right")

    @cached_property
    def _sorted(self) -> tuple[Hashes, Places]:
        """Numbers of the first eight bytes, sorted, so that lines that begin alike are one range, and the lines."""
        keys = self.first(self.end - self.start)
        order = np.argsort(keys)
        return keys[order], order


@dataclass(frozen=True, slots=True)
class Keyed(Generic[Value]):
    """Values by the hash of a word: those of `keys[n]` are `values[bounds[n]:bounds[n + 1]]`."""

    keys: "pd.Index[int]"
    bounds: Places
    values: npt.NDArray[Value]

    @classmethod
    def by(cls, hashes: Hashes, values: npt.NDArray[Value]) -> "Keyed[Value]":
        """With one value for each hash, of which there may be equal ones."""
        order = np.argsort(hashes, kind="stable")
        keys, first = np.unique(hashes[order], return_index=True)
        return cls(pd.Index(keys), np.append(first, len(order)), values[order])

    def of(self, hashes: Hashes) -> tuple[Places, npt.NDArray[Value]]:
        """The pairs (place of a hash that is asked for, value), ascending by place."""
        place = self.keys.get_indexer(pd.Index(hashes))
        here = np.flatnonzero(place >= 0)
        size = self.bounds[place[here] + 1] - self.bounds[place[here]]
        return np.repeat(here, size), self.values[stretched(self.bounds[place[here]], size)]


def word_hashes(code: Bytes, start: Places, end: Places) -> Hashes:
    """A number for each word, equal for equal words; others share one less than once in 10**12 pairs.

    The words are the bytes `[start, end)` of `code`, which has eight more at its end. Letters are taken eight at a
    time, as one number: most words are done at once.
    """
    eights = _eights(code, "<u8")
    left = end - start
    found: Hashes = (eights[start] & _FIRST_BYTES[np.minimum(left, _EIGHT)]) * _ODD
    long = np.flatnonzero(left > _EIGHT)
    for step in range(_EIGHT, _LONGEST, _EIGHT):
        part = eights[start[long] + step] & _FIRST_BYTES[np.minimum(left[long] - step, _EIGHT)]
        found[long] = ((found[long] ^ (found[long] >> _HALF)) + part) * _ODD
        long = long[left[long] > step + _EIGHT]
    for word in long.tolist():
        digest = blake2b(code[start[word] : end[word]].tobytes(), digest_size=_EIGHT)
        found[word] = int.from_bytes(digest.digest())
    return found


def as_text(code: Bytes, start: Places, end: Places) -> list[str]:
    """The words that are the bytes `[start, end)` of `code`, which goes on after each."""
    size = end - start + 1
    letters = code[stretched(start, size)]
    letters[np.cumsum(size) - 1] = _LINE_END
    return letters.tobytes().decode().split("\n")[:-1]


def stretched(start: Places, size: Places) -> Places:
    """The numbers from each start on, as many as its size."""
    before = np.cumsum(size) - size
    return np.repeat(start - before, size) + np.arange(size.sum())


def _eights(code: Bytes, kind: str) -> Hashes:
    """The eight bytes from each byte on as one number: "<u8" with the first one lowest, ">u8" with it highest."""
    return np.ndarray(len(code) - _EIGHT + 1, dtype=kind, buffer=code, strides=(1,))
