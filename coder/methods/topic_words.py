"""What topics are called: words that people use in one topic and less in the others, found by BERTopic."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from coder.arrays import Floats, Ints
from coder.errors import MissingExtraError
from coder.languages.sentences import tokens
from coder.languages.text import fold
from coder.methods.topic_space import Clauses

KEY_WORDS = 8
_CANDIDATES = 30
_LEAST, _MOST, _COVERED = 2, 4, 0.6
"""A label has words until these are in so great a share of the clauses of its topic: at least two, at most four."""
_TWINS = 0.8
_CONTAINED = 4


def key_words(some: Clauses, numbers: Ints, placed: Floats) -> list[list[str]]:
    """The key words of each topic 0, 1, …, the best first, as most people write them.

    They have the highest c-TF-IDF (Grootendorst 2022), the most frequent words damped. Forms of one lemma are one word,
    and a word that is nearly another is left out. `numbers` has the topic of each clause, -1 for none. Raises
    `MissingExtraError` where BERTopic is not there.
    """
    try:
        from bertopic import BERTopic  # noqa: PLC0415 (four seconds)
        from bertopic.cluster import BaseCluster  # noqa: PLC0415
        from bertopic.dimensionality import BaseDimensionalityReduction  # noqa: PLC0415
        from bertopic.vectorizers import ClassTfidfTransformer  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise MissingExtraError("model.no_topics", missing=error.name) from None
    size = int(numbers.max(initial=-1)) + 1
    if not size:
        return []
    said = as_written(some)
    if len(every := {word for one in said for word in one}) == 1:
        return [list(every)] * size  # BERTopic cannot weigh one word
    model = BERTopic(
        language="multilingual",
        umap_model=BaseDimensionalityReduction(),
        hdbscan_model=BaseCluster(),
        vectorizer_model=CountVectorizer(analyzer=str.split),
        ctfidf_model=ClassTfidfTransformer(),
        top_n_words=_CANDIDATES,
    )
    model.fit([" ".join(words) for words in said], embeddings=placed, y=numbers.tolist())
    named = dict(zip(numbers.tolist(), model.topics_, strict=True))
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for words, topic in zip(said, numbers.tolist(), strict=True):
        counted[topic].update(set(words))
    found = []
    for topic in range(size):
        ranked = [word for word, score in model.get_topic(named[topic]) if word and score > 0]
        common = [word for word in ranked if counted[topic][word] > 1]
        found.append(list(_apart(common if len(common) >= _LEAST else ranked, counted[topic]))[:KEY_WORDS])
    return found


def labels(words: Sequence[Sequence[str]], some: Clauses, numbers: Ints) -> list[str]:
    """A label a topic, of two to four of its key words where it has as many; no two are the same."""
    said = [set(one) for one in as_written(some)]
    found = list[str]()
    for topic, ranked in enumerate(words):
        members = [said[row] for row in np.flatnonzero(numbers == topic)]
        chosen = list[str]()
        for word in ranked[:_MOST]:
            covered = sum(bool(one.intersection(chosen)) for one in members) / max(len(members), 1)
            if len(chosen) >= _LEAST and covered >= _COVERED and ", ".join(chosen) not in found:
                break
            chosen.append(word)
        label = ", ".join(chosen)
        found.append(label if label not in found else f"{label} ({topic + 1})")
    return found


def as_written(some: Clauses) -> list[list[str]]:
    """The words of content of each clause, each as its lemma is written most often, in small letters."""
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for text in some.texts:
        for token in tokens(text):
            if token.is_word:
                written[token.form][token.written.lower()] += 1
    lemma = {form: fold(some.spoken.lemmas(max(forms, key=forms.__getitem__))[0]) for form, forms in written.items()}
    whole: dict[str, Counter[str]] = defaultdict(Counter)
    for form, forms in written.items():
        whole[lemma[form]].update(forms)
    best = {one: min(forms, key=lambda form: (-forms[form], form)) for one, forms in whole.items()}
    return [[best[lemma[word]] for word, _ in said] for said in some.said]


def _apart(ranked: Sequence[str], times: Counter[str]) -> Iterator[str]:
    """The words but for those that are nearly another that is used more, or as much and before them."""
    for place, word in enumerate(ranked):
        others = [other for other in ranked if other != word and _twins(fold(word), fold(other))]
        better = [other for other in others if (times[other], -ranked.index(other)) > (times[word], -place)]
        if len(word) > 1 and not better:
            yield word


def _twins(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    contained = len(short) >= _CONTAINED and short in long
    return contained or SequenceMatcher(None, one, other).ratio() >= _TWINS
