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
    Seed,
    SheetName,
    SomeBook,
    say_files,
    table_file,
)
from coder.errors import CoderError
from coder.words import chosen

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE..."),
]
Columns = Annotated[
    list[str],
    typer.Option("--codes", metavar="COLUMN"),
]


def agree(
    files: Files,
    codes: Columns = ["codes"],  # noqa: B006 (typer reads it, and nobody changes it)
    coder: Annotated[str | None, typer.Option("--coder", metavar="COLUMN")] = None,
    id_column: Id = None,
    text: Annotated[str | None, typer.Option("--text", metavar="COLUMN")] = None,
    codebook: SomeBook = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE")] = None,
    limit: Annotated[int, typer.Option("--limit", min=0)] = 10,
    level: Annotated[float, typer.Option("--level")] = 0.95,
    draws: Annotated[int, typer.Option("--draws")] = 1000,
    empty: Empty = "uncoded",
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
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
            raise CoderError("cli.same_file_codes", out=out)
    book = read_codebook(codebook) if codebook else None
    read = read_coders(
        [table_file(path, sheet, header_rows) for path in files], codes=codes, coder=coder, id=id_column, text=text,
        codebook=book, empty_is_none=empty == "none",
    )  # fmt: skip
    found = measure(read.codings, book, texts=read.texts, seed=seed, level=level, draws=draws, language=chosen())
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
