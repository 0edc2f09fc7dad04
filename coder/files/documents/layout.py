"""From pieces of line on pages to blocks in reading order: columns, running heads and feet, paragraphs, headings.

It knows nothing of PDF. What it goes by: white space between columns (an XY-cut, Nagy and Seth 1984, in which a line
over both columns parts what is above it from what is below), text that returns at the same height, indents, leading,
lines that end early, and letters that are larger, bolder and rarer than those of the text.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

BOLD, ITALIC, UNSEEN, HYPHEN, LEAD = 1, 2, 4, 16, 32
"""The flags of a line: how it looks, text that is not painted (of OCR), a hyphen at its end that was taken off,
a first word that is bold."""
_MARKER = re.compile(
    r"(?:[•●▪■□◦‣∙·►▶➤✓✔❖★–—+*>-]|o(?= )|[oO](?=$)|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})[.)]|\d{1,2}(?:\.\d{1,2}){1,3}\.?|\d{1,3}°)"
    r"(?=\s|$)"
)
"""How an item begins."""
_BULLET = re.compile(r"[•●▪■□◦‣∙►▶➤✓✔❖★–—+*>o-](?=\s|$)")
_STOP = re.compile(r"[.!?:;…][\"'”’»)\]]*$")
_FINAL = re.compile(r"[.!?:…][\"'”’»)\]]*(?:\s?\d{1,3})?$")
_ROMAN = re.compile(r"m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_NOTE = re.compile(r"(?:\d{1,3}|\*{1,3})[.)]?\s*\S")
_LEADER = re.compile(r"(?:[.…·_]\s?){4,}\s*\d*$|\s\d{1,3}$")
_ENTRY = re.compile(r"[^\d\s.,]\s?[.…\s]*\s\d{1,3}$")
"""How a line of a table of contents ends."""
_NUMBER = re.compile(r"(?:[A-Za-z]+\s)?(?:\d{1,2}(?:\.\d{1,2})*|[IVX]{1,5})[.:]?")
_CELL = "\x1f"
_ZONE = 0.16
"""The share of a page's height, at the top and at the bottom, where running heads and feet stand."""
_ROWS = 4
_SLOT = 5.0
"""Points by which the height of a running head may differ between pages."""
_TIMES, _DENSITY = 3, 0.3
"""A running head returns on so many pages, and on this share of those from the first to the last of them."""
_WAITS = 3
"""Blocks that may stand between a sentence and its end on the next page."""
_LONG_HEADING, _WORDS_IN_HEADING = 160, 22


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
        return self.marked or _MARKER.match(self.text) is not None

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


@dataclass(slots=True)
class Column:
    """Lines under each other, and how far their column reaches."""

    lines: list[Line]
    x0: float
    x1: float


@dataclass(slots=True)
class Removed:
    """A running head, foot or number that was taken out of the text; `kind` is one of `REPAIR_KINDS`."""

    page: int
    kind: str
    text: str
    top: bool = True


@dataclass(slots=True)
class Raw:
    """A block whose lines are not joined yet: `lines` have their page and text; `cut` where a hyphen was."""

    kind: str
    lines: list[tuple[int, Line]]
    level: int = 0
    column: Column | None = None
    first: bool = False
    last: bool = False
    guessed: bool = False
    joins: list[int] = field(default_factory=list)

    @property
    def page(self) -> int:
        """The page of its first line."""
        return self.lines[0][0]


# Running heads and feet


def take_heads(pages: Sequence[Page], *, tagged: bool = False) -> list[Removed]:
    """Take running heads, feet, page numbers and line numbers out of the pages, and return them.

    Where a page has no label that says more than its place, it gets the number printed on it.
    """
    removed = [one for page in pages for one in _line_numbers(page)]
    edges = {page.number: _edges(page) for page in pages}
    gone: dict[int, set[int]] = {page.number: set() for page in pages}
    numbers = _page_numbers(pages, edges)
    for page, line in numbers:
        gone[page.number].add(id(line))
    found = _returning(pages, edges)
    for page, line in found:
        gone[page.number].add(id(line))
    if not numbers:
        _label(pages, _numbered_heads(found))
    _slots(pages, edges, gone)
    whole = tagged and _mostly_tagged(pages)
    alone = {id(line) for _, line in numbers}
    for page in pages:
        top, bottom = edges[page.number]
        if whole:
            gone[page.number] |= {id(line) for line in (*top, *bottom) if not line.tag}
        removed += [
            Removed(page.number, "page number" if id(line) in alone else ("head" if high else "foot"), line.text, high)
            for high, lines in ((True, top), (False, bottom))
            for line in sorted(lines, key=lambda line: (line.y0, line.x0))
            if id(line) in gone[page.number]
        ]
        page.lines = [line for line in page.lines if id(line) not in gone[page.number]]
    return removed


