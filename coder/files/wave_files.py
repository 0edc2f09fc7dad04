"""A wave from a file: coded answers as what respondents mentioned, or a published table as it stands."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from coder.codebook import Codebook
from coder.corpus import cells_as_seen, numbers
from coder.errors import DataError
from coder.files.cells import SPREADSHEETS
from coder.files.coded import read_coded
from coder.files.coded_counts import kinds_of_answers
from coder.files.coded_folder import CodedFolder
from coder.files.columns import MissingColumnError, has_exactly
from coder.files.headers import shown_rows
from coder.files.sheets import TableFile, TableSource, as_file
from coder.note import Note
from coder.statistics.proportions import as_counted
from coder.tables.frequency import COLUMNS
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
    if CodedFolder.at(file.path) is not None:
        found, _ = read_mentions(
            file, codes=codes, codebook=codebook, respondent=respondent, weight=weight, empty_is_none=empty_is_none,
            strata=strata, clusters=clusters, fpc=fpc,
        )  # fmt: skip
        return found
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
    respondents were drawn, as in R's `survey`. In a folder of coded answers the respondents that are alike in all of
    this are counted where they are; with `respondent` or a design the columns asked for are held in memory.
    """
    file = as_file(path)
    if file.frame is None and (folder := CodedFolder.at(file.path)) is not None:
        kinds = kinds_of_answers(
            folder, file, codes=codes, weight=weight, by=background,
            each=[name for name in (respondent, strata, clusters, fpc) if name],
        )  # fmt: skip
        coded = read_coded(
            kinds.file, codebook, codes=codes, respondent=respondent, weight=weight, by=background,
            empty_is_none=empty_is_none, strata=strata, clusters=clusters, fpc=fpc,
        )  # fmt: skip
        book = coded.book(codebook)
        if kinds.times is not None:
            coded.check_weights(pd.Series(kinds.times, index=coded.answers.corpus.ids))
        return kinds.of(coded.mentions(book, background)), book
    coded = read_coded(
        file, codebook, codes=codes, respondent=respondent, weight=weight, by=background, empty_is_none=empty_is_none,
        strata=strata, clusters=clusters, fpc=fpc,
    )  # fmt: skip
    book = coded.book(codebook)
    return coded.mentions(book, background), book


