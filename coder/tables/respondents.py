"""Who answered: the facts of the sample, and which rows are one respondent.

The facts are how many answered, what share of whom, and how far a percentage may be off by chance. Respondents count
once: rows that are the same one, by id or by equal answers, are shown before they go.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.corpus import TEXT, Corpus
from coder.errors import DataError, check_share
from coder.languages.language import no_answers
from coder.note import Note
from coder.statistics.proportions import margin
from coder.tables.mentions import Mentions, check_weights
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
    times: npt.NDArray[np.intp] | None = None,
) -> Facts:
    """The facts of a sample; each row of `sheet` (text cells) is a respondent, see `find_duplicates`.

    `text` are the columns of questions: the base of each is who gave an answer that says something
    (see `coder.languages.nl.no_answer`). `by` are the columns of groups. The margin of error is that of 50 %
    at `level`, with finite population correction where `population` is given (not for groups, whose
    size in the population is not known). With `weight` (rows,) it is that of the effective base
    (Kish 1965). `left_out` is how many duplicates are not in the sheet. With `times` a row stands for so many
    respondents, who are alike in groups and weight, and in which answers say something.

    Raises `DataError` for a column that is not there, a weight that is not above 0, more respondents
    than were invited or than the population has.

    >>> import coder
    >>> import pandas as pd
    >>> sheet = pd.DataFrame({"answer": ["video", "nvt", "", "podcast"]}, dtype=str)
    >>> coder.facts(sheet, text=["answer"]).questions.frame.loc[0, ["base", "percent"]].tolist()
    [2.0, 50.0]
    """
    each = np.ones(len(sheet), dtype=np.intp) if times is None else times
    size = int(each.sum())
    _check(sheet, [*text, *by], population, invited, level, size)
    nothing = {name: no_answers(Corpus(sheet[[name]].set_axis([TEXT], axis=1)), no_answer) for name in text}
    empty = {name: (sheet[name].str.strip() == "").to_numpy() for name in text}
    given = np.stack([~nothing[name] for name in text], axis=1) if text else np.zeros((len(sheet), 0), dtype=np.bool_)
    if weight is not None:
        check_weights(weight, str(weight.name or "weight"), times)
    weights = None if weight is None else np.asarray(weight, dtype=np.float64)
    background = sheet[list(by)].set_axis(sheet.index.astype(str), axis=0)
    everyone = Mentions(background, tuple(text), given, weights, times=times)
    measured = _Margins(level, population)
    notes = [Note("facts.self_selected" if self_selected else "facts.random")]
    notes += [Note("facts.weighted")] if weights is not None else []
    questions = pd.DataFrame([measured.row(everyone, place) for place in range(len(text))], columns=_MARGIN)
    questions.insert(0, "question", list(text))
    questions.insert(2, "says_nothing", [int(each[nothing[name] & ~empty[name]].sum()) for name in text])
    questions.insert(3, "empty", [int(each[empty[name]].sum()) for name in text])
    questions["percent"] = questions["base"] / size * 100
    shown = _headings("question", "base", "percent", "says_nothing", "empty") | _margin_columns(everyone)
    notes_here = [Note("facts.base_note"), *_small(questions["base"].min()), *measured.notes(), *notes]
    return Facts(
        _sample(everyone, measured, invited, left_out, notes),
        Table(Note("facts.questions"), questions, size, shown, tuple(notes_here)),
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
    silent = people.without if people.codes else 0
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
    sheet: pd.DataFrame, names: Sequence[str], population: int | None, invited: int | None, level: float, rows: int
) -> None:
    if missing := [name for name in names if name not in sheet.columns]:
        raise DataError("facts.no_column", column=missing[0], columns=[str(name) for name in sheet.columns])
    check_share(level=level)
    for name, size in (("--invited", invited), ("--population", population)):
        if size is not None and size < max(rows, 1):
            raise DataError("facts.fewer_than_rows", option=name, size=size, rows=rows)
    if invited is not None and population is not None and invited > population:
        raise DataError("facts.invited_outside", invited=invited, population=population)


# Counted once


WORDS = 10
"""Equal answers of fewer words together may be chance. (Of 5,802 rows of a panel, an answer and four background
columns, 210 equalled that of another respondent: all had under 8 words.)"""
_KEEP = (None, "first", "last")


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Rows of a sheet that repeat another.

    `frame` has a row for each: `row` (from 1, under the column names), `id`, `why` (same_id,
    same_answers, short, other_answers), `kept_row` (the row that stands for it) and `counted`, whether
    it stays. `dropped` marks the rows of the sheet that do not, shape (rows,). `compared` are the columns.
    """

    frame: pd.DataFrame
    dropped: npt.NDArray[np.bool_]
    compared: tuple[str, ...]
    words: int

    def kept(self, sheet: pd.DataFrame) -> pd.DataFrame:
        """The sheet without the rows that go."""
        return sheet[~self.dropped]

    def table(self) -> Table:
        """The rows as a table to look at before they go."""
        frame = self.frame
        names = ("row", *(["id"] if (frame["id"] != "").any() else []), "why", "kept_row", "counted")
        forms = {"why": "why", "counted": "yes_no"}
        shown: dict[str, Said | Column] = {
            name: Column(Note(f"facts.head_{name}"), forms.get(name, "")) for name in names
        }
        notes = [Note("facts.dropped", count=int(self.dropped.sum()))]
        notes += [Note("facts.short_note", least=self.words)] if (frame["why"] == "short").any() else []
        notes += [Note("facts.other_note")] if (frame["counted"] & (frame["why"] == "other_answers")).any() else []
        notes += [Note("facts.compared", columns=self.compared)]
        return Table(Note("facts.duplicates"), frame, None, shown, tuple(notes))


