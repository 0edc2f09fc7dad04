"""The pictures of the results page, each with its tables, and the answers that stand behind a mark in one.

A picture that cannot be made says what it would need.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from coder.coding import Coding
from coder.errors import DataError
from coder.note import Note
from coder.reports.content import Report, Section
from coder.reports.pictures import (
    Picture,
    agreement_picture,
    change_picture,
    groups_picture,
    order_picture,
    pairs_picture,
    top_picture,
    waves_picture,
)
from coder.reports.write import write_report
from coder.review.cards import cards
from coder.review.requests import fields
from coder.review.results_tables import Choice, Counted, agreed, chosen_units, coding_of, counted, mentioned, written
from coder.review.sight import WITH_MACHINE, Sight
from coder.review.words import PageError
from coder.study.estimates import ALL
from coder.tables.agreement import with_oneself
from coder.tables.cooccurrence import pairs
from coder.tables.frequency import order
from coder.tables.groups import groups
from coder.tables.table import Said, Table
from coder.tables.trend import FEWEST_WAVES, trend

SHOWN_AT_ONCE = 40
"""So many answers behind a mark are shown at once."""
_LEAST_WIDTH, _MOST_WIDTH, _SAVED_WIDTH = 280, 1200, 760
_MOST_PAIRS = 12


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture with the tables behind it; without one, why."""

    picture: Picture | None
    tables: tuple[Table, ...]
    why: Said = ""


def drawn(sight: Sight, asked: Choice, name: str, made: Counted) -> Drawn:
    """A picture of `PICTURES` of what was counted. Raises `PageError` for another."""
    if name not in PICTURES:
        raise PageError("no_picture")
    if made.mentions is None:
        return Drawn(None, (), sight.said["nothing_coded"])
    try:
        return PICTURES[name](sight, asked, made)
    except DataError as error:
        return Drawn(None, (), error.note)


def width_of(asked: Mapping[str, str]) -> float:
    """How wide a picture is asked for, in pixels."""
    given = asked.get("width", "")
    wanted = int(given) if given.isascii() and given.isdigit() and len(given) < 6 else _SAVED_WIDTH  # noqa: PLR2004
    return float(min(max(wanted, _LEAST_WIDTH), _MOST_WIDTH))


def source(sight: Sight, asked: Choice) -> Note:
    """What a picture is of: the question, the wave, whose codes, and who counts."""
    live = sight.live
    parts: list[Said] = [live.wording]
    parts += [] if asked.wave in ("", ALL) else [Note("page.wave_named", wave=asked.wave)]
    parts += [sight.said["whose_machine_source"]] if asked.whose == WITH_MACHINE else []
    parts += [Note("page.only", column=asked.column, value=asked.value)] if asked.column else []
    return Note("page.source", parts=parts)


def saved(sight: Sight, asked: Choice, name: str, form: str) -> bytes:
    """A picture as a file: `svg` or `png`, or its tables as `xlsx`. Raises `PageError` where there is none."""
    found = drawn(sight, asked, name, counted(sight, asked))
    if not found.tables or (found.picture is None and form != "xlsx"):
        raise PageError("nothing_coded")
    about = source(sight, asked)
    if form == "xlsx":
        return _workbook(found, about)
    assert found.picture is not None  # noqa: S101 (looked at above)
    if form == "svg":
        return found.picture.svg(_SAVED_WIDTH, about).encode()
    return found.picture.png(_SAVED_WIDTH, about)


def _workbook(found: Drawn, about: Note) -> bytes:
    heading = found.picture.heading if found.picture else ""
    tables = {str(one.title) if number else "top": one for number, one in enumerate(found.tables)}
    section = Section(title=about, finding=heading, tables=tables)
    report = Report(about, (section,), made=date.today())  # noqa: DTZ011 (of who saves it)
    return written("xlsx", lambda path: write_report(report, [path]))


# The pictures


def _top(_sight: Sight, asked: Choice, made: Counted) -> Drawn:
    table = made.tables["top"]
    return Drawn(top_picture(table, intervals=asked.whose != WITH_MACHINE), (table,))


def _change(sight: Sight, asked: Choice, made: Counted) -> Drawn:
    table = made.tables.get("comparison")
    if table is None:
        waves = len(sight.live.waves) + len(sight.live.published)
        return Drawn(None, (), sight.said["change_needs" if waves > 1 else "change_needs_waves"])
    return Drawn(change_picture(table, made.tables["top"], (asked.then, asked.wave), asked.limit), (table,))


def _groups(sight: Sight, asked: Choice, made: Counted) -> Drawn:
    if not asked.by:
        return Drawn(None, (), sight.said["groups_need"])
    found = groups(_counted(made), sight.live.book, asked.by)
    table = replace(found.table, notes=(*found.table.notes, *made.notes))
    return Drawn(groups_picture(found, asked.limit), (table, *found.for_people[1:]))


def _waves(sight: Sight, asked: Choice, _made: Counted) -> Drawn:
    coding, live = coding_of(sight, asked.whose), sight.live
    codings = {wave: coding.take(chosen_units(live, asked, wave)) for wave in live.waves}
    known = {wave: mentioned(live, one) for wave, one in codings.items() if len(one.seen)}
    if len(known) < FEWEST_WAVES:
        return Drawn(None, (), Note("page.waves_need", least=FEWEST_WAVES, count=len(known)))
    table = trend(dict(reversed(known.items())), live.book, limit=asked.limit or len(live.book.codes))
    return Drawn(waves_picture(table, list(known)), (table,))


