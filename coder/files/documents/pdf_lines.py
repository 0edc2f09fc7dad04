"""The program that takes lines of text out of PDFs: a child process of `pdf`, with limits of its own.

PDFium is C++ that a hostile file can hang, exhaust or bring down, and then only this program falls. It imports nothing
of coder. It reads from stdin one path a line (JSON), and writes to stdout one line of JSON for each thing found: the
`file` (pages, outline), then each `page` as it comes, then `done`; or `error`, the key of a sentence and its values.
Asked for a page of a file ([path, page, width in pixels]) it tells the `picture` of that page, a .png in base 64.

Coordinates are points from the top left of the page as it is shown. Texts are as PDFium gives them, but for
ligatures (written out), bullets of symbol fonts, and characters that no text has, which are dropped.
"""

import base64
import ctypes
import faulthandler
import io
import json
import math
import os
import re
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, TextIO

import pypdfium2 as pdfium
from pypdfium2 import raw

BOLD, ITALIC, UNSEEN, HYPHEN, LEAD = 1, 2, 4, 16, 32
"""The flags of a line, those of `pages`, which this program does not import."""
_SECONDS = 60
"""By the clock, for one page and for opening a file; a page takes some milliseconds."""
_AT_ONCE = 400
"""Pages."""
_CHARACTERS, _LINES = 400_000, 20_000
"""Of one page; what is more is no page that people read."""
_GAP, _BASELINE = 1.0, 0.5
"""In letter heights: a gap wider, or a baseline further off, does not lie within a line."""
_HAIR = 0.4
"""Points: a gap that nobody sees."""
_HEAVY = 600
_TURNED = 0.2
"""Radians."""
_SCANNED = 30
"""A page with fewer characters and a picture is a scan."""
_HYPHEN = "\ufffe"
"""What PDFium has in place of a hyphen at the end of a line, without a line break after it."""
_LINE = re.compile("([^\r\n\ufffe]+)([\r\n\ufffe]?)")
_WORD = re.compile("[^ \t\xa0\0]+")
_AS = {
    **{ord(one): many for one, many in zip("ﬀﬁﬂﬃﬄﬅﬆ", ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True)},
    **dict.fromkeys((*range(32), 0x7F, 0xAD, 0xFEFF, 0x200B, 0xFFFF, _HYPHEN), None),
    **dict.fromkeys((0xF0B7, 0xF0A7, 0xF06E, 0xF0A8, 0xF076, 0xF0D8, 0xF0FC, 0xF06C, 0xF0E0), "•"),
    0xA0: " ",
    9: " ",
}
_AS.pop(_HYPHEN, None)
_TOC = 10_000


def main() -> None:
    """Read the files named on stdin until it closes."""
    memory = int(sys.argv[1])
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 (not there on Windows, where time is the only limit)

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    out = os.fdopen(os.dup(1), "w", encoding="ascii", newline="\n")
    os.dup2(2, 1)  # whatever a library prints is not among the lines
    for line in sys.stdin:
        try:
            asked = json.loads(line)
            for found in read(Path(asked)) if isinstance(asked, str) else picture(*asked):
                _tell(out, found)
            _tell(out, {"done": True})
        except pdfium.PdfiumError as error:
            _tell(out, {"error": _key(error), "values": {"error": str(error).replace(".)", ")").rstrip(".")}})
        except MemoryError:
            _tell(out, {"error": "files.memory", "values": {}})
            break
        except Exception as error:  # noqa: BLE001 (whatever a library makes of a hostile file)
            _tell(out, {"error": "files.broken", "values": {"error": f"{type(error).__name__}: {error}"}})


def _tell(out: TextIO, found: dict[str, Any]) -> None:
    out.write(json.dumps(found) + "\n")
    out.flush()
    faulthandler.cancel_dump_traceback_later()


def _watch() -> None:
    """End this process when a page takes too long: a thread of C, which a hung reader cannot hold up."""
    faulthandler.dump_traceback_later(_SECONDS, exit=True, file=sys.stderr)


