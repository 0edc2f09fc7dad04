"""What people decide on spans of documents, and what follows from it.

A fragment has one id for ever. Each decision says it whole: where it stands, its code, its memo, or (verdict "no") that
it is none any more; what holds is the last decision whose batch was not undone, as with answers. A fragment that its
coder never decided, or took back wholly by undoing, is none, whoever else moved it meanwhile.

A decision keeps the place that was meant in the text that was read; where it stands in a later text is an anchor
(`coder.study.documents.anchors`), so that undoing and past states need nothing else.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, case, insert, select

from coder.documents import FRAGMENTS
from coder.errors import StudyError
from coder.study.codebooks import History
from coder.study.decisions import NO, VERDICTS, YES, Proposal, by_key, check_codes
from coder.study.documents import anchors
from coder.study.documents.anchors import Ints, Place
from coder.study.events import At, Event, holds, moment, record, version_of
from coder.study.schema import (
    document,
    document_text,
    document_version,
    event,
    span_anchor,
    span_decision,
    span_holding,
)
from coder.study.state import carried

CODE, SETTLE = LAYERS = ("code", "settle")
"""What a fragment is of: a person's own; the last word. Events are called so too."""
RULED = "ruled"
"""A stretch on which somebody had the last word on a code; see `coder.study.documents.last_words`."""
COLUMNS = (*FRAGMENTS, "verdict", "when", "event")
"""Of fragments in a study: those of `FRAGMENTS`, the verdict, when it was decided last (UTC) and in which event."""
_KEPT = ("guid", "document", "text", "layer", "who", "start", "end", "code", "verdict", "memo", "proposal", "origin")


DATES = ("id", "when", "changed", "changed_by")
"""Of fragments: when each was made, and where it was changed since, when that was and who did it; times in UTC."""


class Origin(NamedTuple):
    """When a fragment was made, and changed last by whom, in the program that it comes from (ISO 8601; "": unknown)."""

    made: str
    changed: str = ""
    changed_by: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """What somebody decides: that `[start, end)` of a document, in code points, has a code ("yes", "unsure").

    With the `id` of a fragment of theirs, that fragment becomes this; with an id that the study does not have, the new
    fragment has that one. `origin` is that of a fragment from another program.
    """

    document: str
    start: int
    end: int
    code: str
    memo: str = ""
    id: str = ""
    verdict: str = YES
    proposal: Proposal | None = None
    origin: Origin | None = None

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise StudyError("study.verdict", verdicts=VERDICTS, verdict=self.verdict)


class Move(NamedTuple):
    """A decision that was made on another text, and where it stands in the new one."""

    decision: int
    was: str
    now: str
    place: Place


def code(
    connection: Connection,
    question_id: int,
    heads: Mapping[str, Row[Any]],
    spans: Sequence[Span],
    who: str,
    *,
    layer: str,
    since: int | None,
    source: str,
    space: str,
) -> list[str]:
    """Write fragments as one batch; returns their ids. What somebody has already just so is not written again.

    `heads` are the documents as they are now; `space` is what ids are made in.
    """
    check(connection, question_id, heads, spans, since)
    held = held_on(connection, question_id, {one.id for one in spans if one.id})
    for one in spans:
        if one.id in held:
            _check_own(held[one.id], who, since)
    known = _same(connection, question_id, who, layer, {heads[one.document].id for one in spans})
    ids, rows, place = [], [], -1
    for place, one in enumerate(spans):
        key = (heads[one.document].id, one.start, one.end, one.code)
        old = held.get(one.id) if one.id else known.get(key)
        row = {
            "guid": one.id or (old.guid if old is not None else ""),
            "document": heads[one.document].id,
            "text": heads[one.document].text_id,
            "layer": layer,
            "who": who,
            **{name: getattr(one, name) for name in ("start", "end", "code", "verdict", "memo")},
            "proposal": json.dumps(asdict(one.proposal), ensure_ascii=False) if one.proposal else "",
            "origin": json.dumps(one.origin, ensure_ascii=False) if one.origin and any(one.origin) else "",
            "number": place,
        }
        ids.append(row)
        if old is None or any(row[name] != getattr(old, name) for name in ("start", "end", "code", "verdict", "memo")):
            rows.append(row)
    if rows:
        write(connection, question_id, rows, Event(layer, who, len(rows), source), space)
    return [str(row["guid"]) for row in ids]


