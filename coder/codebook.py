"""The codebook: the codes one codes with, and how a name in a file finds its code."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from hashlib import sha256

from coder.errors import CodebookError

SPECIAL = ("other", "none", "dont_know")
"""Ids of codes that are counted but never ranked: they stand last in a table."""


class Negation(Enum):
    """What a code does with a hit that is negated ("geen video")."""

    COUNT = "count"
    SKIP = "skip"
    ONLY = "only"


@dataclass(frozen=True, slots=True)
class Code:
    """One theme: its id, number, labels by language, and the rules that find it.

    `rules` find the code; a hit that overlaps a hit of `exceptions` does not count. `examples` must
    get the code by its rules and `counterexamples` must not. `formerly` lists labels or ids that
    the code had in an earlier wave. `negation` says whether a negated hit counts.
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

    def __post_init__(self) -> None:
        if not self.id or self.id != self.id.strip() or self.id == "-" or {";", "\n"} & set(self.id):
            raise CodebookError(f"The id {self.id!r} cannot be used: an id is not empty, not '-' and has no ';'.")
        if self.number < 0:
            raise CodebookError(f"Code {self.id!r} has number {self.number}; numbers start at 0.")

    def named(self, language: str) -> str:
        """The label in this language, or in another one, or the id."""
        return self.label.get(language) or next(iter(self.label.values()), self.id)


@dataclass(frozen=True)
class Codebook:
    """A list of codes. Ids and numbers are unique; so are labels within a language."""

    codes: tuple[Code, ...]
    name: str = "codebook"
    version: str = ""
    language: str = "nl"
    question: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.codes:
            raise CodebookError(f"The codebook {self.name!r} has no codes.")
        self._unique("Ids", (code.id for code in self.codes), "id")
        self._unique("Numbers", (code.number for code in self.codes), "number")
        for language in sorted({language for code in self.codes for language in code.label}):
            labels = (code.label[language] for code in self.codes if language in code.label)
            self._unique(f"Labels ({language})", labels, "label")

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
        """Twelve hexadecimal digits that change when anything in the codes changes."""
        return sha256(repr(self.codes).encode()).hexdigest()[:12]

    def label(self, id_: str, language: str | None = None) -> str:
        """The label of a code in this language (the codebook's own unless given); an unknown id stays as it is."""
        code = self._by_id.get(id_)
        return code.named(language or self.language) if code else id_

    def find(self, name: str) -> str | None:
        """The id of the code with this id, number, label (any language) or former name; else None.

        Case, accents apart, and space at the ends do not matter.
        """
        return self._by_name.get(_key(name))

    @cached_property
    def _by_id(self) -> dict[str, Code]:
        return {code.id: code for code in self.codes}

    @cached_property
    def _by_name(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for kind in ("formerly", "number", "label", "id"):  # a later kind wins: ids before labels
            for code in self.codes:
                names |= {_key(name): code.id for name in _names(code, kind)}
        return names


def _names(code: Code, kind: str) -> tuple[str, ...]:
    match kind:
        case "formerly":
            return code.formerly
        case "number":
            return (str(code.number),)
        case "label":
            return tuple(code.label.values())
        case _:
            return (code.id,)


def _key(name: str) -> str:
    return " ".join(name.casefold().split())
