"""The rows of a comparison: which codes of waves with different codebooks are the same.

The codes of an older wave become those of the present codebook. Codes that became one are counted together, a
respondent once. Of a code that became several only all of them together can be compared: they get a row of their own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from coder.codebook import SPECIAL, Codebook, mapping
from coder.note import Text
from coder.tables.mentions import Mentions
from coder.tables.table import Said, Table


@dataclass(frozen=True, slots=True)
class Wave:
    """One wave: its name, its mentions or published table, and its codebook where that is not the present one."""

    name: Said
    counted: Mentions | Table
    codebook: Codebook | None = None


@dataclass(frozen=True, slots=True)
class WaveRow:
    """A code, or several codes `of` the present codebook together that were one in an older wave."""

    code: str
    label: Text
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
    waves: Sequence[Wave], codes: Sequence[Mapping[str, tuple[str, ...]]], codebook: Codebook | None
) -> list[WaveRow]:
    """A row for each code that some wave has, in the order of the codebook, and for those that were one before.

    `codes` says of each wave what its codes `became`. The label of codes that were one reads "Digital (→ Site + App)".
    """
    known = codebook.ids if codebook else ()
    others = dict.fromkeys(id_ for own in codes for ids in own.values() for id_ in ids if id_ not in known)
    order = [id_ for id_ in (*known, *others) if id_ not in SPECIAL]
    labels = {id_: _label(id_, waves, codes, codebook) for id_ in order}
    group = _groups(order, (ids for own in codes for ids in own.values()))
    rows: list[WaveRow] = []
    for id_ in order:
        members = tuple(other for other in order if group[other] == group[id_])
        if len(members) > 1 and members[0] == id_:
            label = _became(_former(members, waves, codes), [labels[one] for one in members])
            rows.append(WaveRow("+".join(members), label, members))
        rows.append(WaveRow(id_, labels[id_], (id_,)))
    return rows


def _groups(order: Sequence[str], joined: Iterable[Sequence[str]]) -> dict[str, str]:
    """For each code the name of its group: codes that were one in some wave are in one group."""
    group = {id_: id_ for id_ in order}
    for ids in joined:
        names = {group[id_] for id_ in ids}
        group |= {id_: group[ids[0]] for id_, name in group.items() if name in names}
    return group


def _label(
    id_: str, waves: Sequence[Wave], codes: Sequence[Mapping[str, tuple[str, ...]]], codebook: Codebook | None
) -> Text:
    if codebook is not None and id_ in codebook.ids:
        return codebook.text(id_)
    for wave, own in zip(waves, codes, strict=True):
        for name, ids in own.items():
            if id_ in ids:
                return _named(name, wave)
    return Text(id_)


def _named(name: str, wave: Wave) -> Text:
    """The label that a wave itself has for one of its codes."""
    if wave.codebook is not None and (id_ := wave.codebook.find(name)):
        return wave.codebook.text(id_)
    if isinstance(wave.counted, Table):
        frame = wave.counted.frame
        label = frame["label"][(frame["code"].astype(str) == name)].iloc[0]
        return label if isinstance(label, Text) else Text(label)
    return Text(name)


def _former(
    members: Sequence[str], waves: Sequence[Wave], codes: Sequence[Mapping[str, tuple[str, ...]]]
) -> list[Text]:
    """The labels of the codes that these were."""
    labels = (
        _named(name, wave)
        for wave, own in zip(waves, codes, strict=True)
        for name, ids in own.items()
        if len(ids) > 1 and set(ids) <= set(members)
    )
    return list(dict.fromkeys(labels))


def _became(former: Sequence[Text], now: Sequence[Text]) -> Text:
    """The label of former codes with what they became, in each language that a part of it has."""

    def written(labels: Sequence[str], heirs: Sequence[str]) -> str:
        return f"{' / '.join(labels)} (→ {' + '.join(heirs)})"

    languages = dict.fromkeys(language for label in (*former, *now) for language in label.languages)
    named = {
        one: written([label.named(one) for label in former], [label.named(one) for label in now]) for one in languages
    }
    return Text(written(former, now), named)