def write(connection: Connection, question_id: int, rows: Sequence[dict[str, Any]], happened: Event, space: str) -> int:
    """Write decisions as one batch; returns the event. One without a `guid` gets one, made of its `number`."""
    number = record(connection, question_id, happened)
    for row in rows:
        row["guid"] = row["guid"] or str(uuid5(NAMESPACE_URL, f"{space}\n{number}\n{row['number']}"))
    if len({row["guid"] for row in rows}) < len(rows):
        raise StudyError("study.decided_twice")
    _write(connection, question_id, number, rows)
    return number


def change(
    connection: Connection,
    question_id: int,
    ids: Sequence[str],
    who: str,
    *,
    since: int | None = None,
    foreign: bool = False,
    text: int | None = None,
    **values: object,
) -> int | None:
    """Decide anew on fragments with other values; returns the event, None where nothing changes.

    Only their own coder may, unless `foreign`. `text` is that of a place that is given; else places are as they are.
    """
    held = held_on(connection, question_id, set(ids))
    if missing := [one for one in ids if one not in held or held[one].verdict == NO]:
        raise StudyError("study.no_fragment", id=missing[0])
    rows = []
    for one in dict.fromkeys(ids):
        old = held[one]
        if not foreign:
            _check_own(old, who, since)
        row = {name: getattr(old, name) for name in _KEPT} | values
        if text is not None:
            row["text"] = text
        elif old.placed >= 0:
            row |= {"text": old.now, "start": old.placed, "end": old.until_}
        if any(row[name] != getattr(old, name) for name in values):
            rows.append(row)
    if not rows:
        return None
    number = record(connection, question_id, Event(CODE if foreign else rows[0]["layer"], who, len(rows)))
    _write(connection, question_id, number, rows)
    return number


def undone(connection: Connection, question_id: int, number: int, undoing: int) -> pd.DataFrame:
    """Let what held before an event hold again; returns the decisions of that event."""
    chosen = (
        select(span_decision, document.c.name)
        .join(document, document.c.id == span_decision.c.document)
        .where(span_decision.c.event == number)
        .order_by(span_decision.c.id)
    )
    rows = connection.execute(chosen).all()
    guids = {row.guid for row in rows}
    before = replayed(connection, question_id, guids)
    of = {row.guid: row.document for row in rows}
    _replace(connection, question_id, undoing, {guid: (of[guid], before.get(guid)) for guid in guids})
    cells = [(row.name, row.start, row.end, row.code, row.verdict, row.guid) for row in rows]
    return pd.DataFrame(cells, columns=["document", "start", "end", "code", "verdict", "id"])


def replayed(
    connection: Connection, question_id: int, guids: Iterable[str] | None = None
) -> dict[str, tuple[int, str]]:
    """What holds now by the events alone, on these fragments or on all: the decision and its verdict."""
    taken_back = set(connection.execute(select(event.c.undoes).where(event.c.undoes.is_not(None))).scalars())
    chosen = (
        select(span_decision.c.id, span_decision.c.guid, span_decision.c.verdict, span_decision.c.who)
        .add_columns(event.c.id.label("event"), event.c.who.label("by"))
        .join(event, event.c.id == span_decision.c.event)
        .where(event.c.question == question_id)
        .order_by(span_decision.c.id)
    )
    rows = [row for row in by_key(connection, chosen, span_decision.c.guid, guids) if row.event not in taken_back]
    own = {row.guid for row in rows if row.by == row.who}
    return {row.guid: (row.id, row.verdict) for row in rows if row.guid in own}


def frame(
    connection: Connection,
    question_id: int,
    *,
    code: str | None = None,
    coder: str | None = None,
    names: Sequence[str] | None = None,
    layer: str = CODE,
    verdict: str | None = YES,
    at: At = None,
) -> pd.DataFrame:
    """The fragments at a moment, with the columns of `COLUMNS`, in the codes of that moment; in order of place."""
    number = moment(connection, at)
    version = version_of(connection, question_id, number)
    history = History(connection, question_id, version) if version else None
    chosen = _standing(question_id, at, number).where(span_decision.c.layer == layer, span_decision.c.verdict != NO)
    if coder is not None:
        chosen = chosen.where(span_decision.c.who == coder)
    if names is not None:
        chosen = chosen.where(document.c.name.in_(names))
    if code is not None and (history is None or not history.era[version]):
        chosen = chosen.where(span_decision.c.code == code)
    place, until = _placed()
    ordered = chosen.where(place >= 0).order_by(document.c.id, place, until, span_decision.c.id)
    found = pd.DataFrame(connection.execute(ordered).all(), columns=[*COLUMNS, "codebook"])
    found = found.astype({name: np.int64 if name in ("start", "end", "event", "codebook") else str for name in found})
    if history is not None:
        named = found.rename(columns={"id": "unit", "coder": "who"})
        found = carried(named, history, version).rename(columns={"unit": "id", "who": "coder"})
    if code is not None:
        found = found[found["code"] == code]
    if verdict is not None:
        found = found[found["verdict"] == verdict]
    return found[list(COLUMNS)].reset_index(drop=True)


