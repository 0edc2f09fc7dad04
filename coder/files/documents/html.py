"""Web pages (.html) as documents: headings, paragraphs, items and rows; what is not shown stays out."""

import re
from html.parser import HTMLParser
from pathlib import Path

from coder.documents import Document
from coder.files.documents.draft import CELL, Draft

_OUT = {"script", "style", "noscript", "template", "head", "svg", "math", "select", "textarea", "iframe", "object"}
_BLOCKS = frozenset(
    (
        "p", "div", "section", "article", "main", "header", "footer", "aside", "nav", "address", "blockquote", "pre",
        "figure", "figcaption", "dl", "dt", "dd", "form", "fieldset", "table", "thead", "tbody", "tfoot", "caption",
        "ul", "ol", "body", "details", "summary", "hr", "center",
    )
)  # fmt: skip
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{2,30})", re.IGNORECASE)


def read_html(path: Path, name: str, text: str) -> Document:
    """A web page, of which `text` is what it is written in."""
    page = _Page()
    page.feed(text)
    page.close()
    page.flush()
    return page.draft.document(name, path)


def charset(raw: bytes) -> str:
    """The encoding that a web page says it is in; "" where it says none."""
    found = _CHARSET.search(raw[:4_096])
    return found[1].decode("ascii", errors="replace") if found else ""


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.draft = Draft("html")
        self.out = 0
        self.parts: list[str] = []
        self.kind, self.level = "paragraph", 0
        self.cells: list[str] | None = None
        self.plain = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self.out = 0
        if tag in _OUT:
            self.out += 1
        elif tag == "br":
            self.parts.append("\n")
        elif tag == "tr":
            self.flush()
            self.cells = []
        elif tag in {"td", "th"}:
            self.parts = []
        elif self.cells is not None:
            self.parts.append("\n" if tag in _BLOCKS or tag == "li" else "")
        elif tag in _BLOCKS or tag == "li" or re.fullmatch("h[1-6]", tag):
            self.flush()
            if tag == "li":
                self.kind = "item"
            elif re.fullmatch("h[1-6]", tag):
                self.kind, self.level = "heading", int(tag[1])
            self.plain += tag == "pre"
        del attrs

    def handle_endtag(self, tag: str) -> None:
        if tag in _OUT:
            self.out = max(self.out - 1, 0)
        elif tag in {"td", "th"} and self.cells is not None:
            self.cells.append(_squeezed("".join(self.parts)))
            self.parts = []
        elif tag == "tr" and self.cells is not None:
            filled = [cell for cell in self.cells if cell]
            row = CELL.join(self.cells) if len(filled) > 1 else "".join(filled)
            self.draft.add(row, "row" if len(filled) > 1 else "paragraph")
            self.cells, self.parts = None, []
        elif self.cells is None and (tag in _BLOCKS or tag == "li" or re.fullmatch("h[1-6]", tag)):
            self.flush()
            self.plain -= tag == "pre" and self.plain > 0

    def handle_data(self, data: str) -> None:
        if not self.out:
            self.parts.append(data if self.plain else re.sub(r"\s+", " ", data))

    def flush(self) -> None:
        """Close the block that is open."""
        text = "".join(self.parts) if self.plain else _squeezed("".join(self.parts))
        self.draft.add(text.replace("\r\n", "\n"), self.kind, level=self.level)
        self.parts, self.kind, self.level = [], "paragraph", 0


def _squeezed(text: str) -> str:
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in text.split("\n"))
    return re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()
