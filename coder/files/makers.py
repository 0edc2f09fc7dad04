"""Who coded what stands in a column of codes, where the file says so: the assignments that coder wrote beside it."""

from dataclasses import dataclass

import pandas as pd

from coder.coding import Coding
from coder.files.answers import Answers

ASSIGNMENTS = "assignments"
"""The sheet (or FILE.assignments.csv) with a row a unit and code, and who gave it."""
MACHINES = ("rules", "classifier", "rules+classifier")
"""What coder calls the ways in which a machine codes."""
_OF_A_STUDY = "machine"
_MOST = 0.9
"""A column that has the codes of the machine on so many of its units has them from the machine."""
_FEWEST = 10


@dataclass(frozen=True, slots=True)
class Made:
    """What a machine coded: by which of `MACHINES`, how many answers, and whether these are `all` of the column."""

    method: str
    answers: int
    all: bool


def made_by(coding: Coding, method: str) -> Made | None:
    """What is known of a coding that bears the name of who made it."""
    return Made(method, len(coding.seen), all=True) if method in MACHINES else None


def made_in(answers: Answers, coding: Coding) -> Made | None:
    """What a machine coded in a column of a file; None where the file does not say so, or says that it did not."""
    long = answers.file.beside(ASSIGNMENTS)
    if long is None or not {"unit", "code", "coder", "reason"} <= set(long):
        return None
    units = _units(answers, long["unit"])
    if units is None:
        return None
    long = long.assign(unit=units).dropna(subset=["unit"])
    machine = long["coder"].isin([*MACHINES, _OF_A_STUDY])
    people = set(long.loc[~machine, "unit"])
    alone = long[machine & ~long["unit"].isin(people)]
    given, found = (_codes(frame) for frame in (alone, coding.pairs()))
    same = [unit for unit, codes in given.items() if found.get(unit) == codes]
    if len(given) < _FEWEST or len(same) < _MOST * len(given):
        return None
    return Made(_method(alone), len(coding.seen) if not people else len(same), all=not people)


def _codes(pairs: pd.DataFrame) -> dict[str, frozenset[str]]:
    """The codes of each unit."""
    return {str(unit): frozenset(codes) for unit, codes in pairs.groupby("unit", sort=False)["code"]}


def _units(answers: Answers, named: "pd.Series[str]") -> "pd.Series[str] | None":
    """The units as these answers call them: by the first column that has all the names, else by the row."""
    names, ids = set(named), answers.corpus.ids
    if names <= set(ids):
        return named
    for name in answers.sheet:
        cells = answers.sheet[name]
        if names <= set(cells) and cells.is_unique:
            return named.map(dict(zip(cells, ids, strict=True)))
    return None


def _method(assignments: pd.DataFrame) -> str:
    """By which way these were coded; a study says it of each code alone."""
    coder = str(assignments["coder"].iloc[0])
    if coder in MACHINES:
        return coder
    by_rule = assignments["reason"].str.startswith("rule")
    return "rules" if by_rule.all() else "rules+classifier" if by_rule.any() else "classifier"
