"""Codes counted by document: the base is what was read whole, and everything adds up."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder.documents import FRAGMENTS
from coder.errors import DataError
from coder.files.documents import read_documents
from coder.reports.horizontal import horizontal
from coder.statistics.proportions import wilson
from coder.tables.codes_in_documents import READ, code_line, codes_by_document, documents_groups, documents_top
from coder.tables.cooccurrence import pair_matrix, retrieve, together
from coder.tables.periods import beside, copied
from coder.tables.span_agreement import span_agreement
from tests.conftest import cells_of, notes_of, table_in
from tests.plans import ATTRIBUTES, BOOK, FOUND, PLANS, TEXTS, cells, on, plans, read_whole

NAMES = st.sampled_from(["vrt.pdf", "pluto.pdf"])
ROWS = st.lists(st.tuples(NAMES, st.integers(0, 60), st.integers(1, 30), st.sampled_from(BOOK.ids)), max_size=15)


def placed(rows: list[tuple[str, int, int, str]]) -> pd.DataFrame:
    """Fragments of document, start, length and code."""
    ends = [min(start + long, len(PLANS[name].text)) for name, start, long, _ in rows]
    made = [(name, start, end, code, "an", "", "") for (name, start, _, code), end in zip(rows, ends, strict=True)]
    return pd.DataFrame(made, columns=list(FRAGMENTS))


def test_a_document_counts_once_a_code_and_fragments_count_each() -> None:
    table = documents_top(PLANS, FOUND, BOOK)
    assert cells(table.frame, "volunteers", "n", "base", "fragments") == [2, 3, 3]
    low, high = wilson(2, 3) * 100
    assert cells(table.frame, "volunteers", "low", "high") == pytest.approx([low, high])
    assert "3 documenten" in notes_of(table)[1]


def test_where_nothing_is_known_of_reading_that_is_said_first() -> None:
    top, matrix = documents_top(PLANS, FOUND, BOOK), codes_by_document(PLANS, FOUND, BOOK)
    for table in (top, matrix, together(PLANS, FOUND, BOOK)):
        assert notes_of(table)[0].startswith("Van geen enkel document is bekend dat het gelezen is")
    assert "Zonder enige code: 1." in notes_of(top)


def test_a_document_not_read_whole_has_no_plain_nought() -> None:
    table = codes_by_document(PLANS, FOUND, BOOK, read=read_whole(PLANS, "vrt.pdf"))
    assert [row[-3:] for row in cells_of(table)] == [["2", "1", "0"], ["1", "?", "1"], ["?", "?", "?"]]
    assert table.frame["fragments:staff"].tolist() == [1, 0, 0]
    assert "Buiten de basis: 2 fragmenten in documenten die niet helemaal gelezen zijn: pluto.pdf." in notes_of(table)


def test_words_under_a_code_are_counted_once_where_fragments_overlap() -> None:
    twice = on(PLANS, ("pluto.pdf", "Vrijwilligers planten", "climate"), ("pluto.pdf", "planten bomen.", "climate"))
    total = sum(len(one.text.split()) for one in PLANS)
    frame = documents_top(PLANS, twice, BOOK).frame
    assert cells(frame, "climate", "percent_words") == pytest.approx([3 / total * 100])


def test_a_net_has_the_documents_and_fragments_under_it() -> None:
    frame = documents_top(PLANS, FOUND, BOOK, nets=True).frame
    assert cells(frame, "people", "n", "fragments") == [2, 4]


def test_a_document_that_was_read_in_part_is_not_in_the_base() -> None:
    part = pd.DataFrame([("pluto.pdf", 0, 30, "an")], columns=list(READ))
    read = pd.concat([read_whole(PLANS, "vrt.pdf", "saturn.pdf"), part])
    table = documents_top(PLANS, FOUND, BOOK, read=read)
    assert cells(table.frame, "volunteers", "n", "base", "fragments") == [1, 2, 2]
    assert "climate" not in set(table.frame["code"])
    assert "Buiten de basis: 1 document dat" in " ".join(notes_of(table))
    assert "Deels gelezen: 1 document." in " ".join(notes_of(table))


def test_reading_by_several_people_adds_up_to_the_whole() -> None:
    size = len(PLANS["vrt.pdf"].text)
    marks = [("vrt.pdf", 0, 40, "an"), ("vrt.pdf", 40, size, "bert")]
    table = documents_top(PLANS, FOUND, BOOK, read=pd.DataFrame(marks, columns=list(READ)))
    assert table.base == 1


def test_nothing_read_whole_is_said_with_what_to_do() -> None:
    with pytest.raises(DataError, match="None of the 3 documents was read whole"):
        documents_top(PLANS, FOUND, BOOK, read=read_whole(PLANS))


def test_a_document_without_text_was_read_by_nobody_and_counts_nowhere() -> None:
    """A scan among documents that are read whole: the tables are those without it, and say so."""
    of_scan = pd.DataFrame({"sector": ["Jeugd"]}, index=["scan.pdf"])
    scanned = plans({**TEXTS, "scan.pdf": ()}, pd.concat([ATTRIBUTES, of_scan]))
    for read in (read_whole(scanned, *TEXTS), None):
        before = read_whole(PLANS, *TEXTS) if read is not None else None
        pairs = ((scanned, read), (PLANS, before))
        profiles = [documents_groups(one, FOUND, BOOK, "sector", read=marks).profiles for one, marks in pairs]
        for table, plain in (
            (documents_top(scanned, FOUND, BOOK, read=read), documents_top(PLANS, FOUND, BOOK, read=before)),
            (together(scanned, FOUND, BOOK, read=read), together(PLANS, FOUND, BOOK, read=before)),
            (profiles[0], profiles[1]),
        ):
            assert (table.base, table.frame.to_json()) == (plain.base, plain.frame.to_json())
            assert "1 document zonder tekst telt niet mee: scan.pdf. Laat er" in " ".join(notes_of(table))
            assert "Buiten de basis" not in " ".join(notes_of(table))
        shown = table_in(codes_by_document(scanned, FOUND, BOOK, read=read), "nl")
        assert "?" in shown.rows[-1]
        told = horizontal(scanned, FOUND, "staff", BOOK, read=read)
        assert (told.base, told.unread, told.textless) == (3, (), ("scan.pdf",))
        assert "scan.pdf" not in told.nowhere


def test_an_organisation_of_a_scan_is_left_out_of_what_is_beside_each_other() -> None:
    attributes = pd.DataFrame({"of": ["A", "A", "B", "B"], "period": ["then", "now"] * 2}, index=[*TEXTS, "scan.pdf"])
    some = plans({**TEXTS, "scan.pdf": ()}, attributes)
    found = beside(some, FOUND, BOOK, organisation="of", now={"period": "now"}, then={"period": "then"})
    assert found.organisations.frame["organisation"].tolist() == ["A"]
    assert "niet helemaal gelezen: B." in " ".join(notes_of(found.organisations))
    assert "scan.pdf" in " ".join(notes_of(found.organisations))


def test_nothing_but_scans_is_told_with_what_to_do() -> None:
    scans = plans({"scan.pdf": ()}, pd.DataFrame(index=["scan.pdf"]))
    with pytest.raises(DataError, match=r"has no text: scan\.pdf\. Run OCR"):
        documents_top(scans, FOUND.iloc[:0], BOOK)


def test_groups_of_documents_are_tested_on_documents() -> None:
    texts = {f"d{number}.pdf": (("paragraph", "Een zin over klimaat en mensen."),) for number in range(40)}
    attributes = pd.DataFrame({"sector": ["Jeugd", "Zorg"] * 20}, index=list(texts))
    many = plans(texts, attributes)
    found = on(many, *((name, "klimaat", "climate") for name in list(texts)[::2]))
    cells = documents_groups(many, found, BOOK, "sector").cells.frame.set_index(["group", "code"])
    assert cells.loc[("Jeugd", "climate"), "flag"] == "more"
    assert cells.loc[("Jeugd", "climate"), "n"] == 20
    table = documents_top(many, found, BOOK, by="sector", letters=True)
    assert table.frame["higher:Jeugd"][0] == "B"
    assert "Jeugd" in " ".join(table_in(table, "nl").headings)


def test_every_fragment_is_in_one_cell_of_code_by_document() -> None:
    table = codes_by_document(PLANS, FOUND, BOOK)
    frame = table.frame.set_index("document")
    assert frame["fragments"].tolist() == [3, 2, 0]
    assert frame.filter(like="fragments:").to_numpy().sum() == len(FOUND)
    assert frame.loc["vrt.pdf", "attribute:sector"] == "Cultuur"
    assert "Vrijwilligers" in table_in(table, "nl").headings


def test_a_code_that_fills_one_document_stands_out_there_and_in_none_that_was_not_read_whole() -> None:
    texts = {f"d{number}.pdf": (("paragraph", "mens klimaat " * 40),) for number in range(8)}
    many = plans(texts, pd.DataFrame({"sector": "Zorg"}, index=list(texts)))
    size = len("mens klimaat ")
    rows = []
    for number, name in enumerate(texts):
        codes = ["climate"] * 30 if number in (0, 1) else ["climate"] * 2 + ["volunteers"] * 6
        rows += [(name, place * size, place * size + 4, code, "an", "", "") for place, code in enumerate(codes)]
    found = pd.DataFrame(rows, columns=list(FRAGMENTS))
    table = codes_by_document(many, found, BOOK, read=read_whole(many, *list(texts)[1:]))
    assert table.frame["flag:climate"].tolist() == ["", "more", *[""] * 6]
    assert [row[-1] for row in cells_of(table)][:3] == ["30", "30 ▲", "2"]
    assert "valt op" in " ".join(notes_of(table))
    assert "valt op" not in " ".join(notes_of(codes_by_document(PLANS, FOUND, BOOK)))


@settings(max_examples=15)
@given(ROWS)
def test_fragments_add_up_in_every_table(rows: list[tuple[str, int, int, str]]) -> None:
    frame = placed(rows).drop_duplicates(["document", "start", "end", "code"])
    assert codes_by_document(PLANS, frame, BOOK).frame["fragments"].sum() == len(frame)
    assert documents_top(PLANS, frame, BOOK, limit=None).frame["fragments"].sum() == len(frame)


def test_a_code_line_says_in_which_part_of_the_text_a_code_stands() -> None:
    table = code_line(PLANS, "pluto.pdf", FOUND, BOOK, parts=4)
    parts = cells(table.frame, "climate", *(f"part:{number}" for number in range(1, 5)))
    assert (parts[0] > 0, parts[3]) == (True, 0)
    assert sum(parts) / 4 * len(PLANS["pluto.pdf"].text) == pytest.approx(len("Ons klimaat verandert snel."), abs=3)
    assert set(cells_of(table)[0][-1]) <= set("·▁▂▃▄▅▆▇█")


@pytest.mark.parametrize("within", ["span", "block", "section", "document"])
@settings(max_examples=8)
@given(rows=ROWS)
def test_codes_go_together_both_ways_and_as_often_as_a_slow_count_says(
    within: str, rows: list[tuple[str, int, int, str]]
) -> None:
    frame = placed(rows).drop_duplicates(["document", "start", "end", "code"])
    found = together(PLANS, frame, BOOK, within=within).frame
    counts = {frozenset((row.code, row.other)): row.n for row in found.itertuples()}
    backwards = together(PLANS, frame[::-1], BOOK, within=within).frame
    assert counts == {frozenset((row.code, row.other)): row.n for row in backwards.itertuples()}
    assert counts == slow_counts(frame, within)
    assert (found["n"] >= found["documents"]).all()


def slow_counts(frame: pd.DataFrame, within: str) -> dict[frozenset[str], int]:
    """How often each two codes go together."""
    counts: dict[frozenset[str], int] = {}
    if within == "span":
        rows = list(frame[["document", "start", "end", "code"]].itertuples(index=False, name=None))
        pairs = [
            frozenset((one[3], other[3]))
            for place, one in enumerate(rows)
            for other in rows[place + 1 :]
            if one[0] == other[0] and one[3] != other[3] and one[1] < other[2] and other[1] < one[2]
        ]
    else:
        coding = PLANS.coding(frame, unit=within)
        sets = coding.pairs().groupby("unit")["code"].agg(set)
        if within == "document":
            sets = frame.groupby("document")["code"].agg(set)
        pairs = [frozenset((a, b)) for codes in sets for a in codes for b in codes if a < b]
    for pair in pairs:
        counts[pair] = counts.get(pair, 0) + 1
    return counts


def test_codes_that_always_stand_together_have_a_high_lift_and_a_small_p() -> None:
    texts = {
        f"d{number}.pdf": tuple(("paragraph", f"Zin {place} over iets.") for place in range(10)) for number in range(20)
    }
    many = plans(texts, pd.DataFrame(index=list(texts)))
    rows = [(name, f"Zin {place % 9}", code) for place, name in enumerate(texts) for code in ("climate", "staff")]
    rows += [(name, "Zin 9", "volunteers") for name in texts]
    for within in ("span", "block"):
        table = together(many, on(many, *rows), BOOK, within=within)
        first = table.frame.iloc[0]
        assert {first["code"], first["other"]} == {"climate", "staff"}
        assert (first["documents"], first["lift"] > 5, first["p_adjusted"] < 0.01) == (20, True, True)
        assert first["change"] == "more"
        every = together(many, on(many, *rows), BOOK, within=within, never=True)
        assert table.frame.equals(every.frame[every.frame["n"] > 0].reset_index(drop=True))
        square = pair_matrix(every, BOOK)
        assert square.frame["code"].tolist() == ["volunteers", "staff", "climate"]
        counts, lifts, marks = (square.frame.filter(like=f"{name}:").to_numpy() for name in ("n", "lift", "change"))
        assert marks.tolist() == [["", "", ""], ["", "", "more"], ["", "more", ""]]
        assert (counts[1, 2], lifts[1, 2]) == (first["n"], first["lift"])
        for numbers in (counts, lifts):
            assert pd.isna(numbers.diagonal()).all()
            assert np.array_equal(np.where(np.eye(3), 0, numbers), np.where(np.eye(3), 0, numbers.T))
        lift = f"{first['lift']:.1f}".replace(".", ",")
        assert f"{first['n']} ({lift}) ▲" in table_in(square).markdown()


def test_text_that_has_all_codes_is_their_overlap_and_any_of_them_their_union() -> None:
    both = retrieve(PLANS, FOUND, BOOK, ["volunteers", "staff"])
    assert both["text"].tolist() == ["vrijwilligers samen"]
    assert both[["page", "label", "section"]].to_numpy().tolist() == [[2, "4", "1.2 Ploeg"]]
    assert both["codes"].tolist() == ["volunteers;staff"]
    any_ = retrieve(PLANS, FOUND, BOOK, ["volunteers", "staff"], how="or")
    assert any_["text"].tolist()[1] == "Het personeel werkt met vrijwilligers samen."
    assert len(any_) == 3


def test_retrieval_by_block_section_and_document_gives_these() -> None:
    codes = ["volunteers", "climate"]
    assert retrieve(PLANS, FOUND, BOOK, codes)["text"].tolist() == []
    assert retrieve(PLANS, FOUND, BOOK, codes, within="block")["text"].tolist() == [TEXT]
    section = retrieve(PLANS, FOUND, BOOK, codes, within="section")
    assert section["text"].tolist() == [f"Plan\n\n{TEXT}\n\nBomen."]
    assert len(retrieve(PLANS, FOUND, BOOK, codes, within="document")) == 2


TEXT = "Ons klimaat verandert snel. Vrijwilligers planten bomen."


def test_a_net_is_found_by_the_codes_under_it() -> None:
    found = retrieve(PLANS, FOUND, BOOK, ["people"])
    assert found["document"].tolist() == ["vrt.pdf", "vrt.pdf", "pluto.pdf"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": "nobody"}, "code nobody is not in"),
        ({"document": "other.pdf"}, "no document other.pdf"),
        ({"end": 10**6}, "lies outside the text"),
        ({"start": 9, "end": 9}, "has no character"),
    ],
)
def test_fragments_that_do_not_fit_are_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        documents_top(PLANS, FOUND.assign(**change), BOOK)


_SIDES: dict[str, Any] = {"now": {"sector": "Jeugd"}, "then": {"sector": "Cultuur"}}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (lambda: horizontal(PLANS, FOUND, "staff", BOOK, context=-1), "context is -1: give a whole number of 0 or"),
        (lambda: horizontal(PLANS, FOUND, "staff", BOOK, typical="3"), "typical is '3': give a whole number"),  # type: ignore[arg-type]
        (lambda: horizontal(PLANS, FOUND, "staff", BOOK, source="plan"), "write ['plan']"),
        (
            lambda: horizontal(PLANS, FOUND, "nobody", BOOK),
            "nobody is no code of plans. Its codes are: Mensen",
        ),
        (lambda: horizontal(PLANS, FOUND, "staff", BOOK, by="size"), "no attribute size; there are: organisatie, plan"),
        (lambda: documents_top(PLANS, FOUND, BOOK, limit=0), "limit is 0: give a whole number of 1 or more"),
        (lambda: documents_top(PLANS, FOUND, BOOK, by="sector", min_base=-1), "min_base is -1: give a number of 0"),
        (lambda: documents_top(PLANS, FOUND, BOOK, by="size"), "no attribute size; there are: organisatie, plan"),
        (lambda: documents_top(plans(attributes=pd.DataFrame()), FOUND, BOOK, by="size"), "--attributes TABLE"),
        (lambda: documents_top(PLANS, FOUND.assign(end="x"), BOOK), "end has 'x', which is no number"),
        (
            lambda: documents_groups(PLANS, FOUND, BOOK, "sector", level=95),
            "level is 95: give a number between 0 and 1",
        ),
        (lambda: documents_groups(PLANS, FOUND, BOOK, "size"), "no attribute size; there are: organisatie, plan"),
        (lambda: beside(PLANS, FOUND, BOOK, organisation="plan", **_SIDES, limit=0), "limit is 0: give a whole number"),
        (lambda: beside(PLANS, FOUND, BOOK, organisation="plan", now={}, then={}), "such as now={"),
        (lambda: copied(PLANS, organisation="plan", **_SIDES, words=0), "words is 0: give a whole number of 1 or more"),
        (lambda: span_agreement(PLANS, FOUND, BOOK, draws=0), "draws is 0: give a whole number of 1 or more"),
        (lambda: retrieve(PLANS, FOUND, BOOK, "staff"), "write ['staff']"),
        (lambda: PLANS.coding(FOUND.drop(columns="end")), "no column end; needed are document, start, end"),
        (lambda: read_documents([]), "name files, a folder or a pattern"),
        (lambda: read_documents(""), "name files, a folder or a pattern"),
    ],
)
def test_a_number_a_list_or_a_name_that_makes_no_sense_is_refused_with_what_to_give(
    asked: Callable[[], object], said: str
) -> None:
    with pytest.raises(DataError, match=re.escape(said)):
        asked()


def test_a_code_that_nobody_found_in_documents_that_nobody_read_has_a_report_that_says_so() -> None:
    empty = horizontal(PLANS, FOUND.iloc[:0], "staff", BOOK, read=read_whole(PLANS).iloc[:0], by="sector")
    assert (len(empty.frame), empty.base, len(empty.unread)) == (0, 0, 3)


def test_the_same_span_and_code_of_two_people_is_one_fragment() -> None:
    twice = pd.concat([FOUND, FOUND.assign(coder="bert")])
    assert documents_top(PLANS, twice, BOOK).frame["fragments"].sum() == len(FOUND)


def test_no_fragment_at_all_is_a_table_of_nothing() -> None:
    none = on(PLANS)
    assert documents_top(PLANS, none, BOOK).frame.empty
    assert together(PLANS, none, BOOK).frame.empty
    assert codes_by_document(PLANS, none, BOOK).frame["fragments"].sum() == 0
