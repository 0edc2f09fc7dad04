"""Codebooks in .qdc, the REFI-QDA Codebook 1.0 of NVivo, ATLAS.ti, MAXQDA, QualCoder and others.

The standard holds names, colours, descriptions, codes under codes, and sets of codes. What else a code
of ours has stands at the end of its description, under the line `--- coder ---`, to be read in any
program and read back by `read_qdc`. What the codebook itself has (name, version, language, question,
lists of words) stands so in the description of one set, which has all codes as members. Such a file
keeps to the schema. The GUIDs follow from the name of the codebook and the ids: a second export
gives the same. GUIDs that a file came with are not kept.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from coder.codebook import Code, Codebook
from coder.errors import CodebookError
from coder.files import codebook_fields as fields
from coder.files.found_codes import FoundCode, Imported, colour_of, make_codes
from coder.files.refi_qda import BOOLEAN, NAMESPACE, Element, check, codes_of, parse_xml
from coder.files.writing import written_beside
from coder.version import __version__

MARK = "--- coder ---"
"""The line in a description under which our part stands."""

_KEY = re.compile(r"([\w-]+):(?: (.*))?")
_NO_LABEL = "no_label"
_ELSEWHERE = ("definition", "net", "colour")
"""What the standard itself holds of a code."""
_KNOWN = {"id", "number", "negation", "since", "until", _NO_LABEL, *fields.LISTS}
_NAMED = 20


def write_qdc(path: Path, book: Codebook) -> list[str]:
    """Write a codebook that `read_qdc` reads back equal; say what other programs have as text alone."""
    text = "\n".join(_written(book)) + "\n"
    with written_beside(path) as beside:
        beside.write_bytes(text.encode())
    held = {*_ELSEWHERE, f"{fields.LABEL}{book.language}"}
    as_text = dict.fromkeys(name for code in book.codes for name in fields.code_fields(code) if name not in held)
    return [
        f"As text in the description of a code, under the line {MARK!r}: {', '.join(as_text)}. "
        "Other programs show it and do nothing with it; coder reads it back."
    ]


def read_qdc(path: Path, language: str) -> Imported:
    """Read a .qdc file; `language` is that of its names where the file is not ours.

    Raises `CodebookError` with every fault against the standard and its line.
    """
    root = parse_xml(path)
    faults, notes = check(root)
    if faults:
        more = f"\n  and {len(faults) - _NAMED} more" if len(faults) > _NAMED else ""
        raise CodebookError(
            f"{path.name} does not keep to the REFI-QDA standard; export it again, or mend these:\n  "
            + "\n  ".join(faults[:_NAMED])
            + more
        )
    head, others = _head(root, path)
    spoken = head.one("language") or language
    codes = list(codes_of(root))
    found = [_found(element, parent, spoken, path) for element, parent in codes]
    made = make_codes(found, spoken)
    place = {id_: place for place, id_ in enumerate(head.many("order"))}
    book = Codebook(
        tuple(sorted(made, key=lambda code: place.get(code.id, len(place)))),
        head.one("codebook") if head.lines else path.stem,
        head.one("version"),
        spoken,
        fields.in_languages(fields.QUESTION, {name: fields.many_lines(value) for name, value, _ in head.lines}),
        {
            fields.many_lines(value): fields.split("\n".join(items))
            for name, value, items in head.lines
            if name == "list"
        },
    )
    notes += [
        f"The set {other.attributes['name']!r} is not taken over: a codebook has nets, no sets." for other in others
    ]
    if closed := [one.name for one, (element, _) in zip(found, codes, strict=True) if not _codable(element)]:
        notes.append(f"Not codable in the file, but codes like any other here: {', '.join(map(repr, closed))}.")
    return Imported(book, notes=tuple(notes))


# Reading


def _codable(element: Element) -> bool:
    return BOOLEAN[element.attributes["isCodable"].strip()]


def _found(element: Element, parent: int | None, language: str, path: Path) -> FoundCode:
    name = element.attributes["name"].strip()
    colour = colour_of(element.attributes.get("color", "")) or ""
    definition, lines = _parts(element, path)
    if not lines:
        return FoundCode(name, parent, definition, colour)
    where = f"{path.name}, code {name!r}"
    given = {key: "\n".join(items) if key in fields.LISTS else fields.many_lines(value) for key, value, items in lines}
    if odd := [key for key in given if key not in _KNOWN and not key.startswith(fields.LABEL)]:
        raise CodebookError(
            f"{where} has {odd[0]!r} under the line {MARK!r}, which is not known there. "
            f"Known: {', '.join(sorted(_KNOWN))}."
        )
    if missing := [key for key in ("id", "number") if not given.get(key, "").strip()]:
        raise CodebookError(f"{where} has no {missing[0]} under the line {MARK!r}; fill it in, or take the line out.")
    if given.get(_NO_LABEL) != language:
        given = {f"{fields.LABEL}{language}": name} | given
    own = fields.read_code(given | {"definition": definition, "colour": colour}, where)
    return FoundCode(own.named(language), parent, id=own.id, own=own)


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
            raise CodebookError(f"{path.name} has two sets with a line {MARK!r}; keep that of the codebook you want.")
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
            raise CodebookError(
                f"{path.name}, line {element.line}: {row[:60]!r} under the line {MARK!r} is neither 'name: text' nor "
                "'- item'; write notes above that line."
            )
    return "\n".join(rows[: marks[-1]]).strip(), lines


# Writing


def _written(book: Codebook) -> Iterator[str]:
    order = list(_nested(book))
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield f'<CodeBook xmlns="{NAMESPACE}" origin={_quoted(f"coder {__version__}")}>'
    yield " <Codes>"
    depths = [depth for _, depth in order]
    for (code, depth), following in zip(order, [*depths[1:], 0], strict=True):
        yield f"{'  ' * depth}<Code {_attributes(code, book)}>"
        yield f"{'  ' * depth} <Description>{_escaped(_description(code, book))}</Description>"
        yield from (f"{'  ' * closed}</Code>" for closed in range(depth, following - 1, -1) if closed)
    yield " </Codes>"
    yield " <Sets>"
    yield f'  <Set guid="{_guid(book, "")}" name={_quoted(book.name)}>'
    yield f"   <Description>{_escaped(_about(book, [code.id for code, _ in order]))}</Description>"
    yield from (f'   <MemberCode guid="{_guid(book, code.id)}"/>' for code in book.codes)
    yield "  </Set>"
    yield " </Sets>"
    yield "</CodeBook>"


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
    name = _quoted(code.named(book.language))
    colour = f" color={_quoted(code.colour)}" if code.colour else ""
    return f'guid="{_guid(book, code.id)}" name={name} isCodable="true"{colour}'


def _guid(book: Codebook, id_: str) -> str:
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
    return _under_mark(f"All codes of the codebook {book.name}.", lines)


def _lines(name: str, text: str) -> list[str]:
    """A text as `name: text`, a list as `name:` and a line `- item` each."""
    if name in fields.LISTS:
        return [f"{name}:", *(f"- {line}" for line in text.split("\n"))]
    return [f"{name}: {fields.one_line(text)}"]


def _under_mark(text: str, lines: Iterable[str]) -> str:
    return "\n".join([*([text, ""] if text else []), MARK, *lines])


def _escaped(text: str) -> str:
    text = fields.xml_text(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;")


def _quoted(text: str) -> str:
    text = _escaped(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return f'"{text}"'
