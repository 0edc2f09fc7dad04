"""From what fragments of a set of documents are counted: whose, of which documents, and what was read."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from coder.codebook import Codebook
from coder.documents import Documents
from coder.errors import StudyError
from coder.note import Note
from coder.study.documents.document_set import DocumentSet
from coder.tables.table import Table


@dataclass(frozen=True, slots=True)
class Basis:
    """What tables of documents are made of; `read` is None where nobody marked anything as read.

    `given` are the fragments before those that overlap were taken together.
    """

    documents: Documents
    fragments: pd.DataFrame
    codebook: Codebook
    read: pd.DataFrame | None
    given: pd.DataFrame

    def notes(self, codes: Collection[str] | None = None) -> list[Note]:
        """What was done to the fragments, of these codes unless of all."""
        frames = (self.given, self.fragments)
        given, left = (len(one) if codes is None else int(one["code"].isin(codes).sum()) for one in frames)
        return [Note("documents.together_fragments", given=given, count=left)] if left < given else []

    def noted(self, table: Table) -> Table:
        """A table with what was done to the fragments under it."""
        return replace(table, notes=(*table.notes, *self.notes()))


def basis(
    kept: DocumentSet, codebook: Codebook, coder: str | None = None, *, documents: Documents | None = None
) -> Basis:
    """The fragments of one coder, or those of all: what overlaps with one code is one fragment then.

    Where anybody marked what was read, a coder without marks read nothing. `documents` are those of the set, where they
    are at hand. Raises `StudyError` where the set has nobody called `coder`.
    """
    texts, read = documents or kept.read(), kept.read_marks()
    known = len(read) > 0
    if coder is None:
        given = kept.gold()
    else:
        given, read = of_coder(kept, coder)
    return Basis(texts, once(given) if coder is None else given, codebook, read if known else None, given)


def once(found: pd.DataFrame) -> pd.DataFrame:
    """`DocumentSet.gold` to count from: fragments of one code that overlap, of several coders, as one.

    It goes from the first character to the last; `coder` and `memo` have all of them.
    """
    if found.empty:
        return found

    def all_of(names: "pd.Series[str]") -> str:
        return "; ".join(dict.fromkeys(name for name in names if name))

    ends: dict[str, Any] = {"start": "min", "end": "max", "coder": all_of, "memo": all_of, "id": "first"}
    return found.groupby(["document", "code", "together"], sort=False, as_index=False).agg(ends)


def of_coder(kept: DocumentSet, coder: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The fragments and the read marks of one coder. Raises `StudyError` where the set has nobody called this."""
    every, marks = kept.fragments(), kept.read_marks()
    coders = dict.fromkeys(name for name in [*every["coder"], *marks["coder"]] if name)
    if coder not in coders:
        raise StudyError("study.no_reader" if coders else "study.no_reader_yet", name=coder, coders=list(coders))
    return every[every["coder"] == coder].reset_index(drop=True), marks[marks["coder"] == coder]
