"""What to read next in documents, and how much of each code is still unread.

A passage is what is read at once: a page, a section, or some blocks. Before the machine says anything, a *control* is
drawn at random from all passages that nobody read, and read without proposals. The machine then orders all others, and
those of the control among them, from all that was read but the control (`blind`). Who reads in that order reaches the
passages of the control where they stand; from then on they may be learned from.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coder.arrays import Floats, Ints, Labels
from coder.coding import Coding
from coder.documents import PASSAGE, Documents, runs
from coder.errors import DataError
from coder.learning.fragments import Learned
from coder.methods.blocks import Blocks

PLACES = ("document", "start", "end", "page", "section", "blocks")
ORDER = ("passage", "document", "start", "end", "page", "section", "expected", "per_page", "codes", "control")
KINDS = ("page", "section", "blocks")
PAGE = 3_000
"""Characters of a page, to compare passages by."""
TURNING = 200
"""So many characters as much work is it to turn to a passage."""
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Passages:
    """Passages of documents: `frame` has a row each (`PLACES`), indexed 0, 1, 2; `of` (blocks,) is that of a block."""

    frame: pd.DataFrame
    of: Ints

    def __len__(self) -> int:
        return len(self.frame)

    def whole(self, blocks: Labels) -> Labels:
        """Which passages have all their blocks among these, shape (passages,)."""
        return np.asarray(np.bincount(self.of[~blocks], minlength=len(self)) == 0, dtype=np.bool_)

    def sums(self, values: Floats) -> Floats:
        """What values of blocks, (blocks, codes), add up to in each passage; shape (passages, codes)."""
        found = np.zeros((len(self), values.shape[1]))
        np.add.at(found, self.of, values)
        return found


def passages(documents: Documents, by: str = "page", *, size: int = PASSAGE) -> Passages:
    """The passages of documents: pages, sections, or `size` blocks at a time.

    A block is of the page it begins on. Documents without pages, and those without headings where sections are asked
    for, are cut by blocks; so is a section or page of more than `size` times five blocks.
    """
    if by not in KINDS:
        raise DataError("fragments.passages", by=by, known=list(KINDS))
    rows, of, number = [], [], 0
    for document in documents:
        blocks = document.blocks
        mark = _marks(blocks, by)
        for begin, stop in _cut(mark, size):
            some = blocks.iloc[begin:stop]
            first = some.iloc[0]
            places = (document.name, int(first["start"]), int(some["end"].iloc[-1]), first["page"], first["section"])
            rows.append((*places, stop - begin))
            of.append(np.full(stop - begin, number))
            number += 1
    place = np.concatenate(of).astype(np.int64) if of else np.zeros(0, dtype=np.int64)
    return Passages(pd.DataFrame(rows, columns=list(PLACES)), place)


def _cut(mark: Ints, size: int) -> list[tuple[int, int]]:
    """The passages `[begin, stop)` of a document with these marks."""
    if mark.max(initial=0) == 0:
        return runs(len(mark), size)
    counts = pd.Series(mark).groupby(mark).cumcount().to_numpy()
    cut = np.flatnonzero((np.diff(mark, prepend=-1) != 0) | (counts % (5 * size) == 0)).tolist()
    return list(zip(cut, [*cut[1:], len(mark)], strict=True))


def _marks(blocks: pd.DataFrame, by: str) -> Ints:
    """A number for each block that changes where a passage begins; 0 all through where there is nothing to go by."""
    if by == "page" and (blocks["page"] > 0).any():
        return np.asarray(blocks["page"], dtype=np.int64)
    if by == "section" and (blocks["section"] != "").any():
        return np.asarray((blocks["section"] != blocks["section"].shift()).cumsum(), dtype=np.int64)
    return np.zeros(len(blocks), dtype=np.int64)


def draw_control(passages: Passages, size: int, *, read: Labels | None = None, seed: int = 1) -> Ints:
    """Passages drawn at random from all that nobody began to read (`read`, shape (blocks,)), sorted.

    Raises `DataError` where fewer are left.
    """
    begun = np.zeros(len(passages), dtype=np.bool_)
    if read is not None:
        begun[np.unique(passages.of[read])] = True
    left = np.flatnonzero(~begun)
    if not 0 < size <= len(left):
        raise DataError("fragments.too_many", left=len(left), asked=size)
    return np.sort(np.random.default_rng(seed).choice(left, size, replace=False)).astype(np.int64)


def blind(coding: Coding, blocks: Blocks, passages: Passages, control: Ints, reached: Ints) -> Coding:
    """What the machine may learn from to make the order: all that was read, but for the control not reached yet."""
    kept = np.isin(passages.of, np.setdiff1d(control, reached), invert=True)
    return coding.take(blocks.ids[kept])


def reading_order(
    blocks: Blocks,
    learned: Learned,
    passages: Passages,
    *,
    read: Labels,
    control: Ints | None = None,
    reached: Ints | None = None,
    codes: Sequence[str] | None = None,
) -> pd.DataFrame:
    """The passages with something unread, those with most fragments a page first (`ORDER`).

    `expected` are the fragments of all codes, or of `codes`, expected in blocks that were not read (`read`, shape
    (blocks,)); `per_page` is that for 3,000 characters; `codes` names those most expected. Passages of the `control`
    that were not `reached` stand where the machine has them, as if they were unread, and are marked. Make `learned` of
    what `blind` leaves. Ties are in the order of the documents.
    """
    wanted = [learned.codes.index(code) for code in _known(learned, codes)]
    hidden = np.zeros(len(passages), dtype=np.bool_)
    if control is not None:
        hidden[np.setdiff1d(control, [] if reached is None else reached)] = True
    left = ~read | hidden[passages.of]
    chance = np.where(left[:, None], learned.probability[:, wanted], 0.0)
    each = passages.sums(chance)
    length = (blocks.units["end"] - blocks.units["start"]).to_numpy(dtype=np.float64)
    work = passages.sums((length * left)[:, None])[:, 0]
    expected = each.sum(axis=1)
    rate = expected * PAGE / (work + TURNING)
    some = np.flatnonzero(np.bincount(passages.of[left], minlength=len(passages)) > 0)
    order = some[np.argsort(-rate[some], kind="stable")]
    names = np.asarray(learned.codes, dtype=object)[wanted]
    best = np.argsort(-each[order], axis=1, kind="stable")[:, :_NAMED]
    frame = passages.frame.iloc[order].drop(columns="blocks")
    frame.insert(0, "passage", order)
    told = {"expected": expected[order], "per_page": rate[order], "codes": [list(names[one]) for one in best]}
    return frame.assign(**told, control=hidden[order])[list(ORDER)].reset_index(drop=True)


def _known(learned: Learned, codes: Sequence[str] | None) -> Sequence[str]:
    if codes is None:
        return learned.codes
    if strange := set(codes) - set(learned.codes):
        raise DataError("fragments.no_code", codes=sorted(strange), known=list(learned.codes))
    return codes
