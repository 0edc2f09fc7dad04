"""Topics: what answers without a code talk about."""

import subprocess
import sys
from pathlib import Path

import pytest

from coder import TopicModel, find_topics
from coder.errors import CoderError, DataError, MissingExtraError
from coder.methods.topics import OUTSIDE
from tests.conftest import corpus_of

# BERTopic and what it imports warn about packages that are not there: no concern of ours.
pytestmark = pytest.mark.filterwarnings("ignore::ImportWarning", "ignore::DeprecationWarning")

MORE, ON = ("bloem", "suiker", "boter", "eieren"), ("banden", "zadel", "velgen", "pedalen")
BAKING = [f"{what} bakken met {more}" for what in ("taart", "brood", "koekjes") for more in MORE]
CYCLING = [f"fietsen {where} op {on}" for where in ("bergop", "bergaf", "snel") for on in ON]


def test_two_clear_groups_are_two_topics_with_the_right_members() -> None:
    found = find_topics(corpus_of(BAKING + CYCLING), smallest=8)
    assert found.frame["topic"].tolist() == [0, 1]
    assert set(found.of[:12]) != set(found.of[12:])
    for part in (found.of[:12], found.of[12:]):
        assert len(set(part)) == 1
    for _, row in found.frame.iterrows():
        members = set(found.of.index[found.of == row["topic"]])
        assert row["size"] == len(members) == 12
        word = "bakken" if "1" in members else "fietsen"
        assert word in row["words"].split(", ")
        assert all(word in answer for answer in row["answers"].split(" | "))


def test_the_same_seed_gives_the_same_topics() -> None:
    one, two = (find_topics(corpus_of(BAKING + CYCLING), seed=3) for _ in range(2))
    assert one.of.to_dict() == two.of.to_dict()
    assert one.frame.to_dict() == two.frame.to_dict()


def test_too_few_answers_are_an_error() -> None:
    with pytest.raises(DataError, match="11 answers"):
        find_topics(corpus_of(BAKING[:11]))


def test_without_bertopic_the_error_names_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bertopic", None)
    with pytest.raises(MissingExtraError, match="pip install"):
        find_topics(corpus_of(BAKING))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("text", ["dat is het", "taart", "🎬", "ja, dat is het wel"])
def test_answers_that_give_nothing_to_tell_apart_are_no_crash(text: str) -> None:
    try:
        found = find_topics(corpus_of([text] * 15))
    except CoderError:
        return
    assert len(found.of) == 15


LATE, DEAR = "De tram rijdt nooit op tijd", "Parkeren kost te veel"


@pytest.mark.parametrize(
    ("texts", "sizes"),
    [
        ([LATE] * 30, [30]),
        (["tram"] * 30, [30]),
        ([LATE] * 28 + ["kat", "hond"], [28]),
        ([LATE, LATE.upper(), f"{LATE}!"] * 8, [24]),
        ([LATE] * 9 + [DEAR] * 6, [9, 6]),
        (["", "?", "de het een"] * 5 + [LATE] * 15, [15]),
        (["", "?"] * 10, []),
        (["?"] * 12 + ["kat", "hond"], []),
    ],
    ids=["one answer", "one word", "nearly one", "case and signs", "two", "one among empty ones", "empty", "few words"],
)
def test_answers_that_are_given_again_and_again_are_a_topic(texts: list[str], sizes: list[int]) -> None:
    found = find_topics(corpus_of(texts))
    assert found.frame["size"].tolist() == sizes
    assert found.of[found.of >= 0].value_counts().sort_index().tolist() == sizes
    assert (found.frame["words"] != "").all()
    assert (found.frame["answers"] != "").all()


