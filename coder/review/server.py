"""Starting the page: where it listens, what it says when it starts, what it writes to the log, and whom it drops.

Uvicorn knows no time within which a request must have come, and its limit on connections refuses everybody alike.
Here each connection has a limit of time for every part in which it is the client who is waited for, and where there
are too many the one that has been waited for longest goes, of the address that has most: who asks something at once
always gets in. Colleagues behind one address share its part; nobody keeps out who asks from the machine itself.
"""

import asyncio
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from getpass import getuser
from typing import cast
from urllib.parse import quote

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from coder.codebook import Code, Codebook
from coder.errors import CoderError
from coder.note import Note
from coder.review.app import Page
from coder.review.live_documents import LiveDocuments
from coder.review.live_question import LiveQuestion
from coder.review.security import Gate, Team
from coder.review.words import PageError
from coder.study import Study

LOCAL, EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104 (asked for with --lan, and said)
PORT = 8321
_AT_ONCE, _IDLE = 100, 15
OTHER = Code("other", 99, {"nl": "Overige", "en": "Other", "fr": "Autres"})
"""The code that a codebook begins with: counted, and never ranked."""


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How the page is served. `port` 0 takes any that is free; `who` is the person where there are no accounts."""

    port: int = PORT
    lan: bool = False
    who: str = ""
    language: str = "nl"
    embedding: str = "auto"


def serve(study: Study, options: ServerOptions, say: Callable[[str], None], log: Callable[[str], None]) -> None:
    """Serve the page until it is interrupted. `say` is told what people must know, `log` what went wrong.

    A question without a codebook gets one with `OTHER` alone, in the language of the study, in which people make codes
    as they go. Raises `CoderError` where the study has no question or, with `lan`, no accounts; or the port is taken.
    """
    study.claim_name("page" if options.lan else options.who or _name())
    live_questions = _live_questions(study, options)
    listening = _listen(options)
    port = listening.getsockname()[1]
    team = Team(study, alone=not options.lan)
    check = team.knows if options.lan else None
    gate = Gate(_hosts(port, lan=options.lan), options.who or _name(), check, cookie=f"coder_session_{port}")
    if options.lan:
        gate.password_version = lambda who: study.password_hash(who) or ""
    documents = [LiveDocuments(study, one, embedding=options.embedding) for one in study.document_sets()]
    page = Page(
        live_questions, gate, team, name=study.facts["name"], language=options.language, live_documents=documents
    )
    if options.lan:
        _say_open(say, port)
    else:
        gate.say = lambda token: say(
            str(Note("page.open_again", address=f"http://{LOCAL}:{port}/sign-in?token={token}"))
        )
        address = f"http://{LOCAL}:{port}/sign-in?token={quote(gate.new_token())}"
        say(str(Note("page.open_address", address=address)))
        say(str(Note("page.open_once")))
    for live in live_questions:
        live.start(again=live.unlearned)
    config = uvicorn.Config(
        page.app(log), http=Connection, log_level="critical", access_log=False, server_header=False, lifespan="off",
        backlog=_AT_ONCE, timeout_keep_alive=_IDLE, timeout_graceful_shutdown=3, ws="none", proxy_headers=False,
    )  # fmt: skip
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))
    finally:
        for live in live_questions:
            live.stop()
        for one in documents:
            one.stop()


def _live_questions(study: Study, options: ServerOptions) -> list[LiveQuestion]:
    names, sets = study.questions(), study.document_sets()
    if not names and not sets:
        raise CoderError("study.no_answers")
    who = "page" if options.lan else options.who or _name()
    language = study.facts["language"]
    for name in [*names, *sets]:
        if study[name].codebooks().empty:
            study[name].set_codebook(Codebook((OTHER,), name=name, language=language), who, "to make codes in")
    return [LiveQuestion(study, name, who, embedding=options.embedding) for name in names]


def _listen(options: ServerOptions) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # Windows shares a port among programs where others take it again at once: there it is asked for alone.
    alone = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR if alone is None else alone, 1)
    try:
        listening.bind((EVERYWHERE if options.lan else LOCAL, options.port))
        listening.listen()  # who comes before all is ready waits, and is not refused
    except OSError as error:
        listening.close()
        raise PageError("port_taken", port=options.port, why=error.strerror) from None
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
    say(str(Note("page.open_network", addresses=[f"http://{name}:{port}/" for name in names])))
    say(str(Note("page.open_accounts")))


def _name() -> str:
    try:
        return getuser()
    except (KeyError, OSError):
        return "coder"


HEADERS, BODY, READING = "headers", "body", "reading"
"""What a client is waited for: the whole head of a (next) request, its body, and that it reads what it asked for."""
SECONDS = {HEADERS: 15.0, BODY: 20.0, READING: 30.0}
PER_ADDRESS, MOST = 100, 400
_LOCAL = ("127.", "::1")


class Connection(H11Protocol):
    """One connection."""

    waits, since = "", 0.0
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let it in, and where it is one too many let another go."""
        super().connection_made(transport)
        self._look()
        others = [one for one in cast("set[Connection]", self.connections) if one is not self and one.open]
        mine = [one for one in others if one.address == self.address]
        if len(mine) >= PER_ADDRESS:
            self._make_room(mine, let_in=False)
        elif len(others) >= most():
            largest = Counter(one.address for one in others).most_common(1)[0][0]
            crowd = [one for one in others if one.address == largest]
            self._make_room(crowd, let_in=self.address.startswith(_LOCAL))

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        super().connection_lost(exc)
        if self._timer is not None:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Take in what came. That something came does not give more time for the rest."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        """Begin to wait until the client reads."""
        super().pause_writing()
        self._look()

    def resume_writing(self) -> None:
        """Go on sending."""
        super().resume_writing()
        self._look()

    @property
    def open(self) -> bool:
        """Whether it is not being closed."""
        return not self.transport.is_closing()

    @property
    def address(self) -> str:
        """Where it comes from."""
        return self.client[0] if self.client else ""

    def rank(self) -> tuple[bool, float]:
        """Who goes first: who never asked for anything, then who has been waited for longest."""
        return self.cycle is not None, self.since

    def _make_room(self, crowd: list["Connection"], *, let_in: bool) -> None:
        """Let one of the crowd go; where all are being answered this one, unless it must be `let_in`."""
        leaves = min((one for one in crowd if one.waits), key=Connection.rank, default=None if let_in else self)
        if leaves is not None:
            leaves.transport.abort()

    def _look(self) -> None:
        """See whether the client is waited for now, and give a limit of time to what began."""
        cycle = self.cycle
        if self.flow.write_paused:
            waits = READING
        elif cycle is None or cycle.response_complete:
            waits = HEADERS
        else:
            waits = BODY if cycle.more_body else ""
        if waits == self.waits:
            return
        self.waits, self.since = waits, self.loop.time()
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(SECONDS[waits], self._too_late) if waits else None

    def _too_late(self) -> None:
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()


def most() -> int:
    """How many connections there are at most, so that files can still be opened beside them."""
    with suppress(ImportError):  # Windows has no such limit
        import resource  # noqa: PLC0415

        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != resource.RLIM_INFINITY:
            return min(MOST, soft * 2 // 5)
    return MOST
