"""A report of coded answers: what `coder report` counts, compares, quotes and says."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from coder.codebook import Codebook
from coder.coding import Coding
from coder.errors import DataError
from coder.files.cells import separator
from coder.files.coded import Coded, made_in
from coder.files.filled_sheets import recorded_draw
from coder.languages.language import answered, language_of
from coder.learning.estimation import Estimation, estimate
from coder.note import Note, Progress, silent
from coder.reports.chart import Chart, bar_chart, interval_chart
from coder.reports.content import Report, Respondents, section_of, with_groups
from coder.reports.finding import corrected_finding, is_tested
from coder.reports.methods import Alpha, MethodFacts, alpha_of, methods
from coder.reports.quotes import Quote, choose_quotes
from coder.statistics.proportions import margin
from coder.tables.agreement import agree
from coder.tables.comparison import compare
from coder.tables.frequency import top
from coder.tables.groups import Groups, groups
from coder.tables.mentions import Mentions
from coder.tables.table import MIN_BASE, Table
from coder.words import EXACT, between

LEVEL = 0.95
"""The coverage of the intervals of a report."""
_OF_OTHERS = {"estimate.by_hand_note", "estimate.good_as_note", "estimate.n_unweighted"}
"""Notes on columns that a report does not show."""
_MADE_FROM = "made_from"
"""The table beside answers that a study exported."""


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What may be asked of a report, whatever answers it is of.

    `by` names a column of groups, which adds where codes stand out. `limit` is the last rank that is shown, None for
    every code; `nets` ranks nets, with their codes under them; with `classifier` ours predicts beside predictions from
    elsewhere. Of `population` respondents were drawn at random, unless they are `self_selected`. `title` is what it is
    called where not as the question, `made` the day that it bears.
    """

    by: str | None = None
    limit: int | None = 10
    nets: bool = False
    classifier: bool = False
    title: str | None = None
    population: int | None = None
    self_selected: bool = False
    seed: int = 1
    made: date | None = None


PLAIN = ReportOptions()
"""A report of which nothing is asked."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What stands first in a report with a hand-coded sample, and what its methods paragraph says of it.

    Of a sample that was targeted there is no estimate: then `tables` is empty. `estimates` has every code.
    """

    estimates: Table
    tables: Mapping[str, Table]
    chart: Chart | None
    facts: MethodFacts


def coded_report(
    coded: Coded,
    codebook: Codebook | None = None,
    asked: ReportOptions = PLAIN,
    *,
    then: Mentions | Table | None = None,
    with_data: bool = False,
    progress: Progress = silent,
) -> Report:
    """The report of one question: its frequency table, beside the last wave where there is one, and quotes.

    `then` is the last wave: what respondents mentioned, or a published table. Quotes need the texts of the answers.
    `with_data` keeps the respondents, for .sav.

    With codes by hand the table, the comparison, the chart, the finding and the groups are estimates with their
    interval. A sample that was targeted gives none: codes are counted then, and the finding says so.

    Raises `DataError` as counting and estimating do, for a population of fewer than there are respondents, and for
    options that do not go together.
    """
    if asked.nets and then is not None:
        raise DataError("report.nets_then")
    if with_data and coded.kinds is not None:
        raise DataError("report.folder_data")
    best = _estimated(coded, codebook, asked, progress)
    book = coded.book(codebook)
    by = asked.by if best is None or not best.tables else None
    mentions = coded.mentions(book, [by] if by else [])
    known = _known(coded, mentions, book, best, asked)
    found = groups(mentions, book, str(mentions.background.columns[0]), nets=asked.nets) if by else None
    tables = _tables(coded, mentions, book, best, then, codebook, asked, found)
    comparison = tables.get("comparison")
    question = book.asked or asked.title or coded.answers.worded or coded.answers.path.stem
    shown = with_groups(tables, str(asked.by))
    estimated = best is not None and bool(best.tables)
    corrected = {} if best is None else _corrected_parts(best, tables["top"], comparison)
    section = section_of(
        question,
        shown,
        found,
        asked.limit,
        intervals=not mentions.maker.is_machine,
        quotes=_quotes(coded, book, tables["top"], asked.seed) if coded.answers.text else (),
        caveat=Note("report.of_file", level=100 * LEVEL) if estimated and "interval" in tables["top"].shown else "",
        **corrected,
    )
    agreement = _agreement(coded, codebook, asked.seed)
    known = replace(
        _tested(known, tables, grouped="profiles" in tables and "groups" in shown),
        codebook=known.codebook if codebook else "",
        agreement=agreement,
    )
    return Report(
        title=asked.title or question,
        sections=(section,),
        methods=methods(known),
        made=asked.made,
        respondents=_respondents(coded, mentions, book, question) if with_data else None,
        separator=separator(coded.answers.path),
    )


