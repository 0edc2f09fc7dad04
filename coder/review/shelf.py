"""The studies that somebody works on at this machine: where they are, and what a page says of them before they open."""

import json
import os
import re
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from coder.errors import StorageError
from coder.note import Note
from coder.study.database import is_address, whole

HOME = "CODER_HOME"
"""The environment variable that names the folder; without it `coder` in the folder of documents."""
ENDING = ".study"
_LIST, _RUNNING = ".studies.json", ".running.json"
_UNFIT = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')
_LONGEST, _BYTES = 80, 180


@dataclass(frozen=True, slots=True)
class Known:
    """A study on the shelf: its place, its name, when it was last looked at, and a line for each of its questions.

    Each part is a mapping: name, kind ("answers" or "documents"), units, coded, waves.
    """

    place: str
    name: str
    touched: str
    parts: Sequence[Mapping[str, Any]] = field(default=())
    hidden: bool = False

    @property
    def key(self) -> str:
        """By which addresses name it."""
        return key_of(self.place)

    @property
    def there(self) -> bool:
        """Whether it is where it was; a database is taken to be."""
        return is_address(self.place) or Path(self.place).is_file()


class Shelf:
    """The list of studies, in the folder in which new ones are made. Safe to use from several threads."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or home_folder()
        self._lock = threading.Lock()

    def studies(self) -> list[Known]:
        """What is known, the last looked at first; studies that lie in the folder are known of themselves."""
        listed = {one.key: one for one in self._read()}
        for path in sorted(self.folder.glob(f"*{ENDING}")) if self.folder.is_dir() else []:
            if path.is_file() and key_of(path) not in listed:
                moment = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
                listed[key_of(path)] = Known(str(path.resolve()), path.stem, moment)
        shown = (one for one in listed.values() if not one.hidden)
        return sorted(shown, key=lambda one: one.touched, reverse=True)

    def find(self, key: str) -> Known | None:
        """The study that an address names; None where there is none."""
        return next((one for one in self.studies() if one.key == key), None)

    def put(self, place: str | Path, name: str, parts: Sequence[Mapping[str, Any]]) -> Known:
        """Keep what is known of a study now, as the one looked at last."""
        one = Known(whole(place), name, datetime.now(UTC).isoformat(timespec="milliseconds"), tuple(parts))
        with self._lock:
            self._write([one, *(other for other in self._read() if other.key != one.key)])
        return one

    def forget(self, key: str) -> None:
        """Take a study off the list; its file stays where it is."""
        one = self.find(key)
        with self._lock:
            rest = [other for other in self._read() if other.key != key]
            lies_here = one is not None and one.there and Path(one.place).parent == self.folder.resolve()
            self._write([*rest, *([replace(one, hidden=True)] if one is not None and lies_here else [])])

    def make(self) -> None:
        """Make the folder, where it is not there. Raises `StorageError` where it cannot be."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(Note("page.home_folder", folder=self.folder, why=error.strerror or str(error))) from None

    def place_for(self, name: str) -> Path:
        """Where a new study of this name is made: in the folder, under a name that is free and fit for a file."""
        self.make()
        plain = " ".join(_UNFIT.sub(" ", name).split()).strip(" .")[:_LONGEST]
        plain = plain.encode("utf-8", "ignore")[:_BYTES].decode("utf-8", "ignore").strip() or "study"
        names = [plain, *(f"{plain} {number}" for number in range(2, 1000))]
        return next(path for one in names if not (path := self.folder / f"{one}{ENDING}").exists())

    # The server that runs

    def running(self) -> tuple[int, str] | None:
        """The port and the token of the server that was started last; None where none was."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            found = json.loads((self.folder / _RUNNING).read_text(encoding="utf-8"))
            return int(found["port"]), str(found["token"])
        return None

    def run(self, port: int, token: str) -> None:
        """Keep by which token the server that runs lets somebody in, for nobody else to read."""
        path = self.folder / _RUNNING
        with suppress(OSError):  # without it a second start makes a second server
            self.folder.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                json.dump({"port": port, "token": token}, file)

    def ended(self) -> None:
        """Say that the server no longer runs."""
        with suppress(OSError):
            (self.folder / _RUNNING).unlink(missing_ok=True)

    # Within

    def _read(self) -> list[Known]:
        try:
            found = json.loads((self.folder / _LIST).read_text(encoding="utf-8"))
            return [Known(**one) for one in found]
        except (OSError, ValueError, TypeError):
            return []  # the studies in the folder are found without it

    def _write(self, studies: Sequence[Known]) -> None:
        path = self.folder / _LIST
        with suppress(OSError):  # a list that cannot be kept loses no study
            self.folder.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(".new")
            fresh.write_text(json.dumps([asdict(one) for one in studies], ensure_ascii=False), encoding="utf-8")
            fresh.replace(path)


def home_folder() -> Path:
    """The folder of studies of who uses this machine."""
    from platformdirs import user_documents_path  # noqa: PLC0415

    return Path(named) if (named := os.environ.get(HOME)) else user_documents_path() / "coder"


def key_of(place: str | Path) -> str:
    """A short key of the place of a study, the same at every start."""
    return blake2b(whole(place).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
