# ruff: noqa: S603, S608 (its own program; numbers and names of its own in a query)
"""Answers by the million: speed, memory, growth, and a run that is killed; beside plain tools on the same patterns.

    pip install 'codeboek[scale]'  (and polars pyahocorasick for the peers)
    OMP_NUM_THREADS=1 python benchmarks/scale.py [--sizes 100000 1000000] [--folder DIR] [--peers] [--seed S]
    OMP_NUM_THREADS=1 python benchmarks/scale.py --learning [--sizes 20000 500000]

The answers are synthetic, 149 characters on average: two halves of sentences, 50,000 of each, of words of the demo and
of words made of syllables that are drawn by Zipf's law (some 100,000 different ones, as in a million real answers). The
codebook is that of the demo trends: 14 codes.

Rates are answers a processor second, of all threads and processes together (user and system), so that other work on the
machine matters less; wall times and the load are printed beside. A run is `coder code` from a .parquet to a folder,
interpreter and loading included. `peak` is the most memory that one process held.

`--learning` makes coded answers: one or two of the demo answers, each without a quarter of its words, before half an
answer as above; of their codes 6 % are dropped, and 3 % of the answers get one of another. A model of words is trained
on them and scored on 20,000 others; then topics are given to as many answers, and 100 are chosen to be coded next.

Ratios of peers are theirs through ours on the same answers in one process: over 1, ours is faster. Theirs look for
strings in lower case; ours for inflections, phrases, negation, exceptions and places.
"""

import argparse
import csv
import heapq
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import numpy as np
from arro3.core import Array, DataType, RecordBatch

import coder
from coder.files.coded_folder import CodedFolder
from coder.jobs.batches import BatchCoder
from coder.resources import resource

HALVES, WORDS, OWN = 50_000, 12, 0.3
PART = 100_000
HELD = 20_000
SECOND, LEFT_OUT, DROPPED, ANOTHER = 0.35, 0.25, 0.06, 0.03
"""Of coded answers: a second one in it, words left out, codes dropped, and answers with a code of another."""
BOOK = resource("codebooks/trends.yaml")
_RUN = """
import json, resource, sys, time
from pathlib import Path
import coder
from coder.files.answer_parts import AnswerFiles
from coder.jobs.code_folder import code_folder
if __name__ == "__main__":
    start = time.perf_counter()
    answers, out, book, processes, cluster = *map(Path, sys.argv[1:4]), int(sys.argv[4]), sys.argv[5]
    found = code_folder(
        AnswerFiles.of(answers, "answer"), out, coder.read_codebook(book), processes=processes, cluster=cluster
    )
    own, under = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + under.ru_utime + under.ru_stime
    status = Path("/proc/self/status")  # on Linux, where what getrusage tells is at least the peak of who began this
    said = status.read_text() if status.exists() else ""
    peak = int(said.partition("VmHWM:")[2].split()[0]) // 1024 if said else own.ru_maxrss // 1024**2
    peak = max(peak, under.ru_maxrss // 1024 if processes > 1 else 0)
    print(json.dumps({**found, "cpu": cpu, "wall": time.perf_counter() - start, "peak": peak}))
"""


_TABLE = """
import json, resource, sys
from pathlib import Path
from coder.cli import app
from coder.cli.main import run_command
if __name__ == "__main__":
    run_command(app, sys.argv[1:])
    own = resource.getrusage(resource.RUSAGE_SELF)
    status = Path("/proc/self/status")
    peak = int(status.read_text().partition("VmHWM:")[2].split()[0]) // 1024 if status.exists() else 0
    print(json.dumps({"cpu": own.ru_utime + own.ru_stime, "peak": peak}), file=sys.stderr)
"""


