"""A published table, told by what is in it whatever its columns are called: labels beside places and numbers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import pandas as pd

from coder.errors import DataError
from coder.files.cells import SPREADSHEETS
from coder.files.sheets import TableFile
from coder.files.wave_files import (
    NAMES,
    PLACE,
    Total,
    bases_in,
    counts_in,
    has_parts,
    is_number,
    numbers_in,
    parts_of,
    read_published,
    total_in,
)
from coder.tables.table import Table

_RANKED = re.compile(r"\b(?:plaats|rang|rank|place|positie|position)|#", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_MOST_OF = 0.6
_FAR = 3
"""A year so many times as large as all below it is none of their numbers."""
_FEWEST, _MOST = 2, 300
"""A table that was published has so many rows."""
_BEYOND = 1.5
"""Places go up to the number of rows, or somewhat further where some are left out."""
_OTHERS = {"andere", "overige", "geen", "other", "others", "none", "autre", "autres", "aucun", "aucune", "rest"}


@dataclass(frozen=True, slots=True)
class Found:
    """What the columns of a table are: their places (-1 without one), its rows, and what stands above and below.

    `totals` are the rows of no code, and `several` the headings of figures of several years or groups.
    """

    rank: int
    label: int
    n: int
    percent: int
    rows: Sequence[Sequence[str]]
    around: Sequence[str]
    totals: Sequence[Total]
    several: Sequence[str]

    @property
    def bases(self) -> list[int]:
        """The bases that are printed above and below the table."""
        return sorted({base for text in self.around for base in bases_in(text)})

    @property
    def sure(self) -> bool:
        """Whether it can hardly be anything else: places and percentages beside the labels."""
        return self.rank >= 0 and (self.percent >= 0 or bool(self.several))


def published_of(file: TableFile) -> Table:
    """Read a published table by the names of its columns, or where these are others by what is in them.

    Without a column of places the order of the numbers is the place. Raises `DataError` as `read_published` does where
    no column has labels beside numbers, and where columns are of several years or groups, or several bases are told.
    """
    try:
        table, found = read_published(file), find_table(file)
        if found is None or (found.n < 0 and found.percent < 0) or len(found.rows) != len(table.frame):
            return table
        if table.frame[["n", "percent"]].notna().any(axis=None) and (table.base is not None or not found.bases):
            return table
    except DataError as error:
        if error.note.key not in _UNNAMED or (found := find_table(file)) is None:
            raise
    if found.several:
        raise DataError("files.several_years", file=file.path.name, columns=list(found.several))
    if len(found.bases) > 1:
        raise DataError("files.bases", file=file.path.name, bases=found.bases)
    return read_published(replace(file, frame=_named(found, shares=file.path.suffix.lower() in SPREADSHEETS)))


_UNNAMED = (
    "files.neither", "files.no_rank", "files.header_or_answer", "files.no_rows", "files.nowhere",
    "files.columns_twice_among", "files.some_sheets",
)  # fmt: skip
"""What is said of a table of which the names of the columns tell nothing."""


def find_table(file: TableFile) -> Found | None:
    """Where labels, places, numbers and percentages are; None where nothing is a table of these."""
    if file.frame is not None:
        return None
    rows = [[cell.strip() for cell in row] for row in file.top(_MOST + 1)]
    if len(rows) > _MOST:
        return None
    rows = _apart(rows)
    wide = max(map(len, rows), default=0)
    told = [one if (one := total_in(row)) is not None and any(map(is_number, row)) else None for row in rows]
    body = [place for place, row in enumerate(rows) if _is_of_table(row) and told[place] is None]
    while len(body) > _FEWEST and _is_heading(rows[body[0]], [rows[place] for place in body[1:]]):
        del body[0]
    if len(body) < _FEWEST:
        return None
    within = [rows[place] for place in body]
    number = [sum(is_number(row[at]) for row in within) / len(body) for at in range(wide)]
    texts = [sum(_says(row[at]) for row in within) for at in range(wide)]
    label = max(range(wide), key=lambda at: (texts[at], -at))
    numbers = [at for at in range(wide) if at != label and number[at] >= _MOST_OF]
    if texts[label] < _MOST_OF * len(body) or not numbers:
        return None
    heads = [row for row in rows[: body[0]] if sum(map(bool, row)) >= _FEWEST]
    head = heads[-1] if heads else [""] * wide
    around = [" ".join(filter(None, row)) for place, row in enumerate(rows) if place not in set(body)]
    rank, percent, n = _roles(within, head, numbers)
    totals = [total for row in rows if (total := total_in([cell for at, cell in enumerate(row) if at != percent]))]
    return Found(rank, label, n, percent, within, around, totals, _several(heads, numbers))


def _apart(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Rows of one width, in which a number and a percentage that stand in one cell have a column each."""
    wide = max(map(len, rows), default=0)
    columns = [[row[at] if at < len(row) else "" for row in rows] for at in range(wide)]
    split: list[Sequence[str]] = []
    for cells in columns:
        parts = (
            [parts_of(cell) or (cell, "") for cell in cells]
            if has_parts([one for one in cells if is_number(one) or parts_of(one)])
            else None
        )
        split += zip(*parts, strict=True) if parts else [cells]
    return [list(row) for row in zip(*split, strict=True)]


