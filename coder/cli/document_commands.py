"""The commands of documents: to read and keep them, to count what people coded in them, and to be helped by a machine."""
# ruff: noqa: PLC0415

from datetime import datetime
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from coder.cli.options import Format, Nets, Out, Seed, folder_named, one_of, print_first
from coder.cli.speech import progress, say_err, say_files, say_out
from coder.cli.study_commands import Place, Who, opened_study
from coder.errors import CoderError
from coder.note import Note

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from coder.codebook import Codebook
    from coder.documents import Document, Documents
    from coder.study import AddedDocuments, DocumentSet, Study
    from coder.study.documents.counting import Basis
    from coder.tables.table import Table


app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
Files = Annotated[list[Path], typer.Argument(metavar="FILES")]
Attributes = Annotated[Path | None, typer.Option("--attributes", metavar="TABLE")]
Period = Annotated[str, typer.Option("--period")]
Set = Annotated[str | None, typer.Option("--set", metavar="NAME")]
_SHOWN = 10
"""So many fragments with other words, and without a place, are shown of a document."""


@app.callback()
def documents() -> None:
    """Read and look after documents."""


@app.command()
def check(
    files: Files,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="DIR", callback=folder_named)] = None,
    attributes: Attributes = None,
    period: Period = "",
    form: Format = "table",
) -> None:
    """Read documents, and say what is in each and what deserves a look; with -o also their blocks as a table."""
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
    from coder.study.documents.document_exchange import only_set
    from coder.words import say

    if not files and fragments is None:
        raise CoderError("cli.add_documents_what")
    person, files = who or getuser(), files or []
    with opened_study(study) as opened:
        name = set_ or (only_set(opened, None) if opened.document_sets() else say(Note("page.documents_set")))
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
    from coder.study.documents.document_exchange import only_set
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
    gold: Annotated[bool, typer.Option("--gold")] = False,
    unplaced: Annotated[bool, typer.Option("--unplaced")] = False,
) -> None:
    """Write the fragments, all or of one code: document, attributes, page, section, text, code, coder, memo."""
    from coder.files.writing import check_ending, write_sheets
    from coder.study.documents.document_exchange import only_set, sheet
    from coder.words import has, say

    check_ending(out)
    with opened_study(study) as opened:
        kept = opened.documents(only_set(opened, set_))
        if code is not None:
            code = opened[kept.name].codebook().find(code) or code
        found = kept.unplaced(code) if unplaced else sheet(kept, code, gold=gold)
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
    from coder.study.documents.document_exchange import only_set

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
    from coder.documents import Document
    from coder.errors import DataError
    from coder.files.documents import each_document, known_attributes
    from coder.study.documents import AddedDocuments
    from coder.study.documents.document_exchange import resembling
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
    from coder.files.qdpx.project_reader import read_qdpx
    from coder.study.documents.document_exchange import enter_project
    from coder.tables.table import Table
    from coder.words import chosen

    project = read_qdpx(path, chosen())
    done = enter_project(opened, name, project, who, accept=accept, source=path.name)
    heads = {str(column): Note(f"qdpx.head_{column}") for column in project.account}
    typer.echo(Table(path.name, project.account, None, heads).text("table"), nl=False)
    for note in (*project.notes, *done.notes):
        say_err(note)
    _say_added(name, done.documents)
    say_out("cli.project_entered", name=name, codes=done.codes, fragments=done.fragments, same=done.same)


def _add_fragments(opened: "Study", name: str, path: Path, who: str) -> None:
    from coder.files.fragment_files import read_fragments
    from coder.study.documents.document_exchange import enter_fragments

    kept = opened.documents(name)
    found, read = read_fragments(path, kept.read(), opened[name].codebook(), coder=who)
    for coder, new, same, blocks in enter_fragments(kept, found, read, source=path.name).itertuples(index=False):
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


# Counting


By = Annotated[str | None, typer.Option("--by", metavar="COLUMN")]


Coder = Annotated[str | None, typer.Option("--coder", metavar="NAME")]
SomeOut = Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE")]
Limit = Annotated[int, typer.Option("--limit", min=0)]


