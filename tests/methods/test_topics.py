"""Topics: what answers without a code talk about."""

import subprocess
import sys

import pytest

from coder import find_topics
from coder.errors import CoderError, DataError, MissingExtraError
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
