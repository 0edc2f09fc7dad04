"""A folder of coded answers: a .parquet a part, and a file that says what was coded, with what, and how far it is.

A part is written beside its place and renamed when it is whole, so that what has its name is done. A run that was
stopped goes on with the parts that are not there. A run locks the folder: the system takes the lock back when its
process ends, however it does. Processes that outlive a run that was killed may put down a part that the next one codes
too: the same one, under a name of their own until it is whole.
"""

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coder.errors import DataError
from coder.files.cells import CODED_FOLDER
from coder.files.parquet import database, literal
from coder.files.writing import written_beside
from coder.resources import __version__

_PART, _OURS = "part-", ".coder-"
_LOCK = f"{_OURS}lock"
_OF_SYSTEMS = {".DS_Store", "Thumbs.db", "desktop.ini"}
_IDS_AT_ONCE = 10_000_000
"""Of about so many ids it is counted at once which are the same."""
_TOLD = ("answers", "codebook", "model")
"""What is told of a run by others, as a sentence of its own each; the rest are options."""


@dataclass(frozen=True, slots=True)
class CodedFolder:
    """A folder of coded answers; it need not be there yet."""

    path: Path

    @classmethod
    def at(cls, path: Path) -> "CodedFolder | None":
        """The coded answers in a folder; None where it is none of ours."""
        return cls(path) if os.path.isfile(path / CODED_FOLDER) else None  # noqa: PTH113 (is_file raises for a long name)

    def part(self, number: int) -> Path:
        """Where a part is, or goes."""
        return self.path / f"{_PART}{number:08}.parquet"

    @property
    def done(self) -> frozenset[int]:
        """The parts that are there."""
        found = self.path.glob(f"{_PART}*.parquet")
        return frozenset(int(file.stem.removeprefix(_PART)) for file in found if file.stem[len(_PART) :].isdecimal())

    @property
    def told(self) -> dict[str, Any]:
        """What the folder says of itself. Raises `DataError` where that cannot be read."""
        try:
            found: dict[str, Any] = json.loads((self.path / CODED_FOLDER).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DataError("parts.no_manifest", folder=self.path, file=CODED_FOLDER, error=str(error)) from None
        return found

    def check_whole(self) -> dict[str, Any]:
        """What the folder says of itself. Raises `DataError` where not all was coded yet, or not all is there any more.

        A folder without a single answer raises too: nothing can be counted in it.
        """
        if "rows" not in (told := self.told):
            raise DataError("parts.not_whole", folder=self.path, count=len(self.done))
        if (there := self._rows()) != told["rows"]:
            raise DataError("parts.lost", folder=self.path, there=there, rows=told["rows"])
        if not there:
            raise DataError("parts.no_answers", path=self.path)
        return told

    def _rows(self) -> int:
        """How many rows the parts have that are there, as they say themselves."""
        if not self.done:
            return 0
        with database() as base:
            found = base.execute("SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata(?)", [self.every]).fetchone()
        return int(found[0]) if found else 0

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else codes into the folder meanwhile; at the end what is half done is removed.

        SQLite locks a file of its own there, on every system alike. Raises `DataError` where another run has it.
        """
        if file := next((one for one in (self.path, *self.path.parents) if one.exists() and not one.is_dir()), None):
            raise DataError("parts.no_folder", folder=file)
        self.path.mkdir(parents=True, exist_ok=True)
        lock = self.path / _LOCK
        with closing(sqlite3.connect(lock, timeout=0, isolation_level=None)) as base:
            try:
                base.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                    raise DataError("parts.locked", folder=self.path) from None
                # a disk without locks, as some clusters have: names are a run's own all the same
            try:
                yield
            finally:
                self.tidy()
                with suppress(OSError):  # Windows: it is open
                    lock.unlink()
        with suppress(OSError):
            lock.unlink()

    def begin(self, run: Mapping[str, Any]) -> None:
        """Begin a run, or go on with one: `run` has what decides what is coded.

        Raises `DataError` where the folder has something else in it, or what another run coded.
        """
        inside = sorted(file.name for file in self.path.iterdir())
        if CODED_FOLDER in inside:
            self._check(run)
        elif strange := [name for name in inside if name not in _OF_SYSTEMS and not name.startswith(_OURS)]:
            raise DataError("parts.folder_taken", folder=self.path, names=strange[:5], count=len(strange))
        else:
            self._tell(run)
        self.tidy()

    def end(self) -> dict[str, int]:
        """Say that all is there, and how many answers: `rows`, `given` a code, `without` one, and `no_answer`."""
        into = str(self.told["run"]["into"]).replace('"', '""')
        with database() as base:
            counts = base.execute(
                f'SELECT count(*), count(*) FILTER (len("{into}") > 0), count(*) FILTER (len("{into}") = 0) '  # noqa: S608
                "FROM read_parquet(?)",
                [self.every],
            ).fetchone()
        rows, given, without = map(int, counts or (0, 0, 0))
        found = {"rows": rows, "given": given, "without": without, "no_answer": rows - given - without}
        self._tell(self.told["run"], found)
        return found

    def counts(self) -> dict[str, int]:
        """How many answers have each code, of those that have one."""
        into = str(self.told["run"]["into"]).replace('"', '""')
        with database() as base:
            found = base.execute(
                f'SELECT code, count(*) FROM (SELECT unnest("{into}") AS code FROM read_parquet(?)) GROUP BY code',  # noqa: S608
                [self.every],
            ).fetchall()
        return {str(code): int(times) for code, times in found}

    def without_own_id(self, column: str) -> int:
        """How many answers have the id of another in this column, or none; as text, without spaces around it.

        Of very many a part is counted at a time, which bounds the memory.
        """
        name = column.replace('"', '""')
        at_once = self.told["rows"] // _IDS_AT_ONCE + 1
        query = (
            f"SELECT count(*) - count(DISTINCT nullif(trim(\"{name}\"::VARCHAR), '')) FROM read_parquet(?) "  # noqa: S608
            f'WHERE coalesce(hash(trim("{name}"::VARCHAR)), 0) % {at_once} = '
        )
        with database(self.path) as base:
            found = [base.execute(f"{query}{part}", [self.every]).fetchone() for part in range(at_once)]
        return sum(int(one[0]) for one in found if one)

    @property
    def every(self) -> str:
        """All parts, as DuckDB takes them."""
        return f"{literal(self.path)}/{_PART}*.parquet"

    def tidy(self) -> None:
        """Remove what a run that was stopped left half done."""
        for file in self.path.glob(f"{_OURS}*"):
            if file.name.startswith(_LOCK):
                continue
            with suppress(OSError):  # it went, or on Windows a process that outlived its run has it open
                file.unlink()

    def _check(self, run: Mapping[str, Any]) -> None:
        before = self.told.get("run", {})
        same = json.loads(json.dumps(run))
        if other := [name for name in same if before.get(name) != same[name]]:
            key = next((name for name in _TOLD if name in other), "options")
            raise DataError(f"parts.other_{key}", folder=self.path, options=other)

    def _tell(self, run: Mapping[str, Any], counts: Mapping[str, int] | None = None) -> None:
        with written_beside(self.path / CODED_FOLDER) as beside:
            told = {"made_by": f"coder {__version__}", "run": dict(run), **(counts or {})}
            beside.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
