"""Codebooks in files: YAML in and out, dictionaries, and the three that come with the package."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coder import Code, Codebook, CoderError, Rules, read_codebook
from coder.errors import CodebookError
from coder.files.codebooks import write_codebook
from coder.files.codebooks.dictionaries import read_terms
from coder.files.codebooks.imported import CodebookFile
from coder.files.sheets import read_sheet
from coder.methods.rules.engine import find
from tests.conftest import ROOT, corpus_of, write

SHIPPED = sorted((ROOT / "codebooks").glob("*.yaml"))
THREE = [ROOT / "codebooks" / f"{name}.yaml" for name in ("trends", "wishes", "policy-themes")]

# Any text that YAML can hold (no control characters), stripped, as a codebook's texts are.
line = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufeff"))
odd = ["yes", "null", "~", "1.50", "007", "- x", "a: b", "# x", "'", '"q"', "*a", "&b", "=AI", "{x}"]
text = st.one_of(
    line,
    st.sampled_from(["yes", "null", "~", "1.50", "007", "- x", "a: b", "# x", "'", '"q"', "*a", "&b", "=AI", "{x}"]),
).map(str.strip)
rule = st.sampled_from(
    ["meten", '"meten"', "=AI", "communicat*", "gr?s", "*media", "sociale media", "yes", "null", "2024"]
)


@st.composite
def codebooks(draw: st.DrawFn) -> Codebook:
    """A codebook with any texts, and rules that can be read."""
    size = draw(st.integers(1, 4))
    ids = draw(
        st.lists(st.from_regex(r"[a-z_]{1,8}|null|yes|12", fullmatch=True), min_size=size, max_size=size, unique=True)
    )
    numbers = draw(st.lists(st.integers(0, 999), min_size=size, max_size=size, unique=True))
    labels = draw(st.lists(text.filter(bool), min_size=size, max_size=size, unique=True))
    texts = st.lists(text, max_size=2).map(tuple)
    lists = st.tuples(texts, texts, texts)
    rules = st.lists(rule, max_size=3).map(tuple)
    codes = tuple(
        Code(
            id_,
            number,
            {"nl": label, "en": f"en {label}"},
            draw(text),
            draw(rules),
            draw(rules),
            *draw(lists),
        )
        for id_, number, label in zip(ids, numbers, labels, strict=True)
    )
    question = draw(st.dictionaries(st.sampled_from(["nl", "en"]), text, max_size=2))
    return Codebook(codes, draw(text), draw(text), draw(st.sampled_from(["nl", "en"])), question)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(codebooks())
def test_a_codebook_written_is_read_back_equal(tmp_path: Path, book: Codebook) -> None:
    write_codebook(tmp_path / "book.yaml", book)
    assert read_codebook(tmp_path / "book.yaml") == book


def test_a_minimal_codebook_takes_its_name_from_the_file_and_a_bare_label_is_in_its_language(tmp_path: Path) -> None:
    book = read_codebook(write(tmp_path / "kort.yaml", "codes:\n- {id: ai, number: 1, label: Opkomst van AI}\n"))
    assert (book.name, book.language, book.label("ai")) == ("kort", "nl", "Opkomst van AI")


def test_a_codebook_may_start_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = write(tmp_path / "bom.yaml", "codes:\n- {id: ai, number: 1, label: één}\n", "utf-8-sig")
    assert read_codebook(path).label("ai") == "één"


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("codes:\n  - {id: a, number: 1\n  - {id: b, number: 2}\n", "line 3, column 5"),
        ("codes:\n\t- id: a\n", "line 2, column 1"),
        ("codes: *weg\n", "line 1, column 8"),
        ("codes:\n  - id: a\n    id: b\n    number: 1\n", "line 3, column 5"),
    ],
)
def test_broken_yaml_says_line_and_column(tmp_path: Path, content: str, place: str) -> None:
    with pytest.raises(CodebookError, match=re.escape(f"book.yaml, {place}: ")):
        read_codebook(write(tmp_path / "book.yaml", content))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "needs a list `codes`"),
        ("- a\n- b\n", "needs a list `codes`"),
        ("codes: ai\n", "needs a list `codes`"),
        ("codes: []\n", "no codes"),
        ("codes:\n- ai\n", "code 1"),
        ("codes:\n- {number: 1}\n", "code 1 has no `id`"),
        ("codes:\n- {id: ai}\n", "code 'ai' needs a whole `number`"),
        ("codes:\n- {id: ai, number: een}\n", "'een'"),
        ("codes:\n- {id: ai, number: 1.5}\n", "1.5"),
        ("codes:\n- {id: ai, number: 1, rule: [x]}\n", "rule"),
        ("kodes: x\ncodes:\n- {id: ai, number: 1}\n", "kodes"),
        ("codes:\n- {id: ai, number: 1, rules: meten}\n", "rules must be a list"),
        ("codes:\n- {id: ai, number: 1, rules: [{a: b}]}\n", "rules must be a list"),
        ("codes:\n- {id: ai, number: 1, rules: [goed, '\"half']}\n", "line 2, column 38"),
        ("codes:\n- {id: ai, number: 1, exceptions: ['a AND']}\n", "line 2, column 39"),
        ("codes:\n- {id: a, number: 1}\n- {id: b, number: 1}\n", "line 3, column 19: the number '1' is used twice"),
        ("codes:\n- {id: '-', number: 1}\n", "'-'"),
        ("codes:\n- !!python/object:os.system {}\n", "line 2"),
    ],
)
def test_a_codebook_that_cannot_be_used_says_what_was_found(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(CodebookError) as error:
        read_codebook(write(tmp_path / "book.yaml", content))
    assert said in str(error.value)


@pytest.mark.parametrize(
    "content",
    [
        "codes:\n- id:\n  number: 1\n",
        "codes:\n- id: ai\n  number: 1\n  definition:\n",
        "codes:\n- id: ai\n  number: 1\n  rules:\n  -\n  - video\n",
        "codes:\n- id: ai\n  number: 1\n  label: {nl: }\n",
        "codebook:\nversion:\nlanguage:\ncodes:\n- {id: ai, number: 1}\n",
    ],
)
def test_a_value_left_empty_never_becomes_the_word_none(tmp_path: Path, content: str) -> None:
    try:
        book = read_codebook(write(tmp_path / "book.yaml", content))
    except CoderError:
        return
    assert "'None'" not in repr(book)


def test_a_codebook_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CodebookError, match=r"weg\.yaml"):
        read_codebook(tmp_path / "weg.yaml")


@pytest.mark.parametrize(
    "content", [b"codes:\n- {id: a, number: 1, label: caf\xe9}\n", b"%PDF-1.4\x00\x01", b"PK\x03\x04\x00"]
)
def test_a_codebook_that_is_no_utf8_text_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "book.yaml"
    path.write_bytes(content)
    with pytest.raises(CodebookError, match=r"book\.yaml"):
        read_codebook(path)


def read_dictionary(path: Path) -> tuple[Codebook, list[str]]:
    return read_terms(read_sheet(path, ["code", "term"]), CodebookFile(path))


def found(book: Codebook, *texts: str) -> dict[str, list[str]]:
    """The words that each code finds."""
    return {id_: [texts[hit.text][hit.start : hit.end] for hit in hits] for id_, hits in find(texts, book).items()}


def test_a_dictionary_keeps_its_wildcards_and_takes_other_words_as_written(tmp_path: Path) -> None:
    path = write(
        tmp_path / "d.csv", "code,term\nzorg,verpleeg*\nzorg,ziek\nwerk,arbeid*markt\nzorg,oude man*\nwerk, baan \n"
    )
    book, left_out = read_dictionary(path)
    assert [(code.id, code.number) for code in book.codes] == [("zorg", 1), ("werk", 2)]
    assert left_out == []
    hits = found(book, "verpleegster, ziek en ziekte, oude mannen, oud mannetje", "de arbeidsmarkt, banen en een baan")
    assert sorted(hits["zorg"]) == ["oude mannen", "verpleegster", "ziek"]
    assert sorted(hits["werk"]) == ["arbeidsmarkt", "baan"]


def test_a_dictionary_written_as_a_codebook_finds_the_same(tmp_path: Path) -> None:
    path = write(tmp_path / "d.csv", 'code;term\nzorg;verpleeg*\nzorg;"a ""b"""\nwerk;baan\nwerk;baan\n')
    book, _ = read_dictionary(path)
    write_codebook(tmp_path / "d.yaml", book)
    assert read_codebook(tmp_path / "d.yaml").codes == book.codes
    assert book.codes[1].rules == ('"baan"',)


