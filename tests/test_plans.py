"""The synthetic policy plans: they are what their script makes, and are read as what they are."""

from pathlib import Path

import pandas as pd
import pytest

import coder
from coder import Code, Codebook
from coder.documents import Documents
from coder.errors import DataError
from coder.files.documents import read_documents
from coder.files.fragment_files import read_fragments
from coder.study.example_studies import plans_demo
from corpora.make_plans import PLANS, Plan, cells, make
from tests.conftest import ROOT, write

FOLDER = ROOT / "corpora" / "plans"
THEMES = coder.read_codebook(ROOT / "codebooks" / "policy-themes.yaml")


@pytest.fixture(scope="module")
def plans() -> Documents:
    return read_documents(FOLDER, ROOT / "corpora" / "plans.csv")


def test_the_plans_are_what_their_script_makes(plans: Documents, tmp_path: Path) -> None:
    again = read_documents(make(tmp_path))
    assert [one.name for one in again] == [one.name for one in plans]
    for one, other in zip(again, plans, strict=True):
        assert one.text == other.text
        pd.testing.assert_frame_equal(one.blocks, other.blocks)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.file)
def test_reading_gives_what_was_written_in_order(plan: Plan, plans: Documents) -> None:
    document = plans[Path(plan.file).stem]
    first = [document.text.splitlines()[0], document.text.splitlines()[2]]
    assert first == [plan.title, plan.organisation]
    written = plan.parts()
    for kind in ("heading", "paragraph", "item", "row", "footnote"):
        mine = [text for sort, text in written if sort.split()[0].replace("note", "footnote") == kind]
        mine = [" | ".join(cells(text)) for text in mine] if kind == "row" else mine
        read = [text for text, of in zip(document.texts(), document.blocks["kind"], strict=True) if of == kind]
        plain = [text.removeprefix("• ").removeprefix("1 ").removesuffix("1") for text in read]
        assert plain[-len(mine) :] == [text.removeprefix("1 ") for text in mine], kind
    assert "synthetisch" in document.texts()[2]
    assert document.blocks["page"].max() == 4
    repairs = set(document.repairs["kind"])
    assert repairs - {"join"} == ({"head", "page number", "hyphen"} if document.kind == "pdf" else set())


def test_the_fragments_stand_in_the_plans_with_codes_of_the_codebook(plans: Documents) -> None:
    fragments, read = read_fragments(str(ROOT / "corpora" / "plan-fragments.csv"), plans, THEMES)
    assert len(fragments) == 67
    assert fragments["coder"].value_counts().to_dict() == {"an": 41, "bo": 26}
    assert len(read) == 5
    climate = fragments[fragments["code"] == "sustainability"]
    assert set(climate["document"]) == {"linde-2016-2020", "open-erf-2021-2025"}
    crossing = fragments[fragments["memo"] == "twee punten van de lijst"].iloc[0]
    assert "\n\n" in plans["linde-2016-2020"].text[crossing["start"] : crossing["end"]]
    rows = (ROOT / "corpora" / "plan-fragments.csv").read_text(encoding="utf-8").splitlines()
    assert all(row.startswith("synthetic,") for row in rows[1:])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("x,Tegen 2020,,,volunteers", "no document x"),
        ("linde-2016-2020.docx,Dender,,,finance", "row 2: the codebook has no code finance"),
        ("linde-2016-2020,Tegen 2020,,,volunteers", "row 2: “Tegen 2020” occurs 2 times"),
        ("linde-2016-2020,Tegen 2050,,,volunteers", "row 2: “Tegen 2050” does not occur"),
        ("linde-2016-2020,,5,2,volunteers", "outside the text"),
        (",Dender,,,volunteers", "row 2: the cell of the document is empty"),
        ("linde-2016-2020,Dender,,,", "row 2: the cell of the code is empty"),
        ("linde-2016-2020,,,,volunteers", "row 2: without text, or start and end"),
        ("linde-2016-2020,,x,5,volunteers", "row 2: 'x' is no whole number"),
        ("linde-2016-2020,,0,1.5,volunteers", "row 2: '1.5' is no whole number"),
        ("linde-2016-2020,,3,,volunteers", "row 2: start and end go together"),
        ("linde-2016-2020,Dender,0,5,volunteers", "row 2: “Dender” is not what stands at 0 to 5"),
    ],
)
def test_a_row_that_has_no_place_is_refused(plans: Documents, tmp_path: Path, row: str, said: str) -> None:
    path = write(tmp_path / "in.csv", f"document,text,start,end,code\n{row}\n")
    with pytest.raises(DataError, match=said):
        read_fragments(path, plans, THEMES)


def test_a_fragment_is_found_by_its_words_or_its_place_and_a_code_by_its_label(
    plans: Documents, tmp_path: Path
) -> None:
    rows = "LINDE-2021-2025.pdf,vrijwilligers   worden,,,Vrijwilligers,\nlinde-2021-2025,,0,11,finances,cy\n,,,,,\n"
    path = write(tmp_path / "in.csv", f"document,text,start,end,code,coder\n{rows}")
    fragments, read = read_fragments(path, plans, THEMES, coder="me")
    assert fragments[["code", "coder"]].to_numpy().tolist() == [["volunteers", "me"], ["finances", "cy"]]
    assert len(read) == 0
    text = plans["linde-2021-2025"].text
    places = zip(fragments["start"], fragments["end"], strict=True)
    assert [text[a:b] for a, b in places] == ["vrijwilligers worden", "Beleidsplan"]
    with pytest.raises(DataError, match="no column code or codes"):
        read_fragments(write(tmp_path / "no.csv", "document,text\na,b\n"), plans, Codebook((Code("a", 1, {}),)))


def test_columns_of_fragments_have_dutch_or_french_names_and_wrong_rows_are_told_together(
    plans: Documents, tmp_path: Path
) -> None:
    path = write(tmp_path / "nl.csv", "Bestand;Tekst ;CODE;Codeur\nlinde-2021-2025;Beleidsplan;finances;cy\n")
    fragments, _ = read_fragments(path, plans, THEMES)
    assert fragments[["document", "start", "code", "coder"]].to_numpy().tolist() == [
        ["linde-2021-2025", 0, "finances", "cy"]
    ]
    path = write(
        tmp_path / "fr.csv",
        "Fichier;Texte;Code\n" + "nergens;x;finances\n" * 12 + f"linde-2021-2025;{'y' * 99};finances\n",
    )
    with pytest.raises(DataError) as told:
        read_fragments(path, plans, THEMES)
    lines = str(told.value).splitlines()
    assert "13" in lines[0]
    assert len(lines) == 12
    assert lines[1].strip().startswith("row 2:")
    assert "y" * 99 not in str(told.value)


def test_the_codebook_of_efqm_has_its_nine_criteria_in_three_languages() -> None:
    book = coder.read_codebook(ROOT / "codebooks" / "efqm.yaml")
    assert [code.number for code in book.codes] == list(range(1, 10))
    for code in book.codes:
        assert set(code.label) == {"nl", "en", "fr"}
        assert code.definition
        assert code.rules


def test_the_demo_again_adds_nothing(tmp_path: Path) -> None:
    first, second = plans_demo(tmp_path), plans_demo(tmp_path)
    assert first.themes.text("csv") == second.themes.text("csv")
    assert first.themes.frame[["linde-2016-2020", "linde-2021-2025"]].sum().tolist() == [14, 19]
