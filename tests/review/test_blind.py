"""Blind is blind: every address of the page, asked by one coder with and without what the other did."""

import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coder import Corpus, read_answers, read_codebook
from coder.learning.predictions import Predictions
from coder.review.results_page import PICTURES
from coder.review.results_tables import FORMATS
from coder.study import Decision, Study
from coder.study.order import random_order
from coder.study.retrain import retrain
from tests.conftest import ROOT
from tests.review_page import Inside, human

ANSWERS = 70
OF_ANNA, OF_BERT, FLAGGED, UNFLAGGED = slice(0, 40), slice(36, 43), 50, 51


@dataclass
class World:
    """A page, and how its two blind coders and their lead ask it."""

    page: Inside
    bert: dict[str, str]
    lena: dict[str, str]
    units: list[str]


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, World]]:
    """The same study twice: bert alone coded in the first, anna and an adjudicator too in the second."""
    folder = tmp_path_factory.mktemp("blind")
    alone, both = folder / "alone.study", folder / "both.study"
    units = _bare(alone)
    shutil.copy(alone, both)
    with Study.open(both) as study:
        _anna(study, units)
        study["trends"].adjudicate("lena", [Decision(units[38], "video"), Decision(units[38], "")])
        predicted = pd.DataFrame(1.0, index=study["trends"].units().index, columns=["video"])
        study["trends"].add_predictions(Predictions("oracle", predicted), who="lena")
    learned = retrain(both, "trends", who="page", embedding="none")
    with Study.open(alone) as one, Study.open(both) as other:
        while int(one.log(limit=1)["event"].iloc[0]) < int(other.log(limit=1)["event"].iloc[0]):
            one["trends"].set_blind("page", blind=True)  # the number of the last event is everybody's to know
        found = [_world(one, units), _world(other, units)]
        found[1].page.live.learned = learned
        yield found[0], found[1]
        for world in found:
            world.page.live.stop()


def _bare(path: Path) -> list[str]:
    frame = read_answers(ROOT / "corpora" / "trends-2024.csv", text="answer", id="id").corpus.units
    with Study.create(path, name="Blind") as study:
        corpus = Corpus(frame.drop(columns=["codes", "origin"]).iloc[:ANSWERS])
        study["trends"].add_answers(corpus, accept=True, who="lena")
        study["trends"].set_codebook(read_codebook(ROOT / "codebooks" / "trends.yaml"), "lena")
        study["trends"].set_blind("lena", blind=True)
        study["trends"].assign(["anna", "bert"], share=0.5, who="lena")
        for who, role in (("anna", "coder"), ("bert", "coder"), ("lena", "lead")):
            study.add_person(who, role=role)
        units = random_order(study["trends"].units().index, "trends")
        for unit in units[OF_BERT]:
            study["trends"].decide("bert", [Decision(unit, "dialogue"), Decision(unit, "")])
        study["trends"].flag("bert", [units[UNFLAGGED]], "to look at by bert")
    return units


def _anna(study: Study, units: list[str]) -> None:
    given = human(2024)
    for unit in units[OF_ANNA]:
        study["trends"].decide("anna", [Decision(unit, code) for code in [*given.get(unit.partition(":")[2], []), ""]])
    study["trends"].decide("anna", [Decision(units[44], "ai", "unsure"), Decision(units[45], "video", "no")])
    study["trends"].flag("anna", [units[FLAGGED], units[UNFLAGGED]], "to look at by anna")
    study["trends"].flag("anna", [units[FLAGGED]], "note of anna", note="what anna thinks of it")
    study["trends"].decide("anna", [Decision(units[46], "ai"), Decision(units[46], "")])
    study["trends"].undo("anna")


def _world(study: Study, units: list[str]) -> World:
    page = Inside(study)
    return World(page, page.signed_in("bert"), page.signed_in("lena"), units)


# What is asked, and what may differ

Ask = Callable[[World, Mapping[str, str]], bytes]


def get(path: str) -> Ask:
    return lambda world, who: _answer(world.page.ask("GET", path, who))


