"""The rule lab: what each rule of a codebook does in real answers, alone and beside the others.

The examples of a codebook are its tests: an example must get its code by the rules, a counterexample not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.arrays import Labels
from coder.codebook import Code, Codebook, Negation
from coder.coding import NEGATED, Coding
from coder.corpus import Corpus
from coder.languages.language import language_of, no_answers
from coder.languages.nl.pipeline import BUNDLED
from coder.methods.rules.engine import Engine, Hit, by_code, find
from coder.note import Note
from coder.statistics.proportions import wilson
from coder.statistics.scores import micro, per_code
from coder.tables.table import Column, Said, Table, texts

TOGETHER, NEARLY = 5, 0.8
"""Codes come together nearly always: in so many answers at least, and in this share of the answers of one of them."""
CONTEXT = 30
"""Characters shown on each side of a hit."""
_OTHERS = 3
"""So many codes are named with which a rule shares answers."""
_COLUMNS = ("code", "rule", "text", "start", "end", "score", "written", "negated_by")
_BARE = " without exceptions"
_EXCEPTED = " exceptions"


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of trying a codebook.

    `codes` has a row a code; `rules` a row a rule or exception, those that never fire too; `together` a row
    a pair of codes that nearly always come together; `hits` a row a hit, in its context.
    """

    codes: Table
    rules: Table
    together: Table
    hits: Table

    @property
    def idle(self) -> Table:
        """The rules and exceptions that do nothing, a row a code and kind."""
        frame = self.rules.frame
        never = frame[frame["answers"] == 0].groupby(["code", "kind"], sort=False)["rule"]
        listed = never.agg(", ".join).reset_index()
        listed.insert(2, "count", never.size().to_numpy())
        shown: dict[str, Said | Column] = {
            "code": Note("learning.head_code"),
            "kind": Column(Note("learning.head_kind"), "word"),
            "count": Note("learning.head_n"),
            "rule": Note("learning.head_never"),
        }
        return Table(Note("learning.never_fire", answers=self.rules.base), listed, self.rules.base, shown)

    @property
    def working(self) -> Table:
        """The table of rules without those that do nothing."""
        frame = self.rules.frame
        return replace(self.rules, frame=frame[frame["answers"] > 0].reset_index(drop=True))

    def some_hits(self, count: int) -> Table:
        """At most so many hits of each rule, spread evenly over its hits."""
        frame = self.hits.frame
        order = frame.groupby(["code", "rule"]).cumcount()
        size = frame.groupby(["code", "rule"])["rule"].transform("size")
        kept = (order * count) // size != ((order - 1) * count) // size
        return replace(self.hits, frame=frame[kept].reset_index(drop=True))


def try_rules(
    corpus: Corpus,
    codebook: Codebook,
    hand: Coding | None = None,
    *,
    no_answer: Sequence[str] | None = None,
    nlp: str = BUNDLED,
) -> Trial:
    """Try every rule of the codebook on the answers; with `hand` see also how often people agree.

    An exception counts where it takes a hit off. Agreement is counted in the answers that people coded.
    Answers that say nothing (`no_answer`) and that nobody coded are left out.

    >>> import coder
    >>> from coder.resources import resource
    >>> answers = coder.read(resource("corpora/wishes-2021.csv"), text="answer", id="id")
    >>> book = coder.read_codebook(resource("codebooks/wishes.yaml"))
    >>> hand = coder.Coding.from_column(answers, "codes", book)
    >>> found = coder.try_rules(answers, book, hand)
    >>> found.rules, len(found.hits.frame)
    (<Table 'Rules': 294 rows, base 120>, 147)
    """
    silent = no_answers(corpus, no_answer, language_of(codebook.language))
    silent &= ~corpus.ids.isin(hand.seen if hand is not None else [])
    corpus = corpus.take(corpus.ids[~silent])
    apart = _taken_apart(codebook)
    looked = Engine(apart, nlp=nlp).find(corpus.texts)
    found = by_code(looked, apart)
    own = sum(len(code.rules) for code in codebook.codes)
    left_out = tuple(why for number, why in looked.left_out.items() if number < own)
    hits = _frame({code.id: found[code.id] for code in codebook.codes})
    given = _given(hits, codebook, len(corpus))
    people = _People.of(corpus, codebook, hand) if hand is not None else None
    done = pd.concat([hits.assign(kind="rule"), _excepted(found, codebook).assign(kind="exception")])
    return Trial(
        codes=_codes(given, people, codebook, int(silent.sum())),
        rules=_rules(done, given, people, codebook, left_out),
        together=_together(given, codebook),
        hits=_hits(hits, corpus, people, codebook),
    )


