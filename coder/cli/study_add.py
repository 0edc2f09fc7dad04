"""The command that adds to a study: answers, codebooks, what somebody decided; and what commands on a study share."""
# ruff: noqa: PLC0415

from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.options import Empty, HeaderRows, Id, read_book, table_file
from coder.errors import CoderError

if TYPE_CHECKING:
    from coder.coding import Coding
    from coder.files.sheets import TableFile
    from coder.study.store import Study
    from coder.study.work import Entered

Place = Annotated[
    str, typer.Argument(metavar="STUDY", help="The study: a file, or postgresql+psycopg://user@host/database.")
]
Question = Annotated[
    str | None, typer.Option("--question", metavar="NAME", help="The question; needed where there is more than one.")
]
Who = Annotated[
    str | None, typer.Option("--who", metavar="NAME", help="Who does it; your name on this computer unless given.")
]


def add(
    study: Place,
    answers: Annotated[Path | None, typer.Argument(metavar="[ANSWERS]", help="Answers: a .csv or .xlsx file.")] = None,
    question: Question = None,
    text: Annotated[str, typer.Option("--text", metavar="COLUMN", help="The column with the answers.")] = "text",
    id_column: Id = None,
    wave: Annotated[str, typer.Option("--wave", metavar="NAME", help="The wave of these answers.")] = "",
    codebook: Annotated[
        Path | None,
        typer.Option("--codebook", metavar="FILE", help="The codebook of the question (.yaml, .xlsx, .qdc)."),
    ] = None,
    codes: Annotated[
        str | None,
        typer.Option("--codes", metavar="COLUMN", help="Take over the codes in this column as decisions of --who."),
    ] = None,
    sheet: Annotated[
        Path | None,
        typer.Option("--sheet", metavar="FILE", help="A filled-in sheet of `coder sample`: decisions of --who."),
    ] = None,
    empty: Empty = "uncoded",
    header_rows: HeaderRows = None,
    answers_sheet: Annotated[
        str, typer.Option("--answers-sheet", metavar="NAME", help="The sheet of ANSWERS to read, if it is a workbook.")
    ] = "",
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="Why the codebook changes; for its history.")] = "",
    since: Annotated[
        int | None,
        typer.Option(
            "--since",
            min=1,
            metavar="VERSION",
            help="Of which version the codebook is a revision; of the last that --who added unless given.",
        ),
    ] = None,
    who: Who = None,
    *,
    last_word: Annotated[
        bool, typer.Option("--last-word", help="These codes settle what coders differ on: --who is the adjudicator.")
    ] = False,
    accept: Annotated[bool, typer.Option("--accept", help="Take over what differs from what the study has.")] = False,
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="Leave out from now on the answers that are gone from the file.")
    ] = False,
) -> None:
    """Add answers, a codebook, or what somebody decided; differences are shown first."""
    from coder.study.work import enter, enter_sheet, in_wave, only_question

    if answers is None and codebook is None and sheet is None:
        raise CoderError("Name what to add: a file of answers, --codebook or --sheet.")
    if (codes or sheet) and who is None:
        raise CoderError("Say with --who whose decisions these are.")
    if last_word and not (codes or sheet):
        raise CoderError("--last-word is of --codes or --sheet; name one of these.")
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
                typer.echo(note, err=True)
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
        raise CoderError(
            f"{error} (There: version {now} of the study. Here: {path.name}.) Nothing was written. Let the file have what "
            f"is right, and add it with --since {now}."
        ) from None
    typer.echo(f"The codebook of {name!r} is version {version}.")
    if opened.codebook(name) != book:
        typer.echo("It keeps what was changed in the study meanwhile; `coder study log` says by whom.")


def _add_answers(
    opened: "Study", file: "TableFile", name: str, text: str, id_column: str | None, wave: str, who: str, *, accept: bool, leave_out: bool
) -> None:  # fmt: skip
    from coder.files.answers import read_answers
    from coder.study.work import UNIT, as_background

    exported = id_column == UNIT
    corpus, codes = as_background(read_answers(file, text=text, id=id_column).corpus, exported=exported)
    if codes and not exported:
        typer.echo(
            f"Called as what an export writes, and not kept as background: {', '.join(map(repr, codes))}. Take codes "
            "over with --codes COLUMN --who NAME.",
            err=True,
        )
    added = opened.add_answers(
        name, corpus, wave=wave, accept=accept, leave_out=leave_out, who=who, source=file.path.name
    )
    counts = {kind: len(getattr(added, kind)) for kind in ("new", "same", "changed", "background", "gone", "back")}
    typer.echo(f"{name}: " + ", ".join(f"{count} {kind}" for kind, count in counts.items()) + ".")
    for unit, was, now in added.texts.head(_SHOWN).itertuples(index=False):
        typer.echo(f"  {unit}: {was!r} is now {now!r}")
    for note in added.notes:
        typer.echo(f"Warning: {note}", err=True)
    if not added.accepted:
        typer.echo("Nothing was taken over; give --accept to do so.")


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
        raise CoderError(f"{file.path.name} has ids more than once; give every answer its own.")
    return read_codes(sheet, codes, opened.codebook(name), units=units, empty_is_none=empty == "none")


def _say_entered(who: str, done: "Entered", *, last: bool) -> None:
    what = "settled" if last else "newly coded"
    typer.echo(f"{who}: {len(done.new)} {what}, {len(done.same)} as they were, {len(done.changed)} changed.")
    if not done.accepted:
        typer.echo(f"Nothing was taken over: {who} decided otherwise before. Give --accept to replace that.")
