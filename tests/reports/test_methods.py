"""The methods paragraph: a sentence for what is known, none for what is not."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coder import Code, Codebook, CoderError, agree
from coder.reports.methods import Alpha, MethodFacts, alpha_of, fingerprint, methods
from coder.resources import __version__
from tests.conftest import GOLDEN, coding_of, spoken

FULL = MethodFacts(
    base=1344,
    unanswered=112,
    uncoded=1,
    duplicates=3,
    question="Welke trends ziet u?",
    codebook="trends",
    codebook_version="2024.1",
    codebook_hash="0123456789ab",
    codes=26,
    people=(250, 250),
    machine="rules+classifier",
    machine_coded=1094,
    agreement=Alpha(0.8149, 0.7551, 0.865, 250, "MASI"),
    drawn="random",
    population=20_000,
    invited=3000,
    responded=1459,
    margin=2.5815,
    hand_sample="random",
    hand=250,
    unequal=True,
    unlike=True,
    corrected=True,
    weight="gewicht",
    effective_base=1287.44,
    intervals=("estimate", "ranks"),
    tests=("newcombe", "mcnemar", "residuals"),
    adjusted=True,
    version="1.2.3",
    seed=1,
)
PLAIN = MethodFacts(
    base=1,
    unanswered=1,
    codebook="wensen",
    people=(1,),
    machine="classifier",
    machine_coded=2,
    drawn="self_selected",
    population=20_000,
    margin=5.28,
    hand_sample="targeted",
    hand=60,
    corrected=False,
    f1=0.705,
    intervals=("wilson",),
    version="1.2.3",
)


@pytest.mark.parametrize("language", ["nl", "en", "fr"])
def test_the_paragraph_is_as_in_the_golden_file(language: str) -> None:
    text = "\n\n".join(spoken(methods(facts), language) for facts in (FULL, PLAIN))
    assert text + "\n" == (GOLDEN / f"methods.{language}.txt").read_text(encoding="utf-8")


def test_of_what_is_not_known_nothing_is_said() -> None:
    assert spoken(methods(MethodFacts()), "en") == f"Software: coder {__version__}."


@given(st.sets(st.sampled_from([one.name for one in fields(MethodFacts)])))
def test_any_part_may_be_unknown_and_no_blank_is_left(unknown: set[str]) -> None:
    empty = MethodFacts()
    facts = replace(FULL, **{name: getattr(empty, name) for name in unknown})
    for language in ("nl", "en"):
        text = spoken(methods(facts), language)
        assert text.endswith(".")
        assert not any(wrong in text for wrong in ("None", "nan", "{", "}", "  ", "()", " ."))


def test_no_margin_is_given_to_respondents_who_chose_themselves() -> None:
    assert "5,28" not in spoken(methods(PLAIN))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"machine": "magic"}, "machine is one of rules, classifier"),
        ({"tests": ("t",)}, "tests is one of"),
        ({"corrected": True, "hand_sample": "targeted"}, "random hand-coded sample"),
    ],
)
def test_facts_that_cannot_be_are_refused(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(CoderError, match=words):
        MethodFacts(**wrong)  # type: ignore[arg-type]


def test_alpha_comes_out_of_the_tables_of_agreement() -> None:
    single = agree({"a": coding_of(["x", "y", "x", "-"]), "b": coding_of(["x", "y", "y", "-"])}, draws=50)
    value = single.overall.frame.set_index("measure")["value"]
    assert (alpha_of(single).value, alpha_of(single).distance) == (value["alpha_nominal"], "")
    several = agree({"a": coding_of(["x;y", "y", "x"]), "b": coding_of(["x", "y", "y"])}, draws=50)
    assert (alpha_of(several).distance, alpha_of(several).units) == ("MASI", 3)


def test_a_codebook_has_another_fingerprint_when_a_rule_changes() -> None:
    book = Codebook((Code("ai", 1, {"nl": "AI"}, rules=("ai",)),))
    same = Codebook((Code("ai", 1, {"nl": "AI"}, rules=("ai",)),))
    other = Codebook((Code("ai", 1, {"nl": "AI"}, rules=("robot",)),))
    assert fingerprint(book) == fingerprint(same) != fingerprint(other)
    assert len(fingerprint(book)) == 12