def _line_numbers(page: Page) -> Iterator[Removed]:
    """Numbers of lines in the margin: under each other, rising, outside the text."""
    digits = [line for line in page.lines if line.text.isdecimal() and len(line.text) <= 4]  # noqa: PLR2004
    if len(digits) < 5:  # noqa: PLR2004
        return
    others = [line for line in page.lines if not line.text.isdecimal() and len(line.text) > 20]  # noqa: PLR2004
    if not others:
        if len(digits) == len(page.lines) > 40:  # noqa: PLR2004 (all that is on an empty page)
            page.lines = []
            yield Removed(page.number, "line number", " ".join(line.text for line in digits))
        return
    left, right = min(line.x0 for line in others), max(line.x1 for line in others)
    for side in (lambda line: line.x1 <= left + 1, lambda line: line.x0 >= right - 1):
        margin = sorted((line for line in digits if side(line)), key=lambda line: line.y0)
        run: list[Line] = []
        for line in margin:
            if not run or int(line.text) - int(run[-1].text) in {1, 5}:
                run.append(line)
        if len(run) >= 5 and len(run) >= 0.8 * len(margin):  # noqa: PLR2004
            taken = set(map(id, run))
            page.lines = [line for line in page.lines if id(line) not in taken]
            yield Removed(page.number, "line number", " ".join(line.text for line in run))


def _edges(page: Page) -> tuple[list[Line], list[Line]]:
    """The pieces at the top and at the bottom of a page that may be a running head or foot."""
    rows: list[float] = []
    for line in sorted(page.lines, key=lambda line: line.y0):
        if not rows or line.y0 - rows[-1] > 3:  # noqa: PLR2004 (points)
            rows.append(line.y0)
    if not rows:
        return [], []
    upper = min(rows[min(_ROWS, len(rows)) - 1], page.height * _ZONE) + 3
    lower = max(rows[-min(_ROWS, len(rows))], page.height * (1 - _ZONE)) - 3
    top = [line for line in page.lines if line.y0 <= upper]
    return top, [line for line in page.lines if line.y0 >= lower and line.y0 > upper]


def _plain(text: str) -> str:
    return _DIGITS.sub("#", " ".join(text.casefold().split()))


def _value(text: str) -> int | None:
    """The number that a piece of line is, alone or with signs around it."""
    bare = text.strip(" \t-–—|•·.()[]/").casefold()
    bare = re.sub(r"^(?:pagina|pag|page|blz|p)\.?\s*", "", bare)
    bare = re.sub(r"\s*(?:/|van|of|sur)\s*\d+$", "", bare)
    if bare.isdecimal() and len(bare) <= 4:  # noqa: PLR2004
        return int(bare)
    if bare and len(bare) <= 7 and _ROMAN.fullmatch(bare):  # noqa: PLR2004
        return _roman(bare)
    return None


def _roman(text: str) -> int:
    values = [dict(i=1, v=5, x=10, l=50, c=100, d=500, m=1000)[letter] for letter in text]
    return sum(-one if one < two else one for one, two in pairwise([*values, 0]))


