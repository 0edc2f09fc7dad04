"""The data for SPSS: a row a respondent, a 0/1 variable a code, and the syntax that makes them one set.

A respondent who was not coded is missing on all codes. One who was seen and fits no code has 1 on a
variable of its own, so that the percentages of SPSS, which leaves out who mentions nothing, have our base.
The format has no place for a multiple-response set that pyreadstat could write: hence the .sps beside it.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat

from coder.errors import DataError
from coder.files.writing import written_beside
from coder.languages.text import fold
from coder.note import Note
from coder.reports.content import Report, Respondents
from coder.words import area, say

_NAME, _LABEL, _LONGEST = 64, 255, 32767
"""Bytes that SPSS lets a name, a label of a variable and a text have."""
_LINE = 72
_NUMBER = re.compile(r"-?(0|[1-9]\d*)([.,]\d+)?")
_RESERVED = {"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"}
SET = "$codes"


def write(report: Report, path: Path) -> list[Path]:
    """Write the .sav and, beside it, the .sps. Raises `DataError` for a report without respondents."""
    data = report.respondents
    if data is None:
        raise DataError("report.sav_needs", file=path.name)
    said = area("report")
    about = _background(data)
    names = variable_names([*about.columns, *(f"codes_{id_}" for id_ in data.mentions.codes), "codes_none_fits"])
    own, coded = names[: about.shape[1]], names[about.shape[1] :]
    codes = _codes(data, coded)
    labels = [
        *map(str, about.columns),
        *(data.codebook.label(id_) for id_ in data.mentions.codes),
        said["no_code"],
    ]
    frame = pd.concat([about.set_axis(own, axis=1), codes], axis=1)
    weight = own[list(about.columns).index(data.weight)] if data.weight else None
    with written_beside(path) as beside:
        pyreadstat.write_sav(
            frame,
            str(beside),
            file_label=_cut(report.title, 64),
            column_labels=[_cut(label, _LABEL) for label in labels],
            variable_value_labels={name: {0.0: said["not_mentioned"], 1.0: said["mentioned"]} for name in coded},
            variable_measure={**dict.fromkeys(coded, "nominal"), **({weight: "scale"} if weight else {})},
            variable_format=dict.fromkeys(coded, "F1.0"),
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


def _background(data: Respondents) -> pd.DataFrame:
    """The columns of the file: numbers where every cell is one ("00042" is none), else texts."""
    return pd.DataFrame({name: _column(cells) for name, cells in data.frame.items()}, index=data.frame.index)


def _column(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    whole = cells.astype(str).str.replace("\0", "")  # which ends a text there
    texts = whole.str.strip()
    filled = texts[texts != ""]
    if len(filled) and all(_NUMBER.fullmatch(text) for text in filled):
        return pd.to_numeric(texts.str.replace(",", "."), errors="coerce").astype(float)
    long = whole.map(lambda text: len(text.encode())) > _LONGEST
    if long.any():
        raise DataError("report.sav_long", column=str(cells.name), most=_LONGEST, row=long.idxmax())
    return whole


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