def _is_heading(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether what looks like numbers in a row is a heading: years, or words with a number above mere numbers."""
    numbers = [at for at, cell in enumerate(row) if is_number(cell)]
    alone = len(numbers) == 1 and not any(cell.casefold() in NAMES["label"] for cell in row)
    return all(_heads(row[at], [one[at] for one in below if one[at]], alone=alone) for at in numbers)


def _heads(cell: str, below: Sequence[str], *, alone: bool) -> bool:
    """Whether a cell is a heading above these; a year that stands `alone` where it is far above them."""
    if re.search(r"[^\W\d_]", cell):
        return sum(bool(re.search(r"[^\W\d_]", one)) for one in below) < _MOST_OF * len(below)
    years = sum(map(bool, map(_YEAR.fullmatch, below)))
    if not _YEAR.fullmatch(cell) or years == len(below):
        return False
    largest = numbers_in(pd.Series(below, dtype=str)).max()
    return not alone or (not years and not largest * _FAR >= int(cell))


def _several(heads: Sequence[Sequence[str]], numbers: Sequence[int]) -> list[str]:
    """The headings of columns of numbers that are of several years or groups; none where all are of one.

    A heading over several columns stands above the first of them.
    """
    filled = [*map(_spread, heads[:-1]), *heads[-1:]]
    named = [" ".join(dict.fromkeys(filter(None, (row[at] for row in filled)))) for at in numbers]
    years = {year for name in named for year in _YEAR.findall(name)}
    own = [heads[-1][at].casefold() for at in numbers] if heads else []
    twice = any(own.count(name) > 1 for names in NAMES.values() for name in names)
    return named if len(years) > 1 or twice else []


def _spread(row: Sequence[str]) -> list[str]:
    """A row of headings in which an empty cell has what stands before it."""
    found: list[str] = []
    for cell in row:
        found.append(cell or (found[-1] if found else ""))
    return found


def year_of(*texts: str) -> str:
    """The year that the first of these texts with years names; "" where it names several, or none has any."""
    years = next(filter(None, (set(_YEAR.findall(text)) for text in texts)), set())
    return years.pop() if len(years) == 1 else ""


def _is_of_table(row: Sequence[str]) -> bool:
    """Whether a row has a label and a number beside it, and is no base printed under the table."""
    return any(map(_says, row)) and any(map(is_number, row))


def _says(cell: str) -> bool:
    return bool(re.search(r"[^\W\d_]", cell)) and not is_number(cell)


def _roles(rows: Sequence[Sequence[str]], head: Sequence[str], numbers: Sequence[int]) -> tuple[int, int, int]:
    """Which column has places, which percentages and which numbers; -1 where none has."""
    named = {role: [at for at in numbers if head[at].casefold() in names] for role, names in NAMES.items()}
    percent = next(iter(named["percent"]), -1)
    if percent < 0:
        signed = [at for at in numbers if any("%" in row[at] for row in rows) or "%" in head[at]]
        percent = next(iter(signed), -1)
    places = [at for at in [*named["rank"], *numbers] if at != percent and _are_places([row[at] for row in rows])]
    rank = next(iter(places), -1)
    other = [at for at in numbers if not _RANKED.search(head[at]) and _fall([row[at] for row in rows])]
    n = next((at for at in [*named["n"], *other] if at not in (percent, rank)), -1)
    return rank, percent, n


def _fall(cells: Sequence[str]) -> bool:
    """Whether numbers never rise, as those do of which a list is; or hardly, as what is left over stands at the end."""
    found = numbers_in(pd.Series(cells, dtype=str)).dropna()
    return int((found.diff() > 0).sum()) <= 1


def _are_places(cells: Sequence[str]) -> bool:
    """Whether cells go up from 1, with ties and gaps; what is left over at the end may have none."""
    found = [PLACE.fullmatch(cell) for cell in cells if cell]
    places = [int(one[1]) for one in found if one is not None]
    up = all(one <= other for one, other in pairwise(places))
    return len(places) == len(found) > 1 and places[0] == 1 and up and 1 < places[-1] <= _BEYOND * len(cells)


def _named(found: Found, *, shares: bool) -> pd.DataFrame:
    """The table under the names that `read_published` knows, with its places counted where it has none."""

    def column(at: int) -> list[str]:
        return [row[at] for row in found.rows] if at >= 0 else [""] * len(found.rows)

    places = {"plaats": found.rank, "code": found.label, "n": found.n, "%": found.percent}
    frame = pd.DataFrame({name: column(at) for name, at in places.items()})
    if found.rank < 0:
        frame["plaats"] = _counted(frame)
    plain = numbers_in(frame["%"], thousands=False)
    if shares and plain.max() <= 1 and not frame["%"].str.contains("%").any():  # 26 % is 0.26 in a workbook
        frame["%"] = ["" if pd.isna(one) else f"{100 * one:g}%" for one in plain]
    totals = found.totals
    if found.bases:
        totals = [Total(found.bases[0], is_base=True), *(one for one in totals if not one.is_base)]
    for one in totals:
        frame.loc[len(frame)] = ["", "N" if one.is_base else "Totaal", str(one.number or ""), ""]
    return frame


def _counted(frame: pd.DataFrame) -> list[str]:
    """Places by the numbers, or the percentages where there are none, highest first; what is left over has none."""
    by = counts_in(frame["n"])
    by = by if by.notna().any() else numbers_in(frame["%"], thousands=False)
    places = by.where(~frame["code"].str.casefold().isin(_OTHERS)).rank(method="min", ascending=False)
    return ["" if pd.isna(place) else f"{place:g}" for place in places]