def dates(connection: Connection, question_id: int, layers: Sequence[str] = (CODE,)) -> pd.DataFrame:
    """When fragments of coders were made, and changed by whom: a row for each that was ever decided on (`DATES`)."""
    undone_ = select(event.c.undoes).where(event.c.undoes.is_not(None))
    chosen = (
        select(span_decision.c.guid, span_decision.c.origin, event.c.at, event.c.who)
        .join(event, event.c.id == span_decision.c.event)
        .where(event.c.question == question_id, span_decision.c.layer.in_(layers), event.c.id.not_in(undone_))
        .order_by(span_decision.c.id)
    )
    found: dict[str, tuple[str, str, str]] = {}
    origins: dict[str, str] = {}
    for guid, origin, at, who in connection.execute(chosen).all():
        told = Origin(*json.loads(origin)) if origin else Origin("")
        if guid not in found:
            found[guid] = told.made or at, told.changed, told.changed_by
        elif origin != origins[guid]:
            found[guid] = found[guid][0], told.changed or at, told.changed_by or who
        else:
            found[guid] = found[guid][0], at, who
        origins[guid] = origin
    return pd.DataFrame([(guid, *row) for guid, row in found.items()], columns=list(DATES)).astype(str)


def unplaced(connection: Connection, question_id: int) -> pd.DataFrame:
    """The fragments without a place in the text of now: document, id, code, coder, memo, and the words (`was`)."""
    place, _ = _placed()
    chosen = (
        select(document.c.name, span_decision.c.guid, span_decision.c.code, span_decision.c.who, span_decision.c.memo)
        .add_columns(span_decision.c.start, span_decision.c.end, document_text.c.id)
        .select_from(span_holding)
        .join(span_decision, span_decision.c.id == span_holding.c.decision)
        .join(document, document.c.id == span_decision.c.document)
        .join(document_version, document_version.c.document == document.c.id)
        .join(document_text, document_text.c.id == span_decision.c.text)
        .outerjoin(span_anchor, _anchored())
        .where(
            span_holding.c.question == question_id, span_holding.c.until.is_(None), document_version.c.until.is_(None)
        )
        .where(span_decision.c.verdict != NO, span_decision.c.layer != RULED, place < 0)
        .order_by(document.c.id, span_decision.c.start)
    )
    rows = connection.execute(chosen).all()
    wanted = {row.id for row in rows}
    found = select(document_text.c.id, document_text.c.text).where(document_text.c.id.in_(wanted))
    texts = dict(connection.execute(found).all())
    cells = [(row.name, row.guid, row.code, row.who, row.memo, texts[row.id][row.start : row.end]) for row in rows]
    return pd.DataFrame(cells, columns=["document", "id", "code", "coder", "memo", "was"])


def document_of(connection: Connection, question_id: int, guid: str) -> str:
    """The document of a fragment. Raises `StudyError` where there is no such fragment."""
    chosen = (
        select(document.c.name)
        .join(span_holding, span_holding.c.document == document.c.id)
        .where(span_holding.c.question == question_id, span_holding.c.until.is_(None), span_holding.c.guid == guid)
    )
    name = connection.execute(chosen).scalar()
    if name is None:
        raise StudyError("study.no_fragment", id=guid)
    return str(name)


# Another text of a document


