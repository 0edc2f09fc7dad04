"""Where the words and rows of words of a compiled codebook stand, all of them at once.

Each distinct form is decided once: which words of rules it is. A run then works on numbers: the words of
the texts that mean something, the rows that one of them may be in, and the stretches that hold.

Parts of speech and verbs whose parts stand apart are asked of a spaCy pipeline. To analyse a text takes a thousand
times as long as to look words up in it, so only what matters is analysed: the words asked about with as many around
them as the pipeline looks at, and no verb and particle that cannot belong together.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from coder.coding import APART, SPELT
from coder.languages.lines import stretched
from coder.languages.nl.pipeline import analyse, reach
from coder.languages.nl.verbs import AHEAD, FURTHEST, HELPERS, PARTICLES, separated
from coder.languages.text import Tokens
from coder.methods.rules.compiled import ANY_WORD, Program
from coder.methods.rules.forms import Lexicon
from coder.methods.rules.syntax import with_signs
from coder.methods.rules.word_spans import NO_SPANS, Notes, Numbers, Spans, in_order, union

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

_LONGEST, _BITS = 3_000, 40
"""Characters that a pipeline analyses at once, at most; and bits for the place of a character in its text."""
_BETWEEN_SPACES = re.compile(r"\S+")
_PARTICLE = re.compile(rf"\b(?:{'|'.join(sorted(PARTICLES))})\b", re.IGNORECASE)
_HELPER = "AUX"

Bools = npt.NDArray[np.bool_]


def _analysed(
    tokens: Tokens, compiled: Program, place: Numbers, word: Numbers, notes: Notes, nlp: str
) -> tuple[Bools, Mapping[int, Spans]]:
    """Which of these words of the texts have the part of speech they ask for, and the verbs whose parts stand apart.

    `place` and `word` say of each which word of the texts is which word of rules, ascending by place. A word that asks
    for no part of speech has it. The verbs are stretches of their two parts, by the pattern that they are.
    """
    kept = ~compiled.classed[word]
    rows = np.flatnonzero(~kept)
    asked = [*_classes(tokens, compiled, place[rows], word[rows]), *_both_parts(tokens, compiled, place, word)]
    pieces = list(_pieces(tokens.texts, asked, reach(nlp)))
    if not pieces:
        return kept, {}
    start, end = tokens.seen_characters(place[rows], place[rows])
    begins = _in_texts([piece.text for piece in pieces], [piece.start for piece in pieces])
    bounds = np.searchsorted(_in_texts(tokens.text[place[rows]], start), begins).tolist()
    parts: dict[int, list[tuple[int, int, int]]] = {}
    docs = _documents([piece.written for piece in pieces], nlp)
    for piece, doc, low, high in zip(pieces, docs, bounds, [*bounds[1:], len(rows)], strict=True):
        for number in range(low, high):
            span = doc.char_span(start[number] - piece.start, end[number] - piece.start, alignment_mode="expand")
            kept[rows[number]] = _is_of_class(span, compiled.words[word[rows[number]]].pos)
        for pattern, stretch in _verbs(doc, piece, tokens, compiled, notes):
            parts.setdefault(pattern, []).append(stretch)
    return kept, {pattern: in_order(*np.array(spans).T) for pattern, spans in parts.items()}


class _Asked(NamedTuple):
    """The characters of a text that something is asked about.

    Of a verb in two parts they are those of `verb` and `particle`. `whole`: it depends on all of the sentence.
    """

    text: int
    verb: tuple[int, int]
    particle: tuple[int, int] | None
    whole: bool


def _classes(tokens: Tokens, compiled: Program, place: Numbers, word: Numbers) -> Iterator[_Asked]:
    """The words that are asked for their part of speech."""
    columns = (column.tolist() for column in (tokens.text[place], *tokens.seen_characters(place, place), word))
    for text, start, end, number in zip(*columns, strict=True):
        yield _Asked(text, (start, end), None, compiled.words[number].pos == _HELPER)


def _both_parts(tokens: Tokens, compiled: Program, place: Numbers, word: Numbers) -> Iterator[_Asked]:
    """The particle and the verb of separable verbs, not too far apart to belong together.

    Where spaCy has one word ours may be two ("e-mail").
    """
    for one in compiled.separable:
        verbs, particles = (place[word == part] for part in (one.verb, one.particle))
        first, end = np.searchsorted(tokens.text, [tokens.text[particles], tokens.text[particles] + 1])
        low = np.searchsorted(verbs, np.maximum(first, particles - 2 * FURTHEST))
        high = np.searchsorted(verbs, np.minimum(end, particles + 2 * FURTHEST))
        verb, particle = verbs[stretched(low, high - low)], np.repeat(particles, high - low)
        spans = (*tokens.seen_characters(verb, verb), *tokens.seen_characters(particle, particle))
        columns = (column.tolist() for column in (tokens.text[verb], *spans))
        for text, verb_start, verb_end, start, end_ in zip(*columns, strict=True):
            yield _Asked(text, (verb_start, verb_end), (start, end_), one.lemma.endswith(HELPERS))


class _Piece(NamedTuple):
    """What is analysed at once: a text by its number, from which character on, and what is written there."""

    text: int
    start: int
    written: str


def _pieces(texts: Sequence[str], asked: Sequence[_Asked], around: int | None) -> Iterator[_Piece]:
    """The parts of texts to analyse, in order; `around` is how many words before and after one have a say in it."""
    by_text: dict[int, list[_Asked]] = {}
    for one in asked:
        by_text.setdefault(one.text, []).append(one)
    for number, ours in sorted(by_text.items()):
        text = texts[number]
        for start, end in _joined(_windows(text, ours, around)):
            yield from (_Piece(number, start + offset, part) for offset, part in _short(text[start:end]))


def _windows(text: str, asked: Sequence[_Asked], around: int | None) -> Iterator[tuple[int, int]]:
    """The characters to analyse for what is asked of a text; none for a verb and a particle too far apart.

    They begin and end at white space, where spaCy's words do too; of these there are at least as many as of ours
    between white space. A particle further on may take the verb from the one that is asked about.
    """
    bounds = [match.span() for match in _BETWEEN_SPACES.finditer(text)]
    starts = [start for start, _ in bounds]
    for one in asked:
        verb, particle = (bisect_right(starts, start) - 1 for start, _ in (one.verb, one.particle or one.verb))
        if not -FURTHEST <= verb - particle <= AHEAD:
            continue
        if around is None or one.whole:
            yield 0, len(text)
            return
        first, last = min(verb, particle) - around, max(verb, particle) + around
        if one.particle:
            end = bounds[min(verb + FURTHEST, len(bounds) - 1)][1]
            *_, further = [particle, *(match.start() for match in _PARTICLE.finditer(text, one.particle[1], end))]
            last = max(last, bisect_right(starts, further) - 1 + around) + AHEAD
        yield 0 if first <= 0 else starts[first], len(text) if last >= len(bounds) - 1 else bounds[last][1]


def _joined(windows: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Windows in order, those that overlap as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(windows):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    yield from found


def _short(text: str) -> Iterator[tuple[int, str]]:
    """A long text in parts, cut after a sentence where there is one: a pipeline holds all of a text at once."""
    start = 0
    while len(text) - start > _LONGEST:
        part = text[start : start + _LONGEST]
        end = max(part.rfind("\n"), part.rfind(". ")) + 1 or part.rfind(" ") + 1 or _LONGEST
        yield start, part[:end]
        start += end
    yield start, text[start:]


def _in_texts(text: npt.ArrayLike, start: npt.ArrayLike) -> Numbers:
    """Numbers in the order of texts, and of characters in them."""
    found: Numbers = np.asarray(text, dtype=np.int64) << _BITS | np.asarray(start, dtype=np.int64)
    return found


def _documents(written: Sequence[str], nlp: str) -> Iterator["Doc"]:
    """Each as a document, in order; what many respondents say is analysed once."""
    left = Counter(written)
    docs = analyse(list(left), nlp)
    kept: dict[str, Doc] = {}
    for one in written:
        doc = kept[one] if one in kept else next(docs)
        left[one] -= 1
        if left[one]:
            kept[one] = doc
        else:
            kept.pop(one, None)
        yield doc


def _is_of_class(span: "Span | None", wanted: str) -> bool:
    found = span[0].pos_ if span else ""
    return found == wanted or (found, wanted) == (_HELPER, "VERB")


def _verbs(
    doc: "Doc", piece: _Piece, tokens: Tokens, compiled: Program, notes: Notes
) -> Iterator[tuple[int, tuple[int, int, int]]]:
    """The patterns that are a verb in two parts here, with each part: first and last word, and the note."""
    for one in separated(doc):
        patterns = [verb.pattern for verb in compiled.separable if verb.lemma == one.lemma]
        if patterns:
            parts = sorted((doc[one.verb], doc[one.particle]), key=lambda part: part.idx)
            note = notes.number(((APART, " … ".join(part.text for part in parts)),), 1.0)
            places = _places(tokens, piece, [part.idx for part in parts])
            yield from ((pattern, (place, place, note)) for pattern in patterns for place in places)


def _places(tokens: Tokens, piece: _Piece, characters: Sequence[int]) -> list[int]:
    """The words of the texts in which these characters of a piece stand."""
    first, end = np.searchsorted(tokens.text, [piece.text, piece.text + 1])
    here = np.arange(first, end)
    starts = tokens.seen_characters(here, here)[0]
    found: list[int] = (first + np.searchsorted(starts, np.add(characters, piece.start), side="right") - 1).tolist()
    return found


SLIP_SCORE = 0.8
"""The score of a hit on a misspelt word; a hit as written has 1."""


@dataclass(frozen=True, slots=True)
class _Meanings:
    """The words of the texts that are words of rules: ascending by place, then by word."""

    place: Numbers
    word: Numbers
    slip: npt.NDArray[np.bool_]

    def take(self, kept: npt.NDArray[np.bool_]) -> "_Meanings":
        return _Meanings(self.place[kept], self.word[kept], self.slip[kept])


@dataclass(frozen=True, slots=True)
class Occurrences:
    """The stretches of each pattern.

    `signs` are the words that have the signs around them that a rule asks for, ascending by place, with the characters
    of both in the text as a reader sees it: rows (place, start, end).
    """

    bounds: Numbers
    spans: Spans
    apart: Mapping[int, Spans]
    signs: Numbers

    def of(self, pattern: int) -> Spans:
        """The stretches of this pattern, in order."""
        here = slice(self.bounds[pattern], self.bounds[pattern + 1])
        if here.start == here.stop and pattern not in self.apart:
            return NO_SPANS
        found = Spans(self.spans.first[here], self.spans.last[here], self.spans.note[here])
        return union([found, self.apart[pattern]]) if pattern in self.apart else found


def find_patterns(tokens: Tokens, compiled: Program, lexicon: Lexicon, notes: Notes, nlp: str) -> Occurrences:
    """Where every pattern stands. `nlp` is the pipeline for parts of speech and for verbs in two parts."""
    steps = compiled.steps
    times = np.append(lexicon.times(tokens.form), np.iinfo(np.int64).max)
    anchor = times[np.where(steps >= 0, steps, len(times) - 1)].argmin(axis=1)  # the rarest word of each pattern
    anchored = steps[np.arange(len(steps)), anchor]
    found, signs = _signed(tokens, compiled, _meanings(tokens, lexicon, _sought(compiled, anchored)))
    kept, apart = _analysed(tokens, compiled, found.place, found.word, notes, nlp)
    found = found.take(kept)
    pattern, first, slipped = _rows(tokens, compiled, lexicon, found, anchor)
    order = np.argsort(narrow(pattern, len(compiled.steps)), kind="stable")
    pattern, first, slipped = pattern[order], first[order], slipped[order]
    bounds = np.searchsorted(pattern, np.arange(len(compiled.steps) + 1))
    note = np.zeros(len(first), dtype=np.int64)
    for place in np.flatnonzero(slipped).tolist():
        slips = [step for step in range(int(slipped[place]).bit_length()) if slipped[place] >> step & 1]
        written = ", ".join(tokens.written(first[place] + step) for step in slips)
        note[place] = notes.number(((SPELT, written),), SLIP_SCORE)
    last = first + compiled.lengths[pattern] - 1
    return Occurrences(bounds, Spans(first, last, note), apart, signs)


def narrow(numbers: Numbers, size: int) -> npt.NDArray[np.uint16] | Numbers:
    """Numbers under `size` in as few bytes as sort fast."""
    return numbers.astype(np.uint16) if size <= np.iinfo(np.uint16).max else numbers


def _sought(compiled: Program, anchored: Numbers) -> npt.NDArray[np.bool_]:
    """The words whose places are needed: one of each pattern, and those that a sentence must be analysed for."""
    sought = compiled.classed | compiled.signed
    sought[anchored[anchored >= 0]] = True
    for verb in compiled.separable:
        sought[[verb.particle, verb.verb]] = True
    return sought


def _meanings(tokens: Tokens, lexicon: Lexicon, sought: npt.NDArray[np.bool_]) -> _Meanings:
    pairs = np.flatnonzero(sought[lexicon.word])
    sizes = np.bincount(lexicon.form[pairs], minlength=lexicon.size)
    full = np.flatnonzero((sizes > 0)[tokens.form])
    form = tokens.form[full]
    size = sizes[form]
    index = pairs[stretched((np.cumsum(sizes) - sizes)[form], size)]
    return _Meanings(np.repeat(full, size), lexicon.word[index], lexicon.slip[index])


def _signed(tokens: Tokens, compiled: Program, found: _Meanings) -> tuple[_Meanings, Numbers]:
    """What is left when words have the signs around them that they ask for, and where these stand."""
    asked = np.flatnonzero(compiled.signed[found.word])
    if not len(asked):
        return found, np.empty((0, 3), dtype=np.int64)
    place, kept = found.place[asked], np.ones(len(found.place), dtype=np.bool_)
    columns = (column.tolist() for column in (tokens.text[place], *tokens.seen_characters(place, place)))
    words = [compiled.words[word] for word in found.word[asked].tolist()]
    around = [
        with_signs(tokens.texts[text], start, end, word.before, word.after)
        for text, start, end, word in zip(*columns, words, strict=True)
    ]
    kept[asked] = [one is not None for one in around]
    signs = [(at, *one) for at, one in zip(place.tolist(), around, strict=True) if one is not None]
    return found.take(kept), np.asarray(signs, dtype=np.int64).reshape(-1, 3)


def _rows(
    tokens: Tokens, compiled: Program, lexicon: Lexicon, found: _Meanings, anchor: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Each pattern that stands somewhere: its number, its first word, and the steps that are slips, as bits.

    A row is looked for where its anchor stands, its rarest word; then its other words are asked for.
    """
    steps, lengths = compiled.steps, compiled.lengths
    anchored = steps[np.arange(len(steps)), anchor]
    by_word = np.argsort(anchored, kind="stable")
    bounds = np.searchsorted(anchored[by_word], np.arange(len(compiled.words) + 1))
    many = np.diff(bounds)[found.word]
    pattern = by_word[stretched(bounds[found.word], many)]
    first = np.repeat(found.place, many) - anchor[pattern]
    slipped = np.repeat(found.slip, many).astype(np.int64) << anchor[pattern]
    held = (first >= 0) & (first + lengths[pattern] <= len(tokens.form))
    for step in range(steps.shape[1]):
        longer = np.flatnonzero(held & (lengths[pattern] > max(step, 1)))
        if step:
            held[longer] = tokens.in_a_row(first[longer] + step - 1)
        wanted = steps[pattern[longer], step]
        asked = longer[(wanted >= 0) & (anchor[pattern[longer]] != step) & held[longer]]
        if len(asked):
            held[asked], slip = _mean(
                tokens, compiled, lexicon, found, first[asked] + step, steps[pattern[asked], step]
            )
            slipped[asked] |= slip.astype(np.int64) << step
    anywhere = np.flatnonzero(anchored == ANY_WORD)  # a lone `*` beside a group
    every = np.arange(len(tokens.form) * len(anywhere))
    return (
        np.concatenate([pattern[held], np.repeat(anywhere, len(tokens.form))]),
        np.concatenate([first[held], every]),
        np.concatenate([slipped[held], np.zeros_like(every)]),
    )


def _mean(
    tokens: Tokens, compiled: Program, lexicon: Lexicon, found: _Meanings, place: Numbers, word: Numbers
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Whether the words of the texts at these places are these words of rules, and are so by a slip of the pen."""
    index, held = lexicon.places(tokens.form[place], word)
    slip = held & lexicon.slip[index]
    asked = np.flatnonzero(compiled.classed[word] | compiled.signed[word])
    if len(asked):  # of these only those of the right part of speech, with their signs, are left in what was found
        width = len(compiled.words)
        held[asked] &= np.isin(place[asked] * width + word[asked], found.place * width + found.word)
    return held, slip
