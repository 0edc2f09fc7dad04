"""The clauses of a text: stretches that say one thing each, as places in the verbatim text.

A long paragraph is cut in its sentences. In what is shorter, and in a sentence that is as long, punctuation and
conjunctions cut where both sides are thoughts: Dutch by the tags of its words (`coder.languages.nl.clause_cuts`),
English, French and German by short lists, any other language by punctuation alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from coder.languages.language import DUTCH, Language
from coder.languages.nl import clause_cuts as dutch
from coder.languages.nl.pipeline import BUNDLED, tags
from coder.languages.text import Token, fold, sentences, tokens
from coder.languages.visible import Visible, visible

Place = tuple[int, int]

_LONG = 60
"""Words: a paragraph of more is cut in sentences, and a sentence of more in clauses."""
_SHORT, _SMALL, _MANY = 4, 4, 2
_AT_ONCE = 400
"""Tokens: of a longer part so many are looked at together, so that it takes no longer than as much in short ones."""
_INNER = frozenset(";:()|•·—–")
_REMEMBERED, _BRIEF = 50_000, 500
"""Of so many texts of so few characters it is remembered how they were cut: cross-validation asks for them again."""
_KNOWN: dict[tuple[str, str, str], list[Place]] = {}
_AFTER_BRACKETS = frozenset("en of maar want dus and or but et ou mais und oder aber".split())
_TRIMMED_END = frozenset(",;:-–—•·*|/\\([{<=>~_#▪●")
_TRIMMED_START = _TRIMMED_END - {"(", "[", "{", "#", "<"} | frozenset(".!?…)]}")


@dataclass(frozen=True, slots=True)
class _Listed:
    """Words of a language with which a clause starts, and those that may join two."""

    starts: frozenset[str]
    joins: frozenset[str]
    verbs: frozenset[str]


def _listed(starts: str, joins: str, verbs: str) -> _Listed:
    return _Listed(*(frozenset(fold(words).split()) for words in (starts, joins, verbs)))


_LISTS = {
    "en": _listed(
        "but because although though whereas since unless while however so",
        "and or + &",
        "is are was were be been am has have had do does did can could will would should must need needs want get",
    ),
    "fr": _listed(
        "mais car parce puisque quoique donc lorsque tandis alors",
        "et ou + &",
        "est sont était étaient ai as a avons avez ont avait fait font faut peut peuvent doit doivent veut c'est j'ai",
    ),
    "de": _listed(
        "aber sondern weil denn obwohl damit sodass während jedoch",
        "und oder + &",
        "ist sind war waren bin hat haben hatte hatten wird werden kann können muss müssen soll sollen will gibt macht",
    ),
}
_NO_LISTS = _listed("", "", "")


def clauses(texts: Sequence[str], spoken: Language = DUTCH, nlp: str = BUNDLED) -> list[list[Place]]:
    """The places `(start, end)` of the clauses of each text: in order, and every word is in one.

    A conjunction is of the clause that it starts. A text of one thought has one clause; one without words has none.

    Raises `MissingExtraError` where `nlp` names no pipeline that is installed.

    >>> text = "vriendelijke bediening, lekker eten en mooi terras"
    >>> [text[start:end] for start, end in clauses([text])[0]]
    ['vriendelijke bediening', 'lekker eten', 'en mooi terras']
    """
    found = {text: _KNOWN.get((text, spoken.code, nlp)) for text in texts}
    found |= _cut([text for text, places in found.items() if places is None], spoken, nlp)
    return [list(found[text] or ()) for text in texts]


def _cut(texts: Sequence[str], spoken: Language, nlp: str) -> dict[str, list[Place]]:
    """The clauses of distinct texts; those of short ones are remembered."""
    distinct = {text: _Text(text) for text in texts}
    stretches = [one for text in distinct.values() for part in text.parts for one in part.stretches()]
    if spoken is DUTCH:
        stretches = [one for one in stretches if dutch.may_cut(one.read)]
        for one, known in zip(stretches, tags(map(_written, stretches), nlp) if stretches else (), strict=True):
            one.part.cuts.extend(one.first + place for place in dutch.cuts(one.read, known))
    else:
        listed = _LISTS.get(spoken.code, _NO_LISTS)
        for one in stretches:
            one.part.cuts.extend(one.first + place for place in _by_lists(one.read, listed))
    found = {written: text.clauses(spoken.stop_words) for written, text in distinct.items()}
    if len(_KNOWN) > _REMEMBERED:
        _KNOWN.clear()
    _KNOWN.update({(text, spoken.code, nlp): found[text] for text in texts if len(text) <= _BRIEF})
    return found


@dataclass(frozen=True, slots=True)
class _Part:
    """Tokens of a sentence between marks that cut it, from `first` on, and those of the text before which to cut it."""

    first: int
    read: Sequence[Token]
    cuts: list[int]

    def stretches(self) -> "Iterator[_Stretch]":
        """What is looked at together: all of it, unless it is very long."""
        for at in range(0, len(self.read), _AT_ONCE):
            yield _Stretch(self, self.first + at, self.read[at : at + _AT_ONCE])


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Tokens of a part, from `first` of the text on."""

    part: _Part
    first: int
    read: Sequence[Token]


