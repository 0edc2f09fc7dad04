"""A report of a file of coded answers: what `coder report` counts, compares, quotes and says."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from coder.codebook import Codebook
from coder.corpus import TEXT, Corpus
from coder.errors import DataError
from coder.files.answers import read_answers, read_codes
from coder.files.cells import separator
from coder.files.sheets import TableSource, as_file
from coder.files.wave_files import read_mentions, read_wave
from coder.jobs.corrected import Corrected, corrected
from coder.languages.language import answered
from coder.note import Note
from coder.progress import Progress, silent
from coder.reports.content import Report, Respondents, Section, bar_chart
from coder.reports.finding import finding, is_tested
from coder.reports.methods import Alpha, MethodFacts, alpha_of, methods
from coder.reports.quotes import Quote, choose_quotes
from coder.statistics.proportions import margin
from coder.tables.agreement import agree
from coder.tables.comparison import compare
from coder.tables.frequency import top
from coder.tables.groups import groups
from coder.tables.mentions import Mentions
from coder.tables.table import Table

PICKED = "x"
"""What a person writes beside a quote to use."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file of coded answers and the names of its columns, as `coder report` is told them.

    `hand` has the codes of the answers that people coded, drawn with `probability`: then percentages are corrected,
    and `codes`, the same column where there is no other, is used for what is not. `second` has those of a second coder.
    `strata`, `clusters` and `fpc` say how respondents were drawn.
    """

    file: TableSource
    codes: str = "codes"
    text: str | None = None
    respondent: str | None = None
    weight: str | None = None
    quotes: str | None = None
    empty_is_none: bool = False
    hand: str | None = None
    probability: str | None = None
    second: str | None = None
    strata: str | None = None
    clusters: str | None = None
    fpc: str | None = None

    @property
    def path(self) -> Path:
        """Where the file is."""
        return as_file(self.file).path

    def named(self) -> "Source":
        """The same, read once, with columns called by their own names. Raises `DataError` where one is not there."""
        asked = {
            "--codes": self.codes,
            "--text": self.text,
            "--respondent": self.respondent,
            "--weight": self.weight,
            "--quotes": self.quotes,
            "--hand": self.hand,
            "--probability": self.probability,
            "--second": self.second,
        }
        file = as_file(self.file)
        sheet = file.read({name: option for option, name in asked.items() if name})
        found = {option: sheet.name(name, option) for option, name in asked.items() if name}
        return Source(
            file,
            found["--codes"],
            found.get("--text"),
            found.get("--respondent"),
            found.get("--weight"),
            found.get("--quotes"),
            self.empty_is_none,
            found.get("--hand"),
            found.get("--probability"),
            found.get("--second"),
        )


def coded_report(
    source: Source,
    codebook: Codebook | None = None,
    *,
    by: str | None = None,
    then: Source | None = None,
    limit: int | None = 10,
    nets: bool = False,
    title: str | None = None,
    population: int | None = None,
    self_selected: bool = False,
    seed: int = 1,
    made: date | None = None,
    with_data: bool = False,
    progress: Progress = silent,
) -> Report:
    """The report of one question: its frequency table, beside the last wave where there is one, and quotes.

    `by` names a column of groups, which adds where codes stand out. `then` is the last wave: coded answers, or a
    published table (its text and quotes are not used). `nets` ranks nets, with their codes under them. Quotes need
    the column of the text. Of `population` respondents were drawn at random, unless they are `self_selected`.
    `with_data` keeps the respondents, for .sav.

    With a column of hand codes the table, the comparison, the chart, the finding and the groups are estimates with
    their interval. A sample that was targeted gives none: codes are counted then, and the finding says so.

    Raises `DataError` as reading the files and estimating do, for a population of fewer than there are respondents,
    and for options that do not go together.
    """
    _check(source, then, nets=nets)
    source = source.named()
    best = _estimated(source, codebook, by, limit, seed, progress, nets=nets)
    corrects = best is not None and bool(best.tables)
    mentions, book = read_mentions(
        source.file,
        codes=source.codes,
        codebook=codebook,
        respondent=source.respondent,
        weight=source.weight,
        background=[by] if by and not corrects else [],
        empty_is_none=source.empty_is_none,
        strata=source.strata,
        clusters=source.clusters,
        fpc=source.fpc,
    )
    base = best.facts.base or 0 if best is not None and corrects else len(mentions)
    if population is not None and population < base:
        raise DataError("report.population", population=population, base=base)
    table = top(mentions, book, limit=limit, nets=nets)
    tables, comparison = {"top": table}, None
    if then is not None:
        now = best.estimates if best is not None and corrects else mentions
        comparison = _compared(now, then, codebook, limit or len(book.codes))
        tables["comparison"] = comparison
    if by and not corrects:
        found = groups(mentions, book, str(mentions.background.columns[0]), nets=nets)
        tables |= {"groups": found.table, "profiles": found.profiles}
    if best is not None:
        tables = {**_uncorrected(tables, best, source.codes), **best.tables}
    if comparison is not None and corrects:
        tables["comparison"] = comparison
    question = book.asked or title or _worded(source) or source.path.stem
    section = Section(
        title=question,
        finding=best.finding if best is not None else finding(table, comparison),
        tables=tables,
        chart=best.chart if best is not None else bar_chart(comparison or table),
        quotes=_quotes(source, book, tables["top"], seed) if source.text else (),
    )
    known = best.facts if best is not None and corrects else _known(source, mentions, book, best)
    estimated = comparison is not None and "interval" in comparison.shown
    differences = ["estimates" if estimated else "newcombe"] if is_tested(comparison) else []
    placed = comparison is not None and "place" in comparison.shown
    ranks = ["estimated_ranks" if estimated else "ranks"] if placed else []
    known = replace(
        known,
        codebook=known.codebook if codebook else "",
        agreement=_agreement(source, codebook, seed) if source.second else None,
        drawn="self_selected" if self_selected else "random" if population is not None else "",
        population=population,
        margin=None if self_selected or population is None else _margin(known, population),
        intervals=(*known.intervals, *ranks),
        tests=(*differences, *(["residuals"] if "profiles" in tables else [])),
        adjusted=is_tested(comparison) or "profiles" in tables,
        seed=seed,
    )
    return Report(
        title=title or question,
        sections=(section,),
        methods=methods(known),
        made=made,
        respondents=_respondents(source, mentions, book, question) if with_data else None,
        separator=separator(source.path),
    )


def _check(source: Source, then: Source | None, *, nets: bool) -> None:
    """Raise where options do not go together."""
    if nets and then:
        raise DataError("report.nets_then")
    if source.hand is None:
        if source.probability:
            raise DataError("report.probability_hand")
        return
    if source.strata or source.clusters or source.fpc:
        raise DataError("report.hand_design")
    if source.text is None:
        raise DataError("report.hand_text")
    if source.respondent:
        raise DataError("report.hand_respondent")


def _estimated(
    source: Source,
    codebook: Codebook | None,
    by: str | None,
    limit: int | None,
    seed: int,
    progress: Progress,
    *,
    nets: bool,
) -> Corrected | None:
    """The estimates where there is a column of hand codes. Raises `DataError` where it leaves nothing to show."""
    if source.hand is None or source.text is None:
        return None
    best = corrected(
        as_file(source.file),
        text=source.text,
        hand=source.hand,
        probability=source.probability,
        weight=source.weight,
        by=by,
        codebook=codebook,
        limit=limit,
        nets=nets,
        seed=seed,
        progress=progress,
    )
    if not best.tables and source.codes == source.hand:
        raise DataError("report.all_targeted", column=source.hand)
    return best


def _compared(now: Mentions | Table, then: Source, codebook: Codebook | None, limit: int) -> Table:
    before = read_wave(
        then.file,
        codes=then.codes,
        codebook=codebook,
        respondent=then.respondent,
        weight=then.weight,
        empty_is_none=then.empty_is_none,
        strata=then.strata,
        clusters=then.clusters,
        fpc=then.fpc,
    )
    return compare(now, before, codebook, limit=limit)


def _uncorrected(tables: Mapping[str, Table], best: Corrected, column: str) -> dict[str, Table]:
    """The tables of counts in a report of estimates, which say that they are, and why there is no estimate."""
    counted = Note("report.not_corrected", column=column)
    before = (counted,) if best.tables else (Note("report.no_sample", hand=best.facts.hand), counted)
    return {
        name: replace(table, title=Note("report.counts", title=table.title), notes=(*before, *table.notes))
        for name, table in tables.items()
    }


def _agreement(source: Source, codebook: Codebook | None, seed: int) -> Alpha:
    """Krippendorff's alpha of the codes and those of a second coder; of the second, an empty cell is not coded."""
    first, second = source.hand or source.codes, str(source.second)
    if first == second:
        raise DataError("report.second_same", column=first)
    sheet = as_file(source.file).read({first: "--codes", second: "--second"})
    codings = {
        first: read_codes(sheet, first, codebook, empty_is_none=source.empty_is_none and not source.hand),
        second: read_codes(sheet, second, codebook, option="--second"),
    }
    alpha = alpha_of(agree(codings, codebook, seed=seed))
    if np.isnan(alpha.value):
        raise DataError("report.second_little", first=first, second=second, units=alpha.units)
    return alpha