def _page_numbers(pages: Sequence[Page], edges: dict[int, tuple[list[Line], list[Line]]]) -> list[tuple[Page, Line]]:
    """The pieces that are the number of their page: they rise with the pages; and the labels that follow from them."""
    seen: dict[tuple[bool, int, int, bool], list[tuple[Page, Line]]] = defaultdict(list)
    for page in pages:
        for high, lines in zip((True, False), edges[page.number], strict=True):
            for line in lines:
                if (value := _value(line.text)) is not None:
                    roman = not any(letter.isdecimal() for letter in line.text)
                    for slope in (1, 2):
                        seen[high, slope, value - slope * page.number, roman].append((page, line))
    least = min(_TIMES, max(2, len(pages)))
    found: list[tuple[Page, Line]] = []
    offsets: dict[int, tuple[int, bool, str]] = {}
    for (_, slope, offset, roman), some in sorted(
        seen.items(), key=lambda one: (-len({p.number for p, _ in one[1]}), one[0])
    ):
        known = {page.number for page, _ in some if page.number in offsets}
        if len(known) > 0.5 * len(some) and not (slope == 2 and all(offsets[one][0] == 10**9 for one in known)):  # noqa: PLR2004
            continue
        heights = Counter(round(line.y0 / _SLOT) for _, line in some)
        if len({page.number for page, _ in some}) < least or not heights:
            continue
        for page, line in some:
            near = round(line.y0 / _SLOT)
            if heights[near] + heights[near - 1] + heights[near + 1] >= 2:  # noqa: PLR2004
                found.append((page, line))
                offsets.setdefault(page.number, (offset if slope == 1 else 10**9, roman, line.text))
    _label(pages, offsets)
    return found


def _label(pages: Sequence[Page], offsets: dict[int, tuple[int, bool, str]]) -> None:
    """Give pages the number printed on them; one between pages that count on has the number it leaves open."""
    numbered = sorted(offsets)
    for page in pages:
        if page.number in offsets:
            text = offsets[page.number][2]
            found = re.search(r"\d+|[ivxlcdm]+", re.sub(r"^\D*?(?=\d)", "", text), re.IGNORECASE)
            page.label = found[0] if found else text.strip()
        elif not page.label or page.label == str(page.number):
            place = bisect_left(numbered, page.number)
            around = [offsets[numbered[one]] for one in (place - 1, place) if 0 <= one < len(numbered)]
            same = len(around) == 2 and around[0][:2] == around[1][:2]  # noqa: PLR2004
            open_ = same and not around[0][1] and around[0][0] != 10**9
            page.label = str(page.number + around[0][0]) if open_ else page.label


def _returning(pages: Sequence[Page], edges: dict[int, tuple[list[Line], list[Line]]]) -> list[tuple[Page, Line]]:
    """The pieces whose text returns at the same height of other pages.

    One in letters larger than those of the text is a running head only where nothing stands further out: a heading
    such as "Proposals" returns too.
    """
    sizes = Counter[int]()
    for page in pages:
        for line in page.lines:
            sizes[round(line.size)] += len(line.text)
    usual = sizes.most_common(1)[0][0] if sizes else 10
    seen: dict[tuple[bool, str], list[tuple[Page, Line]]] = defaultdict(list)
    for page in pages:
        for high, lines in zip((True, False), edges[page.number], strict=True):
            outer = (min if high else max)((line.y0 for line in lines), default=0.0)
            for line in lines:
                plain = _plain(line.text)
                if line.size > 1.2 * usual and abs(line.y0 - outer) > line.size:
                    continue
                if plain.strip("#.-–— •") or "#" not in plain:
                    seen[high, plain].append((page, line))
    found = []
    for (_, plain), some in seen.items():
        heights = sorted(line.y0 for _, line in some)
        for page, line in some:
            near = heights[bisect_left(heights, line.y0 - _SLOT) : bisect_left(heights, line.y0 + _SLOT)]
            if len(near) < _TIMES or _BULLET.fullmatch(plain):
                continue
            on = sorted({page.number for page, other in some if abs(other.y0 - line.y0) <= _SLOT})
            where = on.index(page.number)
            close = on[max(0, where - _TIMES + 1) : where + _TIMES]
            if len(on) >= _TIMES and len(close) / (close[-1] - close[0] + 1) >= _DENSITY:
                found.append((page, line))
    return found


def _numbered_heads(found: list[tuple[Page, Line]]) -> dict[int, tuple[int, bool, str]]:
    """The pages whose number stands first or last in their running head or foot: their offset and that number."""
    offsets: Counter[int] = Counter()
    ends = []
    for page, line in found:
        figures = _DIGITS.findall(line.text)
        for figure in {figures[0], figures[-1]} if figures and len(figures) <= 6 else set():  # noqa: PLR2004
            if len(figure) <= 4:  # noqa: PLR2004
                offsets[int(figure) - page.number] += 1
                ends.append((page.number, int(figure) - page.number, figure))
    if not offsets or (best := offsets.most_common(1)[0])[1] < _TIMES:
        return {}
    return {number: (offset, False, figure) for number, offset, figure in ends if offset == best[0]}


