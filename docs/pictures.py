"""Makes the pictures of the quick starts: the pages as they are now, of the synthetic example, in Dutch and English.

Run it when a page looks otherwise: `python docs/pictures.py`. It needs Chromium, chromedriver and what the tests need.
"""

import io
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.by import By

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from coder.jobs.demo import write_example  # noqa: E402
from coder.words import speaking  # noqa: E402
from tests.review_page import browsing, ready, until  # noqa: E402

FOLDER = Path(__file__).parent / "pictures"
WIDTH, HEIGHT, COLOURS = 1100, 700, 48
"""The window in pixels, and as many colours as keep a picture small."""


@contextmanager
def home(folder: Path) -> Iterator[str]:
    """The program as a double-click starts it, with a folder of its own; the address that signs in."""
    environment = {**os.environ, "CODER_HOME": str(folder), "BROWSER": "true", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "coder"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True, cwd=ROOT) as process:  # noqa: S603
        try:
            found = None
            while found is None and process.stdout is not None:
                found = re.search(r"http://\S+", process.stdout.readline())
            yield found[0] if found else ""
        finally:
            process.terminate()


def keep(browser: webdriver.Chrome, name: str, within: str = "") -> None:
    """Keep what is on the screen, from an element on where one is named."""
    if within:
        browser.execute_script("document.querySelector(arguments[0]).scrollIntoView()", within)
    time.sleep(0.5)
    seen = Image.open(io.BytesIO(browser.get_screenshot_as_png())).convert("RGB")
    seen.quantize(COLOURS, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)


def take(language: str) -> None:
    """The pictures in one language."""
    with (
        TemporaryDirectory() as folder,
        speaking(language),
        home(Path(folder) / "home") as door,
        browsing(Path(folder) / "browser", language=language) as browser,
    ):
        size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.get(door)
        ready(browser)
        write_example(Path(folder) / "example")
        file = next(
            one for one in (Path(folder) / "example").glob("*.xlsx") if re.match("answers|antwoorden", one.name)
        )
        browser.find_element(By.ID, "file").send_keys(str(file))
        until(browser, "return location.pathname === '/new' && document.querySelectorAll('tbody tr').length > 2")
        until(browser, "return document.getElementById('add') && !document.getElementById('add').disabled")
        keep(browser, f"file-{language}")
        browser.get(door.partition("/sign-in")[0] + "/")
        ready(browser)
        browser.find_element(By.ID, "example").click()
        until(browser, "return location.pathname.endsWith('/0/code')")
        ready(browser)
        keep(browser, f"coding-{language}")
        browser.get(browser.current_url.replace("/0/code", "/0/results"))
        ready(browser)
        keep(browser, f"results-{language}", "nav.pictures")
        browser.find_element(By.ID, "estimate").click()
        until(browser, "return !document.getElementById('estimate-part').hidden")
        keep(browser, f"estimate-{language}", "#estimate-part")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for one in ("nl", "en"):
        take(one)
