"""Documents of an organisation side by side: what came and went, what was promised, what was copied."""

from typing import Any

import pandas as pd
import pytest

from coder.documents import Documents
from coder.errors import DataError
from coder.tables.periods import beside, copied
from tests.conftest import cells_of, notes_of
from tests.plans import BOOK, cells, document, on, plans, read_whole

OLD = "Wij geloven in vrijwilligers. Zij dragen onze werking, elke dag opnieuw, in heel het land. Klimaat telt."
NEWER = "Zij dragen onze werking: élke dag opnieuw in heel het land! Personeel is nieuw. Klimaat blijft."
TEXTS = {"a-16.pdf": OLD, "a-21.pdf": NEWER, "b-16.pdf": OLD, "b-21.pdf": "Klimaat.", "c-21.pdf": OLD, "c-16.pdf": OLD}
ABOUT = pd.DataFrame(
    {
        "wie": ["A", "A", "B", "B", "C", "C"],
        "periode": [2016, 2021, 2016, 2021, 2021, 2016],
        "soort": ["plan", "verslag", "plan", "verslag", "verslag", "plan"],
    },
    index=list(TEXTS),
)
MORE = Documents(tuple(document(name, (("paragraph", text),)) for name, text in TEXTS.items()), ABOUT)
PERIODS = MORE.take(list(TEXTS)[:-1])
FOUND = on(
    PERIODS,
    ("a-16.pdf", "vrijwilligers", "volunteers"),
    ("a-16.pdf", "Klimaat", "climate"),
    ("a-21.pdf", "Personeel", "staff"),
    ("a-21.pdf", "Klimaat", "climate"),
    ("b-16.pdf", "vrijwilligers", "volunteers"),
    ("b-21.pdf", "Klimaat", "climate"),
    ("c-21.pdf", "Klimaat", "climate"),
)
SIDES: dict[str, Any] = {"now": {"periode": "2021"}, "then": {"periode": "2016"}}


def test_codes_of_an_organisation_are_new_gone_or_kept() -> None:
    found = beside(PERIODS, FOUND, BOOK, organisation="wie", **SIDES)
    became = found.changes.frame.set_index(["organisation", "code"])["became"].to_dict()
    assert became == {
        ("A", "volunteers"): "gone",
        ("A", "staff"): "new",
        ("A", "climate"): "kept",
        ("B", "volunteers"): "gone",
        ("B", "climate"): "new",
    }
    assert cells(found.codes.frame, "volunteers", "gone", "new", "kept") == [2, 0, 0]
    assert cells(found.organisations.frame, "A", "gone", "new", "kept", by="organisation") == [1, 1, 1]
    assert found.alone == ("C",)
    assert "Verdwenen" in {cell for row in cells_of(found.changes) for cell in row}


def test_what_was_promised_and_not_reported_is_gone() -> None:
    sides: dict[str, Any] = {"now": {"soort": "verslag"}, "then": {"soort": "plan"}}
    changes = beside(PERIODS, FOUND, BOOK, organisation="wie", **sides).changes.frame
    assert changes[changes["became"] == "gone"]["organisation"].tolist() == ["A", "B"]


def test_the_sector_is_a_panel_of_organisations_tested_as_such() -> None:
    table = beside(PERIODS, FOUND, BOOK, organisation="wie", min_base=2, **SIDES).sector
    assert table is not None
    assert cells(table.frame, "climate", "n", "then_n", "points") == pytest.approx([3, 1, 50])
    assert "organisaties met documenten aan beide kanten" in " ".join(notes_of(table))
    assert "respondent" not in " ".join(notes_of(table))
    assert "/: toen in geen enkel document." in notes_of(table)


def test_a_few_organisations_have_no_places_and_tests() -> None:
    found = beside(PERIODS, FOUND, BOOK, organisation="wie", **SIDES)
    assert found.sector is None
    assert "Minder dan 10 organisaties: geen plaatsen, intervallen en toetsen." in notes_of(found.codes)


def test_an_organisation_that_was_read_in_part_is_left_out() -> None:
    read = read_whole(MORE, "a-16.pdf", "a-21.pdf", "b-16.pdf", "c-16.pdf", "c-21.pdf")
    found = beside(MORE, FOUND, BOOK, organisation="wie", read=read, **SIDES)
    assert set(found.changes.frame["organisation"]) == {"A", "C"}
    assert "niet helemaal gelezen: B." in " ".join(notes_of(found.codes))
    with pytest.raises(DataError, match="None of wie has documents on both sides"):
        beside(PERIODS, FOUND, BOOK, organisation="wie", read=read_whole(PERIODS, "a-16.pdf", "b-21.pdf"), **SIDES)


def test_one_organisation_is_set_beside_itself_and_is_no_panel() -> None:
    found = beside(PERIODS, FOUND, BOOK, organisation="wie", read=read_whole(PERIODS, "a-16.pdf", "a-21.pdf"), **SIDES)
    assert found.sector is None
    assert found.changes.frame["code"].tolist() == ["volunteers", "staff", "climate"]
    assert found.changes.frame["became"].tolist() == ["gone", "new", "kept"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"organisation": "naam"}, "no attribute naam"),
        ({"now": {"periode": "1999"}}, "No document has periode: 1999"),
        ({"now": {"periode": "2016"}}, "is on both sides"),
    ],
)
def test_sides_that_do_not_fit_are_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        beside(PERIODS, FOUND, BOOK, **({"organisation": "wie"} | SIDES | change))


def test_a_copied_passage_is_found_whatever_its_capitals_accents_and_commas() -> None:
    table, passages = copied(PERIODS, organisation="wie", **SIDES)
    assert cells(table.frame, "a-21.pdf", "words", "copied", "passages", by="document") == [16, 11, 1]
    assert cells(table.frame, "c-21.pdf", "earlier", "copied", by="document") == [0, 0]
    assert [row[-1] for row in cells_of(table)] == ["69%", "0%", "–"]
    (one,) = passages.to_dict("records")
    assert PERIODS["a-21.pdf"].text[one["start"] : one["end"]].startswith("Zij dragen onze werking: élke")
    assert PERIODS["a-16.pdf"].text[one["then_start"] : one["then_end"]].endswith("in heel het land")
    assert len(copied(PERIODS, organisation="wie", words=12, **SIDES)[1]) == 0


def test_a_copied_passage_ends_at_a_heading() -> None:
    says = ("paragraph", "Wij werken elke dag samen met vrijwilligers in heel het land")
    next_ = ("paragraph", "Onze leden beslissen samen over wat wij doen en laten")
    parts = dict.fromkeys(("p-16.pdf", "p-21.pdf"), (says, ("heading", "2 Werking van de leden"), next_))
    known = pd.DataFrame({"wie": ["P", "P"], "periode": ["2016", "2021"]}, index=list(parts))
    both = plans(parts, known)
    table, passages = copied(both, organisation="wie", **SIDES)
    texts = [both["p-21.pdf"].text[start:end] for start, end in zip(passages["start"], passages["end"], strict=True)]
    assert texts == [says[1], next_[1]]
    assert cells(table.frame, "p-21.pdf", "copied", "passages", by="document") == [26, 2]
