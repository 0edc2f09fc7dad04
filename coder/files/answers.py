"""Answers in, coded answers out.

A cell of codes reads: ids joined by ';', '-' for seen and none fits, empty for not coded. Numbers and
labels of the codebook are understood too. Spreadsheets leave their traces in such cells: lines in place
of ';', a long dash, 1.0 for 1; these are read as what was meant.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from coder.codebook import Codebook, spelt_apart
from coder.coding import Coding, Reasons, assignments, by_hand
from coder.corpus import TEXT, Corpus, cells_as_seen
from coder.errors import DataError
from coder.files.cells import SOURCE, separator, text_frame
from coder.files.code_cells import (
    DASHES,
    DECIMAL,
    OptionColumns,
    Tell,
    cuts,
    read_options,
    split,
    unlisted,
    without_missing,
)
from coder.files.kinds import with_kinds
from coder.files.sheets import OF_ANSWERS, Sheet, TableFile, TableSource, as_file
from coder.files.writing import write_sheets
from coder.note import Note, some

_NAMED = 10
"""So many unknown codes an error names."""


@dataclass(frozen=True, slots=True)
class Answers:
    """A file of answers as read: the corpus, and the table it came from with its columns as they were.

    `file` says how it was read: its `notes` are what a user should know. `text` is the name of the column of answers
    ("" where nobody asked for them), `question` the question as the file words it, "" where it does not.
    """

    corpus: Corpus
    sheet: pd.DataFrame
    file: TableFile
    text: str = TEXT
    wording: Mapping[str, str] = field(default_factory=dict)
    left: int = 0

    def __len__(self) -> int:
        return len(self.corpus)

    @property
    def path(self) -> Path:
        """Where the answers were."""
        return self.file.path

    @property
    def question(self) -> str:
        """The question as the file words it."""
        return self.wording.get(self.text, "")

    @property
    def worded(self) -> str:
        """The question as the file words it, under the name of the column or as that name; "" where it does not."""
        return self.question or (self.text if self.text.endswith("?") else "")

    @property
    def table(self) -> Sheet:
        """The table, to find columns in."""
        return Sheet(self.sheet, self.file, self.wording, self.left)

    def name(self, asked: str, option: str) -> str:
        """The name of the column that is meant by a name, a letter, a number or a beginning."""
        return self.table.name(asked, option)

    def column(self, asked: str, option: str) -> "pd.Series[str]":
        """A column, indexed by unit."""
        return self.table.column(asked, option).set_axis(self.corpus.ids)

    def coding(
        self, asked: str, codebook: Codebook | None = None, *, option: str = "--codes", empty_is_none: bool = False
    ) -> Coding:
        """The coding in a column of codes, or in columns that are an option each. Raises as `parse_codes` does."""
        return read_codes(
            self.table, asked, codebook, units=self.corpus.ids, option=option, empty_is_none=empty_is_none
        ).of(self.corpus)

    def coded(self, asked: str, codebook: Codebook | None = None) -> Coding | None:
        """The coding in a column that may still be empty; None where it is."""
        empty = (self.column(asked, "--codes").str.strip() == "").all()
        return None if empty else self.coding(asked, codebook)


def read_answers(
    path: TableSource,
    *,
    text: str,
    id: str | None = None,  # noqa: A002
    needs: Sequence[str] | Mapping[str, str] = (),
) -> Answers:
    """Read a file of answers, or a DataFrame of them; `text` names the column of the answers, `id` that of their ids.

    A column is named by its name, its letter, its number or how it begins. Without `id` the units are numbered 1, 2,
    3. `needs` are further columns that must be there, with the option that named each (--codes unless given). A
    `TableFile` says which sheet, and how many rows the column names take.

    >>> import coder
    >>> from coder.resources import resource
    >>> found = coder.read_answers(resource("corpora/wishes-2021.csv"), text="answer", id="id")
    >>> found.corpus, len(found.sheet.columns)
    (<Corpus 'wishes-2021': 124 answers>, 6)
    """
    further = needs if isinstance(needs, Mapping) else dict.fromkeys(needs, "--codes")
    asked = {**further, **({id: "--id"} if id else {}), text: "--text"}
    return answers_in(as_file(path).read(asked), asked, text=text, id=id)


def answers_in(
    read: Sheet,
    asked: Mapping[str, str],
    *,
    text: str | None,
    id: str | None = None,  # noqa: A002
) -> Answers:
    """The answers in a sheet that was read for the columns `asked`; without a column `text` nobody's are known."""
    sheet, file = read.frame.copy(), read.file
    name, id_name = read.name(text, "--text") if text else "", read.name(id, "--id") if id else ""
    if text and name not in sheet:
        sheet[name] = read.column(text, "--text")
    held = {one: option for one, option in asked.items() if option in OF_ANSWERS and one != text}
    verbatim = {name, *(part for one, option in held.items() for part in read.find(one, option).names)} - {""}
    sheet = with_kinds(sheet, dict.fromkeys(sorted(verbatim), "text"))  # numbers too
    source = file.path.name
    ids = sheet[id_name].str.strip() if id else pd.Series([str(number) for number in range(1, len(sheet) + 1)])
    if id and (empty := int((ids == "").sum())):
        raise DataError("files.without_id", file=source, count=empty, column=id_name)
    if id and (twice := ids[ids.duplicated()]).size:
        raise DataError("files.id_twice", count=twice.nunique(), file=source, id=twice.iloc[0], column=id)
    units = sheet.drop(columns=[one for one in (TEXT,) if one in sheet and name not in ("", one)])
    units = units.rename(columns={name: TEXT} if name else {})
    if TEXT not in units:
        units[TEXT] = ""
    units.index = pd.Index(ids.to_numpy(), name="unit")
    units.attrs = {
        **units.attrs,
        SOURCE: {"name": source, "wording": _with_text(read.wording, name), "left": read.left},
    }
    return Answers(Corpus(units, file.path.stem), sheet, file, name, read.wording, read.left)


