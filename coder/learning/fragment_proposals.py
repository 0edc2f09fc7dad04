"""The machine proposes fragments, from those that people coded in the blocks they read.

A block that was read and has no fragment of a code is an example without it; of a block that nobody read nothing is
known. One ridge regression on topics and meaning learns all codes at once (regularised least squares: Rifkin, Yeo and
Poggio 2003), and naive Bayes what single words say, which are lost in topics where they are rare. Both say of each
block that was read what they would have said had its document not been read. On those scores a second model is
fitted for all codes together (stacked sequential learning: Cohen and Carvalho 2005): what is said of the block, of
those near it and farther off, and by the rules of the code. Its probabilities are calibrated, with
a shift for each code, so that one threshold serves all (`coder.statistics.calibration`).

What stands in two documents, as plans of a period have it from the plan before, need not be learned: copies are blocks
of which half of the shingles (runs of eight words: Broder 1997) stand in an earlier document.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from coder.arrays import Floats, Ints, Labels
from coder.codebook import Codebook
from coder.coding import CLASSIFIER, COPIED, PROBABILITY, RULE, WHO, Coding, Reason
from coder.corpus import TEXT
from coder.documents import FRAGMENTS, Documents
from coder.errors import DataError
from coder.languages.text import fold, sentences, shingles, tokenise, tokens
from coder.methods.blocks import FAR, NEAR, Blocks, Rows, around
from coder.methods.classifier import FEWEST, FOLDS
from coder.methods.weighing import LIKENESS, reliability
from coder.note import Progress, silent
from coder.statistics.calibration import calibrate, log_odds, logistic
from coder.statistics.scores import best_threshold

READ = ("document", "start", "end", "coder")
"""The columns of read marks: who read which characters of which document."""
STRENGTH = {True: 10.0, False: 1.0}
"""How far the weights are held back, with an embedding and without."""
PROPOSED = (*FRAGMENTS, "score", "reason")
SHARED = 0.5
"""The share of its shingles that a copy has in common with the other document."""
_CARRIES = 0.5
"""A sentence is in the fragment where it says half of what the sentence says that says most."""
_LIKE = 0.01
_LEAST = 1e-5
_HELD_BACK = 1.0
_SMOOTHED = 0.5


def read_blocks(documents: Documents, read: pd.DataFrame) -> "pd.Index[str]":
    """The units that were read: blocks of which the middle is in a read mark (`READ`), whoever made it.

    Raises `DataError` for a mark in a document that is not there.
    """
    of = {documents[str(name)].name: marks for name, marks in read.groupby("document", sort=False)}
    found: list[str] = []
    for document in documents:
        if (marks := of.get(document.name)) is None:
            continue
        middle = (document.blocks["start"].to_numpy() + document.blocks["end"].to_numpy()) / 2
        start, end = marks["start"].to_numpy(), marks["end"].to_numpy()
        seen = ((middle[:, None] >= start) & (middle[:, None] < end)).any(axis=1)
        found += [document.unit(number) for number in np.flatnonzero(seen).tolist()]
    return pd.Index(found, name="unit", dtype=str)


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned: how likely each block has each code, shape (blocks, codes).

    Of a block that was learned from (`seen`) that is what was said of it by a model that had not seen its document.
    `words` is what each n-gram says for each code, shape (n-grams of `Blocks.words`, codes); `threshold` is from which
    probability on a code is proposed; `hits` are what rules find; `right` has the codes that people gave.
    """

    codes: tuple[str, ...]
    probability: Floats
    threshold: float
    words: Floats
    seen: Labels
    right: Labels
    hits: Labels

    @property
    def taught(self) -> bool:
        """Whether people coded enough to learn from; else the rules decide alone."""
        return bool(self.words.any())


