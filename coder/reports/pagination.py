"""How wide the columns of a table are on a page or slide, and which go on a next one where they do not fit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from coder.reports.shown import Shown, shown
from coder.tables.table import Table

_LINES, _BOLD = 3, 1.35
"""So many lines a heading may take, and how much wider it is for being bold."""
_LEAST, _MOST = 5, 100
"""Characters that a column has room for; longer cells go on on the next line."""
_SHARE = 0.22
"""Where columns are divided over pages, texts take at most this share of the width."""


@dataclass(frozen=True, slots=True)
class Part:
    """Columns of a table that stand together: their places among those shown, and their widths."""

    columns: tuple[int, ...]
    widths: tuple[float, ...]

    def of(self, cells: Sequence[str]) -> list[str]:
        """The cells of a row in these columns."""
        return [cells[place] for place in self.columns]


def column_parts(table: Table, *, room: float, character: float, margin: float) -> list[Part]:
    """The columns in parts that are at most `room` wide; rank and label stand in each.

    `character` and `margin` are the widths of a sign and of what is around a cell. Text columns give way
    first; n and % of a group stay together.
    """
    seen = shown(table)
    numeric = seen.numeric
    wished = [margin + character * longest for longest in _longest(seen)]
    whole = tuple(range(len(wished)))
    if sum(wished) <= room:
        return [Part(whole, tuple(wished))]
    left = room - sum(width for width, number in zip(wished, numeric, strict=True) if number)
    texts = [width for width, number in zip(wished, numeric, strict=True) if not number]
    if texts and left >= sum(min(width, room * _SHARE) for width in texts):
        cap = _cap(texts, left)
        return [Part(whole, tuple(w if number else min(w, cap) for w, number in zip(wished, numeric, strict=True)))]
    narrow = [w if number else min(w, room * _SHARE) for w, number in zip(wished, numeric, strict=True)]
    names = seen.names
    fewest = list(_divided(names, narrow, room))
    narrower = (list(_divided(names, narrow, room * step / 20)) for step in range(8, 20))
    even = next((parts for parts in narrower if len(parts) == len(fewest)), fewest)
    return [_widened(part, wished, room) for part in even]


def widened(widths: Sequence[float], numbers: Sequence[bool], room: float) -> list[float]:
    """The widths of columns that fill the room: what is left goes to those of texts, or to all where there is none."""
    grow = [0.0 if number and not all(numbers) else width for width, number in zip(widths, numbers, strict=True)]
    left = max(room - sum(widths), 0.0)
    return [width + left * more / sum(grow) for width, more in zip(widths, grow, strict=True)]


def _longest(seen: Shown) -> list[int]:
    """Characters that each column must have room for on a line."""
    columns = zip(seen.headings, *seen.rows, strict=True)
    found = []
    for heading, *cells in columns:
        words = ceil(_BOLD * max(map(len, heading.split()), default=1))
        found.append(min(max([_LEAST, words, ceil(len(heading) / _LINES), *map(len, cells)]), _MOST))
    return found


def _cap(widths: Sequence[float], room: float) -> float:
    """The width that the widest are cut to, so that together they take `room`."""
    rest, left = sorted(widths), room
    while rest:
        cap = left / len(rest)
        if rest[0] >= cap:
            return cap
        left -= rest.pop(0)
    return max(widths)


def _divided(names: Sequence[str], widths: Sequence[float], room: float) -> Iterator[Part]:
    head = list(range(names.index("label") + 1 if "label" in names else 1))
    taken = sum(widths[place] for place in head)
    part, used = list(head), taken
    for unit in _units(names, len(head)):
        wide = sum(widths[place] for place in unit)
        if len(part) > len(head) and used + wide > room:
            yield Part(tuple(part), tuple(widths[place] for place in part))
            part, used = list(head), taken
        part += unit
        used += wide
    yield Part(tuple(part), tuple(widths[place] for place in part))


def _widened(part: Part, wished: Sequence[float], room: float) -> Part:
    """The part in which columns that gave way get what is left."""
    widths, left = list(part.widths), room - sum(part.widths)
    for number, place in enumerate(part.columns):
        more = min(max(left, 0.0), wished[place] - widths[number])
        widths[number] += more
        left -= more
    return Part(part.columns, tuple(widths))


def _units(names: Sequence[str], start: int) -> Iterator[list[int]]:
    """The columns after the head; those of one group (`n:` and `percent:` with one name) together."""
    unit: list[int] = []
    group = ""
    for place in range(start, len(names)):
        own = names[place].partition(":")[2]
        if unit and not (own and own == group):
            yield unit
            unit = []
        unit.append(place)
        group = own
    if unit:
        yield unit
