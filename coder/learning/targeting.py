"""What to code next, to learn from: the answers that would teach a model the most.

The score of an answer is

    (doubt + rules + rare + top) x variety

The four are counts of open decisions, in bits, so that they can be added: each yes or no about a code
is worth its entropy (uncertainty sampling: Lewis and Gale 1994; summed over codes, as each is a decision of
its own). `rules` adds what rules and model disagree on, `rare` and `top` count the doubt again for codes
with few examples and for codes whose place in the top 10 is not settled. `variety` is how little an answer is
like what was chosen or coded already, and so every choice changes the score of the next. Near-duplicates are
chosen once. With sentence embeddings the units worth most are put into clusters of meaning, and those in the middle
of each come first (Zhdanov 2019, "Diverse mini-batch active learning"). Without a model there is no doubt to count,
and the score is (1 + rules) x variety; without embeddings either, x typical too: how much an answer is like all others
(information density: Settles and Craven 2008). For the weights see docs/measured.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.special import ndtr
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer

from coder.arrays import Floats, Labels
from coder.codebook import SPECIAL, Codebook
from coder.coding import Coding
from coder.corpus import Corpus
from coder.errors import DataError
from coder.languages.language import DUTCH, language_of
from coder.languages.nl.pipeline import BUNDLED
from coder.languages.text import WORD, fold
from coder.learning.sampling import DRAWN, PROBABILITY, STRATA, STRATUM, TARGETED, WHY, Sample, check_size, to_code
from coder.methods import embedding as embeddings
from coder.methods.classifier import FEWEST, Classifier, train_classifier
from coder.methods.rules.engine import Rules
from coder.note import Note, Text

RULES, RARE, TOP = 1.0, 0.5, 0.5
"""What rules, rare codes and the edge of the top 10 weigh beside doubt, which weighs 1."""
TYPICAL, VARIETY = 0.5, 0.25
"""The powers of typical and variety."""
POOL = 20
"""So many times as many units as are asked for, those worth most, are put into clusters."""
LOOKED_AT = 100_000
"""Of answers that are read part by part so many, drawn at random, are looked at."""
CLOSELY = 5_000
"""Of more answers than this so many, those worth most by words and rules alone, are embedded and compared."""
NEAR = 0.9
"""Answers with a cosine from here on say the same; one of them is chosen."""
LIMIT = 10
"""The last rank of the top."""
_FEW = 10
"""A code with fewer examples than this is called rare."""
_STEM = 5
"""So many first letters of a word also count as one, so that inflections and compounds are alike."""
_NAMED = 3
_OPEN = 0.5
"""From so many bits on a reason is worth telling, and from this chance on that a place is not sure."""


def target(
    corpus: Corpus,
    size: int,
    *,
    model: Classifier | None = None,
    codebook: Codebook | None = None,
    hand: Coding | None = None,
    no_answer: Sequence[str] | None = None,
    nlp: str = BUNDLED,
    closely: int | None = None,
    seed: int = 1,
) -> Sample:
    """Choose the units to code next, the most useful one first, each with the reason why.

    Without `model` one is trained on what people coded (`hand`), where that is enough; without any, answers
    count one bit each, and one more where no rule of the codebook finds anything. Coded answers, answers
    that say nothing and near-duplicates are not chosen, so that fewer than `size` may be found. Equal scores
    are ordered by `seed`. Where more than `closely` are left (5,000, or 20 times `size`), so many of them, those worth
    most by words and rules alone, are embedded and compared. Raises `DataError` where nothing is left to code.

    >>> import coder
    >>> from coder.resources import resource
    >>> answers = coder.read(resource("corpora/wishes-2021.csv"), text="answer", id="id")
    >>> book = coder.read_codebook(resource("codebooks/wishes.yaml"))
    >>> coder.target(answers, 5, codebook=book)
    <Sample: 5 units, targeted>
    """
    spoken = language_of(codebook.language) if codebook is not None else DUTCH
    left = to_code(corpus, hand, spoken.no_answer if no_answer is None else no_answer)
    check_size(size, len(left), fewer=True)
    coded = corpus.ids[corpus.ids.isin(hand.seen)] if hand is not None else corpus.ids[:0]
    if model is None and hand is not None and len(coded) >= FEWEST and len(hand.take(coded).assignments):
        model = train_classifier(corpus, hand, language=spoken.code, seed=seed)
    open_, left = len(left), left[np.random.default_rng(seed).permutation(len(left))]
    known = _Known(corpus, left, model, codebook, hand, nlp)
    if len(left) > (most := closely or max(CLOSELY, POOL * size)):
        quick = replace(known, model=model.by_words if model is not None else None)
        left = left[np.sort(np.argsort(-quick.parts.sum(axis=1).to_numpy(), kind="stable")[:most])]
        known = replace(known, left=left, every=quick)
    vectors = _vectors(corpus, left, coded)
    worth = known.parts.sum(axis=1).to_numpy()
    if not known.meaning.shape[1] and model is None:
        worth = worth * _typical(vectors.left) ** TYPICAL
    nearest = _nearest(vectors)
    new = nearest < NEAR
    if model is None and (missed := new & (worth == worth.max())).sum() >= size:
        new = missed
    picked = _greedy(worth, vectors.left, nearest, size, _spread(worth, known.meaning, new, size, seed))
    why = _Why(known, _telling_words(corpus, left, spoken.stop_words), picked).reasons()
    units = pd.DataFrame({PROBABILITY: np.nan, STRATUM: "", WHY: why}, index=left[picked])
    facts = {
        DRAWN: TARGETED,
        "n": str(len(picked)),
        "seed": str(seed),
        "answers": str(len(corpus)),
        "coded_before": str(len(coded)),
        "chosen_from": str(open_),
        "model": str(model.card["hash"]) if model is not None else "",
        "codebook": codebook.hash if codebook is not None else "",
    }
    notes = (Note("sampling.targeted"), *([] if model is not None else [Note("sampling.no_model")]))
    return Sample(TARGETED, units, pd.DataFrame(columns=list(STRATA)), facts, notes)


# The parts of the score


@dataclass(frozen=True)
class _Known:
    """What model and rules say of the units that are left. Arrays have a row a unit, in the order of `left`."""

    corpus: Corpus
    left: "pd.Index[str]"
    model: Classifier | None
    codebook: Codebook | None
    hand: Coding | None
    nlp: str
    every: "_Known | None" = None
    """What is known of all units, where these are some that were chosen among them."""

    @cached_property
    def parts(self) -> pd.DataFrame:
        """The open decisions of each unit, in bits: columns doubt, rules, rare and top, weighted."""
        if self.model is None:
            rules = ~self.hits.any(axis=1) if self.ruled.any() else np.zeros(len(self.left))
            return pd.DataFrame({"doubt": 1.0, "rules": rules.astype(float), "rare": 0.0, "top": 0.0}, index=self.left)
        parts = {
            "doubt": self.doubt.sum(axis=1),
            "rules": RULES * self.against.sum(axis=1),
            "rare": RARE * (self.doubt @ self.rarity),
            "top": TOP * (self.doubt @ self.edge),
        }
        return pd.DataFrame(parts, index=self.left)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The codes in question: those of the codebook, or of the model where there is none."""
        if self.codebook is not None:
            return self.codebook.ids
        return self.model.codes if self.model is not None else ()

    @cached_property
    def ruled(self) -> Labels:
        """Which codes have rules, shape (codes,)."""
        codes = self.codebook.codes if self.codebook is not None else ()
        return np.array([bool(code.rules) for code in codes] or [False] * len(self.codes), dtype=np.bool_)

    @cached_property
    def hits(self) -> Labels:
        """What the rules find, shape (units, codes)."""
        if self.codebook is None or not self.ruled.any():
            return np.zeros((len(self.left), len(self.codes)), dtype=np.bool_)
        return Rules(self.nlp).code(self.corpus.take(self.left), self.codebook).matrix(self.left, self.codes)

    @cached_property
    def probability(self) -> Floats:
        """What the model gives, shape (units, codes); 0 for a code it never saw."""
        given = np.zeros((len(self.left), len(self.codes)))
        if self.model is not None:
            place = pd.Index(self.codes).get_indexer(pd.Index(self.model.codes))
            given[:, place[place >= 0]] = self.model.probabilities(self.corpus.texts[self.left].tolist())[:, place >= 0]
        return given

    @cached_property
    def doubt(self) -> Floats:
        """The entropy of each yes or no, in bits, shape (units, codes)."""
        share = np.clip(self.probability, 1e-9, 1 - 1e-9)
        return np.asarray(-(share * np.log2(share) + (1 - share) * np.log2(1 - share)))

    @cached_property
    def against(self) -> Floats:
        """How far the model is from the rules where it decides otherwise, 0..1, shape (units, codes)."""
        given = self.probability >= thresholds(self.model, self.codes)
        return np.where((given != self.hits) & self.ruled, np.abs(self.hits - self.probability), 0.0)

    @cached_property
    def meaning(self) -> Floats:
        """The sentence embedding of each unit, of length 1, shape (units, numbers); no numbers where there is none."""
        texts = self.corpus.texts[self.left].tolist()
        if self.model is not None:
            found = self.model.features.vectors(texts).toarray()
        else:
            found = embeddings.embed(texts, embeddings.quickest()).astype(np.float64)
            found -= found.mean(axis=0)
        return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), np.finfo(float).tiny))

    @cached_property
    def examples(self) -> Floats:
        """How many examples of each code there are, shape (codes,): in `hand`, or where the model was trained."""
        counts: object = self.model.card.get("examples") if self.model is not None else None
        if self.hand is not None:
            counts = self.hand.pairs()["code"].value_counts().to_dict()
        known = counts if isinstance(counts, dict) else {}
        return np.array([float(known.get(code, 0)) for code in self.codes])

    @cached_property
    def rarity(self) -> Floats:
        """1 for a code with the middle number of examples, more for fewer (by the root), shape (codes,)."""
        return np.asarray(np.sqrt((1 + np.median(self.examples)) / (1 + self.examples)))

    @cached_property
    def expected(self) -> Floats:
        """How many mentions each code is expected to have in all: coded and left, shape (codes,)."""
        if self.every is not None:
            return self.every.expected
        return np.asarray(self.probability.sum(axis=0) + (self.examples if self.hand is not None else 0))

    @cached_property
    def edge(self) -> Floats:
        """How likely it is that a code of the top changes places with its neighbour, 0..1, shape (codes,).

        Counts of two codes differ by chance by the root of their sum; the place below the last one counts too.
        """
        edge = np.zeros(len(self.codes))
        ranked = [one for one in np.argsort(-self.expected, kind="stable") if self.codes[one] not in SPECIAL]
        for upper, lower in pairwise(ranked[: LIMIT + 1]):
            more, less = self.expected[[upper, lower]]
            chance = 2 * ndtr(-(more - less) / np.sqrt(more + less)) if more else 0.0
            edge[[upper, lower]] = np.maximum(edge[[upper, lower]], chance)
        return edge

    def label(self, place: int) -> Text:
        """The label of a code by its place."""
        code = self.codes[place]
        return self.codebook.text(code) if self.codebook is not None else Text(code)


