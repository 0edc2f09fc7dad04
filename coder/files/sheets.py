"""A table of a file: which sheet and which row has the names of the columns, and which column is meant by a name.

`read_sheet` reads tables of our own making and codebooks. `TableFile` reads what people export of a survey, where
rows stand under the names, sheets have to be chosen and columns are called by a letter.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from numbers import Integral
from pathlib import Path
from typing import Any

import pandas as pd

from coder.corpus import cells_as_seen
from coder.errors import DataError
from coder.files.cells import DATABASES, SOURCE, SPREADSHEETS, TEXTS, Cells, Rows, read_cells, sheet_names, text_frame
from coder.files.columns import Columns, FoundColumns, is_place, letter, plain_parts
from coder.files.headers import WITHIN, Header, foot, read_header, shown_rows
from coder.files.kinds import with_kinds
from coder.note import Note


def read_sheet(
    path: Path, columns: Sequence[str] = (), *, header: Callable[[set[str]], bool] | None = None, sheet: str = ""
) -> pd.DataFrame:
    """A table of text cells; the header is the first row that has all of `columns`, or that `header` accepts.

    `sheet` names one of `sheet_names`, the first unless given. Rows that are empty throughout are left
    out. Raises `DataError` where the file is not there, is empty or is no table.
    """
    return table_of(path, read_cells(path, sheet), columns, header=header)


def table_of(
    path: Path, cells: Cells, columns: Sequence[str] = (), *, header: Callable[[set[str]], bool] | None = None
) -> pd.DataFrame:
    """The table that `read_sheet` reads, in cells of the file that were read before."""
    rows = cells.rows
    if not rows:
        raise DataError("files.empty", file=path.name)
    accepted = header or (lambda cells: all(name in cells for name in columns))
    top = enumerate(rows[:WITHIN])
    place = next((place for place, row in top if accepted({cell.strip() for cell in row})), 0)
    names = [cell.strip() for cell in rows[place]]
    while names and not names[-1]:
        names.pop()
    named = [name or f"column {number}" for number, name in enumerate(names, start=1)]
    if twice := [name for name, times in Counter(named).items() if times > 1]:
        raise DataError("files.columns_twice", file=path.name, columns=twice)
    found, _ = _frame(rows[place + 1 :], Header(named, place + 1, len(rows[place]), {}, ()), path)
    return with_kinds(found, cells.kinds)


OF_ANSWERS = ("--text", "--codes", "--hand", "--second")
"""The options that name columns of answers or codes."""
_KEPT = 2_000_000
"""So many cells of a file stay at hand, for when other columns of it are asked for."""


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file of answers as a survey program wrote it or a person saved it, and what to know of how it was read.

    `sheet` names a sheet of a workbook, `header_rows` says how many rows the column names take (what looks like a
    header and may be an answer is an error unless it does). `notes` are for the user, each once, in the order in which
    they were found; `tell` is given each as it comes. A file that is not very large is read once. With `frame`
    the table is that DataFrame, all of it, and `path` only names it: see `as_file`.
    """

    path: Path
    sheet: str = ""
    header_rows: int | None = None
    tell: Callable[[Note], None] | None = None
    notes: list[Note] = field(default_factory=list)
    _read: dict[str, Cells] = field(default_factory=dict, repr=False)
    frame: pd.DataFrame | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", Path(self.path))
        if self.frame is not None:
            object.__setattr__(self, "frame", text_frame(self.frame.reset_index(drop=True)))

    def note(self, note: Note) -> None:
        """Tell something, once."""
        if note not in self.notes:
            self.notes.append(note)
            if self.tell is not None:
                self.tell(note)

    def read(self, asked: Mapping[str, str], *, header: Callable[[set[str]], bool] | None = None) -> "Sheet":
        """The sheet and the rows in which the columns `asked` for are; each has the option that named it.

        A title above the names, rows under them that belong to them and a foot are left out, which is told. `header`
        accepts a row of names too: that of a table which is no answers, and of which the foot is kept. Raises
        `DataError` where the file is not there, is empty, is no table, lacks a column, or where it is not clear which
        sheet or row is meant.
        """
        if self.frame is not None:
            return self._of_frame(self.frame, asked, header)
        name, read = self._chosen(asked, header)
        rows, kinds = self._cells(name), self._whole(name).kinds
        ends = 0 if self._is_database or header is not None else foot(rows[read.body :], self._answers_at(read, asked))
        body = rows[read.body : len(rows) - ends]
        for note in read.notes:
            self.note(note)
        if ends:
            self.note(Note("files.rows_at_end", file=self.path.name, count=ends, rows=shown_rows(rows[-ends:])))
        self._check_stored(name, read, asked)
        frame, beyond = _frame(body, read, self.path)
        frame = with_kinds(frame, kinds)
        if beyond:
            self.note(beyond)
        if frame.size > _KEPT:
            self._read.clear()
        sheet = Sheet(frame, self, read.wording, read.left)
        if header is None or not header(set(read.names)):
            for one, option in asked.items():
                sheet.find(one, option)
        return sheet

    def columns(self, asked: Mapping[str, str], *, header: Callable[[set[str]], bool] | None = None) -> Columns:
        """The columns of the table that `read` would give, without the rows; raises as it does."""
        if self.frame is not None:
            return self._of_frame(self.frame, asked, header).columns
        columns = self._chosen(asked, header)[1].columns
        if header is None or not header(set(columns.names)):
            for one, option in asked.items():
                columns.sought(one, self.path.name, self.asked_by(option))
        return columns

    def asked_by(self, option: str) -> str:
        """What names a column: the option of a command, which is told what is found; without one, Python's argument.

        >>> TableFile(Path("answers.csv")).asked_by("--then-codes")
        'then_codes='
        """
        return option if self.tell is not None else f"{option.removeprefix('--').replace('-', '_')}="

    @property
    def sheets(self) -> Sequence[str]:
        """The names of the sheets of a workbook; any other file has none."""
        return self._names()

    def top(self, most: int = WITHIN) -> Rows:
        """The first rows of the sheet that is named, or of the first, as they stand in the file."""
        names = self._names()
        return self._cells(self._named(names) if self.sheet else next(iter(names), ""))[:most]

    def beside(self, name: str) -> pd.DataFrame | None:
        """The table that coder wrote beside this one: a sheet of that name, or FILE.name.csv; None where there is none.

        Its first row has the names of the columns.
        """
        try:
            rows = self._beside(name)
        except DataError:
            return None
        if len(rows) < 2:  # noqa: PLR2004 (a head and a row)
            return None
        head, *body = ([cell.strip() for cell in row] for row in rows)
        wide = len(head)
        return pd.DataFrame([[*row, *[""] * wide][:wide] for row in body], columns=head, dtype=str)

    def _beside(self, name: str) -> Rows:
        if self.frame is not None:
            return []
        if self.path.suffix.lower() in SPREADSHEETS:
            return self._cells(name) if name in self._names() else []
        other = self.path.with_name(f"{self.path.stem}.{name}.csv")
        return read_cells(other).rows if other.is_file() else []

    def _of_frame(
        self, frame: pd.DataFrame, asked: Mapping[str, str], header: Callable[[set[str]], bool] | None
    ) -> "Sheet":
        if not len(frame):
            if not len(frame.columns):
                raise DataError("files.empty_frame", file=self.path.name)
            raise DataError("files.no_rows_in_frame", file=self.path.name, columns=list(map(str, frame.columns)))
        source = frame.attrs.get(SOURCE, {})
        sheet = Sheet(frame, self, source.get("wording", {}), source.get("left", 0))
        if header is None or not header(set(map(str, frame.columns))):
            for one, option in asked.items():
                sheet.find(one, option)
        return sheet

    def _chosen(self, asked: Mapping[str, str], header: Callable[[set[str]], bool] | None) -> tuple[str, Header]:
        """The sheet that has the columns, and its header."""
        names = self._names()
        if self.sheet:
            name = self._named(names)
            if not self._cells(name):
                raise DataError("files.empty_sheet", sheet=name, file=self.path.name)
            return name, self._header(name, asked, header)
        filled = [name for name in names or [""] if self._cells(name)]
        if not filled:
            raise DataError("files.empty", file=self.path.name)
        having = filled[:1]
        if len(filled) > 1 and (asked or header is not None):
            having = [name for name in filled if self._has(name, asked, header)]
            having = having or [name for name in filled if self._means(name, asked)]
        if len(having) > 1:
            raise DataError("files.some_sheets", file=self.path.name, number=len(having), sheets=having)
        if not having:
            raise self._nowhere(filled, asked)
        if having[0] != [*names, ""][0] or (len(filled) > 1 and not asked and header is None):
            self.note(Note("files.sheet_read", file=self.path.name, sheet=having[0]))
        return having[0], self._header(having[0], asked, header)

    def _check_stored(self, sheet: str, read: Header, asked: Mapping[str, str]) -> None:
        """Raise where a column that is asked for has formulas without a value, and tell of any other."""
        for place, name in enumerate(read.names):
            if cells := self._whole(sheet).unstored.get(letter(read.left + place)):
                note = Note(
                    "files.unstored", file=self.path.name, column=name, letter=letter(read.left + place),
                    count=cells[0], row=cells[1],
                )  # fmt: skip
                if any(name in read.columns.sought(one, self.path.name, option).names for one, option in asked.items()):
                    raise DataError(note.key, **note.values)
                self.note(note)

    def _answers_at(self, read: Header, asked: Mapping[str, str]) -> set[int]:
        """The places of the columns that hold answers or codes."""
        held = [name for name, option in asked.items() if option in OF_ANSWERS]
        try:
            found = [read.columns.find(name).names for name in held]
        except DataError:  # said when the columns are looked up
            return set()
        return {read.names.index(name) for names in found for name in names}

    def _named(self, names: Sequence[str]) -> str:
        """The sheet of this name, or the only one that is called so but for capitals."""
        alike = [name for name in names if name.strip().casefold() == self.sheet.strip().casefold()]
        if self.sheet in names:
            return self.sheet
        if len(alike) == 1:
            return alike[0]
        if not names:
            raise DataError("files.no_sheets", file=self.path.name)
        raise DataError("files.no_sheet", file=self.path.name, asked=self.sheet, sheets=names)

    def _names(self) -> Sequence[str]:
        """The names of the sheets: any sheet that is at hand knows them, and the first, which is read now, else."""
        if not self._read and self.sheet:
            return sheet_names(self.path)
        if not self._read:
            first = read_cells(self.path)
            self._read[first.sheets[0] if first.sheets else ""] = first
        return next(iter(self._read.values())).sheets

    def _cells(self, sheet: str) -> Rows:
        return self._whole(sheet).rows

    @property
    def _is_database(self) -> bool:
        """Whether the file itself says what its columns are called (.sav, .parquet): no row is a header or a foot."""
        return self.path.suffix.lower() in DATABASES

    def _whole(self, sheet: str) -> Cells:
        if sheet not in self._read:
            self._read[sheet] = read_cells(self.path, sheet)
        return self._read[sheet]

    def _has(self, sheet: str, asked: Mapping[str, str], header: Callable[[set[str]], bool] | None) -> bool:
        accepted = _accepts(asked, header)
        return any(accepted({cell.strip() for cell in row}) for row in self._cells(sheet)[:WITHIN])

    def _header(self, sheet: str, asked: Mapping[str, str], header: Callable[[set[str]], bool] | None) -> Header:
        accepted = _accepts(asked, header) if (asked or header) and not self._is_database else None
        top = self._cells(sheet)[:WITHIN]
        known = self._is_database or (header is not None and any(header({*map(str.strip, row)}) for row in top))
        cells = self._whole(sheet)
        read = read_header(cells.rows, accepted, self.header_rows or known or None, self.path.name)
        read = replace(read, left=cells.left, wording={**_own_wording(read.names, cells.wording), **read.wording})
        if read.body == len(self._cells(sheet)):
            raise DataError("files.no_rows", file=self.path.name, columns=read.columns.listed())
        return read

    def _means(self, sheet: str, asked: Mapping[str, str]) -> bool:
        """Whether all columns are found in a sheet by a letter or a beginning."""
        try:
            read = self._header(sheet, asked, None)
            return all(map(read.columns.find, asked))
        except DataError:
            return False

    def _nowhere(self, sheets: Sequence[str], asked: Mapping[str, str]) -> DataError:
        """No sheet has the columns, and this is what each has."""
        has = [
            Note("files.sheet_has", sheet=name, columns=self._header(name, asked, None).columns.listed())
            for name in sheets
        ]
        options = list(dict.fromkeys(asked.values()))
        return DataError("files.nowhere", file=self.path.name, columns=list(asked), has=has, options=options)


