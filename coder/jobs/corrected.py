"""What a random hand-coded sample makes of a report: corrected frequencies in place of counted ones."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coder.codebook import Codebook
from coder.coding import Coding
from coder.files.answers import Answers
from coder.files.coded import Coded
from coder.files.filled_sheets import recorded_draw
from coder.jobs.report_options import PLAIN, ReportOptions
from coder.learning.estimation import Estimation, estimate
from coder.note import Note
from coder.progress import Progress, silent
from coder.reports.content import Chart, interval_chart
from coder.reports.methods import MethodFacts
from coder.tables.table import MIN_BASE, Table
from coder.words.numbers import EXACT, between

LEVEL = 0.95
"""The coverage of the intervals of a report."""
_OF_OTHERS = {"estimate.by_hand_note", "estimate.good_as_note"}
"""Notes on columns that a report does not show."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What stands first in a report with a hand-coded sample, and what its methods paragraph says of it.

    Of a sample that was targeted there is no estimate: then `tables` is empty. `estimates` has every code.
    """

    estimates: Table
    tables: Mapping[str, Table]
    chart: Chart | None
    facts: MethodFacts


def corrected(
    coded: Coded, hand: Coding, codebook: Codebook | None, asked: ReportOptions = PLAIN, progress: Progress = silent
) -> Corrected:
    """The corrected frequencies of coded answers by those of `hand`, as `coder.estimate` has them.

    Raises `DataError` as estimating does.
    """
    answers, draw = coded.answers, coded.draw or recorded_draw(coded.answers)
    by, chance, weight = asked.by, draw["probability"], answers.corpus.weight
    found = estimate(
        answers.corpus,
        hand,
        codebook,
        predictions=coded.predictions or None,
        classifier=asked.classifier,
        **draw,
        weight=answers.corpus.weights,
        by=answers.column(by, "--by") if by else None,
        nets=asked.nets,
        level=LEVEL,
        seed=asked.seed,
        progress=progress,
    )
    named = tuple(one.name for one in coded.predictions)
    facts = replace(_facts(found, answers, codebook, asked.seed, named), weight=weight)
    if found.targeted:
        return Corrected(found.codes, {}, None, facts)
    chances = chance[hand.seen].dropna() if chance is not None else pd.Series(dtype=float)
    top = _top(found, asked.limit)
    notes = [Note("report.interval_note", level=100 * LEVEL), *found.warnings]
    return Corrected(
        found.codes,
        {"top": top} | ({"groups": _groups(found.groups, top, str(by))} if found.groups else {}),
        interval_chart(top, Note("report.corrected"), Note("report.sentences", sentences=notes)),
        replace(facts, unequal=bool(facts.corrected) and bool((chances != chances.max()).any())),
    )


def _top(found: Estimation, limit: int | None) -> Table:
    """The first codes with their interval, whole as published, and what was counted beside it."""
    frame = found.codes.frame
    if limit is not None:
        place = frame["place" if "place" in frame else "rank"]
        within = place.isna() | (place <= limit)
        frame = frame[within & (frame["percent"] > 0)].reset_index(drop=True)
    frame = frame.assign(interval=_intervals(frame))
    every = ("rank", "label", "percent", "interval", "percent_counted")
    names = [name for name in every if name != "interval" or frame[name].any()]
    return Table(
        Note("report.corrected_all") if limit is None else Note("report.corrected_top", limit=limit),
        frame,
        found.codes.base,
        {name: found.codes.columns[name].heading for name in names},
        tuple(note for note in found.codes.notes if getattr(note, "key", "") not in _OF_OTHERS),
    )


def _groups(groups: Table, top: Table, by: str) -> Table:
    """The corrected percentage and interval of each group side by side, a row a code of `top`.

    Groups with a base (effective, where there are weights) under `MIN_BASE` are in the frame, and their names in the
    notes.
    """
    names = [name for name in ("code", "label", "level") if name in top.frame]
    wide, shown, small = top.frame[names], {"label": top.shown["label"]}, []
    for name, rows in groups.frame.groupby("group", sort=False):
        mine = rows.set_index("code").loc[wide["code"]].reset_index()
        columns = {f"{what}:{name}": mine[what] for what in ("base", "n", "percent", "low", "high")}
        wide = wide.assign(**columns, **{f"interval:{name}": _intervals(mine)})
        base = int(mine["base"].max())
        if (mine["effective_base"].max() if "effective_base" in mine else base) < MIN_BASE:
            small.append(f"{name} ({base})")
        else:
            shown |= {f"percent:{name}": f"{name}, N={base}", f"interval:{name}": top.shown["interval"]}
    notes = [Note("report.small_bases", least=MIN_BASE, names=small)] if small else []
    return Table(Note("report.corrected_groups", by=by), wide, None, shown, (*notes, *groups.notes))


def _intervals(frame: pd.DataFrame) -> list[str]:
    """The ends of each interval; nothing where it has none."""
    ends = zip(frame["low"].tolist(), frame["high"].tolist(), strict=True)
    return ["" if np.isnan(low) or high - low < EXACT else between(low, high) for low, high in ends]


def _facts(
    found: Estimation, answers: Answers, codebook: Codebook | None, seed: int, predictions: tuple[str, ...]
) -> MethodFacts:
    base = found.codes.base or 0
    book = codebook or Codebook.from_ids(found.codes.frame["code"], answers.path.stem)
    sample = "targeted" if found.targeted else "all" if found.hand == base else "random"
    predicts = sample == "random"
    machine = found.method
    if predictions:
        ours = "rules+classifier" if any(code.rules for code in book.codes) else "classifier"
        machine = ours if found.method.endswith("classifier") else ""
    return MethodFacts(
        base=base,
        effective_base=found.effective_base,
        unanswered=len(answers) - base,
        question=book.asked,
        codebook=book.name,
        codebook_version=book.version,
        codebook_hash=book.hash,
        codes=len(book.codes),
        machine=machine if predicts else "",
        machine_coded=base - found.hand,
        predictions=predictions if predicts else (),
        hand_sample=sample,
        hand=found.hand,
        unlike=found.unlike and predicts,
        corrected=True if predicts else None,
        intervals=("estimate",) if predicts else (),
        level=LEVEL,
        seed=seed,
    )
