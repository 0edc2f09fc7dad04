"""Documents in a study: texts in versions, fragments as events, read marks, gold, and what a new text does to them."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coder import Code, Codebook
from coder.documents import BLOCKS, REPAIRS, Document, Documents
from coder.errors import DataError, StudyError
from coder.note import Note
from coder.study import DocumentSet, Proposal, Span, Study
from coder.study.documents import anchors
from coder.study.schema import DOCUMENT_TABLES, observation
from tests.conftest import GOLDEN, corpus_of
from tests.study.test_study import book

FIRST = "Wij willen meer vrijwilligers in het sociaal-cultureel werk, en dat in alle gemeenten."
SECOND = "Er komt meer geld voor jongeren die zelf iets op touw zetten in hun buurt."
THIRD = "Digitaal werken we samen met de bibliotheken. 🙂 Dat blijft zo."


def document(name: str, *parts: str, sha256: str = "") -> Document:
    """A document of paragraphs; a part that begins with # is a heading."""
    text, rows, section = "", [], ""
    for place, part in enumerate(parts):
        heading = part.startswith("#")
        section = part if heading else section
        kind = "heading" if heading else "paragraph"
        page = place // 2 + 1
        rows.append((len(text), len(text) + len(part), kind, int(heading), page, str(page), section, "", -1))
        text += f"{part}\n\n"
    repairs = pd.DataFrame([(3, 1, "hyphen", "vrij-\nwilligers", "vrijwilligers")], columns=list(REPAIRS))
    notes = (Note("documents.blocks", name=name),)
    return Document(name, text, pd.DataFrame(rows, columns=list(BLOCKS)), repairs, "pdf", 2, sha256, notes)


PLAN = document("plan.pdf", "# Visie", FIRST, SECOND, THIRD, sha256="aa")
OTHER = document("ander.pdf", "# Werk", SECOND + " Echt.", sha256="bb")


def span(part: str, code: str, whole: Document = PLAN, memo: str = "", id: str = "") -> Span:  # noqa: A002
    """The span of these words."""
    start = whole.text.index(part)
    return Span(whole.name, start, start + len(part), code, memo, id)


@pytest.fixture
def study(place: Path | str) -> Iterator[Study]:
    """A study with a set of two plans and codes a, b, c."""
    with Study.create(place, name="test") as made:
        attributes = pd.DataFrame({"sector": ["zorg", "jeugd"], "leden": [12, None]}, index=["plan.pdf", "ander.pdf"])
        made.documents("plans").add(Documents((PLAN, OTHER), attributes), period="2021", who="lead")
        made["plans"].set_codebook(book("a", "b", "c"), "lead")
        yield made


@pytest.fixture
def plans(study: Study) -> DocumentSet:
    """Its documents."""
    return study.documents("plans")


def shown(plans: DocumentSet, **how: object) -> list[tuple[str, str, str, str]]:
    """The fragments: document, words, code, coder."""
    documents = plans.read(at=how.get("at"))  # type: ignore[arg-type]
    frame = plans.fragments(**how)  # type: ignore[arg-type]
    cells = zip(*(frame[name] for name in ("document", "start", "end", "code", "coder")), strict=True)
    return [(name, documents[name].text[start:end], code, coder) for name, start, end, code, coder in cells]


def test_documents_are_read_back_as_they_were_read(plans: DocumentSet) -> None:
    found = plans.read()
    for was, now in zip((PLAN, OTHER), found, strict=True):
        assert (was.name, was.text, was.kind, was.pages, was.sha256) == (
            now.name, now.text, now.kind, now.pages, now.sha256,
        )  # fmt: skip
        assert was.blocks.astype(object).to_numpy().tolist() == now.blocks.astype(object).to_numpy().tolist()
        assert was.repairs.astype(object).to_numpy().tolist() == now.repairs.astype(object).to_numpy().tolist()
        assert was.notes == now.notes
    assert found.attributes.astype(object).fillna("").to_numpy().tolist() == [
        ["zorg", 12, "2021"],
        ["jeugd", "", "2021"],
    ]
    assert plans.document("ander.pdf").text == OTHER.text
    with pytest.raises(StudyError, match="no document 'x'"):
        plans.document("x")
    with pytest.raises(StudyError, match="nope"):
        plans.fragments(verdict="nope")


