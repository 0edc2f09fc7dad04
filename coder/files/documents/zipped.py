"""The parts of a zipped document (.docx, .odt), and the XML in them, read without harm.

Nothing is unpacked to disk, so that a name of a part that leads out of the zip does nothing. Sizes are limited by what
is read, whatever the zip says of them; XML may not declare types or entities, which no such file needs.
"""

import re
import struct
import zlib
from pathlib import Path
from types import TracebackType
from typing import Self
from xml.etree import ElementTree as ET
from zipfile import BadZipFile, ZipFile

from coder.errors import DataError

_PARTS, _LARGEST = 20_000, 256 * 2**20
"""Of a zip: parts, and bytes of one that is read. The text of a thousand pages is some 20 MB."""
_ENCRYPTED = 0x1
_BROKEN = (BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError, zlib.error, struct.error)


class Zipped:
    """A zipped document, to be used in a `with`. Raises `DataError` where it is damaged or too large."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = ZipFile(path)
            self.names = frozenset(self._zip.namelist())
        except _BROKEN as error:
            raise DataError("documents.damaged", file=path.name, error=f"{type(error).__name__}: {error}") from None
        if len(self.names) > _PARTS:
            raise DataError("documents.bomb", file=path.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._zip.close()

    def bytes(self, name: str) -> bytes:
        """A part; raises where it is not there."""
        try:
            if self._zip.getinfo(name).flag_bits & _ENCRYPTED:
                raise DataError("documents.password", file=self.path.name)
            with self._zip.open(name) as part:
                found = part.read(_LARGEST + 1)
        except KeyError:
            raise DataError("documents.damaged", file=self.path.name, error=f"no {name}") from None
        except _BROKEN as error:
            raise DataError(
                "documents.damaged", file=self.path.name, error=f"{type(error).__name__}: {error}"
            ) from None
        if len(found) > _LARGEST:
            raise DataError("documents.bomb", file=self.path.name)
        return found

    def xml(self, name: str) -> ET.Element:
        """The XML of a part. Raises where it is broken, or declares types or entities."""
        raw = self.bytes(name)
        if re.search(rb"<\0?!\0?D\0?O\0?C\0?T\0?Y\0?P\0?E", raw[:100_000]):
            raise DataError("documents.damaged", file=self.path.name, error="DOCTYPE")
        try:
            return ET.fromstring(raw)  # noqa: S314 (no types, no entities; expat limits what is left)
        except (ET.ParseError, ValueError, LookupError) as error:
            raise DataError("documents.damaged", file=self.path.name, error=str(error)) from None