def learn_fragments(
    blocks: Blocks,
    coding: Coding,
    *,
    codebook: Codebook | None = None,
    rules: Coding | None = None,
    copies: pd.DataFrame | None = None,
    progress: Progress = silent,
) -> Learned:
    """Learn from the blocks that `coding` has seen (`Documents.coding(fragments, read=read_blocks(...))`).

    With a `codebook` its codes are learned, and what they say of themselves helps those with few fragments.
    `rules` is what the rules of a codebook give on the blocks (`coder.code`), which changes with no decision and need
    not be made again; so is `copies`, of which no copy is learned from while its source is
    held out. With fewer than ten read blocks, or no code among them, the rules decide alone, and below the threshold
    blocks stand in the order of how like the codebook they are.
    """
    given = set(coding.assignments["code"])
    named = sorted(given | (set(rules.assignments["code"]) if rules is not None else set()))
    codes = codebook.ids if codebook is not None else tuple(named)
    like = np.zeros((len(blocks), len(codes)))
    if codebook is not None:
        like = blocks.likeness(codebook)
    hits = np.zeros((len(blocks), len(codes)), dtype=np.bool_)
    if rules is not None:
        hits = rules.matrix(blocks.ids, codes)
    right = coding.matrix(blocks.ids, codes)
    seen = blocks.ids.isin(coding.seen)
    if seen.sum() < FEWEST or not right[seen].any():
        silent_words = np.zeros((blocks.counted.shape[1], len(codes)))
        return Learned(codes, np.maximum(hits, _LIKE * like), 0.5, silent_words, seen, right, hits)
    rows = np.flatnonzero(seen)
    progress("progress.learning", 0, 2)
    scores, words = _scored(blocks, rows, right[rows], _folds(blocks, rows, copies))
    progress("progress.learning", 1, 2)
    likely = calibrate(scores[rows], right[rows]).probabilities(scores)
    evidence = _evidence(blocks, likely, hits, like, rows, right)
    start = np.zeros(evidence.shape[-1])
    start[0] = 1.0
    flat = evidence[rows].reshape(-1, evidence.shape[-1])
    stacked = evidence @ logistic(flat, right[rows].ravel(), start=start, ridge=_HELD_BACK)
    probability = calibrate(stacked[rows], right[rows]).probabilities(stacked)
    threshold = best_threshold(right[rows], probability[rows])
    return Learned(codes, probability, threshold, words, seen, right, hits)


def _scored(blocks: Blocks, rows: Ints, right: Labels, fold: Ints) -> tuple[Floats, Floats]:
    """Log odds of each block, of those that were read by the others, (blocks, codes); and what n-grams add to them."""
    share = (right.sum(axis=0) + 0.5) / (len(rows) + 1)
    spread = np.sqrt(share * (1 - share))
    weights, held_out = _ridge(blocks.rows(rows), right.astype(np.float64), fold, blocks)
    by_topics = blocks.scores(weights) / spread
    by_topics[rows] = held_out / spread
    bayes, held_out = _bayes(blocks.counted[rows], right, fold)
    by_words = np.asarray(blocks.counted @ bayes)
    by_words[rows] = held_out
    usual = np.maximum(by_words[rows].std(axis=0), _LEAST)
    evidence = np.stack([by_topics, by_words / usual, np.ones_like(by_topics)], axis=-1)
    start = np.array([1.0, 0.0, 0.0])
    both = logistic(evidence[rows].reshape(-1, 3), right.ravel(), start=start, ridge=_HELD_BACK)
    topics = blocks.grams.shape[1]
    words = both[0] * (blocks.grams @ weights[:topics]) / spread + both[1] * bayes / usual
    return evidence @ both, words


def _bayes(counted: csr_matrix, right: Labels, fold: Ints) -> tuple[Floats, Floats]:
    """Weights of n-grams (n-grams, codes) by naive Bayes, and what those of the other folds give to each row.

    How much more frequent an n-gram is where the code is than where it is not, in log odds; `_SMOOTHED` blocks in which
    it is as frequent as in all are added to both, so that one that was not read says nothing.
    """
    there = csr_matrix((np.ones(counted.nnz), counted.indices, counted.indptr), shape=counted.shape)
    names = np.unique(fold)
    has = {one: there[fold == one].T @ right[fold == one].astype(np.float64) for one in names}
    every = {one: np.asarray(there[fold == one].sum(axis=0)).ravel() for one in names}
    held_out = np.zeros(right.shape)

    def weights(kept: Labels) -> Floats:
        folds = np.unique(fold[kept]) if kept.any() else names
        having, total = np.sum([has[one] for one in folds], axis=0), np.sum([every[one] for one in folds], axis=0)
        size, blocks = right[kept].sum(axis=0), int(kept.sum())
        usual = (_SMOOTHED * (total + _LEAST) / max(blocks, 1))[:, None]
        inside = (having + usual) / (size + _SMOOTHED)
        outside = (total[:, None] - having + usual) / (blocks - size + _SMOOTHED)
        return np.where(size > 0, np.log(inside / outside), 0.0)

    for one in names:
        held = fold == one
        held_out[held] = counted[held] @ weights(~held)
    return weights(np.ones(len(fold), dtype=np.bool_)), held_out


