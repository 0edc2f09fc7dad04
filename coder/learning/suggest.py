"""Suggestions for a codebook: rules, exceptions and deletions that bring it nearer to the codes that people gave.

What is called held out was counted in answers on which the changes had not been chosen (five folds). What was right
where it was chosen is partly luck, most of all where it was seen two or three times; the folds tell how much.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import KFold

from coder.arrays import Labels
from coder.codebook import Code, Codebook
from coder.coding import Coding
from coder.corpus import Corpus
from coder.errors import CoderError, DataError
from coder.languages.nl.pipeline import BUNDLED
from coder.learning.rule_changes import Evidence, Rows, RuleChange, Setting, changed, choose, effects, gather
from coder.learning.rule_trial import in_context
from coder.methods.rules.engine import Hit, find
from coder.note import Note
from coder.progress import Progress, silent
from coder.statistics.scores import micro, per_code
from coder.tables.table import Column, Said, Table, texts

FOLDS = 5
FEWEST_CODED = 20
LEVELS = (0.2, 0.3, 0.4, 0.5, 0.6)
"""The precisions that are tried where none is given."""
FEWEST = (2, 3, 5)
"""The numbers of answers that are tried in which a change must be right."""
_AS_GOOD = 0.005
"""An F1 that is this much lower counts as equal; of equals the shorter list is taken."""
_EXAMPLES = 2
"""So many answers are shown in which a change is right, and in which it is wrong."""
_ALL = "all suggested rules"
ALL_CODES = "all codes"
"""The row of scores that is of all codes together."""
_SCORES = ("precision", "recall", "f1")

_WEIGHTS, _SHARES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0), tuple(np.linspace(0.05, 0.95, 19).tolist())

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What would help, and how much.

    `table` has a row a suggestion: code, kind (rule, exception, drop), rule, the number of answers that it adds
    or takes off, in how many of them that is right, the share right to expect in other answers, and examples. `scores`
    has a row a code, and one for all of them: precision, recall and F1 before and after, on answers held out.
    `codebook` has the suggestions in it. `precision` is the level that was asked for, or that did best.
    """

    table: Table
    scores: Table
    codebook: Codebook
    precision: float


def suggest(
    corpus: Corpus,
    hand: Coding,
    codebook: Codebook,
    *,
    precision: float | None = None,
    nlp: str = BUNDLED,
    seed: int = 1,
    progress: Progress = silent,
) -> Suggestions:
    """Suggest changes of the rules, from the answers that people coded.

    A rule is suggested where surely a share of `precision` of the answers it adds is right, an exception or a
    deletion (`drop`) where surely three in four of the answers it takes off are wrong. Surely: by the lower
    end of a Wilson interval (z = 1). The least support, and `precision` unless given, are those with the
    highest micro-F1 in cross-validation. Raises `DataError` with fewer than 20 coded answers.

    >>> import coder
    >>> from coder.resources import resource
    >>> answers = coder.read(resource("corpora/wishes-2021.csv"), text="answer", id="id")
    >>> book = coder.read_codebook(resource("codebooks/wishes.yaml"))
    >>> hand = coder.Coding.from_column(answers, "codes", book)
    >>> bare = coder.Codebook(tuple(coder.Code(code.id, code.number, code.label) for code in book.codes))
    >>> found = coder.suggest(answers, hand, bare)
    >>> found.table.frame["rule"].tolist()[:3]
    ['*plan', '*strategie', '*beleid*']
    """
    if precision is not None and not 0 < precision < 1:
        raise CoderError("learning.precision", precision=precision)
    part = corpus.take(corpus.ids[corpus.ids.isin(hand.seen)])
    if len(part) < FEWEST_CODED:
        raise DataError("learning.too_few_coded", count=len(part), least=FEWEST_CODED)
    progress("progress.candidates", 0, 3)
    evidence = gather(part, hand.matrix(part.ids, codebook.ids), codebook, nlp)
    progress("progress.choosing_rules", 1, 3)
    held = [_rows(places, len(part)) for _, places in KFold(FOLDS, shuffle=True, random_state=seed).split(part.ids)]
    levels = LEVELS if precision is None else (precision,)
    setting, without = _tuned(evidence, held, [Setting(*pair) for pair in product(levels, FEWEST)])
    chosen = choose(evidence, np.ones(len(part), dtype=np.bool_), [setting])[setting]
    progress("progress.measuring", 2, 3)
    working = _working(evidence, part, codebook, chosen, nlp)
    return Suggestions(
        table=_table(evidence, part, working, _luck(evidence, held, without), setting),
        scores=_scores(evidence, _held_out(part, codebook, held, without, nlp), codebook, tuned=precision is None),
        codebook=changed(codebook, list(working)),
        precision=setting.level,
    )


