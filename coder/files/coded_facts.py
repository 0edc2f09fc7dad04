"""The facts of a folder of coded answers: who answered, and who is in it twice, out of memory.

Rows are read some ten thousand at a time. What they are compared by goes to DuckDB, as a hash of 128 bits; those that
may repeat another come back, and are compared as the rows of a file are. Of the others the kinds are kept: respondents
of the same groups and weight, of whom the same answers say something.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.corpus import TEXT, Corpus
from coder.files.code_cells import NONE_FITS
from coder.files.coded_folder import CodedFolder
from coder.files.parquet import database, literal
from coder.files.sheets import TableFile
from coder.languages.language import no_answers
from coder.tables.respondents import (
    WORDS,
    ComparedRows,
    Duplicates,
    compare_rows,
    compared_columns,
    words_throughout,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ROWS = 50_000
"""So many rows are held at once."""
_REASONS = "reasons"
"""What `coder code --reasons` adds, by which no rows are compared."""


@dataclass(frozen=True, slots=True)
class FolderRows:
    """What facts are made of: the kinds of respondents, how many each has, and the rows that repeat another.

    Rows that go are not counted in `times`.
    """

    kinds: pd.DataFrame
    times: npt.NDArray[np.intp]
    duplicates: Duplicates


@dataclass(frozen=True, slots=True)
class AskedOfRows:
    """The names of columns, and how rows are compared, as `coder.tables.respondents.find_duplicates` takes it."""

    id: str | None
    text: Sequence[str]
    by: Sequence[str]
    weight: str | None
    ignore: Sequence[str]
    keep: str | None = None
    words: int = WORDS
    no_answer: Sequence[str] | None = None


def named_columns(
    file: TableFile, named: "Mapping[str, Sequence[str | None] | None]"
) -> "tuple[pd.DataFrame, list[list[str]]]":
    """The rows of a file, numbered from 1, and the names of the columns that each option asks for."""
    read = file.read({name: option for option, names in named.items() for name in names or [] if name})
    found = {option: [read.name(name, option) for name in names or [] if name] for option, names in named.items()}
    frame = read.frame.set_axis(pd.RangeIndex(1, len(read.frame) + 1))
    return frame.assign(**{name: read.column(name, "--text").to_numpy() for name in found["--text"]}), [*found.values()]


def folder_rows(
    folder: CodedFolder, file: TableFile, named: "Mapping[str, Sequence[str | None] | None]", asked: AskedOfRows
) -> tuple[FolderRows, AskedOfRows]:
    """The rows of a folder for facts, and what is asked under the names of the columns themselves.

    Memory is that of the kinds, of the rows that repeat another, and a byte a row. Raises `DataError` where the folder
    is not whole, and as the same of a file does.
    """
    folder.check_whole()
    seen, kinds = _Seen(), _Kinds()
    with database(folder.path) as base:
        base.execute(
            "CREATE TEMP TABLE coder_rows (row BIGINT, kind INT, id VARCHAR, answers UHUGEINT, says BOOL, words INT)"
        )
        for part in _parts(folder, base):
            source = TableFile(Path(file.path.name), tell=None if seen.rows else file.tell, frame=part)
            frame, (ids, weights, text, by, ignore) = named_columns(source, named)
            asked = AskedOfRows(
                ids[0] if ids else None, text, by, weights[0] if weights else None, ignore, asked.keep, asked.words,
                asked.no_answer,
            )  # fmt: skip
            compared = compared_columns(frame, asked.id, asked.ignore)
            rows = compare_rows(frame, compared, asked.id, text, asked.no_answer)
            rows["kind"] = kinds.of(frame, asked)
            rows["row"] = np.arange(seen.rows, seen.rows + len(frame))
            seen.more(frame, compared)
            base.register("coder_some", rows)
            base.execute(
                "INSERT INTO coder_rows SELECT row, kind, id, md5_number(answers), says, words FROM coder_some"
            )
            base.unregister("coder_some")
        found, of_kind = _candidates(base, words_throughout(seen.throughout, compared), asked.words)
    duplicates = found.duplicates(seen.rows, compared, asked.keep, asked.words)
    gone = np.bincount(of_kind[duplicates.dropped[list(found.rows)]], minlength=len(kinds.rows)).astype(np.intp)
    times = np.array(kinds.times, dtype=np.intp) - gone
    frame = pd.DataFrame(kinds.rows, columns=kinds.columns)[times > 0].reset_index(drop=True)
    return FolderRows(frame, times[times > 0], duplicates), asked


def _parts(folder: CodedFolder, base: "DuckDBPyConnection") -> Iterator[pd.DataFrame]:
    """The rows of the folder in order, some at a time, as the answers were and with their codes."""
    run = folder.told["run"]
    left_out = f"EXCLUDE ({_REASONS})" if run["reasons"] else ""
    query, reader = f"SELECT * {left_out} FROM read_parquet(?)", base.cursor()  # noqa: S608
    for number in sorted(folder.done):
        reader.execute(query, [literal(folder.part(number))])
        names = [name for name, *_ in reader.description or []]
        while some := reader.fetchmany(_ROWS):
            frame = pd.DataFrame(some, columns=names, dtype=object)
            frame[run["into"]] = ["" if codes is None else ";".join(codes) or NONE_FITS for codes in frame[run["into"]]]
            yield frame


@dataclass(slots=True)
class _Seen:
    """How many rows were read, and what each column has that was the same in all of them."""

    rows: int = 0
    throughout: dict[str, str] = field(default_factory=dict)

    def more(self, frame: pd.DataFrame, compared: Sequence[str]) -> None:
        for name in compared:
            cells = {" ".join(cell.split()).casefold() for cell in frame[name].unique()}
            if not self.rows and len(cells) == 1:
                self.throughout[name] = cells.pop()
            elif name in self.throughout and cells != {self.throughout[name]}:
                del self.throughout[name]
        self.rows += len(frame)


@dataclass(slots=True)
class _Kinds:
    """The kinds of respondents, in the order in which they come: the first of each stands for it."""

    columns: list[str] = field(default_factory=list)
    rows: list[tuple[str, ...]] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    _places: dict[tuple[object, ...], int] = field(default_factory=dict)

    def of(self, frame: pd.DataFrame, asked: AskedOfRows) -> npt.NDArray[np.intp]:
        """The kind of each row."""
        self.columns = list(dict.fromkeys([*asked.text, *asked.by, *([asked.weight] if asked.weight else [])]))
        keys: list[Sequence[object]] = [frame[name].tolist() for name in self.columns if name not in asked.text]
        for name in asked.text:
            nothing = no_answers(Corpus(frame[[name]].set_axis([TEXT], axis=1)), asked.no_answer)
            empty = (frame[name].str.strip() == "").to_numpy()
            keys.append((nothing.astype(np.int8) + (nothing & empty)).tolist())
            if name in asked.by:
                keys.append(frame[name].tolist())
        found = np.zeros(len(frame), dtype=np.intp)
        cells = [frame[name].tolist() for name in self.columns]
        for row, key in enumerate(zip(*keys, strict=True) if keys else [()] * len(frame)):
            place = self._places.setdefault(key, len(self.rows))
            if place == len(self.rows):
                self.rows.append(tuple(column[row] for column in cells))
                self.times.append(0)
            self.times[place] += 1
            found[row] = place
        return found


def _candidates(base: "DuckDBPyConnection", throughout: int, words: int) -> tuple[ComparedRows, npt.NDArray[np.intp]]:
    """The rows that have the id or the answers of another, in order, and the kind of each."""
    rows = base.execute(
        "SELECT row, kind, id, answers::VARCHAR, says, words FROM coder_rows WHERE "
        "(id <> '' AND id IN (SELECT id FROM coder_rows GROUP BY id HAVING count(*) > 1)) OR (says AND answers IN "
        "(SELECT answers FROM coder_rows WHERE says GROUP BY answers HAVING count(*) > 1)) ORDER BY row"
    ).fetchall()
    long = np.array([size - throughout >= words for *_, size in rows], dtype=np.bool_)
    number, kind, ids, answers, says, _ = zip(*rows, strict=True) if rows else [()] * 6
    return ComparedRows(number, ids, answers, says, long), np.array(kind, dtype=np.intp)
