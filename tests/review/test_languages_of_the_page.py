"""The page in a browser in each language: every screen, its keys, and room for the longest words."""

# ruff: noqa: E501 (scripts that run in the browser)

import re
from collections.abc import Iterator
from string import Formatter

import pandas as pd
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from coder.note import Note
from coder.review.results_page import PICTURES
from coder.study import Span, Study
from coder.words import SOURCE, catalogue, languages, speaking, with_plurals
from tests.conftest import spoken
from tests.review.plans import add_plans, long_plan
from tests.review_page import (
    FAINT,
    SMALL,
    Page,
    browsing,
    complaints,
    decide,
    human,
    make_study,
    press,
    ready,
    serving,
    until,
)

READ = """
const data = '.text, .hits, .proposal .why, #given, #hits, dialog .list, code, option[value]:not([value=""])';
const said = [document.title];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const parent = walker.currentNode.parentElement;
  if (parent.checkVisibility() && !parent.closest('select') && !parent.closest(data)) said.push(walker.currentNode.data);
}
for (const one of document.querySelectorAll('#kind option, #whose option, #negation option, #limit option'))
  said.push(one.textContent);
for (const one of document.querySelectorAll('[title], [aria-label], [placeholder]'))
  if (one.checkVisibility() && !one.closest('#language') && !one.closest(data) && !one.closest('.codes'))
    for (const name of ['title', 'aria-label', 'placeholder']) if (one.hasAttribute(name)) said.push(one.getAttribute(name));
return said.map((one) => one.trim()).filter(Boolean);
"""
"""What a person or a screen reader reads, without the answers and the names of codes."""
OVERFLOWING = """
const page = document.documentElement.scrollWidth > innerWidth ? [`page: ${document.documentElement.scrollWidth}`] : [];
const clipped = [...document.querySelectorAll('button, .button, h2, label > span, th, dt, dd, nav a, .chip, p')]
  .filter((one) => one.checkVisibility() && !one.closest('.scroll') && !one.closest('.hidden-words') && !one.matches('.hidden-words'))
  .filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width && (one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline'
      || box.right > innerWidth + 1 || box.left < -1);
  })
  .map((one) => `${one.tagName} ${one.id} ${one.className}: ${one.textContent.trim().slice(0, 60)}`);
return [...page, ...clipped];
"""
"""What does not fit: the page, or a text in what holds it."""
VALUES = {"Andere"}
"""Values of the answers that a catalogue happens to have too."""
FEWEST_LETTERS = 12
"""A piece of a sentence that is so long, and has a space, is of its language alone; a shorter one may be in a name."""


def sentences(language: str) -> dict[str, set[str]]:
    """The sentences of a language, with the pieces between their values."""
    found: dict[str, set[str]] = {}
    for message in catalogue(language):
        said = message.id if language == SOURCE else message.string
        for text in (said if isinstance(said, (tuple, list)) else (said,)) if message.context else ():
            found[str(text)] = {piece for piece, *_ in Formatter().parse(str(text)) if piece}
    return found


SENTENCES = {language: sentences(language) for language in languages()}
KEYS = {str(message.context) for message in catalogue(SOURCE) if message.context}


def strangers(texts: list[str], language: str) -> list[tuple[str, str]]:
    """The texts that are in another language or name a key, with what gives them away."""
    own = "\n".join(SENTENCES[language])
    whole = {text for other in SENTENCES if other != language for text in SENTENCES[other]} - set(SENTENCES[language])
    pieces = {
        piece.strip()
        for other in SENTENCES
        if other != language
        for some in SENTENCES[other].values()
        for piece in some
        if len(piece.strip()) >= FEWEST_LETTERS and " " in piece.strip() and piece.strip() not in own
    }
    names = {key.partition(".")[2] for key in KEYS if "_" in key} | KEYS
    found = []
    for text in dict.fromkeys(texts):
        found += [(text, piece) for piece in pieces if piece in text]
        found += [(text, name) for name in names.intersection(re.findall(r"[\w.]+", text))]
        found += [(text, text)] if text in whole - VALUES and text not in own else []
    return found


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    path = make_study(tmp_path_factory.mktemp("languages") / "trends.study", coded=40)
    with Study.open(path) as study:
        for unit, codes in list(human(2024).items())[10:40]:
            decide(study, "bert", f"2024:{unit}", codes[:1])
        study["trends"].flag("anna", ["2024:t24-060"], "look again")
        plan = long_plan("Beleidsplan van een vereniging met een lange naam 2026-2030.pdf", 20_000)
        add_plans(study, [plan])
        places = plan.blocks[["start", "end"]].to_numpy().tolist()
        plans = study.documents("plannen")
        for who, numbers in (("carla", (1, 2, 5)), ("bert", (2, 3))):
            plans.code(
                [Span(plan.name, places[number][0], places[number][1], "climate", memo="…") for number in numbers], who
            )
        rows = [(plan.name, *places[number], "digital", 0.5) for number in (1, 4)]
        columns = ["document", "start", "end", "code", "probability"]
        plans.propose(pd.DataFrame(rows, columns=columns), method="rules", who="page")
        plans.draw_control(1, "carla")
    with serving(path, "--as", "carla") as served:
        yield served


