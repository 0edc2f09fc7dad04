"""Fragments in a table: a row a fragment, by its words or its place, and what each coder read."""

import re
from pathlib import Path
from typing import Any

import pandas as pd

from coder.codebook import Codebook
from coder.documents import FRAGMENTS, Document, Documents
from coder.errors import DataError
from coder.files.code_cells import DASHES
from coder.files.sheets import read_sheet
from coder.tables.documents import READ

_PLACE, _TEXT = ("start", "end"), "text"


def read_fragments(
    path: Path, documents: Documents, codebook: Codebook, *, coder: str = "hand"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The fragments (`FRAGMENTS`) and read marks (`READ`) in a table with the columns document and code.

    A row has the words of the fragment (`text`, whatever its spaces and line ends) or its place (`start` and `end`,
    characters, the end excluded); with neither it is the whole document. A code is an id or a label; "-" says that
    the coder read this, and a row without a code is left out. `coder` and `memo` are columns too; `coder` is who has
    none. A document is called by its name or that of its file.

    Raises `DataError` for a document or code that is not there, for words that are not in the document or stand in it
    more than once, and for a place outside it.
    """
    sheet = read_sheet(path, ["document", "code"])
    if lost := [name for name in ("document", "code") if name not in sheet]:
        raise DataError("sheets.no_column", file=path.name, column=lost[0], columns=[str(one) for one in sheet])
    names = {alias.casefold(): one for one in documents for alias in (one.name, f"{one.name}.{one.kind}")}
    fragments, read = [], []
    for row in sheet.to_dict("records"):
        cells = {str(name): str(cell).strip() for name, cell in row.items()}
        if not cells["code"]:
            continue
        if (document := names.get(cells["document"].casefold())) is None:
            raise DataError("documents.no_document", name=cells["document"], documents=[one.name for one in documents])
        start, end = _place(cells, document, path)
        whose = cells.get("coder") or coder
        if cells["code"] in DASHES:
            read.append((document.name, start, end, whose))
            continue
        if (code := codebook.find(cells["code"])) is None:
            has = list(codebook.ids)
            raise DataError("files.unknown_codes", file=path.name, codes=[cells["code"]], has=has)
        fragments.append((document.name, start, end, code, whose, cells.get("memo", ""), ""))
    return pd.DataFrame(fragments, columns=list(FRAGMENTS)), pd.DataFrame(read, columns=list(READ))


def _place(cells: dict[str, Any], document: Document, path: Path) -> tuple[int, int]:
    start, end = (cells.get(name, "") for name in _PLACE)
    if start and end:
        if not (start.isdecimal() and end.isdecimal() and int(start) < int(end) <= len(document.text)):
            raise DataError("documents.outside_text", document=document.name, start=start, end=end)
        return int(start), int(end)
    if not (words := cells.get(_TEXT, "").split()):
        return 0, len(document.text)
    found = list(re.finditer(r"\s+".join(map(re.escape, words)), document.text))
    if len(found) != 1:
        said = " ".join(words)
        raise DataError("documents.words", file=path.name, words=said, document=document.name, count=len(found))
    return found[0].span()
