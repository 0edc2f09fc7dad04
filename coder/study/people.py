"""Who codes what: the people of a study, the share that two code, and the answer that is on somebody's screen.

An answer that is shown to one is not given to another for a while, whoever serves the study: a lease. The clock is that
of the database. A lease that would last longer than any does was made before the clock was set back, and is none.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import combinations, cycle

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, or_, select
from sqlalchemy.exc import IntegrityError

from coder.errors import StudyError
from coder.study.decisions import unit_ids
from coder.study.events import Event, claim_name, record
from coder.study.schema import deal, lease, person, unit, unit_version

ROLES = ("coder", "adjudicator", "lead")
"""What somebody may do: code; settle what coders disagree on, too; everything."""


def assign(connection: Connection, question_id: int, share: float, coders: Sequence[str], seed: int, who: str) -> int:
    """Deal the units that nobody has yet; returns the event. See `Study.assign`."""
    if len(set(coders)) < len(coders) or len(coders) < (2 if share else 1):
        raise StudyError("study.coders_once")
    if not 0 <= share <= 1:
        raise StudyError("study.share", share=share)
    for name in coders:
        claim_name(connection, name)
    dealt = select(deal.c.unit)
    rows = connection.execute(
        select(unit.c.id)
        .join(unit_version, unit_version.c.unit == unit.c.id)
        .where(unit.c.question == question_id, unit_version.c.until.is_(None), unit_version.c.left_out.is_(False))
        .where(unit.c.id.not_in(dealt))
        .order_by(unit.c.id)
    )
    units = np.random.default_rng(seed).permutation(np.array(rows.scalars().all(), dtype=np.int64)).tolist()
    if not units:
        raise StudyError("study.all_assigned")
    twice = round(share * len(units))
    number = record(connection, question_id, Event("assign", who, len(units), f"{share:g} double, seed {seed}"))
    pairs, alone = cycle(combinations(coders, 2)), cycle(coders)
    given = [(id_, name, True) for id_ in units[:twice] for name in next(pairs)]
    given += [(id_, next(alone), False) for id_ in units[twice:]]
    columns = ("unit", "who", "double")
    connection.execute(deal.insert(), [{"event": number, **dict(zip(columns, row, strict=True))} for row in given])
    return number


def assigned(connection: Connection, question_id: int, who: str | None) -> pd.DataFrame:
    """Who is to code what: columns unit, who, double; in the order of the units."""
    chosen = (
        select(unit.c.name, deal.c.who, deal.c.double)
        .join(unit, unit.c.id == deal.c.unit)
        .join(unit_version, unit_version.c.unit == unit.c.id)
        .where(unit.c.question == question_id, unit_version.c.until.is_(None), unit_version.c.left_out.is_(False))
        .order_by(unit.c.id, deal.c.who)
    )
    if who is not None:
        chosen = chosen.where(deal.c.who == who)
    return pd.DataFrame(connection.execute(chosen).all(), columns=["unit", "who", "double"])


def add_person(connection: Connection, name: str, hash_: str, role: str) -> None:
    """Add somebody. Raises `StudyError` where there is somebody called so, or no such role."""
    claim_name(connection, name)
    if role not in ROLES:
        raise StudyError("study.no_role", role=role, roles=ROLES)
    row = {"name": name, "hash": hash_, "role": role, "created": datetime.now(UTC).isoformat(timespec="seconds")}
    try:
        connection.execute(person.insert().values(row))
    except IntegrityError:
        raise StudyError("study.person_there", name=name) from None


def change_person(connection: Connection, name: str, hash_: str | None, role: str | None) -> None:
    """Give somebody another hash or role. Raises `StudyError` where there is nobody called so, or no such role."""
    if role is not None and role not in ROLES:
        raise StudyError("study.no_role", role=role, roles=ROLES)
    values = {"hash": hash_, "role": role}
    changed = person.update().where(person.c.name == name).values({k: v for k, v in values.items() if v is not None})
    if not connection.execute(changed).rowcount:
        raise StudyError("study.nobody", name=name)


def people(connection: Connection) -> pd.DataFrame:
    """Everybody: columns name, role, created; without their hash."""
    rows = connection.execute(select(person.c.name, person.c.role, person.c.created).order_by(person.c.name)).all()
    return pd.DataFrame(rows, columns=["name", "role", "created"])


def role_of(connection: Connection, name: str) -> str:
    """What somebody may do; "" where there is nobody called so."""
    return connection.execute(select(person.c.role).where(person.c.name == name)).scalar() or ""


def hash_of(connection: Connection, name: str) -> str | None:
    """The hash of somebody's password, or None where there is nobody called so, or no password."""
    return connection.execute(select(person.c.hash).where(person.c.name == name)).scalar() or None


LEASE_LASTS = 180_000
"""Milliseconds of a lease."""


def take_lease(
    connection: Connection, question_id: int, units: Sequence[str], holder: str, most: int | None
) -> list[str]:
    """Take the first `most` of these units that no other has, in the order given. See `Question.lease`."""
    ids = unit_ids(connection, question_id, units)
    now = _now(connection)
    connection.execute(lease.delete().where(_over(now)))
    held = lease.c.unit.in_(ids.values()), lease.c.holder != holder
    others = set(connection.execute(select(lease.c.unit).where(*held)).scalars())
    free = [name for name in dict.fromkeys(units) if ids[name] not in others][:most]
    if free:
        mine = [ids[name] for name in free]
        connection.execute(lease.delete().where(lease.c.unit.in_(mine)))
        until = now + LEASE_LASTS
        connection.execute(lease.insert(), [{"unit": id_, "holder": holder, "until": until} for id_ in mine])
    return free


def extend_leases(connection: Connection, holder: str) -> None:
    """Let the leases of somebody last anew from now; those that are over stay so."""
    now = _now(connection)
    mine = lease.update().where(lease.c.holder == holder, ~_over(now))
    connection.execute(mine.values(until=now + LEASE_LASTS))


def leased_to_others(connection: Connection, question_id: int, holder: str) -> set[str]:
    """The units that somebody else has."""
    held = select(lease.c.unit).where(lease.c.holder != holder, ~_over(_now(connection)))
    chosen = select(unit.c.name).where(unit.c.id.in_(held), unit.c.question == question_id)
    return set(connection.execute(chosen).scalars())


def _now(connection: Connection) -> int:
    """Milliseconds since 1970, by the clock of the machine that has the database."""
    if connection.dialect.name == "postgresql":
        clock = "extract(epoch FROM clock_timestamp()) * 1000"
    else:
        clock = "(julianday('now') - 2440587.5) * 86400000"
    return round(float(connection.exec_driver_sql(f"SELECT {clock}").scalar_one()))


def _over(now: int) -> ColumnElement[bool]:
    return or_(lease.c.until <= now, lease.c.until > now + LEASE_LASTS)
