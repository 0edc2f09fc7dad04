"""Stretches of words, and how the operators of rules combine them. All numbers count words of a run."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt

from coder.coding import Details
from coder.languages.lines import stretched
from coder.languages.text import Tokens

Numbers = npt.NDArray[np.int64]
_NONE = np.empty(0, dtype=np.int64)
_MOST = 2_000_000
"""Pairs of stretches that a distance or a row may give, in a run; each takes some hundred bytes for a while."""


class LimitError(Exception):
    """A rule that gives too much to hold: how many pairs of its parts stand near one another."""

    def __init__(self, pairs: int) -> None:
        super().__init__(pairs)
        self.pairs = pairs


@dataclass(frozen=True, slots=True)
class Spans:
    """Words `first` to `last`, both included, each stretch once, in order; arrays of one length.

    `note` is the number of what was not as written (a slip of the pen, a verb in two parts); 0 for nothing.
    """

    first: Numbers
    last: Numbers
    note: Numbers

    def __len__(self) -> int:
        return len(self.first)

    def take(self, kept: npt.NDArray[np.bool_] | Numbers) -> "Spans":
        """The stretches that are marked, or those at these places."""
        return Spans(self.first[kept], self.last[kept], self.note[kept])


NO_SPANS = Spans(_NONE, _NONE, _NONE)


class Notes:
    """What was not as written, with its score; a note made of two says what both say and has the lower score."""

    def __init__(self) -> None:
        self.known: list[tuple[Details, float]] = [((), 1.0)]
        self._numbers: dict[tuple[Details, float], int] = {self.known[0]: 0}

    def number(self, note: Details, score: float) -> int:
        """The number of this note; a new one gets the next."""
        if (note, score) not in self._numbers:
            self._numbers[note, score] = len(self.known)
            self.known.append((note, score))
        return self._numbers[note, score]

    def joined(self, left: Numbers, right: Numbers) -> Numbers:
        """The notes of pairs of stretches made one."""
        found = np.where(left == 0, right, left)
        for place in np.flatnonzero((left != 0) & (right != 0) & (left != right)).tolist():
            (note, score), (other, least) = self.known[left[place]], self.known[right[place]]
            found[place] = self.number(note + other, min(score, least))
        return found


def in_order(first: Numbers, last: Numbers, note: Numbers) -> Spans:
    """Spans of stretches in any order; of equal ones the one with the lowest note is kept."""
    order = np.lexsort((note, last, first))
    first, last, note = first[order], last[order], note[order]
    new = np.ones(len(first), dtype=np.bool_)
    new[1:] = (first[1:] != first[:-1]) | (last[1:] != last[:-1])
    return Spans(first[new], last[new], note[new])


def joined(parts: Sequence[Spans]) -> Spans:
    """The stretches of the parts, one part after the other; equal ones stay."""
    full = [part for part in parts if len(part)] or [NO_SPANS]
    return Spans(*(np.concatenate([getattr(part, name) for part in full]) for name in ("first", "last", "note")))


def union(parts: Sequence[Spans]) -> Spans:
    """The stretches of any of the parts."""
    full = [part for part in parts if len(part)]
    if len(full) <= 1:
        return full[0] if full else NO_SPANS
    every = joined(full)
    return in_order(every.first, every.last, every.note)


def together(parts: Sequence[Spans], text: npt.NDArray[np.int32]) -> Spans:
    """The stretches of all parts in the texts that have each of them. `text` is the text of each word."""
    shared = reduce(np.intersect1d, [text[part.first] for part in parts])
    return union([part.take(np.isin(text[part.first], shared)) for part in parts])


def without(wanted: Spans, unwanted: Spans, text: npt.NDArray[np.int32]) -> Spans:
    """The wanted stretches in the texts that have none of the unwanted."""
    return wanted.take(~np.isin(text[wanted.first], text[unwanted.first]))


def apart_from(spans: Spans, excepted: Spans) -> Spans:
    """The stretches that share no word with an excepted one."""
    if not len(spans) or not len(excepted):
        return spans
    furthest = np.maximum.accumulate(excepted.last)
    before = np.searchsorted(excepted.first, spans.last, side="right") - 1
    return spans.take((before < 0) | (furthest[before] < spans.first))


def in_a_row(left: Spans, right: Spans, tokens: Tokens, notes: Notes) -> Spans:
    """A stretch of the left and one of the right that follows at once."""
    ahead = left.take(tokens.in_a_row(left.last))
    return _followed(ahead, right, np.zeros_like(ahead.last), notes)


def near(left: Spans, right: Spans, apart: int, text: npt.NDArray[np.int32], notes: Notes, *, ordered: bool) -> Spans:
    """From one part to the other, with at most `apart` words of the same text between them; they share no word."""
    found = [_within(left, right, apart, text, notes)]
    if not ordered:
        found.append(_within(right, left, apart, text, notes))
    return union(found)


def _within(left: Spans, right: Spans, apart: int, text: npt.NDArray[np.int32], notes: Notes) -> Spans:
    if not len(left) or not len(right):
        return NO_SPANS
    text_end = np.searchsorted(text, text[left.last], side="right") - 1
    return _followed(left, right, np.minimum(apart, text_end - left.last - 1), notes)


def _followed(left: Spans, right: Spans, apart: Numbers, notes: Notes) -> Spans:
    """Each left stretch with each right one that starts at most `apart` words after it."""
    low = np.searchsorted(right.first, left.last + 1)
    high = np.searchsorted(right.first, left.last + 1 + apart, side="right")
    times = np.maximum(high - low, 0)
    if (pairs := int(times.sum())) > _MOST:
        raise LimitError(pairs)
    one = np.repeat(np.arange(len(left)), times)
    other = stretched(low, times)
    return in_order(left.first[one], right.last[other], notes.joined(left.note[one], right.note[other]))
