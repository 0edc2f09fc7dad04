"""Writing a .qdpx that other programs read and that `read_qdpx` reads back the same.

Texts have LF and no mark; positions are code points, the end excluded. Each fragment is a selection with one coding,
whose GUID is its id; the other GUIDs follow from the names of the study and the documents (UUIDv5), so that a second
export gives the same. What the standard has no place for stands in `sources/coder.json`, which other programs pass
over. No path of this machine is written.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd

from coder.documents import Document, columns_of
from coder.files.codebooks.qdc import codes_written, escaped, guid_of, quoted, set_written
from coder.files.qdpx import COLUMNS, LAST, NOTED, SETTLED, Project
from coder.files.qdpx.project_reader import OURS, PROJECT_NAMESPACE
from coder.files.writing import written_beside
from coder.note import stored
from coder.resources import __version__

_GUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NAME = 100
"""Characters of a selection that its name shows."""
_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The time of all parts: the same project gives the same bytes."""


def write_qdpx(path: Path, project: Project) -> None:
    """Write a project. Raises `DataError` where the file cannot be written."""
    guids = {one.name: _guid(project, "document", one.name) for one in project.documents}
    xml = "\n".join(_written(project, guids)) + "\n"
    own = {
        "documents": {guids[one.name]: _own(one) for one in project.documents},
        "read": [[guids[name], *rest] for name, *rest in project.read.itertuples(index=False, name=None)],
        "unsure": [[guids[row[0]], *row[1:]] for row in _rows(project.unsure, COLUMNS)],
        "last": [[kind, guids[name], *rest] for kind, name, *rest in _rows(project.last, LAST)],
        "settled": [[guids[name], *rest] for name, *rest in _rows(project.settled, SETTLED)],
        "observations": [list(row) for row in _rows(project.observations, NOTED)],
    }
    with written_beside(path) as beside, ZipFile(beside, "w", ZIP_DEFLATED) as parts:
        _put(parts, "project.qde", xml)
        for one in project.documents:
            _put(parts, f"sources/{guids[one.name]}.txt", one.text)
        _put(parts, OURS, json.dumps(own, ensure_ascii=False))


