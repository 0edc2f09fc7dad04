"""What machines propose. It is written in parts, so that nobody who decides waits for it, and counts when whole.

Predictions from elsewhere (`coder.study.predictions`) stand in the same tables, as sets of the method `PREDICTIONS`:
nobody is shown those.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, false, func, or_, select

from coder.coding import Coding, assignments
from coder.errors import StudyError
from coder.progress import Progress
from coder.reasons import Reason, Reasons
from coder.study.decisions import SEEN, unit_ids
from coder.study.events import MACHINE, Event, claim_name, record, version_of
from coder.study.schema import proposal, proposal_set, unit, unit_version

COLUMNS = ("unit", "code", "probability", "start", "end", "method", "version")
_STORED = (*COLUMNS, "reason")
PREDICTIONS = "predictions from elsewhere"
"""The method of sets that nobody is shown; their `model` is the name of the predictions."""
_PART = 5_000
Write = Callable[[], AbstractContextManager[Connection]]


def write(
    transaction: Write,
    question_id: int,
    coding: Coding,
    *,
    who: str,
    model: str,
    replace_earlier: bool,
    progress: Progress,
) -> int:
    """Write the assignments of a machine, and which units it saw; returns the event. See `Study.propose`."""
    nothing = coding.seen.difference(pd.Index(coding.assignments["unit"].unique()), sort=False)
    empty = assignments({"unit": nothing.to_numpy(), "code": [SEEN] * len(nothing)}).assign(score=0.0)
    frame = pd.concat([coding.assignments, empty], ignore_index=True)
    stored = [reason.stored() for reason in coding.reasons]
    frame["reason"] = pd.Series(stored + [""] * len(nothing), frame.index, dtype=str)
    happened = Event("propose", who, len(coding.assignments), f"{coding.coder} {model}".strip())
    about = {"method": coding.coder, "model": model}
    shown = proposal_set.c.method != PREDICTIONS if replace_earlier else false()
    return store(transaction, question_id, frame, happened, about, shown, progress)


def store(
    transaction: Write,
    question_id: int,
    frame: pd.DataFrame,
    happened: Event,
    about: Mapping[str, str],
    replaced: ColumnElement[bool],
    progress: Progress,
) -> int:
    """Write a set in parts, and let it take the place of the sets that `replaced` says; returns the event.

    `frame` has the columns unit, code, score, start, end and reason; `about` is the method and the model of the set.
    """
    columns = {"code": "code", "probability": "score", "start": "start", "end": "end", "reason": "reason"}
    cells = [frame[name].tolist() for name in columns.values()]
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*cells, strict=True)]
    units = frame["unit"].tolist()
    with transaction() as connection:
        claim_name(connection, happened.who)
        ids = unit_ids(connection, question_id, units)
        number = begin(connection, question_id, about)
    for start in range(0, len(rows), _PART):
        progress("progress.writing_proposals", start, len(rows))
        end = start + _PART
        pairs = zip(units[start:end], rows[start:end], strict=True)
        part = [{**row, "of": number, "unit": ids[name]} for name, row in pairs]
        with transaction() as connection:
            connection.execute(proposal.insert(), part)
    with transaction() as connection:
        done = record(connection, question_id, happened)
        old = superseded(connection, question_id, replaced, number)
        connection.execute(proposal_set.update().where(proposal_set.c.id == number).values(event=done))
        connection.execute(proposal_set.update().where(proposal_set.c.id.in_(old)).values(event=None))
    clear(transaction, old, progress)
    return done


def begin(connection: Connection, question_id: int, about: Mapping[str, str]) -> int:
    """A set that does not count yet, of this method and model and the codebook of now; returns its number."""
    begun = {**about, "begun": datetime.now(UTC).isoformat(timespec="microseconds")}
    version = version_of(connection, question_id)
    made = proposal_set.insert().values(question=question_id, event=None, codebook=version, **begun)
    return int(connection.execute(made.returning(proposal_set.c.id)).scalar_one())


def read(
    connection: Connection, question_id: int, units: Sequence[int] | None, *, reasons: bool = False
) -> pd.DataFrame:
    """What is proposed now, with the columns of `COLUMNS`; on these units or on all, the surest first on each.

    With `reasons` it has kind, rule and note (`Reason`) too.
    """
    chosen = _now(question_id).where(proposal.c.code != SEEN)
    if units is not None:
        chosen = chosen.where(proposal.c.unit.in_(units))
    ordered = chosen.order_by(proposal.c.unit, proposal.c.probability.desc(), proposal.c.code, proposal.c.start)
    rows = [tuple(row) for row in connection.execute(ordered)]  # pandas asks each row of SQLAlchemy what it is
    frame = pd.DataFrame(rows, columns=list(_STORED))
    stored = frame.pop("reason").tolist()
    return pd.concat([frame, _restored(stored).frame()], axis=1) if reasons else frame


def _restored(stored: Sequence[str]) -> Reasons:
    return Reasons(len(stored), partial(_read_again, stored))


def _read_again(stored: Sequence[str], rows: npt.NDArray[np.int64]) -> list[Reason]:
    return [Reason.restored(stored[row]) for row in rows.tolist()]


def coding(connection: Connection, question_id: int) -> Coding:
    """What is proposed now, as the coding of a machine. Raises `StudyError` where nothing is."""
    frame = pd.DataFrame(connection.execute(_now(question_id).order_by(proposal.c.id)).all(), columns=list(_STORED))
    if frame.empty:
        raise StudyError("study.no_proposals")
    seen = pd.Index(frame["unit"].unique(), dtype=str, name="unit")
    given = frame[frame["code"] != SEEN]
    columns = {
        "unit": "unit",
        "code": "code",
        "score": "probability",
        "start": "start",
        "end": "end",
    }
    rows = assignments({name: given[column].tolist() for name, column in columns.items()})
    made = {"method": "+".join(frame["method"].unique()), "model": "+".join(frame["version"].unique())}
    return Coding(MACHINE, seen, rows, made, _restored(given["reason"].tolist()))


def count(connection: Connection, question_id: int) -> int:
    """How many units a machine has looked at."""
    chosen = _now(question_id).with_only_columns(func.count(func.distinct(proposal.c.unit)))
    return int(connection.execute(chosen).scalar() or 0)


def _now(question_id: int) -> Select[Any]:
    """Proposals that count, on units that are not left out."""
    return (
        select(unit.c.name, proposal.c.code, proposal.c.probability, proposal.c.start, proposal.c.end)
        .add_columns(proposal_set.c.method, proposal_set.c.model, proposal.c.reason)
        .join(unit, unit.c.id == proposal.c.unit)
        .join(unit_version, unit_version.c.unit == unit.c.id)
        .join(proposal_set, proposal_set.c.id == proposal.c.of)
        .where(proposal_set.c.question == question_id, proposal_set.c.event.is_not(None))
        .where(unit_version.c.until.is_(None), unit_version.c.left_out.is_(False))
        .where(proposal_set.c.method != PREDICTIONS)
    )


def superseded(connection: Connection, question_id: int, replaced: ColumnElement[bool], number: int) -> list[int]:
    """The sets that this one takes the place of; and those that a machine began long ago and never ended."""
    given_up = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="microseconds")
    done = or_(proposal_set.c.event.is_not(None), proposal_set.c.begun < given_up)
    others = proposal_set.c.question == question_id, proposal_set.c.id != number
    return list(connection.execute(select(proposal_set.c.id).where(*others, done, replaced)).scalars())


def clear(transaction: Write, sets: Sequence[int], progress: Progress) -> None:
    """Remove what was replaced, and what a machine began and never ended, a part at a time."""
    for number in sets:
        mine = select(proposal.c.id).where(proposal.c.of == number).limit(_PART)
        while True:
            progress("progress.removing", 0, 1)
            with transaction() as connection:
                gone = connection.execute(proposal.delete().where(proposal.c.id.in_(mine))).rowcount
                if not gone:
                    connection.execute(proposal_set.delete().where(proposal_set.c.id == number))
                    break