def post(path: str, data: Callable[[list[str]], Mapping[str, Any]]) -> Ask:
    def ask(world: World, who: Mapping[str, str]) -> bytes:
        return _answer(world.page.ask("POST", f"/api/0/{path}", who, json.dumps(data(world.units)).encode()))

    return ask


def _answer(found: tuple[int, bytes]) -> bytes:
    status, body = found
    return b"%d " % status + (_unzipped(body) if body.startswith(b"PK") else body)


def _unzipped(content: bytes) -> bytes:
    """The parts of an Office file, without the one that holds the time at which it was made."""
    with zipfile.ZipFile(BytesIO(content)) as file:
        parts = {name: file.read(name) for name in sorted(file.namelist()) if name != "docProps/core.xml"}
    return b"\n".join(name.encode() + (_unzipped(one) if one[:2] == b"PK" else one) for name, one in parts.items())


def queues(kind: str, value: str = "") -> Ask:
    return post("queue", lambda _: {"kind": kind, "value": value})


def number(path: str, name: str, value: int) -> Ask:
    return post(path, lambda _: {name: value})


def act(kind: str, place: int = 0, **more: object) -> Ask:
    named = f"{kind}{place}{more}"[:99]
    return post("acts", lambda units: {"acts": [{"id": named, "kind": kind, "unit": units[place], **more}]})


