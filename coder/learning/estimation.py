"""How often each code occurs among all answers, estimated from a random sample that people coded.

What a classifier counts is biased; what a small sample counts is unbiased and uncertain. Predictions by models that
did not see the answer (`CrossFit`), or that come from elsewhere (`coder.learning.predictions`), join the two: see
`coder.statistics.prediction_powered`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import KFold

from coder.arrays import Floats, Labels
from coder.codebook import Codebook
from coder.coding import Coding
from coder.corpus import Corpus
from coder.errors import DataError, check_share
from coder.languages.language import DUTCH, language_of, no_answers
from coder.languages.nl.pipeline import BUNDLED
from coder.learning.evaluation import Coded, Scorer
from coder.learning.predictions import HALF, Kinds, Predictions, Sources, as_predictions, check_predictions, copied
from coder.learning.sampling import TARGETED
from coder.methods.classifier import FOLDS, enough_examples, learn
from coder.methods.combine import combine
from coder.methods.rules.engine import Rules
from coder.note import Note, Progress, silent
from coder.statistics.prediction_powered import Estimate, by_hand, corrected, drift, placement
from coder.statistics.proportions import effective
from coder.statistics.scores import micro, per_code
from coder.tables.frequency import check_nets, ordered
from coder.tables.groups import check_groups
from coder.tables.mentions import check_weights, in_order
from coder.tables.table import MIN_BASE, Column, Said, Table, texts


@dataclass(frozen=True, slots=True)
class Predicted:
    """What models say that did not see the unit, shape (units, codes), and who they are.

    Where predictions come from elsewhere, `scores` have shape (predictors, units, codes), and `names` are theirs.
    `places` are those of the scores of hand-coded units among the rest's, each fold by its own model; `counted` are
    the codes of the whole job: the hand's where people coded, elsewhere the model's that learned from all of them.
    """

    scores: Floats
    places: Floats
    counted: Labels
    method: str
    names: tuple[str | Note, ...] = ()


@dataclass(frozen=True, slots=True)
class CrossFit:
    """What is estimated: the first `size` units of the corpus are the sample, the others the rest.

    Of `kinds` each unit of the rest stands for several answers.
    """

    corpus: Corpus
    hand: Coding
    codebook: Codebook
    size: int
    nlp: str
    seed: int
    kinds: Kinds | None = None

    @property
    def times(self) -> npt.NDArray[np.intp]:
        """How many answers each unit stands for, shape (units,)."""
        if self.kinds is None:
            return np.ones(len(self.corpus), dtype=np.intp)
        return np.array(self.kinds.times.reindex(self.corpus.ids).tolist(), dtype=np.intp)

    @property
    def base(self) -> int:
        """How many answers there are."""
        return int(self.times.sum())

    @property
    def sampled(self) -> "pd.Index[str]":
        """The units of the sample."""
        return self.corpus.ids[: self.size]

    @property
    def right(self) -> Labels:
        """The hand codes of the sample, shape (size, codes)."""
        return self.hand.matrix(self.sampled, self.codebook.ids)

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
            progress("progress.predicting", done, FOLDS + 1)
            method = self._learned(others, rules)
            ours = self._scores(method, others, held)
            theirs = self._scores(method, others, rest)
            scores[held] = ours
            scores[self.size :] += theirs / FOLDS
            stood[held] = placement(ours, theirs)
        progress("progress.predicting", FOLDS, FOLDS + 1)
        counted = self._counted(self._learned(np.arange(self.size), rules, self.corpus), rest)
        return Predicted(scores, stood, counted, "rules+classifier" if rules else "classifier")

    def _learned(
        self, chosen: npt.NDArray[np.int_], rules: Coded | None, corpus: Corpus | None = None
    ) -> Scorer | None:
        """What is learned from these units of the sample; the rules alone, or None, where none of them has a code.

        `corpus` has the answers that nobody coded too. Models of folds do without: they made estimates of 100 vote
        reasons as good as 168 in place of 160 coded by hand, and took four times as long.
        """
        known = self.hand.take(self.corpus.ids[chosen])
        corpus = corpus or self.corpus.take(known.seen)
        if not known.matrix(known.seen, self.codebook.ids).any():
            return rules
        if rules is None:
            return learn(corpus, known, language_of(self.codebook.language), seed=self.seed).model
        return combine(corpus, known, self.codebook, rules=rules, seed=self.seed)

    def _scores(self, method: Scorer | None, learned: npt.NDArray[np.int_], chosen: npt.NDArray[np.int_]) -> Floats:
        """What a method says of the units `chosen`: 0 of a code that came with a later wave, by the units `learned`.

        Nobody gave it to answers of a wave before, and the estimate is of what people would give.
        """
        if method is None:
            return np.zeros((len(chosen), len(self.codebook.ids)))
        units = self.corpus.ids[chosen]
        unsaid = self.corpus.unsaid(self.corpus.ids[learned], self.right[learned], units)
        return np.where(unsaid, 0.0, method.judge(self.corpus.take(units), self.codebook)[1])

    def _counted(self, method: Scorer | None, rest: npt.NDArray[np.int_]) -> Labels:
        units = self.corpus.take(self.corpus.ids[rest])
        given = np.zeros((len(rest), len(self.codebook.ids)), dtype=np.bool_)
        if method is not None:
            given = method.judge(units, self.codebook)[0].matrix(units.ids, self.codebook.ids)
            given &= ~self.corpus.unsaid(self.corpus.ids[: self.size], self.right.astype(np.bool_), units.ids)
        return np.concatenate([self.right, given])


RARE = 0.01
"""A difference between sample and rest is told where it is rarer than this in random samples."""
_NONE = 1e-9
"""A sum of weights below which there is nobody."""
_COMPARED = 5
"""So many hand-coded mentions a code needs for its predictions to be compared."""


@dataclass(frozen=True, slots=True, repr=False)
class Estimation:
    """What was found: `codes` has a row a code; `groups` a row a group and code, None unless asked.

    Their columns are percentages in 0..100 with the ends of their interval: `percent` corrected, `hand` by the
    hand-coded units alone, and `counted` by what the method gives, without an interval.

    `warnings` are on the sample; they stand in the notes of `codes` too. `hand` answers were coded by hand,
    all of them on purpose where `targeted`, visibly not at random where `unlike` the others. The rest was predicted by
    `method`, as `coder.reports.methods` names it. `effective_base` is that of the weights (Kish 1965), None without.
    `predictions` has how good those from elsewhere are, a row a code: F1 on the hand-coded answers (`f1:NAME`), λ
    (`lambda:NAME`), and the percentage that they would have counted alone (`percent:NAME`); None without.
    """

    codes: Table
    groups: Table | None
    warnings: tuple[Note, ...]
    hand: int
    targeted: bool
    unlike: bool
    method: str
    effective_base: float | None = None
    predictions: Table | None = None

    def __repr__(self) -> str:
        return f"<Estimation of {len(self.codes.frame)} codes in {self.codes.base} answers, {self.hand} coded by hand>"

    def _repr_html_(self) -> str:
        return "".join(table._repr_html_() for table in self.tables)

    @property
    def frame(self) -> pd.DataFrame:
        """The numbers of `codes`: a row a code, percentages in 0..100."""
        return self.codes.frame

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables, in the order in which they are read."""
        return tuple(self.named.values())

    @property
    def named(self) -> dict[str, Table]:
        """The same, by the names that they have in files."""
        found = {"estimate": self.codes, "predictions": self.predictions, "groups": self.groups}
        return {name: table for name, table in found.items() if table is not None}


