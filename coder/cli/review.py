"""`coder review`: the page in the browser on which people code."""
# ruff: noqa: PLC0415

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.options import Embedding, Language, one_of
from coder.errors import CoderError

if TYPE_CHECKING:
    from coder.study.store import Study


def review(
    study: Annotated[
        str, typer.Argument(metavar="STUDY", help="The study: a file, or the address of a PostgreSQL database.")
    ],
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The port to listen on; 0 takes one that is free.")
    ] = 8321,
    who: Annotated[
        str,
        typer.Option("--as", metavar="NAME", help="Who codes; the name of your account on this machine unless given."),
    ] = "",
    add_person: Annotated[
        str,
        typer.Option(
            "--add-person", metavar="NAME", help="Add somebody to the study, or give them another password, and stop."
        ),
    ] = "",
    role: Annotated[
        str,
        typer.Option(
            "--role",
            help="With --add-person: coder, adjudicator or lead.",
            callback=one_of("--role", "coder", "adjudicator", "lead"),
        ),
    ] = "coder",
    *,
    lan: Annotated[
        bool, typer.Option("--lan", help="Open the page to your network; people sign in with a name and a password.")
    ] = False,
    language: Language = "nl",
    embedding: Embedding = "auto",
) -> None:
    """Code in the browser: the page listens on this machine alone, unless --lan opens it."""
    from coder.study.store import Study
    from coder.study.store.database import is_address

    with Study.open(study if is_address(study) else Path(study)) as opened:
        if add_person:
            _add(opened, add_person, role)
            return
        if lan and not _with_password(opened):
            raise CoderError(
                "With --lan people sign in, and nobody has a password yet; add them with --add-person NAME."
            )
        from coder.review.serve import Options, serve

        serve(opened, Options(port, lan, who, language, embedding), typer.echo, lambda line: typer.echo(line, err=True))


def _add(study: "Study", name: str, role: str) -> None:
    from coder.review.team import hashed

    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    if name in set(study.people()["name"]):
        study.change_person(name, hash=hashed(password), role=role)
        typer.echo(f"{name} ({role}) has another password.")
    else:
        study.add_person(name, hashed(password), role)
        typer.echo(f"{name} ({role}) can sign in.")


def _with_password(study: "Study") -> bool:
    return any(study.password_hash(name) for name in study.people()["name"])