_THOUSANDS = re.compile(r"(?<=\d)[.\s](?=\d{3}(?!\d))")
_NEGATIVE = re.compile(r"\s*[-\N{MINUS SIGN}]\s*\d")
_PEOPLE = (
    "respondenten|respondents|répondants|deelnemers|participants|bevraagden|ondervraagden|antwoorden|answers|réponses"
)
_COUNT = r"(?P<count>\d{1,3}(?:[.,\s\u00a0]\d{3})+|\d+)(?![\d%])"
_BASE = re.compile(
    rf"\b(?:n|basis|base|(?:aantal|number of|nombre de)?\s*(?:{_PEOPLE}))\s*(?:\([^()\d]*\))?\s*[=:]\s*{_COUNT}"
    rf"(?=\s*(?:$|[(),;/]|van\b|of\b|sur\b|{_PEOPLE}))|^{_COUNT.replace('count', 'people')}\s+(?:{_PEOPLE})",
    re.IGNORECASE,
)
"""A base as people print it beside a table: "N = 178", "Basis: 178 respondenten", "n = 178 (van 1.250 leden)"."""
_OF_ALL = re.compile(
    rf"(?:totaal|total)?\s*(?:n|basis|base|(?:(?:het )?aantal|number of|nombre de|alle|all|tous les)\s*(?:{_PEOPLE})"
    rf"|(?:totaal|total)\s+(?:{_PEOPLE})|steekproef(?:grootte|omvang)?|sample(?: size)?)"
    r"(?:\s*\(?(?:on)?gewogen\)?|\s*\(?(?:un)?weighted\)?|\s*\(?(?:non )?pondérée?\)?)?",
    re.IGNORECASE,
)
"""How a line is called that has the base."""
_SUM = re.compile(
    r"(?:algemeen |eind|sub|grand )?(?:totaal|total|totalen|totals|totaux|som|sum|somme|ensemble)"
    r"(?: général| generaal| aantal)?",
    re.IGNORECASE,
)
"""How a line is called that has a sum: of respondents, or of what they mentioned."""
_OF_MENTIONS = re.compile(
    r"(?:(?:het )?(?:totaal|total|som|sum|aantal|number of|nombre de) )+(?:vermeldingen|mentions|codes|keer)",
    re.IGNORECASE,
)
_PARTED = re.compile(r"(?:n\s*=\s*)?([\d.\s\u00a0]+?)\s*[(/|]\s*(\d[\d.,]*\s?%)\s*\)?", re.IGNORECASE)
_PARTED_AROUND = re.compile(r"(\d[\d.,]*\s?%)\s*[(/|]\s*(?:n\s*=\s*)?([\d.\s\u00a0]+?)\s*\)?", re.IGNORECASE)
_MOST_OF = 0.6
_ROUNDED = 0.6
"""So many hundredths a percentage differs at most from n of its base, once rounded."""
PLACE = re.compile(
    r"(?:(?:plaats|rang|rank|place|positie|position|nummer|nr|no)\b[.\s]*|#)?=?\s?(\d{1,3})\s?"
    r"(?:[.)°º=]|e|de|ste|th|st|nd|rd|er|ère|ème|ex aequo|[-/\u2013]\s?\d{1,3})?",
    re.IGNORECASE,
)
"""A place as people print it: "3", "plaats 3", "3.", "3e", "=3", "3-4"."""
_NUMBER = re.compile(r"(?:(?:n\s*=|ca\.?|circa|[±~<>])\s*)?\d[\d.,\s\u00a0]*%?", re.IGNORECASE)
_WHOLE = 100
_YEAR = re.compile(r"[\s(]*(?<!\d)(?:19|20)\d\d(?!\d)[\s):]*")
_SAME_BASE = 1e-6
"""So far, as a part of them, bases that were divided out may be apart and be the same."""
NAMES = {
    "rank": ("rank", "plaats", "rang", "place", "#"),
    "label": ("label", "code", "naam", "name", "thema", "theme", "trend", "wens"),
    "n": ("n", "aantal", "count", "aantal keer vermeld"),
    "percent": ("percent", "%", "percentage", "aandeel", "share", "pourcentage"),
    "base": ("base", "basis", "n=", "n ="),
    "weighted": ("weighted", "n gewogen", "n weighted"),
}
_OF_ESTIMATES = ("percent", "low", "high", "coverage")
"""What a table of `coder estimate` has beside."""
_OF_NETS = ("level", "net")
"""What a table that ranks nets has beside."""
_OF_COMPARISONS = ("then_status", "points")
"""What a table of `coder compare` has beside: no base, and nothing that says whether its percentages are weighted."""


