"""The first screen of the coding page at three widths, the columns one chose, and an answer that comes back unseen."""

from collections.abc import Iterator

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from coder.study import Decision, Study
from tests.review.test_grid import make
from tests.review_page import Page, press, ready, serving, signed_in, until

SAVED = "return document.getElementById('saved').className === 'saved'"
ON_PAGE = "return document.getElementById('text').dataset.unit"
HIDDEN = """
return arguments[0].filter((one) => {
  const box = document.querySelector(one).getBoundingClientRect();
  return box.width < 2 || box.top < 0 || box.left < 0 || box.bottom > innerHeight || box.right > innerWidth;
});
"""
"""Which of these are not on the screen, all of them."""
ACTS = ["#asked", "#text", "#do-accept", "#do-none", "#do-undo"]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    study = make(tmp_path_factory.mktemp("screen") / "grid.study")
    with Study.open(study) as opened:
        for number in range(40):
            opened["trends"].decide("carla", [Decision(f"r{number:03}", "video"), Decision(f"r{number:03}", "")])
    with serving(study, "--as", "carla") as served:
        yield served


@pytest.fixture(scope="module")
def browser(page: Page, tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with signed_in(page, tmp_path_factory.mktemp("browser")) as started:
        yield started


def at_size(browser: webdriver.Chrome, page: Page, width: int, height: int) -> None:
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(f"{page.address}/0/code")
    ready(browser)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (820, 1180), (390, 844)])
def test_the_question_the_answer_and_the_acts_are_on_the_first_screen(
    browser: webdriver.Chrome, page: Page, width: int, height: int
) -> None:
    at_size(browser, page, width, height)
    assert browser.find_element(By.ID, "asked").text.startswith("Wat zijn volgens jou belangrijke trends")
    assert browser.execute_script(HIDDEN, ACTS) == []
    if width > 700:
        assert browser.execute_script(HIDDEN, [".code"]) == []
    else:
        assert browser.execute_script(HIDDEN, [".code"]) == [".code"]
        browser.find_element(By.ID, "open-codes").click()
        until(browser, "return !document.getAnimations().length")
        assert browser.execute_script(HIDDEN, [".code", "#text", "#do-accept"]) == []
        browser.find_element(By.CSS_SELECTOR, ".code").click()
        until(browser, "return document.querySelector('#chips .chip.yes') !== null")
        browser.find_element(By.ID, "do-undo").click()
        until(browser, "return document.querySelector('#chips .chip.yes') === null")


def test_of_the_background_one_sees_what_one_chose_also_after_a_reload(browser: webdriver.Chrome, page: Page) -> None:
    at_size(browser, page, 1280, 800)
    assert browser.find_element(By.ID, "background").text == ""
    browser.find_element(By.ID, "columns").click()
    browser.find_element(By.XPATH, "//dialog//label[contains(., 'nummer')]").click()
    browser.find_element(By.CSS_SELECTOR, "dialog .primary").click()
    browser.refresh()
    ready(browser)
    shown = browser.find_element(By.ID, "background").text
    assert "nummer" in shown
    assert "sector" not in shown


def test_after_twenty_answers_one_comes_back_without_what_was_given(browser: webdriver.Chrome, page: Page) -> None:
    at_size(browser, page, 1280, 800)
    Select(browser.find_element(By.ID, "kind")).select_by_value("uncoded")
    until(browser, "return document.body.dataset.queue === 'uncoded'")
    browser.execute_script(
        "document.activeElement.blur(); sessionStorage.removeItem('coder-coded-' + document.body.dataset.key)"
    )
    before, back = {f"r{number:03}" for number in range(40)}, ""
    for coded in range(50):
        shown = browser.execute_script(ON_PAGE)
        if (unit := shown.split()[0]) in before:
            assert coded >= 20
            assert browser.find_elements(By.CSS_SELECTOR, "#chips .chip") == []
            back = unit
        press(browser, "n")
        until(browser, f"{ON_PAGE} !== arguments[0]", shown)
        if back:
            break
    until(browser, SAVED)
    with Study.open(page.study) as study:
        assert set(study["trends"].decided_again()["unit"]) == {back}
        first, again = study["trends"].twice("carla")
    assert (list(first.pairs()["code"]), list(again.pairs()["code"])) == (["video"], [])
    until(browser, "return document.getElementById('again-told').textContent.includes('0%')")
