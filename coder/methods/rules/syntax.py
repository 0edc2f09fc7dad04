"""What a rule says: words in a row, and how rows combine.

    words      `meten` finds its inflections, `"meten"` the form as written, `=AI` the form in just that
               case, `communicat*` and `gr?s` a pattern (`*` any letters, `?` one letter); `plan/NOUN` asks for
               the part of speech; `@ai` is what the code or the list of words `ai` finds
    in a row   `sociale media`, `(sociale OR digitale) media`
    distance   `prijs NEAR/3 laag`: at most three words between them; `PRE/3`: in this order
    in one text  `video NOT vergadering`, `video AND budget`, `video OR film`

Signs that carry meaning belong to their word: `c++`, `.net`, `100%`, `#mee`, `r&d` and `"@naam"` are found with their
signs and as written: what stands right before and after a word is looked at by two patterns. An emoji is a word of its
own. Rules are read as texts are, as a reader sees them (`coder.languages.visible`).

An operator further down binds less, as in Web of Science; parentheses bind most. NIET, EN and OF say the
same as NOT, AND and OR. Operators are capitals: `en` is a word.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import lru_cache, reduce
from itertools import pairwise
from typing import NamedTuple

from coder.characters import EMOJI
from coder.errors import RuleError
from coder.languages.text import IN_A_ROW, MARKS, TOKEN
from coder.languages.visible import is_odd, visible
from coder.note import Note

_SAYS = rf"(?:_|[^\w\s.,;:!?…'’\"“”„‟«»‹›‘‚‛()\[\]{{}}/\\|\-‐-―−⁃•·{MARKS}])"
"""A sign that carries meaning."""
SIGN = re.compile(_SAYS)
_RUN = re.compile(f"{_SAYS}+")
_LOOSE = re.compile(r"[&%‰€$£¥°]+")
"""These mean the same with a space: "100%", "100 %"."""
_BEFORE = re.compile(rf"(?P<signs>{_SAYS}+)(?P<space>\s*)\Z")
_AFTER = re.compile(rf"(?P<space>\s*)(?P<signs>{_SAYS}+)(?P<rest>.?)", re.DOTALL)
_LEAD = re.compile(r"\.|[:;]-?")
"""What carries meaning before a rule's first word alone: .net, :D."""
_POINT = re.compile(r"[\s\"'“‘(]\.\Z")
_IN_NUMBER = re.compile("[.,:/]")
_LETTER = r"[^\W_]"
_WINDOW = 200
"""Characters before a word that a pattern for them looks at; a rule with as many signs in a row is not written."""

Span = tuple[int, int]


def around(text: str, words: Sequence[Span]) -> list[tuple[str, str]]:
    """For each word of a rule, at these characters of it, the patterns for what stands before and after it.

    "" where nothing is asked. A sign between two words is asked after the first.
    """
    before, after = [""] * len(words), [""] * len(words)
    edges = [0, *(edge for span in words for edge in span), len(text)]
    for place, (start, end) in enumerate(zip(edges[::2], edges[1::2], strict=True)):
        gap = text[start:end]
        if 0 < place < len(words):
            after[place - 1] = _between(gap, text[start - 1], text[end]) or _after(gap, is_last=False)
            if after[place - 1] and len(_RUN.findall(gap)) <= 1:
                continue
        elif place:
            after[place - 1] = _after(gap, is_last=True)
        if place < len(words):
            before[place] = _before(gap, is_first=place == 0)
    return list(zip(before, after, strict=True))


def unasked(text: str, words: Sequence[Span], asked: Sequence[tuple[str, str]]) -> re.Match[str] | None:
    """The first signs of a rule that no word asks for, as in `(c) ++`; `words` and `asked` as in `around`."""
    edges = [0, *(edge for span in words for edge in span), len(text)]
    before, after = [*(one for one, _ in asked), ""], ["", *(other for _, other in asked)]
    for start, end, ahead, behind in zip(edges[::2], edges[1::2], before, after, strict=True):
        runs = list(_RUN.finditer(text, start, end))
        is_asked = bool(behind) + bool(ahead and _BEFORE.search(text[start:end]))
        if len(runs) > is_asked:
            return runs[-1 if behind else 0]
    return None