def _evidence(blocks: Blocks, likely: Floats, hits: Labels, like: Floats, rows: Ints, right: Labels) -> Floats:
    """Log odds of the block, of those near and far, and by its rules; likeness; and 1: (blocks, codes, 4 to 6)."""

    def odds(share: Floats) -> Floats:
        return log_odds(np.clip(share, _LEAST, 1 - _LEAST))

    parts = [odds(likely), *(odds(around(blocks.document, *reach) @ likely) for reach in (NEAR, FAR))]
    if hits.any():
        parts.append(odds(np.where(hits, *reliability(hits[rows], right[rows]))))
    if like.any():
        parts.append(LIKENESS * like)
    return np.stack([*parts, np.ones_like(likely)], axis=-1)


def _folds(blocks: Blocks, rows: Ints, copies: pd.DataFrame | None) -> Ints:
    """The fold of each block that was read: that of its document, and copies with their source.

    Where fewer documents were read than there are folds, each fold is a stretch of what was read.
    """
    document = blocks.document[rows]
    names, number, size = np.unique(document, return_inverse=True, return_counts=True)
    if len(names) < FOLDS:
        fold = np.arange(len(rows)) * FOLDS // len(rows)
    else:
        of, full = np.zeros(len(names), dtype=np.int64), np.zeros(FOLDS)
        for name in np.argsort(-size, kind="stable").tolist():
            of[name] = int(full.argmin())
            full[of[name]] += size[name]
        fold = of[number]
    if copies is None or not len(copies):
        return fold
    links = blocks.ids.get_indexer(copies.index), blocks.ids.get_indexer(pd.Index(copies["source"]))
    joined = csr_matrix((np.ones(len(copies)), links), shape=(len(blocks), len(blocks)))
    group = connected_components(joined, directed=False)[1][rows]
    _, first, place = np.unique(group, return_index=True, return_inverse=True)
    return fold[first[place]]


def _ridge(rows: Rows, right: Floats, fold: Ints, blocks: Blocks) -> tuple[Floats, Floats]:
    """Weights (numbers, codes), and what weights of the other folds give to each row (rows, codes).

    By the products of rows where these are fewer than the numbers, else by those of the numbers: the same weights.
    """
    strength = STRENGTH[blocks.own.shape[1] > blocks.grams.shape[1]]
    held_out = np.zeros_like(right)
    if few := len(rows) < rows.shape[1]:
        products = (rows @ rows.T).astype(np.float64)
    else:
        parts = {int(one): _products(rows[fold == one]) for one in np.unique(fold)}
        every = np.sum(list(parts.values()), axis=0)
        sums = {one: rows[fold == one].T @ right[fold == one] for one in parts}
    for one in np.unique(fold).tolist():
        held, rest = fold == one, fold != one
        if not rest.any():
            held_out[held] = right.mean(axis=0)
        elif few:
            held_out[held] = products[np.ix_(held, rest)] @ _solved(products[np.ix_(rest, rest)], right[rest], strength)
        else:
            others = np.sum([part for number, part in sums.items() if number != one], axis=0)
            held_out[held] = rows[held] @ _solved(every - parts[one], others, strength)
    if few:
        return np.asarray(rows.T @ _solved(products, right, strength), dtype=np.float64), held_out
    return _solved(every, np.sum(list(sums.values()), axis=0), strength), held_out


def _products(rows: Rows) -> Floats:
    return np.asarray(rows.T @ rows, dtype=np.float64)


def _solved(products: Floats, right: Floats, strength: float) -> Floats:
    return np.asarray(cho_solve(cho_factor(products + strength * np.eye(len(products))), right))


