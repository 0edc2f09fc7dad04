"""Which words of an answer are denied: "geen tijd voor video", "video doen we niet meer".

After NegEx (Chapman et al. 2001, "A simple algorithm for identifying negated findings and diseases in
discharge summaries"): closed lists of words that deny (cues) and of expressions that only seem to
("niet alleen", "geen idee"), and a stretch around each cue. NegEx takes a window of five words; open
answers are short, so ours takes the clause, cut by punctuation, conjunctions and the next cue.

A cue denies what follows it. It denies what stands before it only where nothing of weight follows:
"video gebruiken we niet" denies video, "de website is niet duidelijk" leaves the website standing.

Denied means: the answer says it is absent, not done, not wanted, or stops. Bare "weinig" and "amper"
deny. Too little does not ("te weinig budget", "niet genoeg overleg"): who asks for more names a theme.
Nor does what holds in part ("niet altijd", "niet iedereen"). "Geen X zonder Y" says that X and Y go
together: two denials, so none.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coder.languages.lines import Lines
from coder.languages.text import WORD, Forms, fold
from coder.languages.visible import visible


class _Kind(Enum):
    """What an expression does."""

    CLAUSE = auto()  # denies what follows; what stands before when nothing of weight follows
    FEW = auto()  # the same, but a plural noun after it is its noun: "weinig middelen"
    NOUN = auto()  # denies what follows; what stands before only as the last word: "budget is er geen"
    NOBODY = auto()  # denies what follows; it is subject or object itself, so nothing before
    WITHOUT = auto()  # denies what follows; with another denial in its clause both lapse
    NOTHING = auto()  # seems to deny and does not


_LISTS = {
    _Kind.CLAUSE: """
        niet, niet meer, niet langer, niet zozeer, niet of nauwelijks, niet of amper, nie, nie meer, ni, ni meer,
        neit, nooit, nooit meer, nergens
    """,
    _Kind.FEW: """
        weinig, weinig of geen, weinig tot geen, weinig tot niet, amper, amper of niet, nauwelijks, nauwelijks of niet,
        niet veel, niet vaak, niet zo veel, niet zo vaak
    """,
    _Kind.NOUN: "geen, gene, genen, geen enkel, geen enkele, noch",
    _Kind.NOBODY: "niemand, niets, niks",
    _Kind.WITHOUT: """
        zonder, in plaats van, ipv, i p v, stop met, stopt met, stoppen met, stoppen we met, gestopt met
    """,
    _Kind.NOTHING: """
        niet alleen, niet enkel, niet louter, niet slechts, niet uitsluitend, niet meer dan, niet minder,
        niet altijd, niet iedereen, niet elk, niet elke, niet alle, niet allemaal, niet overal, niet helemaal,
        niet te veel, niet te weinig, niet weinig, te weinig, nooit te veel, al dan niet, of niet, niet alles,
        niet tegen, geen idee, geen flauw idee, geen benul, geen probleem, geen twijfel, geen wonder, geen mening,
        niets liever, niks liever, niets beter, niks beter, niets leuker, niets zo, niks zo, niets mis, niks mis,
        niet voor niets,
        zonder twijfel, zonder enige twijfel, zonder meer, zonder probleem, zonder problemen
    """,
}

_PREFIXED = tuple(
    """
    onaangenaam onaantrekkelijk onaardig onbegrijpelijk onbekend onbelangrijk onbereikbaar onbetaalbaar
    onbetrouwbaar onbruikbaar onduidelijk onefficient oneerlijk onervaren ongeorganiseerd ongepast
    ongepland ongestructureerd onhaalbaar onhandig oninteressant onlogisch onleesbaar onmeetbaar onmogelijk onnodig
    onnuttig onoverzichtelijk onpersoonlijk onpopulair onpraktisch onprofessioneel onrealistisch onregelmatig
    onrechtstreeks ontoegankelijk ontoereikend ontransparant ontevreden onveilig onverstaanbaar onvindbaar onvolledig
    onvoorbereid onwaarschijnlijk onwetend onzeker onzichtbaar onzinnig
    """.split()
)
"""Words that deny what stands after their on-, with their inflections; "ontwikkelen" is not among them."""

_CONJUNCTIONS = frozenset(
    """
    omdat want doordat maar dus terwijl hoewel zodat aangezien vermits wanneer indien tenzij zodra wegens vanwege
    daarom daardoor waardoor nochtans
    """.split()
)
"""A clause starts here."""

_SUBJECTS = frozenset("we wij ik je jij jullie men u hij ge gij er het ze".split())
_I_WE = frozenset("ik we wij".split())
"""Subjects only, so that a clause starts at one that nothing leads to: "geen tijd we doen alles zelf"."""

_VERBS = frozenset(
    """
    is zijn was waren ben bent wordt worden werd werden heb hebt heeft hebben had hadden doe doet doen deed deden
    ga gaat gaan ging gingen kan kun kunt kunnen kon konden mag mogen moet moeten wil wilt willen wou zal zullen
    zou zouden hoef hoeft hoeven maak maakt maken gebruikt gebruiken werkt werken blijf blijft blijven krijg krijgt
    krijgen kom komt komen kwam sta staat staan zet zetten stuur stuurt sturen verstuur versturen zoekt zoeken zie
    ziet zien vind vindt vinden lukt lukken loopt lopen probeer probeert proberen weet weten denk denkt denken ken
    kent kennen lees leest lezen volg volgt volgen bestaat bestaan neem neemt nemen geef geeft geven houden houdt
    """.split()
)
"""Verbs of a main clause: with a subject after it, one starts a clause ("... is maken we zelf filmpjes")."""

_DOERS = frozenset(
    """
    heeft hebben wil willen gebruikt gebruiken doet doen maakt maken leest lezen kent kennen ziet zien volgt volgen
    vindt vinden krijgt krijgen geeft geven neemt nemen zoekt zoeken
    """.split()
)
"""With a noun as subject these leave it standing: "de directie wil video niet"."""

_FAILS = frozenset("werkt klopt deugt volstaat volstaan voldoet".split())
"""What these deny is there: "de website werkt niet"."""

_NEW_CLAUSE = _SUBJECTS | _VERBS | frozenset("dan dus toch wel veel te daarom daardoor daarnaast dat".split())
"""After en or of: a clause, and not the next of a list."""

_CLOSERS = frozenset("niet nie ni nooit".split())
"""An en after one of these starts a clause: "video maken we niet en podcasts ook niet"."""

_TURNS = frozenset("wel enkel alleen slechts liever eerder".split())
"""What follows these stands: "geen video wel podcasts"."""

_ALONE = frozenset(
    "slecht evident makkelijk gemakkelijk eenvoudig simpel akkoord eens tevreden blij zeker duidelijk".split()
)
"""Denied, these leave standing what they are said of: "niet tevreden over de website"."""

_QUESTIONS = frozenset("hoe hoeveel welk welke waarom wie".split())
_UNSURE = frozenset("niet nie ni meer zeker goed echt direct".split())
"""Before of these make a question: "weet niet goed of video werkt"."""

_LINKS = frozenset("dat die wat als zoals of en toen sinds nadat voordat waar waarmee waarin waarop waarvan".split())
"""Before a subject these hold the clause together: "niemand weet wat we doen"."""

_LISTERS = frozenset("en of noch".split())
_LEADS = frozenset("en of ook nog".split())
"""These go with the cue after them: "en ook niet"."""

_LAPSES = frozenset(
    "vergeten vergeet onderschatten onderschat verwaarlozen verwaarloos wegdenken ontbreekt ontbreken".split()
)
_LAPSES_AFTER = _LAPSES | frozenset("weg oog missen gebrek tekort".split())
"""Denied, these affirm: "vergeet de ouderen niet", "niet meer weg te denken", "niet uit het oog verliezen"."""

_ENOUGH = frozenset("genoeg voldoende".split())
_NEAR_ENOUGH = 3
"""Within so many words after the cue, it is too little and not nothing: "niet leesbaar genoeg"."""

_LIGHT = frozenset(
    """
    meer echt zo al ook nog eens voor mij ons bij hier er aan op terug mee in uit af toe over eigenlijk momenteel te
    zelf vaak veel nodig aanwezig beschikbaar gewenst voorhanden mogelijk
    """.split()
)
"""Of no weight after a cue, as verbs are: "video is niet echt nodig"."""

_VERB_SHAPE = re.compile(r"\w{2,}en")
_PARTICIPLE = re.compile(r"\w{0,5}ge\w{2,}(?:d|t|en)|(?:be|ver|ont|her)\w{2,}(?:d|t|en)")
_STATES = frozenset(
    """
    gestructureerd gekend bekend verzorgd afgestemd doordacht aangepast geschikt gericht gedragen georganiseerd
    geintegreerd gecoordineerd vertrouwd tevreden overtuigd onderbouwd open eigen verschillend geweten gewoon goed
    """.split()
)
"""Shaped like verbs, but said of a subject that is there."""

_MEANS = frozenset(
    """
    tijd geld budget middelen mensen personeel capaciteit ruimte plaats nood behoefte zin kennis interesse
    expertise ervaring aandacht beleid plan visie strategie
    """.split()
)
_TOWARDS = frozenset("voor aan over naar rond met rondom".split())
"""With these, lack of means denies what they are for: "voor video hebben we geen tijd"."""

_LIST_ITEM = 3
"""Words in an item of a list, at most: "geen video, podcasts of reels"."""

_LONGEST_CLAUSE = 200
"""Words in a clause, at most: nobody writes longer ones, and each cue is read in its clause."""

_LIST_LENGTH = 24
"""Words in a list after a comma, at most."""

_MARKS = re.compile("[\u0300-\u036f]")
_ABBREVIATIONS = frozenset("ipv bv bvb incl evt".split())
_HARD = re.compile(r"[!?;:()\n•…|]|\.(?:\s|$)|\s[-‐-―]+\s")


def _expressions() -> dict[str, list[tuple[tuple[str, ...], _Kind]]]:
    """The expressions by their first word, longest first."""
    table: dict[str, list[tuple[tuple[str, ...], _Kind]]] = {}
    for kind, listed in _LISTS.items():
        for expression in listed.split(","):
            forms = tuple(expression.split())
            table.setdefault(forms[0], []).append((forms, kind))
    for known in table.values():
        known.sort(key=lambda pair: -len(pair[0]))
    return table


_EXPRESSIONS = _expressions()
_ANY_CUE = re.compile(
    r"\b(?:n(?:iet|ie|i|eit|ooit|ergens|auwelijks|iemand|iets|iks|och)|ge(?:en|ne|nen)|zonder|weinig|amper"
    r"|ipv|i\W{0,2}p\W{0,2}v|in\s+plaats|(?:ge)?stop\w*)\b"
    rf"|\b(?:{'|'.join(_PREFIXED)})",
    re.IGNORECASE,
)
"""One look over a text: most have no cue, and are done."""

_CUE_WORDS = (
    "niet nie ni neit nooit nergens nauwelijks niemand niets niks noch geen gene genen zonder weinig amper ipv p plaats"
)
_CUE_BEGINNINGS = ("stop", "gestop", *_PREFIXED)
"""Every text with a cue has a word that is one of these, or begins so: of "i.p.v." and "in plaats van" the rarest."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Characters `[start, end)` of the text, denied by the cue at `[cue_start, cue_end)`.

    `cue` is written as in the text. A cue has a scope after it, before it, one on each side, or none.
    """

    cue: str
    cue_start: int
    cue_end: int
    start: int
    end: int


def scopes(text: str) -> tuple[Scope, ...]:
    """Every stretch of the text under a negation, in order of place; () where there is none."""
    seen = visible(text)
    found = _scopes(seen.text)
    if seen.start is None:
        return found
    return tuple(
        Scope(scope.cue, *seen.verbatim(scope.cue_start, scope.cue_end), *seen.verbatim(scope.start, scope.end))
        for scope in found
    )


def _scopes(text: str) -> tuple[Scope, ...]:
    plain = text if text.isascii() else _MARKS.sub("", unicodedata.normalize("NFD", text))
    if _ANY_CUE.search(plain) is None:
        return ()
    words = _read(text)
    found = [*_prefixes(text, words)]
    for cue, first, stop in _stretches(words):
        start, end = words[cue.first].start, words[cue.stop - 1].end
        found.append(Scope(text[start:end], start, end, words[first].start, words[stop - 1].end))
    return tuple(sorted(found, key=lambda scope: (scope.cue_start, scope.start)))


def may_deny(forms: Forms) -> npt.NDArray[np.bool_]:
    """Whether a text that has the form may have a scope; a text without any such form has none."""
    found = np.isin(forms.lines.hashes[forms.folded], Lines.of(_CUE_WORDS.split()).hashes)
    found[forms.begun(_CUE_BEGINNINGS, forms.folded)[1]] = True
    return found


class Denied:
    """What the scopes of one text deny; asked as often as there are hits."""

    def __init__(self, scopes: Iterable[Scope]) -> None:
        self._scopes = sorted(scopes, key=lambda scope: scope.start)
        self._start = [scope.start for scope in self._scopes]
        self._furthest = list(accumulate((scope.end for scope in self._scopes), max))

    def by(self, start: int, end: int) -> str | None:
        """The cue that denies the characters `[start, end)`; None where nothing does.

        They are denied when they lie in an odd number of scopes: two denials make none. A hit that holds the
        cue itself ("geen tijd" found by a rule that says so) is not under that cue.
        """
        near = self._scopes[bisect_left(self._furthest, end) : bisect_right(self._start, start)]
        cues = [(scope.cue_start, scope.start, scope.cue) for scope in near if end <= scope.end]
        return max(cues)[2] if len(cues) % 2 else None


class _Word(NamedTuple):
    """A word, folded, and what stands between it and the word before: "", "," or "." (a full break)."""

    form: str
    start: int
    end: int
    gap: str


@dataclass(frozen=True, slots=True)
class _Cue:
    """An expression of the lists at words `[first, stop)`."""

    first: int
    stop: int
    kind: _Kind


_fold = lru_cache(maxsize=50_000)(fold)


def _read(text: str) -> list[_Word]:
    words: list[_Word] = []
    end = 0
    for match in WORD.finditer(text):
        between = text[end : match.start()]
        gap = ""
        if len(between) > 1 or between not in {" ", ""}:
            if words and (len(words[-1].form) == 1 or words[-1].form in _ABBREVIATIONS):
                between = between.removeprefix(".")
            gap = "." if _HARD.search(between) else "," if "," in between else ""
        words.append(_Word(_fold(match[0]), match.start(), match.end(), gap if words else ""))
        end = match.end()
    return words


def _prefixes(text: str, words: list[_Word]) -> Iterator[Scope]:
    """The on- of the listed words, over the rest of the word."""
    for word in words:
        if word.form.startswith(_PREFIXED) and text[word.start : word.start + 2].lower() == "on":
            start = word.start + 2
            yield Scope(text[word.start : start], word.start, start, start, word.end)


def _stretches(words: list[_Word]) -> Iterator[tuple[_Cue, int, int]]:
    """Each cue with the words `[first, stop)` that it denies."""
    last = 0
    for first, stop in _clauses(words):
        cues = [cue for cue in _cues(words, first, stop) if _denies(words, cue, first, stop)]
        if _go_together(words, cues):
            yield from _whole(cues, first, stop)
        else:
            resumed = last if _resumes(words, first) else first
            for cue, start, end in _in_turn(words, cues, first, stop):
                yield cue, resumed if start == first else start, end
        last = stop if cues else first


def _in_turn(words: list[_Word], cues: list[_Cue], first: int, stop: int) -> Iterator[tuple[_Cue, int, int]]:
    """The stretches of the cues of a clause; none covers what another does."""
    free = first
    for number, cue in enumerate(cues, start=1):
        reach = _reach(words, cue, cues[number].first) if number < len(cues) else stop
        start = _before(words, cue, free, reach)
        if start < cue.first:
            yield cue, start, cue.first
        end = next((place for place in range(cue.stop, reach) if _ends(words, cue, place, reach)), reach)
        if cue.stop < end:
            yield cue, cue.stop, end
        free = _past_leads(words, end)


def _clauses(words: list[_Word]) -> Iterator[tuple[int, int]]:
    first = 0
    for position in range(1, len(words)):
        if _parts(words, position) or position - first >= _LONGEST_CLAUSE:
            yield first, position
            first = position
    if words:
        yield first, len(words)


def _parts(words: list[_Word], position: int) -> bool:
    """Whether a clause starts at this word."""
    word = words[position]
    following = words[position + 1].form if position + 1 < len(words) else ""
    match word.gap:
        case ".":
            return True
        case ",":
            return not _continues_list(words, position)
    if word.form in _CONJUNCTIONS:
        return True
    if word.form == "als":
        return following in _SUBJECTS or following in {"de", "dat"}
    if word.form == "en" and words[position - 1].form in _CLOSERS:
        return True
    return word.form in {"en", "of"} and following in _NEW_CLAUSE


def _continues_list(words: list[_Word], position: int) -> bool:
    """Whether the comma before this word parts items of a list that ends in en, of or noch."""
    item = 0
    for place, word in enumerate(words[position : position + _LIST_LENGTH], start=position):
        if word.gap == ",":
            item = 0
        if word.form in _LISTERS and item:
            return not _parts(words, place)
        if word.gap == "." or word.form in _EXPRESSIONS or word.form in _CONJUNCTIONS or word.form in _NEW_CLAUSE:
            return False
        item += 1
        if item > _LIST_ITEM:
            return False
    return False


def _cues(words: list[_Word], first: int, stop: int) -> Iterator[_Cue]:
    """The expressions of the lists, longest first, that stand within these words."""
    position = first
    while position < stop:
        known = _EXPRESSIONS.get(words[position].form, ())
        following = tuple(word.form for word in words[position:stop]) if known else ()
        for forms, kind in known:
            if following[: len(forms)] == forms:
                end = position + len(forms)
                if kind is not _Kind.NOTHING:
                    yield _Cue(position, end, kind)
                position = end
                break
        else:
            position += 1


def _denies(words: list[_Word], cue: _Cue, first: int, stop: int) -> bool:
    """Not where the clause takes it back: "niet te onderschatten", "niet leesbaar genoeg", "waarom niet video?"."""
    if cue.kind is _Kind.WITHOUT:
        return True
    rest = [word.form for word in words[cue.stop : stop]]
    if any(word.form in _LAPSES or word.form == "waarom" for word in words[first : cue.first]):
        return False
    return _LAPSES_AFTER.isdisjoint(rest) and _ENOUGH.isdisjoint(rest[:_NEAR_ENOUGH])


def _go_together(words: list[_Word], cues: list[_Cue]) -> bool:
    """Two denials of which one is zonder: "geen dag zonder mail", "zonder budget gaat het niet"."""
    if len(cues) != 2 or sum(cue.kind is _Kind.WITHOUT for cue in cues) != 1:  # noqa: PLR2004 (two of them)
        return False
    return words[cues[1].first - 1].form not in _LEADS


def _whole(cues: list[_Cue], first: int, stop: int) -> Iterator[tuple[_Cue, int, int]]:
    """Each cue over the whole clause, so that everything is denied twice."""
    for cue in cues:
        if first < cue.first:
            yield cue, first, cue.first
        if cue.stop < stop:
            yield cue, cue.stop, stop


def _reach(words: list[_Word], cue: _Cue, following: int) -> int:
    """How far a cue can reach when another follows, which takes its "en", "en ook" and such along."""
    while cue.stop < following and words[following - 1].form in _LEADS:
        following -= 1
    return following


def _past_leads(words: list[_Word], position: int) -> int:
    while position < len(words) and words[position].form in _LEADS:
        position += 1
    return position


def _ends(words: list[_Word], cue: _Cue, position: int, stop: int) -> bool:
    """Whether the scope of a cue before this word ends here, though the clause goes on."""
    form, last = words[position].form, words[position - 1].form
    if form in _QUESTIONS or (form in {"of", "wat"} and last in _UNSURE):
        return True
    if position == cue.stop:
        return False
    if form in _TURNS:
        return True
    if last in _ALONE and form not in _LISTERS and cue.kind is _Kind.CLAUSE:
        return position == cue.stop + 1 or words[cue.stop].form in _LIGHT
    if form in _VERBS:
        opens = cue.kind is _Kind.WITHOUT and (cue.first == 0 or words[cue.first].gap != "")
        return opens or (position + 1 < stop and words[position + 1].form in _SUBJECTS)
    inverted = last in _VERBS or (cue.kind is _Kind.CLAUSE and position == cue.stop + 1)
    return form in _I_WE and not inverted and last not in _LINKS


def _before(words: list[_Word], cue: _Cue, first: int, stop: int) -> int:
    """Where the scope before the cue starts; at the cue when there is none."""
    rest = [word.form for word in words[cue.stop : stop]]
    forms = [word.form for word in words[first : cue.first]]
    if rest and rest[0] in _MEANS and all(form in _MEANS or _is_light(form, cue.kind) for form in rest):
        places = [place for place, form in enumerate(forms) if form in _TOWARDS]
        return first + places[0] if places else cue.first
    if not forms or forms[-1] in _FAILS or cue.kind in {_Kind.WITHOUT, _Kind.NOBODY}:
        return cue.first
    if not all(_is_light(form, cue.kind) for form in rest):
        return cue.first
    start = max(
        (place for place, form in enumerate(forms) if place and form in {"die", "dat"} and forms[place - 1] != "iets"),
        default=0,
    )
    if _SUBJECTS.isdisjoint(forms):
        start = max((place + 1 for place, form in enumerate(forms) if place and form in _DOERS), default=start)
    return first + start


def _is_light(form: str, kind: _Kind) -> bool:
    """Whether a word after the cue leaves what stands before it as what is denied."""
    if kind is _Kind.NOUN:
        return form == "meer"
    if form in _LIGHT or form in _VERBS:
        return True
    shaped = _PARTICIPLE.fullmatch(form) or (kind is _Kind.CLAUSE and _VERB_SHAPE.fullmatch(form))
    return bool(shaped) and form not in _STATES


def _resumes(words: list[_Word], first: int) -> bool:
    """Whether the clause takes up the one before: "video, dat doen we niet"."""
    return words[first].gap == "," and words[first].form in {"dat", "die", "dit"}
