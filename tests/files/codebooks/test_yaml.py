"""Codebooks written over others: what did not change stays as a person wrote it. Errors name their place."""

import re
from dataclasses import replace
from difflib import ndiff
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from coder import Code, Codebook, read_codebook
from coder.codebook import Negation
from coder.errors import CodebookError
from coder.files.codebooks import write_codebook
from coder.files.codebooks.codebook_draft import offset, read_draft
from coder.files.codebooks.yaml_files import edited
from tests.conftest import ROOT, write

SHIPPED = sorted((ROOT / "codebooks").glob("*.yaml"))

HAND = """\
# A codebook that someone wrote by hand.
---
version: 2024.10   # not a number
codes:   # the list

  # -- first - theme --
  -   number: 1
      id: 'video'
      label: {nl: "Meer video",   en: More video}  # both
      rules:   # from the interviews
        # words
        - video*

        - "film"   # exact
        - >-
          bewegend
          beeld
      # the odd ones
      exceptions: [ videoconferent*, "de film", ]
      definition: |
        Film, reels.
        Podcast.

  # -- second theme --
  - {id: ai, label: Opkomst van AI, number: 2, rules: [=AI, "a, b"   # two
      , chatbot], net: tech}
  - id: tech
    number: 3
    rules:
    - "a b\\tc"
    -   'it''s'
    examples: []
    until:
    negation: skip
# the end
"""

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ODD = ["yes", "null", "~", "", "1.50", "007", "- x", "a: b", "a #b", "'", '"q"', "*a", "&b", "=", "{x}", "a,b", " x "]
BREAKS = ["a\nb", "\n", "a\r\nb", "\x85", "\u2028", "\ufeff", "?", "[", "x:", "<<"]
text = st.one_of(texts, st.sampled_from([*ODD, *BREAKS]))
rule = st.sampled_from(["meten", '"meten"', "=AI", "communicat*", "gr?s", "*media", "sociale media", "null", "-5"])
ids = st.one_of(
    st.sampled_from(["video", "ai", "tech", "a", "b", "null", "12", "<<"]),
    text.filter(lambda id_: id_ == id_.strip() and id_ not in {"", "-"} and not {";", "\n"} & set(id_)),
)


def many(of: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(of, max_size=3).map(tuple)


@st.composite
def codes(draw: st.DrawFn) -> tuple[Code, ...]:
    """Codes with anything a codebook allows."""
    names = draw(st.lists(ids, min_size=1, max_size=4, unique=True))
    numbers = draw(st.lists(st.integers(0, 9), min_size=len(names), max_size=len(names), unique=True))
    labels = draw(st.lists(text, min_size=len(names), max_size=len(names), unique=True))
    return tuple(
        Code(
            id_,
            number,
            draw(st.sampled_from([{}, {"nl": label}, {"en": label, "nl": f"{label} "}, {"fr": label}])),
            draw(text),
            draw(many(rule)),
            draw(many(rule)),
            draw(many(text)),
            draw(many(text)),
            draw(many(text)),
            draw(st.sampled_from(Negation)),
            draw(st.sampled_from(["", *names[:place]])),
            draw(st.sampled_from(["", "#3366cc"])),
            draw(text),
            draw(text),
        )
        for place, (id_, number, label) in enumerate(zip(names, numbers, labels, strict=True))
    )


@st.composite
def codebooks(draw: st.DrawFn) -> Codebook:
    """Any valid codebook."""
    some = draw(codes())
    taken = {code.id for code in some}
    lists = draw(st.dictionaries(text.filter(lambda name: name not in taken), many(rule), max_size=2))
    question = draw(st.dictionaries(st.sampled_from(["nl", "en"]), text, max_size=2))
    return Codebook(some, draw(text), draw(text), draw(st.sampled_from(["nl", "en"])), question, lists)


def changed(book: Codebook, other: Codebook, how: Random) -> Codebook:
    """A codebook with some of the codes of each, in some order; codes of both are a mixture."""
    mixed = {code.id: code for code in other.codes if how.random() < 0.5}
    for code in book.codes:
        given_ = mixed.get(code.id)
        if given_ is not None:
            mixed[code.id] = replace(given_, rules=(*code.rules, *given_.rules), label=code.label)
        elif how.random() < 0.8:
            mixed[code.id] = code if how.random() < 0.6 else replace(code, rules=code.rules[1:], exceptions=("weg",))
    order = list(mixed.values()) or [Code("leeg", 77, {})]
    if how.random() < 0.3:
        how.shuffle(order)
    kept: dict[int, Code] = {}
    labels: set[tuple[str, str]] = set()
    for code in order:
        number = next(number for number in [code.number, *range(1000)] if number not in kept)
        label = {language: said for language, said in code.label.items() if (language, said) not in labels}
        labels |= set(label.items())
        kept[number] = replace(code, number=number, label=label, net="")
    lists = {name: words for name, words in other.lists.items() if name not in mixed}
    return replace(book, codes=tuple(kept.values()), lists=lists, version=other.version, question=other.question)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(codebooks(), codebooks())
def test_a_codebook_written_is_read_back_equal_also_over_another(tmp_path: Path, book: Codebook, old: Codebook) -> None:
    path = tmp_path / "book.yaml"
    path.unlink(missing_ok=True)
    for one in (old, book):
        write_codebook(path, one)
        assert read_codebook(path) == one


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([HAND, HAND.replace("\n", "\r\n"), HAND.rstrip("\n")]), codebooks(), st.randoms())
def test_any_change_is_made_in_place_in_a_file_written_by_hand(source: str, other: Codebook, how: Random) -> None:
    book = changed(read_draft(source).codebook("hand"), other, how)
    text = edited(source, book, "hand")
    assert text
    assert read_draft(text).codebook("hand") == book
    assert text.startswith("# A codebook that someone wrote by hand.")
    assert text.rstrip().endswith("# the end")


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(SHIPPED), codebooks(), st.randoms())
def test_any_change_is_made_in_place_in_the_codebooks_that_ship(path: Path, other: Codebook, how: Random) -> None:
    source = path.read_text(encoding="utf-8")
    book = changed(read_draft(source).codebook("x"), other, how)
    text = edited(source, book, "x")
    assert read_draft(text).codebook("x") == book
    assert text.startswith(source.split("\n")[0])


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, len(HAND)), st.integers(0, 6), text), min_size=1, max_size=4))
def test_a_damaged_file_is_read_or_refused_with_a_place(tmp_path: Path, blows: list[tuple[int, int, str]]) -> None:
    source = HAND
    for place, length, put in blows:
        source = source[:place] + put + source[place + length :]
    draft = read_draft(source)
    assert all(problem.line and problem.column for problem in draft.problems)
    if draft.problems:
        with pytest.raises(CodebookError, match="line"):
            read_codebook(write(tmp_path / "book.yaml", source))
    else:
        assert edited(source, draft.codebook("hand"), "hand").startswith(source)


