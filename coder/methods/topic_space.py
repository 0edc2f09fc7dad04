"""Where clauses lie for topics: near one another where they are about the same, whatever they say of it.

A clause is three vectors side by side: its own, that of its words of content (nouns weigh most, and words that few
use), and that of the answer it is in, each about its mean and one long. Their principal components are the space. What
words of content add is most of what we gain over embeddings of answers (docs/measured.md).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.preprocessing import normalize

from coder.arrays import Floats, Ints
from coder.languages.clauses import clauses
from coder.languages.language import DUTCH, Language
from coder.languages.nl.no_answer import is_no_answer
from coder.languages.nl.pipeline import tags
from coder.languages.sentences import tokens
from coder.languages.text import fold
from coder.methods.embedding import SIZES, choose, embed, quickest
from coder.progress import Progress, silent

_COMPONENTS = 50
_HASHED = 2**11
_COMMON = 0.01
"""A word that is so great a share of all words weighs half of a rare one (Arora, Liang and Ma 2017)."""
_NOUNS, _OTHER = ("N|", "SPEC|"), 0.3
"""CGN's tags of nouns and names, and what any other word of content weighs beside them."""
_AT_ONCE = 2_000
_FEWEST = 2
_ALIKE = {"use": 0.36, "e5": 0.88, "none": 0.3}
"""The cosine from which two topics are one theme: between codes of people it is lower, within a code higher."""


_EMPTY = {
    language: frozenset(words.split())
    for language, words in {
        "nl": "weet weten idee echt precies eigenlijk zeker niks niets geen nvt sorry helaas bedenken",
        "en": "know idea really sure exactly actually nothing none sorry unfortunately think dunno idk",
        "fr": "sais savoir idee vraiment exactement rien aucun aucune desole malheureusement",
        "de": "weiss wissen ahnung wirklich genau eigentlich sicher nichts kein keine keiner leider",
    }.items()
}
"""Words of content of clauses that say nothing ("ik weet het echt niet"), folded."""


@dataclass(frozen=True, slots=True)
class Clauses:
    """The clauses of texts that say something: their words, the place of their text, and its clauses' words of content.

    `said` has for each clause the words of content with what each weighs, folded, in order.
    """

    texts: list[str]
    of: Ints
    said: list[list[tuple[str, float]]]
    whole: Sequence[str]
    spoken: Language

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def keys(self) -> list[str]:
        """What makes two clauses the same: their words of content."""
        return [" ".join(word for word, _ in said) for said in self.said]

    def take(self, rows: Ints) -> "Clauses":
        """These clauses alone."""
        kept = [self.texts[row] for row in rows], self.of[rows], [self.said[row] for row in rows]
        return Clauses(*kept, self.whole, self.spoken)


def cut(texts: Sequence[str], spoken: Language) -> Clauses:
    """The clauses of texts but for those that are no answer or have function words alone."""
    found, of, said = list[str](), list[int](), list[list[tuple[str, float]]]()
    pieces = [
        (row, texts[row][start:end]) for row, places in enumerate(clauses(texts, spoken)) for start, end in places
    ]
    pieces = [(row, text) for row, text in pieces if not is_no_answer(text, spoken.no_answer)]
    for (row, text), words in zip(pieces, _content([text for _, text in pieces], spoken), strict=True):
        if {word for word, _ in words} - _EMPTY.get(spoken.code, frozenset()):
            found.append(text)
            of.append(row)
            said.append(words)
    return Clauses(found, np.array(of, dtype=np.int64), said, texts, spoken)


def _content(texts: Sequence[str], spoken: Language) -> Iterator[list[tuple[str, float]]]:
    """The words of content of each text, folded, with their weight: of nouns 1."""
    read = [[token for token in tokens(text) if token.is_word] for text in texts]
    if spoken is not DUTCH:
        known: Iterator[list[str]] = iter([["N|"] * len(words) for words in read])
    else:
        known = tags(([token.written for token in words], [True] * len(words)) for words in read)
    for words, tagged in zip(read, known, strict=True):
        yield [
            (token.form, 1.0 if tag.startswith(_NOUNS) else _OTHER)
            for token, tag in zip(words, tagged, strict=True)
            if token.form not in spoken.stop_words and not token.form.isdigit()
        ]


