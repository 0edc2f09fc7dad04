"""Lines into running text: hyphens at line ends, by the words that the document itself has elsewhere."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_LAST, _FIRST = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*$"), re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_DASHES = ("-", "‐", "‑", "\xad")
_ABBREVIATED = 5
"""Letters of an abbreviation: "EU-landen"."""
_CLASH = {"aa", "ae", "ai", "au", "ee", "ei", "eu", "ie", "ii", "oe", "oi", "oo", "ou", "ui", "uu"}
"""Letters that would be read as one sound, so that the hyphen of the spelling stays: "zonne-energie"."""
_PARTED = {"en", "of", "tot", "als", "noch", "and", "or", "et", "ou", "und", "oder", "maar", "dan", "naar"}
"""Words after which a hyphen stands for a part left out: "onderwijs- en zorgbeleid"."""


class Words:
    """The words of a document, to tell a hyphen that cuts a word from one that belongs to it."""

    def __init__(self, lines: Iterable[tuple[str, bool]]) -> None:
        """Count the words within lines; the last of one that is cut, and the first after it, are none."""
        self.counts: Counter[str] = Counter()
        after = False
        for text, cut in lines:
            found = _WORD.findall(text.casefold())
            self.counts.update(found[1 if after else 0 : len(found) - cut if found else None])
            after = cut

    def between(self, before: str, after: str) -> str:
        """What stands between a line whose hyphen was taken off and the next line: "", "-" or "- ".

        Where the whole word is in the document as often as the word with a hyphen, the hyphen goes. Where neither is,
        it stays before a capital or figure, between vowels that would be read as one, and where a part of a word is
        left out ("onderwijs- en").
        """
        last, first = _LAST.search(before), _FIRST.match(after)
        if last is None or first is None:
            return "-"
        one, two = last[0].casefold(), first[0].casefold()
        whole, hyphened = self.counts[one + two], self.counts[f"{one}-{two}"]
        if whole or hyphened:
            return "-" if hyphened > whole else ""
        if two in _PARTED:
            return "- "
        shouted = last[0].isupper() and first[0].isupper() and len(one) > 1
        sign = first[0][0].isupper() or first[0][0].isdigit() or last[0][-1].isdigit() or len(one) == 1
        sign = sign or (last[0].isupper() and len(one) <= _ABBREVIATED) or one[-1] + two[0] in _CLASH
        return "-" if sign and not shouted else ""


def ends_in_hyphen(text: str) -> bool:
    """Whether a line ends in a hyphen that may cut a word: a letter before it, as not in " -"."""
    return len(text) > 1 and text.endswith(_DASHES) and (text[-2].isalnum())


def ocr_quality(texts: Sequence[str]) -> float:
    """The share of words that a dictionary of Dutch, English or French knows, the best of these; nan for none.

    Proper names and compounds keep a good text at some .8 to .95 (seen).
    """
    from simplemma import is_known  # noqa: PLC0415 (its dictionaries are read only for what has been scanned)

    counts = Counter(word for text in texts for word in re.findall(r"[^\W\d_]{3,}", text) if word.islower())
    words = [word for word, _ in counts.most_common(2_000)]
    if not words:
        return float("nan")
    whole = sum(counts[word] for word in words)
    return max(sum(counts[word] for word in words if is_known(word, lang=lang)) / whole for lang in ("nl", "en", "fr"))
