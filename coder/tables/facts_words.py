"""The words of the sample's facts and of duplicates in Dutch and English."""

from collections.abc import Mapping

from coder.words import area


def facts_words(language: str) -> Mapping[str, str]:
    """The words in this language."""
    return area("facts", language)


def whole(value: float, language: str) -> str:
    """A whole number with points or commas between thousands."""
    from babel.numbers import format_decimal  # noqa: PLC0415 (not for --help)

    return format_decimal(round(value), locale=language)


def decimals(value: float, places: int, language: str) -> str:
    """A number with so many decimals, half up as people round; '' where there is none."""
    from decimal import ROUND_HALF_UP, Decimal  # noqa: PLC0415

    from babel.numbers import format_decimal  # noqa: PLC0415

    if value != value:  # noqa: PLR0124 (nan)
        return ""
    exact = Decimal(repr(round(value, 9))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return format_decimal(exact, format="#,##0." + "0" * places if places else "#,##0", locale=language)
