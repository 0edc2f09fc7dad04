"""What was decided, as of a moment: each coder's decisions, and the gold version that tables use.

Decisions were made on the codes of then. Here they are said in the codes of the moment asked for:

- a code that was renamed or merged: the decision is on what it became;
- one that was split: a "yes" is "unsure" of each part, until somebody decides or examines the unit again;
- one that was dropped: the decision waits until the code comes back.

Where several decisions come together on one code, one that was made on what the other's code had become wins;
else "yes" before "unsure" before "no".
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, func, or_, select

from coder.coding import Coding, Reasons, assignments, by_hand
from coder.resources import __version__
from coder.study.codebooks import History
from coder.study.decisions import ADJUDICATE, AGAIN, DECIDE, FLAG, NO, SEEN, UNSURE, YES
from coder.study.events import GOLD, At, holds, moment, version_of
from coder.study.schema import decision, event, holding, unit, unit_version

COLUMNS = ("unit", "code", "verdict", "who", "event", "when", "note")
_RANK = {YES: 0, UNSURE: 1, NO: 2}


def state(
    connection: Connection,
    question_id: int,
    *,
    layer: str = DECIDE,
    who: str | None = None,
    at: At = None,
    units: Sequence[int] | Select[tuple[int]] | None = None,
) -> pd.DataFrame:
    """What holds at a moment: a row a coder, unit and code, with the columns of `COLUMNS`; in order of decision.

    Units that are left out at that moment have no rows.
    """
    number = moment(connection, at)
    chosen = _rows(question_id, layer, at, number).where(holds(holding, at, number))
    if who is not None:
        chosen = chosen.where(event.c.who == who)
    if units is not None:
        chosen = chosen.where(unit.c.id.in_(units))
    return _told(connection, question_id, chosen, version_of(connection, question_id, number), layer)


def twice(connection: Connection, question_id: int, who: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What somebody decided first, as it was when they decided again, and what they decided then: as `state`.

    Of the units that they saw both times alone.
    """
    again = state(connection, question_id, layer=AGAIN, who=who)
    mine = holding.c.question == question_id, holding.c.layer == AGAIN, holding.c.who == who, holding.c.until.is_(None)
    begun = select(holding.c.unit, func.min(holding.c.since).label("at")).where(*mine).group_by(holding.c.unit)
    when = begun.subquery()
    chosen = (
        _rows(question_id, DECIDE, None, 0)
        .join(when, when.c.unit == holding.c.unit)
        .where(event.c.who == who)
        .where(holding.c.since < when.c.at, or_(holding.c.until.is_(None), holding.c.until > when.c.at))
    )
    first = _told(connection, question_id, chosen, version_of(connection, question_id), DECIDE)
    both = set(_seers(first)["unit"]) & set(_seers(again)["unit"])
    return first[first["unit"].isin(both)], again[again["unit"].isin(both)]


def _rows(question_id: int, layer: str, at: At, number: int) -> Select[Any]:
    """The decisions of a layer that ever held, on units that are not left out at a moment; in order of decision."""
    return (
        select(unit.c.name, holding.c.code, holding.c.verdict, event.c.who, event.c.id, event.c.at, decision.c.note)
        .add_columns(event.c.codebook)
        .join(unit, unit.c.id == holding.c.unit)
        .join(decision, decision.c.id == holding.c.decision)
        .join(event, event.c.id == decision.c.event)
        .join(unit_version, unit_version.c.unit == unit.c.id)
        .where(holding.c.question == question_id, holding.c.layer == layer)
        .where(holds(unit_version, at, number), unit_version.c.left_out.is_(False))
        .order_by(decision.c.id)
    )


def _told(connection: Connection, question_id: int, chosen: Select[Any], version: int, layer: str) -> pd.DataFrame:
    """The rows of a selection, in the codes of a version."""
    rows = connection.execute(chosen).all()
    columns = zip(*rows, strict=True) if rows else [()] * (len(COLUMNS) + 1)
    frame = pd.DataFrame({name: list(cells) for name, cells in zip([*COLUMNS, "codebook"], columns, strict=True)})
    frame = frame.astype({name: int if name in ("event", "codebook") else str for name in frame.columns})
    if version and layer != FLAG:
        frame = carried(frame, History(connection, question_id, version), version)
    return frame.drop(columns="codebook")


