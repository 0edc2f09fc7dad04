"""Adding answers: what a file has beside what the study has, shown first and then taken over.

A unit is known by its id (and its wave). Nothing is taken away: a changed text keeps its decisions and is marked to
be looked at again; a unit that a corrected file does not have any more is left out only when that is asked for.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, Select, bindparam, select

from coder.characters import as_seen
from coder.corpus import TEXT, Corpus
from coder.errors import StudyError
from coder.note import Note
from coder.study.decisions import FLAG, Decision, decide
from coder.study.events import At, Event, holds, moment, record
from coder.study.schema import unit, unit_version

WAVE = "wave"
TEXT_CHANGED = "text changed"
"""The flag of units whose text changed under their decisions."""
_CHUNK = 20_000
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:[.,]\d{1,15})?")
"""A number, as it may be written in a file; 007 is not one."""
_FEW = 10


@dataclass(frozen=True, slots=True)
class Added:
    """What a file has beside what the study has: ids of units, and whether it was taken over.

    `new` are not in the study, `same` are there as they are, `changed` have another text, `background`
    another wave or other background columns alone. `gone` are in the study, in the same waves, and not in
    the file; `back` were left out and are there again. `texts` has the changed ones: unit, was, now. `known` counts
    the new ones of which another unit of the study has the text. `apart` says that all are of waves, each with a name,
    that the study does not have.
    """

    new: tuple[str, ...]
    same: tuple[str, ...]
    changed: tuple[str, ...]
    background: tuple[str, ...]
    gone: tuple[str, ...]
    back: tuple[str, ...]
    texts: pd.DataFrame
    accepted: bool
    known: int = 0
    apart: bool = False

    @property
    def notes(self) -> tuple[Note, ...]:
        """What to know before it is taken over."""
        was = set(self.texts["was"])
        moved = int(self.texts["now"].isin(was).sum())
        if len(self.changed) >= _FEW and moved * 2 > len(self.changed):
            return (Note("study.ids_shifted", moved=moved, count=len(self.changed)),)
        if (self.apart or len(self.new) >= _FEW) and self.known * 2 > len(self.new):
            key = "study.known_in_wave" if self.apart else "study.known_texts"
            return (Note(key, known=self.known, count=len(self.new)),)
        return ()


@dataclass(frozen=True, slots=True)
class _Unit:
    """A unit as it is in the study, or in a file."""

    text: str
    wave: str
    background: dict[str, Any]
    left_out: bool = False
    id: int = 0


def compare(connection: Connection, question_id: int, corpus: Corpus, wave: str) -> tuple[Added, dict[str, "_Unit"]]:
    """What a corpus has beside what the study has, and the units as they would be."""
    there = dict(_present(connection, question_id))
    found: dict[str, list[str]] = {name: [] for name in ("new", "same", "changed", "background", "back")}
    units: dict[str, _Unit] = {}
    texts = []
    for name, given in _given(corpus, wave):
        if name in units:
            raise StudyError("study.same_name", name=name)
        old = there.get(name)
        units[name] = one = given if old is None else _Unit(
            given.text, given.wave, {**old.background, **_filled(given, old)}, id=old.id
        )  # fmt: skip
        found[_kind(old, one)].append(name)
        if old is not None and old.text != one.text:
            texts.append((name, old.text, one.text))
    waves = {one.wave for one in units.values()}
    gone = [name for name, one in there.items() if name not in units and one.wave in waves and not one.left_out]
    frame = pd.DataFrame(texts, columns=["unit", "was", "now"], dtype=str)
    had = {one.text for one in there.values()}
    known = sum(units[name].text in had for name in found["new"])
    apart = "" not in waves and waves.isdisjoint(one.wave for one in there.values())
    return Added(
        **{name: tuple(ids) for name, ids in found.items()},
        gone=tuple(gone),
        texts=frame,
        accepted=False,
        known=known,
        apart=apart and len(found["new"]) == len(units),
    ), units


def take_over(
    connection: Connection,
    question_id: int,
    added: Added,
    units: Mapping[str, _Unit],
    *,
    leave_out: bool,
    who: str,
    source: str,
) -> None:
    """Write what was compared, in one event; mark the changed units that have decisions."""
    gone = added.gone if leave_out else ()
    again = [*added.changed, *added.background, *added.back]
    number = record(connection, question_id, Event("answers", who, len(added.new) + len(again) + len(gone), source))
    there = dict(_present(connection, question_id)) if again or gone else {}
    ended = [{"row": there[name].id, "now": number} for name in [*again, *gone]]
    for part in _chunks(ended):
        ending = unit_version.update().where(unit_version.c.unit == bindparam("row"), unit_version.c.until.is_(None))
        connection.execute(ending.values(until=bindparam("now")), part)
    ids = {name: there[name].id for name in [*again, *gone]}
    for part in _chunks([{"question": question_id, "name": name} for name in added.new]):
        made = connection.execute(unit.insert().returning(unit.c.id, sort_by_parameter_order=True), part)
        ids |= dict(zip((row["name"] for row in part), made.scalars(), strict=True))
    rows = [_row(ids[name], question_id, number, units[name], left_out=False) for name in [*added.new, *again]]
    rows += [_row(ids[name], question_id, number, there[name], left_out=True) for name in gone]
    for part in _chunks(rows):
        connection.execute(unit_version.insert(), part)
    if len(added.texts):
        marks = [Decision(name, TEXT_CHANGED) for name in added.texts["unit"]]
        decide(connection, question_id, FLAG, who, marks, source)


def read(connection: Connection, question_id: int, *, ids: Iterable[int] | None = None, at: At = None) -> pd.DataFrame:
    """The units at a moment, indexed by id, in the order in which they were added: text, wave, background columns."""
    chosen = _at(connection, question_id, at)
    return _framed(connection.execute(chosen if ids is None else chosen.where(unit.c.id.in_(ids))).all())


def read_part(
    connection: Connection, question_id: int, after: int, most: int, *, at: At = None
) -> tuple[pd.DataFrame, int]:
    """So many units after this number of one, and the number of the last: 0 where there are none left."""
    chosen = _at(connection, question_id, at).where(unit.c.id > after).limit(most)
    rows = connection.execute(chosen).all()
    return _framed(rows), int(rows[-1].id) if rows else 0


def _at(connection: Connection, question_id: int, at: At) -> Select[Any]:
    """The units at a moment, in the order in which they were added."""
    number = moment(connection, at)
    return (
        select(unit.c.id, unit.c.name, unit_version.c.text, unit_version.c.wave, unit_version.c.background)
        .join(unit_version, unit_version.c.unit == unit.c.id)
        .where(unit.c.question == question_id, holds(unit_version, at, number), unit_version.c.left_out.is_(False))
        .order_by(unit.c.id)
    )


def _framed(rows: Sequence[Row[Any]]) -> pd.DataFrame:
    index = pd.Index([row.name for row in rows], name="unit", dtype=str)
    frame = pd.DataFrame({TEXT: [row.text for row in rows], WAVE: [row.wave for row in rows]}, index=index, dtype=str)
    background = pd.DataFrame(json.loads(f"[{','.join(row.background for row in rows)}]"), index=index)
    return frame.join(background)


def _given(corpus: Corpus, wave: str) -> Iterator[tuple[str, _Unit]]:
    """The units of a corpus. Without a `wave` each has that of its column `wave`, if there is one."""
    units = corpus.units
    own = WAVE in units and not wave
    waves = corpus.background(WAVE).astype(str).str.strip().tolist() if own else [as_seen(wave).strip()] * len(units)
    rest = units.drop(columns=[name for name in (TEXT, WAVE) if name in units])
    rows = json.loads(rest.to_json(orient="records", double_precision=15)) if len(rest.columns) else [{}] * len(units)
    for id_, text, mine, row in zip(units.index, units[TEXT], waves, rows, strict=True):
        name = id_ if not mine or id_.startswith(f"{mine}:") else f"{mine}:{id_}"
        yield name, _Unit(text, mine, row)


def _filled(given: _Unit, old: _Unit) -> dict[str, Any]:
    """The background of a file, without columns that this unit never had and has nothing in.

    A number that a spreadsheet wrote otherwise (0,50 as 0.5) is the one that was there.
    """
    cells = {name: cell for name, cell in given.background.items() if name in old.background or cell not in ("", None)}
    return {
        name: old.background[name] if _same_number(old.background.get(name), cell) else cell
        for name, cell in cells.items()
    }


def _same_number(one: object, other: object) -> bool:
    if not (isinstance(one, str) and isinstance(other, str) and _NUMBER.fullmatch(one) and _NUMBER.fullmatch(other)):
        return False
    return float(one.replace(",", ".")) == float(other.replace(",", "."))


def _kind(old: _Unit | None, new: _Unit) -> str:
    if old is None:
        return "new"
    if old.left_out:
        return "back"
    if old.text != new.text:
        return "changed"
    return "same" if (old.wave, old.background) == (new.wave, new.background) else "background"


def _present(connection: Connection, question_id: int) -> Iterator[tuple[str, _Unit]]:
    rows = connection.execute(
        select(unit.c.name, unit_version.c.unit, unit_version.c.text, unit_version.c.wave)
        .add_columns(unit_version.c.background, unit_version.c.left_out)
        .join(unit_version, unit_version.c.unit == unit.c.id)
        .where(unit.c.question == question_id, unit_version.c.until.is_(None))
        .order_by(unit.c.id)
    )
    for row in rows:
        yield row.name, _Unit(row.text, row.wave, json.loads(row.background), bool(row.left_out), row.unit)


def _row(id_: int, question_id: int, number: int, one: _Unit, *, left_out: bool) -> dict[str, Any]:
    background = json.dumps(one.background, ensure_ascii=False)
    about = {"wave": one.wave, "text": one.text, "background": background, "left_out": left_out}
    return {"unit": id_, "question": question_id, "since": number, "until": None, **about}


def _chunks(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(rows), _CHUNK):
        yield rows[start : start + _CHUNK]
