"""Why a model gives an answer its codes: the words that weighed, the rules that hit, the nearest coded answers.

A model keeps no answers, so the nearest ones come from a file of coded answers given beside it.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, diags_array, vstack

from coder.arrays import Floats
from coder.codebook import Codebook
from coder.coding import NEGATED, Coding, Reason
from coder.corpus import TEXT, Corpus
from coder.languages.language import language_of
from coder.languages.nl.pipeline import BUNDLED
from coder.methods.classifier import Classifier, Places
from coder.methods.features import CharacterGrams, WordGrams
from coder.methods.rules.engine import Rules
from coder.note import Note
from coder.tables.table import Column, Said, Table, texts

_PIECE = re.compile(r"\S+")
_WORDS = 4
"""Words shown of a code, those that weighed most."""


def explain(
    model: Classifier, text: str, codebook: Codebook | None = None, *, limit: int = 5, nlp: str = BUNDLED
) -> Table:
    """A row for each of the likeliest codes, and for each code that is given or that a rule finds.

    Columns: code, label, probability, given, clause (the one that speaks most for the code, where there are several),
    words (with what each adds to the log odds; stop words are left out), meaning (what the embedding adds; nan without
    one), rules, written (what is not as a rule has it) and negated_by.

    >>> import coder
    >>> from coder.resources import resource
    >>> answers = coder.read(resource("corpora/wishes-2021.csv"), text="answer", id="id")
    >>> book = coder.read_codebook(resource("codebooks/wishes.yaml"))
    >>> hand = coder.Coding.from_column(answers, "codes", book)
    >>> model = coder.train_classifier(answers, hand, embedding="none")
    >>> coder.explain(model, "meer filmpjes maken", book).frame["code"][0]
    'video'
    """
    probability, places = (found[0] for found in model.places([text]))
    weights, meaning = weigh(model, text, places)
    hits = _hits(text, codebook, nlp)
    pieces = _PIECE.findall(text)
    spoken = language_of(codebook.language) if codebook is not None else model.features.words.spoken
    telling = np.array([not spoken.is_function(piece) for piece in pieces], dtype=np.float64)
    order = np.argsort(-probability, kind="stable")
    nothing = _found(())
    rows = [
        {
            "code": model.codes[column],
            "probability": float(probability[column]),
            "given": "yes" if probability[column] >= model.threshold else "",
            "words": _weightiest(pieces, telling * weights[:, column]),
            "meaning": float(meaning[column]),
            "clause": text[slice(*places[column])],
            **hits.pop(model.codes[column], nothing),
        }
        for place, column in enumerate(order.tolist())
        if place < limit or probability[column] >= model.threshold or model.codes[column] in hits
    ]
    unknown = [
        {"code": code, "probability": np.nan, "given": "", "words": Weightiest(()), "meaning": np.nan,
         "clause": "", **found}
        for code, found in hits.items()
    ]  # fmt: skip
    frame = pd.DataFrame([*rows, *unknown])
    frame["words"] = texts(row["words"] for row in [*rows, *unknown])
    frame.insert(1, "label", texts(codebook.text(code) if codebook else "" for code in frame["code"]))
    names = ["code", "label", "probability", "given", "words", "meaning", "rules"]
    if codebook is None:
        names = [name for name in names if name not in ("label", "rules")]
    if not model.features.embedding or model.features.embedding == "none":
        names.remove("meaning")
    if len({row["clause"] for row in rows}) > 1:
        names.insert(names.index("words"), "clause")
    names += [name for name in ("written", "negated_by") if frame[name].any()]
    shown: dict[str, Said | Column] = {name: Note(f"learning.head_{name}") for name in names}
    shown["given"] = Column(Note("learning.head_given"), "word")
    shown["words"] = Column(Note("learning.head_words"), "weights")
    return Table(Note("learning.why"), frame, 1, shown, (Note("learning.why_note", threshold=float(model.threshold)),))


def weigh(model: Classifier, text: str, places: Places | None = None) -> tuple[Floats, Floats]:
    """What each piece of the text (between white space) adds to the log odds, shape (pieces, codes); and the embedding.

    Half of it is of the whole text and half of the clause that speaks most for the code. What a pair of words adds is
    shared by the two, what an n-gram adds by the places it stands. The embedding has shape (codes,). `places` are those
    clauses, (codes, 2), where they are known.
    """
    if places is None:
        places = model.places([text])[1][0]
    half = model.calibration.weights[0] / 2
    added, meaning = _added(model, text, model.weights.whole * half)
    pieces = [piece.start() for piece in _PIECE.finditer(text)]
    for start, end in sorted({(int(start), int(end)) for start, end in places}):
        codes = np.flatnonzero((places == (start, end)).all(axis=1))
        inside, of_clause = _added(model, text[start:end], model.weights.clause[codes] * half)
        first = int(np.searchsorted(pieces, start, side="right")) - 1 if pieces else 0
        added[np.ix_(np.arange(first, first + len(inside)), codes)] += inside
        meaning[codes] += of_clause
    return added, meaning


def _added(model: Classifier, text: str, weights: Floats) -> tuple[Floats, Floats]:
    """What each piece of a text adds by these weights (codes, columns), shape (pieces, codes); and the embedding."""
    pieces = _PIECE.findall(text)
    ends = np.cumsum([len(model.features.words.names_), len(model.features.characters.names_)])
    of_words, of_characters, of_meaning = np.split(weights, ends, axis=1)
    added = np.zeros((len(pieces), len(weights)))
    if pieces:
        added += _shares(model.features.words, text, pieces) @ of_words.T
        added += _shares(model.features.characters, text, pieces) @ of_characters.T
    return added, np.asarray(model.features.vectors([text]) @ of_meaning.T).ravel()


def nearest(model: Classifier, text: str, corpus: Corpus, coding: Coding, *, count: int = 3) -> Table:
    """The coded answers most like this one to the model (cosine): columns similarity, codes, answer. Not itself."""
    others = corpus.ids[corpus.ids.isin(coding.seen) & (corpus.texts != text).to_numpy()]
    part = corpus.take(others)
    rows = model.features.transform([text, *part.texts.tolist()])
    length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    like = np.asarray((rows[1:] @ rows[:1].T).toarray()).ravel() / np.maximum(length[1:] * length[0], 1e-12)
    chosen = np.argsort(-like, kind="stable")[:count]
    cells = coding.take(others).cells(others, sorted(set(coding.assignments["code"])))
    frame = pd.DataFrame(
        {
            "similarity": like[chosen],
            "codes": cells.to_numpy()[chosen],
            "answer": part.units[TEXT].to_numpy()[chosen],
        }
    )
    shown = {name: Note(f"learning.head_{name}") for name in frame.columns}
    return Table(Note("learning.nearest"), frame, len(others), shown)


def _shares(grams: WordGrams | CharacterGrams, text: str, pieces: Sequence[str]) -> csr_matrix:
    """The numbers of the text's n-grams, divided over the pieces they stand in, shape (pieces, n-grams)."""
    beside = [f"{one} {other}" for one, other in pairwise(pieces)]
    counts = grams.count([*pieces, *beside, text]).aligned(grams.names_).matrix.astype(np.float64)
    own, total = counts[: len(pieces)], counts[-1:]
    across = counts[len(pieces) : -1] - own[:-1] - own[1:]
    empty = csr_matrix((1, counts.shape[1]))
    places = own + (_stack(across, empty) + _stack(empty, across)) / 2
    each = np.zeros(counts.shape[1])
    each[total.indices] = grams.transform([text]).toarray().ravel()[total.indices] / total.data
    return csr_matrix(places @ diags_array(each))


