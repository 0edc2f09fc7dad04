"""Fragments of documents counted and written, in processor seconds: ``python benchmarks/documents_analysis.py``.

131 synthetic plans of 700 blocks with 21,500 fragments of 60 codes: tables, codes together, periods, copied passages;
the horizontal analysis of a code with 700 fragments in every format; agreement of 5 readers on 15 plans and 30 codes
with 1,000 draws.
"""

import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from coder.codebook import Code, Codebook
from coder.documents import BLOCKS, FRAGMENTS, Document, Documents
from coder.reports.horizontal import horizontal
from coder.reports.write_horizontal import ENDINGS, write_horizontal
from coder.tables.codes_in_documents import code_line, codes_by_document, documents_groups, documents_top
from coder.tables.cooccurrence import WITHIN, retrieve, together
from coder.tables.periods import beside, copied
from coder.tables.span_agreement import span_agreement

PLANS, BLOCKS_EACH, FRAGMENTS_ALL, CODES = 131, 700, 21_500, 60
READERS, READ, READ_CODES = 5, 15, 30
SIDES = {"now": {"period": "2021-2025"}, "then": {"period": "2016-2020"}}


def main() -> None:
    """Measure, and print."""
    plans, found, book = made(PLANS, BLOCKS_EACH, FRAGMENTS_ALL, CODES)
    size = sum(len(one.text) for one in plans)
    print(f"{len(plans)} plans, {size:,} characters, {len(found):,} fragments, {CODES} codes; processor seconds\n")
    measured("documents_top", lambda: documents_top(plans, found, book))
    measured("documents_top by sector, letters", lambda: documents_top(plans, found, book, by="sector", letters=True))
    measured("documents_groups", lambda: documents_groups(plans, found, book, "sector"))
    measured("codes_by_document", lambda: codes_by_document(plans, found, book))
    measured("code_line of one plan", lambda: code_line(plans, "plan000", found, book))
    for within in WITHIN:
        measured(f"together, {within}", lambda within=within: together(plans, found, book, within=within))
    for within in WITHIN:
        measured(f"retrieve two codes, {within}", lambda w=within: retrieve(plans, found, book, ["c1", "c2"], within=w))
    measured("beside, two periods", lambda: beside(plans, found, book, organisation="organisation", **SIDES))
    measured("copied, 8-word shingles", lambda: copied(plans, organisation="organisation", **SIDES))
    code = found["code"].value_counts().index[0]
    some = found[found["code"] == code].head(700)
    options = {"by": "sector", "source": ["organisation", "period"], "context": 1, "typical": 3}
    content = horizontal(plans, some, code, book, **options)
    measured(f"horizontal, {len(some)} fragments", lambda: horizontal(plans, some, code, book, **options))
    with TemporaryDirectory() as folder:
        for ending in ENDINGS:
            measured(f"horizontal{ending}", lambda e=ending: write_horizontal([content], Path(folder) / f"x{e}"))
    plans, found, book = made(READ, BLOCKS_EACH, READ * 160, READ_CODES)
    said = pd.concat([of_reader(found, name) for name in "abcde"[:READERS]])
    measured(f"agreement, {len(said):,} fragments", lambda: span_agreement(plans, said, book, draws=1000))


def measured(name: str, work: Callable[[], object]) -> None:
    """Do it once, and print how long the processor was at it."""
    start = time.process_time()
    work()
    print(f"{name:38}{time.process_time() - start:8.2f}")


def made(plans: int, blocks: int, fragments: int, codes: int) -> tuple[Documents, pd.DataFrame, Codebook]:
    """Plans of made-up words, with whole blocks as fragments; some codes are far more frequent than others."""
    random = np.random.default_rng(1)
    documents, rows = [], []
    for number in range(plans):
        one = plan(f"plan{number:03d}", blocks, random)
        documents.append(one)
        at = random.integers(blocks, size=fragments // plans + 1)
        given = np.minimum(random.exponential(codes / 5, len(at)).astype(int), codes - 1)
        spans = one.blocks[["start", "end"]].to_numpy()[at]
        rows += [
            (one.name, int(start), int(end), f"c{code}", "an", "", "")
            for (start, end), code in zip(spans, given, strict=True)
        ]
    attributes = pd.DataFrame(
        {
            "organisation": [f"Organisation {number % 100}" for number in range(plans)],
            "sector": [("care", "culture", "youth")[number % 3] for number in range(plans)],
            "period": [("2016-2020", "2021-2025")[number // 100] for number in range(plans)],
        },
        index=[one.name for one in documents],
    )
    book = Codebook(tuple(Code(f"c{number}", number + 1, {"en": f"Code {number}"}) for number in range(codes)))
    return Documents(tuple(documents), attributes), pd.DataFrame(rows[:fragments], columns=list(FRAGMENTS)), book


def plan(name: str, blocks: int, random: np.random.Generator) -> Document:
    """A heading every 25 blocks, 15 blocks a page, 8 to 40 words a block."""
    parts, rows, place, section = [], [], 0, ""
    for number in range(blocks):
        heading = number % 25 == 0
        words = random.integers(3000, size=3 if heading else int(random.integers(8, 40)))
        part = " ".join(f"word{word}" for word in words) + ("" if heading else ".")
        section = f"{number // 25 + 1} {part}" if heading else section
        part = section if heading else part
        kind, page = ("heading" if heading else "paragraph"), number // 15 + 1
        rows.append((place, place + len(part), kind, int(heading), page, str(page), section, "", -1))
        parts.append(part)
        place += len(part) + 2
    return Document(name, "\n\n".join(parts), pd.DataFrame(rows, columns=list(BLOCKS)), pages=blocks // 15 + 1)


def of_reader(found: pd.DataFrame, name: str) -> pd.DataFrame:
    """What a reader sees of the fragments: four in five, with somewhat other ends."""
    random = np.random.default_rng(ord(name))
    mine = found[random.random(len(found)) < 0.8].copy()  # noqa: PLR2004
    start = np.maximum(mine["start"] + random.integers(-20, 20, len(mine)), 0)
    return mine.assign(start=start, end=np.maximum(mine["end"] - 5, start + 1), coder=name)


if __name__ == "__main__":
    main()
