"""Rows and columns of text, as .csv or .xlsx holds them.

Reading never guesses at content: every cell stays text ("00042", "NA" and "None" stay what they are).
Writing goes to a file beside the target and is then renamed, so that nothing is left half written.
"""

import csv
import io
import os
import re
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, time
from pathlib import Path
from stat import S_IWUSR
from tempfile import mkstemp
from typing import TYPE_CHECKING

import pandas as pd

from coder.errors import DataError

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

SPREADSHEETS = (".xlsx", ".xls", ".xlsb", ".xlsm", ".ods")
TEXTS = (".csv", ".tsv", ".txt", ".tab")
WRITTEN = (".csv", ".xlsx")
_SEPARATORS = (";", ",", "\t", "|")
_TOLD_SEPARATOR = re.compile(r"sep=([^\r\n])\r?\n")
"""The line with which Excel is told the separator."""
_FORMULA = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_HEADER_WITHIN = 20
"""How many rows may stand above the header (a title, merged cells)."""

JOIN = "+"
"""Between the names of columns that are read as one: the codes of an answer, one a column."""
Rows = list[list[str]]


def read_sheet(
    path: Path, columns: Sequence[str] = (), *, header: Callable[[set[str]], bool] | None = None, sheet: str = ""
) -> pd.DataFrame:
    """A table of text cells; the header is the first row that has all of `columns`, or that `header` accepts.

    `sheet` names one of `sheet_names`, the first unless given. Rows that are empty throughout are left
    out. A column "a+b" of `columns` that is not there is what columns a and b hold, joined by "; ". Raises
    `DataError` where the file is not there, is empty, is no table, or lacks a column.
    """
    if not path.is_file():
        raise DataError(f"There is no file {path}.")
    rows = _spreadsheet_rows(path, sheet) if path.suffix.lower() in SPREADSHEETS else _text_rows(path)
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        raise DataError(f"{path.name} is empty; it needs a row of column names and rows of answers under it.")
    place, names = _header(rows, header or (lambda cells: all(has_column(name, cells) for name in columns)), path)
    body = rows[place + 1 :]
    if not body:
        raise DataError(f"{path.name} has column names ({', '.join(names)}) and no rows under them.")
    width = len(names)
    for number, row in enumerate(body, start=1):
        if any(cell.strip() for cell in row[width:]):
            raise DataError(
                f"{path.name} has {width} columns but row {number} under the column names has more: "
                f"{row[-1][:40]!r} is too many. Put a text that holds the separator in double quotes."
            )
    found = pd.DataFrame([(row + [""] * width)[:width] for row in body], columns=names, dtype=str)
    for name in columns:
        if name not in found and has_column(name, found):
            found[name] = _joined(found, name)
    return found


def has_column(name: str, columns: Container[str]) -> bool:
    """Whether there is a column of this name, or each of those that it joins ("a+b")."""
    return name in columns or (JOIN in name and all(part in columns for part in _parts(name)))


def sheet_names(path: Path) -> list[str]:
    """The names of the sheets of a workbook; a text file has none."""
    return _workbook(path).sheet_names if path.suffix.lower() in SPREADSHEETS else []


def column(sheet: pd.DataFrame, name: str, path: Path, option: str) -> "pd.Series[str]":
    """One column, or an error that lists those there are and the option that chooses another."""
    if not has_column(name, sheet.columns):
        raise DataError(
            f"{path.name} has no column {name!r}; it has {', '.join(map(str, sheet.columns))}. "
            f"Choose one with {option}."
        )
    return sheet[name] if name in sheet else _joined(sheet, name)


def _joined(sheet: pd.DataFrame, name: str) -> "pd.Series[str]":
    """What the columns of a joined name hold, but for empty cells, with "; " between."""
    rows = sheet[_parts(name)].itertuples(index=False)
    cells = ["; ".join(cell.strip() for cell in row if cell.strip()) for row in rows]
    return pd.Series(cells, index=sheet.index, name=name, dtype=str)


def _parts(name: str) -> list[str]:
    return [part.strip() for part in name.split(JOIN)]


def check_ending(path: Path) -> None:
    """Raise where `write_sheets` could not write this kind of file; to be asked before the work is done."""
    if path.suffix.lower() not in WRITTEN:
        raise DataError(f"Cannot write {path.name}; let its name end in {' or '.join(WRITTEN)}.")