@dataclass(frozen=True, slots=True)
class _People:
    """Which answers people coded, shape (answers,), and what they gave, shape (answers, codes)."""

    seen: Labels
    right: Labels

    @classmethod
    def of(cls, corpus: Corpus, codebook: Codebook, hand: Coding) -> "_People":
        return cls(np.asarray(corpus.ids.isin(hand.seen)), hand.matrix(corpus.ids, codebook.ids))


def _taken_apart(codebook: Codebook) -> Codebook:
    """The codebook and, for each code with exceptions, its rules without them and its exceptions as rules."""
    number = max(code.number for code in codebook.codes)
    more: list[Code] = []
    for code in codebook.codes:
        if code.exceptions:
            bare = Code(code.id + _BARE, number + len(more) + 1, {}, rules=code.rules, negation=code.negation)
            more += [bare, Code(code.id + _EXCEPTED, bare.number + 1, {}, rules=code.exceptions)]
    return replace(codebook, codes=(*codebook.codes, *more))


def _frame(found: Mapping[str, Sequence[Hit]]) -> pd.DataFrame:
    rows = [
        (code, hit.rule, hit.text, hit.start, hit.end, hit.score, *_noted(hit))
        for code, hits in found.items()
        for hit in hits
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _noted(hit: Hit) -> tuple[str, str]:
    """What of a hit is not as its rule has it, and what denies it."""
    note = hit.note
    written = ", ".join(str(value) for key, value in note if key != NEGATED)
    return written, ", ".join(str(value) for key, value in note if key == NEGATED)


def _excepted(found: Mapping[str, Sequence[Hit]], codebook: Codebook) -> pd.DataFrame:
    """The hits that exceptions take off, a row each; `rule` is the exception."""
    parts = [_frame({})]
    for code in codebook.codes:
        if code.exceptions:
            bare, exceptions = (_frame({code.id: found[code.id + which]}) for which in (_BARE, _EXCEPTED))
            both = bare.merge(exceptions[["text", "start", "end", "rule"]], on="text", suffixes=("_hit", ""))
            over = both[(both["start"] < both["end_hit"]) & (both["start_hit"] < both["end"])]
            parts.append(over.drop_duplicates(["rule", "text", "start_hit", "end_hit"])[list(_COLUMNS)])
    return pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)


def _given(hits: pd.DataFrame, codebook: Codebook, size: int) -> Labels:
    """Which answers have which codes by the rules, shape (answers, codes)."""
    given = np.zeros((size, len(codebook.codes)), dtype=np.bool_)
    given[hits["text"].to_numpy(dtype=np.int64), pd.Index(codebook.ids).get_indexer(pd.Index(hits["code"]))] = True
    return given


def _codes(given: Labels, people: _People | None, codebook: Codebook, left_out: int) -> Table:
    labels = texts(map(codebook.text, codebook.ids))
    frame = pd.DataFrame({"code": codebook.ids, "label": labels, "answers": given.sum(axis=0)})
    frame["percent"] = 100.0 * frame["answers"] / max(len(given), 1)
    names = ["code", "answers", "percent"]
    without = int((~given.any(axis=1)).sum())
    notes = [Note("learning.left_out", answers=len(given), left_out=left_out, without=without)]
    if people is not None:
        right, by_rules = people.right[people.seen], given[people.seen]
        scores = zip(("precision", "recall", "f1"), per_code(right, by_rules), strict=True)
        frame = frame.assign(hand=right.sum(axis=0), **dict(scores))
        names += ["hand", "precision", "recall", "f1"]
        notes.append(Note("learning.agreement", answers=len(right), **micro(right, by_rules)))
    shown = {name: Note(f"learning.head_{name}") for name in names}
    return Table(Note("learning.codes_by_rules"), frame, len(given), shown, tuple(notes))


