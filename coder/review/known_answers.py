"""What a file of answers has to do with a study: of which question and wave its answers are, and whose codes it has."""

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

import pandas as pd

from coder.files import roles
from coder.files.published_by_content import year_of
from coder.files.sheets import Sheet
from coder.study import Question, Study

_SAME = 0.8
"""Answers are those of a question where so great a share of them has its texts."""
_FEWEST = 3
_WHOSE = re.compile(
    r"(?:codes?|codering|gecodeerd|coder|labels?|thema'?s?)[ _-]+(?:(?:van|door|by|of|de|par)[ _-]+)?(\D.*)",
    re.IGNORECASE,
)
"""A column of codes that is called by who gave them: "Codes Els"."""


def known(
    study: Study | None, sheet: Sheet, guesses: Sequence[roles.Guess], columns: Sequence[dict[str, Any]], beyond: int
) -> dict[str, str]:
    """The wave and the coder that are proposed; `columns` of answers of a question of the study get its name.

    A file whose answers are in the study is one of their wave, such as the sheet that a colleague coded; of any
    other the year in its name, or in a title above its columns, is the wave.
    """
    found = {"wave": "", "whose": _whose(study, guesses)}
    ids = next((sheet.frame[one.column] for one in guesses if one.role == roles.ID), None)
    questions = [study[name] for name in study.questions()] if study is not None else []
    for guess, column in zip(guesses, columns, strict=True):
        if guess.role != roles.OPEN:
            continue
        name, wave = _of(questions, sheet.frame[guess.column], ids) if not beyond else ("", "")
        name = name or _called(questions, guess)
        column["question"] = name or column["question"]
        found["wave"] = found["wave"] or wave
    if not found["wave"]:
        titles = takewhile(lambda row: sum(cell.strip() != "" for cell in row) < 2, sheet.file.top())  # noqa: PLR2004
        found["wave"] = year_of(sheet.file.path.stem, *(" ".join(row) for row in titles))
    return found


def _of(questions: Sequence[Question], cells: "pd.Series[str]", ids: "pd.Series[str] | None") -> tuple[str, str]:
    """The question whose texts these are, and the wave in which they have the same ids; "" where there is none."""
    filled = cells.str.strip() != ""
    texts = cells.str.strip()[filled]
    names = (ids if ids is not None else pd.Series(range(1, len(cells) + 1), index=cells.index)).astype(str)[filled]
    if len(texts) < _FEWEST:
        return "", ""
    for question in questions:
        units = question.units()
        said = units["text"].str.strip()
        if texts.isin(set(said)).mean() < _SAME:
            continue
        same = {wave: _alike(said, texts, names.str.strip(), str(wave)) for wave in units["wave"].unique()}
        best = max(same, key=lambda wave: same[wave])
        return question.name, str(best) if same[best] >= _SAME else ""
    return "", ""


def _alike(said: "pd.Series[str]", texts: "pd.Series[str]", names: "pd.Series[str]", wave: str) -> float:
    """The share of the texts that the answers of a wave with these ids have."""
    there = said.reindex([f"{wave}:{name}" if wave else name for name in names])
    return float((there.to_numpy() == texts.to_numpy()).mean())


def _called(questions: Sequence[Question], guess: roles.Guess) -> str:
    """The question that is called or worded as the column is."""
    asked = {" ".join(text.split()).casefold() for text in (guess.column, guess.wording) if text.strip()}
    for question in questions:
        if asked & {question.name.casefold(), " ".join(question.roles().wording.split()).casefold()}:
            return question.name
    return ""


def _whose(study: Study | None, guesses: Sequence[roles.Guess]) -> str:
    """Whose codes they are, where the only column of codes says so; as the study spells it."""
    given = [one.column for one in guesses if one.role == roles.CODES]
    match = _WHOSE.fullmatch(given[0].strip()) if len(given) == 1 else None
    if match is None:
        return ""
    spelt: dict[str, str] = {}
    if study is not None:
        spelt = {str(name).casefold(): str(name) for name in study.people()["name"]}
    return spelt.get(match[1].casefold(), match[1])
