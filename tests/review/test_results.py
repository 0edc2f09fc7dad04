"""The results page without a browser: its pictures and tables, whom they are of, and what stands behind a mark."""

import importlib
import io
import json
import re
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pandas as pd
import pyreadstat
import pytest

from coder import Codebook, Coding, Corpus
from coder.codebook import Code
from coder.corpus import numbers
from coder.learning.estimation import estimate
from coder.methods.rules.engine import Rules
from coder.review.live_question import OTHER, LiveQuestion
from coder.review.results_page import PICTURES, as_json
from coder.study import Decision, Study
from coder.study.question import Roles
from coder.study.retrain import retrain
from coder.tables.table import Table
from coder.words import speaking
from tests.review_page import PATIENCE, Inside, decide, human, make_study

CALM = {"group": "", "with": "", "start": 0}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    path = make_study(tmp_path_factory.mktemp("results") / "trends.study", coded=150)
    with Study.open(path) as opened:
        for unit, codes in list(human(2024).items())[4:50]:
            decide(opened, "bert", f"2024:{unit}", codes or ["video"])
        yield opened


@pytest.fixture(scope="module")
def page(study: Study) -> Inside:
    return Inside(study, people={"lena": "lead", "carla": "coder"})


def asked(page: Inside, who: Mapping[str, str], query: str = "") -> dict[str, Any]:
    status, body = page.ask("GET", f"/api/0/results?{query}", who)
    assert status == 200, body
    found: dict[str, Any] = json.loads(body)
    return found


def behind(page: Inside, who: Mapping[str, str], query: str = "", **mark: object) -> dict[str, Any]:
    sent = json.dumps({"picture": "top", **CALM, **mark}).encode()
    status, body = page.ask("POST", f"/api/0/marked?{query}", who, sent)
    assert status == 200, body
    found: dict[str, Any] = json.loads(body)
    return found


def marks(shapes: list[Any]) -> list[tuple[dict[str, str], str]]:
    """The marks of a drawing, with what each is called."""
    found = []
    for name, attributes, *children in shapes:
        if name == "g" and "mark" in attributes.get("class", ""):
            found.append((attributes, children[0][2]))
        found += marks([one for one in children if isinstance(one, list)])
    return found


@pytest.mark.parametrize("picture", list(PICTURES))
def test_each_picture_has_its_table_or_says_what_it_would_need(page: Inside, picture: str) -> None:
    found = asked(page, page.signed_in("lena"), f"picture={picture}&width=500")
    if picture == "waves":
        assert (found["drawing"], found["tables"]) == (None, [])
        assert "3 metingen" in found["why"]
        return
    assert found["heading"]
    assert found["tables"][0]["rows"]
    assert marks(found["drawing"]["shapes"])
    assert all(told for _, told in marks(found["drawing"]["shapes"]))


def test_a_filter_counts_only_who_is_in_the_group_and_says_so(page: Inside) -> None:
    lena = page.signed_in("lena")
    whole, part = asked(page, lena), asked(page, lena, "column=sector&value=Zorgsector")
    assert part["base"].endswith("alleen sector: Zorgsector")
    assert "Zorgsector" in part["source"]
    sizes = [int(one["subtitle"].rpartition("N = ")[2]) for one in (whole, part)]
    assert 0 < sizes[1] < sizes[0]
    report = page.ask("GET", "/0/download/md?column=sector&value=Zorgsector", lena)[1].decode()
    assert part["base"] in report
    assert page.ask("GET", "/api/0/results?column=sector&value=Nergens", lena)[0] == 400
    assert page.ask("GET", "/api/0/results?column=answer&value=x", lena)[0] == 400
    assert page.ask("GET", "/api/0/results?picture=cake", lena)[0] == 400


def test_a_mark_says_as_many_as_there_are_answers_behind_it(page: Inside) -> None:
    lena = page.signed_in("lena")
    about, told = marks(asked(page, lena)["drawing"]["shapes"])[0]
    found = behind(page, lena, code=about["data-code"])
    assert f"{found['total']} keer vermeld" in told
    assert all(about["data-code"] in one["codes"] for one in found["units"])
    assert len(found["units"]) == min(40, found["total"])
    rest = behind(page, lena, code=about["data-code"], start=40)["units"]
    assert len(rest) == min(40, found["total"] - 40)
    cell, told = next(
        one for one in marks(asked(page, lena, "picture=groups")["drawing"]["shapes"]) if "data-group" in one[0]
    )
    group = {"code": cell["data-code"], "group": cell["data-group"]}
    assert f"{behind(page, lena, picture='groups', **group)['total']} keer" in told
    assert (
        page.ask("POST", "/api/0/marked", lena, json.dumps({"picture": "top", "code": "x", **CALM}).encode())[0] == 400
    )


