"""The commands of documents: policy plans, transcripts and other long texts."""
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from coder.cli.options import Format, say_files

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Files = Annotated[list[Path], typer.Argument(metavar="FILES")]
Attributes = Annotated[Path | None, typer.Option("--attributes", metavar="TABLE")]
Period = Annotated[str, typer.Option("--period")]


@app.callback()
def documents() -> None:
    """Read and look after documents."""


@app.command()
def check(
    files: Files,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="DIR")] = None,
    attributes: Attributes = None,
    period: Period = "",
    form: Format = "table",
) -> None:
    """Read documents, and say what is in each and what deserves a look; with -o also their blocks as a table."""
    from coder.cli.speech import progress
    from coder.documents import Document, Documents
    from coder.errors import DataError
    from coder.files.documents import blocks_frames, each_document, known_attributes
    from coder.files.writing import write_sheets
    from coder.tables.reading import reading

    known = known_attributes(files, attributes, period)
    read: list[Document] = []
    wrong: list[DataError] = []

    def one_by_one(path: Path, one: Document | DataError) -> tuple[str, Document | DataError]:
        if isinstance(one, DataError):
            wrong.append(one)
        elif out is not None:
            read.append(one)
        return path.name, one

    with progress() as tell:
        table = reading(one_by_one(path, one) for path, one in each_document(files, tell))
    typer.echo(table.text(form), nl=False)
    if wrong:
        raise DataError("documents.unread_files", count=len(wrong), all=len(table.frame))
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        say_files(write_sheets(out / "blocks.csv", blocks_frames(Documents(tuple(read), known))))
