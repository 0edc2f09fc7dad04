"""The examples in the docstrings of the front door run, on the synthetic corpora."""

import doctest
from importlib import import_module

import pytest

FRONT_DOOR = (
    "coder.api",
    "coder.coding",
    "coder.corpus",
    "coder.files.codebooks",
    "coder.files.sheets",
    "coder.methods.estimator",
    "coder.shown",
    "coder.spacy_rules",
    "coder.study.code",
    "coder.tables.frequency",
    "coder.tables.groups",
)


@pytest.mark.parametrize("name", FRONT_DOOR)
def test_every_example_gives_what_it_says(name: str) -> None:
    found = doctest.testmod(import_module(name))
    assert found.attempted > 0
    assert found.failed == 0
