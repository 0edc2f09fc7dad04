"""Documents: policy plans, transcripts and other long texts, with their blocks and the fragments coded in them.

A respondent, a unit and a fragment are three things. A document has one text; its blocks (headings, paragraphs, items,
rows of a table, footnotes, turns) are spans of that text, and are what methods take as units (`Documents.corpus`). A
fragment is any span with a code: part of a block, a block, or several.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from coder.coding import COLUMNS, Coding
from coder.corpus import TEXT, Corpus
from coder.errors import DataError
from coder.note import Note

BLOCKS = ("start", "end", "kind", "level", "page", "label", "section", "speaker", "time")
"""The columns of blocks. `start` and `end` are code points of the document's text, end excluded. `kind` is one of
`KINDS`; `level` is that of a heading (1 the highest) and 0 for all else. `page` counts from 1 (0 where a format has no
pages), `label` is the number printed on it ("" where none is known). `section` is the path of headings that the
block stands under, a heading itself included, with `SECTION` between them. `speaker` and `time` (seconds, -1
unknown) are of turns."""
KINDS = ("heading", "paragraph", "item", "row", "footnote", "turn")
SECTION = " › "
REPAIRS = ("start", "page", "kind", "was", "now")
"""The columns of repairs: what was changed between the file and the text, so that a fragment can be proved against the
page. `start` is where in the text, `was` what the file has, `now` what stands in the text ("" where it was
taken out)."""
REPAIR_KINDS = ("hyphen", "head", "foot", "page number", "line number", "deletion", "join", "hidden")
FRAGMENTS = ("document", "start", "end", "code", "coder", "memo", "id")
"""The columns of fragments. The same code may be given twice in a paragraph, and fragments may overlap."""
_NUMBERS = {"start", "end", "level", "page"}
PASSAGE = 10
"""Blocks of a passage, where it is not a page or a section."""
UNITS = ("block", "section", "document")


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """One document as it was read: its text, its blocks, and what was changed in between.

    `text` has LF line ends and no byte order mark; blocks follow each other in it, parted by a blank line.
    `sha256` is that of the file's bytes. `notes` are what deserves a look: pages without text, guessed headings.

    Raises `DataError` for blocks that overlap, are out of order, or lie outside the text.
    """

    name: str
    text: str
    blocks: pd.DataFrame
    repairs: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(REPAIRS)))
    kind: str = "txt"
    pages: int = 0
    sha256: str = ""
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        starts, ends = (self.blocks[name].to_numpy(dtype=np.int64) for name in ("start", "end"))
        bounds = np.column_stack([starts, ends]).ravel()
        if (np.diff(bounds) < 0).any() or (len(bounds) and (bounds[0] < 0 or bounds[-1] > len(self.text))):
            raise DataError("documents.blocks", name=self.name)

    def __repr__(self) -> str:
        pages = f", {self.pages} pages" if self.pages else ""
        return f"<Document {self.name!r}: {len(self.text):,} characters{pages}, {len(self.blocks):,} blocks>"

    def __len__(self) -> int:
        return len(self.blocks)

    def texts(self) -> list[str]:
        """The text of each block, in order."""
        spans = zip(self.blocks["start"], self.blocks["end"], strict=True)
        return [self.text[start:end] for start, end in spans]

    def unit(self, number: int) -> str:
        """The id of a block as a unit, counted from 0 in the document."""
        return f"{self.name}:{number + 1:05d}"


@dataclass(frozen=True, slots=True, repr=False)
class Documents:
    """A set of documents, with what is known of each.

    `attributes` has one row a document, indexed by name (organisation, sector, period, kind); documents without a row
    have empty cells. Its columns are background of every unit and fragment of the document.

    Raises `DataError` for names that occur twice and for attributes of documents that are not there.
    """

    documents: tuple[Document, ...]
    attributes: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __post_init__(self) -> None:
        names = pd.Index([one.name for one in self.documents])
        if len(twice := names[names.duplicated()]):
            raise DataError("documents.twice", name=twice[0])
        if len(strange := self.attributes.index[~self.attributes.index.isin(names)]):
            raise DataError("documents.strange_attributes", names=list(map(str, strange)), documents=list(names))
        object.__setattr__(self, "attributes", self.attributes.reindex(names))

    def __repr__(self) -> str:
        blocks = sum(map(len, self.documents))
        return f"<Documents: {len(self.documents)} documents, {blocks:,} blocks>"

    def __len__(self) -> int:
        return len(self.documents)

    def __iter__(self) -> Iterator[Document]:
        return iter(self.documents)

    def __getitem__(self, name: str) -> Document:
        for one in self.documents:
            if one.name == name:
                return one
        raise DataError("documents.no_document", name=name, documents=[one.name for one in self.documents])

    def corpus(self, unit: str = "block") -> Corpus:
        """The documents as units that methods take: one a block, a section or a document.

        Each unit has its document, place (`start`, `end`), page, printed page, section and the attributes of its
        document as background; an attribute that has the name of one of these becomes "NAME (document)". The
        document is the respondent, so that tables count documents.
        """
        if unit not in UNITS:
            raise DataError("documents.unit", unit=unit, units=list(UNITS))
        frames = [_units(one, unit) for one in self.documents]
        frame = pd.concat(frames) if frames else pd.DataFrame(columns=[TEXT, "document"])
        known = self.attributes.reindex(frame["document"]).set_index(frame.index)
        known = known.rename(columns={name: f"{name} (document)" for name in known if name in frame})
        return Corpus(pd.concat([frame, known], axis=1), name="documents", respondent="document")

    def coding(
        self, fragments: pd.DataFrame, coder: str = "hand", read: "pd.Index[str] | None" = None, unit: str = "block"
    ) -> Coding:
        """The coding of units that these fragments (`FRAGMENTS`) come down to.

        A unit has a code where a fragment covers half of the unit or more, or where half of the fragment or more
        lies in the unit. `read` are the units that were read, also those without a fragment; left out, only units
        with a fragment are known to have been read, and there is no base to count from. Places are in the unit.
        """
        corpus = self.corpus(unit)
        rows = covered(corpus.units, fragments)
        seen = corpus.ids[corpus.ids.isin(rows["unit"]) | (corpus.ids.isin(read) if read is not None else False)]
        return Coding(coder, seen, rows[list(COLUMNS)].reset_index(drop=True), corpus=corpus)

    def fragments(self, coding: Coding) -> pd.DataFrame:
        """The fragments that a coding of these documents' units gives, in the order of the documents (`FRAGMENTS`)."""
        given = coding.assignments
        units = (coding.corpus or self.corpus()).units.reindex(given["unit"])
        start, end = (units[name].to_numpy(dtype=np.int64) for name in ("start", "end"))
        placed = given["start"].to_numpy(dtype=np.int64) >= 0
        made = {
            "document": units["document"].to_numpy(),
            "start": np.where(placed, start + given["start"], start),
            "end": np.where(placed, start + given["end"], end),
            "code": given["code"].to_numpy(),
            "coder": coding.coder,
            "memo": "",
            "id": "",
        }
        order = {one.name: number for number, one in enumerate(self.documents)}
        frame = pd.DataFrame(made, columns=list(FRAGMENTS))
        place = frame["document"].map(order)
        return frame.assign(place=place).sort_values(["place", "start", "end"], kind="stable").drop(columns="place")

    def take(self, names: Sequence[str]) -> "Documents":
        """These documents alone, in the order given. Raises `DataError` for one that is not there."""
        return replace(self, documents=tuple(self[name] for name in names), attributes=self.attributes.loc[list(names)])


