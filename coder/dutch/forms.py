"""The distinct forms of texts, made ready for what is asked of all of them at once."""

from collections.abc import Sequence

import numpy as np

from coder.dutch.lines import Lines, Places
from coder.dutch.text import fold
from coder.dutch.word_lists import plain


class Forms:
    """Forms as written; and in `lines` in lower case as the word lists have them (`plain`), and folded.

    `plain` and `folded` have the line of each form. Most are the same line: the others stand at the end.
    """

    def __init__(self, written: Sequence[str]) -> None:
        self.written = written
        wide = [number for number, form in enumerate(written) if not form.isascii()]
        joined = "\n".join(written[number] for number in wide)
        others = "\n".join((plain(joined), fold(joined))).split("\n") if wide else []
        self.lines = Lines.of([*written, *others], lower=True)
        self.plain, self.folded = np.arange(len(written)), np.arange(len(written))
        self.plain[wide], self.folded[wide] = np.arange(len(written), len(self.lines)).reshape(2, -1)
        self._form = np.concatenate([np.arange(len(written)), np.tile(np.asarray(wide, dtype=np.int64), 2)])

    def __len__(self) -> int:
        return len(self.written)

    def begun(self, beginnings: Sequence[str], of: Places) -> tuple[Places, Places]:
        """The pairs (beginning, form) where the form begins so, by their numbers; `of` is `plain` or `folded`."""
        which, line = self.lines.begun(beginnings)
        form = self._form[line]
        kept = of[form] == line
        return which[kept], form[kept]
