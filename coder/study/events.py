"""Events: what happened, in the order in which it was confirmed; who did it; and which of them a moment has."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Table, and_, func, or_, select

from coder.errors import StudyError
from coder.study.schema import DOCUMENTS, codebook, event, question, spelling

GOLD, MACHINE = "gold", "machine"
"""Coders that are nobody in particular: what tables use, and what is proposed."""
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
"""Signs that show nothing and count as letters or marks (Unicode: Default_Ignorable; and the blank of Braille)."""
_ALIKE = {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"}
"""Scripts with letters that cannot be told from each other."""
At = int | datetime | None
"""A moment: the id of an event (as it was just after it), a time with its zone, or None for now."""


@dataclass(frozen=True, slots=True)
class Event:
    """What is told of an event that is being written."""

    kind: str
    who: str
    size: int = 0
    source: str = ""
    undoes: int | None = None


def record(connection: Connection, question_id: int, happened: Event) -> int:
    """Write an event and return its id. Its time is never before that of the last one."""
    claim_name(connection, happened.who)
    last = connection.execute(select(event.c.at).order_by(event.c.id.desc()).limit(1)).scalar()
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    row = {
        "question": question_id,
        "kind": happened.kind,
        "who": happened.who,
        "at": max(now, last or now),
        "codebook": version_of(connection, question_id),
        "size": happened.size,
        "source": happened.source,
        "undoes": happened.undoes,
    }
    return int(connection.execute(event.insert().values(row).returning(event.c.id)).scalar_one())


def check_name(who: str) -> None:
    """Raise where this cannot be the name of somebody."""
    if not who.strip() or who != who.strip() or who in (GOLD, MACHINE) or {"\n", ",", ";"} & set(who):
        raise StudyError("study.name_of_coder", name=who, gold=GOLD, machine=MACHINE)
    check_seen(who, "coder")
    scripts = {unicodedata.name(sign, "").partition(" ")[0] for sign in who} & _ALIKE
    if len(scripts) > 1:
        raise StudyError("study.two_scripts", name=who, scripts=[script.lower() for script in sorted(scripts)])


def check_seen(name: str, whose: str) -> None:
    """Raise where a name has signs that nobody sees, or is not written as its letters are: two would look the same."""
    if unseen := next((sign for sign in name if not sign.isprintable() or _UNSEEN.match(sign)), ""):
        raise StudyError(f"study.unseen.{whose}", name=name, sign=f"{ord(unseen):04X}")
    if name != unicodedata.normalize("NFC", name):
        raise StudyError(f"study.accents.{whose}", name=name)


def claim_name(connection: Connection, who: str, *, known: bool = False) -> None:
    """Keep how somebody is written. Raises `StudyError` where another would be taken for the same person.

    `known` are names of before: those stand as they are.
    """
    if not known:
        check_name(who)
    key = " ".join(unicodedata.normalize("NFKC", who).casefold().split())
    alike = connection.execute(select(spelling.c.name).where(spelling.c.key == key)).scalars().all()
    if who in alike:
        return
    if alike and not known:
        raise StudyError("study.alike", there=alike[0], name=who)
    connection.execute(spelling.insert().values(name=who, key=key))


def question_named(connection: Connection, name: str) -> int:
    """The id of a question. Raises `StudyError` where there is none called this."""
    found = connection.execute(select(question.c.id).where(question.c.name == name)).scalar()
    if found is None:
        names = connection.execute(select(question.c.name).order_by(question.c.id)).scalars().all()
        raise StudyError("study.no_question" if names else "study.no_question_yet", name=name, questions=names)
    return int(found)


def document_set(connection: Connection, name: str) -> int:
    """The id of a set of documents. Raises `StudyError` where there is none called this."""
    sets = dict(connection.execute(select(question.c.name, question.c.id).where(question.c.kind == DOCUMENTS)).all())
    if name not in sets:
        raise StudyError("study.no_document_set" if sets else "study.no_document_set_yet", name=name, sets=list(sets))
    return int(sets[name])


def moment(connection: Connection, at: At) -> int:
    """The last event at a moment. Raises `StudyError` for an event that is not there yet, or a time without zone."""
    last = int(connection.execute(select(func.max(event.c.id))).scalar() or 0)
    if at is None:
        return last
    if isinstance(at, int):
        if not 0 <= at <= last:
            raise StudyError("study.no_event", event=at, last=last)
        return at
    if at.tzinfo is None:
        raise StudyError("study.no_zone", at=str(at))
    until = at.astimezone(UTC).isoformat(timespec="microseconds")
    found = connection.execute(select(func.max(event.c.id)).where(event.c.at <= until)).scalar()
    return int(found or 0)


def holds(table: Table, at: At, number: int) -> ColumnElement[bool]:
    """The rows of `[since, until)` that hold at a moment; `number` is its last event."""
    if at is None:
        return table.c.until.is_(None)
    return and_(table.c.since <= number, or_(table.c.until.is_(None), table.c.until > number))


def version_of(connection: Connection, question_id: int, number: int | None = None) -> int:
    """The version of the codebook after this event (the last one unless given); 0 where there is none."""
    found = select(func.max(codebook.c.version)).where(codebook.c.question == question_id)
    if number is not None:
        found = found.where(codebook.c.event <= number)
    return int(connection.execute(found).scalar() or 0)
