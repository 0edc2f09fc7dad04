"""The page as an application: which address shows what, and which does what."""

import json
from collections.abc import Callable, Sequence
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
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from coder.codebook_merge import ConflictError
from coder.errors import CoderError, RuleError, StorageError
from coder.review import codebook_page, coding_page, documents_app, results_page, results_tables
from coder.review.cards import cards, similar
from coder.review.live_documents import LiveDocuments
from coder.review.live_question import LiveQuestion
from coder.review.requests import fields, texts
from coder.review.results_tables import FORMATS
from coder.review.routing import LANGUAGE, Data, json_route, small, speak
from coder.review.security import Gate, Guard, Team, Turns, cookie_of, who_asks
from coder.review.sight import Sight
from coder.review.words import PageError
from coder.words import area, chosen, code_of, languages, with_plurals
from coder.words.numbers import locale_of

HOME = Path(__file__).parent
MOST_SHOWN = 60
_PAGES = ("code", "codebook", "results")
_SIGN_IN_AT_ONCE = 2

Asked = Callable[[Sight, Request, Data], Data | Response]


class Page:
    """The application of one study: its questions and its sets of documents, in order.

    `team` says who may do what.
    """

    def __init__(
        self,
        live_questions: list[LiveQuestion],
        gate: Gate,
        team: Team,
        *,
        name: str,
        language: str,
        live_documents: Sequence[LiveDocuments] = (),
    ) -> None:
        self.live_questions, self.gate, self.team, self.name = live_questions, gate, team, name
        self.live_documents = live_documents
        self.language = language
        gate.language = self.language_of
        self.signing_in = Turns(_SIGN_IN_AT_ONCE)  # each takes 64 MiB; those who wait hold no thread
        loader = PackageLoader("coder.review")
        self.templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)

    def app(self, log: Callable[[str], None]) -> Guard:
        """What a server serves. `log` is told where something went wrong, never with an answer in it."""
        post_routes: dict[str, Asked] = {
            "acts": self._acts,
            "code": self._code,
            "estimate": self._estimate,
            "language": lambda _sight, _request, data: speak(data),
            "learn": self._learn,
            "merge": self._merge,
            "new-code": self._new_code,
            "queue": self._queue,
            "rules": self._rules,
            "sign-out": lambda _sight, request, _data: self.gate.sign_out(who_asks(request)),
            "similar": self._similar,
            "split": self._split,
            "units": self._units,
        }
        get_routes: dict[str, Asked] = {
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
                Route(f"/api/{{number}}/{path}", _json(self, done), methods=["POST"])
                for path, done in post_routes.items()
            ),
            *(Route(f"/api/{{number}}/{path}", _json(self, done)) for path, done in get_routes.items()),
            Route("/{number}/download/{form}", self._download),
            *documents_app.routes(self),
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
        return RedirectResponse("/0/code" if self.live_questions else "/documents/0/documents", 303)

    async def _page(self, request: Request) -> Response:
        return await run_in_threadpool(self._shown, request)

    def _shown(self, request: Request) -> Response:
        live = self.live(request)
        script = request.url.path.rpartition("/")[2]
        session, sight = who_asks(request), self.sight(live, request)
        of_results = script == "results"
        number = self.live_questions.index(live)
        return self.html(
            f"{script}.html.j2",
            session.who,
            script=script,
            token=session.token,
            key=live.key,
            base=str(number),
            places=self.places(script, live),
            pages=[(f"/{number}/{one}", f"page_{one}", one == script) for one in _PAGES],
            number=number,
            queues=coding_page.kinds(sight),
            first_queue=coding_page.first(sight),
            formats=FORMATS,
            waves=results_tables.waves(live) if of_results else [],
            last_wave=live.last_wave,
            whose=results_tables.whose(sight) if of_results else [],
            predicted=results_page.predicted(sight) if of_results else "",
            text_language=live.book.language,
            label_languages=_label_languages(live),
            leads=sight.visitor.leads,
        )

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
        about = {"refused": why, "accounts": accounts, "waiting": waiting, "name": name}
        page = self.html("sign_in.html.j2", "", script="", token="", key="", base="", **about)
        page.status_code = status
        return page

    def places(self, script: str, shown: LiveQuestion | LiveDocuments) -> list[tuple[str, str, bool]]:
        """The questions and sets of documents: address, name, and whether it is the one that is shown.

        From one question to another it goes to the same page.
        """
        page = script if script in _PAGES else _PAGES[0]
        questions = [
            (f"/{place}/{page}", one.question.name, one is shown) for place, one in enumerate(self.live_questions)
        ]
        sets = [
            (f"/documents/{place}/documents", one.name, one is shown) for place, one in enumerate(self.live_documents)
        ]
        return questions + sets

    def html(self, template: str, who: str, **values: object) -> HTMLResponse:
        """A page made of a template, in the language of who asks."""
        said = area("page")
        forms = with_plurals("page", chosen())
        words = json.dumps({key: [*filter(None, both)] for key, both in forms.items()}, ensure_ascii=False)
        made = self.templates.get_template(template)
        return HTMLResponse(
            made.render(
                said=said,
                words_json=words,
                language=chosen(),
                languages=_named_languages(),
                who=who,
                study=self.name,
                **values,
            )
        )

    def _download(self, request: Request) -> Response:
        form = request.path_params["form"]
        if form not in FORMATS:
            raise HTTPException(404)
        sight = self.sight(self.live(request), request)
        content, name = results_page.download(sight, form, results_tables.choice(sight, request.query_params))
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=FORMATS[form], headers=headers)

    # What scripts ask

    def _codes(self, sight: Sight, _request: Request, _data: Data) -> Data:
        with sight.live.lock:
            return {"codes": coding_page.codes(sight)}

    def _status(self, sight: Sight, _request: Request, _data: Data) -> Data:
        sight.live.follow()
        with sight.live.lock:
            return coding_page.status(sight)

    def _queue(self, sight: Sight, _request: Request, data: Data) -> Data:
        asked = fields(data, kind=str, value=str)
        sight.live.follow()
        return coding_page.queue(sight, asked["kind"], asked["value"])

    def _units(self, sight: Sight, _request: Request, data: Data) -> Data:
        live, visitor, wanted = sight.live, sight.visitor, texts(data, "ids", MOST_SHOWN)
        settle = data.get("adjudicate") is True and visitor.settles
        shared = data.get("shared") is True
        live.follow()
        with live.lock:
            seen = {unit for unit in wanted if shared and set(live.ledger.seers(unit)) - {visitor.who}}
            free = live.lease([unit for unit in wanted if unit not in seen], visitor.who) if shared else wanted
            shown = cards(sight, free, adjudicate=settle)
        return {"units": shown, "taken": [unit for unit in wanted if unit not in free]}

    def _acts(self, sight: Sight, request: Request, data: Data) -> Data:
        live, acts = sight.live, data.get("acts")
        if not isinstance(acts, list) or len(acts) > MOST_SHOWN:
            raise PageError("acts_most", most=MOST_SHOWN)
        done = live.do(acts, sight)
        live.stay(sight.who)
        settle = sight.visitor.settles and any(one.get("adjudicate") is True for one in acts)
        now = self.sight(live, request)  # what is undone is shown as it is after
        with live.lock:
            shown = {one["id"]: cards(now, one["undone"], adjudicate=settle) for one in done if "undone" in one}
        done = [one | {"error": str(one["error"])} if "error" in one else one for one in done]
        return {"done": [{**one, "units": shown[one["id"]]} if one["id"] in shown else one for one in done]}

    def _similar(self, sight: Sight, _request: Request, data: Data) -> Data:
        return {"units": similar(sight, fields(data, unit=str)["unit"])}

    def _learn(self, sight: Sight, _request: Request, _data: Data) -> Data:
        if sight.whole:
            sight.live.start(again=True)
        return {"learning": coding_page.learning(sight)}

    def _rules(self, sight: Sight, _request: Request, data: Data) -> Data:
        return codebook_page.tried(sight, data)

    def _codebook(self, sight: Sight, _request: Request, _data: Data) -> Data:
        return codebook_page.shown(sight)

    def _new_code(self, sight: Sight, _request: Request, data: Data) -> Data:
        asked = fields(data, name=str, rule=str)
        return {"code": codebook_page.new_code(sight.live, sight.who, **asked)}

    def _code(self, sight: Sight, _request: Request, data: Data) -> Data:
        return _lead(sight, codebook_page.edit, data)

    def _merge(self, sight: Sight, _request: Request, data: Data) -> Data:
        return _lead(sight, codebook_page.merge, data)

    def _split(self, sight: Sight, _request: Request, data: Data) -> Data:
        return _lead(sight, codebook_page.split, {**data, "language": chosen()})

    def _results(self, sight: Sight, request: Request, _data: Data) -> Data:
        sight.live.follow()
        return results_page.shown(sight, results_tables.choice(sight, request.query_params))

    def _estimate(self, sight: Sight, _request: Request, data: Data) -> Data:
        results_page.start_estimate(sight, fields(data, wave=str)["wave"])
        return results_page.estimated(sight)

    def _estimated(self, sight: Sight, _request: Request, _data: Data) -> Data:
        return results_page.estimated(sight)

    # What is refused

    async def _refused(self, request: Request, error: Exception) -> Response:
        if not isinstance(error, CoderError):
            raise error
        said = str(error)
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
        return JSONResponse(codebook_page.conflict(self.sight(self.live(request), request), error), 409)

    # Within

    def live(self, request: Request) -> LiveQuestion:
        """The question that an address is of."""
        number = small(request.path_params["number"])
        if number is None or number >= len(self.live_questions):
            raise HTTPException(404)
        return self.live_questions[number]

    def sight(self, live: LiveQuestion, request: Request) -> Sight:
        """What the visitor who asks may know of a question."""
        session = who_asks(request)
        return Sight(live, self.team.visitor(session.who))

    def language_of(self, scope: Scope) -> str:
        """The language in which somebody reads the page: what they chose, else what their browser asks for."""
        headers = Headers(scope=scope)
        asked = cookie_of(headers, LANGUAGE)
        return asked if asked in languages() else accepted(headers.get("accept-language", "")) or self.language


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


def _label_languages(live: LiveQuestion) -> list[tuple[str, str]]:
    """The languages in which a code may have a label, that of the codebook first, as who reads the page calls them."""
    names = locale_of(chosen()).languages
    return [(code, names[code]) for code in sorted(languages(), key=lambda one: (one != live.book.language, one))]


def _lead(sight: Sight, change: Callable[[LiveQuestion, Data, str], None], data: Data) -> Data:
    if not sight.visitor.leads:
        raise PageError("not_lead")
    change(sight.live, data, sight.who)
    return {}


def _json(page: Page, done: Asked) -> Callable[[Request], Any]:
    return json_route(lambda request, data: done(page.sight(page.live(request), request), request, data))
