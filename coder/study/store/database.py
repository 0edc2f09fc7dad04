"""Opening a study: an SQLite file, or a PostgreSQL database; reading and writing in transactions.

A write takes its lock when it begins (BEGIN IMMEDIATE; EXCLUSIVE on the events), so that no two writers work from
the same state and events are numbered in the order in which they are confirmed. Readers are never held up.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError

from coder.errors import MissingExtraError, StudyError
from coder.study.store.schema import SCHEMA, fact, metadata

Place = Path | str
"""A file, or the address of a PostgreSQL database (postgresql+psycopg://user@host/database)."""
Migrations = Mapping[int, Callable[[Connection], None]]
"""Of each version what makes it the next one."""

MIGRATIONS: Migrations = {}
MARK = 0x636F6472
"""What SQLite files of ours have as their application id: "codr"."""
PATIENCE = 60
"""So many seconds a write waits for another to end."""


def is_address(place: Place) -> bool:
    """Whether this is the address of a server rather than a file."""
    return "://" in str(place)


def name_of(place: Place) -> str:
    """The place as people may read it: without a password."""
    return make_url(str(place)).render_as_string(hide_password=True) if is_address(place) else str(place)


def create(place: Place, facts: Mapping[str, str]) -> Engine:
    """Make the tables of a new study. Raises `StudyError` where there is one, or another file."""
    if not is_address(place):
        if (path := Path(place)).exists():
            raise StudyError(f"{path} exists; open it, or name another file.")
        if not path.parent.is_dir():
            raise StudyError(f"There is no folder {path.parent}; make it first.")
    return _opened(place, lambda engine: _make(engine, place, facts))


def connect(place: Place, migrations: Migrations) -> Engine:
    """Open the tables of a study, upgraded to this version where they are older; a copy is kept then.

    Raises `StudyError` where there is none, where it is damaged, of another program, or of a later version.
    """
    if not is_address(place):
        _check_file(Path(place))
    return _opened(place, lambda engine: _bring_up(engine, place, migrations))


@contextmanager
def reading(engine: Engine, place: Place) -> Iterator[Connection]:
    """A connection that sees one state of the study throughout."""
    with _said(place), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine, place: Place, *, lock: bool = True) -> Iterator[Connection]:
    """A transaction that alone writes; confirmed at its end, and on the disk then, or not at all."""
    with _said(place), engine.connect().execution_options(coder_write=True) as connection, connection.begin():
        if lock and connection.dialect.name == "postgresql":
            connection.exec_driver_sql("LOCK TABLE event IN EXCLUSIVE MODE")
        yield connection


@contextmanager
def _said(place: Place) -> Iterator[None]:
    """Errors of the database in words; texts of answers are never among them."""
    try:
        yield
    except DBAPIError as error:
        raise StudyError(f"{name_of(place)} cannot be read or written: {_words(error.orig)}.") from None


def _words(error: object) -> str:
    lines = str(error).strip().splitlines()
    if not lines:
        return type(error).__name__
    if "locked" in lines[0]:
        return "another program has kept it locked; close that one and try again"
    if "readonly" in lines[0]:
        return "the file or its folder is read-only; copy the study to a folder in which you may write"
    return lines[0].removesuffix(".")