def _slots(pages: Sequence[Page], edges: dict[int, tuple[list[Line], list[Line]]], gone: dict[int, set[int]]) -> None:
    """Also take what stands where most pages have their running head, apart from the text: the head of a chapter."""
    slots: Counter[tuple[bool, int]] = Counter()
    sizes: dict[tuple[bool, int], set[float]] = defaultdict(set)
    for page in pages:
        for high, lines in zip((True, False), edges[page.number], strict=True):
            for key in {(high, round(line.y0 / _SLOT)) for line in lines if id(line) in gone[page.number]}:
                slots[key] += 1
            for line in lines:
                if id(line) in gone[page.number]:
                    sizes[high, round(line.y0 / _SLOT)].add(round(line.size))
    with_text = sum(bool(page.lines) for page in pages)
    for page in pages:
        for high, lines in zip((True, False), edges[page.number], strict=True):
            text = [line for line in page.lines if id(line) not in gone[page.number]]
            for line in lines:
                near = [(high, round(line.y0 / _SLOT) + by) for by in (-1, 0, 1)]
                often = sum(slots[key] for key in near) >= max(_TIMES, 0.4 * with_text)
                alike = any(abs(size - line.size) <= 1 for key in near for size in sizes[key])
                if id(line) in gone[page.number] or not often or not alike:
                    continue
                others = [other for other in text if other is not line and abs(other.y0 - line.y0) > _SLOT]
                beyond = [other for other in others if (other.y0 < line.y0) == high]
                gap = min((abs(other.y0 - line.y0) for other in others), default=page.height)
                if not beyond and gap > 2.2 * line.size and len(line.text) <= 100:  # noqa: PLR2004
                    gone[page.number].add(id(line))


def _mostly_tagged(pages: Sequence[Page]) -> bool:
    lines = [line for page in pages for line in page.lines]
    return sum(bool(line.tag) for line in lines) >= 0.9 * len(lines)


# Columns


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
    above, waiting = float("-inf"), []
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
                    abs(line.size - one.size) < 2 and abs(line.y0 - one.y0) < 1.8 * one.size for one in beside
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
            if 0 <= line.x0 - letter.x1 + usual and line.x0 - letter.x1 < 2 * usual
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
    marks = [line for line in lines if len(line.text) <= 6 and _MARKER.fullmatch(line.text.strip())]  # noqa: PLR2004
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
            and 0 <= line.x0 - mark.x1 + 1 and line.x0 - mark.x1 <= 4 * max(line.size, 8)
            and (len(line.text) > 8 or not mark.text.isdecimal())
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


# Blocks


@dataclass(frozen=True, slots=True)
class Type:
    """The letters of a document: the height of those of its text, how far lines lie apart, and how much each is used."""

    size: float
    leading: dict[int, float]
    share: dict[tuple[int, int], float]
    bold: bool
    indented: bool = False

    def apart(self, line: Line) -> float:
        """From one line to the next, in points, where lines are of this size."""
        return self.leading.get(round(line.size), 1.2 * line.size)


def type_of(pages: Sequence[Sequence[Column]]) -> Type:
    """The letters of a document, by how many characters are in them."""
    sizes: Counter[int] = Counter()
    styles: Counter[tuple[int, int]] = Counter()
    steps: dict[int, Counter[float]] = defaultdict(Counter)
    for columns_ in pages:
        for column in columns_:
            for line in column.lines:
                sizes[round(line.size)] += len(line.text)
                styles[style(line)] += len(line.text)
            for one, two in pairwise(column.lines):
                step = two.y1 - one.y1
                if round(one.size) == round(two.size) and 0 < step < 4 * one.size:
                    steps[round(one.size)][round(step * 2) / 2] += 1
    whole = sum(sizes.values()) or 1
    size = sizes.most_common(1)[0][0] if sizes else 10
    leading = {of: counts.most_common(1)[0][0] for of, counts in steps.items()}
    bold = sum(count for (_, look), count in styles.items() if look & BOLD) > 0.5 * whole
    return Type(size, leading, {key: count / whole for key, count in styles.items()}, bold)


