"""The machine in the documents of a study, from the command line: control, proposals, what to read, what is left."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from coder import Code, Codebook
from coder.study import Span, Study
from coder.study.documents import DocumentSet
from coder.study.documents.document_machine import learn, propose_fragments
from tests.conftest import Cli, write

WORDS = {
    "jeugd": ("jongeren", "jeugdhuis", "speelplein", "scouts", "kinderen", "jeugdraad", "fuif", "tieners"),
    "zorg": ("verpleging", "ziekenhuis", "dokter", "mantelzorg", "zorgkas", "ouderen", "thuiszorg", "rusthuis"),
    "": ("begroting", "vergadering", "bestuur", "jaarverslag", "secretariaat", "planning", "agenda", "kalender"),
}
CODES = (Code("jeugd", 1, {"nl": "Jeugd"}, rules=("jongeren",)), Code("zorg", 2, {"nl": "Zorg"}), Code("sport", 3, {}))
PLAIN = ("--embedding", "none")


def plan(seed: int, size: int = 60) -> str:
    """A plan of runs of three paragraphs that are on youth, on care, or on neither."""
    chance = np.random.default_rng(seed)
    runs = chance.choice(["jeugd", "zorg", "", "", ""], size // 3)
    return "\n\n".join(" ".join(chance.choice(WORDS[str(run)], 9)).capitalize() + "." for run in np.repeat(runs, 3))


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Plans of an earlier period and of a later one; the last copies paragraphs of the first."""
    folder = tmp_path_factory.mktemp("plans")
    files = [folder / f"plan {number}.txt" for number in range(8)]
    for number, path in enumerate(files):
        taken = plan(0).split("\n\n")[:40] if number == 7 else []
        write(path, "\n\n".join([*taken, plan(number)]))
    return files


@pytest.fixture
def study(tmp_path: Path, plans: list[Path], cli: Cli) -> Path:
    """A study with these plans and a codebook."""
    path = tmp_path / "test.study"
    cli("study", "new", path)
    assert cli("documents", "add", path, *plans[:4], "--period", "2021").code == 0
    assert cli("documents", "add", path, *plans[4:], "--period", "2026").code == 0
    with Study.open(path) as opened:
        opened["documents"].set_codebook(Codebook(CODES), "lead")
    return path


def read(kept: DocumentSet, name: str, start: int = 0, end: int | None = None) -> None:
    """Read a stretch of a plan as a person does: code what is on youth or care, and mark all of it as read."""
    one = kept.document(name)
    end = len(one.text) if end is None else end
    blocks = [(a, b) for a, b in zip(one.blocks["start"], one.blocks["end"], strict=True) if start <= a and b <= end]
    spans = [
        Span(name, a, b, code)
        for a, b in blocks
        for code in ("jeugd", "zorg")
        if any(word in one.text[a:b].lower() for word in WORDS[code])
    ]
    if spans:
        kept.code(spans, "anna")
    kept.mark_read(name, start, end, "anna")


def table(out: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(out)))


def test_from_documents_to_how_much_is_unread(study: Path, cli: Cli) -> None:
    refused = cli("documents", "next", study)
    assert (refused.code, "coder documents propose" in refused.err) == (2, True)

    alone = cli("documents", "propose", study, *PLAIN)
    assert "Rules alone propose" in alone.out
    with Study.open(study) as opened:
        kept = opened.documents("documents")
        found = kept.proposals()
        assert (set(found["method"]), set(found["code"])) == ({"rules"}, {"jeugd"})
        for number in range(3):
            read(kept, f"plan {number}")

    assert "15 passages drawn at random; there are 15 now" in cli("documents", "control", study, "--passages", "15").out
    told = cli("documents", "unread", study, *PLAIN)
    assert "15 of the 15 random passages do not count yet" in told.out
    with Study.open(study) as opened:
        kept = opened.documents("documents")
        control = kept.control()
        assert not set(control["document"]) & {"plan 0", "plan 1", "plan 2"}  # of what nobody read
        for name, start, end, _ in control.itertuples(index=False):
            read(kept, name, start, end)

    done = cli("documents", "propose", study, *PLAIN, "--format", "csv")
    counts = {row["code"]: row for row in table(done.out)}
    assert int(counts["zorg"]["classifier"]) > 10  # no rule finds it
    assert int(counts["jeugd"]["rule"]) > 3
    assert int(counts["jeugd"]["copied"]) + int(counts["zorg"]["copied"]) > 0
    assert counts["sport"]["proposed"] == "0"
    with Study.open(study) as opened:
        found = opened.documents("documents").proposals()
        assert not set(found["document"]) & {"plan 0", "plan 1", "plan 2"}
        copied = found[found["reason"].str.contains("copied")]
        assert set(copied["document"]) == {"plan 7"}
        texts = opened.documents("documents").read()
        places = found[["document", "start", "end", "code"]].itertuples(index=False, name=None)
        right = [any(word in texts[name].text[a:b].lower() for word in WORDS[code]) for name, a, b, code in places]
        assert np.mean(right) > 0.9

    following = table(cli("documents", "next", study, "--format", "csv").out)
    assert float(following[0]["expected"]) >= float(following[-1]["expected"])
    assert set(following[0]["codes"].split("; ")) <= {"jeugd", "zorg", "sport"}
    assert "Zorg" in cli("documents", "next", study, "zorg", *PLAIN, "--limit", "1").out
    assert cli("documents", "next", study, "x", *PLAIN).code == 2

    with Study.open(study) as opened:
        kept = opened.documents("documents")
        for row in following:
            read(kept, row["document"], int(row["start"]), int(row["end"]))
    shown = cli("documents", "unread", study, *PLAIN).out
    rows = {row["code"]: row for row in table(cli("documents", "unread", study, *PLAIN, "--format", "csv").out)}
    assert int(rows["zorg"]["found"]) > 20
    assert f"{float(rows['zorg']['low']):.0f}\N{EN DASH}{float(rows['zorg']['high']):.0f}" in shown
    assert 0.3 < float(rows["zorg"]["reached"]) < 1  # of the control the order came to a part
    assert (rows["sport"]["found"], float(rows["sport"]["most"]) > 0) == ("0", True)
    assert "found nowhere" in shown
    left = table(cli("documents", "next", study, "--format", "csv").out)
    assert not {(row["document"], row["start"]) for row in left} & {
        (row["document"], row["start"]) for row in following
    }