def read_published(source: TableSource) -> Table:
    """Read a table of ranks and labels (columns `rank` or `plaats`, and `label`), n and % if there.

    A row without a rank was in the list at a place that was not printed. "Plaats 3" and "3" are the same; "26 %"
    and "26" too, and "54 (26 %)" is both. Where no column has the base, a line "N = 178" under the list is it, and a
    total by which the percentages were made; a total is no code. A table that `coder top` or
    `coder estimate` wrote goes by its codes. One of estimates keeps its intervals, one that ranks by weights their
    sums (`weighted`; nan in a comparison, which has none), one that ranks nets the `level` of each code. Raises
    `DataError` where there is no rank, a row that has a rank and figures but no label, and for numbers that cannot be.
    """
    file = as_file(source)
    path, sheet = file.path, file.read({}, header=is_header).frame
    ours = set(COLUMNS) <= set(sheet.columns)
    columns = _columns(sheet, path, ours=ours)
    labels, ranks = columns["label"], columns["rank"]
    if labels is None or ranks is None:
        raise DataError("files.neither", file=path.name, columns=list(map(str, sheet.columns)))
    named = {"code": sheet["code"] if ours else labels, "label": labels}
    frame = pd.DataFrame({name: cells_as_seen(cells).str.strip() for name, cells in named.items()})
    frame["rank"] = numbers_in(ranks)
    totals = [None] * len(sheet) if ours else _totals(sheet, columns)
    codes = np.array([one is None for one in totals], dtype=np.bool_)
    _check_named(sheet[frame["rank"].notna() & (frame["label"] == "") & codes], path)
    frame = frame[(frame["label"] != "") & codes]
    if frame["rank"].isna().all():
        raise DataError("files.no_rank", file=path.name)
    frame["n"] = counts_in(columns["n"]) if columns["n"] is not None else float("nan")
    base = _base(columns["base"], totals, frame, path)
    frame["percent"] = _percents(columns["percent"], file, frame["n"] / (base or float("nan")), ours=ours)
    base = base or _base_of_sums(totals, frame)
    frame["low"] = frame["high"] = float("nan")
    more = _more(sheet, frame, columns["weighted"], ours=ours)
    frame = frame.assign(**more)
    for name, key in (("rank", "files.rank_not_whole"), ("n", "files.n_not_whole")):
        if len(broken := frame[name][frame[name] % 1 > 0]):
            raise DataError(key, file=path.name, value=float(broken.iloc[0]))
    frame["rank"] = frame["rank"].astype("Int64")
    shown = {"rank": Note("tables.rank"), "label": Note("tables.code")}
    frame = _unrounded(frame[list(dict.fromkeys([*COLUMNS, *more]))].reset_index(drop=True), base)
    return Table(path.stem if file.frame is None else "", frame, base, shown)


def _unrounded(frame: pd.DataFrame, base: int | None) -> pd.DataFrame:
    """The rows of a list with the percentages of n and base where these were rounded; not of one that was weighted."""
    if not {"coverage", "weighted", "effective_base"}.isdisjoint(frame):
        return frame
    percent, n = frame["percent"].to_numpy(dtype=np.float64), frame["n"].to_numpy(dtype=np.float64)
    return frame.assign(percent=np.where(np.isnan(percent), np.nan, as_counted(percent, n, base)))


def _more(
    sheet: pd.DataFrame, frame: pd.DataFrame, weighted: "pd.Series[str] | None", *, ours: bool
) -> dict[str, "pd.Series[float]"]:
    """The columns that a table of estimates, of weights or of nets has beside those of every list."""
    names = [*(_OF_ESTIMATES if set(_OF_ESTIMATES) <= set(sheet.columns) else ()), "effective_base"]
    found = {name: numbers(sheet[name]) for name in names if name in sheet}
    if weighted is not None:
        found["weighted"] = numbers_in(weighted, thousands=not ours)
    elif ours and set(_OF_COMPARISONS) <= set(sheet.columns) and _is_uneven(frame["n"], frame["percent"]):
        found["weighted"] = frame["n"] * float("nan")
    if set(_OF_NETS) <= set(sheet.columns):
        found["level"] = numbers(sheet["level"])
    return found


def _is_uneven(n: "pd.Series[float]", percent: "pd.Series[float]") -> bool:
    """Whether unrounded percentages cannot all be n of one base."""
    bases = (100 * n / percent.where(percent > 0)).dropna()
    return len(bases) > 0 and bool(bases.max() - bases.min() > _SAME_BASE * bases.max())


def _check_named(rows: pd.DataFrame, path: Path) -> None:
    """Raise where one of these rows, with a rank and no label, has anything more."""
    for row in rows.to_numpy().tolist():
        if sum(cell.strip() != "" for cell in row) > 1:
            raise DataError("files.rank_without_label", file=path.name, row=shown_rows([row]))


@dataclass(frozen=True, slots=True)
class Total:
    """A line of a table that is of no code: the number in it (None where it has none, or several), and what that is.

    It is the base where its name says so, and where percentages agree with it.
    """

    number: int | None
    is_base: bool


