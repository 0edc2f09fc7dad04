"""The page as an application: which address shows what, and which does what."""

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
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
from coder.errors import CoderError, RuleError
from coder.review import book_editing, counting, queueing, results, showing
from coder.review.acts import fields, texts
from coder.review.desk import Desk
from coder.review.exports import FORMATS
from coder.review.gate import Gate, Guard, Session, who_asks
from coder.review.team import Team
from coder.review.words import page_words
from coder.surrogates import joined

HOME = Path(__file__).parent
MOST_SHOWN = 60
_PAGES = ("code", "codebook", "results")

Data = Mapping[str, Any]
Asked = Callable[[Desk, Request, Data], Data | Response]


class Page:
    """The application of one study. `desks` are its questions, in order; `team` says who may do what."""

    def __init__(self, desks: list[Desk], gate: Gate, team: Team, *, name: str, language: str) -> None:
        self.desks, self.gate, self.team, self.name = desks, gate, team, name
        self.language = language
        self.languages: dict[str, str] = {}
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
        told: dict[str, Asked] = {
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
            *(
                Route(f"/api/{{number:int}}/{path}", _json(self, done), methods=["POST"])
                for path, done in asked.items()
            ),
            *(Route(f"/api/{{number:int}}/{path}", _json(self, done)) for path, done in told.items()),
            Route("/{number:int}/download/{form}", self._download),
            *(Route(f"/{{number:int}}/{path}", self._page) for path in _PAGES),
        ]
        handlers = {
            HTTPException: _not_found,
            ConflictError: self._conflict,
            CoderError: _refused,
            ClientDisconnect: _cut_off,
        }
        return Guard(Starlette(routes=routes, exception_handlers=handlers), self.gate, log)

    # Pages

    async def _home(self, _request: Request) -> Response:
        return RedirectResponse("/0/code", 303)

    async def _page(self, request: Request) -> Response:
        desk = self.desk(request)
        script = request.url.path.rpartition("/")[2]
        session = who_asks(request)
        waves = counting.waves(desk) if script == "results" else []
        whose = counting.whose(desk, session.who, self.said(session.who)) if script == "results" else []
        return self._html(
            f"{script}.html.j2",
            session.who,
            script=script,
            token=session.token,
            key=desk.key,
            number=request.path_params["number"],
            questions=[one.question for one in self.desks],
            queues=[kind for kind in queueing.KINDS if kind != "disagreements" or self.team.may_settle(session.who)],
            formats=FORMATS,
            waves=waves,
            last_wave=desk.last_wave,
            whose=whose,
            text_language=desk.book.language,
        )

    async def _sign_in(self, request: Request) -> Response:
        address = request.client.host if request.client else ""
        if request.method == "GET" and "token" not in request.query_params:
            return self._door("", waiting=request.query_params.get("waiting", ""))
        if request.method == "GET":
            if self.gate.check is not None:
                return self._door("")
            who, password = "", request.query_params["token"]
        else:
            form = parse_qs((await request.body()).decode("utf-8", "replace"))
            who, password = (form.get(name, [""])[0] for name in ("who", "password"))
        found = await run_in_threadpool(self.gate.sign_in, who, password, address)
        if isinstance(found, Response):
            return found
        return self._door(found, 429 if found == "wait" else 403)

    def _door(self, refused: str, status: int = 200, waiting: str = "") -> Response:
        said = page_words(self.language)
        accounts = self.gate.check is not None
        why = said[f"sign_in_{refused}" + ("" if accounts or refused == "wait" else "_token")] if refused else ""
        about = {"refused": why, "accounts": accounts, "waiting": int(waiting) if waiting.isdecimal() else 0}
        page = self._html("sign_in.html.j2", "", script="", token="", key="", number=0, **about)
        page.status_code = status
        return page

    def _html(self, template: str, who: str, **values: object) -> HTMLResponse:
        said = self.said(who)
        words = json.dumps(said, ensure_ascii=False)
        language = self.languages.get(who, self.language)
        made = self.templates.get_template(template)
        return HTMLResponse(
            made.render(said=said, words_json=words, language=language, who=who, study=self.name, **values)
        )

    def _download(self, request: Request) -> Response:
        form = request.path_params["form"]
        if form not in FORMATS:
            raise HTTPException(404)
        desk, who = self.desk(request), who_asks(request).who
        choice = counting.choice(desk, request.query_params, who)
        content, name = results.download(desk, form, choice, self.said(who), self.languages.get(who, self.language))
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=FORMATS[form], headers=headers)

    # What scripts ask

    def _codes(self, desk: Desk, request: Request, _data: Data) -> Data:
        with desk.lock:
            return {"codes": showing.codes(desk, self._language_of(request))}

    def _status(self, desk: Desk, request: Request, _data: Data) -> Data:
        desk.follow()
        with desk.lock:
            return showing.status(desk, who_asks(request).who, self._said(request), self._language_of(request))

    def _queue(self, desk: Desk, request: Request, data: Data) -> Data:
        asked, session = fields(data, kind=str, value=str), who_asks(request)
        if asked["kind"] == "disagreements" and not self.team.may_settle(session.who):
            raise CoderError(self._said(request)["not_settle"])
        desk.follow()
        return queueing.queue(desk, asked["kind"], asked["value"], session.who, _holder(session), self._said(request))

    def _units(self, desk: Desk, request: Request, data: Data) -> Data:
        session, wanted = who_asks(request), texts(data, "ids", MOST_SHOWN)
        desk.follow()
        settle = data.get("adjudicate") is True and self.team.may_settle(session.who)
        shared = data.get("shared") is True
        with desk.lock:
            seen = {unit for unit in wanted if shared and set(desk.ledger.seers(unit)) - {session.who}}
            free = (
                desk.lease([unit for unit in wanted if unit not in seen], _holder(session)) if shared else list(wanted)
            )
            shown = showing.units(
                desk, free, session.who, self._said(request), self._language_of(request), adjudicate=settle
            )
        return {"units": shown, "taken": [unit for unit in wanted if unit not in free]}

    def _acts(self, desk: Desk, request: Request, data: Data) -> Data:
        session = who_asks(request)
        who = session.who
        acts = data.get("acts")
        if not isinstance(acts, list) or len(acts) > MOST_SHOWN:
            raise CoderError(f"At most {MOST_SHOWN} acts go together.")
        done = desk.do(acts, who, self.team.may_settle(who))
        desk.stay(_holder(session))
        said, language = self._said(request), self._language_of(request)
        settle = self.team.may_settle(who) and any(one.get("adjudicate") is True for one in acts)
        with desk.lock:
            shown = {
                one["id"]: showing.units(desk, one["undone"], who, said, language, adjudicate=settle)
                for one in done
                if "undone" in one
            }
        return {"done": [{**one, "units": shown[one["id"]]} if one["id"] in shown else one for one in done]}

    def _similar(self, desk: Desk, request: Request, data: Data) -> Data:
        unit = fields(data, unit=str)["unit"]
        return {"units": showing.similar(desk, unit, who_asks(request).who)}

    def _learn(self, desk: Desk, request: Request, _data: Data) -> Data:
        desk.start(again=True)
        return {"learning": showing.learning(desk, self._said(request), self._language_of(request))}

    def _language(self, _desk: Desk, request: Request, data: Data) -> Data:
        language = fields(data, language=str)["language"]
        if language not in ("nl", "en"):
            raise CoderError("A language is nl or en.")
        self.languages[who_asks(request).who] = language
        return {}

    def _sign_out(self, _desk: Desk, request: Request, _data: Data) -> Response:
        return self.gate.sign_out(who_asks(request))

    def _rules(self, desk: Desk, _request: Request, data: Data) -> Data:
        return book_editing.tried(desk, data)

    def _codebook(self, desk: Desk, request: Request, _data: Data) -> Data:
        return book_editing.shown(desk, self._language_of(request))

    def _new_code(self, desk: Desk, request: Request, data: Data) -> Data:
        asked = fields(data, name=str, rule=str)
        return {"code": book_editing.new_code(desk, who_asks(request).who, self._language_of(request), **asked)}

    def _code(self, desk: Desk, request: Request, data: Data) -> Data:
        return self._lead(request, book_editing.edit, desk, data)

    def _merge(self, desk: Desk, request: Request, data: Data) -> Data:
        return self._lead(request, book_editing.merge, desk, data)

    def _split(self, desk: Desk, request: Request, data: Data) -> Data:
        return self._lead(request, book_editing.split, desk, {**data, "language": self._language_of(request)})

    def _results(self, desk: Desk, request: Request, _data: Data) -> Data:
        desk.follow()
        choice = counting.choice(desk, request.query_params, who_asks(request).who)
        return results.shown(desk, choice, self._said(request), self._language_of(request))

    def _estimate(self, desk: Desk, request: Request, data: Data) -> Data:
        wave = fields(data, wave=str)["wave"]
        results.start_estimate(desk, wave, self._said(request), self._language_of(request))
        return self._estimated(desk, request, {})

    def _estimated(self, desk: Desk, request: Request, _data: Data) -> Data:
        return results.estimated(desk, self._said(request), self._language_of(request))

    async def _conflict(self, request: Request, error: Exception) -> Response:
        """Somebody else changed the same: what both made of it, and the code as it would be with what was sent."""
        if not isinstance(error, ConflictError):
            raise error
        told = book_editing.told(self.desk(request), error, self._said(request), self._language_of(request))
        return JSONResponse(told, 409)

    # Within

    def desk(self, request: Request) -> Desk:
        """The question that an address is of."""
        number: int = request.path_params["number"]
        if number >= len(self.desks):
            raise HTTPException(404)
        return self.desks[number]

    def said(self, who: str) -> Mapping[str, str]:
        """The words of the page in somebody's language."""
        return page_words(self.languages.get(who, self.language))

    def _said(self, request: Request) -> Mapping[str, str]:
        return self.said(who_asks(request).who)

    def _language_of(self, request: Request) -> str:
        return self.languages.get(who_asks(request).who, self.language)

    def _lead(self, request: Request, change: Callable[[Desk, Data, str], None], desk: Desk, data: Data) -> Data:
        who = who_asks(request).who
        if not self.team.may_lead(who):
            raise CoderError(self._said(request)["not_lead"])
        change(desk, data, who)
        return {}


