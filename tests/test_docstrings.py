"""The examples in the docstrings of the front door run, on the synthetic corpora."""

import doctest
import inspect
from importlib import import_module

import pytest

import coder

PUBLIC = [name for name in coder.__all__ if name != "__version__"]
FRONT_DOOR = sorted({getattr(coder, name).__module__ for name in PUBLIC} | {"coder.html_table", "coder.spacy_rules"})


@pytest.mark.parametrize("name", FRONT_DOOR)
def test_every_example_gives_what_it_says(name: str) -> None:
    assert doctest.testmod(import_module(name)).failed == 0


@pytest.mark.parametrize("name", [name for name in PUBLIC if inspect.isfunction(getattr(coder, name))])
def test_every_public_function_has_an_example(name: str) -> None:
    examples = doctest.DocTestParser().get_examples(inspect.getdoc(getattr(coder, name)) or "")
    assert f"{name}(" in "".join(example.source for example in examples)