def _engine(place: Place) -> Engine:
    if not is_address(place):
        engine = create_engine(f"sqlite:///{Path(place)}", hide_parameters=True, connect_args={"timeout": PATIENCE})
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)
        return engine
    try:
        url = make_url(str(place))
        if url.get_backend_name() != "postgresql":
            raise StudyError(f"{name_of(place)} is no place for a study; name a file, or postgresql+psycopg://….")
        return create_engine(
            url.set(drivername="postgresql+psycopg"), hide_parameters=True, isolation_level="REPEATABLE READ"
        )
    except ModuleNotFoundError:
        raise MissingExtraError(
            "A study on a PostgreSQL server needs psycopg; install it with: pip install 'codeboek[postgres]'"
        ) from None
    except ArgumentError:
        raise StudyError("The address cannot be read; write postgresql+psycopg://user@host/database.") from None


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # so that the driver opens no transaction of its own
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("coder_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _opened(place: Place, prepare: Callable[[Engine], None]) -> Engine:
    """The engine of a place, prepared; closed again where that fails."""
    engine = _engine(place)
    try:
        prepare(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _make(engine: Engine, place: Place, facts: Mapping[str, str]) -> None:
    with writing(engine, place, lock=False) as connection:
        if inspect(connection).get_table_names():
            raise StudyError(f"{name_of(place)} has tables; a study needs a database of its own.")
        metadata.create_all(connection)
        if not is_address(place):
            connection.exec_driver_sql(f"PRAGMA application_id = {MARK}")
        rows = {**facts, "schema": str(SCHEMA)}
        connection.execute(fact.insert(), [{"name": name, "value": value} for name, value in rows.items()])


def _bring_up(engine: Engine, place: Place, migrations: Migrations) -> None:
    version = _version(engine, place)
    if version > SCHEMA:
        raise StudyError(
            f"{name_of(place)} was written by a later coder (its tables are of version {version}, this one "
            f"knows {SCHEMA}). Install that version; nothing was changed."
        )
    if version < SCHEMA:
        _upgrade(engine, place, version, migrations)


def _check_file(path: Path) -> None:
    """Raise where the file is not a whole study; looks without changing anything."""
    if not path.is_file():
        raise StudyError(f"There is no study {path}; make it with: coder study new {path}")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            mark = connection.execute("PRAGMA application_id").fetchone()[0]
            if mark != MARK:
                raise StudyError(f"{path} is not a study of coder, but a file of another program.")
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.OperationalError as error:
        raise StudyError(f"{path} cannot be read or written: {_words(error)}.") from None
    except sqlite3.DatabaseError as error:
        found = str(error)
        if "not a database" in found:
            raise StudyError(f"{path} is not a study of coder.") from None
    if found != "ok":
        raise StudyError(
            f"{path} is damaged ({found.splitlines()[0]}). Put back a copy of it; do not work on in this one."
        )


def _version(engine: Engine, place: Place) -> int:
    with reading(engine, place) as connection:
        if not inspect(connection).has_table(fact.name):
            raise StudyError(f"{name_of(place)} has no study; make one with: coder study new")
        return int(connection.execute(select(fact.c.value).where(fact.c.name == "schema")).scalar_one())


def _upgrade(engine: Engine, place: Place, version: int, migrations: Migrations) -> None:
    """Bring the tables to this version, after a copy was made, in one transaction."""
    if missing := [str(step) for step in range(version, SCHEMA) if step not in migrations]:
        raise StudyError(
            f"{name_of(place)} has tables of version {missing[0]}, from before coder was published. Export it with "
            "the coder that made it."
        )
    _keep_copy(engine, place, version)
    with writing(engine, place) as connection:
        for step in range(version, SCHEMA):
            migrations[step](connection)
        connection.execute(fact.update().where(fact.c.name == "schema").values(value=str(SCHEMA)))


def _keep_copy(engine: Engine, place: Place, version: int) -> None:
    """A copy of the study as it was: a file beside it, or a schema in the same database."""
    if not is_address(place):
        path = Path(place)
        beside = path.with_name(f"{path.name}.version-{version}")
        with closing(sqlite3.connect(path)) as whole, closing(sqlite3.connect(beside)) as copy:
            whole.backup(copy)
        return
    with writing(engine, place) as connection:
        schema = f"coder_version_{version}"
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        for name in inspect(connection).get_table_names():
            connection.exec_driver_sql(f'CREATE TABLE IF NOT EXISTS {schema}."{name}" AS TABLE "{name}"')


def facts(connection: Connection) -> dict[str, Any]:
    """What is known of the study itself: name -> value."""
    return {row.name: row.value for row in connection.execute(select(fact))}
