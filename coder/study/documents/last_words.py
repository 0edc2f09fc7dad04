"""The last word on fragments: of what it is kept, what it takes the place of, and what counts then.

On a passage it is of all codes: what coders gave blocks that were settled does not count. On a difference between
readers it is of the codes that they gave there: a stretch is kept with each code (a decision of the layer `RULED`), and
of fragments with that code that stand in it for a half or more only those of the last word count. Both keep what coders
said, follow the text and the codebook as fragments do, and are undone like them.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Connection, Row

from coder.errors import StudyError
from coder.statistics.unitizing import covered, union
from coder.study.decisions import NO, YES
from coder.study.documents import span_decisions
from coder.study.documents.anchors import Ints
from coder.study.documents.span_decisions import RULED, SETTLE, Origin, Span
from coder.study.events import Event, moment

_Place = tuple[int, int, str]
"""Start, end, code."""


def settle(
    connection: Connection,
    question_id: int,
    head: Row[Any],
    ids: Sequence[str],
    stands: Sequence[str | Span] | None,
    who: str,
    *,
    since: int | None,
    space: str,
) -> int:
    """Let only `stands` (ids of fragments, or spans) count where these fragments of a document stand; the event.

    It is of the codes that they have. With None there is no last word there any more. The last one to decide decides,
    whoever decided before.
    """
    found = span_decisions.frame(connection, question_id, names=[head.name]).set_index("id")
    asked = [*ids, *(one for one in stands or () if isinstance(one, str))]
    if missing := [one for one in asked if one not in found.index]:
        raise StudyError("study.no_fragment", id=missing[0])
    mine = found.loc[list(ids)]
    if since is not None and len(changed := mine.index[mine["event"] > since]):
        raise StudyError("study.fragment_changed_since", id=changed[0])
    own = [one for one in stands or () if isinstance(one, Span)]
    if own:
        span_decisions.check(connection, question_id, {head.name: head}, own, since)
    where: dict[str, _Place] = dict(
        zip(found.index, zip(found["start"], found["end"], found["code"], strict=True), strict=True)
    )
    given = [(one.start, one.end, one.code) if isinstance(one, Span) else where[one] for one in stands or ()]
    wanted, places = list(dict.fromkeys(given)), [where[one] for one in ids]
    stretches = [(start, end, code) for code, part in _by_code([*places, *wanted]).items() for start, end in part]
    decided = pd.DataFrame(stretches, columns=["start", "end", "code"]).assign(document=head.name)
    rows: list[dict[str, Any]] = []
    for layer, keep in ((SETTLE, wanted), (RULED, stretches if stands is not None else [])):
        there = span_decisions.frame(connection, question_id, names=[head.name], layer=layer)
        there = there[within(there, decided)]
        known = set(zip(there["start"], there["end"], there["code"], strict=True))
        for row in there.to_dict("records"):
            if (row["start"], row["end"], row["code"]) not in keep:
                rows += [_row(head, layer, row, who=row["coder"], verdict=NO)]
        new = [dict(zip(("start", "end", "code"), one, strict=True)) for one in keep if one not in known]
        rows += [_row(head, layer, one, who=who, verdict=YES) for one in new]
    if not rows:
        return moment(connection, None)
    rows = [{**row, "number": number} for number, row in enumerate(rows)]
    return span_decisions.write(connection, question_id, rows, Event(SETTLE, who, len(rows)), space)


def stretches(connection: Connection, question_id: int) -> pd.DataFrame:
    """The last words that there are: kind (`SETTLE`: a fragment, `RULED`), document, start, end, code, coder, when."""
    kinds = {layer: span_decisions.frame(connection, question_id, layer=layer) for layer in (SETTLE, RULED)}
    found = pd.concat([some.assign(kind=layer) for layer, some in kinds.items()], ignore_index=True)
    made = span_decisions.dates(connection, question_id, (SETTLE, RULED)).set_index("id")["when"]
    found["when"] = made.reindex(found["id"]).to_numpy()
    return found[["kind", "document", "start", "end", "code", "coder", "when"]]


def enter(
    connection: Connection, question_id: int, heads: Mapping[str, Row[Any]], last: pd.DataFrame, who: str, space: str
) -> None:
    """Take over last words of one adjudicator as `stretches` has them, those that are not there yet, as one batch."""
    there = stretches(connection, question_id)
    known = set(there.drop(columns=["coder", "when"]).itertuples(index=False, name=None))
    rows: list[dict[str, Any]] = []
    for row in last.to_dict("records"):
        if (row["kind"], row["document"], row["start"], row["end"], row["code"]) not in known:
            made = _row(heads[row["document"]], row["kind"], row, who=who, verdict=YES)
            origin = json.dumps(Origin(row["when"])) if row["when"] else ""
            rows.append({**made, "origin": origin, "number": len(rows)})
    if rows:
        span_decisions.write(connection, question_id, rows, Event(SETTLE, who, len(rows)), space)


def _by_code(places: Sequence[_Place]) -> dict[str, list[tuple[int, int]]]:
    """The stretches of each code, as stretches apart from each other."""
    found: dict[str, list[tuple[int, int]]] = {}
    for code in dict.fromkeys(code for _, _, code in places):
        ends = np.array([(start, end) for start, end, one in places if one == code], dtype=np.int64)
        found[code] = [(int(start), int(end)) for start, end in zip(*union(ends[:, 0], ends[:, 1]), strict=True)]
    return found


def _row(head: Row[Any], layer: str, place: Mapping[Any, Any], *, who: str, verdict: str) -> dict[str, Any]:
    same = {name: place[name] for name in ("start", "end", "code")}
    about = {"guid": place.get("id", ""), "document": head.id, "text": head.text_id, "layer": layer}
    return {**about, **same, "who": who, "verdict": verdict, "memo": "", "proposal": "", "origin": ""}


def within(found: pd.DataFrame, ruled: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which fragments stand for a half or more in stretches (document, start, end, code) of their code."""
    inside = np.zeros(len(found), dtype=np.bool_)
    keys = pd.MultiIndex.from_frame(found[["document", "code"]])
    for key, some in ruled.groupby(["document", "code"], sort=False):
        rows = np.flatnonzero(keys == key)
        start, end = (found[name].to_numpy(dtype=np.int64)[rows] for name in ("start", "end"))
        by = union(some["start"].to_numpy(dtype=np.int64), some["end"].to_numpy(dtype=np.int64))
        inside[rows] = 2 * covered(start, end, by) >= end - start
    return inside


