"""Dictionaries made into a codebook: a table of code and term, LIWC (.dic) and quanteda (.yml).

A term is a search as search engines have it: `"a b"` is a phrase, `"a b"~6` words at a distance, `(a b)`
either; AND, OR and NOT stand between.

LIWC and quanteda have categories and words; each category is a code, and both layouts are as quanteda's own readers
have them. LIWC: between two lines `%` the categories, number and name, in LIWC2015 indented by tabs under a wider one;
then a term a line with its numbers. Terms under a condition (`(02 134)`, `<of>`) are left out, as quanteda does, and
named. quanteda: names with a list of words or with names under them; `__` holds the words of a name that also has names
under it.
"""

import re
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pandas as pd
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from coder.codebook import Code, Codebook
from coder.errors import CodebookError, DataError
from coder.files.cells import decoded
from coder.files.codebooks.imported import CodebookFile, FoundCode, Imported
from coder.files.codebooks.yaml_nodes import YamlError, composed, entries
from coder.languages.text import TOKEN
from coder.methods.rules.syntax import SIGN, parse
from coder.note import Note

_WILD = re.compile(r"[\w*?'’./-]+")
_PIECE = re.compile(r'"(?P<phrase>[^"]*)"(?:~(?P<apart>\d+))?|[()]|[^\s()"]+')
_OPERATORS = ("AND", "OR", "NOT")
_OPERATOR = re.compile(r"(?<!\S)(?:AND|EN|OR|OF|NOT|NIET|NEAR/\d+|PRE/\d+)(?!\S)")
_PLAIN = re.compile(r"(?:[^\W_]|['’‐–—-]|(?<!\d)/|/(?!\d))+")
"""Words, of which only a slash between numbers (24/7) is part."""
_APART = re.compile(r"-+|(?<!\d)/+|/+(?!\d)")
_SIGNS = re.compile(f"{SIGN.pattern}+")
_DASHES = ("-", "‐", "–", "—", "/")


def read_terms(table: pd.DataFrame, file: CodebookFile) -> tuple[Codebook, list[str]]:
    """Make a codebook of a dictionary: a table with a column `code` and a column `term`, a row a rule.

    A term keeps its wildcards; a word without one is taken as written, not inflected, since that is what
    dictionaries mean. Returns the codebook and the terms that rules cannot say, as "code: term". Codes get
    numbers in order of appearance.
    """
    rules: dict[str, dict[str, None]] = {}
    left_out = []
    for code, term in zip(table["code"].str.strip(), table["term"].str.strip(), strict=True):
        if not code or not term:
            continue
        found = rules.setdefault(code, {})
        if rule := readable(_searched(term)):
            found[rule] = None
        else:
            left_out.append(f"{code}: {term}")
    codes = tuple(
        Code(id_, number, {file.language: id_}, rules=tuple(found))
        for number, (id_, found) in enumerate(rules.items(), start=1)
    )
    return Codebook(codes, file.path.stem, language=file.language), left_out


def _searched(term: str) -> str:
    """The rule that finds what a search finds; within parentheses words without an operator are alternatives."""
    said: list[str] = []
    depth = 0
    for piece in _PIECE.finditer(term):
        written = piece[0]
        follows = bool(said) and said[-1] not in {"(", *_OPERATORS}
        if depth and follows and written not in {")", *_OPERATORS}:
            said.append("OR")
        depth += (written == "(") - (written == ")")
        if written in {"(", ")", *_OPERATORS}:
            said.append(written)
        elif piece["apart"]:
            near = f" NEAR/{piece['apart']} "
            words = [as_written(word) for word in piece["phrase"].split()]
            said.append(f"({near.join(words)})")
        else:
            said.append(as_written(written if piece["phrase"] is None else piece["phrase"]))
    return " ".join(said)


def as_written(term: str) -> str:
    """The rule of a term: words without a wildcard in quotes, one by one, so that a phrase may mix both.

    Words in a row with a sign that carries meaning, or another sign between them, stay together.
    """
    said: list[str] = []
    for wild, run in groupby(term.split(), key=_is_wild):
        pieces = list(run)
        if wild or all(map(_PLAIN.fullmatch, pieces)):
            words = [word for piece in pieces for word in _APART.split(piece) if word]
            said += [word if _is_wild(word) else f'"{word}"' for word in words]
        else:
            said.append(f'"{" ".join(pieces)}"')
    return " ".join(said)


def rule_of(term: str) -> str | None:
    """The rule that finds this term as written; None where rules cannot say it (":-)", "a*", "haha)*", "haha :-)").

    A lone `*` in a phrase is any word at all.
    """
    pieces = term.replace('"', " ").split()
    return readable(as_written(" ".join(pieces))) if pieces and all(map(_held, pieces)) else None


