"""Words that are one slip of the pen away from a known one."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from coder.dutch.lines import stretched

SHORTEST = 6
"""Shorter words have too many neighbours that are words of their own."""
_BASE = 0x9E3779B97F4A7C15
_BACK = pow(_BASE, -1, 2**64)
"""A word is a number of this odd base modulo 2**64, so that leaving a letter out is a sum and a product."""
_SIEVE = 16

Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]


class Terms:
    """Terms to which a slip of the pen is looked for; those shorter than six letters have none.

    Two words that differ by one edit are alike when a letter is left out of one or of both (Garbe 2012), so that
    the hashes of all that is left are compared, and only words that share one are looked at.
    """

    def __init__(self, terms: Iterable[str]) -> None:
        self._terms = [term for term in terms if len(term) >= SHORTEST]
        self._known = frozenset(self._terms)
        hashes, number = _shortened(self._terms)
        order = np.argsort(hashes)
        self._hashes, self._number = hashes[order], number[order]
        self._sieve = np.zeros(1 << _SIEVE, dtype=np.bool_)
        self._sieve[self._hashes >> np.uint64(64 - _SIEVE)] = True

    def near(self, words: Sequence[str]) -> list[tuple[int, str]]:
        """The words, by number, with each term that differs by one edit: a letter more, less, other, or two swapped.

        None for a word of fewer than six letters, and for a term. A word that begins with another letter is
        no slip of it: people get the first letter right.
        """
        asked = [number for number, word in enumerate(words) if len(word) >= SHORTEST and word not in self._known]
        hashes, which = _shortened([words[number] for number in asked])
        kept = np.flatnonzero(self._sieve[hashes >> np.uint64(64 - _SIEVE)])  # most are no term's, which this tells
        low = np.searchsorted(self._hashes, hashes[kept])
        size = np.searchsorted(self._hashes, hashes[kept], side="right") - low
        pairs = np.stack([np.repeat(which[kept], size), self._number[stretched(low, size)]], axis=1)
        found = ((asked[word], self._terms[term]) for word, term in np.unique(pairs, axis=0).tolist())
        return [(word, term) for word, term in found if words[word][0] == term[0] and _one_edit(words[word], term)]


def _shortened(words: Sequence[str]) -> tuple[Hashes, Numbers]:
    """The hashes of each word and of the word without each of its letters, and the number of the word of each."""
    letters = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    sizes = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    ends = np.cumsum(sizes)
    powers = np.full(sizes.max(initial=0) + 1, _BASE, dtype=np.uint64)
    powers[0] = 1
    powers = np.cumprod(powers, dtype=np.uint64)
    sums = np.zeros(len(letters) + 1, dtype=np.uint64)
    np.cumsum(letters * powers[stretched(np.zeros_like(sizes), sizes)], out=sums[1:])
    number = np.repeat(np.arange(len(words)), sizes)
    whole = sums[ends] - sums[ends - sizes]
    before, after = sums[:-1] - sums[ends - sizes][number], sums[ends][number] - sums[1:]
    return np.concatenate([whole, before + after * np.uint64(_BACK)]), np.append(np.arange(len(words)), number)


def _one_edit(word: str, term: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours makes the one the other."""
    start = next((place for place, (a, b) in enumerate(zip(word, term, strict=False)) if a != b), None)
    if start is None:
        return abs(len(word) - len(term)) == 1
    rest, wanted = word[start:], term[start:]
    swapped = rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:]
    return rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:] or swapped