def _rows(places: npt.NDArray[np.int_], size: int) -> Rows:
    rows = np.zeros(size, dtype=np.bool_)
    rows[places] = True
    return rows


def _tuned(
    evidence: Evidence, held: Sequence[Rows], settings: Sequence[Setting]
) -> tuple[Setting, list[list[RuleChange]]]:
    """The setting that does best on held-out answers, and what it chooses without each fold.

    Of settings that do as well the one with the most support is taken, then the highest level.
    """
    folds = [choose(evidence, ~rows, settings) for rows in held]
    scores = {setting: _f1(evidence, held, [fold[setting] for fold in folds]) for setting in settings}
    good = [setting for setting in settings if scores[setting] >= max(scores.values()) - _AS_GOOD]
    best = max(good, key=lambda setting: (setting.fewest, setting.level))
    return best, [fold[best] for fold in folds]


def _f1(evidence: Evidence, held: Sequence[Rows], chosen: Sequence[Sequence[RuleChange]]) -> float:
    labels = evidence.before()
    for rows, changes in zip(held, chosen, strict=True):
        for change, column, places in effects(evidence, changes, rows):
            labels[places, column] = change.kind == "rule"
    return micro(evidence.right, labels)["f1"]


class _Luck(NamedTuple):
    """How much of what was counted while choosing was luck: as if `weight` more answers had `share` right."""

    weight: float
    share: float

    def without(self, right: Counts | int, count: Counts | int) -> Any:  # noqa: ANN401 (as what is given)
        """The share right to expect in other answers."""
        return (right + self.weight * self.share) / (count + self.weight)


def _luck(evidence: Evidence, held: Sequence[Rows], chosen: Sequence[Sequence[RuleChange]]) -> dict[str, _Luck]:
    """For each kind of change what makes the counts on the answers it was chosen on predict those on the others best.

    A beta-binomial shrinkage whose two parameters have the highest likelihood on the answers held out. What was
    chosen and counted is taken as it came, fold by fold: a change need not have been chosen on all answers.
    """
    rows: dict[str, list[tuple[int, int, int, int]]] = {"rule": [], "exception": [], "drop": []}
    for places, changes in zip(held, chosen, strict=True):
        both = (_tally(evidence, changes, ~places), _tally(evidence, changes, places))
        for change, here, there in zip(changes, *both, strict=True):
            rows[change.kind].append((*here, *there))
    return {kind: _fitted(np.array(told, dtype=np.int64).reshape(-1, 4).T) for kind, told in rows.items()}


def _tally(evidence: Evidence, changes: Sequence[RuleChange], rows: Rows) -> list[tuple[int, int]]:
    """For each change in how many of the rows that it changes it is right, and how many these are."""
    return [
        (int((evidence.right[places, column] == (change.kind == "rule")).sum()), len(places))
        for change, column, places in effects(evidence, changes, rows)
    ]


def _fitted(told: Counts) -> _Luck:
    right, count, right_held, count_held = told
    best, likelihood = _UNTOLD, -np.inf
    for luck in (_Luck(*pair) for pair in product(_WEIGHTS, _SHARES)):
        share = luck.without(right, count)
        likely = float((right_held * np.log(share) + (count_held - right_held) * np.log(1 - share)).sum())
        if count_held.any() and likely > likelihood:
            best, likelihood = luck, likely
    return best


_UNTOLD = _Luck(4.0, 0.5)
"""Where no answer held out tells."""


@dataclass(frozen=True, slots=True)
class _Effect:
    """The rows that a change changes, and for each a place that its rule matches."""

    rows: npt.NDArray[np.int64]
    spans: Mapping[int, tuple[int, int]]


def _working(
    evidence: Evidence, corpus: Corpus, codebook: Codebook, chosen: Sequence[RuleChange], nlp: str
) -> dict[RuleChange, _Effect]:
    """What each change does, seen by the engine with all changes made; without those that do nothing.

    The tables do not know that an exception also takes off hits of a new rule; the engine does.
    """
    book = changed(codebook, chosen)
    rules = tuple(dict.fromkeys(change.rule for change in chosen))
    number = max(code.number for code in codebook.codes) + 1
    found = find(corpus.texts, replace(book, codes=(*book.codes, Code(_ALL, number, {}, rules=rules))), nlp=nlp)
    places = _places(found)
    working = {}
    for change, _, rows in effects(evidence, chosen, np.ones(len(corpus), dtype=np.bool_)):
        meant = places.get((change.code, change.rule), {}) if change.kind == "rule" else rows
        seen = rows[np.isin(rows, list(meant))]
        if len(seen):
            working[change] = _Effect(seen, places.get((_ALL, change.rule), {}))
    return working


