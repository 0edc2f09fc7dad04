"""The REFI-QDA Codebook 1.0: the elements of a .qdc file, and whether they keep to the standard.

The rules are those of the schema `Codebook.xsd` (2019), and that a GUID is used once and a member of a
set exists. Two habits are let through and said: another namespace (NVivo 12 for Mac writes
`codebook:1:0`) and an empty `Sets` (Taguette).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from xml.parsers import expat

from coder.errors import CodebookError

NAMESPACE = "urn:QDA-XML:codebook:1.0"

_LARGEST = 50_000_000
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


def check(root: Element) -> tuple[list[str], list[str]]:
    """What is against the standard, and what is not in it but does no harm; each a sentence with its line."""
    faults: list[str] = []
    notes: list[str] = []
    if root.name != "CodeBook":
        return [f"line {root.line}: the root is {root.name}; that of a codebook is CodeBook."], notes
    if root.space != NAMESPACE:
        notes.append(f"The namespace is {root.space!r} where the standard has {NAMESPACE!r}; read all the same.")
    if len(root.all("Codes")) != 1:
        faults.append(f"line {root.line}: a codebook has one element Codes; this has {len(root.all('Codes'))}.")
    for element in _every(root):
        faults += _misplaced(element, notes)
        faults += _attribute_faults(element)
    codes = [element for element, _ in codes_of(root)]
    if not codes and not faults:
        faults.append(f"line {root.line}: there is no code in it.")
    sets = [one for part in root.all("Sets") for one in part.all("Set")]
    faults += _guid_faults([*codes, *sets], {code.guid for code in codes}, sets)
    return faults, notes


def _misplaced(element: Element, notes: list[str]) -> Iterator[str]:
    known = _PARTS.get(element.name, ())
    children = [child for child in element.children if child.name in known]
    notes += [
        f"{child.name} in line {child.line} is not part of a codebook and is passed over."
        for child in element.children
        if child.name not in known
    ]
    for before, after in pairwise(children):
        if known.index(before.name) > known.index(after.name):
            yield f"line {after.line}: {after.name} stands after {before.name}; it goes before it."
        elif before.name == after.name and after.name in _ONCE and element.name != "CodeBook":
            yield f"line {after.line}: a second {after.name}; there can be one."
    if element.name == "CodeBook" and len(element.all("Sets")) > 1:
        yield f"line {element.all('Sets')[1].line}: a second Sets; there can be one."
    if element.name != "Description" and element.text.strip():
        yield f"line {element.line}: text {element.text.strip()[:40]!r} in {element.name}, which holds none."
    if element.name == "Sets" and not children:
        notes.append(f"The Sets in line {element.line} is empty, which the standard does not have; read all the same.")


def _attribute_faults(element: Element) -> Iterator[str]:
    where = f"line {element.line}: {element.name} {element.attributes.get('name', '')!r}"
    for name in _REQUIRED.get(element.name, ()):
        if name not in element.attributes:
            yield f"{where} has no {name}."
    for name in element.attributes:
        if " " not in name and name not in _ATTRIBUTES.get(element.name, ()):
            yield f"{where} has {name}, which the standard does not know."
    guid = element.attributes.get("guid", "").strip()
    bare = guid[1:-1] if guid[:1] + guid[-1:] == "{}" else guid
    if "guid" in element.attributes and not _GUID.fullmatch(bare):
        yield f"{where} has guid {guid!r}; a GUID is 32 hexadecimal digits, in groups of 8, 4, 4, 4 and 12."
    colour = element.attributes.get("color")
    if colour is not None and not _COLOUR.fullmatch(colour.strip()):
        yield f"{where} has color {colour!r}; a colour is '#rrggbb' or '#rgb'."
    codable = element.attributes.get("isCodable")
    if codable is not None and codable.strip() not in BOOLEAN:
        yield f"{where} has isCodable {codable!r}; it is 'true' or 'false'."


def _guid_faults(named: Iterable[Element], codes: set[str], sets: Iterable[Element]) -> Iterator[str]:
    first: dict[str, Element] = {}
    for one in named:
        if one.guid and first.setdefault(one.guid, one) is not one:
            yield f"line {one.line}: guid {one.guid} is that of line {first[one.guid].line} too; each has its own."
    for one in sets:
        for member in one.all("MemberCode"):
            if member.guid not in codes:
                yield f"line {member.line}: the set has member {member.guid}, which is not a code in the file."


def parse_xml(path: Path) -> Element:
    """The elements of the file. A DOCTYPE is refused, so that nothing can be expanded or fetched."""
    if (size := path.stat().st_size) > _LARGEST:
        raise CodebookError(f"{path.name} has {size} bytes, more than a codebook can have ({_LARGEST}).")
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
        raise CodebookError(f"{path.name} has a DOCTYPE, which no codebook needs and which can do harm; take it out.")

    def text(piece: str) -> None:
        opened[-1].pieces.append(piece)

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: opened.pop()
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(path.read_bytes(), True)  # noqa: FBT003 (the parser takes it by place alone)
    except expat.ExpatError as error:
        place = f"line {error.lineno}, column {error.offset + 1}: {expat.ErrorString(error.code)}"
        raise CodebookError(f"{path.name} is no XML that can be read: {place}.") from None
    except (ValueError, LookupError) as error:
        raise CodebookError(f"{path.name} is no XML that can be read ({error}).") from None
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
