"""Files that can harm who reads them, read by a child process with limits on time, memory and size.

What can be told without reading is told first: what a zip says of its parts. Then `sandboxed` reads the
file; a child that hangs is ended, and one that falls takes nothing with it.
"""

import json
import os
import struct
import subprocess
import sys
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from coder.errors import DataError, MissingExtraError
from coder.files import sandboxed

ROWS, COLUMNS, CELLS, CHARACTERS = 2_000_000, 16_384, 30_000_000, 500_000_000
"""So much of a table is read; a cell of a workbook that takes a whole sheet along stops there."""
_MEMORY = 3 * 2**30
_SECONDS, _LONGEST = 4, 600
"""So many seconds of the processor a small file may take, and any file."""
_GRACE = 2
"""Seconds more after which a child that did not end itself is ended."""
_PACE = 2_000_000
"""Bytes a second at the least, once unpacked: a tenth of what was seen."""
_PARTS, _UNPACKED, _SUSPECT, _RATIO = 20_000, 4 * 2**30, 2**26, 200
"""Of a zip: parts, bytes unpacked; from how many bytes on, and how often its own size, it is called a bomb."""


def read_apart(path: Path, sheet: str = "", *, names: bool = False) -> dict[str, Any]:
    """What `sandboxed` finds in a workbook, .sav or .parquet: `rows`, `kinds` and what more the format has.

    With `names` the names of the `sheets` alone. Raises `DataError` where the file cannot be read within its limits,
    and `MissingExtraError` for a .parquet where DuckDB is not installed.
    """
    ending = path.suffix.lower()
    reader = {".sav": "sav", ".zsav": "sav", ".parquet": "parquet"}.get(ending, "names" if names else "workbook")
    if reader == "parquet" and find_spec("duckdb") is None:
        raise MissingExtraError("files.no_duckdb")
    seconds = min(_SECONDS + ceil(_size(path) / _PACE), _LONGEST)
    sizes = {"rows": ROWS, "columns": COLUMNS, "cells": CELLS, "characters": CHARACTERS}
    limits = {"seconds": seconds, "memory": _MEMORY, **sizes}
    command = [sys.executable, "-P", sandboxed.__file__, reader, str(path.absolute()), sheet, json.dumps(limits)]
    try:
        done = subprocess.run(  # noqa: S603 (our own program; the name of the file is one argument)
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=sandboxed.CLOCK * seconds + _GRACE,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (subprocess.TimeoutExpired, OSError, ValueError) as error:
        raise DataError("files.not_opened", file=path.name, why=type(error).__name__) from None
    return _answer(done, path, seconds)


def _answer(done: "subprocess.CompletedProcess[bytes]", path: Path, seconds: int) -> dict[str, Any]:
    if done.returncode == 0:
        found: dict[str, Any] = json.loads(done.stdout)
        return found
    try:
        said = json.loads(done.stderr.splitlines()[-1])
        error = DataError(said["key"], **{**said["values"], "file": path.name})
    except (ValueError, IndexError, KeyError, TypeError):
        error = DataError("files.given_up", file=path.name, seconds=seconds)
    raise error


def _size(path: Path) -> int:
    """The bytes to be read, unpacked; raises where a zip says of itself that it is a bomb."""
    packed = path.stat().st_size
    try:
        with ZipFile(path) as parts:
            listed = parts.infolist()
    except (BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError, struct.error):
        return packed
    whole = sum(part.file_size for part in listed)
    if len(listed) > _PARTS or whole > _UNPACKED or (whole > _SUSPECT and whole > _RATIO * packed):
        raise DataError("files.bomb", file=path.name, packed=packed, unpacked=whole, parts=len(listed))
    return max(whole, packed)
