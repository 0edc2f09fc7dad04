"""Learning again from what people decided, and what follows from it: proposals, and what to code next."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from coder.codebook import Codebook
from coder.coding import Coding
from coder.corpus import Corpus
from coder.errors import CoderError, DataError, StudyError
from coder.jobs.machine import Machine
from coder.languages.language import answered, language_of
from coder.learning.targeting import target
from coder.learning.update import update
from coder.methods.classifier import FEWEST, Classifier
from coder.methods.combine import train
from coder.methods.embedding import choose
from coder.methods.rules.engine import Rules
from coder.note import Note, Progress, silent
from coder.study import Question, Study
from coder.study.database import Place
from coder.tables.table import Table

AHEAD = 200
"""So many answers are chosen to be coded next."""
ANEW = 2
"""A model that has so many times the answers it was cross-validated with is trained anew; before, it is updated."""
SMALL, MANY = 3_000, 100_000
"""Up to so many answers the better and slower embedding is quick enough to wait for; beyond so many none is."""
_TRAINED = "units_cross_validated"


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of it.

    `probabilities` has a row for each of `units` (those that say something) and a column for each of `codes`, which
    are given from `thresholds` on; no columns where there is too little to learn from. They are of the model and of
    the rules of the codebook whose hash is `weighed`, or where that is "" of the model alone. `following` are the
    units to code next, the best first, each with the reason. `changes` says which codes got better. `coded` is how
    many answers people had coded, `version` that of the model in the study (0: none), `book` the codebook.
    """

    version: int
    coded: int
    units: tuple[str, ...]
    codes: tuple[str, ...]
    thresholds: tuple[float, ...]
    weighed: str
    probabilities: npt.NDArray[np.float32]
    following: tuple[tuple[str, Note], ...]
    changes: Table | None
    model: Classifier | None
    book: Codebook


def retrain(
    place: Place,
    question: str,
    progress: Progress = silent,
    *,
    who: str,
    embedding: str = "auto",
    seed: int = 1,
    again: bool = True,
) -> Learned:
    """Learn from the gold version of a question, keep model and proposals in the study, choose what comes next.

    Without `again` the last model is used as it is, unless what is proposed was made with other rules. With fewer than
    ten coded answers the rules alone propose.
    """
    with Study.open(place) as study:
        kept = study[question]
        corpus, book, hand = kept.corpus(), kept.codebook(), kept.taught()
        answers = answered(corpus, language_of(book.language), kept.no_answer())
        again = again or is_behind(kept, book)
        progress("progress.learning", 0, 4)
        old = _last(kept)
        model, changes = _learned(kept, old, corpus, hand, book, embedding, seed) if again else (old, None)
        version = kept.status()["model"]
        if model is not None and model is not old:
            version = kept.save_model(model, who)
        progress("progress.predicting", 1, 4)
        judged = Machine(book, model, Rules(strict=False)).judge(answers)  # a rule of an older version stops no other
        progress("progress.choosing", 2, 4)
        following = _following(corpus, model, book, hand, seed)
        progress("progress.proposing", 3, 4)
        if again or not kept.status()["proposed"]:
            kept.propose(judged.coding, who=who, model=str(version or ""))
    return Learned(
        version=version,
        coded=len(hand.seen),
        units=tuple(answers.ids),
        codes=judged.codes,
        thresholds=judged.thresholds,
        weighed=judged.weighed,
        probabilities=judged.chances,
        following=following,
        changes=changes,
        model=model,
        book=book,
    )


def is_behind(question: Question, book: Codebook) -> bool:
    """Whether what is proposed was made with a codebook by which a machine codes otherwise than by `book`."""
    version = question.proposed_with()
    return version > 0 and book.codes_otherwise(question.codebook(version))


def _learned(
    question: Question,
    old: Classifier | None,
    corpus: Corpus,
    hand: Coding,
    book: Codebook,
    embedding: str,
    seed: int,
) -> tuple[Classifier | None, Table | None]:
    if len(hand.seen) < FEWEST or hand.assignments.empty:
        return old, None
    changes = None
    model = old if old is not None and _is_weighed_with(old, book) else None
    if old is not None and model is not None:
        try:
            model, changes = update(old, corpus, hand, seed=seed)
        except CoderError:
            model = None  # its answers are others, or none is new
        if model is not None and len(hand.seen) < ANEW * int(str(old.card.get(_TRAINED, old.card["units"]))):
            return model, changes
    named = embedding if embedding != "auto" else _embedding(corpus)
    made = train(corpus, hand, book, embedding=named, untold=question.untold(), seed=seed)
    return replace(made, card={**made.card, _TRAINED: len(hand.seen)}), changes


def _is_weighed_with(model: Classifier, book: Codebook) -> bool:
    """Whether a model was weighed beside these rules; of an older version it knows the whole codebook alone."""
    beside = model.card.get("beside_rules")
    if not isinstance(beside, dict):
        return True
    return bool(beside["rules_hash"] == book.rules_hash if "rules_hash" in beside else beside["codebook"] == book.hash)


def _embedding(corpus: Corpus) -> str:
    texts = corpus.texts.tolist()
    distinct = len(set(texts))
    best = choose("auto", texts) if distinct <= MANY else "none"
    if best != "e5" or distinct <= SMALL:
        return best
    try:
        return choose("use", texts)
    except CoderError:
        return "none"


def _following(
    corpus: Corpus, model: Classifier | None, book: Codebook, hand: Coding, seed: int
) -> tuple[tuple[str, Note], ...]:
    try:
        chosen = target(corpus, AHEAD, model=model, codebook=book, hand=hand, seed=seed).units
    except CoderError:
        return ()  # all is coded
    return tuple(zip(chosen.index, chosen["why"], strict=True))


def _last(question: Question) -> Classifier | None:
    """The last model; None where there is none, or one of an older version that cannot be read."""
    try:
        return question.load_model()
    except (StudyError, DataError):
        return None
