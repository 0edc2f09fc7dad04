"""How well rules, classifier and their combination agree with what people coded.

Without a ready model everything is measured on answers that were held out: rules, thresholds and
weights that were tuned, were tuned on the other answers.

Of very many coded answers one part, drawn at random, is measured: it tells the same of a model that learned from the
others, and five folds of half a million give an interval that is narrower than anybody asks.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import GroupKFold

from coder.arrays import Floats, Ints, Labels
from coder.codebook import Codebook
from coder.coding import Coding
from coder.corpus import Corpus
from coder.errors import DataError
from coder.languages.language import language_of
from coder.languages.nl.pipeline import BUNDLED
from coder.methods.classifier import FOLDS, Classifier, Whole, enough_examples, learn, most_to_learn, text_fingerprints
from coder.methods.combine import combine
from coder.methods.linear import MOST, draw
from coder.methods.rules.engine import Rules
from coder.note import Note, Progress, silent
from coder.statistics.scores import OVERALL, Bootstrapped, average_precision, bootstrapped, micro
from coder.tables.table import Column, Said, Table, texts

MOST_MEASURED = 20_000
"""So many texts are measured at most: a micro-F1 of them is known to about half a point."""


class Held(NamedTuple):
    """Rows of coded texts: an `even` draw of all `units`, a draw of those that `both` people coded, and the `known`.

    These are learned from, and no group of theirs is in the first two, which are drawn by whole groups. `whole` says
    what holds of all that are not held out; with a ready model it is None, and `known` has nothing.
    """

    even: Ints
    both: Ints
    known: Ints
    whole: Whole | None
    units: int

    @property
    def rows(self) -> Ints:
        """All rows that are needed, in order."""
        return np.union1d(np.union1d(self.even, self.both), self.known)

    def at(self, rows: Ints) -> "Held":
        """The same where the texts stand in these rows."""
        return self._replace(even=rows[self.even], both=rows[self.both], known=rows[self.known])

    def within(self) -> "Held":
        """The same where nothing else is there: places among `rows`."""
        even, both, known = (np.searchsorted(self.rows, one) for one in (self.even, self.both, self.known))
        return self._replace(even=even, both=both, known=known)


class Examples(NamedTuple):
    """Coded texts: the codes of each kind of them, (kinds, codes), and of each text its kind, characters and mark.

    `groups` are 0, 1, … in the order in which they occur; `both` says which texts a second person coded too.
    """

    codes: Sequence[str]
    labels: Labels
    kind: Ints
    size: Ints
    marks: npt.NDArray[np.uint64]
    groups: Ints
    both: npt.NDArray[np.bool_]


def hold_out(coded: Examples, *, most: int, learn: bool, seed: int) -> Held | None:
    """What is measured, and learned from unless a model is ready; None where there are few enough to use them all.

    Raises `DataError` where all are of one group.
    """
    units = len(coded.kind)
    if units <= most_to_learn(int(coded.size.sum()), units, most):
        return None
    if learn and not coded.groups.any():
        raise DataError("learning.one_group")
    random = np.random.default_rng([seed, 2])
    order = random.permutation(int(coded.groups.max()) + 1)
    measured = min(MOST_MEASURED, units // FOLDS if learn else units)
    every, held = np.ones_like(coded.both), np.zeros_like(coded.both)
    drawn_of: list[Ints] = []
    for among in (every, coded.both):
        theirs = among & np.isin(coded.groups, _first(order[: -1 if learn else None], coded.groups, among, measured))
        rows = np.flatnonzero(theirs)
        drawn_of.append(np.sort(random.choice(rows, measured, replace=False)) if len(rows) > measured else rows)
        held |= np.isin(coded.groups, coded.groups[theirs])
    even, both = drawn_of
    rest, whole = np.flatnonzero(~held), None
    if learn:
        learned = most_to_learn(int(coded.size[rest].sum()), len(rest), most)
        drawn = draw(coded.labels, coded.kind[rest], most=learned, seed=seed)
        times = np.bincount(coded.kind[rest], minlength=len(coded.labels)) @ coded.labels
        examples = dict(zip(coded.codes, times.tolist(), strict=True))
        rest = rest[drawn.rows]
        whole = Whole(drawn._replace(rows=np.arange(len(rest))), int((~held).sum()), examples, coded.marks[~held])
    return Held(even, both, rest if learn else rest[:0], whole, units)


def _first(order: Ints, groups: Ints, among: npt.NDArray[np.bool_], most: int) -> Ints:
    """The first groups in this order with so many of the texts `among`, or more: the last may be larger than needed."""
    size = np.bincount(groups[among], minlength=int(groups.max()) + 1)[order]
    return order[(np.cumsum(size) - size < most) & (size > 0)]


Groups = npt.NDArray[np.int64]
_FEW_GROUPS = 10
"""With fewer groups a bootstrap over them tells too little."""
Rows = dict[tuple[str, int, bool], tuple[Labels, Groups, Sequence[Labels]]]
"""The right labels, the groups and the labels given, for each row of a table: a method or person, a number of answers,
and whether these are all that are measured."""
Split = tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]]

CURVE = (0.25, 0.5, 1.0)
"""The shares of the answers to learn from at which a learning curve is measured."""
SECOND = "second"
"""The method of a table that is the second person."""
MORE = 200
"""So many more coded answers the curve looks ahead."""


class Scorer(Protocol):
    """A method that also says how likely each code is."""

    def judge(self, corpus: Corpus, codebook: Codebook) -> tuple[Coding, Floats]:
        """Code every unit; and how likely each code of the codebook is, shape (units, codes)."""
        ...


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was found: `codes` has a row a code for the method at hand, `overall` a row a method or person.

    `curve` has a row a number of coded answers, and one for what more of them would bring; None unless asked.
    """

    codes: Table
    overall: Table
    curve: Table | None

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables, in the order in which they are read."""
        return (self.codes, self.overall, *([self.curve] if self.curve else []))


def evaluate(
    corpus: Corpus,
    coding: Coding,
    codebook: Codebook | None = None,
    *,
    model: Classifier | None = None,
    second: Coding | None = None,
    groups: "pd.Series[str] | None" = None,
    repeats: int = 1,
    curve: bool = False,
    embedding: str = "auto",
    nlp: str = BUNDLED,
    held: Held | None = None,
    most: int = MOST,
    seed: int = 1,
    progress: Progress = silent,
) -> Evaluation:
    """Compare methods with the codes that a person gave.

    With `model`, that model (and the rules of the codebook, if any) code all the answers: use answers
    it was not trained on. Without, five-fold cross-validation, `repeats` times with other folds: of the classifier
    alone, or with a codebook of rules, classifier and their combination. Units of one of `groups` (respondent,
    document; by unit id) are held out together and drawn together for the intervals. `second` is another
    person: where both coded an answer, how well they agree stands beside the methods on the same answers.
    `curve` measures with fewer answers too and looks ahead. Where the corpus has waves, each fold learns as
    `coder.train` does, and whether a code that came with a later wave is given to answers of a wave before counts
    neither as right nor as wrong: nobody looked for it then. That is judged by all answers that are measured, for every
    method alike. `embedding` is what is learned with, as in `coder.train`.

    Of more than `most` coded answers, or longer ones (30,000 or 6 million characters), one part is measured, drawn at
    random: a fifth of them, 20,000 at most, or as many with `model`. It is learned once, from others, of which some are
    drawn as in `coder.train`; intervals are those of the part that was measured. `held` says which they are where
    `coder.files.gather.gather` drew them. Raises `DataError` with fewer than ten coded answers, where all are of one
    group, and for `repeats` or a `curve` of so many or with `model`.

    >>> import coder
    >>> from coder.resources import resource
    >>> answers = coder.read(resource("corpora/wishes-2021.csv"), text="answer", id="id")
    >>> book = coder.read_codebook(resource("codebooks/wishes.yaml"))
    >>> hand = coder.Coding.from_column(answers, "codes", book)
    >>> model = coder.train_classifier(answers, hand, embedding="none")
    >>> later = coder.read(resource("corpora/wishes-2024.csv"), text="answer", id="id")
    >>> found = coder.evaluate(later, coder.Coding.from_column(later, "codes", book), model=model)
    >>> found.overall.frame["method"].tolist()
    ['classifier']
    """
    learns = model is None
    if not learns and (curve or repeats > 1):
        raise DataError("learning.model_given")
    if held is None and (held := _held_out(corpus, coding, groups, second, most=most, learn=learns, seed=seed)):
        corpus, held = corpus.take(corpus.ids[held.rows]), held.within()
    if held is not None and learns and (repeats > 1 or curve):
        raise DataError("learning.measured_once", units=held.units)
    asked = _Question.of(corpus, coding, codebook, groups, held, embedding=embedding, nlp=nlp, seed=seed)
    found = asked.with_model(model) if model else asked.held_out(repeats, progress)
    how = _how(None if model else repeats, held)
    main = next(iter(found))

    some, right, parts = asked.measured(found)
    rows: Rows = {(name, len(right), True): (right, parts, one.labels) for name, one in some.items()}
    if second is not None:
        rows |= asked.beside(second, found)
    title = Note("learning.per_code", method=Note(f"learning.{main}"), how=how, seed=seed)
    return Evaluation(
        codes=_of_codes(asked, some[main], right, parts, title),
        overall=_overall(
            rows, seed, Note("learning.overall", how=how, seed=seed), (*asked.later, *_drawn(held, parts))
        ),
        curve=asked.curve(progress) if curve and learns else None,
    )


def _held_out(
    corpus: Corpus,
    coding: Coding,
    groups: "pd.Series[str] | None",
    second: Coding | None,
    *,
    most: int,
    learn: bool,
    seed: int,
) -> Held | None:
    """What is measured and learned from of very many answers, as places in the corpus."""
    ids, codes, labels = enough_examples(corpus, coding)
    said, parts = corpus.texts[ids].tolist(), pd.factorize(_numbered(ids, groups))[0].astype(np.int64)
    size, marks = np.array([*map(len, said)], dtype=np.int64), text_fingerprints(said)
    both = ids.isin(second.seen) if second is not None else np.zeros(len(ids), dtype=np.bool_)
    coded = Examples(codes, labels, np.arange(len(ids)), size, marks, parts, both)
    found = hold_out(coded, most=most, learn=learn, seed=seed)
    return found and found.at(corpus.ids.get_indexer(ids))


@dataclass(slots=True)
class Repeats:
    """What a method gave the units, once for each repeat: labels, and scores for the ranking of units."""

    labels: list[Labels]
    scores: list[Floats]

    def of(self, units: npt.NDArray[np.bool_]) -> "Repeats":
        """The same of some of the units."""
        return Repeats([one[units] for one in self.labels], [one[units] for one in self.scores])


@dataclass(frozen=True)
class _Question:
    """What is evaluated: the units that a person coded, and the codes that were given at least once.

    `answers` are all there are: those that nobody coded help to learn. With `held`, `corpus` has the units that are
    measured and `answers` those that are learned from.
    """

    answers: Corpus
    corpus: Corpus
    coding: Coding
    codebook: Codebook
    codes: Sequence[str]
    hits: Coding | None
    groups: Groups
    held: Held | None
    embedding: str
    seed: int

    @classmethod
    def of(
        cls,
        answers: Corpus,
        coding: Coding,
        codebook: Codebook | None,
        groups: "pd.Series[str] | None",
        held: Held | None,
        *,
        embedding: str,
        nlp: str,
        seed: int,
    ) -> "_Question":
        ids, used, _ = enough_examples(answers, coding)
        book, corpus = codebook or Codebook.from_ids(used), answers.take(ids)
        has_rules = codebook is not None and any(code.rules for code in codebook.codes)
        every = corpus
        if held is not None:
            ids = answers.ids[np.union1d(held.even, held.both)]
            corpus, answers = answers.take(ids), answers.take(answers.ids[held.known])
        return cls(
            answers=answers,
            corpus=corpus,
            coding=coding,
            codebook=book,
            codes=[id_ for id_ in book.ids if id_ in used],
            hits=Rules(nlp).code(every, book) if has_rules else None,
            groups=_numbered(ids, groups),
            held=held,
            embedding=embedding,
            seed=seed,
        )

    @property
    def right(self) -> Labels:
        return self.coding.matrix(self.corpus.ids, self.codes)

    def unsaid(self, units: "pd.Index[str]") -> Labels:
        """Of which codes these units say nothing, shape (units, codes): what is given there is not scored."""
        return self.corpus.unsaid(self.corpus.ids, self.right, units)

    @property
    def later(self) -> tuple[Note, ...]:
        """A note on the codes of which that is so."""
        labels = self.coding.take(self.corpus.ids).later(self.corpus, self.codebook)
        return (Note("learning.later_unscored", labels=labels),) if labels else ()

    def with_model(self, model: Classifier) -> dict[str, Repeats]:
        methods: dict[str, Scorer] = {model.name: model}
        if self.hits is not None:
            methods["rules"] = Coded(self.hits)
        return {name: Repeats([one[0]], [one[1]]) for name, one in self._given(methods, self.corpus).items()}

    def measured(self, found: Mapping[str, Repeats]) -> tuple[Mapping[str, Repeats], Labels, Groups]:
        """What was given to the units that stand for all, their right labels and their groups."""
        if self.held is None:
            return found, self.right, self.groups
        even = np.isin(np.union1d(self.held.even, self.held.both), self.held.even)
        some = {name: one.of(even) for name, one in found.items()}
        return some, self.right[even], np.unique(self.groups[even], return_inverse=True)[1]

    def held_out(self, repeats: int, progress: Progress) -> dict[str, Repeats]:
        """What each method gives units that it did not learn from, the best method first."""
        if self.held is not None:
            progress("progress.learning", 0, 2)
            methods = self._learn(self.answers, self.coding, progress)
            progress("progress.coding", 1, 2)
            return {name: Repeats([one[0]], [one[1]]) for name, one in self._given(methods, self.corpus).items()}
        found: dict[str, Repeats] = {}
        for repeat in range(repeats):
            labels: dict[str, Labels] = {}
            scores: dict[str, Floats] = {}
            for number, (rest, held) in enumerate(self._folds(repeat)):
                progress("progress.cross_validating", repeat * FOLDS + number, repeats * FOLDS)
                unknown = self.corpus.take(self.corpus.ids[held])
                for name, (one, score) in self._given(self._learned(rest), unknown).items():
                    labels.setdefault(name, np.zeros(self.right.shape, dtype=np.bool_))[held] = one
                    scores.setdefault(name, np.zeros(self.right.shape))[held] = score
            for name, whole in labels.items():
                one_found = found.setdefault(name, Repeats([], []))
                one_found.labels.append(whole)
                one_found.scores.append(scores[name])
        return found

    def beside(self, second: Coding, found: Mapping[str, Repeats]) -> Rows:
        """The second person, and each method, on the units that both people coded."""
        both = self.corpus.ids.isin(second.seen)
        if self.held is not None:
            both = np.isin(np.union1d(self.held.even, self.held.both), self.held.both)
        if not both.any():
            raise DataError("learning.second_none")
        right, groups = self.right[both], np.unique(self.groups[both], return_inverse=True)[1]
        theirs = second.matrix(self.corpus.ids[both], self.codes) & ~self.unsaid(self.corpus.ids[both])
        size = int(both.sum())
        rows: Rows = {(SECOND, size, bool(both.all())): (right, groups, [theirs])}
        if not both.all():
            for name, one in found.items():
                rows[name, size, False] = (right, groups, [labels[both] for labels in one.labels])
        return rows

    def curve(self, progress: Progress) -> Table:
        """Micro-F1 from fewer answers to learn from, and what more would bring."""
        folds = list(self._folds(0))
        reached = np.zeros((len(folds), len(CURVE)))
        sizes = np.zeros(len(CURVE))
        for number, (rest, held) in enumerate(folds):
            order = np.random.default_rng([self.seed, number]).permutation(rest)
            unknown = self.corpus.take(self.corpus.ids[held])
            for place, share in enumerate(CURVE):
                progress("progress.learning_from_fewer", number * len(CURVE) + place, len(folds) * len(CURVE))
                some = np.sort(order[: max(round(share * len(rest)), 10)])
                given = next(iter(self._given(self._learned(some), unknown).values()))[0]
                reached[number, place] = micro(self.right[held], given)["f1"]
                sizes[place] += len(some) / len(folds)
        return curve_table(sizes, reached)

    def _folds(self, repeat: int) -> Iterator[Split]:
        """The folds of a repeat; a group is in one of them."""
        count = min(FOLDS, int(self.groups.max()) + 1)
        if count == 1:
            raise DataError("learning.one_group")
        folds = GroupKFold(count, shuffle=True, random_state=self.seed + repeat)
        yield from folds.split(self.corpus.ids, groups=self.groups)

    def _learned(self, rest: npt.NDArray[np.int_]) -> dict[str, Scorer]:
        known = self.coding.take(self.corpus.ids[rest])
        answers = self.answers.take(
            self.answers.ids[~self.answers.ids.isin(self.corpus.ids) | self.answers.ids.isin(known.seen)]
        )
        return self._learn(answers, known, silent)

    def _learn(self, answers: Corpus, known: Coding, progress: Progress) -> dict[str, Scorer]:
        whole = self.held.whole if self.held else None
        if self.hits is None:
            spoken = language_of(self.codebook.language)
            found = learn(
                answers, known, spoken, embedding=self.embedding, whole=whole, seed=self.seed, progress=progress
            )
            return {"classifier": found.model}
        rules = Coded(self.hits)
        both = combine(
            answers, known, self.codebook, rules=rules, embedding=self.embedding, whole=whole, seed=self.seed,
            progress=progress,
        )  # fmt: skip
        return {"combined": both, "rules": rules, "classifier": both.classifier}

    def _given(self, methods: Mapping[str, Scorer], units: Corpus) -> dict[str, tuple[Labels, Floats]]:
        columns = [self.codebook.ids.index(code) for code in self.codes]
        judged = {name: method.judge(units, self.codebook) for name, method in methods.items()}
        unsaid = self.unsaid(units.ids)  # ranked below all others these change no average precision
        return {
            name: (coding.matrix(units.ids, self.codes) & ~unsaid, np.where(unsaid, -np.inf, likely[:, columns]))
            for name, (coding, likely) in judged.items()
        }


@dataclass(frozen=True, slots=True)
class Coded:
    """What the rules gave all units: they are asked once, not once a fold."""

    coding: Coding

    @property
    def name(self) -> str:
        """The coder's name."""
        return "rules"

    def code(self, corpus: Corpus, codebook: Codebook) -> Coding:  # noqa: ARG002 (coded already)
        """What was given to these units."""
        return self.coding.take(corpus.ids)

    def judge(self, corpus: Corpus, codebook: Codebook) -> tuple[Coding, Floats]:
        """What was given, and 1 where a code was, shape (units, codes)."""
        return self.coding.take(corpus.ids), self.coding.matrix(corpus.ids, codebook.ids).astype(np.float64)