def thresholds(model: Classifier | None, codes: Sequence[str]) -> Floats:
    """From which probability on the model gives each code, shape (codes,); 1 for a code it does not know."""
    if model is None:
        return np.ones(len(codes))
    own = np.broadcast_to(np.asarray(model.threshold, dtype=np.float64), len(model.codes))
    by_code = dict(zip(model.codes, own.tolist(), strict=True))
    return np.array([by_code.get(code, 1.0) for code in codes])


# The choice


@dataclass(frozen=True, slots=True)
class _Vectors:
    """Units as vectors of length 1 over words: those left (rows in the order of `left`) and those coded."""

    left: csr_matrix
    coded: csr_matrix


def _vectors(corpus: Corpus, left: "pd.Index[str]", coded: "pd.Index[str]") -> _Vectors:
    texts = corpus.texts[left].tolist()
    try:
        words = TfidfVectorizer(analyzer=_alike, sublinear_tf=True).fit(texts)
    except ValueError:
        raise DataError("sampling.no_words") from None
    both = words.transform([*texts, *corpus.texts[coded]])
    return _Vectors(both[: len(texts)], both[len(texts) :])


def _alike(text: str) -> list[str]:
    """The words of a text, folded, and their first letters."""
    words = [fold(word) for word in WORD.findall(text.lower())]
    return [*words, *(f"{word[:_STEM]}*" for word in words)]


