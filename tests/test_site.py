"""The site of the documentation builds without a warning, and without an address that a browser would fetch."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytest.importorskip("sphinx", reason="Sphinx is not installed: it is in the dependency group `docs`")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built once as `make docs` does."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "-d", folder / "doctrees",
         ROOT / "docs", folder / "html"],
        capture_output=True, text=True, check=False, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "html"


def test_every_page_of_the_documentation_is_there(site: Path) -> None:
    pages = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").glob("[!_]*/*.md")}
    pages |= {Path(path.name).with_suffix(".html") for path in (ROOT / "docs").glob("*.md")}
    assert {page for page in pages if not (site / page).exists()} == set()


def test_a_page_asks_nothing_of_the_network(site: Path) -> None:
    fetched = r'<(?:script|img|iframe)[^>]+src="https?:|<link[^>]+rel="(?:stylesheet|preload|icon)"[^>]+href="https?:'
    for page in site.rglob("*.html"):
        assert re.findall(fetched, page.read_text(encoding="utf-8")) == [], page.name


def test_the_dutch_page_says_that_it_is_dutch(site: Path) -> None:
    assert 'lang="nl"' in (site / "snelstart.html").read_text(encoding="utf-8").partition("<head>")[0]
    assert 'lang="en"' in (site / "quickstart.html").read_text(encoding="utf-8").partition("<head>")[0]


def test_the_picture_of_the_floors_has_every_module_of_the_layers(site: Path) -> None:
    page = (site / "architecture.html").read_text(encoding="utf-8")
    picture = page[page.index('<svg class="floors"') :].partition("</svg>")[0]
    drawn = set(re.findall(r"[a-z_0-9]+", " ".join(re.findall(r">([^<>]+)</text>", picture))))
    modules = {path.stem for path in (ROOT / "coder").glob("*/*.py")} | {
        path.stem for path in (ROOT / "coder").glob("*.py")
    }
    assert modules - drawn - {"__init__", "__main__"} <= {"codebook_merge"}
