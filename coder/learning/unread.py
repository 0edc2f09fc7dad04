"""What to read next in documents, and how much of each code is still unread, found or not.

A passage is what is read at once: a page, a section, or some blocks. Before the machine says anything, a *control* is
drawn at random from all passages that nobody read, and read without proposals. The machine then orders all others, and
those of the control among them, from all that was read but the control (`blind`). Who reads in that order reaches the
passages of the control where they stand; from then on they may be learned from.

Fragments are counted by the block in which they begin; two of one code that begin in one block count once. What was
read is counted. What was not is estimated from the passages of the control that the order has not reached: they are a
random sample of all passages that it has not reached, and the model had not seen them. The estimate is that of
`coder.statistics.prediction_powered`, with documents as clusters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from coder.arrays import Floats, Ints, Labels
from coder.codebook import Codebook
from coder.coding import Coding
from coder.documents import PASSAGE, Documents, runs
from coder.errors import DataError, check_least, check_share
from coder.learning.fragment_proposals import Learned
from coder.methods.blocks import Blocks
from coder.note import Note, Text
from coder.statistics.prediction_powered import corrected
from coder.statistics.recall import LEVEL, TARGET, any_in, control, fewest_control, most_left
from coder.tables.groups import check_groups
from coder.tables.mentions import in_order
from coder.tables.table import Column, Said, Table, texts

PLACES = ("document", "start", "end", "page", "section", "blocks")
ORDER = ("passage", "document", "start", "end", "page", "section", "expected", "per_page", "codes", "control")
KINDS = ("page", "section", "blocks")
PAGE = 3_000
"""Characters of a page, to compare passages by."""
TURNING = 200
"""So many characters as much work is it to turn to a passage."""
_NAMED = 3
_NEAREST = 3
_SPREAD = 1.96
_EXACT = 1e-9
_FAR = 3.0
"""So many standard deviations from what chance gives is visibly not chance."""
_NO_SAMPLE = 10
"""With fewer control blocks that were not reached there is no estimate."""


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
    check_least(1, size=size)
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
    check_least(1, size=size)
    if size > len(left):
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


# How much is unread


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the reading of documents is.

    `began` says in which blocks a fragment of each code begins, shape (blocks, codes), with `codes` as columns; `read`
    are the blocks that were read, those of the control too. `control` are passages drawn at random and read without
    proposals, `reached` those of them that the machine's order came to (or that were read for another reason).
    `learned` knows nothing of the others (see `blind`).
    """

    blocks: Blocks
    passages: Passages
    learned: Learned
    codes: tuple[str, ...]
    began: Labels
    read: Labels
    control: Ints
    reached: Ints

    @classmethod
    def of(
        cls,
        documents: Documents,
        fragments: pd.DataFrame,
        blocks: Blocks,
        passages: Passages,
        learned: Learned,
        *,
        read: Labels,
        control: Ints,
        reached: Ints,
        codebook: Codebook | None = None,
    ) -> "Reading":
        """The reading that these fragments and read blocks (`read`, shape (blocks,)) are of.

        The codes are those of the codebook, or else those given or learned. Fragments in blocks that were not read do
        not count.
        """
        given = sorted({*fragments["code"], *learned.codes})
        codes = codebook.ids if codebook is not None else tuple(given)
        began = begins(documents, fragments, codes) & read[:, None]
        return cls(blocks, passages, learned, codes, began, read, control, reached)

    @property
    def hidden(self) -> Labels:
        """The passages of the control that were not reached."""
        found = np.zeros(len(self.passages), dtype=np.bool_)
        found[np.setdiff1d(self.control, self.reached)] = True
        return found

    @property
    def chance(self) -> Floats:
        """How likely each block has each of `codes`, shape (blocks, codes); 0 for what was not learned."""
        place = pd.Index(self.learned.codes).get_indexer(pd.Index(self.codes))
        found = np.zeros((len(self.blocks), len(self.codes)))
        found[:, place >= 0] = self.learned.probability[:, place[place >= 0]]
        return found

    @property
    def left(self) -> Labels:
        """The passages that were not read to the end."""
        return ~self.passages.whole(self.read)


