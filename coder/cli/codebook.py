"""The commands that make codebooks and look after them."""
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from coder.cli.options import say_files

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Make and look after codebooks.")


@app.command("import")
def import_(
    dictionary: Annotated[Path, typer.Argument(metavar="DICTIONARY", help="A table with columns code and term.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The codebook to write (.yaml).")],
) -> None:
    """Make a codebook of a dictionary; terms keep their wildcards."""
    from coder.files.codebooks import write_codebook
    from coder.files.dictionaries import import_dictionary

    book, left_out = import_dictionary(dictionary)
    write_codebook(out, book)
    rules = sum(len(one.rules) for one in book.codes)
    typer.echo(f"{len(book.codes)} codes, {rules} rules.")
    if left_out:
        typer.echo("\n".join(["Left out, because rules cannot say it:", *(f"  {term}" for term in left_out)]), err=True)
    say_files([out])
