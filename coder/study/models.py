"""Models of a question, kept in the study itself: the files of each, by version."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select

from coder.errors import StudyError
from coder.study.events import Event, record
from coder.study.schema import model

if TYPE_CHECKING:
    from coder.methods.classifier import Classifier


def store(connection: Connection, question_id: int, learned: "Classifier", who: str) -> int:
    """Write a model and return its version."""
    from coder.methods.model_files import save  # noqa: PLC0415 (loads scikit-learn)

    version = latest(connection, question_id) + 1
    number = record(connection, question_id, Event("train", who, int(str(learned.card["units"])), f"model {version}"))
    with TemporaryDirectory() as name:
        save(learned, Path(name))
        rows = [
            {
                "question": question_id,
                "version": version,
                "event": number,
                "name": file.name,
                "content": file.read_bytes(),
            }
            for file in sorted(Path(name).iterdir())
        ]
    connection.execute(model.insert(), rows)
    return version


def restore(connection: Connection, question_id: int, version: int) -> "Classifier":
    """Read a model back. Raises `StudyError` where there is none of this version."""
    from coder.methods.model_files import load  # noqa: PLC0415 (loads scikit-learn)

    chosen = model.c.question == question_id, model.c.version == version
    rows = connection.execute(select(model.c.name, model.c.content).where(*chosen)).all()
    if not rows:
        found = latest(connection, question_id)
        raise StudyError("study.no_model_version" if found else "study.no_model", version=version, last=found)
    with TemporaryDirectory() as name:
        for row in rows:
            (Path(name) / row.name).write_bytes(row.content)
        return load(Path(name))


def latest(connection: Connection, question_id: int) -> int:
    """The version of the last model; 0 where there is none."""
    found = select(func.max(model.c.version)).where(model.c.question == question_id)
    return int(connection.execute(found).scalar() or 0)
