"""The queues of the coding page: which answers come next, why, and what there is to say of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from coder.errors import CoderError
from coder.methods.rules.engine import Engine
from coder.methods.rules.language import parse
from coder.review.book_changes import alone
from coder.review.desk import Desk
from coder.review.ledger import NOTE
from coder.study.store.decisions import YES

SHARED = ("targeted", "random", "uncoded")
"""In these nobody gets what another has before him, or has coded."""
ON_HAND = 500
"""So many answers of a queue are told at once; the rest comes when these are done."""

Said = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Queue:
    """Units in order, a note on them, and why some are there."""

    units: list[str]
    note: str = ""
    why: Mapping[str, str] = field(default_factory=dict)


def queue(desk: Desk, kind: str, value: str, who: str, session: str, said: Said) -> dict[str, Any]:
    """The next answers of a queue: `ids`, why each is there (`why`), and a `note` on the queue.

    Raises `CoderError` for a queue that is not there, or a search that cannot be read.
    """
    if kind not in KINDS:
        raise CoderError(f"There is no queue {kind!r}; there are {', '.join(KINDS)}.")
    if kind == "search":
        found = _search(desk, value, said)
        return {"ids": found.units[:ON_HAND], "why": {}, "note": found.note}
    with desk.lock:
        found = _QUEUES[kind](desk, value, who, said)
        units = [unit for unit in found.units if unit in desk.texts]
        if kind in SHARED:
            gone = desk.ledger.seen() | desk.taken(session)
            units = [unit for unit in units if unit not in gone]
    ids = units[:ON_HAND]
    return {"ids": ids, "why": {unit: found.why[unit] for unit in ids if found.why.get(unit)}, "note": found.note}


def _targeted(desk: Desk, _value: str, _who: str, said: Said) -> Queue:
    following = dict(desk.learned.following) if desk.learned else {}
    rest = [unit for unit in desk.order if unit not in following]
    return Queue([*following, *rest], said["note_targeted" if following else "note_not_yet"], following)


def _random(desk: Desk, _value: str, _who: str, said: Said) -> Queue:
    return Queue(desk.order, said["note_random"].format(n=len(desk.samples().get(desk.last_wave, []))))


def _uncoded(desk: Desk, _value: str, _who: str, _said: Said) -> Queue:
    return Queue(desk.answered)


def _assigned(desk: Desk, _value: str, who: str, said: Said) -> Queue:
    units = desk.study.assigned(desk.question, who)["unit"].tolist()
    note = said["note_assigned"].format(n=len(units)) if units else said["note_none_assigned"]
    return Queue([unit for unit in units if not desk.ledger.saw(who, unit)], note)


def _of_code(desk: Desk, code: str, _who: str, said: Said) -> Queue:
    """What people or the machine gave this code, people's first."""
    if code not in desk.book.ids:
        raise CoderError(f"There is no code {code!r}.")
    by_people = [unit for unit in desk.texts if YES in desk.ledger.given(unit).get(code, ())]
    proposals = desk.study.proposals(desk.question)
    by_machine = proposals["unit"][proposals["code"] == code].tolist()
    units = list(dict.fromkeys([*by_people, *by_machine]))
    return Queue(units, said["note_code"].format(n=len(units)))


def _flagged(desk: Desk, _value: str, who: str, _said: Said) -> Queue:
    notes = {
        unit: {flag for flag in flags if not flag.startswith(NOTE) or flag == NOTE + who}
        for unit, flags in desk.ledger.flags.items()
    }
    return Queue([unit for unit, flags in notes.items() if flags])


def _unsure(desk: Desk, _value: str, _who: str, _said: Said) -> Queue:
    return Queue(desk.ledger.unsure())


def _apart(desk: Desk, _value: str, _who: str, said: Said) -> Queue:
    return Queue(list(dict.fromkeys(desk.study.disagreements(desk.question)["unit"])), said["note_disagreements"])


def _search(desk: Desk, query: str, said: Said) -> Queue:
    """The answers in which a rule hits; a plain word is a rule. Raises `CoderError` where it cannot be read."""
    if not query.strip():
        return Queue([])
    units = list(desk.texts)
    parse(query)  # says what is wrong with the words alone
    hits = Engine(alone(desk.book, (query,))).find(list(desk.texts.values()))
    found = [units[place] for place in np.unique(hits.text).tolist()]
    return Queue(found, said["note_search"].format(n=len(found)))


_QUEUES: dict[str, Callable[[Desk, str, str, Said], Queue]] = {
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
