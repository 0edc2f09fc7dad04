"""Suggestions for a codebook: rules, exceptions and deletions that bring it nearer to the codes that people gave.

What is called held out was counted in answers on which the changes had not been chosen (five folds). What was right
where it was chosen is partly luck, most of all where it was seen two or three times; the folds tell how much.

Candidates are chosen without looking at anybody's codes: a word (which finds its inflections), the shared begin of
several words (`communic*`), a part of compounds (`jeugd*`, `*media`, `*werk*`), or two words in a row. The rule engine
looks once for every candidate; from then on choosing is counting in
a sparse table of answers and candidates. Changes are chosen greedily, each judged by the answers it changes beyond
those before it. What it is judged by is the lower end of a Wilson interval: a word seen twice and right twice is not
called sure.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from sklearn.model_selection import KFold

from coder.arrays import Floats, Ints, Labels
from coder.codebook import Code, Codebook, Negation
from coder.coding import Coding
from coder.corpus import Corpus
from coder.errors import CoderError, DataError
from coder.languages.language import Language, language_of
from coder.languages.nl.pipeline import BUNDLED
from coder.languages.text import WORD, Tokens, fold, tokenise
from coder.learning.rule_trial import in_context
from coder.methods.rules.engine import Hit, find
from coder.note import Note, Progress, silent
from coder.statistics.proportions import at_least
from coder.statistics.scores import micro, per_code
from coder.tables.table import Column, Said, Table, texts

_STEM, _END, _MIDDLE = 5, 4, 5
"""The fewest letters of a shared begin, of a first or last part of a compound, and of a part with `*` on both sides."""


def candidates(texts: Iterable[str], spoken: Language, *, fewest: int) -> list[str]:
    """The candidates, each once: words, parts of compounds, shared begins, pairs of words; alphabetical in each kind.

    Words and pairs stand in at least `fewest` texts. A pattern with `*` may find fewer; whoever looks for it will see.
    Function words are no candidates, nor are pairs of them.
    """
    tokens = tokenise(texts)
    lemmas = [spoken.lemmas(form)[0] for form in tokens.vocabulary.forms]
    names, lemma = np.unique(np.asarray(lemmas, dtype=object), return_inverse=True)
    of_token = lemma.astype(np.int64)[tokens.form]
    counts = _texts_with(of_token, tokens.text, len(names))
    words = [name for name, count in zip(names.tolist(), counts.tolist(), strict=True) if count >= fewest]
    forms = sorted({fold(form) for form in tokens.vocabulary.forms if not form.isdigit()})
    patterns = sorted({pattern for form in (*forms, *names.tolist()) for pattern in _of_compound(spoken.parts(form))})
    found = [word for word in words if _says_something(word, spoken)]
    return list(
        dict.fromkeys([*found, *patterns, *_begins(forms), *_pairs(tokens, of_token, len(names), fewest, spoken)])
    )


def _says_something(word: str, spoken: Language) -> bool:
    return len(word) > 1 and word not in spoken.stop_words and not word.isdigit() and WORD.fullmatch(word) is not None


def _texts_with(key: Ints, text: npt.NDArray[np.int32], size: int) -> Ints:
    """In how many texts each key occurs, shape (size,)."""
    width = int(text.max()) + 1 if len(text) else 1
    return np.bincount(np.unique(key * width + text) // width, minlength=size)


def _of_compound(words: Sequence[str]) -> Iterator[str]:
    parts = [fold(part) for part in words]
    if len(parts) == 1:
        return
    if len(parts[0]) >= _END:
        yield f"{parts[0]}*"
    if len(parts[-1]) >= _END:
        yield f"*{parts[-1]}"
    yield from (f"*{part}*" for part in parts if len(part) >= _MIDDLE)


def _begins(forms: Sequence[str]) -> list[str]:
    """The begins that two or more of the sorted forms share and that no longer begin stands for."""
    shared = (_shared(one, next_) for one, next_ in pairwise(forms))
    return sorted({f"{begin}*" for begin in shared if len(begin) >= _STEM and begin[-1].isalnum()})


def _shared(one: str, other: str) -> str:
    both = zip(one, other, strict=False)
    return one[: next((place for place, (a, b) in enumerate(both) if a != b), min(len(one), len(other)))]


def _pairs(tokens: Tokens, lemma: Ints, size: int, fewest: int, spoken: Language) -> list[str]:
    """Two words in a row, as they are most often written."""
    first = np.flatnonzero(tokens.text[:-1] == tokens.text[1:])
    key = lemma[first] * size + lemma[first + 1]
    kinds, kind = np.unique(key, return_inverse=True)
    often = _texts_with(kind.astype(np.int64), tokens.text[first], len(kinds))[kind] >= fewest
    written: dict[int, Counter[tuple[str, str]]] = {}
    often &= tokens.in_a_row(first)
    for place, number in zip(first[often].tolist(), kind[often].tolist(), strict=True):
        pair = tokens.written(place).lower(), tokens.written(place + 1).lower()
        written.setdefault(number, Counter())[pair] += 1
    best = (min(forms, key=lambda pair: (-forms[pair], pair)) for forms in written.values())
    return sorted(" ".join(pair) for pair in best if any(_says_something(word, spoken) for word in pair))


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
HARM = 0.25
"""A rule or an exception takes answers off for the better where fewer than this share of them are right. Taking off
raises F1 where less than half of F1 is right (Lipton, Elkan and Naryanaswamy 2014)."""
_BETTER = 1.64
"""The z of the interval by which a rule must do better than chance, that is than any word would."""
_SEEN = 3
"""A candidate is found in so many answers at least."""
_Rows = npt.NDArray[np.bool_]
"""Which units, shape (units,)."""


@dataclass(frozen=True, slots=True)
class _RuleChange:
    """One change: a rule or an exception to be added to a code, or a rule to be dropped.

    `kind` is "rule", "exception" or "drop". `place` is the place of the rule among the candidates, or among
    the code's own rules.
    """

    code: str
    kind: str
    rule: str
    place: int


class _Setting(NamedTuple):
    """What a change must be: surely right in the share `level` of the answers it adds, and in `fewest` answers."""

    level: float
    fewest: int


@dataclass(frozen=True, slots=True)
class _Own:
    """The hits of a code's rules: the unit and the rule of each, and which candidates overlap it."""

    unit: Ints
    rule: Ints
    overlap: sparse.csr_array


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What choosing works with: which codes are right, where each candidate and each rule of a code hits.

    `right` has shape (units, codes). `found` is for each way to treat negated hits a table (units, candidates)
    of 0 and 1.
    """

    codes: Sequence[Code]
    right: Labels
    names: Sequence[str]
    found: Mapping[Negation, sparse.csc_array]
    own: Sequence[_Own]

    def before(self) -> Labels:
        """What the rules give now, shape (units, codes)."""
        return np.stack([_given(own, np.ones(len(own.unit), dtype=np.bool_), len(self.right)) for own in self.own], 1)


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
    evidence = _gather(part, hand.matrix(part.ids, codebook.ids), codebook, nlp)
    progress("progress.choosing_rules", 1, 3)
    held = [_rows(places, len(part)) for _, places in KFold(FOLDS, shuffle=True, random_state=seed).split(part.ids)]
    levels = LEVELS if precision is None else (precision,)
    setting, without = _tuned(evidence, held, [_Setting(*pair) for pair in product(levels, FEWEST)])
    chosen = _choose(evidence, np.ones(len(part), dtype=np.bool_), [setting])[setting]
    progress("progress.measuring", 2, 3)
    working = _working(evidence, part, codebook, chosen, nlp)
    return Suggestions(
        table=_table(evidence, part, working, _luck(evidence, held, without), setting),
        scores=_scores(evidence, _held_out(part, codebook, held, without, nlp), codebook, tuned=precision is None),
        codebook=_book_with(codebook, list(working)),
        precision=setting.level,
    )


def _rows(places: npt.NDArray[np.int_], size: int) -> _Rows:
    rows = np.zeros(size, dtype=np.bool_)
    rows[places] = True
    return rows


def _tuned(
    evidence: _Evidence, held: Sequence[_Rows], settings: Sequence[_Setting]
) -> tuple[_Setting, list[list[_RuleChange]]]:
    """The setting that does best on held-out answers, and what it chooses without each fold.

    Of settings that do as well the one with the most support is taken, then the highest level.
    """
    folds = [_choose(evidence, ~rows, settings) for rows in held]
    scores = {setting: _f1(evidence, held, [fold[setting] for fold in folds]) for setting in settings}
    good = [setting for setting in settings if scores[setting] >= max(scores.values()) - _AS_GOOD]
    best = max(good, key=lambda setting: (setting.fewest, setting.level))
    return best, [fold[best] for fold in folds]


def _f1(evidence: _Evidence, held: Sequence[_Rows], chosen: Sequence[Sequence[_RuleChange]]) -> float:
    labels = evidence.before()
    for rows, changes in zip(held, chosen, strict=True):
        for change, column, places in _effects(evidence, changes, rows):
            labels[places, column] = change.kind == "rule"
    return micro(evidence.right, labels)["f1"]


class _Luck(NamedTuple):
    """How much of what was counted while choosing was luck: as if `weight` more answers had `share` right."""

    weight: float
    share: float

    def without(self, right: Ints | int, count: Ints | int) -> Any:  # noqa: ANN401 (as what is given)
        """The share right to expect in other answers."""
        return (right + self.weight * self.share) / (count + self.weight)


def _luck(evidence: _Evidence, held: Sequence[_Rows], chosen: Sequence[Sequence[_RuleChange]]) -> dict[str, _Luck]:
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


def _tally(evidence: _Evidence, changes: Sequence[_RuleChange], rows: _Rows) -> list[tuple[int, int]]:
    """For each change in how many of the rows that it changes it is right, and how many these are."""
    return [
        (int((evidence.right[places, column] == (change.kind == "rule")).sum()), len(places))
        for change, column, places in _effects(evidence, changes, rows)
    ]


def _fitted(told: Ints) -> _Luck:
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
    evidence: _Evidence, corpus: Corpus, codebook: Codebook, chosen: Sequence[_RuleChange], nlp: str
) -> dict[_RuleChange, _Effect]:
    """What each change does, seen by the engine with all changes made; without those that do nothing.

    The tables do not know that an exception also takes off hits of a new rule; the engine does.
    """
    book = _book_with(codebook, chosen)
    rules = tuple(dict.fromkeys(change.rule for change in chosen))
    number = max(code.number for code in codebook.codes) + 1
    found = find(corpus.texts, replace(book, codes=(*book.codes, Code(_ALL, number, {}, rules=rules))), nlp=nlp)
    places = _places(found)
    working = {}
    for change, _, rows in _effects(evidence, chosen, np.ones(len(corpus), dtype=np.bool_)):
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
    corpus: Corpus, codebook: Codebook, held: Sequence[_Rows], chosen: Sequence[Sequence[_RuleChange]], nlp: str
) -> Labels:
    """What the engine gives each answer by a codebook with the changes that were chosen without it."""
    given = np.zeros((len(corpus), len(codebook.codes)), dtype=np.bool_)
    for rows, changes in zip(held, chosen, strict=True):
        found = find(corpus.texts[rows], _book_with(codebook, changes), nlp=nlp)
        given[rows] = _given_by(found, codebook.ids, int(rows.sum()))
    return given


def _given_by(found: Mapping[str, Iterable[Hit]], codes: Sequence[str], size: int) -> Labels:
    """Which texts have which codes by these hits, shape (texts, codes)."""
    given = np.zeros((size, len(codes)), dtype=np.bool_)
    for column, code in enumerate(codes):
        given[[hit.text for hit in found[code]], column] = True
    return given


def _table(
    evidence: _Evidence,
    corpus: Corpus,
    working: Mapping[_RuleChange, _Effect],
    luck: Mapping[str, _Luck],
    setting: _Setting,
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


def _scores(evidence: _Evidence, after: Labels, codebook: Codebook, *, tuned: bool) -> Table:
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


# Choosing changes


def _gather(corpus: Corpus, right: Labels, codebook: Codebook, nlp: str) -> _Evidence:
    """Look for the codebook's rules and for every candidate in the units."""
    names = candidates(corpus.texts, language_of(codebook.language), fewest=_SEEN)
    tried = Codebook((Code("candidates", 1, {}, rules=tuple(names)),), language=codebook.language)
    known = find(corpus.texts, tried, nlp=nlp)
    names, hits = _useful(names, _frame(known["candidates"], names))
    own = find(corpus.texts, codebook, nlp=nlp)
    shape = (len(corpus), len(names))
    return _Evidence(
        codebook.codes,
        right,
        names,
        {way: _ones(hits[_counted(hits, way)], shape) for way in {code.negation for code in codebook.codes}},
        [_own(_frame(own[code.id], code.rules), hits, len(names)) for code in codebook.codes],
    )


