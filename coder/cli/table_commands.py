"""The commands that count what was coded: tables of one wave and of several, how coders agree, facts, and the report."""
# ruff: noqa: PLC0415

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.options import (
    Clusters,
    Codes,
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
    SomeCodes,
    Strata,
    Templates,
    ThenClusters,
    ThenFpc,
    ThenHeaderRows,
    ThenSheet,
    ThenStrata,
    Weight,
    load_model,
    print_first,
    table_file,
    templates_of,
)
from coder.cli.speech import progress, say_err, say_files
from coder.errors import CoderError, DataError

if TYPE_CHECKING:
    from coder.codebook import Codebook
    from coder.files.coded import Coded
    from coder.files.sheets import TableFile
    from coder.jobs.coded_report import ReportOptions
    from coder.jobs.machine import Answered
    from coder.reports.template import Template
    from coder.tables.mentions import Mentions
    from coder.tables.table import Table


CodedFile = Annotated[Path, typer.Argument(metavar="CODED")]
Now = Annotated[Path, typer.Argument(metavar="NOW")]
Waves = Annotated[list[Path], typer.Argument(metavar="THEN...")]
Files = Annotated[list[Path], typer.Argument(metavar="FILE...")]
Respondent = Annotated[str | None, typer.Option("--respondent", metavar="COLUMN")]
By = Annotated[str | None, typer.Option("--by", metavar="COLUMN")]
SomeText = Annotated[str | None, typer.Option("--text", metavar="COLUMN")]
MinBase = Annotated[float, typer.Option("--min-base")]
Level = Annotated[float, typer.Option("--level")]
SomeOut = Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE")]
Then = Annotated[Path | None, typer.Option("--then", metavar="FILE")]
ThenCodes = Annotated[str, typer.Option("--then-codes", metavar="COLUMN")]
ThenBook = Annotated[Path | None, typer.Option("--then-codebook", metavar="FILE")]
ThenRespondent = Annotated[str | None, typer.Option("--then-respondent", metavar="COLUMN")]
ThenWeight = Annotated[str | None, typer.Option("--then-weight", metavar="COLUMN")]
ThenText = Annotated[str | None, typer.Option("--then-text", metavar="COLUMN")]


