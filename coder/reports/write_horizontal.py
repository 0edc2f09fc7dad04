"""A horizontal analysis as a file (.docx, .xlsx, .html, .md), and what a researcher noted in it, read back.

Every file has under each group room for the researcher's observation. In .docx that is a content control of Word, in
.xlsx a sheet; `read_observations` finds both, with what was typed beside the room. An observation is of a code and a
group; one that a report has no place for stands in its last part, where it is read from again.
"""
# ruff: noqa: ANN401 (XlsxWriter has no types)

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.codebook import Codebook
from coder.errors import DataError
from coder.files.codebooks.qdc import parse_xml
from coder.files.documents.zipped import Zipped
from coder.files.writing import LONGEST, written_beside
from coder.note import Note
from coder.reports.canvas import legible
from coder.reports.horizontal import NEAR, PATH, Horizontal, HorizontalGroup, source_note
from coder.reports.shown import said
from coder.resources import __version__
from coder.tables.codes_in_documents import PERIOD, textless_notes
from coder.words import languages, say, speaking, written_date

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.text.paragraph import Paragraph

ENDINGS = (".docx", ".xlsx", ".html", ".md")
_TAG, _TAG_SIZE = "coder", 64
"""How the tag of a content control begins, and how long Word lets it be."""
_PARTS = 2
_CORE = "docProps/core.xml"
_HEADING, _ROOM = "coder_", "coder_room_"
"""How the bookmarks of our headings begin."""
_UNDER = "160"
"""The room under the line under a fragment, in twentieths of a point."""
_NAMED = 5
"""So many codes are named in a title."""
_OPENS, _CLOSES = (
    "([{\N{LEFT DOUBLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}",
    (".,;:!?)]}\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}"),
)
_CONTEXT = "context"
"""How a run looks that is not of the fragment itself."""
_WIDE = 70


@dataclass(frozen=True, slots=True)
class Item:
    """A fragment as it is written: its text with what stands before and after, its source line, and what else is known.

    `more` are lines under it: the path of headings, who coded, memos.
    """

    before: str
    text: str
    after: str
    source: str
    more: tuple[str, ...]
    typical: bool

    @property
    def gaps(self) -> tuple[str, str]:
        """The blanks before and after the text: none beside a bracket, quotation mark or stop that touches it."""
        first = self.before and self.before[-1] not in _OPENS
        return " " if first else "", " " if self.after and self.after[0] not in _CLOSES else ""


@dataclass(frozen=True, slots=True)
class GroupSaid:
    """A group as it is written; `name` is what its observation is kept under."""

    code: str
    name: str
    heading: str
    counts: str
    items: tuple[Item, ...]
    observation: str


@dataclass(frozen=True, slots=True)
class Said:
    """A horizontal analysis as it is written, in the language chosen."""

    code: str
    label: str
    path: str
    definition: str
    counts: str
    groups: tuple[GroupSaid, ...]
    nowhere: str
    unread: str
    unknown: str


@dataclass(frozen=True, slots=True)
class Report:
    """All that is written: lines about the report, its analyses, observations without a place there, and the method."""

    title: str
    about: tuple[str, ...]
    contents: tuple[Said, ...]
    others: tuple[GroupSaid, ...]
    method: tuple[str, ...]


def write_horizontal(
    contents: Sequence[Horizontal],
    path: Path,
    *,
    observations: Mapping[str, Mapping[str, str]] | None = None,
    study: str = "",
    made: date | None = None,
    notes: Sequence[Note] = (),
    state: str = "",
) -> Path:
    """Write these analyses to one file, in the language chosen; the ending says what it is.

    `observations` is what `read_observations` gave, by code and group: each stands under its group, and one whose code
    or group is not in these analyses in a part of its own, so that none is lost. `study` is named in the title, `made`
    is the date of the report, `notes` are said in the method; `state` is what `read_state` gives back.

    Raises `DataError` for another ending, and without a code.
    """
    check_horizontal(path)
    if not contents:
        raise DataError("documents.no_codes")
    with written_beside(path) as beside:
        report = _report(contents, observations or {}, study, made, notes)
        match path.suffix.lower():
            case ".docx":
                _docx(report, beside, state)
            case ".xlsx":
                _xlsx(contents, report, beside, state)
            case ".html":
                _html(report, beside)
            case _:
                beside.write_text(_markdown(report), encoding="utf-8")
    return path


