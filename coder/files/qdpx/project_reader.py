"""Reading a .qdpx: what is in it, how its positions are counted, and an account of all that was not taken over.

The standard says code points from 0 (10.2), and reads as if the end were the last character. Programs count what their
strings are made of: UTF-16 (Qt, JavaScript), bytes of UTF-8 (Taguette); with the line ends of the file, with LF or
with CRLF; with the mark at the beginning of the file or without; and the end is mostly the character after the last.
So every way is tried on all selections. Where names of selections are their words, these decide; else that no selection
begins or ends inside a word, and few at a blank.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import chain, count, product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.codebook import Codebook
from coder.documents import BLOCKS, Document, Documents, frame_of
from coder.errors import DataError
from coder.files.codebooks.imported import CodebookFile
from coder.files.codebooks.qdc import MARK, NAMESPACE, Element, parse_xml, read_root
from coder.files.documents.text_files import decoded
from coder.files.documents.zipped import Zipped
from coder.files.qdpx import ACCOUNT, COLUMNS, LAST, NOTED, SETTLED, Project
from coder.note import Note, restored

UNITS = ("code_points", "utf_16", "utf_8")
LINES = ("as_stored", "lf", "crlf")
LEAST = 0.99
"""The share of selections that have to fit."""
_NAME = 3
"""Characters that a name has at least to be taken for the words of its selection."""
_LONG_NAME = 20
_END = re.compile("\r\n|\r|\n")

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Way:
    """A way of counting: the unit, the line ends, whether the mark at the beginning counts, and what the end is."""

    unit: str
    lines: str
    marked: bool
    inclusive: bool

    @property
    def note(self) -> Note:
        """It in words."""
        mark = Note("qdpx.with_mark" if self.marked else "qdpx.without_mark")
        end = Note("qdpx.inclusive" if self.inclusive else "qdpx.exclusive")
        return Note("qdpx.way", unit=Note(f"qdpx.{self.unit}"), lines=Note(f"qdpx.{self.lines}"), mark=mark, end=end)


@dataclass(frozen=True, slots=True)
class Selection:
    """A selection as the file has it, in the text `source`."""

    source: str
    start: int
    end: int
    name: str


def counted(
    texts: Mapping[str, str], selections: Sequence[Selection], file: str
) -> tuple[Way, list[tuple[int, int] | None]]:
    """The way in which positions are counted, and the span of each selection in code points of its text with LF.

    `texts` are as the file has them, with their own line ends. None is for a selection that is no span of its text.
    Raises `DataError` where no way fits (`LEAST`).
    """
    raws = {source: _Text(text) for source, text in texts.items()}
    found: dict[Way, list[tuple[int, int] | None]] = {}
    for unit, lines, marked, inclusive in product(UNITS, LINES, (False, True), (False, True)):
        way = Way(unit, lines, marked, inclusive)
        scales = {source: raw.scale(way) for source, raw in raws.items()}
        found[way] = [_span(scales[one.source], one, way) for one in selections]
    first = next(iter(found))
    if not selections:
        return first, []
    named = _named(raws, selections, found)
    scores = {way: _score(raws, selections, spans, named) for way, spans in found.items()}
    best = max(found, key=lambda way: scores[way])  # the first of those that fit as well: that of the standard
    by_name, by_border, _ = scores[best]
    fit = by_name if named else by_border
    if fit < LEAST:
        raise DataError("qdpx.positions", file=file, way=best.note, fit=round(100 * fit), count=len(selections))
    return best, found[best]


class _Text:
    """A text with its own line ends, and with LF."""

    def __init__(self, raw: str) -> None:
        self.lf = raw.replace("\r\n", "\n").replace("\r", "\n")
        self.points = np.frombuffer(self.lf.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        self.ends = np.flatnonzero(self.points == ord("\n"))
        self.double = np.array([end.group() == "\r\n" for end in _END.finditer(raw)], dtype=np.bool_)

    def scale(self, way: Way) -> Ints:
        """The position of each character of the text with LF, and of its end, in this way of counting."""
        widths = np.ones(len(self.points), dtype=np.int64)
        if way.unit == "utf_16":
            widths += self.points > 0xFFFF  # noqa: PLR2004 (the last that is one of UTF-16)
        elif way.unit == "utf_8":
            widths += (self.points > 0x7F).astype(np.int64) + (self.points > 0x7FF) + (self.points > 0xFFFF)  # noqa: PLR2004
        if way.lines == "crlf":
            widths[self.ends] = 2
        elif way.lines == "as_stored":
            widths[self.ends] += self.double
        mark = (3 if way.unit == "utf_8" else 1) if way.marked else 0
        return np.concatenate([[mark], mark + np.cumsum(widths)])


def _span(scale: Ints, one: Selection, way: Way) -> tuple[int, int] | None:
    """The span in characters; None where a position is inside a character or outside the text."""
    start, last = (int(np.searchsorted(scale, place)) for place in (one.start, one.end))
    size = len(scale) - 1
    inside = start < size and last <= size and scale[start] == one.start and scale[last] == one.end
    end = last + way.inclusive
    return (start, end) if inside and start < end <= size else None


def _named(
    raws: Mapping[str, _Text], selections: Sequence[Selection], found: Mapping[Way, list[tuple[int, int] | None]]
) -> set[int]:
    """The selections whose name is their words, in some way of counting."""
    named = set()
    for place, one in enumerate(selections):
        spans = {spans[place] for spans in found.values()}
        if any(span and _is_name(one.name, raws[one.source].lf[slice(*span)]) for span in spans):
            named.add(place)
    return named


def _score(
    raws: Mapping[str, _Text],
    selections: Sequence[Selection],
    spans: Sequence[tuple[int, int] | None],
    named: set[int],
) -> tuple[float, float, int]:
    """The share of named selections with their name, of all that keep words whole; how many have no blank at an end.

    A line end at the end is none: some programs select lines.
    """
    by_name = by_border = tidy = 0
    for place, (one, span) in enumerate(zip(selections, spans, strict=True)):
        if span is None:
            continue
        text = raws[one.source].lf
        by_name += place in named and _is_name(one.name, text[slice(*span)])
        by_border += not (_inside(text, span[0]) or _inside(text, span[1]))
        words = text[slice(*span)].removesuffix("\n")
        tidy += words == words.strip()
    return by_name / len(named) if named else 0.0, by_border / len(selections), tidy


def _is_name(name: str, text: str) -> bool:
    """Whether the name of a selection is its words, or how they begin."""
    said, words = " ".join(name.split()), " ".join(text.split())
    if len(said) < _NAME:
        return False
    short = said.removesuffix("…").removesuffix("...").rstrip()
    return said == words or (
        (short != said or len(said) >= _LONG_NAME) and len(short) >= _NAME and words.startswith(short)
    )


def _inside(text: str, place: int) -> bool:
    return 0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum()


PROJECT_NAMESPACE = "urn:QDA-XML:project:1.0"
OURS = "sources/coder.json"
"""What the standard has no place for: blocks, repairs and who read what, in exports of ours."""
_OWN = {
    "read": ("document", "coder", "start", "end"),
    "unsure": COLUMNS,
    "last": LAST,
    "settled": SETTLED,
    "observations": NOTED,
}
"""The tables in it. Earlier exports had the first alone, or no time and person of what was settled."""
_STRUCTURE = {
    "Project",
    "Users",
    "CodeBook",
    "Codes",
    "Variables",
    "Cases",
    "Sources",
    "Notes",
    "Links",
    "Sets",
    "Graphs",
}
_VALUES = ("TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue")
_REGIONS = ("PDFSelection", "PictureSelection", "AudioSelection", "VideoSelection", "TranscriptSelection")
_SELECTIONS = {"PlainTextSelection", *_REGIONS}
_WHY = {
    "TextSource": "no_text",
    "PDFSource": "no_text",
    "Representation": "no_text",
    "PictureSource": "no_text",
    "AudioSource": "no_text",
    "VideoSource": "no_text",
    "Transcript": "transcript",
    "PlainTextSelection": "no_code",
    **dict.fromkeys(_REGIONS, "region"),
    "Coding": "coding",
    "CodeRef": "coding",
    "Set": "set",
    "MemberCode": "set",
    "MemberSource": "set",
    "MemberNote": "set",
    "Case": "case",
    "Note": "note",
    "NoteRef": "note",
    "Description": "description",
}
"""Why not all of an element were taken over; of those that are not here nothing like them is kept."""
_SET = "set"
"""The attribute that says in which sets of sources a document is."""
_PARAGRAPH = re.compile(r"\S[^\n]*(?:\n[ \t]*[^\s][^\n]*)*")
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_SHOWN = 3
"""So many selections outside their text, and regions without words, are named."""
_MOST = 2**30
"""Characters of all texts together."""


def read_qdpx(path: Path, language: str = "nl") -> Project:
    """Read a project; `language` is that of its codes where the file is not ours.

    A PDF comes as the text that its program made of it. Positions are found as `counted` says; selections of a text
    that is not in the file have no place and are told. Raises `DataError` for a file that is damaged or hostile, or in
    which positions fit no way of counting; `CodebookError` for a codebook against the standard.
    """
    with Zipped(path) as parts:
        name = _project_part(parts)
        root = parse_xml(parts.bytes(name), path)
        if root.name != "Project":
            raise DataError("qdpx.root", file=path.name, found=root.name)
        return _Reader(path, parts, root, name, CodebookFile(path, language)).project()


def _project_part(parts: Zipped) -> str:
    """The one .qde at the root: `project.qde`, but for programs that call it otherwise."""
    found = [name for name in sorted(parts.names) if "/" not in name and name.lower().endswith(".qde")]
    own = [name for name in found if name.lower() == "project.qde"]
    if len(own or found) != 1:
        raise DataError("qdpx.no_project", file=parts.path.name, found=found)
    return (own or found)[0]


@dataclass(frozen=True, slots=True)
class _Source:
    """A text of the project, the elements that select in it, and what is known of it."""

    guid: str
    name: str
    raw: str
    element: Element
    selections: list[Element]


@dataclass(slots=True)
class _Reader:
    path: Path
    parts: Zipped
    root: Element
    part: str
    book: CodebookFile
    found: "Counter[str]" = field(default_factory=Counter)
    taken: "Counter[str]" = field(default_factory=Counter)
    done: set[int] = field(default_factory=set)
    size: int = 0
    outside: list[Note] = field(default_factory=list)

    def project(self) -> Project:
        """All that is taken over, and the account."""
        if self.root.space != PROJECT_NAMESPACE:
            raise DataError("qdpx.namespace", file=self.path.name, found=self.root.space)
        self.found.update(one.name for one in _all(self.root) if one.name not in _STRUCTURE)
        users = {user.guid: user.attributes.get("name", "").strip() for user in self.every("Users", "User")}
        self.take(*self.every("Users", "User"))
        book, ids = self.codebook()
        notes_of = {note.guid: note for note in self.every("Notes", "Note")}
        sources = list(self.sources())
        extra = self.ours()
        picked = [(source, one) for source in sources for one in source.selections]
        asked = [Selection(source.guid, *_ends(one), one.attributes.get("name", "")) for source, one in picked]
        way, spans = counted({source.guid: source.raw for source in sources}, asked, self.path.name)
        documents = [self.document(source, extra["documents"].get(source.guid)) for source in sources]
        documents = [replace(one, name=name) for one, name in zip(documents, _apart(documents), strict=True)]
        of = {source.guid: one.name for source, one in zip(sources, documents, strict=True)}
        rows: list[tuple[Any, ...]] = []
        for (source, selected), one, span in zip(picked, asked, spans, strict=True):
            if span is None:
                where = {"source": of[source.guid], "start": one.start, "end": one.end}
                self.outside.append(Note("qdpx.outside", **where))
            else:
                rows += self.codings(selected, of[source.guid], span, ids, users, notes_of)
        for source, document in zip(sources, documents, strict=True):
            if document.text:
                rows += self.codings(source.element, document.name, (0, len(document.text)), ids, users, notes_of)
            for region, place in _with_words(source, document):
                rows += self.codings(region, document.name, place, ids, users, notes_of)
        placed = {one.guid for (_, one), span in zip(picked, spans, strict=True) if span is not None}
        for region in (one for one in _all(self.root) if one.name in _REGIONS and one.guid in placed):
            self.take(region, *_all(region))  # its words are selected in the text too
        fragments = pd.DataFrame(rows, columns=list(COLUMNS))
        attributes = self.in_sets(of, self.attributes(of))
        notes = [] if self.part == "project.qde" else [Note("qdpx.part", part=self.part)]
        if picked:
            notes.append(Note("qdpx.counted", way=way.note, count=len(picked)))
        named = {name: extra[name].assign(document=extra[name]["document"].map(of)) for name in (*_OWN,)[:-1]}
        return Project(
            self.root.attributes.get("name", self.path.stem),
            Documents(tuple(documents), attributes),
            book,
            fragments,
            named["read"],
            self.account(),
            tuple(notes),
            named["unsure"],
            named["last"],
            named["settled"],
            extra["observations"],
        )

    def take(self, *elements: Element) -> None:
        """Count elements as taken over, each once."""
        for one in elements:
            if id(one) not in self.done:
                self.done.add(id(one))
                self.taken[one.name] += 1

    def every(self, group: str, name: str) -> list[Element]:
        """The elements of this name in a group of the project."""
        return [one for part in self.root.all(group) for one in part.all(name)]

    def codebook(self) -> tuple[Codebook | None, dict[str, str]]:
        """The codebook, and the id of each code by its GUID."""
        codes = [one for part in self.root.all("CodeBook") for one in part.all("Codes")]
        if not any(one.all("Code") for one in codes):
            return None, {}
        own = [one for one in self.every("Sets", "Set") if any(MARK in text.text for text in one.all("Description"))]
        heads = [
            Element("Set", NAMESPACE, one.attributes, one.line, [_member(child) for child in one.children])
            for one in own
        ]
        children = [_plain(one) for one in codes]
        if heads:
            children.append(Element("Sets", NAMESPACE, {}, heads[0].line, heads))
        imported, ids = read_root(Element("CodeBook", NAMESPACE, {}, codes[0].line, children), self.book)
        for part in codes:
            self.take(*_all(part))
        for one in own:
            self.take(one, *_all(one))
        return imported.book, ids

    def sources(self) -> Iterator[_Source]:
        """The texts, in the order of the file; a PDF is the text that its program made of it."""
        for part in self.root.all("Sources"):
            for one in part.children:
                texts = one.all("Representation") if one.name == "PDFSource" else [one]
                if one.name not in {"TextSource", "PDFSource"} or not texts:
                    continue
                raw = self.text(texts[0])
                if raw is None:
                    continue
                self.take(one, texts[0], *texts[0].all("PlainTextContent"))
                where = one.attributes.get("path") or texts[0].attributes.get("plainTextPath") or one.guid
                name = one.attributes.get("name", "").strip() or re.split(r"[/\\]", where)[-1]
                yield _Source(one.guid, name, raw, one, texts[0].all("PlainTextSelection"))

    def text(self, element: Element) -> str | None:
        """The text of a source with the line ends that it has; None where it is not in the file."""
        if content := element.all("PlainTextContent"):
            return content[0].text
        name = _part_named(self.parts.names, element.attributes.get("plainTextPath", ""))
        if name is None:
            return None
        raw = self.parts.bytes(name)
        self.size += len(raw)
        if self.size > _MOST:
            raise DataError("documents.bomb", file=self.path.name)
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            return decoded(raw, self.path.name)[0]

    def document(self, source: _Source, own: Mapping[str, Any] | None) -> Document:
        """The document of a source, with its own blocks where the file is ours."""
        text = source.raw.replace("\r\n", "\n").replace("\r", "\n")
        if own is not None:
            try:
                blocks, repairs = frame_of(own["blocks"]), frame_of(own["repairs"])
                told = tuple(restored(own["notes"]))
                about = str(own["kind"]), int(own["pages"]), str(own["sha256"])
                return Document(source.name, text, blocks, repairs, *about, told)
            except (KeyError, TypeError, ValueError, IndexError):
                raise DataError("qdpx.own", file=self.path.name, part=OURS) from None
        pattern = _PARAGRAPH if re.search(r"\n[ \t]*\n", text) else _LINE
        rows = [(*one.span(), "paragraph", 0, 0, "", "", "", -1) for one in pattern.finditer(text)]
        blocks = pd.DataFrame(rows, columns=list(BLOCKS))
        kind = "pdf" if source.element.name == "PDFSource" else "txt"
        return Document(source.name, text, blocks, kind=kind, sha256=sha256(source.raw.encode()).hexdigest())

    def codings(
        self,
        element: Element,
        document: str,
        span: tuple[int, int],
        ids: Mapping[str, str],
        users: Mapping[str, str],
        notes: Mapping[str, Element],
    ) -> Iterator[tuple[Any, ...]]:
        """The fragments of a selection, or of a whole source: a row of `COLUMNS` each."""
        for coding in element.all("Coding"):
            refs = [ref for ref in coding.all("CodeRef") if _target(ref) in ids]
            if not refs:
                continue
            memo = self.memo(element, coding, notes)
            who = coding.attributes.get("creatingUser") or element.attributes.get("creatingUser", "")
            when = coding.attributes.get("creationDateTime") or element.attributes.get("creationDateTime", "")
            changer = users.get(_bare(element.attributes.get("modifyingUser", "")), "")
            changed = element.attributes.get("modifiedDateTime", "") if element.name in _SELECTIONS else ""
            self.take(element, coding, *refs)
            for ref in refs[:1]:
                about = users.get(_bare(who), ""), memo, coding.guid, when, changed, changer if changed else ""
                yield document, *span, ids[_target(ref)], *about

    def memo(self, selection: Element, coding: Element, notes: Mapping[str, Element]) -> str:
        """What was written on a selection and on its coding: descriptions and notes."""
        found = []
        own = selection.name == "PlainTextSelection"
        for one in [*(selection.all("Description") if own else []), *coding.all("Description")]:
            found.append(one.text)
            self.take(one)
        for ref in [*(selection.all("NoteRef") if own else []), *coding.all("NoteRef")]:
            note = notes.get(_target(ref))
            text = self.text(note) if note is not None else None
            if note is not None and text is not None:
                found.append(text)
                self.take(ref, note, *note.all("PlainTextContent"))
        return "\n".join(dict.fromkeys(found))

    def attributes(self, of: Mapping[str, str]) -> pd.DataFrame:
        """What is known of each document: variables of sources, and of the cases that are about them."""
        names = {one.guid: one.attributes.get("name", "") for one in self.every("Variables", "Variable")}
        self.take(*self.every("Variables", "Variable"))
        rows: dict[str, dict[str, Any]] = {name: {} for name in of.values()}
        for case in self.every("Cases", "Case"):
            about = [ref for ref in case.all("SourceRef") if _target(ref) in of]
            if about:
                self.take(case, *about)
                for ref in about:
                    rows[of[_target(ref)]] |= self.values(case, names)
        for part in self.root.all("Sources"):
            for source in part.children:
                if source.guid in of:
                    rows[of[source.guid]] |= self.values(source, names)
        order = [name for name in names.values() if any(name in row for row in rows.values())]
        return pd.DataFrame.from_dict(rows, orient="index").reindex(index=list(rows), columns=order)

    def in_sets(self, of: Mapping[str, str], attributes: pd.DataFrame) -> pd.DataFrame:
        """The attributes, with the sets of sources that each document is in, as programs write groups of documents."""
        within: dict[str, list[str]] = {}
        for one in self.every("Sets", "Set"):
            members = [ref for ref in one.all("MemberSource") if _target(ref) in of]
            if members:
                self.take(one, *members)
            for ref in members:
                within.setdefault(of[_target(ref)], []).append(one.attributes.get("name", ""))
        if not within:
            return attributes
        name = next(one for one in (_SET, f"{_SET} (qdpx)") if one not in attributes)
        return attributes.assign(**{name: ["; ".join(within.get(one, [])) for one in attributes.index]})

    def values(self, element: Element, names: Mapping[str, str]) -> dict[str, Any]:
        """The values of variables of an element."""
        found = {}
        for one in element.all("VariableValue"):
            ref = next((names.get(_target(ref)) for ref in one.all("VariableRef")), None)
            value = next((child for child in one.children if child.name in _VALUES), None)
            if ref is not None and value is not None:
                found[ref] = _value(value)
                self.take(one, *one.children)
        return found

    def ours(self) -> dict[str, Any]:
        """What an export of ours says beside the standard."""
        found: dict[str, Any] = {"documents": {}, "read": []}
        try:
            found = dict(json.loads(self.parts.bytes(OURS))) if OURS in self.parts.names else found
            told = {name: list(found["read"] if name == "read" else found.get(name, ())) for name in _OWN}
            told["settled"] += [[of, "", "", *place] for of, who, *place in told["read"] if not who]
            told["read"] = [row for row in told["read"] if row[1]]
            told["last"] = [row if len(row) == len(LAST) else [*row, ""] for row in told["last"]]
            frames = {
                name: pd.DataFrame.from_records(
                    [dict(zip(columns, row, strict=True)) for row in told[name]], columns=list(columns)
                )
                for name, columns in _OWN.items()
            }
            return {"documents": dict(found["documents"]), **frames}
        except (KeyError, TypeError, ValueError, RecursionError):
            raise DataError("qdpx.own", file=self.path.name, part=OURS) from None

    def account(self) -> pd.DataFrame:
        """Of each element how many there are, how many were taken over, and why not all (`ACCOUNT`)."""
        rows = [(name, many, self.taken[name], self.why(name)) for name, many in self.found.items()]
        return pd.DataFrame(rows, columns=list(ACCOUNT))

    def why(self, name: str) -> Note | str:
        """Why not all of an element were taken over; "" where all were."""
        left = self.found[name] - self.taken[name]
        why = Note(f"qdpx.why.{_WHY.get(name, 'none')}")
        if left and name in _REGIONS:
            return Note("qdpx.why.regions", why=why, places=_first(list(self.regions(name))))
        if not left or name != "PlainTextSelection" or not self.outside:
            return why if left else ""
        outside = Note("qdpx.why.outside", count=len(self.outside), places=_first(self.outside))
        return Note("qdpx.why.both", one=outside, other=why) if left > len(self.outside) else outside

    def regions(self, name: str) -> Iterator[Note]:
        """Where the regions of a kind that were not taken over are, and their codes."""
        codes = {one.guid: one.attributes.get("name", "") for one in _all(self.root) if one.name == "Code"}
        for source in (one for part in self.root.all("Sources") for one in part.children):
            for region in (one for one in _all(source) if one.name == name and id(one) not in self.done):
                given = [codes.get(_target(ref), "") for ref in _all(region) if ref.name == "CodeRef"]
                page = region.attributes.get("page", "")
                about = {"source": source.attributes.get("name", ""), "codes": list(dict.fromkeys(given)) or ["–"]}
                yield (
                    Note("qdpx.region_on_page", page=int(page) + 1, **about)
                    if page.isdecimal()
                    else Note("qdpx.region", **about)
                )


def _first(places: list[Note]) -> list[Note]:
    """The first places, and that there are more."""
    return [*places[:_SHOWN], *([Note("qdpx.and_so_on")] if len(places) > _SHOWN else [])]


def _with_words(source: _Source, document: Document) -> Iterator[tuple[Element, tuple[int, int]]]:
    """The regions of which the file gives words that stand in the document once, and where."""
    selected = {one.guid for one in source.selections}
    for region in (one for one in source.element.all("PDFSelection") if one.guid not in selected):
        texts = [one.text for part in region.all("Representation") for one in part.all("PlainTextContent")]
        words = texts[0].split() if texts else []
        found = list(re.finditer(r"\s+".join(map(re.escape, words)), document.text)) if words else []
        if len(found) == 1:
            yield region, found[0].span()


def _all(root: Element) -> Iterator[Element]:
    waiting = list(reversed(root.children))
    while waiting:
        one = waiting.pop()
        yield one
        waiting += reversed(one.children)


def _apart(documents: Iterable[Document]) -> list[str]:
    """The names of documents; one that another has already with a number after it."""
    names: list[str] = []
    for one in documents:
        tried = chain([one.name], (f"{one.name} ({times})" for times in count(2)))
        names.append(next(name for name in tried if name not in names))
    return names


def _plain(codes: Element) -> Element:
    """The codes without what a codebook alone has no place for."""
    for one in [codes, *_all(codes)]:
        one.children = [child for child in one.children if child.name in {"Code", "Description"}]
    return codes


def _member(element: Element) -> Element:
    """A member of a set as .qdc names it."""
    attributes = {"guid": element.attributes.get("targetGUID", "")} if element.name == "MemberCode" else {}
    return Element(element.name, NAMESPACE, attributes, element.line, [], element.pieces)


def _part_named(names: Iterable[str], path: str) -> str | None:
    """The part that a path names, wherever capitals and folders are; None where there is none."""
    last = re.split(r"[/\\]", path)[-1].casefold()
    return next((name for name in sorted(names) if last and name.rsplit("/", 1)[-1].casefold() == last), None)


def _ends(element: Element) -> tuple[int, int]:
    try:
        start, end = (int(element.attributes.get(name, "")) for name in ("startPosition", "endPosition"))
    except ValueError:
        return -1, -1
    return start, end


def _bare(guid: str) -> str:
    return guid.strip().strip("{}").lower()


def _target(element: Element) -> str:
    return _bare(element.attributes.get("targetGUID", ""))


def _value(element: Element) -> Any:  # noqa: ANN401 (a cell)
    text = element.text.strip()
    try:
        if element.name == "IntegerValue":
            return int(text)
        if element.name == "FloatValue":
            return float(text)
    except ValueError:
        return text
    if element.name == "BooleanValue":
        return text in {"true", "1"}
    return element.text
