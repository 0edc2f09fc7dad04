"""Pictures say what their tables say: to the eye, in grey, to who cannot see, and the same every time."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest

import coder
from coder import Code, Codebook, Coding
from coder.reports.canvas import COLOURS, measured, wrapped
from coder.reports.pictures import (
    Picture,
    agreement_picture,
    change_picture,
    corrected_picture,
    found_picture,
    groups_picture,
    order_picture,
    pairs_picture,
    top_picture,
    waves_picture,
)
from coder.reports.shown import said
from coder.tables.agreement import agree
from coder.tables.comparison import compare
from coder.tables.cooccurrence import pairs, together
from coder.tables.frequency import order, top
from coder.tables.groups import groups
from coder.tables.mentions import Mentions, counted_of, mentions
from coder.tables.table import Table
from coder.tables.trend import trend
from coder.words import speaking
from tests.conftest import ROOT, coding_of, spoken, table_in
from tests.plans import on, plans


def read(year: str) -> tuple[Coding, Codebook]:
    answers = coder.read(ROOT / "corpora" / f"trends-{year}.csv", text="answer", id="id")
    book = coder.read_codebook(ROOT / "codebooks" / "trends.yaml")
    return Coding.from_column(answers, "codes", book), book


@pytest.fixture(scope="module")
def now() -> tuple[Mentions, Codebook]:
    hand, book = read("2024")
    return counted_of(hand, book, ["sector"]), book


@pytest.fixture(scope="module")
def then() -> Mentions:
    hand, book = read("2021")
    return counted_of(hand, book)


@pytest.fixture(autouse=True)
def dutch() -> Iterator[None]:
    with speaking("nl"):
        yield


def test_of_many_codes_those_that_go_together_most_are_in_the_matrix_and_those_that_never_can_say_so() -> None:
    book = Codebook(tuple(Code(f"c{n}", n, {"nl": f"Code {n}"}) for n in range(1, 16)), "many")
    parts = (("paragraph", "Een zin."), ("paragraph", "Nog een zin."))
    documents = plans({f"d{n}": parts for n in range(4)}, pd.DataFrame())
    rows = [(f"d{n % 3}", "Een zin.", f"c{n}") for n in range(1, 15)] + [("d3", "Een zin.", "c15")]
    picture = pairs_picture(together(documents, on(documents, *rows), book, never=True), "block")
    assert picture is not None
    assert "in hetzelfde blok" in spoken(picture.subtitle)
    with speaking("nl"):
        drawn = picture.canvas(700).svg("x")
    assert len({int(n) for n in re.findall(r">Code (\d+)<", drawn)}) == 12
    assert ">Code 15<" not in drawn
    assert re.search(r"Code \d+ en Code \d+: nooit samen", drawn)


def published(then: Mentions, book: Codebook) -> Table:
    """The last wave as a report had it: ranks alone."""
    table = top(then, book)
    frame = table.frame.assign(n=pd.array([pd.NA] * len(table.frame), dtype="Int64"))
    return Table("2021", frame.assign(percent=np.nan, low=np.nan, high=np.nan), None, table.shown)


def every(now: tuple[Mentions, Codebook], then: Mentions) -> dict[str, Picture]:
    here, book = now
    table = top(here, book)
    third = then.take(np.arange(len(then)) % 3 > 0)
    hand, _ = read("2024")
    assert hand.corpus is not None
    made = {
        "top": top_picture(table),
        "change": change_picture(compare(here, then, book), table, ("2021", "2024"), 10),
        "ranks": change_picture(compare(here, published(then, book), book), table, ("2021", "2024"), 10),
        "order": order_picture(order(here, book)),
        "groups": groups_picture(groups(here, book, "sector")),
        "waves": waves_picture(trend({"2024": here, "2021": then, "2018": third}, book), ["2018", "2021", "2024"]),
        "agreement": agreement_picture(agree([hand, coder.code(hand.corpus, book)], book, draws=50).codes),
        "pairs": pairs_picture(pairs(here, book, limit=12, never=True)),
    }
    return {name: one for name, one in made.items() if one is not None}


NAMES = ["top", "change", "ranks", "order", "groups", "waves", "agreement", "pairs"]


@pytest.fixture(scope="module")
def pictures(now: tuple[Mentions, Codebook], then: Mentions) -> dict[str, Picture]:
    return every(now, then)


@pytest.mark.parametrize("width", [320, 720])
@pytest.mark.parametrize("name", NAMES)
def test_a_picture_stands_alone_with_a_name_and_letters_of_twelve_pixels_and_nothing_outside_it(
    pictures: dict[str, Picture], name: str, width: int
) -> None:
    drawn = pictures[name].svg(width, "Bron: een vraag")
    assert drawn == pictures[name].svg(width, "Bron: een vraag")
    root = ET.fromstring(drawn)  # noqa: S314 (we drew it)
    assert (root.get("role"), root.get("aria-label")) == ("img", pictures[name].described())
    assert float(root.get("width", "0")) >= width
    assert min(float(one.get("font-size", "0")) for one in root.iter("{http://www.w3.org/2000/svg}text")) >= 12
    assert "style=" not in drawn
    assert not re.findall(r"""(?:href|src)=|url\(""", drawn)
    assert set(re.findall(r"#[0-9a-f]{6}", drawn)) <= set(COLOURS.values())
    assert "Bron: een vraag" in drawn


@pytest.mark.parametrize("width", [320, 500, 720, 1100])
@pytest.mark.parametrize("name", NAMES)
def test_no_words_leave_a_picture(pictures: dict[str, Picture], name: str, width: int) -> None:
    canvas = pictures[name].canvas(width)
    drawn = ET.fromstring(canvas.svg("x", alone=True))  # noqa: S314 (we drew it)
    for one in drawn.iter("{http://www.w3.org/2000/svg}text"):
        size = measured(one.text or "", float(one.get("font-size", "0")), bold=one.get("font-weight") == "700")
        before = {"end": size, "middle": size / 2}.get(one.get("text-anchor", ""), 0)
        start = float(one.get("x", "0")) - before
        assert start >= -1, one.text
        assert start + size <= canvas.width + 1, one.text


def test_bars_are_as_long_as_their_shares_and_begin_at_zero(now: tuple[Mentions, Codebook]) -> None:
    table = top(*now)
    picture = top_picture(table)
    assert picture is not None
    drawn = picture.canvas(600).svg("")
    bars = re.findall(r'<rect class="fill-middle" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', drawn)
    assert len({x for x, _ in bars}) == 1
    lengths = np.array([float(width) for _, width in bars])
    shares = table.frame["percent"].to_numpy()
    assert np.allclose(lengths / lengths[0], shares / shares[0], atol=0.01)
    assert "Opkomst van AI: 51% (44–58), 102 keer vermeld" in drawn


def test_only_what_is_significant_is_in_colour_and_what_is_gone_stands_last(
    now: tuple[Mentions, Codebook], then: Mentions
) -> None:
    here, book = now
    compared = compare(here, then, book)
    picture = change_picture(compared, top(here, book), ("2021", "2024"), 10)
    assert picture is not None
    drawn = ET.fromstring(picture.canvas(700).svg("x", alone=True))  # noqa: S314 (we drew it)
    space = "{http://www.w3.org/2000/svg}"
    coloured = {
        one.get("data-code") for one in drawn.iter(f"{space}g")
        if any("accent" in (shape.get("class") or "") for shape in one)
    }  # fmt: skip
    frame = compared.frame
    assert coloured == set(frame["code"][frame["change"].isin(["up", "down"])])
    order_ = [one.get("data-code") for one in drawn.iter(f"{space}g") if one.get("data-code")]
    gone = frame["code"][frame["dropped"]].tolist()
    assert order_[-len(gone) :] == gone
    assert any("Niet meer in de top 10" in text for text in drawn.itertext())


def test_a_wave_with_ranks_alone_gets_ranks(now: tuple[Mentions, Codebook], then: Mentions) -> None:
    here, book = now
    picture = change_picture(compare(here, published(then, book), book), top(here, book), ("2021", "2024"), 10)
    assert picture is not None
    assert "Plaats in 2021 en 2024" in picture.described()
    drawn = picture.canvas(700).svg("")
    assert "plaats 2 in 2021" in drawn
    assert ">%" not in drawn


def test_a_group_that_is_too_small_has_no_percentage_and_is_hatched(now: tuple[Mentions, Codebook]) -> None:
    found = groups(*now, "sector")
    picture = groups_picture(found)
    assert picture is not None
    drawn = picture.canvas(900).svg("")
    small = found.profiles.frame.loc[~found.profiles.frame["enough"], "group"].tolist()
    assert small
    for name in small:
        assert f"{name}: te weinig respondenten voor een percentage" in drawn
        assert not re.search(rf"{name}: \d+%", drawn)


def test_codes_that_go_together_are_those_that_were_made_to(now: tuple[Mentions, Codebook]) -> None:
    here, book = now
    codes = here.codes
    given = here.given.copy()
    one, other = codes.index("video"), codes.index("ai")
    given[:, one] = given[:, other]
    found = pairs(here.of(given).__class__(here.background, codes, given), book).frame
    first = found.iloc[0]
    assert {first["code"], first["other"]} == {"video", "ai"}
    assert first["change"] == "more"
    assert first["n"] == given[:, other].sum()
    assert first["lift"] == pytest.approx(len(here) / given[:, other].sum())
    assert found["n"].min() > 0
    apart = found[(found["code"] != "video") & (found["other"] != "ai")]
    assert (apart["n"] <= given.sum()).all()


def test_pairs_with_weights_have_whole_sums_and_no_row_of_nobody() -> None:
    book = Codebook(tuple(Code(name, place, {"nl": name.upper()}) for place, name in enumerate("abcd", start=1)))
    coding = coding_of(["a;b", "a;b", "a;c", "b", "c", "d", "-", "a"])
    weight = pd.Series([2.0, 0.6, 0.3, 1.0, 1.0, 1.0, 1.0, 1.0], index=coding.seen)
    found = pairs(mentions(coding, book, weight=weight), book)
    rows = {(row["code"], row["other"]): row for row in found.frame.to_dict("records")}
    assert {pair: row["n"] for pair, row in rows.items()} == {("a", "b"): 2, ("a", "c"): 1}
    assert rows["a", "b"]["weighted"] == pytest.approx(2.6)
    assert len(pairs(mentions(coding, book, weight=weight), book, never=True).frame) == 6
    seen = table_in(found, "nl")
    assert seen.headings[2:4] == ("n", "n gewogen")
    assert {row[2:4] for row in seen.rows} == {("2", "3"), ("1", "<1")}
    assert "4 paren die niemand samen vermeldt, zijn weggelaten." in seen.notes


def test_an_interval_of_a_rank_holds_the_rank_and_only_the_first_may_be_sure(now: tuple[Mentions, Codebook]) -> None:
    frame = order(*now).frame
    assert ((frame["rank_low"] <= frame["rank"]) & (frame["rank"] <= frame["rank_high"])).all()
    picture = order_picture(order(*now))
    assert picture is not None
    assert "staat zeker op 1" in picture.described()


def test_words_are_broken_where_they_may_be() -> None:
    assert wrapped("een twee drie", 40) == ["een", "twee", "drie"]
    assert wrapped("sociaal-cultureel", 60) == ["sociaal-", "cultureel"]
    assert "".join(line.removesuffix("-") for line in wrapped("communicatiedeskundige", 60)) == "communicatiedeskundige"
    assert wrapped("Doelgroepcommunicatie", 130) == ["Doelgroepcommuni-", "catie"]
    assert wrapped("toegankelijkheidsdecreet", 115) == ["toegankelijkheids-", "decreet"]
    assert wrapped("a b c d", 12, most=2)[-1].endswith("…")
    assert wrapped("", 50) == [""]


# How far the count is off


def _estimates(counted: float, *, width: float = 4.0) -> Table:
    rows = {"code": ["ai", "video"], "label": ["AI", "Meer video"], "rank": [1, 2], "percent": [40.0, 20.0]}
    ends = {"low": [40.0 - width, 20.0 - width], "high": [40.0 + width, 20.0 + width]}
    counts = {"percent_counted": [counted, 20.0 + width / 2], "coverage": [0.95, 0.95]}
    return Table("Geschat", pd.DataFrame({**rows, **ends, **counts}), 500, {"label": "Code"})


@pytest.mark.parametrize(
    ("counted", "width", "says"),
    [
        (48.0, 4.0, "AI werd te vaak geteld: 48%, gecorrigeerd 40% (36–44)"),
        (30.0, 4.0, "AI werd te weinig geteld: 30%, gecorrigeerd 40% (36–44)"),
        (41.0, 4.0, "Voor elke code ligt de telling binnen het interval van de schatting"),
        (40.0, 0.0, "Elk antwoord is met de hand gecodeerd: geteld en gecorrigeerd zijn gelijk"),
    ],
)
def test_counted_beside_corrected_names_what_is_furthest_off(counted: float, width: float, says: str) -> None:
    found = corrected_picture(_estimates(counted, width=width))
    assert found is not None
    assert said(found.heading) == says
    drawn = found.svg(500)
    assert ("stroke-accent" in drawn) == ("werd" in says)
    assert f"AI: geteld {counted:.0f}%" in drawn


def test_counted_beside_corrected_goes_to_a_rank_and_is_none_of_nothing() -> None:
    found = corrected_picture(_estimates(41.0), 1)
    assert found is not None
    assert "Meer video" not in found.svg(500)
    none = _estimates(0.0)
    assert corrected_picture(Table("", none.frame.assign(percent=0.0, percent_counted=0.0), 500, {})) is None


def test_codes_that_were_found_nowhere_are_not_among_those_of_which_enough_was_found() -> None:
    rows = [("a", "A", 40, True, 2.0, 0.0, 4.0), ("b", "B", 20, False, 6.0, 1.0, 12.0)]
    rows.append(("other", "Andere", 0, True, 0.0, 0.0, 1.0))
    frame = pd.DataFrame(rows, columns=["code", "label", "found", "enough", "unread", "low", "high"])
    picture = found_picture(Table("x", frame.assign(target=90.0, coverage=95.0), 3, {"label": "Code"}))
    assert picture is not None
    with speaking("nl"):
        assert said(picture.heading) == "Van 1 van de 2 codes is minstens 90% van de fragmenten gevonden (95% zeker)"
