"""Words and phrases of answers, written as rules: what may be suggested for a codebook.

They are chosen without looking at anybody's codes: a word (which finds its inflections), the shared begin of several
words (`communic*`), a part of compounds (`jeugd*`, `*media`, `*werk*`), or two words in a row.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from coder.arrays import Ints
from coder.languages.language import Language
from coder.languages.text import WORD, Tokens, fold, tokenise

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
