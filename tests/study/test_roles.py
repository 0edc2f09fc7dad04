"""What a study keeps of what columns are for, and what it counts by."""

from pathlib import Path

import pandas as pd
import pytest

from coder import Code, Codebook, Corpus
from coder.study import Decision, Study
from coder.study.exchange import table
from coder.study.question import Roles


def weighed(path: Path, weights: list[str]) -> Study:
    """Four answers of which two are on AI and two on video, with these weights."""
    study = Study.create(path, name="W")
    frame = pd.DataFrame({"text": ["ai", "video", "ai", "video"], "gewicht": weights}, index=list("abcd"))
    question = study["q"]
    question.add_answers(Corpus(frame), who="anna")
    question.set_codebook(Codebook((Code("ai", 1, {"nl": "AI"}), Code("video", 2, {"nl": "Video"}))), "anna")
    question.set_roles(Roles("Wat valt op?", "gewicht", ("sector",)), "anna")
    question.decide("anna", [Decision(unit, code) for unit, code in zip("abcd", ["ai", "video"] * 2, strict=True)])
    return study


def test_a_study_counts_by_its_weights_where_every_answer_has_one(tmp_path: Path) -> None:
    with weighed(tmp_path / "a.study", ["3,0", "0,5", "3,0", "0,5"]) as study:
        found = table(study["q"]).frame.set_index("code")["percent"].round(1).to_dict()
        assert found == {"ai": 85.7, "video": 14.3}
        assert study["q"].roles() == Roles("Wat valt op?", "gewicht", ("sector",))


@pytest.mark.parametrize("cells", [["3,0", "abc", "", "0"], ["1.500", "500", "1.500", "500"]])
def test_a_weight_that_is_no_number_or_two_leaves_all_unweighted_and_stops_nothing(
    tmp_path: Path, cells: list[str]
) -> None:
    with weighed(tmp_path / "a.study", cells) as study:
        assert table(study["q"]).frame.set_index("code")["percent"].to_dict() == {"ai": 50.0, "video": 50.0}


def test_a_published_table_is_kept_by_wave_and_taken_away_again(tmp_path: Path) -> None:
    with weighed(tmp_path / "a.study", ["1"] * 4) as study:
        study["q"].set_published("2021", [["Plaats", "Code"], ["1", "AI"]], "anna")
        assert study["q"].published() == {"2021": [["Plaats", "Code"], ["1", "AI"]]}
        study["q"].set_published("2021", [], "anna")
        assert study["q"].published() == {}
