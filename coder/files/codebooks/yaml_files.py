"""Codebooks in YAML, our own format, in and out; one that changes is edited in place.

The places of the nodes say which characters of the file hold a value. A change replaces those and
nothing else, so that comments, order, quotes and indentation stay as they were written. What was
edited is read again: an edit that does not give the codebook asked for is not used.
"""

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from io import StringIO
from itertools import pairwise
from pathlib import Path
from sys import maxsize
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from coder.codebook import Code, Codebook, Negation
from coder.errors import CodebookError
from coder.files.codebooks.code_fields import LISTS
from coder.files.codebooks.codebook_draft import BLOCKS, HEAD, KEYS, WORDS, Draft, read_draft, read_source
from coder.files.codebooks.yaml_nodes import entries, is_null
from coder.files.writing import written_beside
from coder.note import Note

_BYTE_ORDER_MARK = "\ufeff"


def read_yaml(path: Path) -> Codebook:
    """Read a codebook in YAML. Raises `CodebookError` with the place and what to do about it."""
    draft = read_draft(read_source(path))
    if not draft.problems:
        return draft.codebook(path.stem)
    first, more = draft.problems[0], len(draft.problems) - 1
    key = "codebook.wrong_at" if first.line else "codebook.wrong"
    wrong = Note(key, file=path.name, line=first.line, column=first.column, found=first.note)
    raise CodebookError(Note("codebook.more_wrong", first=wrong, count=more) if more else wrong)


def write_yaml(path: Path, codebook: Codebook) -> None:
    """Write a codebook in YAML that `read_yaml` reads back equal.

    A codebook that stands there already is edited: what did not change stays as it was written, with
    its comments, its order and its quotes.
    """
    text = _edited(path, codebook) or _anew(codebook)
    with written_beside(path) as beside:
        beside.write_bytes(text.encode())


def _edited(path: Path, codebook: Codebook) -> str:
    """The file that is there with the changes made in it; empty where it is no codebook."""
    if not path.is_file():
        return ""
    try:
        old = read_source(path)
    except CodebookError:
        return ""
    text = edited(old, codebook, path.stem)
    return _BYTE_ORDER_MARK + text if text and path.read_bytes().startswith(_BYTE_ORDER_MARK.encode()) else text


def _anew(codebook: Codebook) -> str:
    data: dict[str, Any] = {"codebook": codebook.name, "version": codebook.version, "language": codebook.language}
    if codebook.question:
        data["question"] = dict(codebook.question)
    if codebook.lists:
        data["lists"] = {name: list(words) for name, words in codebook.lists.items()}
    data["codes"] = [as_data(code) for code in codebook.codes]
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 10_000
    text = StringIO()
    yaml.dump(writable(data), text)
    return text.getvalue()


_ODD_BREAKS = re.compile("[\r\x85\u2028\u2029]")
_UNSAFE_INLINE = re.compile("[\n\r\x85\u2028\u2029]|^[-?:]")
"""Texts to be quoted on one line: with line breaks, or beginning with a sign that means something in brackets."""
_COMMENTS_ABOVE = re.compile(r"(?:^[ \t]*#[^\n]*\n)+\Z", re.MULTILINE)

Edit = tuple[int, int, str]
"""The characters `[start, end)` of the file and what stands there instead."""


def edited(source: str, codebook: Codebook, name: str) -> str:
    """The file with the codebook's changes made in it; empty where that cannot be done.

    `name` is what a codebook without a name is called. A code is known by its id, or else by its number.
    """
    source = source if source.endswith("\n") else source + _newline(source)
    draft = read_draft(source)
    if draft.problems or draft.root is None:
        return ""
    try:
        text = _Editor(source, draft, draft.root).edit(draft.codebook(name), codebook)
    except _ElsewhereError:
        return ""
    again = read_draft(text)
    return text if not again.problems and again.codebook(name) == codebook else ""


def as_data(code: Code) -> dict[str, Any]:
    """What is written of a code: what it has, in the order of `KEYS`."""
    data: dict[str, Any] = {"id": code.id, "number": code.number, "label": dict(code.label)}
    if code.definition:
        data["definition"] = code.definition
    if code.negation is not Negation.COUNT:
        data["negation"] = code.negation.value
    data |= {name: getattr(code, name) for name in WORDS if getattr(code, name)}
    return data | {name: list(getattr(code, name)) for name in LISTS if getattr(code, name)}


def writable(value: Any, quoted: re.Pattern[str] = _ODD_BREAKS) -> Any:  # noqa: ANN401 (any tree of texts)
    """The same with the texts quoted whose line breaks YAML would read as others."""
    match value:
        case str():
            return DoubleQuotedScalarString(value) if quoted.search(value) else value
        case list():
            return [writable(item, quoted) for item in value]
        case dict():
            return {writable(key, quoted): writable(item, quoted) for key, item in value.items()}
        case _:
            return value


