"""The commands that count: the frequency table, codes by groups, waves side by side, and how well coders agree."""

# ruff: noqa: PLC0415

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer

from coder.cli.options import (
    Clusters,
    CodedColumn,
    Empty,
    Format,
    Fpc,
    HeaderRows,
    Id,
    Model,
    Nets,
    Nlp,
    Seed,
    SheetName,
    SomeBook,
    Strata,
    ThenClusters,
    ThenFpc,
    ThenHeaderRows,
    ThenSheet,
    ThenStrata,
    Weight,
    say_files,
    table_file,
)
from coder.errors import CoderError

if TYPE_CHECKING:
    from coder.codebook import Codebook
    from coder.files.sheets import TableFile
    from coder.jobs.machine import Answered
    from coder.tables.mentions import Mentions
    from coder.tables.table import Table


Coded = Annotated[Path, typer.Argument(metavar="CODED")]
Respondent = Annotated[
    str | None,
    typer.Option("--respondent", metavar="COLUMN"),
]
MinBase = Annotated[float, typer.Option("--min-base")]
SomeOut = Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE")]


def top(
    coded: Coded,
    codes: CodedColumn = "codes",
    codebook: SomeBook = None,
    limit: Annotated[int, typer.Option("--limit", min=0)] = 10,
    by: Annotated[str | None, typer.Option("--by", metavar="COLUMN")] = None,
    min_base: MinBase = 30,
    respondent: Respondent = None,
    weight: Weight = None,
    strata: Strata = None,
    clusters: Clusters = None,
    fpc: Fpc = None,
    out: SomeOut = None,
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    *,
    nets: Nets = False,
    mentions: Annotated[bool, typer.Option("--mentions")] = False,
    letters: Annotated[bool, typer.Option("--letters")] = False,
    empty: Empty = "uncoded",
    form: Format = "table",
) -> None:
    """The frequency table of coded answers."""
    from coder.files.cells import separator
    from coder.files.codebooks import read_codebook
    from coder.files.wave_files import read_mentions
    from coder.files.writing import write_sheets
    from coder.tables.frequency import top as count

    if letters and by is None:
        raise CoderError("cli.letters_by")
    _check_out(out, coded)
    counted, book = read_mentions(
        table_file(coded, sheet, header_rows), codes=codes, codebook=read_codebook(codebook) if codebook else None, respondent=respondent,
        weight=weight, background=[by] if by else [], empty_is_none=empty == "none",
        strata=strata, clusters=clusters, fpc=fpc,
    )  # fmt: skip
    last = limit or None
    if by:
        from coder.tables.groups import top_by

        table = top_by(
            counted, book, str(counted.background.columns[0]), limit=last, nets=nets, mentions_too=mentions, letters=letters, min_base=min_base,
        )  # fmt: skip
    else:
        table = count(counted, book, limit=last, nets=nets, mentions_too=mentions)
    typer.echo(table.text(form), nl=False)
    if out is not None:
        say_files(write_sheets(out, {"top": table.frame}, separator(coded)))


def groups(
    coded: Coded,
    by: Annotated[str, typer.Option("--by", metavar="COLUMN")],
    codes: CodedColumn = "codes",
    codebook: SomeBook = None,
    level: Annotated[float, typer.Option("--level")] = 0.95,
    min_base: MinBase = 30,
    respondent: Respondent = None,
    weight: Weight = None,
    strata: Strata = None,
    clusters: Clusters = None,
    fpc: Fpc = None,
    out: SomeOut = None,
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    *,
    nets: Nets = False,
    empty: Empty = "uncoded",
    form: Format = "table",
) -> None:
    """Codes by groups: which codes stand out where, and what marks each group."""
    from coder.files.cells import separator
    from coder.files.codebooks import read_codebook
    from coder.files.wave_files import read_mentions
    from coder.files.writing import write_sheets
    from coder.tables.groups import groups as beside

    _check_out(out, coded)
    counted, book = read_mentions(
        table_file(coded, sheet, header_rows), codes=codes, codebook=read_codebook(codebook) if codebook else None, respondent=respondent,
        weight=weight, background=[by], empty_is_none=empty == "none",
        strata=strata, clusters=clusters, fpc=fpc,
    )  # fmt: skip
    name = str(counted.background.columns[0])
    found = beside(counted, book, name, nets=nets, level=level, min_base=min_base)
    typer.echo("\n".join(table.text(form) for table in found.for_people), nl=False)
    if out is not None:
        frames = {"groups": found.table.frame, "profiles": found.profiles.frame, "cells": found.cells.frame}
        say_files(write_sheets(out, frames, separator(coded)))