def _rules(
    done: pd.DataFrame, given: Labels, people: _People | None, codebook: Codebook, left_out: tuple[Note, ...]
) -> Table:
    """A row a rule and exception, in the order of the codebook."""
    by_rule = dict(list(_with_alone(done).groupby(["kind", "code", "rule"], sort=False)))
    rows = []
    for column, code in enumerate(codebook.codes):
        for kind, rules in (("rule", code.rules), ("exception", code.exceptions)):
            for rule in dict.fromkeys(rules):
                row = {"code": code.id, "kind": kind, "rule": rule}
                rows.append(row | _told(by_rule.get((kind, code.id, rule)), kind, column, given, people, codebook))
    counts = ("hits", "answers", "unique", "shared", "negated", "slips")
    told = (*counts, "with", *(("coded", "right") if people is not None else ()))
    frame = pd.DataFrame(rows, columns=["code", "kind", "rule", *told])
    names = ["code", "kind", "rule", "hits", "answers", "unique", "negated", "slips", "shared", "with"]
    notes = [Note("learning.unique_note")]
    if people is not None:
        frame["precision"] = frame["right"] / frame["coded"].where(frame["coded"] > 0)
        names.append("precision")
        notes.append(Note("learning.precision_note"))
    if "exception" in set(frame["kind"]):
        notes.append(Note("learning.exception_note"))
    shown: dict[str, Said | Column] = {name: Note(f"learning.head_{name}") for name in names}
    shown["kind"] = Column(Note("learning.head_kind"), "word")
    return Table(Note("learning.rules_title"), frame, len(given), shown, (*notes, *left_out))


def _with_alone(done: pd.DataFrame) -> pd.DataFrame:
    """The hits, and whether no other rule (or exception) of the code is in the answer."""
    rules = done.groupby(["kind", "code", "text"])["rule"].transform("nunique")
    return done.assign(alone=rules.to_numpy() == 1)


def _told(
    hits: pd.DataFrame | None, kind: str, column: int, given: Labels, people: _People | None, codebook: Codebook
) -> dict[str, object]:
    """The counts of one rule."""
    if hits is None:
        return dict.fromkeys(("hits", "answers", "unique", "shared", "negated", "slips", "coded", "right"), 0) | {
            "with": ""
        }
    first = hits.drop_duplicates("text")
    texts = first["text"].to_numpy(dtype=np.int64)
    others = np.delete(given[texts], column, axis=1)
    told: dict[str, object] = {
        "hits": len(hits),
        "answers": len(texts),
        "unique": int(first["alone"].sum()),
        "shared": int(others.any(axis=1).sum()),
        "negated": int((hits["negated_by"] != "").sum()),
        "slips": int((hits["score"] < 1).sum()),
        "with": _named(others.sum(axis=0), [id_ for id_ in codebook.ids if id_ != codebook.ids[column]]),
    }
    if people is not None:
        coded = texts[people.seen[texts]]
        told |= {"coded": len(coded), "right": int((people.right[coded, column] == (kind == "rule")).sum())}
    return told


def _named(counts: npt.NDArray[np.int_], names: Sequence[str]) -> str:
    """The names with the highest counts, such as "video 12, plan 3"."""
    order = np.argsort(-counts, kind="stable")[:_OTHERS]
    return ", ".join(f"{names[place]} {counts[place]}" for place in order if counts[place])


