"""Where the rules of a codebook match.

The texts are split once; each word of a rule is decided once for each distinct form; phrases,
exceptions and offsets then work on numbers. All hits are kept, overlapping ones too.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.codebook import Code, Codebook, Negation
from coder.coding import Coding, assignments
from coder.corpus import Corpus
from coder.dutch.negation import Scope, denied_by, scopes
from coder.dutch.pipeline import BUNDLED
from coder.dutch.text import tokenise
from coder.dutch.verbs import apart, find_separated
from coder.errors import CodebookError
from coder.methods.rules.forms import Forms
from coder.methods.rules.language import Way, Word, parse
from coder.version import __version__

SLIP_SCORE = 0.8
"""The score of a hit on a misspelt word; a hit as written has 1."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where a rule matched: text by its index, characters `[start, end)` of it.

    `note` says what was not as written: a slip of the pen, a verb in two parts (each part is a hit), a
    negation (`negated`).
    """

    text: int
    start: int
    end: int
    rule: str
    score: float = 1.0
    note: str = ""
    negated: bool = False

    @property
    def reason(self) -> str:
        """The hit in words: its rule, and what was not as written."""
        return f"rule {self.rule} ({self.note})" if self.note else f"rule {self.rule}"


@dataclass(frozen=True, slots=True)
class Rules:
    """Codes a corpus by the rules of the codebook; every hit is an assignment that names its rule.

    `nlp` names the spaCy pipeline that finds verbs whose particle stands apart; it is loaded only
    where a rule has such a verb and a text has its particle.
    """

    nlp: str = BUNDLED

    @property
    def name(self) -> str:
        """The coder's name."""
        return "rules"

    def code(self, corpus: Corpus, codebook: Codebook) -> Coding:
        """Look for every rule in every unit. Raises `CodebookError` on a rule that cannot be read."""
        found = find(corpus.texts, codebook, nlp=self.nlp)
        ids = corpus.ids.to_numpy()
        rows = [(ids[hit.text], code, hit) for code, hits in found.items() for hit in hits]
        frame = assignments(
            {
                "unit": [unit for unit, _, _ in rows],
                "code": [code for _, code, _ in rows],
                "score": [hit.score for _, _, hit in rows],
                "start": [hit.start for _, _, hit in rows],
                "end": [hit.end for _, _, hit in rows],
                "reason": [hit.reason for _, _, hit in rows],
            }
        )
        order = corpus.ids.get_indexer(pd.Index(frame["unit"]))
        frame = frame.iloc[np.lexsort((frame["end"], frame["start"], order))].reset_index(drop=True)
        return Coding(self.name, corpus.ids, frame, {"codebook": codebook.hash, "coder": __version__})


def find(texts: Iterable[str], codebook: Codebook, *, nlp: str = BUNDLED) -> dict[str, list[Hit]]:
    """The hits of each code that has rules; by code id, in order of rule.

    Hits that overlap an exception are taken off, and negated ones where the code says so.
    """
    compiled = [(code, *_compiled(code)) for code in codebook.codes]
    rules = [words for _, found, excepted in compiled for _, words in (*found, *excepted)]
    index = _Index(tuple(texts), rules, nlp)
    found: dict[str, list[Hit]] = {}
    for code, own, exceptions in compiled:
        hits = [hit for rule, words in own for hit in index.hits(rule, words)]
        excepted = [hit for rule, words in exceptions for hit in index.hits(rule, words)]
        kept = _apart_from(hits, excepted) if excepted else hits
        found[code.id] = [hit for hit in index.negated(kept) if _counts(hit, code.negation)]
    return found


Compiled = list[tuple[str, tuple[Word, ...]]]


def _compiled(code: Code) -> tuple[Compiled, Compiled]:
    try:
        return (
            [(rule, parse(rule)) for rule in code.rules],
            [(rule, parse(rule)) for rule in code.exceptions],
        )
    except CodebookError as error:
        raise CodebookError(f"Code {code.id!r}: {error}") from None


