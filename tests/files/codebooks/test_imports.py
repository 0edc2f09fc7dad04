"""Codebooks as people have them: own headers, dictionaries, traps of YAML. Nothing is changed or lost in silence."""

from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coder.characters import has_half, joined
from coder.codebook import SPECIAL, Code, Codebook
from coder.errors import CodebookError
from coder.files.codebooks import import_codebook, read_codebook
from coder.files.codebooks.check import check
from coder.files.codebooks.imported import FoundCode, make_codes
from coder.methods.rules.engine import find
from tests.conftest import write

# Tables with headers of their own


def test_a_dutch_table_is_read_whole(tmp_path: Path) -> None:
    rows = (
        "Codeboek mobiliteit 2026;;;;;;;\n"
        "NR.;Code;Label:;Omschrijving;Trefwoorden;Voorbeelden;Uitzonderingen;Tegenvoorbeelden\n"
        '1;OV;Openbaar vervoer;Bus en trein;"bus, treinen";"de bus komt te laat|meer treinen";busje;ik fiets\n'
        "2;PR;Prijs;;te duur;;;\n"
        "98;OVG;Overige;;;;;\n99;WN;Weet niet;;;;;\n"
    )
    found = import_codebook(write(tmp_path / "b.csv", rows))
    first, second, other, unknown = found.book.codes
    assert (first.id, first.number, first.label) == ("ov", 1, {"nl": "Openbaar vervoer"})
    assert first.definition == "Bus en trein"
    assert (first.rules, first.exceptions) == (("bus", "treinen"), ("busje",))
    assert (first.examples, first.counterexamples) == (("de bus komt te laat", "meer treinen"), ("ik fiets",))
    assert second.rules == ("te duur",)
    assert (other.id, other.number, unknown.id, unknown.number) == ("other", 98, "dont_know", 99)
    assert found.book.find("OVG") == "other"  # as the data has it
    assert (found.left_out, found.notes) == ((), ())
    assert check(tmp_path / "b.csv") == []


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("Nummer;Naam;Beschrijving;Sleutelwoorden", "nl"),
        ("volgnr ;THEMA;Toelichting:;Synoniemen", "nl"),
        ("No;Name;Description;Keywords", "nl"),  # Dutch researchers use English names too
        ("N°;Libellé;Définition;Mots-clés", "fr"),
        ("Nr;Bezeichnung;Erläuterung;Stichwörter", "de"),
    ],
)
def test_headers_in_four_languages_say_the_same(tmp_path: Path, header: str, language: str) -> None:
    found = import_codebook(write(tmp_path / "b.csv", f"{header}\n3;Plan;uitleg;plan\n4;Prijs;;prijs, kost\n"))
    codes = found.book.codes
    assert [(code.id, code.number, code.label[language]) for code in codes] == [
        ("plan", 3, "Plan"),
        ("prijs", 4, "Prijs"),
    ]
    assert [(code.definition, code.rules) for code in codes] == [("uitleg", ("plan",)), ("", ("prijs", "kost"))]
    assert found.book.language == language
    assert any("`coder codebook import --language`" in str(note) for note in found.notes) == (language != "nl")
    assert import_codebook(tmp_path / "b.csv", language="en").book.language == "en"


def test_keywords_find_their_inflections_and_what_cannot_be_held_is_listed(tmp_path: Path) -> None:
    terms = "fietspad, a*, lol :-), wifi (gratis), 'hoge kost', prijs OF kost, bus/tram"
    found = import_codebook(write(tmp_path / "b.csv", f'Label;Trefwoorden\nWeg;"{terms}"\nAnders;\n'))
    assert found.book.codes[0].rules == ("fietspad", "'hoge kost'", "prijs OF kost", "bus/tram")
    assert found.left_out == ("Weg: a*", "Weg: lol :-)", "Weg: wifi (gratis)")
    assert any("'bus/tram'" in str(note) for note in found.notes)
    assert find(["twee fietspaden"], found.book)["weg"]
    with pytest.raises(CodebookError, match="3 terms that rules cannot say"):
        read_codebook(tmp_path / "b.csv")