def _book_with(codebook: Codebook, changes: Sequence[_RuleChange]) -> Codebook:
    """The codebook with these changes made."""
    of: dict[str, list[_RuleChange]] = {}
    for change in changes:
        of.setdefault(change.code, []).append(change)
    return replace(codebook, codes=tuple(_code_with(code, of.get(code.id, ())) for code in codebook.codes))


def _choose(evidence: _Evidence, rows: _Rows, settings: Sequence[_Setting]) -> dict[_Setting, list[_RuleChange]]:
    """The changes that these rows speak for, code by code in the order they were chosen, for each setting."""
    chosen: dict[_Setting, list[_RuleChange]] = {setting: [] for setting in settings}
    tables = {way: _Sought.of(found, rows) for way, found in evidence.found.items()}
    for column, code in enumerate(evidence.codes):
        own, right = evidence.own[column], evidence.right[:, column]
        for setting in settings:
            alive = rows[own.unit]
            drops = list(_drops(own, right, alive, setting.fewest))
            exceptions = list(_exceptions(own, right, alive, setting.fewest))
            given = _given(own, alive, len(rows))
            added = _additions(tables[code.negation], right[rows], given[rows], setting)
            chosen[setting] += [
                *(_RuleChange(code.id, "drop", code.rules[place], place) for place in drops),
                *(_RuleChange(code.id, "exception", evidence.names[place], place) for place in exceptions),
                *(_RuleChange(code.id, "rule", evidence.names[place], place) for place in added),
            ]
    return chosen


