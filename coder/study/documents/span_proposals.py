"""What machines propose on spans. As with answers it is written in parts, counts when whole, and may be replaced.

The order in which a machine would have passages read goes with it, as rows without a code that have a reason.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Row, Select, select, true

from coder.errors import StudyError
from coder.note import Progress
from coder.study.decisions import SEEN
from coder.study.documents import texts
from coder.study.events import Event, claim_name, record
from coder.study.proposals import Write, begin, put, superseded
from coder.study.schema import document, document_version, proposal_set, span_proposal

COLUMNS = ("document", "start", "end", "code", "probability", "method", "version", "reason")
ORDER = ("document", "start", "end", "expected", "codes")
"""Of a passage to be read: how many fragments are expected in it, and of which codes most."""


def write(
    transaction: Write,
    question_id: int,
    proposed: pd.DataFrame,
    seen: Sequence[str],
    order: pd.DataFrame | None,
    *,
    about: Mapping[str, str],
    who: str,
    progress: Progress,
) -> int:
    """Write spans that a machine proposes, in place of what was proposed; returns the event.

    `about` is the method and the model. See `DocumentSet.propose`.
    """
    with transaction() as connection:
        claim_name(connection, who)
        heads = texts.heads(connection, question_id)
        rows = _rows(heads, _with_order(proposed, order), seen)
        number = begin(connection, question_id, about)
    put(transaction, span_proposal, ({**row, "of": number} for row in rows), len(rows), progress)
    with transaction() as connection:
        happened = Event("propose", who, len(proposed), "{method} {model}".format_map(about).strip())
        done = record(connection, question_id, happened)
        old = superseded(connection, question_id, true(), number)
        connection.execute(proposal_set.update().where(proposal_set.c.id == number).values(event=done))
        connection.execute(span_proposal.delete().where(span_proposal.c.of.in_(old)))
        connection.execute(proposal_set.delete().where(proposal_set.c.id.in_(old)))
    return done


def read(
    connection: Connection, question_id: int, names: Sequence[str] | None = None, code: str | None = None
) -> pd.DataFrame:
    """What is proposed now, with the columns of `COLUMNS`, in the order of the documents.

    Nothing is proposed on a document whose text is another since.
    """
    chosen = _now(question_id).where(span_proposal.c.code != SEEN)
    if names is not None:
        chosen = chosen.where(document.c.name.in_(names))
    if code is not None:
        chosen = chosen.where(span_proposal.c.code == code)
    order = document.c.id, span_proposal.c.start, span_proposal.c.probability.desc(), span_proposal.c.id
    found = pd.DataFrame(connection.execute(chosen.order_by(*order)).all(), columns=list(COLUMNS))
    kinds: dict[str, Any] = {"start": np.int64, "end": np.int64, "probability": np.float64}
    return found.astype({name: kinds.get(name, str) for name in COLUMNS})


def order(connection: Connection, question_id: int) -> pd.DataFrame:
    """The passages in the order in which they are to be read, with the columns of `ORDER`."""
    chosen = _now(question_id).where(span_proposal.c.code == SEEN, span_proposal.c.reason != "")
    rows = connection.execute(chosen.order_by(span_proposal.c.id)).all()
    cells = [(row.name, row.start, row.end, row.probability, json.loads(row.reason)) for row in rows]
    return pd.DataFrame(cells, columns=list(ORDER))


def seen(connection: Connection, question_id: int) -> list[str]:
    """The documents that a machine looked at, and whose text is the same since."""
    rows = connection.execute(_now(question_id).with_only_columns(document.c.name).distinct()).scalars()
    return list(rows)


def _now(question_id: int) -> Select[Any]:
    return (
        select(document.c.name, span_proposal.c.start, span_proposal.c.end, span_proposal.c.code)
        .add_columns(span_proposal.c.probability, proposal_set.c.method, proposal_set.c.model, span_proposal.c.reason)
        .join(document, document.c.id == span_proposal.c.document)
        .join(document_version, document_version.c.document == document.c.id)
        .join(proposal_set, proposal_set.c.id == span_proposal.c.of)
        .where(proposal_set.c.question == question_id, proposal_set.c.event.is_not(None))
        .where(document_version.c.until.is_(None), document_version.c.text == span_proposal.c.text)
    )


def _with_order(proposed: pd.DataFrame, order: pd.DataFrame | None) -> pd.DataFrame:
    if order is None:
        return proposed
    codes = [json.dumps(list(some), ensure_ascii=False) for some in order["codes"]]
    rows = order[["document", "start", "end"]].assign(code=SEEN, probability=order["expected"], reason=codes)
    return pd.concat([proposed, rows], ignore_index=True) if len(proposed) else rows


def _rows(heads: dict[str, Row[Any]], proposed: pd.DataFrame, seen: Sequence[str]) -> list[dict[str, Any]]:
    names = dict.fromkeys([*seen, *proposed["document"]])
    if strange := [name for name in names if name not in heads]:
        raise StudyError("study.no_document", name=strange[0], documents=list(heads))
    whole = [(name, 0, heads[name].size, SEEN, 0.0, "") for name in names]
    reasons = proposed["reason"] if "reason" in proposed else [""] * len(proposed)
    chances = proposed["probability"] if "probability" in proposed else [1.0] * len(proposed)
    cells = [proposed[name].tolist() for name in ("document", "start", "end", "code")]
    given = zip(*cells, chances, reasons, strict=True)
    columns = ("start", "end", "code", "probability", "reason")
    made = []
    for name, *rest in [*whole, *given]:
        row = {"document": heads[name].id, "text": heads[name].text_id, **dict(zip(columns, rest, strict=True))}
        if not 0 <= row["start"] <= row["end"] <= heads[name].size:
            about = {"start": row["start"], "end": row["end"], "document": name, "size": heads[name].size}
            raise StudyError("study.span_outside", **about)
        made.append(row)
    return made
