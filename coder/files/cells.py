"""Rows of text cells, as .csv or a workbook holds them.

Reading never guesses at content: every cell stays text ("00042", "NA" and "None" stay what they are).
"""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import DataError
from coder.files.kinds import Kind
from coder.files.writing import unguarded

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

SPREADSHEETS = (".xlsx", ".xls", ".xlsb", ".xlsm", ".ods")
TEXTS = (".csv", ".tsv", ".txt", ".tab")
_SEPARATORS = (";", ",", "\t", "|")
_TOLD_SEPARATOR = re.compile(r"sep=([^\r\n])\r?\n")
"""The line with which Excel is told the separator."""

Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Cells:
    """The rows of a file that hold anything, as text, and what the file itself says of its columns, by place.

    `kinds` says which columns have numbers or dates; it is empty where the file does not say (.csv). `wording`
    is the question's wording of each column, "" where there is none; empty where the file has no such thing.
    """

    rows: Rows
    kinds: tuple[Kind, ...] = ()
    wording: tuple[str, ...] = ()


def read_cells(path: Path, sheet: str = "") -> Cells:
    """The cells of a file; `sheet` names one of `sheet_names`, the first unless given.

    Raises `DataError` where the file is not there or is no table.
    """
    if not path.is_file():
        raise DataError(f"There is no file {path}.")
    rows = _spreadsheet_rows(path, sheet) if path.suffix.lower() in SPREADSHEETS else _text_rows(path)
    return Cells([row for row in rows if any(cell.strip() for cell in row)])


def sheet_names(path: Path) -> list[str]:
    """The names of the sheets of a workbook; a text file has none."""
    return _workbook(path).sheet_names if path.suffix.lower() in SPREADSHEETS else []


def separator(path: Path) -> str:
    """The separator of a text file; ';' (which Excel opens in Dutch) for what is not one."""
    if path.suffix.lower() not in TEXTS or not path.is_file():
        return ";"
    return _separated(decoded(path), path)[0]


def decoded(path: Path) -> str:
    """The text of a file in UTF-8, UTF-16 or cp1252. Raises where it is no text."""
    raw = path.read_bytes()
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace")
    if b"\0" in raw or raw.startswith((b"PK\x03\x04", b"%PDF")):
        raise DataError(f"{path.name} is no table but another kind of file; save it as .csv or .xlsx.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _spreadsheet_rows(path: Path, name: str) -> Rows:
    from python_calamine import CalamineError  # noqa: PLC0415

    try:
        book = _workbook(path)
        sheet = book.get_sheet_by_name(name) if name else book.get_sheet_by_index(0)
        return [[_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=True)]
    except (CalamineError, IndexError) as error:
        raise _unreadable(path, error) from None


def _workbook(path: Path) -> "CalamineWorkbook":
    from python_calamine import CalamineError, load_workbook  # noqa: PLC0415

    try:
        return load_workbook(path)
    except (CalamineError, OSError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> DataError:
    return DataError(f"{path.name} is no workbook that can be read ({error}); save it again as .xlsx.")


def _cell(value: object) -> str:
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case _:
            return str(value)


def _text_rows(path: Path) -> Rows:
    text = decoded(path)
    if not text.strip():
        return []
    csv.field_size_limit(max(len(text), csv.field_size_limit()))
    delimiter, table = _separated(text, path)
    try:
        rows = csv.reader(io.StringIO(table, newline=""), delimiter=delimiter, strict=False)
        return [[unguarded(cell) for cell in row] for row in rows]
    except csv.Error as error:
        raise DataError(f"{path.name} is no table that can be read ({error}).") from None


def _separated(text: str, path: Path) -> tuple[str, str]:
    """The separator, told by the file itself or guessed, and the text without the line that told it."""
    if told := _TOLD_SEPARATOR.match(text):
        return told[1], text[told.end() :]
    return _separator(text, path), text


def _separator(text: str, path: Path) -> str:
    """The separator that cuts the first rows into the same number of columns, the more the better."""
    best, score = ",", (0.0, 0)
    for candidate in _SEPARATORS:
        try:
            rows = csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=candidate)
            widths = [len(row) for _, row in zip(range(200), rows, strict=False) if row]
        except csv.Error as error:
            raise DataError(f"{path.name} is no table that can be read ({error}).") from None
        width, times = Counter(widths).most_common(1)[0] if widths else (1, 0)
        if width > 1 and (times / len(widths), width) > score:
            best, score = candidate, (times / len(widths), width)
    return best
