"""Who may ask the page for what: the host, the origin, the session, the person, and whose turn it is.

Alone on a machine one signs in with a token that is printed at the start and works once; on a network with a
name and a password. Sessions live in memory and end with the server. What costs much takes turns: so many at once, and
of those who wait each address has its turn, so that whoever asks a thousand times waits for themselves.
"""

import asyncio
import hmac
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coder.note import Note
from coder.review.requests import PageError
from coder.study import Study
from coder.words import chosen, say, speaking

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
TOKEN_HEADER = "x-coder-token"  # noqa: S105 (the name of a header)
LARGEST = 256 * 1024
"""Bytes of a request; a codebook's rules fit in far less."""
LARGEST_FILE = 2 * 2**30
"""Bytes of a file of answers or documents, which somebody gives at the home page."""
LARGEST_PART = 32 * 2**20
"""Bytes of any other file: a codebook, or the template of a house style."""
_LASTS = 16 * 3600
_OPEN = ("/sign-in", "/static/")
_FREE_TRIES = 3
_REMEMBERED = 10_000
_LONGEST_WAIT = 300.0
_SAFE = ("GET", "HEAD")
_FILE = "application/octet-stream"

Check = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in: who, by which version of the password, and the token that each write of theirs must carry."""

    who: str
    token: str
    until: float
    key: str
    password_version: str


@dataclass
class Gate:
    """Lets people in and keeps other sites out.

    `hosts` are the names and numbers, with the port, by which the page may be asked for. `check` says whether a
    name and a password belong together; None where one signs in with the printed token, as `alone`. `password_version`
    tells the passwords of a name apart: sessions end when it is another. Browsers keep one `cookie` of a name for all
    ports of a machine, so that each study that is served needs a name of its own. `language` is that of who asks.
    """

    hosts: frozenset[str]
    alone: str = ""
    check: Check | None = None
    password_version: Callable[[str], str] = lambda _who: ""
    say: Callable[[str], None] = lambda _token: None
    clock: Callable[[], float] = time.monotonic
    cookie: str = "coder_session"
    language: Callable[[Scope], str] = lambda _scope: chosen()
    _sessions: dict[str, Session] = field(default_factory=dict)
    _failed: dict[str, tuple[int, float]] = field(default_factory=dict)
    _token: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def new_token(self) -> str:
        """A token that signs in once; the one before it no longer does."""
        self._token = secrets.token_urlsafe(24)
        return self._token

    def session(self, scope: Scope) -> Session | None:
        """Who is asking, by the cookie."""
        cookie = cookie_of(Headers(scope=scope), self.cookie)
        found = self._sessions.get(fingerprint(cookie)) if cookie else None
        return (
            found
            if found and found.until > self.clock() and found.password_version == self.password_version(found.who)
            else None
        )

    def sign_in(self, who: str, password: str, address: str) -> Response | str:
        """A redirect that carries the cookie, or the reason why not: "wrong" or "wait".

        Who fails waits for that name at that address alone: nobody locks out another by trying their name from
        elsewhere, nor their colleagues behind the same address by trying names of nobody.
        """
        if self.check is None:  # the printed token cannot be guessed: tries are not counted
            with self._lock:
                right = self._token_is(password)
            return self._let_in(self.alone, self.password_version(self.alone)) if right else "wrong"
        tried = fingerprint(f"{address} {who.casefold()}")
        with self._lock:
            if self._waits(tried) > 0:
                return "wait"
            tries, _ = self._failed.pop(tried, (0, 0.0))  # counted before it is checked, so that tries at once count
            self._failed[tried] = (tries + 1, self.clock())
            if len(self._failed) > _REMEMBERED:
                self._failed.pop(next(iter(self._failed)))
        right = False
        try:
            password_version = self.password_version(who)
            right = self.check(who, password)
        finally:
            with self._lock:
                counted = self._failed.pop(tried, None)
                if counted is not None and not right:  # the wait begins when it is known to be wrong
                    self._failed[tried] = (counted[0], self.clock())
        return self._let_in(who, password_version) if right else "wrong"

    def sign_out(self, session: Session) -> Response:
        """End a session."""
        self._sessions.pop(session.key, None)
        answer = JSONResponse({"to": "/sign-in"})
        answer.delete_cookie(self.cookie, path="/")
        return answer

    def refusal(self, scope: Scope) -> Response | None:
        """Why this request is refused, before anything else looks at it; None where it may go on."""
        headers, method, path = Headers(scope=scope), scope["method"], scope["path"]
        if headers.get("host", "").lower() not in self.hosts:
            return self.refused(scope, "refused_host", 400)
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and method not in _SAFE:
            return self.refused(scope, "refused_site", 403)
        if method not in _SAFE and headers.get("origin", "").partition("://")[2].lower() != headers["host"].lower():
            return self.refused(scope, "refused_site", 403)
        if _length(headers) > _largest(scope):
            return self.refused(scope, "refused_large", 413)
        if path.startswith(_OPEN):
            return None
        session = self.session(scope)
        if session is None:
            return self.refused(scope, "sign_in_first", 401) if asks_data(scope) else RedirectResponse("/sign-in", 303)
        scope["session_of"] = session
        if method not in _SAFE:
            if not hmac.compare_digest(headers.get(TOKEN_HEADER, "").encode(), session.token.encode()):
                return self.refused(scope, "refused_token", 403)
            kind = _FILE if takes_file(scope) else "application/json"
            if headers.get("content-type", "").partition(";")[0] != kind:
                return self.refused(scope, "refused_kind", 415)
        return None

    def refused(self, scope: Scope, key: str, status: int) -> Response:
        """What a request that is refused is told, in the language of who asks."""
        with speaking(self.language(scope)):
            said = say(Note(f"page.{key}"))
        if asks_data(scope):
            return JSONResponse({"error": said}, status)
        return PlainTextResponse(said, status)

    def _let_in(self, who: str, password_version: str) -> Response:
        value = secrets.token_urlsafe(32)
        key = fingerprint(value)
        now = self.clock()
        self._sessions = {name: one for name, one in self._sessions.items() if one.until > now}
        self._sessions[key] = Session(who, secrets.token_urlsafe(24), now + _LASTS, key, password_version)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self.cookie, value, max_age=_LASTS, path="/", httponly=True, samesite="strict")
        return answer

    def is_known(self, given: str) -> bool:
        """Whether this is the fingerprint of the token that signs in now."""
        return bool(self._token) and hmac.compare_digest(given.encode(), fingerprint(self._token).encode())

    def _token_is(self, given: str) -> bool:
        right = bool(self._token) and hmac.compare_digest(given.encode(), self._token.encode())
        if right:
            self.say(self.new_token())
        return right

    def _waits(self, name: str) -> float:
        """How many seconds are left: 1, 2, 4, … after each try that failed beyond the first few."""
        tries, last = self._failed.get(name, (0, 0.0))
        if tries < _FREE_TRIES:
            return 0.0
        return last + min(2.0 ** (tries - _FREE_TRIES), _LONGEST_WAIT) - self.clock()


class Guard:
    """The outermost layer: refuses, sets the headers, bounds what is read, and keeps answers out of the log."""

    def __init__(self, app: ASGIApp, gate: Gate, log: Callable[[str], None]) -> None:
        self.app, self.gate, self.log = app, gate, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send) if scope["type"] == "lifespan" else None
        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers["cache-control"] = "no-cache" if scope["path"].startswith("/static/") else "no-store"
            await send(message)

        try:
            refused = self.gate.refusal(scope)
            with speaking(self.gate.language(scope), at_page=True):  # all that is said from here on, whoever says it
                await (refused or self.app)(scope, _bounded(receive, _largest(scope)), guarded)
        except Exception as error:  # noqa: BLE001 (whatever it is: its message may hold an answer, its place does not)
            self.log(_place(error))
            if not started:
                await self.gate.refused(scope, "internal", 500)(scope, receive, guarded)
        return None


def cookie_of(headers: Headers, name: str) -> str:
    """The value of a cookie, "" without one."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