def _holder(session: Session) -> str:
    """What leases of a session are known by, in the study: not its key."""
    return sha256(session.key.encode()).hexdigest()[:16]


def _json(page: Page, done: Callable[[Desk, Request, Data], Data | Response]) -> Callable[[Request], Any]:
    """An address that reads JSON (where something is sent), does one thing in a thread, and tells JSON."""

    async def endpoint(request: Request) -> Response:
        data: Any = {}
        if request.method == "POST":
            try:
                data = _whole(json.loads(await request.body()))
            except ValueError:
                return JSONResponse({"error": "This is no JSON."}, 400)
            if not isinstance(data, dict):
                return JSONResponse({"error": "A JSON object is expected."}, 400)
        found = await run_in_threadpool(done, page.desk(request), request, data)
        return found if isinstance(found, Response) else JSONResponse(found)

    return endpoint


def _whole(data: Any) -> Any:  # noqa: ANN401 (what came out of JSON)
    """The same with halves of an emoji joined, and a sign in place of a half alone: no database keeps that."""
    return json.loads(joined(json.dumps(data, ensure_ascii=False)).encode("utf-8", "replace"))


async def _refused(_request: Request, error: Exception) -> Response:
    place = {"column": error.column} if isinstance(error, RuleError) else {}
    return JSONResponse({"error": str(error), **place}, 400)


async def _cut_off(_request: Request, _error: Exception) -> Response:
    """The browser went away, or sent more than is read without saying so before."""
    return PlainTextResponse("Refused: too large.", 413)


async def _not_found(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return PlainTextResponse("There is nothing here." if status == 404 else "Refused.", status)  # noqa: PLR2004
