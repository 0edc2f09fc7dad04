"""A study with synthetic answers, the page that serves it, and a browser to look at it with."""

import asyncio
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
from urllib.parse import unquote, urlencode

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait
from starlette.applications import Starlette
from starlette.types import Message

from coder import Corpus, read_answers, read_codebook
from coder.files.answers import parse_codes
from coder.review.app import Page as ReviewPage
from coder.review.frame import Frame
from coder.review.live_documents import LiveDocuments
from coder.review.live_question import LiveQuestion
from coder.review.security import Gate, Guard, Team
from coder.study import Decision, Study
from coder.words import speaking
from tests.conftest import CODER, ROOT

HOSTILE = "<script>document.title='stolen'</script><img src=x onerror=alert(1)> & \"quotes\""
PATIENCE = 240
_HELD = (Keys.SHIFT, Keys.CONTROL, Keys.ALT)


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
            study["trends"].add_answers(Corpus(units), accept=True, who="anna")
        study["trends"].set_codebook(book, "anna")
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
    study["trends"].decide(who, [Decision(unit, code) for code in [*codes, ""]])


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
def serving(study: Path, *options: str, log_of: str = "", address: str = "") -> Iterator[Page]:
    """The page of a study, on a port of its own; `log_of` tells its log from that of another page of the study.

    With the `address` of a database the study is there, and only the log beside `study`.
    """
    log = study.with_suffix(f"{log_of}.log")
    arguments = [
        str(CODER),
        "review",
        address or str(study),
        "--port",
        "0",
        "--embedding",
        "none",
        "--language",
        "nl",
        *options,
    ]
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
def browsing(folder: Path, *, language: str = "nl") -> Iterator[webdriver.Chrome]:
    """A browser that reaches this machine alone, asks for pages in this language, and writes down what it asks for."""
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
    options.add_experimental_option(
        "prefs", {"download.default_directory": str(folder / "downloads"), "intl.accept_languages": language}
    )
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = _Browser(options, webdriver.ChromeService(driver))
    try:
        yield browser
    finally:
        browser.quit()


@contextmanager
def signed_in(page: Page, folder: Path) -> Iterator[webdriver.Chrome]:
    """A browser in which a person is signed in."""
    with browsing(folder) as started:
        started.get(f"{page.address}/sign-in?token={page.token()}")
        ready(started)
        yield started


def ready(browser: webdriver.Chrome) -> None:
    """Wait until the page shows what it has."""
    until(browser, "return document.body?.dataset.ready === 'yes'")


def until(browser: webdriver.Chrome, script: str, *arguments: object) -> Any:  # noqa: ANN401
    """Wait until a script returns something true, and return that."""
    return WebDriverWait(browser, PATIENCE, 0.03).until(lambda one: one.execute_script(script, *arguments))


def press(browser: webdriver.Chrome, *keys: str) -> None:
    """Press keys, wherever the focus is by then: the page may draw anew what held it between two keys.

    Shift, Control and Alt are held down for the keys they stand with: `Keys.SHIFT + Keys.ARROW_DOWN` is one.
    """
    for key in keys:
        held = [one for one in key if one in _HELD]
        chain = ActionChains(browser)
        for one in held:
            chain.key_down(one)
        chain.send_keys(*(one for one in key if one not in _HELD))
        for one in held:
            chain.key_up(one)
        chain.perform()


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


class _Element(WebElement):
    """An element that is found again where the page has drawn it anew since."""

    found_by: tuple[str, str | None] | None = None

    def _execute(self, command: str, params: dict[str, Any] | None = None) -> Any:  # noqa: ANN401
        try:
            return super()._execute(command, params)  # type: ignore[no-untyped-call]
        except StaleElementReferenceException:
            if not self.found_by:
                raise
            self._id = self.parent.find_element(*self.found_by).id
            return super()._execute(command, params)  # type: ignore[no-untyped-call]


class _Browser(webdriver.Chrome):
    """A browser whose elements know how they were found."""

    _web_element_cls = _Element

    def find_element(self, by: Any = By.ID, value: str | None = None) -> WebElement:  # noqa: ANN401
        found = super().find_element(by, value)
        assert isinstance(found, _Element)
        found.found_by = by, value
        return found