class _Kept(NamedTuple):
    """What is counted, and the name of the study and the set."""

    basis: "Basis"
    name: str

    @property
    def parts(self) -> "tuple[Documents, pd.DataFrame, Codebook]":
        """What the functions of tables take first."""
        return self.basis.documents, self.basis.fragments, self.basis.codebook


@app.command()
def top(
    study: Place,
    by: By = None,
    limit: Limit = 10,
    coder: Coder = None,
    set_: Set = None,
    out: SomeOut = None,
    *,
    nets: Nets = False,
    letters: Annotated[bool, typer.Option("--letters")] = False,
    form: Format = "table",
) -> None:
    """Codes by the number of documents that have them."""
    from coder.tables.codes_in_documents import documents_top

    kept = _kept(study, set_, coder)
    options = {"by": by, "limit": limit or None, "nets": nets, "letters": letters}
    table = documents_top(*kept.parts, read=kept.basis.read, **options)  # type: ignore[arg-type]
    print_tables(_noted(kept, {"top": table}), out, form)


@app.command()
def codes(
    study: Place, by: By = None, coder: Coder = None, set_: Set = None, out: SomeOut = None, form: Format = "table"
) -> None:
    """Codes by document, or with --by by group of documents: which codes stand out where."""
    from coder.tables.codes_in_documents import codes_by_document, documents_groups

    kept = _kept(study, set_, coder)
    if by is None:
        table = codes_by_document(*kept.parts, read=kept.basis.read)
        print_tables(_noted(kept, {"codes": table}), out, form)
        return
    found = documents_groups(*kept.parts, by, read=kept.basis.read)
    tables = {"groups": found.table, "profiles": found.profiles}
    print_tables(_noted(kept, tables), out, form, {"cells": found.cells.frame})


@app.command()
def together(
    study: Place,
    within: Annotated[str, typer.Option("--within", metavar="WHAT")] = "block",
    limit: Limit = 20,
    coder: Coder = None,
    set_: Set = None,
    out: SomeOut = None,
    form: Format = "table",
) -> None:
    """Codes that go together: in the same span, block, section or document."""
    from dataclasses import replace

    from coder.tables.cooccurrence import pair_matrix
    from coder.tables.cooccurrence import together as pairs

    kept = _kept(study, set_, coder)
    every = pairs(*kept.parts, within=within, read=kept.basis.read, never=True)
    table = replace(every, frame=every.frame[every.frame["n"] > 0].reset_index(drop=True))
    square = {"matrix": pair_matrix(every, kept.basis.codebook)}
    print_tables(_noted(kept, {"together": table}), out, form, square, limit=limit)


@app.command()
def periods(
    study: Place,
    organisation: Annotated[str, typer.Option("--organisation", metavar="COLUMN")],
    now: Annotated[str, typer.Option("--now", metavar="VALUE")],
    then: Annotated[str, typer.Option("--then", metavar="VALUE")],
    attribute: Annotated[str, typer.Option("--attribute", metavar="COLUMN")] = "period",
    limit: Limit = 10,
    coder: Coder = None,
    set_: Set = None,
    out: SomeOut = None,
    form: Format = "table",
) -> None:
    """The documents of each organisation now beside those of then: what came, went and stayed, and what was copied."""
    from coder.tables.periods import beside, copied

    kept = _kept(study, set_, coder)
    sides: dict[str, dict[str, str]] = {"now": {attribute: now}, "then": {attribute: then}}
    found = beside(
        *kept.parts, organisation=organisation, now=sides["now"], then=sides["then"],
        read=kept.basis.read, limit=limit or len(kept.basis.codebook.ids),
    )  # fmt: skip
    taken, passages = copied(kept.basis.documents, organisation=organisation, now=sides["now"], then=sides["then"])
    if len(found.organisations.frame) == 1:
        print_tables(_noted(kept, {"changes": found.changes}) | {"copied": taken}, out, form, {"passages": passages})
        return
    tables = {"codes": found.codes, "organisations": found.organisations}
    tables |= {} if found.sector is None else {"sector": found.sector}
    more = {"changes": found.changes.frame, "passages": passages}
    print_tables(_noted(kept, tables) | {"copied": taken}, out, form, more)


