"""Pages of PDFs as pictures, for who wants to see how a page looks that was read as text."""

import threading
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path

from coder.files.documents.pdf import PdfReader

_KEPT = 24
"""Pictures at hand."""


class PagePictures:
    """Pictures of the pages of PDFs that lie in a folder, known by the SHA-256 of their bytes.

    Drawn in a child process, as PDFs are read. Safe to use from several threads; to be closed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._reader, self._lock = PdfReader(), threading.Lock()
        self._drawn = lru_cache(_KEPT)(self._draw)

    def page(self, sha256: str, page: int, width: int) -> bytes | None:
        """A page (from 1) as a .png so many pixels wide; None where the file is not there (any more).

        Raises `DataError` for a file that cannot be read or has no such page.
        """
        path = next((one for one in sorted(self.folder.glob("*.[pP][dD][fF]")) if _hash(one) == sha256), None)
        return None if path is None else self._drawn(path, page, width)

    def close(self) -> None:
        """End the child process."""
        with self._lock:
            self._reader.close()

    def _draw(self, path: Path, page: int, width: int) -> bytes:
        with self._lock:
            return self._reader.picture(path, page, width)


def _hash(path: Path) -> str:
    about = path.stat()
    return _hash_of(path, about.st_mtime_ns, about.st_size)


@lru_cache(1_000)
def _hash_of(path: Path, _changed: int, _size: int) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