def check_horizontal(path: Path) -> None:
    """Raise where a file has another ending than those of `ENDINGS`; to be asked before the work is done."""
    if path.suffix.lower() not in ENDINGS:
        raise DataError("report.no_format", file=path.name, endings=ENDINGS)


def read_observations(path: Path) -> dict[str, dict[str, str]]:
    """What was noted in a .docx or .xlsx that `write_horizontal` wrote: by code and group; what is empty is left out.

    The group is its name; "" is that of a report without groups, and the attribute with "=" that of documents without
    one. Raises `DataError` for another ending, for a file without room for observations, and for an observation of
    which nobody knows whose it is.
    """
    match path.suffix.lower():
        case ".docx":
            found = list(_from_docx(path))
        case ".xlsx":
            found = list(_from_xlsx(path))
        case _:
            raise DataError("report.no_format", file=path.name, endings=(".docx", ".xlsx"))
    if not found:
        raise DataError("documents.no_observations", file=path.name)
    noted: dict[str, dict[str, str]] = {}
    for code, group, text in found:
        noted.setdefault(code, {})
        texts = [noted[code].get(group, ""), text.strip()]
        if text.strip() and texts[1] != texts[0]:
            noted[code][group] = "\n".join(filter(None, texts))
    return noted


def read_state(path: Path) -> str:
    """What a .docx or .xlsx was written with as its `state` (Word and Excel keep it as keywords); "" without one.

    Raises `DataError` for a file that cannot be read.
    """
    with Zipped(path) as parts:
        if _CORE not in parts.names:
            return ""
        root = parse_xml(parts.bytes(_CORE), path)
    return next((one.text.strip() for one in root.children if one.name == "keywords"), "")


def _t(key: str, **values: object) -> str:
    return legible(say(Note(f"documents.{key}", **values)))


def _report(
    contents: Sequence[Horizontal],
    observations: Mapping[str, Mapping[str, str]],
    study: str,
    made: date | None,
    notes: Sequence[Note],
) -> Report:
    left = {(code, group): text for code, noted in observations.items() for group, text in noted.items()}
    said_ = tuple(_said(one, left) for one in contents)
    book = contents[0].codebook
    others = tuple(_other(code, group, text, book) for (code, group), text in left.items())
    labels = list(dict.fromkeys(one.label for one in said_))
    named = [*labels[:_NAMED], *(["…"] if len(labels) > _NAMED else [])]
    title = _t("horizontal_of", codes=named) + (f" – {legible(study)}" if study else "")
    return Report(title, tuple(_about(contents[0], made)), said_, others, tuple(_method(contents, notes)))


def _about(one: Horizontal, made: date | None) -> Iterator[str]:
    """When it was made, with which codebook, who read, and how many documents."""
    if not one.known:
        yield _t("all_read")
    if made:
        yield written_date(made)
    named = " ".join(filter(None, (one.codebook.name, one.codebook.version)))
    yield _t("made_with", codebook=named)
    if one.readers:
        yield _t("readers", names=list(one.readers), count=len(one.readers))
    if one.known:
        yield _t("read_of", count=one.base, documents=one.base + len(one.unread) + len(one.textless))


def _method(contents: Sequence[Horizontal], notes: Sequence[Note]) -> Iterator[str]:
    """What was counted, and what the signs say."""
    yield _t("method_fragments")
    yield from (legible(say(note)) for note in notes)
    if any(one.frame["typical"].any() for one in contents):
        yield _t("method_typical")
    if any(one.frame["pages"].astype(str).str.startswith(NEAR).any() for one in contents):
        yield _t("method_near")
    yield _t("method_codebook", hash=contents[0].codebook.hash)


def _said(one: Horizontal, left: dict[tuple[str, str], str]) -> Said:
    """An analysis as it is written; takes the observations that have a place in it from those left."""
    return Said(
        code=one.code,
        label=legible(said(one.label)),
        path=legible(" › ".join(map(said, one.path))) if len(one.path) > 1 else "",
        definition=legible(one.definition),
        counts=counted(one.groups),
        groups=tuple(_group(one, group, left) for group in one.groups),
        nowhere=_t("nowhere_names", names="; ".join(one.nowhere), count=len(one.nowhere)) if one.nowhere else "",
        unread=" ".join(_unread(one)),
        unknown="" if one.known else _t("all_read"),
    )


