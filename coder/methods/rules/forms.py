"""Which forms of the texts the words of rules mean, decided once for each distinct form.

What can be is asked of all forms at once: those that begin or end as a word of a rule are a range of the sorted
forms, the word lists are asked for all lemmas in one go, slips of the pen (words one edit away from a known one) are
found by hashes. What is left, forms that may have a lemma that no list gives, are worked out one by one.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from coder.languages.language import DUTCH, Language
from coder.languages.lines import Keyed, Lines, Places, stretched
from coder.languages.nl.lemmas import DERIVED, form_lemma, form_lemmas, is_known, lemmas_by_end
from coder.languages.nl.word_lists import listed_lemmas
from coder.languages.text import Forms, fold
from coder.methods.rules.syntax import Way, Word
from coder.methods.rules.word_spans import Numbers

_SHARED, _FEWEST = 3, 3
"""A form that no list settles is looked at when it begins as the word does, but for its last three letters."""

Marks = npt.NDArray[np.bool_]
Pairs = tuple[Places, Places]
"""Numbers of forms, and of the words of rules that they are."""


class Lexicon:
    """What the forms seen so far mean: the pairs of a form and a word of a rule that it is, ascending."""

    def __init__(self, words: Sequence[Word], spoken: Language) -> None:
        self._words = RuleWords(words, spoken)
        self.size = 0
        self.form, self.word = np.empty((2, 0), dtype=np.int64)
        self.slip = np.empty(0, dtype=np.bool_)

    def decide(self, new: Forms) -> None:
        """Decide forms that are new; they get the next numbers, as in a vocabulary."""
        pairs, slip = self._words.recognise(new)
        self.form = np.concatenate([self.form, pairs[:, 0] + self.size])
        self.word = np.concatenate([self.word, pairs[:, 1]])
        self.slip = np.concatenate([self.slip, slip])
        self.size += len(new)

    def times(self, form: Numbers) -> Numbers:
        """How often each word stands among these forms."""
        of_form = np.bincount(form, minlength=self.size)
        weights = of_form[self.form]
        return np.bincount(self.word, weights, len(self._words.words)).astype(np.int64)

    def places(self, form: Numbers, word: Numbers) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        """Whether forms mean words, one by one, and where that stands among the pairs."""
        width = len(self._words.words)
        keys, asked = self.form * width + self.word, form * width + word
        index = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
        return index, keys[index] == asked


class RuleWords:
    """The words of rules, each with its number, recognised in forms."""

    def __init__(self, words: Sequence[Word], spoken: Language = DUTCH) -> None:
        self.words = words
        self._language = spoken
        self._inflected = np.asarray([word.way is Way.INFLECTED for word in words], dtype=np.bool_)
        self._cased: dict[str, list[int]] = {}
        written: list[tuple[str, int]] = []
        lemmas: list[tuple[str, int]] = []
        wild: list[tuple[int, str]] = []
        for number, (word, folded) in enumerate(zip(words, _folded([word.text for word in words]), strict=True)):
            match word.way:
                case Way.INFLECTED:
                    written.append((folded, number))
                    lemmas += [(lemma, number) for lemma in {word.text.lower(), *self._language.lemmas(word.text)}]
                case Way.WILD:
                    wild.append((number, folded))
                case Way.WRITTEN:
                    written.append((folded, number))
                case Way.CASED:
                    self._cased.setdefault(_plain(word.text), []).append(number)
        self._wild = _Patterns(wild)
        self._written, self._lemmas = _keyed(written), _keyed(lemmas)
        self._lemma_lines = Lines.of([lemma for lemma, _ in lemmas])
        self._beginnings = list({lemma[: max(_FEWEST, len(lemma) - _SHARED)] for lemma, _ in lemmas})
        self._terms = Terms(dict.fromkeys(text for text, number in written if self._inflected[number]))

    def recognise(self, forms: Forms) -> tuple[npt.NDArray[np.int64], Marks]:
        """What the forms mean: rows (form, word) of numbers, ascending, and whether each is a slip of the pen."""
        if self._language is not DUTCH:
            return self._recognised(forms)
        return self._rows(*self._meant(forms))

    def _recognised(self, forms: Forms) -> tuple[npt.NDArray[np.int64], Marks]:
        """The same in another language than Dutch: a word means too what is left of it without "l'" or "'s"."""
        joined = [(number, bare) for number, form in enumerate(forms.written) if (bare := self._language.bare(form))]
        whose = np.append(np.arange(len(forms)), [number for number, _ in joined]).astype(np.int64)
        every = Forms([*forms.written, *(bare for _, bare in joined)]) if joined else forms
        meant = [self._written.of(every.lines.hashes[every.folded]), self._as_cased(every), *self._wild.matching(every)]
        if self._beginnings:
            found = [
                (number, lemma) for number, form in enumerate(every.written) for lemma in self._language.lemmas(form)
            ]
            which, word = self._lemmas.of(Lines.of([lemma for _, lemma in found]).hashes)
            meant.append((np.asarray([number for number, _ in found], dtype=np.int64)[which], word))
        return self._rows([(whose[form], word) for form, word in meant], _NO_PAIRS)

    def _meant(self, forms: Forms) -> tuple[list[Pairs], Pairs]:
        """What Dutch forms mean, and what they mean by a slip of the pen."""
        meant = [self._written.of(forms.lines.hashes[forms.folded]), self._as_cased(forms), *self._wild.matching(forms)]
        slips = _NO_PAIRS
        if self._beginnings and len(forms):
            known = np.zeros(len(forms), dtype=np.bool_)
            meant += self._inflections(forms, known)
            slips = self._slips(forms, np.flatnonzero(~known))
        return meant, slips

    def _rows(self, meant: Sequence[Pairs], slips: Pairs) -> tuple[npt.NDArray[np.int64], Marks]:
        """The pairs as rows, those that are slips marked."""
        width = max(len(self.words), 1)
        plain = np.unique(np.concatenate([form * width + word for form, word in meant]))
        keys = np.concatenate([plain, np.setdiff1d(slips[0] * width + slips[1], plain)])
        order = np.argsort(keys)
        return np.stack(np.divmod(keys[order], width), axis=1), order >= len(plain)

    def _as_cased(self, forms: Forms) -> Pairs:
        if not self._cased:
            return _NO_PAIRS
        return _pairs(
            [(number, word) for number, form in enumerate(forms.written) for word in self._cased.get(_plain(form), ())]
        )

    def _inflections(self, forms: Forms, known: Marks) -> Iterator[Pairs]:
        """Forms that have the lemma of a word. Marks the forms that a word list knows."""
        hashes = forms.lines.hashes[forms.plain]
        in_table, in_dictionary = listed_lemmas(hashes)
        known[in_table[0]] = known[in_dictionary[0]] = True
        own = np.zeros_like(known)
        own[self._lemmas.of(hashes)[0]] = True
        for place, lemma in (in_table, in_dictionary):
            which, word = self._lemmas.of(lemma)
            yield place[which], word
            own[place[lemma == hashes[place]]] = False
        asked = self._alike(forms, known)
        asked[in_table[0]] = asked[own] = False
        derived = asked & forms.lines.ended(DERIVED)[forms.plain]
        found = [
            (number, lemma) for number in np.flatnonzero(own).tolist() for lemma in form_lemmas(forms.written[number])
        ]
        found += [(number, form_lemma(forms.written[number])) for number in np.flatnonzero(derived).tolist()]
        others = np.flatnonzero(asked & ~known & ~derived)
        by_end = lemmas_by_end(forms.lines.take(forms.plain[others]), self._lemma_lines)
        found += [(int(others[place]), lemma) for place, lemma in by_end]
        which, word = self._lemmas.of(Lines.of([lemma for _, lemma in found]).hashes)
        yield np.asarray([number for number, _ in found], dtype=np.int64)[which], word

    def _alike(self, forms: Forms, known: Marks) -> Marks:
        """The forms that begin as the lemma of a word does; unknown ones may be participles."""
        which, form = forms.begun([*self._beginnings, "ge"], forms.plain)
        found = np.zeros_like(known)
        found[form[(which < len(self._beginnings)) | ~known[form]]] = True
        return found

    def _slips(self, forms: Forms, unlisted: Places) -> Pairs:
        """Unknown forms that are one slip of the pen away from an inflected word."""
        near = self._terms.near(forms.lines.take(forms.folded[unlisted]).texts())
        found = [
            (number, term)
            for number, term in ((int(unlisted[place]), term) for place, term in near)
            if not is_known(forms.written[number])
        ]
        which, word = self._written.of(Lines.of([term for _, term in found]).hashes)
        form = np.asarray([number for number, _ in found], dtype=np.int64)[which]
        return form[self._inflected[word]], word[self._inflected[word]]


class _Patterns:
    """Words with wildcards, looked up by their longest stretch of letters at the start or the end, else anywhere."""

    def __init__(self, patterns: Iterable[tuple[int, str]]) -> None:
        self._starts: list[tuple[str, int, re.Pattern[str] | None]] = []
        self._ends: list[tuple[str, int, re.Pattern[str] | None]] = []
        self._inside: list[tuple[int, str, re.Pattern[str]]] = []
        for number, text in patterns:
            first, *_, last = literals = re.split(r"[*?]", text)
            if first:
                self._starts.append((first, number, None if text == f"{first}*" else _whole(text)))
            elif last:
                self._ends.append((last[::-1], number, None if text == f"*{last}" else _whole(text)))
            else:
                self._inside.append((number, max(literals, key=len), _whole(text)))

    def matching(self, forms: Forms) -> Iterator[Pairs]:
        """The forms, and the words that they are."""
        folded = forms.lines.take(forms.folded)
        if self._starts:
            yield _matched(self._starts, *forms.begun([start for start, *_ in self._starts], forms.folded), folded)
        if self._ends:
            turned = Lines.of("\n".join(folded.texts())[::-1].split("\n")[::-1])
            yield _matched(self._ends, *turned.begun([end for end, *_ in self._ends]), folded)
        if self._inside:
            yield _pairs(list(self._anywhere(folded.texts())))

    def _anywhere(self, folded: Sequence[str]) -> Iterator[tuple[int, int]]:
        lines = "\n".join(folded)
        lengths = np.fromiter(map(len, folded), dtype=np.int64, count=len(folded))
        ends = np.cumsum(lengths + 1)
        for word, needle, whole in self._inside:
            places = [match.start() for match in re.finditer(re.escape(needle), lines)] if needle else ends - 1
            for number in np.unique(np.searchsorted(ends, places, side="right")).tolist():
                if number < len(folded) and whole.fullmatch(folded[number]):
                    yield number, word


def _matched(
    wanted: Sequence[tuple[str, int, re.Pattern[str] | None]], which: Places, form: Places, folded: Lines
) -> Pairs:
    """Of forms that begin or end as a pattern does, those where all of the pattern holds."""
    held = np.ones(len(which), dtype=np.bool_)
    more = np.flatnonzero(np.asarray([whole is not None for _, _, whole in wanted])[which])
    for place, text in zip(more.tolist(), folded.take(form[more]).texts(), strict=True):
        whole = wanted[which[place]][2]
        held[place] = whole is None or whole.fullmatch(text) is not None
    return form[held], np.asarray([word for _, word, _ in wanted], dtype=np.int64)[which[held]]


def _folded(texts: Sequence[str]) -> list[str]:
    return fold("\n".join(texts)).split("\n") if texts else []


def _keyed(words: Sequence[tuple[str, int]]) -> Keyed[np.int64]:
    numbers = np.asarray([number for _, number in words], dtype=np.int64)
    return Keyed.by(Lines.of([text for text, _ in words]).hashes, numbers)


def _pairs(rows: Sequence[tuple[int, int]]) -> Pairs:
    form, word = np.asarray(rows, dtype=np.int64).reshape(-1, 2).T
    return form, word


_NO_PAIRS = _pairs([])


def _whole(pattern: str) -> re.Pattern[str]:
    """All of a pattern. Each part between two `*` is taken where it stands first, for good: no word takes long."""
    first, *parts = (re.escape(part).replace(r"\?", ".") for part in re.sub(r"\*+", "*", pattern).split("*"))
    if not parts:
        return re.compile(first)
    return re.compile(first + "".join(f"(?>.*?{part})" for part in parts[:-1]) + f".*{parts[-1]}")


def _plain(text: str) -> str:
    """The text with its case, however its accents and apostrophes are stored."""
    return unicodedata.normalize("NFC", text).replace("’", "'")


SHORTEST = 6
"""Shorter words have too many neighbours that are words of their own."""
_BASE = 0x9E3779B97F4A7C15
_BACK = pow(_BASE, -1, 2**64)
"""A word is a number of this odd base modulo 2**64, so that leaving a letter out is a sum and a product."""
_SIEVE = 16

Hashes = npt.NDArray[np.uint64]


class Terms:
    """Terms to which a slip of the pen is looked for; those shorter than six letters have none.

    Two words that differ by one edit are alike when a letter is left out of one or of both (Garbe 2012), so that
    the hashes of all that is left are compared, and only words that share one are looked at.
    """

    def __init__(self, terms: Iterable[str]) -> None:
        self._terms = [term for term in terms if len(term) >= SHORTEST]
        self._known = frozenset(self._terms)
        hashes, number = _shortened(self._terms)
        order = np.argsort(hashes)
        self._hashes, self._number = hashes[order], number[order]
        self._sieve = np.zeros(1 << _SIEVE, dtype=np.bool_)
        self._sieve[self._hashes >> np.uint64(64 - _SIEVE)] = True

    def near(self, words: Sequence[str]) -> list[tuple[int, str]]:
        """The words, by number, with each term that differs by one edit: a letter more, less, other, or two swapped.

        None for a word of fewer than six letters, and for a term. A word that begins with another letter is
        no slip of it: people get the first letter right.
        """
        asked = [number for number, word in enumerate(words) if len(word) >= SHORTEST and word not in self._known]
        hashes, which = _shortened([words[number] for number in asked])
        kept = np.flatnonzero(self._sieve[hashes >> np.uint64(64 - _SIEVE)])  # most are no term's, which this tells
        low = np.searchsorted(self._hashes, hashes[kept])
        size = np.searchsorted(self._hashes, hashes[kept], side="right") - low
        pairs = np.stack([np.repeat(which[kept], size), self._number[stretched(low, size)]], axis=1)
        found = ((asked[word], self._terms[term]) for word, term in np.unique(pairs, axis=0).tolist())
        return [(word, term) for word, term in found if words[word][0] == term[0] and _one_edit(words[word], term)]


def _shortened(words: Sequence[str]) -> tuple[Hashes, Numbers]:
    """The hashes of each word and of the word without each of its letters, and the number of the word of each."""
    letters = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    sizes = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    ends = np.cumsum(sizes)
    powers = np.full(sizes.max(initial=0) + 1, _BASE, dtype=np.uint64)
    powers[0] = 1
    powers = np.cumprod(powers, dtype=np.uint64)
    sums = np.zeros(len(letters) + 1, dtype=np.uint64)
    np.cumsum(letters * powers[stretched(np.zeros_like(sizes), sizes)], out=sums[1:])
    number = np.repeat(np.arange(len(words)), sizes)
    whole = sums[ends] - sums[ends - sizes]
    before, after = sums[:-1] - sums[ends - sizes][number], sums[ends][number] - sums[1:]
    return np.concatenate([whole, before + after * np.uint64(_BACK)]), np.append(np.arange(len(words)), number)


def _one_edit(word: str, term: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours makes the one the other."""
    start = next((place for place, (a, b) in enumerate(zip(word, term, strict=False)) if a != b), None)
    if start is None:
        return abs(len(word) - len(term)) == 1
    rest, wanted = word[start:], term[start:]
    swapped = rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:]
    return rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:] or swapped
