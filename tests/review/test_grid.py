"""The grid: a row an answer, chosen by keys and coded at once; what is shown is in the address."""

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from coder import Corpus, read_codebook
from coder.methods.rules.engine import Rules
from coder.note import Note
from coder.study import Decision, Study
from tests.conftest import ROOT, spoken
from tests.review_page import (
    FAINT,
    SMALL,
    Inside,
    Page,
    complaints,
    press,
    ready,
    serving,
    signed_in,
    until,
)

ANSWERS = 300
SAVED = "return document.getElementById('saved').className === 'saved'"
PICKED = "return document.querySelectorAll('.grid-row[aria-selected=true]').length"
SHOWN = "return [...document.querySelectorAll('.grid-row .words')].map((one) => one.textContent)"
COUNT = "return document.getElementById('grid').getAttribute('aria-rowcount')"


def make(path: Path) -> Path:
    """A study of answers that say one of three things, in sectors, each with a number of its own."""
    said = ["meer video", "Meer video!", "AI in alles", "iets anders"]
    frame = pd.DataFrame(
        {
            "text": [said[number % 4] + (f" {number}" if number % 4 > 1 else "") for number in range(ANSWERS)],
            "sector": [("Zorg", "Cultuur", "")[number % 3] for number in range(ANSWERS)],
            "nummer": [str(number) for number in range(ANSWERS)],
        },
        index=pd.Index([f"r{number:03}" for number in range(ANSWERS)], name="unit"),
    )
    with Study.create(path, name="Grid") as study:
        study["trends"].add_answers(Corpus(frame), who="anna")
        study["trends"].set_codebook(read_codebook(ROOT / "codebooks" / "trends.yaml"), "anna")
        study["trends"].decide("anna", [Decision("r002", "ai"), Decision("r002", "")])
    return path


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with serving(make(tmp_path_factory.mktemp("grid") / "grid.study"), "--as", "carla") as served:
        yield served


