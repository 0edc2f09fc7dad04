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
    Language,
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
        help="Where to write: .html, .xlsx, .docx, .pptx, .sav, .csv or .md. Repeat it for several formats.",
    ),
]  # fmt: skip
SomeText = Annotated[str | None, typer.Option("--text", metavar="COLUMN", help="The answers, to quote from.")]
Respondent = Annotated[
    str | None, typer.Option("--respondent", metavar="COLUMN", help="Who answered; each row is one unless given.")
]
Picked = Annotated[
    str | None, typer.Option("--quotes", metavar="COLUMN", help="Where a person wrote x beside the answers to quote.")
]


def report(
    coded: Annotated[Path, typer.Argument(metavar="CODED", help="Coded answers: a .csv or .xlsx file.")],
    out: Outs,
    codes: Annotated[
        str | None,
        typer.Option("--codes", metavar="COLUMN", help="The column with the codes: codes, or that of --hand."),
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
        typer.Option("--by", metavar="COLUMN", help="The groups, such as a sector, to set side by side too."),
    ] = None,
    then: Annotated[
        Path | None,
        typer.Option("--then", metavar="FILE", help="The last wave: coded answers, or a published table with ranks."),
    ] = None,
    then_codes: Annotated[
        str, typer.Option("--then-codes", metavar="COLUMN", help="The column with the codes of the last wave.")
    ] = "codes",
    then_respondent: Annotated[
        str | None,
        typer.Option("--then-respondent", metavar="COLUMN", help="The same in THEN, if it has another name."),
    ] = None,
    then_weight: Annotated[
        str | None, typer.Option("--then-weight", metavar="COLUMN", help="The column with weights of the last wave.")
    ] = None,
    then_strata: ThenStrata = None,
    then_clusters: ThenClusters = None,
    then_fpc: ThenFpc = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="The last rank to show; 0 shows every code.")] = 10,
    title: Annotated[str | None, typer.Option("--title", help="The title; the question unless given.")] = None,
    population: Annotated[
        int | None,
        typer.Option("--population", metavar="N", help="How many the respondents were drawn from at random."),
    ] = None,
    quotes: Picked = None,
    hand: Annotated[
        str | None,
        typer.Option("--hand", metavar="COLUMN", help="The hand codes of a random sample, to correct percentages by."),
    ] = None,
    probability: Annotated[
        str | None,
        typer.Option("--probability", metavar="COLUMN", help="The probability with which an answer was drawn."),
    ] = None,
    second: Annotated[
        str | None,
        typer.Option("--second", metavar="COLUMN", help="The codes of a second coder, to tell how far both agree."),
    ] = None,
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    then_header_rows: ThenHeaderRows = None,
    then_sheet: ThenSheet = "",
    *,
    nets: Nets = False,
    self_selected: Annotated[
        bool, typer.Option("--self-selected", help="Respondents chose themselves; nobody drew them.")
    ] = False,
    empty: Empty = "uncoded",
    language: Language = "nl",
    seed: Seed = 1,
) -> None:
    """Write a report of coded answers, in as many formats as -o names."""
    from coder.cli.progress import progress
    from coder.errors import DataError
    from coder.files.codebooks import read_codebook
    from coder.reports.write import check_endings, write_report
    from coder.study.coded_report import Source, coded_report

    check_endings(out)
    if {path.resolve() for path in out} & {path.resolve() for path in (coded, then) if path}:
        raise DataError(f"{coded.name} is read for the report; write the report to another file.")
    if quotes and not text:
        raise DataError("--quotes marks answers to quote; say with --text which column has the answers.")
    none = empty == "none"
    last = None
    if then:
        last = Source(
            table_file(then, then_sheet, then_header_rows), then_codes, None, then_respondent or respondent, then_weight,
            empty_is_none=none, strata=then_strata, clusters=then_clusters, fpc=then_fpc,
        )  # fmt: skip
    source = Source(
        table_file(coded, sheet, header_rows), codes or hand or "codes", text, respondent, weight, quotes, empty_is_none=none and codes != hand,
        hand=hand, probability=probability, second=second, strata=strata, clusters=clusters, fpc=fpc,
    )  # fmt: skip
    book = read_codebook(codebook) if codebook else None
    with progress() as tell:
        content = coded_report(
            source, book, by=by, then=last, limit=limit or None, nets=nets, title=title, population=population,
            self_selected=self_selected, language=language, seed=seed, made=datetime.now().astimezone().date(),
            with_data=any(path.suffix.lower() == ".sav" for path in out), progress=tell,
        )  # fmt: skip
    say_files(write_report(content, out))
