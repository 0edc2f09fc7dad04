"""One report, in as many formats as asked for: the ending of a file says which."""

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from coder.errors import DataError
from coder.reports.clean import cleaned
from coder.reports.content import Report

ENDINGS = (".html", ".xlsx", ".docx", ".pptx", ".sav", ".csv", ".md")


def check_endings(paths: Sequence[Path]) -> None:
    """Raise where a format cannot be written, or two files are one; to be asked before the work is done."""
    for path in paths:
        if path.suffix.lower() not in ENDINGS:
            raise DataError(f"Cannot write {path.name}; let its name end in one of {', '.join(ENDINGS)}.")
    if len(set(paths)) < len(paths):
        raise DataError(f"One file is asked for twice ({', '.join(map(str, paths))}); give each its own name.")


def write_report(report: Report, paths: Sequence[Path]) -> list[Path]:
    """Write the report to each of these files; returns all files written (.sav and .csv write several)."""
    check_endings(paths)
    written: list[Path] = []
    content = cleaned(report)
    for path in paths:
        write: Callable[[Report, Path], list[Path]] = import_module(f"coder.reports{path.suffix.lower()}").write
        written += write(content, path)
    return written
