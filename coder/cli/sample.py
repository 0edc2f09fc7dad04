"""The command that says what to code next."""
# ruff: noqa: PLC0415

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.options import (
    Answers,
    HeaderRows,
    Id,
    Model,
    Nlp,
    NoAnswer,
    Out,
    Seed,
    SheetName,
    SomeBook,
    SomeCodes,
    Text,
    no_answers,
    say_files,
    table_file,
)
from coder.cli.speech import say_err, say_out
from coder.errors import CoderError, DataError
from coder.words import chosen

if TYPE_CHECKING:
    from coder.codebook import Codebook
    from coder.coding import Coding
    from coder.files.answers import Answers as AnswersRead
    from coder.methods.classifier import Classifier


def sample(
    answers: Answers,
    text: Text,
    out: Out,
    size: Annotated[int, typer.Option("--size", "-n", metavar="NUMBER")] = 100,
    *,
    random: Annotated[bool, typer.Option("--random")] = False,
    targeted: Annotated[bool, typer.Option("--targeted")] = False,
    read: Annotated[Path | None, typer.Option("--read", metavar="SHEET")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="COLUMN")] = None,
    model: Model = None,
    codebook: SomeBook = None,
    codes: SomeCodes = None,
    id_column: Id = None,
    background: Annotated[list[str] | None, typer.Option("--with", metavar="COLUMN")] = None,
    no_answer: NoAnswer = None,
    nlp: Nlp = "nl_coder_sm",
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    seed: Seed = 1,
) -> None:
    """Choose what to code next, as a sheet to fill in; read it back with --read."""
    from coder.files.answers import read_answers
    from coder.files.codebooks import read_codebook
    from coder.files.sample_sheets import write_sample
    from coder.files.writing import check_ending
    from coder.languages.language import language_of
    from coder.learning.sampling import draw
    from coder.learning.targeting import target
    from coder.methods.model_files import load

    if random + targeted + (read is not None) != 1:
        raise CoderError("cli.sample_what")
    if by is not None and not random:
        raise CoderError("cli.by_random")
    if model is not None and not targeted:
        raise CoderError("cli.model_targeted")
    check_ending(out)
    book = read_codebook(codebook) if codebook else None
    file = table_file(answers, sheet, header_rows)
    if read is not None:
        _read(read, read_answers(file, text=text, id=id_column), codes or "codes", id_column, book, out)
        return
    needs = {codes: "--codes", by: "--by"} | dict.fromkeys(background or [], "--with")
    found = read_answers(file, text=text, id=id_column, needs={name: option for name, option in needs.items() if name})
    by = found.name(by, "--by") if by else None
    hand = _hand(found, codes, book)
    learned = load(model) if model else None
    if random:
        nothing = no_answers(no_answer)
        if nothing is None and book is not None:
            nothing = language_of(book.language).no_answer
        picked = draw(found.corpus, size, hand=hand, by=by, no_answer=nothing, language=chosen(), seed=seed)
    else:
        picked = target(
            found.corpus, size, model=learned, codebook=book, hand=hand,
            no_answer=no_answers(no_answer), nlp=nlp, language=chosen(), seed=seed,
        )  # fmt: skip
    shown = [*([by] if by else []), *(found.name(name, "--with") for name in background or [])]
    files = write_sample(
        out,
        picked,
        found,
        text=found.text,
        codebook=book or _used(hand, learned),
        id=found.name(id_column, "--id") if id_column else None,
        background=shown,
    )
    say_out("cli.answers", count=len(picked))
    for note in picked.notes:
        say_out(note)
    say_files(files)


def _hand(answers: "AnswersRead", codes: str | None, codebook: "Codebook | None") -> "Coding | None":
    """What people coded so far; None where they coded nothing. Raises where that was forgotten to be named."""
    from coder.files.filled_sheets import check_own_columns
    from coder.sample import DRAWN

    check_own_columns(answers)
    if codes is None:
        if DRAWN in answers.sheet:
            raise DataError("cli.sampled_before", file=answers.path.name)
        return None
    return answers.coded(codes, codebook)


def _used(hand: "Coding | None", model: "Classifier | None") -> "Codebook | None":
    """The codes known so far, where no codebook says them."""
    from coder.codebook import Codebook

    ids = {*(hand.assignments["code"] if hand is not None else ()), *(model.codes if model is not None else ())}
    return Codebook.from_ids(ids) if ids else None


def _read(
    sheet: Path,
    answers: "AnswersRead",
    codes: str,
    id_column: str | None,
    codebook: "Codebook | None",
    out: Path,
) -> None:
    from coder.files.cells import separator
    from coder.files.filled_sheets import read_filled
    from coder.files.writing import write_sheets

    name = answers.name(id_column, "--id") if id_column else None
    filled = read_filled(sheet, answers, text=answers.text, codes=codes, id=name, codebook=codebook)
    files = write_sheets(out, {"answers": filled.sheet}, separator(answers.path))
    say_out("cli.filled", coded=filled.coded, drawn=filled.drawn, column=codes)
    for sentence in filled.notes:
        say_err(sentence)
    say_files(files)
