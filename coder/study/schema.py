"""The tables of a study file.

Three kinds. What happened is only ever added to: `event`, and what belongs to one (`decision`, `codebook`, `model`,
`deal`, `observation`). What was true when carries the events between which it held, `[since, until)`, so that every
past state can be read as quickly as the present one: `unit_version`, `document_version`, and `holding` and
`span_holding`, which are derived from the decisions and can be made again from them. What a machine proposes
(`proposal`, `span_proposal`) may be replaced, and what is of the moment (`lease`) goes.

A set of documents is a row of `question`, of its own kind: codebooks, events, undoing, models and people are then the
same for answers and documents, and one study may have both. The blocks of a text stand in one cell: they are always
read together, and a row for each of 96,000 would have to be summed and checked at every opening.

Every row of a file has a `sum`, of all that is in its other columns: see `coder.study.database`.
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
from sqlalchemy.schema import SchemaItem

SCHEMA = 4
"""The version of these tables; a file of a later one is refused."""

metadata = MetaData()
_HOLDS = text("until IS NULL")
_COUNTED = ("question", "layer", "verdict", "unit", "who")
Key = BigInteger().with_variant(Integer, "sqlite")
SUM = "sum"
ANSWERS, DOCUMENTS = "answers", "documents"


def _table(name: str, *parts: SchemaItem) -> Table:
    return Table(name, metadata, *parts, Column(SUM, Key))


fact = _table("fact", Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

person = _table(
    "person",
    Column("name", Text, primary_key=True),
    Column("hash", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("created", Text, nullable=False),
)

question = _table(
    "question",
    Column("id", Key, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("blind", Boolean, nullable=False),
    Column("kind", Text, nullable=False, server_default=ANSWERS),
)
"""`kind`: whether its units are answers, or it is a set of documents."""

event = _table(
    "event",
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

unit = _table(
    "unit",
    Column("id", Key, primary_key=True),
    Column("question", ForeignKey("question.id"), nullable=False),
    Column("name", Text, nullable=False),
    UniqueConstraint("question", "name"),
)

unit_version = _table(
    "unit_version",
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

codebook = _table(
    "codebook",
    Column("question", ForeignKey("question.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("event", ForeignKey("event.id"), nullable=False),
    Column("hash", Text, nullable=False),
    Column("names", Text, nullable=False),
    Column("whole", Text, nullable=False),
    Column("given", Text, nullable=False),
)
"""`names` changes when anything does by which a code is known from one version to the next. `given` is the codebook
as somebody set it whole, before it was merged with what had changed meanwhile; "" where a part was changed."""

decision = _table(
    "decision",
    Column("id", Key, primary_key=True),
    Column("event", ForeignKey("event.id"), nullable=False, index=True),
    Column("unit", ForeignKey("unit.id"), nullable=False, index=True),
    Column("code", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("proposal", Text, nullable=False),
)
"""`proposal` is JSON of what was proposed, whole: proposals are replaced, decisions are not."""

holding = _table(
    "holding",
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

proposal_set = _table(
    "proposal_set",
    Column("id", Key, primary_key=True),
    Column("question", ForeignKey("question.id"), nullable=False),
    Column("event", ForeignKey("event.id")),
    Column("method", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("begun", Text, nullable=False),
    Column("codebook", Integer, nullable=False),
)
"""Proposals written together; they count from the moment `event` is filled in."""

proposal = _table(
    "proposal",
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
"""A row without a code: the machine saw the unit and proposes nothing. `reason` is JSON, see `Reason.stored`."""

model = _table(
    "model",
    Column("question", ForeignKey("question.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("event", ForeignKey("event.id"), nullable=False),
    Column("content", LargeBinary, nullable=False),
)
"""The files of a model, a row each."""

deal = _table(
    "deal",
    Column("event", ForeignKey("event.id"), nullable=False),
    Column("unit", ForeignKey("unit.id"), primary_key=True),
    Column("who", Text, primary_key=True),
    Column("double", Boolean, nullable=False),
)
"""Who is to code what."""

spelling = _table(
    "spelling",
    Column("name", Text, primary_key=True),
    Column("key", Text, nullable=False, index=True),
)
"""How each coder is written; those whom a reader would take for one person have the same `key`."""

lease = _table(
    "lease",
    Column("unit", ForeignKey("unit.id"), primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Key, nullable=False),
)
"""Who has an answer before him, until when (milliseconds since 1970)."""

document = _table(
    "document",
    Column("id", Key, primary_key=True),
    Column("question", ForeignKey("question.id"), nullable=False),
    Column("name", Text, nullable=False),
    UniqueConstraint("question", "name"),
)

document_text = _table(
    "document_text",
    Column("id", Key, primary_key=True),
    Column("document", ForeignKey("document.id"), nullable=False, index=True),
    Column("event", ForeignKey("event.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Column("file_hash", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("blocks", LargeBinary, nullable=False),
    Column("repairs", LargeBinary, nullable=False),
    Column("notes", Text, nullable=False),
)
"""A document as it was read from a file. `size` is its characters, `hash` of all that was read, `file_hash` that of
the file (SHA-256). `blocks` and `repairs` are their columns as JSON, packed by zlib; `notes` is JSON."""

document_version = _table(
    "document_version",
    Column("id", Key, primary_key=True),
    Column("document", ForeignKey("document.id"), nullable=False),
    Column("question", ForeignKey("question.id"), nullable=False),
    Column("since", ForeignKey("event.id"), nullable=False),
    Column("until", ForeignKey("event.id")),
    Column("text", ForeignKey("document_text.id"), nullable=False),
    Column("period", Text, nullable=False),
    Column("attributes", Text, nullable=False),
    Index("document_version_now", "document", unique=True, sqlite_where=_HOLDS, postgresql_where=_HOLDS),
    Index("document_version_of", "question", "since"),
)
"""Which text a document has, and what is known of it: `attributes` is JSON, column -> cell."""

text_change = _table(
    "text_change",
    Column("was", ForeignKey("document_text.id"), primary_key=True),
    Column("now", ForeignKey("document_text.id"), primary_key=True),
    Column("event", ForeignKey("event.id"), primary_key=True),
    Column("pieces", Text, nullable=False),
)
"""What one text of a document took over from another: `pieces` is JSON, [start in was, start in now, size]."""

span_decision = _table(
    "span_decision",
    Column("id", Key, primary_key=True),
    Column("event", ForeignKey("event.id"), nullable=False, index=True),
    Column("guid", Text, nullable=False, index=True),
    Column("document", ForeignKey("document.id"), nullable=False, index=True),
    Column("text", ForeignKey("document_text.id"), nullable=False),
    Column("layer", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("code", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("memo", Text, nullable=False),
    Column("proposal", Text, nullable=False),
    Column("origin", Text, nullable=False, server_default=""),
)
"""A fragment as it is from this event on: `[start, end)` of the text that was read. `guid` is the fragment's for ever,
`who` whose it is. `origin` is JSON of when and by whom it was made and changed before it came here, see `Origin`."""

span_holding = _table(
    "span_holding",
    Column("id", Key, primary_key=True),
    Column("question", ForeignKey("question.id"), nullable=False),
    Column("guid", Text, nullable=False),
    Column("document", ForeignKey("document.id"), nullable=False),
    Column("decision", ForeignKey("span_decision.id"), nullable=False),
    Column("verdict", Text, nullable=False),
    Column("since", ForeignKey("event.id"), nullable=False),
    Column("until", ForeignKey("event.id")),
    Index("span_holding_now", "question", "guid", unique=True, sqlite_where=_HOLDS, postgresql_where=_HOLDS),
    Index("span_holding_of", "document", "since"),
)
"""Which decision held on a fragment."""

span_anchor = _table(
    "span_anchor",
    Column("decision", ForeignKey("span_decision.id"), primary_key=True),
    Column("text", ForeignKey("document_text.id"), primary_key=True),
    Column("event", ForeignKey("event.id"), nullable=False, index=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("how", Text, nullable=False),
)
"""Where a fragment that was decided on another text stands in this one; -1 where no place was found."""

read_mark = _table(
    "read_mark",
    Column("id", Key, primary_key=True),
    Column("event", ForeignKey("event.id"), nullable=False, index=True),
    Column("document", ForeignKey("document.id"), nullable=False, index=True),
    Column("text", ForeignKey("document_text.id"), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("read", Boolean, nullable=False),
)
"""Who read the blocks of `[start, end)`, or takes that back."""

span_proposal = _table(
    "span_proposal",
    Column("id", Key, primary_key=True),
    Column("of", ForeignKey("proposal_set.id"), nullable=False),
    Column("document", ForeignKey("document.id"), nullable=False),
    Column("text", ForeignKey("document_text.id"), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("code", Text, nullable=False),
    Column("probability", Float, nullable=False),
    Column("reason", Text, nullable=False),
    Index("span_proposal_on", "of", "document"),
)
"""A row without a code: the machine saw the span and proposes nothing that is not said in other rows."""

observation = _table(
    "observation",
    Column("id", Key, primary_key=True),
    Column("event", ForeignKey("event.id"), nullable=False, index=True),
    Column("code", Text, nullable=False),
    Column("group", Text, nullable=False),
    Column("text", Text, nullable=False),
)
"""What somebody noted of a code and a group of documents, from this event on; "" takes it away."""

DOCUMENT_TABLES = (
    document,
    document_text,
    document_version,
    text_change,
    span_decision,
    span_holding,
    span_anchor,
    read_mark,
    span_proposal,
)
"""What version 3 has and version 2 had not."""
