"""The word lists: a table learnt from the treebank, simplemma's dictionary (Barbaresi 2021), and function words.

One form is looked up in dicts. Many are looked up by hash, all at once: the dicts are so large that each lookup
waits for memory, and arrays let many wait at the same time.
"""

import gzip
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

import numpy as np
import pandas as pd

from coder.languages.lines import Hashes, Keyed, Lines, Places, stretched, word_hashes
from coder.resources import resource

Pairs = tuple[Places, Hashes]

_LONGEST = 64
"""Bytes of the longest end that is looked up; what the lists have beyond it is no word."""
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


def listed_lemmas(hashes: Hashes) -> tuple[Pairs, Pairs]:
    """What the table and the dictionary give for forms by their hash: pairs (place of the form, hash of a lemma).

    The forms are as `plain` has them, the lemmas in lower case. A form has no pair where a list does not know it.
    """
    in_dictionary, in_table = _lists()
    return in_table.of(hashes), in_dictionary.of(hashes)


def known_ends(lines: Lines, front: int, end: int) -> Places:
    """After how many bytes the longest end of each line that the lists know begins; -1 where there is none.

    It has `end` bytes or more, and `front` or more before it.
    """
    first = np.maximum(lines.start + front, lines.end - _LONGEST)
    size = np.maximum(lines.end - first - end + 1, 0)
    place, of = stretched(first, size), np.repeat(np.arange(len(lines)), size)
    asked = pd.Index(word_hashes(lines.code, place, lines.end[of]))
    known = np.flatnonzero(np.any([one.keys.get_indexer(asked) >= 0 for one in _lists()], axis=0))[::-1]
    found = np.full(len(lines), -1)
    found[of[known]] = (place - lines.start[of])[known]  # the longest comes last
    return found


@lru_cache(maxsize=1)
def _lists() -> tuple[Keyed[np.uint64], Keyed[np.uint64]]:
    listed = dictionary()
    kinds = table().values()
    given = b"\n".join(listed.values()).replace(b"_", b"").decode()
    given_by_table = "\n".join(lemma for lemmas in kinds for lemma in lemmas.values())
    return (
        _keyed(b"\n".join(listed), given, [1] * len(listed)),
        _keyed("\n".join(table()).encode(), given_by_table, map(len, kinds)),
    )


def _keyed(forms: bytes, lemmas: str, sizes: Iterable[int]) -> Keyed[np.uint64]:
    keys, values = (Lines.read(lines + b"\n").hashes for lines in (forms, lemmas.lower().encode()))
    return Keyed(pd.Index(keys), np.cumsum([0, *sizes], dtype=np.int64), values)


STOP_WORDS = frozenset(
    """
    aan aangezien achter af al alle alleen allemaal alles als alsook altijd ander andere anders bent
    ben bij bijna binnen boven buiten daar daarna daarom dan dat de den der deze die dit doe doen door
    dus een eens eigenlijk elk elke en enkel er erg ergens even gaan gaat geen geraken gewoon haar had
    hadden heb hebben hebt heel heeft hem hen het hier hij hoe hoewel hun iemand iets ik in ipv is ja
    je jij jou jouw jullie kan kom komen komt kon kunnen maar me mee meer meest men met mij mijn minder
    misschien moest moet moeten mogen mss na naar nee net niet niets nog nooit nu of om omdat onder ons
    onze ook op over precies s soms steeds t te tegen toch toe tot tussen u uit uw van vanuit veel via
    voor vooral waar waarom waren was wat we weer wel werd werden wie wij wil willen word worden wordt
    wou ze zeer zei zelf zich zij zijn zo zoals zonder zou zouden zowel zullen
    """.split()
)