def test_a_remark_among_the_exceptions_is_told_and_not_looked_for(tmp_path: Path) -> None:
    found = import_codebook(
        write(tmp_path / "b.csv", 'Label;Uitzonderingen\nFiets;"bromfiets; enkel als het over het weer gaat"\nBus;\n')
    )
    assert found.book.codes[0].exceptions == ("bromfiets",)
    assert tuple(map(str, found.left_out)) == ("Fiets, exception: enkel als het over het weer gaat",)


def test_merged_cells_a_title_and_another_sheet_first(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Lees dit eerst"])
    sheet = book.create_sheet("Codeboek")
    sheet.append(["Codeboek mobiliteit"])
    rows: tuple[tuple[str | int | None, ...], ...] = (
        ("Hoofdcategorie", "Nr", "Label", "Trefwoorden"),
        ("Vervoer", 1, "Fiets", "fiets"),
        (None, None, None, "step"),
        (None, 2, "Bus", "bus"),
        ("Geld", 3, "Prijs", "prijs\nkost"),
        (None, 4, "Korting", "korting"),
    )
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("A3:A5")
    sheet.merge_cells("C3:C4")
    book.save(tmp_path / "b.xlsx")
    found = import_codebook(tmp_path / "b.xlsx")
    under = {code.id: (code.net, code.rules) for code in found.book.codes}
    assert under == {
        "vervoer": ("", ()),
        "fiets": ("vervoer", ("fiets", "step")),
        "bus": ("vervoer", ("bus",)),
        "geld": ("", ()),
        "prijs": ("geld", ("prijs", "kost")),
        "korting": ("geld", ("korting",)),
    }
    assert [code.number for code in found.book.codes if code.net] == [1, 2, 3, 4]
    assert any("'Vervoer', 'Geld'" in str(note) for note in found.notes)


@pytest.mark.parametrize(
    "text",
    [
        "Hoofdcode;Subcode;Omschrijving;Zoekwoord 1;Zoekwoord 2\n"
        "Eten;Soep;warm;soep;bouillon\n;Brood;;brood;\nDrinken;Thee;heet;thee;\n",
        "Topic Category;Topic Label;Topic Keywords\nEten;Soep;soep, bouillon\nEten;Brood;brood\nDrinken;Thee;thee\n",
    ],
)
def test_a_subcode_stands_under_its_code_and_its_words_may_fill_several_columns(tmp_path: Path, text: str) -> None:
    book = import_codebook(write(tmp_path / "b.csv", text)).book
    soup = next(code for code in book.codes if code.id == "soep")
    assert (soup.label, soup.net, soup.rules) == ({"nl": "Soep"}, "eten", ("soep", "bouillon"))


def test_labels_of_values_are_a_codebook(tmp_path: Path) -> None:
    book = import_codebook(write(tmp_path / "b.csv", "Waarde;Label\n1;Soep\n2;Brood\n97;Andere\n")).book
    assert [(code.id, code.number) for code in book.codes] == [("soep", 1), ("brood", 2), ("other", 97)]


def test_numbers_as_people_write_them_still_find_their_code(tmp_path: Path) -> None:
    rows = "Code;Omschrijving\n01;Vervoer\n1.1;Fiets\n1.2;Bus\n02;Prijs\n02;Kost\n-99;Weet niet\n"
    found = import_codebook(write(tmp_path / "b.csv", rows))
    book = found.book
    assert [book.find(name) for name in ("01", "1", "1.2", "-99")] == ["vervoer", "vervoer", "bus", "dont_know"]
    assert [code.id for code in book.codes] == ["vervoer", "fiets", "bus", "prijs", "kost", "dont_know"]
    assert any("The number 2 stands twice; 'Kost' got" in str(note) for note in found.notes)


def test_numbers_with_a_point_stand_under_those_without(tmp_path: Path) -> None:
    book = read_codebook(write(tmp_path / "b.csv", "Nr;Label\n1;Vervoer\n1.1;Fiets\n1.1.1;Pad\n2;Prijs\n2.3.4;Kost\n"))
    assert {code.id: code.net for code in book.codes} == {
        "vervoer": "", "fiets": "vervoer", "pad": "fiets", "prijs": "", "kost": "prijs",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("label", "id_"),
    [
        ("Overige (namelijk: …)", "other"), ("Anders, namelijk:", "other"), ("ANDERE", "other"), ("Autres", "other"),
        ("Sonstiges", "other"), ("Other (please specify)", "other"), ("Geen", "none"), ("None of the above", "none"),
        ("Keine Angabe", "none"), ("Weet niet / geen antwoord", "dont_know"), ("Ne sait pas", "dont_know"),
        ("Weiß nicht", "dont_know"), ("Don’t know", "dont_know"), ("Andere vervoermiddelen", "andere_vervoermiddelen"),
        ("Geen tijd", "geen_tijd"), ("Other people", "other_people"),
    ],
)  # fmt: skip
def test_what_people_call_other_none_and_unknown_is_unranked(tmp_path: Path, label: str, id_: str) -> None:
    book = read_codebook(write(tmp_path / "b.csv", f'Label;Omschrijving\nBus;x\n"{label}";\n'))
    assert book.codes[1].id == id_


def test_a_table_with_a_row_a_word_is_one_code(tmp_path: Path) -> None:
    rows = "Rubriek;Nr;Naam;Trefwoord\nA;1;Fiets;fiets\n;1;Fiets;step\nB;2;Bus;bus\n"
    found = import_codebook(write(tmp_path / "b.csv", rows))
    assert [(code.number, code.rules) for code in found.book.codes if code.net] == [
        (1, ("fiets", "step")),
        (2, ("bus",)),
    ]
    assert any("go on with the code above" in str(note) for note in found.notes)


def test_bare_numbers_with_examples_are_a_codebook(tmp_path: Path) -> None:
    book = read_codebook(write(tmp_path / "b.csv", "Code;Voorbeelden\n7;te duur\n9;te laat\n"))
    assert [(code.id, code.examples) for code in book.codes] == [("7", ("te duur",)), ("9", ("te laat",))]


def test_of_two_codes_called_other_one_is_unranked_and_that_is_said(tmp_path: Path) -> None:
    found = import_codebook(write(tmp_path / "b.csv", "Label;Omschrijving\nOverige;a\nAndere;b\n"))
    assert found.book.ids == ("other", "andere")
    assert any("'Andere' is ranked" in str(note) for note in found.notes)


def test_missing_ids_of_our_own_table_are_made_of_the_label(tmp_path: Path) -> None:
    book = read_codebook(write(tmp_path / "b.csv", "id;number;label_nl\n;1;Te duur!\nte_duur;2;Kost\n;3;Overige\n"))
    assert book.ids == ("te_duur_2", "te_duur", "other")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12), min_size=1, max_size=8))
