"""Codebooks in .qdc, the REFI-QDA Codebook 1.0 of NVivo, ATLAS.ti, MAXQDA, QualCoder and others.

The standard holds names, colours, descriptions, codes under codes, and sets of codes. What else a code
of ours has stands at the end of its description, under the line `--- coder ---`, to be read in any
program and read back by `read_qdc`. What the codebook itself has (name, version, language, question,
lists of words) stands so in the description of one set, which has all codes as members. Such a file
keeps to the schema. The GUIDs follow from the name of the codebook and the ids: a second export
gives the same. GUIDs that a file came with are not kept.

Whether a file keeps to the standard is judged by the rules of the schema `Codebook.xsd` (2019), and that a GUID is used
once and a member of a set exists. Two habits are let through and said: another namespace (NVivo 12 for Mac writes
`codebook:1:0`) and an empty `Sets` (Taguette).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from xml.parsers import expat

from coder.codebook import Code, Codebook
from coder.errors import CodebookError
from coder.files.codebooks import code_fields as fields
from coder.files.codebooks.imported import CodebookFile, FoundCode, Imported, colour_of, make_codes
from coder.files.writing import written_beside
from coder.note import Note
from coder.resources import __version__

NAMESPACE = "urn:QDA-XML:codebook:1.0"

LARGEST = 50_000_000
_GUID = re.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_COLOUR = re.compile("#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")
BOOLEAN = {"true": True, "1": True, "false": False, "0": False}

_PARTS = {
    "CodeBook": ("Codes", "Sets"),
    "Codes": ("Code",),
    "Code": ("Description", "Code"),
    "Sets": ("Set",),
    "Set": ("Description", "MemberCode"),
    "Description": (),
    "MemberCode": (),
}
"""What may stand in an element, in this order."""
_ONCE = {"Codes", "Sets", "Description"}
_ATTRIBUTES = {
    "CodeBook": {"origin"},
    "Code": {"guid", "name", "isCodable", "color"},
    "Set": {"guid", "name"},
    "MemberCode": {"guid"},
}
_REQUIRED = {"Code": ("guid", "name", "isCodable"), "Set": ("guid", "name"), "MemberCode": ("guid",)}


@dataclass(slots=True)
class Element:
    """An element of the file: its name without the namespace, and the line where it starts."""

    name: str
    space: str
    attributes: dict[str, str]
    line: int
    children: list["Element"] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text directly in the element."""
        return "".join(self.pieces)

    def all(self, name: str) -> list["Element"]:
        """The children with this name."""
        return [child for child in self.children if child.name == name]

    @property
    def guid(self) -> str:
        """The GUID, without braces, in lower case."""
        return self.attributes.get("guid", "").strip().strip("{}").lower()


def check(root: Element) -> tuple[list[Note], list[Note]]:
    """What is against the standard, and what is not in it but does no harm; each with its line."""
    faults: list[Note] = []
    notes: list[Note] = []
    if root.name != "CodeBook":
        return [Note("codebook.refi_root", line=root.line, found=root.name)], notes
    if root.space != NAMESPACE:
        notes.append(Note("codebook.refi_namespace", found=root.space, standard=NAMESPACE))
    if len(root.all("Codes")) != 1:
        faults.append(Note("codebook.refi_codes", line=root.line, count=len(root.all("Codes"))))
    for element in _every(root):
        faults += _misplaced(element, notes)
        faults += _attribute_faults(element)
    codes = [element for element, _ in codes_of(root)]
    if not codes and not faults:
        faults.append(Note("codebook.refi_no_code", line=root.line))
    sets = [one for part in root.all("Sets") for one in part.all("Set")]
    faults += _guid_faults([*codes, *sets], {code.guid for code in codes}, sets)
    return faults, notes


def _misplaced(element: Element, notes: list[Note]) -> Iterator[Note]:
    known = _PARTS.get(element.name, ())
    children = [child for child in element.children if child.name in known]
    notes += [
        Note("codebook.refi_passed", element=child.name, line=child.line)
        for child in element.children
        if child.name not in known
    ]
    for before, after in pairwise(children):
        if known.index(before.name) > known.index(after.name):
            yield Note("codebook.refi_order", line=after.line, element=after.name, before=before.name)
        elif before.name == after.name and after.name in _ONCE and element.name != "CodeBook":
            yield Note("codebook.refi_second", line=after.line, element=after.name)
    if element.name == "CodeBook" and len(element.all("Sets")) > 1:
        yield Note("codebook.refi_second", line=element.all("Sets")[1].line, element="Sets")
    if element.name != "Description" and element.text.strip():
        yield Note("codebook.refi_text", line=element.line, text=element.text.strip()[:40], element=element.name)
    if element.name == "Sets" and not children:
        notes.append(Note("codebook.refi_no_sets", line=element.line))