def _typical(rows: csr_matrix) -> Floats:
    """The mean cosine of each unit with all."""
    return np.asarray(rows @ np.asarray(rows.mean(axis=0)).ravel())


def _nearest(vectors: _Vectors) -> Floats:
    """The highest cosine of each unit that is left with one that was coded, shape (units,)."""
    nearest = np.zeros(vectors.left.shape[0])
    for start in range(0, vectors.coded.shape[0], 1000):
        block = vectors.coded[start : start + 1000]
        nearest = np.clip((vectors.left @ block.T).max(axis=1).toarray().ravel(), nearest, 1.0)
    return nearest


def _spread(worth: Floats, meaning: Floats, new: Labels, size: int, seed: int) -> Labels:
    """Which units to choose from: of those worth most, one of each of as many clusters of meaning as are asked for.

    Clusters are weighted by worth, and the unit in the middle is taken (Zhdanov 2019). All without an embedding.
    """
    pool = np.flatnonzero(new)
    pool = pool[np.argsort(-worth[pool], kind="stable")[: POOL * size]]
    distinct = len(np.unique(meaning[pool], axis=0))
    if not meaning.shape[1] or distinct <= size:
        return np.ones(len(worth), dtype=np.bool_)
    found = KMeans(size, n_init=1, random_state=seed).fit(meaning[pool], sample_weight=worth[pool])
    off = np.linalg.norm(meaning[pool] - found.cluster_centers_[found.labels_], axis=1)
    order = np.lexsort((off, found.labels_))
    _, first = np.unique(found.labels_[order], return_index=True)
    chosen = np.zeros(len(worth), dtype=np.bool_)
    chosen[pool[order[first]]] = True
    return chosen