def test_made_ids_are_unique_readable_and_the_same_every_time(names: list[str]) -> None:
    found = [FoundCode(name) for name in names]
    codes = make_codes(found, "nl")
    assert codes == make_codes(found, "nl")
    assert Codebook(codes).ids == tuple(code.id for code in codes)
    assert all(code.id in SPECIAL or code.id.replace("_", "a").isalnum() for code in codes)


@pytest.mark.parametrize("rows", ["antwoord;nr\nte duur;1\n", "nr;antwoord;regio\n1;te laat;noord\n", "Code\nx\n"])
def test_a_table_of_answers_is_no_codebook(tmp_path: Path, rows: str) -> None:
    with pytest.raises(CodebookError, match="is not a codebook"):
        read_codebook(write(tmp_path / "b.csv", rows))


@pytest.mark.parametrize(
    ("names", "language"),
    [
        ("Codenr.;Antwoordcategorie;Wat valt eronder;Zoekwoorden;Voorbeeldantwoorden", "nl"),
        ("No;Response category;What it covers;Search words;Typical answers", "nl"),
        ("N°;Catégorie de réponse;Ce que ça couvre;Mots de recherche;Exemples de réponses", "fr"),
    ],
)
def test_names_that_a_study_service_gives_its_columns_are_known_under_a_title(
    tmp_path: Path, names: str, language: str
) -> None:
    rows = f"Vraag 12, versie 3;;;;\n;;;;\n{names}\n4;Openbaar vervoer;Bus en trein;bus, trein;de bus is laat\n"
    book = read_codebook(write(tmp_path / "b.csv", rows))
    (code,) = book.codes
    assert (book.language, code.number, code.label) == (language, 4, {language: "Openbaar vervoer"})
    assert (code.definition, code.rules, code.examples) == ("Bus en trein", ("bus", "trein"), ("de bus is laat",))


