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


SPILLS = """
const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
const read = "button, a, input, select, textarea, h1, h2, h3, p, td, th, label, summary";
const lost = [...document.querySelectorAll(`main :is(${read}), header :is(button, a, select)`)]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }))
  .filter((one) => !one.closest(".scroll, [tabindex='0'], .skip, .hidden-words, svg"))
  .filter((one) => {
    const box = one.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) return false;
    for (let around = one.parentElement; around; around = around.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(around);
      if (/auto|scroll/.test(overflowX + overflowY)) return false; // it can be scrolled to
    }
    return box.left < -1 || box.right > document.documentElement.clientWidth + 1;
  });
return [...(wide > 1 ? [`${wide} too wide`] : []), ...lost.map((one) => one.outerHTML.slice(0, 120))];
"""
CUT = """
return [...document.querySelectorAll("main button, main a.button, header button, header a, main label")]
  .filter((one) => one.checkVisibility() && !one.matches(".hidden-words") && one.getBoundingClientRect().width > 2)
  .filter((one) => getComputedStyle(one).overflow === "hidden")
  .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)
  .map((one) => one.outerHTML.slice(0, 120));
"""
ON_SCREEN = """
const [text, acts] = ["#text", ".acts"].map((one) => document.querySelector(one).getBoundingClientRect());
return text.height > 0 && text.top + 24 < acts.top && acts.bottom <= innerHeight + 1;
"""
PAGES = ["home", "new", "begin", "code", "grid", "codebook", "results", "documents", "read", "fragments"]


@pytest.mark.parametrize("page", PAGES)
def test_at_twice_the_size_nothing_is_lost_and_nothing_scrolls_sideways(
    page: str, home: tuple[Started, webdriver.Chrome], addresses: dict[str, str]
) -> None:
    """A window of 1280 pixels at 200 % has 640 of the page's own, each two dots wide (WCAG 1.4.4 and 1.4.10)."""
    one, browser = home
    size = {"width": 640, "height": 450, "deviceScaleFactor": 2, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        browser.get(one.address + addresses[page])
        ready(browser)
        assert browser.execute_script("return [innerWidth, devicePixelRatio]") == [640, 2]
        assert browser.execute_script(SPILLS) == []
        assert browser.execute_script(CUT) == []
        if page == "code":
            assert browser.execute_script(ON_SCREEN), "the answer is under the buttons"
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


MOVES = """
const moves = [];
for (const sheet of document.styleSheets) {
  const look = (rules, calm) => {
    for (const rule of rules) {
      const media = rule.media?.mediaText ?? "", within = calm || media.includes("no-preference");
      if (rule.cssRules && rule.type !== CSSRule.STYLE_RULE) look(rule.cssRules, within);
      const { animationName, transitionDuration, scrollBehavior } = rule.style ?? {};
      const moving = animationName || parseFloat(transitionDuration) || scrollBehavior === "smooth";
      if (!calm && moving) moves.push(rule.cssText);
    }
  };
  look(sheet.cssRules, false);
}
return [...moves, ...document.getAnimations().map((one) => one.animationName ?? "an animation")];
"""


@pytest.mark.parametrize("page", PAGES)
def test_nothing_moves_for_who_asked_for_less_motion(
    page: str, home: tuple[Started, webdriver.Chrome], addresses: dict[str, str]
) -> None:
    one, browser = home
    calm = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", calm)
    try:
        browser.get(one.address + addresses[page])
        ready(browser)
        assert browser.execute_script("return matchMedia('(prefers-reduced-motion: reduce)').matches")
        assert browser.execute_script(MOVES) == []
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
