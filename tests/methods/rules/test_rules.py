"""Where rules match: each way a word is compared, phrases, exceptions, and the characters a hit points to."""

import re
import unicodedata
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder import CoderError, Rules
from coder.errors import CodebookError
from coder.methods.rules.engine import find
from coder.methods.rules.syntax import parse
from tests.conftest import corpus_of, one_code


def found(text: str, *rules: str, exceptions: tuple[str, ...] = ()) -> list[str]:
    """The pieces of the text where the rules hit, in order."""
    hits = find([text], one_code(*rules, exceptions=exceptions))["it"]
    return [text[hit.start : hit.end] for hit in sorted(hits, key=lambda hit: (hit.start, hit.end))]


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("meten", "We meten, hij meet, zij hebben gemeten", ["meten", "meet", "gemeten"]),
        ("leren", "We leren bij, hij leert, wij leerden", ["leren", "leert", "leerden"]),
        ("merken", "Wij merken dat, ik merk dat, ze merkten dat", ["merken", "merk", "merkten"]),
        ("kosten", "De kosten stijgen, het kost veel, het kostte veel", ["kosten", "kost", "kostte"]),
        ("boer", "boer, boeren", ["boer", "boeren"]),
        ("vrijwilliger", "Vrijwilligers en een vrijwilliger", ["Vrijwilligers", "vrijwilliger"]),
        ("kind", "kinderen, kindje", ["kinderen", "kindje"]),
        ("Kinderen", "elk kind", ["kind"]),
        ("meten", "metingen en meetbaar", []),
        ("burn-out", "burn-outs en een burn-out, het burn-out-syndroom", ["burn-outs", "burn-out", "burn-out"]),
        ("check-in", "twee check-ins", ["check-ins"]),
        ("start-up", "start-ups, take-aways", ["start-ups"]),
        ("take-away", "take-aways", ["take-aways"]),
        ("zzyzx", "ZZYZX bestaat niet in een woordenboek", ["ZZYZX"]),
    ],
)
def test_a_plain_word_finds_its_inflections(rule: str, text: str, expected: list[str]) -> None:
    assert found(text, rule) == expected


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ('"meten"', "Meten is weten: hij meet, METEN!", ["Meten", "METEN"]),
        ('"cafe"', "een café", ["café"]),
        ('"café"', "een cafe", ["cafe"]),
        ('"sociale media"', "sociale media, sociaal medium", ["sociale media"]),
    ],
)
def test_quotes_find_the_form_as_written_without_case_or_accents(rule: str, text: str, expected: list[str]) -> None:
    assert found(text, rule) == expected


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("=AI", "AI, ai, Ai, AI-tools, CHAI", ["AI", "AI"]),
        ("=SoMe", "some SoMe SOME", ["SoMe"]),
        ("=Café", "café Café Cafe", ["Café"]),
        ("=Sint-Jan", "sint-jan, Sint-Jan, Sint Jan", ["Sint-Jan", "Sint Jan"]),
    ],
)
def test_an_equals_sign_minds_case_and_accents(rule: str, text: str, expected: list[str]) -> None:
    assert found(text, rule) == expected


@pytest.mark.parametrize("rule", ["=Café", nfd("=Café")])
@pytest.mark.parametrize("text", ["Het Café", nfd("Het Café")])
def test_an_equals_sign_does_not_mind_how_an_accent_is_stored(rule: str, text: str) -> None:
    assert found(text, rule) == [text.split()[1]]


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("communicat*", "communicatie, Communicatieplan, communiceren", ["communicatie", "Communicatieplan"]),
        ("*media", "media, multimedia, Sociale-media, mediaplan", ["media", "multimedia", "media"]),
        ("*media*", "multimediaal, mediaplan, mediteren", ["multimediaal", "mediaplan"]),
        ("com*tie", "communicatie competitie comités combinaties", ["communicatie", "competitie"]),
        ("gr?s", "gras gros groes grs", ["gras", "gros"]),
        ("?ras", "gras, ras, Kras", ["gras", "Kras"]),
        ("gra?", "gras gra graf grafen", ["gras", "graf"]),
        ("b?nk*", "bank, banken, bonkig, brink", ["bank", "banken", "bonkig"]),
        ("café*", "cafes, Café’s, caféhouder", ["cafes", "Café’s", "caféhouder"]),
    ],
)
def test_wildcards_stand_for_letters_at_the_start_the_middle_and_the_end(
    rule: str, text: str, expected: list[str]
) -> None:
    assert found(text, rule) == expected


