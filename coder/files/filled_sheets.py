"""A sheet of a sample that somebody filled in, read back into the answers it was drawn from.

Rows are known by their id, so they may have been sorted. Nothing is guessed: a label that the codebook does
not have, a text that changed, a row that is no longer known are errors that name the row. Texts and
background are those of the answers, never of the sheet.

Whoever keeps codes and draws apart, as a study does, goes on while the sheet is away: others code, other sheets come
back. For them (`read_returned`) codes are taken over whatever happened meanwhile; the draw is kept only where its
probabilities still hold.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TypedDict

import pandas as pd

from coder.codebook import Code, Codebook
from coder.corpus import numbers
from coder.errors import DataError
from coder.files.answers import Answers, parse_codes
from coder.files.cells import SPREADSHEETS, sheet_names
from coder.files.code_cells import DASHES, NONE_FITS
from coder.files.codebooks.code_fields import is_number
from coder.files.kinds import with_kinds
from coder.files.sample_sheets import (
    ANSWERS,
    CODEBOOK,
    FACTS,
    STRATA,
    UNIT,
    Headings,
    column_headings,
    in_each_language,
    sheet_name,
)
from coder.files.sheets import read_sheet
from coder.learning.sampling import DRAWN, PROBABILITY, RANDOM, STRATUM, TARGETED
from coder.note import Note, some

_SHOWN = 5
"""So many rows an error names."""
_ESCAPED = re.compile("_x[0-9A-Fa-f]{4}_")
"""How .xlsx writes a character that XML cannot hold."""


@dataclass(frozen=True, slots=True)
class Filled:
    """The answers with the codes of a sheet in them, and how far the sheet was filled in.

    `sheet` is the table of answers with the columns of codes, drawn, probability and stratum. `drawn` units
    were on the sheet as it was sent, `there` still are, `coded` have a code or "none fits".
    """

    sheet: pd.DataFrame
    kind: str
    drawn: int
    there: int
    coded: int

    @property
    def notes(self) -> tuple[Note, ...]:
        """What somebody who reads the sheet back should know of it."""
        gone, open_ = self.drawn - self.there, self.there - self.coded
        notes = []
        if gone > 0:
            notes.append(Note("sheets.rows_gone", count=gone, sent=self.drawn, there=self.there))
        if open_ > 0:
            notes.append(Note("sheets.rows_open", count=open_))
        if notes and self.kind == RANDOM:
            notes.append(Note("sheets.not_random_yet"))
        if self.kind == TARGETED:
            notes.append(Note("sheets.targeted"))
        return tuple(notes)


def read_filled(
    path: Path,
    answers: Answers,
    *,
    text: str,
    codes: str = "codes",
    id: str | None = None,  # noqa: A002
    codebook: Codebook | None = None,
) -> Filled:
    """Read a filled-in sheet into the answers; `text` and `id` are their columns as when it was drawn.

    Labels, numbers and ids become ids through the codebook, or through the one in the sheet. The codes are
    written in column `codes`; a row that has other codes there already is an error. A row without code and
    without a mark for "none fits" stays uncoded. See `coder.learning.sampling` for the probabilities that
    answers coded before get.
    """
    check_own_columns(answers)
    file = FilledFile(path)
    rows, headings = file.answers(id or UNIT, text)
    check_rows(rows, answers, text, path)
    facts = file.facts()
    book = codebook or file.codebook()
    given = given_codes(rows, headings, book, path)
    sheet = answers.sheet.set_axis(answers.corpus.ids).copy()
    before = sheet[codes].str.strip() if codes in sheet else pd.Series("", index=sheet.index, dtype=str)
    given = _new(given, before, book, answers, path)
    for name in (DRAWN, PROBABILITY, STRATUM):
        sheet[name] = sheet.get(name, "")
    sheet[codes] = before.where(~before.index.isin(given.index), given.reindex(before.index))
    if facts[DRAWN] == RANDOM:
        earlier = before.index[(before != "").to_numpy() & ~before.index.isin(rows.index)]
        _set_probabilities(sheet, given.index, earlier, facts, file, answers)
    else:
        mine = given.index[(before[given.index] == "").to_numpy()]
        sheet.loc[mine, DRAWN] = TARGETED
    _add_remarks(sheet, rows, headings)
    if (sheet[STRATUM] == "").all():
        sheet = sheet.drop(columns=STRATUM)
    sheet = with_kinds(sheet.reset_index(drop=True), {codes: "text", PROBABILITY: "number"})
    return Filled(sheet, facts[DRAWN], int(facts["n"]), len(rows), len(given))


class Draw(TypedDict):
    """How answers that people coded were drawn, by unit; see `coder.learning.estimation.estimate`."""

    drawn: "pd.Series[str] | None"
    probability: "pd.Series[float] | None"
    stratum: "pd.Series[str] | None"


def recorded_draw(answers: Answers, probability: str | None = None, stratum: str | None = None) -> Draw:
    """How answers were drawn: by the columns named, or else by those in which `coder sample` recorded it."""
    sheet, ours = answers.sheet, _has_own_columns(answers)

    def cells(name: str | None, own: str, option: str) -> "pd.Series[str] | None":
        if name is None and not (ours and own in sheet):
            return None
        return answers.column(name or own, option)

    chance = cells(probability, PROBABILITY, "--probability")
    return {
        "drawn": cells(None, DRAWN, "--hand"),
        "probability": None if chance is None or not (chance.str.strip() != "").any() else numbers(chance),
        "stratum": cells(stratum, STRATUM, "--stratum"),
    }


def _has_own_columns(answers: Answers) -> bool:
    return DRAWN in answers.sheet and set(answers.sheet[DRAWN].str.strip()) <= {"", RANDOM, TARGETED}


def check_own_columns(answers: Answers) -> None:
    """Raise where the answers have columns called as ours are, and that are not ours."""
    sheet, ours = answers.sheet, _has_own_columns(answers)
    if not ours and (clash := [name for name in (DRAWN, PROBABILITY, STRATUM) if name in sheet]):
        raise DataError("sheets.own_column", file=answers.path.name, column=clash[0])


# What the sheet says


class FilledFile:
    """A sheet of a sample as somebody sent it back: a workbook in any language, or a .csv with files beside it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._is_workbook = path.suffix.lower() in SPREADSHEETS
        self._names = sheet_names(path)

    def answers(self, unit: str, text: str) -> tuple[pd.DataFrame, Headings]:
        """The rows of answers, indexed by unit id, and the headings that they are under, in whatever language."""
        table = read_sheet(self.path, [unit, text], sheet=self._sheet(ANSWERS))
        known = in_each_language(column_headings)
        if any(table.columns[2:3].isin([one.codes[0] for one in known])):  # as `coder sample` writes it
            own = {old: new for old, new in zip(table.columns, (unit, text), strict=False) if new not in table}
            table = table.rename(columns=own)
        if missing := [one for one in (unit, text) if one not in table]:
            columns = list(table.columns)
            raise DataError("sheets.no_column_back", file=self.path.name, column=missing[0], columns=columns)
        found = max(known, key=lambda one: len(set(one.filled_in) & set(table.columns)))
        if not set(found.codes) & set(table.columns):
            raise DataError("sheets.no_codes", file=self.path.name, first=found.codes[0], second=found.codes[1])
        return table.set_index(table[unit].str.strip()), found

    def table(self, name: str, columns: Sequence[str]) -> pd.DataFrame | None:
        """One of the other sheets: of the workbook, or the file beside a .csv; None where there is none."""
        if self._is_workbook:
            sheet = self._sheet(name)
            return read_sheet(self.path, columns, sheet=sheet) if sheet else None
        file = self._beside(name)
        return read_sheet(file, columns) if file.is_file() else None

    def facts(self) -> dict[str, str]:
        """How the sheet was drawn: name and value. Raises where that is lost."""
        table = self.table(FACTS, ["name", "value"])
        facts = dict(zip(table["name"], table["value"], strict=True)) if table is not None else {}
        if facts.get(DRAWN) not in (RANDOM, TARGETED) or not is_number(facts.get("n", "")):
            key = "sheets.no_facts" if self._is_workbook else "sheets.no_facts_file"
            raise DataError(key, file=self.path.name, sheet=self.called(FACTS), other=self.called(FACTS))
        return facts

    def codebook(self) -> Codebook | None:
        """The codes of the sheet itself; a row that a coder added there, with a name alone, is a new code."""
        table = self.table(CODEBOOK, ["name", "number", "id"])
        if table is None:
            return None
        names = [name.strip() for name in table["name"]]
        given = [int(number) if is_number(number.strip()) else 0 for number in table["number"]]
        free = iter(range(max(given) + 1, max(given) + 1 + len(given)))
        numbers = [number or next(free) for number in given]
        rows = zip(table["id"].str.strip(), numbers, names, strict=True)
        codes = tuple(Code(id_ or name, number, {"nl": name}) for id_, number, name in rows if name)
        return Codebook(codes, self.path.stem)

    def called(self, name: str) -> str:
        """What somebody who looks for one of the other sheets finds it under."""
        return sheet_name(name) if self._is_workbook else self._beside(name).name

    def _sheet(self, name: str) -> str:
        """What this sheet is called in the workbook; "" where it is not there."""
        known = in_each_language(partial(sheet_name, name))
        return next((one for one in self._names if one in known), "")

    def _beside(self, name: str) -> Path:
        """The file with this table, beside a .csv."""
        return self.path.with_name(f"{self.path.stem}.{name}{self.path.suffix}")


