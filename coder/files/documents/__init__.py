"""Documents in: PDF, Word, OpenDocument, RTF, web pages, plain text, transcripts and subtitles, as text with blocks.

What a file is follows from its content, not from its name. A file that is damaged, hostile or of an unknown kind is a
`DataError` of that file alone. Each reader says what it changed (`Document.repairs`) and what deserves a look
(`Document.notes`).
"""

import glob
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from coder.documents import Document, Documents
from coder.errors import DataError
from coder.note import Note, Progress, silent

if TYPE_CHECKING:
    import pandas as pd

    from coder.files.documents.pdf import PdfReader

ENDINGS = (
    ".pdf",
    ".docx",
    ".odt",
    ".rtf",
    ".html",
    ".htm",
    ".txt",
    ".md",
    ".markdown",
    ".srt",
    ".vtt",
    ".doc",
    ".docm",
)
"""What is read of a folder; a .doc is told to be one that cannot be read, unless it is something else inside."""
KINDS = ("pdf", "docx", "odt", "rtf", "html", "txt", "md", "srt", "vtt")
PERIOD = "period"
"""The attribute that says which policy period a document is of."""
_PERIODS = (PERIOD, "periode", "période")
_NAMES = ("document", "file", "bestand", "fichier", "naam", "name", "nom", "plan")
_CELLS = 5
"""So many cells of a row without a document are shown."""
_LARGEST_TEXT = 256 * 2**20
_NULS = 0.1
"""A text in UTF-16 has at least this share of NULs, all in one half of its bytes."""
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    rb"<(?:!doctype html|html|head|body|meta|title|h1|p|div|table)\b",
    re.IGNORECASE | re.DOTALL,
)
_CUES = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\d+\s*\r?\n)?(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}[ \t]*-->")

Source = str | Path | Iterable[str | Path]


def read_document(path: str | Path, *, name: str | None = None, progress: Progress = silent) -> Document:
    """One document, called `name` (the name of its file without ending, unless given).

    Raises `DataError` where the file is not there, is of no kind that is read, is damaged, has a password, or exhausts
    who reads it.

    >>> import coder
    >>> coder.read_document("plan-2021.pdf")  # doctest: +SKIP
    <Document 'plan-2021': 153,264 characters, 50 pages, 583 blocks>
    """
    from coder.files.documents.pdf import PdfReader  # noqa: PLC0415 (loads what reads PDFs)

    with PdfReader() as pdfs:
        return _read(Path(path), name, pdfs, progress)


def read_documents(
    paths: Source, attributes: "str | Path | pd.DataFrame | None" = None, period: str = "", progress: Progress = silent
) -> Documents:
    """The documents in files, a folder (and the folders in it) or a pattern such as `plans/*.pdf`.

    `attributes` is a table with a row for each document: its column `document`, `file`, `bestand` or `fichier` (the
    first, unless one is called so) has the names of documents or files, the others are what is known of each. A column
    `period`, `periode` or `période` is `period`, which is the policy period of all documents without one in the table.

    Raises `DataError` before anything is read where a file is not there or an attribute is of a document that is not;
    after all were read, for those that could not be, together.

    >>> import coder
    >>> from coder.resources import resource
    >>> coder.read_documents(resource("corpora/README.md"), period="2021-2025").attributes
               period
    README  2021-2025
    """
    files = find_files(paths)
    known = known_attributes(files, attributes, period)
    found: list[Document] = []
    wrong: list[DataError] = []
    for _, one in each_document(files, progress):
        if isinstance(one, DataError):
            wrong.append(one)
        else:
            found.append(one)
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        raise DataError("documents.unread", count=len(wrong), all=len(files), why=[one.note for one in wrong])
    return Documents(tuple(found), known)


def each_document(paths: Source, progress: Progress = silent) -> Iterator[tuple[Path, Document | DataError]]:
    """Each file with its document as it comes, or with what is wrong with it: nothing is kept of those before.

    Raises `DataError` where no file is there.
    """
    from coder.files.documents.pdf import PdfReader  # noqa: PLC0415 (loads what reads PDFs)

    files = find_files(paths)
    with PdfReader() as pdfs:
        for done, (path, name) in enumerate(zip(files, document_names(files), strict=True)):
            progress("progress.documents", done, len(files))
            try:
                one: Document | DataError = _read(path, name, pdfs, silent)
            except DataError as error:
                one = error
            yield path, one
    progress("progress.documents", len(files), len(files))