def estimate(
    corpus: Corpus,
    hand: Coding,
    codebook: Codebook | None = None,
    *,
    predictions: Sources | None = None,
    classifier: bool = False,
    probability: "pd.Series[float] | None" = None,
    drawn: "pd.Series[str] | None" = None,
    stratum: "pd.Series[str] | None" = None,
    weight: "pd.Series[float] | None" = None,
    by: "pd.Series[str] | None" = None,
    nets: bool = False,
    level: float = 0.95,
    no_answer: Sequence[str] | None = None,
    nlp: str = BUNDLED,
    seed: int = 1,
    kinds: Kinds | None = None,
    progress: Progress = silent,
) -> Estimation:
    """The share of each code among all answers: corrected, counted plainly, and by the hand-coded ones alone.

    The units that `hand` has seen are taken for a random sample of the answers; the rest is predicted by the
    classifier, or with rules in the codebook by rules and classifier together. All series are by unit id.

    `predictions` are what something else gave for every answer, which then stand in its place (with `classifier`,
    beside it): a coding, a DataFrame (index units, columns codes) or an array (answers, codes) of codes or
    probabilities, several of them, or a mapping of names to them. They are weighed per code for what they are worth;
    none makes an estimate less precise. They must not be made of the hand codes.

    `probability` is the probability with which a hand-coded unit was drawn (equal unless given), `stratum` that in
    which it was drawn. `drawn` says "targeted" of units that were chosen on purpose: their codes are used where their
    probability is known (1: certain to be chosen), or where there are no others. `weight` is what each unit counts for:
    all percentages are weighted then, and `effective_base` is how many respondents of equal weight would tell the share
    of a code as precisely. `by` are groups: the same predictions, corrected in each by its own
    hand-coded answers. `nets` ranks nets, with their codes under them, as `coder.tables.frequency.top` does; that any
    of its codes is there is predicted as if they came independently. Units of `no_answer` are left out of the sample
    and of the rest alike: were the coded ones kept, the sample would have more of them than the rest. With `kinds` the
    units that nobody coded stand for several answers each, of which predictions are all that is known. Where the corpus
    has waves, what is learned is as in `coder.train`, and a code that came with a later wave is predicted for no answer
    of a wave before: people gave it to none.

    Raises `DataError` with fewer than ten hand-coded answers, with a probability missing or outside (0, 1], a weight
    missing or not above 0, an answer without predictions, and where nets are asked for and the codebook has none.
    """
    _check(hand, codebook, by=by, nets=nets, level=level)
    if kinds is not None and (classifier or predictions is None):
        raise DataError("estimate.folder_classifier")
    elsewhere = as_predictions(predictions, corpus, codebook)
    answered = _answered(corpus, codebook, no_answer, kinds)
    sample = _random(hand.take(answered.ids), drawn, probability)
    question = _question(answered, sample.hand, codebook, elsewhere, nlp=nlp, seed=seed, kinds=kinds)
    chance = _probabilities(sample.probability, question.sampled)
    predicted = _predicted(question, elsewhere, progress, classifier=classifier)
    figures = _Figures.of(question, predicted, chance, stratum, weight, level=level, nets=nets)
    as_filed = corpus.ids if drawn is None and chance is None else None
    unlike = _unlike(question, predicted.places, chance, as_filed)
    warnings = (*sample.notes, *_copied(question, elsewhere, predicted), *unlike, *figures.few)
    codes, foretold = _tables(figures, question, predicted, warnings, _left_out(corpus, answered, hand, kinds))
    return Estimation(
        codes=codes,
        groups=_groups(figures, by.reindex(question.corpus.ids), question.codebook) if by is not None else None,
        warnings=warnings,
        hand=question.size,
        targeted=sample.targeted,
        unlike=bool(unlike),
        method=predicted.method,
        effective_base=figures.effective_base,
        predictions=foretold,
    )


