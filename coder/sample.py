"""A sample: which units to code next, and how they were chosen."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from coder.errors import DataError

RANDOM, TARGETED = "random", "targeted"
DRAWN, PROBABILITY, STRATUM, WHY = "drawn", "probability", "stratum", "why"
STRATA = (STRATUM, "population", "certain", "before", DRAWN, PROBABILITY)
"""The columns of `strata`."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Units to be coded, in the order in which to code them.

    `drawn` is "random" or "targeted"; only a random sample may feed an estimate. `units` is indexed by
    unit id and has the columns probability (of being in the sample, in 0..1; nan where targeted), stratum
    ("" without strata) and why ("" where random). `strata` has a row a stratum of a random sample:
    `population` answers, of which `before` were drawn at random before and `drawn` now, each with
    `probability`; `certain` further ones were coded before and stand for themselves. `facts` says how it was
    drawn: name and value; `notes` are the sentences for people.
    """

    drawn: str
    units: pd.DataFrame
    strata: pd.DataFrame
    facts: Mapping[str, str]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.drawn not in (RANDOM, TARGETED):
            raise DataError(f"A sample is {RANDOM} or {TARGETED}, not {self.drawn!r}.")
        if self.units.index.has_duplicates:
            raise DataError("A sample has every unit at most once.")
        if tuple(self.units.columns) != (PROBABILITY, STRATUM, WHY) or tuple(self.strata.columns) != STRATA:
            raise DataError(
                f"A sample has the columns {PROBABILITY}, {STRATUM}, {WHY}; its strata {', '.join(STRATA)}."
            )

    def __len__(self) -> int:
        return len(self.units)
