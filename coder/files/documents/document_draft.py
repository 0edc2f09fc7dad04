"""A document in the making: blocks as a reader of some format finds them, one after the other."""

import hashlib
from pathlib import Path

import pandas as pd

from coder.documents import BLOCKS, REPAIRS, SECTION, Document
from coder.note import Note

CELL = " | "
"""Between the cells of a row."""
_BETWEEN = "\n\n"


class Draft:
    """Blocks, repairs and notes, put together to a `Document`.

    A block has no line break at its edges, and one without text is left out. The section of a block follows from the
    headings before it.
    """

    def __init__(self, kind: str) -> None:
        self.kind, self.notes = kind, list[Note]()
        self.pages = 0
        self._texts: list[str] = []
        self._rows: list[tuple[object, ...]] = []
        self._repairs: list[tuple[int, int, str, str, str]] = []
        self._length = 0
        self._path: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def at(self) -> int:
        """Where the next block begins."""
        return self._length + len(_BETWEEN) * bool(self._texts)

    def add(
        self, text: str, kind: str = "paragraph", *, level: int = 0, page: int = 0, label: str = "",
        speaker: str = "", time: float = -1.0,
    ) -> int:  # fmt: skip
        """Add a block; returns where it begins. Its text is taken as it is, but for space at its edges."""
        text, start = text.strip(), self.at
        if not text:
            return start
        if kind == "heading":
            level = max(level, 1)
            while self._path and self._path[-1][0] >= level:
                self._path.pop()
            self._path.append((level, " ".join(text.split())))
        section = SECTION.join(title for _, title in self._path)
        end = start + len(text)
        self._texts.append(text)
        self._length = end
        level = level if kind == "heading" else 0
        self._rows.append((start, end, kind, level, page, label, section, speaker, float(time)))
        return start

    def repair(self, kind: str, was: str, now: str = "", *, at: int | None = None, page: int = 0) -> None:
        """Tell what was changed, `at` a place of the text (where the next block begins, unless given)."""
        self._repairs.append((self.at if at is None else at, page, kind, was, now))

    def document(self, name: str, path: Path | None = None) -> Document:
        """The document; `path` is the file whose bytes its hash is of. To be asked once: the parts are let go."""
        text = _BETWEEN.join(self._texts)
        self._texts.clear()
        ends = min(len(text), self._length)
        self._repairs.sort(key=lambda one: min(one[0], ends))
        repairs = pd.DataFrame(self._repairs, columns=list(REPAIRS)).astype({"start": "int64", "page": "int64"})
        repairs["start"] = repairs["start"].clip(upper=ends)
        self._repairs.clear()
        blocks = pd.DataFrame(self._rows, columns=list(BLOCKS)).astype(
            dict.fromkeys(("start", "end", "level", "page"), "int64") | {"time": "float64"}
        )
        self._rows.clear()
        return Document(
            name, text, blocks, repairs, kind=self.kind, pages=self.pages,
            sha256=digest(path) if path else "", notes=tuple(self.notes),
        )  # fmt: skip


def digest(path: Path) -> str:
    """The SHA-256 of the bytes of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
