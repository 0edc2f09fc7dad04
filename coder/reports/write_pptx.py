"""The report as slides: a native chart that people can edit and native tables, a slide each, and what was said.

What does not fit on one slide continues on the next; nothing is made too small to read. What a slide is of and how its
numbers were made stands in its notes, and at its foot as far as there is room.
"""

# ruff: noqa: ANN401, SLF001 (python-pptx types little, and what it has no word for is set in the XML)

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from textwrap import wrap
from typing import Any, TypeVar

from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches, Pt

from coder.files.writing import written_beside
from coder.reports.chart import NativeChart
from coder.reports.content import Report, Section, side_by_side
from coder.reports.pagination import column_parts, widened
from coder.reports.quotes import pieces
from coder.reports.shown import shown
from coder.reports.slides import FOOT_HIGH, TEXT, Box, Deck, Slide, house_deck, plain_deck, table_style
from coder.reports.template import Template
from coder.tables.table import Table
from coder.words import area, language_tag, written_date

_BARS, _WRAPPED = 26, 5.2
"""So many bars a slide holds; and a label of so many characters to the inch of the slide takes two lines."""
_LONGEST = 900
"""A quote of more characters is cut on a slide; the other formats have all of it."""
_CELL = 12
"""Points of the text in a table."""
_ROW, _MORE, _INCH = 0.29, 0.2, 9.8
"""Inches of a row and of each further line in it; characters to the inch."""
_TALLEST = 0.46
"""What a row of a table may be stretched to."""
_LINE, _SIGNS = 0.255, 10.2
"""Inches of a line of text, and its characters to the inch."""
_FOOT_LINES, _FOOT_SIGNS = 2, 10.2
"""Lines that notes take at the foot of a slide, and their characters to the inch."""

_T = TypeVar("_T")
Lines = list[list[tuple[str, bool]]]
"""Paragraphs, each of pieces of text with whether they are bold."""


@dataclass(frozen=True, slots=True)
class _Writing:
    """The slides of a report being made, and the style of their tables."""

    deck: Deck
    report: Report
    style: str | None

    def slide(self, title: str, question: str, notes: Iterable[str] = ()) -> Slide:
        """A slide; at its foot the question and the notes that fit, in its notes all of them and how it was made."""
        told = list(dict.fromkeys(filter(None, notes)))
        least = [question] if question != title else []
        foot = _foot(told, int(self.deck.room.wide * _FOOT_SIGNS * _FOOT_LINES))
        told_at_foot = [foot, *least] if len(foot) <= self.deck.room.wide * _FOOT_SIGNS * _FOOT_LINES else [foot]
        return self.deck.slide(title, told_at_foot, "\n".join([*least, *told, *self.report.methods]))


def _foot(notes: Sequence[str], room: int) -> str:
    """The notes of which there is room, the first one in any case, and where the others stand."""
    whole = " ".join(notes)
    if len(whole) <= room:
        return whole
    more = area("report")["more_in_notes"]
    kept = [notes[0]]
    for one in notes[1:]:
        if len(" ".join([*kept, one, more])) <= room:
            kept.append(one)
    return " ".join([*kept, more] if len(notes) > 1 else kept)


def write_pptx(report: Report, path: Path, template: Template | None = None) -> list[Path]:
    """Write the slides: a title, then for each section chart, tables and quotes, and last how it was made.

    With a template they have its layouts, colours and fonts.
    """
    deck = house_deck(template) if template is not None else plain_deck()
    made = written_date(report.made) if report.made else ""
    deck.title(report.title, [*filter(None, (*report.about, made, report.note))])
    writing = _Writing(deck, report, table_style(deck))
    for part in report.sections:
        _section(writing, part)
    _methods(writing)
    _finish(deck.file, report)
    with written_beside(path) as beside:
        deck.file.save(str(beside))
    return [path]


