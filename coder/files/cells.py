"""Rows of text cells, as .csv, a workbook, a .sav or .parquet, or a pandas DataFrame holds them.

Reading never guesses at content: every cell stays text ("00042", "NA" and "None" stay what they are).

Files that can harm who reads them are read by a child process (`sandboxed`) with limits on time, memory and size. What
can be told without reading is told first: what a zip says of its parts. A child that hangs is ended, and one that falls
takes nothing with it.
"""

import codecs
import csv
import io
import json
import os
import re
import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import pandas as pd

from coder.errors import DataError, MissingExtraError
from coder.files import sandboxed
from coder.files.kinds import Kind, kinds_of, with_kinds
from coder.files.sandboxed import as_text
from coder.files.writing import unguarded

SPREADSHEETS = (".xlsx", ".xls", ".xlsb", ".xlsm", ".ods")
CODED_FOLDER = "coder.json"
"""What a folder of coded answers has in it."""
DATABASES = (".sav", ".zsav", ".parquet")
TEXTS = (".csv", ".tsv", ".txt", ".tab")
_SEPARATORS = (";", ",", "\t", "|")
_TOLD_SEPARATOR = re.compile(r"sep=([^\r\n])\r?\n")
"""The line with which Excel is told the separator."""
_LARGEST, _LONGEST = 2 * 2**30, 1_000_000
"""Bytes of a text file, and characters of a cell in it, that are read."""

