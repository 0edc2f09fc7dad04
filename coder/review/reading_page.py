"""The pages of documents: which there are, one to read, and what all of them say of a code; and their addresses."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from coder.coding import Reason
from coder.errors import CoderError, StudyError
from coder.files.fragment_files import read_fragments
from coder.languages.text import sentence_places
from coder.note import Note
from coder.reports.horizontal import paragraph_of, source_note, with_period
from coder.reports.write_horizontal import under_which
from coder.review import codebook_page
from coder.review.live_documents import LAST, Block, Plan, Row, as_rows
from coder.review.requests import Data, PageError, fields, small
from coder.review.sight import Reader
from coder.study.decisions import YES
from coder.study.documents.control import in_random_order
from coder.study.documents.document_exchange import enter_fragments
from coder.study.documents.texts import PERIOD
from coder.tables.codes_in_documents import checked
from coder.tables.cooccurrence import retrieve
from coder.words import chosen, say

MOST_PASSAGES, MOST_FOUND, MOST_FRAGMENTS = 20, 200, 100
CONTEXT = 90
"""Characters before and after what is quoted."""
_OWN = ("document", "kind", "pages", "characters", "blocks", "read", "fragments")
_LINE = 65
PAGES, READ = ("documents", "fragments"), "read"
"""The pages that stand in the menu, and the one on which a document is read."""
_MOST_ACTS, _WIDEST, _NAMED = 60, 2_400, 12
_TABLES, _LONGEST_NAME = (".xlsx", ".csv"), 100

Read = Callable[[Reader, Request, Data], Data | Response]
"""What an address of a set of documents does for a visitor: it tells JSON, or gives a whole response."""


# The list of documents


def listed(reader: Reader) -> list[dict[str, Any]]:
    """The documents: name, attributes, pages, characters, how far they are read (0..1), fragments."""
    rows = reader.live.listing()
    own = {} if reader.whole else _own_work(reader)
    found = []
    for row in rows.to_dict("records"):
        name = str(row["document"])
        read, fragments = (row["read"], row["fragments"]) if reader.whole else own.get(name, (0, 0))
        known = [(str(key), str(cell)) for key, cell in row.items() if key not in _OWN and key != PERIOD]
        attributes = [(key, cell) for key, cell in known if cell not in ("", "nan", "None")]
        share = read / row["blocks"] if row["blocks"] else 0.0
        about = {name: int(row[name]) for name in ("pages", "characters", "blocks")}
        found.append(
            {"name": name, "period": str(row.get(PERIOD) or ""), "attributes": attributes}
            | {**about, "read": share, "fragments": int(fragments), "kind": row["kind"]}
        )
    return found


def control(reader: Reader) -> dict[str, Any]:
    """The control passages that one did not read whole: how many are `left` of all, and where the next one stands.

    They come in a random order that is the same for everybody, so that those that were read are a sample too.
    """
    live = reader.live
    all_ = [(name, start, end) for name, ranges in live.control.items() for start, end in ranges]
    if not all_:
        return {"left": 0, "of": 0, "document": "", "block": 0}
    marks = live.set.read_marks()
    read: dict[str, list[tuple[int, int]]] = {}
    for row in as_rows(marks[marks["coder"] == reader.who]):
        read.setdefault(row["document"], []).append((row["start"], row["end"]))
    open_ = [
        (name, start, end)
        for name, start, end in all_
        if not any(first <= start and end <= last for first, last in read.get(name, ()))
    ]
    if not open_:
        return {"left": 0, "of": len(all_), "document": "", "block": 0}
    name, start, _ = in_random_order(open_, live.name)[0]
    block = live.plan(name).touched(start, start + 1)[0]
    return {"left": len(open_), "of": len(all_), "document": name, "block": block}


def draw(reader: Reader, number: int) -> int:
    """Draw control passages, where the reader leads; returns how many were drawn."""
    reader.visitor.must_lead()
    if not 0 < number <= MOST_FOUND:
        raise PageError("control_most", most=MOST_FOUND)
    drawn = reader.live.set.draw_control(number, reader.who)
    reader.live.follow()
    return drawn


def following(reader: Reader) -> dict[str, Any] | None:
    """Where the passage stands that the machine would have read next, and of which codes most is expected there.

    None where it made no order, where all was read, and for a blind coder. Those of the control have their own order.
    """
    live = reader.live
    if not reader.whole or not live.order:
        return None
    read: dict[str, list[tuple[int, int]]] = {}
    for row in as_rows(live.set.read_marks()):
        read.setdefault(row["document"], []).append((row["start"], row["end"]))
    for row in live.order:
        name, start, end = row["document"], row["start"], row["end"]
        drawn = any(first < end and start < last for first, last in live.control.get(name, ()))
        if drawn or any(first <= start and end <= last for first, last in read.get(name, ())):
            continue
        one = live.plan(name)
        block = one.touched(start, start + 1)[0]
        codes = [live.book.label(code, chosen()) for code in row["codes"] if code in live.book.ids]
        return {"document": name, "block": block, "page": page_of(one.blocks[block]), "codes": codes}
    return None


def learning(reader: Reader) -> dict[str, Any]:
    """Whether the machine is at work on proposals, and what went wrong if something did."""
    job = reader.live.job
    busy = job is not None and job.busy
    return {"busy": busy, "said": str(job.failed) if job is not None and job.failed and not busy else ""}


def propose(reader: Reader) -> dict[str, Any]:
    """Let the machine propose, where the reader leads."""
    reader.visitor.must_lead()
    reader.live.propose(reader.who)
    return learning(reader)


def _own_work(reader: Reader) -> dict[str, tuple[int, int]]:
    """Of each document how many blocks somebody read, and how many fragments are theirs."""
    marks = reader.live.set.read_marks()
    read = marks[marks["coder"] == reader.who].groupby("document")["blocks"].sum()
    coded = reader.live.set.fragments(coder=reader.who)["document"].value_counts()
    return {name: (int(read.get(name, 0)), int(coded.get(name, 0))) for name in {*read.index, *coded.index}}


# One document


def status(reader: Reader) -> dict[str, Any]:
    """The last event, the version of the codebook, and how many fragments each code has."""
    return {"event": reader.live.event, "codebook": reader.live.version, "counts": reader.counts}


def plan(reader: Reader, name: str, at: int = 0) -> dict[str, Any]:
    """A document as it is opened: its measures, outline, what was decided, and the passages around block `at`."""
    live, one = reader.live, reader.live.plan(name)
    shown = [number for number, (first, stop) in enumerate(one.passages) if first <= at < stop] or [0]
    around = range(max(0, shown[0] - 1), min(len(one.passages), shown[0] + 3))
    return {
        "name": name,
        "pages": one.pages,
        "starts": one.starts,
        "size": len(one.text),
        "passages": [(first, stop, _lines(one, first, stop)) for first, stop in one.passages],
        "outline": [
            {"block": place, "level": block.level, "title": _title(one, block), "page": page_of(block)}
            for place, block in enumerate(one.blocks)
            if block.kind == "heading"
        ],
        "shown": passages(reader, name, list(around)),
        "codebook": live.version,
        **decided(reader, name),
    }


def decided(reader: Reader, name: str) -> dict[str, Any]:
    """What was decided on a document, as of an event: `fragments`, the blocks `read`, and `control` passages unread.

    `last` are the fragments of the last word, `replaced` the ids of those that do not count because of it.
    """
    event = reader.live.event
    return {
        "event": event,
        "fragments": [fragment(one) for one in reader.fragments(name)],
        "read": reader.read(name),
        "control": reader.control(name),
        "last": [fragment(one) for one in reader.last(name)],
        "replaced": sorted(reader.replaced(name)),
        **last_words(reader, name),
    }


def last_words(reader: Reader, name: str) -> dict[str, Any]:
    """For who has the last word: the blocks on which readers `differ`, with each one's codes, and those `settled`.

    Readers differ on a block that two or more read, where not all gave it the same codes. Nothing is told of a control
    passage that one did not read oneself yet.
    """
    if not reader.visitor.settles:
        return {"differ": [], "settled": []}
    decided, one = reader.live.decided(name), reader.live.plan(name)
    closed = {block for first, stop in reader.control(name) for block in range(first, stop)}
    settled = {block for first, stop in decided.settled for block in range(first, stop)} - closed
    readers: dict[int, dict[str, set[str]]] = {}
    for who, ranges in decided.read.items():
        for block in (block for first, stop in ranges for block in range(first, stop) if block not in closed | settled):
            readers.setdefault(block, {})[who] = set()
    for row in (one for one in decided.fragments if one["id"] not in decided.replaced):
        for block in range(*one.touched(row["start"], row["end"])):
            if row["verdict"] == YES and row["coder"] in readers.get(block, ()):
                readers[block][row["coder"]].add(row["code"])
    last: dict[int, list[str]] = {block: [] for block in settled}
    for row in decided.last:
        for block in range(*one.touched(row["start"], row["end"])):
            last.get(block, []).append(row["code"])
    return {
        "differ": [
            {"block": block, "readers": {who: sorted(codes) for who, codes in sorted(given.items())}}
            for block, given in sorted(readers.items())
            if len({frozenset(codes) for codes in given.values()}) > 1
        ],
        "settled": [{"block": block, "codes": codes} for block, codes in sorted(last.items())],
    }


def fragment(row: Row) -> dict[str, Any]:
    """A fragment as the page has it."""
    return {name: row[name] for name in ("id", "start", "end", "code", "memo", "verdict")} | {"who": row["coder"]}


def passages(reader: Reader, name: str, numbers: list[int]) -> list[dict[str, Any]]:
    """Passages of a document with their blocks and what is proposed in them."""
    one = reader.live.plan(name)
    proposals = reader.proposals(name)
    found = []
    for number in numbers:
        if not 0 <= number < len(one.passages):
            continue
        first, stop = one.passages[number]
        start, end = (one.blocks[first].start, one.blocks[stop - 1].end) if stop > first else (0, 0)
        found.append(
            {
                "number": number,
                "blocks": [_block(one, place) for place in range(first, stop)],
                "proposals": [
                    {key: row[key] for key in ("start", "end", "code")}
                    | {"reason": _why(row["reason"]), "chance": row["probability"]}
                    for row in proposals
                    if row["start"] < end and row["end"] > start
                ],
            }
        )
    return found


def _why(reason: str) -> str:
    """A reason as people read it: one that was stored as data, or the words that whatever proposed gave."""
    return str(Reason.restored(reason).told() or "") if reason.startswith('["') else reason


def _block(one: Plan, place: int) -> dict[str, Any]:
    block = one.blocks[place]
    text = one.text[block.start : block.end]
    sentences = [] if block.kind == "heading" else sentence_places(text)
    return {
        "n": place,
        "start": block.start,
        "text": text,
        "kind": block.kind,
        "level": block.level,
        "page": block.page,
        "label": block.label,
        "speaker": block.speaker,
        "time": block.time,
        "sentences": sentences if len(sentences) > 1 else [],
    }


def page_of(block: Block) -> str:
    """The page on which a block begins: the number printed on it where it is known; "" where there are no pages."""
    return block.label or (str(block.page) if block.page else "")


def _title(one: Plan, block: Block) -> str:
    return " ".join(one.text[block.start : block.end].split())[:200]


def _lines(one: Plan, first: int, stop: int) -> int:
    """About how many lines a passage takes, so that the page knows its height before it has it."""
    return sum(2 + (block.end - block.start) // _LINE for block in one.blocks[first:stop])


# Searching


def found(reader: Reader, name: str, query: str) -> dict[str, Any]:
    """Where a rule hits in a document: `hits` (the first of `total`), each with its block, place and words around it.

    Raises `CoderError` for a rule that cannot be read.
    """
    one = reader.live.plan(name)
    if not query.strip():
        return {"hits": [], "total": 0}
    hits = codebook_page.find_rules(reader.live.book, (query,), [one.text[b.start : b.end] for b in one.blocks])
    order = np.lexsort((hits.start, hits.text))
    made, until = [], (-1, -1)
    for place in order.tolist():
        block, start, end = int(hits.text[place]), int(hits.start[place]), int(hits.end[place])
        if (block, start) >= until:
            made.append((block, one.starts[block] + start, one.starts[block] + end))
            until = (block, end)
    return {"hits": [_quoted(one, *row) for row in made[:MOST_FOUND]], "total": len(made)}


def _quoted(one: Plan, block: int, start: int, end: int) -> dict[str, Any]:
    return {"block": block, "start": start, "end": end, "page": page_of(one.blocks[block])} | around(one, start, end)


def around(one: Plan, start: int, end: int) -> dict[str, str]:
    """The words of a span, with those of its blocks before and after it."""
    first, stop = one.touched(start, end)
    low = max(one.starts[first] if first < stop else start, start - CONTEXT)
    high = min(one.ends[stop - 1] if first < stop else end, end + CONTEXT)
    before, after = one.text[low:start], one.text[end:high]
    if first < stop and low > one.starts[first]:
        before = f"… {before.partition(' ')[2]}"  # no half words
    if first < stop and high < one.ends[stop - 1]:
        after = f"{after.rpartition(' ')[0]} …"
    return {"before": before, "words": one.text[start:end], "after": after}


# What all documents say of a code


@dataclass(frozen=True, slots=True)
class Only:
    """Which fragments of a code are asked for: of documents (None: all), of a coder, and those with another code.

    `within` says where that other code is (`coder.tables.cooccurrence.WITHIN`).
    """

    names: Collection[str] | None = None
    coder: str | None = None
    beside: str = ""
    within: str = "block"


_ALL = Only()


def of_code(reader: Reader, code: str, first: int = 0, only: Only = _ALL) -> dict[str, Any]:
    """All fragments of a code, in the order of group, document and place: `rows` from the first on, of `total`.

    What the last word replaced is not among them, but where one coder is asked for. `unread` names the documents that
    were not read whole, `outside` counts the fragments of these: no percentage counts them. The group of a document is
    its first attribute. `counted` is how many they are in tables, where what overlaps is one; None where it is as many,
    or not one table has them. Raises `PageError` for a code that is not there.
    """
    live = reader.live
    if {code, only.beside or code} - set(live.book.ids):
        raise PageError("no_code_there", code=code if code not in live.book.ids else only.beside)
    known = {one["name"]: one for one in listed(reader)}
    given = _given(reader, code, only)
    order = {name: place for place, name in enumerate(live.names)}
    names = sorted(set(given["document"]), key=lambda name: (_group(known[name]), order[name]))
    by_name: dict[str, list[Row]] = {}
    for one in as_rows(given):
        by_name.setdefault(one["document"], []).append(one)
    rows = [(name, one) for name in names for one in reader.visible(name, by_name[name])]
    asked = [name for name in live.names if only.names is None or name in only.names]
    unread = [name for name in asked if name in _not_whole(reader, only.coder)]
    return {
        "code": code,
        "total": len(rows),
        "counted": _counted(reader, code, only, len(rows)),
        "documents": len({name for name, _ in rows}),
        "of": len(asked),
        "event": live.event,
        "unread": unread[:_NAMED],
        "unread_count": len(unread),
        "outside": sum(name in set(unread) for name, _ in rows),
        "rows": [
            _source(reader, known[name], one) | {"whole": name not in unread}
            for name, one in rows[first : first + MOST_FRAGMENTS]
        ],
    }


def _counted(reader: Reader, code: str, only: Only, given: int) -> int | None:
    """How many fragments of a code tables count, of everybody who read; None where that is `given`."""
    if only.coder is not None or only.beside or not reader.whole:
        return None
    fragments = reader.live.basis(None).fragments
    of = fragments[fragments["code"] == code]
    count = len(of) if only.names is None else int(of["document"].isin(only.names).sum())
    return count if 0 < count != given else None


def _given(reader: Reader, code: str, only: Only) -> pd.DataFrame:
    """The fragments of a code that are asked for."""
    live = reader.live
    given = live.set.fragments(code=code, coder=only.coder, verdict=None)
    if only.coder is None and reader.whole:
        gold = live.basis(None).given
        gold = gold.loc[gold["code"] == code, list(given.columns)]
        given = pd.concat([gold, given[given["verdict"] != YES]]).sort_values(["start", "end"], kind="stable")
    if only.names is not None:
        given = given[given["document"].isin(set(only.names))]
    if not only.beside:
        return given
    basis = live.basis(only.coder if reader.whole else reader.who)
    found = retrieve(basis.documents, basis.fragments, live.book, [code, only.beside], within=only.within)
    places: dict[str, list[tuple[int, int]]] = {}
    for name, start, end in found[["document", "start", "end"]].itertuples(index=False, name=None):
        places.setdefault(name, []).append((start, end))
    kept = [
        any(start < stop and end > begin for begin, stop in places.get(name, ()))
        for name, start, end in given[["document", "start", "end"]].itertuples(index=False, name=None)
    ]
    return given[np.array(kept, dtype=np.bool_)]


def _not_whole(reader: Reader, coder: str | None) -> set[str]:
    """The documents that were not read whole, by all or by one coder, where it is known what was read."""
    try:
        basis = reader.live.basis(coder if reader.whole else reader.who)
    except StudyError:  # they neither read nor coded anything
        return set()
    whole = checked(basis.documents, basis.fragments, basis.codebook, basis.read).whole
    return set(whole.index[~whole])


def _source(reader: Reader, known: Mapping[str, Any], row: Row) -> dict[str, Any]:
    one = reader.live.plan(known["name"])
    first, stop = one.touched(row["start"], row["end"])
    begins, ends = one.blocks[min(first, len(one.blocks) - 1)], one.blocks[max(first, stop - 1)]
    pages = list(dict.fromkeys(filter(None, (page_of(begins), page_of(ends)))))
    cited, paragraph = with_period(known["name"], known["period"]), paragraph_of(begins.section)
    return {
        **fragment(row),
        "document": known["name"],
        "group": _group(known),
        "period": known["period"],
        "block": first,
        "page": "–".join(pages),
        "section": begins.section,
        "cited": say(source_note(cited, "–".join(pages), paragraph)),  # as in the report
        "under": under_which(begins.section, paragraph),
        **around(one, row["start"], row["end"]),
    }


def _group(known: Mapping[str, Any]) -> str:
    return str(known["attributes"][0][1]) if known["attributes"] else ""


# What addresses do


def opened(reader: Reader, request: Request) -> dict[str, object]:
    """What the template of the page on which a document is read is made with: the document as it is opened."""
    reader.live.follow()
    name, at = _document(reader, request), small(request.query_params.get("block", "")) or 0
    whole = {"plan": plan(reader, name, at), "codes": codebook_page.listed(reader.live.book, {})}
    return {"document": name, "opened": whole, "pictured": reader.live.plan(name).kind == "pdf"}


def picture(reader: Reader, request: Request) -> Response:
    """A page of a PDF as a picture; in place of one that cannot be drawn why not, as text."""
    asked = request.query_params
    number, width = small(asked.get("page", "")) or 1, min(small(asked.get("width", "")) or 800, _WIDEST)
    try:
        found = reader.live.picture(_document(reader, request), number, width)
    except CoderError as error:
        return PlainTextResponse(str(error), 404)
    return Response(found, media_type="image/png")


def _document(reader: Reader, request: Request) -> str:
    """The document that an address names; the first where it names none."""
    name = request.query_params.get("document") or next(iter(reader.live.names), "")
    reader.live.plan(name)  # says where it is not there
    return name


def _list(reader: Reader, _request: Request, _data: Data) -> Data:
    return {
        "documents": listed(reader),
        "control": control(reader),
        "following": following(reader),
        "learning": learning(reader),
    }


def _passages(reader: Reader, _request: Request, data: Data) -> Data:
    asked = fields(data, document=str, numbers=list)
    numbers = asked["numbers"]
    if len(numbers) > MOST_PASSAGES or not all(type(one) is int for one in numbers):
        raise PageError("passages_most", most=MOST_PASSAGES)
    return {"passages": passages(reader, asked["document"], numbers)}


def _search(reader: Reader, _request: Request, data: Data) -> Data:
    asked = fields(data, document=str, query=str)
    return found(reader, asked["document"], asked["query"])


def _fragments(reader: Reader, request: Request, _data: Data) -> Data:
    query = request.query_params
    first, beside, within = small(query.get("first", "")) or 0, query.get("with", ""), query.get("within", "block")
    only = Only(_asked(reader, request), query.get("coder") or None, beside, within)
    return of_code(reader, query.get("code", ""), first, only)


def _asked(reader: Reader, request: Request) -> set[str] | None:
    """The documents that an address names, by name or by attributes with their values; None where it names none."""
    query = request.query_params
    pairs = list(zip(query.getlist("attribute"), query.getlist("value"), strict=False))
    if not pairs and "document" not in query:
        return None
    found = set()
    for one in listed(reader):
        known = dict(one["attributes"]) | {PERIOD: one["period"]}
        named = query.get("document", one["name"]) == one["name"]
        if named and all(known.get(name, "") == value for name, value in pairs):
            found.add(one["name"])
    return found


def take_fragments(reader: Reader, name: str, content: bytes) -> Data:
    """Take over a table of fragments (.xlsx, .csv) as `coder documents add --fragments` does; tells what was new.

    Rows without a coder are those of who gives it; only who leads may give those of others. Raises `PageError`, or
    `DataError` as `read_fragments` does; nothing is taken over then.
    """
    name = PurePath(name.replace("\\", "/").replace("\0", "")).name[-_LONGEST_NAME:]
    if PurePath(name).suffix.lower() not in _TABLES:
        raise PageError("fragments_no_table", name=name, endings=_TABLES)
    live = reader.live
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        found, read = read_fragments(path, live.set.read(), live.book, coder=reader.who)
    if {*found["coder"], *read["coder"]} - {reader.who}:
        reader.visitor.must_lead()
    entered = enter_fragments(live.set, found, read, source=name)
    live.follow()
    rows = zip(*(entered[column].tolist() for column in ("coder", "new", "same", "read")), strict=True)
    said = [
        Note("cli.fragments_entered", who=who, count=new, same=same, read=blocks) for who, new, same, blocks in rows
    ]
    return {"said": [say(one) for one in said] or [say(Note("page.fragments_none_given"))]}


def _acts(reader: Reader, _request: Request, data: Data) -> Data:
    acts = data.get("acts")
    if not isinstance(acts, list) or len(acts) > _MOST_ACTS:
        raise PageError("acts_most", most=_MOST_ACTS)
    if not reader.visitor.settles and any(isinstance(one, dict) and one.get("kind") in LAST for one in acts):
        raise PageError("not_settle")
    done = reader.live.do(acts, reader.who)
    return {"done": [one | {"error": str(one["error"])} if "error" in one else one for one in done]}


def _new_code(reader: Reader, _request: Request, data: Data) -> Data:
    return {"code": codebook_page.new_code(reader.live, reader.who, **fields(data, name=str))}


def _codes(reader: Reader, _request: Request, _data: Data) -> Data:
    """The codes; how many fragments each has is told by `status`."""
    return {"codes": codebook_page.listed(reader.live.book, {})}


POST: Mapping[str, Read] = {
    "acts": _acts,
    "control": lambda reader, _request, data: {"drawn": draw(reader, fields(data, number=int)["number"])},
    "new-code": _new_code,
    "passages": _passages,
    "propose": lambda reader, _request, _data: {"learning": propose(reader)},
    "search": _search,
}
SENT: Mapping[str, Callable[[Reader, str, bytes], Data]] = {"fragments/upload": take_fragments}
"""The addresses that take a file."""
GET: Mapping[str, Read] = {
    "codes": _codes,
    "decided": lambda reader, request, _data: decided(reader, _document(reader, request)),
    "fragments": _fragments,
    "list": _list,
    "now": lambda reader, _request, _data: status(reader),
}
