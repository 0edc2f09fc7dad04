"""The options that commands share."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.errors import CoderError

if TYPE_CHECKING:
    from coder.codebook import Codebook
    from coder.coding import Coding
    from coder.files.sheets import TableFile


def one_of(option: str, *choices: str) -> Callable[[str], str]:
    """What checks that an option is one of these."""

    def checked(value: str) -> str:
        if value not in choices:
            raise CoderError(f"{option} is one of {', '.join(choices)}, not {value!r}.")
        return value

    return checked


Answers = Annotated[Path, typer.Argument(metavar="ANSWERS", help="The answers: a .csv or .xlsx file.")]
Text = Annotated[
    str, typer.Option("--text", metavar="COLUMN", help="The column with the answers: its name, letter or number.")
]
Id = Annotated[str | None, typer.Option("--id", metavar="COLUMN", help="The column with an id per answer.")]
HeaderRows = Annotated[
    int | None,
    typer.Option(
        "--header-rows", metavar="N", min=1,
        help="How many rows the column names take; found out unless given, and asked where that is not clear.",
    ),
]  # fmt: skip
SheetName = Annotated[str, typer.Option("--sheet", metavar="NAME", help="The sheet of a workbook to read.")]
ThenHeaderRows = Annotated[
    int | None,
    typer.Option("--then-header-rows", metavar="N", min=1, help="How many rows the column names of THEN take."),
]
ThenSheet = Annotated[str, typer.Option("--then-sheet", metavar="NAME", help="The sheet of THEN, if it is a workbook.")]
Codes = Annotated[str, typer.Option("--codes", metavar="COLUMN", help="The column with the codes people gave.")]
SomeCodes = Annotated[
    str | None, typer.Option("--codes", metavar="COLUMN", help="The column with the codes people gave.")
]
CodedColumn = Annotated[str, typer.Option("--codes", metavar="COLUMN", help="The column with the codes.")]
Book = Annotated[Path, typer.Option("--codebook", metavar="FILE", help="The codebook (.yaml, .xlsx, .qdc).")]
SomeBook = Annotated[Path | None, typer.Option("--codebook", metavar="FILE", help="The codebook (.yaml, .xlsx, .qdc).")]
Model = Annotated[Path | None, typer.Option("--model", metavar="DIR", help="A model made by `coder train`.")]
Weight = Annotated[str | None, typer.Option("--weight", metavar="COLUMN", help="The weight of each respondent.")]
Strata = Annotated[
    str | None, typer.Option("--strata", metavar="COLUMN", help="The stratum within which each respondent was drawn.")
]
Clusters = Annotated[
    str | None, typer.Option("--clusters", metavar="COLUMN", help="The cluster with which each respondent was drawn.")
]
Fpc = Annotated[
    str | None,
    typer.Option(
        "--fpc",
        metavar="COLUMN",
        help="How many there are in the population of each stratum (clusters, where those were drawn).",
    ),
]
ThenStrata = Annotated[
    str | None, typer.Option("--then-strata", metavar="COLUMN", help="The column with strata of THEN.")
]
ThenClusters = Annotated[
    str | None, typer.Option("--then-clusters", metavar="COLUMN", help="The column with clusters of THEN.")
]
ThenFpc = Annotated[
    str | None, typer.Option("--then-fpc", metavar="COLUMN", help="The column with sizes of the population of THEN.")
]
Nets = Annotated[bool, typer.Option("--nets", help="Rank nets, with their codes under them.")]
Embedding = Annotated[
    str,
    typer.Option(
        "--embedding",
        help="Sentence vectors to learn from: auto, e5, use or none.",
        callback=one_of("--embedding", "auto", "e5", "use", "none"),
    ),
]
Out = Annotated[
    Path, typer.Option("--out", "-o", metavar="FILE", help="Where to write; the ending says how (.csv, .xlsx).")
]
Folder = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="The folder to write to.")]
Format = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FORM",
        help="How to print: table, csv, md or json.",
        callback=one_of("--format", "table", "csv", "md", "json"),
    ),
]
Language = Annotated[
    str,
    typer.Option(
        "--language", help="The language of tables and report: nl or en.", callback=one_of("--language", "nl", "en")
    ),
]
Nlp = Annotated[str, typer.Option("--nlp", metavar="NAME", help="The spaCy pipeline for Dutch (see `coder nlp list`).")]
Seed = Annotated[int, typer.Option("--seed", help="The same seed gives the same result.")]
Empty = Annotated[
    str,
    typer.Option(
        "--empty",
        help="What an empty cell of codes means: `uncoded`, or `none` (seen, no code fits).",
        callback=one_of("--empty", "uncoded", "none"),
    ),
]
NoAnswer = Annotated[str | None, typer.Option("--no-answer", metavar="WORDS", help="What counts as no answer, comma-separated, in place of the list of the codebook's language (Dutch: nvt, geen idee, …); empty, signs, a number and xxxx always do.")]  # fmt: skip


def table_file(path: Path, sheet: str = "", header_rows: int | None = None) -> "TableFile":
    """A file of answers that tells on stderr what is to be known of how it is read."""
    from coder.files.sheets import TableFile  # noqa: PLC0415

    return TableFile(path, sheet, header_rows, partial(typer.echo, err=True))


def say_files(files: Sequence[Path]) -> None:
    """Tell which files were written."""
    typer.echo("\n".join(["Written:", *(f"  {path}" for path in files)]), err=True)


def read_book(path: Path) -> "Codebook":
    """The codebook whose rules will be used; how it was understood is told once."""
    from coder.files.codebooks import read_codebook  # noqa: PLC0415

    book = read_codebook(path, tell=partial(typer.echo, err=True))
    say_language(book)
    return book


def say_language(book: "Codebook") -> None:
    """Tell once what is not done for the language of a codebook whose rules will be used."""
    from coder.languages.language import language_of  # noqa: PLC0415

    if (note := language_of(book.language).note) and any(code.rules for code in book.codes):
        typer.echo(note, err=True)


def say_left_out(coding: "Coding") -> None:
    """Tell which rules were left out because they found too much."""
    from coder.methods.rules.engine import LEFT_OUT  # noqa: PLC0415

    if LEFT_OUT in coding.provenance:
        typer.echo(f"Warning: {coding.provenance[LEFT_OUT]}", err=True)


def ways(scores: Mapping[str, float]) -> str:
    """The score of each way of coding, in a line."""
    return ", ".join(f"{way} {value:.3f}" for way, value in scores.items())


def no_answers(words: str | None) -> Sequence[str] | None:
    """What `--no-answer` lists; None for the list of the codebook's language."""
    return None if words is None else [word.strip() for word in words.split(",") if word.strip()]