def _quotes(source: Source, book: Codebook, table: Table, seed: int) -> tuple[tuple[str, tuple[Quote, ...]], ...]:
    """Answers for each code of the table, those that a person marked first, without how they were coded."""
    answers = read_answers(source.file, text=str(source.text), needs=[source.codes])
    coding = answers.coding(source.codes, book, empty_is_none=source.empty_is_none)
    picked: dict[str, list[str]] = {}
    if source.quotes:
        marked = _marked(answers.column(source.quotes, "--quotes"), source.path)
        for code, unit in coding.pairs()[["code", "unit"]].itertuples(index=False):
            if unit in marked:
                picked.setdefault(code, []).append(unit)
    codes = [code for code in table.frame["code"] if code in book.ids]
    chosen = choose_quotes(coding, answers.corpus, codes, picked=picked, seed=seed)
    return tuple(
        (book.text(code), tuple(replace(quote, reason="") for quote in quotes))
        for code, quotes in chosen.items()
        if quotes
    )


def _marked(cells: "pd.Series[str]", path: Path) -> set[str]:
    """The units beside which a person wrote x."""
    plain = cells.str.strip().str.casefold()
    if len(other := cells[~plain.isin(["", PICKED])]):
        raise DataError(
            "report.quote_marks", file=path.name, cell=other.iloc[0], column=str(cells.name), row=other.index[0]
        )
    return set(cells.index[(plain == PICKED).to_numpy()])


