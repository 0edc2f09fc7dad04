"""The page of one study as an application: which address shows what, the study that is open behind it, and serving it.

What an address does stands with the page that asks for it; here they come together.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from coder.codebook import Codebook
from coder.codebook_merge import ConflictError
from coder.errors import CoderError
from coder.note import Note
from coder.review import (
    begin_page,
    codebook_page,
    coding_page,
    differences_page,
    figures_page,
    grid_page,
    reading_page,
    results_page,
)
from coder.review.frame import Frame
from coder.review.live_documents import LiveDocuments
from coder.review.live_question import OTHER, LiveQuestion, has_codes
from coder.review.requests import Data, json_route, small, speak
from coder.review.security import Guard, Team, who_asks
from coder.review.server import LOCAL, ServerOptions, addresses, door, gate_at, listen, port_of, run
from coder.review.sight import Reader, Sight
from coder.study import Study
from coder.study.schema import ANSWERS, DOCUMENTS

Live = TypeVar("Live", LiveQuestion, LiveDocuments)
View = TypeVar("View", Sight, Reader)
About = Callable[[Sight], Mapping[str, object]]
"""What the template of a page of a question is made with."""
Endpoint = Callable[[Request], Any]

_PAGES = ("code", "grid", "codebook", "results")
_OF_DOCUMENTS = (*reading_page.PAGES, differences_page.PAGE, figures_page.PAGE)
"""The pages of a set of documents that stand in the menu; that of differences for who has the last word."""
_BEGIN = "begin"
"""The page of a question without a codebook, before all others."""


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
        routes = [Route("/", self._home), *self.frame.routes(), *self._of_questions(), *self._of_documents()]
        return self.frame.app(routes, {ConflictError: self._conflict})

    def _of_questions(self) -> Iterator[Route]:
        books = self.frame.books
        post = {
            **coding_page.POST,
            **grid_page.POST,
            **codebook_page.POST,
            **begin_page.post(books),
            **results_page.POST,
            **self._of_all(),
        }
        get = {**coding_page.GET, **codebook_page.GET, **results_page.GET}
        sent = {"upload": begin_page.take_file, "house-style/upload": results_page.take_style}
        values: Mapping[str, About] = {
            _BEGIN: lambda sight: begin_page.about(sight, books()),
            "code": coding_page.about,
            "grid": grid_page.about,
            "codebook": codebook_page.about,
            "results": results_page.about,
        }
        for method, ways in (("POST", post), ("GET", get)):
            for path, done in ways.items():
                yield Route(f"/api/{{number}}/{path}", _told(self._sight, done), methods=[method])
        for path, take in sent.items():
            yield Route(f"/api/{{number}}/{path}", _taken(self._sight, take), methods=["POST"])
        for path, saved in results_page.FILES.items():
            yield Route(f"/{{number}}/{path}", _shown(self._sight, saved))
        for path, about in values.items():
            yield Route(f"/{{number}}/{path}", _shown(self._sight, partial(self._question, path, about)))

    def _of_documents(self) -> Iterator[Route]:
        post = {**reading_page.POST, **figures_page.POST, **self._of_all()}
        get = {**reading_page.GET, **differences_page.GET, **figures_page.GET}
        for method, ways in (("POST", post), ("GET", get)):
            for path, done in ways.items():
                yield Route(f"/api/documents/{{number}}/{path}", _told(self._reader_now, done), methods=[method])
        for path, take in reading_page.SENT.items():
            yield Route(f"/api/documents/{{number}}/{path}", _taken(self._reader_now, take), methods=["POST"])
        yield Route("/documents/{number}/picture", _shown(self._reader, reading_page.picture))
        yield Route("/documents/{number}/figure/{form}", _shown(self._reader, figures_page.save))
        yield Route("/documents/{number}/horizontal/{form}", _shown(self._reader, figures_page.report))
        for path in (*_OF_DOCUMENTS, reading_page.READ):
            yield Route(f"/documents/{{number}}/{path}", _shown(self._reader, partial(self._documents, path)))

    def _of_all(self) -> Mapping[str, Callable[[Any, Request, Data], Response]]:
        """What may be asked of questions and of documents."""
        return {
            "language": lambda _one, _request, data: speak(data),
            "sign-out": lambda _one, request, _data: self.frame.gate.sign_out(who_asks(request)),
        }

    # Pages

    def _home(self, request: Request) -> Response:
        """Where to begin: at the question or documents that the address names, else at the first question."""
        questions = [one.question.name for one in self.live_questions]
        sets = [one.name for one in self.live_documents]
        question, documents = (request.query_params.get(name, "") for name in ("question", "documents"))
        if documents in sets or not questions:
            number = sets.index(documents) if documents in sets else 0
            return RedirectResponse(f"{self.root}/documents/{number}/documents", 303)
        number = questions.index(question) if question in questions else 0
        page = _PAGES[0] if has_codes(self.live_questions[number].book) else _BEGIN
        if (asked := request.query_params.get("page")) in _PAGES:
            kept = {name: request.query_params[name] for name in ("then", "picture") if name in request.query_params}
            page = f"{asked}?{urlencode(kept)}"
        return RedirectResponse(f"{self.root}/{number}/{page}", 303)

    def _question(self, script: str, about: About, sight: Sight, request: Request) -> Response:
        live = sight.live
        number = self.live_questions.index(live)
        pages = _PAGES if has_codes(live.book) else (_BEGIN, *_PAGES)
        return self._html(
            script,
            sight,
            request,
            base=str(number),
            number=number,
            pages=[(f"{self.root}/{number}/{one}", f"page_{one}", one == script) for one in pages],
            asked=live.wording,
            settles=sight.visitor.settles,
            **about(sight),
        )

    def _documents(self, script: str, reader: Reader, request: Request) -> Response:
        base, read = f"documents/{self.live_documents.index(reader.live)}", script == reading_page.READ
        shown = _OF_DOCUMENTS[0] if read else script
        known = [one for one in _OF_DOCUMENTS if one != differences_page.PAGE or reader.visitor.settles]
        pages = [(f"{self.root}/{base}/{one}", f"page_{one}", one == shown) for one in known]
        about = reading_page.opened(reader, request) if read else {}
        about |= figures_page.about(reader) if script == figures_page.PAGE else {}
        about |= {"reports": figures_page.reports(reader)}
        about |= differences_page.about(reader) if script == differences_page.PAGE else {}
        return self._html(script, reader, request, base=base, pages=pages, **about)

    def _html(self, script: str, view: Sight | Reader, request: Request, **values: object) -> Response:
        """A page of this study made of the template that goes with its script."""
        session, live = who_asks(request), view.live
        return self.frame.html(
            f"{script}.html.j2",
            session.who,
            root=self.root,
            study=self.name,
            script=script,
            token=session.token,
            key=live.key,
            places=self._places(script, live),
            leads=view.visitor.leads,
            text_language=live.book.language,
            **values,
        )

    def _places(self, script: str, shown: LiveQuestion | LiveDocuments) -> list[tuple[str, str, bool]]:
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

    # Who asks, and of what

    def _sight(self, request: Request) -> Sight:
        """What the visitor who asks may know of the question that an address is of."""
        return Sight(_numbered(self.live_questions, request), self.team.visitor(who_asks(request).who))

    def _reader(self, request: Request) -> Reader:
        """What they may know of the documents that an address is of."""
        return Reader(_numbered(self.live_documents, request), self.team.visitor(who_asks(request).who))

    def _reader_now(self, request: Request) -> Reader:
        """The same, with what others did since."""
        reader = self._reader(request)
        reader.live.follow()
        return reader

    async def _conflict(self, request: Request, error: Exception) -> Response:
        """Somebody else changed the same: what both made of it, and the code as it would be with what was sent."""
        if not isinstance(error, ConflictError):
            raise error
        return JSONResponse(codebook_page.conflict(self._sight(request), error), 409)


def _numbered(all_: Sequence[Live], request: Request) -> Live:
    number = small(request.path_params["number"])
    if number is None or number >= len(all_):
        raise HTTPException(404)
    return all_[number]


def _told(view: Callable[[Request], View], done: Callable[[View, Request, Data], Data | Response]) -> Endpoint:
    """An address that tells JSON of what somebody may know."""
    return json_route(lambda request, data: done(view(request), request, data))


def _shown(view: Callable[[Request], View], done: Callable[[View, Request], Response]) -> Endpoint:
    """An address that shows a page, or saves a file."""

    def endpoint(request: Request) -> Response:
        return done(view(request), request)

    return endpoint


def _taken(view: Callable[[Request], View], take: Callable[[View, str, bytes], Data]) -> Endpoint:
    """An address that takes a file and its name, and tells JSON."""

    def taken(request: Request, content: bytes) -> Data:
        return take(view(request), request.query_params.get("name", ""), content)

    async def endpoint(request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(taken, request, await request.body()))

    return endpoint


class Served:
    """An open study and its page. `who` does what the machine does.

    A question without a codebook gets one with `OTHER` alone, in the language of the study, in which people make codes
    as they go.
    """

    def __init__(
        self, study: Study, frame: Frame, *, who: str, embedding: str, alone: bool = True, root: str = ""
    ) -> None:
        self.study, self.who, self.embedding = study, who, embedding
        self.page = Page(frame, [], Team(study, alone=alone), name=study.facts["name"], live_documents=[], root=root)
        self.refresh()
        self.app = self.page.app()

    def refresh(self) -> None:
        """Take up the questions and sets of documents that came since."""
        page, language = self.page, self.study.facts["language"]
        questions = [one.question.name for one in page.live_questions]
        sets = [one.name for one in page.live_documents]
        new = [name for name in self.study.questions() if name not in questions]
        further = [name for name in self.study.document_sets() if name not in sets]
        for name in [*new, *further]:
            if self.study[name].codebooks().empty:
                book = Codebook((OTHER,), name=name, language=language)
                self.study[name].set_codebook(book, self.who, "to make codes in")
        for name in new:
            live = LiveQuestion(self.study, name, self.who, embedding=self.embedding)
            page.live_questions.append(live)
            live.start(again=live.unlearned)
        for name in further:
            page.live_documents.append(LiveDocuments(self.study, name, embedding=self.embedding))

    @property
    def busy(self) -> bool:
        """Whether the machine is at work."""
        jobs = [*(one.job for one in self.page.live_questions), *(one.job for one in self.page.live_documents)]
        return any(job is not None and job.busy for job in jobs)

    def parts(self) -> list[Mapping[str, Any]]:
        """What a card says of each question: see `Known`."""
        found: list[Mapping[str, Any]] = []
        for live in self.page.live_questions:
            live.follow()
            waves = [wave for wave in live.waves if wave]
            found.append(
                {
                    "name": live.question.name,
                    "kind": ANSWERS,
                    "units": len(live.answered),
                    "coded": live.coded,
                    "waves": waves,
                }
            )
        found += [
            {"name": one.name, "kind": DOCUMENTS, "units": len(one.names), "coded": 0, "waves": []}
            for one in self.page.live_documents
        ]
        return found

    def stop(self) -> None:
        """End what the machine is doing, and close the study."""
        for question in self.page.live_questions:
            question.stop()
        for documents in self.page.live_documents:
            documents.stop()
        self.study.close()


def serve(study: Study, options: ServerOptions, say: Callable[[str], None], log: Callable[[str], None]) -> None:
    """Serve the page of a study until it is interrupted. `say` is told what people must know, `log` what went wrong.

    Raises `CoderError` where the study has no question or, with `lan`, no accounts; or the port is taken.
    """
    who = "page" if options.lan else options.person
    study.claim_name(who)
    if not study.questions() and not study.document_sets():
        raise CoderError("study.no_answers")
    listening = listen(options.port, lan=options.lan)
    gate = gate_at(listening, options)
    if options.lan:
        gate.check = Team(study, alone=False).knows
        gate.password_version = lambda who: study.password_hash(who) or ""
        _say_open(say, port_of(listening))
    else:
        gate.say = lambda token: say(str(Note("page.open_again", address=door(listening, token))))
        say(str(Note("page.open_address", address=door(listening, gate.new_token()))))
        say(str(Note("page.open_once")))
    served = Served(study, Frame(gate), who=who, embedding=options.embedding, alone=not options.lan)
    try:
        run(Guard(served.app, gate, log), listening)
    finally:
        served.stop()


def _say_open(say: Callable[[str], None], port: int) -> None:
    names = sorted(addresses() - {LOCAL})
    say(str(Note("page.open_network", addresses=[f"http://{name}:{port}/" for name in names])))
    say(str(Note("page.open_accounts")))
