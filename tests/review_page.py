"""A study with synthetic answers, the page that serves it, and a browser to look at it with."""

import http.client
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from coder import Corpus, read_answers, read_codebook
from coder.files.answers import parse_codes
from coder.study.store import Decision, Study
from tests.conftest import CODER, ROOT

HOSTILE = "<script>document.title='stolen'</script><img src=x onerror=alert(1)> & \"quotes\""
PATIENCE = 60


def make_study(path: Path, *, coded: int = 0) -> Path:
    """A study of the synthetic trends of two waves, the last answer hostile; so many of 2024 coded by anna."""
    book = read_codebook(ROOT / "codebooks" / "trends.yaml")
    with Study.create(path, name="Trends <b>") as study:
        for year in ("2021", "2024"):
            read = read_answers(ROOT / "corpora" / f"trends-{year}.csv", text="answer", id="id").corpus
            units = read.units.drop(columns=["codes", "origin"])
            if year == "2024":
                units.loc["t24-001", "text"] = HOSTILE
                units.loc[["t24-150", "t24-151", "t24-152"], "text"] = [
                    "Zeker chatgpt!",
                    "chatgpt, zeker",
                    "zeker ChatGPT",
                ]
            study.add_answers("trends", Corpus(units), accept=True, who="anna")
        study.set_codebook("trends", book, "anna")
        for unit, codes in human(2021).items():
            decide(study, "anna", f"2021:{unit}", codes)
        for unit, codes in list(human(2024).items())[4 : 4 + coded]:
            decide(study, "anna", f"2024:{unit}", codes)
    return path


def human(year: int) -> dict[str, list[str]]:
    """What people gave the synthetic answers of a year."""
    read = read_answers(ROOT / "corpora" / f"trends-{year}.csv", text="answer", id="id", needs=["codes"])
    hand = parse_codes(read.corpus.units["codes"], None, "trends")
    given = hand.pairs().groupby("unit")["code"].agg(list).to_dict()
    return {unit: given.get(unit, []) for unit in hand.seen}


def decide(study: Study, who: str, unit: str, codes: list[str]) -> None:
    study.decide("trends", who, [Decision(unit, code) for code in [*codes, ""]])


@dataclass
class Page:
    """A page that is being served, and what its program printed so far."""

    address: str
    study: Path
    log: Path
    process: "subprocess.Popen[bytes]"

    @property
    def host(self) -> str:
        return self.address.removeprefix("http://").rstrip("/")

    def token(self) -> str:
        """The last sign-in token that was printed."""
        return str(re.findall(r"token=(\S+)", self.log.read_text(encoding="utf-8"))[-1])

    def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes | str | None = None
    ) -> tuple[int, dict[str, str], str]:
        """Ask for something, with no header but these; status, headers, body."""
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        connection.request(method, path, body, dict(headers or {}))
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        text = answer.read().decode("utf-8", "replace")
        connection.close()
        return answer.status, found, text

    def sign_in(self, **fields: str) -> "Client":
        """Sign in with the printed token, or with these fields."""
        body = urlencode(fields or {"password": self.token()})
        status, headers, _ = self.ask("POST", "/sign-in", headers={"Origin": self.address, **_FORM}, body=body)
        assert status == 303
        cookie = headers["set-cookie"].partition(";")[0]
        _, _, html = self.ask("GET", "/0/code", headers={"Cookie": cookie})
        found = re.search(r'data-token="([^"]+)"', html)
        assert found
        return Client(self, cookie, found[1])


_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Client:
    """Somebody signed in."""

    page: Page
    cookie: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Cookie": self.cookie,
            "Origin": self.page.address,
            "X-Coder-Token": self.token,
            "Content-Type": "application/json",
        }

    def post(self, path: str, data: object) -> tuple[int, dict[str, Any]]:
        status, _, text = self.page.ask("POST", f"/api/0/{path}", headers=self.headers, body=json.dumps(data))
        return status, json.loads(text) if text.startswith("{") else {"text": text}

    def get(self, path: str) -> dict[str, Any]:
        status, _, text = self.page.ask("GET", f"/api/0/{path}", headers={"Cookie": self.cookie})
        assert status == 200, text
        found: dict[str, Any] = json.loads(text)
        return found


@contextmanager
def serving(study: Path, *options: str) -> Iterator[Page]:
    """The page of a study, on a port of its own."""
    log = study.with_suffix(".log")
    arguments = [str(CODER), "review", str(study), "--port", "0", "--embedding", "none", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with log.open("wb") as out:
        process = subprocess.Popen(arguments, stdout=out, stderr=subprocess.STDOUT, env=environment)
    try:
        found = None
        started = time.monotonic()
        while not found and time.monotonic() - started < PATIENCE and process.poll() is None:
            time.sleep(0.05)
            found = re.search(r"http://[^/\s]+:(\d+)/", log.read_text(encoding="utf-8"))
        assert found, log.read_text(encoding="utf-8")
        yield Page(f"http://127.0.0.1:{found[1]}", study, log, process)
    finally:
        process.terminate()
        process.wait(PATIENCE)


@contextmanager
def browsing(folder: Path) -> Iterator[webdriver.Chrome]:
    """A browser that can reach this machine alone, and writes down what it asks for."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("Chromium and chromedriver are not installed: the page is not looked at in a browser")
    os.environ |= {"SE_AVOID_STATS": "true", "SE_OFFLINE": "true"}
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--window-size=1280,900",
        f"--user-data-dir={folder}",
    ):  # fmt: skip
        options.add_argument(flag)
    options.add_experimental_option("prefs", {"download.default_directory": str(folder / "downloads")})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(options, webdriver.ChromeService(driver))
    try:
        yield browser
    finally:
        browser.quit()


def ready(browser: webdriver.Chrome) -> None:
    """Wait until the page shows what it has."""
    until(browser, "return document.body.dataset.ready === 'yes'")


def until(browser: webdriver.Chrome, script: str, *arguments: object) -> Any:  # noqa: ANN401
    """Wait until a script returns something true, and return that."""
    return WebDriverWait(browser, PATIENCE, 0.03).until(lambda one: one.execute_script(script, *arguments))


def press(browser: webdriver.Chrome, *keys: str) -> None:
    """Press keys, wherever the focus is."""
    for key in keys:
        browser.switch_to.active_element.send_keys(key)


def text_of(browser: webdriver.Chrome, id_: str) -> str:
    return browser.find_element(By.ID, id_).text


def asked_for(browser: webdriver.Chrome) -> set[str]:
    """The addresses that the browser asked for since it was last asked."""
    messages = (json.loads(row["message"])["message"] for row in _log(browser, "performance"))
    return {one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"}


def complaints(browser: webdriver.Chrome) -> list[str]:
    """What the browser complained of since it was last asked: a script refused, a file that is not there."""
    return [row["message"] for row in _log(browser, "browser") if row["level"] == "SEVERE"]


def _log(browser: webdriver.Chrome, kind: str) -> list[dict[str, Any]]:
    return list(browser.get_log(kind))  # type: ignore[no-untyped-call]