def keyword_rule(term: str) -> str | None:
    """The rule of a keyword: its words, each with its inflections, in a row; None where rules cannot say it.

    What is written as a rule, with operators, stays one. With a sign on its own it is taken as written. Parentheses
    without an operator are a remark, and that cannot be looked for.
    """
    if _OPERATOR.search(term):
        return readable(term)
    pieces = term.replace('"', " ").split()
    if not all(map(_held, pieces)) or set("()@=") & set(term):
        return None
    return rule_of(term) if any(map(_is_sign, pieces)) else readable(" ".join(term.split()))


def _is_wild(piece: str) -> bool:
    return "*" in piece or "?" in piece


def _held(piece: str) -> bool:
    """Whether a rule can look for all of a piece of a term: a word, a pattern, any word, signs, or a dash between."""
    if _is_wild(piece):
        return _WILD.fullmatch(piece) is not None
    return TOKEN.search(piece) is not None or _is_sign(piece) or piece in _DASHES


def _is_sign(piece: str) -> bool:
    """Whether it is signs that carry meaning, and no word."""
    return not _is_wild(piece) and TOKEN.search(piece) is None and _SIGNS.fullmatch(piece) is not None


def readable(rule: str) -> str | None:
    """The rule, or None where it cannot be read."""
    try:
        parse(rule)
    except CodebookError:
        return None
    return rule


_CATEGORY = re.compile(r"(?P<tabs>\t*) *(?P<number>[0-9]{1,9})\s+(?P<name>\S.*)")
_TERM = re.compile(r"(?P<term>\S.*?)(?P<numbers>(?:\s+[0-9]{1,9})+)")
_OWN_WORDS = "__"


def read_liwc(file: CodebookFile) -> Imported:
    """A LIWC dictionary as a codebook; categories keep their numbers."""
    path = file.path
    lines = [line.rstrip() for line in decoded(path).splitlines()]
    marks = [place for place, line in enumerate(lines) if line.strip() == "%"]
    if len(marks) < 2:  # noqa: PLR2004 (a section has a first and a last line)
        raise CodebookError("codebook.not_liwc", file=path.name)
    categories = _categories(lines[: marks[1]], marks[0] + 1, path)
    words: list[list[str]] = [[] for _ in categories]
    place_of = {one.number: place for place, one in reversed(list(enumerate(categories)))}
    left_out: list[str | Note] = []
    for line in lines[marks[1] + 1 :]:
        match = _TERM.fullmatch(line.strip())
        rule = rule_of(match["term"]) if match and not re.search("[(<]", line) else None
        numbers = [int(number) for number in match["numbers"].split()] if match else []
        if rule is None and line.strip():
            left_out.append(" ".join(line.split()))
        elif unknown := [number for number in numbers if number not in place_of]:
            left_out.append(Note("codebook.category_left", term=" ".join(line.split()), numbers=unknown))
        for number in numbers:
            if rule and number in place_of:
                words[place_of[number]].append(rule)
    found = [replace(one, rules=tuple(dict.fromkeys(words[place]))) for place, one in enumerate(categories)]
    return file.imported(found, left_out)


def read_quanteda(file: CodebookFile) -> Imported | None:
    """A dictionary of quanteda in YAML as a codebook; None where the file is something else.

    Terms and names are taken as they are written: `0800`, `true` and `null` are words.
    """
    try:
        root = composed(decoded(file.path))
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
    return file.imported(ruled, left_out)


def _categories(lines: list[str], first: int, path: Path) -> list[FoundCode]:
    found: list[FoundCode] = []
    above: list[tuple[int, int]] = []
    for place, line in enumerate(lines[first:], start=first + 1):
        if not line.strip():
            continue
        match = _CATEGORY.fullmatch(line)
        if match is None:
            raise CodebookError("codebook.no_liwc_category", file=path.name, line=place, found=line.strip())
        depth = len(match["tabs"])
        while above and above[-1][0] >= depth:
            above.pop()
        found.append(FoundCode(match["name"].strip(), above[-1][1] if above else None, number=int(match["number"])))
        above.append((depth, len(found) - 1))
    if not found:
        raise CodebookError("codebook.liwc_empty", file=path.name)
    return found


def _is_dictionary(root: MappingNode) -> bool:
    """Whether names hold words here, and it is no codebook of ours with a slip in it."""
    found = entries(root)
    if found.keys() & {"codebook", "version", "language", "question", "lists", "codes"}:
        return False
    if len(found.keys() & {"number", "label", "rules", "exceptions", "formerly", "net", "negation"}) > 1:  # of a code
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
