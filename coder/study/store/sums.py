"""Sums of what a study file holds, by which a changed byte is known.

SQLite checks how its pages hang together, not what is written in them. So each row has the CRC-32 of its other
columns (Peterson and Brown 1961: it finds every error within 32 bits in a row), and the tables' own description has
one too. Triggers of the connection write them, so that the file itself stays plain SQLite; all are looked at when a
study is opened. A server has sums of its pages itself.
"""

import sqlite3
import zlib
from collections.abc import Iterator

from sqlalchemy import Connection, Float, LargeBinary, Table, Text

from coder.note import Note
from coder.study.store.schema import SCHEMA, SUM, fact, metadata

TABLES = "sum of the tables"
"""The fact that has the sum of the description of the tables."""
_EXACT = 2**60
"""A probability times this is a whole number, and that is the same on every machine."""


def define(connection: sqlite3.Connection) -> None:
    """Let a connection make sums."""
    connection.create_function("crc32", 1, zlib.crc32, deterministic=True)


def keep(connection: sqlite3.Connection) -> None:
    """Let a connection write the sum of every row that it writes from now on."""
    for table in metadata.tables.values():
        columns = ", ".join(f'"{column.name}"' for column in table.columns if column.name != SUM)
        for act in ("INSERT", f"UPDATE OF {columns}"):
            name = f"{table.name}_{act.split()[0].lower()}"
            connection.execute(
                f'CREATE TEMP TRIGGER IF NOT EXISTS "{name}" AFTER {act} ON main."{table.name}" BEGIN '  # noqa: S608
                f'UPDATE "{table.name}" SET "{SUM}" = {_of(table)} WHERE rowid = new.rowid; END'
            )


def fill(connection: Connection) -> None:
    """Write the sums of all rows."""
    for table in metadata.tables.values():
        connection.exec_driver_sql(f'UPDATE "{table.name}" SET "{SUM}" = {_of(table)}')  # noqa: S608


def describe(connection: Connection) -> None:
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
