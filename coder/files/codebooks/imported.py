"""Codes as other programs write them, made into a codebook without losing one.

Other programs know a name and what it stands under; an id, a number and labels that differ are made
here. Two codes with the same name get different ids, and the second a label that says where it stands.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count
from pathlib import Path
from typing import Any

from coder.codebook import Code, Codebook, plain_name
from coder.languages.text import fold
from coder.note import Note

_HEX = re.compile("#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")
_SHORT = 3
_KINDS = {
    " ".join(name.split()): id_
    for id_, names in {
        "other": """
            overige, overig, overige antwoorden, overige namelijk, andere, anders, ander, anderen, andere antwoorden,
            andere namelijk, anders namelijk, iets anders, rest, restcategorie, varia, diversen, other, others,
            other answers, other please specify, something else, misc, miscellaneous, autre, autres, autre chose,
            autres reponses, autre precisez, sonstige, sonstiges, sonstige antworten, anderes
        """,
        "none": """
            geen, geen enkele, niets, geen van deze, geen van bovenstaande, geen antwoord, geen opmerking,
            geen opmerkingen, nvt, n v t, niet van toepassing, none, nothing, none of these, none of the above,
            no answer, not applicable, n a, aucun, aucune, rien, aucune reponse, sans reponse, sans objet,
            aucun de ces choix, keine, keines, nichts, keine angabe, keine antwort, nichts davon, trifft nicht zu
        """,
        "dont_know": """
            weet niet, weet ik niet, weet het niet, ik weet niet, ik weet het niet, geen idee, geen mening, wn,
            don't know, dont know, do not know, i don't know, no idea, no opinion, not sure, dk, ne sait pas,
            ne sais pas, je ne sais pas, sans opinion, sans avis, pas d'avis, nsp, weiss nicht, weiss ich nicht,
            ich weiss nicht, keine ahnung, keine meinung
        """,
    }.items()
    for name in names.split(",")
}
"""What the unranked codes are called, folded, without signs."""


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A code in a file of another program.

    `parent` is the place, in the list of what was found, of the code that it stands under. `id` is
    an id wished for. `own` is a code of ours that came back from the other program. `labels` are those in other
    languages, `about` what else a code has, by the names of its fields.
    """

    name: str
    parent: int | None = None
    definition: str = ""
    colour: str = ""
    number: int | None = None
    id: str = ""
    rules: tuple[str, ...] = ()
    own: Code | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Imported:
    """A codebook as read from a file, and what of the file it does not have.

    `left_out` are terms that rules cannot say, as "code: term" or as a note; `notes` are about the rest.
    """

    book: Codebook
    left_out: tuple[str | Note, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class CodebookFile:
    """A file that a codebook is read from; `asked` is the language of its labels where it says none itself."""

    path: Path
    asked: str = ""

    @property
    def language(self) -> str:
        """The language asked for, or Dutch."""
        return self.asked or "nl"

    def in_language(self, told: str) -> "CodebookFile":
        """The same file, which tells its language; where it does not ("") that is the one that was asked for."""
        return replace(self, asked=told or self.asked)

    def imported(
        self, found: Sequence[FoundCode], left_out: Iterable[str | Note] = (), notes: Iterable[Note] = ()
    ) -> "Imported":
        """What was found, as a codebook called as the file is."""
        book = Codebook(make_codes(found, self.language), self.path.stem, language=self.language)
        return Imported(book, tuple(left_out), tuple(notes))


def make_codes(found: Sequence[FoundCode], language: str) -> tuple[Code, ...]:
    """A code for everything found; names are labels in `language`.

    What is called other, none or don't know, in a language that we know, is the unranked code of that kind: the
    first that stands under no other, or else the only one. An id that was wished for and is not the id finds the code
    as a former name does.
    """
    unranked = _unranked(found)
    names = [one.own.label if one.own else {language: one.name, **one.labels} if one.name else {} for one in found]
    ids, numbers, labels = _ids(found, unranked), _numbers(found), _labels(found, names)
    return tuple(
        replace(
            one.own or _code(one, ids[place]),
            id=ids[place],
            number=numbers[place],
            label=labels[place],
            net=ids[one.parent] if one.parent is not None else "",
        )
        for place, one in enumerate(found)
    )


def ranked_still(found: Sequence[FoundCode]) -> list[Note]:
    """What is called other, none or don't know and is ranked nevertheless, since one code can be it."""
    unranked = _unranked(found)
    kinds = {place: kind_of(one.name) for place, one in enumerate(found) if one.own is None}
    return [
        Note("codebook.ranked_still", name=found[place].name, kind=kind)
        for place, kind in kinds.items()
        if kind and place not in unranked
    ]


def kind_of(name: str) -> str:
    """The id of the unranked code that is called so: "Overige (namelijk: ...)" is `other`; "" for a theme."""
    plain = re.sub(r"\([^)]*\)|[^\w'/]", " ", fold(name))
    kinds = [_KINDS.get(" ".join(part.split()), "") for part in plain.split("/")]
    return kinds[0] if all(kinds) else ""


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


def free_id(wished: str, taken: Container[str]) -> str:
    """The id that is wished for, or with a number after it where it is taken."""
    tried = chain([wished], (f"{wished}_{times}" for times in count(2)))
    return next(one for one in tried if one not in taken)


def colour_of(text: str) -> str | None:
    """A colour as `#rrggbb`; empty where there is none, None where it is written otherwise."""
    if not text.strip():
        return ""
    match = _HEX.fullmatch(text.strip())
    if match is None:
        return None
    digits = match[1] if len(match[1]) > _SHORT else "".join(digit * 2 for digit in match[1])
    return f"#{digits}"


def _code(one: FoundCode, id_: str) -> Code:
    """The code, which was formerly called by an id that was wished for and is another now."""
    about = dict(one.about)
    if one.id and plain_name(one.id) != plain_name(id_):
        about["formerly"] = tuple(dict.fromkeys((*about.get("formerly", ()), one.id)))
    return Code("new", 0, {}, one.definition, one.rules, colour=one.colour, **about)


def _unranked(found: Sequence[FoundCode]) -> dict[int, str]:
    """The places of the unranked codes, with their ids."""
    places: dict[str, list[int]] = {}
    taken = {one.own.id for one in found if one.own is not None}
    for place, one in enumerate(found):
        if one.own is None and (kind := kind_of(one.name)) and kind not in taken:
            places.setdefault(kind, []).append(place)
    tops = {kind: [place for place in some if found[place].parent is None] or some for kind, some in places.items()}
    return {some[0]: kind for kind, some in tops.items() if len(some) == 1 or found[some[0]].parent is None}


def _ids(found: Sequence[FoundCode], unranked: Mapping[int, str]) -> list[str]:
    given: dict[str, int] = {}
    for place, one in enumerate(found):
        if one.own is not None:
            given.setdefault(one.own.id, place)
    ids = {place: id_ for id_, place in given.items()}
    ids |= unranked
    taken = set(ids.values())
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


def _labels(found: Sequence[FoundCode], names: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """The names of codes, by language, each with where it stands where another code has the same name."""
    taken: set[tuple[str, str]] = set()
    labels: list[Mapping[str, str]] = []
    for one, wanted in zip(found, names, strict=True):
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
