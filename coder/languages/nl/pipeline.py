"""The spaCy pipeline behind parts of speech, lemmas in their sentence and separable verbs.

The bundled pipeline (`models/nl_coder_sm`) serves unless another installed one is named.
"""

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from coder.errors import MissingExtraError
from coder.resources import resource

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

BUNDLED = "nl_coder_sm"
_REACH = 4
"""So many words on each side have a say in what the bundled pipeline makes of a word: its windows of one, four deep."""
_AT_ONCE = 64
_TAGGING = ("tok2vec", "transformer", "tagger")
_NO_NETWORK = ("ConnectionError", "Max retries", "Failed to establish", "Temporary failure", "NewConnectionError")


def load(name: str = BUNDLED) -> "Language":
    """The pipeline of this name: the bundled one, or any that is installed.

    Raises `MissingExtraError` with the command that installs it.
    """
    return _with_tokenizer(name)


@lru_cache(maxsize=2)
def _with_tokenizer(name: str) -> "Language":
    nlp = _parts(name)
    if name == BUNDLED:
        tokenizer: Any = nlp.tokenizer
        tokenizer.from_disk(resource(f"models/{BUNDLED}/tokenizer"), exclude=["vocab"])
    return nlp


@lru_cache(maxsize=2)
def _parts(name: str) -> "Language":
    """The pipeline; the tokenizer of the bundled one has no rules yet, for they take as long as all else."""
    import spacy  # noqa: PLC0415 (two seconds)

    if name == BUNDLED:
        import coder.languages.nl.mend  # noqa: F401, PLC0415 (its last step; spaCy finds it by entry point only if installed)

        spacy.util.registry.tokenizers("coder.without_rules.v1", func=_without_rules)
        bare = {"nlp": {"tokenizer": {"@tokenizers": "coder.without_rules.v1"}}}
        return spacy.load(resource(f"models/{BUNDLED}"), exclude=["tokenizer"], config=bare)
    if name not in installed():
        raise MissingExtraError("model.no_pipeline", name=name, known=installed())
    return spacy.load(name, exclude=["ner"])  # the parser sets the sentences


def _without_rules() -> "Callable[[Language], Any]":
    from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found] # noqa: PLC0415 (it is compiled)

    return lambda nlp: Tokenizer(nlp.vocab)


def reach(name: str = BUNDLED) -> int | None:
    """How many words on each side of one have a say in what the pipeline makes of it; None where that is not known.

    But for `coder.languages.nl.verbs.HELPERS`, in which all of the sentence has a say.
    """
    return _REACH if name == BUNDLED else None


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
        raise MissingExtraError("model.no_network", name=name)
    if lines := [line.strip() for line in said.splitlines() if line.strip()]:
        raise MissingExtraError("model.no_download", name=name, reason=lines[-1])
    raise MissingExtraError("model.no_download_reason", name=name)


def analyse(texts: Iterable[str], name: str = BUNDLED) -> Iterator["Doc"]:
    """The texts as spaCy documents, in order."""
    return load(name).pipe(texts, batch_size=_AT_ONCE)


def tags(sentences: Iterable[tuple[list[str], list[bool]]], name: str = BUNDLED) -> Iterator[list[str]]:
    """The tag of each word ("WW|pv|tgw|ev") of sentences given as their words and whether a space follows each.

    Only what tags is run, which takes a third of the time of `analyse`.
    """
    from spacy.tokens import Doc  # noqa: PLC0415

    nlp = _parts(name)
    docs: Iterator[Doc] = (Doc(nlp.vocab, words=words, spaces=spaces) for words, spaces in sentences)
    for part in nlp.pipe_names:
        if part in _TAGGING:
            tagging: Any = nlp.get_pipe(part)
            docs = tagging.pipe(docs, batch_size=_AT_ONCE)
    return ([token.tag_ for token in doc] for doc in docs)
