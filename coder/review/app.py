"""The page as an application: which address shows what, and which does what."""

import json
import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from math import isfinite
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from coder.codebook_merge import ConflictError
from coder.errors import CoderError, RuleError, StorageError
from coder.review import book_editing, counting, queueing, results, showing
from coder.review.acts import fields, texts
from coder.review.desk import Desk
from coder.review.exports import FORMATS
from coder.review.gate import Gate, Guard, Session, who_asks
from coder.review.sight import Sight
from coder.review.team import Team
from coder.review.turns import Turns
from coder.review.words import PageError, page_words, told
from coder.words import languages

HOME = Path(__file__).parent
MOST_SHOWN = 60
_PAGES = ("code", "codebook", "results")
_SIGN_IN_AT_ONCE, _DIGITS = 2, 6
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")

Data = Mapping[str, Any]
Asked = Callable[[Sight, Request, Data], Data | Response]


class Page:
    """The application of one study. `desks` are its questions, in order; `team` says who may do what."""

    def __init__(self, desks: list[Desk], gate: Gate, team: Team, *, name: str, language: str) -> None:
        self.desks, self.gate, self.team, self.name = desks, gate, team, name
        self.language = language
        self.languages: dict[str, str] = {}
        gate.words = lambda who: page_words(self.language_of(who))
        self.signing_in = Turns(_SIGN_IN_AT_ONCE)  # each takes 64 MiB; those who wait hold no thread
        loader = PackageLoader("coder.review")
        self.templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)

    def app(self, log: Callable[[str], None]) -> Guard:
        """What a server serves. `log` is told where something went wrong, never with an answer in it."""
        asked: dict[str, Asked] = {
            "acts": self._acts,
            "code": self._code,
            "estimate": self._estimate,
            "language": self._language,
            "learn": self._learn,
            "merge": self._merge,
            "new-code": self._new_code,
            "queue": self._queue,
            "rules": self._rules,
            "sign-out": self._sign_out,
            "similar": self._similar,
            "split": self._split,
            "units": self._units,
        }
        shown: dict[str, Asked] = {
            "codebook": self._codebook,
            "codes": self._codes,
            "estimated": self._estimated,
            "results": self._results,
            "status": self._status,
        }
        routes = [
            Route("/", self._home),
            Route("/sign-in", self._sign_in, methods=["GET", "POST"]),
            Mount("/static", StaticFiles(directory=HOME / "static")),
            *(Route(f"/api/{{number}}/{path}", _json(self, done), methods=["POST"]) for path, done in asked.items()),
            *(Route(f"/api/{{number}}/{path}", _json(self, done)) for path, done in shown.items()),
            Route("/{number}/download/{form}", self._download),
            *(Route(f"/{{number}}/{path}", self._page) for path in _PAGES),
        ]
        handlers = {
            HTTPException: self._not_found,
            ConflictError: self._conflict,
            StorageError: self._unwritten,
            CoderError: self._refused,
            ClientDisconnect: self._cut_off,
        }
        return Guard(Starlette(routes=routes, exception_handlers=handlers), self.gate, log)

    # Pages

    async def _home(self, _request: Request) -> Response:
        return RedirectResponse("/0/code", 303)

    async def _page(self, request: Request) -> Response:
        return await run_in_threadpool(self._shown, request)

    def _shown(self, request: Request) -> Response:
        desk = self.desk(request)
        script = request.url.path.rpartition("/")[2]
        session, sight = who_asks(request), self.sight(desk, request)
        results_page = script == "results"
        return self._html(
            f"{script}.html.j2",
            session.who,
            script=script,
            token=session.token,
            key=desk.key,
            number=self.desks.index(desk),
            questions=[one.question for one in self.desks],
            queues=queueing.kinds(sight),
            formats=FORMATS,
            waves=counting.waves(desk) if results_page else [],
            last_wave=desk.last_wave,
            whose=counting.whose(sight) if results_page else [],
            text_language=desk.book.language,
            leads=sight.visitor.leads,
        )

    async def _sign_in(self, request: Request) -> Response:
        address = request.client.host if request.client else ""
        if request.method == "GET" and "token" not in request.query_params:
            return self._door("", waiting=_small(request.query_params.get("waiting", "")) or 0)
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
        return self._door(found, 429 if found == "wait" else 403)

    def _door(self, refused: str, status: int = 200, waiting: int = 0) -> Response:
        said = page_words(self.language)
        accounts = self.gate.check is not None
        why = said[f"sign_in_{refused}" + ("" if accounts or refused == "wait" else "_token")] if refused else ""
        about = {"refused": why, "accounts": accounts, "waiting": waiting}
        page = self._html("sign_in.html.j2", "", script="", token="", key="", number=0, **about)
        page.status_code = status
        return page

    def _html(self, template: str, who: str, **values: object) -> HTMLResponse:
        language = self.language_of(who)
        said = page_words(language)
        words = json.dumps(said, ensure_ascii=False)
        made = self.templates.get_template(template)
        return HTMLResponse(
            made.render(said=said, words_json=words, language=language, who=who, study=self.name, **values)
        )

    def _download(self, request: Request) -> Response:
        form = request.path_params["form"]
        if form not in FORMATS:
            raise HTTPException(404)
        sight = self.sight(self.desk(request), request)
        content, name = results.download(sight, form, counting.choice(sight, request.query_params))
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=FORMATS[form], headers=headers)

    # What scripts ask

    def _codes(self, sight: Sight, _request: Request, _data: Data) -> Data:
        with sight.desk.lock:
            return {"codes": showing.codes(sight)}

    def _status(self, sight: Sight, _request: Request, _data: Data) -> Data:
        sight.desk.follow()
        with sight.desk.lock:
            return showing.status(sight)

    def _queue(self, sight: Sight, _request: Request, data: Data) -> Data:
        asked = fields(data, kind=str, value=str)
        sight.desk.follow()
        return queueing.queue(sight, asked["kind"], asked["value"])

    def _units(self, sight: Sight, _request: Request, data: Data) -> Data:
        desk, visitor, wanted = sight.desk, sight.visitor, texts(data, "ids", MOST_SHOWN)
        settle = data.get("adjudicate") is True and visitor.settles
        shared = data.get("shared") is True
        desk.follow()
        with desk.lock:
            seen = {unit for unit in wanted if shared and set(desk.ledger.seers(unit)) - {visitor.who}}
            free = desk.lease([unit for unit in wanted if unit not in seen], visitor.session) if shared else wanted
            shown = showing.units(sight, free, adjudicate=settle)
        return {"units": shown, "taken": [unit for unit in wanted if unit not in free]}

    def _acts(self, sight: Sight, request: Request, data: Data) -> Data:
        desk, acts = sight.desk, data.get("acts")
        if not isinstance(acts, list) or len(acts) > MOST_SHOWN:
            raise PageError("acts_most", most=MOST_SHOWN)
        done = desk.do(acts, sight)
        desk.stay(sight.visitor.session)
        settle = sight.visitor.settles and any(one.get("adjudicate") is True for one in acts)
        now = self.sight(desk, request)  # what is undone is shown as it is after
        with desk.lock:
            shown = {one["id"]: showing.units(now, one["undone"], adjudicate=settle) for one in done if "undone" in one}
        return {"done": [{**one, "units": shown[one["id"]]} if one["id"] in shown else one for one in done]}

    def _similar(self, sight: Sight, _request: Request, data: Data) -> Data:
        return {"units": showing.similar(sight, fields(data, unit=str)["unit"])}

    def _learn(self, sight: Sight, _request: Request, _data: Data) -> Data:
        if sight.whole:
            sight.desk.start(again=True)
        return {"learning": showing.learning(sight)}

    def _language(self, sight: Sight, _request: Request, data: Data) -> Data:
        language = fields(data, language=str)["language"]
        if language not in languages():
            raise PageError("language")
        self.languages[sight.who] = language
        return {}

    def _sign_out(self, _sight: Sight, request: Request, _data: Data) -> Response:
        return self.gate.sign_out(who_asks(request))

    def _rules(self, sight: Sight, _request: Request, data: Data) -> Data:
        return book_editing.tried(sight, data)

    def _codebook(self, sight: Sight, _request: Request, _data: Data) -> Data:
        return book_editing.shown(sight)

    def _new_code(self, sight: Sight, _request: Request, data: Data) -> Data:
        asked = fields(data, name=str, rule=str)
        return {"code": book_editing.new_code(sight.desk, sight.who, sight.language, **asked)}

    def _code(self, sight: Sight, _request: Request, data: Data) -> Data:
        return _lead(sight, book_editing.edit, data)

    def _merge(self, sight: Sight, _request: Request, data: Data) -> Data:
        return _lead(sight, book_editing.merge, data)

    def _split(self, sight: Sight, _request: Request, data: Data) -> Data:
        return _lead(sight, book_editing.split, {**data, "language": sight.language})

    def _results(self, sight: Sight, request: Request, _data: Data) -> Data:
        sight.desk.follow()
        return results.shown(sight, counting.choice(sight, request.query_params))

    def _estimate(self, sight: Sight, _request: Request, data: Data) -> Data:
        results.start_estimate(sight, fields(data, wave=str)["wave"])
        return results.estimated(sight)

    def _estimated(self, sight: Sight, _request: Request, _data: Data) -> Data:
        return results.estimated(sight)

    # What is refused

    async def _refused(self, request: Request, error: Exception) -> Response:
        if not isinstance(error, CoderError):
            raise error
        session = request.scope.get("session_of")
        said = told(error, self.language_of(session.who if session is not None else ""))
        if not request.url.path.startswith("/api/"):
            return PlainTextResponse(said, 400)
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

    async def _conflict(self, request: Request, error: Exception) -> Response:
        """Somebody else changed the same: what both made of it, and the code as it would be with what was sent."""
        if not isinstance(error, ConflictError):
            raise error
        return JSONResponse(book_editing.conflict(self.sight(self.desk(request), request), error), 409)

    # Within

    def desk(self, request: Request) -> Desk:
        """The question that an address is of."""
        number = _small(request.path_params["number"])
        if number is None or number >= len(self.desks):
            raise HTTPException(404)
        return self.desks[number]

    def sight(self, desk: Desk, request: Request) -> Sight:
        """What the visitor who asks may know of a question."""
        session = who_asks(request)
        return Sight(desk, self.team.visitor(session.who, _holder(session), self.language_of(session.who)))

    def language_of(self, who: str) -> str:
        """The language in which somebody reads the page."""
        return self.languages.get(who, self.language)


