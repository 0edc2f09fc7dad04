"""The examples of a codebook are its tests: an example must get its code by the rules, a counterexample not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from coder.codebook import Code, Codebook, Negation
from coder.dutch.pipeline import BUNDLED
from coder.methods.rules.engine import Hit, find

Kind = Literal["example", "counterexample"]


@dataclass(frozen=True, slots=True)
class Failure:
    """An example without its code or a counterexample with it, and why, in words."""

    code: str
    kind: Kind
    text: str
    why: str


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
            failures.append(Failure(code.id, kind, text, _said(text, hits)))
    examples = sum(kind == "example" for _, kind, _ in cases)
    without = tuple(code.id for code in codebook.codes if not code.examples)
    return Tried(examples, len(cases) - examples, tuple(failures), without)


def _why_not(text: str, code: Code, codebook: Codebook, nlp: str) -> str:
    """Why a text does not have the code: no rule, an exception, or the negation."""
    bare = _hits(text, replace(code, exceptions=(), negation=Negation.COUNT), codebook, nlp)
    if not bare:
        return "no rule finds it"
    kept = _hits(text, replace(code, negation=Negation.COUNT), codebook, nlp)
    if kept:
        counted = "do not count" if code.negation is Negation.SKIP else "alone count"
        return f"{_said(text, kept)}, but in this code negated words {counted}"
    rules = replace(code, rules=code.exceptions, exceptions=(), negation=Negation.COUNT)
    excepted = [hit for hit in _hits(text, rules, codebook, nlp) if any(_overlap(hit, other) for other in bare)]
    return f"{_said(text, bare)}, but {_said(text, excepted, 'exception')}"


def _hits(text: str, code: Code, codebook: Codebook, nlp: str) -> Sequence[Hit]:
    """The hits of a code that is changed for the occasion."""
    codes = tuple(code if one.id == code.id else one for one in codebook.codes)
    return find([text], replace(codebook, codes=codes), nlp=nlp)[code.id]


def _overlap(one: Hit, other: Hit) -> bool:
    return one.start < other.end and other.start < one.end


def _said(text: str, hits: Sequence[Hit], what: str = "rule") -> str:
    told = []
    for hit in hits:
        noted = hit.reason.noted()
        told.append(f"{what} {hit.rule} finds {text[hit.start : hit.end]!r}{noted and f' ({noted})'}")
    return ", ".join(dict.fromkeys(told))
