"""What SQLite does not check of a study's file: a changed byte in a row, and writes lost from its log.

SQLite checks how its pages hang together, not what is written in them. So each row has the CRC-32 of its other
columns (Peterson and Brown 1961: it finds every error within 32 bits in a row), and the tables' own description has
one too. Triggers of the connection write them, so that the file itself stays plain SQLite; all are looked at when a
study is opened. A server has sums of its pages itself.

Beside an open study SQLite keeps its write-ahead log, with what was confirmed last. It reads it up to the first frame
whose checksum is wrong, and takes what follows for the rest of a write that a power cut broke off. But each write is on
the disk before the next one begins, so that a wrong frame before a later write is damage, and what was confirmed after
it would be lost without a word. The format, with its checksums, is that of "WAL-mode File Format" in SQLite's
documentation.
"""

import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Float, LargeBinary, Table, Text

from coder.note import Note
from coder.study.schema import SCHEMA, SUM, fact, metadata

TABLES = "sum of the tables"
"""The fact that has the sum of the description of the tables."""
_EXACT = 2**60
"""A probability times this is a whole number, and that is the same on every machine."""


def define_sums(connection: sqlite3.Connection) -> None:
    """Let a connection make sums."""
    connection.create_function("crc32", 1, zlib.crc32, deterministic=True)


def keep_sums(connection: sqlite3.Connection) -> None:
    """Let a connection write the sum of every row that it writes from now on."""
    for table in metadata.tables.values():
        columns = ", ".join(f'"{column.name}"' for column in table.columns if column.name != SUM)
        for act in ("INSERT", f"UPDATE OF {columns}"):
            name = f"{table.name}_{act.split()[0].lower()}"
            connection.execute(
                f'CREATE TEMP TRIGGER IF NOT EXISTS "{name}" AFTER {act} ON main."{table.name}" BEGIN '  # noqa: S608
                f'UPDATE "{table.name}" SET "{SUM}" = {_of(table)} WHERE rowid = new.rowid; END'
            )


def fill_sums(connection: Connection) -> None:
    """Write the sums of all rows."""
    for table in metadata.tables.values():
        connection.exec_driver_sql(f'UPDATE "{table.name}" SET "{SUM}" = {_of(table)}')  # noqa: S608


def describe_tables(connection: Connection) -> None:
    """Write the sum of the tables' description."""
    connection.execute(fact.delete().where(fact.c.name == TABLES))
    made = connection.exec_driver_sql(_DESCRIPTION).scalar_one()
    connection.execute(fact.insert().values(name=TABLES, value=str(made)))


def damaged(connection: sqlite3.Connection) -> Iterator[Note]:
    """What is not as it was written, in words: of a file of this version, and of its facts in one of another."""
    if SUM not in {row[1] for row in connection.execute("PRAGMA table_info(fact)")}:
        return  # of before there were sums
    yield from _wrong_rows(connection, fact)
    facts = dict(connection.execute("SELECT name, value FROM fact"))
    if facts.get("schema") != str(SCHEMA):
        return
    if facts.get(TABLES) != str(connection.execute(_DESCRIPTION).fetchone()[0]):
        yield Note("study.damage.description")
    for table in metadata.tables.values():
        yield from _wrong_rows(connection, table)


def _wrong_rows(connection: sqlite3.Connection, table: Table) -> Iterator[Note]:
    kinds = [
        f" OR typeof(\"{column.name}\") <> '{kind}'"
        for column in table.columns
        if (kind := {Text: "text", LargeBinary: "blob"}.get(type(column.type)))
    ]
    wrong = f'"{SUM}" IS NOT {_of(table)}' + "".join(kinds)
    if connection.execute(f'SELECT 1 FROM "{table.name}" WHERE {wrong} LIMIT 1').fetchone():  # noqa: S608
        yield Note("study.damage.row", table=table.name)


def _of(table: Table) -> str:
    """The sum of a row, in SQL. No number is written with decimals: versions of SQLite differ in those."""
    parts = []
    for column in table.columns:
        name = f'"{column.name}"'
        if column.name == SUM:
            continue
        if isinstance(column.type, Float):
            name = f"CAST({name} * {_EXACT} AS INTEGER)"
        parts.append(f"ifnull({name}, 'NULL')" if column.nullable else name)
    return f"crc32(CAST({' || char(31) || '.join(parts)} AS BLOB))"


_NAMES = ", ".join(f"'{name}'" for name in metadata.tables)
_DESCRIPTION = (
    "SELECT crc32(CAST(group_concat(type || char(31) || name || char(31) || ifnull(sql, '')) AS BLOB)) FROM "  # noqa: S608
    f"(SELECT * FROM sqlite_master WHERE tbl_name IN ({_NAMES}) ORDER BY type, name)"
)


_HEAD, _FRAME_HEAD = 32, 24
_MAGIC = {b"\x37\x7f\x06\x82": "<u4", b"\x37\x7f\x06\x83": ">u4"}
"""How a log begins, by the order of bytes in which its checksums are made."""
_TRIES = 5

Numbers = npt.NDArray[np.uint32]


def loses_writes(log: Path, page: int) -> bool:
    """Whether a damaged frame keeps confirmed writes after it from being read; `page` is the bytes of a page.

    The last write may have been broken off as well as damaged: of that nobody knows, and it is not looked at.
    """
    for _ in range(_TRIES):
        whole = log.read_bytes() if log.exists() else b""
        found = _breaks(whole, page)
        if not found or (log.exists() and _head(log) == whole[:_HEAD]):
            return found
    return False  # begun anew each time: another program is at work in it, and reads it well


def _head(log: Path) -> bytes:
    with log.open("rb") as file:
        return file.read(_HEAD)


def _breaks(whole: bytes, page: int) -> bool:
    size = _FRAME_HEAD + page
    frames = (len(whole) - _HEAD) // size
    if frames < 1:
        return False
    table = np.frombuffer(whole, np.uint8, frames * size, _HEAD).reshape(frames, size)
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


def _after(words: Numbers, before: Numbers) -> Numbers:
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
