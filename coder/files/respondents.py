"""A file of coded answers, read as what respondents mentioned: with their weights and their groups."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from coder.codebook import Codebook
from coder.errors import DataError
from coder.files.answers import check_spelling, parse_codes
from coder.files.sheets import column, read_sheet
from coder.tables.mentions import Mentions, mentions


def read_mentions(
    path: Path,
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

    `codes`, `respondent` (each row is one unless given), `weight` and `background` name columns. Rows
    of one respondent are taken together: several answers, or a long file with a row a mention. `strata`, `clusters`
    and `fpc` (the size of the population) name those that say how respondents were drawn, as in R's `survey`.
    """
    options = {"--codes": codes, "--respondent": respondent, "--weight": weight}
    options |= {"--strata": strata, "--clusters": clusters, "--fpc": fpc}
    names = {name: option for option, name in options.items() if name} | dict.fromkeys(background, "--by")
    sheet = read_sheet(path, list(names))
    for name, option in names.items():
        column(sheet, name, path, option)
    sheet.index = pd.Index([str(number) for number in range(1, len(sheet) + 1)])
    coding = parse_codes(sheet[codes], codebook, path.name, empty_is_none=empty_is_none)
    if codebook is None and coding.assignments.empty:
        raise DataError(f"No row of {path.name} has a code: all are '-'. Give the codebook, to count its codes as 0.")
    if codebook is None:
        check_spelling([coding], path.name)
    book = codebook or Codebook.from_ids(coding.assignments["code"], path.stem)
    counted = mentions(
        coding,
        book,
        respondent=sheet[respondent] if respondent else None,
        weight=numbers(sheet[weight]) if weight else None,
        background=sheet[list(background)],
        rows=len(sheet),
        strata=sheet[strata] if strata else None,
        clusters=sheet[clusters] if clusters else None,
        population=numbers(sheet[fpc]) if fpc else None,
    )
    absent = {name: _absent(sheet[name], counted.background[name]) for name in background}
    return replace(counted, absent=absent), book


def _absent(cells: "pd.Series[str]", counted: "pd.Series[str]") -> tuple[str, ...]:
    """The values of a column that none of those counted has."""
    return tuple(sorted(set(cells.str.strip()) - set(counted.str.strip()) - {""}))


def numbers(cells: "pd.Series[str]") -> "pd.Series[float]":
    """The cells as numbers, with a comma or a point; empty ones are nan. Raises `DataError` for what is no number."""
    plain = cells.str.strip().str.replace(",", ".")
    found = pd.to_numeric(plain, errors="coerce")
    if (wrong := found.isna() & (plain != "")).any():
        raise DataError(f"Column {cells.name!r} has {cells[wrong].iloc[0]!r}, which is no number; write 0.05 or 0,05.")
    return found
