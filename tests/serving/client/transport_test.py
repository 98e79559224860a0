"""What is sent again, and what is not: against a server that does as it is told."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from serving.client import errors, transport

_OK = b'HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n{"a":1}'
_BUSY = b'HTTP/1.1 429 X\r\ncontent-length: 16\r\n\r\n{"error":"full"}'
_FAILED = b"HTTP/1.1 500 X\r\ncontent-length: 4\r\n\r\noops"
_TORN = b"what\r\n\r\n"
_CLOSE, _HANG = b"", b"hang"


class _Scripted:
    """Answers requests in the order of a script; `b""` closes the connection instead."""

    def __init__(self, script: list[bytes]) -> None:
        self._script = list(script)
        self.requests = 0
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._held: list[socket.socket] = []
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        with contextlib.suppress(OSError):  # the listener is closed
            while self._script:
                connection, _ = self._listener.accept()
                self.connections += 1
                self._held.append(connection)
                while self._script and _read(connection):
                    self.requests += 1
                    answer = self._script.pop(0)
                    if answer == _CLOSE:
                        connection.shutdown(socket.SHUT_RDWR)
                        break
                    if answer != _HANG:
                        connection.sendall(answer)

    def close(self) -> None:
        for one in (self._listener, *self._held):
            one.close()


def _read(connection: socket.socket) -> bytes:
    """Reads a request, whose body is `{}` or nothing; nothing at the end."""
    received = b""
    while not received.endswith((b"\r\n\r\n{}", b"\r\n\r\n")) or (
        b"content-length: 2" in received.lower() and not received.endswith(b"{}")
    ):
        part = connection.recv(65536)
        if not part:
            return b""
        received += part
    return received


@pytest.fixture
def scripted() -> Iterator:
    made: list[_Scripted] = []

    def make(*script: bytes) -> _Scripted:
        made.append(_Scripted([*script]))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waits for nothing, and tells how long it would have been."""
    told: list[float] = []
    monkeypatch.setattr(transport.time, "sleep", told.append)
    return told


def _transport(address: str, retries: int = 2, timeout_seconds: float = 10.0):
    return transport.Transport(address, None, timeout_seconds, retries)


def test_a_busy_server_is_asked_again_after_pauses_that_grow(scripted, pauses) -> None:
    one = scripted(_BUSY, _BUSY, _OK)
    assert _transport(one.address).ask("POST", "/x", {}) == {"a": 1}
    assert one.requests == 3
    assert 0.05 <= pauses[0] <= 0.1 <= pauses[1] <= 0.2


def test_not_more_often_than_told(scripted, pauses) -> None:
    one = scripted(*[_BUSY] * 3)
    with pytest.raises(errors.BusyError, match="full"):
        _transport(one.address, retries=1).ask("GET", "/x")
    assert (one.requests, len(pauses)) == (2, 1)


def test_a_kept_connection_is_used_again_and_replaced_where_it_was_closed(scripted, pauses) -> None:
    one = scripted(_OK, _OK, _CLOSE, _OK)
    asking = _transport(one.address, retries=0)
    for _ in range(3):
        assert asking.ask("POST", "/x", {}) == {"a": 1}
    assert (one.connections, one.requests) == (2, 4)
    assert pauses == []


def test_what_is_no_http_is_told_on_a_kept_connection_too(scripted) -> None:
    one = scripted(_OK, _TORN, _TORN)
    asking = _transport(one.address)
    asking.ask("GET", "/x")
    for _ in range(2):
        with pytest.raises(errors.UnreachableError, match="BadStatusLine"):
            asking.ask("GET", "/x")
    assert (one.connections, one.requests) == (2, 3)


def test_what_broke_on_a_new_connection_is_not_sent_again(scripted) -> None:
    one = scripted(_CLOSE, _OK)
    with pytest.raises(errors.UnreachableError, match="The connection broke"):
        _transport(one.address).ask("POST", "/x", {})
    assert one.requests == 1


def test_what_took_too_long_is_not_sent_again(scripted) -> None:
    one = scripted(_HANG, _OK)
    with pytest.raises(errors.TimedOutError, match="did not answer in time"):
        _transport(one.address, timeout_seconds=0.2).ask("POST", "/x", {})
    assert one.requests == 1


def test_a_failure_is_told_and_not_sent_again(scripted) -> None:
    one = scripted(_FAILED, _OK)
    with pytest.raises(errors.RefusedError, match="oops") as raised:
        _transport(one.address).ask("POST", "/x", {})
    assert (raised.value.status, one.requests) == (500, 1)
    assert type(raised.value) is errors.RefusedError


def test_a_server_that_is_not_there_is_tried_as_often_as_told(pauses) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(errors.UnreachableError, match=f"127.0.0.1:{port}"):
        _transport(f"http://127.0.0.1:{port}").ask("GET", "/x")
    assert len(pauses) == 2


def test_only_what_json_can_hold_is_sent(scripted) -> None:
    with pytest.raises(TypeError, match="`object` cannot be sent"):
        _transport(scripted().address).ask("POST", "/x", object())