@app.command()
def agree(
    study: Place,
    limit: Limit = 10,
    draws: Annotated[int, typer.Option("--draws", min=1)] = 1000,
    set_: Set = None,
    out: SomeOut = None,
    form: Format = "table",
) -> None:
    """How well readers agree on fragments: by length, by fragment, by block, and where they differ."""
    from coder.study.documents.document_exchange import only_set
    from coder.tables.span_agreement import span_agreement

    with opened_study(study) as opened:
        name = only_set(opened, set_)
        kept, book = opened.documents(name), opened[name].codebook()
        documents, fragments, read = kept.read(), kept.fragments(), kept.read_marks()
    read = read[read["coder"] != ""]
    found = span_agreement(documents, fragments, book, read=read if len(read) else None, draws=draws)
    tables = {"codes": found.codes, "pairs": found.pairs, "blocks": found.blocks.overall}
    tables |= {"either": found.either.overall} if found.either is not None else {}
    print_tables(tables | {"differences": found.differences}, out, form, limit=limit)


def horizontal(
    study: Place,
    code: Annotated[list[str], typer.Argument(metavar="CODE...")],
    out: Out,
    by: By = None,
    source: Annotated[list[str] | None, typer.Option("--source", metavar="COLUMN")] = None,
    context: Annotated[int, typer.Option("--context", min=0)] = 0,
    typical: Annotated[int, typer.Option("--typical", min=0)] = 0,
    coder: Coder = None,
    set_: Set = None,
    who: Who = None,
) -> None:
    """The horizontal analysis: all that documents say of a code, by group, document and page."""
    from coder.reports.horizontal import horizontal as analysis
    from coder.reports.write_horizontal import check_horizontal, write_horizontal
    from coder.study.documents.document_exchange import only_set, state_of

    check_horizontal(out)
    with opened_study(study) as opened:
        documents = opened.documents(only_set(opened, set_))
        kept = _kept_of(opened, set_, coder)
        earlier: Mapping[str, Mapping[str, str]] = {}
        if out.exists() and out.suffix.lower() in (".docx", ".xlsx"):
            earlier = _enter_observations(opened, documents, out, who or getuser())
        state, noted = state_of(opened, documents), documents.observations()
    ids = dict.fromkeys(kept.basis.codebook.find(one) or one for one in code)
    contents = [
        analysis(
            kept.basis.documents, kept.basis.fragments, one, kept.basis.codebook, by=by, read=kept.basis.read, source=source or (),
            context=context, typical=typical,
        )
        for one in ids
    ]  # fmt: skip
    asked = {code for one in contents for code in one.frame["code"]}
    made = datetime.now().astimezone().date()
    noted = noted[noted["code"].isin([*ids, *earlier])]
    mine = {str(name): dict(zip(some["group"], some["text"], strict=True)) for name, some in noted.groupby("code")}
    about = {"study": kept.name, "made": made, "notes": kept.basis.notes(asked), "state": state}
    write_horizontal(contents, out, observations=mine, **about)  # type: ignore[arg-type]
    if len(noted):
        say_out("cli.observations_kept", count=len(noted))
    say_files([out])


def _enter_observations(
    opened: "Study", documents: "DocumentSet", path: Path, who: str
) -> "Mapping[str, Mapping[str, str]]":
    """Keep in the study what was noted in an earlier report; returns that."""
    from coder.reports.write_horizontal import read_observations, read_state
    from coder.study.documents.document_exchange import event_of

    base = event_of(opened, documents, read_state(path))
    noted = {code: groups for code, groups in read_observations(path).items() if groups}
    new, joined = documents.enter_observations(noted, who, base=base, source=path.name)
    if new + joined:
        say_out("cli.observations_entered", count=new + joined, file=path.name)
    if joined:
        say_out("cli.observations_joined", count=joined)
    return noted


def _kept(study: str, set_: str | None, coder: str | None) -> _Kept:
    """What is counted of a set: the fragments of one coder, or those of all."""
    with opened_study(study) as opened:
        return _kept_of(opened, set_, coder)


def _kept_of(opened: "Study", set_: str | None, coder: str | None) -> _Kept:
    from coder.study.documents.counting import basis
    from coder.study.documents.document_exchange import only_set

    name = only_set(opened, set_)
    named = opened.facts["name"] + ("" if len(opened.document_sets()) == 1 else f", {name}")
    return _Kept(basis(opened.documents(name), opened[name].codebook(), coder), named)


