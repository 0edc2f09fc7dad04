"""The report: one file that asks nothing of the network, in which every answer stays text."""

import re
from pathlib import Path

import pytest

from coder import Code, Codebook, read_answers, run, top
from coder.jobs.run import write_run
from coder.reports.chart import bar_chart, svg
from coder.reports.write_html import mark
from coder.words import speaking
from tests.conftest import cells_of, coding_of, counted, write

BOOK = Codebook(
    (
        Code("video", 1, {"nl": "Meer video", "en": "More video"}, rules=("video", "video maken", "film*")),
        Code("html", 2, {"nl": "Pagina's & <b>opmaak</b>", "en": "Pages"}, rules=("script", "opmaak")),
    ),
    question={"nl": "Wat zou je <anders> doen?", "en": "What would you do differently?"},
)
ANSWERS = [
    "meer video maken & films tonen",
    "<script>alert('x')</script> video",
    '"opmaak" & <b>kleur</b>',
    "taart",
    "nvt",
]


def test_the_places_are_marked_in_the_text() -> None:
    assert mark("meer video nu", [(5, 10)]) == "meer <mark>video</mark> nu"
    assert mark("video", [(0, 5)]) == "<mark>video</mark>"
    assert mark("meer", []) == "meer"
    assert mark("a b c", [(4, 5), (0, 1)]) == "<mark>a</mark> b <mark>c</mark>"


@pytest.mark.parametrize(
    "spans", [[(0, 5), (3, 8)], [(3, 8), (0, 5)], [(0, 8), (2, 4)], [(0, 8), (0, 8)], [(0, 3), (2, 6), (5, 8)]]
)
def test_places_that_overlap_are_marked_as_one(spans: list[tuple[int, int]]) -> None:
    assert mark("abcdefgh ij", spans) == "<mark>abcdefgh</mark> ij"


def test_signs_of_html_stay_text_inside_and_outside_the_marks() -> None:
    assert mark("<b> & <i>", [(4, 5)]) == "&lt;b&gt; <mark>&amp;</mark> &lt;i&gt;"
    assert mark("""a"b'c""", []) == "a&quot;b&#x27;c"


def test_emoji_and_loose_accents_are_marked_by_character() -> None:
    text = "🎬 vide\u0301o 👍"
    start = text.index("v")
    assert mark(text, [(start, start + 6)]) == "🎬 <mark>vide\u0301o</mark> 👍"


def written(tmp_path: Path, language: str, texts: list[str], book: Codebook = BOOK) -> str:
    """The report of a run over these answers."""
    lines = "".join('{};"{}"\n'.format(place, text.replace('"', '""')) for place, text in enumerate(texts, start=1))
    answers = read_answers(write(tmp_path / "a.csv", f"nr;antwoord\n{lines}"), text="antwoord", id="nr")
    then = top(counted(40, {"html": 20, "video": 10}), book, limit=None)
    done = run(answers.corpus, book, then=then, topics=False)
    with speaking(language):
        files = write_run(done, answers, tmp_path / "uit")
    return files[0].read_text(encoding="utf-8")


def test_an_answer_with_html_in_it_stays_text(tmp_path: Path) -> None:
    page = written(tmp_path, "nl", ANSWERS)
    assert "<script" not in page.lower()
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; <mark>video</mark>" in page
    assert "<b>" not in page
    assert "Wat zou je &lt;anders&gt; doen?" in page


def test_the_matched_words_are_marked_and_overlaps_are_one_mark(tmp_path: Path) -> None:
    page = written(tmp_path, "nl", ANSWERS)
    assert "meer <mark>video maken</mark> &amp; <mark>films</mark> tonen" in page
    assert "regel video maken" in page


def test_the_report_asks_nothing_of_the_network_and_has_a_chart(tmp_path: Path) -> None:
    page = written(tmp_path, "nl", ANSWERS)
    assert re.findall(r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//""", page) == []
    assert re.findall(r"""url\(|@import|<link|<script|<iframe|<img""", page) == []
    assert page.count("<svg") == 4  # the list and what changed, for a screen and for a telephone


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "nl",
            [
                "Vorige meting",
                "Plaats 1",
                "Antwoorden per code",
                "Hoe dit gemaakt is",
                "Meer video",
                "1 zonder antwoord",
            ],
        ),
        ("en", ["Last wave", "Place 1", "Answers per code", "How this was made", "More video", "1 without"]),
    ],
)
def test_the_report_speaks_the_language_asked_for(tmp_path: Path, language: str, said: list[str]) -> None:
    page = written(tmp_path, language, ANSWERS)
    assert f'<html lang="{language}">' in page
    assert [words for words in said if words not in page] == []
    assert BOOK.question[language].replace("<", "&lt;").replace(">", "&gt;") in page


def test_an_english_report_has_no_dutch_words_of_ours(tmp_path: Path) -> None:
    page = written(tmp_path, "en", ANSWERS)
    assert [
        word for word in ("Plaats", "meting", "antwoord", "Meer video", "Onderwerpen", "regels") if word in page
    ] == []


@pytest.mark.parametrize("texts", [["taart", "koffie"], ["nvt", "xxxx"]])
def test_a_run_in_which_no_code_was_found_still_gives_a_report(tmp_path: Path, texts: list[str]) -> None:
    page = written(tmp_path, "nl", texts)
    assert "Hoe dit gemaakt is" in page
    assert "nan" not in page.lower()


def test_what_people_coded_and_what_the_machine_coded_are_told_apart(tmp_path: Path) -> None:
    answers = read_answers(write(tmp_path / "a.csv", "antwoord\n" + "video\n" * 8), text="antwoord")
    hand = coding_of(["video", "-", *[""] * 6])
    done = run(answers.corpus, BOOK, hand=hand, topics=False)
    with speaking("nl"):
        page = write_run(done, answers, tmp_path)[0].read_text(encoding="utf-8")
    assert "Gecodeerd door mensen: 2; door de machine (de regels van het codeboek): 6." in page
    assert "De machine telt mee zonder correctie" in page


def test_the_chart_rounds_as_the_table_does() -> None:
    book = Codebook((Code("a", 1, {"nl": "Aa"}), Code("b", 2, {"nl": "Bee"})))
    table = top(counted(200, {"a": 25, "b": 1}), book)
    assert [row[-1] for row in cells_of(table)] == ["13%", "<1%"]
    chart = bar_chart(table)
    assert chart is not None
    assert ">13%<" in svg(chart)
