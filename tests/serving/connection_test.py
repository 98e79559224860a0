"""Connections over sockets: bounds, bytes that are no HTTP, and an end that loses nothing."""

import pathlib
import socket
import time
from collections.abc import Iterator

import pytest

from serving import connection
from serving import server as server_lib
from tests.serving import tiny

BODY = b'{"instances": ["a"]}'
ASK = b"POST /v1/models/tiny:predict HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%b"
ONE = ASK % (len(BODY), BODY)


@pytest.fixture(scope="module")
def server(base_path: pathlib.Path) -> Iterator[server_lib.Server]:
    """A server of the tiny model."""
    with tiny.serving(tiny.settings(base_path)) as server:
        yield server


def _send(port: int, *parts: bytes) -> bytes:
    """Sends bytes, and reads until the server ends the connection or says no more."""
    with socket.create_connection(("127.0.0.1", port), timeout=1.0) as client:
        received = b""
        try:
            for part in parts:
                client.sendall(part)
            while data := client.recv(65536):
                received += data
        except (TimeoutError, ConnectionError):
            pass
        return received


def test_requests_of_a_pipeline_are_answered_in_turn(server: server_lib.Server) -> None:
    received = _send(server.port, ONE * 3)
    assert received.count(b"HTTP/1.1 200 OK") == 3


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # a TLS hello
        b"GET\r\n\r\n",
        b"\x00" * 100,
        b"POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_and_fills_no_log(
    server: server_lib.Server, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    received = _send(server.port, data)
    assert caplog.messages == []
    assert received.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b'{"error":' in received


def test_a_head_is_of_bounded_size(server: server_lib.Server) -> None:
    lines = [b"x: " + b"y" * 9000 + b"\r\n"] * 20
    received = _send(server.port, b"GET /healthz HTTP/1.1\r\n", *lines, b"\r\n")
    # The client may still be sending when the connection ends, and then reads nothing.
    assert b"The head of a request is too large" in received or received == b""
    assert _send(server.port, ONE).startswith(b"HTTP/1.1 200 OK")


def test_who_never_ends_a_request_is_let_go(
    server: server_lib.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_READ_SECONDS", 0.2)
    began = time.monotonic()
    assert _send(server.port, b"POST / HTTP/1.1\r\ncontent-le") == b""
    assert _send(server.port) == b""
    assert _send(server.port, ONE[:-3]) == b""
    assert time.monotonic() - began < 2.5


def test_there_are_no_more_connections_than_allowed(base_path: pathlib.Path) -> None:
    settings = tiny.settings(base_path, limits={"max_connections": 1})
    with tiny.serving(settings) as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as first:
            first.sendall(ONE)
            assert b"200 OK" in first.recv(65536)
            refused = _send(server.port, ONE)
            assert refused.startswith(b"HTTP/1.1 503 Service Unavailable") or refused == b""
        tiny.wait_for(lambda: b"200 OK" in _send(server.port, ONE), 5)


def test_a_request_on_its_way_to_a_stopping_server_is_answered(base_path: pathlib.Path) -> None:
    running = tiny.Running(tiny.settings(base_path))
    tiny.wait_for(running.server.models.is_ready)
    with socket.create_connection(("127.0.0.1", running.server.port), timeout=10) as client:
        client.sendall(ONE)
        assert b"200 OK" in client.recv(65536)
        running.end()
        time.sleep(0.3)  # the server has begun to stop, and the client does not know
        client.sendall(ONE)
        received = b""
        while data := client.recv(65536):
            received += data
    running.join()
    assert b"200 OK" in received
    assert b"connection: close" in received.lower()
