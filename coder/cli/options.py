"""The options that commands share."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coder.cli.speech import say_err, say_out
from coder.errors import CoderError
from coder.note import Note

if TYPE_CHECKING:
    from coder.codebook import Codebook
    from coder.coding import Coding
    from coder.files.sheets import TableFile
    from coder.learning.estimation import Estimation
    from coder.reports.template import Template
    from coder.tables.table import Table


def one_of(option: str, *choices: str) -> Callable[[str], str]:
    """What checks that an option is one of these."""

    def checked(value: str) -> str:
        if value not in choices:
            raise CoderError("cli.one_of", option=option, choices=choices, value=value)
        return value

    return checked


Answers = Annotated[Path, typer.Argument(metavar="ANSWERS")]
Text = Annotated[str, typer.Option("--text", metavar="COLUMN")]
Id = Annotated[str | None, typer.Option("--id", metavar="COLUMN")]
HeaderRows = Annotated[
    int | None,
    typer.Option(
        "--header-rows", metavar="N", min=1,

    ),
]  # fmt: skip
SheetName = Annotated[str, typer.Option("--sheet", metavar="NAME")]
ThenHeaderRows = Annotated[
    int | None,
    typer.Option("--then-header-rows", metavar="N", min=1),
]
ThenSheet = Annotated[str, typer.Option("--then-sheet", metavar="NAME")]
Codes = Annotated[str, typer.Option("--codes", metavar="COLUMN")]
SomeCodes = Annotated[str | None, typer.Option("--codes", metavar="COLUMN")]
CodedColumn = Annotated[str, typer.Option("--codes", metavar="COLUMN")]
Book = Annotated[Path, typer.Option("--codebook", metavar="FILE")]
SomeBook = Annotated[Path | None, typer.Option("--codebook", metavar="FILE")]
Model = Annotated[Path | None, typer.Option("--model", metavar="DIR")]
Weight = Annotated[str | None, typer.Option("--weight", metavar="COLUMN")]
Strata = Annotated[str | None, typer.Option("--strata", metavar="COLUMN")]
Clusters = Annotated[str | None, typer.Option("--clusters", metavar="COLUMN")]
Fpc = Annotated[
    str | None,
    typer.Option(
        "--fpc",
        metavar="COLUMN",
    ),
]
ThenStrata = Annotated[str | None, typer.Option("--then-strata", metavar="COLUMN")]
ThenClusters = Annotated[str | None, typer.Option("--then-clusters", metavar="COLUMN")]
ThenFpc = Annotated[str | None, typer.Option("--then-fpc", metavar="COLUMN")]
Nets = Annotated[bool, typer.Option("--nets")]
Templates = Annotated[list[Path] | None, typer.Option("--template", metavar="FILE")]
Embedding = Annotated[
    str,
    typer.Option(
        "--embedding",
        callback=one_of("--embedding", "auto", "e5", "use", "none"),
    ),
]
Out = Annotated[Path, typer.Option("--out", "-o", metavar="FILE")]
Folder = Annotated[Path, typer.Option("--out", "-o", metavar="DIR")]
Format = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FORM",
        callback=one_of("--format", "table", "csv", "md", "json"),
    ),
]
Language = Annotated[
    str,
    typer.Option("--language", callback=one_of("--language", "nl", "en")),
]
Nlp = Annotated[str, typer.Option("--nlp", metavar="NAME")]
Seed = Annotated[int, typer.Option("--seed")]
Empty = Annotated[
    str,
    typer.Option(
        "--empty",
        callback=one_of("--empty", "uncoded", "none"),
    ),
]
NoAnswer = Annotated[str | None, typer.Option("--no-answer", metavar="WORDS")]  # fmt: skip


def table_file(path: Path, sheet: str = "", header_rows: int | None = None) -> "TableFile":
    """A file of answers that tells on stderr what is to be known of how it is read."""
    from coder.files.sheets import TableFile  # noqa: PLC0415

    return TableFile(path, sheet, header_rows, say_err)


def templates_of(files: Sequence[Path] | None, endings: Sequence[str] | None = None) -> "list[Template]":
    """The house styles in these files. Raises `DataError` for one that is none, or that none of the endings is for."""
    if not files:
        return []
    from coder.reports.template import for_endings, read_template  # noqa: PLC0415

    found = [read_template(file) for file in files]
    for_endings(found, [one.ending for one in found] if endings is None else endings)
    return found


def say_files(files: Sequence[Path]) -> None:
    """Tell which files were written."""
    say_err("cli.written")
    typer.echo("\n".join(f"  {path}" for path in files), err=True)


def say_estimation(found: "Estimation", out: Path | None, form: str, title: str, *, sep: str = ";") -> None:
    """Print the tables of an estimate, and write them where asked; the warnings are told where tables lack them."""
    for table in found.tables:
        typer.echo(table.text(form))
    if form == "csv" or out is not None:
        for warning in found.warnings:
            say_err(warning)
    if out is not None:
        say_files(write_tables(found.named, out, title, sep=sep))


def write_tables(tables: "Mapping[str, Table]", path: Path, title: str, *, sep: str) -> list[Path]:
    """Write tables as a page (.html), or each by its name as .csv (with this separator) or a sheet of an .xlsx."""
    from coder.files.writing import write_sheets  # noqa: PLC0415
    from coder.reports import html  # noqa: PLC0415

    if path.suffix.lower() == ".html":
        return html.write_tables(path, title, list(tables.values()))
    return write_sheets(path, {name: table.frame for name, table in tables.items()}, sep)


def read_book(path: Path) -> "Codebook":
    """The codebook whose rules will be used; how it was understood is told once."""
    from coder.files.codebooks import read_codebook  # noqa: PLC0415

    book = read_codebook(path, tell=say_err)
    say_language(book)
    return book


def say_language(book: "Codebook") -> None:
    """Tell once what is not done for the language of a codebook whose rules will be used."""
    from coder.languages.language import language_of  # noqa: PLC0415

    if (note := language_of(book.language).note) and any(code.rules for code in book.codes):
        say_err(note)


def say_left_out(coding: "Coding") -> None:
    """Tell which rules were left out because they found too much."""
    from coder.methods.rules.engine import LEFT_OUT  # noqa: PLC0415

    if LEFT_OUT in coding.provenance:
        say_err("cli.warning", what=coding.provenance[LEFT_OUT])


def ways(scores: Mapping[str, float]) -> list[Note]:
    """The score of each way of coding, for a sentence."""
    return [Note("cli.score", name=Note(f"run.{way}"), score=value) for way, value in scores.items()]


def say_scores(card: Mapping[str, Any]) -> None:
    """Tell the scores of a model on the answers held out in turn."""
    scores = dict(card["cross_validated"])
    folds = Note("cli.folds", count=int(scores.pop("folds")))
    say_out(
        "cli.scores",
        scores=[
            folds,
            *(Note("cli.score", name=Note(f"learning.score_{name}"), score=value) for name, value in scores.items()),
        ],
    )


def no_answers(words: str | None) -> Sequence[str] | None:
    """What `--no-answer` lists; None for the list of the codebook's language."""
    return None if words is None else [word.strip() for word in words.split(",") if word.strip()]