def test_looking_for_topics_prints_and_warns_nothing() -> None:
    code = (
        "import pandas as pd; from coder import Corpus, find_topics; "
        f"texts = {BAKING + CYCLING}; "
        "ids = pd.Index([str(place) for place in range(24)]); "
        "print(len(find_topics(Corpus(pd.DataFrame({'text': texts}, index=ids))).of))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("24\n", "")


def test_an_answer_has_the_topics_of_its_clauses_the_first_one_first() -> None:
    both = "taart bakken met bloem; fietsen bergop op banden"
    found = find_topics(corpus_of([*BAKING, *CYCLING, both]), smallest=8)
    baking, cycling = (set(found.of[rows]) for rows in (slice(0, 12), slice(12, 24)))
    assert set(found.pairs[found.pairs["unit"] == "25"]["topic"]) == baking | cycling
    assert found.cells["25"].split(";")[0] == str(found.of["25"])
    assert found.pairs["score"].between(-1, 1.0001).all()


def test_the_same_answer_has_the_same_topics_in_the_next_wave_after_saving_and_loading(tmp_path: Path) -> None:
    found = find_topics(corpus_of(BAKING + CYCLING), smallest=8)
    found.model.save(tmp_path / "kept")
    model = TopicModel.load(tmp_path / "kept")
    assert model.labels == found.model.labels
    again = model.assign(
        corpus_of([*CYCLING[::-1], *BAKING, "fietsen bergop op zadels", "brood bakken met gist en bloem"])
    )
    assert again.of[:24].tolist() == [*found.of[:11:-1].tolist(), *found.of[:12].tolist()]
    assert again.of[24:].tolist() == [found.of.iloc[12], found.of.iloc[0]]


def test_an_answer_that_is_strange_to_all_topics_is_in_none() -> None:
    model = find_topics(corpus_of(BAKING + CYCLING), smallest=8).model
    given = model.assign(corpus_of(["De rechtbank sprak de minister vrij", "nvt", "weet ik echt niet", "", "de het"]))
    assert given.of.tolist() == [OUTSIDE] * 5
    assert given.frame["size"].tolist() == [0, 0]


def test_a_damaged_model_is_an_error_that_names_the_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="weg"):
        TopicModel.load(tmp_path / "weg")
    folder = tmp_path / "kapot"
    find_topics(corpus_of(BAKING + CYCLING), smallest=8).model.save(folder)
    (folder / "topics.json").write_text("{}", encoding="utf-8")
    with pytest.raises(DataError, match="kapot"):
        TopicModel.load(folder)


def test_one_dominant_theme_is_one_topic_and_no_answer_is_none() -> None:
    what = ("parkeren", "de parking", "een parkeerplaats vinden", "mijn auto parkeren", "parkeren in de straat")
    why = ("is te duur", "kost veel te veel", "is onmogelijk", "is een ramp", "lukt nooit", "is moeilijk")
    theme = [f"{one} {other}" for one in what for other in why]
    found = find_topics(corpus_of([*theme, *["geen idee", "weet ik niet echt", "nvt"] * 4]))
    assert len(found.frame) == 1
    assert found.frame["size"][0] >= 27
    assert "parkeren" in found.frame["label"][0].split(", ")
    assert (found.of[30:] == OUTSIDE).all()


def test_labels_have_two_to_four_words_no_two_nearly_the_same() -> None:
    texts = [f"de {bus} {late}" for bus in ("bus", "bussen", "stadsbus") for late in ("komt te laat", "rijdt te laat")]
    texts += [f"{more} {tree} planten" for more in ("graag", "meer") for tree in ("bomen", "een boom", "groene bomen")]
    found = find_topics(corpus_of(texts * 3), most=2)
    for label in found.frame["label"]:
        words = label.split(", ")
        assert 1 <= len(words) <= 4
        assert not {"bus", "bussen"} <= set(words)
        assert not {"boom", "bomen"} <= set(words)
    assert found.frame["label"].is_unique


def test_without_an_embedding_there_are_topics_too() -> None:
    found = find_topics(corpus_of(BAKING + CYCLING), smallest=8, embedding="none")
    assert len(found.frame) == 2
    assert not set(found.of[:12]) & set(found.of[12:]) - {OUTSIDE}


def test_topics_of_english_answers_have_their_words() -> None:
    baking = [
        f"baking {what} with {more}" for what in ("cakes", "bread") for more in ("flour", "sugar", "eggs", "milk")
    ]
    riding = [
        f"riding {where} on my bike" for where in ("uphill", "downhill", "fast", "slowly", "home", "far", "out", "up")
    ]
    found = find_topics(corpus_of(baking + riding), smallest=5, language="en")
    assert len(found.frame) == 2
    assert {"baking", "bike"} & set(", ".join(found.frame["words"]).split(", "))
