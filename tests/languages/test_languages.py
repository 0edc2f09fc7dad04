"""The language of a codebook decides what its rules, its models and its list of no answers take for the same."""

import json
import pickle
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coder.codebook import Code, Codebook, Negation
from coder.corpus import TEXT, Corpus
from coder.errors import CodebookError
from coder.files.codebooks import read_codebook
from coder.jobs.machine import code
from coder.languages.language import language_of, no_answers
from coder.learning.suggest import candidates
from coder.methods.classifier import Classifier, train_classifier
from coder.methods.features import count_words
from coder.methods.rules.engine import find
from tests.conftest import Cli, coding_of, corpus_of


def hits(language: str, rule: str, text: str, negation: Negation = Negation.COUNT) -> list[str]:
    """What the rule finds in the text, as written there."""
    book = Codebook((Code("a", 1, {}, rules=(rule,), negation=negation),), language=language)
    return [text[one.start : one.end] for one in find([text], book)["a"]]


@pytest.mark.parametrize(
    ("language", "rule", "texts"),
    [
        ("en", "teach", ["she taught well", "Teaching", "teaches"]),
        ("en", "teaching", ["they teach"]),
        ("en", "library", ["the library's roof", "libraries"]),
        ("en", "vlog", ["vlogging", "vlogged", "vlogs"]),
        ("fr", "journal", ["les journaux", "JOURNAL"]),
        ("fr", "travailler", ["elle travaillait", "travaillé", "je travaille"]),
        ("fr", "hôpital", ["l'hôpital", "L’HÔPITAL", "d'hopital", "les hopitaux", "jusqu'hôpital"]),
        ("fr", "hôpi*", ["l'hôpital"]),
        ("fr", '"hôpital"', ["l'hôpital"]),
        ("fr", "podcast", ["des podcasts"]),
        ("fr", "pas d'accord", ["vraiment pas d’accord"]),
        ("de", "Buch", ["zwei Bücher", "bücher", "den Büchern"]),
        ("de", "gehen", ["er ging", "gegangen", "geht"]),
        ("de", "Spielplatz", ["Spielplätze", "spielplätzen"]),
        ("de", "Straße", ["Strasse", "die Straßen"]),
        ("de", "Radwegplan", ["Radwegplänen"]),
        ("es", "escuela", ["ESCUELA", "la escuela"]),
    ],
)
def test_a_word_finds_its_inflections_in_the_language_of_the_codebook(
    language: str, rule: str, texts: list[str]
) -> None:
    assert [text for text in texts if not hits(language, rule, text)] == []


@pytest.mark.parametrize(
    ("language", "rule", "text"),
    [
        ("en", "meet", "gemeten"),  # Dutch has it
        ("en", "traffic", "trafic"),  # slips of the pen are looked for in Dutch only
        ("en", "plans", "communicatieplannen"),
        ("en", "inset", "we set more in on video"),
        ("fr", "hôpital", "hospitalité"),
        ("de", "Haus", "gehaust"),
        ("es", "gato", "gatos"),
        ("es", "leraar", "leraren"),
        ("fr", "hui", "aujourd'hui"),
    ],
)
def test_what_is_the_same_in_another_language_is_not(language: str, rule: str, text: str) -> None:
    assert hits(language, rule, text) == []


@pytest.mark.parametrize("name", ["fr", "FR", "fr-BE", "fr_CH", "français", "French", "Frans"])
def test_a_language_is_known_by_its_code_or_its_name(name: str) -> None:
    assert language_of(name).code == "fr"


@given(st.text(max_size=12))
def test_any_language_has_a_note_or_is_known_and_any_word_a_lemma(name: str) -> None:
    language = language_of(name)
    assert bool(language.note) == (language.code not in {"nl", "en", "fr", "de"})
    assert language.lemmas("Woord")[0]


@given(st.sampled_from(["en", "fr", "de", "es"]), st.text(max_size=20))
def test_every_word_finds_itself(language: str, word: str) -> None:
    known = language_of(language)
    assert known.parts(word)
    assert all(lemma == lemma.lower() for lemma in known.lemmas(word.lower()))


@pytest.mark.parametrize(
    ("language", "rule", "denied", "said"),
    [
        ("en", "podcast", "We don't want podcasts", "more podcasts"),
        ("en", "podcast", "without any podcast", "not only podcasts"),
        ("fr", "podcast", "je ne veux plus de podcasts", "plus de podcasts"),
        ("fr", "réunion", "sans réunions", "pas mal de réunions"),
        ("de", "Podcast", "bitte keine Podcasts", "nicht nur Podcasts"),
        ("de", "Bahn", "weder Bus noch Bahn", "noch mehr Bahn"),
    ],
)
def test_what_follows_a_word_that_denies_is_denied(language: str, rule: str, denied: str, said: str) -> None:
    assert hits(language, rule, denied)
    assert not hits(language, rule, denied, Negation.SKIP)
    assert hits(language, rule, denied, Negation.ONLY)
    assert hits(language, rule, said, Negation.SKIP)


def test_dutch_words_do_not_deny_in_another_language() -> None:
    book = Codebook((Code("a", 1, {}, rules=("video",)),), language="en")
    assert not find(["geen video"], book)["a"][0].negated


