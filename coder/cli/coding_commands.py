"""The commands that code answers: the whole job, by machine, into topics; and the pages on which people do."""
# ruff: noqa: PLC0415

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from coder.cli.options import (
    Answers,
    Book,
    Embedding,
    Empty,
    Folder,
    Format,
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
    Templates,
    Text,
    ThenHeaderRows,
    ThenSheet,
    Wave,
    folder_named,
    load_model,
    needed,
    no_answers,
    one_of,
    read_book,
    table_file,
    templates_of,
)
from coder.cli.speech import progress, say_err, say_files, say_left_out, say_out
from coder.errors import CoderError, DataError
from coder.note import Note, counted
from coder.words import say

if TYPE_CHECKING:
    import pandas as pd

    from coder.codebook import Codebook
    from coder.corpus import Corpus
    from coder.files.answers import Answers as AnswersRead
    from coder.methods.classifier import Classifier
    from coder.methods.topics import Topics
    from coder.study import Study


nlp_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


def demo(
    out: Folder = Path("coder-demo"),
    form: Format = "table",
    seed: Seed = 1,
    *,
    files_only: Annotated[bool, typer.Option("--files")] = False,
) -> None:
    """Show everything on the synthetic answers and policy plans that come with coder."""
    if files_only:
        from coder.jobs.demo import write_example

        say_files(write_example(out))
        return
    from coder.jobs.demo import LISTS, agreement_line, write_demo
    from coder.jobs.demo import demo as one_list
    from coder.study.example_studies import plans_demo

    with progress() as tell:
        lists = [one_list(name, seed=seed, progress=tell) for name in LISTS]
        plans = plans_demo(out / "plans", tell)
        files = [*write_demo(lists, out), *plans.files]
    for one in lists:
        for table in (one.people, one.comparison, one.beside):
            typer.echo(table.text(form))
        say_out(agreement_line(one))
        typer.echo()
    say_out("demo.plans")
    for table in (plans.read, plans.themes, plans.changes, plans.copied):
        typer.echo()
        typer.echo(table.text(form).rstrip())
    say_files(files)


def run(
    answers: Answers,
    text: Text,
    codebook: Book,
    id_column: Id = None,
    then: Annotated[Path | None, typer.Option("--then", metavar="FILE")] = None,
    then_codes: Annotated[str, typer.Option("--then-codes", metavar="COLUMN")] = "codes",
    codes: SomeCodes = None,
    wave: Wave = None,
    out: Folder = Path("coder-out"),
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    then_header_rows: ThenHeaderRows = None,
    then_sheet: ThenSheet = "",
    *,
    workbook: Annotated[bool, typer.Option("--xlsx")] = False,
    slides: Annotated[bool, typer.Option("--pptx")] = False,
    document: Annotated[bool, typer.Option("--docx")] = False,
    template: Templates = None,
    no_topics: Annotated[bool, typer.Option("--no-topics")] = False,
    no_answer: NoAnswer = None,
    nlp: Nlp = "nl_coder_sm",
    empty: Empty = "uncoded",
    form: Format = "table",
    seed: Seed = 1,
) -> None:
    """The whole job: code the answers, count, compare with the last wave, write a report."""
    from coder.files.answers import check_free, read_answers, with_roles
    from coder.files.wave_files import read_wave
    from coder.jobs.run import FINAL_COLUMN, write_run
    from coder.jobs.run import run as whole_job

    if wave and not codes:
        raise CoderError("cli.wave_learns", option="--codes")
    house = templates_of(template)
    book = read_book(codebook)
    none = empty == "none"
    file = table_file(answers, sheet, header_rows)
    needs = needed({codes: "--codes", wave: "--wave"})
    read = with_roles(read_answers(file, text=text, id=id_column, needs=needs), wave=wave)
    check_free(read, FINAL_COLUMN, fixed=True)
    hand = read.coding(codes, book, empty_is_none=none) if codes else None
    before = None
    if then is not None:
        last = table_file(then, then_sheet, then_header_rows)
        before = read_wave(last, codes=then_codes, codebook=book, empty_is_none=none)
    with progress() as tell:
        done = whole_job(
            read.corpus, book, hand=hand, then=before, topics=not no_topics, seed=seed,
            no_answer=no_answers(no_answer), nlp=nlp, progress=tell,
        )  # fmt: skip
        endings = [ending for ending, asked in ((".pptx", slides), (".docx", document)) if asked]
        made = datetime.now().astimezone().date()
        files = write_run(done, read, out, workbook=workbook, endings=endings, templates=house, made=made)
    say_left_out(done.evidence)
    for table in (done.table, done.comparison):
        if table is not None:
            typer.echo(table.text(form))
    if done.no_topics is not None and not no_topics:
        say_err(done.no_topics)
    say_files(files)
    _say_beside(read, files, out)


