"""What makes rules fast says what the slow way says."""

from hypothesis import given
from hypothesis import strategies as st

from coder.languages.lines import Lines
from coder.languages.nl.lemmas import form_lemma, form_lemmas
from coder.languages.nl.word_lists import dictionary, known_ends, listed_lemmas, looked_up, plain, table
from coder.languages.text import Forms, fold, tokenise
from coder.methods.rules.forms import RuleWords
from coder.methods.rules.syntax import plain_word

words = st.text("abcé", min_size=1, max_size=12)


@given(st.lists(words, max_size=30, unique=True), st.lists(words, max_size=10))
def test_forms_that_begin_alike_are_found_as_one_by_one(forms: list[str], beginnings: list[str]) -> None:
    expected = {
        folded: {
            (place, number)
            for place, beginning in enumerate(beginnings)
            for number, form in enumerate(forms)
            if (fold(form) if folded else form).startswith(beginning)
        }
        for folded in (False, True)
    }
    found = Forms(forms)
    for folded, pairs in expected.items():
        which, form = found.begun(beginnings, found.folded if folded else found.plain)
        assert set(zip(which.tolist(), form.tolist(), strict=True)) == pairs


@given(st.lists(words, max_size=30), st.lists(st.text("abcé", min_size=1, max_size=4), max_size=5))
def test_forms_that_end_alike_are_found_as_one_by_one(forms: list[str], endings: list[str]) -> None:
    assert Lines.of(forms).ended(endings).tolist() == [form.endswith(tuple(endings)) for form in forms]


def test_the_word_lists_say_the_same_of_many_forms_as_of_each() -> None:
    some = [form.decode() for form in list(dictionary())[::997]] + list(table())[::101]
    forms = [form for form in some if form and form == plain(form)] + ["zzyzx"]
    number = {
        lemma: hashed for form in forms for lemma in _listed(form) for hashed in Lines.of([lemma]).hashes.tolist()
    }
    found: list[set[int]] = [set() for _ in forms]
    for places, lemmas in listed_lemmas(Lines.of(forms).hashes):
        for place, lemma in zip(places.tolist(), lemmas.tolist(), strict=True):
            found[place].add(lemma)
    assert found == [{number[lemma] for lemma in _listed(form)} for form in forms]


def _listed(form: str) -> set[str]:
    return {lemma.lower() for lemma in (looked_up(form), *table().get(form, {}).values()) if lemma is not None}


def test_words_are_recognised_in_forms_as_one_by_one() -> None:
    """But for a compound whose end has a lemma that begins otherwise, as "bisexueel" of `biseksueel`."""
    forms = [form for form in [*list(table())[::7], *(form.decode() for form in list(dictionary())[::61])] if form]
    asked = [form for form in forms[::5] if len(form) > 1 and form.isalpha()]
    pairs, slip = RuleWords([plain_word(form) for form in asked]).recognise(Forms(forms))
    by_lemma: dict[str, set[int]] = {}
    for number, word in enumerate(asked):
        for lemma in (word.lower(), form_lemma(word)):
            by_lemma.setdefault(lemma, set()).add(number)
    written = {fold(word): number for number, word in enumerate(asked)}
    for number, form in enumerate(forms):
        found = set(pairs[(pairs[:, 0] == number) & ~slip, 1].tolist())
        same = {written[fold(form)]} if fold(form) in written else set()
        assert found == same.union(*(by_lemma.get(lemma, set()) for lemma in form_lemmas(form))), form


def test_the_longest_known_end_of_a_compound_is_found() -> None:
    forms = Lines.of(["communicatieplannen", "zzyzxplannen", "zzyzx", ""])
    assert known_ends(forms, 2, 5).tolist()[1:] == [5, -1, -1]


@given(st.lists(st.text("ab", min_size=60, max_size=70), max_size=4))
def test_words_longer_than_any_are_told_apart(forms: list[str]) -> None:
    tokens = tokenise([" ".join(forms)])
    assert [tokens.vocabulary.forms[form] for form in tokens.form.tolist()] == forms
