"""The sheet of a sample: written to be sent to somebody who codes it.

A workbook has four sheets: the answers (a row a unit, with columns to choose codes in), the codebook (labels,
definitions, examples: what the drop-downs offer), how the sample was drawn and, of a random sample, its strata
(population and probabilities). A .csv has the first, with the others in files beside it. The same sample gives the
same bytes: no date is written. Headings and the names of sheets are in the language of whoever codes it, and
`filled_sheets` reads back those of every language that there is a catalogue of.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pandas as pd

from coder.codebook import Codebook
from coder.errors import DataError
from coder.files.answers import Answers
from coder.files.cells import separator
from coder.files.kinds import kinds_of, with_kinds
from coder.files.sheets import read_sheet
from coder.files.writing import cell_looks, check_ending, put_cell, write_sheets, written_beside
from coder.learning.sampling import DRAWN, PROBABILITY, RANDOM, STRATUM, WHY, Sample
from coder.note import Note
from coder.words import chosen, languages, say, speaking

Words = TypeVar("Words")

CODE_COLUMNS = 5
"""So many columns to choose a code in; a cell may hold several, joined by ';'."""
UNIT = "unit"
ANSWERS, CODEBOOK, FACTS, STRATA = "answers", "codebook", "sample", "strata"
"""The sheets, as the files beside a .csv are called; in a workbook they have the names of `sheet_name`."""
_MARK = "x"
_FILL_IN = {
    "text_wrap": True,
    "valign": "top",
    "num_format": "@",  # text, so that a label such as 1-2 becomes no date
    "bg_color": "#FFF8DC",
    "border": 1,
    "border_color": "#D0D0D0",
}
"""The look of the cells to fill in."""


@dataclass(frozen=True, slots=True)
class Headings:
    """The headings of the columns to fill in."""

    code: str
    none_fits: str
    note: str

    @property
    def codes(self) -> tuple[str, ...]:
        """The headings of the columns of codes."""
        return tuple(f"{self.code} {number}" for number in range(1, CODE_COLUMNS + 1))

    @property
    def filled_in(self) -> tuple[str, ...]:
        """The headings of all columns to fill in."""
        return (*self.codes, self.none_fits, self.note)


def column_headings() -> Headings:
    """The headings of a sheet in the language chosen (see `coder.words.chosen`)."""
    return Headings(*(say(Note(key)) for key in ("sheets.code", "sheets.none_fits", "sheets.remark")))


def sheet_name(sheet: str) -> str:
    """What one of the sheets is called in a workbook, in the language chosen."""
    return say(Note(f"sheets.sheet_{sheet}"))


def in_each_language(words: Callable[[], Words]) -> list[Words]:
    """Words as they are in each language that there is a catalogue of."""
    found = []
    for language in languages():
        with speaking(language):
            found.append(words())
    return found


def check_unfilled(path: Path, columns: Sequence[str] = ()) -> None:
    """Raise where a sheet at this path has something filled in under these headings: that is somebody's work.

    The headings are those of a sample in any language, unless given.
    """
    known = [columns] if columns else [one.filled_in for one in in_each_language(column_headings)]
    try:
        table = read_sheet(path, header=lambda cells: any(one[0] in cells for one in known))
    except DataError:  # there is none, or it is no table
        return
    to_fill_in = {name for one in known if one[0] in table for name in one if name in table}
    filled = table[list(to_fill_in)].apply(lambda cells: cells.str.strip() != "")
    if count := int(filled.any(axis=1).sum()):
        raise DataError("sheets.filled_in", path=path, count=count)


def write_sample(
    path: Path,
    sample: Sample,
    answers: Answers,
    *,
    text: str,
    codebook: Codebook | None = None,
    id: str | None = None,  # noqa: A002
    background: Sequence[str] = (),
) -> list[Path]:
    """Write a sample as .xlsx with drop-downs, or as .csv without. Returns the files written.

    It is in the language chosen (see `coder.words.chosen`). `text` and `id` are the columns of the answers as in
    `read_answers`, `background` further ones to show. Without a codebook the columns of codes are free. Raises
    `DataError` where a column has the name of one that the sheet adds, a text is longer than a cell can be, or a sheet
    at this path was filled in.
    """
    check_ending(path)
    check_unfilled(path)
    rows = _rows(_in_words(sample), answers, text, id or UNIT, background)
    sheets = {ANSWERS: rows}
    if codebook is not None:
        sheets[CODEBOOK] = _codes(codebook)
    facts = [*sample.facts.items(), *(("note", str(note)) for note in sample.notes)]
    sheets[FACTS] = pd.DataFrame(facts, columns=["name", "value"])
    if sample.drawn == RANDOM:
        sheets[STRATA] = sample.strata
    if path.suffix.lower() != ".xlsx":
        return write_sheets(path, sheets, separator(answers.path))
    with written_beside(path) as target:
        _write_workbook(target, sheets, wide=text)
    return [path]


def _in_words(sample: Sample) -> Sample:
    """The sample with its reasons as sentences."""
    said = [str(why) if isinstance(why, Note) else why for why in sample.units[WHY]]
    return replace(sample, units=sample.units.assign(**{WHY: said}))


def names_of(codebook: Codebook) -> list[str]:
    """What the drop-down offers of each code: its label, or its id where a label would find another code."""
    labels = [codebook.label(id_, chosen()) for id_ in codebook.ids]
    return [
        label if codebook.find(label) == id_ and ";" not in label else id_
        for id_, label in zip(codebook.ids, labels, strict=True)
    ]


def _rows(sample: Sample, answers: Answers, text: str, unit: str, background: Sequence[str]) -> pd.DataFrame:
    to_fill_in = column_headings().filled_in
    sheet = answers.sheet.set_axis(answers.corpus.ids).loc[sample.units.index]
    for name in background:
        if name not in sheet:
            raise DataError("sheets.no_column", file=answers.path.name, column=name, columns=list(sheet.columns))
    shown = [name for name in dict.fromkeys(background) if name not in (text, unit)]
    added = [*to_fill_in, DRAWN, PROBABILITY, STRATUM, WHY]
    if clash := [name for name in (unit, text, *shown) if name in added] or ([text] if text == unit else []):
        raise DataError("sheets.column_clash", column=clash[0], file=answers.path.name)
    rows = pd.DataFrame({unit: sample.units.index, text: sheet[text].to_numpy()})
    for name in to_fill_in:
        rows[name] = ""
    for name in shown:
        rows[name] = sheet[name].to_numpy()
    rows[DRAWN] = sample.drawn
    columns = [name for name in (PROBABILITY, STRATUM, WHY) if not sample.units[name].isin(["", float("nan")]).all()]
    whole = pd.concat([rows, sample.units[columns].reset_index(drop=True)], axis=1)
    return with_kinds(whole, {name: kinds_of(sheet).get(name, "text") for name in (unit, text, *shown)})


def _codes(codebook: Codebook) -> pd.DataFrame:
    """What a coder needs of each code; `name` stands first, for the drop-down, and is what is read back."""
    columns = ("name", "definition", "examples", "not", "number", "id")
    rows = [
        (name, code.definition, "\n".join(code.examples), "\n".join(code.counterexamples), str(code.number), code.id)
        for name, code in zip(names_of(codebook), codebook.codes, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(columns))


def _write_workbook(path: Path, sheets: dict[str, pd.DataFrame], *, wide: str) -> None:
    from xlsxwriter import Workbook  # noqa: PLC0415 (only when a workbook is written)

    to_fill_in = column_headings().filled_in
    with Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        looks = cell_looks(book, {"text_wrap": True, "valign": "top"})
        fill = book.add_format(_FILL_IN)
        for name, frame in sheets.items():
            sheet = book.add_worksheet(sheet_name(name))
            sheet.freeze_panes(1, 2 if name == ANSWERS else 1)
            sheet.write_row(0, 0, [str(title) for title in frame.columns], bold)
            for place, (title, values) in enumerate(frame.items()):
                open_ = name == ANSWERS and title in to_fill_in
                for row, value in enumerate(values.tolist(), start=1):
                    if open_:
                        sheet.write_blank(row, place, None, fill)
                    else:
                        put_cell(sheet, (row, place), value, looks, kinds_of(frame).get(str(title), "text"))
                sheet.set_column(place, place, _width(str(title), values, wide))
            if name == ANSWERS:
                sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)
                _drop_downs(sheet, frame, len(sheets.get(CODEBOOK, ())))


def _width(title: str, values: "pd.Series[str]", wide: str) -> int:
    if title in (wide, "definition", "examples", "not", "value", WHY):
        return 60 if title != WHY else 40
    longest = max([len(title), *(len(str(value)) for value in values.head(200))], default=0)
    return min(max(longest + 2, 12), 30)


def _drop_downs(sheet: object, frame: pd.DataFrame, codes: int) -> None:
    """Lists to choose from. A list in another sheet may be of any length; one in the cell stops at 255 characters."""
    from xlsxwriter.utility import quote_sheetname  # noqa: PLC0415 (only when a workbook is written)

    last, columns, ours = len(frame), list(frame.columns), column_headings()
    if codes:
        offered = {
            "validate": "list",
            "source": f"={quote_sheetname(sheet_name(CODEBOOK))}!$A$2:$A${codes + 1}",
            "error_type": "warning",
            "error_title": say(Note("sheets.not_in_codebook")),
            "error_message": say(Note("sheets.choose_code")),
        }
        first = columns.index(ours.codes[0])
        sheet.data_validation(1, first, last, first + CODE_COLUMNS - 1, offered)  # type: ignore[attr-defined]
    none = columns.index(ours.none_fits)
    sheet.data_validation(1, none, last, none, {"validate": "list", "source": [_MARK]})  # type: ignore[attr-defined]
