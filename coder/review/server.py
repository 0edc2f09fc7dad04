"""The server of the page: where it listens, by which names it answers, and whom it drops.

Uvicorn knows no time within which a request must have come, and its limit on connections refuses everybody alike.
Here each connection has a limit of time for every part in which it is the client who is waited for, and where there
are too many the one that has been waited for longest goes, of the address that has most: who asks something at once
always gets in. Colleagues behind one address share its part; nobody keeps out who asks from the machine itself.
"""

import asyncio
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from getpass import getuser
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import cast
from urllib.parse import quote

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from coder.review.requests import PageError
from coder.review.security import Gate, Guard, fingerprint

LOCAL, EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104 (asked for with --lan, and said)
PORT = 8321
_AT_ONCE, _IDLE = 100, 15
HOME_PORT = 8320
RUNNING = "/static/running"
"""Where the home page says by which token it lets in: it is open to everybody, as what pages are made with is."""


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """How the page is served. `port` 0 takes any that is free; `who` is the person where there are no accounts."""

    port: int = PORT
    lan: bool = False
    who: str = ""
    embedding: str = "auto"

    @property
    def person(self) -> str:
        """Who asks where there are no accounts: unless somebody is named, whoever the machine knows them as."""
        if self.who:
            return self.who
        try:
            return getuser()
        except (KeyError, OSError):
            return "coder"


def run(app: Guard, listening: socket.socket, ends: Callable[[], bool] | None = None) -> None:
    """Serve an application until it is interrupted, or `ends` says so."""
    config = uvicorn.Config(
        app, http=Connection, log_level="critical", access_log=False, server_header=False, lifespan="off",
        backlog=_AT_ONCE, timeout_keep_alive=_IDLE, timeout_graceful_shutdown=3, ws="none", proxy_headers=False,
    )  # fmt: skip
    server = _Server(config)

    async def serving() -> None:
        watching = asyncio.create_task(watch()) if ends is not None else None
        await server.serve(sockets=[listening])
        if watching is not None:
            watching.cancel()

    async def watch() -> None:
        while ends is not None and not ends():  # noqa: ASYNC110 (it ends with time, and not by an event)
            await asyncio.sleep(1)
        server.should_exit = True

    with suppress(KeyboardInterrupt):
        asyncio.run(serving())


class _Server(uvicorn.Server):
    """A server that ends by a signal as by anything else: what it opened is closed then."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take signals as a word to end; they are not raised again."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()


def gate_at(listening: socket.socket, options: ServerOptions) -> Gate:
    """What lets people in by the names of this machine, with a cookie for this port alone."""
    port = port_of(listening)
    return Gate(_hosts(port, lan=options.lan), options.person, cookie=f"coder_session_{port}")


def door(listening: socket.socket, token: str) -> str:
    """The address that signs in with a token, on this machine."""
    return f"http://{LOCAL}:{port_of(listening)}/sign-in?token={quote(token)}"


def port_of(listening: socket.socket) -> int:
    """The port at which it listens."""
    return int(listening.getsockname()[1])


def is_running(port: int, token: str) -> bool:
    """Whether what answers at a port of this machine is the home page that lets in by this token.

    Another program there, or another page of this one, is told a fingerprint of the token alone.
    """
    try:
        with closing(HTTPConnection(LOCAL, port, timeout=2)) as asking:
            asking.request("GET", f"{RUNNING}/{fingerprint(token)}")
            return asking.getresponse().status == HTTPStatus.NO_CONTENT
    except (OSError, HTTPException):
        return False


def listen(port: int, *, lan: bool, other: bool = False) -> socket.socket:
    """A socket at a port; where it is taken and `other` says so at one that is free."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # Windows shares a port among programs where others take it again at once: there it is asked for alone.
    alone = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR if alone is None else alone, 1)
    try:
        listening.bind((EVERYWHERE if lan else LOCAL, port))
        listening.listen()  # who comes before all is ready waits, and is not refused
    except OSError as error:
        listening.close()
        if other:
            return listen(0, lan=lan)
        raise PageError("port_taken", port=port, why=error.strerror) from None
    return listening


def _hosts(port: int, *, lan: bool) -> frozenset[str]:
    """By which names the page answers: this machine's own alone, so that no other name can be made to point here."""
    names = {LOCAL, "localhost", *(addresses() if lan else ())}
    return frozenset(f"{name}:{port}".lower() for name in names)


def addresses() -> set[str]:
    """The names and numbers that this machine has on its networks."""
    own = socket.gethostname()
    found = {own, socket.getfqdn()}
    with suppress(OSError):
        found |= {str(info[4][0]) for info in socket.getaddrinfo(own, None, socket.AF_INET)}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # sends nothing: it asks which of our addresses would be used
        found.add(probe.getsockname()[0])
    return found


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
