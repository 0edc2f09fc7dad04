"""The results of a set of documents: how sure it is that all was found, and tables of which a number leads somewhere.

The tables are those of `coder documents`, from the same fragments. A number leads to the fragments behind it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from textwrap import shorten
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from coder.corpus import in_time
from coder.errors import CoderError
from coder.note import Note
from coder.reports.horizontal import Horizontal, horizontal
from coder.reports.pictures import (
    DOCUMENTS,
    change_picture,
    found_picture,
    groups_picture,
    pairs_picture,
    top_picture,
)
from coder.reports.shown import heat_of
from coder.reports.shown import said as said_as
from coder.reports.write_horizontal import counted, heading_of, key_of, write_horizontal
from coder.review.live_documents import LiveDocuments, Measured
from coder.review.live_question import OTHER
from coder.review.reading_page import Read, listed, page_of
from coder.review.requests import LONGEST_NOTE, Data, PageError, fields
from coder.review.results_page import Drawn, as_file, as_json, width_of
from coder.review.results_tables import OF_PICTURES, attached, written
from coder.review.sight import Reader
from coder.statistics.recall import TARGET
from coder.study.documents.counting import Basis
from coder.study.documents.document_exchange import state_of
from coder.study.documents.texts import PERIOD
from coder.tables.codes_in_documents import PAIR, codes_by_document, documents_groups, documents_top
from coder.tables.cooccurrence import WITHIN, pair_matrix, together
from coder.tables.periods import beside, copied
from coder.tables.table import Column, Said, Table
from coder.words import chosen, say

PAGE, OBSERVED = "figures", "noted"
_LIMITS = ("10", "20", "0")
_AT_ONCE = 20_000
"""With so many blocks at most the machine says how much was found without being asked."""
_COUNTS = ("label", "n", "found", "fragments", "then_n", "then_fragments")
"""Columns of a row of a code of which a number leads to the fragments of that code."""
_PASSAGES, _SHOWN = 100, 160
"""So many copied passages are shown, the longest, and so many characters of each."""
_PALE = 0.25
"""So dark is a pair of codes that may go together by chance, beside one that does not."""
_REPORTS = ("docx", "xlsx")
"""What a horizontal report is saved as."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked for: whose fragments (None: everybody's), to which rank, by what, and which periods of whom.

    `within` says where codes go together, `code` of which one observations are.
    """

    coder: str | None
    limit: int | None
    by: str
    organisation: str
    now: str
    then: str
    within: str
    code: str


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
    within, code = asked.get("within", "block"), asked.get("code", "") or _most_frequent(reader)
    if within not in WITHIN:
        raise PageError("no_within", ways=WITHIN)
    if code not in reader.live.book.ids:
        raise PageError("no_code_there", code=code)
    by = by or min((name for name in known if len(known[name]) > 1), key=lambda name: len(known[name]), default="")
    return Choice(
        coder or None, int(limit) or None, by, organisation or _owner(reader, now, then), now, then, within, code
    )


def _most_frequent(reader: Reader) -> str:
    """The code with most fragments, the first of these in the codebook."""
    counts = reader.counts
    codes = [code for code in reader.live.book.ids if code != OTHER.id] or reader.live.book.ids
    return max(codes, key=lambda code: counts.get(code, 0), default="")


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
    """What a view shows: a picture with its tables; of each table where the numbers of a row lead besides its code.

    `link` says of a cell where it leads where that is not to the fragments of the code of its row.
    """

    drawn: Drawn
    leads: Callable[[str, Mapping[str, Any]], list[tuple[str, str]]] = lambda _column, _row: []
    link: Callable[[str, Mapping[str, Any]], str] | None = None


def shown(reader: Reader, asked: Choice, view: str, width: float) -> dict[str, Any]:
    """A view of `VIEWS` as JSON. Raises `PageError` for another."""
    # asked before what was made of it: what is made between the two is asked for once more
    busy = _measuring(reader) if view == "sure" else None
    made = viewed(reader, asked, view)
    picture = made.drawn.picture
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
        "choice": {name: getattr(asked, name) for name in ("by", "organisation", "now", "then", "within", "code")},
        "observed": _observed(reader, asked) if view == OBSERVED else None,
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
    study = reader.live.study
    parts: list[Said] = [study.facts["name"]]
    parts += [reader.live.name] if len(study.document_sets()) > 1 else []
    parts += [Note("page.figures_of", coder=asked.coder)] if asked.coder else []
    return Note("page.source", parts=parts)


def _table(table: Table, view: View, asked: Choice) -> dict[str, Any]:
    """A table as the page reads it, with where each cell leads (`links`) and how dark it is (`heat`, 0..1)."""
    rows = table.frame.to_dict("records")
    names, places = list(table.columns), list(table.frame)
    hot = [places[one] for one in heat_of(table)]
    most = max((float(table.frame[name].max()) for name in hot), default=0.0) if rows else 0.0

    def dark(name: str, row: Mapping[Any, Any]) -> float:
        """How dark a cell is; that of a pair of codes is pale where it may be chance."""
        if name not in hot or not most or pd.isna(row[name]):
            return 0.0
        chance = table.columns[name].form == PAIR and not row[f"change:{name.partition(':')[2]}"]
        return float(row[name]) / most * (_PALE if chance else 1)

    return as_json(table) | {
        "links": [[_link(name, row, view, asked) for name in names] for row in rows],
        "heat": [[dark(name, row) for name in names] for row in rows],
    }


def _link(column: str, row: Mapping[Any, Any], view: View, asked: Choice) -> str:
    """The query of the page of fragments that a cell leads to, or a page with its query; "" for none."""
    if view.link is not None:
        return view.link(column, row)
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


def _together(reader: Reader, asked: Choice) -> View:
    basis = _basis(reader, asked)
    parts = basis.documents, basis.fragments, basis.codebook
    every = basis.noted(together(*parts, within=asked.within, read=basis.read, never=True))
    frame = every.frame[every.frame["n"] > 0].head(asked.limit or len(every.frame))
    table, square = replace(every, frame=frame.reset_index(drop=True)), pair_matrix(every, basis.codebook)
    whose = [("coder", asked.coder)] if asked.coder else []

    def link(column: str, row: Mapping[str, Any]) -> str:
        if column in ("code_label", "other_label", "label"):
            return urlencode([("code", row["code" if column == "label" else column.partition("_")[0]]), *whose])
        kind, _, code = column.partition(":")
        counts = code or kind == ("n" if asked.within == "document" else "documents")
        if not counts or pd.isna(row[column]) or not row[column]:
            return ""
        return urlencode([("code", row["code"]), ("with", code or row["other"]), ("within", asked.within), *whose])

    tables = (table, square) if len(square.frame) else (table,)
    return View(Drawn(pairs_picture(every, asked.within), tables), link=link)


def _copied(reader: Reader, asked: Choice) -> View:
    if not (asked.now and asked.then):
        raise PageError("figures_periods_need")
    if not asked.organisation:
        raise PageError("figures_owner_need", now=asked.now, then=asked.then)
    sides: list[dict[str, str]] = [{PERIOD: asked.now}, {PERIOD: asked.then}]
    table, found = copied(reader.live.texts(), organisation=asked.organisation, now=sides[0], then=sides[1])
    longest = found.sort_values("words", ascending=False, kind="stable").head(_PASSAGES).sort_index()
    frame = longest.assign(
        **_places(reader, longest, ""),
        **_places(reader, longest, "then_"),
        text=[
            shorten(" ".join(reader.live.plan(name).text[start:end].split()), _SHOWN, placeholder=" …")
            for name, start, end in zip(longest["document"], longest["start"], longest["end"], strict=True)
        ],
    )
    shown_: dict[str, Said | Column] = {"document": Note("documents.document"), "page": Note("documents.page")}
    shown_ |= {"words": Note("documents.copied_words"), "text": Note("documents.text")}
    shown_ |= {"then_document": Note("documents.copied_from"), "then_page": Note("documents.page")}
    notes = (Note("documents.copied_longest", count=len(frame), all=len(found)),) if len(frame) < len(found) else ()
    passages = Table(Note("documents.copied_passages"), frame, len(table.frame), shown_, notes)

    def link(column: str, row: Mapping[str, Any]) -> str:
        side = "then_" if column == "then_document" else ""
        if column not in ("document", "then_document"):
            return ""
        return f"read?{urlencode([('document', row[column]), ('block', row.get(f'{side}block', 0))])}"

    return View(Drawn(None, (table, passages) if len(frame) else (table,)), link=link)


def _places(reader: Reader, passages: pd.DataFrame, side: str) -> dict[str, list[Any]]:
    """The pages and the blocks at which passages of one side begin."""
    pages, blocks = [], []
    for name, start in zip(passages[f"{side}document"], passages[f"{side}start"], strict=True):
        plan = reader.live.plan(name)
        block = plan.touched(start, start + 1)[0]
        pages.append(page_of(plan.blocks[block]))
        blocks.append(block)
    return {f"{side}page": pages, f"{side}block": blocks}


# What researchers note


def _noted(reader: Reader, _asked: Choice) -> View:
    if not reader.whole:
        raise PageError("figures_blind_noted")
    return View(Drawn(None, ()))


def _across(reader: Reader, asked: Choice) -> Horizontal:
    """The horizontal analysis of a code."""
    basis = _basis(reader, replace(asked, coder=None))
    by = asked.by if asked.by in basis.documents.attributes else None
    return horizontal(basis.documents, basis.fragments, asked.code, basis.codebook, by=by, read=basis.read)


def _observed(reader: Reader, asked: Choice) -> list[dict[str, Any]]:
    """What was noted of a code, by group, with what is counted of it; then what was noted of other groups."""
    if not reader.whole:
        return []
    found = reader.live.set.observations()
    held = {row["group"]: row for row in found[found["code"] == asked.code].to_dict("records")}
    counts: dict[str, str] = {}
    try:
        one = _across(reader, asked)
        counts = {key_of(one, group): counted([group]) for group in one.groups}
    except CoderError:  # nobody coded anything yet: what was noted is shown
        counts = {} if held else {"": ""}
    none: dict[Any, Any] = {"text": "", "who": "", "when": "", "event": 0}
    rows = {**dict.fromkeys(counts, none), **held}
    return [
        {"group": key, "heading": heading_of(key), "counts": counts.get(key, "")}
        | {name: row[name] for name in none}
        | {"link": urlencode([("code", asked.code), *_of_group(key, asked)]) if key in counts else ""}
        for key, row in rows.items()
    ]


def _of_group(key: str, asked: Choice) -> list[tuple[str, str]]:
    if not key or not asked.by:
        return []
    return [("attribute", asked.by), ("value", "" if key == f"{asked.by}=" else key)]


def _observe(reader: Reader, _request: Request, data: Data) -> Data:
    if not reader.whole:
        raise PageError("figures_blind_noted")
    found = fields(data, code=str, group=str, text=str, since=int)
    if len(found["text"]) > LONGEST_NOTE:
        raise PageError("act_note", most=LONGEST_NOTE)
    text = found["text"].replace("\r\n", "\n")
    live = reader.live
    event = live.set.observe(found["code"], text, reader.who, group=found["group"], since=found["since"])
    return {"event": event, "who": reader.who}


def report(reader: Reader, request: Request) -> Response:
    """The horizontal report of a code, with what was noted."""
    form = request.path_params["form"]
    if form not in _REPORTS:
        raise HTTPException(404)
    if not reader.whole:
        raise PageError("figures_blind_noted")
    reader.live.follow()
    live, asked = reader.live, choice(reader, request.query_params)
    one, state = _across(reader, asked), state_of(live.study, live.set)
    found = live.set.observations()
    mine = found[found["code"] == asked.code]
    about: dict[str, Any] = {
        "observations": {asked.code: dict(zip(mine["group"], mine["text"], strict=True))},
        "study": live.study.facts["name"],
        "made": date.today(),  # noqa: DTZ011 (of who saves it)
        "notes": live.basis(None).notes(set(one.frame["code"])),
        "state": state,
    }
    content = written(form, lambda path: write_horizontal([one], path, **about))
    return attached(content, (live.study.facts["name"], live.name, said_as(one.label)), form)


def _basis(reader: Reader, asked: Choice) -> Basis:
    found = reader.live.basis(asked.coder)
    if found.fragments.empty:
        raise PageError("figures_nothing")
    return found


# How sure it is


def _sure(reader: Reader, _asked: Choice) -> View:
    if not reader.whole:
        raise PageError("figures_blind")
    last = _measured(reader.live)
    if last is None or last.job.result is None:
        return View(Drawn(None, (), (last.job.failed or Note("page.figures_wait")) if last else ""))
    return View(Drawn(found_picture(last.job.result), (last.job.result,)))


def _measured(live: LiveDocuments) -> Measured | None:
    """What the machine says of how much was found, begun where that is little work; None where nobody asked it."""
    if live.measured is None and int(live.listing()["blocks"].sum()) <= _AT_ONCE:
        live.measure(TARGET)
    return live.measured


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
    live, last = reader.live, _measured(reader.live) if reader.whole else None
    if last is None:
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
    "together": _together,
    "periods": _periods,
    "copied": _copied,
    OBSERVED: _noted,
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
        "ways": WITHIN,
        "codes": [(code, reader.live.book.label(code, chosen())) for code in reader.live.book.ids],
    }


def reports(reader: Reader) -> tuple[str, ...]:
    """The forms in which somebody may save the horizontal report of a code."""
    return _REPORTS if reader.whole else ()


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


POST: Mapping[str, Read] = {"measure": _measure, "observe": _observe}
GET: Mapping[str, Read] = {PAGE: _figures}