def _with_text(wording: Mapping[str, str], name: str) -> dict[str, str]:
    """The wording of the columns, with that of the answers under the name that they have in a corpus."""
    return {**wording, **({TEXT: wording[name]} if name in wording else {})}


def with_roles(
    answers: Answers,
    *,
    respondent: str | None = None,
    weight: str | None = None,
    groups: Sequence[str] = (),
    wave: str | None = None,
) -> Answers:
    """The answers of which it is known which columns have respondents, weights, groups and waves.

    Raises `DataError` where a column is not there, and where an answer is of no wave.
    """
    asked = dict.fromkeys(groups, "--groups") | {one: "--weight" for one in (weight,) if one}
    asked |= {one: option for one, option in ((respondent, "--respondent"), (wave, "--wave")) if one}
    names = {one: answers.name(one, option) for one, option in asked.items()}
    beside = {names[one]: answers.column(one, option) for one, option in asked.items()}
    if wave and (empty := int((beside[names[wave]].str.strip() == "").sum())):
        raise DataError("files.without_wave", file=answers.path.name, count=empty, column=names[wave])
    units = answers.corpus.units
    units = units.assign(**{name: cells for name, cells in beside.items() if name not in units})  # several as one
    corpus = replace(
        answers.corpus,
        units=units,
        respondent=names[respondent] if respondent else "",
        weight=names[weight] if weight else "",
        groups=tuple(names[one] for one in groups),
        wave=names[wave] if wave else "",
    )
    return replace(answers, corpus=corpus)


def answers_of(corpus: Corpus) -> Answers:
    """A corpus as the answers that were read from a file: its columns as text, found by name or letter as there."""
    sheet = text_frame(corpus.units.reset_index(drop=True))
    source = sheet.attrs.get(SOURCE, {})
    file = TableFile(Path(source.get("name", corpus.name)))
    return Answers(corpus, sheet, file, TEXT, source.get("wording", {}), source.get("left", 0))


def coding_of(corpus: Corpus, column: str, codebook: Codebook | None = None, *, empty_is_none: bool = False) -> Coding:
    """The coding in a column of a corpus, which knows of what answers it is; see `Coding.from_column`."""
    return answers_of(corpus).coding(column, codebook, empty_is_none=empty_is_none)


def read_coded(
    path: TableSource, codes: str, codebook: Codebook | None = None, *, empty_is_none: bool = False
) -> Coding:
    """The coding in one column of a file; rows are the units. For files whose text is not needed."""
    sheet = as_file(path).read({codes: "--codes"})
    return read_codes(sheet, codes, codebook, empty_is_none=empty_is_none)