@pytest.mark.parametrize(
    "source", ["[" * 5000, "codes:\n- &x {id: a, number: 1, <<: &y {<<: *x}}\n", "codes: &c [*c]\n"]
)
def test_a_file_without_end_is_refused_or_read(tmp_path: Path, source: str) -> None:
    path = write(tmp_path / "book.yaml", source)
    try:
        assert read_codebook(path).ids == ("a",)
    except CodebookError as error:
        assert "book.yaml" in str(error)  # noqa: PT017


def test_a_rule_that_is_added_is_the_only_line_that_changes(tmp_path: Path) -> None:
    for source in SHIPPED:
        path = write(tmp_path / source.name, source.read_text(encoding="utf-8"))
        book = read_codebook(path)
        codes = (replace(book.codes[0], rules=(*book.codes[0].rules, "nieuw woord")), *book.codes[1:])
        write_codebook(path, replace(book, codes=codes))
        before, after = source.read_text("utf-8").splitlines(), path.read_text("utf-8").splitlines()
        changed_lines = [line for line in after if line not in before]
        assert len(changed_lines) == 1
        assert "nieuw woord" in changed_lines[0]
        assert read_codebook(path) == replace(book, codes=codes)


def test_what_is_added_dropped_renamed_and_changed_stands_where_a_person_would_write_it() -> None:
    book = read_draft(HAND).codebook("hand")
    video, ai, tech = book.codes
    video = replace(video, rules=(*video.rules, "vlog"), exceptions=(), label={"nl": "Video", "en": "More video"})
    ai = replace(ai, rules=("=AI", "gpt", "chatbot", "llm"), net="", until="2")
    new = Code("nieuw", 9, {"nl": "Nieuw", "en": "New"}, rules=("x y",))
    codes = (video, new, ai, replace(tech, id="techniek", until="2024"))
    text = edited(HAND, replace(book, codes=codes), "hand")
    lines = [line for line in ndiff(HAND.splitlines(), text.splitlines()) if line[0] in "+-"]
    assert lines == [
        '-       label: {nl: "Meer video",   en: More video}  # both',
        "+       label: {nl: Video,   en: More video}  # both",
        "+         - vlog",
        '-       exceptions: [ videoconferent*, "de film", ]',
        "+   - id: nieuw",
        "+     number: 9",
        "+     label: {nl: Nieuw, en: New}",
        "+     rules:",
        "+       - x y",
        '-   - {id: ai, label: Opkomst van AI, number: 2, rules: [=AI, "a, b"   # two',
        "+   - {id: ai, label: Opkomst van AI, number: 2, rules: [=AI, gpt   # two",
        "-       , chatbot], net: tech}",
        "+       , chatbot, llm], until: '2'}",
        "-   - id: tech",
        "+   - id: techniek",
        "-     until:",
        "+     until: '2024'",
    ]