_WEIGHTS = re.compile(
    r"(eind)?(gewicht|weeg|weging|weegfactor|wegingsfactor|weights?|wgt|wt|poids|pond[ée]ration)([ _]?\w{1,6})?",
    re.IGNORECASE,
)
_NUMBER = r"\s*\d+([.,]\d+)?\s*"
TableSource = str | Path | TableFile | pd.DataFrame
"""Where answers or a table may come from: a path, a file of which more is known, or a DataFrame."""
OF_FRAME = "DataFrame"
"""What a DataFrame is called where a file has its name."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as read: text cells in `frame`, the file they came from, and the `wording` of columns that have one.

    `left` is how many empty columns stand before the first in the file.
    """

    frame: pd.DataFrame
    file: TableFile
    wording: Mapping[str, str] = field(default_factory=dict)
    left: int = 0

    def find(self, asked: str, option: str) -> FoundColumns:
        """The columns meant (see `Columns.find`); raises `DataError` that lists those there are."""
        name, option = self.file.path.name, self.file.asked_by(option)
        found = self.columns.sought(asked, name, option)
        for guess in found.guessed:
            self.file.note(
                Note("files.read_as", file=name, option=option, asked=guess.asked, letter=guess.letter, name=guess.name)
            )
        return found

    @property
    def columns(self) -> Columns:
        """The columns, to find one among."""
        return Columns(list(map(str, self.frame.columns)), self.wording, self.left)

    def name(self, asked: str, option: str) -> str:
        """The name of the column meant; of several, as they are joined."""
        return self.find(asked, option).name

    def column(self, asked: str, option: str) -> "pd.Series[str]":
        """The column meant; of several, what they hold but for empty cells, with "; " between.

        Texts (--text) stay verbatim; of any other column cells that look the same are the same.
        """
        found = self.find(asked, option)
        if len(found.names) == 1:
            cells = self.frame[found.names[0]]
            return cells if option == "--text" else cells_as_seen(cells)
        rows = self.frame[list(found.names)].itertuples(index=False)
        joined = ["; ".join(cell.strip() for cell in row if cell.strip()) for row in rows]
        cells = pd.Series(joined, index=self.frame.index, name=found.name, dtype=str)
        return cells if option == "--text" else cells_as_seen(cells)


