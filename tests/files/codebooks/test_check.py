"""What `coder codebook check` and `coder codebook test` say of a codebook, and where."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coder import Code, Codebook, CoderError, read_codebook
from coder.codebook import Negation
from coder.files.codebooks import write_codebook
from coder.files.codebooks.check import check
from coder.learning.rule_trial import try_examples
from coder.methods.rules.engine import find
from tests.conftest import GOLDEN, ROOT, Cli, one_code, write
from tests.files.codebooks.test_yaml import codebooks

SHIPPED = sorted((ROOT / "codebooks").glob("*.yaml"))

WRONG = (GOLDEN / "wrong.yaml").read_text(encoding="utf-8")


def test_everything_wrong_is_told_at_once_in_order_of_place() -> None:
    found = check(GOLDEN / "wrong.yaml")
    lines = [f"{one.line}:{one.column} {one.severity} {one.note}" for one in found]
    assert lines == (GOLDEN / "wrong.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_nothing_is_wrong_with_the_codebooks_that_come_with_it(path: Path) -> None:
    assert check(path) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(codebooks())
def test_a_codebook_that_can_be_made_has_no_errors(tmp_path: Path, book: Codebook) -> None:
    path = tmp_path / "book.yaml"
    path.unlink(missing_ok=True)
    write_codebook(path, book)
    assert [one for one in check(path) if one.severity == "error" or not one.line] == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_codebook_can_be_read_if_and_only_if_check_finds_no_error(tmp_path: Path, data: st.DataObject) -> None:
    lines = WRONG.splitlines(keepends=True)
    gone = data.draw(st.sets(st.integers(0, len(lines) - 1)))
    path = write(tmp_path / "book.yaml", "".join(line for place, line in enumerate(lines) if place not in gone))
    errors = [one for one in check(path) if one.severity == "error"]
    try:
        read_codebook(path)
    except CoderError as error:
        assert errors
        assert str(errors[0].note) in str(error)  # noqa: PT017
    else:
        assert not errors


def test_check_prints_a_line_each_and_ends_with_one_if_there_are_errors(cli: Cli, tmp_path: Path) -> None:
    done = cli("codebook", "check", write(tmp_path / "fout.yaml", WRONG))
    assert done.code == 1
    assert done.out.splitlines()[2] == f"{tmp_path}/fout.yaml:8:12: warning: code 'film' has no label in en."
    assert done.err == "Errors: 17. Warnings: 11.\n"


def test_warnings_alone_end_well_and_a_file_that_is_not_there_does_not(cli: Cli, tmp_path: Path) -> None:
    done = cli("codebook", "check", write(tmp_path / "kort.yaml", "codes:\n- {id: a, number: 1}\n"))
    assert (done.code, done.err) == (0, "Errors: 0. Warnings: 1.\n")
    assert cli("codebook", "check", tmp_path / "weg.yaml").code == 2


def test_broken_yaml_is_an_error_with_its_place(cli: Cli, tmp_path: Path) -> None:
    done = cli("codebook", "check", write(tmp_path / "b.yaml", "codes:\n  - {id: a, number: 1\n  - {id: b}\n"))
    assert done.code == 1
    assert done.out.startswith(f"{tmp_path}/b.yaml:3:5: error: this is not valid YAML: ")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("a: [}\n", "1:5: fout: dit is geen geldige YAML: wat hier staat, is niet te lezen."),
        ("codes:\n  - {id: a\n  - {id: b}\n", "3:5: fout: dit is geen geldige YAML: vóór deze plaats is een haakje"),
        ('codes:\n  - id: "a\n', "2:9: fout: dit is geen geldige YAML: hier begint een aanhalingsteken"),
        ("codes:\n\t- id: a\n", "2:1: fout: dit is geen geldige YAML: hier staat een tab; gebruik spaties."),
        ("a: b: c\n", "1:5: fout: dit is geen geldige YAML: hier staat een dubbele punt die niet kan"),
        ("a: 1\nb\nc: 2\n", "3:1: fout: dit is geen geldige YAML: hier of op de regel ervoor staat een naam zonder"),
        ("codes:\n  - id: a\n   label: x\n", "3:4: fout: dit is geen geldige YAML: dit past niet bij wat erboven"),
        ("a: 1\n---\nb: 2\n", "2:1: fout: dit is geen geldige YAML: hier begint een tweede document"),
        ("a: @x\n", "Zet een tekst die begint met @ tussen aanhalingstekens."),
        ("a: *x\n", "dit verwijst met * naar iets dat er niet is."),
    ],
)
def test_broken_yaml_is_told_without_the_english_of_the_parser(
    cli: Cli, tmp_path: Path, source: str, said: str
) -> None:
    done = cli("codebook", "check", write(tmp_path / "b.yaml", source), "--language", "nl")
    assert said in done.out
    assert not {"expected", "found", "while"} & set(done.out.split())


@pytest.mark.parametrize(
    ("rule", "exception", "never"),
    [
        ("video", "video", True),
        ("Video", "vidéo", True),
        ("video bellen", "video", True),
        ("video", "video bellen", False),
        ("videoclip*", "video*", True),
        ("video*", "videoclip*", False),
        ('"videoclip"', "video*", True),
        ("videoclip", "video*", False),
        ("=AI", "ai", True),
        ("ai", "=AI", False),
        ("gr?s", "gr*s", True),
        ("gr*s", "gr?s", False),
        ("te weinig video", "weinig video", True),
        ("te weinig video", "te video", False),
    ],
)
def test_a_rule_never_counts_if_an_exception_takes_every_hit(
    tmp_path: Path, rule: str, exception: str, *, never: bool
) -> None:
    code = Code("a", 1, {"nl": "A", "en": "A"}, rules=(rule,), exceptions=(exception,))
    write_codebook(tmp_path / "a.yaml", Codebook((code,)))
    assert [one.line for one in check(tmp_path / "a.yaml") if "never" in str(one.note)] == ([11] if never else [])


words = st.sampled_from(["video", "film", "films", "vid*", "*eo", "f?lm", '"film"', "=Film", "=AI", "ai"])
rows = st.lists(words, min_size=1, max_size=3).map(" ".join)
some = st.sampled_from(["video", "film", "films", "Film", "AI", "ai,", "fulm", "radio", "geen"])
answers = st.lists(some, max_size=6).map(" ".join)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows, rows, st.lists(answers, min_size=1, max_size=5))
def test_a_rule_that_is_said_never_to_count_never_counts(
    tmp_path: Path, rule: str, exception: str, texts: list[str]
) -> None:
    book = one_code(rule, exceptions=[exception])
    (tmp_path / "a.yaml").unlink(missing_ok=True)
    write_codebook(tmp_path / "a.yaml", book)
    if any("never" in str(one.note) for one in check(tmp_path / "a.yaml")):
        assert find(texts, book)["it"] == []


TRIED = Codebook(
    (
        Code(
            "film",
            1,
            {"nl": "Film"},
            rules=("film*", "video"),
            exceptions=("filmzaal",),
            examples=("korte filmpjes", "naar de filmzaal", "tekst", "geen video", "FILM"),
            counterexamples=("een videoband", "meer video en film", "klank"),
            negation=Negation.SKIP,
        ),
        Code("niet", 2, {"nl": "Niet"}, rules=("video",), examples=("meer video",), negation=Negation.ONLY),
        Code("leeg", 3, {"nl": "Leeg"}, rules=("boek",)),
    ),
)


def test_the_examples_that_fail_are_told_with_the_reason() -> None:
    tried = try_examples(TRIED)
    assert (tried.examples, tried.counterexamples, tried.without) == (6, 3, ("leeg",))
    assert [(one.code, one.kind, one.text, str(one.why)) for one in tried.failures] == [
        ("film", "example", "naar de filmzaal", "rule film* finds 'filmzaal', but exception filmzaal finds 'filmzaal'"),
        ("film", "example", "tekst", "no rule finds it"),
        (
            "film",
            "example",
            "geen video",
            "rule video finds 'video' (negated by geen), but in this code negated words do not count",
        ),
        ("film", "counterexample", "meer video en film", "rule film* finds 'film', rule video finds 'video'"),
        ("niet", "example", "meer video", "rule video finds 'video', but in this code negated words alone count"),
    ]


def test_a_codebook_without_examples_has_none_that_fail() -> None:
    tried = try_examples(one_code("film"))
    assert (tried.examples, tried.counterexamples, tried.failures, tried.without) == (0, 0, (), ("it",))


def test_a_codebook_is_tested_by_its_examples_on_the_command_line(cli: Cli, tmp_path: Path) -> None:
    write_codebook(tmp_path / "book.yaml", TRIED)
    done = cli("codebook", "test", tmp_path / "book.yaml")
    assert done.code == 1
    assert done.out.splitlines()[1] == "film: example 'tekst': no rule finds it."
    assert done.err == "6 examples, 3 counterexamples: 5 wrong.\nCodes without an example: leeg.\n"
    right = cli("codebook", "test", SHIPPED[-1])
    assert (right.code, right.out) == (0, "")
    assert right.err.endswith("0 wrong.\n")


def test_a_file_without_lines_that_cannot_be_read_is_one_error_without_a_place(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"PK\x03\x04\x00")
    (one,) = check(path)
    assert (one.line, one.column, one.severity) == (None, None, "error")