def coding(
    connection: Connection, question_id: int, who: str, at: At, facts: dict[str, str], *, settled: bool = True
) -> tuple[Coding, "pd.Index[str]"]:
    """What somebody decided, or the gold version, as a coding; and the units on which gold is not settled.

    A unit is seen where a code was given or it was marked as examined: "no" to one code says nothing of the others. Of
    one coder, and where gold need not be `settled`, a code of which somebody is unsure is not given, and leaves nothing
    open.
    """
    number = moment(connection, at)
    own = state(connection, question_id, who=None if who == GOLD else who, at=at)
    if who != GOLD or not settled:
        own = own[own["verdict"] != UNSURE]
    last = state(connection, question_id, layer=ADJUDICATE, at=at) if who == GOLD else own.iloc[:0]
    given, seen, open_ = gold(own, last)
    order = {name: place for place, name in enumerate(names(connection, question_id, at, number))}
    units = pd.Index(sorted(seen, key=order.__getitem__), dtype=str, name="unit")
    given = given.assign(place=given["unit"].map(order)).sort_values(["place", "code"], kind="stable")
    frame = assignments({"unit": given["unit"].tolist(), "code": given["code"].tolist()})
    reasons = Reasons.of([by_hand(names) for names in given["who"]])
    made = {"event": str(number), "state": hashed(units, frame), "coder": __version__}
    return Coding(who, units, frame, {**facts, **made}, reasons), pd.Index(
        sorted(open_, key=order.__getitem__), dtype=str
    )


def gold(own: pd.DataFrame, last: pd.DataFrame) -> tuple[pd.DataFrame, set[str], set[str]]:
    """The codes given (unit, code, who), the units seen, and those that are open, of decisions of people.

    Of a unit and code the last word of the adjudicator (`last`) counts; else what all say who saw the unit
    or decided on the code; a single coder decides alone. If they differ, or are unsure, the unit is open, and is not
    seen. An adjudicator who examined the unit settles what is left: it does not count.
    """
    seers = _seers(own)
    votes = _votes(own, seers)
    settled = last[last["code"] != SEEN]
    decided = pd.MultiIndex.from_frame(settled[["unit", "code"]])
    votes = votes[~pd.MultiIndex.from_frame(votes[["unit", "code"]]).isin(decided)]
    said = votes[["unit", "code", "verdict"]].drop_duplicates()
    differ = said.duplicated(["unit", "code"], keep=False)
    examined = set(last["unit"][(last["code"] == SEEN) & (last["verdict"] == YES)])
    unsure = (said["verdict"] == UNSURE) & said["unit"].isin(seers["unit"])
    apart = set(said["unit"][differ | unsure]) - examined
    agreed = said[~differ & (said["verdict"] == YES)][["unit", "code"]]
    given = [
        agreed.merge(_whose(votes), on=["unit", "code"]),
        settled[settled["verdict"] == YES][["unit", "code", "who"]],
    ]
    seen = (set(seers["unit"]) | examined | set(settled["unit"][settled["verdict"] == YES])) - apart
    frame = pd.concat(given, ignore_index=True)
    return frame[frame["unit"].isin(seen)].reset_index(drop=True), seen, apart


def disagreements(own: pd.DataFrame, last: pd.DataFrame) -> pd.DataFrame:
    """The units and codes on which coders differ and nobody had the last word: who said what.

    A row a unit and code: unit, code, yes, no, unsure (names joined by ", "). Who saw the unit and gave no
    verdict on the code said no.
    """
    _, _, open_ = gold(own, last)
    mine = own[own["unit"].isin(open_)]
    seers = _seers(mine)
    votes = _votes(mine, seers)
    done = pd.MultiIndex.from_frame(last[["unit", "code"]])
    votes = votes[~pd.MultiIndex.from_frame(votes[["unit", "code"]]).isin(done)]
    rows = []
    for (name, code), part in votes.groupby(["unit", "code"], sort=False):
        if len(set(part["verdict"])) > 1:
            said = {verdict: ", ".join(sorted(part["who"][part["verdict"] == verdict])) for verdict in _RANK}
            rows.append({"unit": name, "code": code, **said})
    return pd.DataFrame(rows, columns=["unit", "code", YES, NO, UNSURE], dtype=str)


def names(connection: Connection, question_id: int, at: At, number: int) -> list[str]:
    """The names of the units at a moment, in the order in which they were added."""
    chosen = (
        select(unit.c.name)
        .join(unit_version, unit_version.c.unit == unit.c.id)
        .where(unit.c.question == question_id, holds(unit_version, at, number), unit_version.c.left_out.is_(False))
        .order_by(unit.c.id)
    )
    return list(connection.execute(chosen).scalars())


