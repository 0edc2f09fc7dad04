"""Starting the page: where it listens, what it says when it starts, and what it writes to the log."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from getpass import getuser
from urllib.parse import quote

import uvicorn

from coder.codebook import Code, Codebook
from coder.errors import CoderError
from coder.review.app import Page
from coder.review.connections import Connection
from coder.review.desk import Desk
from coder.review.gate import Gate
from coder.review.team import Team
from coder.study.store import Study

LOCAL, EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104 (asked for with --lan, and said)
PORT = 8321
_AT_ONCE, _IDLE = 100, 15
OTHER = Code("other", 99, {"nl": "Overige", "en": "Other"})
"""The code that a codebook begins with: counted, and never ranked."""


@dataclass(frozen=True, slots=True)
class Options:
    """How the page is served. `port` 0 takes any that is free; `who` is the person where there are no accounts."""

    port: int = PORT
    lan: bool = False
    who: str = ""
    language: str = "nl"
    embedding: str = "auto"


def serve(study: Study, options: Options, say: Callable[[str], None], log: Callable[[str], None]) -> None:
    """Serve the page until it is interrupted. `say` is told what people must know, `log` what went wrong.

    A question without a codebook gets one with `OTHER` alone, in the language of the study, in which people make codes
    as they go. Raises `CoderError` where the study has no question or, with `lan`, no accounts; or the port is taken.
    """
    study.claim_name("page" if options.lan else options.who or _name())
    desks = _desks(study, options)
    listening = _listen(options)
    port = listening.getsockname()[1]
    team = Team(study, alone=not options.lan)
    check = team.knows if options.lan else None
    gate = Gate(_hosts(port, lan=options.lan), options.who or _name(), check, cookie=f"coder_session_{port}")
    if options.lan:
        gate.mark = lambda who: study.password_hash(who) or ""
    page = Page(desks, gate, team, name=study.facts["name"], language=options.language)
    if options.lan:
        _say_open(say, port)
    else:
        gate.say = lambda token: say(
            f"Another browser, or signed out? Open http://{LOCAL}:{port}/sign-in?token={token}"
        )
        say(f"Open http://{LOCAL}:{port}/sign-in?token={quote(gate.new_token())}")
        say("It works once, on this machine alone. Stop with Ctrl-C; everything is saved as you go.")
    for desk in desks:
        desk.start(again=desk.unlearned)
    config = uvicorn.Config(
        page.app(log), http=Connection, log_level="critical", access_log=False, server_header=False, lifespan="off",
        backlog=_AT_ONCE, timeout_keep_alive=_IDLE, timeout_graceful_shutdown=3, ws="none", proxy_headers=False,
    )  # fmt: skip
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))
    finally:
        for desk in desks:
            desk.stop()


def _desks(study: Study, options: Options) -> list[Desk]:
    names = study.questions()
    if not names:
        raise CoderError("The study has no answers yet; add some with: coder study add")
    books = set(study.status().query("codebook > 0")["question"])
    who = "page" if options.lan else options.who or _name()
    language = study.facts["language"]
    for name in names:
        if name not in books:
            study.set_codebook(name, Codebook((OTHER,), name=name, language=language), who, "to make codes in")
    return [Desk(study, name, who, embedding=options.embedding, language=options.language) for name in names]


def _listen(options: Options) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # Windows shares a port among programs where others take it again at once: there it is asked for alone.
    alone = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR if alone is None else alone, 1)
    try:
        listening.bind((EVERYWHERE if options.lan else LOCAL, options.port))
        listening.listen()  # who comes before all is ready waits, and is not refused
    except OSError as error:
        listening.close()
        raise CoderError(
            f"Port {options.port} cannot be used ({error.strerror}); name another one with --port."
        ) from None
    return listening


def _hosts(port: int, *, lan: bool) -> frozenset[str]:
    """By which names the page answers: this machine's own alone, so that no other name can be made to point here."""
    names = {LOCAL, "localhost", *(_addresses() if lan else ())}
    return frozenset(f"{name}:{port}".lower() for name in names)


def _addresses() -> set[str]:
    """The names and numbers that this machine has on its networks."""
    own = socket.gethostname()
    found = {own, socket.getfqdn()}
    with suppress(OSError):
        found |= {str(info[4][0]) for info in socket.getaddrinfo(own, None, socket.AF_INET)}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # sends nothing: it asks which of our addresses would be used
        found.add(probe.getsockname()[0])
    return found


def _say_open(say: Callable[[str], None], port: int) -> None:
    names = sorted(_addresses() - {LOCAL})
    say(f"The page is open to everybody on your network, at {', '.join(f'http://{name}:{port}/' for name in names)}")
    say("They sign in with the accounts of the study. Names, passwords and answers cross the network unencrypted:")
    say("use it on a network that you trust. Stop with Ctrl-C; everything is saved as you go.")


def _name() -> str:
    try:
        return getuser()
    except (KeyError, OSError):
        return "coder"
