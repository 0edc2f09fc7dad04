"""A table of a file: which row has the names of the columns, and which column is meant by a name."""

from collections import Counter
from collections.abc import Callable, Container, Sequence
from pathlib import Path

import pandas as pd

from coder.errors import DataError
from coder.files.cells import Rows, read_cells
from coder.files.kinds import with_kinds

_HEADER_WITHIN = 20
"""How many rows may stand above the header (a title, merged cells)."""

JOIN = "+"
"""Between the names of columns that are read as one: the codes of an answer, one a column."""


def read_sheet(
    path: Path, columns: Sequence[str] = (), *, header: Callable[[set[str]], bool] | None = None, sheet: str = ""
) -> pd.DataFrame:
    """A table of text cells; the header is the first row that has all of `columns`, or that `header` accepts.

    `sheet` names one of `sheet_names`, the first unless given. Rows that are empty throughout are left
    out. A column "a+b" of `columns` that is not there is what columns a and b hold, joined by "; ". Raises
    `DataError` where the file is not there, is empty, is no table, or lacks a column.
    """
    cells = read_cells(path, sheet)
    rows = cells.rows
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
    found = with_kinds(found, cells.kinds)
    for name in columns:
        if name not in found and has_column(name, found):
            found[name] = _joined(found, name)
    return found


def has_column(name: str, columns: Container[str]) -> bool:
    """Whether there is a column of this name, or each of those that it joins ("a+b")."""
    return name in columns or (JOIN in name and all(part in columns for part in _parts(name)))


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