def moves(connection: Connection, document_id: int, was: int, texts: tuple[str, str], shared: Ints) -> list[Move]:
    """Where everything that was decided on a document stands in a new text of it.

    `texts` are the text that it has (of id `was`) and the new one, `shared` what these have in common.
    """
    chosen = (
        select(span_decision.c.id, span_decision.c.text, span_decision.c.start, span_decision.c.end)
        .add_columns(span_anchor.c.start.label("placed"), span_anchor.c.end.label("until"))
        .outerjoin(span_anchor, and_(span_anchor.c.decision == span_decision.c.id, span_anchor.c.text == was))
        .where(span_decision.c.document == document_id)
        .order_by(span_decision.c.id)
    )
    rows = connection.execute(chosen).all()
    of: dict[int, list[tuple[int, int, int]]] = {}
    for row in rows:
        here = row.text != was and row.placed is not None and row.placed >= 0
        base = was if here else row.text
        of.setdefault(base, []).append((row.id, row.placed if here else row.start, row.until if here else row.end))
    found = []
    for base, decided in of.items():
        old, common = (texts[0], shared) if base == was else _other(connection, base, texts[1])
        placed = anchors.places(old, texts[1], common, [(start, end) for _, start, end in decided])
        for (id_, start, end), place in zip(decided, placed, strict=True):
            found.append(Move(id_, old[start:end], texts[1][max(0, place.start) : max(0, place.end)], place))
    return found


def anchor(connection: Connection, number: int, text_id: int, moved: Sequence[Move]) -> None:
    """Write where decisions stand in this text; those that were made on it, or were placed in it before, stay."""
    ids = [move.decision for move in moved]
    own = select(span_decision.c.id).where(span_decision.c.text == text_id)
    there = set(connection.execute(own).scalars())
    there |= set(connection.execute(select(span_anchor.c.decision).where(span_anchor.c.text == text_id)).scalars())
    rows = [
        {"decision": id_, "text": text_id, "event": number, **move.place._asdict()}
        for id_, move in zip(ids, moved, strict=True)
        if id_ not in there
    ]
    if rows:
        connection.execute(insert(span_anchor), rows)


def told(connection: Connection, moved: Sequence[Move]) -> list[dict[str, Any]]:
    """What becomes of the fragments that hold: id, code, coder, how, was, now."""
    by_decision = {move.decision: move for move in moved}
    chosen = (
        select(span_decision.c.id, span_decision.c.guid, span_decision.c.code, span_decision.c.who)
        .join(span_holding, span_holding.c.decision == span_decision.c.id)
        .where(span_holding.c.until.is_(None), span_decision.c.verdict != NO, span_decision.c.layer != RULED)
        .order_by(span_decision.c.id)
    )
    rows = by_key(connection, chosen, span_decision.c.id, by_decision)
    found = []
    for row in rows:
        move = by_decision[row.id]
        about = {"id": row.guid, "code": row.code, "coder": row.who, "how": move.place.how}
        found.append({**about, "was": move.was, "now": move.now})
    return found


def _other(connection: Connection, text_id: int, now: str) -> tuple[str, Ints]:
    was = connection.execute(select(document_text.c.text).where(document_text.c.id == text_id)).scalar_one()
    return was, anchors.pieces(was, now)


# Reading and writing