def _counts(hit: Hit, negation: Negation) -> bool:
    match negation:
        case Negation.COUNT:
            return True
        case Negation.SKIP:
            return not hit.negated
        case Negation.ONLY:
            return hit.negated


def _apart_from(hits: Sequence[Hit], excepted: Sequence[Hit]) -> list[Hit]:
    """The hits that overlap none of the excepted ones."""
    places: dict[int, list[Hit]] = {}
    for hit in excepted:
        places.setdefault(hit.text, []).append(hit)
    return [
        hit
        for hit in hits
        if not any(other.start < hit.end and hit.start < other.end for other in places.get(hit.text, ()))
    ]


class _Index:
    """The words of the texts, found by form."""

    def __init__(self, texts: Sequence[str], rules: Sequence[Sequence[Word]], nlp: str) -> None:
        self.tokens = tokenise(texts)
        self.forms = Forms(self.tokens.forms, (word for words in rules for word in words))
        self.order = np.argsort(self.tokens.form, kind="stable")
        self.bounds = np.searchsorted(self.tokens.form[self.order], np.arange(len(self.tokens.forms) + 1))
        wanted = {apart(words[0].text) for words in rules if len(words) == 1 and words[0].way is Way.INFLECTED}
        self.scopes: dict[int, tuple[Scope, ...]] = {}
        self.separated = find_separated(self.tokens, {verb for verb in wanted if verb is not None}, nlp)

    def hits(self, rule: str, words: Sequence[Word]) -> Iterator[Hit]:
        """Every place where these words stand in a row, and the two parts of a separated verb."""
        tokens = self.tokens
        slips = [self.forms.slips_of(word) for word in words]
        meant = [np.union1d(self.forms.of(word), slip) for word, slip in zip(words, slips, strict=True)]
        starts = self._positions(meant[0])
        for step, forms in enumerate(meant[1:], start=1):
            starts = starts[starts + step < len(tokens.form)]
            starts = starts[np.isin(tokens.form[starts + step], forms)]
        for start in starts.tolist():
            places = range(start, start + len(words))
            if not all(tokens.adjoin(place) for place in places[:-1]):
                continue
            slipped = [place for place, slip in zip(places, slips, strict=True) if tokens.form[place] in slip]
            score, note = (SLIP_SCORE, self._misspelt(slipped)) if slipped else (1.0, "")
            first, last = places[0], places[-1]
            yield Hit(int(tokens.text[first]), int(tokens.start[first]), int(tokens.end[last]), rule, score, note)
        if len(words) == 1 and words[0].way is Way.INFLECTED and (verb := apart(words[0].text)) is not None:
            for text, parts in self.separated.get(verb, ()):
                note = " … ".join(tokens.texts[text][start:end] for start, end in parts)
                yield from (Hit(text, start, end, rule, note=note) for start, end in parts)

    def negated(self, hits: Iterable[Hit]) -> Iterator[Hit]:
        """The hits, with those under a negation marked."""
        for hit in hits:
            if hit.text not in self.scopes:
                self.scopes[hit.text] = scopes(self.tokens.texts[hit.text])
            cue = denied_by(hit.start, hit.end, self.scopes[hit.text])
            if cue is None:
                yield hit
            else:
                note = f"{hit.note}, " if hit.note else ""
                yield replace(hit, negated=True, note=f"{note}negated by {cue}")

    def _positions(self, forms: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        pieces = [self.order[self.bounds[form] : self.bounds[form + 1]] for form in forms]
        return np.sort(np.concatenate(pieces)) if pieces else np.empty(0, dtype=np.int64)

    def _misspelt(self, places: Iterable[int]) -> str:
        forms = (self.tokens.forms[self.tokens.form[place]] for place in places)
        return f"spelt {', '.join(forms)}"