def test_behind_agreement_stand_the_answers_that_divide(page: Inside) -> None:
    found = behind(page, page.signed_in("lena"), picture="agreement", code="video")
    given = human(2024)
    assert found["total"] == sum(not codes for codes in list(given.values())[4:50])


def test_a_correction_of_who_settles_is_the_last_word_and_of_who_does_not_is_their_own(page: Inside) -> None:
    lena, carla = page.signed_in("lena"), page.signed_in("carla")
    assert {one["last"] for one in behind(page, lena, code="ai")["units"]} == {True}
    assert {one["last"] for one in behind(page, carla, code="ai")["units"]} == {False}
    one = behind(page, lena, code="ai")["units"][0]
    before = behind(page, lena, code="ai")["total"]
    act = {"kind": "decide", "units": [one["id"]], "codes": {"ai": "no"}, "adjudicate": True}
    for kind in ({**act, "id": "away"}, {"kind": "undo", "id": "back", "adjudicate": True}):
        status, body = page.ask("POST", "/api/0/acts", lena, json.dumps({"acts": [kind]}).encode())
        assert status == 200, body
        assert b"error" not in body
        now = behind(page, lena, code="ai")["total"]
        assert now == before - (kind["id"] == "away")


@pytest.mark.parametrize("form", ["svg", "png", "xlsx"])
def test_a_picture_is_saved_with_what_it_says_and_where_it_is_from(page: Inside, form: str, tmp_path: Path) -> None:
    status, body = page.ask("GET", f"/0/picture/{form}?picture=change", page.signed_in("lena"))
    assert status == 200
    if form == "png":
        assert body.startswith(b"\x89PNG")
    elif form == "svg":
        drawn = ET.fromstring(body)  # noqa: S314 (we drew it)
        words = " ".join(drawn.itertext())
        assert "Bron: Wat zijn volgens jou" in " ".join(words.split())
        assert drawn.get("role") == "img"
        assert (drawn.get("aria-label") or "").count(".") >= 1
        assert b"style=" not in body
        assert b"url(" not in body
    else:
        (tmp_path / "table.xlsx").write_bytes(body)
        cells = pd.read_excel(tmp_path / "table.xlsx", sheet_name=None, header=None, engine="calamine")
        assert any("Opkomst van AI" in frame.astype(str).to_numpy() for frame in cells.values())


def test_an_address_of_a_picture_that_is_none_is_refused(page: Inside) -> None:
    lena = page.signed_in("lena")
    assert page.ask("GET", "/0/picture/exe", lena)[0] == 404
    assert page.ask("GET", f"/0/picture/svg?picture={quote('../x')}", lena)[0] == 400
    assert page.ask("GET", "/0/picture/svg?picture=waves", lena)[0] == 400


# Estimates


@pytest.fixture(scope="module")
def weighted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Inside, dict[str, Any]]]:
    """A study of 80 answers that have weights, 40 of them coded in random order, and the estimate on its page."""
    with Study.create(tmp_path_factory.mktemp("weighted") / "w.study", name="Trends/2024") as study:
        texts = ["meer video", "chatgpt en ai", "video en ai", "iets helemaal anders"]
        units = pd.DataFrame(
            {"text": [f"{texts[row % 4]} {row}" for row in range(80)]}, index=[str(row) for row in range(80)]
        )
        units["gewicht"] = ["2,5" if row % 4 == 0 else "0,5" for row in range(80)]
        study["trends"].add_answers(Corpus(units), accept=True, who="anna")
        study["trends"].set_codebook(
            Codebook((Code("video", 1, {"nl": "Video"}), Code("ai", 2, {"nl": "AI"})), name="trends"), "anna"
        )
        study["trends"].set_roles(Roles("Welke trends?", "gewicht"), "anna")
        page = Inside(study, people={"lena": "lead"})
        (order,) = page.live.waves.values()
        for unit in order[:40]:
            decide(study, "anna", unit, [code for code in ("video", "ai") if code in page.live.texts[unit]])
        page.live.reread()
        lena = page.signed_in("lena")
        assert page.ask("GET", "/0/estimate/xlsx", lena)[0] == 400
        page.ask("POST", "/api/0/estimate", lena, b'{"wave": "all"}')
        started = time.monotonic()
        while (found := json.loads(page.ask("GET", "/api/0/estimated?width=600", lena)[1]))["busy"]:
            assert time.monotonic() - started < 5 * PATIENCE
            time.sleep(0.2)
        yield page, found


