"""Documents of an organisation side by side: this period and the last, or what a plan promised and a report tells.

Organisations are what a panel counts: each is one, whatever the number and the length of its documents.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coder.arrays import Ints, Labels
from coder.codebook import Codebook
from coder.documents import Document, Documents
from coder.errors import DataError, check_least, check_share
from coder.languages.text import SHINGLE, WORD, fold, shingles
from coder.note import Note
from coder.tables.codes_in_documents import MIN_DOCUMENTS, attribute_cells, checked, read_notes, said_of
from coder.tables.comparison import compare
from coder.tables.mentions import Mentions
from coder.tables.table import Column, Said, Table, texts

NEW, GONE, KEPT = "new", "gone", "kept"
"""What became of a code in the documents of an organisation."""
_PAIR = 2
_ASIDE = "comparison.small_wave"
"""A note on each side that the one on the panel makes needless."""
_SHOWN = 3
"""So many documents without an organisation are named."""
_SAYS = {f"comparison.{name}": f"documents.{name}" for name in ("panel", "last_base", "small_panel", "nobody")} | {
    "tables.then": "documents.then"
}


@dataclass(frozen=True, slots=True)
class Beside:
    """Two sets of documents of the same organisations, code by code.

    `sector` is the panel of organisations, as `coder.tables.comparison.compare` has it (McNemar's test). `changes` has
    a row an organisation and code: fragments then and now, and whether it is `NEW`, `GONE` or `KEPT`. `codes` counts
    these by code, `organisations` by organisation. Only organisations with documents on both sides are in the last
    three; `alone` lists the others. `sector` is None of fewer organisations than `beside` asks for.
    """

    sector: Table | None
    changes: Table
    codes: Table
    organisations: Table
    alone: tuple[str, ...]


def beside(
    documents: Documents,
    fragments: pd.DataFrame,
    codebook: Codebook,
    *,
    organisation: str,
    now: Mapping[str, str],
    then: Mapping[str, str],
    read: pd.DataFrame | None = None,
    names: tuple[Said, Said] | None = None,
    limit: int = 10,
    level: float = 0.95,
    min_base: int = MIN_DOCUMENTS,
) -> Beside:
    """What the documents of each organisation say now beside what they said then.

    `organisation` is the attribute that says whose a document is; `now` and `then` are the attributes of the documents
    on each side: `now={"period": "2021-2025"}, then={"period": "2016-2020"}` compares periods; with
    `now={"kind": "report"}, then={"kind": "plan"}` `GONE` is what was promised and is not in the report. A value is
    compared as text. An organisation has a code where any of its documents on that side has it. The base are documents
    that were read whole; an organisation of which one on a side was not is left out: nobody knows what it lacks.
    Of fewer than `min_base` organisations there is no `sector`: places, intervals and tests say nothing there.

    Raises `DataError` for an attribute that is not there, a side without documents, a document on both sides, and where
    no organisation has both; else as `checked` and `compare` do.

    >>> import coder
    >>> from coder.resources import resource
    >>> plans = coder.read_documents(resource("corpora/plans"), resource("corpora/plans.csv"))
    >>> book = coder.read_codebook(resource("codebooks/policy-themes.yaml"))
    >>> fragments, read = coder.read_fragments(resource("corpora/plan-fragments.csv"), plans, book)
    >>> periods = {"now": {"period": "2021-2025"}, "then": {"period": "2016-2020"}}
    >>> found = coder.beside(plans, fragments, book, organisation="organisatie", **periods, read=read)
    >>> found.organisations.frame.to_numpy().tolist()
    [['De Brede Linde', 1, 1, 9]]
    """
    check_share(level=level)
    check_least(1, limit=limit)
    check_least(0, whole=False, min_base=min_base)
    found = checked(documents, fragments, codebook, read)
    cells = attribute_cells(documents, organisation, *now, *then)
    owner = cells[organisation].str.strip()
    sides = _sides(cells, owner, now, then)
    unread = set(owner[(sides[0] | sides[1]) & ~found.whole])
    given = [_given(found.frame, owner, side, unread, codebook) for side in sides]
    both = [name for name in given[0].index if name in given[1].index]
    if not both:
        raise DataError("documents.none_twice", organisation=organisation)
    changes = _changes(given[0].loc[both], given[1].loc[both], codebook)
    alone = tuple(name for one, other in (given, given[::-1]) for name in one.index if name not in other.index)
    notes = _left_out(sorted(unread), alone, list(owner.index[owner == ""]))
    base = Note("documents.organisations_base", count=len(both))
    sector, least = None, max(min_base, _PAIR)
    if len(both) >= least:
        table = _sector(given, codebook, names or (_name(now), _name(then)), limit, level)
        sector = replace(table, notes=read_notes(found, (*table.notes, *notes)))
    else:
        notes.append(Note("documents.few_organisations", least=least))
    told = read_notes(found, (base, *notes))
    by_code, by_organisation = (_counts(changes, by, codebook, len(both), told) for by in ("code", "organisation"))
    return Beside(sector, _changes_table(changes, len(both), told), by_code, by_organisation, alone)


def _sides(
    cells: pd.DataFrame, owner: "pd.Series[str]", now: Mapping[str, str], then: Mapping[str, str]
) -> list["pd.Series[bool]"]:
    """The documents of organisations on each side. Raises where one is on both."""
    sides = [_side(cells, one) & (owner != "") for one in (now, then)]
    if (twice := sides[0] & sides[1]).any():
        raise DataError("documents.both_sides", name=twice.index[twice][0])
    return sides


def _left_out(unread: Sequence[str], alone: Sequence[str], nobody: Sequence[str]) -> list[Note]:
    """Which organisations are left out and why, and which documents are of none."""
    notes = [Note("documents.unread_organisations", names=list(unread))] if unread else []
    notes += [Note("documents.alone", names=list(alone))] if alone else []
    return notes + ([Note("documents.no_owner", count=len(nobody), names=nobody[:_SHOWN])] if nobody else [])


def _sector(
    given: list[pd.DataFrame], codebook: Codebook, called: tuple[Said, Said], limit: int, level: float
) -> Table:
    """The panel of organisations, now and then."""
    now, then = (Mentions(pd.DataFrame(index=one.index), codebook.ids, one.to_numpy() > 0) for one in given)
    title, names = Note("documents.compare"), (str(called[0]), str(called[1]))
    found = compare(now, then, codebook, panel=True, title=title, limit=limit, level=level, names=names)
    table = said_of(found, _SAYS)
    notes = [one for one in table.notes if getattr(one, "key", "") != _ASIDE]
    if (table.frame["then_status"] == "not_in_list").any():
        notes.append(Note("documents.not_then"))
    return replace(table, notes=tuple(notes))


def _side(cells: pd.DataFrame, asked: Mapping[str, str]) -> "pd.Series[bool]":
    """The documents with these attributes. Raises where none is asked for, or there is no document."""
    if not asked:
        raise DataError("documents.side_unsaid")
    mine = pd.Series(data=True, index=cells.index)
    for name, value in asked.items():
        mine &= cells[name].str.strip() == str(value).strip()
    if not mine.any():
        known = {name: sorted(set(cells[name])) for name in asked}
        values = [value for several in known.values() for value in several]
        raise DataError("documents.no_side", asked=[f"{name}: {value}" for name, value in asked.items()], values=values)
    return mine


def _name(asked: Mapping[str, str]) -> str:
    return ", ".join(map(str, asked.values()))


def _given(
    frame: pd.DataFrame, owner: "pd.Series[str]", side: "pd.Series[bool]", unread: set[str], codebook: Codebook
) -> pd.DataFrame:
    """Fragments by organisation and code."""
    mine = owner[side & ~owner.isin(unread)]
    whose = pd.Index(pd.unique(mine), name="respondent")
    some = frame[frame["document"].isin(mine.index)]
    counts = np.zeros((len(whose), len(codebook.ids)), dtype=np.int64)
    rows = whose.get_indexer(pd.Index(mine.reindex(some["document"])))
    np.add.at(counts, (rows, pd.Index(codebook.ids).get_indexer(pd.Index(some["code"]))), 1)
    return pd.DataFrame(counts, index=whose, columns=list(codebook.ids))


def _changes(now: pd.DataFrame, then: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """A row an organisation and code that it has on either side."""
    one, other = now.to_numpy(), then.to_numpy()
    row, column = np.nonzero((one > 0) | (other > 0))
    fragments, before = one[row, column], other[row, column]
    frame = pd.DataFrame({"organisation": now.index.to_numpy()[row], "code": now.columns.to_numpy()[column]})
    frame["label"] = texts(codebook.text(code) for code in frame["code"])
    return frame.assign(
        then_fragments=before,
        fragments=fragments,
        became=np.select([before == 0, fragments == 0], [NEW, GONE], default=KEPT),
    )


def _changes_table(frame: pd.DataFrame, base: int, notes: tuple[Said, ...]) -> Table:
    shown: dict[str, Said | Column] = {"organisation": Note("documents.organisation"), "label": Note("tables.code")}
    shown |= {name: Note(f"documents.{name}") for name in ("then_fragments", "fragments")}
    shown["became"] = Column(Note("documents.became"), "became")
    return Table(Note("documents.changes"), frame, base, shown, notes)


def _counts(frame: pd.DataFrame, by: str, codebook: Codebook, base: int, notes: tuple[Said, ...]) -> Table:
    """How often codes came, went and stayed, by code or by organisation, most gone first."""
    columns = [GONE, NEW, KEPT]
    counts = pd.crosstab(frame[by], frame["became"]).reindex(columns=columns, fill_value=0)
    counts = counts.sort_values(columns, ascending=False, kind="stable").rename_axis(columns=None).reset_index()
    shown: dict[str, Said | Column] = {"organisation": Note("documents.organisation")}
    if by == "code":
        counts.insert(1, "label", texts(codebook.text(code) for code in counts["code"]))
        shown = {"label": Note("tables.code")}
    shown |= {name: Note(f"documents.{name}") for name in (GONE, NEW, KEPT)}
    return Table(Note(f"documents.changes_by_{by}"), counts, base, shown, notes)


def copied(
    documents: Documents,
    *,
    organisation: str,
    now: Mapping[str, str],
    then: Mapping[str, str],
    words: int = SHINGLE,
) -> tuple[Table, pd.DataFrame]:
    """What documents took over from earlier ones of their organisation, word for word.

    A passage is a stretch of which every `words` words in a row also stand, without regard to capitals, accents and
    punctuation, in an earlier document (Broder 1997). The table has a row a document now: its words, those in such
    passages and their share (nan without an earlier document). The frame has a row a passage: `document`, `start`,
    `end`, `words`, and `then_document`, `then_start`, `then_end`, the stretch of as many words there at which its first
    words stand. A heading ends a passage: it is among the words taken over, and in no passage.

    Raises `DataError` as `beside` does for attributes and sides.
    """
    check_least(1, words=words)
    cells = attribute_cells(documents, organisation, *now, *then)
    owner = cells[organisation].str.strip()
    sides = [_side(cells, one) & (owner != "") for one in (now, then)]
    vocabulary: dict[str, int] = {}
    read = {name: _words(documents[name], vocabulary) for name in owner.index[sides[0] | sides[1]]}
    rows, passages = [], []
    for name in owner.index[sides[0]]:
        theirs = owner.index[sides[1] & (owner == owner[name])]
        before = [other for other in theirs if other != name and len(read[other].start)]
        mine, here = list(_passages(read[name], [read[other] for other in before], words)), []
        for first, last, which, at in mine:
            there = read[before[which]]
            for one, stop in _without_headings(documents[name], read[name], first, last):
                begins, ends = (min(at + place - first, len(there.start) - 1) for place in (one, stop - 1))
                place = (int(read[name].start[one]), int(read[name].end[stop - 1]), stop - one)
                here.append((name, *place, before[which], int(there.start[begins]), int(there.end[ends])))
        passages += here
        size = len(read[name].start)
        taken = sum(last - first for first, last, _, _ in mine)
        rows.append(
            (name, owner[name], len(before), size, taken, len(here), taken / size * 100 if size and before else np.nan)
        )
    names = ["document", "organisation", "earlier", "words", "copied", "passages", "percent"]
    frame = pd.DataFrame(rows, columns=names)
    shown: dict[str, Said | Column] = {"document": Note("documents.document")}
    shown["organisation"] = Note("documents.organisation")
    shown |= {name: Note(f"documents.copied_{name}") for name in names[2:]}
    shown["percent"] = Column(Note("documents.copied_percent"), "percent_or_dash")
    notes = (Note("documents.copied_note", words=words),)
    columns = ["document", "start", "end", "words", "then_document", "then_start", "then_end"]
    found = pd.DataFrame(passages, columns=columns)
    return Table(Note("documents.copied"), frame, len(frame), shown, notes), found


def _without_headings(document: Document, words: "_Words", first: int, last: int) -> "list[tuple[int, int]]":
    """The parts of a stretch of words `[first, last)` between headings, each as a stretch."""
    headings = document.blocks.loc[document.blocks["kind"] == "heading", ["start", "end"]].to_numpy(dtype=np.int64)
    if not len(headings):
        return [(first, last)]
    at = words.start[first:last]
    before = np.searchsorted(headings[:, 0], at, side="right") - 1
    heading = (before >= 0) & (at < headings[np.maximum(before, 0), 1])
    edges = np.diff(np.concatenate([[False], ~heading, [False]]).astype(np.int8))
    begins, ends = np.flatnonzero(edges > 0), np.flatnonzero(edges < 0)
    return [(first + int(one), first + int(stop)) for one, stop in zip(begins, ends, strict=True)]


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a document, as numbers, and where each begins and ends."""

    number: Ints
    start: Ints
    end: Ints


def _words(document: Document, vocabulary: dict[str, int]) -> _Words:
    places = [match.span() for match in WORD.finditer(document.text)]
    number = [vocabulary.setdefault(fold(document.text[a:b]), len(vocabulary)) for a, b in places]
    ends = np.array(places, dtype=np.int64).reshape(-1, 2)
    return _Words(np.array(number, dtype=np.int64), ends[:, 0], ends[:, 1])


def _passages(mine: _Words, earlier: list[_Words], size: int) -> "list[tuple[int, int, int, int]]":
    """Stretches of words that are in an earlier document: first, last, which document, and at which word there."""
    here = shingles(mine.number, size)
    parts = [shingles(one.number, size) for one in earlier]
    if not len(here) or not sum(map(len, parts)):
        return []
    there, which = np.concatenate(parts), np.repeat(np.arange(len(parts)), [len(one) for one in parts])
    at = np.concatenate([np.arange(len(one)) for one in parts])
    order = np.argsort(there, kind="stable")
    place = np.minimum(np.searchsorted(there[order], here), len(there) - 1)
    same: Labels = there[order][place] == here
    inside = np.zeros(len(mine.number) + 1, dtype=np.int64)
    np.add.at(inside, np.flatnonzero(same), 1)
    np.add.at(inside, np.flatnonzero(same) + size, -1)
    taken = np.concatenate([[False], np.cumsum(inside[:-1]) > 0, [False]])
    first, last = np.flatnonzero(taken[1:] & ~taken[:-1]), np.flatnonzero(~taken[1:] & taken[:-1])
    source = order[place]
    return [
        (int(begin), int(end), int(which[source[begin]]), int(at[source[begin]]))
        for begin, end in zip(first, last, strict=True)
    ]
