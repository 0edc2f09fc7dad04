"""The machine in documents: what it proposes, in which order to read, and how much is still unread."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coder.codebook import Code, Codebook
from coder.documents import BLOCKS, FRAGMENTS, Document, Documents
from coder.errors import DataError
from coder.languages.language import language_of
from coder.learning.fragment_proposals import (
    PROPOSED,
    Learned,
    copied_fragments,
    copies,
    learn_fragments,
    propose,
    read_blocks,
)
from coder.learning.shift import strange_documents, strange_note
from coder.learning.unread import (
    ORDER,
    Passages,
    Reading,
    begins,
    blind,
    draw_control,
    fragment_counts,
    passages,
    reading_order,
    unread,
)
from coder.methods.blocks import Blocks, around
from coder.methods.rules.engine import Rules
from coder.note import Note
from coder.tables.table import Table

WORDS = {
    "jeugd": ["jongeren", "jeugdhuis", "speelplein", "scouts", "kinderen", "jeugdraad", "fuif", "tieners"],
    "zorg": ["patiënten", "ziekenhuis", "verpleging", "mantelzorg", "dokter", "zorgkas", "ouderen", "thuiszorg"],
    "": ["begroting", "vergadering", "bestuur", "jaarverslag", "secretariaat", "planning", "agenda", "kalender"],
}
BOOK = Codebook(
    (
        Code("jeugd", 1, {"nl": "Jeugd"}, rules=("jongeren",)),
        Code("zorg", 2, {"nl": "Zorg"}),
        Code("sport", 3, {"nl": "Sport"}),
    )
)


def block(code: str, chance: np.random.Generator) -> str:
    """A sentence of words of a code, between sentences of other words where it is long."""
    told = " ".join(chance.choice(WORDS[code], 5)).capitalize() + "."
    return f"{' '.join(chance.choice(WORDS[''], 6)).capitalize()}. {told}" if chance.random() < 0.3 else told


@dataclass
class Plans:
    """Plans, the fragments in them, and what is made of both."""

    documents: Documents
    fragments: pd.DataFrame
    blocks: Blocks
    parts: Passages


def plans(size: int = 12, length: int = 40, seed: int = 1) -> Plans:
    """Plans of which runs of blocks are on a code, four blocks a page; whole blocks are coded."""
    chance = np.random.default_rng(seed)
    documents, rows = [], []
    for number in range(size):
        name, text = f"plan {number}.pdf", ""
        blocks: list[tuple[int, int, str, int, int, str, str, str, int]] = []
        while len(blocks) < length:
            code = str(chance.choice(["jeugd", "zorg", "", "", "", ""]))
            for _ in range(3):
                said = block(code, chance)
                start, end, page = len(text), len(text) + len(said), len(blocks) // 4 + 1
                blocks.append((start, end, "paragraph", 0, page, str(page), "", "", -1))
                if code:
                    rows.append((name, start, end, code, "an", "", ""))
                text += f"{said}\n\n"
        documents.append(Document(name, text, pd.DataFrame(blocks, columns=list(BLOCKS)), pages=blocks[-1][4]))
    found = Documents(tuple(documents))
    return Plans(
        found, pd.DataFrame(rows, columns=list(FRAGMENTS)), Blocks.of(found, embedding="none"), passages(found)
    )


PLANS = plans()


def known(some: Plans, read: "np.ndarray[tuple[int], np.dtype[np.bool_]]", **options: object) -> Learned:
    """What is learned from blocks that were read."""
    coding = some.documents.coding(some.fragments, read=some.blocks.ids).take(some.blocks.ids[read])
    return learn_fragments(some.blocks, coding, **options)  # type: ignore[arg-type]


READ = np.isin(PLANS.blocks.document, np.arange(6))
LEARNED = known(PLANS, READ)


# Proposals


def test_a_block_is_read_where_its_middle_is_in_a_mark_of_anybody() -> None:
    first = PLANS.documents["plan 0.pdf"].blocks
    end = int(first["end"].iloc[1])
    marks = pd.DataFrame(
        [("plan 0.pdf", 0, end, "an"), ("plan 1.pdf", 0, 3, "bo")], columns=["document", "start", "end", "coder"]
    )
    assert list(read_blocks(PLANS.documents, marks)) == ["plan 0.pdf:00001", "plan 0.pdf:00002"]
    with pytest.raises(DataError):
        read_blocks(PLANS.documents, marks.assign(document="elders"))


def test_fragments_are_proposed_in_unread_blocks_alone_and_most_are_right() -> None:
    found = propose(PLANS.blocks, LEARNED)
    assert tuple(found.columns) == PROPOSED
    assert not found["document"].isin([f"plan {number}.pdf" for number in range(6)]).any()
    right = PLANS.documents.coding(PLANS.fragments).pairs()
    given = PLANS.documents.coding(found).pairs()
    unread_right = right[right["unit"].isin(PLANS.blocks.ids[~READ])]
    both = len(given.merge(right))
    assert both / len(given) > 0.9
    assert both / len(unread_right) > 0.9
    assert found["score"].between(LEARNED.threshold, 1).all()
    assert found["reason"].iloc[0].filed().startswith("classifier ")


def test_of_a_block_that_was_read_the_machine_says_what_it_would_have_said_unread() -> None:
    flipped = PLANS.fragments.copy()
    mine = flipped["document"] == "plan 0.pdf"
    flipped.loc[mine, "code"] = flipped.loc[mine, "code"].map({"jeugd": "zorg", "zorg": "jeugd"})
    coding = PLANS.documents.coding(flipped, read=PLANS.blocks.ids).take(PLANS.blocks.ids[READ])
    other = learn_fragments(PLANS.blocks, coding)
    here = PLANS.blocks.document == 0
    assert np.corrcoef(other.probability[here].ravel(), LEARNED.probability[here].ravel())[0, 1] > 0.95


def test_a_proposal_is_the_sentences_that_carry_the_code() -> None:
    found = propose(PLANS.blocks, LEARNED)
    text = {one.name: one.text for one in PLANS.documents}
    said = [text[row["document"]][row["start"] : row["end"]] for row in found.to_dict("records")]
    own = [
        any(word in one.lower() for word in WORDS[row["code"]])
        for one, row in zip(said, found.to_dict("records"), strict=True)
    ]
    others = [any(word in one.lower() for word in WORDS[""]) for one in said]
    assert np.mean(own) > 0.95
    assert np.mean(others) < 0.1


def test_without_decisions_the_rules_propose_and_with_them_both_do() -> None:
    corpus = PLANS.documents.corpus()
    rules = Rules().code(corpus, BOOK)
    nothing = known(PLANS, np.zeros(len(READ), dtype=np.bool_), rules=rules, codebook=BOOK)
    found = propose(PLANS.blocks, nothing, rules=rules)
    assert set(found["coder"]) == {"rule"}
    assert len(found) == len(rules.pairs())
    both = propose(PLANS.blocks, known(PLANS, READ, rules=rules, codebook=BOOK), rules=rules)
    assert set(both["coder"]) == {"rule", "classifier"}
    with pytest.raises(DataError):
        propose(PLANS.blocks, LEARNED, codes=["elders"])


def test_the_same_is_learned_twice_from_the_same() -> None:
    again = known(plans(), READ)
    assert np.array_equal(again.probability, LEARNED.probability)


def test_neighbours_count_within_their_document_and_the_nearest_most() -> None:
    mean = around(np.array([0, 0, 0, 1]), 0.5, 2).toarray()
    assert mean[0].tolist() == pytest.approx([0, 2 / 3, 1 / 3, 0])
    assert mean[3].tolist() == [0, 0, 0, 1]


# Reading


def test_passages_are_pages_or_sections_and_else_so_many_blocks() -> None:
    assert len(PLANS.parts) == sum(one.pages for one in PLANS.documents)
    assert set(np.bincount(PLANS.parts.of)) <= {2, 4}
    assert (passages(PLANS.documents, "section").frame["blocks"] <= 10).all()
    assert (passages(PLANS.documents, "blocks", size=3).frame["blocks"] <= 3).all()
    with pytest.raises(DataError):
        passages(PLANS.documents, "chapter")


def test_the_passages_with_most_fragments_come_first() -> None:
    order = reading_order(PLANS.blocks, LEARNED, PLANS.parts, read=READ)
    assert tuple(order.columns) == ORDER
    right = begins(PLANS.documents, PLANS.fragments, ["jeugd", "zorg"])
    have = PLANS.parts.sums(right.astype(np.float64)).sum(axis=1)[order["passage"]]
    assert have[: len(have) // 3].mean() > 3 * have[len(have) // 2 :].mean()
    assert not order["document"].isin(["plan 0.pdf", "plan 5.pdf"]).any()
    zorg = reading_order(PLANS.blocks, LEARNED, PLANS.parts, read=READ, codes=["zorg"])
    assert PLANS.parts.sums(right.astype(np.float64))[zorg["passage"].iloc[:10], 1].min() > 0


def test_the_order_knows_nothing_of_the_control_that_it_has_not_reached() -> None:
    control = draw_control(PLANS.parts, 20, read=READ)
    inside = np.isin(PLANS.parts.of, control)
    coding = PLANS.documents.coding(PLANS.fragments, read=PLANS.blocks.ids).take(PLANS.blocks.ids[READ | inside])
    left = blind(coding, PLANS.blocks, PLANS.parts, control, control[:5])
    assert set(left.seen) == set(PLANS.blocks.ids[READ | np.isin(PLANS.parts.of, control[:5])])
    order = reading_order(PLANS.blocks, LEARNED, PLANS.parts, read=READ | inside, control=control, reached=control[:5])
    assert set(order["passage"][order["control"]]) == set(control[5:])
    assert not set(control[:5]) & set(order["passage"])


def test_the_control_is_drawn_from_what_nobody_began_to_read() -> None:
    control = draw_control(PLANS.parts, 30, read=READ, seed=3)
    assert not READ[np.isin(PLANS.parts.of, control)].any()
    assert len(set(control)) == 30
    assert np.array_equal(control, draw_control(PLANS.parts, 30, read=READ, seed=3))
    with pytest.raises(DataError):
        draw_control(PLANS.parts, 10_000, read=READ)


# What is unread


MANY = plans(40, 60, seed=2)
FIRST = np.isin(MANY.blocks.document, np.arange(6))


def reading(drawn: int = 150, further: int = 0) -> tuple[Reading, pd.DataFrame]:
    """A study in which six plans and a control were read, and then so many passages of the order."""
    control = draw_control(MANY.parts, drawn, read=FIRST, seed=4)
    learned = known(MANY, FIRST, codebook=BOOK)
    read = FIRST | np.isin(MANY.parts.of, control)
    order = reading_order(MANY.blocks, learned, MANY.parts, read=read, control=control)
    come = order["passage"].to_numpy()[:further]
    reached = np.intersect1d(control, come)
    read = read | np.isin(MANY.parts.of, come)
    order = reading_order(MANY.blocks, learned, MANY.parts, read=read, control=control, reached=reached)
    found = Reading.of(
        MANY.documents,
        MANY.fragments,
        MANY.blocks,
        MANY.parts,
        learned,
        read=read,
        control=control,
        reached=reached,
        codebook=BOOK,
    )
    return found, order


def figures(table: Table) -> dict[Hashable, dict[Hashable, Any]]:
    """The figures of each code."""
    return table.frame.set_index("code").to_dict("index")


def keys(table: Table) -> set[str]:
    """The keys of the notes of a table."""
    return {note.key for note in table.notes if isinstance(note, Note)}


def told(table: Table, key: str) -> str:
    """What the note with a key says."""
    return next(str(note) for note in table.notes if isinstance(note, Note) and note.key == key)


def test_before_reading_it_says_how_many_passages_to_read_and_after_these_that_it_is_enough() -> None:
    found, order = reading()
    before = figures(unread(found, order, codebook=BOOK))
    assert not before["jeugd"]["enough"]
    more = int(before["jeugd"]["more"])
    assert 0 < more < len(order)
    outside = np.cumsum(~order["control"].to_numpy())
    after, rest = reading(further=int(np.searchsorted(outside, more)) + 30)
    table = unread(after, rest, codebook=BOOK)
    assert figures(table)["jeugd"]["enough"]
    right = begins(MANY.documents, MANY.fragments, ["jeugd"])[:, 0]
    assert right[after.read].sum() >= 0.9 * right.sum()
    said = told(table, "fragments.enough")
    assert "at least 90% was found, with 95% certainty" in said


def test_the_estimate_of_what_is_unread_holds_the_truth() -> None:
    found, order = reading(further=20)
    frame = figures(unread(found, order, codebook=BOOK))
    true = begins(MANY.documents, MANY.fragments, found.codes)[~found.read].sum(axis=0)
    for code, count in zip(found.codes, true, strict=True):
        assert frame[code]["low"] - 1e-6 <= count <= frame[code]["high"] + 1e-6


def test_a_code_found_nowhere_has_a_bound_and_the_nearest_passages() -> None:
    found, order = reading()
    table = unread(found, order, codebook=BOOK)
    frame = figures(table)
    assert frame["sport"]["found"] == 0
    assert 0 < frame["sport"]["most"] < 0.05 * len(MANY.parts)
    said = told(table, "fragments.nowhere")
    assert "“Sport” was found nowhere" in said
    assert ".pdf, p. " in said
    assert np.isnan(frame["jeugd"]["most"])


def test_a_control_that_is_too_small_says_how_much_more_to_draw() -> None:
    found, order = reading(drawn=15)
    notes = keys(unread(found, order, codebook=BOOK))
    assert "fragments.few" in notes


def test_a_control_in_few_documents_is_told() -> None:
    found, order = reading()
    near = np.flatnonzero(np.isin(MANY.parts.frame["document"], ["plan 10.pdf", "plan 11.pdf"]))
    other = Reading(found.blocks, found.passages, found.learned, found.codes, found.began, found.read, near, near[:0])
    assert "fragments.control_clustered" in keys(unread(other))
    assert "fragments.control_clustered" not in keys(unread(found, order))


def test_where_all_was_read_all_was_found() -> None:
    found, _ = reading(further=10_000)
    table = unread(found, codebook=BOOK)
    assert found.read.all()
    assert table.frame["enough"].all()
    assert (table.frame["unread"] == 0).all()


def test_counts_of_fragments_and_documents_hold_the_truth_and_name_their_base() -> None:
    found, _ = reading(further=20)
    table = fragment_counts(found, codebook=BOOK)
    frame = figures(table)
    right = begins(MANY.documents, MANY.fragments, found.codes)
    for place, code in enumerate(found.codes):
        assert frame[code]["low"] - 1e-6 <= right[:, place].sum() <= frame[code]["high"] + 1e-6
        share = 100 * len(np.unique(MANY.blocks.document[right[:, place]])) / 40
        assert frame[code]["percent_low"] - 1e-6 <= share <= frame[code]["percent_high"] + 1e-6
    assert "blocks of 40 documents" in str(table.notes[0])


def test_counts_by_group_have_a_base_of_their_own() -> None:
    found, _ = reading(further=20)
    names = [one.name for one in MANY.documents]
    sector = pd.Series(["zorg", "sport"] * 20, index=names, name="sector")
    frame = fragment_counts(found, by=sector).frame
    assert set(frame["group"]) == {"zorg", "sport"}
    assert (frame["documents"] == 20).all()
    assert frame.groupby("code")["blocks"].sum().eq(len(MANY.blocks)).all()


def test_a_fragment_counts_in_the_block_in_which_it_begins() -> None:
    first = PLANS.documents["plan 0.pdf"].blocks
    begin, over = int(first["start"].iloc[1]) + 2, int(first["end"].iloc[3])
    some = pd.DataFrame([("plan 0.pdf", begin, over, "jeugd", "an", "", "")], columns=list(FRAGMENTS))
    assert np.flatnonzero(begins(PLANS.documents, some, ["jeugd"])[:, 0]).tolist() == [1]


# The next period


def two_periods() -> tuple[Documents, str]:
    """The plan of a period, and the next one that has a paragraph of it with a few words before."""
    copied = "Wij versterken het jeugdwerk in elke gemeente met vrijwilligers en een jeugdhuis voor alle jongeren."
    parts = {
        "2016.pdf": ["De vergadering van het bestuur was in maart en duurde lang.", f"Dit is ons plan. {copied}"],
        "2021.pdf": [
            f"Ook nu: {copied}",
            "Wat hierna komt is helemaal nieuw en stond nergens in een ouder plan te lezen.",
        ],
    }
    documents = []
    for name, texts in parts.items():
        starts = np.cumsum([0, *(len(one) + 2 for one in texts)])
        rows = [
            (int(start), int(start) + len(one), "paragraph", 0, 1, "1", "", "", -1)
            for start, one in zip(starts, texts, strict=False)
        ]
        documents.append(Document(name, "\n\n".join(texts), pd.DataFrame(rows, columns=list(BLOCKS))))
    return Documents(tuple(documents)), copied


def test_copied_passages_are_known_and_reuse_the_codes_of_the_plan_before() -> None:
    both, copied = two_periods()
    found = copies(both)
    assert dict(found["source"]) == {"2021.pdf:00001": "2016.pdf:00002"}
    start = both["2016.pdf"].text.index(copied)
    coded = pd.DataFrame([("2016.pdf", start, start + len(copied), "jeugd", "an", "", "")], columns=list(FRAGMENTS))
    proposed = copied_fragments(both, coded, found)
    row = proposed.iloc[0]
    assert both["2021.pdf"].text[row["start"] : row["end"]] == copied
    assert (row["code"], row["coder"]) == ("jeugd", "copied")
    assert str(row["reason"].told()) == "copied from 2016.pdf, which has this code there"
    again = pd.concat([coded, proposed[list(FRAGMENTS)]])
    assert copied_fragments(both, again, found).empty


def test_a_plan_of_other_words_is_strange_and_one_of_the_same_is_not() -> None:
    chance = np.random.default_rng(5)
    text = " ".join(f"{a}{b}{c}" for a, b, c in chance.choice(list("bdfgklmnpr"), (200, 3)))
    blocks = [(start, start + 39, "paragraph", 0, 1, "1", "", "", -1) for start in range(0, len(text) - 40, 40)]
    other = Document("vreemd.pdf", text, pd.DataFrame(blocks, columns=list(BLOCKS)))
    every = Documents((*PLANS.documents, other))
    found = strange_documents(every, PLANS.blocks.ids[READ], language_of("nl"))
    assert list(found.index[found["strange"]]) == ["vreemd.pdf"]
    said = str(strange_note("vreemd.pdf", found.to_dict("index")["vreemd.pdf"]))
    assert said.startswith("vreemd.pdf is unlike what the model has seen: it does not know 100% of its words")
    words = found["words"]["vreemd.pdf"]
    times = {word: sum(word in text[start:end].split() for start, end, *_ in blocks) for word in words}
    assert words == sorted(words, key=lambda word: (-times[word], word))
