"""Codebooks in every format we know; the ending of the file says which."""

from pathlib import Path

from coder.codebook import Codebook
from coder.files.codebook_yaml import read_yaml, write_yaml


def read_codebook(path: Path) -> Codebook:
    """Read a codebook. Raises `CodebookError` with the place and what to do about it."""
    return read_yaml(path)


def write_codebook(path: Path, codebook: Codebook) -> None:
    """Write a codebook that `read_codebook` reads back equal."""
    write_yaml(path, codebook)
