"""Projects of other programs: how positions are counted, what is taken over, and nothing lost in silence."""

import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coder import Code, Codebook
from coder.documents import BLOCKS, Document, Documents
from coder.errors import CoderError, DataError
from coder.files.qdpx import COLUMNS, Project
from coder.files.qdpx.project_reader import LINES, PROJECT_NAMESPACE, UNITS, Selection, Way, counted, read_qdpx
from coder.files.qdpx.project_writer import write_qdpx
from coder.note import Note

TEXT = "Eerste regel met café 🙂 en meer.\nTweede regel, over geld.\n\nDerde alinea over vrijwilligers.\n"
BOOK = Codebook(
    (Code("werk", 1, {"nl": "Werk"}, "Over <werk> & zo."), Code("geld", 2, {"nl": "Geld"}, net="werk")), "Plannen", "3"
)
USER = "11111111-1111-1111-1111-111111111111"
CODE = "22222222-2222-2222-2222-222222222222"
SOURCE = "33333333-3333-3333-3333-333333333333"


def guid(number: int) -> str:
    """A GUID."""
    return f"44444444-4444-4444-4444-{number:012d}"


def qde(sources: str, more: str = "") -> str:
    """A project with a user and a code."""
    codes = f'<CodeBook><Codes><Code guid="{CODE}" name="Geld" isCodable="true"/></Codes></CodeBook>'
    return (
        f'<?xml version="1.0" encoding="utf-8"?><Project xmlns="{PROJECT_NAMESPACE}" name="p">'
        f'<Users><User guid="{USER}" name="Anna"/></Users>{codes}<Sources>{sources}</Sources>{more}</Project>'
    )


def coded(number: int, start: int, end: int, name: str = "", inside: str = "") -> str:
    """A selection with the code."""
    coding = f'<Coding guid="{guid(number + 100)}" creatingUser="{USER}"><CodeRef targetGUID="{CODE}"/></Coding>'
    return (
        f'<PlainTextSelection guid="{guid(number)}" name="{name}" startPosition="{start}" endPosition="{end}">'
        f"{inside}{coding}</PlainTextSelection>"
    )


def source(selections: str = "", path: str = f"internal://{SOURCE.upper()}.TXT") -> str:
    """A text source."""
    return f'<TextSource guid="{SOURCE}" name="plan" plainTextPath="{path}">{selections}</TextSource>'


def packed(path: Path, xml: str, text: str | bytes = TEXT, *, part: str = "project.qde") -> Path:
    """A .qdpx of this project and text."""
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr(part, xml)
        parts.writestr(f"sources/{SOURCE}.txt", text if isinstance(text, bytes) else text.encode())
    return path


def length(text: str, way: Way) -> int:
    """How long a text is, counted that way."""
    text = text.replace("\n", "\r\n") if way.lines == "crlf" else text
    encoding = {"code_points": "utf-32-le", "utf_16": "utf-16-le", "utf_8": "utf-8"}[way.unit]
    return len(text.encode(encoding)) // {"code_points": 4, "utf_16": 2, "utf_8": 1}[way.unit]


WORDS = ["café", "geld", "Derde alinea", "vrijwilligers", "over geld.\n\nDerde"]


def positions(word: str, way: Way) -> tuple[int, int]:
    """Where a word stands, counted that way."""
    at = TEXT.index(word)
    mark = (3 if way.unit == "utf_8" else 1) if way.marked else 0
    start, end = (mark + length(TEXT[:place], way) for place in (at, at + len(word)))
    if way.inclusive:
        end = mark + length(TEXT[: at + len(word) - 1], way)
    return start, end


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("lines", LINES)
@pytest.mark.parametrize("marked", [False, True])
@pytest.mark.parametrize("inclusive", [False, True])
@pytest.mark.parametrize("named", [False, True])
def test_positions_are_found_however_a_program_counts(
    unit: str, lines: str, *, marked: bool, inclusive: bool, named: bool
) -> None:
    way = Way(unit, lines, marked, inclusive)
    asked = [Selection("s", *positions(word, way), word if named else "") for word in WORDS]
    _, spans = counted({"s": TEXT}, asked, "p.qdpx")
    assert [span and TEXT[slice(*span)] for span in spans] == WORDS