def _effects(
    evidence: _Evidence, changes: Sequence[_RuleChange], rows: _Rows
) -> Iterator[tuple[_RuleChange, int, Ints]]:
    """Each change with the column of its code and the rows it changes beyond the changes before it.

    A rule adds the code to its rows, an exception and a drop take it off.
    """
    column = {code.id: place for place, code in enumerate(evidence.codes)}
    states: dict[int, tuple[npt.NDArray[np.bool_], _Rows]] = {}
    for change in changes:
        place = column[change.code]
        own = evidence.own[place]
        if place not in states:
            states[place] = (rows[own.unit], _given(own, rows[own.unit], len(rows)))
        alive, given = states[place]
        if change.kind == "rule":
            found = evidence.found[evidence.codes[place].negation][:, [change.place]]
            new = (found.toarray().ravel() > 0) & rows & ~given
            given |= new
        else:
            alive &= own.rule != change.place if change.kind == "drop" else ~_touched(own, change.place)
            new = given & ~_given(own, alive, len(rows))
            given &= ~new
        yield change, place, np.flatnonzero(new)


def _code_with(code: Code, changes: Sequence[_RuleChange]) -> Code:
    of = {kind: [one.rule for one in changes if one.kind == kind] for kind in ("rule", "exception", "drop")}
    kept = [rule for rule in code.rules if rule not in of["drop"]]
    exceptions = dict.fromkeys((*code.exceptions, *of["exception"]))
    return replace(code, rules=tuple(dict.fromkeys((*kept, *of["rule"]))), exceptions=tuple(exceptions))


