"""The addresses of the pages of documents: the list, one to read, and what all of them say of a code."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from coder.errors import CoderError
from coder.review import reading_page
from coder.review.requests import Data, PageError, fields, json_route, small, speak
from coder.review.security import who_asks
from coder.review.sight import Reader

if TYPE_CHECKING:
    from coder.review.app import Page
    from coder.review.live_documents import LiveDocuments

_PAGES, _READ = ("documents", "fragments"), "read"
_MOST_ACTS, _WIDEST = 60, 2_400
Done = Callable[[Reader, Request, Data], Data | Response]


def routes(page: "Page") -> list[Route]:
    """The routes of all sets of documents."""
    post: dict[str, Done] = {
        "acts": _acts,
        "control": lambda reader, _, data: {"drawn": reading_page.draw(reader, fields(data, number=int)["number"])},
        "language": lambda _reader, _request, data: speak(data),
        "new-code": lambda reader, _, data: {"code": reading_page.new_code(reader, fields(data, name=str)["name"])},
        "passages": _passages,
        "propose": lambda reader, _request, _data: {"learning": reading_page.propose(reader)},
        "search": _search,
        "sign-out": lambda _reader, request, _data: page.frame.gate.sign_out(who_asks(request)),
    }
    get: dict[str, Done] = {
        "codes": lambda reader, _request, _data: {"codes": reading_page.codes(reader)},
        "decided": lambda reader, request, _data: reading_page.decided(reader, _document(reader, request)),
        "fragments": _fragments,
        "list": _list,
        "now": lambda reader, _request, _data: reading_page.status(reader),
    }

    def route(path: str, done: Done, method: str) -> Route:
        return Route(f"/api/documents/{{number}}/{path}", json_route(partial(_answered, page, done)), methods=[method])

    return [
        *(route(path, done, "POST") for path, done in post.items()),
        *(route(path, done, "GET") for path, done in get.items()),
        Route("/documents/{number}/picture", partial(_picture, page)),
        *(Route(f"/documents/{{number}}/{path}", partial(_shown, page)) for path in (*_PAGES, _READ)),
    ]


def _answered(page: "Page", done: Done, request: Request, data: Data) -> Data | Response:
    reader = _reader(page, request)
    reader.live.follow()
    return done(reader, request, data)


def _reader(page: "Page", request: Request) -> Reader:
    number = small(request.path_params["number"])
    if number is None or number >= len(page.live_documents):
        raise HTTPException(404)
    return Reader(page.live_documents[number], page.team.visitor(who_asks(request).who))


async def _shown(page: "Page", request: Request) -> Response:
    return await run_in_threadpool(_html, page, request)


def _html(page: "Page", request: Request) -> Response:
    reader, session = _reader(page, request), who_asks(request)
    live: LiveDocuments = reader.live
    script = request.url.path.rpartition("/")[2]
    number = request.path_params["number"]
    values: dict[str, Any] = {}
    shown = _PAGES[0] if script == _READ else script
    if script == _READ:
        live.follow()
        name = values["document"] = _document(reader, request)
        at = small(request.query_params.get("block", "")) or 0
        values["opened"] = {"plan": reading_page.plan(reader, name, at), "codes": reading_page.codes(reader)}
    return page.html(
        f"{script}.html.j2",
        session.who,
        script=script,
        token=session.token,
        key=live.key,
        base=f"documents/{number}",
        places=page.places(script, live),
        pages=[(f"{page.root}/documents/{number}/{one}", f"page_{one}", one == shown) for one in _PAGES],
        leads=reader.visitor.leads,
        text_language=live.book.language,
        **values,
    )


async def _picture(page: "Page", request: Request) -> Response:
    return await run_in_threadpool(_drawn, _reader(page, request), request)


def _drawn(reader: Reader, request: Request) -> Response:
    """A page of a PDF as a picture; in place of one that cannot be drawn why not, as text."""
    asked = request.query_params
    number, width = small(asked.get("page", "")) or 1, min(small(asked.get("width", "")) or 800, _WIDEST)
    try:
        found = reader.live.picture(_document(reader, request), number, width)
    except CoderError as error:
        return PlainTextResponse(str(error), 404)
    return Response(found, media_type="image/png")


def _document(reader: Reader, request: Request) -> str:
    """The document that an address names; the first where it names none."""
    name = request.query_params.get("document") or next(iter(reader.live.names), "")
    reader.live.plan(name)  # says where it is not there
    return name


def _list(reader: Reader, _request: Request, _data: Data) -> Data:
    return {
        "documents": reading_page.listed(reader),
        "control": reading_page.control(reader),
        "following": reading_page.following(reader),
        "learning": reading_page.learning(reader),
    }


def _passages(reader: Reader, _request: Request, data: Data) -> Data:
    asked = fields(data, document=str, numbers=list)
    numbers = asked["numbers"]
    if len(numbers) > reading_page.MOST_PASSAGES or not all(type(one) is int for one in numbers):
        raise PageError("passages_most", most=reading_page.MOST_PASSAGES)
    return {"passages": reading_page.passages(reader, asked["document"], numbers)}


def _search(reader: Reader, _request: Request, data: Data) -> Data:
    asked = fields(data, document=str, query=str)
    return reading_page.found(reader, asked["document"], asked["query"])


def _fragments(reader: Reader, request: Request, _data: Data) -> Data:
    first = small(request.query_params.get("first", "")) or 0
    return reading_page.of_code(reader, request.query_params.get("code", ""), first)


def _acts(reader: Reader, _request: Request, data: Data) -> Data:
    acts = data.get("acts")
    if not isinstance(acts, list) or len(acts) > _MOST_ACTS:
        raise PageError("acts_most", most=_MOST_ACTS)
    done = reader.live.do(acts, reader)
    return {"done": [one | {"error": str(one["error"])} if "error" in one else one for one in done]}