def test_an_estimate_is_weighted_as_coder_estimate_weighs_it(weighted: tuple[Inside, dict[str, Any]]) -> None:
    page, found = weighted
    corpus, live = page.live.corpus, page.live
    hand: Coding = live.question.coding()
    with speaking("nl"):
        own = estimate(corpus, hand, live.book, weight=numbers(corpus.units["gewicht"]))
        assert found["tables"][0]["rows"] == as_json(own.codes)["rows"]
    plain = estimate(corpus, hand, live.book)
    assert abs(own.frame["percent"] - plain.frame["percent"]).max() > 5
    assert any("gewogen" in note for note in found["tables"][0]["notes"])


def test_beside_the_answers_stand_the_shares_of_the_results(weighted: tuple[Inside, dict[str, Any]]) -> None:
    page, _ = weighted
    lena = page.signed_in("lena")
    hour = json.loads(page.ask("GET", "/api/0/status", lena)[1])["hour"]
    rows = asked(page, lena)["tables"][0]["rows"]
    assert "Gewogen met ‘gewicht’" in hour["note"]
    shares = {one["label"]: f"{100 * one['share']:.0f}%" for one in hour["codes"]}
    assert len(shares) == 2
    for label, share in shares.items():
        assert share in next(row for row in rows if label in row)


def test_an_estimate_has_its_picture_and_its_warnings_before_its_table(weighted: tuple[Inside, dict[str, Any]]) -> None:
    _, found = weighted
    told = [words for _, words in marks(found["picture"]["drawing"]["shapes"])]
    assert len(told) == 2
    assert all("geteld" in one and "gecorrigeerd" in one for one in told)
    assert found["picture"]["drawing"]["width"] == 600
    assert found["picture"]["heading"]
    assert "Welke trends?" in found["picture"]["source"]
    assert set(found["warnings"]) <= set(found["tables"][0]["notes"])
    few = (
        "Let op: de effectieve basis van de willekeurig getrokken, met de hand gecodeerde antwoorden is kleiner dan 30."
    )
    assert found["warnings"][0].startswith(few)


@pytest.mark.parametrize("form", ["svg", "png", "xlsx", "pptx", "docx"])
def test_an_estimate_is_saved_as_the_other_tables_are(
    weighted: tuple[Inside, dict[str, Any]], form: str, tmp_path: Path
) -> None:
    page, _ = weighted
    status, body = page.ask("GET", f"/0/estimate/{form}", page.signed_in("lena"))
    assert status == 200
    (tmp_path / f"saved.{form}").write_bytes(body)
    if form == "xlsx":
        sheets = pd.read_excel(tmp_path / "saved.xlsx", sheet_name=None, header=None, engine="calamine")
        assert any("% gecorrigeerd" in sheet.astype(str).to_numpy() for sheet in sheets.values())
    elif form == "pptx":
        slides = importlib.import_module("pptx").Presentation(str(tmp_path / "saved.pptx")).slides
        assert any(shape.has_chart for slide in slides for shape in slide.shapes)
        words = " ".join(shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame)
        assert "gewogen met gewicht" in words
        assert "ongewogen" not in words
        front, first = slides[0].placeholders[1].text, slides[1].placeholders[13].text
        assert front.startswith("Trends/2024\n")
        assert (
            "effectieve basis van de handcodes kleiner dan 30, te onzeker om te publiceren. N = 80, waarvan 40" in first
        )
    else:
        assert body[:4] in (b"<svg", b"\x89PNG", b"PK\x03\x04")