def propose(
    blocks: Blocks, learned: Learned, *, rules: Coding | None = None, codes: Sequence[str] | None = None
) -> pd.DataFrame:
    """The fragments that the machine proposes in blocks that were not learned from, in the order of the documents.

    The columns of `FRAGMENTS`, `score` (how likely, 0..1) and `reason`. A code is proposed where its probability
    reaches the threshold: in the sentences of the block that carry it, and in those where a rule of it hits.
    `coder` is "classifier", or "rule" where a rule hits. Without `codes` all are proposed. Raises `DataError` for codes
    that were not learned.
    """
    wanted = tuple(learned.codes if codes is None else codes)
    if strange := set(wanted) - set(learned.codes):
        raise DataError("fragments.no_code", codes=sorted(strange), known=list(learned.codes))
    likely = (learned.probability >= learned.threshold) & ~learned.seen[:, None] & np.isin(learned.codes, wanted)
    row, column = np.nonzero(likely)
    start, end = _extents(blocks, learned, row, column, rules)
    units = blocks.units
    score = learned.probability[row, column]
    names = np.asarray(learned.codes, dtype=object)[column]
    written = _rules_of(rules)
    why = [
        _reason(written, unit, code, chance) for unit, code, chance in zip(units.index[row], names, score, strict=True)
    ]
    place = units["start"].to_numpy(dtype=np.int64)[row]
    made = {
        "document": units["document"].to_numpy()[row],
        "start": place + start,
        "end": place + end,
        "code": names,
        "coder": [reason.kind for reason in why],
        "memo": "",
        "id": "",
        "score": score,
        "reason": pd.Series(why, dtype=object),
    }
    return pd.DataFrame(made, columns=list(PROPOSED))


def _rules_of(rules: Coding | None) -> dict[tuple[str, str], Reason]:
    """The first hit of each unit and code."""
    if rules is None:
        return {}
    pairs = zip(rules.assignments["unit"], rules.assignments["code"], strict=True)
    found: dict[tuple[str, str], Reason] = {}
    for pair, reason in zip(pairs, rules.reasons, strict=True):
        found.setdefault(pair, reason)
    return found


def _reason(written: dict[tuple[str, str], Reason], unit: str, code: str, chance: float) -> Reason:
    hit = written.get((unit, code))
    return hit if hit is not None and hit.kind == RULE else Reason(CLASSIFIER, note=((PROBABILITY, float(chance)),))


def _extents(blocks: Blocks, learned: Learned, row: Ints, column: Ints, rules: Coding | None) -> tuple[Ints, Ints]:
    """From where to where in its block each proposal goes, both of shape (proposals,)."""
    texts = blocks.units[TEXT]
    places = {int(one): _sentences(str(texts.iloc[one])) for one in np.unique(row)}
    several = [one for one, found in places.items() if len(found) > 1]
    pieces = [str(texts.iloc[one])[start:end] for one in several for start, end in places[one]]
    said = blocks.words.transform(pieces) @ learned.words if pieces else np.zeros((0, len(learned.codes)))
    first = dict(zip(several, np.cumsum([0, *(len(places[one]) for one in several)]).tolist(), strict=False))
    struck: dict[tuple[str, str], list[tuple[int, int]]] = {}
    if rules is not None:
        for unit, code, start, end in rules.assignments[["unit", "code", "start", "end"]].itertuples(index=False):
            struck.setdefault((unit, code), []).append((start, end))
    spans = np.zeros((len(row), 2), dtype=np.int64)
    for place, (one, code) in enumerate(zip(row.tolist(), column.tolist(), strict=True)):
        found = places[one]
        scores = said[first[one] : first[one] + len(found), code] if len(found) > 1 else np.zeros(len(found))
        own = struck.get((str(blocks.ids[one]), learned.codes[code]), [])
        spans[place] = _span(found, scores, own, len(str(texts.iloc[one])))
    return spans[:, 0], spans[:, 1]


def _span(found: list[tuple[int, int]], scores: Floats, struck: list[tuple[int, int]], size: int) -> tuple[int, int]:
    """From the first sentence that carries the code to the last; all of the block where none does."""
    hit = np.array([any(a < end and start < b for a, b in struck) for start, end in found], dtype=np.bool_)
    best = scores.max(initial=0.0)
    carries = np.flatnonzero(hit | ((scores >= _CARRIES * best) & (best > 0)))
    if not len(carries):
        return 0, size
    return found[carries[0]][0], found[carries[-1]][1]