def _check_out(out: Path | None, coded: Path) -> None:
    """Raise before the work is done where the file could not, or should not, be written."""
    from coder.files.writing import check_ending

    if out is None:
        return
    check_ending(out)
    if out.resolve() == coded.resolve():
        raise CoderError("cli.same_file_codes", out=out)


Now = Annotated[Path, typer.Argument(metavar="NOW")]
Then = Annotated[list[Path], typer.Argument(metavar="THEN...")]
ThenCodes = Annotated[
    str, typer.Option("--then-codes", metavar="COLUMN")
]  # fmt: skip
ThenBook = Annotated[
    Path | None,
    typer.Option("--then-codebook", metavar="FILE"),
]
NowRespondent = Annotated[str | None, typer.Option("--respondent", metavar="COLUMN")]
ThenRespondent = Annotated[str | None, typer.Option("--then-respondent", metavar="COLUMN")]
NowWeight = Annotated[str | None, typer.Option("--weight", metavar="COLUMN")]
ThenWeight = Annotated[str | None, typer.Option("--then-weight", metavar="COLUMN")]
ComparedOut = Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE")]
Names = Annotated[str | None, typer.Option("--names", metavar="NAMES")]
SomeText = Annotated[str | None, typer.Option("--text", metavar="COLUMN")]
ThenText = Annotated[str | None, typer.Option("--then-text", metavar="COLUMN")]


class Asked(TypedDict):
    """The options of every way to compare."""

    limit: int
    level: float


@dataclass(frozen=True, slots=True)
class _Side:
    """A wave and where its answers stand."""

    file: "TableFile"
    counted: "Mentions | Table"
    text: str | None
    respondent: str | None

    def answered(self) -> "Answered":
        from coder.files.answers import read_answers
        from coder.jobs.machine import Answered
        from coder.tables.mentions import Mentions

        if not isinstance(self.counted, Mentions):
            raise CoderError("cli.no_answers", file=self.file.path.name)
        if self.text is None:
            return Answered(self.counted, None)
        needs = {self.respondent: "--respondent"} if self.respondent else {}
        read = read_answers(self.file, text=self.text, needs=needs)
        who = read.column(self.respondent, "--respondent") if self.respondent else None
        return Answered(self.counted, read.corpus, who)


def compare(
    now: Now,
    then: Then,
    codes: CodedColumn = "codes",
    then_codes: ThenCodes = "codes",
    codebook: SomeBook = None,
    then_codebook: ThenBook = None,
    respondent: NowRespondent = None,
    then_respondent: ThenRespondent = None,
    weight: NowWeight = None,
    then_weight: ThenWeight = None,
    strata: Strata = None,
    clusters: Clusters = None,
    fpc: Fpc = None,
    then_strata: ThenStrata = None,
    then_clusters: ThenClusters = None,
    then_fpc: ThenFpc = None,
    names: Names = None,
    limit: Annotated[int, typer.Option("--limit", min=1)] = 10,
    level: Annotated[float, typer.Option("--level")] = 0.95,
    text: SomeText = None,
    then_text: ThenText = None,
    model: Model = None,
    nlp: Nlp = "nl_coder_sm",
    out: ComparedOut = None,
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    then_header_rows: ThenHeaderRows = None,
    then_sheet: ThenSheet = "",
    *,
    panel: Annotated[bool, typer.Option("--panel")] = False,
    recode: Annotated[
        bool,
        typer.Option("--recode"),
    ] = False,
    empty: Empty = "uncoded",
    form: Format = "table",
) -> None:
    """This wave beside the last one: places, what changed, what is new, what dropped out; or several as a trend."""
    from coder.files.cells import separator
    from coder.files.codebooks import read_codebook
    from coder.files.wave_files import read_wave
    from coder.files.writing import check_ending, write_sheets
    from coder.tables.comparison import compare as beside
    from coder.tables.trend import trend

    if panel and not respondent:
        raise CoderError("cli.panel_respondent")
    if out is not None:
        check_ending(out)
        if out.resolve() in [path.resolve() for path in (now, *then)]:
            raise CoderError("cli.same_file_wave", out=out)
    called = _names([now, *then], names)
    book = read_codebook(codebook) if codebook else None
    old = read_codebook(then_codebook) if then_codebook else None
    none = empty == "none"
    this = table_file(now, sheet, header_rows)
    files = [table_file(path, then_sheet, then_header_rows) for path in then]
    one = read_wave(
        this, codes=codes, codebook=book, respondent=respondent, weight=weight, empty_is_none=none,
        strata=strata, clusters=clusters, fpc=fpc,
    )  # fmt: skip
    who = then_respondent or respondent
    others = [
        read_wave(
            file, codes=then_codes, codebook=old or book, respondent=who, weight=then_weight, empty_is_none=none,
            strata=then_strata, clusters=then_clusters, fpc=then_fpc,
        )
        for file in files
    ]  # fmt: skip
    asked: Asked = {"limit": limit, "level": level}
    if recode:
        sides = _Side(this, one, text, respondent), _Side(files[0], others[0], then_text, who)
        if len(then) > 1 or panel:
            raise CoderError("cli.recode_two")
        table = _recoded(*sides, book, old, model, nlp, (called[0], called[1]), asked)
    elif len(then) > 1:
        books = dict.fromkeys(called[1:], old) if old else {}
        table = trend(dict(zip(called, [one, *others], strict=True)), book, codebooks=books, panel=panel, **asked)
    else:
        table = beside(one, others[0], book, then_codebook=old, panel=panel, names=(called[0], called[1]), **asked)
    typer.echo(table.text(form), nl=False)
    if out is not None:
        say_files(write_sheets(out, {"comparison": table.frame}, separator(now)))


