"""Texts as documents: .txt, .md and .rtf; transcripts with their speakers; subtitles (.srt, .vtt); web pages (.html).

A text is a transcript where paragraphs begin with who speaks, again and again: "Naam: …", "[id1] …",
"Naam, functie. - …" with a long dash, with or without a time. The name and the time go to columns of their own. Of a
web page headings, paragraphs, items and rows are read; what is not shown stays out.
"""

import re
from collections import Counter
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

from coder.documents import Document
from coder.errors import DataError
from coder.files.documents.document_draft import CELL, Draft
from coder.note import Note

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARKS = {b"\xff\xfe\0\0": "utf-32", b"\0\0\xfe\xff": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_TIME = r"(?P<time>(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?)"
_NAME = r"(?P<name>[^\W\d_][\w .'’()/&-]{0,40}?|[A-Z]{1,3}\d{0,3})"
_TURNS = tuple(
    re.compile(one, re.DOTALL)
    for one in (
        rf"(?:[\[(]?{_TIME}[\])]?[ \t]+)?{_NAME}[ \t]*:[ \t]*(?P<text>.*)",
        rf"{_NAME}[ \t]*[\[(]?{_TIME}[\])]?[ \t]*:?[ \t]*\n?(?P<text>.*)",
        r"\[(?P<name>[^\]\d\n][^\]\n]{0,40})\][ \t]*:?[ \t]*(?P<text>.*)",
        r"(?P<name>[^\W\d_][\w .'’-]{1,40}?)(?:, [^.\n]{1,80})?\. [–—-] (?P<text>.*)",
    )
)
_CUE = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{1,3})[ \t]*-->")
_VOICE = re.compile(r"<v(?:\.[^ >]+)?[ \t]+([^>]+)>")
_TAG = re.compile(r"</?[a-z][^>]{0,80}>|\{\\[^}]{0,40}\}", re.IGNORECASE)
_ITEM = re.compile(r"\s*(?:[•●▪■◦‣*+–—-]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s")
_MARKDOWN = re.compile(r"(#{1,6})[ \t]+(.+?)[ \t]*#*")
_STOP = re.compile(r"[.!?…][\"'”’»)]*$")
_TURNS_LEAST, _TURNS_SHARE, _TURNS_MOST, _TURNS_SURE, _WORDS_IN_NAME = 3, 0.3, 0.6, 5, 5
"""Of a transcript: turns at the least, as a share of its paragraphs, and where nearly all are; turns of a form that
nothing else has; words of a name."""
_LONG_LINE, _LONG_LINES, _LONG_CHUNK = 100, 0.3, 1_500
"""Characters of a line that is a paragraph, the share of such lines, and characters without a blank line."""
_NULS = 0.2


def decoded(raw: bytes, file: str, told: str = "") -> tuple[str, Note | None]:
    """The text of bytes in UTF-8, UTF-16 or cp1252, or in the encoding `told`, with LF; and what was lost.

    Raises `DataError` for what is no text.
    """
    text, lost = _decoded(raw, told)
    if text.count("\0") > 0:
        raise DataError(
            "documents.unknown_kind", file=file, kinds=("pdf", "docx", "odt", "rtf", "html", "txt", "md", "srt", "vtt")
        )
    count = text.count("\ufffd")
    note = Note("documents.unreadable_characters", file=file, count=count) if lost and count else None
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n"), note


def _decoded(raw: bytes, told: str) -> tuple[str, bool]:
    for mark, encoding in _MARKS.items():
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace").removeprefix("\ufeff"), True
    begins = raw[:2_000]
    for encoding, odd in (("utf-16-le", begins[1::2]), ("utf-16-be", begins[::2])):
        if odd and odd.count(0) > _NULS * len(odd):
            return raw.decode(encoding, errors="replace"), True
    for encoding in ("utf-8-sig", told):
        try:
            return raw.decode(encoding), False
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("cp1252", errors="replace"), True