def test_the_same_file_again_adds_nothing_under_whatever_name(study: Study, plans: DocumentSet) -> None:
    before = len(study.log())
    again = plans.add([PLAN, replace(OTHER, sha256="cc")], who="lead")
    assert (again.same, again.new, again.accepted) == (("plan.pdf", "ander.pdf"), (), True)
    renamed = plans.add([replace(PLAN, name="kopie.pdf"), replace(OTHER, name="x.pdf", sha256="")], who="lead")
    assert renamed.known == {"kopie.pdf": "plan.pdf", "x.pdf": "ander.pdf"}
    assert plans.names() == ["plan.pdf", "ander.pdf"]
    assert len(study.log()) == before


def test_attributes_change_where_that_is_accepted_and_the_rest_stays(plans: DocumentSet) -> None:
    new = pd.DataFrame({"sector": ["cultuur"], "type": ["plan"]}, index=["plan.pdf"])
    told = plans.add([PLAN, OTHER], new, who="lead")
    assert (told.attributes, told.accepted) == (("plan.pdf",), False)
    assert plans.read().attributes.loc["plan.pdf", "sector"] == "zorg"
    plans.add([PLAN], new, who="lead", accept=True)
    row = plans.read().attributes.loc["plan.pdf"]
    assert [row[name] for name in ("sector", "leden", "type", "period")] == ["cultuur", 12, "plan", "2021"]
    assert plans.read(at=1).attributes["sector"].tolist() == ["zorg"]


def test_a_set_of_documents_and_a_question_of_answers_stand_side_by_side(study: Study) -> None:
    study["q"].add_answers(corpus_of(["a"]), who="lead")
    assert (study.questions(), study.document_sets()) == (["q"], ["plans"])
    assert study.status()["question"].tolist() == ["q"]
    with pytest.raises(StudyError, match="is a set of documents"):
        study["plans"].add_answers(corpus_of(["a"]), who="lead", accept=True)
    with pytest.raises(StudyError, match="no documents called 'q'"):
        study.documents("q").read()


# Fragments


def test_any_span_has_any_codes_also_twice_in_a_paragraph_and_over_paragraphs(plans: DocumentSet) -> None:
    across = Span("plan.pdf", PLAN.text.index("gemeenten"), PLAN.text.index("Er komt") + 12, "a")
    given = [span("meer vrijwilligers", "a"), span("vrijwilligers in", "a"), span("meer vrijwilligers", "b"), across]
    ids = plans.code([*given, span("🙂 Dat", "c", memo="lacht")], "anna")
    assert len(set(ids)) == 5
    assert [row[1:3] for row in shown(plans)] == [
        ("meer vrijwilligers", "a"),
        ("meer vrijwilligers", "b"),
        ("vrijwilligers in", "a"),
        ("gemeenten.\n\nEr komt meer", "a"),
        ("🙂 Dat", "c"),
    ]
    frame = plans.fragments("c")
    assert frame[["memo", "id", "coder", "verdict"]].to_numpy().tolist() == [["lacht", ids[-1], "anna", "yes"]]
    assert plans.fragments(document="ander.pdf").empty


def test_the_very_fragment_again_is_that_fragment(study: Study, plans: DocumentSet) -> None:
    ids = plans.code([span("meer geld", "a")], "anna")
    before = len(study.log())
    assert plans.code([span("meer geld", "a")], "anna") == ids
    assert len(study.log()) == before
    assert plans.code([span("meer geld", "a")], "bert") != ids


def test_ids_follow_from_what_happened_and_stay_through_changes(plans: DocumentSet) -> None:
    (id_,) = plans.code([span("meer geld", "a", id="7b1d9d3e-0000-4000-8000-000000000001")], "anna")
    plans.memo(id_, "waarom?", "anna")
    plans.code([span("meer geld voor jongeren", "b", id=id_)], "anna")
    assert shown(plans) == [("plan.pdf", "meer geld voor jongeren", "b", "anna")]
    assert plans.fragments()["id"].tolist() == [id_]
    plans.undo("anna")
    frame = plans.fragments()
    assert frame[["code", "memo"]].to_numpy().tolist() == [["a", "waarom?"]]
    plans.uncode([id_], "anna")
    assert plans.fragments().empty
    plans.undo("anna")
    plans.undo("anna")
    assert plans.fragments()["memo"].tolist() == [""]
    assert plans.undo("anna")["id"].tolist() == [id_]
    assert plans.undo("anna").empty


