"""The scripts of the page are what their types say, and a linter finds nothing in them."""

import shutil
import subprocess

import pytest

from tests.conftest import ROOT

CHECKS = ROOT / "tests" / "page"
STATIC = ROOT / "coder" / "review" / "static"


@pytest.mark.parametrize("check", ["types", "lint"])
def test_nothing_is_wrong_with_the_scripts_of_the_page(check: str) -> None:
    npm = shutil.which("npm")
    if npm is None or not (CHECKS / "node_modules" / "typescript").exists():
        pytest.skip("npm install was not done in tests/page: the scripts of the page are not checked")
    done = subprocess.run([npm, "run", "--silent", check], cwd=CHECKS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_script_asks_editors_to_check_its_types() -> None:
    assert [path.name for path in STATIC.glob("*.js") if not path.read_text("utf-8").startswith("// @ts-check\n")] == []