def _holder(session: Session) -> str:
    """What leases of a session are known by, in the study: not its key."""
    return sha256(session.key.encode()).hexdigest()[:16]


def _lead(sight: Sight, change: Callable[[Desk, Data, str], None], data: Data) -> Data:
    if not sight.visitor.leads:
        raise PageError("not_lead")
    change(sight.desk, data, sight.who)
    return {}


def _json(page: Page, done: Asked) -> Callable[[Request], Any]:
    """An address that reads JSON (where something is sent), does one thing in a thread, and tells JSON."""

    def answer(request: Request, data: Data) -> Response:
        found = done(page.sight(page.desk(request), request), request, data)
        return found if isinstance(found, Response) else JSONResponse(found)

    async def endpoint(request: Request) -> Response:
        data = _read(await request.body()) if request.method == "POST" else {}
        return await run_in_threadpool(answer, request, data)

    return endpoint


def _read(body: bytes) -> dict[str, Any]:
    """The JSON object in a body. Raises `PageError` where it is none, or has numbers or depths that no page sends.

    Half an emoji, as a browser may send it, becomes a question mark, and a NUL nothing: no database keeps those.
    """
    try:
        sent = json.dumps(json.loads(body, parse_constant=_finite, parse_float=_finite), ensure_ascii=False)
        data = json.loads(_NUL.sub(r"\1", sent).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise PageError("no_json") from None
    if not isinstance(data, dict):
        raise PageError("no_json")
    return data


def _small(digits: str) -> int | None:
    """The number of up to six digits that a text is; None where it is something else."""
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= _DIGITS else None


def _finite(written: str) -> float:
    number = float(written)
    if not isfinite(number):
        raise ValueError(written)
    return number