@pytest.fixture(scope="module")
def browser(page: Page, tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with signed_in(page, tmp_path_factory.mktemp("browser")) as started:
        yield started


def opened(browser: webdriver.Chrome, page: Page, query: str = "") -> None:
    browser.get(f"{page.address}/0/grid{query}")
    ready(browser)
    until(browser, "return document.body.dataset.more")


def given(page: Page) -> dict[str, set[str]]:
    with Study.open(page.study) as study:
        pairs = study["trends"].coding("carla").pairs()
    return {str(code): set(units) for code, units in pairs.groupby("code")["unit"]}


def head(browser: webdriver.Chrome, key: str) -> None:
    browser.execute_script('document.querySelector(`#head [data-key="${arguments[0]}"]`).focus()', key)
    press(browser, Keys.ENTER)


def tick(browser: webdriver.Chrome, name: str) -> None:
    labels = browser.find_elements(By.CSS_SELECTOR, "dialog label")
    next(one for one in labels if one.text.startswith(name)).click()


def close(browser: webdriver.Chrome) -> None:
    browser.find_element(By.CSS_SELECTOR, "dialog .primary").click()


def test_a_key_codes_all_that_shift_and_arrows_chose_and_one_undo_takes_it_back(
    browser: webdriver.Chrome, page: Page
) -> None:
    opened(browser, page)
    press(browser, *[Keys.SHIFT + Keys.ARROW_DOWN + Keys.NULL] * 4)
    assert browser.execute_script(PICKED) == 5
    press(browser, Keys.ARROW_DOWN, Keys.ARROW_DOWN, " ")
    assert browser.execute_script(PICKED) == 6
    press(browser, "2")
    until(browser, SAVED)
    assert given(page) == {"video": {f"r{number:03}" for number in (0, 1, 2, 3, 4, 6)}}
    assert len(browser.find_elements(By.CSS_SELECTOR, ".grid-row .tag.mine")) == 6
    press(browser, "u")
    until(browser, "return !document.querySelector('.tag.mine')")
    assert given(page) == {}
    assert browser.find_elements(By.CSS_SELECTOR, ".grid-row .tag.other")


def test_only_the_rows_on_the_screen_are_made_and_readers_know_how_many_there_are(
    browser: webdriver.Chrome, page: Page
) -> None:
    opened(browser, page)
    assert browser.execute_script(COUNT) == str(ANSWERS + 1)
    assert len(browser.find_elements(By.CSS_SELECTOR, ".grid-row")) < 40
    press(browser, Keys.END)
    until(browser, "return document.getElementById('row-299') !== null")
    grid = browser.find_element(By.ID, "grid")
    assert grid.get_attribute("aria-activedescendant") == "row-299"
    assert browser.find_element(By.ID, "row-299").get_attribute("aria-rowindex") == str(ANSWERS + 1)


def test_a_filter_and_an_order_are_in_the_address_for_a_colleague_and_for_the_way_back(
    browser: webdriver.Chrome, page: Page
) -> None:
    opened(browser, page)
    browser.find_element(By.ID, "columns").click()
    tick(browser, "sector")
    tick(browser, "nummer")
    close(browser)
    head(browser, ".sector")
    tick(browser, "Cultuur")
    until(browser, f"{COUNT} === '101'")
    close(browser)
    head(browser, ".nummer")
    tick(browser, "Aflopend")
    close(browser)
    until(browser, f"{SHOWN}[0] === 'AI in alles 298'")
    address = browser.current_url
    browser.back()
    until(browser, f"{SHOWN}[0] === 'Meer video!'")
    browser.get(address)
    ready(browser)
    assert browser.execute_script(COUNT) == "101"
    assert browser.execute_script(SHOWN)[0] == "AI in alles 298"
    heads = [one.text for one in browser.find_elements(By.CSS_SELECTOR, "#head .name")]
    assert heads[-2:] == ["sector", "nummer"]
    assert browser.find_element(By.CSS_SELECTOR, "[aria-sort=descending]").text.startswith("nummer")


def test_words_are_searched_as_a_rule_and_one_that_cannot_be_read_says_so(
    browser: webdriver.Chrome, page: Page
) -> None:
    opened(browser, page, "?show=")
    press(browser, "z", *"video NOT alles", Keys.ENTER)
    until(browser, f"{COUNT} === '151'")
    assert "search=video+NOT+alles" in browser.current_url
    press(browser, "z", Keys.CONTROL + "a" + Keys.NULL, *"(video", Keys.ENTER)
    until(browser, "return !document.getElementById('search-error').hidden")


def test_answers_that_say_the_same_are_one_row_that_is_coded_as_one(browser: webdriver.Chrome, page: Page) -> None:
    opened(browser, page, "?show=&fold=1&search=video")
    assert browser.execute_script(COUNT) == "2"
    assert browser.find_element(By.CSS_SELECTOR, ".grid-row .times").text == "150×"
    press(browser, "2")
    until(browser, SAVED)
    assert len(given(page)["video"]) == 150
    press(browser, "u")
    until(browser, "return !document.querySelector('.tag.mine')")
    assert given(page) == {}


def test_what_is_coded_stays_in_sight_until_somebody_filters_again(browser: webdriver.Chrome, page: Page) -> None:
    opened(browser, page, "?show=&codes=%3F")
    before = browser.execute_script(COUNT)
    press(browser, "n")
    until(browser, "return !document.getElementById('stale').hidden")
    assert browser.execute_script(COUNT) == before
    browser.find_element(By.ID, "stale").click()
    assert browser.execute_script(COUNT) == str(int(before) - 1)
    press(browser, "u")
    until(browser, f"{COUNT} === '{before}'")


def test_what_another_person_decides_is_seen_without_a_reload(browser: webdriver.Chrome, page: Page) -> None:
    opened(browser, page, "?show=")
    with Study.open(page.study) as study:
        study["trends"].decide("dora", [Decision("r005", "storytelling")])
    until(browser, "return document.getElementById('row-5').textContent.includes('dora')")


def test_with_filters_on_it_can_be_touched_and_read_at_any_width(browser: webdriver.Chrome, page: Page) -> None:
    for width in (390, 820, 1280):
        browser.set_window_size(width, 900)
        opened(browser, page, "?show=sector&.sector=Zorg&search=video")
        for theme in ("light", "dark"):
            browser.execute_script("document.documentElement.dataset.theme = arguments[0]", theme)
            assert browser.execute_script(FAINT) == []
            assert browser.execute_script(SMALL) == []
        assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    browser.set_window_size(1280, 900)
    assert [one for one in complaints(browser) if "400" not in one] == []


# Without a browser


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[Inside]:
    with Study.open(make(tmp_path / "grid.study")) as study:
        made = Inside(study, people={"bert": "coder", "lena": "lead"})
        yield made
        made.live.stop()


def asked(page: Inside, who: dict[str, str], path: str, **data: object) -> dict[str, object]:
    status, body = page.ask("POST", f"/api/0/{path}", who, json.dumps(data).encode())
    found: dict[str, object] = json.loads(body)
    assert status == 200, found
    return found


def test_each_of_many_answers_gets_its_own_codes_in_one_act(inside: Inside) -> None:
    bert = inside.signed_in("bert")
    each = {"r000": {"video": "yes"}, "r001": {"ai": "no"}}
    act = {"id": "a", "kind": "decide", "units": list(each), "each": each, "seen": True}
    assert asked(inside, bert, "acts", acts=[act]) == {"done": [{"id": "a"}]}
    frame = inside.live.question.state(who="bert")
    said = set(frame[["unit", "code", "verdict"]].itertuples(index=False, name=None))
    assert said == {("r000", "video", "yes"), ("r001", "ai", "no"), ("r000", "", "yes"), ("r001", "", "yes")}
    undone = asked(inside, bert, "acts", acts=[{"id": "b", "kind": "undo", "grid": True}])["done"]
    assert isinstance(undone, list)
    assert undone[0]["marks"]["r000"] == {"codes": {}, "who": [], "flag": False, "seen": False, "apart": False}


def test_a_column_is_its_values_and_which_one_each_answer_has(inside: Inside) -> None:
    bert = inside.signed_in("bert")
    found = asked(inside, bert, "grid", columns=["sector", "none"])
    assert found["columns"] == ["sector", "nummer"]
    cells = found["cells"]
    assert isinstance(cells, dict)
    assert list(cells) == ["sector"]
    assert cells["sector"]["values"] == ["Zorg", "Cultuur", ""]
    assert cells["sector"]["rows"][:4] == [0, 1, 2, 0]


def test_answers_that_say_nothing_are_not_among_those_to_code(inside: Inside) -> None:
    silent = pd.DataFrame({"text": ["", "nvt", "wel iets"]}, index=pd.Index(["s0", "s1", "s2"], name="unit"))
    inside.live.question.add_answers(Corpus(silent), accept=True, who="anna")
    found = asked(inside, inside.signed_in("bert"), "grid", columns=[])
    ids, rows = found["ids"], found["silent"]
    assert isinstance(ids, list)
    assert isinstance(rows, list)
    assert [ids[row] for row in rows] == ["s0", "s1"]


def test_what_came_back_is_kept_beside_the_first_and_reported(inside: Inside) -> None:
    bert = inside.signed_in("bert")
    question = inside.live.question
    for number in range(36):
        question.decide("bert", [Decision(f"r{number:03}", "video"), Decision(f"r{number:03}", "")])
    inside.live.follow()
    card = asked(inside, bert, "again")["unit"]
    assert isinstance(card, dict)
    assert card["id"] in {f"r{number:03}" for number in range(6)}
    assert (card["given"], card["seen"], card["again"], card["others"]) == ({}, False, True, [])
    act = {"id": "a", "kind": "decide", "units": [card["id"]], "codes": {"ai": "yes"}, "seen": True, "again": True}
    asked(inside, bert, "acts", acts=[act])
    assert set(question.coding("bert").pairs()["code"]) == {"video"}
    status = json.loads(inside.ask("GET", "/api/0/status", bert)[1])
    assert "0%" in status["again"]
    assert "1 antwoord" in status["again"]
    queue = asked(inside, bert, "queue", kind="twice", value="")
    assert queue["ids"] == [card["id"]]
    shown = asked(inside, bert, "units", ids=[card["id"]], both=True)["units"]
    assert isinstance(shown, list)
    assert (list(shown[0]["given"]), shown[0]["others"][0]["codes"]) == (["video"], ["ai"])
    results = json.loads(inside.ask("GET", "/api/0/results?picture=agreement", bert)[1])["tables"]
    assert results[-1]["title"] == "Overeenstemming met zichzelf"
    assert results[-1]["rows"][0][:3] == ["bert", "1", "0,000"]
    settled = {"id": "b", "kind": "decide", "units": [card["id"]], "codes": {}, "seen": True}
    asked(inside, bert, "acts", acts=[settled])
    assert asked(inside, bert, "queue", kind="twice", value="")["ids"] == []


def test_one_that_was_judged_again_stays_unseen_when_that_is_undone(inside: Inside) -> None:
    bert = inside.signed_in("bert")
    for number in range(36):
        inside.live.question.decide("bert", [Decision(f"r{number:03}", "video"), Decision(f"r{number:03}", "")])
    inside.live.follow()
    card = asked(inside, bert, "again")["unit"]
    assert isinstance(card, dict)
    act = {"id": "a", "kind": "decide", "units": [card["id"]], "codes": {"ai": "yes"}, "again": True}
    asked(inside, bert, "acts", acts=[act])
    done = asked(inside, bert, "acts", acts=[{"id": "b", "kind": "undo"}])["done"]
    assert isinstance(done, list)
    assert (done[0]["units"][0]["given"], done[0]["units"][0]["again"]) == ({}, True)


def test_undo_takes_back_a_code_that_one_made_and_a_lead_anybody_s_change(inside: Inside) -> None:
    bert, lena = inside.signed_in("bert"), inside.signed_in("lena")
    asked(inside, bert, "new-code", name="Nieuw", rule="")
    done = asked(inside, bert, "acts", acts=[{"id": "a", "kind": "undo"}])["done"]
    assert done == [{"id": "a", "codebook": 2}]
    assert "nieuw" not in inside.live.book.ids
    asked(inside, lena, "new-code", name="Anders", rule="")
    status, body = inside.ask("POST", "/api/0/undo-codebook", bert, b'{"version": 4}')
    assert status == 400
    assert json.loads(body)["error"] == spoken(Note("page.not_lead"))
    asked(inside, lena, "undo-codebook", version=4)
    assert "anders" not in inside.live.book.ids


@pytest.fixture(scope="module")
def divided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A study in which two coders differ on three answers, and agree on one."""
    study = make(tmp_path_factory.mktemp("divided") / "divided.study")
    with Study.open(study) as opened_study:
        opened_study["trends"].decide("dora", [Decision(unit, "") for unit in ("r002", "r010", "r014", "r018")])
        opened_study["trends"].decide("anna", [Decision(unit, "ai") for unit in ("r010", "r014")])
        opened_study["trends"].decide("anna", [Decision(unit, "") for unit in ("r010", "r014", "r018")])
    with serving(study, "--as", "carla") as served:
        yield served


def test_whoever_settles_has_the_last_word_on_many_at_once(
    divided: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with signed_in(divided, tmp_path_factory.mktemp("settling")) as browser:
        opened(browser, divided, "?show=&codes=!")
        assert browser.execute_script(COUNT) == "4"  # with the head
        assert len(browser.find_elements(By.CSS_SELECTOR, ".tag.apart")) == 3
        browser.find_element(By.ID, "settle").click()
        browser.execute_script("document.getElementById('grid').focus()")
        assert browser.find_element(By.ID, "do-accept").text.startswith("Beslist")
        press(browser, Keys.CONTROL + "a" + Keys.NULL, "1")
        until(browser, SAVED)
        with Study.open(divided.study) as study:
            assert set(study["trends"].adjudicated()["unit"]) == {"r002", "r010", "r014"}
            assert list(study["trends"].disagreements()["unit"]) == []
            assert set(study["trends"].coding().pairs()["unit"]) == {"r002", "r010", "r014"}
        assert len(browser.find_elements(By.CSS_SELECTOR, ".tag.last")) == 3
        press(browser, "u")
        until(browser, "return document.querySelectorAll('.tag.apart').length === 3")
        press(browser, Keys.CONTROL + "a" + Keys.NULL, Keys.ENTER)  # closed: what was not given does not count
        until(browser, SAVED)
        with Study.open(divided.study) as study:
            assert list(study["trends"].disagreements()["unit"]) == []
            assert study["trends"].coding().pairs().empty
        opened(browser, divided, "?show=&search=anders")  # that nobody coded
        browser.find_element(By.ID, "settle").click()
        browser.execute_script("document.getElementById('grid').focus()")
        press(browser, "1")
        until(browser, "return document.querySelector('.toast')?.textContent.includes('niemand anders')")
        assert complaints(browser) == []


def test_after_a_key_the_other_proposals_stand_until_enter_or_another_answer(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    study = tmp_path / "two.study"
    with Study.create(study, name="Two") as made:
        frame = pd.DataFrame({"text": ["meer video en AI", "video en AI dus", "AI en video"]}, index=["a", "b", "c"])
        made["trends"].add_answers(Corpus(frame), who="anna")
        made["trends"].set_codebook(read_codebook(ROOT / "codebooks" / "trends.yaml"), "anna")
        book = made["trends"].codebook()
        made["trends"].propose(Rules().code(Corpus(frame), book), who="anna", model="rules")
    stands = "return [...document.querySelectorAll('#row-0 .tag.proposed')].length"
    with serving(study, "--as", "carla") as page, signed_in(page, tmp_path_factory.mktemp("two")) as browser:
        opened(browser, page, "?show=")
        until(browser, "return document.querySelectorAll('#row-0 .tag.proposed').length === 2")
        press(browser, "2")
        assert browser.execute_script(stands) == 1
        press(browser, Keys.ENTER)
        until(browser, SAVED)
        assert {code for code, units in given(page).items() if "a" in units} == {"ai", "video"}
        press(browser, "2", Keys.ARROW_UP)  # now on the second: its other proposal does not stand any more
        assert browser.execute_script(stands.replace("row-0", "row-1")) == 0
        until(browser, SAVED)
        assert {code for code, units in given(page).items() if "b" in units} == {"video"}
        browser.get(f"{page.address}/0/code")
        ready(browser)
        until(browser, "return document.querySelectorAll('#proposals .proposal').length === 2")
        if browser.find_element(By.ID, "blind").is_selected():
            press(browser, "v")
        press(browser, "2", Keys.ENTER)
        assert "Enter nam ook" in until(browser, "return document.querySelector('.toast')?.textContent")
