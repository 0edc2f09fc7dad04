"""Tables out, as sheets of one .xlsx or as .csv files.

Writing goes to a file beside the target and is then renamed, so that nothing is left half written.
"""

import os
import re
import time as clock
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, time
from errno import EDQUOT, EFBIG, ENAMETOOLONG, ENOSPC
from pathlib import Path
from secrets import token_hex
from stat import S_IMODE, S_IWUSR
from typing import Any

import numpy as np
import pandas as pd

from coder.errors import DataError
from coder.files.kinds import Kind, kinds_of, value_of, with_decimal

WRITTEN = (".csv", ".xlsx")
Rows = pd.DataFrame | Iterable[pd.DataFrame]
"""A table, or its rows in parts."""
_AT_ONCE = 20_000
LONGEST = 32_767
"""So many characters a cell of .xlsx holds."""
_FORMULA = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_HOT = "#7ba7cc"
"""The darkest cell of a heat map: dark letters are read on it."""
_ZIP_BEGINS = 1980
"""The first year that a .zip, and so .xlsx and .docx, can name."""


def check_ending(path: Path) -> None:
    """Raise where `write_sheets` could not write this kind of file; to be asked before the work is done."""
    if path.suffix.lower() not in WRITTEN:
        raise DataError("files.ending", file=path.name, endings=WRITTEN)


def write_sheets(
    path: Path,
    sheets: Mapping[str, Rows],
    sep: str = ";",
    *,
    wrapped: bool = False,
    heat: Mapping[str, Sequence[int]] | None = None,
) -> list[Path]:
    """Write named tables: as sheets of one .xlsx, or as .csv files (the first has the path's own name).

    A second table `assignments` beside `coded.csv` becomes `coded.assignments.csv`. `wrapped` shows all
    lines of a cell in .xlsx, and the columns in `heat` (by their places, of the sheets named) are darker there where
    they have more. Returns the files written. Text stays text: no cell becomes a formula (see `guard`);
    columns of which it is known that they have numbers or dates (see `kinds`) have these in .xlsx. A table may come in
    parts, one at least, with the same columns: a .csv is written part by part.
    """
    check_ending(path)
    if path.suffix.lower() == ".xlsx":
        whole = {name: _whole(rows) for name, rows in sheets.items()}
        with written_beside(path) as target:
            _write_workbook(target, whole, heat or {}, wrapped=wrapped)
        return [path]
    return write_texts(path, sheets, sep)


def _whole(rows: Rows) -> pd.DataFrame:
    """The table, in one."""
    if isinstance(rows, pd.DataFrame):
        return rows
    parts = [*rows]
    found = pd.concat(parts, ignore_index=True)
    found.attrs = parts[0].attrs
    return found


def _parts(rows: Rows) -> Iterator[pd.DataFrame]:
    """The table in parts that are written at once."""
    if isinstance(rows, pd.DataFrame):
        for start in range(0, max(len(rows), 1), _AT_ONCE):
            yield rows.iloc[start : start + _AT_ONCE]
    else:
        yield from rows


def write_texts(path: Path, sheets: Mapping[str, Rows], sep: str) -> list[Path]:
    """Write named tables as .csv, the first under the path's own name; returns the files written.

    Decimals have a point where a comma separates cells, and a comma elsewhere: so Excel opens both as numbers.
    """
    paths = [path, *(path.with_name(f"{path.stem}.{name}.csv") for name in list(sheets)[1:])]
    sign = "." if sep == "," else ","
    with ExitStack() as all_or_none:
        for target, rows in zip(paths, sheets.values(), strict=True):
            beside = all_or_none.enter_context(written_beside(target))
            with beside.open("w", encoding="utf-8-sig", newline="") as file:
                for number, part in enumerate(_parts(rows)):
                    _as_texts(part, sign).to_csv(
                        file, sep=sep, decimal=sign, index=False, header=number == 0, lineterminator="\r\n"
                    )
    return paths


def guard(text: str) -> str:
    """The text as a .csv holds it: an apostrophe before what a spreadsheet would run as a formula.

    A number and a sign alone are none. `unguarded` takes the apostrophe off again.
    """
    runs = len(text) > 1 and _FORMULA.match(text) and not _NUMBER.fullmatch(text)
    return f"'{text}" if runs else text


def unguarded(cell: str) -> str:
    """The cell without the apostrophe of `guard`."""
    return cell[1:] if cell[:1] == "'" and guard(cell[1:]) == cell else cell


def _as_texts(frame: pd.DataFrame, sign: str) -> pd.DataFrame:
    """The frame with what is text in it guarded, names of columns too, and with this sign of decimals."""
    kinds = kinds_of(frame)

    def text(cell: object, kind: Kind) -> object:
        if isinstance(cell, float) and not pd.isna(cell):
            return repr(float(cell)).replace(".", sign)
        return guard(with_decimal(cell, kind, sign)) if isinstance(cell, str) else cell

    columns = [
        values
        if pd.api.types.is_numeric_dtype(values)
        else pd.Series([text(cell, kinds.get(str(name), "text")) for cell in values], index=frame.index, dtype=object)
        for name, values in frame.items()
    ]
    whole = pd.concat(columns, axis=1) if columns else frame
    return whole.set_axis([guard(str(name)) for name in frame], axis=1)


