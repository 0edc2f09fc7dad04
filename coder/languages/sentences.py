"""Words and marks of a text as a reader sees it, and its sentences: not cut at "bv.", "12.30", "3,5" or "www.x.be"."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from coder.languages.text import TOKEN, WORD, fold
from coder.languages.visible import visible

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
