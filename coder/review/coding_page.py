"""The coding page, as JSON: its queues, the answers it shows, what is decided on them, and how far it is.

Some answers that somebody coded come back, without what they gave. What they give the second time is kept beside the
first and counts nowhere else: it tells how well they agree with themselves. Where the two differ they may settle it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

import numpy as np
from starlette.requests import Request

from coder.codebook import SPECIAL
from coder.coding import Coding
from coder.note import Note
from coder.review import grid_page
from coder.review.cards import Card, cards, similar
from coder.review.codebook_page import listed, search
from coder.review.ledger import NOTE
from coder.review.requests import Data, PageError, fields, texts
from coder.review.sight import Asked, Sight
from coder.statistics.proportions import wilson
from coder.study.answer_versions import TEXT_CHANGED
from coder.study.order import random_order
from coder.study.question import usable
from coder.tables.mentions import Mentions
from coder.words import chosen, decimal, say, with_interval

MOST_SHOWN = 60
"""So many answers, or acts, are taken at once."""
SINCE = 30
"""So many answers somebody has coded since one that comes back."""
TOP = 10
_FEWEST = 10
_UNSURE = 0.1
_MOST_CODERS = 100
_SHARE = 10
"""Of a hundred answers so many are proposed to be coded by two."""
_BARE = {f"sampling.{one}": f"page.why_{one}" for one in ("doubt", "found", "missed")}


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
        "coded": live.coded,
        "sample": sample_note(sight),
        "mine": sum(ledger.saw(who, unit) for unit in ledger.own.get(who, {})),
        "pace": pace,
        "again": own_agreement(sight),
        "counts": sight.counts,
        "codebook": live.version,
        "hour": _hour(sight, pace),
        "learning": learning(sight),
    }


def sample_note(sight: Sight) -> str:
    """What the random queue is for, and how large the sample is; why one begins there, as long as it is small.

    Of several waves it is that of the last, which is named.
    """
    note = "note_random_first" if _begins(sight) else "note_random"
    told = sight.said[note].format(n=sight.live.sampled, enough=SAMPLE)
    if len(sight.live.waves) == 1:
        return told
    return f"{told} {say(Note('page.note_of_wave', wave=sight.live.last_wave or sight.said['unnamed_wave']))}"


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
    elif live.behind:
        text = said["learn_behind"]
    elif learned is None or not learned.version:
        text = said["learn_none" if live.sums()[1] < _FEWEST else "learn_soon"].format(n=_FEWEST)
    else:
        since = Note("page.learn_done", coded=learned.coded, count=new, version=learned.version)
        gone = Note("page.learn_undone", coded=learned.coded, count=-new, version=learned.version)
        text = say(since if new >= 0 else gone)

    def told(change: str, code: str, then: float, now: float) -> str:
        f1 = {"then": decimal(then, 2), "now": decimal(now, 2)}
        return said[f"change_{change}"].format(code=live.book.label(code, chosen()), **f1)

    changes = [told(change, code, *f1) for code, change, *f1 in live.changes if f"change_{change}" in said]
    return {"open": True, "busy": busy, "said": text, "version": learned.version if learned else 0, "changes": changes,
            "enough": live.behind or (
                live.sums()[1] >= _FEWEST and (new != 0 or learned is None or not learned.version))}  # fmt: skip


def _hour(sight: Sight, pace: float | None) -> dict[str, Any]:
    """The top 10 of the last wave with its intervals, and what they would be after an hour at this pace.

    Of the random part alone where it is large enough; else of all that is coded, which is said. Weighted as the
    results are.
    """
    live, said = sight.live, sight.said
    wave = live.waves.get(live.last_wave, [])
    sample = sight.samples.get(live.last_wave, [])
    random, seen = len(sample) >= _FEWEST, sight.ledger.seen()
    open_ = sight.ledger.open()
    base = [unit for unit in (sample if random else seen & live.of_last_wave) if unit not in open_]
    if len(base) < _FEWEST:
        return {"codes": [], "note": ""}
    n, found = len(base), _counted(sight, base)
    later = min(n + round(pace), len(wave)) if pace else n
    shares, now, bases = found.shares, found.intervals(), found.bases * later / n
    then = wilson(shares * bases, bases)
    rows = [int(row) for row in np.argsort(-shares, kind="stable")[:TOP] if shares[row]]
    note = [said["hour_random" if random else "hour_coded"].format(n=n, later=later)]
    note += [said["hour_presumes" if pace else "hour_no_pace"]]
    if live.weights is not None:
        key = "page.not_weighted" if found.weights is None else "page.hour_weighted"
        note.append(say(Note(key, column=live.roles.weight)))
    return {
        "note": " ".join(note),
        "codes": [
            {"label": live.book.label(found.codes[row], chosen()), "share": float(shares[row])}
            | {"low": float(now[row, 0]), "high": float(now[row, 1])}
            | {"next_low": float(then[row, 0]), "next_high": float(then[row, 1])}
            for row in rows
        ],
    }


def _counted(sight: Sight, units: Sequence[str]) -> Mentions:
    """Which of these answers have which codes that have a rank, with their weights where all have one."""
    live, people = sight.live, sight.live.corpus.units.loc[list(units), []]
    places = {code: place for place, code in enumerate(code for code in live.book.ids if code not in SPECIAL)}
    given = np.zeros((len(units), len(places)), dtype=np.bool_)
    for row, unit in enumerate(units):
        given[row, [places[code] for code in sight.ledger.codes(unit) if code in places]] = True
    weights = usable(live.weights, people.index)
    each = None if weights is None else np.asarray(weights, dtype=np.float64)
    return Mentions(people, tuple(places), given, each)


SHARED = ("targeted", "random", "uncoded")
"""These have every answer that says something; in them nobody gets what another has before him, or has coded."""
SAMPLE = 100
"""From so many answers in random order on an estimate says something; until then that queue is the first."""
ON_HAND = 500
"""So many answers of a queue are told at once; the rest comes when these are done."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Units in order, each once; a note on them, and why some are there."""

    units: Iterable[str]
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
        units, note = search(live, value)
        return {"ids": units[:ON_HAND], "total": len(units), "why": {}, "note": note}
    with live.lock:
        found = _QUEUES[kind](sight, value)
        if kind in SHARED:
            gone = live.ledger.seen() | live.taken(sight.who)
            ids = list(islice((unit for unit in found.units if unit in live.texts and unit not in gone), ON_HAND))
            total = len(live.answered) - sum(unit in live.answered for unit in gone)
        else:
            units = [unit for unit in found.units if unit in live.texts]
            ids, total = units[:ON_HAND], len(units)
    why = {unit: found.why[unit] for unit in ids if found.why.get(unit)}
    return {"ids": ids, "total": total, "why": why, "note": found.note}


