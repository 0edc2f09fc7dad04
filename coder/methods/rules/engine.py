"""Where the rules of a codebook match.

The texts are split once and every pattern is found at once (`matching`); a rule with operators is then
worked out from its patterns (`spans`). All hits are kept, overlapping ones too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.codebook import Codebook, Negation
from coder.coding import NEGATED, RULE, Coding, Details, Reason, Reasons, assignments, stacked
from coder.corpus import Corpus
from coder.errors import shortened
from coder.languages.language import DUTCH, Language, language_of
from coder.languages.lines import stretched
from coder.languages.nl.negation import Denied
from coder.languages.nl.pipeline import BUNDLED
from coder.languages.text import Forms, Tokens, Vocabulary, tokenise
from coder.methods.rules.compiled import NOT_ALONE, Program, WorkedOut, compile_codebook
from coder.methods.rules.forms import Lexicon
from coder.methods.rules.matching import Occurrences, find_patterns, narrow
from coder.methods.rules.syntax import AllOf, AnyOf, ButNot, Near, Reference, Row, Rule, Without, Word
from coder.methods.rules.word_spans import (
    NO_SPANS,
    LimitError,
    Notes,
    Numbers,
    Spans,
    apart_from,
    in_a_row,
    joined,
    near,
    together,
    union,
    without,
)
from coder.note import Note
from coder.resources import __version__

LEFT_OUT = "left out"
"""In the provenance of a coding: the rules that were left out, and why."""
_AT_ONCE, _SAMPLED = 3_000_000, 64
"""Characters in a run, about: enough to make a run pay, few enough to use the same memory again and again. The texts
are as long as one in so many of them says."""
_MOST_FORMS = 300_000
"""With more distinct words than this an engine that goes from batch to batch is made anew, which bounds its memory."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where a rule matched: text by its index, characters `[start, end)` of it.

    `written` says what was not as the rule has it: a slip of the pen, a verb in two parts (each part is a hit). What
    denies it is looked for when `note`, `negated` or `reason` asks.
    """

    text: int
    start: int
    end: int
    rule: str
    score: float
    written: Details
    denials: "Denials" = field(repr=False, compare=False)

    @property
    def reason(self) -> Reason:
        """Its rule, what was not as written, and what denies it."""
        return _reason(self.rule, self.written, self.denials.by(self.text, self.start, self.end))

    @property
    def note(self) -> Details:
        """What was not as written, and what denies it."""
        return self.reason.note

    @property
    def negated(self) -> bool:
        """Whether something denies it."""
        return bool(self.denials.by(self.text, self.start, self.end))


@dataclass(frozen=True, slots=True)
class Rules:
    """Codes a corpus by the rules of the codebook; every hit is an assignment that names its rule.

    `nlp` names the spaCy pipeline that finds verbs whose particle stands apart; it is loaded only
    where a rule has such a verb and a text has its particle. When not `strict` a rule that cannot be read is left
    out alone, as one is that finds too much to hold; the provenance says so, as `LEFT_OUT`.
    """

    nlp: str = BUNDLED
    strict: bool = True

    @property
    def name(self) -> str:
        """The coder's name."""
        return "rules"

    def code(self, corpus: Corpus, codebook: Codebook) -> Coding:
        """Look for every rule in every unit. Raises `CodebookError` on a rule that cannot be read, when `strict`."""
        return coded(Engine(codebook, nlp=self.nlp, strict=self.strict).find(corpus.texts.tolist()), corpus, codebook)


