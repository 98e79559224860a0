"""What the client sends by: HTTP of the standard library, over connections that are kept.

Sent again is what the server has done nothing about: a connection that could not be opened, an
answer 429 or 503, and a kept connection that the server had closed meanwhile. All requests here are
questions, which change nothing, but one that takes too long would only take longer if asked twice.
"""

import base64
import contextlib
import http.client
import json
import random
import time
import urllib.parse
from collections.abc import Iterator
from typing import Any

from serving.client import errors

_FIRST_PAUSE_SECONDS = 0.1
_KINDS = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
# How a connection shows that the other side had closed it before it saw the request.
_CLOSED = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)


class _UnopenedError(errors.UnreachableError):
    """There is no connection, so nothing was sent."""


class Answer:
    """An answer that is still to be read, and its connection."""

    def __init__(
        self, connection: http.client.HTTPConnection, response: http.client.HTTPResponse
    ) -> None:
        self.connection = connection
        self.response = response

    def read(self) -> bytes:
        """Reads all of it."""
        try:
            with _telling():
                return self.response.read()
        except errors.ClientError:
            self.close()
            raise

    def lines(self) -> Iterator[bytes]:
        """Reads it line by line, as the lines come."""
        while True:
            with _telling():
                line = self.response.readline()
            if not line:
                return
            yield line

    def close(self) -> None:
        """Reads no more."""
        self.connection.close()


class Transport:
    """Sends requests; may be used by several threads.

    Args:
        address: Such as `http://127.0.0.1:8501`.
        api_key: What the server wants to be shown.
        timeout_seconds: How long to wait for a connection, and for each part of an answer.
        retries: How often what is safe to send again is sent again.
    """

    def __init__(
        self, address: str, api_key: str | None, timeout_seconds: float, retries: int
    ) -> None:
        parts = urllib.parse.urlsplit(address)
        if parts.scheme not in _KINDS or not parts.hostname:
            raise ValueError(f"`address` must be http://HOST[:PORT]. Received: {address!r}")
        self._kind = _KINDS[parts.scheme]
        self._place = (parts.hostname, parts.port)
        self._prefix = parts.path.rstrip("/")
        self._headers = {"content-type": "application/json"}
        if api_key is not None:
            self._headers["authorization"] = f"Bearer {api_key}"
        self._timeout_seconds = timeout_seconds
        self._retries = retries
        self._kept: list[http.client.HTTPConnection] = []

    def close(self) -> None:
        """Closes the connections that are kept."""
        while self._kept:
            self._kept.pop().close()

    def ask(self, method: str, path: str, document: Any = None) -> Any:
        """Sends JSON, and returns that of the answer.

        Raises:
            ClientError: If there is no answer 200.
        """
        answer = self.open(method, path, document)
        body = answer.read()
        self._keep(answer)
        return json.loads(body)

    def open(self, method: str, path: str, document: Any = None) -> Answer:
        """Sends JSON, and returns an answer 200 that is still to be read and closed.

        Raises:
            ClientError: If there is none.
        """
        body = None if document is None else json.dumps(document, default=plain).encode()
        pause = _FIRST_PAUSE_SECONDS
        for _ in range(self._retries):
            try:
                return self._once(method, self._prefix + path, body)
            except (_UnopenedError, errors.BusyError, errors.UnavailableError):
                # Not all clients at the same moment.
                time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
                pause *= 2
        return self._once(method, self._prefix + path, body)

    def _once(self, method: str, path: str, body: bytes | None) -> Answer:
        answer = self._by_kept(method, path, body) or self._send(self._new(), method, path, body)
        if answer.response.status == 200:
            return answer
        words = answer.read()
        self._keep(answer)
        raise errors.refusal(answer.response.status, _message(words))

    def _by_kept(self, method: str, path: str, body: bytes | None) -> Answer | None:
        """Sends over a connection that is kept; None where there is none that is still open."""
        while True:
            try:
                connection = self._kept.pop()
            except IndexError:
                return None
            try:
                connection.request(method, path, body, self._headers)
                return Answer(connection, connection.getresponse())
            except _CLOSED:
                connection.close()
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                raise _told(error) from error

    def _new(self) -> http.client.HTTPConnection:
        connection = self._kind(*self._place, timeout=self._timeout_seconds)
        try:
            connection.connect()
        except OSError as error:
            raise _UnopenedError(f"{self._place[0]}:{self._place[1]}: {error}") from error
        return connection

    def _send(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None
    ) -> Answer:
        try:
            with _telling():
                connection.request(method, path, body, self._headers)
                return Answer(connection, connection.getresponse())
        except errors.ClientError:
            connection.close()
            raise

    def _keep(self, answer: Answer) -> None:
        """Keeps a connection, all of whose answer was read, for the next request."""
        if answer.response.will_close:
            answer.close()
        else:
            self._kept.append(answer.connection)


def plain(value: Any) -> Any:
    """Makes what JSON can hold: bytes as `{"b64": ...}`, arrays as lists."""
    if isinstance(value, bytes):
        return {"b64": base64.b64encode(value).decode()}
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"`{type(value).__name__}` cannot be sent")


@contextlib.contextmanager
def _telling() -> Iterator[None]:
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        raise _told(error) from error


def _told(error: Exception) -> errors.ClientError:
    if isinstance(error, TimeoutError):
        return errors.TimedOutError("The server did not answer in time")
    return errors.UnreachableError(f"The connection broke: {error!r}")


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        return body[:1000].decode("utf-8", "replace")
