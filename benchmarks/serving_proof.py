"""What must not happen to a server under load: a swap, a broken version and an end lose nothing.

`python -m benchmarks.serving_proof workspace/sentiment/serving/sentiment [--seconds 10]`

A copy of the model's newest version is served by a process of its own to 64 clients. A second copy
is put beside it, then a torn one; then hostile bytes are sent, and requests made of the OpenAPI
document; at last the process gets SIGTERM while all clients ask. What is found amiss is an error;
the rest is printed. `tests/serving` runs the same loads in short on a tiny model.
"""

import argparse
import asyncio
import contextlib
import dataclasses
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator

import hypothesis
import schemathesis
from schemathesis.checks import not_a_server_error

from benchmarks import http_load, server_process
from serving import versions
from serving.rest import openapi

CLIENTS = 64
TEXT = "A film of rare warmth, with a plot that keeps its promises to the end."


class ProofError(Exception):
    """Something happened that must not."""


@dataclasses.dataclass
class Proof:
    """What a load saw while something was done to the server.

    Attributes:
        load: The load.
        began: When it was done.
        done: When its effect was there.
    """

    load: http_load.Load
    began: float
    done: float

    def times(self) -> str:
        """Tells the 99th percentile before, meanwhile and after, in milliseconds."""
        before = self.load.percentile(99, until=self.began)
        meanwhile = self.load.percentile(99, self.began, self.done)
        after = self.load.percentile(99, self.done)
        return f"p99 {before:.1f} ms before, {meanwhile:.1f} ms meanwhile, {after:.1f} ms after"


async def under_load(
    port: int,
    body: bytes,
    seconds: float,
    act: Callable[[], Awaitable[None]],
    check: http_load.Check,
) -> Proof:
    """Does something to a server between two loads that go on into each other.

    Args:
        port: The server's.
        body: Of each request.
        seconds: How long the load is before that, and again after it.
        act: Does it, and returns when its effect is there.
        check: Is told of each answer.

    Raises:
        ProofError: If a request got no answer.
    """
    path = "/v1/models/model:predict"
    load = http_load.Load()
    running = asyncio.ensure_future(http_load.run(port, path, [body] * CLIENTS, load, check))
    await asyncio.sleep(seconds)
    began = time.perf_counter()
    await act()
    done = time.perf_counter()
    load.until = done + seconds
    await running
    proof = Proof(load, began, done)
    if proof.load.lost:
        raise ProofError(f"{proof.load.lost} of {len(proof.load.seconds)} requests got no answer")
    return proof


