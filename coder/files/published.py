"""A published table as an earlier wave: ranks and labels, and what else was printed."""

import re
from pathlib import Path

import pandas as pd

from coder.errors import DataError
from coder.files.respondents import numbers
from coder.files.sheets import read_sheet
from coder.tables.frequency import COLUMNS
from coder.tables.table import Table

_THOUSANDS = re.compile(r"(?<=\d)[.\s](?=\d{3}(?!\d))")
_NAMES = {
    "rank": ("rank", "plaats", "rang", "place", "#"),
    "label": ("label", "code", "naam", "name", "thema", "theme", "trend", "wens"),
    "n": ("n", "aantal", "count", "aantal keer vermeld"),
    "percent": ("percent", "%", "percentage"),
    "base": ("base", "basis", "n=", "n ="),
}


_OF_ESTIMATES = ("percent", "low", "high", "good_as")
"""What a table of `coder estimate` has beside."""


def read_published(path: Path) -> Table:
    """Read a table of ranks and labels (columns `rank` or `plaats`, and `label`), n and % if there.

    A row without a rank was in the list at a place that was not printed. "Plaats 3" and "3" are the same; "26 %"
    and "26" too. A table that `coder estimate` wrote keeps its intervals. Raises `DataError` where there is no rank.
    """
    sheet = read_sheet(path, header=is_header)
    columns = {name: _column(sheet, names) for name, names in _NAMES.items()}
    labels, ranks = columns["label"], columns["rank"]
    if labels is None or ranks is None:
        raise DataError(
            f"{path.name} is neither coded answers nor a published table: it has columns "
            f"{', '.join(map(str, sheet.columns))}. A published table has `rank` and `label`; "
            "for coded answers name the column of codes with --codes."
        )
    frame = pd.DataFrame({"code": labels.str.strip(), "label": labels.str.strip(), "rank": _numbers(ranks)})
    frame = frame[frame["label"] != ""]
    if frame["rank"].isna().all():
        raise DataError(f"{path.name} has a column for ranks but no rank in it; fill in at least one.")
    for name in ("n", "percent"):
        given = columns[name]
        frame[name] = _numbers(given) if given is not None else float("nan")
    frame["low"] = frame["high"] = float("nan")
    kept = list(COLUMNS)
    if set(_OF_ESTIMATES) <= set(sheet.columns):
        kept.append("good_as")
        for name in _OF_ESTIMATES:
            frame[name] = numbers(sheet[name])
    broken = frame["rank"][frame["rank"] % 1 > 0]
    if len(broken):
        raise DataError(f"{path.name} has rank {broken.iloc[0]}, which is no whole number; ranks are 1, 2, 3.")
    frame["rank"] = frame["rank"].astype("Int64")
    shown = {"rank": "rank", "label": "label"}
    return Table(path.stem, frame[kept].reset_index(drop=True), _base(columns["base"], frame, path), shown)


def _base(cells: "pd.Series[str] | None", frame: pd.DataFrame, path: Path) -> int | None:
    """The number of respondents that was printed: one, and no smaller than what was counted."""
    found = sorted(set(_numbers(cells).dropna())) if cells is not None else []
    if len(found) > 1:
        bases = ", ".join(f"{one:g}" for one in found)
        raise DataError(f"{path.name} has bases {bases}; a list has one. Write the same in each row.")
    base = int(found[0]) if found else None
    if base is not None and len(over := frame[frame["n"] > base]):
        n, label = over["n"].iloc[0], over["label"].iloc[0]
        raise DataError(f"{path.name} has n = {n:g} of {label!r}, more than its base of {base}; mend one of them.")
    return base


def is_header(cells: set[str]) -> bool:
    """Whether these are column names of a published table: one for ranks, one for labels."""
    names = {cell.casefold() for cell in cells}
    return not names.isdisjoint(_NAMES["rank"]) and not names.isdisjoint(_NAMES["label"])


def _column(sheet: pd.DataFrame, names: tuple[str, ...]) -> "pd.Series[str] | None":
    by_name = {str(column).strip().casefold(): column for column in sheet.columns}
    return next((sheet[by_name[name]] for name in names if name in by_name), None)


def _numbers(cells: "pd.Series[str]") -> "pd.Series[float]":
    """The first number in each cell; nan where there is none. "1.024" is a thousand and more."""
    found = [re.search(r"\d+(?:[.,]\d+)?", _THOUSANDS.sub("", cell)) for cell in cells]
    return pd.Series([float(match[0].replace(",", ".")) if match else float("nan") for match in found], dtype=float)
