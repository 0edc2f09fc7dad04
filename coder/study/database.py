"""Opening a study: an SQLite file, or a PostgreSQL database; reading and writing in transactions.

A write takes its lock when it begins (BEGIN IMMEDIATE; EXCLUSIVE on the events), so that no two writers work from
the same state and events are numbered in the order in which they are confirmed. Readers are never held up. Tables of an
earlier version are brought to the next one when a study is opened.

SQLite checks how its pages hang together, not what is written in them. So each row of a file has the CRC-32 of its
other columns (Peterson and Brown 1961: it finds every error within 32 bits in a row), and the tables' own description
has one too. Triggers of the connection write them, so that the file itself stays plain SQLite; all are looked at when
a study is opened. A server has sums of its pages itself.

Beside an open study SQLite keeps its write-ahead log, with what was confirmed last. It reads it up to the first frame
whose checksum is wrong, and takes what follows for the rest of a write that a power cut broke off. But each write is
on the disk before the next one begins, so that a wrong frame before a later write is damage, and what was confirmed
after it would be lost without a word. The format, with its checksums, is that of "WAL-mode File Format" in SQLite's
documentation.
"""

import os
import re
import secrets
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Float,
    LargeBinary,
    Table,
    Text,
    create_engine,
    event,
    inspect,
    make_url,
    select,
    union,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from coder.errors import MissingExtraError, StorageError, StudyError
from coder.note import Note
from coder.study.events import claim_name
from coder.study.schema import (
    ANSWERS,
    DOCUMENT_TABLES,
    SCHEMA,
    SUM,
    Key,
    codebook,
    deal,
    fact,
    lease,
    metadata,
    observation,
    person,
    spelling,
)
from coder.study.schema import event as events

Migrations = Mapping[int, Callable[[Connection], None]]
"""Of each version what makes it the next one."""
Place = Path | str
"""A file, or the address of a PostgreSQL database (postgresql+psycopg://user@host/database)."""
MARK = 0x636F6472
"""What SQLite files of ours have as their application id: "codr"."""
PATIENCE = 60
"""So many seconds a write waits for another to end."""
_LONGEST_NAME = 255 - len("-journal")
"""Bytes of the name of a file, beside which SQLite keeps others."""
_DEVICE = re.compile(r"CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[1-9\u00b9\u00b2\u00b3]")
"""What Windows takes for a device, whatever its ending."""
_PAGES = slice(28, 32)
"""Where in a file SQLite says of how many pages it is."""
_TABLES = "sum of the tables"
"""The fact that has the sum of the description of the tables."""
_EXACT = 2**60
"""A probability times this is a whole number, and that is the same on every machine."""
_LOG_HEAD, _FRAME_HEAD = 32, 24
_MAGIC = {b"\x37\x7f\x06\x82": "<u4", b"\x37\x7f\x06\x83": ">u4"}
"""How a log begins, by the order of bytes in which its checksums are made."""
_TRIES = 5
_Numbers = npt.NDArray[np.uint32]
_MADE_ON_THE_PAGE = ("new code %", "edited %", "merged %", "split %", "to make codes in")
"""Why a codebook was made, where no file had it."""


def files_folder(place: Place) -> Path | None:
    """The folder beside a study in which the files lie that its documents were read from; a database has none."""
    return None if is_address(place) else Path(place).with_suffix(".files")


def is_address(place: Place) -> bool:
    """Whether this is the address of a server rather than a file."""
    return "://" in str(place)


def whole(place: Place) -> str:
    """The place as it is the same wherever a program runs: the address of a server, or the whole path of a file."""
    return str(place) if is_address(place) else str(Path(place).resolve())


def name_of(place: Place) -> str:
    """The place as people may read it: without a password."""
    return make_url(str(place)).render_as_string(hide_password=True) if is_address(place) else str(place)


