"""A horizontal analysis as a file (.docx, .xlsx, .html, .md), and what a researcher noted in it, read back.

Every file has under each group room for the researcher's observation. In .docx that is a content control of Word, in
.xlsx a sheet; `read_observations` finds both, whatever else was changed in the file.
"""
# ruff: noqa: ANN401 (XlsxWriter has no types)

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.errors import DataError
from coder.files.writing import LONGEST, written_beside
from coder.note import Note
from coder.reports.horizontal import Horizontal, HorizontalGroup, source_note
from coder.reports.shown import said
from coder.reports.write import legible
from coder.version import __version__
from coder.words import chosen, languages, say, speaking

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.oxml.xmlchemy import BaseOxmlElement

ENDINGS = (".docx", ".xlsx", ".html", ".md")
_TAG, _TAG_SIZE = "coder", 64
"""How the tag of a content control begins, and how long Word lets it be."""
_PARTS = 2
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


@dataclass(frozen=True, slots=True)
class GroupSaid:
    """A group as it is written."""

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


def write_horizontal(contents: Sequence[Horizontal], path: Path, language: str | None = None) -> Path:
    """Write these analyses to one file, in the language chosen unless given; the ending says what it is.

    Raises `DataError` for another ending, and without a code.
    """
    check_horizontal(path)
    if not contents:
        raise DataError("documents.no_codes")
    with speaking(chosen(language)), written_beside(path) as beside:
        match path.suffix.lower():
            case ".docx":
                _docx([_said(one) for one in contents], beside)
            case ".xlsx":
                _xlsx(contents, beside)
            case ".html":
                _html([_said(one) for one in contents], beside)
            case _:
                beside.write_text(_markdown([_said(one) for one in contents]), encoding="utf-8")
    return path


def check_horizontal(path: Path) -> None:
    """Raise where a file has another ending than those of `ENDINGS`; to be asked before the work is done."""
    if path.suffix.lower() not in ENDINGS:
        raise DataError("report.no_format", file=path.name, endings=ENDINGS)


def read_observations(path: Path) -> dict[str, dict[str, str]]:
    """What was noted in a .docx or .xlsx that `write_horizontal` wrote: by code and group; what is empty is left out.

    Raises `DataError` for another ending, and for a file without room for observations.
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
        if text.strip():
            noted[code][group] = text.strip()
    return noted


def _t(key: str, **values: object) -> str:
    return legible(say(Note(f"documents.{key}", **values)))


def _said(one: Horizontal) -> Said:
    counts = {"fragments": len(one.frame), "having": one.having, "base": one.base}
    return Said(
        code=one.code,
        label=legible(said(one.label)),
        path=legible(" › ".join(map(said, one.path))) if len(one.path) > 1 else "",
        definition=legible(one.definition),
        counts=_t("found_in", **counts),
        groups=tuple(_group(one, group) for group in one.groups),
        nowhere=_t("nowhere", names=list(one.nowhere), count=len(one.nowhere)) if one.nowhere else "",
        unread=_t("not_whole", names=list(one.unread)) if one.unread else "",
    )


def _group(one: Horizontal, group: HorizontalGroup) -> GroupSaid:
    name = legible(group.name)
    heading = name or (_t("no_value", by=one.by) if one.by else _t("all_documents"))
    counts = _t("found_in", fragments=len(group.frame), having=group.having, base=group.documents)
    several = group.frame["code"].nunique() > 1 or bool((group.frame["code"] != one.code).any())
    items = tuple(_item(row, several=several) for row in group.frame.to_dict("records"))
    return GroupSaid(name, heading, counts, items, legible(group.observation))


def _item(row: Mapping[Any, Any], *, several: bool) -> Item:
    source = legible(say(source_note(row["source"], row["pages"], row["paragraph"])))
    more = [row["section"]] if row["section"] else []
    more += [said(row["code_label"])] if several else []
    more += [_t("coded_by", coder=row["coder"])] if row["coder"] else []
    more += [_t("memo_of", memo=row["memo"])] if row["memo"] else []
    before, text, after = (legible(row[name]) for name in ("before", "text", "after"))
    return Item(before, text, after, source, tuple(map(legible, more)), bool(row["typical"]))


# Word


def _docx(contents: Sequence[Said], path: Path) -> None:
    from docx import Document  # noqa: PLC0415 (a quarter of a second)

    from coder.reports.docx import native_table, set_up  # noqa: PLC0415

    document = Document()
    title = _t("horizontal")
    set_up(document, title)
    document.add_heading(title, 0)
    for number, one in enumerate(contents):
        heading = document.add_heading(one.label, 1)
        heading.paragraph_format.page_break_before = number > 0
        for line in (one.path, one.definition, one.counts, one.unread):
            if line:
                document.add_paragraph(line, style="Note")
        if len(one.groups) > 1:
            head = [_t("group"), _t("found")]
            rows = [head, *([group.heading, group.counts] for group in one.groups)]
            native_table(document, rows, (6.0, 10.0), (False, False))
        for group in one.groups:
            document.add_heading(group.heading, 2)
            document.add_paragraph(group.counts, style="Note")
            _items(document, group.items)
            document.add_heading(_t("observation"), 3)
            _room(document, one.code, group)
        if one.nowhere:
            document.add_heading(_t("nowhere_heading"), 2)
            document.add_paragraph(one.nowhere)
    document.save(str(path))


def _items(document: "Word", items: Sequence[Item]) -> None:
    """The fragments; paragraphs are made once and copied, for Word's own way takes a hundred times as long."""
    from docx.oxml import OxmlElement  # noqa: PLC0415

    end = document.element.body[-1]  # the properties of the page stand last
    quote, note = (document.styles[name].style_id for name in ("Quote", "Note"))
    for item in items:
        for style, runs in (
            (quote, [(item.before, _CONTEXT), (item.text, ""), (item.after, _CONTEXT)]),
            (note, [(_under(item), "")]),
        ):
            paragraph = OxmlElement("w:p")
            _child(_child(paragraph, "w:pPr"), "w:pStyle", style)
            if style == quote:
                _child(paragraph[0], "w:keepNext")
            for number, (text, look) in enumerate(one for one in runs if one[0]):
                _run(paragraph, f" {text}" if number else text, look)
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


