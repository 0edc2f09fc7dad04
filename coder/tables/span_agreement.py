"""How well readers agree on fragments: on blocks, on the text by length, on spans, and where they differ.

Blocks are the units of `coder.tables.agreement`; the text itself is a line on which every character counts alike; a
span is what one reader marked. Intervals are of documents: the fragments of one are not independent.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coder.arrays import Floats, Ints, Labels
from coder.codebook import Codebook
from coder.documents import FRAGMENTS, Documents
from coder.errors import DataError, check_least, check_share
from coder.note import Note
from coder.statistics.unitizing import (
    alpha_by_length,
    continuum,
    covered,
    document_draws,
    length_sums,
    overlapping,
    union,
)
from coder.tables.agreement import Agreement, agree
from coder.tables.codes_in_documents import READ, Fragments, located, placed, said_of
from coder.tables.table import Column, Said, Table, texts

if TYPE_CHECKING:
    from coder.coding import Coding

DIFFERENCES = ("difference", *FRAGMENTS, "kind", "missed")
"""Of fragments on which readers differ: the number of the difference, the fragment, how it differs, and which readers
(names joined by "; ") have nothing there."""
ANY = "*"
"""Stands for any code at all where codes are listed."""
MISSED, OTHER_CODE, OTHER_EXTENT = "missed", "code", "extent"
"""How another reader differs on a fragment: nothing there, another code there, the same code on other text."""
_PAIR = 2
_HALF = 0.5
_MATCHES = ("overlap", "half", "exact")
"""When two fragments of one code are the same: they share a character; they share half of what they cover together
or more; they begin and end alike."""
_SAYS = {
    f"agreement.{name}": f"documents.agreement_{name}"
    for name in (
        *("counts", "left_out", "interval", "head_units", "head_unit", "codes_note", "confused_note"),
        *("answers", "answers_note", "coders_note"),
    )
}


@dataclass(frozen=True, slots=True)
class SpanAgreement:
    """How well readers agree on fragments.

    `blocks` are the five tables of `coder.tables.agreement.agree` with blocks as units; `either` the same of the blocks
    to which any reader gave a code, where the many that nobody coded do not count (None without such a block).
    `codes` has a row for any code and for each one, with the fragments that two readers or more could have given, alpha
    by length and F1; `pairs` a row a pair of readers;
    `differences` a row a fragment that another reader has not, or otherwise.
    """

    blocks: Agreement
    either: Agreement | None
    codes: Table
    pairs: Table
    differences: Table


@dataclass(frozen=True, slots=True)
class _Marked:
    """Fragments of several readers: numbers of document, coder and code of each, and which coders read it."""

    documents: Documents
    frame: pd.DataFrame
    coders: tuple[str, ...]
    codes: tuple[str, ...]
    read: pd.DataFrame
    seen: Labels

    def column(self, name: str) -> Ints:
        return self.frame[name].to_numpy(dtype=np.int64)


def span_agreement(
    documents: Documents,
    fragments: pd.DataFrame,
    codebook: Codebook | None = None,
    *,
    read: pd.DataFrame | None = None,
    seed: int = 1,
    level: float = 0.95,
    draws: int = 1000,
) -> SpanAgreement:
    """How well the readers of these documents agree; `coder` of a fragment is who gave it.

    `read` says who read what (`coder.tables.codes_in_documents.READ`); without it a reader read the whole of each
    document that has a fragment of theirs. Only what two readers or more read counts.

    Alpha by length is Krippendorff's of a binary distinction on the continuum (2019; see
    `coder.statistics.unitizing.alpha_by_length`), for any number of readers, with percentiles of `draws` bootstrap
    samples of documents. F1 is of fragments: of all pairs of readers, the share of their fragments that the other has
    too, with the same code: with a character in common (`overlap`), with half or more of what both cover in common
    (`half`), or with the same ends (`exact`).

    Raises `DataError` with fewer than two readers, where nothing was read by two, and as `agree` does.

    >>> import coder
    >>> from coder.resources import resource
    >>> plans = coder.read_documents(resource("corpora/plans"), resource("corpora/plans.csv"))
    >>> book = coder.read_codebook(resource("codebooks/policy-themes.yaml"))
    >>> fragments, read = coder.read_fragments(resource("corpora/plan-fragments.csv"), plans, book)
    >>> found = coder.span_agreement(plans, fragments, book, read=read, draws=20)
    >>> int(found.codes.frame["readers"].max())
    2
    """
    check_share(level=level)
    check_least(1, draws=draws)
    marked = _marked(documents, fragments, codebook, read)
    matched = _matched(marked)
    blocks, either = _blocks(marked, codebook, {"seed": seed, "level": level, "draws": draws})
    return SpanAgreement(
        blocks,
        either,
        _codes(marked, matched, codebook, seed, level, draws),
        _pairs(marked, matched),
        _differences(marked, codebook),
    )


def _marked(
    documents: Documents, fragments: pd.DataFrame, codebook: Codebook | None, read: pd.DataFrame | None
) -> _Marked:
    frame = placed(documents, fragments).drop_duplicates(["place", "start", "end", "code", "coder"])
    if read is None:
        sizes = [len(one.text) for one in documents]
        marks = frame[["document", "place", "coder"]].drop_duplicates(ignore_index=True)
        marks = marks.assign(start=0, end=[sizes[place] for place in marks["place"]])
    else:
        marks = placed(documents, read, READ)
    names = tuple(dict.fromkeys([*sorted(marks["coder"].unique()), *sorted(frame["coder"].unique())]))
    if len(names) < _PAIR:
        raise DataError("documents.one_reader" if names else "documents.no_reader", coders=list(names))
    used = set(frame["code"])
    order = codebook.ids if codebook is not None else ()
    codes = (*(code for code in order if code in used), *sorted(used - set(order)))
    frame = frame.assign(
        reader=pd.Index(names).get_indexer(pd.Index(frame["coder"])),
        number=pd.Index(codes).get_indexer(pd.Index(frame["code"])),
    ).sort_values(["place", "start", "reader", "end"], kind="stable", ignore_index=True)
    marks = marks.assign(reader=pd.Index(names).get_indexer(pd.Index(marks["coder"])))
    seen = np.zeros((len(frame), len(names)), dtype=np.bool_)
    for key, some in marks.groupby(["place", "reader"]):
        place, reader = (int(str(one)) for one in key)
        rows = np.flatnonzero(frame["place"] == place)
        start, end = (frame[name].to_numpy(dtype=np.int64)[rows] for name in ("start", "end"))
        by = union(some["start"].to_numpy(dtype=np.int64), some["end"].to_numpy(dtype=np.int64))
        seen[rows, reader] = 2 * covered(start, end, by) >= end - start
    return _Marked(documents, frame, names, codes, marks, seen)


def _blocks(marked: _Marked, codebook: Codebook | None, options: dict[str, Any]) -> tuple[Agreement, Agreement | None]:
    """The agreement on blocks, and on those that anybody coded."""
    corpus = marked.documents.corpus()
    of = corpus.units["document"]
    marks = marked.read.assign(code="read", memo="", id="")
    codings: dict[str, Coding] = {}
    for number, name in enumerate(marked.coders):
        read = marked.documents.coding(marks[marks["reader"] == number]).seen
        mine = marked.documents.coding(marked.frame[marked.frame["reader"] == number], coder=name, read=read)
        codings[name] = replace(mine, corpus=None).take(read)
    seen = pd.Index(np.concatenate([one.seen.to_numpy(dtype=object) for one in codings.values()]))
    if not seen.duplicated().any():
        raise DataError("documents.nothing_twice", coders=list(codings))
    options |= {"texts": corpus.texts, "clusters": of}
    every = agree(codings, codebook, **options)
    coded = {unit for one in codings.values() for unit in one.assignments["unit"]}
    twice = coded & set(seen[seen.duplicated()])
    if not twice:
        return _of_blocks(every, "blocks"), None
    kept = {name: one.take(pd.Index(sorted(coded))) for name, one in codings.items()}
    return _of_blocks(every, "blocks"), _of_blocks(agree(kept, codebook, **options), "either")


def _of_blocks(found: Agreement, which: str) -> Agreement:
    """The same tables, said of blocks."""
    names = ("overall", "codes", "coders", "confused", "answers")
    tables = [said_of(getattr(found, name), _SAYS) for name in names]
    shown = dict(tables[0].columns) | {"label": Column("", "measure_of_blocks", ("measure",))}
    tables[0] = replace(tables[0], title=Note(f"documents.agreement_{which}"), shown=shown)
    return Agreement(*tables)


def _sums(marked: _Marked) -> Floats:
    """What alpha by length is made of, shape (documents, codes + 1, 4), of the documents that two readers read."""
    start, end, reader, number, place = map(marked.column, ("start", "end", "reader", "number", "place"))
    marks = {name: marked.read[name].to_numpy(dtype=np.int64) for name in ("start", "end", "reader", "place")}
    rows = []
    for at in np.unique(marks["place"]):
        mine, seen = place == at, marks["place"] == at
        spans = start[mine], end[mine], reader[mine], number[mine]
        read = marks["start"][seen], marks["end"][seen], marks["reader"][seen]
        rows.append(length_sums(continuum(spans, read, len(marked.coders), len(marked.codes))))
    sums = np.stack(rows)
    both = sums[:, :, 1:3].sum(axis=(1, 2)) > 0
    return np.asarray(sums[both])


def _matched(marked: _Marked) -> Labels:
    """Which fragments another reader has too, shape (fragments, coders, `_MATCHES`)."""
    start, end, reader, number, place = map(marked.column, ("start", "end", "reader", "number", "place"))
    found = np.zeros((len(start), len(marked.coders), len(_MATCHES)), dtype=np.bool_)
    one, other = overlapping(start, end, place * max(len(marked.codes), 1) + number)
    one, other = one[reader[one] != reader[other]], other[reader[one] != reader[other]]
    shared = np.minimum(end[one], end[other]) - np.maximum(start[one], start[other])
    together = np.maximum(end[one], end[other]) - np.minimum(start[one], start[other])
    kinds = [shared > 0, shared >= _HALF * together, shared == together]
    for mine, theirs in ((one, other), (other, one)):
        for kind, same in enumerate(kinds):
            found[mine[same], reader[theirs[same]], kind] = True
    return found


def _f1(marked: _Marked, matched: Labels, rows: Labels) -> Floats:
    """The F1 of these fragments over all pairs of readers, shape (`_MATCHES`,); nan without a fragment."""
    asked = marked.seen[rows].copy()
    asked[np.arange(len(asked)), marked.column("reader")[rows]] = False
    total = asked.sum()
    hits = (matched[rows] & asked[:, :, None]).sum(axis=(0, 1))
    return np.asarray(hits / total if total else np.full(len(_MATCHES), np.nan), dtype=np.float64)


def _codes(marked: _Marked, matched: Labels, codebook: Codebook | None, seed: int, level: float, draws: int) -> Table:
    sums = _sums(marked)
    weights = np.concatenate([np.ones((1, len(sums))), document_draws(len(sums), draws, seed)])
    alphas = alpha_by_length(sums, weights)
    ends = [(1 - level) / 2, (1 + level) / 2]
    rows = []
    asked = marked.seen.sum(axis=1) >= _PAIR
    for place, code in enumerate((*marked.codes, ANY)):
        drawn = alphas[1:, place][~np.isnan(alphas[1:, place])]
        low, high = np.quantile(drawn, ends) if len(drawn) and len(sums) > 1 else (np.nan, np.nan)
        mine = asked & (marked.column("number") == place) if code != ANY else asked
        some = marked.frame[mine]
        counts = (len(some), some["place"].nunique(), some["coder"].nunique())
        f1 = _f1(marked, matched, mine)
        rows.append((code, *counts, alphas[0, place], low, high, draws - len(drawn), *f1))
    names = ["code", "fragments", "documents", "readers", "alpha", "low", "high", "undefined"]
    frame = pd.DataFrame([rows[-1], *rows[:-1]], columns=[*names, *(f"f1_{name}" for name in _MATCHES)])
    labels = [codebook.text(code) if codebook is not None and code in codebook.ids else code for code in frame["code"]]
    frame.insert(1, "label", texts([Note("documents.any_code"), *labels[1:]]))
    shown: dict[str, Said | Column] = {"label": Note("tables.code")}
    shown |= {name: Note(f"documents.{name}") for name in ("fragments", "documents")}
    shown |= {"alpha": Column(Note("documents.alpha"), "score")}
    shown |= {"interval": Column(Note("documents.interval"), "ends", ("low", "high"))}
    shown |= {f"f1_{name}": Column(Note(f"documents.f1_{name}"), "score") for name in _MATCHES}
    interval = Note("documents.agreement_interval", level=round(level * 100, 4), draws=draws)
    notes = [Note("documents.alpha_note"), interval if len(sums) > 1 else Note("documents.one_document")]
    notes += [Note("documents.f1_note"), *_extent_note(frame)]
    own = marked.seen[np.arange(len(marked.frame)), marked.column("reader")]
    notes += [Note("documents.unmarked_fragments", count=int((~own).sum()))] if not own.all() else []
    return Table(Note("documents.agreement_codes"), frame, len(sums), shown, tuple(notes))


def _extent_note(frame: pd.DataFrame) -> list[Note]:
    """Whether readers differ in what they see, or in where it begins and ends."""
    loose, exact = (float(frame[f"f1_{name}"].iloc[0]) for name in ("overlap", "exact"))
    if np.isnan(loose) or exact == 1:
        return []
    key = "missing_matters" if 1 - loose >= loose - exact else "extent_matters"
    return [Note(f"documents.{key}", missed=1 - loose, extent=loose - exact)]


def _pairs(marked: _Marked, matched: Labels) -> Table:
    """The F1 of each two readers, the worst first."""
    reader = marked.column("reader")
    read = {at: set(marked.read.loc[marked.read["reader"] == at, "place"]) for at in range(len(marked.coders))}
    rows = []
    for one, other in combinations(range(len(marked.coders)), 2):
        if not (both := read[one] & read[other]):
            continue
        mine, theirs = ((reader == a) & marked.seen[:, b] for a, b in ((one, other), (other, one)))
        hits = matched[mine, other].sum(axis=0) + matched[theirs, one].sum(axis=0)
        total = int(mine.sum() + theirs.sum())
        f1 = hits / total if total else np.full(len(_MATCHES), np.nan)
        counts = (len(both), int(mine.sum()), int(theirs.sum()))
        rows.append((marked.coders[one], marked.coders[other], *counts, *f1))
    names = ["coder", "other", "documents", "n", "other_n"]
    frame = pd.DataFrame(rows, columns=[*names, *(f"f1_{name}" for name in _MATCHES)])
    frame = frame.sort_values("f1_overlap", kind="stable", ignore_index=True)
    shown: dict[str, Said | Column] = {name: Note(f"documents.reader_{name}") for name in ("coder", "other")}
    shown |= {"documents": Note("documents.documents")}
    shown |= {name: Note(f"documents.reader_{name}") for name in ("n", "other_n")}
    shown |= {f"f1_{name}": Column(Note(f"documents.f1_{name}"), "score") for name in _MATCHES}
    return Table(Note("documents.agreement_pairs"), frame, len(marked.documents), shown, (Note("documents.f1_note"),))


def _differences(marked: _Marked, codebook: Codebook | None) -> Table:
    """What one reader has and another has not, or otherwise, in the order of the documents."""
    rows = list(_differing(marked))
    columns = ["row", "kind", "other_coder", "other_row"]
    found = pd.DataFrame(rows, columns=columns).astype({"row": np.int64, "other_row": np.int64})
    mine = located(Fragments(marked.documents, marked.frame, np.ones(len(marked.documents)), known=False))
    kept = [*("document", "page", "section", "start", "end", "code", "coder", "text")]
    frame = mine.reset_index(drop=True).loc[found["row"], kept].reset_index(drop=True)
    other = marked.frame.reindex(found["other_row"]).reset_index(drop=True)
    frame = frame.assign(kind=found["kind"], other_coder=found["other_coder"], other_code=other["code"].fillna(""))
    ends = {f"other_{name}": other[name].fillna(-1).astype(int) for name in ("start", "end")}
    frame = frame.assign(**ends)
    for name in ("code", "other_code"):
        known = codebook.ids if codebook is not None else ()
        labels = [codebook.text(one) if codebook is not None and one in known else one for one in frame[name]]
        frame[f"{name}_label"] = texts(labels)
    counts = {f"n_{kind}": int((frame["kind"] == kind).sum()) for kind in (MISSED, OTHER_CODE, OTHER_EXTENT)}
    shown: dict[str, Said | Column] = {"document": Note("documents.document"), "page": Note("documents.page")}
    shown |= {"kind": Column(Note("documents.kind"), "differs"), "coder": Note("documents.reader_coder")}
    shown |= {"code_label": Note("tables.code"), "other_coder": Note("documents.reader_other")}
    shown |= {"other_code_label": Note("documents.other_code"), "text": Note("documents.text")}
    notes = (Note("documents.differences_note", **counts),)
    return Table(Note("documents.differences"), frame, len(marked.documents), shown, notes)


def differences(documents: Documents, fragments: pd.DataFrame, read: pd.DataFrame | None = None) -> pd.DataFrame:
    """Where readers differ, a row a fragment (`DIFFERENCES`), in the order of the documents.

    Fragments that are about the same are one difference: those of one code that overlap, and those that different
    readers gave other codes. It is `OTHER_CODE` before `OTHER_EXTENT` before `MISSED`. Empty with fewer than two
    readers. `read` is as in `span_agreement`.
    """
    coders = {*fragments["coder"], *(read["coder"] if read is not None else ())}
    if len(coders) < _PAIR or fragments.empty:
        return pd.DataFrame(columns=list(DIFFERENCES))
    from scipy.sparse import coo_array  # noqa: PLC0415
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    marked = _marked(documents, fragments, None, read)
    found = pd.DataFrame(list(_differing(marked)), columns=["row", "kind", "other_coder", "other_row"])
    start, end, reader, number, place = map(marked.column, ("start", "end", "reader", "number", "place"))
    one, other = overlapping(start, end, place * max(len(marked.codes), 1) + number)
    apart = reader[one] != reader[other]
    pairs = found[found["other_row"] >= 0]
    one = np.concatenate([one[apart], pairs["row"].to_numpy(dtype=np.int64)])
    other = np.concatenate([other[apart], pairs["other_row"].to_numpy(dtype=np.int64)])
    size = len(start)
    _, group = connected_components(coo_array((np.ones(len(one)), (one, other)), shape=(size, size)), directed=False)
    about = found.assign(group=group[found["row"].to_numpy(dtype=np.int64)])
    rank = {kind: place for place, kind in enumerate((OTHER_CODE, OTHER_EXTENT, MISSED))}
    kinds = about.sort_values("kind", key=lambda kind: kind.map(rank), kind="stable").groupby("group")["kind"].first()
    lacking: dict[int, set[str]] = {}
    for which, name in about.loc[about["kind"] == MISSED, ["group", "other_coder"]].itertuples(index=False):
        lacking.setdefault(which, set()).add(name)
    frame = marked.frame.assign(group=group).sort_values(["place", "start", "end"], kind="stable")
    frame = frame[frame["group"].isin(kinds.index)].reset_index(drop=True)
    frame["difference"] = pd.factorize(frame["group"])[0]
    frame["kind"] = frame["group"].map(kinds)
    frame["missed"] = texts("; ".join(sorted(lacking.get(one, ()))) for one in frame["group"])
    return frame.sort_values("difference", kind="stable")[list(DIFFERENCES)].reset_index(drop=True)


def _differing(marked: _Marked) -> Iterator[tuple[int, str, str, int]]:
    """The fragment, the kind, the other reader, and the fragment of theirs that it is about (-1: none)."""
    start, end, reader, number, place = map(marked.column, ("start", "end", "reader", "number", "place"))
    one, other = overlapping(start, end, place)
    one, other = np.append(one, other), np.append(other, one)
    one, other = one[reader[one] != reader[other]], other[reader[one] != reader[other]]
    shared = np.minimum(end[one], end[other]) - np.maximum(start[one], start[other])
    same = number[one] == number[other]
    agreed = np.zeros((len(start), len(marked.coders)), dtype=np.bool_)
    agreed[one[same], reader[other[same]]] = True
    usable = same | ~agreed[other, reader[one]]  # another code that the first reader gave as well is no other code
    pairs = pd.DataFrame({"row": one, "reader": reader[other], "other": other, "same": same, "shared": shared})
    best = pairs[usable].sort_values(["same", "shared", "other"], ascending=[False, False, True], kind="stable")
    nearest = {
        (int(row), int(who)): (int(which), bool(code))
        for row, who, which, code in best.drop_duplicates(["row", "reader"])[["row", "reader", "other", "same"]]
        .itertuples(index=False, name=None)
    }  # fmt: skip
    told: set[tuple[int, int]] = set()
    for row in range(len(start)):
        for who in np.flatnonzero(marked.seen[row]).tolist():
            if who == reader[row]:
                continue
            which, code = nearest.get((row, who), (-1, False))
            if which < 0:
                yield row, MISSED, marked.coders[who], -1
            elif (which, row) not in told and not (code and start[row] == start[which] and end[row] == end[which]):
                told.add((row, which))
                yield row, OTHER_EXTENT if code else OTHER_CODE, marked.coders[who], which
