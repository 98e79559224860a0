"""A load of HTTP requests that costs little itself: bytes in, bytes out, no parsing but of lengths.

Each client sends the next request when it has the answer to the last (a closed loop), over one
connection. Run as a process of its own, `python benchmarks/http_load.py PORT PATH BODY CLIENTS
SECONDS`, it prints its numbers as one line of JSON, so that it shares no Python lock with a server.
"""

import asyncio
import dataclasses
import json
import math
import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import uvloop

_LENGTH = b"content-length:"


class Answer(NamedTuple):
    """What came back.

    Attributes:
        path: Where it was asked.
        began: When it was asked for, by `time.perf_counter`.
        ended: When it was there.
        status: Of HTTP.
        body: All of it.
    """

    path: str
    began: float
    ended: float
    status: int
    body: bytes


Check = Callable[[Answer], None]  # is told of each answer


@dataclasses.dataclass
class Load:
    """What a load has seen.

    Attributes:
        seconds: Of each answer, in the order in which they came.
        began: When each of them was asked for, by `time.perf_counter`.
        lost: Requests that got none.
        until: When no more requests are sent, by `time.perf_counter`.
    """

    seconds: list[float] = dataclasses.field(default_factory=list)
    began: list[float] = dataclasses.field(default_factory=list)
    lost: int = 0
    until: float = math.inf

    def percentile(self, percent: float, since: float = 0.0, until: float = math.inf) -> float:
        """Tells within how many milliseconds that share of the answers came.

        Args:
            percent: The share.
            since: Of those alone that were asked for after that.
            until: And before that.
        """
        asked = zip(self.began, self.seconds, strict=True)
        ordered = sorted(seconds for began, seconds in asked if since <= began < until)
        return 1e3 * ordered[int((len(ordered) - 1) * percent / 100)]


class _Client(asyncio.Protocol):
    """One connection."""

    def __init__(self, path: str, body: bytes, load: Load, check: Check) -> None:
        self._path, self._load, self._check = path, load, check
        self._request = (
            f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        ).encode() + body
        self._received = b""
        self._began = 0.0
        self._is_waiting = False
        self._ends = False
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._began = time.perf_counter()
        if self._ends or self._began >= self._load.until:
            self._transport.close()
            return
        self._is_waiting = True
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, gap, body = self._received.partition(b"\r\n\r\n")
        if not gap:
            return
        lowered = head.lower()
        length = int(lowered.partition(_LENGTH)[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        ended = time.perf_counter()
        self._load.seconds.append(ended - self._began)
        self._load.began.append(self._began)
        self._received = body[length:]
        self._is_waiting = False
        self._ends = b"connection: close" in lowered
        self._tell(Answer(self._path, self._began, ended, int(head[9:12]), body[:length]))
        self._ask()

    def _tell(self, answer: Answer) -> None:
        try:
            self._check(answer)
        except Exception as error:  # noqa: BLE001 - it is raised where the load is waited for
            self._load.until = 0.0
            if not self.done.done():
                self.done.set_exception(error)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._is_waiting:
            self._load.lost += 1
        if not self.done.done():
            self.done.set_result(None)


def _ok(answer: Answer) -> None:
    if answer.status != 200:
        raise ValueError(f"{answer.status}: {answer.body!r}")


async def run(
    port: int, requests: Sequence[tuple[str, bytes]], load: Load, check: Check = _ok
) -> None:
    """Sends requests until the load's time is over, or the server ends.

    Args:
        port: Of this machine.
        requests: One for each client: where it posts, and what.
        load: Keeps what is seen, and tells until when.
        check: Is told of each answer.
    """
    loop = asyncio.get_running_loop()
    clients = []
    for path, body in requests:
        _, client = await loop.create_connection(
            lambda path=path, body=body: _Client(path, body, load, check), "127.0.0.1", port
        )
        clients.append(client)
    await asyncio.gather(*(client.done for client in clients))


def main(port: str, path: str, body: str, clients: str, seconds: str) -> None:
    """Prints requests, seconds and percentiles."""
    uvloop.install()
    began = time.perf_counter()
    load = Load(until=began + float(seconds))
    asyncio.run(run(int(port), [(path, body.encode())] * int(clients), load))
    told = {f"p{percent}": load.percentile(percent) for percent in (50, 95, 99)}
    rate = len(load.seconds) / (time.perf_counter() - began)
    print(json.dumps({**told, "rate": rate, "requests": len(load.seconds), "lost": load.lost}))


if __name__ == "__main__":
    main(*sys.argv[1:])
