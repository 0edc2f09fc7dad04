"""How well documents are read: ``python benchmarks/documents.py reading FOLDER``.

Prints of the PDFs in a folder: pages, processor seconds and peak memory (the child process included), over as many
pages as asked, the files repeated; how often the two words around a line end stand together in other documents,
beside the same for words within lines (no truth by hand is needed: text read across columns falls far below); and the
pages where that is least plausible. Of the .docx: which share of the visible characters is in the text, in order, and
whether deleted text is. With `--marked`, a JSON of pages marked by hand (`file`, `page`, `use`, `begins`, `heads`):
paragraph borders and running heads found. With `--paragraphs`, a .csv of somebody's paragraphs (`txt`) and the PDF
that has the same name up to `_paragraphs`.
"""

import argparse
import json
import math
import re
import resource
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import cycle, pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pandas as pd

from coder.errors import DataError
from coder.files.documents import read_document
from coder.files.documents.page_layout import Raw, blocks
from coder.files.documents.pages import HYPHEN, take_heads
from coder.files.documents.pdf import PdfReader, Words

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SUSPECT = 8


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["reading"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=0)
    parser.add_argument("--marked", type=Path)
    parser.add_argument("--paragraphs", type=Path)
    asked = parser.parse_args()
    pdfs = sorted(asked.folder.rglob("*.pdf"))
    if pdfs:
        speed(pdfs, asked.pages)
        junctions(pdfs)
    if asked.marked:
        marked(asked.marked, {path.name: path for path in pdfs})
    if asked.paragraphs:
        paragraphs(asked.paragraphs, pdfs)
    for path in sorted(asked.folder.rglob("*.docx")):
        word(path)


def used() -> float:
    """Seconds of the processor, of this process and of children that have ended."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def speed(pdfs: list[Path], most: int) -> None:
    """Read all files, again and again up to so many pages, all in memory; print time and memory."""
    start, pages, found = used(), 0, []
    with PdfReader() as reader:
        for number, path in enumerate(cycle(pdfs)):
            if number >= len(pdfs) and (pages >= most or not pages):
                break
            try:
                one = reader.read(path, f"{number} {path.stem}")
            except DataError as error:
                print(error)
                continue
            pages += one.pages
            found.append(one)
    taken = used() - start
    own, child = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    count, words = sum(map(len, found)), sum(len(one.text.split()) for one in found)
    print(
        f"{len(found)} documents, {pages:,} pages, {count:,} blocks, {words:,} words: {taken:.1f} s of the processor,"
    )
    print(f"{pages / taken:.0f} pages/s; memory {own:.0f} MB and the child {child:.0f} MB at most")


def raw_blocks(reader: PdfReader, path: Path) -> list[Raw]:
    """The blocks of a PDF with their lines not yet joined."""
    pages, outline, tagged = reader.pages(path)
    take_heads(pages, tagged=tagged)
    return blocks(pages, outline)


def junctions(pdfs: list[Path]) -> None:
    """Print how often word pairs over line ends, and within lines, stand within lines of other documents."""
    within: dict[tuple[str, str], set[str]] = defaultdict(set)
    inside: dict[str, list[tuple[str, str]]] = {}
    over: dict[str, list[tuple[int, tuple[str, str]]]] = {}
    with PdfReader() as reader:
        for path in pdfs:
            raws = raw_blocks(reader, path)
            pairs = [pair for block in raws for _, line in block.lines for pair in _pairs(line.text)]
            for pair in pairs:
                within[pair].add(path.stem)
            inside[path.stem], over[path.stem] = pairs, list(_over_ends(raws))
    suspects = []
    for name, pairs in inside.items():
        if len(pairs) < 500 or not over[name]:  # noqa: PLR2004
            continue
        known = [bool(within[pair] - {name}) for pair in pairs]
        plain = sum(known) / len(known)
        alike: dict[tuple[int, int], list[bool]] = defaultdict(list)
        for pair, hit in zip(pairs, known, strict=True):
            alike[_lengths(pair)].append(hit)
        matched = [alike[key] for _, pair in over[name] if (key := _lengths(pair)) in alike]
        level = sum(sum(hits) / len(hits) for hits in matched) / max(len(matched), 1)
        ends = [(page, bool(within.get(pair, set()) - {name})) for page, pair in over[name]]
        found = sum(hit for _, hit in ends) / len(ends)
        print(
            f"{name}: over line ends {found:.3f} of {len(ends):,}, within lines {plain:.3f}, "
            f"of words as long {level:.3f} ({found - level:+.3f})"
        )
        by_page: dict[int, list[bool]] = defaultdict(list)
        for page, hit in ends:
            by_page[page].append(hit)
        for page, hits in by_page.items():
            expected, error = level * len(hits), math.sqrt(len(hits) * level * (1 - level)) or 1.0
            if len(hits) >= _SUSPECT:
                suspects.append(((sum(hits) - expected) / error, name, page, sum(hits), len(hits)))
    far = [one for one in suspects if one[0] < -3.5]  # noqa: PLR2004
    print(f"pages far below their document (z < -3.5): {len(far)} of {len(suspects)}; the ten least plausible:")
    for score, name, page, hits, count in sorted(suspects)[:10]:
        print(f"  {name} p. {page}: {hits} of {count} (z {score:.1f})")


def _lengths(pair: tuple[str, str]) -> tuple[int, int]:
    """How long two words are: those at line ends are longer, as long words do not fit in the line before."""
    return min(len(pair[0]), 16), min(len(pair[1]), 16)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"[.!?:;,()|]", text.casefold()):
        yield from pairwise(_WORD.findall(part))


def _over_ends(raws: list[Raw]) -> Iterator[tuple[int, tuple[str, str]]]:
    words = Words((line.text, bool(line.flags & HYPHEN)) for block in raws for _, line in block.lines)
    for block in raws:
        for (page, last), (_, line) in pairwise(block.lines):
            before, after = _WORD.findall(last.text.casefold()), _WORD.findall(line.text.casefold())
            if not before or not after or re.search(r"\W$", last.text) or re.match(r"\W", line.text):
                continue
            if not last.flags & HYPHEN:
                yield page, (before[-1], after[0])
            elif words.between(last.text, line.text) == "" and len(before) > 1:
                yield page, (before[-2], before[-1] + after[0])


def marked(path: Path, pdfs: dict[str, Path]) -> None:
    """Print how many borders of paragraphs and running heads that people marked are found, and how many are wrong."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    read = {}
    for one in json.loads(path.read_text("utf-8")):
        if one["file"] not in read:
            read[one["file"]] = read_document(pdfs[one["file"]])
        document, count = read[one["file"]], counts[one["use"]]
        here = document.blocks[document.blocks["page"] == one["page"]]
        left = [_bare(document.text[start:end]) for start, end in zip(here["start"], here["end"], strict=True)]
        for begin in one["begins"]:
            alike = [text for text in left if text.startswith(_bare(begin))]
            count["found" if alike else "missed"] += 1
            if alike:
                left.remove(min(alike, key=len))
        count["extra"] += len(left)
        repairs = document.repairs[document.repairs["page"] == one["page"]]
        out = [_bare(text) for text in repairs.loc[repairs["kind"].isin(["head", "foot", "page number"]), "was"]]
        heads = [_bare(text) for text in one["heads"]]
        count["heads"] += sum(any(head in text for text in out) for head in heads)
        count["heads missed"] += sum(not any(head in text for text in out) for head in heads)
        count["heads wrong"] += sum(not any(head in text or text in head for head in heads) for text in out)
        count["pages"] += 1
    for use, count in counts.items():
        precision = count["found"] / (count["found"] + count["extra"])
        recall = count["found"] / (count["found"] + count["missed"])
        score = 2 * precision * recall / (precision + recall)
        print(f"{use}: {dict(count)}; borders: precision {precision:.3f}, found {recall:.3f}, F1 {score:.3f}")


