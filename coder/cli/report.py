"""The command that writes a report of coded answers."""
# ruff: noqa: PLC0415

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    SomeCodes,
    Strata,
    Templates,
    ThenClusters,
    ThenFpc,
    ThenHeaderRows,
    ThenSheet,
    ThenStrata,
    Weight,
    say_files,
    table_file,
    templates_of,
)

if TYPE_CHECKING:
    from coder.codebook import Codebook
    from coder.files.coded import Coded
    from coder.jobs.coded_report import ReportOptions
    from coder.reports.template import Template
    from coder.tables.mentions import Mentions
    from coder.tables.table import Table

Outs = Annotated[list[Path], typer.Option("--out", "-o", metavar="FILE")]
SomeText = Annotated[str | None, typer.Option("--text", metavar="COLUMN")]
Respondent = Annotated[str | None, typer.Option("--respondent", metavar="COLUMN")]
By = Annotated[str | None, typer.Option("--by", metavar="COLUMN")]
Picked = Annotated[str | None, typer.Option("--quotes", metavar="COLUMN")]
Hand = Annotated[str | None, typer.Option("--hand", metavar="COLUMN")]
Probability = Annotated[str | None, typer.Option("--probability", metavar="COLUMN")]
Predicted = Annotated[list[str] | None, typer.Option("--predictions", metavar="COLUMN")]
Second = Annotated[str | None, typer.Option("--second", metavar="COLUMN")]
Population = Annotated[int | None, typer.Option("--population", metavar="N")]
Then = Annotated[Path | None, typer.Option("--then", metavar="FILE")]
ThenCodes = Annotated[str, typer.Option("--then-codes", metavar="COLUMN")]
ThenRespondent = Annotated[str | None, typer.Option("--then-respondent", metavar="COLUMN")]
ThenWeight = Annotated[str | None, typer.Option("--then-weight", metavar="COLUMN")]


def report(
    coded: Annotated[Path, typer.Argument(metavar="CODED")],
    out: Outs,
    codes: SomeCodes = None, text: SomeText = None, codebook: SomeBook = None, respondent: Respondent = None,
    weight: Weight = None, strata: Strata = None, clusters: Clusters = None, fpc: Fpc = None, by: By = None,
    then: Then = None, then_codes: ThenCodes = "codes", then_respondent: ThenRespondent = None,
    then_weight: ThenWeight = None, then_strata: ThenStrata = None, then_clusters: ThenClusters = None,
    then_fpc: ThenFpc = None,
    limit: Annotated[int, typer.Option("--limit", min=0)] = 10,
    title: Annotated[str | None, typer.Option("--title")] = None,
    population: Population = None,
    quotes: Picked = None, hand: Hand = None, probability: Probability = None,
    predictions: Predicted = None, second: Second = None,
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

    _check(coded, out, then, quotes, text)
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
    _write(answers, book, asked, last, out, house)


def _check(coded: Path, out: Sequence[Path], then: Path | None, quotes: str | None, text: str | None) -> None:
    """Raise `DataError` on files that cannot be written, and on options that do not go together."""
    from coder.errors import DataError
    from coder.reports.write import check_endings

    check_endings(out)
    if {path.resolve() for path in out} & {path.resolve() for path in (coded, then) if path}:
        raise DataError("cli.same_file_report", file=coded.name)
    if quotes and not text:
        raise DataError("cli.quotes_need_text")


def _write(
    answers: "Coded", book: "Codebook | None", asked: "ReportOptions", last: "Mentions | Table | None",
    out: Sequence[Path], house: "Sequence[Template]",
) -> None:  # fmt: skip
    from coder.cli.speech import progress, say_err
    from coder.files.sheets import weight_like
    from coder.jobs.coded_report import coded_report
    from coder.reports.write import write_report

    with progress() as tell:
        data = any(path.suffix.lower() == ".sav" for path in out)
        content = coded_report(answers, book, asked, then=last, with_data=data, progress=tell)
    say_files(write_report(content, out, templates=house))
    if not answers.answers.corpus.weight and (column := weight_like(answers.answers.sheet)):
        say_err("cli.weight_not_given", column=column)
