"""Codebooks of other programs in, ours out and back: .xlsx, .qdc, and the tables and dictionaries.

The files of other programs are synthetic: small, and in the layout that their manual or source shows.
"""

import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook  # type: ignore[import-untyped]

from coder import Code, Codebook, read_codebook
from coder.codebook import Negation
from coder.errors import CodebookError, CoderError
from coder.files.codebooks import import_codebook, write_codebook
from coder.files.codebooks.imported import FoundCode, make_codes, placed
from tests.conftest import ROOT, Cli, sheet_rows, write

SHIPPED = sorted((ROOT / "codebooks").glob("*.yaml"))
NS = "{urn:QDA-XML:codebook:1.0}"
GUID = re.compile(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
)  # the pattern of the schema

odd = ["=1+1", "@naam", "+1", "--- coder ---", "- x", "rules:", "id: x", "&amp;", "<b>", '"q"', "007", "1e5", "_x000D_"]
letters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="⏎\ufeff")
line = st.one_of(st.text(letters, max_size=12), st.sampled_from(odd)).map(str.strip).filter(bool)
text = st.lists(line, max_size=3).map("\n".join).map(str.strip)
item = st.lists(line, min_size=1, max_size=2).map("\n".join)
items = st.lists(item, max_size=3).map(tuple)
rule = st.sampled_from(["meten", '"meten"', "=AI", "communicat*", "gr?s", "sociale media", "2024", "null"])
rules = st.lists(rule, max_size=3).map(tuple)
id_ = st.one_of(
    st.from_regex(r"[a-z_]{1,6}|12|true", fullmatch=True), line.filter(lambda one: one != "-" and ";" not in one)
)


@st.composite
def codebooks(draw: st.DrawFn) -> Codebook:
    """A codebook with everything that a codebook can have."""
    size = draw(st.integers(1, 5))
    ids = draw(st.lists(id_, min_size=size, max_size=size, unique=True))
    numbers = draw(st.lists(st.integers(0, 999), min_size=size, max_size=size, unique=True))
    labels = draw(st.lists(line, min_size=size, max_size=size, unique=True))
    english = draw(st.lists(line, min_size=size, max_size=size, unique=True))
    places = draw(st.permutations(range(size)))
    codes = []
    for place in range(size):
        above = draw(st.sampled_from(["", *(ids[one] for one in range(size) if places[one] < places[place])]))
        spoken = draw(st.sets(st.sampled_from(["nl", "en"])))
        label = {name: texts[place] for name, texts in {"nl": labels, "en": english}.items() if name in spoken}
        codes.append(
            Code(
                ids[place],
                numbers[place],
                label,
                draw(text),
                draw(rules),
                draw(rules),
                draw(items),
                draw(items),
                draw(items),
                draw(st.sampled_from(Negation)),
                above,
                draw(st.sampled_from(["", "#3366cc", "#ABCDEF"])),
                draw(st.one_of(st.just(""), line)),
                draw(text),
            )
        )
    question = draw(st.dictionaries(st.sampled_from(["nl", "en"]), text.filter(bool), max_size=2))
    lists = draw(st.dictionaries(line.filter(lambda one: one not in ids), items, max_size=2))
    return Codebook(tuple(codes), draw(line), draw(text), draw(st.sampled_from(["nl", "en"])), question, lists)


# Ours, out and back