def _section(writing: _Writing, part: Section) -> None:
    said = area("report")
    if (native := part.native_chart) is not None:
        _charts(writing, part, native)
    for name, table in part.all_tables.items():
        _table(writing, side_by_side(table) if name == "groups" else table, part.title)
    if part.quotes:
        _texts(writing, said["quotes"], list(_quotes(part, said["picked"])), part.title, [part.quotes_note])


def _charts(writing: _Writing, part: Section, native: NativeChart) -> None:
    """The chart, on as many slides as its bars take; beside the last wave what is significant has the accent."""
    chart = native.chart
    first = part.glance.table if part.glance is not None else next(iter(part.tables.values()), None)
    notes = [*(shown(first).notes if first is not None else ()), part.caveat, chart.note]
    two_lines = max(map(len, chart.names)) > _WRAPPED * writing.deck.room.wide
    bars = _BARS // (2 if two_lines and len(chart.series) == 1 else 1)
    size = max(int(bars * writing.deck.room.high / 4.85) // len(chart.series), 1)
    parts = list(native.parts(size))
    for title, one in zip(_numbered(part.finding, len(parts)), parts, strict=True):
        writing.slide(title, part.title, notes).chart(one)


def _table(writing: _Writing, table: Table, question: str) -> None:
    """The table as native tables as wide as the slide, the head on each."""
    room = writing.deck.room
    columns = column_parts(table, room=room.wide, character=1 / _INCH, margin=0.25)
    seen = shown(table)
    notes = seen.notes
    high = room.high - 0.15 - (FOOT_HIGH if writing.deck.foot is None else 0)
    pages = []
    for part in columns:
        head, rows = part.of(seen.headings), [part.of(row) for row in seen.rows]
        widths = widened(part.widths, [seen.numeric[place] for place in part.columns], room.wide)
        numbers = [seen.numeric[place] for place in part.columns]
        pages += [([head, *page], widths, numbers) for page in _fitting(rows, widths, high - _high(head, widths))]
    for title, (cells, widths, numbers) in zip(_numbered(seen.title, len(pages)), pages, strict=True):
        native = writing.slide(title, question, notes).table(len(cells), len(widths), title, writing.style)
        _rows(native, cells, widths, numbers, high)


def _rows(native: Any, cells: list[list[str]], widths: Sequence[float], numbers: Sequence[bool], room: float) -> None:
    for place, width in enumerate(widths):
        native.columns[place].width = Inches(width)
    heights = [_high(texts, widths) for texts in cells]
    more = min(max((room - sum(heights)) / len(heights), 0), _TALLEST - _ROW)
    for place, (texts, row) in enumerate(zip(cells, native.rows, strict=True)):
        row.height = Inches(heights[place] + more)
        for text, cell, number in zip(texts, row.cells, numbers, strict=True):
            cell.text = text
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            cell.margin_top = cell.margin_bottom = Inches(0.03)
            for paragraph in cell.text_frame.paragraphs:
                paragraph.font.size = Pt(_CELL)
                paragraph.font.bold = place == 0 or any(sign in text for sign in "▲▼") or None
                if number:
                    paragraph.alignment = PP_ALIGN.RIGHT


def _high(texts: Sequence[str], widths: Sequence[float]) -> float:
    signs = [max(int((width - 0.2) * _INCH), 1) for width in widths]
    lines = max(len(wrap(text, most)) or 1 for text, most in zip(texts, signs, strict=True))
    return _ROW + (lines - 1) * _MORE


def _fitting(rows: list[list[str]], widths: Sequence[float], room: float) -> list[list[list[str]]]:
    """The rows in parts that fit on a slide each: as few as can be, and of about equal height."""
    return _even(rows, [_high(row, widths) for row in rows], room)


def _even(rows: list[_T], heights: Sequence[float], room: float) -> list[list[_T]]:
    """What is so high in parts of at most `room`: as few as can be, and of about equal height."""
    fewest = _filled(rows, heights, room)
    lower = (room * step / 20 for step in range(1, 20))
    return next((parts for one in lower if len(parts := _filled(rows, heights, one)) == len(fewest)), fewest)


def _filled(rows: list[_T], heights: Sequence[float], room: float) -> list[list[_T]]:
    """The rows in parts, each filled as far as there is room."""
    parts: list[list[_T]] = [[]]
    taken = 0.0
    for row, high in zip(rows, heights, strict=True):
        if parts[-1] and taken + high > room:
            parts.append([])
            taken = 0.0
        parts[-1].append(row)
        taken += high
    return parts


def _quotes(part: Section, picked: str) -> Iterator[Lines]:
    """A block of paragraphs a code: its label, and the answers with the words that matched bold."""
    for label, quotes in part.quotes:
        block: Lines = [[(label, True)]]
        for quote in quotes:
            text = list(pieces(quote.text, quote.spans))
            if len(quote.text) > _LONGEST:
                text = [(quote.text[:_LONGEST].rstrip() + " […]", False)]
            who = [(f" ({picked})", False)] if quote.picked else []
            block.append(
                [("“", False), *[(" ".join(f"·{one}·".split())[1:-1], bold) for one, bold in text], ("”", False), *who]
            )
        yield block


def _methods(writing: _Writing) -> None:
    """How it was made, all on one slide where it fits: the paragraph to paste, and the facts of each section."""
    said, report = area("report"), writing.report
    blocks: list[Lines] = [[[(report.methods[0], False)]]] if report.methods else []
    several = len(report.sections) > 1
    for part in report.sections:
        if part.facts:
            head = part.title if several else said["how"]
            blocks.append(
                [*([[(head, True)]] if blocks or several else []), *([(f"• {fact}", False)] for fact in part.facts)]
            )
    title = said["methods"] if report.methods else said["how"]
    if blocks:
        _texts(writing, title, blocks, report.title, [])


def _texts(writing: _Writing, title: str, blocks: Sequence[Lines], question: str, notes: Sequence[str]) -> None:
    """Blocks of text on as many slides as they take; a block is not cut unless it is longer than a slide."""
    room = writing.deck.room
    most = (room.high - (FOOT_HIGH if writing.deck.foot is None else 0)) / _LINE
    chunks = [
        chunk for block in blocks for chunk in ([block] if _lines(block, room) <= most else [[one] for one in block])
    ]
    pages = _even(chunks, [_lines(chunk, room) for chunk in chunks], most)
    for name, page in zip(_numbered(title, len(pages)), pages, strict=True):
        frame = writing.slide(name, question, notes).text()
        paragraphs = [one for chunk in page for one in chunk]
        for number, paragraph in enumerate(paragraphs):
            line = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            _plain(line, space=number > 0 and paragraph[0][1])
            for text, bold in paragraph:
                run = line.add_run()
                run.text = text
                run.font.size, run.font.bold = Pt(TEXT), bold or None


def _plain(line: Any, *, space: bool) -> None:
    """A paragraph without the bullet and the indent that a house style may give it."""
    about = line._p.get_or_add_pPr()
    about.set("marL", "0")
    about.set("indent", "0")
    line.space_before = Pt(10 if space else 3)
    about.append(parse_xml(f"<a:buNone {nsdecls('a')}/>"))


def _lines(block: Lines, room: Box) -> int:
    """The lines a block takes, one between blocks among them."""
    wide = room.wide * _SIGNS
    return 1 + sum(ceil(max(sum(len(text) for text, _ in paragraph), 1) / wide) for paragraph in block)


def _numbered(title: str, count: int) -> list[str]:
    """The titles of slides that are parts of one thing."""
    said = area("report")["continued"]
    if count == 1:
        return [title]
    return [said.format(title=title, part=part, parts=count) for part in range(1, count + 1)]


def _finish(file: Any, report: Report) -> None:
    """The language that spelling is checked in, and the properties of the file."""
    language = language_tag()
    for slide in file.slides:
        for run in slide._element.iter(qn("a:r")):
            run.get_or_add_rPr().set("lang", language)
    about = file.core_properties
    about.title, about.author, about.language, about.last_modified_by = report.title[:255], "coder", language, ""