def _places(found: Mapping[str, Iterable[Hit]]) -> dict[tuple[str, str], dict[int, tuple[int, int]]]:
    """For each code and rule the texts it hits, each with the first place."""
    places: dict[tuple[str, str], dict[int, tuple[int, int]]] = {}
    for code, hits in found.items():
        for hit in hits:
            places.setdefault((code, hit.rule), {}).setdefault(hit.text, (hit.start, hit.end))
    return places


def _held_out(
    corpus: Corpus, codebook: Codebook, held: Sequence[Rows], chosen: Sequence[Sequence[RuleChange]], nlp: str
) -> Labels:
    """What the engine gives each answer by a codebook with the changes that were chosen without it."""
    given = np.zeros((len(corpus), len(codebook.codes)), dtype=np.bool_)
    for rows, changes in zip(held, chosen, strict=True):
        found = find(corpus.texts[rows], changed(codebook, changes), nlp=nlp)
        given[rows] = given_by(found, codebook.ids, int(rows.sum()))
    return given


def given_by(found: Mapping[str, Iterable[Hit]], codes: Sequence[str], size: int) -> Labels:
    """Which texts have which codes by these hits, shape (texts, codes)."""
    given = np.zeros((size, len(codes)), dtype=np.bool_)
    for column, code in enumerate(codes):
        given[[hit.text for hit in found[code]], column] = True
    return given


def _table(
    evidence: Evidence,
    corpus: Corpus,
    working: Mapping[RuleChange, _Effect],
    luck: Mapping[str, _Luck],
    setting: Setting,
) -> Table:
    column = {code.id: place for place, code in enumerate(evidence.codes)}
    rows = []
    for change, effect in working.items():
        right = evidence.right[effect.rows, column[change.code]] == (change.kind == "rule")
        rows.append(
            {
                "code": change.code,
                "kind": change.kind,
                "rule": change.rule,
                "answers": len(right),
                "right": int(right.sum()),
                "expected": luck[change.kind].without(int(right.sum()), len(right)),
                "examples": _examples(corpus, effect, right),
                "but": _examples(corpus, effect, ~right),
            }
        )
    names = ("code", "kind", "rule", "answers", "right", "expected", "examples", "but")
    shown: dict[str, Said | Column] = {name: Note(f"learning.head_{name}") for name in names}
    shown["kind"] = Column(Note("learning.head_kind"), "word")
    frame = pd.DataFrame(rows, columns=list(shown)).astype({"expected": float})
    notes = (
        Note("learning.rule_note", level=100 * setting.level, fewest=setting.fewest),
        Note("learning.right_note"),
        Note("learning.expected_note"),
    )
    return Table(Note("learning.suggestions", answers=len(corpus)), frame, len(corpus), shown, notes)


def _examples(corpus: Corpus, effect: _Effect, which: Labels) -> str:
    rows = effect.rows[which][:_EXAMPLES]
    return " | ".join(in_context(corpus.texts.iloc[row], *effect.spans[row]) for row in rows.tolist())


def _scores(evidence: Evidence, after: Labels, codebook: Codebook, *, tuned: bool) -> Table:
    names = [*codebook.ids, ALL_CODES]
    counts = evidence.right.sum(axis=0)
    frame = pd.DataFrame({"code": names, "label": texts(map(codebook.text, names)), "n": [*counts, counts.sum()]})
    for when, labels in (("before", evidence.before()), ("after", after)):
        overall = micro(evidence.right, labels)
        for name, values in zip(_SCORES, per_code(evidence.right, labels), strict=True):
            frame[f"{name}_{when}"] = [*values, overall[name]]  # type: ignore[literal-required]
    shown: dict[str, Said | Column] = {
        name: Note(f"learning.head_{name}")
        for name in ("code", "n", *(f"{name}_{when}" for name in _SCORES for when in ("before", "after")))
    }
    shown["code"] = Column(Note("learning.head_code"), "code_or_all")
    notes: tuple[Note, ...] = (Note("learning.held_out_note", answers=len(evidence.right), folds=FOLDS),)
    if tuned:
        notes += (Note("learning.tuned_note"),)
    return Table(Note("learning.before_after"), frame, len(evidence.right), shown, notes)
