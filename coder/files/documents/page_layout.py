"""From lines in reading order to blocks: paragraphs, items, headings, rows, notes.

It knows nothing of PDF. What it goes by: indents, leading, lines that end early, and letters that are larger, bolder
and rarer than those of the text.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest

from coder.files.documents.pages import BOLD, HYPHEN, ITALIC, LEAD, UNSEEN, Column, Line, Page, columns, has_bullet

_STOP = re.compile(r"[.!?:;…][\"'”’»)\]]*$")
_FINAL = re.compile(r"[.!?:…][\"'”’»)\]]*(?:\s?\d{1,3})?$")
_NOTE = re.compile(r"(?:\d{1,3}|\*{1,3})[.)]?\s*\S")
_LEADER = re.compile(r"(?:[.…·_]\s?){4,}\s*\d*$|\s\d{1,3}$")
_ENTRY = re.compile(r"[^\d\s.,]\s?[.…\s]*\s\d{1,3}$")
"""How a line of a table of contents ends."""
_NUMBER = re.compile(r"(?:[A-Za-z]+\s)?(?:\d{1,2}(?:\.\d{1,2})*|[IVX]{1,5})[.:]?")
_WAITS = 3
"""Blocks that may stand between a sentence and its end on the next page."""
_LONG_HEADING, _WORDS_IN_HEADING, _ALIKE = 160, 22, 4
"""Of a heading: characters and words at the most, and how many of one look a page may have."""
_Look = tuple[int, bool, bool, bool]
"""The height of letters, and whether they are bold, capitals, italic."""


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


@dataclass(frozen=True, slots=True)
class Type:
    """The letters of a document: the height of those of its text, how far lines lie apart, how much each is used."""

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

    Running heads are taken out before. `outline` has level, title and page of the bookmarks. The lines of pages are let
    go: those of a long document are many.
    """
    ordered = []
    for page in pages:
        ordered.append(columns(page.lines))
        page.lines = []
    letters = type_of(ordered)
    found: list[Raw] = []
    ordered.reverse()
    for page in pages:
        columns_ = ordered.pop()
        here = [block for column in columns_ for block in _column_blocks(page.number, column, letters)]
        _footnotes(here, page, letters)
        found += here
    _headings(found, letters, outline)
    return _over_ends(_with_numbers(found, letters))


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
    kind = "row" if len(lines) == 1 and lines[0].cells else "item" if lines[0].item else "paragraph"
    return Raw(kind, [(number, line) for line in lines], column=column)


def _begins(  # noqa: C901, PLR0912 (each way in which a paragraph shows that it begins)
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
    if (line.flags ^ last.flags) & ITALIC and line.text[:1].isupper() and last.x1 < right - 2 * size:
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
    if line.marked or (has_bullet(line.text) and not line.text.startswith(("–", "—", "-", "+", "o"))):
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
    sure: list[tuple[Raw, _Look]] = []
    marked: list[tuple[Raw, _Look]] = []
    levels: dict[_Look, Counter[int]] = defaultdict(Counter)
    for block, after in zip_longest(found, found[1:]):
        if block.kind in {"footnote", "row"}:
            continue
        line, text = block.lines[0][1], " ".join(line.text for _, line in block.lines)
        look = (round(line.size), line.bold, text.isupper(), bool(line.flags & ITALIC))
        known = [level for page, level in titles.get(_letters_of(text), ()) if not page or abs(page - block.page) <= 1]
        if known:
            levels[look][known[0]] += 1
        if known or (re.fullmatch("H[1-6] .*", line.tag) and len(text) <= _LONG_HEADING):
            sure.append((block, look))
        elif _looks_like_heading(block, text, letters, after):
            marked.append((block, look))
    guessed = _rare(marked, Counter(block.page for block in found))
    ranks = _levels({look for _, look in (*sure, *guessed)}, levels)
    for block, look in (*sure, *guessed):
        block.kind, block.level = "heading", ranks[look]
    for block, _ in guessed:
        block.guessed = True


def _rare(marked: Sequence[tuple[Raw, _Look]], on_page: Mapping[int, int]) -> list[tuple[Raw, _Look]]:
    """What looks like a heading, but for a look that most of a page has."""
    alike = Counter((block.page, look) for block, look in marked)
    return [
        (block, look)
        for block, look in marked
        if alike[block.page, look] <= _ALIKE or alike[block.page, look] <= 0.5 * on_page[block.page]
    ]


def _levels(looks: set[_Look], known: Mapping[_Look, Counter[int]]) -> dict[_Look, int]:
    """The level of each look: that of its bookmarks, else one under the look before: larger, capitals, bold first.

    The levels of tags are not used: programs give any level to what an author made look like a heading (seen).
    """
    found: dict[_Look, int] = {}
    level = 0
    for look in sorted(looks, key=lambda look: (-look[0], not look[2], not look[1], look[3])):
        level = known[look].most_common(1)[0][0] if look in known else min(level + 1, 6)
        found[look] = level
    return found


def _letters_of(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _looks_like_heading(block: Raw, text: str, letters: Type, after: Raw | None) -> bool:
    lines = [line for _, line in block.lines]
    words = text.split()
    if len(text) > _LONG_HEADING or len(words) > _WORDS_IN_HEADING or len(lines) > 4:  # noqa: PLR2004
        return False
    if sum(letter.isalpha() for letter in text) < max(2, 0.4 * len(text.replace(" ", ""))) or _LEADER.search(text):
        return False
    if text[:1].islower() or has_bullet(text) or text.rstrip().endswith((",", ";")):
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


def _over_ends(found: list[Raw]) -> list[Raw]:
    """The blocks, with those put together that go on in the next column or on the next page.

    A sentence that is not ended waits while a heading of a picture or a note stands in between.
    """
    done: list[Raw] = []
    open_: Raw | None = None
    waits = 0
    for block in found:
        if open_ is not None and block.first and _goes_on(open_, block):
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


def _goes_on(before: Raw, block: Raw) -> bool:
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
