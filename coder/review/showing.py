"""What the coding page shows, as JSON: codes, answers, and how far it is."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from coder.codebook import SPECIAL
from coder.review.ledger import NOTE
from coder.review.marks import segments
from coder.review.proposing import Proposed, spans
from coder.review.sight import Sight
from coder.review.words import why
from coder.statistics.intervals import wilson
from coder.study.store.decisions import SEEN, YES
from coder.tables.words import number

TOP = 10
_LONG = 420
_FEWEST = 10

Said = Mapping[str, str]
Shown = list[dict[str, Any]]


def codes(sight: Sight) -> list[dict[str, Any]]:
    """The codes, in the order of the codebook."""
    return [
        {"id": one.id, "number": one.number, "label": one.named(sight.language), "definition": one.definition}
        | {"net": one.net, "n": sight.counts.get(one.id, 0)}
        for one in sight.desk.book.codes
    ]


def units(sight: Sight, ids: Sequence[str], *, adjudicate: bool = False) -> Shown:
    """These answers as the page shows them, to be coded or to have the last word on; without those not there."""
    desk = sight.desk
    texts = {unit: desk.texts[unit] for unit in ids if unit in desk.texts}
    proposals = sight.proposer.of(texts)
    return [_unit(sight, unit, proposals[unit], adjudicate=adjudicate) for unit in texts]


def _unit(sight: Sight, unit: str, proposals: Sequence[Proposed], *, adjudicate: bool) -> dict[str, Any]:
    desk, ledger, who, said = sight.desk, sight.ledger, sight.who, sight.said
    language = sight.language
    text, labels = desk.texts[unit], {one.id: one.named(language) for one in desk.book.codes}
    held = ledger.last.get(unit, {}) if adjudicate else ledger.own.get(who, {}).get(unit, {})
    shown = adjudicate or not sight.blind  # who codes blind and settles too sees others' codes where they settle
    return {
        "id": unit,
        "segments": segments(text, spans(text, proposals, labels, said, language)),
        "long": len(text) > _LONG,
        "background": desk.background.get(unit, []),
        "given": {code: verdict for code, verdict in held.items() if code != SEEN},
        "seen": YES in held.values(),
        "flag": bool(sight.flags(unit)),
        "note": getattr(ledger.flags.get(unit, {}).get(NOTE + who), "note", ""),
        "proposals": [
            {"code": one.code, "on": one.on, "chance": one.chance, "why": _reasons(one, text, said, language)}
            for one in proposals
        ],
        "same": len(desk.same.get(unit, [unit])) - 1,
        "others": [
            {
                "who": name,
                "codes": [code for code, verdict in ledger.own[name][unit].items() if code and verdict == YES],
            }
            for name in ledger.seers(unit)
            if shown and (adjudicate or name != who)
        ],
    }


def _reasons(one: Proposed, text: str, said: Said, language: str) -> str:
    rules = list(dict.fromkeys(hit.reason.found(language) for hit in one.hits))[:3]
    parts = [said["by_rules"].format(rules="; ".join(rules))] if rules else []
    if one.words:
        parts.append(said["words"].format(words=", ".join(text[start:end] for start, end in one.words)))
    if one.chance is not None and not one.words:
        parts.append(said["by_model"])
    return "; ".join(parts)


def similar(sight: Sight, unit: str) -> list[dict[str, Any]]:
    """The other answers that say the same, and whether this person coded them already."""
    desk = sight.desk
    return [
        {"id": other, "text": desk.texts[other], "coded": sight.ledger.saw(sight.who, other)}
        for other in desk.same.get(unit, [])
        if other != unit
    ]


def status(sight: Sight) -> dict[str, Any]:
    """How far it is, and what the machine does."""
    desk, ledger, who = sight.desk, sight.ledger, sight.who
    pace = ledger.pace(who)
    return {
        "answers": len(desk.answered),
        "coded": desk.sums()[1],
        "sample": desk.sampled,
        "mine": sum(ledger.saw(who, unit) for unit in ledger.own.get(who, {})),
        "pace": pace,
        "counts": sight.counts,
        "codebook": desk.version,
        "hour": _hour(sight, pace),
        "learning": learning(sight),
    }


def learning(sight: Sight) -> dict[str, Any]:
    """What the machine does, and what got better when it last learned; of that a blind coder knows nothing."""
    desk, said, language = sight.desk, sight.said, sight.language
    if not sight.whole:
        return {"open": False, "busy": False, "said": said["learn_blind"], "version": 0, "changes": [], "enough": False}
    job, learned, new = desk.job, desk.learned, desk.new_coded
    busy = job is not None and job.busy
    if busy:
        text = said["learn_busy"]
    elif job is not None and job.failed:
        text = why(job.failed, language)
    elif learned is None or not learned.version:
        text = said["learn_none" if desk.sums()[1] < _FEWEST else "learn_soon"].format(n=_FEWEST)
    else:
        text = said["learn_done"].format(n=learned.coded, new=new, version=learned.version)

    def told(change: str, code: str, then: float, now: float) -> str:
        f1 = {"then": number(then, language), "now": number(now, language)}
        return said[f"change_{change}"].format(code=desk.book.label(code, language), **f1)

    changes = [told(change, code, *f1) for code, change, *f1 in desk.changes if f"change_{change}" in said]
    return {"open": True, "busy": busy, "said": text, "version": learned.version if learned else 0, "changes": changes,
            "enough": desk.sums()[1] >= _FEWEST and (new > 0 or learned is None or not learned.version)}  # fmt: skip


def _hour(sight: Sight, pace: float | None) -> dict[str, Any]:
    """The top 10 of the last wave with its intervals, and what they would be after an hour at this pace.

    Of the random part alone where it is large enough; else of all that is coded, which is said.
    """
    desk, said = sight.desk, sight.said
    wave = desk.waves.get(desk.last_wave, [])
    sample = sight.samples.get(desk.last_wave, [])
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
            {"label": desk.book.label(code, sight.language), "share": float(shares[row]), "low": float(now[row, 0])}
            | {"high": float(now[row, 1]), "next_low": float(then[row, 0]), "next_high": float(then[row, 1])}
            for row, code in enumerate(ranked)
        ],
    }
