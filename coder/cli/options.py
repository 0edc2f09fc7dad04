"""The options that commands share, and what is read by them."""
# ruff: noqa: PLC0415

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.speech import say_err, say_language
from coder.errors import CoderError

if TYPE_CHECKING:
    from coder.codebook import Codebook
    from coder.files.sheets import TableFile
    from coder.methods.classifier import Classifier
    from coder.reports.template import Template
    from coder.tables.table import Table


def one_of(option: str, *choices: str) -> Callable[[str], str]:
    """What checks that an option is one of these."""

    def checked(value: str) -> str:
        if value not in choices:
            raise CoderError("cli.one_of", option=option, choices=choices, value=value)
        return value

    return checked


_OF_FILES = frozenset(
    (
        ".csv", ".tsv", ".txt", ".tab", ".xlsx", ".xls", ".xlsb", ".xlsm", ".ods", ".sav", ".zsav", ".parquet", ".docx",
        ".pptx", ".odt", ".pdf", ".html", ".md", ".json", ".yaml", ".yml", ".qdc", ".qdpx", ".study", ".zip", ".svg", ".png",
    )
)  # fmt: skip
"""Endings by which people call a file; a folder may well be called v1.2."""


def folder_named(out: Path | None) -> Path | None:
    """What checks that an option which names a folder to write does not name a file."""
    if out is not None and out.suffix.lower() in _OF_FILES and not os.path.isdir(out):  # noqa: PTH112 (is_dir raises for a long name)
        raise CoderError("cli.folder_or_file", out=out, ending=out.suffix, folder=out.with_suffix(""))
    return out


Answers = Annotated[Path, typer.Argument(metavar="ANSWERS")]
Text = Annotated[str, typer.Option("--text", metavar="COLUMN")]
Id = Annotated[str | None, typer.Option("--id", metavar="COLUMN")]
HeaderRows = Annotated[int | None, typer.Option("--header-rows", metavar="N", min=1)]
SheetName = Annotated[str, typer.Option("--sheet", metavar="NAME")]
ThenHeaderRows = Annotated[int | None, typer.Option("--then-header-rows", metavar="N", min=1)]
ThenSheet = Annotated[str, typer.Option("--then-sheet", metavar="NAME")]
Codes = Annotated[str, typer.Option("--codes", metavar="COLUMN")]
SomeCodes = Annotated[str | None, typer.Option("--codes", metavar="COLUMN")]
Book = Annotated[Path, typer.Option("--codebook", metavar="FILE")]
SomeBook = Annotated[Path | None, typer.Option("--codebook", metavar="FILE")]
Model = Annotated[Path | None, typer.Option("--model", metavar="DIR")]
Wave = Annotated[str | None, typer.Option("--wave", metavar="COLUMN")]
Weight = Annotated[str | None, typer.Option("--weight", metavar="COLUMN")]
Strata = Annotated[str | None, typer.Option("--strata", metavar="COLUMN")]
Clusters = Annotated[str | None, typer.Option("--clusters", metavar="COLUMN")]
Fpc = Annotated[str | None, typer.Option("--fpc", metavar="COLUMN")]
ThenStrata = Annotated[str | None, typer.Option("--then-strata", metavar="COLUMN")]
ThenClusters = Annotated[str | None, typer.Option("--then-clusters", metavar="COLUMN")]
ThenFpc = Annotated[str | None, typer.Option("--then-fpc", metavar="COLUMN")]
Nets = Annotated[bool, typer.Option("--nets")]
Templates = Annotated[list[Path] | None, typer.Option("--template", metavar="FILE")]
Embedding = Annotated[str, typer.Option("--embedding", callback=one_of("--embedding", "auto", "e5", "use", "none"))]
Out = Annotated[Path, typer.Option("--out", "-o", metavar="FILE")]
Folder = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", callback=folder_named)]
Format = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FORM",
        callback=one_of("--format", "table", "csv", "md", "json"),
    ),
]
Nlp = Annotated[str, typer.Option("--nlp", metavar="NAME")]
Seed = Annotated[int, typer.Option("--seed")]
Empty = Annotated[str, typer.Option("--empty", callback=one_of("--empty", "uncoded", "none"))]
NoAnswer = Annotated[str | None, typer.Option("--no-answer", metavar="WORDS")]  # fmt: skip


def table_file(path: Path, sheet: str = "", header_rows: int | None = None) -> "TableFile":
    """A file of answers that tells on stderr what is to be known of how it is read."""
    from coder.files.sheets import TableFile

    return TableFile(path, sheet, header_rows, say_err)


def needed(columns: Mapping[str | None, str]) -> dict[str, str]:
    """The columns that are named, each with the option that names it."""
    return {name: option for name, option in columns.items() if name}


def templates_of(files: Sequence[Path] | None, endings: Sequence[str] | None = None) -> "list[Template]":
    """The house styles in these files. Raises `DataError` for one that is none, or that none of the endings is for."""
    if not files:
        return []
    from coder.reports.template import for_endings, read_template

    found = [read_template(file) for file in files]
    for_endings(found, [one.ending for one in found] if endings is None else endings)
    return found


def read_book(path: Path) -> "Codebook":
    """The codebook whose rules will be used; how it was understood is told once."""
    from coder.files.codebooks import read_codebook

    book = read_codebook(path, tell=say_err)
    say_language(book)
    return book


def no_answers(words: str | None) -> Sequence[str] | None:
    """What `--no-answer` lists; None for the list of the codebook's language."""
    return None if words is None else [word.strip() for word in words.split(",") if word.strip()]


def load_model(folder: Path | None) -> "Classifier | None":
    """The model in a folder; None for none."""
    if folder is None:
        return None
    from coder.methods.classifier import Classifier

    return Classifier.load(folder)


def print_first(table: "Table", limit: int, form: str, before: str = "") -> None:
    """Print so many rows of a table (0: all) after `before`, and how many there are where that is more."""
    rows = len(table.frame)
    first = replace(table, frame=table.frame.head(limit)) if limit else table
    typer.echo(before + first.text(form), nl=False)
    if 0 < limit < rows:
        say_err("cli.more_rows", shown=limit, count=rows)