def as_file(file: TableSource) -> TableFile:
    """A file of answers of which nothing is said but where it is, or a DataFrame that is read as a file would be.

    Raises `DataError` for anything else.

    >>> import pandas as pd
    >>> as_file(pd.DataFrame({"answer": ["video"], "codes": [3]})).read({"codes": "--codes"}).frame["codes"].tolist()
    ['3']
    """
    if isinstance(file, TableFile):
        return file
    if isinstance(file, pd.DataFrame):
        return TableFile(Path(OF_FRAME), frame=file)
    if not isinstance(file, str | Path):
        raise DataError("files.no_source", kind=type(file).__name__)
    return TableFile(Path(file))


def column_asked(name: Any, option: str) -> str:  # noqa: ANN401 (what a notebook may give)
    """The name of a column as a notebook gives it: a text, or a whole number. Raises `DataError` for anything else."""
    if isinstance(name, Integral) and not isinstance(name, bool):
        return str(int(name))
    if not isinstance(name, str):
        raise DataError("files.no_column_name", option=option, kind=type(name).__name__)
    return name


def _accepts(asked: Mapping[str, str], header: Callable[[set[str]], bool] | None) -> Callable[[set[str]], bool]:
    """Whether a row of names has the columns asked for, or is another kind of header."""

    def accepts(cells: set[str]) -> bool:
        if header is not None and header(cells):
            return True
        parts = [part for name in asked for part in plain_parts(name, cells)]
        named = [part for part in parts if not is_place(part)]  # an answer may be called "A" or "2"
        return bool(named) and all(part in cells for part in named)

    return accepts


