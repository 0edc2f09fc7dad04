"""What is proposed for the answers that are shown next, by rules and by the model, and the words it is proposed for."""

import re
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from coder.codebook import Codebook
from coder.coding import Reason
from coder.languages.language import Language, language_of
from coder.learning.predictions import HALF
from coder.methods.classifier import Classifier
from coder.methods.rules.engine import Engine
from coder.study import Proposal
from coder.study.retrain import Learned

_PIECE = re.compile(r"\S+")
_SIGNS = ".,;:!?()[]{}'\"“”‘’«»…-–—/*"
_MARKED = 3
"""So many words are marked of a code that the model proposes."""
_LEAST = 0.25
"""A word is marked that adds so much of what the heaviest word adds."""


def telling(model: Classifier, texts: Sequence[str]) -> list[npt.NDArray[np.float64]]:
    """What each word of each text (between white space) weighs for each code, shape (words, codes) a text.

    Each word is weighed on its own, by its n-grams: `coder explain` shares those of pairs out too, and costs more
    than a page that shows the next answers has.
    """
    words = [_PIECE.findall(text) for text in texts]
    distinct = sorted({word for one in words for word in one})
    if not distinct:
        return [np.zeros((0, len(model.codes))) for _ in texts]
    place = {word: number for number, word in enumerate(distinct)}
    features = model.features
    first = len(features.words.names_)
    second = first + len(features.characters.names_)
    weights = model.weights.both
    weighed = features.words.transform(distinct) @ weights[:, :first].T
    weighed = weighed + features.characters.transform(distinct) @ weights[:, first:second].T
    return [weighed[[place[word] for word in one]] if one else np.zeros((0, len(model.codes))) for one in words]


def heaviest(
    text: str, weights: npt.NDArray[np.float64], spoken: Language, within: tuple[int, int] | None = None
) -> list[tuple[int, int]]:
    """Where the words stand that weigh most for a code, in the clause `within`; `weights` has a number a word.

    Function words are left out: they weigh by chance, and tell nobody why.
    """
    pieces = list(_PIECE.finditer(text))
    first, last = within or (0, len(text))
    left_out = [spoken.is_function(one[0]) or one.end() <= first or one.start() >= last for one in pieces]
    weights = np.where(left_out, 0.0, weights)
    if not len(weights) or weights.max() <= 0:
        return []
    chosen = [place for place in np.argsort(-weights)[:_MARKED] if weights[place] >= _LEAST * weights.max()]
    return [_bare(pieces[place]) for place in sorted(chosen)]


def _bare(piece: re.Match[str]) -> tuple[int, int]:
    """Where a piece stands, without the signs around its word."""
    start, end = piece.span()
    kept = piece[0].strip(_SIGNS)
    return (start + piece[0].index(kept), start + piece[0].index(kept) + len(kept)) if kept else (start, end)


MOST = 7
"""So many proposals are shown, at most."""
LIKELY = 0.15
"""The model proposes from this probability on; from its threshold on the code is filled in beforehand."""
_KEPT = 5_000


Why = tuple[tuple[int, int], tuple[tuple[int, int], ...]]
"""A clause, and the words in it that weigh most: where they start and end."""


@dataclass(frozen=True, slots=True)
class ShownHit:
    """Where a rule hit in a text, and why."""

    code: str
    start: int
    end: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Proposed:
    """A code that is proposed. `on`: Enter gives it. `chance` is None where the machine learned nothing of the code.

    `place` is the clause that carries it to the model, `words` those in it that weigh most.
    """

    code: str
    on: bool
    chance: float | None
    hits: tuple[ShownHit, ...]
    words: tuple[tuple[int, int], ...]
    place: tuple[int, int] = (-1, -1)


