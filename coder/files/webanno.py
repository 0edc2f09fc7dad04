"""Spans that INCEpTION and WebAnno wrote as WebAnno TSV 3: the text, and a fragment for each value of each layer.

A file is of one document and one person. Its places count UTF-16 units, as Java does; they become characters here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from coder.documents import BLOCKS, FRAGMENTS, Document
from coder.errors import DataError

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