class Inside:
    """The page of a study without a server or a process: requests go into the application, as a network would.

    With `documents` it is the page of that set of documents, and of no question.
    """

    def __init__(
        self, study: Study, *, question: str = "trends", documents: str = "", people: Mapping[str, str] | None = None
    ) -> None:
        self.home = "/documents/0/documents" if documents else "/0/code"
        for who, role in (people or {}).items():
            study.add_person(who, role=role)
        self.logged: list[str] = []
        self.gate = Gate(frozenset({"here"}), check=lambda _who, given: given == "right")
        if not documents:
            self.live = LiveQuestion(study, question, "page", embedding="none")
        with speaking("nl"):
            frame = Frame(self.gate)
        self.page = ReviewPage(
            frame, [] if documents else [self.live], Team(study, alone=False), name="Study",
            live_documents=[LiveDocuments(study, documents, embedding="none")] if documents else [],
        )  # fmt: skip
        self.app = Guard(self.page.app(), self.gate, self.logged.append)
        assert isinstance(self.app.app, Starlette)
        self.routes = self.app.app.routes

    def signed_in(self, who: str) -> dict[str, str]:
        """The headers with which somebody asks."""
        entered = self.gate.sign_in(who, "right", "192.0.2.1")
        assert not isinstance(entered, str)
        cookie = entered.headers["set-cookie"].partition(";")[0]
        headers = {"host": "here", "origin": "http://here", "cookie": cookie, "content-type": "application/json"}
        found = re.search(rb'data-token="([^"]+)"', self.ask("GET", self.home, headers)[1])
        assert found
        return {**headers, "x-coder-token": found[1].decode()}

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> tuple[int, bytes]:
        """The status and the body of an answer."""
        sent = self._answer(method, path, headers, body)
        return sent[0]["status"], b"".join(one.get("body", b"") for one in sent[1:])

    def head(self, method: str, path: str, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers of an answer."""
        return {name.decode(): value.decode() for name, value in self._answer(method, path, headers)[0]["headers"]}

    def _answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> list[Message]:
        place, _, query = path.partition("?")
        sent: list[Message] = []
        scope = {
            "type": "http", "method": method, "path": unquote(place), "raw_path": place.encode(), "root_path": "",
            "query_string": query.encode(), "client": ("192.0.2.1", 1), "scheme": "http", "http_version": "1.1",
            "headers": [(name.encode(), value.encode("utf-8", "replace")) for name, value in headers.items()],
        }  # fmt: skip

        parcels = iter([body])

        async def receive() -> Message:
            for parcel in parcels:
                return {"type": "http.request", "body": parcel, "more_body": False}
            await asyncio.Event().wait()  # nobody goes away
            raise AssertionError

        async def send(message: Message) -> None:
            sent.append(message)

        asyncio.run(self.app(scope, receive, send))
        return sent


FAINT = """
const light = (rgb) => rgb.slice(0, 3).map((one) => one / 255)
  .map((one) => one <= .04045 ? one / 12.92 : ((one + .055) / 1.055) ** 2.4)
  .reduce((sum, one, place) => sum + one * [.2126, .7152, .0722][place], 0);
const rgb = (text) => (text.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
const behind = (one) => {
  for (; one; one = one.parentElement) {
    const colour = rgb(getComputedStyle(one).backgroundColor);
    if (colour.length < 4 || colour[3] === 1) return colour;
  }
  return [255, 255, 255];
};
const faint = [];
for (const one of document.querySelectorAll("body *")) {
  const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  const box = one.getBoundingClientRect();
  if (!own || box.width < 2 || one.disabled || one.closest(".skip, option")) continue;
  const [fore, back] = [light(rgb(getComputedStyle(one).color)), light(behind(one))];
  const contrast = (Math.max(fore, back) + .05) / (Math.min(fore, back) + .05);
  if (contrast < 4.5) faint.push(one.outerHTML.slice(0, 80) + contrast.toFixed(2));
}
return faint;
"""
"""Texts that do not stand out enough from what is behind them."""
SMALL = """
return [...document.querySelectorAll("button, select, input, textarea, summary, .top a, a.button")]
  .filter((one) => one.getBoundingClientRect().width > 2)
  .map((one) => [one.closest("label.tick") || one, one])
  .filter(([box]) => box.getBoundingClientRect().height < 43.5)
  .map(([, one]) => one.outerHTML.slice(0, 80));
"""
"""What is pressed and is too small for a finger."""
