"""The page as an application: which address shows what, and which does what."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from coder.codebook_merge import ConflictError
from coder.review import (
    again,
    begin_page,
    codebook_page,
    coding_page,
    documents_app,
    grid_page,
    results_page,
    results_pictures,
    results_tables,
)
from coder.review.cards import cards, similar
from coder.review.frame import Frame
from coder.review.live_documents import LiveDocuments
from coder.review.live_question import LiveQuestion
from coder.review.requests import fields, texts
from coder.review.results_tables import FORMATS, Choice
from coder.review.routing import Data, json_route, small, speak
from coder.review.security import Team, who_asks
from coder.review.shelf import key_of
from coder.review.sight import Sight
from coder.review.words import PageError
from coder.words import chosen, languages
from coder.words.numbers import locale_of

MOST_SHOWN = 60
_PAGES = ("code", "grid", "codebook", "results")
_BEGIN = "begin"
"""The page of a question without a codebook, before all others."""
_OF_PICTURES = {"svg": "image/svg+xml", "png": "image/png", "xlsx": FORMATS["xlsx"]}

Result = TypeVar("Result")
Asked = Callable[[Sight, Request, Data], Data | Response]


class Page:
    """The application of one study: its questions and its sets of documents, in order.

    `team` says who may do what; `root` is where its addresses begin.
    """

    def __init__(
        self,
        frame: Frame,
        live_questions: list[LiveQuestion],
        team: Team,
        *,
        name: str,
        live_documents: list[LiveDocuments],
        root: str = "",
    ) -> None:
        self.live_questions, self.team, self.name, self.frame, self.root = live_questions, team, name, frame, root
        self.live_documents = live_documents

    def app(self) -> Starlette:
        """The addresses of the study, with those of the door, without a guard."""
        post_routes: dict[str, Asked] = {
            "acts": self._acts,
            "again": lambda sight, _request, _data: {"unit": again.next_card(sight)},
            "code": self._code,
            "covered": lambda sight, _request, data: begin_page.covered(sight, data),
            "draft": self._draft,
            "draft-stop": lambda sight, _request, _data: begin_page.stop(sight),
            "estimate": self._estimate,
            "grid": lambda sight, _request, data: grid_page.shown(sight, data),
            "grid-column": lambda sight, _request, data: grid_page.column(sight, data),
            "grid-more": lambda sight, _request, _data: grid_page.more(sight),
            "grid-now": lambda sight, _request, data: grid_page.changed(sight, data),
            "grid-search": lambda sight, _request, data: grid_page.searched(sight, data),
            "language": lambda _sight, _request, data: speak(data),
            "learn": self._learn,
            "marked": self._marked,
            "merge": self._merge,
            "new-code": self._new_code,
            "queue": self._queue,
            "rules": self._rules,
            "sign-out": lambda _sight, request, _data: self.frame.gate.sign_out(who_asks(request)),
            "similar": self._similar,
            "split": self._split,
            "take-book": lambda sight, _request, data: _led(sight, lambda: self._take(sight, data)),
            "undo-codebook": self._undo_codebook,
            "units": self._units,
            "use-codes": lambda sight, _request, data: _led(sight, lambda: begin_page.use(sight, data)),
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
            *self.frame.routes(),
            *(
                Route(f"/api/{{number}}/{path}", _json(self, done), methods=["POST"])
                for path, done in post_routes.items()
            ),
            *(Route(f"/api/{{number}}/{path}", _json(self, done)) for path, done in get_routes.items()),
            Route("/{number}/download/answers", self._answers),
            Route("/{number}/download/{form}", self._download),
            Route("/{number}/picture/{form}", self._picture),
            *documents_app.routes(self),
            Route("/api/{number}/upload", self._book_given, methods=["POST"]),
            Route("/api/{number}/house-style/upload", self._style_given, methods=["POST"]),
            *(Route(f"/{{number}}/{path}", self._page) for path in (_BEGIN, *_PAGES)),
        ]
        return self.frame.app(routes, {ConflictError: self._conflict})

    # Pages

    async def _home(self, request: Request) -> Response:
        """Where to begin: at the question or documents that the address names, else at the first question."""
        questions = [one.question.name for one in self.live_questions]
        sets = [one.name for one in self.live_documents]
        question, documents = (request.query_params.get(name, "") for name in ("question", "documents"))
        if documents in sets or not questions:
            number = sets.index(documents) if documents in sets else 0
            return RedirectResponse(f"{self.root}/documents/{number}/documents", 303)
        number = questions.index(question) if question in questions else 0
        page = _PAGES[0] if begin_page.has_codes(self.live_questions[number].book) else _BEGIN
        if (asked := request.query_params.get("page")) in _PAGES:
            kept = {name: request.query_params[name] for name in ("then", "picture") if name in request.query_params}
            page = f"{asked}?{urlencode(kept)}"
        return RedirectResponse(f"{self.root}/{number}/{page}", 303)

    async def _page(self, request: Request) -> Response:
        return await run_in_threadpool(self._shown, request)

    def _shown(self, request: Request) -> Response:
        live = self.live(request)
        script = request.url.path.rpartition("/")[2]
        session, sight = who_asks(request), self.sight(live, request)
        of_results = script == "results"
        pages = _PAGES if begin_page.has_codes(live.book) else (_BEGIN, *_PAGES)
        number = self.live_questions.index(live)
        return self.html(
            f"{script}.html.j2",
            session.who,
            script=script,
            token=session.token,
            key=live.key,
            base=str(number),
            places=self.places(script, live),
            pages=[(f"{self.root}/{number}/{one}", f"page_{one}", one == script) for one in pages],
            number=number,
            asked=live.wording,
            queues=coding_page.kinds(sight),
            first_queue=coding_page.first(sight),
            formats=FORMATS,
            waves=results_tables.waves(live) if of_results else [],
            unweighted=live.roles.weight if of_results and live.weights is not None else "",
            earlier_waves=results_tables.earlier_waves(live) if of_results else [],
            styles=_styles(live) if of_results and sight.visitor.leads else [],
            last_wave=live.last_wave,
            whose=results_tables.whose(sight) if of_results else [],
            groups=live.groups if of_results else {},
            pictures=list(results_pictures.PICTURES),
            settles=sight.visitor.settles,
            predicted=results_page.predicted(sight) if of_results else "",
            text_language=live.book.language,
            label_languages=_label_languages(live),
            leads=sight.visitor.leads,
            bundled=begin_page.BUNDLED,
            books=_others(self.frame, live) if script == _BEGIN else [],
        )

    def places(self, script: str, shown: LiveQuestion | LiveDocuments) -> list[tuple[str, str, bool]]:
        """The questions and sets of documents: address, name, and whether it is the one that is shown.

        From one question to another it goes to the same page.
        """
        page = script if script in _PAGES else _PAGES[0]
        questions = [
            (f"{self.root}/{place}/{page}", one.question.name, one is shown)
            for place, one in enumerate(self.live_questions)
        ]
        sets = [
            (f"{self.root}/documents/{place}/documents", one.name, one is shown)
            for place, one in enumerate(self.live_documents)
        ]
        return questions + sets

    def html(self, template: str, who: str, **values: object) -> HTMLResponse:
        """A page of this study made of a template."""
        return self.frame.html(template, who, root=self.root, study=self.name, **values)

    def _download(self, request: Request) -> Response:
        form = request.path_params["form"]
        if form not in FORMATS:
            raise HTTPException(404)
        sight = self.sight(self.live(request), request)
        content, name = results_page.download(sight, form, results_tables.choice(sight, request.query_params))
        return _attached(content, name, FORMATS[form])

    def _answers(self, request: Request) -> Response:
        """The answers with their codes, as a workbook: for who may know what others decided."""
        sight = self.sight(self.live(request), request)
        return _attached(results_page.coded_answers(sight), "answers.xlsx", FORMATS["xlsx"])

    def _picture(self, request: Request) -> Response:
        form, query = request.path_params["form"], request.query_params
        if form not in _OF_PICTURES:
            raise HTTPException(404)
        sight, name = self.sight(self.live(request), request), query.get("picture", "top")
        content = results_pictures.saved(sight, _chosen(sight, query, name), name, form)
        return _attached(content, f"coder-{name}.{form}", _OF_PICTURES[form])

    # What scripts ask

    def _codes(self, sight: Sight, _request: Request, _data: Data) -> Data:
        with sight.live.lock:
            return {"codes": coding_page.codes(sight), "columns": coding_page.columns(sight)}

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
        shared, both = data.get("shared") is True, data.get("both") is True
        live.follow()
        with live.lock:
            if shared:
                seen = {unit for unit in wanted if set(live.ledger.seers(unit)) - {visitor.who}}
                most = fields(data, most=int)["most"]
                free = live.lease([unit for unit in wanted if unit not in seen], visitor.who, most)
                if len(free) == most > 0:  # what follows was not asked for any more
                    wanted = wanted[: wanted.index(free[-1]) + 1]
            else:
                free = list(wanted)
            shown = cards(sight, free, adjudicate=settle, both=both)
        return {"units": shown, "taken": [unit for unit in wanted if unit not in free]}

    def _acts(self, sight: Sight, request: Request, data: Data) -> Data:
        live, acts = sight.live, data.get("acts")
        if not isinstance(acts, list) or len(acts) > MOST_SHOWN:
            raise PageError("acts_most", most=MOST_SHOWN)
        done = live.do(acts, sight)
        live.stay(sight.who)
        settle = sight.visitor.settles and any(one.get("adjudicate") is True for one in acts)
        undone = [one for one in done if "undone" in one]
        now = self.sight(live, request) if undone else sight  # what is undone is shown as it is after
        grid = any(one.get("grid") is True for one in acts)

        def shown(units: list[str], *, judged: bool) -> Data:
            if grid:
                return {"marks": grid_page.marks(now, units, bare=True)}
            return {"units": cards(now, units, adjudicate=settle, again=judged)}

        with live.lock:
            more = {one["id"]: shown(one["undone"], judged=one["again"]) for one in undone}
        done = [one | {"error": str(one["error"])} if "error" in one else one for one in done]
        return {"done": [{**one, **more.get(one["id"], {})} for one in done]}

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

    def _draft(self, sight: Sight, _request: Request, data: Data) -> Data:
        return _led(sight, lambda: begin_page.propose(sight, data))

    def _take(self, sight: Sight, data: Data) -> Data:
        """Take over a codebook that comes along, or that of another question."""
        name = fields(data, book=str)["book"]
        other = self.frame.books().get(name)
        return begin_page.take(sight, begin_page.bundled(name) if other is None else other.read(), name)

    async def _book_given(self, request: Request) -> Response:
        """Take over the codebook in a file that was sent."""
        return JSONResponse(await run_in_threadpool(self._read_book, request, await request.body()))

    def _read_book(self, request: Request, content: bytes) -> Data:
        sight, name = self.sight(self.live(request), request), request.query_params.get("name", "")
        book, notes = begin_page.read(name, content, sight.live.book.language)
        return {**_led(sight, lambda: begin_page.take(sight, book, name)), "notes": notes}

    async def _style_given(self, request: Request) -> Response:
        """Keep the template of a house style that was sent, or none any more where nothing was."""
        await run_in_threadpool(self._keep_style, request, await request.body())
        return JSONResponse({})

    def _keep_style(self, request: Request, content: bytes) -> None:
        sight, name = self.sight(self.live(request), request), request.query_params.get("name", "")
        _led(sight, lambda: results_tables.keep_house_style(sight.live, name, content))

    def _undo_codebook(self, sight: Sight, _request: Request, data: Data) -> Data:
        sight.live.undo_codebook(fields(data, version=int)["version"], sight)
        return {}

    def _results(self, sight: Sight, request: Request, _data: Data) -> Data:
        sight.live.follow()
        query = request.query_params
        picture = query.get("picture", "top")
        asked = _chosen(sight, query, picture)
        return results_page.shown(sight, asked, picture, results_pictures.width_of(query))

    def _marked(self, sight: Sight, request: Request, data: Data) -> Data:
        sight.live.follow()
        return results_pictures.marked(sight, results_tables.choice(sight, request.query_params), data)

    def _estimate(self, sight: Sight, _request: Request, data: Data) -> Data:
        results_page.start_estimate(sight, fields(data, wave=str)["wave"])
        return results_page.estimated(sight)

    def _estimated(self, sight: Sight, _request: Request, _data: Data) -> Data:
        return results_page.estimated(sight)

    # What is refused

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


def _chosen(sight: Sight, query: Mapping[str, str], picture: str) -> Choice:
    """What an address asks for; what changed is that since the wave before, unless it says another."""
    asked = results_tables.choice(sight, query)
    if picture != "change" or asked.then:
        return asked
    return replace(asked, then=results_tables.before(sight.live, asked.wave))


def _label_languages(live: LiveQuestion) -> list[tuple[str, str]]:
    """The languages in which a code may have a label, that of the codebook first, as who reads the page calls them."""
    names = locale_of(chosen()).languages
    return [(code, names[code]) for code in sorted(languages(), key=lambda one: (one != live.book.language, one))]


def _lead(sight: Sight, change: Callable[[LiveQuestion, Data, str], None], data: Data) -> Data:
    _led(sight, lambda: change(sight.live, data, sight.who))
    return {}


def _attached(content: bytes, name: str, media: str) -> Response:
    """A file to be saved under this name."""
    return Response(content, media_type=media, headers={"content-disposition": f'attachment; filename="{name}"'})


def _others(frame: Frame, live: LiveQuestion) -> list[tuple[str, str]]:
    """The codebooks of other questions: by what they are asked for, and how they are called."""
    own = f"{key_of(live.study.place)}/{live.question.name}"
    return [(key, one.name) for key, one in frame.books().items() if key != own]


def _styles(live: LiveQuestion) -> list[tuple[str, bool]]:
    """The forms that can have a house style, and whether they have one."""
    places = [(form, results_tables.house_style(live, form)) for form in results_tables.STYLED]
    return [(form, place.is_file()) for form, place in places if place is not None]


def _led(sight: Sight, done: Callable[[], Result]) -> Result:
    """What only a lead may do. Raises `PageError` for anybody else."""
    if not sight.visitor.leads:
        raise PageError("not_lead")
    return done()


def _json(page: Page, done: Asked) -> Callable[[Request], Any]:
    return json_route(lambda request, data: done(page.sight(page.live(request), request), request, data))