def test_of_a_table_that_is_no_codebook_the_row_of_names_is_said_and_those_that_are_known(tmp_path: Path) -> None:
    rows = "Vraag 12, versie 3;;\n;;\nVak;Zaken;Soort\na;b;c\n"
    with pytest.raises(CodebookError, match=r"columns are Vak, Zaken, Soort\..*Response category.*Keywords"):
        read_codebook(write(tmp_path / "b.csv", rows))


def test_labels_in_two_languages_with_one_missing_are_told_and_one_language_is_enough(tmp_path: Path) -> None:
    rows = "codes:\n- {id: a, number: 1, label: {nl: A}}\n- {id: b, number: 2, label: {nl: B}}\n"
    assert check(write(tmp_path / "nl.yaml", rows)) == []
    both = write(tmp_path / "b.yaml", rows.replace("{nl: A}", "{nl: A, fr: A}"))
    assert [str(problem.note) for problem in check(both)] == ["code 'b' has no label in fr."]


def test_labels_in_another_language_than_the_one_that_is_taken_are_told(tmp_path: Path) -> None:
    path = write(tmp_path / "b.yaml", "codes:\n- {id: a, number: 1, label: {fr: Vélo}}\n")
    assert ["language: fr" in str(problem.note) for problem in check(path)] == [True]


# Dictionaries

WORDS = ["0800", "true", "No", "null", "1_000", "0x1F", "2024-01-01", "1e3", "12:30", ".5", "on", "~x", "007"]


def test_words_of_a_quanteda_dictionary_are_the_words_as_written(tmp_path: Path) -> None:
    rows = "a:\n" + "".join(f"  - {word}\n" for word in WORDS) + "yes: [ja]\n0800: [x]\n"
    found = import_codebook(write(tmp_path / "d.yml", rows))
    hits = find(WORDS, found.book)["a"]
    assert {WORDS[hit.text] for hit in hits} == set(WORDS)
    assert [code.label["nl"] for code in found.book.codes] == ["a", "yes", "0800"]
    assert found.left_out == ()


def test_any_word_of_a_phrase_is_kept(tmp_path: Path) -> None:
    found = import_codebook(write(tmp_path / "d.yml", "a: ['raad van * bestuur', '* * *', 'zeer ~ goed', ~]\n"))
    texts = ["de raad van het bestuur", "raad van bestuur", "raad van"]
    assert [hit.text for hit in find(texts, found.book)["a"]] == [0]
    assert found.left_out == ("a: * * *", "a: ~")
    assert found.book.codes[0].rules[1:] == ('"zeer ~ goed"',)


def test_a_phrase_of_liwc_keeps_its_wildcard_and_a_sign_is_listed(tmp_path: Path) -> None:
    found = import_codebook(write(tmp_path / "d.dic", "%\n1\tA\n%\nhoog * druk\t1\nfijn :-)\t1\n"))
    assert found.book.codes[0].rules == ('"hoog" * "druk"',)
    assert found.left_out == ("fijn :-) 1",)


# Traps of YAML


@pytest.mark.parametrize("word", WORDS)
def test_a_rule_in_yaml_is_the_text_as_written(tmp_path: Path, word: str) -> None:
    id_ = "x" if word == "null" else word  # an id that is null is none
    rows = f"codes:\n- id: {id_}\n  number: 1\n  rules:\n  - {word}\n"
    book = read_codebook(write(tmp_path / "b.yaml", rows))
    assert (book.ids, book.codes[0].rules) == ((id_,), (word,))


