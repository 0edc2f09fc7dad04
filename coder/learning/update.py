"""A model that learns from newly coded answers, quickly: what was chosen by cross-validation is kept."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.arrays import Floats, Labels
from coder.coding import Coding
from coder.corpus import Corpus
from coder.errors import DataError
from coder.methods.classifier import (
    Classifier,
    Examined,
    Whole,
    data_hash,
    enough_examples,
    said_of,
    text_fingerprints,
    uncoded,
)
from coder.methods.linear import Matrices, Target, fit
from coder.note import Note, Progress, silent
from coder.resources import __version__
from coder.statistics.calibration import Calibration, log_odds
from coder.statistics.scores import per_code
from coder.tables.table import Column, Said, Table

FEWEST_OLD = 0.9
"""The share of the answers of the model that must be among those given."""
NEVER = -10.0
"""Log odds of a code that the old model does not know."""
FEWEST_HELD = 3
"""With fewer examples than this among the answers held out, a code's F1 says nothing."""
_NOTICED = 0.005
"""A difference in F1 smaller than this is none."""


class Updated(NamedTuple):
    """The new model, and what changed: a row a code."""

    model: Classifier
    changes: Table


def update(
    model: Classifier,
    corpus: Corpus,
    coding: Coding,
    *,
    whole: Whole | None = None,
    seed: int = 1,
    progress: Progress = silent,
) -> Updated:
    """Learn again from all coded answers, old and new, with the strength, calibration and threshold of the model.

    Of very many some are drawn to learn from; `whole` tells where that was done before (see `coder.train`).

    Whether codes are better or worse is measured on every second new answer, by the old model and by one
    that learned from the others. Raises `DataError` where the answers of the model are not among those given,
    or none is new.

    >>> import coder
    >>> from coder.resources import resource
    >>> answers = coder.read(resource("corpora/wishes-2021.csv"), text="answer", id="id")
    >>> book = coder.read_codebook(resource("codebooks/wishes.yaml"))
    >>> hand = coder.Coding.from_column(answers, "codes", book)
    >>> model = coder.train_classifier(answers, hand.take(hand.seen[:80]), embedding="none")
    >>> updated = coder.update(model, answers, hand)
    >>> updated.model.card["units"], updated.changes.base
    (120, 20)
    """
    ids, codes, labels = enough_examples(corpus, coding)
    spoken = model.features.words.spoken
    others = uncoded(corpus, ids, spoken, seed)
    if whole is None:
        whole = Whole.of(corpus.texts[ids].tolist(), codes, labels, seed)
        ids, labels = ids[whole.drawn.rows], labels[whole.drawn.rows]
    texts, weight = corpus.texts[ids].tolist(), whole.drawn.weight
    count = _count_new(model, whole.seen)
    new = np.flatnonzero(~np.isin(text_fingerprints(texts), model.seen) & whole.drawn.even)
    held = new[1::2]
    examined = Examined.of(texts, model.features.embedding, spoken, progress, others)
    strength = float(str(model.card["strength"]))
    calibration = _kept_calibration(model, codes, labels[whole.drawn.even])
    before = _scores_before(model, [texts[row] for row in held], codes)
    rows, features, said = examined.matrices(), examined.features(), said_of(corpus, ids, labels)
    del examined  # its counts take as much as its rows
    after = _scores(rows, said, held, before, weight, strength, seed)
    given = [calibration.probabilities(one) >= model.threshold for one in (before, after)]
    known = np.arange(len(labels))
    weights = fit(rows, said, known, strength=strength, seed=seed, counts=weight, others=bool(others))
    examples = [whole.examples[code] for code in codes]
    changes = _changes(model, given, labels[held], codes, examples, count)
    card = {
        **model.card,
        "made_by": f"coder {__version__}",
        "hash": data_hash([*texts, *others], labels),
        "units": whole.units,
        **({"learned_from": len(ids)} if len(ids) < whole.units else {}),
        "others": len(others),
        "updated_from": model.card["hash"],
        "examples_now": dict(zip(codes, examples, strict=True)),
    }
    made = replace(
        model, codes=tuple(codes), features=features, weights=weights.along(rows.axes),
        calibration=calibration, seen=whole.seen, card=card,
    )  # fmt: skip
    return Updated(made, changes)


