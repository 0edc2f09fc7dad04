"""How long a key takes on the page, from keydown to the painted screen, on synthetic answers.

python benchmarks/review.py [answers] [keys]: makes a study, serves it, and drives it with Chromium. Sentences are put
together of those in corpora/, so they are synthetic. Needs chromium and chromedriver.
"""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))
from coder import Corpus, read_answers, read_codebook
from coder.study import Study
from tests.conftest import ROOT
from tests.review_page import browsing, decide, human, press, ready, serving, until

ANSWERS, KEYS = 20_000, 100
TAUGHT = 400

WATCH = """
addEventListener("keydown", (event) => {
  const start = event.timeStamp;
  requestAnimationFrame(() => { const one = new MessageChannel();
    one.port1.onmessage = () => window.took.push(performance.now() - start); one.port2.postMessage(0); });
}, true);
"""


def main(answers: int, keys: int) -> None:
    """Measure and print."""
    with TemporaryDirectory() as folder:
        study = Path(folder) / "large.study"
        make(study, answers)
        started = time.perf_counter()
        with serving(study, "--as", "carla") as page, browsing(Path(folder) / "browser") as browser:
            print(f"{answers} answers: the address is printed after {time.perf_counter() - started:.1f} s")
            browser.get(f"{page.address}/sign-in?token={page.token()}")
            ready(browser)
            browser.execute_script(WATCH)
            print(f"the first answer shows after {time.perf_counter() - started:.1f} s")
            quiet = measured(browser, keys)
            print(said("key to screen, while the machine learns", quiet))
            until(browser, "return !/…$/.test(document.getElementById('learning').textContent)")
            print(f"learned, proposed and chose after {time.perf_counter() - started:.1f} s")
            print(said("key to screen", measured(browser, keys)))
            client = page.sign_in()
            saves = []
            for number in range(keys):
                act = {"id": f"b{number}", "kind": "decide", "units": [f"u{answers - number - 1}"]}
                before = time.perf_counter()
                client.post("acts", {"acts": [{**act, "codes": {"ai": "yes"}, "seen": True}]})
                saves.append(1000 * (time.perf_counter() - before))
            print(said("decision sent to confirmed on disk", saves))
            before = time.perf_counter()
            client.post("new-code", {"name": "Iets nieuws", "rule": "iets nieuws"})
            print(f"new code with a rule: {1000 * (time.perf_counter() - before):.0f} ms")
            for name in ("status", "codes"):
                before = time.perf_counter()
                client.get(name)
                print(f"{name}: {1000 * (time.perf_counter() - before):.0f} ms")


def measured(browser, keys: int) -> list[float]:  # noqa: ANN001
    """Milliseconds of so many keys: a code, Enter, a code, none."""
    browser.execute_script("window.took = []")
    pressed = ("1", "\ue007", "3", "n")
    for number in range(keys):
        press(browser, pressed[number % len(pressed)])
        time.sleep(0.05)
    return list(browser.execute_script("return window.took"))


def said(what: str, took: list[float]) -> str:
    """Median and 95th percentile."""
    return f"{what}: median {np.median(took):.1f} ms, 95 % {np.percentile(took, 95):.1f} ms, {len(took)} times"


def make(path: Path, answers: int) -> None:
    """A study of so many synthetic answers, some coded."""
    read = read_answers(ROOT / "corpora" / "trends-2024.csv", text="answer", id="id").corpus
    texts, given = read.texts.tolist(), human(2024)
    words = [word for text in texts for word in text.split()]
    draw = np.random.default_rng(1)
    base = draw.integers(len(texts), size=answers)
    made = [" ".join([texts[place], *draw.choice(words, 2)]) for place in base]
    units = pd.DataFrame({"text": made}, index=pd.Index([f"u{number}" for number in range(answers)], name="unit"))
    with Study.create(path, name="Synthetic") as study:
        study["trends"].add_answers(Corpus(units), who="anna")
        study["trends"].set_codebook(read_codebook(ROOT / "codebooks" / "trends.yaml"), "anna")
        for number in range(TAUGHT):
            decide(study, "anna", f"u{number}", given.get(read.ids[base[number]], []))


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:3]) if len(sys.argv) > 1 else (ANSWERS, KEYS))
