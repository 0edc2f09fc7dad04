"""Turns at what costs much: so many at once, and of those who wait each address has its turn.

So whoever asks a thousand times waits for themselves, and somebody who asks once from elsewhere is next.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """Lets `at_once` go on together. Used from one event loop."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, address: str) -> AsyncIterator[None]:
        """Wait for a turn of this address; the next one is let go on at the end."""
        if self._free:
            self._free -= 1
        else:
            called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.setdefault(address, deque()).append(called)
            try:
                await called
            except asyncio.CancelledError:
                if not called.cancelled():  # it was called, and goes away
                    self._next()
                raise
        try:
            yield
        finally:
            self._next()

    def _next(self) -> None:
        while self._waiting:
            address, line = self._waiting.popitem(last=False)
            called = line.popleft()
            if line:
                self._waiting[address] = line  # after all others
            if not called.done():
                called.set_result(None)
                return
        self._free += 1
