"""The results of a set of documents: how sure it is that all was found, and tables of which a number leads somewhere.

The tables are those of `coder documents`, from the same fragments. A number leads to the fragments behind it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import numpy as np
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from coder.corpus import in_time
from coder.errors import CoderError
from coder.note import Note
from coder.reports.pictures import DOCUMENTS, change_picture, found_picture, groups_picture, top_picture
from coder.reports.shown import heat_of
from coder.reports.shown import said as said_as
from coder.review.live_documents import LiveDocuments, Measured
from coder.review.reading_page import Read, listed
from coder.review.requests import Data, PageError, fields
from coder.review.results_page import Drawn, as_file, as_json, width_of
from coder.review.results_tables import OF_PICTURES, attached
from coder.review.sight import Reader
from coder.statistics.recall import TARGET
from coder.study.documents.counting import Basis
from coder.study.documents.texts import PERIOD
from coder.tables.codes_in_documents import codes_by_document, documents_groups, documents_top
from coder.tables.periods import beside
from coder.tables.table import Said, Table
from coder.words import say

PAGE = "figures"
_LIMITS = ("10", "20", "0")
_AT_ONCE = 20_000
"""With so many blocks at most the machine says how much was found without being asked."""
_COUNTS = ("label", "n", "found", "fragments", "then_n", "then_fragments")
"""Columns of a row of a code of which a number leads to the fragments of that code."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked for: whose fragments (None: everybody's), to which rank, by what, and which periods of whom."""

    coder: str | None
    limit: int | None
    by: str
    organisation: str
    now: str
    then: str


def choice(reader: Reader, asked: Mapping[str, str]) -> Choice:
    """The choice in the fields of an address, and what is chosen by itself where these say nothing.

    Raises `PageError` where it is none, and where it asks a blind coder's page for what others did.
    """
    known = attributes(reader)
    limit, coder = asked.get("limit", "10"), asked.get("coder", "" if reader.whole else reader.who)
    if limit not in _LIMITS:
        raise PageError("no_limit")
    if not reader.whole and coder != reader.who:
        raise PageError("tables_own")
    by, organisation = asked.get("by", ""), asked.get("organisation", "")
    if {by, organisation} - {"", PERIOD, *known}:
        raise PageError("no_group_there")
    periods = in_time(filter(None, (one["period"] for one in listed(reader))))
    now = asked.get("now") or (periods[-1] if periods else "")
    before = periods[: periods.index(now)] if now in periods else []
    then = asked.get("then") or (before[-1] if before else "")
    if {now, then} - {"", *periods}:
        raise PageError("no_wave_there")
    by = by or min((name for name in known if len(known[name]) > 1), key=lambda name: len(known[name]), default="")
    return Choice(coder or None, int(limit) or None, by, organisation or _owner(reader, now, then), now, then)


def attributes(reader: Reader) -> dict[str, list[str]]:
    """What is known of documents beside their period, with its values."""
    found: dict[str, dict[str, None]] = {}
    for one in listed(reader):
        for name, value in one["attributes"]:
            found.setdefault(name, {})[value] = None
    return {name: sorted(values) for name, values in found.items()}


def _owner(reader: Reader, now: str, then: str) -> str:
    """The attribute that most likely says whose a document is: most of its values have documents in both periods."""
    sides: dict[str, dict[str, set[str]]] = {}
    for one in listed(reader):
        for name, value in one["attributes"]:
            sides.setdefault(name, {}).setdefault(value, set()).add(one["period"])
    both = {name: sum({now, then} <= periods for periods in values.values()) for name, values in sides.items()}
    return max(both, key=lambda name: both[name], default="") if any(both.values()) else ""


# What is shown


@dataclass(frozen=True, slots=True)
class View:
    """What a view shows: a picture with its tables; of each table where the numbers of a row lead besides its code."""

    drawn: Drawn
    leads: Callable[[str, Mapping[str, Any]], list[tuple[str, str]]] = lambda _column, _row: []


def shown(reader: Reader, asked: Choice, view: str, width: float) -> dict[str, Any]:
    """A view of `VIEWS` as JSON. Raises `PageError` for another."""
    made = viewed(reader, asked, view)
    picture = made.drawn.picture
    busy = _measuring(reader) if view == "sure" else None
    sentences: list[dict[str, Any]] = []
    tables = list(made.drawn.tables)
    if view == "sure" and tables:
        sentences = _sentences(tables[0])
        tables[0] = replace(tables[0], notes=tables[0].notes[: -len(sentences)] if sentences else tables[0].notes)
    return {
        "heading": said_as(picture.heading) if picture else "",
        "subtitle": said_as(picture.subtitle) if picture else "",
        "source": say(source(reader, asked)),
        "drawing": picture.canvas(width).tree() if picture else None,
        "why": said_as(made.drawn.why),
        "tables": _each_note_once([_table(one, made, asked) for one in tables]),
        "sentences": sentences,
        "measuring": busy,
        "choice": {name: getattr(asked, name) for name in ("by", "organisation", "now", "then")},
    }


