"""The results of a set of documents: what each view shows, where its numbers lead, what a blind coder sees of it."""

import io
import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pandas as pd
import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]
from selenium.webdriver.common.by import By

from coder.documents import Document
from coder.review.figures_page import VIEWS
from coder.study import Span, Study
from tests.review.plans import document, make_plans
from tests.review.test_accessibility import AXE, RUN
from tests.review_page import Inside, browsing, complaints, ready, serving, text_of, until

ORGANISATIONS = ("Pluto", "Saturnus", "Jupiter", "Mars", "Venus", "Ceres", "Vesta", "Pallas", "Juno", "Iris")
THEN, NOW = "2016-2020", "2021-2025"
CODED = ("digitaal platform", "vrijwilligers vormen", "werkdruk meten")


def plan(organisation: str, period: str) -> Document:
    said = [f"{words} bij {organisation} van {period} in deel {number}." for number in range(8) for words in CODED]
    return document(f"{organisation} {period}.pdf", [("heading", "Plan", 1), *(("paragraph", one) for one in said)])


PLANS = [plan(one, period) for one in ORGANISATIONS for period in (THEN, NOW)]
KNOWN = pd.DataFrame(
    {
        "organisatie": [one for one in ORGANISATIONS for _ in (THEN, NOW)],
        "sector": [("Cultuur", "Jeugd")[place % 2] for place, _ in enumerate(ORGANISATIONS) for _ in (THEN, NOW)],
        "period": [THEN, NOW] * len(ORGANISATIONS),
    },
    index=[one.name for one in PLANS],
)


def spans(one: Document, number: int) -> list[Span]:
    """All digital blocks; volunteers then alone; of the first plan wellbeing in nearly all it says."""
    texts = zip(one.blocks["start"].tolist(), one.blocks["end"].tolist(), strict=True)
    words = [(start, end, one.text[start:end]) for start, end in texts]
    found = [Span(one.name, start, end, "digital") for start, end, text in words if "digitaal" in text]
    if THEN in one.name:
        found += [Span(one.name, start, end, "volunteers") for start, end, text in words if "vrijwilligers" in text]
    if number == 0:
        found += [Span(one.name, start, end, "wellbeing") for start, end, _ in words]
    return found


def make(path: Path, *, blind: bool = False) -> Path:
    make_plans(path, PLANS, KNOWN)
    with Study.open(path) as study:
        kept = study.documents("plannen")
        for number, one in enumerate(PLANS):
            kept.code(spans(one, number), "bert")
            kept.mark_read(one.name, 0, len(one.text), "bert")
        kept.code([Span(PLANS[0].name, 0, 4, "funding")], "carla")
        if blind:
            study["plannen"].set_blind("anna", blind=True)
    return path


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    with Study.open(make(tmp_path_factory.mktemp("figures") / "plans.study")) as study:
        yield Inside(study, documents="plannen", people={"lena": "lead", "carla": "coder"})


def asked(page: Inside, who: Mapping[str, str], query: str) -> dict[str, Any]:
    status, body = page.ask("GET", f"/api/documents/0/figures?{query}", who)
    assert status == 200, body
    found: dict[str, Any] = json.loads(body)
    return found


def behind(page: Inside, who: Mapping[str, str], link: str) -> dict[str, Any]:
    status, body = page.ask("GET", f"/api/documents/0/fragments?{link}", who)
    assert status == 200, body
    found: dict[str, Any] = json.loads(body)
    return found


def measured(page: Inside, who: Mapping[str, str]) -> dict[str, Any]:
    for _ in range(600):
        found = asked(page, who, "view=sure")
        if not found["measuring"]["busy"]:
            return found
        time.sleep(0.1)
    raise AssertionError(found)


@pytest.mark.parametrize("view", [one for one in VIEWS if one not in ("sure", "noted")])
def test_each_number_of_fragments_leads_to_as_many(page: Inside, view: str) -> None:
    lena = page.signed_in("lena")
    found = asked(page, lena, f"view={view}&width=700&limit=0")
    assert found["tables"]
    leading = 0
    for table in found["tables"]:
        heads = [one["name"] for one in table["columns"]]
        for row, links in zip(table["rows"], table["links"], strict=True):
            for head, cell, link in zip(heads, row, links, strict=True):
                if not link or head in ("Code", "Gaat samen met"):
                    continue
                if link.startswith("read?"):
                    assert leading > 2 or page.ask("GET", f"/documents/0/{link}", lena)[0] == 200
                    leading += 1
                    continue
                there = behind(page, lena, link)
                leading += 1
                digits = int(cell.partition(" (")[0].strip(" ▲▼"))
                assert digits in (there["total"], there["documents"]), (view, head, link)
    assert leading > 2


