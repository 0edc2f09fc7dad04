"""The coding page, as JSON: its queues, the answers and codes it shows, and how far it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from coder.codebook import SPECIAL
from coder.methods.rules.engine import Engine
from coder.methods.rules.syntax import parse
from coder.note import Note
from coder.review import again
from coder.review.codebook_page import alone
from coder.review.ledger import NOTE
from coder.review.sight import Sight
from coder.review.words import PageError
from coder.statistics.proportions import wilson
from coder.study.decisions import YES
from coder.words import chosen, decimal, say

if TYPE_CHECKING:
    from coder.review.live_question import LiveQuestion

TOP = 10
_FEWEST = 10
_UNSURE = 0.1
_BARE = {f"sampling.{one}": f"page.why_{one}" for one in ("doubt", "found", "missed")}


def codes(sight: Sight) -> list[dict[str, Any]]:
    """The codes, in the order of the codebook."""
    return [
        {"id": one.id, "number": one.number, "label": one.named(chosen()), "definition": one.definition}
        | {"net": one.net, "n": sight.counts.get(one.id, 0)}
        for one in sight.live.book.codes
    ]


def columns(sight: Sight) -> list[str]:
    """The background columns of an answer, as its card names them."""
    wave = [sight.said["wave"].lower()] if len(sight.live.waves) > 1 else []
    return wave + sight.live.columns


def status(sight: Sight) -> dict[str, Any]:
    """How far it is, and what the machine does."""
    live, ledger, who = sight.live, sight.ledger, sight.who
    pace = ledger.pace(who)
    return {
        "answers": len(live.answered),
        "coded": live.sums()[1],
        "sample": sample_note(sight),
        "mine": sum(ledger.saw(who, unit) for unit in ledger.own.get(who, {})),
        "pace": pace,
        "again": again.told(sight),
        "counts": sight.counts,
        "codebook": live.version,
        "hour": _hour(sight, pace),
        "learning": learning(sight),
    }


def sample_note(sight: Sight) -> str:
    """What the random queue is for, and how large the sample is; why one begins there, as long as it is small."""
    note = "note_random_first" if _begins(sight) else "note_random"
    return sight.said[note].format(n=sight.live.sampled, enough=SAMPLE)


def learning(sight: Sight) -> dict[str, Any]:
    """What the machine does, and what got better when it last learned; of that a blind coder knows nothing."""
    live, said = sight.live, sight.said
    if not sight.whole:
        return {"open": False, "busy": False, "said": said["learn_blind"], "version": 0, "changes": [], "enough": False}
    job, learned, new = live.job, live.learned, live.new_coded
    busy = job is not None and job.busy
    if busy:
        text = said["learn_busy"]
    elif job is not None and job.failed:
        text = str(job.failed)
    elif learned is None or not learned.version:
        text = said["learn_none" if live.sums()[1] < _FEWEST else "learn_soon"].format(n=_FEWEST)
    else:
        text = say(Note("page.learn_done", coded=learned.coded, count=new, version=learned.version))

    def told(change: str, code: str, then: float, now: float) -> str:
        f1 = {"then": decimal(then, 2), "now": decimal(now, 2)}
        return said[f"change_{change}"].format(code=live.book.label(code, chosen()), **f1)

    changes = [told(change, code, *f1) for code, change, *f1 in live.changes if f"change_{change}" in said]
    return {"open": True, "busy": busy, "said": text, "version": learned.version if learned else 0, "changes": changes,
            "enough": live.sums()[1] >= _FEWEST and (new > 0 or learned is None or not learned.version)}  # fmt: skip


def _hour(sight: Sight, pace: float | None) -> dict[str, Any]:
    """The top 10 of the last wave with its intervals, and what they would be after an hour at this pace.

    Of the random part alone where it is large enough; else of all that is coded, which is said.
    """
    live, said = sight.live, sight.said
    wave = live.waves.get(live.last_wave, [])
    sample = sight.samples.get(live.last_wave, [])
    random, seen = len(sample) >= _FEWEST, sight.ledger.seen()
    base = sample if random else [unit for unit in wave if unit in seen]
    if len(base) < _FEWEST:
        return {"codes": [], "note": ""}
    counts: dict[str, int] = {}
    for unit in base:
        for code, verdicts in sight.ledger.given(unit).items():
            if YES in verdicts:
                counts[code] = counts.get(code, 0) + 1
    ranked = sorted((code for code in counts if code not in SPECIAL), key=lambda code: -counts[code])[:TOP]
    n = len(base)
    later = min(n + round(pace), len(wave)) if pace else n
    now = wilson([counts[code] for code in ranked], n)
    shares = np.array([counts[code] / n for code in ranked])
    then = wilson(shares * later, later)
    note = said["hour_random" if random else "hour_coded"].format(n=n, later=later)
    return {
        "note": f"{note} {said['hour_presumes' if pace else 'hour_no_pace']}",
        "codes": [
            {"label": live.book.label(code, chosen()), "share": float(shares[row]), "low": float(now[row, 0])}
            | {"high": float(now[row, 1]), "next_low": float(then[row, 0]), "next_high": float(then[row, 1])}
            for row, code in enumerate(ranked)
        ],
    }


SHARED = ("targeted", "random", "uncoded")
"""In these nobody gets what another has before him, or has coded."""
SAMPLE = 100
"""From so many answers in random order on an estimate says something; until then that queue is the first."""
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
    left_out["twice"] = not sight.ledger.again.get(sight.who)
    return [kind for kind in KINDS if not left_out.get(kind)]


def first(sight: Sight) -> str:
    """The queue that somebody begins with: the random one until there is a sample to estimate from."""
    return "random" if _begins(sight) else kinds(sight)[0]


def _begins(sight: Sight) -> bool:
    live = sight.live
    return live.sampled < min(SAMPLE, len(live.waves.get(live.last_wave, ())))


def queue(sight: Sight, kind: str, value: str) -> dict[str, Any]:
    """The next answers of a queue: `ids`, how many there are (`total`), why each is there, and a `note` on the queue.

    Raises `CoderError` for a queue that is not there, or a search that cannot be read.
    """
    live = sight.live
    if kind not in kinds(sight):
        raise PageError("not_settle" if kind == "disagreements" else "no_queue")
    if kind == "search":
        found = search(sight, value)
        return {"ids": found.units[:ON_HAND], "total": len(found.units), "why": {}, "note": found.note}
    with live.lock:
        found = _QUEUES[kind](sight, value)
        units = [unit for unit in found.units if unit in live.texts]
        if kind in SHARED:
            gone = live.ledger.seen() | live.taken(sight.who)
            units = [unit for unit in units if unit not in gone]
    ids = units[:ON_HAND]
    why = {unit: found.why[unit] for unit in ids if found.why.get(unit)}
    return {"ids": ids, "total": len(units), "why": why, "note": found.note}


def _targeted(sight: Sight, _value: str) -> Queue:
    learned = sight.learned.following if sight.learned else ()
    following = {unit: _why(sight, unit, why) for unit, why in learned}
    rest = [unit for unit in sight.live.order if unit not in following]
    return Queue([*following, *rest], sight.said["note_targeted" if following else "note_not_yet"], following)


def _why(sight: Sight, unit: str, why: Note) -> str:
    """Why an answer is worth coding, without numbers: those that the page shows beside are made otherwise.

    Of a code that the page is sure of it does not say that there is doubt.
    """
    places = {sight.live.book.text(code): code for code in sight.live.book.ids}

    def doubted(one: Note) -> bool:
        chance = sight.proposer.chance(unit, places.get(one.values["code"], ""))
        return chance is None or _UNSURE <= chance <= 1 - _UNSURE

    parts = [one for one in _parts(why) if one.key != "sampling.doubt" or doubted(one)]
    return "; ".join(str(Note(_BARE[one.key], code=one.values["code"]) if one.key in _BARE else one) for one in parts)


def _parts(why: Note) -> list[Note]:
    if why.key != "sampling.both":
        return [why]
    return [*_parts(why.values["first"]), *_parts(why.values["then"])]


def _random(sight: Sight, _value: str) -> Queue:
    return Queue(sight.live.order, sample_note(sight))


def _uncoded(sight: Sight, _value: str) -> Queue:
    return Queue(sight.live.answered)


def _assigned(sight: Sight, _value: str) -> Queue:
    units = sight.live.question.assigned(sight.who)["unit"].tolist()
    note = say(Note("page.note_assigned", count=len(units))) if units else sight.said["note_none_assigned"]
    return Queue([unit for unit in units if not sight.ledger.saw(sight.who, unit)], note)


def _of_code(sight: Sight, code: str) -> Queue:
    """What people or the machine gave this code, people's first."""
    if code not in sight.live.book.ids:
        raise PageError("no_code_there", code=code)
    by_people = [unit for unit in sight.live.texts if YES in sight.ledger.given(unit).get(code, ())]
    units = list(dict.fromkeys([*by_people, *sight.proposed(code)]))
    return Queue(units, say(Note("page.note_code" if sight.whole else "page.note_code_blind", count=len(units))))


