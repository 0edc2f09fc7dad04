"""Codebooks in every format we know; the ending of the file says which."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from pathlib import Path

from coder.codebook import Code, Codebook
from coder.errors import CodebookError
from coder.files.cells import SPREADSHEETS, TEXTS
from coder.files.codebooks.code_fields import check_rules
from coder.files.codebooks.dictionaries import read_liwc, read_quanteda
from coder.files.codebooks.imported import CodebookFile, Imported
from coder.files.codebooks.qdc import read_qdc, write_qdc
from coder.files.codebooks.tabular import read_codes, write_codes
from coder.files.codebooks.yaml_files import read_yaml, write_yaml
from coder.note import Note

YAML = (".yaml", ".yml")
WRITTEN = (".yaml", ".yml", ".xlsx", ".qdc")
_SHOWN = 60


def read_codebook(path: str | Path, *, tell: Callable[[Note], None] | None = None) -> Codebook:
    """Read a codebook in any format. Raises `CodebookError` with the place and what to do about it.

    A dictionary with terms that rules cannot say is refused: `import_codebook` says which. `tell` is called with each
    note about how a table was understood.

    >>> from coder.resources import resource
    >>> read_codebook(str(resource("codebooks/trends.yaml")))
    <Codebook 'trends' 2024.1: 14 codes in nl>
    """
    found = import_codebook(path)
    path = Path(path)
    if found.left_out:
        about = {"count": len(found.left_out), "term": found.left_out[0], "stem": path.stem}
        raise CodebookError("codebook.terms_left", file=path.name, **about)
    if tell is not None:
        for note in found.notes:
            tell(note)
    return found.book


def import_codebook(path: str | Path, *, language: str = "") -> Imported:
    """Read a codebook in any format, and tell what of the file it does not have.

    `language` is that of labels and words, where the file does not say it: Dutch unless given, or unless the columns
    of a table have French or German names.
    """
    if not isinstance(path, str | Path):
        raise CodebookError("codebook.no_path", kind=type(path).__name__)
    path = Path(path)
    ending = path.suffix.lower()
    if not path.is_file():
        raise CodebookError("codebook.missing", file=path)
    file = CodebookFile(path, language)
    if ending in YAML:
        return _yaml(file)
    if ending == ".qdc":
        return read_qdc(file)
    if ending == ".dic":
        return read_liwc(file)
    if ending in (*SPREADSHEETS, *TEXTS):
        return read_codes(file)
    known = [*YAML, ".qdc", ".dic", *SPREADSHEETS, *TEXTS]
    raise CodebookError("codebook.cannot_read", file=path.name, endings=known)


def check_written(path: Path) -> None:
    """Raise `CodebookError` where the ending of the file is of no format that is written."""
    if path.suffix.lower() not in WRITTEN:
        raise CodebookError("codebook.cannot_write", file=path.name, endings=WRITTEN)


def write_codebook(path: str | Path, codebook: Codebook) -> list[Note]:
    """Write a codebook as .yaml, .xlsx or .qdc, and tell what the format does not hold.

    What is written is read back and compared, so that nothing is lost without being told.
    """
    path, said = Path(path), list[Note]()
    for code in codebook.codes:
        check_rules(code, Note("codebook.code", code=code.id))
    match path.suffix.lower():
        case ".yaml" | ".yml":
            write_yaml(path, codebook)
        case ".xlsx":
            write_codes(path, codebook)
        case ".qdc":
            said = write_qdc(path, codebook)
        case _:
            raise CodebookError("codebook.cannot_write", file=path.name, endings=WRITTEN)
    return said + _differences(codebook, read_codebook(path), path)


def _yaml(file: CodebookFile) -> Imported:
    try:
        return Imported(read_yaml(file.path))
    except CodebookError:
        if dictionary := read_quanteda(file):
            return dictionary
        raise


def _differences(book: Codebook, back: Codebook, path: Path) -> list[Note]:
    """What of the codebook is otherwise in the file, measured by reading it back."""
    of_book = ("name", "version", "language", "question", "lists")
    said = [Note("codebook.book_differs", **about) for about in _apart(book, back, of_book, path)]
    if len(book.codes) != len(back.codes):
        counts = {"has": len(back.codes), "wanted": len(book.codes)}
        raise CodebookError("codebook.count_differs", file=path.name, **counts)
    of_code = [part.name for part in fields(Code)]
    for code, other in zip(book.codes, back.codes, strict=True):
        about_code = _apart(code, other, of_code, path)
        said += [Note("codebook.code_differs", code=code.id, **about) for about in about_code]
    return said


def _apart(wanted: object, got: object, parts: Iterable[str], path: Path) -> Iterator[dict[str, str]]:
    """What a sentence names of each part in which the two differ."""
    for part in parts:
        if getattr(wanted, part) != getattr(got, part):
            texts = {"wanted": _short(getattr(wanted, part)), "got": _short(getattr(got, part))}
            yield {"part": part, "file": path.name, **texts}


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
