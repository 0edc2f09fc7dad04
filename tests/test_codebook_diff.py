"""What changed between two versions of a codebook, and what an old code is in the new one."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from coder import Code, Codebook
from coder.codebook import Change, diff, mapping
from coder.errors import DataError
from coder.files.answers import read_coded
from coder.files.codebooks import write_codebook
from tests.conftest import ROOT, Cli, write
from tests.files.codebooks.test_yaml import codebooks

OLD = Codebook(
    (
        Code("film", 1, {"nl": "Film", "en": "Film"}, rules=("film*", "reel")),
        Code("podcast", 2, {"nl": "Podcast"}),
        Code("online", 3, {"nl": "Online"}, net="media"),
        Code("media", 4, {"nl": "Media"}),
        Code("krant", 5, {"nl": "Krant"}),
        Code("tv", 6, {"nl": "Televisie"}),
        Code("web", 7, {"nl": "Website"}),
    ),
    "trends",
    "2021",
)

NEW = Codebook(
    (
        Code("media", 4, {"nl": "Media en pers"}, definition="Alles.", formerly=("krant",)),
        Code("klank_beeld", 1, {"nl": "Klank en beeld"}, rules=("film*",), formerly=("Film", "podcast")),
        Code("social", 8, {"nl": "Sociale media"}, formerly=("Online",)),
        Code("mail", 9, {"nl": "Mail"}, formerly=("online",)),
        Code("ai", 6, {"nl": "AI"}, since="2024"),
        Code("site", 7, {"nl": "Website"}, rules=("site",)),
    ),
    "trends",
    "2024",
)


def test_an_old_code_is_the_one_with_its_id_or_the_ones_that_name_it() -> None:
    assert mapping(OLD, NEW) == {
        "film": ("klank_beeld",),
        "podcast": ("klank_beeld",),
        "online": ("social", "mail"),
        "media": ("media",),
        "krant": ("media",),
        "tv": (),
        "web": ("site",),
    }


def test_the_changes_are_told_code_by_code() -> None:
    assert diff(OLD, NEW) == [
        Change("dropped", "tv", "6: Televisie", ""),
        Change("added", "ai", "", "6: AI"),
        Change("split", "online", "online", "social, mail"),
        Change("merged", "media", "media, krant", "media"),
        Change("merged", "klank_beeld", "film, podcast", "klank_beeld"),
        Change("number reused", "ai", "6: tv", "6: ai"),
        Change("renamed", "media", "nl: Media", "nl: Media en pers"),
        Change("definition", "media", "", "Alles."),
        Change("formerly", "media", "", "krant"),
        Change("renamed", "site", "web", "site"),
        Change("rules", "site", "", "site"),
        Change("version", "", "2021", "2024"),
        Change("order", "", "klank_beeld, media, site", "media, klank_beeld, site"),
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"number": 9}, [("number", "1", "9")]),
        ({"label": {"nl": "Film"}}, [("renamed", "en: Film", "")]),
        ({"rules": ("reel", "film*", "reel")}, []),
        ({"rules": ("reel", "vlog")}, [("rules", "film*", ""), ("rules", "", "vlog")]),
        ({"exceptions": ("filmzaal",)}, [("exceptions", "", "filmzaal")]),
        ({"net": "media", "until": "2024"}, [("net", "", "media"), ("until", "", "2024")]),
    ],
)
def test_each_change_of_a_code_is_told(change: dict[str, object], told: list[tuple[str, str, str]]) -> None:
    new = replace(OLD, codes=(replace(OLD.codes[0], **change), *OLD.codes[1:]))  # type: ignore[arg-type]
    assert [(one.kind, one.was, one.now) for one in diff(OLD, new)] == told


def test_numbers_that_change_places_are_used_for_another_code() -> None:
    film, podcast, *rest = OLD.codes
    new = replace(OLD, codes=(replace(film, number=2), replace(podcast, number=1), *rest))
    assert [one.was for one in diff(OLD, new) if one.kind == "number reused"] == ["2: podcast", "1: film"]


@given(codebooks())
@settings(max_examples=100, deadline=None)
def test_a_codebook_beside_itself_has_no_changes_and_every_code_is_itself(book: Codebook) -> None:
    assert diff(book, book) == []
    assert mapping(book, book) == {id_: (id_,) for id_ in book.ids}


@given(codebooks(), codebooks())
@settings(max_examples=150, deadline=None)
def test_every_old_code_has_its_place_and_what_came_or_went_is_told(old: Codebook, new: Codebook) -> None:
    into = mapping(old, new)
    assert list(into) == list(old.ids)
    assert {id_ for ids in into.values() for id_ in ids} <= set(new.ids)
    told = {(one.kind, one.code) for one in diff(old, new)}
    assert {code for kind, code in told if kind == "dropped"} == {id_ for id_, ids in into.items() if not ids}
    reached = {id_ for ids in into.values() for id_ in ids}
    assert {code for kind, code in told if kind == "added"} == set(new.ids) - reached


def test_diff_prints_a_table_and_ends_with_one_if_a_number_is_used_again(cli: Cli, tmp_path: Path) -> None:
    for name, book in (("old", OLD), ("new", NEW)):
        write_codebook(tmp_path / f"{name}.yaml", book)
    done = cli("codebook", "diff", tmp_path / "old.yaml", tmp_path / "new.yaml")
    assert done.code == 1
    lines = done.out.splitlines()
    assert lines[0] == "trends 2021 → trends 2024"
    assert lines[4].split() == ["code", "dropped", "tv", "6:", "Televisie"]
    assert lines[-1].startswith("Numbers are never used again for another code: 6: ai.")
    same = cli("codebook", "diff", ROOT / "codebooks" / "trends.yaml", ROOT / "codebooks" / "trends.yaml")
    assert same.code == 0
    assert "Nothing changed." in same.out


def test_a_name_that_was_split_is_refused_where_a_file_of_codes_has_it(tmp_path: Path) -> None:
    path = write(tmp_path / "coded.csv", "codes\nfilm\nOnline;podcast\n")
    assert NEW.find("online") is None
    assert NEW.heirs("ONLINE") == ("social", "mail")
    assert NEW.find("film") == "klank_beeld"
    with pytest.raises(DataError, match="'Online' is now social and mail"):
        read_coded(path, "codes", NEW)


def test_a_code_of_today_is_found_whatever_others_were_formerly_called() -> None:
    codes = (Code("a", 1, {}, formerly=("c",)), Code("b", 2, {}, formerly=("c",)), Code("c", 3, {}))
    assert Codebook(codes).find("c") == "c"