def _greedy(worth: Floats, rows: csr_matrix, nearest: Floats, size: int, first: Labels) -> list[int]:
    """The places of the units chosen, best first: of those marked `first`, and of the others when these are used up."""
    picked: list[int] = []
    while len(picked) < min(size, len(worth)):
        value = np.where(first & (nearest < NEAR), worth * (1 - nearest) ** VARIETY, -1.0)
        best = int(np.argmax(value))
        if value[best] < 0:
            if first.all():
                break
            first = np.ones(len(worth), dtype=np.bool_)
            continue
        picked.append(best)
        nearest = np.clip((rows @ rows[best].T).toarray().ravel(), nearest, 1.0)
        nearest[best] = 1.0
    return picked


# The reasons


@dataclass(frozen=True, slots=True)
class _Why:
    """What the score of each chosen unit comes from."""

    known: _Known
    terms: list[list[str]]
    picked: list[int]

    def reasons(self) -> list[Note]:
        """A reason a unit, the weightiest part first."""
        return [
            reduce(lambda first, then: Note("sampling.both", first=first, then=then), self._of(row))
            for row in self.picked
        ]

    def _of(self, row: int) -> list[Note]:
        known = self.known
        if known.model is None:
            parts = [Note("sampling.uncoded")] if known.parts["rules"].iloc[row] else []
            terms = self.terms[row][:_NAMED]
            return [*parts, Note("sampling.many", terms=terms) if terms else Note("sampling.varied")]
        doubt = known.doubt[row]
        most = [code for code in np.argsort(-doubt, kind="stable")[:_NAMED] if doubt[code] >= _OPEN]
        parts = [self._told("doubt", row, code) for code in most or [int(np.argmax(doubt))]]
        return [*parts, *self._rules(row), *self._rare(doubt), *self._top(doubt)]

    def _rules(self, row: int) -> list[Note]:
        known = self.known
        code = int(np.argmax(known.against[row]))
        if not known.against[row, code]:
            return []
        return [self._told("found" if known.hits[row, code] else "missed", row, code)]

    def _rare(self, doubt: Floats) -> list[Note]:
        known = self.known
        code = int(np.argmax(doubt * (known.examples < _FEW)))
        if doubt[code] < _OPEN or known.examples[code] >= _FEW:
            return []
        return [Note("sampling.rare", code=known.label(code), count=int(known.examples[code]))]

    def _top(self, doubt: Floats) -> list[Note]:
        known = self.known
        code = int(np.argmax(doubt * known.edge))
        if known.edge[code] < _OPEN or doubt[code] < _OPEN:
            return []
        rank = int((known.expected > known.expected[code]).sum()) + 1
        return [Note("sampling.top", code=known.label(code), rank=rank)]

    def _told(self, key: str, row: int, code: int) -> Note:
        """What the model says of a code of a unit, with its probability."""
        value = float(self.known.probability[row, code])
        return Note(f"sampling.{key}", code=self.known.label(code), value=value)


def _telling_words(corpus: Corpus, left: "pd.Index[str]", stop_words: frozenset[str]) -> list[list[str]]:
    """Of each unit its content words, those that most other units have first."""
    words = [
        list(dict.fromkeys(word for word in map(fold, WORD.findall(text.lower())) if word not in stop_words))
        for text in corpus.texts[left]
    ]
    count = pd.Series([word for one in words for word in one], dtype=object).value_counts().to_dict()
    return [sorted((word for word in one if count[word] > 1), key=lambda word: -count[word]) for one in words]
