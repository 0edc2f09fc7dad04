"""People who code at once, each as the page does: how long a decision takes to be on disk, and whether any is lost.

python benchmarks/coders.py [--coders 20] [--rate 2] [--seconds 300] [--answers 20000] [--postgresql ADDRESS]: synthetic
answers, served by `coder review --lan`. Each coder decides so many times a second, whether or not the last decision is
confirmed, asks for the next answer after each, and for the status every 2.5 s. The clients share the machine.
"""

import argparse
import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from psutil import Process

sys.path.insert(0, str(Path(__file__).parents[1]))
from coder import Corpus, read_answers, read_codebook
from coder.resources import resource
from coder.review.security import hashed
from coder.study import Study
from tests.review_page import Client, serving

AHEAD, MOST, EVERY = 12, 60, 2.5
PASSWORD = "a long password"  # noqa: S105 (of a study that is thrown away)


def main() -> None:
    """Make a study, let people code it, and print how long they waited."""
    options = _options()
    with TemporaryDirectory() as folder:
        place = Path(folder) / "load.study"
        study = options.postgresql or place
        make(study, options.answers, options.coders)
        with serving(place, "--lan", address=str(study)) as page:
            clients = [page.sign_in(who=f"p{one}", password=PASSWORD) for one in range(options.coders)]
            server = Process(page.process.pid)
            used = sum(server.cpu_times()[:2])
            people = asyncio.run(_all(clients, options.rate, options.seconds))
            used = sum(server.cpu_times()[:2]) - used
        _tell(study, people, options.seconds, used)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--coders", type=int, default=20)
    parser.add_argument("--rate", type=float, default=2, help="decisions a second, each coder")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--answers", type=int, default=20_000)
    parser.add_argument("--postgresql", default="", help="the address of an empty database")
    return parser.parse_args()


def make(place: Path | str, answers: int, coders: int) -> None:
    """A study of synthetic answers, put together of those in corpora/, with a codebook and people."""
    known = read_answers(resource("corpora/trends-2024.csv"), text="answer", id="id").corpus.texts.tolist()
    drawn = np.random.default_rng(1).choice(known, (answers, 2))
    ids = pd.Index([f"u{one}" for one in range(answers)], name="unit")
    corpus = Corpus(pd.DataFrame({"text": [". ".join(row) for row in drawn]}, index=ids, dtype=str))
    with Study.create(place, name="Load") as study:
        study["trends"].add_answers(corpus, who="anna")
        study["trends"].set_codebook(read_codebook(resource("codebooks/trends.yaml")), "anna", "first")
        hash_ = hashed(PASSWORD)
        for one in range(coders):
            study.add_person(f"p{one}", hash_, "coder")


@dataclass
class Person:
    """Somebody at a page: what they have before them, what waits to be sent, and how long decisions took."""

    client: Client
    name: str
    queue: list[str] = field(default_factory=list)
    here: list[str] = field(default_factory=list)
    decided: dict[str, float] = field(default_factory=dict)
    took: dict[str, float] = field(default_factory=dict)
    outbox: list[dict[str, Any]] = field(default_factory=list)
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    sending: asyncio.Lock = field(default_factory=asyncio.Lock)
    idle: list[Any] = field(default_factory=list)

    async def ask(self, method: str, path: str, data: object = None) -> dict[str, Any]:
        """Ask over a connection that stays open, as a browser does; a new one where the server closed it meanwhile."""
        host, _, port = self.client.page.host.partition(":")
        body = b"" if data is None else json.dumps(data).encode()
        headers = {**self.client.headers, "Host": self.client.page.host, "Content-Length": len(body)}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        while True:
            old = bool(self.idle)
            reader, writer = self.idle.pop() if old else await asyncio.open_connection(host, int(port))
            try:
                writer.write(f"{method} /api/0/{path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                break
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()
                if not old:
                    raise
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
        found = json.loads(await reader.readexactly(length))
        if not head.startswith("http/1.1 200"):
            raise RuntimeError(head, found)
        self.idle.append((reader, writer))
        return dict(found)

    async def more(self) -> None:
        """Have the next answers at hand, as the page has: one request at a time, when half of them are gone."""
        async with self.asking:
            while len(self.here) < AHEAD / 2:
                if not self.queue:
                    found = await self.ask("POST", "queue", {"kind": "random", "value": ""})
                    self.queue = [unit for unit in found["ids"] if unit not in {*self.decided, *self.here}]
                asked = {"ids": self.queue[:MOST], "most": AHEAD - len(self.here), "adjudicate": False, "shared": True}
                found = await self.ask("POST", "units", asked)
                self.here += [one["id"] for one in found["units"]]
                self.queue = [unit for unit in self.queue if unit not in {*found["taken"], *self.here}]

    async def decide(self) -> None:
        """Decide on an answer: what is decided while a request is on its way goes with the next one."""
        unit = self.here.pop(0)
        self.decided[unit] = time.perf_counter()
        id_ = f"{self.name}-{len(self.decided)}"
        self.outbox.append({"id": id_, "kind": "decide", "units": [unit], "codes": {"ai": "yes"}, "seen": True})
        async with self.sending:
            sent, self.outbox = self.outbox, []
            if not sent:
                return
            done = (await self.ask("POST", "acts", {"acts": sent}))["done"]
        if wrong := [one for one in done if "error" in one]:
            raise RuntimeError(wrong)
        for act in sent:
            self.took[act["units"][0]] = time.perf_counter() - self.decided[act["units"][0]]
        await self.more()


async def _all(clients: list[Client], rate: float, seconds: float) -> list[Person]:
    people = [Person(client, f"p{number}") for number, client in enumerate(clients)]
    for person in people:
        await person.more()
    await asyncio.gather(*(_codes(person, rate, seconds, place / len(people)) for place, person in enumerate(people)))
    return people


async def _codes(person: Person, rate: float, seconds: float, late: float) -> None:
    """Code for so long; `late` spreads the beginnings over the time of a decision."""
    begin, decisions = time.perf_counter() + late / rate, []
    looking = asyncio.create_task(_looks(person, late))
    for number in range(int(seconds * rate)):
        await asyncio.sleep(max(0.0, begin + number / rate - time.perf_counter()))
        if not person.here:
            await person.more()
        decisions.append(asyncio.create_task(person.decide()))
    await asyncio.gather(*decisions)
    looking.cancel()


async def _looks(person: Person, late: float) -> None:
    """Ask for the status again and again."""
    await asyncio.sleep(EVERY * late)
    while True:
        await person.ask("GET", "status")
        await asyncio.sleep(EVERY)


def _tell(place: Path | str, people: list[Person], seconds: float, used: float) -> None:
    took = 1000 * np.concatenate([list(person.took.values()) for person in people])
    half, most, worst = np.percentile(took, [50, 95, 99])
    print(f"{len(took)} decisions of {len(people)} coders, {len(took) / seconds:.1f} a second")
    print(f"confirmed after: median {half:.0f} ms, 95 % {most:.0f}, 99 % {worst:.0f}, longest {took.max():.0f}")
    print(f"processor time of the server: {1000 * used / len(took):.1f} ms a decision")
    with Study.open(place) as study:
        kept = [(person.name, unit) for person in people for unit in study["trends"].coding(person.name).seen]
    sent = [(person.name, unit) for person in people for unit in person.took]
    print(f"lost {len(set(sent) - set(kept))}, doubled {len(sent) - len({unit for _, unit in sent})}")


if __name__ == "__main__":
    main()
