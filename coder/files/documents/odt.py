"""OpenDocument texts (.odt, of LibreOffice): what is visible, in order."""

import re
from pathlib import Path
from xml.etree.ElementTree import Element

from coder.documents import Document
from coder.errors import DataError
from coder.files.documents.document_draft import CELL, Draft
from coder.files.documents.zipped import Zipped
from coder.note import Note

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_SKIP = {
    f"{_TEXT}note-citation",
    f"{_OFFICE}annotation",
    f"{_TEXT}ruby-text",
    f"{_TEXT}sequence-decls",
    f"{_OFFICE}forms",
}
_DEEP = 200
_SPACES = 1_000


def read_odt(path: Path, name: str) -> Document:
    """A text of LibreOffice. Raises `DataError` where it is damaged or has a password."""
    with Zipped(path) as parts:
        if "META-INF/manifest.xml" in parts.names and b"encryption-data" in parts.bytes("META-INF/manifest.xml"):
            raise DataError("documents.password", file=path.name)
        root = parts.xml("content.xml")
    walk = _Walk()
    body = root.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is not None:
        walk.blocks(body)
    return walk.document(path, name)


class _Walk:
    def __init__(self) -> None:
        self.draft = Draft("odt")
        self.page, self.depth, self.deleted = 1, 0, 0
        self.boxes: list[Element] = []
        self.notes: list[Element] = []
        self.cut: dict[str, str] = {}
        self.changes: list[tuple[int, str]] = []

    def document(self, path: Path, name: str) -> Document:
        draft = self.draft
        if self.page > 1:
            draft.pages = self.page
            draft.notes.append(Note("documents.pages_approximate", file=path.name))
        if self.deleted:
            draft.notes.append(Note("documents.tracked_changes", file=path.name, count=self.deleted))
        return draft.document(name, path)

    def blocks(self, parent: Element, kind: str = "paragraph") -> None:  # noqa: C901 (a case each)
        """The paragraphs, lists and tables in an element, in order."""
        if self.depth > _DEEP:
            return
        self.depth += 1
        for child in parent:
            if child.tag == f"{_TEXT}h":
                level = child.get(f"{_TEXT}outline-level", "1")
                self.block(child, "heading", int(level) if level.isdecimal() else 1)
            elif child.tag == f"{_TEXT}p":
                self.block(child, kind)
            elif child.tag == f"{_TEXT}list":
                self.blocks(child, "item")
            elif child.tag == f"{_TABLE}table":
                self.table(child)
            elif child.tag == f"{_TEXT}tracked-changes":
                self.tracked(child)
            elif child.tag == f"{_TEXT}soft-page-break":
                self.page += 1
            elif child.tag == f"{_DRAW}text-box":
                self.blocks(child)
            elif child.tag not in _SKIP:
                self.blocks(child, kind)
        self.depth -= 1

    def tracked(self, element: Element) -> None:
        """Remember what was deleted: it stands apart, and the text has only the place."""
        for region in element:
            key = region.get(f"{_TEXT}id") or region.get("{http://www.w3.org/XML/1998/namespace}id") or ""
            for gone in region.iter(f"{_TEXT}deletion"):
                parts = [_plain(one) for one in gone.iter() if one.tag in {f"{_TEXT}p", f"{_TEXT}h"}]
                self.cut[key] = "\n".join(parts)
                self.deleted += 1

    def block(self, element: Element, kind: str, level: int = 0) -> None:
        page, self.changes = self.page, []
        text = self.inline(element)
        lead = len(text) - len(text.lstrip())
        start = self.draft.add(text, kind, level=level, page=page)
        for at, was in self.changes:
            self.draft.repair("deletion", was, at=start + min(max(at - lead, 0), len(text.strip())), page=page)
        self.hanging()

    def hanging(self) -> None:
        """The text boxes and notes of the block before."""
        boxes, self.boxes = self.boxes, []
        notes, self.notes = self.notes, []
        for box in boxes:
            self.blocks(box)
        for note in notes:
            self.blocks(note, "footnote")

    def inline(self, element: Element) -> str:
        """The text in a paragraph: runs of space count as one, as in OpenDocument."""
        found: list[str] = []
        self._inline(element, found)
        return "".join(found)

    def _inline(self, element: Element, found: list[str]) -> None:  # noqa: C901 (a case each)
        if self.depth > _DEEP:
            return
        self.depth += 1
        self._add(found, element.text)
        for child in element:
            tag = child.tag
            if tag == f"{_TEXT}s":
                count = child.get(f"{_TEXT}c", "1")
                found.append(" " * min(int(count) if count.isdecimal() else 1, _SPACES))
            elif tag == f"{_TEXT}tab":
                found.append("\t")
            elif tag == f"{_TEXT}line-break":
                found.append("\n")
            elif tag == f"{_TEXT}soft-page-break":
                self.page += 1
            elif tag == f"{_TEXT}note":
                self.notes += child.findall(f"{_TEXT}note-body")
            elif tag == f"{_DRAW}text-box":
                self.boxes.append(child)
            elif tag in {f"{_TEXT}change", f"{_TEXT}change-start"}:
                key = child.get(f"{_TEXT}change-id", "")
                if key in self.cut:
                    self.changes.append((sum(map(len, found)), self.cut.pop(key)))
            elif tag not in _SKIP:
                self._inline(child, found)
            self._add(found, child.tail)
        self.depth -= 1

    @staticmethod
    def _add(found: list[str], text: str | None) -> None:
        if text:
            text = re.sub(r"[ \t\r\n]+", " ", text)
            after_space = bool(found) and found[-1].endswith((" ", "\n")) and not found[-1].isspace()
            found.append(text.lstrip(" ") if after_space else text)

    def table(self, element: Element) -> None:
        """The rows of a table; a row with one cell that has anything in it is text in a frame."""
        for row in element.iter(f"{_TABLE}table-row"):
            cells = [cell for cell in row if cell.tag == f"{_TABLE}table-cell"]
            filled = [cell for cell in cells if "".join(cell.itertext()).strip()]
            if len(filled) <= 1:
                for cell in filled:
                    self.blocks(cell)
                continue
            page, self.changes, texts = self.page, [], []
            for cell in cells:
                parts = [self.inline(one).strip() for one in cell.iter() if one.tag in {f"{_TEXT}p", f"{_TEXT}h"}]
                texts.append("\n".join(part for part in parts if part))
            start = self.draft.add(CELL.join(texts), "row", page=page)
            for _, was in self.changes:
                self.draft.repair("deletion", was, at=start, page=page)
            self.hanging()


def _plain(element: Element) -> str:
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()
