"""The words of tables and reports in Dutch and English."""

from collections.abc import Mapping

from coder.words import area


def number(value: float, language: str) -> str:
    """A number with two decimals, with a comma in Dutch."""
    written = f"{value:.2f}"
    return written.replace(".", ",") if language == "nl" else written


def words(language: str) -> Mapping[str, str]:
    """The words in this language."""
    return area("tables", language)
