"""The spaCy pipeline behind parts of speech, lemmas in their sentence and separable verbs.

The bundled pipeline (`models/nl_coder_sm`) serves unless another installed one is named.
"""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from coder.dutch.mend import mend
from coder.errors import MissingExtraError
from coder.resources import resource

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

BUNDLED = "nl_coder_sm"
_AT_ONCE = 64
_NO_NETWORK = ("ConnectionError", "Max retries", "Failed to establish", "Temporary failure", "NewConnectionError")


@lru_cache(maxsize=2)
def load(name: str = BUNDLED) -> "Language":
    """The pipeline of this name: the bundled one, or any that is installed.

    Raises `MissingExtraError` with the command that installs it.
    """
    import spacy  # noqa: PLC0415 (two seconds)
    from spacy.language import Language  # noqa: PLC0415

    if name == BUNDLED:
        nlp = spacy.load(resource(f"models/{BUNDLED}"))
        Language.component("coder_mend", func=mend)
        nlp.add_pipe("coder_mend")
        return nlp
    if name not in installed():
        raise MissingExtraError(
            f"There is no pipeline {name!r}; there are {', '.join(installed())}. Get it with: coder nlp get {name}"
        )
    return spacy.load(name, exclude=["ner"])  # the parser sets the sentences


def installed() -> list[str]:
    """The names of the pipelines that can be used, the bundled one first."""
    from spacy.util import get_installed_models  # noqa: PLC0415

    return [BUNDLED, *sorted(get_installed_models())]


def get(name: str) -> None:
    """Install a pipeline with spaCy's own download command.

    Raises `MissingExtraError` in one sentence where it cannot be had, such as without network.
    """
    done = subprocess.run(  # noqa: S603 (our own interpreter, no shell)
        [sys.executable, "-m", "spacy", "download", name], capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    if done.returncode == 0:
        return
    if any(sign in said for sign in _NO_NETWORK):
        raise MissingExtraError(f"{name} could not be downloaded, because the network cannot be reached.")
    last = [line for line in said.splitlines() if line.strip()][-1:] or ["no reason given"]
    raise MissingExtraError(f"{name} could not be installed by spaCy's download: {last[0].strip()}")


def analyse(texts: Iterable[str], name: str = BUNDLED) -> Iterator["Doc"]:
    """The texts as spaCy documents, in order."""
    return load(name).pipe(texts, batch_size=_AT_ONCE)