def runs(blocks: int, size: int = PASSAGE) -> list[tuple[int, int]]:
    """The passages `[first, stop)` of a document of so many blocks: `size` at a time, from its first block on.

    >>> runs(25)
    [(0, 10), (10, 20), (20, 25)]
    """
    return [(first, min(first + size, blocks)) for first in range(0, blocks, size)]


def columns_of(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Blocks or repairs as JSON has them: column -> cells."""
    return {name: frame[name].tolist() for name in (BLOCKS if "level" in frame else REPAIRS)}


def frame_of(columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Blocks or repairs from their columns."""
    cells: dict[str, Any] = {}
    for name in BLOCKS if "level" in columns else REPAIRS:
        whole = columns[name]
        cells[name] = np.array(whole, dtype=np.int64) if name in _NUMBERS else whole
        if name not in _NUMBERS and name != "time":
            cells[name] = pd.array(whole, dtype="str")
    return pd.DataFrame(cells)


def _units(document: Document, unit: str) -> pd.DataFrame:
    """The units of one document, indexed by id: `text`, `document`, and the columns of `BLOCKS`."""
    blocks = document.blocks[list(BLOCKS)].reset_index(drop=True)
    if unit == "document":
        blocks = blocks.head(1).assign(start=0, end=len(document.text), section="")
    elif unit == "section" and len(blocks):
        first = (blocks["section"] != blocks["section"].shift()) | (blocks["kind"] == "heading")
        ends = blocks["end"].groupby(first.cumsum()).max().to_numpy()
        blocks = blocks[first].assign(end=ends)
    texts = [document.text[start:end] for start, end in zip(blocks["start"], blocks["end"], strict=True)]
    ids = [document.unit(number) for number in blocks.index]
    return blocks.assign(**{TEXT: texts, "document": document.name}).set_axis(pd.Index(ids, name="unit", dtype=str))


def covered(units: pd.DataFrame, fragments: pd.DataFrame) -> pd.DataFrame:
    """A row for each unit that a fragment comes down to: `COLUMNS`, places within the unit, and whose it is: `coder`.

    `units` are those of `Documents.corpus`. Raises `DataError` for a fragment of another document, or a column that is
    not there.
    """
    if lost := [name for name in FRAGMENTS[:-2] if name not in fragments]:
        raise DataError("documents.no_column", column=lost[0], columns=FRAGMENTS[:-2])
    rows = [pd.DataFrame({name: [] for name in (*COLUMNS, "coder")}).astype({"unit": str, "code": str, "coder": str})]
    places = {str(name): of for name, of in units.groupby("document", sort=False)}
    for name, some in fragments.groupby("document", sort=False):
        if name not in places:
            raise DataError("documents.no_document", name=name, documents=list(places))
        of = places[str(name)]
        start, end = of["start"].to_numpy(dtype=np.int64), of["end"].to_numpy(dtype=np.int64)
        begin, stop = some["start"].to_numpy(dtype=np.int64), some["end"].to_numpy(dtype=np.int64)
        first, last = np.searchsorted(end, begin, side="right"), np.searchsorted(start, stop, side="left")
        counts = np.maximum(last - first, 0)
        which = np.repeat(np.arange(len(some)), counts)
        unit = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(first, counts)
        left, right = np.maximum(begin[which], start[unit]), np.minimum(stop[which], end[unit])
        shared, shorter = right - left, np.minimum(end[unit] - start[unit], (stop - begin)[which])
        kept = (shared > 0) & (2 * shared >= shorter)
        made = {
            "unit": of.index.to_numpy()[unit[kept]],
            "code": some["code"].to_numpy()[which[kept]],
            "score": 1.0,
            "start": (left - start[unit])[kept],
            "end": (right - start[unit])[kept],
            "coder": some["coder"].to_numpy()[which[kept]],
        }
        rows.append(pd.DataFrame(made))
    return pd.concat(rows, ignore_index=True).astype({"start": np.int64, "end": np.int64})