def with_signs(text: str, start: int, end: int, before: str, after: str) -> Span | None:
    """The characters of a word, at `[start, end)` of a text, and its signs; None where they do not stand there."""
    if before:
        found = re.search(before, text[max(start - _WINDOW, 0) : start])
        if found is None:
            return None
        start -= len(found[0])
    if after:
        found = re.compile(after).match(text, end)
        if found is None:
            return None
        end = found.end()
    return start, end


def _between(gap: str, last: str, first: str) -> str:
    """A sign within what is written as one: r&d, 3,5."""
    if last.isdecimal() and first.isdecimal() and _IN_NUMBER.fullmatch(gap):
        return rf"{re.escape(gap)}(?=\d)"
    if not gap or SIGN.sub("", gap):
        return ""
    space = r"\s*" if _LOOSE.fullmatch(gap) else ""
    return f"{space}{re.escape(gap)}{space}(?={_LETTER}|[{EMOJI}])"


def _after(gap: str, *, is_last: bool) -> str:
    """A sign behind a word: c++, 100%; with space around it where it stands between words: r & d."""
    found = _AFTER.match(gap)
    if found is None:
        return ""
    signs = found["signs"]
    if found["space"] and not is_last and not _LOOSE.fullmatch(signs) and not found["rest"].isspace():
        return ""  # it belongs to the word that follows
    space = r"\s*" if found["space"] or _LOOSE.fullmatch(signs) else ""
    end = "" if found["space"] else f"(?!{_LETTER})"
    return f"{space}{re.escape(signs)}(?!{re.escape(signs[-1])}){end}"


def _before(gap: str, *, is_first: bool) -> str:
    """A sign before a word: #mee, @naam, € 50; and what leads .net and :D."""
    found = _BEFORE.search(gap)
    if found is None:
        lead = gap if is_first and _LEAD.fullmatch(gap) else "." if _POINT.search(gap) else ""
        return rf"(?<!{re.escape(lead[0])})(?<!{_LETTER}){re.escape(lead)}\Z" if lead else ""
    signs = found["signs"]
    space = r"\s*" if found["space"] or _LOOSE.fullmatch(signs) else ""
    start = "" if found["space"] else f"(?<!{_LETTER})"
    return rf"(?<!{re.escape(signs[0])}){start}{re.escape(signs)}{space}\Z"


CLASSES = (
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PRON", "PROPN", "SCONJ", "SYM", "VERB", "X"
)  # fmt: skip
"""The parts of speech that a rule may ask for (Universal Dependencies, without punctuation)."""

_TAG = rf"(?:/(?P<pos>{'|'.join(CLASSES)})(?![^\s()]))?"
_PIECE = re.compile(
    rf"""[()]
    | (?:NEAR|PRE)(?:/[^\s()]*)?(?![^\s()])
    | (?:AND|EN|OR|OF|NOT|NIET)(?![^\s()])
    | (?:@"(?P<named>[^"]+)" | @(?P<name>[^\s"()]+) | "(?P<quoted>[^"]*)" | =(?P<case>[^\s"()]+?)
      | (?P<plain>[^\s"=()@][^\s"=()]*?)){_TAG}(?(plain)(?=[\s"=()]|$))(?(case)(?=[\s"()]|$))""",
    re.VERBOSE,
)
_WILD_WORD = re.compile(TOKEN.pattern.replace(r"[^\W_]", r"(?:[^\W_]|[*?])"))
_OPERATORS = {"AND": "AND", "EN": "AND", "OR": "OR", "OF": "OR", "NOT": "NOT", "NIET": "NOT"}
_WORDS = re.compile(r"[^\W\d_]{2,}\*?(?: [^\W\d_]{2,}\*?)*")
"""Most rules: words with nothing else, which are read at once."""
_NO_WORDS = {*_OPERATORS, "NEAR", "PRE"}
_FEWEST_LETTERS = 2
_DEEPEST, _LONGEST, _FURTHEST = 50, 10_000, 1_000
"""Parentheses and distances in a rule, characters of it, and words of a distance, at most."""
_NEAR, _NUMBER = re.compile("(?:NEAR|PRE)(?:/.*)?"), re.compile("0*([0-9]{1,4})")
_QUOTES = re.compile("[“”„‟«»]")


