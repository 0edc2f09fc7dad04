"""Fragments in files: tables with a row for each, by its words or its place, and WebAnno TSV 3 (INCEpTION).

A WebAnno file is of one document and one person: the text, and a fragment for each value of each layer. Its places
count UTF-16 units, as Java does; they become characters here.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from coder.codebook import Codebook
from coder.documents import BLOCKS, FRAGMENTS, Document, Documents
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


_FORMAT = "#FORMAT=WebAnno TSV 3"
_TEXT = "#Text="
_SPANS, _LAYERS = "#T_SP=", ("#T_SP=", "#T_CH=", "#T_RL=")
_NOTHING, _PLAIN = "_", "*"
_STACKED = re.compile(r"(?<!\\)\|")
_NUMBERED = re.compile(r"(?<!\\)\[(\d+)\]$")
_ESCAPED = re.compile(r"\\(->|.)", re.DOTALL)
_SIGNS = {"t": "\t", "n": "\n", "r": "\r"}


@dataclass(frozen=True, slots=True)
class _Cell:
    """A value of a feature on a token; `number` joins the tokens of one span, 0 for a token alone."""

    layer: str
    feature: str
    value: str
    number: int


def read_webanno(path: Path, *, coder: str = "", name: str = "") -> tuple[Document, pd.DataFrame]:
    """The document in a WebAnno TSV 3 file and its fragments (`FRAGMENTS`), in order.

    A fragment's code is the value of a feature, or the name of the layer for a span without one; `id` is
    "layer|feature". Layers of relations and chains are passed over, and so are the features of slots that name a role.
    A sentence is a block (a paragraph). `coder` is the name of the file unless given, and so is the `name` of the
    document: files of several people get the same one.

    Raises `DataError` for a file of another format, and for a line that is none of it.
    """
    text = path.read_text(encoding="utf-8-sig")
    if not text.startswith(_FORMAT):
        raise DataError("documents.no_webanno", file=path.name)
    lines = [line.rstrip("\r") for line in text.split("\n")]
    columns = _columns(lines)
    sentences = list(_sentences(lines, path))
    document = _document(name or path.stem, sentences)
    points = _points(document.text)
    rows = []
    for (layer, feature, _), (start, end, value) in _spans(sentences, columns):
        code = value or layer.rpartition(".")[2]
        rows.append((document.name, points[start], points[end], code, coder or path.stem, "", f"{layer}|{feature}"))
    frame = pd.DataFrame(rows, columns=list(FRAGMENTS)).drop_duplicates(ignore_index=True)
    return document, frame.sort_values(["start", "end", "code"], kind="stable", ignore_index=True)


def _columns(lines: list[str]) -> list[tuple[str, str]]:
    """The layer and feature of each column after the first three; "" where a column is of no span."""
    found = []
    for line in lines:
        if kind := next((one for one in _LAYERS if line.startswith(one)), ""):
            layer, *features = line.removeprefix(kind).split("|")
            slot = False
            for feature in features or [""]:
                target, slot = slot, feature.startswith("ROLE_")
                usable = kind == _SPANS and not slot and not target
                found.append((layer if usable else "", feature))
    return found


def _sentences(lines: list[str], path: Path) -> Iterator[tuple[str, list[tuple[int, int, list[str]]]]]:
    """The text of each sentence, and the place and the columns of its tokens."""
    text = ""
    tokens: list[tuple[int, int, list[str]]] = []
    for number, line in enumerate([*lines, ""], start=1):
        if line.startswith(_TEXT):
            text = (text + "\n" if text and not tokens else "") + _plain(line.removeprefix(_TEXT))
        elif not line.strip():
            if text or tokens:
                yield text, tokens
            text, tokens = "", []
        elif not line.startswith("#"):
            cells = line.split("\t")
            place = re.fullmatch(r"(\d+)-(\d+)", cells[1]) if len(cells) > 2 else None  # noqa: PLR2004
            if place is None:
                raise DataError("documents.no_webanno_line", file=path.name, line=number)
            tokens.append((int(place[1]), int(place[2]), cells[2:]))


def _plain(text: str) -> str:
    """What was escaped, as it was."""
    return _ESCAPED.sub(lambda match: _SIGNS.get(match[1], match[1]), text)


def _document(name: str, sentences: list[tuple[str, list[tuple[int, int, list[str]]]]]) -> Document:
    """The text at its own places: what is not in any sentence is white space."""
    text, size, rows = [], 0, []
    points = 0
    for sentence, tokens in sentences:
        inside = max(sentence.find(_plain(tokens[0][2][0])), 0) if tokens else 0
        start = tokens[0][0] - _units(sentence[:inside]) if tokens else size
        gap = max(start - size, 0)
        text.append("\n" * gap + sentence)
        points += gap
        rows.append((points, points + len(sentence), "paragraph", 0, 0, "", "", "", -1))
        points += len(sentence)
        size += gap + _units(sentence)
    return Document(name, "".join(text), pd.DataFrame(rows, columns=list(BLOCKS)), kind="tsv")


def _units(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text) + sum(sign > "\uffff" for sign in text)


def _points(text: str) -> list[int]:
    """The character at each UTF-16 unit, and the end."""
    found: list[int] = []
    for place, sign in enumerate(text):
        found += [place] * (1 + (sign > "\uffff"))
    return [*found, len(text)]


def _spans(
    sentences: list[tuple[str, list[tuple[int, int, list[str]]]]], columns: list[tuple[str, str]]
) -> Iterator[tuple[tuple[str, str, int], tuple[int, int, str]]]:
    """Each span of each feature: where it begins and ends, and its value; tokens of one number are one span."""
    open_: dict[tuple[str, str, int], tuple[int, int, str]] = {}
    for _, tokens in sentences:
        for start, end, cells in tokens:
            for cell in _cells(cells[1:], columns):
                key = (cell.layer, cell.feature, cell.number)
                if not cell.number:
                    yield key, (start, end, cell.value)
                else:
                    first = open_.get(key, (start, end, cell.value))
                    open_[key] = (first[0], end, first[2])
    yield from open_.items()


def _cells(cells: list[str], columns: list[tuple[str, str]]) -> Iterator[_Cell]:
    """The values on a token. A feature without a value counts only where no other feature of its layer has one."""
    found: list[_Cell] = []
    for (layer, feature), cell in zip(columns, cells, strict=False):
        if not layer or cell == _NOTHING or not cell:
            continue
        for part in _STACKED.split(cell):
            number = _NUMBERED.search(part)
            value = part[: number.start()] if number else part
            bare = "" if value in {_PLAIN, _NOTHING} else _plain(value)
            found.append(_Cell(layer, feature, bare, int(number[1]) if number else 0))
    said = {(one.layer, one.number) for one in found if one.value}
    nameless: set[tuple[str, int]] = set()
    for one in found:
        key = (one.layer, one.number)
        if one.value:
            yield one
        elif key not in said and key not in nameless:
            nameless.add(key)
            yield _Cell(one.layer, "", "", one.number)
