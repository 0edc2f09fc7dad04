"""Dictionaries of categories and words: LIWC (.dic) and quanteda (.yml), each category a code.

Both layouts are as quanteda's own readers have them. LIWC: between two lines `%` the categories, number
and name, in LIWC2015 indented by tabs under a wider one; then a term a line with its numbers. Terms
under a condition (`(02 134)`, `<of>`) are left out, as quanteda does, and named. quanteda: names with a
list of words or with names under them; `__` holds the words of a name that also has names under it.
"""

import re
from dataclasses import replace
from pathlib import Path

from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from coder.codebook import Codebook
from coder.errors import CodebookError, DataError
from coder.files.cells import decoded
from coder.files.dictionaries import rule_of
from coder.files.found_codes import FoundCode, Imported, make_codes
from coder.files.yaml_nodes import YamlError, composed, entries

_CATEGORY = re.compile(r"(?P<tabs>\t*) *(?P<number>[0-9]{1,9})\s+(?P<name>\S.*)")
_TERM = re.compile(r"(?P<term>\S.*?)(?P<numbers>(?:\s+[0-9]{1,9})+)")
_OWN_WORDS = "__"


def read_liwc(path: Path, language: str) -> Imported:
    """A LIWC dictionary as a codebook; categories keep their numbers."""
    lines = [line.rstrip() for line in decoded(path).splitlines()]
    marks = [place for place, line in enumerate(lines) if line.strip() == "%"]
    if len(marks) < 2:  # noqa: PLR2004 (a section has a first and a last line)
        raise CodebookError(f"{path.name} is no LIWC dictionary: its categories stand between two lines with a '%'.")
    categories = _categories(lines[: marks[1]], marks[0] + 1, path)
    words: list[list[str]] = [[] for _ in categories]
    place_of = {one.number: place for place, one in reversed(list(enumerate(categories)))}
    left_out = []
    for line in lines[marks[1] + 1 :]:
        match = _TERM.fullmatch(line.strip())
        rule = rule_of(match["term"]) if match and not re.search("[(<]", line) else None
        numbers = [int(number) for number in match["numbers"].split()] if match else []
        if rule is None and line.strip():
            left_out.append(" ".join(line.split()))
        elif unknown := [number for number in numbers if number not in place_of]:
            left_out.append(f"{' '.join(line.split())} (no category {', '.join(map(str, unknown))})")
        for number in numbers:
            if rule and number in place_of:
                words[place_of[number]].append(rule)
    found = [replace(one, rules=tuple(dict.fromkeys(words[place]))) for place, one in enumerate(categories)]
    return Imported(Codebook(make_codes(found, language), path.stem, language=language), tuple(left_out))


def read_quanteda(path: Path, language: str) -> Imported | None:
    """A dictionary of quanteda in YAML as a codebook; None where the file is something else.

    Terms and names are taken as they are written: `0800`, `true` and `null` are words.
    """
    try:
        root = composed(decoded(path))
    except (YamlError, DataError):
        return None
    found: list[FoundCode] = []
    words: list[list[str]] = []
    if not isinstance(root, MappingNode) or not _is_dictionary(root) or not _collect(root, None, found, words, set()):
        return None
    rules = [tuple(dict.fromkeys(rule for term in terms if (rule := rule_of(term)))) for terms in words]
    ruled = [replace(one, rules=rules[place]) for place, one in enumerate(found)]
    left_out = [
        f"{one.name}: {term}" for one, terms in zip(found, words, strict=True) for term in terms if not rule_of(term)
    ]
    return Imported(Codebook(make_codes(ruled, language), path.stem, language=language), tuple(left_out))


def _categories(lines: list[str], first: int, path: Path) -> list[FoundCode]:
    found: list[FoundCode] = []
    above: list[tuple[int, int]] = []
    for place, line in enumerate(lines[first:], start=first + 1):
        if not line.strip():
            continue
        match = _CATEGORY.fullmatch(line)
        if match is None:
            raise CodebookError(
                f"{path.name}, line {place}: {line.strip()!r} is not a category; write '12', a tab, a name."
            )
        depth = len(match["tabs"])
        while above and above[-1][0] >= depth:
            above.pop()
        found.append(FoundCode(match["name"].strip(), above[-1][1] if above else None, number=int(match["number"])))
        above.append((depth, len(found) - 1))
    if not found:
        raise CodebookError(f"{path.name} has no categories between its two lines with a '%'.")
    return found


def _is_dictionary(root: MappingNode) -> bool:
    """Whether names hold words here, and it is no codebook of ours with a slip in it."""
    found = entries(root)
    if found.keys() & {"codebook", "version", "language", "question", "lists", "codes"}:
        return False
    return any(not isinstance(value, ScalarNode) for _, value in found.values())


def _collect(
    node: MappingNode, parent: int | None, found: list[FoundCode], words: list[list[str]], seen: set[int]
) -> bool:
    """Add the names of a mapping and their words to what was found; False where this is no dictionary."""
    names = entries(node)
    if id(node) in seen or "id" in names:  # an alias of YAML; a code of ours
        return False
    seen.add(id(node))
    for name, (_, value) in names.items():
        place = parent if name == _OWN_WORDS else None
        if place is None:
            place = len(found)
            found.append(FoundCode(name, parent))
            words.append([])
        for item in value.value if isinstance(value, SequenceNode) else [value]:
            if isinstance(item, MappingNode):
                if not _collect(item, place, found, words, seen):
                    return False
            elif isinstance(item, SequenceNode):
                return False
            elif item.value:
                words[place].append(item.value)
    return True
