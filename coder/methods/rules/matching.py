"""Where the words and rows of words of a compiled codebook stand, all of them at once.

Each distinct form is decided once: which words of rules it is. A run then works on numbers: the words of
the texts that mean something, the rows that one of them may be in, and the stretches that hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coder.languages.lines import stretched
from coder.languages.text import Tokens
from coder.methods.rules.analysis import analysed
from coder.methods.rules.compiled import ANY_WORD, Program
from coder.methods.rules.forms import Lexicon
from coder.methods.rules.signs import with_signs
from coder.methods.rules.spans import NO_SPANS, Notes, Numbers, Spans, union
from coder.reasons import SPELT

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
    kept, apart = analysed(tokens, compiled, found.place, found.word, notes, nlp)
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
