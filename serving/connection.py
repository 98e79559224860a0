"""Connections of HTTP: uvicorn's, with bounds, and an end that loses no request.

What uvicorn leaves open: headers of any size, a client that begins a request and never ends it, and
connections that are closed while the next request is under way to them.
"""

import asyncio
import logging
from typing import Any

import orjson
from uvicorn.protocols.http import httptools_impl

# uvicorn would log each request that is no HTTP, and so let anybody fill the log.
_UNHEARD = logging.getLogger(f"{__name__}.requests")
_UNHEARD.setLevel(logging.CRITICAL)
_MAX_HEAD_BYTES = 2**16
# A request that has begun must have come by then; so must the next one on a connection.
_READ_SECONDS = 60.0
_LINGER_SECONDS = 1.0  # for a request that was sent before the client knew of the end


class Connection(httptools_impl.HttpToolsProtocol):
    """A connection, whose requests come one after the other."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.logger = _UNHEARD
        # uvicorn would answer in words of its own.
        self._max_connections, self.limit_concurrency = self.limit_concurrency, None
        self._head_bytes = 0
        self._is_reading_head = True
        self._is_ending = False
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins; a client that says nothing is let go after a while."""
        super().connection_made(transport)
        if self._max_connections is not None and len(self.connections) > self._max_connections:
            self._refuse(b"503 Service Unavailable", "There are too many connections")
            return
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Reads on, within bounds."""
        if self._is_reading_head:
            self._head_bytes += len(data)
            if self._head_bytes > _MAX_HEAD_BYTES + len(data):
                self.send_400_response("The head of a request is too large")
                return
        super().data_received(data)

    def send_400_response(self, msg: str) -> None:
        """Answers what is no HTTP, as all errors are answered."""
        self._refuse(b"400 Bad Request", msg)

    def _refuse(self, status: bytes, message: str) -> None:
        body = orjson.dumps({"error": message})
        self.transport.write(
            b"HTTP/1.1 %b\r\ncontent-type: application/json\r\n"
            b"connection: close\r\ncontent-length: %d\r\n\r\n%b" % (status, len(body), body)
        )
        self.transport.close()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._is_reading_head = True

    def on_headers_complete(self) -> None:
        """Its head is complete."""
        self._is_reading_head = False
        self._head_bytes = 0
        super().on_headers_complete()
        if self._is_ending:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """All of it has come."""
        self._stop_waiting()
        self._is_reading_head = True
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """It is answered, and the next one may come."""
        super().on_response_complete()
        if not self.transport.is_closing():
            self._wait()

    def shutdown(self) -> None:
        """Ends after the request in flight; if there is none, after one that is under way."""
        self._is_ending = True
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.keep_alive = False
        self.loop.call_later(_LINGER_SECONDS, self._end)

    def _end(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()

    def _wait(self) -> None:
        self._stop_waiting()
        self._timer = self.loop.call_later(_READ_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