def _unread(one: Horizontal) -> Iterator[str]:
    """Which documents are outside the base, and why."""
    if one.unread:
        yield _t("not_whole", names="; ".join(one.unread))
    yield from (legible(say(note)) for note in textless_notes(one.textless))


def counted(groups: Sequence[HorizontalGroup]) -> str:
    """The fragments and documents of the base, and apart from them those outside."""
    having, base, inside = (sum(getattr(one, name) for one in groups) for name in ("having", "documents", "inside"))
    fragments, documents = (sum(one.outside[place] for one in groups) for place in range(2))
    apart = [_t("found_outside", count=fragments, documents=documents)] if fragments else []
    return " ".join([_t("found_in", fragments=inside, having=having, base=base), *apart])


def key_of(one: Horizontal, group: HorizontalGroup) -> str:
    """What the observation of a group is kept under: documents without an attribute are not all documents."""
    return legible(group.name) or (f"{legible(one.by)}=" if one.by else "")


def _group(one: Horizontal, group: HorizontalGroup, left: dict[tuple[str, str], str]) -> GroupSaid:
    key = key_of(one, group)
    several = group.frame["code"].nunique() > 1 or bool((group.frame["code"] != one.code).any())
    items = tuple(_item(row, several=several) for row in group.frame.to_dict("records"))
    return GroupSaid(one.code, key, heading_of(key), counted([group]), items, legible(left.pop((one.code, key), "")))


def heading_of(key: str) -> str:
    """How the group of a key is called above its fragments."""
    if key.endswith("="):
        return _t("no_value", by=key[:-1])
    return key or _t("all_documents")


def _other(code: str, group: str, text: str, book: Codebook) -> GroupSaid:
    """An observation that has no place in the report, with the label of its code."""
    label = said(book.text(code)) if code in book.ids else ""
    named = _t("code_named", code=code, label=label) if label and label != code else code
    return GroupSaid(code, group, heading_of(group), legible(named), (), legible(text))


def _item(row: Mapping[Any, Any], *, several: bool) -> Item:
    source = legible(say(source_note(row["source"], row["pages"], row["paragraph"])))
    more = [] if row["whole"] else [_t("outside_base")]
    more += [above] if (above := under_which(row["section"], row["paragraph"])) else []
    more += [said(row["code_label"])] if several else []
    more += [_t("coded_by", coder=row["coder"])] if row["coder"] else []
    more += [_t("memo_of", memo=row["memo"])] if row["memo"] else []
    before, text, after = (legible(row[name]) for name in ("before", "text", "after"))
    return Item(before, text, after, source, tuple(map(legible, more)), bool(row["typical"]))


def under_which(section: str, paragraph: str) -> str:
    """The path of headings, without what the source line says of the last."""
    above, between, last = section.rpartition(PATH)
    rest = last.strip().removeprefix(paragraph).lstrip(".) ")
    return above + between + rest if rest else above


# Word


def _docx(report: Report, path: Path, state: str) -> None:
    from docx import Document  # noqa: PLC0415 (a quarter of a second)

    from coder.reports.write_docx import set_up  # noqa: PLC0415

    document = Document()
    set_up(document, report.title)
    document.core_properties.keywords = state
    _ours(document.add_heading(report.title, 0))
    for line in report.about:
        document.add_paragraph(line, style="Note")
    for number, one in enumerate(report.contents):
        _analysis(document, one, first=not number)
    if report.others:
        _ours(document.add_heading(_t("others"), 1))
        document.add_paragraph(_t("others_note"), style="Note")
    for group in report.others:
        _ours(document.add_heading(group.heading, 2))
        _ours(document.add_heading(group.counts, 3), room=True)
        _room(document, group)
    _ours(document.add_heading(_t("method"), 1))
    document.add_paragraph(" ".join(report.method), style="Note")
    document.save(str(path))


def _analysis(document: "Word", one: Said, *, first: bool) -> None:
    from coder.reports.write_docx import native_table  # noqa: PLC0415

    heading = _ours(document.add_heading(one.label, 1))
    heading.paragraph_format.page_break_before = not first
    for line in (one.path, one.definition, one.counts, one.unread):
        if line:
            document.add_paragraph(line, style="Note")
    if len(one.groups) > 1:
        head = [_t("group"), _t("found")]
        rows = [head, *([group.heading, group.counts] for group in one.groups)]
        native_table(document, rows, (6.0, 10.0), (False, False))
    for group in one.groups:
        _ours(document.add_heading(group.heading, 2))
        document.add_paragraph(group.counts, style="Note")
        _items(document, group.items)
        _ours(document.add_heading(_t("observation"), 3), room=True)
        _room(document, group)
    if one.nowhere:
        _ours(document.add_heading(_t("nowhere_heading"), 2))
        for line in filter(None, (one.unknown, one.nowhere)):
            document.add_paragraph(line)


