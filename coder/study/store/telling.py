"""What a study tells of itself: how far it is, what happened, its codebooks. No text of an answer is among it."""

import pandas as pd
from sqlalchemy import Connection, func, select

from coder.study.store import models, proposals, state
from coder.study.store.decisions import ADJUDICATE, DECIDE, FLAG, UNSURE, YES
from coder.study.store.events import question_named, version_of
from coder.study.store.schema import codebook, decision, event, holding, question, unit, unit_version

LOG = ("event", "when", "question", "who", "what", "size", "source", "codebook", "undoes")


def status(connection: Connection) -> pd.DataFrame:
    """How far each question is, a row each.

    question, answers (without those left out), left_out, coded (seen by somebody), double (by two or more),
    unsettled (coders differ, no last word), unsure (verdicts), flagged (units), proposed (units a machine looked
    at), coders (names and units seen), codebook and model (versions, 0 for none), event and when (the last one).
    """
    rows = connection.execute(select(question).order_by(question.c.id)).all()
    return pd.DataFrame([_status(connection, row.id, row.name) for row in rows])


def _status(connection: Connection, id_: int, name: str) -> dict[str, object]:
    here = unit_version.c.question == id_, unit_version.c.until.is_(None)
    counted = select(unit_version.c.left_out, func.count()).where(*here).group_by(unit_version.c.left_out)
    counts: dict[bool, int] = {bool(out): int(number) for out, number in connection.execute(counted).all()}
    by = _seen(connection, id_)
    last = connection.execute(
        select(event.c.id, event.c.at).where(event.c.question == id_).order_by(event.c.id.desc()).limit(1)
    ).first()
    double = [unit_id for unit_id, coders in by.items() if len(coders) > 1]
    names = sorted({coder for coders in by.values() for coder in coders})
    each = {coder: sum(coder in coders for coders in by.values()) for coder in names}
    return {
        "question": name,
        "answers": counts.get(False, 0),
        "left_out": counts.get(True, 0),
        "coded": len(by),
        "double": len(double),
        "unsettled": _unsettled(connection, id_),
        "unsure": _count(connection, id_, DECIDE, UNSURE),
        "flagged": _count(connection, id_, FLAG, YES),
        "proposed": proposals.count(connection, id_),
        "coders": ", ".join(f"{coder} {number}" for coder, number in each.items()),
        "codebook": version_of(connection, id_),
        "model": models.latest(connection, id_),
        "event": last.id if last else 0,
        "when": last.at if last else "",
    }


def log(connection: Connection, name: str | None, limit: int | None) -> pd.DataFrame:
    """What happened, the last first, with the columns of `LOG`."""
    chosen = (
        select(event.c.id, event.c.at, question.c.name, event.c.who, event.c.kind, event.c.size, event.c.source)
        .add_columns(event.c.codebook, event.c.undoes)
        .join(question, question.c.id == event.c.question)
        .order_by(event.c.id.desc())
        .limit(limit)
    )
    if name is not None:
        chosen = chosen.where(event.c.question == question_named(connection, name))
    frame = pd.DataFrame(connection.execute(chosen).all(), columns=list(LOG))
    return frame.astype({"undoes": "Int64"})


def codebooks(connection: Connection, question_id: int) -> pd.DataFrame:
    """The versions of the codebook: version, codes, hash, who, when, why, event."""
    rows = connection.execute(
        select(codebook.c.version, codebook.c.hash, event.c.who, event.c.at, event.c.source, event.c.id, event.c.size)
        .join(event, event.c.id == codebook.c.event)
        .where(codebook.c.question == question_id)
        .order_by(codebook.c.version)
    ).all()
    columns = ["version", "hash", "who", "when", "why", "event", "codes"]
    return pd.DataFrame(rows, columns=columns)[["version", "codes", "hash", "who", "when", "why", "event"]]


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


def _seen(connection: Connection, question_id: int) -> dict[int, set[str]]:
    """Who saw each unit."""
    rows = connection.execute(
        select(holding.c.unit, holding.c.who)
        .distinct()
        .join(unit_version, unit_version.c.unit == holding.c.unit)
        .where(holding.c.question == question_id, holding.c.layer == DECIDE, holding.c.until.is_(None))
        .where(holding.c.verdict == YES, unit_version.c.until.is_(None), unit_version.c.left_out.is_(False))
    )
    by: dict[int, set[str]] = {}
    for row in rows:
        by.setdefault(row.unit, set()).add(row.who)
    return by


def _count(connection: Connection, question_id: int, layer: str, verdict: str) -> int:
    """On how many units somebody says this."""
    chosen = (
        select(func.count(func.distinct(holding.c.unit)))
        .join(unit_version, unit_version.c.unit == holding.c.unit)
        .where(holding.c.question == question_id, holding.c.layer == layer, holding.c.until.is_(None))
        .where(holding.c.verdict == verdict, unit_version.c.until.is_(None), unit_version.c.left_out.is_(False))
    )
    return int(connection.execute(chosen).scalar() or 0)


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
