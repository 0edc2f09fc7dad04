"""A study and projects of other programs: what they bring, twice the same, and out again."""

import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from coder import Code, Codebook
from coder.documents import Documents
from coder.files.qdpx import COLUMNS, Project
from coder.files.qdpx.project_reader import read_qdpx
from coder.files.qdpx.project_writer import write_qdpx
from coder.study import Span, Study
from coder.study.documents.document_exchange import enter_project, project_of
from tests.study.test_documents import FIRST, OTHER, PLAN, document, shown, span

BOOK = Codebook((Code("a", 1, {"nl": "Geld"}), Code("b", 2, {"nl": "Jeugd"}, net="a")), "Plannen")


def brought(*rows: tuple[str, str, str, str]) -> Project:
    """A project of fragments: words of the plan, code, coder, id."""
    made = []
    for words, code, coder, id_ in rows:
        start = PLAN.text.index(words)
        made.append(("plan.pdf", start, start + len(words), code, coder, "", id_, "", "", ""))
    sectors = pd.DataFrame({"sector": ["zorg"]}, index=["plan.pdf"])
    return Project("p", Documents((PLAN,), sectors), BOOK, pd.DataFrame(made, columns=list(COLUMNS)))


ONE = "11111111-1111-1111-1111-111111111111"


def test_a_project_brings_documents_codes_and_fragments_once(place: Path | str) -> None:
    project = brought(("meer geld", "a", "Anna", ONE), ("jongeren", "b", "", ""))
    with Study.create(place, name="test") as study:
        done = enter_project(study, "plans", project, "lead")
        assert (done.documents.new, done.codes, done.fragments, done.same) == (("plan.pdf",), 2, 2, 0)
        plans = study.documents("plans")
        assert [row[1:] for row in shown(plans)] == [("meer geld", "a", "Anna"), ("jongeren", "b", "lead")]
        assert plans.fragments()["id"].tolist()[0] == ONE
        assert study["plans"].codebook() == BOOK
        before = len(study.log())
        again = enter_project(study, "plans", project, "lead")
        assert (again.codes, again.fragments, again.same) == (0, 0, 2)
        assert len(study.log()) == before


def test_codes_are_those_of_the_study_by_label_and_others_are_added(place: Path | str) -> None:
    own = Codebook((Code("money", 4, {"nl": "geld"}), Code("b", 7, {"nl": "Bos"})), "x")
    with Study.create(place, name="test") as study:
        study.documents("plans").add([OTHER], who="lead")
        study["plans"].set_codebook(own, "lead")
        project = brought(("meer geld", "a", "Anna", ONE), ("jongeren", "b", "Anna", ""))
        assert enter_project(study, "plans", project, "lead").codes == 0  # an id that is there is that code
        project = replace(project, book=replace(BOOK, codes=(BOOK.codes[0], replace(BOOK.codes[1], id="c"))))
        frame = project.fragments.assign(code=["a", "c"])
        assert enter_project(study, "plans", replace(project, fragments=frame), "lead").codes == 1
        book = study["plans"].codebook()
        assert [(code.id, code.number, code.net) for code in book.codes] == [
            ("money", 4, ""), ("b", 7, ""), ("c", 8, "money"),
        ]  # fmt: skip


def test_fragments_of_a_changed_document_wait_until_it_is_accepted(place: Path | str) -> None:
    with Study.create(place, name="test") as study:
        study.documents("plans").add([document("plan.pdf", FIRST)], who="lead")
        project = brought(("meer geld", "a", "gold", ONE))
        done = enter_project(study, "plans", project, "lead")
        assert (done.documents.changed, done.fragments) == (("plan.pdf",), 0)
        assert [note.key for note in done.notes] == ["qdpx.waiting"]
        done = enter_project(study, "plans", project, "lead", accept=True)
        assert done.fragments == 1
        assert [note.key for note in done.notes] == ["qdpx.odd_names"]
        assert study.documents("plans").fragments()["coder"].tolist() == ["lead"]


