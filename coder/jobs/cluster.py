"""Working on parts of answers on the machines of a Dask cluster, in place of the processes of this one.

What works is sent to each worker once, also to one that comes later. A worker that falls is Dask's to replace: its part
is done again elsewhere. The answers and the folder are on a disk that all machines have.
"""

import pickle
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import dask
from distributed import Client, KilledWorker, LocalCluster, Worker, WorkerPlugin, as_completed, get_worker

from coder.errors import CoderError
from coder.files.answer_parts import Part

LOCAL = "local"
_NAME = "coder"
_ENVIRONMENT = {"OMP_NUM_THREADS": 1, "OPENBLAS_NUM_THREADS": 1}
"""What workers here begin with. Dask has them give memory back at every turn too, which arrays pay for."""
Work = Callable[[Part], Part]
"""What is done to a part, which it gives back; it can go to another process."""
_AHEAD = 2
"""So many parts are given out a thread, so that none waits for the next."""


@contextmanager
def on_cluster(address: str, work: Work, processes: int) -> Iterator[Callable[[Iterable[Part]], Iterator[Part]]]:
    """What works on parts on the cluster of this address, or on `processes` workers here where it is `LOCAL`.

    Raises `CoderError` where nobody answers.
    """
    with ExitStack() as open_ones:
        place: Any = address
        if address == LOCAL:
            open_ones.enter_context(dask.config.set({"distributed.nanny.pre-spawn-environ": _ENVIRONMENT}))
            made = LocalCluster(n_workers=processes, threads_per_worker=1, dashboard_address=None, silence_logs=50)
            place = open_ones.enter_context(made)
        try:
            client = open_ones.enter_context(Client(place, timeout=20))
        except (OSError, ValueError) as error:
            raise CoderError("parts.no_cluster", address=address, why=str(error)) from None
        client.register_plugin(_Plugin(work), name=_NAME)
        yield lambda parts: _done(client, parts)


def _done(client: Client, parts: Iterable[Part]) -> Iterator[Part]:
    """Each part as it is done; no more are given out than there are threads to take them soon."""
    left, done = iter(parts), as_completed()
    given: dict[str, Part] = {}
    while True:
        room = max(_AHEAD * sum(client.nthreads().values()), 1)
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
