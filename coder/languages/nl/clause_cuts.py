"""Where a Dutch sentence is cut in thoughts: at conjunctions, commas and "en", by the tags of its words.

A comma or "en" cuts between two thoughts: two clauses with a finite verb each, or two phrases of a list without
one ("vriendelijke bediening, lekker eten"). It cuts no enumeration within a clause ("de vis, de frietjes en de wijn
waren koud").
"""

from collections.abc import Sequence

from coder.languages.nl.word_lists import STOP_WORDS
from coder.languages.text import Token

_STRONG = frozenset(
    """
    maar want omdat doordat terwijl zodat hoewel aangezien vermits waardoor ofschoon opdat nochtans tenzij mits
    alhoewel doch
    """.split()
)
"""A clause starts here."""

_SUBORDINATORS = frozenset(
    "als wanneer indien toen nadat voordat zodra zolang totdat sinds alvorens mocht al daar".split()
)
"""So it does here, when both sides have a verb."""

_MARKERS = frozenset(
    """
    dat die wat wie waar hoe waarom of als wanneer indien toen nadat voordat zodra zolang totdat sinds omdat doordat
    terwijl zodat hoewel aangezien vermits waardoor welke hoeveel waarmee waarin waarop waarvan waarbij waaraan waarvoor
    waaruit waartoe waarover om daar zoals alsof dan opdat tenzij mits alvorens ofschoon alhoewel wiens hetgeen
    """.split()
)
"""What may open a subordinate clause; its verb is still to come."""

_RELATIVES = frozenset(
    "die dat waar waarmee waarin waarop waarvan waarbij waaraan waarvoor waaruit waartoe waarover".split()
)
_AND = frozenset("en n + & of alsook".split())
_LEADS = frozenset(
    "vooral alleen juist ook gewoon mede zeker enkel niet zelfs net en dus of maar + daarnaast bovendien verder".split()
)
"""These go with the conjunction after them: "vooral omdat"."""

_PRONOUNS = frozenset("ik we wij je jij jullie u men hij ze zij er het dit dat 't t".split())
_SUBJECTS = frozenset("ik we wij je jij jullie u men hij ze zij er het dit dat 't t de een mijn onze".split())
_INVERTED = frozenset("ik we wij je jij men".split())
_RUN_ON = frozenset("ik we wij het er dit deze dat".split())
_OPENERS = frozenset(
    """
    anders daarom daarnaast daardoor bovendien verder daar hier zo toch dus nu dan ook daarvoor soms meestal helaas
    """.split()
)
"""Before a verb and its subject these start a clause."""

_MAAR_AFTER = frozenset("alleen nog zo enkel kom doe ga laat wacht dan om al zeg kan mag toch dus".split())
_MAAR_BEFORE = frozenset("een één 1 liefst weinig half enkele".split())
_PAIRS = frozenset(
    """
    min_meer af_toe goed_kwaad vast_zeker zeker_vast één_ander een_ander een_al keer_keer meer_meer in_om in_rond
    goed_zo bij_dag dag_nacht heen_weer op_top nu_dan hier_daar vroeg_laat kort_bondig nooit_nooit wel_niet al_niet
    enkel_alleen
    """.split()
)
"""The words before and after the en or of of fixed pairs."""

_TAILS = frozenset("zo dergelijke dergelijken dergelijk dies andere anderen noem al enz enzo etc niet".split())
_COMPARES = frozenset("meer minder geen beter betere betere goede goed nog".split())
_MANY = 2
_DEGREES = frozenset("meer veel te weinig zeer heel erg niets alles iets wat minder".split())
_SIGNS = frozenset("+&")
_NAMES = ("SPEC|deeleigen", "N|eigen")
_JOINED = frozenset("da's dat's 'tis tis".split())
_NEAR = 12
_SUBJECT_TAGS = ("VNW", "SPEC", "VG", "N|eigen", "TW", "BW")
_TE = 15
_WHICH = ("LID|bep", "VNW|aanw", "VNW|bez", "VNW|onbep")
_SHREDS = 2.5
_RELATIVE = 5