def _seers(own: pd.DataFrame) -> pd.DataFrame:
    """Who saw which unit: columns unit, who."""
    return own[own["verdict"] == YES][["unit", "who"]].drop_duplicates()


def _votes(own: pd.DataFrame, seers: pd.DataFrame) -> pd.DataFrame:
    """What each says of a unit and code; who saw the unit and did not decide on the code says no."""
    said = own[own["code"] != SEEN][["unit", "code", "verdict", "who"]]
    beside = seers.duplicated("unit", keep=False) | seers["unit"].isin(said["unit"][said["verdict"] != YES])
    cases = said[["unit", "code"]].drop_duplicates().merge(seers[beside], on="unit")
    implied = cases.merge(said, on=["unit", "code", "who"], how="left")
    return pd.concat([said, implied[implied["verdict"].isna()].assign(verdict=NO)], ignore_index=True)


def _whose(votes: pd.DataFrame) -> pd.DataFrame:
    """Who gave a code: unit, code, who (names joined by ", ")."""
    given = votes[votes["verdict"] == YES][["unit", "code", "who"]]
    several = given.duplicated(["unit", "code"], keep=False)
    names: dict[tuple[str, str], list[str]] = {}
    for name, code, who in given[several].itertuples(index=False):
        names.setdefault((name, code), []).append(who)
    joined = [(*key, ", ".join(who)) for key, who in names.items()]
    both = pd.DataFrame(joined, columns=list(given.columns)).astype(str)
    return pd.concat([given[~several], both], ignore_index=True)


def hashed(seen: "pd.Index[str]", frame: pd.DataFrame) -> str:
    """Twelve hexadecimal digits that change with the units seen and the codes given."""
    written = "\n".join([*seen, "", *frame["unit"].str.cat(frame["code"], sep="\t")])
    return sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:12]


# Codes of then in codes of now


def carried(frame: pd.DataFrame, history: History, version: int) -> pd.DataFrame:
    """The decisions (unit, code, who, verdict, codebook) in the codes of a version; other columns go with them.

    Most need nothing: those are not touched.
    """
    now = history.era[version]
    if not now or frame.empty:
        return frame
    era = frame["codebook"].map(history.era)
    pairs = pd.MultiIndex.from_arrays([era, frame["code"]]).unique()
    heirs = {(at, code): (code,) if code == SEEN else history.heirs(code, at, now) for at, code in pairs}
    moved = {pair for pair, codes in heirs.items() if codes != (pair[1],)}
    if not moved:
        return frame
    touched = {code for pair in moved for code in heirs[pair]} | {code for _, code in moved}
    affected = frame["code"].isin(touched)
    looked = frame[frame["code"] == SEEN].set_index(["unit", "who"])["codebook"].map(history.era).to_dict()
    rows: dict[tuple[str, str, str], list[_Row]] = {}
    columns = [era, *(frame[name] for name in ("code", "unit", "who", "verdict"))]
    cells = zip(frame.index[affected], *(column[affected] for column in columns), strict=True)
    for place, at, code, name, who, verdict in cells:
        codes = heirs[at, code]
        seen_again = looked.get((name, who), at)
        if len(codes) > 1 and len(history.heirs(code, at, seen_again)) > 1:
            continue  # examined after the split: what was not decided then does not fit
        said = UNSURE if len(codes) > 1 and verdict == YES else verdict
        for heir in codes:
            rows.setdefault((name, who, heir), []).append((place, at, code, said))
    chosen = [(heir, *_winner(found, history)) for (_, _, heir), found in rows.items()]
    kept = frame.loc[[place for _, place, _ in chosen]]
    kept = kept.assign(code=[heir for heir, _, _ in chosen], verdict=[said for _, _, said in chosen])
    return pd.concat([frame[~affected], kept]).sort_index(kind="stable").reset_index(drop=True)


_Row = tuple[int, int, str, str]
"""Its place, its era, its code of then, and what it says."""


def _winner(found: Iterable[_Row], history: History) -> tuple[int, str]:
    """Of decisions that came together on a code the one that counts: its place and what it says."""
    rows = list(found)
    standing = [
        row
        for row in rows
        if not any(other[1] > row[1] and other[2] in history.heirs(row[2], row[1], other[1]) for other in rows)
    ]
    place, _, _, said = min(standing, key=lambda row: (_RANK[row[3]], -row[0]))
    return place, said
