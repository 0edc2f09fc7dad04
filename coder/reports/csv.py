"""The tables of a report as .csv, for a spreadsheet to open.

The first table has the path's own name, others theirs beside it. Columns are all those of the table,
numbers unrounded.
"""

from pathlib import Path

import pandas as pd

from coder.files.writing import write_texts
from coder.reports.content import Report, Section


def write(report: Report, path: Path) -> list[Path]:
    """Write a file a table, and one of the quotes; with the separator of the answers."""
    return write_texts(path, _named(report), report.separator)


def _named(report: Report) -> dict[str, pd.DataFrame]:
    """Each table under a name for its file; of several sections the number of the section stands before it."""
    frames: dict[str, pd.DataFrame] = {}
    several = len(report.sections) > 1
    for number, part in enumerate(report.sections, start=1):
        before = f"{number}-" if several else ""
        frames |= {before + name: table.frame for name, table in part.all_tables.items()}
        if part.quotes:
            labels = _labels(part)
            rows = [
                (quote.code, labels.get(quote.code, label), quote.unit, quote.text, quote.reason, quote.picked)
                for label, all_ in part.quotes
                for quote in all_
            ]
            quotes = pd.DataFrame(rows, columns=["code", "label", "unit", "text", "reason", "picked"])
            frames[f"{before}quotes"] = quotes
    return frames


def _labels(part: Section) -> dict[str, str]:
    """By code the label that the tables have in their files, so that quotes can be joined to them."""
    frames = [table.frame for table in part.all_tables.values() if {"code", "label"} <= set(table.frame)]
    return {code: str(label) for frame in frames for code, label in zip(frame["code"], frame["label"], strict=True)}
