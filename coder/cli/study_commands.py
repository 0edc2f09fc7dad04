"""The commands on a study: the file that keeps answers, codebook, decisions and models together."""

# ruff: noqa: PLC0415

from datetime import datetime
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.options import (
    Embedding,
    Empty,
    Format,
    HeaderRows,
    Id,
    Nlp,
    NoAnswer,
    Out,
    Seed,
    SheetName,
    no_answers,
    read_book,
    table_file,
)
from coder.cli.speech import progress, say_err, say_estimation, say_files, say_out, say_scores, ways
from coder.errors import CoderError
from coder.note import Note, counted
from coder.words import chosen

if TYPE_CHECKING:
    import pandas as pd

    from coder.coding import Coding
    from coder.files.sheets import TableFile
    from coder.study import Question, Study
    from coder.study.exchange import Entered


app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
Place = Annotated[str, typer.Argument(metavar="STUDY")]
QuestionName = Annotated[str | None, typer.Option("--question", metavar="NAME")]
Who = Annotated[str | None, typer.Option("--who", metavar="NAME")]
When = Annotated[str | None, typer.Option("--at", metavar="MOMENT")]
_SHOWN = 10
"""So many changed texts are shown."""


@app.command()
def add(
    study: Place,
    answers: Annotated[Path | None, typer.Argument(metavar="[ANSWERS]")] = None,
    question: QuestionName = None,
    text: Annotated[str, typer.Option("--text", metavar="COLUMN")] = "text",
    id_column: Id = None,
    wave: Annotated[str, typer.Option("--wave", metavar="NAME")] = "",
    codebook: Annotated[Path | None, typer.Option("--codebook", metavar="FILE")] = None,
    codes: Annotated[str | None, typer.Option("--codes", metavar="COLUMN")] = None,
    sheet: Annotated[Path | None, typer.Option("--sheet", metavar="FILE")] = None,
    empty: Empty = "uncoded",
    header_rows: HeaderRows = None,
    answers_sheet: Annotated[str, typer.Option("--answers-sheet", metavar="NAME")] = "",
    why: Annotated[str, typer.Option("--why", metavar="TEXT")] = "",
    since: Annotated[int | None, typer.Option("--since", min=1, metavar="VERSION")] = None,
    who: Who = None,
    *,
    last_word: Annotated[bool, typer.Option("--last-word")] = False,
    accept: Annotated[bool, typer.Option("--accept")] = False,
    leave_out: Annotated[bool, typer.Option("--leave-out")] = False,
) -> None:
    """Add answers, a codebook, or what somebody decided; differences are shown first."""
    from coder.study.database import name_of
    from coder.study.exchange import coded_by, enter, enter_sheet, in_wave, only_question

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
            asked = opened[question] if question else _first(opened, file.path)
            _add_answers(asked, file, text, id_column, wave, person, accept=accept, leave_out=leave_out)
        if codebook is not None:
            _add_codebook(coded_by(opened, question), codebook, person, why, since)
        if file is not None and codes:
            if not opened.questions():
                raise CoderError("cli.add_first", study=name_of(study), file=file.path)
            asked = only_question(opened, question)
            coding = in_wave(asked, _coded(asked, file, id_column, codes, empty), wave)
            done = enter(asked, coding, person, accept=accept, last=last_word, source=file.path.name)
            _say_entered(person, done, last=last_word)
        if sheet is not None:
            done, notes = enter_sheet(
                only_question(opened, question),
                sheet,
                person,
                text=text,
                id=id_column,
                wave=wave,
                accept=accept,
                last=last_word,
            )
            for note in notes:
                say_err(note)
            _say_entered(person, done, last=last_word)


def opened_study(place: str) -> "Study":
    """An open study; a context manager."""
    from coder.study import Study

    return Study.open(place)


def _first(opened: "Study", answers: Path) -> "Question":
    """The question that answers belong to: the only one, or a first one that is called as the file."""
    from coder.study.exchange import only_question

    return only_question(opened, None) if opened.questions() else opened[answers.stem]


def _add_codebook(question: "Question", path: Path, who: str, why: str, since: int | None) -> None:
    from coder.codebook_merge import ConflictError

    book = read_book(path)
    try:
        version = question.set_codebook(book, who, why, since=since)
    except ConflictError as error:
        now = question.codebooks()["version"].max()
        raise CoderError("cli.conflict", error=error, version=now, file=path.name) from None
    say_out("cli.book_version", question=question.name, version=version)
    if question.codebook() != book:
        say_out("cli.book_merged")


