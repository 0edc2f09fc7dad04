"""Starting is quick because nothing heavy is imported."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("what", ["import coder", "import coder.cli.main"])
def test_importing_loads_nothing_heavy(what: str) -> None:
    heavy = ("pandas", "numpy", "sklearn", "spacy", "rich")
    code = f"{what}; import sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_counting_loads_none_of_the_distributions_of_scipy() -> None:
    code = "import coder.tables.comparison, coder.tables.groups, sys; print('scipy.stats' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