class Denials:
    """What denies a stretch of a text. `possible` marks the texts that have a word of denial."""

    def __init__(self, texts: Sequence[str], possible: npt.NDArray[np.bool_], spoken: Language) -> None:
        self._texts, self._possible, self._language = texts, possible, spoken
        self._denied: dict[int, Denied] = {}

    def of(self, text: Numbers, start: Numbers, end: Numbers) -> list[str]:
        """The words that deny each stretch, characters `[start, end)` of a text by its index; "" for none."""
        found = [""] * len(text)
        for place in np.flatnonzero(self._possible[text]).tolist():
            found[place] = self.by(int(text[place]), int(start[place]), int(end[place]))
        return found

    def by(self, text: int, start: int, end: int) -> str:
        """The same of one stretch."""
        if not self._possible[text]:
            return ""
        if text not in self._denied:
            self._denied[text] = Denied(self._language.scopes(self._texts[text]))
        return self._denied[text].by(start, end) or ""


@dataclass(frozen=True)
class Hits:
    """The hits of a codebook in a list of texts, as columns; in order of code, rule and place.

    `rule` is a number in `rules`, which has the code and the rule as written; `text` is the index of the
    text, `start` and `end` characters of it. `note` is a number in `notes`: what was not as written, and a score.
    `left_out` says of rules that could not be looked for, by number, why; they have no hits.
    """

    rules: tuple[tuple[str, str], ...]
    notes: tuple[tuple[Details, float], ...]
    rule: Numbers
    text: Numbers
    start: Numbers
    end: Numbers
    note: Numbers
    denials: Denials
    left_out: Mapping[int, Note]

    def __len__(self) -> int:
        return len(self.rule)

    @property
    def score(self) -> npt.NDArray[np.float64]:
        """1 for a hit as written, less for a slip of the pen."""
        return np.asarray([score for _, score in self.notes])[self.note]

    @property
    def reasons(self) -> Reasons:
        """Why there is each hit, made when it is asked for: its rule, what was not as written, what denies it."""
        return Reasons(len(self), self._reasons)

    def _reasons(self, rows: Numbers) -> list[Reason]:
        cues = self.denials.of(self.text[rows], self.start[rows], self.end[rows])
        known: dict[tuple[int, int, str], Reason] = {}
        found = []
        for key in zip(self.rule[rows].tolist(), self.note[rows].tolist(), cues, strict=True):
            if key not in known:
                rule, note, cue = key
                known[key] = _reason(self.rules[rule][1], self.notes[note][0], cue)
            found.append(known[key])
        return found


