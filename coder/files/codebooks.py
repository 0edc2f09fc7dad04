"""Codebooks: our own YAML, in and out, and dictionaries (a table of code and term) made into one."""

import re
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from coder.codebook import Code, Codebook, Negation
from coder.dutch.text import WORD
from coder.errors import CodebookError, DataError
from coder.files.sheets import read_sheet, written_beside
from coder.methods.rules.language import parse

_BEYOND_RULES = re.compile(r"~\d|\bAND\b|\bOR\b|\(.*\(")
_ITEM = re.compile(r'"([^"]*)"|(\S+)')
_LISTS = ("rules", "exceptions", "examples", "counterexamples", "formerly")
_KEYS = {"id", "number", "label", "definition", "negation", *_LISTS}
_HEAD = {"codebook", "version", "language", "question", "codes"}


def read_codebook(path: Path) -> Codebook:
    """Read a codebook in YAML. Raises `CodebookError` with the place and what to do about it."""
    if not path.is_file():
        raise CodebookError(f"There is no codebook {path}.")
    try:
        data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8-sig"))
    except MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise CodebookError(f"{path.name} is not valid YAML: {where}{error.problem}.") from None
    except (YAMLError, UnicodeDecodeError) as error:
        raise CodebookError(f"{path.name} is not a codebook in YAML ({error}).") from None
    if not isinstance(data, dict) or not isinstance(data.get("codes"), list):
        raise CodebookError(f"{path.name} is not a codebook: it needs a list `codes`.")
    _only(data, _HEAD, path.name)
    data = _given(data)
    language = str(data.get("language", "nl"))
    codes = tuple(_code(item, place, language, path) for place, item in enumerate(data["codes"], start=1))
    question = _by_language(data.get("question", {}), language)
    return Codebook(codes, str(data.get("codebook", path.stem)), str(data.get("version", "")), language, question)


def write_codebook(path: Path, codebook: Codebook) -> None:
    """Write a codebook in YAML that `read_codebook` reads back equal."""
    data: dict[str, Any] = {"codebook": codebook.name, "version": codebook.version, "language": codebook.language}
    if codebook.question:
        data["question"] = dict(codebook.question)
    data["codes"] = [_as_data(code) for code in codebook.codes]
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 10_000
    text = StringIO()
    yaml.dump(data, text)
    with written_beside(path) as beside:
        beside.write_text(text.getvalue(), encoding="utf-8")


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
        return [_as_written(item[1] or item[2]) for item in _ITEM.finditer(term[1:-1])]
    return [_as_written(term.replace('"', " "))] if term else []


def _as_written(term: str) -> str:
    """Words without a wildcard in quotes, one by one, so that a phrase may mix both."""
    return " ".join(word if "*" in word or "?" in word else f'"{word}"' for word in re.split(r"[\s/-]+", term) if word)


def _once(rules: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rules))


def _code(item: object, place: int, language: str, path: Path) -> Code:
    where = f"{path.name}, code {place}"
    if not isinstance(item, dict):
        raise CodebookError(f"{where} is not a list of names and values; it starts with `id:`.")
    item = _given(item)
    if "id" not in item:
        raise CodebookError(f"{where} has no `id`.")
    where = f"{path.name}, code {item['id']!r}"
    _only(item, _KEYS, where)
    if type(item.get("number")) is not int:
        raise CodebookError(f"{where} needs a whole `number`; it has {item.get('number')!r}.")
    lists: dict[str, tuple[str, ...]] = {name: _strings(item.get(name), f"{where}, {name}") for name in _LISTS}
    code = Code(
        id=str(item["id"]),
        number=item["number"],
        label=_by_language(item.get("label", {}), language),
        definition=str(item.get("definition", "")).strip(),
        negation=_negation(item.get("negation", Negation.COUNT.value), where),
        **lists,
    )
    for rule in (*code.rules, *code.exceptions):
        try:
            parse(rule)
        except CodebookError as error:
            raise CodebookError(f"{where}: {error}") from None
    return code


def _negation(value: object, where: str) -> Negation:
    try:
        return Negation(value)
    except ValueError:
        known = ", ".join(one.value for one in Negation)
        raise CodebookError(f"{where} has negation {value!r}; it is one of {known}.") from None


def _given(data: Mapping[Any, Any]) -> dict[Any, Any]:
    """What was filled in: a name with nothing after its colon is as good as left out."""
    return {name: value for name, value in data.items() if value is not None}


def _only(found: Mapping[object, object], known: set[str], where: str) -> None:
    if extra := [str(name) for name in found if name not in known]:
        raise CodebookError(
            f"{where} has {', '.join(extra)}, which no codebook has. Known: {', '.join(sorted(known))}."
        )


def _strings(value: object, where: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or any(item is None or isinstance(item, (dict, list)) for item in value):
        raise CodebookError(
            f"{where} must be a list of texts, each after a '- ', none empty; quote one with ': ' in it."
        )
    return tuple(str(item) for item in value)


def _by_language(value: object, language: str) -> dict[str, str]:
    if isinstance(value, dict):
        return {str(key): str(text) for key, text in _given(value).items()}
    return {language: str(value)} if value else {}


def _as_data(code: Code) -> dict[str, Any]:
    data: dict[str, Any] = {"id": code.id, "number": code.number, "label": dict(code.label)}
    if code.definition:
        data["definition"] = code.definition
    if code.negation is not Negation.COUNT:
        data["negation"] = code.negation.value
    lists: Sequence[tuple[str, tuple[str, ...]]] = [(name, getattr(code, name)) for name in _LISTS]
    return data | {name: list(values) for name, values in lists if values}
