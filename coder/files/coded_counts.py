"""The kinds of answers in a folder of coded ones, and how many each has, counted out of memory.

What is made of coded answers needs a row for each kind of them: answers with the same codes, group and weight count
alike. DuckDB counts them, and what is left is small enough for a DataFrame, which is read as any other file of coded
answers is.

Facts (who answered, and who is in it twice) are found some ten thousand rows at a time. What these are compared by goes
to DuckDB, as a hash of 128 bits; those that may repeat another come back, and are compared as the rows of a file are.
Of the others the kinds are kept: respondents of the same groups and weight, of whom the same answers say something.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.corpus import TEXT, Corpus
from coder.errors import DataError
from coder.files.cells import text_frame
from coder.files.code_cells import NONE_FITS
from coder.files.coded_folder import CodedFolder
from coder.files.columns import Columns
from coder.files.filled_sheets import check_texts
from coder.files.kinds import with_kinds
from coder.files.parquet import database, literal
from coder.files.sheets import TableFile
from coder.languages.language import no_answers
from coder.learning.predictions import Kinds
from coder.learning.sampling import DRAWN, PROBABILITY, STRATUM, check_size
from coder.tables.mentions import MACHINES, Maker, Mentions
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

ROW = "coder_row"
"""The column of the number of a row in the folder, from 1."""


@dataclass(frozen=True, slots=True)
class KindsOfAnswers:
    """The kinds as a file, how many answers each has (None: one), and who coded them."""

    file: TableFile
    times: "npt.NDArray[np.intp] | None"
    maker: Maker

    def of(self, counted: Mentions) -> Mentions:
        """What was counted of the kinds, as that of all answers."""
        if self.times is None:
            return replace(counted, maker=self.maker)
        times = self.times[counted.respondents.astype(np.int64) - 1]
        left_out = int(self.times.sum() - times.sum())
        return replace(counted, times=times, left_out=left_out, maker=self.maker, design=None)


def kinds_of_answers(
    folder: CodedFolder,
    file: TableFile,
    *,
    codes: str,
    weight: str | None = None,
    by: Sequence[str] = (),
    each: Sequence[str] = (),
) -> KindsOfAnswers:
    """The kinds of answers by these columns. With `each`, columns that tell answers apart, every one is a row.

    Raises `DataError` where a column is not there, and where the folder is not whole.
    """
    told = folder.check_whole()
    source = Path(folder.path.name)
    with database(folder.path) as base:
        known = Columns([name for name, *_ in base.execute("FROM read_parquet(?) LIMIT 0", [folder.every]).description])
        asked = [(codes, "--codes"), *((name, "--by") for name in by), *((name, "--respondent") for name in each)]
        asked += [(weight, "--weight")] if weight else []
        names = [name for one, option in asked for name in known.sought(one, source.name, file.asked_by(option)).names]
        names = list(dict.fromkeys(names))
        columns = ", ".join(map(_quoted, names))
        if each:
            query = (
                f"SELECT {columns}, 1 FROM read_parquet(?, file_row_number = true) ORDER BY filename, file_row_number"  # noqa: S608
            )
        else:
            query = (
                f"SELECT {columns}, count(*) FROM read_parquet(?, file_row_number = true) GROUP BY ALL "  # noqa: S608
                "ORDER BY min((filename, file_row_number))"
            )
        rows = base.execute(query, [folder.every]).fetchall()
    frame = pd.DataFrame([row[:-1] for row in rows], columns=names, dtype=object)
    times = None if each else np.array([row[-1] for row in rows], dtype=np.intp)
    machine = str(told["run"].get("coder", ""))
    of_machine = machine in MACHINES and names[0] == told["run"]["into"]
    read = TableFile(source, tell=file.tell, frame=frame)
    return KindsOfAnswers(read, times, Maker(machine) if of_machine else Maker())


def _quoted(name: str) -> str:
    """A name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


# Beside answers that people coded


@dataclass(frozen=True, slots=True)
class AskedOfFolder:
    """The columns that are asked of a folder, with the option that names each.

    `alone` are those that people filled in for some answers, each of which is a row then; `of_sample` is known of these
    answers only. Both stand in `sheet` where they are in a file of their own, in which, as in the folder, the column
    `id` says which answer it is. The other answers are counted together by `predictions` (of which one name may be
    several columns) and `common`. With `every` all answers are rows. `text` is the column that was coded, unless given.
    """

    text: str | None
    alone: Mapping[str, str]
    predictions: Sequence[str] = ()
    common: Mapping[str, str] = field(default_factory=dict)
    of_sample: Mapping[str, str] = field(default_factory=dict)
    sheet: TableFile | None = None
    id: str | None = None
    every: bool = False


