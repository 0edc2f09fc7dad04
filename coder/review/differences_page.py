"""The page of differences: where readers differ on fragments, over all documents, and who has the last word decides."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from coder.review import codebook_page
from coder.review.live_documents import Plan, Row, as_rows
from coder.review.reading_page import Read, fragment, page_of
from coder.review.requests import Data, PageError, small
from coder.review.sight import Reader
from coder.tables.span_agreement import MISSED, OTHER_CODE, OTHER_EXTENT

PAGE = "differences"
MOST = 40
KINDS = (OTHER_CODE, OTHER_EXTENT, MISSED)
_STATES = ("open", "settled")
_AROUND, _LONGEST = 240, 6_000
"""Characters that are shown before and after what is differed on, and the most that are shown in all."""


def about(reader: Reader) -> dict[str, object]:
    """What its template is made with. Raises `PageError` where somebody has no last word."""
    if not reader.visitor.settles:
        raise PageError("not_settle")
    return {"kinds": KINDS, "names": reader.live.names}


def listed(reader: Reader, asked: Mapping[str, str]) -> dict[str, Any]:
    """The differences that are `open` or `settled`, of a kind and a document where these are asked for.

    `rows` from the first on, of `total`; `open` and `settled` count them all. None is told in a control passage that
    one did not read oneself yet.
    """
    if not reader.visitor.settles:
        raise PageError("not_settle")
    state, kind, name = asked.get("state", "open"), asked.get("kind", ""), asked.get("document", "")
    if state not in _STATES or kind not in ("", *KINDS):
        raise PageError("no_differences")
    live, first = reader.live, small(asked.get("first", "")) or 0
    every: dict[int, list[Row]] = {}
    for row in as_rows(live.differences()):
        every.setdefault(row["difference"], []).append(row)
    known = [rows for rows in every.values() if len(reader.visible(rows[0]["document"], rows)) == len(rows)]
    sides: dict[str, list[list[Row]]] = {one: [] for one in _STATES}
    for rows in known:
        wanted = rows[0]["kind"] == (kind or rows[0]["kind"]) and rows[0]["document"] == (name or rows[0]["document"])
        if wanted:
            sides["settled" if all(one["settled"] for one in rows) else "open"].append(rows)
    counts = {one: len(some) for one, some in sides.items()}
    shown = [_told(reader, rows) for rows in sides[state][first : first + MOST]]
    return {"rows": shown, "total": counts[state], "event": live.event, **counts}


def _told(reader: Reader, rows: list[Row]) -> dict[str, Any]:
    """A difference: where it is, the words around it, what each reader gave, and the last word where there is one."""
    name = rows[0]["document"]
    one = reader.live.plan(name)
    start, end = min(row["start"] for row in rows), max(row["end"] for row in rows)
    first, _ = one.touched(start, end)
    block = one.blocks[min(first, len(one.blocks) - 1)]
    settled = all(row["settled"] for row in rows)
    last = [row for row in reader.last(name) if settled and row["start"] < end and row["end"] > start]
    return {
        "document": name,
        "kind": rows[0]["kind"],
        "block": first,
        "page": page_of(block),
        "section": block.section,
        "given": [fragment(row | {"verdict": "yes"}) for row in rows],
        "missed": list(filter(None, rows[0]["missed"].split("; "))),
        "settled": settled,
        "last": [fragment(row) for row in last],
        **_words(one, start, end),
    }


def _words(one: Plan, start: int, end: int) -> dict[str, Any]:
    """The text around what is differed on, and where it begins; the end of what is too long is left out."""
    first, stop = one.touched(start, end)
    low, high = (one.starts[first], one.ends[stop - 1]) if first < stop else (start, end)
    low, high = max(low, start - _AROUND), min(high, end + _AROUND, start + _LONGEST)
    while low > 0 and low < start and one.text[low - 1].isalnum():
        low += 1
    while end < high < len(one.text) and one.text[high].isalnum():
        high -= 1
    return {"start": low, "text": one.text[low:high]}


def _differences(reader: Reader, request: Request, _data: Data) -> Data:
    return listed(reader, request.query_params) | {"codes": codebook_page.listed(reader.live.book, {})}


GET: Mapping[str, Read] = {"differences": _differences}