def _stack(one: csr_matrix, other: csr_matrix) -> csr_matrix:
    return csr_matrix(vstack([one, other]))


def _hits(text: str, codebook: Codebook | None, nlp: str) -> dict[str, dict[str, str]]:
    """What the rules find, by code."""
    if codebook is None:
        return {}
    corpus = Corpus(pd.DataFrame({TEXT: [text]}, index=pd.Index(["1"], name="unit"), dtype=str))
    coding = Rules(nlp).code(corpus, codebook)
    found: dict[str, list[Reason]] = {}
    for code, reason in zip(coding.assignments["code"], coding.reasons, strict=True):
        found.setdefault(code, []).append(reason)
    return {code: _found(reasons) for code, reasons in found.items()}


def _found(reasons: Sequence[Reason]) -> dict[str, str]:
    """The rules of these reasons, what of them is not as written, and what denies them; each once."""
    notes = [note for reason in reasons for note in reason.note]
    parts = {
        "rules": [reason.rule for reason in reasons],
        "written": [str(value) for key, value in notes if key != NEGATED],
        "negated_by": [str(value) for key, value in notes if key == NEGATED],
    }
    return {name: ", ".join(dict.fromkeys(values)) for name, values in parts.items()}


class Weightiest(str):  # noqa: SLOT000 (a slot cannot be in a str)
    """Words with what each adds to the log odds: as a text for files, "camera +9.1, een -0.4"; `words` as numbers."""

    words: tuple[tuple[str, float], ...]

    def __new__(cls, words: Iterable[tuple[str, float]]) -> Self:
        """The words that weigh most, the heaviest first."""
        given = tuple(words)
        made = super().__new__(cls, ", ".join(f"{word} {weight:+.1f}" for word, weight in given))
        made.words = given
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return Weightiest, (self.words,)


def _weightiest(pieces: Sequence[str], weights: Floats) -> Weightiest:
    order = np.argsort(-np.abs(weights), kind="stable")[:_WORDS].tolist()
    return Weightiest((pieces[place], float(weights[place])) for place in order if abs(weights[place]) >= 0.05)  # noqa: PLR2004