class Way(StrEnum):
    """How a word of a rule is compared with a word of a text."""

    INFLECTED = "inflected"
    WRITTEN = "written"
    CASED = "cased"
    WILD = "wild"


class Word(NamedTuple):
    """One word of a rule, with the part of speech it must have (any, where empty).

    `before` and `after` are patterns for the signs that must stand around it.
    """

    text: str
    way: Way
    pos: str = ""
    before: str = ""
    after: str = ""

    @property
    def has_signs(self) -> bool:
        """Whether signs must stand around it."""
        return bool(self.before or self.after)

    @property
    def is_any(self) -> bool:
        """Whether it stands for any word at all: `*`."""
        return self.way is Way.WILD and not self.text.strip("*") and not self.has_signs


@dataclass(frozen=True, slots=True)
class Reference:
    """What another code, or a list of words, finds."""

    name: str


@dataclass(frozen=True, slots=True)
class Row:
    """Parts in a row, with nothing but space, hyphen, slash or quote between them."""

    parts: "tuple[Rule, ...]"


@dataclass(frozen=True, slots=True)
class Near:
    """Both parts with at most `apart` words between them, in any order unless `ordered`."""

    left: "Rule"
    right: "Rule"
    apart: int
    ordered: bool


@dataclass(frozen=True, slots=True)
class Without:
    """The wanted part, in a text that has the other nowhere."""

    wanted: "Rule"
    unwanted: "Rule"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part, in one text."""

    parts: "tuple[Rule, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the parts."""

    parts: "tuple[Rule, ...]"


@dataclass(frozen=True, slots=True)
class ButNot:
    """What is found, but for what shares a word with an exception. Only a reference to a code says so."""

    found: "Rule"
    exceptions: "Rule"


Rule = Word | Reference | Row | Near | Without | AllOf | AnyOf | ButNot | int
"""A number is that of a pattern, a word or words in a row, in a compiled codebook."""


