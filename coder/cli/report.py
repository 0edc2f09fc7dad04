"""The command that writes a report of coded answers."""
# ruff: noqa: PLC0415

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from coder.cli.options import (
    Clusters,
    Empty,
    Fpc,
    HeaderRows,
    Nets,
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

Outs = Annotated[
    list[Path],
    typer.Option(
        "--out", "-o", metavar="FILE",

    ),
]  # fmt: skip
SomeText = Annotated[str | None, typer.Option("--text", metavar="COLUMN")]
Respondent = Annotated[str | None, typer.Option("--respondent", metavar="COLUMN")]
Picked = Annotated[str | None, typer.Option("--quotes", metavar="COLUMN")]


def report(
    coded: Annotated[Path, typer.Argument(metavar="CODED")],
    out: Outs,
    codes: Annotated[
        str | None,
        typer.Option("--codes", metavar="COLUMN"),
    ] = None,
    text: SomeText = None,
    codebook: SomeBook = None,
    respondent: Respondent = None,
    weight: Weight = None,
    strata: Strata = None,
    clusters: Clusters = None,
    fpc: Fpc = None,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="COLUMN"),
    ] = None,
    then: Annotated[
        Path | None,
        typer.Option("--then", metavar="FILE"),
    ] = None,
    then_codes: Annotated[str, typer.Option("--then-codes", metavar="COLUMN")] = "codes",
    then_respondent: Annotated[
        str | None,
        typer.Option("--then-respondent", metavar="COLUMN"),
    ] = None,
    then_weight: Annotated[str | None, typer.Option("--then-weight", metavar="COLUMN")] = None,
    then_strata: ThenStrata = None,
    then_clusters: ThenClusters = None,
    then_fpc: ThenFpc = None,
    limit: Annotated[int, typer.Option("--limit", min=0)] = 10,
    title: Annotated[str | None, typer.Option("--title")] = None,
    population: Annotated[
        int | None,
        typer.Option("--population", metavar="N"),
    ] = None,
    quotes: Picked = None,
    hand: Annotated[
        str | None,
        typer.Option("--hand", metavar="COLUMN"),
    ] = None,
    probability: Annotated[
        str | None,
        typer.Option("--probability", metavar="COLUMN"),
    ] = None,
    predictions: Annotated[
        list[str] | None,
        typer.Option("--predictions", metavar="COLUMN"),
    ] = None,
    second: Annotated[
        str | None,
        typer.Option("--second", metavar="COLUMN"),
    ] = None,
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    then_header_rows: ThenHeaderRows = None,
    then_sheet: ThenSheet = "",
    *,
    classifier: Annotated[bool, typer.Option("--classifier")] = False,
    nets: Nets = False,
    self_selected: Annotated[bool, typer.Option("--self-selected")] = False,
    empty: Empty = "uncoded",
    seed: Seed = 1,
) -> None:
    """Write a report of coded answers, in as many formats as -o names."""
    from coder.cli.speech import progress, say_err
    from coder.errors import DataError
    from coder.files.codebooks import read_codebook
    from coder.files.coded import read_coded
    from coder.files.sheets import weight_like
    from coder.files.wave_files import read_wave
    from coder.jobs.coded_report import coded_report
    from coder.jobs.report_options import ReportOptions
    from coder.reports.write import check_endings, write_report

    check_endings(out)
    if {path.resolve() for path in out} & {path.resolve() for path in (coded, then) if path}:
        raise DataError("cli.same_file_report", file=coded.name)
    if quotes and not text:
        raise DataError("cli.quotes_need_text")
    none = empty == "none"
    book = read_codebook(codebook) if codebook else None
    answers = read_coded(
        table_file(coded, sheet, header_rows), book, codes=codes or hand or "codes", text=text, respondent=respondent, weight=weight,
        by=[by] if by else [], quotes=quotes, hand=hand, probability=probability, predictions=predictions or [], second=second,
        strata=strata, clusters=clusters, fpc=fpc, empty_is_none=none and codes != hand,
    )  # fmt: skip
    last = None
    if then:
        last = read_wave(
            table_file(then, then_sheet, then_header_rows), codes=then_codes, codebook=book, respondent=then_respondent or respondent,
            weight=then_weight, empty_is_none=none, strata=then_strata, clusters=then_clusters, fpc=then_fpc,
        )  # fmt: skip
    asked = ReportOptions(
        by=by, limit=limit or None, nets=nets, classifier=classifier, title=title, population=population, self_selected=self_selected, seed=seed,
        made=datetime.now().astimezone().date(),
    )  # fmt: skip
    with progress() as tell:
        data = any(path.suffix.lower() == ".sav" for path in out)
        content = coded_report(answers, book, asked, then=last, with_data=data, progress=tell)
    say_files(write_report(content, out))
    if not weight and (column := weight_like(answers.answers.sheet)):
        say_err("cli.weight_not_given", column=column)
