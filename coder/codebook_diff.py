"""Two versions of a codebook: which codes changed, and what an old code is in the new codebook."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from coder.codebook import Code, Codebook, plain_name

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
    return [*changes, *_whole(old, new), *_order(old, new, into)]


def _successors(code: Code, old: Codebook, new: Codebook) -> list[str]:
    names = {plain_name(name) for name in (code.id, *code.label.values()) if name}
    earlier = {one.id: set(map(plain_name, one.formerly)) for one in old.codes}
    claims = {one.id: set(map(plain_name, one.formerly)) - earlier.get(one.id, set()) for one in new.codes}
    if claimed := [id_ for id_, claim in claims.items() if id_ == code.id or names & claim]:
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


def _whole(old: Codebook, new: Codebook) -> Iterator[Change]:
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
