"""The commands that make codebooks and look after them."""
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from coder.cli.options import Format, Nlp, say_files

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


@app.command()
def check(
    codebook: Annotated[Path, typer.Argument(metavar="CODEBOOK", help="The codebook to look at.")],
) -> None:
    """Say everything that is wrong with a codebook, with its line and column."""
    from coder.files.codebook_check import check as problems_of

    problems = problems_of(codebook)
    for one in problems:
        place = f":{one.line}:{one.column}" if one.line else ""
        typer.echo(f"{codebook}{place}: {one.severity}: {one.text}")
    errors = sum(one.severity == "error" for one in problems)
    typer.echo(f"Errors: {errors}. Warnings: {len(problems) - errors}.", err=True)
    if errors:
        raise typer.Exit(1)


@app.command("test")
def examples(
    codebook: Annotated[Path, typer.Argument(metavar="CODEBOOK", help="The codebook to try.")],
    nlp: Nlp = "nl_coder_sm",
) -> None:
    """Run the rules on the examples and counterexamples of every code."""
    from coder.files.codebooks import read_codebook
    from coder.methods.rules.examples import try_examples

    tried = try_examples(read_codebook(codebook), nlp=nlp)
    for one in tried.failures:
        typer.echo(f"{one.code}: {one.kind} {one.text!r}: {one.why}.")
    without = f" Codes without an example: {', '.join(tried.without)}." if tried.without else ""
    counts = f"{tried.examples} examples, {tried.counterexamples} counterexamples: {len(tried.failures)} wrong."
    typer.echo(counts + without, err=True)
    if tried.failures:
        raise typer.Exit(1)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The codebook of the last wave.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The codebook of this wave.")],
    form: Format = "table",
) -> None:
    """Tell two versions of a codebook apart."""
    from coder.codebook_diff import REUSED
    from coder.files.codebooks import read_codebook
    from coder.tables.changes import changes

    table = changes(read_codebook(old), read_codebook(new))
    typer.echo(table.text(form), nl=False)
    if (table.frame["kind"] == REUSED).any():
        raise typer.Exit(1)