@pytest.mark.parametrize("ending", ["xlsx", "qdc"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(book=codebooks())
def test_a_codebook_written_is_read_back_equal_and_nothing_is_told_to_differ(
    tmp_path: Path, ending: str, book: Codebook
) -> None:
    path = tmp_path / f"book.{ending}"
    said = write_codebook(path, book)
    assert read_codebook(path) == book
    assert len(said) == (ending == "qdc")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(book=codebooks())
def test_a_qdc_that_we_write_keeps_to_the_schema(tmp_path: Path, book: Codebook) -> None:
    write_codebook(tmp_path / "book.qdc", book)
    assert_valid(tmp_path / "book.qdc", len(book.codes))


def assert_valid(path: Path, codes: int) -> None:
    """The rules of the schema once more, written down apart from the code that is tested."""
    root = ET.parse(path).getroot()  # noqa: S314 (our own file)
    assert root.tag == f"{NS}CodeBook"
    assert [child.tag for child in root] == [f"{NS}Codes", f"{NS}Sets"]
    found = list(root.iter(f"{NS}Code"))
    assert len(found) == codes
    for one in found:
        assert set(one.attrib) - {"color"} == {"guid", "name", "isCodable"}
        assert one.get("isCodable") in {"true", "false"}
        assert re.fullmatch(r"#([A-Fa-f0-9]{6}|[A-Fa-f0-9]{3})", one.get("color", "#fff"))
        tags = [child.tag for child in one]
        assert tags == [f"{NS}Description"] + [f"{NS}Code"] * (len(tags) - 1)
    (only,) = list(root.iter(f"{NS}Set"))
    assert set(only.attrib) == {"guid", "name"}
    assert [child.tag for child in only] == [f"{NS}Description"] + [f"{NS}MemberCode"] * codes
    guids = [one.get("guid", "") for one in (*found, only)]
    assert all(GUID.fullmatch(guid) for guid in guids)
    assert len(set(guids)) == len(guids)
    assert {one.get("guid") for one in root.iter(f"{NS}MemberCode")} <= set(guids)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_codebooks_that_come_with_coder_go_through_every_format_and_come_back_the_same(
    path: Path, tmp_path: Path
) -> None:
    book = read_codebook(path)
    through = book
    for ending in ("xlsx", "qdc", "yaml"):
        write_codebook(tmp_path / f"book.{ending}", through)
        through = read_codebook(tmp_path / f"book.{ending}")
    assert through == book
    assert through.hash == book.hash


def nested() -> Codebook:
    """Two codes under a third that comes after the first."""
    return Codebook(
        (
            Code("video", 2, {"nl": "Video"}, "Film.\nOok reels.", ("video*",), net="beeld", colour="#3366cc"),
            Code("beeld", 1, {"nl": "Beeld", "en": "Image"}, negation=Negation.SKIP),
            Code("foto", 3, {"en": "Photo"}, net="beeld", examples=("een foto\nvan ons",)),
        ),
        "proef", "2", "nl", {"nl": "Welke?"}, {"platforms": ("facebook", "insta*")},
    )  # fmt: skip


def test_the_sheet_has_a_row_a_code_and_a_line_a_rule_and_text_stays_text(tmp_path: Path) -> None:
    book = replace(nested(), codes=(Code("som", 7, {"nl": "=1+1"}, "@x", ("a b", "cd*")), *nested().codes))
    write_codebook(tmp_path / "b.xlsx", book)
    header, first, *rest = sheet_rows(tmp_path / "b.xlsx", "codes")
    row = dict(zip(header, first, strict=True))
    assert header[:5] == ["id", "number", "label_nl", "label_en", "definition"]
    assert (row["id"], row["number"], row["label_nl"], row["rules"]) == ("som", 7, "=1+1", "a b\ncd*")
    assert len(rest) == 3
    assert sheet_rows(tmp_path / "b.xlsx", "lists")[1] == ["platforms", "facebook\ninsta*"]
    assert ["version", "2"] in sheet_rows(tmp_path / "b.xlsx", "codebook")


def test_a_qdc_has_codes_under_codes_with_colour_and_description_and_always_the_same_guids(tmp_path: Path) -> None:
    write_codebook(tmp_path / "b.qdc", nested())
    content = (tmp_path / "b.qdc").read_bytes()
    root = ET.fromstring(content)  # noqa: S314 (our own file)
    (top,) = root.findall(f"{NS}Codes/{NS}Code")
    assert top.get("name") == "Beeld"
    assert [(one.get("name"), one.get("color")) for one in top.findall(f"{NS}Code")] == [
        ("Video", "#3366cc"),
        ("Photo", None),
    ]
    assert top.findtext(f"{NS}Code/{NS}Description", "").startswith("Film.\nOok reels.\n\n--- coder ---\nid: video\n")
    write_codebook(tmp_path / "b.qdc", nested())
    assert (tmp_path / "b.qdc").read_bytes() == content


def test_what_the_qdc_holds_as_text_alone_is_said(tmp_path: Path) -> None:
    said = str(write_codebook(tmp_path / "b.qdc", nested())[0])
    assert "rules, " in said
    assert "label_en" in said
    assert "colour" not in said
    assert "definition" not in said


def test_what_a_format_cannot_hold_is_said_by_code_and_part(tmp_path: Path) -> None:
    book = Codebook((Code("a", 1, {"nl": "A"}, " open \x00", examples=("x⏎y", "")),))
    said = "\n".join(map(str, write_codebook(tmp_path / "b.xlsx", book)))
    assert "definition of code 'a'" in said
    assert "examples of code 'a'" in said


def test_a_text_longer_than_a_cell_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    book = Codebook((Code("a", 1, {"nl": "A"}, "x" * 40_000),))
    with pytest.raises(CodebookError, match=r"definition of a: 40,000 characters"):
        write_codebook(tmp_path / "b.xlsx", book)
    assert list(tmp_path.iterdir()) == []


def test_codes_nested_a_thousand_deep_are_written_and_read(tmp_path: Path) -> None:
    codes = tuple(Code(f"c{n}", n, {"nl": f"C{n}"}, net=f"c{n - 1}" if n else "") for n in range(1200))
    write_codebook(tmp_path / "b.qdc", Codebook(codes, "diep"))
    assert read_codebook(tmp_path / "b.qdc").codes == codes


def test_a_code_renamed_added_or_copied_in_another_program_is_read_with_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "b.qdc"
    write_codebook(path, nested())
    content = path.read_text(encoding="utf-8")
    content = content.replace('name="Video"', 'name="Film en video"')
    copied = re.search(r"  *<Code [^>]*Photo.*?</Code>\n", content, re.DOTALL)
    assert copied
    guid = "00000000-0000-4000-8000-00000000000"
    second = copied[0].replace('guid="', f'guid="{guid}1" was="', 1)
    second = re.sub(r' was="[^"]*"', "", second)
    new = f'<Code guid="{guid}2" name="Beeld" isCodable="true"/>'
    write(path, content.replace(copied[0], copied[0] + second).replace(" </Codes>", f"{new}\n </Codes>"))
    book = read_codebook(path)
    assert {code.id for code in book.codes} == {"video", "beeld", "foto", "beeld_foto", "beeld_2"}
    assert book.label("video") == "Film en video"
    assert len({code.number for code in book.codes}) == 5
    assert book.codes[0].rules == ("video*",)


# Tables of other programs


def tree(book: Codebook) -> list[tuple[str, str, str]]:
    """Id, label and net of each code."""
    return [(code.id, code.named(book.language), code.net) for code in book.codes]


@pytest.mark.parametrize("separator", [" > ", ">", "\\"])
def test_maxqda_codes_and_memos_keep_their_tree_and_a_parent_without_a_row_is_a_code(
    tmp_path: Path, separator: str
) -> None:
    rows = f"Code;Memo\nBeeld;Alles met beeld\nBeeld{separator}Video;Film\nWerk{separator}Tijd{separator}Druk;\n"
    book = read_codebook(write(tmp_path / "m.csv", rows))
    assert tree(book) == [
        ("beeld", "Beeld", ""),
        ("video", "Video", "beeld"),
        ("werk", "Werk", ""),
        ("tijd", "Tijd", "werk"),
        ("druk", "Druk", "tijd"),
    ]
    assert [code.number for code in book.codes] == [1, 2, 3, 4, 5]
    assert [code.definition for code in book.codes[:3]] == ["Alles met beeld", "Film", ""]


def test_maxqda_with_parent_codes_colours_and_counts(tmp_path: Path) -> None:
    rows = "Parent code;Code;Code memo;Color;Frequency\n;Beeld;;#3366CC;3\nBeeld;Video;Film;blauw;2\nWeg;Tijd;;;0\n"
    found = import_codebook(write(tmp_path / "m.csv", rows))
    assert tree(found.book) == [
        ("beeld", "Beeld", ""),
        ("video", "Video", "beeld"),
        ("tijd", "Tijd", "weg"),
        ("weg", "Weg", ""),
    ]
    assert found.book.codes[0].colour == "#3366CC"
    assert any("'Frequency'" in str(note) for note in found.notes)
    assert any("'blauw'" in str(note) for note in found.notes)


def test_taguette_tags_and_descriptions_in_csv_and_the_counts_are_said_to_be_left(tmp_path: Path) -> None:
    rows = "tag,description,number of highlights,number of documents\r\ninteressant,,2,1\r\nA > B,Een pijl,0,0\r\n"
    found = import_codebook(write(tmp_path / "codebook.csv", rows), language="en")
    assert tree(found.book) == [("interessant", "interessant", ""), ("a_b", "A > B", "")]
    assert found.book.codes[1].label == {"en": "A > B"}
    assert len(found.notes) == 2


def test_a_workbook_of_another_program_is_read_as_its_csv_is(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "codebook"
    for row in (["tag", "description", "number of highlights"], ["werk.druk", "Te veel", 3], ["404", "=fout", 0]):
        sheet.append(row)
    sheet["B3"].data_type = "s"
    book.save(tmp_path / "t.xlsx")
    found = read_codebook(tmp_path / "t.xlsx")
    assert [(code.id, code.named("nl"), code.definition) for code in found.codes] == [
        ("werk_druk", "werk.druk", "Te veel"),
        ("404", "404", "=fout"),
    ]


def test_the_sheets_of_our_workbook_may_stand_in_any_order(tmp_path: Path) -> None:
    write_codebook(tmp_path / "b.xlsx", nested())
    book = load_workbook(tmp_path / "b.xlsx")
    book.move_sheet("codes", 2)
    book.save(tmp_path / "c.xlsx")
    assert read_codebook(tmp_path / "c.xlsx") == nested()


def test_caplena_categories_are_nets_ids_are_numbers_and_keyphrases_are_rules(tmp_path: Path) -> None:
    rows = "id;category;label;keyphrases\n12;Prijs;Te duur;duur, hoge prijs\n15;Prijs;Goedkoop;\n7;;Service;:-)\n"
    found = import_codebook(write(tmp_path / "c.csv", rows))
    assert tree(found.book) == [
        ("prijs", "Prijs", ""),
        ("te_duur", "Te duur", "prijs"),
        ("goedkoop", "Goedkoop", "prijs"),
        ("service", "Service", ""),
    ]
    assert [code.number for code in found.book.codes] == [16, 12, 15, 7]
    assert found.book.codes[1].rules == ("duur", "hoge prijs")
    assert found.left_out == ("Service: :-)",)


def test_a_table_of_names_and_definitions_takes_its_codes_as_numbers(tmp_path: Path) -> None:
    book = read_codebook(write(tmp_path / "t.csv", "Code;Label;Definition\n5;Zorg;Ziek\n2;Werk;\n"))
    assert [(code.number, code.named("nl"), code.definition) for code in book.codes] == [
        (5, "Zorg", "Ziek"),
        (2, "Werk", ""),
    ]


def test_our_own_sheet_may_be_a_csv_and_lack_numbers(tmp_path: Path) -> None:
    rows = 'id;label_nl;rules;net\nbeeld;Beeld;;\nvideo;Video;"video*\n\n reels ";beeld\n'
    book = read_codebook(write(tmp_path / "eigen.csv", rows))
    assert [(code.number, code.rules, code.net) for code in book.codes] == [
        (1, (), ""),
        (2, ("video*", "reels"), "beeld"),
    ]
    assert (book.name, book.language) == ("eigen", "nl")


def test_a_table_of_codes_and_terms_can_be_used_as_a_codebook(tmp_path: Path) -> None:
    book = read_codebook(write(tmp_path / "d.csv", "code,term\nzorg,verpleeg*\nzorg,ziek\n"))
    assert book.codes[0].rules == ("verpleeg*", '"ziek"')
    path = write(tmp_path / "e.csv", "code,term\nzorg,ziek\nzorg,:-)\n")
    with pytest.raises(CodebookError, match=r"a term that rules cannot say.*codebook import e\.csv"):
        read_codebook(path)


def test_a_table_of_codes_and_terms_is_read_on_whichever_sheet_it_stands(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["x"])
    book.active.append(["lees mij"])
    for row in (["code", "term"], ["zorg", "verpleeg*"]):
        (book["dict"] if "dict" in book.sheetnames else book.create_sheet("dict")).append(row)
    book.save(tmp_path / "d.xlsx")
    assert read_codebook(tmp_path / "d.xlsx").codes[0].rules == ("verpleeg*",)


def test_a_number_of_thousands_of_digits_is_refused_with_words(tmp_path: Path) -> None:
    path = write(tmp_path / "d.csv", f"id,number,label_nl\na,,A\nb,{'9' * 5000},B\n")
    with pytest.raises(CodebookError, match="a number is whole"):
        read_codebook(path)


def test_quanteda_words_and_sentiments_are_codes_and_rules(tmp_path: Path) -> None:
    book = read_codebook(
        write(tmp_path / "q.csv", "word,sentiment\nblij*,positief\nniet goed,negatief\nfijn,positief\n")
    )
    assert [(code.id, code.rules) for code in book.codes] == [
        ("positief", ("blij*", '"fijn"')),
        ("negatief", ('"niet" "goed"',)),
    ]


names = st.sampled_from(["Zorg", "zorg", "Werk", "Wérk", "?", "Other", "a b", "A-B", "A > B"])


@given(st.lists(st.tuples(st.lists(names, min_size=1, max_size=3).map(tuple), st.just(FoundCode("")))))
def test_no_row_is_ever_lost_and_every_id_label_and_number_is_its_own(
    rows: list[tuple[tuple[str, ...], FoundCode]],
) -> None:
    named = [(path, FoundCode(path[-1], definition=str(place))) for place, (path, _) in enumerate(rows)]
    codes = make_codes(placed(named), "nl")
    assert {code.definition for code in codes} >= {str(place) for place in range(len(rows))}
    if codes:
        Codebook(codes)


def test_equal_labels_under_different_parents_stay_two_codes(tmp_path: Path) -> None:
    book = read_codebook(write(tmp_path / "m.csv", "Code;Memo\nA > Anders;\nB > Anders;\nB > Anders;nog een\n"))
    assert tree(book) == [
        ("a", "A", ""),
        ("anders", "Anders", "a"),
        ("b", "B", ""),
        ("b_anders", "B > Anders", "b"),
        ("b_anders_2", "Anders (2)", "b"),
    ]


# Dictionaries

LIWC = (
    "%\n1\tAffect\n\t2\tPosemo\n\t3\tNegemo\n20\tWerk\n%\n"
    "blij*\t1\t2\nniet goed\t1\t3\nbaan\t20\n:)\t2\nkind<of>\t3\nweg\t9\n"
)


def test_liwc_categories_keep_numbers_tree_and_wildcards_and_what_cannot_be_said_is_named(tmp_path: Path) -> None:
    found = import_codebook(write(tmp_path / "l.dic", LIWC))
    assert tree(found.book) == [
        ("affect", "Affect", ""),
        ("posemo", "Posemo", "affect"),
        ("negemo", "Negemo", "affect"),
        ("werk", "Werk", ""),
    ]
    assert [code.number for code in found.book.codes] == [1, 2, 3, 20]
    assert [code.rules for code in found.book.codes] == [
        ("blij*", '"niet" "goed"'),
        ("blij*",),
        ('"niet" "goed"',),
        ('"baan"',),
    ]
    assert tuple(map(str, found.left_out)) == (":) 2", "kind<of> 3", "weg 9 (no category 9)")


def test_a_flat_liwc_dictionary_in_cp1252_is_read(tmp_path: Path) -> None:
    found = import_codebook(write(tmp_path / "l.dic", "%\r\n1 Café\r\n%\r\nkoffie 1\r\n", "cp1252"))
    assert [(code.id, code.rules) for code in found.book.codes] == [("cafe", ('"koffie"',))]


QUANTEDA = """\
positief:
- blij*
- goed gedaan
zorg:
  ziek: [griep, "':-('"]
  gezond:
  - fit
  __: [dokter]
los: woord
"""


def test_a_quanteda_dictionary_in_yaml_nests_and_may_have_words_beside_names(tmp_path: Path) -> None:
    found = import_codebook(write(tmp_path / "q.yml", QUANTEDA))
    assert [(code.id, code.net, code.rules) for code in found.book.codes] == [
        ("positief", "", ("blij*", '"goed" "gedaan"')),
        ("zorg", "", ('"dokter"',)),
        ("ziek", "zorg", ('"griep"',)),
        ("gezond", "zorg", ('"fit"',)),
        ("los", "", ('"woord"',)),
    ]
    assert found.left_out == ("ziek: ':-('",)


@pytest.mark.parametrize(
    "content",
    ["kodes:\n- {id: ai, number: 1}\n", "a: [[x]]\n", "version: 1\nlijst: [a]\n", "a: b\n"],
)
def test_a_codebook_with_a_slip_is_not_taken_for_a_dictionary(tmp_path: Path, content: str) -> None:
    with pytest.raises(CodebookError, match="needs a list `codes`"):
        read_codebook(write(tmp_path / "b.yaml", content))


# .qdc of other programs

ONE = "11111111-1111-4111-8111-11111111111"
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
NVIVO = f"""{HEAD}<CodeBook origin="NVivo" xmlns="urn:QDA-XML:codebook:1:0"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:QDA-XML:codebook:1:0 Codebook.xsd">
<Codes>
<Code guid="{ONE}1" name="Zorg" isCodable="false" color="#f00"><Description>Over zorg</Description>
<Code guid="{{{ONE}2}}" name="Anders" isCodable="true"/></Code>
<Code guid="{ONE}3" name="Werk" isCodable="1"><Code guid="{ONE}4" name="Anders" isCodable="true"/></Code>
</Codes>
<Sets><Set guid="{ONE}5" name="Kern"><MemberCode guid="{ONE.upper()}3"/></Set></Sets>
</CodeBook>
"""


def test_a_qdc_of_another_program_keeps_tree_colour_and_description_and_says_what_is_left(tmp_path: Path) -> None:
    found = import_codebook(write(tmp_path / "n.qdc", NVIVO))
    assert tree(found.book) == [
        ("zorg", "Zorg", ""),
        ("anders", "Anders", "zorg"),
        ("werk", "Werk", ""),
        ("werk_anders", "Werk > Anders", "werk"),
    ]
    assert (found.book.codes[0].colour, found.book.codes[0].definition) == ("#ff0000", "Over zorg")
    said = "\n".join(map(str, found.notes))
    assert "urn:QDA-XML:codebook:1:0" in said
    assert "set 'Kern'" in said
    assert "'Zorg'" in said


def test_an_empty_sets_as_taguette_writes_it_is_read(tmp_path: Path) -> None:
    found = import_codebook(write(tmp_path / "t.qdc", qdc(CODE, "<Sets/>")))
    assert found.book.ids == ("a",)
    assert "empty" in str(found.notes[0])


def qdc(codes: str, sets: str = "") -> str:
    return f'{HEAD}<CodeBook xmlns="{NS[1:-1]}">\n<Codes>\n{codes}\n</Codes>{sets}</CodeBook>'


CODE = f'<Code guid="{ONE}1" name="a" isCodable="true"/>'
SET = f'<Sets><Set guid="{ONE}2" name="s"/></Sets>'


def inside(content: str) -> str:
    """The code with something in it."""
    return CODE.replace("/>", f">{content}</Code>")


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "not XML"),
        ("<CodeBook>", "not XML that can be read: line 1"),
        (HEAD + BOMB + "<CodeBook>&b;</CodeBook>", "DOCTYPE"),
        (f'{HEAD}<!DOCTYPE x SYSTEM "file:///etc/passwd"><CodeBook/>', "DOCTYPE"),
        (HEAD + "<Project/>", "line 2: the root is Project"),
        (f'{HEAD}<CodeBook xmlns="{NS[1:-1]}"/>', "one element Codes; this has 0"),
        (qdc(""), "no code"),
        (qdc(CODE.replace(f'guid="{ONE}1" ', "")), "line 4: Code 'a' has no guid"),
        (qdc(CODE.replace('name="a" ', "")), "has no name"),
        (qdc(CODE.replace('isCodable="true"', "")), "has no isCodable"),
        (qdc(CODE.replace('"true"', '"ja"')), "isCodable 'ja'"),
        (qdc(CODE.replace(ONE, "x")), "guid 'x1'"),
        (qdc(CODE.replace("/>", ' color="rood"/>')), "color 'rood'"),
        (qdc(CODE.replace("/>", ' colour="#fff"/>')), "has colour, which the standard does not know"),
        (qdc(CODE + "\n" + CODE.replace('"a"', '"b"')), "that of line 4 too"),
        (qdc(CODE, SET.replace("/>", f'><MemberCode guid="{ONE}9"/></Set>')), "not a code in the file"),
        (qdc(CODE, SET.replace('name="s"', "")), "has no name"),
        (qdc(inside(CODE.replace(f"{ONE}1", f"{ONE}2") + "<Description/>")), "Description stands after Code"),
        (qdc(inside("<Description/><Description/>")), "a second Description"),
        (qdc(inside("tekst")), "text 'tekst' in Code"),
        (qdc(inside("<Description>--- coder ---\nid: a\nnumber: 1\nrule: x</Description>")), "'rule'"),
        (qdc(inside("<Description>--- coder ---\nid: a</Description>")), "has no number"),
        (qdc(inside("<Description>--- coder ---\nzomaar</Description>")), "'zomaar'"),
    ],
)  # fmt: skip
def test_a_qdc_against_the_standard_is_refused_with_the_fault_and_its_line(
    tmp_path: Path, content: str, said: str
) -> None:
    with pytest.raises(CodebookError) as error:
        read_codebook(write(tmp_path / "b.qdc", content))
    assert said in str(error.value)
    assert "b.qdc" in str(error.value)