def create(place: Place, facts: Mapping[str, str]) -> Engine:
    """Make the tables of a new study. Raises `StudyError` where there is one, or another file.

    A file is there whole or not at all.
    """
    if is_address(place):
        return _opened(_engine(place), lambda engine: _make(engine, place, facts))
    path = Path(place)
    if os.name == "nt" and not _held_by_windows(path.name):
        raise StudyError("study.windows_name", name=path.name)
    if len(os.fsencode(path.name)) > _LONGEST_NAME:
        raise StudyError("study.long_name", start=path.name[:40])
    if path.exists():
        raise StudyError("study.exists", path=path)
    if not path.parent.is_dir():
        raise StudyError("study.no_folder", folder=path.parent)
    if _has_log(path):  # SQLite would read it into the new study
        raise StudyError("study.old_log", log=_log(path), name=path.name)
    with _beside(path) as beside:
        _opened(_engine(beside), lambda engine: _make(engine, place, facts)).dispose()
        try:
            os.link(beside, path)  # unlike a renaming, takes the place of no other file
        except FileExistsError:
            raise StudyError("study.exists", path=path) from None
        except OSError:  # a disk without links
            beside.rename(path)
    return _engine(place)


def connect(place: Place, migrations: Migrations) -> Engine:
    """Open the tables of a study, upgraded to this version where they are older; a copy is kept then.

    Raises `StudyError` where there is none, where it is damaged, of another program, or of a later version.
    """
    if not is_address(place):
        _check_file(Path(place))
    return _opened(_engine(place), lambda engine: _bring_up(engine, place, migrations))


@contextmanager
def reading(engine: Engine, place: Place) -> Iterator[Connection]:
    """A connection that sees one state of the study throughout."""
    with _said(place), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine, place: Place, *, lock: bool = True, tables: bool = True) -> Iterator[Connection]:
    """A transaction that alone writes; confirmed at its end, and on the disk then, or not at all.

    Without `tables` they are not there yet, or not of this version.
    """
    how = "rows" if tables else "tables"
    with _said(place), engine.connect().execution_options(coder_write=how) as connection, connection.begin():
        if lock and connection.dialect.name == "postgresql":
            connection.exec_driver_sql("LOCK TABLE event IN EXCLUSIVE MODE")
        yield connection


@contextmanager
def _said(place: Place) -> Iterator[None]:
    """Errors of the database in words; texts of answers are never among them."""
    try:
        yield
    except OperationalError as error:
        why = _why(error.orig)
        raise StorageError(_refused(place, error.orig), why=why) from None
    except DBAPIError as error:
        raise _unusable(place, error.orig) from None
    except sqlite3.Error as error:
        raise _unusable(place, error) from None
    except OverflowError:
        raise StudyError("study.large_number") from None
    except UnicodeEncodeError:
        raise StudyError("study.half_sign") from None
    except OSError as error:
        raise StudyError("study.unusable", study=name_of(place), why=error.strerror) from None


def _unusable(place: Place, error: object) -> StudyError:
    return StudyError(_refused(place, error))


def _refused(place: Place, error: object) -> Note:
    why = _why(error)
    words = Note(f"study.why.{why}") if why else _first_line(error).removesuffix(".")
    return Note("study.unusable", study=name_of(place), why=words)


def _why(error: object) -> str:
    """Why a database refuses, as `StorageError` has it."""
    first = _first_line(error)
    signs = {"locked": "locked", "readonly": "read_only", "is full": "full"}
    return next((why for sign, why in signs.items() if sign in first), "")