def _together(given: Labels, codebook: Codebook) -> Table:
    """Pairs of codes: of the answers with the one, nearly all have the other, surely more than answers at large."""
    count = given.sum(axis=0)
    both = given.T.astype(np.int64) @ given
    rows = []
    for one, other in zip(*np.nonzero((both >= TOGETHER) & (both >= NEARLY * count[:, None])), strict=True):
        share = count[other] / len(given)
        if one != other and wilson(both[one, other], int(count[one]))[0] > share:
            rows.append((codebook.ids[one], codebook.ids[other], both[one, other], count[one], 100 * share))
    frame = pd.DataFrame(rows, columns=["code", "also", "together", "base", "percent_of_all"])
    frame.insert(4, "percent", 100.0 * frame["together"] / frame["base"])
    heads = {"code": "of_with", "also": "also", "together": "n", "base": "of", "percent": "percent"}
    shown = {name: Note(f"learning.head_{key}") for name, key in (heads | {"percent_of_all": "percent_of_all"}).items()}
    return Table(Note("learning.together"), frame, len(given), shown)


def _hits(hits: pd.DataFrame, corpus: Corpus, people: _People | None, codebook: Codebook) -> Table:
    """Every hit between brackets in its context, in the order of codes, rules and answers."""
    texts, ids = corpus.texts.to_numpy(), corpus.ids.to_numpy()
    place = hits["text"].to_numpy(dtype=np.int64)
    spans = zip(place, hits["start"], hits["end"], strict=True)
    frame = hits[["code", "rule"]].assign(
        unit=ids[place],
        start=hits["start"],
        end=hits["end"],
        context=[in_context(texts[text], start, end) for text, start, end in spans],
        written=hits["written"],
        negated_by=hits["negated_by"],
    )
    heads = {"code": "code", "rule": "rule", "unit": "answer", "context": "context"}
    heads |= {name: name for name in ("written", "negated_by")}
    shown: dict[str, Said | Column] = {name: Note(f"learning.head_{key}") for name, key in heads.items()}
    if people is not None:
        column = pd.Index(codebook.ids).get_indexer(pd.Index(hits["code"]))
        said = np.where(people.right[place, column], "yes", "no").astype(object)
        frame["by_people"] = np.where(people.seen[place], said, "")
        shown["by_people"] = Column(Note("learning.head_hand"), "word")
    order = {
        (code.id, rule): (number, k) for number, code in enumerate(codebook.codes) for k, rule in enumerate(code.rules)
    }
    keys = [(*order[code, rule], text) for code, rule, text in zip(hits["code"], hits["rule"], place, strict=True)]
    sorted_rows = sorted(range(len(keys)), key=keys.__getitem__)
    return Table(Note("learning.hits"), frame.iloc[sorted_rows].reset_index(drop=True), len(corpus), shown)


def in_context(text: str, start: int, end: int) -> str:
    """The hit between brackets with the characters around it, on one line; … where the text goes on."""
    before = ("…" if start > CONTEXT else "") + text[max(0, start - CONTEXT) : start]
    after = text[end : end + CONTEXT] + ("…" if len(text) > end + CONTEXT else "")
    return " ".join(f"{before}[{text[start:end]}]{after}".split())


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
    bare = _example_hits(text, replace(code, exceptions=(), negation=Negation.COUNT), codebook, nlp)
    if not bare:
        return Note("rules.none_finds")
    kept = _example_hits(text, replace(code, negation=Negation.COUNT), codebook, nlp)
    if kept:
        way = "skips" if code.negation is Negation.SKIP else "only"
        return Note(f"rules.{way}_negated", hits=_found(text, kept))
    rules = replace(code, rules=code.exceptions, exceptions=(), negation=Negation.COUNT)
    excepted = [hit for hit in _example_hits(text, rules, codebook, nlp) if any(_overlap(hit, other) for other in bare)]
    return Note("rules.excepted", hits=_found(text, bare), exceptions=_found(text, excepted, "exception_finds"))


def _example_hits(text: str, code: Code, codebook: Codebook, nlp: str) -> Sequence[Hit]:
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
