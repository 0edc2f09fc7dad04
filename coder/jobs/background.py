"""Work that takes longer than a person waits, in a process of its own, so that the page stays quick."""

import os
import pickle
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Generic, TypeVar

from coder.errors import CoderError
from coder.note import Note, Progress

Result = TypeVar("Result")
_PATIENCE = 10.0


class Job(Generic[Result]):
    """One piece of work that was started; ask it how far it is.

    `work` is a function of a module, or a `partial` of one, that takes a `progress`; `then` is called with its result,
    from another thread. `failed` is None where nothing went wrong: the note of a `CoderError`, or the kind of any
    other error (its message may hold an answer).
    """

    def __init__(self, work: Callable[[Progress], Result], then: Callable[[Result], None]) -> None:
        self.step, self.done, self.total = "", 0, 1
        self.failed: Note | None = None
        self.result: Result | None = None
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=_work, args=(theirs, pickle.dumps(work)), daemon=True)
        self._process.start()
        theirs.close()
        self._then = then
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether it is still at work."""
        return self._thread.is_alive()

    def wait(self, seconds: float) -> None:
        """Wait until it is done, or so long."""
        self._thread.join(seconds)

    def stop(self) -> None:
        """End it, whatever it is doing."""
        self._process.terminate()
        self.wait(_PATIENCE)

    def _listen(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                kind, value = self._pipe.recv()
                if kind == "progress":
                    self.step, self.done, self.total = value
                elif kind == "failed":
                    self.failed = value
                else:
                    self.result = value
                    self._then(value)
        self._process.join()
        if self.result is None and not self.failed:
            self.failed = Note("study.work_ended", code=self._process.exitcode)


def _work(pipe: Connection, pickled: bytes) -> None:
    """What the other process does; what it needs is loaded when it has given way to others."""
    with suppress(AttributeError, OSError):
        os.nice(10)

    def tell(step: str, done: int, total: int) -> None:
        pipe.send(("progress", (step, done, total)))

    try:
        pipe.send(("done", pickle.loads(pickled)(tell)))  # noqa: S301 (from the page itself)
    except CoderError as error:
        pipe.send(("failed", Note("study.work_failed", why=error.note)))
    except Exception as error:  # noqa: BLE001 (a process ends with a word, whatever happened)
        pipe.send(("failed", Note("study.work_failed", why=type(error).__name__)))