def _say_beside(read: "AnswersRead", files: "Sequence[Path]", folder: Path) -> None:
    """Tell of a column that looks like weights, which a run does not use, and of files that an earlier run left."""
    from coder.files.sheets import weight_like
    from coder.jobs.run import FINAL_COLUMN, left_over

    if weight := weight_like(read.sheet):
        coded = next(path for path in files if path.stem == "coded")
        say_err("cli.weight_unused", column=weight, file=coded.name, codes=FINAL_COLUMN)
    if old := left_over(files, folder):
        say_err("cli.earlier_files")
        typer.echo("\n".join(f"  {path}" for path in old), err=True)


def code(
    answers: Answers,
    text: Text,
    out: Out,
    codebook: SomeBook = None,
    model: Model = None,
    id_column: Id = None,
    into: Annotated[str, typer.Option("--into", metavar="COLUMN")] = "codes",
    likely: Annotated[str | None, typer.Option("--likely", metavar="COLUMN")] = None,
    no_answer: NoAnswer = None,
    nlp: Nlp = "nl_coder_sm",
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    processes: Annotated[int | None, typer.Option("--processes", metavar="N", min=1)] = None,
    cluster: Annotated[str, typer.Option("--cluster", metavar="ADDRESS")] = "",
    *,
    reasons: Annotated[bool, typer.Option("--reasons")] = False,
) -> None:
    """Give every answer its codes, by the rules of a codebook, a model, or both."""
    _check_kind(out, {"--likely": likely}, {"--processes": processes, "--reasons": reasons, "--cluster": cluster})
    if _is_folder(out):
        _code_into(
            out, answers, text, read_book(codebook) if codebook else None, load_model(model), id_column=id_column,
            into=into, reasons=reasons, no_answer=no_answers(no_answer), nlp=nlp, header_rows=header_rows, sheet=sheet,
            processes=processes, cluster=cluster,
        )  # fmt: skip
        return
    from coder.files.answers import check_free, read_answers, write_coded
    from coder.files.writing import check_ending
    from coder.jobs.machine import code as code_answers
    from coder.jobs.machine import likely as likeliest
    from coder.jobs.machine import order_of

    check_ending(out)
    read = read_answers(table_file(answers, sheet, header_rows), text=text, id=id_column)
    for column in (into, likely):
        if column is not None:
            check_free(read, column)
    if likely is not None and codebook is None:
        raise CoderError("cli.likely_needs")
    book = read_book(codebook) if codebook else None
    learned = load_model(model)
    with progress() as tell:
        coding = code_answers(read.corpus, book, model=learned, no_answer=no_answers(no_answer), nlp=nlp, progress=tell)
        if likely is not None and book is not None:
            read.sheet[likely] = likeliest(read.corpus, coding, book, progress=tell).to_numpy()
    files = write_coded(out, read, coding, order_of(book, learned), into)
    say_left_out(coding)
    given = coding.assignments["unit"].nunique()
    left_out = len(read) - len(coding.seen)
    said = {"given": given, "without": len(coding.seen) - given, "no_answer": left_out}
    say_out("cli.coded", answers=counted("answers", len(read)), **said)
    if learned is not None:
        _say_shift(learned, read.corpus.take(coding.seen))
    say_files(files)


def _say_shift(learned: "Classifier", answers: "Corpus") -> None:
    """Warn where a model meets much that it never saw."""
    from coder.learning.shift import shift

    if warning := shift(learned, answers).warning:
        say_err("cli.warning", what=warning)


def _is_folder(out: Path) -> bool:
    """Whether this names a folder: its name has no ending, or there is one."""
    return not out.suffix or os.path.isdir(out)  # noqa: PTH112 (is_dir raises for a long name)