def find_duplicates(
    sheet: pd.DataFrame,
    *,
    id: str | None = None,  # noqa: A002 (as elsewhere)
    ignore: Sequence[str] = (),
    text: Sequence[str] = (),
    keep: str | None = None,
    words: int = WORDS,
    no_answer: Sequence[str] | None = None,
) -> Duplicates:
    """The rows of a sheet of text cells that repeat an earlier one, next to it or not.

    Rows are equal where all columns but `id` and `ignore` (times, say) are, without regard to case and
    spaces. Of rows with one id and equal answers the first stays. Rows with one id and different
    answers all stay, unless `keep` is "first" or "last". Of rows with different ids (or none) and equal
    answers the first stays, where the answers have `words` words or more together (columns that are the
    same throughout do not count); shorter ones may be chance: they are listed and stay. Rows in which
    all answers are empty or say nothing repeat nobody; `text` names the columns of answers, all
    compared columns unless given (where a number is an answer).

    Raises `DataError` for a column that is not there, and where no column is left to compare.

    >>> import coder
    >>> import pandas as pd
    >>> sheet = pd.DataFrame({"nr": ["1", "1", "2"], "answer": ["meer video", "Meer video", "podcast"]}, dtype=str)
    >>> found = coder.find_duplicates(sheet, id="nr")
    >>> found.dropped.tolist(), found.frame["why"].tolist()
    ([False, True, False], ['same_id'])
    """
    _check_columns(sheet, [*([id] if id else []), *ignore, *text], keep)
    compared = compared_columns(sheet, id, ignore)
    rows = compare_rows(sheet, compared, id, text, no_answer)
    answers = rows["answers"].tolist()
    sizes = rows["words"].to_numpy(dtype=np.intp) - _words_throughout(sheet, compared)
    of_rows = ComparedRows(list(range(len(sheet))), rows["id"].tolist(), answers, rows["says"].tolist(), sizes >= words)
    return of_rows.duplicates(len(sheet), compared, keep, words)


def find_same_ids(
    sheet: pd.DataFrame,
    *,
    id: str,  # noqa: A002 (as elsewhere)
    ignore: Sequence[str] = (),
    keep: str | None = None,
) -> Duplicates:
    """The rows of a sheet of text cells with the id of an earlier one, as `find_duplicates` has them.

    Rows with different ids or none are not compared, so that equal answers of two people both stay. Raises `DataError`
    as that does.
    """
    _check_columns(sheet, [id, *ignore], keep)
    compared = compared_columns(sheet, id, ignore)
    ids = sheet[id].str.strip()
    places = np.flatnonzero((ids.duplicated(keep=False) & (ids != "")).to_numpy())
    rows = compare_rows(sheet.iloc[places], compared, id, (), None)
    nobody = np.zeros(len(places), dtype=np.bool_)
    of_rows = ComparedRows(places.tolist(), rows["id"].tolist(), rows["answers"].tolist(), nobody.tolist(), nobody)
    return of_rows.duplicates(len(sheet), compared, keep, WORDS)


def compared_columns(sheet: pd.DataFrame, id: str | None, ignore: Sequence[str]) -> tuple[str, ...]:  # noqa: A002
    """The columns by which rows are compared. Raises `DataError` where none is left."""
    compared = tuple(name for name in sheet.columns if name != id and name not in ignore)
    if not compared:
        raise DataError("facts.nothing_to_compare")
    return compared


def compare_rows(
    sheet: pd.DataFrame,
    compared: Sequence[str],
    id: str | None,  # noqa: A002
    text: Sequence[str],
    no_answer: Sequence[str] | None,
) -> pd.DataFrame:
    """By what each row of a sheet is compared: its `id` ("" for none), its `answers` as one text, and its `words`.

    `says` is whether it has an answer in any of `text`, or else in any column.
    """
    plain = pd.DataFrame({name: _plain(sheet[name]) for name in compared})
    return pd.DataFrame(
        {
            "id": sheet[id].str.strip().tolist() if id else [""] * len(sheet),
            "answers": list(map(_BETWEEN.join, zip(*(plain[name] for name in compared), strict=True))),
            "says": ~_blank(plain, [name for name in text if name in compared], no_answer),
            "words": np.sum([plain[name].str.split().map(len).to_numpy() for name in compared], axis=0, dtype=np.intp),
        }
    )