def test_only_its_coder_changes_a_fragment(plans: DocumentSet) -> None:
    (id_,) = plans.code([span("meer geld", "a")], "anna")
    for act in (
        lambda: plans.uncode([id_], "bert"),
        lambda: plans.memo(id_, "x", "bert"),
        lambda: plans.code([span("meer", "a", id=id_)], "bert"),
    ):
        with pytest.raises(StudyError, match="is of anna"):
            act()


def test_what_cannot_be_coded_is_refused_and_nothing_is_written(study: Study, plans: DocumentSet) -> None:
    before = study.log()
    for spans, words in [
        ([span("meer", "a"), Span("x", 0, 1, "a")], "no document 'x'"),
        ([span("meer", "z")], "no code 'z'"),
        ([Span("plan.pdf", 3, 3, "a")], "is no part"),
        ([Span("plan.pdf", 0, len(PLAN.text) + 1, "a")], "is no part"),
        ([Span("plan.pdf", -1, 3, "a")], "is no part"),
        ([], "nothing to decide"),
    ]:
        with pytest.raises(StudyError, match=words):
            plans.code(spans, "anna")
    with pytest.raises(StudyError, match="no fragment"):
        plans.memo("nope", "x", "anna")
    with pytest.raises(StudyError, match="No block"):
        plans.mark_read("plan.pdf", 7, 8, "anna")
    assert study.log().equals(before)


def test_what_is_asked_of_a_document_or_code_that_is_not_there_is_refused(plans: DocumentSet) -> None:
    no_document, no_code = "no document 'nope'; it has plan.pdf", "no code 'nope'"
    for asked, said in (
        (lambda: plans.fragments(document="nope"), no_document),
        (lambda: plans.last_words("nope"), no_document),
        (lambda: plans.proposals("nope"), no_document),
        (lambda: plans.reach([("nope", 0, 4)], "an"), no_document),
        (lambda: plans.proposals(code="nope"), no_code),
        (lambda: plans.unplaced("nope"), no_code),
    ):
        with pytest.raises(StudyError, match=said):
            asked()
    with pytest.raises(DataError, match="number is 0: give a whole number of 1 or more"):
        plans.draw_control(0, "an")


def test_who_read_an_older_state_does_not_write_over_a_newer_one(study: Study, plans: DocumentSet) -> None:
    (id_,) = plans.code([span("meer geld", "a")], "anna")
    since = int(study.log()["event"].iloc[0])
    plans.memo(id_, "x", "anna", since=since)
    with pytest.raises(StudyError, match="was changed since"):
        plans.memo(id_, "y", "anna", since=since)
    plans.add([replace(PLAN, text=PLAN.text.replace("Echt", "Ech"))], who="lead", accept=True)
    plans.code([span("meer", "b")], "anna", since=since)  # the text is the same
    plans.add([document("plan.pdf", "# Visie", FIRST)], who="lead", accept=True)
    for act in (
        lambda: plans.code([span("meer", "c")], "anna", since=since),
        lambda: plans.mark_read("plan.pdf", 0, 9, "anna", since=since),
    ):
        with pytest.raises(StudyError, match="another text since"):
            act()


def test_fragments_are_in_the_codes_of_now(study: Study, plans: DocumentSet) -> None:
    plans.code([span("meer geld", "a"), span("jongeren", "b")], "anna")
    then = int(study.log()["event"].iloc[0])
    study["plans"].set_codebook(book("x", "y", "c", x=["a"], y=["b"]), "lead", since=1)
    assert [row[2] for row in shown(plans)] == ["x", "y"]
    assert [row[1] for row in shown(plans, code="x")] == ["meer geld"]
    assert [row[2] for row in shown(plans, at=then)] == ["a", "b"]


def test_a_fragment_with_a_code_that_was_split_is_unsure_of_each_part(study: Study, plans: DocumentSet) -> None:
    plans.code([span("meer geld", "a")], "anna")
    study["plans"].set_codebook(book("b", "c", "x", "y", x=["a"], y=["a"]), "lead", since=1)
    assert plans.fragments().empty
    assert plans.fragments(verdict="unsure")["code"].tolist() == ["x", "y"]


# Another text


NEW_FIRST = "Een nieuwe alinea vooraan, die er nog niet was."


