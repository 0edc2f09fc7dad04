"""This wave beside the last one: places, what is new, what dropped out."""

from collections.abc import Hashable, Mapping

import pandas as pd

from coder.codebook import SPECIAL, Codebook
from coder.errors import DataError
from coder.tables.table import Table
from coder.tables.words import words

NOT_IN_LIST = "/"


def compare(
    now: Table,
    then: Table,
    codebook: Codebook | None = None,
    *,
    limit: int = 10,
    title: str | None = None,
    language: str = "nl",
) -> Table:
    """The codes of the top now, with their place in the last wave's top.

    Both are frequency tables. `then` may be a published table in which only some ranks were printed:
    a code without rank there was in the list at an unknown place. `then_place` reads "Plaats 1", or
    "/" for a code that was not in that list. Codes that were in the last list and are not in this one
    are named in the notes; they stand last, `dropped`, with the rank and n they now have where `now`
    is a table without limit.

    With a codebook the labels of `then` find their code by id, number, label or former name; other
    labels are compared as they are written.
    """
    said = words(language)
    known = _coded(now, codebook)[["rank", "code", "label", "n", "percent"]]
    listed_then = _listed(then, codebook, limit)
    in_list = (known["rank"] <= limit).fillna(value=False).astype(bool) & _mentioned(known)
    gone = listed_then[~listed_then["code"].isin(known.loc[in_list, "code"])]
    labels = [_label(row, codebook, language) for row in gone.to_dict("records")]
    rows = pd.concat([known[in_list], gone[["code"]].assign(label=labels).merge(
        known.drop(columns="label"), on="code", how="left")], ignore_index=True)  # fmt: skip
    frame = rows.merge(listed_then.drop(columns="then_label"), on="code", how="left")
    frame["then_listed"] = frame["code"].isin(listed_then["code"])
    frame["then_place"] = [
        _place(rank, listed=listed, said=said)
        for rank, listed in zip(frame["then_rank"], frame["then_listed"], strict=True)
    ]
    frame["dropped"] = frame["code"].isin(gone["code"])
    columns = ["rank", "code", "label", "n", "percent", "then_place", "then_rank", "then_n", "then_percent", "dropped"]
    frame = frame[columns].astype(dict.fromkeys(("rank", "n", "then_rank", "then_n"), "Int64"))
    notes = [said["dropped"].format(limit=limit, labels=", ".join(labels))] if labels else []
    notes = notes or [said["none_dropped"].format(limit=limit)]
    notes += [f"N = {now.base}."] if now.base else []
    notes += [said["last_base"].format(base=then.base)] if then.base else []
    shown = {
        "rank": said["rank"],
        "label": said["code"],
        "n": said["n"],
        "percent": said["percent"],
        "then_place": said["then"],
    }
    return Table(title or said["compare"], frame, now.base, shown, tuple(notes))


def _coded(table: Table, codebook: Codebook | None) -> pd.DataFrame:
    """The rows of a table with the codebook's ids where it knows the code by that name, without special codes."""
    names = table.frame["code"].astype(str).tolist()
    ids = [(codebook.find(name) if codebook else None) or name for name in names]
    return table.frame.assign(code=ids)[[id_ not in SPECIAL for id_ in ids]]


def _listed(then: Table, codebook: Codebook | None, limit: int) -> pd.DataFrame:
    """The codes of the last wave's list: code, then_label, then_rank, then_n, then_percent."""
    frame = _coded(then, codebook)
    if frame["rank"].isna().all():
        raise DataError(f"{then.title} has no ranks to compare with; give a column `rank`, or coded answers.")
    frame = frame[(frame["rank"].isna() | (frame["rank"] <= limit)).astype(bool)]
    frame = frame[_mentioned(frame)]
    if twice := frame["code"][frame["code"].duplicated()].tolist():
        raise DataError(f"{then.title} lists {', '.join(map(repr, twice))} more than once; keep one row a code.")
    names = {"label": "then_label", "rank": "then_rank", "n": "then_n", "percent": "then_percent"}
    return frame[["code", *names]].rename(columns=names)


def _mentioned(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Whether a code was mentioned, which a published place without a count says too."""
    return (frame["n"] != 0).fillna(value=True).astype(bool)


def _label(row: Mapping[Hashable, object], codebook: Codebook | None, language: str) -> str:
    known = codebook is not None and row["code"] in codebook.ids
    return codebook.label(str(row["code"]), language) if codebook and known else str(row["then_label"])


def _place(rank: float, *, listed: bool, said: dict[str, str]) -> str:
    if not listed:
        return NOT_IN_LIST
    return said["listed"] if pd.isna(rank) else said["place"].format(int(rank))