def rows_and_kinds(
    folder: CodedFolder, file: TableFile, asked: AskedOfFolder, no_answer: Sequence[str] | None = None
) -> tuple[TableFile, Kinds]:
    """The answers that people filled in, a row each, and after them the kinds of the others; what is known of these.

    The column `ROW` has their ids in `Kinds`: of a kind that of its first answer. Raises `DataError` where a column is
    not there or is the machine's own, where the folder is not whole, where other answers or words of no answer are
    asked for than were coded, and where an answer of the sheet is not in the folder or has another text there.
    """
    run = folder.check_whole()["run"]
    with database(folder.path) as base:
        rows = _Rows(folder, file, asked, base, run)
        if rows.text != run["text"]:
            raise DataError("estimate.folder_text", folder=folder.path, text=run["text"], asked=rows.text)
        if no_answer is not None and list(no_answer) != run["no_answer"]:
            raise DataError("estimate.folder_no_answer", folder=folder.path)
        alone, kinds, lengths = rows.alone(), rows.kinds(), rows.lengths()
    frame = pd.concat([alone, kinds], ignore_index=True)[[*alone.columns]]
    ids = pd.Index([str(number) for number in frame[ROW]])
    facts = frame[["coder_times", "coder_silent", "coder_before"]].set_axis(ids)
    of_kinds = Kinds(
        facts["coder_times"].astype(np.int64),
        facts["coder_silent"].astype(np.bool_),
        lengths,
        facts["coder_before"].head(len(alone)).astype(np.int64),
    )
    frame = frame.drop(columns=facts.columns).astype(object)
    return TableFile(Path(folder.path.name), tell=file.tell, frame=frame), of_kinds


def made_by_run(folder: CodedFolder, file: TableFile, codes: str) -> tuple[str, int] | None:
    """By which machine the codes in a column of a folder are, and of how many answers; None for another column."""
    told = folder.told
    run, machine = told["run"], str(told["run"].get("coder", ""))
    with database() as base:
        found = _names(base, folder, file, {codes: "--codes"})
    return (machine, told["given"] + told["without"]) if found == [run["into"]] and machine in MACHINES else None


def pool_of_quotes(folder: CodedFolder, most: int = 500) -> TableFile:
    """So many answers of each code, drawn at random, to choose its quotes from; in order, with the number `ROW`."""
    run = folder.told["run"]
    text, codes = _quoted(run["text"]), _quoted(run["into"])
    rows = f"SELECT {text}, {codes}, row_number() OVER () AS {ROW} FROM read_parquet($every)"  # noqa: S608
    drawn = (
        f"SELECT unnest(arg_min({ROW}, hash({ROW}), {most})) FROM (SELECT {ROW}, unnest({codes}) AS code "  # noqa: S608
        f"FROM ({rows})) GROUP BY code"
    )
    with database(folder.path) as base:
        query = f"SELECT * FROM ({rows}) WHERE {ROW} IN ({drawn}) ORDER BY {ROW}"  # noqa: S608
        found = base.execute(query, {"every": folder.every}).fetchall()
    return TableFile(Path(folder.path.name), frame=pd.DataFrame(found, columns=[run["text"], run["into"], ROW]))


@dataclass(frozen=True, slots=True)
class FolderDraw:
    """Rows of a folder that were drawn, in the order of the draw; `population` of its `answers` say something."""

    rows: TableFile
    population: int
    answers: int


def draw_rows(
    folder: CodedFolder, file: TableFile, asked: Mapping[str, str], id_: str, *, size: int, seed: int
) -> FolderDraw:
    """Rows that say something, drawn at random without replacement, each as likely: those of the least hashes.

    Of the columns `asked` for, by the option of each. Raises `DataError` where there are fewer, where the column of ids
    tells the answers not apart, and as `rows_and_kinds` does.
    """
    told = folder.check_whole()
    population, into = told["given"] + told["without"], _quoted(told["run"]["into"])
    check_size(size, population)
    with database(folder.path) as base:
        names, (id_column,) = _names(base, folder, file, asked), _names(base, folder, file, {id_: "--id"})
        if (text := told["run"]["text"]) not in names:
            raise DataError("estimate.folder_text", folder=folder.path, text=text, asked=next(iter(asked)))
        if twice := folder.without_own_id(id_column):
            raise DataError("parts.ids_twice", folder=folder.path, column=id_column, count=twice)
        columns = ", ".join(map(_quoted, names))
        rows = base.execute(
            f"SELECT {columns} FROM read_parquet(?) WHERE {into} IS NOT NULL "  # noqa: S608
            f"ORDER BY md5_number({_quoted(id_column)}::VARCHAR || {seed}::VARCHAR || ' ') LIMIT {size}",
            [folder.every],
        ).fetchall()
    return FolderDraw(_as_read(folder, file, rows, names), population, told["rows"])


