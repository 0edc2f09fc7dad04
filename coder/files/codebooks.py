"""Codebooks in every format we know; the ending of the file says which."""

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from coder.codebook import Code, Codebook
from coder.errors import CodebookError
from coder.files.category_dictionaries import read_liwc, read_quanteda
from coder.files.cells import SPREADSHEETS, TEXTS
from coder.files.codebook_fields import check_rules
from coder.files.codebook_sheets import read_codes, write_codes
from coder.files.codebook_yaml import read_yaml, write_yaml
from coder.files.found_codes import Imported
from coder.files.qdc import read_qdc, write_qdc

YAML = (".yaml", ".yml")
WRITTEN = (".yaml", ".yml", ".xlsx", ".qdc")
_SHOWN = 60


def read_codebook(path: str | Path, *, tell: Callable[[str], None] | None = None) -> Codebook:
    """Read a codebook in any format. Raises `CodebookError` with the place and what to do about it.

    A dictionary with terms that rules cannot say is refused: `import_codebook` says which. `tell` is called with each
    sentence about how a table was understood.

    >>> from coder.resources import resource
    >>> read_codebook(str(resource("codebooks/trends.yaml")))
    <Codebook 'trends' 2024.1: 14 codes in nl>
    """
    path = Path(path)
    found = import_codebook(path)
    if found.left_out:
        raise CodebookError(
            f"{path.name} has {len(found.left_out)} terms that rules cannot say, such as {found.left_out[0]!r}. "
            f"Make a codebook of the rest with `coder codebook import {path.name} -o {path.stem}.yaml`."
        )
    if tell is not None:
        for note in found.notes:
            tell(note)
    return found.book


def import_codebook(path: str | Path, *, language: str = "") -> Imported:
    """Read a codebook in any format, and tell what of the file it does not have.

    `language` is that of labels and words, where the file does not say it: Dutch unless given, or unless the columns
    of a table have French or German names.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if not path.is_file():
        raise CodebookError(f"There is no codebook {path}.")
    if ending in YAML:
        return _yaml(path, language or "nl")
    if ending == ".qdc":
        return read_qdc(path, language or "nl")
    if ending == ".dic":
        return read_liwc(path, language or "nl")
    if ending in (*SPREADSHEETS, *TEXTS):
        return read_codes(path, language)
    known = ", ".join([*YAML, ".qdc", ".dic", *SPREADSHEETS, *TEXTS])
    raise CodebookError(f"Cannot read {path.name} as a codebook; its name ends in one of {known}.")


def write_codebook(path: str | Path, codebook: Codebook) -> list[str]:
    """Write a codebook as .yaml, .xlsx or .qdc, and tell what the format does not hold, as sentences.

    What is written is read back and compared, so that nothing is lost without being told.
    """
    path, said = Path(path), list[str]()
    for code in codebook.codes:
        check_rules(code, f"Code {code.id!r}")
    match path.suffix.lower():
        case ".yaml" | ".yml":
            write_yaml(path, codebook)
        case ".xlsx":
            write_codes(path, codebook)
        case ".qdc":
            said = write_qdc(path, codebook)
        case _:
            raise CodebookError(f"Cannot write {path.name}; let its name end in {', '.join(WRITTEN)}.")
    return said + _differences(codebook, read_codebook(path), path)


def _yaml(path: Path, language: str) -> Imported:
    try:
        return Imported(read_yaml(path))
    except CodebookError:
        if dictionary := read_quanteda(path, language):
            return dictionary
        raise


def _differences(book: Codebook, back: Codebook, path: Path) -> list[str]:
    """What of the codebook is otherwise in the file, measured by reading it back."""
    said = [
        f"The {part} of the codebook: {_other(getattr(book, part), getattr(back, part), path)}"
        for part in ("name", "version", "language", "question", "lists")
        if getattr(book, part) != getattr(back, part)
    ]
    if len(book.codes) != len(back.codes):
        raise CodebookError(f"{path.name} has {len(back.codes)} codes where {len(book.codes)} were to be written.")
    for code, other in zip(book.codes, back.codes, strict=True):
        said += [
            f"The {part.name} of code {code.id!r}: {_other(getattr(code, part.name), getattr(other, part.name), path)}"
            for part in fields(Code)
            if getattr(code, part.name) != getattr(other, part.name)
        ]
    return said


def _other(wanted: object, got: object, path: Path) -> str:
    return f"{_short(wanted)} is {_short(got)} in {path.name}."


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