def test_a_corrected_text_keeps_its_fragments_and_tells_what_became_of_them(plans: DocumentSet) -> None:
    plans.code([span("meer vrijwilligers", "a"), span(SECOND, "b"), span("samen met de bibliotheken", "c")], "anna")
    corrected = document("plan.pdf", "# Visie", NEW_FIRST, FIRST, SECOND.replace("zelf iets", "iets"), "Weg.")
    told = plans.add([corrected], who="lead")
    assert (told.changed, told.accepted) == (("plan.pdf",), False)
    assert plans.document("plan.pdf").text == PLAN.text
    done = plans.add([corrected], who="lead", accept=True)
    assert done.fragments[["code", "how"]].to_numpy().tolist() == [["a", "same"], ["b", "changed"], ["c", "lost"]]
    assert done.lost["was"].tolist() == ["samen met de bibliotheken"]
    assert [row[1] for row in shown(plans)] == ["meer vrijwilligers", SECOND.replace("zelf iets", "iets")]
    lost = plans.unplaced()
    assert lost[["document", "code", "coder", "was"]].to_numpy().tolist() == [
        ["plan.pdf", "c", "anna", "samen met de bibliotheken"]
    ]
    plans.move(lost["id"].iloc[0], 0, 7, "lead")
    assert plans.unplaced().empty
    assert shown(plans)[0][1:] == ("# Visie", "c", "anna")
    plans.undo("lead")
    assert len(plans.unplaced()) == 1


def test_past_texts_and_their_fragments_can_be_read(study: Study, plans: DocumentSet) -> None:
    plans.code([span("meer vrijwilligers", "a")], "anna")
    then = int(study.log()["event"].iloc[0])
    plans.add([document("plan.pdf", NEW_FIRST, FIRST)], who="lead", accept=True)
    start = PLAN.text.index("meer vrijwilligers")
    assert plans.document("plan.pdf", at=then).text == PLAN.text
    assert plans.fragments(at=then)["start"].tolist() == [start]
    assert plans.fragments()["start"].tolist() == [len(NEW_FIRST) + 2 + FIRST.index("meer vrijwilligers")]


def test_an_earlier_text_that_comes_back_has_its_fragments_where_they_were(study: Study, plans: DocumentSet) -> None:
    plans.code([span(THIRD, "a")], "anna")
    plans.mark_read("plan.pdf", 0, len(PLAN.text), "anna")
    plans.add([document("plan.pdf", "# Visie", FIRST, "Anders.")], who="lead", accept=True)
    assert len(plans.unplaced()) == 1
    plans.code([Span("plan.pdf", 0, 7, "b")], "anna")
    plans.add([PLAN], who="lead", accept=True)
    assert [row[1:3] for row in shown(plans)] == [("# Visie", "b"), (THIRD, "a")]
    assert plans.read_marks()["blocks"].tolist() == [4]
    assert study.check() == []


def test_undoing_takes_back_a_fragment_also_after_the_text_changed(study: Study, plans: DocumentSet) -> None:
    (id_,) = plans.code([span("meer vrijwilligers", "a")], "anna")
    plans.memo(id_, "x", "anna")
    plans.add([document("plan.pdf", NEW_FIRST, FIRST)], who="lead", accept=True)
    plans.undo("anna")
    assert shown(plans) == [("plan.pdf", "meer vrijwilligers", "a", "anna")]
    assert plans.fragments()["memo"].tolist() == [""]
    plans.move(id_, 0, 3, "lead")
    plans.undo("anna")
    assert plans.fragments().empty
    assert study.check() == []


# Read marks


def test_read_marks_are_of_whole_blocks_and_can_be_taken_back(plans: DocumentSet) -> None:
    at = PLAN.text.index("Er komt")
    plans.mark_read("plan.pdf", 0, at + 5, "anna")
    assert plans.read_marks()[["coder", "start", "end", "blocks"]].to_numpy().tolist() == [
        ["anna", 0, at + len(SECOND), 3]
    ]
    plans.mark_read("plan.pdf", at, at + 1, "anna", read=False)
    assert plans.read_marks()["blocks"].tolist() == [2]
    plans.undo("anna")
    assert plans.read_marks()["blocks"].tolist() == [3]
    plans.undo("anna")
    assert plans.read_marks().empty