def _count_new(model: Classifier, now: npt.NDArray[np.uint64]) -> int:
    """How many of the texts with these marks the model has not seen."""
    known = np.isin(np.unique(model.seen), now).mean()
    if known < FEWEST_OLD:
        raise DataError("learning.other_answers", seen=len(model.seen), known=100 * float(known))
    if not (count := int((~np.isin(now, model.seen)).sum())):
        raise DataError("learning.nothing_new")
    return count


def _scores(
    rows: Matrices,
    said: Target,
    held: npt.NDArray[np.int64],
    before: Floats,
    weight: Floats,
    strength: float,
    seed: int,
) -> Floats:
    """Scores of some rows by models that learned from the others; of codes with few examples there, as before."""
    scores = before.copy()
    rest = np.setdiff1d(np.arange(len(said)), held)
    asked = np.flatnonzero((said[held] == 1).sum(axis=0) >= FEWEST_HELD)
    if len(asked):
        few = rows.whole.shape[0] > len(said)
        learned = fit(rows, said[:, asked], rest, strength=strength, seed=seed, counts=weight, others=few)
        scores[:, asked] = learned.scores(rows)[held]
    return scores


def _scores_before(model: Classifier, texts: list[str], codes: list[str]) -> Floats:
    """Scores by the old model, shape (texts, codes); of a code it does not know `NEVER`."""
    old = model.scores(texts)
    place = {code: column for column, code in enumerate(model.codes)}
    columns = [old[:, place[code]] if code in place else np.full(len(texts), NEVER) for code in codes]
    return np.stack(columns, axis=1)


def _kept_calibration(model: Classifier, codes: list[str], labels: Labels) -> Calibration:
    """The calibration of the model, with the shares of now, and no shift for a new code."""
    shift = dict(zip(model.codes, model.calibration.shift.tolist(), strict=True))
    prior = log_odds((labels.sum(axis=0) + 0.5) / (len(labels) + 1))
    return Calibration(model.calibration.weights, prior, np.array([shift.get(code, 0.0) for code in codes]))


def _changes(
    model: Classifier, given: list[Labels], right: Labels, codes: list[str], examples: list[int], new: int
) -> Table:
    """Of each code its examples then and now, F1 before and after on the answers held out, and what that means."""
    few = right.sum(axis=0) < FEWEST_HELD
    f1 = [np.where(few, np.nan, per_code(right, one)[2]) for one in given]
    prior = dict(zip(model.codes, 1 / (1 + np.exp(-model.calibration.prior)), strict=True))
    then = {code: max(round(share * (len(model.seen) + 1) - 0.5), 0) for code, share in prior.items()}
    rows = [
        {"code": code, "examples_then": then.get(code, 0), "examples": examples[place],
         "f1_then": f1[0][place], "f1": f1[1][place], "change": _change(code in then, f1[0][place], f1[1][place])}
        for place, code in enumerate(codes)
    ]  # fmt: skip
    gone = [
        {"code": code, "examples_then": then[code], "examples": 0, "f1_then": np.nan, "f1": np.nan, "change": "gone"}
        for code in model.codes
        if code not in codes and then[code]
    ]
    shown: dict[str, Said | Column] = {
        "code": Note("learning.head_code"),
        "examples_then": Note("learning.head_examples_then"),
        "examples": Note("learning.head_examples_now"),
        "f1_then": Note("learning.head_f1_then"),
        "f1": Note("learning.head_f1_now"),
        "change": Column(Note("learning.head_change"), "word"),
    }
    notes = (Note("learning.changed_note", new=new, held=len(right), least=FEWEST_HELD),)
    return Table(Note("learning.changed"), pd.DataFrame([*rows, *gone]), len(right), shown, notes)


def _change(known: bool, before: float, after: float) -> str:  # noqa: FBT001
    if not known:
        return "new"
    if np.isnan(before) or np.isnan(after):
        return ""
    if abs(after - before) < _NOTICED:
        return "same"
    return "better" if after > before else "worse"
