"""Coding a folder of answers on the machines of a Dask cluster, in place of the processes of this one.

What codes is sent to each worker once, also to one that comes later. A worker that falls is Dask's to replace: its part
is coded again elsewhere. The answers and the folder are on a disk that all machines have.
"""

import pickle
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import dask
from distributed import Client, KilledWorker, LocalCluster, Worker, WorkerPlugin, as_completed, get_worker

from coder.errors import CoderError
from coder.files.answer_parts import Part
from coder.files.coded_folder import CodedFolder
from coder.jobs.batches import BatchCoder

LOCAL = "local"
_NAME = "coder"
_ENVIRONMENT = {"OMP_NUM_THREADS": 1, "OPENBLAS_NUM_THREADS": 1}
"""What workers here begin with. Dask has them give memory back at every turn too, which arrays pay for."""
_AHEAD = 2
"""So many parts are given out a thread, so that none waits for the next."""


@contextmanager
def on_cluster(address: str, coder: BatchCoder, folder: CodedFolder, processes: int) -> Iterator[Any]:
    """What codes parts on the cluster of this address, or on `processes` workers here where it is `LOCAL`.

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
        client.register_plugin(_Plugin(coder, folder), name=_NAME)
        yield lambda parts: _work(client, parts)


def _work(client: Client, parts: Iterable[Part]) -> Iterator[Part]:
    """Each part as it is done; no more are given out than there are threads to take them soon."""
    left, done = iter(parts), as_completed()
    given: dict[str, Part] = {}
    while True:
        room = max(_AHEAD * sum(client.nthreads().values()), 1)
        while len(given) < room and (part := next(left, None)) is not None:
            future = client.submit(_code_there, part, pure=False)
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
    """What a worker has of us: what codes there, for each of its threads one."""

    def __init__(self, coder: BatchCoder, folder: CodedFolder) -> None:
        self._made = pickle.dumps((coder, folder))

    def setup(self, worker: Worker) -> None:  # noqa: ARG002 (Dask gives it by name)
        """Begin on a worker."""
        self._here = threading.local()

    def code(self, part: Part) -> Part:
        """Code a part in this thread."""
        from coder.jobs.code_folder import code_part  # noqa: PLC0415 (that calls this module)

        if not hasattr(self._here, "made"):
            self._here.made = pickle.loads(self._made)  # noqa: S301 (we dumped it)
        coder, folder = self._here.made
        return code_part(coder, folder, part)


def _code_there(part: Part) -> Part:
    plugin: _Plugin = get_worker().plugins[_NAME]
    return plugin.code(part)
