"""Names and addresses out of quotes: what gives a person away becomes "[naam]", "[e-mail]", "[adres]".

A person must still look: see the manual for what is missed.
"""

from collections.abc import Iterable, Sequence

from coder.dutch.personal import Found, find_personal
from coder.words import area

Span = tuple[int, int]


def mask(
    text: str, spans: Sequence[Span] = (), *, language: str = "nl", keep: Iterable[str] = ()
) -> tuple[str, tuple[Span, ...]]:
    """The text with a placeholder for what may give a person away, and where its `spans` are now.

    A span keeps its words; one that touches what was masked takes in the whole placeholder. All else
    stays verbatim. See `find_personal` for `keep`.
    """
    found = find_personal(text, keep=keep)
    parts: list[str] = []
    place = size = 0
    now: list[tuple[Found, int, int]] = []
    for one in found:
        written = area("masking", language)[one.kind]
        parts += [text[place : one.start], written]
        size += one.start - place
        now.append((one, size, size + len(written)))
        size += len(written)
        place = one.end
    return "".join([*parts, text[place:]]), tuple(_moved(span, now) for span in spans)


def _moved(span: Span, now: Sequence[tuple[Found, int, int]]) -> Span:
    return _place(span[0], now, at_end=False), _place(span[1], now, at_end=True)


def _place(at: int, now: Sequence[tuple[Found, int, int]], *, at_end: bool) -> int:
    """Where a character is now; inside what was masked, the start or the end of the placeholder."""
    shift = 0
    for one, start, end in now:
        if at <= one.start:
            break
        if at < one.end:
            return end if at_end else start
        shift = end - one.end
    return at + shift