def style(line: Line) -> tuple[int, int]:
    """How a line looks: the height of its letters, and whether they are bold or italic."""
    return round(line.size), line.flags & (BOLD | ITALIC)


def blocks(pages: Sequence[Page], outline: Sequence[tuple[int, str, int]] = ()) -> list[Raw]:
    """The blocks of all pages in reading order, those that go on over a page or column put together.

    Running heads are taken out before. `outline` has level, title and page of the bookmarks.
    """
    ordered = [columns(page.lines) for page in pages]
    letters = type_of(ordered)
    found: list[Raw] = []
    for page, columns_ in zip(pages, ordered, strict=True):
        here = [block for column in columns_ for block in _column_blocks(page.number, column, letters)]
        _footnotes(here, page, letters)
        found += here
    _headings(found, letters, outline)
    return _over_ends(_with_numbers(found, letters), letters)


def _with_numbers(found: list[Raw], letters: Type) -> list[Raw]:
    """The blocks, a number in large letters put together with the heading under it."""
    made: list[Raw] = []
    for block in found:
        before = made[-1] if made else None
        line = before.lines[0][1] if before and len(before.lines) == 1 else None
        if (
            before is not None and line is not None and block.kind == "heading" and before.page == block.page
            and _NUMBER.fullmatch(line.text) and line.size >= 1.1 * letters.size
        ):  # fmt: skip
            block.lines = before.lines + block.lines
            block.first, block.column = before.first, before.column
            made.pop()
        made.append(block)
    return made


def _column_blocks(number: int, column: Column, letters: Type) -> Iterator[Raw]:
    lines = column.lines
    if not lines:
        return
    right = _right(lines, column)
    block: list[Line] = [lines[0]]
    made: list[Raw] = []
    for place in range(1, len(lines)):
        line = lines[place]
        after = lines[place + 1] if place + 1 < len(lines) else None
        if _begins(block, line, after, column, right, letters):
            made.append(_raw(number, block, column))
            block = []
        block.append(line)
    made.append(_raw(number, block, column))
    made[0].first, made[-1].last = True, True
    yield from made


def _right(lines: Sequence[Line], column: Column) -> float:
    """How far the text of a column reaches to the right: the edge of its longest lines."""
    ends = sorted(line.x1 for line in lines)
    few = len(ends) < 4  # noqa: PLR2004
    return column.x1 if few else ends[int(0.9 * (len(ends) - 1))]


def _raw(number: int, lines: list[Line], column: Column) -> Raw:
    if all(line.cells for line in lines) and len(lines) == 1:
        kind = "row"
    else:
        kind = "item" if lines[0].item else "paragraph"
    return Raw(kind, [(number, line) for line in lines], column=column)


def _begins(  # noqa: C901 (each way in which a paragraph shows that it begins)
    block: list[Line], line: Line, after: Line | None, column: Column, right: float, letters: Type
) -> bool:
    """Whether a line begins another block than the one so far."""
    last, first = block[-1], block[0]
    size = max(line.size, last.size)
    step = line.y1 - last.y1
    if line.tag and last.tag and line.tag == last.tag and line.tag.startswith(("P ", "H")) and 0 < step < 2 * size:
        tagged = True
    else:
        tagged = False
    if line.cells or last.cells:
        return True
    if abs(line.size - last.size) > 0.12 * size and round(line.size) != round(last.size) and not _inline(line, last):
        return True
    usual = letters.apart(line)
    if step > 1.28 * usual + 0.5 or step < -size:
        return True
    if line.bold != last.bold and not _mixed(line, last, right):
        return True
    if _ENTRY.search(line.text) and _ENTRY.search(last.text) and not last.flags & HYPHEN:
        return True
    if line.item and _marks(line, first, last, after):
        return True
    if last.flags & HYPHEN:
        return False
    if line.flags & LEAD and not letters.bold and not last.flags & LEAD and _FINAL.search(last.text):
        return True
    if first.item and line.x0 > first.x0 + 0.5 * size and (len(block) == 1 or line.x0 >= block[1].x0 - 2):
        return False
    ended = _STOP.search(last.text) is not None
    fits = last.x1 + _first_word(line) + 0.3 * size < right - 0.4 * size
    if fits and (ended or (line.text[:1].isupper() and last.x1 < right - 0.2 * (column.x1 - column.x0))):
        return True
    text_edge = _edge(block)
    if line.x0 > text_edge + 0.6 * size and line.x0 < text_edge + 4 * size:
        back = after is None or after.x0 < line.x0 - 0.4 * size or after.y1 - line.y1 > 1.28 * usual + 0.5
        return back and ended and not tagged
    if len(block) > 1 and first.item:
        return line.x0 < block[1].x0 - 0.8 * size and ended and line.x0 <= first.x0 + 0.4 * size
    return False


