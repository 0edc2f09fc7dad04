"""Spans on a line of text: which overlap, what they cover, and how well coders agree on them.

A span is `[start, end)` in characters of one text. Several texts lie on one line where each span has a `key`, the
number of its text. A coefficient is made of sums a document, so that a bootstrap over documents is a matrix product.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coder.arrays import Floats, Ints, Labels

_PAIR = 2


def overlapping(start: Ints, end: Ints, key: Ints) -> tuple[Ints, Ints]:
    """Each two spans of one key that have a character in common, once: their places, both of shape (pairs,).

    The first of a pair starts first. One sweep over the sorted starts; the work grows with the spans and the pairs.
    """
    if not len(start):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    room = int(end.max()) + 1
    order = np.argsort(key * room + start, kind="stable")
    first, stop = (key * room + start)[order], (key * room + end)[order]
    count = np.maximum(np.searchsorted(first, stop, side="left") - np.arange(len(first)) - 1, 0)
    one = np.repeat(np.arange(len(first)), count)
    other = one + 1 + np.arange(len(one)) - np.repeat(np.cumsum(count) - count, count)
    return order[one], order[other]


def union(start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """The characters in any of these spans, as spans apart from each other, in order; those that touch are one."""
    if not len(start):
        return start, end
    order = np.argsort(start, kind="stable")
    first, reach = start[order], np.maximum.accumulate(end[order])
    new = np.append(True, first[1:] > reach[:-1])
    return first[new], reach[np.append(new[1:], True)]


def covered(start: Ints, end: Ints, by: tuple[Ints, Ints]) -> Ints:
    """How many characters of each span are in any of the spans of a `union`, shape (spans,)."""
    return _before(end, by) - _before(start, by)


def _before(place: Ints, by: tuple[Ints, Ints]) -> Ints:
    """How many characters before each place are in a span."""
    start, end = by
    if not len(start):
        return np.zeros(len(place), dtype=np.int64)
    done = np.append(0, np.cumsum(end - start))
    which = np.searchsorted(start, place, side="right")
    last = np.maximum(which - 1, 0)
    inside = np.where(which > 0, np.minimum(place, end[last]) - start[last], 0)
    return np.asarray(np.where(which > 0, done[last] + inside, 0), dtype=np.int64)


def common(spans: Sequence[tuple[Ints, Ints]], least: int) -> tuple[Ints, Ints]:
    """The characters that at least so many of these unions of spans have, as spans apart from each other, in order."""
    place = np.concatenate([np.concatenate([start, end]) for start, end in spans])
    step = np.concatenate([np.repeat([1, -1], len(start)) for start, _ in spans])
    cuts, which = np.unique(place, return_inverse=True)
    if not len(cuts):
        return cuts, cuts
    depth = np.cumsum(np.bincount(which, step))[:-1] >= least
    return union(cuts[:-1][depth], cuts[1:][depth])


@dataclass(frozen=True, slots=True)
class Continuum:
    """The text of one document cut where anything begins or ends, so that within a piece every coder says one thing.

    `length` (pieces,) in characters; `read` (pieces, coders); `given` (pieces, coders, codes), False where not read.
    """

    length: Ints
    read: Labels
    given: Labels


def continuum(
    spans: tuple[Ints, Ints, Ints, Ints], read: tuple[Ints, Ints, Ints], coders: int, codes: int
) -> Continuum:
    """What coders gave one document: `spans` as start, end, coder and code, `read` as start, end and coder (numbers).

    Spans of one coder and code may overlap; they count once.
    """
    start, end, coder, code = spans
    cuts = np.unique(np.concatenate([start, end, read[0], read[1]]))
    pieces = max(len(cuts) - 1, 0)
    seen = _filled((pieces + 1, coders), np.searchsorted(cuts, read[0]), np.searchsorted(cuts, read[1]), (read[2],))
    given = _filled(
        (pieces + 1, coders, codes), np.searchsorted(cuts, start), np.searchsorted(cuts, end), (coder, code)
    )
    return Continuum(np.diff(cuts), seen[:pieces], given[:pieces] & seen[:pieces, :, None])


def _filled(shape: tuple[int, ...], first: Ints, stop: Ints, where: tuple[Ints, ...]) -> Labels:
    """True from `first` up to `stop` along axis 0, at these places of the other axes."""
    steps = np.zeros(shape, dtype=np.int32)
    np.add.at(steps, (first, *where), 1)
    np.add.at(steps, (stop, *where), -1)
    return np.cumsum(steps, axis=0) > 0


def length_sums(one: Continuum) -> Floats:
    """What alpha by length is made of in one document, shape (codes + 1, 4); the last row is of any code at all.

    The columns are characters: the disagreement between coders, those with the code and those without, summed over
    coders, and those to which anyone gave it. Only what two coders or more read counts.
    """
    coders = one.read.sum(axis=1)
    paired = coders >= _PAIR
    length, many = one.length[paired].astype(np.float64), coders[paired].astype(np.float64)
    given = np.concatenate([one.given, one.given.any(axis=2, keepdims=True)], axis=2)[paired]
    has = given.sum(axis=1).astype(np.float64)
    lacks = many[:, None] - has
    apart = (length / np.maximum(many - 1, 1)) @ (2 * has * lacks)
    return np.stack([apart, length @ has, length @ lacks, length @ (has > 0)], axis=1)


def alpha_by_length(sums: Floats, weights: Floats) -> Floats:
    """Krippendorff's alpha of a binary distinction on a continuum, by length; shape (draws, codes).

    Each character is a unit that says whether it has the code (Krippendorff 2019, chapter 12: the alpha of relevant
    against irrelevant matter; Krippendorff et al. 2016). `sums` are the `length_sums` of documents, shape
    (documents, codes, 4), `weights` how often each document counts, shape (draws, documents). Any number of coders; nan
    where nothing varies.
    """
    apart, has, lacks = (weights @ sums[:, :, column] for column in range(3))
    expected = 2 * has * lacks
    found: Floats = np.full(apart.shape, np.nan)
    np.divide((has + lacks - 1) * apart, expected, out=found, where=expected > 0)
    return 1 - found


def document_draws(documents: int, draws: int, seed: int) -> Floats:
    """How often each document is in each bootstrap sample of documents, shape (draws, documents)."""
    drawn = np.random.default_rng(seed).integers(documents, size=(draws, documents))
    place = drawn + np.arange(draws)[:, None] * documents
    return np.bincount(place.ravel(), minlength=draws * documents).reshape(draws, documents).astype(np.float64)
