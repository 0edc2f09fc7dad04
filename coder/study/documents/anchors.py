"""Where fragments of one text stand in another text of the same document.

First by the words themselves: the fragment with 32 characters before and after it, where these stand in the new text
once. Else by what the two texts have in common (their difference, paragraph by paragraph and then word by word): a
fragment of which all characters stay is the same; one of which half or more stay is shorter or longer, and a person is
told; what is left has no place, and waits for a person.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

CONTEXT = 32
"""Characters before and after a fragment by which it is known."""
SAME, CHANGED, LOST = "same", "changed", "lost"
"""How a fragment was placed: its words are the same; other words are in it too, or some are gone; it was not."""
_PARAGRAPH = re.compile(r"[^\n]*\n+|[^\n]+\Z")
_WORD = re.compile(r"\S+\s*|\s+")
_LARGEST = 4_000_000
"""Pairs of words that are compared at most; larger parts are taken as rewritten whole."""

Ints = npt.NDArray[np.int64]


class Place(NamedTuple):
    """Where a fragment stands, `[start, end)`; -1 where it has no place."""

    start: int
    end: int
    how: str


def pieces(was: str, now: str) -> Ints:
    """What the texts have in common: rows of start in `was`, start in `now`, and size; in order, shape (pieces, 3)."""
    head = _common(was, now)
    tail = _common(was[head:][::-1], now[head:][::-1])
    found = [(0, 0, head)]
    found += _matches(was, now, (head, len(was) - tail), (head, len(now) - tail), _PARAGRAPH)
    found.append((len(was) - tail, len(now) - tail, tail))
    return np.array([one for one in found if one[2]], dtype=np.int64).reshape(-1, 3)


def places(was: str, now: str, shared: Ints, spans: Sequence[tuple[int, int]]) -> list[Place]:
    """Where spans of `was` stand in `now`; `shared` is `pieces` of the two."""
    return [_place(was, now, shared, start, end) for start, end in spans]


def moved(shared: Ints, ranges: Ints) -> Ints:
    """The parts of ranges of `was` that are in `now` too: shape (parts, 2), in `now`."""
    rows = [np.zeros((0, 2), dtype=np.int64)]
    for start, end in ranges.tolist():
        left = np.maximum(shared[:, 0], start)
        right = np.minimum(shared[:, 0] + shared[:, 2], end)
        kept = right > left
        offset = (shared[:, 1] - shared[:, 0])[kept]
        rows.append(np.column_stack([left[kept] + offset, right[kept] + offset]))
    return np.concatenate(rows)


def _place(was: str, now: str, shared: Ints, start: int, end: int) -> Place:
    text = was[start:end]
    before, after = was[max(0, start - CONTEXT) : start], was[end : end + CONTEXT]
    whole = before + text + after
    if (at := now.find(whole)) >= 0 and now.find(whole, at + 1) < 0:
        return Place(at + len(before), at + len(before) + len(text), SAME)
    kept = moved(shared, np.array([[start, end]]))
    if len(kept):
        first, last = int(kept[0, 0]), int(kept[-1, 1])
        if now[first:last] == text:
            return Place(first, last, SAME)
    if len(text) >= CONTEXT and now.count(text) == 1 and was.count(text) == 1:
        return Place(now.index(text), now.index(text) + len(text), SAME)
    if len(kept) and 2 * int((kept[:, 1] - kept[:, 0]).sum()) >= len(text):
        return Place(first, last, CHANGED)
    return Place(-1, -1, LOST)


def _matches(
    was: str, now: str, one: tuple[int, int], other: tuple[int, int], token: "re.Pattern[str]"
) -> Iterator[tuple[int, int, int]]:
    """What two parts have in common, token by token; between paragraphs that are the same, word by word."""
    ours, theirs = (
        [match.span() for match in token.finditer(text, *part)] for text, part in ((was, one), (now, other))
    )
    if not ours or not theirs or (token is _WORD and len(ours) * len(theirs) > _LARGEST):
        return
    old, new = [was[start:end] for start, end in ours], [now[start:end] for start, end in theirs]
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield ours[a][0], theirs[c][0], ours[b - 1][1] - ours[a][0]
        elif tag == "replace" and token is _PARAGRAPH:
            between = (ours[a][0], ours[b - 1][1]), (theirs[c][0], theirs[d - 1][1])
            yield from _matches(was, now, *between, _WORD)


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    return low
