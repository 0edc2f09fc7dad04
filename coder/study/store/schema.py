"""The tables of a study file.

Three kinds. What happened is only ever added to: `event`, and what belongs to one (`decision`, `codebook`,
`model`, `deal`). What was true when carries the events between which it held, `[since, until)`, so that every
past state can be read as quickly as the present one: `unit_version`, and `holding`, which is derived from the
decisions and can be made again from them. What a machine proposes (`proposal`) may be replaced.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

SCHEMA = 1
"""The version of these tables; a file of a later one is refused."""

metadata = MetaData()
_HOLDS = text("until IS NULL")
_COUNTED = ("question", "layer", "verdict", "unit", "who")
Key = BigInteger().with_variant(Integer, "sqlite")

fact = Table("fact", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

person = Table(
    "person",
    metadata,
    Column("name", Text, primary_key=True),
    Column("hash", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("created", Text, nullable=False),
)

question = Table(
    "question",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("blind", Boolean, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("id", Key, primary_key=True),
    Column("question", ForeignKey("question.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("codebook", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("undoes", ForeignKey("event.id"), unique=True),
    Index("event_of", "question", "who", "kind"),
)
"""`codebook` is the version in use (0: none yet); `size` how many units or decisions it is about."""

unit = Table(
    "unit",
    metadata,
    Column("id", Key, primary_key=True),
    Column("question", ForeignKey("question.id"), nullable=False),
    Column("name", Text, nullable=False),
    UniqueConstraint("question", "name"),
)

unit_version = Table(
    "unit_version",
    metadata,
    Column("id", Key, primary_key=True),
    Column("unit", ForeignKey("unit.id"), nullable=False),
    Column("question", ForeignKey("question.id"), nullable=False),
    Column("since", ForeignKey("event.id"), nullable=False),
    Column("until", ForeignKey("event.id")),
    Column("wave", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("background", Text, nullable=False),
    Column("left_out", Boolean, nullable=False),
    Index("unit_version_now", "unit", unique=True, sqlite_where=_HOLDS, postgresql_where=_HOLDS),
    Index("unit_version_of", "unit", "since"),
)
"""`background` is JSON: column -> cell. `left_out`: gone from a corrected file, its decisions kept."""

codebook = Table(
    "codebook",
    metadata,
    Column("question", ForeignKey("question.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("event", ForeignKey("event.id"), nullable=False),
    Column("hash", Text, nullable=False),
    Column("names", Text, nullable=False),
    Column("whole", Text, nullable=False),
)
"""`names` changes when anything does by which a code is known from one version to the next."""

decision = Table(
    "decision",
    metadata,
    Column("id", Key, primary_key=True),
    Column("event", ForeignKey("event.id"), nullable=False, index=True),
    Column("unit", ForeignKey("unit.id"), nullable=False, index=True),
    Column("code", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("proposal", Text, nullable=False),
)
"""`proposal` is JSON of what was proposed, whole: proposals are replaced, decisions are not."""

holding = Table(
    "holding",
    metadata,
    Column("id", Key, primary_key=True),
    Column("question", ForeignKey("question.id"), nullable=False),
    Column("layer", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("unit", ForeignKey("unit.id"), nullable=False),
    Column("code", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("decision", ForeignKey("decision.id"), nullable=False),
    Column("since", ForeignKey("event.id"), nullable=False),
    Column("until", ForeignKey("event.id")),
    Index("holding_now", "unit", "layer", "code", "who", unique=True, sqlite_where=_HOLDS, postgresql_where=_HOLDS),
    Index("holding_of", *_COUNTED, sqlite_where=_HOLDS, postgresql_where=_HOLDS),
)
"""Which decision held on a unit and code. `who` is empty where the last to decide decides for all."""

proposal_set = Table(
    "proposal_set",
    metadata,
    Column("id", Key, primary_key=True),
    Column("question", ForeignKey("question.id"), nullable=False),
    Column("event", ForeignKey("event.id")),
    Column("method", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("begun", Text, nullable=False),
    Column("codebook", Integer, nullable=False),
)
"""Proposals written together; they count from the moment `event` is filled in."""

proposal = Table(
    "proposal",
    metadata,
    Column("id", Key, primary_key=True),
    Column("of", ForeignKey("proposal_set.id"), nullable=False),
    Column("unit", ForeignKey("unit.id"), nullable=False),
    Column("code", Text, nullable=False),
    Column("probability", Float, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Index("proposal_on", "of", "unit"),
)
"""A row without a code: the machine saw the unit and proposes nothing."""

model = Table(
    "model",
    metadata,
    Column("question", ForeignKey("question.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("event", ForeignKey("event.id"), nullable=False),
    Column("content", LargeBinary, nullable=False),
)
"""The files of a model, a row each."""

deal = Table(
    "deal",
    metadata,
    Column("event", ForeignKey("event.id"), nullable=False),
    Column("unit", ForeignKey("unit.id"), primary_key=True),
    Column("who", Text, primary_key=True),
    Column("double", Boolean, nullable=False),
)
"""Who is to code what."""
