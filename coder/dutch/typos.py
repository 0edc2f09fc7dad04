"""Words that are one slip of the pen away from a known one."""

from collections.abc import Iterable, Iterator, Sequence

SHORTEST = 6
"""Shorter words have too many neighbours that are words of their own."""


class Terms:
    """Terms to which a slip of the pen is looked for; those shorter than six letters have none."""

    def __init__(self, terms: Iterable[str]) -> None:
        self._terms = {term for term in terms if len(term) >= SHORTEST}
        self._by_half: dict[str, set[str]] = {}
        for term in self._terms:
            for half in _halves(term):
                self._by_half.setdefault(half, set()).add(term)

    def near(self, word: str) -> Sequence[str]:
        """The terms that differ by one edit, in order: a letter more, less or other, or two swapped.

        None for a word of fewer than six letters, and for a term. A word that begins with another letter is
        no slip of it: people get the first letter right.
        """
        if len(word) < SHORTEST or word in self._terms:
            return ()
        found = {term for half in _whole_halves(word) for term in self._by_half.get(half, ())}
        return sorted(term for term in found if term[0] == word[0] and _one_edit(word, term))


def _halves(term: str) -> Iterator[str]:
    """The two parts of which a slip of the pen leaves one whole, marked by their side and the term's length.

    Two swapped letters may lie on both sides of the cut: then all before it but one is whole.
    """
    middle = len(term) // 2
    yield f"{term[: middle - 1]}<{len(term)}"
    yield f"{len(term)}>{term[middle:]}"


def _whole_halves(word: str) -> Iterator[str]:
    """The parts that the terms of which the word is a slip may have left whole."""
    for size in (len(word) - 1, len(word), len(word) + 1):
        yield f"{word[: size // 2 - 1]}<{size}"
        yield f"{size}>{word[size // 2 - size :]}"


def _one_edit(word: str, term: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours makes the one the other."""
    start = next((place for place, (a, b) in enumerate(zip(word, term, strict=False)) if a != b), None)
    if start is None:
        return abs(len(word) - len(term)) == 1
    rest, wanted = word[start:], term[start:]
    swapped = rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:]
    return rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:] or swapped
