"""In what order answers are coded, and which say the same.

The random queue goes by permanent random numbers (Ohlsson 1995): an answer's number follows from its id, so that the
order is the same for everybody, needs no keeping, and takes in answers that are added later. Whatever else was coded,
and in whatever order: the answers up to the first one that is open are a simple random sample of all.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import takewhile

from coder.corpus import in_time
from coder.languages.text import TOKEN, fold
from coder.languages.visible import visible
from coder.methods.rules.syntax import SIGN

_SAY_NOTHING = frozenset(("de", "het", "een", "en", "the", "a", "an", "and"))


def random_order(units: Iterable[str], name: str) -> list[str]:
    """The units in the order of their permanent random number; `name` is that of the question."""
    return sorted(units, key=lambda unit: random_number(unit, name))


def random_number(unit: str, name: str) -> bytes:
    """The permanent random number of a unit of this question."""
    return blake2b(f"{name}\0{unit}".encode("utf-8", "surrogatepass")).digest()


def random_part(order: Sequence[str], seen: Collection[str]) -> list[str]:
    """Of units in random order those up to the first one that nobody has seen: a simple random sample of them."""
    return list(takewhile(seen.__contains__, order))


def in_waves(units: Sequence[str], wave: Mapping[str, str], name: str) -> dict[str, list[str]]:
    """The units of each wave in random order, the waves from the first to the latest; `wave` has that of each unit."""
    ordered = random_order(units, name)
    found: dict[str, list[str]] = {one: [] for one in in_time(wave[unit] for unit in units)}
    for unit in ordered:
        found[wave[unit]].append(unit)
    return found


def alike(texts: Mapping[str, str]) -> dict[str, list[str]]:
    """For each unit all units that say the same, itself among them.

    They have the same words, apart from case, accents, signs, order and articles; a question is something else.
    """
    by_words: dict[str, list[str]] = {}
    for unit, text in texts.items():
        by_words.setdefault(_telling(text), []).append(unit)
    wordless = by_words.pop("", [])
    return {unit: [unit] for unit in wordless} | {unit: units for units in by_words.values() for unit in units}


def _telling(text: str) -> str:
    text = visible(text).text.casefold()
    found = (*TOKEN.findall(text), *SIGN.findall(text))
    words = set(found) if text.isascii() else set(map(fold, found))
    kept = sorted(words - _SAY_NOTHING) or sorted(words)
    return " ".join([*kept, "?"] if kept and "?" in text else kept)
