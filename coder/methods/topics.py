"""Topics: what the answers that no code fits talk about, found by BERTopic.

BERTopic gets vectors of our own (latent semantic analysis of n-grams), so it needs neither torch nor
a download; it brings the clustering and the key words.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

from coder.corpus import Corpus
from coder.errors import DataError, MissingExtraError
from coder.languages.language import DUTCH, language_of
from coder.languages.text import WORD, fold
from coder.methods.classifier import Features

FEWEST = 12
"""Fewer answers than this are read quicker than a table of their topics."""
_DIMENSIONS = 10
_KEY_WORDS = 6
_TYPICAL = 3
Numbers = npt.NDArray[np.int_]
OUTSIDE = -1
"""The topic number of an answer that belongs to no topic."""


@dataclass(frozen=True, slots=True)
class Topics:
    """Topics, the largest first.

    `frame` has a row a topic: topic (0, 1, …), size (answers), words (its key words, joined by
    ", ") and answers (up to three typical ones, joined by " | "). `of` is each unit's topic,
    `OUTSIDE` for none.
    """

    frame: pd.DataFrame
    of: "pd.Series[int]"


def find_topics(corpus: Corpus, *, smallest: int | None = None, language: str = DUTCH, seed: int = 1) -> Topics:
    """Group the answers into topics (BERTopic, Grootendorst 2022; HDBSCAN over LSA vectors).

    `smallest` is the least number of answers of a topic; by default 1 in 50, at least 3. An answer without words, or of
    function words alone, is in none. Where clustering finds nothing, answers with the same words are a topic: clusters
    are what is denser than the rest, and of one answer given thirty times there is no rest. Raises `DataError` with
    fewer than twelve answers and `MissingExtraError` where BERTopic is not there.

    >>> import coder
    >>> from coder.resources import resource
    >>> answers = coder.read(resource("corpora/wishes-2021.csv"), text="answer", id="id")
    >>> coder.find_topics(answers).frame.columns.tolist()
    ['topic', 'size', 'words', 'answers']
    """
    if len(corpus) < FEWEST:
        raise DataError("model.too_few_for_topics", count=len(corpus), least=FEWEST)
    stop = language_of(language).stop_words
    said = [" ".join(word for word in WORD.findall(fold(text)) if word not in stop) for text in corpus.texts]
    places = np.flatnonzero([bool(words) for words in said])
    texts, said = corpus.texts.iloc[places].tolist(), [said[place] for place in places]
    least = smallest or max(3, len(corpus) // 50)
    numbers, words, vectors = np.full(len(texts), OUTSIDE), list[list[str]](), np.zeros((len(texts), 0))
    if len(texts) >= FEWEST and len(set(said)) > 1:
        vectors = _vectors([fold(" ".join(WORD.findall(text))) for text in texts], language, seed)
        numbers, words = _clusters(texts, vectors, stop, least)
    if not words:
        numbers, words = _repeated(said, least)
    rows = [
        (topic, int((numbers == topic).sum()), ", ".join(found), " | ".join(_typical(topic, numbers, vectors, texts)))
        for topic, found in enumerate(words)
    ]
    of = np.full(len(corpus), OUTSIDE)
    of[places] = numbers
    frame = pd.DataFrame(rows, columns=["topic", "size", "words", "answers"])
    return Topics(frame, pd.Series(of, index=corpus.ids, name="topic"))


def _typical(topic: int, numbers: Numbers, vectors: npt.NDArray[np.float64], texts: Sequence[str]) -> list[str]:
    """The answers nearest the middle of a topic, each once."""
    members = np.flatnonzero(numbers == topic)
    near = vectors[members] @ vectors[members].mean(axis=0)
    return list(dict.fromkeys(texts[place] for place in members[np.argsort(-near, kind="stable")]))[:_TYPICAL]


def _repeated(said: Sequence[str], least: int) -> tuple[Numbers, list[list[str]]]:
    """The answers that say the same so often are a topic, the most frequent first, with their words."""
    often = [words for words, times in Counter(said).most_common() if times >= least]
    topic = {words: number for number, words in enumerate(often)}
    numbers = [topic.get(words, OUTSIDE) for words in said]
    return np.array(numbers, dtype=np.int_), [list(dict.fromkeys(words.split()))[:_KEY_WORDS] for words in often]


def _vectors(texts: list[str], language: str, seed: int) -> npt.NDArray[np.float64]:
    matrix = Features.fit(texts, language=language).transform(texts)
    size = min(_DIMENSIONS, min(matrix.shape) - 1)
    return np.asarray(normalize(TruncatedSVD(size, random_state=seed).fit_transform(matrix)))


def _clusters(
    texts: list[str], vectors: npt.NDArray[np.float64], stop_words: frozenset[str], smallest: int
) -> tuple[Numbers, list[list[str]]]:
    """Each text's topic, and the key words of each topic."""
    try:
        from bertopic import BERTopic  # noqa: PLC0415 (four seconds)
        from bertopic.dimensionality import BaseDimensionalityReduction  # noqa: PLC0415
        from hdbscan import HDBSCAN  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise MissingExtraError("model.no_topics", missing=error.name) from None
    model = BERTopic(
        language="multilingual",
        umap_model=BaseDimensionalityReduction(),
        hdbscan_model=HDBSCAN(min_cluster_size=smallest, min_samples=1, cluster_selection_method="leaf"),
        vectorizer_model=CountVectorizer(preprocessor=fold, token_pattern=WORD.pattern, stop_words=sorted(stop_words)),
        top_n_words=_KEY_WORDS,
    )
    numbers, _ = model.fit_transform(texts, embeddings=vectors)
    found = {topic: [word for word, _ in pairs if word] for topic, pairs in model.get_topics().items()}
    return np.asarray(numbers), [found[topic] for topic in sorted(found) if topic != OUTSIDE]
