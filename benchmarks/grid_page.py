"""How long the grid takes to open, scroll, filter and code, to the painted screen, on a synthetic study.

python benchmarks/grid_page.py [answers] [times]: makes a study of so many answers with 22 background columns and
proposals by the rules, some coded; serves it and drives it with Chromium, 1280 by 800. Each act is told as a clock saw
it, from the event to the frame that shows it, and as processor time of the page's own thread; of a filter that is
chosen, and of 50 answers that get a code, the time is that of the event and the frame after it. Needs chromium,
chromedriver, and a system with /proc.
"""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.documents_page import PAINTED, SEEN, cpu, said, thread
from coder import Corpus, read_answers, read_codebook
from coder.methods.rules.engine import Rules
from coder.study import Study
from tests.conftest import ROOT
from tests.review_page import browsing, decide, human, ready, serving, until

ANSWERS, TIMES, COLUMNS, TAUGHT, OPENED = 20_000, 40, 22, 400, 8
DO = """
const done = arguments[arguments.length - 1];
const start = performance.now();
(new Function(arguments[0]))();
const painted = () => { const one = new MessageChannel();
  one.port1.onmessage = () => done(performance.now() - start); one.port2.postMessage(0); };
requestAnimationFrame(painted);
"""
"""Do something, and tell the milliseconds until the frame after it is painted."""
PRESS = "(document.activeElement || document.body).dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, %s}))"
SCROLL = "const grid = document.getElementById('grid'); grid.scrollTop = %d; grid.dispatchEvent(new Event('scroll'))"
OPEN_FILTER = "document.querySelector('#head [data-key=\"%s\"]').click()"
TICK = "document.querySelectorAll('dialog input[type=checkbox]')[%d].click()"
FROM_TOP = "const grid = document.getElementById('grid'); grid.scrollTop = 0; grid.focus()"


