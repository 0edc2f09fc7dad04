"""The word lists: a table learnt from the treebank, and simplemma's dictionary (Barbaresi 2021).

One form is looked up in dicts. Many are looked up by hash, all at once: the dicts are so large that each lookup
waits for memory, and arrays let many wait at the same time.
"""

import gzip
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.dutch.text import hashed, stretched, word_hashes
from coder.resources import resource

Marks = npt.NDArray[np.bool_]

_TABLE = resource("models/nl_coder_sm/lemmas.tsv.gz")


def plain(form: str) -> str:
    """The form in lower case, however its accents and apostrophes are stored: as the word lists have it."""
    low = form.lower()
    return low if low.isascii() else unicodedata.normalize("NFC", low).replace("’", "'")


@lru_cache(maxsize=1)
def table() -> dict[str, dict[str, str]]:
    """For each lower-cased form, its lemma by part of speech, commonest first."""
    lines = gzip.decompress(_TABLE.read_bytes()).decode("utf8").split("\n")
    found = {}
    for line in lines:
        form, *rest = line.split("\t")
        found[form] = dict(zip(rest[::2], (lemma or form for lemma in rest[1::2]), strict=True))
    return found


def looked_up(form: str) -> str | None:
    """Simplemma's lemma of a lower-cased form; None for one that it does not know."""
    found = dictionary().get(form.encode())
    return None if found is None else found.decode().replace("_", "")


@lru_cache(maxsize=1)
def dictionary() -> Mapping[bytes, bytes]:
    """Simplemma's Dutch dictionary in bytes, as it is kept: asked so, it answers in a third of the time."""
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory  # noqa: PLC0415

    found = DefaultDictionaryFactory().get_dictionary("nl")
    kept = getattr(found, "_dict", None)
    return kept if isinstance(kept, dict) else {form.encode(): lemma.encode() for form, lemma in found.items()}


def in_lists(forms: Sequence[str], lemmas: Collection[str]) -> tuple[Marks, Marks]:
    """Whether the word lists know each form, and whether they give it one of these lower-cased lemmas."""
    asked, wanted = pd.Index(hashed(plain("\n".join(forms)))), pd.Index(hashed("\n".join(set(lemmas))))
    known, given = np.zeros((2, len(forms)), dtype=np.bool_)
    for one in _lists():
        place = one.forms.get_indexer(asked)
        here = np.flatnonzero(place >= 0)
        size = np.diff(one.bounds)[place[here]]
        lemma = one.lemmas[stretched(one.bounds[place[here]], size)]
        known[here] = True
        given[np.repeat(here, size)[wanted.get_indexer(pd.Index(lemma)) >= 0]] = True
    return known, given


def known_ends(forms: Sequence[str], front: int, end: int) -> list[int]:
    """Where the longest end that the lists know begins in each form, lower-cased and in ASCII; -1 where there is none.

    It has `end` letters or more, and `front` or more before it.
    """
    code = np.frombuffer("\n".join([*forms, ""]).encode() + bytes(8), dtype=np.uint8)
    ends = np.flatnonzero(code == ord("\n"))
    starts = np.append(0, ends[:-1] + 1)[: len(forms)]
    size = np.maximum(ends - starts - front - end + 1, 0)
    place, of = stretched(starts + front, size), np.repeat(np.arange(len(forms)), size)
    asked = pd.Index(word_hashes(code, place, ends[of]))
    known = np.flatnonzero(np.any([one.forms.get_indexer(asked) >= 0 for one in _lists()], axis=0))[::-1]
    found = np.full(len(forms), -1)
    found[of[known]] = (place - starts[of])[known]  # the longest comes last
    return found.tolist()


class _Hashed(NamedTuple):
    """A word list as hashes: the lemmas of a form are `lemmas[bounds[place]:bounds[place + 1]]`, in lower case."""

    forms: "pd.Index[int]"
    bounds: npt.NDArray[np.int64]
    lemmas: npt.NDArray[np.uint64]


@lru_cache(maxsize=1)
def _lists() -> tuple[_Hashed, _Hashed]:
    listed = dictionary()
    lines = b"\n".join(listed).decode(), b"\n".join(listed.values()).decode().replace("_", "")
    kinds = table().values()
    of_table = "\n".join(table()), "\n".join(lemma for lemmas in kinds for lemma in lemmas.values())
    return _hashed(*lines, [1] * len(listed)), _hashed(*of_table, map(len, kinds))


def _hashed(forms: str, lemmas: str, sizes: Iterable[int]) -> _Hashed:
    bounds = np.cumsum([0, *sizes], dtype=np.int64)
    return _Hashed(pd.Index(hashed(forms)), bounds, hashed(lemmas.lower()))