def _bare(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def paragraphs(path: Path, pdfs: list[Path]) -> None:
    """Print how many paragraphs that somebody made begin and end where blocks do."""
    name = path.stem.removesuffix("_paragraphs")
    document = read_document(next(one for one in pdfs if one.stem == name))
    theirs = [bare for text in pd.read_csv(path)["txt"].astype(str) if (bare := _bare(text))]
    ours = [bare for text in document.texts() if (bare := _bare(text))]
    alike = sum((Counter(theirs) & Counter(ours)).values())
    begins = sum((Counter(text[:30] for text in theirs) & Counter(text[:30] for text in ours)).values())
    print(f"{name}: {len(theirs)} paragraphs of theirs, {len(ours)} blocks; whole alike {alike}, begin alike {begins}")
    borders = [set(_borders(texts)) for texts in (theirs, ours)]
    both = len(borders[0] & borders[1])
    precision, recall = both / len(borders[1]), both / len(borders[0])
    print(f"  borders, by the letters around them: precision {precision:.3f}, found {recall:.3f}")


def _borders(texts: list[str]) -> Iterator[str]:
    for one, two in pairwise(texts):
        yield f"{one[-12:]}|{two[:12]}"


def word(path: Path) -> None:
    """Print which share of the visible characters of a .docx is in the text in order, and of the deleted ones."""
    try:
        document = read_document(path)
    except DataError as error:
        print(error)
        return
    text = _bare(document.text)
    seen = gone = there = 0
    place = 0
    missing = []
    for visible, part in _visible(path):
        bare = _bare(part)
        if not bare:
            continue
        if not visible:
            gone += len(bare)
            continue
        seen += len(bare)
        at = text.find(bare, place)
        if at < 0 or at > place + 2_000:
            missing.append(part)
            continue
        there, place = there + len(bare), at + len(bare)
    extra = len(text) - there
    print(
        f"{path.name}: {there:,} of {seen:,} visible characters in order ({there / max(seen, 1):.4f}), {extra:,} more "
        f"(notes); {gone:,} deleted; {dict(Counter(document.blocks['kind']))}; missing {missing[:4]}"
    )


def _visible(path: Path) -> Iterator[tuple[bool, str]]:
    """The paragraphs of the body in order, by another way than ours: whether it is visible, and its text."""
    with zipfile.ZipFile(path) as parts:
        root = ET.fromstring(parts.read("word/document.xml"))  # noqa: S314 (files of one's own)
    fallback = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
    hidden = {f"{_W}del", f"{_W}moveFrom", fallback}

    def walk(element: ET.Element) -> Iterator[tuple[bool, str]]:
        if element.tag in hidden:
            yield False, "".join(one.text or "" for one in element.iter() if one.tag == f"{_W}delText")
            return
        if element.tag == f"{_W}t":
            yield True, element.text or ""
        for child in element:
            yield from walk(child)

    yield from walk(root)


if __name__ == "__main__":
    sys.exit(main())
