"""What the codebook page shows and changes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from coder import codebook_merge
from coder.codebook import Code, Codebook, Negation
from coder.codebook_diff import Change, diff
from coder.codebook_merge import ConflictError
from coder.errors import CodebookError, CoderError, RuleError
from coder.methods.rules.engine import Engine, Hit, by_code
from coder.methods.rules.examples import Failure, try_examples
from coder.methods.rules.language import parse
from coder.review import book_changes
from coder.review.acts import fields, texts
from coder.review.desk import Desk
from coder.review.marks import Span, segments
from coder.review.sight import Sight
from coder.review.words import rule_said
from coder.study.store.decisions import YES

SHOWN = 25
"""So many hits, or answers with a code, are shown."""
_LISTS = ("rules", "exceptions", "examples", "counterexamples")
_VERSIONS, _CHANGES = 30, 12

Data = Mapping[str, Any]


def shown(sight: Sight) -> dict[str, Any]:
    """The codebook: its codes, with the answers that have them, and its versions with what changed."""
    with sight.desk.lock:
        return _shown(sight)


def _shown(sight: Sight) -> dict[str, Any]:
    desk, ledger, counts = sight.desk, sight.ledger, sight.counts
    failing: dict[str, list[str]] = {}
    for one in try_examples(desk.book).failures:
        failing.setdefault(one.code, []).append(_failing(one, sight))
    given: dict[str, list[str]] = {}
    for unit in ledger.seen():
        for code, verdicts in ledger.given(unit).items():
            if YES in verdicts and unit in desk.texts:
                given.setdefault(code, []).append(unit)
    return {
        "version": desk.version,
        "versions": _versions(sight),
        "codes": [
            _form(code, sight.language)
            | {"n": counts.get(code.id, 0), "failing": failing.get(code.id, []), "broken": code.id in failing}
            | {"given": [segments(desk.texts[unit], []) for unit in sorted(given.get(code.id, []))[:SHOWN]]}
            for code in desk.book.codes
        ],
    }


def _form(code: Code, language: str) -> dict[str, Any]:
    """What of a code is in a form."""
    return (
        {"id": code.id, "number": code.number, "label": code.named(language), "labels": dict(code.label)}
        | {"definition": code.definition, "negation": code.negation.value, "net": code.net}
        | {name: list(getattr(code, name)) for name in _LISTS}
    )


def tried(sight: Sight, data: Data) -> dict[str, Any]:
    """What rules find in the answers: how many, how often people agree, and hits; which cannot be read, and where."""
    wanted = fields(data, code=str)["code"] if "code" in data else ""
    rules, exceptions = texts(data, "rules"), texts(data, "exceptions")
    negation = Negation(data["negation"]) if data.get("negation") in [one.value for one in Negation] else Negation.COUNT
    desk, language = sight.desk, sight.language
    broken = [found for rule in (*rules, *exceptions) if (found := _broken(rule, language))]
    fine = tuple(dict.fromkeys(rule for rule in rules if not _broken(rule, language)))
    excepted = tuple(rule for rule in exceptions if not _broken(rule, language))
    units = list(desk.texts)
    book = _book(desk.book, wanted, fine, excepted, negation)
    id_, hits = book.codes[0].id, []
    if fine:
        every = Engine(book, strict=False).find(desk.texts.values())
        hits = by_code(every, book)[id_]
        said, left_out = sight.said["rule_left_out"], map(every.rules.__getitem__, every.left_out)
        broken += [{"rule": rule, "column": 0, "said": said} for code, rule in left_out if code == id_]
    of_rule: dict[str, set[int]] = {rule: set() for rule in fine}
    at: dict[int, list[Hit]] = {}
    for hit in hits:
        of_rule[hit.rule].add(hit.text)
        at.setdefault(hit.text, []).append(hit)
    with desk.lock:
        seen = sight.ledger.seen()
        given = {place: sight.ledger.given(units[place]) for place in at}
    coded = {place for place in at if wanted and units[place] in seen}
    right = {place for place in coded if YES in given[place].get(wanted, ())}
    some = [list(at)[place] for place in np.linspace(0, len(at) - 1, min(SHOWN, len(at))).astype(int)] if at else []
    return {
        "broken": broken,
        "answers": len(at),
        "coded": len(coded),
        "right": len(right),
        "rules": [
            {"rule": rule, "answers": len(found), "coded": len(found & coded), "right": len(found & right)}
            for rule, found in of_rule.items()
        ],
        "hits": [segments(desk.texts[units[place]], _spans(at[place], language)) for place in some],
    }


def _spans(hits: Sequence[Hit], language: str) -> list[Span]:
    return [Span(hit.start, hit.end, "rule", hit.reason.said(language)) for hit in hits]


def new_code(desk: Desk, who: str, language: str, *, name: str, rule: str) -> str:
    """Add a code, with a rule or without; returns its id."""
    made = ""

    def change(now: Codebook) -> Codebook:
        nonlocal made
        book, made = book_changes.with_new(now, name, language, rules=[rule] if rule else [], used=_used(desk))
        return book

    desk.change_codebook(change, who, f"new code {name}")
    return made


def edit(desk: Desk, data: Data, who: str) -> None:
    """Change one code of the version that `data` names, the one that was shown; what others changed since is kept.

    Raises `ConflictError` where they changed the same.
    """
    version = fields(data, version=int)["version"] if "version" in data else desk.version
    base = desk.study.codebook(desk.question, version)
    mine = book_changes.edited(base, data)
    desk.change_codebook(lambda now: codebook_merge.merge(base, mine, now), who, f"edited {data['code']}")


def merge(desk: Desk, data: Data, who: str) -> None:
    """Make one code part of another, as they are now."""
    asked = fields(data, code=str, into=str)
    why = f"merged {asked['code']} into {asked['into']}"
    desk.change_codebook(lambda now: book_changes.merged(now, asked["code"], asked["into"]), who, why)


def split(desk: Desk, data: Data, who: str) -> None:
    """Make part of a code a code of its own. Raises `ConflictError` where a rule that goes along is there no more."""
    asked, rules = fields(data, code=str, name=str, language=str), texts(data, "rules")

    def change(now: Codebook) -> Codebook:
        return book_changes.split(now, **asked, rules=rules, used=_used(desk))

    desk.change_codebook(change, who, f"split {asked['code']}")


def conflict(sight: Sight, error: ConflictError) -> dict[str, Any]:
    """What somebody else changed as well, in words; and for the form the codes as they are with what was sent."""
    desk, said = sight.desk, sight.said
    desk.follow()
    where = "; ".join(
        said["conflict_at"].format(
            what=said.get(f"field_{one.field}", one.field),
            code=desk.book.label(one.code, sight.language),
            theirs=one.theirs or said["nothing"],
        )
        for one in error.conflicts
    )
    kept = {id_: _form(code, sight.language) for id_, code in error.kept.items()}
    return {"error": said["conflict"].format(where=where), "version": desk.version, "codes": kept}


def _used(desk: Desk) -> set[int]:
    """The numbers that any version gave."""
    versions = desk.study.codebooks(desk.question)["version"]
    return {code.number for one in versions for code in desk.study.codebook(desk.question, int(one)).codes}


def _book(
    book: Codebook, code: str, rules: tuple[str, ...], exceptions: tuple[str, ...], negation: Negation
) -> Codebook:
    """A codebook whose first code has these rules: alone, or where they refer to other codes before those."""
    one = book_changes.alone(book, rules, exceptions, negation)
    try:
        Engine(one)
    except RuleError:
        raise
    except CodebookError:  # it refers to another code
        free = max(other.number for other in book.codes) + 1
        first = replace(one.codes[0], number=free)
        codes = (first, *(other for other in book.codes if other.id != code))
        return Codebook(codes, lists=book.lists, language=book.language)
    return one


def _failing(one: Failure, sight: Sight) -> str:
    """An example that fails, with why: in English as the rules say it, in Dutch which way it fails."""
    why = one.why if sight.language == "en" else sight.said[f"failed_{one.kind}"]
    return f"{one.text!r}: {why}"


def _broken(rule: str, language: str) -> dict[str, Any] | None:
    try:
        parse(rule)
    except CoderError as error:
        return {"rule": rule, "column": getattr(error, "column", 0), "said": rule_said(error, language)}
    return None


def _versions(sight: Sight) -> list[dict[str, Any]]:
    """The versions, the last first, each with what it changed."""
    desk = sight.desk
    rows = desk.study.codebooks(desk.question).tail(_VERSIONS + 1).to_dict("records")
    books = [desk.study.codebook(desk.question, int(row["version"])) for row in rows]
    found = []
    for place in range(len(rows) - 1, -1, -1):
        row = rows[place]
        changes = [_said(one, books[place], sight) for one in diff(books[place - 1], books[place])] if place else []
        more = [f"… +{len(changes) - _CHANGES}"] if len(changes) > _CHANGES else []
        said = {"number": int(row["version"]), "who": row["who"], "at": row["when"]}
        found.append({**said, "changes": changes[:_CHANGES] + more})
    return found[:_VERSIONS]


def _said(change: Change, book: Codebook, sight: Sight) -> str:
    where = f"{book.label(change.code, sight.language)}: " if change.code else ""
    kind = sight.said[f"did_{change.kind.replace(' ', '_')}"]
    was, now = (sight.said[f"negation_{one}"] if change.kind == "negation" else one for one in (change.was, change.now))
    return f"{where}{kind} {was or '–'} → {now or '–'}"