@pytest.mark.parametrize("gap", [" ", "  ", "-", "/", " / ", " - ", "\n", "\r\n", "\t", " – "])
def test_a_phrase_runs_on_across_space_hyphen_slash_and_line_end(gap: str) -> None:
    text = f"over sociale{gap}media praten"
    assert found(text, "sociale media") == [f"sociale{gap}media"]


@pytest.mark.parametrize("gap", [", ", ". ", "; ", ": ", "! ", "? ", ",", " (", ".\n"])
def test_a_phrase_stops_at_a_comma_or_a_full_stop(gap: str) -> None:
    assert found(f"over sociale{gap}media praten", "sociale media") == []


@pytest.mark.parametrize("rule", ['"nog wat, zelfs foto\'s"', "nog wat, zelfs foto's", '"nog wat," zelfs "foto\'s"'])
def test_a_phrase_that_has_a_sign_itself_is_found_across_it(rule: str) -> None:
    assert found("alles en nog wat, zelfs foto's van toen", rule) == ["nog wat, zelfs foto's"]
    assert found("nog wat zelfs foto's; nog wat, en zelfs foto's", rule) == ["nog wat zelfs foto's"]


@pytest.mark.parametrize(
    "text",
    ["Toestemming vragen voor alles en nog wat, zelfs dat!", "AI: wat nu? Geen idee.", "1. Meer video; 2. a.i. (veel)"],
)
def test_an_answer_written_out_between_quotes_finds_itself(text: str) -> None:
    assert len(found(f"zeg maar {text} zo", f'"{text}"')) == 1


def test_a_phrase_written_with_a_hyphen_or_slash_is_the_same_phrase() -> None:
    for rule in ("ad-hoc", "ad/hoc", "ad hoc"):
        assert found("ad hoc, ad-hoc en ad/hoc", rule) == ["ad hoc", "ad-hoc", "ad/hoc"]


def test_a_phrase_does_not_run_from_one_text_into_the_next() -> None:
    hits = find(["dat is sociale", "media zijn dat"], one_code("sociale media"))["it"]
    assert hits == []


def test_each_word_of_a_phrase_matches_in_its_own_way() -> None:
    text = "sterke AI-tools, sterk ai tooltje, sterker AI tool"
    assert found(text, 'sterk =AI "tools"') == ["sterke AI-tools"]
    assert found(text, "st* =AI tool*") == ["sterke AI-tools", "sterker AI tool"]


def test_a_word_with_dots_is_found_as_it_is_written() -> None:
    assert found("De opmars van A.I. gaat snel", "a.i") == ["A.I"]


def test_a_hit_that_overlaps_an_exception_does_not_count() -> None:
    text = "vergaderen met videocall en een video maken"
    assert found(text, "video*", exceptions=("videocall*",)) == ["video"]


def test_an_exception_may_be_wider_than_the_hit_and_leaves_hits_elsewhere() -> None:
    text = "een ander verhaal. Het verhaal."
    assert found(text, "verhaal", exceptions=("ander verhaal",)) == ["verhaal"]
    hit = find([text], one_code("verhaal", exceptions=("ander verhaal",)))["it"][0]
    assert hit.start == text.rindex("verhaal")


def test_an_exception_in_one_text_does_not_touch_another() -> None:
    hits = find(["een ander verhaal", "een verhaal"], one_code("verhaal", exceptions=("ander verhaal",)))["it"]
    assert [hit.text for hit in hits] == [1]


def test_all_overlapping_hits_are_kept_each_with_its_rule() -> None:
    text = "sociale media"
    hits = find([text], one_code("sociale media", "*media", "sociaal", "media"))["it"]
    assert sorted((text[hit.start : hit.end], hit.rule) for hit in hits) == [
        ("media", "*media"),
        ("media", "media"),
        ("sociale", "sociaal"),
        ("sociale media", "sociale media"),
    ]


