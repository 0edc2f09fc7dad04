"""Dutch compounds: `communicatieplannen` is `communicatie` and `plannen`.

A word is read as modifiers, each with or without a linking s, en, e or er, and a head. Every part has a
cost (minus the log of its share of the parts of that kind in a word list; see `make_words.py`), so that
`plan` is cheap and `ster` dear. A word is a compound when its cheapest reading costs less than its letters
do. The words that this would split wrongly as far as the word list knows (verbs, adverbs) stand in the same file,
which is CC BY-SA 4.0: made from wordfreq (Robyn Speer), UD_Dutch-Alpino, UD_Dutch-LassySmall and simplemma.
"""

import gzip
import re
from functools import cache, lru_cache
from typing import NamedTuple

from coder.resources import resource

WORDS = resource("models/nl_coder_sm/compounds.txt.gz")

_FORMS = 200_000
_SHORTEST, _LONGEST = 3, 60
"""Letters of the shortest part, and of the longest word that is looked at."""
LETTER, START = 1.9, 3.0
"""A word of n letters that is no compound costs START + n * LETTER."""
LINKS = (("", 0.2), ("s", 2.2), ("en", 3.3), ("e", 4.7), ("er", 4.0))
"""Linking letters with their costs."""
TAKE_ER = frozenset("been blad goed hoend kalv kind lamm lied rad rund volk".split())
"""The words that take er: kinderopvang."""
_STRANGE, _STRANGE_LETTER, _STRANGE_HEAD = 8.0, 1.0, 5
"""An unknown modifier (konmarwinkel) costs _STRANGE + n * _STRANGE_LETTER, before a head of that many letters."""
PLAIN = str.maketrans("áàâäãåéèêëíìîïóòôöõúùûüçñ’ʼ", "aaaaaaeeeeiiiiooooouuuucn''")
_STRANGER = re.compile(r"(?=.*[aeiouy])[a-z]{3,}")
_HYPHEN = re.compile(r"(?<![^\W\d_])-|(?<=[^\W_]{2})-")
_PAIR = 2


class SplitWords(NamedTuple):
    """What the file of words holds: the costs of modifiers and heads, and the words that are not to be split."""

    modifiers: dict[str, float]
    heads: dict[str, float]
    wholes: frozenset[str]


class Reading(NamedTuple):
    """Parts of a word as places [start, end) in it, and what they cost together."""

    cost: float
    parts: tuple[tuple[int, int], ...]


@lru_cache(maxsize=_FORMS)
def split(form: str) -> tuple[str, ...]:
    """The parts of a Dutch compound in lower case, without linking letters and hyphens, in order.

    A word that is not a compound gives itself alone, in lower case; an empty text gives (). A modifier whose
    spelling changes with its ending keeps the ending: `vragenlijst` gives `vragen`, `lijst`.
    """
    form = form.lower()
    pieces = [piece for piece in _HYPHEN.split(form) if piece]
    if len(pieces) < _PAIR:
        return _parts(form) if form else ()
    return tuple(part for piece in pieces for part in _parts(piece))


def head(form: str) -> str:
    """The last part of a compound, which says what kind of thing it is; of any other word the word itself."""
    return split(form)[-1] if form else ""


def _parts(form: str) -> tuple[str, ...]:
    """The parts of a word without hyphens."""
    words = _words()
    plain = form.translate(PLAIN)
    if plain in words.wholes or not 2 * _SHORTEST <= len(plain) <= _LONGEST:
        return (form,)
    found = reading(plain, words) or strange(plain, words)
    return tuple(form[start:end] for start, end in found.parts) if found else (form,)


def reading(plain: str, words: SplitWords) -> Reading | None:
    """The cheapest reading of a word (lower case, no accents) as a compound, or None when it is none.

    From left to right: `best[place]` is the cheapest way to read all before it as modifiers and links.
    """
    best: dict[int, Reading] = {0: Reading(0.0, ())}
    found = Reading(START + LETTER * len(plain), ())
    last = len(plain) - _SHORTEST
    for start in range(last + 1):
        if (before := best.get(start)) is None:
            continue
        if start and (cost := words.heads.get(plain[start:])) is not None and before.cost + cost < found.cost:
            found = Reading(before.cost + cost, (*before.parts, (start, len(plain))))
        for end in range(start + _SHORTEST, last + 1):
            if (cost := words.modifiers.get(plain[start:end])) is not None:
                _link(plain, end, Reading(before.cost + cost, (*before.parts, (start, end))), best)
    return found if found.parts else None


def _link(plain: str, end: int, modifiers: Reading, best: dict[int, Reading]) -> None:
    """Note where the next part may begin after these modifiers, when that is the cheapest way to get there."""
    for letters, cost in LINKS:
        place = end + len(letters)
        if letters == "er" and plain[modifiers.parts[-1][0] : end] not in TAKE_ER:
            continue
        if plain.startswith(letters, end) and (place not in best or modifiers.cost + cost < best[place].cost):
            best[place] = Reading(modifiers.cost + cost, modifiers.parts)


def strange(plain: str, words: SplitWords) -> Reading | None:
    """A modifier that is in no list, such as a name, before a head that is."""
    for start in range(_SHORTEST, len(plain) - _STRANGE_HEAD + 1):
        cost = words.heads.get(plain[start:])
        if cost is not None and _STRANGER.fullmatch(plain, 0, start):
            cost += _STRANGE + _STRANGE_LETTER * start
            if cost < START + LETTER * len(plain):
                return Reading(cost, ((0, start), (start, len(plain))))
    return None


@cache
def _words() -> SplitWords:
    """The word file, read at first use: a line a word, with the cost as modifier and as head in tenths."""
    modifiers: dict[str, float] = {}
    heads: dict[str, float] = {}
    wholes: set[str] = set()
    with gzip.open(WORDS, "rt", encoding="utf-8") as lines:
        for line in lines:
            word, *costs = line.rstrip("\n").split(" ")
            if not costs:
                wholes.add(word)
                continue
            if costs[0]:
                modifiers[word] = int(costs[0]) / 10
            if costs[1]:
                heads[word] = int(costs[1]) / 10
    return SplitWords(modifiers, heads, frozenset(wholes))