@dataclass(frozen=True, slots=True)
class ComparedRows:
    """Rows of a sheet among which are all that repeat another: their number (from 0), and by what they are compared.

    `answers` are the same of rows with equal answers; `says` whether these say something, `long` whether they have so
    many words that they are not the same by chance.
    """

    rows: Sequence[int]
    ids: Sequence[str]
    answers: Sequence[Hashable]
    says: Sequence[bool]
    long: npt.NDArray[np.bool_]

    def duplicates(self, size: int, compared: tuple[str, ...], keep: str | None, words: int) -> Duplicates:
        """Those that repeat an earlier one, of `size` rows; see `find_duplicates`."""
        found = _by_id(self.ids, self.answers, keep)
        gone = {place for place, (_, _, counted) in found.items() if not counted}
        first: dict[Hashable, int] = {}
        for place, answers in enumerate(self.answers):
            if place in gone or not self.says[place]:
                continue
            kept = first.setdefault(answers, place)
            if kept != place and place not in found:
                found[place] = ("same_answers" if self.long[place] else "short", kept, not self.long[place])
        places = sorted(found)
        frame = pd.DataFrame(
            {
                "row": [self.rows[place] + 1 for place in places],
                "id": [self.ids[place] for place in places],
                "why": [found[place][0] for place in places],
                "kept_row": [self.rows[found[place][1]] + 1 for place in places],
                "counted": np.array([found[place][2] for place in places], dtype=np.bool_),
            }
        )
        dropped = np.zeros(size, dtype=np.bool_)
        dropped[[self.rows[place] for place in places if not found[place][2]]] = True
        return Duplicates(frame, dropped, compared, words)


_BETWEEN = "\x1f"
"""What stands between the cells of a row, and in none of them: it counts as a space."""
_Found = dict[int, tuple[str, int, bool]]
"""By row: why it is listed, the row that stands for it, and whether it counts all the same."""


def _by_id(ids: Sequence[str], answers: Sequence[Hashable], keep: str | None) -> _Found:
    """Rows with the id of an earlier one; with `keep` all rows of an id but the first or last go."""
    places: dict[str, list[int]] = {}
    for row, id_ in enumerate(ids):
        if id_:
            places.setdefault(id_, []).append(row)
    found: _Found = {}
    for rows in places.values():
        first: dict[Hashable, int] = {}
        for row in rows:
            first.setdefault(answers[row], row)
        chosen = rows[-1 if keep == "last" else 0]
        for row in rows:
            same = first[answers[row]]
            if keep and len(first) > 1 and row != chosen:
                found[row] = ("same_id" if answers[row] == answers[chosen] else "other_answers", chosen, False)
            elif row != same and (not keep or len(first) == 1):
                found[row] = ("same_id", same, False)
            elif not keep and row != chosen:
                found[row] = ("other_answers", chosen, True)
    return found


def _plain(cells: "pd.Series[str]") -> "pd.Series[str]":
    return cells.astype(str).str.split().str.join(" ").str.casefold()


def _blank(plain: pd.DataFrame, text: Sequence[str], no_answer: Sequence[str] | None) -> npt.NDArray[np.bool_]:
    """Whether a row has no answer in any of `text`, or else in any column, shape (rows,)."""
    blank = np.ones(len(plain), dtype=np.bool_)
    for name in text or plain.columns:
        nothing = no_answers(Corpus(plain[[name]].set_axis([TEXT], axis=1)), no_answer)
        number = plain[name].str.fullmatch(r"[\d.,]*\d[\d.,]*").to_numpy(dtype=np.bool_)
        blank &= nothing if text else nothing & ~number
    return blank


def _words_throughout(sheet: pd.DataFrame, compared: Sequence[str]) -> int:
    """The words of the columns that are the same throughout, which say nothing of who answered."""
    plain = {name: _plain(sheet[name]).unique() for name in compared}
    return words_throughout({name: cells[0] for name, cells in plain.items() if len(cells) == 1}, compared)


def words_throughout(same: Mapping[str, str], compared: Sequence[str]) -> int:
    """The words of the cells that are the `same` throughout, by column; 0 where all columns are."""
    return sum(len(cell.split()) for cell in same.values()) if len(same) < len(compared) else 0


def _check_columns(sheet: pd.DataFrame, names: Sequence[str], keep: str | None) -> None:
    if missing := [name for name in names if name not in sheet.columns]:
        raise DataError("facts.no_column", column=missing[0], columns=[str(name) for name in sheet.columns])
    if keep not in _KEEP:
        raise DataError("facts.keep", keep=keep)
