"""The command that adds to a study: answers, codebooks, what somebody decided; and what commands on a study share."""
# ruff: noqa: PLC0415

from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.options import Empty, HeaderRows, Id, read_book, table_file
from coder.cli.speech import say_err, say_out
from coder.errors import CoderError

if TYPE_CHECKING:
    from coder.coding import Coding
    from coder.files.sheets import TableFile
    from coder.study.store import Study
    from coder.study.work import Entered

Place = Annotated[str, typer.Argument(metavar="STUDY")]
Question = Annotated[str | None, typer.Option("--question", metavar="NAME")]
Who = Annotated[str | None, typer.Option("--who", metavar="NAME")]


def add(
    study: Place,
    answers: Annotated[Path | None, typer.Argument(metavar="[ANSWERS]")] = None,
    question: Question = None,
    text: Annotated[str, typer.Option("--text", metavar="COLUMN")] = "text",
    id_column: Id = None,
    wave: Annotated[str, typer.Option("--wave", metavar="NAME")] = "",
    codebook: Annotated[
        Path | None,
        typer.Option("--codebook", metavar="FILE"),
    ] = None,
    codes: Annotated[
        str | None,
        typer.Option("--codes", metavar="COLUMN"),
    ] = None,
    sheet: Annotated[
        Path | None,
        typer.Option("--sheet", metavar="FILE"),
    ] = None,
    empty: Empty = "uncoded",
    header_rows: HeaderRows = None,
    answers_sheet: Annotated[str, typer.Option("--answers-sheet", metavar="NAME")] = "",
    why: Annotated[str, typer.Option("--why", metavar="TEXT")] = "",
    since: Annotated[
        int | None,
        typer.Option(
            "--since",
            min=1,
            metavar="VERSION",
        ),
    ] = None,
    who: Who = None,
    *,
    last_word: Annotated[bool, typer.Option("--last-word")] = False,
    accept: Annotated[bool, typer.Option("--accept")] = False,
    leave_out: Annotated[bool, typer.Option("--leave-out")] = False,
) -> None:
    """Add answers, a codebook, or what somebody decided; differences are shown first."""
    from coder.study.work import enter, enter_sheet, in_wave, only_question

    if answers is None and codebook is None and sheet is None:
        raise CoderError("cli.add_what")
    if (codes or sheet) and who is None:
        raise CoderError("cli.whose")
    if last_word and not (codes or sheet):
        raise CoderError("cli.last_word_of")
    person, wave = who or getuser(), wave.strip()
    file = table_file(answers, answers_sheet, header_rows) if answers is not None else None
    with opened_study(study) as opened:
        if file is not None and not codes:
            name = question or _first(opened, file.path)
            _add_answers(opened, file, name, text, id_column, wave, person, accept=accept, leave_out=leave_out)
        if codebook is not None:
            name = only_question(opened, question)
            _add_codebook(opened, name, codebook, person, why, since)
        if file is not None and codes:
            name = only_question(opened, question)
            coding = in_wave(opened, name, _coded(opened, name, file, id_column, codes, empty), wave)
            done = enter(opened, name, coding, person, accept=accept, last=last_word, source=file.path.name)
            _say_entered(person, done, last=last_word)
        if sheet is not None:
            name = only_question(opened, question)
            done, notes = enter_sheet(
                opened, name, sheet, person, text=text, id=id_column, wave=wave, accept=accept, last=last_word
            )
            for note in notes:
                say_err(note)
            _say_entered(person, done, last=last_word)


def opened_study(place: str) -> "Study":
    """An open study; a context manager."""
    from coder.study.store import Study

    return Study.open(place)


def _first(opened: "Study", answers: Path) -> str:
    """The question that answers belong to: the only one, or a first one that is called as the file."""
    from coder.study.work import only_question

    return only_question(opened, None) if opened.questions() else answers.stem


def _add_codebook(opened: "Study", name: str, path: Path, who: str, why: str, since: int | None) -> None:
    from coder.codebook_merge import ConflictError

    book = read_book(path)
    try:
        version = opened.set_codebook(name, book, who, why, since=since)
    except ConflictError as error:
        now = opened.codebooks(name)["version"].max()
        raise CoderError("cli.conflict", error=error, version=now, file=path.name) from None
    say_out("cli.book_version", question=name, version=version)
    if opened.codebook(name) != book:
        say_out("cli.book_merged")


def _add_answers(
    opened: "Study", file: "TableFile", name: str, text: str, id_column: str | None, wave: str, who: str, *, accept: bool, leave_out: bool
) -> None:  # fmt: skip
    from coder.files.answers import read_answers
    from coder.study.work import UNIT, as_background

    exported = id_column == UNIT
    corpus, codes = as_background(read_answers(file, text=text, id=id_column).corpus, exported=exported)
    if codes and not exported:
        say_err("cli.as_export", columns=[repr(name) for name in codes])
    added = opened.add_answers(
        name, corpus, wave=wave, accept=accept, leave_out=leave_out, who=who, source=file.path.name
    )
    counts = {kind: len(getattr(added, kind)) for kind in ("new", "same", "changed", "background", "gone", "back")}
    say_out("cli.added", question=name, **counts)
    for unit, was, now in added.texts.head(_SHOWN).itertuples(index=False):
        say_out("cli.text_changed", unit=unit, was=was, now=now)
    for note in added.notes:
        say_err("cli.warning", what=note)
    if not added.accepted:
        say_out("cli.not_accepted")


_SHOWN = 10
"""So many changed texts are shown."""


def _coded(opened: "Study", name: str, file: "TableFile", id_column: str | None, codes: str, empty: str) -> "Coding":
    import pandas as pd

    from coder.files.answers import read_codes

    sheet = file.read({codes: "--codes"} | ({id_column: "--id"} if id_column else {}))
    rows = map(str, range(1, len(sheet.frame) + 1))
    ids = sheet.column(id_column, "--id").str.strip() if id_column else rows
    units = pd.Index(list(ids), name="unit")
    if units.has_duplicates:
        raise CoderError("cli.ids_twice", file=file.path.name)
    return read_codes(sheet, codes, opened.codebook(name), units=units, empty_is_none=empty == "none")


def _say_entered(who: str, done: "Entered", *, last: bool) -> None:
    counts = {kind: len(getattr(done, kind)) for kind in ("new", "same", "changed")}
    say_out("cli.settled" if last else "cli.entered", who=who, **counts)
    if not done.accepted:
        say_out("cli.decided_otherwise", who=who)