def _inline(line: Line, last: Line) -> bool:
    """Whether another size comes from one mark in the line, such as a number of a note."""
    return (
        abs(line.size - last.size) < 0.25 * max(line.size, last.size)
        and line.bold == last.bold
        and (not _STOP.search(last.text) and line.text[:1].islower())
    )


def _mixed(line: Line, last: Line, right: float) -> bool:
    """Whether bold and plain lines go on in one sentence."""
    return line.text[:1].islower() or (
        last.x1 > right - 2 * line.size and not _STOP.search(last.text) and last.bold is False
    )


def _marks(line: Line, first: Line, last: Line, after: Line | None) -> bool:
    """Whether what looks like the mark of an item is one, and not a number or dash in running text."""
    if line.marked or _BULLET.match(line.text) and not line.text.startswith(("–", "—", "-", "+", "o")):
        return True
    like = first.item and abs(line.x0 - first.x0) < line.size
    out = line.x0 < last.x0 - 0.3 * line.size
    hangs = after is not None and after.x0 > line.x0 + 0.3 * line.size
    return like or out or hangs or _STOP.search(last.text) is not None


def _first_word(line: Line) -> float:
    """How wide the first word of a line is, in points."""
    return (line.x1 - line.x0) * len(line.text.split(" ", 1)[0]) / max(len(line.text), 1)


def _edge(block: list[Line]) -> float:
    """Where lines of a block begin: its second line, as the first may be indented or marked."""
    return min(line.x0 for line in block[1:]) if len(block) > 1 else block[0].x0


def _footnotes(here: list[Raw], page: Page, letters: Type) -> None:
    """Mark notes at the foot of a page: smaller letters, a number or star first, no text of usual size under them."""
    lowest: dict[int, float] = {}
    for block in here:
        line = block.lines[-1][1]
        if line.size > 0.93 * letters.size and block.column is not None:
            lowest[id(block.column)] = max(lowest.get(id(block.column), 0.0), line.y1)
    begun: set[int] = set()
    for block in here:
        line = block.lines[0][1]
        key = id(block.column)
        small = all(one.size <= 0.93 * letters.size for _, one in block.lines)
        if small and line.y0 > max(lowest.get(key, 0.0) - 1, 0.4 * page.height):
            if _NOTE.match(line.text):
                begun.add(key)
            if key in begun:
                block.kind = "footnote"


def _headings(found: list[Raw], letters: Type, outline: Sequence[tuple[int, str, int]]) -> None:
    """Say which blocks are headings, and of which level: 1 is the highest."""
    titles: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for level, title, page in outline:
        titles[_letters_of(title)].append((page, level))
    per_page: dict[int, int] = Counter(block.page for block in found)
    styles: list[tuple[int, bool, bool, bool]] = []
    marked: list[tuple[Raw, tuple[int, bool, bool, bool]]] = []
    for place, block in enumerate(found):
        if block.kind in {"footnote", "row"}:
            continue
        text = " ".join(line.text for _, line in block.lines)
        known = [level for page, level in titles.get(_letters_of(text), ()) if not page or abs(page - block.page) <= 1]
        tag = block.lines[0][1].tag.split(" ")[0]
        if known:
            block.kind, block.level = "heading", known[0]
        elif re.fullmatch("H[1-6]", tag) and len(text) <= _LONG_HEADING:
            block.kind, block.level = "heading", int(tag[1])
        elif _looks_like_heading(block, text, letters, found[place + 1] if place + 1 < len(found) else None):
            line = block.lines[0][1]
            look = (round(line.size), line.bold, text.isupper(), bool(line.flags & ITALIC))
            marked.append((block, look))
    common = Counter(look for _, look in marked)
    for block, look in marked:
        alike = sum(one == look for other, one in marked if other.page == block.page) if common[look] > 40 else 0
        if alike > 0.5 * per_page[block.page] and alike > 4:  # noqa: PLR2004 (as good as all of the page looks so)
            continue
        block.kind, block.guessed = "heading", True
        styles.append(look)
    ranked = sorted(set(styles), key=lambda look: (-look[0], not look[2], not look[1], look[3]))
    levels = {look: min(rank, 6) for rank, look in enumerate(ranked, start=1)}
    for block, look in marked:
        if block.kind == "heading":
            block.level = levels[look]