def _add_answers(
    question: "Question", file: "TableFile", text: str, id_column: str | None, wave: str, who: str, *, accept: bool, leave_out: bool
) -> None:  # fmt: skip
    from coder.files.answers import read_answers
    from coder.study.answer_versions import WAVE
    from coder.study.exchange import UNIT, as_background

    exported = id_column == UNIT
    corpus, codes = as_background(read_answers(file, text=text, id=id_column).corpus, exported=exported)
    if codes and not exported:
        say_err("cli.as_export", columns=[repr(name) for name in codes])
    if wave and WAVE in corpus.units and set(corpus.units[WAVE].astype(str).str.strip()) - {wave, ""}:
        say_err("cli.wave_column", column=WAVE, wave=wave)
    added = question.add_answers(corpus, wave=wave, accept=accept, leave_out=leave_out, who=who, source=file.path.name)
    counts = {kind: len(getattr(added, kind)) for kind in ("new", "same", "changed", "background", "gone", "back")}
    parts = [Note(f"cli.added_{kind}", count=count) for kind, count in counts.items() if count]
    say_out("cli.added", question=question.name, parts=parts or [Note("cli.added_new", count=0)])
    for unit, was, now in added.texts.head(_SHOWN).itertuples(index=False):
        say_out("cli.text_changed", unit=unit, was=was, now=now)
    for note in added.notes:
        say_err("cli.warning", what=note)
    if not added.accepted:
        say_out("cli.not_accepted")


def _coded(question: "Question", file: "TableFile", id_column: str | None, codes: str, empty: str) -> "Coding":
    import pandas as pd

    from coder.files.answers import read_codes

    sheet = file.read({codes: "--codes"} | ({id_column: "--id"} if id_column else {}))
    rows = map(str, range(1, len(sheet.frame) + 1))
    ids = sheet.column(id_column, "--id").str.strip() if id_column else rows
    units = pd.Index(list(ids), name="unit")
    if units.has_duplicates:
        raise CoderError("cli.ids_twice", file=file.path.name)
    return read_codes(sheet, codes, question.codebook(), units=units, empty_is_none=empty == "none")


def _say_entered(who: str, done: "Entered", *, last: bool) -> None:
    counts = {kind: len(getattr(done, kind)) for kind in ("new", "same", "changed")}
    say_out("cli.settled" if last else "cli.entered", who=who, **counts)
    if not done.accepted:
        say_out("cli.decided_otherwise", who=who)


@app.command()
def new(
    study: Place,
    name: Annotated[str | None, typer.Option("--name")] = None,
) -> None:
    """Make a study."""
    from coder.study import Study
    from coder.study.database import is_address, name_of

    called = name or (study.rsplit("/", 1)[-1].split("?")[0] if is_address(study) else Path(study).stem)
    called = called.encode("utf-8", "replace").decode()  # the name of a file may be any bytes
    Study.create(study, name=called, language=chosen()).close()
    say_out("cli.study_made", study=name_of(study))


@app.command()
def code(
    study: Place,
    question: QuestionName = None,
    no_answer: NoAnswer = None,
    nlp: Nlp = "nl_coder_sm",
    seed: Seed = 1,
    who: Who = None,
) -> None:
    """Let the machine propose codes: by the rules, and by what people decided once that is enough."""
    from coder.study.exchange import only_question, propose

    with opened_study(study) as opened, progress() as tell:
        asked = only_question(opened, question)
        done = propose(asked, who or getuser(), no_answer=no_answers(no_answer), nlp=nlp, seed=seed, progress=tell)
    say_out(
        "cli.proposed", way=done.way, answers=counted("answers", done.units), question=asked.name, given=done.with_code
    )
    if done.scores:
        say_out("cli.scores_kept", scores=ways(done.scores), model=done.model)


@app.command()
def train(
    study: Place, question: QuestionName = None, embedding: Embedding = "auto", seed: Seed = 1, who: Who = None
) -> None:
    """Learn from what people decided; keep the model in the study."""
    from coder.methods.combine import train as learn
    from coder.study.exchange import codebook_of, only_question

    with opened_study(study) as opened, progress() as tell:
        asked = only_question(opened, question)
        book = codebook_of(asked)
        model = learn(asked.corpus(), asked.coding(), book, embedding=embedding, seed=seed, progress=tell)
        version = asked.save_model(model, who or getuser())
    answers = int(str(model.card["units"]))
    codes = counted("codes", len(model.codes))
    say_out("cli.model_learned", version=version, question=asked.name, codes=codes, answers=counted("answers", answers))
    say_scores(model.card)


