"""Compounds are read as their parts, and words that are none stay whole."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coder.languages.nl.compounds import TAKE_ER, head, split

COMPOUNDS = {
    "socialemediastrategie": ("sociale", "media", "strategie"),
    "doelgroepcommunicatie": ("doel", "groep", "communicatie"),
    "communicatieplannen": ("communicatie", "plannen"),
    "beleidsplan": ("beleid", "plan"),
    "contentkalender": ("content", "kalender"),
    "nieuwsbrief": ("nieuws", "brief"),
    "huisstijlgids": ("huis", "stijl", "gids"),
    "personeelsblad": ("personeel", "blad"),
    "ledenblad": ("leden", "blad"),
    "videocontent": ("video", "content"),
    "vragenlijst": ("vragen", "lijst"),
    "kinderopvang": ("kind", "opvang"),
}
SIMPLE = (
    *("webinar", "medewerkers", "ambassadeur", "organisatie", "tevreden", "belangrijk", "communicatie", "sociale"),
    *("verhalen", "misschien", "donderdag", "rotterdam", "samenwerken", "wetenschappen", "plan", "de"),
)


@pytest.mark.parametrize(("form", "parts"), COMPOUNDS.items())
def test_a_compound_gives_its_parts_without_links(form: str, parts: tuple[str, ...]) -> None:
    assert split(form) == parts
    assert head(form) == parts[-1]


@pytest.mark.parametrize("form", SIMPLE)
def test_a_word_that_is_no_compound_gives_itself(form: str) -> None:
    assert split(form) == (form,)
    assert head(form) == form


def test_parts_are_in_lower_case_and_keep_their_accents() -> None:
    assert split("Zorgcoördinatie") == ("zorg", "coördinatie")
    assert split("zorgcoordinatie") == ("zorg", "coordinatie")


def test_hyphens_part_words_but_not_a_first_letter() -> None:
    assert split("sociale-mediabeleid") == ("sociale", "media", "beleid")
    assert split("JGZ-discipline") == ("jgz", "discipline")
    assert split("e-mail") == ("e-mail",)
    assert split("e-mailcampagne") == ("e-mail", "campagne")


def test_a_modifier_that_is_in_no_list_is_found_before_a_known_head() -> None:
    assert split("zwoblixwinkels") == ("zwoblix", "winkels")


def test_an_empty_text_has_no_parts() -> None:
    assert split("") == ()
    assert head("") == ""


WORDS = st.lists(st.sampled_from([*COMPOUNDS, *SIMPLE, *TAKE_ER, "s", "en", "-", "foto's"]), min_size=1).map("".join)


@given(st.one_of(st.text(), WORDS))
@example("-")
@example("--a-")
@example("İstanbulplan")
def test_parts_and_links_joined_give_the_form_back(form: str) -> None:
    parts = split(form)
    assert all(parts)
    links = r"(?:s|en|e|er)?-*"
    pattern = "-*" + links.join(re.escape(part) for part in parts) + "-*"
    assert re.fullmatch(pattern, form.lower(), re.DOTALL)
