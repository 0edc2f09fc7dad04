"""A pandas DataFrame as a table of text cells, the same as if it had been read from a file."""

from collections import Counter
from typing import Any

import pandas as pd

from coder.errors import DataError
from coder.files.kinds import Kind, kinds_of, with_kinds
from coder.files.sandboxed import as_text

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
