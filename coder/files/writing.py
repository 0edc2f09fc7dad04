"""Tables out, as sheets of one .xlsx or as .csv files.

Writing goes to a file beside the target and is then renamed, so that nothing is left half written.
"""

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from errno import EDQUOT, EFBIG, ENAMETOOLONG, ENOSPC
from pathlib import Path
from secrets import token_hex
from stat import S_IMODE, S_IWUSR

import pandas as pd

from coder.errors import DataError

WRITTEN = (".csv", ".xlsx")
_FORMULA = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_ZIP_BEGINS = 1980
"""The first year that a .zip, and so .xlsx and .docx, can name."""


def check_ending(path: Path) -> None:
    """Raise where `write_sheets` could not write this kind of file; to be asked before the work is done."""
    if path.suffix.lower() not in WRITTEN:
        raise DataError(f"Cannot write {path.name}; let its name end in {' or '.join(WRITTEN)}.")


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

    A number and a sign alone are none. `unguarded` takes the apostrophe off again.
    """
    runs = len(text) > 1 and _FORMULA.match(text) and not _NUMBER.fullmatch(text)
    return f"'{text}" if runs else text


def unguarded(cell: str) -> str:
    """The cell without the apostrophe of `guard`."""
    return cell[1:] if cell[:1] == "'" and guard(cell[1:]) == cell else cell


def guarded(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its texts guarded."""
    texts = [name for name in frame if not pd.api.types.is_numeric_dtype(frame[name])]
    return frame.assign(
        **{str(name): frame[name].map(lambda cell: guard(cell) if isinstance(cell, str) else cell) for name in texts}
    )


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
        raise DataError(
            f"{path} is not written: a text has half a sign (half an emoji), which no file holds."
        ) from None
    except Exception as error:
        if isinstance(error, ValueError) and time.localtime().tm_year < _ZIP_BEGINS:
            raise DataError(f"{path} is not written: the clock of this machine is before 1980; set it.") from None
        if (cause := _from_system(error)) is None:
            raise
        raise DataError(f"{path} cannot be written ({cause.strerror}); {_advice(cause)}") from None
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)


def _rights(path: Path) -> int | None:
    """The rights of a file; None where there is none. Raises `DataError` for one that is not to be changed."""
    rights = S_IMODE(path.stat().st_mode) if path.is_file() else None
    if rights is not None and not rights & S_IWUSR:
        raise DataError(f"{path} is read-only, and is not written over; choose another name, or let it be changed.")
    return rights


def _from_system(error: BaseException | None) -> OSError | None:
    """The error of the system that this one is, or that a library wrapped in it (as XlsxWriter does)."""
    if isinstance(error, OSError):
        return error
    inner = next((one for one in error.args if isinstance(one, OSError)), None) if error is not None else None
    return inner if inner is not None or error is None else _from_system(error.__cause__)


def _advice(error: OSError) -> str:
    if error.errno in (ENOSPC, EDQUOT, EFBIG):
        return "the disk is full: make room on it, or write to another one. Nothing was written."
    if error.errno == ENAMETOOLONG:
        return "choose a shorter name."
    return "is it open in another program, or no place for a file?"


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