def _letters_of(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _looks_like_heading(block: Raw, text: str, letters: Type, after: Raw | None) -> bool:
    lines = [line for _, line in block.lines]
    words = text.split()
    if len(text) > _LONG_HEADING or len(words) > _WORDS_IN_HEADING or len(lines) > 4:  # noqa: PLR2004
        return False
    if sum(letter.isalpha() for letter in text) < max(2, 0.4 * len(text.replace(" ", ""))) or _LEADER.search(text):
        return False
    if text[:1].islower() or _BULLET.match(text) or text.rstrip().endswith((",", ";")):
        return False
    line = lines[0]
    if letters.share.get(style(line), 0.0) > 0.2:  # noqa: PLR2004 (rare)
        return False
    if any(one.flags & UNSEEN for one in lines):
        return text.isupper() and len(words) > 1 and not text.rstrip().endswith((",", "-"))
    larger = line.size >= 1.12 * letters.size
    if larger and not (len(words) > 8 and text.rstrip().endswith(".") and line.size < 1.4 * letters.size):  # noqa: PLR2004
        return True
    stands_out = all(one.bold for one in lines) and not letters.bold
    slanted = all(one.flags & ITALIC for one in lines) and len(lines) == 1
    capitals = text.isupper() and len(text) > 3  # noqa: PLR2004
    if not (stands_out or slanted or capitals) or line.size < 0.9 * letters.size:
        return False
    follows = after is not None and after.page - block.page <= 1
    return follows and not re.search(r"[.;,]$", text) and len(words) <= (14 if stands_out or capitals else 8)


def _over_ends(found: list[Raw], letters: Type) -> list[Raw]:
    """The blocks, with those put together that go on in the next column or on the next page.

    A sentence that is not ended waits while a heading of a picture or a note stands in between.
    """
    done: list[Raw] = []
    open_: Raw | None = None
    waits = 0
    for block in found:
        if open_ is not None and block.first and _goes_on(open_, block, letters):
            open_.joins.append(len(open_.lines))
            open_.lines += block.lines
            if not block.last:
                open_ = None
            continue
        done.append(block)
        if block.kind == "footnote":
            continue
        waits += 1
        unended = open_ is not None and waits <= _WAITS and _unended(open_.lines[-1][1])
        if block.kind in {"paragraph", "item"} and block.last and not (unended and not _unended(block.lines[-1][1])):
            open_, waits = block, 0
        elif not unended:
            open_ = None
    return done


def _unended(line: Line) -> bool:
    return bool(line.flags & HYPHEN) or not _FINAL.search(line.text)


def _goes_on(before: Raw, block: Raw, letters: Type) -> bool:
    """Whether a block at the top of a column goes on with the one at the end of the last."""
    (page, last), (next_page, first) = before.lines[-1], block.lines[0]
    if block.kind not in {"paragraph", "item"} or next_page - page > 1 or last.cells or first.cells:
        return False
    if abs(last.size - first.size) > 0.12 * max(last.size, first.size):
        return False
    if last.flags & HYPHEN:
        return True
    if block.kind == "item":
        return False
    if first.text[:1].islower() and not re.search(r"[.!?][\"'”’»)\]]*$", last.text):
        return True
    if _FINAL.search(last.text) or first.bold != last.bold:
        return False
    full = before.column is None or last.x1 > before.column.x1 - 0.12 * (before.column.x1 - before.column.x0)
    return full and len(before.lines) > 1
