"""Control passages: drawn at random over all documents, and read before anybody sees what a machine proposes there.

What a machine finds can only be compared with passages that were read without it. Passages are runs of blocks
(`coder.documents.runs`), as those are that it puts in an order. A passage that this order came to is *reached*: from
then on a machine may learn from it.

The order in which they are drawn is fixed by a seed and by their own words (permanent random numbers: Ohlsson 1995), so
that drawing more goes on where it stopped, and documents that are added later are drawn from too.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Connection, select

from coder.documents import Documents, runs
from coder.errors import check_least
from coder.study.documents import marks, texts
from coder.study.events import At, Event, moment, record
from coder.study.order import random_order
from coder.study.schema import event

CONTROL, REACHED = "control", "reached"
"""The kinds of events."""
Passage = tuple[str, int, int]
"""Where a passage stands: document, start, end."""
COLUMNS = ("document", "start", "end", "blocks")


def draw(connection: Connection, question_id: int, number: int, seed: int, who: str) -> int:
    """Draw so many more passages of those that nobody began to read; returns how many it drew."""
    check_least(1, number=number)
    documents = texts.read(connection, question_id)
    taken = read(connection, question_id, documents)
    began = marks.read(connection, question_id, documents).values()
    heads = texts.heads(connection, question_id)
    free: list[tuple[bytes, int, int, int]] = []
    for one in documents:
        starts, ends = one.blocks["start"].to_numpy(), one.blocks["end"].to_numpy()
        closed = taken.get(one.name, np.zeros(len(one), dtype=np.bool_)).copy()
        for read_by in began:
            closed |= read_by.get(one.name, False)
        for first, last in runs(len(one)):
            if not closed[first:last].any():
                start, end = int(starts[first]), int(ends[last - 1])
                key = f"{seed}\0{one.name}\0{first}\0{one.text[start:end]}".encode("utf-8", "surrogatepass")
                free.append((blake2b(key).digest(), heads[one.name].text_id, start, end))
    chosen = [list(row[1:]) for row in sorted(free)[:number]]
    if chosen:
        source = json.dumps({"seed": seed, "of": len(free), "passages": chosen})
        record(connection, question_id, Event(CONTROL, who, len(chosen), source))
    return len(chosen)


def reach(connection: Connection, question_id: int, places: Iterable[Passage], who: str) -> None:
    """Write which passages were reached that were not before."""
    heads = texts.heads(connection, question_id)
    written = frame(connection, question_id, texts.read(connection, question_id), kind=REACHED)
    known = set(written[["document", "start"]].itertuples(index=False, name=None))
    new = [place for place in places if place[:2] not in known]
    if lost := [name for name, _, _ in new if name not in heads]:
        texts.head(connection, question_id, lost[0])  # raises
    passages = [[heads[name].text_id, start, end] for name, start, end in new]
    if passages:
        record(connection, question_id, Event(REACHED, who, len(passages), json.dumps({"passages": passages})))


def in_random_order(places: Iterable[Passage], name: str) -> list[Passage]:
    """Passages in an order that is the same for everybody: the first that were read are a random sample as well.

    `name` is that of the set.
    """
    of = {f"{place[0]}\n{place[1]}": place for place in places}
    return [of[key] for key in random_order(of, name)]


def read(
    connection: Connection, question_id: int, documents: Documents, at: At = None, *, kind: str = CONTROL
) -> Mapping[str, npt.NDArray[np.bool_]]:
    """Of each of these documents (as they were at that moment) which blocks were drawn, or with `kind` reached.

    Without those that have none.
    """
    number = moment(connection, at)
    mine = event.c.question == question_id, event.c.kind == kind, event.c.id <= number
    rows = connection.execute(select(event.c.id, event.c.source).where(*mine).order_by(event.c.id)).all()
    drawn: dict[int, list[tuple[int, int, int, int, bool]]] = {}
    for row in rows:
        for text, start, end in json.loads(row.source)["passages"]:
            drawn.setdefault(text, []).append((row.id, text, start, end, True))
    return marks.on_blocks(connection, question_id, documents, drawn, number) if drawn else {}


def frame(connection: Connection, question_id: int, documents: Documents, *, kind: str = CONTROL) -> pd.DataFrame:
    """The passages that were drawn, or with `kind` reached: document, start, end, blocks; in order of place."""
    found = read(connection, question_id, documents, kind=kind)
    rows = []
    for one in documents:
        if (drawn := found.get(one.name)) is None:
            continue
        for first, stop in runs(len(one)):
            rows += [(one.name, *row) for row in marks.stretches(one.blocks.iloc[first:stop], drawn[first:stop])]
    return pd.DataFrame(rows, columns=list(COLUMNS))