def _answered(
    corpus: Corpus, codebook: Codebook | None, no_answer: Sequence[str] | None, kinds: Kinds | None
) -> Corpus:
    """The units that say something."""
    if kinds is not None:
        return corpus.take(corpus.ids[~kinds.silent.reindex(corpus.ids).to_numpy(dtype=np.bool_)])
    spoken = language_of(codebook.language) if codebook is not None else DUTCH
    return corpus.take(corpus.ids[~no_answers(corpus, no_answer, spoken)])


def _check(hand: Coding, codebook: Codebook | None, *, by: "pd.Series[str] | None", nets: bool, level: float) -> None:
    """Raise `DataError` for a level, groups or nets that there cannot be."""
    check_share(level=level)
    if by is not None:
        check_groups(set(by.fillna("").astype(str).str.strip()) - {""}, str(by.name))
    if nets:
        check_nets(codebook or Codebook.from_ids(hand.assignments["code"]))


def _question(
    answered: Corpus,
    hand: Coding,
    codebook: Codebook | None,
    elsewhere: Sequence[Predictions],
    *,
    nlp: str,
    seed: int,
    kinds: Kinds | None,
) -> CrossFit:
    """What is estimated, the hand-coded units first. Raises `DataError` with too few, or an answer not predicted."""
    ids, _, _ = enough_examples(answered, hand, otherwise="estimate.too_few_by_hand")
    check_predictions(elsewhere, answered.ids, ids, None if kinds is None else kinds.times)
    named = {code for one in elsewhere for code in one.scores.columns}
    book = codebook or Codebook.from_ids(named.union(hand.assignments["code"]))
    whole = answered.take(ids.append(answered.ids.difference(ids, sort=False)))
    return CrossFit(whole, hand, book, len(ids), nlp, seed, kinds)