def _how(repeats: int | None, held: Held | None) -> Note:
    """How it was measured: cross-validated so many times, or by the model given (None); or on a part of very many."""
    if held is not None and held.whole is not None:
        count, rest = len(held.known), held.whole.units
        return Note("learning.held_once", count=len(held.even), learned=count, rest=rest)
    if held is not None:
        return Note("learning.by_model_drawn", count=len(held.even), units=held.units)
    if repeats is None:
        return Note("learning.by_model")
    return (
        Note("learning.folds_times", folds=FOLDS, times=repeats) if repeats > 1 else Note("learning.folds", folds=FOLDS)
    )


def _numbered(ids: "pd.Index[str]", groups: "pd.Series[str] | None") -> Groups:
    """The number of the group of each unit; each its own without groups, or where its group is empty."""
    if groups is None:
        return np.arange(len(ids))
    names = groups.reindex(ids).fillna("").tolist()
    named = [f"group {name}" if name else f"unit {unit}" for name, unit in zip(names, ids, strict=True)]
    return np.unique(named, return_inverse=True)[1]


def _of_codes(asked: _Question, found: Repeats, right: Labels, groups: Groups, title: Note) -> Table:
    """Precision, recall, F1 with its interval, and average precision of each code; most given first."""
    measured = bootstrapped(right, found.labels, groups, seed=asked.seed)
    frame = pd.DataFrame(
        {
            "code": asked.codes,
            "label": texts(asked.codebook.text(id_) for id_ in asked.codes),
            "n": right.sum(axis=0),
            "given": np.mean([labels.sum(axis=0) for labels in found.labels], axis=0).round().astype(int),
            **_columns(measured.per_code),
            "ap": np.mean([average_precision(right, scores) for scores in found.scores], axis=0),
        }
    ).sort_values("n", ascending=False, kind="stable", ignore_index=True)
    names = ("code", "n", "given", "precision", "recall", "f1")
    shown: dict[str, Said | Column] = {name: Note(f"learning.head_{name}") for name in names}
    shown["f1_interval"] = Column(Note("learning.head_f1_interval"), "ends", ("f1_low", "f1_high"))
    shown["ap"] = Note("learning.head_ap")
    return Table(title, frame, len(right), shown, (Note("learning.ap_note", count=len(right)), *asked.later))


