"""Running heads and feet, page numbers and numbers of lines, taken out of pages.

What they go by: text that returns at the same height of other pages, numbers that rise with the pages, and what
stands apart where most pages have their head.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from coder.files.documents.lines import BOLD, ITALIC, Line, Page

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