@pytest.mark.parametrize("rule", ["*media", "@namen", "%korting", "`x`", "!nee", "&co", "|x"])
def test_a_rule_that_begins_with_a_sign_of_yaml_is_refused_with_what_to_do(tmp_path: Path, rule: str) -> None:
    path = write(tmp_path / "b.yaml", f"codes:\n- id: a\n  number: 1\n  rules:\n  - {rule}\n")
    with pytest.raises(CodebookError, match="line 5") as error:
        read_codebook(path)
    assert "quote" in str(error.value)


def test_a_word_cut_off_by_a_comment_sign_is_told(tmp_path: Path) -> None:
    rules = "  - foto #mee\n  - plan  # of niet\n"
    path = write(tmp_path / "b.yaml", f"codes:\n- id: a\n  number: 1\n  label: A\n  rules:\n{rules}")
    assert [(one.line, one.severity, "#mee" in str(one.note)) for one in check(path)] == [(6, "warning", True)]


BOMBS = {
    "brackets": "codes: " + "[" * 20_000 + "]" * 20_000,
    "braces": "codes: " + "{a: " * 20_000 + "}" * 20_000,
    "dashes": "codes:\n" + "- " * 20_000 + "x",
    "merges": "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 60)).replace("*a0", "{id: x}")
    + "codes:\n- {<<: *a59}\n",
    "lists": "l0: &l0 [x]\n" + "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 12)),
    "loop": "codes: &a [*a]\n",
    "loop of merges": "codes:\n- &a {id: x, number: 1, <<: *a}\n",
    "number": "codes:\n- {id: x, number: " + "9" * 5_000 + "}\n",
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_grows_beyond_reason_is_refused_with_words(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "b.yaml", BOMBS[name])
    with pytest.raises(CodebookError):
        read_codebook(path)
    assert any(one.severity == "error" for one in check(path))


def test_an_alias_that_is_used_as_it_should_be_is_read(tmp_path: Path) -> None:
    rows = "lists:\n  namen: &n [jan, piet]\ncodes:\n- {id: a, number: 1, rules: *n}\n"
    assert read_codebook(write(tmp_path / "b.yaml", rows)).codes[0].rules == ("jan", "piet")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text("[]{}&*!|>%@:-#'\"? \n\tab1~<", max_size=60))
def test_no_yaml_ends_in_a_traceback(tmp_path: Path, text: str) -> None:
    path = write(tmp_path / "b.yaml", f"codes:\n- id: a\n  number: 1\n  rules: {text}\n")
    problems = [one for one in check(path) if one.severity == "error"]
    try:
        read_codebook(path)
    except CodebookError:
        assert problems
    else:
        assert not problems


# Halves of signs


def test_halves_of_a_sign_are_joined_and_a_half_alone_is_refused(tmp_path: Path) -> None:
    rows = r'codes: [{id: a, number: 1, label: {nl: "fijn \ud83d\ude00"}, rules: [x]}]'
    assert read_codebook(write(tmp_path / "b.yaml", rows)).label("a") == "fijn 😀"
    path = write(tmp_path / "h.yaml", rows.replace(r"\ude00", ""))
    with pytest.raises(CodebookError, match=r"line 1.*half a character"):
        read_codebook(path)
    with pytest.raises(CodebookError, match="half a character"):
        Code("a", 1, {}, examples=("\udc00",))
    with pytest.raises(CodebookError, match="half a character"):
        Codebook((Code("a", 1, {}),), question={"nl": "\ud800?"})


@given(st.text(st.characters(), max_size=20))
def test_a_joined_text_can_be_written_unless_it_has_half_a_sign(text: str) -> None:
    whole = joined(text)
    assert joined(whole) == whole
    if not has_half(whole):
        assert whole.encode("utf-8").decode("utf-8") == whole
    plain = "".join(one for one in text if not has_half(one))
    assert joined(plain.encode("utf-16-le").decode("utf-16-le")) == plain