def _known(source: Source, mentions: Mentions, book: Codebook, best: Corrected | None) -> MethodFacts:
    """What the file says of the numbers counted in it; who coded it, it does not."""
    weighted = mentions.weights is not None
    unanswered = 0
    if source.text:
        sheet = as_file(source.file).read({source.text: "--text", source.codes: "--codes"})
        seen = read_codes(sheet, source.codes, book, empty_is_none=source.empty_is_none).seen
        texts = pd.DataFrame({TEXT: sheet.column(source.text, "--text")}).set_axis(
            [str(number) for number in range(1, len(sheet.frame) + 1)]
        )
        rest = Corpus(texts[~texts.index.isin(seen)])
        unanswered = len(rest) - len(answered(rest, book.language))
    return MethodFacts(
        base=len(mentions),
        unanswered=unanswered,
        uncoded=mentions.left_out - unanswered if source.text else 0,
        question=book.asked,
        codebook=book.name,
        codebook_version=book.version,
        codebook_hash=book.hash,
        codes=len(book.codes),
        weight=source.weight or "",
        effective_base=mentions.effective_base if weighted else None,
        intervals=() if mentions.is_plain else ("linearised",),
        hand_sample=best.facts.hand_sample if best else "",
        hand=best.facts.hand if best else 0,
    )


def _worded(source: Source) -> str:
    """The question as the file words it, under the name of the column or as that name; "" where it does not."""
    if not source.text:
        return ""
    read = as_file(source.file).read({source.text: "--text"})
    name = read.name(source.text, "--text")
    return read.wording.get(name) or (name if name.endswith("?") else "")


def _margin(known: MethodFacts, population: int) -> float:
    """The margin of error of 50 %, in percentage points."""
    base = known.base or 0
    effective = base if known.effective_base is None else known.effective_base
    return 100 * margin(effective, population=population, drawn=base)


def _respondents(source: Source, mentions: Mentions, book: Codebook, question: str) -> Respondents:
    """The columns of the file but that of the codes, a row a respondent; what one said in several rows is joined."""
    sheet = as_file(source.file).read({source.codes: "--codes"})
    weight = source.weight
    frame = sheet.frame.drop(columns=list(sheet.find(source.codes, "--codes").names))
    if source.respondent:
        who = sheet.column(source.respondent, "--respondent").str.strip()
        frame = frame.groupby(who.to_numpy(), sort=False).agg(_joined)
    else:
        frame.index = pd.Index([str(number) for number in range(1, len(frame) + 1)])
    return Respondents(frame, mentions, book, question, weight)


def _joined(cells: "pd.Series[str]") -> str:
    return " | ".join(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))