def asks_data(scope: Scope) -> bool:
    """Whether a script asks, which reads JSON, and not a person."""
    return "api" in scope["path"].split("/")


def takes_file(scope: Scope) -> bool:
    """Whether what is sent to an address are the bytes of a file."""
    return asks_data(scope) and str(scope["path"]).endswith("/upload")


def who_asks(request: Request) -> Session:
    """The session of a request that came through the guard."""
    session: Session = request.scope["session_of"]
    return session


def _largest(scope: Scope) -> int:
    """How many bytes a request may have."""
    if not takes_file(scope):
        return LARGEST
    return LARGEST_FILE if scope["path"].startswith("/api/home/") else LARGEST_PART


def _bounded(receive: Receive, largest: int) -> Receive:
    """What reads a body, and stops where it is too large, whatever its header said."""
    read = 0

    async def bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > largest:
            return {"type": "http.disconnect"}
        return message

    return bounded


def _length(headers: Headers) -> int:
    """How many bytes a request says it has; as many as are too many where that is no number, or a very long one."""
    said = headers.get("content-length", "0")
    short = said.isascii() and said.isdecimal() and len(said) <= len(str(LARGEST_FILE))
    return int(said) if short else LARGEST_FILE + 1


def fingerprint(value: str) -> str:
    """What a secret is known by, that does not tell it."""
    return sha256(value.encode()).hexdigest()


