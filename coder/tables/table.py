"""A table: its numbers, what it was counted from, and how it is written as text."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from coder.errors import CoderError
from coder.shown import html_table

FORMATS = ("table", "csv", "md", "json")
_INDENT = "\u00a0\u00a0"
"""No-break spaces, because HTML and Markdown drop others."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_TAG = re.compile(r"<(?=[A-Za-z/!])")


@dataclass(frozen=True, slots=True, repr=False)
class Table:
    """Rows of numbers and what was counted.

    `frame` has stable English column names and unrounded numbers; `base` is the number of
    respondents a percentage is of (None where that was not printed). `shown` maps the columns that
    people see to their heading; `notes` are the lines under the table. `point` is the decimal sign that people see.
    `down_to` is the rank down to which every code is in it, inf where none was left out; None where that is not known.
    """

    title: str
    frame: pd.DataFrame
    base: int | None
    shown: Mapping[str, str]
    notes: tuple[str, ...] = ()
    point: str = "."
    down_to: float | None = None

    def __repr__(self) -> str:
        base = "" if self.base is None else f", base {self.base}"
        return f"<Table {self.title!r}: {len(self.frame)} rows{base}>"

    def _repr_html_(self) -> str:
        right = [pd.api.types.is_numeric_dtype(self.frame[name]) for name in self.shown]
        return html_table(self.title, list(self.shown.values()), self.cells(), self.notes, right)

    def text(self, form: str = "table") -> str:
        """The table as `table` (aligned, never cut), `md`, `csv` (all columns) or `json` (all of it)."""
        match form:
            case "csv":
                return self.frame.to_csv(index=False, lineterminator="\n")
            case "json":
                rows = json.loads(self.frame.to_json(orient="records", force_ascii=False))
                whole = {"title": self.title, "base": self.base, "rows": rows, "notes": list(self.notes)}
                return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
            case "md":
                return self._markdown()
            case "table":
                return self._aligned()
            case _:
                raise CoderError(f"There is no format {form!r}; choose one of {', '.join(FORMATS)}.")

    def cells(self) -> list[list[str]]:
        """The cells that people see, row by row: whole percentages (half up), '' where nothing is known.

        Where the frame has a column `level`, labels are indented by it.
        """
        levels = self.frame["level"] if "level" in self.frame else [0] * len(self.frame)
        return [
            [
                _INDENT * level * (name == "label") + _cell(name, value, self.point)
                for name, value in zip(self.shown, row, strict=True)
            ]
            for level, row in zip(levels, self.frame[list(self.shown)].itertuples(index=False), strict=True)
        ]

    def _aligned(self) -> str:
        rows = [[_one_line(cell) for cell in row] for row in (self.shown.values(), *self.cells())]
        widths = [max(len(row[place]) for row in rows) for place in range(len(self.shown))]
        right = [pd.api.types.is_numeric_dtype(self.frame[name]) for name in self.shown]
        lines = [_line(row, widths, right) for row in rows]
        rule = "  ".join("-" * width for width in widths)
        return "\n".join([self.title, "", lines[0], rule, *lines[1:], "", *self.notes]) + "\n"

    def _markdown(self) -> str:
        right = [pd.api.types.is_numeric_dtype(self.frame[name]) for name in self.shown]
        rows = [list(self.shown.values()), ["--:" if number else ":--" for number in right], *self.cells()]
        lines = [
            "| " + " | ".join(_TAG.sub(r"\<", _one_line(cell)).replace("|", "\\|") for cell in row) + " |"
            for row in rows
        ]
        return "\n".join([f"**{self.title}**", "", *lines, "", *(f"{note}  " for note in self.notes)]) + "\n"


def _one_line(cell: str) -> str:
    """A cell without the line breaks and control signs that would break the lines of a table."""
    return _CONTROL.sub(" ", cell)


def percent(value: float) -> str:
    """A percentage as published: whole, half up, '<1%' for a share above 0 and under 1."""
    exact = round(value, 9)
    return "<1%" if value > 0 and exact < 1 else f"{_whole(exact)}%"


def _whole(value: float) -> str:
    return str(Decimal(repr(value)).quantize(Decimal(1), ROUND_HALF_UP))


def _cell(name: str, value: object, point: str) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    if name.removeprefix("then_").startswith("percent") and isinstance(value, float):
        return percent(value)
    if name.startswith("weighted") and isinstance(value, float):
        return _whole(value)
    if isinstance(value, float):
        return f"{value:.3f}".replace(".", point)
    return str(value)


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    cells = (
        cell.rjust(width) if number else cell.ljust(width)
        for cell, width, number in zip(row, widths, right, strict=True)
    )
    return "  ".join(cells).rstrip()