def _each_note_once(tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The tables, without the notes that stand under an earlier one of them."""
    told: set[str] = set()
    for one in tables:
        one["notes"] = [note for note in one["notes"] if note not in told]
        told |= set(one["notes"])
    return tables


def viewed(reader: Reader, asked: Choice, view: str) -> View:
    """A view, which says what it would need where it cannot be made."""
    if view not in VIEWS:
        raise PageError("no_picture")
    try:
        return VIEWS[view](reader, asked)
    except CoderError as error:
        return View(Drawn(None, (), error.note))


def source(reader: Reader, asked: Choice) -> Note:
    """What a picture is of: the documents, and whose fragments."""
    parts: list[Said] = [reader.live.study.facts["name"], reader.live.name]
    parts += [Note("page.figures_of", coder=asked.coder)] if asked.coder else []
    return Note("page.source", parts=parts)


def _table(table: Table, view: View, asked: Choice) -> dict[str, Any]:
    """A table as the page reads it, with where each cell leads (`links`) and how dark it is (`heat`, 0..1)."""
    rows = table.frame.to_dict("records")
    names, places = list(table.columns), list(table.frame)
    hot = [places[one] for one in heat_of(table)]
    most = max((float(table.frame[name].max()) for name in hot), default=0.0) if rows else 0.0
    return as_json(table) | {
        "links": [[_link(name, row, view, asked) for name in names] for row in rows],
        "heat": [[float(row[name]) / most if name in hot and most else 0.0 for name in names] for row in rows],
    }


def _link(column: str, row: Mapping[Any, Any], view: View, asked: Choice) -> str:
    """The query of the page of fragments that a cell leads to; "" for none."""
    kind, _, rest = column.partition(":")
    code = rest if kind == "fragments" and rest else str(row.get("code", ""))
    if not code or not ((rest and kind in ("fragments", "n")) or column in _COUNTS):
        return ""
    if column != "label" and not row.get(column):
        return ""
    given = [("code", code), *view.leads(column, row)]
    return urlencode([*given, *([("coder", asked.coder)] if asked.coder else [])])


def _top(reader: Reader, asked: Choice) -> View:
    basis = _basis(reader, asked)
    table = basis.noted(
        documents_top(basis.documents, basis.fragments, basis.codebook, read=basis.read, limit=asked.limit)
    )
    return View(Drawn(top_picture(table, of=DOCUMENTS), (table,)))


def _codes(reader: Reader, asked: Choice) -> View:
    basis = _basis(reader, asked)
    table = basis.noted(codes_by_document(basis.documents, basis.fragments, basis.codebook, read=basis.read))
    return View(Drawn(None, (table,)), lambda _column, row: [("document", str(row["document"]))])


def _groups(reader: Reader, asked: Choice) -> View:
    if not asked.by:
        raise PageError("figures_groups_need")
    basis = _basis(reader, asked)
    found = documents_groups(basis.documents, basis.fragments, basis.codebook, asked.by, read=basis.read)
    tables = (basis.noted(found.table), *found.for_people[1:])

    def leads(column: str, _row: Mapping[str, Any]) -> list[tuple[str, str]]:
        group = column.partition(":")[2]
        return [("attribute", asked.by), ("value", group)] if group else []

    return View(Drawn(groups_picture(found, asked.limit, of=DOCUMENTS), tables), leads)


def _periods(reader: Reader, asked: Choice) -> View:
    if not (asked.now and asked.then):
        raise PageError("figures_periods_need")
    if not asked.organisation:
        raise PageError("figures_owner_need", now=asked.now, then=asked.then)
    basis = _basis(reader, asked)
    sides = [{PERIOD: asked.now}, {PERIOD: asked.then}]
    found = beside(
        basis.documents, basis.fragments, basis.codebook, organisation=asked.organisation, now=sides[0], then=sides[1],
        read=basis.read, limit=asked.limit or len(basis.codebook.ids),
    )  # fmt: skip
    tables = [found.codes, found.organisations, found.changes]
    picture = None
    if found.sector is not None:
        tables.insert(0, found.sector)
        picture = change_picture(found.sector, found.sector, (asked.then, asked.now), asked.limit, of=DOCUMENTS)

    def leads(column: str, row: Mapping[str, Any]) -> list[tuple[str, str]]:
        owner = (
            [("attribute", asked.organisation), ("value", str(row["organisation"]))] if "organisation" in row else []
        )
        period = "" if column == "label" else asked.then if column.startswith("then_") else asked.now
        return owner + ([("attribute", PERIOD), ("value", period)] if period else [])

    return View(Drawn(picture, tuple(map(basis.noted, tables))), leads)


def _basis(reader: Reader, asked: Choice) -> Basis:
    found = reader.live.basis(asked.coder)
    if found.fragments.empty:
        raise PageError("figures_nothing")
    return found


# How sure it is


def _sure(reader: Reader, _asked: Choice) -> View:
    if not reader.whole:
        raise PageError("figures_blind")
    live = reader.live
    if live.measured is None and int(live.listing()["blocks"].sum()) <= _AT_ONCE:
        live.measure(TARGET)
    table = live.measured.job.result if live.measured is not None else None
    if live.measured is None or table is None:
        return View(Drawn(None, (), (live.measured and live.measured.job.failed) or ""))
    return View(Drawn(found_picture(table), (table,)))


def _sentences(table: Table) -> list[dict[str, Any]]:
    """What there is to say of each code: the last notes of the table."""
    rows = table.frame.to_dict("records")
    notes = table.notes[len(table.notes) - len(rows) :]
    return [
        {"code": row["code"] if row["found"] else "", "enough": bool(row["enough"]), "said": said_as(note)}
        for row, note in zip(rows, notes, strict=True)
    ]


def _measuring(reader: Reader) -> dict[str, Any]:
    """How far the machine is, for which share, and how many decisions came since it began."""
    live, last = reader.live, reader.live.measured
    if last is None or not reader.whole:
        return {"busy": False, "progress": 0, "said": "", "target": round(100 * TARGET), "may": reader.whole}
    job = last.job
    said = say(Note("page.estimating_step", n=job.done + 1, of=job.total) if job.step else Note("page.estimating"))
    return {
        "busy": job.busy,
        "progress": job.done / max(job.total, 1),
        "said": said if job.busy else say(_since(live, last)),
        "target": round(100 * last.target),
        "may": True,
    }


def _since(live: LiveDocuments, last: Measured) -> Note:
    """Whether it is as things are now."""
    return Note("page.figures_now" if live.event <= last.event else "page.figures_since", count=live.event - last.event)


VIEWS: Mapping[str, Callable[[Reader, Choice], View]] = {
    "sure": _sure,
    "top": _top,
    "codes": _codes,
    "groups": _groups,
    "periods": _periods,
}
"""The views by name, in the order in which the page names them."""


# What addresses do


def about(reader: Reader) -> dict[str, object]:
    """What its template is made with."""
    periods = in_time(filter(None, (one["period"] for one in listed(reader))))
    known = attributes(reader)
    groups = [name for name, values in known.items() if len(values) > 1] + [PERIOD] * (len(periods) > 1)
    return {
        "views": list(VIEWS),
        "readers": _readers(reader),
        "groups": groups,
        "owners": list(known),
        "periods": list(reversed(periods)),
        "limits": _LIMITS,
    }


def _readers(reader: Reader) -> list[str]:
    """Whose fragments can be counted apart; of a blind coder none but their own."""
    if not reader.whole:
        return [reader.who]
    kept = reader.live.set
    names = np.concatenate([kept.fragments()["coder"].unique(), kept.read_marks()["coder"].unique()])
    return sorted(set(names.tolist()) - {""})


def _figures(reader: Reader, request: Request, _data: Data) -> Data:
    query = request.query_params
    return shown(reader, choice(reader, query), query.get("view", "sure"), width_of(query))


def _measure(reader: Reader, _request: Request, data: Data) -> Data:
    if not reader.whole:
        raise PageError("tables_own")
    target = fields(data, target=int)["target"]
    if not 1 <= target <= 99:  # noqa: PLR2004 (as the command)
        raise PageError("figures_target")
    reader.live.measure(target / 100)
    return _measuring(reader)


def save(reader: Reader, request: Request) -> Response:
    """A picture of a view, or its tables as a workbook."""
    form, query = request.path_params["form"], request.query_params
    if form not in OF_PICTURES:
        raise HTTPException(404)
    reader.live.follow()
    view = query.get("view", "sure")
    asked = choice(reader, query)
    found = viewed(reader, asked, view).drawn
    if not found.tables or (found.picture is None and form != "xlsx"):
        raise PageError("nothing_coded")
    names = reader.live.study.facts["name"], reader.live.name, say(Note(f"page.figures_{view}"))
    return attached(as_file(found, source(reader, asked), form), names, form)


POST: Mapping[str, Read] = {"measure": _measure}
GET: Mapping[str, Read] = {PAGE: _figures}