def test_an_estimate_stands_beside_a_list_that_was_published_and_says_when_it_is_old(
    weighted: tuple[Inside, dict[str, Any]],
) -> None:
    page, made = weighted
    lena, live, question = page.signed_in("lena"), page.live, page.live.question
    assert made["old"] == ""
    assert any("van de steekproef alleen leerde" in note for note in made["tables"][0]["notes"])
    every = {unit: [code for code in ("video", "ai") if code in text] for unit, text in live.texts.items()}
    rows = pd.DataFrame([(unit, code) for unit, codes in every.items() for code in codes], columns=["unit", "code"])
    question.propose(rows, who="page")
    question.set_published("2020", [["Plaats", "Code", "n"], ["1", "AI", "30"], ["", "N = 60", ""]], "anna")
    live.reread()
    query = "picture=change&then=2020&whose=gold%2Bmachine"
    found = asked(page, lena, query)
    assert "gecorrigeerd met 40 antwoorden" in found["subtitle"]
    first, second = found["tables"]
    assert "geschat, naast 2020" in first["title"]
    assert "niet gecorrigeerd" in second["title"]
    share = {row[1]: row[2] for row in made["tables"][0]["rows"]}
    place = [column["name"] for column in first["columns"]].index("%")
    assert {row[1]: row[place] for row in first["rows"]} == share
    decide(live.study, "anna", live.order[41], ["video"])
    live.reread()
    old = json.loads(page.ask("GET", "/api/0/estimated", lena)[1])["old"]
    assert "uit 40 gecodeerde antwoorden" in old
    assert "nu 41" in old
    assert old in asked(page, lena, query)["tables"][0]["notes"]
    assert page.ask("GET", "/0/estimate/exe", page.signed_in("lena"))[0] == 404


def test_the_methods_of_a_counted_report_name_the_weight(weighted: tuple[Inside, dict[str, Any]]) -> None:
    page, _ = weighted
    status, body = page.ask("GET", "/0/download/md", page.signed_in("lena"))
    assert status == 200
    assert "De cijfers zijn gewogen met gewicht; de effectieve basis is" in body.decode()


def test_the_slides_of_a_comparison_are_those_of_the_command_line(page: Inside, tmp_path: Path) -> None:
    lena = page.signed_in("lena")
    status, body = page.ask("GET", "/0/download/pptx?then=2021", lena)
    assert status == 200
    (tmp_path / "saved.pptx").write_bytes(body)
    front, slide, *_, last = importlib.import_module("pptx").Presentation(str(tmp_path / "saved.pptx")).slides
    assert "meting 2024" in front.placeholders[1].text
    chart = next(shape for shape in slide.shapes if shape.has_chart).chart
    assert all(re.search(r"\d+% \(<?\d+–\d+\)", name) for name in chart.plots[0].categories)
    assert chart.plots[0].series[0]._element.findall(".//{*}errBars")  # noqa: SLF001
    foot = slide.placeholders[13].text
    assert re.search(r"N = \d+\. Vorige meting: N = \d+\.", foot)
    words = " ".join(shape.text_frame.text for shape in last.shapes if shape.has_text_frame)
    assert "controlegetal" not in words
    assert "antwoorden geteld; codeboek" not in words
    assert b"controlegetal" in page.ask("GET", "/0/download/md?then=2021", lena)[1]


def test_the_coded_answers_are_saved_for_spss_with_their_weight(
    weighted: tuple[Inside, dict[str, Any]], tmp_path: Path
) -> None:
    page, _ = weighted
    status, body = page.ask("GET", "/0/download/spss", page.signed_in("lena"))
    assert status == 200
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        assert sorted(packed.namelist()) == ["antwoorden.sav", "antwoorden.sps"]
        packed.extractall(tmp_path)
    frame, about = pyreadstat.read_sav(str(tmp_path / "antwoorden.sav"))
    counted = asked(page, page.signed_in("lena"), "limit=0")["tables"][0]
    labels = {label: name for name, label in about.column_names_to_labels.items()}
    assert (labels["Antwoordnummer"], labels["Antwoord"]) == ("unit", "text")
    names = [column["name"] for column in counted["columns"]]
    for row in counted["rows"]:
        label, n = row[names.index("Code")], row[names.index("n")]
        assert frame[labels[label]].sum() == int(n.replace(".", ""))
    assert "WEIGHT BY gewicht." in (tmp_path / "antwoorden.sps").read_text(encoding="utf-8-sig")