def _own_wording(names: Sequence[str], wording: Sequence[str]) -> dict[str, str]:
    """The wording that the file itself has of columns (.sav), where it is not the name."""
    return {name: said for name, said in zip(names, wording, strict=False) if said not in ("", name)}


def _frame(body: Rows, header: Header, path: Path) -> tuple[pd.DataFrame, Note | None]:
    """The rows under the names, and what to tell of columns to the right of the last name.

    Raises where there are no rows, and where a row of text is longer than the row of names: a text that holds the
    separator moves all that comes after it.
    """
    if not body:
        raise DataError("files.no_rows", file=path.name, columns=header.names)
    width, text = len(header.names), path.suffix.lower() in TEXTS
    beyond: set[int] = set()
    for number, row in enumerate(body, start=1):
        if len(row) <= width:
            continue
        more = [place for place in range(width, len(row)) if row[place].strip()]
        if text and more and more[0] == width and (len(row) > header.width or row[width].startswith(" ")):
            raise DataError("files.long_row", file=path.name, columns=width, row=number, cell=row[more[-1]][:40])
        beyond.update(more)
    names = [*header.names, *(f"column {place + 1}" for place in range(width, max(beyond, default=-1) + 1))]
    width = len(names)
    frame = pd.DataFrame([(row + [""] * width)[:width] for row in body], columns=names, dtype=str)
    called = [
        Note("files.called", letter=letter(header.left + place), column=f"column {place + 1}")
        for place in sorted(beyond)
    ]
    return frame, Note("files.columns_beyond", file=path.name, columns=called) if called else None


def called_weight(name: str) -> bool:
    """Whether a column is called one of weights."""
    return bool(_WEIGHTS.fullmatch(name.strip()))


def weight_like(frame: pd.DataFrame) -> str:
    """The column that by its name and its numbers looks like one of weights; "" where none does."""
    for name, cells in frame.items():
        if called_weight(str(name)) and cells.str.fullmatch(_NUMBER).all() and len(set(cells)) > 1:
            return str(name)
    return ""
