"""Pieces of line on pages, as any format with pages may give them."""

import re
from dataclasses import dataclass, field

BOLD, ITALIC, UNSEEN, HYPHEN, LEAD = 1, 2, 4, 16, 32
"""The flags of a line: how it looks, text that is not painted (of OCR), a hyphen at its end that was taken off, a first
word that is bold."""
MARKER = re.compile(
    r"(?:[•●▪■□◦‣∙·►▶➤✓✔❖★–—+*>-]|o(?= )|[oO](?=$)|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})[.)]"
    r"|\d{1,2}(?:\.\d{1,2}){1,3}\.?|\d{1,3}°)(?=\s|$)"
)
"""How an item begins."""
_BULLET = re.compile(r"[•●▪■□◦‣∙·►▶➤✓✔❖★–—+*>o-](?=\s|$)")


@dataclass(slots=True)
class Line:
    """A piece of line, or all pieces of it, with its box in points from the top left of the page."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    flags: int = 0
    tag: str = ""
    cells: bool = False
    marked: bool = False

    @property
    def item(self) -> bool:
        """Whether it begins as an item does."""
        return self.marked or MARKER.match(self.text) is not None

    @property
    def bold(self) -> bool:
        """Whether its letters are bold."""
        return bool(self.flags & BOLD)


@dataclass(slots=True)
class Page:
    """A page as it was read; `number` counts from 1."""

    number: int
    width: float
    height: float
    lines: list[Line]
    label: str = ""
    picture: bool = False
    broken: bool = False
    hidden: list[str] = field(default_factory=list)
    """What stands outside the part of the page that is shown."""


def has_bullet(text: str) -> bool:
    """Whether a text begins with the mark of an item that is no number."""
    return _BULLET.match(text) is not None
