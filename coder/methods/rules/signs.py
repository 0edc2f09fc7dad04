"""Signs that carry meaning: what stands right before and after a word of a rule, so that `c++` is not `c`.

A comma, a quote or a hyphen parts words and says nothing; a plus, a hash or a per cent sign is part of what is
looked for. A word of a rule asks for its signs as two patterns, for the text before it and the text after it.
"""

import re
from collections.abc import Sequence

from coder.languages.text import MARKS
from coder.unseen import EMOJI

_SAYS = rf"(?:_|[^\w\s.,;:!?…'’\"“”„‟«»‹›‘‚‛()\[\]{{}}/\\|\-‐-―−⁃•·{MARKS}])"
"""A sign that carries meaning."""
SIGN = re.compile(_SAYS)
_RUN = re.compile(f"{_SAYS}+")
_LOOSE = re.compile(r"[&%‰€$£¥°]+")
"""These mean the same with a space: "100%", "100 %"."""
_BEFORE = re.compile(rf"(?P<signs>{_SAYS}+)(?P<space>\s*)\Z")
_AFTER = re.compile(rf"(?P<space>\s*)(?P<signs>{_SAYS}+)(?P<rest>.?)", re.DOTALL)
_LEAD = re.compile(r"\.|[:;]-?")
"""What carries meaning before a rule's first word alone: .net, :D."""
_POINT = re.compile(r"[\s\"'“‘(]\.\Z")
_IN_NUMBER = re.compile("[.,:/]")
_LETTER = r"[^\W_]"
_WINDOW = 200
"""Characters before a word that a pattern for them looks at; a rule with as many signs in a row is not written."""

Span = tuple[int, int]


def around(text: str, words: Sequence[Span]) -> list[tuple[str, str]]:
    """For each word of a rule, at these characters of it, the patterns for what stands before and after it.

    "" where nothing is asked. A sign between two words is asked after the first.
    """
    before, after = [""] * len(words), [""] * len(words)
    edges = [0, *(edge for span in words for edge in span), len(text)]
    for place, (start, end) in enumerate(zip(edges[::2], edges[1::2], strict=True)):
        gap = text[start:end]
        if 0 < place < len(words):
            after[place - 1] = _between(gap, text[start - 1], text[end]) or _after(gap, is_last=False)
            if after[place - 1] and len(_RUN.findall(gap)) <= 1:
                continue
        elif place:
            after[place - 1] = _after(gap, is_last=True)
        if place < len(words):
            before[place] = _before(gap, is_first=place == 0)
    return list(zip(before, after, strict=True))


def unasked(text: str, words: Sequence[Span], asked: Sequence[tuple[str, str]]) -> re.Match[str] | None:
    """The first signs of a rule that no word asks for, as in `(c) ++`; `words` and `asked` as in `around`."""
    edges = [0, *(edge for span in words for edge in span), len(text)]
    before, after = [*(one for one, _ in asked), ""], ["", *(other for _, other in asked)]
    for start, end, ahead, behind in zip(edges[::2], edges[1::2], before, after, strict=True):
        runs = list(_RUN.finditer(text, start, end))
        is_asked = bool(behind) + bool(ahead and _BEFORE.search(text[start:end]))
        if len(runs) > is_asked:
            return runs[-1 if behind else 0]
    return None


def with_signs(text: str, start: int, end: int, before: str, after: str) -> Span | None:
    """The characters of a word, at `[start, end)` of a text, and its signs; None where they do not stand there."""
    if before:
        found = re.search(before, text[max(start - _WINDOW, 0) : start])
        if found is None:
            return None
        start -= len(found[0])
    if after:
        found = re.compile(after).match(text, end)
        if found is None:
            return None
        end = found.end()
    return start, end


def _between(gap: str, last: str, first: str) -> str:
    """A sign within what is written as one: r&d, 3,5."""
    if last.isdecimal() and first.isdecimal() and _IN_NUMBER.fullmatch(gap):
        return rf"{re.escape(gap)}(?=\d)"
    if not gap or SIGN.sub("", gap):
        return ""
    space = r"\s*" if _LOOSE.fullmatch(gap) else ""
    return f"{space}{re.escape(gap)}{space}(?={_LETTER}|[{EMOJI}])"


def _after(gap: str, *, is_last: bool) -> str:
    """A sign behind a word: c++, 100%; with space around it where it stands between words: r & d."""
    found = _AFTER.match(gap)
    if found is None:
        return ""
    signs = found["signs"]
    if found["space"] and not is_last and not _LOOSE.fullmatch(signs) and not found["rest"].isspace():
        return ""  # it belongs to the word that follows
    space = r"\s*" if found["space"] or _LOOSE.fullmatch(signs) else ""
    end = "" if found["space"] else f"(?!{_LETTER})"
    return f"{space}{re.escape(signs)}(?!{re.escape(signs[-1])}){end}"


def _before(gap: str, *, is_first: bool) -> str:
    """A sign before a word: #mee, @naam, € 50; and what leads .net and :D."""
    found = _BEFORE.search(gap)
    if found is None:
        lead = gap if is_first and _LEAD.fullmatch(gap) else "." if _POINT.search(gap) else ""
        return rf"(?<!{re.escape(lead[0])})(?<!{_LETTER}){re.escape(lead)}\Z" if lead else ""
    signs = found["signs"]
    space = r"\s*" if found["space"] or _LOOSE.fullmatch(signs) else ""
    start = "" if found["space"] else f"(?<!{_LETTER})"
    return rf"(?<!{re.escape(signs[0])}){start}{re.escape(signs)}{space}\Z"