@pytest.fixture(scope="module", params=languages())
def reader(request: pytest.FixtureRequest, page: Page, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Reader"]:
    with browsing(tmp_path_factory.mktemp("browser"), language=request.param) as browser:
        browser.get(f"{page.address}/sign-in?token={page.token()}")
        ready(browser)
        yield Reader(request.param, browser, page)


class Reader:
    """Somebody who reads the page in one language."""

    def __init__(self, language: str, browser: webdriver.Chrome, page: Page) -> None:
        self.language, self.browser, self.page = language, browser, page

    def open(self, path: str, *, width: int = 1280) -> None:
        """Open a page at a width, of a telephone too."""
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self.browser.get(f"{self.page.address}/{path}")
        if "sign-in" not in path:
            ready(self.browser)

    def reads(self) -> None:
        """All in sight is in the language, and the document says which that is."""
        assert self.browser.execute_script("return document.documentElement.lang") == self.language
        assert strangers(self.browser.execute_script(READ), self.language) == []

    def shows(self, *keys: str) -> None:
        """What these keys open is in the language, and fits."""
        press(self.browser, *keys)
        until(self.browser, "return document.querySelector('dialog[open]') !== null")
        self.reads()
        assert self.browser.execute_script(OVERFLOWING) == []
        press(self.browser, Keys.ESCAPE)
        until(self.browser, "return document.querySelector('dialog') === null")


def test_the_page_begins_in_the_language_of_the_browser_and_keeps_the_one_that_is_chosen(reader: Reader) -> None:
    browser = reader.browser
    reader.reads()
    pressed = "return document.querySelector('#language [aria-pressed=true]').lang"
    assert browser.execute_script(pressed) == reader.language
    other = next(one for one in languages() if one != reader.language)
    for wanted in (other, reader.language):
        browser.execute_script("document.querySelector(`#language [lang=${arguments[0]}]`).focus()", wanted)
        press(browser, Keys.ENTER)
        until(browser, "return document.documentElement.lang === arguments[0]", wanted)
        ready(browser)
        assert browser.execute_script(pressed) == wanted
    reader.open("sign-in")
    reader.reads()


def test_all_of_the_coding_page_is_in_the_language_and_its_keys_work(reader: Reader) -> None:
    browser = reader.browser
    reader.open("0/code")
    for kind in browser.execute_script("return [...document.getElementById('kind').options].map((one) => one.value)"):
        browser.execute_script(
            "const one = document.getElementById('kind'); one.value = arguments[0]; delete document.body.dataset.queue;"
            "one.dispatchEvent(new Event('change'))",
            kind,
        )
        if kind != "search":
            until(browser, "return document.body.dataset.queue === arguments[0]", kind)
        reader.reads()
    browser.execute_script("document.activeElement.blur()")
    press(browser, "z")
    press(browser, *"(video", Keys.ENTER)
    until(browser, "return !document.getElementById('search-error').hidden")
    reader.reads()
    reader.open("0/code")
    browser.execute_script("document.activeElement.blur()")
    until(browser, "return document.getElementById('learning').textContent !== ''")
    press(browser, "2", "x", "f")
    reader.reads()
    press(browser, "u", "u", "u")
    until(browser, "return document.getElementById('saved').className === 'saved'")
    reader.reads()
    reader.shows("?")
    reader.shows("s")
    reader.shows("c")


def test_all_of_the_grid_is_in_the_language(reader: Reader) -> None:
    browser = reader.browser
    reader.open("0/grid?codes=%3F&sort=-text")
    until(browser, "return document.body.dataset.more")
    reader.reads()
    reader.shows("?")
    press(browser, " ", "2", "f")
    until(browser, "return !document.getElementById('stale').hidden")
    reader.reads()
    press(browser, "u", "u")
    until(browser, "return document.getElementById('saved').className === 'saved'")
    for key in ("codes", "flag", "text"):
        browser.execute_script("document.querySelector(`#head [data-key=${arguments[0]}]`).focus()", key)
        reader.shows(Keys.ENTER)
    browser.execute_script("document.getElementById('columns').focus()")
    reader.shows(Keys.ENTER)
    browser.execute_script("document.getElementById('grid').focus()")
    press(browser, "z", *"(half", Keys.ENTER)
    until(browser, "return !document.getElementById('search-error').hidden")
    reader.reads()


def test_a_script_says_one_or_several_as_the_catalogue_does(reader: Reader) -> None:
    reader.open("0/code")
    with speaking(reader.language):
        words = with_plurals("page")
    keys = [key for key, (_, many) in words.items() if many and ":and}" not in many]  # lists are said by the server
    counts = [0, 1, 2, 21, 1234]
    said = [text for key in keys for text in words[key]]
    values = dict.fromkeys({name for text in said for name in re.findall(r"\{(\w+)", text)} - {"count"}, 3)
    said = reader.browser.execute_async_script(
        "const [keys, counts, values, done] = arguments;"
        "import('/static/common.js').then(({ say }) =>"
        " done(keys.map((key) => counts.map((count) => say(key, { ...values, count })))))",
        keys, counts, values,
    )  # fmt: skip
    assert "applied" in keys
    assert said == [[spoken(Note(f"page.{key}", **values, count=n), reader.language) for n in counts] for key in keys]


def test_all_of_the_codebook_is_in_the_language(reader: Reader) -> None:
    browser = reader.browser
    reader.open("0/codebook")
    until(browser, "return document.querySelectorAll('#hits table, #hits p').length > 0")
    browser.execute_script("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    reader.reads()
    rules = browser.find_element(By.ID, "rules")
    before = rules.get_attribute("value")
    rules.clear()
    rules.send_keys("(video")
    until(browser, "return document.querySelector('#hits .error') !== null")
    reader.reads()
    browser.find_element(By.ID, "save").click()
    until(browser, "return document.querySelector('#refused .error') !== null")
    reader.reads()
    assert before
    browser.find_element(By.ID, "undo-edit").click()
    for button in ("merge", "split", "new"):
        browser.execute_script("document.getElementById(arguments[0]).focus()", button)
        reader.shows(Keys.ENTER)


def test_all_of_the_results_is_in_the_language(reader: Reader) -> None:
    browser = reader.browser
    reader.open("0/results")
    browser.execute_script(
        "const one = document.getElementById('then'); one.value = '2021'; delete document.body.dataset.ready;"
        "one.dispatchEvent(new Event('change'))"
    )
    ready(browser)
    for picture in PICTURES:
        browser.find_element(By.CSS_SELECTOR, f"[data-picture={picture}]").click()
        until(browser, "return document.body.dataset.shown === arguments[0]", picture)
        reader.reads()
    browser.execute_script("document.querySelector('#drawing .mark[data-code]').dispatchEvent(new Event('click'))")
    until(
        browser, "return document.querySelector('#answers li') || document.getElementById('answers-count').textContent"
    )
    reader.reads()
    browser.find_element(By.ID, "estimate").click()
    until(browser, "return document.getElementById('estimating').textContent || document.querySelector('.toast')")
    reader.reads()
    report = browser.execute_async_script(
        "const [address, done] = arguments; fetch(address).then((answer) => answer.text()).then(done)",
        browser.find_element(By.CSS_SELECTOR, "[data-base$='/html']").get_attribute("href"),
    )
    assert f'<html lang="{reader.language}"' in report
    assert all("400" in line for line in complaints(browser))


def test_all_of_the_pages_of_documents_is_in_the_language(reader: Reader) -> None:
    browser = reader.browser
    reader.open("documents/0/documents")
    browser.execute_script("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    reader.reads()
    reader.open("documents/0/fragments?code=climate")
    reader.reads()
    reader.open("documents/0/read?block=1")
    reader.reads()
    reader.shows("?")
    reader.shows("c")
    reader.shows("m")
    press(browser, Keys.SHIFT + Keys.ARROW_DOWN + Keys.NULL)
    reader.reads()
    press(browser, Keys.ESCAPE, "]", "/", *"(half", Keys.ENTER)
    until(browser, "return !document.getElementById('search-error').hidden")
    reader.reads()
    press(browser, Keys.ESCAPE, *[" "] * 40)
    until(browser, "return document.getElementById('saved').className === 'saved'")
    reader.reads()


@pytest.mark.parametrize("width", [390, 820, 1280])
@pytest.mark.parametrize("path", ["read?block=2", "documents", "fragments?code=climate"])
def test_everything_of_documents_fits_and_can_be_touched_and_read(reader: Reader, path: str, width: int) -> None:
    reader.open(f"documents/0/{path}", width=width)
    if width == 390 and "read" in path:
        assert reader.browser.execute_script(OVERFLOWING) == []
        reader.browser.find_element(By.ID, "do-codes").click()
    for theme in ("light", "dark"):
        reader.browser.execute_script("document.documentElement.dataset.theme = arguments[0]", theme)
        assert reader.browser.execute_script(OVERFLOWING) == []
        assert reader.browser.execute_script(FAINT) == []
        assert reader.browser.execute_script(SMALL) == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", ["0/code", "0/grid", "0/codebook", "0/results", "sign-in"])
def test_everything_fits(reader: Reader, path: str, width: int) -> None:
    reader.open(path, width=width)
    assert reader.browser.execute_script(OVERFLOWING) == []
