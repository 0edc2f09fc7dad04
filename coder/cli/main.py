"""The commands. Heavy modules load inside a command, so that `coder --help` answers at once."""
# ruff: noqa: PLC0415

import gc
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli import document_machine  # noqa: F401 (its commands are of documents)
from coder.cli.codebook import app as codebook_app
from coder.cli.document_tables import horizontal
from coder.cli.documents import app as documents_app
from coder.cli.home import install_shortcut, open_home
from coder.cli.options import (
    Answers,
    Book,
    CodedColumn,
    Codes,
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
    no_answers,
    read_book,
    say_files,
    say_left_out,
    say_scores,
    table_file,
    templates_of,
    ways,
    write_tables,
)
from coder.cli.report import report
from coder.cli.review import review
from coder.cli.samples import estimate, facts, sample
from coder.cli.speech import run_command, say_err, say_out
from coder.cli.study import app as study_app
from coder.cli.tables import agree, compare, groups, top
from coder.errors import CoderError
from coder.note import Note, counted
from coder.version import __version__

if TYPE_CHECKING:
    from coder.methods.classifier import Classifier

app = typer.Typer(
    rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip
app.add_typer(codebook_app, name="codebook")
app.add_typer(study_app, name="study")
app.add_typer(documents_app, name="documents")
nlp_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(nlp_app, name="nlp")
app.command()(sample)
app.command()(review)
app.command()(install_shortcut)
app.command()(report)
app.command()(facts)


_OBJECTS = 100_000
"""After so many new objects Python looks for cycles: what modules are made of is no waste, and looking takes a tenth."""


def main() -> None:
    """Run the command line."""
    gc.set_threshold(_OBJECTS)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr] # names are any bytes
    sys.exit(run_command(app, sys.argv[1:]))