def test_a_dictionary_term_is_a_search(tmp_path: Path) -> None:
    terms = ["agent* NOT (agentschap* agenda)", "(politie veldwachter)", "minister AND (crisis val*)"]
    terms += ['""""loon norm""~2"', '"(""oude man"" vrouw*)"', "x AND ((a bb*) NOT (c d))"]
    path = write(tmp_path / "d.csv", "code,term\n" + "".join(f"w,{term}\n" for term in terms).replace('""""', '"""'))
    book, left_out = read_dictionary(path)
    assert left_out == []
    assert book.codes[0].rules == (
        'agent* NOT ( agentschap* OR "agenda" )',
        '( "politie" OR "veldwachter" )',
        '"minister" AND ( "crisis" OR val* )',
        '("loon" NEAR/2 "norm")',
        '( "oude" "man" OR vrouw* )',
        '"x" AND ( ( "a" OR bb* ) NOT ( "c" OR "d" ) )',
    )
    texts = ("agenten en agenda", "agenten", "de minister in de crisis", "minister", "de norm van het loon", "vrouwen")
    hits = found(book, *texts)
    assert hits["w"] == ["agenten", "minister", "crisis", "norm van het loon", "vrouwen"]


def test_a_dictionary_names_the_terms_that_rules_cannot_say(tmp_path: Path) -> None:
    path = write(tmp_path / "d.csv", "code,term\nw,loon\nw,minister AND\nw,(loon\n")
    book, left_out = read_dictionary(path)
    assert book.codes[0].rules == ('"loon"',)
    assert left_out == ["w: minister AND", "w: (loon"]


