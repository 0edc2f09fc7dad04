"""The whole job: answers coded, counted, compared with the last wave, and the report and files that say so.

What people coded stays as it is. The rest is coded by the rules, weighed with a classifier where
people coded enough to learn from; topics say what the answers without a code are about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from coder.codebook import Codebook
from coder.coding import Coding
from coder.corpus import Corpus
from coder.errors import CoderError
from coder.files.answers import Answers, write_coded
from coder.files.cells import separator
from coder.files.writing import write_sheets
from coder.jobs.machine import Machine, together
from coder.languages.language import answered, language_of
from coder.languages.nl.pipeline import BUNDLED
from coder.methods.rules.engine import Rules
from coder.note import Note, Progress, silent
from coder.reports.content import Report, Section, section_of
from coder.reports.finding import is_tested
from coder.reports.methods import MethodFacts, is_named, methods
from coder.reports.quotes import choose_quotes
from coder.reports.template import Template
from coder.reports.write import write_report
from coder.resources import __version__
from coder.tables.comparison import compare
from coder.tables.frequency import top
from coder.tables.mentions import MACHINES, Mentions, mentions
from coder.tables.table import Said, Table

FINAL_COLUMN = "final_codes"
"""The column in which a run writes what the table counts."""
_OF_A_RUN = ("coded", "coded.assignments", "top", "comparison", "topics")
"""The names of the files of data that a run writes."""


@dataclass(frozen=True, slots=True)
class Run:
    """What came out of a run.

    `final` is what the table counts: `hand` where people coded, `machine` elsewhere. `scores` is the
    micro-F1 of each way of coding on hand-coded answers held out ({} where nothing was learned).
    `topics` is None, with the reason in `no_topics`, where none were looked for. `evidence` are the
    hits of the rules in every answer.
    """

    corpus: Corpus
    codebook: Codebook
    final: Coding
    machine: Coding
    hand: Coding | None
    evidence: Coding
    scores: Mapping[str, float]
    topics: pd.DataFrame | None
    no_topics: Note | None
    no_answer: "pd.Index[str]"
    table: Table
    comparison: Table | None
    seed: int


def run(
    corpus: Corpus,
    codebook: Codebook,
    *,
    hand: Coding | None = None,
    then: Mentions | Table | None = None,
    topics: bool = True,
    no_answer: Sequence[str] | None = None,
    nlp: str = BUNDLED,
    seed: int = 1,
    progress: Progress = silent,
) -> Run:
    """Code, count and compare the answers of one question.

    `hand` are the decisions people took; `then` is the last wave: what respondents mentioned, or a
    published table; it is not compared where nobody answered now. Answers that say nothing
    (`no_answer`) and that nobody coded are left out of the base. `nlp` names the pipeline that the
    rules use. Where the corpus has waves, what is learned is as in `coder.train`.

    >>> import coder
    >>> from coder.resources import resource
    >>> answers = coder.read(resource("corpora/wishes-2021.csv"), text="answer", id="id")
    >>> book = coder.read_codebook(resource("codebooks/wishes.yaml"))
    >>> coder.run(answers, book, topics=False).final
    <Coding by rules: 120 answers, 76 with a code; 10 codes given 96 times>
    """
    progress("progress.reading", 0, 4)
    seen_by_hand = hand.seen if hand is not None else corpus.ids[:0]
    said = answered(corpus, language_of(codebook.language), no_answer).ids.union(seen_by_hand, sort=False)
    nothing = corpus.ids.difference(said, sort=False)
    answers = corpus.take(corpus.ids.difference(nothing, sort=False))
    progress("progress.learning" if hand is not None else "progress.coding", 1, 4)
    decides = Machine.learned(answers, hand, codebook, rules=Rules(nlp), seed=seed, progress=progress)
    progress("progress.coding", 2, 4)
    evidence = decides.rules.code(answers, codebook)
    rest = answers.ids.difference(seen_by_hand, sort=False)
    alone = decides.model is None
    machine = evidence.take(rest) if alone else decides.code(answers.take(rest), progress=progress)
    final = together(hand, machine, corpus)
    progress("progress.topics", 3, 4)
    found, why = _topics(answers, final, codebook, seed) if topics else (None, Note("run.topics_not_asked"))
    progress("progress.done", 4, 4)
    now = mentions(final, codebook, rows=len(corpus), unanswered=len(nothing))
    table = top(now, codebook)
    if hand is not None and (later := hand.later(corpus, codebook)):
        table = replace(table, notes=(*table.notes, Note("tables.later_codes", labels=later)))
    return Run(
        corpus=corpus,
        codebook=codebook,
        final=final,
        machine=machine,
        hand=hand,
        evidence=evidence,
        scores=decides.scores,
        topics=found,
        no_topics=why,
        no_answer=nothing,
        table=table,
        comparison=compare(now, then, codebook) if then is not None and len(now) else None,
        seed=seed,
    )


def _topics(answers: Corpus, final: Coding, codebook: Codebook, seed: int) -> tuple[pd.DataFrame | None, Note | None]:
    uncoded = final.seen.difference(pd.Index(final.assignments["unit"].unique()), sort=False)
    try:
        from coder.methods.topics import find_topics  # noqa: PLC0415 (loads scikit-learn)

        return find_topics(answers.take(uncoded), language=codebook.language, seed=seed).frame, None
    except CoderError as error:
        return None, error.note


# What it says of itself in a report, and the files it leaves


def write_run(
    done: Run,
    answers: Answers,
    folder: Path,
    *,
    workbook: bool = False,
    endings: Sequence[str] = (),
    templates: Sequence[Template] = (),
    made: date | None = None,
) -> list[Path]:
    """Write the report, the coded answers, the tables and the topics of a run; returns the files.

    The report is a page; with `endings` (".pptx", ".docx") it is these too, as it is for each of the house styles
    `templates`. It bears the day on which it was `made`.
    """
    title = done.codebook.asked or answers.worded or answers.path.stem
    content = Report(title, (section(done, title=title),), methods(_known(done)), made=made)
    asked = dict.fromkeys([".html", *endings, *(one.ending for one in templates)])
    files = write_report(content, [folder / f"report{ending}" for ending in asked], templates=templates)
    return [*files, *write_data(done, answers, folder, "xlsx" if workbook else "csv")]


def left_over(files: Sequence[Path], folder: Path) -> list[Path]:
    """The files that an earlier run left in the folder, and that are not among those just written."""
    listed = [folder / f"{name}{ending}" for name in _OF_A_RUN for ending in (".csv", ".xlsx")]
    listed += [folder / f"report{ending}" for ending in (".pptx", ".docx")]
    return [path for path in listed if path.is_file() and path not in files]


def section(done: Run, table: Table | None = None, title: Said = "") -> Section:
    """The section of a run; `table` is the one to open with, the run's own unless given.

    `title` is what it is called where the codebook does not say what was asked.
    """
    shown = table or done.table
    codes = [id_ for id_ in shown.frame["code"] if id_ in done.codebook.ids]
    chosen = choose_quotes(done.final, done.corpus, codes, evidence=done.evidence, seed=done.seed)
    no_topics = [Note("report.no_topics", why=done.no_topics)] if done.topics is None else []
    tables = {"top": shown, **({"comparison": done.comparison} if done.comparison is not None else {})}
    return section_of(
        done.codebook.asked or title or done.codebook.name,
        tables,
        intervals=not len(done.machine.seen),
        quotes=tuple((done.codebook.text(code), quotes) for code, quotes in chosen.items() if quotes),
        topics=_topics_table(done.topics) if done.topics is not None else None,
        facts=(*_facts(done), *no_topics),
    )


def _known(done: Run) -> MethodFacts:
    """What a run knows of how its numbers were made."""
    book, by_hand = done.codebook, len(done.hand.seen) if done.hand else 0
    machine = len(done.machine.seen)
    return MethodFacts(
        base=len(done.final.seen),
        unanswered=len(done.no_answer),
        question=book.asked,
        codebook=book.name,
        codebook_version=book.version,
        codebook_hash=book.hash,
        codes=len(book.codes),
        people=(by_hand,) if by_hand else (),
        machine=done.machine.coder if machine else "",
        machine_coded=machine,
        corrected=False,
        f1=max(done.scores.values()) if done.scores else None,
        intervals=("ranks",) if done.comparison is not None and "place" in done.comparison.shown else (),
        tests=("newcombe",) if is_tested(done.comparison) else (),
        adjusted=is_tested(done.comparison),
        seed=done.seed,
    )


def _topics_table(topics: pd.DataFrame) -> Table:
    """Topics as a table of a report."""
    heads = {"words": "topic_words", "size": "topic_size", "answers": "topic_answers"}
    shown = {name: Note(f"report.{key}") for name, key in heads.items()}
    return Table(Note("report.topics"), topics, None, shown)


def _method(done: Run) -> Said:
    """The way in which the machine coded, in words."""
    name = done.machine.coder
    return Note(f"methods.{name}") if name in MACHINES else name


def _codebook(book: Codebook) -> Note:
    """What the answers were coded with; without a name or a version where it has none."""
    about = {"hash": book.hash, "codes": len(book.codes)}
    named = f" {book.name}" if is_named(book.name) else ""
    if not book.version:
        return Note("run.codebook_plain", named=named, **about)
    return Note("run.codebook", named=named, version=book.version, **about)


def _facts(done: Run) -> list[Note]:
    book = done.codebook
    by_hand = len(done.hand.seen) if done.hand else 0
    facts = [
        Note("run.base", base=len(done.final.seen), rows=len(done.corpus), nothing=len(done.no_answer)),
        _codebook(book),
        Note("run.coders", hand=by_hand, machine=len(done.machine.seen), method=_method(done)),
    ]
    if done.scores:
        scores = [Note("run.score", way=Note(f"run.{way}"), score=value) for way, value in done.scores.items()]
        facts.append(Note("run.scores", scores=scores))
    if by_hand < len(done.final.seen):
        facts.append(Note("run.counted"))
    return [*facts, Note("run.made", version=__version__, seed=done.seed)]


def write_data(done: Run, answers: Answers, folder: Path, ending: str) -> list[Path]:
    """Write the coded answers, the tables and the topics of a run as .csv or .xlsx (`ending`)."""
    parts = [done.hand, done.machine] if done.hand is not None else [done.machine]
    files = write_coded(folder / f"coded.{ending}", answers, done.final, done.codebook.ids, FINAL_COLUMN, parts=parts)
    tables = {"top": done.table.frame}
    if done.comparison is not None:
        tables["comparison"] = done.comparison.frame
    if done.topics is not None:
        tables["topics"] = done.topics
    for name, frame in tables.items():
        files += write_sheets(folder / f"{name}.{ending}", {name: frame}, separator(answers.path))
    return files
