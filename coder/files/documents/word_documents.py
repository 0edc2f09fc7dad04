"""Word documents (.docx): all that is visible in the body, in its order.

Its own walk over the XML, as python-docx's `paragraphs` leave out tables, text boxes and insertions: w:ins is in,
w:del and w:moveFrom are out and told; a text box is read once (mc:Fallback is skipped); notes stand after the paragraph
that refers to them. What Word makes up while it shows a file (numbers of headings and items) is not in the file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element

from coder.documents import Document
from coder.files.documents.document_draft import CELL, Draft
from coder.files.documents.zipped import Zipped
from coder.note import Note

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_OUT = {f"{_W}{name}" for name in ("del", "moveFrom")}
_SKIP = {
    f"{_W}{name}"
    for name in (
        "rPr", "pPr", "instrText", "delInstrText", "sdtPr", "sdtEndPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr",
        "fldData", "binData", "annotationRef", "rt",
    )
}  # fmt: skip
_AS = {
    f"{_W}tab": "\t", f"{_W}ptab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-",
    f"{_W}softHyphen": "",
}  # fmt: skip
_HEADING = re.compile(r"(?:heading|kop|titre|überschrift)\s*([1-9])", re.IGNORECASE)
_TITLE = {"title", "titel", "titre"}
_WORDS_IN_HEADING = 12
_DEEP = 200
"""Tables and text boxes in each other, and elements: what is deeper is no document."""


def read_docx(path: Path, name: str) -> Document:
    """A Word document. Raises `DataError` where it is damaged."""
    with Zipped(path) as parts:
        main = _main_part(parts)
        folder = PurePosixPath(main).parent
        root = parts.xml(main)
        if root.tag.startswith("{" + _STRICT):
            _as_transitional(root)
        styles = _Styles(_other(parts, folder / "styles.xml"))
        notes = {kind: _notes(_other(parts, folder / f"{kind}s.xml"), kind) for kind in ("footnote", "endnote")}
    walk = _Walk(styles, notes)
    body = root.find(f"{_W}body")
    if body is not None:
        walk.blocks(body)
    walk.end()
    return walk.document(path, name)


def _main_part(parts: Zipped) -> str:
    for one in parts.xml("_rels/.rels") if "_rels/.rels" in parts.names else ():
        if one.get("Type", "").endswith("/officeDocument"):
            return one.get("Target", "").lstrip("/")
    return "word/document.xml"


def _other(parts: Zipped, name: PurePosixPath) -> Element | None:
    if str(name) not in parts.names:
        return None
    root = parts.xml(str(name))
    if root.tag.startswith("{" + _STRICT):
        _as_transitional(root)
    return root


def _as_transitional(root: Element) -> None:
    """Give elements and attributes of a strict file the names of the usual one."""
    strict, usual = "{" + _STRICT + "}", _W
    for one in root.iter():
        one.tag = one.tag.replace(strict, usual)
        for key in [key for key in one.attrib if key.startswith(strict)]:
            one.attrib[key.replace(strict, usual)] = one.attrib.pop(key)


def _notes(root: Element | None, kind: str) -> dict[str, Element]:
    """The footnotes or endnotes by id, without those that are lines between text and notes."""
    found = root.findall(f"{_W}{kind}") if root is not None else []
    return {one.get(f"{_W}id", ""): one for one in found if one.get(f"{_W}type", "normal") == "normal"}


def _value(element: Element | None, name: str) -> str | None:
    one = element.find(f"{_W}{name}") if element is not None else None
    return None if one is None else one.get(f"{_W}val", "")


def _on(element: Element | None, name: str) -> bool | None:
    """Whether a property is on; None where nothing is said."""
    value = _value(element, name)
    return None if value is None else value not in {"0", "false", "off", "none"}


class _Styles:
    """What the styles say of a paragraph: its level as a heading, whether it is an item, whether it is bold."""

    def __init__(self, root: Element | None) -> None:
        self.by_id = {one.get(f"{_W}styleId", ""): one for one in root.iter(f"{_W}style")} if root is not None else {}

    def chain(self, style: str) -> Iterator[Element]:
        """The style and those it is based on."""
        for _ in range(20):
            one = self.by_id.get(style)
            if one is None:
                return
            yield one
            style = _value(one, "basedOn") or ""

    def level(self, properties: Element | None) -> int:
        """The level of a heading, 1 the highest; 0 for what is none."""
        own = _value(properties, "outlineLvl")
        if own is not None:
            return int(own) + 1 if own.isdecimal() and int(own) < 9 else 0  # noqa: PLR2004
        style = _value(properties, "pStyle") or ""
        for one in self.chain(style):
            said = _value(one.find(f"{_W}pPr"), "outlineLvl")
            if said is not None:
                return int(said) + 1 if said.isdecimal() and int(said) < 9 else 0  # noqa: PLR2004
            label = _value(one, "name") or ""
            if match := _HEADING.fullmatch(label) or _HEADING.fullmatch(one.get(f"{_W}styleId", "")):
                return int(match[1])
            if label.casefold() in _TITLE:
                return 1
        match = _HEADING.fullmatch(style)
        return int(match[1]) if match else 0

    def item(self, properties: Element | None) -> bool:
        """Whether a paragraph is numbered or has a bullet."""
        chain = self.chain(_value(properties, "pStyle") or "")
        for one in (properties, *(style.find(f"{_W}pPr") for style in chain)):
            numbered = one.find(f"{_W}numPr") if one is not None else None
            if (number := _value(numbered, "numId")) is not None:  # a level alone, as Subtitle has, is no list
                return number != "0"
        return False

    def has(self, properties: Element | None, run: Element | None, name: str) -> bool:
        """Whether a run is bold (`b`) or hidden (`vanish`), by itself or by a style."""
        own = _on(run, name)
        if own is not None:
            return own
        for style in (_value(run, "rStyle"), _value(properties, "pStyle")):
            for one in self.chain(style or ""):
                said = _on(one.find(f"{_W}rPr"), name)
                if said is not None:
                    return said
        return False


@dataclass(slots=True)
class _Block:
    """A block: its text, and what was changed in it (where, kind of repair, what was there)."""

    text: str
    kind: str
    level: int = 0
    page: int = 0
    changes: list[tuple[int, str, str]] = field(default_factory=list)
    bold: bool = False


@dataclass(slots=True)
class _Paragraph:
    """What a paragraph has so far."""

    properties: Element | None
    text: list[tuple[str, bool]] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    notes: list[Element] = field(default_factory=list)
    changes: list[tuple[int, str, str]] = field(default_factory=list)
    page: int = 0
    length: int = 0

    def add(self, text: str, *, bold: bool = False) -> None:
        self.text.append((text, bold))
        self.length += len(text)


class _Walk:
    """The way through a body: blocks into a draft."""

    def __init__(self, styles: _Styles, notes: dict[str, dict[str, Element]]) -> None:
        self.styles, self.notes = styles, notes
        self.draft = Draft("docx")
        self.page, self.breaks = 1, 0
        self.deleted = self.comments = self.guessed = self.styled = 0
        self.depth = 0
        self.open: _Paragraph | None = None
        self.made: list[_Block] = []

    def blocks(self, parent: Element) -> None:
        """The paragraphs and tables in an element, in order."""
        if self.depth > _DEEP:
            return
        self.depth += 1
        for child in parent:
            if child.tag == f"{_W}p":
                self.paragraph(child)
            elif child.tag == f"{_W}tbl":
                self.table(child)
            elif child.tag in _OUT:
                self.cut(child, None)
            elif child.tag == f"{_MC}AlternateContent":
                self.blocks(_chosen(child))
            elif child.tag not in _SKIP:
                self.blocks(child)
        self.depth -= 1

    def paragraph(self, element: Element, kind: str = "") -> None:
        """A paragraph, then the boxes and notes that hang on it. One whose end was deleted goes on in the next."""
        properties = element.find(f"{_W}pPr")
        one = self.open or _Paragraph(properties)
        self.open = None
        one.page = one.page or self.page
        self.inline(element, one)
        mark = properties.find(f"{_W}rPr") if properties is not None else None
        if mark is not None and any(mark.find(tag) is not None for tag in _OUT):
            self.open = one
            return
        self.close(one, kind)

    def close(self, one: _Paragraph, kind: str = "") -> None:
        text = "".join(part for part, _ in one.text)
        level = self.styles.level(one.properties)
        bold = bool(text.strip()) and all(is_bold for part, is_bold in one.text if part.strip())
        if not kind:
            kind = "heading" if level else "item" if self.styles.item(one.properties) else "paragraph"
        self.made.append(_Block(text, kind, level, one.page, one.changes, bold))
        for box in one.boxes:
            self.blocks(box)
        for note in one.notes:
            for part in note.iter(f"{_W}p"):
                self.paragraph(part, "footnote")

    def inline(self, element: Element, one: _Paragraph, *, bold: bool = False) -> None:  # noqa: C901, PLR0912 (a case each)
        """The text in an element of a paragraph."""
        if self.depth > _DEEP:
            return
        self.depth += 1
        for child in element:
            tag = child.tag
            if tag == f"{_W}r":
                self.run(child, one)
            elif tag in {f"{_W}t", f"{_MATH}t"}:
                one.add(child.text or "", bold=bold)
            elif tag in _OUT:
                self.cut(child, one)
            elif tag in _AS:
                one.add("" if child.get(f"{_W}type") == "page" else _AS[tag], bold=bold)
            elif tag == f"{_W}sym":
                one.add(_symbol(child.get(f"{_W}char", "")), bold=bold)
            elif tag == f"{_W}lastRenderedPageBreak":
                self.page, self.breaks = self.page + 1, self.breaks + 1
                one.page = one.page if one.length else self.page
            elif tag in {f"{_W}footnoteReference", f"{_W}endnoteReference"}:
                kind = "footnote" if "footnote" in tag else "endnote"
                if (note := self.notes[kind].get(child.get(f"{_W}id", ""))) is not None:
                    one.notes.append(note)
            elif tag == f"{_W}commentReference":
                self.comments += 1
            elif tag == f"{_W}txbxContent":
                one.boxes.append(child)
            elif tag == f"{_MC}AlternateContent":
                self.inline(_chosen(child), one, bold=bold)
            elif tag not in _SKIP:
                self.inline(child, one, bold=bold)
        self.depth -= 1

    def run(self, element: Element, one: _Paragraph) -> None:
        looks = element.find(f"{_W}rPr")
        if self.styles.has(one.properties, looks, "vanish"):
            if hidden := "".join(part.text or "" for part in element.iter(f"{_W}t")):
                one.changes.append((one.length, "hidden", hidden))
            return
        self.inline(element, one, bold=self.styles.has(one.properties, looks, "b"))

    def cut(self, element: Element, one: _Paragraph | None) -> None:
        """What somebody deleted or moved away: out of the text, and told."""
        texts = {f"{_W}delText", f"{_W}t"}
        text = "".join(part.text or "" for part in element.iter() if part.tag in texts)
        self.deleted += 1
        if text and one is not None:
            one.changes.append((one.length, "deletion", text))
        elif text:
            self.made.append(_Block("", "paragraph", page=self.page, changes=[(0, "deletion", text)]))

    def table(self, element: Element) -> None:
        """The rows of a table; one column, or a row with one cell that has anything in it, is text in a frame."""
        for row in _inside(element, "tr"):
            mark = row.find(f"{_W}trPr")
            if mark is not None and mark.find(f"{_W}del") is not None:
                self.cut(row, None)
                continue
            before, self.made = self.made, []
            cells: list[list[_Block]] = []
            for cell in _inside(row, "tc"):
                self.blocks(cell)
                cells.append(self.made)
                self.made = []
            self.made = before
            filled = [cell for cell in cells if any(one.text.strip() for one in cell)]
            if len(filled) > 1:
                self.row(cells)
            else:
                self.made += [one for cell in cells for one in cell]

    def row(self, cells: list[list[_Block]]) -> None:
        """The cells of a row as one block, then their notes."""
        row, notes = _Block("", "row"), list[_Block]()
        for number, cell in enumerate(cells):
            row.text += CELL if number else ""
            begun = False
            for one in cell:
                if one.kind == "footnote":
                    notes.append(one)
                    continue
                row.page = row.page or one.page
                part = one.text.strip()
                between = "\n" if begun and part else ""
                row.changes += [(len(row.text) + len(between) + at, kind, was) for at, kind, was in one.changes]
                row.text += between + part
                begun = begun or bool(part)
        self.made += [row, *notes]

    def end(self) -> None:
        """Close what is open."""
        if self.open is not None:
            one, self.open = self.open, None
            self.close(one)

    def document(self, path: Path, name: str) -> Document:
        """All that was found, as a document."""
        draft = self.draft
        draft.pages = self.page if self.breaks else 0
        styled = any(one.kind == "heading" for one in self.made)
        filled = [one for one in self.made if one.text.strip()]
        for one, after in pairwise(filled) if not styled else ():
            if one.kind == "paragraph" and one.bold and _short(one.text) and after.kind != "row":
                one.kind, one.level = "heading", 1
                self.guessed += 1
        for one in self.made:
            page = one.page if self.breaks else 0
            start = draft.add(one.text, one.kind, level=one.level, page=page)
            lead, end = len(one.text) - len(one.text.lstrip()), start + len(one.text.strip())
            for at, kind, was in one.changes:
                draft.repair(kind, was, at=min(max(start + at - lead, start), end), page=page)
        if self.breaks:
            draft.notes.append(Note("documents.pages_approximate", file=path.name))
        if self.deleted:
            draft.notes.append(Note("documents.tracked_changes", file=path.name, count=self.deleted))
        if self.comments:
            draft.notes.append(Note("documents.comments_out", file=path.name, count=self.comments))
        if self.guessed:
            draft.notes.append(Note("documents.guessed_headings", file=path.name, count=self.guessed, all=self.guessed))
        return draft.document(name, path)


def _short(text: str) -> bool:
    words = text.split()
    return 0 < len(words) <= _WORDS_IN_HEADING and not text.rstrip().endswith((".", ",", ";"))


def _symbol(code: str) -> str:
    """A character of a symbol font: a bullet for those of the private area."""
    try:
        sign = chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""
    return "•" if "\uf000" <= sign <= "\uf0ff" else sign


def _chosen(element: Element) -> Element:
    """Of alternatives the first that is for new programs; what is for old ones says the same again."""
    choice = element.find(f"{_MC}Choice")
    fallback = element.find(f"{_MC}Fallback")
    return choice if choice is not None else fallback if fallback is not None else Element("nothing")


def _inside(element: Element, name: str) -> Iterator[Element]:
    """The rows or cells of a table, also in content controls and insertions."""
    for child in element:
        if child.tag == f"{_W}{name}":
            yield child
        elif child.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}moveTo", f"{_W}customXml", f"{_W}smartTag"}:
            yield from _inside(child, name)
