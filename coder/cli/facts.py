"""The command that says what the sample is, and counts respondents once."""
# ruff: noqa: PLC0415

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from coder.cli.options import (
    Answers,
    Format,
    HeaderRows,
    Id,
    NoAnswer,
    SheetName,
    no_answers,
    one_of,
    say_files,
    table_file,
)
from coder.cli.speech import say_err
from coder.errors import CoderError
from coder.words import chosen


def facts(
    answers: Answers,
    text: Annotated[
        list[str] | None,
        typer.Option("--text", metavar="COLUMN"),
    ] = None,
    population: Annotated[int | None, typer.Option("--population", metavar="N")] = None,
    invited: Annotated[int | None, typer.Option("--invited", metavar="N")] = None,
    weight: Annotated[str | None, typer.Option("--weight", metavar="COLUMN")] = None,
    by: Annotated[list[str] | None, typer.Option("--by", metavar="COLUMN")] = None,
    id_column: Id = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            "--ignore",
            metavar="COLUMN",
        ),
    ] = None,
    keep: Annotated[
        str,
        typer.Option(
            "--keep",
            callback=one_of("--keep", "all", "first", "last"),
        ),
    ] = "all",
    words: Annotated[int, typer.Option("--words")] = 10,
    without: Annotated[
        Path | None,
        typer.Option("--without-duplicates", metavar="OUT"),
    ] = None,
    *,
    self_selected: Annotated[bool, typer.Option("--self-selected")] = False,
    level: Annotated[float, typer.Option("--level")] = 0.95,
    limit: Annotated[int, typer.Option("--limit", min=0)] = 20,
    no_answer: NoAnswer = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE")] = None,
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    form: Format = "table",
) -> None:
    """Say how many answered, with which margin of error, and who is in the file twice."""
    import pandas as pd

    from coder.corpus import numbers
    from coder.files.cells import separator
    from coder.files.writing import check_ending, write_sheets
    from coder.tables.duplicates import find_duplicates
    from coder.tables.facts import facts as measure

    targets = [path for path in (out, without) if path is not None]
    for path in targets:
        check_ending(path)
    if len({path.resolve() for path in (answers, *targets)}) <= len(targets):
        raise CoderError("cli.same_files")
    named = {"--id": [id_column], "--weight": [weight], "--text": text, "--by": by, "--ignore": ignore}
    read = table_file(answers, sheet, header_rows).read(
        {name: option for option, names in named.items() for name in names or [] if name}
    )
    frame = read.frame.set_axis(pd.RangeIndex(1, len(read.frame) + 1))
    ids, weights, texts, groups, ignored = (
        [read.name(name, option) for name in names or [] if name] for option, names in named.items()
    )
    for name in texts:
        frame[name] = read.column(name, "--text").to_numpy()
    said = no_answers(no_answer)
    found = find_duplicates(
        frame, id=ids[0] if ids else None, ignore=ignored, text=texts, keep=None if keep == "all" else keep, words=words, no_answer=said,
    )  # fmt: skip
    kept = found.kept(frame)
    measured = measure(
        kept, text=texts, by=groups, weight=numbers(kept[weights[0]]) if weights else None, population=population,
        invited=invited, self_selected=self_selected, left_out=int(found.dropped.sum()), level=level, no_answer=said, language=chosen(),
    )  # fmt: skip
    doubles = found.table(chosen())
    if len(doubles.frame):
        typer.echo((replace(doubles, frame=doubles.frame.head(limit)) if limit else doubles).text(form))
        if 0 < limit < len(doubles.frame):
            say_err("cli.more_rows", shown=limit, count=len(doubles.frame))
    for table in measured.tables.values():
        typer.echo(table.text(form))
    if out is not None:
        tables = {**measured.tables, "duplicates": doubles}
        say_files(write_sheets(out, {name: table.frame for name, table in tables.items()}, separator(answers)))
    if without is not None:
        say_files(write_sheets(without, {"answers": kept}, separator(answers)))