def _ours(heading: "Paragraph", *, room: bool = False) -> "Paragraph":
    """The heading with a bookmark, by which it is known from those of the researcher; that of a room begins it."""
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415

    number = str(len(heading._p.getparent()))  # noqa: SLF001 (python-docx knows no bookmarks)
    for place, name in ((1, "w:bookmarkStart"), (len(heading._p) + 1, "w:bookmarkEnd")):  # noqa: SLF001
        mark = OxmlElement(name)
        mark.set(qn("w:id"), number)
        if name == "w:bookmarkStart":
            mark.set(qn("w:name"), f"{_ROOM if room else _HEADING}{number}")
        heading._p.insert(place, mark)  # noqa: SLF001
    return heading


def _items(document: "Word", items: Sequence[Item]) -> None:
    """The fragments; paragraphs are made once and copied, for Word's own way takes a hundred times as long."""
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415

    end = document.element.body[-1]  # the properties of the page stand last
    quote, note = (document.styles[name].style_id for name in ("Quote", "Note"))
    for item in items:
        gaps = item.gaps
        for style, runs in (
            (quote, [(f"{item.before}{gaps[0]}", _CONTEXT), (item.text, ""), (f"{gaps[1]}{item.after}", _CONTEXT)]),
            (note, [(_under(item), "")]),
        ):
            paragraph = OxmlElement("w:p")
            _child(_child(paragraph, "w:pPr"), "w:pStyle", style)
            if style == quote:
                _child(paragraph[0], "w:keepNext")
            else:
                spacing = _child(paragraph[0], "w:spacing")
                spacing.set(qn("w:after"), _UNDER)
            for text, look in (one for one in runs if one[0]):
                _run(paragraph, text, look)
            end.addprevious(paragraph)


def _under(item: Item) -> str:
    """The line under a fragment."""
    first = [_t("typical")] if item.typical else []
    return " · ".join([item.source, *first, *item.more])


def _run(paragraph: "BaseOxmlElement", text: str, look: str) -> None:
    run = _child(paragraph, "w:r")
    if look == _CONTEXT:
        looks = _child(run, "w:rPr")
        _child(looks, "w:i", "0")
        _child(looks, "w:color", "4C5964")
    for number, line in enumerate(text.split("\n")):
        if number:
            _child(run, "w:br")
        written = _child(run, "w:t")
        written.text = line
        written.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _child(parent: "BaseOxmlElement", name: str, value: str = "") -> "BaseOxmlElement":
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415

    child: BaseOxmlElement = OxmlElement(name)
    if value:
        child.set(qn("w:val"), value)
    parent.append(child)
    return child


def _room(document: "Word", group: GroupSaid) -> None:
    """A content control with the observation, or with what to do where there is none."""
    from docx.oxml import OxmlElement  # noqa: PLC0415

    control = OxmlElement("w:sdt")
    properties = _child(control, "w:sdtPr")
    _child(properties, "w:alias", _t("observation"))
    _child(properties, "w:tag", _tag(group.code, group.name))
    if not group.observation:
        _child(properties, "w:showingPlcHdr")
    content = _child(control, "w:sdtContent")
    for line in (group.observation or _t("room")).split("\n"):
        paragraph = _child(content, "w:p")
        _run(paragraph, line, "" if group.observation else _CONTEXT)
    document.element.body[-1].addprevious(control)


def _tag(code: str, group: str) -> str:
    """What names a group of a code; of a group that is too long for Word a hash, which its heading has too."""
    tag = f"{_TAG}|{code}|{group}"
    return tag if len(tag) <= _TAG_SIZE and not group.startswith("#") else f"{_TAG}|{code}|{_hash(group)}"


def _hash(group: str) -> str:
    return f"#{hashlib.sha256(group.encode()).hexdigest()[:12]}"