def _sentences(text: str) -> list[tuple[int, int]]:
    read = tokens(text)
    return [(read[first].start, read[stop - 1].end) for first, stop in sentences(read)]


# Copies


def copies(documents: Documents) -> pd.DataFrame:
    """The blocks that are copies, indexed by unit: `source`, the unit they are of, and `shared`, 0.5 to 1.

    The source stands in a document that is earlier in `documents`: put them in the order of their periods. Of a block
    that was copied more than once it is the first. Blocks of fewer than eight words are copies of none.
    """
    units = documents.corpus().units
    texts, forms, document = units["text"].tolist(), *_words_of(units)
    block, shingle = _shingles(forms)
    if not len(block):
        return pd.DataFrame({"source": [], "shared": []}, index=units.index[:0])
    _, first, kind = np.unique(shingle, return_index=True, return_inverse=True)
    source = block[first][kind]  # the first block that has this shingle
    elsewhere = document[source] != document[block]
    size = len(texts)
    pair, counts = np.unique(block[elsewhere] * size + source[elsewhere], return_counts=True)
    of, whence = pair // size, pair % size
    total = np.bincount(block, minlength=size)
    shared = np.bincount(of, counts, minlength=size) / np.maximum(total, 1)
    order = np.lexsort((whence, -counts, of))
    _, best = np.unique(of[order], return_index=True)
    chosen = order[best][shared[of[order[best]]] >= SHARED]
    frame = {"source": units.index[whence[chosen]], "shared": shared[of[chosen]]}
    return pd.DataFrame(frame, index=units.index[of[chosen]])


def copied_fragments(documents: Documents, fragments: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The fragments of sources as proposals for their copies: the columns of `FRAGMENTS`, score and reason.

    A fragment stands in the copy where its words do, or else takes the whole block. `found` is what `copies` found;
    a copy that has the code already gets no proposal of it.
    """
    units = documents.corpus().units
    coding = documents.coding(fragments)
    has = set(coding.pairs().itertuples(index=False, name=None))
    given = coding.assignments.groupby("unit", sort=False)
    rows = []
    for copy, source, shared in zip(found.index, found["source"], found["shared"], strict=True):
        if source not in given.groups:
            continue
        here, there = units.loc[copy], units.loc[source]
        for code, start, end in given.get_group(source)[["code", "start", "end"]].itertuples(index=False):
            if (copy, code) in has:
                continue
            at = str(here["text"]).find(str(there["text"])[start:end])
            begin, stop = (at, at + end - start) if at >= 0 else (0, len(str(here["text"])))
            why = Reason(COPIED, note=((WHO, str(there["document"])),))
            place = int(here["start"])
            rows.append((here["document"], place + begin, place + stop, code, COPIED, "", "", float(shared), why))
    return pd.DataFrame(rows, columns=[*FRAGMENTS, "score", "reason"])


def _words_of(units: pd.DataFrame) -> tuple[list[Ints], Ints]:
    """The words of each block as numbers, and the number of its document."""
    tokens = tokenise(units["text"].tolist())
    folded, _ = pd.factorize(np.asarray([fold(form.lower()) for form in tokens.vocabulary.forms], dtype=object))
    word = folded[tokens.form].astype(np.int64) if len(folded) else np.zeros(0, dtype=np.int64)
    ends = np.searchsorted(tokens.text, np.arange(1, len(units)))
    return np.split(word, ends), pd.factorize(units["document"])[0].astype(np.int64)


def _shingles(forms: list[Ints]) -> tuple[Ints, "np.ndarray[tuple[int], np.dtype[np.uint64]]"]:
    """The block of each shingle, and what it is known by; none goes from one block into the next."""
    block = np.repeat(np.arange(len(forms)), [len(one) for one in forms])
    mark = shingles(np.concatenate(forms) if forms else np.zeros(0, dtype=np.int64))
    count = len(mark)
    whole = block[:count] == block[len(block) - count :]
    return block[:count][whole], mark[whole]