def _frame(hits: Sequence[Hit], rules: Sequence[str]) -> pd.DataFrame:
    """Hits as columns; `rule` is the place of the rule in the list."""
    place = {rule: number for number, rule in enumerate(rules)}
    rows = [(hit.text, hit.start, hit.end, place[hit.rule], hit.negated) for hit in hits]
    frame = pd.DataFrame(rows, columns=["unit", "start", "end", "rule", "negated"])
    return frame.astype(dict.fromkeys(frame.columns[:-1], np.int64) | {"negated": np.bool_})


def _useful(names: Sequence[str], hits: pd.DataFrame) -> tuple[list[str], pd.DataFrame]:
    """The candidates found often enough; of those found in the same units the first."""
    units = hits.drop_duplicates(["rule", "unit"]).sort_values(["rule", "unit"]).groupby("rule")["unit"]
    found = units.agg(tuple)
    found = found[found.map(len) >= _SEEN].drop_duplicates()
    number = pd.Series(np.arange(len(found)), index=found.index)
    hits = hits[hits["rule"].isin(found.index)]
    return [names[place] for place in found.index], hits.assign(rule=number.loc[hits["rule"]].to_numpy())


def _counted(hits: pd.DataFrame, way: Negation) -> "pd.Series[bool]":
    match way:
        case Negation.COUNT:
            return hits["rule"] >= 0
        case Negation.SKIP:
            return ~hits["negated"]
        case Negation.ONLY:
            return hits["negated"]


