"""A text as a reader sees it: without what is not shown, and with what only looks otherwise as it is meant.

Answers come out of web forms, Word, PDF and phones. Soft hyphens, zero-width signs and marks of direction stand
within words; tags and entities of HTML stand in for line ends and letters; a word is cut at the end of a line;
full-width letters, ligatures and four kinds of apostrophe look like what was typed. Whoever looks for words reads
`Visible.text`; its offsets lead back to the verbatim text, which nothing changes.
"""

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from html.entities import html5

import numpy as np

from coder.characters import HIDDEN, JOINED_EMOJI
from coder.languages.lines import Places, stretched

SKIN = "\U0001f3fb-\U0001f3ff"
_ZERO_SPACE = "\u200b"
_HIDDEN = re.compile(HIDDEN)
_APOSTROPHES = frozenset("`\u00b4\u02b9\u02bb\u02bc\u02c8\u02ca\u02cb\u055a\u2018\u201b\u2032\u2035\ua78c\u275b\u275c")
_FULL_WIDTH = re.compile("[\uff01-\uff5e\uffe0-\uffe6]")
_STANDS_FOR = {"\x1e": "-", "\u2800": " "}  # a hyphen that Word does not break, a blank of Braille
_LINE_END = 0x85
_FROM_WINDOWS = {chr(code): bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0) if code != _LINE_END}
"""Windows' signs read as Latin-1: the apostrophe of "foto\\x92s"."""

_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark o:p q s samp small span strike "
    "strong sub sup time tt u var".split()
)
_BLOCKS = (
    "address article aside blockquote body br button caption center col colgroup dd details div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hr html iframe img input legend li link main meta nav "
    "object ol optgroup option p picture pre section select source summary svg table tbody td textarea tfoot th thead "
    "title tr ul video audio wbr"
)
_ATTRIBUTE = r"""\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'|[^\s"'<>=]+)"""
_TAG = re.compile(
    rf"</?(?P<name>{'|'.join(sorted((*_INLINE, *_BLOCKS.split()), key=len, reverse=True))})(?:{_ATTRIBUTE})*\s*/?>"
    r"|<!--(?:(?!<!--|-->).)*-->|<!(?:doctype|\[)[^<>]*>|<\?xml[^<>]*>"
    r"|<(?P<aside>style|script)\b[^<>]*>(?:(?!</?(?P=aside)\b).)*</(?P=aside)\s*>",
    re.IGNORECASE | re.DOTALL,
)
"""A tag of HTML by its name and attributes: "prijs < 5 en > 3" and "<naam>" are none."""
_ENTITY = re.compile(
    r"&(?:amp;)*(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
    r"|&(nbsp|amp|lt|gt|quot)(?![A-Za-z0-9;=])"
)
"""An entity, escaped once or more."""
_CUT = re.compile(
    r"(?<=[^\W\d_\u0300-\u036f]|[\u0300-\u036f])[-\u2010\u2011\u00ad\u00ac][^\S\r\n]*"
    r"(?:\r\n?|[\n\x0b\x0c\x85\u2028\u2029])\s*(?=[^\W\d_])(?!(?:en|of|et|ou|and|or|und|oder)\b)"
)
"""A hyphen at the end of a line within a word; "foto- en videowerk" is none."""
_BETWEEN_LETTERS = re.compile(rf"(?<=[^\W_]){_ZERO_SPACE}+(?=[^\W_])")
_ODD_ASCII = re.compile(r"[&<`\x00-\x08\x0e-\x1b\x1e\x1f\x7f]|-[^\S\r\n]*[\r\n\x0b\x0c]")

_HALVES = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_ESCAPED = 3
"""Times that tags and entities are looked for: what is escaped is what another was."""

_Piece = tuple[int, int, str]
"""Characters `[start, end)`, at least one, and what stands for them."""