class _Text:
    """A text, its tokens and where it is cut."""

    def __init__(self, text: str) -> None:
        self.seen: Visible = visible(text)
        self.read = tokens(self.seen.text)
        self.edges: list[int] = []
        """The tokens before which it is cut, but for those of `parts`."""
        self.parts: list[_Part] = []
        """Those in which there may be more than one clause."""
        self._cut()

    def _cut(self) -> None:
        read = self.read
        words = sum(token.is_word for token in read)
        if words <= _MANY or (words <= _SHORT and all(token.is_word or token.form in "'\"-/’" for token in read)):
            return
        found = list(sentences(read))
        paragraphs: list[list[Place]] = []
        for first, stop in found:
            new = not paragraphs or any(token.kind == "line" for token in read[paragraphs[-1][-1][1] : first])
            if new:
                paragraphs.append([])
            paragraphs[-1].append((first, stop))
        for paragraph in paragraphs:
            sizes = [sum(token.is_word for token in read[first:stop]) for first, stop in paragraph]
            long = sum(sizes) > _LONG
            for (first, stop), size in zip(paragraph, sizes, strict=True):
                self.edges.append(first)
                if size > _MANY and (not long or size > _LONG):
                    self._split(first, stop)

    def _split(self, first: int, stop: int) -> None:
        """Cut a sentence at marks, and note its parts."""
        at = first
        for edge in [*_marked(self.read, first, stop), stop]:
            if edge > at:
                if at > first:
                    self.edges.append(at)
                self.parts.append(_Part(at, self.read[at:edge], []))
                at = edge

    def clauses(self, stop_words: frozenset[str]) -> list[Place]:
        """The places of its clauses in the verbatim text."""
        if not any(token.is_word for token in self.read):
            return []
        cut = {0, *self.edges, *(place for part in self.parts for place in part.cuts)}
        pieces = list(pairwise([*sorted(cut), len(self.read)]))
        found: list[Place] = []
        for first, stop in _joined(self.read, pieces, stop_words):
            low, high = _trimmed(self.read, first, stop)
            start, end = self.seen.verbatim(self.read[low].start, self.read[high - 1].end)
            if found and start < found[-1][1]:
                found[-1] = found[-1][0], end
            else:
                found.append((start, end))
        return found


def _written(one: _Stretch) -> tuple[list[str], list[bool]]:
    """The words of a stretch, and whether a space follows each."""
    spaces = [token.end < following.start for token, following in pairwise(one.read)]
    return [token.written for token in one.read], [*spaces, False]


def _marked(read: Sequence[Token], first: int, stop: int) -> Iterator[int]:  # noqa: C901 (one branch a mark)
    """The tokens of a sentence before which marks cut it."""
    closing = skipped = 0
    for place in range(first + 1, stop):
        form = read[place].form
        if read[place].is_word or len(form) > 1 or place < skipped:
            continue
        spaced = read[place - 1].end < read[place].start
        follows = place + 1 < stop and read[place].end < read[place + 1].start
        if form == "(":
            end = _closed_by(read, place, stop)
            if _goes_on(read, end + 1, stop):
                skipped = end
                continue
            if sum(token.is_word for token in read[place : min(end, place + _LONG)]) > _MANY:
                yield place
                closing = end
        elif form == ")":
            if place == closing:
                yield place + 1
        elif form in _INNER:
            if form not in ":–—·" or follows or (form in "–—·" and spaced):
                yield place + 1 if form in ";:" else place
        elif form in "-*>" and spaced and (follows or form != "-" or _is_word(read, place + 1)):
            yield place


def _goes_on(read: Sequence[Token], place: int, stop: int) -> bool:
    """Whether a clause goes on after brackets: no mark follows, and no word that joins."""
    return place < stop and read[place].is_word and read[place].form not in _AFTER_BRACKETS


