"""What a sample says of itself, in Dutch and in English."""

from collections.abc import Mapping

from coder.words import area


def sampling_words(language: str) -> Mapping[str, str]:
    """The sentences in this language."""
    return area("sampling", language)