class Engine:
    """A codebook ready to be looked for in text after text; a form seen before is not decided again.

    Raises `CodebookError` on a rule that cannot be read; when not `strict` such a rule is left out alone, and that
    is said with the hits.
    """

    def __init__(self, codebook: Codebook, *, nlp: str = BUNDLED, strict: bool = True) -> None:
        self._language = language_of(codebook.language)
        self._book = compile_codebook(codebook, strict=strict, classes=self._language is DUTCH or nlp != BUNDLED)
        self._nlp = nlp
        self._vocabulary = Vocabulary()
        self._lexicon = Lexicon(self._book.words, self._language)
        self._denying = np.empty(0, dtype=np.bool_)

    @property
    def forms(self) -> int:
        """How many distinct forms it has seen."""
        return len(self._vocabulary.forms)

    @property
    def left_out(self) -> Mapping[int, Note]:
        """Why rules cannot be looked for, by their number among those of all codes in order; when not `strict`."""
        return self._book.left_out

    def find(self, texts: Iterable[str]) -> Hits:
        """Every hit; those that overlap an exception are taken off, and negated ones where the code says so."""
        kept = tuple(texts)
        notes = Notes()
        some = kept[::_SAMPLED]
        length = sum(map(len, some)) / max(len(some), 1)
        size = int(_AT_ONCE / max(length, 1)) + 1
        offsets = range(0, max(len(kept), 1), size)
        left_out = dict(self._book.left_out)
        runs = [self._run(kept[offset : offset + size], notes, left_out) for offset in offsets]
        for offset, (found, _) in zip(offsets, runs, strict=True):
            found[1] += offset
        columns = [np.concatenate(column) for column in zip(*(columns for columns, _ in runs), strict=True)]
        if len(runs) > 1:
            order = np.argsort(narrow(columns[0], len(self._book.rules)), kind="stable")
            columns = [column[order] for column in columns]
        if left_out:
            kept_hits = ~np.isin(columns[0], list(left_out))
            columns = [column[kept_hits] for column in columns]
        denials = Denials(kept, np.concatenate([possible for _, possible in runs]), self._language)
        rule, text, start, end, note = columns
        return Hits(self._book.rules, tuple(notes.known), rule, text, start, end, note, denials, left_out)

    def _run(
        self, texts: tuple[str, ...], notes: Notes, left_out: dict[int, Note]
    ) -> tuple[list[Numbers], npt.NDArray[np.bool_]]:
        """The columns of the hits, and which texts may deny; of texts with a second reading the hits of both."""
        columns, denied, doubtful = self._read(texts, notes, left_out, joined=True)
        if not doubtful:
            return columns, denied
        second, denied_too, _ = self._read(tuple(texts[number] for number in doubtful), notes, left_out, joined=False)
        second[1] = np.asarray(doubtful, dtype=np.int64)[second[1]]
        denied[doubtful] |= denied_too
        both = [np.concatenate(pair) for pair in zip(columns, second, strict=True)]
        order = np.lexsort(both[3::-1])
        rows = np.stack([column[order] for column in both])
        new = np.append(True, (rows[:4, 1:] != rows[:4, :-1]).any(axis=0))[: rows.shape[1]]
        return list(rows[:, new]), denied

    def _read(
        self, texts: tuple[str, ...], notes: Notes, left_out: dict[int, Note], *, joined: bool
    ) -> tuple[list[Numbers], npt.NDArray[np.bool_], list[int]]:
        """The same of one reading, and the texts with another."""
        tokens = tokenise(texts, self._vocabulary, joined=joined)
        if new := self._vocabulary.forms[len(self._denying) :]:
            forms = Forms(new)
            self._lexicon.decide(forms)
            self._denying = np.concatenate([self._denying, self._language.may_deny(forms)])
        denied = np.zeros(len(texts), dtype=np.bool_)
        denied[tokens.text[np.flatnonzero(self._denying[tokens.form])]] = True
        found = find_patterns(tokens, self._book, self._lexicon, notes, self._nlp)
        run = _Run(tokens, found, Denials(texts, denied, self._language), notes, self._book, left_out)
        return run.columns(), denied, tokens.doubtful


def coded(hits: Hits, corpus: Corpus, codebook: Codebook) -> Coding:
    """The coding of a corpus by what its texts have: every hit is an assignment, in order of unit and place."""
    order = np.lexsort((hits.end, hits.start, hits.text))
    frame = assignments(
        {
            "unit": corpus.ids.take(hits.text[order]),
            "code": pd.Index([code for code, _ in hits.rules], dtype=str).take(hits.rule[order]),
            "score": hits.score[order],
            "start": hits.start[order],
            "end": hits.end[order],
        }
    )
    made = {"codebook": codebook.hash, "coder": __version__}
    if hits.left_out:
        made[LEFT_OUT] = " ".join(map(str, hits.left_out.values()))
    return Coding("rules", corpus.ids, frame, made, hits.reasons.take(order), corpus)


