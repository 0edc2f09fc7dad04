"""PDFs as documents: a child process (`pdf_lines`) takes out the lines, page by page; `page_layout` makes blocks.

One child serves many files, as starting one costs more than reading a short plan. Where it falls, only the file that it
was reading is lost, and the next file gets another child. Hyphens at line ends go or stay by the words that the
document itself has elsewhere. A page can be drawn too, for who wants to see how it looks.
"""

import base64
import json
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import file_digest
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from coder.documents import Document
from coder.errors import DataError
from coder.files.documents.document_draft import Draft
from coder.files.documents.page_layout import Raw, blocks
from coder.files.documents.pages import HYPHEN, UNSEEN, Line, Page, take_heads
from coder.note import Note, Progress, silent, some

PROGRAM = Path(__file__).with_name("pdf_lines.py")
"""What the child runs."""
_MEMORY = 2 * 2**30
_PAGES = 50_000
_SECONDS = 3_600
"""By the clock, for a whole file; the child itself ends when one page takes a minute."""
_NAMED = 8
_EDGE = 2.0
"""Points by which text may lie outside the page and be seen."""
_SCANNED = 30
_POOR = 0.8
"""Below this share of known words the text of a scan is called poor: programmes of 1986 to 2023 that are no scans
have .85 and more (seen)."""
_GUESSED = 0.5
"""Of the headings; where more are guessed from their letters, this is told."""
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_LAST, _FIRST = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*$"), re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_DASHES = ("-", "‐", "‑", "\xad")
_ABBREVIATED = 5
"""Letters of an abbreviation: "EU-landen"."""
_CLASH = {"aa", "ae", "ai", "au", "ee", "ei", "eu", "ie", "ii", "oe", "oi", "oo", "ou", "ui", "uu"}
"""Letters that would be read as one sound, so that the hyphen of the spelling stays: "zonne-energie"."""
_PARTED = {"en", "of", "tot", "als", "noch", "and", "or", "et", "ou", "und", "oder", "maar", "dan", "naar"}
"""Words after which a hyphen stands for a part left out: "onderwijs- en zorgbeleid"."""


class Words:
    """The words of a document, to tell a hyphen that cuts a word from one that belongs to it."""

    def __init__(self, lines: Iterable[tuple[str, bool]]) -> None:
        """Count the words within lines; the last of one that is cut, and the first after it, are none."""
        self.counts: Counter[str] = Counter()
        after = False
        for text, cut in lines:
            found = _WORD.findall(text.casefold())
            self.counts.update(found[1 if after else 0 : len(found) - cut if found else None])
            after = cut

    def between(self, before: str, after: str) -> str:
        """What stands between a line whose hyphen was taken off and the next line: "", "-" or "- ".

        Where the whole word is in the document as often as the word with a hyphen, the hyphen goes. Where neither is,
        it stays before a capital or figure, between vowels that would be read as one, and where a part of a word is
        left out ("onderwijs- en").
        """
        last, first = _LAST.search(before), _FIRST.match(after)
        if last is None or first is None:
            return "-"
        one, two = last[0].casefold(), first[0].casefold()
        whole, hyphened = self.counts[one + two], self.counts[f"{one}-{two}"]
        if whole or hyphened:
            return "-" if hyphened > whole else ""
        if two in _PARTED:
            return "- "
        shouted = last[0].isupper() and first[0].isupper() and len(one) > 1
        sign = first[0][0].isupper() or first[0][0].isdigit() or last[0][-1].isdigit() or len(one) == 1
        sign = sign or (last[0].isupper() and len(one) <= _ABBREVIATED) or one[-1] + two[0] in _CLASH
        return "-" if sign and not shouted else ""


def ends_in_hyphen(text: str) -> bool:
    """Whether a line ends in a hyphen that may cut a word: a letter before it, as not in " -"."""
    return len(text) > 1 and text.endswith(_DASHES) and (text[-2].isalnum())


def ocr_quality(texts: Sequence[str]) -> float:
    """The share of words that a dictionary of Dutch, English or French knows, the best of these; nan for none.

    Proper names and compounds keep a good text at some .8 to .95 (seen). The first share that is good is enough.
    """
    from simplemma import is_known  # noqa: PLC0415 (its dictionaries are read only for what has been scanned)

    counts = Counter(word for text in texts for word in re.findall(r"[^\W\d_]{3,}", text) if word.islower())
    words = [word for word, _ in counts.most_common(2_000)]
    if not words:
        return float("nan")
    whole = sum(counts[word] for word in words)
    best = 0.0
    for lang in ("nl", "en", "fr"):  # a dictionary takes some 30 MB: mostly one is read
        best = max(best, sum(counts[word] for word in words if is_known(word, lang=lang)) / whole)
        if best >= _POOR:
            break
    return best


