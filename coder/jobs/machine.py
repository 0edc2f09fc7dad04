"""The one way in which a machine decides what codes answers get (by rules, a model or both), and jobs that only do so.

Rules alone need no scikit-learn, which takes longer to load than they take.
"""
# ruff: noqa: PLC0415

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.codebook import Codebook
from coder.coding import Coding, Method, stacked
from coder.corpus import Corpus
from coder.errors import CoderError
from coder.languages.language import DUTCH, answered, language_of
from coder.languages.nl.pipeline import BUNDLED
from coder.methods import embedding as embeddings
from coder.methods.embedding import likeness
from coder.methods.rules.engine import Rules
from coder.note import Progress, silent

if TYPE_CHECKING:
    from coder.methods.classifier import Classifier
    from coder.methods.combine import Combination
    from coder.tables.mentions import Mentions
    from coder.tables.table import Table

LIKELY = 3
"""So many likely codes are named."""


class Judged(NamedTuple):
    """A coding, and how likely each of `codes` is, shape (units, codes): given from its one of `thresholds` on.

    No columns without a model. `weighed` is the hash of the codebook whose rules were weighed in, "" of a model alone.
    """

    coding: Coding
    codes: tuple[str, ...]
    thresholds: tuple[float, ...]
    weighed: str
    chances: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Machine:
    """What gives codes: the rules of a codebook, a model, or both.

    With both they are weighed where the model was trained beside rules (`coder.methods.combine`); else a code is given
    by either. Raises `CoderError` without codebook and model.
    """

    codebook: Codebook | None
    model: "Classifier | None"
    rules: Method

    def __post_init__(self) -> None:
        if self.codebook is None and self.model is None:
            raise CoderError("model.nothing_to_code_with")

    @classmethod
    def learned(
        cls,
        answers: Corpus,
        hand: Coding | None,
        codebook: Codebook,
        *,
        rules: Rules,
        untold: pd.DataFrame | None = None,
        seed: int = 1,
        progress: Progress = silent,
    ) -> "Machine":
        """The rules, weighed with a model of what people decided, where they coded enough to learn from.

        `untold`: see `coder.methods.combine.train`.
        """
        if hand is None or hand.assignments.empty:
            return cls(codebook, None, rules)
        from coder.methods.classifier import FEWEST
        from coder.methods.combine import combine

        if len(hand.seen) < FEWEST:
            return cls(codebook, None, rules)
        both = combine(answers, hand, codebook, rules=rules, untold=untold, seed=seed, progress=progress)
        return cls(codebook, both.classifier, rules)

    @property
    def language(self) -> str:
        """The language of the texts."""
        if self.codebook is not None:
            return self.codebook.language
        return self.model.features.language if self.model is not None else DUTCH.code

    @property
    def name(self) -> str:
        """The name of the coder: what gives codes."""
        if both := self._both:
            return both.name
        parts = [self.rules.name] * (self.codebook is not None)
        return "+".join([*parts, *([self.model.name] if self.model is not None else [])])

    @property
    def scores(self) -> Mapping[str, float]:
        """The micro-F1 of each way of coding on hand-coded answers held out; {} where none were weighed."""
        return self.model.weighing.scores if self.model is not None and self.model.weighing is not None else {}

    @property
    def _both(self) -> "Combination | None":
        if self.codebook is None or self.model is None or self.model.weighing is None:
            return None
        from coder.methods.combine import Combination

        return Combination(self.rules, self.model, self.codebook)

    def code(self, answered: Corpus, *, progress: Progress = silent) -> Coding:
        """Give every unit its codes. Raises `CodebookError` on a rule that cannot be read, unless `rules` let it be."""
        parts = []
        if self.codebook is not None:
            progress("progress.rules", 0, 1)
            if both := self._both:
                return both.code(answered, self.codebook, progress=progress)
            parts.append(self.rules.code(answered, self.codebook))
        if self.model is not None:
            book = self.codebook or Codebook.from_ids(self.model.codes)
            parts.append(self.model.code(answered, book, progress=progress))
        if len(parts) == 1:
            return parts[0]
        name = "+".join(part.coder for part in parts)
        return stacked(name, answered.ids, parts, {**parts[0].provenance, **parts[1].provenance})

    def judge(self, answered: Corpus) -> Judged:
        """Give every unit its codes, with how likely each code of the codebook is."""
        if self.codebook is not None and (both := self._both):
            coding, chances = both.judge(answered, self.codebook)
            limits = (both.weighing.threshold,) * len(self.codebook.ids)
            return Judged(coding, self.codebook.ids, limits, self.codebook.hash, chances.astype(np.float32))
        coding, model = self.code(answered), self.model
        if model is None:
            return Judged(coding, (), (), "", np.zeros((len(answered), 0), dtype=np.float32))
        from coder.learning.targeting import thresholds

        codes = tuple(one for one in (self.codebook.ids if self.codebook else model.codes) if one in model.codes)
        columns = [model.codes.index(one) for one in codes]
        found = model.probabilities(answered.texts.tolist())[:, columns].astype(np.float32)
        return Judged(coding, codes, tuple(thresholds(model, codes).tolist()), "", found)


# Coding


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


def together(hand: Coding | None, machine: Coding, corpus: Corpus) -> Coding:
    """One coding: the hand's where people coded, the machine's elsewhere; in the order of the corpus.

    It is the hand's alone where the machine had nothing to code.
    """
    if hand is None:
        return machine
    seen = corpus.ids[corpus.ids.isin(hand.seen.union(machine.seen))]
    if not len(machine.seen):
        return replace(hand, seen=seen).of(corpus)
    return stacked(f"hand+{machine.coder}", seen, [hand, machine], machine.provenance).of(corpus)


# Coding the last wave again


@dataclass(frozen=True, slots=True)
class Answered:
    """A wave as coded, its answers, and who gave each (indexed by unit; each unit is a respondent unless given)."""

    coded: "Mentions"
    corpus: Corpus | None
    respondent: "pd.Series[str] | None" = None


def recode(
    now: Answered,
    then: Answered,
    codebook: Codebook,
    *,
    model: "Classifier | None" = None,
    nlp: str = BUNDLED,
    progress: Progress = silent,
    **options: Any,  # noqa: ANN401 (those of `opinion_and_instrument`)
) -> "Table":
    """Code the answers of `then` again, by the rules of the codebook, a model or both, and lay the waves side by side.

    Where `now` has answers they are coded again too, so that what people coded is not compared with what a machine did.
    The table, and `options`, are those of `coder.tables.recoding.opinion_and_instrument`.
    """
    from coder.tables.recoding import opinion_and_instrument

    ways = {"nlp": nlp, "model": model}
    progress("progress.recoding_last", 0, 2)
    again, instrument = _again(then, codebook, **ways)
    progress("progress.recoding_this", 1, 2)
    of_now = _again(now, codebook, **ways)[0] if now.corpus is not None else None
    progress("progress.comparing", 2, 2)
    return opinion_and_instrument(
        now.coded, then.coded, again, codebook, now_again=of_now, instrument=instrument, **options
    )


def _again(wave: Answered, codebook: Codebook, **ways: Any) -> "tuple[Mentions, str]":  # noqa: ANN401 (those of `code`)
    from coder.tables.mentions import mentions

    assert wave.corpus is not None  # noqa: S101 (the caller looked)
    book = codebook if any(one.rules for one in codebook.codes) or ways["model"] is None else None
    coding = code(wave.corpus, book, **ways)
    return mentions(coding, codebook, respondent=wave.respondent), coding.coder
