"""Which changes of a codebook's rules coded answers speak for.

Candidates are words and phrases of the answers, chosen without looking at anybody's codes and written as a rule is: a
word (which finds its inflections), the shared begin of several words (`communic*`), a part of compounds (`jeugd*`,
`*media`, `*werk*`), or two words in a row.

The rule engine looks once for every candidate; from then on choosing is counting in a sparse table of answers and
candidates. Changes are chosen greedily, each judged by the answers it changes beyond those before it. What it is
judged by is the lower end of a Wilson interval: a word seen twice and right twice is not called sure.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from coder.arrays import Floats, Ints, Labels
from coder.codebook import Code, Codebook, Negation
from coder.corpus import Corpus
from coder.languages.language import DUTCH, Language, language_of
from coder.languages.text import WORD, Tokens, fold, tokenise
from coder.methods.rules.engine import Hit, find
from coder.statistics.proportions import at_least

HARM = 0.25
"""A rule or an exception takes answers off for the better where fewer than this share of them are right. Taking off
raises F1 where less than half of F1 is right (Lipton, Elkan and Naryanaswamy 2014)."""
_BETTER = 1.64
"""The z of the interval by which a rule must do better than chance, that is than any word would."""
_SEEN = 3
"""A candidate is found in so many answers at least."""

Rows = npt.NDArray[np.bool_]
"""Which units, shape (units,)."""


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One change: a rule or an exception to be added to a code, or a rule to be dropped.

    `kind` is "rule", "exception" or "drop". `place` is the place of the rule among the candidates, or among
    the code's own rules.
    """

    code: str
    kind: str
    rule: str
    place: int


class Setting(NamedTuple):
    """What a change must be: surely right in the share `level` of the answers it adds, and in `fewest` answers."""

    level: float
    fewest: int


@dataclass(frozen=True, slots=True)
class Own:
    """The hits of a code's rules: the unit and the rule of each, and which candidates overlap it."""

    unit: Ints
    rule: Ints
    overlap: sparse.csr_array


@dataclass(frozen=True, slots=True)
class Evidence:
    """What choosing works with: which codes are right, where each candidate and each rule of a code hits.

    `right` has shape (units, codes). `found` is for each way to treat negated hits a table (units, candidates)
    of 0 and 1.
    """

    codes: Sequence[Code]
    right: Labels
    names: Sequence[str]
    found: Mapping[Negation, sparse.csc_array]
    own: Sequence[Own]

    def before(self) -> Labels:
        """What the rules give now, shape (units, codes)."""
        return np.stack([_given(own, np.ones(len(own.unit), dtype=np.bool_), len(self.right)) for own in self.own], 1)


def gather(corpus: Corpus, right: Labels, codebook: Codebook, nlp: str) -> Evidence:
    """Look for the codebook's rules and for every candidate in the units."""
    names = candidates(corpus.texts, fewest=_SEEN, language=codebook.language)
    tried = Codebook((Code("candidates", 1, {}, rules=tuple(names)),), language=codebook.language)
    known = find(corpus.texts, tried, nlp=nlp)
    names, hits = _useful(names, _frame(known["candidates"], names))
    own = find(corpus.texts, codebook, nlp=nlp)
    shape = (len(corpus), len(names))
    return Evidence(
        codebook.codes,
        right,
        names,
        {way: _ones(hits[_counted(hits, way)], shape) for way in {code.negation for code in codebook.codes}},
        [_own(_frame(own[code.id], code.rules), hits, len(names)) for code in codebook.codes],
    )


def changed(codebook: Codebook, changes: Sequence[RuleChange]) -> Codebook:
    """The codebook with these changes made."""
    of: dict[str, list[RuleChange]] = {}
    for change in changes:
        of.setdefault(change.code, []).append(change)
    return replace(codebook, codes=tuple(_changed(code, of.get(code.id, ())) for code in codebook.codes))


def choose(evidence: Evidence, rows: Rows, settings: Sequence[Setting]) -> dict[Setting, list[RuleChange]]:
    """The changes that these rows speak for, code by code in the order they were chosen, for each setting."""
    chosen: dict[Setting, list[RuleChange]] = {setting: [] for setting in settings}
    tables = {way: _Table.of(found, rows) for way, found in evidence.found.items()}
    for column, code in enumerate(evidence.codes):
        own, right = evidence.own[column], evidence.right[:, column]
        for setting in settings:
            alive = rows[own.unit]
            drops = list(_drops(own, right, alive, setting.fewest))
            exceptions = list(_exceptions(own, right, alive, setting.fewest))
            given = _given(own, alive, len(rows))
            added = _additions(tables[code.negation], right[rows], given[rows], setting)
            chosen[setting] += [
                *(RuleChange(code.id, "drop", code.rules[place], place) for place in drops),
                *(RuleChange(code.id, "exception", evidence.names[place], place) for place in exceptions),
                *(RuleChange(code.id, "rule", evidence.names[place], place) for place in added),
            ]
    return chosen


