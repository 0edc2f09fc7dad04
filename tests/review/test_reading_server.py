"""What the server tells of documents and takes in: who may know what, positions, and acts that cannot be."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
import pytest

from coder.coding import RULE, Reason
from coder.documents import Documents
from coder.study import Span, Study
from tests.review.plans import BOOK, document, make_plans
from tests.review_page import Inside

TEXT = "Vrijwilligers 🎉 krijgen vorming."
PLAN = document(
    "plan", [("heading", "Missie", 1), *[("paragraph", f"{TEXT} Nummer {number}.") for number in range(30)]]
)
START, END = (int(PLAN.blocks[name].iloc[1]) for name in ("start", "end"))
READ = f"/documents/0/read?document={quote('plan')}"


class World:
    """A page of documents, and how people ask it."""

    def __init__(self, study: Study) -> None:
        self.study, self.plans, self.acts = study, study.documents("plannen"), count()
        people = {"anna": "coder", "bert": "coder", "lena": "lead"}
        self.page = Inside(study, documents="plannen", people=people)
        self.headers = {who: self.page.signed_in(who) for who in people}

    def get(self, who: str, path: str) -> dict[str, Any]:
        status, body = self.page.ask("GET", f"/api/documents/0/{path}", self.headers[who])
        assert status == 200, body
        found: dict[str, Any] = json.loads(body)
        return found

    def post(self, who: str, path: str, data: object, *, status: int = 200) -> dict[str, Any]:
        body = json.dumps(data).encode()
        got, answer = self.page.ask("POST", f"/api/documents/0/{path}", self.headers[who], body)
        assert got == status, answer
        found: dict[str, Any] = json.loads(answer)
        return found

    def act(self, who: str, **act: object) -> dict[str, Any]:
        made = {"id": f"act {next(self.acts)}", "document": "plan", **act}
        done: dict[str, Any] = self.post(who, "acts", {"acts": [made]})["done"][0]
        return done

    def code(self, who: str, code: str, start: int = START, end: int = END, **more: object) -> dict[str, Any]:
        span = {"id": f"{who}-{code}-{start}", "start": start, "end": end, "code": code}
        return self.act(who, kind="code", spans=[span], **more)

    def event(self) -> int:
        return int(self.study.log(limit=1)["event"].iloc[0])


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Study.open(make_plans(tmp_path / "plans.study", [PLAN])) as study:
        study.documents("plannen").propose(
            pd.DataFrame(
                {"document": ["plan"] * 2, "start": [START, START], "end": [END, END], "code": ["digital", "youth"]}
            ),
            method="rules",
            who="page",
        )
        yield World(study)


def test_a_passage_has_its_blocks_their_sentences_and_what_is_proposed(world: World) -> None:
    found = world.post("anna", "passages", {"document": "plan", "numbers": [0]})["passages"]
    block = found[0]["blocks"][1]
    assert block["text"] == PLAN.text[START:END]
    assert [block["text"][start:end] for start, end in block["sentences"]] == [TEXT, "Nummer 0."]
    assert {one["code"] for one in found[0]["proposals"]} == {"digital", "youth"}
    assert sum(len(one["text"]) for one in found[0]["blocks"]) < len(PLAN.text)  # a passage, no plan


def test_places_are_code_points_and_a_hit_is_quoted(world: World) -> None:
    world.code("anna", "youth", PLAN.text.index("🎉"), PLAN.text.index("🎉") + 1)
    row = world.get("anna", "fragments?code=youth")["rows"][0]
    assert (row["words"], row["before"], row["page"], row["section"]) == ("🎉", "Vrijwilligers ", "3", "Missie")
    assert (row["cited"], row["under"]) == ("[plan, 2026-2030, p. 3, § Missie]", "")  # as the report has it
    found = world.post("anna", "search", {"document": "plan", "query": "vorming"})
    assert found["total"] == 30
    hit = found["hits"][0]
    assert PLAN.text[hit["start"] : hit["end"]] == "vorming"


def test_an_act_that_is_sent_twice_is_done_once_and_what_is_wrong_is_said(world: World) -> None:
    act = {
        "id": "one",
        "kind": "code",
        "document": "plan",
        "spans": [{"id": "x", "start": 0, "end": 6, "code": "youth"}],
    }
    first = world.post("anna", "acts", {"acts": [act]})["done"][0]
    assert world.post("anna", "acts", {"acts": [act]})["done"][0] == first
    assert len(world.plans.fragments()) == 1
    assert "error" in world.code("anna", "no_such_code")
    assert "error" in world.code("anna", "youth", 5, 10**6)
    assert "error" in world.act("anna", kind="uncode", fragments=["y"])
    for wrong in (
        {"kind": "code", "spans": []},
        {"kind": "code", "spans": [{"id": "x", "start": -1, "end": 4, "code": "youth"}]},
        {"kind": "code", "spans": [{"id": "x", "start": True, "end": 4, "code": "youth"}]},
        {"kind": "code", "spans": [{"id": "x", "start": 0, "end": 4, "code": "youth", "verdict": "no"}]},
        {"kind": "read", "start": 0},
        {"kind": "memo", "fragments": ["x"], "memo": 3},
        {"kind": "nothing"},
    ):
        world.post("anna", "acts", {"acts": [{"id": "w", "document": "plan", **wrong}]}, status=400)
    world.post("anna", "passages", {"document": "plan", "numbers": list(range(99))}, status=400)
    world.post("anna", "passages", {"document": "other", "numbers": [0]}, status=400)


def test_nobody_changes_what_another_coded(world: World) -> None:
    world.code("anna", "youth")
    id_ = world.plans.fragments()["id"].iloc[0]
    assert "error" in world.act("bert", kind="uncode", fragments=[id_])
    assert "error" in world.act("bert", kind="memo", fragments=[id_], memo="mine")
    assert world.plans.fragments()["coder"].tolist() == ["anna"]
    assert world.act("bert", kind="undo").get("document") is None


def test_what_was_read_before_the_text_became_another_is_not_written(world: World) -> None:
    before = world.event()
    other = document("plan", [("heading", "Missie", 1), ("paragraph", "Alles is anders.")])
    world.plans.add(Documents((other,)), who="lena", accept=True)
    assert "error" in world.code("anna", "youth", 0, 6, since=before)
    assert "error" not in world.code("anna", "youth", 0, 6, since=world.event())


def test_what_another_window_changed_is_not_taken_away_unseen(world: World) -> None:
    world.code("anna", "youth")
    before = world.event()
    id_ = world.plans.fragments()["id"].iloc[0]
    world.plans.memo(id_, "from elsewhere", "anna")
    assert "error" in world.act("anna", kind="uncode", fragments=[id_], since=before)
    assert "error" not in world.act("anna", kind="uncode", fragments=[id_], since=world.event())


def test_a_blind_coder_knows_nothing_of_others_and_a_lead_all(world: World) -> None:
    world.code("bert", "climate", memo="")
    world.act("bert", kind="read", start=START, end=END)
    world.plans.propose(
        pd.DataFrame({"document": ["plan"], "start": [START], "end": [END], "code": ["digital"]}),
        method="classifier",
        who="page",
    )
    world.study["plannen"].set_blind("lena", blind=True)
    bare = {"counts": {}, "fragments": [], "rows": [], "read": 0.0, "listed": 0, "proposals": 0}
    assert told(world, "anna") == bare
    lena = told(world, "lena")
    assert lena["counts"] == {"climate": 1}
    assert (len(lena["fragments"]), len(lena["rows"]), lena["listed"], lena["proposals"]) == (1, 1, 1, 1)
    assert b"climate-" not in world.page.ask("GET", READ, world.headers["anna"])[1]


def told(world: World, who: str) -> dict[str, Any]:
    listed = world.get(who, "list")["documents"][0]
    passage = world.post(who, "passages", {"document": "plan", "numbers": [0]})["passages"][0]
    return {
        "counts": world.get(who, "now")["counts"],
        "fragments": world.get(who, "decided?document=plan")["fragments"],
        "rows": world.get(who, "fragments?code=climate")["rows"],
        "read": listed["read"],
        "listed": listed["fragments"],
        "proposals": len(passage["proposals"]),
    }


def test_in_a_control_passage_others_and_machines_are_unknown_until_it_was_read(world: World) -> None:
    world.code("bert", "climate")
    world.post("anna", "control", {"number": 1}, status=400)  # a lead draws
    assert world.post("lena", "control", {"number": 99})["drawn"] == 4
    assert world.post("lena", "control", {"number": 99})["drawn"] == 0
    assert world.get("anna", "list")["control"] == {"left": 4, "of": 4, "document": "plan", "block": 0}
    for _ in range(2):
        passage = world.post("anna", "passages", {"document": "plan", "numbers": [0]})["passages"][0]
        assert passage["proposals"] == []
        assert world.get("anna", "decided?document=plan")["fragments"] == []
        assert world.get("anna", "fragments?code=climate")["rows"] == []
        world.act("anna", kind="read", start=0, end=END)  # not all of it
    world.act("anna", kind="read", start=0, end=len(PLAN.text))
    assert world.get("anna", "list")["control"]["left"] == 0
    assert world.get("bert", "list")["control"]["left"] == 4
    passage = world.post("anna", "passages", {"document": "plan", "numbers": [0]})["passages"][0]
    assert len(passage["proposals"]) == 2
    assert len(world.get("anna", "fragments?code=climate")["rows"]) == 1


def test_the_list_leads_to_what_the_machine_would_read_next(world: World) -> None:
    assert world.get("anna", "list")["following"] is None
    starts, ends = (PLAN.blocks[name].tolist() for name in ("start", "end"))
    order = pd.DataFrame(
        {"document": ["plan"] * 3, "start": [starts[first] for first in (20, 0, 10)],
         "end": [ends[last] for last in (29, 9, 19)], "expected": [3.0, 2.0, 1.0], "codes": [["youth"]] * 3}
    )  # fmt: skip
    nothing = pd.DataFrame(columns=["document", "start", "end", "code"])
    world.plans.propose(nothing, method="rules+classifier", who="page", order=order)
    assert world.get("anna", "list")["following"] == {
        "document": "plan",
        "block": 20,
        "page": "3",
        "codes": ["Jongeren"],
    }
    world.act("bert", kind="read", start=starts[20], end=ends[29])
    assert world.get("anna", "list")["following"]["block"] == 0
    world.post("lena", "control", {"number": 1})
    control = world.plans.control()["start"].iloc[0]
    assert world.get("anna", "list")["following"]["block"] == (10 if control == 0 else 0)
    assert world.post("anna", "passages", {"document": "plan", "numbers": [0]})["passages"][0]["proposals"] == []


def test_a_lead_lets_the_machine_propose_and_reasons_are_told(world: World) -> None:
    world.post("anna", "propose", {}, status=400)
    assert world.post("lena", "propose", {})["learning"]["busy"]
    job = world.page.page.live_documents[0].job
    assert job is not None
    job.wait(60)
    assert world.get("lena", "list")["learning"] == {"busy": False, "said": ""}
    assert set(world.plans.proposals()["method"]) <= {"rules"}
    assert world.get("anna", "list")["following"]["document"] == "plan"
    found = pd.DataFrame(
        {"document": ["plan"], "start": [START], "end": [END], "code": ["youth"], "probability": [0.9],
         "reason": [Reason(RULE, "jongeren").stored()]}
    )  # fmt: skip
    world.plans.propose(found, method="rules", who="page")
    passage = world.post("bert", "passages", {"document": "plan", "numbers": [0]})["passages"][0]
    assert [one["reason"] for one in passage["proposals"]] == ["regel jongeren"]


def test_a_token_and_a_session_are_needed(world: World) -> None:
    headers = world.headers["anna"]
    bare = {name: value for name, value in headers.items() if name != "x-coder-token"}
    assert world.page.ask("POST", "/api/documents/0/acts", bare, b'{"acts": []}')[0] == 403
    signed_out = {name: value for name, value in headers.items() if name != "cookie"}
    assert world.page.ask("GET", "/api/documents/0/list", signed_out)[0] == 401
    assert world.page.ask("GET", "/documents/0/read", signed_out)[0] == 303
    for path in ("/documents/1/read", "/documents/x/read", "/api/documents/7/list", "/documents/0/read/x"):
        assert world.page.ask("GET", path, headers)[0] == 404
    assert world.page.ask("GET", "/documents/0/read?document=none", headers)[0] == 400
    assert world.page.ask("GET", "/", headers)[0] == 303
    assert world.page.logged == []


WRITTEN = ("acts", "control", "language", "measure", "new-code", "observe", "passages", "propose", "search", "sign-out")
TOLD = ("codes", "decided", "differences", "figures", "fragments", "list", "now")
"""What of others is in these is compared in the tests of blind coders (of results: test_figures); the rest has none."""


def test_every_address_is_considered_and_refuses_what_is_no_object(world: World) -> None:
    paths = {str(getattr(one, "path", "")) for one in world.page.routes}
    mine = {path.rpartition("/")[2] for path in paths if path.startswith("/api/documents/")}
    assert mine == {*WRITTEN, *TOLD, "upload"}
    for path in set(WRITTEN) - {"propose", "sign-out"}:  # these two ask for nothing more
        for body in (b"[]", b"3", b"{", b"null", b'{"document": 3}', b"{}"):
            asked = world.page.ask("POST", f"/api/documents/0/{path}", world.headers["lena"], body)
            assert asked[0] == 400, (path, body)
    assert world.page.logged == []


def test_what_is_in_a_plan_ends_no_script(tmp_path: Path) -> None:
    hostile = document("</script><b>", [("paragraph", "</script><script>alert(1)</script>\u2028 & <!--")])
    with Study.open(make_plans(tmp_path / "hostile.study", [hostile])) as study:
        page = Inside(study, documents="plannen", people={"anna": "coder"})
        status, body = page.ask("GET", "/documents/0/read", page.signed_in("anna"))
    assert status == 200
    opened = body.decode().partition('id="opened">')[2].partition("</script>")[0]
    assert json.loads(opened)["plan"]["shown"][0]["blocks"][0]["text"] == hostile.texts()[0]


def test_a_new_code_is_in_the_codebook_of_the_set(world: World) -> None:
    code = world.post("anna", "new-code", {"name": "Iets nieuws"})["code"]
    made = world.study["plannen"].codebook().codes[-1]
    assert (made.id, made.number, made.named("nl")) == (code, len(BOOK.codes), "Iets nieuws")
    assert "error" not in world.code("anna", code)
    world.post("anna", "new-code", {"name": " "}, status=400)


def test_control_passages_stay_in_their_words_when_a_text_changes(world: World) -> None:
    world.plans.draw_control(99, "lena")
    longer = document("plan", [("paragraph", "Een voorwoord."), *zip(PLAN.blocks["kind"], PLAN.texts(), strict=True)])
    world.plans.add(Documents((longer,)), who="lena", accept=True)
    found = world.plans.control("plan")
    assert found["blocks"].sum() == len(PLAN)
    assert longer.text[found["start"].iloc[0] :].startswith("Missie")


def test_passages_are_drawn_in_an_order_that_a_seed_fixes(tmp_path: Path) -> None:
    drawn = []
    for name in ("one", "other"):
        with Study.open(make_plans(tmp_path / f"{name}.study", [PLAN])) as study:
            plans = study.documents("plannen")
            assert [plans.draw_control(number, "lena") for number in (2, 1)] == [2, 1]
            plans.code([Span("plan", 0, 6, "youth")], "anna")
            drawn.append(plans.control().to_numpy().tolist())
    assert drawn[0] == drawn[1]


def give(world: World, who: str, name: str, content: bytes) -> tuple[int, dict[str, Any]]:
    headers = {**world.headers[who], "content-type": "application/octet-stream"}
    status, body = world.page.ask("POST", f"/api/documents/0/fragments/upload?name={name}", headers, content)
    return status, json.loads(body)


def test_a_table_of_fragments_is_taken_as_the_command_takes_it(world: World) -> None:
    mine = b"document;code;text\nplan;Jongeren;Missie\n"
    status, told_ = give(world, "anna", "mijn%20tabel.csv", mine)
    assert status == 200, told_
    assert told_["said"][0].startswith("anna: 1 nieuw fragment")
    assert "1 dezelfde" in give(world, "anna", "x.csv", mine)[1]["said"][0]
    assert world.plans.fragments(coder="anna")["code"].tolist() == ["youth"]
    others = b"document;code;text;lezer\nplan;Jongeren;Missie;bert\n"
    assert give(world, "anna", "x.csv", others)[0] == 400  # the rows of others are a lead's to give
    assert give(world, "lena", "x.csv", others)[0] == 200
    assert world.plans.fragments(coder="bert")["code"].tolist() == ["youth"]
    for name, content in (
        ("x.csv", b"document;code;text\nplan;Jongeren;nergens\n"),
        ("x.pdf", b"%PDF"),
        ("x.xlsx", b"no"),
    ):
        assert give(world, "lena", name, content)[0] == 400, name


def test_a_page_can_be_looked_at_where_the_document_was_read_from_one(tmp_path: Path) -> None:
    plain = replace(document("brief", [("paragraph", "Beste leden.")]), kind="docx")
    with Study.open(make_plans(tmp_path / "kinds.study", [PLAN, plain])) as study:
        page = Inside(study, documents="plannen", people={"anna": "coder"})
        anna = page.signed_in("anna")
        for name, greyed in ((PLAN.name, False), ("brief", True)):
            html = page.ask("GET", f"/documents/0/read?document={name}", anna)[1].decode()
            button = html.partition('id="do-picture"')[2].partition(">")[0]
            assert ("disabled" in button) is greyed


def test_who_settles_sees_where_readers_differ_and_has_the_last_word(world: World) -> None:
    for who, code in (("anna", "youth"), ("bert", "climate")):
        world.code(who, code)
        world.act(who, kind="read", start=0, end=len(PLAN.text))
    block = world.get("lena", "decided?document=plan")["differ"]
    assert [one["readers"] for one in block] == [{"anna": ["youth"], "bert": ["climate"]}]
    assert world.get("anna", "decided?document=plan")["differ"] == []
    span = {"id": "last-1", "start": START, "end": END, "code": "youth"}
    act = {"kind": "settle", "start": START, "end": END, "spans": [span], "on": True}
    sent = json.dumps({"acts": [{"id": "s", "document": "plan", "since": None, **act}]}).encode()
    assert world.page.ask("POST", "/api/documents/0/acts", world.headers["anna"], sent)[0] == 400
    world.act("lena", **act)
    told_ = world.get("lena", "decided?document=plan")
    assert (told_["differ"], [one["codes"] for one in told_["settled"]]) == ([], [["youth"]])
    gold = world.plans.gold()
    assert gold[["start", "end", "code"]].to_numpy().tolist() == [[START, END, "youth"]]
    assert set(world.plans.fragments()["coder"]) == {"anna", "bert"}  # each keeps what they said
    world.act("lena", **{**act, "spans": [], "on": False})
    assert len(world.get("lena", "decided?document=plan")["differ"]) == 1
    assert set(world.plans.gold()["code"]) == {"youth", "climate"}
    world.act("lena", **{**act, "spans": []})
    assert world.plans.gold().empty  # the last word is that no code fits


def test_of_a_control_passage_nobody_is_told_where_readers_differ_before_reading_it(world: World) -> None:
    world.plans.draw_control(99, "lena")
    for who, code in (("anna", "youth"), ("bert", "climate")):
        world.code(who, code)
        world.act(who, kind="read", start=0, end=len(PLAN.text))
    assert world.get("lena", "decided?document=plan")["differ"] == []
    assert world.get("lena", "differences")["rows"] == []
    world.act("lena", kind="read", start=0, end=len(PLAN.text))
    assert len(world.get("lena", "decided?document=plan")["differ"]) == 1
    assert len(world.get("lena", "differences")["rows"]) == 1


def test_who_settles_has_the_last_word_on_a_difference_and_nobody_else(world: World) -> None:
    for who, code in (("anna", "youth"), ("bert", "climate")):
        world.code(who, code)
        world.act(who, kind="read", start=0, end=len(PLAN.text))
    found = world.get("lena", "differences?kind=code")
    (row,) = found["rows"]
    assert [(one["who"], one["code"]) for one in row["given"]] == [("anna", "youth"), ("bert", "climate")]
    ids = [one["id"] for one in row["given"]]
    act = {"kind": "rule", "fragments": ids, "stands": ids[:1], "spans": [], "since": found["event"]}
    sent = json.dumps({"acts": [{"id": "r", "document": "plan", **act}]}).encode()
    for path, method, body in (("acts", "POST", sent), ("differences", "GET", b"")):
        assert world.page.ask(method, f"/api/documents/0/{path}", world.headers["anna"], body)[0] == 400
    assert '/differences"' not in world.page.ask("GET", READ, world.headers["anna"])[1].decode()
    assert "error" not in world.act("lena", **act)
    told_ = world.get("anna", "decided?document=plan")
    assert ([one["code"] for one in told_["last"]], told_["replaced"]) == (["youth"], sorted(ids))
    assert world.get("lena", "decided?document=plan")["differ"] == []
    assert [world.get("lena", "differences")[one] for one in ("open", "settled")] == [0, 1]
    world.code("bert", "youth", START, END - 1)  # whoever reads on is not asked again
    assert world.get("lena", "differences")["open"] == 0
    world.act("anna", kind="uncode", fragments=ids[:1])
    assert "error" in world.act("lena", **act)