MARK = {"code": "video", "group": "", "with": "", "start": 0}
SHARED = [queues(kind) for kind in ("random", "uncoded")]
"""Nobody is given what another coded: which answers those are may be known, and is not compared."""
ALL = "/api/{number}/"
ASKED: dict[str, list[Ask]] = {
    "/": [get("/")],
    "/sign-in": [get("/sign-in"), get("/sign-in?waiting=2")],
    "/static": [get("/static/code.js")],
    "/{number}/begin": [get("/0/begin")],
    "/{number}/code": [get("/0/code")],
    "/{number}/grid": [get("/0/grid")],
    "/{number}/codebook": [get("/0/codebook")],
    "/{number}/results": [get("/0/results")],
    "/{number}/download/answers": [get("/0/download/answers")],
    "/{number}/download/spss": [get("/0/download/spss")],
    "/{number}/download/{form}": [
        *(get(f"/0/download/{form}") for form in FORMATS),
        *(get(f"/0/download/{form}?whose={whose}") for form in FORMATS for whose in ("gold", "gold%2Bmachine", "anna")),
    ],
    "/{number}/estimate/{form}": [get(f"/0/estimate/{form}") for form in ("svg", "png", "xlsx", "pptx", "docx")],
    ALL + "codebook": [get("/api/0/codebook")],
    ALL + "codes": [get("/api/0/codes")],
    ALL + "status": [get("/api/0/status")],
    ALL + "estimated": [get("/api/0/estimated")],
    "/{number}/picture/{form}": [
        *(get(f"/0/picture/{form}") for form in ("svg", "png", "xlsx")),
        *(get(f"/0/picture/svg?whose={whose}") for whose in ("gold", "gold%2Bmachine", "anna")),
        *(get(f"/0/picture/xlsx?picture={picture}") for picture in PICTURES),
    ],
    ALL + "marked": [
        post("marked", lambda _: {**MARK, "picture": "top"}),
        post("marked", lambda _: {**MARK, "picture": "agreement"}),
    ],
    ALL + "results": [
        *(get(f"/api/0/results?picture={picture}") for picture in PICTURES),
        get("/api/0/results"),
        get("/api/0/results?limit=0"),
        *(get(f"/api/0/results?whose={whose}") for whose in ("gold", "gold%2Bmachine", "anna", "bert", "machine")),
    ],
    ALL + "queue": [
        *(queues(kind) for kind in ("assigned", "flagged", "unsure", "disagreements", "targeted")),
        *(queues("code", code) for code in ("ai", "video", "dialogue")),
        queues("search", "video*"),
        *SHARED,
    ],
    ALL + "units": [
        post("units", lambda units: {"ids": units[:60]}),
        post("units", lambda units: {"ids": units[10:], "adjudicate": True}),
        post("units", lambda units: {"ids": units[41:], "shared": True, "most": 60}),
    ],
    ALL + "again": [post("again", lambda _: {})],
    ALL + "grid": [post("grid", lambda _: {"columns": ["sector"]})],
    ALL + "grid-column": [post("grid-column", lambda _: {"column": "sector"})],
    ALL + "grid-more": [post("grid-more", lambda _: {})],
    ALL + "grid-now": [number("grid-now", "event", event) for event in (0, 1, 30)],
    ALL + "grid-search": [post("grid-search", lambda _: {"value": "video*"})],
    ALL + "draft": [post("draft", lambda _: {"rules": []})],
    ALL + "draft-stop": [post("draft-stop", lambda _: {})],
    ALL + "covered": [post("covered", lambda _: {"codes": [{"label": "Video", "rules": ["video*"]}]})],
    ALL + "take-book": [post("take-book", lambda _: {"book": "trends"})],
    ALL + "use-codes": [post("use-codes", lambda _: {"codes": [{"label": "Video", "rules": ["video*"]}]})],
    ALL + "upload": [post("upload", lambda _: {})],
    ALL + "house-style/upload": [post("house-style/upload", lambda _: {})],
    ALL + "similar": [post("similar", lambda units: {"unit": units[0]})],
    ALL + "rules": [
        post("rules", lambda _: {"code": "ai", "rules": ["ai", "chatgpt"], "exceptions": []}),
        post("rules", lambda _: {"code": "video", "rules": ["video*"], "negation": "skip"}),
    ],
    ALL + "deal": [post("deal", lambda _: {"coders": ["anna", "bert"], "share": 10})],
    ALL + "learn": [post("learn", lambda _: {})],
    ALL + "estimate": [post("estimate", lambda _: {"wave": "all"})],
    ALL + "acts": [
        act("flag", FLAGGED, on=True),
        act("flag", FLAGGED, on=False),
        act("note", FLAGGED, note="bert"),
        act("decide", 3, codes={"ai": "yes"}, seen=True),
        act("decide", 3, codes={"ai": "yes"}, seen=True, adjudicate=True),
        act("decide", 44, codes={"ai": "no"}),
        act("undo"),
        act("undo", 1, grid=True),
        act("decide", 3, codes={"ai": "yes"}, seen=True, again=True),
        get("/api/0/status"),
        queues("flagged"),
    ],
    ALL + "language": [post("language", lambda _: {"language": "en"}), post("language", lambda _: {"language": "nl"})],
    ALL + "merge": [post("merge", lambda _: {"code": "ai", "into": "video"})],
    ALL + "split": [post("split", lambda _: {"code": "ai", "name": "x", "rules": []})],
    ALL + "code": [post("code", lambda _: {"code": "ai"})],
    ALL + "was-called": [post("was-called", lambda _: {"wave": "2021", "lines": {"Computers": "ai"}})],
    ALL + "new-code": [post("new-code", lambda _: {"name": "Iets anders", "rule": ""}), get("/api/0/codebook")],
    ALL + "undo-codebook": [number("undo-codebook", "version", version) for version in (2, 1)],
    ALL + "sign-out": [post("sign-out", lambda _: {})],
}
"""Every address, with what is asked of it, in an order in which each still answers."""
DIFFERS = {
    "the session": rb'data-token="[^"]*"',
    "where the file is": rb'data-key="[^"]*"',
    "when a code was made": rb'"at":"[^"]*"',
    "how many are coded": rb'"(coded|sample)":\d+(?=,"(sample|mine)")',
    "how fast one coded": rb'"pace":[^,]*',
    "how far the random sample is": rb"is een steekproef: \d+ tot nu toe",
}
"""All that may be otherwise where the other coded too."""


def _compared(answer: bytes) -> bytes:
    for what, pattern in DIFFERS.items():
        answer = re.sub(pattern, what.encode(), answer)
    return answer


def _paths(page: Inside) -> set[str]:
    """The addresses of questions; those of documents are considered in test_reading_server."""
    paths = (str(getattr(route, "path", route)) for route in page.routes)
    return {path for path in paths if not path.startswith(("/documents/", "/api/documents/"))}


