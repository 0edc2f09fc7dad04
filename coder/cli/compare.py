"""The command that lays waves side by side."""
# ruff: noqa: PLC0415

from collections.abc import Sequence
from dataclasses import dataclass
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
    Model,
    Nlp,
    SheetName,
    SomeBook,
    Strata,
    ThenClusters,
    ThenFpc,
    ThenHeaderRows,
    ThenSheet,
    ThenStrata,
    say_files,
    table_file,
)
from coder.errors import CoderError
from coder.words import chosen

if TYPE_CHECKING:
    from coder.codebook import Codebook
    from coder.files.sheets import TableFile
    from coder.study.recode import Answered
    from coder.tables.mentions import Mentions
    from coder.tables.table import Table

Now = Annotated[Path, typer.Argument(metavar="NOW")]
Then = Annotated[list[Path], typer.Argument(metavar="THEN...")]
ThenCodes = Annotated[
    str, typer.Option("--then-codes", metavar="COLUMN")
]  # fmt: skip
ThenBook = Annotated[
    Path | None,
    typer.Option("--then-codebook", metavar="FILE"),
]
Respondent = Annotated[str | None, typer.Option("--respondent", metavar="COLUMN")]
ThenRespondent = Annotated[str | None, typer.Option("--then-respondent", metavar="COLUMN")]
Weight = Annotated[str | None, typer.Option("--weight", metavar="COLUMN")]
ThenWeight = Annotated[str | None, typer.Option("--then-weight", metavar="COLUMN")]
SomeOut = Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE")]
Names = Annotated[str | None, typer.Option("--names", metavar="NAMES")]
SomeText = Annotated[str | None, typer.Option("--text", metavar="COLUMN")]
ThenText = Annotated[str | None, typer.Option("--then-text", metavar="COLUMN")]


class Asked(TypedDict):
    """The options of every way to compare."""

    limit: int
    level: float
    language: str


@dataclass(frozen=True, slots=True)
class _Side:
    """A wave and where its answers stand."""

    file: "TableFile"
    counted: "Mentions | Table"
    text: str | None
    respondent: str | None

    def answered(self) -> "Answered":
        from coder.files.answers import read_answers
        from coder.study.recode import Answered
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
    names: Names = None,
    limit: Annotated[int, typer.Option("--limit", min=1)] = 10,
    level: Annotated[float, typer.Option("--level")] = 0.95,
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
    from coder.files.waves import read_wave
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
    asked: Asked = {"limit": limit, "level": level, "language": chosen()}
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
    from coder.cli.progress import progress
    from coder.methods.model_files import load
    from coder.study.recode import recode

    if book is None or then.text is None:
        raise CoderError("cli.recode_needs")
    with progress() as tell:
        return recode(
            now.answered(), then.answered(), book, model=load(model) if model else None, nlp=nlp, then_codebook=old,
            names=names, progress=tell, **asked,
        )  # fmt: skip
