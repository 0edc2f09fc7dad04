"""What the results page shows: the tables as they are now, and the estimate that is made beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import pandas as pd

from coder.codebook import Codebook
from coder.coding import Coding
from coder.corpus import Corpus
from coder.errors import CoderError, StudyError
from coder.learning.estimation import estimate
from coder.progress import Progress
from coder.reports.words import is_number, shown_cells
from coder.review.desk import Desk
from coder.review.exports import report
from coder.sample import RANDOM, TARGETED
from coder.study.background import Job
from coder.study.run import together
from coder.study.store.answers import WAVE
from coder.study.store.events import GOLD
from coder.tables.agreement import agree
from coder.tables.comparison import compare
from coder.tables.frequency import top
from coder.tables.mentions import mentions
from coder.tables.table import Table

WITH_MACHINE = "gold+machine"
FEWEST = 10
_DRAWS = 400
_estimates: "WeakKeyDictionary[Desk, Job[tuple[Table, ...]]]" = WeakKeyDictionary()

Said = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """What tables are asked for: whose codes, which earlier wave beside them, and the last rank (None: all)."""

    whose: str
    then: str
    limit: int | None


def choice(desk: Desk, asked: Mapping[str, str], who: str) -> Choice:
    """The choice in the fields of an address. Raises `CoderError` where it is none."""
    whose, then, limit = asked.get("whose", GOLD), asked.get("then", ""), asked.get("limit", "10")
    if whose not in (GOLD, WITH_MACHINE, who):
        raise CoderError("Tables are of the gold version, of that with the machine, or of your own codes.")
    if then and then not in waves(desk):
        raise CoderError("There is no such wave in the study.")
    if limit not in ("10", "20", "0"):
        raise CoderError("A table has 10 or 20 ranks, or all codes (0).")
    return Choice(whose, then, int(limit) or None)


def waves(desk: Desk) -> list[str]:
    """The waves of the question, where there is more than one."""
    found = [one for one in dict.fromkeys(desk.corpus.units[WAVE]) if one]
    return found if len(found) > 1 else []


def whose(desk: Desk, who: str, said: Said) -> list[tuple[str, str]]:
    """Whose codes a table may count, with what they are called."""
    mine = [(who, said["whose_mine"])] if len(desk.ledger.own) > 1 else []
    return [(GOLD, said["whose_gold"]), (WITH_MACHINE, said["whose_machine"]), *mine]


def shown(desk: Desk, asked: Choice, said: Said, language: str) -> dict[str, Any]:
    """The tables, as JSON. Of a table that cannot be made there is none."""
    coding = _coding(desk, asked.whose)
    tables = _tables(desk, coding, asked, language)
    changes = desk.learned.changes if desk.learned is not None else None
    found: dict[str, list[Table]] = {
        "top": [tables["top"]] if "top" in tables else [],
        "comparison": [tables["comparison"]] if "comparison" in tables else [],
        "agreement": _agreement(desk, language),
        "machine": [_labelled(changes, desk.book, said, language)] if changes is not None else [],
    }
    data: dict[str, Any] = {name: [as_json(one, language) for one in some] for name, some in found.items()}
    return {**data, "state": _state(desk, coding, said)}


def download(desk: Desk, form: str, asked: Choice, said: Said, language: str) -> tuple[bytes, str]:
    """A report of the tables in this format, and a name for its file."""
    coding = _coding(desk, asked.whose)
    tables = _tables(desk, coding, asked, language)
    if "top" not in tables:
        raise CoderError(said["nothing_coded"])
    title = desk.book.question.get(language) or desk.question
    content = report(form, title, tables, coding, desk.corpus, desk.book, (_state(desk, coding, said),), language)
    return content, f"coder-{datetime.now(UTC):%Y-%m-%d}.{form}"


def as_json(table: Table, language: str) -> dict[str, Any]:
    """A table as the page reads it."""
    numbers = is_number(table)
    return {
        "title": table.title,
        "columns": [{"name": heading, "number": numbers[name]} for name, heading in table.shown.items()],
        "rows": shown_cells(table, language),
        "notes": list(table.notes),
    }


def start_estimate(desk: Desk, said: Said, language: str) -> None:
    """Start the estimate, unless one is being made.

    The sample of each wave are its coded answers up to the first open one in random order; those on which coders
    differ are left out of it. Raises `CoderError` with too small a random sample.
    """
    if (job := _estimates.get(desk)) is not None and job.busy:
        return
    hand = desk.study.coding(desk.question)
    with desk.lock:
        samples = {wave: [unit for unit in units if unit in hand.seen] for wave, units in desk.samples().items()}
    enough = [wave for wave, units in samples.items() if len(units) >= FEWEST]
    if not enough:
        n = len(samples.get(desk.last_wave, []))
        raise CoderError(said["estimate_few"].format(fewest=FEWEST, n=n))
    asked = [unit for wave in enough for unit in desk.waves[wave]]
    drawn = pd.Series(TARGETED, index=hand.seen)
    chance = pd.Series(1.0, index=hand.seen)
    for wave in enough:
        drawn[samples[wave]] = RANDOM
        chance[samples[wave]] = len(samples[wave]) / len(desk.waves[wave])
    waves = desk.corpus.units[WAVE][asked] if len(enough) > 1 else None
    answered = desk.corpus.take(pd.Index(asked))
    work = partial(
        estimated_tables, answered, hand.take(answered.ids), desk.book, drawn, chance, waves, language=language
    )
    _estimates[desk] = Job(work, lambda _tables: None)


def estimated_tables(
    corpus: Corpus,
    hand: Coding,
    book: Codebook,
    drawn: "pd.Series[str]",
    probability: "pd.Series[float]",
    waves: "pd.Series[str] | None",
    progress: Progress,
    *,
    language: str,
) -> tuple[Table, ...]:
    """The tables of an estimate, of each wave too where there are several; what the other process does."""
    return estimate(
        corpus, hand, book, drawn=drawn, probability=probability, by=waves, language=language, progress=progress
    ).tables


def estimated(desk: Desk, said: Said, language: str) -> dict[str, Any]:
    """How far the estimate is, and its tables when it is made."""
    job = _estimates.get(desk)
    if job is None:
        return {"busy": False, "said": "", "progress": 0, "tables": []}
    text = said["estimating"] if job.busy else job.failed
    tables = [as_json(one, language) for one in job.result or ()]
    return {"busy": job.busy, "said": text, "progress": job.done / max(job.total, 1), "tables": tables}


def _coding(desk: Desk, whose_codes: str) -> Coding:
    if whose_codes != WITH_MACHINE:
        return desk.study.coding(desk.question, whose_codes)
    hand = desk.study.coding(desk.question)
    try:
        machine = desk.study.coding(desk.question, "machine")
    except StudyError:
        return hand
    open_ = machine.seen.difference(hand.seen, sort=False)
    both = together(hand, machine.take(open_.intersection(pd.Index(desk.answered), sort=False)), desk.corpus)
    return replace(both, provenance={**both.provenance, **hand.provenance})


def _tables(desk: Desk, coding: Coding, asked: Choice, language: str) -> dict[str, Table]:
    """The frequency table, and where a wave was asked for the later answers beside it."""
    if not len(coding.seen):
        return {}
    wave = desk.corpus.units[WAVE]
    now, rows = coding, len(desk.corpus)
    if asked.then:
        later = wave.index[(wave != asked.then).to_numpy()]
        now, rows = coding.take(later), len(later)
    if not len(now.seen):
        return {}
    book = desk.book
    tables = {"top": top(mentions(now, book, rows=rows), book, limit=asked.limit, language=language)}
    before = coding.take(wave.index[(wave == asked.then).to_numpy()]) if asked.then else None
    if before is not None and len(before.assignments):
        whole = top(now, book, limit=None, language=language)
        then = top(before, book, limit=None, title=asked.then, language=language)
        tables["comparison"] = compare(whole, then, book, limit=asked.limit or len(book.codes), language=language)
    return tables


def _agreement(desk: Desk, language: str) -> list[Table]:
    """How well coders agree, where two coded the same answers."""
    coders = {who: desk.study.coding(desk.question, who) for who in list(desk.ledger.own)}
    coders = {who: one for who, one in coders.items() if len(one.seen)}
    try:
        found = agree(coders, desk.book, draws=_DRAWS, language=language)
    except CoderError:
        return []
    return [found.overall, found.codes, found.coders]


def _labelled(changes: Table, book: Codebook, said: Said, language: str) -> Table:
    """The table of what got better, with labels, in the language of the page."""
    frame = changes.frame.assign(
        code=[book.label(code, language) for code in changes.frame["code"]],
        change=[said.get(f"changed_{change}", change) for change in changes.frame["change"]],
    )
    shown_as = {name: said[f"learned_{name}"] for name in changes.shown}
    return Table(said["learned"], frame, changes.base, shown_as, (said["learned_note"].format(n=changes.base),))


def _state(desk: Desk, coding: Coding, said: Said) -> str:
    facts = coding.provenance
    made = {"n": len(coding.seen), "of": len(desk.corpus), "version": desk.version}
    return said["state"].format(event=facts.get("event", "–"), state=facts.get("state", "–"), **made)