def test_for_spss_a_variable_says_which_answers_a_machine_coded(tmp_path: Path) -> None:
    book = Codebook((Code("video", 1, {"nl": "Video"}, rules=("video",)),), name="trends")
    units = pd.DataFrame({"text": ["meer video", "iets anders"] * 15}, index=[f"a{row:02}" for row in range(30)])
    with Study.create(tmp_path / "machine.study", name="Trends") as study:
        study["trends"].add_answers(Corpus(units), accept=True, who="anna")
        study["trends"].set_codebook(book, "anna")
        study["trends"].propose(Rules().code(Corpus(units), book), who="anna", model="rules")
        for unit in units.index[:12]:
            decide(study, "anna", unit, ["video"])
        page = Inside(study, people={"lena": "lead"})
        lena = page.signed_in("lena")
        saved = {}
        for whose in ("gold", "gold%2Bmachine"):
            with zipfile.ZipFile(io.BytesIO(page.ask("GET", f"/0/download/spss?whose={whose}", lena)[1])) as packed:
                packed.extractall(tmp_path)
            frame, about = pyreadstat.read_sav(str(tmp_path / "antwoorden.sav"), apply_value_formats=True)
            labels = {label: name for name, label in about.column_names_to_labels.items()}
            name = labels.get("Gecodeerd door (mens of machine)")
            saved[whose] = {} if name is None else frame[name].astype(str).value_counts().to_dict()
    assert saved == {"gold": {}, "gold%2Bmachine": {"mens": 12, "machine": 18}}


def test_a_file_is_named_by_its_study_its_question_and_what_it_is(weighted: tuple[Inside, dict[str, Any]]) -> None:
    page, _ = weighted
    lena = page.signed_in("lena")
    for path, what in (
        ("/0/download/md", "rapport"),
        ("/0/estimate/svg", "schatting"),
        ("/0/picture/svg?picture=order", "Hoe-zeker"),
        ("/0/download/answers", "antwoorden"),
    ):
        head = page.head("GET", path, lena)["content-disposition"]
        assert head.startswith(f"attachment; filename*=UTF-8''Trends-2024-trends-{what}-20"), head


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("wave=2024", {("2024", "zorg"), ("2024", "media")}),
        ("", {("2024", "zorg"), ("2024", "media")}),
        ("wave=2021&column=sector&value=zorg", {("2021", "zorg")}),
        ("wave=all", {(wave, sector) for wave in ("2021", "2024") for sector in ("zorg", "media")}),
        ("wave=all&column=sector&value=media", {("2021", "media"), ("2024", "media")}),
    ],
)
def test_every_file_of_answers_has_those_that_are_chosen_on_the_page(
    sectors: Inside, tmp_path: Path, query: str, kept: set[tuple[str, str]]
) -> None:
    lena = sectors.signed_in("lena")
    (tmp_path / "answers.xlsx").write_bytes(sectors.ask("GET", f"/0/download/answers?{query}", lena)[1])
    sheets = pd.read_excel(tmp_path / "answers.xlsx", sheet_name=None, dtype=str, engine="openpyxl")
    answers = sheets["answers"]
    assert set(zip(answers["wave"], answers["sector"], strict=True)) == kept
    assert set(sheets["assignments"]["unit"]) <= set(answers["unit"])
    assert sheets["mentions"]["unit"].tolist() == answers["unit"].tolist()
    with zipfile.ZipFile(io.BytesIO(sectors.ask("GET", f"/0/download/spss?{query}", lena)[1])) as packed:
        packed.extractall(tmp_path)
    frame, _ = pyreadstat.read_sav(str(tmp_path / "antwoorden.sav"))
    assert sorted(frame["unit"]) == sorted(answers["unit"])


@pytest.fixture(scope="module")
def sectors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    """The page of a study of two waves of 24 answers from two sectors, of which most are coded."""
    book = Codebook((Code("video", 1, {"nl": "Video"}), Code("ai", 2, {"nl": "AI"})), name="trends")
    with Study.create(tmp_path_factory.mktemp("sectors") / "s.study", name="Sectors") as study:
        for wave in ("2021", "2024"):
            texts = ["meer video" if row % 3 else "ai" for row in range(24)]
            units = pd.DataFrame({"text": texts, "wave": wave}, index=[f"{wave}:{row}" for row in range(24)])
            units["sector"] = ["zorg" if row < 12 else "media" for row in range(24)]
            study["trends"].add_answers(Corpus(units), accept=True, who="anna")
        study["trends"].set_codebook(book, "anna")
        for wave in ("2021", "2024"):
            for row in (*range(10), *range(12, 22)):
                decide(study, "anna", f"{wave}:{row}", ["video" if row % 3 else "ai"])
        yield Inside(study, people={"lena": "lead"})