def _names(paths: Sequence[Path], given: str | None) -> list[str]:
    """The names of the waves: those given, or the file's own without its ending."""
    names = [name.strip() for name in given.split(",")] if given else [path.stem for path in paths]
    if len(names) != len(paths) or "" in names:
        raise CoderError("cli.names_count", count=len(names), waves=len(paths))
    if len(set(names)) < len(names):
        raise CoderError("cli.names_alike", names=names)
    return names


def _recoded(
    now: _Side,
    then: _Side,
    book: "Codebook | None",
    old: "Codebook | None",
    model: Path | None,
    nlp: str,
    names: tuple[str, str],
    asked: Asked,
) -> "Table":
    from coder.cli.speech import progress
    from coder.jobs.machine import recode
    from coder.methods.model_files import load

    if book is None or then.text is None:
        raise CoderError("cli.recode_needs")
    with progress() as tell:
        return recode(
            now.answered(), then.answered(), book, model=load(model) if model else None, nlp=nlp, then_codebook=old,
            names=names, progress=tell, **asked,
        )  # fmt: skip


Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE..."),
]
Columns = Annotated[
    list[str],
    typer.Option("--codes", metavar="COLUMN"),
]


def agree(
    files: Files,
    codes: Columns = ["codes"],  # noqa: B006 (typer reads it, and nobody changes it)
    coder: Annotated[str | None, typer.Option("--coder", metavar="COLUMN")] = None,
    id_column: Id = None,
    text: Annotated[str | None, typer.Option("--text", metavar="COLUMN")] = None,
    codebook: SomeBook = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE")] = None,
    limit: Annotated[int, typer.Option("--limit", min=0)] = 10,
    level: Annotated[float, typer.Option("--level")] = 0.95,
    draws: Annotated[int, typer.Option("--draws")] = 1000,
    empty: Empty = "uncoded",
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    form: Format = "table",
    seed: Seed = 1,
) -> None:
    """Measure how well coders agree, people or machines, and on what they do not."""
    from coder.files.cells import separator
    from coder.files.codebooks import read_codebook
    from coder.files.coders import read_coders
    from coder.files.writing import check_ending, write_sheets
    from coder.tables.agreement import agree as measure

    if out is not None:
        check_ending(out)
        if out.resolve() in [path.resolve() for path in files]:
            raise CoderError("cli.same_file_codes", out=out)
    book = read_codebook(codebook) if codebook else None
    read = read_coders(
        [table_file(path, sheet, header_rows) for path in files], codes=codes, coder=coder, id=id_column, text=text,
        codebook=book, empty_is_none=empty == "none",
    )  # fmt: skip
    found = measure(read.codings, book, texts=read.texts, seed=seed, level=level, draws=draws)
    for table in (found.overall, found.codes):
        typer.echo(table.text(form))
    for table in (found.coders, found.confused, found.answers):
        shown = replace(table, frame=table.frame.head(limit)) if limit else table
        if len(shown.frame) and (table is not found.coders or len(table.frame) > 1):
            typer.echo(shown.text(form))
    if out is not None:
        tables = {
            "answers": found.answers,
            "overall": found.overall,
            "codes": found.codes,
            "coders": found.coders,
            "confused": found.confused,
        }
        say_files(write_sheets(out, {name: table.frame for name, table in tables.items()}, separator(files[0])))