@dataclass(frozen=True, slots=True)
class Visible:
    """What a reader sees of a verbatim text.

    `start` and `end` have the characters of the verbatim text that each character of `text` stands for; None where
    nothing is otherwise. `doubtful` says that a word may be cut at a line end, so that there are two readings.
    """

    text: str
    start: Places | None = None
    end: Places | None = None
    doubtful: bool = False

    def verbatim(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the verbatim text that the characters `[start, end)`, at least one, stand for."""
        if self.start is None or self.end is None:
            return start, end
        return int(self.start[start]), int(self.end[end - 1])


def visible(text: str, *, joined: bool = True) -> Visible:
    """The text as a reader sees it.

    A word with a hyphen at a line end is one ("commu-", "nicatie"); when not `joined` two with a hyphen ("A-",
    "merk"), and a space without width is a space.
    """
    if not is_odd(text):
        return Visible(text)
    found = _Changing(text)
    for _ in range(_ESCAPED):
        if not found.put(_tags(found.text)) | found.put(_entities(found.text)):
            break
    cuts = [match.span() for match in _CUT.finditer(found.text)]
    found.put((start, end, "" if joined else "-") for start, end in cuts)
    spaces = [match.span() for match in _BETWEEN_LETTERS.finditer(found.text)]
    if not joined:
        found.put((start, end, " ") for start, end in spaces)
    found.put((*pair.span(), _whole(pair[0])) for pair in list(_HALVES.finditer(found.text)))
    kept = {match.start() for match in JOINED_EMOJI.finditer(found.text)}
    shown = ((place, letter, seen(letter)) for place, letter in enumerate(found.text))
    found.put((place, place + 1, other) for place, letter, other in shown if other != letter and place not in kept)
    if not found.changed:
        return Visible(text)
    return Visible(found.text, found.start, found.end, doubtful=bool(cuts or spaces))


def is_odd(text: str) -> bool:
    """Whether a reader may see another text; False for most."""
    if _ODD_ASCII.search(text) is not None:
        return True
    return not text.isascii() and (any(map(is_odd_sign, set(text))) or _CUT.search(text) is not None)


def is_odd_sign(letter: str) -> bool:
    """Whether this letter or sign may be read otherwise, by itself or with what follows."""
    return seen(letter) != letter or letter in "&<\u00ac"


@lru_cache(maxsize=20_000)
def seen(letter: str) -> str:
    """What a reader sees of one letter or sign: "" where it is not shown."""
    if _HIDDEN.match(letter):
        return ""
    if "\ud800" <= letter <= "\udfff":  # half of an emoji, which nothing shows
        return "\ufffd"
    if letter in _APOSTROPHES:
        return "'"
    if (other := _STANDS_FOR.get(letter) or _FROM_WINDOWS.get(letter)) is not None:
        return other
    if _FULL_WIDTH.match(letter):
        return unicodedata.normalize("NFKC", letter)
    if not letter.isascii() and (letter.isalpha() or letter.isdecimal()):
        plain = unicodedata.normalize("NFKC", letter)
        return plain if plain.isalnum() else letter
    return letter


class _Changing:
    """A text that is made readable step by step, with the verbatim characters of each of its own."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.start: Places = np.arange(len(text))
        self.end: Places = self.start + 1
        self.changed = False

    def put(self, pieces: Iterable[_Piece]) -> bool:
        """Put something in place of pieces, which are in order and apart. Says whether there were any."""
        found = list(pieces)
        if not found:
            return False
        first, last = (np.asarray(column, dtype=np.int64) for column in list(zip(*found, strict=True))[:2])
        times = np.ones(len(self.text), dtype=np.int64)
        times[stretched(first, last - first)] = 0
        times[first] = [len(other) for *_, other in found]
        self.end[first] = self.end[last - 1]
        self.start, self.end = np.repeat(self.start, times), np.repeat(self.end, times)
        parts, place = [], 0
        for start, end, other in found:
            parts += [self.text[place:start], other]
            place = end
        self.text = "".join([*parts, self.text[place:]])
        self.changed = True
        return True


def _whole(halves: str) -> str:
    return halves.encode("utf-16", "surrogatepass").decode("utf-16")


def _tags(text: str) -> Iterable[_Piece]:
    if "<" not in text:
        return
    for match in _TAG.finditer(text):
        name = (match["name"] or "").lower()
        other = _ZERO_SPACE if name == "wbr" else "" if name in _INLINE or match[0].startswith("<!--") else "\n"
        yield *match.span(), other


def _entities(text: str) -> Iterable[_Piece]:
    if "&" not in text:
        return
    for match in _ENTITY.finditer(text):
        name = match[1] or match[2]
        if name[0] == "#" or f"{name};" in html5:
            yield *match.span(), html.unescape(f"&{name};")
