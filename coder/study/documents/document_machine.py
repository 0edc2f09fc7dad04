"""What a machine makes of a set of documents: proposals, what to read next, and how much is still unread.

It learns from the blocks that were marked as read, and from nothing else. A control passage stays blind until the
order in which people read comes to it: nothing is learned from it before, and nothing is proposed in it ever. Those
that count as a sample are the first ones of their random order, up to the first that nobody read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

import numpy as np
import pandas as pd

from coder.arrays import Ints, Labels
from coder.codebook import Codebook
from coder.coding import CLASSIFIER, COPIED, RULE, Coding
from coder.corpus import in_time
from coder.documents import Documents
from coder.errors import DataError, StudyError
from coder.languages.language import language_of
from coder.learning.fragment_proposals import (
    READ,
    Learned,
    copied_fragments,
    copies,
    learn_fragments,
    propose,
    read_blocks,
)
from coder.learning.shift import strange_documents, strange_note
from coder.learning.unread import Passages, Reading, blind, passages, reading_order, unread
from coder.methods.blocks import Blocks
from coder.methods.rules.engine import Rules
from coder.note import Note, Progress, silent
from coder.statistics.recall import LEVEL, TARGET
from coder.study.database import Place
from coder.study.documents.control import Passage, in_random_order
from coder.study.documents.document_set import DocumentSet
from coder.study.documents.span_proposals import ORDER
from coder.study.documents.texts import PERIOD
from coder.study.study import Study
from coder.tables.table import Column, Said, Table, texts

RULES, LEARNED = "rules", "rules+classifier"
"""The methods of proposals: rules alone, or what was learned from people too."""
_TOLD = 3
"""So many strange documents are told of."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a machine knows of a set as of an event.

    `fragments` are those of all coders, `read` (blocks,) says which blocks somebody marked as read, `unmarked` how
    many others have a fragment. Of the passages, `drawn` are in the control, `control` those of it that count as a
    sample and were read, and `reached` those that the order came to.
    """

    event: int
    documents: Documents
    codebook: Codebook
    fragments: pd.DataFrame
    blocks: Blocks
    passages: Passages
    rules: Coding
    copied: pd.DataFrame
    learned: Learned
    read: Labels
    unmarked: int
    drawn: Ints
    control: Ints
    reached: Ints

    @property
    def closed(self) -> Labels:
        """The blocks in which nothing is proposed: those that were read, and those of the control."""
        return self.read | np.isin(self.passages.of, self.drawn)

    def order(self, codes: Sequence[str] | None = None) -> pd.DataFrame:
        """The passages in the order in which they are to be read, those of the control among them."""
        chosen = {"read": self.read, "control": self.drawn, "reached": self.reached, "codes": codes}
        return reading_order(self.blocks, self.learned, self.passages, **chosen)  # type: ignore[arg-type]


def learn(study: Study, name: str, *, embedding: str = "auto", seed: int = 1, progress: Progress = silent) -> Known:
    """Learn from what people decided on a set of documents; the rules decide alone where that is too little.

    `embedding` is that of `Blocks.of`. Raises `StudyError` where there is no document or no codebook.
    """
    kept, book = study.documents(name), study[name].codebook()
    hand = kept.coding()
    at = int(hand.provenance["event"])
    documents, fragments, marks = kept.read(at=at), kept.gold(at=at), kept.read_marks(at=at)
    if not sum(map(len, documents)):
        raise StudyError("study.no_documents")
    blocks = Blocks.of(documents, embedding=embedding, spoken=language_of(book.language), seed=seed, progress=progress)
    parts = passages(documents, "blocks")
    read = blocks.ids.isin(read_blocks(documents, marks[list(READ)]))
    places = _Places(kept, blocks, parts, read)
    rules = Rules(strict=False).code(documents.corpus(), book)
    copied = copies(_in_time(documents))
    known = blind(hand.take(blocks.ids[read]), blocks, parts, places.drawn, places.reached)
    learned = learn_fragments(blocks, known, codebook=book, rules=rules, copies=copied, progress=progress)
    unmarked = int((hand.matrix(blocks.ids, book.ids).any(axis=1) & ~read).sum())
    return Known(
        at, documents, book, fragments, blocks, parts, rules, copied, learned, read, unmarked,
        places.drawn, places.control, places.reached,
    )  # fmt: skip


class _Places:
    """The passages of the control, those of it that count, and those that were reached; each sorted."""

    def __init__(self, kept: DocumentSet, blocks: Blocks, parts: Passages, read: Labels) -> None:
        self._first = {
            (document, start): passage
            for document, start, passage in zip(blocks.units["document"], blocks.units["start"], parts.of, strict=True)
        }
        whole = parts.whole(read)
        drawn = _tuples(kept.control())
        self.drawn = self._of(drawn)
        ordered = self._of(in_random_order(drawn, kept.name), in_order=True)
        self.control = np.sort(np.array(list(takewhile(whole.__getitem__, ordered.tolist())), dtype=np.int64))
        before = self._before_the_first_unread(kept.order(), whole)
        written = self._of(_tuples(kept.reached()))
        self.reached = np.intersect1d(np.union1d(written, before), np.intersect1d(self.drawn, np.flatnonzero(whole)))

    def _before_the_first_unread(self, order: pd.DataFrame, whole: Labels) -> Ints:
        """The passages in the order that was kept before the first one that nobody read; none where one is not in it.

        A passage of the control is none that holds the order up.
        """
        listed = self._of(_tuples(order), in_order=True)
        open_ = ~whole
        open_[self.drawn] = False
        if not len(listed) or not np.isin(np.flatnonzero(open_), listed).all():
            return listed[:0]
        return listed[: int(np.argmax(open_[listed])) if open_[listed].any() else len(listed)]

    def _of(self, places: Sequence[Passage], *, in_order: bool = False) -> Ints:
        found = [self._first[document, start] for document, start, _ in places if (document, start) in self._first]
        made = np.array(list(dict.fromkeys(found)), dtype=np.int64)
        return made if in_order else np.sort(made)


def _tuples(frame: pd.DataFrame) -> list[Passage]:
    return list(frame[["document", "start", "end"]].itertuples(index=False, name=None))


def propose_fragments(
    study: Study, name: str, *, who: str, embedding: str = "auto", seed: int = 1, progress: Progress = silent
) -> Table:
    """Learn, and write what is proposed with the order to read in; returns how many proposals each code has, by what.

    Nothing is proposed where people read, in a control passage, or over a fragment with that code.
    """
    kept = study.documents(name)
    known = learn(study, name, embedding=embedding, seed=seed, progress=progress)
    every = _proposed(known)
    kept.reach(_tuples(known.passages.frame.iloc[known.reached]), who)
    kept.propose(
        every.assign(probability=every["score"], reason=[one.stored() for one in every["reason"]]),
        known.documents.attributes.index.tolist(),
        method=LEARNED if known.learned.taught or (every["coder"] == COPIED).any() else RULES,
        who=who,
        model=str(known.event),
        order=known.order(),
        progress=progress,
    )
    return _counts(known, every)


def propose_in(place: Place, name: str, progress: Progress = silent, *, who: str, embedding: str = "auto") -> Table:
    """The same in a study that is opened for it, as work in the background does."""
    with Study.open(place) as study:
        return propose_fragments(study, name, who=who, embedding=embedding, progress=progress)


def _proposed(known: Known) -> pd.DataFrame:
    """What is copied, and what rules and classifier propose elsewhere; the columns of `propose`."""
    copied = _apart(_copied(known), known.fragments)
    found = propose(known.blocks, replace(known.learned, seen=known.closed), rules=known.rules)
    found = _apart(_apart(found, known.fragments), copied)
    return pd.concat([copied, found], ignore_index=True) if len(copied) else found.reset_index(drop=True)


def _copied(known: Known) -> pd.DataFrame:
    """The codes of passages that stand in a document of an earlier period, where these were read."""
    units, found = known.blocks.units, known.copied
    hidden = np.isin(known.passages.of, np.setdiff1d(known.drawn, known.reached))
    taught = units.index[known.read & ~hidden]
    of = units["document"].map(_ranks(known.documents))
    earlier = of.reindex(found["source"]).to_numpy() < of.reindex(found.index).to_numpy()
    open_ = found.index.isin(units.index[~known.closed])
    chosen = found[earlier & open_ & found["source"].isin(taught).to_numpy()]
    made = copied_fragments(known.documents, known.fragments, chosen)
    return made.drop_duplicates(["document", "start", "end", "code"], ignore_index=True)


def _in_time(documents: Documents) -> Documents:
    """Documents in the order of their periods, those without one first."""
    return documents.take(list(_ranks(documents).sort_values(kind="stable", na_position="first").index))


def _ranks(documents: Documents) -> "pd.Series[float]":
    """Where the period of each document comes in time, by name; nan without one."""
    period = documents.attributes.get(PERIOD, pd.Series("", index=documents.attributes.index))
    rank = {one: place for place, one in enumerate(in_time([one for one in period if one]))}
    return period.map(rank).astype(np.float64)


def _apart(proposed: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    """The proposals that overlap with none of these with the same code."""
    places = ["document", "code", "start", "end"]
    pairs = proposed.assign(row=np.arange(len(proposed))).merge(given[places], on=places[:2], suffixes=("", "_given"))
    met = pairs.loc[(pairs["start"] < pairs["end_given"]) & (pairs["end"] > pairs["start_given"]), "row"]
    return proposed[~np.isin(np.arange(len(proposed)), met)]


def _counts(known: Known, proposed: pd.DataFrame) -> Table:
    """How many proposals each code has, by what."""
    kinds = (RULE, CLASSIFIER, COPIED)
    counts = pd.crosstab(proposed["code"], proposed["coder"]) if len(proposed) else pd.DataFrame()
    counts = counts.reindex(index=known.codebook.ids, columns=kinds, fill_value=0).fillna(0).astype(np.int64)
    frame = pd.DataFrame({"code": list(known.codebook.ids), "proposed": counts.sum(axis=1).to_numpy()})
    frame = frame.assign(**{kind: counts[kind].to_numpy() for kind in kinds})
    frame["label"] = texts(known.codebook.text(code) for code in known.codebook.ids)
    shown = {"label": Note("tables.code"), **{kind: Note(f"fragments.by_{kind}") for kind in kinds}}
    return Table(Note("fragments.proposed"), frame, None, shown | {"proposed": Note("fragments.all")}, _notes(known))


def _notes(known: Known) -> tuple[Note, ...]:
    """What it was learned from, and what was left out."""
    seen = known.learned.seen
    counts = {"blocks": int(seen.sum()), "documents": len(np.unique(known.blocks.document[seen]))}
    notes = [Note("fragments.learned_from" if known.learned.taught else "fragments.rules_alone", **counts)]
    if blind_ := len(np.setdiff1d(known.drawn, known.reached)):
        notes.append(Note("fragments.blind", count=blind_))
    if known.unmarked:
        notes.append(Note("fragments.unmarked", count=known.unmarked))
    strange = strange_documents(known.documents, known.blocks.ids[seen], language_of(known.codebook.language))
    odd = strange[strange["strange"].astype(bool)].sort_values("unknown", ascending=False, kind="stable").head(_TOLD)
    return (*notes, *(strange_note(str(document), row.to_dict()) for document, row in odd.iterrows()))


def following(
    study: Study,
    name: str,
    code: str | None = None,
    *,
    embedding: str = "auto",
    seed: int = 1,
    progress: Progress = silent,
) -> Table:
    """The passages to read next: document, page, section, start, end, expected fragments and the codes most expected.

    They are in the order that was kept with the proposals, without those that were read since. For one code it is made
    anew (its id or its label). Raises `StudyError` where nothing was kept, `DataError` for a code that is not there.
    """
    kept, book = study.documents(name), study[name].codebook()
    if code is None:
        order = kept.order()
    elif found := book.find(code):
        order = learn(study, name, embedding=embedding, seed=seed, progress=progress).order([found])
    else:
        raise DataError("documents.unknown_code", code=code, codebook=book.name, codes=list(book.ids))
    if order.empty:
        raise StudyError("study.no_order")
    frame = order[list(ORDER)].merge(open_passages(kept), on=["document", "start"])
    labels = [[book.text(one) for one in some if one in book.ids] for some in frame["codes"]]
    frame = frame[["document", "page", "section", "start", "end", "expected"]].assign(
        codes=["; ".join(some) for some in frame["codes"]]
    )
    frame["labels"] = texts(Note("fragments.codes", codes=some) for some in labels)
    shown: dict[str, Said | Column] = {
        name: Note(f"fragments.head_{name}") for name in ("document", "page", "section", "expected", "labels")
    }
    shown["expected"] = Column(Note("fragments.head_expected"), "tenths")
    return Table(Note("fragments.following"), frame, None, shown)


def open_passages(kept: DocumentSet) -> pd.DataFrame:
    """The passages that nobody read whole and that are not in the control: document, start, page, section.

    A page is the one printed on it, else its number; "" where there are none.
    """
    documents = kept.read()
    parts = passages(documents, "blocks")
    units = documents.corpus().units
    read = units.index.isin(read_blocks(documents, kept.read_marks()[list(READ)]))
    control = set(kept.control()[["document", "start"]].itertuples(index=False, name=None))
    drawn = [place in control for place in parts.frame[["document", "start"]].itertuples(index=False, name=None)]
    first = units.iloc[np.unique(parts.of, return_index=True)[1]]
    page = np.where(first["label"] != "", first["label"], first["page"].astype(str).replace("0", ""))
    rows = parts.frame[["document", "start", "section"]].assign(page=page)
    return rows[~(parts.whole(read) | np.array(drawn, dtype=np.bool_))]


def still_unread(
    study: Study,
    name: str,
    *,
    target: float = TARGET,
    level: float = LEVEL,
    embedding: str = "auto",
    seed: int = 1,
    progress: Progress = silent,
) -> Table:
    """How much of each code was found, and what is to be read to be sure: see `coder.learning.unread.unread`."""
    known = learn(study, name, embedding=embedding, seed=seed, progress=progress)
    reading = Reading.of(
        known.documents, known.fragments, known.blocks, known.passages, known.learned,
        read=known.read, control=known.control, reached=np.intersect1d(known.reached, known.control),
        codebook=known.codebook,
    )  # fmt: skip
    table = unread(reading, known.order(), codebook=known.codebook, target=target, level=level)
    if not (waiting := len(known.drawn) - len(known.control)):
        return table
    return replace(table, notes=(Note("fragments.control_open", left=waiting, of=len(known.drawn)), *table.notes))


def still_unread_in(
    place: Place, name: str, progress: Progress = silent, *, target: float = TARGET, embedding: str = "auto"
) -> Table:
    """The same in a study that is opened for it, as work in the background does."""
    with Study.open(place) as study:
        return still_unread(study, name, target=target, embedding=embedding, progress=progress)
