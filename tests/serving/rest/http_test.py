"""What holds for every route: the key, the method, streams, errors of our own making."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from serving import config, errors
from serving.rest import http


async def _ask(
    app: http.App, method: str = "GET", path: str = "/x", *parts: bytes, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Asks an application without a network; returns status, headers and body."""
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": given}
    bodies = [*parts] or [b""]
    received = [
        {"type": "http.request", "body": body, "more_body": place < len(bodies) - 1}
        for place, body in enumerate(bodies)
    ]
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        if received:
            return received.pop(0)
        await asyncio.sleep(3600)
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    head = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], head, b"".join(message.get("body", b"") for message in sent[1:])


def _app(handler: http.Handler, key: str | None = None, **limits: Any) -> http.App:
    routes = [
        http.Route.of("GET", "/x", handler),
        http.Route.of("POST", "/x", handler),
        http.Route.of("GET", "/open", handler, is_open=True),
    ]
    return http.App(routes, config.Limits(**limits), key)


async def _echo(request: http.Request) -> http.Response:
    return http.Response(request.body or b"nothing", content_type="text/plain")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"x_api_key": "wrong"}, 401),
        ({"authorization": "Bearer größer"}, 401),
        ({"x_api_key": "secret"}, 200),
        ({"authorization": "Bearer secret"}, 200),
    ],
)
def test_a_key_must_be_shown(headers: dict[str, str], status: int) -> None:
    app = _app(_echo, "secret")
    received, head, _ = asyncio.run(_ask(app, **headers))
    assert received == status
    assert (head.get("www-authenticate") == "Bearer") == (status == 401)
    # Which routes there are is not told either; whether it lives is.
    assert asyncio.run(_ask(app, "GET", "/nope"))[0] == 401
    assert asyncio.run(_ask(app, "GET", "/open"))[0] == 200


def test_a_head_is_a_get_without_its_body() -> None:
    status, head, body = asyncio.run(_ask(_app(_echo), "HEAD"))
    assert (status, head["content-length"], body) == (200, "7", b"")


def test_a_body_comes_in_parts_up_to_its_limit() -> None:
    app = _app(_echo, max_body_bytes=4)
    assert asyncio.run(_ask(app, "POST", "/x", b"ab", b"cd"))[2] == b"abcd"
    status, head, _ = asyncio.run(_ask(app, "POST", "/x", b"ab", b"cd", b"e"))
    assert (status, head["connection"]) == (413, "close")
    # What is far too large is not even read to its end.
    status, _, body = asyncio.run(_ask(app, "POST", "/x", *[b"abcd"] * 100))
    assert (status, b"36 and more" in body) == (413, True)


def test_what_nobody_foresaw_is_an_error_500() -> None:
    async def fail(request: http.Request) -> http.Response:
        raise ZeroDivisionError("oh")

    status, _, body = asyncio.run(_ask(_app(fail)))
    assert (status, body) == (500, b'{"error":"ZeroDivisionError(\'oh\')"}')


def test_text_that_cannot_be_sent_is_replaced() -> None:
    async def fail(request: http.Request) -> http.Response:
        raise errors.invalid("\ud800")

    assert asyncio.run(_ask(_app(fail)))[2] == b'{"error":"?"}'


def test_a_stream_is_sent_part_by_part() -> None:
    async def parts() -> AsyncGenerator[bytes, None]:
        for part in (b"one", b"two"):
            yield part

    async def stream(request: http.Request) -> http.Stream:
        return http.Stream(parts(), request.deadline)

    status, head, body = asyncio.run(_ask(_app(stream)))
    assert (status, head["content-type"], body) == (200, "text/event-stream", b"onetwo")


def test_a_stream_ends_when_its_client_goes_away() -> None:
    ended = asyncio.Event()

    async def parts() -> AsyncGenerator[bytes, None]:
        try:
            yield b"one"
            await asyncio.sleep(3600)
        finally:
            ended.set()

    async def stream(request: http.Request) -> http.Stream:
        return http.Stream(parts(), request.deadline)

    async def ask() -> None:
        messages = [
            {"type": "http.request", "body": b""},
            {"type": "http.disconnect"},
        ]

        async def receive() -> dict[str, Any]:
            return messages.pop(0)

        async def send(message: Any) -> None:
            await asyncio.sleep(0)

        scope = {"type": "http", "method": "GET", "path": "/x", "headers": []}
        with contextlib.suppress(asyncio.CancelledError):
            await _app(stream)(scope, receive, send)
        await asyncio.wait_for(ended.wait(), 10)

    asyncio.run(ask())


def test_a_stream_ends_when_its_server_does() -> None:
    ended = asyncio.Event()

    async def parts() -> AsyncGenerator[bytes, None]:
        try:
            yield b"one"
            await asyncio.sleep(3600)
        finally:
            ended.set()

    async def stream(request: http.Request) -> http.Stream:
        return http.Stream(parts(), request.deadline)

    async def ask() -> None:
        asking = asyncio.ensure_future(_ask(_app(stream)))
        await asyncio.sleep(0.05)
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking
        assert ended.is_set()

    asyncio.run(ask())


def test_a_client_that_takes_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_SLOW_SECONDS", 0.05)
    ended = asyncio.Event()

    async def parts() -> AsyncGenerator[bytes, None]:
        try:
            while True:
                yield b"one"
        finally:
            ended.set()

    async def stream(request: http.Request) -> http.Stream:
        return http.Stream(parts(), request.deadline)

    async def ask() -> None:
        messages = [{"type": "http.request", "body": b""}]
        never = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if messages:
                return messages.pop()
            await never.wait()
            raise AssertionError

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body":
                await never.wait()

        scope = {"type": "http", "method": "GET", "path": "/x", "headers": []}
        app = _app(stream, timeout_seconds=0.05)
        await asyncio.wait_for(app(scope, receive, send), 10)
        assert ended.is_set()

    asyncio.run(ask())
