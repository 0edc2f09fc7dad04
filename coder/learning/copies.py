"""Passages that stand in two documents, as plans of a period have them from the plan before.

Blocks are copies where half of their shingles (runs of eight words: Broder 1997) stand in an earlier document.
"""

import numpy as np
import pandas as pd

from coder.arrays import Ints
from coder.documents import FRAGMENTS, Documents
from coder.languages.text import fold, shingles, tokenise
from coder.reasons import COPIED, WHO, Reason

SHARED = 0.5
"""The share of its shingles that a copy has in common with the other document."""


def copies(documents: Documents) -> pd.DataFrame:
    """The blocks that are copies, indexed by unit: `source`, the unit they are of, and `shared`, 0.5 to 1.

    The source stands in a document that is earlier in `documents`: put them in the order of their periods. Of a block
    that was copied more than once it is the first. Blocks of fewer than eight words are copies of none.
    """
    units = documents.corpus().units
    texts, forms, document = units["text"].tolist(), *_read(units)
    block, shingle = _shingles(forms)
    if not len(block):
        return pd.DataFrame({"source": [], "shared": []}, index=units.index[:0])
    _, first, kind = np.unique(shingle, return_index=True, return_inverse=True)
    source = block[first][kind]  # the first block that has this shingle
    elsewhere = document[source] != document[block]
    size = len(texts)
    pair, counts = np.unique(block[elsewhere] * size + source[elsewhere], return_counts=True)
    of, whence = pair // size, pair % size
    total = np.bincount(block, minlength=size)
    shared = np.bincount(of, counts, minlength=size) / np.maximum(total, 1)
    order = np.lexsort((whence, -counts, of))
    _, best = np.unique(of[order], return_index=True)
    chosen = order[best][shared[of[order[best]]] >= SHARED]
    frame = {"source": units.index[whence[chosen]], "shared": shared[of[chosen]]}
    return pd.DataFrame(frame, index=units.index[of[chosen]])


def copied_fragments(documents: Documents, fragments: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The fragments of sources as proposals for their copies: the columns of `FRAGMENTS`, score and reason.

    A fragment stands in the copy where its words do, or else takes the whole block. `found` is what `copies` found;
    a copy that has the code already gets no proposal of it.
    """
    units = documents.corpus().units
    coding = documents.coding(fragments)
    has = set(coding.pairs().itertuples(index=False, name=None))
    given = coding.assignments.groupby("unit", sort=False)
    rows = []
    for copy, source, shared in zip(found.index, found["source"], found["shared"], strict=True):
        if source not in given.groups:
            continue
        here, there = units.loc[copy], units.loc[source]
        for code, start, end in given.get_group(source)[["code", "start", "end"]].itertuples(index=False):
            if (copy, code) in has:
                continue
            at = str(here["text"]).find(str(there["text"])[start:end])
            begin, stop = (at, at + end - start) if at >= 0 else (0, len(str(here["text"])))
            why = Reason(COPIED, note=((WHO, str(there["document"])),))
            place = int(here["start"])
            rows.append((here["document"], place + begin, place + stop, code, COPIED, "", "", float(shared), why))
    return pd.DataFrame(rows, columns=[*FRAGMENTS, "score", "reason"])


def _read(units: pd.DataFrame) -> tuple[list[Ints], Ints]:
    """The words of each block as numbers, and the number of its document."""
    tokens = tokenise(units["text"].tolist())
    folded, _ = pd.factorize(np.asarray([fold(form.lower()) for form in tokens.vocabulary.forms], dtype=object))
    word = folded[tokens.form].astype(np.int64) if len(folded) else np.zeros(0, dtype=np.int64)
    ends = np.searchsorted(tokens.text, np.arange(1, len(units)))
    return np.split(word, ends), pd.factorize(units["document"])[0].astype(np.int64)


def _shingles(forms: list[Ints]) -> tuple[Ints, "np.ndarray[tuple[int], np.dtype[np.uint64]]"]:
    """The block of each shingle, and what it is known by; none goes from one block into the next."""
    block = np.repeat(np.arange(len(forms)), [len(one) for one in forms])
    mark = shingles(np.concatenate(forms) if forms else np.zeros(0, dtype=np.int64))
    count = len(mark)
    whole = block[:count] == block[len(block) - count :]
    return block[:count][whole], mark[whole]