def _place(error: BaseException) -> str:
    """The kind of an error and where it happened, without its message."""
    places, trace = [], error.__traceback__
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}")
        trace = trace.tb_next
    return f"{type(error).__name__} in {' > '.join(places[-4:])}"


LEAD, SETTLERS = "lead", ("adjudicator", "lead")
SHORTEST = 10
"""Characters of a password, at least."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: their name, and what they may do.

    `settles`: has the last word where coders differ; `leads`: changes the codebook beyond adding to it.
    """

    who: str
    settles: bool = False
    leads: bool = False

    def must_lead(self) -> None:
        """Raises `PageError` for who does not lead."""
        if not self.leads:
            raise PageError("not_lead")


class Team:
    """The people of a study. With `alone` there is one person, who may do everything."""

    def __init__(self, study: Study, *, alone: bool) -> None:
        self.study, self.alone = study, alone

    def visitor(self, who: str) -> Visitor:
        """Somebody who signed in, with what they may do now."""
        role = LEAD if self.alone else self.study.role(who)
        return Visitor(who, settles=role in SETTLERS, leads=role == LEAD)

    def knows(self, who: str, password: str) -> bool:
        """Whether this is somebody's password. An unknown name takes as long as a known one."""
        known = self.study.password_hash(who)
        return verified(known or _nobodys(), password) and known is not None


def hashed(password: str) -> str:
    """The hash of a password (argon2id). Raises `PageError` for one that is too short."""
    if len(password) < SHORTEST:
        raise PageError("password_short", least=SHORTEST, n=len(password))
    return _hash(password)


def verified(known: str, password: str) -> bool:
    """Whether a hash is of this password."""
    from argon2 import PasswordHasher  # noqa: PLC0415
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415

    try:
        return PasswordHasher().verify(known, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _hash("the password of nobody")


def _hash(password: str) -> str:
    from argon2 import PasswordHasher  # noqa: PLC0415

    return PasswordHasher().hash(password)


class Turns:
    """Lets `at_once` go on together. Used from one event loop."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, address: str) -> AsyncIterator[None]:
        """Wait for a turn of this address; the next one is let go on at the end."""
        if self._free:
            self._free -= 1
        else:
            called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.setdefault(address, deque()).append(called)
            try:
                await called
            except asyncio.CancelledError:
                if not called.cancelled():  # it was called, and goes away
                    self._next()
                raise
        try:
            yield
        finally:
            self._next()

    def _next(self) -> None:
        while self._waiting:
            address, line = self._waiting.popitem(last=False)
            called = line.popleft()
            if line:
                self._waiting[address] = line  # after all others
            if not called.done():
                called.set_result(None)
                return
        self._free += 1
