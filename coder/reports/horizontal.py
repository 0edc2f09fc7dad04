"""The horizontal analysis of a code: all that documents say of it, by group, document and page.

What it says is in no language yet; `coder.reports.write_horizontal` writes it and reads back what a researcher noted.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coder.codebook import Codebook
from coder.documents import Document, Documents
from coder.errors import DataError, check_least
from coder.languages.text import WORD, sentences, tokens
from coder.note import Note, Text
from coder.reports.quotes import typical_first
from coder.tables.codes_in_documents import PERIOD, Fragments, attribute_cells, block_of, checked, codes_under, located
from coder.tables.mentions import in_order

_NUMBERED = re.compile(r"\s*((?:\d{1,3}\.)*\d{1,3})(?:[.)]?\s|$)")
PATH = " › "
NEAR = "≈"
"""Stands before a page that was guessed: Word and OpenDocument files have none."""
_GUESSED = ("docx", "odt")


@dataclass(frozen=True, slots=True)
class HorizontalGroup:
    """The fragments of one group, in order, with a row each (see `Horizontal.frame`).

    `documents` of the group were read whole, of which `having` have the code.
    """

    name: str
    documents: int
    having: int
    frame: pd.DataFrame

    @property
    def inside(self) -> int:
        """The fragments in the base: those of documents read whole."""
        return int(self.frame["whole"].sum())

    @property
    def outside(self) -> tuple[int, int]:
        """The fragments in documents that were not read whole, and these documents: they are not in the base."""
        mine = self.frame["document"][~self.frame["whole"].astype(bool)]
        return len(mine), int(mine.nunique())


@dataclass(frozen=True, slots=True, repr=False)
class Horizontal:
    """All fragments of a code, and what is known of where there are none.

    `path` are the nets that the code is under and its own label. `groups` are in order; without `by` there is one, with
    no name. `base` are the documents read whole; of those, `nowhere` are without a fragment; `unread` are those not
    read whole, and `textless` those without text; all as a source line names them. `readers` gave the fragments or
    read, in the order of the alphabet; where it is not `known` what was read, all documents count.
    """

    code: str
    label: Text
    codebook: Codebook
    path: tuple[Text, ...]
    definition: str
    by: str
    groups: tuple[HorizontalGroup, ...]
    base: int
    nowhere: tuple[str, ...]
    unread: tuple[str, ...]
    textless: tuple[str, ...]
    attributes: tuple[str, ...]
    readers: tuple[str, ...]
    known: bool

    def __repr__(self) -> str:
        return f"<Horizontal {self.code!r}: {len(self.frame)} fragments in {self.having} of {self.base} documents>"

    @property
    def frame(self) -> pd.DataFrame:
        """A row a fragment, in the order of the report.

        `group`, `document`, the attributes (`attribute:` and the name), `page` and `last_page` (0 where not
        known), `label` (the printed page), `section`, `code`, `code_label`, `before`, `text`, `after`, `coder`,
        `memo`, `start`, `end`, `typical`, `whole` (whether the document was read whole), and what a source line is made
        of: `source`, `pages`, `paragraph`.
        """
        return pd.concat([one.frame for one in self.groups], ignore_index=True)

    @property
    def having(self) -> int:
        """The documents of the base with a fragment."""
        return sum(one.having for one in self.groups)

    def source(self, row: "pd.Series[str]") -> Note:
        """Where a fragment stands, as a sentence: "[VRT, plan 2021-2025, p. 34, §3.2]"."""
        return source_note(str(row["source"]), str(row["pages"]), str(row["paragraph"]))


def source_note(source: str, pages: str, paragraph: str) -> Note:
    """The source line of a fragment, of the parts that are known."""
    parts: list[str | Note] = [source]
    parts += [Note("documents.source_page", page=pages)] if pages else []
    parts += [Note("documents.source_section", section=paragraph)] if paragraph else []
    return Note("documents.source", parts=parts)


def horizontal(
    documents: Documents,
    fragments: pd.DataFrame,
    code: str,
    codebook: Codebook,
    *,
    by: str | None = None,
    read: pd.DataFrame | None = None,
    source: Sequence[str] = (),
    context: int = 0,
    typical: int = 0,
) -> Horizontal:
    """All fragments of a code, or of those under a net, by group, document and page.

    `by` is the attribute of documents that makes groups; documents without one are in the group "". `source` are the
    attributes that a source line names (organisation, plan); without any it names the document and its period.
    `context` is how many sentences before and after a fragment are shown; `typical` how many fragments of each group
    stand first because they are typical of it and unlike one another (maximal marginal relevance, as quotes are
    chosen). What several coders gave is one fragment, with all their names.

    The base are the documents read whole (`read`; all without it), as in every table; fragments of other documents are
    shown, and counted apart. Raises `DataError` for a code or an attribute that is not there, and as
    `coder.tables.codes_in_documents.checked` does.

    >>> import coder
    >>> from coder.resources import resource
    >>> plans = coder.read_documents(resource("corpora/plans"), resource("corpora/plans.csv"))
    >>> book = coder.read_codebook(resource("codebooks/policy-themes.yaml"))
    >>> fragments, read = coder.read_fragments(resource("corpora/plan-fragments.csv"), plans, book)
    >>> coder.horizontal(plans, fragments, "volunteers", book, read=read)
    <Horizontal 'volunteers': 10 fragments in 3 of 3 documents>
    """
    check_least(0, context=context, typical=typical)
    if isinstance(source, str):
        raise DataError("documents.one_list", name="source", value=source)
    if code not in codebook.ids:
        raise DataError("documents.unknown_code", code=code, codebook=codebook.name, codes=_named(codebook))
    codes = {code} | codes_under(codebook).get(code, set())
    found = checked(documents, fragments[fragments["code"].isin(codes)], codebook, read)
    cells = attribute_cells(documents, *source, *([by] if by is not None else []))
    group = cells[by].str.strip() if by is not None else pd.Series("", index=cells.index)
    named = pd.Series({name: _named_as(name, cells, source) for name in cells.index})
    frame = _rows(found, cells, group, named, codebook, context)
    whole, has = found.whole, pd.Series(cells.index.isin(frame["document"]), index=cells.index)
    textless = pd.Series(cells.index.isin(found.textless), index=cells.index)
    names = sorted(set(group[whole | has]) or {""}, key=in_order)
    groups = []
    for name in [*(one for one in names if one), *(one for one in names if not one)]:
        count, having = (int((some & (group == name)).sum()) for some in (whole, whole & has))
        groups.append(HorizontalGroup(name, count, having, _ordered(frame[frame["group"] == name], typical)))
    return Horizontal(
        code=code,
        label=codebook.text(code),
        codebook=codebook,
        path=_path(codebook, code),
        definition=next(one.definition for one in codebook.codes if one.id == code),
        by=by or "",
        groups=tuple(groups),
        base=int(whole.sum()),
        nowhere=tuple(named[whole & ~has]),
        unread=tuple(named[~whole & ~textless]),
        textless=tuple(named[textless]),
        attributes=tuple(map(str, cells)),
        readers=tuple(sorted(_people(fragments["coder"]) | (_people(read["coder"]) if read is not None else set()))),
        known=found.known,
    )


def _named_as(name: str, cells: pd.DataFrame, source: Sequence[str]) -> str:
    """What a source line calls a document: its attributes that are asked for, else its name with its period."""
    if asked := [str(cell) for cell in cells.loc[name, list(source)] if cell]:
        return ", ".join(asked)
    return with_period(name, str(cells.loc[name, PERIOD]).strip() if PERIOD in cells else "")


def with_period(name: str, period: str) -> str:
    """The name of a document with its period, where that is known and not in the name."""
    return name if not period or period in name else f"{name}, {period}"


def _people(names: "pd.Series[str]") -> set[str]:
    """The people in a column that may have several in a cell."""
    return {one for cell in names.unique() for one in str(cell).split("; ") if one}


def _named(codebook: Codebook) -> list[Note]:
    return [Note("documents.code_named", code=code, label=codebook.text(code)) for code in codebook.ids]


def _path(codebook: Codebook, code: str) -> tuple[Text, ...]:
    """The labels of the nets above, and of the code."""
    above, found = codebook.above, [code]
    while found[0] in above and above[found[0]]:
        found.insert(0, above[found[0]])
    return tuple(map(codebook.text, found))


def _rows(
    found: Fragments,
    cells: pd.DataFrame,
    group: "pd.Series[str]",
    named: "pd.Series[str]",
    codebook: Codebook,
    context: int,
) -> pd.DataFrame:
    """A row a fragment, in the order of the documents."""
    frame = located(found)
    about = cells.loc[frame["document"]].add_prefix("attribute:").set_axis(frame.index)
    documents = [found.documents.documents[place] for place in frame["place"]]
    around = [
        _context(one, int(start), int(end), context) if context else ("", "")
        for one, start, end in zip(documents, frame["start"], frame["end"], strict=True)
    ]
    labels = pd.Series([codebook.text(code) for code in frame["code"]], index=frame.index, dtype=object)
    return pd.concat([frame, about], axis=1).assign(
        group=group.loc[frame["document"]].to_numpy(),
        code_label=labels,
        before=[before for before, _ in around],
        after=[after for _, after in around],
        source=named.loc[frame["document"]].to_numpy(),
        pages=[_pages(one, *row) for one, row in zip(documents, _page_columns(frame), strict=True)],
        paragraph=[paragraph_of(section) for section in frame["section"]],
        typical=False,
        whole=found.whole.to_numpy()[frame["place"].to_numpy(dtype=np.int64)],
        coder=["; ".join(sorted(set(names.split("; ")))) for names in frame["coder"]],
    )


def _page_columns(frame: pd.DataFrame) -> Iterator[tuple[int, int, str]]:
    yield from frame[["page", "last_page", "label"]].itertuples(index=False, name=None)


def _pages(document: Document, page: int, last: int, label: str) -> str:
    """The page as it is cited: the printed one where it is known, with the last where it goes on, and "≈" guessed."""
    if not page:
        return ""
    first = label or str(page)
    if last > page:
        blocks = document.blocks
        printed = blocks.loc[blocks["page"] == last, "label"]
        first += f"–{(printed.iloc[0] if len(printed) else '') or last}"
    return f"{NEAR} {first}" if document.kind in _GUESSED else first


def paragraph_of(section: str) -> str:
    """The number of the heading that a fragment stands under, or its words where it has none."""
    last = section.rpartition(PATH)[2].strip()
    numbered = _NUMBERED.match(last)
    return numbered[1] if numbered else last


def _context(document: Document, start: int, end: int, count: int) -> tuple[str, str]:
    """So many sentences before and after, of the same block, or of the one next to it where that has none."""
    at = block_of(document, np.array([start, max(end - 1, start)]))
    blocks = document.blocks[["start", "end", "kind"]]
    return (
        _near(document, blocks, (int(blocks["start"].iloc[at[0]]), start), int(at[0]) - 1, -count),
        _near(document, blocks, (end, int(blocks["end"].iloc[at[1]])), int(at[1]) + 1, count),
    )


def _near(document: Document, blocks: pd.DataFrame, span: tuple[int, int], beside: int, count: int) -> str:
    """The first so many sentences of a span, or the last (below 0); of the block beside it where it says nothing."""
    text = document.text[span[0] : max(span)]
    if not WORD.search(text):
        if not 0 <= beside < len(blocks) or blocks["kind"].iloc[beside] == "heading":
            return ""
        text = document.text[int(blocks["start"].iloc[beside]) : int(blocks["end"].iloc[beside])]
    read = tokens(text)
    cuts = list(sentences(read))
    kept = cuts[count:] if count < 0 else cuts[:count]
    if not kept:
        return text.strip()
    return text[read[kept[0][0]].start if count < 0 else 0 : read[kept[-1][1] - 1].end].strip()


def _ordered(frame: pd.DataFrame, typical: int) -> pd.DataFrame:
    """The typical fragments, marked, and then all others as they stand."""
    if len(frame) <= typical or not typical:
        return frame.reset_index(drop=True)
    first = typical_first(list(frame["text"]), typical)
    marked = frame.iloc[first].assign(typical=True)
    rest = np.setdiff1d(np.arange(len(frame)), first)
    return pd.concat([marked, frame.iloc[rest]], ignore_index=True)