def _attribute_faults(element: Element) -> Iterator[Note]:
    where = {"line": element.line, "element": element.name, "name": element.attributes.get("name", "")}
    for name in _REQUIRED.get(element.name, ()):
        if name not in element.attributes:
            yield Note("codebook.refi_lacks", attribute=name, **where)
    for name in element.attributes:
        if " " not in name and name not in _ATTRIBUTES.get(element.name, ()):
            yield Note("codebook.refi_unknown", attribute=name, **where)
    guid = element.attributes.get("guid", "").strip()
    bare = guid[1:-1] if guid[:1] + guid[-1:] == "{}" else guid
    if "guid" in element.attributes and not _GUID.fullmatch(bare):
        yield Note("codebook.refi_guid", found=guid, **where)
    colour = element.attributes.get("color")
    if colour is not None and not _COLOUR.fullmatch(colour.strip()):
        yield Note("codebook.refi_colour", found=colour, **where)
    codable = element.attributes.get("isCodable")
    if codable is not None and codable.strip() not in BOOLEAN:
        yield Note("codebook.refi_codable", found=codable, **where)


def _guid_faults(named: Iterable[Element], codes: set[str], sets: Iterable[Element]) -> Iterator[Note]:
    first: dict[str, Element] = {}
    for one in named:
        if one.guid and first.setdefault(one.guid, one) is not one:
            yield Note("codebook.refi_guid_twice", line=one.line, guid=one.guid, first=first[one.guid].line)
    for one in sets:
        for member in one.all("MemberCode"):
            if member.guid not in codes:
                yield Note("codebook.refi_member", line=member.line, guid=member.guid)


def parse_xml(content: bytes, path: Path) -> Element:
    """The elements of a file of this content. A DOCTYPE is refused, so that nothing can be expanded or fetched."""
    if len(content) > LARGEST:
        raise CodebookError("codebook.too_large", file=path.name, size=len(content), most=LARGEST)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    top = Element("", "", {}, 0)
    opened = [top]

    def start(tag: str, attributes: dict[str, str]) -> None:
        space, _, name = tag.rpartition(" ")
        element = Element(name, space, attributes, parser.CurrentLineNumber)
        opened[-1].children.append(element)
        opened.append(element)

    def doctype(*_: object) -> None:
        raise CodebookError("codebook.doctype", file=path.name)

    def text(piece: str) -> None:
        opened[-1].pieces.append(piece)

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: opened.pop()
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(content, True)  # noqa: FBT003 (the parser takes it by place alone)
    except expat.ExpatError as error:
        about = {"line": error.lineno, "column": error.offset + 1, "found": expat.ErrorString(error.code)}
        raise CodebookError("codebook.xml_at", file=path.name, **about) from None
    except (ValueError, LookupError) as error:
        raise CodebookError("codebook.xml", file=path.name, found=str(error)) from None
    return top.children[0]


def _every(root: Element) -> Iterator[Element]:
    waiting = [root]
    while waiting:
        element = waiting.pop()
        yield element
        waiting += [child for child in reversed(element.children) if child.name in _PARTS.get(element.name, ())]


def codes_of(root: Element) -> Iterator[tuple[Element, int | None]]:
    """The codes in the order of the file, each with the place of the code it stands in."""
    waiting: list[tuple[Element, int | None]] = [
        (code, None) for part in reversed(root.all("Codes")) for code in reversed(part.all("Code"))
    ]
    place = 0
    while waiting:
        element, parent = waiting.pop()
        yield element, parent
        waiting += [(child, place) for child in reversed(element.all("Code"))]
        place += 1


MARK = "--- coder ---"
"""The line in a description under which our part stands."""

_KEY = re.compile(r"([\w-]+):(?: (.*))?")
_NO_LABEL = "no_label"
_ELSEWHERE = ("definition", "net", "colour")
"""What the standard itself holds of a code."""
_KNOWN = {"id", "number", "negation", "since", "until", _NO_LABEL, *fields.LISTS}
_NAMED = 20


def write_qdc(path: Path, book: Codebook) -> list[Note]:
    """Write a codebook that `read_qdc` reads back equal; say what other programs have as text alone."""
    text = "\n".join(_written(book)) + "\n"
    with written_beside(path) as beside:
        beside.write_bytes(text.encode())
    held = {*_ELSEWHERE, f"{fields.LABEL}{book.language}"}
    as_text = dict.fromkeys(name for code in book.codes for name in fields.code_fields(code) if name not in held)
    return [Note("codebook.qdc_as_text", mark=MARK, fields=list(as_text))]


