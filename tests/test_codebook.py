"""What makes a codebook valid, and how a name finds its code."""

import pytest

from coder import Code, Codebook
from coder.errors import CodebookError

BOOK = Codebook(
    (
        Code("ai", 1, {"nl": "Opkomst van AI", "en": "Rise of AI"}, formerly=("Robots", "kunstmatig")),
        Code("video", 2, {"nl": "Meer video", "en": "More video"}, formerly=("Film",)),
        Code("2021", 7, {"en": "Old one"}),
        Code("bare", 12, {}),
    ),
    name="proef",
)


@pytest.mark.parametrize("id_", ["", "-", " ai", "ai ", "a;b", "a\nb"])
def test_an_id_that_cannot_stand_in_a_cell_is_refused(id_: str) -> None:
    with pytest.raises(CodebookError, match="id"):
        Code(id_, 1, {})


def test_a_negative_number_is_refused() -> None:
    with pytest.raises(CodebookError, match="-1"):
        Code("ai", -1, {})


@pytest.mark.parametrize(
    ("codes", "named"),
    [
        ((Code("a", 1, {}), Code("a", 2, {})), "a"),
        ((Code("a", 31, {}), Code("b", 31, {})), "31"),
        ((Code("a", 1, {"nl": "Zelfde"}), Code("b", 2, {"nl": "Zelfde"})), "Zelfde"),
        ((Code("a", 1, {"nl": "x", "en": "Same"}), Code("b", 2, {"nl": "y", "en": "Same"})), "Same"),
    ],
)
def test_ids_numbers_and_labels_are_used_once(codes: tuple[Code, ...], named: str) -> None:
    with pytest.raises(CodebookError, match="twice") as error:
        Codebook(codes, name="proef")
    assert named in str(error.value)
    assert "'proef'" in str(error.value)


def test_a_label_may_be_the_same_in_two_languages() -> None:
    codes = (Code("a", 1, {"nl": "Storytelling", "en": "Storytelling"}), Code("b", 2, {"nl": "B", "en": "B"}))
    assert Codebook(codes).ids == ("a", "b")


def test_a_codebook_without_codes_is_refused() -> None:
    with pytest.raises(CodebookError, match="'leeg'"):
        Codebook((), name="leeg")


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("ai", "ai"),
        ("AI", "ai"),
        ("1", "ai"),
        ("Opkomst van AI", "ai"),
        ("  opkomst  VAN ai ", "ai"),
        ("Rise of AI", "ai"),
        ("robots", "ai"),
        ("kunstmatig", "ai"),
        ("Film", "video"),
        ("12", "bare"),
        ("2021", "2021"),
        ("7", "2021"),
        ("Audio", None),
        ("", None),
        ("-", None),
    ],
)
def test_a_code_is_found_by_id_number_label_or_former_name(name: str, id_: str | None) -> None:
    assert BOOK.find(name) == id_


def test_an_id_or_label_wins_over_a_former_name() -> None:
    codes = (Code("a", 1, {"nl": "Beeld"}, formerly=("Video", "b")), Code("b", 2, {"nl": "Video"}))
    book = Codebook(codes)
    assert (book.find("video"), book.find("b")) == ("b", "b")


def test_a_label_comes_in_the_language_asked_for_or_in_another_or_as_the_id() -> None:
    ai, _, old, bare = BOOK.codes
    assert (ai.named("nl"), ai.named("en")) == ("Opkomst van AI", "Rise of AI")
    assert (old.named("nl"), bare.named("nl")) == ("Old one", "bare")


def test_the_label_of_an_unknown_id_is_the_id() -> None:
    assert (BOOK.label("video"), BOOK.label("weg")) == ("Meer video", "weg")


def test_the_hash_changes_with_the_codes_and_stays_with_the_same() -> None:
    same = Codebook(BOOK.codes, name="anders")
    changed = Codebook((*BOOK.codes[:-1], Code("bare", 12, {}, rules=("x",))))
    assert BOOK.hash == same.hash
    assert BOOK.hash != changed.hash


def test_a_codebook_of_bare_ids_is_numbered_in_order() -> None:
    book = Codebook.from_ids(["video", "ai", "video"])
    assert [(code.id, code.number) for code in book.codes] == [("ai", 1), ("video", 2)]