def test_where_all_codes_are_asked_for_none_drops_out_of_a_top(tmp_path: Path) -> None:
    book = Codebook((Code("video", 1, {"nl": "Video"}), Code("ai", 2, {"nl": "AI"})), name="trends")
    with Study.create(tmp_path / "two.study", name="Two") as study:
        for wave in ("2021", "2024"):
            units = pd.DataFrame({"text": "meer video", "wave": wave}, index=[f"{wave}:{row}" for row in range(20)])
            study["trends"].add_answers(Corpus(units), accept=True, who="anna")
        study["trends"].set_codebook(book, "anna")
        for row in range(20):
            decide(study, "anna", f"2021:{row}", ["video" if row % 2 else "ai"])
            decide(study, "anna", f"2024:{row}", ["video"])
        page = Inside(study, people={"lena": "lead"})
        lena = page.signed_in("lena")
        said = {
            limit: json.dumps(asked(page, lena, f"picture=change&limit={limit}&then=2021")) for limit in ("0", "10")
        }
    assert "Staan niet meer in de lijst: AI" in said["0"]
    assert "uit de top" not in said["0"]
    assert "Vallen uit de top 10: AI" in said["10"]


# One wave without a name, coders who differ, no codebook

SAID = {f"a{number:02}": text for number, text in enumerate(["te veel verkeer", "meer groen", "veilig fietsen"] * 15)}


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Study]:
    """A study of one wave without a name, with a codebook."""
    with Study.create(tmp_path / "small.study", name="Small") as study:
        units = pd.DataFrame({"text": SAID}).rename_axis("unit")
        study["trends"].add_answers(Corpus(units), who="anna")
        study["trends"].set_codebook(SMALL, "anna")
        yield study


SMALL = Codebook((Code("traffic", 1, {"nl": "Verkeer"}), Code("green", 2, {"nl": "Groen"})), language="nl")


def test_one_wave_is_compared_with_nothing_and_one_without_a_name_only_when_asked(small: Study) -> None:
    for unit, text in SAID.items():
        decide(small, "anna", unit, ["traffic"] if "verkeer" in text else ["green"] if "groen" in text else [])
    page = Inside(small, people={"lena": "lead"})
    lena = page.signed_in("lena")
    found = asked(page, lena, "picture=change")
    assert (found["drawing"], found["tables"], found["choice"]["then"]) == (None, [], "")
    assert "één meting" in found["why"]
    report = page.ask("GET", "/0/download/md", lena)[1].decode()
    assert "Verkeer" in report
    assert not any(word in report for word in ("blijft", "was 1", "naast"))

    later = Corpus(pd.DataFrame({"text": SAID}).rename_axis("unit"))
    assert [one.key for one in small["trends"].compared(later, wave="2027").notes] == ["study.known_in_wave"]
    small["trends"].add_answers(later, wave="2027", accept=True, who="anna")
    for unit in SAID:
        decide(small, "anna", f"2027:{unit}", ["green"])
    status = json.loads(page.ask("GET", "/api/0/status", lena)[1])
    assert "van ‘2027’, de laatste meting" in status["sample"]
    assert "naast" not in page.ask("GET", "/0/download/md", lena)[1].decode()
    changed = asked(page, lena, "picture=change")
    assert changed["choice"]["then"] == " "
    assert "meting zonder naam" in changed["tables"][0]["title"]
    assert "2027 naast meting zonder naam" in page.ask("GET", "/0/download/md?then=%20", lena)[1].decode()


def test_an_empty_answer_that_was_coded_is_in_the_base_and_not_outside_it_too(small: Study) -> None:
    empty = pd.DataFrame({"text": ["nvt", ""]}, index=pd.Index(["z1", "z2"], name="unit"))
    every = pd.concat([pd.DataFrame({"text": SAID}).rename_axis("unit"), empty])
    small["trends"].add_answers(Corpus(every), accept=True, who="anna")
    page = Inside(small, people={"lena": "lead"})
    for unit in ["z1", *list(SAID)[:9]]:
        decide(small, "anna", unit, ["green"])
    report = page.ask("GET", "/0/download/md", page.signed_in("lena"))[1].decode()
    assert "van 10 respondenten" in report
    told = [int(found) for found in re.findall(r"(\d+) (?:rij|rijen) (?:zonder|met een) antwoord", report)]
    assert 10 + sum(told) == len(every)


