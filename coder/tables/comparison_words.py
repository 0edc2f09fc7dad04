"""The words of comparisons in Dutch and English, and how their numbers are written."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from coder.tables.words import words
from coder.words import area

UP, DOWN, SAME = "▲", "▼", "sq"
"""What became of a code: significantly more, significantly less, or neither (status quo)."""
_LEAST_P = 0.001
_MINUS = "\N{MINUS SIGN}"


def comparison_words(language: str) -> Mapping[str, str]:
    """The words in this language."""
    return {**words(language), **area("comparison", language)}


def points(value: float, language: str) -> str:
    """A difference in percentage points with its sign and one decimal, half up: "+6,3", "0,0"."""
    rounded = Decimal(repr(round(abs(float(value)), 9))).quantize(Decimal("0.1"), ROUND_HALF_UP)
    sign = "" if not rounded else "+" if value > 0 else _MINUS
    return sign + _local(str(rounded), language)


def with_interval(value: float, low: float, high: float, language: str) -> str:
    """A difference with its interval, "+6,3 (+1,0 tot +11,6)"; without one where it is not known, "" for nan."""
    if value != value:  # noqa: PLR0124 (nan)
        return ""
    if low != low:  # noqa: PLR0124
        return points(value, language)
    to = area("comparison", language)["to"]
    return f"{points(value, language)} ({points(low, language)} {to} {points(high, language)})"


def between(low: float, high: float, language: str) -> str:
    """An interval of a percentage, its ends with one decimal; "" where it is not known."""
    if low != low:  # noqa: PLR0124 (nan)
        return ""
    return f"{_local(f'{max(low, 0):.1f}', language)}–{_local(f'{min(high, 100):.1f}', language)}"


def probability(p: float, language: str) -> str:
    """A p value as printed: "0,034", "<0,001", "" for nan."""
    if p != p:  # noqa: PLR0124
        return ""
    return "<" + _local(str(_LEAST_P), language) if p < _LEAST_P else _local(f"{p:.3f}", language)


def percentage(share: float, language: str) -> str:
    """A level such as 0.95 as a percentage, "95" or "99,9"."""
    return _local(f"{share * 100:.6g}", language)


def _local(number: str, language: str) -> str:
    return number.replace(".", ",") if language == "nl" else number