def _check_kind(out: Path, of_files: Mapping[str, object], of_folders: Mapping[str, object]) -> None:
    """Raise where an option is given that goes with the other kind of result."""
    wrong, key = (of_files, "cli.file_only") if _is_folder(out) else (of_folders, "cli.folder_only")
    for option, value in wrong.items():
        if value:
            raise CoderError(key, option=option, out=out)


def _code_into(
    out: Path,
    answers: Path,
    text: str,
    codebook: "Codebook | None",
    model: "Classifier | None",
    *,
    id_column: str | None,
    into: str,
    reasons: bool,
    no_answer: Sequence[str] | None,
    nlp: str,
    header_rows: int | None,
    sheet: str,
    processes: int | None,
    cluster: str,
) -> None:
    """Code the answers in a file, a folder or a pattern into a folder, and tell how many got codes."""
    from coder.files.answer_parts import AnswerFiles
    from coder.files.coded_folder import CodedFolder
    from coder.jobs.code_folder import code_folder

    needs = {id_column: "--id"} if id_column else {}
    files = AnswerFiles.of(answers, text, needs=needs, sheet=sheet, header_rows=header_rows)
    for note in files.notes:
        say_err(note)
    if (before := CodedFolder.at(out)) is not None and (done := before.done):
        say_err("cli.goes_on", folder=out, count=len(done))
    with progress(left=True) as tell:
        found = code_folder(
            files, out, codebook, model, into=into, reasons=reasons, no_answer=no_answer, nlp=nlp,
            processes=processes, cluster=cluster, progress=tell,
        )  # fmt: skip
    rows = found.pop("rows")
    say_out("cli.coded", answers=counted("answers", rows), **found)
    if id_column and (twice := CodedFolder(out).without_own_id(column := files.column(id_column, "--id"))):
        say_err("parts.ids_twice", folder=out, column=column, count=twice)
    say_files([out])


def topics(
    answers: Answers,
    text: Text,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE")] = None,
    codebook: SomeBook = None,
    codes: SomeCodes = None,
    smallest: Annotated[int | None, typer.Option("--smallest", min=1)] = None,
    most: Annotated[int | None, typer.Option("--most", min=1)] = None,
    save: Annotated[Path | None, typer.Option("--save", metavar="DIR", callback=folder_named)] = None,
    model: Model = None,
    embedding: Embedding = "auto",
    no_answer: NoAnswer = None,
    processes: Annotated[int | None, typer.Option("--processes", metavar="N", min=1)] = None,
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    seed: Seed = 1,
) -> None:
    """Find topics; with --codes in the answers that have no code."""
    from coder.files.answer_parts import is_much

    much = is_much(answers)
    many = much or (out is not None and _is_folder(out))
    _check_topics(out, codebook, codes, processes, much=much)
    if many:
        asked = _TopicsAsked(smallest, most, save, model, embedding, no_answers(no_answer), seed)
        _topics_of_many(answers, text, out, codebook, asked, header_rows, sheet, processes)
        return
    from coder.files.answers import check_free, read_answers
    from coder.files.cells import separator
    from coder.files.codebooks import write_codebook
    from coder.files.writing import write_sheets
    from coder.jobs.topic_codebook import draft, topics_of
    from coder.methods.topics import TopicModel

    read = read_answers(table_file(answers, sheet, header_rows), text=text, needs=[codes] if codes else [])
    if out is not None:
        check_free(read, "topic", fixed=True)
    coded = read.coded(codes) if codes else None
    kept = TopicModel.load(model) if model is not None else None
    with progress() as tell:
        tell("progress.topics", 0, 1)
        found = topics_of(
            read.corpus, coded, model=kept, smallest=smallest, most=most, embedding=embedding,
            no_answer=no_answers(no_answer), seed=seed, progress=tell,
        )  # fmt: skip
    files = list[Path]()
    if out is None:
        _print_topics(found)
    else:
        files += write_sheets(
            out, _topic_sheets(found, read, in_words=out.suffix.lower() == ".xlsx"), separator(answers)
        )
    if codebook is not None:
        write_codebook(codebook, draft(found, read.corpus.take(found.of.index), name=codebook.stem))
        files.append(codebook)
    if save is not None:
        found.model.save(save)
        files.append(save)
    topics_found, none = counted("topics", len(found.frame)), counted("answers", int((found.of < 0).sum()))
    say_out("cli.topics", answers=counted("answers", len(found.of)), topics=topics_found, none=none)
    if files:
        say_files(files)


