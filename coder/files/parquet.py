"""Parquet by DuckDB: files that need not fit in memory, read a stretch of rows at a time and written whole.

DuckDB gets one thread and little memory, and reads no settings or extensions but its own.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import DataError, MissingExtraError
from coder.files.writing import written_beside

if TYPE_CHECKING:
    from arro3.core import RecordBatch
    from duckdb import DuckDBPyConnection

_MEMORY = "400MB"
_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class ParquetFile:
    """What a .parquet says of itself: its columns, rows, and how many bytes these are once unpacked."""

    columns: tuple[str, ...]
    rows: int
    unpacked: int


@contextmanager
def database(folder: Path | None = None) -> Iterator["DuckDBPyConnection"]:
    """An empty database; what does not fit in memory goes to a file in `folder`, if there is one.

    Raises `MissingExtraError` where DuckDB is not installed, and `DataError` for what it cannot read.
    """
    if find_spec("duckdb") is None:
        raise MissingExtraError("files.no_duckdb")
    import duckdb  # noqa: PLC0415

    config: dict[str, str | int | float | list[str]] = {
        "threads": "1",
        "memory_limit": _MEMORY,
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "temp_directory": str(folder) if folder is not None else "",
    }
    try:
        with duckdb.connect(config=config) as base:
            yield base
    except (duckdb.Error, UnicodeDecodeError) as error:
        raise DataError("files.no_parquet", file="Parquet", error=str(error).splitlines()[0]) from None


def parquet_file(path: Path) -> ParquetFile:
    """What a .parquet says of itself. Raises `DataError` where it is none."""
    try:
        with database() as base:
            columns = base.execute("SELECT * FROM read_parquet(?) LIMIT 0", [literal(path)]).description
            rows = base.execute("SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata(?)", [literal(path)])
            count = (rows.fetchone() or (0,))[0] or 0
            size = base.execute("SELECT sum(total_uncompressed_size) FROM parquet_metadata(?)", [literal(path)])
            return ParquetFile(tuple(name for name, *_ in columns), int(count), int((size.fetchone() or (0,))[0] or 0))
    except DataError as error:
        raise DataError("files.no_parquet", file=path.name, error=error.note.values.get("error", "")) from None


def read_rows(base: "DuckDBPyConnection", path: Path, first: int, count: int) -> "Iterator[RecordBatch]":
    """So many rows of a .parquet from the row `first` on, in order, some thousands at a time."""
    from arro3.core import RecordBatchReader  # noqa: PLC0415

    found = base.sql(
        f"SELECT * EXCLUDE file_row_number FROM read_parquet($path, file_row_number = true)"  # noqa: S608 (numbers)
        f" WHERE file_row_number >= {first} AND file_row_number < {first + count}",
        params={"path": literal(path)},
    )
    yield from RecordBatchReader.from_stream(found)


def read_cells(
    base: "DuckDBPyConnection", path: Path, first: int, count: int, columns: Sequence[str]
) -> Iterator[tuple[Sequence[str], ...]]:
    """The cells of these columns of so many rows from the row `first` on, as text, some thousands at a time.

    "" where there is nothing. A list is its items, joined by ";", and "-" without any: as codes are written.
    """
    names = ['"' + name.replace('"', '""') + '"' for name in columns]
    query = f"SELECT {', '.join(names)} FROM read_parquet($path)"  # noqa: S608 (names in quotes)
    kinds = base.sql(query, params={"path": literal(path)}).types
    cells = ", ".join(_as_text(name, str(kind)) for name, kind in zip(names, kinds, strict=True))
    found = base.execute(
        f"SELECT {cells} FROM read_parquet($path, file_row_number = true)"  # noqa: S608
        f" WHERE file_row_number >= {first} AND file_row_number < {first + count}",
        {"path": literal(path)},
    )
    while rows := found.fetchmany(_AT_ONCE):
        yield tuple(zip(*rows, strict=True))


def _as_text(name: str, kind: str) -> str:
    """A column as text, in SQL; a whole number has no point."""
    if kind.endswith("[]"):
        return f"coalesce(CASE WHEN len({name}) = 0 THEN '-' ELSE array_to_string({name}, ';') END, '')"
    if kind in {"FLOAT", "DOUBLE"}:
        whole = f"{name} = floor({name}) AND abs({name}) < 1e15"
        return f"coalesce(CASE WHEN {whole} THEN {name}::BIGINT::VARCHAR ELSE {name}::VARCHAR END, '')"
    return f"coalesce({name}::VARCHAR, '')"


def write_rows(base: "DuckDBPyConnection", path: Path, batches: "Sequence[RecordBatch]") -> None:
    """Write batches as a .parquet, which is there when it is whole."""
    from arro3.core import Table  # noqa: PLC0415

    table = Table.from_batches(batches)
    base.register("coder_rows", table)
    with written_beside(path) as beside:
        name = str(beside).replace("'", "''")
        base.execute(f"COPY (FROM coder_rows) TO '{name}' (FORMAT parquet, COMPRESSION zstd)")
    base.unregister("coder_rows")


def literal(path: Path) -> str:
    """The path as DuckDB takes it, for which signs of a glob are letters."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))
