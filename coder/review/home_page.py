"""The home page: the studies on this machine, a new one, and the way to each; and the program that serves it."""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from coder.codebook import Codebook
from coder.errors import CoderError
from coder.note import Note
from coder.review.app import Served
from coder.review.frame import Frame, OtherBook
from coder.review.intake import Intake
from coder.review.requests import Data, PageError, fields, json_route, speak
from coder.review.security import Gate, Guard, who_asks
from coder.review.server import LOCAL, RUNNING, ServerOptions, door, gate_at, is_running, listen, port_of, run
from coder.review.shelf import Known, Shelf, key_of
from coder.study import Study
from coder.study.database import is_address
from coder.study.example_studies import example_study
from coder.study.schema import DOCUMENTS
from coder.words import say, written_date

Done = Callable[[Data], Data | Response]
STUDIES = "/studies"
_LONGEST = 500
"""Characters of a place that are said back."""
_LEFT = 900.0
"""After so many seconds in which nobody's page said that it is there, the program of the home page ends."""


class Home:
    """The application of all studies of who uses this machine. Each is opened when it is first asked for."""

    def __init__(self, gate: Gate, shelf: Shelf, *, who: str, embedding: str) -> None:
        self.frame, self.shelf, self.who, self.embedding = Frame(gate, self._books), shelf, who, embedding
        self._open: dict[str, Served] = {}
        self.intake = Intake(who, lambda key: self.served(key).study, self.put, shelf.place_for)
        self._lock = threading.Lock()
        self._asked = time.monotonic()

    def app(self) -> Starlette:
        """The addresses of the home page and of every study, without a guard."""
        intake = self.intake
        post: dict[str, Done] = {
            "add": intake.add,
            "adding": intake.adding,
            "counted": intake.counted,
            "discard": intake.forget,
            "example": self._example,
            "forget": self._forget,
            "here": lambda _data: {},
            "language": speak,
            "open": self._opened,
            "preview": intake.preview,
            "stop-adding": intake.stop_adding,
        }
        return self.frame.app([
            Route("/", self._home),
            Route("/new", self._new),
            Route("/api/home/upload", intake.upload, methods=["POST"]),
            *(Route(f"/api/home/{path}", self._route(done), methods=["POST"]) for path, done in post.items()),
            Route(f"{RUNNING}/{{given}}", self._running),
            *self.frame.routes(),
            Mount(f"{STUDIES}/{{key}}", self._study),
        ])  # fmt: skip

    def served(self, key: str) -> Served:
        """A study on the shelf, open. Raises `CoderError` where it cannot be opened, and HTTPException without one."""
        with self._lock:
            if key not in self._open:
                known = self.shelf.find(key)
                if known is None:
                    raise HTTPException(404)
                if not known.there:
                    raise PageError("study_gone", name=known.name, place=known.place)
                self._open[key] = self._serve(known.place)
            return self._open[key]

    def put(self, place: str | Path) -> str:
        """Open a study at a place, put it on the shelf, and tell where its page is."""
        key = key_of(place)
        with self._lock:
            served = self._open.get(key) or self._serve(place)
            self._open[key] = served
            served.refresh()
        self.shelf.put(served.study.place, served.study.facts["name"], served.parts())
        return f"{STUDIES}/{key}/"

    def _running(self, request: Request) -> Response:
        return Response(status_code=204 if self.frame.gate.is_known(request.path_params["given"]) else 404)

    def left_for(self) -> float:
        """For how many seconds nobody has been there, and nothing was being done for anybody."""
        if any(one.busy for one in list(self._open.values())):
            self._asked = time.monotonic()
        return time.monotonic() - self._asked

    def stop(self) -> None:
        """Close every study, and throw away what was not added."""
        self.intake.stop()
        for key, served in list(self._open.items()):
            self._keep(key, served)
            served.stop()

    # Pages

    def _home(self, request: Request) -> Response:
        self._asked = time.monotonic()
        session = who_asks(request)
        for key, served in list(self._open.items()):
            self._keep(key, served)
        cards = [
            (one, f"{STUDIES}/{one.key}/", _said(one), written_date(datetime.fromisoformat(one.touched)))
            for one in self.shelf.studies()
        ]
        return self.frame.html(
            "home.html.j2", session.who, script="home", token=session.token, base="home", cards=cards,
            folder=str(self.shelf.folder),
        )  # fmt: skip

    def _new(self, request: Request) -> Response:
        session, key = who_asks(request), request.query_params.get("study", "")
        names = [(one.key, one.name) for one in self.shelf.studies() if one.there]
        into = self.served(key) if key else None
        return self.frame.html(
            "new.html.j2", session.who, script="new", token=session.token, base="home", studies=names, into=key,
            draft=request.query_params.get("draft", ""), into_name=into.study.facts["name"] if into else "",
            questions=into.study.questions() if into else [],
            waves=sorted({wave for live in into.page.live_questions for wave in live.waves if wave}) if into else [],
            sets=into.study.document_sets() if into else [],
        )  # fmt: skip

    async def _study(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._asked = time.monotonic()
        served = await run_in_threadpool(self.served, scope["path_params"]["key"])
        await served.app(scope, receive, send)

    # What scripts ask

    def _route(self, done: Done) -> Callable[[Request], Any]:
        def heard(_request: Request, data: Data) -> Data | Response:
            self._asked = time.monotonic()
            return done(data)

        return json_route(heard)

    def _example(self, _data: Data) -> Data:
        name = say(Note("page.example_name"))
        place = self.shelf.folder / f"{name}.study"
        if not place.exists():
            self.shelf.make()
            example_study(place, name, self.who)
        return {"to": self.put(place)}

    def _opened(self, data: Data) -> Data:
        asked = fields(data, place=str)["place"].strip().strip('"')
        if not asked:
            raise PageError("open_what")
        place = asked if is_address(asked) else Path(asked).expanduser()
        if isinstance(place, Path) and not os.path.isfile(place):  # noqa: PTH113 (which raises for a long name)
            raise PageError("open_nowhere", place=asked[:_LONGEST])
        return {"to": self.put(place)}

    def _forget(self, data: Data) -> Data:
        key = fields(data, key=str)["key"]
        with self._lock:
            served = self._open.pop(key, None)
        if served is not None:
            served.stop()
        self.shelf.forget(key)
        return {}

    # Within

    def _serve(self, place: str | Path) -> Served:
        study = Study.open(place)
        try:
            root = f"{STUDIES}/{key_of(place)}"
            return Served(study, self.frame, who=self.who, embedding=self.embedding, root=root)
        except BaseException:
            study.close()
            raise

    def _books(self) -> dict[str, OtherBook]:
        """The codebooks of all questions on the shelf, by study and question."""
        return {
            f"{one.key}/{part['name']}": OtherBook(
                f"{one.name} – {part['name']}", partial(self._book, one.key, str(part["name"]))
            )
            for one in self.shelf.studies()
            for part in one.parts
            if one.there
        }

    def _book(self, key: str, question: str) -> Codebook:
        return self.served(key).study[question].codebook()

    def _keep(self, key: str, served: Served) -> None:
        """Keep on the shelf what is known of a study now; one that cannot be read is kept as it was."""
        known = self.shelf.find(key)
        with suppress(CoderError):
            parts = served.parts()
            if known is not None and list(known.parts) != parts:
                self.shelf.put(served.study.place, served.study.facts["name"], parts)


def _said(one: Known) -> list[str]:
    """What a card says of a study, a line for each question; of documents alone without the name of their set."""
    alone = "_alone" if [part["kind"] for part in one.parts] == [DOCUMENTS] else ""
    return [say(Note(f"page.card_{part['kind']}{alone}", **part, count=part["units"])) for part in one.parts]


def serve_home(
    options: ServerOptions,
    say: Callable[[str], None],
    log: Callable[[str], None],
    *,
    show: Callable[[str], object],
    left: float = _LEFT,
) -> None:
    """Serve the home page, and every study from there, until nobody has been there for so many seconds (`left`).

    `show` opens an address in a browser. Where the program runs already its page is opened again. Only this machine
    is served.
    """
    shelf = Shelf()
    running = shelf.running()
    if running is not None and is_running(*running):
        address = f"http://{LOCAL}:{running[0]}/sign-in?token={quote(running[1])}"
        say(str(Note("page.home_address", address=address)))
        show(address)
        return
    listening = listen(options.port, lan=False, other=True)
    port = port_of(listening)
    gate = gate_at(listening, options)
    gate.say = lambda token: shelf.run(port, token)
    gate.say(first := gate.new_token())
    home = Home(gate, shelf, who=options.person, embedding=options.embedding)
    say(str(Note("page.home_address", address=door(listening, first))))
    show(door(listening, first))
    try:
        run(Guard(home.app(), gate, log), listening, lambda: home.left_for() > left)
    finally:
        shelf.ended()
        home.stop()