def _targeted(sight: Sight, _value: str) -> Queue:
    learned = sight.learned.following if sight.learned else ()
    following = {unit: _why(sight, unit, why) for unit, why in learned}
    rest = (unit for unit in sight.live.order if unit not in following)
    return Queue(chain(following, rest), sight.said["note_targeted" if following else "note_not_yet"], following)


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
    by_people = [unit for unit in sight.live.texts if code in sight.ledger.codes(unit)]
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
    units = unsettled(sight)
    return Queue(units, sight.said["note_twice" if units else "note_none_twice"])


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


# Agreement with oneself


def next_card(sight: Sight) -> Card | None:
    """An answer to judge again, without what was given; None where none was coded long enough ago.

    Each comes back once, in random order; not one that would show what was given: with a flag or a note of theirs, or
    settled; nor one of which the text changed.
    """
    live, ledger, who = sight.live, sight.ledger, sight.who
    with live.lock:
        mine = [unit for unit in ledger.own.get(who, {}) if ledger.saw(who, unit)]
        old = [unit for unit in mine[: max(0, len(mine) - SINCE)] if unit in live.texts]
        left = [unit for unit in old if unit not in ledger.again.get(who, {}) and _bare(sight, unit)]
        first = random_order(left, f"{live.question.name} again {who}")[:1]
        found = cards(sight, first, again=True)
    return found[0] if found else None


def _bare(sight: Sight, unit: str) -> bool:
    marks = sight.live.ledger.flags.get(unit, {})
    return unit not in sight.ledger.last and not (
        sight.flags(unit) or {NOTE + sight.who, TEXT_CHANGED}.intersection(marks)
    )


def unsettled(sight: Sight) -> list[str]:
    """The answers to which somebody gave other codes the second time, and on which they did not decide since."""
    question, who = sight.live.question, sight.who
    if not sight.live.ledger.again.get(who):
        return []
    apart = _differ(question.twice(who))
    after = question.decided_again()
    then = after[after["who"] == who].groupby("unit")["event"].max()
    now = question.state(who=who, units=apart).groupby("unit")["event"].max()
    return [unit for unit in apart if unit in sight.live.texts and now.get(unit, 0) < then[unit]]


def _differ(both: tuple[Coding, Coding]) -> list[str]:
    """The answers with other codes the second time."""
    first, again = (one.pairs().groupby("unit")["code"].agg(frozenset).to_dict() for one in both)
    none: frozenset[str] = frozenset()
    return [unit for unit in both[0].seen if first.get(unit, none) != again.get(unit, none)]


def own_agreement(sight: Sight) -> str:
    """How well somebody agrees with themselves, in words; "" as long as nothing was judged twice."""
    live, who = sight.live, sight.who
    if not live.ledger.again.get(who):
        return ""
    with live.lock:
        if live.judged_twice.get(who, (0,))[0] != live.ledger.version:
            both = live.question.twice(who)
            live.judged_twice[who] = live.ledger.version, len(both[0].seen), len(_differ(both))
        _, n, apart = live.judged_twice[who]
    if not n:
        return ""
    low, high = (100 * wilson([n - apart], n)[0]).tolist()
    share = with_interval(100 * (n - apart) / n, low, high)
    return say(Note("page.again_told", count=n, share=share))