@pytest.mark.parametrize("term", ["!!!", "*", "??", "=", '"'])
def test_a_dictionary_term_without_letters_is_left_out_or_refused_by_name(tmp_path: Path, term: str) -> None:
    path = write(tmp_path / "d.csv", f"code;term\nw;loon\nw;{term}\n".replace('"', '""""'))
    try:
        said = str(read_dictionary(path)[1])
    except CoderError as error:
        said = str(error)
    assert term in said


@pytest.mark.parametrize("path", THREE, ids=lambda path: path.stem)
def test_every_code_has_a_label_in_dutch_and_english_a_definition_rules_and_examples(path: Path) -> None:
    for code in read_codebook(path).codes:
        assert set(code.label) == {"nl", "en"}, code.id
        assert all(code.label.values()), code.id
        assert code.definition, code.id
        assert code.rules, code.id
        assert len(code.examples) > 1, code.id
        assert code.counterexamples, code.id


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_example_gets_its_code_and_no_counterexample_does(path: Path) -> None:
    book = read_codebook(path)
    wrong = []
    for code in book.codes:
        texts = [*code.examples, *code.counterexamples]
        given = Rules().code(corpus_of(texts), book).matrix(corpus_of(texts).ids, [code.id])[:, 0].tolist()
        right = [True] * len(code.examples) + [False] * len(code.counterexamples)
        wrong += [(code.id, text) for text, is_, must in zip(texts, given, right, strict=True) if is_ != must]
    assert wrong == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_rule_finds_the_words_it_is_written_with(path: Path) -> None:
    book = read_codebook(path)
    dead = []
    for code in book.codes:
        for rule in code.rules:
            itself = rule.replace('"', "").replace("=", "").replace("*", "").replace("?", "e")
            if not find([itself], Codebook((Code("it", 1, {}, rules=(rule,)),)))["it"]:
                dead.append((code.id, rule))
    assert dead == []


def test_the_policy_codebook_has_at_least_twenty_themes() -> None:
    assert len(read_codebook(ROOT / "codebooks" / "policy-themes.yaml").codes) >= 20
