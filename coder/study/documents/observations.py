"""What researchers note of a code and a group of documents, as in a horizontal report: each is an event.

The last one holds. A group is called as the report calls it: by its name, "" without groups, the attribute with "=" for
documents without one. Codes are those of the moment: of codes that became one the observations are joined, in order;
one of a code that was dropped waits under its old id.
"""

from collections.abc import Mapping, Sequence

import pandas as pd
from sqlalchemy import Connection, select

from coder.errors import StudyError
from coder.study.codebooks import History
from coder.study.events import At, Event, moment, record, version_of
from coder.study.schema import event
from coder.study.schema import observation as table

OBSERVE = "observe"
"""The kind of event."""
COLUMNS = ("code", "group", "text", "who", "when", "event")
Observation = tuple[str, str, str]
"""Code, group and text."""


def observe(
    connection: Connection,
    question_id: int,
    noted: Sequence[Observation],
    who: str,
    *,
    since: int | None = None,
    source: str = "",
) -> int:
    """Write observations as one batch, in place of what held; returns the event. What holds just so is not written.

    "" takes one away. `since` is the event as of which somebody read what they change: where it is another since,
    nothing is written and `StudyError` is raised.
    """
    held = {(row["code"], row["group"]): row for row in frame(connection, question_id).to_dict("records")}
    for code, group, text in noted:
        now = held.get((code, group))
        if since is not None and now is not None and now["event"] > since and now["text"] != text.strip():
            raise StudyError("study.observation_changed_since", who=now["who"])
    there = {key: row["text"] for key, row in held.items()}
    new = [(code, group, text.strip()) for code, group, text in noted if text.strip() != there.get((code, group), "")]
    if not new:
        return moment(connection, None)
    number = record(connection, question_id, Event(OBSERVE, who, len(new), source))
    rows = [{"event": number, "code": code, "group": group, "text": text} for code, group, text in new]
    connection.execute(table.insert(), rows)
    return number


def enter(
    connection: Connection,
    question_id: int,
    noted: Mapping[str, Mapping[str, str]],
    who: str,
    *,
    base: int | None,
    source: str,
) -> tuple[int, int]:
    """Take over what a report has, see `DocumentSet.enter_observations`: how many are new, and joined to others."""
    now = _texts(connection, question_id, None)
    then = _texts(connection, question_id, base) if base is not None else {}
    mine = select(table).join(event, event.c.id == table.c.event).where(event.c.question == question_id)
    ever = {(row.code, row.group, *row.text.split()) for row in connection.execute(mine).all()}
    new, joined = list[Observation](), 0
    for code, group, text in (
        (code, group, text.strip()) for code, some in noted.items() for group, text in some.items()
    ):
        has, had = (one.get((code, group), "") for one in (now, then))
        if not text or text.split() in (has.split(), had.split()):
            continue  # it was changed in the study alone
        alone = base is not None and has == had
        if not alone and (text in has or (code, group, *text.split()) in ever):
            continue  # an earlier text of it
        both = not alone and has != "" and has not in text
        joined += both
        new.append((code, group, f"{has}\n{text}" if both else text))
    if new:
        observe(connection, question_id, new, who, source=source)
    return len(new) - joined, joined


def _texts(connection: Connection, question_id: int, at: At) -> dict[tuple[str, str], str]:
    found = frame(connection, question_id, at)
    return dict(zip(zip(found["code"], found["group"], strict=True), found["text"], strict=True))


def frame(connection: Connection, question_id: int, at: At = None) -> pd.DataFrame:
    """The observations at a moment, in the codes of then: `COLUMNS`, of which the last three are of the last change."""
    number = moment(connection, at)
    chosen = (
        select(table.c.code, table.c.group, table.c.text, event.c.who, event.c.at, event.c.id, event.c.codebook)
        .join(event, event.c.id == table.c.event)
        .where(event.c.question == question_id, event.c.id <= number)
        .order_by(table.c.id)
    )
    version = version_of(connection, question_id, number)
    history = History(connection, question_id, version) if version else None
    held: dict[tuple[str, str], dict[str, tuple[str, str, str, int]]] = {}
    for code, group, text, who, when, id_, then in connection.execute(chosen).all():
        heirs: tuple[str, ...] = (code,)
        if history is not None and then and code in history.books[history.era[then]].ids:
            heirs = history.heirs(code, history.era[then], history.era[version]) or heirs
        for heir in heirs:
            parts = held.setdefault((heir, group), {})
            if code == heir:
                parts.clear()  # whoever writes on the code of now has read what came together in it
            parts.pop(code, None)
            parts[code] = text, who, when, id_
    rows = []
    for (code, group), parts in held.items():
        told = [part for part in parts.values() if part[0]]
        if told:
            text = "\n".join(dict.fromkeys(part[0] for part in told))
            rows.append((code, group, text, *max(told, key=lambda part: part[3])[1:]))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"event": int})
