"""The frequency table: how many respondents mention each code, and which codes come first."""

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from coder.arrays import Floats
from coder.codebook import SPECIAL, Codebook, nearly_alike
from coder.coding import Coding
from coder.errors import DataError, check_least
from coder.languages.language import language_of
from coder.languages.text import WORD, fold
from coder.note import Note, some
from coder.statistics.ranks import in_proportion, rank_intervals
from coder.tables.mentions import PEOPLE, Mentions, mentions
from coder.tables.table import MIN_BASE, Column, Said, Table, texts

COLUMNS = ("rank", "code", "label", "n", "percent", "low", "high")
_HEADINGS = {
    "rank": "tables.rank",
    "label": "tables.code",
    "n": "tables.n",
    "weighted": "groups.weighted",
    "percent": "tables.percent",
    "percent_mentions": "groups.percent_mentions",
}
"""The columns that people see, in this order, by the key of their heading."""


def top(
    counted: Mentions | Coding,
    codebook: Codebook,
    *,
    limit: int | None = 10,
    nets: bool = False,
    mentions_too: bool = False,
    title: Said | None = None,
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
    if limit is not None:
        check_least(1, limit=limit)
    plain = counted if isinstance(counted, Mentions) else mentions(counted, codebook)
    if nets:
        check_nets(codebook)
    found = plain.with_nets(codebook) if nets else plain
    frame = _numbers(found, codebook)
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
    shown: dict[str, Said | Column] = {name: Note(key) for name, key in _HEADINGS.items() if name in columns}
    notes = _notes(plain) + _doubtful(plain, codebook) + [Note("groups.nets")] * nets
    notes += [Note("groups.mentions", count=round(float(plain.counts.sum())))] if mentions_too else []
    heading = title or (Note("tables.all") if limit is None else Note("tables.top", limit=limit))
    down_to = float("inf") if limit is None else limit
    return Table(heading, frame[columns].reset_index(drop=True), len(plain), shown, tuple(notes), down_to=down_to)


def order(
    counted: Mentions, codebook: Codebook, *, limit: int | None = 10, level: float = 0.95, title: Said | None = None
) -> Table:
    """The codes that have a rank, as `top` has them, with the interval of each rank (`rank_low`, `rank_high`).

    See `coder.statistics.ranks` for what that holds.
    """
    found = top(counted, codebook, limit=limit)
    ranked = [
        place for place, code in enumerate(counted.codes) if code not in SPECIAL and counted.given[:, place].any()
    ]
    ends = rank_intervals(counted.given[:, ranked], counted.weights, design=counted.drawn, level=level)
    rows = found.frame[found.frame["rank"].notna() & (found.frame["n"] > 0)].reset_index(drop=True)
    places = [ranked.index(counted.codes.index(code)) for code in rows["code"]]
    frame = rows.assign(rank_low=ends[places, 0], rank_high=ends[places, 1])
    shown: dict[str, Said | Column] = {
        "place": Column(Note("tables.rank"), "rank", ("rank", "rank_low", "rank_high")),
        "label": Note("tables.code"),
        "n": Note("tables.n"),
        "percent": Note("tables.percent"),
    }
    notes = (
        base_note(counted, "groups.weighted_base"),
        *_drawn_notes(counted),
        Note("comparison.ranks", level=level * 100),
    )
    return Table(title or found.title, frame, len(counted), shown, notes, down_to=found.down_to)


def _numbers(found: Mentions, codebook: Codebook) -> pd.DataFrame:
    """A row a code, in the order of the codebook."""
    frame = pd.DataFrame({"code": list(found.codes), "n": found.n, "weighted": found.counts})
    frame["label"] = texts(codebook.text(code) for code in found.codes)
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
        raise DataError("groups.no_nets", codebook=codebook.name)


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


def _notes(plain: Mentions) -> list[Note]:
    weighted = plain.weights is not None
    notes = [base_note(plain, "groups.weighted_base")]
    none = plain.without
    notes += _drawn_notes(plain)
    notes += [_without(plain, none)] if none else []
    notes += _left_out(plain)
    if 0 < plain.effective_base < MIN_BASE:
        notes.append(Note("groups.small_effective" if weighted else "groups.small", least=MIN_BASE))
    return notes


_YES_NO = frozenset(("ja", "nee", "yes", "no", "oui", "non"))
_SHOWN = 5
_MASHED = re.compile(r"(\w)\1{2,}|[!-/:-@\[-`{-~]+")
"""A letter again and again (xxxx), or signs alone."""


def _doubtful(plain: Mentions, codebook: Codebook) -> list[Note]:
    """What is counted as a code of its own, and may be none, where no codebook says that it is one.

    That is what people write for no answer, and what differs from another code in accents alone.
    """
    if not codebook.is_bare:
        return []
    forms = frozenset(language_of(codebook.language).no_answer) - _YES_NO
    found = [
        Note("tables.named_times", name=code, times=int(times))
        for code, times in zip(plain.codes, plain.n, strict=True)
        if times and (_MASHED.fullmatch(code) or " ".join(WORD.findall(fold(code))) in forms)
    ]
    notes = [Note("tables.no_answer_codes", codes=some(found, _SHOWN), count=len(found))] if found else []
    alike = nearly_alike(code for code, times in zip(plain.codes, plain.n, strict=True) if times)
    return [*notes, Note("tables.alike_codes", codes=alike[:_SHOWN])] if alike else notes


def _without(plain: Mentions, count: int) -> Note:
    """How many have no code: people saw that none fits, a machine merely found none."""
    if plain.maker.name == PEOPLE:
        return Note("tables.unranked", count=count)
    alone = plain.maker.is_machine and plain.maker.whole
    return Note("tables.unranked_machine" if alone else "tables.unranked_unknown", count=count)


def _left_out(counted: Mentions) -> list[Note]:
    """How many rows or respondents are not in the base, and why as far as that is known."""
    if counted.silent is not None:
        notes = [Note("tables.left_out_respondents", count=counted.silent)] if counted.silent else []
        alike = nearly_alike(counted.respondents)
        return (
            [*notes, Note("tables.alike_respondents", names=some(alike, _SHOWN), count=len(alike))] if alike else notes
        )
    if not counted.left_out:
        return []
    if counted.unanswered is None:
        return [Note("tables.left_out", count=counted.left_out)]
    counts = {"unanswered": counted.unanswered, "uncoded": counted.left_out - counted.unanswered}
    known = [name for name, count in counts.items() if count]
    return [Note(f"tables.left_out_{known[0] if len(known) == 1 else 'each'}", **counts)]


def base_note(counted: Mentions, weighted: str) -> Note:
    """How many respondents percentages are of; with weights by the sentence with the key `weighted`."""
    if counted.weights is None:
        return Note("tables.base", base=len(counted))
    return Note(weighted, base=len(counted), sum=counted.base, effective=counted.effective_base)


def _drawn_notes(found: Mentions) -> list[Note]:
    """Those of `design_notes` that are on how respondents were drawn: this table shows no interval and no test."""
    return [one for one in design_notes(found) if one.key != "groups.linearised"]


def design_notes(found: Mentions) -> list[Note]:
    """How the variance was found, where respondents are not a simple random sample."""
    if found.is_plain:
        return []
    design, parts = found.drawn, []
    if (strata := len(np.unique(design.stratum))) > 1:
        parts.append(Note("groups.of_strata", count=strata))
    if not design.alone:
        parts.append(Note("groups.of_clusters", count=len(np.unique(design.cluster))))
    parts += [Note("groups.of_population")] if design.fraction.any() else []
    notes = [Note("groups.linearised_design", design=parts) if parts else Note("groups.linearised")]
    return [*notes, Note("groups.lonely", count=design.lonely)] if design.lonely else notes
