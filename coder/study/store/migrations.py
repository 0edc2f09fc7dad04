"""What brings the tables of an earlier version to the next one."""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, inspect, select, union

from coder.study.store.events import claim_name
from coder.study.store.schema import Key, codebook, deal, event, lease, metadata, person, spelling

Migrations = Mapping[int, Callable[[Connection], None]]
"""Of each version what makes it the next one."""
_MADE_ON_THE_PAGE = ("new code %", "edited %", "merged %", "split %", "to make codes in")


def _with_sums(connection: Connection) -> None:
    """Sums of rows, leases, how coders are written, and codebooks as files had them."""
    number = Key.dialect_impl(connection.dialect).compile(connection.dialect)
    for name in inspect(connection).get_table_names():
        if name in metadata.tables:
            connection.exec_driver_sql(f'ALTER TABLE "{name}" ADD COLUMN "sum" {number}')
    connection.exec_driver_sql("ALTER TABLE codebook ADD COLUMN given TEXT NOT NULL DEFAULT ''")
    made = select(event.c.id).where(*(event.c.source.not_like(why) for why in _MADE_ON_THE_PAGE))
    connection.execute(codebook.update().where(codebook.c.event.in_(made)).values(given=codebook.c.whole))
    metadata.create_all(connection, tables=[spelling, lease])
    names = union(*(select(column) for column in (event.c.who, deal.c.who, person.c.name)))
    for name in connection.execute(names).scalars().all():
        claim_name(connection, name, known=True)


MIGRATIONS: Migrations = {1: _with_sums}