def test_every_fault_of_a_qdc_is_told_at_once(tmp_path: Path) -> None:
    broken = "".join(f'<Code guid="{n}" name="c{n}" isCodable="true"/>' for n in range(30))
    with pytest.raises(CodebookError, match=r"guid '0'(.|\n)*guid '19'(.|\n)*and 10 more"):
        read_codebook(write(tmp_path / "b.qdc", qdc(broken)))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([".qdc", ".dic", ".csv", ".yaml", ".xlsx"]),
    st.one_of(st.binary(max_size=80), st.sampled_from([LIWC.encode(), NVIVO.encode()])),
    st.integers(0, 60),
)
def test_any_bytes_are_a_codebook_or_an_error_for_people(tmp_path: Path, ending: str, raw: bytes, cut: int) -> None:
    path = tmp_path / f"any{ending}"
    path.write_bytes(raw[cut:])
    with suppress(CoderError):
        read_codebook(path)


# What cannot be read


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("b.docx", "x", "its name ends in one of .yaml"),
        ("b.csv", "antwoord;regio\nmeer tijd;noord\n", "its columns are antwoord, regio"),
        ("b.csv", "id;number;label_nl\n;1;\nb;2;x\n", "no id and no label in row 1"),
        ("b.csv", "id;number\na;een\n", "number 'een'"),
        ("b.csv", "id;number;negation\na;1;soms\n", "negation 'soms'"),
        ("b.csv", 'id;number;rules\na;1;"""half"\n', "code 'a': The rule"),
        ("b.csv", "id;number\na;1\na;2\n", "Ids used twice"),
        ("b.csv", "Code;Memo\n;wees\n", "no code in the column 'Code'"),
        ("b.dic", "1\tA\nx\t1\n", "two lines with a '%'"),
        ("b.dic", "%\n%\nx\t1\n", "no categories"),
        ("b.dic", "%\nAffect\n%\nx\t1\n", "line 2: 'Affect'"),
    ],
)
def test_a_file_that_is_no_codebook_says_what_was_found(tmp_path: Path, name: str, content: str, said: str) -> None:
    with pytest.raises(CoderError) as error:
        read_codebook(write(tmp_path / name, content))
    assert said in str(error.value)