def in_settled(found: pd.DataFrame, settled: Mapping[str, Ints]) -> npt.NDArray[np.bool_]:
    """Which fragments touch ranges of documents that were settled."""
    touched = np.zeros(len(found), dtype=np.bool_)
    for name, ranges in settled.items():
        here = np.flatnonzero(found["document"].to_numpy() == name)
        start, end = found["start"].to_numpy()[here], found["end"].to_numpy()[here]
        for left, right in ranges.tolist():
            touched[here] |= (start < right) & (end > left)
    return touched


def gold(own: pd.DataFrame, last: pd.DataFrame, replaced: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """The fragments of all coders, and those of the last word in place of those `replaced`; none is merged.

    `together` numbers fragments of one code that overlap, over coders; `coders` counts whose they are.
    """
    found = pd.concat([own[~replaced], last], ignore_index=True)
    order = {name: place for place, name in enumerate(dict.fromkeys([*own["document"], *last["document"]]))}
    found = found.assign(place=found["document"].map(order)).sort_values(["place", "start", "end"], kind="stable")
    found = found.drop(columns="place").reset_index(drop=True)
    together = np.zeros(len(found), dtype=np.int64)
    number = 0
    for _, rows in found.groupby(["document", "code"], sort=False):
        until = -1
        for place, start, end in zip(rows.index, rows["start"], rows["end"], strict=True):
            number += start >= until
            until = max(until, end)
            together[place] = number
    found["together"] = together
    found["coders"] = found.groupby("together")["coder"].transform("nunique").astype(np.int64)
    return found
