"""What a study keeps: decisions as events, any past state, codes that became others, gold."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coder import Code, Codebook, CoderError, Corpus
from coder.coding import Reason
from coder.errors import CodebookError, StudyError
from coder.files.codebooks import read_codebook
from coder.methods.classifier import train_classifier
from coder.study import Decision, Proposal, Study
from coder.study.exchange import export, propose, table
from coder.study.retrain import retrain
from coder.tables.frequency import top
from tests.conftest import coding_of, corpus_of, spoken, two_themes

TEXTS = ["te duur", "mooie video", "geen idee", "meer video, en goedkoper", "AI"]


def book(*ids: str, **formerly: Sequence[str]) -> Codebook:
    """A codebook of these ids; each has the number of its place in the alphabet."""
    return Codebook(
        tuple(Code(id_, ord(id_[0]), {"nl": id_.upper()}, formerly=tuple(formerly.get(id_, ()))) for id_ in ids)
    )


@pytest.fixture
def study(place: Path | str) -> Iterator[Study]:
    """A study with a question, five answers, and codes a, b, c."""
    with Study.create(place, name="test") as made:
        made["q"].add_answers(corpus_of(TEXTS), who="lead")
        made["q"].set_codebook(book("a", "b", "c"), "lead")
        yield made


def decided(study: Study, who: str, *said: str) -> int:
    """Decide what is written as "1 a", "1 a no" or "2" (examined)."""
    parts = [[*one.split(), "", "yes"] if " " not in one else [*one.split(), "yes"] for one in said]
    return study["q"].decide(who, [Decision(unit, code, verdict) for unit, code, verdict, *_ in parts])


def shown(study: Study, **how: object) -> set[tuple[str, str, str, str]]:
    """What is decided: unit, code, verdict, who."""
    frame = study["q"].state(**how)  # type: ignore[arg-type]
    return set(frame[["unit", "code", "verdict", "who"]].itertuples(index=False, name=None))


def cells(study: Study, who: str = "gold", **how: object) -> list[str]:
    """A coding as cells, in the order of the units."""
    return study["q"].coding(who, **how).cells(study["q"].corpus().ids, "abcdefgxy").tolist()  # type: ignore[arg-type]


def test_a_decision_is_read_back_with_all_that_was_said(study: Study) -> None:
    proposal = Proposal("rules", Reason("rule", '"duur"'), 3, 7, 0.8, "codebook 1")
    event = study["q"].decide("anna", [Decision("1", "a", "unsure", "te duur?", proposal)], source="page")
    row = study["q"].state().iloc[0]
    assert row[["unit", "code", "verdict", "who", "event", "note"]].tolist() == [
        "1",
        "a",
        "unsure",
        "anna",
        event,
        "te duur?",
    ]
    assert datetime.fromisoformat(row["when"]).tzinfo == UTC
    assert study.log().iloc[0][["who", "what", "size", "source"]].tolist() == ["anna", "decide", 1, "page"]


def test_a_later_decision_takes_the_place_of_an_earlier_one_and_both_are_kept(study: Study) -> None:
    first = decided(study, "anna", "1 a", "2 b")
    decided(study, "anna", "1 a no")
    assert shown(study) == {("1", "a", "no", "anna"), ("2", "b", "yes", "anna")}
    assert shown(study, at=first) == {("1", "a", "yes", "anna"), ("2", "b", "yes", "anna")}


def test_undo_takes_back_the_last_batch_of_that_person_alone(study: Study) -> None:
    decided(study, "anna", "1 a")
    decided(study, "anna", "1 a no", "2 b")
    decided(study, "bert", "1 c")
    assert study["q"].undo("anna")[["unit", "code", "verdict"]].to_numpy().tolist() == [
        ["1", "a", "no"],
        ["2", "b", "yes"],
    ]
    assert shown(study) == {("1", "a", "yes", "anna"), ("1", "c", "yes", "bert")}
    study["q"].undo("anna")
    assert study["q"].undo("anna").empty
    assert shown(study) == {("1", "c", "yes", "bert")}
    assert study.log()["what"].tolist()[:2] == ["undo", "undo"]


def test_what_cannot_be_decided_is_refused_and_nothing_is_written(study: Study) -> None:
    before = study.log()
    for who, decisions, words in [
        ("anna", [Decision("1", "a"), Decision("9", "a")], "no unit '9'"),
        ("anna", [Decision("1", "z")], "no code 'z'"),
        ("anna", [Decision("1", "a"), Decision("1", "a", "no")], "one decision at most"),
        ("anna", [], "nothing to decide"),
        ("gold", [Decision("1", "a")], "cannot be the name"),
        (" ", [Decision("1", "a")], "cannot be the name"),
    ]:
        with pytest.raises(StudyError, match=words):
            study["q"].decide(who, decisions)
    with pytest.raises(StudyError, match="yes, no, unsure"):
        Decision("1", "a", "maybe")
    with pytest.raises(StudyError, match="no question 'p'"):
        study["p"].state()
    assert study.log().equals(before)


def test_codes_need_a_codebook(place: Path | str) -> None:
    with Study.create(place, name="test") as study:
        study["q"].add_answers(corpus_of(TEXTS), who="lead")
        with pytest.raises(StudyError, match="no codebook"):
            study["q"].decide("anna", [Decision("1", "a")])
        with pytest.raises(StudyError, match="no codebook"):
            study["q"].codebook()


# Gold, and coders


def test_gold_is_what_one_coder_says_where_only_one_coded(study: Study) -> None:
    decided(study, "anna", "1 a", "1 b", "2", "3 c no", "4 c unsure")
    assert cells(study) == ["a;b", "-", "", "", ""]
    assert cells(study, "anna") == cells(study)


def test_gold_leaves_out_units_on_which_coders_differ_until_somebody_has_the_last_word(study: Study) -> None:
    decided(study, "anna", "1 a", "1 b", "2 a", "3", "4 a")
    decided(study, "bert", "1 a", "2 a", "3", "4 a no")
    assert cells(study) == ["", "a", "-", "", ""]
    assert study["q"].unsettled().tolist() == ["1", "4"]
    found = study["q"].disagreements()
    assert found.to_numpy().tolist() == [["1", "b", "anna", "bert", ""], ["4", "a", "anna", "bert", ""]]
    study["q"].adjudicate("carla", [Decision("1", "b")])
    study["q"].adjudicate("carla", [Decision("4", "a", "no"), Decision("4", "c")])
    assert cells(study) == ["a;b", "a", "-", "c", ""]
    assert study["q"].disagreements().empty
    assert study.status().iloc[0][["coded", "double", "unsettled"]].tolist() == [4, 3, 0]
    study["q"].undo("carla")
    assert study["q"].unsettled().tolist() == ["4"]


def test_an_adjudicator_who_examined_a_unit_settles_what_is_left(study: Study) -> None:
    decided(study, "anna", "1 a", "1 b")
    decided(study, "bert", "1 a", "1 c")
    study["q"].adjudicate("carla", [Decision("1", "b"), Decision("1", "")])
    assert cells(study)[0] == "a;b"


def test_the_last_word_of_two_adjudicators_is_that_of_the_last(study: Study) -> None:
    decided(study, "anna", "1 a")
    decided(study, "bert", "1 b")
    study["q"].adjudicate("carla", [Decision("1", "a"), Decision("1", "b", "no")])
    study["q"].adjudicate("dirk", [Decision("1", "a", "no"), Decision("1", "")])
    assert cells(study)[0] == "-"
    study["q"].undo("carla")  # hers was not in force any more
    assert cells(study)[0] == "-"
    study["q"].undo("dirk")  # nothing holds: both are undone
    assert study["q"].unsettled().tolist() == ["1"]


def test_a_share_is_dealt_to_two_and_the_rest_to_one_evenly(place: Path | str) -> None:
    with Study.create(place, name="test") as study:
        study["q"].add_answers(corpus_of([f"antwoord {number}" for number in range(60)]), who="lead")
        study["q"].assign(["anna", "bert", "carla"], share=0.2, seed=7, who="lead")
        dealt = study["q"].assigned()
        each = dealt.groupby("unit").agg(coders=("who", "nunique"), double=("double", "all"))
        assert (each["coders"] == each["double"] + 1).all()
        assert len(each) == 60
        assert each["double"].sum() == 12
        assert dealt.groupby(["who", "double"]).size().tolist() == [16, 8] * 3
        with pytest.raises(StudyError, match="assigned already"):
            study["q"].assign(["anna", "bert"], who="lead")
        assert set(study["q"].assigned("anna")["who"]) == {"anna"}


def test_blind_coders_see_their_own_decisions_alone(study: Study) -> None:
    decided(study, "anna", "1 a")
    decided(study, "bert", "1 b")
    assert set(study["q"].visible("anna")["who"]) == {"anna", "bert"}
    study["q"].set_blind("lead", blind=True)
    assert study["q"].blind()
    assert set(study["q"].visible("anna")["who"]) == {"anna"}


def test_flags_are_for_all_and_anybody_takes_them_off(study: Study) -> None:
    study["q"].flag("anna", ["1", "2"], "vraag", note="is dit ironie?")
    assert study["q"].flags()[["unit", "code", "who", "note"]].to_numpy().tolist()[0] == [
        "1",
        "vraag",
        "anna",
        "is dit ironie?",
    ]
    study["q"].flag("bert", ["1"], "vraag", remove=True)
    assert study["q"].flags()["unit"].tolist() == ["2"]
    assert study.status()["flagged"].tolist() == [1]


def test_people_are_kept_with_the_hash_and_never_shown_with_it(study: Study) -> None:
    study.add_person("anna", "$argon2id$v=19$abc", "lead")
    study.add_person("bert")
    assert study.people()[["name", "role"]].to_numpy().tolist() == [["anna", "lead"], ["bert", "coder"]]
    assert "argon2" not in study.people().to_csv()
    assert study.password_hash("anna") == "$argon2id$v=19$abc"
    assert study.password_hash("bert") is None
    assert study.password_hash("carla") is None
    study.change_person("bert", hash="h", role="adjudicator")
    assert study.password_hash("bert") == "h"
    with pytest.raises(StudyError, match="already"):
        study.add_person("anna")
    with pytest.raises(StudyError, match="no role"):
        study.add_person("dirk", role="boss")
    with pytest.raises(StudyError, match="nobody"):
        study.change_person("dirk", role="lead")


# Tables can be made again


def test_a_table_can_be_made_again_to_the_digit_from_the_state_it_names(study: Study) -> None:
    decided(study, "anna", "1 a", "2 a", "3")
    then = study["q"].coding()
    printed = top(then, study["q"].codebook()).text("csv")
    decided(study, "anna", "1 a no", "4 b")
    study["q"].set_codebook(book("a", "c", "d", d=("b",)), "lead")
    study["q"].add_answers(corpus_of([*TEXTS, "nog een"]), accept=True, who="lead")
    assert study["q"].coding().provenance["state"] != then.provenance["state"]
    at = int(then.provenance["event"])
    again = study["q"].coding(at=at)
    assert again.provenance == then.provenance
    assert top(again, study["q"].codebook(at=at)).text("csv") == printed
    assert len(study["q"].corpus(at=at)) == 5
    when = datetime.fromisoformat(study.log().set_index("event")["when"][at])
    assert study["q"].coding(at=when).provenance == then.provenance
    with pytest.raises(StudyError, match="no event 999"):
        study["q"].coding(at=999)
    with pytest.raises(StudyError, match="which zone"):
        study["q"].coding(at=datetime(2026, 1, 1))  # noqa: DTZ001 (that is what is refused)


ACTIONS = st.lists(
    st.one_of(
        st.tuples(
            st.just("decide"),
            st.sampled_from(["anna", "bert"]),
            st.dictionaries(
                st.tuples(st.sampled_from(["1", "2", "3"]), st.sampled_from(["a", "b", ""])),
                st.sampled_from(["yes", "no", "unsure"]),
                min_size=1,
                max_size=4,
            ),
        ),
        st.tuples(st.sampled_from(["undo"]), st.sampled_from(["anna", "bert"]), st.none()),
    ),
    max_size=12,
)


@given(ACTIONS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_decisions_and_undoings_gives_the_state_of_a_plain_replay(
    tmp_path_factory: pytest.TempPathFactory, actions: list[tuple[str, str, dict[tuple[str, str], str] | None]]
) -> None:
    batches: list[tuple[str, dict[tuple[str, str], str]]] = []
    seen_then: dict[int, set[tuple[str, str, str, str]]] = {}
    with Study.create(tmp_path_factory.mktemp("p") / "a.study", name="test") as study:
        study["q"].add_answers(corpus_of(TEXTS), who="lead")
        study["q"].set_codebook(book("a", "b"), "lead")
        for action, who, said in actions:
            if said is not None:
                study["q"].decide(who, [Decision(*key, verdict) for key, verdict in said.items()])
                batches.append((who, said))
            else:
                study["q"].undo(who)
                mine = [place for place, (name, _) in enumerate(batches) if name == who]
                if mine:
                    del batches[mine[-1]]
            held = {(*key, who): verdict for who, said in batches for key, verdict in said.items()}
            expected = {(unit, code, verdict, who) for (unit, code, who), verdict in held.items()}
            assert shown(study) == expected, action
            seen_then[int(study.log(limit=1)["event"].iloc[0])] = expected
        for event, expected in seen_then.items():
            assert shown(study, at=event) == expected
        assert study.check() == []


# Codebooks that change


def test_a_renamed_code_keeps_its_decisions(study: Study) -> None:
    decided(study, "anna", "1 a", "2 b")
    study["q"].set_codebook(book("b", "c", "x", x=("a",)), "lead", "a clearer name")
    assert shown(study) == {("1", "x", "yes", "anna"), ("2", "b", "yes", "anna")}
    assert cells(study) == ["x", "b", "", "", ""]
    with pytest.raises(StudyError, match="it is now x"):
        decided(study, "anna", "3 a")
    decided(study, "anna", "1 x no")
    assert cells(study)[0] == ""
    assert study["q"].codebooks()[["version", "codes", "why"]].to_numpy().tolist()[-1] == [2, 3, "a clearer name"]
    assert study["q"].codebook(1).ids == ("a", "b", "c")


def test_merged_codes_count_once_and_yes_wins(study: Study) -> None:
    decided(study, "anna", "1 a", "1 b", "2 a no", "2 b", "3 a unsure", "3 b no", "4 a no", "4 b no")
    study["q"].set_codebook(book("c", "x", x=("a", "b")), "lead")
    assert shown(study) == {
        ("1", "x", "yes", "anna"), ("2", "x", "yes", "anna"), ("3", "x", "unsure", "anna"), ("4", "x", "no", "anna"),
    }  # fmt: skip
    decided(study, "anna", "1 x no")
    assert ("1", "x", "no", "anna") in shown(study)
    study["q"].undo("anna")
    assert ("1", "x", "yes", "anna") in shown(study)


def test_of_a_split_code_each_part_is_unsure_until_it_is_decided_or_the_unit_examined(study: Study) -> None:
    decided(study, "anna", "1 a", "2 a no", "3 a", "4 a")
    study["q"].set_codebook(book("b", "c", "x", "y", x=("a",), y=("a",)), "lead")
    assert shown(study) == {
        *((unit, code, "unsure", "anna") for unit in "134" for code in "xy"),
        *(("2", code, "no", "anna") for code in "xy"),
    }
    assert study.status()["unsure"].tolist() == [3]
    decided(study, "anna", "1 x", "3 x", "3")
    assert {one for one in shown(study) if one[0] in "13"} == {
        ("1", "x", "yes", "anna"), ("1", "y", "unsure", "anna"), ("3", "x", "yes", "anna"), ("3", "", "yes", "anna"),
    }  # fmt: skip


def test_an_answer_with_a_code_that_was_split_counts_for_nothing_until_somebody_looks(
    study: Study, tmp_path: Path
) -> None:
    for unit in "124":
        decided(study, "anna", f"{unit} a", unit)
    decided(study, "anna", "3")
    study["q"].set_codebook(book("b", "c", "x", "y", x=("a",), y=("a",)), "lead")
    assert cells(study) == ["", "", "-", "", ""]
    assert study["q"].unsettled().tolist() == ["1", "2", "4"]
    made = table(study["q"])
    assert made.base == 1
    said = " ".join(spoken(note) for note in made.notes)
    assert "3 antwoorden waarover codeurs het oneens zijn of twijfelen" in said
    assert "3 niet gecodeerd" not in said
    export(study["q"], tmp_path / "x.csv")
    assert pd.read_csv(tmp_path / "x.csv", sep=None, engine="python", dtype=str)["codes"].fillna("").tolist() == [
        "", "", "-", "", "",
    ]  # fmt: skip
    decided(study, "anna", "1 x", "1 y no")
    study["q"].adjudicate("lead", [Decision("2", "", "yes")])
    assert cells(study) == ["x", "-", "-", "", ""]


def test_decisions_on_a_dropped_code_wait_until_it_comes_back(study: Study) -> None:
    decided(study, "anna", "1 a", "2 b")
    study["q"].set_codebook(book("b", "c"), "lead")
    assert shown(study) == {("2", "b", "yes", "anna")}
    study["q"].set_codebook(book("a", "b", "c"), "lead")
    assert shown(study) == {("1", "a", "yes", "anna"), ("2", "b", "yes", "anna")}


def test_the_same_codebook_again_is_no_new_version_and_a_number_is_never_used_again(study: Study) -> None:
    assert study["q"].set_codebook(book("a", "b", "c"), "lead") == 1
    with pytest.raises(CodebookError, match="never used again"):
        study["q"].set_codebook(Codebook((Code("other", ord("a"), {}), *book("b", "c").codes)), "lead")


def test_a_codebook_comes_back_whole(study: Study) -> None:
    path = Path(__file__).parents[2] / "codebooks" / "trends.yaml"
    whole = read_codebook(path)
    version = study["q"].set_codebook(whole, "lead")
    assert study["q"].codebook(version) == whole
    assert study["q"].codebook().hash == whole.hash


# Answers


def test_the_same_answers_again_add_nothing(study: Study) -> None:
    decided(study, "anna", "1 a")
    before = study.log()
    added = study["q"].add_answers(corpus_of(TEXTS), who="lead", accept=True)
    assert (len(added.same), added.new, added.changed, added.gone) == (5, (), (), ())
    assert study.log().equals(before)
    assert study["q"].add_answers(study["q"].corpus(), who="lead", accept=True).same == tuple("12345")


def test_differences_are_shown_first_and_a_changed_text_keeps_its_decisions_and_is_flagged(study: Study) -> None:
    decided(study, "anna", "1 a", "5 b")
    corrected = corpus_of(["te duur!", *TEXTS[1:4], TEXTS[4], "nieuw"]).take(pd.Index(["1", "2", "3", "4", "6"]))
    added = study["q"].add_answers(corrected, who="lead")
    assert not added.accepted
    assert (added.new, added.changed, added.gone) == (("6",), ("1",), ("5",))
    assert added.texts.to_numpy().tolist() == [["1", "te duur", "te duur!"]]
    assert study["q"].units()["text"].tolist() == TEXTS
    assert study["q"].add_answers(corrected, who="lead", accept=True).accepted
    assert study["q"].units()["text"].tolist() == ["te duur!", *TEXTS[1:], "nieuw"]
    assert study["q"].flags()[["unit", "code"]].to_numpy().tolist() == [["1", "text changed"]]
    assert cells(study)[0] == "a"


def test_answers_that_are_gone_are_left_out_when_asked_and_come_back_with_their_decisions(study: Study) -> None:
    decided(study, "anna", "1 a", "5 b")
    fewer = corpus_of(TEXTS[:4])
    event = int(study.log(limit=1)["event"].iloc[0])
    study["q"].add_answers(fewer, who="lead", accept=True, leave_out=True)
    assert study["q"].corpus().ids.tolist() == ["1", "2", "3", "4"]
    assert shown(study) == {("1", "a", "yes", "anna")}
    assert len(study["q"].corpus(at=event)) == 5
    assert study.status().iloc[0][["answers", "left_out", "coded"]].tolist() == [4, 1, 1]
    added = study["q"].add_answers(corpus_of(TEXTS), who="lead", accept=True)
    assert added.back == ("5",)
    assert ("5", "b", "yes", "anna") in shown(study)


@pytest.mark.parametrize("size", [3, 20])
def test_a_new_wave_of_texts_that_are_there_already_waits(study: Study, size: int) -> None:
    texts = [f"antwoord {number}" for number in range(size)]
    assert study["later"].add_answers(corpus_of(texts), wave="2023", who="lead").accepted
    again = study["later"].add_answers(corpus_of(texts), wave="2024", who="lead")
    assert again.notes
    assert not again.accepted


def test_answers_without_a_wave_wait_in_a_study_of_waves(study: Study) -> None:
    study["later"].add_answers(corpus_of(["a", "b"]), wave="2023", who="lead")
    assert not study["later"].add_answers(corpus_of(["c", "d"]), who="lead").accepted


def test_waves_keep_apart_respondents_with_the_same_id(study: Study) -> None:
    assert study["q"].add_answers(corpus_of(["x", "y"]), wave="2024", who="lead").accepted
    assert study["q"].corpus().ids.tolist()[-2:] == ["2024:1", "2024:2"]
    assert study["q"].units(["2024:2"])["wave"].tolist() == ["2024"]
    assert study["q"].corpus().wave == "wave"
    again = study["q"].add_answers(study["q"].corpus(), who="lead")
    assert len(again.same) == 7
    assert again.gone == ()


def test_background_columns_are_kept_and_a_corrected_one_is_a_difference(place: Path | str) -> None:
    units = pd.DataFrame(
        {"text": ["a", "b"], "sector": ["zorg", "NA"], "weight": [1.5, 2]}, index=pd.Index(["1", "2"], name="unit")
    )
    with Study.create(place, name="test") as study:
        study["q"].add_answers(Corpus(units), who="lead")
        assert study["q"].units().drop(columns="wave").equals(units.astype({"text": str, "sector": str}))
        added = study["q"].add_answers(
            Corpus(units.drop(columns="weight").assign(sector=["zorg", "ict"])), accept=True, who="lead"
        )
        assert (added.background, added.changed) == (("2",), ())
        assert study["q"].units()[["sector", "weight"]].to_numpy().tolist()[1] == ["ict", 2]


def test_a_number_that_a_spreadsheet_wrote_otherwise_is_no_difference_and_an_identifier_is(tmp_path: Path) -> None:
    def corpus(weight: str, postcode: str) -> Corpus:
        frame = pd.DataFrame(
            {"text": ["a"], "weight": [weight], "postcode": [postcode]}, index=pd.Index(["1"]), dtype=str
        )
        return Corpus(frame)

    with Study.create(tmp_path / "a.study", name="test") as study:
        study["q"].add_answers(corpus("0,50", "0800"), who="lead")
        again = study["q"].add_answers(corpus("0.5", "0800"), who="lead")
        assert again.same == ("1",)
        assert study["q"].units().loc["1", "weight"] == "0,50"
        assert study["q"].add_answers(corpus("0.5", "800"), who="lead").background == ("1",)
        assert study["q"].add_answers(corpus("0,6", "0800"), who="lead").background == ("1",)


def test_ids_that_shifted_are_told(study: Study) -> None:
    texts = [f"antwoord nummer {number}" for number in range(30)]
    study["p"].add_answers(corpus_of(texts), who="lead")
    added = study["p"].add_answers(corpus_of(texts[1:]), who="lead")
    assert "did the ids shift?" in str(added.notes[0])


@given(st.lists(st.text(max_size=20), min_size=1, max_size=8))
@settings(max_examples=12, deadline=None)
def test_what_is_exported_and_added_again_adds_nothing(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    texts = [text.replace("\x00", "").encode("utf-8", "ignore").decode() for text in texts]
    with Study.create(tmp_path_factory.mktemp("p") / "a.study", name="test") as study:
        study["q"].add_answers(corpus_of(texts), wave="1", who="lead")
        assert study["q"].units()["text"].tolist() == texts
        before = study.log()
        added = study["q"].add_answers(study["q"].corpus(), accept=True, who="lead")
        assert len(added.same) == len(texts)
        assert study.log().equals(before)


# Machines


def test_proposals_are_replaced_as_a_whole(study: Study) -> None:
    study["q"].propose(coding_of(["a;b", "-", "", "c", ""]), who="anna", model="1")
    assert study["q"].proposals()[["unit", "code", "method", "version"]].to_numpy().tolist() == [
        ["1", "a", "hand", "1"], ["1", "b", "hand", "1"], ["4", "c", "hand", "1"],
    ]  # fmt: skip
    assert cells(study, "machine") == ["a;b", "-", "", "c", ""]
    study["q"].propose(
        pd.DataFrame({"unit": ["2"], "code": ["a"], "score": [0.5], "start": [0], "end": [3]}), who="anna"
    )
    assert study["q"].proposals(["1", "2"])[["unit", "code", "probability", "start", "end"]].to_numpy().tolist() == [
        ["2", "a", 0.5, 0, 3]
    ]
    study["q"].propose(coding_of(["c"]), who="anna", replace_earlier=False)
    assert study["q"].proposals()["code"].tolist() == ["c", "a"]
    assert study.status()["proposed"].tolist() == [2]
    with pytest.raises(CoderError, match="Earlier proposals are not kept"):
        study["q"].coding("machine", at=1)


def test_others_decide_between_the_parts_in_which_a_machine_writes(place: Path | str) -> None:
    """And see what was proposed before until all of it is there."""
    texts = [f"antwoord {one}" for one in range(6_000)]
    with Study.create(place, name="test") as study, Study.open(place) as other:
        study["q"].add_answers(corpus_of(texts), who="lead")
        study["q"].set_codebook(book("a", "b"), "lead")
        study["q"].propose(coding_of(["b"]), who="lead")
        events, shown = [], []

        def meanwhile(what: str, done: int, _of: int) -> None:
            if "proposals" in what:
                events.append(other["q"].decide("anna", [Decision(str(1 + done), "a")]))
                shown.append(other["q"].proposals()["code"].tolist())

        event = study["q"].propose(coding_of(["a"] * len(texts)), who="lead", progress=meanwhile)
        assert len(events) > 1
        assert max(events) < event
        assert shown == [["b"]] * len(events)
        assert len(other["q"].proposals()) == len(texts)


def test_a_model_is_kept_in_the_study(place: Path | str) -> None:
    corpus, hand, _ = two_themes(30)
    model = train_classifier(corpus, hand, embedding="none")
    with Study.create(place, name="test") as study:
        study["q"].add_answers(corpus, who="lead")
        with pytest.raises(StudyError, match="has no model"):
            study["q"].load_model()
        assert study["q"].save_model(model, "anna") == 1
        back = study["q"].load_model()
        assert (back.probabilities(corpus.texts.tolist()) == model.probabilities(corpus.texts.tolist())).all()
        assert study.status()["model"].tolist() == [1]


def test_nothing_that_is_told_has_the_text_of_an_answer(study: Study) -> None:
    study["q"].decide("anna", [Decision("1", "a", note="geheim")])
    study["q"].propose(coding_of(["a"]), who="anna")
    told = study.log().to_csv() + study.status().to_csv() + study["q"].codebooks().to_csv()
    assert not any(text in told for text in [*TEXTS[:4], "geheim"])


def test_what_counts_as_no_answer_is_kept_for_all_who_work_on_the_question(study: Study) -> None:
    study["p"].add_answers(corpus_of(["video", "zie boven", "nvt"]), who="lead")
    study["p"].set_codebook(book("a", "b"), "lead")
    assert study["p"].no_answer() is None
    assert propose(study["p"], "lead").units == 2
    assert propose(study["p"], "lead", no_answer=["zie boven"]).units == 2
    assert study["p"].no_answer() == ("zie boven",)
    assert propose(study["p"], "lead").units == 2
    assert set(retrain(study.place, "p", who="lead").units) == {
        unit for unit in study["p"].units().index if unit != "2"
    }


def test_a_question_is_there_from_its_first_answers_on(study: Study) -> None:
    new = study["new"]
    with pytest.raises(StudyError, match="new"):
        new.corpus()
    assert new.add_answers(corpus_of(TEXTS[:1]), who="lead").accepted
    assert (new.corpus().name, new.status()["answers"], new.log()["what"].tolist()) == ("new", 1, ["answers"])
    assert study.questions() == ["q", "new"]
    with pytest.raises(TypeError):
        list(study)  # type: ignore[call-overload]


def test_the_parts_of_a_split_code_are_proposed_by_their_rules_until_somebody_gives_them(tmp_path: Path) -> None:
    says = [f"{word} nummer {one}" for one in range(20) for word in ("chatgpt", "deepfake", "video")]
    ai, video = Code("ai", 1, {"nl": "AI"}, rules=("chatgpt", "deepfake")), Code("video", 2, rules=("video",), label={})
    with Study.create(tmp_path / "split.study", name="split") as made:
        made["q"].add_answers(corpus_of(says), who="lead")
        made["q"].set_codebook(Codebook((ai, video)), "lead")
        for unit, text in list(zip(made["q"].corpus().ids, says, strict=True))[:30]:
            made["q"].decide("anna", [Decision(unit, "video" if "video" in text else "ai"), Decision(unit, "")])
        parts = [
            Code(id_, number, {}, rules=(id_,), formerly=("ai",)) for number, id_ in ((3, "chatgpt"), (4, "deepfake"))
        ]
        made["q"].change_codebook(lambda _now: Codebook((video, *parts)), "lead")
        assert set(made["q"].untold()["code"]) == {"chatgpt", "deepfake"}
        propose(made["q"], "lead")
        given = made["q"].coding("machine").assignments.groupby("code")["unit"].nunique()
        assert given.to_dict() == {"chatgpt": 20, "deepfake": 20, "video": 20}
        retrain(tmp_path / "split.study", "q", who="lead", embedding="none")
        again = made["q"].coding("machine").assignments.groupby("code")["unit"].nunique()
        assert again.to_dict() == given.to_dict()
        later = Code("number", 5, {}, rules=("nummer",))
        made["q"].change_codebook(lambda now: Codebook((*now.codes, later)), "lead")
        assert made["q"].untold()["code"].value_counts()["number"] == 30
