"""How long opening a plan and a key take on the reading page, to the painted screen, on a synthetic plan.

python benchmarks/documents_page.py [characters] [keys]: makes a study of three plans, one so long, with a fragment on
every sixth block by two people and a proposal on every third; serves it and drives it with Chromium. Opening is from
the start of the navigation to the frame that has the text. Both are told as a clock saw them, and as processor time:
of an opening that of the server and of all processes of the browser together, of a key that of the page's own thread.
Needs chromium, chromedriver, and a system with /proc.
"""

import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))
from coder.study import Span, Study
from tests.review.plans import BOOK, long_plan, make_plans
from tests.review_page import browsing, press, ready, serving, until

CHARACTERS, KEYS, OPENED = 500_000, 100, 15
PAINTED = """
const [painted] = performance.getEntriesByName("painted");
return painted ? painted.startTime : 0;
"""
WATCH = """
window.took = [];
addEventListener("keydown", (event) => {
  const start = event.timeStamp;
  requestAnimationFrame(() => { const one = new MessageChannel();
    one.port1.onmessage = () => window.took.push(performance.now() - start); one.port2.postMessage(0); });
}, true);
"""
SEEN = """
new MutationObserver((_all, one) => {
  if (document.body?.dataset.ready !== "yes") return;
  one.disconnect();
  requestAnimationFrame(() => { const two = new MessageChannel();
    two.port1.onmessage = () => performance.mark("painted"); two.port2.postMessage(0); });
}).observe(document, { subtree: true, childList: true, attributes: true });
"""


def main(characters: int, keys: int) -> None:
    """Measure and print."""
    with TemporaryDirectory() as folder:
        study, size = make(Path(folder) / "plans.study", characters)
        print(f"a plan of {characters:,} characters, {size:,} blocks")
        with serving(study, "--as", "carla") as page, browsing(Path(folder) / "browser") as browser:
            browser.get(f"{page.address}/sign-in?token={page.token()}")
            ready(browser)
            browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": SEEN})
            took = {"first": [], "again": [], "in the middle": []}
            for turn in range(OPENED):
                for what, at in (("again", 0), ("in the middle", size // 2)):
                    query = urlencode({"document": "Plan 0", "block": at})
                    browser.get(f"{page.address}/documents/0/read?{query}")
                    took["first" if not turn and not at else what].append(until(browser, PAINTED))
            for what, some in took.items():
                print(said(f"opened, {what}", some))
            spent = cpu(page.process.pid), cpu(browser.service.process.pid)
            for _ in range(OPENED):
                browser.get(f"{page.address}/documents/0/read?{urlencode({'document': 'Plan 0', 'block': size // 2})}")
                until(browser, PAINTED)
            server, shown = cpu(page.process.pid) - spent[0], cpu(browser.service.process.pid) - spent[1]
            print(f"processor time of an opening: server {server / OPENED:.0f} ms, browser {shown / OPENED:.0f} ms")
            browser.execute_script(WATCH)
            browser.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
            before = thread(browser)
            pressed = ("1", "\ue015", "3", " ", "3", "\ue014", "2", "\ue00c", "\ue015", "n")
            for number in range(keys):
                press(browser, pressed[number % len(pressed)])
                time.sleep(0.05)
            print(said("key to screen", browser.execute_script("return window.took")))
            print(f"processor time of a key: {(thread(browser) - before) / keys:.0f} ms (with all that comes after it)")
            print(f"blocks in the page: {browser.execute_script('return document.querySelectorAll(`.block`).length')}")


def cpu(pid: int) -> float:
    """Milliseconds of a processor that a process and those it started took."""
    total, children = 0.0, {}
    for one in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = one.read_text().rpartition(") ")[2].split()
            children.setdefault(int(fields[1]), []).append((int(one.parent.name), int(fields[11]) + int(fields[12])))
    known = {of: ticks for some in children.values() for of, ticks in some}
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        total += known.get(one, 0)
        waiting += [child for child, _ in children.get(one, [])]
    return 1000 * total / os.sysconf("SC_CLK_TCK")


def thread(browser) -> float:  # noqa: ANN001
    """Milliseconds that the thread of the page worked."""
    metrics = browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return 1000 * next(one["value"] for one in metrics if one["name"] == "TaskDuration")


def said(what: str, took: list[float]) -> str:
    """Median and 95th percentile."""
    return f"{what}: median {np.median(took):.0f} ms, 95 % {np.percentile(took, 95):.0f} ms, {len(took)} times"


def make(path: Path, characters: int) -> tuple[Path, int]:
    """A study of three plans; returns the blocks of the long one too."""
    plans = [long_plan(f"Plan {number}", size, number) for number, size in enumerate((characters, 50_000, 50_000))]
    make_plans(path, plans)
    draw = np.random.default_rng(1)
    with Study.open(path) as study:
        found = study.documents("plannen")
        for plan in plans:
            places = plan.blocks[["start", "end"]].to_numpy().tolist()
            for who in ("carla", "anna"):
                chosen = draw.choice(len(places), len(places) // 6, replace=False)
                found.code([Span(plan.name, *places[at], BOOK.codes[int(at) % 9].id) for at in chosen], who)
        rows = [
            (plan.name, *place, BOOK.codes[at % 9].id, 0.6, "regel digitaal*")
            for plan in plans
            for at, place in enumerate(plan.blocks[["start", "end"]].to_numpy().tolist()[::3])
        ]
        columns = ["document", "start", "end", "code", "probability", "reason"]
        found.propose(pd.DataFrame(rows, columns=columns), method="rules", who="page")
    return path, len(plans[0])


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:3]) if len(sys.argv) > 1 else (CHARACTERS, KEYS))
