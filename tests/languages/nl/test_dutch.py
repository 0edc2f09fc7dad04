"""Dutch as people type it: lemmas, separated verbs, slips of the pen, pipelines by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coder.codebook import Code, Codebook, Negation
from coder.errors import MissingExtraError
from coder.languages.nl.lemmas import form_lemma, form_lemmas, is_known
from coder.languages.nl.pipeline import BUNDLED, installed, load
from coder.languages.nl.verbs import separated
from coder.methods.rules.engine import Hit, find
from coder.methods.rules.forms import Terms
from tests.conftest import Cli


def hits(text: str, *rules: str, negation: Negation = Negation.COUNT) -> list[Hit]:
    return find([text], Codebook((Code("x", 1, {}, rules=rules, negation=negation),)))["x"]


def found(text: str, *rules: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in hits(text, *rules)]


@pytest.mark.parametrize(
    ("form", "lemma"),
    [
        ("gemeten", "meten"),
        ("video's", "video"),
        ("strategieën", "strategie"),
        ("communicatieplannen", "communicatieplan"),
        ("vrijwilligers", "vrijwilliger"),
        ("Nieuwsbrieven", "nieuwsbrief"),
        ("geïnformeerde", "informeren"),
        ("geïnitieerde", "initiëren"),
        ("geïnstagrameerd", "instagrameren"),
        ("preferentiële", "preferentieel"),
        ("ideële", "ideëel"),
        ("Kortrijkese", "kortrijkees"),
    ],
)
def test_a_form_has_the_lemma_of_a_dictionary(form: str, lemma: str) -> None:
    assert form_lemma(form) == lemma
    assert lemma in form_lemmas(form)


def test_a_form_of_two_words_has_both_lemmas() -> None:
    assert {"zet", "zetten"} <= form_lemmas("zetten")


@given(st.text(max_size=30))
def test_any_text_has_a_lemma_and_is_one_of_its_lemmas(text: str) -> None:
    assert form_lemma(text) in form_lemmas(text)


def test_words_and_compounds_of_words_are_known_and_slips_are_not() -> None:
    assert is_known("communicatie")
    assert is_known("doelgroepcommunicatie")
    assert not is_known("comunicatie")


@pytest.mark.parametrize(
    ("text", "verbs"),
    [
        ("we zetten meer in op video", ["inzetten"]),
        ("denk er over na", ["nadenken"]),
        ("om meer in te zetten op sociale media", ["inzetten"]),
        ("de organisatie pakt haar communicatie anders aan", ["aanpakken"]),
        ("we bouwen de community uit", ["uitbouwen"]),
        ("we werken in stilte", []),
        ("een plan voor de communicatie", []),
    ],
)
def test_the_parts_of_a_separated_verb_are_joined(text: str, verbs: list[str]) -> None:
    (doc,) = load().pipe([text])
    assert [verb.lemma for verb in separated(doc)] == verbs


def test_a_rule_finds_both_parts_of_a_separated_verb_and_names_them() -> None:
    text = "Volgend jaar zetten we meer in op video"
    first, second = hits(text, "inzetten")
    assert (text[first.start : first.end], text[second.start : second.end]) == ("zetten", "in")
    assert first.reason == second.reason == ("rule", "inzetten", (("apart", "zetten … in"),))


def test_a_verb_in_one_piece_is_found_without_its_parts() -> None:
    assert found("we willen inzetten op video", "inzetten") == ["inzetten"]
    assert found("in de zetels zitten", "inzetten") == []


@pytest.mark.parametrize(
    ("text", "rule", "slip"),
    [
        ("betere comunicatie", "communicatie", "comunicatie"),
        ("artifciele intelligentie", "artificiële intelligentie", "artifciele"),
        ("storytelilng", "storytelling", "storytelilng"),
    ],
)
def test_a_slip_of_the_pen_is_a_hit_of_lower_score_that_says_so(text: str, rule: str, slip: str) -> None:
    (hit,) = hits(text, rule)
    assert hit.score < 1
    assert hit.reason == ("rule", rule, (("spelt", slip),))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("de vidoe", "video"),  # five letters: too short
        ("het klinkt", "drinken"),  # another word
        ("de kaarten", "maarten"),  # another first letter
        ("communiceren", "communicatie"),  # further than one edit
        ("wij spelen", "spelden"),  # a word of its own
    ],
)
def test_what_is_no_slip_is_no_hit(text: str, rule: str) -> None:
    assert hits(text, rule) == []


@given(st.text("abcdef", min_size=6, max_size=9), st.data())
def test_every_single_edit_after_the_first_letter_is_a_slip(term: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(term) - 1))
    letter = data.draw(st.sampled_from("xyz"))
    for word in (
        term[:place] + letter + term[place:],
        term[:place] + letter + term[place + 1 :],
        term[:place] + term[place + 1 :],
    ):
        if len(word) >= 6 and word != term:
            assert Terms([term]).near(["abc", word, term]) == [(1, term)]


@pytest.mark.parametrize(("negation", "count"), [(Negation.COUNT, 2), (Negation.SKIP, 1), (Negation.ONLY, 1)])
def test_a_code_says_whether_a_negated_hit_counts(negation: Negation, count: int) -> None:
    texts = ["geen video meer", "meer video"]
    book = Codebook((Code("x", 1, {}, rules=("video",), negation=negation),))
    assert len(find(texts, book)["x"]) == count


def test_a_negated_hit_names_the_word_that_negates_it() -> None:
    (hit,) = hits("video doen we niet meer", "video")
    assert hit.negated
    assert hit.reason == ("rule", "video", (("negated", "niet meer"),))


def test_the_bundled_pipeline_is_listed_first_and_one_that_is_not_there_says_how_to_get_it(cli: Cli) -> None:
    assert installed()[0] == BUNDLED
    assert cli("nlp", "list").out.splitlines()[0] == BUNDLED
    with pytest.raises(MissingExtraError, match="coder nlp get nl_core_news_xx"):
        load("nl_core_news_xx")


def test_a_pipeline_that_is_no_pipeline_cannot_be_got_and_says_so_in_one_sentence(cli: Cli) -> None:
    done = cli("nlp", "get", "no_such_pipeline_anywhere")
    assert done.code == 2
    assert done.err.startswith("coder: no_such_pipeline_anywhere could not be")
    assert len(done.err.strip().splitlines()) == 1


def test_the_bundled_pipeline_is_small_and_says_where_it_comes_from() -> None:
    pipeline = load()
    assert pipeline.path is not None
    assert sum(file.stat().st_size for file in pipeline.path.rglob("*")) < 12_000_000
    assert "CC BY-SA" in str(pipeline.meta["license"])


@pytest.mark.parametrize(
    ("text", "word", "part"),
    [
        ("We hebben een nieuwe website.", "hebben", "VERB"),
        ("We hebben de website vernieuwd.", "hebben", "AUX"),
        ("De nieuwsbrief wordt elke maand verstuurd.", "wordt", "AUX"),
        ("Communicatie wordt belangrijker.", "wordt", "VERB"),
        ("Onze site heet Brobbelinga sinds vorig jaar.", "Brobbelinga", "PROPN"),
    ],
)
def test_helping_verbs_and_names_are_told_apart(text: str, word: str, part: str) -> None:
    (doc,) = load().pipe([text])
    assert [token.pos_ for token in doc if token.text == word] == [part]