def test_a_block_with_other_words_has_to_be_read_again(plans: DocumentSet) -> None:
    plans.mark_read("plan.pdf", 0, len(PLAN.text), "anna")
    plans.add([document("plan.pdf", "# Visie", NEW_FIRST, FIRST, SECOND + " Nu.", THIRD)], who="lead", accept=True)
    found = plans.read_marks()
    assert found["blocks"].tolist() == [1, 1, 1]
    text = plans.document("plan.pdf").text
    assert [text[a:b] for a, b in zip(found["start"], found["end"], strict=True)] == ["# Visie", FIRST, THIRD]


def test_a_coding_has_what_was_read_for_a_base_and_knows_its_corpus(plans: DocumentSet) -> None:
    plans.code([span(SECOND, "b")], "anna")
    plans.mark_read("plan.pdf", 0, len("# Visie") + 3, "anna")
    coding = plans.coding("anna")
    assert coding.seen.tolist() == ["plan.pdf:00001", "plan.pdf:00002", "plan.pdf:00003"]
    assert coding.pairs().to_numpy().tolist() == [["plan.pdf:00003", "b"]]
    assert coding.corpus is not None
    assert coding.corpus.units.loc["plan.pdf:00003", "sector"] == "zorg"
    assert plans.coding("anna", "document").seen.tolist() == ["plan.pdf:00001"]
    assert plans.coding("bert").seen.empty


# Several coders


def test_gold_keeps_each_coder_and_tells_what_belongs_together(plans: DocumentSet) -> None:
    plans.code([span(SECOND, "b"), span("meer vrijwilligers", "a")], "anna")
    plans.code([span("meer geld voor jongeren", "b"), span("gemeenten", "a")], "bert")
    gold = plans.gold()
    assert gold["coder"].tolist() == ["anna", "bert", "anna", "bert"]
    assert gold.groupby("together")["coder"].agg(list).tolist() == [["anna"], ["bert"], ["anna", "bert"]]
    assert gold["coders"].tolist() == [1, 1, 2, 2]


def test_units_on_which_readers_differ_wait_for_the_last_word(plans: DocumentSet) -> None:
    plans.code([span(SECOND, "b"), span(FIRST, "a")], "anna")
    plans.code([span(FIRST, "a")], "bert")
    assert len(plans.coding().seen) == 2  # bert did not read the other
    plans.mark_read("plan.pdf", 0, len(PLAN.text), "bert")
    assert plans.unsettled().tolist() == ["plan.pdf:00003"]
    found = plans.disagreements()
    assert found.to_numpy().tolist() == [["plan.pdf:00003", "b", "anna", "bert", ""]]
    at = PLAN.text.index(SECOND)
    plans.mark_read("plan.pdf", at, at + 5, "chris", last=True)
    plans.code([span("jongeren die zelf", "c")], "chris", last=True)
    assert plans.unsettled().empty
    assert plans.coding().pairs().to_numpy().tolist() == [["plan.pdf:00002", "a"], ["plan.pdf:00003", "c"]]
    assert plans.gold()[["code", "coder"]].to_numpy().tolist() == [["a", "anna"], ["a", "bert"], ["c", "chris"]]
    assert len(plans.fragments()) == 3  # each coder's stay


def differing(plans: DocumentSet) -> dict[str, list[str]]:
    """Two readers who differ in an extent, in a code, and in what one of them gave: ids of fragments by kind."""
    plans.code([span(FIRST, "a"), span("meer geld", "b"), span("bibliotheken", "c")], "anna")
    plans.code([span("meer vrijwilligers", "a"), span("meer geld voor", "c")], "bert")
    for who in ("anna", "bert"):
        plans.mark_read("plan.pdf", 0, len(PLAN.text), who)
    found = plans.differences()
    assert found[["kind", "missed"]].drop_duplicates().to_numpy().tolist() == [
        ["extent", ""], ["code", ""], ["missed", "bert"],
    ]  # fmt: skip
    return {str(kind): part["id"].tolist() for kind, part in found.groupby("kind")}


def words(found: pd.DataFrame, whole: Document = PLAN) -> list[tuple[str, str, str]]:
    rows = zip(*(found[name].tolist() for name in ("start", "end", "code", "coder")), strict=True)
    return [(whole.text[start:end], code, coder) for start, end, code, coder in rows]


