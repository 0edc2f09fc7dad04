"""The home page: from a double-click to a study with answers, without a terminal."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from coder.errors import CodebookError
from coder.jobs.demo import write_example
from coder.resources import resource
from coder.review.server import is_running
from coder.review.shelf import Shelf
from coder.study import Study
from coder.study.decisions import YES, Decision
from tests.conftest import ROOT
from tests.methods.test_topics import BAKING, CYCLING
from tests.review_page import PATIENCE, browsing, make_study, ready, serving, until


class Started:
    """A program that was started as a double-click does, with a folder of its own."""

    def __init__(self, home: Path) -> None:
        self.home, self.log = home, home.parent / "home.log"
        environment = {
            **os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "CODER_HOME": str(home),
            "BROWSER": "true %s", "CODER_LANGUAGE": "nl",
        }  # fmt: skip
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "coder"], stdout=out, stderr=subprocess.STDOUT, env=environment
            )
        started = time.monotonic()
        while not (found := re.search(r"http://\S+", self.log.read_text("utf-8"))):
            assert time.monotonic() - started < PATIENCE
            assert self.process.poll() is None, self.log.read_text("utf-8")
            time.sleep(0.05)
        self.door = found[0]
        self.address, self.host = self.door.partition("/sign-in")[0], self.door.split("/")[2]
        self.headers: dict[str, str] = {}

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> tuple[int, str]:
        with closing(HTTPConnection(self.host, timeout=PATIENCE)) as connection:
            connection.request(method, path, body, {**self.headers, "Origin": self.address, "Content-Type": kind})
            answer = connection.getresponse()
            text = answer.read().decode()
        if cookie := answer.getheader("set-cookie"):
            self.headers["Cookie"] = cookie.partition(";")[0]
        return answer.status, text

    def enter(self) -> None:
        """Sign in as the browser does that a double-click opens."""
        running = Shelf(self.home).running()
        assert running
        assert self.ask("GET", f"/sign-in?{urlencode({'token': running[1]})}")[0] == 303
        found = re.search(r'data-token="([^"]+)"', self.ask("GET", "/")[1])
        assert found
        self.headers["X-Coder-Token"] = found[1]

    def let_in(self, browser: webdriver.Chrome) -> None:
        """Sign a browser in."""
        running = Shelf(self.home).running()
        assert running
        browser.get(f"{self.address}/sign-in?{urlencode({'token': running[1]})}")

    def api(self, path: str, sent: Mapping[str, Any]) -> dict[str, Any]:
        _, text = self.ask("POST", f"/api/home/{path}", json.dumps(sent).encode())
        return dict(json.loads(text))

    def upload(self, name: str, content: bytes, draft: str = "") -> dict[str, Any]:
        query = urlencode({"name": name, "draft": draft})
        return dict(json.loads(self.ask("POST", f"/api/home/upload?{query}", content, "application/octet-stream")[1]))

    def add(self, draft: str, **more: object) -> dict[str, Any]:
        """Add what is in a draft as it is proposed, but for `more`; what became of it."""
        self.api("add", {**self.plan(draft), **more})
        while (now := self.api("adding", {"draft": draft}))["busy"]:
            time.sleep(0.02)
        return now

    def plan(self, draft: str) -> dict[str, Any]:
        columns = self.api("preview", {"draft": draft}).get("columns", [])
        return {
            "draft": draft, "roles": {one["name"]: one["role"] for one in columns},
            "names": {one["name"]: one["question"] for one in columns},
            "wordings": {one["name"]: one["wording"] for one in columns},
        }  # fmt: skip


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    one = Started(tmp_path_factory.mktemp("home") / "coder")
    one.enter()
    yield one
    one.process.terminate()
    one.process.wait(PATIENCE)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    write_example(folder)
    return folder


CSV = "Nr;Welke trends zie je?;Sector;Gewicht\r\n" + "".join(
    f"{number};{text} {number};{('Zorg', 'Jeugd')[number % 2]};0,{number % 9 + 1}\r\n"
    for number, text in enumerate(["café en video", "meer chatgpt", "werkdruk stijgt", "sociale media"] * 10)
)


def test_a_file_of_answers_becomes_a_study_that_keeps_wording_weight_and_groups(started: Started) -> None:
    draft = started.upload("trends.csv", CSV.encode("cp1252"))["draft"]
    counted = started.api("counted", started.plan(draft))["questions"]
    assert [(one["name"], one["answered"], one["units"]) for one in counted] == [("Welke trends zie je?", 40, 40)]
    assert not list(started.home.glob("*.study"))
    done = started.add(draft, name="Trends: 2024?")
    assert done["error"] == ""
    assert re.fullmatch(r"/studies/\w+/\?question=.+", done["to"])
    with Study.open(started.home / "Trends 2024.study") as study:
        question = study["Welke trends zie je?"]
        assert (study.facts["name"], len(question.units())) == ("Trends: 2024?", 40)
        roles = question.roles()
        assert (roles.wording, roles.weight, roles.groups) == ("Welke trends zie je?", "Gewicht", ("Sector",))
        assert question.units().loc["0", "text"] == "café en video 0"


def test_a_next_wave_says_what_is_new_before_it_is_added_and_the_codes_of_a_colleague_come_along(
    started: Started,
) -> None:
    first = started.upload(
        "een.csv", b"id,antwoord,codes\n" + b"".join(b"%d,iets over video %d,video\n" % (n, n) for n in range(9))
    )
    to = started.add(first["draft"], name="Golven", wave="2021", whose="bert", names={"antwoord": "trends"})["to"]
    key = to.split("/")[2]
    again = started.upload("twee.csv", b"id,antwoord\n" + b"".join(b"%d,iets over ai %d\n" % (n, n) for n in range(9)))
    plan = {**started.plan(again["draft"]), "names": {"antwoord": "trends"}, "study": key}
    assert started.api("counted", {**plan, "wave": "2021"})["questions"][0]["beside"]["changed"] == 9
    assert started.api("counted", {**plan, "wave": "2024"})["questions"][0]["beside"]["new"] == 9
    assert started.add(again["draft"], names={"antwoord": "trends"}, study=key, wave="2024")["error"] == ""
    with Study.open(started.home / "Golven.study") as study:
        coding = study["trends"].coding("bert")
        assert (len(coding.seen), set(coding.pairs()["code"])) == (9, {"video"})
        assert study["trends"].units()["wave"].value_counts().to_dict() == {"2021": 9, "2024": 9}
    assert started.ask("GET", to)[0] == 303


def test_documents_that_were_added_stay_when_somebody_stops(started: Started) -> None:
    draft = ""
    for number in range(60):
        text = f"Plan {number} gaat over vrijwilligers.\n" * 400
        draft = started.upload(f"p{number}.txt", text.encode(), draft)["draft"]
    started.api("add", {"draft": draft, "name": "Gestopt"})
    while (now := started.api("adding", {"draft": draft}))["busy"]:
        if now["done"] >= 3:
            started.api("stop-adding", {"draft": draft})
    assert (now["stopped"], now["error"]) == (True, "")
    with Study.open(started.home / "Gestopt.study") as study:
        assert 3 <= len(study.documents("documenten").names()) < 60


def test_documents_come_in_with_the_table_of_what_is_known_of_them(started: Started) -> None:
    draft = started.upload("plan-a.txt", b"INLEIDING\n\nWij werken met vrijwilligers.\n")["draft"]
    assert started.upload("plannen.csv", b"document;sector\nplan-a;zorg\n", draft)["kind"] == "documents"
    done = started.add(draft, name="Plannen")
    assert (done["error"], done["to"].endswith("?documents=documenten")) == ("", True)
    with Study.open(started.home / "Plannen.study") as study:
        assert study.documents("documenten").read().attributes.loc["plan-a", "sector"] == "zorg"


def test_a_codebook_is_given_to_documents_too(started: Started) -> None:
    text = "INLEIDING\n\nWij werken met vrijwilligers.\n"
    key = started.add(started.upload("plan-b.txt", text.encode())["draft"], name="Boekplan")["to"].split("/")[2]
    book = resource("codebooks/efqm.yaml").read_bytes()
    draft = started.upload("efqm.yaml", book)["draft"]
    assert started.api("preview", {"draft": draft})["kind"] == "codebook"
    started.api("add", {"draft": draft, "study": key, "question": "documenten"})
    while (now := started.api("adding", {"draft": draft}))["busy"]:
        time.sleep(0.02)
    assert (now["error"], "documents=documenten" in now["to"]) == ("", True)
    with Study.open(started.home / "Boekplan.study") as study:
        assert len(study["documenten"].codebook().codes) >= 9


def test_codes_of_several_waves_in_one_file_come_with_their_waves(started: Started) -> None:
    rows = "".join(f"{n},{2021 + 3 * (n % 2)},iets over video {n},video\n" for n in range(10))
    draft = started.upload("golven.csv", f"id,jaar,antwoord,codes\n{rows}".encode())["draft"]
    assert started.add(draft, name="Twee golven", whose="anna")["error"] == ""
    with Study.open(started.home / "Twee golven.study") as study:
        assert len(study["antwoord"].coding("anna").seen) == 10
        assert set(study["antwoord"].units()["wave"]) == {"2021", "2024"}


def test_percentages_of_a_spreadsheet_stay_percentages_and_a_town_is_no_rank(started: Started, tmp_path: Path) -> None:
    path = tmp_path / "top.xlsx"
    frame = pd.DataFrame({"Plaats": [1, 2], "Code": ["AI", "Video"], "n": [60, 30], "%": [0.5, 0.25]})
    frame.to_excel(path, index=False, engine="xlsxwriter")
    key = started.add(started.upload("w.csv", CSV.encode())["draft"], name="Procent")["to"].split("/")[2]
    draft = started.upload(path.name, path.read_bytes())["draft"]
    started.api("add", {"draft": draft, "study": key, "question": "Welke trends zie je?", "wave": "2021"})
    while started.api("adding", {"draft": draft})["busy"]:
        time.sleep(0.02)
    with Study.open(started.home / "Procent.study") as study:
        rows = study["Welke trends zie je?"].published()["2021"]
    assert rows[1:] == [["1", "AI", "60", "50%"], ["2", "Video", "30", "25%"]]
    towns = "Naam;Plaats;Wat wil je?\n" + "".join(f"A{n};Gent;ik wil graag meer tijd {n}\n" for n in range(30))
    draft = started.upload("dorpen.csv", towns.encode())["draft"]
    assert started.api("preview", {"draft": draft})["kind"] == "table"


def test_an_add_that_fails_leaves_nothing_in_a_study_and_a_typed_wave_yields_to_a_column(started: Started) -> None:
    first = "id,antwoord,codes\n" + "".join(f"{n},iets over video {n},video\n" for n in range(9))
    key = started.add(started.upload("a.csv", first.encode())["draft"], name="Half", wave="2021")["to"].split("/")[2]
    more = "id,antwoord,codes\n" + "".join(f"{n},iets over ai {n},ai\n" for n in range(9))
    draft = started.upload("b.csv", more.encode())["draft"]
    done = started.add(draft, study=key, wave="2024")
    assert "ai" in done["error"]
    both = "id,antwoord,jaar\n" + "".join(f"{n},iets over ai {n},{2022 + n % 2}\n" for n in range(9))
    draft = started.upload("c.csv", both.encode())["draft"]
    assert started.add(draft, study=key, wave="2030")["error"] == ""
    with Study.open(started.home / "Half.study") as study:
        assert set(study["antwoord"].units()["wave"]) == {"2021", "2022", "2023"}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.exe", b"MZ", "geen bestand dat gelezen wordt"),
        ("a.study", b"SQLite", "is een studie"),
        ("leeg.csv", b"", "leeg"),
        ("kop.csv", b"id;antwoord\n", "geen rijen"),
        ("stuk.xlsx", b"PK\x03\x04 not a workbook", "stuk.xlsx"),
    ],
)
def test_what_cannot_be_read_is_said_and_leaves_no_study(
    started: Started, name: str, content: bytes, said: str
) -> None:
    before = sorted(started.home.glob("*.study"))
    found = started.upload(name, content)
    if "draft" in found:
        found = started.api("preview", {"draft": found["draft"]})
    assert said in found["error"]
    assert sorted(started.home.glob("*.study")) == before


def test_a_codebook_of_a_file_or_of_another_study_is_taken_over_once(started: Started) -> None:
    key = started.add(started.upload("boek.csv", CSV.encode())["draft"], name="Boek")["to"].split("/")[2]
    book = (ROOT / "codebooks" / "trends.yaml").read_bytes()
    address = f"/studies/{key}/api/0/upload?name=trends.yaml"
    status, text = started.ask("POST", address, book, "application/octet-stream")
    assert (status, json.loads(text)["codes"]) == (200, 14)
    again = json.loads(started.ask("POST", address, book, "application/octet-stream")[1])
    assert "heeft al een codeboek" in again["error"]
    other = started.add(started.upload("ander.csv", CSV.encode())["draft"], name="Ander")["to"].split("/")[2]
    name = f"{key}/Welke trends zie je?"
    assert name in started.ask("GET", f"/studies/{other}/0/begin")[1]
    sent = json.dumps({"book": name}).encode()
    taken = json.loads(started.ask("POST", f"/studies/{other}/api/0/take-book", sent)[1])
    assert taken["codes"] == 14
    with Study.open(started.home / "Ander.study") as study:
        assert study["Welke trends zie je?"].codebook().ids == study["Welke trends zie je?"].codebook(2).ids


def test_the_first_codebook_may_number_what_is_left_over_as_it_likes(started: Started) -> None:
    key = started.add(started.upload("cijfers.csv", CSV.encode())["draft"], name="Cijfers")["to"].split("/")[2]
    book = "Nr;Label;Trefwoorden\n1;AI;ai\n98;Andere;\n99;Weet niet;\n"
    address = f"/studies/{key}/api/0/upload?name=boek.csv"
    status, text = started.ask("POST", address, book.encode(), "application/octet-stream")
    assert (status, json.loads(text).get("codes")) == (200, 3), text
    with Study.open(started.home / "Cijfers.study") as study:
        question = study["Welke trends zie je?"]
        assert {code.id: code.number for code in question.codebook().codes} == {"ai": 1, "other": 98, "dont_know": 99}
        assert question.undo_codebook(2, "An") == 3  # back to what it began with, for nothing was decided
        question.change_codebook(lambda _now: question.codebook(2), "An")
        unit = question.corpus().ids[0]
        question.decide("An", [Decision(unit, "other", YES)])
        with pytest.raises(CodebookError, match="99"):
            question.undo_codebook(4, "An")


def test_a_percentage_that_was_printed_is_rounded_once(started: Started) -> None:
    pasted = "Plaats\tCode\tn\t%\n1\tOpkomst van AI\t33\t15,5%\n2\tMeer video\t18\t8,5%\nN = 213\n"
    found = started.api("preview", {"draft": started.upload("lijst 2021.tsv", pasted.encode())["draft"]})
    assert [row[3] for row in found["first"][1:]] == ["15%", "8%"]  # as the results have it


def test_a_table_that_was_published_is_kept_with_the_question_it_is_of(started: Started, example: Path) -> None:
    key = started.add(started.upload("nu.csv", CSV.encode())["draft"], name="Nu")["to"].split("/")[2]
    pasted = "Plaats\tCode\tn\t%\n1\tOpkomst van AI\t33\t27,5%\n2\tMeer video\t20\t16,7%\nN = 120\n"
    old = (example / "top10-2021.xlsx").read_bytes()
    for name, content, first in (("plak.tsv", pasted.encode(), "Opkomst van AI"), ("top10.xlsx", old, "Meer video")):
        draft = started.upload(name, content)["draft"]
        found = started.api("preview", {"draft": draft})
        assert (found["kind"], found["base"]) == ("published", 120)
        assert found["first"][1][0] == "1"
        assert found["first"][1][1].startswith(first)
        sent = {"draft": draft, "study": key, "question": "Welke trends zie je?", "wave": name[:4]}
        started.api("add", sent)
        while (now := started.api("adding", {"draft": draft}))["busy"]:
            time.sleep(0.02)
        assert now["error"] == ""
        assert started.ask("GET", now["to"])[0] == 303
    with Study.open(started.home / "Nu.study") as study:
        kept = study["Welke trends zie je?"].published()
        assert list(kept) == ["plak", "top1"]
        assert kept["plak"][0] == ["Plaats", "Code", "n", "%"]
        assert len(study["Welke trends zie je?"].units()) == 40


def doubled(twice: Mapping[int, str], rows: int = 60, head: str = "id;antwoord;tijd") -> bytes:
    """A synthetic file of answers in which these rows (from 0) have the id of the first so many, and this answer."""
    ids = {row: number for number, row in enumerate(twice)}
    lines = [f"R{ids.get(row, row)};{twice.get(row, f'iets over video {row}')};{row}" for row in range(rows)]
    return "\n".join([head, *lines, ""]).encode()


@pytest.mark.parametrize(("keep", "kept"), [("first", "iets over video 1"), ("last", "liever over ai")])
def test_ids_that_occur_twice_are_told_before_and_added_when_somebody_said_which_row_is_kept(
    started: Started, keep: str, kept: str
) -> None:
    draft = started.upload("twee.csv", doubled({50: "iets over video 0", 58: "liever over ai"}))["draft"]
    plan = started.plan(draft)
    assert plan["roles"]["id"] == "id"
    plan["roles"] = {**plan["roles"], "tijd": "left_out"}
    counted = started.api("counted", plan)
    assert counted["questions"][0]["units"] == 58
    assert counted["doubles"]["each"] == ["R0: rijen 1 en 51, gelijk", "R1: rijen 2 en 59, verschillend"]
    first, equal, dropped = counted["doubles"]["says"]
    assert "2 id’s meer dan één keer" in first
    assert (equal.startswith("Van 1 "), dropped) == (True, "2 rijen tellen niet mee.")
    refused = started.api("add", {**plan, "name": f"Dubbel {keep}"})
    assert "R0 en R1" in refused["error"]
    assert not (started.home / f"Dubbel {keep}.study").exists()
    assert started.add(draft, roles=plan["roles"], name=f"Dubbel {keep}", keep=keep)["error"] == ""
    with Study.open(started.home / f"Dubbel {keep}.study") as study:
        units = study["antwoord"].units()
        assert (len(units), units.loc["R1", "text"]) == (58, kept)
        assert "R2" in units.index


def test_of_many_ids_that_occur_twice_ten_are_named_and_equal_answers_of_two_people_stay(started: Started) -> None:
    draft = started.upload("veel.csv", doubled({row: f"nog iets {row}" for row in range(188, 200)}, 200))["draft"]
    found = started.api("counted", started.plan(draft))["doubles"]["each"]
    assert (len(found), found[9], found[10]) == (11, "R9: rijen 10 en 198, verschillend", "en nog 2")
    same = b"id;antwoord\n" + b"".join(
        b"%d;een lang antwoord van meer dan tien woorden dat wie dan ook kan geven\n" % n for n in range(30)
    )
    plan = started.plan(started.upload("gelijk.csv", same)["draft"])
    found = started.api("counted", {**plan, "roles": {"id": "id", "antwoord": "open"}, "names": {"antwoord": "a"}})
    assert (found["doubles"], found["questions"][0]["units"]) == (None, 30)


def test_who_would_lose_a_wave_with_the_ids_that_occur_twice_is_told_so(started: Started) -> None:
    rows = "".join(f"{n % 20};{2021 + 3 * (n // 20)};iets over video {n}\n" for n in range(40))
    plan = started.plan(started.upload("panel.csv", f"id;jaar;antwoord\n{rows}".encode())["draft"])
    assert plan["roles"] == {"id": "background", "jaar": "wave", "antwoord": "open"}
    plan["roles"]["id"] = "id"
    assert any("apart bestand" in one for one in started.api("counted", plan)["doubles"]["says"])
    plan["roles"]["jaar"] = "background"
    assert not any("apart bestand" in one for one in started.api("counted", plan)["doubles"]["says"])


def test_the_page_adds_no_file_with_ids_that_occur_twice_before_somebody_chose(
    started: Started, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (tmp_path / "kiezen.csv").write_bytes(doubled({50: "iets over ai", 58: "liever over ai"}))
    with browsing(tmp_path_factory.mktemp("browser")) as browser:
        started.let_in(browser)
        browser.get(f"{started.address}/new")
        ready(browser)
        browser.find_element(By.ID, "file").send_keys(str(tmp_path / "kiezen.csv"))
        until(browser, "return document.querySelectorAll('#doubles-said li').length === 2")
        names = [one.text for one in browser.find_elements(By.CSS_SELECTOR, ".of-question:not([hidden]) .field > span")]
        assert names == ["Korte naam van de vraag", "De vraag zoals ze gesteld werd"]
        browser.find_element(By.ID, "add").click()
        assert browser.switch_to.active_element.get_attribute("name") == "keep"
        browser.find_element(By.CSS_SELECTOR, "input[name=keep][value=last]").click()
        browser.find_element(By.ID, "add").click()
        until(browser, "return location.pathname.endsWith('/0/begin')")
    with Study.open(started.home / "kiezen.study") as study:
        assert study["antwoord"].units().loc["R1", "text"] == "liever over ai"


def test_rows_without_an_id_are_refused_with_where_they_are(started: Started) -> None:
    draft = started.upload("zonder.csv", doubled({}).replace(b"R3;", b";").replace(b"R7;", b" ;"))["draft"]
    assert started.plan(draft)["roles"]["id"] == "id"
    assert "2 rijen hebben geen id in ‘id’: rijen 4 en 8" in started.api("counted", started.plan(draft))["error"]


def test_a_weight_that_may_be_a_thousand_is_not_proposed_and_is_told_where_it_is_chosen(started: Started) -> None:
    lines = "".join(f"{row};meer video {row};{('1.500', '500')[row % 2]}\n" for row in range(40))
    plan = started.plan(started.upload("duizend.csv", f"id;antwoord;gewicht\n{lines}".encode())["draft"])
    assert plan["roles"]["gewicht"] == "background"
    (found,) = started.api("counted", {**plan, "roles": {**plan["roles"], "gewicht": "weight"}})["questions"]
    assert any("‘gewicht’ bevat '1.500'; dat kan 1500 of 1.5 zijn" in note for note in found["notes"])


def test_the_language_of_answers_is_proposed_by_the_answers_and_not_by_that_of_the_page(
    started: Started, tmp_path: Path
) -> None:
    lines = "".join(f"{row};we willen graag meer tijd voor de leden {row}\n" for row in range(40))
    (tmp_path / "taal.csv").write_text(f"id;antwoord\n{lines}", encoding="utf-8")
    with browsing(tmp_path, language="en") as browser:
        started.let_in(browser)
        ready(browser)
        browser.find_element(By.ID, "file").send_keys(str(tmp_path / "taal.csv"))
        until(browser, "return location.pathname === '/new' && document.querySelector('#counts h3')")
        assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"
        assert Select(browser.find_element(By.ID, "answers-language")).first_selected_option.text == "Nederlands"


def test_ids_that_occur_twice_far_in_a_very_large_file_are_told_when_all_of_it_is_read(started: Started) -> None:
    filler = "x" * 180
    rows = "".join(f'{min(number, 89_998)};"meer video; en ""{filler}"" {number}"\n' for number in range(90_000))
    draft = started.upload("grootdubbel.csv", f"Nr;Trend\n{rows}".encode())["draft"]
    plan = started.plan(draft)
    assert started.api("counted", plan)["doubles"] is None
    assert "89998" in started.add(draft, name="Grootdubbel")["error"]
    assert started.api("counted", plan)["doubles"]["each"] == ["89998: rijen 89999 en 90000, verschillend"]
    assert started.add(draft, name="Grootdubbel", keep="last")["error"] == ""
    with Study.open(started.home / "Grootdubbel.study") as study:
        assert str(study["Trend"].units().loc["89998", "text"]).endswith("89999")


def test_all_forms_that_say_nothing_are_shown_and_of_very_many_how_many_more_there_are(started: Started) -> None:
    silent = ["nvt", "NVT", "n.v.t.", "-", ".", "geen idee", "xxxx", "?", "Nvt", "N.v.t.", "--", "...", "/", "nvt"]
    rows = [*silent, *(f"iets over video {number}" for number in range(40))]
    lines = "".join(f"{number};{row}\n" for number, row in enumerate(rows))
    (one,) = started.api(
        "counted", started.plan(started.upload("stil.csv", f"id;antwoord\n{lines}".encode())["draft"])
    )["questions"]
    assert (one["silent"], one["forms"][0], len(one["forms"]), one["more_forms"]) == (14, ["nvt", 2], 12, 1)


@pytest.mark.parametrize(
    ("name", "wave"),
    [("top10-2023.csv", "2023"), ("top10.csv", ""), ("top-2021-2023.csv", ""), ("top-20231001.csv", "")],
)
def test_of_a_table_that_was_published_the_year_in_the_name_of_its_file_is_proposed(
    started: Started, name: str, wave: str
) -> None:
    draft = started.upload(name, b"Plaats;Code;n;%\n1;AI;60;50%\n2;Video;30;25%\n")["draft"]
    assert started.api("preview", {"draft": draft})["wave"] == wave


def test_nobody_else_gets_in_and_no_other_site_can_send_a_file(started: Started) -> None:
    kept, started.headers = started.headers, {}
    assert started.ask("GET", "/")[0] == 303
    assert started.ask("POST", "/api/home/upload?name=a.csv", b"id,text\n", "application/octet-stream")[0] == 401
    started.headers = {"Cookie": kept["Cookie"]}
    assert started.ask("POST", "/api/home/upload?name=a.csv", b"id,text\n", "application/octet-stream")[0] == 403
    started.headers = kept
    assert started.ask("POST", "/api/home/open", b"{}", "text/plain")[0] == 415


def test_a_second_double_click_opens_the_page_that_runs(started: Started) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CODER_HOME": str(started.home), "BROWSER": "echo %s"}
    done = subprocess.run(
        [sys.executable, "-m", "coder"], env=environment, capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    assert f"{started.address}/sign-in?token=" in done.stdout


def test_what_was_left_by_a_server_that_died_does_not_lead_to_another_page_on_its_port(
    started: Started, tmp_path: Path
) -> None:
    port = int(started.host.rpartition(":")[2])
    running = Shelf(started.home).running()
    assert running
    assert is_running(*running)
    assert not is_running(port, "a token of a server that is gone")
    with serving(make_study(tmp_path / "other.study")) as other:  # a page of one study, which knows no such address
        assert not is_running(int(other.host.rpartition(":")[2]), other.token())
    assert is_running(*running)  # asking uses no token up


def test_two_tabs_that_make_a_study_of_one_name_make_two(started: Started) -> None:
    drafts = [started.upload(f"tab{number}.csv", CSV.encode())["draft"] for number in range(2)]
    plans = [{**started.plan(draft), "name": "Tweemaal"} for draft in drafts]
    for plan in plans:
        started.api("add", plan)
    done = []
    for draft in drafts:
        while (now := started.api("adding", {"draft": draft}))["busy"]:
            time.sleep(0.02)
        done.append(now)
    assert [one["error"] for one in done] == ["", ""]
    assert len({one["to"] for one in done}) == 2
    for name in ("Tweemaal", "Tweemaal 2"):
        with Study.open(started.home / f"{name}.study") as study:
            assert len(study["Welke trends zie je?"].units()) == 40
    assert not list(started.home.glob(".*.part"))


def test_of_a_very_large_text_the_first_rows_are_looked_at_and_all_are_counted(started: Started) -> None:
    filler = "x" * 180
    rows = "".join(f'{number};"meer video; en ""{filler}""\n{number}"\n' for number in range(90_000))
    draft = started.upload("groot.csv", f"Nr;Trend\n{rows}".encode())["draft"]
    shown = started.api("preview", {"draft": draft})
    assert shown["rows"] == 90_000
    assert [one["role"] for one in shown["columns"]] == ["id", "open"]
    assert any("eerste" in note for note in shown["notes"])
    (counted,) = started.api("counted", started.plan(draft))["questions"]
    assert 70_000 < counted["units"] < 90_000
    assert any("eerste" in note for note in counted["notes"])
    assert started.add(draft, name="Groot")["error"] == ""
    with Study.open(started.home / "Groot.study") as study:
        assert len(study["Trend"].units()) == 90_000


def test_of_many_drafts_the_one_that_is_looked_at_stays(started: Started) -> None:
    first = started.upload("eerste.csv", CSV.encode())["draft"]
    second = started.upload("tweede.csv", CSV.encode())["draft"]
    for number in range(19):
        started.upload(f"meer{number}.csv", CSV.encode())
        assert started.api("preview", {"draft": first})["rows"] == 40
    assert "rows" not in started.api("preview", {"draft": second})


def test_the_shelf_forgets_no_study_and_says_which_is_gone(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    place = shelf.place_for('Wat? "Trends" / 2024')
    Study.create(place, name="Trends").close()
    assert [one.name for one in shelf.studies()] == [place.stem]
    assert shelf.put(place, "Trends", []).there
    place.unlink()
    assert [(one.name, one.there) for one in shelf.studies()] == [("Trends", False)]
    shelf.forget(shelf.studies()[0].key)
    assert shelf.studies() == []


def test_by_clicks_a_file_becomes_a_study_that_stands_on_the_home_page(
    tmp_path: Path, example: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    one = Started(tmp_path / "coder")
    try:
        with browsing(tmp_path_factory.mktemp("browser")) as browser:
            browser.get(one.door)
            ready(browser)
            browser.find_element(By.ID, "file").send_keys(str(example / "antwoorden.xlsx"))
            until(
                browser, "return location.pathname === '/new' && document.querySelectorAll('#counts h3').length === 1"
            )
            roles = [
                Select(cell).first_selected_option.text
                for cell in browser.find_elements(By.CSS_SELECTOR, ".columns select")
            ]
            assert roles == ["id", "groep", "open vraag"]
            assert "199 van 205 antwoorden tellen mee" in browser.find_element(By.ID, "counts").text
            browser.find_element(By.ID, "add").click()
            until(browser, "return location.pathname.endsWith('/0/begin')")
            ready(browser)
            until(browser, "return document.body.dataset.counted")
            _merged_and_accepted(browser)
            until(browser, "return location.pathname.endsWith('/0/code')")
            ready(browser)
            until(browser, "return document.getElementById('codes').textContent.includes('Opkomst van AI')")
            assert "Andere" in browser.find_element(By.ID, "codes").text
            _home(browser)
            assert "0 van 199 antwoorden gecodeerd" in browser.find_element(By.CSS_SELECTOR, ".studies").text
            browser.find_element(By.ID, "example").click()
            until(browser, "return location.pathname.endsWith('/0/code')")
            ready(browser)
            _home(browser)
            assert "Voorbeeld (synthetisch)" in browser.find_element(By.CSS_SELECTOR, ".studies").text
    finally:
        one.process.terminate()
        assert one.process.wait(PATIENCE) == 0
    assert not (one.home / ".running.json").exists()


def _merged_and_accepted(browser: webdriver.Chrome) -> None:
    """Rename the first proposed code, merge another into it, undo that, accept all, and use them."""
    cards = browser.find_elements(By.CSS_SELECTOR, ".proposal-card")
    assert len(cards) > 5
    _merged(browser, "Opkomst van AI")
    browser.find_element(By.ID, "undo").click()
    until(browser, f"return document.querySelectorAll('.proposal-card').length === {len(cards)}")
    assert not browser.find_element(By.ID, "use").is_enabled()
    browser.find_element(By.ID, "all").click()
    browser.find_element(By.ID, "use").click()


def _home(browser: webdriver.Chrome) -> None:
    browser.find_element(By.CSS_SELECTOR, ".to-home").click()
    until(browser, "return location.pathname === '/'")
    ready(browser)


def test_a_page_of_a_plan_is_seen_as_it_looks_beside_its_text(
    started: Started, tmp_path_factory: pytest.TempPathFactory
) -> None:
    plan = resource("corpora/plans/linde-2021-2025.pdf")
    to = started.add(started.upload(plan.name, plan.read_bytes())["draft"], name="Beeld")["to"].partition("?")[0]
    assert (started.home / "Beeld.files" / plan.name).read_bytes() == plan.read_bytes()
    with browsing(tmp_path_factory.mktemp("browser")) as browser:
        started.let_in(browser)
        browser.get(f"{started.address}{to}documents/0/read")
        ready(browser)
        browser.find_element(By.TAG_NAME, "body").send_keys("o")
        until(browser, "return document.getElementById('picture').naturalWidth > 300")
        assert browser.find_element(By.ID, "picture").get_attribute("alt") == "Bladzijde 1 zoals ze eruitziet"
        browser.find_element(By.TAG_NAME, "body").send_keys("o")
        assert not browser.find_element(By.ID, "picture-part").is_displayed()
        (started.home / "Beeld.files" / plan.name).unlink()
        browser.refresh()
        ready(browser)
        browser.find_element(By.ID, "do-picture").click()
        until(browser, "return !document.getElementById('picture-error').hidden")
        assert "Beeld.files" in browser.find_element(By.ID, "picture-error").text


PASTED = {
    "Uitdaging": "Top 10 uitdagingen 2024\n\nPlaats\tUitdaging\tn\t%\n"
    "1\tPersoneel vinden\t60\t28,2%\n2\tAI\t55\t25,8%\n\tAndere\t12\t5,6%\nN = 213\n",
    "Thema": "Thema\tAantal\nPersoneel vinden\t60\nAI\t55\nAndere\t70\nN = 213\n",
    "none": "1\tPersoneel vinden\t60\t28,2%\n2\tAI\t55\t25,8%\nN=213\n",
    "Antwoord": "#;Antwoord;Aantal vermeldingen;Aandeel\n"
    "1;Personeel vinden;60;28,2\n2;AI;55;25,8\nBron: bevraging 2024 (N = 213)\n",
}


@pytest.mark.parametrize("called", PASTED)
def test_a_pasted_table_is_one_that_was_published_whatever_its_columns_are_called(
    started: Started, called: str
) -> None:
    draft = started.upload("geplakt.tsv", PASTED[called].encode())["draft"]
    found = started.api("preview", {"draft": draft, "kind": "published"})
    assert (found["kind"], found.get("error"), found["base"]) == ("published", None, 213)
    rows = [row[:2] for row in found["first"][1:]]
    assert rows[:2] == [["1", "Personeel vinden"], ["2", "AI"]]
    assert all(row[0] in ("", "–") for row in rows[2:])
    assert found["wave"] == ("2024" if "2024" in PASTED[called] else "")


def test_what_a_file_is_can_be_said_and_a_file_of_answers_is_not_taken_for_a_table_that_was_published(
    started: Started,
) -> None:
    answers = "nr\tAntwoord\tleeftijd\n" + "".join(
        f"{one}\tiets over video {one}\t{20 + one}\n" for one in range(1, 30)
    )
    draft = started.upload("antwoorden.tsv", answers.encode())["draft"]
    found = started.api("preview", {"draft": draft})
    assert (found["kind"], found["kinds"]) == ("table", ["table", "published", "codebook"])
    assert started.api("preview", {"draft": draft, "kind": "published"})["kind"] == "published"
    assert "error" in started.api("preview", {"draft": draft, "kind": "codebook"})
    draft = started.upload("oud.tsv", PASTED["Uitdaging"].encode())["draft"]
    assert started.api("preview", {"draft": draft})["kind"] == "published"  # places and percentages beside labels
    assert started.api("preview", {"draft": draft, "kind": "table"})["kind"] == "table"


def test_a_year_in_the_name_of_a_file_is_its_wave_and_a_long_question_has_a_short_name(started: Started) -> None:
    asked = "Welke uitdagingen ziet u voor uw organisatie in de komende drie jaar?"
    draft = started.upload("Uitdagingen 2026.csv", CSV.replace("Welke trends zie je?", asked).encode())["draft"]
    found = started.api("preview", {"draft": draft})
    (column,) = (one for one in found["columns"] if one["role"] == "open")
    assert (found["wave"], column["question"], column["wording"]) == ("2026", "Uitdagingen", asked)
    key = started.add(draft, name="Kort", wave="2026")["to"].split("/")[2]
    draft = started.upload("2027.csv", CSV.replace("Welke trends zie je?", asked).replace("café", "bar").encode())[
        "draft"
    ]
    found = started.api("preview", {"draft": draft, "study": key})
    assert [one["question"] for one in found["columns"] if one["role"] == "open"] == ["Uitdagingen"]


SNELSTART = pd.DataFrame({
    "Nr": [1, 2, 3, 4],
    "Label": ["Artificiële intelligentie", "Personeelstekort", "Werkdruk", "Andere"],
    "Omschrijving": ["AI en chatbots", "", "", ""],
    "Trefwoorden": ["AI, kunstmatige intelligentie, ChatGPT", "personeelstekort, te weinig personeel", "werkdruk", ""],
    "Vroeger": ["AI", "", "Stress", ""],
})  # fmt: skip


def test_a_codebook_in_excel_is_known_by_its_columns_and_given_to_documents(started: Started, tmp_path: Path) -> None:
    key = started.add(started.upload("plan.txt", b"# Visie\n\nWij werken met vrijwilligers.\n")["draft"], name="Plan")
    key = key["to"].split("/")[2]
    SNELSTART.to_excel(tmp_path / "codeboek.xlsx", index=False)
    draft = started.upload("codeboek.xlsx", (tmp_path / "codeboek.xlsx").read_bytes())["draft"]
    found = started.api("preview", {"draft": draft, "study": key})
    assert (found["kind"], found["kinds"]) == ("codebook", ["table", "published", "codebook"])
    assert found["first"][0] == ["1", "Artificiële intelligentie", "AI en chatbots"]
    done = started.add(draft, study=key, question="documenten")
    assert done["error"] == ""
    with Study.open(started.home / "Plan.study") as study:
        book = study["documenten"].codebook()
    assert [book.label(code, "nl") for code in book.ids][:3] == SNELSTART["Label"].tolist()[:3]


def test_codes_of_a_colleague_go_to_the_question_and_wave_of_the_answers_they_are_of(started: Started) -> None:
    key = started.add(started.upload("nu.csv", CSV.encode())["draft"], name="Els en ik", wave="2026")["to"].split("/")[
        2
    ]
    sheet = "Respnr;Antwoord;Codes Els\n" + "".join(
        f"{number};{text} {number};{'video' if number % 2 else ''}\n"
        for number, text in enumerate(["café en video", "meer chatgpt", "werkdruk stijgt", "sociale media"] * 10)
    )
    draft = started.upload("els.csv", sheet.encode())["draft"]
    found = started.api("preview", {"draft": draft, "study": key})
    (column,) = (one for one in found["columns"] if one["role"] == "open")
    assert (column["question"], found["wave"], found["whose"]) == ("Welke trends zie je?", "2026", "Els")
    sent = {
        **started.plan(draft),
        "names": {"Antwoord": column["question"]},
        "study": key,
        "wave": "2026",
        "whose": "Els",
    }
    (follows,) = started.api("counted", sent)["questions"]
    assert follows["beside"]["same"] + follows["beside"]["background"] == 40
    assert follows["codes"] == [
        "Codes van Els komen erbij: 20 codes bij 20 antwoorden, van 20 antwoorden die Els codeerde."
    ]
    assert started.add(draft, **{name: one for name, one in sent.items() if name != "draft"})["error"] == ""


def test_documents_and_their_table_are_counted_apart_and_a_study_is_called_by_what_they_share(started: Started) -> None:
    draft = started.upload("kortrijk-2020.txt", b"# Visie\n\nMensen.\n")["draft"]
    assert started.api("preview", {"draft": draft})["name"] == "kortrijk-2020"
    for name, content in (
        ("gent-2026.txt", b"# Visie\n\nBomen.\n"),
        ("over.csv", b"document;sector\ngent-2026;Jeugd\n"),
    ):
        started.upload(name, content, draft)
    found = started.api("preview", {"draft": draft})
    assert (found["name"], [one["table"] for one in found["files"]]) == ("", [False, False, True])


def test_cancelling_leads_back_to_the_study_and_what_was_pasted_is_still_there(
    started: Started, tmp_path_factory: pytest.TempPathFactory
) -> None:
    key = started.add(started.upload("nu.csv", CSV.encode())["draft"], name="Terug")["to"].split("/")[2]
    with browsing(tmp_path_factory.mktemp("browser")) as browser:
        started.let_in(browser)
        browser.get(f"{started.address}/new?study={key}")
        ready(browser)
        browser.find_element(By.CSS_SELECTOR, "#pasted-part summary").click()
        browser.execute_script(
            "const one = document.getElementById('pasted'); one.value = arguments[0];"
            "one.dispatchEvent(new Event('input'))",
            PASTED["Uitdaging"],
        )
        browser.find_element(By.ID, "paste").click()
        until(browser, "return document.getElementById('wave').value === '2024'")
        assert Select(browser.find_element(By.ID, "kind")).first_selected_option.text.startswith("een gepubliceerde")
        Select(browser.find_element(By.ID, "kind")).select_by_value("table")
        until(browser, "return !document.getElementById('columns-part').hidden")
        browser.find_element(By.ID, "cancel").click()
        until(browser, f"return location.pathname.startsWith('/studies/{key}/')")
        browser.get(f"{started.address}/new?study={key}")
        ready(browser)
        assert browser.find_element(By.ID, "pasted").get_attribute("value") == PASTED["Uitdaging"]


CARD = """
const card = document.querySelector('.proposal-card');
return {
  words: [...card.querySelectorAll('[data-word]')].map((one) => one.dataset.word),
  cited: [...card.querySelectorAll('.examples li')].map((one) => one.textContent.replace(/^“|”$/g, '')),
  labels: [...document.querySelectorAll('input[id^=label-]')].map((one) => one.value),
};
"""


def test_a_card_cites_answers_that_its_words_find_and_a_code_that_is_split_keeps_its_name(
    started: Started, tmp_path_factory: pytest.TempPathFactory
) -> None:
    said = "Wat doet u graag?;Sector\n" + "".join(f"{text};Zorg\n" for text in BAKING + CYCLING)
    draft = started.upload("graag.csv", said.encode())["draft"]
    to = started.add(draft, name="Splitsen")["to"]
    with browsing(tmp_path_factory.mktemp("browser")) as browser:
        started.let_in(browser)
        browser.get(f"{started.address}{to}")
        until(browser, "return location.pathname.endsWith('/begin') && document.body.dataset.counted")
        _merged(browser, "Alles samen")
        before = browser.execute_script(CARD)
        browser.execute_script("[...document.querySelectorAll('.proposal-card .row:last-child button')][1].click()")
        until(browser, f"return document.querySelectorAll('.proposal-card').length > {len(before['labels'])}")
        assert browser.execute_script(CARD)["labels"].count("Alles samen") == 1
        browser.find_element(By.ID, "undo").click()
        while len(browser.execute_script(CARD)["words"]) > 1:
            seen = browser.execute_script("return document.body.dataset.counted")
            browser.execute_script("document.querySelector('.proposal-card .word-chip [aria-label]').click()")
            until(browser, f"return document.body.dataset.counted > {seen}")
        left = browser.execute_script(CARD)
        assert left["cited"]
        assert left["cited"] != before["cited"]
        assert all(left["words"][0].lower() in text.lower() for text in left["cited"])


def _merged(browser: webdriver.Chrome, name: str) -> None:
    """Rename the first proposed code, and merge the second into it."""
    cards = len(browser.find_elements(By.CSS_SELECTOR, ".proposal-card"))
    label = browser.find_element(By.ID, "label-0")
    label.send_keys(Keys.CONTROL, "a")
    label.send_keys(name, Keys.TAB)
    Select(browser.find_element(By.ID, "into-1")).select_by_visible_text(name)
    until(browser, f"return document.querySelectorAll('.proposal-card').length === {cards - 1}")
