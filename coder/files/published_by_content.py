"""A published table, told by what is in it whatever its columns are called: labels beside places and numbers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import pandas as pd

from coder.errors import DataError
from coder.files.cells import SPREADSHEETS
from coder.files.sheets import TableFile
from coder.files.wave_files import NAMES, numbers_in, read_published
from coder.tables.table import Table

_NUMBER = re.compile(r"(?:\D{0,10}\s)?\d[\d.,\s\u00a0]*%?|<\s?\d+\s?%")
"""A place ("3", "plaats 3"), a number or a percentage."""
_PLACE = re.compile(r"(?:\D{0,10}\s)?(\d{1,3})\s?[.)]?")
_BASE = re.compile(r"\bn\s*[=:]\s*(\d[\d.\s\u00a0]*)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_MOST_OF = 0.6
_FEWEST, _MOST = 2, 300
"""A table that was published has so many rows."""
_BEYOND = 1.5
"""Places go up to the number of rows, or somewhat further where some are left out."""
_OTHERS = {"andere", "overige", "geen", "other", "others", "none", "autre", "autres", "aucun", "aucune", "rest"}


@dataclass(frozen=True, slots=True)
class Found:
    """What the columns of a table are: their places (-1 without one), its rows, and what stands above and below."""

    rank: int
    label: int
    n: int
    percent: int
    rows: Sequence[Sequence[str]]
    around: Sequence[str]

    @property
    def sure(self) -> bool:
        """Whether it can hardly be anything else: places and percentages beside the labels."""
        return self.rank >= 0 and self.percent >= 0


def published_of(file: TableFile) -> Table:
    """Read a published table by the names of its columns, or where these are others by what is in them.

    Without a column of places the order of the numbers is the place. Raises `DataError` as `read_published` does
    where no column has labels beside numbers.
    """
    try:
        return read_published(file)
    except DataError as error:
        if error.note.key not in _UNNAMED or (found := find_table(file)) is None:
            raise
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
    wide = max(map(len, rows), default=0)
    rows = [[*row, *[""] * (wide - len(row))] for row in rows]
    body = [place for place, row in enumerate(rows) if _is_of_table(row)]
    if len(body) < _FEWEST:
        return None
    within = [rows[place] for place in body]
    number = [sum(bool(_NUMBER.fullmatch(row[at])) for row in within) / len(body) for at in range(wide)]
    texts = [sum(_says(row[at]) for row in within) for at in range(wide)]
    label = max(range(wide), key=lambda at: (texts[at], -at))
    numbers = [at for at in range(wide) if at != label and number[at] >= _MOST_OF]
    if texts[label] < _MOST_OF * len(body) or not numbers:
        return None
    head = next((row for row in reversed(rows[: body[0]]) if sum(map(bool, row)) >= _FEWEST), [""] * wide)
    around = [" ".join(filter(None, row)) for place, row in enumerate(rows) if place not in set(body)]
    rank, percent, n = _roles(within, head, numbers)
    return Found(rank, label, n, percent, within, around)


def year_of(*texts: str) -> str:
    """The year that the first of these texts with years names; "" where it names several, or none has any."""
    years = next(filter(None, (set(_YEAR.findall(text)) for text in texts)), set())
    return years.pop() if len(years) == 1 else ""


def _is_of_table(row: Sequence[str]) -> bool:
    """Whether a row has a label and a number beside it, and is no base printed under the table."""
    return any(map(_says, row)) and any(map(_NUMBER.fullmatch, row))


def _says(cell: str) -> bool:
    return bool(re.search(r"[^\W\d_]", cell)) and not _NUMBER.fullmatch(cell) and not _BASE.fullmatch(cell)


def _roles(rows: Sequence[Sequence[str]], head: Sequence[str], numbers: Sequence[int]) -> tuple[int, int, int]:
    """Which column has places, which percentages and which numbers; -1 where none has."""
    named = {role: [at for at in numbers if head[at].casefold() in names] for role, names in NAMES.items()}
    percent = next(iter(named["percent"]), -1)
    if percent < 0:
        signed = [at for at in numbers if any("%" in row[at] for row in rows) or "%" in head[at]]
        percent = next(iter(signed), -1)
    places = [at for at in [*named["rank"], *numbers] if at != percent and _are_places([row[at] for row in rows])]
    rank = next(iter(places), -1)
    n = next((at for at in [*named["n"], *numbers] if at not in (percent, rank)), -1)
    return rank, percent, n


def _are_places(cells: Sequence[str]) -> bool:
    """Whether cells go up from 1, with ties and gaps; what is left over at the end may have none."""
    found = [_PLACE.fullmatch(cell) for cell in cells if cell]
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
    base = next((match[1] for text in found.around if (match := _BASE.search(text))), "")
    if base:
        frame.loc[len(frame)] = [f"N = {base}", "", "", ""]
    return frame


def _counted(frame: pd.DataFrame) -> list[str]:
    """Places by the numbers, or the percentages where there are none, highest first; what is left over has none."""
    by = numbers_in(frame["n"])
    by = by if by.notna().any() else numbers_in(frame["%"], thousands=False)
    places = by.where(~frame["code"].str.casefold().isin(_OTHERS)).rank(method="min", ascending=False)
    return ["" if pd.isna(place) else f"{place:g}" for place in places]