@app.command()
def predictions(
    study: Place,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]")] = None,
    columns: Annotated[list[str] | None, typer.Option("--predictions", metavar="COLUMN")] = None,
    question: QuestionName = None,
    id_column: Id = None,
    wave: Annotated[str, typer.Option("--wave", metavar="NAME")] = "",
    remove: Annotated[str | None, typer.Option("--remove", metavar="NAME")] = None,
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    form: Format = "table",
    who: Who = None,
) -> None:
    """Keep predictions from elsewhere for estimates, or list those that there are."""
    from coder.study.exchange import add_predictions, only_question

    if (file is None) != (not columns):
        raise CoderError("cli.predictions_what")
    with opened_study(study) as opened:
        asked = only_question(opened, question)
        if remove is not None:
            asked.remove_predictions(remove, who or getuser())
        if file is None:
            _say(asked.predicted().astype(str), asked.name, form)
            return
        with progress() as tell:
            done = add_predictions(
                asked, table_file(file, sheet, header_rows), columns or [], who or getuser(),
                id=id_column, wave=wave.strip(), progress=tell,
            )  # fmt: skip
    for one in done:
        say_out("cli.predictions_kept", name=one.name, answers=counted("answers", one.answers), question=asked.name)
        if one.without:
            say_err("cli.predictions_without", name=one.name, count=one.without)
    if done and done[0].unknown:
        unknown = done[0].unknown
        say_err("cli.predictions_unknown", count=len(unknown), unit=unknown[0], question=asked.name)


@app.command()
def estimate(
    study: Place,
    question: QuestionName = None,
    wave: Annotated[str, typer.Option("--wave", metavar="NAME")] = "all",
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="TABLE")] = None,
    *,
    level: Annotated[float, typer.Option("--level")] = 0.95,
    nlp: Nlp = "nl_coder_sm",
    form: Format = "table",
    seed: Seed = 1,
) -> None:
    """Estimate how often each code occurs in all answers, from those that people coded in random order."""
    from coder.study.estimate_basis import basis_of
    from coder.study.exchange import only_question

    with opened_study(study) as opened:
        name = (asked := only_question(opened, question)).name
        basis = basis_of(asked, wave=wave)
    with progress() as tell:
        found = basis.estimate(tell, level=level, nlp=nlp, seed=seed)
    say_estimation(found, out, form, name)


@app.command()
def status(
    study: Place,
    form: Format = "table",
    *,
    check: Annotated[bool, typer.Option("--check")] = False,
) -> None:
    """Say how far each question is."""
    from coder.tables.table import Table, texts

    with opened_study(study) as opened:
        found = opened.status()
        name = opened.facts["name"]
        wrong = opened.check() if check else []
    if form == "table" and len(found):
        turned = found.set_index("question").astype(str).T.reset_index(names="")
        turned[""] = texts(Note(f"study.head_{one}") for one in turned[""])
        typer.echo(Table(name, turned, None, {str(one): str(one) for one in turned.columns}).text(form), nl=False)
    else:
        _say(found.astype(str), name, form)
    if wrong:
        raise CoderError("study.wrong", notes=wrong)


@app.command()
def top(
    study: Place,
    question: QuestionName = None,
    wave: Annotated[str | None, typer.Option("--wave", metavar="NAME")] = None,
    at: When = None,
    limit: Annotated[int, typer.Option("--limit", min=0)] = 10,
    form: Format = "table",
) -> None:
    """The frequency table of what people decided, now or at an earlier moment."""
    from coder.study.exchange import only_question, table

    with opened_study(study) as opened:
        made = table(
            only_question(opened, question),
            wave=wave,
            at=_moment(at),
            limit=limit or None,
        )
    typer.echo(made.text(form))


@app.command()
def export(
    study: Place,
    out: Out,
    question: QuestionName = None,
    wave: Annotated[str, typer.Option("--wave", metavar="NAME")] = "all",
    at: When = None,
) -> None:
    """Write the answers with their codes: the gold version, each coder's, the machine's; documents as a .qdpx."""
    if out.suffix.lower() == ".qdpx":
        _export_project(study, out, question)
        return
    from coder.files.writing import check_ending
    from coder.study.exchange import export as write
    from coder.study.exchange import only_question

    check_ending(out)
    with opened_study(study) as opened:
        say_files(write(only_question(opened, question), out, wave=wave, at=_moment(at)))


