"""The examples of a codebook are its tests: an example must get its code by the rules, a counterexample not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from coder.codebook import Code, Codebook, Negation
from coder.languages.nl.pipeline import BUNDLED
from coder.methods.rules.engine import Hit, find
from coder.note import Note

Kind = Literal["example", "counterexample"]


@dataclass(frozen=True, slots=True)
class Failure:
    """An example without its code or a counterexample with it, and why."""

    code: str
    kind: Kind
    text: str
    why: Note


@dataclass(frozen=True, slots=True)
class Tried:
    """How many texts were tried, those that failed in order of code, and the codes that have no example."""

    examples: int
    counterexamples: int
    failures: tuple[Failure, ...]
    without: tuple[str, ...]


def try_examples(codebook: Codebook, *, nlp: str = BUNDLED) -> Tried:
    """Run the rules on every example and counterexample. Raises `CodebookError` on a rule that cannot be read."""
    cases: list[tuple[Code, Kind, str]] = []
    for code in codebook.codes:
        cases += [(code, "example", text) for text in code.examples]
        cases += [(code, "counterexample", text) for text in code.counterexamples]
    found = find([text for _, _, text in cases], codebook, nlp=nlp)
    failures = []
    for number, (code, kind, text) in enumerate(cases):
        hits = [hit for hit in found[code.id] if hit.text == number]
        if kind == "example" and not hits:
            failures.append(Failure(code.id, kind, text, _why_not(text, code, codebook, nlp)))
        elif kind == "counterexample" and hits:
            failures.append(Failure(code.id, kind, text, Note("rules.found", hits=_found(text, hits))))
    examples = sum(kind == "example" for _, kind, _ in cases)
    without = tuple(code.id for code in codebook.codes if not code.examples)
    return Tried(examples, len(cases) - examples, tuple(failures), without)


def _why_not(text: str, code: Code, codebook: Codebook, nlp: str) -> Note:
    """Why a text does not have the code: no rule, an exception, or the negation."""
    bare = _hits(text, replace(code, exceptions=(), negation=Negation.COUNT), codebook, nlp)
    if not bare:
        return Note("rules.none_finds")
    kept = _hits(text, replace(code, negation=Negation.COUNT), codebook, nlp)
    if kept:
        way = "skips" if code.negation is Negation.SKIP else "only"
        return Note(f"rules.{way}_negated", hits=_found(text, kept))
    rules = replace(code, rules=code.exceptions, exceptions=(), negation=Negation.COUNT)
    excepted = [hit for hit in _hits(text, rules, codebook, nlp) if any(_overlap(hit, other) for other in bare)]
    return Note("rules.excepted", hits=_found(text, bare), exceptions=_found(text, excepted, "exception_finds"))


def _hits(text: str, code: Code, codebook: Codebook, nlp: str) -> Sequence[Hit]:
    """The hits of a code that is changed for the occasion."""
    codes = tuple(code if one.id == code.id else one for one in codebook.codes)
    return find([text], replace(codebook, codes=codes), nlp=nlp)[code.id]


def _overlap(one: Hit, other: Hit) -> bool:
    return one.start < other.end and other.start < one.end


def _found(text: str, hits: Sequence[Hit], key: str = "finds") -> list[Note]:
    """What each hit found, each once."""
    told: list[Note] = []
    for hit in hits:
        of = {"rule": hit.rule, "text": text[hit.start : hit.end]}
        noted = hit.reason.noted()
        one = Note(f"rules.{key}_noted", **of, noted=noted) if noted else Note(f"rules.{key}", **of)
        if one not in told:
            told.append(one)
    return told