# What scripts ask


def about(sight: Sight) -> dict[str, object]:
    """What its template is made with."""
    return {
        "queues": kinds(sight),
        "first_queue": first(sight),
        "coders": _coders(sight),
        "deal_share": _SHARE,
    }


def _codes(sight: Sight, _request: Request, _data: Data) -> Data:
    with sight.live.lock:
        return {"codes": listed(sight.live.book, sight.counts), "columns": columns(sight)}


def _status(sight: Sight, _request: Request, _data: Data) -> Data:
    sight.live.follow()
    with sight.live.lock:
        return status(sight)


def _queue(sight: Sight, _request: Request, data: Data) -> Data:
    asked = fields(data, kind=str, value=str)
    sight.live.follow()
    return queue(sight, asked["kind"], asked["value"])


def _units(sight: Sight, _request: Request, data: Data) -> Data:
    live, visitor, wanted = sight.live, sight.visitor, texts(data, "ids", MOST_SHOWN)
    settle = data.get("adjudicate") is True and visitor.settles
    shared, both = data.get("shared") is True, data.get("both") is True
    live.follow()
    with live.lock:
        if shared:
            free, taken = _free(sight, wanted, fields(data, most=int)["most"])
        else:
            free, taken = list(wanted), []
    sight.proposer.of({unit: live.texts[unit] for unit in free if unit in live.texts})  # takes the longest
    with live.lock:
        return {"units": cards(sight, free, adjudicate=settle, both=both), "taken": taken}


def _free(sight: Sight, wanted: Sequence[str], most: int) -> tuple[list[str], list[str]]:
    """The first `most` answers that nobody else has before them or coded; and those among them that somebody has."""
    live, who = sight.live, sight.who
    seen = {unit for unit in wanted if set(live.ledger.seers(unit)) - {who}}
    free = live.lease([unit for unit in wanted if unit not in seen], who, most)
    looked = wanted[: wanted.index(free[-1]) + 1] if len(free) == most > 0 else wanted
    return free, [unit for unit in looked if unit not in free]


def _acts(sight: Sight, _request: Request, data: Data) -> Data:
    live, acts = sight.live, data.get("acts")
    if not isinstance(acts, list) or len(acts) > MOST_SHOWN:
        raise PageError("acts_most", most=MOST_SHOWN)
    done = live.do(acts, sight)
    live.stay(sight.who)
    settle = sight.visitor.settles and any(one.get("adjudicate") is True for one in acts)
    undone = [one for one in done if "undone" in one]
    now = Sight(live, sight.visitor) if undone else sight  # what is undone is shown as it is after
    grid = any(one.get("grid") is True for one in acts)

    def shown(units: list[str], *, judged: bool) -> Data:
        if grid:
            return {"marks": grid_page.marks(now, units, bare=True)}
        return {"units": cards(now, units, adjudicate=settle, again=judged)}

    with live.lock:
        more = {one["id"]: shown(one["undone"], judged=one["again"]) for one in undone}
    done = [one | {"error": str(one["error"])} if "error" in one else one for one in done]
    return {"done": [{**one, **more.get(one["id"], {})} for one in done]}


def _learn(sight: Sight, _request: Request, _data: Data) -> Data:
    if sight.whole:
        sight.live.start(again=True)
    return {"learning": learning(sight)}


def _coders(sight: Sight) -> list[str]:
    """Who may be dealt answers: everybody that the study knows, and who leads. None for who does not lead."""
    if not sight.visitor.leads:
        return []
    return sorted({sight.who, *sight.live.study.people()["name"], *sight.live.ledger.own} - {""})


def _deal(sight: Sight, _request: Request, data: Data) -> Data:
    """Deal the answers that nobody has yet to these coders, so many in a hundred to two of them; what each got."""
    sight.visitor.must_lead()
    names, share = texts(data, "coders", _MOST_CODERS), fields(data, share=int)["share"]
    if strange := [name for name in names if name not in _coders(sight)]:
        raise PageError("deal_whom", name=strange[0])
    if not 0 <= share <= 100:  # noqa: PLR2004 (percent)
        raise PageError("deal_share")
    question = sight.live.question
    question.assign(names, share=share / 100, who=sight.who)
    sight.live.follow()
    dealt = question.assigned()
    told = [
        Note("page.dealt", who=str(who), count=len(part), double=int(part["double"].sum()))
        for who, part in dealt.groupby("who")
    ]
    return {"dealt": [say(note) for note in told]}


POST: Mapping[str, Asked] = {
    "acts": _acts,
    "again": lambda sight, _request, _data: {"unit": next_card(sight)},
    "deal": _deal,
    "learn": _learn,
    "queue": _queue,
    "similar": lambda sight, _request, data: {"units": similar(sight, fields(data, unit=str)["unit"])},
    "units": _units,
}
GET: Mapping[str, Asked] = {"codes": _codes, "status": _status}
