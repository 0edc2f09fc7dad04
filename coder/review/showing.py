"""What the coding page shows, as JSON: codes, answers, and how far it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coder.codebook import SPECIAL
from coder.review.desk import Desk
from coder.review.ledger import FLAGGED, NOTE
from coder.review.marks import segments
from coder.review.proposing import Proposed, spans
from coder.statistics.intervals import wilson
from coder.study.store.decisions import SEEN, YES
from coder.tables.words import number

TOP = 10
_LONG = 420
_FEWEST = 10

Said = Mapping[str, str]
Shown = list[dict[str, Any]]


def codes(desk: Desk, language: str) -> list[dict[str, Any]]:
    """The codes, in the order of the codebook."""
    counts = desk.sums()[0]
    return [
        {"id": one.id, "number": one.number, "label": one.named(language), "definition": one.definition}
        | {"net": one.net, "n": counts.get(one.id, 0)}
        for one in desk.book.codes
    ]


@dataclass(frozen=True, slots=True)
class View:
    """Who looks, in which words, with which labels of codes, and whether to have the last word."""

    who: str
    said: Said
    labels: Mapping[str, str]
    adjudicate: bool = False


def units(desk: Desk, ids: Sequence[str], who: str, said: Said, language: str, *, adjudicate: bool = False) -> Shown:
    """These answers as the page shows them; those that are not there are left out."""
    texts = {unit: desk.texts[unit] for unit in ids if unit in desk.texts}
    proposals = desk.proposer.of(texts)
    view = View(who, said, {one.id: one.named(language) for one in desk.book.codes}, adjudicate)
    blind = desk.study.blind(desk.question) and not adjudicate
    return [_unit(desk, unit, proposals[unit], view, blind=blind) for unit in texts]


def _unit(desk: Desk, unit: str, proposals: Sequence[Proposed], view: View, *, blind: bool) -> dict[str, Any]:
    who, adjudicate = view.who, view.adjudicate
    ledger, text = desk.ledger, desk.texts[unit]
    held = ledger.last.get(unit, {}) if adjudicate else ledger.own.get(who, {}).get(unit, {})
    others = [] if blind else [name for name in ledger.seers(unit) if adjudicate or name != who]
    flags = ledger.flags.get(unit, {})
    return {
        "id": unit,
        "segments": segments(text, spans(text, proposals, view.labels, view.said)),
        "long": len(text) > _LONG,
        "background": desk.background.get(unit, []),
        "given": {code: verdict for code, verdict in held.items() if code != SEEN},
        "seen": YES in held.values(),
        "flag": FLAGGED in flags,
        "note": flags.get(NOTE + who, ""),
        "proposals": [
            {"code": one.code, "on": one.on, "chance": one.chance, "why": _why(one, text, view.said)}
            for one in proposals
        ],
        "same": len(desk.same.get(unit, [unit])) - 1,
        "others": [
            {
                "who": name,
                "codes": [code for code, verdict in ledger.own[name][unit].items() if code and verdict == YES],
            }
            for name in others
        ],
    }


def _why(one: Proposed, text: str, said: Said) -> str:
    rules = list(dict.fromkeys(hit.reason.removeprefix("rule ") for hit in one.hits))[:3]
    parts = [said["by_rules"].format(rules="; ".join(rules))] if rules else []
    if one.words:
        parts.append(said["words"].format(words=", ".join(text[start:end] for start, end in one.words)))
    if one.chance is not None and not one.words:
        parts.append(said["by_model"])
    return "; ".join(parts)


def similar(desk: Desk, unit: str, who: str) -> list[dict[str, Any]]:
    """The other answers that say the same, and whether this person coded them already."""
    return [
        {"id": other, "text": desk.texts[other], "coded": desk.ledger.saw(who, other)}
        for other in desk.same.get(unit, [])
        if other != unit
    ]


def status(desk: Desk, who: str, said: Said, language: str) -> dict[str, Any]:
    """How far it is, and what the machine does."""
    counts, coded = desk.sums()
    mine = sum(desk.ledger.saw(who, unit) for unit in desk.ledger.own.get(who, {}))
    pace = desk.ledger.pace(who)
    return {
        "answers": len(desk.answered),
        "coded": coded,
        "mine": mine,
        "pace": pace,
        "counts": counts,
        "codebook": desk.version,
        "hour": _hour(desk, pace, said, language),
        "learning": learning(desk, said, language),
    }


def learning(desk: Desk, said: Said, language: str) -> dict[str, Any]:
    """What the machine does, and what got better when it last learned."""
    job, learned, new = desk.job, desk.learned, desk.new_coded
    busy = job is not None and job.busy
    if busy:
        text = said["learn_busy"]
    elif job is not None and job.failed:
        text = said["learn_failed"].format(why=job.failed)
    elif learned is None or not learned.version:
        text = said["learn_none" if desk.sums()[1] < _FEWEST else "learn_soon"].format(n=_FEWEST)
    else:
        text = said["learn_done"].format(n=learned.coded, new=new, version=learned.version)

    def told(change: str, code: str, then: float, now: float) -> str:
        f1 = {"then": number(then, language), "now": number(now, language)}
        return said[f"change_{change}"].format(code=desk.book.label(code, language), **f1)

    changes = [told(change, code, *f1) for code, change, *f1 in desk.changes if f"change_{change}" in said]
    return {"busy": busy, "said": text, "version": learned.version if learned else 0, "changes": changes,
            "enough": desk.sums()[1] >= _FEWEST and (new > 0 or learned is None or not learned.version)}  # fmt: skip


def _hour(desk: Desk, pace: float | None, said: Said, language: str) -> dict[str, Any]:
    """The top 10 of the last wave with its intervals, and what they would be after an hour at this pace.

    Of the random part alone where it is large enough; else of all that is coded, which is said.
    """
    wave = desk.waves.get(desk.last_wave, [])
    sample = desk.samples().get(desk.last_wave, [])
    random, seen = len(sample) >= _FEWEST, desk.ledger.seen()
    base = sample if random else [unit for unit in wave if unit in seen]
    if len(base) < _FEWEST:
        return {"codes": [], "note": ""}
    counts: dict[str, int] = {}
    for unit in base:
        for code, verdicts in desk.ledger.given(unit).items():
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
            {"label": desk.book.label(code, language), "share": float(shares[row]), "low": float(now[row, 0])}
            | {"high": float(now[row, 1]), "next_low": float(then[row, 0]), "next_high": float(then[row, 1])}
            for row, code in enumerate(ranked)
        ],
    }
