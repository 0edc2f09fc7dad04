"""axe-core finds nothing on any page that breaks WCAG 2.2 AA, in light and in dark."""

from collections.abc import Iterator
from importlib.resources import files

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from tests.review.test_home import CSV, Started
from tests.review_page import browsing, ready, until

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).then((found) =>
  done(found.violations.map((one) => one.id + ": " + one.nodes.map((node) => node.html.slice(0, 160)).join(" | "))));
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Started, webdriver.Chrome]]:
    one = Started(tmp_path_factory.mktemp("axe") / "coder")
    with browsing(tmp_path_factory.mktemp("browser")) as browser:
        browser.get(one.door)
        ready(browser)
        yield one, browser
    one.process.terminate()
    one.process.wait()


@pytest.fixture(scope="module")
def addresses(home: tuple[Started, webdriver.Chrome]) -> dict[str, str]:
    """Where each page is: of the example, of a file that was given, and of a question without a codebook."""
    one, browser = home
    one.enter()
    example = one.api("example", {})["to"]
    draft = one.upload("nieuw.csv", CSV.encode())["draft"]
    fresh = one.add(one.upload("leeg.csv", CSV.encode())["draft"], name="Leeg")["to"].partition("?")[0]
    plans = one.add(one.upload("plan.txt", b"1. Inleiding\n\nWij werken met vrijwilligers.\n")["draft"], name="Plan")[
        "to"
    ]
    documents = plans.partition("?")[0] + "documents/0/"
    browser.get(one.door.partition("/sign-in")[0] + "/")
    return {
        "home": "/", "new": f"/new?draft={draft}", "begin": f"{fresh}0/begin",
        "documents": f"{documents}documents", "read": f"{documents}read", "fragments": f"{documents}fragments",
        "figures": f"{documents}figures?view=codes",
        **{page: f"{example}0/{page}" for page in ("code", "grid", "codebook", "results")},
    }  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "page", ["home", "new", "begin", "code", "grid", "codebook", "results", "documents", "read", "fragments", "figures"]
)
def test_axe_finds_nothing(
    page: str, theme: str, home: tuple[Started, webdriver.Chrome], addresses: dict[str, str]
) -> None:
    one, browser = home
    browser.get(one.address + addresses[page])
    browser.execute_script("localStorage.setItem('coder-theme', arguments[0])", theme)
    browser.refresh()
    ready(browser)
    if page == "begin":
        until(browser, "return document.body.dataset.counted || !document.getElementById('error').hidden")
    assert browser.find_element(By.TAG_NAME, "html").get_attribute("data-theme") == theme
    browser.execute_script(AXE)
    assert browser.execute_async_script(RUN) == []
