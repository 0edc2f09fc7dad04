"""Words that are one slip of the pen away from a known one."""

from collections.abc import Iterable, Iterator

SHORTEST = 6
"""Shorter words have too many neighbours that are words of their own."""


def slips(words: Iterable[str], terms: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The pairs (word, term) that differ by one edit: a letter more, less or other, or two swapped.

    Words and terms shorter than six letters are left out, and so is a word that is a term itself.
    A word that begins with another letter is no slip of it: people get the first letter right.
    """
    wanted = {term for term in terms if len(term) >= SHORTEST}
    by_rest: dict[str, set[str]] = {}
    for term in wanted:
        for rest in (term, *_shorter(term)):
            by_rest.setdefault(rest, set()).add(term)
    for word in words:
        if len(word) < SHORTEST or word in wanted:
            continue
        near = {term for rest in (word, *_shorter(word)) for term in by_rest.get(rest, ())}
        yield from ((word, term) for term in sorted(near) if term[0] == word[0] and _one_edit(word, term))


def _shorter(word: str) -> Iterator[str]:
    """The word with each of its letters left out."""
    return (word[:place] + word[place + 1 :] for place in range(len(word)))


def _one_edit(word: str, term: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours makes the one the other."""
    start = next((place for place, (a, b) in enumerate(zip(word, term, strict=False)) if a != b), None)
    if start is None:
        return abs(len(word) - len(term)) == 1
    rest, wanted = word[start:], term[start:]
    swapped = rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:]
    return rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:] or swapped
