"""The reading page in a browser: a person reads and codes a plan by keys, by hand and with a colleague."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pandas as pd
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from coder.documents import Document
from coder.study import Span, Study
from tests.review.plans import document, long_plan, make_plans
from tests.review_page import Page, asked_for, browsing, complaints, press, ready, serving, signed_in, text_of, until

SAVED = "return document.getElementById('saved').className === 'saved'"
EMOJI = (
    "Wij zeggen 👩🏽‍🌾 en cafe\u0301: vrijwilligers zijn het hart. Ze krijgen bv. vorming. "
    "Dat is afgesproken 🎉 met iedereen."
)
PLAN = document(
    "Plan & co <b>.pdf",
    [
        ("heading", "Missie", 1),
        ("paragraph", EMOJI),
        ("paragraph", "Tegen 2028 heeft elke afdeling een digitaal aanspreekpunt. Dat kost tijd."),
        ("item", "minder drukwerk"),
        ("row", "podcast | 2026 | coördinator"),
        ("footnote", "<img src=x onerror=alert(1)>"),
        ("heading", "Uitvoering", 1),
        ("turn", "Voorzitter: we beginnen in januari."),
        ("paragraph", "Jongeren beslissen zelf over hun budget."),
        ("paragraph", "Aan het einde evalueren we met alle partners."),
    ],
)
OTHER = document(
    "Ander plan.pdf", [("heading", "Visie", 1), ("paragraph", "De vrijwilligers krijgen een verzekering.")]
)
LONG = long_plan("Lang plan.pdf", 60_000)


def place(text: str, words: str) -> tuple[int, int]:
    return text.index(words), text.index(words) + len(words)


def block(plan: Document, number: int) -> tuple[int, int]:
    return int(plan.blocks["start"].iloc[number]), int(plan.blocks["end"].iloc[number])


def make(path: Path) -> Path:
    make_plans(path, [PLAN, OTHER, LONG])
    with Study.open(path) as study:
        plans = study.documents("plannen")
        rows = [(PLAN.name, *block(PLAN, number), "digital", 0.8, "regel digitaal*") for number in (2, 8)]
        rows.append((PLAN.name, *place(PLAN.text, "een digitaal aanspreekpunt"), "funding", 0.4, "woorden die wegen"))
        columns = ["document", "start", "end", "code", "probability", "reason"]
        plans.propose(pd.DataFrame(rows, columns=columns), method="rules", who="page")
    return path


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with serving(make(tmp_path_factory.mktemp("plans") / "plans.study"), "--as", "carla") as served:
        yield served


@pytest.fixture(scope="module")
def browser(page: Page, tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with signed_in(page, tmp_path_factory.mktemp("browser")) as started:
        yield started


def opened(browser: webdriver.Chrome, page: Page, name: str, at: int = 0) -> None:
    browser.get(f"{page.address}/documents/0/read?{urlencode({'document': name, 'block': at})}")
    ready(browser)


def fragments(page: Page, name: str = PLAN.name, who: str = "carla") -> list[tuple[int, int, str]]:
    with Study.open(page.study) as study:
        found = study.documents("plannen").fragments(document=name, coder=who)
    return list(found[["start", "end", "code"]].itertuples(index=False, name=None))


def now(browser: webdriver.Chrome) -> list[int]:
    """The blocks that keys are about."""
    return list(
        browser.execute_script("return [...document.querySelectorAll('.block.now')].map((one) => +one.dataset.block)")
    )


def select(browser: webdriver.Chrome, number: int, words: str) -> None:
    """Select words of a block, as a mouse or a finger does."""
    browser.execute_script(
        """
        const words = document.querySelector(`#b${arguments[0]} .words`);
        const at = words.textContent.indexOf(arguments[1]);
        const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
        const range = document.createRange();
        let start = 0;
        while (walker.nextNode()) {
          const node = walker.currentNode, end = at + arguments[1].length;
          if (at >= start && at <= start + node.length) range.setStart(node, at - start);
          if (end >= start && end <= start + node.length) { range.setEnd(node, end - start); break; }
          start += node.length;
        }
        getSelection().removeAllRanges(); getSelection().addRange(range);
        """,
        number,
        words,
    )


def test_the_documents_are_listed_with_what_is_known_of_them(browser: webdriver.Chrome) -> None:
    assert browser.current_url.endswith("/documents/0/documents")
    table = text_of(browser, "documents")
    assert [name in table for name in (PLAN.name, OTHER.name, LONG.name)] == [True] * 3
    assert {"sector", "Cultuur", "2026-2030"} <= set(table.split())
    press(browser, "/")
    press(browser, *"jeugd")
    assert [one.text for one in browser.find_elements(By.CSS_SELECTOR, "#documents .open")] == [OTHER.name]
    browser.find_element(By.CSS_SELECTOR, "#documents .open").click()
    ready(browser)
    assert OTHER.name in browser.title


def test_a_key_codes_the_block_and_takes_the_code_away(browser: webdriver.Chrome, page: Page) -> None:
    opened(browser, page, PLAN.name, 3)
    assert now(browser) == [3]
    press(browser, "5")
    assert browser.find_elements(By.CSS_SELECTOR, ".bracket.own.hue-4 .code-number")[0].text == "5"
    until(browser, SAVED)
    assert fragments(page) == [(*block(PLAN, 3), "climate")]
    press(browser, "7", "5")
    until(browser, SAVED)
    assert fragments(page) == [(*block(PLAN, 3), "youth")]
    press(browser, "u", "u")
    until(browser, "return document.querySelectorAll('.bracket.own').length === 1")
    until(browser, SAVED)
    assert fragments(page) == [(*block(PLAN, 3), "climate")]
    press(browser, "u")
    until(browser, "return document.querySelectorAll('.bracket.own').length === 0")


def test_a_part_that_is_selected_is_coded_by_code_points_and_cuts_no_sign(
    browser: webdriver.Chrome, page: Page
) -> None:
    opened(browser, page, PLAN.name, 1)
    select(browser, 1, "vrijwilligers zijn het hart")
    press(browser, "2")
    select(browser, 1, "\u200d🌾 en cafe")  # begins within one emoji, and ends before an accent
    press(browser, "9")
    until(browser, SAVED)
    coded = {code: PLAN.text[start:end] for start, end, code in fragments(page)}
    assert coded == {"volunteers": "vrijwilligers zijn het hart", "local": "👩🏽‍🌾 en cafe\u0301"}
    browser.refresh()
    ready(browser)
    shown = "return [...document.querySelectorAll('.part.own')].map((one) => one.textContent)"
    assert browser.execute_script(shown) == ["👩🏽‍🌾 en cafe\u0301", "vrijwilligers zijn het hart"]
    press(browser, "u", "u")
    until(browser, "return !document.querySelector('.part.own')")


def test_sentences_and_words_are_chosen_by_keys(browser: webdriver.Chrome, page: Page) -> None:
    opened(browser, page, PLAN.name, 1)
    chosen = "return [...document.querySelectorAll('.chosen')].map((one) => one.textContent).join('')"
    press(browser, "]", "]")
    assert browser.execute_script(chosen) == "Ze krijgen bv. vorming."
    press(browser, "[")
    assert browser.execute_script(chosen).endswith("zijn het hart.")
    press(browser, Keys.ARROW_RIGHT, Keys.SHIFT + Keys.ARROW_RIGHT + Keys.NULL)
    assert browser.execute_script(chosen) == "Ze krijgen bv. vorming. Dat is afgesproken 🎉 met iedereen."
    press(browser, Keys.ESCAPE, "w", "w", "W")
    assert browser.execute_script(chosen).startswith("zeggen")
    press(browser, Keys.ESCAPE, "]", "]", "]", "8")
    until(browser, SAVED)
    assert [(PLAN.text[start:end], code) for start, end, code in fragments(page)] == [
        ("Dat is afgesproken 🎉 met iedereen.", "wellbeing")
    ]
    press(browser, "u")
    until(browser, "return !document.querySelector('.part.own')")


def test_several_blocks_are_one_fragment(browser: webdriver.Chrome, page: Page) -> None:
    opened(browser, page, PLAN.name, 3)
    press(browser, Keys.SHIFT + Keys.ARROW_DOWN + Keys.NULL, Keys.SHIFT + Keys.ARROW_DOWN + Keys.NULL)
    assert now(browser) == [3, 4, 5]
    press(browser, "6")
    until(browser, SAVED)
    assert fragments(page) == [(block(PLAN, 3)[0], block(PLAN, 5)[1], "funding")]
    press(browser, "u")
    until(browser, "return !document.querySelector('.bracket.own')")


def test_space_reads_enter_takes_what_is_proposed_and_n_says_nothing_is_here(
    browser: webdriver.Chrome, page: Page
) -> None:
    opened(browser, page, PLAN.name, 0)
    assert browser.find_elements(By.CSS_SELECTOR, ".bracket.proposed")
    press(browser, " ", "n")
    until(browser, "return document.querySelector('.block.now').id === 'b2'")
    assert "regel digitaal*" in text_of(browser, "proposals")
    press(browser, Keys.ENTER)
    until(browser, "return document.querySelector('.block.now').id === 'b3'")
    until(browser, SAVED)
    expected = [(*block(PLAN, 2), "digital"), (*place(PLAN.text, "een digitaal aanspreekpunt"), "funding")]
    assert sorted(fragments(page)) == sorted(expected)
    with Study.open(page.study) as study:
        marks = study.documents("plannen").read_marks(PLAN.name)
    assert marks[["coder", "start", "end", "blocks"]].to_numpy().tolist() == [["carla", 0, block(PLAN, 2)[1], 3]]
    assert "30" in text_of(browser, "where")
    press(browser, "u", "u")
    until(browser, "return !document.querySelector('.bracket.own')")


def test_a_memo_is_kept_with_its_fragment(browser: webdriver.Chrome, page: Page) -> None:
    opened(browser, page, PLAN.name, 8)
    press(browser, "7", "m")
    press(browser, *"Mooi gezegd", Keys.CONTROL + Keys.ENTER + Keys.NULL)
    until(browser, SAVED)
    assert "Mooi gezegd" in text_of(browser, "given")
    with Study.open(page.study) as study:
        assert study.documents("plannen").fragments("youth")["memo"].tolist() == ["Mooi gezegd"]
    press(browser, "u", "u")
    until(browser, "return !document.querySelector('.bracket.own')")


def test_from_a_fragment_to_the_code_in_all_plans_and_back(browser: webdriver.Chrome, page: Page) -> None:
    opened(browser, page, OTHER.name, 1)
    press(browser, "4")
    until(browser, SAVED)
    opened(browser, page, PLAN.name, 0)
    press(browser, *[Keys.ARROW_DOWN] * 8, "4")
    until(browser, SAVED)
    press(browser, "g")
    until(browser, "return location.pathname.endsWith('/fragments')")
    ready(browser)
    rows = [one.text for one in browser.find_elements(By.CSS_SELECTOR, ".fragment")]
    assert len(rows) == 2
    assert f"[{PLAN.name}, 2026-2030, p. 3, § Uitvoering]" in "".join(rows)
    link = next(one for one in browser.find_elements(By.CSS_SELECTOR, ".fragment a") if OTHER.name in one.text)
    link.click()
    until(browser, "return document.title.includes('Ander plan')")
    ready(browser)
    assert now(browser) == [1]
    browser.back()
    until(browser, "return location.pathname.endsWith('/fragments')")
    ready(browser)
    press(browser, Keys.BACKSPACE)
    until(browser, "return location.pathname.endsWith('/read')")
    ready(browser)
    assert now(browser) == [8]
    press(browser, "u", "u")
    until(browser, "return !document.querySelector('.bracket.own')")
    until(browser, SAVED)
    assert fragments(page, OTHER.name) == []


def test_a_fragment_gets_another_code_where_all_are_listed(browser: webdriver.Chrome, page: Page) -> None:
    with Study.open(page.study) as study:
        spans = [Span(LONG.name, *block(LONG, number), "wellbeing", memo=f"memo {number}") for number in (1, 4)]
        study.documents("plannen").code(spans, "carla")
    browser.get(f"{page.address}/documents/0/fragments?code=wellbeing")
    ready(browser)
    browser.execute_script(
        "const one = document.querySelector('.fragment select'); one.value = 'local';"
        "one.dispatchEvent(new Event('change'))"
    )
    until(browser, "return document.querySelectorAll('.fragment').length === 1")
    with Study.open(page.study) as study:
        plans = study.documents("plannen")
        assert plans.fragments("local", "carla", LONG.name)["memo"].tolist() == ["memo 1"]
        plans.uncode(plans.fragments(coder="carla", document=LONG.name)["id"].tolist(), "carla")


def test_what_is_searched_is_shown_and_a_rule_that_cannot_be_read_is_said(
    browser: webdriver.Chrome, page: Page
) -> None:
    opened(browser, page, LONG.name)
    press(browser, "/")
    press(browser, *"afspiegeling", Keys.ENTER)
    until(browser, "return document.querySelector('.chosen')?.textContent === 'afspiegeling'")
    assert "plaatsen gevonden" in text_of(browser, "found")
    press(browser, "/")
    browser.execute_script("document.getElementById('search').value = ''")
    press(browser, *"half OF (", Keys.ENTER)
    until(browser, "return !document.getElementById('search-error').hidden")
    press(browser, Keys.ESCAPE)
    assert all("400" in line for line in complaints(browser))


def test_only_what_is_near_the_screen_is_in_the_page(browser: webdriver.Chrome, page: Page) -> None:
    opened(browser, page, LONG.name)
    blocks = "return document.querySelectorAll('.block').length"
    assert 0 < browser.execute_script(blocks) < 160 < len(LONG)
    last = browser.find_elements(By.CSS_SELECTOR, "#outline a")[-1]
    wanted = str(last.get_attribute("href")).rpartition("#")[2]
    browser.execute_script("arguments[0].click()", last)
    until(browser, f"return document.querySelector('.block.now')?.id === '{wanted}'")
    until(
        browser,
        "const [one, view] = ['.block.now', '#plan'].map((name) => document.querySelector(name)"
        ".getBoundingClientRect()); return one.top >= view.top && one.bottom <= view.bottom",
    )
    assert browser.execute_script(blocks) < 160
    assert browser.execute_script("return document.getElementById('b0')") is None


def test_in_a_control_passage_nothing_is_proposed_before_it_was_read(tmp_path: Path) -> None:
    path = make(tmp_path / "control.study")
    with Study.open(path) as study:
        plans = study.documents("plannen")
        plans.code([Span(PLAN.name, *block(PLAN, 3), "climate")], "bert")
        assert plans.draw_control(500, "anna") > 5
        assert plans.draw_control(500, "anna") == 0
        passage = plans.control(PLAN.name)
    assert passage[["start", "end", "blocks"]].to_numpy().tolist() == [[0, block(PLAN, 9)[1], 10]]
    with serving(path, "--as", "carla") as page, browsing(tmp_path / "browser") as browser:
        browser.get(f"{page.address}/sign-in?token={page.token()}")
        ready(browser)
        opened(browser, page, PLAN.name)
        assert "Controlepassage" in text_of(browser, "control-note")
        assert browser.find_elements(By.CSS_SELECTOR, ".bracket") == []
        press(browser, *[" "] * 9)
        until(browser, SAVED)
        assert browser.find_elements(By.CSS_SELECTOR, ".bracket") == []
        press(browser, " ")
        until(browser, "return document.querySelectorAll('.bracket.proposed').length === 3")
        until(browser, "return document.querySelectorAll('.bracket.other').length === 1")
        assert browser.execute_script("return document.getElementById('control-note').hidden")


def test_two_people_see_each_others_fragments_and_take_none_away(
    browser: webdriver.Chrome, page: Page, tmp_path: Path
) -> None:
    opened(browser, page, LONG.name, 2)
    with serving(page.study, "--as", "dora", log_of=".dora") as hers, browsing(tmp_path) as other:
        other.get(f"{hers.address}/sign-in?token={hers.token()}")
        ready(other)
        opened(other, hers, LONG.name, 2)
        press(other, "3")
        until(other, SAVED)
        until(browser, "return document.querySelector('.bracket.other.hue-2') !== null")
        press(browser, "3")
        until(browser, SAVED)
        until(other, "return document.querySelector('.bracket.other.hue-2') !== null")
        press(browser, "3")
        until(browser, SAVED)
    assert fragments(page, LONG.name) == []
    assert fragments(page, LONG.name, "dora") == [(*block(LONG, 2), "cooperation")]


def test_a_text_is_text_and_nothing_leaves_the_machine(browser: webdriver.Chrome, page: Page) -> None:
    opened(browser, page, PLAN.name, 5)
    assert browser.execute_script("return document.querySelector('#b5 .words').textContent") == PLAN.texts()[5]
    assert browser.find_elements(By.CSS_SELECTOR, "#plan img, h1 b") == []
    addresses = {one for one in asked_for(browser) if not one.startswith(("data:", "chrome://", "chrome-untrusted://"))}
    assert {one for one in addresses if not one.startswith(page.address)} == set()
    assert complaints(browser) == []
    assert "vrijwilligers" not in page.log.read_text(encoding="utf-8")