_READ_AT_ONCE = 1 << 22
_SHOWN = 30
_MARKS = {b"\xff\xfe\0\0": "utf-32", b"\0\0\xfe\xff": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
"""How a text begins that is not in bytes, the longest first."""

Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Cells:
    """The rows of a file that hold anything, as text, and what the file itself says of its columns, by place.

    `kinds` says which columns have numbers or dates; it is empty where the file does not say (.csv). `wording`
    is the question's wording of each column, "" where there is none; empty where the file has no such thing. `left`
    is how many empty columns stand before the first. `unstored` says of columns, by their letters, how many cells have
    a formula whose value the file does not hold, and in which row the first stands.
    """

    rows: Rows
    kinds: tuple[Kind, ...] = ()
    wording: tuple[str, ...] = ()
    left: int = 0
    sheets: tuple[str, ...] = ()
    unstored: Mapping[str, Sequence[int]] = field(default_factory=dict)


def read_cells(path: Path, sheet: str = "") -> Cells:
    """The cells of a file; `sheet` names one of `sheet_names`, the first unless given.

    Raises `DataError` where the file is not there or is no table.
    """
    _check_there(path)
    if path.suffix.lower() in (*SPREADSHEETS, *DATABASES):
        found = read_apart(path, sheet)
        wording, sheets = tuple(found.get("wording", ())), tuple(found.get("sheets", ()))
        left, unstored = found.get("left", 0), found.get("unstored", {})
        return Cells(found["rows"], tuple(found["kinds"]), wording, left, sheets, unstored)
    return Cells(_text_rows(path))


def sheet_names(path: Path) -> list[str]:
    """The names of the sheets of a workbook; a text file has none."""
    if path.suffix.lower() not in SPREADSHEETS:
        return []
    _check_there(path)
    names: list[str] = read_apart(path, names=True)["sheets"]
    return names


def separator(path: Path) -> str:
    """The separator of a text file; ';' (which Excel opens in Dutch) for what is not one."""
    if path.suffix.lower() not in TEXTS or not os.path.isfile(path):  # noqa: PTH113 (which raises for a long name)
        return ";"
    return separated(decoded(path), path)[0]


def decoded(path: Path) -> str:
    """The text of a file in UTF-8, UTF-16 or cp1252. Raises where it is no text."""
    try:
        raw = path.read_bytes() if path.stat().st_size <= _LARGEST else None
    except OSError as error:
        raise DataError("files.not_read", file=path.name, why=error.strerror) from None
    if raw is None:
        raise DataError("files.too_large", file=path.name)
    for mark, encoding in _MARKS.items():
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace")
    if b"\0" in raw or raw.startswith((b"PK\x03\x04", b"%PDF")):
        raise DataError("files.no_table", file=path.name)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        _check_one_encoding([raw], path)
        return raw.decode("cp1252", errors="replace")


_IN_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_NOT_ASCII = bytes(range(0x80, 0x100))


def _check_one_encoding(parts: Iterable[bytes], path: Path) -> None:
    """Raise where letters of a text that is not in UTF-8 are in UTF-8 after all, half of them or more."""
    good = bad = lines = 0
    first: tuple[int, str] | None = None
    for part in parts:
        rest = _IN_UTF8.sub(b"", part)
        odd = len(rest) - len(rest.translate(None, _NOT_ASCII))
        good, bad = good + len(_IN_UTF8.findall(part)), bad + odd
        if odd and first is None:
            place = _first_odd(part)
            begins = part.rfind(b"\n", 0, place) + 1
            line = part[max(begins, place - _SHOWN) : place + _SHOWN].decode("utf-8", errors="replace")
            first = lines + part.count(b"\n", 0, place) + 1, line.splitlines()[0]
        lines += part.count(b"\n")
    if first is not None and good >= bad:
        raise DataError("files.two_encodings", file=path.name, row=first[0], text=first[1], count=bad)


def _first_odd(part: bytes) -> int:
    """The place of the first byte that is no part of a letter in UTF-8."""
    try:
        part.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return 0


def text_encoding(path: Path) -> str:
    """The encoding of a text of any size: UTF-8, UTF-16, UTF-32 or cp1252. Raises where it is no text."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as raw:
        begins = raw.read(4)
        for mark, encoding in _MARKS.items():
            if begins.startswith(mark):
                return encoding
        raw.seek(0)
        is_utf8 = True
        while some := raw.read(_READ_AT_ONCE):
            if b"\0" in some or begins.startswith((b"PK\x03\x04", b"%PDF")):
                raise DataError("files.no_table", file=path.name)
            try:
                decoder.decode(some if is_utf8 else b"")
            except UnicodeDecodeError:
                is_utf8 = False
                decoder.reset()
    if is_utf8 and not decoder.getstate()[0]:
        return "utf-8-sig"
    with path.open("rb") as raw:
        _check_one_encoding(iter(lambda: raw.read(_READ_AT_ONCE), b""), path)
    return "cp1252"


def write_first_rows(path: Path, into: Path, most: int) -> int | None:
    """Write the first rows of a large text file, `most` bytes of them, and tell how many rows follow.

    None, and nothing written, where there is no more than that, or where a row or a letter may be in other bytes than
    it seems (UTF-16, line ends of old). Rows end at line ends outside quotes; no more than `most` bytes are in memory.
    """
    with path.open("rb") as file:
        first = file.read(most)
        if len(first) < most or any(first.startswith(mark) for mark in _MARKS):
            return None
        end, quotes = len(first), first.count(b'"')
        while (before := first.rfind(b"\n", 0, end)) > 0:
            quotes -= first.count(b'"', before, end)
            end = before
            if quotes % 2 == 0:
                break
        else:
            return None
        into.write_bytes(first[: end + 1])
        rest, count, quoted, last = first[end + 1 :], 0, False, b""
        while rest:
            parts = rest.split(b'"')
            count += sum(part.count(b"\n") for part in parts[quoted::2])
            quoted ^= len(parts) % 2 == 0
            last = rest[-1:]
            rest = file.read(_READ_AT_ONCE)
    return count + (last not in (b"", b"\n"))


def _check_there(path: Path) -> None:
    if os.path.isfile(path):  # noqa: PTH113 (Path.is_file raises for a name that is too long)
        return
    if os.path.isfile(path / CODED_FOLDER):  # noqa: PTH113
        raise DataError("files.coded_folder", path=path)
    if os.path.isdir(path):  # noqa: PTH112
        raise DataError("files.no_coded_folder", path=path, file=CODED_FOLDER)
    if os.path.exists(path):  # noqa: PTH110
        raise DataError("files.folder", path=path)
    raise DataError("files.missing", path=path)


def _text_rows(path: Path) -> Rows:
    text = decoded(path)
    if not text.strip():
        return []
    delimiter, table = separated(text, path)
    found: Rows = []
    cells = 0
    for row in csv_rows(io.StringIO(table, newline=""), delimiter, path):
        found.append([unguarded(cell) for cell in row])
        cells += len(row)
        if len(found) > ROWS or len(row) > COLUMNS or cells > CELLS:
            raise DataError("files.too_much", file=path.name, rows=ROWS, columns=COLUMNS, cells=CELLS)
    return found


def csv_rows(text: Iterable[str], delimiter: str, path: Path) -> Iterator[list[str]]:
    """The rows of these lines that hold anything. Raises where they are no table, or a quote is left open."""
    csv.field_size_limit(max(_LONGEST, csv.field_size_limit()))
    lines, before = _Lines(text), 0
    try:
        for number, row in enumerate(csv.reader(lines, delimiter=delimiter, strict=False), start=1):
            if len(lines.read) > 1:
                _check_quotes(lines.read, delimiter, path, before)
            lines.read.clear()
            before = number
            if any(map(str.strip, row)):
                yield row
    except csv.Error as error:
        raise _unreadable(path, error, before) from None


class _Lines:
    """The lines of a text, and those that were read since `read` was cleared."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = lines
        self.read: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self.lines:
            self.read.append(line)
            yield line


def _check_quotes(lines: list[str], delimiter: str, path: Path, row: int) -> None:
    """Raise where a double quote at the beginning of a cell is not closed, so that it takes rows under it along."""
    try:
        for _ in csv.reader(lines, delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        if "field larger" in str(error):
            raise
        raise DataError("files.open_quote", file=path.name, row=row, begins=lines[0][:60].rstrip()) from None


def _unreadable(path: Path, error: csv.Error, rows: int) -> DataError:
    if "field larger" in str(error):
        return DataError("files.long_cell", file=path.name, longest=_LONGEST, row=rows)
    return DataError("files.unreadable", file=path.name, error=str(error))


def separated(text: str, path: Path) -> tuple[str, str]:
    """The separator, told by the file itself or guessed, and the text without the line that told it."""
    if told := _TOLD_SEPARATOR.match(text):
        return told[1], text[told.end() :]
    return _separator(text, path), text


def _separator(text: str, path: Path) -> str:
    """The separator that cuts the first rows into the same number of columns, the more the better."""
    csv.field_size_limit(max(_LONGEST, csv.field_size_limit()))
    best, score = ",", (0.0, 0)
    for candidate in _SEPARATORS:
        try:
            rows = csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=candidate)
            widths = [len(row) for _, row in zip(range(200), rows, strict=False) if row]
        except csv.Error as error:
            raise _unreadable(path, error, 0) from None
        width, times = Counter(widths).most_common(1)[0] if widths else (1, 0)
        if width > 1 and (times / len(widths), width) > score:
            best, score = candidate, (times / len(widths), width)
    return best


SOURCE = "source"
"""The key of `frame.attrs` under which stands which file a corpus came from: its `name`, `wording` and `left`."""


def text_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows and columns with every cell as text: "" where nothing is known, whole numbers without a point.

    What kind each column is of is kept where it is known, and follows from its type elsewhere. Raises `DataError` where
    two columns have one name.
    """
    names = list(map(str, frame.columns))
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        raise DataError("files.frame_columns_twice", columns=twice)
    known = kinds_of(frame)
    columns = {name: frame.iloc[:, place] for place, name in enumerate(names)}
    found = pd.DataFrame({name: _texts(cells) for name, cells in columns.items()}, index=frame.index)
    found.attrs = dict(frame.attrs)
    return with_kinds(found, {name: known.get(name) or _kind(cells) for name, cells in columns.items()})


def _texts(cells: "pd.Series[Any]") -> "pd.Series[str]":
    if isinstance(cells.dtype, pd.StringDtype):
        return cells.fillna("").astype(str)
    known = cells.notna()
    return pd.Series(
        [as_text(cell) if there else "" for cell, there in zip(cells, known, strict=True)], cells.index, str
    )


def _kind(cells: "pd.Series[Any]") -> Kind:
    if pd.api.types.is_datetime64_any_dtype(cells.dtype):
        return "date"
    numeric = pd.api.types.is_numeric_dtype(cells.dtype) and not pd.api.types.is_bool_dtype(cells.dtype)
    return "number" if numeric else "text"


ROWS, COLUMNS, CELLS, CHARACTERS = 2_000_000, 16_384, 30_000_000, 500_000_000
"""So much of a table is read; a cell of a workbook that takes a whole sheet along stops there."""
_MEMORY = 3 * 2**30
_SECONDS, _LONGEST_WAIT = 4, 600
"""So many seconds of the processor a small file may take, and any file."""
_GRACE = 2
"""Seconds more after which a child that did not end itself is ended."""
_PACE = 2_000_000
"""Bytes a second at the least, once unpacked: a tenth of what was seen."""
_PARTS, _UNPACKED, _SUSPECT, _RATIO = 20_000, 4 * 2**30, 2**26, 200
"""Of a zip: parts, bytes unpacked; from how many bytes on, and how often its own size, it is called a bomb."""


def read_apart(path: Path, sheet: str = "", *, names: bool = False) -> dict[str, Any]:
    """What `sandboxed` finds in a workbook, .sav or .parquet: `rows`, `kinds` and what more the format has.

    With `names` the names of the `sheets` alone. Raises `DataError` where the file cannot be read within its limits,
    and `MissingExtraError` for a .parquet where DuckDB is not installed.
    """
    ending = path.suffix.lower()
    reader = {".sav": "sav", ".zsav": "sav", ".parquet": "parquet"}.get(ending, "names" if names else "workbook")
    if reader == "parquet" and find_spec("duckdb") is None:
        raise MissingExtraError("files.no_duckdb")
    seconds = min(_SECONDS + ceil(_size(path) / _PACE), _LONGEST_WAIT)
    sizes = {"rows": ROWS, "columns": COLUMNS, "cells": CELLS, "characters": CHARACTERS}
    limits = {"seconds": seconds, "memory": _MEMORY, **sizes}
    command = [sys.executable, "-P", sandboxed.__file__, reader, str(path.absolute()), sheet, json.dumps(limits)]
    try:
        done = subprocess.run(  # noqa: S603 (our own program; the name of the file is one argument)
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=sandboxed.CLOCK * seconds + _GRACE,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (subprocess.TimeoutExpired, OSError, ValueError) as error:
        raise DataError("files.not_opened", file=path.name, why=type(error).__name__) from None
    return _answer(done, path, seconds)


def _answer(done: "subprocess.CompletedProcess[bytes]", path: Path, seconds: int) -> dict[str, Any]:
    if done.returncode == 0:
        found: dict[str, Any] = json.loads(done.stdout)
        return found
    try:
        said = json.loads(done.stderr.splitlines()[-1])
        error = DataError(said["key"], **{**said["values"], "file": path.name})
    except (ValueError, IndexError, KeyError, TypeError):
        error = DataError("files.given_up", file=path.name, seconds=seconds)
    raise error


def _size(path: Path) -> int:
    """The bytes to be read, unpacked; raises where a zip says of itself that it is a bomb."""
    packed = path.stat().st_size
    try:
        with ZipFile(path) as parts:
            listed = parts.infolist()
    except (BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError, struct.error):
        return packed
    whole = sum(part.file_size for part in listed)
    if len(listed) > _PARTS or whole > _UNPACKED or (whole > _SUSPECT and whole > _RATIO * packed):
        raise DataError("files.bomb", file=path.name, packed=packed, unpacked=whole, parts=len(listed))
    return max(whole, packed)
