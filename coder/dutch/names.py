"""Names of people in a text, by rules: titles, common first names, initials, "mijn naam is", "Van den …".

The bundled pipeline knows no names of people, and telling them from other names (places, papers, firms)
by capitals alone would mask what answers are about. So a surname alone is not found.
"""

import re
from collections.abc import Iterator, Sequence

from coder.dutch.first_names import FIRST_NAMES, WORD_NAMES
from coder.dutch.lemmas import is_known, is_only_name

Span = tuple[int, int]

TITLES = frozenset(
    """
    meneer mijnheer mevrouw mevr mw mvr dhr heer dr drs prof professor dokter ir ing mr juf juffrouw meester zuster
    pater collega minister staatssecretaris premier president burgemeester schepen wethouder coach therapeut
    """.split()
)
"""Words after which a capitalised word is a name; a full stop may stand between."""

_OFFICES = frozenset({"minister", "staatssecretaris", "schepen", "wethouder", "president", "burgemeester"})
"""Titles after which "van" begins what the office is of."""
_PARTICLES = frozenset("van de den der 't ter ten te von du la le el al ben bin vanden vander vande op".split())
_SURNAME_STARTS = frozenset("van vanden vander vande von".split())
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CLOSED = re.compile(r"[ \u00a0]|\.[ \u00a0]?")
"""What may stand between a title, an initial and a name."""
_SENTENCE_START = re.compile(r"(?:[.!?:;\n\r\"“”„«(\[*•/–-])[\s'\"“”‘’*•-]*$")
_SAYS_NAME = re.compile(
    r"\b(?:mijn naam is|ik heet|(?:met )?vriendelijke groet(?:en|jes)?|groet(?:en|jes)|mvg)\b[\s,:]*(?:van\s+)?",
    re.IGNORECASE,
)
_SAYS_ANY = re.compile(r"mijn naam is", re.IGNORECASE)
_INITIALS = re.compile(r"(?<![\w.])(?:[A-Z]\.\s?){1,4}(?=[A-Z]|(?:van|de|den|der|ter|ten)\s)")
_NO_SAINTS = frozenset({"sint", "sinte", "st", "saint", "santa", "zwarte", "san"})
_NO_PEOPLE = frozenset(
    {"jan modaal", "jan met", "jan klaassen", "jan publiek", "jan alleman", "piet snot", "max havelaar"}
)
_SPACES = (" ", "\u00a0")
_NEAR = 20
"""Characters that are looked at on either side of a word."""
_SHORTEST_SMALL = 4
"""A first name of fewer letters is not one without its capital ("jan" is a month, "els" a tree)."""
_LONGEST = 5
"""So many words follow a first name at most."""


def names(text: str) -> Iterator[Span]:
    """Where names of people stand, `[start, end)`, in order; those of one person together."""
    words = list(_WORD.finditer(text))
    shouted = text.isupper()
    told = _told(text)
    place = free = 0
    while place < len(words):
        last = _name_at(text, words, place, told, shouted=shouted)
        if last is None:
            place += 1
            continue
        start, end = words[_first(text, words, place, free)].start(), words[last].end()
        yield _with_initials(text, start), end
        free = last + 1
        place = last + 1


def _name_at(
    text: str, words: Sequence[re.Match[str]], place: int, told: dict[int, bool], *, shouted: bool
) -> int | None:
    """The last word of the name that starts here, or None where none does."""
    start, plain = words[place].start(), words[place][0].lower()
    capital = words[place][0][0].isupper()
    last = _surname(text, words, place, shouted=shouted)
    named = capital or (plain in _PARTICLES and last > place)
    if start in told and plain not in TITLES | _NO_NAME:
        if capital:
            return last
        if told[start]:
            return last
    named_here = named or _like_a_name(plain)
    if _after_title(text, words, place) and named_here and plain not in TITLES and not (shouted and plain in _NO_NAME):
        return None if plain in _PARTICLES and last == place else last
    if named and _with_initials(text, start) < start:
        return last
    if _is_first_name(text, words, place, shouted=shouted):
        return last
    sure = capital and not shouted and not _starts(text, start)
    return last if sure and plain in _SURNAME_STARTS and last > place else None


