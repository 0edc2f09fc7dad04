"""The corpus: the units to be coded, with their text verbatim and their background columns."""

from dataclasses import dataclass

import pandas as pd

from coder.errors import DataError
from coder.surrogates import has_half, joined

TEXT = "text"


@dataclass(frozen=True, slots=True)
class Corpus:
    """The units of one open question or document set.

    `units` has one row a unit, a unique index of unit ids (str) and a column `text` (str, verbatim,
    "" where nothing was answered). Its other columns are background: they are kept, never changed.
    Each unit is taken for a respondent of its own.
    """

    units: pd.DataFrame
    name: str = "answers"

    def __post_init__(self) -> None:
        if TEXT not in self.units.columns:
            raise DataError(f"A corpus needs a column 'text'; it has {', '.join(map(str, self.units.columns))}.")
        twice = self.units.index[self.units.index.duplicated()]
        if len(twice):
            raise DataError(
                f"{len(twice)} ids occur more than once, for instance {twice[0]!r}. Give every answer its own id."
            )
        if has_half("\n".join(self.units[TEXT])):
            self._join_halves()

    def _join_halves(self) -> None:
        """Make halves of signs that belong together one. Raises `DataError` for a half alone: no file holds it."""
        texts = self.units[TEXT].map(joined)
        if len(halved := texts.index[texts.map(has_half).to_numpy()]):
            raise DataError(
                f"{len(halved)} answers have half a sign (half an emoji), for instance {halved[0]!r}: a text was cut "
                "there. Take it out."
            )
        object.__setattr__(self, "units", self.units.assign(**{TEXT: texts}))

    @property
    def texts(self) -> "pd.Series[str]":
        """The verbatim texts, indexed by unit id."""
        return self.units[TEXT]

    @property
    def ids(self) -> "pd.Index[str]":
        """The unit ids, in the order of the file."""
        return self.units.index

    def __len__(self) -> int:
        return len(self.units)

    def take(self, ids: "pd.Index[str]") -> "Corpus":
        """The corpus of these units alone, in the order given."""
        return Corpus(self.units.loc[ids], self.name)
