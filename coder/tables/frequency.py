"""The frequency table: how many respondents mention each code, and which codes come first."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from coder.codebook import SPECIAL, Codebook
from coder.coding import Coding
from coder.errors import DataError
from coder.statistics.ranks import in_proportion
from coder.tables.group_words import decimal, group_words
from coder.tables.mentions import Floats, Mentions, mentions
from coder.tables.table import Table

COLUMNS = ("rank", "code", "label", "n", "percent", "low", "high")
MIN_BASE = 30
"""The least base of which percentages are published (effective, where there are weights)."""


def top(
    counted: Mentions | Coding,
    codebook: Codebook,
    *,
    limit: int | None = 10,
    nets: bool = False,
    mentions_too: bool = False,
    title: str | None = None,
    language: str = "nl",
) -> Table:
    """Codes by the number of respondents that mention them, the `limit` first ones.

    A respondent counts once a code; the base is every respondent, also one that fits no code. Of a `Coding` each unit
    seen is a respondent, unless its corpus says who answered; weights are those of its corpus. Codes with equal n share
    a rank and the next rank skips (1, 2, 3, 3, 5); every code that shares the last rank is shown. Codes never mentioned
    are left out of a limited table. `other`, `none` and `dont_know` have no rank and stand last. `percent` is of the
    base (a column too), with its Wilson interval (`low`, `high`, all in 0..100).

    With weights there is a column `weighted`, the sum of the weights of the n respondents: it ranks the
    codes, and `percent` is its share of the sum of all weights. With weights, strata, clusters or a finite population
    there are `standard_error` (in points, linearised) and `effective_base` of each code, and the interval is that of
    R's `svyciprop` (see `Mentions.intervals`). `nets` ranks nets in place of their codes, which stand under them
    without rank (`level` 1, 2, …, and `net`); a net counts a respondent once. `mentions_too` adds `percent_mentions`,
    of the mentions of all codes; that of a net is the sum of those under it.

    Raises `DataError` where nets are asked for and the codebook has none.

    >>> import coder
    >>> from coder.resources import resource
    >>> book = coder.read_codebook(resource("codebooks/trends.yaml"))
    >>> answers = coder.read(resource("corpora/trends-2024.csv"), text="answer", id="id", groups="sector")
    >>> hand = coder.Coding.from_column(answers, "codes", book)
    >>> coder.top(hand, book, limit=3).frame[["rank", "code", "n"]].values.tolist()
    [[1, 'ai', 102], [2, 'video', 51], [3, 'social_media', 40]]
    """
    said = group_words(language)
    plain = counted if isinstance(counted, Mentions) else mentions(counted, codebook)
    if nets:
        check_nets(codebook)
    found = plain.with_nets(codebook) if nets else plain
    frame = _numbers(found, codebook, language)
    frame["percent_mentions"] = _of_mentions(plain, codebook, nets=nets)
    frame = ordered(frame, "weighted", codebook.above if nets else {})
    if limit is not None:
        frame = frame[(frame["n"] > 0) & ~(frame["place"] > limit).fillna(value=False).astype(bool)]
    weighted = plain.weights is not None
    frame = frame.assign(base=len(plain))
    designed = weighted or not plain.is_plain
    extra = {"standard_error": designed, "effective_base": designed, "weighted": weighted}
    extra |= {"percent_mentions": mentions_too}
    columns = [*COLUMNS, "base", *(name for name, asked in (extra | {"level": nets, "net": nets}).items() if asked)]
    heads = {**said, "label": said["code"]}
    names = ("rank", "label", "n", "weighted", "percent", "percent_mentions")
    shown = {name: heads[name] for name in names if name in columns}
    notes = _notes(plain, said, language) + [said["nets"]] * nets
    notes += [said["mentions"].format(count=round(float(plain.counts.sum())))] if mentions_too else []
    heading = title or (said["all"] if limit is None else said["top"].format(limit=limit))
    down_to = float("inf") if limit is None else limit
    return Table(heading, frame[columns].reset_index(drop=True), len(plain), shown, tuple(notes), down_to=down_to)


def _numbers(found: Mentions, codebook: Codebook, language: str) -> pd.DataFrame:
    """A row a code, in the order of the codebook."""
    frame = pd.DataFrame({"code": list(found.codes), "n": found.given.sum(axis=0), "weighted": found.counts})
    frame["label"] = [codebook.label(code, language) for code in found.codes]
    frame["percent"] = found.shares * 100
    frame[["low", "high"]] = found.intervals() * 100
    frame["standard_error"] = np.sqrt(found.variances) * 100
    frame["effective_base"] = found.bases
    return frame


def _of_mentions(plain: Mentions, codebook: Codebook, *, nets: bool) -> Floats:
    """The share of all mentions, in 0..100; that of a net with what is under it. Without a mention nan."""
    place = {code: number for number, code in enumerate(plain.codes)}
    found = plain.counts.copy()
    for code, net in codebook.under_nets() if nets else ():
        found[place[net]] += plain.counts[place[code]]
    total = float(plain.counts.sum())
    return found / total * 100 if total else np.full(len(found), np.nan)


def check_nets(codebook: Codebook) -> None:
    """Raise `DataError` where a codebook has no nets to count."""
    if not any(code.net for code in codebook.codes):
        raise DataError(f"The codebook {codebook.name!r} has no nets; give codes a `net`, or count without nets.")


def ordered(frame: pd.DataFrame, by: str, above: Mapping[str, str]) -> pd.DataFrame:
    """Rows of codes by a number, the most first, ties in the order given, special codes last; codes under their net.

    `above` has the net of each code, if it has one. Adds `net`, `level`, `rank`, and `place`: the rank of the code or
    of the net that it stands under.
    """
    frame = frame.assign(net=[above.get(code, "") for code in frame["code"]], sum=in_proportion(frame[by]))
    ranked = ~frame["code"].isin(SPECIAL) & (frame["net"] == "")
    frame["rank"] = frame["sum"].where(ranked).rank(method="min", ascending=False).astype("Int64")
    order = frame.assign(special=frame["code"].isin(SPECIAL))
    order = order.sort_values(["special", "sum"], ascending=[True, False], kind="stable")
    under = {str(net): rows["code"].tolist() for net, rows in order.groupby("net", sort=False)}
    lines = list(_tree(under, "", 0))
    frame = frame.set_index("code").loc[[code for code, _, _ in lines]].reset_index()
    frame["level"] = [level for _, level, _ in lines]
    ranks = frame.set_index("code")["rank"]
    frame["place"] = ranks.loc[[root for _, _, root in lines]].to_numpy()
    return frame


def _tree(under: Mapping[str, Sequence[str]], net: str, level: int, root: str = "") -> Iterator[tuple[str, int, str]]:
    """Each code with its level and the code it stands under at level 0."""
    for code in under.get(net, ()):
        yield code, level, root or code
        yield from _tree(under, code, level + 1, root or code)


def _notes(plain: Mentions, said: Mapping[str, str], language: str) -> list[str]:
    weighted = plain.weights is not None
    sums = {"sum": decimal(plain.base, language), "effective": decimal(plain.effective_base, language)}
    notes = [said["weighted_base" if weighted else "base"].format(base=len(plain), **sums)]
    none = int((~plain.given.any(axis=1)).sum())
    notes += design_notes(plain, said)
    notes += [said["unranked"].format(count=none)] if none else []
    notes += [said["left_out"].format(count=plain.left_out)] if plain.left_out else []
    if 0 < plain.effective_base < MIN_BASE:
        notes.append(said["small"].format(least=MIN_BASE, effective=said["effective"] if weighted else ""))
    return notes


def design_notes(found: Mentions, said: Mapping[str, str]) -> list[str]:
    """How the variance was found, where respondents are not a simple random sample."""
    if found.is_plain:
        return []
    design, parts = found.drawn, []
    if (strata := len(np.unique(design.stratum))) > 1:
        parts.append(said["of_strata"].format(count=strata))
    if not design.alone:
        parts.append(said["of_clusters"].format(count=len(np.unique(design.cluster))))
    parts += [said["of_population"]] if design.fraction.any() else []
    notes = [said["linearised"].format(design="".join(f", {part}" for part in parts))]
    return [*notes, said["lonely"].format(count=design.lonely)] if design.lonely else notes
