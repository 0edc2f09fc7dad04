"""The texts of documents, in versions: taken over from files, and read back as they were at a moment."""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, Select, select

from coder.documents import Document, Documents, columns_of, frame_of
from coder.errors import StudyError
from coder.note import restored, stored
from coder.study.documents import span_decisions
from coder.study.documents.anchors import pieces
from coder.study.events import At, Event, holds, moment, record
from coder.study.schema import document as table
from coder.study.schema import document_text, document_version, text_change

ADD = "documents"
"""The kind of event."""
PERIOD = "period"
"""The attribute of documents that has a column of its own."""
NEW, SAME, CHANGED, ATTRIBUTES, KNOWN = "new", "same", "changed", "attributes", "known"


MOVED = ("document", "id", "code", "coder", "how", "was", "now")
"""The columns of what became of the fragments of a changed document."""


@dataclass(frozen=True, slots=True)
class AddedDocuments:
    """What of these documents the study did not have yet, and whether all of it was taken over.

    `new` were added, `same` are as they were, `changed` have another text, `attributes` other attributes alone;
    `known` are of a file that is there under the name beside it. `fragments` are those of changed documents: document,
    id, code, coder, how ("same", "changed", "lost"), and the words that were coded and that are (`was`, `now`). What
    changed is taken over only where it was accepted; `accepted` says that nothing waits for that.
    """

    new: tuple[str, ...]
    same: tuple[str, ...]
    changed: tuple[str, ...]
    attributes: tuple[str, ...]
    known: Mapping[str, str]
    fragments: pd.DataFrame
    accepted: bool

    @classmethod
    def together(cls, parts: "Sequence[AddedDocuments]") -> "AddedDocuments":
        """What was added in several times, as one."""
        lists = {
            name: tuple(one for part in parts for one in getattr(part, name))
            for name in (NEW, SAME, CHANGED, ATTRIBUTES)
        }
        known = {name: other for part in parts for name, other in part.known.items()}
        moved = [part.fragments for part in parts if len(part.fragments)]
        frame = pd.concat(moved, ignore_index=True) if moved else pd.DataFrame(columns=list(MOVED))
        return cls(**lists, known=known, fragments=frame, accepted=all(part.accepted for part in parts))

    @property
    def lost(self) -> pd.DataFrame:
        """The fragments that have no place in the new texts: a person has to find one."""
        return self.fragments[self.fragments["how"] == "lost"].reset_index(drop=True)


@dataclass(frozen=True, slots=True)
class _Given:
    """A document to be taken over: what the tables have of it, packed."""

    document: Document
    blocks: bytes
    repairs: bytes
    hash: str
    attributes: dict[str, Any]
    period: str


def given(document: Document, attributes: Mapping[str, Any], period: str) -> _Given:
    """A document as it is stored, with the attributes that have a value; one named `period` goes before `period`."""
    known = {str(name): cell for name, cell in attributes.items() if cell not in ("", None)}
    own = str(known.pop(PERIOD, ""))
    blocks, repairs = _packed(document.blocks), _packed(document.repairs)
    whole = sha256(document.text.encode("utf-8", "surrogatepass"))
    whole.update(zlib.decompress(blocks))
    return _Given(document, blocks, repairs, whole.hexdigest(), known, own or period)


