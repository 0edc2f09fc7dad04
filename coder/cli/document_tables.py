"""The commands that count the fragments of documents in a study, and write the horizontal analysis."""
# ruff: noqa: PLC0415

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.documents import Set, app
from coder.cli.options import Format, Nets, Out, say_files
from coder.cli.speech import say_out
from coder.cli.study import Place, opened_study

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import pandas as pd

    from coder.codebook import Codebook
    from coder.documents import Documents
    from coder.note import Note
    from coder.tables.table import Table

By = Annotated[str | None, typer.Option("--by", metavar="COLUMN")]
Coder = Annotated[str | None, typer.Option("--coder", metavar="NAME")]
SomeOut = Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE")]
Limit = Annotated[int, typer.Option("--limit", min=0)]


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a study has of a set of documents; `read` is None where nobody marked anything as read.

    `name` is that of the study and the set; `given` are the fragments before those that overlap were taken together.
    """

    documents: "Documents"
    fragments: "pd.DataFrame"
    codebook: "Codebook"
    read: "pd.DataFrame | None"
    name: str
    given: "pd.DataFrame"

    def notes(self, codes: "Collection[str] | None" = None) -> "list[Note]":
        """What was done to the fragments, of these codes unless of all."""
        from coder.note import Note

        frames = (self.given, self.fragments)
        given, left = (len(one) if codes is None else int(one["code"].isin(codes).sum()) for one in frames)
        return [Note("documents.together_fragments", given=given, count=left)] if left < given else []


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
    table = documents_top(kept.documents, kept.fragments, kept.codebook, read=kept.read, **options)  # type: ignore[arg-type]
    print_tables(_noted(kept, {"top": table}), out, form)


@app.command()
def codes(
    study: Place, by: By = None, coder: Coder = None, set_: Set = None, out: SomeOut = None, form: Format = "table"
) -> None:
    """Codes by document, or with --by by group of documents: which codes stand out where."""
    from coder.tables.codes_in_documents import codes_by_document, documents_groups

    kept = _kept(study, set_, coder)
    if by is None:
        table = codes_by_document(kept.documents, kept.fragments, kept.codebook, read=kept.read)
        print_tables(_noted(kept, {"codes": table}), out, form)
        return
    found = documents_groups(kept.documents, kept.fragments, kept.codebook, by, read=kept.read)
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
    from coder.tables.cooccurrence import together as pairs

    kept = _kept(study, set_, coder)
    table = pairs(kept.documents, kept.fragments, kept.codebook, within=within, read=kept.read)
    print_tables(_noted(kept, {"together": table}), out, form, limit=limit)


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
        kept.documents, kept.fragments, kept.codebook, organisation=organisation, now=sides["now"], then=sides["then"],
        read=kept.read, limit=limit or len(kept.codebook.ids),
    )  # fmt: skip
    taken, passages = copied(kept.documents, organisation=organisation, now=sides["now"], then=sides["then"])
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
    from coder.study.documents.sheets import only_set
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
) -> None:
    """The horizontal analysis: all that documents say of a code, by group, document and page."""
    from coder.reports.horizontal import horizontal as analysis
    from coder.reports.write_horizontal import check_horizontal, read_observations, write_horizontal

    check_horizontal(out)
    noted = read_observations(out) if out.exists() and out.suffix.lower() in (".docx", ".xlsx") else {}
    kept = _kept(study, set_, coder)
    ids = dict.fromkeys(kept.codebook.find(one) or one for one in code)
    contents = [
        analysis(
            kept.documents, kept.fragments, one, kept.codebook, by=by, read=kept.read, source=source or (),
            context=context, typical=typical,
        )
        for one in ids
    ]  # fmt: skip
    asked = {code for one in contents for code in one.frame["code"]}
    made = datetime.now().astimezone().date()
    write_horizontal(contents, out, observations=noted, study=kept.name, made=made, notes=kept.notes(asked))
    if count := sum(map(len, noted.values())):
        say_out("cli.observations_kept", count=count)
    say_files([out])


def _kept(study: str, set_: str | None, coder: str | None) -> _Kept:
    """The fragments of one coder, or those of all: what overlaps with one code is one fragment then.

    Where anybody marked what was read, a coder without marks read nothing.
    """
    from coder.study.documents.sheets import of_coder, once, only_set

    with opened_study(study) as opened:
        name = only_set(opened, set_)
        named = Path(study).stem + ("" if len(opened.document_sets()) == 1 else f", {name}")
        kept, book = opened.documents(name), opened[name].codebook()
        documents, read = kept.read(), kept.read_marks()
        known = len(read) > 0
        if coder is None:
            given = kept.gold()
        else:
            given, read = of_coder(kept, coder)
    found = once(given) if coder is None else given
    return _Kept(documents, found, book, read if known else None, named, given)


def _noted(kept: _Kept, tables: "Mapping[str, Table]") -> "dict[str, Table]":
    """The tables, with what was done to the fragments under each."""
    from dataclasses import replace

    return {name: replace(one, notes=(*one.notes, *kept.notes())) for name, one in tables.items()}


def print_tables(
    tables: "Mapping[str, Table]",
    out: Path | None,
    form: str,
    more: "Mapping[str, pd.DataFrame] | None" = None,
    limit: int = 0,
) -> None:
    """Print tables, the first rows of long ones, and write all rows of all."""
    from dataclasses import replace

    from coder.files.writing import check_ending, write_sheets
    from coder.reports.shown import headed

    if out is not None:
        check_ending(out)
    shown = [replace(one, frame=one.frame.head(limit)) if limit else one for one in tables.values()]
    typer.echo("\n".join(one.text(form) for one in shown), nl=False)
    if out is not None:
        for_people = out.suffix.lower() == ".xlsx"
        frames = {name: headed(one) if for_people else one.frame for name, one in tables.items()}
        say_files(write_sheets(out, frames | dict(more or {})))
