"""What a spaCy pipeline says of words of rules in their sentence: parts of speech, and verbs whose parts stand apart.

To analyse a text takes a thousand times as long as to look words up in it, so only what matters is analysed: the words
asked about with as many around them as the pipeline looks at, and no verb and particle that cannot belong together.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from coder.languages.lines import stretched
from coder.languages.nl.pipeline import analyse, reach
from coder.languages.nl.verbs import AHEAD, FURTHEST, HELPERS, PARTICLES, separated
from coder.languages.text import Tokens
from coder.methods.rules.compiled import Program
from coder.methods.rules.spans import Notes, Numbers, Spans, in_order
from coder.reasons import APART

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

_LONGEST, _BITS = 3_000, 40
"""Characters that a pipeline analyses at once, at most; and bits for the place of a character in its text."""
_BETWEEN_SPACES = re.compile(r"\S+")
_PARTICLE = re.compile(rf"\b(?:{'|'.join(sorted(PARTICLES))})\b", re.IGNORECASE)
_HELPER = "AUX"

Bools = npt.NDArray[np.bool_]


def analysed(
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
