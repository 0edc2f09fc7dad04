"""One step of the job alone: coding answers, or finding topics in them.

Rules alone need no scikit-learn, which takes longer to load than they take.
"""
# ruff: noqa: PLC0415

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coder.codebook import Codebook
from coder.coding import Coding
from coder.corpus import Corpus
from coder.jobs.machine import Machine
from coder.languages.language import DUTCH, answered, language_of
from coder.languages.nl.pipeline import BUNDLED
from coder.methods import embedding as embeddings
from coder.methods.embedding import likeness
from coder.methods.rules.engine import Rules
from coder.progress import Progress, silent

if TYPE_CHECKING:
    from coder.methods.classifier import Classifier
    from coder.methods.topics import TopicModel, Topics

LIKELY = 3
"""So many likely codes are named."""


def code(
    corpus: Corpus,
    codebook: Codebook | None = None,
    *,
    model: "Classifier | None" = None,
    no_answer: Sequence[str] | None = None,
    nlp: str = BUNDLED,
    progress: Progress = silent,
) -> Coding:
    """Code what is an answer, by the rules of a codebook, a model, or both: what `coder code` does.

    With both they are weighed, where the model was trained beside rules (`coder.methods.combine`); else a code is
    given by either. What is no answer (`no_answer`, else the list of the codebook's language) is not seen. `nlp` names
    the spaCy pipeline of the rules. The coding knows of what answers it is.

    Raises `CoderError` without codebook and model, and `CodebookError` on a rule that cannot be read.

    >>> import coder
    >>> from coder.resources import resource
    >>> answers = coder.read(resource("corpora/trends-2024.csv"), text="answer", id="id")
    >>> book = coder.read_codebook(resource("codebooks/trends.yaml"))
    >>> coder.code(answers, book).coder
    'rules'
    """
    machine = Machine(codebook, model, Rules(nlp))
    return machine.code(answered(corpus, language_of(machine.language), no_answer), progress=progress).of(corpus)


def order_of(codebook: Codebook | None, model: "Classifier | None") -> Sequence[str]:
    """The order of the codes that `code` gives: that of the codebook, else the alphabet."""
    return codebook.ids if codebook is not None else tuple(sorted(model.codes if model is not None else ()))


def likely(corpus: Corpus, coding: Coding, codebook: Codebook, *, progress: Progress = silent) -> "pd.Series[str]":
    """For each unit that was seen and has no code the ids of the `LIKELY` codes that it is most like, joined by ';'.

    Empty for all other units. Raises `MissingExtraError` where no embedding is installed.
    """
    embeddings.require("use")
    asked = corpus.take(coding.seen.difference(pd.Index(coding.assignments["unit"]), sort=False))
    nearest = np.argsort(-likeness(asked, codebook, progress=progress), axis=1, kind="stable")[:, :LIKELY]
    names = np.asarray(codebook.ids, dtype=object)[nearest]
    found = pd.Series([";".join(row) for row in names], index=asked.ids, dtype=str)
    return found.reindex(corpus.ids).fillna("")


def topics_of(
    corpus: Corpus,
    coded: Coding | None,
    *,
    model: "TopicModel | None" = None,
    smallest: int | None = None,
    most: int | None = None,
    no_answer: Sequence[str] | None = None,
    seed: int = 1,
    progress: Progress = silent,
) -> "Topics":
    """Topics of the answers, those of a model where there is one; of answers without a code where there is a coding."""
    chosen = answered(corpus, DUTCH if model is None else language_of(model.language), no_answer)
    if coded is not None:
        chosen = chosen.take(chosen.ids[~chosen.ids.isin(coded.assignments["unit"])])
    if model is not None:
        return model.assign(chosen, progress=progress)
    from coder.methods.topics import MOST, find_topics

    return find_topics(chosen, smallest=smallest, most=most or MOST, seed=seed, progress=progress)
