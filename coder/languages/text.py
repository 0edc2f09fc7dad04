"""Folding and tokens, sentences (not cut at "bv.", "12.30", "3,5" or "www.x.be"), and the distinct forms of texts.

Texts stay verbatim: a token is a place in its text. They are split as a reader sees them
(`coder.languages.visible`); of those few of which that is another text, the places lead back. What is expensive
(folding, lemmas, patterns) is decided once for each distinct form and then looked up by number. Splitting is done on
arrays of characters, a million words in well under a second.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.characters import EMOJI
from coder.languages.lines import PADDING, Lines, Places, as_text, stretched, word_hashes
from coder.languages.nl.word_lists import plain
from coder.languages.visible import SKIN, Visible, is_odd_sign, visible

MARKS = "\u0300-\u036f"
"""The accents that stand after their letter, as a class of a pattern."""
_STEM = rf"[^\W_]+(?:[{MARKS}]+[^\W_]*)*"
WORD = re.compile(rf"{_STEM}(?:['’]{_STEM})*")
"""A word: letters and digits with their accents, and what follows an apostrophe (foto's)."""
TOKEN = re.compile(rf"{WORD.pattern}|[{EMOJI}](?:[{SKIN}]|\u200d[{EMOJI}])*")
"""A word, or an emoji: one that is joined of several is one."""

_LETTER, _MARK, _APOSTROPHE, _ASIDE, _EMOJI, _SKIN, _JOINER, _ODD = (1 << bit for bit in range(8))
_KINDS = {
    _LETTER: re.compile(r"[^\W_]"),
    _MARK: re.compile(f"[{MARKS}]"),
    _APOSTROPHE: re.compile("['’]"),
    _ASIDE: re.compile(r"[\s\-‐-―−⁃/\\'’‘‚‛ʼ\"“”„‟«»‹›″&+#%@€$£°•]"),
    _EMOJI: re.compile(f"[{EMOJI}]"),
    _SKIN: re.compile(f"[{SKIN}]"),
    _JOINER: re.compile("\u200d"),
}
"""What a character may be. Between two words in a row stand asides alone, or one full stop."""
IN_A_ROW = re.compile(rf"\.|(?:{_KINDS[_ASIDE].pattern})*")
"""What stands between two words in a row."""

_WIDE, _GOES_ON, _LEADS, _LEADS_THREE, _LEADS_FOUR = 0x80, 0x80, 0xC0, 0xE0, 0xF0
"""UTF-8: bytes from `_WIDE` on are of a character of more than one, which one from `_LEADS` on begins."""
_LINE_END = ord("\n")

Numbers32 = npt.NDArray[np.int32]


def fold(text: str) -> str:
    """Lower case, without accents and tones of skin, with straight apostrophes: what makes two forms the same word."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFD", text.casefold())
    if not decomposed.isascii():
        accents = "".join(one for one in set(decomposed) if unicodedata.combining(one) or SKIN[0] <= one <= SKIN[-1])
        decomposed = re.sub(f"[{accents}]", "", decomposed) if accents else decomposed
    return decomposed.replace("’", "'").replace("ʼ", "'")


SHINGLE = 8
"""So many words in a row that stand elsewhere too were copied."""


def shingles(words: npt.NDArray[np.int64], size: int = SHINGLE) -> npt.NDArray[np.uint64]:
    """A hash of each run of so many words, given as numbers: equal for equal words (Broder 1997)."""
    count = max(len(words) - size + 1, 0)
    found = np.zeros(count, dtype=np.uint64)
    mixed = (words.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    for step in range(size):
        found = found * np.uint64(0xBF58476D1CE4E5B9) + mixed[step : step + count]
    return found


class Vocabulary:
    """The distinct forms, in order of first appearance; the number of a form is its place in `forms`."""

    def __init__(self) -> None:
        self.forms: list[str] = []
        self._hashes = pd.Index(np.empty(0, dtype=np.uint64))

    def numbers(self, hashes: npt.NDArray[np.uint64], written: Callable[[Places], list[str]]) -> Places:
        """The number of each word, by its hash; `written` says how those at some places of `hashes` are written."""
        found: Places = self._hashes.get_indexer(pd.Index(hashes))
        missing = np.flatnonzero(found < 0)
        if len(missing):
            kind, distinct = pd.factorize(hashes[missing])
            first = np.empty(len(distinct), dtype=np.int64)
            first[kind[::-1]] = missing[::-1]
            found[missing] = kind + len(self.forms)
            self.forms += written(first)
            self._hashes = self._hashes.append(pd.Index(distinct))
        return found


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a list of texts, in order.

    The arrays have one value a word: `form` (its number in the vocabulary) and `text` (index of the text).
    `texts` are as a reader sees them. `doubtful` are those with a second reading, by their index.
    """

    texts: tuple[str, ...]
    doubtful: list[int]
    vocabulary: Vocabulary
    form: Places
    text: Numbers32
    _bytes: "_Bytes"
    _verbatim: "_Verbatim | None"

    def characters(self, first: Places, last: Places) -> tuple[Places, Places]:
        """The characters `[start, end)` of their verbatim text of stretches of words, both words included."""
        return self.verbatim(self.text[first], *self.seen_characters(first, last))

    def verbatim(self, text: Numbers32, start: Places, end: Places) -> tuple[Places, Places]:
        """The characters of the verbatim texts that these of the texts as a reader sees them stand for."""
        return (start, end) if self._verbatim is None else self._verbatim.characters(text, start, end)

    def seen_characters(self, first: Places, last: Places) -> tuple[Places, Places]:
        """The same of their text as a reader sees it, that of `texts`."""
        text, found = self.text[first], self._bytes
        return found.characters(text, found.start[first]), found.characters(text, found.end[last])

    def in_a_row(self, place: Places) -> npt.NDArray[np.bool_]:
        """Whether each of these words and the next are in a row: nothing but space, hyphen, slash or quote between."""
        following = np.minimum(place + 1, len(self.text) - 1)
        apart: npt.NDArray[np.bool_] = (following == place) | (self.text[following] != self.text[place])
        return self._bytes.is_aside(self._bytes.end[place], self._bytes.start[following]) & ~apart

    def written(self, place: int) -> str:
        """The word at this place, as it is written."""
        form: str = self.vocabulary.forms[self.form[place]]
        return form


def tokenise(texts: Iterable[str], vocabulary: Vocabulary | None = None, *, joined: bool = True) -> Tokens:
    """The words of the texts with their offsets, as `TOKEN` finds them. A text without words has none.

    A vocabulary that is given grows by the forms it has not seen. `joined` says how to read a word that is cut at a
    line end (see `visible`).
    """
    kept = tuple(texts)
    known = Vocabulary() if vocabulary is None else vocabulary
    found = _encoded(kept)
    others = {
        number: other
        for number in _odd_texts(found, len(kept))
        if (other := visible(kept[number], joined=joined)).start is not None
    }
    verbatim = None
    if others:
        kept = tuple(others[number].text if number in others else text for number, text in enumerate(kept))
        verbatim, found = _Verbatim.of(others, len(kept)), _encoded(kept)
    split = _split(found)
    words = np.diff(np.searchsorted(split.start, split.begin), append=len(split.start))
    text = np.repeat(np.arange(len(kept), dtype=np.int32), words)
    form = known.numbers(word_hashes(split.code, split.start, split.end), split.words)
    doubtful = [number for number, other in others.items() if other.doubtful]
    return Tokens(kept, doubtful, known, form, text, split, verbatim)


@dataclass(frozen=True, slots=True)
class _Verbatim:
    """The verbatim characters of the texts that a reader sees otherwise.

    Those of a text stand in `start` and `end` from `first` on, by the number of the text; -1 for all other texts.
    """

    first: Places
    start: Places
    end: Places

    @classmethod
    def of(cls, others: Mapping[int, Visible], texts: int) -> "_Verbatim":
        first = np.full(texts, -1)
        sizes = np.asarray([len(other.text) for other in others.values()], dtype=np.int64)
        first[list(others)] = np.cumsum(sizes) - sizes
        starts, ends = ([getattr(other, name) for other in others.values()] for name in ("start", "end"))
        return cls(first, np.concatenate(starts), np.concatenate(ends))

    def characters(self, text: Numbers32, start: Places, end: Places) -> tuple[Places, Places]:
        first = self.first[text]
        other = np.flatnonzero(first >= 0)
        start, end = start.copy(), end.copy()
        start[other] = self.start[first[other] + start[other]]
        end[other] = self.end[first[other] + end[other] - 1]
        return start, end


@dataclass(frozen=True, slots=True)
class _Encoded:
    """Texts in UTF-8, a line end between them: `begin` is where each begins, `letter` what each byte is (`_TABLE`).

    `code` has eight zeros more. `wide` has the places of the bytes of letters and signs that take more than
    one, `kind` what these may be.
    """

    raw: bytes
    code: npt.NDArray[np.uint8]
    begin: Places
    letter: npt.NDArray[np.uint8]
    wide: Places
    kind: npt.NDArray[np.uint8]


def _odd_texts(found: _Encoded, texts: int) -> list[int]:
    """The texts of which a reader may see another, by number; more than needed."""
    odd = [found.wide[(found.kind & _ODD) > 0]] if len(found.wide) else []
    if found.letter.max(initial=0) > _IS_LETTER:
        odd.append(np.flatnonzero(found.letter > _IS_LETTER))
    if found.raw.count(b"\n") >= texts:  # there are line ends within texts
        odd.append(np.asarray([match.start() for match in _CUT.finditer(found.raw)], dtype=np.int64))
    places = np.concatenate(odd) if odd else np.empty(0, dtype=np.int64)
    numbers: list[int] = np.unique(np.searchsorted(found.begin, places, side="right") - 1).tolist()
    return numbers


@dataclass(frozen=True, slots=True)
class _Bytes:
    """Texts in UTF-8, a line end between them: `begin` is where each begins, `start` and `end` are of the words.

    `code` has eight zeros more. `wide` has the places of the bytes of letters and signs that take more than
    one, `kind` what these may be; `more` those of the bytes that go on with a character, and `inside` how many of
    these are before each text, and before the end.
    """

    code: npt.NDArray[np.uint8]
    begin: Places
    start: Places
    end: Places
    wide: Places
    kind: npt.NDArray[np.uint8]
    more: Places
    inside: Places

    def words(self, place: Places) -> list[str]:
        """Words as they are written."""
        return as_text(self.code, self.start[place], self.end[place])

    def characters(self, text: Numbers32, place: Places) -> Places:
        """The characters of the text before these bytes of it."""
        begin = self.begin[text]
        found: Places = place - begin
        if len(self.more):  # a byte that goes on with a character is none itself
            before = self.inside[text]
            odd = np.flatnonzero(before != self.inside[text + 1])
            found[odd] -= np.searchsorted(self.more, place[odd]) - before[odd]
        return found

    def is_aside(self, low: Places, high: Places) -> npt.NDArray[np.bool_]:
        """Whether the bytes `[low, high)` are asides alone, or one full stop."""
        code = self.code[low]
        found: npt.NDArray[np.bool_] = _ASIDES[code] | (code == ord(".")) | (high == low)
        longer = np.flatnonzero(high - low > 1)
        size = (high - low)[longer]
        if len(longer):
            place = stretched(low[longer], size)
            code = self.code[place]
            aside = _ASIDES[code]
            wide = np.flatnonzero(code >= _WIDE)
            aside[wide] = (self.kind[np.searchsorted(self.wide, place[wide])] & _ASIDE) > 0
            found[longer] = np.logical_and.reduceat(aside, np.cumsum(size) - size)
        return found


def _encoded(texts: Sequence[str]) -> _Encoded:
    raw = "\n".join(texts).encode("utf-8", "surrogatepass")
    code = np.frombuffer(raw + bytes(PADDING), dtype=np.uint8)
    ends = np.flatnonzero(code == _LINE_END)
    if len(ends) != len(texts) - 1:  # texts have line ends of their own
        ends = np.cumsum([len(text.encode("utf-8", "surrogatepass")) + 1 for text in texts[:-1]], dtype=np.int64) - 1
    begin = np.concatenate([np.zeros(min(len(texts), 1), dtype=np.int64), ends + 1])
    return _Encoded(raw, code, begin, np.frombuffer(raw.translate(_TABLE), dtype=np.uint8), *_wide(code))


def _split(found: _Encoded) -> _Bytes:
    code, wide, kind = found.code, found.wide, found.kind
    inside = np.zeros(len(found.letter) + 2, dtype=np.bool_)  # one more at either end
    np.equal(found.letter, _IS_LETTER, out=inside[1:-1])
    _put_inside(inside[1:], code, wide, kind)
    emoji = wide[(kind & (_EMOJI | _JOINER)) > 0]
    inside[1 + emoji] = True
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    if len(emoji):
        edges = np.sort(np.concatenate([edges, np.repeat(_parted(inside, code, wide, kind), 2)]))
    more = wide[(code[wide] & 0xC0) == _GOES_ON]
    goes_on = np.searchsorted(more, np.append(found.begin, len(code)))
    return _Bytes(code, found.begin, edges[0::2], edges[1::2], wide, kind, more, goes_on)


def _parted(
    inside: npt.NDArray[np.bool_], code: npt.NDArray[np.uint8], wide: Places, kind: npt.NDArray[np.uint8]
) -> Places:
    """Where a word ends and the next begins with nothing between: before and after an emoji."""
    sign = np.zeros(len(code) + 1, dtype=np.uint8)
    sign[wide] = kind & (_EMOJI | _SKIN | _JOINER)
    lead = wide[(code[wide] >= _LEADS) & (sign[wide] > 0)]
    size = 2 + (code[lead] >= _LEADS_THREE) + (code[lead] >= _LEADS_FOUR)
    place = np.unique(np.concatenate([lead, lead + size]))
    before, after = sign[place - 1], sign[place]  # the last byte of all is 0, as is that before the first
    goes_on = ((before & _JOINER) | (after & _JOINER)) > 0
    goes_on |= (before > 0) & ((after & _SKIN) > 0)
    parted: Places = place[inside[place] & inside[place + 1] & ~goes_on]
    return parted


def _wide(code: npt.NDArray[np.uint8]) -> tuple[Places, npt.NDArray[np.uint8]]:
    """The places of the bytes of characters that take more than one, and what these characters may be."""
    wide = np.flatnonzero(code >= _WIDE)
    lead = wide[code[wide] >= _LEADS]
    size = 2 + (code[lead] >= _LEADS_THREE) + (code[lead] >= _LEADS_FOUR)
    point = code[lead].astype(np.int64) & (0x7F >> size)
    for step in range(1, 4):
        more = np.flatnonzero(size > step)
        point[more] = point[more] << 6 | code[lead[more] + step] & 0x3F
    points, which = np.unique(point, return_inverse=True)
    kinds = np.asarray([_kind(chr(one)) for one in points.tolist()], dtype=np.uint8)
    return wide, np.repeat(kinds[which], size)


def _put_inside(
    inside: npt.NDArray[np.bool_], code: npt.NDArray[np.uint8], wide: Places, kind: npt.NDArray[np.uint8]
) -> None:
    """Mark what is part of a word beside plain letters; the byte before the first is the last of `inside`."""
    inside[wide] = (kind & _LETTER) > 0
    mark = wide[(kind & _MARK) > 0]
    if len(mark):  # part of a word when the last character that is no mark is a letter
        first = np.flatnonzero(np.diff(mark, prepend=-2) != 1)
        inside[mark] = np.repeat(inside[mark[first] - 1], np.diff(first, append=len(mark)))
    for sign, size in ((np.flatnonzero(code == ord("'")), 1), (wide[(kind & _APOSTROPHE) > 0][::3], 3)):
        between = sign[inside[sign - 1] & inside[sign + size]]
        inside[stretched(between, np.full(len(between), size))] = True


@lru_cache(maxsize=10_000)
def _kind(character: str) -> int:
    odd = _ODD if is_odd_sign(character) else 0
    return odd | sum(kind for kind, pattern in _KINDS.items() if pattern.match(character))


_IS_LETTER, _IS_ODD = 1, 2
_ODD_BYTES = frozenset(b"\r\x0b\x0c\x1e")
"""Beside those that are read otherwise: what may end a line after a hyphen."""


def _table() -> Iterator[int]:
    """What each byte is: a letter of ASCII, a sign for which a text must be looked at, or neither (0)."""
    for code in range(256):
        kind = _kind(chr(code)) if code < _WIDE else 0
        yield _IS_LETTER if kind & _LETTER else _IS_ODD if kind & _ODD or code in _ODD_BYTES else 0


_TABLE = bytes(_table())
_CUT = re.compile(rb"-[^\S\n]*\n")
_ASIDES = np.asarray([code < _WIDE and _kind(chr(code)) & _ASIDE > 0 for code in range(256)])


class Forms:
    """Forms as written; and in `lines` in lower case as the word lists have them (`plain`), and folded.

    `plain` and `folded` have the line of each form. Most are the same line: the others stand at the end.
    """

    def __init__(self, written: Sequence[str]) -> None:
        self.written = written
        wide = [number for number, form in enumerate(written) if not form.isascii()]
        joined = "\n".join(written[number] for number in wide)
        others = "\n".join((plain(joined), fold(joined))).split("\n") if wide else []
        self.lines = Lines.of([*written, *others], lower=True)
        self.plain, self.folded = np.arange(len(written)), np.arange(len(written))
        self.plain[wide], self.folded[wide] = np.arange(len(written), len(self.lines)).reshape(2, -1)
        self._form = np.concatenate([np.arange(len(written)), np.tile(np.asarray(wide, dtype=np.int64), 2)])

    def __len__(self) -> int:
        return len(self.written)

    def begun(self, beginnings: Sequence[str], of: Places) -> tuple[Places, Places]:
        """The pairs (beginning, form) where the form begins so, by their numbers; `of` is `plain` or `folded`."""
        which, line = self.lines.begun(beginnings)
        form = self._form[line]
        kept = of[form] == line
        return which[kept], form[kept]


_URL = r"(?:https?://|www\.)[^\s<>\"]*[^\s<>\".,;:!?)]|[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+"
_DOMAIN = r"(?:\.(?:be|nl|com|org|eu|net|vlaanderen|brussels)\b)"
_NUMBER = r"\d+(?:[.,:/]\d+)+"
_LETTERS = r"(?:[^\W\d_]\.){1,8}[^\W\d_](?![^\W_])"
_JOINED = rf"{WORD.pattern}(?:[-‐‑]{WORD.pattern}|{_DOMAIN})*"
_READ = re.compile(
    rf"(?P<word>{_URL}|{_NUMBER}|{_LETTERS}|{_JOINED})|(?P<emoji>{TOKEN.pattern})"
    r"|(?P<line>[\r\n\x0b\x0c\x85\u2028\u2029]+)|[.!?…]+|[^\w\s]|_"
)
_ABBREVIATIONS = frozenset(
    """
    bv bvb bijv vb incl excl evt enz etc ca ong nr nrs art blz pag min max resp mevr mw dhr dr drs prof ir ing st tel
    t.a.v t.o.v d.w.z o.a m.b.t i.v.m m.a.w n.a.v i.p.v a.u.b aub afd alg jl dd div ev evtl ed cf vgl vs mr mrs ms jr sr
    gem kb mb ltd inc approx dept bzw ggf usw ca evtl nr str zb etc env av bd m.i n.v.t nl lic gr kl sec par hfst fig
    """.split()
)
_CLOSING_LISTS = frozenset("enz etc usw enzovoort".split())
_ENDS = re.compile(r"[.!?…]+")
_NUMBERED = 2


class Token(NamedTuple):
    """A word, an emoji or a mark of a text: its characters `[start, end)`, and how it is written, folded."""

    form: str
    start: int
    end: int
    kind: str
    written: str

    @property
    def is_word(self) -> bool:
        """Whether it says something: a word or an emoji."""
        return self.kind not in {"mark", "line"}


def tokens(text: str) -> list[Token]:
    """What stands in a text, in order, but for white space within a line."""
    found = []
    for match in _READ.finditer(text):
        written = match[0]
        kind = match.lastgroup or "mark"
        found.append(Token(fold(written) if kind == "word" else written, *match.span(), kind, written))
    return found


def sentences(read: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """The tokens `[first, stop)` of each sentence, in order; marks that end one are of it, and line ends of none."""
    first = 0
    for place, token in enumerate(read):
        if token.kind == "line":
            if first < place:
                yield first, place
            first = place + 1
        elif token.kind == "mark" and _ENDS.fullmatch(token.form) and _ends(read, place):
            stop = place + 1
            if stop < len(read) and read[stop].form in "\"'”’»)" and read[stop].start == token.end:
                continue  # ends after the quote
            yield first, stop
            first = stop
        elif token.form in "\"'”’»)" and place > first and token.kind == "mark":
            before, after = read[place - 1], read[place + 1].written if place + 1 < len(read) else ""
            ended = before.kind == "mark" and before.end == token.start and _ENDS.fullmatch(before.form)
            if ended and after[:1].isupper():
                yield first, place + 1
                first = place + 1
    if first < len(read):
        yield first, len(read)


def sentence_places(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text stand, `[start, end)`, in order; each with the marks that end it.

    >>> text = "Zie bv. de nota. En dan?"
    >>> [text[start:end] for start, end in sentence_places(text)]
    ['Zie bv. de nota.', 'En dan?']
    """
    seen = visible(text)
    read = tokens(seen.text)
    return [seen.verbatim(read[first].start, read[stop - 1].end) for first, stop in sentences(read)]


def _ends(read: Sequence[Token], place: int) -> bool:
    """Whether a sentence ends at this mark."""
    mark = read[place].form
    following = read[place + 1] if place + 1 < len(read) else None
    if following is None or following.kind == "line":
        return True
    if "!" in mark or "?" in mark:
        return True
    before = read[place - 1] if place else None
    joined = following.start == read[place].end
    if mark != ".":  # "..." is a sentence's end between thoughts; whether it is one is seen later
        return before is not None and before.is_word
    if before is None or before.end != read[place].start:
        return not joined
    capital = following.written[:1].isupper()
    if joined:
        begins = following.written[1:2].islower() or len(following.written) == 1
        return capital and begins and (before.form in ")%" or len(before.form) > _NUMBERED)
    if before.form in _CLOSING_LISTS:
        return capital
    if before.form in _ABBREVIATIONS or "." in before.form or (len(before.form) == 1 and before.form.isalpha()):
        return False
    return not _is_numbering(read, place - 1)


def _is_numbering(read: Sequence[Token], place: int) -> bool:
    """Whether this number numbers what follows: "1. Meer groen"."""
    number = read[place].form
    if not (number.isdigit() and len(number) <= _NUMBERED):
        return False
    before = read[place - 1] if place else None
    return before is None or before.kind == "line" or (before.kind == "mark" and before.form[-1] in ".!?…:;")
