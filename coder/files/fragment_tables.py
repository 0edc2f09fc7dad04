"""Fragments in a table: a row for each, by its words or its place, and what each coder read."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pandas as pd

from coder.codebook import Codebook
from coder.documents import FRAGMENTS, Document, Documents
from coder.errors import DataError
from coder.files.cells import read_cells
from coder.files.code_cells import DASHES
from coder.files.documents import who_is_called
from coder.files.sheets import table_of
from coder.note import Note
from coder.tables.codes_in_documents import READ

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
    path: str | Path, documents: Documents, codebook: Codebook, *, coder: str = "hand"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The fragments (`FRAGMENTS`) and read marks (`READ`) in a table with the columns document and code.

    A row has the words of the fragment (`text`, whatever its spaces and line ends) or its place (`start` and `end`,
    characters, the end excluded), or both where they say the same. A code is an id or a label; "-" says that the coder
    read this, which with neither words nor place is the whole document. `coder` and `memo` are columns too; `coder` is
    who has none. Columns may have their English, Dutch or French name. A document is called by its name or that of its
    file.

    Raises `DataError` for a column that is not there, and with the first ten wrong rows: a document or code that is
    empty, or not there, or may be several; a code without words and place, or with words and a place that say
    otherwise; words that are not in the document or stand in it more than once; a place outside it. A row has the
    number that it has in the sheet, where no row above it is empty.

    >>> import coder
    >>> from coder.resources import resource
    >>> plans = coder.read_documents(resource("corpora/plans"), resource("corpora/plans.csv"))
    >>> book = coder.read_codebook(resource("codebooks/policy-themes.yaml"))
    >>> fragments, read = coder.read_fragments(resource("corpora/plan-fragments.csv"), plans, book)
    >>> len(fragments), sorted(set(read["coder"]))
    (67, ['an', 'bo'])
    """
    path = Path(path)
    whole = read_cells(path)
    sheet = table_of(path, whole, header=lambda cells: {"document", "code"} <= set(_called(cells)))
    above = len(whole.rows) - len(sheet)
    called = _called(map(str, sheet))
    if lost := [name for name in ("document", "code") if name not in called]:
        has = [str(one) for one in sheet]
        raise DataError("documents.no_fragment_column", file=path.name, names=_NAMES[lost[0]], columns=has)
    aliases = [(f"{one.name}.{one.kind}", Path(one.name).name) for one in documents]
    meant = who_is_called([one.name for one in documents], aliases)
    fragments, read, wrong = [], [], []
    for number, row in enumerate(sheet.to_dict("records"), start=above + 1):
        cells = {name: str(row[column]).strip() for name, column in called.items()}
        if not any(cells.values()):
            continue
        try:
            one = _read(cells, documents, meant, codebook)
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


def _read(
    cells: Mapping[str, str], documents: Documents, meant: Callable[[str], list[str]], codebook: Codebook
) -> tuple[str, int, int, str]:
    """Document, start, end and code of a row; the code is "" where it says that there is none."""
    for name in ("document", "code"):
        if not cells[name]:
            raise DataError(f"documents.row_no_{name}")
    found = meant(cells["document"])
    if len(found) != 1:
        key = "documents.row_ambiguous" if found else "documents.row_document"
        raise DataError(key, name=cells["document"], meant=found)
    code = "" if cells["code"] in DASHES else codebook.find(cells["code"])
    if code is None:
        raise DataError("documents.row_code", code=cells["code"])
    return found[0], *_place(cells, documents[found[0]], whole=not code), code


def _listed(wrong: list[Note]) -> list[Note]:
    more = [Note("documents.more_rows", count=len(wrong) - _SHOWN)] if len(wrong) > _SHOWN else []
    return [*wrong[:_SHOWN], *more]


def _called(columns: Iterable[str]) -> dict[str, str]:
    """The column that each name is that of."""
    there = {" ".join(column.split()).casefold(): column for column in columns}
    meant = {name: next((there[one] for one in some if one in there), None) for name, some in _NAMES.items()}
    return {name: column for name, column in meant.items() if column is not None}


def _place(cells: Mapping[str, str], document: Document, *, whole: bool) -> tuple[int, int]:
    """Where a fragment begins and ends; `whole` says that one without words and place is the document."""
    words, ends = cells.get("text", "").split(), [cells.get(name, "") for name in ("start", "end")]
    for place in filter(None, ends):
        if not (place.isascii() and place.isdecimal()):
            raise DataError("documents.row_no_number", place=place)
    if all(ends):
        return _between(int(ends[0]), int(ends[1]), words, document)
    if any(ends):
        raise DataError("documents.row_half_place")
    if not words and not whole:
        raise DataError("documents.row_no_words")
    if not words:
        return 0, len(document.text)
    found = list(re.finditer(r"\s+".join(map(re.escape, words)), document.text))
    if len(found) != 1:
        key = "documents.row_words_twice" if found else "documents.row_words"
        raise DataError(key, words=_begin(words), document=document.name, count=len(found))
    return found[0].span()


def _between(start: int, end: int, words: list[str], document: Document) -> tuple[int, int]:
    """A place that was given, where it has these words (if any)."""
    if not start < end <= len(document.text):
        raise DataError("documents.row_outside", document=document.name, start=start, end=end)
    if words and words != (there := document.text[start:end].split()):
        place = {"start": start, "end": end, "document": document.name}
        raise DataError("documents.row_contradicts", words=_begin(words), there=_begin(there), **place)
    return start, end


def _begin(words: list[str]) -> str:
    said = " ".join(words)
    return said if len(said) <= _BEGINS else f"{said[:_BEGINS].rstrip()}…"
