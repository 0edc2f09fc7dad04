"""What a run or the demo says of itself in a report, and the files they leave."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from coder.codebook import Codebook
from coder.files.answers import Answers, write_coded
from coder.files.cells import separator
from coder.files.writing import write_sheets
from coder.jobs.demo import Demo
from coder.jobs.run import Run
from coder.note import Note
from coder.reports.chart import bar_chart
from coder.reports.content import Report, Section, for_readers, glance
from coder.reports.finding import finding, is_tested
from coder.reports.methods import MethodFacts, is_named, methods
from coder.reports.pictures import pictures_of
from coder.reports.quotes import choose_quotes
from coder.reports.template import Template
from coder.reports.write import write_report
from coder.reports.write_html import write_tables
from coder.tables.mentions import MACHINES
from coder.tables.table import Said, Table
from coder.version import __version__

FINAL_COLUMN = "final_codes"
"""The column in which a run writes what the table counts."""
_OF_A_RUN = ("coded", "coded.assignments", "top", "comparison", "topics")
"""The names of the files of data that a run writes."""


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
    return [*files, *_write_data(done, answers, folder, "xlsx" if workbook else "csv")]


def write_demo(lists: Sequence[Demo], folder: Path) -> list[Path]:
    """Write one report of all lists, and the coded answers and tables of each in a folder of its own."""
    sections = tuple(map(_demo_section, lists))
    report = Report(Note("demo.title"), sections, note=Note("demo.note"))
    files = write_report(report, [folder / "report.html"])
    for one in lists:
        files += _write_data(one.machine, one.answers, folder / one.name, "csv")
    return files


def write_evaluation(
    tables: Sequence[Table],
    path: Path,
    title: str,
    names: Sequence[str] = ("codes", "overall", "curve"),
    *,
    sep: str = ";",
) -> list[Path]:
    """Write the tables of an evaluation or an estimate as .html, .csv (with this separator) or .xlsx."""
    if path.suffix.lower() == ".html":
        return write_tables(path, title, tables)
    return write_sheets(path, {name: table.frame for name, table in zip(names, tables, strict=False)}, sep)


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
    return Section(
        title=done.codebook.asked or title or done.codebook.name,
        finding=finding(shown, done.comparison),
        tables={name: for_readers(one) for name, one in tables.items()},
        chart=bar_chart(done.comparison or shown),
        quotes=tuple((done.codebook.text(code), quotes) for code, quotes in chosen.items() if quotes),
        topics=topics_table(done.topics) if done.topics is not None else None,
        facts=(*_facts(done), *no_topics),
        glance=glance(done.comparison) if done.comparison is not None else None,
        pictures=pictures_of(shown, done.comparison),
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


def topics_table(topics: pd.DataFrame) -> Table:
    """Topics as a table of a report."""
    heads = {"words": "topic_words", "size": "topic_size", "answers": "topic_answers"}
    shown = {name: Note(f"report.{key}") for name, key in heads.items()}
    return Table(Note("report.topics"), topics, None, shown)


def _demo_section(one: Demo) -> Section:
    part = section(one.machine, one.people)
    return replace(
        part,
        finding=finding(one.people, one.comparison),
        tables={
            name: for_readers(table)
            for name, table in (("top", one.people), ("comparison", one.comparison), ("beside", one.beside))
        },
        chart=bar_chart(one.comparison),
        facts=(agreement_line(one), *part.facts),
        glance=glance(one.comparison),
        pictures=pictures_of(one.people, one.comparison),
    )


def agreement_line(one: Demo) -> Note:
    """How well the machine agreed with people on the answers whose codes it did not see."""
    scores = {name: float(one.agreement[name]) for name in ("precision", "recall", "f1")}
    return Note("run.agreement", hidden=one.hidden, **scores)


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


def _write_data(done: Run, answers: Answers, folder: Path, ending: str) -> list[Path]:
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
