"""What makes rules fast says what the slow way says."""

from hypothesis import given
from hypothesis import strategies as st

from coder.dutch.lemmas import form_lemmas
from coder.dutch.text import tokenise
from coder.dutch.word_lists import dictionary, in_lists, known_ends, looked_up, plain, table
from coder.methods.rules.beginnings import Beginnings

words = st.text("abcé", min_size=1, max_size=12)


@given(st.lists(words, max_size=30, unique=True), st.lists(words, max_size=10))
def test_forms_that_begin_alike_are_found_as_one_by_one(forms: list[str], beginnings: list[str]) -> None:
    found = {(place, form) for place, form in Beginnings(forms).of(beginnings).tolist()}
    assert found == {
        (place, number)
        for place, beginning in enumerate(beginnings)
        for number, form in enumerate(forms)
        if form.startswith(beginning)
    }


def test_the_word_lists_say_the_same_of_many_forms_as_of_each() -> None:
    some = [form.decode() for form in list(dictionary())[::997]] + list(table())[::101]
    forms = [form for form in some if form and form == plain(form)] + ["Gemeten", "cafe\u0301", "zzyzx"]
    lemmas = ["meten", "café", "kind", *(lemma for form in forms[::3] for lemma in form_lemmas(form))]
    known, given = in_lists(forms, lemmas)
    assert known.tolist()[-3:] == [True, True, False]
    assert given.tolist()[-3:] == [True, True, False]
    assert known[:-3].all()
    listed = [{(looked_up(form) or "").lower(), *map(str.lower, table().get(form, {}).values())} for form in forms[:-3]]
    assert given[:-3].tolist() == [not one.isdisjoint(lemmas) for one in listed]


def test_the_longest_known_end_of_a_compound_is_found() -> None:
    assert known_ends(["communicatieplannen", "zzyzxplannen", "zzyzx", ""], 2, 5)[1:] == [5, -1, -1]


@given(st.lists(st.text("ab", min_size=60, max_size=70), max_size=4))
def test_words_longer_than_any_are_told_apart(forms: list[str]) -> None:
    tokens = tokenise([" ".join(forms)])
    assert [tokens.vocabulary.forms[form] for form in tokens.form.tolist()] == forms