def add(
    connection: Connection, question_id: int, one: _Given, who: str, *, accept: bool
) -> tuple[str, str, list[dict[str, Any]]]:
    """Take a document over; returns what it was, the name under which the file is known, and what became of fragments.

    One that is there and differs is taken over only where that is accepted.
    """
    name = one.document.name
    now = connection.execute(_present(question_id).where(table.c.name == name)).first()
    if now is None:
        if known := _known(connection, question_id, one):
            return KNOWN, known, []
        number = _happened(connection, question_id, one, who)
        made = connection.execute(table.insert().values(question=question_id, name=name).returning(table.c.id))
        id_ = int(made.scalar_one())
        _begin(connection, question_id, id_, number, _store(connection, id_, number, one), one)
        return NEW, "", []
    attributes = {**json.loads(now.attributes), **one.attributes}
    period = one.period or now.period
    if now.hash == one.hash:
        if attributes == json.loads(now.attributes) and period == now.period:
            return SAME, "", []
        if accept:
            number = _happened(connection, question_id, one, who)
            _end(connection, now.version, number)
            _begin(connection, question_id, now.id, number, now.text_id, one, attributes, period)
        return ATTRIBUTES, "", []
    shared = pieces(now.text, one.document.text)
    moves = span_decisions.moves(connection, now.id, now.text_id, (now.text, one.document.text), shared)
    if accept:
        number = _happened(connection, question_id, one, who)
        text_id = _store(connection, now.id, number, one)
        change = {"was": now.text_id, "now": text_id, "event": number, "pieces": json.dumps(shared.tolist())}
        connection.execute(text_change.insert().values(change))
        span_decisions.anchor(connection, number, text_id, moves)
        _end(connection, now.version, number)
        _begin(connection, question_id, now.id, number, text_id, one, attributes, period)
    return CHANGED, "", [{"document": name, **row} for row in span_decisions.told(connection, moves)]


def read(connection: Connection, question_id: int, at: At = None, names: Iterable[str] | None = None) -> Documents:
    """The documents at a moment, in the order in which they were added; or those named, in the order given."""
    chosen = _present(question_id, at, moment(connection, at)).order_by(table.c.id)
    wanted = None if names is None else list(names)
    if wanted is not None:
        chosen = chosen.where(table.c.name.in_(wanted))
    rows = connection.execute(chosen).all()
    if wanted is not None:
        by_name = {row.name: row for row in rows}
        if missing := [name for name in wanted if name not in by_name]:
            raise _missing(connection, question_id, missing[0])
        rows = [by_name[name] for name in wanted]
    attributes = pd.DataFrame([json.loads(row.attributes) for row in rows], index=[row.name for row in rows])
    if any(row.period for row in rows):
        attributes[PERIOD] = [row.period for row in rows]
    return Documents(tuple(_document(row) for row in rows), attributes)


def names(connection: Connection, question_id: int, at: At = None) -> list[str]:
    """The names of the documents at a moment, in the order in which they were added."""
    return [row.name for row in connection.execute(_heads(question_id, at, moment(connection, at))).all()]


def heads(connection: Connection, question_id: int) -> dict[str, Row[Any]]:
    """Of each document now, by name: id, name, text_id, size, since."""
    return {row.name: row for row in connection.execute(_heads(question_id, None, 0)).all()}


def head(connection: Connection, question_id: int, name: str) -> Row[Any]:
    """The same of one document. Raises `StudyError` where it is not there."""
    row = connection.execute(_heads(question_id, None, 0).where(table.c.name == name)).first()
    if row is None:
        raise _missing(connection, question_id, name)
    return row


def only(connection: Connection, question_id: int, name: str | None, at: At) -> list[str] | None:
    """This document alone, or None for all. Raises `StudyError` where it was not there at that moment."""
    if name is not None and name not in names(connection, question_id, at):
        raise _missing(connection, question_id, name)
    return None if name is None else [name]


def blocks_of(connection: Connection, text_id: int) -> pd.DataFrame:
    """The blocks of a text."""
    chosen = select(document_text.c.blocks).where(document_text.c.id == text_id)
    return _unpacked(connection.execute(chosen).scalar_one())


def listing(connection: Connection, question_id: int) -> pd.DataFrame:
    """The documents, a row each: document, period, attributes, kind, pages, characters, blocks."""
    rows = connection.execute(_present(question_id).order_by(table.c.id)).all()
    made = [
        {
            "document": row.name,
            PERIOD: row.period,
            **json.loads(row.attributes),
            "kind": row.kind,
            "pages": row.pages,
            "characters": row.size,
            "blocks": len(_unpacked(row.blocks)),
        }
        for row in rows
    ]
    columns = ["document", PERIOD, "kind", "pages", "characters", "blocks"]
    return pd.DataFrame(made, columns=None if made else columns)


def _missing(connection: Connection, question_id: int, name: str) -> StudyError:
    return StudyError("study.no_document", name=name, documents=names(connection, question_id))


