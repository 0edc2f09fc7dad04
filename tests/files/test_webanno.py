"""WebAnno TSV 3: spans over tokens, stacked values, escaped signs and places in UTF-16."""

from pathlib import Path

import pytest

from coder.errors import DataError
from coder.files.fragment_files import read_webanno

HEAD = """#FORMAT=WebAnno TSV 3.3
#T_SP=custom.Theme|label|note
#T_SP=custom.Event|
#T_SP=custom.Role|ROLE_custom.Role:arguments_custom.Link|custom.Event|kind
#T_RL=custom.Relation|type|BT_custom.Theme


"""


def written(tmp_path: Path, body: str, head: str = HEAD) -> Path:
    path = tmp_path / "an.tsv"
    path.write_bytes((head + body).encode())
    return path


def rows(path: Path) -> list[tuple[str, str, str]]:
    """Text, code and layer of each fragment."""
    document, frame = read_webanno(path)
    return [
        (document.text[start:end], code, id_)
        for start, end, code, id_ in frame[["start", "end", "code", "id"]].itertuples(index=False, name=None)
    ]


def test_tokens_of_one_number_are_one_fragment_also_over_sentences(tmp_path: Path) -> None:
    body = (
        "#Text=Wij werken samen .\n"
        "1-1\t0-3\tWij\t_\t_\t_\t_\t_\t_\t_\t_\t\n"
        "1-2\t4-10\twerken\tWerk[1]\t*[1]\t_\t_\t_\t_\t_\t_\t\n"
        "1-3\t11-16\tsamen\tWerk[1]\t*[1]\t*\t_\t_\t_\t_\t_\t\n"
        "1-4\t17-18\t.\t_\t_\t_\t_\t_\t_\t_\t_\t\n\n"
        "#Text=Altijd .\n"
        "2-1\t19-25\tAltijd\tWerk[1]|Tijd[2]\t*[1]|ooit[2]\t_\t_\t_\t_\t_\t_\t\n"
        "2-2\t26-27\t.\t_\t_\t_\t_\t_\t_\t_\t_\t\n"
    )
    assert rows(written(tmp_path, body)) == [
        ("werken samen .\nAltijd", "Werk", "custom.Theme|label"),
        ("samen", "Event", "custom.Event|"),
        ("Altijd", "Tijd", "custom.Theme|label"),
        ("Altijd", "ooit", "custom.Theme|note"),
    ]


def test_signs_with_a_meaning_come_back_as_they_were(tmp_path: Path) -> None:
    body = "#Text=a\\\\b\\tc\n1-1\t0-3\ta\\\\b\tx\\_y \\| z\\[1\\]\t_\t_\t_\t_\t_\t_\t_\t\n"
    document, frame = read_webanno(written(tmp_path, body))
    assert document.text == "a\\b\tc"
    assert frame["code"].tolist() == ["x_y | z[1]"]


def test_places_count_utf_16_units_and_become_characters(tmp_path: Path) -> None:
    body = (
        "#Text=😀 hoera 𝄞 lied\n"
        "1-1\t0-2\t😀\t_\t_\t_\t_\t_\t_\t_\t_\t\n"
        "1-2\t3-8\thoera\tVreugde\t*\t_\t_\t_\t_\t_\t_\t\n"
        "1-3\t9-11\t𝄞\t_\t_\t_\t_\t_\t_\t_\t_\t\n"
        "1-4\t12-16\tlied\tMuziek\t*\t_\t_\t_\t_\t_\t_\t\n"
    )
    assert [row[:2] for row in rows(written(tmp_path, body))] == [("hoera", "Vreugde"), ("lied", "Muziek")]


def test_roles_and_relations_are_no_fragments_and_the_features_beside_them_are(tmp_path: Path) -> None:
    body = "#Text=Wij\n1-1\t0-3\tWij\t_\t_\t_\tAgent\t1-1[4]\tdoen\tsubject\t1-1\t\n"
    assert rows(written(tmp_path, body)) == [("Wij", "doen", "custom.Role|kind")]


def test_each_sentence_is_a_block_and_the_coder_is_the_file(tmp_path: Path) -> None:
    body = (
        "#Text=Een .\n1-1\t0-3\tEen\tA\t_\t_\t_\t_\t_\t_\t_\t\n1-2\t4-5\t.\t_\t_\t_\t_\t_\t_\t_\t_\t\n\n"
        "#Text=Twee\n2-1\t8-12\tTwee\tB\t_\t_\t_\t_\t_\t_\t_\t\n"
    )
    document, frame = read_webanno(written(tmp_path, body.replace("\n", "\r\n")), name="plan")
    assert document.texts() == ["Een .", "Twee"]
    assert (document.name, set(frame["coder"]), set(frame["document"])) == ("plan", {"an"}, {"plan"})
    spans = zip(frame["start"].tolist(), frame["end"].tolist(), strict=True)
    assert [document.text[start:end] for start, end in spans] == ["Een", "Twee"]


def test_other_files_are_refused_with_the_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not begin as WebAnno TSV 3"):
        read_webanno(written(tmp_path, "", "id\ttekst\n"))
    with pytest.raises(DataError, match=r"Line 9 of an\.tsv is no token"):
        read_webanno(written(tmp_path, "#Text=Een\n1-1\tnergens\tEen\tA\n"))