def read_text(path: Path, name: str, text: str, kind: str = "txt") -> Document:
    """A plain text: paragraphs between blank lines; each line where lines are as long as paragraphs are.

    A paragraph keeps its line breaks. In .md lines with # are headings.
    """
    draft = Draft(kind)
    markdown = path.suffix.lower() in {".md", ".markdown"}
    parts = _paragraphs(text)
    turns = None if markdown else _turns(parts)
    speaker, time = "", -1.0
    for number, part in enumerate(parts):
        if turns is not None:
            said = turns[number]
            if said is not None:
                speaker, time = said.speaker, said.time
            draft.add(
                said.text if said else part,
                "turn" if speaker else "paragraph",
                speaker=speaker,
                time=time if said else -1.0,
            )
        elif markdown:
            _markdown(draft, part)
        else:
            draft.add(part, "item" if _ITEM.match(part) else "paragraph")
    return draft.document(name, path)


def _paragraphs(text: str) -> list[str]:
    """Paragraphs: between blank lines, and lines of their own where these are long, items, or said by somebody.

    Where lines are cut at a width and no line is blank, a paragraph ends with a sentence that does not fill its line.
    """
    filled = [line for line in text.split("\n") if line.strip()]
    speakers = _speakers([_turn(line) for line in filled])
    found: list[str] = []
    for chunk in re.split(r"\n[ \t]*(?:\n[ \t]*)+", text.strip("\n")):
        lines = [line.rstrip() for line in chunk.split("\n")]
        if len(lines) > 1 and sum(len(line) > _LONG_LINE for line in lines) >= _LONG_LINES * len(lines):
            found += lines
            continue
        width = sorted(map(len, lines))[int(0.8 * (len(lines) - 1))] if len(chunk) > _LONG_CHUNK else 0
        open_: list[str] = []
        for line in lines:
            ended = bool(open_) and len(open_[-1]) < 0.8 * width and _STOP.search(open_[-1]) is not None
            turn = _turn(line) if speakers else None
            begins = _ITEM.match(line) or _MARKDOWN.fullmatch(line) or (turn and turn.speaker in speakers)
            if open_ and (ended or begins or _MARKDOWN.fullmatch(open_[-1])):
                found.append("\n".join(open_))
                open_ = []
            open_.append(line)
        found.append("\n".join(open_))
    return [part for part in found if part.strip()]


@dataclass(frozen=True, slots=True)
class _Said:
    speaker: str
    time: float
    text: str
    sure: bool = False


def _turn(part: str) -> _Said | None:
    """Who speaks in a paragraph, as it begins with a name; None where it does not."""
    bare = part.strip()
    for form in _TURNS:
        if (found := form.fullmatch(bare)) and len(words := found["name"].split()) <= _WORDS_IN_NAME:
            time = found.groupdict().get("time")
            sure = form is _TURNS[-1] and words[0][0].isupper() and words[-1][0].isupper()
            if sure or form is not _TURNS[-1]:
                return _Said(" ".join(words), _seconds(time), found["text"].strip(), sure or time is not None)
    return None


def _turns(parts: list[str]) -> "list[_Said | None] | None":
    """The turns of a transcript; None for a text that is none: too few begin with a name that returns."""
    said = [_turn(part) for part in parts]
    speakers = _speakers(said)
    kept = [one if one and (one.sure or one.speaker in speakers) else None for one in said]
    times, sure = sum(one is not None for one in kept), sum(one is not None and one.sure for one in kept)
    enough = times >= _TURNS_LEAST and times >= _TURNS_SHARE * len(parts) and speakers
    return kept if enough or sure >= _TURNS_SURE else None


def _speakers(said: "Sequence[_Said | None]") -> set[str]:
    """Those who speak: names that return; all names where most paragraphs begin with one, and some return."""
    names = Counter(one.speaker for one in said if one)
    again = {name for name, times in names.items() if times > 1}
    return set(names) if again and names.total() > _TURNS_MOST * len(said) else again


def _seconds(text: str | None) -> float:
    if not text:
        return -1.0
    return sum(float(part) * 60.0**place for place, part in enumerate(reversed(text.replace(",", ".").split(":"))))