def test_the_last_word_on_a_difference_counts_in_place_of_what_readers_gave(plans: DocumentSet, study: Study) -> None:
    of = differing(plans)
    assert plans.unsettled().tolist() == ["plan.pdf:00003", "plan.pdf:00004"]
    plans.settle(of["extent"], "chris", stands=[span("gemeenten", "a"), of["extent"][1]])
    plans.settle(of["code"], "chris", stands=of["code"])
    before = study.last_event
    plans.settle(of["missed"], "chris")
    both = [("meer geld", "b", "chris"), ("meer geld voor", "c", "chris")]
    assert words(plans.gold()) == [("meer vrijwilligers", "a", "chris"), ("gemeenten", "a", "chris"), *both]
    assert ("bibliotheken", "c", "anna") in words(plans.gold(at=before))
    assert plans.differences()["settled"].all()
    assert (plans.unsettled().tolist(), len(plans.disagreements())) == ([], 0)
    given = plans.coding().pairs().to_numpy().tolist()
    assert given == [["plan.pdf:00002", "a"], ["plan.pdf:00003", "b"], ["plan.pdf:00003", "c"]]
    assert len(plans.coding().seen) == 4  # that none stands is known too
    assert plans.coding("anna").pairs()["code"].tolist() == ["a", "b", "c"]  # each coder's stay
    plans.undo("chris")
    assert plans.unsettled().tolist() == ["plan.pdf:00004"]
    plans.settle(of["code"], "dirk", stands=[of["code"][0]])  # who decides last decides
    assert words(plans.gold())[2:] == [("meer geld", "b", "chris"), ("bibliotheken", "c", "anna")]
    plans.settle(of["code"], "dirk", stands=None)
    assert plans.differences().groupby("kind")["settled"].all().to_dict() == {
        "code": False,
        "extent": True,
        "missed": False,
    }
    assert study.check() == []


def test_a_last_word_follows_the_text_and_holds_for_who_reads_later(plans: DocumentSet) -> None:
    of = differing(plans)
    plans.settle(of["missed"], "chris")
    plans.code([span("bibliotheken", "c"), span("Digitaal werken", "c")], "eva")
    assert [one for one in words(plans.gold()) if one[1:] == ("c", "eva")] == [("Digitaal werken", "c", "eva")]
    longer = document("plan.pdf", "# Visie", "Nieuw.", FIRST, SECOND, THIRD, sha256="cc")
    plans.add([longer], who="lead", accept=True)
    assert ("bibliotheken", "c", "anna") not in words(plans.gold(), longer)
    with pytest.raises(StudyError, match="no fragment"):
        plans.settle([*of["missed"], "nergens"], "chris")
    with pytest.raises(StudyError, match="empty"):
        plans.settle([], "chris")


def noted(plans: DocumentSet, at: int | None = None) -> list[tuple[str, str, str]]:
    return list(plans.observations(at=at)[["code", "group", "text"]].itertuples(index=False, name=None))


def test_observations_are_events_of_their_codes(plans: DocumentSet, study: Study) -> None:
    first = plans.observe("a", "Veel over vrijwilligers.\n", "anna", group="zorg")
    plans.observe("b", "Weinig geld.", "bert", group="zorg")
    assert plans.observe("a", "Veel over vrijwilligers.", "bert", group="zorg") == study.last_event == first + 1
    assert noted(plans) == [("a", "zorg", "Veel over vrijwilligers."), ("b", "zorg", "Weinig geld.")]
    with pytest.raises(StudyError, match="anna changed"):
        plans.observe("a", "Anders.", "bert", group="zorg", since=first - 1)
    with pytest.raises(StudyError, match="no code"):
        plans.observe("z", "Niets.", "bert")
    study["plans"].set_codebook(book("a", "c", a=["b"]), "lead")
    assert noted(plans) == [("a", "zorg", "Veel over vrijwilligers.\nWeinig geld.")]
    plans.observe("a", "Samen.", "anna", group="zorg")
    assert noted(plans) == [("a", "zorg", "Samen.")]
    plans.observe("a", "", "anna", group="zorg")
    assert (noted(plans), noted(plans, first)) == ([], [("a", "zorg", "Veel over vrijwilligers.")])


