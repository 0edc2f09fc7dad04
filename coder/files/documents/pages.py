"""Pages as any format with pages may give them: their lines in reading order, without running heads and feet.

The order is that of columns, by an XY-cut (Nagy and Seth 1984) in which a line over both columns parts what is above it
from what is below. Running heads and feet, page numbers and numbers of lines are taken out, by text that returns at the
same height of other pages, numbers that rise with the pages, and what stands apart where most pages have their head.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

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


_LARGER = 1.12
"""Letters of a heading are so much larger than those of the text."""
_CELL = "\x1f"
_SHORT = 8
"""Characters of a cell: a number beside it is another cell, and no number of an item."""


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
    left, right, over = _with_ends(*_sides(lines, gutter))
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


def _with_ends(left: list[Line], right: list[Line], over: list[Line]) -> tuple[list[Line], list[Line], list[Line]]:
    """The sides and what stands over them, with the short lines of headings that go over both put back with those."""
    sizes = sorted(line.size for line in (*left, *right))
    usual = sizes[len(sizes) // 2]
    heads = [line for line in over if line.size >= _LARGER * usual]
    for head in heads:  # those that are found are looked at too
        for side, other in ((left, right), (right, left)):
            for line in [one for one in side if _belongs(one, head) and not any(_level(one, two) for two in other)]:
                side.remove(line)
                heads.append(line)
                over.append(line)
    return (left, right, over) if left and right else (left + right, [], over)


def _belongs(line: Line, head: Line) -> bool:
    """Whether a line goes on with a heading, or the heading with it: of one look, one above the other."""
    middle = abs(line.x0 + line.x1 - head.x0 - head.x1) / 2
    near = 0 < abs(line.y0 - head.y0) < 1.6 * head.size
    alike = abs(line.size - head.size) < 0.05 * head.size and line.bold == head.bold
    return near and alike and min(abs(line.x0 - head.x0), middle) < head.size


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


_ROMAN = re.compile(r"m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})", re.IGNORECASE)
_LETTERS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_DIGITS = re.compile(r"\d+")
_LONGEST_NUMBER, _LONGEST_ROMAN, _LONGEST_HEAD = 4, 7, 100
_ZONE, _ROWS, _SAME_ROW = 0.16, 4, 3.0
"""Running heads stand within this share of a page's height at the top and at the bottom, in so many rows; points by
which pieces of a row may differ in height."""
_SLOT = 5.0
"""Points by which the height of a running head may differ between pages."""
_TIMES, _DENSITY = 3, 0.4
"""A running head returns on so many pages, and on this share of those from the first to the last of them."""
_OFTEN, _APART = 0.4, 2.2
"""Where this share of pages has a head, what is so many letter heights away from the text is one too."""
_LARGE = 1.2
_LEAST_LETTERS = 3
"""Of a text that returns: what is shorter is the mark of an item, or a figure."""
_TAGGED = 0.9
_NUMBERED, _LONG = 5, 20
"""Numbers of lines there are at the least in a margin, and characters of a line of text beside them."""
_ALONE = 40
_SPREAD = 10**9
"""The offset of a page with two numbers, one for each half."""

Pieces = list[tuple[Page, Line]]
Offsets = dict[int, tuple[int, bool, str]]
"""Of pages by number: how far their printed number is ahead, whether it is a roman one, and what is printed."""


@dataclass(slots=True)
class Removed:
    """A running head, foot or number that was taken out of the text; `kind` is one of `REPAIR_KINDS`."""

    page: int
    kind: str
    text: str
    top: bool = True


@dataclass(slots=True)
class _Edges:
    """The pieces at the top and the bottom of each page, and those of them that are to go, by `id`."""

    pages: Sequence[Page]
    of: dict[int, tuple[list[Line], list[Line]]]
    gone: dict[int, set[int]]

    def __iter__(self) -> Iterator[tuple[Page, bool, list[Line]]]:
        for page in self.pages:
            top, bottom = self.of[page.number]
            yield page, True, top
            yield page, False, bottom

    def take(self, pieces: Pieces) -> None:
        """Mark pieces as to go."""
        for page, line in pieces:
            self.gone[page.number].add(id(line))


def take_heads(pages: Sequence[Page], *, tagged: bool = False) -> list[Removed]:
    """Take running heads, feet, page numbers and line numbers out of the pages, and return them.

    A page whose label says no more than its place gets the number printed on it. `tagged` says that the file marks
    what is text, so that what is not marked at the edges of a page is none.
    """
    removed = [one for page in pages for one in _line_numbers(page)]
    edges = _Edges(pages, {page.number: _edges(page) for page in pages}, {page.number: set() for page in pages})
    numbers, offsets = _page_numbers(edges)
    heads = _returning(edges)
    _label(pages, offsets or _numbered_heads(heads))
    edges.take(numbers)
    edges.take(heads)
    edges.take(_in_slots(edges))
    lines = sum(len(page.lines) for page in pages)
    if tagged and sum(bool(line.tag) for page in pages for line in page.lines) >= _TAGGED * lines:
        edges.take([(page, line) for page, _, some in edges for line in some if not line.tag])
    alone = {id(line) for _, line in numbers}
    for page, high, some in edges:
        for line in sorted(some, key=lambda line: (line.y0, line.x0)):
            if id(line) in edges.gone[page.number]:
                kind = "page number" if id(line) in alone else "head" if high else "foot"
                removed.append(Removed(page.number, kind, line.text, high))
    for page in pages:
        page.lines = [line for line in page.lines if id(line) not in edges.gone[page.number]]
    return sorted(removed, key=lambda one: one.page)


def _line_numbers(page: Page) -> Iterator[Removed]:
    """Numbers of lines in the margin: under each other, rising, outside the text."""
    digits = [line for line in page.lines if line.text.isdecimal() and len(line.text) <= _LONGEST_NUMBER]
    others = [line for line in page.lines if not line.text.isdecimal() and len(line.text) > _LONG]
    if len(digits) < _NUMBERED:
        return
    if not others:
        if len(digits) == len(page.lines) > _ALONE:
            page.lines = []
            yield Removed(page.number, "line number", " ".join(line.text for line in digits))
        return
    left, right = min(line.x0 for line in others), max(line.x1 for line in others)
    margins = [[line for line in digits if line.x1 <= left + 1], [line for line in digits if line.x0 >= right - 1]]
    columns: dict[int, list[Line]] = defaultdict(list)
    for line in digits:
        columns[round(line.x0)].append(line)
    margins += [some for some in columns.values() if len(some) >= _ALONE]
    for margin in margins:
        run: list[Line] = []
        for line in sorted(margin, key=lambda line: line.y0):
            if not run or int(line.text) - int(run[-1].text) in {1, 5}:
                run.append(line)
        if len(run) >= _NUMBERED and len(run) >= 0.8 * len(margin) and any(run[0] is line for line in page.lines):
            taken = set(map(id, run))
            page.lines = [line for line in page.lines if id(line) not in taken]
            yield Removed(page.number, "line number", " ".join(line.text for line in run))


def _edges(page: Page) -> tuple[list[Line], list[Line]]:
    """The pieces at the top and at the bottom of a page that may be a running head or foot."""
    rows: list[float] = []
    for line in sorted(page.lines, key=lambda line: line.y0):
        if not rows or line.y0 - rows[-1] > _SAME_ROW:
            rows.append(line.y0)
    if not rows:
        return [], []
    upper = min(rows[min(_ROWS, len(rows)) - 1], page.height * _ZONE) + _SAME_ROW
    lower = max(rows[-min(_ROWS, len(rows))], page.height * (1 - _ZONE)) - _SAME_ROW
    top = [line for line in page.lines if line.y0 <= upper]
    return top, [line for line in page.lines if line.y0 >= lower and line.y0 > upper]


def _value(text: str) -> int | None:
    """The number that a piece of line is, alone or with signs around it."""
    bare = text.strip(" \t-–—|•·.()[]/").casefold()
    bare = re.sub(r"^(?:pagina|pag|page|blz|p)\.?\s*", "", bare)
    bare = re.sub(r"\s*(?:/|van|of|sur)\s*\d+$", "", bare)
    if bare.isdecimal() and len(bare) <= _LONGEST_NUMBER:
        return int(bare)
    if bare and len(bare) <= _LONGEST_ROMAN and _ROMAN.fullmatch(bare):
        values = [_LETTERS[letter] for letter in bare]
        return sum(-one if one < two else one for one, two in pairwise([*values, 0]))
    return None


def _page_numbers(edges: _Edges) -> tuple[Pieces, Offsets]:
    """The pieces that are the number of their page, as they rise with the pages; and how far these are ahead.

    Of a spread the number is twice that of the page, or one more or less: there is one for each half.
    """
    seen: dict[tuple[bool, int, int, bool], Pieces] = defaultdict(list)
    for page, high, lines in edges:
        for line in lines:
            if (value := _value(line.text)) is not None:
                roman = not any(letter.isdecimal() for letter in line.text)
                seen[high, 1, value - page.number, roman].append((page, line))
                seen[high, 2, value - 2 * page.number, roman].append((page, line))
    least = min(_TIMES, max(2, len(edges.pages)))
    found: Pieces = []
    offsets: Offsets = {}
    ordered = sorted(seen.items(), key=lambda one: (-len({page.number for page, _ in one[1]}), one[0]))
    for (_, slope, offset, roman), some in ordered:
        on = {page.number for page, _ in some}
        known = [offsets[number][0] for number in on if number in offsets]
        other = len(known) > 0.5 * len(some) and not (slope > 1 and set(known) == {_SPREAD})
        if len(on) < least or other:
            continue
        for page, line in _at_one_height(some):
            found.append((page, line))
            offsets.setdefault(page.number, (offset if slope == 1 else _SPREAD, roman, line.text))
    return found, offsets


def _at_one_height(some: Pieces) -> Pieces:
    """Those of the pieces that have another at their height, on some page."""
    heights = Counter(round(line.y0 / _SLOT) for _, line in some)
    near = {place: sum(heights[place + by] for by in (-1, 0, 1)) for place in list(heights)}
    return [(page, line) for page, line in some if near[round(line.y0 / _SLOT)] > 1]


def _label(pages: Sequence[Page], offsets: Offsets) -> None:
    """Give pages the number printed on them; one between pages that count on has the number they leave open."""
    numbered = sorted(offsets)
    for page in pages:
        if page.number in offsets:
            text = offsets[page.number][2]
            found = re.search(r"\d+|[ivxlcdm]+", re.sub(r"^\D*?(?=\d)", "", text), re.IGNORECASE)
            page.label = found[0] if found else text.strip()
        elif not page.label or page.label == str(page.number):
            place = bisect_left(numbered, page.number)
            around = {offsets[numbered[one]][:2] for one in (place - 1, place) if 0 <= one < len(numbered)}
            between = 0 < place < len(numbered)
            (offset, roman), *more = around or {(_SPREAD, False)}
            if between and not more and not roman and offset != _SPREAD:
                page.label = str(page.number + offset)


def _returning(edges: _Edges) -> Pieces:
    """The pieces whose text returns at the same height of other pages.

    One in letters larger than those of the text is a running head only where nothing stands further out: a heading
    such as "Proposals" returns too.
    """
    sizes = Counter[int]()
    for page in edges.pages:
        for line in page.lines:
            sizes[round(line.size)] += len(line.text)
    usual = sizes.most_common(1)[0][0] if sizes else 10
    seen: dict[tuple[bool, str], Pieces] = defaultdict(list)
    for page, high, lines in edges:
        outer = (min if high else max)((line.y0 for line in lines), default=0.0)
        for line in lines:
            plain = _DIGITS.sub("#", " ".join(line.text.casefold().split()))
            inside = line.size > _LARGE * usual and abs(line.y0 - outer) > line.size
            if not inside and sum(letter.isalpha() for letter in plain) >= _LEAST_LETTERS:
                seen[high, plain].append((page, line))
    return [piece for some in seen.values() for piece in _dense(some)]


def _dense(some: Pieces) -> Pieces:
    """Those of pieces with one text that return at their height, on pages that are not far from each other."""
    at: dict[int, set[int]] = defaultdict(set)
    for page, line in some:
        at[round(line.y0 / _SLOT)].add(page.number)
    near = {place: sorted(at[place].union(*(at.get(place + by, ()) for by in (-1, 1)))) for place in list(at)}
    found: Pieces = []
    for page, line in some:
        on = near[round(line.y0 / _SLOT)]
        where = bisect_left(on, page.number)
        close = on[max(0, where - _TIMES + 1) : where + _TIMES]
        if len(on) >= _TIMES and len(close) / (close[-1] - close[0] + 1) >= _DENSITY:
            found.append((page, line))
    return found


def _numbered_heads(heads: Pieces) -> Offsets:
    """The pages whose number stands first or last in their running head or foot."""
    ahead: Counter[int] = Counter()
    ends: list[tuple[int, int, str]] = []
    for page, line in heads:
        figures = _DIGITS.findall(line.text)
        for figure in {*figures[:1], *figures[-1:]}:
            if len(figure) <= _LONGEST_NUMBER:
                ahead[int(figure) - page.number] += 1
                ends.append((page.number, int(figure) - page.number, figure))
    best, times = ahead.most_common(1)[0] if ahead else (0, 0)
    return {number: (offset, False, figure) for number, offset, figure in ends if offset == best and times >= _TIMES}


def _in_slots(edges: _Edges) -> Pieces:
    """What stands apart where most pages have a running head: that of a chapter, which returns too seldom."""
    slots: Counter[tuple[bool, int]] = Counter()
    looks: dict[tuple[bool, int], set[tuple[float, int]]] = defaultdict(set)
    for page, high, lines in edges:
        heads = [line for line in lines if id(line) in edges.gone[page.number]]
        slots.update({(high, round(line.y0 / _SLOT)) for line in heads})
        for line in heads:
            looks[high, round(line.y0 / _SLOT)].add((line.size, line.flags & (BOLD | ITALIC)))
    least = max(_TIMES, _OFTEN * sum(bool(page.lines) for page in edges.pages))
    found: Pieces = []
    for page, high, lines in edges:
        text = [line for line in page.lines if id(line) not in edges.gone[page.number]]
        for line in lines:
            near = [(high, round(line.y0 / _SLOT) + by) for by in (-1, 0, 1)]
            known = {look for key in near for look in looks[key]}
            alike = any(abs(size - line.size) < 1 and look == line.flags & (BOLD | ITALIC) for size, look in known)
            if alike and sum(slots[key] for key in near) >= least and _stands_apart(line, text, high=high):
                found.append((page, line))
    return found


def _stands_apart(line: Line, text: Sequence[Line], *, high: bool) -> bool:
    """Whether a line is the outermost, and far from the text."""
    others = [other for other in text if abs(other.y0 - line.y0) > _SLOT]
    beyond = any((other.y0 < line.y0) == high for other in others)
    gap = min((abs(other.y0 - line.y0) for other in others), default=float("inf"))
    return not beyond and gap > _APART * line.size and len(line.text) <= _LONGEST_HEAD