def test_what_is_not_known_of_a_language_is_refused() -> None:
    with pytest.raises(CodebookError, match="what denies in 'es' is not known"):
        hits("es", "gato", "sin gato", Negation.SKIP)
    with pytest.raises(CodebookError, match=r"plan/NOUN.*knows Dutch only"):
        hits("en", "plan/NOUN", "a plan")


def test_the_hash_of_a_codebook_changes_with_its_language() -> None:
    codes = (Code("a", 1, {}, rules=("plan",)),)
    assert len({Codebook(codes, language=one).hash for one in ("nl", "en", "fr")}) == 3


@pytest.mark.parametrize(
    ("language", "nothing", "something"),
    [
        ("en", ["N/A", "Don’t know", "none.", "no idea", "NOTHING", "xxx"], ["rien", "weet niet", "no parking"]),
        ("fr", ["Sans réponse", "ne sait pas", "RIEN", "j'en sais rien", "n/a"], ["weet niet", "rien que le prix"]),
        ("de", ["keine Angabe", "weiss nicht", "Weiß nicht!", "nichts", "k.A."], ["geen idee", "keine Busse"]),
        ("nl", ["geen idee", "nvt", "weet niet"], ["rien", "none"]),
        ("es", ["", "n/a", "???"], ["nada", "geen idee"]),
    ],
)
def test_no_answer_is_that_of_the_language(language: str, nothing: list[str], something: list[str]) -> None:
    corpus, spoken = Corpus(pd.DataFrame({TEXT: [*nothing, *something]})), language_of(language)
    assert no_answers(corpus, None, spoken).tolist() == [True] * len(nothing) + [False] * len(something)
    assert no_answers(corpus, ["nada"], spoken)[-2:].tolist() == [one == "nada" for one in something[-2:]]


def test_the_codebook_decides_who_is_left_out_and_the_option_overrides_it() -> None:
    corpus = corpus_of(["geen idee", "ne sait pas", "le prix"])
    book = Codebook((Code("prix", 1, {"fr": "Prix"}, rules=("prix",)),), language="fr")
    assert len(code(corpus, book).seen) == 2
    assert len(code(corpus, book, no_answer=["geen idee"]).seen) == 2
    assert len(code(corpus, book, no_answer=[]).seen) == 3


@pytest.mark.parametrize("code", ["nl", "fr", "es"])
def test_another_process_has_the_same_language(code: str) -> None:
    assert pickle.loads(pickle.dumps(language_of(code))) is language_of(code)  # noqa: S301 (our own)


def test_features_have_the_lemmas_of_the_language() -> None:
    assert {"~cheval", "~ecole"} <= set(count_words(["l'école des chevaux"], language_of("fr")).names)
    assert "~teach" in count_words(["he taught"], language_of("en")).names
    assert "~teach" not in count_words(["he taught"], language_of("es")).names


def test_a_model_keeps_its_language(tmp_path: Path) -> None:
    corpus = corpus_of(["les chevaux courent", "le prix des livres"] * 10)
    model = train_classifier(corpus, coding_of(["animal", "prix"] * 10), embedding="none", language="fr")
    model.save(tmp_path)
    assert Classifier.load(tmp_path).features.language == "fr"
    words = json.loads((tmp_path / "words.json").read_text(encoding="utf-8"))
    del words["language"]  # as a model of an earlier version has it
    (tmp_path / "words.json").write_text(json.dumps(words), encoding="utf-8")
    assert Classifier.load(tmp_path).features.language == "nl"


def test_suggested_words_are_those_of_the_language() -> None:
    texts = ["les chevaux avec les enfants", "un cheval avec un enfant"] * 3
    assert {"cheval", "enfant"} <= set(candidates(texts, language_of("fr"), fewest=3))
    assert not {"avec", "les"} & set(candidates(texts, language_of("fr"), fewest=3))


def test_a_language_that_is_not_known_is_said_once(cli: Cli, tmp_path: Path) -> None:
    book = tmp_path / "b.yaml"
    book.write_text("language: es\ncodes:\n- {id: gato, number: 1, label: {es: Gato}, rules: [gato, perro]}\n", "utf-8")
    answers = tmp_path / "a.csv"
    answers.write_text("id;text\n1;un gato\n2;dos gatos\n", "utf-8")
    done = cli("code", answers, "--text", "text", "--codebook", book, "-o", tmp_path / "x.csv")
    assert done.err.count("words as they are written") == 1
    assert done.code == 0
    assert (tmp_path / "x.csv").read_text("utf-8").count("gato") == 3
    assert cli("codebook", "check", book).out.count("'es'") == 1
    assert read_codebook(book).language == "es"


def test_how_a_table_was_understood_is_told_where_it_is_used(cli: Cli, tmp_path: Path) -> None:
    book = tmp_path / "b.csv"
    book.write_text("Libellé;Mots-clés\nPrix;prix\n", "utf-8")
    answers = tmp_path / "a.csv"
    answers.write_text("id;text\n1;les prix\n", "utf-8")
    done = cli("code", answers, "--text", "text", "--codebook", book, "-o", tmp_path / "x.csv")
    assert "names in 'fr'" in done.err
