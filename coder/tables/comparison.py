"""This wave beside the last one: places, what is new, what dropped out."""

from collections.abc import Hashable, Mapping

import pandas as pd

from coder.codebook import Codebook
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
    known = now.frame[["rank", "code", "label", "n", "percent"]]
    listed_then = _listed(then, codebook, limit)
    in_list = (known["rank"] <= limit).fillna(value=False).astype(bool)
    gone = listed_then[~listed_then["code"].isin(known.loc[in_list, "code"])]
    labels = [_label(row, codebook) for row in gone.to_dict("records")]
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
    frame = frame[columns].astype({"rank": "Int64", "n": "Int64", "then_rank": "Int64"})
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


def _listed(then: Table, codebook: Codebook | None, limit: int) -> pd.DataFrame:
    """The codes of the last wave's list: code, then_label, then_rank, then_n, then_percent."""
    frame = then.frame
    if frame["rank"].isna().all():
        raise DataError(f"{then.title} has no ranks to compare with; give a column `rank`, or coded answers.")
    frame = frame[(frame["rank"].isna() | (frame["rank"] <= limit)).astype(bool)]
    codes = [
        (codebook.find(str(row["code"])) if codebook else None) or str(row["code"]) for row in frame.to_dict("records")
    ]
    listed = pd.DataFrame(
        {
            "code": codes,
            "then_label": frame["label"].to_numpy(),
            "then_rank": frame["rank"].astype("Int64").to_numpy(),
            "then_n": frame["n"].to_numpy(),
            "then_percent": frame["percent"].to_numpy(),
        }
    )
    if twice := listed["code"][listed["code"].duplicated()].tolist():
        raise DataError(f"{then.title} lists {', '.join(map(repr, twice))} more than once; keep one row a code.")
    return listed


def _label(row: Mapping[Hashable, object], codebook: Codebook | None) -> str:
    return codebook.label(str(row["code"])) if codebook and codebook.find(str(row["code"])) else str(row["then_label"])


def _place(rank: float, *, listed: bool, said: dict[str, str]) -> str:
    if not listed:
        return NOT_IN_LIST
    return said["listed"] if pd.isna(rank) else said["place"].format(int(rank))
