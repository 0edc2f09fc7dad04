"""Answers in, coded answers out.

A cell of codes reads: ids joined by ';', '-' for seen and none fits, empty for not coded. Numbers and
labels of the codebook are understood too. Spreadsheets leave their traces in such cells: lines in place
of ';', a long dash, 1.0 for 1; these are read as what was meant.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from coder.codebook import Codebook, spelt_apart
from coder.coding import Coding, assignments
from coder.corpus import TEXT, Corpus
from coder.errors import DataError
from coder.files.cells import separator
from coder.files.kinds import with_kinds
from coder.files.sheets import column, read_sheet
from coder.files.writing import write_sheets

NONE_FITS = "-"
_DASHES = (NONE_FITS, "\N{EN DASH}", "\N{EM DASH}", "\N{MINUS SIGN}")
"""What Word and Excel make of '-'."""
_NAMED = 10
"""So many unknown codes an error names."""
_DECIMAL = re.compile(r"(\d+)[.,](\d+)")


@dataclass(frozen=True, slots=True)
class Answers:
    """A file of answers as read: the corpus, and the table it came from with its columns as they were."""

    corpus: Corpus
    sheet: pd.DataFrame
    path: Path

    def __len__(self) -> int:
        return len(self.corpus)


def read_answers(path: Path, *, text: str, id: str | None = None, needs: Sequence[str] = ()) -> Answers:  # noqa: A002
    """Read a .csv or .xlsx of answers; `text` names the column of the answers, `id` that of their ids.

    Without `id` the units are numbered 1, 2, 3. `needs` are further columns that must be there.
    """
    wanted = [text, *([id] if id else []), *needs]
    sheet = with_kinds(read_sheet(path, wanted), dict.fromkeys([text, *needs], "text"))  # verbatim, numbers too
    for name, option in zip(wanted, ["--text", *(["--id"] if id else []), *["--codes"] * len(needs)], strict=True):
        column(sheet, name, path, option)
    ids = sheet[id].str.strip() if id else pd.Series([str(number) for number in range(1, len(sheet) + 1)])
    if id and (empty := int((ids == "").sum())):
        raise DataError(f"{path.name} has {empty} rows without an id in column {id!r}. Give each row its own.")
    if id and (twice := ids[ids.duplicated()]).size:
        raise DataError(
            f"{twice.nunique()} ids occur more than once in {path.name}, for instance {twice.iloc[0]!r}. Give every "
            f"row its own, or see and drop the duplicates: coder facts {path.name} --id {id} --without-duplicates OUT"
        )
    units = sheet.drop(columns=[name for name in (TEXT,) if name in sheet and name != text])
    units = units.rename(columns={text: TEXT})
    units.index = pd.Index(ids.to_numpy(), name="unit")
    return Answers(Corpus(units, path.stem), sheet, path)


def read_coded(path: Path, codes: str, codebook: Codebook | None = None, *, empty_is_none: bool = False) -> Coding:
    """The coding in one column of a file; rows are the units. For files whose text is not needed."""
    cells = column(read_sheet(path, [codes]), codes, path, "--codes")
    cells.index = pd.Index([str(number) for number in range(1, len(cells) + 1)])
    return parse_codes(cells, codebook, path.name, empty_is_none=empty_is_none)


def parse_codes(
    cells: "pd.Series[str]", codebook: Codebook | None, source: str, *, empty_is_none: bool = False, coder: str = "hand"
) -> Coding:
    """The coding in a column of cells, indexed by unit.

    With a codebook every code must be in it: `DataError` lists those that are not. With
    `empty_is_none` an empty cell is a unit that was seen and fits no code.
    """
    stripped = cells.str.strip()
    parts = stripped[~stripped.isin(_DASHES)].map(lambda cell: _names(cell, codebook)).explode()
    parts = parts[parts.notna()]
    seen = cells.index if empty_is_none else cells.index[stripped.isin(_DASHES) | cells.index.isin(parts.index)]
    names = parts.unique().tolist()
    _check_none(parts, source)
    ids = _ids(names, codebook)
    _check_joined(names, ids, codebook, source)
    if codebook:
        _check_split([name for name, id_ in ids.items() if id_ is None], codebook, source)
    if unknown := sorted(name for name, id_ in ids.items() if id_ is None):
        has = ", ".join(codebook.ids) if codebook else ""
        more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
        raise DataError(
            f"{source} has codes that the codebook does not have: {', '.join(unknown[:_NAMED])}{more}. It has {has}."
        )
    if not len(seen):
        raise DataError(f"{source} has no coded row: every cell of codes is empty (use '-' for 'none fits').")
    frame = assignments(
        {"unit": parts.index.to_numpy(), "code": parts.map(ids).to_numpy(), "reason": [coder] * len(parts)}
    )
    return Coding(coder, seen, frame.drop_duplicates(["unit", "code"], ignore_index=True))


def check_spelling(codings: Sequence[Coding], source: str) -> None:
    """Raise where codes that are read without a codebook differ in capitals or spaces alone: they would count apart."""
    if twice := spelt_apart(sorted({code for coding in codings for code in coding.assignments["code"].unique()})):
        raise DataError(
            f"{source} has codes that differ in capitals or spaces alone, and would be counted apart: "
            f"{'; '.join(twice[:_NAMED])}. Write them alike, or give the codebook (--codebook)."
        )


def _names(cell: str, codebook: Codebook | None) -> list[str]:
    """What stands in a cell of codes: parted by ';', or by lines where these are not one name."""
    parts = [part.strip() for part in cell.split(";")]
    lines = [[part] if codebook and codebook.find(part) else part.splitlines() for part in parts]
    return [name.strip() for part in lines for name in part if name.strip()]


def _ids(names: Sequence[str], codebook: Codebook | None) -> dict[str, str | None]:
    """The code of each name, None where the codebook has none; a number that became "1.0" is read as 1.

    Without a codebook names are ids, and "1.0" stays what it is where there are numbers such as "1.1" too.
    """
    decimals = [match for name in names if (match := _DECIMAL.fullmatch(name))]
    whole = {match[0]: match[1] for match in decimals if not match[2].strip("0")}
    if codebook:
        return {name: codebook.find(name) or codebook.find(whole.get(name, "")) for name in names}
    return {name: whole.get(name, name) if len(whole) == len(decimals) else name for name in names}


def _check_none(parts: "pd.Series[str]", source: str) -> None:
    """Raise where a cell says both that no code fits and which does."""
    if len(both := parts.index[parts.isin(_DASHES)]):
        raise DataError(
            f"{source} has '-' (no code fits) together with other codes in one cell, in answer {both[0]}. "
            "Keep the one or the others."
        )


def _check_joined(names: Sequence[str], ids: dict[str, str | None], codebook: Codebook | None, source: str) -> None:
    """Raise where a name is several codes, joined by something else than ';'."""
    known = set(names)
    for name in names:
        parts = [part.strip() for part in re.split("[,|]", name)]
        if len(parts) < 2 or (codebook and ids[name] is not None):  # noqa: PLR2004 (one part is one code)
            continue
        if all(codebook.find(part) if codebook else part in known for part in parts):
            raise DataError(f"{source} has {name!r}, which is {len(parts)} codes; join codes in a cell by ';'.")


def _check_split(names: Sequence[str], codebook: Codebook, source: str) -> None:
    """Raise where a name is that of a former code which is now several."""
    split = {name: codebook.heirs(name) for name in names}
    if said := [f"{name!r} is now {' and '.join(heirs)}" for name, heirs in split.items() if len(heirs) > 1]:
        raise DataError(
            f"{source} has codes that were split since, so that one name stands for several: {'; '.join(said)}. "
            "Write in the file which of them is meant."
        )


def check_free(answers: Answers, into: str, remedy: str = "name another with --into") -> None:
    """Raise where the column to be written exists: what a person coded is never overwritten."""
    if into in answers.sheet.columns:
        raise DataError(f"{answers.path.name} already has a column {into!r}; {remedy}.")


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
    return frame