def _first_line(error: object) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _engine(place: Place) -> Engine:
    if not is_address(place):
        path = str(Path(place).resolve())  # not as part of an address: a name may have a ?, or be :memory:
        url = URL.create("sqlite", database=path)
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": PATIENCE})
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)
        return engine
    try:
        url = make_url(str(place))
        if url.get_backend_name() != "postgresql":
            raise StudyError("study.no_place", study=name_of(place))
        return create_engine(
            url.set(drivername="postgresql+psycopg"), hide_parameters=True, isolation_level="REPEATABLE READ"
        )
    except ModuleNotFoundError:
        raise MissingExtraError("study.needs_psycopg") from None
    except ArgumentError:
        raise StudyError("study.bad_address") from None


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # so that the driver opens no transaction of its own
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
    _define_sums(connection)


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("coder_write")
    if write == "rows" and not connection.info.get(SUM):
        _keep_sums(cast("sqlite3.Connection", connection.connection.dbapi_connection))
        connection.info[SUM] = True
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _opened(engine: Engine, prepare: Callable[[Engine], None]) -> Engine:
    """The engine, prepared; closed again where that fails."""
    try:
        prepare(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _log(path: Path) -> Path:
    """What SQLite keeps beside a study while it is open, and a program that was killed leaves there."""
    whole = path.resolve()
    return whole.with_name(f"{whole.name}-wal")


def _has_log(path: Path) -> bool:
    """Whether something is in that log."""
    return _log(path).is_file() and _log(path).stat().st_size > 0


def _make(engine: Engine, place: Place, facts: Mapping[str, str]) -> None:
    with writing(engine, place, lock=False, tables=False) as connection:
        if inspect(connection).get_table_names():
            raise StudyError("study.has_tables", study=name_of(place))
        metadata.create_all(connection)
        rows = {**facts, "schema": str(SCHEMA)}
        connection.execute(fact.insert(), [{"name": name, "value": value} for name, value in rows.items()])
        if not is_address(place):
            connection.exec_driver_sql(f"PRAGMA application_id = {MARK}")
            _describe_tables(connection)
            _fill_sums(connection)


def _held_by_windows(name: str) -> bool:
    """Whether Windows keeps a file under this name, as it is written."""
    device = name.partition(".")[0].rstrip(" ").upper()
    odd = any(sign in '<>:"/\\|?*' or sign < " " for sign in name) or name.endswith((" ", "."))
    return not odd and not _DEVICE.fullmatch(device)


def _bring_up(engine: Engine, place: Place, migrations: Migrations) -> None:
    version = _version(engine, place)
    if version > SCHEMA:
        raise StudyError("study.later_coder", study=name_of(place), version=version, known=SCHEMA)
    if version < SCHEMA:
        _upgrade(engine, place, version, migrations)


def _check_file(path: Path) -> None:
    """Raise where the file is not a whole study; looks without changing anything."""
    with _said(path):
        if not path.is_file():
            raise StudyError("study.none", path=path)
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            if connection.execute("PRAGMA application_id").fetchone()[0] != MARK:
                raise StudyError("study.other_program", path=path)
            found: Note | str = next(_damage(connection, path), "")
    except sqlite3.OperationalError as error:
        found = str(error)
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:  # that is a statement that its tables do not allow
            raise _unusable(path, error) from None
    except sqlite3.DatabaseError as error:
        found = str(error)
        if "not a database" in found:
            raise StudyError("study.not_a_study", path=path) from None
    except UnicodeDecodeError:  # in what SQLite says is wrong
        found = Note("study.damage.name")
    if found:
        raise _damaged(path, found)


def _damaged(path: Path, found: Note | str) -> StudyError:
    what = found if isinstance(found, Note) else " ".join(line for line in found.splitlines() if "***" not in line)
    key = "study.damaged_log" if _has_log(path) else "study.damaged"
    return StudyError(key, path=path, what=what, log=_log(path).name)


def _damage(connection: sqlite3.Connection, path: Path) -> Iterator[Note | str]:
    """What is wrong with the file, in words."""
    connection.execute("BEGIN")  # one state of it, whoever writes meanwhile
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    with path.open("rb") as file:
        pages = int.from_bytes(file.read(100)[_PAGES])
    beside = _log(path)
    if _loses_writes(beside, size):
        yield Note("study.damage.log", log=beside.name)
    if not _has_log(path) and path.stat().st_size < pages * size:
        yield Note("study.damage.size", size=path.stat().st_size, whole=pages * size)
    if (found := connection.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
        yield found
    _define_sums(connection)
    yield from _wrong_tables(connection)


def _version(engine: Engine, place: Place) -> int:
    with reading(engine, place) as connection:
        if not inspect(connection).has_table(fact.name):
            raise StudyError("study.none_here", study=name_of(place))
        return int(connection.execute(select(fact.c.value).where(fact.c.name == "schema")).scalar_one())


def _upgrade(engine: Engine, place: Place, version: int, migrations: Migrations) -> None:
    """Bring the tables to this version, after a copy was made, in one transaction."""
    if missing := [str(step) for step in range(version, SCHEMA) if step not in migrations]:
        raise StudyError("study.early_version", study=name_of(place), version=missing[0])
    _keep_copy(engine, place, version)
    with writing(engine, place, tables=False) as connection:
        for step in range(version, SCHEMA):
            migrations[step](connection)
        connection.execute(fact.update().where(fact.c.name == "schema").values(value=str(SCHEMA)))
        if not is_address(place):
            _describe_tables(connection)
            _fill_sums(connection)


def _with_sums(connection: Connection) -> None:
    """Sums of rows, leases, how coders are written, and codebooks as files had them."""
    number = Key.dialect_impl(connection.dialect).compile(connection.dialect)
    for name in inspect(connection).get_table_names():
        if name in metadata.tables:
            connection.exec_driver_sql(f'ALTER TABLE "{name}" ADD COLUMN "sum" {number}')
    connection.exec_driver_sql("ALTER TABLE codebook ADD COLUMN given TEXT NOT NULL DEFAULT ''")
    made = select(events.c.id).where(*(events.c.source.not_like(why) for why in _MADE_ON_THE_PAGE))
    connection.execute(codebook.update().where(codebook.c.event.in_(made)).values(given=codebook.c.whole))
    metadata.create_all(connection, tables=[spelling, lease])
    names = union(*(select(column) for column in (events.c.who, deal.c.who, person.c.name)))
    for name in connection.execute(names).scalars().all():
        claim_name(connection, name, known=True)


def _with_documents(connection: Connection) -> None:
    """Sets of documents beside questions."""
    connection.exec_driver_sql(f"ALTER TABLE question ADD COLUMN kind TEXT NOT NULL DEFAULT '{ANSWERS}'")
    metadata.create_all(connection, tables=DOCUMENT_TABLES)


def _with_observations(connection: Connection) -> None:
    """What researchers note of a code, and where fragments come from."""
    metadata.create_all(connection, tables=[observation])
    if "origin" not in {one["name"] for one in inspect(connection).get_columns("span_decision")}:
        connection.exec_driver_sql("ALTER TABLE span_decision ADD COLUMN origin TEXT NOT NULL DEFAULT ''")


MIGRATIONS: Migrations = {1: _with_sums, 2: _with_documents, 3: _with_observations}


def _keep_copy(engine: Engine, place: Place, version: int) -> None:
    """A copy of the study as it was: a file beside it, or a schema in the same database."""
    if not is_address(place):
        path = Path(place).resolve()
        with _said(place), _beside(path) as beside:
            with closing(sqlite3.connect(path)) as whole, closing(sqlite3.connect(beside)) as copy:
                whole.backup(copy)
            beside.chmod(path.stat().st_mode)
            beside.replace(path.with_name(f"{path.name}.version-{version}"))
        return
    with writing(engine, place, tables=False) as connection:
        schema = f"coder_version_{version}"
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        for name in inspect(connection).get_table_names():
            connection.exec_driver_sql(f'CREATE TABLE IF NOT EXISTS {schema}."{name}" AS TABLE "{name}"')


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Where to make a file that will be called `path`, in the same folder; what is left there is removed."""
    beside = path.with_name(f".{secrets.token_hex(8)}.study")
    try:
        yield beside
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            beside.with_name(f"{beside.name}{ending}").unlink(missing_ok=True)


def facts(connection: Connection) -> dict[str, Any]:
    """What is known of the study itself: name -> value."""
    return {row.name: row.value for row in connection.execute(select(fact)) if row.name != _TABLES}


# What SQLite does not check of a file


def _define_sums(connection: sqlite3.Connection) -> None:
    """Let a connection make sums."""
    connection.create_function("crc32", 1, zlib.crc32, deterministic=True)


def _keep_sums(connection: sqlite3.Connection) -> None:
    """Let a connection write the sum of every row that it writes from now on."""
    for table in metadata.tables.values():
        columns = ", ".join(f'"{column.name}"' for column in table.columns if column.name != SUM)
        for act in ("INSERT", f"UPDATE OF {columns}"):
            name = f"{table.name}_{act.split()[0].lower()}"
            connection.execute(
                f'CREATE TEMP TRIGGER IF NOT EXISTS "{name}" AFTER {act} ON main."{table.name}" BEGIN '  # noqa: S608
                f'UPDATE "{table.name}" SET "{SUM}" = {_sum_of(table)} WHERE rowid = new.rowid; END'
            )


def _fill_sums(connection: Connection) -> None:
    """Write the sums of all rows."""
    for table in metadata.tables.values():
        connection.exec_driver_sql(f'UPDATE "{table.name}" SET "{SUM}" = {_sum_of(table)}')  # noqa: S608


def _describe_tables(connection: Connection) -> None:
    """Write the sum of the tables' description."""
    connection.execute(fact.delete().where(fact.c.name == _TABLES))
    made = connection.exec_driver_sql(_DESCRIPTION).scalar_one()
    connection.execute(fact.insert().values(name=_TABLES, value=str(made)))


def _wrong_tables(connection: sqlite3.Connection) -> Iterator[Note]:
    """What is not as it was written, in words: of a file of this version, and of its facts in one of another."""
    if SUM not in {row[1] for row in connection.execute("PRAGMA table_info(fact)")}:
        return  # of before there were sums
    yield from _wrong_rows(connection, fact)
    facts = dict(connection.execute("SELECT name, value FROM fact"))
    if facts.get("schema") != str(SCHEMA):
        return
    if facts.get(_TABLES) != str(connection.execute(_DESCRIPTION).fetchone()[0]):
        yield Note("study.damage.description")
    for table in metadata.tables.values():
        yield from _wrong_rows(connection, table)


def _wrong_rows(connection: sqlite3.Connection, table: Table) -> Iterator[Note]:
    kinds = [
        f" OR typeof(\"{column.name}\") <> '{kind}'"
        for column in table.columns
        if (kind := {Text: "text", LargeBinary: "blob"}.get(type(column.type)))
    ]
    wrong = f'"{SUM}" IS NOT {_sum_of(table)}' + "".join(kinds)
    if connection.execute(f'SELECT 1 FROM "{table.name}" WHERE {wrong} LIMIT 1').fetchone():  # noqa: S608
        yield Note("study.damage.row", table=table.name)


def _sum_of(table: Table) -> str:
    """The sum of a row, in SQL. No number is written with decimals: versions of SQLite differ in those."""
    parts = []
    for column in table.columns:
        name = f'"{column.name}"'
        if column.name == SUM:
            continue
        if isinstance(column.type, Float):
            name = f"CAST({name} * {_EXACT} AS INTEGER)"
        parts.append(f"ifnull({name}, 'NULL')" if column.nullable else name)
    return f"crc32(CAST({_concatenated(parts)} AS BLOB))"


def _concatenated(parts: list[str]) -> str:
    """The parts in a row, in SQL. SQLite keeps what each || makes: in halves a long text is copied a few times only."""
    middle = len(parts) // 2
    if not middle:
        return parts[0]
    return f"({_concatenated(parts[:middle])} || (char(31) || {_concatenated(parts[middle:])}))"


_TABLE_NAMES = ", ".join(f"'{name}'" for name in metadata.tables)
_DESCRIPTION = (
    "SELECT crc32(CAST(group_concat(type || char(31) || name || char(31) || ifnull(sql, '')) AS BLOB)) FROM "  # noqa: S608
    f"(SELECT * FROM sqlite_master WHERE tbl_name IN ({_TABLE_NAMES}) ORDER BY type, name)"
)


def _loses_writes(log: Path, page: int) -> bool:
    """Whether a _wrong_tables frame keeps confirmed writes after it from being read; `page` is the bytes of a page.

    The last write may have been broken off as well as _wrong_tables: of that nobody knows, and it is not looked at.
    """
    for _ in range(_TRIES):
        whole = log.read_bytes() if log.exists() else b""
        found = _breaks(whole, page)
        if not found or (log.exists() and _head_of(log) == whole[:_LOG_HEAD]):
            return found
    return False  # begun anew each time: another program is at work in it, and reads it well


def _head_of(log: Path) -> bytes:
    with log.open("rb") as file:
        return file.read(_LOG_HEAD)


def _breaks(whole: bytes, page: int) -> bool:
    size = _FRAME_HEAD + page
    frames = (len(whole) - _LOG_HEAD) // size
    if frames < 1:
        return False
    table = np.frombuffer(whole, np.uint8, frames * size, _LOG_HEAD).reshape(frames, size)
    order = _MAGIC.get(whole[:4], "<u4")
    state = _after(np.frombuffer(whole, order, 6).astype(np.uint32)[None], np.zeros(2, np.uint32))[0]
    headed = whole[:4] in _MAGIC and state.tolist() == np.frombuffer(whole, ">u4", 2, 24).tolist()
    salts = table[:, 8:16]
    salt = np.frombuffer(whole, np.uint8, 8, 16) if headed else salts[0]
    ours = (salts == salt).all(axis=1)
    commits = ours & table[:, 4:8].any(axis=1)
    good = 0
    if headed:
        words = np.concatenate([table[:, :8], table[:, _FRAME_HEAD:]], axis=1).view(order).astype(np.uint32)
        sums = np.ascontiguousarray(table[:, 16:24]).view(">u4")
        before = np.concatenate([state[None], sums[:-1].astype(np.uint32)])
        right = ours & (_after(words, before) == sums).all(axis=1)
        good = frames if right.all() else int(np.argmin(right))
    later = np.flatnonzero(commits[good:])
    return bool(len(later)) and bool(ours[good + later[0] + 1 :].any())


def _after(words: _Numbers, before: _Numbers) -> _Numbers:
    """The two sums after these words, shape (rows, 2), each row from the sums that are `before` it.

    A pair of words (a, b) makes of the sums (s, t): s' = s + a + t, t' = t + b + s'. Over many pairs that is a linear
    form in Fibonacci numbers, all modulo 2**32.
    """
    pairs = words.shape[1] // 2
    fibonacci = np.zeros(2 * pairs + 2, np.uint32)
    fibonacci[1] = 1
    with np.errstate(over="ignore"):
        for place in range(2, len(fibonacci)):
            fibonacci[place] = fibonacci[place - 1] + fibonacci[place - 2]
        left = 2 * (pairs - np.arange(pairs))
        one, other = words[:, 0::2], words[:, 1::2]
        first = (one * fibonacci[left - 1] + other * fibonacci[left - 2]).sum(axis=1, dtype=np.uint32)
        second = (one * fibonacci[left] + other * fibonacci[left - 1]).sum(axis=1, dtype=np.uint32)
        sums = np.broadcast_to(before, (len(words), 2))
        s, t = sums[:, 0], sums[:, 1]
        n = 2 * pairs
        first = first + s * fibonacci[n - 1] + t * fibonacci[n]
        second = second + s * fibonacci[n] + t * fibonacci[n + 1]
    return np.stack([first, second], axis=1)