@app.callback(invoke_without_command=True)
def coder(context: typer.Context, *, version: Annotated[bool, typer.Option("--version")] = False) -> None:
    """Code open answers: rules, a classifier and topics; tables and comparisons; Dutch first."""
    if version:
        typer.echo(f"coder {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        open_home()


@app.command()
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
    from coder.cli.speech import progress
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


@app.command()
def run(
    answers: Answers,
    text: Text,
    codebook: Book,
    id_column: Id = None,
    then: Annotated[
        Path | None,
        typer.Option("--then", metavar="FILE"),
    ] = None,
    then_codes: Annotated[str, typer.Option("--then-codes", metavar="COLUMN")] = "codes",
    codes: SomeCodes = None,
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
    from coder.cli.speech import progress
    from coder.files.answers import check_free, read_answers
    from coder.files.sheets import weight_like
    from coder.files.wave_files import read_wave
    from coder.jobs.run import FINAL_COLUMN, left_over, write_run
    from coder.jobs.run import run as whole_job

    house = templates_of(template)
    book = read_book(codebook)
    none = empty == "none"
    file = table_file(answers, sheet, header_rows)
    read = read_answers(file, text=text, id=id_column, needs=[codes] if codes else [])
    check_free(read, FINAL_COLUMN, fixed=True)
    hand = read.coding(codes, book, empty_is_none=none) if codes else None
    before = None
    if then is not None:
        wave = table_file(then, then_sheet, then_header_rows)
        before = read_wave(wave, codes=then_codes, codebook=book, empty_is_none=none)
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
    if weight := weight_like(read.sheet):
        coded = next(path for path in files if path.stem == "coded")
        say_err("cli.weight_unused", column=weight, file=coded.name, codes=FINAL_COLUMN)
    if old := left_over(files, out):
        say_err("cli.earlier_files")
        typer.echo("\n".join(f"  {path}" for path in old), err=True)


@app.command()
def code(
    answers: Answers,
    text: Text,
    out: Out,
    codebook: SomeBook = None,
    model: Model = None,
    id_column: Id = None,
    into: Annotated[str, typer.Option("--into", metavar="COLUMN")] = "codes",
    likely: Annotated[
        str | None,
        typer.Option("--likely", metavar="COLUMN"),
    ] = None,
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
    from coder.cli.folder import check_kind, code_into, is_folder

    check_kind(out, {"--likely": likely}, {"--processes": processes, "--reasons": reasons, "--cluster": cluster})
    if is_folder(out):
        code_into(
            out, answers, text, read_book(codebook) if codebook else None, _model(model), id_column=id_column,
            into=into, reasons=reasons, no_answer=no_answers(no_answer), nlp=nlp, header_rows=header_rows, sheet=sheet,
            processes=processes, cluster=cluster,
        )  # fmt: skip
        return
    from coder.cli.speech import progress
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
    learned = _model(model)
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
        from coder.learning.shift import shift

        if warning := shift(learned, read.corpus.take(coding.seen)).warning:
            say_err("cli.warning", what=warning)
    say_files(files)


@app.command()
def train(
    answers: Answers,
    text: Text,
    codes: Codes,
    out: Folder,
    codebook: SomeBook = None,
    embedding: Embedding = "auto",
    update: Annotated[
        Path | None,
        typer.Option("--update", metavar="DIR"),
    ] = None,
    empty: Empty = "uncoded",
    nlp: Nlp = "nl_coder_sm",
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    form: Format = "table",
    seed: Seed = 1,
) -> None:
    """Learn from coded answers, weighed beside the rules where there is a codebook; write a model."""
    from coder.api import train as learn
    from coder.cli.speech import progress
    from coder.files.answers import read_answers
    from coder.files.codebooks import read_codebook
    from coder.learning.update import update as renew
    from coder.methods.model_files import save

    if update is not None and codebook is not None:
        raise CoderError("cli.update_book")
    book = read_codebook(codebook) if codebook is not None else None
    read = read_answers(table_file(answers, sheet, header_rows), text=text, needs=[codes])
    hand = read.coding(codes, book, empty_is_none=empty == "none")
    old = _model(update)
    with progress() as tell:
        if old is None:
            model = learn(read.corpus, hand, book, embedding=embedding, nlp=nlp, seed=seed, progress=tell)
        else:
            model, changes = renew(old, read.corpus, hand, seed=seed, progress=tell)
    save(model, out)
    if old is None:
        answers_learned = counted("answers", int(str(model.card["units"])))
        say_out("cli.learned", codes=counted("codes", len(model.codes)), answers=answers_learned)
        say_scores(model.card)
        if model.weighing is not None:
            say_out("cli.beside_rules", scores=ways(model.weighing.scores))
    else:
        typer.echo(changes.text(form), nl=False)
    say_files([out])


@app.command()
def explain(
    model: Annotated[Path, typer.Argument(metavar="MODEL")],
    text: Annotated[str, typer.Argument(metavar="TEXT")],
    codebook: SomeBook = None,
    answers: Annotated[
        Path | None,
        typer.Option("--answers", metavar="FILE"),
    ] = None,
    column: Annotated[str, typer.Option("--text", metavar="COLUMN")] = "text",
    codes: CodedColumn = "codes",
    limit: Annotated[int, typer.Option("--limit")] = 5,
    empty: Empty = "uncoded",
    nlp: Nlp = "nl_coder_sm",
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    form: Format = "table",
) -> None:
    """Say why a model gives an answer its codes: words, rules, the nearest coded answers."""
    from coder.files.answers import read_answers
    from coder.files.codebooks import read_codebook
    from coder.learning.explain import explain as why
    from coder.learning.explain import nearest
    from coder.methods.model_files import load

    learned = load(model)
    tables = [why(learned, text, read_codebook(codebook) if codebook else None, limit=limit, nlp=nlp)]
    if answers is not None:
        read = read_answers(table_file(answers, sheet, header_rows), text=column, needs=[codes])
        hand = read.coding(codes, empty_is_none=empty == "none")
        tables.append(nearest(learned, text, read.corpus, hand))
    for table in tables:
        typer.echo(table.text(form))


@app.command()
def evaluate(
    answers: Answers,
    text: Text,
    codes: Codes,
    model: Model = None,
    codebook: SomeBook = None,
    second: Annotated[str | None, typer.Option("--second", metavar="COLUMN")] = None,
    group: Annotated[
        str | None,
        typer.Option("--group", metavar="COLUMN"),
    ] = None,
    repeats: Annotated[int, typer.Option("--repeats", min=1)] = 1,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE")] = None,
    *,
    curve: Annotated[bool, typer.Option("--curve")] = False,
    nlp: Nlp = "nl_coder_sm",
    empty: Empty = "uncoded",
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    form: Format = "table",
    seed: Seed = 1,
) -> None:
    """Measure how well methods agree with the codes people gave (cross-validated without --model)."""
    from coder.cli.speech import progress
    from coder.files.answers import read_answers
    from coder.files.cells import separator
    from coder.files.codebooks import read_codebook
    from coder.learning.evaluation import evaluate as measure

    needs = {codes: "--codes", second: "--second", group: "--group"}
    file = table_file(answers, sheet, header_rows)
    read = read_answers(file, text=text, needs={name: option for name, option in needs.items() if name})
    book, none = read_codebook(codebook) if codebook else None, empty == "none"
    hand = read.coding(codes, book, empty_is_none=none)
    other = read.coding(second, book, option="--second", empty_is_none=none) if second else None
    groups = read.column(group, "--group") if group else None
    with progress() as tell:
        found = measure(
            read.corpus, hand, book, model=_model(model), second=other, groups=groups, repeats=repeats, curve=curve,
            nlp=nlp, seed=seed, progress=tell,
        )  # fmt: skip
    for table in found.tables:
        typer.echo(table.text(form))
    if out is not None:
        named = dict(zip(("codes", "overall", "curve"), found.tables, strict=False))
        say_files(write_tables(named, out, answers.stem, sep=separator(answers)))


app.command()(estimate)


@app.command()
def topics(
    answers: Answers,
    text: Text,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE")] = None,
    codebook: SomeBook = None,
    codes: SomeCodes = None,
    smallest: Annotated[int | None, typer.Option("--smallest", min=1)] = None,
    most: Annotated[int | None, typer.Option("--most", min=1)] = None,
    save: Annotated[Path | None, typer.Option("--save", metavar="DIR")] = None,
    model: Model = None,
    no_answer: NoAnswer = None,
    header_rows: HeaderRows = None,
    sheet: SheetName = "",
    seed: Seed = 1,
) -> None:
    """Find topics; with --codes in the answers that have no code."""
    from coder.cli.speech import progress
    from coder.files.answers import check_free, read_answers
    from coder.files.cells import separator
    from coder.files.codebooks import check_written, write_codebook
    from coder.files.writing import check_ending, write_sheets
    from coder.jobs.topic_codebook import draft, topics_of
    from coder.methods.topics import TopicModel
    from coder.words import say

    if out is not None:
        check_ending(out)
    if codebook is not None:
        check_written(codebook)
    read = read_answers(table_file(answers, sheet, header_rows), text=text, needs=[codes] if codes else [])
    if out is not None:
        check_free(read, "topic", fixed=True)
    coded = read.coded(codes) if codes else None
    kept = TopicModel.load(model) if model is not None else None
    with progress() as tell:
        tell("progress.topics", 0, 1)
        found = topics_of(
            read.corpus, coded, model=kept, smallest=smallest, most=most, no_answer=no_answers(no_answer), seed=seed,
            progress=tell,
        )  # fmt: skip
    files = list[Path]()
    if out is None:
        for label, size, typical in zip(*(found.frame[name] for name in ("label", "size", "answers")), strict=True):
            say_out("cli.topic", label=label, answers=counted("answers", size), typical=typical)
    else:
        listed = read.sheet.assign(topic=found.cells.reindex(read.corpus.ids).fillna("").to_numpy())
        frames = {"topics": found.frame, "answers": listed}
        if out.suffix.lower() == ".xlsx":
            own = {str(name): say(Note(f"topics.column_{name}")) for name in found.frame}
            last = own["topic"] if own["topic"] not in read.sheet else "topic"
            listed = listed.set_axis([*listed.columns[:-1], last], axis=1)
            names = [say(Note(f"topics.sheet_{name}")) for name in frames]
            frames = dict(zip(names, [found.frame.rename(columns=own), listed], strict=True))
        files += write_sheets(out, frames, separator(answers))
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


app.command()(top)
app.command()(groups)


app.command()(horizontal)


app.command()(compare)
app.command()(agree)


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


def _model(folder: Path | None) -> "Classifier | None":
    if folder is None:
        return None
    from coder.methods.model_files import load

    return load(folder)
