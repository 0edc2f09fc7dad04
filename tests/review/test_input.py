"""Whatever is sent to the page, it is not the page that breaks; and what it says of it is in its language."""

import json
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coder import Code, Codebook
from coder.errors import CodebookError, DataError, RuleError, StudyError
from coder.note import Note
from coder.review.requests import PageError
from coder.study import Study
from coder.words import catalogue
from tests.conftest import corpus_of, spoken
from tests.review_page import Inside

FIELDS = {
    "covered": ("codes",), "draft": ("rules",), "draft-stop": (), "take-book": ("book",), "use-codes": ("codes",),
    "acts": ("acts",), "again": (), "grid": ("columns",), "grid-column": ("column",), "grid-more": (),
    "grid-now": ("event",), "grid-search": ("value",), "undo-codebook": ("version",), "was-called": ("wave", "lines"),
    "code": ("code", "labels", "definition", "negation", "net", "rules", "exceptions", "examples"),
    "deal": ("coders", "share"), "estimate": ("wave",), "language": ("language",), "learn": (),
    "merge": ("code", "into"),
    "new-code": ("name", "rule"), "queue": ("kind", "value"), "rules": ("code", "rules", "exceptions", "negation"),
    "sign-out": (), "similar": ("unit",), "split": ("code", "name", "rules"), "units": ("ids", "adjudicate", "shared"),
    "marked": ("picture", "code", "group", "with", "start"),
}  # fmt: skip
"""What each address reads."""
KNOWN: dict[str, Any] = {
    "code": "video", "labels": {"nl": "Beeld"}, "definition": "", "negation": "count", "net": "", "rules": ["video"],
    "exceptions": [], "examples": [], "wave": "all", "language": "nl", "into": "ai", "name": "Nieuw", "rule": "nieuw",
    "lines": {"Computers": "ai"}, "kind": "search", "value": "video", "unit": "1", "ids": ["1"],
    "codes": [{"label": "Video", "rules": ["video"]}], "book": "trends",
    "picture": "top", "group": "", "with": "", "start": 0,
    "acts": [{"id": "a", "kind": "decide", "unit": "1", "codes": {"ai": "yes"}}],
}  # fmt: skip
DEEP = b'{"labels":' + b"[" * 10_000 + b"]" * 10_000 + b"}"
BODIES = (
    b"", b"null", b"[]", b"7", b'"x"', b"{", b"\xff\xfe", b"NaN", DEEP,
    DEEP.replace(b"[", b'{"a":').replace(b"]", b"}"),
    b'{"kind": ' + b"9" * 5_000 + b"}", b'{"kind": 1e999, "acts": [1e999]}', b'{"kind": NaN}', b'{"value": -Infinity}',
)  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**4_000, 1.5, [], {}, [None], [[]], [{}], {"": ""}, {"a": [1]}, {"ai": {}}, {"nl": 3},
    "", " ", "\0", "a\0b", "\ud83d", "\udc00x", "\u202e", "x" * 50_000, "(" * 2_000, "a OR " * 2_000, "*", "@x", "-",
    ";",
    ["\ud83d", "(ai"], ["x" * 5_000], {"nl": "x" * 500}, {"\ud83d": "\0"}, [{"id": "x"}], [{"id": 1, "kind": "decide"}],
    [{"id": "x" * 9_999, "kind": "undo"}], [{"id": "n", "kind": "flag", "units": [[]]}],
    [{"id": "h", "kind": "decide", "unit": "1", "each": {"1": {"ai": []}}}],
    [{"id": "i", "kind": "decide", "unit": "1", "each": {"2": {"ai": "yes"}}}],
    [{"id": "c", "kind": "decide", "unit": "1", "codes": {"ai": []}}], [{"id": "e", "kind": "decide", "unit": "1"}],
    [{"id": "s", "kind": "decide", "units": ["\ud83d", "1"], "codes": {"ai\0": "yes"}}], [None, 3, "x"],
)  # fmt: skip
QUERIES = ("wave", "then", "whose", "limit", "picture", "width", "column", "value", "by")
TEXTS = (
    "",
    "x",
    "9" * 5_000,
    "-1",
    "1e999",
    "%00",
    "%ff%fe",
    "%ed%a0%bd",
    "../../etc",
    "é",
    "[1]",
    "null",
    "all",
    "2" * 8,
)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    codes = (Code("ai", 1, {"nl": "AI"}, rules=("ai",)), Code("video", 2, {"nl": "Video"}, rules=("video*",)))
    with Study.create(tmp_path_factory.mktemp("input") / "q.study", name="Q") as study:
        study["trends"].add_answers(corpus_of(["meer video", "AI", "video en AI"]), who="lena")
        study["trends"].set_codebook(Codebook(codes), "lena")
        study.add_person("lena", role="lead")
        made = Inside(study)
        yield made
        made.live.stop()


@pytest.fixture(scope="module")
def lena(page: Inside) -> dict[str, str]:
    return page.signed_in("lena")


def _templates() -> re.Pattern[str]:
    """Any sentence in Dutch."""
    said = [one.string for one in catalogue("nl") if one.context]
    whole = {
        text
        for one in filter(None, said)
        for text in ((one,) if isinstance(one, str) else one)
        if len(re.sub(r"\{.*?\}", "", text)) > 5
    }
    words = (re.escape(text) for text in sorted(whole))
    return re.compile("|".join(re.sub(r"\\\{.*?\\\}", r"[\\s\\S]*", one) for one in words))


DUTCH = _templates()