def _key(error: pdfium.PdfiumError) -> str:
    code = getattr(error, "err_code", None)
    return "documents.password" if code == raw.FPDF_ERR_PASSWORD else "documents.no_pdf"


def read(path: Path) -> Iterator[dict[str, Any]]:
    """What is in one PDF: first `file`, then a `page` for each page.

    It is opened anew after some hundreds of pages, as PDFium keeps what it has read (fonts above all) until it closes.
    """
    _watch()
    with closing(pdfium.PdfDocument(path)) as document:
        count = len(document)
        yield {"file": {"pages": count, "outline": list(_outline(document)), "tagged": document.is_tagged()}}
    for first in range(0, count, _AT_ONCE):
        _watch()
        with closing(pdfium.PdfDocument(path)) as document:
            for number in range(first, min(first + _AT_ONCE, count)):
                _watch()
                yield {"page": _one_page(document, number)}


def picture(path: str, number: int, width: int) -> Iterator[dict[str, Any]]:
    """A page (from 1) as a picture so many pixels wide, and no more than twice as high."""
    _watch()
    with closing(pdfium.PdfDocument(path)) as document, closing(document[number - 1]) as page:
        wide, high = page.get_size()
        scale = min(width / max(wide, 1), 2 * width / max(high, 1))
        found = io.BytesIO()
        page.render(scale=scale).to_pil().save(found, "PNG")
        yield {"picture": base64.b64encode(found.getvalue()).decode("ascii")}


def _one_page(document: pdfium.PdfDocument, number: int) -> dict[str, Any]:
    try:
        page = document[number]
    except pdfium.PdfiumError:
        return {"width": 0, "height": 0, "label": "", "broken": True, "lines": []}
    with closing(page):
        return {"label": document.get_page_label(number) or "", **_page(page)}


def _outline(document: pdfium.PdfDocument) -> Iterator[tuple[int, str, int]]:
    """The bookmarks: level from 1, title, page from 1 (0 where it leads nowhere)."""
    with suppress(pdfium.PdfiumError):
        for place, mark in enumerate(document.get_toc(max_depth=6)):
            if place == _TOC:
                return
            leads = mark.get_dest()
            page = leads.get_index() if leads else None
            yield mark.level + 1, mark.get_title(), 0 if page is None else page + 1


def _page(page: pdfium.PdfPage) -> dict[str, Any]:
    width, height = page.get_size()
    left, bottom, right, top = page.get_bbox()
    with closing(page.get_textpage()) as text:
        lines = list(_Lines(page, text, (left, bottom, right, top)))[:_LINES]
    found: dict[str, Any] = {"width": width, "height": height, "lines": lines}
    if sum(len(line[0]) for line in lines) < _SCANNED:
        kinds = {raw.FPDFPageObj_GetType(one) for one in _objects(page)}
        found["picture"] = raw.FPDF_PAGEOBJ_IMAGE in kinds
    return found


def _objects(page: pdfium.PdfPage) -> Iterator[Any]:
    for place in range(min(raw.FPDFPage_CountObjects(page), 1_000)):
        yield raw.FPDFPage_GetObject(page, place)


