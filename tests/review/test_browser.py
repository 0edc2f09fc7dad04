"""The page in a browser: a person codes by keys alone, two at once, and nothing is lost or let through."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from coder import Codebook, Corpus
from coder.learning.predictions import Predictions
from coder.study import Study
from tests.conftest import corpus_of
from tests.review_page import (
    FAINT,
    HOSTILE,
    SMALL,
    Page,
    asked_for,
    browsing,
    complaints,
    decide,
    make_study,
    press,
    ready,
    serving,
    signed_in,
    text_of,
    until,
)

ON_PAGE = "return document.getElementById('text').dataset.unit"
SAVED = "return document.getElementById('saved').className === 'saved'"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with serving(make_study(tmp_path_factory.mktemp("page") / "trends.study"), "--as", "carla") as served:
        yield served


@pytest.fixture(scope="module")
def browser(page: Page, tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with signed_in(page, tmp_path_factory.mktemp("browser")) as started:
        yield started


def choose(browser: webdriver.Chrome, queue: str) -> None:
    """Choose a queue, as a person does with the drop-down."""
    browser.execute_script(
        "const one = document.getElementById('kind'); one.value = arguments[0]; delete document.body.dataset.queue;"
        "one.dispatchEvent(new Event('change'))",
        queue,
    )
    until(browser, "return document.body.dataset.queue === arguments[0]", queue)
    browser.execute_script("document.activeElement.blur()")


def seen_by(page: Page, who: str) -> set[str]:
    with Study.open(page.study) as study:
        return set(study["trends"].coding(who).seen)


def test_a_person_codes_thirty_answers_by_keys_alone(browser: webdriver.Chrome, page: Page) -> None:
    choose(browser, "uncoded")
    before = seen_by(page, "carla")
    coded = 0
    while coded < 30:
        unit = browser.execute_script(ON_PAGE)
        if browser.find_elements(By.CSS_SELECTOR, "#proposals .proposal[data-state=proposed]"):
            press(browser, Keys.ENTER)
        elif coded % 2:
            press(browser, "3", Keys.ENTER)
        else:
            press(browser, "n")
        coded += 1
        until(browser, f"{ON_PAGE} !== arguments[0]", unit)
    until(browser, SAVED)
    assert len(seen_by(page, "carla") - before) == 30


def test_a_key_gives_takes_doubts_and_undoes(browser: webdriver.Chrome, page: Page) -> None:
    choose(browser, "uncoded")
    unit = browser.execute_script(ON_PAGE).split()[0]

    def verdicts() -> dict[str, str]:
        until(browser, SAVED)
        with Study.open(page.study) as study:
            frame = study["trends"].state(who="carla", units=[unit])
        return dict(zip(frame["code"], frame["verdict"], strict=True))

    press(browser, "2")
    assert verdicts()["video"] == "yes"
    press(browser, "x")
    assert verdicts()["video"] == "unsure"
    press(browser, "2")
    assert verdicts()["video"] == "no"
    press(browser, "u", "u")
    until(browser, "return document.querySelector('#chips .chip.yes') !== null")
    assert verdicts()["video"] == "yes"
    press(browser, "u")
    until(browser, "return document.querySelector('#chips .chip.yes') === null")
    assert verdicts() == {}


def test_typing_in_the_box_finds_a_code_by_its_definition(browser: webdriver.Chrome) -> None:
    choose(browser, "uncoded")
    press(browser, "/")
    press(browser, *"podcast beeld")
    listed = "[...document.querySelectorAll('#codes .code')].map((one) => one.dataset.code)"
    until(browser, f"return {listed}.join() === 'video'")
    press(browser, Keys.ENTER)
    assert "video" in text_of(browser, "chips").lower()
    press(browser, "u")


def test_the_same_codes_go_to_answers_that_say_the_same_after_they_were_shown(
    browser: webdriver.Chrome, page: Page
) -> None:
    press(browser, "z")
    browser.find_element(By.ID, "search").clear()
    press(browser, *"zeker EN chatgpt", Keys.ENTER)
    until(browser, "return document.getElementById('queue-note').textContent.includes('3')")
    until(browser, "return !document.getElementById('same').hidden")
    press(browser, "s")
    until(browser, "return document.querySelectorAll('dialog .list label').length === 2")
    assert "chatgpt" in browser.find_element(By.CSS_SELECTOR, "dialog .list").text.lower()
    press(browser, Keys.ENTER)
    until(browser, "return !document.querySelector('dialog')")
    until(browser, SAVED)
    with Study.open(page.study) as study:
        pairs = study["trends"].coding("carla").pairs()
    units = {f"2024:t24-15{number}" for number in range(3)}
    assert units <= set(pairs["unit"][pairs["code"] == "ai"])


def test_a_new_code_takes_two_keystrokes_and_shows_the_hits_of_its_rule_first(
    browser: webdriver.Chrome, page: Page
) -> None:
    choose(browser, "uncoded")
    word = browser.execute_script(
        "const range = document.createRange(); range.selectNodeContents(document.getElementById('text'));"
        "getSelection().removeAllRanges(); getSelection().addRange(range); return getSelection().toString().trim()"
    )
    press(browser, "c")
    until(browser, "return document.querySelector('dialog .hits p') !== null")
    rule = str(browser.find_element(By.NAME, "rule").get_attribute("value"))
    assert re.findall(r"\w+", rule) == re.findall(r"\w+", word)
    press(browser, *"Iets nieuws", Keys.ENTER)
    until(browser, "return document.getElementById('chips').textContent.includes('Iets nieuws')")
    until(browser, "return /gegeven aan dit antwoord: Iets nieuws/.test(document.getElementById('toasts').textContent)")
    until(browser, SAVED)
    with Study.open(page.study) as study:
        made = study["trends"].codebook().codes[-1]
        given = study["trends"].coding("carla").pairs()["code"]
    assert (made.id, made.number, len(made.rules)) == ("iets_nieuws", 15, 1)
    assert "iets_nieuws" in set(given)


def test_a_rule_that_cannot_be_read_makes_no_code_and_finds_nothing(browser: webdriver.Chrome) -> None:
    press(browser, "c", *"Half", Keys.TAB, *"half OF (")
    until(browser, "return document.querySelector('dialog .error mark') !== null")
    make = "return document.querySelector('dialog .primary').disabled"
    assert browser.execute_script(make)
    assert "gevonden" not in browser.find_element(By.CSS_SELECTOR, "dialog").text
    press(browser, *"heel)")
    until(browser, make.replace("return ", "return !"))
    press(browser, Keys.ESCAPE)


def test_an_answer_that_the_rule_of_a_new_code_does_not_find_does_not_get_it(browser: webdriver.Chrome) -> None:
    given = "return document.querySelector('dialog [name=give]').checked"
    press(browser, "c", *"Half")
    assert browser.execute_script(given)
    press(browser, Keys.TAB, *"nergensgezegd")
    until(browser, given.replace("return ", "return !"))
    press(browser, *[Keys.BACKSPACE] * len("nergensgezegd"))
    until(browser, given)
    press(browser, Keys.ESCAPE)


def test_a_queue_that_was_chosen_gives_the_keys_back_to_the_answer(browser: webdriver.Chrome) -> None:
    focused = "return document.activeElement.id"
    choose(browser, "uncoded")  # what is chosen already does not change
    for kind in ("random", "uncoded"):
        browser.execute_script("delete document.body.dataset.queue; document.getElementById('kind').focus()")
        Select(browser.find_element(By.ID, "kind")).select_by_value(kind)
        until(browser, "return document.body.dataset.queue === arguments[0]", kind)
        until(browser, f"{focused} === 'answer'")
    press(browser, "2")
    assert "video" in text_of(browser, "chips").lower()
    press(browser, "u")
    until(browser, SAVED)
    press(browser, "q", Keys.ARROW_UP)
    until(browser, "return document.body.dataset.queue === 'random'")
    assert browser.execute_script(focused) == "kind"  # arrows go on to the next queue
    press(browser, Keys.ENTER)
    until(browser, f"{focused} === 'answer'")


def test_the_count_of_the_sample_follows_as_one_codes(browser: webdriver.Chrome) -> None:
    choose(browser, "random")
    count = "return +document.getElementById('queue-note').textContent.match(/is een steekproef: (\\d+)/)[1]"
    before = browser.execute_script(count)
    press(browser, "n")
    until(browser, f"{count} > arguments[0]", before)  # the next ones may have been coded in another queue


def test_the_code_for_what_is_left_over_keeps_its_key_when_codes_come(tmp_path: Path) -> None:
    with Study.create(tmp_path / "bare.study", name="Bare") as study:
        study["q"].add_answers(corpus_of(["meer video", "AI", "video en AI"]), who="anna")
    with serving(tmp_path / "bare.study", "--as", "carla") as page, browsing(tmp_path / "browser") as browser:
        browser.get(f"{page.address}/sign-in?token={page.token()}")
        ready(browser)
        browser.get(f"{page.address}/0/code")
        ready(browser)
        keys = (
            "const codes = [...document.querySelectorAll('#codes .code')];"
            "return Object.fromEntries(codes.map((one) => [one.dataset.code, one.querySelector('kbd').textContent]))"
        )
        assert browser.execute_script(keys) == {"other": "o"}
        press(browser, "c", *"Beeld", Keys.ENTER)
        until(browser, "return document.querySelectorAll('#codes .code').length === 2")
        assert browser.execute_script(keys) == {"other": "o", "beeld": "1"}
        press(browser, "o")
        until(browser, "return document.getElementById('chips').textContent.includes('Andere')")


def test_a_reload_in_the_middle_loses_nothing(browser: webdriver.Chrome, page: Page) -> None:
    choose(browser, "uncoded")
    unit = browser.execute_script(ON_PAGE).split()[0]
    press(browser, "4", "m")
    press(browser, *"half een zin")
    browser.refresh()
    ready(browser)
    until(browser, SAVED)
    with Study.open(page.study) as study:
        held = study["trends"].state(who="carla", units=[unit])
        flags = study["trends"].flags().set_index("unit")
    assert dict(zip(held["code"], held["verdict"], strict=True)) == {"target_groups": "yes"}
    assert flags.loc[unit, "note"] == "half een zin"


def test_an_answer_is_text_whatever_is_in_it(browser: webdriver.Chrome) -> None:
    press(browser, "z")
    browser.find_element(By.ID, "search").clear()
    press(browser, *"quotes", Keys.ENTER)
    until(browser, "return document.getElementById('text').textContent.includes('onerror')")
    assert browser.execute_script("return document.getElementById('text').textContent") == HOSTILE
    assert browser.find_elements(By.CSS_SELECTOR, "#text img, #text script, .top b") == []
    assert "stolen" not in browser.title


def test_two_browsers_at_once_get_other_answers_and_lose_none(
    browser: webdriver.Chrome, page: Page, tmp_path: Path
) -> None:
    choose(browser, "uncoded")
    browser.execute_script("document.getElementById('again').checked = false")
    before = seen_by(page, "carla") | seen_by(page, "dora")
    with serving(page.study, "--as", "dora", log_of=".dora") as hers, browsing(tmp_path) as other:
        other.get(f"{hers.address}/sign-in?token={hers.token()}")
        ready(other)
        choose(other, "uncoded")
        met: list[str] = []
        for _ in range(8):
            for one in (browser, other):
                unit = one.execute_script(ON_PAGE)
                met.append(unit.split()[0])
                press(one, "5", Keys.ENTER)
                until(one, f"{ON_PAGE} !== arguments[0]", unit)
        until(other, SAVED)
    until(browser, SAVED)
    assert len(set(met)) == 16
    assert set(met) <= (seen_by(page, "carla") | seen_by(page, "dora")) - before


def test_in_a_new_window_one_goes_on_where_one_was(browser: webdriver.Chrome, page: Page, tmp_path: Path) -> None:
    choose(browser, "uncoded")
    press(browser, "j", "5", Keys.ENTER)
    until(browser, SAVED)
    choose(browser, "uncoded")
    with browsing(tmp_path) as window:
        window.get(f"{page.address}/sign-in?token={page.token()}")
        ready(window)
        choose(window, "uncoded")
        assert window.execute_script(ON_PAGE) == browser.execute_script(ON_PAGE)
        assert text_of(window, "where") == text_of(browser, "where")
        assert "te gaan" in text_of(window, "where")


def test_a_sample_says_where_it_stands_still_and_leads_back_to_what_was_skipped(tmp_path: Path) -> None:
    with (
        serving(make_study(tmp_path / "trends.study"), "--as", "els") as page,
        browsing(tmp_path / "browser") as browser,
    ):
        browser.get(f"{page.address}/sign-in?token={page.token()}")
        ready(browser)
        assert browser.execute_script("return document.getElementById('kind').value") == "random"
        assert "Begin hier" in text_of(browser, "queue-note")
        first = browser.execute_script(ON_PAGE)
        left = text_of(browser, "where")
        press(browser, Keys.ENTER)
        until(browser, f"{ON_PAGE} !== arguments[0]", first)
        until(browser, "return !document.getElementById('skipped').hidden")
        assert "telt niet mee in de steekproef" in text_of(browser, "skipped")
        assert text_of(browser, "where") == left
        for _ in range(3):
            unit = browser.execute_script(ON_PAGE)
            press(browser, "n")
            until(browser, f"{ON_PAGE} !== arguments[0]", unit)
        there = browser.execute_script(ON_PAGE)
        assert browser.execute_script("return !document.getElementById('skipped').hidden")
        press(browser, Keys.BACKSPACE)
        until(browser, f"{ON_PAGE} === arguments[0]", first)
        assert browser.execute_script("return document.getElementById('skipped').hidden")
        press(browser, "n")
        until(browser, f"{ON_PAGE} === arguments[0]", there)  # back to where one was
        assert browser.execute_script("return document.getElementById('skipped').hidden")
        until(browser, "return document.getElementById('queue-note').textContent.includes('steekproef: 4 tot nu toe')")


def test_enter_on_a_button_reached_by_tab_is_that_button(browser: webdriver.Chrome, page: Page) -> None:
    choose(browser, "uncoded")
    press(browser, "5")
    until(browser, SAVED)
    unit = browser.execute_script(ON_PAGE).split()[0]
    browser.execute_script("document.getElementById('do-none').focus()")
    press(browser, Keys.ENTER)
    until(browser, f"{ON_PAGE}.split(' ')[0] !== arguments[0]", unit)
    until(browser, SAVED)
    with Study.open(page.study) as study:
        held = study["trends"].state(who="carla", units=[unit])
    assert set(held["code"][held["verdict"] == "yes"]) == {""}


def test_what_is_typed_in_the_codebook_stays_where_somebody_else_changed_the_same(
    browser: webdriver.Chrome, page: Page
) -> None:
    def by_another(book: Codebook) -> Codebook:
        code = next(one for one in book.codes if one.id == "digital")
        other = replace(code, definition="van een ander", rules=(*code.rules, "robotica"))
        return replace(book, codes=tuple(other if one.id == code.id else one for one in book.codes))

    browser.get(f"{page.address}/0/codebook")
    ready(browser)
    browser.find_element(By.CSS_SELECTOR, "#codes [data-code=digital]").click()
    box = browser.find_element(By.ID, "definition")
    box.clear()
    box.send_keys("van mij")
    with Study.open(page.study) as study:
        study["trends"].change_codebook(by_another, "bert")
        browser.find_element(By.ID, "save").click()
        until(browser, "return document.querySelector('#refused .error') !== null")
        assert "(daar: van een ander)" in text_of(browser, "refused")
        assert box.get_attribute("value") == "van mij"
        assert "robotica" in str(browser.find_element(By.ID, "rules").get_attribute("value")).split("\n")
        browser.find_element(By.ID, "save").click()
        until(browser, "return document.querySelector('#refused .error') === null")
        code = next(one for one in study["trends"].codebook().codes if one.id == "digital")
    assert (code.definition, "robotica" in code.rules) == ("van mij", True)
    assert all("409" in line for line in complaints(browser))
    browser.get(f"{page.address}/0/code")
    ready(browser)


def test_the_focus_stays_on_a_code_while_the_counts_are_renewed(browser: webdriver.Chrome) -> None:
    choose(browser, "uncoded")
    browser.execute_script(
        "const one = document.querySelector('#codes [data-code=digital]'); one.focus(); one.dataset.old = 'yes'"
    )
    until(browser, "return !document.querySelector('#codes [data-code=digital]').dataset.old")
    assert browser.execute_script("return document.activeElement.dataset.code") == "digital"
    browser.find_element(By.CSS_SELECTOR, "#codes [data-code=digital]").click()
    assert browser.execute_script("return document.activeElement.tagName") == "BODY"  # so that Enter accepts again
    press(browser, "u")
    until(browser, SAVED)


def test_it_learns_in_the_background_and_the_table_moves_and_can_be_downloaded(
    browser: webdriver.Chrome, page: Page
) -> None:
    learned = "/Model \\d+/.test(document.getElementById('learning').textContent)"
    until(browser, f"return !document.getElementById('learn').disabled || {learned}")
    browser.execute_script("document.getElementById('learn').click()")  # disabled where it knows all there is
    until(browser, "return /Model \\d+/.test(document.getElementById('learning').textContent)")
    with Study.open(page.study) as study:
        units = study["trends"].units().index
        predicted = Predictions("gpt", pd.DataFrame(0.5, index=units, columns=["ai"]))
        study["trends"].add_predictions(predicted, who="carla")
    browser.get(f"{page.address}/0/results")
    ready(browser)
    assert f"gpt ({len(units)} antwoorden)" in text_of(browser, "predicted")
    people = text_of(browser, "tables")
    browser.execute_script(
        "const one = document.getElementById('whose'); one.value = 'gold+machine';"
        "one.dispatchEvent(new Event('change'))"
    )
    until(browser, "return document.getElementById('tables').innerText.includes('machine codeerde, met haar fouten')")
    assert text_of(browser, "tables").partition("N = ")[0] != people.partition("N = ")[0]
    for form, start in {"html": b"<!doctype", "xlsx": b"PK", "docx": b"PK", "pptx": b"PK", "md": b"#"}.items():
        content = browser.execute_async_script(
            "const [address, done] = arguments; fetch(address).then((answer) => answer.arrayBuffer())"
            ".then((found) => done(Array.from(new Uint8Array(found.slice(0, 16)))))",
            browser.find_element(By.CSS_SELECTOR, f"[data-base$='/{form}']").get_attribute("href"),
        )
        assert bytes(content).lower().startswith(start.lower()), form
    with Study.open(page.study) as study:
        assert study.status()["model"].iloc[0] >= 1
    browser.get(f"{page.address}/0/grid")
    ready(browser)
    browser.get(f"{page.address}/0/results")  # whose codes count stays chosen, and the address says it
    ready(browser)
    assert browser.find_element(By.ID, "whose").get_property("value") == "gold+machine"
    assert "whose=gold%2Bmachine" in browser.current_url
    browser.execute_script(
        "const one = document.getElementById('whose'); one.value = 'gold'; one.dispatchEvent(new Event('change'))"
    )


def test_a_mark_of_a_picture_opens_its_answers_which_are_put_right_there(browser: webdriver.Chrome, page: Page) -> None:
    browser.get(f"{page.address}/0/results?wave=2021")
    ready(browser)
    first = browser.find_element(By.CSS_SELECTOR, "#drawing .mark[data-code]")
    code, told = first.get_attribute("data-code"), first.get_attribute("aria-label") or ""
    number = int(re.findall(r"(\d+) keer vermeld", told)[0])
    browser.execute_script("arguments[0].focus()", first)
    press(browser, Keys.ARROW_DOWN, Keys.ARROW_UP, Keys.ENTER)
    until(browser, "return document.activeElement.id === 'answers-title' && document.querySelector('#answers li')")
    assert text_of(browser, "answers-count") == f"{number} antwoorden"
    assert f"code={code}" in browser.current_url
    browser.find_element(By.CSS_SELECTOR, f"#answers li .chip[data-code={code}]").click()
    fewer = f"document.querySelector('#drawing .mark[data-code={code}]')?.getAttribute('aria-label')"
    until(browser, f"return {fewer}?.includes(arguments[0])", f"{number - 1} keer")
    assert str(number - 1) in text_of(browser, "tables")
    browser.find_element(By.ID, "undo").click()
    until(browser, f"return {fewer}?.includes(arguments[0])", f"{number} keer")
    press(browser, Keys.ESCAPE)
    until(browser, "return document.getElementById('answers-part').hidden")
    until(browser, "return document.activeElement.matches('#drawing .mark')")
    assert complaints(browser) == []


def test_the_address_is_the_state_of_the_results_and_back_goes_back(browser: webdriver.Chrome, page: Page) -> None:
    browser.get(f"{page.address}/0/results?column=sector&value=Onderwijs&wave=2021&picture=order")
    ready(browser)
    assert "alleen sector: Onderwijs" in text_of(browser, "base")
    assert Select(browser.find_element(By.ID, "wave")).first_selected_option.text == "2021"
    before = text_of(browser, "heading")
    browser.find_element(By.CSS_SELECTOR, "[data-picture=groups]").click()
    until(browser, "return document.body.dataset.shown === 'groups'")
    assert "picture=groups" in browser.current_url
    assert "column=sector" in browser.current_url
    browser.back()
    until(browser, "return document.body.dataset.shown === 'order'")
    assert text_of(browser, "heading") == before


@pytest.mark.parametrize("picture", ["top", "change", "groups", "order", "agreement", "pairs"])
def test_letters_in_a_picture_are_as_large_as_they_were_drawn(
    browser: webdriver.Chrome, page: Page, picture: str
) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    )
    browser.get(f"{page.address}/0/results?picture={picture}")
    ready(browser)
    sizes = (
        "return [...document.querySelectorAll('#drawing text')].map((one) => parseFloat(getComputedStyle(one).fontSize)"
        " * one.getCTM().a)"
    )
    assert min(browser.execute_script(sizes), default=12) > 11.99
    assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_what_is_done_while_the_server_is_away_is_saved_by_another_tab_after_it_is_back(tmp_path: Path) -> None:
    study = make_study(tmp_path / "trends.study")
    with serving(study, "--as", "carla") as first, browsing(tmp_path / "browser") as browser:
        port = first.address.rpartition(":")[2]
        browser.get(f"{first.address}/sign-in?token={first.token()}")
        ready(browser)
        choose(browser, "uncoded")
        unit = browser.execute_script(ON_PAGE).split()[0]
        first.process.terminate()
        first.process.wait()
        press(browser, "1", Keys.ENTER, "2")
        until(browser, "return document.getElementById('saved').className === 'saved failed'")
        with serving(study, "--as", "carla", "--port", port) as second:
            until(browser, "return location.pathname === '/sign-in'")
            assert browser.find_elements(By.CSS_SELECTOR, ".warning")
            browser.switch_to.new_window("tab")
            browser.get(f"{second.address}/sign-in?token={second.token()}")
            ready(browser)
            until(browser, SAVED)
            with Study.open(study) as opened:
                held = opened["trends"].state(who="carla", units=[unit])
                assert len(set(opened["trends"].state(who="carla")["unit"])) == 2
            assert {"ai", ""} <= set(held["code"][held["verdict"] == "yes"])


def test_a_very_long_answer_leaves_the_buttons_in_sight_and_runs_its_own_way(tmp_path: Path) -> None:
    study = make_study(tmp_path / "trends.study")
    with Study.open(study) as opened:
        frame = opened["trends"].units(["2024:t24-020", "2024:t24-021"])
        frame["text"] = ["eindeloos " * 2000, "\u0645\u0632\u064a\u062f eindeloos"]
        opened["trends"].add_answers(Corpus(frame), accept=True, who="anna")
    with serving(study, "--as", "els") as page, browsing(tmp_path / "browser") as browser:
        browser.get(f"{page.address}/sign-in?token={page.token()}")
        ready(browser)
        press(browser, "z", *"eindeloos", Keys.ENTER)
        until(browser, "return document.getElementById('text').textContent.startsWith('eindeloos')")
        place = "return document.getElementById('do-accept').getBoundingClientRect().bottom < innerHeight"
        assert browser.execute_script(place)
        assert browser.execute_script("return document.getElementById('text').tabIndex") == 0
        press(browser, "j")
        until(browser, "return getComputedStyle(document.getElementById('text')).direction === 'rtl'")


def test_a_search_that_was_not_made_settles_nothing_and_undo_shows_the_last_word(tmp_path: Path) -> None:
    study = make_study(tmp_path / "trends.study")
    with Study.open(study) as opened:
        for who, code in (("anna", "ai"), ("bert", "video")):
            decide(opened, who, "2024:t24-010", [code])
    with serving(study, "--as", "els") as page, signed_in(page, tmp_path / "browser") as browser:
        choose(browser, "disagreements")
        press(browser, "1", "2", "u")
        until(browser, SAVED)
        until(browser, "return document.querySelectorAll('#chips .yes').length === 1")
        press(browser, "z", Keys.ESCAPE)
        press(browser, "2")
        until(browser, SAVED)
        with Study.open(study) as opened:
            assert set(opened["trends"].adjudicated()["code"]) == {"ai", "video"}
            assert "els" not in set(opened["trends"].state()["who"])


def test_the_last_word_is_what_was_chosen_and_no_proposal_with_it(tmp_path: Path) -> None:
    study = make_study(tmp_path / "trends.study")
    with Study.open(study) as opened:
        frame = opened["trends"].units(["2024:t24-010"])
        frame["text"] = ["Artificiële intelligentie"]
        opened["trends"].add_answers(Corpus(frame), accept=True, who="anna")
        for who, code in (("anna", "digital"), ("bert", "video")):
            decide(opened, who, "2024:t24-010", [code])
    with serving(study, "--as", "els") as page, signed_in(page, tmp_path / "browser") as browser:
        choose(browser, "disagreements")
        until(browser, "return document.querySelector('#proposals .proposal') !== null")
        assert text_of(browser, "chips") == "Nog niet beslist"
        assert text_of(browser, "others-title") == "Wat codeurs gaven"
        press(browser, "2", Keys.ENTER)
        until(browser, SAVED)
        with Study.open(study) as opened:
            assert set(opened["trends"].adjudicated()["code"]) == {"", "video"}  # settled, with this code alone


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["code", "grid", "codebook", "results"])
def test_every_text_stands_out_and_every_target_can_be_touched(
    browser: webdriver.Chrome, page: Page, name: str, theme: str
) -> None:
    browser.execute_script("localStorage.setItem('coder-theme', arguments[0])", theme)
    browser.get(f"{page.address}/0/{name}")
    ready(browser)
    assert browser.execute_script(FAINT) == []
    assert browser.execute_script(SMALL) == []
    assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")


def test_nothing_leaves_the_machine_and_no_script_is_refused(browser: webdriver.Chrome, page: Page) -> None:
    addresses = {one for one in asked_for(browser) if not one.startswith(("data:", "chrome://", "chrome-untrusted://"))}
    assert addresses
    assert {one for one in addresses if not one.startswith(page.address)} == set()
    assert complaints(browser) == []


def test_no_answer_is_in_the_log(page: Page) -> None:
    log = page.log.read_text(encoding="utf-8").lower()
    assert "chatgpt" not in log
    assert "stolen" not in log
