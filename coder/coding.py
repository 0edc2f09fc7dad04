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
from coder.reasons import NOTHING_KNOWN, Reasons

COLUMNS = ("unit", "code", "score", "start", "end")
"""The columns of assignments. `start` and `end` are characters of the verbatim text, end excluded,
and -1 where the whole text is meant."""

_NO_REASONS = Reasons.of(())


@dataclass(frozen=True, slots=True)
class Coding:
    """The units a coder saw and the assignments it made.

    `seen` are unit ids; a unit seen without an assignment fits no code and belongs in the base.
    `assignments` has the columns of `COLUMNS`; a code found at three places in a unit has three rows. `reasons` has
    why each was made, row for row, and makes that when it is asked for; left out, nothing is known of it.

    Raises `DataError` for other columns, for units that were not seen, and for reasons that are not one a row.

    >>> from coder import Code, Rules
    >>> book = Codebook((Code("video", 1, {"en": "Video"}, rules=("video",)),))
    >>> answers = Corpus(pd.DataFrame({"text": ["more video", "no video"]}, index=["1", "2"]))
    >>> Rules().code(answers, book).explained()[["unit", "code", "start", "kind", "rule"]]
      unit   code  start  kind   rule
    0    1  video      5  rule  video
    1    2  video      3  rule  video
    """

    coder: str
    seen: "pd.Index[str]"
    assignments: pd.DataFrame
    provenance: Mapping[str, str] = field(default_factory=dict)
    reasons: Reasons = _NO_REASONS

    def __post_init__(self) -> None:
        if tuple(self.assignments.columns) != COLUMNS:
            raise DataError(f"Assignments have the columns {', '.join(COLUMNS)}.")
        units = pd.Index(self.assignments["unit"])
        unseen = self.seen.get_indexer(units) < 0 if self.seen.is_unique else ~units.isin(self.seen)
        if unseen.any():
            raise DataError(f"{self.coder} gave codes to units it did not see, such as {min(units[unseen])!r}.")
        if self.reasons is _NO_REASONS:
            object.__setattr__(self, "reasons", Reasons.same(NOTHING_KNOWN, len(units)))
        if len(self.reasons) != len(units):
            raise DataError(f"{self.coder} made {len(units)} assignments and has {len(self.reasons)} reasons.")

    def take(self, units: "pd.Index[str]") -> "Coding":
        """The coding of these units alone; units that were not seen stay unseen."""
        rows = np.flatnonzero(self.assignments["unit"].isin(units))
        kept = self.assignments.take(rows).reset_index(drop=True)
        return Coding(self.coder, self.seen[self.seen.isin(units)], kept, self.provenance, self.reasons.take(rows))

    def explained(self) -> pd.DataFrame:
        """The assignments with why each was made: the columns of `COLUMNS`, then kind, rule and note (`Reason`)."""
        return pd.concat([self.assignments, self.reasons.frame().set_axis(self.assignments.index)], axis=1)

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


def stacked(
    coder: str, seen: "pd.Index[str]", parts: Sequence[Coding], provenance: Mapping[str, str] | None = None
) -> Coding:
    """One coding with the assignments of all parts, one part after the other, and their reasons."""
    frame = pd.concat([part.assignments for part in parts], ignore_index=True)
    return Coding(coder, seen, frame, provenance or {}, Reasons.stacked([part.reasons for part in parts]))


class Method(Protocol):
    """Anything that codes a corpus."""

    @property
    def name(self) -> str:
        """The coder's name, as assignments carry it."""
        ...

    def code(self, corpus: Corpus, codebook: Codebook) -> Coding:
        """Code every unit of the corpus."""
        ...


def assignments(rows: Mapping[str, "Sequence[object] | npt.NDArray[np.generic] | pd.Index[str]"]) -> pd.DataFrame:
    """A frame of assignments from columns; `score` is 1 and the place the whole text unless given."""
    size = len(rows["unit"])
    given = {"score": np.ones(size), "start": np.full(size, -1), "end": np.full(size, -1)}
    frame = pd.DataFrame({name: rows.get(name, given.get(name)) for name in COLUMNS})
    return frame.astype({"unit": str, "code": str, "score": float, "start": int, "end": int})