def begins(documents: Documents, fragments: pd.DataFrame, codes: Sequence[str]) -> Labels:
    """In which blocks a fragment of each code begins, shape (blocks, codes); between two blocks it is the next."""
    found = np.zeros((sum(map(len, documents)), len(codes)), dtype=np.bool_)
    column = pd.Index(codes).get_indexer(pd.Index(fragments["code"]))
    names, first = fragments["document"].to_numpy(), 0
    for document in documents:
        rows = np.flatnonzero((names == document.name) & (column >= 0))
        block = np.searchsorted(document.blocks["end"].to_numpy(), fragments["start"].to_numpy()[rows], side="right")
        inside = block < len(document)
        found[first + block[inside], column[rows[inside]]] = True
        first += len(document)
    return found


@dataclass(frozen=True, slots=True)
class _Totals:
    """Of each code: fragments found, and how many there are in all with the ends of their interval; (codes,) each."""

    found: Floats
    all: Floats
    low: Floats
    high: Floats


def _totals(reading: Reading, chosen: Labels, level: float) -> _Totals:
    """The totals in these blocks; nan for what is unread where too little of the control is left to tell."""
    found = reading.began[chosen].sum(axis=0).astype(np.float64)
    rest = np.flatnonzero(chosen & ~reading.read)
    if not len(rest):
        return _Totals(found, found, found, found)
    hidden = reading.hidden[reading.passages.of] & reading.read
    sample = np.flatnonzero(chosen & reading.read)
    drawn = hidden[sample]
    if drawn.sum() < _NO_SAMPLE:
        unknown = np.full(len(found), np.nan)
        return _Totals(found, unknown, found, found + len(rest))
    probability = np.where(drawn, drawn.sum() / (drawn.sum() + len(rest)), 1.0)
    chance, size = reading.chance, len(sample) + len(rest)
    estimate = corrected(
        reading.began[sample],
        chance[sample],
        chance[rest],
        probability=probability,
        cluster=reading.blocks.document[sample],
        level=level,
    )
    return _Totals(found, size * estimate.share, *(size * estimate.interval).T)