def rows_of(folder: CodedFolder, file: TableFile, asked: Mapping[str, str], id_: str, ids: Sequence[str]) -> TableFile:
    """The rows with these ids, in the order of the folder."""
    folder.check_whole()
    with database(folder.path) as base:
        names, (id_column,) = _names(base, folder, file, asked), _names(base, folder, file, {id_: "--id"})
        base.execute("CREATE TEMP TABLE coder_ids (id VARCHAR)")
        base.executemany("INSERT INTO coder_ids VALUES (?)", [[one] for one in ids])
        rows = base.execute(
            f"SELECT {', '.join(map(_quoted, names))} FROM read_parquet(?) "  # noqa: S608
            f"WHERE trim({_quoted(id_column)}::VARCHAR) IN (SELECT id FROM coder_ids)",
            [folder.every],
        ).fetchall()
    return _as_read(folder, file, rows, names)


def _as_read(folder: CodedFolder, file: TableFile, rows: list[Any], names: list[str]) -> TableFile:
    """Rows of a folder as a file of them would be read: what is a number there is one here."""
    frame = with_kinds(text_frame(pd.DataFrame(rows, columns=names, dtype=object)))
    return TableFile(Path(folder.path.name), tell=file.tell, frame=frame)


def _names(base: "DuckDBPyConnection", folder: CodedFolder, file: TableFile, asked: Mapping[str, str]) -> list[str]:
    """The names of the columns asked for, each once."""
    known = Columns([name for name, *_ in base.execute("FROM read_parquet(?) LIMIT 0", [folder.every]).description])
    found = [known.sought(one, file.path.name, file.asked_by(option)).names for one, option in asked.items()]
    return list(dict.fromkeys(name for names in found for name in names))