def read_qdc(file: CodebookFile) -> Imported:
    """Read a .qdc file; its names are in the language asked for where the file is not ours.

    Raises `CodebookError` with every fault against the standard and its line.
    """
    path = file.path
    if (size := path.stat().st_size) > LARGEST:
        raise CodebookError("codebook.too_large", file=path.name, size=size, most=LARGEST)
    return read_root(parse_xml(path.read_bytes(), path), file)[0]


def read_root(root: Element, file: CodebookFile) -> tuple[Imported, dict[str, str]]:
    """The codebook of an element `CodeBook` of a file, and the id of each code by its GUID. See `read_qdc`."""
    path = file.path
    faults, notes = check(root)
    if faults:
        more = [Note("codebook.more_faults", count=len(faults) - _NAMED)] if len(faults) > _NAMED else []
        raise CodebookError("codebook.qdc_faults", file=path.name, faults=[*faults[:_NAMED], *more])
    head, others = _head(root, path)
    file = file.in_language(head.one("language"))
    codes = list(codes_of(root))
    found = [_found(element, parent, file) for element, parent in codes]
    made = make_codes(found, file.language)
    place = {id_: place for place, id_ in enumerate(head.many("order"))}
    book = Codebook(
        tuple(sorted(made, key=lambda code: place.get(code.id, len(place)))),
        head.one("codebook") if head.lines else path.stem,
        head.one("version"),
        file.language,
        fields.in_languages(fields.QUESTION, {name: fields.many_lines(value) for name, value, _ in head.lines}),
        {
            fields.many_lines(value): fields.split("\n".join(items))
            for name, value, items in head.lines
            if name == "list"
        },
    )
    notes += [Note("codebook.qdc_set", set=other.attributes["name"]) for other in others]
    if closed := [one.name for one, (element, _) in zip(found, codes, strict=True) if not _codable(element)]:
        notes.append(Note("codebook.qdc_closed", codes=list(map(repr, closed))))
    ids = {element.guid: code.id for (element, _), code in zip(codes, made, strict=True)}
    return Imported(book, notes=tuple(notes)), ids


# Reading


def _codable(element: Element) -> bool:
    return BOOLEAN[element.attributes["isCodable"].strip()]


def _found(element: Element, parent: int | None, file: CodebookFile) -> FoundCode:
    name = element.attributes["name"].strip()
    colour = colour_of(element.attributes.get("color", "")) or ""
    definition, lines = _parts(element, file.path)
    if not lines:
        return FoundCode(name, parent, definition, colour)
    where = Note("codebook.code_in", file=file.path.name, code=name)
    given = {key: "\n".join(items) if key in fields.LISTS else fields.many_lines(value) for key, value, items in lines}
    if odd := [key for key in given if key not in _KNOWN and not key.startswith(fields.LABEL)]:
        raise CodebookError("codebook.qdc_unknown", where=where, key=odd[0], mark=MARK, known=sorted(_KNOWN))
    if missing := [key for key in ("id", "number") if not given.get(key, "").strip()]:
        raise CodebookError("codebook.qdc_lacks", where=where, key=missing[0], mark=MARK)
    if given.get(_NO_LABEL) != file.language:
        given = {f"{fields.LABEL}{file.language}": name} | given
    own = fields.read_code(given | {"definition": definition, "colour": colour}, where)
    return FoundCode(own.named(file.language), parent, id=own.id, own=own)


@dataclass(frozen=True, slots=True)
class _Head:
    """The lines that say what the codebook itself has: name, value and items."""

    lines: list[tuple[str, str, list[str]]]

    def one(self, name: str) -> str:
        return next((fields.many_lines(value) for key, value, _ in self.lines if key == name), "")

    def many(self, name: str) -> tuple[str, ...]:
        return next((fields.split("\n".join(items)) for key, _, items in self.lines if key == name), ())


def _head(root: Element, path: Path) -> tuple[_Head, list[Element]]:
    """What our own set says, and the sets of others."""
    head, others = _Head([]), []
    for one in (one for part in root.all("Sets") for one in part.all("Set")):
        _, lines = _parts(one, path)
        if lines and head.lines:
            raise CodebookError("codebook.qdc_two_sets", file=path.name, mark=MARK)
        if lines:
            head = _Head([("codebook", fields.one_line(one.attributes["name"].strip()), []), *lines])
        else:
            others.append(one)
    return head, others


