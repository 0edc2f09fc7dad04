"""The program that reads a workbook, a .sav or a .parquet: a child process of `cells`, with limits of its own.

What reads such a file is C or Rust that a hostile file can hang or exhaust, and then only this program falls.
It imports nothing of coder, so that it starts in 0.02 s, and writes to stdout one object of JSON: `rows` of texts
that hold anything, `kinds` and `wording` by place, `left` (empty columns before the first), `sheets`. What is wrong
with a file goes to stderr, as the `key` of a sentence and the `values` in it.
"""
# ruff: noqa: PLC0415 (each format imports what reads it, and nothing else)

import faulthandler
import json
import math
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from functools import reduce
from pathlib import Path
from typing import Any, TextIO, cast
from zipfile import BadZipFile, ZipFile

NUMBER, DATE, TEXT = "number", "date", "text"
_NUMBERS, _DATES = {int, float, Decimal}, {date, datetime}
CLOCK = 2
"""So many seconds of the clock a second of the processor may take on a busy machine."""
_TOO_MANY = {
    "rows": "files.too_many_rows",
    "columns": "files.too_many_columns",
    "cells": "files.too_many_cells",
    "characters": "files.too_many_characters",
}
_NONE_OF_THEM = "-"
"""A list with nothing in it: looked at, and none fits. Where nothing is known there is no list."""
_EXACT = 1e16
"""Whole numbers below are written out; of larger ones a float does not hold every digit."""


class UnreadableError(Exception):
    """The file cannot be used: the key of the sentence that says so, and the values in it but for the file's name."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


class TableOut:
    """The cells of a table as they come in: each as text, what kinds a column has, and how much there is."""

    def __init__(self, out: TextIO, most: dict[str, int]) -> None:
        self.out, self.most = out, most
        self.kinds: list[str] = []
        self.rows = self.cells = self.signs = 0
        out.write('{"rows": [')

    def add(self, values: Sequence[object]) -> None:
        """Write a row as texts, unless nothing is in it."""
        texts = [value if type(value) is str else as_text(value) for value in values]
        if not any(texts) or not any(text.strip() for text in texts):
            return
        self.kinds += [TEXT] * (len(values) - len(self.kinds))
        for place, value in enumerate(values):
            if type(value) in _NUMBERS and self.kinds[place] == TEXT and texts[place]:
                self.kinds[place] = NUMBER
            elif type(value) in _DATES:
                self.kinds[place] = DATE
        self.out.write((", " if self.rows else "") + json.dumps(texts))
        self.rows, self.cells = self.rows + 1, self.cells + len(texts)
        self.signs += sum(map(len, texts))
        sizes = {"rows": self.rows, "columns": len(texts), "cells": self.cells, "characters": self.signs}
        for what, count in sizes.items():
            if count > self.most[what]:
                raise UnreadableError(_TOO_MANY[what], most=self.most[what])

    def close(self, **more: object) -> None:
        """Write the end: all that is not rows."""
        self.out.write('], "kinds": ' + json.dumps(self.kinds))
        self.out.writelines(f", {json.dumps(name)}: {json.dumps(value)}" for name, value in more.items())
        self.out.write("}")


def as_text(value: object) -> str:
    """A cell as text: whole numbers without a point, a day without a time, nothing for what is missing."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if math.isnan(value):
            return ""
        case float() if value.is_integer() and abs(value) < _EXACT:
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case Decimal() if value.is_finite():
            return as_text(float(value)) if Decimal(float(value)) == value else format(value.normalize(), "f")
        case bytes():
            return value.decode("utf-8", errors="replace")
        case list() | tuple():
            return "; ".join(as_text(one) for one in value) or _NONE_OF_THEM
        case _:
            return str(value)


def read_workbook(path: Path, sheet: str, found: Callable[[], TableOut]) -> None:
    """A workbook of Excel or LibreOffice; the rows of `sheet`, the first unless named."""
    book = _workbook(path)
    if sheet and sheet not in book.sheet_names:
        raise UnreadableError("files.no_sheet", asked=sheet, sheets=book.sheet_names)
    if not book.sheet_names:
        raise UnreadableError("files.no_cells")
    one = book.get_sheet_by_name(sheet) if sheet else book.get_sheet_by_index(0)
    into, left = found(), one.start[1] if one.start else 0
    cells = _cells_as_written(path, sheet or book.sheet_names[0])
    errors = _errors(cells)
    for number, row in enumerate(one.iter_rows(), start=1):  # which leaves out empty columns at the left, and no rows
        wrong = errors.get(number)
        into.add([wrong.get(at, cell) for at, cell in enumerate(row, start=left)] if wrong else row)
    into.close(left=left, sheets=book.sheet_names, unstored=_unstored(cells))