def find_files(paths: Source) -> list[Path]:
    """The files that are meant, each once: those of a folder in the order of their names.

    Raises `DataError` where one is not there, or none is.
    """
    asked = [paths] if isinstance(paths, str | Path) else list(paths)
    found: dict[Path, Path] = {}
    for one in asked:
        for path in _files(one):
            found.setdefault(path.resolve(), path)
    if not any(map(str, asked)):
        raise DataError("documents.none_asked")
    if not found:
        raise DataError("documents.no_files", asked=[str(one) for one in asked], endings=ENDINGS)
    return list(found.values())


def _files(asked: str | Path) -> list[Path]:
    path = Path(asked)
    if os.path.isfile(path):  # noqa: PTH113 (Path.is_file raises for a name that is too long)
        return [path]
    if os.path.isdir(path):  # noqa: PTH112
        inside = (Path(folder, name) for folder, _, names in os.walk(path) for name in names)
        return sorted(
            (one for one in inside if one.suffix.lower() in ENDINGS and not one.name.startswith((".", "~$"))),
            key=_natural,
        )
    if matched := glob.glob(str(path), recursive=True):  # noqa: PTH207 (a pattern may begin at the root)
        return sorted((Path(one) for one in matched if os.path.isfile(one)), key=_natural)  # noqa: PTH113
    if any(sign in str(path) for sign in "*?["):
        return []
    raise DataError("files.missing", path=path)


def _natural(path: Path) -> list[tuple[int, int, str]]:
    """The order of people: plan 2 before plan 10."""
    parts = re.split(r"(\d+)", str(path).casefold())
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts]


def document_names(files: Sequence[Path]) -> list[str]:
    """What documents are called: the name of the file without its ending, with as much more as tells them apart.

    They are written as Unicode composes them (NFC), however the system of the files does.
    """
    names = [composed(path.stem) for path in files]
    for longer in (lambda path: path.name, lambda path: f"{path.parent.name}/{path.name}", str):
        times = Counter(names)
        names = [composed(longer(path)) if times[name] > 1 else name for path, name in zip(files, names, strict=True)]
    return names


def composed(name: object) -> str:
    """A name as Unicode composes it (NFC): that of a file comes otherwise from a Mac."""
    return unicodedata.normalize("NFC", str(name))


def known_attributes(
    paths: Source, given: "str | Path | pd.DataFrame | None" = None, period: str = ""
) -> "pd.DataFrame":
    """What is known of each document in `paths`, indexed by its name, before any is read; see `read_documents`.

    Raises `DataError` where a row is of no document, or two rows are of one.
    """
    import pandas as pd  # noqa: PLC0415

    files = find_files(paths)
    names = document_names(files)
    if given is None:
        frame = pd.DataFrame(index=pd.Index(names, dtype=str))
    else:
        frame = _table(given)
        aliases = [(path.stem, path.name, str(path)) for path in files]
        called = who_is_called(names, aliases)
        meant = [(str(one).strip(), called(str(one))) for one in frame.index]
        if strange := [one for one, found in meant if not found]:
            raise DataError("documents.strange_attributes", names=strange, documents=list(names))
        if several := [(one, found) for one, found in meant if len(found) > 1]:
            raise DataError("documents.attributes_ambiguous", name=several[0][0], meant=several[0][1])
        frame.index = pd.Index([found[0] for _, found in meant], dtype=str)
        if len(twice := frame.index[frame.index.duplicated()]):
            raise DataError("documents.attributes_twice", name=twice[0])
        frame = frame.reindex(names)
    if period:
        if PERIOD not in frame:
            frame[PERIOD] = period
        frame[PERIOD] = frame[PERIOD].fillna("").replace("", period)
    return frame


