"""The commands that make codebooks and look after them."""
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from coder.cli.options import say_files

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Make and look after codebooks.")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A codebook of another program, or a dictionary.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The codebook to write (.yaml).")],
    language: Annotated[
        str, typer.Option("--language", help="The language of the labels, where the file does not say it.")
    ] = "nl",
) -> None:
    """Make a codebook of one in any format, and say what was left out; terms keep their wildcards."""
    from coder.files.codebooks import import_codebook, write_codebook

    found = import_codebook(file, language=language)
    not_held = write_codebook(out, found.book)
    rules = sum(len(one.rules) for one in found.book.codes)
    typer.echo(f"{len(found.book.codes)} codes, {rules} rules.")
    if found.left_out:
        say = ["Left out, because rules cannot say it:", *(f"  {term}" for term in found.left_out)]
        typer.echo("\n".join(say), err=True)
    for sentence in (*found.notes, *not_held):
        typer.echo(sentence, err=True)
    say_files([out])


@app.command()
def export(
    codebook: Annotated[Path, typer.Argument(metavar="CODEBOOK", help="The codebook, in any format.")],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="FILE", help="Where to write; the ending says how (.xlsx, .qdc, .yaml)."),
    ],
) -> None:
    """Write a codebook for another program, and say what its format does not hold."""
    from coder.files.codebooks import read_codebook, write_codebook

    book = read_codebook(codebook)
    not_held = write_codebook(out, book)
    typer.echo(f"{len(book.codes)} codes.")
    for sentence in not_held:
        typer.echo(sentence, err=True)
    say_files([out])
