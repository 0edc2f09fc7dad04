"""Numbers and dates as people of a language write them (by Babel, with the data of CLDR)."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from babel import Locale

_REGIONS = {"nl": "nl_BE", "en": "en_GB", "fr": "fr_BE"}
"""Where a language is written in more ways than one: as in Belgium, and in Britain."""
_MINUS = "\N{MINUS SIGN}"
EXACT = 1e-6
"""An interval narrower than this is none: every answer was coded by hand."""


def tag(language: str) -> str:
    """The language as documents name it: "nl-BE"."""
    return _REGIONS.get(language, language).replace("_", "-")


@cache
def locale_of(language: str) -> "Locale":
    """What Babel knows of a language."""
    from babel import Locale  # noqa: PLC0415 (loads tables)

    return Locale.parse(_REGIONS.get(language, language))


def rounded(value: float, places: int = 0) -> Decimal:
    """A number with so many decimals, half up as people round: 0.5 is 1, 2.675 is 2.68."""
    return Decimal(repr(round(float(value), 9))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def decimal(value: float, places: int, language: str, *, grouped: bool = True) -> str:
    """A number with so many decimals: "1.024,50"; "" for nan."""
    if value != value:  # noqa: PLR0124 (nan)
        return ""
    from babel.numbers import format_decimal  # noqa: PLC0415

    whole = "#,##0" if grouped else "0"
    return format_decimal(
        rounded(value, places), whole + ("." + "0" * places if places else ""), locale=locale_of(language)
    )


def shortest(value: float, language: str) -> str:
    """A number without needless zeros, not grouped: "2,5", "30"."""
    return f"{value:g}".replace(".", locale_of(language).number_symbols["latn"]["decimal"])


def percent_sign(language: str) -> str:
    """What stands after the number of a percentage: "%", in French with a space before it that does not break."""
    return str(locale_of(language).percent_formats[None].suffix[0])


def percent(value: float, language: str) -> str:
    """A percentage (0..100) as published: whole, half up; "<1%" for a share above 0 and under 1."""
    return _whole(value) + percent_sign(language)


def between(low: float, high: float) -> str:
    """The ends of an interval in 0..100, as published, without a percent sign."""
    return f"{_whole(low)}\N{EN DASH}{_whole(high)}"


def with_interval(value: float, low: float, high: float, language: str) -> str:
    """A percentage with its interval, all in 0..100, as published; without one narrower than `EXACT`."""
    alone = percent(value, language)
    return alone if high - low < EXACT else f"{alone} ({between(low, high)})"


def _whole(value: float) -> str:
    exact = round(float(value), 9)
    return "<1" if value > 0 and exact < 1 else str(rounded(exact))


def points(value: float, language: str) -> str:
    """A difference in percentage points with its sign and one decimal, half up: "+6,3", "0,0"; "" for nan."""
    if value != value:  # noqa: PLR0124 (nan)
        return ""
    size = rounded(abs(value), 1)
    sign = "" if not size else "+" if value > 0 else _MINUS
    return sign + decimal(float(size), 1, language)


def written_date(day: date, language: str) -> str:
    """A date in full: 21 november 2026."""
    from babel.dates import format_date  # noqa: PLC0415

    return format_date(day, "long", locale=locale_of(language))


def listed(parts: Sequence[str], language: str, style: Literal["standard", "or"] = "standard") -> str:
    """Names in a row, the last joined by "and" (`standard`) or "or" (`or`)."""
    from babel.lists import format_list  # noqa: PLC0415

    return format_list(list(parts), style, locale=locale_of(language))
