"""The codebook: its codes, how a name in a file finds its code, and what changed between two versions."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from hashlib import sha256
from itertools import chain
from unicodedata import combining, normalize

from coder.characters import as_seen, has_half
from coder.errors import CodebookError
from coder.html_table import ROWS, html_table
from coder.note import Note, Text

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
            raise CodebookError("codebook.id_unusable", id=self.id)
        if self.number < 0:
            where = Note("codebook.code", code=self.id)
            raise CodebookError("codebook.number_negative", where=where, number=self.number)
        if self.colour and not _COLOUR.fullmatch(self.colour):
            raise CodebookError("codebook.colour_wrong", code=self.id, colour=self.colour)
        listed = (self.rules, self.exceptions, self.examples, self.counterexamples, self.formerly)
        texts = (self.id, *self.label, *self.label.values(), self.definition, self.net, self.since, self.until)
        if half := _halved(chain(texts, *listed)):
            raise CodebookError("codebook.half_in_code", code=self.id, text=half)

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
        more = [Note("corpus.more_codes", count=len(self.codes) - ROWS)] if len(self.codes) > ROWS else []
        return html_table(repr(self)[1:-1], ["number", "id", "label", "rules"], rows, more, [True, False, False, True])

    def __post_init__(self) -> None:
        if not self.codes:
            raise CodebookError("codebook.no_codes", name=self.name)
        words = chain(self.lists, *self.lists.values())
        texts = chain((self.name, self.version, self.language), self.question, self.question.values(), words)
        if half := _halved(texts):
            raise CodebookError("codebook.half_in_book", name=self.name, text=half)
        if ids := _twice(code.id for code in self.codes):
            raise CodebookError("codebook.ids_twice", name=self.name, ids=ids)
        if numbers := _twice(code.number for code in self.codes):
            raise CodebookError("codebook.numbers_twice", name=self.name, numbers=numbers)
        for language in sorted({language for code in self.codes for language in code.label}):
            if labels := _twice(code.label[language] for code in self.codes if language in code.label):
                raise CodebookError("codebook.labels_twice", name=self.name, language=language, labels=labels)
        if both := sorted(set(self.ids) & set(self.lists)):
            raise CodebookError("codebook.code_and_list", names=both, count=len(both))
        fine = {""}
        for code in self.codes:
            self._check_nets(code, fine)

    def _check_nets(self, code: Code, fine: set[str]) -> None:
        """Raise where a code stands under itself or under none; `fine` are nets that were looked at."""
        above, seen = code.net, {code.id}
        while above not in fine:
            if above in seen:
                raise CodebookError("codebook.net_circle", code=code.id, above=above)
            if above not in self._by_id:
                raise CodebookError("codebook.net_unknown", code=code.id, above=above)
            seen.add(above)
            above = self._by_id[above].net
        fine |= seen

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
    def is_bare(self) -> bool:
        """Whether it says nothing of its codes but their ids, as `from_ids` makes it."""
        return all(code == Code(code.id, code.number, {}) for code in self.codes)

    @property
    def hash(self) -> str:
        """Twelve hexadecimal digits that change when anything in the codes, the lists or their language changes."""
        language = () if self.language == "nl" else (self.language,)  # as it was when all rules were Dutch
        return sha256(repr((self.codes, dict(self.lists), *language)).encode()).hexdigest()[:12]

    @property
    def rules_hash(self) -> str:
        """Twelve hexadecimal digits that change when rules would code otherwise: not with a label or a definition."""
        codes = [(one.id, one.rules, one.exceptions, one.negation.value) for one in self.codes if one.rules]
        return sha256(repr((sorted(codes), dict(self.lists), self.language)).encode()).hexdigest()[:12]

    def codes_otherwise(self, then: "Codebook") -> bool:
        """Whether a machine may code otherwise with this codebook than with `then`: other rules, or a code less."""
        return self.rules_hash != then.rules_hash or not set(then.ids) <= set(self.ids)

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

    def text(self, id_: str) -> Text:
        """The label of a code in every language that it has; in files it is that of the codebook's own language."""
        code = self._by_id.get(id_)
        return Text(code.named(self.language), code.label) if code else Text(id_)

    @property
    def asked(self) -> Text:
        """The question that the codes answer, as its author worded it in one or more languages; "" without one."""
        return Text(self.question.get(self.language) or next(iter(self.question.values()), ""), self.question)

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