@dataclass(frozen=True, slots=True)
class RulesOfBatches:
    """`Rules` of one codebook for texts that come in batches: what is found in a text depends on nothing but it.

    The engine stays from batch to batch, until it knows very many words. A rule that finds too much in some texts
    together is looked for in fewer at once; in a text that is too much by itself it is not found.
    """

    codebook: Codebook
    nlp: str = BUNDLED
    _kept: list[Engine] = field(default_factory=list, repr=False, compare=False)

    @property
    def name(self) -> str:
        """The coder's name."""
        return "rules"

    def ready(self) -> None:
        """Read the rules now. Raises `CodebookError` on one that cannot be read."""
        self._engine()

    def code(self, corpus: Corpus, codebook: Codebook) -> Coding:
        """What `Rules` give, for the codebook that these are of."""
        parts, done = [], 0
        for hits, size in self.find(corpus.texts.tolist()):
            parts.append(coded(hits, corpus.take(corpus.ids[done : done + size]), codebook))
            done += size
        made = {"codebook": codebook.hash, "coder": __version__}
        return parts[0] if len(parts) == 1 else stacked(self.name, corpus.ids, parts, made)

    def find(self, texts: Sequence[str]) -> Iterator[tuple[Hits, int]]:
        """The hits in the first texts and how many these are, then in the next, until the last."""
        engine = self._engine()
        hits = engine.find(texts)
        if len(texts) > 1 and len(hits.left_out) > len(engine.left_out):
            half = len(texts) // 2
            yield from self.find(texts[:half])
            yield from self.find(texts[half:])
        else:
            yield hits, len(texts)

    def _engine(self) -> Engine:
        if self._kept and self._kept[0].forms > _MOST_FORMS:
            self._kept.clear()
        if not self._kept:
            self._kept.append(Engine(self.codebook, nlp=self.nlp))
        return self._kept[0]


def find(texts: Iterable[str], codebook: Codebook, *, nlp: str = BUNDLED) -> dict[str, list[Hit]]:
    """The hits of each code; by code id, in order of rule and place."""
    return by_code(Engine(codebook, nlp=nlp).find(texts), codebook)


def by_code(hits: Hits, codebook: Codebook) -> dict[str, list[Hit]]:
    """The hits of each code of the codebook that was looked for; by code id, in order of rule and place."""
    found: dict[str, list[Hit]] = {code: [] for code in codebook.ids}
    numbers = (column.tolist() for column in (hits.rule, hits.text, hits.start, hits.end, hits.note))
    for rule, text, start, end, note in zip(*numbers, strict=True):
        code, rule_text = hits.rules[rule]
        written, score = hits.notes[note]
        found[code].append(Hit(text, start, end, rule_text, score, written, hits.denials))
    return found


def _reason(rule: str, written: Details, cue: str) -> Reason:
    return Reason(RULE, rule, (*written, (NEGATED, cue)) if cue else written)


