"""Topics: what the answers that no code fits talk about, found by BERTopic.

BERTopic gets vectors of our own (latent semantic analysis of n-grams), so it needs neither torch nor
a download; it brings the clustering and the key words.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

from coder.corpus import Corpus
from coder.dutch.stop_words import STOP_WORDS
from coder.dutch.text import WORD, fold
from coder.errors import DataError, MissingExtraError
from coder.methods.classifier import Features

FEWEST = 12
"""Fewer answers than this are read quicker than a table of their topics."""
INSTALL = (
    "Topics need BERTopic. Install it without torch: pip install --no-deps bertopic, then "
    "pip install hdbscan plotly pyyaml tqdm."
)
_STOP = frozenset(fold(word) for word in STOP_WORDS)
_FEWEST_WORDS = 2
"""With fewer distinct words than this there is nothing to tell topics apart by."""
_DIMENSIONS = 10
_KEY_WORDS = 6
_TYPICAL = 3
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


def find_topics(corpus: Corpus, *, smallest: int | None = None, seed: int = 1) -> Topics:
    """Group the answers into topics (BERTopic, Grootendorst 2022; HDBSCAN over LSA vectors).

    `smallest` is the least number of answers of a topic; by default 1 in 50, at least 3. Raises
    `DataError` with fewer than twelve answers and `MissingExtraError` where BERTopic is not there.
    """
    if len(corpus) < FEWEST:
        raise DataError(f"There are {len(corpus)} answers to find topics in; from {FEWEST} on it makes sense.")
    texts = corpus.texts.tolist()
    if len(_content_words(texts)) < _FEWEST_WORDS:
        frame = pd.DataFrame(columns=["topic", "size", "words", "answers"])
        return Topics(frame, pd.Series(OUTSIDE, index=corpus.ids, name="topic"))
    vectors = _vectors(texts, seed)
    numbers, words = _clusters(texts, vectors, smallest or max(3, len(texts) // 50))
    rows = []
    for topic, found in enumerate(words):
        members = np.flatnonzero(numbers == topic)
        middle = vectors[members].mean(axis=0)
        nearest = members[np.argsort(-(vectors[members] @ middle), kind="stable")]
        typical = list(dict.fromkeys(texts[place] for place in nearest))[:_TYPICAL]
        rows.append((topic, len(members), ", ".join(found), " | ".join(typical)))
    frame = pd.DataFrame(rows, columns=["topic", "size", "words", "answers"])
    return Topics(frame, pd.Series(numbers, index=corpus.ids, name="topic"))


def _content_words(texts: list[str]) -> set[str]:
    """The distinct words, folded, without function words."""
    return {word for text in texts for word in WORD.findall(fold(text))} - _STOP


def _vectors(texts: list[str], seed: int) -> npt.NDArray[np.float64]:
    matrix = Features.fit(texts).transform(texts)
    size = min(_DIMENSIONS, min(matrix.shape) - 1)
    return np.asarray(normalize(TruncatedSVD(size, random_state=seed).fit_transform(matrix)))


def _clusters(
    texts: list[str], vectors: npt.NDArray[np.float64], smallest: int
) -> tuple[npt.NDArray[np.int_], list[list[str]]]:
    """Each text's topic, and the key words of each topic."""
    try:
        from bertopic import BERTopic  # noqa: PLC0415 (four seconds)
        from bertopic.dimensionality import BaseDimensionalityReduction  # noqa: PLC0415
        from hdbscan import HDBSCAN  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"{INSTALL} (Not found: {error.name}.)") from None
    model = BERTopic(
        language="multilingual",
        umap_model=BaseDimensionalityReduction(),
        hdbscan_model=HDBSCAN(min_cluster_size=smallest, min_samples=1, cluster_selection_method="leaf"),
        vectorizer_model=CountVectorizer(preprocessor=fold, token_pattern=WORD.pattern, stop_words=sorted(_STOP)),
        top_n_words=_KEY_WORDS,
    )
    numbers, _ = model.fit_transform(texts, embeddings=vectors)
    found = {topic: [word for word, _ in pairs if word] for topic, pairs in model.get_topics().items()}
    return np.asarray(numbers), [found[topic] for topic in sorted(found) if topic != OUTSIDE]
