"""What models that did not see an answer say of its codes: the predictions that an estimate corrects."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import KFold

from coder.codebook import Codebook
from coder.coding import Coding
from coder.corpus import Corpus
from coder.learning.evaluation import Coded, Scorer
from coder.methods.classifier import FOLDS, learn
from coder.methods.combine import combine
from coder.methods.rules.engine import Rules
from coder.progress import Progress
from coder.statistics.estimates import places

Labels = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Predicted:
    """What models say that did not see the unit, shape (units, codes), and who they are.

    `places` are those of the scores of hand-coded units among the rest's, each fold by its own model; `counted` are
    the codes of the whole job: the hand's where people coded, elsewhere the model's that learned from all of them.
    """

    scores: Floats
    places: Floats
    counted: Labels
    method: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is estimated: the first `size` units of the corpus are the sample, the others the rest."""

    corpus: Corpus
    hand: Coding
    codebook: Codebook
    size: int
    nlp: str
    seed: int

    @property
    def right(self) -> Labels:
        """The hand codes of the sample, shape (size, codes)."""
        return self.hand.matrix(self.corpus.ids[: self.size], self.codebook.ids)

    def predicted(self, progress: Progress) -> Predicted:
        """Each hand-coded unit by the model of the folds without it; the rest by the mean of all these models."""
        scores = np.zeros((len(self.corpus), len(self.codebook.ids)))
        stood = np.full((self.size, len(self.codebook.ids)), 0.5)
        rest = np.arange(self.size, len(self.corpus))
        if not len(rest):
            return Predicted(scores, stood, self.right, "classifier")
        rules = None
        if any(code.rules for code in self.codebook.codes):
            rules = Coded(Rules(self.nlp).code(self.corpus, self.codebook))
        for done, (others, held) in enumerate(KFold(FOLDS, shuffle=True, random_state=self.seed).split(self.right)):
            progress("predicting", done, FOLDS + 1)
            method = self._learned(others, rules)
            ours = self._scores(method, held)
            theirs = self._scores(method, rest)
            scores[held] = ours
            scores[self.size :] += theirs / FOLDS
            stood[held] = places(ours, theirs)
        progress("predicting", FOLDS, FOLDS + 1)
        counted = self._counted(self._learned(np.arange(self.size), rules), rest)
        return Predicted(scores, stood, counted, "rules+classifier" if rules else "classifier")

    def _learned(self, chosen: npt.NDArray[np.int_], rules: Coded | None) -> Scorer | None:
        """What is learned from these units of the sample; the rules alone, or None, where none of them has a code."""
        known = self.corpus.take(self.corpus.ids[chosen])
        if not self.hand.matrix(known.ids, self.codebook.ids).any():
            return rules
        if rules is None:
            return learn(known, self.hand, language=self.codebook.language, seed=self.seed)[0]
        return combine(known, self.hand, self.codebook, rules=rules, seed=self.seed)

    def _scores(self, method: Scorer | None, chosen: npt.NDArray[np.int_]) -> Floats:
        if method is None:
            return np.zeros((len(chosen), len(self.codebook.ids)))
        return method.judge(self.corpus.take(self.corpus.ids[chosen]), self.codebook)[1]

    def _counted(self, method: Scorer | None, rest: npt.NDArray[np.int_]) -> Labels:
        units = self.corpus.take(self.corpus.ids[rest])
        given = np.zeros((len(rest), len(self.codebook.ids)), dtype=np.bool_)
        if method is not None:
            given = method.judge(units, self.codebook)[0].matrix(units.ids, self.codebook.ids)
        return np.concatenate([self.right, given])