def _first(text: str, words: Sequence[re.Match[str]], place: int, free: int) -> int:
    """The first word of the name: a first name that the list lacks may stand before ("Lucille Werner")."""
    if place == free or text[words[place - 1].end() : words[place].start()] not in _SPACES:
        return place
    before = words[place - 1][0]
    return place - 1 if before[0].isupper() and before.lower() not in TITLES and not is_known(before) else place


def _after_title(text: str, words: Sequence[re.Match[str]], place: int) -> bool:
    word, title = words[place][0].lower(), words[place - 1][0].lower() if place else ""
    if title not in TITLES or len(word) == 1 or (title in _OFFICES and word == "van"):
        return False
    return _CLOSED.fullmatch(text[words[place - 1].end() : words[place].start()]) is not None


def _is_first_name(text: str, words: Sequence[re.Match[str]], place: int, *, shouted: bool) -> bool:
    word = words[place]
    capital = word[0][0].isupper()
    first = word[0].lower().split("-")[0] if capital else word[0].lower()
    first = re.sub(r"['’]s$", "", first)
    if first not in FIRST_NAMES and first not in WORD_NAMES and first.endswith("s") and capital:
        first = first[:-1]
    if place and words[place - 1][0].lower() in _NO_SAINTS:
        return False
    follows = words[place + 1][0].lower() if place + 1 < len(words) else ""
    if f"{first} {follows}" in _NO_PEOPLE:
        return False
    if first in WORD_NAMES:
        if not capital or shouted:
            return False
        last = _surname(text, words, place, shouted=shouted)
        return not _starts(text, word.start()) or (last > place and words[last][0][0].isupper())
    return first in FIRST_NAMES and (capital or len(first) >= _SHORTEST_SMALL)


def _surname(text: str, words: Sequence[re.Match[str]], place: int, *, shouted: bool) -> int:
    """The last word of the names that follow in a row, with what stands between ("Jan van den Berg"); else `place`.

    The first may be any word with a capital ("Jan Bakker"), further ones and those in small letters
    must be a name, or unknown, to the word lists.
    """
    last, at = place, place + 1
    while at < len(words) and last < place + _LONGEST and text[words[at - 1].end() : words[at].start()] in _SPACES:
        word = words[at][0]
        if word.lower() not in _PARTICLES:
            capital = word[0].isupper() and not shouted and not (word.isupper() and len(word) > 1)
            led = shouted and last == place and words[at - 1][0].lower() in _PARTICLES and at - 1 > place
            if word.lower() in _NO_NAME or not ((capital and last == place) or led or _like_a_name(word)):
                break
            last = at
        at += 1
    return last


def _like_a_name(word: str) -> bool:
    return is_only_name(word) or not is_known(word)


def _told(text: str) -> dict[int, bool]:
    """Where a name starts that the text announces, and whether it may stand there without a capital."""
    return {match.end(): _SAYS_ANY.match(match[0]) is not None for match in _SAYS_NAME.finditer(text)}


def _with_initials(text: str, start: int) -> int:
    """The start of the initials before a name, or of the name itself."""
    for match in _INITIALS.finditer(text, max(0, start - _NEAR), start + _NEAR):
        if match.end() == start:
            return match.start()
    return start


def _starts(text: str, at: int) -> bool:
    """Whether a sentence starts here, so that a capital says nothing."""
    return _SENTENCE_START.search(text[at - _NEAR : at] if at > _NEAR else f"\n{text[:at]}") is not None


_NO_NAME = frozenset(
    """
    en of maar want dus die dat dit deze is was heeft had kan kon moet wil zal zou ik u je jij hij zij ze wij we in op
    aan met voor van door bij te om als er hier daar niet geen wel ook nog al zeer erg heel goed altijd nooit over zegt
    """.split()
)
"""Words that are no name where capitals or announcements say nothing."""
