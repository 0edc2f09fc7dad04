"""Working on parts of answers on the machines of a Dask cluster, in place of the processes of this one.

What works is sent to each worker once, also to one that comes later. A worker that falls is Dask's to replace: its part
is done again elsewhere. The answers and the folder are on a disk that all machines have.

On SLURM and PBS the workers are jobs that dask-jobqueue hands in. What a job asks for stands in its own configuration
(jobqueue.yaml), which clusters document and administrators hand out.
"""

import pickle
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import dask
from distributed import (
    Adaptive,
    Client,
    KilledWorker,
    LocalCluster,
    Status,
    Worker,
    WorkerPlugin,
    as_completed,
    get_worker,
)

from coder.errors import CoderError, MissingExtraError
from coder.files.answer_parts import Part

LOCAL = "local"
_QUEUES = {"slurm": "SLURMCluster", "pbs": "PBSCluster"}
"""The systems to which jobs are handed in, and what dask-jobqueue calls the cluster of each."""
_GIGABYTES = 4
"""So much memory a job asks for each of its cores, where its configuration does not say how much."""
_LOOK, _GONE = 1, 15
"""So many seconds apart jobs are looked at, and so many times in a row one must be gone to be handed in anew."""
_NEVER = "365 days"
"""After so long Dask may take a job for lost by itself: it goes by names, which a job handed in anew may have."""
_NAME = "coder"
_ENVIRONMENT = {"OMP_NUM_THREADS": 1, "OPENBLAS_NUM_THREADS": 1}
"""What workers here begin with. Dask has them give memory back at every turn too, which arrays pay for."""
Work = Callable[[Part], Part]
"""What is done to a part, which it gives back; it can go to another process."""
_AHEAD = 2
"""So many parts are given out a thread, so that none waits for the next."""


@contextmanager
def on_cluster(address: str, work: Work, processes: int | None) -> Iterator[Callable[[Iterable[Part]], Iterator[Part]]]:
    """What works on parts on the cluster of this address, on workers here (`LOCAL`) or on those of jobs (slurm, pbs).

    `processes` is how many workers there are to be: one a processor here, and as many as a job has, unless given.
    Raises `CoderError` where nobody answers or no job is taken, and `MissingExtraError` without dask-jobqueue.
    """
    with ExitStack() as open_ones:
        place: Any = address
        if address in _QUEUES:
            place = open_ones.enter_context(_jobs(address, processes))
        elif address == LOCAL:
            open_ones.enter_context(dask.config.set({"distributed.nanny.pre-spawn-environ": _ENVIRONMENT}))
            made = LocalCluster(n_workers=processes, threads_per_worker=1, dashboard_address=None, silence_logs=50)
            place = open_ones.enter_context(made)
        try:
            client = open_ones.enter_context(Client(place, timeout=20))
        except (OSError, ValueError) as error:
            raise CoderError("parts.no_cluster", address=address, why=str(error)) from None
        client.register_plugin(_Plugin(work), name=_NAME)
        expected = 0 if place is address else len(place.plan)
        yield lambda parts: _done(client, parts, expected)


@contextmanager
def _jobs(queue: str, processes: int | None) -> Iterator[Any]:
    """A cluster whose workers are jobs, which are handed in again when they end before the work does."""
    try:
        import dask_jobqueue  # noqa: PLC0415 (here it fills in what dask's configuration does not say)
    except ModuleNotFoundError:
        raise MissingExtraError("parts.no_jobqueue", queue=queue) from None
    kind = getattr(dask_jobqueue, _QUEUES[queue])
    if shutil.which(kind.job_cls.submit_command) is None:
        raise CoderError("parts.no_queue", queue=queue, command=kind.job_cls.submit_command)
    asked = dask.config.get(f"jobqueue.{queue}")
    cores = asked["cores"] or 1
    each = asked["processes"] or cores
    try:
        cluster = kind(
            cores=cores,
            processes=each,
            memory=asked["memory"] or f"{_GIGABYTES * cores} GB",
            scheduler_options={"dashboard_address": None, **asked["scheduler-options"]},
        )
    except (TypeError, ValueError) as error:
        raise CoderError("parts.no_job", queue=queue, why=str(error)) from None
    with dask.config.set({"distributed.deploy.lost-worker-timeout": _NEVER}), cluster:
        workers = processes or each

        async def begin() -> None:
            while len(cluster.plan) < workers:  # scale() does this too, and tells nobody that a job was not taken
                cluster.worker_spec.update(cluster.new_worker_spec())
            await cluster

        try:
            cluster.sync(begin)
        except RuntimeError as error:
            for job in cluster.workers.values():
                if job.job_id is None:
                    job.status = Status.failed  # Dask ends no cluster that has a job of which it does not know this
            why = str(error).rpartition("stderr:")[2].strip()
            raise CoderError("parts.no_job", queue=queue, why=why) from None
        cluster.adapt(_Kept, minimum=workers, maximum=workers, interval=_LOOK)
        yield cluster


class _Kept(Adaptive):  # type: ignore[misc]
    """Hands a job in anew that ended too soon: its time was up, its machine fell, somebody ended it.

    Dask's own does so for jobs of one worker only. A job of which no worker was ever seen is left: it may wait in the
    queue.
    """

    def __init__(self, *given: Any, **options: Any) -> None:  # noqa: ANN401 (what Dask gives)
        super().__init__(*given, **options)
        self._gone: dict[str, int] = {}

    async def adapt(self) -> None:
        """Look which jobs have gone, and have as many as were asked for."""
        names = {worker.name for worker in self.cluster.scheduler.workers.values()}
        for job, spec in self.cluster.worker_spec.items():
            if any(f"{job}{worker}" in names for worker in spec.get("group", [""])):
                self._gone[job] = 0
            elif job in self._gone:
                self._gone[job] += 1
        if lost := [job for job, times in self._gone.items() if times >= _GONE]:
            for job in lost:
                del self._gone[job]
            await self.cluster.scale_down(lost)
            self.cluster.scale(self.minimum)


def _done(client: Client, parts: Iterable[Part], expected: int) -> Iterator[Part]:
    """Each part as it is done; no more are given out than there are threads, or will be, to take them soon."""
    left, done = iter(parts), as_completed()
    given: dict[str, Part] = {}
    while True:
        room = _AHEAD * max(sum(client.nthreads().values()), expected, 1)
        while len(given) < room and (part := next(left, None)) is not None:
            future = client.submit(_work_there, part, pure=False)
            given[future.key] = part
            done.add(future)
        if not given:
            return
        future = next(done)
        part = given.pop(future.key)
        try:
            yield future.result()
        except KilledWorker:
            raise CoderError("parts.fell", times=3, part=part.number + 1) from None


class _Plugin(WorkerPlugin):  # type: ignore[misc]
    """What a worker has of us: what works there, for each of its threads one."""

    def __init__(self, work: Work) -> None:
        self._made = pickle.dumps(work)

    def setup(self, worker: Worker) -> None:  # noqa: ARG002 (Dask gives it by name)
        """Begin on a worker."""
        self._here = threading.local()

    def work(self, part: Part) -> Part:
        """Work on a part in this thread."""
        if not hasattr(self._here, "work"):
            self._here.work = pickle.loads(self._made)  # noqa: S301 (we dumped it)
        done: Part = self._here.work(part)
        return done


def _work_there(part: Part) -> Part:
    plugin: _Plugin = get_worker().plugins[_NAME]
    return plugin.work(part)