def _export_project(study: str, out: Path, name: str | None) -> None:
    from coder.files.qdpx.project_writer import write_qdpx
    from coder.study.documents.document_exchange import only_set, project_of

    with opened_study(study) as opened:
        project = project_of(opened, only_set(opened, name))
    write_qdpx(out, project)
    for note in project.notes:
        say_err(note)
    say_files([out])


@app.command()
def log(
    study: Place,
    question: QuestionName = None,
    limit: Annotated[int, typer.Option("--limit", min=0)] = 20,
    form: Format = "table",
) -> None:
    """What happened, the last first. No answer is in it."""
    with opened_study(study) as opened:
        told = (opened[question] if question else opened).log(limit=limit or None)
        _say(told.astype(str).replace("<NA>", ""), opened.facts["name"], form)


@app.command()
def undo(study: Place, question: QuestionName = None, who: Who = None) -> None:
    """Undo somebody's last batch of decisions; the decisions and the undoing stay in the log."""
    from coder.study.exchange import only_question

    person = who or getuser()
    with opened_study(study) as opened:
        done = only_question(opened, question).undo(person)
    if done.empty:
        raise CoderError("cli.nothing_to_undo", who=person)
    say_out("cli.undone", event=done["event"].iloc[0], count=len(done), who=person)


@app.command()
def assign(
    study: Place,
    coder: Annotated[list[str], typer.Option("--coder", metavar="NAME")],
    question: QuestionName = None,
    share: Annotated[float, typer.Option("--share")] = 0.1,
    seed: Seed = 1,
    who: Who = None,
) -> None:
    """Deal the answers that nobody has yet: a random share to two coders, the rest to one."""
    from coder.study.exchange import only_question

    with opened_study(study) as opened:
        asked = only_question(opened, question)
        asked.assign(coder, share=share, seed=seed, who=who or getuser())
        dealt = asked.assigned()
    for person, part in dealt.groupby("who"):
        say_out("cli.dealt", who=person, count=len(part), double=int(part["double"].sum()))


@app.command()
def disagreements(
    study: Place,
    question: QuestionName = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE")] = None,
    form: Format = "table",
) -> None:
    """The answers and codes on which coders differ, for an adjudicator."""
    from coder.files.writing import check_ending
    from coder.study.exchange import only_question, write_disagreements

    if out is not None:
        check_ending(out)
    with opened_study(study) as opened:
        asked = only_question(opened, question)
        if out is not None:
            say_files(write_disagreements(asked, out))
            return
        _say(asked.disagreements(), asked.name, form)


@app.command()
def people(
    study: Place,
    add_: Annotated[str | None, typer.Option("--add", metavar="NAME")] = None,
    role: Annotated[str, typer.Option("--role")] = "coder",
    question: QuestionName = None,
    form: Format = "table",
    who: Who = None,
    *,
    blind: Annotated[bool | None, typer.Option("--blind/--not-blind")] = None,
) -> None:
    """The people of the study, and whether they see each other's codes."""
    from coder.study.exchange import only_question

    with opened_study(study) as opened:
        if add_:
            opened.add_person(add_, role=role)
        if blind is not None:
            only_question(opened, question).set_blind(who or getuser(), blind=blind)
        _say(opened.people(), opened.facts["name"], form)


# What the commands share


def _say(frame: "pd.DataFrame", title: str, form: str) -> None:
    from coder.tables.table import Column, Said, Table

    shown: dict[str, Said | Column] = {str(name): Note(f"study.head_{name}") for name in frame.columns}
    if "role" in shown:
        shown["role"] = Column(Note("study.head_role"), "role")
    if "what" in shown:
        shown["what"] = Column(Note("study.head_what"), "event")
        shown["source"] = Column(Note("study.head_source"), "event_source", ("what", "source"))
    typer.echo(Table(title, frame, None, shown).text(form), nl=False)


def _moment(at: str | None) -> "int | datetime | None":
    if at is None or at.isdigit():
        return None if at is None else int(at)
    try:
        return datetime.fromisoformat(at)
    except ValueError:
        raise CoderError("cli.moment", at=at) from None
