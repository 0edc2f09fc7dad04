"""The commands that count: the frequency table, and codes by groups."""
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from coder.cli.options import (
    Clusters,
    CodedColumn,
    Empty,
    Format,
    Fpc,
    HeaderRows,
    Nets,
    SheetName,
    SomeBook,
    Strata,
    Weight,
    say_files,
    table_file,
)
from coder.errors import CoderError
from coder.words import chosen

Coded = Annotated[Path, typer.Argument(metavar="CODED")]
Respondent = Annotated[
    str | None,
    typer.Option("--respondent", metavar="COLUMN"),
]
MinBase = Annotated[float, typer.Option("--min-base")]
SomeOut = Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE")]


def top(
    coded: Coded,
    codes: CodedColumn = "codes",
    codebook: SomeBook = None,
    limit: Annotated[int, typer.Option("--limit", min=0)] = 10,
    by: Annotated[str | None, typer.Option("--by", metavar="COLUMN")] = None,
    min_base: MinBase = 30,
    respondent: Respondent = None,
    weight: Weight = None,
    strata: Strata = None,
    clusters: Clusters = None,
    fpc: Fpc = None,
    out: SomeOut = None,
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    *,
    nets: Nets = False,
    mentions: Annotated[bool, typer.Option("--mentions")] = False,
    letters: Annotated[bool, typer.Option("--letters")] = False,
    empty: Empty = "uncoded",
    form: Format = "table",
) -> None:
    """The frequency table of coded answers."""
    from coder.files.cells import separator
    from coder.files.codebooks import read_codebook
    from coder.files.respondents import read_mentions
    from coder.files.writing import write_sheets
    from coder.tables.frequency import top as count

    if letters and by is None:
        raise CoderError("cli.letters_by")
    _check_out(out, coded)
    counted, book = read_mentions(
        table_file(coded, sheet, header_rows), codes=codes, codebook=read_codebook(codebook) if codebook else None, respondent=respondent,
        weight=weight, background=[by] if by else [], empty_is_none=empty == "none",
        strata=strata, clusters=clusters, fpc=fpc,
    )  # fmt: skip
    last = limit or None
    if by:
        from coder.tables.crosstab import top_by

        table = top_by(
            counted, book, str(counted.background.columns[0]), limit=last, nets=nets, mentions_too=mentions, letters=letters, min_base=min_base,
            language=chosen(),
        )  # fmt: skip
    else:
        table = count(counted, book, limit=last, nets=nets, mentions_too=mentions, language=chosen())
    typer.echo(table.text(form), nl=False)
    if out is not None:
        say_files(write_sheets(out, {"top": table.frame}, separator(coded)))


def groups(
    coded: Coded,
    by: Annotated[str, typer.Option("--by", metavar="COLUMN")],
    codes: CodedColumn = "codes",
    codebook: SomeBook = None,
    level: Annotated[float, typer.Option("--level")] = 0.95,
    min_base: MinBase = 30,
    respondent: Respondent = None,
    weight: Weight = None,
    strata: Strata = None,
    clusters: Clusters = None,
    fpc: Fpc = None,
    out: SomeOut = None,
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    *,
    nets: Nets = False,
    empty: Empty = "uncoded",
    form: Format = "table",
) -> None:
    """Codes by groups: which codes stand out where, and what marks each group."""
    from coder.files.cells import separator
    from coder.files.codebooks import read_codebook
    from coder.files.respondents import read_mentions
    from coder.files.writing import write_sheets
    from coder.tables.groups import groups as beside

    _check_out(out, coded)
    counted, book = read_mentions(
        table_file(coded, sheet, header_rows), codes=codes, codebook=read_codebook(codebook) if codebook else None, respondent=respondent,
        weight=weight, background=[by], empty_is_none=empty == "none",
        strata=strata, clusters=clusters, fpc=fpc,
    )  # fmt: skip
    name = str(counted.background.columns[0])
    found = beside(counted, book, name, nets=nets, level=level, min_base=min_base, language=chosen())
    typer.echo("\n".join(table.text(form) for table in (found.table, found.profiles)), nl=False)
    if out is not None:
        frames = {"groups": found.table.frame, "profiles": found.profiles.frame, "cells": found.cells.frame}
        say_files(write_sheets(out, frames, separator(coded)))


def _check_out(out: Path | None, coded: Path) -> None:
    """Raise before the work is done where the file could not, or should not, be written."""
    from coder.files.writing import check_ending

    if out is None:
        return
    check_ending(out)
    if out.resolve() == coded.resolve():
        raise CoderError("cli.same_file_codes", out=out)
