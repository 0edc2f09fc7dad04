"""Changes of a codebook: a new code, a code edited, merged into another, or split. Each gives a new codebook.

What a code was called stays in `formerly`, so that decisions find the code that theirs became.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from coder.codebook import SPECIAL, Code, Codebook, Negation
from coder.codebook_merge import Conflict, ConflictError
from coder.files.found_codes import slug
from coder.review.acts import fields, texts
from coder.review.words import BookError

LONGEST = 200
"""Characters of a label."""


def alone(
    book: Codebook, rules: Sequence[str], exceptions: Sequence[str] = (), negation: Negation = Negation.COUNT
) -> Codebook:
    """A codebook of one code with these rules, and the lists of words of this one."""
    code = Code("tried", 1, {}, rules=tuple(rules), exceptions=tuple(exceptions), negation=negation)
    return Codebook((code,), lists=book.lists, language=book.language)


def with_new(
    book: Codebook, name: str, language: str, *, rules: Sequence[str] = (), used: Iterable[int] = ()
) -> tuple[Codebook, str]:
    """The codebook with a code more, and the id of that. `used` are numbers that earlier versions gave."""
    label = _label(name)
    if not label:
        raise BookError("code_nameless")
    if (known := book.find(label)) is not None:
        raise BookError("code_known", code=book.label(known))
    apart = {code.number for code in book.codes if code.id in SPECIAL}
    last = max({*used, *(code.number for code in book.codes)} - apart, default=0)
    number = next(one for one in count(last + 1) if one not in apart)
    taken, base = {*book.ids, *book.lists}, slug(label)
    id_ = next(one for one in (base, *(f"{base}_{time}" for time in range(2, len(taken) + 3))) if one not in taken)
    return replace(book, codes=(*book.codes, Code(id_, number, {language: label}, rules=tuple(rules)))), id_


def edited(book: Codebook, data: Any) -> Codebook:  # noqa: ANN401 (what came out of JSON)
    """The codebook with one code as a form has it. Raises `CoderError` where it cannot be."""
    found = fields(data, code=str, labels=dict, definition=str, negation=str, net=str)
    old = code_of(book, found["code"])
    if not all(isinstance(label, str) for label in found["labels"].values()):
        raise BookError("field_dict", name="labels")
    labels = {name: _label(label) for name, label in found["labels"].items()}
    if not any(labels.values()):
        raise BookError("code_nameless")
    if found["negation"] not in [one.value for one in Negation]:
        raise BookError("code_negation")
    labels = {**old.label, **labels}
    gone = [label for language, label in old.label.items() if labels[language] != label]
    definition = found["definition"].strip()
    new = replace(
        old,
        label={name: label for name, label in labels.items() if label},
        definition=old.definition if definition == old.definition.strip() else definition,
        negation=Negation(found["negation"]),
        net=found["net"],
        formerly=tuple(dict.fromkeys([*old.formerly, *gone])),
        rules=texts(data, "rules"),
        exceptions=texts(data, "exceptions"),
        examples=texts(data, "examples"),
        counterexamples=texts(data, "counterexamples"),
    )
    return _with(book, {old.id: new})


def merged(book: Codebook, gone: str, into: str) -> Codebook:
    """The codebook in which one code is part of another: rules, examples and all that it was called go over."""
    old, kept = code_of(book, gone), code_of(book, into)
    if old.id == kept.id:
        raise BookError("code_into_itself")
    examples = _both(kept.examples, old.examples)
    formerly = _both(kept.formerly, (old.id, *old.label.values(), *old.formerly))
    new = replace(
        kept,
        rules=_both(kept.rules, old.rules),
        exceptions=_both(kept.exceptions, old.exceptions),
        examples=examples,
        counterexamples=tuple(one for one in _both(kept.counterexamples, old.counterexamples) if one not in examples),
        formerly=formerly,
        net="" if kept.net == old.id else kept.net,
    )
    under = {code.id: replace(code, net=kept.id) for code in book.codes if code.net == old.id and code.id != kept.id}
    left = _with(book, {kept.id: new, **under})
    return replace(left, codes=tuple(code for code in left.codes if code.id != old.id))


def split(
    book: Codebook, code: str, name: str, language: str, rules: Sequence[str], used: Iterable[int] = ()
) -> Codebook:
    """The codebook in which part of a code is a code of its own, with these of its rules.

    Every "yes" of before is "unsure" of both, until somebody looks again. Raises `ConflictError` where the code does
    not have one of these rules any more.
    """
    old = code_of(book, code)
    if gone := [rule for rule in rules if rule not in old.rules]:
        raise ConflictError((Conflict(code, "rules", "", gone[0]),), {})
    moved = [rule for rule in old.rules if rule in rules]
    new, id_ = with_new(book, name, language, rules=moved, used=used)
    left = replace(old, rules=tuple(rule for rule in old.rules if rule not in moved))
    part = replace(code_of(new, id_), formerly=(old.id,), net=old.net)
    return _with(new, {old.id: left, id_: part})


def code_of(book: Codebook, id_: str) -> Code:
    """The code with this id. Raises `BookError` where there is none."""
    found = next((code for code in book.codes if code.id == id_), None)
    if found is None:
        raise BookError("no_code_there", code=id_)
    return found


def _label(name: str) -> str:
    """A name without what cannot be seen. Raises `BookError` for one that is too long."""
    label = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
    if len(label) > LONGEST:
        raise BookError("code_long", most=LONGEST)
    return label


def _both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*one, *other]))


def _with(book: Codebook, changed: dict[str, Code]) -> Codebook:
    return replace(book, codes=tuple(changed.get(code.id, code) for code in book.codes))