class _Rows:
    """The queries of `rows_and_kinds`."""

    def __init__(
        self,
        folder: CodedFolder,
        file: TableFile,
        asked: AskedOfFolder,
        base: "DuckDBPyConnection",
        run: Mapping[str, Any],
    ) -> None:
        self._every, self._base, self._name = folder.every, base, file.path.name
        names = [name for name, *_ in base.execute("FROM read_parquet(?) LIMIT 0", [self._every]).description]
        self._columns, self._option = Columns(names), file.asked_by
        self.text = self._sought(asked.text, "--text")[0] if asked.text else str(run["text"])
        kinds = [name for one in asked.predictions for name in self._predicted(one, names)]
        kinds += [name for one, option in asked.common.items() for name in self._sought(one, option)]
        self._kinds = list(dict.fromkeys(kinds))
        self._sheet = None if asked.sheet is None else _Sheet.of(asked.sheet, asked, self.text)
        self._id = self._sought(asked.id, "--id")[0] if self._sheet is not None and asked.id else ""
        self._silent, self._with_text = f"{_quoted(run['into'])} IS NULL", bool(asked.text) or not asked.every
        self._known: list[str] = []
        if self._sheet is not None:
            base.execute("CREATE TEMP TABLE coder_hand (id VARCHAR)")
            base.executemany("INSERT INTO coder_hand VALUES (?)", [[id_] for id_ in self._sheet.rows.index])
            self._alone = f"trim(CAST({_quoted(self._id)} AS VARCHAR)) IN (SELECT id FROM coder_hand)"  # noqa: S608
            return
        filled = [name for one, option in asked.alone.items() for name in self._sought(one, option)]
        if run["into"] in filled and run.get("coder") in MACHINES:
            found = base.execute("SELECT count(*) FROM read_parquet(?)", [self._every]).fetchone() or (0,)
            raise DataError("estimate.machine_coded", column=run["into"], file=self._name, answers=found[0])
        own = [name for name in (DRAWN, PROBABILITY, STRATUM) if name in names and filled]
        own += [name for one, option in asked.of_sample.items() for name in self._sought(one, option)]
        self._known = list(dict.fromkeys([*filled, *own]))
        said = (f"coalesce(regexp_matches(CAST({_quoted(name)} AS VARCHAR), '[^\\s]'), false)" for name in filled)
        self._alone = "true" if asked.every else f"({' OR '.join(said) or 'false'})"

    def _sought(self, asked: str, option: str) -> tuple[str, ...]:
        return self._columns.sought(asked, self._name, self._option(option)).names

    def _predicted(self, asked: str, names: Sequence[str]) -> Sequence[str]:
        wide = [name for name in names if name.startswith((f"{asked}:", f"{asked}_"))]
        return wide if wide and asked not in names else self._sought(asked, "--predictions")

    def alone(self) -> pd.DataFrame:
        """The answers that are rows, in the order of the folder, and how many others stand before each."""
        beside = [self.text] if self._with_text else []
        names = list(dict.fromkeys([*beside, *self._kinds, *self._known, *([self._id] if self._id else [])]))
        columns = ", ".join(map(_quoted, names))
        rest = f"(NOT ({self._silent}) AND NOT coder_alone)::INT"
        query = (
            f"SELECT {columns}, {ROW}, 1, {self._silent}, coder_before FROM (SELECT *, row_number() OVER () AS {ROW}, "  # noqa: S608
            f"sum({rest}) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS coder_before FROM "
            f"(SELECT *, {self._alone} AS coder_alone FROM read_parquet(?))) WHERE coder_alone ORDER BY {ROW}"
        )
        rows = self._base.execute(query, [self._every]).fetchall()
        facts = ["coder_times", "coder_silent", "coder_before"]
        frame = pd.DataFrame(rows, columns=[*names, ROW, *facts], dtype=object)
        return frame if self._sheet is None else self._sheet.beside(frame, self._id, self._name)

    def kinds(self) -> pd.DataFrame:
        """The kinds of the other answers, in the order in which they come."""
        columns = "".join(f"{_quoted(name)}, " for name in self._kinds)
        query = (
            f"SELECT {columns}{self._silent} AS coder_silent, count(*), min({ROW}) FROM (SELECT *, row_number() "  # noqa: S608
            f"OVER () AS {ROW} FROM read_parquet(?)) WHERE NOT ({self._alone}) GROUP BY ALL ORDER BY min({ROW})"
        )
        rows = self._base.execute(query, [self._every]).fetchall()
        return pd.DataFrame(rows, columns=[*self._kinds, "coder_silent", "coder_times", ROW], dtype=object)

    def lengths(self) -> "pd.Series[int]":
        """How many of the other answers have each number of characters."""
        query = (
            f"SELECT length(CAST({_quoted(self.text)} AS VARCHAR)), count(*) FROM read_parquet(?) "  # noqa: S608
            f"WHERE NOT ({self._silent}) AND NOT ({self._alone}) GROUP BY 1 ORDER BY 1"
        )
        rows = self._base.execute(query, [self._every]).fetchall()
        return pd.Series([count for _, count in rows], index=[size for size, _ in rows], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Hand codes in a file of their own, by the id of the answer; with the texts, where it has the column `text`."""

    rows: pd.DataFrame
    name: str
    text: str
    texts: "pd.Series[str] | None"

    @classmethod
    def of(cls, file: TableFile, asked: AskedOfFolder, text: str) -> "_Sheet":
        named = {**asked.alone, **asked.of_sample, **({asked.id: "--id"} if asked.id else {})}
        read = file.read(named)
        kept = [DRAWN, PROBABILITY, STRATUM]
        names = [name for one, option in named.items() if one != asked.id for name in read.find(one, option).names]
        names = list(dict.fromkeys([*names, *(name for name in kept if name in read.frame)]))
        if not asked.id:
            raise DataError("estimate.hand_file_id", file=file.path.name)
        rows = read.frame[names].set_axis(read.column(asked.id, "--id").str.strip())
        filled = [name for one, option in asked.alone.items() for name in read.find(one, option).names]
        coded = (rows[filled] != "").any(axis=1)
        texts = read.frame[text].set_axis(rows.index)[coded] if text in read.frame else None
        rows = rows[coded]
        if (twice := rows.index[rows.index.duplicated()]).size:
            raise DataError("files.id_twice", count=twice.nunique(), file=file.path.name, id=twice[0], column=asked.id)
        return cls(rows, file.path.name, text, texts)

    def beside(self, frame: pd.DataFrame, id_name: str, folder: str) -> pd.DataFrame:
        """The answers of the folder with what this file says of each."""
        ids = pd.Index([str(id_).strip() for id_ in frame[id_name]])
        if (twice := ids[ids.duplicated()]).size:
            raise DataError("files.id_twice", count=twice.nunique(), file=self.name, id=twice[0], column=id_name)
        if len(missing := self.rows.index.difference(ids)):
            raise DataError("estimate.hand_not_there", file=self.name, count=len(missing), id=missing[0])
        if clash := [name for name in self.rows if name in frame]:
            raise DataError("estimate.hand_taken", file=self.name, column=clash[0])
        if self.texts is not None:
            before = frame[self.text].map(lambda text: "" if text is None else str(text)).set_axis(ids)
            check_texts(self.texts[ids], before, self.name, folder)
        there = self.rows.loc[ids].reset_index(drop=True).astype(object)
        facts = list(frame.columns[-4:])
        return pd.concat([frame.drop(columns=facts), there, frame[facts]], axis=1)


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
