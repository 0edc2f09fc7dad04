"""A codebook in YAML as it was written: what can be read of it, where each part stands, what is wrong.

YAML is composed into nodes, which know their line and column, and the nodes are walked once. That
takes as long as loading them into plain data would, so that an ordinary reading has the places too.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from coder.codebook import Code, Codebook, Negation
from coder.errors import CodebookError, RuleError
from coder.files.codebooks.code_fields import LISTS, read_negation
from coder.files.codebooks.yaml_nodes import CORE, YamlError, composed, entries, is_kind, is_null, is_word
from coder.methods.rules.syntax import Reference, Rule, parse, within
from coder.note import Note

WORDS = ("net", "colour", "since", "until")
KEYS = ("id", "number", "label", "definition", "negation", *WORDS, *LISTS)
"""What a code may have, in the order in which it is written."""
HEAD = ("codebook", "version", "language", "question", "lists", "codes")

BLOCKS = ("|", ">")
"""How a text over several lines is marked."""

_WHOLE = re.compile("[-+]?[0-9]{1,4000}")
_QUOTES = ("'", '"')
_Where = Note | str
"""What a problem is in: a code, a list, a `key`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a codebook, and where: line and column from 1, or None.

    An error keeps the codebook from being used; a warning does not.
    """

    line: int | None
    column: int | None
    severity: Literal["error", "warning"]
    note: Note


@dataclass(slots=True)
class Draft:
    """What could be read of a codebook.

    `codes` are those that could be made; `nodes` has for each the nodes of its values by key (of a list
    the nodes of its texts), and under "" the node of the whole code.
    """

    problems: list[Problem] = field(default_factory=list)
    root: Node | None = None
    head: dict[str, Any] = field(default_factory=dict)
    codes: list[Code] = field(default_factory=list)
    nodes: list[Mapping[str, Sequence[Node]]] = field(default_factory=list)

    def codebook(self, name: str) -> Codebook:
        """The codebook, called `name` where it has no name of its own; there must be no problems."""
        return Codebook(tuple(self.codes), **({"name": name} | self.head))


def read_source(path: Path) -> str:
    """The text of the file with its line ends as they are. Raises `CodebookError` where it is no text."""
    if not path.is_file():
        raise CodebookError("codebook.missing", file=path)
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CodebookError("codebook.not_text", file=path.name, found=str(error)) from None


def read_draft(source: str) -> Draft:
    """Read as much of a codebook as can be read; what cannot is among the problems, in order of place."""
    walk = _Walk(source, Draft())
    try:
        walk.book(composed(source))
    except YamlError as error:
        return Draft([Problem(error.line, error.column, "error", error.found)])
    walk.draft.problems.sort(key=lambda problem: (problem.line or 0, problem.column or 0))
    return walk.draft


def offset(source: str, node: ScalarNode, column: int) -> int:
    """How far this column of a text is from where its node starts; 0 where it is not written as it reads."""
    opening = 1 if node.style in _QUOTES else 0
    before = node.value[:column]
    as_it_reads = "\n" not in before and source.startswith(before, node.start_mark.index + opening)
    return opening + column if as_it_reads else 0


class _Walk:
    """Reads nodes into the draft and notes what is wrong with them."""

    def __init__(self, source: str, draft: Draft) -> None:
        self.source = source
        self.draft = draft
        self.language = "nl"
        self.used: dict[tuple[str, ...], Node] = {}
        self.nets: dict[str, tuple[str, Node]] = {}
        self.rules: list[tuple[ScalarNode, Rule]] = []

    def book(self, root: Node | None) -> None:
        """Read the whole codebook."""
        self.draft.root = root
        if not isinstance(root, MappingNode) or not isinstance(entries(root).get("codes", (0, 0))[1], SequenceNode):
            self.draft.problems.append(Problem(1, 1, "error", Note("codebook.no_list")))
            return
        given = self._given(root, HEAD, Note("codebook.book_at"))
        head = self.draft.head
        texts = {"codebook": "name", "version": "version", "language": "language"}
        head |= {texts[key]: self._text(given[key], f"`{key}`") for key in texts if key in given}
        self.language = head.get("language", self.language)
        if "question" in given:
            head["question"] = self._by_language(given["question"], "`question`")
        if not given["codes"].value:
            self._wrong(given["codes"], "codebook.list_empty")
        for place, item in enumerate(given["codes"].value, start=1):
            self._code(item, place)
        if "lists" in given:
            head["lists"] = self._named_lists(given["lists"])
        self._check_nets()
        self._check_references()

    def _code(self, node: Node, place: int) -> None:
        if not is_kind(node, MappingNode):
            self._wrong(node, "codebook.code_odd", place=place)
            return
        written = entries(node).get("id", (node, node))[1]
        named = isinstance(written, ScalarNode)
        where = Note("codebook.code_at", code=written.value) if named else Note("codebook.place_at", place=place)
        given = self._given(node, KEYS, where)
        id_, number = self._id(node, given, place), self._number(node, given, where)
        lists = {key: self._texts(given[key], _key(where, key)) for key in LISTS if key in given}
        words = {key: self._text(given[key], _key(where, key)) for key in WORDS if key in given}
        if "colour" in words and self._refused(given["colour"], id=id_, colour=words["colour"]):
            del words["colour"]
        if words.get("net"):
            self.nets[id_] = words["net"], given["net"]
        for rule in (*lists.get("rules", ()), *lists.get("exceptions", ())):
            self._check_rule(rule)
        values: dict[str, Any] = {
            "definition": self._definition(given, where),
            "negation": self._negation(given, where),
            **words,
            **{key: tuple(str(text.value) for text in texts) for key, texts in lists.items()},
        }
        self.draft.codes.append(Code(id_, number, self._label(given, where), **values))
        self.draft.nodes.append({"": (node,), **{key: (value,) for key, value in given.items()}, **lists})

    def _id(self, node: Node, given: Mapping[str, Node], place: int) -> str:
        """The id; one that cannot be used is told and replaced, so that the rest can be read."""
        stand_in = f"code-{place}"
        if "id" not in given:
            self._wrong(node, "codebook.no_id", place=place)
            return stand_in
        found = self._text(given["id"], _key(Note("codebook.place_at", place=place), "id"))
        if self._refused(given["id"], id=found):
            return stand_in
        self._once("id", found, given["id"])
        return found

    def _number(self, node: Node, given: Mapping[str, Node], where: Note) -> int:
        """The number; 0 where there is none."""
        found = given.get("number")
        if found is None or str(found.tag) != CORE + "int" or not _WHOLE.fullmatch(found.value):
            kind = "needed" if isinstance(found, ScalarNode) else "none" if found is None else "list"
            self._wrong(found or node, f"codebook.number_{kind}", where=where, found=found and found.value)
            return 0
        number = int(found.value)
        if number < 0:
            self._wrong(found, "codebook.number_negative", where=where, number=number)
            return 0
        self._once("number", str(number), found)
        return number

    def _label(self, given: Mapping[str, Node], where: Note) -> dict[str, str]:
        if "label" not in given:
            return {}
        labels = self._by_language(given["label"], _key(where, "label"))
        nodes = entries(given["label"]) if isinstance(given["label"], MappingNode) else {}
        for language, label in labels.items():
            self._once("label", label, nodes[language][1] if nodes else given["label"], language=language)
        return labels

    def _definition(self, given: Mapping[str, Node], where: Note) -> str:
        """The definition; the line ends around one written as a block are no part of it."""
        if "definition" not in given:
            return ""
        text = self._text(given["definition"], _key(where, "definition"))
        return text.strip() if getattr(given["definition"], "style", None) in BLOCKS else text

    def _negation(self, given: Mapping[str, Node], where: Note) -> Negation:
        if "negation" not in given:
            return Negation.COUNT
        value = self._text(given["negation"], _key(where, "negation"))
        try:
            return read_negation(value, where)
        except CodebookError as error:
            self._wrong(given["negation"], error.note)
            return Negation.COUNT

    def _check_rule(self, node: ScalarNode) -> None:
        try:
            self.rules.append((node, parse(node.value)))
        except RuleError as error:
            told = Note("codebook.rule_has", rule=node.value, found=error.found)
            self._wrong(node, told, offset(self.source, node, error.column))

    def _check_references(self) -> None:
        known = {*(code.id for code in self.draft.codes), *self.draft.head.get("lists", ())}
        for node, rule in self.rules:
            for name in [part.name for part in within(rule) if isinstance(part, Reference)]:
                if name not in known:
                    self._wrong(node, "codebook.rule_refers", rule=node.value, name=name)

    def _check_nets(self) -> None:
        ids, fine = {code.id for code in self.draft.codes}, set[str]()
        for id_, (net, node) in self.nets.items():
            if net not in ids:
                self._wrong(node, "codebook.net_unknown_at", code=id_, above=net)
                continue
            above, seen = net, {id_}
            while above in self.nets and above not in seen and above not in fine:
                seen.add(above)
                above = self.nets[above][0]
            for one in seen if above == id_ else ():
                self._wrong(self.nets[one][1], "codebook.net_itself", code=one)
            fine |= seen

    def _given(self, node: Node, known: Sequence[str], where: Note) -> dict[str, Node]:
        """The values of known keys: a name with nothing after its colon is as good as left out."""
        self._check_keys(node, where)
        found = entries(node)
        for name, (key, _) in found.items():
            if name not in known:
                self._wrong(key, "codebook.key_unknown", where=where, key=name, known=known)
        return {name: value for name, (_, value) in found.items() if name in known and not is_null(value)}

    def _check_keys(self, node: Node, where: _Where) -> None:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, ScalarNode):
                self._wrong(key, "codebook.key_odd", where=where)
            elif key.value in seen:
                self._wrong(key, "codebook.key_twice", where=where, key=key.value)
            else:
                seen.add(key.value)

    def _named_lists(self, node: Node) -> dict[str, tuple[str, ...]]:
        if not is_kind(node, MappingNode):
            self._wrong(node, "codebook.lists_odd")
            return {}
        self._check_keys(node, "`lists`")
        named: dict[str, tuple[str, ...]] = {}
        for name, (key, value) in entries(node).items():
            if ("id", name) in self.used:
                self._wrong(key, "codebook.list_is_code", name=name)
            texts = [] if is_null(value) else self._texts(value, Note("codebook.list_at", name=name))
            for text in texts:
                self._check_rule(text)
            named[name] = tuple(text.value for text in texts)
        return named

    def _by_language(self, node: Node, where: _Where) -> dict[str, str]:
        if not is_kind(node, MappingNode):
            text = self._text(node, where)
            return {self.language: text} if text else {}
        self._check_keys(node, where)
        given = {key: value for key, (_, value) in entries(node).items() if not is_null(value)}
        at = {key: Note("codebook.language_at", where=where, language=key) for key in given}
        return {key: self._text(value, at[key]) for key, value in given.items()}

    def _texts(self, node: Node, where: Note) -> list[ScalarNode]:
        told = Note("codebook.texts_odd", where=where)
        if not is_kind(node, SequenceNode):
            self._wrong(node, told)
            return []
        texts = []
        for item in node.value:
            if is_word(item):
                texts.append(item)
            else:
                self._wrong(item, told)
        return texts

    def _text(self, node: Node, where: _Where) -> str:
        """A text as it is written: 1.50 and yes stay what they are."""
        if is_kind(node, ScalarNode):
            return str(node.value)
        self._wrong(node, "codebook.text_odd", where=where)
        return ""

    def _refused(self, node: Node, **given: str) -> bool:
        """Whether no code can have this, which is told."""
        values: dict[str, Any] = {"id": "code", "number": 0, "label": {}, **given}
        try:
            Code(**values)
        except CodebookError as error:
            self._wrong(node, error.note)
            return True
        return False

    def _once(self, what: str, value: str, node: Node, **among: str) -> None:
        """Note a problem where another code has this too; `among` says of what it may be there once."""
        first = self.used.setdefault((what, *among.values(), value), node)
        if first is not node:
            line = first.start_mark.line + 1
            self._wrong(node, Note(f"codebook.{what}_again", value=value, line=line, **among))

    def _wrong(self, node: Node, told: str | Note, after: int = 0, **values: Any) -> None:  # noqa: ANN401
        """Note a problem, by its key and values or made already, so many columns after where the node starts."""
        mark = node.start_mark
        note = told if isinstance(told, Note) else Note(told, **values)
        self.draft.problems.append(Problem(mark.line + 1, mark.column + 1 + after, "error", note))


def _key(where: Note, key: str) -> Note:
    """What a problem calls the value of a key."""
    return Note("codebook.key_at", where=where, key=key)