def _rows(frame: pd.DataFrame, columns: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    yield from zip(*(frame[name].tolist() for name in columns), strict=True)


def _put(parts: ZipFile, name: str, text: str) -> None:
    info = ZipInfo(name, _MOMENT)
    info.compress_type = ZIP_DEFLATED
    parts.writestr(info, text.encode())


def _own(document: Document) -> dict[str, object]:
    return {
        "kind": document.kind,
        "pages": document.pages,
        "sha256": document.sha256,
        "blocks": columns_of(document.blocks),
        "repairs": columns_of(document.repairs),
        "notes": stored(document.notes),
    }


def _guid(project: Project, kind: str, name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{PROJECT_NAMESPACE}\n{project.name}\n{kind}\n{name}"))


def _written(project: Project, guids: dict[str, str]) -> Iterator[str]:
    people = [*project.fragments["coder"], *project.fragments["changed_by"]]
    coders = list(dict.fromkeys(who for who in people if who))
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield f'<Project xmlns="{PROJECT_NAMESPACE}" name={quoted(project.name)} origin={quoted(f"coder {__version__}")}>'
    if coders:
        yield " <Users>"
        yield from (f'  <User guid="{_guid(project, "user", who)}" name={quoted(who)}/>' for who in coders)
        yield " </Users>"
    book = project.book if project.book is not None and project.book.codes else None
    if book is not None:
        yield " <CodeBook>"
        yield from codes_written(book)
        yield " </CodeBook>"
    kinds = {str(name): _kind(project.documents.attributes[name]) for name in project.documents.attributes}
    if kinds:
        yield " <Variables>"
        for name, kind in kinds.items():
            yield f'  <Variable guid="{_guid(project, "variable", name)}" name={quoted(name)} typeOfVariable="{kind}"/>'
        yield " </Variables>"
    if len(project.documents):
        yield " <Cases>"
        for one in project.documents:
            yield f'  <Case guid="{_guid(project, "case", one.name)}" name={quoted(one.name)}>'
            yield from _values(project, one.name, kinds)
            yield f'   <SourceRef targetGUID="{guids[one.name]}"/>'
            yield "  </Case>"
        yield " </Cases>"
        yield " <Sources>"
        of = dict(iter(project.fragments.groupby("document", sort=False)))
        for one in project.documents:
            yield from _source(project, one, guids[one.name], of.get(one.name), kinds)
        yield " </Sources>"
    yield from _notes(project)
    if book is not None:
        yield " <Sets>"
        yield from set_written(book, "targetGUID")
        yield " </Sets>"
    yield "</Project>"


def _source(
    project: Project, document: Document, guid: str, fragments: pd.DataFrame | None, kinds: dict[str, str]
) -> Iterator[str]:
    path = f"internal://{guid}.txt"
    yield f'  <TextSource guid="{guid}" name={quoted(document.name)} plainTextPath="{path}">'
    if fragments is not None:
        for row in fragments.to_dict("records"):
            words = " ".join(document.text[row["start"] : row["end"]].split())
            name = words if len(words) <= _NAME else f"{words[:_NAME]}…"
            by = _by(project, row["coder"], row["when"])
            changed = _by(project, row["changed_by"], row["changed"], ("modifyingUser", "modifiedDateTime"))
            selection = f'guid="{_guid(project, "selection", row["id"])}" name={quoted(name)}'
            place = f'startPosition="{row["start"]}" endPosition="{row["end"]}"'
            yield f"   <PlainTextSelection {selection} {place}{by}{changed}>"
            coding = row["id"] if _GUID.fullmatch(row["id"]) else _guid(project, "coding", row["id"])
            yield f'    <Coding guid="{coding}"{by}>'
            yield f'     <CodeRef targetGUID="{guid_of(project.book, row["code"])}"/>' if project.book else ""
            yield "    </Coding>"
            if row["memo"]:
                yield f'    <NoteRef targetGUID="{_guid(project, "memo", row["id"])}"/>'
            yield "   </PlainTextSelection>"
    yield from _values(project, document.name, kinds)
    yield "  </TextSource>"


def _by(project: Project, coder: str, when: str, names: tuple[str, str] = ("creatingUser", "creationDateTime")) -> str:
    """Who made something, or changed it, and when."""
    who = f' {names[0]}="{_guid(project, "user", coder)}"' if coder else ""
    return f'{who} {names[1]}="{_moment(when)}"' if when else who


def _moment(when: str) -> str:
    return when.replace("+00:00", "Z")


def _notes(project: Project) -> Iterator[str]:
    memos = project.fragments[project.fragments["memo"] != ""]
    if len(memos):
        yield " <Notes>"
        for row in memos.to_dict("records"):
            guid = _guid(project, "memo", row["id"])
            yield f'  <Note guid="{guid}"{_by(project, row["coder"], row["when"])}>'
            yield f"   <PlainTextContent>{escaped(row['memo'])}</PlainTextContent>"
            yield "  </Note>"
        yield " </Notes>"


def _kind(column: "pd.Series[Any]") -> str:
    """The type of a variable of the standard."""
    kinds = {_type(cell) for cell in column if _known(cell)}
    if kinds == {"Integer", "Float"}:
        return "Float"
    return kinds.pop() if len(kinds) == 1 else "Text"


def _type(cell: object) -> str:
    if isinstance(cell, bool):
        return "Boolean"
    if isinstance(cell, (int, float)):
        return "Integer" if float(cell).is_integer() else "Float"
    return "Text"


def _values(project: Project, name: str, kinds: dict[str, str]) -> Iterator[str]:
    row = project.documents.attributes.loc[name]
    for variable, kind in kinds.items():
        cell = row[variable]
        if not _known(cell):
            continue
        ref = f'<VariableRef targetGUID="{_guid(project, "variable", variable)}"/>'
        yield f"   <VariableValue>{ref}<{kind}Value>{_cell(cell, kind)}</{kind}Value></VariableValue>"


def _known(cell: object) -> bool:
    return cell is not None and not (isinstance(cell, float) and cell != cell) and cell != ""  # noqa: PLR0124 (nan)


def _cell(cell: object, kind: str) -> str:
    match kind:
        case "Integer":
            return str(int(float(str(cell))))
        case "Boolean":
            return str(cell).lower()
        case _:
            return escaped(str(cell))
