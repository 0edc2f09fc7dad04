"""A sample: which units to code next, and how they were chosen."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from coder.errors import DataError
from coder.html_table import ROWS, html_table
from coder.note import Note

RANDOM, TARGETED = "random", "targeted"
DRAWN, PROBABILITY, STRATUM, WHY = "drawn", "probability", "stratum", "why"
STRATA = (STRATUM, "population", "certain", "before", DRAWN, PROBABILITY)
"""The columns of `strata`."""


def check_size(asked: int, left: int, *, fewer: bool = False) -> None:
    """Raise `DataError` where none are asked for, none are left, or unless `fewer` may be found fewer than `asked`."""
    if asked < 1:
        raise DataError("sampling.fewest", asked=asked)
    if left == 0:
        raise DataError("sampling.nothing_left")
    if asked > left and not fewer:
        raise DataError("sampling.too_many", left=left, asked=asked)


@dataclass(frozen=True, slots=True, repr=False)
class Sample:
    """Units to be coded, in the order in which to code them.

    `drawn` is "random" or "targeted"; only a random sample may feed an estimate. `units` is indexed by
    unit id and has the columns probability (of being in the sample, in 0..1; nan where targeted), stratum
    ("" without strata) and why (a note, "" where random). `strata` has a row a stratum of a random sample:
    `population` answers, of which `before` were drawn at random before and `drawn` now, each with
    `probability`; `certain` further ones were coded before and stand for themselves. `facts` says how it was
    drawn: name and value; `notes` are for people.
    """

    drawn: str
    units: pd.DataFrame
    strata: pd.DataFrame
    facts: Mapping[str, str]
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        if self.drawn not in (RANDOM, TARGETED):
            raise DataError("corpus.sample_drawn", random=RANDOM, targeted=TARGETED, drawn=self.drawn)
        if self.units.index.has_duplicates:
            raise DataError("corpus.sample_twice")
        if tuple(self.units.columns) != (PROBABILITY, STRATUM, WHY) or tuple(self.strata.columns) != STRATA:
            raise DataError("corpus.sample_columns", columns=(PROBABILITY, STRATUM, WHY), strata=STRATA)

    def __repr__(self) -> str:
        return f"<Sample: {len(self)} units, {self.drawn}>"

    def _repr_html_(self) -> str:
        shown = (PROBABILITY, STRATUM) if self.drawn == RANDOM else (WHY,)
        frame = self.units[list(shown)].head(ROWS)
        frame = frame.round({PROBABILITY: 4}) if PROBABILITY in frame else frame
        more = [Note("corpus.more", count=len(self) - ROWS)] if len(self) > ROWS else []
        right = [False, *(name == PROBABILITY for name in shown)]
        return html_table(
            repr(self)[1:-1], ["unit", *shown], frame.itertuples(name=None), [*more, *map(str, self.notes)], right
        )

    def __len__(self) -> int:
        return len(self.units)
