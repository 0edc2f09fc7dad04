"""The rows of a comparison: which codes of waves with different codebooks are the same.

The codes of an older wave become those of the present codebook. Codes that became one are counted together, a
respondent once. Of a code that became several only all of them together can be compared: they get a row of their own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from coder.codebook import SPECIAL, Codebook
from coder.codebook_diff import mapping
from coder.tables.mentions import Mentions
from coder.tables.table import Table


@dataclass(frozen=True, slots=True)
class Wave:
    """One wave: its name, its mentions or published table, and its codebook where that is not the present one."""

    name: str
    counted: Mentions | Table
    codebook: Codebook | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A code, or several codes `of` the present codebook together that were one in an older wave."""

    code: str
    label: str
    of: tuple[str, ...]

    @property
    def together(self) -> bool:
        """Whether it stands for several codes."""
        return len(self.of) > 1


def became(wave: Wave, codebook: Codebook | None) -> dict[str, tuple[str, ...]]:
    """The present codes that each code (or printed label) of a wave is; itself where it is none of the codebook."""
    own = wave.codebook
    into = mapping(own, codebook) if own is not None and codebook is not None else {}
    if isinstance(wave.counted, Table):
        names = wave.counted.frame["code"].astype(str).tolist()
        found = {name: _read(name, own, into, codebook) for name in names}
    else:
        found = {id_: into.get(id_) or (id_,) for id_ in wave.counted.codes}
    return {name: ids for name, ids in found.items() if not {name, *ids} & set(SPECIAL)}


def _read(
    name: str, own: Codebook | None, into: Mapping[str, tuple[str, ...]], codebook: Codebook | None
) -> tuple[str, ...]:
    """The present codes of a printed label: by its own codebook, or else by the present one."""
    id_ = own.find(name) if own else None
    if id_ is not None:
        return into.get(id_) or (id_,)
    if codebook is None:
        return (name,)
    found = codebook.find(name)
    return (found,) if found else codebook.heirs(name) or (name,)


def rows_of(
    waves: Sequence[Wave],
    codes: Sequence[Mapping[str, tuple[str, ...]]],
    codebook: Codebook | None,
    language: str,
    now: str,
) -> list[Row]:
    """A row for each code that some wave has, in the order of the codebook, and for those that were one before.

    `codes` says of each wave what its codes `became`; `now` is how the present codes of a former one are named.
    """
    known = codebook.ids if codebook else ()
    others = dict.fromkeys(id_ for own in codes for ids in own.values() for id_ in ids if id_ not in known)
    order = [id_ for id_ in (*known, *others) if id_ not in SPECIAL]
    labels = {id_: _label(id_, waves, codes, codebook, language) for id_ in order}
    group = _groups(order, (ids for own in codes for ids in own.values()))
    rows: list[Row] = []
    for id_ in order:
        members = tuple(other for other in order if group[other] == group[id_])
        if len(members) > 1 and members[0] == id_:
            former = _former(members, waves, codes, language)
            said = now.format(labels=" + ".join(labels[one] for one in members))
            rows.append(Row("+".join(members), f"{former} ({said})", members))
        rows.append(Row(id_, labels[id_], (id_,)))
    return rows


def _groups(order: Sequence[str], joined: Iterable[Sequence[str]]) -> dict[str, str]:
    """For each code the name of its group: codes that were one in some wave are in one group."""
    group = {id_: id_ for id_ in order}
    for ids in joined:
        names = {group[id_] for id_ in ids}
        group |= {id_: group[ids[0]] for id_, name in group.items() if name in names}
    return group


def _label(
    id_: str,
    waves: Sequence[Wave],
    codes: Sequence[Mapping[str, tuple[str, ...]]],
    codebook: Codebook | None,
    language: str,
) -> str:
    if codebook is not None and id_ in codebook.ids:
        return codebook.label(id_, language)
    for wave, own in zip(waves, codes, strict=True):
        for name, ids in own.items():
            if id_ in ids:
                return _named(name, wave, language)
    return id_


def _named(name: str, wave: Wave, language: str) -> str:
    """The label that a wave itself has for one of its codes."""
    if wave.codebook is not None and (id_ := wave.codebook.find(name)):
        return wave.codebook.label(id_, language)
    if isinstance(wave.counted, Table):
        frame = wave.counted.frame
        return str(frame["label"][(frame["code"].astype(str) == name)].iloc[0])
    return name


def _former(
    members: Sequence[str], waves: Sequence[Wave], codes: Sequence[Mapping[str, tuple[str, ...]]], language: str
) -> str:
    """The label of the code that these were, of the codes if there were several."""
    labels = (
        _named(name, wave, language)
        for wave, own in zip(waves, codes, strict=True)
        for name, ids in own.items()
        if len(ids) > 1 and set(ids) <= set(members)
    )
    return " / ".join(dict.fromkeys(labels))
