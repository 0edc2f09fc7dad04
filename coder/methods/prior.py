"""What a codebook says of texts before anybody coded: by its rules, and by the words of its codes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.arrays import Floats
from coder.codebook import Codebook
from coder.coding import Method
from coder.corpus import Corpus
from coder.methods.embedding import similarity
from coder.methods.weighing import beforehand


@dataclass(frozen=True, slots=True)
class Prior:
    """A codebook, and what codes by its rules."""

    codebook: Codebook
    rules: Method

    def log_odds(
        self, texts: Sequence[str], asked: Floats, vectors: Callable[[Sequence[str]], Floats], codes: Sequence[str]
    ) -> Floats:
        """Log odds of each of `codes`, shape (texts, codes); 0 for one that is not in the codebook.

        `asked` are the vectors of the texts, `vectors` gives those of other texts, both centred.
        """
        ids = pd.Index([str(row) for row in range(len(texts))], name="unit")
        corpus = Corpus(pd.DataFrame({"text": list(texts)}, index=ids, dtype=str))
        known = self.codebook.ids
        hits = self.rules.code(corpus, self.codebook).matrix(ids, known)
        odds = beforehand(hits, ruled(self.codebook), similarity(asked, vectors, self.codebook))
        found = np.zeros((len(texts), len(codes)))
        for column, code in enumerate(codes):
            if code in known:
                found[:, column] = odds[:, known.index(code)]
        return found


def ruled(codebook: Codebook) -> npt.NDArray[np.bool_]:
    """Which codes have rules, shape (codes,)."""
    return np.array([len(code.rules) > 0 for code in codebook.codes], dtype=np.bool_)
