"""Codebooks in YAML, our own format, in and out."""

from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from coder.codebook import Codebook
from coder.errors import CodebookError
from coder.files.codebook_draft import read_draft, read_source
from coder.files.codebook_edit import as_data, edited, writable
from coder.files.writing import written_beside

_BYTE_ORDER_MARK = "\ufeff"


def read_yaml(path: Path) -> Codebook:
    """Read a codebook in YAML. Raises `CodebookError` with the place and what to do about it."""
    draft = read_draft(read_source(path))
    if not draft.problems:
        return draft.codebook(path.stem)
    first, more = draft.problems[0], len(draft.problems) - 1
    where = f", line {first.line}, column {first.column}" if first.line else ""
    others = f" There is more wrong ({more}); `coder codebook check` lists it." if more else ""
    raise CodebookError(f"{path.name}{where}: {first.text}{others}")


def write_yaml(path: Path, codebook: Codebook) -> None:
    """Write a codebook in YAML that `read_yaml` reads back equal.

    A codebook that stands there already is edited: what did not change stays as it was written, with
    its comments, its order and its quotes.
    """
    text = _edited(path, codebook) or _anew(codebook)
    with written_beside(path) as beside:
        beside.write_bytes(text.encode())


def _edited(path: Path, codebook: Codebook) -> str:
    """The file that is there with the changes made in it; empty where it is no codebook."""
    if not path.is_file():
        return ""
    try:
        old = read_source(path)
    except CodebookError:
        return ""
    text = edited(old, codebook, path.stem)
    return _BYTE_ORDER_MARK + text if text and path.read_bytes().startswith(_BYTE_ORDER_MARK.encode()) else text


def _anew(codebook: Codebook) -> str:
    data: dict[str, Any] = {"codebook": codebook.name, "version": codebook.version, "language": codebook.language}
    if codebook.question:
        data["question"] = dict(codebook.question)
    if codebook.lists:
        data["lists"] = {name: list(words) for name, words in codebook.lists.items()}
    data["codes"] = [as_data(code) for code in codebook.codes]
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 10_000
    text = StringIO()
    yaml.dump(writable(data), text)
    return text.getvalue()
