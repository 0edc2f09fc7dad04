"""A wave from a file: coded answers as what respondents mentioned, or a published table as it stands."""

from pathlib import Path

from coder.codebook import Codebook
from coder.errors import DataError
from coder.files.columns import MissingColumnError, has_exactly
from coder.files.published import is_header, read_published
from coder.files.respondents import read_mentions
from coder.files.sheets import TableFile, as_file
from coder.tables.mentions import Mentions
from coder.tables.table import Table


def read_wave(
    path: Path | TableFile,
    *,
    codes: str = "codes",
    codebook: Codebook | None = None,
    respondent: str | None = None,
    weight: str | None = None,
    empty_is_none: bool = False,
) -> Mentions | Table:
    """Read one wave: a published table where the file has no column `codes` but ranks and labels, else coded answers.

    `respondent` and `weight` name columns of coded answers; a published table that has no such column is an error, for
    it cannot be weighted or followed.
    """
    file = as_file(path)
    try:
        names = set(map(str, file.read({codes: "--codes"}, header=is_header).frame.columns))
    except MissingColumnError as missing:
        raise DataError(f"{missing} A published table has a column 'rank' and a column 'label'.") from None
    if has_exactly(codes, names) or not is_header(names):
        found, _ = read_mentions(
            file, codes=codes, codebook=codebook, respondent=respondent, weight=weight, empty_is_none=empty_is_none
        )
        return found
    table = read_published(file)
    if weight:
        raise DataError(
            f"{file.path.name} is a published table: its numbers cannot be weighted by {weight!r}. If it holds "
            "coded answers, name their column with --codes."
        )
    return table
