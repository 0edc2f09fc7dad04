"""Who read what: marks on ranges of blocks, and what they come down to on the blocks of a text.

A mark is on the text that was read. On a later text of the document those blocks are read that stand in it as they
were; one that has other words has to be read again.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Connection, Row, select

from coder.documents import Documents
from coder.errors import StudyError
from coder.study.decisions import NO, SEEN, YES
from coder.study.documents import texts
from coder.study.documents.anchors import Ints, moved
from coder.study.documents.span_decisions import SETTLE
from coder.study.events import At, Event, moment, record
from coder.study.schema import document as table
from coder.study.schema import document_text, document_version, event, read_mark, text_change

READ = "read"
"""The kind of event."""
Read = Mapping[str, Mapping[str, npt.NDArray[np.bool_]]]
"""Of each person and document: which blocks they read. The person "" has the last word."""
SETTLEMENTS = ("document", "coder", "when", "start", "end")
"""Of stretches that were settled: `when` is the time (UTC, ISO 8601) at which `coder` had the last word."""
_GIVEN = re.compile(r"(?:^| )(\d{4}-\d\d-\d\dT\S+)$")
"""The source of a last word that came from a file ends with the time at which it was given there."""
_Marks = list[tuple[int, int, int, int, bool]]
"""Of marks, in order: event, text, start, end, read."""


def mark(
    connection: Connection,
    question_id: int,
    spans: Sequence[tuple[Row[Any], int, int]],
    who: str,
    *,
    read: bool,
    last: bool,
    number: int | None = None,
    source: str = "",
) -> int:
    """Mark the blocks that ranges (head, start, end) touch as read, or take that back; returns the event.

    It is the event `number` where that is given: what was coded and what was read are one batch then.
    """
    rows, size = [], 0
    for head, start, end in spans:
        blocks = texts.blocks_of(connection, head.text_id)
        starts, ends = blocks["start"].to_numpy(), blocks["end"].to_numpy()
        touched = np.flatnonzero((starts < end) & (ends > start))
        if not len(touched):
            raise StudyError("study.no_blocks", document=head.name, start=start, end=end)
        size += len(touched)
        place = {"start": int(starts[touched[0]]), "end": int(ends[touched[-1]])}
        rows.append({"document": head.id, "text": head.text_id, **place, "read": read})
    if number is None:
        number = record(connection, question_id, Event(SETTLE if last else READ, who, size, source))
    connection.execute(read_mark.insert(), [{"event": number, **row} for row in rows])
    return number


def read(connection: Connection, question_id: int, documents: Documents, at: At = None) -> Read:
    """Which blocks of these documents (as they were at that moment) everybody read."""
    number = moment(connection, at)
    of = {one.name: one for one in documents}
    marks = _marks(connection, question_id, number, next(iter(of)) if len(of) == 1 else None)
    now, changes = _texts(connection, question_id, number)
    found: dict[str, dict[str, npt.NDArray[np.bool_]]] = {}
    for (who, name), rows in marks.items():
        if name in of:
            blocks = of[name].blocks
            places = blocks["start"].to_numpy(dtype=np.int64), blocks["end"].to_numpy(dtype=np.int64)
            found.setdefault(who, {})[name] = _blocks_read(rows, now[name], changes.get(name, []), *places)
    return found


def on_blocks(
    connection: Connection, question_id: int, documents: Documents, marked: Mapping[int, _Marks], number: int
) -> dict[str, npt.NDArray[np.bool_]]:
    """Which blocks of these documents are in ranges that were marked on texts of theirs, by the id of the text."""
    now, changes = _texts(connection, question_id, number)
    of = select(document_text.c.id, table.c.name).join(table, table.c.id == document_text.c.document)
    names = dict(connection.execute(of.where(table.c.question == question_id)).all())
    found: dict[str, npt.NDArray[np.bool_]] = {}
    for one in documents:
        rows = sorted(row for text, some in marked.items() if names.get(text) == one.name for row in some)
        if rows:
            places = one.blocks["start"].to_numpy(dtype=np.int64), one.blocks["end"].to_numpy(dtype=np.int64)
            found[one.name] = _blocks_read(rows, now[one.name], changes.get(one.name, []), *places)
    return found


def frame(connection: Connection, question_id: int, at: At = None, names: Sequence[str] | None = None) -> pd.DataFrame:
    """Who read what: document, coder, start, end, blocks; a row a stretch of blocks. Coder "": the last word."""
    documents = texts.read(connection, question_id, at, names)
    rows = []
    for who, of in read(connection, question_id, documents, at).items():
        for one in documents:
            if one.name in of:
                rows += [(one.name, who, *stretch) for stretch in stretches(one.blocks, of[one.name])]
    return pd.DataFrame(rows, columns=["document", "coder", "start", "end", "blocks"])


def settlements(connection: Connection, question_id: int) -> pd.DataFrame:
    """The stretches of blocks that were settled, and by whom and when last: `SETTLEMENTS`, in order of place."""
    number = moment(connection, None)
    documents = texts.read(connection, question_id)
    now, changes = _texts(connection, question_id, number)
    of = {name: rows for (who, name), rows in _marks(connection, question_id, number).items() if not who}
    chosen = select(event.c.id, event.c.who, event.c.at, event.c.source)
    told = {}
    for id_, who, at, source in connection.execute(chosen.where(event.c.kind == SETTLE)).all():
        found = _GIVEN.search(source)
        told[id_] = who, found[1] if found else at
    rows: list[tuple[Any, ...]] = []
    for one in documents:
        starts, ends = (one.blocks[name].to_numpy(dtype=np.int64) for name in ("start", "end"))
        by = np.zeros(len(one), dtype=np.int64)
        for mark_ in of.get(one.name, ()):
            places = now[one.name], changes.get(one.name, []), starts, ends
            touched = _blocks_read([(*mark_[:4], True)], *places)
            by[touched] = mark_[0] if mark_[4] else 0
        for id_ in dict.fromkeys(by[by > 0].tolist()):
            rows += [(one.name, *told[id_], start, end) for start, end, _ in stretches(one.blocks, by == id_)]
    frame = pd.DataFrame(rows, columns=list(SETTLEMENTS))
    order = {one.name: place for place, one in enumerate(documents)}
    return frame.sort_values(
        ["document", "start"], key=lambda cells: cells.map(order) if cells.name == "document" else cells, kind="stable"
    ).reset_index(drop=True)


def settled(connection: Connection, question_id: int) -> bool:
    """Whether somebody ever had the last word on a passage."""
    chosen = select(read_mark.c.id).join(event, event.c.id == read_mark.c.event)
    mine = event.c.question == question_id, event.c.kind == SETTLE
    return connection.execute(chosen.where(*mine).limit(1)).first() is not None


def of_event(connection: Connection, number: int) -> pd.DataFrame:
    """The marks of an event: document, start, end, code ("": none), verdict ("yes": read), id ("")."""
    chosen = (
        select(table.c.name, read_mark.c.start, read_mark.c.end, read_mark.c.read)
        .join(table, table.c.id == read_mark.c.document)
        .where(read_mark.c.event == number)
    )
    rows = [(row.name, row.start, row.end, SEEN, YES if row.read else NO, "") for row in connection.execute(chosen)]
    return pd.DataFrame(rows, columns=["document", "start", "end", "code", "verdict", "id"])


def stretches(blocks: pd.DataFrame, chosen: npt.NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """The runs of blocks that are chosen: start, end, how many."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], chosen, [False]]).astype(np.int8)))
    starts, ends = blocks["start"].to_numpy(), blocks["end"].to_numpy()
    return [(int(starts[a]), int(ends[b - 1]), int(b - a)) for a, b in edges.reshape(-1, 2).tolist()]