def check_rows(rows: pd.DataFrame, answers: Answers, text: str, path: Path) -> None:
    """Raise on rows that are twice there, that the answers do not have, or whose text is another."""
    if rows.index.has_duplicates:
        twice = rows.index[rows.index.duplicated()]
        raise DataError("sheets.rows_twice", file=path.name, rows=some(list(twice), _SHOWN))
    unknown = rows.index[~rows.index.isin(answers.corpus.ids)]
    if len(unknown):
        raise DataError(
            "sheets.rows_unknown", file=path.name, answers=answers.path.name, rows=some(list(unknown), _SHOWN)
        )
    check_texts(rows[text], answers.corpus.texts[rows.index], path.name, answers.path.name)


def check_texts(texts: "pd.Series[str]", before: "pd.Series[str]", file: str, answers: str) -> None:
    """Raise where texts of `file` are others than those of `answers`, both by the same ids in the same order."""
    was = before.map(_plain)
    changed = texts.index[(was != texts.map(_plain)).to_numpy()]
    if len(changed):
        first = changed[0]
        raise DataError(
            "sheets.texts_changed", file=file, answers=answers, count=len(changed),
            rows=some(list(changed), _SHOWN), row=first, text=texts[first][:60], was=was[first][:60],
        )  # fmt: skip


