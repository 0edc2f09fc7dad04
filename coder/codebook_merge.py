"""Two changes of one codebook, each made without the other: put together, or refused where both changed the same thing.

A change is what a codebook has beside the one it was made from. Codes are known by their id; of a code each field is
a change of its own, of a label each language, of a list each text. So a rule here and a definition there, or two
rules of one code, go together; two definitions do not.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from coder.codebook import Code, Codebook
from coder.errors import CodebookError
from coder.note import Note

T = TypeVar("T")
_LISTS = ("rules", "exceptions", "examples", "counterexamples", "formerly")
_WHOLE = ("name", "version", "language")
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing that both changed: which field of which code, and what each makes of it.

    `code` is an id, or "" for what belongs to no code; `field` is "" where it is the code as a whole. `theirs` and
    `mine` are "" where that side has it no more.
    """

    code: str
    field: str | Note
    theirs: str | Note
    mine: str | Note

    @property
    def note(self) -> Note:
        """What both changed, and how."""
        field = Note("codebook.field_of", code=self.code, field=self.field) if self.code and self.field else self.field
        where = field or self.code or Note("codebook.itself")
        nothing = Note("codebook.nothing")
        return Note("codebook.conflict", where=where, theirs=self.theirs or nothing, mine=self.mine or nothing)


class ConflictError(CodebookError):
    """Both changed the same thing. `kept` are the codes as merged, by id, with mine where the two are in conflict."""

    def __init__(self, conflicts: tuple[Conflict, ...], kept: Mapping[str, Code]) -> None:
        super().__init__("codebook.conflicts", conflicts=[one.note for one in conflicts])
        self.conflicts, self.kept = conflicts, kept

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.conflicts, self.kept)


def merge(base: Codebook, mine: Codebook, theirs: Codebook) -> Codebook:
    """The codebook with both changes of `base`. Raises `ConflictError` where they changed the same thing."""
    if mine in (base, theirs) or theirs == base:
        return theirs if mine == base else mine
    conflicts: list[Conflict] = []
    order = _order(base, mine, theirs, conflicts)
    codes = {id_: code for id_ in order if (code := _code(id_, base, mine, theirs, conflicts)) is not None}
    at = _At("", conflicts)
    whole: dict[str, Any] = {
        name: _value(name, getattr(base, name), getattr(mine, name), getattr(theirs, name), at) for name in _WHOLE
    }
    whole["question"] = _by_key("question", base.question, mine.question, theirs.question, at)
    whole["lists"] = _lists(base, mine, theirs, codes, at)
    _check_apart(codes, theirs, conflicts)
    gone = {*base.ids, *base.lists} - {*codes, *whole["lists"]}
    for name in sorted(gone):
        _check_referred(name, codes, (mine, theirs), conflicts)
    if conflicts:
        raise ConflictError(tuple(conflicts), codes)
    return replace(theirs, codes=tuple(codes.values()), **whole)


def adds_only(old: Codebook, new: Codebook) -> bool:
    """Whether the new codebook has all of the old one as it is, and perhaps more."""
    same = all(code in new.codes for code in old.codes) and old.lists.items() <= new.lists.items()
    return same and all(getattr(old, name) == getattr(new, name) for name in (*_WHOLE, "question"))


@dataclass(frozen=True, slots=True)
class _At:
    """Where to write the conflicts of one code."""

    code: str
    found: list[Conflict]

    def add(self, field: str | Note, theirs: object, mine: object) -> None:
        """Note that both changed this field."""
        self.found.append(Conflict(self.code, field, _short(theirs), _short(mine)))


def _code(id_: str, base: Codebook, mine: Codebook, theirs: Codebook, found: list[Conflict]) -> Code | None:
    """The code as both have it; None where one took it away."""
    old, ours, other = (next((code for code in book.codes if code.id == id_), None) for book in (base, mine, theirs))
    at = _At(id_, found)
    if other in (ours, old):
        return ours
    if ours == old:
        return other
    if old is None or ours is None or other is None:
        at.add("", other and other.named(theirs.language), ours and ours.named(mine.language))
        return ours
    merged: dict[str, Any] = {}
    for name in (one.name for one in fields(Code)):
        way = _by_key if name == "label" else _list if name in _LISTS else _value
        merged[name] = way(name, getattr(old, name), getattr(ours, name), getattr(other, name), at)
    return Code(**merged)


def _value(name: str, old: T, ours: T, other: T, at: _At) -> T:
    if other not in (old, ours) and ours != old:
        at.add(name, other, ours)
    return other if ours == old else ours


