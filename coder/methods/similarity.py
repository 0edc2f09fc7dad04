"""How like a code's own words a text is: its label, its definition, its examples."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from coder.codebook import Code, Codebook
from coder.methods.classifier import Features

Floats = npt.NDArray[np.float64]


def similarity(features: Features, texts: Sequence[str], codebook: Codebook) -> Floats:
    """The cosine of each text and the likest of the texts of each code, by embedding; shape (texts, codes).

    0 for a code without texts, a text with nothing to read, and everywhere without an embedding.
    """
    found = np.zeros((len(texts), len(codebook.codes)))
    if features.embedding == "none" or not texts:
        return found
    asked = _directions(features, texts)
    for column, code in enumerate(codebook.codes):
        if own := _texts(code):
            found[:, column] = (asked @ _directions(features, own).T).max(axis=1)
    return found


def _texts(code: Code) -> list[str]:
    return [text for text in (*code.label.values(), code.definition, *code.examples) if text.strip()]


def _directions(features: Features, texts: Sequence[str]) -> Floats:
    vectors = features.vectors(texts).toarray()
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12))
