"""The commands of documents: policy plans, transcripts and other long texts."""
# ruff: noqa: PLC0415

from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.options import Format, Out, say_files
from coder.cli.speech import say_err, say_out
from coder.cli.study import Place, Who, opened_study
from coder.errors import CoderError
from coder.note import Note

if TYPE_CHECKING:
    import pandas as pd

    from coder.documents import Document
    from coder.study import AddedDocuments, Study

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Files = Annotated[list[Path], typer.Argument(metavar="FILES")]
Attributes = Annotated[Path | None, typer.Option("--attributes", metavar="TABLE")]
Period = Annotated[str, typer.Option("--period")]
Set = Annotated[str | None, typer.Option("--set", metavar="NAME")]
_SHOWN = 10
"""So many fragments with other words, and without a place, are shown of a document."""
_NAME = "documents"
"""What a first set of documents is called."""


@app.callback()
def documents() -> None:
    """Read and look after documents."""


@app.command()
def check(
    files: Files,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="DIR")] = None,
    attributes: Attributes = None,
    period: Period = "",
    form: Format = "table",
) -> None:
    """Read documents, and say what is in each and what deserves a look; with -o also their blocks as a table."""
    from coder.cli.speech import progress
    from coder.documents import Document, Documents
    from coder.errors import DataError
    from coder.files.documents import blocks_frames, each_document, known_attributes
    from coder.files.writing import write_sheets
    from coder.tables.documents_read import reading

    known = known_attributes(files, attributes, period)
    read: list[Document] = []
    wrong: list[DataError] = []

    def one_by_one(path: Path, one: Document | DataError) -> tuple[str, Document | DataError]:
        if isinstance(one, DataError):
            wrong.append(one)
        elif out is not None:
            read.append(one)
        return path.name, one

    with progress() as tell:
        table = reading(one_by_one(path, one) for path, one in each_document(files, tell))
    typer.echo(table.text(form), nl=False)
    if wrong:
        raise DataError("documents.unread_files", count=len(wrong), all=len(table.frame))
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        say_files(write_sheets(out / "blocks.csv", blocks_frames(Documents(tuple(read), known))))


@app.command()
def add(
    study: Place,
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILES]")] = None,
    attributes: Attributes = None,
    period: Period = "",
    fragments: Annotated[Path | None, typer.Option("--fragments", metavar="TABLE")] = None,
    set_: Set = None,
    who: Who = None,
    *,
    accept: Annotated[bool, typer.Option("--accept")] = False,
) -> None:
    """Add documents, a project of another program (.qdpx), or a table of fragments; differences are shown first."""
    from coder.study.documents.sheets import only_set

    if not files and fragments is None:
        raise CoderError("cli.add_documents_what")
    person, files = who or getuser(), files or []
    with opened_study(study) as opened:
        name = only_set(opened, set_) if set_ or opened.document_sets() else _NAME
        projects = [path for path in files if path.suffix.lower() == ".qdpx"]
        if texts := [path for path in files if path not in projects]:
            _add_files(opened, name, texts, attributes, period, person, accept=accept)
        for path in projects:
            _add_project(opened, name, path, person, accept=accept)
        if fragments is not None:
            _add_fragments(opened, name, fragments, person)


@app.command("list")
def list_(study: Place, set_: Set = None, form: Format = "table") -> None:
    """List the documents: what is known of them, how long they are, how many blocks were read, how many fragments."""
    from coder.study.documents.sheets import only_set
    from coder.tables.table import Column, Said, Table

    with opened_study(study) as opened:
        name = only_set(opened, set_)
        found = opened.documents(name).listing()
    own = ("document", "period", "kind", "pages", "characters", "blocks", "read", "fragments")
    shown: dict[str, Said | Column] = {
        str(column): Note(f"study.head_{column}") if column in own else str(column) for column in found
    }
    shown["pages"] = Column(Note("study.head_pages"), "pages")
    typer.echo(Table(name, found, None, shown).text(form), nl=False)


@app.command()
def fragments(
    study: Place,
    out: Out,
    code: Annotated[str | None, typer.Argument(metavar="[CODE]")] = None,
    set_: Set = None,
    *,
    unplaced: Annotated[bool, typer.Option("--unplaced")] = False,
) -> None:
    """Write the fragments, all or of one code: document, attributes, page, section, text, code, coder, memo."""
    from coder.files.writing import check_ending, write_sheets
    from coder.study.documents.sheets import only_set, sheet
    from coder.words import has, say

    check_ending(out)
    with opened_study(study) as opened:
        kept = opened.documents(only_set(opened, set_))
        found = kept.unplaced() if unplaced else sheet(kept, code)
    say_out("cli.fragments_written", count=len(found))
    if out.suffix.lower() == ".xlsx":
        keys = {str(name): Note(f"documents.column_{name}") for name in found}
        names = {name: say(note) for name, note in keys.items() if has(note.key)}
        found = found.rename(columns={name: own for name, own in names.items() if own == name or own not in found})
    say_files(write_sheets(out, {"fragments": found}, wrapped=True))


