"""The commands that make codebooks and look after them."""
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from coder.cli.options import (
    Answers,
    Codes,
    Empty,
    Format,
    Id,
    Nlp,
    NoAnswer,
    Seed,
    SomeCodes,
    Text,
    no_answers,
    say_files,
)
from coder.errors import CoderError

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


Tried = Annotated[Path, typer.Argument(metavar="CODEBOOK", help="The codebook to try (.yaml).")]


@app.command("try")
def try_(
    codebook: Tried,
    answers: Answers,
    text: Text,
    codes: SomeCodes = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Where to write everything (.csv, .xlsx).")
    ] = None,
    id_column: Id = None,
    show: Annotated[int, typer.Option("--show", help="The number of hits of each rule to show in context.")] = 2,
    no_answer: NoAnswer = None,
    nlp: Nlp = "nl_coder_sm",
    empty: Empty = "uncoded",
    form: Format = "table",
) -> None:
    """See what each rule does in real answers; with --codes also how often people agree."""
    from coder.files.answers import parse_codes, read_answers
    from coder.files.codebooks import read_codebook
    from coder.files.sheets import check_ending, separator, write_sheets
    from coder.learning.lab import try_out

    if out is not None:
        check_ending(out)
    book = read_codebook(codebook)
    read = read_answers(answers, text=text, id=id_column, needs=[codes] if codes else [])
    hand = None
    if codes:
        cells = read.sheet[codes].set_axis(read.corpus.ids)
        hand = parse_codes(cells, book, answers.name, empty_is_none=empty == "none")
    tried = try_out(read.corpus, book, hand, no_answer=no_answers(no_answer), nlp=nlp)
    for table in (tried.codes, tried.working, tried.idle, tried.together, tried.some_hits(show)):
        if len(table.frame):
            typer.echo(table.text(form))
    if out is not None:
        sheets = {"rules": tried.rules, "codes": tried.codes, "together": tried.together, "hits": tried.hits}
        say_files(write_sheets(out, {name: table.frame for name, table in sheets.items()}, separator(answers)))


@app.command()
def suggest(
    codebook: Tried,
    answers: Answers,
    text: Text,
    codes: Codes,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="The codebook to write, suggestions and all.")
    ] = None,
    precision: Annotated[
        float | None,
        typer.Option("--precision", help="The least share right of what a rule adds; else what does best."),
    ] = None,
    nlp: Nlp = "nl_coder_sm",
    empty: Empty = "uncoded",
    form: Format = "table",
    seed: Seed = 1,
) -> None:
    """Suggest rules, exceptions and rules to drop, from answers that people coded."""
    from coder.cli.progress import progress
    from coder.files.answers import parse_codes, read_answers
    from coder.files.codebooks import read_codebook, write_codebook
    from coder.learning.suggest import suggest as look

    if out is not None and out.resolve() == codebook.resolve():
        raise CoderError(f"{out} is the codebook that was read; write the suggestions to another file.")
    book = read_codebook(codebook)
    read = read_answers(answers, text=text, needs=[codes])
    cells = read.sheet[codes].set_axis(read.corpus.ids)
    hand = parse_codes(cells, book, answers.name, empty_is_none=empty == "none")
    with progress() as tell:
        found = look(read.corpus, hand, book, precision=precision, nlp=nlp, seed=seed, progress=tell)
    for table in (found.table, found.scores):
        typer.echo(table.text(form))
    if out is not None:
        write_codebook(out, found.codebook)
        say_files([out])