def _noted(kept: _Kept, tables: "Mapping[str, Table]") -> "dict[str, Table]":
    """The tables, with what was done to the fragments under each."""
    return {name: kept.basis.noted(one) for name, one in tables.items()}


def print_tables(
    tables: "Mapping[str, Table]",
    out: Path | None,
    form: str,
    more: "Mapping[str, Table | pd.DataFrame] | None" = None,
    limit: int = 0,
) -> None:
    """Print tables, of long ones the first rows and how many there are; write all rows of all; `more` is only written."""
    from coder.files.writing import check_ending, write_sheets
    from coder.reports.shown import headed, heat_of
    from coder.tables.table import Table

    if out is not None:
        check_ending(out)
    for place, one in enumerate(tables.values()):
        print_first(one, limit, form, before="\n" if place else "")
    if out is not None:
        for_people, more = out.suffix.lower() == ".xlsx", more or {}
        every = {name: one for name, one in (*tables.items(), *more.items()) if isinstance(one, Table)}
        frames = {name: headed(one) if for_people else one.frame for name, one in every.items()}
        frames |= {name: one for name, one in more.items() if not isinstance(one, Table)}
        say_files(write_sheets(out, frames, heat={name: heat_of(one) for name, one in every.items()}))


# By machine


Embedding = Annotated[str, typer.Option("--embedding", callback=one_of("--embedding", "auto", "use", "none"))]


@app.command()
def propose(
    study: Place,
    set_: Set = None,
    embedding: Embedding = "auto",
    seed: Seed = 1,
    who: Who = None,
    form: Format = "table",
) -> None:
    """Learn from what was read, and propose fragments in what was not, with the order to read it in."""
    from coder.study.documents.document_exchange import only_set
    from coder.study.documents.document_machine import propose_fragments

    with opened_study(study) as opened, progress() as tell:
        name = only_set(opened, set_)
        options = {"embedding": embedding, "seed": seed, "progress": tell}
        table = propose_fragments(opened, name, who=who or getuser(), **options)  # type: ignore[arg-type]
    print_tables({"proposed": table}, None, form)


@app.command("next")
def next_(
    study: Place,
    code: Annotated[str | None, typer.Argument(metavar="[CODE]")] = None,
    limit: Annotated[int, typer.Option("--limit", min=0)] = 10,
    set_: Set = None,
    out: SomeOut = None,
    embedding: Embedding = "auto",
    seed: Seed = 1,
    form: Format = "table",
) -> None:
    """Say which passages to read next, those with most fragments first; for all codes or for one."""
    from coder.study.documents.document_exchange import only_set
    from coder.study.documents.document_machine import following

    with opened_study(study) as opened, progress() as tell:
        name = only_set(opened, set_)
        table = following(opened, name, code, embedding=embedding, seed=seed, progress=tell)
    print_tables({"next": table}, out, form, limit=limit)


@app.command()
def unread(
    study: Place,
    target: Annotated[float, typer.Option("--target", min=1, max=99)] = 90,
    set_: Set = None,
    out: SomeOut = None,
    embedding: Embedding = "auto",
    seed: Seed = 1,
    form: Format = "table",
) -> None:
    """Say per code how much was found, how much is still unread, and whether enough was read."""
    from coder.study.documents.document_exchange import only_set
    from coder.study.documents.document_machine import still_unread

    with opened_study(study) as opened, progress() as tell:
        options = {"embedding": embedding, "seed": seed, "progress": tell}
        table = still_unread(opened, only_set(opened, set_), target=target / 100, **options)  # type: ignore[arg-type]
    print_tables({"unread": table}, out, form)


@app.command()
def control(
    study: Place,
    passages: Annotated[int, typer.Option("--passages", min=1)] = 60,
    set_: Set = None,
    seed: Seed = 1,
    who: Who = None,
) -> None:
    """Draw passages at random, to be read without proposals: with them one knows how much was found."""
    from coder.study.documents.document_exchange import only_set

    with opened_study(study) as opened:
        kept = opened.documents(only_set(opened, set_))
        drawn = kept.draw_control(passages, who or getuser(), seed=seed)
        every = len(kept.control())
    say_out("cli.control_drawn", count=drawn, all=every)
