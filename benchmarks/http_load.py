"""A load of HTTP requests that costs little itself: bytes in, bytes out, no parsing but of lengths.

Each client sends the next request when it has the answer to the last (a closed loop), over one
connection. Run as a process of its own, `python benchmarks/http_load.py PORT PATH BODY CLIENTS
SECONDS`, it prints its numbers as one line of JSON, so that it shares no Python lock with a server.
"""

import asyncio
import dataclasses
import json
import sys
import time
from collections.abc import Callable, Sequence

import uvloop

_LENGTH = b"content-length:"
# Told of each answer: its status and its body.
Check = Callable[[int, bytes], None]


@dataclasses.dataclass
class Load:
    """What a load has seen.

    Attributes:
        seconds: Of each answer, in the order in which they came.
        lost: Requests that got none.
    """

    seconds: list[float] = dataclasses.field(default_factory=list)
    lost: int = 0

    def percentile(self, percent: float) -> float:
        """Tells within how many milliseconds that share of the answers came."""
        ordered = sorted(self.seconds)
        return 1e3 * ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)]


class _Client(asyncio.Protocol):
    """One connection."""

    def __init__(self, request: bytes, load: Load, check: Check, until: float) -> None:
        self._request, self._load, self._check, self._until = request, load, check, until
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
        if self._ends or self._began >= self._until:
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
        self._load.seconds.append(time.perf_counter() - self._began)
        self._received = body[length:]
        self._is_waiting = False
        self._ends = b"connection: close" in lowered
        self._check(int(head[9:12]), body[:length])
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._is_waiting:
            self._load.lost += 1
        if not self.done.done():
            self.done.set_result(None)


def _ok(status: int, body: bytes) -> None:
    if status != 200:
        raise ValueError(f"{status}: {body!r}")


async def run(
    port: int, path: str, bodies: Sequence[bytes], seconds: float, check: Check = _ok
) -> Load:
    """Sends requests for a while.

    Args:
        port: Of this machine.
        path: Where to post.
        bodies: One for each client.
        seconds: For how long.
        check: Is told of each answer.

    Returns:
        What was seen, from the first request on.
    """
    load, loop = Load(), asyncio.get_running_loop()
    until = time.perf_counter() + seconds
    clients = []
    for body in bodies:
        request = (
            f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        ).encode() + body
        _, client = await loop.create_connection(
            lambda request=request: _Client(request, load, check, until), "127.0.0.1", port
        )
        clients.append(client)
    await asyncio.gather(*(client.done for client in clients))
    return load


def main(port: str, path: str, body: str, clients: str, seconds: str) -> None:
    """Prints requests, seconds and percentiles."""
    uvloop.install()
    began = time.perf_counter()
    load = asyncio.run(run(int(port), path, [body.encode()] * int(clients), float(seconds)))
    told = {f"p{percent}": load.percentile(percent) for percent in (50, 95, 99)}
    rate = len(load.seconds) / (time.perf_counter() - began)
    print(json.dumps({**told, "rate": rate, "requests": len(load.seconds), "lost": load.lost}))


if __name__ == "__main__":
    main(*sys.argv[1:])