def _check_topics(
    out: Path | None, codebook: Path | None, codes: str | None, processes: int | None, *, much: bool
) -> None:
    """Raise where topics could not be written as asked."""
    from coder.files.codebooks import check_written
    from coder.files.writing import check_ending

    folder = out is not None and _is_folder(out)
    if out is not None and not folder:
        if much:
            raise CoderError("cli.topics_folder", out=out)
        check_ending(out)
    if processes is not None and not folder:
        raise CoderError("cli.processes_folder")
    if codes is not None and (much or folder):
        raise CoderError("cli.topics_codes")
    if codebook is not None:
        check_written(codebook)


class _TopicsAsked(NamedTuple):
    """How topics are found, and where they are kept or come from."""

    smallest: int | None
    most: int | None
    save: Path | None
    model: Path | None
    embedding: str
    no_answer: Sequence[str] | None
    seed: int


def _topics_of_many(
    answers: Path,
    text: str,
    out: Path | None,
    codebook: Path | None,
    asked: _TopicsAsked,
    header_rows: int | None,
    sheet: str,
    processes: int | None,
) -> None:
    """Find topics in some of the answers, print them, and give them to all in a folder."""
    from coder.files.answer_parts import AnswerFiles
    from coder.files.answers import read_answers
    from coder.files.cells import separator
    from coder.files.codebooks import write_codebook
    from coder.files.coded_folder import CodedFolder
    from coder.files.gather import gather
    from coder.files.writing import write_sheets
    from coder.jobs.code_folder import topics_folder
    from coder.jobs.topic_codebook import draft, not_too_long, topics_of
    from coder.methods.topics import FITTED, TopicModel

    files = AnswerFiles.of(answers, text, sheet=sheet, header_rows=header_rows)
    if out is not None and "topic" in files.columns:
        raise DataError("files.column_fixed", file=files.files[0].name, column="topic")
    kept = TopicModel.load(asked.model) if asked.model is not None else None
    written = list[Path]()
    with progress(left=True) as tell:
        some = gather(files, others=FITTED, no_answer=asked.no_answer, seed=asked.seed, tell=say_err, progress=tell)
        corpus = not_too_long(read_answers(some.file, text=files.text).corpus, asked.seed)
        found = topics_of(
            corpus, None, model=kept, smallest=asked.smallest, most=asked.most, embedding=asked.embedding,
            no_answer=asked.no_answer, seed=asked.seed, progress=tell,
        )  # fmt: skip
        if asked.save is not None:
            found.model.save(asked.save)
            written.append(asked.save)
        rows, none = len(found.of), int((found.of < 0).sum())
        if out is not None:
            told = topics_folder(files, out, found.model, no_answer=asked.no_answer, processes=processes, progress=tell)
            rows, none = told["rows"], told["rows"] - told["given"]
    if out is not None:
        sizes = CodedFolder(out).counts()
        frame = found.frame.assign(size=[sizes.get(str(topic), 0) for topic in found.frame["topic"]])
        found = replace(found, frame=frame)
        table = out.with_name(f"{out.name}.topics.csv")
        written = [out, *write_sheets(table, {"topics": frame}, separator(files.files[0])), *written]
    if codebook is not None:
        write_codebook(codebook, draft(found, corpus.take(found.of.index), name=codebook.stem))
        written.append(codebook)
    _print_topics(found)
    if kept is None:
        say_out("cli.topics_fitted", count=len(corpus), rows=some.rows)
    topics_found = counted("topics", len(found.frame))
    say_out("cli.topics", answers=counted("answers", rows), topics=topics_found, none=counted("answers", none))
    if written:
        say_files(written)


def _print_topics(found: "Topics") -> None:
    for label, size, typical in zip(*(found.frame[name] for name in ("label", "size", "answers")), strict=True):
        say_out("cli.topic", label=label, answers=counted("answers", size), typical=typical)