def who_is_called(names: Iterable[str], aliases: Iterable[Iterable[str]]) -> Callable[[str], list[str]]:
    """Which documents may be meant by a name: the one of this name, else all of which it is another name (an alias).

    Capitals, blanks at the ends and the way in which Unicode writes accents make no difference.
    """
    exact: dict[str, list[str]] = {}
    own: dict[str, list[str]] = {}
    other: dict[str, list[str]] = {}
    for name, also in zip(names, aliases, strict=True):
        exact.setdefault(composed(name), []).append(name)
        own.setdefault(composed(name).casefold(), []).append(name)
        for key in {composed(alias).casefold() for alias in also}:
            other.setdefault(key, []).append(name)

    def meant(asked: str) -> list[str]:
        plain = composed(asked).strip()
        return exact.get(plain) or own.get(plain.casefold()) or other.get(plain.casefold(), [])

    return meant


def _table(given: "str | Path | pd.DataFrame") -> "pd.DataFrame":
    """A table of attributes, indexed by what it calls its documents."""
    import pandas as pd  # noqa: PLC0415

    from coder.files.sheets import as_file  # noqa: PLC0415

    if isinstance(given, pd.DataFrame):
        plain = given.index.equals(pd.RangeIndex(len(given)))
        if not plain and not any(_is_called(column, _NAMES) for column in given):
            return _with_period(given.copy())
        if not len(given.columns):
            raise DataError("documents.no_attributes")
    frame = as_file(given).read({}, header=lambda cells: any(_is_called(cell, _NAMES) for cell in cells)).frame
    frame = frame[[column for column in frame if not _is_unnamed(str(column)) or frame[column].str.strip().any()]]
    column = next((column for column in frame if _is_called(column, _NAMES)), frame.columns[0])
    nameless = frame[column].str.strip() == ""
    for place, row in enumerate(frame[nameless].itertuples(index=False, name=None)):
        if cells := [cell.strip() for cell in map(str, row) if cell.strip()]:
            number = int(nameless.to_numpy().nonzero()[0][place]) + 1
            raise DataError("documents.attributes_nameless", row=number, cells=cells[:_CELLS])
    filled = frame[~nameless]
    return _with_period(filled.set_index(column))


def _is_called(column: object, names: Sequence[str]) -> bool:
    return " ".join(str(column).split()).casefold() in names


def _is_unnamed(column: str) -> bool:
    return re.fullmatch(r"column \d+|Unnamed: \d+|\s*", column) is not None


def _with_period(frame: "pd.DataFrame") -> "pd.DataFrame":
    """The table with the column of the period under its own name, in whatever language it was written."""
    called = [column for column in frame if _is_called(column, _PERIODS)]
    if len(called) > 1:
        raise DataError("documents.periods_twice", columns=[str(column) for column in called])
    return frame.rename(columns=dict.fromkeys(called, PERIOD))


def _read(path: Path, name: str | None, pdfs: "PdfReader", progress: Progress) -> Document:
    if not os.path.isfile(path):  # noqa: PTH113 (Path.is_file raises for a name that is too long)
        raise DataError("files.folder" if os.path.exists(path) else "files.missing", path=path)  # noqa: PTH110
    kind = kind_of(path)
    name = composed(path.stem) if name is None else name
    match kind:
        case "pdf":
            found = pdfs.read(path, name, progress)
        case "docx":
            from coder.files.documents.word_documents import read_docx  # noqa: PLC0415

            found = read_docx(path, name)
        case "odt":
            from coder.files.documents.odt import read_odt  # noqa: PLC0415

            found = read_odt(path, name)
        case _:
            found = _read_text(path, name, kind)
    notes = list(found.notes)
    ending = path.suffix.lower().lstrip(".")
    alike = {"htm": "html", "markdown": "md", "docm": "docx"}
    if f".{ending}" in ENDINGS and alike.get(ending, ending) not in {
        kind,
        *(("txt", "md") if kind in {"txt", "md"} else ()),
    }:
        notes.append(Note("documents.other_kind", file=path.name, kind=kind))
    if not len(found) and not any(note.key in {"documents.scanned_file", "documents.scans"} for note in notes):
        notes.append(Note("documents.no_text", file=path.name))
    return replace(found, notes=tuple(notes))


