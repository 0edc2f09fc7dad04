"""Everything wrong with a codebook in one go, with its place where the file has lines.

An error keeps the codebook from being used. A warning is what is most likely a mistake: a rule that
can never count, a rule of two codes, a label that is missing.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path

from ruamel.yaml.nodes import ScalarNode

from coder.codebook import Code, Negation
from coder.errors import CodebookError, DataError
from coder.files.codebooks import YAML, read_codebook
from coder.files.codebooks.code_fields import LISTS
from coder.files.codebooks.codebook_draft import Draft, Problem, read_draft, read_source
from coder.languages.language import language_of
from coder.languages.text import fold
from coder.methods.rules.syntax import Way, Word, parse
from coder.note import Note

_ID = re.compile("[a-z0-9_-]+")
_DECIDES = (Negation.SKIP, Negation.ONLY)


@dataclass(frozen=True, slots=True)
class _Warning:
    """What a warning is about: a code by its index, a key of it ("" for the whole), an item of its list."""

    code: int
    key: str
    item: int
    note: Note


def check(path: Path) -> list[Problem]:
    """What is wrong with a codebook, in order of place; of a file without lines in order of code."""
    if path.suffix.lower() in YAML:
        return _check_yaml(path)
    if not path.is_file():
        raise CodebookError("codebook.missing", file=path)
    try:
        book = read_codebook(path)
    except (CodebookError, DataError) as error:
        return [Problem(None, None, "error", error.note)]
    found = [
        *_of_language({"language": book.language}, book.codes),
        *(warning.note for warning in _warnings(book.codes)),
    ]
    return [Problem(None, None, "warning", note) for note in found]


def _check_yaml(path: Path) -> list[Problem]:
    source = read_source(path)
    draft = read_draft(source)
    problems = [*draft.problems, *(_placed(warning, draft) for warning in _warnings(draft.codes))]
    problems += [Problem(1, 1, "warning", note) for note in _of_language(draft.head, draft.codes)]
    problems += _cut_off(draft, source)
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0))


def _of_language(head: Mapping[str, str], codes: Sequence[Code]) -> Iterator[Note]:
    """What is not as one might expect of the language of a codebook, which its head may not say."""
    language = head.get("language")
    if note := language_of(language or "").note:
        yield note
    spoken = sorted({spoken for code in codes for spoken in code.label})
    if language is None and spoken and "nl" not in spoken:
        yield Note("codebook.language_unsaid", languages=spoken, first=spoken[0])
    if language and (asked := next((code for code in codes if code.negation in _DECIDES), None)):
        known = language_of(language)
        if not known.denies:
            about = {"code": asked.id, "negation": asked.negation.value, "language": known.code}
            yield Note("codebook.denials_unknown", **about)


def _cut_off(draft: Draft, source: str) -> Iterator[Problem]:
    """Texts that YAML cuts off at a '#' with a word after it, which may belong to the text."""
    for node in (node for nodes in draft.nodes for key in LISTS for node in nodes.get(key, ())):
        end = node.end_mark.index
        rest = source[end : source.find("\n", end)]
        if isinstance(node, ScalarNode) and not node.style and (cut := re.match(r"[ \t]+#\w+", rest)):
            note = Note("codebook.cut_off", text=node.value, rest=cut[0].strip())
            yield Problem(node.start_mark.line + 1, node.start_mark.column + 1, "warning", note)


def _placed(warning: _Warning, draft: Draft) -> Problem:
    nodes = draft.nodes[warning.code]
    mark = nodes.get(warning.key, nodes[""])[warning.item].start_mark
    return Problem(mark.line + 1, mark.column + 1, "warning", warning.note)


def _warnings(codes: Sequence[Code]) -> Iterator[_Warning]:
    parts: tuple[Callable[[Sequence[Code]], Iterator[_Warning]], ...] = (_names, _former_names, _rules, _shared_rules)
    found = [warning for part in parts for warning in part(codes)]
    yield from sorted(found, key=lambda warning: warning.code)


def _names(codes: Sequence[Code]) -> Iterator[_Warning]:
    spoken = sorted({spoken for code in codes for spoken, label in code.label.items() if label})
    for index, code in enumerate(codes):
        if not _ID.fullmatch(code.id):
            yield _Warning(index, "id", 0, Note("codebook.id_plain", id=code.id))
        missing = [language for language in spoken if not code.label.get(language)]
        if not code.label:
            yield _Warning(index, "", 0, Note("codebook.no_label", code=code.id))
        elif missing:
            yield _Warning(index, "label", 0, Note("codebook.no_label_in", code=code.id, languages=missing))


def _former_names(codes: Sequence[Code]) -> Iterator[_Warning]:
    ids = {fold(code.id): code.id for code in codes}
    claims: dict[str, str] = {}
    for index, code in enumerate(codes):
        for item, name in enumerate(code.formerly):
            key = fold(name)
            if key in ids:
                whose = "itself" if ids[key] == code.id else "other"
                note = Note(f"codebook.formerly_{whose}", code=code.id, name=name, other=ids[key])
                yield _Warning(index, "formerly", item, note)
            first = claims.setdefault(key, code.id)
            if first != code.id:
                note = Note("codebook.was_split", name=name, first=first, code=code.id)
                yield _Warning(index, "formerly", item, note)


def _rules(codes: Sequence[Code]) -> Iterator[_Warning]:
    """Rules that say nothing new in their code, and rules that can never count."""
    for index, code in enumerate(codes):
        excepted = [(rule, meaning) for rule in code.exceptions if (meaning := _meaning(rule)) is not None]
        for key, rules in (("rules", code.rules), ("exceptions", code.exceptions)):
            seen: dict[object, str] = {}
            for item, rule in enumerate(rules):
                meaning = _meaning(rule)
                if meaning is None:
                    continue
                if meaning in seen:
                    same = "twice" if seen[meaning] == rule else "same"
                    note = Note(f"codebook.rule_{same}", code=code.id, rule=rule, other=seen[meaning])
                    yield _Warning(index, key, item, note)
                seen.setdefault(meaning, rule)
                taker = next((one for one, other in excepted if key == "rules" and _within(other, meaning)), None)
                if taker is not None:
                    note = Note("codebook.rule_never", code=code.id, rule=rule, exception=taker)
                    yield _Warning(index, key, item, note)


def _shared_rules(codes: Sequence[Code]) -> Iterator[_Warning]:
    owners: dict[object, tuple[str, str]] = {}
    for index, code in enumerate(codes):
        for item, rule in enumerate(code.rules):
            meaning = _meaning(rule)
            if meaning is None:
                continue
            owner, other = owners.setdefault(meaning, (code.id, rule))
            if owner != code.id:
                alike = "shared" if other == rule else "shared_as"
                note = Note(f"codebook.rule_{alike}", code=code.id, rule=rule, owner=owner, other=other)
                yield _Warning(index, "rules", item, note)


def _meaning(rule: str) -> object:
    """What a rule says, whatever its case and accents where they do not matter; None if it cannot be read."""
    try:
        return _folded(parse(rule))
    except CodebookError:
        return None


def _folded(part: object) -> object:
    match part:
        case Word():
            return part if part.way is Way.CASED else part._replace(text=fold(part.text))
        case tuple():
            return tuple(map(_folded, part))
        case _ if is_dataclass(part):
            values = (getattr(part, one.name) for one in fields(part) if one.compare)
            return type(part).__name__, tuple(map(_folded, values))
        case _:
            return part


def _within(exception: object, rule: object) -> bool:
    """Whether every hit of the rule has a hit of the exception in it: the same, or words in a row of it."""
    if exception == rule:
        return True
    taken, words = _row(exception), _row(rule)
    starts = range(len(words) - len(taken) + 1)
    return bool(taken) and any(all(map(_covers, taken, words[start:])) for start in starts)


def _row(meaning: object) -> tuple[Word, ...]:
    """The words of a rule that is one word or words in a row; of another rule none."""
    match meaning:
        case Word():
            return (meaning,)
        case ("Row", (tuple(parts),)) if all(isinstance(part, Word) for part in parts):
            return parts
        case _:
            return ()


def _covers(exception: Word, word: Word) -> bool:
    """Whether a word of an exception matches all that a word of a rule matches."""
    if any(asked not in {"", known} for asked, known in zip(exception[2:], word[2:], strict=True)):
        return False
    if exception == word or (exception.way is not Way.CASED and exception.text == fold(word.text) and word.way in _FEW):
        return True
    if exception.way is not Way.WILD or word.way not in {Way.WILD, *_FEW}:
        return False
    pattern = re.escape(exception.text).replace(r"\*", ".*").replace(r"\?", "[^*]")
    return re.fullmatch(pattern, fold(word.text)) is not None


_FEW = (Way.WRITTEN, Way.CASED)
"""Ways in which a word matches no other letters than its own."""
