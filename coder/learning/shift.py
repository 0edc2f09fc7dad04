"""What a model meets in new answers that it never saw: words above all, and how sure it still is.

How many unknown words to expect in answers of the same kind is known from what the model learned: the words
that it saw in one answer only are about as frequent, together, as the words it did not see at all (Good 1953,
after Turing). What is more than that is new.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.corpus import Corpus
from coder.documents import Documents
from coder.errors import CoderError
from coder.languages.language import Language, language_of
from coder.languages.text import WORD, fold
from coder.learning.targeting import thresholds
from coder.methods.classifier import Classifier
from coder.methods.topics import find_topics
from coder.note import Note, counted
from coder.tables.table import Column, Said, Table

LARGE = 1.5
"""So many times the expected share of unknown words is large, if chance does not explain it (docs/measured.md)."""
_FREQUENT = 10
"""So many unknown words are named."""
_FEWEST_DOCUMENTS = 3
_TOPICS = 3
"""So many topics are named."""


@dataclass(frozen=True, slots=True)
class Shift:
    """How far new answers are from what a model was trained on.

    `table` has a row a figure: share of the words in running text (`tokens`) and of the different words
    (`types`) that the model does not know, the share of answers without a code, and the mean highest
    probability; `new` for these answers and `trained` for those it was trained on (nan where the model does
    not say). Shares are 0..1. `unknown` are the most frequent unknown words and in how many answers each is. Where the
    shift is large `topics` has the key words of what the answers without a code are about, the largest topic first.
    """

    table: Table
    unknown: pd.DataFrame
    large: bool
    topics: tuple[str, ...] = ()

    @property
    def warning(self) -> Note | None:
        """What to say, with the numbers, where the shift is large; else None."""
        if not self.large:
            return None
        figures = 100 * self.table.frame.set_index("figure")
        share, usual = (float(figures[which]["no code"]) for which in ("new", "trained"))
        given = Note("learning.gives_none", share=share)
        if not np.isnan(usual):
            given = Note("learning.gives_none_than", share=share, usual=usual)
        values = {
            "unknown": float(figures["new"]["unknown tokens"]),
            "usual": float(figures["trained"]["unknown tokens"]),
            "given": given,
            "words": list(self.unknown["word"]),
        }
        if not self.topics:
            return Note("learning.shift", **values)
        return Note("learning.shift_about", **values, topics="; ".join(self.topics[:_TOPICS]))


def shift(model: Classifier, corpus: Corpus) -> Shift:
    """Compare answers with what a model was trained on. Give only answers that say something.

    Function words, digits and words of one letter are left out. The shift is large where the share of
    unknown words is `LARGE` times that of answers like those of the training or more, and the lower bound of
    its 95 % interval (by answer) is above it too.

    >>> import coder
    >>> from coder.resources import resource
    >>> answers = coder.read(resource("corpora/wishes-2021.csv"), text="answer", id="id")
    >>> book = coder.read_codebook(resource("codebooks/wishes.yaml"))
    >>> hand = coder.Coding.from_column(answers, "codes", book)
    >>> model = coder.train_classifier(answers, hand, embedding="none")
    >>> coder.shift(model, coder.read(resource("corpora/wishes-2024.csv"), text="answer", id="id")).large
    False
    """
    known = seen_in(model)
    spoken = language_of(model.features.language)
    words = [_content(text, spoken.stop_words) for text in corpus.texts]
    unknown = [one - known.keys() for one in words]
    total, new = (np.array([len(one) for one in each], dtype=np.float64) for each in (words, unknown))
    share, low = _share(new, total)
    expected = _expected(known)
    types = set().union(*words)
    probability = model.probabilities(corpus.texts.tolist())
    without = np.array([not row.any() for row in probability >= thresholds(model, model.codes)], dtype=np.bool_)
    highest = probability.max(axis=1) if probability.size else []
    rows = [
        ("unknown tokens", share, expected),
        ("unknown types", _mean([word not in known for word in types]), float("nan")),
        ("no code", _mean(without.astype(np.float64)), _of_card(model, "no_code")),
        ("mean highest probability", _mean(highest), _of_card(model, "top_probability")),
    ]
    frame = pd.DataFrame(rows, columns=["figure", "new", "trained"])
    shown: dict[str, Said | Column] = {
        "figure": Column(Note("learning.head_figure"), "word"),
        "new": Note("learning.head_new"),
        "trained": Note("learning.head_trained"),
    }
    count = _most_frequent(unknown)
    large = bool(share >= LARGE * expected and low > expected)
    return Shift(
        table=Table(
            Note("learning.never_saw"),
            frame,
            len(corpus),
            shown,
            (Note("learning.answers_note", answers=counted("answers", len(corpus))),),
        ),
        unknown=pd.DataFrame(count, columns=["word", "answers"]),
        large=large,
        topics=_topics(corpus.take(corpus.ids[without]), spoken) if large else (),
    )


def _topics(uncoded: Corpus, spoken: Language) -> tuple[str, ...]:
    """The key words of the topics; none where there are few answers, or BERTopic is not installed."""
    try:
        return tuple(find_topics(uncoded, language=spoken.code).frame["words"])
    except CoderError:
        return ()


def strange_documents(documents: Documents, read: "pd.Index[str]", spoken: Language) -> pd.DataFrame:
    """Which documents a model that learned from the blocks `read` will be strange to; a row a document nobody read.

    Indexed by document: `unknown`, the share of its content words (each once a block) that no block read has; `usual`,
    the middle of those shares among documents that were read, each beside the others alone; `strange` where the
    document has `LARGE` times as many, and the lower bound of its 95 % interval (by block) is above `usual`; `words`,
    the most frequent unknown ones. Nothing is strange where fewer than three documents were read.
    """
    units, stop = documents.corpus().units, spoken.stop_words
    seen = units.index.isin(read)
    said = pd.Series([_content(text, stop) for text in units["text"]], index=units.index)
    by_document = {str(name): list(said[part.index]) for name, part in units.groupby("document", sort=False)}
    taught = {str(name): set().union(*said[part.index]) for name, part in units[seen].groupby("document", sort=False)}
    spread = Counter(word for words in taught.values() for word in words)
    usual = []
    for name, own in taught.items():
        alone = {word for word in own if spread[word] == 1}
        new = [{word for word in one if word in alone or word not in spread} for one in by_document[name]]
        usual.append(_beside(new, by_document[name])[0])
    middle = float(np.median(usual)) if len(usual) >= _FEWEST_DOCUMENTS else float("nan")
    rows = {}
    for name, words in by_document.items():
        if name in taught:
            continue
        new = [one - spread.keys() for one in words]
        share, low = _beside(new, words)
        frequent = [word for word, _ in _most_frequent(new)]
        rows[name] = (share, middle, bool(share >= LARGE * middle and low > middle), frequent)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["unknown", "usual", "strange", "words"])


def strange_note(name: str, row: Mapping[Any, Any]) -> Note:
    """What to say of a document that is strange: a row of `strange_documents`, by the names of its columns."""
    values = {"unknown": 100 * row["unknown"], "usual": 100 * row["usual"], "words": row["words"]}
    return Note("fragments.strange", document=name, **values)


def _most_frequent(sets: Iterable[Iterable[str]]) -> list[tuple[str, int]]:
    """The words that stand in most of these sets, with in how many; of those in as many the first by the alphabet."""
    times = Counter(word for one in sets for word in one)
    return sorted(times.items(), key=lambda each: (-each[1], each[0]))[:_FREQUENT]


def _beside(new: Sequence[set[str]], words: Sequence[set[str]]) -> tuple[float, float]:
    return _share(*(np.array([len(one) for one in each], dtype=np.float64) for each in (new, words)))


def seen_in(model: Classifier) -> dict[str, float]:
    """The content words a model knows, and in how many of the answers it learned from each stood, coded or not.

    The one place that looks into the features of a classifier: words are entries of its vocabulary without
    a space (pairs) or a "~" (lemmas), and the inverse document frequency tells the count.
    """
    words = model.features.words
    units, stop = sum(int(str(model.card.get(name, 0))) for name in ("units", "others")), words.spoken.stop_words
    counts = np.where(words.idf_ > 0, (1 + units) / np.exp(words.idf_ - 1) - 1, 0.0)
    pairs = zip(words.names_, counts.tolist(), strict=True)
    return {word: count for word, count in pairs if count and _says(word, stop)}


def _says(word: str, stop_words: frozenset[str]) -> bool:
    return len(word) > 1 and " " not in word and word[0] != "~" and not word.isdigit() and word not in stop_words


def _content(text: str, stop_words: frozenset[str]) -> set[str]:
    """The content words of a text, each once, folded."""
    return {word for word in (fold(word) for word in WORD.findall(text.lower())) if _says(word, stop_words)}


def _expected(known: dict[str, float]) -> float:
    """The share of unknown words to expect in answers like those of the training (Good 1953); nan without words."""
    counts = np.round(np.array(list(known.values())))
    return float((counts <= 1).sum() / counts.sum()) if len(counts) else float("nan")


def _share(part: npt.NDArray[np.float64], whole: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Sum by sum, and the lower bound of its 95 % interval with answers as clusters (ratio estimator)."""
    if not whole.sum():
        return float("nan"), float("nan")
    share = part.sum() / whole.sum()
    spread = np.sqrt(((part - share * whole) ** 2).sum()) / whole.sum()
    return float(share), float(share - 1.96 * spread)


def _mean(values: Sequence[float] | npt.NDArray[np.float64]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")


def _of_card(model: Classifier, name: str) -> float:
    """A figure of the cross-validation on the card of the model; nan where it has none."""
    found = model.card.get("cross_validated")
    value = found.get(name) if isinstance(found, dict) else None
    return float(value) if isinstance(value, (int, float)) else float("nan")
