"""Codes in documents: in how many documents, by group, in which document, and where in it.

A document is what a respondent is elsewhere: it counts once a code, and percentages, intervals and tests are of
documents. The base are the documents that were read; of one that was read in part nobody knows what it lacks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from coder.arrays import Floats, Ints
from coder.codebook import Codebook
from coder.documents import BLOCKS, FRAGMENTS, Document, Documents
from coder.errors import DataError
from coder.note import Note
from coder.statistics.unitizing import covered, union
from coder.tables.frequency import top
from coder.tables.groups import Groups, groups, top_by
from coder.tables.mentions import Mentions
from coder.tables.table import Column, Said, Table, texts

READ = ("document", "start", "end", "coder")
"""The columns of read marks: who read which part of a document."""
WHOLE = 0.95
"""A document was read whole where so much of its blocks was: a table of contents may be skipped."""
MIN_DOCUMENTS = 10
"""The least number of documents of which percentages are shown."""
_SAYS = {
    "tables.base": "documents.base",
    "tables.unranked": "documents.without",
    "tables.unranked_unknown": "documents.without",
    "tables.left_out": "documents.left_out",
    "groups.small": "documents.small",
    "groups.nets": "documents.nets",
    "groups.empty": "documents.empty_groups",
}
"""Sentences on respondents, and those on documents that stand in their place."""
IN_DOCUMENT, PAIR = HEATED = ("in_document", "pair")
"""The forms of columns that are darker where there is more: the fragments of a code in each document, and how often it
goes with each other code (`coder.tables.cooccurrence`)."""
PERIOD = "period"
"""The attribute that has a name in each language."""
_FAR, _FEW, _PAIR = 3.0, 5, 2
"""So many standard deviations are far; of fewer fragments, and of no more than a pair of documents, nothing is said."""
_NAMED = 5
"""So many documents without text are named."""
_PARTS = 20
"""Into so many parts a code line cuts a document."""


@dataclass(frozen=True, slots=True)
class Fragments:
    """Fragments checked against their documents and codebook, each span and code once.

    `frame` has the columns of `FRAGMENTS` and `place`, the number of the document; it is in the order of the
    documents. What several coders say of the same span and code is one row: `coder` and `memo` name all. `read` is
    the share of each document's blocks that was read, shape (documents,), 1 where nothing is known of reading, and 0
    of a document without text (a scan): nobody can have read it.
    """

    documents: Documents
    frame: pd.DataFrame
    read: Floats
    known: bool

    @property
    def whole(self) -> "pd.Series[bool]":
        """Which documents were read whole, by name."""
        return pd.Series(self.read >= WHOLE, index=[one.name for one in self.documents])

    @property
    def textless(self) -> list[str]:
        """The documents that have no text."""
        return [one.name for one in self.documents if not has_text(one)]

    @property
    def unread(self) -> int:
        """How many documents have a text that was not read whole."""
        return len(self.documents) - int(self.whole.sum()) - len(self.textless)

    def counted(self) -> "Fragments":
        """The documents that were read whole, and their fragments. Raises `DataError` where there is none."""
        whole = self.whole
        if whole.all():
            return self
        if not whole.any():
            if len(textless := self.textless) == len(whole):
                raise DataError("documents.none_with_text", count=len(whole), names=textless[:_NAMED])
            raise DataError("documents.none_whole", documents=len(whole), least=round(WHOLE * 100))
        kept = self.documents.take(list(whole.index[whole]))
        place = np.cumsum(whole.to_numpy()) - 1
        frame = self.frame[self.frame["document"].isin(whole.index[whole])]
        frame = frame.assign(place=place[frame["place"].to_numpy()]).reset_index(drop=True)
        return Fragments(kept, frame, self.read[whole.to_numpy()], self.known)

    def spans(self) -> tuple[Ints, Ints, Ints]:
        """Start, end and document of each."""
        start, end, place = (self.frame[name].to_numpy(dtype=np.int64) for name in ("start", "end", "place"))
        return start, end, place


def checked(
    documents: Documents, fragments: pd.DataFrame, codebook: Codebook, read: pd.DataFrame | None = None
) -> Fragments:
    """The fragments as tables count them; `read` are marks with the columns of `READ`, of any coder.

    Without `read` nothing is known of reading, and every document that has text counts as read. Raises `DataError` for
    other columns, for a document or code that is not there, and for a span outside its text or without a character.
    """
    frame = placed(documents, fragments)
    if len(strange := frame["code"][~frame["code"].isin(codebook.ids)]):
        raise DataError("documents.no_code", code=strange.iloc[0], count=len(strange), codebook=codebook.name)
    keys = ["place", "start", "end", "code"]
    twice = frame.duplicated(keys, keep=False)
    if twice.any():
        whole = dict.fromkeys([name for name in FRAGMENTS if name not in keys], "first") | {"coder": _all, "memo": _all}
        once = frame[twice].groupby(keys, sort=False, as_index=False).agg(whole)
        frame = pd.concat([frame[~twice], once], ignore_index=True)
    frame = frame.sort_values(["place", "start", "end"], kind="stable", ignore_index=True)
    frame = frame[[*FRAGMENTS, "place"]]
    if read is None:
        return Fragments(documents, frame, np.array([float(has_text(one)) for one in documents]), known=False)
    return Fragments(documents, frame, _share_read(documents, placed(documents, read, READ)), known=True)


def placed(documents: Documents, frame: pd.DataFrame, columns: tuple[str, ...] = FRAGMENTS) -> pd.DataFrame:
    """The frame with `place`, the number of the document; spans are within its text."""
    if lost := [name for name in columns if name not in frame]:
        raise DataError("documents.no_column", column=lost[0], columns=list(columns))
    names = pd.Index([one.name for one in documents])
    place = names.get_indexer(pd.Index(frame["document"]))
    if (place < 0).any():
        raise DataError("documents.no_document", name=frame["document"][place < 0].iloc[0], documents=list(names))
    sizes = np.array([len(one.text) for one in documents], dtype=np.int64)
    start, end = (_whole(frame[name]) for name in ("start", "end"))
    wrong = (start < 0) | (end <= start) | (end > sizes[place] if len(place) else False)
    if wrong.any():
        row = frame[wrong].iloc[0]
        raise DataError("documents.outside_text", document=row["document"], start=row["start"], end=row["end"])
    return frame[list(columns)].assign(place=place, start=start, end=end)


def _whole(column: "pd.Series[int]") -> Ints:
    """Places in a text. Raises `DataError` for a cell that is no whole number."""
    found = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64)
    odd = ~(found == np.floor(found))  # nan is odd too
    if odd.any():
        raise DataError("documents.no_places", column=column.name, value=str(column[odd].iloc[0]))
    return found.astype(np.int64)


def _all(values: "pd.Series[str]") -> str:
    return "; ".join(dict.fromkeys(one for one in values if one))


def _share_read(documents: Documents, read: pd.DataFrame) -> Floats:
    """Which share of the characters of its blocks was read of each document; of one without text nothing was."""
    shares = np.zeros(len(documents))
    marks = dict(tuple(read.groupby("place")))
    for place, one in enumerate(documents):
        start, end = bounds(one)
        mine = marks.get(place)
        seen = np.zeros(0, dtype=np.int64) if mine is None else mine["start"].to_numpy(dtype=np.int64)
        stop = np.zeros(0, dtype=np.int64) if mine is None else mine["end"].to_numpy(dtype=np.int64)
        size = int((end - start).sum())
        shares[place] = covered(start, end, union(seen, stop)).sum() / size if size else 0.0
    return shares


def has_text(document: Document) -> bool:
    """Whether there is anything in it to read; a scan or an empty file has nothing."""
    return bool(len(document.blocks)) and not document.text.isspace()


def bounds(document: Document) -> tuple[Ints, Ints]:
    """Start and end of each block."""
    start, end = (document.blocks[name].to_numpy(dtype=np.int64) for name in ("start", "end"))
    return start, end


def attribute_cells(documents: Documents, *asked: str) -> pd.DataFrame:
    """The attributes as texts, "" where nothing is known. Raises `DataError` where one of those asked is not there."""
    known = documents.attributes
    for name in asked:
        if name not in known:
            key = "documents.no_attribute" if len(known.columns) else "documents.no_attribute_at_all"
            raise DataError(key, name=name, attributes=list(map(str, known)))
    return known.astype(object).where(known.notna(), "").astype(str)


def documents_as_respondents(found: Fragments, codebook: Codebook) -> Mentions:
    """Which documents have which codes, those read whole alone, with their attributes as background."""
    counted = found.counted()
    given = np.zeros((len(counted.documents), len(codebook.ids)), dtype=np.bool_)
    given[counted.frame["place"].to_numpy(), pd.Index(codebook.ids).get_indexer(pd.Index(counted.frame["code"]))] = True
    background = attribute_cells(counted.documents)
    return Mentions(background, codebook.ids, given, left_out=found.unread)


def documents_top(
    documents: Documents,
    fragments: pd.DataFrame,
    codebook: Codebook,
    *,
    read: pd.DataFrame | None = None,
    by: str | None = None,
    limit: int | None = 10,
    nets: bool = False,
    letters: bool = False,
    min_base: float = MIN_DOCUMENTS,
    title: Said | None = None,
) -> Table:
    """Codes by the number of documents that have them, with the fragments and the share of words under each.

    The base are the documents read whole (`read`, see `READ`; all without it). `n` and `percent` are of documents, with
    Wilson's interval; `fragments` counts spans, `percent_words` is the share of the words of these documents that is in
    a fragment of the code (overlapping fragments once). A net has what is under it. `by` is an attribute of documents
    (sector, period): then each of its values has its n and %, and with `letters` the tests of
    `coder.tables.groups.top_by`, of documents. Percentages of fewer than `min_base` documents are not shown.

    Raises `DataError` as `checked` and `top_by` do, and where no document was read whole.

    >>> import coder
    >>> from coder.resources import resource
    >>> plans = coder.read_documents(resource("corpora/plans"), resource("corpora/plans.csv"))
    >>> book = coder.read_codebook(resource("codebooks/policy-themes.yaml"))
    >>> fragments, read = coder.read_fragments(resource("corpora/plan-fragments.csv"), plans, book)
    >>> top = coder.documents_top(plans, fragments, book, read=read, limit=3)
    >>> top.frame.loc[top.frame["code"] == "volunteers", ["n", "base", "fragments"]].to_numpy().tolist()
    [[3, 3, 10]]
    """
    attribute_cells(documents, *([] if by is None else [by]))
    found = checked(documents, fragments, codebook, read)
    counted, mentions = found.counted(), documents_as_respondents(found, codebook)
    heading = title or Note("documents.top")
    if by is None:
        table = top(mentions, codebook, limit=limit, nets=nets, title=heading)
    else:
        options = {"limit": limit, "nets": nets, "letters": letters, "min_base": min_base}
        table = top_by(mentions, codebook, by, title=heading, **options)  # type: ignore[arg-type]
    under = codes_under(codebook) if nets else {}
    extent = _extents(counted, table.frame["code"], under)
    frame = pd.concat([table.frame, extent.set_index(table.frame.index)], axis=1)
    shown: dict[str, Said | Column] = {"rank": Note("tables.rank"), "label": Note("tables.code")}
    shown |= {"n": Note("documents.n"), "percent": Note("tables.percent")}
    shown["interval"] = Column(Note("documents.interval"), "whole_interval", ("low", "high"))
    shown |= {"fragments": Note("documents.fragments"), "percent_words": Note("documents.percent_words")}
    if by is not None:
        shown |= {name: column for name, column in table.columns.items() if ":" in name}
        shown["n"] = table.columns["n"]
    return replace(table, frame=frame, shown=shown, notes=read_notes(found, said_of(table, _says(found)).notes))


def documents_groups(
    documents: Documents,
    fragments: pd.DataFrame,
    codebook: Codebook,
    by: str,
    *,
    read: pd.DataFrame | None = None,
    nets: bool = False,
    level: float = 0.95,
    min_base: float = MIN_DOCUMENTS,
    title: Said | None = None,
) -> Groups:
    """Which codes more, or fewer, documents of a group have than all others together, tested.

    The tests are those of `coder.tables.groups.groups`, with documents as the base; `by` is an attribute of documents.

    >>> import coder
    >>> from coder.resources import resource
    >>> plans = coder.read_documents(resource("corpora/plans"), resource("corpora/plans.csv"))
    >>> book = coder.read_codebook(resource("codebooks/policy-themes.yaml"))
    >>> fragments, read = coder.read_fragments(resource("corpora/plan-fragments.csv"), plans, book)
    >>> found = coder.documents_groups(plans, fragments, book, "werksoort", read=read)
    >>> found.profiles.frame[["group", "n", "enough"]].to_numpy().tolist()
    [['beweging', 1, False], ['vereniging', 2, False]]
    """
    attribute_cells(documents, by)
    found = checked(documents, fragments, codebook, read)
    counted = documents_as_respondents(found, codebook)
    made = groups(counted, codebook, by, nets=nets, level=level, min_base=min_base, title=title)
    tables = (said_of(one, _says(found)) for one in (made.table, made.profiles, made.cells))
    return Groups(*(replace(one, notes=read_notes(found, one.notes)) for one in tables))


def codes_by_document(
    documents: Documents,
    fragments: pd.DataFrame,
    codebook: Codebook,
    *,
    read: pd.DataFrame | None = None,
    title: Said | None = None,
) -> Table:
    """Codes by document: a row a document with its attributes, and under each code the number of its fragments.

    All documents are in it, also those not read `whole` (`read` is the share of its blocks, 0..1, nan where nothing is
    known of reading): people see "?" there for a code without a fragment. Columns of codes are `fragments:` and the
    code, in the order of the codebook; codes that no document has are left out. `flag:` and the code says "more" or
    "less" where a code stands out in a document that was read whole (see `outstanding`).

    >>> import coder
    >>> from coder.resources import resource
    >>> plans = coder.read_documents(resource("corpora/plans"), resource("corpora/plans.csv"))
    >>> book = coder.read_codebook(resource("codebooks/policy-themes.yaml"))
    >>> fragments, read = coder.read_fragments(resource("corpora/plan-fragments.csv"), plans, book)
    >>> table = coder.codes_by_document(plans, fragments, book, read=read)
    >>> table.frame[["document", "codes", "fragments:volunteers"]].to_numpy().tolist()[0]
    ['linde-2016-2020', 10, 4]
    """
    found = checked(documents, fragments, codebook, read)
    used = [code for code in codebook.ids if (found.frame["code"] == code).any()]
    counts = np.zeros((len(documents), len(used)), dtype=np.int64)
    np.add.at(counts, (found.frame["place"].to_numpy(), pd.Index(used).get_indexer(pd.Index(found.frame["code"]))), 1)
    about = documents.attributes.astype(object)
    about = about.where(about.notna(), "").astype(str).add_prefix("attribute:").reset_index(drop=True)
    frame = pd.DataFrame({"document": [one.name for one in documents]}).join(about)
    frame = frame.assign(
        read=found.read if found.known else np.nan,
        whole=found.whole.to_numpy(),
        codes=(counts > 0).sum(axis=1),
        fragments=counts.sum(axis=1),
    )
    cells = pd.DataFrame(counts, columns=[f"fragments:{code}" for code in used])
    shown: dict[str, Said | Column] = {"document": Note("documents.document")}
    names = {str(name): str(name).removeprefix("attribute:") for name in about}
    shown |= {name: Note("documents.column_period") if own == PERIOD else own for name, own in names.items()}
    shown |= {"codes": Note("documents.codes"), "fragments": Note("documents.fragments")}
    for code in used:
        of = f"fragments:{code}", "whole", f"flag:{code}"
        shown[of[0]] = Column(codebook.text(code), IN_DOCUMENT, of)
    whole = found.whole.to_numpy()
    marks = np.full(counts.shape, "", dtype=object)
    marks[whole] = outstanding(counts[whole])
    flags = pd.DataFrame(marks, columns=[f"flag:{code}" for code in used])
    about_cells = {"cells": True, "outstanding": (marks != "").any(), "unsure": not whole.all()}
    notes = read_notes(found, (Note(f"documents.{name}") for name, there in about_cells.items() if there))
    heading = title or Note("documents.matrix")
    return Table(heading, pd.concat([frame, cells, flags], axis=1), len(documents), shown, notes)


def outstanding(counts: Ints) -> "np.ndarray[tuple[int, ...], np.dtype[np.object_]]":
    """Where a document has far more or fewer fragments of a code than the other documents make one expect.

    "more", "less" or "", shape (documents, codes), as `counts`. A cell is far where it is 3 or more standard deviations
    from the share that the code has in the fragments of all others (each code half a fragment more, so that none has
    none). Documents differ more than by chance: the variance is that of chance times the dispersion of the others
    (Pearson's chi square over its degrees of freedom, never under 1; McCullagh and Nelder 1989). It is no test, and
    points at where to look. Nothing is said of a cell with fewer than five fragments, found or expected, nor of fewer
    than three documents.
    """
    flags = np.full(counts.shape, "", dtype=object)
    some = np.flatnonzero(counts.sum(axis=1))
    for place in some if len(some) > _PAIR else ():
        others = counts[some[some != place]].astype(np.float64)
        size, total = counts[place].sum(), others.sum()
        share = (others.sum(axis=0) + 0.5) / (total + 0.5 * others.shape[1])
        expected = others.sum(axis=1, keepdims=True) * share
        free = (len(others) - 1) * max(others.shape[1] - 1, 1)
        dispersion = max(1.0, float(((others - expected) ** 2 / expected).sum() / free))
        spread = np.sqrt(dispersion * size * share * (1 - share) * (1 + size / total))
        residual = np.divide(counts[place] - size * share, spread, out=np.zeros(len(share)), where=spread > 0)
        far = (np.abs(residual) >= _FAR) & (np.maximum(counts[place], size * share) >= _FEW)
        flags[place] = np.select([far & (residual > 0), far], ["more", "less"], default="")
    return flags


def code_line(
    documents: Documents,
    name: str,
    fragments: pd.DataFrame,
    codebook: Codebook,
    *,
    parts: int = _PARTS,
    title: Said | None = None,
) -> Table:
    """Where in a document each code stands: the share (0..1) of each of so many equal parts of its text.

    A row a code that the document has, with its fragments, its first and last page (0 where pages are not known), and
    `part:1` to `part:N`; people see these as one line of blocks, low to high.
    """
    if parts < 1:
        raise DataError("documents.parts", parts=parts)
    one = documents[name]
    found = checked(documents.take([name]), fragments[fragments["document"] == name], codebook).frame
    cuts = np.linspace(0, len(one.text), parts + 1).round().astype(np.int64)
    rows = []
    for code in [code for code in codebook.ids if (found["code"] == code).any()]:
        mine = found[found["code"] == code]
        start, end = mine["start"].to_numpy(dtype=np.int64), mine["end"].to_numpy(dtype=np.int64)
        share = covered(cuts[:-1], cuts[1:], union(start, end)) / np.maximum(np.diff(cuts), 1)
        pages = page_of(one, np.array([start.min(), end.max() - 1]))
        rows.append((code, len(mine), *pages.tolist(), *share.tolist()))
    names = [f"part:{number}" for number in range(1, parts + 1)]
    frame = pd.DataFrame(rows, columns=["code", "fragments", "first_page", "last_page", *names])
    frame.insert(1, "label", texts(codebook.text(code) for code in frame["code"]))
    shown: dict[str, Said | Column] = {"label": Note("tables.code"), "fragments": Note("documents.fragments")}
    shown |= {"first_page": Note("documents.first_page"), "last_page": Note("documents.last_page")} if one.pages else {}
    shown["line"] = Column(Note("documents.line"), "line", tuple(names))
    notes = (Note("documents.line_note", parts=parts, percent=100 / parts),)
    return Table(title or Note("documents.code_line", document=name), frame, None, shown, notes)


def block_of(document: Document, place: Ints) -> Ints:
    """The number of the block that each character is in, or that comes before it; 0 for the first."""
    start, _ = bounds(document)
    return np.asarray(np.maximum(np.searchsorted(start, place, side="right") - 1, 0), dtype=np.int64)


def page_of(document: Document, place: Ints) -> Ints:
    """The page of each character: that of its block; 0 where pages are not known."""
    if not len(document.blocks):
        return np.zeros(len(place), dtype=np.int64)
    return document.blocks["page"].to_numpy(dtype=np.int64)[block_of(document, place)]


def located(found: Fragments) -> pd.DataFrame:
    """The fragments with where they stand: page, last page, printed page (`label`), section, and their text."""
    parts = []
    for place, some in found.frame.groupby("place", sort=True):
        one = found.documents.documents[int(str(place))]
        start, end = some["start"].to_numpy(dtype=np.int64), some["end"].to_numpy(dtype=np.int64)
        blocks = one.blocks[list(BLOCKS)].reset_index(drop=True)
        at = blocks.iloc[block_of(one, start)] if len(blocks) else None
        columns: dict[str, Any] = {"page": 0, "label": "", "section": ""}
        if at is not None:
            columns = {name: at[name].to_numpy() for name in columns}
        columns["last_page"] = page_of(one, end - 1)
        columns["text"] = [one.text[first:last] for first, last in zip(start, end, strict=True)]
        parts.append(some.assign(**columns))
    wanted = [*found.frame.columns, "page", "last_page", "label", "section", "text"]
    return pd.concat(parts)[wanted] if parts else found.frame.reindex(columns=wanted)


def codes_under(codebook: Codebook) -> dict[str, set[str]]:
    """The codes under each net."""
    found: dict[str, set[str]] = {}
    for code, net in codebook.under_nets():
        found.setdefault(net, set()).add(code)
    return found


def _extents(counted: Fragments, codes: Iterable[str], under: Mapping[str, set[str]]) -> pd.DataFrame:
    """How many fragments a code has, and which share of the words (0..100)."""
    words = [word_places(one.text) for one in counted.documents]
    total = sum(int(one[-1]) for one in words)
    rows = []
    for code in codes:
        mine = counted.frame[counted.frame["code"].isin({code} | under.get(code, set()))]
        inside = 0
        for place, some in mine.groupby("place"):
            start, end = union(*(some[name].to_numpy(dtype=np.int64) for name in ("start", "end")))
            before = words[int(str(place))]
            inside += int((before[end] - before[start]).sum())
        rows.append((len(mine), inside / total * 100 if total else np.nan))
    return pd.DataFrame(rows, columns=["fragments", "percent_words"])


def word_places(text: str) -> Ints:
    """How many words begin before each character, shape (characters + 1,); a word is what has no space in it."""
    signs = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    spaces = (signs <= ord(" ")) | (signs == ord("\u00a0"))
    begins = ~spaces & np.append(True, spaces[:-1])[: len(signs)]
    return np.append(0, np.cumsum(begins))


def said_of(table: Table, says: Mapping[str, str]) -> Table:
    """The table in which sentences with these keys are said by others, in its title, headings and notes."""

    def other(one: Said) -> Said:
        return Note(says[one.key], **one.values) if isinstance(one, Note) and one.key in says else one

    shown = {name: replace(column, heading=other(column.heading)) for name, column in table.columns.items()}
    return replace(table, title=other(table.title), shown=shown, notes=tuple(map(other, table.notes)))


def _says(found: Fragments) -> dict[str, str]:
    """What is said of documents; that one was read only where it is known."""
    unknown = dict.fromkeys(("tables.unranked", "tables.unranked_unknown"), "documents.without_code")
    return _SAYS if found.known else _SAYS | unknown


def read_notes(found: Fragments, notes: Iterable[Said]) -> tuple[Said, ...]:
    """The notes of a table with what is known of reading: first where nothing is, else last.

    Fragments of documents that were not read whole are outside the base, and counted apart; so are documents without
    text, whatever is known.
    """
    textless = textless_notes(found.textless)
    if not found.known:
        return (Note("documents.all_read"), *textless, *notes)
    partly = int(((found.read > 0) & (found.read < WHOLE)).sum())
    said = [Note("documents.partly", count=partly)] if partly else []
    outside = found.frame["document"][~found.whole.to_numpy()[found.frame["place"].to_numpy()]]
    said += [Note("documents.outside", count=len(outside), names=list(dict.fromkeys(outside)))] if len(outside) else []
    return (*notes, *said, *textless)


def textless_notes(names: Sequence[str]) -> tuple[Note, ...]:
    """That these documents do not count, as nobody can read them."""
    more = ["…"] if len(names) > _NAMED else []
    return (Note("documents.textless", count=len(names), names=[*names[:_NAMED], *more]),) if names else ()