def _drawn(held: Held | None, groups: Groups) -> tuple[Note, ...]:
    """That a part of very many answers was measured; that there are few groups to tell an interval by."""
    part = (Note("learning.held_note", count=len(held.even), units=held.units),) if held else ()
    count = int(groups.max()) + 1
    return (*part, Note("learning.few_groups", count=count)) if count < min(_FEW_GROUPS, len(groups)) else part


def _overall(rows: Rows, seed: int, title: Note, notes: Sequence[Note]) -> Table:
    """A row a method or person: scores over all pairs, codes and answers."""
    measured: dict[tuple[str, int, bool], Bootstrapped] = {
        row: bootstrapped(right, given, groups, seed=seed) for row, (right, groups, given) in rows.items()
    }
    frame = pd.concat(
        [
            pd.DataFrame(
                {
                    "method": [name],
                    "answers": [size],
                    "whole": [whole],
                    **_columns({key: one.overall[key][None] for key in OVERALL}),
                }
            )
            for (name, size, whole), one in measured.items()
        ],
        ignore_index=True,
    )
    base = next(iter(rows))[1]
    shown: dict[str, Said | Column] = {
        "method": Column(Note("learning.head_method"), "method", ("method", "answers", "whole")),
        "precision": Note("learning.head_precision"),
        "recall": Note("learning.head_recall"),
        "f1": Note("learning.head_f1_micro"),
        "f1_interval": Column(Note("learning.head_interval"), "ends", ("f1_low", "f1_high")),
    }
    shown |= {name: Note(f"learning.head_{name}") for name in ("f1_macro", "f1_weighted", "f1_answer", "exact")}
    return Table(title, frame, base, shown, (Note("learning.bootstrap_note"), *notes))


