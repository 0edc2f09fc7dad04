"""The grid, as JSON: all answers in columns, what was decided of them, and what changed since.

A browser gets the answers once and sorts, filters and scrolls by itself. A column is sent as its distinct values and
of each answer which one it has; background columns are sent when somebody wants to see them. Decisions follow by event.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from coder.review import codebook_page
from coder.review.requests import Data, fields, texts
from coder.review.sight import Asked, Sight
from coder.study.answer_versions import WAVE
from coder.study.codebooks import CHANGED
from coder.study.decisions import SEEN, UNSURE, YES

_OTHERWISE = {CHANGED, "answers"}
"""After such events the grid is read anew."""


def shown(sight: Sight, data: Data) -> dict[str, Any]:
    """The answers in the order of the study, with the columns that are asked for and what was decided of them.

    `silent` are the rows of answers that say nothing: nobody needs to code these.
    `columns` names the background columns that there are; of an unknown one that is asked for there is nothing.
    """
    live = sight.live
    live.follow()
    wanted = texts(data, "columns")
    with live.lock:
        names = live.columns
        return {
            "event": live.event,
            "codes": codebook_page.listed(live.book, sight.counts),
            "ids": list(live.texts),
            "texts": list(live.texts.values()),
            "columns": names,
            "wave": live.column(WAVE) if len(live.waves) > 1 else None,
            "cells": {name: live.column(name) for name in wanted if name in names},
            "marks": marks(sight, live.texts),
            "silent": [row for row, unit in enumerate(live.texts) if unit not in live.answered],
        }


def column(sight: Sight, data: Data) -> dict[str, Any]:
    """One background column; None where it is not there."""
    name = fields(data, column=str)["column"]
    with sight.live.lock:
        return {"cells": sight.live.column(name) if name in sight.live.columns else None}


def more(sight: Sight) -> dict[str, Any]:
    """What takes longer: of each answer the first that says the same, and of some what is proposed (codes)."""
    live = sight.live
    with live.lock:
        place = {unit: number for number, unit in enumerate(live.texts)}
        same = [place[live.same.get(unit, (unit,))[0]] for unit in live.texts]
    return {"same": same, "proposed": sight.all_proposed()}


def searched(sight: Sight, data: Data) -> dict[str, Any]:
    """The answers in which a rule hits. Raises `CoderError` for one that cannot be read."""
    units, note = codebook_page.search(sight.live, fields(data, value=str)["value"])
    return {"ids": units, "note": note}


def changed(sight: Sight, data: Data) -> dict[str, Any]:
    """What others, or the same person elsewhere, decided since an event; `anew` where more than decisions changed.

    A blind coder is told of their own alone.
    """
    live, since = sight.live, fields(data, event=int)["event"]
    live.follow()
    with live.lock:
        if not 0 <= since <= live.event or since == live.event:
            return {"event": live.event, "marks": {}, "anew": since > live.event, "proposed": False}
        units, kinds = live.question.touched(since, who=None if sight.whole else sight.who)
        return {
            "event": live.event,
            "marks": marks(sight, [unit for unit in units if unit in live.texts], bare=True),
            "anew": bool(_OTHERWISE & kinds),
            "proposed": sight.whole and "propose" in kinds,
        }


def marks(sight: Sight, units: Iterable[str], *, bare: bool = False) -> dict[str, dict[str, Any]]:
    """What was decided of these units: the codes with how each is given, who saw it, and what else is on it.

    Who settles is told where coders are `apart`. Where nothing was there is nothing; with `bare` an empty entry.
    """
    ledger = sight.ledger
    own: dict[str, list[tuple[str, Mapping[str, str]]]] = {}
    for who, decided in ledger.own.items():
        for unit, verdicts in decided.items():
            own.setdefault(unit, []).append((who, verdicts))
    touched = own.keys() | ledger.last.keys() | sight.live.ledger.flags.keys()
    several = sight.visitor.settles and len(ledger.own) > 1
    apart = set(sight.live.question.disagreements()["unit"]) if several else set()
    found = {
        unit: _mark(sight, unit, own.get(unit, ())) | {"apart": unit in apart} for unit in units if unit in touched
    }
    kept = {unit: one for unit, one in found.items() if bare or any(one.values())}
    return kept | ({unit: _NOTHING for unit in units if unit not in touched} if bare else {})


_NOTHING: dict[str, Any] = {"codes": {}, "who": [], "flag": False, "seen": False, "apart": False}


def _mark(sight: Sight, unit: str, own: Sequence[tuple[str, Mapping[str, str]]]) -> dict[str, Any]:
    last = sight.ledger.last.get(unit, {})
    mine = next((verdicts for who, verdicts in own if who == sight.who), {})
    codes = dict.fromkeys(code for _, verdicts in own for code in verdicts) | dict.fromkeys(last)
    given = {code: how for code in codes if code != SEEN and (how := _how(code, mine, own, last))}
    return {
        "codes": given,
        "who": [who for who, verdicts in own if YES in verdicts.values()],
        "flag": bool(sight.flags(unit)),
        "seen": YES in mine.values(),
    }


def _how(
    code: str, mine: Mapping[str, str], own: Sequence[tuple[str, Mapping[str, str]]], last: Mapping[str, str]
) -> str:
    """How a code is given: `last` (word), `mine`, `unsure` (mine), `other` or `doubt` (another's); "" if it is not."""
    if code in last:
        return "last" if last[code] == YES else ""
    if mine.get(code) in (YES, UNSURE):
        return "mine" if mine[code] == YES else "unsure"
    said = {verdicts.get(code) for _, verdicts in own}
    return "other" if YES in said else "doubt" if UNSURE in said else ""


def about(sight: Sight) -> dict[str, object]:
    """What its template is made with."""
    return {"people": len(sight.ledger.own)}


POST: Mapping[str, Asked] = {
    "grid": lambda sight, _request, data: shown(sight, data),
    "grid-column": lambda sight, _request, data: column(sight, data),
    "grid-more": lambda sight, _request, _data: more(sight),
    "grid-now": lambda sight, _request, data: changed(sight, data),
    "grid-search": lambda sight, _request, data: searched(sight, data),
}
