"""Facts of the sample: how many answered, what share of whom, and how far a percentage may be off by chance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coder.corpus import TEXT, Corpus
from coder.errors import DataError
from coder.languages.language import no_answers
from coder.note import Note
from coder.statistics.proportions import margin
from coder.tables.mentions import Mentions
from coder.tables.table import MIN_BASE, Column, Said, Table


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
) -> Facts:
    """The facts of a sample; each row of `sheet` (text cells) is a respondent, see `find_duplicates`.

    `text` are the columns of questions: the base of each is who gave an answer that says something
    (see `coder.languages.nl.no_answer`). `by` are the columns of groups. The margin of error is that of 50 %
    at `level`, with finite population correction where `population` is given (not for groups, whose
    size in the population is not known). With `weight` (rows,) it is that of the effective base
    (Kish 1965). `left_out` is how many duplicates are not in the sheet.

    Raises `DataError` for a column that is not there, a weight that is not above 0, more respondents
    than were invited or than the population has.

    >>> import coder
    >>> import pandas as pd
    >>> sheet = pd.DataFrame({"answer": ["video", "nvt", "", "podcast"]}, dtype=str)
    >>> coder.facts(sheet, text=["answer"]).questions.frame.loc[0, ["base", "percent"]].tolist()
    [2.0, 50.0]
    """
    _check(sheet, [*text, *by], population, invited, level)
    nothing = {name: no_answers(Corpus(sheet[[name]].set_axis([TEXT], axis=1)), no_answer) for name in text}
    empty = {name: (sheet[name].str.strip() == "").to_numpy() for name in text}
    given = np.stack([~nothing[name] for name in text], axis=1) if text else np.zeros((len(sheet), 0), dtype=np.bool_)
    weights = None if weight is None else np.asarray(weight, dtype=np.float64)
    background = sheet[list(by)].set_axis(sheet.index.astype(str), axis=0)
    everyone = Mentions(background, tuple(text), given, weights)
    measured = _Margins(level, population)
    notes = [Note("facts.self_selected" if self_selected else "facts.random")]
    notes += [Note("facts.weighted")] if weights is not None else []
    questions = pd.DataFrame([measured.row(everyone, place) for place in range(len(text))], columns=_MARGIN)
    questions.insert(0, "question", list(text))
    questions.insert(2, "says_nothing", [int((nothing[name] & ~empty[name]).sum()) for name in text])
    questions.insert(3, "empty", [int(empty[name].sum()) for name in text])
    questions["percent"] = questions["base"] / len(sheet) * 100
    shown = _headings("question", "base", "percent", "says_nothing", "empty") | _margin_columns(everyone)
    notes_here = [Note("facts.base_note"), *_small(questions["base"].min()), *measured.notes(), *notes]
    return Facts(
        _sample(everyone, measured, invited, left_out, notes),
        Table(Note("facts.questions"), questions, len(sheet), shown, tuple(notes_here)),
        _groups(everyone, measured, by, notes),
    )


_MARGIN = ("base", "effective", "margin")


@dataclass(frozen=True, slots=True)
class _Margins:
    """How the margin of a base is reckoned."""

    level: float
    population: int | None

    def row(self, people: Mentions, question: int | None = None) -> tuple[int, float, float]:
        """Base, effective base and margin in points of who answered the question."""
        some = people if question is None else people.take(people.given[:, question])
        return len(some), some.effective_base, self.points(some)

    def points(self, people: Mentions) -> float:
        """The margin in percentage points."""
        drawn, level = len(people), self.level
        return margin(people.effective_base, population=self.population, drawn=drawn, level=level) * 100

    def notes(self) -> list[Note]:
        """That the population counts in the margin, if it does."""
        return [] if self.population is None else [Note("facts.finite_note", population=self.population)]


def _sample(people: Mentions, measured: _Margins, invited: int | None, left_out: int, notes: Sequence[Note]) -> Table:
    rows = list(_facts(people, measured, invited))
    frame = pd.DataFrame(rows, columns=["fact", "value", "level", "population"])
    silent = int((~people.given.any(axis=1)).sum()) if people.codes else 0
    every = [Note("facts.left_out", count=left_out)] if left_out else []
    every += [Note("facts.nobody_answered", count=silent)] if silent else []
    every += _small(len(people))
    shown: dict[str, Said | Column] = {"label": Column("", "fact", ("fact", "level", "population"))}
    shown["written"] = Column(Note("facts.head_value"), "value", ("fact", "value"))
    return Table(Note("facts.sample"), frame, len(people), shown, (*every, *notes))


def _facts(people: Mentions, measured: _Margins, invited: int | None) -> Iterator[tuple[str, float, float, float]]:
    """The name of each fact and its value (a count, a share in 0..100, points or a factor); the level and population.

    These two are nan of a fact that does not depend on them.
    """
    population, level, none = measured.population, measured.level * 100, float("nan")
    yield "respondents", len(people), none, none
    if invited is not None:
        yield "invited", invited, none, none
        yield "response", len(people) / invited * 100, none, none
    if population is not None:
        yield "population", population, none, none
        yield "sampled", len(people) / population * 100, none, none
    if people.weights is not None:
        effective = people.effective_base
        yield "effective", effective, none, none
        yield "design", len(people) / effective, none, none
    yield "margin", _Margins(measured.level, None).points(people), level, none
    if population is not None:
        yield "margin_finite", measured.points(people), level, population


def _groups(everyone: Mentions, measured: _Margins, by: Sequence[str], notes: Sequence[Note]) -> Table:
    alone = _Margins(measured.level, None)
    rows = []
    nowhere = []
    for column in by:
        groups = everyone.groups(column)
        if missing := len(everyone) - sum(map(len, groups.values())):
            nowhere.append(Note("facts.no_group", column=column, count=missing))
        for name, people in groups.items():
            rows += [(column, name, "", *alone.row(people))]
            rows += [(column, name, question, *alone.row(people, place)) for place, question in enumerate(people.codes)]
    frame = pd.DataFrame(rows, columns=["by", "group", "question", *_MARGIN])
    frame["small"] = frame["base"] < MIN_BASE
    shown = _headings("by", "group")
    if everyone.codes:
        shown["asked"] = Column(Note("facts.head_question"), "question", ("question",))
    shown |= _headings("base") | _margin_columns(everyone)
    shown["flag"] = Column("", "small", ("small",))
    every = [*nowhere, *_small(frame["base"].min())]
    every += [Note("facts.group_margin")] if measured.population is not None else []
    return Table(Note("facts.groups"), frame, len(everyone), shown, (*every, *notes))


def _small(base: float) -> list[Note]:
    """The warning beside a base, the smallest of several, of which no percentages are given."""
    return [Note("facts.small", least=MIN_BASE)] if base < MIN_BASE else []


def _headings(*names: str) -> dict[str, Said | Column]:
    return {name: Note(f"facts.head_{name}") for name in names}


def _margin_columns(people: Mentions) -> dict[str, Said | Column]:
    """The columns that say how precise a base is."""
    columns: dict[str, Said | Column] = {"margin": Column(Note("facts.head_margin"), "decimals")}
    if people.weights is None:
        return columns
    return {"effective": Column(Note("facts.head_effective"), "tenths"), **columns}


def _check(
    sheet: pd.DataFrame, names: Sequence[str], population: int | None, invited: int | None, level: float
) -> None:
    if missing := [name for name in names if name not in sheet.columns]:
        raise DataError("facts.no_column", column=missing[0], columns=[str(name) for name in sheet.columns])
    if not 0 < level < 1:
        raise DataError("facts.level", level=level)
    for name, size in (("--invited", invited), ("--population", population)):
        if size is not None and size < max(len(sheet), 1):
            raise DataError("facts.fewer_than_rows", option=name, size=size, rows=len(sheet))
    if invited is not None and population is not None and invited > population:
        raise DataError("facts.invited_outside", invited=invited, population=population)