def _corrected_parts(best: Corrected, table: Table, comparison: Table | None) -> dict[str, Any]:
    """What differs in a section of estimates; of a sample that gives no estimate the finding is that it gives none."""
    found = corrected_finding(table, comparison) if best.tables else Note("report.no_estimate")
    return {"finding": found, "chart": _chart(best, comparison), "pictures": {}}


def _chart(best: Corrected, comparison: Table | None) -> Chart | None:
    """The bars of this wave and the last with their intervals; None where there is no estimate."""
    if best.chart is None or comparison is None or (both := bar_chart(comparison)) is None:
        return best.chart
    return replace(both, note=Note("report.sentences", sentences=[one for one in (best.chart.note, both.note) if one]))


def _estimated(coded: Coded, codebook: Codebook | None, asked: ReportOptions, progress: Progress) -> Corrected | None:
    """The estimates where there are codes by hand. Raises `DataError` where they leave nothing to show."""
    if coded.hand is None:
        return None
    if coded.answers.corpus.respondent:
        raise DataError("report.hand_respondent")
    if made := made_in(coded.answers, coded.hand):
        key = "estimate.machine_coded" if made.all else "estimate.machine_among"
        raise DataError(key, column=coded.hand.coder, file=coded.answers.path.name, answers=made.answers)
    best = _corrected(coded, coded.hand, codebook, asked, progress)
    if not best.tables and coded.coding.coder == coded.hand.coder:
        raise DataError("report.all_targeted", column=coded.hand.coder)
    return best


def _tables(
    coded: Coded,
    mentions: Mentions,
    book: Codebook,
    best: Corrected | None,
    then: Mentions | Table | None,
    codebook: Codebook | None,
    asked: ReportOptions,
    found: Groups | None,
) -> dict[str, Table]:
    """The tables: those of the estimates where there are any, and those of what was counted where not."""
    estimates = best.estimates if best is not None and best.tables else None
    tables = {"top": top(mentions, book, limit=asked.limit, nets=asked.nets)}
    if then is not None:
        now = mentions if estimates is None else estimates
        tables["comparison"] = compare(now, then, codebook, limit=asked.limit or len(book.codes))
    if found is not None:
        tables |= {"groups": found.table, **({"profiles": found.profiles} if found.is_tested else {})}
    if best is None:
        return tables
    counted = tables if estimates is None else {name: one for name, one in tables.items() if name != "comparison"}
    return {**tables, **_uncorrected(counted, best, coded.coding.coder), **best.tables}


def _uncorrected(tables: Mapping[str, Table], best: Corrected, column: str) -> dict[str, Table]:
    """The tables of counts in a report of estimates, which say that they are, and why there is no estimate."""
    counted = Note("report.not_corrected", column=column)
    before = (counted,) if best.tables else (Note("report.no_sample", hand=best.facts.hand), counted)
    return {
        name: replace(table, title=Note("report.counts", title=table.title), notes=(*before, *table.notes))
        for name, table in tables.items()
    }