def effects(evidence: Evidence, changes: Sequence[RuleChange], rows: Rows) -> Iterator[tuple[RuleChange, int, Ints]]:
    """Each change with the column of its code and the rows it changes beyond the changes before it.

    A rule adds the code to its rows, an exception and a drop take it off.
    """
    column = {code.id: place for place, code in enumerate(evidence.codes)}
    states: dict[int, tuple[npt.NDArray[np.bool_], Rows]] = {}
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


def _changed(code: Code, changes: Sequence[RuleChange]) -> Code:
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


def _own(own: pd.DataFrame, hits: pd.DataFrame, size: int) -> Own:
    beside = own.assign(hit=np.arange(len(own))).merge(hits, on="unit", suffixes=("", "_other"))
    beside = beside[(beside["start"] < beside["end_other"]) & (beside["start_other"] < beside["end"])]
    pairs = beside[["hit", "rule_other"]].drop_duplicates().to_numpy(dtype=np.int64)
    ones = np.ones(len(pairs), dtype=np.float32)
    overlap = sparse.csr_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(len(own), size))
    return Own(own["unit"].to_numpy(), own["rule"].to_numpy(), overlap)


def _given(own: Own, alive: npt.NDArray[np.bool_], size: int) -> Rows:
    """The rows that have the code by the hits that are alive."""
    rows = np.zeros(size, dtype=np.bool_)
    rows[own.unit[alive]] = True
    return rows


def _value(right: npt.NDArray[Any], count: Floats, least: float, fewest: int) -> Floats:
    """What a change is worth: the answers in which it is surely right, beyond the share it must be right in."""
    return np.where(right >= fewest, count * (at_least(right, count) - least), -1.0)


def _share(right: Rows, among: Rows) -> float:
    """The share of these answers that have the code: what a word would do by chance."""
    return float(right[among].mean()) if among.any() else 0.0


def _drops(own: Own, right: Rows, alive: npt.NDArray[np.bool_], fewest: int) -> Iterator[int]:
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


def _exceptions(own: Own, right: Rows, alive: npt.NDArray[np.bool_], fewest: int) -> Iterator[int]:
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


def _touched(own: Own, place: int) -> npt.NDArray[np.bool_]:
    touched: npt.NDArray[np.bool_] = own.overlap[:, [place]].toarray().ravel() > 0
    return touched


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of answers and candidates, by column and turned around."""

    by_name: sparse.csc_array
    turned: sparse.csr_array

    @classmethod
    def of(cls, found: sparse.csc_array, rows: Rows) -> "_Table":
        part = found[np.flatnonzero(rows)].tocsc()
        return cls(part, part.T.tocsr())

    def rows_with(self, place: int) -> Ints:
        start, end = self.by_name.indptr[place : place + 2]
        return self.by_name.indices[start:end].astype(np.int64)


def _additions(table: _Table, right: Rows, given: Rows, setting: Setting) -> Iterator[int]:
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


STEM, END, MIDDLE = 5, 4, 5
"""The fewest letters of a shared begin, of a first or last part of a compound, and of a part with `*` on both sides."""


def candidates(texts: Iterable[str], *, fewest: int, language: str = DUTCH.code) -> list[str]:
    """The candidates, each once: words, parts of compounds, shared begins, pairs of words; alphabetical in each kind.

    Words and pairs stand in at least `fewest` texts. A pattern with `*` may find fewer; whoever looks for it will see.
    Function words are no candidates, nor are pairs of them.
    """
    tokens, spoken = tokenise(texts), language_of(language)
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


def _says_something(word: str, language: Language) -> bool:
    return len(word) > 1 and word not in language.stop_words and not word.isdigit() and WORD.fullmatch(word) is not None


def _texts_with(key: Ints, text: npt.NDArray[np.int32], size: int) -> Ints:
    """In how many texts each key occurs, shape (size,)."""
    width = int(text.max()) + 1 if len(text) else 1
    return np.bincount(np.unique(key * width + text) // width, minlength=size)


def _of_compound(words: Sequence[str]) -> Iterator[str]:
    parts = [fold(part) for part in words]
    if len(parts) == 1:
        return
    if len(parts[0]) >= END:
        yield f"{parts[0]}*"
    if len(parts[-1]) >= END:
        yield f"*{parts[-1]}"
    yield from (f"*{part}*" for part in parts if len(part) >= MIDDLE)


def _begins(forms: Sequence[str]) -> list[str]:
    """The begins that two or more of the sorted forms share and that no longer begin stands for."""
    shared = (_shared(one, next_) for one, next_ in pairwise(forms))
    return sorted({f"{begin}*" for begin in shared if len(begin) >= STEM and begin[-1].isalnum()})


def _shared(one: str, other: str) -> str:
    both = zip(one, other, strict=False)
    return one[: next((place for place, (a, b) in enumerate(both) if a != b), min(len(one), len(other)))]


def _pairs(tokens: Tokens, lemma: Ints, size: int, fewest: int, language: Language) -> list[str]:
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
    return sorted(" ".join(pair) for pair in best if any(_says_something(word, language) for word in pair))