class _Run:
    """The rules worked out on the texts of one run."""

    def __init__(
        self,
        tokens: Tokens,
        found: Occurrences,
        denials: Denials,
        notes: Notes,
        book: Program,
        left_out: dict[int, Note],
    ) -> None:
        self.tokens, self.found, self.denials, self.notes = tokens, found, denials, notes
        self.book, self.left_out = book, left_out
        self.known: dict[tuple[Rule, bool], Spans] = {}

    def columns(self) -> list[Numbers]:
        """The columns of the hits: rule, text, start, end, note.

        Rules that are a pattern and nothing more, most of them, are taken all at once.
        """
        book = self.book
        in_parts = np.flatnonzero(np.isin(book.alone, list(self.found.apart))).tolist()
        alone = book.alone.copy()
        alone[in_parts] = NOT_ALONE
        plain = np.flatnonzero(alone != NOT_ALONE)
        bounds = self.found.bounds[alone[plain]], self.found.bounds[alone[plain] + 1]
        others = [(number, self.found.of(int(book.alone[number]))) for number in in_parts]
        others += [one for code in book.worked_out for one in self._of_code(code)]
        parts = [self.found.spans.take(stretched(bounds[0], bounds[1] - bounds[0])), *(found for _, found in others)]
        rule = np.repeat(
            np.append(plain, [number for number, _ in others]).astype(np.int64),
            np.append(bounds[1] - bounds[0], [len(found) for _, found in others]).astype(np.int64),
        )
        every = joined(parts)
        if others:
            order = np.argsort(rule, kind="stable")
            rule, every = rule[order], every.take(order)
        text = self.tokens.text[every.first]
        start, end = self.tokens.seen_characters(every.first, every.last)
        if len(self.found.signs):
            asked = np.flatnonzero(book.with_signs[rule])
            start[asked], end[asked] = self._with_signs(every.take(asked), start[asked], end[asked])
        return [rule, text.astype(np.int64), *self.tokens.verbatim(text, start, end), every.note]

    def _with_signs(self, spans: Spans, start: Numbers, end: Numbers) -> tuple[Numbers, Numbers]:
        """The characters of stretches with the signs around their first and last word."""
        place, low, high = self.found.signs.T
        ends = np.searchsorted(place, [spans.first, spans.last])
        first, last = np.minimum(ends, len(place) - 1)
        start = np.where(place[first] == spans.first, np.minimum(start, low[first]), start)
        end = np.where(place[last] == spans.last, np.maximum(end, high[last]), end)
        return start, end

    def _of_code(self, code: WorkedOut) -> Iterator[tuple[int, Spans]]:
        """The rules of a code that are more than a pattern, by their number, with their stretches."""
        try:
            excepted = NO_SPANS if code.exceptions is None else self._spans(code.exceptions)
        except LimitError as error:
            why = Note("rules.exception_too_near", pairs=error.pairs)
            self.left_out.update((number, self._left_out(number, why)) for number, _ in code.rules)
            return
        for number, rule in code.rules:
            try:
                found = apart_from(self._spans(rule, skip=code.negation is Negation.SKIP), excepted)
            except LimitError as error:
                self.left_out[number] = self._left_out(number, Note("rules.too_near", pairs=error.pairs))
                continue
            yield number, found.take(self._denied(found)) if code.negation is Negation.ONLY else found

    def _left_out(self, number: int, why: Note) -> Note:
        code, rule = self.book.rules[number]
        return Note("rules.left_out", code=code, rule=shortened(rule), why=why)

    def _spans(self, rule: Rule, *, skip: bool = False) -> Spans:
        """Where a rule holds; with `skip`, as if what is negated were not there."""
        if isinstance(rule, int) and not skip:
            return self.found.of(rule)
        if (rule, skip) not in self.known:
            self.known[rule, skip] = self._worked_out(rule, skip=skip)
        return self.known[rule, skip]

    def _worked_out(self, rule: Rule, *, skip: bool) -> Spans:
        text = self.tokens.text
        match rule:
            case int():
                found = self.found.of(rule)
                return found.take(~self._denied(found))
            case AnyOf(parts) | AllOf(parts):
                found_of = [self._spans(part, skip=skip) for part in parts]
                return union(found_of) if isinstance(rule, AnyOf) else together(found_of, text)
            case Without(wanted, unwanted):
                return without(self._spans(wanted, skip=skip), self._spans(unwanted, skip=skip), text)
            case Reference(name):
                return self._spans(self.book.named[name], skip=skip)
            case ButNot(inner, exceptions):
                return apart_from(self._spans(inner, skip=skip), self._spans(exceptions))
            case Near(left, right, apart, ordered):
                sides = self._spans(left, skip=skip), self._spans(right, skip=skip)
                return near(*sides, apart, text, self.notes, ordered=ordered)
            case Row(parts):
                found = self._spans(parts[0], skip=skip)
                for part in parts[1:]:
                    found = in_a_row(found, self._spans(part, skip=skip), self.tokens, self.notes)
                return found
            case Word():
                raise AssertionError("a compiled rule has patterns in place of words")

    def _denied(self, spans: Spans) -> npt.NDArray[np.bool_]:
        """Whether each stretch is under a negation."""
        tokens = self.tokens
        cues = self.denials.of(tokens.text[spans.first].astype(np.int64), *tokens.characters(spans.first, spans.last))
        return np.fromiter(map(bool, cues), dtype=np.bool_, count=len(spans))
