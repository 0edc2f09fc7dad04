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
    HeaderRows,
    Id,
    Nlp,
    NoAnswer,
    Seed,
    SheetName,
    SomeCodes,
    Text,
    no_answers,
    read_book,
    table_file,
)
from coder.cli.speech import progress, say_err, say_files, say_language, say_out
from coder.errors import CoderError
from coder.note import Note, counted

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE")],
    language: Annotated[str, typer.Option("--codebook-language")] = "",
) -> None:
    """Make a codebook of one in any format, and say what was left out; terms keep their wildcards."""
    from coder.files.codebooks import import_codebook, write_codebook

    found = import_codebook(file, language=language)
    not_held = write_codebook(out, found.book)
    rules = sum(len(one.rules) for one in found.book.codes)
    say_out("cli.codes_and_rules", codes=counted("codes", len(found.book.codes)), rules=counted("rules", rules))
    say_language(found.book)
    if found.left_out:
        say_err("cli.cannot_say")
        typer.echo("\n".join(f"  {term}" for term in found.left_out), err=True)
    for sentence in (*found.notes, *not_held):
        say_err(sentence)
    say_files([out])


@app.command()
def export(
    codebook: Annotated[Path, typer.Argument(metavar="CODEBOOK")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE")],
) -> None:
    """Write a codebook for another program, and say what its format does not hold."""
    from coder.files.codebooks import read_codebook, write_codebook

    book = read_codebook(codebook)
    not_held = write_codebook(out, book)
    say_out("cli.codes", count=len(book.codes))
    for sentence in not_held:
        say_err(sentence)
    say_files([out])


@app.command()
def check(
    codebook: Annotated[Path, typer.Argument(metavar="CODEBOOK")],
) -> None:
    """Say everything that is wrong with a codebook, with its line and column."""
    from coder.files.codebooks.check import check as problems_of

    problems = problems_of(codebook)
    for one in problems:
        place = f":{one.line}:{one.column}" if one.line else ""
        severity = Note(f"cli.severity.{one.severity}")
        say_out("cli.problem", place=f"{codebook}{place}", severity=severity, problem=one.note)
    errors = sum(one.severity == "error" for one in problems)
    say_err("cli.problems", errors=errors, warnings=len(problems) - errors)
    if errors:
        raise typer.Exit(1)


@app.command("test")
def examples(
    codebook: Annotated[Path, typer.Argument(metavar="CODEBOOK")],
    nlp: Nlp = "nl_coder_sm",
) -> None:
    """Run the rules on the examples and counterexamples of every code."""
    from coder.learning.rule_trial import try_examples

    book = read_book(codebook)
    tried = try_examples(book, nlp=nlp)
    for one in tried.failures:
        typer.echo(f"{one.code}: {one.kind} {one.text!r}: {one.why}.")
    counts = {"examples": tried.examples, "counterexamples": tried.counterexamples}
    say_err("cli.examples", **counts, wrong=len(tried.failures))
    if tried.without:
        say_err("cli.without_example", codes=tried.without)
    if tried.failures:
        raise typer.Exit(1)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD")],
    new: Annotated[Path, typer.Argument(metavar="NEW")],
    form: Format = "table",
) -> None:
    """Tell two versions of a codebook apart."""
    from coder.codebook import REUSED
    from coder.files.codebooks import read_codebook
    from coder.tables.changes import changes

    table = changes(read_codebook(old), read_codebook(new))
    typer.echo(table.text(form), nl=False)
    if (table.frame["kind"] == REUSED).any():
        raise typer.Exit(1)


Tried = Annotated[Path, typer.Argument(metavar="CODEBOOK")]


@app.command("try")
def try_(
    codebook: Tried,
    answers: Answers,
    text: Text,
    codes: SomeCodes = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE")] = None,
    id_column: Id = None,
    show: Annotated[int, typer.Option("--show")] = 2,
    no_answer: NoAnswer = None,
    nlp: Nlp = "nl_coder_sm",
    empty: Empty = "uncoded",
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    form: Format = "table",
) -> None:
    """See what each rule does in real answers; with --codes also how often people agree."""
    from coder.files.answers import read_answers
    from coder.files.cells import separator
    from coder.files.writing import check_ending, write_sheets
    from coder.learning.rule_trial import try_rules

    if out is not None:
        check_ending(out)
    book = read_book(codebook)
    file = table_file(answers, sheet, header_rows)
    read = read_answers(file, text=text, id=id_column, needs=[codes] if codes else [])
    hand = read.coding(codes, book, empty_is_none=empty == "none") if codes else None
    tried = try_rules(read.corpus, book, hand, no_answer=no_answers(no_answer), nlp=nlp)
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
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE")] = None,
    precision: Annotated[float | None, typer.Option("--precision")] = None,
    nlp: Nlp = "nl_coder_sm",
    empty: Empty = "uncoded",
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    form: Format = "table",
    seed: Seed = 1,
) -> None:
    """Suggest rules, exceptions and rules to drop, from answers that people coded."""
    from coder.files.answers import read_answers
    from coder.files.codebooks import read_codebook, write_codebook
    from coder.learning.suggest import suggest as look

    if out is not None and out.resolve() == codebook.resolve():
        raise CoderError("cli.same_file_book", out=out)
    book = read_codebook(codebook)
    read = read_answers(table_file(answers, sheet, header_rows), text=text, needs=[codes])
    hand = read.coding(codes, book, empty_is_none=empty == "none")
    with progress() as tell:
        found = look(read.corpus, hand, book, precision=precision, nlp=nlp, seed=seed, progress=tell)
    for table in (found.table, found.scores):
        typer.echo(table.text(form))
    if out is not None:
        write_codebook(out, found.codebook)
        say_files([out])
