"""How a table is shown to people: its sentences in their language, its numbers as they write them."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coder.errors import CoderError
from coder.note import Note, Text
from coder.shown import html_table
from coder.tables.table import Column, Said, Table
from coder.words import chosen, numbers, say

WAYS = ("table", "csv", "md", "json")
"""How a table is written as text."""
_INDENT = "\u00a0\u00a0"
"""No-break spaces, because HTML and Markdown drop others."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_TAG = re.compile(r"<(?=[A-Za-z/!])")
_LEAST_P = 0.001


@dataclass(frozen=True, slots=True)
class Shown:
    """A table as people of a language read it: cells row by row, "" where nothing is known.

    `names` are those of the columns in the frame; `numeric` says which hold numbers, and stand to the right.
    """

    title: str
    names: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    numeric: tuple[bool, ...]

    def html(self) -> str:
        """The table for a notebook."""
        return html_table(self.title, self.headings, self.rows, self.notes, self.numeric)

    def aligned(self) -> str:
        """The table as text, its columns under each other, nothing cut."""
        rows = [[_one_line(cell) for cell in row] for row in (self.headings, *self.rows)]
        widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
        lines = [
            "  ".join(
                cell.rjust(width) if number else cell.ljust(width)
                for cell, width, number in zip(row, widths, self.numeric, strict=True)
            ).rstrip()
            for row in rows
        ]
        rule = "  ".join("-" * width for width in widths)
        return "\n".join([self.title, "", lines[0], rule, *lines[1:], "", *self.notes]) + "\n"

    def markdown(self) -> str:
        """The table in Markdown."""
        rows = [self.headings, ["--:" if number else ":--" for number in self.numeric], *self.rows]
        lines = [
            "| " + " | ".join(_TAG.sub(r"\<", _one_line(cell)).replace("|", "\\|") for cell in row) + " |"
            for row in rows
        ]
        return "\n".join([f"**{self.title}**", "", *lines, "", *(f"{note}  " for note in self.notes)]) + "\n"


def shown(table: Table, language: str | None = None) -> Shown:
    """A table in this language, the one chosen unless given.

    Percentages are whole (half up), ranks bare, other numbers grouped and with the decimal sign of the language. Where
    the frame has a column `level`, labels are indented by it.
    """
    language = chosen(language)
    columns = table.columns
    cells = [_cells(table.frame, name, column, language) for name, column in columns.items()]
    return Shown(
        title=said(table.title, language),
        names=tuple(columns),
        headings=tuple(said(column.heading, language) for column in columns.values()),
        rows=tuple(zip(*cells, strict=True)),
        notes=tuple(said(note, language) for note in table.notes),
        numeric=tuple(_is_numeric(table.frame, name, column) for name, column in columns.items()),
    )


def said(what: Said, language: str) -> str:
    """What people read, in this language."""
    match what:
        case Note():
            return say(what, language)
        case Text():
            return what.named(language)
    return str(what)


def text(table: Table, way: str, language: str | None = None) -> str:
    """A table as `table`, `md`, `csv` or `json`. Raises `CoderError` for any other way."""
    match way:
        case "csv":
            return table.frame.to_csv(index=False, lineterminator="\n")
        case "json":
            rows = json.loads(table.frame.to_json(orient="records", force_ascii=False))
            whole = {"title": said(table.title, chosen(language)), "base": table.base, "rows": rows}
            notes = [said(note, chosen(language)) for note in table.notes]
            return json.dumps({**whole, "notes": notes}, ensure_ascii=False, indent=2) + "\n"
        case "md":
            return shown(table, language).markdown()
        case "table":
            return shown(table, language).aligned()
    raise CoderError("tables.no_way", way=way, ways=WAYS)


def _is_numeric(frame: pd.DataFrame, name: str, column: Column) -> bool:
    return not column.form and bool(pd.api.types.is_numeric_dtype(frame[name]))


def _cells(frame: pd.DataFrame, name: str, column: Column, language: str) -> list[str]:
    if column.form:
        write = FORMS[column.form]
        parts = frame[list(column.of or (name,))].itertuples(index=False, name=None)
        return [write(values, language) for values in parts]
    written = [_cell(name, value, language) for value in frame[name]]
    if name == "label" and "level" in frame:
        return [_INDENT * level + cell for level, cell in zip(frame["level"], written, strict=True)]
    return written


def _cell(name: str, value: Any, language: str) -> str:  # noqa: ANN401 (a cell of a frame)
    if isinstance(value, (Note, str)):
        return said(value, language)
    if pd.isna(value):
        return ""
    if isinstance(value, float):
        if name.removeprefix("then_").startswith("percent"):
            return numbers.percent(value)
        return numbers.decimal(value, 0 if name.startswith("weighted") else 3, language)
    if name.endswith("rank") or isinstance(value, bool):
        return str(value)
    return numbers.decimal(value, 0, language) if isinstance(value, int) else str(value)


def _rank(values: Sequence[Any], _language: str) -> str:
    """A rank with its interval where there is one: of a rank alone, or of a rank and its ends."""
    rank, *ends = values
    if pd.isna(rank):
        return ""
    low, high = ends or (None, None)
    return f"{int(rank)}" if pd.isna(low) else f"{int(rank)} ({int(low)}–{int(high)})"  # type: ignore[arg-type]


def _points(values: Sequence[Any], language: str) -> str:
    """A difference in points with its interval where there is one, "+6,3 (+1,0 tot +11,6)"."""
    value, *ends = values
    written = numbers.points(value, language)
    if not written or not ends or pd.isna(ends[0]):
        return written
    low, high = (numbers.points(end, language) for end in ends)
    return say(Note("tables.with_interval", value=written, low=low, high=high), language)


def _interval(values: Sequence[Any], language: str) -> str:
    """The ends of an interval of percentages (0..100) with one decimal."""
    low, high = values
    if pd.isna(low):
        return ""
    return f"{numbers.decimal(max(low, 0), 1, language)}–{numbers.decimal(min(high, 100), 1, language)}"


def _probability(values: Sequence[Any], language: str) -> str:
    """A p with three decimals, "<0,001" under that."""
    (value,) = values
    if pd.isna(value):
        return ""
    least = numbers.decimal(_LEAST_P, 3, language)
    return f"<{least}" if value < _LEAST_P else numbers.decimal(value, 3, language)


FORMS: Mapping[str, Callable[[Sequence[Any], str], str]] = {
    "rank": _rank,
    "points": _points,
    "interval": _interval,
    "p": _probability,
    "decimals": lambda values, language: numbers.decimal(values[0], 2, language),
}
"""How a cell of several numbers is written, by the name of the form."""


def _one_line(cell: str) -> str:
    """A cell without the line breaks and control signs that would break the lines of a table."""
    return _CONTROL.sub(" ", cell)