def test_text_with_other_line_ends_is_counted_in_those_of_the_file() -> None:
    raw = TEXT.replace("\n", "\r\n", 1)  # one is other than the rest
    at = raw.index("geld")
    way, spans = counted({"s": raw}, [Selection("s", at, at + 4, "geld")], "p.qdpx")
    assert (way.lines, [TEXT[slice(*span)] for span in spans if span]) == ("as_stored", ["geld"])


def test_positions_that_fit_no_way_are_refused() -> None:
    asked = [Selection("s", TEXT.index(word) + 2, TEXT.index(word) + 3, "") for word in WORDS[:4]]
    with pytest.raises(DataError, match="fit no way"):
        counted({"s": TEXT}, asked, "p.qdpx")


@given(st.text(max_size=40), st.integers(-3, 90), st.integers(-3, 90))
def test_a_span_is_always_inside_its_text(text: str, start: int, end: int) -> None:
    try:
        _, spans = counted({"s": text}, [Selection("s", start, end, "")], "p.qdpx")
    except DataError:
        return
    lf = text.replace("\r\n", "\n").replace("\r", "\n")
    assert all(span is not None and 0 <= span[0] < span[1] <= len(lf) for span in spans)


def test_texts_codes_coders_memos_and_variables_are_taken_over(tmp_path: Path) -> None:
    variable, note = guid(50), guid(51)
    value = f'<VariableValue><VariableRef targetGUID="{variable}"/><IntegerValue>7</IntegerValue></VariableValue>'
    at = TEXT.index("geld")
    first = coded(1, at, at + 4, "geld", "<Description>waarom?</Description>")
    noted = coded(2, 0, 6, "Eerste").replace(
        "</PlainTextSelection>", f'<NoteRef targetGUID="{note}"/></PlainTextSelection>'
    )
    xml = qde(source(first + noted + value)).replace(
        "<Sources>",
        f'<Variables><Variable guid="{variable}" name="leden" typeOfVariable="Integer"/></Variables><Sources>',
    )
    notes = f'<Notes><Note guid="{note}"><PlainTextContent>een memo</PlainTextContent></Note></Notes>'
    project = read_qdpx(packed(tmp_path / "a.qdpx", xml.replace("</Project>", f"{notes}</Project>")))
    assert project.documents["plan"].text == TEXT
    assert project.documents.attributes.loc["plan", "leden"] == 7
    assert project.documents["plan"].texts() == [part.strip("\n") for part in TEXT.split("\n\n")]
    rows = project.fragments[["document", "start", "end", "code", "coder", "memo", "id"]].to_numpy().tolist()
    assert rows == [
        ["plan", at, at + 4, "geld", "Anna", "waarom?", guid(101)],
        ["plan", 0, 6, "geld", "Anna", "een memo", guid(102)],
    ]
    assert (project.account["found"] == project.account["taken"]).all()


def test_what_is_not_taken_over_is_told_and_why(tmp_path: Path) -> None:
    lost = '<TextSource guid="x" name="weg" plainTextPath="internal://weg.txt">' + coded(5, 0, 3) + "</TextSource>"
    picture = f'<PictureSource guid="{guid(60)}" path="internal://x.jpg"/>'
    free = coded(61, 0, 6, inside="<Description>x</Description>")
    free = free[: free.index("<Coding")] + "</PlainTextSelection>"
    project = read_qdpx(packed(tmp_path / "a.qdpx", qde(source(coded(1, 0, 6) + free) + lost + picture)))
    account = project.account.set_index("element")
    names = ["TextSource", "PictureSource", "Coding", "Description", "PlainTextSelection"]
    assert account.loc[names, ["found", "taken"]].to_numpy().tolist() == [[2, 1], [1, 0], [2, 1], [1, 0], [3, 1]]
    assert all(isinstance(why, Note) for why in account["why"][account["found"] != account["taken"]])


def test_a_pdf_is_the_text_of_its_program_and_a_region_of_the_same_selection_is_not_told_as_lost(
    tmp_path: Path,
) -> None:
    region = f'<PDFSelection guid="{guid(1)}" page="0" firstX="1" firstY="2" secondX="3" secondY="4"/>'
    text = (
        f'<Representation guid="{guid(70)}" plainTextPath="internal://{SOURCE}.txt">{coded(1, 0, 6)}</Representation>'
    )
    xml = qde(f'<PDFSource guid="{guid(71)}" name="plan.pdf" path="/home/iemand/plan.pdf">{region}{text}</PDFSource>')
    project = read_qdpx(packed(tmp_path / "a.qdpx", xml))
    assert (project.documents["plan.pdf"].kind, project.fragments["document"].tolist()) == ("pdf", ["plan.pdf"])
    assert (project.account["found"] == project.account["taken"]).all()


