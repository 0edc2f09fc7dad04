"""The one way in which a machine decides what codes answers get: by rules, by a model, or by both.

Rules alone need no scikit-learn, which takes longer to load than they take.
"""
# ruff: noqa: PLC0415

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from coder.codebook import Codebook
from coder.coding import Coding, Method, stacked
from coder.corpus import Corpus
from coder.errors import CoderError
from coder.languages.language import DUTCH
from coder.methods.rules.engine import Rules
from coder.progress import Progress, silent

if TYPE_CHECKING:
    from coder.methods.classifier import Classifier
    from coder.methods.combine import Combination


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
        seed: int = 1,
        progress: Progress = silent,
    ) -> "Machine":
        """The rules, weighed with a model of what people decided, where they coded enough to learn from."""
        if hand is None or hand.assignments.empty:
            return cls(codebook, None, rules)
        from coder.methods.classifier import FEWEST
        from coder.methods.combine import combine

        if len(hand.seen) < FEWEST:
            return cls(codebook, None, rules)
        both = combine(answers, hand, codebook, rules=rules, seed=seed, progress=progress)
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