def _predicted(
    question: CrossFit, elsewhere: Sequence[Predictions], progress: Progress, *, classifier: bool
) -> Predicted:
    """What our own models predict; in their place, or beside them with `classifier`, what comes from elsewhere."""
    if not elsewhere:
        return question.predicted(progress)
    return _from_elsewhere(question, elsewhere, question.predicted(progress) if classifier else None)


def _copied(question: CrossFit, elsewhere: Sequence[Predictions], predicted: Predicted) -> list[Note]:
    """A note on predictions from elsewhere that were visibly made of the hand codes."""
    if not elsewhere or question.size == len(question.corpus):
        return []
    scores = predicted.scores[: len(elsewhere), : question.size]
    return copied([one.name for one in elsewhere], scores, question.right)


def _tables(
    figures: "_Figures", question: CrossFit, predicted: Predicted, warnings: Sequence[Note], left_out: Sequence[Note]
) -> tuple[Table, Table | None]:
    """The estimates with all there is to say of them, and how good predictions from elsewhere are."""
    book, base, hand = question.codebook, question.base, question.size
    frame = figures.frame(np.ones(len(question.corpus), dtype=np.bool_), book)
    foretold = figures.predictions(frame, book) if predicted.names and hand < base else None
    notes = [*warnings, *_how(base, hand, figures.by_chance, predicted, figures.stratum)]
    notes += [] if foretold is None else _worth(figures, frame)
    if figures.effective_base is not None:
        notes += [Note("estimate.weighted", effective=figures.effective_base), Note("estimate.n_unweighted")]
    later = question.hand.take(question.sampled).later(question.corpus, book)
    notes += [Note("tables.later_codes", labels=later)] * bool(later)
    notes += [Note("groups.nets")] * bool(figures.above)
    notes += left_out
    return Table(Note("estimate.title"), frame, base, _shown(figures.level), tuple(notes)), foretold


def _from_elsewhere(question: CrossFit, given: Sequence[Predictions], own: Predicted | None) -> Predicted:
    """Predictions of all units from elsewhere, and those of our own models after them; counted by their mean."""
    parts = [one.matrix(question.corpus.ids, question.codebook.ids) for one in given]
    scores = np.stack([*parts, *([own.scores] if own else [])])
    mean, names = scores.mean(axis=0), [one.name for one in given]
    size = question.size
    places = placement(mean[:size], mean[size:], question.times[size:])
    counted = np.concatenate([question.right, mean[size:] >= HALF])
    if own is None:
        return Predicted(scores, places, counted, "predictions", tuple(names))
    ours = Note(f"estimate.method_{own.method}")
    return Predicted(scores, places, counted, "predictions+classifier", (*names, ours))


