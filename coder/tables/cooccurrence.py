"""Which codes go together: mentioned by the same respondents, or in the same span, block, section or document."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtr

from coder.arrays import Floats, Labels
from coder.codebook import SPECIAL, Codebook
from coder.coding import Coding
from coder.documents import Documents
from coder.errors import DataError
from coder.note import Note
from coder.statistics.proportions import benjamini_hochberg, shares_differ
from coder.statistics.unitizing import common, continuum, covered, overlapping, union
from coder.tables.codes_in_documents import PAIR, Fragments, bounds, checked, codes_under, located, read_notes
from coder.tables.frequency import base_note, design_notes
from coder.tables.mentions import Mentions, counted_of
from coder.tables.table import Column, Said, Table, texts

WITHIN = ("span", "block", "section", "document")
"""What two codes share when they go together: characters, a block, a section, a document."""
HOW = ("and", "or")
_ALPHA = 0.05
_TWO_CODES: Mapping[str, Said | Column] = {
    "code_label": Note("documents.code_label"),
    "other_label": Note("documents.other_label"),
}
_TESTED: Mapping[str, Said | Column] = {
    "lift": Column(Note("documents.lift"), "score"),
    "p_adjusted": Column(Note("comparison.p_adjusted"), "p"),
}
"""The columns that both tables have: first, and after the counts."""


def pairs(
    counted: Mentions | Coding,
    codebook: Codebook,
    *,
    limit: int | None = None,
    never: bool = False,
    title: Said | None = None,
) -> Table:
    """Each two codes of the `limit` that are mentioned most (None: all), the surest first.

    `n` counts the respondents that mention both, `expected` those that would if the one were mentioned without regard
    to the other; with weights that is a sum of weights, and so is `weighted`, of those n. `lift` is what was counted
    (weighted, with weights) divided by what was expected. `p` is that of the share of one code among who mentions the
    other and who does not: two proportions on effective bases, exact where few are expected; `p_adjusted` is adjusted
    over all pairs (Benjamini and Hochberg 1995), also those that nobody mentions, which are in the table with `never`
    or where that is significant. `change` is "more" or "less" where `p_adjusted` is under 0.05, else "". Codes that are
    other, none or don't know, and codes that nobody or everybody mentions, are left out.
    """
    counted = counted_of(counted, codebook)
    size = counted.counts
    named = [
        place
        for place, code in enumerate(counted.codes)
        if code not in SPECIAL and 0 < counted.given[:, place].sum() < len(counted)
    ]
    chosen = sorted(named, key=lambda place: -size[place])[:limit]
    given = counted.given.astype(np.float64)
    many, both = given.T @ given, (given * counted.weight[:, None]).T @ given
    rows = []
    for number, one in enumerate(chosen):
        mine = counted.given[:, one]
        with_it, without = counted.take(mine), counted.take(~mine)
        base, other_base = counted.bases_against(mine)
        tested = shares_differ(with_it.shares, base, without.shares, other_base)
        for other in chosen[number + 1 :]:
            expected = size[one] * size[other] / counted.base
            sums = many[one, other], both[one, other], expected, both[one, other] / expected
            rows.append((one, other, *sums, tested.p[other]))
    frame = pd.DataFrame(rows, columns=["code", "other", "n", "weighted", "expected", "lift", "p"])
    frame = frame.astype({"code": np.int64, "other": np.int64, "n": np.int64, "weighted": float, "lift": float})
    frame = frame.astype({"expected": float, "p": float})
    for name in ("code", "other"):
        codes = [counted.codes[place] for place in frame[name].tolist()]
        frame[name] = pd.Series(codes, index=frame.index, dtype=str)
    frame = _adjusted(_labelled(frame, codebook))
    tests = int(np.isfinite(frame["p"]).sum())
    rare = frame["n"].eq(0) & frame["change"].eq("") & (not never)
    frame = frame[~rare].drop(columns=[] if counted.weights is not None else ["weighted"])
    shown: dict[str, Said | Column] = {
        **_TWO_CODES,
        "n": Note("tables.n"),
        **({"weighted": Note("groups.weighted")} if "weighted" in frame else {}),
        "expected": Column(Note("pictures.expected"), "tenths"),
        **_TESTED,
        "change": Column("±", "mark"),
    }
    notes = (
        base_note(counted, "groups.weighted_base"),
        *([Note("pictures.pairs_of_nobody", count=int(rare.sum()))] if rare.any() else []),
        *design_notes(counted),
        Note("pictures.pairs_note", count=tests),
    )
    return Table(title or Note("pictures.pairs_title"), _surest_first(frame), len(counted), shown, notes)


def together(
    documents: Documents,
    fragments: pd.DataFrame,
    codebook: Codebook,
    *,
    within: str = "block",
    read: pd.DataFrame | None = None,
    never: bool = False,
    title: Said | None = None,
) -> Table:
    """Each two codes that go together, the surest first.

    `n` counts how often: pairs of overlapping fragments (`within` "span"), blocks or sections that have both
    (`Documents.coding` says when a unit has a code), or documents; `documents` are those in which they do. `shared` is
    what both have, in characters for spans and else `n`; `expected` what they would share if within each document the
    one stood where it stands without regard to the other (the product of their shares), and for documents if they were
    independent over documents. `lift` is shared / expected.

    `p` is two-sided and of documents, for fragments of one document are not independent: the score test of the
    differences of shared and expected in each document that has both codes, with their own spread as error (Liang and
    Zeger 1986, at the null; never less than that of chance), and for "document" the test of two shares, exact where few
    are expected. `p_adjusted` is adjusted over all pairs of codes that were tested (Benjamini and Hochberg 1995), also
    those that never go together, which are in the table with `never` alone. `change` is "more" or "less" where that is
    under 0.05, else "". `pair_matrix` is the same as a square.

    The base are the documents read whole. Raises `DataError` for another `within`, and as `checked` does.

    >>> import coder
    >>> from coder.resources import resource
    >>> plans = coder.read_documents(resource("corpora/plans"), resource("corpora/plans.csv"))
    >>> book = coder.read_codebook(resource("codebooks/policy-themes.yaml"))
    >>> fragments, read = coder.read_fragments(resource("corpora/plan-fragments.csv"), plans, book)
    >>> pairs = coder.together(plans, fragments, book, within="document", read=read)
    >>> int(pairs.frame["n"].max())
    3
    """
    if within not in WITHIN:
        raise DataError("documents.within", within=within, ways=list(WITHIN))
    found = checked(documents, fragments, codebook, read)
    counted = found.counted()
    codes = [code for code in codebook.ids if (counted.frame["code"] == code).any()]
    n, docs, shared, expected, p = _of_pairs(counted, codes, within)
    one, other = np.triu_indices(len(codes), 1)
    frame = pd.DataFrame({"code": np.array(codes, dtype=object)[one], "other": np.array(codes, dtype=object)[other]})
    frame = _labelled(frame, codebook)
    frame = frame.assign(n=n[one, other].astype(np.int64), documents=docs[one, other].astype(np.int64))
    frame = frame.assign(shared=shared[one, other], expected=expected[one, other], p=p[one, other])
    frame["lift"] = frame["shared"] / frame["expected"].where(frame["expected"] > 0)
    frame = _adjusted(frame)
    tests = int(np.isfinite(frame["p"]).sum())
    counts: dict[str, Said | Column] = {"n": Note(f"documents.n_{within}")}
    counts |= {} if within == "document" else {"documents": Note("documents.n")}
    shown = {**_TWO_CODES, **counts, **_TESTED, "change": Column("±", "mark")}
    notes = (Note(f"documents.together_{within}"), Note("documents.together_p", count=tests))
    heading = title or Note("documents.together", within=Note(f"documents.within_{within}"))
    frame = _surest_first(frame if never else frame[frame["n"] > 0])
    return Table(heading, frame, len(counted.documents), shown, read_notes(found, (*_base_of(found, counted), *notes)))


def pair_matrix(pairs: Table, codebook: Codebook, *, title: Said | None = None) -> Table:
    """Codes by codes of `together` (with `never`), both ways round, in the order of the codebook.

    Under each code `n:`, `lift:` and `change:` have how often it goes with the code of the row, its lift and "more" or
    "less" where that stands out; nothing on the diagonal. People see the count, its lift, and the mark.
    """
    found = pairs.frame
    codes = [code for code in codebook.ids if code in {*found["code"], *found["other"]}]
    one, other = (pd.Index(codes).get_indexer(pd.Index(found[name])) for name in ("code", "other"))
    parts = [pd.DataFrame({"code": codes, "label": texts(map(codebook.text, codes))})]
    for name, none in (("n", np.nan), ("lift", np.nan), ("change", "")):
        square = np.full((len(codes), len(codes)), none, dtype=object if none == "" else np.float64)
        square[one, other] = square[other, one] = found[name].to_numpy()
        square_of = pd.DataFrame(square, columns=[f"{name}:{code}" for code in codes])
        parts.append(square_of.astype("Int64") if name == "n" else square_of)
    shown: dict[str, Said | Column] = {"label": Note("documents.code_label")}
    for code in codes:
        of = f"n:{code}", f"lift:{code}", f"change:{code}"
        shown[of[0]] = Column(codebook.text(code), PAIR, of)
    heading, notes = title or Note("documents.pair_matrix"), (Note("documents.pair_matrix_note"),)
    return Table(heading, pd.concat(parts, axis=1), pairs.base, shown, (*notes, *pairs.notes))


def _of_pairs(counted: Fragments, codes: Sequence[str], within: str) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """How often each two codes go together, in how many documents, what they share, what chance gives, and the p."""
    has = _has(counted, codes)
    if within == "document":
        n, expected, p = _of_documents(has)
        return n, n, n, expected, p
    pairs, observed, chance, spread = _overlaps(counted, codes) if within == "span" else _units(counted, codes, within)
    p = _by_document(observed - chance, spread, has)
    return pairs.sum(axis=0), (pairs > 0).sum(axis=0), observed.sum(axis=0), chance.sum(axis=0), p


def _has(counted: Fragments, codes: Sequence[str]) -> Labels:
    """Which documents have which codes, shape (documents, codes)."""
    has = np.zeros((len(counted.documents), len(codes)), dtype=np.bool_)
    number = pd.Index(codes).get_indexer(pd.Index(counted.frame["code"]))
    has[counted.frame["place"].to_numpy(), number] = True
    return has


def _base_of(found: Fragments, counted: Fragments) -> list[Note]:
    """How many documents were read whole, and how many are left out."""
    base = [Note("documents.base", base=len(counted.documents))]
    return [*base, *([Note("documents.left_out", count=found.unread)] if found.unread else [])]


def retrieve(
    documents: Documents,
    fragments: pd.DataFrame,
    codebook: Codebook,
    codes: Sequence[str],
    *,
    how: str = "and",
    within: str = "span",
) -> pd.DataFrame:
    """The text that has all of these codes (`how` "and"), or any of them ("or"), in the order of the documents.

    Of `within` "span" a row is a stretch of text that all have, the overlap; of "block" or "section" it is
    the unit, which has a code as `Documents.coding` says; of "document" the fragments of these codes in the documents
    that have them. A net stands for all codes under it. Columns: `document`, `start`, `end`, `page`, `last_page`,
    `label`, `section`, `codes` (those asked for that it has) and `text`.

    Raises `DataError` for another `how` or `within`, without a code, and as `checked` does.
    """
    if how not in HOW:
        raise DataError("documents.how", how=how, ways=list(HOW))
    if within not in WITHIN:
        raise DataError("documents.within", within=within, ways=list(WITHIN))
    if isinstance(codes, str):
        raise DataError("documents.one_list", name="codes", value=codes)
    if not codes:
        raise DataError("documents.no_codes")
    if strange := [code for code in codes if code not in codebook.ids]:
        raise DataError("documents.unknown_code", code=strange[0], codebook=codebook.name, codes=list(codebook.ids))
    under = codes_under(codebook)
    members = {code: {code} | under.get(code, set()) for code in codes}
    asked = checked(documents, fragments[fragments["code"].isin(set().union(*members.values()))], codebook)
    least = len(members) if how == "and" else 1
    rows = [
        (one.name, start, end, ";".join(code for code, has in zip(members, given, strict=True) if has))
        for place, one in enumerate(documents)
        for start, end, given in _stretches(asked, place, list(members.values()), least, within)
    ]
    frame = pd.DataFrame(rows, columns=["document", "start", "end", "codes"])
    frame = frame.assign(code=codes[0], coder="", memo="", id="", place=0)
    names = {one.name: place for place, one in enumerate(documents)}
    frame["place"] = frame["document"].map(names).astype(np.int64)
    whole = Fragments(documents, frame, np.ones(len(documents)), known=False)
    return located(whole)[["document", "start", "end", "page", "last_page", "label", "section", "codes", "text"]]


def _stretches(
    found: Fragments, place: int, members: Sequence[set[str]], least: int, within: str
) -> list[tuple[int, int, Sequence[bool]]]:
    """Where in a document enough of these sets of codes are: start, end, and which they are."""
    mine = found.frame[found.frame["place"] == place]
    spans = [
        union(*(mine.loc[mine["code"].isin(codes), name].to_numpy(dtype=np.int64) for name in ("start", "end")))
        for codes in members
    ]
    if within == "document":
        if sum(len(start) > 0 for start, _ in spans) < least:
            return []
        start, end = common(spans, 1)
    elif within == "span":
        start, end = common(spans, least)
    else:
        single = found.documents.take([found.documents.documents[place].name])
        units, codes = single.corpus(within).units, list(set().union(*members))
        given = single.coding(mine, unit=within).matrix(units.index, codes)
        has = np.stack([given[:, pd.Index(codes).isin(one)].any(axis=1) for one in members], axis=1)
        kept = has.sum(axis=1) >= least
        start, end = (units[name].to_numpy(dtype=np.int64)[kept] for name in ("start", "end"))
        return list(zip(start.tolist(), end.tolist(), has[kept].tolist(), strict=True))
    given = np.stack([covered(start, end, one) > 0 for one in spans], axis=1)
    return list(zip(start.tolist(), end.tolist(), given.tolist(), strict=True))


def _of_documents(has: Labels) -> tuple[Floats, Floats, Floats]:
    """How many documents have each two codes, how many would by chance, and p; each of shape (codes, codes)."""
    given = has.astype(np.float64)
    both, each, size = given.T @ given, given.sum(axis=0), len(given)
    with np.errstate(invalid="ignore", divide="ignore"):
        share, other = both / each, (each[:, None] - both) / (size - each)
    p = shares_differ(share, each[None, :] + 0 * both, other, size - each[None, :] + 0 * both).p
    return both, np.outer(each, each) / max(size, 1), p


def _overlaps(counted: Fragments, codes: Sequence[str]) -> tuple[Floats, Floats, Floats, Floats]:
    """Of each two codes, by document, shape (documents, codes, codes).

    These are the pairs of fragments that overlap, the characters that have both, as many as chance would make,
    and the variance of those: that of stretches as long as a fragment is on average.
    """
    start, end, place = counted.spans()
    number = pd.Index(codes).get_indexer(pd.Index(counted.frame["code"])).astype(np.int64)
    one, other = overlapping(start, end, place)
    shape = (len(counted.documents), len(codes), len(codes))
    pairs, observed, chance = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    np.add.at(pairs, (place[one], number[one], number[other]), 1)
    pairs += pairs.transpose(0, 2, 1)
    nobody = np.zeros(0, dtype=np.int64)
    for at, document in enumerate(counted.documents):
        mine = place == at
        whole = (np.zeros(1, dtype=np.int64), np.array([len(document.text)]), np.zeros(1, dtype=np.int64))
        spans = start[mine], end[mine], np.zeros(int(mine.sum()), dtype=np.int64), number[mine]
        line = continuum(spans, whole if mine.any() else (nobody, nobody, nobody), 1, len(codes))
        given = line.given[:, 0].astype(np.float64)
        observed[at] = (given * line.length[:, None]).T @ given
        first, last = bounds(document)
        each = observed[at].diagonal()
        chance[at] = np.outer(each, each) / max(int((last - first).sum()), 1)
    return pairs, observed, chance, chance * float((end - start).mean() if len(start) else 0)


def _units(counted: Fragments, codes: Sequence[str], within: str) -> tuple[Floats, Floats, Floats, Floats]:
    """The units that have each two codes by document, twice, as many as chance would make, and the variance of that."""
    coding = counted.documents.coding(counted.frame, unit=within)
    units = (coding.corpus or counted.documents.corpus(within)).units
    given = coding.matrix(units.index, codes).astype(np.float64)
    shape = (len(counted.documents), len(codes), len(codes))
    observed, chance = np.zeros(shape), np.zeros(shape)
    names = {one.name: place for place, one in enumerate(counted.documents)}
    for name, rows in units.reset_index().groupby("document", sort=False).indices.items():
        mine = given[rows]
        observed[names[str(name)]] = mine.T @ mine
        chance[names[str(name)]] = np.outer(mine.sum(axis=0), mine.sum(axis=0)) / len(mine)
    return observed, observed, chance, chance


def _by_document(apart: Floats, variance: Floats, has: Labels) -> Floats:
    """The p of differences by document, shape (documents, codes, codes), over the documents that have both codes.

    The error is that of the differences among documents, or of chance alone where that is more: of rare pairs it is.
    """
    both = has[:, :, None] & has[:, None, :]
    apart, variance = np.where(both, apart, 0.0), np.where(both, variance, 0.0)
    spread = np.sqrt(np.maximum((apart**2).sum(axis=0), variance.sum(axis=0)))
    z = np.divide(apart.sum(axis=0), spread, out=np.full(spread.shape, np.nan), where=spread > 0)
    return np.asarray(2 * ndtr(-np.abs(z)))


def _labelled(frame: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """The frame with the labels of its two codes."""
    labels = {
        f"{name}_label": texts((codebook.text(code) for code in frame[name]), frame.index) for name in ("code", "other")
    }
    return frame.assign(**labels)


def _adjusted(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with `p_adjusted` over all its pairs (Benjamini and Hochberg 1995), and `change` where it is sure."""
    frame = frame.assign(p_adjusted=benjamini_hochberg(frame["p"].to_numpy(dtype=np.float64)))
    sure = frame["p_adjusted"] < _ALPHA
    return frame.assign(change=np.select([sure & (frame["lift"] > 1), sure], ["more", "less"], default=""))


def _surest_first(frame: pd.DataFrame) -> pd.DataFrame:
    ascending = [True, True, False]
    return frame.sort_values(["p_adjusted", "p", "lift"], ascending=ascending, kind="stable", ignore_index=True)
