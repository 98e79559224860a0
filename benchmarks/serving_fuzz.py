"""Hostile requests: torn bytes over raw sockets, and requests made of the OpenAPI document."""

import contextlib
import json
import random
import socket
from collections.abc import Callable, Iterator

import hypothesis
import schemathesis
from schemathesis.checks import not_a_server_error

from serving.rest import openapi


class FuzzError(Exception):
    """A request was an error of the server."""


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


def fuzz(port: int, text: str, count: int, seed: int = 1) -> None:
    """Sends hostile bytes.

    Args:
        port: Of a server with a model called `model`.
        text: What the requests ask about, before they are torn.
        count: How many.
        seed: Of what is torn.

    Raises:
        FuzzError: If one of them is an error of the server.
    """
    for data in hostile(json.dumps({"instances": [text]}).encode(), count, seed):
        received = send(port, data)
        if b"HTTP/1.1 5" in received:
            raise FuzzError(f"{data!r}: {received!r}")


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