def main(answers: int, times: int) -> None:
    """Measure and print."""
    with TemporaryDirectory() as folder:
        study = Path(folder) / "large.study"
        make(study, answers)
        print(f"{answers:,} answers, {COLUMNS} background columns, {study.stat().st_size / 1e6:.0f} MB")
        with serving(study, "--as", "carla") as page, browsing(Path(folder) / "browser") as browser:
            browser.get(f"{page.address}/sign-in?token={page.token()}")
            ready(browser)
            until(browser, "return !/…$/.test(document.getElementById('learning').textContent)")
            browser.set_window_size(1280, 940)  # of which 800 are the page
            opening(page, browser)
            browser.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
            draw = np.random.default_rng(1)
            rows = 60 * answers
            act(browser, "scroll by a screen", [SCROLL % (700 * at) for at in range(times)])
            act(browser, "scroll anywhere", [SCROLL % at for at in draw.integers(rows, size=times).tolist()])
            browser.execute_script(FROM_TOP)
            act(browser, "arrow", [PRESS % "key: 'ArrowDown'"] * times)
            for key in (".kolom 1", ".kolom 4", "codes"):
                browser.execute_script(OPEN_FILTER % key)
                act(browser, f"filter on {key}", [TICK % (at % 4) for at in range(times // 4 * 4)])
                browser.execute_script("document.querySelector('dialog .primary').click()")
            act(browser, "sort by a column", [sort(".kolom 1", at) for at in range(times)])
            browser.execute_script(FROM_TOP)
            chosen = "key: 'ArrowDown', shiftKey: true"
            for _ in range(49):
                browser.execute_script(PRESS % chosen)
            act(browser, "code 50 at once", [PRESS % "key: '1', code: 'Digit1'"] * times)
            until(browser, "return !document.getElementById('saved').classList.contains('busy')")
            browser.execute_script(PRESS % "key: 'a', ctrlKey: true")
            act(browser, "fold the same answers", ["document.getElementById('fold').click()"] * times)
            print(f"rows in the page: {browser.execute_script('return document.querySelectorAll(`.grid-row`).length')}")
            server(page, answers)


def opening(page, browser) -> None:  # noqa: ANN001
    """From the start of the navigation to the frame with the answers, and what it cost."""
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": SEEN})
    query = "?" + "&".join(f"show=kolom+{number}" for number in range(1, 6))
    took, spent = [], (cpu(page.process.pid), cpu(browser.service.process.pid))
    for _ in range(OPENED):
        browser.get(f"{page.address}/0/grid{query}")
        took.append(until(browser, PAINTED))
        until(browser, "return document.body.dataset.more")
    now = cpu(page.process.pid), cpu(browser.service.process.pid)
    print(said("opened with 5 columns", took))
    each = [(after - before) / OPENED for before, after in zip(spent, now, strict=True)]
    print(f"processor time of an opening: server {each[0]:.0f} ms, browser {each[1]:.0f} ms")


def act(browser, what: str, scripts: list[str]) -> None:  # noqa: ANN001
    """Do these one after another; print how long each took to be painted, and what the thread of the page worked."""
    before, took = thread(browser), []
    for one in scripts:
        took.append(browser.execute_async_script(DO, one))
        time.sleep(0.02)
    print(f"{said(what, took)}; processor {(thread(browser) - before) / len(scripts):.0f} ms")


def sort(key: str, at: int) -> str:
    """Open the dialog of a column, choose an order, and close it."""
    choose = f"document.querySelectorAll('dialog input[type=radio]')[{1 + at % 2}].click()"
    return f"{OPEN_FILTER % key}; {choose}; document.querySelector('dialog .primary').click()"


def server(page, answers: int) -> None:  # noqa: ANN001
    """What the server takes for a search, for coding many at once, and for undoing that."""
    client = page.sign_in()
    units = [f"u{number}" for number in range(answers - 2_000, answers)]
    asked = {
        "search as a rule": ("grid-search", {"value": "video* NOT meeting"}),
        "50 answers coded, on the disk": ("acts", {"acts": [decided("a", units[:50])]}),
        "2,000 answers coded, on the disk": ("acts", {"acts": [decided("b", units)]}),
        "and undone": ("acts", {"acts": [{"id": "c", "kind": "undo", "grid": True}]}),
        "what changed since": ("grid-now", {"event": 0}),
    }
    for what, (path, body) in asked.items():
        before = time.perf_counter()
        status, _ = client.post(path, body)
        print(f"{what}: {1000 * (time.perf_counter() - before):.0f} ms ({status})")


def decided(id_: str, units: list[str]) -> dict[str, object]:
    """An act that gives a code to many."""
    return {"id": id_, "kind": "decide", "units": units, "codes": {"video": "yes"}, "seen": True}


def make(path: Path, answers: int) -> None:
    """A study of so many synthetic answers, with columns of few and of many values."""
    read = read_answers(ROOT / "corpora" / "trends-2024.csv", text="answer", id="id").corpus
    texts, given = read.texts.tolist(), human(2024)
    words = [word for text in texts for word in text.split()]
    draw = np.random.default_rng(1)
    base = draw.integers(len(texts), size=answers)
    made = [" ".join([texts[at], *draw.choice(words, int(draw.integers(3)))]) for at in base]
    index = pd.Index([f"u{number}" for number in range(answers)], name="unit")
    sizes = [4 + 3 * number for number in range(COLUMNS - 2)]
    columns = {
        f"kolom {n}": [f"waarde {v}" for v in draw.integers(size, size=answers)] for n, size in enumerate(sizes, 1)
    }
    columns |= {
        "gewicht": [f"{v:.3f}".replace(".", ",") for v in draw.gamma(4, 0.25, answers)],
        "nummer": range(answers),
    }
    corpus = Corpus(pd.DataFrame({"text": made, **columns}, index=index).astype(str))
    book = read_codebook(ROOT / "codebooks" / "trends.yaml")
    with Study.create(path, name="Synthetic") as study:
        study["trends"].add_answers(corpus, who="anna")
        study["trends"].set_codebook(book, "anna")
        study["trends"].propose(Rules().code(corpus, book), who="anna")
        for number in range(TAUGHT):
            decide(study, "anna", f"u{number}", given.get(read.ids[base[number]], []))


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:3]) if len(sys.argv) > 1 else (ANSWERS, TIMES))
