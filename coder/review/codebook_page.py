"""The codebook page: what it shows, and a new code, a code edited, merged into another, or split.

Each change gives a new codebook. What a code was called stays in `formerly`, so that decisions find the code that
theirs became.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
from starlette.requests import Request

from coder import codebook_merge
from coder.codebook import SPECIAL, Change, Code, Codebook, Negation, diff
from coder.codebook_merge import Conflict, ConflictError
from coder.errors import CodebookError, CoderError, RuleError
from coder.files.codebooks.imported import slug
from coder.learning.rule_trial import Failure, try_examples
from coder.methods.rules.engine import Engine, Hit, Hits, by_code
from coder.methods.rules.syntax import parse
from coder.note import Note
from coder.review.cards import Span, segments
from coder.review.live_documents import LiveDocuments
from coder.review.live_question import LiveQuestion
from coder.review.requests import Data, PageError, fields, texts
from coder.review.sight import Asked, Sight
from coder.study import Question
from coder.study.codebooks import is_begin
from coder.study.decisions import YES
from coder.words import chosen, languages, locale_of, say

SHOWN = 25
"""So many hits, or answers with a code, are shown."""
_LISTS = ("rules", "exceptions", "examples", "counterexamples")
_VERSIONS, _CHANGES = 30, 12


class BookError(PageError, CodebookError):
    """A change of the codebook that the page refuses."""


def shown(sight: Sight) -> dict[str, Any]:
    """The codebook: its codes, with the answers that have them, and its versions with what changed.

    What is left over stands last, wherever later codes stand in the codebook.
    """
    with sight.live.lock:
        return _shown(sight)


def _shown(sight: Sight) -> dict[str, Any]:
    live, ledger, counts = sight.live, sight.ledger, sight.counts
    failing: dict[str, list[str]] = {}
    for one in try_examples(live.book).failures:
        failing.setdefault(one.code, []).append(_failing(one))
    given: dict[str, list[str]] = {}
    for unit in frozenset(ledger.seen()).intersection(live.texts):
        for code in ledger.codes(unit):
            given.setdefault(code, []).append(unit)
    return {
        "version": live.version,
        "versions": _versions(sight),
        "codes": [
            _form(code)
            | {"n": counts.get(code.id, 0), "failing": failing.get(code.id, []), "broken": code.id in failing}
            | {"given": [segments(live.texts[unit], []) for unit in sorted(given.get(code.id, []))[:SHOWN]]}
            for code in sorted(live.book.codes, key=lambda code: code.id in SPECIAL)
        ],
    }


def _form(code: Code) -> dict[str, Any]:
    """What of a code is in a form."""
    return (
        {"id": code.id, "number": code.number, "label": code.named(chosen()), "labels": dict(code.label)}
        | {"definition": code.definition, "negation": code.negation.value, "net": code.net}
        | {name: list(getattr(code, name)) for name in _LISTS}
    )


def listed(book: Codebook, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """The codes in the order of the codebook, as a page lists them, each with its count; 0 where there is none."""
    return [
        {"id": one.id, "number": one.number, "label": one.named(chosen()), "definition": one.definition}
        | {"net": one.net, "n": counts.get(one.id, 0)}
        for one in book.codes
    ]


def tried(sight: Sight, data: Data) -> dict[str, Any]:
    """What rules find in the answers: how many, how often people agree, and hits; which cannot be read, and where.

    `here` says whether they find the answer `unit`.
    """
    wanted = fields(data, code=str)["code"] if "code" in data else ""
    rules, exceptions = texts(data, "rules"), texts(data, "exceptions")
    negation = Negation(data["negation"]) if data.get("negation") in [one.value for one in Negation] else Negation.COUNT
    live = sight.live
    broken = [found for rule in (*rules, *exceptions) if (found := _broken(rule))]
    fine = tuple(dict.fromkeys(rule for rule in rules if not _broken(rule)))
    excepted = tuple(rule for rule in exceptions if not _broken(rule))
    units = list(live.texts)
    book = _book(live.book, wanted, fine, excepted, negation)
    id_, hits = book.codes[0].id, []
    if fine:
        every = Engine(book, strict=False).find(live.texts.values())
        hits = by_code(every, book)[id_]
        said, left_out = sight.said["rule_left_out"], map(every.rules.__getitem__, every.left_out)
        broken += [{"rule": rule, "column": 0, "said": said} for code, rule in left_out if code == id_]
    of_rule: dict[str, set[int]] = {rule: set() for rule in fine}
    at: dict[int, list[Hit]] = {}
    for hit in hits:
        of_rule[hit.rule].add(hit.text)
        at.setdefault(hit.text, []).append(hit)
    with live.lock:
        seen = sight.ledger.seen()
        given = {place: sight.ledger.given(units[place]) for place in at}
    coded = {place for place in at if wanted and units[place] in seen}
    right = {place for place in coded if YES in given[place].get(wanted, ())}
    some = [list(at)[place] for place in np.linspace(0, len(at) - 1, min(SHOWN, len(at))).astype(int)] if at else []
    return {
        "broken": broken,
        "answers": len(at),
        "here": data.get("unit") in {units[place] for place in at},
        "coded": len(coded),
        "right": len(right),
        "rules": [
            {"rule": rule, "answers": len(found), "coded": len(found & coded), "right": len(found & right)}
            for rule, found in of_rule.items()
        ],
        "hits": [segments(live.texts[units[place]], _spans(at[place])) for place in some],
    }


def _spans(hits: Sequence[Hit]) -> list[Span]:
    return [Span(hit.start, hit.end, "rule", str(Note("rules.reason", found=hit.reason.found()))) for hit in hits]


def find_rules(book: Codebook, rules: Sequence[str], within: Sequence[str]) -> Hits:
    """Where rules hit in texts. Raises `CoderError` for one that cannot be read."""
    for rule in rules:
        parse(rule)  # says what is wrong with the words alone
    hits = Engine(alone(book, rules)).find(within)
    if hits.left_out:
        raise PageError("rule_left_out")
    return hits


def answers_found(live: LiveQuestion, rules: Sequence[str]) -> list[str]:
    """The answers that rules find. Raises `CoderError` for one that cannot be read."""
    units = list(live.texts)
    hits = find_rules(live.book, rules, list(live.texts.values()))
    return [units[place] for place in np.unique(hits.text).tolist()]


def search(live: LiveQuestion, query: str) -> tuple[list[str], str]:
    """The answers in which a rule hits, and how many in words; a plain word is a rule, and no word finds nothing.

    Raises `CoderError` for one that cannot be read.
    """
    if not query.strip():
        return [], ""
    units = answers_found(live, (query,))
    return units, say(Note("page.note_search", count=len(units)))


def new_code(live: LiveQuestion | LiveDocuments, who: str, *, name: str, rule: str = "") -> str:
    """Add a code, with a rule or without; returns its id."""
    made = ""

    def change(now: Codebook) -> Codebook:
        nonlocal made
        book, made = with_new(now, {chosen(): name}, rules=[rule] if rule else [], used=used(live.question))
        return book

    live.change_codebook(change, who, f"new code {name}")
    return made


def edit(live: LiveQuestion, data: Data, who: str) -> None:
    """Change one code of the version that `data` names, the one that was shown; what others changed since is kept.

    Raises `ConflictError` where they changed the same.
    """
    version = fields(data, version=int)["version"] if "version" in data else live.version
    base = live.question.codebook(version)
    mine = edited(base, data)
    live.change_codebook(lambda now: codebook_merge.merge(base, mine, now), who, f"edited {data['code']}")


def merge(live: LiveQuestion, data: Data, who: str) -> None:
    """Make one code part of another, as they are now."""
    asked = fields(data, code=str, into=str)
    why = f"merged {asked['code']} into {asked['into']}"
    live.change_codebook(lambda now: merged(now, asked["code"], asked["into"]), who, why)


def split(live: LiveQuestion, data: Data, who: str) -> None:
    """Make part of a code a code of its own. Raises `ConflictError` where a rule that goes along is there no more."""
    asked, rules = fields(data, code=str, name=str), texts(data, "rules")

    def change(now: Codebook) -> Codebook:
        return parted(now, asked["code"], {chosen(): asked["name"]}, rules, used=used(live.question))

    live.change_codebook(change, who, f"split {asked['code']}")


def call_formerly(live: LiveQuestion, names: Mapping[str, str], who: str) -> None:
    """Give codes a name that they had, as one change: `names` has the code of each name."""

    def change(now: Codebook) -> Codebook:
        for name, code in names.items():
            old = code_of(now, code)
            now = _with(now, {old.id: replace(old, formerly=_both(old.formerly, (_label(name),)))})
        return now

    live.change_codebook(change, who, "; ".join(f"{code} was called {name}" for name, code in names.items()))


def conflict(sight: Sight, error: ConflictError) -> dict[str, Any]:
    """What somebody else changed as well, in words; and for the form the codes as they are with what was sent."""
    live, said = sight.live, sight.said
    live.follow()
    where = "; ".join(
        said["conflict_at"].format(
            what=said.get(f"field_{one.field}", one.field),
            code=live.book.label(one.code, chosen()),
            theirs=one.theirs or said["nothing"],
        )
        for one in error.conflicts
    )
    kept = {id_: _form(code) for id_, code in error.kept.items()}
    return {"error": said["conflict"].format(where=where), "version": live.version, "codes": kept}


def used(question: Question) -> set[int]:
    """The numbers that any version of a codebook gave; one to begin with gives none."""
    books = [question.codebook(int(one)) for one in question.codebooks()["version"]]
    return {code.number for book in books if not is_begin(book) for code in book.codes}


def _book(
    book: Codebook, code: str, rules: tuple[str, ...], exceptions: tuple[str, ...], negation: Negation
) -> Codebook:
    """A codebook whose first code has these rules: alone, or where they refer to other codes before those."""
    one = alone(book, rules, exceptions, negation)
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


def _failing(one: Failure) -> str:
    """An example that fails, with why."""
    return f"{one.text!r}: {say(one.why)}"


def wrong(rule: str) -> CoderError | None:
    """What is wrong with a rule as it is written; None where nothing is."""
    try:
        parse(rule)
    except CoderError as error:
        return error
    return None


def _broken(rule: str) -> dict[str, Any] | None:
    error = wrong(rule)
    if error is None:
        return None
    said = str(error.found if isinstance(error, RuleError) else error)
    return {"rule": rule, "column": getattr(error, "column", 0), "said": said}


def _versions(sight: Sight) -> list[dict[str, Any]]:
    """The versions, the last first, each with what it changed."""
    live = sight.live
    rows = live.question.codebooks().tail(_VERSIONS + 1).to_dict("records")
    books = [live.question.codebook(int(row["version"])) for row in rows]
    found = []
    for place in range(len(rows) - 1, -1, -1):
        row = rows[place]
        changes = [_said(one, books[place], sight) for one in diff(books[place - 1], books[place])] if place else []
        more = [f"… +{len(changes) - _CHANGES}"] if len(changes) > _CHANGES else []
        mine = row["who"] == sight.who or sight.visitor.leads
        said = {"number": int(row["version"]), "who": row["who"], "at": row["when"], "undoes": row["undoes"] > 0}
        said["undo"] = mine and row["version"] > 1 and not row["undone"]
        found.append({**said, "changes": changes[:_CHANGES] + more})
    return found[:_VERSIONS]


def _said(change: Change, book: Codebook, sight: Sight) -> str:
    where = f"{book.label(change.code, chosen())}: " if change.code else ""
    kind = say(Note(f"codebook.did_{change.kind.replace(' ', '_')}"))
    was, now = (sight.said[f"negation_{one}"] if change.kind == "negation" else one for one in (change.was, change.now))
    return f"{where}{kind} {was or '–'} → {now or '–'}"


LONGEST = 200
"""Characters of a label."""


def alone(
    book: Codebook, rules: Sequence[str], exceptions: Sequence[str] = (), negation: Negation = Negation.COUNT
) -> Codebook:
    """A codebook of one code with these rules, and the lists of words of this one."""
    code = Code("tried", 1, {}, rules=tuple(rules), exceptions=tuple(exceptions), negation=negation)
    return Codebook((code,), lists=book.lists, language=book.language)


def with_new(
    book: Codebook, label: Mapping[str, str], *, rules: Sequence[str] = (), used: Iterable[int] = ()
) -> tuple[Codebook, str]:
    """The codebook with a code more, of this label in one language, and its id.

    `used` are numbers that earlier versions gave.
    """
    ((language, given),) = label.items()
    name = _label(given)
    if not name:
        raise BookError("code_nameless")
    if (known := book.find(name)) is not None:
        raise BookError("code_known", code=book.label(known))
    apart = {code.number for code in book.codes if code.id in SPECIAL}
    last = max({*used, *(code.number for code in book.codes)} - apart, default=0)
    number = next(one for one in count(last + 1) if one not in apart)
    taken, base = {*book.ids, *book.lists}, slug(name)
    id_ = next(one for one in (base, *(f"{base}_{time}" for time in range(2, len(taken) + 3))) if one not in taken)
    return replace(book, codes=(*book.codes, Code(id_, number, {language: name}, rules=tuple(rules)))), id_


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


def parted(
    book: Codebook, code: str, label: Mapping[str, str], rules: Sequence[str], used: Iterable[int] = ()
) -> Codebook:
    """The codebook in which part of a code is a code of its own, with this label and these of its rules.

    Every "yes" of before is "unsure" of both, until somebody looks again. Raises `ConflictError` where the code does
    not have one of these rules any more.
    """
    old = code_of(book, code)
    if gone := [rule for rule in rules if rule not in old.rules]:
        raise ConflictError((Conflict(code, "rules", "", gone[0]),), {})
    moved = [rule for rule in old.rules if rule in rules]
    new, id_ = with_new(book, label, rules=moved, used=used)
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


def about(sight: Sight) -> dict[str, object]:
    """What its template is made with: the languages in which a code may have a label, by what the reader calls them.

    That of the codebook is the first.
    """
    own, names = sight.live.book.language, locale_of(chosen()).languages
    return {"label_languages": [(one, names[one]) for one in sorted(languages(), key=lambda one: (one != own, one))]}


def _by_lead(change: Callable[[LiveQuestion, Data, str], None]) -> Asked:
    """What only a lead may do."""

    def done(sight: Sight, _request: Request, data: Data) -> Data:
        sight.visitor.must_lead()
        change(sight.live, data, sight.who)
        return {}

    return done


def _new_code(sight: Sight, _request: Request, data: Data) -> Data:
    return {"code": new_code(sight.live, sight.who, **fields(data, name=str, rule=str))}


def _undo(sight: Sight, _request: Request, data: Data) -> Data:
    sight.live.undo_codebook(fields(data, version=int)["version"], sight)
    return {}


POST: Mapping[str, Asked] = {
    "code": _by_lead(edit),
    "merge": _by_lead(merge),
    "new-code": _new_code,
    "rules": lambda sight, _request, data: tried(sight, data),
    "split": _by_lead(split),
    "undo-codebook": _undo,
}
GET: Mapping[str, Asked] = {"codebook": lambda sight, _request, _data: shown(sight)}