def read_codes(
    sheet: Sheet,
    asked: str,
    codebook: Codebook | None = None,
    *,
    units: "pd.Index[str] | None" = None,
    option: str = "--codes",
    empty_is_none: bool = False,
    coder: str = "",
) -> Coding:
    """The coding in a column of a sheet, or in columns that are an option each; `units` are its rows, else 1, 2, 3.

    Raises `DataError` where the column is not there and as `parse_codes` does.
    """
    source = f"{sheet.file.path.name} ({coder})" if coder else sheet.file.path.name
    coder = coder or "hand"
    found = sheet.find(asked, option)
    rows = units if units is not None else pd.Index([str(number) for number in range(1, len(sheet.frame) + 1)])
    options = OptionColumns(sheet.frame[list(found.names)], found.codes, sheet.wording, sheet.frame)
    cells = read_options(options, codebook, source, sheet.file.note)
    if cells is not None:
        return _coding(cells.set_axis(rows), codebook, source, empty_is_none=empty_is_none, coder=coder)
    cells = sheet.column(asked, option).set_axis(rows)
    return parse_codes(cells, codebook, source, empty_is_none=empty_is_none, coder=coder, tell=sheet.file.note)


def parse_codes(
    cells: "pd.Series[str]",
    codebook: Codebook | None,
    source: str,
    *,
    empty_is_none: bool = False,
    coder: str = "hand",
    tell: Tell = lambda _: None,
) -> Coding:
    """The coding in a column of cells, indexed by unit.

    With a codebook every code must be in it: `DataError` lists those that are not. With `empty_is_none` an empty cell
    is a unit that was seen and fits no code. `tell` is told what was read otherwise than as ids joined by ';'.
    """
    return _coding(cells, codebook, source, empty_is_none=empty_is_none, coder=coder, joined=True, tell=tell)


def _coding(
    cells: "pd.Series[str]",
    codebook: Codebook | None,
    source: str,
    *,
    empty_is_none: bool,
    coder: str,
    joined: bool = False,
    tell: Tell = lambda _: None,
) -> Coding:
    """The same; unless `joined`, a name is a code as it stands, and ';' alone is between two."""
    stripped = cells_as_seen(cells).str.strip()
    if joined:
        stripped = unlisted(stripped, codebook, source, tell)
    named = {cell: _names(cell, codebook) for cell in stripped.unique() if cell not in DASHES}
    parts = stripped[~stripped.isin(DASHES)].map(named.__getitem__).explode()
    parts = parts[parts.notna()]
    missing = cells.index[:0]
    if joined:
        several = parts.index.has_duplicates
        apart = split(parts.unique().tolist(), codebook, source, tell, parted=several)
        parts = parts.map(lambda name: apart.get(name, name)).explode() if apart else parts
        kept = without_missing(parts, codebook, source, tell)
        missing, parts = parts.index.difference(kept.index), kept
    seen = cells.index[stripped.isin(DASHES) | cells.index.isin(parts.index)]
    if empty_is_none:
        seen = cells.index[~cells.index.isin(missing)]
    names = parts.unique().tolist()
    _check_none(parts, source)
    ids = _known_ids(names, codebook, source)
    if not len(seen):
        raise DataError("files.nothing_coded", file=source)
    frame = assignments({"unit": parts.index.to_numpy(), "code": parts.map(ids).to_numpy()})
    frame = frame.drop_duplicates(["unit", "code"], ignore_index=True)
    return Coding(coder, seen, frame, reasons=Reasons.same(by_hand(coder), len(frame)))


def as_filed(coding: Coding, answers: Answers, codebook: Codebook | None, coder: str) -> Coding:
    """The coding as a column of codes called `coder` would hold it: each code once an answer, without scores or places.

    Raises `DataError` as reading such a column does, for codes that the codebook has not and where no answer was coded.
    """
    units, pairs = answers.corpus.ids, coding.pairs()
    pairs = pairs[pairs["unit"].isin(units)]
    names = sorted(set(pairs["code"]))
    order = dict.fromkeys([*(codebook.ids if codebook else ()), *names])
    place = {name: number for number, name in enumerate(order)}
    pairs = pairs.take(np.lexsort((pairs["code"].map(place), units.get_indexer(pd.Index(pairs["unit"])))))
    ids = _known_ids(names, codebook, answers.path.name)
    seen = units[units.isin(coding.seen)]
    if not len(seen):
        raise DataError("files.nothing_coded", file=answers.path.name)
    frame = assignments({"unit": pairs["unit"].to_numpy(), "code": pairs["code"].map(ids).to_numpy()})
    return Coding(coder, seen, frame.drop_duplicates(["unit", "code"], ignore_index=True)).of(answers.corpus)