def test_a_region_of_which_the_words_are_given_is_a_fragment_where_they_stand_once(tmp_path: Path) -> None:
    def region(number: int, words: str) -> str:
        coding = f'<Coding guid="{guid(number + 100)}" creatingUser="{USER}"><CodeRef targetGUID="{CODE}"/></Coding>'
        shown = f'<Representation guid="{guid(number + 200)}"><PlainTextContent>{words}</PlainTextContent>'
        return (
            f'<PDFSelection guid="{guid(number)}" page="0" firstX="1" firstY="2" secondX="3" secondY="4" '
            f'modifyingUser="{USER}" modifiedDateTime="2026-01-02T03:04:05Z">{shown}</Representation>{coding}'
            "</PDFSelection>"
        )

    text = f'<Representation guid="{guid(70)}" plainTextPath="internal://{SOURCE}.txt"/>'
    regions = region(1, "over geld. Derde\nalinea") + region(2, "regel") + region(3, "nergens")
    xml = qde(f'<PDFSource guid="{guid(71)}" name="plan.pdf">{regions}{text}</PDFSource>')
    project = read_qdpx(packed(tmp_path / "a.qdpx", xml))
    (row,) = project.fragments.to_dict("records")
    assert (TEXT[row["start"] : row["end"]], row["id"]) == ("over geld.\n\nDerde alinea", guid(101))
    assert (row["changed"], row["changed_by"]) == ("2026-01-02T03:04:05Z", "Anna")
    (told,) = project.account[project.account["element"] == "PDFSelection"].to_dict("records")
    assert (told["found"], told["taken"]) == (3, 1)
    assert "just once" in str(told["why"])
    assert str(told["why"]).endswith("plan.pdf p. 1 (Geld), plan.pdf p. 1 (Geld)")


def test_the_sets_that_a_document_is_in_are_an_attribute(tmp_path: Path) -> None:
    member = f'<MemberSource targetGUID="{SOURCE}"/>'
    sets = [f'<Set guid="{guid(80 + n)}" name="{name}">{inside}</Set>' for n, name, inside in (
        (0, "Zorg", member), (1, "2024", member), (2, "Codes", f'<MemberCode targetGUID="{CODE}"/>'),
    )]  # fmt: skip
    found = read_qdpx(packed(tmp_path / "a.qdpx", qde(source(), f"<Sets>{''.join(sets)}</Sets>")))
    assert found.documents.attributes.loc["plan"].to_dict() == {"set": "Zorg; 2024"}
    told = found.account.set_index("element")
    assert told.loc[["Set", "MemberSource", "MemberCode"], "taken"].tolist() == [2, 2, 0]
    assert "attribute" in str(told.loc["Set", "why"])


def test_a_project_that_is_called_otherwise_is_read_and_told(tmp_path: Path) -> None:
    project = read_qdpx(packed(tmp_path / "a.qdpx", qde(source()), part="Proef.qde"))
    assert [note.key for note in project.notes] == ["qdpx.part"]


def test_texts_in_other_encodings_and_with_a_mark_are_read(tmp_path: Path) -> None:
    for raw in (TEXT.encode("utf-8-sig"), TEXT.encode("utf-16"), TEXT.replace("\n", "\r\n").encode()):
        at = TEXT.index("geld")
        found = read_qdpx(packed(tmp_path / "a.qdpx", qde(source(coded(1, at, at + 4, "geld"))), raw))
        assert found.documents["plan"].text == TEXT


def test_two_texts_of_one_name_stay_two(tmp_path: Path) -> None:
    two = source() + source().replace(SOURCE, guid(80), 1)
    assert [one.name for one in read_qdpx(packed(tmp_path / "a.qdpx", qde(two))).documents] == ["plan", "plan (2)"]