def test_a_study_goes_out_and_into_another_as_it_was(tmp_path: Path) -> None:
    with Study.create(tmp_path / "a.study", name="test") as study:
        plans = study.documents("plans")
        plans.add(Documents((PLAN, OTHER), pd.DataFrame({"n": [1, 2]}, index=["plan.pdf", "ander.pdf"])), who="lead")
        study["plans"].set_codebook(BOOK, "lead")
        plans.code([span("meer geld", "a", memo="waarom?"), span("meer geld", "b"), span("🙂", "a")], "anna")
        plans.code([span("meer geld", "a"), Span("plan.pdf", 0, 7, "a", verdict="unsure")], "bert")
        plans.mark_read("plan.pdf", 0, 20, "bert")
        plans.mark_read("plan.pdf", 0, 20, "chris", last=True)
        geld = plans.fragments("a", "bert")["id"].tolist()
        plans.memo(geld[0], "Anders.", "bert")
        plans.settle(geld, "chris", stands=[span("meer geld voor", "a")])
        plans.observe("a", "Veel geld.", "anna", group="zorg")
        was = project_of(study, "plans")
        gold = plans.gold()[["start", "end", "code", "coder"]]
        settled, last = plans.settlements(), plans.settled_stretches()
    assert settled[["document", "coder"]].to_numpy().tolist() == [["plan.pdf", "chris"]]
    assert set(last["coder"]) == {"chris"}
    assert [note.key for note in was.notes] == ["qdpx.left_unsure", "qdpx.left_settled", "qdpx.left_observed"]
    changed = was.fragments[was.fragments["changed"] != ""]
    assert changed[["id", "changed_by"]].to_numpy().tolist() == [[geld[0], "bert"]]
    assert (changed["when"] < changed["changed"]).all()
    write_qdpx(tmp_path / "a.qdpx", was)
    with Study.create(tmp_path / "b.study", name="test") as study:
        enter_project(study, "plans", read_qdpx(tmp_path / "a.qdpx"), "lead")
        enter_project(study, "plans", read_qdpx(tmp_path / "a.qdpx"), "lead")
        now = project_of(study, "plans")
        assert study.documents("plans").gold()[["start", "end", "code", "coder"]].equals(gold)
        assert study.documents("plans").settlements().equals(settled)
        assert study.documents("plans").settled_stretches().equals(last)
    write_qdpx(tmp_path / "b.qdpx", now)
    with zipfile.ZipFile(tmp_path / "a.qdpx") as a, zipfile.ZipFile(tmp_path / "b.qdpx") as b:
        assert [a.read(name) for name in a.namelist()] == [b.read(name) for name in b.namelist()]
    dates = ["when", "changed"]  # the bytes say that these are the same, however they are written
    assert now.fragments.drop(columns=dates).equals(was.fragments.drop(columns=dates))
    assert (now.book, now.read.to_numpy().tolist()) == (was.book, was.read.to_numpy().tolist())
    assert now.documents.attributes.equals(was.documents.attributes)
    for one, other in zip(was.documents, now.documents, strict=True):
        assert (one.text, one.notes) == (other.text, other.notes)
        assert one.blocks.equals(other.blocks)
        assert one.repairs.equals(other.repairs)


def test_without_a_codebook_a_project_has_texts_alone(tmp_path: Path) -> None:
    with Study.create(tmp_path / "a.study", name="test") as study:
        study.documents("plans").add([PLAN], who="lead")
        write_qdpx(tmp_path / "a.qdpx", project_of(study, "plans"))
    now = read_qdpx(tmp_path / "a.qdpx")
    assert (now.book, len(now.documents), len(now.fragments)) == (None, 1, 0)


@pytest.mark.parametrize("coder", ["Jan, Piet", "machine", ""])
def test_coders_have_names_that_a_study_takes(coder: str, tmp_path: Path) -> None:
    with Study.create(tmp_path / "a.study", name="test") as study:
        enter_project(study, "plans", brought(("meer geld", "a", coder, ONE)), "lead")
        (found,) = study.documents("plans").fragments()["coder"]
    assert found == {"Jan, Piet": "Jan Piet"}.get(coder, "lead")
