"""A file of coded answers, read as what respondents mentioned: with their weights and their groups."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from coder.codebook import Codebook
from coder.corpus import numbers
from coder.errors import DataError
from coder.files.answers import check_spelling, read_codes
from coder.files.sheets import TableSource, as_file
from coder.tables.mentions import Mentions, mentions


def read_mentions(
    path: TableSource,
    *,
    codes: str = "codes",
    codebook: Codebook | None = None,
    respondent: str | None = None,
    weight: str | None = None,
    background: Sequence[str] = (),
    empty_is_none: bool = False,
    strata: str | None = None,
    clusters: str | None = None,
    fpc: str | None = None,
) -> tuple[Mentions, Codebook]:
    """Read who mentioned what, and the codebook (one of bare ids where none is given).

    `codes`, `respondent` (each row is one unless given), `weight` and `background` name columns; the background of what
    is returned has the columns' own names. Rows of one respondent are taken together: several answers, or a long file
    with a row a mention. `strata`, `clusters` and `fpc` (the size of the population) name those that say how
    respondents were drawn, as in R's `survey`.
    """
    file = as_file(path)
    options = {"--codes": codes, "--respondent": respondent, "--weight": weight}
    options |= {"--strata": strata, "--clusters": clusters, "--fpc": fpc}
    names = {name: option for option, name in options.items() if name} | dict.fromkeys(background, "--by")
    sheet = file.read(names)
    units = pd.Index([str(number) for number in range(1, len(sheet.frame) + 1)])
    coding = read_codes(sheet, codes, codebook, units=units, empty_is_none=empty_is_none)
    if codebook is None and coding.assignments.empty:
        raise DataError("files.all_none", file=file.path.name)
    if codebook is None:
        check_spelling([coding], file.path.name)
    book = codebook or Codebook.from_ids(coding.assignments["code"], file.path.stem)

    def of(name: str | None, option: str) -> "pd.Series[str] | None":
        return sheet.column(name, option).set_axis(units) if name else None

    about = {sheet.name(name, "--by"): sheet.column(name, "--by").set_axis(units) for name in background}
    counted = mentions(
        coding,
        book,
        respondent=of(respondent, "--respondent"),
        weight=None if (weights := of(weight, "--weight")) is None else numbers(weights),
        background=pd.DataFrame(about, index=units),
        rows=len(units),
        strata=of(strata, "--strata"),
        clusters=of(clusters, "--clusters"),
        population=None if (sizes := of(fpc, "--fpc")) is None else numbers(sizes),
    )
    absent = {name: _absent(cells, counted.background[name]) for name, cells in about.items()}
    return replace(counted, absent=absent), book


def _absent(cells: "pd.Series[str]", counted: "pd.Series[str]") -> tuple[str, ...]:
    """The values of a column that none of those counted has."""
    return tuple(sorted(set(cells.str.strip()) - set(counted.str.strip()) - {""}))
