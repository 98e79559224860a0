"""HTTP as ASGI: requests and answers, routes, and what holds for all of them.

A route is a method, a pattern of the path and a coroutine that takes a `Request` and gives a
`Response` (or a `Stream`, whose parts are sent as they come). To add one, write the coroutine in a
module beside this one and add its `Route` to the list that the module's `routes` gives;
`rest/app.py` puts the lists together. A model is asked within `manager.Manager.lease`; parts of a
`Stream` are made after the coroutine has returned, so there the lease belongs into the iterator.
Named groups of the pattern are in `request.names`. A
`ServingError` that it raises becomes an answer; the body has been read, and is no larger than
allowed, when it is called.
"""

import asyncio
import contextlib
import dataclasses
import functools
import hmac
import logging
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any

from serving import config, errors
from serving.codec import json_document

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
RawHeaders = Sequence[tuple[bytes, bytes]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

JSON = "application/json"
_DISCARDED = 8  # times as many bytes as are allowed
_SLOW_SECONDS = 5.0  # for a client to take the last part of a stream
_LOG = logging.getLogger(__name__)


@dataclasses.dataclass
class Request:
    """What a client sent.

    Attributes:
        method: Such as `POST`.
        path: Without the query.
        names: What the route's pattern found in the path.
        raw_headers: Names in small letters, and values.
        body: All of it.
        deadline: Until when it must be answered, by the event loop's clock.
    """

    method: str
    path: str
    names: Mapping[str, str | None]
    raw_headers: RawHeaders
    body: bytes
    deadline: float

    @functools.cached_property
    def headers(self) -> Mapping[str, str]:
        """Headers by name in small letters."""
        return _headers(self.raw_headers)


@dataclasses.dataclass(frozen=True)
class Response:
    """What is answered.

    Attributes:
        body: All of it.
        status: The HTTP status.
        content_type: What kind of body it is.
        headers: Further ones.
    """

    body: bytes
    status: int = 200
    content_type: str = JSON
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Stream:
    """What is answered part by part; the iterator is closed when the client goes away.

    Attributes:
        parts: Bytes as they come.
        deadline: Until when they come, by the event loop's clock; a client that takes them much
            later is let go.
        content_type: What kind of body they make.
    """

    parts: AsyncGenerator[bytes, None]
    deadline: float
    content_type: str = "text/event-stream"


Handler = Callable[[Request], Awaitable[Response | Stream]]


@dataclasses.dataclass(frozen=True)
class Route:
    """What answers a path.

    Attributes:
        method: Such as `POST`.
        pattern: Of the whole path; letters may be large or small.
        handler: Answers.
        is_open: Whether it is answered without an API key.
    """

    method: str
    pattern: re.Pattern[str]
    handler: Handler
    is_open: bool = False

    @classmethod
    def of(cls, method: str, pattern: str, handler: Handler, is_open: bool = False) -> "Route":
        """Makes it of a pattern's text."""
        return cls(method, re.compile(pattern, re.IGNORECASE), handler, is_open)


def literal(path: str) -> str:
    """Makes a pattern of a path as it is told."""
    return re.escape("/" + path.strip("/"))


def answer(value: Any, status: int = 200) -> Response:
    """Answers with JSON."""
    return Response(json_document.dump(value), status)


def error_answer(error: errors.ServingError) -> Response:
    """Answers with an error."""
    try:
        body = json_document.dump({"error": error.message})
    except TypeError:  # lone surrogates, from JSON escapes of a hostile request
        message = error.message.encode("utf-8", "replace").decode()
        body = json_document.dump({"error": message})
    headers = {"www-authenticate": "Bearer"} if error.http == 401 else {}
    return Response(body, error.http, headers=headers)


class App:
    """The ASGI application.

    Args:
        routes: What answers which path; the first that fits does.
        limits: Size of a body, and time of an answer.
        api_key: What clients must show, if anything.
    """

    def __init__(
        self, routes: Sequence[Route], limits: config.Limits, api_key: str | None = None
    ) -> None:
        self._routes: dict[str, list[Route]] = {}
        for route in routes:
            self._routes.setdefault(route.method, []).append(route)
        self._limits = limits
        self._api_key = api_key.encode() if api_key else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            return
        answered: Response | Stream
        try:
            answered = await self._answer(scope, receive)
        except errors.ServingError as error:
            answered = error_answer(error)
        except _GoneError:
            return
        except Exception as error:  # noqa: BLE001 - the client gets an answer, the log the rest
            _LOG.exception("%s %s failed", scope["method"], scope["path"])
            answered = error_answer(errors.ServingError(errors.Code.INTERNAL, repr(error)))
        if isinstance(answered, Stream):
            await _send_parts(answered, receive, send)
            return
        await _send(answered, scope["method"] == "HEAD", send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response | Stream:
        deadline = asyncio.get_running_loop().time() + self._limits.timeout_seconds
        method, path = scope["method"], scope["path"]
        headers: RawHeaders = scope["headers"]
        route, names = self._find("GET" if method == "HEAD" else method, path)
        if route is None or not route.is_open:
            self._check_key(headers)
        if route is None:
            raise errors.invalid(f"Malformed request: {method} {path}")
        body = await self._read(headers, receive)
        request = Request(method, path, names, headers, body, deadline)
        return await route.handler(request)

    def _find(self, method: str, path: str) -> tuple[Route | None, Mapping[str, str | None]]:
        for route in self._routes.get(method, ()):
            if match := route.pattern.fullmatch(path):
                return route, match.groupdict()
        return None, {}

    def _check_key(self, raw_headers: RawHeaders) -> None:
        if self._api_key is None:
            return
        headers = _headers(raw_headers)
        shown = headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(shown.encode("latin-1"), self._api_key):
            raise errors.ServingError(errors.Code.UNAUTHENTICATED, "A valid API key must be shown")

    async def _read(self, headers: RawHeaders, receive: Receive) -> bytes:
        """Reads the body; of one that is too large, nothing is kept.

        A client reads no answer before it has sent all, so somewhat more is read than is allowed.
        """
        limit = self._limits.max_body_bytes
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _GoneError
            part = message.get("body", b"")
            size += len(part)
            if size > limit:
                parts.clear()
            else:
                parts.append(part)
            is_last = not message.get("more_body")
            if size > limit and (is_last or size > _DISCARDED * limit):
                told = _headers(headers).get("content-length", "")
                raise self._too_large(told if told.isdigit() else f"{size} and more")
            if is_last:
                return b"".join(parts) if len(parts) > 1 else part

    def _too_large(self, received: str) -> errors.ServingError:
        return errors.ServingError(
            errors.Code.INVALID_ARGUMENT,
            f"A request must have at most {self._limits.max_body_bytes} bytes. "
            f"Received: {received}",
            http=413,
        )


def _headers(raw: RawHeaders) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in raw}


class _GoneError(Exception):
    """The client went away before it had sent all."""


async def _send(response: Response, is_head: bool, send: Send) -> None:
    headers = [
        (b"content-type", response.content_type.encode()),
        (b"content-length", str(len(response.body)).encode()),
        *((name.encode(), value.encode()) for name, value in response.headers.items()),
    ]
    if response.status == 413:
        headers.append((b"connection", b"close"))  # the rest of the body is not read
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if is_head else response.body})


async def _send_parts(stream: Stream, receive: Receive, send: Send) -> None:
    headers = [(b"content-type", stream.content_type.encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    sending = asyncio.ensure_future(_send_each(stream.parts, send))
    leaving = asyncio.ensure_future(_wait_until_gone(receive))
    left = max(stream.deadline - asyncio.get_running_loop().time(), 0.0) + _SLOW_SECONDS
    try:
        await asyncio.wait({sending, leaving}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
    finally:  # also where the server ends
        for task in (sending, leaving):
            task.cancel()
        await asyncio.gather(sending, leaving, return_exceptions=True)
    error = None if sending.cancelled() else sending.exception()
    if error is not None:
        raise error


async def _send_each(parts: AsyncGenerator[bytes, None], send: Send) -> None:
    async with contextlib.aclosing(parts):
        async for part in parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _wait_until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