def _agreement(coded: Coded, codebook: Codebook | None, seed: int) -> Alpha | None:
    """Krippendorff's alpha of the codes and those of a second coder, where there is one."""
    first, second = coded.hand or coded.coding, coded.second
    if second is None:
        return None
    if first.coder == second.coder:
        raise DataError("report.second_same", column=first.coder)
    alpha = alpha_of(agree([first, second], codebook, seed=seed))
    if np.isnan(alpha.value):
        raise DataError("report.second_little", first=first.coder, second=second.coder, units=alpha.units)
    return alpha


def _quotes(coded: Coded, book: Codebook, table: Table, seed: int) -> tuple[tuple[str, tuple[Quote, ...]], ...]:
    """Answers for each code of the table, those that a person marked first, without how they were coded."""
    picked: dict[str, list[str]] = {}
    coding, corpus = coded.coding, coded.answers.corpus
    if coded.quotable is not None and coded.quotable.corpus is not None:
        coding, corpus = coded.quotable, coded.quotable.corpus
    for code, unit in coding.pairs()[["code", "unit"]].itertuples(index=False):
        if unit in coded.picked:
            picked.setdefault(code, []).append(unit)
    codes = [code for code in table.frame["code"] if code in book.ids]
    chosen = choose_quotes(coding, corpus, codes, picked=picked, seed=seed)
    return tuple(
        (book.text(code), tuple(replace(quote, reason="") for quote in quotes))
        for code, quotes in chosen.items()
        if quotes
    )


def _known(
    coded: Coded, mentions: Mentions, book: Codebook, best: Corrected | None, asked: ReportOptions
) -> MethodFacts:
    """What is known of the numbers, and of how respondents were drawn. Raises for a population that is too small."""
    known = best.facts if best is not None and best.tables else _counted(coded, mentions, book, best)
    base, drawn = known.base or 0, None
    if asked.population is not None:
        if asked.population < base:
            raise DataError("report.population", population=asked.population, base=base)
        effective = base if known.effective_base is None else known.effective_base
        drawn = 100 * margin(effective, population=asked.population, drawn=base)
    return replace(
        known,
        drawn="self_selected" if asked.self_selected else "random" if asked.population is not None else "",
        population=asked.population,
        margin=None if asked.self_selected else drawn,
        seed=asked.seed,
    )


def _counted(coded: Coded, mentions: Mentions, book: Codebook, best: Corrected | None) -> MethodFacts:
    """What is known of the numbers counted in a file."""
    corpus, unanswered, divided, made = coded.answers.corpus, 0, 0, coded.made
    if coded.answers.text and coded.kinds is not None:
        unanswered = coded.kinds.unanswered
    elif coded.answers.text:
        rest = corpus.take(corpus.ids[~corpus.ids.isin(coded.coding.seen)])
        left = answered(rest, language_of(book.language)).ids
        unanswered, divided = len(rest) - len(left), _divided(coded, left)
    return MethodFacts(
        base=len(mentions),
        unanswered=unanswered,
        uncoded=mentions.left_out - unanswered - divided if coded.answers.text else 0,
        divided=divided,
        question=book.asked,
        codebook=book.name,
        codebook_version=book.version,
        codebook_hash=book.hash,
        codes=len(book.codes),
        machine=made.method if made else "",
        machine_coded=made.answers if made else 0,
        corrected=False if made else None,
        weight=corpus.weight,
        effective_base=mentions.effective_base if mentions.weights is not None else None,
        intervals=() if mentions.is_plain else ("linearised",),
        hand_sample=best.facts.hand_sample if best else "",
        hand=best.facts.hand if best else 0,
    )


def _divided(coded: Coded, left: "pd.Index[str]") -> int:
    """On how many of these answers, which have no code that is settled, coders differ, in what a study exported."""
    if coded.answers.file.beside(_MADE_FROM) is None:
        return 0
    of_each = [name for name in coded.data if str(name).startswith(f"{coded.coding.coder}_")]
    filled = coded.data[of_each].apply(lambda cells: cells.str.strip() != "").set_axis(coded.answers.corpus.ids)
    return int((filled.loc[left].sum(axis=1) > 1).sum())


