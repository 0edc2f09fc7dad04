"""What a new user does, by clicks and keys alone: from an Excel file to a slide, and to corrected percentages."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

import pandas as pd
import pytest
from pptx import Presentation
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

from coder.resources import resource
from tests.conftest import ROOT
from tests.review.test_home import Started
from tests.review_page import PATIENCE, browsing, human, ready, until

ANSWERS = 400
NEXT = "const now = document.getElementById('text').textContent; return now && now !== arguments[0]"


class User:
    """Somebody at the page: what they do is counted, an action each."""

    def __init__(self, browser: webdriver.Chrome) -> None:
        self.browser, self.actions = browser, 0

    def click(self, selector: str) -> None:
        self.actions += 1
        self.browser.find_element(By.CSS_SELECTOR, selector).click()

    def give(self, selector: str, file: Path) -> None:
        self.actions += 2  # the button, and the file in the window of the system
        self.browser.find_element(By.CSS_SELECTOR, selector).send_keys(str(file))

    def press(self, keys: str) -> None:
        self.actions += len(keys)
        ActionChains(self.browser).send_keys(*keys).perform()

    def sees(self, script: str) -> None:
        until(self.browser, f"return {script}")


@pytest.fixture
def user(tmp_path: Path) -> Iterator[User]:
    one = Started(tmp_path / "coder")
    with browsing(tmp_path / "browser") as browser:
        browser.get(one.door)
        ready(browser)
        yield User(browser)
    one.process.terminate()
    one.process.wait(PATIENCE)


def answers(path: Path) -> Path:
    """Four hundred answers in Excel, with a number and a sector: the synthetic ones, some of them twice."""
    frame = pd.concat([corpus(2024), corpus(2021)])[["answer", "sector"]]
    rows = list(islice(cycle(frame.to_numpy().tolist()), ANSWERS))
    made = pd.DataFrame(rows, columns=["Welke trends zie je?", "Sector"])
    made.insert(0, "Nr", range(1, ANSWERS + 1))
    made.to_excel(path, index=False, engine="xlsxwriter")
    return path


def corpus(year: int) -> pd.DataFrame:
    return pd.read_csv(resource(f"corpora/trends-{year}.csv"), dtype=str, keep_default_na=False)


def downloaded(folder: Path, ending: str) -> Path:
    started = time.monotonic()
    while not (found := list((folder / "browser" / "downloads").glob(f"*.{ending}"))):
        assert time.monotonic() - started < PATIENCE
        time.sleep(0.1)
    return found[0]


def test_four_hundred_answers_become_slides_with_a_chart_in_forty_actions(user: User, tmp_path: Path) -> None:
    user.give("#file", answers(tmp_path / "antwoorden.xlsx"))
    user.sees("document.querySelectorAll('#counts h3').length === 1")
    user.click("#add")
    user.sees("location.pathname.endsWith('/begin') && document.body.dataset.ready")
    user.give("#book-file", resource("codebooks/trends.yaml"))
    user.sees("location.pathname.endsWith('/code') && document.body.dataset.ready")
    user.click("nav a[href$='/results']")
    user.sees("document.querySelector('#drawing svg') !== null")
    assert "AI" in user.browser.find_element(By.ID, "heading").text
    user.click("a[data-format][href*='/download/pptx']")
    shapes = [shape for slide in Presentation(str(downloaded(tmp_path, "pptx"))).slides for shape in slide.shapes]
    charts = [shape.chart for shape in shapes if shape.has_chart]
    assert [len(list(chart.plots[0].categories)) >= 10 for chart in charts] == [True]
    assert user.actions <= 40


def test_sixty_answers_by_hand_and_a_proposed_codebook_give_corrected_percentages(user: User, tmp_path: Path) -> None:
    user.give("#file", answers(tmp_path / "antwoorden.xlsx"))
    user.sees("document.querySelectorAll('#counts h3').length === 1")
    user.click("#add")
    user.sees("location.pathname.endsWith('/begin') && document.body.dataset.counted")
    user.click("#all")
    user.click("#use")
    user.sees("location.pathname.endsWith('/code') && document.body.dataset.ready")
    setting_up = user.actions
    _coded(user, 60)
    user.click("nav a[href$='/results']")
    user.sees("document.querySelector('#drawing svg') !== null")
    user.click("#estimate")
    user.sees("document.querySelectorAll('#estimates table').length > 0")
    table = user.browser.find_element(By.CSS_SELECTOR, "#estimates table").text
    assert "ai" in table.lower()
    assert "%" in table
    assert setting_up + 3 <= 40


def test_the_same_goes_in_firefox(tmp_path: Path) -> None:
    firefox = shutil.which("firefox-esr") or shutil.which("firefox")
    node, script = shutil.which("node"), ROOT / "tests" / "page" / "firefox.js"
    if not firefox or not node or not (script.parent / "node_modules" / "puppeteer-core").exists():
        pytest.skip("Firefox or npm install in tests/page is not there: the page is not looked at in Firefox")
    one, file = Started(tmp_path / "coder"), answers(tmp_path / "antwoorden.xlsx")
    asked = [node, str(script), firefox, one.door, str(file), str(resource("codebooks/trends.yaml")), str(tmp_path)]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=2 * PATIENCE)
    finally:
        one.process.terminate()
        one.process.wait(PATIENCE)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["complaints"] == []
    assert "AI" in seen["found"]["grid"][0]
    assert len(seen["found"]["codebook"]) == 14
    assert "AI" in seen["found"]["results"][0]


def _coded(user: User, number: int) -> None:
    """Code answers in random order as the people did who made them: code 1 where it is AI, else none."""
    given = {**human(2021), **human(2024)}
    texts: dict[str, list[str]] = {}
    for year in (2021, 2024):
        texts |= {row["answer"]: given.get(row["id"], []) for _, row in corpus(year).iterrows()}
    shown = ""
    for _ in range(number):
        until(user.browser, NEXT, shown)
        shown = str(user.browser.execute_script("return document.getElementById('text').textContent"))
        user.press("1\ue007" if "ai" in texts.get(shown, []) else "n")