def test_what_stands_out_is_marked_and_dark_in_the_page_and_in_the_workbook(page: Inside) -> None:
    lena = page.signed_in("lena")
    table = asked(page, lena, "view=codes")["tables"][0]
    place = [one["name"] for one in table["columns"]].index("Welzijn van medewerkers")
    assert table["rows"][0][place] == f"{len(PLANS[0])} ▲"
    assert (table["heat"][0][place], table["heat"][1][place]) == (1.0, 0.0)
    status, body = page.ask("GET", "/documents/0/figure/xlsx?view=codes", lena)
    assert status == 200
    sheet = load_workbook(io.BytesIO(body)).worksheets[1]
    cells = next(row for row in sheet.iter_rows(values_only=True) if row[0] == PLANS[0].name)
    assert len(PLANS[0]) in cells
    assert [rule.type for one in sheet.conditional_formatting for rule in one.rules] == ["colorScale"]


def test_the_report_is_of_the_code_with_most_fragments_and_stands_where_one_looks(page: Inside) -> None:
    lena = page.signed_in("lena")
    found = asked(page, lena, "view=noted")
    assert found["choice"]["code"] == "digital"
    assert "Nergens" not in found["observed"][0]["counts"]
    for name in ("figures", "fragments"):
        html = page.ask("GET", f"/documents/0/{name}", lena)[1].decode()
        assert html.count('href="horizontal/docx"') == 1
        assert "alles wat de documenten over deze code zeggen" in html


def test_a_pair_of_codes_that_may_be_chance_is_pale(page: Inside) -> None:
    found = asked(page, page.signed_in("lena"), "view=together&within=document")
    square = found["tables"][1]
    dark = [value for row in square["heat"] for value in row if value]
    assert max(dark) <= 0.25  # all documents have these codes: what goes together does so by chance


def test_groups_and_periods_choose_what_divides_and_whose_documents_are(page: Inside) -> None:
    lena = page.signed_in("lena")
    assert asked(page, lena, "view=groups")["choice"]["by"] == "sector"
    found = asked(page, lena, "view=periods")
    chosen = {"by": "sector", "organisation": "organisatie", "now": NOW, "then": THEN}
    assert found["choice"] == {**chosen, "within": "block", "code": "digital"}
    gone = next(row for row in found["tables"][1]["rows"] if row[0] == "Vrijwilligers")
    assert gone[1:] == ["10", "0", "0"]
    assert "organisaties" in found["subtitle"]
    assert "respondenten" not in json.dumps(asked(page, lena, "view=top") | asked(page, lena, "view=groups"))


@pytest.mark.parametrize(
    "query",
    ["view=cake", "view=groups&by=nergens", "view=periods&now=1999", "view=top&limit=7", "view=together&within=x"],
)
def test_what_is_not_there_is_refused(page: Inside, query: str) -> None:
    assert page.ask("GET", f"/api/documents/0/figures?{query}", page.signed_in("lena"))[0] == 400


def test_what_is_noted_of_a_group_is_kept_and_stands_in_the_report(page: Inside) -> None:
    lena, carla = page.signed_in("lena"), page.signed_in("carla")
    live = page.page.live_documents[0]
    about = {"code": "digital", "group": "Jeugd", "text": "Overal platformen.", "since": 0}

    def note(who: Mapping[str, str], **more: object) -> int:
        return page.ask("POST", "/api/documents/0/observe", who, json.dumps(about | more).encode())[0]

    assert (note(carla), note(lena, text="Nergens.")) == (200, 400)  # what another wrote meanwhile is not lost
    found = {one["group"]: one for one in asked(page, lena, "view=noted&code=digital")["observed"]}
    assert [found[name]["text"] for name in ("Cultuur", "Jeugd")] == ["", "Overal platformen."]
    assert (found["Jeugd"]["who"], found["Cultuur"]["counts"]) == ("carla", "Fragmenten: 80; documenten: 10 van 10.")
    assert behind(page, lena, found["Jeugd"]["link"])["total"] == 80
    assert note(lena, text="Nergens.", since=found["Jeugd"]["event"]) == 200
    assert asked(page, lena, "view=noted&code=digital&by=period")["observed"][-1]["heading"] == "Jeugd"  # not lost
    status, body = page.ask("GET", "/documents/0/horizontal/xlsx?view=noted&code=digital&by=sector", lena)
    assert status == 200
    sheet = load_workbook(io.BytesIO(body))["Waarnemingen"]
    assert ("digital", "Digitalisering", "Jeugd", "Nergens.") in list(sheet.iter_rows(values_only=True))
    live.set.observe("digital", "", "lena", group="Jeugd")


