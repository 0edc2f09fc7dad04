"""What a rule says: a word, or words in a row, each in one of four ways.

`meten` finds its inflections, `"meten"` the form as written, `=AI` the form in just that case,
`communicat*` and `gr?s` a pattern (`*` any letters, `?` one letter).
"""

import re
from dataclasses import dataclass
from enum import Enum

from coder.dutch.text import WORD
from coder.errors import CodebookError

_PIECE = re.compile(r'\s*(?:"(?P<quoted>[^"]*)"|=(?P<case>[^\s"]+)|(?P<plain>[^\s"=]+))')
_WILD_WORD = re.compile(WORD.pattern.replace(r"[^\W_]", r"(?:[^\W_]|[*?])"))
_OPERATOR = re.compile(r"AND|OR|NOT|EN|OF|NIET|(?:NEAR|PRE)/\d+")
_FEWEST_LETTERS = 2


class Way(Enum):
    """How a word of a rule is compared with a word of a text."""

    INFLECTED = "inflected"
    WRITTEN = "written"
    CASED = "cased"
    WILD = "wild"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a rule."""

    text: str
    way: Way


def parse(rule: str) -> tuple[Word, ...]:
    """The words of a rule, in a row. Raises `CodebookError` with the column where it cannot be read."""
    words: list[Word] = []
    place = 0
    while place < len(rule.rstrip()):
        piece = _PIECE.match(rule, place)
        if piece is None:
            raise _broken(rule, place, "a quote that is not closed" if '"' in rule[place:] else "nothing to match")
        words += _words(piece, rule)
        place = piece.end()
    if len(words) == 1 and words[0].way is Way.WILD and len(words[0].text.strip("*?")) < _FEWEST_LETTERS:
        raise _broken(rule, 0, f"{rule!r}, which would match nearly anything; give it at least two letters")
    if not words:
        raise _broken(rule, 0, "no word to look for")
    return tuple(words)


def _words(piece: re.Match[str], rule: str) -> list[Word]:
    if (quoted := piece["quoted"]) is not None:
        return [Word(word, Way.WRITTEN) for word in WORD.findall(quoted)]
    if (cased := piece["case"]) is not None:
        return [Word(word, Way.CASED) for word in WORD.findall(cased)]
    if _OPERATOR.fullmatch(piece["plain"]):
        raise _broken(
            rule, piece.start("plain"), f"{piece['plain']}, which rules do not know; write each alternative on its own"
        )
    found = _WILD_WORD.findall(piece["plain"])
    return [Word(word, Way.WILD if "*" in word or "?" in word else Way.INFLECTED) for word in found]


def _broken(rule: str, place: int, found: str) -> CodebookError:
    if rule.strip():
        place += len(rule[place:]) - len(rule[place:].lstrip())
    return CodebookError(f"The rule {rule!r} cannot be read: column {place + 1} has {found}.")
