"""Puts the catalogues in order: `python -m coder.words`, run where the sources are.

English decides which entries there are. Every other catalogue gets the entries it lacks, still without words, and the
English of today beside each; what English no longer has is dropped. Entries stand in the order of their keys.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from coder.words import SOURCE, catalogue, languages

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

_MADE = datetime(2026, 11, 29, tzinfo=UTC)
"""The date in the headers: it says nothing, and the same entries give the same file."""


def in_order(source: "Catalog", old: "Catalog") -> "Catalog":
    """The entries of the source, sorted, with the words that a language has for them."""
    from babel.messages.catalog import Catalog  # noqa: PLC0415

    language = str(old.locale)
    new = Catalog(
        language, project="coder", version="0", copyright_holder="", msgid_bugs_address="-", fuzzy=False,
        header_comment="# The sentences of coder. msgctxt is the key; values stand in braces.",
        creation_date=_MADE, revision_date=_MADE, language_team="-", last_translator="-",
    )  # fmt: skip
    had = {message.context: message for message in old if message.context}
    for key, message in sorted((one.context, one) for one in source if one.context):
        said = had[key].string if key in had and language != SOURCE else ""
        if isinstance(message.id, tuple) and isinstance(said, str):
            said = (said,) * new.num_plurals
        comments = message.user_comments
        new.add(message.id, said, context=key, user_comments=comments)
    return new


def main() -> int:
    """Write every catalogue anew, and print how many entries each lacks."""
    from babel.messages.pofile import write_po  # noqa: PLC0415

    source = catalogue(SOURCE)
    for language in languages():
        found = in_order(source, catalogue(language))
        with (Path(__file__).parent / f"{language}.po").open("wb") as file:
            write_po(file, found, width=0)
        lacks = sum(not (all(m.string) if isinstance(m.string, tuple) else m.string) for m in found if m.context)
        of = f", {lacks} without words" if language != SOURCE else ""
        sys.stdout.write(f"{language}: {len(found)} entries{of}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
