"""What commands say: sentences, beside the result or as part of it, files that were written, and how far a step is."""
# ruff: noqa: PLC0415

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from coder.note import Note, Progress
from coder.words import say

if TYPE_CHECKING:
    from coder.codebook import Codebook
    from coder.coding import Coding
    from coder.learning.estimation import Estimation
    from coder.tables.table import Table


def say_out(key: str | Note, /, **values: Any) -> None:  # noqa: ANN401 (what a sentence may name)
    """Say a sentence as part of the result."""
    typer.echo(say(key if isinstance(key, Note) else Note(key, **values)))


def say_err(key: str | Note, /, **values: Any) -> None:  # noqa: ANN401
    """Say a sentence beside the result, where it gets into no file."""
    typer.echo(say(key if isinstance(key, Note) else Note(key, **values)), err=True)


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
    from coder.files.writing import write_sheets
    from coder.reports import write_html

    if path.suffix.lower() == ".html":
        return write_html.write_tables(path, title, list(tables.values()))
    return write_sheets(path, {name: table.frame for name, table in tables.items()}, sep)


def say_language(book: "Codebook") -> None:
    """Tell once what is not done for the language of a codebook whose rules will be used."""
    from coder.languages.language import language_of

    if (note := language_of(book.language).note) and any(code.rules for code in book.codes):
        say_err(note)


def say_left_out(coding: "Coding") -> None:
    """Tell which rules were left out because they found too much."""
    from coder.methods.rules.engine import LEFT_OUT

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


@contextmanager
def progress(*, left: bool = False) -> Iterator[Progress]:
    """A function that is told the step, how much is done and how much there is; with `left` the time left is shown."""
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    columns = [SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()]
    columns += [TimeRemainingColumn(compact=True)] if left else []
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(say(Note("progress.starting")), total=None)

        def tell(step: str, done: int, total: int) -> None:
            bar.update(task, description=say(Note(step)), completed=done, total=total)

        yield tell
