r"""What nobody sees in a text: signs that are not shown, accents written in two ways, other spaces and hyphens.

A name of a code or a group that differs from another in these alone is the same name. Texts stay verbatim: how they are
read stands in `coder.languages.visible`.

Of characters that JSON and YAML write as two halves (\\ud83d\\ude00) Python keeps a half, and fails when the text is
written. So texts that come in are joined here, and what still has a half is refused where it comes in.
"""

import re
import unicodedata

EMOJI = "\u231a-\u23ff\u2600-\u27bf\u2b05-\u2b55\U0001f000-\U0001faff"
"""The signs that say something on their own, as a class of a pattern."""
JOINER = "\u200d"
HIDDEN = (
    "[\x00-\x08\x0e-\x1b\x1f\x7f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
"""What is not shown, as a class of a pattern: controls, and what Unicode calls default ignorable."""
JOINED_EMOJI = re.compile(rf"(?<=[{EMOJI}\ufe0f]){JOINER}(?=[{EMOJI}])")
_JOINED_OR_HIDDEN = re.compile(rf"{JOINED_EMOJI.pattern}|({HIDDEN})")
_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]")
_HYPHEN = re.compile("[\x1e\u2010\u2011]")


def as_seen(name: str) -> str:
    """The name without what nobody sees in it.

    >>> as_seen("ide\N{SOFT HYPHEN}e\N{COMBINING DIAERESIS}n\N{NO-BREAK SPACE}2024") == "ideën 2024"
    True
    """
    if name.isascii() and name.isprintable():
        return name
    shown = _JOINED_OR_HIDDEN.sub(lambda found: "" if found[1] else found[0], name)
    return unicodedata.normalize("NFC", _HYPHEN.sub("-", _SPACE.sub(" ", shown)))


_HALF = re.compile("[\ud800-\udfff]")


def joined(text: str) -> str:
    """The text with the halves that belong together made one character; a half alone stays."""
    if _HALF.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def has_half(text: str) -> bool:
    """Whether the text has half a character, which no file can hold."""
    return _HALF.search(text) is not None