def test_a_code_that_is_dropped_takes_the_comment_on_it_along_and_no_other() -> None:
    book = read_draft(HAND).codebook("hand")
    text = edited(HAND, replace(book, codes=(book.codes[0], book.codes[2])), "hand")
    assert "second theme" not in text
    assert text.count("#") == HAND.count("#") - 2


def test_the_byte_order_mark_and_the_line_ends_of_a_file_stay(tmp_path: Path) -> None:
    path = write(tmp_path / "book.yaml", "codes:  # een\r\n- {id: a, number: 1}\r\n", "utf-8-sig")
    write_codebook(path, replace(read_codebook(path), version="2"))
    assert path.read_bytes() == "\ufeffversion: '2'\r\ncodes:  # een\r\n- {id: a, number: 1}\r\n".encode()


@pytest.mark.parametrize("content", ["", "geen codeboek", "codes: [", "codes:\n- {id: a}\n"])
def test_a_file_that_is_no_codebook_is_replaced(tmp_path: Path, content: str) -> None:
    path = write(tmp_path / "book.yaml", content)
    book = Codebook((Code("b", 2, {}),), "nieuw")
    write_codebook(path, book)
    assert read_codebook(path) == book


def test_what_stands_elsewhere_in_the_file_is_read_and_written_all_the_same(tmp_path: Path) -> None:
    source = "codes:\n- &a {id: a, number: 1, rules: &r [x, y]}\n- {<<: *a, id: b, number: 2}\n"
    source += "- {id: c, number: 3, rules: *r}\n"
    path = write(tmp_path / "book.yaml", source)
    book = read_codebook(path)
    assert [code.rules for code in book.codes] == [("x", "y")] * 3
    other = replace(book, codes=tuple(replace(code, rules=("z",)) for code in book.codes))
    write_codebook(path, other)
    assert read_codebook(path) == other


def test_a_text_is_what_is_written(tmp_path: Path) -> None:
    source = "version: 1.50\ncodes:\n- {id: 007, number: 1, since: 2021-01-01, rules: [true, 1_000, 0x1F]}\n"
    book = read_codebook(write(tmp_path / "book.yaml", source))
    code = book.codes[0]
    assert (book.version, code.id, code.since, code.rules) == ("1.50", "007", "2021-01-01", ("true", "1_000", "0x1F"))


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("codes:\n- id: a\n  number: 1\n  rules:\n  - goed\n  - 'x AND'\n", "line 6, column 8"),
        ("codes:\n- id: a\n  number: 1\n  rules:\n  - goed\n  - >-\n    x\n    AND\n", "line 6, column 5"),
        ("codes:\n- {id: a, number: 1, rules: ['film OR @b']}\n", "line 2, column 30"),
        ("lists: {b: [x, '(y']}\ncodes:\n- {id: a, number: 1}\n", "line 1, column 17"),
        ("codes:\n- id: a\n  number: één\n", "line 3, column 11"),
        ("codes:\n- id: a\n  number: -_1\n", "line 3, column 11"),
        ("codes:\n- id: a\n  number: " + "1" * 5000, "line 3, column 11"),
        ("codes:\n- id: a\n  number: 1\n  regels: []\n", "line 4, column 3"),
        ("codes:\n- id: a\n  number: 1\n  net: b\n", "line 4, column 8"),
        ("codes:\n- id: a\n  number: 1\n  colour: red\n", "line 4, column 11"),
        ("codes:\n- id: a\n  number: 1\n  label: [x]\n", "line 4, column 10"),
        ("lists: {a: [x]}\ncodes:\n- {id: a, number: 1}\n", "line 1, column 9"),
        ("codes:\n- {id: a, number: 1, net: b}\n- {id: b, number: 2, net: a}\n", "line 2, column 27"),
        ("codebook: \x07\n", "line 1, column 11"),
        ("", "line 1, column 1"),
    ],
)
def test_an_error_names_its_line_and_column(tmp_path: Path, source: str, place: str) -> None:
    with pytest.raises(CodebookError, match=f"^{re.escape(f'book.yaml, {place}: ')}"):
        read_codebook(write(tmp_path / "book.yaml", source))


@pytest.mark.parametrize(
    ("written", "column", "place"),
    [("NEAR/3 b", 5, 5), ("'a NEAR/3'", 2, 3), ('"a NEAR/3"', 2, 3), ("'it''s NEAR/3'", 6, 0), ('"\\ta (b"', 3, 0)],
)
def test_a_column_of_a_rule_is_a_column_of_the_file_where_it_is_written_as_it_reads(
    written: str, column: int, place: int
) -> None:
    source = f"- {written}\n"
    node = YAML(typ="safe", pure=True).compose(source).value[0]
    assert offset(source, node, column) == place