def asked(page: Inside, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> int:
    """The status; what is refused is said in Dutch, and nothing is called a fault of the page."""
    status, answer = page.ask(method, path, headers, body)
    assert status < 500, (path, body[:200], page.logged)
    if status >= 400:
        text = answer.decode()
        said = json.loads(text)["error"] if text.startswith("{") else text
        if shown := re.search(r'role="alert">(.*?)</p>', text, re.DOTALL):
            said = unescape(shown[1])
        assert DUTCH.fullmatch(said), said
    for one in json.loads(answer).get("done", []) if b'"done"' in answer[:8] else []:
        assert DUTCH.fullmatch(one.get("error", spoken(Note("page.failed")))), one
    return status


def sent(**data: object) -> bytes:
    return json.dumps(data).encode()


def test_every_address_that_is_written_to_is_tried(page: Inside) -> None:
    written = {
        str(getattr(one, "path", "")).rpartition("/")[2]
        for one in page.routes
        if "POST" in (getattr(one, "methods", None) or ()) and "/documents/" not in str(getattr(one, "path", ""))
    }
    assert written == {*FIELDS, "sign-in", "upload"}  # those of documents: see test_reading_server


@pytest.mark.parametrize("path", [one for one in FIELDS if one != "sign-out"])
def test_what_is_no_object_is_refused(page: Inside, lena: dict[str, str], path: str) -> None:
    for body in BODIES:
        assert asked(page, "POST", f"/api/0/{path}", lena, body) == 400


@pytest.mark.parametrize("path", [one for one, names in FIELDS.items() if names])
def test_a_field_of_a_wrong_kind_is_refused_in_words(page: Inside, lena: dict[str, str], path: str) -> None:
    names = FIELDS[path]
    for name in names:
        for value in ODD:
            asked(page, "POST", f"/api/0/{path}", lena, sent(**{one: KNOWN.get(one) for one in names} | {name: value}))


def test_no_field_at_all_is_refused_in_words(page: Inside, lena: dict[str, str]) -> None:
    for path in FIELDS:
        if path not in (
            "sign-out",
            "learn",
            "rules",
            "units",
            "again",
            "grid",
            "grid-more",
            "draft",
            "draft-stop",
        ):  # these ask for nothing
            assert asked(page, "POST", f"/api/0/{path}", lena, b"{}") == 400, path


NUMBERS = st.integers() | st.floats()
LEAVES = st.none() | st.booleans() | NUMBERS | st.text(max_size=9) | st.sampled_from(["1", "ai", "yes"])
NAMES = st.text(max_size=3) | st.sampled_from(["unit", "kind", "id", "codes"])
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from([(path, name) for path, names in FIELDS.items() for name in names]), JSON)
def test_any_json_in_any_field_is_done_or_refused(
    page: Inside, lena: dict[str, str], where: tuple[str, str], value: object
) -> None:
    path, name = where
    body = sent(**{one: KNOWN.get(one) for one in FIELDS[path]} | {name: value})
    asked(page, "POST", f"/api/0/{path}", lena, body)


def test_a_query_is_done_or_refused(page: Inside, lena: dict[str, str]) -> None:
    for name in QUERIES:
        for text in TEXTS:
            asked(page, "GET", f"/api/0/results?{name}={text}", lena)
            asked(page, "GET", f"/0/download/md?{name}={text}&{name}=x", lena)
            asked(page, "GET", f"/0/picture/svg?{name}={text}", lena)
    for text in TEXTS:
        asked(page, "GET", f"/sign-in?waiting={text}&token={text}", {"host": "here"})
        for path in (f"/{text}/code", f"/api/{text}/status", f"/0/download/{text}", f"/static/{text}", f"/0/{text}"):
            asked(page, "GET", path, lena)


@pytest.mark.parametrize(
    "changed",
    [
        {"origin": "http://["}, {"origin": "x" * 9_000}, {"content-length": "9" * 5_000}, {"content-length": "-1"},
        {"content-length": "x"}, {"cookie": "\x01=;;=\xff"}, {"host": ""}, {"content-type": "\xff"},
        {"x-coder-token": "\xff"},
    ],
)  # fmt: skip
def test_a_strange_header_is_refused(page: Inside, lena: dict[str, str], changed: dict[str, str]) -> None:
    assert 400 <= asked(page, "POST", "/api/0/queue", {**lena, **changed}, sent(kind="uncoded", value="")) < 500


def test_who_signs_in_with_anything_is_let_in_or_not(page: Inside, lena: dict[str, str]) -> None:
    headers = {"host": "here", "origin": "http://here"}
    for body in (*BODIES, b"who=%00&password=%ff", b"who=lena", b"&" * 50_000, b"who=" + b"9" * 50_000):
        assert page.ask("POST", "/sign-in", headers, body)[0] in (403, 429)
    assert asked(page, "GET", "/api/0/status", lena) == 200


def test_what_is_sent_comes_in_as_it_was_but_for_what_no_database_keeps(page: Inside, lena: dict[str, str]) -> None:
    note = 'a\\u0000b "\\" \0 \ud83d\ude00 \ud83d \\'
    acts = [{"id": "kept", "kind": "note", "unit": "1", "note": note}]
    assert asked(page, "POST", "/api/0/acts", lena, sent(acts=acts)) == 200
    found = json.loads(page.ask("POST", "/api/0/units", lena, sent(ids=["1"]))[1])["units"][0]["note"]
    assert found == 'a\\u0000b "\\"  😀 ? \\'


def test_errors_of_the_library_are_said_in_the_language_of_the_reader() -> None:
    for error in (
        DataError("report.hand_text"),
        CodebookError("study.number_reused", reused=["1"]),
        StudyError("study.no_codebook"),
        RuleError(Note("rules.no_word"), "(ai", 1),
        PageError("no_json"),
    ):
        dutch = spoken(error.note, "nl")
        assert DUTCH.fullmatch(dutch)
        assert len({dutch, spoken(error.note, "en"), spoken(error.note, "fr")}) == 3