def _halved(texts: Iterable[str]) -> str:
    """The first text with half a character, which could never be written; "" where there is none."""
    return next(filter(has_half, texts), "")


def _twice(values: Iterable[str | int]) -> list[str]:
    return [str(value) for value, times in Counter(values).items() if times > 1]


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
    return _alike(names, plain_name)


def nearly_alike(names: Iterable[str]) -> list[Note]:
    """The names that differ in capitals, spaces or accents alone, as `spelt_apart` has them."""
    return _alike(names, lambda name: "".join(filter(_is_no_accent, normalize("NFD", plain_name(name)))))


def _alike(names: Iterable[str], key: Callable[[str], str]) -> list[Note]:
    found: dict[str, set[str]] = {}
    for name in names:
        found.setdefault(key(name), set()).add(name)
    return [Note("codebook.alike", names=sorted(same)) for same in found.values() if len(same) > 1]


def _is_no_accent(sign: str) -> bool:
    return not combining(sign)


def plain_name(name: str) -> str:
    """A name without capitals, needless spaces and what nobody sees in it: what makes two of them the same."""
    return " ".join(as_seen(name).casefold().split())


REUSED = "number reused"
_TEXTS = ("definition", "net", "colour", "since", "until")
_LISTS = ("rules", "exceptions", "examples", "counterexamples", "formerly")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed: what, in which code (its new id; its old one if it is gone), from what to what.

    Of a list each text is a change of its own: one that is gone has nothing in `now`, a new one nothing
    in `was`; the order of a list does not matter.
    """

    kind: str
    code: str
    was: str
    now: str


def mapping(old: Codebook, new: Codebook) -> dict[str, tuple[str, ...]]:
    """For every old code, by id, the ids of the codes that it is in the new codebook.

    None where it was dropped; several where it was split. A code becomes the one with its id and
    those that name its id or a label of it in `formerly` and did not yet; else a new one with a label
    of it, that with its number first.
    """
    return {code.id: tuple(_successors(code, old, new)) for code in old.codes}


def diff(old: Codebook, new: Codebook) -> list[Change]:
    """What changed: first the codes that came, went, merged or split, then code by code, then the order.

    `REUSED` is an error: a number of an old code that another code now has.
    """
    into = mapping(old, new)
    origins: dict[str, list[Code]] = {code.id: [] for code in new.codes}
    for code in old.codes:
        for id_ in into[code.id]:
            origins[id_].append(code)
    changes = [Change("dropped", code.id, _named(code, old), "") for code in old.codes if not into[code.id]]
    changes += [Change("added", code.id, "", _named(code, new)) for code in new.codes if not origins[code.id]]
    changes += [Change("split", id_, id_, ", ".join(ids)) for id_, ids in into.items() if len(ids) > 1]
    changes += [
        Change("merged", id_, ", ".join(code.id for code in codes), id_)
        for id_, codes in origins.items()
        if len(codes) > 1
    ]
    changes += _reused(old, new, into)
    for code in new.codes:
        if (before := _same(code, origins[code.id], into)) is not None:
            changes += _within(before, code, into)
    return [*changes, *_whole_book(old, new), *_order(old, new, into)]


def _successors(code: Code, old: Codebook, new: Codebook) -> list[str]:
    names = {plain_name(name) for name in (code.id, *code.label.values()) if name}
    earlier = {one.id: set(map(plain_name, one.formerly)) for one in old.codes}
    claims = {one.id: set(map(plain_name, one.formerly)) - earlier.get(one.id, set()) for one in new.codes}
    if claimed := [id_ for id_, claim in claims.items() if as_seen(id_) == as_seen(code.id) or names & claim]:
        return claimed
    labelled = [one for one in new.codes if one.id not in earlier and _shares_label(code, one)]
    return [one.id for one in sorted(labelled, key=lambda one: one.number != code.number)][:1]


def _same(code: Code, origins: Iterable[Code], into: Mapping[str, tuple[str, ...]]) -> Code | None:
    """The old code of which this is the next version: that with its id, else the only one it was."""
    found = list(origins)
    alike = [one for one in found if one.id == code.id]
    if alike:
        return alike[0]
    return found[0] if len(found) == 1 and len(into[found[0].id]) == 1 else None


def _reused(old: Codebook, new: Codebook, into: Mapping[str, tuple[str, ...]]) -> Iterator[Change]:
    by_number = {code.number: code for code in old.codes}
    for code in new.codes:
        before = by_number.get(code.number)
        if before is not None and code.id not in into[before.id]:
            yield Change(REUSED, code.id, f"{code.number}: {before.id}", f"{code.number}: {code.id}")


def _within(old: Code, new: Code, into: Mapping[str, tuple[str, ...]]) -> Iterator[Change]:
    """The changes of one code."""
    if old.id != new.id:
        yield Change("renamed", new.id, old.id, new.id)
    for language in dict.fromkeys([*old.label, *new.label]):
        was, now = old.label.get(language, ""), new.label.get(language, "")
        if was != now:
            yield Change("renamed", new.id, was and f"{language}: {was}", now and f"{language}: {now}")
    if old.number != new.number:
        yield Change("number", new.id, str(old.number), str(new.number))
    if old.negation is not new.negation:
        yield Change("negation", new.id, old.negation.value, new.negation.value)
    for key in _TEXTS:
        was, now = getattr(old, key), getattr(new, key)
        if was != now and not (key == "net" and into.get(was) == (now,)):
            yield Change(key, new.id, was, now)
    for key in _LISTS:
        yield from _of_list(key, new.id, getattr(old, key), getattr(new, key))


def _of_list(kind: str, code: str, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[Change]:
    gone, come = set(old) - set(new), set(new) - set(old)
    yield from (Change(kind, code, text, "") for text in dict.fromkeys(old) if text in gone)
    yield from (Change(kind, code, "", text) for text in dict.fromkeys(new) if text in come)


def _whole_book(old: Codebook, new: Codebook) -> Iterator[Change]:
    """The changes of what belongs to no code; `code` is empty, or the name of a list of words."""
    for kind in ("name", "language", "version"):
        if getattr(old, kind) != getattr(new, kind):
            yield Change(kind, "", getattr(old, kind), getattr(new, kind))
    for language in dict.fromkeys([*old.question, *new.question]):
        was, now = old.question.get(language, ""), new.question.get(language, "")
        if was != now:
            yield Change("question", "", was and f"{language}: {was}", now and f"{language}: {now}")
    for name in dict.fromkeys([*old.lists, *new.lists]):
        yield from _of_list("list", name, old.lists.get(name, ()), new.lists.get(name, ()))


def _order(old: Codebook, new: Codebook, into: Mapping[str, tuple[str, ...]]) -> Iterator[Change]:
    before = [into[code.id][0] for code in old.codes if len(into[code.id]) == 1]
    both = list(dict.fromkeys(before))
    after = [id_ for id_ in new.ids if id_ in both]
    if both != after:
        yield Change("order", "", ", ".join(both), ", ".join(after))


def _shares_label(one: Code, other: Code) -> bool:
    return any(
        label and plain_name(label) == plain_name(other.label.get(language, ""))
        for language, label in one.label.items()
    )


def _named(code: Code, codebook: Codebook) -> str:
    return f"{code.number}: {code.named(codebook.language)}"
