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


PERSONAL = {
    "Naam": [f"{first} {last}" for first in ("Els", "Youssef", "Marie") for last in ("Maes", "De Smet", "Peeters")],
    "Volledige naam": ["Els Maes"] * 9,
    "Nom et prénom": ["Dupont, Luc"] * 9,
    "Full name": ["Luke Smith"] * 9,
    "Naam respondent": ["Els"] * 9,
    "Adres": [f"Kerkstraat {number}, 9000 Gent" for number in range(1, 10)],
    "Home address": ["1 High Street"] * 9,
    "Adresse postale": ["16, rue de la Loi"] * 9,
    "Geboortedatum": [f"1980-01-{number:02}" for number in range(1, 10)],
    "Né(e) le": ["1980-01-01"] * 9,
    "Date of birth": ["1980-01-01"] * 9,
    "Rijksregisternummer": ["85073003328"] * 9,
    "Tel.": ["09 225 12 34"] * 9,
    "Numéro de téléphone": ["0470 12 34 56"] * 9,
    "IBAN": ["BE68 5390 0754 7034"] * 9,
    "Q3. Wat is uw naam?": ["Els"] * 9,
    "Quel est votre nom ?": ["Luc"] * 9,
    "What is your email address?": ["?"] * 9,
    # by what is in them, whatever they are called
    "Veld 1": [f"{first} {last}" for first in ("Els", "Youssef", "Marie") for last in ("Maes", "De Smet", "Peeters")],
    "Veld 2": [f"Kerkstraat {number}, 9000 Gent" for number in range(1, 10)],
    "Veld 3": ["85.07.30-033.28"] * 9,
    "Veld 4": ["BE68 5390 0754 7034"] * 9,
    "Veld 5": [f"+32 470 12 34 {number}0" for number in range(9)],
    "Respondent": [f"iemand{number}@voorbeeld.be" for number in range(9)],
}
NAMES_GIVEN = ["Huis van Lotte", "De Brug", "Emma", "Kerkstraat 12", "Lotte Claes", "Marie", "Els", "Jan", "Luc"]


@pytest.mark.parametrize("name", PERSONAL)
def test_what_tells_who_somebody_is_is_left_out(name: str) -> None:
    frame = pd.DataFrame({name: PERSONAL[name], "Sector": ["Zorg"] * 9})
    (found, _) = guess_roles(as_file(frame.astype(str)).read({}))
    assert (found.role, found.why) == ("left_out", Note("roles.personal"))


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("Datum", [f"{number:02}/03/2024" for number in range(1, 10)]),
        ("Startdatum", [f"2024-03-0{number} 10:00:00" for number in range(1, 10)]),
        ("Naam organisatie", ["De Linde", "Het Huis", "Wijk aan zet"] * 3),
        ("Gemeente", ["9000 Gent", "2000 Antwerpen", "8500 Kortrijk"] * 3),
        ("Welke naam zou u aan de dienst geven?", NAMES_GIVEN),
        ("Welke naam zou u kiezen", NAMES_GIVEN),
        ("Quel nom donneriez-vous ?", NAMES_GIVEN),
        ("Vindt u uw straat veilig?", ["ja", "nee", "ja, meestal"] * 3),
        ("Hoe vaak gebruikt u uw gsm?", ["nooit", "soms", "altijd"] * 3),
        ("Geboortejaar", [str(1960 + number) for number in range(9)]),
    ],
)
def test_a_date_a_place_and_a_question_about_names_are_no_personal_data(name: str, cells: list[str]) -> None:
    (found,) = guess_roles(as_file(pd.DataFrame({name: cells})).read({}))
    assert found.role != "left_out"


def test_a_weight_with_cells_that_are_none_is_proposed_with_the_rows_to_mend() -> None:
    frame = survey()
    frame.loc[[4, 7, 11], "Gewicht"] = ["0", "-1", ""]
    found = {one.column: one for one in guess_roles(as_file(frame).read({}))}
    assert (found["Gewicht"].role, found["Gewicht"].why) == (
        "weight", Note("roles.weight_bad", count=3, rows=[5, 8, 12]),
    )  # fmt: skip
    frame["weight"] = [f"1.{number}" for number in range(60)]
    found = {one.column: one for one in guess_roles(as_file(frame).read({}))}
    assert (found["weight"].role, found["Gewicht"].role) == ("weight", "background")
    assert found["Gewicht"].why == Note("roles.weight_other", column="weight")


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (["zwaar", "licht", "1,2"] * 20, Note("roles.weight_words", count=40, all=60)),
        (["1,5"] * 60, Note("roles.weight_same", value="1,5")),
        (["500", "1.500", "2.000"] * 20, Note("roles.weight_thousand", cell="1.500", whole="1500", part="1.5")),
    ],
)
def test_a_column_called_weight_that_has_none_says_why_it_is_not_taken(cells: list[str], why: Note) -> None:
    frame = survey().assign(Gewicht=cells)
    (found,) = (one for one in guess_roles(as_file(frame).read({})) if one.column == "Gewicht")
    assert (found.role, found.why) == ("background", why)