def _read_text(path: Path, name: str, kind: str) -> Document:
    from coder.files.documents.text_files import charset, decoded, read_html, read_rtf, read_subtitles, read_text  # noqa: PLC0415

    if path.stat().st_size > _LARGEST_TEXT:
        raise DataError("documents.bomb", file=path.name)
    raw = path.read_bytes()
    if kind == "rtf":
        return read_rtf(path, name, raw)
    plain, lost = decoded(raw, path.name, charset(raw) if kind == "html" else "")
    if kind == "html":
        found = read_html(path, name, plain)
    elif kind in {"srt", "vtt"}:
        found = read_subtitles(path, name, plain, kind)
    else:
        found = read_text(path, name, plain, kind)
    return replace(found, notes=(*found.notes, lost)) if lost else found


def blocks_frames(documents: Documents) -> "dict[str, pd.DataFrame]":
    """The blocks of documents as a table that `coder code` reads (`id`, `text`, places, attributes); and the repairs.

    A block without a page or time has nothing in these columns.
    """
    import pandas as pd  # noqa: PLC0415

    units = documents.corpus().units.rename_axis("id").reset_index()
    units["page"] = units["page"].astype(object).where(units["page"] > 0, "")
    units["time"] = units["time"].astype(object).where(units["time"] >= 0, "")
    first = ["id", "document", "page", "label", "section", "kind", "level", "text"]
    rest = [column for column in units if column not in {*first, "start", "end"}]
    repairs = [one.repairs.assign(document=one.name) for one in documents if len(one.repairs)]
    columns = ["document", "page", "kind", "was", "now", "start"]
    changed = pd.concat(repairs)[columns] if repairs else pd.DataFrame(columns=columns)
    return {"blocks": units[[*first, *rest, "start", "end"]], "repairs": changed}


def kind_of(path: Path) -> str:
    """What a file is, by its content: one of `KINDS`. Raises `DataError` for all else, which says what to do."""
    try:
        with path.open("rb") as file:
            begins = file.read(8_192)
    except OSError as error:
        raise DataError("files.not_read", file=path.name, why=error.strerror) from None
    if not begins:
        raise DataError("documents.empty", file=path.name)
    if b"%PDF-" in begins[:1_024]:
        return "pdf"
    if begins.startswith(b"PK\x03\x04"):
        return _zip_kind(path)
    if begins.startswith(_OLE):
        whole = path.read_bytes() if path.stat().st_size < _LARGEST_TEXT else begins
        locked = "EncryptedPackage".encode("utf-16-le") in whole
        raise DataError("documents.password" if locked else "documents.old_word", file=path.name)
    if begins.startswith(_PICTURES):
        raise DataError("documents.picture", file=path.name)
    return _text_kind(path, begins)


def _text_kind(path: Path, begins: bytes) -> str:
    """What a text is; raises for what is none."""
    plain, ending = begins.removeprefix(b"\xef\xbb\xbf"), path.suffix.lower()
    utf_16 = begins.startswith((b"\xff\xfe", b"\xfe\xff")) or max(
        begins[::2].count(0), begins[1::2].count(0)
    ) > _NULS * len(begins)
    if b"\0" in begins and not utf_16:
        raise DataError("documents.unknown_kind", file=path.name, kinds=KINDS)
    if plain.lstrip().startswith(b"{\\rtf"):
        return "rtf"
    if plain.startswith(b"WEBVTT"):
        return "vtt"
    if _CUES.match(begins):
        return "srt"
    if _HTML.match(plain) or ending in {".html", ".htm"}:
        return "html"
    return "md" if ending in {".md", ".markdown"} else "txt"


def _zip_kind(path: Path) -> str:
    from coder.files.documents.zipped import Zipped  # noqa: PLC0415

    with Zipped(path) as parts:
        names = parts.names
        if "content.xml" in names and "mimetype" in names and b"opendocument.text" in parts.bytes("mimetype"):
            return "odt"
        if "[Content_Types].xml" in names and any(name.startswith("word/") for name in names):
            return "docx"
        if any(name.startswith("xl/") for name in names) or "content.xml" in names:
            raise DataError("documents.workbook", file=path.name)
    raise DataError("documents.unknown_kind", file=path.name, kinds=KINDS)