def _ones(hits: pd.DataFrame, shape: tuple[int, int]) -> sparse.csc_array:
    pairs = hits[["unit", "rule"]].drop_duplicates()
    ones = np.ones(len(pairs), dtype=np.float32)
    return sparse.csc_array((ones, (pairs["unit"].to_numpy(), pairs["rule"].to_numpy())), shape=shape)


def _own(own: pd.DataFrame, hits: pd.DataFrame, size: int) -> _Own:
    beside = own.assign(hit=np.arange(len(own))).merge(hits, on="unit", suffixes=("", "_other"))
    beside = beside[(beside["start"] < beside["end_other"]) & (beside["start_other"] < beside["end"])]
    pairs = beside[["hit", "rule_other"]].drop_duplicates().to_numpy(dtype=np.int64)
    ones = np.ones(len(pairs), dtype=np.float32)
    overlap = sparse.csr_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(len(own), size))
    return _Own(own["unit"].to_numpy(), own["rule"].to_numpy(), overlap)


def _given(own: _Own, alive: npt.NDArray[np.bool_], size: int) -> _Rows:
    """The rows that have the code by the hits that are alive."""
    rows = np.zeros(size, dtype=np.bool_)
    rows[own.unit[alive]] = True
    return rows


def _value(right: npt.NDArray[Any], count: Floats, least: float, fewest: int) -> Floats:
    """What a change is worth: the answers in which it is surely right, beyond the share it must be right in."""
    return np.where(right >= fewest, count * (at_least(right, count) - least), -1.0)


def _share(right: _Rows, among: _Rows) -> float:
    """The share of these answers that have the code: what a word would do by chance."""
    return float(right[among].mean()) if among.any() else 0.0