def top(
    coded: CodedFile,
    codes: Codes = "codes",
    codebook: SomeBook = None,
    limit: Annotated[int, typer.Option("--limit", min=0)] = 10,
    by: By = None,
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
    _check_out(out, [coded])
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
    coded: CodedFile,
    by: Annotated[str, typer.Option("--by", metavar="COLUMN")],
    codes: Codes = "codes",
    codebook: SomeBook = None,
    level: Level = 0.95,
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

    _check_out(out, [coded])
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


def _check_out(out: Path | None, read: Sequence[Path], key: str = "cli.same_file_codes") -> None:
    """Raise before the work is done where the file could not, or should not, be written: it is one of those `read`."""
    from coder.files.writing import check_ending

    if out is None:
        return
    check_ending(out)
    if out.resolve() in [path.resolve() for path in read]:
        raise CoderError(key, out=out)


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of a wave, and how it is read."""

    codes: str
    codebook: "Codebook | None"
    respondent: str | None
    weight: str | None
    strata: str | None
    clusters: str | None
    fpc: str | None
    empty_is_none: bool
    text: str | None

    def wave(self, file: "TableFile") -> "_Wave":
        """What respondents mentioned by a file, or what was published in it."""
        from coder.files.wave_files import read_wave

        counted = read_wave(
            file, codes=self.codes, codebook=self.codebook, respondent=self.respondent, weight=self.weight,
            empty_is_none=self.empty_is_none, strata=self.strata, clusters=self.clusters, fpc=self.fpc,
        )  # fmt: skip
        return _Wave(file, counted, self)


@dataclass(frozen=True, slots=True)
class _Wave:
    """A wave and where its answers stand."""

    file: "TableFile"
    counted: "Mentions | Table"
    columns: _Columns

    def answered(self) -> "Answered":
        """The wave with its answers, to be coded again."""
        from coder.files.answers import read_answers
        from coder.jobs.machine import Answered
        from coder.tables.mentions import Mentions

        text, respondent = self.columns.text, self.columns.respondent
        if not isinstance(self.counted, Mentions):
            raise CoderError("cli.no_answers", file=self.file.path.name)
        if text is None:
            return Answered(self.counted, None)
        read = read_answers(self.file, text=text, needs={respondent: "--respondent"} if respondent else {})
        return Answered(self.counted, read.corpus, read.column(respondent, "--respondent") if respondent else None)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """What is asked of waves, the newest first; `old` is the codebook of the earlier ones where it is another."""

    waves: "Sequence[_Wave]"
    names: Sequence[str]
    book: "Codebook | None"
    old: "Codebook | None"
    limit: int
    level: float
    panel: bool

    def table(self) -> "Table":
        """Two waves side by side, or more as a trend."""
        from coder.tables.comparison import compare as beside
        from coder.tables.trend import trend

        counted, names = [one.counted for one in self.waves], self.names
        if len(counted) > 2:  # noqa: PLR2004 (more than now and then)
            books = dict.fromkeys(names[1:], self.old) if self.old else {}
            waves = dict(zip(names, counted, strict=True))
            return trend(waves, self.book, codebooks=books, panel=self.panel, limit=self.limit, level=self.level)
        return beside(
            counted[0], counted[1], self.book, then_codebook=self.old, panel=self.panel, names=(names[0], names[1]),
            limit=self.limit, level=self.level,
        )  # fmt: skip

    def recoded(self, model: Path | None, nlp: str) -> "Table":
        """Two waves, the answers of the last coded again by the codebook of this one."""
        from coder.jobs.machine import recode

        if len(self.waves) > 2 or self.panel:  # noqa: PLR2004 (more than now and then)
            raise CoderError("cli.recode_two")
        now, then = self.waves
        if self.book is None or then.columns.text is None:
            raise CoderError("cli.recode_needs")
        with progress() as tell:
            return recode(
                now.answered(), then.answered(), self.book, model=load_model(model), nlp=nlp, then_codebook=self.old,
                names=(self.names[0], self.names[1]), progress=tell, limit=self.limit, level=self.level,
            )  # fmt: skip


def compare(
    now: Now,
    then: Waves,
    codes: Codes = "codes",
    then_codes: ThenCodes = "codes",
    codebook: SomeBook = None,
    then_codebook: ThenBook = None,
    respondent: Respondent = None,
    then_respondent: ThenRespondent = None,
    weight: Weight = None,
    then_weight: ThenWeight = None,
    strata: Strata = None,
    clusters: Clusters = None,
    fpc: Fpc = None,
    then_strata: ThenStrata = None,
    then_clusters: ThenClusters = None,
    then_fpc: ThenFpc = None,
    names: Annotated[str | None, typer.Option("--names", metavar="NAMES")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1)] = 10,
    level: Level = 0.95,
    text: SomeText = None,
    then_text: ThenText = None,
    model: Model = None,
    nlp: Nlp = "nl_coder_sm",
    out: SomeOut = None,
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    then_header_rows: ThenHeaderRows = None,
    then_sheet: ThenSheet = "",
    *,
    panel: Annotated[bool, typer.Option("--panel")] = False,
    recode: Annotated[bool, typer.Option("--recode")] = False,
    empty: Empty = "uncoded",
    form: Format = "table",
) -> None:
    """This wave beside the last one: places, what changed, what is new, what dropped out; or several as a trend."""
    from coder.files.cells import separator
    from coder.files.codebooks import read_codebook
    from coder.files.writing import write_sheets

    if panel and not respondent:
        raise CoderError("cli.panel_respondent")
    _check_out(out, [now, *then], "cli.same_file_wave")
    called = _names([now, *then], names)
    book = read_codebook(codebook) if codebook else None
    old = read_codebook(then_codebook) if then_codebook else None
    none = empty == "none"
    this = _Columns(codes, book, respondent, weight, strata, clusters, fpc, none, text)
    of_then = _Columns(
        then_codes, old or book, then_respondent or respondent, then_weight, then_strata, then_clusters, then_fpc, none, then_text
    )  # fmt: skip
    files = [table_file(path, then_sheet, then_header_rows) for path in then]
    waves = [this.wave(table_file(now, sheet, header_rows)), *map(of_then.wave, files)]
    asked = _Comparison(waves, called, book, old, limit, level, panel)
    table = asked.recoded(model, nlp) if recode else asked.table()
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


def agree(
    files: Files,
    codes: Annotated[list[str], typer.Option("--codes", metavar="COLUMN")] = ["codes"],  # noqa: B006 (typer reads it, and nobody changes it)
    coder: Annotated[str | None, typer.Option("--coder", metavar="COLUMN")] = None,
    id_column: Id = None,
    text: SomeText = None,
    codebook: SomeBook = None,
    out: SomeOut = None,
    limit: Annotated[int, typer.Option("--limit", min=0)] = 10,
    level: Level = 0.95,
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
    from coder.files.coded import read_coders
    from coder.files.writing import write_sheets
    from coder.tables.agreement import agree as measure

    _check_out(out, files)
    book = read_codebook(codebook) if codebook else None
    read = read_coders(
        [table_file(path, sheet, header_rows) for path in files], codes=codes, coder=coder, id=id_column, text=text,
        codebook=book, empty_is_none=empty == "none",
    )  # fmt: skip
    found = measure(read.codings, book, texts=read.texts, seed=seed, level=level, draws=draws)
    for table in (found.overall, found.codes):
        typer.echo(table.text(form))
    for table in (found.coders, found.confused, found.answers):
        if len(table.frame) and (table is not found.coders or len(table.frame) > 1):
            print_first(table, limit, form)
            typer.echo()
    if out is not None:
        names = ("answers", "overall", "codes", "coders", "confused")
        tables: dict[str, Table] = {name: getattr(found, name) for name in names}
        say_files(write_sheets(out, {name: table.frame for name, table in tables.items()}, separator(files[0])))


def report(
    coded: CodedFile,
    out: Annotated[list[Path], typer.Option("--out", "-o", metavar="FILE")],
    codes: SomeCodes = None, text: SomeText = None, codebook: SomeBook = None, respondent: Respondent = None,
    weight: Weight = None, strata: Strata = None, clusters: Clusters = None, fpc: Fpc = None, by: By = None,
    then: Then = None, then_codes: ThenCodes = "codes", then_respondent: ThenRespondent = None,
    then_weight: ThenWeight = None, then_strata: ThenStrata = None, then_clusters: ThenClusters = None,
    then_fpc: ThenFpc = None,
    limit: Annotated[int, typer.Option("--limit", min=0)] = 10,
    title: Annotated[str | None, typer.Option("--title")] = None,
    population: Annotated[int | None, typer.Option("--population", metavar="N")] = None,
    quotes: Annotated[str | None, typer.Option("--quotes", metavar="COLUMN")] = None,
    hand: Annotated[str | None, typer.Option("--hand", metavar="COLUMN")] = None,
    probability: Annotated[str | None, typer.Option("--probability", metavar="COLUMN")] = None,
    predictions: Annotated[list[str] | None, typer.Option("--predictions", metavar="COLUMN")] = None,
    second: Annotated[str | None, typer.Option("--second", metavar="COLUMN")] = None,
    template: Templates = None,
    header_rows: HeaderRows = None, sheet: SheetName = "",
    then_header_rows: ThenHeaderRows = None, then_sheet: ThenSheet = "",
    *,
    classifier: Annotated[bool, typer.Option("--classifier")] = False,
    nets: Nets = False,
    self_selected: Annotated[bool, typer.Option("--self-selected")] = False,
    empty: Empty = "uncoded",
    seed: Seed = 1,
) -> None:  # fmt: skip
    """Write a report of coded answers, in as many formats as -o names."""
    from coder.files.codebooks import read_codebook
    from coder.files.coded import read_coded
    from coder.files.wave_files import read_wave
    from coder.jobs.coded_report import ReportOptions

    _check_report(coded, out, then, quotes, text)
    house = templates_of(template, [path.suffix.lower() for path in out])
    none = empty == "none"
    book = read_codebook(codebook) if codebook else None
    answers = read_coded(
        table_file(coded, sheet, header_rows), book, codes=codes or hand or "codes", text=text, respondent=respondent, weight=weight,
        by=[by] if by else [], quotes=quotes, hand=hand, probability=probability, predictions=predictions or [], second=second,
        strata=strata, clusters=clusters, fpc=fpc, empty_is_none=none and codes != hand,
    )  # fmt: skip
    last = None if then is None else read_wave(
        table_file(then, then_sheet, then_header_rows), codes=then_codes, codebook=book, respondent=then_respondent or respondent,
        weight=then_weight, empty_is_none=none, strata=then_strata, clusters=then_clusters, fpc=then_fpc,
    )  # fmt: skip
    asked = ReportOptions(
        by=by, limit=limit or None, nets=nets, classifier=classifier, title=title, population=population, self_selected=self_selected, seed=seed,
        made=datetime.now().astimezone().date(),
    )  # fmt: skip
    _write_report(answers, book, asked, last, out, house)


def _check_report(coded: Path, out: Sequence[Path], then: Path | None, quotes: str | None, text: str | None) -> None:
    """Raise `DataError` on files that cannot be written, and on options that do not go together."""
    from coder.reports.write import check_endings

    check_endings(out)
    if {path.resolve() for path in out} & {path.resolve() for path in (coded, then) if path}:
        raise DataError("cli.same_file_report", file=coded.name)
    if quotes and not text:
        raise DataError("cli.quotes_need_text")


def _write_report(
    answers: "Coded", book: "Codebook | None", asked: "ReportOptions", last: "Mentions | Table | None",
    out: Sequence[Path], house: "Sequence[Template]",
) -> None:  # fmt: skip
    from coder.files.sheets import weight_like
    from coder.jobs.coded_report import coded_report
    from coder.reports.write import write_report

    with progress() as tell:
        data = any(path.suffix.lower() == ".sav" for path in out)
        content = coded_report(answers, book, asked, then=last, with_data=data, progress=tell)
    say_files(write_report(content, out, templates=house))
    if not answers.answers.corpus.weight and (column := weight_like(answers.answers.sheet)):
        say_err("cli.weight_not_given", column=column)