def test_a_phrase_of_equal_words_hits_at_every_place_it_starts() -> None:
    text = "meer meer meer"
    hits = find([text], one_code('"meer meer"'))["it"]
    assert [(hit.start, hit.end) for hit in hits] == [(0, 9), (5, 14)]


@pytest.mark.parametrize(
    ("text", "rule", "expected"),
    [
        ("Eén idee: créatief zijn", "creatief", "créatief"),
        (nfd("Eén idee: créatief zijn"), "creatief", nfd("créatief")),
        (nfd("Twee ideeën erbij"), "idee", nfd("ideeën")),
        ("🎬👍🏽 video’s 🎥", "video", "video’s"),
        ("mooie foto's hier", "foto", "foto's"),
        ("mooie foto’s hier", "foto's", "foto’s"),
        ("mooie foto’s hier", '"foto\'s"', "foto’s"),
        ("straße frei", '"strasse"', "straße"),
        ("İstanbul en video", "video", "video"),
        ("een \u00a0video\u200b daar", "video", "video"),
    ],
)
def test_offsets_point_into_the_verbatim_text(text: str, rule: str, expected: str) -> None:
    assert found(text, rule) == [expected]


def test_a_coding_by_rules_names_unit_rule_and_span_and_sees_every_unit() -> None:
    corpus = corpus_of(["taart", "Meer video, meer vídeo", ""])
    coding = Rules().code(corpus, one_code("video"))
    assert coding.seen.tolist() == ["1", "2", "3"]
    rows = coding.explained()
    assert rows["unit"].tolist() == ["2", "2"]
    assert rows[["kind", "rule", "note"]].to_numpy().tolist() == [["rule", "video", ()]] * 2
    texts = [corpus.texts[unit][start:end] for unit, start, end in rows[["unit", "start", "end"]].to_numpy().tolist()]
    assert texts == ["video", "vídeo"]


def test_nothing_to_code_gives_an_empty_coding() -> None:
    coding = Rules().code(corpus_of([]), one_code("video"))
    assert (len(coding.seen), len(coding.assignments)) == (0, 0)


def test_a_code_without_rules_has_no_hits() -> None:
    assert Rules().code(corpus_of(["video"]), one_code()).assignments.empty


@pytest.mark.parametrize(
    ("rule", "column"),
    [
        ("", 1),
        ("   ", 1),
        ("!!!", 1),
        ('"', 1),
        ('"sociale media', 1),
        ('sociale "media', 9),
        ("=", 1),
        ("meer =", 6),
        ("*", 1),
        ("a*", 1),
        ("?", 1),
        ("video AND", 7),
        ("OF film", 1),
        ("video NEAR film", 7),
        ("video NEAR/3", 7),
        ("video NEAR/3 OR film", 7),
        ("(video", 1),
        ("video)", 6),
        ("video ()", 8),
        ("medewerker(s)", 11),
        ("NOT video", 1),
    ],
)
def test_a_rule_that_cannot_be_read_is_an_error_with_the_column(rule: str, column: int) -> None:
    with pytest.raises(CodebookError) as error:
        parse(rule)
    assert repr(rule) in str(error.value)
    assert re.search(r"column (\d+)", str(error.value)), str(error.value)
    assert f"column {column} " in str(error.value)


def test_coding_with_a_broken_rule_names_the_code() -> None:
    with pytest.raises(CoderError, match="'it'"):
        Rules().code(corpus_of(["video"]), one_code('"video'))


# The engine against a reference that knows nothing of it: texts are put together from words and gaps,
# so that the reference knows where each word stands without splitting anything.

WORDS = ["meer", "Meer", "video", "videos", "AI", "ai", "Ai", "café", "Cafe", "foto's", "foto’s", "B1", "vidéo"]
IN_A_ROW = [" ", "  ", "-", "/", "\n", " / ", "–"]
APART = [", ", ". ", "; ", " (", ") ", "! ", ": "]
PATTERNS = ["vid*", "*deo", "v?deo*", "*eer", "me*r", "ca?e", "*o's", "fot?'s", "*m*r*", "??ai", "a?", "b?", "meer*"]


