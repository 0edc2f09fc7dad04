"""Decisions of people, and what follows from them.

A decision is never changed. What holds on a unit and code is the last decision whose batch was not undone;
`holding` keeps that, beside the events between which it held.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from coder.coding import NOTHING_KNOWN, Reason
from coder.errors import StudyError
from coder.study import codebooks
from coder.study.events import Event, record, version_of
from coder.study.schema import decision, event, holding, unit

YES, NO, UNSURE = VERDICTS = ("yes", "no", "unsure")
SEEN = ""
"""The code of the decision that a unit was examined."""
DECIDE, ADJUDICATE, FLAG, AGAIN = LAYERS = ("decide", "adjudicate", "flag", "again")
"""What decisions are of: a person's own; the last word on them; marks on units; what a person decides on a unit that
they decided on before, without seeing that: it takes the place of nothing. Events are called so too."""
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a machine proposed: its method, why, where in the text ([start, end), -1: the whole), how surely.

    `model` is the version of the model or codebook that it came from.
    """

    method: str
    reason: Reason = NOTHING_KNOWN
    start: int = -1
    end: int = -1
    probability: float | None = None
    model: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decides: whether a unit has a code ("yes", "no", "unsure").

    Code "" with "yes" says that the unit was examined: of the codes without a decision none fits.
    """

    unit: str
    code: str
    verdict: str = YES
    note: str = ""
    proposal: Proposal | None = None

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise StudyError("study.verdict", verdicts=VERDICTS, verdict=self.verdict)


@dataclass(frozen=True, slots=True)
class _Held:
    """What holds on a key: (layer, who, unit, code)."""

    decision: int
    verdict: str


Key = tuple[str, str, int, str]


def decide(
    connection: Connection, question_id: int, layer: str, who: str, decisions: Sequence[Decision], source: str
) -> int:
    """Write a batch of decisions; returns the event. Raises `StudyError` where one cannot be."""
    if not decisions:
        raise StudyError("study.empty_batch")
    if len({(one.unit, one.code) for one in decisions}) < len(decisions):
        raise StudyError("study.decided_twice")
    if layer != FLAG:
        check_codes(connection, question_id, {one.code for one in decisions} - {SEEN})
    units = unit_ids(connection, question_id, {one.unit for one in decisions})
    number = record(connection, question_id, Event(layer, who, len(decisions), source))
    rows: list[dict[str, Any]] = [
        {
            "event": number,
            "unit": units[one.unit],
            "code": one.code,
            "verdict": one.verdict,
            "note": one.note,
            "proposal": json.dumps(asdict(one.proposal), ensure_ascii=False) if one.proposal else "",
        }
        for one in decisions
    ]
    written = connection.execute(decision.insert().returning(decision.c.id, sort_by_parameter_order=True), rows)
    now: dict[Key, _Held | None] = {
        (layer, owner(layer, who), row["unit"], row["code"]): _Held(id_, row["verdict"])
        for id_, row in zip(written.scalars(), rows, strict=True)
    }
    _replace(connection, question_id, number, now)
    return number


def undo(
    connection: Connection, question_id: int, who: str, kinds: Sequence[str], *, files: bool = True
) -> tuple[int, int] | None:
    """Undo the last batch of somebody that was not undone; returns it and the event, or None where there is none."""
    last = last_done(connection, question_id, who, kinds)
    if last is None:
        return None
    if last.source and not files:
        raise StudyError("study.last_was_adding", who=who, source=last.source, count=last.size)
    number = record(connection, question_id, Event("undo", who, last.size, undoes=last.id))
    rows = connection.execute(select(decision.c.unit, decision.c.code).where(decision.c.event == last.id)).all()
    keys = {(last.kind, owner(last.kind, who), row.unit, row.code) for row in rows}
    before = replayed(connection, question_id, {row.unit for row in rows})
    _replace(connection, question_id, number, {key: before.get(key) for key in keys})
    return int(last.id), number


def last_done(connection: Connection, question_id: int, who: str, kinds: Sequence[str]) -> Row[Any] | None:
    """The last event of somebody, of these kinds, that was not undone and undoes none; None where there is none."""
    undone = select(event.c.undoes).where(event.c.undoes.is_not(None))
    mine = event.c.question == question_id, event.c.who == who, event.c.kind.in_(kinds)
    open_ = event.c.id.not_in(undone), event.c.undoes.is_(None)
    return connection.execute(select(event).where(*mine, *open_).order_by(event.c.id.desc()).limit(1)).first()


def replayed(connection: Connection, question_id: int, units: Iterable[int] | None = None) -> dict[Key, _Held]:
    """What holds now by the events alone, on these units or on all."""
    undone = set(connection.execute(select(event.c.undoes).where(event.c.undoes.is_not(None))).scalars())
    chosen = (
        select(decision.c.id, decision.c.unit, decision.c.code, decision.c.verdict, event.c.id.label("event"))
        .add_columns(event.c.kind, event.c.who)
        .join(event, event.c.id == decision.c.event)
        .where(event.c.question == question_id)
        .order_by(decision.c.id)
    )
    return {
        (row.kind, owner(row.kind, row.who), row.unit, row.code): _Held(row.id, row.verdict)
        for row in by_key(connection, chosen, decision.c.unit, units)
        if row.event not in undone
    }


def owner(layer: str, who: str) -> str:
    """Whose decision it is: a person's own, or nobody's where the last one decides for all."""
    return who if layer in (DECIDE, AGAIN) else ""


def unit_ids(connection: Connection, question_id: int, names: Iterable[str]) -> dict[str, int]:
    """The ids of units by name. Raises `StudyError` where one is not there."""
    wanted = sorted(set(names))
    chosen = select(unit.c.name, unit.c.id).where(unit.c.question == question_id)
    found = {row.name: int(row.id) for row in by_key(connection, chosen, unit.c.name, wanted)}
    if len(found) < len(wanted):
        missing = next(name for name in wanted if name not in found)
        raise StudyError("study.no_unit", unit=missing, missing=len(wanted) - len(found), count=len(wanted))
    return found


def _replace(connection: Connection, question_id: int, number: int, now: Mapping[Key, _Held | None]) -> None:
    """Let these hold from this event on; None: nothing does. What holds already stays as it is."""
    open_ = select(holding).where(holding.c.question == question_id, holding.c.until.is_(None))
    units = {key[2] for key in now}
    held: dict[Key, Row[Any]] = {
        (row.layer, row.who, row.unit, row.code): row for row in by_key(connection, open_, holding.c.unit, units)
    }
    changed = {
        key: new for key, new in now.items() if (held[key].decision if key in held else None) != (new and new.decision)
    }
    if ended := [{"row": held[key].id} for key in changed if key in held]:
        connection.execute(holding.update().where(holding.c.id == bindparam("row")).values(until=number), ended)
    names = ("layer", "who", "unit", "code")
    begun = [
        {**dict(zip(names, key, strict=True)), "question": question_id, "verdict": new.verdict}
        | {"decision": new.decision, "since": number}
        for key, new in changed.items()
        if new is not None
    ]
    if begun:
        connection.execute(holding.insert(), begun)


def by_key(connection: Connection, chosen: Any, column: Any, values: Iterable[Any] | None) -> Iterable[Row[Any]]:  # noqa: ANN401
    """The rows of a selection, of these values of a column or of all; so many at a time as a statement may have."""
    if values is None:
        yield from connection.execute(chosen)
        return
    wanted = sorted(values)
    for start in range(0, len(wanted), _CHUNK):
        yield from connection.execute(chosen.where(column.in_(wanted[start : start + _CHUNK])))


def check_codes(connection: Connection, question_id: int, codes: set[str]) -> None:
    """Raise `StudyError` where one of these is not in the codebook in use."""
    version = version_of(connection, question_id)
    if not version:
        raise StudyError("study.no_codebook")
    book = codebooks.load(connection, question_id, version)
    if unknown := sorted(codes - set(book.ids)):
        now = book.heirs(unknown[0])
        key = "study.code_became" if now else "study.no_code"
        raise StudyError(key, version=version, code=unknown[0], now=now, codes=book.ids)
