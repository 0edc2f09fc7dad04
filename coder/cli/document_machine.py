"""The commands by which a machine helps to read documents: proposals, what to read next, how much is unread."""
# ruff: noqa: PLC0415

from getpass import getuser
from typing import Annotated

import typer

from coder.cli.document_tables import SomeOut, print_tables
from coder.cli.documents import Set, app
from coder.cli.options import Format, Seed, one_of
from coder.cli.speech import say_out
from coder.cli.study import Place, Who, opened_study

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
    from coder.cli.speech import progress
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
    from coder.cli.speech import progress
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
    from coder.cli.speech import progress
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