def separator(path: Path) -> str:
    """The separator of a text file; ';' (which Excel opens in Dutch) for what is not one."""
    if path.suffix.lower() not in TEXTS or not path.is_file():
        return ";"
    return _separated(decoded(path), path)[0]


def write_sheets(
    path: Path, sheets: Mapping[str, pd.DataFrame], sep: str = ";", *, wrapped: bool = False
) -> list[Path]:
    """Write named tables: as sheets of one .xlsx, or as .csv files (the first has the path's own name).

    A second table `assignments` beside `coded.csv` becomes `coded.assignments.csv`. `wrapped` shows all
    lines of a cell in .xlsx. Returns the files written. Text stays text: no cell becomes a formula (see `guard`).
    """
    check_ending(path)
    if path.suffix.lower() == ".xlsx":
        with written_beside(path) as target:
            _write_workbook(target, sheets, wrapped=wrapped)
        return [path]
    paths = [path, *(path.with_name(f"{path.stem}.{name}.csv") for name in list(sheets)[1:])]
    with ExitStack() as all_or_none:
        for target, frame in zip(paths, sheets.values(), strict=True):
            beside = all_or_none.enter_context(written_beside(target))
            guarded(frame).to_csv(beside, sep=sep, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    return paths


def guard(text: str) -> str:
    """The text as a .csv holds it: an apostrophe before what a spreadsheet would run as a formula.

    A number and a sign alone are none. `read_sheet` takes the apostrophe off again.
    """
    runs = len(text) > 1 and _FORMULA.match(text) and not _NUMBER.fullmatch(text)
    return f"'{text}" if runs else text


def guarded(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its texts guarded."""
    texts = [name for name in frame if not pd.api.types.is_numeric_dtype(frame[name])]
    return frame.assign(
        **{str(name): frame[name].map(lambda cell: guard(cell) if isinstance(cell, str) else cell) for name in texts}
    )


@contextmanager
def written_beside(path: Path) -> Iterator[Path]:
    """A path to write to; when all went well it takes the place of `path`, else it is removed."""
    beside = None
    if path.is_file() and not path.stat().st_mode & S_IWUSR:
        raise DataError(f"{path} is read-only, and is not written over; choose another name, or let it be changed.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
        os.close(handle)
        beside = Path(name)
        yield beside
        beside.chmod(0o644)
        beside.replace(path)
    except OSError as error:
        raise DataError(
            f"{path} cannot be written ({error.strerror}); is it open in another program, or no place for a file?"
        ) from None
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)


def _write_workbook(path: Path, sheets: Mapping[str, pd.DataFrame], *, wrapped: bool) -> None:
    from xlsxwriter import Workbook  # noqa: PLC0415 (only when a workbook is written)

    with Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True})
        look = book.add_format({"text_wrap": True, "valign": "top"}) if wrapped else None
        for name, frame in sheets.items():
            sheet = book.add_worksheet(name[:31])
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, [str(title) for title in frame.columns], bold)
            for place, (title, values) in enumerate(frame.items()):
                numeric = pd.api.types.is_numeric_dtype(values)
                put: Callable[..., object] = sheet.write_number if numeric else sheet.write_string
                for row, value in enumerate(values.tolist(), start=1):
                    if not pd.isna(value):
                        put(row, place, value if numeric else str(value), look)
                longest = max([len(str(title)), *(len(str(value)) for value in values.head(200))])
                sheet.set_column(place, place, min(longest + 2, 60))


def _header(rows: Rows, accepted: Callable[[set[str]], bool], path: Path) -> tuple[int, list[str]]:
    above = enumerate(rows[:_HEADER_WITHIN])
    place = next((place for place, row in above if accepted({cell.strip() for cell in row})), 0)
    names = [cell.strip() for cell in rows[place]]
    while names and not names[-1]:
        names.pop()
    named = [name or f"column {number}" for number, name in enumerate(names, start=1)]
    if twice := [name for name, times in Counter(named).items() if times > 1]:
        raise DataError(f"{path.name} has more than one column named {', '.join(twice)}; give each its own name.")
    return place, named


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
        return [[_unguarded(cell) for cell in row] for row in rows]
    except csv.Error as error:
        raise DataError(f"{path.name} is no table that can be read ({error}).") from None


def _unguarded(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and guard(cell[1:]) == cell else cell


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
