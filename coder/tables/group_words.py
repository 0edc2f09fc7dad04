"""The words of frequency tables with weights, nets and groups, in Dutch and English."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from coder.tables.words import words
from coder.words import area


def group_words(language: str) -> Mapping[str, str]:
    """The words in this language."""
    return {**words(language), **area("groups", language)}


def tests_said(form: str, count: int, said: Mapping[str, str], **more: object) -> str:
    """A note on tests in the words `form`, or that there were none."""
    tests = said["one_test"] if count == 1 else said["tests"].format(count=count)
    return said[form].format(tests=tests, **more) if count else said["untested"]


def decimal(value: float, language: str) -> str:
    """A number with one decimal, half up, with a comma in Dutch."""
    rounded = str(Decimal(repr(round(value, 9))).quantize(Decimal("0.1"), ROUND_HALF_UP))
    return rounded.replace(".", "," if language == "nl" else ".")