def test_a_lead_says_which_code_a_line_of_the_last_list_was(small: Study) -> None:
    for unit, text in SAID.items():
        decide(small, "anna", unit, ["traffic"] if "verkeer" in text else ["green"] if "groen" in text else [])
    last = [["Plaats", "Code", "n"], ["1", "Druk verkeer", "9"], ["2", "Bomen", "4"], ["", "N = 40", ""]]
    small["trends"].set_published("2024", last, "anna")
    page = Inside(small, people={"lena": "lead", "carla": "coder"})
    lena, carla = page.signed_in("lena"), page.signed_in("carla")
    place = {"picture": "change", "then": "2024"}
    query = "&".join(f"{name}={value}" for name, value in place.items())
    found = asked(page, lena, query)
    assert "geen enkele code gemeen" in found["why"]
    assert found["unplaced"] == {
        "lines": [["Druk verkeer", "traffic"], ["Bomen", ""]],
        "codes": [["traffic", "Verkeer"], ["green", "Groen"]],
    }
    assert asked(page, carla, query)["unplaced"] is None

    def called(who: Mapping[str, str], lines: object) -> tuple[int, str]:
        status, body = page.ask("POST", "/api/0/was-called", who, json.dumps({"wave": "2024", "lines": lines}).encode())
        return status, body.decode()

    assert called(carla, {"Druk verkeer": "traffic"})[0] == 400
    assert called(lena, {"Druk verkeer": "traffic", "Bomen": "traffic"})[0] == 400
    assert called(lena, {"Iets": "traffic"})[0] == called(lena, {})[0] == called(lena, {"Bomen": "other"})[0] == 400
    assert called(lena, {"Druk verkeer": "traffic"})[0] == 200
    assert "al een regel" in called(lena, {"Bomen": "traffic"})[1]
    after = asked(page, lena, query)
    assert after["unplaced"]["lines"] == [["Bomen", ""]]
    names = [column["name"] for column in after["tables"][0]["columns"]]
    [row] = [row for row in after["tables"][0]["rows"] if "Verkeer" in row]
    assert row[names.index("Vorige meting")] == "Plaats 1"
    assert small["trends"].codebook().codes[0].formerly == ("Druk verkeer",)


def test_without_a_codebook_nothing_is_coded_and_the_way_to_one_is_shown(small: Study) -> None:
    small["trends"].set_codebook(Codebook((OTHER,), language="nl"), "anna", since=1)
    page = Inside(small, people={"lena": "lead"})
    retrain(small.place, "trends", who="page", embedding="none")
    lena = page.signed_in("lena")
    found = asked(page, lena)
    assert (found["coded"], found["drawing"], found["tables"]) == (False, None, [])
    assert found["base"] == "Basis: 0 gecodeerde antwoorden van 45"
    assert 'href="begin"' in page.ask("GET", "/0/results", lena)[1].decode()
    assert page.ask("GET", "/0/download/md?whose=gold%2Bmachine", lena)[0] == 400


def test_answers_that_divide_coders_are_told_apart_and_end_no_sample(small: Study) -> None:
    page = Inside(small, people={"lena": "lead"})
    lena = page.signed_in("lena")
    for unit in page.live.order[:20]:
        decide(small, "anna", unit, ["traffic"])
    divided = page.live.order[3:8]
    for unit in divided:
        decide(small, "bert", unit, ["green"])
    found = asked(page, lena)
    assert found["base"] == "Basis: 15 gecodeerde antwoorden van 45"
    assert "5 gecodeerde antwoorden" in found["divided"]
    report = page.ask("GET", "/0/download/md", lena)[1].decode()
    assert "25 niet gecodeerd" in " ".join(found["tables"][0]["notes"])
    assert "5 antwoorden waarover codeurs het oneens zijn" in report
    assert "Meningsverschillen" in report
    assert "25 rijen met een antwoord dat niet gecodeerd is" in report
    assert "geen steekproef" not in report
    small["trends"].adjudicate("lena", [Decision(unit, code) for unit in divided for code in ("green", "")])
    after = asked(page, lena)
    assert (after["base"], after["divided"]) == ("Basis: 20 gecodeerde antwoorden van 45", "")


def test_what_was_learned_from_undone_coding_is_learned_again_without(small: Study) -> None:
    page = Inside(small, people={"lena": "lead"})
    lena, live = page.signed_in("lena"), page.live
    for unit in live.order[:20]:
        decide(small, "anna", unit, ["traffic"] if "verkeer" in SAID[unit] else ["green"])
    live.follow()
    few, many = live.order[20:24], live.order[24:]
    acts: list[dict[str, Any]] = [
        {"kind": "decide", "units": one, "codes": {"green": "yes"}, "seen": True} for one in (many, few)
    ]
    for number, act in enumerate([*acts, {"kind": "undo"}, {"kind": "undo"}]):
        before = live.job
        page.ask("POST", "/api/0/acts", lena, json.dumps({"acts": [{**act, "id": str(number)}]}).encode())
        if number == 1:
            live.start(again=True)
            while live.job is not None and live.job.busy:
                time.sleep(0.1)
        if number == 2:
            told = json.loads(page.ask("GET", "/api/0/status", lena)[1])["learning"]["said"]
            assert told.startswith("Model 1 leerde van 45 antwoorden; van 4 daarvan is het coderen sindsdien ongedaan")
            assert live.job is before
    assert live.job is not before
    live.stop()