_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^<>]*)>\s*<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
"""A cell of .xlsx with a formula and no value; of an empty text Excel says that it is one (t="str")."""
_ERROR = re.compile(
    rb"<(?:\w+:)?c\b([^<>]*)>\s*(?:<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*)?<(?:\w+:)?v>([^<]*)</(?:\w+:)?v>"
)
_PLACE = re.compile(rb"\br=\"([A-Z]+)(\d+)\"")


def _cells_as_written(path: Path, sheet: str) -> bytes:
    """The cells of a sheet as an .xlsx has them; nothing of any other file."""
    with suppress(BadZipFile, KeyError, ValueError, SyntaxError, OSError), ZipFile(path) as parts:
        return parts.read(_part_of(parts, sheet))
    return b""


def _unstored(cells: bytes) -> dict[str, list[int]]:
    """Of columns, by letter, how many cells have a formula of which the file has no value, and the first row of these.

    Programs that write formulas and do not calculate leave them so; every reader finds these cells empty.
    """
    found: dict[str, list[int]] = {}
    for match in _FORMULA.finditer(cells) if b"<f" in cells or b":f" in cells else ():
        if b't="str"' not in match[1] and (place := _PLACE.search(match[1])):
            known = found.setdefault(place[1].decode(), [0, int(place[2])])
            known[0] += 1
    return found


def _errors(cells: bytes) -> dict[int, dict[int, str]]:
    """The cells that hold an error (#REF!, #N/A), by row from 1 and column from 0: readers find these empty."""
    found: dict[int, dict[int, str]] = {}
    for match in _ERROR.finditer(cells) if b't="e"' in cells else ():
        if b't="e"' in match[1] and (place := _PLACE.search(match[1])):
            column = reduce(lambda so_far, letter: 26 * so_far + letter - 64, place[1], 0) - 1
            found.setdefault(int(place[2]), {})[column] = match[2].decode("utf-8", "replace")
    return found


def _part_of(parts: ZipFile, sheet: str) -> str:
    """The part of a workbook's zip that has the cells of a sheet."""
    from xml.etree.ElementTree import fromstring

    book, links = (fromstring(parts.read(f"xl/{name}")) for name in ("workbook.xml", "_rels/workbook.xml.rels"))  # noqa: S314 (here it can do no harm)
    named = {one.get("name"): one for one in book.iter() if one.tag.endswith("}sheet")}
    (link,) = (value for name, value in named[sheet].attrib.items() if name.endswith("}id"))
    target = next((one.get("Target", "") for one in links if one.get("Id") == link), "")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def read_names(path: Path, _sheet: str, found: Callable[[], TableOut]) -> None:
    """The names of the sheets of a workbook, and no rows."""
    found().close(sheets=_workbook(path).sheet_names)


def _workbook(path: Path) -> Any:  # noqa: ANN401 (its type is imported with it)
    from python_calamine import CalamineError, PasswordError, load_workbook

    try:
        return load_workbook(path)
    except PasswordError:
        raise UnreadableError("files.password") from None
    except CalamineError as error:
        begins = path.read_bytes()[:400].lstrip(b"\xef\xbb\xbf \r\n\t")
        if re.match(rb"<(?:!doctype )?(?:html|table|meta|head|\?xml)", begins, re.IGNORECASE):
            raise UnreadableError("files.web_page") from None
        if begins and not re.search(rb"[\0-\x08\x0e-\x1f]", begins):
            raise UnreadableError("files.plain_text") from None
        raise UnreadableError("files.no_workbook", error=str(error)) from None


def read_sav(path: Path, _sheet: str, found: Callable[[], TableOut]) -> None:
    """A file of SPSS: labels of values in place of values that have one, what is missing empty.

    Each multiple-response set is a column more, called by its name, without `$` where no variable has that name.
    """
    columns, meta = _spss(path)
    names = list(meta.column_names)
    labels = meta.variable_value_labels
    shown = {name: [labels.get(name, {}).get(value, value) for value in columns[name]] for name in names}
    wording = dict(zip(names, (label or "" for label in meta.column_labels), strict=True))
    sets = {}
    taken = {name.casefold() for name in names}
    for name, one in (meta.mr_sets or {}).items():
        title = f"${name}" if name.casefold() in taken else name
        counted = _counted(path, name, one) if one["is_dichotomy"] else None
        sets[title] = _set_cells(one, columns, shown, wording, counted)
        wording[title] = one.get("label") or ""
    into = found()
    into.add([*names, *sets])
    for row in zip(*(shown[name] for name in names), *sets.values(), strict=True):
        into.add(row)
    into.close(wording=[wording[name] for name in (*names, *sets)])


def _spss(path: Path) -> tuple[dict[str, list[Any]], Any]:
    import pyreadstat

    def read(encoding: str | None) -> tuple[dict[str, list[Any]], Any]:
        found = pyreadstat.read_sav(path, output_format="dict", encoding=encoding)
        return cast("tuple[dict[str, list[Any]], Any]", found)

    try:
        try:
            return read(None)
        except pyreadstat.ReadstatError as error:
            if "encoding" not in str(error):
                raise
            return read("WINDOWS-1252")  # old files do not say what they are written in
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError) as error:
        raise UnreadableError("files.no_sav", error=str(error)) from None


