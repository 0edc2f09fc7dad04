"""Files as accidents and attackers make them: reading one may end in no traceback, no hang and no half a file.

    python benchmarks/hostile_files.py [FILES] [--seed SEED]

Valid files of every kind that is read (tables and codebooks) are mutated: bits flipped, ends cut off, parts
doubled, swapped and taken out, numbers made huge, parts of a zip changed inside, nothing at all, and noise. Each
is read, and what could be read is written again. What counts: an error that is not a sentence of ours, more than ten
seconds, and a file that an error left behind.
"""

import argparse
import io
import random
import re
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import duckdb
import pandas as pd
import pyreadstat
import xlsxwriter
import xlwt

from coder import Codebook, Corpus, Rules
from coder.codebook import Code
from coder.errors import CoderError
from coder.files.answers import read_answers
from coder.files.cells import TEXTS
from coder.files.codebooks import import_codebook, write_codebook
from coder.files.wave_files import read_mentions, read_wave
from coder.files.writing import write_sheets

LONGEST = 10
"""Seconds after which reading is called a hang: of processor time here, or four times that by the clock."""
ROWS = [
    ("id", "antwoord", "codes", "gewicht", "dag"),
    *(
        (str(n), f"meer video {n}, één", ("video", "ai", "-")[n % 3], f"{0.5 + n / 7:.3f}", "2024-05-03")
        for n in range(9)
    ),
]
_YAML = """codebook: proef
language: nl
question: {nl: Wat wilt u?}
lists: {medium: [film, video]}
codes:
- {id: video, number: 1, label: {nl: Video}, rules: [video, 'film NEAR/3 kort', '%medium'], examples: [een video]}
- &ai {id: ai, number: 2, label: {nl: AI}, rules: [=AI, "artifici*"], exceptions: ['"geen ai"']}
- id: ander
  number: 98
  label: {nl: Andere}
"""
_DIC = "%\n1\tvideo\n2\tai\n%\nvideo*\t1\nfilm\t1\nchatgpt\t2\n"
_ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="blad">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
)
_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
    'manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
)


_TEXTS = {*TEXTS, ".yaml", ".qdc", ".dic"}
"""Read without a child process, and so three times as often: there a failure falls on the user."""


class HangError(BaseException):
    """Reading took too long; no handler of errors catches it."""


@dataclass(slots=True)
class Outcome:
    """What became of the files: how many were read and refused, and the failures with how to make them again."""

    read: int = 0
    refused: int = 0
    slowest: float = 0.0
    failures: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)


