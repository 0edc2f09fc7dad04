"""The command that says how well coders agree."""
# ruff: noqa: PLC0415

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from coder.cli.options import (
    Empty,
    Format,
    HeaderRows,
    Id,
    Language,
    Seed,
    SheetName,
    SomeBook,
    say_files,
    table_file,
)
from coder.errors import CoderError

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="Coded answers (.csv, .xlsx): a file a coder, or one file with all."),
]
Columns = Annotated[
    list[str],
    typer.Option(
        "--codes", metavar="COLUMN", help="The column with the codes; more than once: one for each coder, or file."
    ),
]


def agree(
    files: Files,
    codes: Columns = ["codes"],  # noqa: B006 (typer reads it, and nobody changes it)
    coder: Annotated[
        str | None, typer.Option("--coder", metavar="COLUMN", help="The column that says who coded the row.")
    ] = None,
    id_column: Id = None,
    text: Annotated[str | None, typer.Option("--text", metavar="COLUMN", help="The column with the answers.")] = None,
    codebook: SomeBook = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Where to write all rows (.csv, .xlsx).")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="The rows of the last three tables; 0 shows all.")] = 10,
    level: Annotated[float, typer.Option("--level", help="The coverage of intervals.")] = 0.95,
    draws: Annotated[int, typer.Option("--draws", help="The number of bootstrap draws.")] = 1000,
    empty: Empty = "uncoded",
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    language: Language = "nl",
    form: Format = "table",
    seed: Seed = 1,
) -> None:
    """Measure how well coders agree, people or machines, and on what they do not."""
    from coder.files.cells import separator
    from coder.files.codebooks import read_codebook
    from coder.files.coders import read_coders
    from coder.files.writing import check_ending, write_sheets
    from coder.tables.agreement import agree as measure

    if out is not None:
        check_ending(out)
        if out.resolve() in [path.resolve() for path in files]:
            raise CoderError(f"{out} is a file of codes that is read; write the tables to another.")
    book = read_codebook(codebook) if codebook else None
    read = read_coders(
        [table_file(path, sheet, header_rows) for path in files], codes=codes, coder=coder, id=id_column, text=text,
        codebook=book, empty_is_none=empty == "none",
    )  # fmt: skip
    found = measure(read.codings, book, texts=read.texts, seed=seed, level=level, draws=draws, language=language)
    for table in (found.overall, found.codes):
        typer.echo(table.text(form))
    for table in (found.coders, found.confused, found.answers):
        shown = replace(table, frame=table.frame.head(limit)) if limit else table
        if len(shown.frame) and (table is not found.coders or len(table.frame) > 1):
            typer.echo(shown.text(form))
    if out is not None:
        tables = {
            "answers": found.answers,
            "overall": found.overall,
            "codes": found.codes,
            "coders": found.coders,
            "confused": found.confused,
        }
        say_files(write_sheets(out, {name: table.frame for name, table in tables.items()}, separator(files[0])))
