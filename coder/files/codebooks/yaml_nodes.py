"""YAML as nodes, each a text as it was written with its place; never more of them than the file could mean.

Loading YAML makes `0800` a number, `true` a truth and `null` nothing. Nodes have the letters, so that a word stays
the word that was written. An alias is cheap to write and dear to read: ten lines can stand for a billion texts. What
a file would be with its aliases written out is reckoned before anything is read.
"""

import re
from itertools import accumulate
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from coder.characters import has_half, joined
from coder.errors import CodebookError
from coder.note import Note

CORE = "tag:yaml.org,2002:"
_TAGS = {CORE + name for name in ("str", "int", "float", "bool", "null", "timestamp", "value", "seq", "map")}
_MERGE = CORE + "merge"
_DEEPEST = 1_000
"""Brackets open at once: the parser's time grows with their square."""
_MOST, _TIMES = 100_000, 10
"""A file may hold so many texts with its aliases written out, or so many times what it has without."""
_STEP = {"[": 1, "{": 1, "]": -1, "}": -1}
_SIGN = re.compile("([*&!%@`|>])")
_SIGN_FIRST = re.compile(r"\s*(?:- +)*(?:\w+: +)?" + _SIGN.pattern)
"""A text that begins so must be in quotes."""
_MISHAPS = {
    "found unexpected end of stream": "codebook.yaml_quote",
    "expected ',' or": "codebook.yaml_bracket",
    "found character '\\t'": "codebook.yaml_tab",
    "mapping values are not allowed": "codebook.yaml_colon",
    "could not find expected ':'": "codebook.yaml_no_colon",
    "expected <block end>": "codebook.yaml_indent",
    "found another document": "codebook.yaml_second",
    "found undefined alias": "codebook.yaml_no_anchor",
}
"""By words of the parser: the entry that says it to people."""
_BEGUN = {"codebook.yaml_quote"}
"""Of these the place where it began is told: the end is that of the file."""

Entries = dict[str, tuple[Node, Node]]
"""The keys of a mapping, each with the nodes of the key and of its value."""


class YamlError(CodebookError):
    """What cannot be read as YAML: what was found, and where, line and column from 1."""

    def __init__(self, found: Note, line: int | None = None, column: int | None = None) -> None:
        super().__init__(Note("codebook.yaml_at", line=line, column=column, found=found) if line else found)
        self.found, self.line, self.column = found, line, column

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.found, self.line, self.column)


def composed(source: str) -> Node | None:
    """The nodes of a text in YAML; None for an empty one. Halves of characters are joined. Raises `YamlError`."""
    if max(accumulate(_STEP[bracket] for bracket in re.findall(r"[\[\]{}]", source)), default=0) > _DEEPEST:
        raise YamlError(Note("codebook.yaml_deep", most=_DEEPEST))
    yaml = YAML(typ="safe", pure=True)
    yaml.composer.warn_double_anchors = False  # YAML lets an anchor be used again
    try:
        root: Node | None = yaml.compose(source)
    except MarkedYAMLError as error:
        key = _mishap(error.problem or "")
        mark = (error.context_mark if key in _BEGUN else None) or error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else ()
        sign = _sign(source, *place)
        told = Note("codebook.yaml_sign" if sign else "codebook.yaml_invalid", found=Note(key), sign=sign)
        raise YamlError(told, *place) from None
    except ReaderError as error:
        line = source.count("\n", 0, error.position) + 1
        column = error.position - source.rfind("\n", 0, error.position)
        told = Note("codebook.yaml_odd", found=chr(error.character))
        raise YamlError(told, line, column) from None
    except RecursionError:
        raise YamlError(Note("codebook.yaml_nested")) from None
    except (YAMLError, ValueError, OverflowError) as error:
        raise YamlError(Note("codebook.yaml_unreadable", found=str(error))) from None
    if root is not None:
        _examine(root)
    return root


def entries(node: Node) -> Entries:
    """The keys of a mapping with their nodes; of a key that stands twice the first, after `<<` what it brings."""
    found: Entries = {}
    merged: list[Node] = []
    for key, value in node.value:
        if key.tag == _MERGE:
            merged += value.value if isinstance(value, SequenceNode) else [value]
        elif isinstance(key, ScalarNode):
            found.setdefault(key.value, (key, value))
    for mapping in merged:
        if isinstance(mapping, MappingNode):
            found = entries(mapping) | found
    return found


def is_null(node: Node) -> bool:
    """Whether a value was left empty, or is a word for nothing."""
    return str(node.tag) == CORE + "null"


def is_kind(node: Node, kind: type[Node]) -> bool:
    """Whether a node is of this kind, and of no type that only another program knows."""
    return isinstance(node, kind) and str(node.tag) in _TAGS


def is_word(node: Node) -> bool:
    """Whether a node is a text, if only `null` or `true`; not where nothing was written."""
    return is_kind(node, ScalarNode) and (node.value != "" or not is_null(node))


def _sign(source: str, line: int = 0, column: int = 0) -> str:
    """The sign that means something in YAML, where a text begins with one; else ""."""
    lines = source.split("\n")
    here = lines[line - 1] if 0 < line <= len(lines) else ""
    sign = _SIGN.match(here[column - 1 :]) or _SIGN_FIRST.match(here)
    return sign[1] if sign else ""


def _mishap(problem: str) -> str:
    """The sentence for what the parser found, which it has words for that help programmers alone."""
    return next((key for words, key in _MISHAPS.items() if words in problem), "codebook.yaml_unfit")


def _examine(root: Node) -> None:
    """Join the halves of characters, and raise where an alias holds itself or the aliases stand for far too much."""
    size: dict[int, int] = {}
    inside: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting[-1]
        if id(node) in size:
            waiting.pop()
        elif isinstance(node, ScalarNode):
            node.value = _whole(node)
            size[id(node)] = 1
        else:
            parts = _parts(node)
            missing = [part for part in parts if id(part) not in size]
            if any(id(part) in inside for part in missing):
                raise YamlError(Note("codebook.yaml_alias"), *_place(node))
            if missing:
                inside.add(id(node))
                waiting += missing
            else:
                inside.discard(id(node))
                size[id(node)] = 1 + sum(size[id(part)] for part in parts)
    if size[id(root)] > max(_MOST, _TIMES * len(size)):
        raise YamlError(Note("codebook.yaml_aliases"))


def _parts(node: Node) -> list[Node]:
    return [part for pair in node.value for part in pair] if isinstance(node, MappingNode) else list(node.value)


def _whole(node: ScalarNode) -> str:
    text = joined(node.value)
    if has_half(text):
        raise YamlError(Note("codebook.yaml_half", text=text), *_place(node))
    return text


def _place(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1