def test_the_page_of_fragments_says_which_documents_were_not_read_whole(tmp_path: Path) -> None:
    with Study.open(make(tmp_path / "some.study")) as study:
        kept = study.documents("plannen")
        one = PLANS[2]
        kept.mark_read(one.name, 0, len(one.text), "bert", read=False)
        page = Inside(study, documents="plannen", people={"lena": "lead"})
        lena = page.signed_in("lena")
        found = behind(page, lena, "code=digital")
        assert (found["unread"], found["unread_count"], found["outside"]) == ([one.name], 1, 8)
        assert {row["document"] for row in found["rows"] if not row["whole"]} <= {one.name}
        assert behind(page, lena, f"code=digital&document={PLANS[3].name.replace(' ', '%20')}")["unread"] == []
        both = behind(page, lena, "code=digital&with=wellbeing&within=block")
        assert (both["total"], both["documents"]) == (8, 1)
        mine = kept.fragments("digital", "bert", PLANS[0].name)["id"].tolist()
        kept.settle(mine[:2], "lena", stands=mine[:1])
        found = behind(page, lena, "code=digital&with=wellbeing&within=document")
        assert [row["who"] for row in found["rows"]] == ["lena", *["bert"] * 6]


def test_the_page_of_fragments_says_how_many_tables_count_where_two_readers_coded_alike(tmp_path: Path) -> None:
    with Study.open(make(tmp_path / "two.study")) as study:
        page = Inside(study, documents="plannen", people={"lena": "lead"})
        lena = page.signed_in("lena")
        assert behind(page, lena, "code=digital")["counted"] is None
        study.documents("plannen").code([span for span in spans(PLANS[1], 1) if span.code == "digital"][:3], "carla")
        found = behind(page, lena, "code=digital")
        table = asked(page, lena, "view=top")["tables"][0]
        assert found["total"] == found["counted"] + 3
        assert f"{found['counted']}" in next(row for row in table["rows"] if "Digitalisering" in row)


def test_the_fragments_of_one_reader_are_counted_apart(page: Inside) -> None:
    lena = page.signed_in("lena")
    table = asked(page, lena, "view=codes&coder=carla")["tables"][0]
    link = next(one for one in table["links"][0] if one)
    assert parse_qs(link) == {"code": ["funding"], "document": [PLANS[0].name], "coder": ["carla"]}
    assert behind(page, lena, link)["total"] == 1
    assert "mira" in asked(page, lena, "view=codes&coder=mira")["why"]


def test_how_sure_it_is_says_a_sentence_a_code_and_that_it_grew_old(page: Inside) -> None:
    lena = page.signed_in("lena")
    found = measured(page, lena)
    assert len(found["sentences"]) == len(found["tables"][0]["rows"])
    said = {one["code"]: one["said"] for one in found["sentences"] if one["code"]}
    assert said["digital"].startswith("“Digitalisering”: alles is gelezen")
    assert found["measuring"]["said"] == "Zoals het nu is."
    assert "minstens 90% van de fragmenten gevonden (95% zeker)" in found["heading"]
    page.page.live_documents[0].set.code([Span(PLANS[1].name, 0, 4, "funding")], "bert")
    assert "1 beslissing" in measured(page, lena)["measuring"]["said"]
    page.page.live_documents[0].set.undo("bert")
    status, _ = page.ask("POST", "/api/documents/0/measure", lena, b'{"target": 100}')
    assert status == 400


def test_a_blind_coder_sees_their_own_fragments_alone(tmp_path: Path) -> None:
    with Study.open(make(tmp_path / "blind.study", blind=True)) as study:
        page = Inside(study, documents="plannen", people={"lena": "lead", "carla": "coder"})
        carla = page.signed_in("carla")
        found = asked(page, carla, "view=codes")
        assert [one["name"] for one in found["tables"][0]["columns"]][-1] == "Financiering"
        assert asked(page, carla, "view=sure")["tables"] == []
        assert page.ask("GET", "/api/documents/0/figures?view=codes&coder=bert", carla)[0] == 400
        assert page.ask("POST", "/api/documents/0/measure", carla, b'{"target": 90}')[0] == 400
        study.documents("plannen").observe("digital", "Van bert.", "bert")
        assert asked(page, carla, "view=noted&code=digital")["observed"] == []
        assert page.ask("GET", "/documents/0/horizontal/docx?code=digital", carla)[0] == 400
        note = json.dumps({"code": "digital", "group": "", "text": "Mijn.", "since": 0}).encode()
        assert page.ask("POST", "/api/documents/0/observe", carla, note)[0] == 400
        assert b"bert" not in page.ask("GET", "/documents/0/figures", carla)[1]