_CANDIDATES = (
    _STRONG
    | _SUBORDINATORS
    | _RELATIVES
    | _AND
    | _RUN_ON
    | (_OPENERS - {"ook", "dan", "zo", "nu", "toch"})
    | {",", "/"}
)


def may_cut(read: Sequence[Token]) -> bool:
    """Whether there is anything to decide in this part of a sentence."""
    return any(token.form in _CANDIDATES or token.kind == "emoji" for token in read[1:-1])


def cuts(read: Sequence[Token], tags: Sequence[str]) -> list[int]:
    """The tokens before which to cut, in order; `read` is a part of a sentence."""
    return _Part(read, tags).cuts()


class _Part:
    """A part of a sentence, with what its words are."""

    def __init__(self, read: Sequence[Token], tags: Sequence[str]) -> None:
        self.read, self.tags = read, tags
        self.forms = [token.form for token in read]
        size = len(read)
        self.finite = [self._is_verb(place) for place in range(size)]
        if not any(self.finite):
            self.finite = [
                0 < place < size - 1 and tag.startswith("WW|inf|vrij") and tags[place - 1].startswith("N|soort|mv")
                for place, tag in enumerate(tags)
            ]
        self.marker = [self._is_marker(place) for place in range(size)]
        self.verbs = _summed(self.finite)
        self.words = _summed([token.is_word for token in read])
        self.content = _summed([token.is_word and token.form not in STOP_WORDS for token in read])
        self.last_verb = _last(
            [verb or before == "te" for verb, before in zip(self.finite, ["", *self.forms], strict=False)]
        )
        self.last_marker = _last(self.marker)
        self.next_verb = _next(self.finite)
        self.next_marker = _next(self.marker)
        self.strong = [self._is_strong(place) for place in range(size)]
        stops = [strong or form == "," for strong, form in zip(self.strong, self.forms, strict=True)]
        self.next_stop = _next(stops)
        self.next_and = _next([stop or form in _AND for stop, form in zip(stops, self.forms, strict=True)])
        self.not_only = any(
            self.forms[place : place + 2] in (["niet", "alleen"], ["niet", "enkel"]) for place in range(size)
        )

    def _tag(self, place: int) -> str:
        return self.tags[place] if 0 <= place < len(self.tags) else ""

    def _form(self, place: int) -> str:
        return self.forms[place] if 0 <= place < len(self.forms) else ""

    def _is_verb(self, place: int) -> bool:
        """Whether it is a finite verb; one in the plural that has no subject is none: "veilig wonen, ..."."""
        tag = self.tags[place]
        if self.forms[place] == "zijn" and self._form(place - 1) in _AND and self._tag(place + 1).startswith("N|"):
            return False
        if not tag.startswith("WW|pv|tgw|mv") or place == 0:
            return tag.startswith("WW|pv") or self.forms[place] in _JOINED
        near = self.tags[max(place - _NEAR, 0) : place]
        if any("|mv" in one or one.startswith(_SUBJECT_TAGS) for one in near):
            return True
        return self._tag(place + 1).startswith(("VNW", "LID", "N|", "TW", "SPEC"))

    def _is_marker(self, place: int) -> bool:  # noqa: C901 (one branch a word)
        form, tag = self.forms[place], self.tags[place]
        if form not in _MARKERS:
            return False
        if form in {"dat", "die"}:
            if self._form(place + 1) in {",", "", "ook"}:
                return False
            if form == "dat" and self._is_finite(place + 1) and not tag.startswith("VNW|betr"):
                return False
            return tag.startswith(("VG", "VNW|betr")) or (
                tag.startswith("VNW|aanw")
                and place > 0
                and self._tag(place - 1).startswith("N|")
                and not self._is_finite(place + 1)
            )
        if form in {"als", "dan"} and {"even", "zo"} & set(self.forms[max(place - 4, 0) : place]):
            return False
        if form == "dan":
            return tag.startswith("VG") and self._form(place + 1) in _PRONOUNS
        if form in {"toen", "of", "als"}:
            return tag.startswith("VG|onder")
        if form == "wat":
            return not tag.startswith("VNW|onbep") and self._form(place + 1) != "een"
        if form == "om":
            return "te" in self.forms[place + 1 : place + _TE]
        if form == "daar":
            return self._form(place + 1) in _SUBJECTS and not self._is_finite(place - 1)
        return True

    def _is_finite(self, place: int) -> bool:
        return self._tag(place).startswith("WW|pv")

    def _is_strong(self, place: int) -> bool:
        form = self.forms[place]
        if form not in _STRONG:
            return False
        if form == "maar":
            before = self._form(place - 1)
            if before == ",":
                return self._form(place + 1) != "liefst"
            if before in _MAAR_AFTER or before in _MARKERS or self._form(place + 1) in _MAAR_BEFORE or not before:
                return False
            return self.tags[place].startswith("VG") or not self._is_finite(place - 1)
        return True

    def cuts(self) -> list[int]:
        found: list[int] = []
        start = 0
        aside = self._asides()
        for place in range(1, len(self.read)):
            if place > start and not aside[place] and (at := self._cut(place, start)) is not None and at > start:
                found.append(at)
                start = at
        if self.verbs[-1] and self.words[-1] < _SHREDS * (len(found) + 1):
            return []
        return found

    def _asides(self) -> list[bool]:
        """Which tokens stand in brackets that are within a clause."""
        found = [False] * len(self.read)
        opened = None
        for place, form in enumerate(self.forms):
            if form == "(" and place:
                opened = place
            elif form == ")" and opened is not None:
                found[opened : place + 1] = [True] * (place + 1 - opened)
                opened = None
        return found

    def _cut(self, place: int, start: int) -> int | None:
        """Before which token to cut because of this one; None for no cut."""
        form = self.forms[place]
        if self.strong[place]:
            return self._at_strong(place, start)
        if form == ",":
            return place if self._at_comma(place, start) else None
        if form in _AND:
            return place if self._at_and(place, start) else None
        if form == "/":
            return place if self._at_slash(place, start) else None
        if form in _SUBORDINATORS and self._at_subordinator(place, start):
            return self._led(place, start)
        if form in _RELATIVES and self._at_relative(place, start):
            return place
        if self.finite[place] and self._fronted(place, start):
            return place
        if self._runs_on(place, start):
            return place
        if self.read[place - 1].kind == "emoji" and self.read[place].is_word and self.read[place].kind != "emoji":
            return place if self._wide(start, place) and self._wide(place, len(self.read)) else None
        return None

    # what a stretch of tokens [start, stop) is

    def _wide(self, start: int, stop: int, words: int = 2) -> bool:
        return self.words[stop] - self.words[start] >= words

    def _says(self, start: int, stop: int) -> bool:
        return self.content[stop] > self.content[start]

    def _has_verb(self, start: int, stop: int) -> bool:
        return self.verbs[stop] > self.verbs[start]

    def _open(self, start: int, stop: int) -> bool:
        """Whether a subordinate clause has begun whose verb is still to come."""
        marker = self.last_marker[stop]
        return marker >= start and self.last_verb[stop] < marker

    def _closed(self, start: int, stop: int) -> bool:
        """Whether it has a finite verb and nothing open: a thought may end here."""
        return self._has_verb(start, stop) and not self._open(start, stop)

    def _main_verb(self, start: int, stop: int) -> int | None:
        """Its first finite verb that is not of a subordinate clause within it; the clause may begin with a marker."""
        verb = self.next_verb[start]
        first = start
        while first < stop and (
            not self.read[first].is_word or self.forms[first] in _AND or self.forms[first] in _LEADS
        ):
            first += 1
        marker = self.next_marker[first + 1] if first + 1 <= len(self.read) else len(self.read)
        return verb if verb < stop and verb < marker else None

    def _led(self, place: int, start: int) -> int:
        """The conjunction with the word that leads it."""
        while place - 1 > start and self.forms[place - 1] in _LEADS:
            place -= 1
        return place

    # the decisions

    def _at_strong(self, place: int, start: int) -> int | None:
        form, size = self.forms[place], len(self.read)
        if not self._wide(place, size):
            return None
        stop = self.next_stop[place + 1]
        if form == "maar":
            if self._form(place + 1) == "ook" and (self.not_only or self._main_verb(place, stop) is None):
                return None
            if self._attributes(place, start):
                return None
            return place
        if self._open(start, place) or not self._says(start, place):
            return None
        return self._led(place, start)

    def _attributes(self, place: int, start: int) -> bool:
        """Whether adjectives are joined before their noun: "kleine maar fijne kaart"."""
        before, after = self._tag(place - 1), self._tag(place + 1)
        if before.startswith("ADJ|prenom"):
            return True
        if not before.startswith("ADJ") or any(tag.startswith("N|") for tag in self.tags[start:place][-8:]):
            return False
        return after.startswith("ADJ") and not self._has_verb(start, place) and self._tag(place + 2).startswith("N|")

    def _at_subordinator(self, place: int, start: int) -> bool:
        stop = self.next_stop[place + 1]
        if self.forms[place] in {"als", "toen", "sinds"} and not self.tags[place].startswith("VG|onder"):
            return False
        if self.forms[place] == "als" and not (
            self._form(place + 1) in _SUBJECTS or self._tag(place + 1).startswith(("VNW|pers", "LID"))
        ):
            return False
        back = self.forms[max(start, place - 4) : place]
        if self.forms[place] == "als" and ("zo" in back or "even" in back or "zowel" in self.forms[start:place]):
            return False
        if self.forms[place] == "al" and not self._is_finite(place + 1):
            return False
        if self.forms[place] == "daar" and not self.marker[place]:
            return False
        if not self._has_verb(place, stop) or self._form(place - 1) in {"net", "dan", "meer", "zo"}:
            return False
        if self._open(start, place) or not self._says(start, place) or not self._wide(place, len(self.read), 3):
            return False
        return self._wide(start, place, 3)

    def _at_relative(self, place: int, start: int) -> bool:
        """Whether what is said of a noun is a thought; that which tells which one is none ("de tafel waar ...")."""
        if not self.marker[place] or self._tag(place).startswith("VG"):
            return False
        stop = self.next_stop[place + 1]
        head = place - 1
        if not self._tag(head).startswith(("N|", "ADJ|nom")):
            return False
        before = range(max(start, head - 4), head)
        if any(self._tag(one).startswith(_WHICH) or self.forms[one] in _AND for one in before):
            return False
        return (
            self._closed(start, place)
            and self._wide(place, stop, _RELATIVE)
            and self._has_verb(place, stop)
            and self._wide(start, place, 3)
        )

    def _fronted(self, place: int, start: int) -> bool:
        """Whether a clause in front ends before this verb: "als je niet stemt / mag je niet klagen"."""
        first = self._first_word(start)
        while self._form(first) in _LEADS and first < place:
            first += 1
        if self._form(first) not in (_STRONG | _SUBORDINATORS) or not self.marker[first]:
            return False
        if self._form(place + 1) not in _SUBJECTS or not self._wide(place, len(self.read), 3):
            return False
        if self._tag(place - 1).startswith("WW"):
            return True
        return self._form(place + 1) in _INVERTED and any(form in _INVERTED for form in self.forms[first + 1 : place])

    def _runs_on(self, place: int, start: int) -> bool:
        """Whether a main clause starts here though nothing leads to it: "mooi terras wij komen terug"."""
        form = self.forms[place]
        if not self._wide(start, place, 3) or not self._wide(place, len(self.read), 3) or self._open(start, place):
            return False
        before = self.forms[place - 1]
        if (
            self._form(start) == "wat"
            or before in _AND
            or before in {",", "/", "dan", "zoals"}
            or before in _MARKERS
            or before in _STRONG
        ):
            return False
        if not self._closed(start, place) and not self._says(start, place):
            return False
        if form in _RUN_ON:
            if (
                not self.finite[place + 1]
                or self._is_finite(place - 1)
                or self._tag(place - 1).startswith(("VZ", "LID"))
            ):
                return False
            if form == "deze" and "prenom" in self._tag(place):
                return False
            return self._has_verb(start, place) or form in {"ik", "we", "wij"}
        if form == "dus":
            return self._is_finite(place + 1) and self._closed(start, place)
        if form in _OPENERS:
            return (
                self._is_finite(place + 1)
                and self._form(place + 2) in _SUBJECTS
                and self._closed(start, place)
                and (not self._is_finite(place - 1) or self.last_marker[place] >= start)
            )
        return False

    def _at_slash(self, place: int, start: int) -> bool:
        stop = min(self.next_stop[place + 1], next(iter(self._slashes(place + 1)), len(self.read)))
        if self.words[-1] == self.forms.count("/") + 1 and not self.verbs[-1] and self.words[-1] > _MANY:
            return True
        spaced = self.read[place].start > self.read[place - 1].end
        both = self._wide(start, place) and self._wide(place, stop)
        return both and (spaced or not self.verbs[-1])

    def _slashes(self, first: int) -> list[int]:
        return [place for place in range(first, min(first + _NEAR, len(self.read))) if self.forms[place] == "/"]

    def _at_comma(self, place: int, start: int) -> bool:
        size = len(self.read)
        after = place + 1
        while after < size and not self.read[after].is_word:
            after += 1
        if (
            after >= size
            or self.strong[after]
            or self.forms[place - 1] == "betreft"
            or (self.forms[after] in _AND and self.forms[after] != "n")
        ):
            return False
        stop = self.next_stop[place + 1]
        joint = min(self.next_and[place + 1], stop)
        left = self._closed(start, place)
        if self._open(start, place) or not self._says(start, place):
            return False
        right = self._main_verb(place + 1, self._clause_stop(place + 1, stop))
        if self.forms[after] == "dat" and self.tags[after].startswith("VG"):
            return False
        if left and right is not None:
            return True
        if left:
            return self._adds(place, after, stop, joint)
        if right is not None:
            return self._after_phrase(place, start, after, right)
        return self._lists(place, start, after, joint)

    def _clause_stop(self, first: int, stop: int) -> int:
        """Where the part after a comma ends at the latest: at an en with a clause after it."""
        joint = self.next_and[first]
        while joint < stop:
            if self._form(joint + 1) in _PRONOUNS or self._is_finite(joint + 1):
                return joint
            joint = self.next_and[joint + 1]
        return stop

    def _adds(self, place: int, after: int, stop: int, joint: int) -> bool:
        """Whether words without a verb, after a clause, are a thought: "nooit meer, veel te duur voor wat het is"."""
        if not self._wide(after, joint) or not self._says(after, joint):
            return False
        before = "A" if self._tag(place - 1).startswith("ADJ") else self._kind(place - 1)
        first = self._kind(after)
        if first == "P":
            return False
        if joint < self._clause_stop(after, stop) and (before, first) != ("N", "A"):
            return False
        if (
            self._form(stop) == ","
            and not self.strong[stop]
            and stop < len(self.read)
            and self._main_verb(stop, self.next_stop[stop + 1]) is None
            and before == first
        ):
            return False
        noun = any(tag.startswith("N|") for tag in self.tags[after:stop][:8])
        if before == "N":
            return first != "N" and self._wide(after, stop, 2 if not noun else 4)
        return not (first == "A" and self._tag(place - 1).startswith("ADJ") and not noun)

    def _kind(self, place: int) -> str:
        """N for what stands in or opens a noun phrase, A for what is said of one, P for a preposition, else ""."""
        tag = self._tag(place)
        if self.forms[place : place + 1] and self.forms[place] in _DEGREES:
            return "A"
        if tag.startswith(("N|", "LID", "SPEC", "TW", "VNW|bez", "VNW|onbep", "ADJ|prenom", "ADJ|nom", "WW|inf|nom")):
            return "N"
        if tag.startswith("VZ"):
            return "P"
        return "A" if tag.startswith(("ADJ", "WW|vd", "WW|od", "BW")) else ""

    def _after_phrase(self, place: int, start: int, after: int, verb: int) -> bool:
        """Whether a clause begins after a comma and a phrase without a verb: "goede bediening, we komen terug"."""
        first = self._first_word(start)
        tag = self._tag(first)
        many = self._wide(start, place)
        if tag.startswith("BW") and not self._wide(start, place, 4):
            return False
        if tag.startswith("VZ") or (not many and not tag.startswith(("N|", "ADJ", "WW|inf"))):
            return False
        if verb == after:
            return many and not tag.startswith(("LID|bep", "VNW", "SPEC"))
        if place > _MANY and self.forms[place - _MANY] == "," and self.next_and[after] < verb:
            return False
        alike = tag.startswith("LID") == self._tag(after).startswith("LID")
        if (
            alike
            and any(form in _AND or form == "," for form in self.forms[after:verb][:24])
            and "|mv" in self.tags[verb]
        ):
            return False
        return not (self._is_bare(start, place) and tag.startswith(("LID", "VNW")))

    def _first_word(self, start: int) -> int:
        while start < len(self.read) - 1 and (not self.read[start].is_word or self.forms[start] in _AND):
            start += 1
        return start

    def _is_bare(self, start: int, stop: int) -> bool:
        """Whether it is a noun, with no more than its article."""
        words = [
            tag
            for token, tag in zip(self.read[start:stop][:5], self.tags[start:stop][:5], strict=True)
            if token.is_word and token.form not in _AND
        ]
        if not words or len(words) > _MANY or not words[-1].startswith(("N|", "SPEC")):
            return False
        return len(words) == 1 or words[0].startswith(("LID", "VNW|bez", "VNW|aanw"))

    def _lists(self, place: int, start: int, after: int, joint: int) -> bool:
        """Whether two phrases are themes of a list."""
        verb = self.verbs[-1] > 0
        if self._tag(place - 1).startswith("ADJ|prenom") or self._attributes_comma(place, start):
            return False
        left, right = self._wide(start, place), self._wide(after, joint)
        if verb:
            return left and right and not self._is_bare(start, place)
        if not self._says(after, joint) or self.forms[0] == "(":
            return False
        first = self._tag(self._first_word(start))
        preposition = any(tag.startswith("VZ") for tag in self.tags[start:place][-4:])
        if preposition and not right:
            return False
        return right or left or not first.startswith(("BW", "VG")) or not self._says(start, place)

    def _attributes_comma(self, place: int, start: int) -> bool:
        """Whether these are adjectives of one noun: "vriendelijke, vlotte bediening"."""
        if not self._tag(place - 1).startswith("ADJ") or any(
            tag.startswith("N|") for tag in self.tags[start:place][-6:]
        ):
            return False
        return self._tag(place + 1).startswith("ADJ|prenom")

    def _at_and(self, place: int, start: int) -> bool:  # noqa: C901, PLR0912 (one branch a case)
        size, form = len(self.read), self.forms[place]
        stop = self.next_stop[place + 1]
        if (
            not self._wide(place + 1, size, 1)
            or not self._says(start, place)
            or self.strong[place + 1 if place + 1 < size else place]
        ):
            return False
        if form == "n" and not self.tags[place].startswith("VG"):
            return False
        before, after = self.forms[place - 1], self._form(place + 1)
        if (
            f"{before}_{after}" in _PAIRS
            or (after == "meer" and not self._wide(place + 1, stop))
            or (after in _TAILS and self.words[stop] - self.words[place + 1] <= _MANY)
        ):
            return False
        if self._open(start, place):
            return False
        if form == "of" and not self.tags[place].startswith("VG|neven"):
            return False
        left = self._has_verb(start, place)
        main = self._main_verb(place + 1, self._clause_stop(place + 1, stop))
        if form == "of" and main is None and self.verbs[-1]:
            return False
        if after == "om" and "te" in self.forms[place : place + 14] and self._wide(place + 1, size, 3):
            return True
        if not self._wide(place + 1, min(stop, self.next_and[place + 1])):
            if self._last_of_singles(place, start, stop):
                return True
            if main is None:
                return form in _SIGNS and not self.verbs[-1] and self._wide(start, place) and self._says(place, stop)
        if left and main is not None:
            within = self.last_marker[place] > self._first_word(start)
            return not (main == place + 1 and within and self._is_finite(place - 1))
        if left:
            return self._gapped(place, stop) or self._both_to(place, start, stop)
        if main is not None:
            return self._clause_after(place, start, main)
        if self._both_to(place, start, stop):
            return True
        if form in _SIGNS:
            return self._says(place, stop) and self._wide(start, place)
        return self._both_phrases(place, start, stop)

    def _both_to(self, place: int, start: int, stop: int) -> bool:
        """Whether "te" and its verb stand on both sides: "mijn stem laten horen en invloed uit te oefenen"."""
        if not self._wide(place + 1, stop, 3):
            return False
        return (
            "te" in self.forms[max(start, place - 12) : place][-3:]
            and "te" in self.forms[place + 2 : min(stop, place + 12)]
        )

    def _gapped(self, place: int, stop: int) -> bool:
        """Whether the verb is left out: "het eten was lekker en de bediening vriendelijk"."""
        if self._kind(place + 1) != "N" or self._kind(place - 1) == "N":
            return False
        last = stop - 1
        while last > place and not self.read[last].is_word:
            last -= 1
        return self._tag(last).startswith(("ADJ|vrij", "WW|vd|vrij")) and any(
            tag.startswith("N|") for tag in self.tags[place + 1 : last][:8]
        )

    def _clause_after(self, place: int, start: int, verb: int) -> bool:
        """Whether a clause begins at "en" after a phrase without a verb: "mijn plicht en wil iets doen"."""
        first = self._tag(self._first_word(start))
        many = self._wide(start, place)
        if verb == place + 1:
            return not first.startswith("VZ")
        if self._form(place + 1) in {"ik", "het", "dit", "dat", "er"}:
            return "|mv" not in self.tags[verb] or (many and self.forms[place + 1] == "er")
        if self._form(place + 1) in {"we", "wij"}:
            return True
        if first.startswith(("LID", "VNW|bez")) and self._is_bare(start, place):
            return False
        if self.marker[place + 1] or self.forms[place + 1] in _OPENERS:
            return True
        if any(tag.startswith("VZ") for tag in self.tags[max(start, place - 3) : place]):
            return False
        return many and "|mv" not in self.tags[verb] and not first.startswith("VZ")

    def _last_of_singles(self, place: int, start: int, stop: int) -> bool:
        """Whether an "en" is the last in a list of single words that is the whole answer."""
        if self.verbs[-1] or stop < len(self.read) or self.forms[0] == "(":
            return False
        first = start + (self.forms[start] == ",")
        listed = self.words[place] - self.words[first] == 1 and start > 0
        return listed or (
            "," not in self.forms
            and self.forms.count("en") >= _MANY
            and len(self.read) == 2 * self.forms.count("en") + 1
        )

    def _both_phrases(self, place: int, start: int, stop: int) -> bool:
        """Whether both sides are phrases of a list without a verb."""
        if self._attributes(place, start):
            return False
        first = place + 1
        if not self._wide(start + (self.forms[start] in _AND), place):
            head = self._tag(first)
            noun = self._tag(place - 1).startswith(("N|", "SPEC", "WW|inf"))
            return noun and ((start > 0 and "," in self.forms) or head.startswith(("LID", "VNW|onbep", "BW")))
        if self.forms[first] in _COMPARES:
            return True
        if self._tag(place - 1).startswith(_NAMES) and self._tag(first).startswith(_NAMES):
            return False
        if self._is_bare(start, place) and self._tag(first).startswith("N|"):
            return False
        near = self.tags[max(start, place - 3) : place]
        opening = self._tag(self._first_word(start))
        if opening.startswith("VZ") and not self._tag(first).startswith("VZ"):
            return False
        if any(tag.startswith("VZ") for tag in near):
            return any(tag.startswith("VZ") for tag in self.tags[first:stop][:8]) or self._wide(first, stop, 4)
        if (
            self._kind(place - 1) == "A"
            and self._kind(first) == "A"
            and not any(tag.startswith("N|") for tag in self.tags[start:place])
        ):
            return not any(tag.startswith("N|") for tag in self.tags[first:stop][:6])
        return True


def _summed(flags: Sequence[bool]) -> list[int]:
    found = [0]
    for flag in flags:
        found.append(found[-1] + flag)
    return found


def _last(flags: Sequence[bool]) -> list[int]:
    """For each place, the last that is flagged before it; -1 where none is."""
    found = [-1]
    for place, flag in enumerate(flags):
        found.append(place if flag else found[-1])
    return found


def _next(flags: Sequence[bool]) -> list[int]:
    """For each place, the first that is flagged from it on; the end where none is. There are two more."""
    size = len(flags)
    found = [size] * (size + 2)
    for place in range(size - 1, -1, -1):
        found[place] = place if flags[place] else found[place + 1]
    return found