def main() -> None:
    """Measure, and print a JSON line a figure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--dask", action="store_true", help="the same run on a cluster of two workers here")
    parser.add_argument("--plan", action="store_true", help="simulate clusters, and measure nothing")
    parser.add_argument("--learning", action="store_true", help="train, evaluate, topics and targeted samples instead")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if given.plan:
        _plan(given.seed)
        return
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        halves = [_halves(np.random.default_rng(given.seed + side)) for side in (0, 1)]
        if given.learning:
            for size in given.sizes:
                for what, row in _learning(folder, halves, size, given.seed):
                    _say(what, answers=size, **row)
        else:
            _coding(folder, halves, given)


def _coding(folder: Path, halves: list[list[str]], given: argparse.Namespace) -> None:
    """Coding, tables, a run that is killed, and peers."""
    _say("codes alone, one process, in memory", **_alone(folder, halves))
    for size in given.sizes:
        answers = _written(folder, halves, size)
        for processes in (1, 2) if size == given.sizes[-1] or size == given.sizes[0] else (1,):
            _say("a run", answers=size, processes=processes, **_run(folder, answers, processes))
        if given.dask:
            _say("a run on Dask", answers=size, processes=2, **_run(folder, answers, 2, "local"))
        for command, row in _tables(folder):
            _say(command, answers=size, **row)
        answers.unlink()
    _say("killed and resumed", **_killed(folder, halves))
    if given.peers:
        for peer, row in _peers(halves):
            _say(peer, **row)


def _say(what: str, **row: object) -> None:
    print(json.dumps({"what": what, **row, "load": round(os.getloadavg()[0], 1)}), flush=True)


def _plan(seed: int) -> None:
    """How long clusters would take by the rates of docs/scale.md; simulated, not run."""
    rates = {"rules": 140_000, "words": 1_900, "use": 170, "e5": 10}
    for answers in (10**8, 10**9):
        for name, rate in rates.items():
            for workers in (2, 16, 160, 1_600):
                hours = _simulated(np.random.default_rng(seed), answers, rate, workers) / 3600
                _say("plan", answers=answers, by=name, processes=workers, hours=round(hours, 3))


def _simulated(random: np.random.Generator, answers: int, rate: float, workers: int) -> float:
    """Seconds until the last part is there: each process takes the next part when it is free.

    A part has 100,000 answers; its time varies by a fifth. One that gives parts out needs a thousandth of a second for
    each. A process takes 1.5 s to begin, is in one of twenty cases half as fast as others, and falls once in a hundred
    hours: then its part is coded again.
    """
    pace = rate * np.where(random.random(workers) < 0.05, 0.5, 1.0)  # noqa: PLR2004
    free = [(1.5, worker) for worker in range(workers)]
    heapq.heapify(free)
    end = given_out = 0.0
    for _ in range(-(-answers // PART)):
        at, worker = heapq.heappop(free)
        given_out = max(given_out + 0.001, at)
        takes = PART / pace[worker] * random.lognormal(0, 0.2)
        ready = given_out + takes + (takes / 2 + 1.5) * random.poisson(takes / 360_000)
        end = max(end, ready)
        heapq.heappush(free, (ready, worker))
    return end


def _halves(random: np.random.Generator) -> list[str]:
    """Halves of answers."""
    said = coder.read(resource("corpora/trends-2024.csv"), text="answer", id="id").texts
    own = [word for text in said for word in text.split()]
    heads = ("aan", "be", "ge", "ver", "op", "in", "uit", "door", "lo", "ma", "ri", "te")
    tails = ("ken", "ting", "lijk", "heid", "en", "er", "baar", "sel", "ing", "s")
    parts = ["ba", "ro", "stel", "wer", "vor", "men", "kel", "dra", "gi", "pun", "zor", "lan"]
    made = [
        f"{heads[number % 12]}{''.join(parts[place] for place in places)}{tails[number % 10]}"
        for number, places in enumerate(random.integers(0, 12, (200_000, 3)).tolist())
    ]
    zipf = 1 / np.arange(10, len(made) + 10)
    drawn = random.choice(len(made), HALVES * WORDS, p=zipf / zipf.sum())
    mine = random.random(HALVES * WORDS) < OWN
    picked = random.integers(0, len(own), HALVES * WORDS)
    words = [own[own_] if is_own else made[other] for is_own, own_, other in zip(mine, picked, drawn, strict=True)]
    return [" ".join(words[start : start + WORDS])[:74].strip() for start in range(0, len(words), WORDS)]


_ANSWERS = """
    SELECT k AS nr, l.text || ' ' || r.text AS answer, 'g' || (k % 7) AS sector, 0.5 + (k % 5) / 4 AS weight
    FROM (SELECT range AS k, (range % $n)::INT AS a, ((range * 7 + range // $n * 13) % $n)::INT AS b
          FROM range($first, $last)) JOIN lefts l ON l.place = a JOIN rights r ON r.place = b ORDER BY k
"""


def _written(folder: Path, halves: list[list[str]], size: int) -> Path:
    """So many answers in a .parquet."""
    path = folder / f"answers-{size}.parquet"
    with duckdb.connect() as base:
        for name, texts in zip(("lefts", "rights"), halves, strict=True):
            places = Array(list(range(len(texts))), type=DataType.int32())
            half = RecordBatch({"place": places, "text": Array(texts, type=DataType.utf8())})
            base.register("half", half)
            base.execute(f"CREATE TABLE {name} AS FROM half")
            base.unregister("half")
        values = {"n": HALVES, "first": 0, "last": size}
        query = _ANSWERS
        for key, value in values.items():
            query = query.replace(f"${key}", str(value))
        base.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 100000)")
    return path


def _texts(halves: list[list[str]], size: int) -> list[str]:
    left, right = halves
    return [f"{left[k % HALVES]} {right[(k * 7 + k // HALVES * 13) % HALVES]}" for k in range(size)]


def _alone(folder: Path, halves: list[list[str]], size: int = 200_000) -> dict[str, object]:  # noqa: ARG001
    texts = _texts(halves, size)
    book = coder.read_codebook(BOOK)
    batches = [
        RecordBatch({"answer": Array(texts[start : start + 50_000], type=DataType.utf8())})
        for start in range(0, size, 50_000)
    ]
    warm = BatchCoder(book, None, "answer")
    list(warm.code(RecordBatch({"answer": Array(texts[:2_000], type=DataType.utf8())})))  # loads what it needs
    start = time.process_time()
    one = BatchCoder(book, None, "answer")
    for batch in batches:
        list(one.code(batch))
    cold = time.process_time() - start
    return {"answers": size, "characters": round(sum(map(len, texts)) / size, 1), "a_second": round(size / cold)}


def _run(folder: Path, answers: Path, processes: int, cluster: str = "") -> dict[str, object]:
    """A run from file to folder, in a process of its own."""
    out = folder / "coded"
    shutil.rmtree(out, ignore_errors=True)
    done = subprocess.run(
        _command(folder, answers, out, processes, cluster), check=True, capture_output=True, text=True
    )
    row = json.loads(done.stdout)
    row["a_second"] = round(row["rows"] / row["cpu"])
    return {name: round(value, 2) for name, value in row.items() if name not in {"given", "without", "no_answer"}}


def _command(folder: Path, answers: Path, out: Path, processes: int, cluster: str = "") -> list[str]:
    script = folder / "run.py"
    script.write_text(_RUN, encoding="utf-8")
    return [sys.executable, str(script), str(answers), str(out), str(BOOK), str(processes), cluster]


def _tables(folder: Path) -> Iterator[tuple[str, dict[str, object]]]:
    """What is made of the folder of the last run: seconds of one process, loading included, and its peak."""
    out, book, written = str(folder / "coded"), str(BOOK), str(folder / "report.md")
    estimate = ["estimate", out, "--text", "answer", "--hand", "hand", "--hand-file", _hand(folder), "--id", "nr"]
    estimate += ["--predictions", "codes"]
    for options in (
        ["top", out],
        ["top", out, "--weight", "weight"],
        ["groups", out, "--by", "sector"],
        ["groups", out, "--by", "sector", "--weight", "weight"],
        ["compare", out, out, "--names", "now,then"],
        estimate,
        [*estimate, "--weight", "weight", "--by", "sector"],
        ["report", out, "--text", "answer", "--weight", "weight", "--by", "sector", "-o", written],
        [
            "facts",
            out,
            "--text",
            "answer",
            "--weight",
            "weight",
            "--by",
            "sector",
            "--id",
            "nr",
            "-o",
            f"{written}.csv",
        ],
    ):
        command = [*options, *(["--codebook", book] if options[0] != "facts" else [])]
        said = " ".join(option for option in options if not option.startswith(str(folder)))
        yield said, _of_command(folder, command)[0]
        Path(written).unlink(missing_ok=True)


def _of_command(folder: Path, options: list[str]) -> tuple[dict[str, object], str]:
    """Seconds of the processor and peak of a command in a process of its own; and what it printed."""
    script = folder / "table.py"
    script.write_text(_TABLE, encoding="utf-8")
    done = subprocess.run([sys.executable, str(script), *options], check=True, capture_output=True, text=True)
    row = json.loads(done.stderr.splitlines()[-1])
    return {k: round(v, 2) for k, v in row.items()}, done.stdout


def _learning(folder: Path, halves: list[list[str]], size: int, seed: int) -> Iterator[tuple[str, dict[str, object]]]:
    """Training on so many coded answers, scoring, topics of as many and a targeted sample."""
    coded, held, model = folder / "coded.csv", folder / "held.csv", str(folder / "model")
    for path, count, side in ((coded, size, 0), (held, HELD, 1)):
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["answer", "codes"])
            rows.writerows(_coded(np.random.default_rng([seed, side]), halves[side], count))
    asked = ["--text", "answer", "--codes", "codes"]
    yield "train", _of_command(folder, ["train", str(coded), *asked, "--embedding", "none", "-o", model])[0]
    yield "evaluate", _of_command(folder, ["evaluate", str(coded), *asked, "--embedding", "none"])[0]
    for path in (held, coded):
        row, table = _of_command(folder, ["evaluate", str(path), *asked, "--model", model, "--format", "csv"])
        f1 = next(line for line in table.splitlines() if line.startswith("classifier")).split(",")[3]
        yield f"evaluate --model, on {path.stem}", {**row, "f1": f1}
    answers, out = _written(folder, halves, size), folder / "topics"
    shutil.rmtree(out, ignore_errors=True)
    asked = [str(answers), "--text", "answer"]
    into = ["--embedding", "none", "--processes", "1", "-o", str(out)]
    yield "topics, words alone", _of_command(folder, ["topics", *asked, *into])[0]
    sheet = ["--id", "nr", "--targeted", "--model", model, "-o", str(folder / "sheet.csv")]
    yield "sample --targeted", _of_command(folder, ["sample", *asked, *sheet])[0]
    answers.unlink()


def _coded(random: np.random.Generator, halves: list[str], size: int) -> Iterator[tuple[str, str]]:
    """Synthetic answers and their codes."""
    book = coder.read_codebook(BOOK)
    said, given = list[list[str]](), list[list[str]]()
    for name in ("trends-2021", "trends-2024"):
        corpus = coder.read(resource(f"corpora/{name}.csv"), text="answer", id="id")
        hand = coder.Coding.from_column(corpus, "codes", book)
        said += [text.split() for text in corpus.texts[hand.seen]]
        given += [cell.split(";") if cell != "-" else [] for cell in hand.cells(hand.seen, book.ids)]
    for _ in range(size):
        words, codes = list[str](), list[str]()
        for place in random.integers(0, len(said), 1 + int(random.random() < SECOND)).tolist():
            words += [word for word in said[place] if random.random() > LEFT_OUT] or said[place][:1]
            codes += [code for code in given[place] if random.random() > DROPPED]
        if random.random() < ANOTHER:
            codes.append(book.ids[random.integers(0, len(book.ids))])
        text = f"{' '.join(words)}{'. ' if random.random() < 1 / 2 else ' '}{halves[random.integers(0, len(halves))]}"
        yield text, ";".join(dict.fromkeys(codes)) or "-"


def _hand(folder: Path, size: int = 400) -> str:
    """A file of answers drawn at random, with codes by hand: those of the rules, one in ten of them without."""
    path, parts = folder / "hand.csv", f"{folder}/coded/part-*.parquet"
    codes = "CASE WHEN len(codes) > 0 AND hash(nr) % 10 > 0 THEN array_to_string(codes, ';') ELSE '-' END"
    with duckdb.connect() as base:
        drawn = f"SELECT nr, {codes} AS hand FROM '{parts}' ORDER BY hash(nr + 1) LIMIT {size}"
        base.execute(f"COPY ({drawn}) TO '{path}' (HEADER, DELIMITER ',')")
    return str(path)


def _killed(folder: Path, halves: list[list[str]], size: int = 1_000_000) -> dict[str, object]:
    """A run that is killed half-way by SIGKILL and begun again, beside one that was not."""
    answers, out, whole = _written(folder, halves, size), folder / "killed", folder / "coded"
    _run(folder, answers, 2)
    run = subprocess.Popen(_command(folder, answers, out, 2), stdout=subprocess.DEVNULL)
    while len(CodedFolder(out).done) < 5:  # noqa: PLR2004 (half)
        time.sleep(0.05)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    before = {number: CodedFolder(out).part(number).stat().st_mtime_ns for number in CodedFolder(out).done}
    subprocess.run(_command(folder, answers, out, 2), check=True, capture_output=True)
    again = sum(CodedFolder(out).part(number).stat().st_mtime_ns != at for number, at in before.items())
    same = len({_sum(folder) for folder in (out, whole)}) == 1
    return {"answers": size, "parts_before": len(before), "parts_coded_again": again, "same_rows": same}


def _sum(folder: Path) -> tuple[object, ...]:
    with duckdb.connect() as base:
        found = base.execute(
            f"SELECT count(*), count(DISTINCT nr), bit_xor(hash(nr, codes)) FROM '{folder}/part-*.parquet'"
        ).fetchone()
    return tuple(found or ())


def _peers(halves: list[list[str]], size: int = 50_000) -> Iterator[tuple[str, dict[str, object]]]:
    """The processor seconds of other tools through ours, on the rules that are plain strings."""
    book, texts = coder.read_codebook(BOOK), _texts(halves, size)
    rules = {rule for code in book.codes for rule in code.rules}
    patterns = sorted({rule.rstrip("*").lower() for rule in rules if rule.rstrip("*").replace(" ", "").isalpha()})
    batch = RecordBatch({"answer": Array(texts, type=DataType.utf8())})
    ours = _seconds(lambda: list(BatchCoder(book, None, "answer").code(batch)))
    yield "patterns", {"rules": len(rules), "as_strings": len(patterns), "ours_a_second": round(size / ours)}
    for name, job in _jobs(texts, patterns).items():
        theirs = _seconds(job)
        yield name, {"a_second": round(size / theirs), "ratio": round(theirs / ours, 2)}


def _jobs(texts: list[str], patterns: list[str]) -> dict[str, Callable[[], object]]:
    import ahocorasick  # noqa: PLC0415 (peers need not be installed)
    import polars as pl  # noqa: PLC0415

    series = pl.Series(texts)
    automaton = ahocorasick.Automaton()
    for number, pattern in enumerate(patterns):
        automaton.add_word(pattern, number)
    automaton.make_automaton()
    base = duckdb.connect(config={"threads": "1"})
    base.register("said", RecordBatch({"answer": Array(texts, type=DataType.utf8())}))
    base.execute("CREATE TABLE kept AS FROM said")
    either = "|".join(patterns)
    return {
        "Polars str.contains_any": lambda: series.str.to_lowercase().str.contains_any(patterns).sum(),
        "Polars str.find_many": lambda: series.str.to_lowercase().str.find_many(patterns, overlapping=True),
        "pyahocorasick": lambda: [list(automaton.iter(text.lower())) for text in texts],
        "DuckDB regexp_matches (any)": lambda: base.execute(
            "SELECT count(*) FROM kept WHERE regexp_matches(lower(answer), ?)", [either]
        ).fetchall(),
        "DuckDB regexp_extract_all": lambda: base.execute(
            "SELECT sum(len(regexp_extract_all(lower(answer), ?))) FROM kept", [either]
        ).fetchall(),
    }


def _seconds(job: Callable[[], object], rounds: int = 2) -> float:
    """Processor seconds, the least of the rounds."""
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        job()
        taken.append(time.process_time() - start)
    return min(taken)


if __name__ == "__main__":
    main()
