from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import coder
from coder.documents import Document
from coder.errors import DataError


def read(folder: Path, text: str | bytes, name: str = "plan.txt") -> Document:
    """The document that a file with this text is."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return coder.read_document(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_text_reads_the_same_in_any_encoding_and_with_any_line_end(tmp_path: Path, encoding: str, end: str) -> None:
    text = "Één plan.\n\nMet twee\nregels: €5."
    document = read(tmp_path, text.replace("\n", end).encode(encoding))
    assert document.texts() == ["Één plan.", "Met twee\nregels: €5."]
    assert document.text == text


def test_long_lines_are_paragraphs_and_items_stand_alone(tmp_path: Path) -> None:
    long = "Dit is een alinea op een enkele regel, zoals een programma ze bewaart dat geen regels afbreekt, en zo door."
    document = read(tmp_path, f"{long}\n{long}\n\nWij willen:\n- meer\n- beter\n")
    assert document.texts() == [long, long, "Wij willen:", "- meer", "- beter"]
    assert document.blocks["kind"].tolist() == ["paragraph"] * 3 + ["item"] * 2


def test_markdown_has_headings(tmp_path: Path) -> None:
    document = read(tmp_path, "# Plan\n\nTekst.\n## Doelen ##\n- een\n", "plan.md")
    assert document.texts() == ["Plan", "Tekst.", "Doelen", "- een"]
    assert document.blocks["section"].iloc[-1] == "Plan › Doelen"


@pytest.mark.parametrize(
    "text",
    [
        "An: Hallo.\n\nBram: Dag.\nNog iets.\n\nAn: Tot later.",
        "[an] Hallo.\n\n[bram] Dag.\nNog iets.\n\n[an] Tot later.",
        "An: Hallo.\nBram: Dag.\nNog iets.\nAn: Tot later.\nBram: Goed.\nAn: Ja.",
    ],
)
def test_a_transcript_has_turns_with_who_speaks(tmp_path: Path, text: str) -> None:
    document = read(tmp_path, text)
    assert document.texts()[:3] == ["Hallo.", "Dag.\nNog iets.", "Tot later."]
    assert [name.lower() for name in document.blocks["speaker"][:3]] == ["an", "bram", "an"]
    assert set(document.blocks["kind"]) == {"turn"}


def test_times_of_a_transcript_are_seconds(tmp_path: Path) -> None:
    document = read(tmp_path, "[00:00:05] An: Hallo.\n\n[00:01:10] Bram: Dag.\n\n[01:00:00] An: Klaar.")
    assert document.blocks["time"].tolist() == [5, 70, 3600]


def test_a_colon_makes_no_transcript(tmp_path: Path) -> None:
    document = read(tmp_path, "Ons doel: iedereen doet mee.\n\nDe vraag: hoe?\n\nHet antwoord: samen.\n\nEn verder.")
    assert set(document.blocks["kind"]) == {"paragraph"}


def test_subtitles_are_turns_of_a_speaker_or_sentences(tmp_path: Path) -> None:
    cues = (
        "1\n00:00:01,000 --> 00:00:02,000\nDit is een\n\n2\n00:00:02,500 --> 00:00:03,000\n<i>zin.</i>\n\n"
        "3\n00:00:04,000 --> 00:00:05,000\nEn nog een."
    )
    document = read(tmp_path, cues, "film.srt")
    assert (document.kind, document.texts(), document.blocks["time"].tolist()) == (
        "srt", ["Dit is een zin.", "En nog een."], [1, 4],
    )  # fmt: skip
    voices = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v An>Hallo.\n\n00:03.000 --> 00:04.000\n<v An>Dag.\n\n"
        "00:05.000 --> 00:06.000\n<v Bram>Ja."
    )
    document = read(tmp_path, voices, "film.vtt")
    assert document.texts() == ["Hallo. Dag.", "Ja."]
    assert document.blocks["speaker"].tolist() == ["An", "Bram"]


def test_a_web_page_is_what_it_shows(tmp_path: Path) -> None:
    page = (
        "<!doctype html><html><head><title>x</title><style>p {}</style></head><body><h1>Plan</h1>"
        "<p>Wij &amp;\n zij<br>samen"
        "<script>weg()</script></p><ul><li>een</li><li>twee</li></ul><table><tr><td>a</td><td>b</td></tr></table></body>"
    )
    document = read(tmp_path, page, "plan.html")
    assert document.texts() == ["Plan", "Wij & zij\nsamen", "een", "twee", "a | b"]
    assert document.blocks["kind"].tolist() == ["heading", "paragraph", "item", "item", "row"]


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>weg</p>",
        '<div style="color: red; DISPLAY : none"><p>weg</p><br><img src=x>weg<p>weg</div>',
        "<p>na <span style='visibility:hidden'>weg</span></p>",
        "<template><p>weg</p></template><noscript><p>weg</p></noscript>",
        '<p style="display:none">weg',
        "<ul><li>na<li hidden>weg<ul><li>weg</li></ul></ul>",
        '<table><tr><td>na</td><td style="display:none !important">weg</td></tr></table>',
        "<table><tr hidden><td>weg<tr><td>na</td></tr></table>",
    ],
)
def test_what_a_web_page_does_not_show_is_not_read(tmp_path: Path, hidden: str) -> None:
    page = f"<html><body style='visibility:hidden'><p>voor</p>{hidden}<p>achter</p></body></html>"
    texts = [text for text in read(tmp_path, page, "plan.html").texts() if text != "na"]
    assert texts == ["voor", "achter"]


def test_what_a_web_page_shows_to_who_looks_for_it_is_read(tmp_path: Path) -> None:
    page = (
        '<p aria-hidden="true">een</p><p hidden="until-found">twee</p><details><summary>drie</summary>vier</details>'
        '<p style="display: block">vijf</p>'
    )
    assert read(tmp_path, page, "plan.html").texts() == ["een", "twee", "drie", "vier", "vijf"]


def test_a_web_page_says_what_it_is_written_in(tmp_path: Path) -> None:
    page = "<html><meta charset=iso-8859-2><p>Łódź</p>".encode("iso-8859-2")
    assert read(tmp_path, page, "plan.html").texts() == ["Łódź"]


def test_rtf_has_its_paragraphs(tmp_path: Path) -> None:
    document = read(tmp_path, rb"{\rtf1\ansi Eerste alinea met \'e9\'e9n.\par Tweede.\par}", "plan.rtf")
    assert document.texts() == ["Eerste alinea met één.", "Tweede."]
    named = read(tmp_path, rb"{\rtf1\ansi Tekst.\par}", "oud.doc")
    assert (named.kind, [note.key for note in named.notes]) == ("rtf", ["documents.other_kind"])


@pytest.mark.parametrize(
    ("raw", "key"), [(b"", "empty"), (b"\x89PNG\r\n\x1a\n", "picture"), (bytes(range(256)) * 9, "unknown_kind")]
)
def test_what_is_no_text_says_so(tmp_path: Path, raw: bytes, key: str) -> None:
    with pytest.raises(DataError) as error:
        read(tmp_path, raw)
    assert error.value.note.key == f"documents.{key}"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), min_size=1),
    st.sampled_from(["plan.txt", "plan.md"]),
)
def test_whatever_a_text_holds_its_words_are_in_the_blocks_in_order(tmp_path: Path, text: str, name: str) -> None:
    document = read(tmp_path, "tekst " + text, name)
    assert document.text == "\n\n".join(document.texts())
    if document.kind == "txt" and set(document.blocks["speaker"]) <= {""}:
        assert document.text.split() == ("tekst " + text).split()
