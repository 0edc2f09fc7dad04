"""What columns of text cells are: numbers, dates or texts; and each cell as the value it stands for.

Cells are read as text, verbatim, and stay that way up to the moment of writing. A workbook or a .sav says
itself which columns have numbers or dates; of a .csv it follows from the cells. `read_sheet` puts the answer
in `frame.attrs`, which go along with copies and choices of columns; `write_sheets` asks for it there.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

import pandas as pd

Kind = Literal["text", "number", "date"]
KINDS = "kinds"
"""The key of `frame.attrs` under which the kinds of columns stand, by name."""

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:[.,](\d+))?")
_TYPED = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?")
_DATE = re.compile(r"[12]\d{3}-\d\d-\d\d(?:[ T]\d\d:\d\d:\d\d(?:\.\d+)?)?")
_DIGITS = 15
"""So many digits of a number a spreadsheet holds; what has more is an identifier."""
_THOUSAND = 3


def with_kinds(frame: pd.DataFrame, kinds: Sequence[Kind] = ()) -> pd.DataFrame:
    """The frame, which knows the kinds of its columns from here on: those that its file says, in order, or inferred."""
    told = dict(zip(frame.columns, kinds, strict=False))
    frame.attrs[KINDS] = {
        name: told[name] if kinds else kind_of(frame[name]) for name in frame if not kinds or name in told
    }
    return frame


def kinds_of(frame: pd.DataFrame) -> dict[str, Kind]:
    """The kinds of the columns that have one; other columns are what their values are."""
    return {name: kind for name, kind in frame.attrs.get(KINDS, {}).items() if name in frame}


def kind_of(cells: Iterable[str]) -> Kind:
    """The kind of a column of a text file: a number or a date only where every filled cell is one beyond doubt.

    No numbers are: identifiers (00042, +32 470, sixteen digits and more), a column with both signs of decimals
    or with 1.9 beside 1.10, and one in which 1.024 may be a thousand.
    """
    filled = {cell.strip() for cell in cells} - {""}
    if filled and all(_DATE.fullmatch(cell) and _date(cell) for cell in filled):
        return "date"
    found = [_NUMBER.fullmatch(cell) for cell in filled]
    matches = [match for match in found if match]
    if not filled or len(matches) < len(found) or any(_digits(cell) > _DIGITS for cell in filled):
        return "text"
    decimals = [match[1] for match in matches if match[1]]
    both = any("." in cell for cell in filled) and any("," in cell for cell in filled)
    ragged = any(one.endswith("0") for one in decimals) and len({len(one) for one in decimals}) > 1
    below_one = any(cell.lstrip("-").startswith(("0.", "0,")) for cell in filled)
    thousands = bool(decimals) and {len(one) for one in decimals} == {_THOUSAND} and not below_one
    return "text" if both or ragged or thousands else "number"


def value_of(cell: str, kind: Kind) -> str | float | datetime:
    """The cell as what it stands for in a column of this kind; a text where it is none such, as 00042 is.

    A column of dates may have numbers too.
    """
    plain = cell.strip()
    if kind == "date" and _DATE.fullmatch(plain) and (moment := _date(plain)):
        return moment
    if kind != "text" and (_NUMBER.fullmatch(plain) or _TYPED.fullmatch(plain)):
        number = float(plain.replace(",", "."))
        if _digits(plain) <= _DIGITS or repr(number) == plain:
            return number
    return cell


def _digits(cell: str) -> int:
    return len(re.sub(r"\D", "", cell.partition("e")[0]).lstrip("0"))


def _date(cell: str) -> datetime | None:
    try:
        return datetime.fromisoformat(cell)
    except ValueError:
        return None