def _worth(figures: "_Figures", frame: pd.DataFrame) -> list[Note]:
    """How good predictions from elsewhere were on the hand-coded answers, and what they have made of the intervals."""
    n = len(figures.right)
    right = figures.right.astype(np.bool_)
    good = [
        Note("predictions.f1", name=name, f1=micro(right, one[:n] >= HALF)["f1"])
        for name, one in zip(figures.names, figures.scores, strict=True)
    ]
    ratio = (frame["hand_high"] - frame["hand_low"]) / (frame["high"] - frame["low"])
    wider = 100 * max(float(ratio.median()) - 1, 0.0)
    return [Note("predictions.good", scores=good), Note("predictions.wider", wider=wider)]


def _how(base: int, hand: int, by_chance: int, predicted: Predicted, strata: npt.NDArray[np.str_] | None) -> list[Note]:
    """How the percentages were found: of `hand` answers coded by hand so many were drawn by chance."""
    if hand == base:
        return [Note("estimate.base", base=base), Note("estimate.census")]
    notes = [
        Note("estimate.sample", base=base, hand=by_chance),
        *(
            [Note("predictions.methods", names=predicted.names), Note("predictions.how")]
            if predicted.names
            else [Note("estimate.methods", method=Note(f"estimate.method_{predicted.method}"))]
        ),
        Note("estimate.by_hand_note"),
        Note("estimate.good_as_note"),
    ]
    if by_chance < hand:
        notes.append(Note("estimate.certain", count=hand - by_chance))
    if strata is not None and len(set(strata)) > 1:
        notes.append(Note("estimate.in_strata", count=len(set(strata))))
    return notes


def _left_out(corpus: Corpus, answered: Corpus, hand: Coding, kinds: Kinds | None) -> list[Note]:
    """What there is to say of the units that are no answer, and of those among them that got a code by hand."""
    if len(answered) == len(corpus):
        return []
    coded = pd.Index(hand.assignments["unit"].unique())
    lost = len(coded[coded.isin(corpus.ids)].difference(answered.ids))
    count = len(corpus) - len(answered) if kinds is None else kinds.unanswered
    found = [Note("estimate.no_answer", count=count)]
    return [*found, Note("estimate.no_answer_coded", count=lost)] if lost else found


class _Sample(NamedTuple):
    """The hand codes of units of which it is known how they were drawn, their probability, and what to say of others.

    `targeted` where all of them were chosen on purpose.
    """

    hand: Coding
    probability: "pd.Series[float] | None"
    notes: tuple[Note, ...] = ()
    targeted: bool = False


def _random(hand: Coding, drawn: "pd.Series[str] | None", probability: "pd.Series[float] | None") -> _Sample:
    """The sample among hand-coded units.

    Where all were chosen on purpose with certainty, or nobody knows how, all are taken as if at random, with a warning.
    """
    if drawn is None:
        return _Sample(hand, probability)
    targeted = _is_targeted(drawn, hand.seen)
    chance = np.full(len(targeted), np.nan)
    if probability is not None:
        chance = np.array(probability.reindex(hand.seen).tolist(), dtype=np.float64)
    if (targeted & ~(chance < 1)).all():
        return _Sample(hand, None, (Note("estimate.all_targeted"),), targeted=True)
    lost = targeted & np.isnan(chance)
    if not lost.any():
        return _Sample(hand, probability, targeted=bool(targeted.all()))
    kept = hand.take(hand.seen[~lost])
    told = Note("estimate.some_targeted", count=int(lost.sum()), hand=len(kept.seen))
    return _Sample(kept, probability, (told,), bool(targeted[~lost].all()))


def _is_targeted(drawn: "pd.Series[str]", ids: "pd.Index[str]") -> Labels:
    said = drawn.reindex(ids).fillna("").astype(str).str.strip().str.casefold()
    return np.asarray(said == TARGETED, dtype=np.bool_)


def _probabilities(probability: "pd.Series[float] | None", ids: "pd.Index[str]") -> Floats | None:
    """The inclusion probabilities of these units, shape (units,); None where no answer was left out by chance."""
    if probability is None:
        return None
    found: Floats = np.array(probability.reindex(ids).tolist(), dtype=np.float64)
    if (wrong := ~((found > 0) & (found <= 1))).any():
        first = {"unit": ids[wrong][0], "probability": float(found[wrong][0])}
        raise DataError("estimate.no_probability", count=int(wrong.sum()), **first)
    return None if (found == 1).all() else found


