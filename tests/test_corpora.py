"""The synthetic corpora that come with the package: their codes add up to what was published."""

import csv
from collections import Counter

import pytest

from coder import Coding, read_answers, read_codebook, top
from coder.files.answers import Answers, parse_codes
from coder.languages.nl.no_answer import no_answers
from coder.languages.text import fold
from coder.resources import resource
from tests.conftest import ROOT

LISTS = ["trends-2024", "trends-2021", "wishes-2024", "wishes-2021"]
ALL = [*LISTS, "policy-fragments"]

COUNTS = {
    "trends-2024": {
        "ai": 102, "video": 51, "social_media": 40, "target_groups": 34, "digital": 24, "faster": 20,
        "storytelling": 11, "clear_language": 10, "authentic": 8, "everyone": 7, "employer_branding": 7,
    },
    "wishes-2024": {
        "plan": 75, "planning": 57, "resources": 35, "measuring": 25, "training": 23, "agreements": 21,
        "innovation": 15, "social_media": 15, "everyone": 12, "own_content": 11,
    },
}  # fmt: skip
PLACES = {
    "trends-2021": {"video": 1, "digital": 2, "target_groups": 3, "social_media": 4, "storytelling": 5, "authentic": 8},
    "wishes-2021": {
        "planning": 1, "plan": 2, "measuring": 3, "resources": 5, "agreements": 6, "everyone": 7, "innovation": 9,
    },
}  # fmt: skip
DROPPED = {"trends-2021": {"channels", "online_offline", "dialogue"}, "wishes-2021": {"video", "internal"}}
BASES = {"trends-2024": 199, "trends-2021": 120, "wishes-2024": 230, "wishes-2021": 120, "policy-fragments": 60}


def read(name: str) -> tuple[Answers, Coding]:
    """A corpus and its hand codes; the codebook knows every one of them."""
    text = "fragment" if name == "policy-fragments" else "answer"
    answers = read_answers(resource(f"corpora/{name}.csv"), text=text, id="id", needs=["codes", "origin"])
    book = read_codebook(resource(f"codebooks/{name.rsplit('-20', 1)[0].replace('fragments', 'themes')}.yaml"))
    return answers, parse_codes(answers.corpus.units["codes"], book, name)


@pytest.mark.parametrize("name", ALL)
def test_as_many_units_are_coded_as_were_published(name: str) -> None:
    answers, coding = read(name)
    assert len(coding.seen) == BASES[name]
    uncoded = answers.corpus.ids.difference(coding.seen)
    assert no_answers(answers.corpus.take(uncoded)).all()
    assert not no_answers(answers.corpus.take(coding.seen)).any()


@pytest.mark.parametrize("name", list(COUNTS))
def test_the_codes_of_2024_add_up_to_the_published_counts(name: str) -> None:
    counts = Counter(read(name)[1].pairs()["code"])
    assert {id_: counts[id_] for id_ in COUNTS[name]} == COUNTS[name]
    assert all(count < min(COUNTS[name].values()) for id_, count in counts.items() if id_ not in COUNTS[name])


@pytest.mark.parametrize("name", list(PLACES))
def test_the_codes_of_2021_give_the_published_places(name: str) -> None:
    book = read_codebook(resource(f"codebooks/{name[:6]}.yaml"))
    table = top(read(name)[1], book).frame
    ranks = dict(zip(table["code"], table["rank"], strict=True))
    assert {id_: ranks[id_] for id_ in PLACES[name]} == PLACES[name]
    assert set(ranks) == set(PLACES[name]) | DROPPED[name]


@pytest.mark.parametrize("name", ALL)
def test_every_unit_says_that_it_is_synthetic_and_has_an_id_of_its_own(name: str) -> None:
    with (ROOT / "corpora" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["origin"] for row in rows} == {"synthetic"}
    assert len({row["id"] for row in rows}) == len(rows)


def test_no_two_coded_answers_are_alike_within_or_across_the_corpora() -> None:
    texts: Counter[str] = Counter()
    for name in ALL:
        answers, coding = read(name)
        texts.update(" ".join(fold(text).split()).strip(" .!") for text in answers.corpus.take(coding.seen).texts)
    assert [text for text, times in texts.items() if times > 1] == []


def test_ids_differ_across_the_corpora() -> None:
    ids = Counter(id_ for name in ALL for id_ in read(name)[0].corpus.ids)
    assert [id_ for id_, times in ids.items() if times > 1] == []


def test_there_are_sixty_policy_fragments_with_source_and_page() -> None:
    answers, _ = read("policy-fragments")
    units = answers.corpus.units
    assert len(units) == 60
    assert (units["source"].str.strip() != "").all()
    assert units["page"].str.fullmatch(r"\d+").all()