class PdfReader:
    """A child process that reads PDFs, one after the other; to be closed.

    >>> with PdfReader() as reader:  # doctest: +SKIP
    ...     plan = reader.read(Path("plan.pdf"), "plan")
    """

    def __init__(self) -> None:
        self._child: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()
            child.wait()

    def read(self, path: Path, name: str, progress: Progress = silent) -> Document:
        """One PDF. Raises `DataError` where it is none, is damaged, or needs a password."""
        pages, outline, tagged = self.pages(path, progress)
        return _document(pages, outline, name, path, tagged=tagged)

    def pages(self, path: Path, progress: Progress = silent) -> tuple[list[Page], list[tuple[int, str, int]], bool]:
        """The pages of a PDF as they are, with their pieces of line; its bookmarks; and whether it is tagged."""
        pages: list[Page] = []
        outline: list[tuple[int, str, int]] = []
        whole, tagged = 0, False
        same: dict[Any, Any] = {}
        try:
            for found in self._ask(path):
                if "file" in found:
                    of = found["file"]
                    whole, tagged = of["pages"], of["tagged"]
                    outline = [(level, title, page) for level, title, page in of["outline"]]
                    _check_pages(path, whole)
                elif "page" in found:
                    pages.append(_page(len(pages) + 1, found["page"], same))
                    progress("progress.pages", len(pages), whole)
        except BaseException:
            self.close()
            raise
        return pages, outline, tagged

    def picture(self, path: Path, page: int, width: int) -> bytes:
        """A page (from 1) as a .png so many pixels wide. Raises `DataError` as `read` does."""
        try:
            found = [one["picture"] for one in self._ask(path, page, width)]
        except BaseException:
            self.close()
            raise
        return base64.b64decode(found[0])

    def _ask(self, path: Path, *page: int) -> Iterator[dict[str, Any]]:
        if self._child is None:
            self._child = subprocess.Popen(  # noqa: S603 (our own program)
                [sys.executable, "-P", str(PROGRAM), str(_MEMORY)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="ascii",
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )  # fmt: skip
        asked, told = self._child.stdin, self._child.stdout
        if asked is None or told is None:
            return
        ends = time.monotonic() + _SECONDS
        try:
            file = str(path.absolute())
            asked.write(json.dumps([file, *page] if page else file) + "\n")
            asked.flush()
            for line in told:
                found: dict[str, Any] = json.loads(line)
                if "done" in found:
                    return
                if "error" in found:
                    raise DataError(found["error"], **{**found["values"], "file": path.name})
                yield found
                if time.monotonic() > ends:
                    break
        except (OSError, ValueError):
            pass
        raise DataError("documents.reader_fell", file=path.name)


def _check_pages(path: Path, pages: int) -> None:
    if pages > _PAGES:
        raise DataError("documents.too_many_pages", file=path.name, pages=pages, most=_PAGES)
    if not pages:
        raise DataError("documents.no_pages", file=path.name)


def _page(number: int, found: dict[str, Any], same: dict[Any, Any]) -> Page:
    """A page as the child tells it. `same` keeps one object for each value that returns, which halves the memory."""
    page = Page(
        number,
        found["width"],
        found["height"],
        [],
        found["label"],
        found.get("picture", False),
        found.get("broken", False),
    )
    for text, *box, flags, tag in found["lines"]:
        x0, y0, x1, y1, size = (same.setdefault(float(one), float(one)) for one in box)
        line = Line(text, x0, y0, x1, y1, size, flags, same.setdefault(tag, tag))
        if not line.flags & HYPHEN and ends_in_hyphen(line.text):
            line.text, line.flags = line.text[:-1], line.flags | HYPHEN
        across, down = (line.x0 + line.x1) / 2, (line.y0 + line.y1) / 2
        if -_EDGE <= across <= page.width + _EDGE and -_EDGE <= down <= page.height + _EDGE:
            page.lines.append(line)
        else:
            page.hidden.append(text)
    return page


def _document(
    pages: list[Page], outline: list[tuple[int, str, int]], name: str, path: Path, *, tagged: bool
) -> Document:
    draft = Draft("pdf")
    draft.pages = len(pages)
    sizes = {page.number: sum(len(line.text) for line in page.lines) for page in pages}
    unseen = [page.number for page in pages if page.lines and _of_ocr(page)]
    removed = take_heads(pages, tagged=tagged)
    found = blocks(pages, outline)
    labels = {page.number: page.label for page in pages}
    words = Words((line.text, bool(line.flags & HYPHEN)) for block in found for _, line in block.lines)
    of_ocr = set(unseen)
    scanned = [line.text for block in found for page, line in block.lines if page in of_ocr]
    headings = [block for block in found if block.kind == "heading"]
    counts = sum(block.guessed for block in headings), len(headings)
    begins: dict[int, int] = {}
    found.reverse()
    while found:  # of a long document what was put together is let go
        block = found.pop()
        text, changes, starts = _running(block, words)
        start = draft.add(text, block.kind, level=block.level, page=block.page, label=labels[block.page])
        lead = len(text) - len(text.lstrip())
        for offset, number, kind, was, now in changes:
            draft.repair(kind, was, now, at=max(start + offset - lead, start), page=number)
        for number, offset in starts.items():
            begins.setdefault(number, start + max(offset - lead, 0))
    end = draft.at
    for number in reversed(range(1, len(pages) + 1)):
        end = begins.setdefault(number, end)
    for one in removed:
        at = begins[one.page] if one.top else begins.get(one.page + 1, draft.at)
        draft.repair(one.kind, one.text, at=at, page=one.page)
    for page in pages:
        for text in page.hidden:
            draft.repair("hidden", text, at=begins[page.number], page=page.number)
    _tell(draft, pages, sizes, (unseen, scanned), counts, path.name)
    return draft.document(name, path)


def _running(block: Raw, words: Words) -> tuple[str, list[tuple[int, int, str, str, str]], dict[int, int]]:
    """The text of a block, what was changed in it (by offset), and where in it each page begins."""
    text, changes = block.lines[0][1].text, list[tuple[int, int, str, str, str]]()
    starts = {block.lines[0][0]: 0}
    for place, ((page, last), (next_page, line)) in enumerate(pairwise(block.lines), start=1):
        if last.flags & HYPHEN:
            between = words.between(text, line.text)
            changes.append((len(text), page, "hyphen", "-\n", between))
        else:
            between = " "
        if place in block.joins:
            changes.append((len(text), page, "join", "\n", between))
        text += between
        starts.setdefault(next_page, len(text))
        text += line.text
    if block.lines[-1][1].flags & HYPHEN:
        text += "-"
    return text, changes, starts


def _of_ocr(page: Page) -> bool:
    return sum(len(line.text) for line in page.lines if line.flags & UNSEEN) > 0.5 * sum(
        len(line.text) for line in page.lines
    )


def _tell(
    draft: Draft,
    pages: list[Page],
    sizes: dict[int, int],
    unseen: tuple[list[int], list[str]],
    headings: tuple[int, int],
    file: str,
) -> None:
    """What deserves a look. `unseen` are pages that were scanned and their lines, `headings` those guessed and all."""
    if broken := [page.number for page in pages if page.broken]:
        draft.notes.append(Note("documents.broken_pages", file=file, count=len(broken), pages=some(broken, _NAMED)))
    scans = [page.number for page in pages if page.picture and sizes[page.number] < _SCANNED]
    if scans:
        key = "documents.scanned_file" if len(scans) == len(pages) else "documents.scans"
        draft.notes.append(Note(key, file=file, count=len(scans), pages=some(scans, _NAMED), all=len(pages)))
    if unseen[0] and (known := ocr_quality(unseen[1])) < _POOR:
        draft.notes.append(Note("documents.poor_ocr", file=file, count=len(unseen[0]), share=known))
    guessed, every = headings
    if guessed > _GUESSED * every:
        draft.notes.append(Note("documents.guessed_headings", file=file, count=guessed, all=every))


_KEPT = 24
"""Pictures at hand."""


class PagePictures:
    """Pictures of the pages of PDFs that lie in a folder, known by the SHA-256 of their bytes.

    Drawn in a child process, as PDFs are read. Safe to use from several threads; to be closed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._reader, self._lock = PdfReader(), threading.Lock()
        self._drawn = lru_cache(_KEPT)(self._draw)

    def page(self, sha256: str, page: int, width: int) -> bytes | None:
        """A page (from 1) as a .png so many pixels wide; None where the file is not there (any more).

        Raises `DataError` for a file that cannot be read or has no such page.
        """
        path = next((one for one in sorted(self.folder.glob("*.[pP][dD][fF]")) if _hash(one) == sha256), None)
        return None if path is None else self._drawn(path, page, width)

    def close(self) -> None:
        """End the child process."""
        with self._lock:
            self._reader.close()

    def _draw(self, path: Path, page: int, width: int) -> bytes:
        with self._lock:
            return self._reader.picture(path, page, width)


def _hash(path: Path) -> str:
    about = path.stat()
    return _hash_of(path, about.st_mtime_ns, about.st_size)


@lru_cache(1_000)
def _hash_of(path: Path, _changed: int, _size: int) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
