"""How like a code's own words a text is: its label, its definition, its examples."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from coder.codebook import Code, Codebook
from coder.corpus import Corpus
from coder.methods import embedding as embeddings
from coder.progress import Progress, silent

Floats = npt.NDArray[np.float64]


def likeness(corpus: Corpus, codebook: Codebook, *, embedding: str = "auto", progress: Progress = silent) -> Floats:
    """The cosine of each text and the likest of the texts of each code, shape (units, codes), where nobody coded yet.

    It ranks the codes for a person who looks, and gives none. `embedding` is one of `embedding.NAMES`;
    with "none", or "auto" where none is installed, all is 0.
    """
    texts = corpus.texts.tolist()
    name = embeddings.choose(embedding, texts)
    vectors = embeddings.embed(texts, name, progress=progress)
    read = vectors[vectors.any(axis=1)]
    mean = read.mean(axis=0) if len(read) else np.zeros(vectors.shape[1], dtype=np.float32)

    def centred(some: npt.NDArray[np.float32]) -> Floats:
        return np.where(some.any(axis=1, keepdims=True), some - mean, 0).astype(np.float64)

    return similarity(centred(vectors), lambda own: centred(embeddings.embed(own, name)), codebook)


def similarity(asked: Floats, vectors: Callable[[Sequence[str]], Floats], codebook: Codebook) -> Floats:
    """The same for the texts that have the vectors `asked`; `vectors` gives those of a code's own texts.

    All are centred. 0 for a code without texts, a text with nothing to read, and vectors without numbers.
    """
    found = np.zeros((len(asked), len(codebook.codes)))
    for column, code in enumerate(codebook.codes):
        if own := _texts(code):
            found[:, column] = (_directions(asked) @ _directions(vectors(own)).T).max(axis=1)
    return found


def _texts(code: Code) -> list[str]:
    return [text for text in (*code.label.values(), code.definition, *code.examples) if text.strip()]


def _directions(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12))