def test_nothing_is_proposed_in_control_passages_or_learned_from_them_before_they_are_reached(
    study: Path, cli: Cli
) -> None:
    with Study.open(study) as opened:
        kept = opened.documents("documents")
        for number in range(2):
            read(kept, f"plan {number}")
        kept.draw_control(20, "lead")
        control = kept.control()
        before = learn(opened, "documents", embedding="none")
        for place, (name, start, end, _) in enumerate(control.itertuples(index=False)):
            if place % 2:
                read(kept, name, start, end)
    assert cli("documents", "propose", study, *PLAIN).code == 0
    log = cli("study", "log", study)
    assert (log.code, "control passages drawn" in log.out, "{" in log.out) == (0, True, False)
    with Study.open(study) as opened:
        kept = opened.documents("documents")
        found = kept.proposals()
        for name, start, end, _ in control.itertuples(index=False):
            here = found[found["document"] == name]
            assert here[(here["start"] < end) & (here["end"] > start)].empty
        after = learn(opened, "documents", embedding="none")
        assert np.array_equal(before.learned.probability, after.learned.probability)
        assert len(found)


def test_control_passages_are_reached_where_the_reading_comes_to_them_and_stay_so(study: Path) -> None:
    with Study.open(study) as opened:
        kept = opened.documents("documents")
        read(kept, "plan 0")
        kept.draw_control(30, "lead")
        control = list(kept.control()[["document", "start", "end"]].itertuples(index=False, name=None))
        for place in control:
            read(kept, *place)
        propose_fragments(opened, "documents", who="page", embedding="none")
        order = list(kept.order()[["document", "start", "end"]].itertuples(index=False, name=None))
        others = [place for place in order if place not in control]
        for place in (*others[:3], *others[4:]):  # one is skipped, and holds up what stands behind it
            read(kept, *place)
        met = {place for place in order[: order.index(others[3])] if place in control}
        assert 0 < len(met) < len(control)
        known = learn(opened, "documents", embedding="none")
        rows = known.passages.frame.iloc[known.reached]
        assert set(rows[["document", "start", "end"]].itertuples(index=False, name=None)) == met
        propose_fragments(opened, "documents", who="page", embedding="none")
        assert met == set(kept.reached()[["document", "start", "end"]].itertuples(index=False, name=None))
        assert not met & set(kept.order()[["document", "start", "end"]].itertuples(index=False, name=None))


def test_what_nobody_marked_as_read_teaches_nothing(study: Path, cli: Cli) -> None:
    with Study.open(study) as opened:
        kept = opened.documents("documents")
        first = kept.document("plan 1").blocks.iloc[0]
        kept.code([Span("plan 1", int(first["start"]), int(first["end"]), "sport")], "anna")
        read(kept, "plan 0")
        assert not learn(opened, "documents", embedding="none").learned.right[:, 2].any()
    assert "1 block has a fragment and was not marked as read" in cli("documents", "propose", study, *PLAIN).out


def test_passages_of_the_order_are_those_that_are_drawn(study: Path) -> None:
    with Study.open(study) as opened:
        kept = opened.documents("documents")
        drawn = kept.draw_control(1_000, "lead")
        known = learn(opened, "documents", embedding="none")
        places = ["document", "start", "end", "blocks"]
        assert kept.control()[places].equals(known.passages.frame[places])
        assert drawn == len(known.passages) == len(known.drawn)