def _parts(element: Element, path: Path) -> tuple[str, list[tuple[str, str, list[str]]]]:
    """The description for people, and the lines under our mark: name, value, items."""
    text = "".join(one.text for one in element.all("Description")).replace("\r\n", "\n")
    rows = text.split("\n")
    marks = [place for place, row in enumerate(rows) if row.rstrip() == MARK]
    if not marks:
        return text.strip(), []
    lines: list[tuple[str, str, list[str]]] = []
    for row in rows[marks[-1] + 1 :]:
        if row.startswith("- ") and lines:
            lines[-1][2].append(row.removeprefix("- "))
        elif match := _KEY.fullmatch(row.rstrip()):
            lines.append((match[1], match[2] or "", []))
        elif row.strip():
            about = {"file": path.name, "line": element.line, "found": row[:60]}
            raise CodebookError("codebook.qdc_line", mark=MARK, **about)
    return "\n".join(rows[: marks[-1]]).strip(), lines


# Writing


def _written(book: Codebook) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield f'<CodeBook xmlns="{NAMESPACE}" origin={quoted(f"coder {__version__}")}>'
    yield from codes_written(book)
    yield " <Sets>"
    yield from set_written(book, "guid")
    yield " </Sets>"
    yield "</CodeBook>"


def codes_written(book: Codebook) -> Iterator[str]:
    """The lines of the element `Codes`."""
    order = list(_nested(book))
    yield " <Codes>"
    depths = [depth for _, depth in order]
    for (code, depth), following in zip(order, [*depths[1:], 0], strict=True):
        yield f"{'  ' * depth}<Code {_attributes(code, book)}>"
        yield f"{'  ' * depth} <Description>{escaped(_description(code, book))}</Description>"
        yield from (f"{'  ' * closed}</Code>" for closed in range(depth, following - 1, -1) if closed)
    yield " </Codes>"


def set_written(book: Codebook, refers: str) -> Iterator[str]:
    """The lines of the set that says what the codebook itself has; members name a code in the attribute `refers`."""
    order = [code.id for code, _ in _nested(book)]
    yield f'  <Set guid="{guid_of(book, "")}" name={quoted(book.name)}>'
    yield f"   <Description>{escaped(_about(book, order))}</Description>"
    yield from (f'   <MemberCode {refers}="{guid_of(book, code.id)}"/>' for code in book.codes)
    yield "  </Set>"


def _nested(book: Codebook) -> Iterator[tuple[Code, int]]:
    """Every code after the one it stands under, with its depth (the first is 1)."""
    under: dict[str, list[Code]] = {}
    for code in book.codes:
        under.setdefault(code.net, []).append(code)
    waiting = [(code, 1) for code in reversed(under[""])]
    while waiting:
        code, depth = waiting.pop()
        yield code, depth
        waiting += [(child, depth + 1) for child in reversed(under.get(code.id, []))]


def _attributes(code: Code, book: Codebook) -> str:
    name = quoted(code.named(book.language))
    colour = f" color={quoted(code.colour)}" if code.colour else ""
    return f'guid="{guid_of(book, code.id)}" name={name} isCodable="true"{colour}'


def guid_of(book: Codebook, id_: str) -> str:
    """The GUID of a code, the same in each export; with "" that of the codebook."""
    return str(uuid5(NAMESPACE_URL, f"{NAMESPACE}\n{fields.xml_text(book.name)}\n{fields.xml_text(id_)}"))


def _description(code: Code, book: Codebook) -> str:
    own = f"{fields.LABEL}{book.language}"
    texts = {name: text for name, text in fields.code_fields(replace(code, definition="")).items() if name != own}
    if book.language not in code.label:
        texts[_NO_LABEL] = book.language
    lines = [line for name, text in texts.items() if name not in _ELSEWHERE for line in _lines(name, text)]
    return _under_mark(code.definition, lines)


def _about(book: Codebook, order: list[str]) -> str:
    texts = fields.book_fields(book)
    lines = [line for name, text in texts.items() if name != "codebook" and text for line in _lines(name, text)]
    for name, words in book.lists.items():
        lines += [f"list: {fields.one_line(name)}", *(f"- {fields.one_line(word)}" for word in words)]
    if list(book.ids) != order:
        lines += ["order:", *(f"- {id_}" for id_ in book.ids)]
    return _under_mark(str(Note("codebook.qdc_about", name=book.name)), lines)


def _lines(name: str, text: str) -> list[str]:
    """A text as `name: text`, a list as `name:` and a line `- item` each."""
    if name in fields.LISTS:
        return [f"{name}:", *(f"- {line}" for line in text.split("\n"))]
    return [f"{name}: {fields.one_line(text)}"]


def _under_mark(text: str, lines: Iterable[str]) -> str:
    return "\n".join([*([text, ""] if text else []), MARK, *lines])


def escaped(text: str) -> str:
    """A text as XML has it between tags."""
    text = fields.xml_text(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;")


def quoted(text: str) -> str:
    """A text as XML has it for an attribute, with its quotes."""
    text = escaped(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return f'"{text}"'