def _is_word(read: Sequence[Token], place: int) -> bool:
    return place < len(read) and read[place].is_word and not read[place].form[0].isdigit()


def _closed_by(read: Sequence[Token], place: int, stop: int) -> int:
    """The mark that closes these brackets, near enough; the end where none does."""
    for end in range(place + 1, min(stop, place + _LONG)):
        if read[end].form == ")":
            return end
        if read[end].form == "(":
            break
    return stop


def _by_lists(read: Sequence[Token], listed: _Listed) -> list[int]:
    """The tokens before which a part of a sentence is cut, by lists of words."""
    marks = [place for place, token in enumerate(read) if token.form == ","]
    joins = [place for place, token in enumerate(read) if token.form in listed.joins]
    starts = [place for place, token in enumerate(read) if token.form in listed.starts and place]
    words = [0]
    verbs = [0]
    for token in read:
        words.append(words[-1] + token.is_word)
        verbs.append(verbs[-1] + (token.form in listed.verbs))
    candidates = sorted({*marks, *joins, *starts})
    singles = bool(marks) and all(
        words[stop] - words[first] - (first in joins) <= 1
        for first, stop in pairwise([0, *(place for place in candidates), len(read)])
    )
    found: list[int] = []
    at = 0
    for number, place in enumerate(candidates):
        if place <= at:
            continue
        stop = candidates[number + 1] if number + 1 < len(candidates) else len(read)
        end = next((mark for mark in candidates[number + 1 :][:_SHORT] if mark not in joins), len(read))
        left, right = words[place] - words[at], words[end] - words[place]
        both = verbs[place] > verbs[at] and verbs[end] > verbs[place]
        neither = verbs[-1] == 0
        if place in starts:
            cut = left >= _MANY and right > _MANY
        elif place in joins:
            cut = singles or (
                left >= _MANY and right > _MANY and (both or neither) and words[stop] - words[place] > _MANY
            )
        else:
            right = words[stop] - words[place]
            cut = singles or (left >= _MANY and right >= _MANY and (both or neither))
        if cut:
            found.append(place)
            at = place
    return found


def _joined(read: Sequence[Token], pieces: Sequence[Place], stop_words: frozenset[str]) -> list[Place]:
    """The pieces, of which those that say nothing of their own are one with a neighbour."""
    found: list[Place] = []
    waiting: int | None = None
    for first, stop in pieces:
        start = first if waiting is None else waiting
        if _says(read, first, stop, stop_words) or (waiting is not None and _says(read, start, stop, stop_words)):
            found.append((start, stop))
            waiting = None
        elif found and not _leads(read, first, stop):
            found[-1] = found[-1][0], stop
        else:
            waiting = start
    if waiting is not None:
        if found:
            found[-1] = found[-1][0], pieces[-1][1]
        else:
            found.append((waiting, pieces[-1][1]))
    return found


def _says(read: Sequence[Token], first: int, stop: int, stop_words: frozenset[str]) -> bool:
    """Whether it can stand on its own: a word of content, or as many others as a thought takes."""
    words = [token for token in read[first:stop] if token.kind == "word"]
    if len(words) >= _SMALL:
        return True
    return any(token.form not in stop_words and not token.form.isdigit() for token in words)


def _leads(read: Sequence[Token], first: int, stop: int) -> bool:
    """Whether what says nothing leads to what follows: "maar...", "Dus,"."""
    ended = any(token.form in {".", "!", "?"} for token in read[max(first, stop - _MANY) : stop])
    return not ended and any(token.kind == "word" for token in read[first:stop])


def _trimmed(read: Sequence[Token], first: int, stop: int) -> Place:
    """The tokens without the marks around them that part clauses."""
    low, high = first, stop
    while low < high and (
        read[low].kind == "line" or (read[low].kind == "mark" and read[low].form[0] in _TRIMMED_START)
    ):
        low += 1
    while high > low and (read[high - 1].kind == "line" or read[high - 1].form in _TRIMMED_END):
        high -= 1
    forms = [token.form for token in read[low:high]]
    if forms.count("(") != forms.count(")"):
        while low < high and ")" not in forms and (read[low].form == "(" or read[low].kind == "line"):
            low += 1
        if high > low and read[high - 1].form == ")" and "(" not in forms:
            high -= 1
            while high > low and read[high - 1].kind == "line":
                high -= 1
    return low, high