def _markdown(draft: Draft, part: str) -> None:
    if match := _MARKDOWN.fullmatch(part.strip()):
        draft.add(match[2], "heading", level=len(match[1]))
    else:
        draft.add(part, "item" if _ITEM.match(part) else "paragraph")


def read_subtitles(path: Path, name: str, text: str, kind: str) -> Document:
    """Subtitles: turns of one speaker, or of whole sentences where nobody is named, each with when it begins."""
    draft = Draft(kind)
    speaker, time, words = "", -1.0, list[str]()

    def flush() -> None:
        nonlocal words
        draft.add(" ".join(words), "turn", speaker=speaker, time=time)
        words = []

    for cue in re.split(r"\n[ \t]*\n", text):
        lines = cue.strip().split("\n")
        place = next((number for number, line in enumerate(lines) if _CUE.search(line)), None)
        if place is None:
            continue
        stamp = _CUE.search(lines[place])
        if stamp is None:
            continue
        begins = 3600 * int(stamp[1] or 0) + 60 * int(stamp[2]) + int(stamp[3]) + float(f"0.{stamp[4]}")
        said = "\n".join(lines[place + 1 :])
        voice = _VOICE.search(said)
        plain = " ".join(_TAG.sub("", _VOICE.sub("", said)).split())
        named = _turn(plain) if not voice else None
        who = (
            voice[1].strip() if voice else named.speaker if named else speaker if not words or not _ended(words) else ""
        )
        if words and (who != speaker or (not who and _ended(words))):
            flush()
        if not words:
            speaker, time = who, begins
        words.append(named.text if named else plain)
    flush()
    return draft.document(name, path)


def _ended(words: list[str]) -> bool:
    return _STOP.search(words[-1]) is not None


def read_rtf(path: Path, name: str, raw: bytes) -> Document:
    """A text in RTF: a paragraph a line; it has no headings that can be trusted. Raises where it is damaged."""
    from striprtf.striprtf import rtf_to_text  # noqa: PLC0415

    try:
        text: str = rtf_to_text(  # type: ignore[no-untyped-call]
            raw.decode("latin-1"), encoding="cp1252", errors="replace"
        )
    except Exception as error:  # noqa: BLE001 (whatever it makes of a damaged file)
        raise DataError("documents.damaged", file=path.name, error=f"{type(error).__name__}: {error}") from None
    draft = Draft("rtf")
    lines = [line.strip(" \t\r\xa0") for line in text.replace("\0", "").split("\n")]
    parts = [line for line in lines if line.strip()]
    turns = _turns(parts)
    speaker = ""
    for number, line in enumerate(parts):
        said = turns[number] if turns else None
        speaker = said.speaker if said else speaker
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if said or (turns and speaker):
            draft.add(said.text if said else line, "turn", speaker=speaker, time=said.time if said else -1.0)
        elif line.endswith("|") and len([cell for cell in cells if cell]) > 1:
            draft.add(" | ".join(cells), "row")
        else:
            draft.add(line.rstrip("|"), "item" if _ITEM.match(line) else "paragraph")
    return draft.document(name, path)


_OUT = {"script", "style", "noscript", "template", "head", "svg", "math", "select", "textarea", "iframe", "object"}
_BLOCKS = frozenset(
    (
        "p", "div", "section", "article", "main", "header", "footer", "aside", "nav", "address", "blockquote", "pre",
        "figure", "figcaption", "dl", "dt", "dd", "form", "fieldset", "table", "thead", "tbody", "tfoot", "caption",
        "ul", "ol", "body", "details", "summary", "hr", "center",
    )
)  # fmt: skip
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
"""Elements that are never closed."""
_CLOSED_BY = {
    "p": _BLOCKS | {"li"},
    "li": {"li"},
    "tr": {"tr", "tbody", "tfoot"},
    "dt": {"dt", "dd"},
    "dd": {"dt", "dd"},
    "td": {"td", "th", "tr", "tbody", "tfoot"},
    "th": {"td", "th", "tr", "tbody", "tfoot"},
}
"""Elements that need no end: what begins another ends them."""
_HOLDS = {"ul", "ol", "dl", "table", "tbody", "tr", "div", "section", "article", "main", "aside", "body", "html"}
"""The end of one of these ends all in it."""
_NOT_SHOWN = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))\s*(?:!|;|$)", re.IGNORECASE
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{2,30})", re.IGNORECASE)