def test_every_address_is_considered(worlds: tuple[World, World]) -> None:
    assert _paths(worlds[0].page) == set(ASKED)
    methods = {str(getattr(one, "path", "")): getattr(one, "methods", None) for one in worlds[0].page.routes}
    written = {path for path, ways in methods.items() if ways and not ways <= {"GET", "HEAD"}}
    assert written.intersection(ASKED) == {
        "/sign-in", *(path for path in ASKED if "POST" in (methods[path] or ()) and path.startswith(ALL))
    }  # fmt: skip


def test_a_lead_sees_at_these_addresses_what_a_blind_coder_does_not(worlds: tuple[World, World]) -> None:
    """That the comparison can tell: the same questions, asked by somebody who may know."""
    alone, both = worlds
    before = set(active_children())
    status, _ = both.page.ask("POST", "/api/0/estimate", both.lena, b'{"wave": "all"}')
    assert status == 200
    for job in set(active_children()) - before:
        job.terminate()  # what it comes to is tested elsewhere: here it counts who is told of it
    told = [
        ALL + one
        for one in ("codebook", "codes", "status", "estimated", "results", "marked", "queue", "units", "rules", "grid")
    ]
    for path in ("/{number}/results", "/{number}/download/{form}", "/{number}/picture/{form}", *told):
        pairs = ((ask(alone, alone.lena), ask(both, both.lena)) for ask in ASKED[path])
        assert any(_compared(one) != _compared(other) for one, other in pairs), path


def test_no_address_tells_a_blind_coder_what_the_other_did(worlds: tuple[World, World]) -> None:
    alone, both = worlds
    for path, questions in ASKED.items():
        for place, ask in enumerate(questions):
            one, other = ask(alone, alone.bert), ask(both, both.bert)
            if ask not in SHARED:
                assert _compared(one) == _compared(other), f"{path} {place}"
            assert b"what anna thinks" not in other
            assert b"oracle" not in other
    assert (alone.page.logged, both.page.logged) == ([], [])


def test_a_shared_queue_leaves_out_what_the_other_coded_and_nothing_else(worlds: tuple[World, World]) -> None:
    def ids(world: World, ask: Ask) -> list[str]:
        headers = world.page.signed_in("bert")
        found: list[str] = json.loads(ask(world, headers).partition(b" ")[2])["ids"]
        return found

    alone, both = worlds
    for ask in SHARED:
        assert ids(both, ask) == [unit for unit in ids(alone, ask) if unit not in set(both.units[OF_ANNA])]


def test_a_flag_of_one_blind_coder_is_neither_seen_nor_taken_off_by_the_other(tmp_path: Path) -> None:
    units = _bare(tmp_path / "a.study")
    with Study.open(tmp_path / "a.study") as study:
        page = Inside(study)
        anna, bert, lena = (page.signed_in(who) for who in ("anna", "bert", "lena"))

        def flag(who: Mapping[str, str], name: str, *, on: bool) -> None:
            data = {"acts": [{"id": name, "kind": "flag", "unit": units[5], "on": on}]}
            assert page.ask("POST", "/api/0/acts", who, json.dumps(data).encode())[0] == 200

        def flagged(who: Mapping[str, str]) -> bool:
            body = json.dumps({"ids": [units[5]]}).encode()
            found: bool = json.loads(page.ask("POST", "/api/0/units", who, body)[1])["units"][0]["flag"]
            return found

        both = [{"id": name, "kind": "flag", "unit": units[5], "on": on} for name, on in (("a", True), ("b", False))]
        page.ask("POST", "/api/0/acts", anna, json.dumps({"acts": both}).encode())
        assert flagged(anna) is False  # on and off again in one parcel
        flag(anna, "1", on=True)
        assert (flagged(anna), flagged(bert), flagged(lena)) == (True, False, True)
        flag(bert, "2", on=True)
        flag(bert, "3", on=False)
        assert (flagged(anna), flagged(bert)) == (True, False)
        page.live.reread()
        assert (flagged(anna), flagged(bert)) == (True, False)
        flag(lena, "4", on=False)  # who may know takes off what they see
        assert flagged(anna) is False
