"""Predictions from elsewhere, kept in a study: what a language model, a crowd or another program says of its answers.

They stand beside what the machine proposes, and nobody who codes is shown them: they make estimates narrower, and who
saw them while coding the sample would agree with them too often.
"""

import numpy as np
import pandas as pd
from sqlalchemy import Connection, func, select

from coder.errors import StudyError
from coder.learning.predictions import Predictions
from coder.progress import Progress, silent
from coder.study.codebooks import History
from coder.study.decisions import SEEN
from coder.study.events import Event, record, version_of
from coder.study.proposals import PREDICTIONS, Write, clear, store
from coder.study.schema import event, proposal, proposal_set, unit, unit_version

COLUMNS = ("name", "answers", "who", "when", "source", "event")


def write(
    transaction: Write, question_id: int, given: Predictions, *, who: str, source: str, progress: Progress = silent
) -> int:
    """Keep predictions under their name, in place of those that it had; returns the event."""
    if not given.name or given.name != given.name.strip() or not given.name.isprintable():
        raise StudyError("study.name_of_predictions", name=given.name)
    scores = given.scores.dropna()
    if scores.empty:
        raise StudyError("study.nothing_predicted", name=given.name)
    values = scores.to_numpy(dtype=np.float64)
    rows, columns = np.nonzero(values)
    nothing = scores.index[np.flatnonzero(~values.any(axis=1))]
    frame = pd.DataFrame(
        {
            "unit": [*scores.index[rows], *nothing],
            "code": [*scores.columns[columns], *([SEEN] * len(nothing))],
            "score": [*values[rows, columns].tolist(), *([0.0] * len(nothing))],
        }
    ).assign(start=-1, end=-1, reason="")
    happened = Event("predict", who, len(scores), f"{given.name}: {source}" if source else given.name)
    mine = (proposal_set.c.method == PREDICTIONS) & (proposal_set.c.model == given.name)
    about = {"method": PREDICTIONS, "model": given.name}
    return store(transaction, question_id, frame, happened, about, mine, progress)


def remove(transaction: Write, question_id: int, name: str, who: str) -> None:
    """Take the predictions of this name away. Raises `StudyError` where there are none."""
    with transaction() as connection:
        there = dict(_sets(connection, question_id))
        if name not in there:
            raise StudyError("study.no_predictions", name=name, names=sorted(there))
        record(connection, question_id, Event("remove", who, source=name))
        connection.execute(proposal_set.update().where(proposal_set.c.id == there[name]).values(event=None))
    clear(transaction, [there[name]], silent)


def read(connection: Connection, question_id: int) -> tuple[Predictions, ...]:
    """All predictions, in the order of their names, of answers that are not left out; in the codes of now."""
    return tuple(Predictions(name, _scores(connection, question_id, of)) for name, of in _sets(connection, question_id))


def listed(connection: Connection, question_id: int) -> pd.DataFrame:
    """The predictions there are, a row each, with the columns of `COLUMNS`."""
    many = func.count(func.distinct(proposal.c.unit))
    chosen = (
        select(proposal_set.c.model, many, event.c.who, event.c.at, event.c.source, event.c.id)
        .join(event, event.c.id == proposal_set.c.event)
        .join(proposal, proposal.c.of == proposal_set.c.id)
        .join(unit_version, unit_version.c.unit == proposal.c.unit)
        .where(proposal_set.c.question == question_id, proposal_set.c.method == PREDICTIONS)
        .where(unit_version.c.until.is_(None), unit_version.c.left_out.is_(False))
        .group_by(proposal_set.c.model, event.c.who, event.c.at, event.c.source, event.c.id)
        .order_by(proposal_set.c.model)
    )
    frame = pd.DataFrame(connection.execute(chosen).all(), columns=list(COLUMNS))
    files = [source.removeprefix(name).removeprefix(": ") for name, source in frame[["name", "source"]].to_numpy()]
    return frame.assign(source=files)


def _sets(connection: Connection, question_id: int) -> list[tuple[str, int]]:
    """The name and the id of each set that counts."""
    chosen = (
        select(proposal_set.c.model, proposal_set.c.id)
        .where(proposal_set.c.question == question_id, proposal_set.c.method == PREDICTIONS)
        .where(proposal_set.c.event.is_not(None))
        .order_by(proposal_set.c.model)
    )
    return [(str(row.model), int(row.id)) for row in connection.execute(chosen)]


def _scores(connection: Connection, question_id: int, of: int) -> pd.DataFrame:
    """The probabilities of a set, a row a unit and a column a code."""
    chosen = (
        select(unit.c.name, proposal.c.code, proposal.c.probability)
        .join(unit, unit.c.id == proposal.c.unit)
        .join(unit_version, unit_version.c.unit == unit.c.id)
        .where(proposal.c.of == of, unit_version.c.until.is_(None), unit_version.c.left_out.is_(False))
        .order_by(unit.c.id, proposal.c.id)
    )
    frame = pd.DataFrame(connection.execute(chosen).all(), columns=["unit", "code", "score"])
    units = pd.Index(frame["unit"].unique(), dtype=str, name="unit")
    then = int(connection.execute(select(proposal_set.c.codebook).where(proposal_set.c.id == of)).scalar_one())
    heirs = _heirs(connection, question_id, then, sorted(set(frame["code"]) - {SEEN}))
    frame = frame.assign(code=frame["code"].map(heirs)).explode("code").dropna(subset=["code"])
    codes = sorted(set(frame["code"]))
    found = np.zeros((len(units), len(codes)))
    places = units.get_indexer(pd.Index(frame["unit"])), pd.Index(codes, dtype=str).get_indexer(pd.Index(frame["code"]))
    np.maximum.at(found, places, frame["score"].to_numpy(dtype=np.float64))
    return pd.DataFrame(found, index=units, columns=codes)


def _heirs(connection: Connection, question_id: int, then: int, codes: list[str]) -> dict[str, list[str]]:
    """What codes of a version of the codebook are in the one in use: each part of a split code may be there."""
    now = version_of(connection, question_id)
    if then in (0, now):
        return {code: [code] for code in codes}
    history = History(connection, question_id, now)
    return {code: list(history.heirs(code, history.era[then], history.era[now])) for code in codes}