def _by_key(
    name: str, old: Mapping[str, str], ours: Mapping[str, str], other: Mapping[str, str], at: _At
) -> dict[str, str]:
    keys = dict.fromkeys([*other, *ours])
    both = {key: _value(name, old.get(key, ""), ours.get(key, ""), other.get(key, ""), at) for key in keys}
    return {key: text for key, text in both.items() if text}


def _list(
    name: str | Note, old: tuple[str, ...], ours: tuple[str, ...], other: tuple[str, ...], at: _At
) -> tuple[str, ...]:
    """The texts of `other` with what we added and without what we took away.

    A text that both took away was perhaps rewritten: they must have put the same in its place.
    """
    gone, new = set(old) - set(ours), [text for text in ours if text not in old]
    theirs = [text for text in other if text not in old]
    if gone - set(other) and set(new) != set(theirs):
        at.add(name, "; ".join(theirs), "; ".join(new))
        return ours
    if not new and not gone and set(other) == set(old):
        return other if ours == old else ours  # the order alone
    return tuple(dict.fromkeys([*(text for text in other if text not in gone), *new]))


def _lists(
    base: Codebook, mine: Codebook, theirs: Codebook, codes: Mapping[str, Code], at: _At
) -> dict[str, tuple[str, ...]]:
    """The lists of words; none is called as a code is."""
    found: dict[str, tuple[str, ...]] = {}
    for name in dict.fromkeys([*theirs.lists, *mine.lists]):
        old, ours, other = (book.lists.get(name, ()) for book in (base, mine, theirs))
        field = Note("codebook.list_at", name=name)
        if () in (ours, other) and len({old, ours, other}) == 3:  # noqa: PLR2004 (one took it away, one changed it)
            at.add(field, "; ".join(other), "; ".join(ours))
        elif words := _list(field, old, ours, other, at):
            found[name] = words
        if name in found and name in codes:
            at.add(field, *(Note(f"codebook.a_{'list' if name in one.lists else 'code'}") for one in (theirs, mine)))
    return found


def _order(base: Codebook, mine: Codebook, theirs: Codebook, found: list[Conflict]) -> list[str]:
    """The ids of all codes, in the order of whoever changed it, those that only one has at the end."""
    common = set(base.ids) & set(mine.ids) & set(theirs.ids)
    old, ours, other = ([id_ for id_ in book.ids if id_ in common] for book in (base, mine, theirs))
    if ours not in (old, other) and other != old:
        _At("", found).add("order", ", ".join(other), ", ".join(ours))
    first, second = (theirs, mine) if ours == old else (mine, theirs)
    return list(dict.fromkeys([*first.ids, *second.ids]))


def _check_apart(codes: Mapping[str, Code], theirs: Codebook, found: list[Conflict]) -> None:
    """What each could do alone and both cannot: the same number or label for two codes, a net that is gone."""
    for what in ("number", *sorted({language for code in codes.values() for language in code.label})):
        field = what if what == "number" else "label"
        values = {
            id_: code.number if what == "number" else code.label.get(what, "")
            for id_, code in codes.items()
            if what == "number" or code.label.get(what)
        }
        for value in _twice(values.values()):
            ids = sorted((id_ for id_ in values if values[id_] == value), key=lambda id_: id_ not in theirs.ids)
            _At(ids[-1], found).add(field, f"{value} {ids[0]}", f"{value} {ids[-1]}")
    for id_, code in codes.items():
        above, seen = code.net, {id_}
        while above in codes and above not in seen:
            seen.add(above)
            above = codes[above].net
        if above:
            _At(id_, found).add("net", "", above)


def _check_referred(name: str, codes: Mapping[str, Code], sides: tuple[Codebook, ...], found: list[Conflict]) -> None:
    """Rules of one that refer to the code or list that the other took away."""
    refers = re.compile(rf'@(?:"{re.escape(name)}"|{re.escape(name)}(?![^\s"()/]))', re.IGNORECASE)
    broken = [book for book in sides if name not in (*book.ids, *book.lists)]
    known = {(code.id, rule) for book in broken for code in book.codes for rule in (*code.rules, *code.exceptions)}
    for id_, code in codes.items():
        for rule in (*code.rules, *code.exceptions):
            if refers.search(rule) and (id_, rule) not in known:
                _At(id_, found).add("rules", "", rule)


def _twice(values: Iterable[object]) -> list[object]:
    return [value for value, times in Counter(values).items() if times > 1]


def _short(value: object) -> str | Note:
    if isinstance(value, Note):
        return value
    text = str(getattr(value, "value", value) or "")
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
