"""A pandas DataFrame as a table of text cells, the same as if it had been read from a file."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from coder.files.kinds import KINDS, Kind
from coder.files.sandboxed import as_text

if TYPE_CHECKING:
    from collections.abc import Mapping

SOURCE = "source"
"""The key of `frame.attrs` under which stands which file a corpus came from: its `name`, `wording` and `left`."""


def text_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows and columns with every cell as text: "" where nothing is known, whole numbers without a point.

    What kind each column is of is kept where it is known, and follows from its type elsewhere.
    """
    known: Mapping[str, Kind] = frame.attrs.get(KINDS, {})
    found = pd.DataFrame({str(name): _texts(frame.iloc[:, place]) for place, name in enumerate(frame.columns)})
    found.attrs = {**frame.attrs, KINDS: {name: known.get(name, _kind(frame[name])) for name in frame.columns}}
    return found


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
