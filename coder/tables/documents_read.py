"""How documents were read: what is in each, what was taken out, and what deserves a look."""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from coder.documents import Document
from coder.errors import DataError
from coder.note import Note
from coder.tables.table import Column, Said, Table, texts

_HEADS = ("head", "foot", "page number", "line number")
_SCANS = ("documents.scans", "documents.scanned_file")
_SHARED = ("guessed_headings", "pages_approximate", "comments_out", "tracked_changes")
"""What is told once of all files that have it, as `documents.NAME_files`."""
_NAMED = 5
_COUNTS = ("pages", "blocks", "words", "headings", "heads", "hyphens", "joins", "deletions", "scans", "notes")


def reading(found: Iterable[tuple[str, Document | DataError]]) -> Table:
    """A row a file (its name, and what was read of it or why it was not), in their order; nothing of them is kept.

    `heads` are running heads, feet and numbers taken out; `hyphens` words put together over a line end; `joins`
    paragraphs put together over the end of a page or column; `deletions` what was struck out and is not in the text;
    `scans` pages without text; `notes` how many sentences under the table are of this file.
    """
    rows: list[dict[str, Any]] = []
    notes: list[Note] = []
    for file, one in found:
        told = remarks(one)
        notes += told
        row = dict.fromkeys(_COUNTS, 0) if isinstance(one, DataError) else _counts(one)
        kind: Note | str = Note("tables.reading_unread") if isinstance(one, DataError) else one.kind
        rows.append({"file": file, "kind": kind, **row, "notes": len(told)})
    frame = pd.DataFrame(rows, columns=["file", "kind", *_COUNTS])
    frame["kind"] = texts(frame["kind"])
    names = ("file", "kind", *_COUNTS)
    shown: dict[str, Said | Column] = {name: Note(f"tables.reading_{name}") for name in names}
    shown["pages"] = Column(Note("tables.reading_pages"), "pages")
    return Table(Note("tables.reading"), frame, None, shown, tuple(together(notes)))


def remarks(one: Document | DataError) -> tuple[Note, ...]:
    """What deserves a look in a file, or why it was not read."""
    return (one.note,) if isinstance(one, DataError) else one.notes


def together(notes: Sequence[Note]) -> list[Note]:
    """The remarks of many files, each kind that files share in one line."""
    files: dict[str, list[str]] = {}
    for note in notes:
        files.setdefault(note.key, []).append(str(note.values.get("file", "")))  # noqa: PD011 (no column)
    found: list[Note] = []
    for note in notes:
        some = files[note.key]
        if len(some) == 1 or note.key.removeprefix("documents.") not in _SHARED:
            found.append(note)
        elif note.values["file"] == some[0]:  # noqa: PD011
            more = ["…"] if len(some) > _NAMED else []
            found.append(Note(f"{note.key}_files", count=len(some), files=[*some[:_NAMED], *more]))
    return found


def _counts(document: Document) -> dict[str, int]:
    kinds = document.repairs["kind"]
    scans = [note.values for note in document.notes if note.key in _SCANS]  # noqa: PD011 (no column)
    return {
        "pages": document.pages,
        "blocks": len(document),
        "words": len(document.text.split()),
        "headings": int((document.blocks["kind"] == "heading").sum()),
        "heads": int(kinds.isin(_HEADS).sum()),
        "hyphens": int((kinds == "hyphen").sum()),
        "joins": int((kinds == "join").sum()),
        "deletions": int((kinds == "deletion").sum()),
        "scans": sum(int(of["count"]) for of in scans),
    }
