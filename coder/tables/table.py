"""A table: its numbers, and what people are told of them, in no language yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from coder.note import Note

MIN_BASE = 30
"""The least base of which percentages are published (effective, where there are weights)."""
Said = Note | str
"""What people read: a note, or words that a user gave."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that people see: its heading, and how its cells are written.

    `form` is one of `coder.reports.shown.FORMS`, "" for what the kind of the numbers says; `of` are the columns of the
    frame that a cell is made of, the column of its own name unless given. A column that is made of several has a name
    of its own, which is none of the frame.
    """

    heading: Said
    form: str = ""
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Table:
    """Rows of numbers and what was counted.

    `frame` has stable English column names and unrounded numbers; labels of codes are `coder.note.Text`, which knows
    its languages. `base` is the number of respondents a percentage is of (None where that was not printed). `shown`
    maps the columns that people see to their heading, or to a `Column`; `notes` are the lines under the table.
    `down_to` is the rank down to which every code is in it, inf where none was left out; None where that is not known.
    `waves` are the names that a comparison was given for this wave and the last.
    """

    title: Said
    frame: pd.DataFrame
    base: int | None
    shown: Mapping[str, Said | Column]
    notes: tuple[Said, ...] = ()
    down_to: float | None = None
    waves: tuple[Said, ...] = ()

    def __repr__(self) -> str:
        base = "" if self.base is None else f", base {self.base}"
        return f"<Table {str(self.title)!r}: {len(self.frame)} rows{base}>"

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        from coder.reports.shown import shown  # noqa: PLC0415 (a table shows itself)

        return shown(self).html()

    def text(self, form: str = "table", language: str | None = None) -> str:
        """The table as people read it, in the language chosen unless one is given.

        As `table` (aligned, never cut), `md`, `csv` (all columns of the frame) or `json` (all of it).
        """
        from coder.reports.shown import text  # noqa: PLC0415 (a table shows itself)
        from coder.words import speaking  # noqa: PLC0415

        with speaking(language):
            return text(self, form)

    @property
    def columns(self) -> dict[str, Column]:
        """The columns that people see, by name."""
        return {name: one if isinstance(one, Column) else Column(one) for name, one in self.shown.items()}


def texts(values: Iterable[Said], index: pd.Index | None = None) -> "pd.Series[str]":
    """A column that keeps what its texts know of languages: pandas' own columns of text keep the bare letters."""
    return pd.Series(list(values), index=index, dtype=object)