def units_read(documents: Documents, units: pd.DataFrame, of: Mapping[str, npt.NDArray[np.bool_]]) -> "pd.Index[str]":
    """The units (of `Documents.corpus`) of which all blocks were read."""
    found: list[str] = []
    parts = {str(name): part for name, part in units.groupby("document", sort=False)}
    for one in documents:
        if one.name not in of or one.name not in parts:
            continue
        part = parts[one.name]
        starts, ends = one.blocks["start"].to_numpy(), one.blocks["end"].to_numpy()
        first = np.searchsorted(starts, part["start"].to_numpy(), side="left")
        last = np.searchsorted(ends, part["end"].to_numpy(), side="right")
        total = np.concatenate([[0], np.cumsum(of[one.name])])
        found += part.index[(last > first) & (total[last] - total[first] == last - first)].tolist()
    return pd.Index(found, dtype=str)


def _blocks_read(
    rows: _Marks, now: int, changes: list[tuple[int, Ints]], starts: Ints, ends: Ints
) -> npt.NDArray[np.bool_]:
    """The blocks that are read after all marks; stretches of marks of one kind are taken together."""
    chosen = np.zeros(len(starts), dtype=np.bool_)
    groups: list[tuple[bool, list[Ints]]] = []
    for number, text, start, end, is_read in rows:
        ranges = np.array([[start, end]], dtype=np.int64)
        if text != now:
            for shared in (pieces for at, pieces in changes if at > number):
                ranges = moved(shared, ranges)
        if not groups or groups[-1][0] != is_read:
            groups.append((is_read, []))
        groups[-1][1].append(ranges)
    for is_read, parts in groups:
        merged = _merged(np.concatenate(parts))
        if not len(merged):
            continue
        if is_read:
            place = np.searchsorted(merged[:, 0], starts, side="right") - 1
            chosen |= (place >= 0) & (merged[place, 1] >= ends)
        else:
            place = np.searchsorted(merged[:, 0], ends, side="left") - 1
            chosen &= ~((place >= 0) & (merged[place, 1] > starts))
    return chosen


