"""Fragments as a sheet: a row each, with what is known of its document and where it stands."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coder.errors import StudyError
from coder.study.documents.document_set import DocumentSet

if TYPE_CHECKING:
    from coder.study.study import Study


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