@dataclass
class Proposer:
    """Makes proposals with one codebook and one model; what was made is kept for a while.

    `before` made those that are still shown, before the machine learned again. Methods may be called from several
    threads.
    """

    engine: Engine
    book: Codebook
    learned: Learned | None
    before: "Proposer | None" = None
    _rows: Mapping[str, int] = field(default_factory=dict)
    _made: OrderedDict[str, list[Proposed]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        if self.learned is not None:
            self._rows = {unit: row for row, unit in enumerate(self.learned.units)}

    @property
    def _weighed(self) -> bool:
        """Whether what was learned took these rules into account."""
        return self.learned is not None and self.learned.weighed == self.book.hash

    def of(self, texts: Mapping[str, str]) -> dict[str, list[Proposed]]:
        """What is proposed for each of these units, what Enter gives first, then by probability."""
        with self._lock:
            found = {unit: self._made[unit] for unit in texts if unit in self._made}
        new = {unit: text for unit, text in texts.items() if unit not in found}
        if new:
            hits = self._hits(list(new.values()))
            chances = [self._chances(unit) for unit in new]
            likely = [{code for code, (chance, _) in one.items() if chance >= LIKELY} for one in chances]
            weights = self._weights(list(new.values()), likely)
            for unit, hit, chance, words in zip(new, hits, chances, weights, strict=True):
                found[unit] = _proposed(hit, chance, words, weighed=self._weighed)
        with self._lock:
            for unit in texts:
                self._made[unit] = found[unit]
                self._made.move_to_end(unit)
            while len(self._made) > max(_KEPT, len(texts)):
                self._made.popitem(last=False)
        return found

    def chance(self, unit: str, code: str) -> float | None:
        """The probability of a code; None where the machine learned nothing of it, or does not know the unit."""
        return self._chances(unit).get(code, (None, False))[0]

    def record(self, unit: str, text: str, code: str) -> Proposal | None:
        """What a decision came from: the proposal of this code that was shown, as the study keeps it."""
        if self._earlier(unit) and self.before is not None:
            return self.before.record(unit, text, code)
        found = next((one for one in self.of({unit: text})[unit] if one.code == code), None)
        if found is None:
            return None
        version = str(self.learned.version) if self.learned is not None else ""
        if found.hits:
            hit = found.hits[0]
            return Proposal("rules", hit.reason, hit.start, hit.end, found.chance, version)
        start, end = found.place
        return Proposal("classifier", start=start, end=end, probability=found.chance, model=version)

    def prepare(self, texts: Mapping[str, str]) -> None:
        """Make the proposals of these units that none was made for, all at once."""
        self.of({unit: text for unit, text in texts.items() if not self._earlier(unit)})

    def made(self, unit: str) -> bool:
        """Whether it made the proposals of a unit, and still has them."""
        return unit in self._made

    def _earlier(self, unit: str) -> bool:
        """Whether what is shown of a unit was made before the machine learned again."""
        return not self.made(unit) and self.before is not None and self.before.made(unit)

    def _hits(self, texts: Sequence[str]) -> list[list[ShownHit]]:
        found: list[list[ShownHit]] = [[] for _ in texts]
        hits = self.engine.find(texts)
        places = (hits.rule.tolist(), hits.text.tolist(), hits.start.tolist(), hits.end.tolist())
        for rule, text, start, end, reason in zip(*places, hits.reasons, strict=True):
            found[text].append(ShownHit(hits.rules[rule][0], start, end, reason))
        return found

    def _chances(self, unit: str) -> dict[str, tuple[float, bool]]:
        """The probability of each code, and whether the model gives it."""
        learned = self.learned
        if learned is None or unit not in self._rows or not learned.codes:
            return {}
        row = learned.probabilities[self._rows[unit]].tolist()
        return {
            code: (chance, chance >= limit)
            for code, chance, limit in zip(learned.codes, row, learned.thresholds, strict=True)
            if code in self.book.ids
        }

    def _weights(self, texts: Sequence[str], likely: Sequence[set[str]]) -> list[dict[str, Why]]:
        """Of each text the clause of each likely code, and the words in it that weigh most."""
        model = self.learned.model if self.learned is not None else None
        if model is None or not any(likely):
            return [{} for _ in texts]
        found: list[dict[str, Why]] = []
        spoken = language_of(self.book.language)
        of_words, (_, places) = telling(model, texts), model.places(texts)
        for text, weights, place, wanted in zip(texts, of_words, places, likely, strict=True):
            why = {}
            for code in sorted(wanted.intersection(model.codes)):
                start, end = place[model.codes.index(code)].tolist()
                words = heaviest(text, _column(model, weights, code), spoken, (start, end))
                why[code] = ((start, end), tuple(words))
            found.append(why)
        return found


def _column(model: Classifier, weights: npt.NDArray[np.float64], code: str) -> npt.NDArray[np.float64]:
    return np.asarray(weights[:, model.codes.index(code)])


def _proposed(
    hits: Sequence[ShownHit],
    chances: Mapping[str, tuple[float, bool]],
    whys: Mapping[str, Why],
    *,
    weighed: bool,
) -> list[Proposed]:
    """A rule proposes by itself unless it was weighed; Enter does not take what is less likely than not."""
    by_rule: dict[str, list[ShownHit]] = {}
    for hit in hits:
        by_rule.setdefault(hit.code, []).append(hit)
    likely = [code for code, (chance, _) in chances.items() if chance >= LIKELY]
    found = []
    for code in dict.fromkeys([*by_rule, *likely]):
        chance, sure = chances.get(code, (None, False))
        mine = tuple(by_rule.get(code, ()))
        place, words = whys.get(code, ((-1, -1), ()))
        on = (sure and (chance or 0) >= HALF) or (bool(mine) and not weighed)
        found.append(Proposed(code, on, chance, mine, words, place))
    return sorted(found, key=lambda one: (not one.on, -(one.chance or 0)))[:MOST]
