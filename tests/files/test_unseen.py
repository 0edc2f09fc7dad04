"""Names that differ in what nobody sees are one: of codes in cells, codebooks and lists, of groups and of waves."""

import json
from pathlib import Path
from unicodedata import normalize

import pandas as pd
import pytest

import coder
from coder import Code, Codebook, Corpus
from coder.characters import as_seen
from coder.codebook import mapping
from tests.conftest import Cli, write

NAME = "ideeën en co-creatie"
ODD = (
    normalize("NFD", NAME),
    NAME.replace("creatie", "crea\N{SOFT HYPHEN}tie"),
    NAME.replace("creatie", "crea\N{ZERO WIDTH SPACE}tie"),
    NAME.replace(" ", "\N{NO-BREAK SPACE}"),
    NAME.replace("-", "\N{NON-BREAKING HYPHEN}"),
    f"\N{ZERO WIDTH NO-BREAK SPACE}{NAME}\N{NO-BREAK SPACE}",
)
odd = pytest.mark.parametrize("name", ODD, ids=["nfd", "soft hyphen", "zero width", "space", "hyphen", "ends"])


def rows(cli: Cli, *arguments: str | Path) -> list[dict[str, object]]:
    """The rows of the first table that a command prints."""
    done = cli(*arguments, "--format", "json")
    assert done.code == 0, done.err
    found: list[dict[str, object]] = json.loads(done.out)["rows"]
    return found


@odd
def test_top_counts_a_code_once(cli: Cli, tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "a.csv", f"codes\n{NAME}\n{name}; tijd\n{name}\ntijd\n")
    assert [(row["code"], row["n"]) for row in rows(cli, "top", path)] == [(NAME, 3), ("tijd", 2)]


@odd
def test_coders_agree_who_wrote_a_code_otherwise(cli: Cli, tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "a.csv", "anna;bert\n" + f"{NAME};{name}\ntijd;tijd\n" * 20)
    done = cli("agree", path, "--codes", "anna", "--codes", "bert", "--draws", "50")
    assert done.code == 0
    assert "Krippendorff's alpha         1.000" in done.out


@odd
@pytest.mark.parametrize("then", ["codes\n{}\n{}\ntijd\n", "Plaats;Code;n\n1;{};2\n2;tijd;1\n;N = 3;\n"])
def test_a_code_of_the_last_wave_is_the_same(cli: Cli, tmp_path: Path, name: str, then: str) -> None:
    now = write(tmp_path / "nu.csv", f"codes\n{NAME}\n{NAME}\ntijd\n")
    last = write(tmp_path / "toen.csv", then.format(name, name))
    found = rows(cli, "compare", now, last)
    assert [row["code"] for row in found] == [NAME, "tijd"]
    assert all("2" in str(row["then_n"]) or "1" in str(row["then_n"]) for row in found)


@odd
def test_a_codebook_has_the_code_whichever_of_both_is_odd(cli: Cli, tmp_path: Path, name: str) -> None:
    book = "codes:\n  - {{id: {}, number: 1}}\n  - {{id: tijd, number: 2, label: {{nl: {}}}}}\n"
    for one, other in ((NAME, name), (name, NAME)):
        cells = write(tmp_path / "a.csv", f"codes\n{one}\n{other}\nmeer {one}\n")
        asked = ("top", cells, "--codebook", write(tmp_path / "b.yaml", book.format(other.strip(), f"meer {other}")))
        assert [row["n"] for row in rows(cli, *asked)] == [2, 1]


@odd
def test_a_later_codebook_has_the_same_code(name: str) -> None:
    old, new = Codebook((Code(NAME, 1, {}),)), Codebook((Code(name.strip(), 1, {}),))
    assert mapping(old, new) == {NAME: (name.strip(),)}


@odd
def test_a_group_is_one(cli: Cli, tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "a.csv", "codes;groep\n" + f"tijd;{NAME}\nprijs;{name}\nprijs;rest\n" * 20)
    found = rows(cli, "top", path, "--by", "groep")
    assert [row[f"n:{NAME}"] for row in found] == [20, 20]
    assert [name for name in found[0] if name.startswith("n:")] == [f"n:{NAME}", "n:rest"]


@odd
def test_a_wave_and_a_group_of_a_data_frame_are_one(name: str) -> None:
    frame = pd.DataFrame({"answer": ["a", "b", "c"], "codes": ["x", "y", "y"], "wave": [NAME, name, "2024"]})
    answers = Corpus(frame, text="answer", wave="wave", groups="wave")
    assert sorted(answers.waves) == sorted([NAME, "2024"])
    book = Codebook.from_ids(["x", "y"])
    hand = coder.Coding.from_column(answers, "codes", book)
    assert f"n:{NAME}" in coder.top_by(hand, book).frame
    assert answers.units["wave"].tolist() == [NAME, name, "2024"]


@odd
def test_columns_of_options_have_the_same_code(cli: Cli, tmp_path: Path, name: str) -> None:
    then = write(tmp_path / "toen.csv", f"v/{name};v/tijd\n1;0\n0;1\n1;0\n")
    now = write(tmp_path / "nu.csv", f"codes\n{NAME}\ntijd\n")
    columns = f"v/{name}+v/tijd"
    assert [row["code"] for row in rows(cli, "compare", now, then, "--then-codes", columns)] == [NAME, "tijd"]


def test_an_emoji_of_several_stays_one() -> None:
    family = "\N{WOMAN}\u200d\N{GIRL}"
    assert as_seen(family) == family
    assert as_seen("\N{HEAVY BLACK HEART}\ufe0f") == as_seen("\N{HEAVY BLACK HEART}")
