"""The lines of a page in reading order, column by column.

An XY-cut (Nagy and Seth 1984) in which a line over both columns parts what is above it from what is below.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from coder.files.documents.lines import BOLD, HYPHEN, MARKER, Line

_CELL = "\x1f"
_SHORT = 8
"""Characters of a cell: a number beside it is another cell, and no number of an item."""
_LARGE = 1.25
"""How many times as large letters are that stand beside a column and not in it."""


@dataclass(slots=True)
class Column:
    """Lines under each other, and how far their column reaches."""

    lines: list[Line]
    x0: float
    x1: float


def columns(lines: Sequence[Line]) -> list[Column]:
    """The lines of a page in reading order, column by column."""
    upright = [line for line in lines if line.tag != "turned"]
    pieces = _with_markers(_with_capitals(upright))
    turned = [Column([line], line.x0, line.x1) for line in lines if line.tag == "turned"]
    return [*_cut(pieces), *turned]


def _cut(lines: list[Line]) -> list[Column]:
    if not lines:
        return []
    x0, x1 = min(line.x0 for line in lines), max(line.x1 for line in lines)
    gutter = _gutter(lines, x0) if len(lines) >= 6 else None  # noqa: PLR2004 (three on each side)
    if gutter is None:
        return _alone(lines)
    left, right, over = _sides(lines, gutter)
    wide = (min(line.x0 for line in left), max(line.x1 for line in left))
    far = (min(line.x0 for line in right), max(line.x1 for line in right))
    found: list[Column] = []
    bands = sorted(over, key=lambda line: line.y0)
    above, waiting = float("-inf"), list[Line]()
    for line in [*bands, None]:
        below = float("inf") if line is None else (line.y0 + line.y1) / 2
        band = [[one for one in side if above <= (one.y0 + one.y1) / 2 < below] for side in (left, right)]
        if any(band):
            if waiting:
                found.append(Column(_rows(waiting), x0, x1))
                waiting = []
            for side, bounds in zip(band, (wide, far), strict=True):
                for column in _cut(side):
                    narrow = column.x1 - column.x0 < 0.6 * (bounds[1] - bounds[0]) and len(side) < 6  # noqa: PLR2004
                    found.append(Column(column.lines, *bounds) if narrow else column)
        if line is not None:
            waiting.append(line)
            above = below
    if waiting:
        found.append(Column(_rows(waiting), x0, x1))
    return found


def _alone(lines: list[Line]) -> list[Column]:
    """One column; letters much larger that stand beside its lines, as a quotation in a box does, are another."""
    sizes = sorted(line.size for line in lines for _ in line.text)
    usual = sizes[len(sizes) // 2] if sizes else 1.0
    large = [line for line in lines if line.size > 1.25 * usual and len(line.text) > 2]  # noqa: PLR2004
    if large and len(large) < len(lines):
        beside = [line for line in large if any(one.size < line.size / 1.25 and _level(line, one) for one in lines)]
        for _ in range(len(large)):
            more = [
                line for line in large
                if not any(line is one for one in beside) and any(
                    abs(line.size - one.size) < 0.2 * one.size and abs(line.y0 - one.y0) < 1.8 * one.size
                    for one in beside
                )
            ]  # fmt: skip
            beside += more
            if not more:
                break
        if beside:
            taken = set(map(id, beside))
            rest = [line for line in lines if id(line) not in taken]
            parts = sorted((beside, rest), key=lambda part: min(line.y0 for line in part))
            return [Column(_rows(part), min(one.x0 for one in part), max(one.x1 for one in part)) for part in parts]
    return [Column(_rows(lines), min(line.x0 for line in lines), max(line.x1 for line in lines))]


def _sides(lines: Sequence[Line], gutter: float) -> tuple[list[Line], list[Line], list[Line]]:
    """Left of the gutter, right of it, and over it."""
    left, right, over = [], [], []
    for line in lines:
        if line.x0 >= gutter - 3:
            right.append(line)
        elif line.x1 <= gutter + min(line.size, 0.25 * (line.x1 - line.x0)):
            left.append(line)
        else:
            over.append(line)
    reach = sorted(line.x1 for line in left)[int(0.9 * (len(left) - 1))] if left else gutter
    hung = [line for line in over if line.x0 >= reach - 1]
    return left, right + hung, [line for line in over if line.x0 < reach - 1]


def _gutter(lines: Sequence[Line], x0: float) -> float | None:
    """Where a second column begins: the edge that many lines share and few cross, with text on both sides."""
    edges = sorted(line.x0 for line in lines)
    best, score = None, 0.0
    start = 0
    while start < len(edges):
        end = start
        while end < len(edges) and edges[end] - edges[start] <= 3:  # noqa: PLR2004 (points)
            end += 1
        if end - start >= 3 and edges[start] > x0 + 20:  # noqa: PLR2004
            gutter = edges[start]
            left, right, _ = _sides(lines, gutter)
            worth = _worth(left, right, lines, gutter)
            if worth > score:
                best, score = gutter, worth
        start = end
    return best


def _worth(left: list[Line], right: list[Line], lines: Sequence[Line], gutter: float) -> float:
    """How much a gutter is one; 0 where it is none."""
    if len(left) < 3 or len(right) < 3:  # noqa: PLR2004
        return 0.0
    top, bottom = min(line.y0 for line in right), max(line.y1 for line in right)
    beside = [line for line in left if line.y1 > top and line.y0 < bottom]
    if len(beside) < 3:  # noqa: PLR2004
        return 0.0
    among = [line for line in lines if line.y1 > top and line.y0 < bottom]
    over = len(among) - len(beside) - len(right)
    if over > 0.34 * len(among):
        return 0.0
    reach = sorted(line.x1 for line in beside)[int(0.9 * (len(beside) - 1))]
    if reach > gutter - 1:
        return 0.0
    if not (_texts(beside) and _texts(right)) or (_same_rows(beside, right) and not (_full(beside) and _full(right))):
        return 0.0
    return min(len(beside), len(right)) - 2.0 * over


def _texts(lines: Sequence[Line]) -> bool:
    """Whether this is a column of text and not one of numbers or marks."""
    return sum(len(line.text) for line in lines) / len(lines) >= 10  # noqa: PLR2004


def _full(lines: Sequence[Line]) -> bool:
    """Whether many lines fill their column, as running text does and cells of a table do not."""
    widths = sorted(line.x1 - line.x0 for line in lines)
    wide = widths[int(0.9 * (len(widths) - 1))]
    return sum(width > 0.7 * wide for width in widths) >= 0.4 * len(lines)


def _same_rows(left: Sequence[Line], right: Sequence[Line]) -> bool:
    """Whether most lines on the right stand beside one on the left, at the same height."""
    heights = sorted(line.y1 for line in left)
    near = 0
    for line in right:
        place = bisect_left(heights, line.y1 - 1)
        near += place < len(heights) and heights[place] <= line.y1 + 1
    return near >= 0.7 * len(right)


def _with_capitals(lines: Sequence[Line]) -> list[Line]:
    """The lines, a large first letter put before the line it begins."""
    if not lines:
        return []
    usual = median(line.size for line in lines)
    large = [line for line in lines if len(line.text) == 1 and line.text.isalpha() and line.size > 1.8 * usual]
    kept = [line for line in lines if not any(line is one for one in large)]
    for letter in large:
        beside = [
            line for line in kept
            if line.x0 - letter.x1 + usual >= 0 and line.x0 - letter.x1 < 2 * usual
            and line.y0 < letter.y1 and line.y1 > letter.y0 and line.text[:1].islower()
        ]  # fmt: skip
        if beside:
            first = min(beside, key=lambda line: line.y0)
            first.text, first.x0 = letter.text + first.text, letter.x0
        else:
            kept.append(letter)
    return kept


def _with_markers(lines: list[Line]) -> list[Line]:
    """The lines, with the mark or number of an item put before the text that stands right of it."""
    marks = [line for line in lines if len(line.text) <= 6 and MARKER.fullmatch(line.text.strip())]  # noqa: PLR2004
    bare = [line for line in lines if line.text.isdecimal() and len(line.text) <= 2]  # noqa: PLR2004
    marks += [line for line in bare if sum(abs(one.x1 - line.x1) < 3 for one in bare) >= 2]  # noqa: PLR2004
    if not marks:
        return lines
    taken: set[int] = set()
    for mark in marks:
        middle = (mark.y0 + mark.y1) / 2
        beside = [
            line for line in lines
            if line is not mark and id(line) not in taken and line.y0 <= middle <= line.y1
            and line.x0 - mark.x1 + 1 >= 0 and line.x0 - mark.x1 <= 4 * max(line.size, 8)
            and (len(line.text) > _SHORT or not mark.text.isdecimal())
        ]  # fmt: skip
        if beside:
            first = min(beside, key=lambda line: line.x0)
            taken.add(id(mark))
            first.text = f"{mark.text.strip()} {first.text}"
            first.x0, first.marked = mark.x0, True
    return [line for line in lines if id(line) not in taken]


def _rows(lines: Iterable[Line]) -> list[Line]:
    """Lines under each other: pieces at one height are put together."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: ((line.y0 + line.y1) / 2, line.x0)):
        if rows and _level(rows[-1][0], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    made = [_joined(sorted(row, key=lambda line: line.x0)) for row in rows]
    x0, x1 = min(line.x0 for line in made), max(line.x1 for line in made)
    for line in made:
        if line.cells and line.x1 > x1 - 3 and line.x0 < x0 + 3 * line.size and _spread(line):
            line.cells = False
    for place, line in enumerate(made):
        near = (made[place - 1] if place else None, made[place + 1] if place + 1 < len(made) else None)
        if line.cells and not any(one is not None and one.cells for one in near) and len(made) > 1:
            line.cells = False
        line.text = line.text.replace(_CELL, " | " if line.cells else " ")
    return made


def _spread(line: Line) -> bool:
    """Whether words of a line stand apart to fill it: every one, where cells have words together."""
    return sum(" " in part for part in line.text.split(_CELL)) <= 0.34 * line.text.count(_CELL)


def _level(one: Line, two: Line) -> bool:
    """Whether two pieces stand at the same height."""
    shared = min(one.y1, two.y1) - max(one.y0, two.y0)
    return shared > 0.5 * min(one.y1 - one.y0, two.y1 - two.y0)


def _joined(row: list[Line]) -> Line:
    if len(row) == 1:
        return row[0]
    longest = max(row, key=lambda line: len(line.text))
    text, cells = row[0].text, 0
    for one, two in pairwise(row):
        gap = two.x0 - one.x1
        wide = gap > 1.5 * longest.size
        cells += wide
        text += f"{_CELL}{two.text}" if wide else f"{'' if gap < 0.1 * longest.size else ' '}{two.text}"
    flags = longest.flags & ~BOLD | (BOLD if all(line.bold for line in row) else 0)
    flags = flags & ~HYPHEN | row[-1].flags & HYPHEN
    return Line(
        text, row[0].x0, min(line.y0 for line in row), row[-1].x1, max(line.y1 for line in row),
        longest.size, flags, longest.tag, bool(cells), row[0].marked,
    )  # fmt: skip