def unread(
    reading: Reading,
    order: pd.DataFrame | None = None,
    *,
    codebook: Codebook | None = None,
    target: float = TARGET,
    level: float = LEVEL,
) -> Table:
    """How much of each code was found, and what is to be read to be sure; a row a code, a sentence a code as notes.

    `order` is the `reading_order` that one reads in; without it nothing is said of how much further. `found` are
    fragments, `documents` those they are in; `control` the fragments in the control, of which the share `reached` was
    reached and `needed` has to be for `enough`: at least `target` of the fragments are found then, which holds with
    `level` (Lewis, Yang and Frieder 2021). `more` passages are to be read until then, nan where the control is too
    small. `unread` is the estimate of what is left, with `low` and `high`; `most` passages (a bound with the same
    `level`) have a code that was found nowhere. With nothing left to read all was found. `target`
    and `coverage` (the level) stand in each row as percentages.
    """
    check_share(target=target, level=level)
    every = _totals(reading, np.ones(len(reading.blocks), dtype=np.bool_), level)
    asked = _Asked(order, codebook, target, level)
    told = [_of_code(reading, place, every, asked) for place in range(len(reading.codes))]
    frame = pd.DataFrame([row for row, _ in told])
    frame["label"] = texts(row["label"] for row, _ in told)
    shown: dict[str, Said | Column] = {
        "label": Note("tables.code"),
        "found": Note("fragments.found"),
        "documents": Note("fragments.documents"),
        "unread": Column(Note("fragments.unread"), "count"),
        "interval": Column(Note("estimate.interval", level=100 * level), "count_interval", ("low", "high")),
        "more": Column(Note("fragments.more"), "count"),
    }
    notes = (_base(reading), Note("fragments.counted"), *_unlike_chance(reading), *(note for _, note in told))
    return Table(Note("fragments.title"), frame, None, shown, notes)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of the reading: see `unread`."""

    order: pd.DataFrame | None
    codebook: Codebook | None
    target: float
    level: float


def _of_code(reading: Reading, place: int, every: _Totals, asked: _Asked) -> tuple[dict[str, Any], Note]:
    """The row of a code, and the sentence on it."""
    code, found, left = reading.codes[place], int(every.found[place]), reading.left
    per_passage = reading.passages.sums(reading.began[:, [place]].astype(np.float64))[:, 0]
    reached = np.isin(reading.control, reading.reached)
    said = control(per_passage[reading.control], reached, asked.target, level=asked.level)
    enough = said.enough or not left.any()
    more = 0.0 if enough else _more(asked.order, per_passage, (said.needed - said.reached) * said.fragments)
    most = most_left(0, int(reading.hidden.sum()), int((left | reading.hidden).sum()), level=asked.level)
    row = {
        "code": code,
        "label": asked.codebook.text(code) if asked.codebook is not None else Text(code),
        "found": found,
        "documents": len(np.unique(reading.blocks.document[reading.began[:, place]])),
        "control": said.fragments,
        "reached": said.reached,
        "needed": said.needed,
        "enough": enough,
        "more": more,
        "unread": every.all[place] - found,
        "low": every.low[place] - found,
        "high": every.high[place] - found,
        "most": float("nan") if found else float(most),
        "target": 100 * asked.target,
        "coverage": 100 * asked.level,
    }
    return row, _sentence(reading, row, said.worth, asked)


def _base(reading: Reading) -> Note:
    """What was read of how much."""
    return Note(
        "fragments.base",
        blocks=len(reading.blocks),
        documents=int(reading.blocks.document.max(initial=-1)) + 1,
        read=int(reading.read.sum()),
        control=len(reading.control),
    )


def _more(order: pd.DataFrame | None, counts: Floats, needed: float) -> float:
    """How many passages outside the control stand before the one with which so many more of it are reached."""
    if order is None or np.isnan(needed):
        return float("nan")
    marked = order["control"].to_numpy(dtype=np.bool_)
    waiting = np.where(marked, counts[order["passage"].to_numpy()], 0.0)
    at = int(np.searchsorted(np.cumsum(waiting), needed - _EXACT))
    return float((~marked[: at + 1]).sum())


def _sentence(reading: Reading, row: dict[str, Any], worth: float, asked: _Asked) -> Note:
    """What there is to say of a code."""
    values = {"code": row["label"], "target": 100 * asked.target, "level": 100 * asked.level, "found": row["found"]}
    left = int(reading.left.sum())
    needed, more = row["needed"], row["more"]
    if not left:
        return Note("fragments.all_read", **values)
    if not row["found"]:
        most = int(row["most"])
        return Note("fragments.nowhere", **values, most=most, left=left, places=_nearest(reading, row["code"]))
    if row["enough"]:
        return Note("fragments.enough", **values, estimate=_estimate(row))
    if np.isnan(needed):
        each = max(worth, 1.0) / max(len(reading.control), 1)
        draw = min(int(np.ceil((fewest_control(asked.target, level=asked.level) - worth) / each)), left)
        return Note("fragments.few", **values, control=row["control"], draw=draw)
    if np.isnan(more):
        return Note("fragments.not_yet", **values)
    return Note("fragments.read_on", **values, more=int(more), left=left)


def _estimate(row: dict[str, Any]) -> Note:
    values = {name: float(row[name]) for name in ("unread", "low", "high")}
    if np.isnan(values["unread"]):
        return Note("fragments.no_estimate")
    return Note("fragments.estimate", **{name: round(value) for name, value in values.items()})


def _unlike_chance(reading: Reading) -> list[Note]:
    """A note where the control stands in visibly fewer documents than passages drawn at random would.

    Documents of which all was read and nothing drawn were read before the draw, and are left out.
    """
    every = reading.passages.frame["document"]
    drawn = every.iloc[reading.control]
    names = every[every.isin(drawn) | every.isin(every[reading.left])]
    share = names.value_counts(normalize=True).to_numpy()
    met = 1 - (1 - share) ** len(reading.control)
    found = drawn.nunique()
    if found >= met.sum() - _FAR * np.sqrt((met * (1 - met)).sum()) - 1:
        return []
    values = {"found": found, "expected": round(float(met.sum())), "documents": len(share)}
    return [Note("fragments.control_clustered", **values)]


def _nearest(reading: Reading, code: str) -> list[Note]:
    """The unread passages in which the machine thinks a code likeliest, where they are."""
    chance = np.where(reading.read, 0.0, reading.chance[:, reading.codes.index(code)])
    best = np.zeros(len(reading.passages))
    np.maximum.at(best, reading.passages.of, chance)
    order = [one for one in np.argsort(-best, kind="stable")[:_NEAREST].tolist() if reading.left[one]]
    return [where(reading.passages, one) for one in order]


def where(passages: Passages, place: int) -> Note:
    """Where a passage stands, for people: its document, with its page or the heading over it."""
    document, page, section = passages.frame[["document", "page", "section"]].iloc[place].tolist()
    if page:
        return Note("fragments.at_page", document=document, page=int(page))
    return (
        Note("fragments.at_section", document=document, section=section)
        if section
        else Note("fragments.in_document", document=document)
    )


def fragment_counts(
    reading: Reading,
    *,
    codebook: Codebook | None = None,
    by: "pd.Series[str] | None" = None,
    level: float = LEVEL,
) -> Table:
    """How many fragments of each code there are in all blocks, and what share of the documents has it.

    A row a code, or a group and code: `by` has the group of each document, indexed by name. The base of `fragments`
    (with `low` and `high`) are all blocks, read or not; that of `percent` (with `percent_low`, `percent_high`; 0..100)
    all `documents`. `found` and `documents_found` are what was read. That a document has a code that was not
    found in it follows from the fragments expected in what is unread of it, as if they came one by one (Poisson).
    """
    check_share(level=level)
    names = reading.blocks.units["document"].to_numpy()
    groups = [("", np.ones(len(names), dtype=np.bool_))]
    if by is not None:
        named = by.fillna("").astype(str).str.strip()
        check_groups(set(named) - {""}, str(by.name))
        of = named.reindex(names).fillna("").to_numpy()
        groups = [(name, of == name) for name in sorted(set(named) - {""}, key=in_order)]
    frames = [_counts(reading, name, chosen, codebook, level) for name, chosen in groups if chosen.any()]
    frame = pd.concat(frames, ignore_index=True)
    frame["label"] = texts([label for one in frames for label in one["label"]])
    interval = Note("estimate.interval", level=100 * level)
    shown: dict[str, Said | Column] = {
        **({} if by is None else {"group": Note("estimate.group")}),
        "label": Note("tables.code"),
        "found": Note("fragments.found"),
        "fragments": Column(Note("fragments.estimated"), "count"),
        "interval": Column(interval, "count_interval", ("low", "high")),
        "documents_found": Note("fragments.documents"),
        "percent": Note("fragments.percent"),
        "interval_percent": Column(interval, "interval", ("percent_low", "percent_high")),
    }
    told = {
        "blocks": len(names),
        "documents": len(set(names.tolist())),
        "read": int(reading.read.sum()),
        "control": len(reading.control),
    }
    notes = (Note("fragments.base", **told), Note("fragments.counted"), Note("fragments.clusters"))
    return Table(Note("fragments.counts"), frame if by is not None else frame.drop(columns="group"), None, shown, notes)


def _counts(reading: Reading, group: str, chosen: Labels, codebook: Codebook | None, level: float) -> pd.DataFrame:
    totals = _totals(reading, chosen, level)
    document = np.unique(reading.blocks.document[chosen], return_inverse=True)[1]
    size = int(document.max()) + 1
    has = np.zeros((size, len(reading.codes)))
    np.maximum.at(has, document, reading.began[chosen].astype(np.float64))
    expected = np.zeros_like(has)
    np.add.at(expected, document, np.where(reading.read[chosen, None], 0.0, reading.chance[chosen]))
    found = has.sum(axis=0)
    ends = []
    for total, side in ((totals.all, 0.0), (totals.low, -_SPREAD), (totals.high, _SPREAD)):
        scale = np.divide(
            total - totals.found, expected.sum(axis=0), out=np.zeros(len(total)), where=expected.any(axis=0)
        )
        share = np.where(has > 0, 0.0, any_in(expected * scale))
        spread = np.sqrt((share * (1 - share)).sum(axis=0))
        ends.append(100 * np.clip(found + share.sum(axis=0) + side * spread, found, size) / size)
    return pd.DataFrame(
        {
            "group": group,
            "code": list(reading.codes),
            "label": [codebook.text(code) if codebook is not None else Text(code) for code in reading.codes],
            "found": found_in(totals.found),
            "fragments": totals.all,
            "low": totals.low,
            "high": totals.high,
            "blocks": int(chosen.sum()),
            "documents": size,
            "documents_found": found_in(found),
            "percent": ends[0],
            "percent_low": ends[1],
            "percent_high": ends[2],
            "coverage": level,
        }
    )


def found_in(values: Floats) -> Ints:
    """Counts as whole numbers."""
    return np.asarray(np.round(values), dtype=np.int64)
