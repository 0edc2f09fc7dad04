"""A coding: what one coder (a person, or a method) saw and which codes it gave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.codebook import Codebook
from coder.corpus import Corpus
from coder.errors import DataError

COLUMNS = ("unit", "code", "score", "start", "end", "reason")
"""The columns of assignments. `start` and `end` are characters of the verbatim text, end excluded,
and -1 where the whole text is meant."""


@dataclass(frozen=True, slots=True)
class Coding:
    """The units a coder saw and the assignments it made.

    `seen` are unit ids; a unit seen without an assignment fits no code and belongs in the base.
    `assignments` has the columns of `COLUMNS`; a code found at three places in a unit has three rows.
    """

    coder: str
    seen: "pd.Index[str]"
    assignments: pd.DataFrame
    provenance: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if tuple(self.assignments.columns) != COLUMNS:
            raise DataError(f"Assignments have the columns {', '.join(COLUMNS)}.")
        unseen = set(self.assignments["unit"]) - set(self.seen)
        if unseen:
            raise DataError(f"{self.coder} gave codes to units it did not see, such as {min(unseen)!r}.")

    def take(self, units: "pd.Index[str]") -> "Coding":
        """The coding of these units alone; units that were not seen stay unseen."""
        kept = self.assignments[self.assignments["unit"].isin(units)].reset_index(drop=True)
        return Coding(self.coder, self.seen[self.seen.isin(units)], kept, self.provenance)

    def pairs(self) -> pd.DataFrame:
        """Each code once a unit: columns unit, code."""
        return self.assignments[["unit", "code"]].drop_duplicates(ignore_index=True)

    def matrix(self, units: "Sequence[str] | pd.Index[str]", codes: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Whether each unit has each code, shape (units, codes). Other units and codes are left out."""
        rows = pd.Index(units).get_indexer(pd.Index(self.assignments["unit"]))
        columns = pd.Index(codes).get_indexer(pd.Index(self.assignments["code"]))
        known = (rows >= 0) & (columns >= 0)
        found = np.zeros((len(units), len(codes)), dtype=np.bool_)
        found[rows[known], columns[known]] = True
        return found

    def cells(self, ids: "pd.Index[str]", order: Sequence[str]) -> "pd.Series[str]":
        """One cell a unit, as files hold it: ids joined by ';', '-' for none, '' for not seen."""
        place = {code: number for number, code in enumerate(order)}
        pairs = self.pairs()
        pairs = pairs.assign(place=pairs["code"].map(place)).sort_values("place", kind="stable")
        joined = pairs.groupby("unit", sort=False)["code"].agg(";".join)
        cells = joined.reindex(ids)
        empty = cells.isna().to_numpy()
        cells[empty] = np.where(ids.isin(self.seen)[empty], "-", "")
        return cells


class Method(Protocol):
    """Anything that codes a corpus."""

    @property
    def name(self) -> str:
        """The coder's name, as assignments carry it."""
        ...

    def code(self, corpus: Corpus, codebook: Codebook) -> Coding:
        """Code every unit of the corpus."""
        ...


def assignments(rows: Mapping[str, Sequence[object] | npt.NDArray[np.generic]]) -> pd.DataFrame:
    """A frame of assignments from columns; `score` is 1 and the place the whole text unless given."""
    size = len(rows["unit"])
    given = {"score": np.ones(size), "start": np.full(size, -1), "end": np.full(size, -1), "reason": [""] * size}
    frame = pd.DataFrame({name: rows.get(name, given.get(name)) for name in COLUMNS})
    return frame.astype({"unit": str, "code": str, "score": float, "start": int, "end": int, "reason": str})
