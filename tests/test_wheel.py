"""What is built is what works: the wheel, unpacked away from the checkout, has all that coder needs."""

import json
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from coder.languages.nl.pipeline import analyse
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as an installer lays it down."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("codeboek-*.whl")
    with ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


def run(installed: Path, *arguments: str) -> str:
    """What python prints in a folder of its own, with the unpacked wheel before everything else."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=installed.parent,
        env={**os.environ, "PYTHONPATH": str(installed), "PYTHONUTF8": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def test_the_distribution_is_codeboek_and_the_command_coder(installed: Path) -> None:
    (named,) = installed.glob("codeboek-*.dist-info")
    assert "coder = coder.cli.main:main" in (named / "entry_points.txt").read_text(encoding="utf-8")
    assert (installed / "coder" / "py.typed").is_file()


def test_the_package_that_runs_is_the_unpacked_one(installed: Path) -> None:
    where = run(installed, "-c", "import coder; print(coder.__file__)").strip()
    assert Path(where).is_relative_to(installed)


def test_an_installed_coder_has_its_codebooks_corpora_and_pipeline(installed: Path) -> None:
    code = (
        "from coder import Rules, read_answers, read_codebook, top\n"
        "from coder.resources import resource\n"
        "book = read_codebook(resource('codebooks') / 'wishes.yaml')\n"
        "answers = read_answers(resource('corpora') / 'wishes-2024.csv', text='answer', id='id')\n"
        "print(top(Rules().code(answers.corpus, book), book).frame['n'].max() > 10)\n"
    )
    assert run(installed, "-c", code).strip() == "True"


def test_an_installed_page_has_its_templates_and_scripts(installed: Path) -> None:
    for name in ("static", "templates"):
        there = {path.name for path in (ROOT / "coder" / "review" / name).iterdir()}
        assert {path.name for path in (installed / "coder" / "review" / name).iterdir()} >= there


def test_spacy_finds_the_rules_of_an_installed_coder_by_its_entry_point(installed: Path) -> None:
    code = (
        "import spacy\n"
        "from coder.resources import resource\n"
        "nlp = spacy.blank('nl')\n"
        "nlp.add_pipe('coder_rules', config={'codebook': str(resource('codebooks/trends.yaml'))})\n"
        "print(nlp('filmpjes op TikTok')._.codes)\n"
    )
    assert run(installed, "-c", code).strip() == "('video', 'social_media')"


def test_spacy_alone_loads_the_pipeline_that_coder_uses(installed: Path) -> None:
    said = ["We zetten meer in op Vlaanderen en hebben een plan.", "Dat heeft niet gewerkt.", "Houd het Kasteel bij!"]
    code = (
        "import json, sys, spacy\n"
        "nlp = spacy.load(sys.argv[1])\n"
        "docs = list(nlp.pipe(json.loads(sys.argv[2])))\n"
        "print(json.dumps([[[one.text, one.lemma_, one.tag_, one.pos_] for one in doc] for doc in docs]))\n"
    )
    path = installed / "coder" / "resources" / "models" / "nl_coder_sm"
    alone = json.loads(run(installed, "-c", code, str(path), json.dumps(said)))
    assert alone == [[[one.text, one.lemma_, one.tag_, one.pos_] for one in doc] for doc in analyse(said)]
    assert ["hebben", "hebben", "WW|pv|tgw|mv", "VERB"] in alone[0]
