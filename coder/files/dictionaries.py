"""Dictionaries, a table of code and term, made into a codebook.

A term is a search as search engines have it: `"a b"` is a phrase, `"a b"~6` words at a distance, `(a b)`
either; AND, OR and NOT stand between.
"""

import re
from itertools import groupby
from pathlib import Path

from coder.codebook import Code, Codebook
from coder.dutch.text import TOKEN
from coder.errors import CodebookError, DataError
from coder.files.sheets import read_sheet
from coder.methods.rules.language import parse
from coder.methods.rules.signs import SIGN

_WILD = re.compile(r"[\w*?'’./-]+")
_PIECE = re.compile(r'"(?P<phrase>[^"]*)"(?:~(?P<apart>\d+))?|[()]|[^\s()"]+')
_OPERATORS = ("AND", "OR", "NOT")
_OPERATOR = re.compile(r"(?<!\S)(?:AND|EN|OR|OF|NOT|NIET|NEAR/\d+|PRE/\d+)(?!\S)")
_PLAIN = re.compile(r"(?:[^\W_]|['’‐–—-]|(?<!\d)/|/(?!\d))+")
"""Words, of which only a slash between numbers (24/7) is part."""
_APART = re.compile(r"-+|(?<!\d)/+|/+(?!\d)")
_SIGNS = re.compile(f"{SIGN.pattern}+")
_DASHES = ("-", "‐", "–", "—", "/")


def import_dictionary(path: Path, sheet: str = "") -> tuple[Codebook, list[str]]:
    """Make a codebook of a dictionary: a table with a column `code` and a column `term`, a row a rule.

    A term keeps its wildcards; a word without one is taken as written, not inflected, since that is what
    dictionaries mean. Returns the codebook and the terms that rules cannot say, as "code: term". Codes get
    numbers in order of appearance.
    """
    table = read_sheet(path, ["code", "term"], sheet=sheet)
    for name in ("code", "term"):
        if name not in table.columns:
            raise DataError(
                f"{path.name} has no column {name!r}; a dictionary is a table with columns code and term. "
                f"It has {', '.join(map(str, table.columns))}."
            )
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
        Code(id_, number, {"nl": id_}, rules=tuple(found)) for number, (id_, found) in enumerate(rules.items(), start=1)
    )
    return Codebook(codes, path.stem), left_out


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