def _order(sight: Sight, asked: Choice, made: Counted) -> Drawn:
    table = order(_counted(made), sight.live.book, limit=asked.limit, title=sight.said["picture_order"])
    table = replace(table, notes=(*table.notes, *made.notes))
    return Drawn(order_picture(table), (table,))


def _agreement(sight: Sight, _asked: Choice, made: Counted) -> Drawn:
    found = agreed({who: one.take(made.units) for who, one in sight.people().items()}, sight.live.book)
    twice = with_oneself(sight.judged_twice(), sight.live.book)
    oneself = () if twice is None else (twice,)
    if found is None:
        return Drawn(None, oneself, sight.said["agreement_needs"])
    return Drawn(agreement_picture(found.codes), (found.codes, found.overall, found.coders, *oneself))


def _pairs(sight: Sight, _asked: Choice, made: Counted) -> Drawn:
    table = pairs(_counted(made), sight.live.book, limit=_MOST_PAIRS)
    table = replace(table, notes=(*table.notes, *made.notes))
    picture = pairs_picture(table)
    return Drawn(picture, (table,) if picture else (), "" if picture else sight.said["pairs_need"])


def _counted(made: Counted) -> Any:  # noqa: ANN401 (`drawn` looked)
    return made.mentions


PICTURES: Mapping[str, Callable[[Sight, Choice, Counted], Drawn]] = {
    "top": _top,
    "change": _change,
    "groups": _groups,
    "order": _order,
    "waves": _waves,
    "agreement": _agreement,
    "pairs": _pairs,
}
"""The pictures by name, in the order in which the page names them."""


# What stands behind a mark


def marked(sight: Sight, asked: Choice, data: Any) -> dict[str, Any]:  # noqa: ANN401 (what came out of JSON)
    """The answers behind a mark, from the one at `start` on, each with the codes that count and how to put them right.

    A mark has a `code`, and perhaps the `group` that they are in, or another code that they have too (`with`); in the
    picture `agreement` they are the answers on which coders differ over the code. Of each `last` says that a
    correction is the last word, and `whole` that it is of all codes of the answer: where a machine alone gave them.
    """
    found = fields(data, picture=str, code=str, group=str, start=int, **{"with": str})
    live, book = sight.live, sight.live.book
    wanted = [code for code in (found["code"], found["with"]) if code]
    if strange := [code for code in wanted if code not in book.ids]:
        raise PageError("no_code_there", code=strange[0])
    coding = coding_of(sight, asked.whose).take(chosen_units(live, asked, asked.wave))
    if found["picture"] == "agreement":
        units = _divided(sight, chosen_units(live, asked, asked.wave), found["code"])
    else:
        units = _having(coding, wanted)
    if found["group"] and asked.by:
        cells = live.corpus.units[asked.by].fillna("").astype(str).str.strip()
        units = units[(cells.reindex(units) == found["group"]).to_numpy()]
    start = max(found["start"], 0)
    shown = list(units[start : start + SHOWN_AT_ONCE])
    parts: list[Said] = [book.text(code) for code in wanted]
    parts += [found["group"]] if found["group"] else []
    return {"title": str(Note("page.marked", parts=parts)), "total": len(units), "units": _cards(sight, coding, shown)}


def _having(coding: Coding, codes: list[str]) -> "pd.Index[str]":
    """The answers that have all of these codes, in order."""
    given = coding.assignments
    has = [set(given["unit"][given["code"] == code]) for code in codes]
    both = set.intersection(*has) if has else set()
    return coding.seen[[unit in both for unit in coding.seen]]


def _divided(sight: Sight, units: "pd.Index[str]", code: str) -> "pd.Index[str]":
    """The answers that two or more coded, of which some gave the code and others did not."""
    told: dict[str, set[bool]] = {}
    for one in sight.people().values():
        seen = one.take(units)
        has = set(_having(seen, [code]))
        for unit in seen.seen:
            told.setdefault(unit, set()).add(unit in has)
    return units[[len(told.get(unit, ())) > 1 for unit in units]]


def _cards(sight: Sight, coding: Coding, units: list[str]) -> list[dict[str, Any]]:
    ledger, who = sight.ledger, sight.who
    given = coding.take(pd.Index(units)).assignments
    codes: dict[str, list[str]] = {unit: [] for unit in units}
    for unit, code in zip(given["unit"], given["code"], strict=True):
        codes[unit].append(code)
    found = []
    for card in cards(sight, units):
        unit = card["id"]
        others = [one for one in ledger.seers(unit) if one != who]
        settled = bool(ledger.last.get(unit))
        found.append(
            {"id": unit, "segments": card["segments"], "background": card["background"], "codes": codes[unit]}
            | {
                "others": others,
                "mine": ledger.saw(who, unit),
                "last": sight.visitor.settles and bool(others or settled),
            }
            | {"whole": not (others or settled or ledger.saw(who, unit))}
        )
    return found