def _tested(known: MethodFacts, tables: Mapping[str, Table], *, grouped: bool) -> MethodFacts:
    """The same with the tests and the intervals of these tables, and those of groups where there are any."""
    comparison = tables.get("comparison")
    estimated = comparison is not None and "interval" in comparison.shown
    differences = ["estimates" if estimated else "newcombe"] if is_tested(comparison) else []
    placed = comparison is not None and "place" in comparison.shown
    ranks = ["estimated_ranks" if estimated else "ranks"] if placed else []
    return replace(
        known,
        intervals=(*known.intervals, *ranks),
        tests=(*differences, *(["residuals"] if grouped else [])),
        adjusted=is_tested(comparison) or grouped,
    )


def _respondents(coded: Coded, mentions: Mentions, book: Codebook, question: str) -> Respondents:
    """The columns beside the codes, a row a respondent; what one said in several rows is joined."""
    corpus = coded.answers.corpus
    if (who := corpus.respondents) is None:
        frame = coded.data.set_axis(corpus.ids)
    else:
        frame = coded.data.groupby(who.fillna("").str.strip().to_numpy(), sort=False).agg(_joined)
    return Respondents(frame, mentions, book, question, corpus.weight or None)


def _joined(cells: "pd.Series[str]") -> str:
    return " | ".join(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))


# What a random hand-coded sample makes of it: corrected frequencies in place of counted ones


def _corrected(
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
        kinds=coded.kinds,
        progress=progress,
    )
    named = tuple(one.name for one in coded.predictions)
    rows = len(answers) if coded.kinds is None else int(coded.kinds.times.sum())
    book = codebook or Codebook.from_ids(found.codes.frame["code"], answers.path.stem)
    facts = replace(corrected_facts(found, book, rows, named), weight=weight, seed=asked.seed)
    if found.targeted:
        return Corrected(found.codes, {}, None, facts)
    chances = chance[hand.seen].dropna() if chance is not None else pd.Series(dtype=float)
    top = corrected_top(found, asked.limit)
    notes = [Note("report.interval_note", level=100 * LEVEL), *found.warnings]
    return Corrected(
        found.codes,
        {"top": top} | ({"groups": corrected_groups(found.groups, top, str(by))} if found.groups else {}),
        interval_chart(top, Note("report.corrected"), Note("report.sentences", sentences=notes)),
        replace(facts, unequal=bool(facts.corrected) and bool((chances != chances.max()).any())),
    )


def corrected_top(found: Estimation, limit: int | None) -> Table:
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


def corrected_groups(groups: Table, top: Table, by: str) -> Table:
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
            shown |= {f"percent:{name}": f"{name}, N={base}"}
            shown |= {f"interval:{name}": top.shown["interval"]} if "interval" in top.shown else {}
    notes = [Note("report.small_bases", least=MIN_BASE, names=small)] if small else []
    return Table(Note("report.corrected_groups", by=by), wide, None, shown, (*notes, *groups.notes))


def _intervals(frame: pd.DataFrame) -> list[str]:
    """The ends of each interval; nothing where it has none."""
    ends = zip(frame["low"].tolist(), frame["high"].tolist(), strict=True)
    return ["" if np.isnan(low) or high - low < EXACT else between(low, high) for low, high in ends]


def corrected_facts(found: Estimation, book: Codebook, rows: int, predictions: tuple[str, ...] = ()) -> MethodFacts:
    """What the methods paragraph says of estimates from so many rows; `predictions` names those from elsewhere."""
    base = found.codes.base or 0
    sample = "targeted" if found.targeted else "all" if found.hand == base else "random"
    predicts, machine = sample == "random", found.method
    if predictions:
        ours = "rules+classifier" if any(code.rules for code in book.codes) else "classifier"
        machine = ours if machine.endswith("classifier") else ""
    return MethodFacts(
        base=base,
        effective_base=found.effective_base,
        unanswered=rows - base,
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
    )