def _from_docx(path: Path) -> Iterator[tuple[str, str, str]]:
    """Code, group and text of each content control of ours, with what stands beside it under the same heading."""
    from docx import Document  # noqa: PLC0415
    from docx.opc.exceptions import PackageNotFoundError  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415

    try:
        body = Document(str(path)).element.body
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise DataError("documents.no_observations", file=path.name) from error
    headings = {_hash(text): text for text in map(_text, body.iter(qn("w:p"))) if text}
    rooms = [one.strip() for one in _in_all_languages("room")]
    key, loose, within = None, "", False
    for part in body:
        marks = [str(one.get(qn("w:name"))) for one in part.iter(qn("w:bookmarkStart"))]
        begins = any(one.startswith(_ROOM) for one in marks)
        tags = list(_tags(part))
        if tags:
            key = tags[-1]
            _, code, group = key.split("|", 2)
        if begins or any(one.startswith(_HEADING) for one in marks):
            yield from _loose(path, loose)
            key, loose, within = None, "", begins
            continue
        if not within and not tags:
            continue
        text = "\n".join(map(_text, part.iter(qn("w:p"))))
        for room in rooms:
            text = text.replace(room, "")
        if key is None:
            loose = f"{loose}\n{text}".strip()
            continue
        if group.startswith("#") and group not in headings:
            raise DataError("documents.lost_group", file=path.name, code=code, text=text[:60])
        yield code, headings.get(group, group), f"{loose}\n{text}".strip()
        loose = ""
    yield from _loose(path, loose)


def _loose(path: Path, text: str) -> Iterator[tuple[str, str, str]]:
    """Nothing; raise where a text has lost the room that says whose it is."""
    if text:
        raise DataError("documents.lost_room", file=path.name, text=text[:60])
    yield from ()


def _tags(part: Any) -> Iterator[str]:
    """The tags of our content controls in a part of a file."""
    from docx.oxml.ns import qn  # noqa: PLC0415

    for control in part.iter(qn("w:sdt")):
        tag = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
        named = "" if tag is None else str(tag.get(qn("w:val")))
        if named.startswith(f"{_TAG}|") and named.count("|") >= _PARTS:
            yield named


def _in_all_languages(key: str) -> list[str]:
    """A sentence as a report of any language has it."""
    found = []
    for language in languages():
        with speaking(language):
            found.append(_t(key))
    return found


def _text(paragraph: Any) -> str:
    from docx.oxml.ns import qn  # noqa: PLC0415

    signs = {qn("w:br"): "\n", qn("w:tab"): "\t"}
    return "".join(signs.get(one.tag, one.text or "") for one in paragraph.iter(qn("w:t"), *signs))


# Excel


def _xlsx(contents: Sequence[Horizontal], report: Report, path: Path, state: str) -> None:
    from xlsxwriter import Workbook  # noqa: PLC0415

    from coder.reports.write_xlsx import looks_of  # noqa: PLC0415

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(path, options) as book:
        book.set_properties({"title": report.title[:255], "comments": f"coder {__version__}", "keywords": state})
        looks = looks_of(book)
        heads, rows = _fragment_rows(contents)
        _sheet(book, looks, _t("sheet_fragments"), heads, rows)
        counted = [
            [one.code, said(one.label), group.name, group.documents, group.having, group.inside, *group.outside]
            for one in contents
            for group in one.groups
        ]
        names = [
            "code_id",
            "code_label",
            "group",
            "documents",
            "having",
            "fragments",
            "outside_fragments",
            "outside_documents",
        ]
        _sheet(book, looks, _t("sheet_counts"), [_t(name) for name in names], counted)
        labels = {one.code: one.label for one in report.contents}
        rooms = [group for one in report.contents for group in one.groups]
        noted = [[one.code, labels[one.code], one.name, one.observation] for one in rooms]
        noted += [[one.code, one.counts, one.name, one.observation] for one in report.others]
        names = ["code_id", "code_label", "group", "observation"]
        _sheet(book, looks, _t("sheet_observations"), [_t(name) for name in names], noted, wide=(3,))
        about = [[line] for line in (*report.about, *report.method)]
        _sheet(book, looks, _t("sheet_about"), [report.title], about, wide=(0,))
        nowhere = [[one.code, said(one.label), name] for one in contents for name in one.nowhere]
        names = ["code_id", "code_label", "document"]
        _sheet(book, looks, _t("nowhere_heading"), [_t(name) for name in names], nowhere)
        unread = [[name] for name in contents[0].unread]
        _sheet(book, looks, _t("sheet_unread"), [_t("document")], unread)