def check_spelling(codings: Sequence[Coding], source: str) -> None:
    """Raise where codes that are read without a codebook differ in capitals or spaces alone: they would count apart."""
    if twice := spelt_apart(sorted({code for coding in codings for code in coding.assignments["code"].unique()})):
        raise DataError("files.spelt_apart", file=source, codes=twice[:_NAMED])


def _names(cell: str, codebook: Codebook | None) -> list[str]:
    """What stands in a cell of codes: parted by ';', or by lines where these are not one name."""
    parts = [part.strip() for part in cell.split(";")]
    if codebook and len(ways := cuts(cell, ";", codebook.find)) == 1:  # a label may have ';' in it
        parts = list(ways[0])
    lines = [[part] if codebook and codebook.find(part) else part.splitlines() for part in parts]
    names = [name.strip() for part in lines for name in part]
    return [name for name in (_trimmed(name, codebook) for name in names) if name]


def _trimmed(name: str, codebook: Codebook | None) -> str:
    """The name without a comma or a bar that ends a list, unless it is so called."""
    return name if codebook and codebook.find(name) else name.strip(" ,|")


def _known_ids(names: Sequence[str], codebook: Codebook | None, source: str) -> dict[str, str]:
    """The code of each name. Raises where the codebook has none, or several by now."""
    ids = _ids(names, codebook)
    if codebook:
        _check_split([name for name, id_ in ids.items() if id_ is None], codebook, source)
    if unknown := sorted(name for name, id_ in ids.items() if id_ is None):
        has = codebook.ids if codebook else ()
        raise DataError("files.unknown_codes", file=source, codes=some(unknown, _NAMED), has=has)
    return {name: id_ for name, id_ in ids.items() if id_ is not None}


def _ids(names: Sequence[str], codebook: Codebook | None) -> dict[str, str | None]:
    """The code of each name, None where the codebook has none; a number that became "1.0" is read as 1.

    Without a codebook names are ids, and "1.0" stays what it is where there are numbers such as "1.1" too.
    """
    decimals = [match for name in names if (match := DECIMAL.fullmatch(name))]
    whole = {match[0]: match[1] for match in decimals if not match[2].strip("0")}
    if codebook:
        return {name: codebook.find(name) or codebook.find(whole.get(name, "")) for name in names}
    return {name: whole.get(name, name) if len(whole) == len(decimals) else name for name in names}


def _check_none(parts: "pd.Series[str]", source: str) -> None:
    """Raise where a cell says both that no code fits and which does."""
    if len(both := parts.index[parts.isin(DASHES)]):
        raise DataError("files.none_and_codes", file=source, answer=both[0])


def _check_split(names: Sequence[str], codebook: Codebook, source: str) -> None:
    """Raise where a name is that of a former code which is now several."""
    split = {name: codebook.heirs(name) for name in names}
    if now := [Note("files.split_into", name=name, codes=heirs) for name, heirs in split.items() if len(heirs) > 1]:
        raise DataError("files.split", file=source, codes=now)


def check_free(answers: Answers, into: str, *, fixed: bool = False) -> None:
    """Raise where the column to be written exists: what a person coded is never overwritten.

    `fixed`: no option gives the new column another name.
    """
    if into in answers.sheet.columns:
        key = "files.column_fixed" if fixed else "files.column_taken"
        raise DataError(key, file=answers.path.name, column=into)


def write_coded(
    path: Path, answers: Answers, coding: Coding, order: Sequence[str], into: str, *, parts: Sequence[Coding] = ()
) -> list[Path]:
    """Write the answers with their codes in column `into`, and every assignment in long form.

    `order` is the order of codes within a cell. `parts` are the codings that `coding` was made of,
    where their assignments are to be told apart. Returns the files written.
    """
    coded = answers.sheet.copy()
    coded[into] = coding.cells(answers.corpus.ids, order).to_numpy()
    long = pd.concat([long_form(part) for part in parts or [coding]], ignore_index=True)
    return write_sheets(path, {"answers": coded, "assignments": long}, separator(answers.path))


def long_form(coding: Coding) -> pd.DataFrame:
    """Every assignment: unit, code, coder, score, start, end, reason; the span is empty for a whole text."""
    frame = coding.assignments.copy()
    frame.insert(2, "coder", coding.coder)
    frame["score"] = frame["score"].round(4)
    spans = frame[["start", "end"]].astype("Int64")
    spans[frame["start"] < 0] = pd.NA
    frame[["start", "end"]] = spans
    return frame.assign(reason=pd.Series([reason.filed() for reason in coding.reasons], frame.index, dtype=str))