def _placed() -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Where a decision stands in the text that its document has; -1 where it has no place."""
    mine = span_decision.c.text == document_version.c.text
    start = case((mine, span_decision.c.start), else_=span_anchor.c.start)
    return start, case((mine, span_decision.c.end), else_=span_anchor.c.end)


def _anchored() -> ColumnElement[bool]:
    return and_(span_anchor.c.decision == span_decision.c.id, span_anchor.c.text == document_version.c.text)


def _standing(question_id: int, at: At, number: int) -> Any:  # noqa: ANN401
    place, until = _placed()
    names = {name: span_decision.c[name] for name in ("code", "memo", "verdict")}
    columns = [document.c.name, place, until, names["code"], span_decision.c.who, names["memo"], span_decision.c.guid]
    return (
        select(*columns, names["verdict"], event.c.at, event.c.id, event.c.codebook)
        .select_from(span_holding)
        .join(span_decision, span_decision.c.id == span_holding.c.decision)
        .join(event, event.c.id == span_decision.c.event)
        .join(document, document.c.id == span_holding.c.document)
        .join(document_version, document_version.c.document == document.c.id)
        .outerjoin(span_anchor, _anchored())
        .where(span_holding.c.question == question_id, holds(span_holding, at, number))
        .where(holds(document_version, at, number))
    )


def held_on(connection: Connection, question_id: int, guids: Iterable[str]) -> dict[str, Row[Any]]:
    """What holds now on fragments: their last decision, since when, and their place in the text of now."""
    place, until = _placed()
    chosen = (
        select(span_decision, span_holding.c.since, document_version.c.text.label("now"))
        .add_columns(place.label("placed"), until.label("until_"))
        .select_from(span_holding)
        .join(span_decision, span_decision.c.id == span_holding.c.decision)
        .join(document_version, document_version.c.document == span_holding.c.document)
        .outerjoin(span_anchor, _anchored())
        .where(
            span_holding.c.question == question_id, span_holding.c.until.is_(None), document_version.c.until.is_(None)
        )
    )
    return {row.guid: row for row in by_key(connection, chosen, span_decision.c.guid, guids)}


def _same(
    connection: Connection, question_id: int, who: str, layer: str, documents: Iterable[int]
) -> dict[tuple[int, int, int, str], Row[Any]]:
    """The fragments that somebody has in documents, by place and code."""
    chosen = (
        select(span_decision)
        .join(span_holding, span_holding.c.decision == span_decision.c.id)
        .join(document_version, document_version.c.document == span_holding.c.document)
        .where(
            span_holding.c.question == question_id, span_holding.c.until.is_(None), document_version.c.until.is_(None)
        )
        .where(span_decision.c.who == who, span_decision.c.layer == layer, span_decision.c.verdict != NO)
        .where(span_decision.c.text == document_version.c.text)
    )
    rows = by_key(connection, chosen, span_holding.c.document, documents)
    return {(row.document, row.start, row.end, row.code): row for row in rows}


def _write(connection: Connection, question_id: int, number: int, rows: Sequence[Mapping[str, Any]]) -> None:
    made = [{"event": number, **{name: row[name] for name in _KEPT}} for row in rows]
    written = connection.execute(
        span_decision.insert().returning(span_decision.c.id, sort_by_parameter_order=True), made
    )
    now = {
        row["guid"]: (row["document"], (id_, row["verdict"])) for id_, row in zip(written.scalars(), made, strict=True)
    }
    _replace(connection, question_id, number, now)


def _replace(
    connection: Connection, question_id: int, number: int, now: Mapping[str, tuple[int, tuple[int, str] | None]]
) -> None:
    """Let these hold from this event on (document, and decision with its verdict); None: nothing does."""
    open_ = select(span_holding.c.id, span_holding.c.guid, span_holding.c.decision).where(
        span_holding.c.question == question_id, span_holding.c.until.is_(None)
    )
    held = {row.guid: row for row in by_key(connection, open_, span_holding.c.guid, now)}
    changed = {
        guid: (of, new)
        for guid, (of, new) in now.items()
        if (held[guid].decision if guid in held else None) != (new and new[0])
    }
    if ended := [{"row": held[guid].id} for guid in changed if guid in held]:
        connection.execute(
            span_holding.update().where(span_holding.c.id == bindparam("row")).values(until=number), ended
        )
    begun = [
        {"question": question_id, "guid": guid, "document": of, "decision": new[0], "verdict": new[1], "since": number}
        for guid, (of, new) in changed.items()
        if new is not None
    ]
    if begun:
        connection.execute(span_holding.insert(), begun)


def check(
    connection: Connection,
    question_id: int,
    heads: Mapping[str, Row[Any]],
    spans: Sequence[Span],
    since: int | None,
) -> None:
    """Raise where spans cannot be decided on: codes, documents or places that are not there, or another text since."""
    if not spans:
        raise StudyError("study.empty_batch")
    check_codes(connection, question_id, {one.code for one in spans})
    for one in spans:
        if one.document not in heads:
            raise StudyError("study.no_document", name=one.document, documents=list(heads))
        if not 0 <= one.start < one.end <= heads[one.document].size:
            size = heads[one.document].size
            raise StudyError("study.span_outside", start=one.start, end=one.end, document=one.document, size=size)
    if since is not None:
        for name in {one.document for one in spans}:
            check_text(connection, heads[name], since)


def check_text(connection: Connection, head: Row[Any], since: int) -> None:
    """Raise `StudyError` where a document has another text than it had after this event."""
    then = select(document_version.c.text).where(document_version.c.document == head.id)
    if connection.execute(then.where(holds(document_version, since, since))).scalar() != head.text_id:
        raise StudyError("study.text_changed_since", document=head.name)


def _check_own(held: Row[Any], who: str, since: int | None) -> None:
    if held.who != who:
        raise StudyError("study.fragment_of_other", id=held.guid, coder=held.who)
    if since is not None and held.since > since:
        raise StudyError("study.fragment_changed_since", id=held.guid)
