"""The page of differences in a browser: who has the last word goes through them by keys, and by selecting words."""

from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

from coder.study import Span, Study
from tests.review.plans import document, make_plans
from tests.review.test_accessibility import AXE, RUN, SPILLS
from tests.review_page import browsing, press, ready, serving, text_of, until

PLAN = document(
    "Plan & co <b>.pdf",
    [
        ("heading", "Missie", 1),
        ("paragraph", "Wij zeggen 👩🏽‍🌾: vrijwilligers zijn het hart. Ze krijgen vorming en een verzekering."),
        ("paragraph", "Tegen 2028 heeft elke afdeling een digitaal aanspreekpunt."),
        ("paragraph", "Jongeren beslissen zelf over hun budget."),
    ],
)
SETTLED = "return document.querySelectorAll('.difference .settled').length === {}"


def span(words: str, code: str) -> Span:
    start = PLAN.text.index(words)
    return Span(PLAN.name, start, start + len(words), code)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = make_plans(tmp_path / "plans.study", [PLAN])
    with Study.open(made) as study:
        plans = study.documents("plannen")
        plans.code(
            [span("vrijwilligers zijn het hart", "volunteers"), span("digitaal aanspreekpunt", "digital")], "anna"
        )
        plans.code([span("vrijwilligers zijn het hart. Ze", "volunteers"), span("een digitaal", "funding")], "bert")
        plans.code([span("Jongeren beslissen zelf", "youth")], "bert")
        for who in ("anna", "bert"):
            plans.mark_read(PLAN.name, 0, len(PLAN.text), who)
    return made


def gold(path: Path) -> list[tuple[str, str, str]]:
    with Study.open(path) as study:
        found = study.documents("plannen").gold()
    rows = zip(*(found[name].tolist() for name in ("start", "end", "code", "coder")), strict=True)
    return [(PLAN.text[start:end], code, coder) for start, end, code, coder in rows]


def test_the_last_word_is_given_by_keys_over_all_differences(path: Path, tmp_path: Path) -> None:
    with serving(path, "--as", "carla") as page, browsing(tmp_path / "browser") as browser:
        browser.get(f"{page.address}/sign-in?token={page.token()}")
        ready(browser)
        browser.get(f"{page.address}/documents/0/differences")
        ready(browser)
        assert text_of(browser, "total").startswith("Nog 3 verschillen")
        assert "anna las dit en gaf hier niets." in text_of(browser, "rows")
        # None of the second; of the first what bert gave. Keys go where the focus is, whatever is drawn anew meanwhile.
        ActionChains(browser).send_keys("jnk2\ue007").perform()
        until(browser, SETTLED.format(2))
        until(browser, "return document.querySelector('.difference.now')?.id === 'd2'")
        press(browser, "e", "\ue014", "\ue014")  # one's own, its end two words further
        size = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.execute_script(AXE)
        assert browser.execute_async_script(RUN) == []
        assert browser.execute_script(SPILLS) == []
        press(browser, "\ue007")
        until(browser, SETTLED.format(3))
        assert gold(path) == [
            ("vrijwilligers zijn het hart. Ze", "volunteers", "carla"),
            ("Jongeren beslissen zelf over hun", "youth", "carla"),
        ]
        press(browser, "u")
        until(browser, "return document.querySelectorAll('.difference').length === 1")
        assert gold(path)[-1] == ("Jongeren beslissen zelf", "youth", "bert")
        browser.find_element(By.CSS_SELECTOR, "#state option[value=settled]").click()
        until(browser, "return document.querySelectorAll('.difference').length === 2")
        browser.execute_script("""
            const node = document.querySelector("#d0 .words").lastChild.firstChild;
            getSelection().setBaseAndExtent(node, 1, node, 16);
        """)
        until(browser, "return document.querySelector('#d0 .choice.own') !== null")
        press(browser, "\ue007")
        until(browser, "return document.querySelector('#saved').className === 'saved'")
        assert gold(path)[0] == ("krijgen vorming", "volunteers", "carla")
        press(browser, "o")
        until(browser, "return location.pathname.endsWith('/read')")
        ready(browser)
        until(browser, "return document.querySelectorAll('.bracket.replaced').length === 4")
        assert len(browser.find_elements(By.CSS_SELECTOR, ".bracket.last")) == 1