def _weights(weight: "pd.Series[float] | None", question: "CrossFit") -> Floats | None:
    """What each unit counts for, shape (units,)."""
    if weight is None:
        return None
    found = weight.reindex(question.corpus.ids)
    check_weights(found, str(weight.name), None if question.kinds is None else question.times)
    return np.array(found.tolist(), dtype=np.float64)


def _with_nets(values: Labels | Floats, book: Codebook | None) -> Floats:
    """Codes or their probabilities, shape (units, codes), in which a net is there where any code under it is.

    Without a codebook no code is a net.
    """
    if book is None:
        return values.astype(np.float64)
    none = 1 - values.astype(np.float64)
    found, place = none.copy(), {code: number for number, code in enumerate(book.ids)}
    for code, net in book.under_nets():
        found[..., place[net]] *= none[..., place[code]]
    return np.asarray(1 - found)


@dataclass(frozen=True, slots=True)
class _Figures:
    """Hand codes of the sample, predictions and plain codes of all units (the sample first), and what they count for.

    `times` is how many answers each unit stands for, alike in all of this. `above` has the net of each code where nets
    are ranked; `names` are those of predictors, of which `scores` then have one array each.
    """

    right: Floats
    scores: Floats
    counted: Floats
    probability: Floats | None
    stratum: npt.NDArray[np.str_] | None
    weight: Floats | None
    times: npt.NDArray[np.intp]
    level: float
    above: Mapping[str, str]
    names: tuple[str | Note, ...] = ()

    @classmethod
    def of(
        cls,
        question: CrossFit,
        predicted: Predicted,
        chance: Floats | None,
        stratum: "pd.Series[str] | None",
        weight: "pd.Series[float] | None",
        *,
        level: float,
        nets: bool,
    ) -> "_Figures":
        """The figures of what was predicted. Raises `DataError` for weights that are none."""
        book, strata = question.codebook, None
        if stratum is not None:
            strata = stratum.reindex(question.sampled).fillna("").astype(str).to_numpy(dtype=np.str_)
        codes = (question.right, predicted.scores, predicted.counted)
        right, scores, counted = (_with_nets(one, book if nets else None) for one in codes)
        counts_for, above = _weights(weight, question), book.above if nets else {}
        return cls(right, scores, counted, chance, strata, counts_for, question.times, level, above, predicted.names)

    @property
    def by_chance(self) -> int:
        """How many hand-coded units were drawn by chance."""
        return len(self.right) if self.probability is None else int((self.probability < 1).sum())

    @property
    def few(self) -> list[Note]:
        """A note where these are few, or with their weights worth few."""
        if self.by_chance < MIN_BASE:
            return [Note("estimate.few", hand=self.by_chance, least=MIN_BASE)]
        if self.weight is None:
            return []
        size = len(self.right)
        drawn = np.ones(size, dtype=np.bool_) if self.probability is None else self.probability < 1
        worth = effective(self.weight[:size][drawn], self.times[:size][drawn])
        return [Note("estimate.few_effective", least=MIN_BASE)] if worth < MIN_BASE else []

    @property
    def effective_base(self) -> float | None:
        """That of the weights (Kish 1965), None without."""
        return None if self.weight is None else effective(self.weight, self.times)

    def frame(self, chosen: Labels, book: Codebook) -> pd.DataFrame:
        """A row a code, for the units in `chosen`; the highest corrected share first, unranked codes last."""
        n = len(self.right)
        sampled, others = chosen[:n], np.append(np.zeros(n, dtype=np.bool_), chosen[n:])
        right, size = self.right[sampled].astype(np.bool_), int(self.times[chosen].sum())
        chance = None if self.probability is None else self.probability[sampled]
        weight = None if self.weight is None else self.weight[chosen]
        strata = None if self.stratum is None else self.stratum[sampled]
        ours, theirs = self.scores[..., :n, :][..., sampled, :], self.scores[..., others, :]
        rest = self.times[others]
        best = corrected(
            right, ours, theirs, probability=chance, stratum=strata, weight=weight, times=rest, level=self.level
        )
        alone = by_hand(right, size, probability=chance, stratum=strata, weight=weight, times=rest, level=self.level)
        counts_for = self.counts_for[chosen]
        counted = counts_for @ self.counted[chosen] / counts_for.sum()
        frame = pd.DataFrame(
            {
                "code": list(book.ids),
                "label": texts(book.text(id_) for id_ in book.ids),
                "n": right.sum(axis=0),
                "base": size,
                **({} if self.weight is None else {"effective_base": self.worth(chosen, best.share)}),
                **_columns("", best),
                "percent_counted": 100 * counted,
                **_columns("_hand", alone),
                "good_as": pd.Series(best.good_as).round().astype("Int64"),
                "weight": best.weight.sum(axis=0) if self.names else best.weight,
                **{f"lambda:{_key(name)}": best.weight[place] for place, name in enumerate(self.names)},
                "coverage": self.level,
            }
        )
        names = ["rank", *frame.columns, *(("level", "net", "place") if self.above else ())]
        return ordered(frame, "percent", self.above)[names]

    def predictions(self, frame: pd.DataFrame, book: Codebook) -> Table:
        """How good each predictor is, a row a code in the order of `frame`; F1 is nan for a code that nobody gave."""
        n, rows = len(self.right), [book.ids.index(code) for code in frame["code"]]
        weight = self.counts_for
        found, shown = frame[["code", "label", "n"]], {"label": Note("tables.code"), "n": Note("tables.n")}
        for name, scores in zip(self.names, self.scores, strict=True):
            given, key = scores >= HALF, _key(name)
            f1 = per_code(self.right.astype(np.bool_), given[:n])[2][rows]
            percent = 100 * (weight @ given / weight.sum())[rows]
            found = found.assign(
                **{f"f1:{key}": f1, f"lambda:{key}": frame[f"lambda:{key}"], f"percent:{key}": percent}
            )
            shown |= {
                f"percent:{key}": Note("predictions.column_percent", name=name),
                f"f1:{key}": Note("predictions.column_f1", name=name),
                f"lambda:{key}": Note("predictions.column_lambda", name=name),
            }
        notes = (Note("predictions.table_note", hand=n),)
        return Table(Note("predictions.title"), found, int(self.times.sum()), shown, notes)

    @property
    def counts_for(self) -> Floats:
        """What the answers count for that each unit stands for, shape (units,)."""
        return self.times.astype(np.float64) if self.weight is None else self.weight * self.times

    def worth(self, chosen: Labels, share: Floats) -> Floats:
        """How many respondents of equal weight would tell each share as precisely, shape (codes,).

        By the linearised variance of the weighted share, in which predictions stand for the codes of the rest.
        """
        n = len(self.right)
        weight = np.ones(int(chosen.sum())) if self.weight is None else self.weight[chosen]
        every, squares = self.counts_for[chosen], self.counts_for[chosen] * weight
        scores = self.scores.mean(axis=0) if self.names else self.scores
        likely = np.vstack([self.right, scores[n:]])[chosen]
        usual = np.full(likely.shape[1], squares.sum() / every.sum())
        of_code, of_others = (
            np.divide(squares @ part, every @ part, out=usual.copy(), where=every @ part > _NONE)
            for part in (likely, 1 - likely)
        )
        return np.asarray(every.sum() / ((1 - share) * of_code + share * of_others))