def _flagged(sight: Sight, _value: str) -> Queue:
    notes = {
        unit: {flag for flag in flags if not flag.startswith(NOTE) or flag == NOTE + sight.who}
        for unit, flags in sight.ledger.flags.items()
    }
    return Queue([unit for unit, flags in notes.items() if flags])


def _unsure(sight: Sight, _value: str) -> Queue:
    return Queue(sight.ledger.unsure())


def _apart(sight: Sight, _value: str) -> Queue:
    units = sight.live.question.disagreements()["unit"]
    return Queue(list(dict.fromkeys(units)), sight.said["note_disagreements"])


def _twice(sight: Sight, _value: str) -> Queue:
    units = again.unsettled(sight)
    return Queue(units, sight.said["note_twice" if units else "note_none_twice"])


def hit(live: "LiveQuestion", rules: Sequence[str]) -> list[str]:
    """The answers that rules find. Raises `CoderError` for one that cannot be read."""
    units = list(live.texts)
    for rule in rules:
        parse(rule)  # says what is wrong with the words alone
    hits = Engine(alone(live.book, tuple(rules))).find(list(live.texts.values()))
    if hits.left_out:
        raise PageError("rule_left_out")
    return [units[place] for place in np.unique(hits.text).tolist()]


def search(sight: Sight, query: str) -> Queue:
    """The answers in which a rule hits; a plain word is a rule. Raises `CoderError` for one that cannot be read."""
    live = sight.live
    if not query.strip():
        return Queue([])
    found = hit(live, (query,))
    return Queue(found, say(Note("page.note_search", count=len(found))))


_QUEUES: dict[str, Callable[[Sight, str], Queue]] = {
    "targeted": _targeted,
    "random": _random,
    "uncoded": _uncoded,
    "assigned": _assigned,
    "code": _of_code,
    "flagged": _flagged,
    "unsure": _unsure,
    "disagreements": _apart,
    "twice": _twice,
}
KINDS = (*_QUEUES, "search")
