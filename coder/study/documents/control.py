"""Control passages: drawn at random over all documents, and read before anybody sees what a machine proposes there.

What a machine finds can only be compared with passages that were read without it. Passages are runs of blocks. Their
order is fixed by a seed and by their own words (permanent random numbers: Ohlsson 1995), so that drawing more goes on
where it stopped, and documents that are added later are drawn from too.
"""

import json
from collections.abc import Mapping
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Connection, select

from coder.documents import Documents
from coder.study.documents import marks, texts
from coder.study.events import At, Event, moment, record
from coder.study.schema import event

CONTROL = "control"
"""The kind of event."""
COLUMNS = ("document", "start", "end", "blocks")


def draw(connection: Connection, question_id: int, number: int, size: int, seed: int, who: str) -> int:
    """Draw so many more passages of `size` blocks; returns how many it drew."""
    documents = texts.read(connection, question_id)
    taken = read(connection, question_id, documents)
    heads = texts.heads(connection, question_id)
    free: list[tuple[bytes, int, int, int]] = []
    for one in documents:
        starts, ends = one.blocks["start"].to_numpy(), one.blocks["end"].to_numpy()
        drawn = taken.get(one.name, np.zeros(len(one), dtype=np.bool_))
        for first in range(0, len(one), size):
            last = min(first + size, len(one))
            if not drawn[first:last].any():
                start, end = int(starts[first]), int(ends[last - 1])
                key = f"{seed}\0{one.name}\0{first}\0{one.text[start:end]}".encode("utf-8", "surrogatepass")
                free.append((blake2b(key).digest(), heads[one.name].text_id, start, end))
    chosen = [list(row[1:]) for row in sorted(free)[:number]]
    if chosen:
        source = json.dumps({"seed": seed, "size": size, "of": len(free), "passages": chosen})
        record(connection, question_id, Event(CONTROL, who, len(chosen), source))
    return len(chosen)


def read(
    connection: Connection, question_id: int, documents: Documents, at: At = None
) -> Mapping[str, npt.NDArray[np.bool_]]:
    """Of each of these documents (as they were at that moment) which blocks were drawn; without those with none."""
    number = moment(connection, at)
    mine = event.c.question == question_id, event.c.kind == CONTROL, event.c.id <= number
    rows = connection.execute(select(event.c.id, event.c.source).where(*mine).order_by(event.c.id)).all()
    drawn: dict[int, list[tuple[int, int, int, int, bool]]] = {}
    for row in rows:
        for text, start, end in json.loads(row.source)["passages"]:
            drawn.setdefault(text, []).append((row.id, text, start, end, True))
    return marks.on_blocks(connection, question_id, documents, drawn, number) if drawn else {}


def frame(connection: Connection, question_id: int, documents: Documents) -> pd.DataFrame:
    """The passages that were drawn: document, start, end, blocks; in the order of the documents."""
    found = read(connection, question_id, documents)
    rows = [
        (one.name, *row)
        for one in documents
        if one.name in found
        for row in marks.stretches(one.blocks, found[one.name])
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))
