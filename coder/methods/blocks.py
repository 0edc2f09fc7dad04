"""Blocks of documents as rows of numbers, each with what stands around it; made once, whatever is decided later.

A block has the topics of its words (latent semantic analysis: Deerwester et al. 1990, over all blocks, read or not)
and a sentence embedding. Around it stand its neighbours, the nearer the heavier, and the heading it is under: their
topics count for half. What depends on decisions is linear in these numbers, and is learned for all codes at once
(`coder.learning.fragment_proposals`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_matrix, diags
from sklearn.utils.extmath import randomized_svd

from coder.arrays import Floats, Ints
from coder.codebook import Codebook
from coder.corpus import TEXT
from coder.documents import Documents
from coder.errors import DataError
from coder.languages.language import DUTCH, Language
from coder.methods import embedding as embeddings
from coder.methods.features import Counts, WordGrams, inverse_frequency, tf_idf
from coder.note import Progress, silent

Rows = npt.NDArray[np.float32]

TOPICS = 300
"""Numbers for the words of a block."""
MOST_GRAMS = 60_000
"""Of the n-grams in two blocks or more, the most frequent ones count."""
EMBEDDED, AROUND_WORDS = 2.0, 0.5
"""What the embedding weighs beside words, of a block and of its neighbours; and what the words of neighbours do."""
CONTEXT, NEAR, FAR = (0.6, 6), (0.5, 3), (0.85, 12)
"""How much less each next neighbour weighs, and how many on either side count."""
_HEADING = 1.0
"""What the heading over a block weighs beside neighbours, of which the nearest weigh .6."""
_BIAS = 3.0


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of documents, in order, as numbers.

    `units` has a row a block, as `Documents.corpus` has it; `document` (blocks,) numbers its document. `own` has shape
    (blocks, numbers), rows of length about 1 a kind; `context` is the matrix (blocks, blocks) that takes the mean of
    what stands around. `counted` has the tf-idf of n-grams, shape (blocks, n-grams); `words` makes those of a text, and
    `grams` (n-grams, topics) its topics. `embedding` is the one that was taken, `mean` (numbers,) the middle of its
    vectors.
    """

    units: pd.DataFrame
    document: Ints
    own: Rows
    context: csr_matrix
    counted: csr_matrix
    words: WordGrams
    grams: Rows
    embedding: str
    mean: Rows

    @classmethod
    def of(
        cls,
        documents: Documents,
        *,
        embedding: str = "auto",
        spoken: Language = DUTCH,
        seed: int = 1,
        progress: Progress = silent,
    ) -> "Blocks":
        """Read the blocks. `embedding` is `auto` ("use" where it is installed), "use" or "none".

        Raises `DataError` for another embedding and for documents without words.
        """
        if embedding not in ("auto", "use", "none"):
            raise DataError("model.no_embedding", name=embedding, known=("auto", "use", "none"))
        units = documents.corpus().units
        number, _ = pd.factorize(units["document"])
        document = number.astype(np.int64)
        texts = units[TEXT].tolist()
        chosen = embedding if embedding != "auto" else "use" if embeddings.quickest() == "use" else "none"
        words, counted, topics, grams = _topics(texts, spoken, seed)
        vectors = embeddings.embed(texts, chosen, progress=progress)
        read = np.asarray(vectors.any(axis=1), dtype=np.bool_)
        mean = vectors[read].mean(axis=0) if read.any() else np.zeros(vectors.shape[1], dtype=np.float32)
        own = np.hstack([topics, _centred(vectors, mean, read)])
        return cls(units, document, own, _context(units, document), counted, words, grams, chosen, mean)

    def __len__(self) -> int:
        return len(self.units)

    @property
    def ids(self) -> "pd.Index[str]":
        """The ids of the blocks as units."""
        return self.units.index

    def rows(self, chosen: Ints) -> Rows:
        """What is learned from: numbers of these blocks, of what stands around them, and a constant."""
        around = np.asarray(self.context[chosen] @ self.own, dtype=np.float32) * self._weight
        return np.hstack([self.own[chosen], around, np.full((len(chosen), 1), _BIAS, dtype=np.float32)])

    def scores(self, weights: Floats) -> Floats:
        """What weights over `rows`, shape (numbers, codes), give to each block; shape (blocks, codes)."""
        size = self.own.shape[1]
        some = weights.astype(np.float32)
        around = self.own @ (self._weight[:, None] * some[size:-1])
        return np.asarray(self.own @ some[:size] + self.context @ around + _BIAS * some[-1], dtype=np.float64)

    def likeness(self, codebook: Codebook) -> Floats:
        """How like the codebook's own words of each code each block is, shape (blocks, codes), -1..1.

        0 without an embedding, and for a code without words.
        """
        topics = self.grams.shape[1]

        def vectors(texts: Sequence[str]) -> Floats:
            return np.asarray(embeddings.embed(texts, self.embedding) - self.mean, dtype=np.float64)

        return embeddings.similarity(self.own[:, topics:].astype(np.float64), vectors, codebook)

    @property
    def _weight(self) -> Rows:
        topics = self.grams.shape[1]
        weight = np.full(self.own.shape[1], 1.0, dtype=np.float32)
        weight[:topics] = AROUND_WORDS
        return weight


