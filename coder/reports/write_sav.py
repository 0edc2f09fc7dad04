"""The data for SPSS: a row a respondent, a 0/1 variable a code, and the syntax that makes them one set.

A respondent who was not coded is missing on all codes. One who was seen and fits no code has 1 on a
variable of its own, so that the percentages of SPSS, which leaves out who mentions nothing, have our base.
The format has no place for a multiple-response set that pyreadstat could write: hence the .sps beside it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import wrap
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyreadstat

from coder.codebook import Codebook
from coder.errors import DataError
from coder.files.writing import written_beside
from coder.languages.text import fold
from coder.note import Note
from coder.reports.content import Report, Respondents
from coder.tables.mentions import in_order
from coder.words import area, say

_NAME, _LABEL, _LONGEST = 64, 255, 32767
"""Bytes that SPSS lets a name, a label of a variable and a text have."""
_NAMED = 16
"""So many signs of a heading are in the name of its variable; the label has all of it."""
_SCALE, _RECURS, _VALUE = 24, 3, 100
"""Of fewer values a variable is nominal, as SPSS has it when it reads a file; texts that each recur so often are
categories, with labels of at most so many signs."""
_LINE = 72
_NUMBER = re.compile(r"-?(0|[1-9]\d*)([.,]\d+)?")
_RESERVED = {"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"}
SET = "$codes"


def write_sav(report: Report, path: Path) -> list[Path]:
    """Write the .sav and, beside it, the .sps. Raises `DataError` for a report without respondents."""
    data = report.respondents
    if data is None:
        raise DataError("report.sav_needs", file=path.name)
    said = area("report")
    columns = {str(name): _column(cells) for name, cells in data.frame.items()}
    about = pd.DataFrame({name: one.cells for name, one in columns.items()}, index=data.frame.index)
    wished = [_short(name) for name in about.columns]
    names = variable_names([*wished, *(_code_name(data.codebook, id_) for id_ in data.mentions.codes), "c_none"])
    own, coded = names[: about.shape[1]], names[about.shape[1] :]
    codes = _codes(data, coded)
    labels = [
        *(data.called.get(name, name) for name in map(str, about.columns)),
        *(data.codebook.label(id_) for id_ in data.mentions.codes),
        said["no_code"],
    ]
    frame = pd.concat([about.set_axis(own, axis=1), codes], axis=1)
    weight = own[list(about.columns).index(data.weight)] if data.weight else None
    measures = {name: one.measure for name, one in zip(own, columns.values(), strict=True)}
    shapes = {name: one.shape for name, one in zip(own, columns.values(), strict=True) if one.shape}
    values = {name: one.labels for name, one in zip(own, columns.values(), strict=True) if one.labels}
    mentioned = {0.0: said["not_mentioned"], 1.0: said["mentioned"]}
    with written_beside(path) as beside:
        pyreadstat.write_sav(
            frame,
            str(beside),
            file_label=_cut(report.title, 64),
            column_labels=[_cut(label, _LABEL) for label in labels],
            variable_value_labels={**values, **dict.fromkeys(coded, mentioned)},
            variable_measure={**measures, **dict.fromkeys(coded, "nominal"), **({weight: "scale"} if weight else {})},
            variable_format={**shapes, **dict.fromkeys(coded, "F1.0")},
        )
    syntax = path.with_suffix(".sps")
    with written_beside(syntax) as beside:
        beside.write_bytes(_syntax(path.name, data.question, coded, weight).encode("utf-8-sig"))
    return [path, syntax]


def variable_names(wished: Iterable[str]) -> list[str]:
    """Names that SPSS takes, in this order: letters without accents, digits, `_` and `.`, beginning with a letter.

    At most 64 bytes, none reserved, none twice whatever the case.
    """
    taken: set[str] = set()
    names = []
    for wish in wished:
        plain = re.sub(r"[^a-z0-9_.]+", "_", fold(wish), flags=re.ASCII).strip("_.")
        plain = plain if plain[:1].isalpha() and plain not in _RESERVED else f"v_{plain}".rstrip("_")
        name, number = plain[:_NAME].rstrip("_."), 1
        while name in taken:
            number += 1
            end = f"_{number}"
            name = plain[: _NAME - len(end)].rstrip("_.") + end
        taken.add(name)
        names.append(name)
    return names


@dataclass(frozen=True, slots=True)
class _Variable:
    """A column as SPSS has it: its cells, what may be counted with them, how numbers look, and what numbers mean."""

    cells: "pd.Series[Any]"
    measure: Literal["nominal", "scale"]
    shape: str = ""
    labels: dict[float, str] = field(default_factory=dict)


def _column(cells: "pd.Series[Any]") -> _Variable:
    """Numbers where every cell is one ("00042" is none), labelled numbers for a few texts that recur, else texts."""
    whole = cells.astype(str).str.replace("\0", "")  # which ends a text there
    texts = whole.str.strip()
    filled = texts[texts != ""]
    if len(filled) and all(_NUMBER.fullmatch(text) for text in filled):
        numbers = pd.to_numeric(texts.str.replace(",", "."), errors="coerce").astype(float)
        few = numbers.nunique() < _SCALE and bool((numbers.dropna() % 1 == 0).all())
        places = min(max((len(text.replace(",", ".").partition(".")[2]) for text in filled), default=0), 8)
        return _Variable(numbers, "nominal" if few else "scale", f"F{max(map(len, filled)) + 1}.{places}")
    kinds = sorted(filled.unique(), key=lambda kind: in_order(fold(kind)))
    if 0 < len(kinds) < _SCALE and len(filled) >= _RECURS * len(kinds) and max(map(len, kinds)) <= _VALUE:
        numbered = {kind: float(number) for number, kind in enumerate(kinds, start=1)}
        labels = {number: kind for kind, number in numbered.items()}
        return _Variable(texts.map(numbered).astype(float), "nominal", f"F{len(str(len(kinds)))}.0", labels)
    long = whole.map(lambda text: len(text.encode())) > _LONGEST
    if long.any():
        raise DataError("report.sav_long", column=str(cells.name), most=_LONGEST, row=long.idxmax())
    return _Variable(whole, "nominal")


def _short(name: object) -> str:
    """The name of a column in at most so many signs, cut between words where there are some."""
    plain = re.sub(r"[^a-z0-9]+", "_", fold(str(name)), flags=re.ASCII).strip("_")
    if len(plain) <= _NAMED:
        return plain
    words = plain[: _NAMED + 1].rpartition("_")[0]
    return words if len(words) >= _NAMED // 2 else plain[:_NAMED]


def _code_name(book: Codebook, id_: str) -> str:
    """The variable of a code by its number, which is never given to another; by its id where no codebook was given."""
    code = next((one for one in book.codes if one.id == id_), None)
    return f"c{code.number}" if code is not None and code.label else f"c_{id_}"


def _codes(data: Respondents, names: Sequence[str]) -> pd.DataFrame:
    """0, 1 or missing, shape (respondents of the file, codes and "no code fits")."""
    given = data.mentions.given
    whole = np.column_stack([given, ~given.any(axis=1)]).astype(float)
    seen = pd.DataFrame(whole, index=data.mentions.respondents, columns=list(names))
    return seen.reindex(data.frame.index)


def _syntax(name: str, question: str, variables: Sequence[str], weight: str | None) -> str:
    """What to run after the file is opened: the multiple-response set, the weight, and the table to check."""
    listed = wrap(" ".join(variables), _LINE, initial_indent="    ", subsequent_indent="    ", break_long_words=False)
    label = _cut(" ".join(question.split()), _LABEL // 2)
    parts = [part.replace("'", "''") for part in wrap(label, _LINE // 2, drop_whitespace=False)]
    quoted = " +\n    ".join(f"'{part}'" for part in parts)
    lines = [
        "* Encoding: UTF-8.",
        f"* {say(Note('report.sav_open_first', file=_cut(' '.join(name.split()), 60)))}",
        *([f"WEIGHT BY {weight}."] if weight else []),
        "MRSETS",
        f"  /MDGROUP NAME={SET}",
        *([f"    LABEL={quoted}"] if parts else []),
        "    CATEGORYLABELS=VARLABELS",
        "    VARIABLES=",
        *listed,
        "    VALUE=1",
        f"  /DISPLAY NAME=[{SET}].",
        "MULT RESPONSE",
        "  GROUPS=codes",
        f"    ({variables[0]}",
        f"    TO {variables[-1]} (1))",
        "  /FREQUENCIES=codes.",
    ]
    return "\n".join([*lines, ""]).replace("\n", "\r\n")


def _cut(text: str, size: int) -> str:
    """The text in at most so many bytes, cut between characters."""
    raw = text.encode()
    return text if len(raw) <= size else raw[: size - 3].decode(errors="ignore") + "…"