def test_what_a_report_has_comes_in_and_nothing_that_was_written_since_is_lost(plans: DocumentSet) -> None:
    base = plans.observe("a", "Eerst.", "anna")
    plans.observe("b", "Blijft.", "anna")
    base = plans.observe("c", "Ook.", "anna")
    plans.observe("b", "Nieuw op de pagina.", "bert")
    plans.observe("c", "Ook op de pagina.", "bert")
    report = {"a": {"": "In Word."}, "b": {"": "Blijft."}, "c": {"": "Ook in Word."}, "oud": {"": "Van een oude code."}}
    assert plans.enter_observations(report, "anna", base=base, source="r.docx") == (2, 1)
    assert plans.enter_observations(report, "anna", base=None) == (0, 0)
    assert noted(plans) == [
        ("a", "", "In Word."), ("b", "", "Nieuw op de pagina."), ("c", "", "Ook op de pagina.\nOok in Word."),
        ("oud", "", "Van een oude code."),
    ]  # fmt: skip


# Machines


def test_proposals_are_replaced_and_are_of_the_text_that_was_looked_at(plans: DocumentSet) -> None:
    with pytest.raises(StudyError, match="proposed"):
        plans.coding("machine")
    at = PLAN.text.index(SECOND)
    rows = pd.DataFrame({"document": ["plan.pdf"], "start": [at], "end": [at + 9], "code": ["a"], "probability": [0.7]})
    plans.propose(rows, method="rules", who="lead")
    plans.propose(rows.assign(code="b"), method="rules", model="2", who="lead")
    assert plans.proposals()[["document", "code", "probability", "version"]].to_numpy().tolist() == [
        ["plan.pdf", "b", 0.7, "2"]
    ]
    assert plans.proposals("ander.pdf").empty
    assert plans.proposals(code="a").empty
    coding = plans.coding("machine")
    assert (len(coding.seen), coding.pairs()["code"].tolist()) == (6, ["b"])
    taken = Proposal("rules", start=int(rows["start"].iloc[0]), probability=0.7)
    plans.code([Span("plan.pdf", at, at + 9, "b", proposal=taken)], "anna")
    plans.add([document("plan.pdf", FIRST)], who="lead", accept=True)
    assert plans.proposals().empty
    with pytest.raises(StudyError, match="is no part"):
        plans.propose(rows.assign(end=10_000), method="rules", who="lead")


# What follows from the events


STEPS = st.lists(
    st.tuples(st.sampled_from(["code", "uncode", "memo", "undo", "place", "text"]), st.integers(0, 5), st.booleans()),
    max_size=12,
)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_is_done_what_holds_is_what_follows_from_the_events(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, bool]]
) -> None:
    words = ("meer vrijwilligers", "meer geld", "jongeren die zelf", "bibliotheken", "gemeenten", "buurt")
    texts = (PLAN, document("plan.pdf", NEW_FIRST, FIRST, SECOND), document("plan.pdf", THIRD, FIRST))
    with Study.create(tmp_path_factory.mktemp("study") / "a.study", name="test") as study:
        plans = study.documents("plans")
        plans.add([PLAN], who="lead")
        study["plans"].set_codebook(book("a"), "lead")
        states = []
        for what, number, one in steps:
            who = "anna" if one else "bert"
            mine = plans.fragments(coder=who)["id"].tolist()
            now = plans.document("plan.pdf")
            if what == "code" and words[number] in now.text:
                plans.code([span(words[number], "a", now)], who)
            elif what == "undo":
                plans.undo(who)
            elif what == "text":
                plans.add([texts[number % 3]], who="lead", accept=True)
            elif mine:
                id_ = mine[number % len(mine)]
                match what:
                    case "uncode":
                        plans.uncode([id_], who)
                    case "memo":
                        plans.memo(id_, f"memo {number}", who)
                    case "place":
                        plans.move(id_, 0, 5 + number, "lead")
            states.append((int(study.log()["event"].iloc[0]), plans.fragments(), plans.unplaced()))
            assert study.check() == []
        for event, fragments, _ in states:
            assert plans.fragments(at=event).equals(fragments)
        text = plans.document("plan.pdf").text
        assert all(
            0 <= a < b <= len(text)
            for a, b in zip(*(plans.fragments()[name] for name in ("start", "end")), strict=True)
        )


LINES = st.lists(st.sampled_from(["een", "twee drie", "vier vijf zes", "", "zeven acht negen tien elf"]), max_size=9)


