"""The demo of the synthetic corpora: coded by people and by the machine, side by side; and the files to begin with."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from coder.codebook import Codebook
from coder.coding import Coding
from coder.files.answers import Answers, parse_codes, read_answers
from coder.files.codebooks import read_codebook
from coder.files.writing import write_sheets
from coder.jobs.run import Run, run, section, write_data
from coder.note import Note, Progress, silent
from coder.reports.content import Report, Section, section_of
from coder.reports.write import write_report
from coder.resources import resource
from coder.statistics.scores import Scores, micro
from coder.tables.comparison import compare
from coder.tables.frequency import top
from coder.tables.mentions import mentions
from coder.tables.table import Table

LISTS = ("trends", "wishes")
HIDDEN = 0.6
"""The share of hand codes that the machine does not get to see."""
_COPIED = {
    "trends.yaml": "codebooks/trends.yaml",
    "policy-themes.yaml": "codebooks/policy-themes.yaml",
    "plans.csv": "corpora/plans.csv",
    "fragments.csv": "corpora/plan-fragments.csv",
}
COLUMNS = {"id": "Nr", "sector": "Sector", "answer": "Antwoord"}


@dataclass(frozen=True, slots=True)
class Demo:
    """One list: the people's table and comparison, and what the machine made of it with most codes hidden.

    `agreement` is measured on the hidden answers alone: the machine's codes against the people's.
    """

    name: str
    answers: Answers
    people: Table
    comparison: Table
    machine: Run
    beside: Table
    agreement: Scores
    hidden: int


def demo(name: str, *, seed: int = 1, progress: Progress = silent) -> Demo:
    """Run one list of the demo, "trends" or "wishes"."""
    codebook = read_codebook(resource(f"codebooks/{name}.yaml"))
    answers, hand = _read(f"{name}-2024", codebook)
    _, before = _read(f"{name}-2021", codebook)
    then = mentions(before, codebook)
    title = codebook.asked or codebook.name
    whole = top(hand, codebook, limit=None)
    known, hidden = hide(hand, HIDDEN, seed)
    machine = run(answers.corpus, codebook, hand=known, then=then, seed=seed, progress=progress)
    return Demo(
        name=name,
        answers=answers,
        people=top(mentions(hand, codebook, rows=len(answers)), codebook, title=title),
        comparison=compare(mentions(hand, codebook), then, codebook),
        machine=machine,
        beside=_beside(whole, top(machine.final, codebook, limit=None)),
        agreement=micro(hand.matrix(hidden, codebook.ids), machine.machine.matrix(hidden, codebook.ids)),
        hidden=len(hidden),
    )


def hide(coding: Coding, share: float, seed: int) -> tuple[Coding, "pd.Index[str]"]:
    """The coding of a random part of its units, and the units that were taken out of it."""
    units = coding.seen.to_numpy()
    out = np.random.default_rng(seed).permutation(len(units))[: round(share * len(units))]
    hidden = pd.Index(units[np.sort(out)])
    return coding.take(coding.seen[~coding.seen.isin(hidden)]), hidden


def _read(name: str, codebook: Codebook) -> tuple[Answers, Coding]:
    answers = read_answers(resource(f"corpora/{name}.csv"), text="answer", id="id", needs=["codes"])
    return answers, parse_codes(answers.corpus.units["codes"], codebook, f"{name}.csv")


def _beside(people: Table, machine: Table) -> Table:
    frame = people.frame[["code", "label", "n", "rank"]].merge(
        machine.frame[["code", "n", "rank"]], on="code", suffixes=("_people", "_machine")
    )
    names = ("label", "n_people", "rank_people", "n_machine", "rank_machine")
    note = Note("demo.bases", people=people.base, machine=machine.base)
    return Table(Note("demo.beside"), frame, people.base, {name: Note(f"demo.{name}") for name in names}, (note,))


def write_demo(lists: Sequence[Demo], folder: Path) -> list[Path]:
    """Write one report of all lists, and the coded answers and tables of each in a folder of its own."""
    sections = tuple(map(_demo_section, lists))
    report = Report(Note("demo.title"), sections, note=Note("demo.note"))
    files = write_report(report, [folder / "report.html"])
    for one in lists:
        files += write_data(one.machine, one.answers, folder / one.name, "csv")
    return files


def _demo_section(one: Demo) -> Section:
    part = section(one.machine, one.people)
    return section_of(
        part.title,
        {"top": one.people, "comparison": one.comparison, "beside": one.beside},
        quotes=part.quotes,
        topics=part.topics,
        facts=(agreement_line(one), *part.facts),
    )


def agreement_line(one: Demo) -> Note:
    """How well the machine agreed with people on the answers whose codes it did not see."""
    scores = {name: float(one.agreement[name]) for name in ("precision", "recall", "f1")}
    return Note("run.agreement", hidden=one.hidden, **scores)


# The files of the quick starts


def write_example(folder: Path) -> list[Path]:
    """Write the answers of 2024 without codes, the table that was published of 2021, the plans, and the codebooks."""
    (folder / "plans").mkdir(parents=True, exist_ok=True)
    answers = write_sheets(folder / "antwoorden.xlsx", {"Ruwe data": _answers()})
    published = write_sheets(folder / "top10-2021.xlsx", {"Top 10": _published()})
    plans = {f"plans/{path.name}": f"corpora/plans/{path.name}" for path in sorted(resource("corpora/plans").iterdir())}
    copied = [shutil.copyfile(resource(source), folder / name) for name, source in (_COPIED | plans).items()]
    return [*answers, *published, *copied]


def _answers() -> pd.DataFrame:
    """The answers of 2024, as a survey tool hands them over: (answers) rows with a number, a sector and a text."""
    frame = pd.read_csv(resource("corpora/trends-2024.csv"), dtype=str, keep_default_na=False)
    return frame[list(COLUMNS)].rename(columns=COLUMNS)


def _published() -> pd.DataFrame:
    """The top 10 of 2021, as a report prints it: a row for each code, and under it what the percentages are of."""
    book = read_codebook(resource("codebooks/trends.yaml"))
    old = read_answers(resource("corpora/trends-2021.csv"), text="answer", id="id", needs=["codes"])
    hand = old.coding("codes", book)
    first = top(mentions(hand, book), book).frame.query("rank <= 10")
    columns = {"Plaats": first["rank"], "Code": first["label"], "n": first["n"], "%": first["percent"].round()}
    rows = pd.DataFrame({name: values.astype(object) for name, values in columns.items()})
    return pd.concat([rows, pd.DataFrame({"Plaats": [f"N = {len(hand.seen)}"]})])