def plain(word: str) -> str:
    """Lower case, no accents, straight apostrophe; written apart from the code under test."""
    letters = unicodedata.normalize("NFD", word.lower().replace("’", "'"))
    return "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")


def wild(pattern: str, word: str) -> bool:
    """Whether a pattern covers a word, letter by letter."""
    if not pattern:
        return not word
    if pattern[0] == "*":
        return wild(pattern[1:], word) or (bool(word) and wild(pattern, word[1:]))
    return bool(word) and pattern[0] in ("?", word[0]) and wild(pattern[1:], word[1:])


@dataclass(frozen=True)
class Part:
    """One word of a rule of the reference, and how it compares."""

    kind: str
    text: str

    def fits(self, word: str) -> bool:
        if self.kind == "cased":
            return word.replace("’", "'") == self.text.replace("’", "'")
        if self.kind == "quoted":
            return plain(word) == plain(self.text)
        return wild(plain(self.text), plain(word))

    def written(self) -> str:
        return {"cased": f"={self.text}", "quoted": f'"{self.text}"', "wild": self.text}[self.kind]


@dataclass(frozen=True)
class Written:
    """A text, and where its words stand: start, end, and whether the gap after it keeps words in a row."""

    text: str
    words: tuple[tuple[str, int, int, bool], ...]


@st.composite
def written_texts(draw: st.DrawFn) -> Written:
    """A text of known words and gaps."""
    text, words = draw(st.sampled_from(["", " ", "🎬 ", "- ", "("])), []
    for word in draw(st.lists(st.sampled_from(WORDS), max_size=9)):
        gap = draw(st.sampled_from(IN_A_ROW + APART))
        words.append((word, len(text), len(text) + len(word), gap in IN_A_ROW))
        text += word + gap
    return Written(text, tuple(words))


single = st.one_of(
    st.builds(Part, st.just("cased"), st.sampled_from(WORDS)),
    st.builds(Part, st.just("quoted"), st.sampled_from(WORDS)),
    st.builds(Part, st.just("wild"), st.sampled_from([pattern for pattern in PATTERNS if pattern not in ("a?", "b?")])),
)
Phrase = tuple[Part, ...]
phrases = st.lists(single, min_size=1, max_size=3).map(tuple)


def reference(written: Written, phrase: Phrase) -> list[tuple[int, int]]:
    """Every place where the phrase stands: try each word as its first."""
    places = []
    for first in range(len(written.words) - len(phrase) + 1):
        part = written.words[first : first + len(phrase)]
        fits = all(rule.fits(word[0]) for rule, word in zip(phrase, part, strict=True))
        if fits and all(word[3] for word in part[:-1]):
            places.append((part[0][1], part[-1][2]))
    return places


@settings(max_examples=300, deadline=None)
@given(
    st.lists(written_texts(), min_size=1, max_size=3),
    st.lists(phrases, min_size=1, max_size=4, unique=True),
    st.lists(phrases, max_size=2, unique=True),
)
def test_the_engine_agrees_with_a_naive_matcher(
    texts: list[Written], rules: list[Phrase], exceptions: list[Phrase]
) -> None:
    names = [" ".join(part.written() for part in rule) for rule in rules]
    spared = tuple(" ".join(part.written() for part in rule) for rule in exceptions)
    codebook = one_code(*names, exceptions=spared)
    hits = find([text.text for text in texts], codebook)["it"]
    expected = []
    for number, text in enumerate(texts):
        excepted = [place for rule in exceptions for place in reference(text, rule)]
        expected += [
            (number, start, end, name)
            for name, rule in zip(names, rules, strict=True)
            for start, end in reference(text, rule)
            if not any(low < end and start < high for low, high in excepted)
        ]
    assert sorted((hit.text, hit.start, hit.end, hit.rule) for hit in hits) == sorted(expected)


def test_a_verb_and_a_particle_that_are_too_far_apart_are_no_verb() -> None:
    book = one_code("inzetten")
    near, far = find(["we zetten meer in op video"], book), find([f"wij zetten {'meer ' * 40} alles in"], book)
    assert near["it"]
    assert not far["it"]