@given(LINES, LINES, st.data())
def test_what_two_texts_share_is_the_same_in_both_and_places_are_in_the_new_one(
    one: list[str], other: list[str], data: st.DataObject
) -> None:
    was, now = "\n".join(one), "\n".join(other)
    shared = anchors.pieces(was, now)
    assert all(was[a : a + size] == now[b : b + size] for a, b, size in shared.tolist())
    assert (np.diff(shared[:, :2], axis=0) > 0).all()
    if not was:
        return
    start = data.draw(st.integers(0, len(was) - 1))
    end = data.draw(st.integers(start + 1, len(was)))
    (place,) = anchors.places(was, now, shared, [(start, end)])
    if place.how == anchors.SAME:
        assert now[place.start : place.end] == was[start:end]
    if place.how != anchors.LOST:
        assert 0 <= place.start < place.end <= len(now)
    assert anchors.places(was, was, anchors.pieces(was, was), [(start, end)]) == [(start, end, anchors.SAME)]


def test_a_fragment_that_occurs_often_stays_at_its_own_place() -> None:
    was = "\n\n".join(["Wij doen mee."] * 5)
    now = "\n\n".join(["Nieuw begin.", *["Wij doen mee."] * 5])
    start = was.index("Wij", 20)
    (place,) = anchors.places(was, now, anchors.pieces(was, now), [(start, start + 13)])
    assert place.how == anchors.SAME
    assert now[place.start : place.end] == "Wij doen mee."


# Earlier versions


def test_a_study_of_version_1_is_brought_up_to_date_and_takes_documents(tmp_path: Path) -> None:
    path = tmp_path / "oud.study"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((GOLDEN / "study-version-1.sql").read_text(encoding="utf-8"))
    with Study.open(path) as study:
        assert study.questions() == ["q"]
        study.documents("plans").add([PLAN], who="lead")
        study["plans"].set_codebook(Codebook((Code("a", 1, {}),)), "lead")
        study.documents("plans").code([span("meer geld", "a")], "an")
    with Study.open(path) as study:
        assert shown(study.documents("plans")) == [("plan.pdf", "meer geld", "a", "an")]
        assert study.check() == []
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE document_text SET text = replace(text, 'geld', 'gold')")
        connection.commit()
    with pytest.raises(StudyError, match="damaged"):
        Study.open(path)


# At once


def test_several_people_code_at_once_without_loss(place: Path | str) -> None:
    with Study.create(place, name="test") as study:
        study.documents("plans").add([PLAN], who="lead")
        study["plans"].set_codebook(book("a"), "lead")
    size = len(PLAN.text)

    def work(who: str) -> list[str]:
        with Study.open(place) as study:
            plans = study.documents("plans")
            made = [plans.code([Span("plan.pdf", at, at + 2, "a")], who)[0] for at in range(0, 20, 2)]
            plans.mark_read("plan.pdf", 0, size, who)
            plans.undo(who)
            return made

    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(work, ["anna", "bert", "chris"]))
    with Study.open(place) as study:
        found = study.documents("plans").fragments()
        assert sorted(found["id"]) == sorted(id_ for some in made for id_ in some)
        assert found["coder"].value_counts().to_dict() == {"anna": 10, "bert": 10, "chris": 10}
        assert study.check() == []


def test_a_study_of_version_2_is_brought_up_to_date(place: Path | str) -> None:
    with Study.create(place, name="test") as study:
        study["q"].add_answers(corpus_of(["a"]), who="lead")
        with study._write() as connection:  # noqa: SLF001 (as version 2 had it)
            for table in reversed([*DOCUMENT_TABLES, observation]):
                connection.exec_driver_sql(f'DROP TABLE "{table.name}"')
            connection.exec_driver_sql("ALTER TABLE question DROP COLUMN kind")
            connection.exec_driver_sql("UPDATE fact SET value = '2' WHERE name = 'schema'")
    with Study.open(place) as study:
        assert (study.questions(), len(study["q"].units())) == (["q"], 1)
        study.documents("plans").add([PLAN], who="lead")
        study["plans"].set_codebook(book("a"), "lead")
        study.documents("plans").code([span("meer geld", "a")], "an")
        assert study.check() == []
    with Study.open(place) as study:
        assert shown(study.documents("plans")) == [("plan.pdf", "meer geld", "a", "an")]