def _counted(path: Path, name: str, one: dict[str, Any]) -> str:
    """The value that a set of dichotomies counts: pyreadstat knows numbers, and a text stands in the file itself.

    The record has `$name=D`, the length of the value, a space and the value (PSPP's description of the format).
    """
    if one["counted_value"] is not None:
        return as_text(one["counted_value"])
    raw = path.read_bytes()
    if match := re.search(rb"\$" + re.escape(name.encode()) + rb"=(?:D|E \d+ )(\d+) ", raw):
        return raw[match.end() : match.end() + int(match[1])].decode("utf-8", errors="replace").strip()
    raise UnreadableError("files.counted_value", set=name)


def _set_cells(
    one: dict[str, Any],
    columns: dict[str, list[Any]],
    shown: dict[str, list[Any]],
    wording: dict[str, str],
    counted: str | None,
) -> Iterator[str]:
    """The codes of each respondent in a multiple-response set, joined by "; ".

    Of a set of dichotomies these are the labels of the variables that were counted, "-" for who answered and
    chose none; of a set of categories the values of its variables. Nothing for who has no answer in any.
    """
    variables = [name for name in one["variable_list"] if name in columns]
    named = [_one_code(wording[name] or name) for name in variables]
    named = [f"{code} ({name})" if named.count(code) > 1 else code for code, name in zip(named, variables, strict=True)]
    rows = zip(*((shown if counted is None else columns)[name] for name in variables), strict=True)
    for row in rows:
        answered = [value not in {None, ""} for value in row]
        if counted is not None:
            codes = [code for code, value in zip(named, row, strict=True) if as_text(value).strip() == counted]
        else:
            codes = [_one_code(as_text(value)) for value in row if value not in {None, ""}]
        yield "; ".join(dict.fromkeys(codes)) or ("-" if any(answered) else "")


def _one_code(label: str) -> str:
    """A label that a cell of codes reads as one."""
    return " ".join(label.replace(";", ",").split())


def read_parquet(path: Path, _sheet: str, found: Callable[[], TableOut]) -> None:
    """A .parquet; a list in a cell is its items, joined by "; "."""
    import duckdb

    config: dict[str, str | int | float | list[str]] = {
        "threads": "1",
        "memory_limit": "1GB",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    literal = "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))
    try:
        with duckdb.connect(config=config) as base:
            rows = base.execute("SELECT * FROM read_parquet(?)", [literal])
            into = found()
            into.add([column[0] for column in rows.description])
            while some := rows.fetchmany(5_000):
                for row in some:
                    into.add(row)
    except (duckdb.Error, UnicodeDecodeError) as error:
        raise UnreadableError("files.no_parquet", error=str(error).splitlines()[0]) from None
    into.close()


READERS = {"workbook": read_workbook, "names": read_names, "sav": read_sav, "parquet": read_parquet}


def main(arguments: Iterable[str]) -> None:
    """Read `reader path sheet limits`; the limits are JSON: seconds, memory (bytes), and sizes of a table."""
    reader, path, sheet, limits = arguments
    most = json.loads(limits)
    _limit(most["seconds"], most["memory"])
    out = os.fdopen(os.dup(1), "w", encoding="ascii", newline="")
    os.dup2(2, 1)  # whatever a reader prints is not among the cells
    try:
        READERS[reader](Path(path), sheet, lambda: TableOut(out, most))
        out.flush()
    except UnreadableError as error:
        _fail(error.key, error.values)
    except MemoryError:
        _fail("files.memory", {})
    except Exception as error:  # noqa: BLE001 (whatever a reader makes of a hostile file)
        _fail("files.broken", {"error": f"{type(error).__name__}: {error}"})


def _fail(key: str, values: dict[str, object]) -> None:
    """Say what is wrong on stderr: on stdout there may be rows already."""
    sys.stderr.buffer.write(json.dumps({"key": key, "values": values}).encode())
    sys.stderr.flush()
    os._exit(3)


def _limit(seconds: float, memory: int) -> None:
    """Let this process end by itself when time is up, also where nobody waits for it; and take no more memory.

    `seconds` are those of the processor, so that a busy machine refuses no file. The watch of the clock is a thread of
    C, which a hung reader cannot hold up. Windows has no limit on memory or processor that a process can set itself:
    there the clock is the limit.
    """
    faulthandler.dump_traceback_later(CLOCK * seconds, exit=True, file=Path(os.devnull).open("w"))  # noqa: SIM115
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(seconds), math.ceil(seconds) + 1))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


if __name__ == "__main__":
    main(sys.argv[1:])
