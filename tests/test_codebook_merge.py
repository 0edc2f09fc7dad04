"""Two people change one codebook: both changes are kept, or the second is refused with what the first made of it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder import Code, Codebook
from coder.codebook import Negation
from coder.codebook_merge import ConflictError, adds_only, merge
from coder.errors import CodebookError, StudyError
from coder.review import codebook_page
from coder.review.coding_page import queue
from coder.review.live_question import LiveQuestion
from coder.review.security import Visitor
from coder.review.sight import Sight
from coder.study import Question, Study
from coder.study.events import At
from coder.words import speaking
from tests.conftest import corpus_of

BASE = Codebook(
    (
        Code("fiets", 1, {"nl": "Fiets", "en": "Bike"}, definition="op twee wielen", rules=("fiets", "pedaal")),
        Code("bus", 2, {"nl": "Bus"}, rules=("bus",), net="ov"),
        Code("ov", 3, {"nl": "Openbaar vervoer"}),
    ),
    lists={"merken": ("velo",)},
)


def changed(id_: str, **fields: Any) -> Codebook:  # noqa: ANN401
    """The base with some fields of a code otherwise."""
    return replace(BASE, codes=tuple(replace(one, **fields) if one.id == id_ else one for one in BASE.codes))


def without(id_: str) -> Codebook:
    return replace(BASE, codes=tuple(one for one in BASE.codes if one.id != id_))


def test_changes_of_other_codes_fields_languages_and_texts_go_together() -> None:
    mine = changed("fiets", rules=("fiets", "pedaal", "stuur"), label={"nl": "Fiets", "en": "Bicycle"})
    theirs = changed("fiets", rules=("fiets", "bel"), definition="met trappers", label={"nl": "Velo", "en": "Bike"})
    both = merge(BASE, mine, replace(theirs, lists={"merken": ("velo", "koga")}))
    code = both.codes[0]
    assert set(code.rules) == {"fiets", "bel", "stuur"}
    assert (code.definition, code.label) == ("met trappers", {"nl": "Velo", "en": "Bicycle"})
    assert both.lists == {"merken": ("velo", "koga")}
    tram = Code("tram", 4, {"nl": "Tram"})
    assert merge(BASE, replace(BASE, codes=(*BASE.codes, tram)), without("bus")).ids == ("fiets", "ov", "tram")


@pytest.mark.parametrize(
    ("mine", "theirs", "where"),
    [
        (changed("bus", definition="rood"), changed("bus", definition="geel"), ("bus", "definition")),
        (changed("fiets", label={"nl": "Tweewieler"}), changed("fiets", label={"nl": "Rijwiel"}), ("fiets", "label")),
        (changed("fiets", rules=("fiets*", "pedaal")), changed("fiets", rules=("pedaal", "=f")), ("fiets", "rules")),
        (without("bus"), changed("bus", rules=("bus", "lijn")), ("bus", "")),
        (changed("bus", rules=("bus", "lijn")), without("bus"), ("bus", "")),
        (
            replace(BASE, codes=(*BASE.codes, Code("tram", 4, {"nl": "Tram"}))),
            replace(BASE, codes=(*BASE.codes, Code("trein", 4, {"nl": "Trein"}))),
            ("tram", "number"),
        ),
        (
            replace(BASE, codes=(*BASE.codes, Code("tram", 4, {"nl": "Spoor"}))),
            replace(BASE, codes=(*BASE.codes, Code("trein", 5, {"nl": "Spoor"}))),
            ("tram", "label"),
        ),
        (changed("fiets", net="ov"), replace(BASE, codes=changed("bus", net="").codes[:2]), ("fiets", "net")),
        (replace(BASE, version="2"), replace(BASE, version="1b"), ("", "version")),
        (replace(BASE, lists={}), replace(BASE, lists={"merken": ("velo", "koga")}), ("", "list merken")),
        (replace(BASE, lists={}), changed("fiets", rules=("fiets", "pedaal", "@merken")), ("fiets", "rules")),
        (changed("fiets", exceptions=('motor NEAR/3 @"bus"',)), without("bus"), ("fiets", "rules")),
        (
            replace(BASE, codes=(*BASE.codes, Code("tram", 4, {"nl": "Tram"}))),
            replace(BASE, lists={**BASE.lists, "tram": ("spoor",)}),
            ("", "list tram"),
        ),
    ],
)  # fmt: skip
def test_two_changes_of_the_same_are_refused_and_named(
    mine: Codebook, theirs: Codebook, where: tuple[str, str]
) -> None:
    with pytest.raises(ConflictError, match="changed meanwhile") as refused:
        merge(BASE, mine, theirs)
    assert where in {(one.code, str(one.field)) for one in refused.value.conflicts}


FIELDS = ("definition", "net", "negation", "colour", "number")
WORDS = st.sampled_from(["fiets", "pedaal", "stuur", "bel", "bus", "lijn"])


@st.composite
def changes(draw: st.DrawFn, book: Codebook) -> Codebook:
    """The codebook after a few things that somebody does to it; what cannot be is not done."""
    for _ in range(draw(st.integers(0, 4))):
        codes = list(book.codes)
        at = draw(st.integers(0, len(codes) - 1))
        one, lists = codes[at], book.lists
        match draw(st.sampled_from(["rules", "examples", "label", "text", "net", "drop", "add", "order", "lists"])):
            case "rules":
                codes[at] = replace(one, rules=tuple(draw(st.lists(WORDS, unique=True, max_size=4))))
            case "examples":
                codes[at] = replace(one, examples=tuple(draw(st.lists(WORDS, unique=True, max_size=4))))
            case "label":
                label = {**one.label, draw(st.sampled_from(["nl", "en"])): draw(st.sampled_from(["Velo", "Rijden"]))}
                codes[at] = replace(one, label=label)
            case "text":
                codes[at] = replace(one, definition=draw(WORDS), negation=draw(st.sampled_from(Negation)))
            case "net":
                codes[at] = replace(one, net=draw(st.sampled_from(["", *book.ids])))
            case "drop":
                del codes[at]
            case "add":
                id_, number = draw(st.sampled_from(["tram", "step"])), draw(st.integers(4, 6))
                codes.insert(at, Code(id_, number, {"nl": draw(st.sampled_from(["Tram", "Step"]))}))
            case "order":
                codes = draw(st.permutations(codes))
            case _:
                lists = draw(st.sampled_from([{}, {"merken": ("velo", draw(WORDS))}, {"tram": ("spoor",)}]))
        with suppress(CodebookError):
            book = replace(book, codes=tuple(codes), lists=lists)
    return book


def said_in(book: Codebook) -> set[tuple[object, ...]]:
    """All that a codebook says, piece by piece; the order apart."""
    found: set[tuple[object, ...]] = {("word", name, word) for name in book.lists for word in book.lists[name]}
    for code in book.codes:
        found |= {(code.id, "label", *label) for label in code.label.items()}
        found |= {(code.id, name, getattr(code, name)) for name in FIELDS}
        found |= {(code.id, name, text) for name in ("rules", "examples") for text in getattr(code, name)}
    return found


@settings(max_examples=300)
@given(changes(BASE), changes(BASE))
def test_what_either_changed_is_in_the_merged_codebook_and_nothing_else_or_they_are_in_conflict(
    mine: Codebook, theirs: Codebook
) -> None:
    old, ours, other = map(said_in, (BASE, mine, theirs))
    try:
        both = merge(BASE, mine, theirs)
    except ConflictError:
        with pytest.raises(ConflictError):
            merge(BASE, theirs, mine)
        return
    except CodebookError:
        assert not set(mine.ids) & set(theirs.ids)  # each took away what the other left
        return
    assert said_in(both) == old & ours & other | ours - old | other - old
    assert said_in(merge(BASE, theirs, mine)) == said_in(both)
    for one in (mine, theirs):
        kept = [id_ for id_ in one.ids if id_ in BASE.ids and id_ in both.ids]
        if kept != [id_ for id_ in BASE.ids if id_ in kept]:
            assert [id_ for id_ in both.ids if id_ in kept] == kept


def test_what_only_adds_is_known() -> None:
    more = replace(BASE, codes=(*BASE.codes, Code("tram", 4, {"nl": "Tram"})))
    assert adds_only(BASE, more)
    assert not adds_only(more, BASE)
    assert not adds_only(BASE, replace(changed("bus", definition="rood"), codes=more.codes[1:]))


# On a study


def made(folder: Path) -> Path:
    path = folder / "a.study"
    with Study.create(path, name="reizen") as study:
        study["q"].add_answers(corpus_of(["met de fiets", "met de bus"]), who="lead")
        study["q"].set_codebook(BASE, "lead")
    return path


def test_a_file_that_knows_nothing_of_the_page_takes_nothing_away(tmp_path: Path) -> None:
    with Study.open(made(tmp_path)) as study:
        codebook_page.new_code(LiveQuestion(study, "q", "anna"), "anna", name="Tram", rule="tram")
        file = changed("bus", rules=("bus", "lijnbus"))
        study["q"].set_codebook(file, "lead")
        assert study["q"].codebook().ids == ("fiets", "bus", "ov", "tram")
        assert study["q"].codebook().codes[1].rules == ("bus", "lijnbus")
        study["q"].set_codebook(changed("bus", rules=("bus", "streekbus")), "lead")  # of the file, without the tram
        assert study["q"].codebook().ids == ("fiets", "bus", "ov", "tram")
        now = int(study["q"].codebooks()["version"].max())
        study["q"].set_codebook(file, "lead", since=now)
        assert study["q"].codebook().ids == ("fiets", "bus", "ov")


def test_who_set_no_codebook_before_says_what_theirs_was_made_from(tmp_path: Path) -> None:
    with Study.open(made(tmp_path)) as study:
        mine = changed("bus", definition="rood")
        with pytest.raises(StudyError, match="--since"):
            study["q"].set_codebook(mine, "bert")
        assert study["q"].set_codebook(mine, "bert", since=1) == 2
        study["q"].set_codebook(changed("bus", rules=("bus", "lijn")), "lead")
        assert study["q"].codebook().codes[1].definition == "rood"
        more = replace(study["q"].codebook(), codes=(*study["q"].codebook().codes, Code("tram", 9, {"nl": "Tram"})))
        study["q"].set_codebook(more, "carla")
        with pytest.raises(StudyError, match="no codebook of version 99"):
            study["q"].set_codebook(mine, "bert", since=99)


def form(code: Code) -> dict[str, Any]:
    """A code as the form of the page sends it."""
    lists = {name: list(getattr(code, name)) for name in ("rules", "exceptions", "examples", "counterexamples")}
    return {"code": code.id, "labels": dict(code.label), "definition": code.definition, "net": code.net, **lists} | {
        "negation": code.negation.value
    }


def put(name: str, text: str, data: dict[str, Any]) -> None:
    data[name] = text


def append(name: str, text: str, data: dict[str, Any]) -> None:
    data[name] = [*data[name], text]


class Someone:
    """A page that somebody has open, on a server of its own."""

    def __init__(self, path: Path, name: str) -> None:
        self.study, self.name = Study.open(path), name
        self.live = LiveQuestion(self.study, "q", name)
        self.look()

    def look(self) -> None:
        self.live.follow()
        self.version, self.book = self.live.version, self.live.book

    def sight(self) -> Sight:
        return Sight(self.live, Visitor(self.name, settles=False, leads=True))

    def edits(self, code: str, change: Callable[[dict[str, Any]], object]) -> bool:
        """Send the form of a code as it was seen, with a change; whether it was taken."""
        data = form(next(one for one in self.book.codes if one.id == code))
        change(data)
        try:
            codebook_page.edit(self.live, {**data, "version": self.version}, self.name)
        except ConflictError:
            return False
        self.look()
        return True


STEP = st.tuples(
    st.integers(0, 1), st.sampled_from(["look", "rule", "rule", "define", "new"]), st.sampled_from(["fiets", "bus"])
)


@settings(max_examples=15)
@given(st.lists(STEP, min_size=4, max_size=10))
def test_whatever_two_people_do_in_whatever_order_no_edit_that_was_taken_is_lost(
    steps: list[tuple[int, str, str]],
) -> None:
    with TemporaryDirectory() as folder:
        path = made(Path(folder))
        pair = [Someone(path, "anna"), Someone(path, "bert")]
        rules, names = set(), set()
        defined = {"fiets": "op twee wielen", "bus": ""}
        for number, (which, what, code) in enumerate(steps):
            one, text = pair[which], f"woord{number}"
            seen = next(each for each in one.book.codes if each.id == code).definition
            if what == "look":
                one.look()
            elif what == "rule":
                assert one.edits(code, partial(append, "rules", text))
                rules.add((code, text))
            elif what == "define":
                taken = one.edits(code, partial(put, "definition", text))
                assert taken == (seen == defined[code])
                if taken:
                    defined[code] = text
            else:
                with speaking("nl"):
                    codebook_page.new_code(one.live, one.name, name=text, rule="")
                names.add(text)
        now = pair[0].study["q"].codebook()
        assert {code.id: code.definition for code in now.codes[:2]} == defined
        assert rules <= {(code.id, rule) for code in now.codes for rule in code.rules}
        assert names <= {code.label["nl"] for code in now.codes}
        for one in pair:
            one.study.close()


@dataclass
class Elsewhere:
    """How often somebody else changed the codebook, and whether the page is writing."""

    times: int = 0
    writing: bool = False


@dataclass(frozen=True)
class BusyQuestion(Question):
    """A question of which somebody else changes the codebook before and after anything is read."""

    elsewhere: Elsewhere

    def codebook(self, version: int | None = None, *, at: At = None) -> Codebook:
        self.disturb()
        found = super().codebook(version, at=at)
        self.disturb()
        return found

    def codebooks(self) -> pd.DataFrame:
        self.disturb()
        found = super().codebooks()
        self.disturb()
        return found

    def change_codebook(self, change: Callable[[Codebook], Codebook], who: str, why: str = "") -> int:
        self.elsewhere.writing = True
        try:
            return super().change_codebook(change, who, why)
        finally:
            self.elsewhere.writing = False

    def disturb(self) -> None:
        if self.elsewhere.writing:
            return
        self.elsewhere.times += 1

        def rule(now: Codebook) -> Codebook:
            new = (f"storing{self.elsewhere.times}",)
            return replace(now, codes=(replace(now.codes[0], rules=new), *now.codes[1:]))

        self.change_codebook(rule, "iemand anders")


class Busy(Study):
    """A study in which every question is busy."""

    def __getitem__(self, question: str) -> BusyQuestion:
        calm = super().__getitem__(question)
        return BusyQuestion(calm.name, calm.place, calm.engine, Elsewhere())


def test_a_page_never_takes_one_version_for_another_however_fast_others_change_it(tmp_path: Path) -> None:
    path = made(tmp_path)
    with Busy.open(path) as study, Study.open(path) as calm:
        live = LiveQuestion(study, "q", "anna")
        for number in range(3):
            assert live.book == calm["q"].codebook(live.version)
            codebook_page.new_code(live, "anna", name=f"Code {number}", rule="")
            assert live.book == calm["q"].codebook(live.version)
            live.follow()


def test_a_rule_that_goes_along_to_a_new_code_must_still_be_there(tmp_path: Path) -> None:
    path = made(tmp_path)
    one, other = Someone(path, "anna"), Someone(path, "bert")
    assert one.edits("fiets", lambda data: data.update(rules=["fiets"]))
    with pytest.raises(CodebookError, match="changed meanwhile"):
        codebook_page.split(other.live, {"code": "fiets", "name": "Trappers", "rules": ["pedaal"]}, "bert")
    codebook_page.merge(other.live, {"code": "bus", "into": "ov"}, "bert")
    one.look()
    assert one.book.ids == ("fiets", "ov")
    for page in (one, other):
        page.study.close()


# Two pages, each on a server of its own


def test_two_pages_hand_out_other_answers_and_follow_what_is_added_or_coded_elsewhere(tmp_path: Path) -> None:
    path = made(tmp_path)
    one, other = Someone(path, "anna"), Someone(path, "bert")
    first = queue(one.sight(), "random", "")["ids"]
    assert one.live.lease(first[:1], "anna") == first[:1]
    assert queue(other.sight(), "random", "")["ids"] == first[1:]
    assert other.live.lease(first, "bert") == first[1:]
    with Study.open(path) as study:
        study["q"].add_answers(corpus_of(["met de fiets", "met de bus", "te voet"]), accept=True, who="lead")
    codebook_page.new_code(other.live, "bert", name="Te voet", rule="")
    one.look()
    assert (one.book.ids[-1], "3" in one.live.texts, "3" in other.live.texts) == ("te_voet", True, True)
    act = {"id": "1", "kind": "decide", "units": ["3"], "codes": {"te_voet": "yes"}, "seen": True}
    assert other.live.do([act], other.sight()) == [{"id": "1"}]
    one.look()
    assert "3" not in queue(one.sight(), "random", "")["ids"]
    for page in (one, other):
        page.study.close()
