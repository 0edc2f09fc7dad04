"""The codebook: the codes one codes with, and how a name in a file finds its code."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from hashlib import sha256
from itertools import chain

from coder.errors import CodebookError
from coder.note import Note
from coder.shown import ROWS, html_table
from coder.surrogates import has_half

SPECIAL = ("other", "none", "dont_know")
"""Ids of codes that are counted but never ranked: they stand last in a table."""


_COLOUR = re.compile("#[0-9a-fA-F]{6}")


class Negation(Enum):
    """What a code does with a hit that is negated ("geen video")."""

    COUNT = "count"
    SKIP = "skip"
    ONLY = "only"


@dataclass(frozen=True, slots=True)
class Code:
    """One theme: its id, number, labels by language, and the rules that find it.

    `rules` find the code; a hit that overlaps a hit of `exceptions` does not count. `examples` must
    get the code by its rules and `counterexamples` must not. `negation` says whether a negated hit counts.
    `net` is the id of the code it is counted under, `colour` is "#rrggbb" or empty. `since` and `until`
    name the first and the last version of the codebook that has the code. `formerly` lists labels or
    ids that it had in an earlier wave.
    """

    id: str
    number: int
    label: Mapping[str, str]
    definition: str = ""
    rules: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()
    negation: Negation = Negation.COUNT
    net: str = ""
    colour: str = ""
    since: str = ""
    until: str = ""

    def __post_init__(self) -> None:
        if not self.id or self.id != self.id.strip() or self.id == "-" or {";", "\n"} & set(self.id):
            raise CodebookError(f"The id {self.id!r} cannot be used: an id is not empty, not '-' and has no ';'.")
        if self.number < 0:
            raise CodebookError(f"Code {self.id!r} has number {self.number}; numbers start at 0.")
        if self.colour and not _COLOUR.fullmatch(self.colour):
            raise CodebookError(f"Code {self.id!r} has colour {self.colour!r}; a colour is written '#rrggbb'.")
        listed = (self.rules, self.exceptions, self.examples, self.counterexamples, self.formerly)
        texts = (self.id, *self.label, *self.label.values(), self.definition, self.net, self.since, self.until)
        _whole(chain(texts, *listed), f"Code {self.id!r}")

    def named(self, language: str) -> str:
        """The label in this language, or in another one, or the id."""
        return self.label.get(language) or next(iter(self.label.values()), self.id)


@dataclass(frozen=True, repr=False)
class Codebook:
    """A list of codes. Ids and numbers are unique; so are labels within a language.

    `lists` are named lists of words that rules may refer to (`@platforms`); a list is not called as a
    code is. A `net` is a code of this codebook, and no code stands under itself.
    """

    codes: tuple[Code, ...]
    name: str = "codebook"
    version: str = ""
    language: str = "nl"
    question: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __repr__(self) -> str:
        version = f" {self.version}" if self.version else ""
        return f"<Codebook {self.name!r}{version}: {len(self.codes)} codes in {self.language}>"

    def _repr_html_(self) -> str:
        rows = [(code.number, code.id, code.named(self.language), len(code.rules)) for code in self.codes[:ROWS]]
        more = [f"… {len(self.codes) - ROWS} more codes"] if len(self.codes) > ROWS else []
        return html_table(repr(self)[1:-1], ["number", "id", "label", "rules"], rows, more, [True, False, False, True])

    def __post_init__(self) -> None:
        if not self.codes:
            raise CodebookError(f"The codebook {self.name!r} has no codes.")
        words = chain(self.lists, *self.lists.values())
        texts = chain((self.name, self.version, self.language), self.question, self.question.values(), words)
        _whole(texts, f"The codebook {self.name!r}")
        self._unique("Ids", (code.id for code in self.codes), "id")
        self._unique("Numbers", (code.number for code in self.codes), "number")
        for language in sorted({language for code in self.codes for language in code.label}):
            labels = (code.label[language] for code in self.codes if language in code.label)
            self._unique(f"Labels ({language})", labels, "label")
        if both := sorted(set(self.ids) & set(self.lists)):
            raise CodebookError(f"{', '.join(both)} is a code and a list of words; give the list another name.")
        fine = {""}
        for code in self.codes:
            self._check_nets(code, fine)

    def _check_nets(self, code: Code, fine: set[str]) -> None:
        """Raise where a code stands under itself or under none; `fine` are nets that were looked at."""
        above, seen = code.net, {code.id}
        while above not in fine:
            if above in seen:
                raise CodebookError(f"Code {code.id!r} stands under itself; mend the `net` of {above!r}.")
            if above not in self._by_id:
                raise CodebookError(f"Code {code.id!r} stands under {above!r}, which is not a code; add it.")
            seen.add(above)
            above = self._by_id[above].net
        fine |= seen

    def _unique(self, what: str, values: Iterable[str | int], one: str) -> None:
        if twice := [str(value) for value, times in Counter(values).items() if times > 1]:
            raise CodebookError(
                f"{what} used twice in codebook {self.name!r}: {', '.join(twice)}. Give each code its own {one}."
            )

    @classmethod
    def from_ids(cls, ids: Iterable[str], name: str = "codes") -> "Codebook":
        """A codebook of bare ids, for files that come without one."""
        codes = tuple(Code(id_, number, {}) for number, id_ in enumerate(sorted(set(ids)), start=1))
        return cls(codes, name)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids, in the order of the codebook."""
        return tuple(code.id for code in self.codes)

    @property
    def hash(self) -> str:
        """Twelve hexadecimal digits that change when anything in the codes, the lists or their language changes."""
        language = () if self.language == "nl" else (self.language,)  # as it was when all rules were Dutch
        return sha256(repr((self.codes, dict(self.lists), *language)).encode()).hexdigest()[:12]

    @property
    def above(self) -> dict[str, str]:
        """The net that each code stands under, by their ids; "" for none."""
        return {code.id: code.net for code in self.codes}

    def under_nets(self) -> Iterator[tuple[str, str]]:
        """Each code with each net that it stands under, by their ids: a net may stand under another."""
        above = self.above
        for code in self.ids:
            net = above[code]
            while net:
                yield code, net
                net = above[net]

    def label(self, id_: str, language: str | None = None) -> str:
        """The label of a code in this language (the codebook's own unless given); an unknown id stays as it is."""
        code = self._by_id.get(id_)
        return code.named(language or self.language) if code else id_

    def find(self, name: str) -> str | None:
        """The id of the code with this id, number, label (any language) or former name; else None.

        Case, accents apart, and space at the ends do not matter. A former name that several codes
        claim finds none of them: see `heirs`.
        """
        return self._by_name.get(plain_name(name))

    def heirs(self, name: str) -> tuple[str, ...]:
        """The ids of the codes that were formerly called this; more than one where a code was split."""
        return self._by_former_name.get(plain_name(name), ())

    @cached_property
    def _by_id(self) -> dict[str, Code]:
        return {code.id: code for code in self.codes}

    @cached_property
    def _by_name(self) -> dict[str, str]:
        names = {name: ids[0] for name, ids in self._by_former_name.items() if len(ids) == 1}
        for kind in ("number", "label", "id"):  # a later kind wins: ids before labels
            for code in self.codes:
                names |= {plain_name(name): code.id for name in _names(code, kind)}
        return names

    @cached_property
    def _by_former_name(self) -> dict[str, tuple[str, ...]]:
        heirs: dict[str, tuple[str, ...]] = {}
        for code in self.codes:
            for name in dict.fromkeys(map(plain_name, code.formerly)):
                heirs[name] = (*heirs.get(name, ()), code.id)
        return heirs


def _whole(texts: Iterable[str], where: str) -> None:
    """Raise where a text has half a sign: it could never be written."""
    if half := next(filter(has_half, texts), None):
        raise CodebookError(f"{where} has half a sign in {half!r}; write it anew, or leave it out.")


def _names(code: Code, kind: str) -> tuple[str, ...]:
    match kind:
        case "number":
            return (str(code.number),)
        case "label":
            return tuple(code.label.values())
        case _:
            return (code.id,)


def spelt_apart(names: Iterable[str]) -> list[Note]:
    """The names that differ in capitals or spaces alone: those that are alike in one note."""
    alike: dict[str, set[str]] = {}
    for name in names:
        alike.setdefault(plain_name(name), set()).add(name)
    return [Note("codebook.alike", names=sorted(same)) for same in alike.values() if len(same) > 1]


def plain_name(name: str) -> str:
    """A name without capitals and needless spaces: what makes two of them the same."""
    return " ".join(name.casefold().split())
