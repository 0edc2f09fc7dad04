"""How the positions of a .qdpx are counted.

The standard says code points from 0 (10.2), and reads as if the end were the last character. Programs count what their
strings are made of: UTF-16 (Qt, JavaScript), bytes of UTF-8 (Taguette); with the line ends of the file, with LF or
with CRLF; with the mark at the beginning of the file or without; and the end is mostly the character after the last.
So every way is tried on all selections. Where names of selections are their words, these decide; else that no selection
begins or ends inside a word, and few at a blank.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from coder.errors import DataError
from coder.note import Note

UNITS = ("code_points", "utf_16", "utf_8")
LINES = ("as_stored", "lf", "crlf")
LEAST = 0.99
"""The share of selections that have to fit."""
_NAME = 3
"""Characters that a name has at least to be taken for the words of its selection."""
_LONG_NAME = 20
_END = re.compile("\r\n|\r|\n")

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Way:
    """A way of counting: the unit, the line ends, whether the mark at the beginning counts, and what the end is."""

    unit: str
    lines: str
    marked: bool
    inclusive: bool

    @property
    def note(self) -> Note:
        """It in words."""
        mark = Note("qdpx.with_mark" if self.marked else "qdpx.without_mark")
        end = Note("qdpx.inclusive" if self.inclusive else "qdpx.exclusive")
        return Note("qdpx.way", unit=Note(f"qdpx.{self.unit}"), lines=Note(f"qdpx.{self.lines}"), mark=mark, end=end)


@dataclass(frozen=True, slots=True)
class Selection:
    """A selection as the file has it, in the text `source`."""

    source: str
    start: int
    end: int
    name: str


def counted(
    texts: Mapping[str, str], selections: Sequence[Selection], file: str
) -> tuple[Way, list[tuple[int, int] | None]]:
    """The way in which positions are counted, and the span of each selection in code points of its text with LF.

    `texts` are as the file has them, with their own line ends. None is for a selection that is no span of its text.
    Raises `DataError` where no way fits (`LEAST`).
    """
    raws = {source: _Text(text) for source, text in texts.items()}
    found: dict[Way, list[tuple[int, int] | None]] = {}
    for unit, lines, marked, inclusive in product(UNITS, LINES, (False, True), (False, True)):
        way = Way(unit, lines, marked, inclusive)
        scales = {source: raw.scale(way) for source, raw in raws.items()}
        found[way] = [_span(scales[one.source], one, way) for one in selections]
    first = next(iter(found))
    if not selections:
        return first, []
    named = _named(raws, selections, found)
    scores = {way: _score(raws, selections, spans, named) for way, spans in found.items()}
    best = max(found, key=lambda way: scores[way])  # the first of those that fit as well: that of the standard
    by_name, by_border, _ = scores[best]
    fit = by_name if named else by_border
    if fit < LEAST:
        raise DataError("qdpx.positions", file=file, way=best.note, fit=round(100 * fit), count=len(selections))
    return best, found[best]


class _Text:
    """A text with its own line ends, and with LF."""

    def __init__(self, raw: str) -> None:
        self.lf = raw.replace("\r\n", "\n").replace("\r", "\n")
        self.points = np.frombuffer(self.lf.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        self.ends = np.flatnonzero(self.points == ord("\n"))
        self.double = np.array([end.group() == "\r\n" for end in _END.finditer(raw)], dtype=np.bool_)

    def scale(self, way: Way) -> Ints:
        """The position of each character of the text with LF, and of its end, in this way of counting."""
        widths = np.ones(len(self.points), dtype=np.int64)
        if way.unit == "utf_16":
            widths += self.points > 0xFFFF  # noqa: PLR2004 (the last that is one of UTF-16)
        elif way.unit == "utf_8":
            widths += (self.points > 0x7F).astype(np.int64) + (self.points > 0x7FF) + (self.points > 0xFFFF)  # noqa: PLR2004
        if way.lines == "crlf":
            widths[self.ends] = 2
        elif way.lines == "as_stored":
            widths[self.ends] += self.double
        mark = (3 if way.unit == "utf_8" else 1) if way.marked else 0
        return np.concatenate([[mark], mark + np.cumsum(widths)])


def _span(scale: Ints, one: Selection, way: Way) -> tuple[int, int] | None:
    """The span in characters; None where a position is inside a character or outside the text."""
    start, last = (int(np.searchsorted(scale, place)) for place in (one.start, one.end))
    size = len(scale) - 1
    inside = start < size and last <= size and scale[start] == one.start and scale[last] == one.end
    end = last + way.inclusive
    return (start, end) if inside and start < end <= size else None


def _named(
    raws: Mapping[str, _Text], selections: Sequence[Selection], found: Mapping[Way, list[tuple[int, int] | None]]
) -> set[int]:
    """The selections whose name is their words, in some way of counting."""
    named = set()
    for place, one in enumerate(selections):
        spans = {spans[place] for spans in found.values()}
        if any(span and _is_name(one.name, raws[one.source].lf[slice(*span)]) for span in spans):
            named.add(place)
    return named


def _score(
    raws: Mapping[str, _Text],
    selections: Sequence[Selection],
    spans: Sequence[tuple[int, int] | None],
    named: set[int],
) -> tuple[float, float, int]:
    """The share of named selections with their name, of all that keep words whole; how many have no blank at an end.

    A line end at the end is none: some programs select lines.
    """
    by_name = by_border = tidy = 0
    for place, (one, span) in enumerate(zip(selections, spans, strict=True)):
        if span is None:
            continue
        text = raws[one.source].lf
        by_name += place in named and _is_name(one.name, text[slice(*span)])
        by_border += not (_inside(text, span[0]) or _inside(text, span[1]))
        words = text[slice(*span)].removesuffix("\n")
        tidy += words == words.strip()
    return by_name / len(named) if named else 0.0, by_border / len(selections), tidy


def _is_name(name: str, text: str) -> bool:
    """Whether the name of a selection is its words, or how they begin."""
    said, words = " ".join(name.split()), " ".join(text.split())
    if len(said) < _NAME:
        return False
    short = said.removesuffix("…").removesuffix("...").rstrip()
    return said == words or (
        (short != said or len(said) >= _LONG_NAME) and len(short) >= _NAME and words.startswith(short)
    )


def _inside(text: str, place: int) -> bool:
    return 0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum()
