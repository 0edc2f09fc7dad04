"""Is what `coder compare --recode` calls opinion opinion: ``python benchmarks/recode.py [ROUNDS]``.

Two simulated waves of 400 respondents and 10 codes of 2 to 40 %, coded by people and again by a machine that misses
some mentions, and gives some codes wrongly. Prints in which share of the tables a difference in opinion is called
where there is none, by the difference between the machine's codes alone and by the table; in which share the table
calls the change of ten points that one code has, where it has one, opinion; and in which the table calls something the
instrument's of which it is not. With Monte Carlo standard errors.
"""

import sys
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.codebook import Code, Codebook
from coder.tables.comparison import ALPHA, DOWN, UP
from coder.tables.mentions import Mentions
from coder.tables.recoding import opinion_and_instrument

RESPONDENTS = 400
SHARES = np.array([0.4, 0.3, 0.25, 0.2, 0.15, 0.1, 0.08, 0.05, 0.03, 0.02])
CHANGED, POINTS = 2, 0.1
"""The code that changes, where one does, and by how much."""
BOOK = Codebook(tuple(Code(f"c{place}", place + 1, {}) for place in range(len(SHARES))))

Labels = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Case:
    """How much the machine finds and invents, now and then; what people found then of what is there; and a change."""

    recall: tuple[float, float] = (0.85, 0.85)
    invents: tuple[float, float] = (0.01, 0.01)
    people_then: float = 1.0
    changed: bool = False


CASES = {
    "finds as much in both": Case(),
    "finds less then": Case(recall=(0.9, 0.6)),
    "finds less now": Case(recall=(0.6, 0.9)),
    "somewhat less then": Case(recall=(0.85, 0.7)),
    "invents more now": Case(invents=(0.06, 0.01)),
    "invents more then": Case(invents=(0.01, 0.06)),
    "people found less then": Case(people_then=0.6),
    "finds as much, one code changed": Case(changed=True),
    "finds half, one code changed": Case(recall=(0.5, 0.5), changed=True),
    "people found less, one code changed": Case(people_then=0.6, changed=True),
}


def main(rounds: int = 300) -> None:
    """Simulate, and print a line a case."""
    heads = ("false, machine", "false, table", "opinion found", "false instrument")
    print(f"{'':38}" + "".join(f"{head:>20}" for head in heads))
    for name, case in CASES.items():
        random = np.random.default_rng(1)
        found = np.mean([_table(case, random) for _ in range(rounds)], axis=0)
        errors = np.sqrt(found * (1 - found) / rounds)
        cells = [f"{value:.3f} ± {error:.3f}" for value, error in zip(found, errors, strict=True)]
        cells[2] = cells[2] if case.changed else ""
        cells[3] = cells[3] if case.people_then == 1 else ""
        print(f"{name:38}" + "".join(f"{cell:>20}" for cell in cells), flush=True)


def _table(case: Case, random: np.random.Generator) -> tuple[bool, bool, bool, bool]:
    """Whether a table has a false opinion by the machine alone, a false one, the true one, a false instrument."""
    true_then = random.random((RESPONDENTS, len(SHARES))) < SHARES
    more = POINTS * (np.arange(len(SHARES)) == CHANGED) * case.changed
    true_now = random.random(true_then.shape) < SHARES + more
    people_then = true_then & (random.random(true_then.shape) < case.people_then)
    waves = zip((true_now, true_then), case.recall, case.invents, strict=True)
    again = [_machine(true, recall, invents, random) for true, recall, invents in waves]
    frame = opinion_and_instrument(
        _mentions(true_now, "n"),
        _mentions(people_then, "t"),
        _mentions(again[1], "t"),
        BOOK,
        instrument="machine",
        now_again=_mentions(again[0], "n"),
        limit=len(SHARES),
    ).frame.set_index("code")
    changed = (frame.index == BOOK.ids[CHANGED]) & case.changed
    called = frame["opinion_change"].isin([UP, DOWN])
    return (
        bool(((frame["opinion_p_adjusted"] < ALPHA) & ~changed).any()),
        bool((called & ~changed).any()),
        bool((called & changed).any()),
        bool(frame["instrument_change"].isin([UP, DOWN]).any()),
    )


def _machine(true: Labels, recall: float, invents: float, random: np.random.Generator) -> Labels:
    chance = random.random(true.shape)
    return np.where(true, chance < recall, chance < invents)


def _mentions(given: Labels, name: str) -> Mentions:
    who = pd.Index([f"{name}{place}" for place in range(len(given))], name="respondent")
    return Mentions(pd.DataFrame(index=who), BOOK.ids, given)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
