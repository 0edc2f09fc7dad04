"""Who says nothing keeps nobody out: connections on real sockets of this machine."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from coder.review import server as connections
from coder.review.security import Gate, Turns
from coder.review.server import Connection
from tests.review_page import PATIENCE, make_study, serving

SILENT = 300
HEAD = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
LARGE = b"x" * 4_000_000


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """So short a patience that a test need not wait for it."""
    for waits in connections.SECONDS:
        monkeypatch.setitem(connections.SECONDS, waits, 0.3)


@contextmanager
def listening() -> Iterator[int]:
    """A port on which an application answers: what it read of a body, or at /large a lot."""
    place = socket.socket()
    place.bind(("127.0.0.1", 0))
    place.listen()
    config = uvicorn.Config(_app, http=Connection, log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[place])))
    thread.start()
    try:
        yield place.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    more = True
    while more:
        message = await receive()
        more = message.get("more_body", False)
    content = LARGE if scope["path"] == "/large" else b"fine"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(content))]})
    await send({"type": "http.response.body", "body": content})


def connected(stack: ExitStack, port: int, source: str = "127.0.0.1") -> socket.socket:
    made = stack.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE, (source, 0)))
    made.settimeout(PATIENCE)
    return made


def ended(one: socket.socket) -> bytes:
    """What still comes until the other side ends it; waits for that."""
    found = b""
    try:
        while piece := one.recv(65_536):
            found += piece
    except ConnectionResetError:
        pass
    return found


def test_a_person_codes_on_while_three_hundred_connections_say_nothing(tmp_path: Path) -> None:
    with serving(make_study(tmp_path / "trends.study"), "--as", "carla") as page, ExitStack() as stack:
        port = int(page.host.rpartition(":")[2])
        client = page.sign_in()
        silent = [connected(stack, port) for _ in range(SILENT)]
        for one in silent[::3]:
            one.sendall(b"POST /sign-in HTTP/1.1\r\nContent-Length: 9\r\n")
        for number in range(10):
            act = {"id": f"{number}", "kind": "decide", "units": [f"2024:t24-0{number + 10}"], "seen": True}
            assert client.post("acts", {"acts": [act]}) == (200, {"done": [{"id": f"{number}"}]})
        assert client.get("status")["mine"] == 10
        silent += [connected(stack, port) for _ in range(SILENT // 2)]
        assert page.sign_in().get("status")["mine"] == 10


@pytest.mark.usefixtures("hasty")
def test_who_says_too_little_too_slowly_is_let_go() -> None:
    with listening() as port, ExitStack() as stack:
        silent, begun, kept, posted = (connected(stack, port) for _ in range(4))
        begun.sendall(HEAD[:20])
        kept.sendall(HEAD)
        posted.sendall(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\nabc")
        assert ended(silent) == ended(begun) == ended(posted) == b""
        assert ended(kept).endswith(b"fine")


@pytest.mark.usefixtures("hasty")
def test_a_byte_now_and_then_gives_no_more_time() -> None:
    with listening() as port, ExitStack() as stack:
        for start, drop in ((b"", b"\r\n"), (HEAD[:-2], b"a: b\r\n"), (HEAD, b"\r\n")):
            one = connected(stack, port)
            one.sendall(start)
            one.settimeout(0.05)
            for _ in range(int(PATIENCE / 0.05)):
                try:
                    one.sendall(drop)
                    if one.recv(4096) == b"":
                        break
                except TimeoutError:
                    continue
                except OSError:
                    break
            else:
                pytest.fail("it was kept for ever")


@pytest.mark.usefixtures("hasty")
def test_who_does_not_read_what_they_asked_for_is_let_go() -> None:
    with listening() as port, ExitStack() as stack:
        one = connected(stack, port)
        one.sendall(HEAD.replace(b"GET /", b"GET /large") * 20)
        other = connected(stack, port)
        other.sendall(HEAD)
        assert ended(other).endswith(b"fine")
        assert len(ended(one)) < 20 * len(LARGE)


def test_an_address_with_too_many_loses_its_oldest_silent_one_and_no_other_address_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "PER_ADDRESS", 3)
    with listening() as port, ExitStack() as stack:
        try:
            other = connected(stack, port, "127.0.0.9")
        except OSError:
            pytest.skip("this machine has one loopback address")
        first, *rest = (connected(stack, port) for _ in range(4))
        assert ended(first) == b""
        for one in (other, *rest):
            one.sendall(HEAD)
            assert one.recv(4096)


def test_where_all_are_too_many_the_address_with_most_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "most", lambda: 4)
    with listening() as port, ExitStack() as stack:
        try:
            few = connected(stack, port, "127.0.0.9")
        except OSError:
            pytest.skip("this machine has one loopback address")
        first, *rest = (connected(stack, port) for _ in range(3))
        owner = connected(stack, port)
        assert ended(first) == b""
        for one in (few, owner, *rest):
            one.sendall(HEAD)
            assert one.recv(4096)


def test_wrong_passwords_lock_out_a_name_at_the_address_they_came_from_alone() -> None:
    gate = Gate(frozenset({"here"}), check=lambda _who, given: given == "right", clock=lambda: 0.0)
    tries = [gate.sign_in("Anna", "wrong", "10.0.0.9") for _ in range(6)]
    assert tries == ["wrong"] * 3 + ["wait"] * 3
    assert gate.sign_in("anna", "right", "10.0.0.9") == "wait"
    assert not isinstance(gate.sign_in("anna", "right", "127.0.0.1"), str)
    assert not isinstance(gate.sign_in("bert", "right", "10.0.0.9"), str)


def test_each_address_has_its_turn_however_many_ask_from_another() -> None:
    async def ask(turns: Turns, name: str, done: list[str]) -> None:
        async with turns.turn(name[:1]):
            await asyncio.sleep(0)
            done.append(name)

    async def all_ask() -> list[str]:
        turns, done = Turns(1), list[str]()
        tasks = [asyncio.create_task(ask(turns, name, done)) for name in ("a1", "a2", "a3", "a4", "b1", "c1", "b2")]
        await asyncio.sleep(0)
        tasks[5].cancel()  # who goes away takes no turn
        await asyncio.wait(tasks)
        await ask(turns, "a5", done)
        return done

    assert asyncio.run(all_ask()) == ["a1", "a2", "b1", "a3", "b2", "a4", "a5"]
