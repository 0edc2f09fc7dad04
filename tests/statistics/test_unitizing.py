"""Spans: what overlaps and what is covered, as a slow count has it, and alpha by length as alpha of every character."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder.arrays import Floats, Ints
from coder.statistics.reliability import UNSEEN, alpha
from coder.statistics.unitizing import (
    alpha_by_length,
    common,
    continuum,
    covered,
    document_draws,
    length_sums,
    overlapping,
    union,
)

SIZE = 30
SPAN = st.tuples(st.integers(0, SIZE - 1), st.integers(1, 8)).map(lambda one: (one[0], min(one[0] + one[1], SIZE)))
SPANS = st.lists(SPAN, max_size=12)
CODED = st.lists(st.tuples(SPAN, st.integers(0, 2), st.integers(0, 1)), max_size=14)


def columns(rows: list[tuple[int, int]]) -> tuple[Ints, Ints]:
    """Starts and ends."""
    table = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def characters(rows: list[tuple[int, int]]) -> set[int]:
    return {place for start, end in rows for place in range(start, end)}


@given(SPANS, st.lists(st.integers(0, 2), min_size=12, max_size=12))
def test_every_two_spans_of_one_text_that_share_a_character_are_found_once(
    spans: list[tuple[int, int]], texts: list[int]
) -> None:
    start, end = columns(spans)
    key = np.array(texts[: len(spans)], dtype=np.int64)
    one, other = overlapping(start, end, key)
    found = sorted(tuple(sorted(pair)) for pair in zip(one.tolist(), other.tolist(), strict=True))
    slow = [
        (a, b)
        for a in range(len(spans))
        for b in range(a + 1, len(spans))
        if key[a] == key[b] and characters([spans[a]]) & characters([spans[b]])
    ]
    assert found == slow


@given(SPANS, SPANS)
def test_what_spans_cover_is_what_they_have_in_common(
    spans: list[tuple[int, int]], others: list[tuple[int, int]]
) -> None:
    by = union(*columns(others))
    assert characters(list(zip(*(part.tolist() for part in by), strict=True))) == characters(others)
    assert (np.diff(by[0]) > 0).all()
    expected = [len(characters([one]) & characters(others)) for one in spans]
    assert covered(*columns(spans), by).tolist() == expected


@given(st.lists(SPANS, min_size=2, max_size=4), st.integers(1, 3))
def test_common_text_is_that_of_so_many(several: list[list[tuple[int, int]]], least: int) -> None:
    start, end = common([union(*columns(spans)) for spans in several], least)
    slow = {place for place in range(SIZE) if sum(place in characters(spans) for spans in several) >= least}
    assert characters(list(zip(start.tolist(), end.tolist(), strict=True))) == slow


def sums_of(rows: list[tuple[tuple[int, int], int, int]], read: list[tuple[int, int, int]]) -> Floats:
    """What alpha of one document is made of; rows have a span, a coder and a code."""
    start, end = columns([span for span, _, _ in rows])
    coder, code = columns([(coder, code) for _, coder, code in rows])
    marks = np.array(read, dtype=np.int64)
    return length_sums(continuum((start, end, coder, code), (marks[:, 0], marks[:, 1], marks[:, 2]), 3, 2))


@settings(max_examples=60)
@given(st.lists(CODED, min_size=1, max_size=3), st.integers(SIZE // 2, SIZE))
def test_alpha_by_length_is_alpha_with_every_character_as_a_unit(
    documents: list[list[tuple[tuple[int, int], int, int]]], last_read: int
) -> None:
    read = [(0, SIZE, 0), (0, SIZE, 1), (0, last_read, 2)]
    sums = np.stack([sums_of(rows, read) for rows in documents])
    found = alpha_by_length(sums, np.ones((1, len(documents))))[0]
    for code in (0, 1, None):
        values = np.full((len(documents) * SIZE, 3), UNSEEN, dtype=np.intp)
        for at, rows in enumerate(documents):
            for start, end, coder in read:
                values[at * SIZE + start : at * SIZE + end, coder] = 0
            for (start, end), coder, own in rows:
                stop = min(end, read[coder][1])
                if code in (own, None) and start < stop:
                    values[at * SIZE + start : at * SIZE + stop, coder] = 1
        assert found[2 if code is None else code] == pytest.approx(alpha(values).value, nan_ok=True)


def test_alpha_is_one_for_coders_who_give_the_same_and_about_nothing_for_coders_by_chance() -> None:
    random = np.random.default_rng(4)
    read = [(0, 20_000, 0), (0, 20_000, 1), (0, 20_000, 2)]
    spans = [(int(start), int(start) + 5) for start in random.integers(0, 19_990, 800)]
    same = sums_of([(span, coder, 0) for span in spans for coder in range(3)], read)
    chance = sums_of([(span, number % 3, 0) for number, span in enumerate(spans)], read)
    once = np.ones((1, 1))
    assert alpha_by_length(same[None], once)[0, 0] == pytest.approx(1)
    assert np.isnan(alpha_by_length(same[None], once)[0, 1])
    assert abs(alpha_by_length(chance[None], once)[0, 0]) < 0.05


def test_drawn_documents_are_as_many_as_there_are() -> None:
    draws = document_draws(7, 50, seed=3)
    assert draws.shape == (50, 7)
    assert (draws.sum(axis=1) == 7).all()
    assert (draws == document_draws(7, 50, seed=3)).all()
