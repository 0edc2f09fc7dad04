"""The codings of several coders of the same answers, as files hold them.

A coder is a file, a column of one file, or a name in a column of a file with a row a unit and coder.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from coder.codebook import Codebook
from coder.coding import Coding
from coder.errors import DataError
from coder.files.answers import check_spelling, read_codes
from coder.files.sheets import Sheet, TableFile, TableSource, as_file


@dataclass(frozen=True, slots=True)
class Coders:
    """What each coder did, and the texts by unit where their column was named."""

    codings: tuple[Coding, ...]
    texts: "pd.Series[str] | None"


@dataclass(frozen=True, slots=True)
class _Column:
    """What one coder coded: a column of a sheet, whose rows are these units, and the texts beside it."""

    coder: str
    sheet: Sheet
    codes: str
    units: "pd.Index[str]"
    texts: "pd.Series[str] | None"

    @property
    def path(self) -> Path:
        return self.sheet.file.path


def read_coders(
    paths: Sequence[TableSource],
    *,
    codes: Sequence[str] = ("codes",),
    coder: str | None = None,
    id: str | None = None,  # noqa: A002
    text: str | None = None,
    codebook: Codebook | None = None,
    empty_is_none: bool = False,
) -> Coders:
    """Read who coded what, in one of three shapes.

    - Several files: each is a coder, named after its file. `codes` is the column in all of them, or
      one for each file, in order. Rows belong together by `id`, or else by their place: then `text`
      must be named, and be the same in each.
    - One file: each column in `codes` is a coder.
    - One file and `coder`, the column of their names: a row a unit and coder; `id` names the unit.

    Raises `DataError` where the shape is none of these, a column is not there, ids occur twice, texts differ, or
    codes without a codebook do in capitals alone.
    """
    files = [as_file(path) for path in paths]
    if coder is not None:
        columns = _long(files, codes, coder, id, text)
    elif len(files) == 1:
        columns = _wide(files[0], codes, id, text)
    else:
        columns = _files(files, codes, id, text)
    codings = [
        read_codes(one.sheet, one.codes, codebook, units=one.units, empty_is_none=empty_is_none, coder=one.coder)
        for one in columns
    ]
    if codebook is None:
        check_spelling(codings, " and ".join(dict.fromkeys(file.path.name for file in files)))
    return Coders(tuple(codings), _same_texts(columns, id))


def _long(
    files: Sequence[TableFile], codes: Sequence[str], coder: str, id_: str | None, text: str | None
) -> list[_Column]:
    if len(files) != 1 or len(codes) != 1:
        raise DataError("files.coder_one_file")
    if id_ is None:
        raise DataError("files.coder_no_id")
    path = files[0].path
    sheet = _sheet(files[0], {coder: "--coder", id_: "--id", codes[0]: "--codes"}, text)
    who, units = sheet.column(coder, "--coder").str.strip(), sheet.column(id_, "--id").str.strip()
    for cells in (who, units):
        if empty := int((cells == "").sum()):
            raise DataError("files.empty_cells", file=path.name, count=empty, column=cells.name)
    both = pd.DataFrame({"unit": units, "coder": who})
    twice = both[both.duplicated()]
    if len(twice):
        unit, name = twice.iloc[0][["unit", "coder"]]
        raise DataError("files.coder_twice", file=path.name, unit=unit, coder=name)
    rows = sheet.frame.groupby(who, sort=False)
    return [_column(str(name), replace(sheet, frame=part), codes[0], id_, text) for name, part in rows]


def _wide(file: TableFile, codes: Sequence[str], id_: str | None, text: str | None) -> list[_Column]:
    if len(set(codes)) < 2:  # noqa: PLR2004 (agreement is of two or more)
        raise DataError("files.one_coder", file=file.path.name, column=codes[0])
    sheet = _sheet(file, dict.fromkeys(codes, "--codes"), text, id_)
    names = dict.fromkeys(sheet.name(name, "--codes") for name in codes)
    return [_column(name, sheet, name, id_, text) for name in names]


def _files(files: Sequence[TableFile], codes: Sequence[str], id_: str | None, text: str | None) -> list[_Column]:
    if len(codes) not in {1, len(files)}:
        raise DataError("files.files_and_columns", files=len(files), columns=len(codes))
    if id_ is None and text is None:
        raise DataError("files.same_rows")
    each = list(codes) if len(codes) == len(files) else [codes[0]] * len(files)
    columns = [
        _column(name, _sheet(file, {code: "--codes"}, text, id_), code, id_, text)
        for name, file, code in zip(_names([file.path for file in files], each), files, each, strict=True)
    ]
    if id_ is None and len({len(one.units) for one in columns}) > 1:
        raise DataError("files.unequal", counts=[f"{one.path.name} {len(one.units)}" for one in columns])
    return columns


def _names(paths: Sequence[Path], codes: Sequence[str]) -> list[str]:
    """Names that tell the files apart: as short as that allows."""
    pairs = list(zip(paths, codes, strict=True))
    choices = (
        [path.stem for path in paths],
        [f"{path.stem} {code}" for path, code in pairs],
        [f"{path} {code}" for path, code in pairs],
    )
    for names in choices:
        if len(set(names)) == len(names):
            return names
    raise DataError("files.coder_file_twice", coder=Counter(choices[-1]).most_common(1)[0][0])


def _sheet(file: TableFile, needed: dict[str, str], text: str | None, id_: str | None = None) -> Sheet:
    """A file with the columns needed; the option that names each is for the error."""
    return file.read(needed | ({id_: "--id"} if id_ else {}) | ({text: "--text"} if text else {}))


def _column(name: str, sheet: Sheet, codes: str, id_: str | None, text: str | None) -> _Column:
    rows = pd.Series([str(number) for number in range(1, len(sheet.frame) + 1)])
    ids = sheet.column(id_, "--id").str.strip() if id_ else rows
    source = sheet.file.path.name
    if id_ and (empty := int((ids == "").sum())):
        raise DataError("files.without_id", file=source, count=empty, column=id_)
    twice = ids[ids.duplicated()]
    if len(twice):
        raise DataError("files.id_twice_coder", file=source, count=len(twice), column=id_, id=twice.iloc[0])
    index = pd.Index(ids.to_numpy(), name="unit")
    texts = sheet.column(text, "--text").set_axis(index) if text else None
    return _Column(name, sheet, codes, index, texts)


def _same_texts(columns: Sequence[_Column], id_: str | None) -> "pd.Series[str] | None":
    """The texts of all units; raise where one unit has two."""
    every = pd.concat([one.texts for one in columns if one.texts is not None]) if columns[0].texts is not None else None
    if every is None:
        return None
    first = every[~every.index.duplicated()]
    for one in columns:
        mine = one.texts if one.texts is not None else first
        known = first.loc[mine.index]
        differ = mine.index[(mine.str.strip() != known.str.strip()).to_numpy()]
        if len(differ):
            unit = differ[0]
            key = "files.unit_reads" if id_ else "files.row_reads"
            raise DataError(
                key, unit=unit, text=known[unit][:40], file=columns[0].path.name, other=mine[unit][:40],
                other_file=one.path.name, differ=len(differ),
            )  # fmt: skip
    return first
