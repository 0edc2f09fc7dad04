"""The answers of a folder of coded answers as a table needs them: a row for each kind of them, and how many it has.

Answers with the same codes, group and weight count alike. DuckDB counts them out of memory, and what is left is small
enough for a DataFrame, which is read as any other file of coded answers is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.files.coded_folder import CodedFolder
from coder.files.columns import Columns
from coder.files.parquet import database
from coder.files.sheets import TableFile
from coder.tables.mentions import MACHINES, Maker, Mentions


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