def _columns(scores: Mapping[str, Floats]) -> dict[str, object]:
    """Each score with the ends of its interval as columns."""
    columns: dict[str, object] = {}
    for name, values in scores.items():
        columns |= {name: values[:, 0], f"{name}_low": values[:, 1], f"{name}_high": values[:, 2]}
    return columns


def curve_table(sizes: Floats, reached: Floats) -> Table:
    """The learning curve with what `MORE` coded answers would bring; `reached` has shape (folds, sizes).

    Micro-F1 is taken to rise by the inverse square root of the number of answers, a fixed form of the inverse
    power law (Figueroa et al. 2012) that two or three sizes can carry; the interval is over the folds.
    """
    design = np.stack([np.ones(len(sizes)), 1 / np.sqrt(sizes)], axis=1)
    fitted = np.linalg.lstsq(design, reached.T, rcond=None)[0]
    now, then = sizes[-1], sizes[-1] + MORE
    gain = fitted[1] * (1 / np.sqrt(then) - 1 / np.sqrt(now))
    spread = gain.std(ddof=1) / np.sqrt(len(gain)) if len(gain) > 1 else np.nan
    mean = reached.mean(axis=0)
    frame = pd.DataFrame(
        {
            "answers": [*sizes.round().astype(int), round(then)],
            "f1": [*mean, mean[-1] + gain.mean()],
            "how": [*["measured"] * len(sizes), "expected"],
        }
    )
    note = Note("learning.curve_note", more=MORE, gain=100 * float(gain.mean()), spread=200 * float(spread))
    shown: dict[str, Said | Column] = {
        "answers": Note("learning.head_coded_answers"),
        "f1": Note("learning.head_f1_micro"),
        "how": Column("", "word"),
    }
    return Table(Note("learning.curve"), frame, None, shown, (note,))
