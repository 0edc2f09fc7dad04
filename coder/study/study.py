"""A study: one file (or a database) with its questions and its people.

Every method is one transaction, so that several people and a running model may work at once. What is written is on
the disk when the method returns.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import pandas as pd
from sqlalchemy import Connection, Engine, select

from coder.note import Note
from coder.study import database, people, status
from coder.study.database import MIGRATIONS
from coder.study.documents import DocumentSet
from coder.study.events import claim_name
from coder.study.question import Question
from coder.study.schema import ANSWERS, DOCUMENTS
from coder.study.schema import question as table


class Study:
    """An open study; a context manager. Make or open one with `Study.create` and `Study.open`.

    `who` is always the name of the person that does it. `at` is a moment: an event (its id) or a time with its
    zone; now unless given. Errors are `StudyError`, with what to do. Safe to use from several threads.
    """

    def __init__(self, place: database.Place, engine: Engine) -> None:
        """Use `create` or `open`."""
        self.place = place
        self._engine = engine

    @classmethod
    def create(cls, place: database.Place, *, name: str, language: str = "nl") -> Self:
        """Make a study: a file that is not there yet, or an empty PostgreSQL database (postgresql+psycopg://…)."""
        return cls(place, database.create(place, {"name": name, "language": language}))

    @classmethod
    def open(cls, place: database.Place) -> Self:
        """Open a study. A damaged one, one of a later version, or another program's file is refused.

        One of an earlier version is brought up to date, after a copy was made beside it.
        """
        return cls(place, database.connect(place, MIGRATIONS))

    def close(self) -> None:
        """Close it; the file is then one file."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()

    @property
    def facts(self) -> dict[str, str]:
        """What is known of the study itself: name, language, schema."""
        with self._read() as connection:
            return database.facts(connection)

    def __getitem__(self, question: str) -> Question:
        """A question, whether it is there already or comes with its first answers (`Question.add_answers`)."""
        return Question(question, self.place, self._engine)

    __iter__ = None
    """The names of its questions are `questions()`."""

    def questions(self) -> list[str]:
        """The names of the questions, in the order in which they were added."""
        with self._read() as connection:
            return _named(connection, ANSWERS)

    def document_sets(self) -> list[str]:
        """The names of the sets of documents, in the order in which they were added."""
        with self._read() as connection:
            return _named(connection, DOCUMENTS)

    def documents(self, name: str) -> DocumentSet:
        """A set of documents, whether it is there already or comes with its first documents (`DocumentSet.add`).

        Its codebook and log are those of `study[name]`.
        """
        return DocumentSet(name, self.place, self._engine)

    # People, and what is told

    def add_person(self, name: str, hash: str = "", role: str = "coder") -> None:  # noqa: A002 (what it is)
        """Add somebody, with the hash of a password (made by whoever checks it) and a role: see `coders.ROLES`."""
        with self._write() as connection:
            people.add_person(connection, name, hash, role)

    def change_person(self, name: str, *, hash: str | None = None, role: str | None = None) -> None:  # noqa: A002
        """Give somebody another hash or role."""
        with self._write() as connection:
            people.change_person(connection, name, hash, role)

    def claim_name(self, name: str) -> None:
        """Raise `StudyError` where somebody cannot be called this, as another is called so but for capitals."""
        with self._write() as connection:
            claim_name(connection, name)

    def people(self) -> pd.DataFrame:
        """Everybody who was added: name, role, created."""
        with self._read() as connection:
            return people.people(connection)

    def role(self, name: str) -> str:
        """What somebody may do: "coder", "adjudicator" or "lead"; "" where there is nobody called so."""
        with self._read() as connection:
            return people.role_of(connection, name)

    def password_hash(self, name: str) -> str | None:
        """The hash that somebody was added with; None where there is nobody called so, or no hash."""
        with self._read() as connection:
            return people.hash_of(connection, name)

    def log(self, *, limit: int | None = None) -> pd.DataFrame:
        """What happened, the last first: event, when, question, who, what, size, source, codebook, undoes.

        No texts and no notes are in it.
        """
        with self._read() as connection:
            return status.log(connection, limit)

    @property
    def last_event(self) -> int:
        """The number of what happened last; 0 where nothing did."""
        with self._read() as connection:
            return status.last_event(connection)

    def status(self) -> pd.DataFrame:
        """How far each question is, a row each: see `coder.study.status.status`."""
        with self._read() as connection:
            return status.status(connection)

    def check(self) -> list[Note]:
        """Whether what holds is what follows from the events: sentences on what does not; none where all is well."""
        with self._read() as connection:
            return status.check(connection)

    # Transactions

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with database.reading(self._engine, self.place) as connection:
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with database.writing(self._engine, self.place) as connection:
            yield connection


def _named(connection: Connection, kind: str) -> list[str]:
    """The names of the questions of a kind, in the order in which they were added."""
    return list(connection.execute(select(table.c.name).where(table.c.kind == kind).order_by(table.c.id)).scalars())
