"""The words of the tables of agreement in Dutch and English."""

from collections.abc import Mapping

from coder.words import area


def agreement_words(language: str) -> Mapping[str, str]:
    """The words in this language."""
    return area("agreement", language)
