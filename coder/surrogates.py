r"""Halves of characters: what JSON and YAML write as `\ud83d\ude00` is one character, a half alone is none.

Python keeps a half in a text, and fails when the text is written. So texts that come in are joined here, and what
still has a half is refused where it comes in.
"""

import re

_HALF = re.compile("[\ud800-\udfff]")


def joined(text: str) -> str:
    """The text with the halves that belong together made one character; a half alone stays."""
    if _HALF.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def has_half(text: str) -> bool:
    """Whether the text has half a character, which no file can hold."""
    return _HALF.search(text) is not None
