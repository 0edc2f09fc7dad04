"""Fragments in a table: a row for each, by its words or its place, and what each coder read."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from coder.codebook import Codebook
from coder.documents import FRAGMENTS, Document, Documents
from coder.errors import DataError
from coder.files.cells import read_cells
from coder.files.code_cells import DASHES
from coder.files.sheets import table_of
from coder.note import Note
from coder.tables.documents import READ

_NAMES = {
    "document": ("document", "file", "bestand", "fichier", "plan"),
    "code": ("code", "codes"),
    "text": ("text", "tekst", "texte", "fragment", "citaat", "passage", "extrait"),
    "start": ("start", "begin", "début", "debut"),
    "end": ("end", "einde", "eind", "fin"),
    "coder": ("coder", "codeur", "lezer", "reader", "lecteur"),
    "memo": ("memo", "mémo", "nota", "note", "opmerking"),
}
"""What columns are called; of two that may be meant, the one that is called so first."""
_SHOWN, _BEGINS = 10, 40
"""So many wrong rows are named, each with so many characters of its text."""


def read_fragments(
    path: Path, documents: Documents, codebook: Codebook, *, coder: str = "hand"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The fragments (`FRAGMENTS`) and read marks (`READ`) in a table with the columns document and code.

    A row has the words of the fragment (`text`, whatever its spaces and line ends) or its place (`start` and `end`,
    characters, the end excluded); with neither it is the whole document. A code is an id or a label; "-" says that
    the coder read this, and a row without a code is left out. `coder` and `memo` are columns too; `coder` is who has
    none. Columns may have their English, Dutch or French name. A document is called by its name or that of its file.

    Raises `DataError` for a column that is not there, and with the first ten wrong rows: a document or code that is not
    there, words that are not in the document or stand in it more than once, a place outside it. A row has the number
    that it has in the sheet, where no row above it is empty.
    """
    whole = read_cells(path)
    sheet = table_of(path, whole, header=lambda cells: {"document", "code"} <= set(_called(cells)))
    above = len(whole.rows) - len(sheet)
    called = _called(map(str, sheet))
    if lost := [name for name in ("document", "code") if name not in called]:
        has = [str(one) for one in sheet]
        raise DataError("documents.no_fragment_column", file=path.name, names=_NAMES[lost[0]], columns=has)
    names = {alias.casefold(): one for one in documents for alias in (one.name, f"{one.name}.{one.kind}")}
    fragments, read, wrong = [], [], []
    for number, row in enumerate(sheet.to_dict("records"), start=above + 1):
        cells = {name: str(row[column]).strip() for name, column in called.items()}
        if not cells["code"]:
            continue
        try:
            one = _read(cells, names, codebook)
        except DataError as error:
            wrong.append(Note("documents.row", row=number, what=error.note))
            continue
        document, start, end, code = one
        whose = cells.get("coder") or coder
        if code:
            fragments.append((document, start, end, code, whose, cells.get("memo", ""), ""))
        else:
            read.append((document, start, end, whose))
    if wrong:
        raise DataError("documents.wrong_rows", file=path.name, count=len(wrong), rows=_listed(wrong))
    return pd.DataFrame(fragments, columns=list(FRAGMENTS)), pd.DataFrame(read, columns=list(READ))


def _read(cells: Mapping[str, str], names: Mapping[str, Document], codebook: Codebook) -> tuple[str, int, int, str]:
    """Document, start, end and code of a row; the code is "" where it says that there is none."""
    if (document := names.get(cells["document"].casefold())) is None:
        raise DataError("documents.row_document", name=cells["document"])
    code = "" if cells["code"] in DASHES else codebook.find(cells["code"])
    if code is None:
        raise DataError("documents.row_code", code=cells["code"])
    return document.name, *_place(cells, document), code


def _listed(wrong: list[Note]) -> list[Note]:
    more = [Note("documents.more_rows", count=len(wrong) - _SHOWN)] if len(wrong) > _SHOWN else []
    return [*wrong[:_SHOWN], *more]


def _called(columns: Iterable[str]) -> dict[str, str]:
    """The column that each name is that of."""
    there = {" ".join(column.split()).casefold(): column for column in columns}
    meant = {name: next((there[one] for one in some if one in there), None) for name, some in _NAMES.items()}
    return {name: column for name, column in meant.items() if column is not None}


def _place(cells: Mapping[str, str], document: Document) -> tuple[int, int]:
    start, end = cells.get("start", ""), cells.get("end", "")
    if start and end:
        if not (start.isdecimal() and end.isdecimal() and int(start) < int(end) <= len(document.text)):
            raise DataError("documents.row_outside", document=document.name, start=start, end=end)
        return int(start), int(end)
    if not (words := cells.get("text", "").split()):
        return 0, len(document.text)
    found = list(re.finditer(r"\s+".join(map(re.escape, words)), document.text))
    if len(found) != 1:
        said = " ".join(words)
        said = said if len(said) <= _BEGINS else f"{said[:_BEGINS].rstrip()}…"
        key = "documents.row_words_twice" if found else "documents.row_words"
        raise DataError(key, words=said, document=document.name, count=len(found))
    return found[0].span()
