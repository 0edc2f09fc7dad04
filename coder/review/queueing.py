"""The queues of the coding page: which answers come next, why, and what there is to say of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from coder.methods.rules.engine import Engine
from coder.methods.rules.language import parse
from coder.review.book_changes import alone
from coder.review.ledger import NOTE
from coder.review.sight import Sight
from coder.review.words import PageError
from coder.study.store.decisions import YES

SHARED = ("targeted", "random", "uncoded")
"""In these nobody gets what another has before him, or has coded."""
ON_HAND = 500
"""So many answers of a queue are told at once; the rest comes when these are done."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Units in order, a note on them, and why some are there."""

    units: list[str]
    note: str = ""
    why: Mapping[str, str] = field(default_factory=dict)


def kinds(sight: Sight) -> list[str]:
    """The queues that somebody may choose from: the machine chooses by what others decided, settlers settle."""
    left_out = {"targeted": not sight.whole, "disagreements": not sight.visitor.settles}
    return [kind for kind in KINDS if not left_out.get(kind)]


def queue(sight: Sight, kind: str, value: str) -> dict[str, Any]:
    """The next answers of a queue: `ids`, why each is there (`why`), and a `note` on the queue.

    Raises `CoderError` for a queue that is not there, or a search that cannot be read.
    """
    desk, session = sight.desk, sight.visitor.session
    if kind not in kinds(sight):
        raise PageError("not_settle" if kind == "disagreements" else "no_queue")
    if kind == "search":
        found = _search(sight, value)
        return {"ids": found.units[:ON_HAND], "why": {}, "note": found.note}
    with desk.lock:
        found = _QUEUES[kind](sight, value)
        units = [unit for unit in found.units if unit in desk.texts]
        if kind in SHARED:
            gone = desk.ledger.seen() | desk.taken(session)
            units = [unit for unit in units if unit not in gone]
    ids = units[:ON_HAND]
    return {"ids": ids, "why": {unit: found.why[unit] for unit in ids if found.why.get(unit)}, "note": found.note}


def _targeted(sight: Sight, _value: str) -> Queue:
    following = dict(sight.learned.following) if sight.learned else {}
    rest = [unit for unit in sight.desk.order if unit not in following]
    return Queue([*following, *rest], sight.said["note_targeted" if following else "note_not_yet"], following)


def _random(sight: Sight, _value: str) -> Queue:
    return Queue(sight.desk.order, sight.said["note_random"].format(n=sight.desk.sampled))


def _uncoded(sight: Sight, _value: str) -> Queue:
    return Queue(sight.desk.answered)


def _assigned(sight: Sight, _value: str) -> Queue:
    units = sight.desk.study.assigned(sight.desk.question, sight.who)["unit"].tolist()
    note = sight.said["note_assigned"].format(n=len(units)) if units else sight.said["note_none_assigned"]
    return Queue([unit for unit in units if not sight.ledger.saw(sight.who, unit)], note)


def _of_code(sight: Sight, code: str) -> Queue:
    """What people or the machine gave this code, people's first."""
    if code not in sight.desk.book.ids:
        raise PageError("no_code_there", code=code)
    by_people = [unit for unit in sight.desk.texts if YES in sight.ledger.given(unit).get(code, ())]
    units = list(dict.fromkeys([*by_people, *sight.proposed(code)]))
    return Queue(units, sight.said["note_code" if sight.whole else "note_code_blind"].format(n=len(units)))


def _flagged(sight: Sight, _value: str) -> Queue:
    notes = {
        unit: {flag for flag in flags if not flag.startswith(NOTE) or flag == NOTE + sight.who}
        for unit, flags in sight.ledger.flags.items()
    }
    return Queue([unit for unit, flags in notes.items() if flags])


def _unsure(sight: Sight, _value: str) -> Queue:
    return Queue(sight.ledger.unsure())


def _apart(sight: Sight, _value: str) -> Queue:
    units = sight.desk.study.disagreements(sight.desk.question)["unit"]
    return Queue(list(dict.fromkeys(units)), sight.said["note_disagreements"])


def _search(sight: Sight, query: str) -> Queue:
    """The answers in which a rule hits; a plain word is a rule. Raises `CoderError` for one that cannot be read."""
    desk = sight.desk
    if not query.strip():
        return Queue([])
    units = list(desk.texts)
    parse(query)  # says what is wrong with the words alone
    hits = Engine(alone(desk.book, (query,))).find(list(desk.texts.values()))
    if hits.left_out:
        raise PageError("rule_left_out")
    found = [units[place] for place in np.unique(hits.text).tolist()]
    return Queue(found, sight.said["note_search"].format(n=len(found)))


_QUEUES: dict[str, Callable[[Sight, str], Queue]] = {
    "targeted": _targeted,
    "random": _random,
    "uncoded": _uncoded,
    "assigned": _assigned,
    "code": _of_code,
    "flagged": _flagged,
    "unsure": _unsure,
    "disagreements": _apart,
}
KINDS = (*_QUEUES, "search")