def originals(folder: Path) -> dict[str, bytes]:
    """A valid file of every kind, by its ending."""
    frame = pd.DataFrame(ROWS[1:], columns=list(ROWS[0])).astype({"gewicht": float})
    pyreadstat.write_sav(frame, str(folder / "a.sav"), column_labels=list(ROWS[0]))
    pyreadstat.write_sav(frame, str(folder / "a.zsav"), compress=True)
    with xlsxwriter.Workbook(folder / "a.xlsx") as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate(ROWS):
            sheet.write_row(row, 0, [float(cell) if row and place == 3 else cell for place, cell in enumerate(cells)])  # noqa: PLR2004
    old = xlwt.Workbook()
    page = old.add_sheet("blad")
    for row, cells in enumerate(ROWS):
        for place, cell in enumerate(cells):
            page.write(row, place, cell)
    old.save(str(folder / "a.xls"))
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = "".join(f"<table:table-row>{''.join(map(cell.format, row))}</table:table-row>" for row in ROWS)
    with ZipFile(folder / "a.ods", "w", ZIP_DEFLATED) as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr("content.xml", _ODS.format(rows=rows))
        parts.writestr("META-INF/manifest.xml", _MANIFEST)
    with duckdb.connect() as base:
        values = ", ".join(f"{(*row[:3], float(row[3]))}" for row in ROWS[1:])
        base.execute(f"COPY (FROM (VALUES {values}) t(id, antwoord, codes, gewicht)) TO '{folder / 'a.parquet'}'")
    text = "".join(";".join(row) + "\r\n" for row in ROWS)
    (folder / "a.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    (folder / "a.tsv").write_bytes(text.replace(";", "\t").encode("utf-16"))
    (folder / "a.yaml").write_bytes(_YAML.encode())
    (folder / "a.dic").write_bytes(_DIC.encode())
    codes = (Code("video", 1, {"nl": "Video"}, rules=("video",)), Code("ai", 2, {"nl": "AI"}))
    write_codebook(folder / "a.qdc", Codebook(codes, "proef"))
    write_codebook(folder / "codebook.xlsx", Codebook(codes, "proef"))
    return {path.suffix if path.stem == "a" else path.name: path.read_bytes() for path in folder.iterdir()}


def mutated(raw: bytes, chance: random.Random) -> bytes:
    """The bytes with one to four things done to them; of a zip half of the time to a part inside."""
    if raw[:2] == b"PK" and chance.random() < 0.5:  # noqa: PLR2004
        return _zip_mutated(raw, chance)
    for _ in range(chance.randint(1, 4)):
        raw = chance.choice(_MUTATIONS)(raw, chance)
    return raw


def _zip_mutated(raw: bytes, chance: random.Random) -> bytes:
    try:
        with ZipFile(io.BytesIO(raw)) as parts:
            content = {name: parts.read(name) for name in parts.namelist()}
    except (BadZipFile, OSError, ValueError):
        return raw
    name = chance.choice(list(content))
    match chance.randint(0, 3):
        case 0:
            del content[name]
        case 1:
            other = chance.choice(list(content))
            content[name], content[other] = content[other], content[name]
        case _:
            for _ in range(chance.randint(1, 3)):
                content[name] = chance.choice(_MUTATIONS)(content[name], chance)
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as parts:
        for part, data in content.items():
            parts.writestr(part, data)
    return out.getvalue()


def _span(raw: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(raw) + 1)
    return start, min(len(raw), start + chance.choice((1, 4, 16, 200, 5_000)))


def _flip(raw: bytes, chance: random.Random) -> bytes:
    data = bytearray(raw)
    for _ in range(chance.choice((1, 2, 8, 64)) if raw else 0):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _cut(raw: bytes, chance: random.Random) -> bytes:
    return raw[: chance.randrange(len(raw) + 1)]


def _take_out(raw: bytes, chance: random.Random) -> bytes:
    start, end = _span(raw, chance)
    return raw[:start] + raw[end:]


def _double(raw: bytes, chance: random.Random) -> bytes:
    start, end = _span(raw, chance)
    times = chance.choice((2, 10, 1_000)) if len(raw) < 100_000 else 2  # noqa: PLR2004
    return raw[:start] + raw[start:end] * times + raw[end:]


def _swap(raw: bytes, chance: random.Random) -> bytes:
    one, two = sorted((_span(raw, chance), _span(raw, chance)))
    if one[1] > two[0]:
        return raw
    return raw[: one[0]] + raw[slice(*two)] + raw[one[1] : two[0]] + raw[slice(*one)] + raw[two[1] :]


def _insert(raw: bytes, chance: random.Random) -> bytes:
    start, _ = _span(raw, chance)
    return raw[:start] + chance.choice(_NASTY) + raw[start:]


def _number(raw: bytes, chance: random.Random) -> bytes:
    found = list(re.finditer(rb"\d+", raw))
    if not found:
        return raw
    one = chance.choice(found)
    return (
        raw[: one.start()]
        + chance.choice((b"0", b"-1", b"1048576", b"99999999999999999999", b"1e999"))
        + raw[one.end() :]
    )


def _noise(_raw: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(chance.choice((0, 1, 10, 1_000)))


_MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(_flip, _cut, _take_out, _double, _swap, _insert, _number) * 3,
    _noise,
)
_NASTY = (
    *(
        b"\x00",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b'"',
        b"'",
        b";",
        b"\r",
        b"<",
        b"]]>",
        b"&",
        b"{",
        b"}",
        b": ",
        b"\t",
        b"- ",
    ),
    *(
        b"[" * 5_000,
        b"{a: " * 3_000,
        b"(" * 2_000,
        b"<a>" * 5_000,
        b"*",
        b"&x ",
        b"!!python/object:os.system ",
        b"9" * 5_000,
    ),
    *(b"<!DOCTYPE a [<!ENTITY b 'cccccccccc'><!ENTITY d '&b;&b;&b;&b;&b;&b;&b;&b;'>]>", b"XFD1048576", b"A" * 200_000),
)


@contextmanager
def _bounded(seconds: int) -> Iterator[None]:
    """Raise `HangError` in this thread when time is up, where the system has such an alarm (Windows has none)."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise HangError

    if not hasattr(signal, "setitimer"):
        yield
        return
    alarms = {signal.SIGPROF: (signal.ITIMER_PROF, seconds), signal.SIGALRM: (signal.ITIMER_REAL, 4 * seconds)}
    before = {number: signal.signal(number, ring) for number in alarms}
    for clock, allowed in alarms.values():
        signal.setitimer(clock, allowed)
    try:
        yield
    finally:
        for number, (clock, _) in alarms.items():
            signal.setitimer(clock, 0)
            signal.signal(number, before[number])


def use(path: Path) -> bool:
    """Read a file as everything it can be and write what came of it; whether anything could be read."""
    out = path.parent / "out"
    if path.suffix in {".yaml", ".qdc", ".dic"} or path.stem == "codebook":
        found = import_codebook(path)
        Rules().code(Corpus(pd.DataFrame({"text": ["een video"]}, index=["1"])), found.book)
        for ending in (".yaml", ".qdc", ".xlsx"):
            write_codebook(out / f"codebook{ending}", found.book)
        return True
    reads: list[Callable[[], object]] = [lambda: _answers(path, out)]
    if path.suffix in TEXTS:  # what each makes of cells; a child process is asked once
        reads += [lambda: read_mentions(path, weight="gewicht"), lambda: read_wave(path)]
    refused: list[CoderError] = []
    for read in reads:
        try:
            read()
        except CoderError as error:
            refused.append(error)
    if len(refused) == len(reads):
        raise refused[0]
    return True


def _answers(path: Path, out: Path) -> None:
    read = read_answers(path, text="antwoord", id="id")
    for ending in (".xlsx", ".csv"):
        write_sheets(out / f"read{ending}", {"answers": read.sheet})


def measure(files: int, seed: int, kinds: dict[str, bytes], folder: Path, *, tell: bool = False) -> Outcome:
    """Mutate and read so many files; number `n` of a seed is always the same file."""
    found, told = Outcome(), 0
    endings = [ending for ending in sorted(kinds) for _ in range(3 if ending in _TEXTS else 1)]
    for number in range(files):
        chance = random.Random(f"{seed}-{number}")  # noqa: S311 (no secret)
        ending = chance.choice(endings)
        path = folder / (ending if ending.startswith("codebook") else f"a{ending}")
        path.write_bytes(mutated(kinds[ending], chance))
        found.kinds[ending] += 1
        began = time.perf_counter()
        try:
            with _bounded(LONGEST), warnings.catch_warnings():
                warnings.simplefilter("error")
                use(path)
            found.read += 1
        except CoderError:
            found.refused += 1
        except HangError:
            found.failures.append(f"{number} ({path.name}): more than {LONGEST} s")
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            last = traceback.extract_tb(error.__traceback__)[-1]
            found.failures.append(
                f"{number} ({path.name}): {type(error).__name__}: {error!s:.100} at {last.filename}:{last.lineno}"
            )
        found.slowest = max(found.slowest, time.perf_counter() - began)
        left = [one.name for one in (*folder.iterdir(), *(folder / "out").glob("*")) if one.name.startswith(".")]
        if left:
            found.failures.append(f"{number} ({path.name}): left {', '.join(left)}")
        path.unlink()
        if tell and (found.failures[told:] or (number + 1) % 500 == 0):
            print(f"{number + 1} files", *found.failures[told:], sep="\n  ", file=sys.stderr, flush=True)
            told = len(found.failures)
    return found


def main() -> None:
    """Run and print; the exit status is 1 where anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="?", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as start, tempfile.TemporaryDirectory() as work:
        found = measure(asked.files, asked.seed, originals(Path(start)), Path(work), tell=True)
    print(f"{asked.files} files (seed {asked.seed}): {dict(sorted(found.kinds.items()))}")
    print(f"read {found.read}, refused {found.refused}, failed {len(found.failures)}; slowest {found.slowest:.1f} s")
    print("\n".join(found.failures))
    sys.exit(bool(found.failures))


if __name__ == "__main__":
    main()