def test_a_cell_leads_to_its_fragments_and_back(tmp_path: Path) -> None:
    path = make(tmp_path / "plans.study")
    with serving(path, "--as", "carla") as served, browsing(tmp_path / "browser") as browser:
        browser.get(f"{served.address}/sign-in?token={served.token()}")
        ready(browser)
        browser.get(f"{served.address}/documents/0/figures?view=codes")
        ready(browser)
        for theme in ("light", "dark"):
            browser.execute_script("document.documentElement.dataset.theme = arguments[0]", theme)
            browser.execute_script(AXE)
            assert browser.execute_async_script(RUN) == []
        browser.find_element(By.LINK_TEXT, f"{len(PLANS[0])} ▲").click()
        until(browser, "return location.pathname.endsWith('/fragments')")
        ready(browser)
        assert PLANS[0].name in text_of(browser, "only")
        assert len(browser.find_elements(By.CSS_SELECTOR, ".fragment")) == len(PLANS[0])
        browser.back()
        ready(browser)
        until(browser, "return document.body.dataset.shown === 'codes'")
        browser.find_element(By.CSS_SELECTOR, "a[data-view=groups]").click()
        until(browser, "return document.body.dataset.shown === 'groups'")
        browser.find_element(By.CSS_SELECTOR, "#drawing .mark[data-group=Jeugd]").click()
        until(browser, "return location.pathname.endsWith('/fragments')")
        ready(browser)
        assert "sector: Jeugd" in text_of(browser, "only")
        browser.find_element(By.CSS_SELECTOR, "#only a").click()
        until(browser, "return !location.search.includes('attribute')")
        ready(browser)
        browser.get(f"{served.address}/documents/0/figures?view=noted&code=digital")
        ready(browser)
        browser.execute_script(AXE)
        assert browser.execute_async_script(RUN) == []
        browser.find_element(By.CSS_SELECTOR, "#observed textarea").send_keys("Overal platformen.")
        browser.find_element(By.CSS_SELECTOR, "#code option[value=volunteers]").click()  # it is kept first
        until(browser, "return location.search.includes('volunteers')")
        with Study.open(path) as study:
            assert study.documents("plannen").observations()["text"].tolist() == ["Overal platformen."]
        browser.get(f"{served.address}/documents/0/figures")
        ready(browser)
        until(browser, "return !document.getElementById('sentences-part').hidden")
        assert complaints(browser) == []


def test_the_page_of_fragments_opens_on_the_code_with_most_and_then_on_the_one_looked_at_last(tmp_path: Path) -> None:
    path = make(tmp_path / "plans.study")
    with Study.open(path) as study:
        kept = study.documents("plannen")
        for one in PLANS[1:3]:
            every = zip(one.blocks["start"].tolist(), one.blocks["end"].tolist(), strict=True)
            kept.code([Span(one.name, start, end, "funding") for start, end in every], "carla")
            kept.mark_read(one.name, 0, len(one.text), "carla")
    chosen = "return document.querySelector('select#code').value"
    with serving(path, "--as", "carla") as served, browsing(tmp_path / "browser") as browser:
        browser.get(f"{served.address}/sign-in?token={served.token()}")
        ready(browser)
        for query, expected in (("", "digital"), ("?code=volunteers", "volunteers"), ("", "volunteers")):
            browser.get(f"{served.address}/documents/0/fragments{query}")
            ready(browser)
            assert browser.execute_script(chosen) == expected
        browser.get(f"{served.address}/documents/0/documents")
        ready(browser)
        table = tmp_path / "gegeven.csv"
        table.write_text(f"document;code;text\n{PLANS[4].name};Jongeren;{PLANS[4].texts()[1]}\n", encoding="utf-8")
        browser.find_element(By.ID, "file").send_keys(str(table))
        until(browser, "return document.getElementById('given-fragments').textContent.startsWith('carla: 1 nieuw')")
        browser.get(f"{served.address}/documents/0/read?document={PLANS[1].name.replace(' ', '%20')}&block=2")
        ready(browser)
        left = "return +document.getElementById('do-next-difference').textContent.replace(/\\D/g, '')"
        before = browser.execute_script(left)
        browser.find_element(By.CSS_SELECTOR, "button[data-reader=carla]").click()
        until(browser, f"return (() => {{ {left} }})() === {before - 1}")
        with Study.open(path) as study:
            assert study.documents("plannen").last_words(PLANS[1].name)[0]["code"].tolist() == ["funding"]
        assert complaints(browser) == []
