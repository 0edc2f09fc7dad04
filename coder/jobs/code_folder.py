"""Coding answers that do not fit in memory: file to folder, by a pool of processes, each with a part at a time.

Who is stopped goes on with the same command: a part that is there is not coded again.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from signal import SIG_IGN, SIGINT, signal
from typing import TYPE_CHECKING

from coder.codebook import Codebook
from coder.errors import CoderError, DataError, MissingExtraError
from coder.files.answer_parts import AnswerFiles, Part
from coder.files.coded_folder import CodedFolder
from coder.files.parquet import database, read_rows, write_rows
from coder.jobs.batches import BatchCoder, TopicCoder
from coder.note import Progress, silent

if TYPE_CHECKING:
    from coder.methods.classifier import Classifier
    from coder.methods.topics import TopicModel

STEP = "progress.parts"
Work = Callable[[Part], Part]
"""What is done to a part, which it gives back; it can go to another process."""
_FALLS = 3
"""So often a part may end the process that codes it."""


def code_folder(
    answers: AnswerFiles,
    out: Path,
    codebook: Codebook | None = None,
    model: "Classifier | None" = None,
    *,
    into: str = "codes",
    reasons: bool = False,
    no_answer: Sequence[str] | None = None,
    nlp: str = "nl_coder_sm",
    processes: int | None = None,
    cluster: str = "",
    progress: Progress = silent,
) -> dict[str, int]:
    """Code the answers of files into a folder, as `coder.code_batches` codes them; what each row was stays with it.

    The folder has a .parquet a part, in the order of the files, and says of itself what was coded with what. Of a run
    that was stopped it has the parts that are whole, and the same call goes on from there. `processes` are as many as
    there are processors unless given; each takes some 400 MB. With `cluster`, the workers of a Dask cluster code in
    their place: the address of its scheduler, "local" for one of `processes` here, or "slurm" or "pbs" for jobs that
    have `processes` together (those of one job unless given). `progress` is told bytes of the answers.

    Returns how many `rows` there are, how many were `given` a code, how many are `without` one and how many are
    `no_answer`. Raises `DataError` where the folder has something else in it or what another run coded, where another
    codes into it now, where a column `into` is there, and as reading and coding do.
    """
    coder = BatchCoder(codebook, model, answers.text, into, reasons=reasons, no_answer=no_answer, nlp=nlp)
    if taken := [name for name in coder.added if name in answers.columns]:
        key = "files.column_taken" if taken[0] == into else "files.column_fixed"
        raise DataError(key, file=answers.files[0].name, column=taken[0])
    folder = CodedFolder(out.absolute())
    run = {
        "answers": answers.marks(),
        "codebook": codebook.hash if codebook is not None else "",
        "model": str(model.card["hash"]) if model is not None else "",
        "text": answers.text,
        "into": into,
        "reasons": reasons,
        "no_answer": None if no_answer is None else list(no_answer),
        "nlp": nlp,
        "coder": coder.name,
    }
    return _filled(folder, answers, run, coder, processes, cluster, progress)


def topics_folder(
    answers: AnswerFiles,
    out: Path,
    model: "TopicModel",
    *,
    into: str = "topic",
    no_answer: Sequence[str] | None = None,
    processes: int | None = None,
    progress: Progress = silent,
) -> dict[str, int]:
    """Give the answers of files their topics in a folder, as `code_folder` gives them codes; returns the same.

    Topics are those of `model`, by their numbers, the first one first. An answer has the same ones in whatever part it
    is, and whatever stands beside it.
    """
    coder = TopicCoder(model, answers.text, into, no_answer=no_answer)
    run = {
        "answers": answers.marks(),
        "codebook": "",
        "model": model.hash,
        "text": answers.text,
        "into": into,
        "no_answer": None if no_answer is None else list(no_answer),
        "coder": coder.name,
    }
    return _filled(CodedFolder(out.absolute()), answers, run, coder, processes, "", progress)


def _filled(
    folder: CodedFolder,
    answers: AnswerFiles,
    run: Mapping[str, object],
    coder: BatchCoder | TopicCoder,
    processes: int | None,
    cluster: str,
    progress: Progress,
) -> dict[str, int]:
    """Code what is not there yet."""
    with folder.locked():
        folder.begin(run)
        with _workers(partial(_code_part, coder, folder), processes, cluster) as work:
            told = _Told(answers.bytes, progress)
            before = folder.done
            for part in work(told.but(answers.parts(folder.path, before), before)):
                told.more(part)
        return folder.end()


class _Told:
    """Tells how many bytes of the answers are coded."""

    def __init__(self, total: int, progress: Progress) -> None:
        self._total, self._done, self._progress = total, 0, progress
        progress(STEP, 0, total)

    def more(self, part: Part) -> None:
        self._done += part.bytes
        self._progress(STEP, self._done, self._total)

    def but(self, parts: Iterable[Part], before: frozenset[int]) -> Iterator[Part]:
        """The parts that were not coded before; the others are told."""
        for part in parts:
            if part.number in before:
                self.more(part)
            else:
                yield part


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _workers(code: Work, processes: int | None, cluster: str) -> Iterator[Callable[[Iterable[Part]], Iterator[Part]]]:
    """What codes parts, and gives each back when its file is there."""
    if cluster:
        try:
            from coder.jobs.cluster import on_cluster  # noqa: PLC0415 (Dask is an extra)
        except ModuleNotFoundError:
            raise MissingExtraError("parts.no_dask") from None
        with on_cluster(cluster, code, processes) as work:
            yield work
        return
    processes = processes or processors()
    if processes == 1:
        yield lambda parts: map(code, parts)
        return
    pool = _Pool(code, processes)
    try:
        yield pool.work
    finally:
        pool.stop()


class _Pool:
    """Processes that code parts, one each at a time. One that falls (memory ran out, somebody ended it) is replaced.

    Each has a pipe of its own and shares no lock: what falls takes nothing with it, and one whose parent is gone ends.
    """

    def __init__(self, code: Work, processes: int) -> None:
        self._code, self._processes = code, processes
        self._idle: list[_Worker] = []
        self._busy: dict[Connection, tuple[_Worker, Part]] = {}

    def work(self, parts: Iterable[Part]) -> Iterator[Part]:
        """Each part as it is done."""
        left, falls = iter(parts), Counter[int]()
        while True:
            while len(self._busy) < self._processes and (part := next(left, None)) is not None:
                self._give(part)
            if not self._busy:
                return
            for pipe in wait(list(self._busy)):
                worker, part = self._busy.pop(pipe)  # type: ignore[call-overload]
                try:
                    found = worker.pipe.recv()
                except (EOFError, OSError):
                    worker.stop()
                    falls[part.number] += 1
                    if falls[part.number] >= _FALLS:
                        raise CoderError("parts.fell", times=_FALLS, part=part.number + 1) from None
                    self._give(part)
                    continue
                self._idle.append(worker)
                if found is not None:
                    raise found
                yield part

    def _give(self, part: Part) -> None:
        worker = self._idle.pop() if self._idle else _Worker(self._code)
        with suppress(OSError):  # it fell: told when its pipe is read
            worker.pipe.send(part)
        self._busy[worker.pipe] = worker, part

    def stop(self) -> None:
        """End the processes, whatever they do."""
        for worker in [*self._idle, *(worker for worker, _ in self._busy.values())]:
            worker.stop()


class _Worker:
    """A process, and the pipe by which it is given parts."""

    def __init__(self, code: Work) -> None:
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, code), daemon=True)
        self._process.start()
        theirs.close()

    def stop(self) -> None:
        self.pipe.close()
        self._process.terminate()
        self._process.join()


def _serve(pipe: Connection, code: Work) -> None:
    """Code parts until nobody asks any more; what went wrong goes back."""
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 (in a process of its own)

    signal(SIGINT, SIG_IGN)  # who stops the command stops its processes
    threadpool_limits(1)
    with suppress(EOFError, OSError):
        while True:
            part = pipe.recv()
            try:
                code(part)
                pipe.send(None)
            except Exception as error:  # noqa: BLE001 (it is raised where the work was asked for)
                pipe.send(error if isinstance(error, CoderError | MemoryError) else RuntimeError(repr(error)))


def _code_part(coder: BatchCoder | TopicCoder, folder: CodedFolder, part: Part) -> Part:
    """Code a part, and put it where it belongs."""
    target = folder.part(part.number)
    if not target.exists():
        try:
            with database() as base:
                rows = read_rows(base, part.path, part.first, part.rows)
                coded = [one for batch in rows for one in coder.code(batch)]
                write_rows(base, target, coded)
        except DataError as error:
            if error.note.key != "files.no_parquet":
                raise
            raise DataError("files.no_parquet", **{**error.note.values, "file": part.path.name}) from None
    if part.ours:
        part.path.unlink(missing_ok=True)
    return part
