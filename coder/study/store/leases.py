"""Leases: an answer that is shown to one is not given to another for a while, whoever serves the study.

The clock is that of the database. A lease that would last longer than any does was made before the clock was set
back, and is none.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, or_, select

from coder.study.store.decisions import unit_ids
from coder.study.store.schema import lease, unit

LASTS = 180_000
"""Milliseconds of a lease."""


def take(connection: Connection, question_id: int, units: Sequence[str], holder: str) -> list[str]:
    """Take these units, but for those that another has; in the order given. See `Study.lease`."""
    ids = unit_ids(connection, question_id, units)
    now = _now(connection)
    connection.execute(lease.delete().where(_over(now)))
    held = lease.c.unit.in_(ids.values()), lease.c.holder != holder
    others = set(connection.execute(select(lease.c.unit).where(*held)).scalars())
    free = [name for name in dict.fromkeys(units) if ids[name] not in others]
    if free:
        mine = [ids[name] for name in free]
        connection.execute(lease.delete().where(lease.c.unit.in_(mine)))
        until = now + LASTS
        connection.execute(lease.insert(), [{"unit": id_, "holder": holder, "until": until} for id_ in mine])
    return free


def extend(connection: Connection, holder: str) -> None:
    """Let the leases of somebody last anew from now; those that are over stay so."""
    now = _now(connection)
    mine = lease.update().where(lease.c.holder == holder, ~_over(now))
    connection.execute(mine.values(until=now + LASTS))


def of_others(connection: Connection, question_id: int, holder: str) -> set[str]:
    """The units that somebody else has."""
    chosen = (
        select(unit.c.name)
        .join(lease, lease.c.unit == unit.c.id)
        .where(unit.c.question == question_id, lease.c.holder != holder, ~_over(_now(connection)))
    )
    return set(connection.execute(chosen).scalars())


def _now(connection: Connection) -> int:
    """Milliseconds since 1970, by the clock of the machine that has the database."""
    if connection.dialect.name == "postgresql":
        clock = "extract(epoch FROM clock_timestamp()) * 1000"
    else:
        clock = "(julianday('now') - 2440587.5) * 86400000"
    return round(float(connection.exec_driver_sql(f"SELECT {clock}").scalar_one()))


def _over(now: int) -> ColumnElement[bool]:
    return or_(lease.c.until <= now, lease.c.until > now + LASTS)
