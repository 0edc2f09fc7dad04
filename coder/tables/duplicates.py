"""Respondents counted once: rows that are the same respondent, by id or by equal answers, shown before they go."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.corpus import TEXT, Corpus
from coder.errors import DataError
from coder.languages.language import no_answers
from coder.note import Note
from coder.tables.table import Column, Said, Table

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
    _check(sheet, [*([id] if id else []), *ignore, *text], keep)
    compared = tuple(name for name in sheet.columns if name != id and name not in ignore)
    if not compared:
        raise DataError("facts.nothing_to_compare")
    plain = pd.DataFrame({name: _plain(sheet[name]) for name in compared})
    answers = plain.groupby(list(compared), sort=False, dropna=False).ngroup().tolist()
    ids = sheet[id].str.strip().tolist() if id else [""] * len(sheet)
    found = _by_id(ids, answers, keep)
    gone = {row for row, (_, _, counted) in found.items() if not counted}
    says = ~_blank(plain, [name for name in text if name in compared], no_answer)
    long = _sizes(plain) >= words
    first: dict[int, int] = {}
    for row in np.flatnonzero(says).tolist():
        if row in gone:
            continue
        kept = first.setdefault(answers[row], row)
        if kept != row and row not in found:
            found[row] = ("same_answers" if long[row] else "short", kept, not long[row])
    rows = sorted(found)
    frame = pd.DataFrame(
        {
            "row": [row + 1 for row in rows],
            "id": [ids[row] for row in rows],
            "why": [found[row][0] for row in rows],
            "kept_row": [found[row][1] + 1 for row in rows],
            "counted": np.array([found[row][2] for row in rows], dtype=np.bool_),
        }
    )
    dropped = np.zeros(len(sheet), dtype=np.bool_)
    dropped[[row for row in rows if not found[row][2]]] = True
    return Duplicates(frame, dropped, compared, words)


_Found = dict[int, tuple[str, int, bool]]
"""By row: why it is listed, the row that stands for it, and whether it counts all the same."""


def _by_id(ids: Sequence[str], answers: Sequence[int], keep: str | None) -> _Found:
    """Rows with the id of an earlier one; with `keep` all rows of an id but the first or last go."""
    places: dict[str, list[int]] = {}
    for row, id_ in enumerate(ids):
        if id_:
            places.setdefault(id_, []).append(row)
    found: _Found = {}
    for rows in places.values():
        first: dict[int, int] = {}
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


def _sizes(plain: pd.DataFrame) -> npt.NDArray[np.intp]:
    """Words of each row, columns that are the same throughout apart, shape (rows,)."""
    varied = [name for name in plain.columns if len(plain[name].unique()) > 1] or list(plain.columns)
    return plain[varied].agg(" ".join, axis=1).str.split().map(len).to_numpy(dtype=np.intp)


def _check(sheet: pd.DataFrame, names: Sequence[str], keep: str | None) -> None:
    if missing := [name for name in names if name not in sheet.columns]:
        raise DataError("facts.no_column", column=missing[0], columns=[str(name) for name in sheet.columns])
    if keep not in _KEEP:
        raise DataError("facts.keep", keep=keep)