class _Kind(Enum):
    """What a piece of a rule is."""

    WORDS = "a_word"
    OPEN = "parenthesis"
    CLOSE = "closes_none"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    NEAR = "NEAR"

    @property
    def told(self) -> Note | str:
        """What it is to people: an operator is itself."""
        return self.value if self.value.isupper() else Note(f"rules.{self.value}")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a rule at a place; `parts` are its words, `near` its distance and whether it is ordered.

    `stops` are the places of the words after which a sign stands that ends a row, as in "nog wat, zelfs".
    """

    kind: _Kind
    place: int
    written: str
    parts: "tuple[Word | Reference, ...]" = ()
    near: tuple[int, bool] = (0, False)
    stops: frozenset[int] = frozenset()


def plain_words(rule: str) -> list[str] | None:
    """The words of a rule that is words, or beginnings of words, in a row and nothing else; None for another."""
    if len(rule) > _LONGEST or (not rule.isascii() and is_odd(rule)):
        return None
    return texts if _WORDS.fullmatch(rule) and _NO_WORDS.isdisjoint(texts := rule.split(" ")) else None


def plain_word(text: str) -> Word:
    """What one of the `plain_words` of a rule says."""
    return Word(text, Way.WILD if text[-1] == "*" else Way.INFLECTED)


@lru_cache(maxsize=20_000)
def parse(rule: str) -> Rule:
    """What a rule says. Raises `RuleError` with the column where it cannot be read."""
    if len(rule) > _LONGEST:
        raise RuleError(Note("rules.too_long", most=_LONGEST), rule, _LONGEST)
    if (texts := plain_words(rule)) is not None:
        words = tuple(map(plain_word, texts))
        return words[0] if len(words) == 1 else Row(words)
    seen = visible(rule)
    try:
        return _read(seen.text)
    except RuleError as error:
        column = seen.verbatim(error.column, error.column + 1)[0] if error.column < len(seen.text) else 0
        raise RuleError(error.found, rule, column) from None


def _read(rule: str) -> Rule:
    if rule.count('"') % 2 or '"' not in rule:  # quotes as Word writes them
        rule = _QUOTES.sub('"', rule)
    reader = _Reader(rule, list(_pieces(rule)))
    if not any(piece.parts for piece in reader.pieces):
        raise RuleError(Note("rules.no_word"), rule)
    return reader.whole()


def within(rule: Rule) -> Iterator[Rule]:
    """The rule and every part of it, from the outside in."""
    yield rule
    match rule:
        case Row(parts) | AllOf(parts) | AnyOf(parts):
            inner = parts
        case Near(left, right):
            inner = (left, right)
        case Without(wanted, unwanted):
            inner = (wanted, unwanted)
        case _:
            return
    for part in inner:
        yield from within(part)


class _Reader:
    """Reads the pieces from left to right; each method reads what binds as tightly as its name."""

    def __init__(self, rule: str, pieces: list[_Piece]) -> None:
        self.rule = rule
        self.pieces = pieces
        self.next = 0
        self.depth = 0

    def whole(self) -> Rule:
        found = self.any()
        if self.next < len(self.pieces):
            raise self.broken(self.pieces[self.next].kind.told, self.pieces[self.next])
        return found

    def any(self) -> Rule:
        parts = [self.all()]
        while self.take(_Kind.OR):
            parts.append(self.all())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def all(self) -> Rule:
        parts = [self.near()]
        unwanted: list[Rule] = []
        while True:
            if self.take(_Kind.AND):
                (unwanted if self.take(_Kind.NOT) else parts).append(self.near())
            elif self.take(_Kind.NOT):
                unwanted.append(self.near())
            else:
                break
        wanted = parts[0] if len(parts) == 1 else AllOf(tuple(parts))
        if not unwanted:
            return wanted
        return Without(wanted, unwanted[0] if len(unwanted) == 1 else AnyOf(tuple(unwanted)))

    def near(self) -> Rule:
        found = self.row()
        while (operator := self.take(_Kind.NEAR)) is not None:
            self.deeper(operator)
            found = Near(found, self.row(), *operator.near)
        return found

    def row(self) -> Rule:
        rows: list[list[Rule]] = [[]]
        while self.next < len(self.pieces) and self.pieces[self.next].kind in {_Kind.WORDS, _Kind.OPEN}:
            piece = self.pieces[self.next]
            self.next += 1
            found = piece.parts if piece.kind is _Kind.WORDS else (self.group(piece),)
            for place, part in enumerate(found[0].parts if isinstance(found[0], Row) else found):
                rows[-1].append(part)
                if place in piece.stops:
                    self.deeper(piece)
                    rows.append([])
        parts = [part for row in rows for part in row]
        if not parts:
            raise self.one_sided()
        if all(isinstance(part, Word) and _matches_much(part) for part in parts):
            written = " ".join(part.text for part in parts if isinstance(part, Word))
            raise self.broken(Note("rules.matches_much", written=written), self.pieces[self.next - 1])
        runs = [row[0] if len(row) == 1 else Row(tuple(row)) for row in rows if row]
        return reduce(lambda left, right: Near(left, right, 0, ordered=True), runs)

    def group(self, opened: _Piece) -> Rule:
        self.deeper(opened)
        found = self.any()
        if not self.take(_Kind.CLOSE):
            raise self.broken(Note("rules.not_closed"), opened)
        return found

    def take(self, kind: _Kind) -> _Piece | None:
        if self.next < len(self.pieces) and self.pieces[self.next].kind is kind:
            self.next += 1
            return self.pieces[self.next - 1]
        return None

    def deeper(self, piece: _Piece) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.broken(Note("rules.too_deep", most=_DEEPEST), piece)

    def one_sided(self) -> RuleError:
        before = self.pieces[self.next - 1] if self.next else None
        if before is not None and before.kind is not _Kind.OPEN:
            return self.broken(Note("rules.one_sided", operator=before.written), before)
        if self.next == len(self.pieces):
            return self.broken(Note("rules.not_closed"), self.pieces[-1])
        piece = self.pieces[self.next]
        if piece.kind is _Kind.CLOSE:
            return self.broken(Note("rules.nothing_between") if before else piece.kind.told, piece)
        return self.broken(Note("rules.one_sided", operator=piece.written), piece)

    def broken(self, found: Note | str, piece: _Piece) -> RuleError:
        return RuleError(found, self.rule, piece.place)


def _matches_much(word: Word) -> bool:
    return word.way is Way.WILD and len(word.text.strip("*?")) < _FEWEST_LETTERS


def _pieces(rule: str) -> Iterator[_Piece]:
    """The pieces of a rule that mean something: signs without a word are left out."""
    place, end, word_end = 0, len(rule.rstrip()), -1
    while place < end:
        start = place + len(rule[place:]) - len(rule[place:].lstrip())
        match = _PIECE.match(rule, start)
        if match is None:
            raise RuleError(Note("rules.quote_open" if '"' in rule[start:] else "rules.nothing"), rule, start)
        place = match.end()
        written = match[0]
        if written in {"(", ")"}:
            if written == "(" and start == word_end:
                front = rule[:start].rsplit(maxsplit=1)[-1]
                raise RuleError(Note("rules.inside_word", front=front), rule, start)
            yield _Piece(_Kind.OPEN if written == "(" else _Kind.CLOSE, start, written)
        elif written in _OPERATORS:
            yield _Piece(_Kind[_OPERATORS[written]], start, written)
        elif (found := _words(match))[0]:
            word_end = place
            yield _Piece(_Kind.WORDS, start, written, found[0], stops=found[1])
        elif _NEAR.fullmatch(written):
            yield _near(written, start, rule)
        elif (sign := SIGN.search(written.strip('"'))) is not None:
            raise RuleError(Note("rules.lone_sign", sign=sign[0]), rule, start)


def _near(written: str, place: int, rule: str) -> _Piece:
    name, _, number = written.partition("/")
    if not number:
        raise RuleError(Note("rules.no_distance", operator=name), rule, place)
    plain = _NUMBER.fullmatch(number)
    if plain is None or int(plain[1]) > _FURTHEST:
        raise RuleError(Note("rules.distance", most=_FURTHEST), rule, place)
    return _Piece(_Kind.NEAR, place, written, near=(int(plain[1]), name == "PRE"))


def _words(match: re.Match[str]) -> tuple[tuple[Word | Reference, ...], frozenset[int]]:
    """The words of a piece, and the places of those that a sign follows which ends a row."""
    if name := match["named"] or match["name"]:
        return (Reference(name),), frozenset()
    group = next((name for name in _WAYS if match[name]), None)
    if group is None:
        return (), frozenset()
    text, (way, pattern) = match[group], _WAYS[group]
    found = list(pattern.finditer(text))
    places = [one.span() for one in found]
    signs = around(text, places)
    if found and (lost := unasked(text, places, signs)) is not None:
        found_at = match.start(group) + lost.start()
        raise RuleError(Note("rules.sign_unasked", sign=lost[0]), match.string, found_at)
    if way is Way.INFLECTED and any(map(any, signs)):  # as written, signs and all
        way = Way.WRITTEN
    words = tuple(
        Word(
            one[0],
            Way.WILD if group == "plain" and ("*" in one[0] or "?" in one[0]) else way,
            (match["pos"] or "") if one is found[-1] else "",
            *around_it,
        )
        for one, around_it in zip(found, signs, strict=True)
    )
    spans = [*(one.span() for one in found), (len(text), 0)]
    tails = [text[end:start] for (_, end), (start, _) in pairwise(spans)]
    return words, frozenset(place for place, tail in enumerate(tails) if not IN_A_ROW.fullmatch(tail))


_WAYS = {
    "quoted": (Way.WRITTEN, TOKEN),
    "case": (Way.CASED, TOKEN),
    "plain": (Way.INFLECTED, _WILD_WORD),
}
