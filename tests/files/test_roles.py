"""What the columns of a file seem to be for."""

from pathlib import Path

import pandas as pd
import pytest

from coder.files.roles import guess_roles
from coder.files.sheets import TableFile, as_file
from coder.note import Note

_WORDS = ("video", "chatgpt", "budget", "werkdruk", "sociale media", "collega's")


def guessed(frame: pd.DataFrame) -> dict[str, str]:
    return {one.column: one.role for one in guess_roles(as_file(frame).read({}))}


def survey(rows: int = 60) -> pd.DataFrame:
    numbers = range(rows)
    return pd.DataFrame({
        "Respondentnummer": [1000 + number for number in numbers],
        "Welke trends zie je?": [f"{_WORDS[number % 6]} en nog iets {number}" for number in numbers],
        "Sector": ["Zorg" if number % 3 else "Cultuur" for number in numbers],
        "Gewicht": [f"{0.5 + number / 100:.2f}".replace(".", ",") for number in numbers],
        "Jaar": ["2021" if number < rows / 2 else "2024" for number in numbers],
        "codes": ["ai; video" if number % 2 else "werkdruk" for number in numbers],
        "E-mail": [f"iemand{number}@voorbeeld.be" for number in numbers],
        "Leeg": [""] * rows,
        "Leeftijd": [20 + number % 45 for number in numbers],
    })  # fmt: skip


def test_each_column_of_a_plain_survey_is_what_a_researcher_would_say() -> None:
    assert guessed(survey()) == {
        "Respondentnummer": "id", "Welke trends zie je?": "open", "Sector": "group", "Gewicht": "weight",
        "Jaar": "wave", "codes": "codes", "E-mail": "left_out", "Leeg": "left_out", "Leeftijd": "background",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["id", "Respondentnummer", "resp_id", "volgnummer", "respondent", "Nr"])
def test_a_column_that_is_called_an_id_is_one_where_nearly_all_rows_have_their_own_value(name: str) -> None:
    frame = survey().rename(columns={"Respondentnummer": name})
    frame.loc[1, name] = 1000
    (found,) = (one for one in guess_roles(as_file(frame).read({})) if one.column == name)
    assert (found.role, found.why) == ("id", Note("roles.id_nearly", distinct=59, count=60))
    frame[name] = [1000 + number // 2 for number in range(60)]  # everybody twice, as in a file of two waves
    assert guessed(frame)[name] == "background"


def test_a_number_that_occurs_twice_is_no_id_where_its_name_does_not_say_so() -> None:
    frame = survey().rename(columns={"Respondentnummer": "Kaart"})
    assert guessed(frame)["Kaart"] == "id"
    frame.loc[1, "Kaart"] = 1000
    assert guessed(frame)["Kaart"] == "background"


def test_short_answers_to_a_question_are_answers_and_the_options_of_a_closed_one_are_a_group() -> None:
    short = [f"{_WORDS[number % 6]}{number // 2}" for number in range(60)]
    closed = ["helemaal eens", "eens", "niet eens"] * 20
    found = guessed(pd.DataFrame({"Wat valt op?": short, "Bent u tevreden?": closed}))
    assert found == {"Wat valt op?": "open", "Bent u tevreden?": "group"}


def test_what_is_in_a_file_with_semicolons_in_cp1252_is_found_too(tmp_path: Path) -> None:
    path = tmp_path / "antwoorden.csv"
    survey().to_csv(path, sep=";", encoding="cp1252", index=False)
    found = {one.column: one for one in guess_roles(TableFile(path).read({}))}
    assert found["Gewicht"].role == "weight"
    assert found["Welke trends zie je?"].examples[0] == "video en nog iets 0"
