"""How long and how many: what keeps those who say nothing from keeping others out.

Uvicorn knows no time within which a request must have come, and its limit on connections refuses everybody alike.
Here each connection has a limit of time for every part in which it is the client who is waited for, and where there
are too many the one that has been waited for longest goes, of the address that has most: who asks something at once
always gets in. Colleagues behind one address share its part; nobody keeps out who asks from the machine itself.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from typing import cast

from uvicorn.protocols.http.h11_impl import H11Protocol

HEADERS, BODY, READING = "headers", "body", "reading"
"""What a client is waited for: the whole head of a (next) request, its body, and that it reads what it asked for."""
SECONDS = {HEADERS: 15.0, BODY: 20.0, READING: 30.0}
PER_ADDRESS, MOST = 100, 400
_LOCAL = ("127.", "::1")


class Connection(H11Protocol):
    """One connection."""

    waits, since = "", 0.0
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let it in, and where it is one too many let another go."""
        super().connection_made(transport)
        self._look()
        others = [one for one in cast("set[Connection]", self.connections) if one is not self and one.open]
        mine = [one for one in others if one.address == self.address]
        if len(mine) >= PER_ADDRESS:
            self._make_room(mine, let_in=False)
        elif len(others) >= most():
            largest = Counter(one.address for one in others).most_common(1)[0][0]
            crowd = [one for one in others if one.address == largest]
            self._make_room(crowd, let_in=self.address.startswith(_LOCAL))

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        super().connection_lost(exc)
        if self._timer is not None:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Take in what came. That something came does not give more time for the rest."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        """Begin to wait until the client reads."""
        super().pause_writing()
        self._look()

    def resume_writing(self) -> None:
        """Go on sending."""
        super().resume_writing()
        self._look()

    @property
    def open(self) -> bool:
        """Whether it is not being closed."""
        return not self.transport.is_closing()

    @property
    def address(self) -> str:
        """Where it comes from."""
        return self.client[0] if self.client else ""

    def rank(self) -> tuple[bool, float]:
        """Who goes first: who never asked for anything, then who has been waited for longest."""
        return self.cycle is not None, self.since

    def _make_room(self, crowd: list["Connection"], *, let_in: bool) -> None:
        """Let one of the crowd go; where all are being answered this one, unless it must be `let_in`."""
        leaves = min((one for one in crowd if one.waits), key=Connection.rank, default=None if let_in else self)
        if leaves is not None:
            leaves.transport.abort()

    def _look(self) -> None:
        """See whether the client is waited for now, and give a limit of time to what began."""
        cycle = self.cycle
        if self.flow.write_paused:
            waits = READING
        elif cycle is None or cycle.response_complete:
            waits = HEADERS
        else:
            waits = BODY if cycle.more_body else ""
        if waits == self.waits:
            return
        self.waits, self.since = waits, self.loop.time()
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(SECONDS[waits], self._too_late) if waits else None

    def _too_late(self) -> None:
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()


def most() -> int:
    """How many connections there are at most, so that files can still be opened beside them."""
    with suppress(ImportError):  # Windows has no such limit
        import resource  # noqa: PLC0415

        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != resource.RLIM_INFINITY:
            return min(MOST, soft * 2 // 5)
    return MOST
