"""How quickly a study of many answers opens, tells how far it is, takes a decision and gives its tables.

python benchmarks/study.py [ANSWERS] [POSTGRESQL ADDRESS]: synthetic answers (200,000), two coders, 5 codes; half of the
answers are coded, a million at most, and they are added a million at a time.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TypeVar

import numpy as np
import pandas as pd

from coder import Code, Codebook, Coding, Corpus
from coder.coding import assignments
from coder.study import Decision, Study

T = TypeVar("T")
WORDS = ("wij", "willen", "meer", "video", "minder", "mail", "omdat", "het", "te", "duur", "is", "dit", "jaar")
CODES = ("video", "mail", "prijs", "tijd", "mensen")
CODED, MOST_CODED, PART = 0.5, 1_000_000, 1_000_000


def timed(name: str, work: Callable[[], T]) -> T:
    """Do it, and print how long it took."""
    start = perf_counter()
    done = work()
    print(f"{name:<44}{perf_counter() - start:8.3f} s", flush=True)
    return done


def main(size: int, place: Path | str) -> None:
    """Fill a study and time what people wait for."""
    rng = np.random.default_rng(1)
    texts = [" ".join(rng.choice(WORDS, 12)) for _ in range(size)]
    ids = pd.Index([str(number) for number in range(1, size + 1)], name="unit")
    corpus = Corpus(pd.DataFrame({"text": texts, "sector": "zorg", "jaar": "2024"}, index=ids, dtype=str))
    book = Codebook(tuple(Code(id_, number, {"nl": id_}) for number, id_ in enumerate(CODES, 1)))
    study = Study.create(place, name="benchmark")
    for first in range(0, size, PART):
        part = corpus.take(ids[first : first + PART])
        timed(f"add {len(part):,} answers", lambda part=part: study["q"].add_answers(part, who="lead", accept=True))
    study["q"].set_codebook(book, "lead")
    units = ids[: min(int(size * CODED), MOST_CODED)]
    picked = rng.integers(0, len(CODES), len(units))
    own = [Decision(unit, CODES[code]) for unit, code in zip(units, picked, strict=True)]
    timed(f"{len(own):,} decisions in one batch", lambda: study["q"].decide("anna", own))
    timed("10,000 by a second coder", lambda: study["q"].decide("bert", own[:10_000]))
    frame = assignments({"unit": ids.to_numpy(), "code": np.array(CODES, dtype=object)[rng.integers(0, 5, size)]})
    timed(f"{size:,} proposals", lambda: study["q"].propose(Coding("machine", ids, frame), who="lead"))
    study.close()

    study = timed("open", lambda: Study.open(place))
    print(timed("status", study.status).T.to_string(header=False))
    timed("units of a page (50)", lambda: study["q"].units(ids[:50].tolist()))
    timed("proposals of a page (50)", lambda: study["q"].proposals(ids[:50].tolist()))
    timed("state of a page (50)", lambda: study["q"].state(units=ids[:50].tolist()))
    timed("a decision", lambda: study["q"].decide("anna", [Decision("17", "video")]))
    timed("100 decisions, one at a time", lambda: [study["q"].decide("anna", [one]) for one in own[:100]])
    timed("undo", lambda: study["q"].undo("anna"))
    timed("state of all", study["q"].state)
    timed("gold of all", study["q"].coding)
    timed("gold as of an earlier event", lambda: study["q"].coding(at=3))
    timed("disagreements", study["q"].disagreements)
    timed("corpus", study["q"].corpus)
    timed("the same answers again", lambda: study["q"].add_answers(part, who="lead", accept=True))
    study.close()
    if isinstance(place, Path):
        print(f"file {place.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        many = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
        main(many, sys.argv[2] if len(sys.argv) > 2 else Path(folder) / "benchmark.study")  # noqa: PLR2004 (the second argument)