def _room(document: "Word", code: str, group: GroupSaid) -> None:
    """A content control with the observation, or with what to do where there is none."""
    from docx.oxml import OxmlElement  # noqa: PLC0415

    control = OxmlElement("w:sdt")
    properties = _child(control, "w:sdtPr")
    _child(properties, "w:alias", _t("observation"))
    _child(properties, "w:tag", _tag(code, group.name))
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
    """Code, group and text of each content control of ours; a hash is that of a heading."""
    from docx import Document  # noqa: PLC0415
    from docx.opc.exceptions import PackageNotFoundError  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415

    try:
        body = Document(str(path)).element.body
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise DataError("documents.no_observations", file=path.name) from error
    headings = {_hash(text): text for text in map(_text, body.iter(qn("w:p"))) if text}
    rooms = {_text_of_note(language) for language in languages()}
    for control in body.iter(qn("w:sdt")):
        properties, content = control.find(qn("w:sdtPr")), control.find(qn("w:sdtContent"))
        tag = properties.find(qn("w:tag")) if properties is not None else None
        named = "" if tag is None else str(tag.get(qn("w:val")))
        if not named.startswith(f"{_TAG}|") or named.count("|") < _PARTS or content is None:
            continue
        text = "\n".join(_text(one) for one in content.iter(qn("w:p")))
        empty = properties.find(qn("w:showingPlcHdr")) is not None or text.strip() in rooms
        _, code, group = named.split("|", 2)
        if group.startswith("#") and group not in headings:
            raise DataError("documents.lost_group", file=path.name, code=code, text=text[:60])
        yield code, headings.get(group, group), "" if empty else text


def _text_of_note(language: str) -> str:
    return say(Note("documents.room"), language).strip()


def _text(paragraph: Any) -> str:
    from docx.oxml.ns import qn  # noqa: PLC0415

    signs = {qn("w:br"): "\n", qn("w:tab"): "\t"}
    return "".join(signs.get(one.tag, one.text or "") for one in paragraph.iter(qn("w:t"), *signs))


# Excel


def _xlsx(contents: Sequence[Horizontal], path: Path) -> None:
    from xlsxwriter import Workbook  # noqa: PLC0415

    from coder.reports.xlsx import looks_of  # noqa: PLC0415

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(path, options) as book:
        book.set_properties({"title": _t("horizontal"), "comments": f"coder {__version__}"})
        looks = looks_of(book)
        heads, rows = _fragment_rows(contents)
        _sheet(book, looks, _t("sheet_fragments"), heads, rows)
        counted = [
            [one.code, said(one.label), group.name, group.documents, group.having, len(group.frame)]
            for one in contents
            for group in one.groups
        ]
        names = ["code_id", "code_label", "group", "documents", "having", "fragments"]
        _sheet(book, looks, _t("sheet_counts"), [_t(name) for name in names], counted)
        noted = [[one.code, said(one.label), group.name, group.observation] for one in contents for group in one.groups]
        names = ["code_id", "code_label", "group", "observation"]
        _sheet(book, looks, _t("sheet_observations"), [_t(name) for name in names], noted, wide=(3,))
        nowhere = [[one.code, said(one.label), name] for one in contents for name in one.nowhere]
        names = ["code_id", "code_label", "document"]
        _sheet(book, looks, _t("nowhere_heading"), [_t(name) for name in names], nowhere)


def _fragment_rows(contents: Sequence[Horizontal]) -> tuple[list[str], list[list[Any]]]:
    """A row a fragment: where it stands, its codes and text, who gave it."""
    attributes = list(dict.fromkeys(name for one in contents for name in one.attributes))
    names = ["document", *("attribute:" + name for name in attributes), "page", "label", "section", "code"]
    heads = [_t("document"), *attributes, *(_t(name) for name in ("page", "label", "section", "code_label"))]
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

    known = {say(Note("documents.sheet_observations"), language)[:31] for language in languages()}
    names = [name for name in sheet_names(path) if name in known]
    if not names:
        return
    frame = read_sheet(path, sheet=names[0])
    for row in frame.itertuples(index=False, name=None):
        cells = [*(str(cell) for cell in row), "", "", "", ""]
        if cells[0].strip():
            yield cells[0].strip(), cells[2].strip(), cells[3]


# A page, and text


def _html(contents: Sequence[Said], path: Path) -> None:
    from coder.reports.html import write_page  # noqa: PLC0415

    write_page(path, "horizontal.html.j2", title=_t("horizontal"), contents=contents, t=_t)


def _markdown(contents: Sequence[Said]) -> str:
    from coder.reports.md import plain  # noqa: PLC0415

    lines = [f"# {_t('horizontal')}"]
    for one in contents:
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
            lines += [f"### {_t('nowhere_heading')}", plain(one.nowhere)]
    return "\n\n".join(lines) + "\n"