@contextmanager
def written_beside(path: Path) -> Iterator[Path]:
    """A path to write to; when all went well it takes the place of `path`, else it is removed.

    The file has the rights of the one whose place it takes, or those that this user's new files have.
    """
    beside = None
    try:
        rights = _rights(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".coder-{token_hex(6)}{path.suffix}")
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666 if rights is None else rights))
        yield beside
        if rights is not None:
            beside.chmod(rights)
        beside.replace(path)
    except UnicodeEncodeError:
        raise DataError("files.half_sign", path=path) from None
    except Exception as error:
        if isinstance(error, ValueError) and clock.localtime().tm_year < _ZIP_BEGINS:
            raise DataError("files.clock", path=path) from None
        if (cause := _from_system(error)) is None:
            raise
        raise DataError(_not_written(cause), path=path, why=cause.strerror) from None
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)


def put_cell(sheet: Any, place: tuple[int, int], value: object, looks: Mapping[str, Any], kind: Kind = "text") -> None:  # noqa: ANN401 (XlsxWriter has no types)
    """Write a cell of a workbook as what it is: a number, a moment or a text; nothing where it is missing.

    `looks` has a format for "text", "date" and "moment". Raises `DataError` for a text that no cell holds.
    """
    if isinstance(value, str):
        value = value_of(value, kind)
    if isinstance(value, datetime):
        sheet.write_datetime(*place, value, looks["date" if value.time() == time() else "moment"])
    elif not isinstance(value, str) and pd.isna(value):  # type: ignore[call-overload]
        return
    elif isinstance(value, (int, float, np.number)) and not isinstance(value, bool) and np.isfinite(value):
        sheet.write_number(*place, value, looks["text"])
    elif sheet.write_string(*place, str(value), looks["text"]) < 0:
        raise DataError("files.text_too_long", row=place[0], length=len(str(value)), most=LONGEST)


def cell_looks(book: Any, look: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ANN401 (XlsxWriter has no types)
    """The formats that `put_cell` asks for, each with this look."""
    formats = {"text": "General", "date": "yyyy\\-mm\\-dd", "moment": "yyyy\\-mm\\-dd hh:mm:ss"}
    return {name: book.add_format({**look, "num_format": form}) for name, form in formats.items()}


def _rights(path: Path) -> int | None:
    """The rights of a file; None where there is none. Raises `DataError` for one that is not to be changed."""
    rights = S_IMODE(path.stat().st_mode) if path.is_file() else None
    if rights is not None and not rights & S_IWUSR:
        raise DataError("files.read_only", path=path)
    return rights


def _from_system(error: BaseException | None) -> OSError | None:
    """The error of the system that this one is, or that a library wrapped in it (as XlsxWriter does)."""
    if isinstance(error, OSError):
        return error
    inner = next((one for one in error.args if isinstance(one, OSError)), None) if error is not None else None
    return inner if inner is not None or error is None else _from_system(error.__cause__)


def _not_written(error: OSError) -> str:
    """The key of what is said of a file that could not be written."""
    if error.errno in (ENOSPC, EDQUOT, EFBIG):
        return "files.disk_full"
    return "files.name_too_long" if error.errno == ENAMETOOLONG else "files.not_written"


def warm(sheet: Any, first: int, rows: int, columns: Sequence[int]) -> None:  # noqa: ANN401 (XlsxWriter has no types)
    """Give the cells of these columns of a sheet, from row `first` on, one hue: white for the least, full for the most.

    All columns share a scale, so that cells can be compared.
    """
    if rows and columns:
        left, right = min(columns), max(columns)
        scale = {"type": "2_color_scale", "min_type": "num", "min_value": 0, "min_color": "#ffffff", "max_color": _HOT}
        sheet.conditional_format(first, left, first + rows - 1, right, scale)


def _write_workbook(
    path: Path, sheets: Mapping[str, pd.DataFrame], heat: Mapping[str, Sequence[int]], *, wrapped: bool
) -> None:
    from xlsxwriter import Workbook  # noqa: PLC0415 (only when a workbook is written)

    with Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True})
        looks = cell_looks(book, {"text_wrap": True, "valign": "top"} if wrapped else {})
        for name, frame in sheets.items():
            sheet = book.add_worksheet(name[:31])
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, [str(title) for title in frame.columns], bold)
            kinds = kinds_of(frame)
            for place, (title, values) in enumerate(frame.items()):
                for row, value in enumerate(values.tolist(), start=1):
                    put_cell(sheet, (row, place), value, looks, kinds.get(str(title), "text"))
                longest = max([len(str(title)), *(len(str(value)) for value in values.head(200))])
                sheet.set_column(place, place, min(longest + 2, 60))
            warm(sheet, 1, len(frame), heat.get(name, ()))
