"""What columns of text cells are: numbers, dates or texts; and each cell as the value it stands for.

Cells are read as text, verbatim, and stay that way up to the moment of writing. A workbook or a .sav says
itself which columns have numbers or dates; of a .csv it follows from the cells. `read_sheet` puts the answer
in `frame.attrs`, which go along with copies and choices of columns; `write_sheets` asks for it there.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

import pandas as pd

from coder.corpus import KINDS

Kind = Literal["text", "number", "numeral", "date"]
"""A numeral is a number of a text file: it goes into a workbook as a number, and into a text file as it was."""

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:[.,](\d+))?")
_TYPED = re.compile(r"-?(?:0|[1-9]\d*)(?:[.,]\d+)?(?:e[+-]?\d+)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d:\d\d(?:\.\d+)?)?")
_FIRST_YEAR = 1900
"""A workbook has no earlier dates."""
_DIGITS = 15
"""So many digits of a number a spreadsheet holds; what has more is an identifier."""
_THOUSAND = 3


class _Kinds(dict[str, Kind]):
    """Kinds by name, never changed: pandas copies `attrs` deeply at each choice of a column."""

    def __deepcopy__(self, memo: object) -> "_Kinds":
        return self


def with_kinds(frame: pd.DataFrame, kinds: Sequence[Kind] | Mapping[str, Kind] = ()) -> pd.DataFrame:
    """The frame, which knows the kinds of its columns from here on.

    `kinds` are those that its file says, in the order of the columns, or by name, added to what is known; with none
    at all they are inferred from the cells.
    """
    if isinstance(kinds, Mapping):
        frame.attrs = {**frame.attrs, KINDS: _Kinds({**kinds_of(frame), **kinds})}
    elif kinds:
        frame.attrs[KINDS] = _Kinds(zip(map(str, frame.columns), kinds, strict=False))
    else:
        frame.attrs[KINDS] = _Kinds({str(name): kind_of(frame[name].unique()) for name in frame})
    return frame


def kinds_of(frame: pd.DataFrame) -> Mapping[str, Kind]:
    """The kinds of the columns that are known; cells of other columns are what their values are."""
    kinds: Mapping[str, Kind] = frame.attrs.get(KINDS, {})
    return kinds


def kind_of(cells: Iterable[str]) -> Kind:
    """The kind of a column of a text file: numerals or dates only where every filled cell is one beyond doubt.

    Not numbers are: identifiers (00042, +32 470, sixteen digits and more), a column with both signs of decimals
    or with 1.9 beside 1.10, and one in which 1.024 may be a thousand.
    """
    found = KindOf()
    found.add(cells)
    return found.kind


class KindOf:
    """The `kind_of` a column whose cells come some at a time."""

    def __init__(self) -> None:
        self._dates = self._numbers = True
        self._filled = self._below_one = self._ends_in_zero = False
        self._signs: set[str] = set()
        self._decimals: set[int] = set()

    def add(self, cells: Iterable[str]) -> None:
        """Look at more cells."""
        if not (self._dates or self._numbers):
            return
        for cell in {cell.strip() for cell in cells} - {""}:
            self._filled = True
            self._dates = self._dates and _date(cell) is not None
            self._numbers = self._numbers and self._is_number(cell)
            if not (self._dates or self._numbers):
                return

    def _is_number(self, cell: str) -> bool:
        match = _NUMBER.fullmatch(cell)
        if match is None or _digits(cell) > _DIGITS:
            return False
        if decimals := match[1]:
            self._signs.add(cell[-len(decimals) - 1])
            self._decimals.add(len(decimals))
            self._ends_in_zero |= decimals.endswith("0")
        self._below_one |= cell.lstrip("-").startswith(("0.", "0,"))
        return True

    @property
    def kind(self) -> Kind:
        """What the cells are that were looked at."""
        if self._filled and self._dates:
            return "date"
        ragged = self._ends_in_zero and len(self._decimals) > 1
        thousands = self._decimals == {_THOUSAND} and not self._below_one
        doubt = not self._filled or len(self._signs) > 1 or ragged or thousands
        return "numeral" if self._numbers and not doubt else "text"


def value_of(cell: str, kind: Kind) -> str | float | datetime:
    """The cell as what it stands for in a column of this kind; a text where it is none such, as 00042 is.

    A column of dates may have numbers too.
    """
    if kind == "date" and (moment := _date(cell.strip())):
        return moment
    number = None if kind == "text" else _number(cell.strip())
    return cell if number is None else number


def with_decimal(cell: str, kind: Kind, sign: str) -> str:
    """The cell with this sign of decimals, where it is a number and its file has not chosen the sign."""
    plain = cell.strip()
    return re.sub("[.,]", sign, plain) if kind == "number" and _number(plain) is not None else cell


def _number(cell: str) -> float | None:
    """The number that a cell is; None for a text, and for more digits than a number holds."""
    if not (_NUMBER.fullmatch(cell) or _TYPED.fullmatch(cell)):
        return None
    plain = cell.replace(",", ".")
    number = float(plain)
    exact = _digits(cell) <= _DIGITS or repr(number) in {plain, f"{plain}.0"}
    return number if exact and abs(number) != float("inf") else None


def _digits(cell: str) -> int:
    return len(re.sub(r"\D", "", cell.partition("e")[0]).lstrip("0"))


def _date(cell: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(cell) if _DATE.fullmatch(cell) else None
    except ValueError:
        return None
    return moment if moment and moment.year >= _FIRST_YEAR else None