def _drops(own: _Own, right: _Rows, alive: npt.NDArray[np.bool_], fewest: int) -> Iterator[int]:
    """The rules that do harm in the answers that no other rule hits; takes their hits out of `alive`."""
    while alive.any():
        pairs = np.unique(np.stack([own.unit[alive], own.rule[alive]]), axis=1)
        unit, rule = pairs[:, np.bincount(pairs[0])[pairs[0]] == 1]
        if not len(rule):
            return
        wrong = np.bincount(rule, weights=~right[unit])
        value = _value(wrong, np.bincount(rule).astype(np.float64), 1 - HARM, fewest)
        best = int(np.argmax(value))
        if value[best] <= 0:
            return
        alive &= own.rule != best
        yield best


def _exceptions(own: _Own, right: _Rows, alive: npt.NDArray[np.bool_], fewest: int) -> Iterator[int]:
    """The candidates that as exceptions take off what is wrong; takes the hits out of `alive`."""
    while alive.any() and own.overlap.shape[1]:
        units, unit = np.unique(own.unit[alive], return_inverse=True)
        overlap = own.overlap[np.flatnonzero(alive)]
        row, place = _wholly(unit, overlap)
        wrong = np.bincount(place, weights=~right[units[row]], minlength=overlap.shape[1])
        count = np.bincount(place, minlength=overlap.shape[1]).astype(np.float64)
        value = _value(wrong, count, max(1 - HARM, 1 - _share(right, _given(own, alive, len(right)))), fewest)
        value[_wholly(own.rule[alive], overlap)[1]] = -1  # taking off all of a rule is dropping it
        best = int(np.argmax(value))
        if value[best] <= 0:
            return
        alive &= ~_touched(own, best)
        yield best


def _wholly(group: Ints, overlap: sparse.csr_array) -> tuple[Ints, Ints]:
    """The pairs of a group of hits and a candidate that overlaps every hit of it."""
    size = int(group.max()) + 1
    ones = np.ones(len(group), dtype=np.float32)
    counts = (sparse.csr_array((ones, (group, np.arange(len(group)))), shape=(size, len(group))) @ overlap).tocoo()
    whole = counts.data == np.bincount(group, minlength=size)[counts.row]
    return counts.row[whole], counts.col[whole]


def _touched(own: _Own, place: int) -> npt.NDArray[np.bool_]:
    touched: npt.NDArray[np.bool_] = own.overlap[:, [place]].toarray().ravel() > 0
    return touched


@dataclass(frozen=True, slots=True)
class _Sought:
    """A table of answers and candidates, by column and turned around."""

    by_name: sparse.csc_array
    turned: sparse.csr_array

    @classmethod
    def of(cls, found: sparse.csc_array, rows: _Rows) -> "_Sought":
        part = found[np.flatnonzero(rows)].tocsc()
        return cls(part, part.T.tocsr())

    def rows_with(self, place: int) -> Ints:
        start, end = self.by_name.indptr[place : place + 2]
        return self.by_name.indices[start:end].astype(np.int64)


def _additions(table: _Sought, right: _Rows, given: _Rows, setting: _Setting) -> Iterator[int]:
    """The candidates worth adding, the most valuable first, each by what it adds to those before it."""
    free = (~given).astype(np.float32)
    count = (table.turned @ free).astype(np.float64)
    good = (table.turned @ (free * right)).astype(np.float64)
    chance = _share(right, ~given)
    while len(count):
        better = at_least(good, count, z=_BETTER) > chance
        value = np.where(better, _value(good, count, setting.level, setting.fewest), -1.0)
        best = int(np.argmax(value))
        if value[best] <= 0:
            return
        rows, new = table.rows_with(best), np.zeros_like(free)
        new[rows] = free[rows]
        free[rows] = 0
        count -= table.turned @ new
        good -= table.turned @ (new * right)
        yield best
