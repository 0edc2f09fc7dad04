"""What a study tells of itself: how far it is, what happened, its codebooks. No text of an answer is among it."""

from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, func, or_, select

from coder.note import Note
from coder.study import proposals, state
from coder.study.codebooks import History
from coder.study.decisions import ADJUDICATE, DECIDE, FLAG, UNSURE, YES, replayed
from coder.study.documents import span_decisions
from coder.study.events import version_of
from coder.study.schema import ANSWERS, codebook, decision, event, holding, question, span_holding, unit, unit_version

LOG = ("event", "when", "question", "who", "what", "size", "source", "codebook", "undoes")


def status(connection: Connection) -> pd.DataFrame:
    """How far each question is, a row each.

    question, answers (without those left out), left_out, coded (seen by somebody), double (by two or more),
    unsettled (coders differ, no last word), unsure (verdicts), flagged (units), proposed (units a machine looked
    at), coders (names and units seen), codebook and model (versions, 0 for none), event and when (the last one).
    """
    rows = connection.execute(select(question).where(question.c.kind == ANSWERS).order_by(question.c.id)).all()
    return pd.DataFrame([status_of(connection, row.id, row.name) for row in rows])


def status_of(connection: Connection, id_: int, name: str) -> dict[str, Any]:
    """How far one question is: see `status`."""
    here = unit_version.c.question == id_, unit_version.c.until.is_(None)
    counted = select(unit_version.c.left_out, func.count()).where(*here).group_by(unit_version.c.left_out)
    counts: dict[bool, int] = {bool(out): int(number) for out, number in connection.execute(counted).all()}
    seen = _held(id_, DECIDE, YES).subquery()
    several = select(seen.c.unit).group_by(seen.c.unit).having(func.count() > 1)
    each = connection.execute(select(seen.c.who, func.count()).group_by(seen.c.who).order_by(seen.c.who)).all()
    last = connection.execute(
        select(event.c.id, event.c.at).where(event.c.question == id_).order_by(event.c.id.desc()).limit(1)
    ).first()
    return {
        "question": name,
        "answers": counts.get(False, 0),
        "left_out": counts.get(True, 0),
        "coded": _many(connection, select(seen.c.unit).distinct()),
        "double": _many(connection, several),
        "unsettled": _unsettled(connection, id_),
        "unsure": _unsure(connection, id_),
        "flagged": _many(connection, _held(id_, FLAG, YES).with_only_columns(holding.c.unit)),
        "proposed": proposals.count(connection, id_),
        "coders": ", ".join(f"{coder} {number}" for coder, number in each),
        "codebook": version_of(connection, id_),
        "model": proposals.latest_model(connection, id_),
        "event": last.id if last else 0,
        "when": last.at if last else "",
    }


def last_event(connection: Connection) -> int:
    """The number of what happened last; 0 where nothing did."""
    return connection.execute(select(func.max(event.c.id))).scalar() or 0


def log(connection: Connection, limit: int | None, question_id: int | None = None) -> pd.DataFrame:
    """What happened, the last first, with the columns of `LOG`."""
    chosen = (
        select(event.c.id, event.c.at, question.c.name, event.c.who, event.c.kind, event.c.size, event.c.source)
        .add_columns(event.c.codebook, event.c.undoes)
        .join(question, question.c.id == event.c.question)
        .order_by(event.c.id.desc())
        .limit(limit)
    )
    if question_id is not None:
        chosen = chosen.where(event.c.question == question_id)
    frame = pd.DataFrame(connection.execute(chosen).all(), columns=list(LOG))
    return frame.astype({"undoes": "Int64"})


def codebooks(connection: Connection, question_id: int) -> pd.DataFrame:
    """The versions of the codebook: see `Question.codebooks`."""
    rows = connection.execute(
        select(codebook.c.version, codebook.c.hash, event.c.who, event.c.at, event.c.source, event.c.id, event.c.size)
        .add_columns(event.c.undoes)
        .join(event, event.c.id == codebook.c.event)
        .where(codebook.c.question == question_id)
        .order_by(codebook.c.version)
    ).all()
    columns = ["version", "hash", "who", "when", "why", "event", "codes", "undoes"]
    frame = pd.DataFrame(rows, columns=columns)[["version", "codes", "hash", "who", "when", "why", "event", "undoes"]]
    of = dict(zip(frame["event"], frame["version"], strict=True))
    undoes = [of.get(one, 0) for one in frame["undoes"]]
    by = dict(zip(undoes, frame["version"], strict=True))
    return frame.assign(undoes=undoes, undone=[0 if not one else by.get(one, 0) for one in frame["version"]])