def test_a_codebook_cannot_be_written_in_a_format_that_is_not_known(tmp_path: Path) -> None:
    with pytest.raises(CodebookError, match=r"\.yaml, \.yml, \.xlsx, \.qdc"):
        write_codebook(tmp_path / "b.docx", nested())
    with pytest.raises(CodebookError, match="no codebook"):
        read_codebook(tmp_path / "weg.qdc")


def test_a_language_that_no_column_can_be_named_by_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CodebookError, match="'n l'"):
        write_codebook(tmp_path / "b.xlsx", Codebook((Code("a", 1, {"n l": "A"}),)))


# The commands


def test_export_and_import_go_round_and_say_what_is_left_out(cli: Cli, tmp_path: Path) -> None:
    write_codebook(tmp_path / "b.yaml", nested())
    done = cli("codebook", "export", tmp_path / "b.yaml", "-o", tmp_path / "b.qdc")
    assert (done.code, done.out) == (0, "3 codes.\n")
    assert "As text in the description" in done.err
    done = cli("codebook", "import", tmp_path / "b.qdc", "-o", tmp_path / "back.yaml")
    assert "3 codes, 1 rule." in done.out
    assert read_codebook(tmp_path / "back.yaml") == nested()
    write(tmp_path / "n.qdc", NVIVO)
    done = cli("codebook", "import", tmp_path / "n.qdc", "-o", tmp_path / "n.xlsx", "--codebook-language", "en")
    assert "set 'Kern'" in done.err
    assert read_codebook(tmp_path / "n.xlsx").codes[0].label == {"en": "Zorg"}


def test_every_command_takes_a_codebook_in_every_format(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path / "in.csv", "antwoord\nmeer video\n")
    for ending in ("xlsx", "qdc"):
        write_codebook(tmp_path / f"b.{ending}", nested())
        done = cli(
            "code",
            tmp_path / "in.csv",
            "--text",
            "antwoord",
            "--codebook",
            tmp_path / f"b.{ending}",
            "-o",
            tmp_path / "uit.csv",
        )
        assert "1 with a code" in done.out