def test_after_a_change_of_the_rules_the_machine_codes_again_and_says_so_until_then(small: Study) -> None:
    page = Inside(small, people={"lena": "lead"})
    lena, live = page.signed_in("lena"), page.live
    for unit in live.order[:20]:
        decide(small, "anna", unit, ["traffic"] if "verkeer" in SAID[unit] else ["green"])
    live.follow()
    assert live.start(again=True)
    codes_again(live)
    query = "whose=gold%2Bmachine&limit=0"
    assert asked(page, lena, query)["behind"] is None
    book = json.loads(page.ask("GET", "/api/0/codebook", lena)[1])
    code = {**next(one for one in book["codes"] if one["id"] == "traffic"), "code": "traffic"}
    live.job, job = None, live.job  # a page without a machine only says so
    page.ask("POST", "/api/0/code", lena, json.dumps({**code, "rules": ["verkeer"]}).encode())
    assert asked(page, lena, query)["behind"]["busy"] is False
    assert any("regels van daarvoor" in note for note in asked(page, lena, query)["tables"][0]["notes"])
    assert json.loads(page.ask("GET", "/api/0/status", lena)[1])["learning"]["enough"] is True
    live.job = job
    page.ask("POST", "/api/0/code", lena, json.dumps({**code, "rules": ["verkeer*"]}).encode())
    assert asked(page, lena, query)["behind"]["busy"] is True
    codes_again(live)
    assert asked(page, lena, query)["behind"] is None
    hits = {unit for unit in live.answered if "verkeer" in SAID[unit]}
    given = page.live.question.coding("machine").assignments
    assert hits - set(live.order[:20]) <= set(given["unit"][given["code"] == "traffic"])


def codes_again(live: LiveQuestion) -> None:
    """Wait until the machine has coded with the rules of now."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and ((live.job is not None and live.job.busy) or live.behind):
        time.sleep(0.1)


def test_what_was_coded_otherwise_says_that_no_difference_is_a_change_and_what_a_list_left_out(small: Study) -> None:
    for unit in list(SAID)[:12]:
        decide(small, "anna", unit, ["traffic"] if "verkeer" in SAID[unit] else ["green"])
    retrain(small.place, "trends", who="page", embedding="none")
    last = [["Plaats", "Code", "n", "%"], ["1", "Verkeer", "9", "23%"], ["", "N = 40", "", ""]]
    small["trends"].set_published("2024", last, "anna")
    page = Inside(small, people={"lena": "lead"})
    lena = page.signed_in("lena")
    found = asked(page, lena, "picture=change&then=2024&whose=gold%2Bmachine")
    assert "anders gecodeerd, dus een verschil heet nog geen verandering" in found["subtitle"]
    assert "getoetst" not in found["subtitle"]
    assert "niet in de vorige lijst" in json.dumps(found["drawing"], ensure_ascii=False)


def test_what_the_machine_learned_is_told_of_codes_of_which_it_is_known_in_the_order_of_the_codebook(
    small: Study,
) -> None:
    page = Inside(small, people={"lena": "lead"})
    lena, live = page.signed_in("lena"), page.live
    decide(small, "anna", live.order[0], ["traffic"])
    learned = retrain(small.place, "trends", who="page", embedding="none")
    rows = [("green", 1, 2, 0.5, 0.7, "better"), ("other", 1, 2, 0.5, None, ""), ("traffic", 1, 2, 0.5, 0.6, "better")]
    frame = pd.DataFrame(rows, columns=["code", "examples_then", "examples", "f1_then", "f1", "change"])
    live.learned = replace(
        learned, changes=Table("x", frame, 4, dict(zip(map(str, frame), map(str, frame), strict=True)))
    )
    [table] = asked(page, lena)["machine"]
    assert [row[0] for row in table["rows"]] == ["Verkeer", "Groen"]
    assert any("1 code met te weinig voorbeelden" in note for note in table["notes"])