def around(document: Ints, decay: float, width: int) -> csr_matrix:
    """The matrix that takes the mean of neighbours in the document, shape (blocks, blocks); of none: the block itself.

    Up to `width` on either side count, each next one `decay` times the one before.
    """
    return _mean(_neighbours(document, decay, width))


def _neighbours(document: Ints, decay: float, width: int) -> csr_matrix:
    size = len(document)
    rows, columns, data = [], [], []
    for far in range(1, min(width, size - 1) + 1):
        same = np.flatnonzero(document[far:] == document[:-far])
        rows += [same, same + far]
        columns += [same + far, same]
        data += [np.full(2 * len(same), decay**far)]
    if not rows:
        return csr_matrix((size, size))
    return csr_matrix((np.concatenate(data), (np.concatenate(rows), np.concatenate(columns))), shape=(size, size))


def _mean(weights: csr_matrix) -> csr_matrix:
    total = np.asarray(weights.sum(axis=1)).ravel()
    alone = (total == 0).astype(np.float64)
    found: csr_matrix = (diags(1 / (total + alone)) @ (weights + diags(alone))).tocsr()
    return found


def _context(units: pd.DataFrame, document: Ints) -> csr_matrix:
    """Neighbours, and the heading that a block stands under, the last one before it in its document."""
    found, size = _neighbours(document, *CONTEXT), len(units)
    heading = (units["kind"] == "heading").to_numpy()
    last = np.maximum.accumulate(np.where(heading, np.arange(size), -1)) if size else np.zeros(0, dtype=np.int64)
    under = np.flatnonzero((last >= 0) & ~heading & (document[last] == document))
    over = csr_matrix((np.full(len(under), _HEADING), (under, last[under])), shape=(size, size))
    mean: csr_matrix = _mean(found + over).astype(np.float32)
    return mean


def _topics(texts: Sequence[str], spoken: Language, seed: int) -> tuple[WordGrams, csr_matrix, Rows, Rows]:
    """The n-grams that count, their weights in each text, the topics of each text, and those of each n-gram."""
    words = WordGrams(spoken)
    counted = words.count(texts)
    having = np.bincount(counted.matrix.indices, minlength=len(counted.names))
    order = np.argsort(-having, kind="stable")[:MOST_GRAMS]
    kept = np.sort(order[having[order] > 1]) if (having > 1).any() else np.sort(order)
    if not len(kept):
        raise DataError("model.no_words")
    counts = Counts(tuple(counted.names[place] for place in kept.tolist()), counted.matrix[:, kept])
    words.restore(counts.names, inverse_frequency(counts.matrix))
    rows = tf_idf(counts.matrix, words.idf_).astype(np.float32)
    size = min(TOPICS, *(side for side in rows.shape))
    _, _, grams = randomized_svd(rows, size, n_iter=3, random_state=seed)
    return words, rows, np.asarray(rows @ grams.T, dtype=np.float32), np.ascontiguousarray(grams.T, dtype=np.float32)


def _centred(vectors: Rows, mean: Rows, read: npt.NDArray[np.bool_]) -> Rows:
    """Vectors around their mean, about as long as `EMBEDDED`; zeros where there is nothing to read."""
    if not read.any():
        return vectors
    centred = vectors - mean
    spread = float(np.sqrt((centred[read] ** 2).sum(axis=1).mean()))
    return np.asarray(np.where(read[:, None], centred * (EMBEDDED / max(spread, 1e-9)), 0), dtype=np.float32)