def _plain(text: str) -> str:
    """A text without what programs change in saving: line ends, space, control characters, composed accents."""
    shown = "".join(sign if sign.isprintable() else " " for sign in _ESCAPED.sub(" ", text))
    return " ".join(unicodedata.normalize("NFC", shown).split())


# Codes


def given_codes(rows: pd.DataFrame, headings: Headings, codebook: Codebook | None, path: Path) -> "pd.Series[str]":
    """The cell of codes of each row that was coded, by unit. Raises on labels that no code has."""
    columns = [name for name in rows if re.fullmatch(rf"{headings.code} \d+", str(name))]
    none = rows[headings.none_fits].str.strip() if headings.none_fits in rows else pd.Series("", index=rows.index)
    cells: dict[str, str] = {}
    problems: list[Note] = []
    for unit, typed, marked in zip(rows.index, rows[columns].to_numpy().tolist(), none, strict=True):
        names = [name.strip() for cell in typed for name in str(cell).split(";") if name.strip()]
        codes = [name for name in names if name not in DASHES]
        if codes and (marked or len(codes) < len(names)):
            problems.append(Note("sheets.row_both", row=unit, code=codes[0]))
        found = [codebook.find(name) if codebook else name for name in codes]
        problems += [_unknown(unit, name, codebook) for name, id_ in zip(codes, found, strict=True) if id_ is None]
        if codes or names or marked:
            cells[unit] = ";".join(dict.fromkeys(id_ for id_ in found if id_)) or NONE_FITS
    if problems:
        more = [Note("words.more", count=len(problems) - _SHOWN)] if len(problems) > _SHOWN else []
        raise DataError("sheets.problems", file=path.name, problems=[*problems[:_SHOWN], *more])
    if not cells:
        raise DataError("sheets.nothing_coded", file=path.name)
    return pd.Series(cells, dtype=str)


