"""Answers that need not fit in memory: a file, a folder or a glob of them, in parts of some ten thousand rows.

A part is a stretch of rows of a .parquet. Text files are read once, from begin to end, and put down as a .parquet a
part; workbooks and .sav are read whole, which they fit in.
"""

import glob
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

from coder.errors import DataError
from coder.files.cells import DATABASES, SPREADSHEETS, TEXTS, csv_rows, separated, text_encoding
from coder.files.coded_folder import CodedFolder
from coder.files.columns import Columns
from coder.files.parquet import database, parquet_file, read_cells, write_rows
from coder.files.sheets import TableFile
from coder.files.writing import unguarded
from coder.note import Note, Progress, silent

ROWS, CHARACTERS = 100_000, 32_000_000
"""So much is in a part, about: enough to be worth a process, and to hold its answers in some hundred megabytes."""
LARGE, LARGE_PACKED = 100_000_000, 20_000_000
"""A file of more bytes, or a .parquet, is read part by part, also where it could be read whole."""
_HEAD, _SAMPLES, _SAMPLE = 200_000, 64, 1 << 16
_NOT_ANSWERS = (".", "~$")
"""How names of files begin that programs put into folders."""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows `first` and so many after it of a .parquet.

    `bytes` is how much of what there is to read that is; `ours` says that the file was put down for this and goes.
    """

    number: int
    path: Path
    first: int
    rows: int
    bytes: int
    ours: bool = False


def is_much(asked: Path) -> bool:
    """Whether this names answers that are read part by part: a folder, a pattern, or a very large file."""
    if os.path.isfile(asked):  # noqa: PTH113 (is_file raises for a long name)
        return asked.stat().st_size > (LARGE_PACKED if asked.suffix.lower() == ".parquet" else LARGE)
    return os.path.isdir(asked) or glob.has_magic(str(asked))  # noqa: PTH112


@dataclass(frozen=True, slots=True)
class AnswerFiles:
    """Files of answers that have the same columns, in order of name; `text` is the column of answers.

    A part has `rows` rows, or fewer where these are long.

    Raises `DataError` where there are none or no rows in them, where one cannot be read, lacks the column, or has other
    columns.
    """

    files: tuple[Path, ...]
    text: str
    columns: tuple[str, ...]
    sheet: str = ""
    header_rows: int | None = None
    notes: tuple[Note, ...] = ()
    rows: int = ROWS

    @classmethod
    def of(
        cls,
        asked: Path,
        text: str,
        *,
        needs: Mapping[str, str] | None = None,
        sheet: str = "",
        header_rows: int | None = None,
    ) -> "AnswerFiles":
        """The files that a path, a folder or a glob names; `needs` are further columns, with the option of each."""
        if (folder := CodedFolder.at(asked)) is not None:
            folder.check_whole()
        files = _found(asked)
        if sheet or header_rows is not None:
            text_file = next((file for file in files if file.suffix.lower() not in SPREADSHEETS), None)
            if text_file is not None:
                raise DataError("parts.no_sheets", file=text_file.name)
        first = _columns(files[0], text, sheet, header_rows)
        names = Columns(first)
        found = names.sought(text, files[0].name, "--text")
        if len(found.names) > 1:
            raise DataError("parts.one_column", names=found.names)
        for name, option in (needs or {}).items():
            names.sought(name, files[0].name, option)
        for file in files[1:]:
            if (other := _columns(file, text, sheet, header_rows)) != first:
                raise DataError("parts.other_columns", file=file.name, columns=other, first=files[0].name, has=first)
        if not any(map(_has_rows, files)):
            raise DataError("parts.no_answers", path=asked)
        notes = [
            Note(
                "files.read_as", file=files[0].name, option="--text", asked=one.asked, letter=one.letter, name=one.name
            )
            for one in found.guessed
        ]
        return cls(files, found.names[0], first, sheet, header_rows, tuple(notes))

    @property
    def bytes(self) -> int:
        """How much there is to read."""
        return sum(file.stat().st_size for file in self.files)

    def marks(self) -> list[dict[str, str | int]]:
        """The name, the size and a hash of each file, by which it is known again: that of 64 places in it."""
        return [{"name": file.name, "bytes": file.stat().st_size, "hash": _hash(file)} for file in self.files]

    def column(self, asked: str, option: str) -> str:
        """The name of the column that is meant. Raises `DataError` where it is not there, or several are meant."""
        found = Columns(self.columns).sought(asked, self.files[0].name, option).names
        if len(found) > 1:
            raise DataError("parts.one_column", names=found)
        return found[0]

    def cells(self, *columns: str, progress: Progress = silent) -> Iterator[tuple[Sequence[str], ...]]:
        """The cells of these columns as text, in the order of the files, some thousands of rows at a time."""
        done, total = 0, self.bytes
        with TemporaryDirectory() as folder, database() as base:
            for part in self.parts(Path(folder)):
                progress("progress.reading", done, total)
                yield from read_cells(base, part.path, part.first, part.rows, columns)
                done += part.bytes
                if part.ours:
                    part.path.unlink()

    def parts(self, folder: Path, done: frozenset[int] = frozenset()) -> Iterator[Part]:
        """The parts in order. What has to be put down for one goes into `folder`, unless it is `done`."""
        number = 0
        for file in self.files:
            whole = file.suffix.lower()
            found = (
                self._of_parquet(file, number) if whole == ".parquet" else self._put_down(file, number, folder, done)
            )
            for part in found:
                number = part.number + 1
                yield part

    def _of_parquet(self, file: Path, number: int) -> Iterator[Part]:
        said = parquet_file(file)
        wide = said.unpacked / max(said.rows, 1)
        rows, size = max(1, min(self.rows, int(CHARACTERS / max(wide, 1)))), file.stat().st_size
        for place, first in enumerate(range(0, said.rows, rows)):
            count = min(rows, said.rows - first)
            yield Part(number + place, file, first, count, size * count // said.rows)

    def _put_down(self, file: Path, number: int, folder: Path, done: frozenset[int]) -> Iterator[Part]:
        """The rows of a file of another kind, put down as a .parquet a part."""
        if file.suffix.lower() not in TEXTS:
            frame = TableFile(file, self.sheet, self.header_rows).read({self.text: "--text"}).frame
            rows = map(list, frame.itertuples(index=False, name=None))
            yield from self._as_parquet(rows, number, folder, done, lambda: file.stat().st_size)
            return
        with _TextFile.opened(file) as read:
            yield from self._as_parquet(read.rows(), number, folder, done, lambda: read.read)

    def _as_parquet(
        self, rows: Iterator[list[str]], number: int, folder: Path, done: frozenset[int], read: Callable[[], int]
    ) -> Iterator[Part]:
        before, run = 0, token_hex(4)  # what outlives a run that was killed takes nothing from the next
        while some := _some(rows, self.rows):
            path = folder / f".coder-answers-{run}-{number:08}.parquet"
            if number not in done:
                _write(path, some, self.columns)
            now = read()
            yield Part(number, path, 0, len(some), now - before, ours=True)
            number, before = number + 1, now


def _found(asked: Path) -> tuple[Path, ...]:
    """The files that are meant, in order of name."""
    known = (*TEXTS, *SPREADSHEETS, *DATABASES)
    if os.path.isdir(asked):  # noqa: PTH112 (is_dir raises for a long name)
        inside = [file for file in asked.iterdir() if file.is_file() and not file.name.startswith(_NOT_ANSWERS)]
        files = [file for file in inside if file.suffix.lower() in known]
    elif os.path.exists(asked) or not glob.has_magic(str(asked)):  # noqa: PTH110
        files = [asked]
    else:
        files = [Path(name) for name in glob.glob(str(asked), recursive=True) if Path(name).is_file()]  # noqa: PTH207
    if not files:
        raise DataError("parts.no_files", path=asked, endings=known)
    if missing := [file for file in files if not os.path.isfile(file)]:  # noqa: PTH113
        raise DataError("files.missing", path=missing[0])
    if strange := [file for file in files if file.suffix.lower() not in known]:
        raise DataError("parts.ending", file=strange[0].name, endings=known)
    return tuple(sorted(file.absolute() for file in files))


def _columns(file: Path, text: str, sheet: str, header_rows: int | None) -> tuple[str, ...]:
    if file.suffix.lower() == ".parquet":
        return parquet_file(file).columns
    if file.suffix.lower() in TEXTS:
        with _TextFile.opened(file) as read:
            return read.columns
    return tuple(map(str, TableFile(file, sheet, header_rows).read({text: "--text"}).frame.columns))


def _has_rows(file: Path) -> bool:
    """Whether there is a row under the names; a workbook or .sav without one was refused when its columns were read."""
    if file.suffix.lower() == ".parquet":
        return parquet_file(file).rows > 0
    if file.suffix.lower() not in TEXTS:
        return True
    with _TextFile.opened(file) as read:
        return next(read.rows(), None) is not None


def _hash(file: Path) -> str:
    """A hash of 64 stretches of the file, the first and the last among them."""
    size, found = file.stat().st_size, blake2b(digest_size=16)
    with file.open("rb") as read:
        for place in range(_SAMPLES):
            read.seek(max(size - _SAMPLE, 0) * place // (_SAMPLES - 1))
            found.update(read.read(_SAMPLE))
            if size <= _SAMPLE:
                break
    return found.hexdigest()


def _some(rows: Iterator[list[str]], most: int) -> list[list[str]]:
    """The rows of the next part."""
    found: list[list[str]] = []
    characters = 0
    for row in islice(rows, most):
        found.append(row)
        characters += sum(map(len, row))
        if characters > CHARACTERS:
            break
    return found


def _write(path: Path, rows: list[list[str]], columns: Sequence[str]) -> None:
    from arro3.core import Array, DataType, Field, RecordBatch, Schema  # noqa: PLC0415

    utf8 = DataType.utf8()
    cells = [Array(list(column), type=utf8) for column in zip(*rows, strict=True)]
    schema = Schema([Field(name, utf8, nullable=True) for name in columns])
    with database() as base:
        write_rows(base, path, [RecordBatch(cells, schema=schema)])


class _TextFile:
    """A .csv that is read row by row. Its first row that holds anything has the names of the columns."""

    def __init__(self, file: Path, lines: TextIOWrapper) -> None:
        self.file, self._lines = file, lines
        head = lines.read(_HEAD)
        delimiter, rest = separated(head, file)
        told = len(head) - len(rest)
        lines.seek(0)
        if told:
            lines.read(told)
        self._rows = csv_rows(lines, delimiter, file)
        names = [cell.strip() for cell in next(self._rows, [])]
        while names and not names[-1]:
            names.pop()
        if not names:
            raise DataError("files.empty", file=file.name)
        self.columns = tuple(name or f"column {place}" for place, name in enumerate(names, start=1))
        if twice := sorted({name for name in self.columns if self.columns.count(name) > 1}):
            raise DataError(
                "files.columns_twice_among", file=file.name, twice=twice, columns=Columns(self.columns).listed()
            )

    @classmethod
    @contextmanager
    def opened(cls, file: Path) -> "Iterator[_TextFile]":
        try:
            with file.open(encoding=text_encoding(file), errors="replace", newline="") as lines:
                yield cls(file, lines)
        except OSError as error:
            raise DataError("files.not_read", file=file.name, why=error.strerror) from None

    @property
    def read(self) -> int:
        """How many bytes were read."""
        return os.lseek(self._lines.fileno(), 0, os.SEEK_CUR)

    def rows(self) -> Iterator[list[str]]:
        """The rows under the names, each as wide. Raises where one is wider: a text that holds the separator."""
        wide = len(self.columns)
        for number, row in enumerate(self._rows, start=1):
            if len(row) > wide and (beyond := [cell for cell in row[wide:] if cell.strip()]):
                raise DataError("files.long_row", file=self.file.name, columns=wide, row=number, cell=beyond[0][:40])
            if len(row) != wide:
                row = row[:wide] + [""] * (wide - len(row))  # noqa: PLW2901
            yield [unguarded(cell) if cell[:1] == "'" else cell for cell in row]