class _ElsewhereError(Exception):
    """What is to change stands elsewhere in the file: it is an alias of it."""


class _Editor:
    """Collects the edits that turn the file into that of another codebook."""

    def __init__(self, source: str, draft: Draft, root: Node) -> None:
        self.source = source
        self.draft = draft
        self.root = root
        self.newline = _newline(source)
        self.edits: list[Edit] = []
        self.flow_labels = any(_in_brackets(nodes["label"][0]) for nodes in draft.nodes if "label" in nodes)
        self.step = self._step()

    def edit(self, old: Codebook, new: Codebook) -> str:
        """The file as it is to be."""
        wanted: dict[str, Any] = {}
        if old.name != new.name:
            wanted["codebook"] = new.name
        if old.version != new.version:
            wanted["version"] = new.version or None
        if old.language != new.language:
            wanted["language"] = new.language
        if old.question != new.question or (old.language != new.language and old.question):
            wanted["question"] = dict(new.question) or None
        if old.lists != new.lists:
            wanted["lists"] = {name: list(words) for name, words in new.lists.items()} or None
        self._mapping(self.root, wanted, HEAD)
        self._codes(entries(self.root)["codes"], new, relabel=old.language != new.language)
        return self._applied(0, len(self.source), self.edits)

    def _codes(self, place: tuple[Node, Node], new: Codebook, *, relabel: bool) -> None:
        node = place[1]
        successors = self._successors(new.codes)
        changes: list[list[Edit]] = []
        whole, self.edits = self.edits, []
        for index, code in enumerate(self.draft.codes):
            if (after := successors.get(index)) is not None:
                self._code(index, code, after, relabel=relabel)
            changes.append(self.edits)
            self.edits = []
        self.edits = whole
        if [code.id for code in successors.values()] == list(new.ids) and len(successors) == len(node.value):
            self.edits += [edit for edits in changes for edit in edits]
        elif _in_brackets(node):
            self._replace(self.root, place, [as_data(code) for code in new.codes])
        else:
            self._rearrange(node, new, {code.id: index for index, code in successors.items()}, changes)

    def _successors(self, codes: Sequence[Code]) -> dict[int, Code]:
        """For the codes of the file, by index, what they become; those that go are left out."""
        by_id = {code.id: code for code in codes}
        found = {index: by_id[old.id] for index, old in enumerate(self.draft.codes) if old.id in by_id}
        taken = {code.id for code in found.values()}
        by_number = {code.number: code for code in codes if code.id not in taken}
        renamed = {
            index: by_number[old.number]
            for index, old in enumerate(self.draft.codes)
            if index not in found and old.number in by_number
        }
        return dict(sorted((found | renamed).items()))

    def _code(self, index: int, old: Code, new: Code, *, relabel: bool) -> None:
        before, after = as_data(old), as_data(new)
        wanted = {key: after.get(key) for key in KEYS if before.get(key) != after.get(key)}
        label = self.draft.nodes[index].get("label")
        if "label" in wanted or (relabel and label and isinstance(label[0], ScalarNode)):
            wanted["label"] = after["label"] or None
        self._mapping(self.draft.nodes[index][""][0], wanted, KEYS)

    def _rearrange(
        self, node: Node, new: Codebook, indices: Mapping[str, int], changes: Sequence[Sequence[Edit]]
    ) -> None:
        """Write the codes in the order of the codebook; each keeps the comments that stand above it."""
        bodies = self._bodies(node)
        leads = ["", *(self.source[end:start] for (_, end), (start, _) in pairwise(bodies))]
        gap = self.newline if any(lead and not lead.strip() for lead in leads) else ""
        column = bodies[0][0]
        indent = self._column(self._dash(node.value[0], bodies[0][0]))
        pieces = []
        for code in new.codes:
            if (index := indices.get(code.id)) is not None:
                start, end = bodies[index]
                pieces.append(leads[index] + self._applied(start, end, changes[index]))
            else:
                pieces.append((gap if pieces else "") + self._written(code, indent))
        gone = [_COMMENTS_ABOVE.sub("", lead) for index, lead in enumerate(leads) if index not in indices.values()]
        loose = "".join(lead for lead in gone if lead.strip())
        self.edits.append((column, bodies[-1][1], "".join(pieces) + loose))

    def _bodies(self, node: Node) -> list[tuple[int, int]]:
        """The lines of each item of a list, from its dash to its end."""
        bodies: list[tuple[int, int]] = []
        after = node.start_mark.index
        for item in node.value:
            dash = self._dash(item, after)
            after = self._line_end(self._end(item))
            bodies.append((self._line_start(dash), after))
        return bodies

    def _mapping(self, node: Node, wanted: Mapping[str, Any], order: Sequence[str]) -> None:
        """Give the keys these values; None takes a key away. New keys go where `order` has them."""
        found = entries(node)
        last = ""
        for key in order:
            if key in wanted and key in found:
                self._set(node, found[key], wanted[key])
            elif wanted.get(key) is not None:
                self._insert(node, found.get(last), key, wanted[key])
            if key in found:
                last = key

    def _set(self, within: Node, place: tuple[Node, Node], value: Any) -> None:  # noqa: ANN401 (text, list, mapping)
        key, node = place
        self._check_here(within, key)
        if value is None:
            self._remove(within, place)
        elif isinstance(node, SequenceNode) and isinstance(value, list) and value and node.value:
            self._items(node, value)
        elif isinstance(node, MappingNode) and isinstance(value, dict) and node.value and self._can_stay(node, value):
            old = {name: _plain(one) for name, (_, one) in entries(node).items()}
            changed = {name: value.get(name) for name in [*old, *value] if old.get(name) != value.get(name)}
            self._mapping(node, changed, list(dict.fromkeys([*old, *value])))
        else:
            self._replace(within, place, value)

    def _can_stay(self, node: Node, value: Mapping[str, Any]) -> bool:
        """Whether the first key stays: what comes before it on its line is not ours."""
        return node.value[0][0].value in value

    def _replace(self, within: Node, place: tuple[Node, Node], value: Any) -> None:  # noqa: ANN401 (text, list, mapping)
        key, node = place
        if isinstance(node, ScalarNode) and not is_null(node):
            self._check_here(key, node)
            start, space = node.start_mark.index, ""
        else:
            start, space = self._after_colon(key), " "
        flow = _in_brackets(within) or isinstance(value, (list, dict))
        self.edits.append((start, self._end(node, key), space + _inline(value, flow=flow)))

    def _remove(self, within: Node, place: tuple[Node, Node]) -> None:
        key, node = place
        keys = [one for one, _ in within.value]
        if key is keys[0] and (_in_brackets(within) or self._column(key.start_mark.index) != self._indent(key)):
            empty: Any = [] if isinstance(node, SequenceNode) else {} if isinstance(node, MappingNode) else ""
            self._replace(within, place, empty)
        elif _in_brackets(within):
            before = within.value[keys.index(key) - 1]
            self.edits.append((self._end(before[1], before[0]), self._end(node, key), ""))
        else:
            start = self._line_start(key.start_mark.index)
            self.edits.append((start, self._line_end(self._end(node, key)), ""))

    def _insert(self, within: Node, after: tuple[Node, Node] | None, key: str, value: Any) -> None:  # noqa: ANN401
        if _in_brackets(within):
            text = f"{_inline(key)}: {_inline(value)}"
            start = self._end(after[1], after[0]) if after else within.start_mark.index + 1
            text = f", {text}" if after else f"{text}, " if within.value else text
        else:
            start = self._line_end(self._end(after[1], after[0])) if after else within.start_mark.index
            text = self._lines(key, value, within.start_mark.column)
        self.edits.append((start, start, text))

    def _items(self, node: Node, values: Sequence[str]) -> None:
        """Turn a list of texts into another; what is in both stays as it is."""
        old = [item.value for item in node.value]
        for item in node.value:
            self._check_here(node, item)
        spans = [(item.start_mark.index, self._end(item)) for item in node.value]
        lines = [] if _in_brackets(node) else self._bodies(node)
        for _, low, high, start, end in _changes(old, values):
            paired = min(high - low, end - start)
            for place, value in zip(range(low, low + paired), values[start:end], strict=False):
                self.edits.append((*spans[place], _inline(value, flow=_in_brackets(node))))
            if _in_brackets(node):
                self._flow_items(spans, low + paired, high, values[start + paired : end])
            else:
                dash = self._column(self._dash(node.value[0], lines[0][0]))
                self._block_items(lines, dash, low + paired, high, values[start + paired : end])

    def _flow_items(self, spans: Sequence[tuple[int, int]], low: int, high: int, new: Sequence[str]) -> None:
        """Take items low to high from a list in brackets and put new ones there."""
        if high > low:
            gone = (spans[low - 1][1], spans[high - 1][1]) if low else (spans[0][0], spans[high][0])
            self.edits.append((*gone, ""))
        for value in new:
            start = spans[low - 1][1] if low else spans[0][0]
            text = f", {_inline(value)}" if low else f"{_inline(value)}, "
            self.edits.append((start, start, text))

    def _block_items(
        self, lines: Sequence[tuple[int, int]], dash: int, low: int, high: int, new: Sequence[str]
    ) -> None:
        """Take items low to high from a list with dashes and put new ones there."""
        if high > low:
            self.edits += [(*lines[place], "") for place in range(low, high)]
        start = lines[low - 1][1] if low else lines[0][0]
        text = "".join(f"{' ' * dash}- {_inline(value, flow=False)}{self.newline}" for value in new)
        if text:
            self.edits.append((start, start, text))

    def _written(self, code: Code, dash: int) -> str:
        """The lines of a new code."""
        text = "".join(self._lines(key, value, dash + 2) for key, value in as_data(code).items())
        return " " * dash + "- " + text[dash + 2 :]

    def _lines(self, key: str, value: Any, column: int) -> str:  # noqa: ANN401 (text, list, mapping)
        """The lines of a key at this column."""
        start = " " * column + _inline(key) + ":"
        if isinstance(value, list) and value:
            dash = " " * (column + self.step) + "- "
            items = (dash + _inline(item, flow=False) for item in value)
            return "".join(line + self.newline for line in (start, *items))
        if isinstance(value, dict) and value and not (self.flow_labels and key in {"label", "question"}):
            return start + self.newline + "".join(self._lines(*item, column + 2) for item in value.items())
        return f"{start} {_inline(value, flow=isinstance(value, (list, dict)))}{self.newline}"

    def _step(self) -> int:
        """How far lists are indented under their key in this file."""
        for nodes in self.draft.nodes:
            code = nodes[""][0]
            for key, value in code.value:
                if isinstance(value, SequenceNode) and value.start_mark.line > key.end_mark.line:
                    return max(0, int(value.start_mark.column - code.start_mark.column))
        return 0

    def _end(self, node: Node, key: Node | None = None) -> int:
        """Where the content of a node ends, without the space and comments after it."""
        if key is not None:
            if is_null(node) and not node.value:
                return self._after_colon(key)
            self._check_here(key, node)
        if isinstance(node, ScalarNode):
            start, end = node.start_mark.index, node.end_mark.index
            return int(start + len(self.source[start:end].rstrip()) if node.style in BLOCKS else end)
        if _in_brackets(node):
            return int(node.end_mark.index)
        if isinstance(node, MappingNode):
            return self._end(node.value[-1][1], node.value[-1][0])
        self._check_here(node, node.value[-1])
        return self._end(node.value[-1])

    def _check_here(self, before: Node, node: Node) -> None:
        if node.start_mark.index < before.start_mark.index:
            raise _ElsewhereError

    def _after_colon(self, key: Node) -> int:
        return self.source.index(":", key.end_mark.index) + 1

    def _dash(self, item: Node, after: int) -> int:
        """Where the dash of an item stands."""
        start = item.start_mark.index
        if start < after:
            raise _ElsewhereError
        return self.source.rindex("-", after, start)

    def _line_start(self, place: int) -> int:
        return self.source.rfind("\n", 0, place) + 1

    def _line_end(self, place: int) -> int:
        return self.source.index("\n", place) + 1

    def _column(self, place: int) -> int:
        return place - self._line_start(place)

    def _indent(self, node: Node) -> int:
        line = self.source[self._line_start(node.start_mark.index) :]
        return len(line) - len(line.lstrip(" "))

    def _applied(self, start: int, end: int, edits: Sequence[Edit]) -> str:
        """The characters from start to end with these edits made."""
        pieces, place = [], start
        for low, high, text in sorted(edits, key=lambda edit: edit[:2]):
            if low < place:
                raise _ElsewhereError
            pieces += [self.source[place:low], text]
            place = high
        return "".join([*pieces, self.source[place:end]])


def _changes(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    matched = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [change for change in matched if change[0] != "equal"]


def _inline(value: Any, *, flow: bool = True) -> str:  # noqa: ANN401 (text, number, list, mapping)
    """A value on one line, as it may stand in brackets (`flow`) or after a dash or a colon."""
    yaml = YAML()
    yaml.width = maxsize
    yaml.default_flow_style = flow
    text = StringIO()
    bare = not isinstance(value, (list, dict))
    yaml.dump(writable([value] if bare else value, _UNSAFE_INLINE), text)
    line = text.getvalue().rstrip("\n")
    return line if not bare else line[1:-1] if flow else line[2:]


def _plain(node: Node) -> Any:  # noqa: ANN401 (text or list)
    return [item.value for item in node.value] if isinstance(node, SequenceNode) else node.value


def _in_brackets(node: Node) -> bool:
    return isinstance(node, CollectionNode) and bool(node.flow_style)


def _newline(source: str) -> str:
    return "\r\n" if "\r\n" in source else "\n"
