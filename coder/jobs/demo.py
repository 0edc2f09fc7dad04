"""The demo: the synthetic corpora of the repository, coded by people and by the machine, side by side."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coder.codebook import Codebook
from coder.coding import Coding
from coder.files.answers import Answers, parse_codes, read_answers
from coder.files.codebooks import read_codebook
from coder.jobs.run import Run, run
from coder.note import Note
from coder.progress import Progress, silent
from coder.resources import resource
from coder.statistics.scores import Scores, micro
from coder.tables.comparison import compare
from coder.tables.frequency import top
from coder.tables.mentions import mentions
from coder.tables.table import Table

LISTS = ("trends", "wishes")
HIDDEN = 0.6
"""The share of hand codes that the machine does not get to see."""


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
