"""Facts of the sample: how many answered, what share of whom, and how far a percentage may be off by chance."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coder.corpus import TEXT, Corpus
from coder.errors import DataError
from coder.languages.language import no_answers
from coder.statistics.intervals import margin
from coder.tables.facts_words import decimals, facts_words, whole
from coder.tables.mentions import Mentions
from coder.tables.table import Table

LEAST = 30
"""A base under this is flagged."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Three tables: `sample` has a row a fact, `questions` a row a question, `groups` a row a group and question.

    `value` and `margin` are unrounded: counts, shares in 0..100, margins in percentage points.
    """

    sample: Table
    questions: Table
    groups: Table

    @property
    def tables(self) -> dict[str, Table]:
        """Those with rows, by name."""
        every = {"sample": self.sample, "questions": self.questions, "groups": self.groups}
        return {name: table for name, table in every.items() if len(table.frame)}


def facts(
    sheet: pd.DataFrame,
    *,
    text: Sequence[str] = (),
    by: Sequence[str] = (),
    weight: "pd.Series[float] | None" = None,
    population: int | None = None,
    invited: int | None = None,
    self_selected: bool = False,
    left_out: int = 0,
    level: float = 0.95,
    no_answer: Sequence[str] | None = None,
    language: str = "nl",
) -> Facts:
    """The facts of a sample; each row of `sheet` (text cells) is a respondent, see `find_duplicates`.

    `text` are the columns of questions: the base of each is who gave an answer that says something
    (see `coder.dutch.no_answer`). `by` are the columns of groups. The margin of error is that of 50 %
    at `level`, with finite population correction where `population` is given (not for groups, whose
    size in the population is not known). With `weight` (rows,) it is that of the effective base
    (Kish 1965). `left_out` is how many duplicates are not in the sheet.

    Raises `DataError` for a column that is not there, a weight that is not above 0, more respondents
    than were invited or than the population has.
    """
    said = facts_words(language)
    _check(sheet, [*text, *by], population, invited, level)
    nothing = {name: no_answers(Corpus(sheet[[name]].set_axis([TEXT], axis=1)), no_answer) for name in text}
    empty = {name: (sheet[name].str.strip() == "").to_numpy() for name in text}
    given = np.stack([~nothing[name] for name in text], axis=1) if text else np.zeros((len(sheet), 0), dtype=np.bool_)
    weights = None if weight is None else np.asarray(weight, dtype=np.float64)
    background = sheet[list(by)].set_axis(sheet.index.astype(str), axis=0)
    everyone = Mentions(background, tuple(text), given, weights)
    measured = _Margins(level, population, language)
    notes = [said["self_selected" if self_selected else "random"]]
    notes += [said["weighted"]] if weights is not None else []
    questions = pd.DataFrame([measured.row(everyone, place) for place in range(len(text))], columns=_MARGIN)
    questions.insert(0, "question", list(text))
    questions.insert(2, "says_nothing", [int((nothing[name] & ~empty[name]).sum()) for name in text])
    questions.insert(3, "empty", [int(empty[name].sum()) for name in text])
    questions["percent"] = questions["base"] / len(sheet) * 100
    shown = ("question", "base", "percent", "says_nothing", "empty", *measured.shown(everyone))
    notes_here = [said["base_note"], *_small(questions["base"].min(), said), *measured.notes(said), *notes]
    return Facts(
        _sample(everyone, measured, invited, left_out, notes, said),
        Table(said["questions"], questions, len(sheet), _heads(shown, said), tuple(notes_here)),
        _groups(everyone, measured, by, notes, said),
    )


_MARGIN = ("base", "effective", "margin", "effective_text", "margin_text")


@dataclass(frozen=True, slots=True)
class _Margins:
    """How the margin of a base is reckoned and written."""

    level: float
    population: int | None
    language: str

    def row(self, people: Mentions, question: int | None = None) -> tuple[int, float, float, str, str]:
        """Base, effective base, margin in points, and the last two as written: of who answered the question."""
        some = people if question is None else people.take(people.given[:, question])
        effective, points = some.effective_base, self.points(some)
        written = decimals(effective, 1, self.language), decimals(points, 2, self.language)
        return len(some), effective, points, *written

    def points(self, people: Mentions) -> float:
        """The margin in percentage points."""
        drawn, level = len(people), self.level
        return margin(people.effective_base, population=self.population, drawn=drawn, level=level) * 100

    def shown(self, people: Mentions) -> tuple[str, ...]:
        """The columns people see."""
        return ("margin_text",) if people.weights is None else ("effective_text", "margin_text")

    def notes(self, said: Mapping[str, str]) -> list[str]:
        """That the population counts in the margin, if it does."""
        if self.population is None:
            return []
        return [said["finite_note"].format(population=whole(self.population, self.language))]

    def coverage(self) -> str:
        """The level in percent, as written."""
        return decimals(self.level * 100, 0 if (self.level * 100).is_integer() else 1, self.language)


def _sample(
    people: Mentions,
    measured: _Margins,
    invited: int | None,
    left_out: int,
    notes: Sequence[str],
    said: Mapping[str, str],
) -> Table:
    rows = list(_facts(people, measured, invited, said))
    frame = pd.DataFrame(rows, columns=["fact", "label", "value", "text"])
    silent = int((~people.given.any(axis=1)).sum()) if people.codes else 0
    every = [said["left_out"].format(count=left_out)] if left_out else []
    every += [said["nobody_answered"].format(count=silent)] if silent else []
    every += _small(len(people), said)
    shown = {"label": said.get("head_label", ""), "text": said.get("head_value", "")}
    return Table(said["sample"], frame, len(people), shown, (*every, *notes))


def _facts(
    people: Mentions, measured: _Margins, invited: int | None, said: Mapping[str, str]
) -> Iterator[tuple[str, str, float, str]]:
    """The name of each fact, its label, its value, and that as written."""
    language, population = measured.language, measured.population

    def count(name: str, value: int) -> tuple[str, str, float, str]:
        return name, said[name], float(value), whole(value, language)

    def percent(name: str, share: float) -> tuple[str, str, float, str]:
        return name, said[name], share * 100, said["percent"].format(percent=decimals(share * 100, 1, language))

    def points(name: str, label: str, value: float) -> tuple[str, str, float, str]:
        return name, label, value, said["points"].format(margin=decimals(value, 2, language))

    yield count("respondents", len(people))
    if invited is not None:
        yield count("invited", invited)
        yield percent("response", len(people) / invited)
    if population is not None:
        yield count("population", population)
        yield percent("sampled", len(people) / population)
    if people.weights is not None:
        effective = people.effective_base
        yield "effective", said["effective"], effective, decimals(effective, 1, language)
        yield "design", said["design"], len(people) / effective, decimals(len(people) / effective, 2, language)
    level = measured.coverage()
    infinite = _Margins(measured.level, None, language)
    yield points("margin", said["margin"].format(level=level), infinite.points(people))
    if population is not None:
        label = said["margin_finite"].format(level=level, population=whole(population, language))
        yield points("margin_finite", label, measured.points(people))


def _groups(
    everyone: Mentions, measured: _Margins, by: Sequence[str], notes: Sequence[str], said: Mapping[str, str]
) -> Table:
    alone = _Margins(measured.level, None, measured.language)
    rows = []
    nowhere = []
    for column in by:
        groups = everyone.groups(column)
        if missing := len(everyone) - sum(map(len, groups.values())):
            nowhere.append(said["no_group"].format(column=column, count=missing))
        for name, people in groups.items():
            rows += [(column, name, "", *alone.row(people))]
            rows += [(column, name, question, *alone.row(people, place)) for place, question in enumerate(people.codes)]
    frame = pd.DataFrame(rows, columns=["by", "group", "question", *_MARGIN])
    frame["small"] = frame["base"] < LEAST
    frame["label"] = frame["question"].where(frame["question"] != "", said["all"])
    frame["flag"] = np.where(frame["small"], said["under"].format(least=LEAST), "")
    shown = _heads(
        ("by", "group", *(["label"] if everyone.codes else []), "base", *measured.shown(everyone), "flag"), said
    )
    if everyone.codes:
        shown["label"] = said.get("head_question", "")
    every = [*nowhere, *_small(frame["base"].min(), said)]
    every += [said["group_margin"]] if measured.population is not None else []
    return Table(said["groups"], frame, len(everyone), shown, (*every, *notes))


def _small(base: float, said: Mapping[str, str]) -> list[str]:
    """The warning beside a base, the smallest of several, of which no percentages are given."""
    return [said["small"].format(least=LEAST)] if base < LEAST else []


def _heads(names: Sequence[str], said: Mapping[str, str]) -> dict[str, str]:
    return {name: said.get("head_" + name.removesuffix("_text"), "") for name in names}


def _check(
    sheet: pd.DataFrame, names: Sequence[str], population: int | None, invited: int | None, level: float
) -> None:
    if missing := [name for name in names if name not in sheet.columns]:
        raise DataError(f"There is no column {missing[0]!r}; there are {', '.join(map(str, sheet.columns))}.")
    if not 0 < level < 1:
        raise DataError(f"The level of a margin is between 0 and 1, such as 0.95; not {level}.")
    for name, size in (("--invited", invited), ("--population", population)):
        if size is not None and size < max(len(sheet), 1):
            raise DataError(f"{name} says {size}, and the file has {len(sheet)} respondents; it cannot be fewer.")
    if invited is not None and population is not None and invited > population:
        raise DataError(f"--invited says {invited} and --population {population}; nobody is invited from outside it.")
