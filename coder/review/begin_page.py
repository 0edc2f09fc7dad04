"""The first codebook of a question: proposed from its answers, taken from a file or another study, or none at all.

What is proposed is nobody's until somebody uses it: it stays in the browser, and the study is not changed before.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from starlette.requests import Request

from coder.codebook import Code, Codebook
from coder.errors import StudyError
from coder.files.codebooks import import_codebook
from coder.jobs.background import Job
from coder.jobs.topic_codebook import draft
from coder.languages.language import answered, language_of
from coder.methods.rules.engine import Engine
from coder.methods.rules.syntax import parse
from coder.methods.topics import FEWEST, MOST, find_topics
from coder.note import Note, Progress
from coder.resources import resource
from coder.review import codebook_page
from coder.review.frame import OtherBook
from coder.review.live_question import LiveQuestion, has_codes
from coder.review.requests import Data, PageError, fields, texts
from coder.review.shelf import key_of
from coder.review.sight import Asked, Sight
from coder.study import Study
from coder.study.database import Place
from coder.words import say

BUNDLED = ("trends", "wishes", "policy-themes", "efqm")
_EXAMPLES, _UNCOVERED, _LONGEST, _MOST_CODES, _MOST_BYTES = 3, 40, 300, 300, 20 * 2**20
_LONGEST_LABEL = 200
_PARTS = 3
"""Into so many parts a code is split at most."""


_jobs: WeakKeyDictionary[LiveQuestion, dict[tuple[str, ...], Job[Codebook]]] = WeakKeyDictionary()
"""Of each question what is being proposed: for all answers, and for those that some rules find."""


def beside(book: Codebook, others: Sequence[Code]) -> Codebook:
    """A codebook with these codes after its own, those that it does not have."""
    free = max(code.number for code in book.codes) + 1
    more = (code for code in others if code.id not in book.ids)
    return replace(book, codes=(*book.codes, *(replace(code, number=free + n) for n, code in enumerate(more))))


def propose(sight: Sight, data: Data) -> dict[str, Any]:
    """Begin to propose codes, for all answers or for those that `rules` find; and how far that is.

    `codes` are there once it is done: label, words (rules), how many answers the words find, and typical answers.
    """
    live, rules = sight.live, texts(data, "rules", _MOST_CODES)
    jobs = _jobs.setdefault(live, {})
    job = jobs.get(rules)
    if job is None or (data.get("again") is True and not job.busy):
        units = codebook_page.answers_found(live, rules) if rules else None
        if units is not None and len(units) < FEWEST:
            raise PageError("begin_too_few", count=len(units), least=FEWEST)
        work = partial(_drafted, live.study.place, live.question.name, units, live.embedding)
        job = jobs[rules] = Job(work, lambda _book: None)
        job.wait(0.05)
    found: dict[str, Any] = {
        "busy": job.busy,
        "step": say(Note(job.step)) if job.step else "",
        "done": job.done,
        "total": job.total,
    }
    if not job.busy:
        if job.failed is not None or job.result is None:
            jobs.pop(rules)
            raise StudyError(job.failed) if job.failed is not None else PageError("failed")
        found["codes"] = [
            {
                "label": code.label.get(live.book.language, code.id),
                "rules": list(code.rules),
                "examples": list(code.examples),
            }
            for code in job.result.codes
            if code.rules
        ]
    return found


def stop(sight: Sight) -> dict[str, Any]:
    """End what is being proposed."""
    for job in _jobs.pop(sight.live, {}).values():
        job.stop()
    return {}


def covered(sight: Sight, data: Data) -> dict[str, Any]:
    """What codes would find: of each how many answers, by all its words and by each; and what no code finds.

    A word that is no rule has a `broken`, with why.
    """
    live = sight.live
    asked = _codes(data)
    speak = set(live.answered)
    places = [place for place, unit in enumerate(live.texts) if unit in speak]
    said = list(live.texts.values())
    broken = {rule: why for one in asked for rule in one["rules"] if (why := codebook_page.wrong(rule))}
    codes = tuple(
        Code(f"c{number}", number + 1, {}, rules=tuple(rule for rule in one["rules"] if rule not in broken))
        for number, one in enumerate(asked)
    )
    of_code: dict[str, set[int]] = {code.id: set() for code in codes}
    of_rule: Counter[tuple[str, str]] = Counter()
    if any(code.rules for code in codes):
        hits = Engine(Codebook(codes, language=live.book.language), strict=False).find(said)
        for rule, text in set(zip(hits.rule.tolist(), hits.text.tolist(), strict=True)):
            of_rule[hits.rules[rule]] += 1
            of_code[hits.rules[rule][0]].add(text)
    counted = set(places)
    every = set().union(*of_code.values()) & counted if codes else set()
    left = Counter(" ".join(said[place].split())[:_LONGEST] for place in places if place not in every)
    most = sorted(left.items(), key=lambda one: (-one[1], len(one[0])))[:_UNCOVERED]
    return {
        "answers": len(places), "covered": len(every),
        "codes": [
            {
                "answers": len(of_code[code.id] & counted),
                "words": {rule: of_rule[code.id, rule] for rule in code.rules},
                "examples": _examples(one["examples"], [said[place] for place in sorted(of_code[code.id] & counted)]),
            }
            for code, one in zip(codes, asked, strict=True)
        ],
        "broken": {rule: str(why) for rule, why in broken.items()},
        "uncovered": [list(one) for one in most],
    }  # fmt: skip


def use(sight: Sight, data: Data) -> dict[str, Any]:
    """Make these codes the codebook, beside the codes that are there; the machine then proposes by their rules."""
    live, asked = sight.live, _codes(data)
    if not asked:
        raise PageError("begin_nothing")
    for rule in (rule for one in asked for rule in one["rules"]):
        parse(rule)  # says what is wrong with it
    used = codebook_page.used(live.question)

    def change(now: Codebook) -> Codebook:
        for one in asked:
            now, _ = codebook_page.with_new(now, {now.language: one["label"]}, rules=one["rules"], used=used)
        return replace(now, codes=tuple(sorted(now.codes, key=lambda code: code.number)))

    live.change_codebook(change, sight.who, "begun from a proposal")
    live.start(again=True)
    return {"to": "code"}


def take(sight: Sight, book: Codebook, source: str) -> dict[str, Any]:
    """Make a codebook from elsewhere that of the question. Codes of before stay where answers have them."""
    live = sight.live
    if has_codes(live.book):
        raise PageError("begin_has_book", count=len(live.book.codes))
    given = live.sums()[0]
    whole = beside(book, [code for code in live.book.codes if given.get(code.id)])
    whole = replace(whole, name=book.name or live.question.name)
    live.change_codebook(lambda _now: whole, sight.who, source)
    live.start(again=True)
    return {"to": "code", "codes": len(whole.codes)}


def take_file(sight: Sight, name: str, content: bytes) -> dict[str, Any]:
    """Take over the codebook in a file of any format, and tell what of it is to be told.

    Where the file names no language it is in that of the codebook of before.
    """
    if len(content) > _MOST_BYTES:
        raise PageError("refused_large")
    with TemporaryDirectory() as folder:
        path = Path(folder) / (Path(name.replace("\\", "/")).name[-100:] or "codebook")
        path.write_bytes(content)
        found = import_codebook(path, language=sight.live.book.language)
    left = (
        [say(Note("page.begin_left_out", count=len(found.left_out), term=found.left_out[0]))] if found.left_out else []
    )
    sight.visitor.must_lead()
    return {**take(sight, found.book, name), "notes": [*(say(note) for note in found.notes), *left]}


def bundled(name: str) -> Codebook:
    """A codebook that comes along."""
    if name not in BUNDLED:
        raise PageError("begin_no_book")
    return import_codebook(resource(f"codebooks/{name}.yaml")).book


def _drafted(place: Place, question: str, units: Sequence[str] | None, embedding: str, progress: Progress) -> Codebook:
    """What the other process does."""
    with Study.open(place) as study:
        kept = study[question]
        book = kept.codebook()
        corpus = answered(kept.corpus(), language_of(book.language), kept.no_answer())
    if units is not None:
        corpus = corpus.take(corpus.ids[corpus.ids.isin(units)])
    most = MOST if units is None else _PARTS
    return draft(find_topics(corpus, most=most, embedding=embedding, language=book.language, progress=progress), corpus)


def _codes(data: Data) -> list[dict[str, Any]]:
    """The codes that a page sends: label and rules of each."""
    sent = fields(data, codes=list)["codes"]
    if len(sent) > _MOST_CODES:
        raise PageError("begin_most", most=_MOST_CODES)
    return [
        {
            "label": " ".join(fields(one, label=str)["label"].split())[:_LONGEST_LABEL],
            "rules": list(texts(one, "rules")),
            "examples": list(texts(one, "examples")),
        }
        for one in sent
    ]


def _examples(shown: Sequence[str], found: Sequence[str]) -> list[str]:
    """Of the answers that were shown those that the words still find, with others of these up to a few."""
    found = [text.strip()[:_LONGEST] for text in found]
    kept = [text for text in shown if text in set(found)]
    left = [text for text in dict.fromkeys(found) if text not in kept]
    more = max(0, min(_EXAMPLES - len(kept), len(left)))
    return [*kept, *(left[one] for one in np.linspace(0, len(left) - 1, more).astype(int))][:_EXAMPLES]


def about(sight: Sight, books: Mapping[str, OtherBook]) -> dict[str, object]:
    """What its template is made with: the codebooks that come along, and those of other questions, by their keys."""
    own = f"{key_of(sight.live.study.place)}/{sight.live.question.name}"
    return {"bundled": BUNDLED, "books": [(key, one.name) for key, one in books.items() if key != own]}


def post(books: Callable[[], Mapping[str, OtherBook]]) -> Mapping[str, Asked]:
    """What scripts ask; `books` tells the codebooks of other questions."""

    def take_known(sight: Sight, _request: Request, data: Data) -> Data:
        sight.visitor.must_lead()
        name = fields(data, book=str)["book"]
        other = books().get(name)
        return take(sight, bundled(name) if other is None else other.read(), name)

    def draft_codes(sight: Sight, _request: Request, data: Data) -> Data:
        sight.visitor.must_lead()
        return propose(sight, data)

    def use_codes(sight: Sight, _request: Request, data: Data) -> Data:
        sight.visitor.must_lead()
        return use(sight, data)

    return {
        "covered": lambda sight, _request, data: covered(sight, data),
        "draft": draft_codes,
        "draft-stop": lambda sight, _request, _data: stop(sight),
        "take-book": take_known,
        "use-codes": use_codes,
    }
