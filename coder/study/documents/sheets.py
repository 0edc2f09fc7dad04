"""Fragments as a sheet: a row each, with what is known of its document and where it stands."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coder.errors import StudyError
from coder.study.documents.anchors import pieces
from coder.study.documents.document_set import DocumentSet
from coder.study.documents.fragments import Span

if TYPE_CHECKING:
    from coder.study.study import Study

_ALIKE = 0.8
"""A document of which so much is in another of its name is likely that one, corrected."""


def sheet(kept: DocumentSet, code: str | None = None) -> pd.DataFrame:
    """All fragments, or those of a code: document, its attributes, page, section, text, code, coder, memo.

    A page is the one printed on it, else its number; of a fragment over pages the first and the last, "34-35".
    """
    documents, found = kept.read(), kept.fragments(code)
    pages, sections, texts = [], [], []
    parts = {str(name): part for name, part in found.groupby("document", sort=False)}
    for one in documents:
        if (part := parts.get(one.name)) is None:
            continue
        blocks = one.blocks
        ends = blocks["end"].to_numpy()
        first = np.minimum(np.searchsorted(ends, part["start"].to_numpy(), side="right"), len(blocks) - 1)
        last = np.searchsorted(blocks["start"].to_numpy(), part["end"].to_numpy(), side="left") - 1
        shown = [
            label or (str(page) if page else "") for label, page in zip(blocks["label"], blocks["page"], strict=True)
        ]
        for left, right in zip(first.tolist(), np.maximum(first, last).tolist(), strict=True):
            pages.append(shown[left] if shown[left] == shown[right] else f"{shown[left]}-{shown[right]}")
            sections.append(blocks["section"].iloc[left])
        texts += [one.text[start:end] for start, end in zip(part["start"], part["end"], strict=True)]
    known = documents.attributes.reindex(found["document"]).reset_index(drop=True)
    columns = {"page": pages, "section": sections, "text": texts}
    own = pd.DataFrame(columns).astype(str)
    known = known.rename(columns={name: f"{name} (document)" for name in known if name in {*own, *found}})
    return pd.concat([found[["document"]], known, own, found[["code", "coder", "memo"]]], axis=1)


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


def enter(kept: DocumentSet, fragments: pd.DataFrame, read: pd.DataFrame, *, source: str = "") -> pd.DataFrame:
    """Keep fragments and read marks as `coder.files.fragment_tables` reads them, as one batch of each coder.

    A row a coder: coder, new and same (fragments), read (blocks of theirs that are read now).
    """
    coders = dict.fromkeys([*fragments["coder"], *read["coder"]])
    rows = []
    for coder in coders:
        mine = fragments.loc[fragments["coder"] == coder, ["document", "start", "end", "code", "memo"]]
        before = len(kept.fragments(coder=coder))
        spans = [Span(*row) for row in mine.itertuples(index=False, name=None)]
        marks = kept.read_marks()
        there = set(marks.loc[marks["coder"] == coder, ["document", "start", "end"]].itertuples(index=False, name=None))
        mine_read = read.loc[read["coder"] == coder, ["document", "start", "end"]]
        new_read = [one for one in dict.fromkeys(mine_read.itertuples(index=False, name=None)) if one not in there]
        if spans or new_read:
            kept.code(spans, coder, source=source, read=new_read)
        marks = kept.read_marks()
        new = len(kept.fragments(coder=coder)) - before
        rows.append((coder, new, len(mine) - new, int(marks.loc[marks["coder"] == coder, "blocks"].sum())))
    return pd.DataFrame(rows, columns=["coder", "new", "same", "read"])


def resembling(kept: DocumentSet, names: Sequence[str]) -> list[tuple[str, str, float]]:
    """Of these documents, those of which most of the text is in another that is called alike but for its folder.

    The document, the other, and the share of its characters (0.8 to 1).
    """
    found, last = [], {name: PurePath(name).stem.casefold() for name in kept.names()}
    for name in names:
        alike = [other for other in last if other not in names and last[other] == last.get(name)]
        text = kept.document(name).text if alike else ""
        for other in alike:
            shared = pieces(kept.document(other).text, text)[:, 2].sum() / max(len(text), 1)
            if shared >= _ALIKE:
                found.append((name, other, float(shared)))
    return found


def only_set(study: "Study", name: str | None) -> str:
    """The set of documents named, or the only one there is."""
    names = study.document_sets()
    if name is not None:
        return name
    if len(names) == 1:
        return names[0]
    if not names:
        raise StudyError("study.no_documents")
    raise StudyError("study.choose_set", count=len(names), sets=names)
