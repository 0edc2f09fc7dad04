"""The frequency table: how many respondents mention each code, and which codes come first."""

import pandas as pd

from coder.codebook import SPECIAL, Codebook
from coder.coding import Coding
from coder.statistics.intervals import wilson
from coder.tables.table import Table
from coder.tables.words import words

COLUMNS = ("rank", "code", "label", "n", "percent", "low", "high")


def top(
    coding: Coding,
    codebook: Codebook,
    *,
    limit: int | None = 10,
    left_out: int = 0,
    title: str | None = None,
    language: str = "nl",
) -> Table:
    """Codes by the number of respondents that mention them, the `limit` first ones.

    A respondent counts once a code; the base is every respondent seen, also one that fits no code.
    Codes with equal n share a rank and the next rank skips (1, 2, 3, 3, 5); every code that shares
    the last rank is shown. Codes never mentioned are left out of a limited table. `other`, `none`
    and `dont_know` have no rank and stand last. `percent` is of the base, with its Wilson interval
    (`low`, `high`, all in 0..100). `left_out` says how many rows of the file are not in the base.
    """
    said = words(language)
    base = len(coding.seen)
    counts = coding.pairs()["code"].value_counts().reindex(list(codebook.ids), fill_value=0)
    frame = ranked(codebook, counts.to_numpy().tolist())
    frame["label"] = [codebook.label(id_, language) for id_ in frame["code"]]
    frame["percent"] = frame["n"] / base * 100 if base else float("nan")
    frame[["low", "high"]] = wilson(frame["n"].to_numpy(), base) * 100
    if limit is not None:
        frame = frame[(frame["n"] > 0) & ~(frame["rank"] > limit).fillna(value=False).astype(bool)]
    none = base - coding.assignments["unit"].nunique()
    notes = [said["base"].format(base=base)]
    notes += [said["unranked"].format(count=none)] if none else []
    notes += [said["left_out"].format(count=left_out)] if left_out else []
    shown = {"rank": said["rank"], "label": said["code"], "n": said["n"], "percent": said["percent"]}
    heading = title or (said["all"] if limit is None else said["top"].format(limit=limit))
    return Table(heading, frame[list(COLUMNS)].reset_index(drop=True), base, shown, tuple(notes))


def ranked(codebook: Codebook, counts: list[int]) -> pd.DataFrame:
    """Codes with their n and rank, most mentioned first; ties in the order of the codebook."""
    frame = pd.DataFrame({"code": list(codebook.ids), "n": counts})
    special = frame["code"].isin(SPECIAL)
    frame["rank"] = frame["n"].where(~special).rank(method="min", ascending=False).astype("Int64")
    order = frame.assign(special=special).sort_values(["special", "n"], ascending=[True, False], kind="stable")
    return frame.loc[order.index]
