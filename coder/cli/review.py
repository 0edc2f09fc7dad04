"""`coder review`: the page in the browser on which people code."""
# ruff: noqa: PLC0415

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.options import Embedding, one_of
from coder.cli.speech import say_err, say_out
from coder.errors import CoderError
from coder.note import Note
from coder.words import say

if TYPE_CHECKING:
    from coder.study import Study


def review(
    study: Annotated[str, typer.Argument(metavar="STUDY")],
    port: Annotated[int, typer.Option("--port", min=0, max=65535)] = 8321,
    who: Annotated[
        str,
        typer.Option("--as", metavar="NAME"),
    ] = "",
    add_person: Annotated[
        str,
        typer.Option("--add-person", metavar="NAME"),
    ] = "",
    role: Annotated[
        str,
        typer.Option(
            "--role",
            callback=one_of("--role", "coder", "adjudicator", "lead"),
        ),
    ] = "coder",
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
