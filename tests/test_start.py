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