def _merged(ranges: Ints) -> Ints:
    """Ranges that touch as one, in order."""
    if not len(ranges):
        return ranges
    ordered = ranges[np.argsort(ranges[:, 0], kind="stable")]
    reach = np.maximum.accumulate(ordered[:, 1])
    new = np.concatenate([[True], ordered[1:, 0] > reach[:-1]])
    last = np.concatenate([np.flatnonzero(new)[1:] - 1, [len(ordered) - 1]])
    return np.column_stack([ordered[new, 0], reach[last]])


def _marks(
    connection: Connection, question_id: int, number: int, of: str | None = None
) -> dict[tuple[str, str], _Marks]:
    """The marks that were not undone, by person and document; of one document alone where it is named."""
    undone = select(event.c.undoes).where(event.c.undoes.is_not(None), event.c.id <= number)
    chosen = (
        select(event.c.kind, event.c.who, table.c.name, event.c.id, read_mark.c.text)
        .add_columns(read_mark.c.start, read_mark.c.end, read_mark.c.read)
        .join(event, event.c.id == read_mark.c.event)
        .join(table, table.c.id == read_mark.c.document)
        .where(event.c.question == question_id, event.c.id <= number, event.c.id.not_in(undone))
        .order_by(read_mark.c.id)
    )
    if of is not None:
        chosen = chosen.where(table.c.name == of)
    found: dict[tuple[str, str], _Marks] = {}
    for kind, who, name, *rest in connection.execute(chosen).all():
        one = (rest[0], rest[1], rest[2], rest[3], bool(rest[4]))
        found.setdefault(("" if kind == SETTLE else who, name), []).append(one)
    return found


def _texts(
    connection: Connection, question_id: int, number: int
) -> tuple[dict[str, int], dict[str, list[tuple[int, Ints]]]]:
    """Of each document the id of its text at a moment, and the changes of it up to then: event, pieces."""
    chosen = (
        select(table.c.name, document_version.c.text)
        .join(document_version, document_version.c.document == table.c.id)
        .where(table.c.question == question_id, document_version.c.since <= number)
        .order_by(document_version.c.since)
    )
    now = {row.name: int(row.text) for row in connection.execute(chosen).all()}
    made = (
        select(table.c.name, text_change.c.event, text_change.c.pieces)
        .join(event, event.c.id == text_change.c.event)
        .join(document_version, document_version.c.since == event.c.id)
        .join(table, table.c.id == document_version.c.document)
        .where(table.c.question == question_id, text_change.c.event <= number)
        .order_by(text_change.c.event)
    )
    changes: dict[str, list[tuple[int, Ints]]] = {}
    for row in connection.execute(made).all():
        shared = np.array(json.loads(row.pieces), dtype=np.int64).reshape(-1, 3)
        changes.setdefault(row.name, []).append((int(row.event), shared))
    return now, changes
