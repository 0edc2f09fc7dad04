"""What a new question or study may be called: short, and of what it is about."""

import re
from collections.abc import Sequence
from itertools import takewhile

from coder.languages.question_words import ASKED, EMPTY

_LONGEST, _MOST_WORDS = 30, 3
"""A name of so many characters, or made of so many words, is short."""
_NUMBER = re.compile(
    r"(?:[A-Za-z]{0,3}\d+[a-z]?(?:[_.]\d+)*|vraag \d+|question \d+)\s*[.:)\]–-]*\s+(?=\S)", re.IGNORECASE
)
"""The number of a question before its words: "Q12." or "V3 -"."""
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def short_name(asked: str) -> str:
    """A short name for a question, from how it was asked: what it is about, or its beginning.

    >>> short_name("Welke uitdagingen ziet u voor uw organisatie in de komende drie jaar?")
    'Uitdagingen'
    >>> short_name("Trends")
    'Trends'
    """
    plain = " ".join(asked.split())
    if len(plain) <= _LONGEST:
        return plain
    words = [word for part in _WORD.findall(_NUMBER.sub("", plain, count=1)) for word in _parted(part)]
    while words:
        run = list(takewhile(lambda word: word.casefold() not in EMPTY, words))
        after = words[len(run)].casefold() if len(run) < len(words) else ""
        words = words[len(run) + 1 :]
        kept = run[:-1] if after in ASKED else run
        name = ""
        for word in kept[:_MOST_WORDS]:
            longer = f"{name} {word}".strip()
            name = longer if len(longer) <= _LONGEST else name
        if name:
            return name[:1].upper() + name[1:]
    return _cut(plain)


def _parted(word: str) -> list[str]:
    """A word, and apart from it who is asked ("voyez-vous")."""
    verb, dash, who = word.rpartition("-")
    return [verb, who] if dash and who.casefold() in ASKED else [word]


def _cut(text: str) -> str:
    """The first words that fit."""
    return text if len(text) <= _LONGEST else text[: _LONGEST + 1].rpartition(" ")[0].rstrip(" ,;:") or text[:_LONGEST]


def apart(names: Sequence[str]) -> list[str]:
    """The names, in which one that was there already has a number."""
    found: list[str] = []
    for name in names:
        numbered = (f"{name} {number}" for number in range(2, len(names) + 2))
        found.append(name if name not in found else next(one for one in numbered if one not in found))
    return found


def common_name(names: Sequence[str]) -> str:
    """What names of files have in common at their beginning or their end, in whole words; "" where that is nothing.

    >>> common_name(["plan-kortrijk-2020", "plan-gent-2026"])
    'plan'
    >>> common_name(["kortrijk-2020", "gent-2026"])
    ''
    """
    if len(names) == 1:
        return names[0]
    parts = [re.split(r"([\s_.,–-]+)", name) for name in names]
    first = _alike(parts)
    last = _alike([one[::-1] for one in parts])[::-1]
    return max(("".join(one).strip(" _.,–-") for one in (first, last)), key=_letters, default="")


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _alike(parts: Sequence[Sequence[str]]) -> list[str]:
    """The first parts that all have."""
    return [some[0] for some in takewhile(lambda some: len({*map(str.casefold, some)}) == 1, zip(*parts, strict=False))]
