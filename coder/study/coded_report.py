"""A report of a file of coded answers: what `coder report` counts, compares, quotes and says."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from coder.codebook import Codebook
from coder.corpus import TEXT, Corpus
from coder.dutch.no_answer import no_answers
from coder.errors import DataError
from coder.files.answers import parse_codes, read_answers
from coder.files.respondents import read_mentions
from coder.files.sheets import column, read_sheet, separator
from coder.files.waves import read_wave
from coder.reports.content import Report, Respondents, Section, bar_chart
from coder.reports.finding import finding, is_tested
from coder.reports.methods import MethodFacts, methods
from coder.reports.quotes import Quote, choose_quotes
from coder.statistics.intervals import margin
from coder.tables.comparison import compare
from coder.tables.frequency import top
from coder.tables.groups import groups
from coder.tables.mentions import Mentions
from coder.tables.table import Table

PICKED = "x"
"""What a person writes beside a quote to use."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file of coded answers and the names of its columns, as `coder report` is told them."""

    path: Path
    codes: str = "codes"
    text: str | None = None
    respondent: str | None = None
    weight: str | None = None
    quotes: str | None = None
    empty_is_none: bool = False


def coded_report(
    source: Source,
    codebook: Codebook | None = None,
    *,
    by: str | None = None,
    then: Source | None = None,
    limit: int | None = 10,
    title: str | None = None,
    population: int | None = None,
    self_selected: bool = False,
    language: str = "nl",
    seed: int = 1,
    made: date | None = None,
    with_data: bool = False,
) -> Report:
    """The report of one question: its frequency table, beside the last wave where there is one, and quotes.

    `by` names a column of groups, which adds where codes stand out. `then` is the last wave: coded answers, or a
    published table (its text and quotes are not used). Quotes need the column of the text. Of `population`
    respondents were drawn at random, unless they are `self_selected`. `with_data` keeps the respondents, for .sav.

    Raises `DataError` as reading the files does, and for a population of fewer than there are respondents.
    """
    mentions, book = read_mentions(
        source.path,
        codes=source.codes,
        codebook=codebook,
        respondent=source.respondent,
        weight=source.weight,
        background=[by] if by else [],
        empty_is_none=source.empty_is_none,
    )
    if population is not None and population < len(mentions):
        raise DataError(f"The population ({population}) is smaller than the base ({len(mentions)}); see --population.")
    question = book.question.get(language) or title or source.path.stem
    table = top(mentions, book, limit=limit, language=language)
    tables, comparison = {"top": table}, None
    if then is not None:
        before = read_wave(
            then.path,
            codes=then.codes,
            codebook=codebook,
            respondent=then.respondent,
            weight=then.weight,
            empty_is_none=then.empty_is_none,
        )
        comparison = compare(mentions, before, codebook, limit=limit or len(book.codes), seed=seed, language=language)
        tables["comparison"] = comparison
    if by:
        found = groups(mentions, book, by, language=language)
        tables |= {"groups": found.table, "profiles": found.profiles}
    section = Section(
        title=question,
        finding=finding(table, comparison, language),
        tables=tables,
        chart=bar_chart(comparison or table, language),
        quotes=_quotes(source, book, table, language, seed) if source.text else (),
    )
    known = _known(source, mentions, book, language)
    known = replace(
        known,
        drawn="self_selected" if self_selected else "random" if population is not None else "",
        population=population,
        margin=None if self_selected or population is None else _margin(mentions, population),
        intervals=("bootstrap",) if comparison is not None and "place" in comparison.shown else (),
        tests=(*(["newcombe"] if is_tested(comparison) else []), *(["residuals"] if by else [])),
        adjusted=is_tested(comparison) or by is not None,
        seed=seed,
    )
    return Report(
        title=title or question,
        language=language,
        sections=(section,),
        methods=methods(known, language=language),
        made=made,
        respondents=_respondents(source, mentions, book, question) if with_data else None,
        separator=separator(source.path),
    )


def _quotes(
    source: Source, book: Codebook, table: Table, language: str, seed: int
) -> tuple[tuple[str, tuple[Quote, ...]], ...]:
    """Answers for each code of the table, those that a person marked first, without how they were coded."""
    answers = read_answers(source.path, text=str(source.text), needs=[source.codes])
    cells = answers.sheet[source.codes].set_axis(answers.corpus.ids)
    coding = parse_codes(cells, book, source.path.name, empty_is_none=source.empty_is_none)
    picked: dict[str, list[str]] = {}
    if source.quotes:
        marked = _marked(
            column(answers.sheet, source.quotes, source.path, "--quotes").set_axis(answers.corpus.ids), source.path
        )
        for code, unit in coding.pairs()[["code", "unit"]].itertuples(index=False):
            if unit in marked:
                picked.setdefault(code, []).append(unit)
    codes = [code for code in table.frame["code"] if code in book.ids]
    chosen = choose_quotes(coding, answers.corpus, codes, picked=picked, language=language, seed=seed)
    return tuple(
        (book.label(code, language), tuple(replace(quote, reason="") for quote in quotes))
        for code, quotes in chosen.items()
        if quotes
    )


def _marked(cells: "pd.Series[str]", path: Path) -> set[str]:
    """The units beside which a person wrote x."""
    plain = cells.str.strip().str.casefold()
    if len(other := cells[~plain.isin(["", PICKED])]):
        raise DataError(
            f"{path.name} has {other.iloc[0]!r} in column {cells.name!r}, row {other.index[0]}; write x beside an "
            "answer to quote and leave the other cells empty."
        )
    return set(cells.index[(plain == PICKED).to_numpy()])


def _known(source: Source, mentions: Mentions, book: Codebook, language: str) -> MethodFacts:
    """What the file says of the numbers in it; who coded it, it does not."""
    weighted = mentions.weights is not None
    unanswered = 0
    if source.text:
        sheet = read_sheet(source.path, [source.text, source.codes])
        uncoded = sheet[(sheet[source.codes].str.strip() == "").to_numpy() & (not source.empty_is_none)]
        unanswered = int(no_answers(Corpus(uncoded[[source.text]].set_axis([TEXT], axis=1))).sum())
    return MethodFacts(
        base=len(mentions),
        unanswered=unanswered,
        uncoded=mentions.left_out - unanswered if source.text else 0,
        question=book.question.get(language, ""),
        codebook=book.name,
        codebook_version=book.version,
        codebook_hash=book.hash,
        codes=len(book.codes),
        weight=source.weight or "",
        effective_base=mentions.effective_base if weighted else None,
    )


def _margin(mentions: Mentions, population: int) -> float:
    """The margin of error of 50 %, in percentage points."""
    return 100 * margin(mentions.effective_base, population=population, drawn=len(mentions))


def _respondents(source: Source, mentions: Mentions, book: Codebook, question: str) -> Respondents:
    """The columns of the file but that of the codes, a row a respondent; what one said in several rows is joined."""
    sheet = read_sheet(source.path, [source.codes])
    weight = source.weight
    if source.respondent:
        who = sheet[source.respondent].str.strip()
        frame = sheet.drop(columns=source.codes).groupby(who.to_numpy(), sort=False).agg(_joined)
    else:
        frame = sheet.drop(columns=source.codes)
        frame.index = pd.Index([str(number) for number in range(1, len(sheet) + 1)])
    return Respondents(frame, mentions, book, question, weight)


def _joined(cells: "pd.Series[str]") -> str:
    return " | ".join(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))
