"""How quickly a study of policy plans takes them over, opens one, takes a key, and gives the fragments of a code.

python benchmarks/documents_store.py [POSTGRESQL ADDRESS]: 131 synthetic plans, 96,000 blocks, 21,500 fragments of 30
codes, and one plan of 500,000 characters. Times are processor seconds of this process (wall seconds in brackets).
"""

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import TypeVar

import numpy as np
import pandas as pd

from coder import Code, Codebook, Study
from coder.documents import BLOCKS, Document, Documents
from coder.study import Span

T = TypeVar("T")
WORDS = ("wij", "willen", "meer", "vrijwilligers", "minder", "mail", "omdat", "het", "sociaal-cultureel", "werk", "dit")
PLANS, BLOCKS_OF_ALL, FRAGMENTS_OF_ALL, CODES = 131, 96_000, 21_500, 30
EACH = FRAGMENTS_OF_ALL // PLANS + 1


def timed(name: str, work: Callable[[], T], times: int = 1) -> T:
    """Do it, and print how long it took, once on average."""
    wall, start = perf_counter(), process_time()
    for _ in range(times):
        done = work()
    used, waited = (process_time() - start) / times, (perf_counter() - wall) / times
    print(f"{name:<62}{used:9.3f} s ({waited:.3f})", flush=True)
    return done


def plan(name: str, blocks: int, rng: np.random.Generator) -> Document:
    """A plan of so many blocks, with a heading each twelfth."""
    parts, rows, place, section = [], [], 0, ""
    for number in range(blocks):
        heading = number % 12 == 0
        text = " ".join(rng.choice(WORDS, 4 if heading else int(rng.integers(8, 40))))
        section = text if heading else section
        page = number // 20 + 1
        kind = "heading" if heading else "paragraph"
        rows.append((place, place + len(text), kind, int(heading), page, str(page), section, "", -1))
        parts.append(text)
        place += len(text) + 2
    return Document(name, "\n\n".join(parts), pd.DataFrame(rows, columns=list(BLOCKS)), sha256=name)


def spans_of(documents: Documents, rng: np.random.Generator) -> list[Span]:
    """Fragments on whole blocks and on parts of them."""
    found = []
    for one in documents:
        rows = rng.integers(0, len(one), EACH)
        starts, ends = one.blocks["start"].to_numpy()[rows], one.blocks["end"].to_numpy()[rows]
        for start, end, code in zip(starts.tolist(), ends.tolist(), rng.integers(0, CODES, EACH), strict=True):
            found.append(Span(one.name, start, start + max(1, (end - start) * 2 // 3), f"c{code}"))
    return found[:FRAGMENTS_OF_ALL]


def corrected(document: Document) -> Document:
    """The plan with a word changed in each hundredth block."""
    parts = document.texts()
    rows, place = document.blocks.copy(), 0
    for number, text in enumerate(parts):
        parts[number] = text.replace("wij", "we", 1) if number % 100 == 0 else text
        rows.loc[number, ["start", "end"]] = place, place + len(parts[number])
        place += len(parts[number]) + 2
    return Document(document.name, "\n\n".join(parts), rows, sha256=f"{document.name} 2")


def main(place: Path | str) -> None:
    """Fill a study and time what people wait for."""
    rng = np.random.default_rng(1)
    plans = tuple(plan(f"plan {number:03d}.pdf", BLOCKS_OF_ALL // PLANS + 1, rng) for number in range(PLANS))
    sectors = pd.DataFrame({"sector": [f"s{number % 5}" for number in range(PLANS)]}, index=[one.name for one in plans])
    documents = Documents(plans, sectors)
    print(documents, f"{sum(len(one.text) for one in plans):,} characters")
    book = Codebook(tuple(Code(f"c{number}", number + 1, {"nl": f"Code {number}"}) for number in range(CODES)))
    study = Study.create(place, name="benchmark")
    kept = study.documents("plans")
    timed("131 plans added", lambda: kept.add(documents, who="lead", period="2021"))
    study["plans"].set_codebook(book, "lead")
    spans = spans_of(documents, rng)
    batches = [spans[at : at + EACH] for at in range(0, len(spans), EACH)]
    timed(f"{len(spans):,} fragments, a batch a plan", lambda: [kept.code(batch, "anna") for batch in batches])
    timed("the same plans again", lambda: kept.add(documents, who="lead", period="2021"))
    study.close()

    study = timed("open", lambda: Study.open(place))
    kept = study.documents("plans")
    long = plan("long.pdf", 3_600, rng)
    print(f"a plan of {len(long.text):,} characters, {len(long):,} blocks")
    kept.add([long], who="lead")
    timed("that plan read back", lambda: kept.document("long.pdf"), 10)
    timed("its fragments and read marks", lambda: (kept.fragments(document="long.pdf"), kept.proposals("long.pdf")), 10)
    starts, ends = long.blocks["start"].tolist(), long.blocks["end"].tolist()
    number = iter(range(3_000))

    def key() -> None:
        at = next(number)
        kept.code([Span("long.pdf", starts[at], ends[at], "c1")], "anna")

    timed("a key: one block coded", key, 50)
    timed("a block marked as read", lambda: kept.mark_read("long.pdf", starts[9], ends[9], "anna"), 50)
    timed("undo", lambda: kept.undo("anna"), 20)
    found = timed("fragments of one code over all plans", lambda: kept.fragments("c1"), 5)
    print(f"{len(found):,} fragments")
    timed("all fragments", kept.fragments)
    timed("gold", kept.gold)
    timed("all plans read back", kept.read)
    for one in plans[:60]:
        kept.mark_read(one.name, 0, len(one.text), "anna")
    coding = timed("coding of blocks", kept.coding)
    print(coding)
    timed("code by document", lambda: pd.crosstab(kept.fragments()["code"], kept.fragments()["document"]))
    new = corrected(long)
    moved = timed("a corrected version of the long plan, told", lambda: kept.add([new], who="lead"))
    timed("and taken over", lambda: kept.add([new], who="lead", accept=True))
    print(moved.fragments["how"].value_counts().to_dict())
    timed("check", study.check)
    study.close()
    if isinstance(place, Path):
        print(f"file {place.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        main(sys.argv[1] if len(sys.argv) > 1 else Path(folder) / "benchmark.study")