def total_in(row: Sequence[str]) -> Total | None:
    """What a row says of all codes together; None for the row of a code."""
    filled = [cell.strip() for cell in row if cell.strip()]
    said = [cell for cell in filled if re.search(r"[^\W\d_]", cell) and not PLACE.fullmatch(cell)]
    if not said:
        return None
    if len(said) == 1 and (found := bases_in(said[0])) and (len(filled) == 1 or _BASE.match(said[0])):
        return Total(found.pop() if len(found) == 1 else None, is_base=True)
    name = re.sub(r"\(n\)|[\s:=*]+$", "", said[0], flags=re.IGNORECASE).strip()
    if _OF_MENTIONS.fullmatch(name):
        return Total(None, is_base=False)
    if not (_SUM.fullmatch(name) or _OF_ALL.fullmatch(name)):
        return None
    plain = {cell for cell in filled if re.fullmatch(r"\d[\d.,\s\u00a0]*", cell)}
    parts = [parted[0] for cell in filled if (parted := parts_of(cell))]
    numbers = {int(one) for one in counts_in(pd.Series([*plain, *parts], dtype=str)) if one % 1 == 0}
    return Total(numbers.pop() if len(numbers) == 1 else None, is_base=not _SUM.fullmatch(name))


def is_number(cell: str) -> bool:
    """Whether a cell is a place ("3", "plaats 3", "3e"), a number or a percentage."""
    return bool(_NUMBER.fullmatch(cell) or PLACE.fullmatch(cell))


def bases_in(text: str) -> set[int]:
    """The bases that a text tells, anywhere in it."""
    return {int(re.sub(r"\D", "", match["count"] or match["people"])) for match in _BASE.finditer(text)}


def parts_of(cell: str) -> tuple[str, str] | None:
    """The number and the percentage of a cell that has both, as "54 (30%)" and "30% (54)"; None for any other."""
    if match := _PARTED.fullmatch(cell.strip()):
        return match[1], match[2]
    match = _PARTED_AROUND.fullmatch(cell.strip())
    return (match[2], match[1]) if match else None


def has_parts(cells: Sequence[str]) -> bool:
    """Whether most cells of a column have a number and a percentage."""
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and sum(map(bool, map(parts_of, filled))) >= _MOST_OF * len(filled)


def _columns(sheet: pd.DataFrame, path: Path, *, ours: bool) -> "dict[str, pd.Series[str] | None]":
    """The columns of a table by the keys of `NAMES`. Raises `DataError` where figures are of several years."""
    found = {name: _column(sheet, names) for name, names in NAMES.items()}
    if ours or found["label"] is None or found["rank"] is None:
        return found
    if {"n", "N"} <= set(sheet.columns):
        found |= {"n": sheet["n"], "base": sheet["N"]}
    rest = sheet.drop(columns=[found["label"].name, found["rank"].name])
    for name in ("n", "percent"):
        if found[name] is None:
            dated = [column for column in rest if _YEAR.sub("", str(column)).strip().casefold() in NAMES[name]]
            if len(dated) > 1:
                raise DataError("files.several_years", file=path.name, columns=dated)
            found[name] = rest[dated[0]] if dated else None
    both = [name for name in rest if found["percent"] is None and has_parts(rest[name].tolist())]
    if len(both) == 1:
        parts = rest[both[0]].map(lambda cell: parts_of(cell) or (cell, ""))
        found |= {"n": parts.str[0], "percent": parts.str[1]}
    return found


def _totals(sheet: pd.DataFrame, columns: "Mapping[str, pd.Series[str] | None]") -> list[Total | None]:
    """What rows without a place say of all codes together, beside their percentage."""
    ranks, percents = columns["rank"], columns["percent"]
    beside = sheet if percents is None or percents.name not in sheet else sheet.drop(columns=[percents.name])
    placed = [] if ranks is None else [bool(PLACE.fullmatch(cell.strip())) for cell in ranks]
    return [None if rank else total_in(row) for rank, row in zip(placed, beside.to_numpy().tolist(), strict=True)]


