"""The distinct forms of texts, made ready for what is asked of all of them at once."""

from collections.abc import Sequence

import numpy as np

from coder.dutch.lines import Hashes, Lines, Places
from coder.dutch.text import fold
from coder.dutch.word_lists import plain


class Forms:
    """Forms as written, in lower case as the word lists have them (`plain`), and `folded`.

    Most are the same plain and folded: the folded ones that differ stand after the plain ones in one list of lines.
    """

    def __init__(self, written: Sequence[str]) -> None:
        self.written = written
        self.plain = plain("\n".join(written)).split("\n") if written else []
        self.folded = self.plain.copy()
        wide = [number for number, form in enumerate(self.plain) if not form.isascii()]
        folded = fold("\n".join(written[number] for number in wide)).split("\n") if wide else []
        for number, form in zip(wide, folded, strict=True):
            self.folded[number] = form
        self._lines = Lines([*self.plain, *folded])
        self._form = np.append(np.arange(len(written)), np.asarray(wide, dtype=np.int64))
        self._folded = np.arange(len(written))
        self._folded[wide] = np.arange(len(written), len(self._lines))

    def __len__(self) -> int:
        return len(self.written)

    @property
    def hashes(self) -> Hashes:
        """Those of the plain forms."""
        return self._lines.hashes[: len(self)]

    @property
    def folded_hashes(self) -> Hashes:
        """Those of the folded forms."""
        return self._lines.hashes[self._folded]

    def begun(self, beginnings: Sequence[str], *, folded: bool) -> tuple[Places, Places]:
        """The pairs (beginning, form) where the form, folded or plain, begins so, by their numbers."""
        which, line = self._lines.begun(beginnings)
        form = self._form[line]
        kept = (self._folded[form] if folded else form) == line
        return which[kept], form[kept]
