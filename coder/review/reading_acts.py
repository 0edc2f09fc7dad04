"""What a browser sends when somebody reads documents: read with suspicion, for anybody may write a request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coder.review.requests import LONGEST_ID, LONGEST_NOTE, fields, texts
from coder.review.words import PageError
from coder.study.decisions import NO, VERDICTS, YES

MOST_SPANS = 200
_KINDS = ("code", "uncode", "memo", "read", "undo")
_LARGEST = 2**53


@dataclass(frozen=True, slots=True)
class WantedSpan:
    """A fragment that somebody makes; `proposed`: it was taken over from what a machine proposes there."""

    start: int
    end: int
    code: str
    id: str
    memo: str = ""
    verdict: str = YES
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class ReadingAct:
    """One act: fragments made or taken away, a memo, blocks marked as read, or an undo.

    `id` is made by the browser, so that an act that is sent again is known; `since` is the event as of which it was
    read (None: what this browser itself did is all that came after).
    """

    id: str
    kind: str
    document: str = ""
    since: int | None = None
    spans: tuple[WantedSpan, ...] = ()
    fragments: tuple[str, ...] = ()
    memo: str = ""
    start: int = 0
    end: int = 0
    on: bool = True


def read_reading_act(data: Any) -> ReadingAct:  # noqa: ANN401 (what came out of JSON)
    """The act in a piece of JSON. Raises `PageError` where it is none."""
    found = fields(data, id=str, kind=str)
    id_, kind = found["id"], found["kind"]
    if kind not in _KINDS:
        raise PageError("act_kind", kind=kind[:LONGEST_ID])
    if len(id_) > LONGEST_ID:
        raise PageError("act_id", most=LONGEST_ID)
    if kind == "undo":
        return ReadingAct(id_, kind)
    document = fields(data, document=str)["document"]
    since = None if data.get("since") is None else _place(data, "since")
    match kind:
        case "code":
            spans = data.get("spans")
            if not isinstance(spans, list) or not 0 < len(spans) <= MOST_SPANS:
                raise PageError("act_spans", most=MOST_SPANS)
            return ReadingAct(id_, kind, document, since, spans=tuple(map(_span, spans)))
        case "read":
            on = data.get("on") is not False
            return ReadingAct(id_, kind, document, since, start=_place(data, "start"), end=_place(data, "end"), on=on)
    fragments = texts(data, "fragments", MOST_SPANS)
    if not fragments:
        raise PageError("act_spans", most=MOST_SPANS)
    return ReadingAct(id_, kind, document, since, fragments=fragments, memo=_memo(data))


def _span(data: Any) -> WantedSpan:  # noqa: ANN401
    found = fields(data, code=str, id=str)
    verdict = data.get("verdict", YES)
    if verdict not in VERDICTS or verdict == NO or not found["code"]:
        raise PageError("act_codes")
    if len(found["id"]) > LONGEST_ID:
        raise PageError("act_id", most=LONGEST_ID)
    places = _place(data, "start"), _place(data, "end")
    return WantedSpan(*places, found["code"], found["id"], _memo(data), verdict, data.get("proposed") is True)


def _memo(data: Mapping[str, Any]) -> str:
    memo = data.get("memo", "")
    if not isinstance(memo, str) or len(memo) > LONGEST_NOTE:
        raise PageError("act_note", most=LONGEST_NOTE)
    return memo


def _place(data: Mapping[str, Any], name: str) -> int:
    place = data.get(name)
    if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < _LARGEST:
        raise PageError("field_int", name=name)
    return place
