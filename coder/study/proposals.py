"""What machines leave in a study: what they propose, predictions from elsewhere, and models.

What they propose is written in parts, so that nobody who decides waits for it, and counts when whole.

Predictions (of a language model, a crowd, another program) stand in the same tables, as sets of the method
`PREDICTIONS`. Nobody who codes is shown them: they make estimates narrower, and who saw them while coding the sample
would agree with them too often. Models are kept as the files that they are made of, by version.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, Table, false, func, or_, select

from coder.coding import Coding, Reason, Reasons, assignments
from coder.errors import StudyError
from coder.learning.predictions import Predictions
from coder.note import Progress, silent
from coder.study.codebooks import History
from coder.study.decisions import SEEN
from coder.study.events import MACHINE, Event, claim_name, record, version_of
from coder.study.schema import event, model, proposal, proposal_set, unit, unit_version

if TYPE_CHECKING:
    from coder.methods.classifier import Classifier


COLUMNS = ("unit", "code", "probability", "start", "end", "method", "version")
PREDICTED = ("name", "answers", "who", "when", "source", "event")
_STORED = (*COLUMNS, "reason")
PREDICTIONS = "predictions from elsewhere"
"""The method of sets that nobody is shown; their `model` is the name of the predictions."""
_PART = 2_000
"""So many rows are written at once."""
_REST = 0.03
"""So many seconds lie between parts: who waits for their turn looks again after 25 ms at most at first."""
Write = Callable[[], AbstractContextManager[Connection]]


def write(
    transaction: Write,
    question_id: int,
    ids: Mapping[str, int],
    coding: Coding,
    *,
    who: str,
    model: str,
    replace_earlier: bool,
    progress: Progress,
) -> int:
    """Write the assignments of a machine, and which units it saw; returns the event. See `Question.propose`.

    `ids` are those of the units by name.
    """
    nothing = coding.seen.difference(pd.Index(coding.assignments["unit"].unique()), sort=False)
    empty = assignments({"unit": nothing.to_numpy(), "code": [SEEN] * len(nothing)}).assign(score=0.0)
    frame = pd.concat([coding.assignments, empty], ignore_index=True)
    stored = [reason.stored() for reason in coding.reasons]
    frame["reason"] = pd.Series(stored + [""] * len(nothing), frame.index, dtype=str)
    happened = Event("propose", who, len(coding.assignments), f"{coding.coder} {model}".strip())
    about = {"method": coding.coder, "model": model}
    shown = proposal_set.c.method != PREDICTIONS if replace_earlier else false()
    return _store(transaction, question_id, ids, frame, happened, about, shown, progress)


def _store(
    transaction: Write,
    question_id: int,
    ids: Mapping[str, int],
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
        number = begin(connection, question_id, about)
    pairs = zip(units, rows, strict=True)
    put(transaction, proposal, ({**row, "of": number, "unit": ids[name]} for name, row in pairs), len(rows), progress)
    with transaction() as connection:
        done = record(connection, question_id, happened)
        old = superseded(connection, question_id, replaced, number)
        connection.execute(proposal_set.update().where(proposal_set.c.id == number).values(event=done))
        connection.execute(proposal_set.update().where(proposal_set.c.id.in_(old)).values(event=None))
    _clear(transaction, old, progress)
    return done


def put(transaction: Write, table: Table, rows: Iterable[Mapping[str, object]], many: int, progress: Progress) -> None:
    """Write rows of a set in parts, each in a transaction of its own, with room between them for who decides."""
    rows = iter(rows)
    for done in range(0, many, _PART):
        progress("progress.writing_proposals", done, many)
        part = list(islice(rows, _PART))
        with transaction() as connection:
            connection.execute(table.insert(), part)
        sleep(_REST)


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


def made_with(connection: Connection, question_id: int) -> int:
    """The version of the codebook with which was made what is proposed now; 0 where nothing is."""
    shown = proposal_set.c.question == question_id, proposal_set.c.event.is_not(None)
    last = select(func.max(proposal_set.c.codebook)).where(*shown, proposal_set.c.method != PREDICTIONS)
    return int(connection.execute(last).scalar() or 0)


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


def _clear(transaction: Write, sets: Sequence[int], progress: Progress) -> None:
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
            sleep(_REST)


# Predictions from elsewhere


def add_predictions(
    transaction: Write,
    question_id: int,
    ids: Mapping[str, int],
    given: Predictions,
    *,
    who: str,
    source: str,
    progress: Progress = silent,
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
    return _store(transaction, question_id, ids, frame, happened, about, mine, progress)


def remove_predictions(transaction: Write, question_id: int, name: str, who: str) -> None:
    """Take the predictions of this name away. Raises `StudyError` where there are none."""
    with transaction() as connection:
        there = dict(_sets(connection, question_id))
        if name not in there:
            raise StudyError("study.no_predictions", name=name, names=sorted(there))
        record(connection, question_id, Event("remove", who, source=name))
        connection.execute(proposal_set.update().where(proposal_set.c.id == there[name]).values(event=None))
    _clear(transaction, [there[name]], silent)


def predictions(connection: Connection, question_id: int) -> tuple[Predictions, ...]:
    """All predictions, in the order of their names, of answers that are not left out; in the codes of now."""
    return tuple(Predictions(name, _scores(connection, question_id, of)) for name, of in _sets(connection, question_id))


def predicted(connection: Connection, question_id: int) -> pd.DataFrame:
    """The predictions there are, a row each, with the columns of `PREDICTED`."""
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
    frame = pd.DataFrame(connection.execute(chosen).all(), columns=list(PREDICTED))
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


# Models


def save_model(transaction: Write, question_id: int, learned: "Classifier", who: str) -> int:
    """Write a model and return its version."""
    with TemporaryDirectory() as name:
        learned.save(name)
        files = {file.name: file.read_bytes() for file in sorted(Path(name).iterdir())}
    units = int(str(learned.card["units"]))
    with transaction() as connection:
        version = latest_model(connection, question_id) + 1
        number = record(connection, question_id, Event("train", who, units, f"model {version}"))
        about = {"question": question_id, "version": version, "event": number}
        rows = [{**about, "name": file, "content": content} for file, content in files.items()]
        connection.execute(model.insert(), rows)
    return version


def load_model(connection: Connection, question_id: int, version: int) -> "Classifier":
    """Read a model back. Raises `StudyError` where there is none of this version."""
    from coder.methods.classifier import Classifier  # noqa: PLC0415 (loads scikit-learn)

    chosen = model.c.question == question_id, model.c.version == version
    rows = connection.execute(select(model.c.name, model.c.content).where(*chosen)).all()
    if not rows:
        found = latest_model(connection, question_id)
        raise StudyError("study.no_model_version" if found else "study.no_model", version=version, last=found)
    with TemporaryDirectory() as name:
        for row in rows:
            (Path(name) / row.name).write_bytes(row.content)
        return Classifier.load(name)


def latest_model(connection: Connection, question_id: int) -> int:
    """The version of the last model; 0 where there is none."""
    found = select(func.max(model.c.version)).where(model.c.question == question_id)
    return int(connection.execute(found).scalar() or 0)
