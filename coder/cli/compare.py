"""The command that lays waves side by side."""
# ruff: noqa: PLC0415

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.options import CodedColumn, Empty, Format, Language, Seed, SomeBook, say_files
from coder.errors import CoderError

if TYPE_CHECKING:
    from coder.tables.table import Table

Now = Annotated[Path, typer.Argument(metavar="NOW", help="This wave: coded answers, or a published table.")]
Then = Annotated[
    list[Path], typer.Argument(metavar="THEN...", help="The last wave, and earlier ones after it: the newest first.")
]
ThenCodes = Annotated[
    str, typer.Option("--then-codes", metavar="COLUMN", help="The column with the codes of THEN.")
]  # fmt: skip
ThenBook = Annotated[
    Path | None,
    typer.Option("--then-codebook", metavar="FILE", help="The codebook that THEN was coded with, if it was another."),
]
Respondent = Annotated[
    str | None, typer.Option("--respondent", metavar="COLUMN", help="The column that says who answered.")
]
ThenRespondent = Annotated[
    str | None, typer.Option("--then-respondent", metavar="COLUMN", help="The same in THEN, if it has another name.")
]
Weight = Annotated[str | None, typer.Option("--weight", metavar="COLUMN", help="The column with weights of NOW.")]
ThenWeight = Annotated[
    str | None, typer.Option("--then-weight", metavar="COLUMN", help="The column with weights of THEN.")
]
SomeOut = Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write the table: .csv or .xlsx.")]


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
    limit: Annotated[int, typer.Option("--limit", min=1, help="The last rank of the lists.")] = 10,
    level: Annotated[float, typer.Option("--level", help="The coverage of intervals, between 0 and 1.")] = 0.95,
    draws: Annotated[int, typer.Option("--draws", min=1, help="The bootstrap draws behind intervals of ranks.")] = 2000,
    out: SomeOut = None,
    *,
    panel: Annotated[
        bool, typer.Option("--panel", help="The same respondents answered in both; needs --respondent.")
    ] = False,
    empty: Empty = "uncoded",
    language: Language = "nl",
    form: Format = "table",
    seed: Seed = 1,
) -> None:
    """This wave beside the last one: places, what changed, what is new, what dropped out."""
    from coder.files.codebooks import read_codebook
    from coder.files.sheets import check_ending
    from coder.files.waves import read_wave
    from coder.tables.comparison import compare as beside

    if panel and not respondent:
        raise CoderError("With --panel name the column that says who answered, with --respondent.")
    if out is not None:
        check_ending(out)
        if out.resolve() in [path.resolve() for path in (now, *then)]:
            raise CoderError(f"{out} is a wave that is read; write the table to another file.")
    book = read_codebook(codebook) if codebook else None
    old = read_codebook(then_codebook) if then_codebook else None
    none = empty == "none"
    one = read_wave(now, codes=codes, codebook=book, respondent=respondent, weight=weight, empty_is_none=none)
    others = [
        read_wave(
            path, codes=then_codes, codebook=old or book, respondent=then_respondent or respondent, weight=then_weight,
            empty_is_none=none,
        )
        for path in then
    ]  # fmt: skip
    table = beside(
        one, others[0], book, then_codebook=old, limit=limit, panel=panel, level=level, draws=draws, seed=seed,
        names=(now.stem, then[0].stem), language=language,
    )  # fmt: skip
    _say([table], now, out, form)


def _say(tables: "list[Table]", now: Path, out: Path | None, form: str) -> None:
    from coder.files.sheets import separator, write_sheets

    typer.echo("\n".join(table.text(form) for table in tables), nl=False)
    if out is not None:
        say_files(write_sheets(out, {"comparison": tables[0].frame}, separator(now)))