def _key(name: str | Note) -> str:
    """A predictor in the name of a column: our own is called so in files of every language."""
    return name if isinstance(name, str) else "classifier"


def _columns(name: str, found: Estimate) -> dict[str, object]:
    """Percentages, and the ends of their interval."""
    low, high = (f"{name}_{end}".lstrip("_") for end in ("low", "high"))
    return {f"percent{name}": 100 * found.share, low: 100 * found.interval[:, 0], high: 100 * found.interval[:, 1]}


def _groups(figures: _Figures, by: "pd.Series[str]", book: Codebook) -> Table:
    """The same of each group, in the order of their names; `by` has the group of each unit, empty for none."""
    named = by.fillna("").astype(str).str.strip()
    frames = []
    for name in sorted(set(named) - {""}, key=in_order):
        frame = figures.frame((named == name).to_numpy(), book)
        frame.insert(0, "group", name)
        frames.append(frame)
    if not frames:
        raise DataError("estimate.no_groups")
    without = int(figures.times[(named == "").to_numpy()].sum())
    notes = (Note("estimate.no_group", count=without),) if without else ()
    shown = {"group": Note("estimate.group"), "base": "N", **_shown(figures.level)}
    return Table(Note("estimate.title_groups"), pd.concat(frames, ignore_index=True), None, shown, notes)