def batch(connection: Connection, number: int) -> pd.DataFrame:
    """The decisions of an event: event, kind, unit, code, verdict."""
    rows = connection.execute(
        select(event.c.id, event.c.kind, unit.c.name, decision.c.code, decision.c.verdict)
        .join(event, event.c.id == decision.c.event)
        .join(unit, unit.c.id == decision.c.unit)
        .where(event.c.id == number)
        .order_by(decision.c.id)
    ).all()
    return pd.DataFrame(rows, columns=["event", "kind", "unit", "code", "verdict"])


def touched(connection: Connection, question_id: int, since: int, who: str | None) -> tuple[list[str], set[str]]:
    """The units on which anybody, or `who`, decided or undid something after an event; and the kinds of all events."""
    new = event.c.question == question_id, event.c.id > since
    kinds = set(connection.execute(select(event.c.kind).where(*new).distinct()).scalars())
    mine = () if who is None else (event.c.who == who,)
    made = select(event.c.id).where(*new, *mine)
    undone = select(event.c.undoes).where(*new, *mine, event.c.undoes.is_not(None))
    chosen = select(unit.c.name).join(decision, decision.c.unit == unit.c.id).distinct()
    either = or_(decision.c.event.in_(made), decision.c.event.in_(undone))
    return list(connection.execute(chosen.where(either)).scalars()), kinds


def check(connection: Connection) -> list[Note]:
    """The questions of which what holds differs from what follows from the events, as notes."""
    said = []
    for row in connection.execute(select(question)).all():
        open_ = holding.c.question == row.id, holding.c.until.is_(None)
        kept = {
            (one.layer, one.who, one.unit, one.code): one.decision
            for one in connection.execute(select(holding).where(*open_))
        }
        follows = {key: held.decision for key, held in replayed(connection, row.id).items()}
        spans = span_holding.c.question == row.id, span_holding.c.until.is_(None)
        held = connection.execute(select(span_holding.c.guid, span_holding.c.decision).where(*spans)).all()
        said_of_spans = {guid: number for guid, (number, _) in span_decisions.replayed(connection, row.id).items()}
        wrong = len(kept.items() ^ follows.items()) + len(dict(held).items() ^ said_of_spans.items())
        if wrong:
            said.append(Note("study.does_not_follow", question=row.name, count=wrong))
    return said


def _held(question_id: int, layer: str, verdict: str) -> Select[Any]:
    """The units on which somebody says this, and who."""
    return (
        select(holding.c.unit, holding.c.who)
        .distinct()
        .where(holding.c.question == question_id, holding.c.layer == layer, holding.c.verdict == verdict)
        .where(holding.c.until.is_(None), holding.c.unit.not_in(left_out(question_id)))
    )


def left_out(question_id: int) -> Select[tuple[int]]:
    """The units that are left out now."""
    return select(unit_version.c.unit).where(
        unit_version.c.question == question_id, unit_version.c.until.is_(None), unit_version.c.left_out.is_(True)
    )


def _many(connection: Connection, rows: Select[Any]) -> int:
    return int(connection.execute(select(func.count()).select_from(rows.subquery())).scalar_one())


def _unsure(connection: Connection, question_id: int) -> int:
    """On how many units somebody is unsure; a "yes" to a code that was split is that too."""
    version = version_of(connection, question_id)
    if not version:
        return 0
    split = History(connection, question_id, version).split()
    if not split:
        return _many(connection, _held(question_id, DECIDE, UNSURE).with_only_columns(holding.c.unit))
    open_ = holding.c.question == question_id, holding.c.layer == DECIDE, holding.c.until.is_(None)
    units = select(holding.c.unit).where(*open_, or_(holding.c.verdict == UNSURE, holding.c.code.in_(split)))
    frame = state.state(connection, question_id, units=units)
    return int(frame["unit"][frame["verdict"] == UNSURE].nunique())


def _unsettled(connection: Connection, question_id: int) -> int:
    """On how many units coders differ; only those on which two or more decided are looked at."""
    several = (
        select(holding.c.unit)
        .where(holding.c.question == question_id, holding.c.layer == DECIDE, holding.c.until.is_(None))
        .group_by(holding.c.unit)
        .having(func.count(func.distinct(holding.c.who)) > 1)
    )
    own = state.state(connection, question_id, units=several)
    return len(state.gold(own, state.state(connection, question_id, layer=ADJUDICATE))[2])
