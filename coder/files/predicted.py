"""Predictions as files hold them: codes in a column, probabilities in its cells, or a column of them for each code.

Codes are read as those of people are. A cell of probabilities reads 'video=0.83;price=0.2', or is the object that a
language model printed ({"video": 0.83}, or {'video': 0.83} as Python prints it); a code that it does not name has 0.
Columns for each code are called NAME:code, or NAME_code. '-' is that no code is predicted; an empty cell is no
prediction.
"""

import ast
import json
import re
from collections.abc import Sequence
from typing import cast

import numpy as np
import pandas as pd

from coder.codebook import Codebook
from coder.corpus import numbers
from coder.errors import DataError
from coder.files.answers import Answers
from coder.files.code_cells import DASHES, NONE_FITS
from coder.learning.predictions import Predictions
from coder.note import some

OPTION = "--predictions"
PREFIX = "predictions_"
"""How an export of a study begins the names of such columns; no part of the name of the predictions."""
_PAIR = re.compile(r"\s*(.+?)\s*[=:]\s*(\d*[.,]?\d+(?:e-?\d+)?)\s*", re.IGNORECASE)
_NUMPY = re.compile(r"\b(?:np\.|numpy\.)?float(?:16|32|64)\(([\d.e+-]+)\)")
"""A number of NumPy, as Python prints one."""
_MANY = 10


def read_predictions(answers: Answers, asked: str, known: Codebook) -> Predictions:
    """The predictions of the name or column `asked`, of the codes that are `known`; named so, without `PREFIX`.

    Raises `DataError` where there is no such column, it has what is no code or probability, codes that are not known,
    or no column for one that is.
    """
    wide = {} if asked in answers.sheet.columns else _columns(answers, asked, known)
    if wide:
        return Predictions(asked.removeprefix(PREFIX), _wide(answers, asked, wide, known))
    found = answers.table.find(asked, OPTION)
    name = found.name.removeprefix(PREFIX)
    if len(found.names) == 1:
        cells = answers.column(asked, OPTION).str.strip()
        read = {cell: _probabilities(cell) for cell in cells.unique() if cell not in ("", *DASHES)}
        if any(read.values()):
            return Predictions(name, _frame(answers, cells, read, known))
    return Predictions.of(name, answers.coding(asked, known, option=OPTION))


def prediction_cells(given: Predictions, units: "pd.Index[str]", codes: Sequence[str]) -> list[str]:
    """A cell a unit, as `read_predictions` reads it: codes where all are 0 or 1, else codes with their probability."""
    found = given.matrix(units, codes)
    plain = bool(np.isin(found[~np.isnan(found)], (0, 1)).all())
    cells = []
    for row in found.tolist():
        named = [(code, value) for code, value in zip(codes, row, strict=True) if value > 0]
        parts = [code if plain else f"{code}={value!r}" for code, value in named]
        cells.append(";".join(parts) or ("" if any(np.isnan(row)) else NONE_FITS))
    return cells


def _columns(answers: Answers, asked: str, known: Codebook) -> dict[str, str]:
    """The code of each column of probabilities: whatever follows 'NAME:', or a code that follows 'NAME_'."""
    names = list(map(str, answers.sheet.columns))
    if found := {name: name.removeprefix(f"{asked}:").strip() for name in names if name.startswith(f"{asked}:")}:
        return found
    ends = {name: name.removeprefix(f"{asked}_") for name in names if name.startswith(f"{asked}_")}
    return {name: end for name, end in ends.items() if known.find(end)}


def _wide(answers: Answers, asked: str, columns: dict[str, str], codebook: Codebook) -> pd.DataFrame:
    """A column a code, from columns of numbers."""
    ids = _ids(list(columns.values()), answers, codebook)
    cells = {name: numbers(answers.sheet[name]).set_axis(answers.corpus.ids) for name in columns}
    codes = [ids[code] for code in columns.values()]
    if twice := [code for code in codes if codes.count(code) > 1]:
        raise DataError("predictions.code_twice", file=answers.path.name, code=twice[0])
    if without := [code for code in codebook.ids if code not in codes]:
        raise DataError("predictions.no_column", file=answers.path.name, name=asked, codes=some(without, _MANY))
    return pd.DataFrame({ids[code]: cells[name] for name, code in columns.items()}, index=answers.corpus.ids)


def _frame(
    answers: Answers, cells: "pd.Series[str]", read: dict[str, dict[str, float]], codebook: Codebook
) -> pd.DataFrame:
    """A column a code, from cells that name codes and their probabilities."""
    if wrong := [cell for cell, pairs in read.items() if not pairs and cell != "{}"]:
        raise DataError("predictions.cell", file=answers.path.name, column=cells.name, cell=wrong[0][:60])
    named = sorted({code for pairs in read.values() for code in pairs})
    ids = _ids(named, answers, codebook)
    codes = sorted(set(ids.values()))
    found = np.zeros((len(cells), len(codes)))
    place = {code: number for number, code in enumerate(codes)}
    for row, cell in enumerate(cells):
        if not cell:
            found[row] = np.nan
        given = [ids[code] for code in read.get(cell, {})]
        if twice := [code for code in given if given.count(code) > 1]:
            raise DataError("predictions.code_twice", file=answers.path.name, code=twice[0])
        for code, value in read.get(cell, {}).items():
            found[row, place[ids[code]]] = value
    return pd.DataFrame(found, index=answers.corpus.ids, columns=codes)


def _ids(names: list[str], answers: Answers, codebook: Codebook) -> dict[str, str]:
    """The code of each name. Raises where the codebook does not have it."""
    found = {name: codebook.find(name) for name in names}
    if unknown := sorted(name for name, id_ in found.items() if id_ is None):
        source = answers.path.name
        raise DataError("files.unknown_codes", file=source, codes=some(unknown, _MANY), has=codebook.ids)
    return {name: id_ for name, id_ in found.items() if id_ is not None}


def _probabilities(cell: str) -> dict[str, float]:
    """The codes of a cell and their probabilities; empty where it holds none, such as codes alone."""
    if cell.startswith("{"):
        held = _object(cell)
        values = list(held.values()) if isinstance(held, dict) else []
        if not isinstance(held, dict) or not values or not all(type(one) in (int, float) for one in values):
            return {}
        return {str(code): float(one) for code, one in held.items()}
    pairs = [_PAIR.fullmatch(part) for part in re.split(r"[;\n]|,\s+(?=[^;,]+[=:]\s*[\d.,])", cell) if part.strip()]
    if not pairs or None in pairs:
        return {}
    return {pair[1]: float(pair[2].replace(",", ".")) for pair in pairs if pair is not None}


def _object(cell: str) -> object:
    """What a cell holds that a model printed as JSON, or a program as Python prints it; None where it is neither."""
    for read in (json.loads, ast.literal_eval):
        try:
            return cast("object", read(_NUMPY.sub(r"\1", cell)))
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
    return None