class _Lines:
    """The pieces of line on a page, in the order of the file: `[text, x0, y0, x1, y1, size, flags, tag]`.

    `tag` is the type of the element of a tagged PDF that holds the piece and its number on the page, "" if none.
    """

    def __init__(self, page: pdfium.PdfPage, text: pdfium.PdfTextPage, box: tuple[float, ...]) -> None:
        self.page, self.raw, self.box = page, text.raw, box
        self.count = min(raw.FPDFText_CountChars(text), _CHARACTERS)
        self.rect = raw.FS_RECTF()
        self.at = ctypes.byref(self.rect)
        self.turn = raw.FPDFPage_GetRotation(page)
        self.fonts: dict[Any, int] = {}
        self.name = ctypes.create_string_buffer(256)
        self.letters = _letters(self.raw, self.count)
        self.tags = _tags(page) if page.pdf.is_tagged() else {}

    def __iter__(self) -> Iterator[list[Any]]:
        for found in _LINE.finditer(self.letters):
            cut = found[2] == _HYPHEN
            pieces = list(self._pieces(found.start(1), found.end(1)))
            for place, (words, boxes) in enumerate(pieces):
                if line := self._line(words, boxes, cut=cut and place == len(pieces) - 1):
                    yield line

    def _pieces(self, start: int, end: int) -> Iterator[tuple[list[tuple[int, int]], list[tuple[float, ...]]]]:
        """The words of a line of PDFium, taken apart where a gap or another height says that they are no one line."""
        words: list[tuple[int, int]] = []
        boxes: list[tuple[float, ...]] = []
        for found in _WORD.finditer(self.letters, start, end):
            first, last = found.span()
            box = self._box(first, last)
            if boxes and _apart(boxes[-1], box):
                yield words, boxes
                words, boxes = [], []
            words.append((first, last))
            boxes.append(box)
        if words:
            yield words, boxes

    def _box(self, first: int, last: int) -> tuple[float, ...]:
        """The box of a word as the page is shown, from the top left."""
        rect = self.rect
        raw.FPDFText_GetLooseCharBox(self.raw, first, self.at)
        x0, y0, x1, y1 = rect.left, rect.bottom, rect.right, rect.top
        if last - first > 1:
            raw.FPDFText_GetLooseCharBox(self.raw, last - 1, self.at)
            x0, x1 = min(x0, rect.left), max(x1, rect.right)
            y0, y1 = min(y0, rect.bottom), max(y1, rect.top)
        left, bottom, right, top = self.box
        match self.turn:
            case 1:
                return y0 - bottom, x0 - left, y1 - bottom, x1 - left
            case 2:
                return right - x1, y0 - bottom, right - x0, y1 - bottom
            case 3:
                return top - y1, right - x1, top - y0, right - x0
            case _:
                return x0 - left, top - y1, x1 - left, top - y0

    def _line(self, words: list[tuple[int, int]], boxes: list[tuple[float, ...]], *, cut: bool) -> list[Any] | None:
        text = self._text(words, boxes).translate(_AS).strip()
        if not text and not cut:
            return None
        x0, y0 = min(box[0] for box in boxes), min(box[1] for box in boxes)
        x1, y1 = max(box[2] for box in boxes), max(box[3] for box in boxes)
        if not all(map(math.isfinite, (x0, y0, x1, y1))):
            return None
        heights = sorted(box[3] - box[1] for box in boxes)
        size = heights[len(heights) // 2]
        first, last = words[0][0], words[-1][1] - 1
        begins = self._looks(first)
        flags = begins & self._looks(last) | (HYPHEN if cut else 0) | (LEAD if begins & BOLD else 0)
        tag = ""
        if (thing := raw.FPDFText_GetTextObject(self.raw, first)) is not None:
            if raw.FPDFTextObj_GetTextRenderMode(thing) == raw.FPDF_TEXTRENDERMODE_INVISIBLE:
                flags |= UNSEEN
            if self.tags:
                tag = self.tags.get(raw.FPDFPageObj_GetMarkedContentID(thing), "")
        if raw.FPDFText_GetCharAngle(self.raw, first) > _TURNED and not self.turn:
            tag = "turned"
        return [text, *(round(one, 1) for one in (x0, y0, x1, y1)), round(size, 1), flags, tag]

    def _text(self, words: list[tuple[int, int]], boxes: list[tuple[float, ...]]) -> str:
        """The words with spaces between; one within a ligature ("fi nancieel"), which nobody sees, is left out."""
        text = self.letters[words[0][0] : words[0][1]]
        for (first, last), before, box in zip(words[1:], boxes, boxes[1:], strict=False):
            close = text.endswith(("fi", "fl", "ff", "ﬁ", "ﬂ", "ﬀ", "ﬃ", "ﬄ")) and box[0] - before[2] < _HAIR
            text += f"{'' if close else ' '}{self.letters[first:last]}"
        return text

    def _looks(self, place: int) -> int:
        """Whether a character is bold or italic, by the weight and the name of its font."""
        flags = ctypes.c_int()
        length = raw.FPDFText_GetFontInfo(self.raw, place, self.name, 256, ctypes.byref(flags))
        key = self.name.raw[: max(min(length, 256) - 1, 0)]
        if key not in self.fonts:
            name = key.decode("utf-8", errors="replace").lower()
            bold = any(part in name for part in ("bold", "black", "heavy", "semibold", "demi"))
            bold = bold or raw.FPDFText_GetFontWeight(self.raw, place) >= _HEAVY
            italic = any(part in name for part in ("italic", "oblique")) or bool(flags.value & 64)
            self.fonts[key] = BOLD * bold + ITALIC * italic
        return self.fonts[key]


def _apart(one: tuple[float, ...], two: tuple[float, ...]) -> bool:
    """Whether the next word does not follow in the same line."""
    height = max(min(one[3] - one[1], two[3] - two[1]), 1.0)
    gap = two[0] - one[2]
    shared = min(one[3], two[3]) - max(one[1], two[1])
    return gap > _GAP * height or gap < -2 * height or shared < _BASELINE * height


def _letters(text: Any, count: int) -> str:  # noqa: ANN401 (of ctypes)
    """A character for each of PDFium's, so that places in both are the same."""
    if not count:
        return ""
    buffer = (ctypes.c_ushort * (2 * count + 2))()
    got = raw.FPDFText_GetText(text, 0, count, buffer)
    whole = bytes(buffer)[: 2 * max(got - 1, 0)].decode("utf-16-le", errors="replace")
    if len(whole) == count:
        return whole
    codes = (raw.FPDFText_GetUnicode(text, place) for place in range(count))
    return "".join(chr(code) if code else "\0" for code in codes)


def _tags(page: pdfium.PdfPage) -> dict[int, str]:
    """The element of the structure that holds each marked content of the page, by its number."""
    tree = raw.FPDF_StructTree_GetForPage(page)
    if not tree:
        return {}
    found: dict[int, str] = {}
    try:
        todo = [
            (raw.FPDF_StructTree_GetChildAtIndex(tree, place), "", 0)
            for place in range(min(raw.FPDF_StructTree_CountChildren(tree), _LINES))
        ]
        todo.reverse()
        number = 0
        while todo and number < _LINES:
            element, holder, depth = todo.pop()
            if not element or depth > 60:  # noqa: PLR2004 (no document is so deep)
                continue
            number += 1
            kind = _type(element)
            block = f"{kind} {number}" if kind in _BLOCK_TAGS else holder
            for place in range(raw.FPDF_StructElement_GetMarkedContentIdCount(element)):
                if (mark := raw.FPDF_StructElement_GetMarkedContentIdAtIndex(element, place)) >= 0:
                    found[mark] = block
            children = range(min(raw.FPDF_StructElement_CountChildren(element), _LINES))
            todo += [
                (raw.FPDF_StructElement_GetChildAtIndex(element, place), block, depth + 1)
                for place in reversed(children)
            ]
    finally:
        raw.FPDF_StructTree_Close(tree)
    return found


_BLOCK_TAGS = {"P", "H", "H1", "H2", "H3", "H4", "H5", "H6", "LI", "TR", "Note", "Caption", "TOCI"}


def _type(element: Any) -> str:  # noqa: ANN401 (of ctypes)
    buffer = ctypes.create_string_buffer(64)
    length = raw.FPDF_StructElement_GetType(element, buffer, 64)
    return buffer.raw[: max(length - 2, 0)].decode("utf-16-le", errors="replace")


if __name__ == "__main__":
    main()