def _unknown(unit: str, name: str, codebook: Codebook | None) -> Note:
    heirs = codebook.heirs(name) if codebook else ()
    if heirs:
        return Note("sheets.row_split", row=unit, code=name, codes=heirs)
    labels = [label for code in codebook.codes for label in (*code.label.values(), code.id)] if codebook else []
    near = get_close_matches(name, labels, n=1)
    if near:
        return Note("sheets.row_unknown_like", row=unit, code=name, near=near[0])
    return Note("sheets.row_unknown", row=unit, code=name)


def _new(
    given: "pd.Series[str]", before: "pd.Series[str]", codebook: Codebook | None, answers: Answers, path: Path
) -> "pd.Series[str]":
    """The codes given, where the answers do not have other ones already: that is an error."""
    had = before[given.index]
    had = had[had != ""]
    if not len(had):
        return given
    order = sorted({id_ for cell in given for id_ in cell.split(";")})
    then, now = (parse_codes(one, codebook, answers.path.name) for one in (had, given[had.index]))
    same = then.matrix(had.index, order) == now.matrix(had.index, order)
    more = then.assignments["unit"].value_counts().reindex(had.index, fill_value=0)
    less = now.assignments["unit"].value_counts().reindex(had.index, fill_value=0)
    other = had.index[~(same.all(axis=1) & (more == less).to_numpy())]
    if len(other):
        raise DataError("sheets.other_codes", answers=answers.path.name, file=path.name, rows=some(list(other), _SHOWN))
    return given


# Probabilities


def _set_probabilities(
    sheet: pd.DataFrame,
    coded: "pd.Index[str]",
    earlier: "pd.Index[str]",
    facts: Mapping[str, str],
    file: FilledFile,
    answers: Answers,
) -> None:
    """Write drawn, probability and stratum of the units coded on the sheet and of those coded earlier."""
    name, had = file.path.name, facts.get("coded_before", "0")
    if len(earlier) != int(had):
        raise DataError("sheets.coded_since", answers=answers.path.name, coded=len(earlier), file=name, had=had)
    table = file.table(STRATA, [STRATUM, PROBABILITY])
    if table is None:
        raise DataError("sheets.no_strata", file=name, table=file.called(STRATA))
    probability = dict(zip(table[STRATUM], table[PROBABILITY].str.replace(",", "."), strict=True))
    stratum = strata_of(sheet, facts, list(probability))
    along = earlier[(sheet.loc[earlier, DRAWN].str.strip() == RANDOM) & below_one(sheet.loc[earlier, PROBABILITY])]
    along = along if facts.get("extended", "0") != "0" else along[:0]
    sheet.loc[earlier, PROBABILITY] = "1"
    drawn = coded.append(along)
    sheet.loc[drawn, PROBABILITY] = stratum[drawn].map(probability)
    sheet.loc[coded, DRAWN] = RANDOM
    both = drawn.append(earlier.difference(along))
    sheet.loc[both, STRATUM] = stratum[both]


def below_one(cells: "pd.Series[str]") -> "pd.Series[bool]":
    """Which probabilities are those of a draw; an answer with 1 stands for itself."""
    return pd.to_numeric(cells.str.replace(",", "."), errors="coerce") < 1


def strata_of(sheet: pd.DataFrame, facts: Mapping[str, str], names: Sequence[str]) -> "pd.Series[str]":
    """The stratum of every unit; an empty value is the one stratum that no value names."""
    by = facts.get("by", "")
    if not by:
        return pd.Series("", index=sheet.index, dtype=str)
    values = sheet[by].str.strip()
    unnamed = next((name for name in names if name not in set(values)), "")
    return values.where(values != "", unnamed)