@app.command()
def undo(study: Place, set_: Set = None, who: Who = None) -> None:
    """Undo somebody's last batch of fragments or read marks; both stay in the log."""
    from coder.study.decisions import SEEN
    from coder.study.documents.sheets import only_set

    person = who or getuser()
    with opened_study(study) as opened:
        done = opened.documents(only_set(opened, set_)).undo(person)
    if done.empty:
        raise CoderError("cli.nothing_to_undo", who=person)
    marks = int((done["code"] == SEEN).sum())
    counts = {"fragments": len(done) - marks, "read_marks": marks}
    parts = [Note(f"cli.undone_{kind}", count=count) for kind, count in counts.items() if count]
    say_out("cli.undone_parts", event=done["event"].iloc[0], parts=parts, who=person)


def _add_files(
    opened: "Study", name: str, files: list[Path], attributes: Path | None, period: str, who: str, *, accept: bool
) -> None:
    """Read files and add each as it comes: nothing of them stays in memory but what is to be told."""
    from coder.cli.speech import progress
    from coder.documents import Document
    from coder.errors import DataError
    from coder.files.documents import each_document, known_attributes
    from coder.study.documents import AddedDocuments
    from coder.study.documents.sheets import resembling
    from coder.tables.documents_read import remarks, together

    known, kept = known_attributes(files, attributes, period), opened.documents(name)
    parts: list[AddedDocuments] = []
    lines, notes, wrong = list[Note](), list[Note](), 0
    with progress() as tell:
        for path, one in each_document(files, tell):
            notes += remarks(one)
            if isinstance(one, Document):
                parts.append(kept.add([one], known.loc[[one.name]], who=who, accept=accept))
                lines.append(_read_line(path, one))
            wrong += isinstance(one, DataError)
    for line in (*lines, *together(notes)):
        say_out(line)
    added = AddedDocuments.together(parts)
    _say_added(name, added)
    for document, other, share in resembling(kept, added.new):
        say_out("cli.document_resembles", document=document, other=other, share=int(100 * share))
    if wrong:
        raise DataError("documents.unread_files", count=wrong, all=len(lines) + wrong)


def _read_line(path: Path, one: "Document") -> Note:
    counts = {"pages": one.pages, "blocks": len(one), "words": len(one.text.split())}
    parts = [Note(f"cli.document_{name}", count=count) for name, count in counts.items() if count]
    return Note("cli.document_read", file=path.name, parts=parts)


def _add_project(opened: "Study", name: str, path: Path, who: str, *, accept: bool) -> None:
    from coder.files.qdpx import read_qdpx
    from coder.study.documents.projects import enter
    from coder.tables.table import Table
    from coder.words import chosen

    project = read_qdpx(path, chosen())
    done = enter(opened, name, project, who, accept=accept, source=path.name)
    heads = {str(column): Note(f"qdpx.head_{column}") for column in project.account}
    typer.echo(Table(path.name, project.account, None, heads).text("table"), nl=False)
    for note in (*project.notes, *done.notes):
        say_err(note)
    _say_added(name, done.documents)
    say_out("cli.project_entered", name=name, codes=done.codes, fragments=done.fragments, same=done.same)


def _add_fragments(opened: "Study", name: str, path: Path, who: str) -> None:
    from coder.files.fragments import read_fragments
    from coder.study.documents.sheets import enter

    kept = opened.documents(name)
    found, read = read_fragments(path, kept.read(), opened[name].codebook(), coder=who)
    for coder, new, same, blocks in enter(kept, found, read, source=path.name).itertuples(index=False):
        say_out("cli.fragments_entered", who=coder, count=new, same=same, read=blocks)


def _say_added(name: str, added: "AddedDocuments") -> None:
    counts = {kind: len(getattr(added, kind)) for kind in ("new", "same", "changed", "attributes")}
    parts = [Note(f"cli.documents_{kind}", count=count) for kind, count in counts.items() if count]
    say_out("cli.documents_added", name=name, parts=parts or [Note("cli.documents_new", count=0)])
    for document, other in added.known.items():
        say_out("cli.document_known", document=document, other=other)
    for changed, rows in added.fragments.groupby("document", sort=False):
        _say_moved(str(changed), rows)
    if not added.accepted:
        say_out("cli.documents_not_accepted")


def _say_moved(document: str, rows: "pd.DataFrame") -> None:
    counts = {how: int((rows["how"] == how).sum()) for how in ("same", "changed", "lost")}
    say_out("cli.fragments_moved", document=document, **counts)
    for how in ("changed", "lost"):
        for _, row in rows[rows["how"] == how].head(_SHOWN).iterrows():
            said = {name: row[name] for name in ("code", "coder", "was", "now")}
            say_out(f"cli.fragment_{how}", **said)
