"""Codebooks in YAML, our own format, in and out."""

from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from coder.codebook import Code, Codebook, Negation
from coder.errors import CodebookError
from coder.files.sheets import written_beside
from coder.methods.rules.language import parse

_LISTS = ("rules", "exceptions", "examples", "counterexamples", "formerly")
_WORDS = ("net", "colour", "since", "until")
_KEYS = {"id", "number", "label", "definition", "negation", *_WORDS, *_LISTS}
_HEAD = {"codebook", "version", "language", "question", "lists", "codes"}


def read_yaml(path: Path) -> Codebook:
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
    lists = _named_lists(data.get("lists", {}), path.name)
    return Codebook(
        codes, str(data.get("codebook", path.stem)), str(data.get("version", "")), language, question, lists
    )


def write_yaml(path: Path, codebook: Codebook) -> None:
    """Write a codebook in YAML that `read_yaml` reads back equal."""
    data: dict[str, Any] = {"codebook": codebook.name, "version": codebook.version, "language": codebook.language}
    if codebook.question:
        data["question"] = dict(codebook.question)
    if codebook.lists:
        data["lists"] = {name: list(words) for name, words in codebook.lists.items()}
    data["codes"] = [_as_data(code) for code in codebook.codes]
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 10_000
    text = StringIO()
    yaml.dump(data, text)
    with written_beside(path) as beside:
        beside.write_text(text.getvalue(), encoding="utf-8")


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
        net=str(item.get("net", "")),
        colour=str(item.get("colour", "")),
        since=str(item.get("since", "")),
        until=str(item.get("until", "")),
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


def _named_lists(value: object, where: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise CodebookError(f"{where}: `lists` holds names, each with a list of words under it.")
    return {str(name): _strings(words, f"{where}, list {name}") for name, words in value.items()}


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
    data |= {name: getattr(code, name) for name in _WORDS if getattr(code, name)}
    lists: Sequence[tuple[str, tuple[str, ...]]] = [(name, getattr(code, name)) for name in _LISTS]
    return data | {name: list(values) for name, values in lists if values}
