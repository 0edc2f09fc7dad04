"""A wave from a file: coded answers as what respondents mentioned, or a published table as it stands."""

from coder.codebook import Codebook
from coder.errors import DataError
from coder.files.columns import MissingColumnError, has_exactly
from coder.files.published import is_header, read_published
from coder.files.respondents import read_mentions
from coder.files.sheets import TableSource, as_file
from coder.tables.mentions import Mentions
from coder.tables.table import Table


def read_wave(
    path: TableSource,
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
    file = as_file(path)
    try:
        names = set(file.columns({codes: "--codes"}, header=is_header).names)
    except MissingColumnError as missing:
        raise DataError("files.no_wave", missing=missing) from None
    if has_exactly(codes, names) or not is_header(names):
        found, _ = read_mentions(
            file, codes=codes, codebook=codebook, respondent=respondent, weight=weight, empty_is_none=empty_is_none,
            strata=strata, clusters=clusters, fpc=fpc,
        )  # fmt: skip
        return found
    table = read_published(file)
    if column := weight or strata or clusters or fpc:
        raise DataError("files.published_weight", file=file.path.name, column=column)
    return table