def _add_remarks(sheet: pd.DataFrame, rows: pd.DataFrame, headings: Headings) -> None:
    """Put the remarks of the sheet beside those that the answers have."""
    if headings.note not in rows or not (rows[headings.note].str.strip() != "").any():
        return
    name = headings.note
    had = sheet[name] if name in sheet else pd.Series("", index=sheet.index, dtype=str)
    new = rows[name].str.strip().reindex(sheet.index, fill_value="")
    apart = (had != "") & (new != "") & (had != new)
    sheet[name] = had.where(new == "", new).where(~apart, had + " | " + new)


_COLUMNS = (DRAWN, PROBABILITY, STRATUM)


@dataclass(frozen=True, slots=True)
class Returned:
    """A filled-in sheet for whoever keeps codes and draw apart, as a study does.

    `codes` has the cell of codes of each row that was coded, by unit. `draw` has the columns drawn, probability and
    stratum of the units of which the sheet says something new; `notes` what to know, also why the draw is not kept.
    """

    codes: "pd.Series[str]"
    draw: pd.DataFrame
    notes: tuple[Note, ...]


def read_returned(
    path: Path,
    answers: Answers,
    *,
    text: str,
    id: str | None,  # noqa: A002
    codebook: Codebook,
    coded: "pd.Index[str]",
) -> Returned:
    """Read a filled-in sheet as it is: the codes of its rows, and how they were drawn.

    `answers` may have the columns drawn, probability and stratum of earlier sheets; `coded` are the units that have
    codes now. Raises as `read_filled` does, but not where a row has other codes already.
    """
    file = FilledFile(path)
    rows, headings = file.answers(id or UNIT, text)
    check_rows(rows, answers, text, path)
    facts = file.facts()
    codes = given_codes(rows, headings, codebook, path)
    draw = _draw(rows.index, coded, facts, file, answers)
    notes = Filled(answers.sheet, facts[DRAWN], int(facts["n"]), len(rows), len(codes)).notes
    if draw is None:
        notes, draw = (*notes, Note("sheets.not_kept", file=path.name)), _drawn([], facts)
    return Returned(codes, draw, notes)


def _draw(
    rows: "pd.Index[str]", coded: "pd.Index[str]", facts: Mapping[str, str], file: FilledFile, answers: Answers
) -> pd.DataFrame | None:
    """How units were drawn, by this sheet and the earlier ones it extends; None where its probabilities do not hold."""
    sheet = answers.sheet.set_axis(answers.corpus.ids)
    sheet = sheet.assign(**{name: "" for name in _COLUMNS if name not in sheet})
    mine = sheet[DRAWN].str.strip() == RANDOM
    new = rows[~mine[rows]]
    if facts[DRAWN] != RANDOM or not len(new):
        return _drawn(new, facts)
    along = sheet.index[(mine & below_one(sheet[PROBABILITY])).to_numpy() & ~sheet.index.isin(rows)]
    extended = int(facts.get("extended", "0"))
    alone = int(facts.get("coded_before", "0")) - extended
    others = len(along) if not extended and not alone else 0
    along = along if extended else along[:0]
    certain = coded[~coded.isin(rows.union(along))][: None if alone else 0]
    table = file.table(STRATA, [STRATUM, PROBABILITY])
    by = facts.get("by", "")
    if others or len(along) != extended or len(certain) != alone or table is None or (by and by not in sheet):
        return None
    probability = dict(zip(table[STRATUM], table[PROBABILITY].str.replace(",", "."), strict=True))
    stratum = strata_of(sheet, facts, list(probability))
    units = rows.append(along)
    made = pd.DataFrame({DRAWN: RANDOM, PROBABILITY: stratum[units].map(probability), STRATUM: stratum[units]})
    own = pd.DataFrame(
        {DRAWN: sheet.loc[certain, DRAWN].where(mine, ""), PROBABILITY: "1", STRATUM: stratum[certain]}, index=certain
    )
    return pd.concat([made, own])


def _drawn(units: "Sequence[str] | pd.Index[str]", facts: Mapping[str, str]) -> pd.DataFrame:
    """These units as drawn with the sheet, without a probability."""
    empty = pd.DataFrame("", index=pd.Index(units, dtype=str), columns=list(_COLUMNS), dtype=str)
    return empty.assign(**{DRAWN: facts[DRAWN]})
