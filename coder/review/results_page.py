"""What the results page shows: the tables as they are now, and the estimate that is made beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import pandas as pd

from coder.corpus import Corpus
from coder.jobs.background import Job
from coder.learning.predictions import Predictions
from coder.note import Note
from coder.progress import Progress
from coder.reports.shown import said as said_as
from coder.reports.shown import shown as seen_as
from coder.review.requests import PageError
from coder.review.results_pictures import drawn, source
from coder.review.results_tables import Choice, Counted, counted, described, report, written
from coder.review.sight import Sight
from coder.sample import DRAWN, PROBABILITY, STRATUM
from coder.study.estimates import Basis, to_estimate
from coder.study.exchange import export
from coder.tables.table import Table
from coder.words import say

if TYPE_CHECKING:
    from coder.review.live_question import LiveQuestion


@dataclass(frozen=True, slots=True)
class _Estimate:
    """An estimate that is being made or was made, and of which waves."""

    job: Job[tuple[Table, ...]]
    waves: str


_estimates: "WeakKeyDictionary[LiveQuestion, dict[str, _Estimate]]" = WeakKeyDictionary()
"""Of each question the last estimate from the codes of `GOLD`, and of each blind coder from their own."""


def shown(sight: Sight, asked: Choice, picture: str, width: float) -> dict[str, Any]:
    """A picture with its tables, as JSON; what it would need where it cannot be made."""
    made = counted(sight, asked)
    found = drawn(sight, asked, picture, made)
    changes = sight.learned.changes if sight.learned is not None else None
    machine = [as_json(_labelled(changes, sight))] if changes is not None else []
    for one in machine:
        one["rows"] = [[cell or "–" for cell in row] for row in one["rows"]]
    seen = found.picture
    return {
        "state": _state(sight, made),
        "base": _base(made, asked),
        "choice": {"then": asked.then, "by": asked.by},
        "heading": said_as(seen.heading) if seen else "",
        "subtitle": said_as(seen.subtitle) if seen else "",
        "source": say(source(sight, asked)),
        "drawing": seen.canvas(width).tree() if seen else None,
        "why": said_as(found.why),
        "tables": [as_json(one) for one in found.tables],
        "machine": machine,
    }


def _base(made: Counted, asked: Choice) -> str:
    """Who counts, in words."""
    about = {"count": len(made.coding.seen), "of": len(made.units)}
    if asked.column:
        return say(Note("page.base_of", column=asked.column, value=asked.value, **about))
    return say(Note("page.base_all", **about))


def download(sight: Sight, form: str, asked: Choice) -> tuple[bytes, str]:
    """A report of the tables in this format, and a name for its file."""
    made = counted(sight, asked)
    if not made.tables:
        raise PageError("nothing_coded")
    facts = (_base(made, asked), _state(sight, made))
    content = report(form, sight.live, made, facts, described(sight, asked, made))
    return content, f"coder-{datetime.now(UTC):%Y-%m-%d}.{form}"


def coded_answers(sight: Sight) -> bytes:
    """The answers with everybody's codes, as `coder study export` writes them.

    Raises `PageError` for who may not know what others decided.
    """
    if not sight.whole:
        raise PageError("tables_own")
    return written("xlsx", lambda path: export(sight.live.question, path))


def as_json(table: Table) -> dict[str, Any]:
    """A table as the page reads it."""
    seen = seen_as(table)
    columns = zip(seen.headings, seen.numeric, strict=True)
    return {
        "title": seen.title,
        "columns": [{"name": heading, "number": number} for heading, number in columns],
        "rows": [list(row) for row in seen.rows],
        "notes": list(seen.notes),
    }


def start_estimate(sight: Sight, wave: str) -> None:
    """Start the estimate of a wave, or of those that can be (`ALL`), unless one is being made.

    A blind coder's is of their own codes in random order, without predictions from elsewhere: those could steer them.
    Raises `StudyError` with too small a random sample.
    """
    live, whose = sight.live, sight.countable[0]
    if (last := _estimates.get(live, {}).get(whose)) is not None and last.job.busy:
        return
    hand, corpus, no_answer = sight.coding(whose), live.corpus, live.question.no_answer()
    with live.lock:
        waves, seen, book = live.waves, sight.ledger.seen(), live.book
    if not sight.whole:
        corpus = Corpus(corpus.units.drop(columns=[DRAWN, PROBABILITY, STRATUM], errors="ignore"), corpus.name)
    asked = to_estimate(corpus, hand, book, waves, seen, wave=wave, predictions=predictions(sight), no_answer=no_answer)
    made = _Estimate(Job(partial(estimated_tables, asked), lambda _tables: None), ", ".join(filter(None, asked.waves)))
    _estimates.setdefault(live, {})[whose] = made


def predictions(sight: Sight) -> Sequence[Predictions]:
    """The predictions from elsewhere that count in an estimate."""
    return sight.live.question.predictions() if sight.whole else ()


def predicted(sight: Sight) -> str:
    """Which predictions from elsewhere there are, in words; "" where there are none or they are not theirs to know."""
    found = sight.live.question.predicted() if sight.whole else pd.DataFrame()
    if found.empty:
        return ""
    named = [
        Note("page.predicted_by", name=name, count=count)
        for name, count in zip(found["name"], found["answers"].tolist(), strict=True)
    ]
    return say(Note("page.predicted", names=named))


def estimated_tables(asked: Basis, progress: Progress) -> tuple[Table, ...]:
    """The tables of an estimate, of each wave too where there are several; what the other process does."""
    return asked.estimate(progress).tables


def estimated(sight: Sight) -> dict[str, Any]:
    """How far the estimate is, and its tables when it is made."""
    said = sight.said
    last = _estimates.get(sight.live, {}).get(sight.countable[0])
    if last is None:
        return {"busy": False, "said": "", "progress": 0, "tables": []}
    job = last.job
    text = str(job.failed or "")
    if job.busy:
        text = said["estimating_step"].format(n=job.done + 1, of=job.total) if job.step else said["estimating"]
    made = [
        replace(one, title=f"{said_as(one.title)} ({last.waves})" if last.waves else one.title)
        for one in job.result or ()
    ]
    tables = [as_json(one) for one in made]
    return {"busy": job.busy, "said": text, "progress": job.done / max(job.total, 1), "tables": tables}


def _labelled(changes: Table, sight: Sight) -> Table:
    """The table of what got better, with labels, in the language of the page."""
    book, said = sight.live.book, sight.said
    frame = changes.frame.assign(
        code=[book.text(code) for code in changes.frame["code"]],
        change=[said.get(f"changed_{change}", change) for change in changes.frame["change"]],
    )
    shown_as = {name: said[f"learned_{name}"] for name in changes.shown}
    notes = (Note("page.learned_note", count=changes.base or 0),)
    return Table(said["learned_beside"], frame, changes.base, shown_as, notes)


def _state(sight: Sight, made: Counted) -> str:
    facts = made.coding.provenance
    about = {"n": len(made.coding.seen), "count": len(made.units), "version": sight.live.version}
    return say(Note("page.state", event=facts.get("event", "–"), state=facts.get("state", "–"), **about))