HOSTILE: dict[str, str | bytes] = {
    "no zip": b"niets",
    "a doctype": qde("").replace("<Project", '<!DOCTYPE x [<!ENTITY a "b">]><Project', 1),
    "broken xml": qde("")[:-20],
    "another root": '<CodeBook xmlns="urn:QDA-XML:codebook:1.0"/>',
    "another standard": qde("").replace(PROJECT_NAMESPACE, "urn:x"),
    "a code without a name": qde("").replace(' name="Geld"', ""),
    "positions without end": qde(source(coded(1, 0, 6).replace('endPosition="6"', 'endPosition="x"'))),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_damaged_and_hostile_projects_are_refused(what: str, tmp_path: Path) -> None:
    path, content = tmp_path / "a.qdpx", HOSTILE[what]
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        packed(path, content)
    with pytest.raises(CoderError):
        read_qdpx(path)


def test_codes_ever_deeper_are_read_or_refused_without_a_crash(tmp_path: Path) -> None:
    deep = "".join(f'<Code guid="{guid(number)}" name="c{number}" isCodable="true">' for number in range(3000))
    nested = f'<Codes><Code guid="{CODE}" name="Geld" isCodable="true"/>{deep}{"</Code>" * 3000}</Codes>'
    xml = qde(source()).replace(f'<Codes><Code guid="{CODE}" name="Geld" isCodable="true"/></Codes>', nested)
    project = read_qdpx(packed(tmp_path / "a.qdpx", xml))
    assert project.book is not None
    assert len(project.book.codes) == 3001


# Out


def project() -> Project:
    """A project with everything that one of ours has."""
    blocks = pd.DataFrame(
        [(0, 33, "heading", 1, 4, "iv", "Eerste", "", -1), (59, 92, "paragraph", 0, 5, "v", "Eerste", "An", 12)],
        columns=list(BLOCKS),
    )
    one = Document(
        "plan <1>", TEXT, blocks, kind="pdf", pages=5, sha256="ab", notes=(Note("documents.blocks", name="x"),)
    )
    two = Document("leeg", "Niets.", blocks.iloc[:0])
    attributes = pd.DataFrame(
        {"sector": ["zorg & co", None], "leden": [3, 4.5], "groot": [True, None]}, index=["plan <1>", "leeg"]
    )
    rows = [
        ("plan <1>", 22, 30, "geld", "Anna", 'een "memo"\n & meer ', guid(1), "2026-11-29T13:30:53.483190Z", "", ""),
        (
            "plan <1>",
            22,
            30,
            "geld",
            "bert",
            "",
            guid(2),
            "2026-11-29T13:30:53.483190Z",
            "2026-12-01T08:00:00Z",
            "carl",
        ),
        ("plan <1>", 0, len(TEXT), "werk", "bert", "", guid(3), "", "", ""),
    ]
    read = pd.DataFrame([("plan <1>", "Anna", 0, 33)], columns=["document", "coder", "start", "end"])
    return Project(
        "test: plannen", Documents((one, two), attributes), BOOK, pd.DataFrame(rows, columns=list(COLUMNS)), read
    )


def test_our_own_project_comes_back_as_it_was(tmp_path: Path) -> None:
    was = project()
    write_qdpx(tmp_path / "a.qdpx", was)
    now = read_qdpx(tmp_path / "a.qdpx")
    assert (now.name, now.book) == (was.name, was.book)
    for one, other in zip(was.documents, now.documents, strict=True):
        assert (one.name, one.text, one.kind, one.pages, one.sha256, one.notes) == (
            other.name, other.text, other.kind, other.pages, other.sha256, other.notes,
        )  # fmt: skip
        assert one.blocks.astype(object).to_numpy().tolist() == other.blocks.astype(object).to_numpy().tolist()
    assert now.fragments.equals(was.fragments)
    assert now.read.to_numpy().tolist() == was.read.to_numpy().tolist()
    assert now.documents.attributes.astype(object).fillna("").to_numpy().tolist() == [
        ["zorg & co", 3, True],
        ["", 4.5, ""],
    ]
    assert (now.account["found"] == now.account["taken"]).all()
    write_qdpx(tmp_path / "b.qdpx", now)
    assert (tmp_path / "a.qdpx").read_bytes() != b""
    with zipfile.ZipFile(tmp_path / "a.qdpx") as a, zipfile.ZipFile(tmp_path / "b.qdpx") as b:
        assert a.namelist() == b.namelist()
        assert a.read("project.qde").replace(b".483190", b"") == b.read("project.qde").replace(b".483190", b"")


ORDER = {
    "Project": ["Users", "CodeBook", "Variables", "Cases", "Sources", "Notes", "Sets"],
    "TextSource": ["PlainTextSelection", "Coding", "NoteRef", "VariableValue"],
    "PlainTextSelection": ["Description", "Coding", "NoteRef"],
    "Case": ["VariableValue", "SourceRef"],
    "Set": ["Description", "MemberCode"],
}
"""What the schema of the standard allows, in its order, of what we write."""


def test_what_is_written_keeps_to_the_standard(tmp_path: Path) -> None:
    write_qdpx(tmp_path / "a.qdpx", project())
    with zipfile.ZipFile(tmp_path / "a.qdpx") as parts:
        names = parts.namelist()
        root = ET.fromstring(parts.read("project.qde"))  # noqa: S314 (we wrote it)
        texts = {name: parts.read(name) for name in names if name.endswith(".txt")}
        own = json.loads(parts.read("sources/coder.json"))
    space = f"{{{PROJECT_NAMESPACE}}}"
    for element in root.iter():
        name = element.tag.removeprefix(space)
        found = [child.tag.removeprefix(space) for child in element]
        if name in ORDER:
            assert found == sorted(found, key=ORDER[name].index)
    guids = [element.attrib["guid"] for element in root.iter() if "guid" in element.attrib]
    assert len(guids) == len(set(guids))
    targets = {element.attrib["targetGUID"] for element in root.iter() if "targetGUID" in element.attrib}
    assert targets <= set(guids)
    named = ("creatingUser", "modifyingUser")
    by = {element.attrib[name] for element in root.iter() for name in named if name in element.attrib}
    assert by <= set(guids)
    sources = root.findall(f"{space}Sources/{space}TextSource")
    assert [f"sources/{one.attrib['plainTextPath'].removeprefix('internal://')}" in texts for one in sources] == [
        True,
        True,
    ]
    picked = root.findall(f".//{space}PlainTextSelection")
    first = picked[0].attrib
    assert TEXT[int(first["startPosition"]) : int(first["endPosition"])].split() == first["name"].split()
    assert set(own) == {"documents", "read", "unsure", "last", "settled", "observations"}
    assert TEXT.encode() in texts.values()


def test_what_we_wrote_and_somebody_broke_is_refused(tmp_path: Path) -> None:
    write_qdpx(tmp_path / "a.qdpx", project())
    with zipfile.ZipFile(tmp_path / "a.qdpx") as parts:
        content = {name: parts.read(name) for name in parts.namelist()}
    for broken in (
        b"[]",
        b"{",
        b'{"documents": {}, "read": 3}',
        b'{"documents": {}, "read": [], "last": [["ruled", 3]]}',
        content["sources/coder.json"].replace(b'"start"', b'"x"'),
    ):
        with zipfile.ZipFile(tmp_path / "b.qdpx", "w") as parts:
            for name, raw in {**content, "sources/coder.json": broken}.items():
                parts.writestr(name, raw)
        with pytest.raises(DataError, match="coder"):
            read_qdpx(tmp_path / "b.qdpx")


def test_an_earlier_project_of_ours_has_no_time_and_person_of_what_was_settled(tmp_path: Path) -> None:
    write_qdpx(tmp_path / "a.qdpx", project())
    with zipfile.ZipFile(tmp_path / "a.qdpx") as parts:
        content = {name: parts.read(name) for name in parts.namelist()}
    own = json.loads(content["sources/coder.json"])
    one = own["read"][0][0]
    own |= {"read": [*own["read"], [one, "", 59, 92]], "last": [["ruled", one, 22, 30, "geld", "Anna"]]}
    del own["settled"]
    with zipfile.ZipFile(tmp_path / "b.qdpx", "w") as parts:
        for name, raw in {**content, "sources/coder.json": json.dumps(own).encode()}.items():
            parts.writestr(name, raw)
    now = read_qdpx(tmp_path / "b.qdpx")
    assert now.read["coder"].tolist() == ["Anna"]
    assert now.settled.to_numpy().tolist() == [["plan <1>", "", "", 59, 92]]
    assert now.last.to_numpy().tolist() == [["ruled", "plan <1>", 22, 30, "geld", "Anna", ""]]


def test_selections_outside_their_text_are_told_as_such(tmp_path: Path) -> None:
    at = TEXT.index("geld")
    xml = qde(source(coded(1, at, at + 4, "geld") + "".join(coded(n, 900 + n, 950, "weg") for n in range(2, 7))))
    found = read_qdpx(packed(tmp_path / "p.qdpx", xml))
    assert len(found.fragments) == 1
    why = found.account.set_index("element").loc["PlainTextSelection", "why"]
    assert "5 outside the text" in str(why)
    assert "plan 902-950, plan 903-950, plan 904-950" in str(why)
    assert "without a code" not in str(why)