def _shown(level: float) -> dict[str, Said | Column]:
    interval = Note("estimate.interval", level=100 * level)
    return {
        "rank": Note("tables.rank"),
        "label": Note("tables.code"),
        "percent": Note("estimate.corrected"),
        "interval": Column(interval, "interval", ("low", "high")),
        "percent_counted": Note("estimate.counted"),
        "percent_hand": Note("estimate.by_hand"),
        "interval_hand": Column(interval, "interval", ("hand_low", "hand_high")),
        "n": Note("tables.n"),
        "good_as": Note("estimate.good_as"),
    }


def _unlike(question: CrossFit, stood: Floats, chance: Floats | None, as_filed: "pd.Index[str] | None") -> list[Note]:
    """A note where the hand-coded units are visibly no random sample: by length, place or predictions.

    `stood` are the places of the predictions of the sample, `as_filed` all units in the order of the file. The rarest
    difference is told, where its p value times the number of differences (Bonferroni) is below `RARE`.
    """
    book = question.codebook
    compared = [(Note("estimate.longer"), Note("estimate.shorter"), _by_length(question))]
    if as_filed is not None:
        compared.append((Note("estimate.later"), Note("estimate.earlier"), _by_order(question, as_filed)))
    for column in np.flatnonzero(question.right.sum(axis=0) >= _COMPARED):
        code = book.text(book.ids[column])
        compared.append((Note("estimate.more", code=code), Note("estimate.less", code=code), stood[:, column]))
    values = np.stack([one for _, _, one in compared], axis=1)
    rare = drift(values, question.base, probability=chance) * len(compared)
    least = int(np.argmin(rare))
    if rare[least] >= RARE:
        return []
    more, less, one = compared[least]
    return [Note("estimate.drift", what=more if one.mean() > 0.5 else less)]  # noqa: PLR2004 (halfway the rest)


def _by_length(question: CrossFit) -> Floats:
    """Where the sample stands among the rest by characters of the text, shape (size,)."""
    lengths = np.array(question.corpus.texts.str.len().tolist(), dtype=np.float64)
    size, times = question.size, question.times
    if question.kinds is None:
        return _stood(lengths[:size], lengths[size:], times[size:])
    alone = question.corpus.ids[size:].isin(question.kinds.before.index)
    of_kinds = question.kinds.lengths
    rest = np.append(lengths[size:][alone], of_kinds.index.to_numpy(dtype=np.float64))
    return _stood(lengths[:size], rest, np.append(times[size:][alone], of_kinds.to_numpy(dtype=np.intp)))


def _by_order(question: CrossFit, as_filed: "pd.Index[str]") -> Floats:
    """Where the sample stands among the rest by its place in the file, shape (size,)."""
    if question.kinds is None:
        order = as_filed.get_indexer(question.corpus.ids).astype(np.float64)
        return _stood(order[: question.size], order[question.size :], question.times[question.size :])
    before = question.kinds.before.reindex(question.sampled).to_numpy(dtype=np.float64)
    return before / max(int(question.kinds.lengths.sum()), 1)


def _stood(sample: Floats, rest: Floats, times: npt.NDArray[np.intp]) -> Floats:
    return placement(sample[:, None], rest[:, None], times)[:, 0]
