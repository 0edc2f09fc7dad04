"""A wave from a file: coded answers as what respondents mentioned, or a published table as it stands."""

from pathlib import Path

from coder.codebook import Codebook
from coder.errors import DataError
from coder.files.published import is_header, read_published
from coder.files.respondents import read_mentions
from coder.files.sheets import has_column, read_sheet
from coder.tables.mentions import Mentions
from coder.tables.table import Table


def read_wave(
    path: Path,
    *,
    codes: str = "codes",
    codebook: Codebook | None = None,
    respondent: str | None = None,
    weight: str | None = None,
    empty_is_none: bool = False,
    strata: str | None = None,
    clusters: str | None = None,
    fpc: str | None = None,
) -> Mentions | Table:
    """Read one wave: a published table where the file has no column `codes` but ranks and labels, else coded answers.

    `respondent`, `weight`, `strata`, `clusters` and `fpc` name columns of coded answers; for a published table a weight
    or a design is an error, for it cannot be weighted any more.
    """
    sheet = read_sheet(path, header=lambda cells: has_column(codes, cells) or is_header(cells))
    if has_column(codes, sheet.columns):
        found, _ = read_mentions(
            path, codes=codes, codebook=codebook, respondent=respondent, weight=weight, empty_is_none=empty_is_none,
            strata=strata, clusters=clusters, fpc=fpc,
        )  # fmt: skip
        return found
    table = read_published(path)
    if column := weight or strata or clusters or fpc:
        raise DataError(
            f"{path.name} is a published table: its numbers cannot be weighted by {column!r}. If it holds "
            "coded answers, name their column with --codes."
        )
    return table
