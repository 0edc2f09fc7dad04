"""Codes as other programs write them, made into a codebook without losing one.

Other programs know a name and what it stands under; an id, a number and labels that differ are made
here. Two codes with the same name get different ids, and the second a label that says where it stands.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from coder.codebook import Code, Codebook
from coder.dutch.text import fold

_HEX = re.compile("#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")
_SHORT = 3


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A code in a file of another program.

    `parent` is the place, in the list of what was found, of the code that it stands under. `id` is
    an id wished for. `own` is a code of ours that came back from the other program.
    """

    name: str
    parent: int | None = None
    definition: str = ""
    colour: str = ""
    number: int | None = None
    id: str = ""
    rules: tuple[str, ...] = ()
    own: Code | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """A codebook as read from a file, and what of the file it does not have.

    `left_out` are terms that rules cannot say, as "code: term"; `notes` are sentences about the rest.
    """

    book: Codebook
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def make_codes(found: Sequence[FoundCode], language: str) -> tuple[Code, ...]:
    """A code for everything found; names are labels in `language`."""
    ids, numbers, labels = _ids(found), _numbers(found), _labels(found, language)
    return tuple(
        replace(
            one.own or Code("new", 0, {}, one.definition, one.rules, colour=one.colour),
            id=ids[place],
            number=numbers[place],
            label=labels[place],
            net=ids[one.parent] if one.parent is not None else "",
        )
        for place, one in enumerate(found)
    )


def placed(rows: Iterable[tuple[tuple[str, ...], FoundCode]]) -> list[FoundCode]:
    """Codes with the path of names to each, as a list in which each knows its parent.

    A part of a path that has no row of its own becomes a code too; a path that comes twice is two codes.
    """
    found: list[FoundCode] = []
    place_of: dict[tuple[str, ...], int] = {}
    only_named: set[int] = set()
    for path, one in rows:
        parent: int | None = None
        for depth in range(1, len(path)):
            above = path[:depth]
            if above not in place_of:
                place_of[above] = len(found)
                only_named.add(len(found))
                found.append(FoundCode(above[-1], parent))
            parent = place_of[above]
        place = place_of.get(path)
        if place in only_named:
            only_named.discard(place)
            found[place] = replace(one, parent=parent)
        else:
            place_of.setdefault(path, len(found))
            found.append(replace(one, parent=parent))
    return found


def slug(name: str) -> str:
    """An id made of a name: "Sociale media (gratis)" gives `sociale_media_gratis`."""
    return re.sub(r"\W+", "_", fold(name)).strip("_") or "code"


def colour_of(text: str) -> str | None:
    """A colour as `#rrggbb`; empty where there is none, None where it is written otherwise."""
    if not text.strip():
        return ""
    match = _HEX.fullmatch(text.strip())
    if match is None:
        return None
    digits = match[1] if len(match[1]) > _SHORT else "".join(digit * 2 for digit in match[1])
    return f"#{digits}"


def _ids(found: Sequence[FoundCode]) -> list[str]:
    given: dict[str, int] = {}
    for place, one in enumerate(found):
        if one.own is not None:
            given.setdefault(one.own.id, place)
    ids = {place: id_ for id_, place in given.items()}
    taken = set(given)
    for place, one in enumerate(found):
        if place not in ids:
            ids[place] = next(id_ for id_ in _possible_ids(found, one) if id_ not in taken)
            taken.add(ids[place])
    return [ids[place] for place in range(len(found))]


def _possible_ids(found: Sequence[FoundCode], one: FoundCode) -> Iterator[str]:
    base = slug(one.id or one.name)
    yield base
    if one.parent is not None:
        base = f"{slug(found[one.parent].name)}_{base}"
        yield base
    yield from (f"{base}_{times}" for times in count(2))


def _numbers(found: Sequence[FoundCode]) -> list[int]:
    """The numbers given, each for the first code that has it; the others follow the highest."""
    first: dict[int, int] = {}
    for place, one in enumerate(found):
        number = one.own.number if one.own is not None else one.number
        if number is not None:
            first.setdefault(number, place)
    given = {place: number for number, place in first.items()}
    free = count(max(first, default=0) + 1)
    return [given[place] if place in given else next(free) for place in range(len(found))]


def _labels(found: Sequence[FoundCode], language: str) -> list[Mapping[str, str]]:
    taken: set[tuple[str, str]] = set()
    labels: list[Mapping[str, str]] = []
    for one in found:
        wanted = one.own.label if one.own is not None else {language: one.name} if one.name else {}
        label = {}
        for spoken, text in wanted.items():
            label[spoken] = next(name for name in _possible_labels(found, one, text) if (spoken, name) not in taken)
            taken.add((spoken, label[spoken]))
        labels.append(label)
    return labels


def _possible_labels(found: Sequence[FoundCode], one: FoundCode, text: str) -> Iterator[str]:
    yield text
    path, place, seen = text, one.parent, set()
    while place is not None and place not in seen:
        seen.add(place)
        path, place = f"{found[place].name} > {path}", found[place].parent
        yield path
    yield from (f"{text} ({times})" for times in count(2))