def states(port: int) -> dict[int, str]:
    """Asks a server for the state of each version."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/v1/models/model")
        told = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    return {int(one["version"]): one["state"] for one in told["model_version_status"]}


async def wait_for(port: int, number: int, state: str) -> None:
    """Waits until a version is in some state."""
    while (await asyncio.to_thread(states, port)).get(number) != state:
        await asyncio.sleep(0.02)


def put(version: pathlib.Path, directory: pathlib.Path, number: int, whole: bool = True) -> None:
    """Copies a version beside others, file by file; a torn one has half a model."""
    target = directory / str(number)
    shutil.copytree(version, target, ignore=shutil.ignore_patterns("saved_model.pb"))
    graph = (version / "saved_model.pb").read_bytes()
    (target / "saved_model.pb").write_bytes(graph if whole else graph[: len(graph) // 2])


def hostile(body: bytes, count: int, seed: int) -> Iterator[bytes]:
    """Makes requests that are torn, doubled or altered somewhere, head or body."""
    rng = random.Random(seed)  # noqa: S311 - a test wants the same ones again
    whole = (
        b"POST /v1/models/model:predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        b"content-length: %d\r\n\r\n%b" % (len(body), body)
    )
    for _ in range(count):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            place = rng.randrange(len(data))
            kind = rng.randrange(4)
            if kind == 0:
                data[place] = rng.randrange(256)
            elif kind == 1:
                del data[place : place + rng.randint(1, 20)]
            elif kind == 2:
                data[place:place] = data[place : place + 30] * rng.randint(1, 50)
            else:
                data[place:place] = rng.choice([b"[" * 2000, b'{"a":' * 500, b"\x00", b"9" * 400])
            data = data or bytearray(b"x")
        yield bytes(data)


def send(port: int, data: bytes) -> bytes:
    """Sends bytes and half-closes; returns what came back."""
    with socket.create_connection(("127.0.0.1", port), timeout=0.1) as client:
        received = b""
        with contextlib.suppress(OSError):
            client.sendall(data)
            while part := client.recv(65536):
                received += part
        return received


def fuzz(port: int, count: int, seed: int = 1) -> None:
    """Sends hostile bytes.

    Raises:
        ProofError: If one of them is an error of the server.
    """
    for data in hostile(json.dumps({"instances": [TEXT]}).encode(), count, seed):
        received = send(port, data)
        if b"HTTP/1.1 5" in received:
            raise ProofError(f"{data!r}: {received!r}")


def fuzz_openapi(port: int, examples: int, chosen: Callable[[str], bool]) -> list[str]:
    """Sends requests made of the OpenAPI document.

    Args:
        port: The server's.
        examples: Requests of each operation.
        chosen: Whether to take an operation, by its label such as `GET /healthz`.

    Returns:
        The labels of those that were tried. An error of the server is raised by schemathesis.
    """
    schema = schemathesis.openapi.from_dict(openapi.document())
    operations = [result.ok() for result in schema.get_all_operations()]
    tried = [operation for operation in operations if chosen(operation.label)]
    for operation in tried:

        @hypothesis.settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(case=operation.as_strategy())
        def ask(case: schemathesis.Case) -> None:
            case.call_and_validate(base_url=f"http://127.0.0.1:{port}", checks=[not_a_server_error])

        ask()
    return [operation.label for operation in tried]


def _resident_mb(process: int) -> float:
    pages = int(pathlib.Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    """Runs all of it, and prints what was seen."""
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--requests", type=int, default=3000, help="hostile ones")
    given = parser.parse_args()
    version = versions.latest(given.directory)
    with tempfile.TemporaryDirectory() as kept:
        directory = pathlib.Path(kept)
        put(version, directory, 1)
        with server_process.served(directory) as (process, port):
            asyncio.run(_prove(version, directory, process, port, given.seconds, given.requests))
        if process.returncode != 0:
            raise ProofError(f"the server ended with {process.returncode}")


async def _prove(
    version: pathlib.Path,
    directory: pathlib.Path,
    process: subprocess.Popen[bytes],
    port: int,
    seconds: float,
    requests: int,
) -> None:
    body = json.dumps({"instances": [TEXT]}).encode()
    expected: set[bytes] = set()

    def check(began: float, status: int, answer: bytes) -> None:
        expected.add(answer)
        if status != 200:
            raise ProofError(f"{status}: {answer!r}")

    async def swap() -> None:
        await asyncio.to_thread(put, version, directory, 2)
        await wait_for(port, 1, "END")

    async def tear() -> None:
        await asyncio.to_thread(put, version, directory, 3, False)
        await wait_for(port, 3, "LOADING")
        await asyncio.sleep(seconds)

    async def end() -> None:
        process.send_signal(signal.SIGTERM)

    for name, act in (("a new version", swap), ("a torn version", tear)):
        proof = await under_load(port, body, seconds, act, check)
        print(f"{name}: {len(proof.load.seconds):,} requests, none lost; {proof.times()}")
        print(f"  then {await asyncio.to_thread(states, port)}")
    await asyncio.to_thread(fuzz, port, requests // 10)
    before = _resident_mb(process.pid)
    await asyncio.to_thread(fuzz, port, requests, 2)
    after = _resident_mb(process.pid)
    print(f"{requests:,} hostile requests: no error 5xx; {before:.0f} MB before, {after:.0f} after")
    tried = await asyncio.to_thread(fuzz_openapi, port, requests // 30, lambda label: True)
    print(f"{len(tried)} operations of the OpenAPI document, {requests // 30} requests of each:")
    print(f"  no error 5xx; {_resident_mb(process.pid):.0f} MB after")
    proof = await under_load(port, body, seconds, end, check)
    print(f"SIGTERM: {len(proof.load.seconds):,} requests, none lost")


if __name__ == "__main__":
    main()