def _present(question_id: int, at: At = None, number: int = 0) -> Select[Any]:
    """Documents with their text, at a moment."""
    text = document_text.c
    return (
        select(table.c.id, table.c.name, document_version.c.id.label("version"), document_version.c.period)
        .add_columns(document_version.c.attributes, text.id.label("text_id"), text.text, text.size, text.hash)
        .add_columns(text.file_hash, text.kind, text.pages, text.blocks, text.repairs, text.notes)
        .join(document_version, document_version.c.document == table.c.id)
        .join(document_text, document_text.c.id == document_version.c.text)
        .where(table.c.question == question_id, holds(document_version, at, number))
    )


def _heads(question_id: int, at: At, number: int) -> Select[Any]:
    return (
        select(table.c.id, table.c.name, document_text.c.id.label("text_id"), document_text.c.size)
        .add_columns(document_text.c.event.label("since"))
        .join(document_version, document_version.c.document == table.c.id)
        .join(document_text, document_text.c.id == document_version.c.text)
        .where(table.c.question == question_id, holds(document_version, at, number))
        .order_by(table.c.id)
    )


def _known(connection: Connection, question_id: int, one: _Given) -> str:
    """The name under which this very file, or text, is there; "" where it is not."""
    if not len(one.document):
        return ""  # what has no text is not known by it
    alike = document_text.c.hash == one.hash
    if one.document.sha256:
        alike |= document_text.c.file_hash == one.document.sha256
    chosen = (
        select(table.c.name)
        .join(document_version, document_version.c.document == table.c.id)
        .join(document_text, document_text.c.id == document_version.c.text)
        .where(table.c.question == question_id, document_version.c.until.is_(None), alike)
        .order_by(table.c.id)
        .limit(1)
    )
    return str(connection.execute(chosen).scalar() or "")


def _happened(connection: Connection, question_id: int, one: _Given, who: str) -> int:
    return record(connection, question_id, Event(ADD, who, len(one.document), one.document.name))


def _store(connection: Connection, document_id: int, number: int, one: _Given) -> int:
    """The id of a text, written where the document never had it."""
    mine = document_text.c.document == document_id, document_text.c.hash == one.hash
    found = connection.execute(select(document_text.c.id).where(*mine)).scalar()
    if found is not None:
        return int(found)
    read = one.document
    row = {
        "document": document_id,
        "event": number,
        "text": read.text,
        "size": len(read.text),
        "hash": one.hash,
        "file_hash": read.sha256,
        "kind": read.kind,
        "pages": read.pages,
        "blocks": one.blocks,
        "repairs": one.repairs,
        "notes": json.dumps([stored(note) for note in read.notes], ensure_ascii=False),
    }
    return int(connection.execute(document_text.insert().values(row).returning(document_text.c.id)).scalar_one())


def _begin(
    connection: Connection,
    question_id: int,
    document_id: int,
    number: int,
    text_id: int,
    one: _Given,
    attributes: Mapping[str, Any] | None = None,
    period: str | None = None,
) -> None:
    row = {
        "document": document_id,
        "question": question_id,
        "since": number,
        "until": None,
        "text": text_id,
        "period": one.period if period is None else period,
        "attributes": json.dumps(one.attributes if attributes is None else attributes, ensure_ascii=False),
    }
    connection.execute(document_version.insert().values(row))


def _end(connection: Connection, version: int, number: int) -> None:
    connection.execute(document_version.update().where(document_version.c.id == version).values(until=number))


def _document(row: Row[Any]) -> Document:
    notes = tuple(restored(note) for note in json.loads(row.notes))
    blocks, repairs = _unpacked(row.blocks), _unpacked(row.repairs)
    return Document(row.name, row.text, blocks, repairs, row.kind, row.pages, row.file_hash, notes)


# What stands in one cell


def _packed(frame: pd.DataFrame) -> bytes:
    columns = json.dumps(columns_of(frame), ensure_ascii=False)
    return zlib.compress(columns.encode("utf-8", "surrogatepass"), 6)


def _unpacked(cell: bytes) -> pd.DataFrame:
    return frame_of(json.loads(zlib.decompress(cell).decode("utf-8", "surrogatepass")))
