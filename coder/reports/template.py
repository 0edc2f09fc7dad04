"""A house style: a .pptx or .docx (or .potx, .dotx) whose layouts, colours and fonts a report takes over."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from coder.errors import DataError

_CONTENTS = "[Content_Types].xml"
_KINDS = {
    ".pptx": ("presentationml.presentation.main+xml", "presentationml.template.main+xml"),
    ".docx": ("wordprocessingml.document.main+xml", "wordprocessingml.template.main+xml"),
}
"""What a file says that it is: a document of its kind, or a template of it."""
_MOST = 500_000_000
"""Bytes that a template may have unpacked: a house style with pictures has some ten million."""


@dataclass(frozen=True, slots=True, repr=False)
class Template:
    """A file that was read: `ending` is that of the reports that it is for, ".pptx" or ".docx"."""

    name: str
    ending: str
    content: bytes

    def __repr__(self) -> str:
        return f"<Template {self.name!r} for {self.ending}>"

    def opened(self) -> Any:  # noqa: ANN401 (python-pptx has no types)
        """The file, as python-pptx or python-docx has it; slides and text that are in it are still there."""
        if self.ending == ".pptx":
            from pptx import Presentation  # noqa: PLC0415 (heavy)

            return Presentation(BytesIO(self.content))
        from docx import Document  # noqa: PLC0415 (heavy)

        return Document(BytesIO(self.content))


def read_template(source: Path | str | bytes, name: str = "") -> Template:
    """Read a house style from a file, or from the bytes of one that is called `name`.

    Raises `DataError` for a file that is not there, or no .pptx, .potx, .docx or .dotx (those with macros are none).
    """
    if isinstance(source, bytes):
        content = source
    else:
        path = Path(source)
        name = path.name
        if not path.is_file():
            raise DataError("files.missing", path=path)
        content = path.read_bytes()
    try:
        template = _read(name, content)
        template.opened()
    except (BadZipFile, KeyError, ValueError, AttributeError, NotImplementedError, SyntaxError, ParseError) as error:
        raise DataError("report.no_template", file=name) from error
    return template


def for_endings(templates: Sequence[Template], endings: Sequence[str]) -> dict[str, Template]:
    """The template of each ending. Raises `DataError` for two of one, and for one that no file asks for."""
    found: dict[str, Template] = {}
    for one in templates:
        if one.ending in found:
            raise DataError("report.two_templates", first=found[one.ending].name, second=one.name, ending=one.ending)
        if one.ending not in endings:
            raise DataError("report.template_unused", file=one.name, ending=one.ending)
        found[one.ending] = one
    return found


def _read(name: str, content: bytes) -> Template:
    """The template as a document of its kind. Raises `ValueError` for a file that is none."""
    with ZipFile(BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > _MOST:
            raise ValueError(name)
        says = packed.read(_CONTENTS).decode()
        for ending, (document, template) in _KINDS.items():
            if document in says:
                return Template(name, ending, content)
            if template in says:
                return Template(name, ending, _as_document(packed, says.replace(template, document)))
    raise ValueError(name)


def _as_document(packed: ZipFile, says: str) -> bytes:
    """The same file, which says that it is a document."""
    written = BytesIO()
    with ZipFile(written, "w") as other:
        for part in packed.infolist():
            other.writestr(part, says if part.filename == _CONTENTS else packed.read(part))
    return written.getvalue()