@dataclass(frozen=True, slots=True)
class Space:
    """A space that was fitted: `means` of the three vectors, shape (3, vector), `axes` (components, 3 vectors).

    `shares` has for each word its share of all words.
    """

    embedding: str
    means: Floats
    axes: Floats
    shares: Mapping[str, float]

    @classmethod
    def fit(cls, some: Clauses, every: Clauses, embedding: str, *, seed: int, progress: Progress = silent) -> "Space":
        """The space of some clauses; how frequent words are is counted in every clause."""
        words, times = np.unique([word for said in every.said for word, _ in said], return_counts=True)
        shares = dict(zip(words.tolist(), (times / times.sum()).tolist(), strict=True))
        bare = cls(embedding, np.zeros((3, 1)), np.zeros((0, 0)), shares)
        parts = bare._parts(some, progress)
        if len(some) < _FEWEST:
            size = parts[0].shape[1]
            return cls(embedding, np.zeros((3, size)), np.zeros((1, 3 * size)), shares)
        means = np.array([part.mean(axis=0) for part in parts])
        beside = _beside(parts, means)
        size = max(1, min(_COMPONENTS, min(beside.shape) - 1))
        axes = PCA(size, svd_solver="arpack", random_state=seed).fit(beside).components_
        return cls(embedding, means, np.asarray(axes, dtype=np.float64), shares)

    def place(self, some: Clauses, progress: Progress = silent) -> tuple[Floats, Floats]:
        """Where clauses lie, shape (clauses, components), and their kin vectors; rows of both are one long."""
        placed, kin = zip(*self.parts(some, progress), strict=True)
        return np.vstack(placed), np.vstack(kin)

    def parts(self, some: Clauses, progress: Progress = silent) -> Iterator[tuple[Floats, Floats]]:
        """The same of some thousands of clauses at a time, at least once."""
        for start in range(0, max(len(some), 1), _AT_ONCE):
            part = some.take(np.arange(start, min(start + _AT_ONCE, len(some))))
            parts = self._parts(part, progress)
            if len(part):
                yield normalize(_beside(parts, self.means) @ self.axes.T), normalize(self._kin(parts[0]))
            else:
                yield np.zeros((0, len(self.axes))), self._kin(parts[0])

    @property
    def alike(self) -> float:
        """The cosine of kin vectors from which topics are of one theme."""
        return _ALIKE[self.embedding.rpartition("+")[2]]

    def _kin(self, vectors: Floats) -> Floats:
        """Vectors of which the cosine says how alike two clauses are, whatever else was said: about no mean."""
        return vectors[:, -(SIZES[self.embedding.rpartition("+")[2]] or _HASHED) :]

    def _parts(self, some: Clauses, progress: Progress) -> tuple[Floats, Floats, Floats]:
        vectors = vectors_of(some.texts, self.embedding, progress)
        whole = sorted(set(some.of.tolist()))
        wholes = vectors_of([some.whole[row] for row in whole], self.embedding, progress)
        return vectors, self._words(some, vectors.shape[1], progress), wholes[np.searchsorted(whole, some.of)]

    def _words(self, some: Clauses, size: int, progress: Progress) -> Floats:
        """The mean vector of the words of content of each clause, shape (clauses, size)."""
        words = sorted({word for said in some.said for word, _ in said})
        place = {word: row for row, word in enumerate(words)}
        vectors = vectors_of(words, self.embedding, progress)
        found = np.zeros((len(some), size))
        for row, said in enumerate(some.said):
            weights = np.array([weight / (1 + self.shares.get(word, 0.0) / _COMMON) for word, weight in said])
            found[row] = weights @ vectors[[place[word] for word, _ in said]] / weights.sum()
        return found


def _beside(parts: Sequence[Floats], means: Floats) -> Floats:
    return np.hstack([normalize(part - mean) for part, mean in zip(parts, means, strict=True)])


def embedding_for(name: str, texts: Sequence[str]) -> str:
    """The embedding for topics: both where there are few texts, else the one that reads quickest."""
    chosen = choose(name, texts)
    return quickest() if name == "auto" and chosen == "e5" else chosen


def vectors_of(texts: Sequence[str], embedding: str, progress: Progress) -> Floats:
    """The vectors of texts; without an embedding those of their runs of characters, hashed."""
    if embedding != "none":
        return embed(texts, embedding, progress=progress).astype(np.float64)
    hashed = HashingVectorizer(analyzer="char_wb", ngram_range=(3, 5), n_features=_HASHED, preprocessor=fold)
    return np.asarray(hashed.transform(texts).toarray()) if texts else np.zeros((0, _HASHED))
