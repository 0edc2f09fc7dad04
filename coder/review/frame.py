"""What every page has, of a study or of none: its words, who comes in, what is refused and how that is said."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from coder.codebook import Codebook
from coder.errors import CoderError, RuleError, StorageError
from coder.review.requests import LANGUAGE, small
from coder.review.security import Gate, Turns, asks_data, cookie_of
from coder.words import area, chosen, code_of, languages, locale_of, with_plurals

_STATIC = Path(__file__).parent / "static"
_SIGN_IN_AT_ONCE = 2

Handler = Callable[[Request, Exception], Any]


@dataclass(frozen=True, slots=True)
class OtherBook:
    """A codebook of another question: how it is called, and what reads it."""

    name: str
    read: Callable[[], Codebook]


class Frame:
    """Templates in the language of who asks, the door, and what is said where something is refused.

    Who asks for no language is answered in the one that is spoken where this is made. `books` tells the codebooks of
    all studies, where there is a home page above those of one.
    """

    def __init__(self, gate: Gate, books: Callable[[], Mapping[str, OtherBook]] | None = None) -> None:
        self.gate, self.language, self.home = gate, chosen(), books is not None
        self.books = books or dict
        gate.language = self.language_of
        self.signing_in = Turns(_SIGN_IN_AT_ONCE)  # each takes 64 MiB; those who wait hold no thread
        loader = PackageLoader("coder.review")
        self.templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)

    def app(self, routes: Sequence[BaseRoute], handlers: Mapping[type[Exception], Handler] | None = None) -> Starlette:
        """An application of these addresses that refuses as all do, or by handlers of its own."""
        shared: dict[type[Exception], Handler] = {
            HTTPException: self._not_found,
            StorageError: self._unwritten,
            CoderError: self._refused,
            ClientDisconnect: self._cut_off,
        }
        return Starlette(routes=routes, exception_handlers=shared | dict(handlers or {}))

    def routes(self) -> list[BaseRoute]:
        """The addresses of the door, and of what pages are made with."""
        return [
            Route("/sign-in", self._sign_in, methods=["GET", "POST"]),
            Mount("/static", StaticFiles(directory=_STATIC)),
        ]

    def html(self, template: str, who: str = "", *, root: str = "", **values: object) -> HTMLResponse:
        """A page made of a template, in the language of who asks. `root` is where the addresses of a study begin."""
        forms = with_plurals("page")
        words = json.dumps({key: [*filter(None, both)] for key, both in forms.items()}, ensure_ascii=False)
        known = {
            "said": area("page"), "words_json": words, "language": chosen(), "languages": _named_languages(),
            "who": who, "root": root, "home": self.home,
        }  # fmt: skip
        bare = {"script": "", "token": "", "key": "", "base": "", "places": [], "pages": [], "study": ""}
        return HTMLResponse(self.templates.get_template(template).render(bare | known | values))

    def language_of(self, scope: Scope) -> str:
        """The language in which somebody reads the page: what they chose, else what their browser asks for."""
        headers = Headers(scope=scope)
        asked = cookie_of(headers, LANGUAGE)
        return asked if asked in languages() else accepted(headers.get("accept-language", "")) or self.language

    # The door

    async def _sign_in(self, request: Request) -> Response:
        address = request.client.host if request.client else ""
        if request.method == "GET" and "token" not in request.query_params:
            return self._door("", waiting=small(request.query_params.get("waiting", "")) or 0)
        if request.method == "GET":
            if self.gate.check is not None:
                return self._door("")
            who, password = "", request.query_params["token"]
        else:
            form = parse_qs((await request.body()).decode("utf-8", "replace"))
            who, password = (form.get(name, [""])[0] for name in ("who", "password"))
        async with self.signing_in.turn(address):
            if await request.is_disconnected():
                return Response(status_code=400)  # that nobody reads
            found = await run_in_threadpool(self.gate.sign_in, who, password, address)
        if isinstance(found, Response):
            return found
        return self._door(found, 429 if found == "wait" else 403, name=who)

    def _door(self, refused: str, status: int = 200, waiting: int = 0, name: str = "") -> Response:
        said = area("page")
        accounts = self.gate.check is not None
        why = said[f"sign_in_{refused}" + ("" if accounts or refused == "wait" else "_token")] if refused else ""
        about: dict[str, Any] = {"refused": why, "accounts": accounts, "waiting": waiting, "name": name}
        page = self.html("sign_in.html.j2", **about)
        page.status_code = status
        return page

    # What is refused

    async def _refused(self, request: Request, error: Exception) -> Response:
        if not isinstance(error, CoderError):
            raise error
        said = str(error)
        if not asks_data(request.scope):
            page = self.html("refused.html.j2", why=said)
            page.status_code = 400
            return page
        return JSONResponse({"error": said, **({"column": error.column} if isinstance(error, RuleError) else {})}, 400)

    async def _unwritten(self, request: Request, error: Exception) -> Response:
        """The study cannot be read or written now: whoever asks may ask again."""
        answer = await self._refused(request, error)
        answer.status_code = 503
        return answer

    async def _cut_off(self, request: Request, _error: Exception) -> Response:
        """The browser went away, or sent more than is read without saying so before."""
        return self.gate.refused(request.scope, "refused_large", 413)

    async def _not_found(self, request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        return self.gate.refused(request.scope, "nothing_here" if status == 404 else "refused", status)  # noqa: PLR2004


def accepted(header: str) -> str:
    """The first language of a browser's list that there is a catalogue of; "" without one."""
    asked = []
    for place, part in enumerate(header.lower().split(",")):
        name, *parameters = (one.strip() for one in part.split(";"))
        weight = next((one[2:] for one in parameters if one.startswith("q=")), "1")
        try:
            if 0 < float(weight) <= 1:  # with 0 it is one that they cannot read
                asked.append((-float(weight), place, code_of(name)))
        except ValueError:
            continue
    return next((name for _, _, name in sorted(asked) if name in languages()), "")


@cache
def _named_languages() -> list[tuple[str, str]]:
    """The languages of the page, each by its own name."""
    return [(code, str(locale_of(code).get_language_name(code)).capitalize()) for code in languages()]