def read_html(path: Path, name: str, text: str) -> Document:
    """A web page, of which `text` is what it is written in."""
    page = _Page()
    page.feed(text)
    page.close()
    page.flush()
    return page.draft.document(name, path)


def charset(raw: bytes) -> str:
    """The encoding that a web page says it is in; "" where it says none."""
    found = _CHARSET.search(raw[:4_096])
    return found[1].decode("ascii", errors="replace") if found else ""


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.draft = Draft("html")
        self.out = 0
        self.parts: list[str] = []
        self.kind, self.level = "paragraph", 0
        self.cells: list[str] | None = None
        self.plain = 0
        self.hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._hides(tag, dict(attrs)):
            return
        if tag == "body":
            self.out = 0
        if tag in _OUT:
            self.out += 1
        elif tag == "br":
            self.parts.append("\n")
        elif tag == "tr":
            self.flush()
            self.cells = []
        elif tag in {"td", "th"}:
            self.parts = []
        elif self.cells is not None:
            self.parts.append("\n" if tag in _BLOCKS or tag == "li" else "")
        elif tag in _BLOCKS or tag == "li" or re.fullmatch("h[1-6]", tag):
            self._begin_block(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.hidden and self._ends_hidden(tag):
            return
        if tag in _OUT:
            self.out = max(self.out - 1, 0)
        elif tag in {"td", "th"} and self.cells is not None:
            self.cells.append(_squeezed("".join(self.parts)))
            self.parts = []
        elif tag == "tr" and self.cells is not None:
            filled = [cell for cell in self.cells if cell]
            row = CELL.join(self.cells) if len(filled) > 1 else "".join(filled)
            self.draft.add(row, "row" if len(filled) > 1 else "paragraph")
            self.cells, self.parts = None, []
        elif self.cells is None and (tag in _BLOCKS or tag == "li" or re.fullmatch("h[1-6]", tag)):
            self.flush()
            self.plain -= tag == "pre" and self.plain > 0

    def handle_data(self, data: str) -> None:
        if not self.out and not self.hidden:
            self.parts.append(data if self.plain else re.sub(r"\s+", " ", data))

    def _begin_block(self, tag: str) -> None:
        self.flush()
        if tag == "li":
            self.kind = "item"
        elif re.fullmatch("h[1-6]", tag):
            self.kind, self.level = "heading", int(tag[1])
        self.plain += tag == "pre"

    def _hides(self, tag: str, attributes: dict[str, str | None]) -> bool:
        """Whether what begins here is not shown."""
        if self.hidden and tag in _CLOSED_BY.get(self.hidden[0], ()) and _HOLDS.isdisjoint(self.hidden[1:]):
            self.hidden = []
        found = bool(self.hidden) or (tag not in {"html", "body"} and _is_hidden(attributes))
        self.hidden += [tag] if found and tag not in _VOID else []
        return found

    def _ends_hidden(self, tag: str) -> bool:
        """Whether what ends here is within what is not shown, or is that."""
        if tag in self.hidden:  # and what was left open within it
            del self.hidden[len(self.hidden) - 1 - self.hidden[::-1].index(tag) :]
            return True
        if tag in _HOLDS:
            self.hidden = []
        return tag not in _HOLDS

    def flush(self) -> None:
        """Close the block that is open."""
        text = "".join(self.parts) if self.plain else _squeezed("".join(self.parts))
        self.draft.add(text.replace("\r\n", "\n"), self.kind, level=self.level)
        self.parts, self.kind, self.level = [], "paragraph", 0


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    """Whether an element says of itself that it is not shown."""
    hidden = "hidden" in attributes and attributes["hidden"] != "until-found"
    return hidden or bool(_NOT_SHOWN.search(attributes.get("style") or ""))


def _squeezed(text: str) -> str:
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in text.split("\n"))
    return re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()
