"""A PostgreSQL server of the tests' own: started in a folder of its own, on a socket in it, and stopped again."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

_NUMBER = count(1)


class NoServerError(Exception):
    """Why there is no server."""


@contextmanager
def server() -> Iterator[Path]:
    """Start a server; gives the folder of its socket. Raises `NoServerError` where that cannot be done here."""
    programs = _programs()
    folder = Path(mkdtemp(prefix="coder-pg-"))
    try:
        user = _not_root(folder)
        _run(
            [
                *user,
                programs / "initdb",
                "-D",
                folder / "data",
                "-A",
                "trust",
                "-U",
                "coder",
                "-E",
                "UTF8",
                "--no-sync",
            ],
            folder,
        )
        options = f"-k {folder} -c listen_addresses= -c fsync=off -c max_connections=40"
        control = [*user, programs / "pg_ctl", "-D", folder / "data"]
        _run([*control, "-o", options, "-l", folder / "log", "-w", "start"], folder)
        try:
            yield folder
        finally:
            _run([*control, "-m", "immediate", "stop"], folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(folder: Path) -> str:
    """The address of an empty database."""
    import psycopg  # noqa: PLC0415 (an extra)

    name = f"study{next(_NUMBER)}"
    with psycopg.connect(f"host={folder} user=coder dbname=postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"postgresql+psycopg://coder@/{name}?host={folder}"


def _programs() -> Path:
    found = shutil.which("initdb")
    places = (
        [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    )
    for place in places:
        if (place / "initdb").exists() and (place / "pg_ctl").exists():
            return place
    raise NoServerError("PostgreSQL (initdb, pg_ctl) is not installed")


def _not_root(folder: Path) -> list[str | Path]:
    """The start of a command that does not run as root, which PostgreSQL refuses; that user owns the folder."""
    if os.geteuid() != 0:
        return []
    runuser = shutil.which("runuser")
    names = [name for name in ("postgres", "nobody") if _known(name)]
    if runuser is None or not names:
        raise NoServerError("PostgreSQL does not run as root, and there is no other user to run it as")
    shutil.chown(folder, names[0])
    folder.chmod(0o755)
    return [runuser, "-u", names[0], "--"]


def _known(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _run(command: list[str | Path], folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"}
    )
    if done.returncode:
        raise NoServerError(f"PostgreSQL did not start: {(done.stderr or done.stdout).strip()[-300:]}")
