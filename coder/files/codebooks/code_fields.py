"""A code as named texts: the cells of a row in .xlsx, the lines under a description in .qdc.

A list is one text with a line for each item; a line break within an item is written `⏎`. Space at the
ends of a text is not kept, as in YAML.
"""

import re
from collections.abc import Iterable, Mapping

from coder.codebook import Code, Codebook, Negation
from coder.errors import CodebookError
from coder.methods.rules.syntax import parse
from coder.note import Note

LISTS = ("rules", "exceptions", "examples", "counterexamples", "formerly")
LABEL, QUESTION = "label_", "question_"
"""What a language follows: `label_nl`, `question_en`."""

_BREAK = "⏎"
_LANGUAGE = re.compile(r"[\w-]+")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def code_fields(code: Code) -> dict[str, str]:
    """What is filled in of a code, in the order in which people read it."""
    texts = {
        "id": code.id,
        "number": str(code.number),
        **by_language(LABEL, code.label),
        "definition": code.definition,
        "rules": join(code.rules),
        "exceptions": join(code.exceptions),
        "examples": join(code.examples),
        "counterexamples": join(code.counterexamples),
        "negation": "" if code.negation is Negation.COUNT else code.negation.value,
        "net": code.net,
        "colour": code.colour,
        "since": code.since,
        "until": code.until,
        "formerly": join(code.formerly),
    }
    return {name: xml_text(text) for name, text in texts.items() if text}


def read_code(fields: Mapping[str, str], where: Note) -> Code:
    """The code that these texts are, which has an id and a number; `where` is what errors call it.

    Raises `CodebookError` for a number, a negation or a rule that cannot be read.
    """
    texts = {name: text.strip() for name, text in fields.items() if text.strip()}
    lists: dict[str, tuple[str, ...]] = {name: split(texts.get(name, "")) for name in LISTS}
    code = Code(
        id=texts["id"],
        number=_number(texts["number"], where),
        label=in_languages(LABEL, texts),
        definition=texts.get("definition", ""),
        negation=read_negation(texts.get("negation", Negation.COUNT.value), where),
        net=texts.get("net", ""),
        colour=texts.get("colour", ""),
        since=texts.get("since", ""),
        until=texts.get("until", ""),
        **lists,
    )
    check_rules(code, where)
    return code


def book_fields(book: Codebook) -> dict[str, str]:
    """What a codebook says of itself, its codes and lists of words apart."""
    texts = {"codebook": book.name, "version": book.version, "language": book.language}
    return {name: xml_text(text) for name, text in (texts | by_language(QUESTION, book.question)).items()}


def check_rules(code: Code, where: Note) -> None:
    """Raise with the code where a rule or exception cannot be read."""
    for rule in (*code.rules, *code.exceptions):
        try:
            parse(rule)
        except CodebookError as error:
            raise CodebookError("codebook.at", where=where, found=error) from None


def by_language(prefix: str, texts: Mapping[str, str]) -> dict[str, str]:
    """`{"nl": "Zorg"}` as `{"label_nl": "Zorg"}`."""
    if odd := [language for language in texts if not _LANGUAGE.fullmatch(language)]:
        raise CodebookError("codebook.language_odd", language=odd[0])
    return {f"{prefix}{language}": text for language, text in texts.items()}


def in_languages(prefix: str, fields: Mapping[str, str]) -> dict[str, str]:
    """`{"label_nl": "Zorg"}` as `{"nl": "Zorg"}`."""
    return {name.removeprefix(prefix): text for name, text in fields.items() if name.startswith(prefix)}


def join(items: Iterable[str]) -> str:
    """Items as one text, a line each."""
    return "\n".join(one_line(item) for item in items)


def split(text: str) -> tuple[str, ...]:
    """The items of a text, a line each; empty lines are none."""
    lines = (line.strip() for line in text.replace("\r\n", "\n").split("\n"))
    return tuple(many_lines(line) for line in lines if line)


def one_line(text: str) -> str:
    """The text with its line breaks written out."""
    return xml_text(text).replace("\n", _BREAK)


def many_lines(text: str) -> str:
    """The text with its line breaks back."""
    return text.replace(_BREAK, "\n")


def xml_text(text: str) -> str:
    """The text with `\ufffd` in place of what no XML can hold (.xlsx is XML too)."""
    return _NOT_XML.sub("\ufffd", text)


def is_number(text: str) -> bool:
    """Whether this is a number that a code can have: whole, and not too long to be one."""
    return re.fullmatch(r"[0-9]{1,18}", text) is not None


def _number(text: str, where: Note) -> int:
    if not is_number(text):
        raise CodebookError("codebook.number_odd", where=where, number=text)
    return int(text)


def read_negation(value: str, where: Note) -> Negation:
    """What a code does with negated hits, by its name. Raises `CodebookError` on another name."""
    try:
        return Negation(value)
    except ValueError:
        known = [one.value for one in Negation]
        raise CodebookError("codebook.negation_odd", where=where, negation=value, known=known) from None
