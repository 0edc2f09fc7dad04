"""The command that estimates frequencies from a random hand-coded sample."""
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from coder.cli.options import (
    Answers,
    Format,
    HeaderRows,
    Id,
    Nets,
    Nlp,
    NoAnswer,
    Seed,
    SheetName,
    SomeBook,
    Text,
    Weight,
    no_answers,
    say_files,
    table_file,
)
from coder.cli.speech import say_err
from coder.words import chosen

Hand = Annotated[str, typer.Option("--hand", metavar="COLUMN")]
Probability = Annotated[str | None, typer.Option("--probability", metavar="COLUMN")]
Stratum = Annotated[str | None, typer.Option("--stratum", metavar="COLUMN")]
By = Annotated[str | None, typer.Option("--by", metavar="COLUMN")]
SomeOut = Annotated[Path | None, typer.Option("--out", "-o", metavar="TABLE")]


def estimate(
    answers: Answers,
    text: Text,
    hand: Hand,
    probability: Probability = None,
    stratum: Stratum = None,
    weight: Weight = None,
    by: By = None,
    codebook: SomeBook = None,
    out: SomeOut = None,
    id_column: Id = None,
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    *,
    nets: Nets = False,
    level: Annotated[float, typer.Option("--level")] = 0.95,
    no_answer: NoAnswer = None,
    nlp: Nlp = "nl_coder_sm",
    form: Format = "table",
    seed: Seed = 1,
) -> None:
    """Estimate how often each code occurs in all answers, from a random sample that people coded."""
    from coder.cli.progress import progress
    from coder.corpus import numbers
    from coder.files.answers import read_answers
    from coder.files.cells import separator
    from coder.files.codebooks import read_codebook
    from coder.files.filled_sheets import recorded_draw
    from coder.learning.estimation import estimate as estimated
    from coder.study.report import write_evaluation

    needs = {hand: "--hand", probability: "--probability", stratum: "--stratum", weight: "--weight", by: "--by"}
    file = table_file(answers, sheet, header_rows)
    read = read_answers(file, text=text, id=id_column, needs={name: option for name, option in needs.items() if name})
    book = read_codebook(codebook) if codebook else None
    coded = read.coding(hand, book, option="--hand")
    with progress() as tell:
        found = estimated(
            read.corpus, coded, book,
            **recorded_draw(read, probability, stratum),
            weight=numbers(read.column(weight, "--weight")) if weight else None,
            by=read.column(by, "--by") if by else None,
            nets=nets, level=level, no_answer=no_answers(no_answer), nlp=nlp, language=chosen(), seed=seed, progress=tell,
        )  # fmt: skip
    for table in found.tables:
        typer.echo(table.text(form))
    if form == "csv" or out is not None:
        for warning in found.warnings:
            say_err(warning)
    if out is not None:
        say_files(write_evaluation(found.tables, out, answers.stem, ("estimate", "groups"), sep=separator(answers)))
