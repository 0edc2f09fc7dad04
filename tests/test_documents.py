"""Documents as units, and fragments to codes of units and back."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coder.documents import BLOCKS, FRAGMENTS, Document, Documents
from coder.errors import DataError


def document(name: str, *parts: tuple[str, str]) -> Document:
    """A document of (kind, text) parts; headings are of one level."""
    text, rows, section = "", [], ""
    for kind, part in parts:
        section = part if kind == "heading" else section
        rows.append((len(text), len(text) + len(part), kind, int(kind == "heading"), 1, "1", section, "", -1))
        text += part + "\n\n"
    return Document(name, text, pd.DataFrame(rows, columns=list(BLOCKS)))


def fragments(*rows: tuple[str, int, int, str]) -> pd.DataFrame:
    """Fragments of document, start, end and code."""
    return pd.DataFrame([(*row, "an", "", "") for row in rows], columns=list(FRAGMENTS))


PLAN = document("plan.pdf", ("heading", "Visie"), ("paragraph", "a" * 20), ("paragraph", "b" * 20), ("heading", "Werk"))


def test_a_block_is_a_unit_with_its_place_and_the_attributes_of_its_document() -> None:
    one = Documents((PLAN,), pd.DataFrame({"sector": ["zorg"]}, index=["plan.pdf"]))
    units = one.corpus().units
    assert list(units["text"]) == ["Visie", "a" * 20, "b" * 20, "Werk"]
    assert list(units["section"]) == ["Visie", "Visie", "Visie", "Werk"]
    assert set(units["sector"]) == {"zorg"}
    assert one.corpus().respondent == "document"


def test_a_section_is_a_unit_from_its_heading_to_the_next() -> None:
    units = Documents((PLAN,)).corpus("section").units
    assert [text.split("\n")[0] for text in units["text"]] == ["Visie", "Werk"]
    assert units["text"].iloc[0].endswith("b" * 20)


def test_a_fragment_codes_the_units_it_covers_half_of() -> None:
    first, second = PLAN.blocks["start"].iloc[1:3]
    some = fragments(("plan.pdf", first + 15, second + 12, "c1"), ("plan.pdf", first + 2, first + 5, "c2"))
    coding = Documents((PLAN,)).coding(some)
    assert list(coding.assignments.itertuples(index=False, name=None)) == [
        ("plan.pdf:00003", "c1", 1.0, 0, 12),
        ("plan.pdf:00002", "c2", 1.0, 2, 5),
    ]


def test_units_read_without_a_fragment_are_in_the_base() -> None:
    one = Documents((PLAN,))
    some = fragments(("plan.pdf", 7, 27, "c1"))
    assert len(one.coding(some).seen) == 1
    assert len(one.coding(some, read=one.corpus().ids).seen) == 4


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from("xy")), max_size=6, unique=True))
def test_codes_of_units_become_fragments_and_come_back(given_: list[tuple[int, str]]) -> None:
    one = Documents((PLAN,))
    spans = [(*PLAN.blocks.loc[block, ["start", "end"]], code) for block, code in given_]
    some = fragments(*(("plan.pdf", start, end, code) for start, end, code in spans))
    back = one.fragments(one.coding(some))
    assert {tuple(row) for row in back[["start", "end", "code"]].to_numpy()} == set(spans)


def test_fragments_of_a_document_that_is_not_there_are_refused() -> None:
    with pytest.raises(DataError, match=r"other\.pdf"):
        Documents((PLAN,)).coding(fragments(("other.pdf", 0, 3, "c")))


def test_the_same_name_twice_and_attributes_of_no_document_are_refused() -> None:
    with pytest.raises(DataError, match=r"plan\.pdf"):
        Documents((PLAN, PLAN))
    with pytest.raises(DataError, match=r"strange\.pdf"):
        Documents((PLAN,), pd.DataFrame({"sector": ["zorg"]}, index=["strange.pdf"]))


def test_blocks_outside_the_text_are_refused() -> None:
    with pytest.raises(DataError, match=r"plan\.pdf"):
        Document("plan.pdf", "short", PLAN.blocks)