def _topic_sheets(found: "Topics", read: "AnswersRead", *, in_words: bool) -> "Mapping[str, pd.DataFrame]":
    """The topics, and the answers with theirs; `in_words` names sheets and columns for people."""
    listed = read.sheet.assign(topic=found.cells.reindex(read.corpus.ids).fillna("").to_numpy())
    frames = {"topics": found.frame, "answers": listed}
    if not in_words:
        return frames
    own = {str(name): say(Note(f"topics.column_{name}")) for name in found.frame}
    last = own["topic"] if own["topic"] not in read.sheet else "topic"
    listed = listed.set_axis([*listed.columns[:-1], last], axis=1)
    names = [say(Note(f"topics.sheet_{name}")) for name in frames]
    return dict(zip(names, [found.frame.rename(columns=own), listed], strict=True))


@nlp_app.command("list")
def list_() -> None:
    """List the Dutch pipelines that --nlp can name, the bundled one first."""
    from coder.languages.nl.pipeline import installed

    typer.echo("\n".join(installed()))


@nlp_app.command()
def get(
    name: Annotated[str, typer.Argument(metavar="NAME")],
) -> None:
    """Install another pipeline with spaCy's own download."""
    from coder.languages.nl.pipeline import get as install

    install(name)
    say_out("cli.installed", name=name)


def review(
    study: Annotated[str, typer.Argument(metavar="STUDY")],
    port: Annotated[int, typer.Option("--port", min=0, max=65535)] = 8321,
    who: Annotated[str, typer.Option("--as", metavar="NAME")] = "",
    add_person: Annotated[str, typer.Option("--add-person", metavar="NAME")] = "",
    role: Annotated[str, typer.Option("--role", callback=one_of("--role", "coder", "adjudicator", "lead"))] = "coder",
    *,
    lan: Annotated[bool, typer.Option("--lan")] = False,
    embedding: Embedding = "auto",
) -> None:
    """Code in the browser: the page listens on this machine alone, unless --lan opens it."""
    from coder.study import Study
    from coder.study.database import is_address

    with Study.open(study if is_address(study) else Path(study)) as opened:
        if add_person:
            _add(opened, add_person, role)
            return
        if lan and not _with_password(opened):
            raise CoderError("cli.lan_password")
        from coder.review.app import serve
        from coder.review.server import ServerOptions

        serve(
            opened,
            ServerOptions(port, lan, who, embedding),
            typer.echo,
            lambda line: typer.echo(line, err=True),
        )


def _add(study: "Study", name: str, role: str) -> None:
    from coder.review.security import hashed

    password = _new_password()
    if name in set(study.people()["name"]):
        study.change_person(name, hash=hashed(password), role=role)
        say_out("cli.new_password", name=name, role=role)
    else:
        study.add_person(name, hashed(password), role)
        say_out("cli.may_sign_in", name=name, role=role)


def _new_password() -> str:
    """A password that was typed twice alike."""
    while True:
        password = str(typer.prompt(say(Note("cli.password")), hide_input=True))
        if typer.prompt(say(Note("cli.password_again")), hide_input=True) == password:
            return password
        say_err("cli.passwords_differ")


def _with_password(study: "Study") -> bool:
    return any(study.password_hash(name) for name in study.people()["name"])


_ICONS = {"win32": "ico", "darwin": "icns"}


def open_home() -> None:
    """Open the home page: every study on this machine, and a new one."""
    import webbrowser

    from coder.review.home_page import serve_home
    from coder.review.server import HOME_PORT, ServerOptions

    def log(line: str) -> None:
        typer.echo(line, err=True)

    serve_home(ServerOptions(HOME_PORT), typer.echo, log, show=webbrowser.open)


def install_shortcut() -> None:
    """Put coder in the start menu and on the desktop, so that a double-click opens it."""
    from pyshortcuts import make_shortcut

    icon = Path(__file__).parents[1] / "review" / "static" / f"coder.{_ICONS.get(sys.platform, 'svg')}"
    try:
        made = make_shortcut("_ -m coder", name="coder", icon=str(icon), terminal=False)
    except OSError as error:
        raise CoderError("cli.shortcut_failed", why=error.strerror or str(error)) from None
    folders = [made.desktop_dir, made.startmenu_dir]
    say_out("cli.shortcut_made", file=made.target, folders=[folder for folder in folders if folder])
