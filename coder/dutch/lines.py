"""Many words as one array of bytes, so that what is asked of them is asked of all at once."""

from collections.abc import Sequence
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
Places = npt.NDArray[np.int64]
Value = TypeVar("Value", np.int64, np.uint64)


class Lines:
    """Words, or other short texts without a line end, by number."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self.code = np.frombuffer("\n".join([*texts, ""]).encode("utf-8", "surrogatepass") + bytes(_EIGHT), np.uint8)
        self.end = np.flatnonzero(self.code == _LINE_END)
        self.start = np.concatenate([np.zeros(min(len(texts), 1), dtype=np.int64), self.end[:-1] + 1])

    def __len__(self) -> int:
        return len(self.end)

    @cached_property
    def hashes(self) -> Hashes:
        """The number of each as `word_hashes` gives it."""
        return word_hashes(self.code, self.start, self.end)

    @cached_property
    def _sorted(self) -> tuple[Hashes, Places]:
        """The first eight bytes of each read as one number, sorted, so that those that begin alike are one range."""
        keys, _ = _first_eight(self)
        order = np.argsort(keys)
        return keys[order], order

    def begun(self, beginnings: Sequence[str]) -> tuple[Places, Places]:
        """The pairs (beginning, line) where the line begins so, by their numbers."""
        low, high, size = self._ranges(beginnings)
        which = np.repeat(np.arange(len(beginnings)), high - low)
        line = self._sorted[1][stretched(low, high - low)]
        kept = np.ones(len(which), dtype=np.bool_)
        for place in np.flatnonzero(size[which] > _EIGHT).tolist():
            kept[place] = self._texts[line[place]].startswith(beginnings[which[place]])
        return which[kept], line[kept]

    def may_begin(self, beginnings: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Whether any line begins so, as far as the first eight bytes of each beginning say."""
        low, high, _ = self._ranges(beginnings)
        return high > low

    def _ranges(self, beginnings: Sequence[str]) -> tuple[Places, Places, Places]:
        """From where to where the sorted lines begin as each of these does, but for what comes after eight bytes."""
        keys, _ = self._sorted
        wanted, size = _first_eight(Lines(beginnings))
        low = np.searchsorted(keys, wanted)
        high = np.searchsorted(keys, wanted | ~_HIGHEST_BYTES[np.minimum(size, _EIGHT)], side="right")
        return low, high, size


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
    eights: Hashes = np.ndarray(len(code) - _EIGHT + 1, dtype="<u8", buffer=code, strides=(1,))
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


def stretched(start: Places, size: Places) -> Places:
    """The numbers from each start on, as many as its size."""
    before = np.cumsum(size) - size
    return np.repeat(start - before, size) + np.arange(size.sum())


def _first_eight(lines: Lines) -> tuple[Hashes, Places]:
    """The first eight bytes of each as a number, zeros where it is shorter, and how many bytes it has."""
    size = lines.end - lines.start
    eights: Hashes = np.ndarray(len(lines.code) - _EIGHT + 1, dtype=">u8", buffer=lines.code, strides=(1,))
    return eights[lines.start].astype(np.uint64) & _HIGHEST_BYTES[np.minimum(size, _EIGHT)], size