def _fragment_rows(contents: Sequence[Horizontal]) -> tuple[list[str], list[list[Any]]]:
    """A row a fragment: where it stands, its codes and text, who gave it."""
    attributes = list(dict.fromkeys(name for one in contents for name in one.attributes))
    names = ["document", *("attribute:" + name for name in attributes), "page", "label", "section", "code"]
    named = [_t("column_period") if name == PERIOD else name for name in attributes]
    heads = [_t("document"), *named, *(_t(name) for name in ("page", "label", "section", "code_label"))]
    heads += [_t(name) for name in ("code_path", "before", "text", "after", "coder", "memo", "place", "source_head")]
    rows = []
    for one in contents:
        for group in one.groups:
            for row in group.frame.to_dict("records"):
                place = [row.get(name, "") for name in names[:-1]]
                place[-3] = place[-3] or ""
                path = " › ".join(map(said, one.path))
                more = [row[name] for name in ("before", "text", "after", "coder", "memo")]
                where = f"{row['start']}–{row['end']}"
                line = say(source_note(row["source"], row["pages"], row["paragraph"]))
                rows.append([*place, said(row["code_label"]), path, *more, where, line])
    return heads, rows


def _sheet(
    book: Any,
    looks: Mapping[str, Any],
    name: str,
    heads: Sequence[str],
    rows: list[list[Any]],
    wide: Sequence[int] = (),
) -> None:
    """A sheet with a head that stays in sight, and filters."""
    sheet = book.add_worksheet(name[:31])
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    for place, head in enumerate(heads):
        sheet.write_string(0, place, legible(head), looks["left"])
        cells = [len(str(row[place])) for row in rows[:500]]
        sheet.set_column(place, place, _WIDE if place in wide else min(max([len(head), *cells]) + 3, _WIDE))
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if isinstance(value, int) and not isinstance(value, bool):
                sheet.write_number(number, place, value, looks["whole"])
            else:
                text = legible(str(value))
                text = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
                sheet.write_string(number, place, text, looks["text"])
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(heads) - 1)


def _from_xlsx(path: Path) -> Iterator[tuple[str, str, str]]:
    """Code, group and text of the sheet of observations, in any language."""
    from coder.files.cells import sheet_names  # noqa: PLC0415
    from coder.files.sheets import read_sheet  # noqa: PLC0415

    known = {one[:31] for one in _in_all_languages("sheet_observations")}
    names = [name for name in sheet_names(path) if name in known]
    if not names:
        return
    frame = read_sheet(path, sheet=names[0])
    for row in frame.itertuples(index=False, name=None):
        cells = [*(str(cell) for cell in row), "", "", "", ""]
        text = "\n".join(cell for cell in cells[3:] if cell.strip())
        if cells[0].strip():
            yield cells[0].strip(), cells[2].strip(), text
        elif text:
            raise DataError("documents.lost_room", file=path.name, text=text[:60])


# A page, and text


def _html(report: Report, path: Path) -> None:
    from coder.reports.write_html import write_page  # noqa: PLC0415

    write_page(path, "horizontal.html.j2", title=report.title, report=report, t=_t)


def _markdown(report: Report) -> str:
    from coder.reports.write_text import plain  # noqa: PLC0415

    lines = [f"# {plain(report.title)}", *map(plain, report.about)]
    for one in report.contents:
        lines.append(f"## {plain(one.label)}")
        lines += [plain(line) for line in (one.path, one.definition, one.counts, one.unread) if line]
        for group in one.groups:
            lines += [f"### {plain(group.heading)}", plain(group.counts)]
            for item in group.items:
                around = [f"*{plain(text)}*" if text else "" for text in (item.before, item.after)]
                words = "\n>\n> ".join(plain(line) for line in item.text.split("\n") if line.strip())
                lines.append(f"> {' '.join(filter(None, [around[0], words, around[1]]))}\n>\n> {plain(_under(item))}")
            lines.append(f"**{_t('observation')}**: {plain(group.observation) or '…'}")
        if one.nowhere:
            lines += [f"### {_t('nowhere_heading')}", *map(plain, filter(None, (one.unknown, one.nowhere)))]
    if report.others:
        lines += [f"## {_t('others')}", plain(_t("others_note"))]
    for group in report.others:
        lines += [f"### {plain(group.heading)}", plain(group.counts), plain(group.observation)]
    lines += [f"## {_t('method')}", plain(" ".join(report.method))]
    return "\n\n".join(lines) + "\n"
