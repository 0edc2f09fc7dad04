"""Why a code is proposed, at the words themselves: what rules hit, and what weighed for the model."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt

from coder.methods.classifier import Classifier

_PIECE = re.compile(r"\S+")
_SIGNS = ".,;:!?()[]{}'\"“”‘’«»…-–—/*"
_MARKED = 3
"""So many words are marked of a code that the model proposes."""
_LEAST = 0.25
"""A word is marked that adds so much of what the heaviest word adds."""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `[start, end)` of a text, what points at them (`rule` or `model`), and in words why."""

    start: int
    end: int
    kind: str
    title: str


def segments(text: str, spans: Sequence[Span]) -> list[dict[str, str]]:
    """The text in pieces, in order: `t`, and of those that something points at `kind` and `title`; rules go first."""
    ends = sorted({0, len(text), *chain.from_iterable((span.start, span.end) for span in spans)})
    found = []
    for start, end in pairwise(ends):
        over = [span for span in spans if span.start <= start and end <= span.end]
        piece = {"t": text[start:end]}
        if over:
            piece["kind"] = "rule" if any(span.kind == "rule" for span in over) else "model"
            piece["title"] = "; ".join(dict.fromkeys(span.title for span in over))
        found.append(piece)
    return found


def telling(model: Classifier, texts: Sequence[str]) -> list[npt.NDArray[np.float64]]:
    """What each word of each text (between white space) weighs for each code, shape (words, codes) a text.

    Each word is weighed on its own, by its n-grams: `coder explain` shares those of pairs out too, and costs more
    than a page that shows the next answers has.
    """
    words = [_PIECE.findall(text) for text in texts]
    distinct = sorted({word for one in words for word in one})
    if not distinct:
        return [np.zeros((0, len(model.codes))) for _ in texts]
    place = {word: number for number, word in enumerate(distinct)}
    features = model.features
    first = len(features.words.names_)
    second = first + len(features.characters.names_)
    weighed = features.words.transform(distinct) @ model.weights[:, :first].T
    weighed = weighed + features.characters.transform(distinct) @ model.weights[:, first:second].T
    return [weighed[[place[word] for word in one]] if one else np.zeros((0, len(model.codes))) for one in words]


def heaviest(text: str, weights: npt.NDArray[np.float64]) -> list[tuple[int, int]]:
    """Where the words stand that weigh most for a code; `weights` has a number a word."""
    if not len(weights) or weights.max() <= 0:
        return []
    chosen = [place for place in np.argsort(-weights)[:_MARKED] if weights[place] >= _LEAST * weights.max()]
    pieces = list(_PIECE.finditer(text))
    return [_bare(pieces[place]) for place in sorted(chosen)]


def _bare(piece: re.Match[str]) -> tuple[int, int]:
    """Where a piece stands, without the signs around its word."""
    start, end = piece.span()
    kept = piece[0].strip(_SIGNS)
    return (start + piece[0].index(kept), start + piece[0].index(kept) + len(kept)) if kept else (start, end)
