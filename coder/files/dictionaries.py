"""Dictionaries, a table of code and term, made into a codebook."""

import re
from collections.abc import Sequence
from pathlib import Path

from coder.codebook import Code, Codebook
from coder.dutch.text import WORD
from coder.errors import CodebookError, DataError
from coder.files.sheets import read_sheet
from coder.methods.rules.language import parse

_BEYOND_RULES = re.compile(r"~\d|\bAND\b|\bOR\b|\(.*\(")
_WILD = re.compile(r"[\w*?'’./-]+")
_ITEM = re.compile(r'"([^"]*)"|(\S+)')


def import_dictionary(path: Path) -> tuple[Codebook, list[str]]:
    """Make a codebook of a dictionary: a table with a column `code` and a column `term`, a row a rule.

    A term keeps its wildcards; one without wildcards is taken as written, not inflected, since that
    is what dictionaries mean. `agent* NOT (agentschap* agenda)` becomes the rule `agent*` with two
    exceptions, `(a b)` two rules. Returns the codebook and the terms that rules cannot say (`AND`,
    `"a b"~6`), as "code: term". Codes get numbers in order of appearance.
    """
    sheet = read_sheet(path, ["code", "term"])
    for name in ("code", "term"):
        if name not in sheet.columns:
            raise DataError(
                f"{path.name} has no column {name!r}; a dictionary is a table with columns code and term. "
                f"It has {', '.join(map(str, sheet.columns))}."
            )
    rules: dict[str, list[str]] = {}
    exceptions: dict[str, list[str]] = {}
    left_out = []
    for code, term in zip(sheet["code"].str.strip(), sheet["term"].str.strip(), strict=True):
        if not code or not term:
            continue
        rules.setdefault(code, [])
        if _BEYOND_RULES.search(term) or not WORD.search(term):
            left_out.append(f"{code}: {term}")
            continue
        wanted, _, unwanted = term.partition(" NOT ")
        rules[code] += _alternatives(wanted)
        exceptions.setdefault(code, []).extend(_alternatives(unwanted))
    codes = tuple(
        Code(id_, number, {"nl": id_}, rules=_once(found), exceptions=_once(exceptions.get(id_, ())))
        for number, (id_, found) in enumerate(rules.items(), start=1)
    )
    for rule in (rule for code in codes for rule in (*code.rules, *code.exceptions)):
        parse(rule)
    return Codebook(codes, path.stem), left_out


def _alternatives(term: str) -> list[str]:
    """The rules that a term stands for: one, or those of a list in parentheses."""
    if term.startswith("(") and term.endswith(")"):
        return [as_written(item[1] or item[2]) for item in _ITEM.finditer(term[1:-1])]
    return [as_written(term.replace('"', " "))] if term else []


def as_written(term: str) -> str:
    """The rule of a term: words without a wildcard in quotes, one by one, so that a phrase may mix both."""
    return " ".join(word if "*" in word or "?" in word else f'"{word}"' for word in re.split(r"[\s/-]+", term) if word)


def rule_of(term: str) -> str | None:
    """The rule that finds this term as written; None where rules cannot say it (":-)", "a*", "haha)*")."""
    pieces = [piece for piece in term.replace('"', " ").split() if WORD.search(piece)]
    if not pieces or any("*" in piece or "?" in piece for piece in pieces if not _WILD.fullmatch(piece)):
        return None
    rule = as_written(" ".join(pieces))
    try:
        parse(rule)
    except CodebookError:
        return None
    return rule


def _once(rules: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rules))