def _base(
    cells: "pd.Series[str] | None", totals: Sequence[Total | None], frame: pd.DataFrame, path: Path
) -> int | None:
    """The number of respondents that was printed: one, and no smaller than what was counted."""
    if cells is not None:
        found = sorted(set(counts_in(cells).dropna()))
    else:
        found = sorted({float(one.number) for one in totals if one is not None and one.is_base and one.number})
    if len(found) > 1:
        raise DataError("files.bases", file=path.name, bases=found)
    base = int(found[0]) if found else None
    if base is not None and len(over := frame[frame["n"] > base]):
        n, label = float(over["n"].iloc[0]), over["label"].iloc[0]
        raise DataError("files.over_base", file=path.name, n=n, label=label, base=base)
    return base


def _base_of_sums(totals: Sequence[Total | None], frame: pd.DataFrame) -> int | None:
    """The sum that is the base by all percentages; None where there is none or several.

    What is the sum of all n may be that of mentions.
    """
    counted = frame[frame["n"].notna() & frame["percent"].notna()]
    sums = {one.number for one in totals if one is not None and one.number} - {int(frame["n"].sum())}
    fits = [one for one in sums if ((_WHOLE * counted["n"] / one - counted["percent"]).abs() < _ROUNDED).all()]
    return fits[0] if len(counted) > 1 and len(fits) == 1 else None


def is_header(cells: set[str]) -> bool:
    """Whether these are column names of a published table: one for ranks, one for labels."""
    names = {cell.casefold() for cell in cells}
    return not names.isdisjoint(NAMES["rank"]) and not names.isdisjoint(NAMES["label"])


def _column(sheet: pd.DataFrame, names: tuple[str, ...]) -> "pd.Series[str] | None":
    by_name = {str(column).strip().casefold(): column for column in sheet.columns}
    return next((sheet[by_name[name]] for name in names if name in by_name), None)


def _percents(
    cells: "pd.Series[str] | None", file: TableFile, counted: "pd.Series[float]", *, ours: bool
) -> "pd.Series[float]":
    """Percentages in 0..100, nan where there are none.

    A spreadsheet holds a cell that shows 26 % as 0.26: then all of them are shares. `counted` are the shares by n and
    the base, where both are known. What is read as shares without a workbook that may show them otherwise is told. A
    table that is `ours` has percentages.
    """
    if cells is None:
        return counted * float("nan")
    found = numbers_in(cells, thousands=False)
    if not ours and found.max() <= 1 and not cells.str.contains("%").any():
        if file.path.suffix.lower() in SPREADSHEETS:
            found = found * _WHOLE
        elif _are_shares(found, counted):
            first = str(cells.iloc[int(found.argmax())]).strip()
            file.note(Note("files.shares", file=file.path.name, cell=first, share=float(found.max()) * _WHOLE))
            found = found * _WHOLE
    if (over := found[found > _WHOLE]).size:
        raise DataError("files.over_hundred", file=file.path.name, value=float(over.iloc[0]))
    return found


def _are_shares(found: "pd.Series[float]", counted: "pd.Series[float]") -> bool:
    """Whether numbers of which none is above 1 are shares: n and the base say so, or else several have decimals.

    A list of which no code has more than one percent is printed nowhere.
    """
    if (found * counted).notna().any():
        return bool((found - counted).abs().median() < (found / _WHOLE - counted).abs().median())
    return int((found % 1 > 0).sum()) > 1


def counts_in(cells: "pd.Series[str]") -> "pd.Series[float]":
    """The first number in each cell, of which none has three decimals: "1.024" and "1,024" are a thousand and more."""
    return numbers_in(cells.str.replace(r"(?<=\d),(?=\d{3}(?!\d))", "", regex=True))


def numbers_in(cells: "pd.Series[str]", *, thousands: bool = True) -> "pd.Series[float]":
    """The first number in each cell; nan where there is none. With `thousands` "1.024" is a thousand and more."""
    if (below := cells[cells.map(lambda cell: bool(_NEGATIVE.match(cell)))]).size:
        raise DataError("files.below_zero", cell=below.iloc[0])
    plain = [_THOUSANDS.sub("", cell) if thousands else cell for cell in cells]
    found = [re.search(r"\d+(?:[.,]\d+)?", cell) for cell in plain]
    return pd.Series([float(match[0].replace(",", ".")) if match else float("nan") for match in found], dtype=float)
