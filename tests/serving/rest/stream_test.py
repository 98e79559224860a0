"""A text that grows: its events, how they end, and what a client that goes away leaves behind."""

import json
import pathlib
import re
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from serving import config, servable, server
from serving.codec import text_pieces
from tests.serving import task_models, tiny

_PATH = "/v1/models/writer:generate_stream"
_LIMITS = {"max_streams": 2, "timeout_seconds": 2.0}


@pytest.fixture(scope="module")
def serving(
    tmp_path_factory: pytest.TempPathFactory, saved: pathlib.Path, writer: pathlib.Path
) -> Iterator[server.Server]:
    """A server of a language model, and of one that is none."""
    directory = tmp_path_factory.mktemp("streams")
    models = tiny.put_all(directory, writer=(writer, 7), tiny=(saved, 1))
    with tiny.serving(tiny.settings(directory, models=models, limits=_LIMITS)) as one:
        yield one


@pytest.fixture
def client(serving: server.Server) -> Iterator[tiny.Client]:
    client = tiny.Client(serving.port)
    yield client
    client.close()


def _events(client: tiny.Client, **wishes: Any) -> list[tuple[str, Any]]:
    status, body = client.send("POST", _PATH, json.dumps({"text": "x", **wishes}).encode())
    assert status == 200, body
    return [_event(part) for part in body.decode().strip().split("\n\n")]


def _event(text: str) -> tuple[str, Any]:
    name, data = text.split("\n")
    return name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def _text(events: list[tuple[str, Any]]) -> str:
    return "".join(data["text"] for _, data in events)


def test_a_token_is_an_event_and_the_last_one_tells_why(client: tiny.Client) -> None:
    *tokens, (last, end) = _events(client, seed=5)
    size = len(task_models.SCRIPT.encode())
    assert [name for name, _ in tokens] == ["token"] * (size + 1)
    assert [data["token_id"] for _, data in tokens] == [*range(5, 5 + size), 3]
    assert _text(tokens) == task_models.SCRIPT
    told = {"text": "", "reason": "end", "tokens": size + 1, "seed": 5, "version": "7"}
    assert (last, end) == ("end", told)
    assert [data["text"] for _, data in tokens[2:5]] == ["", "ö", ""]  # whole characters


@pytest.mark.parametrize(
    ("wishes", "text", "reason", "tokens"),
    [
        ({"max_new_tokens": 4}, "Grö", "length", 4),
        ({"max_new_tokens": 3}, "Gr\ufffd", "length", 3),
        ({"max_new_tokens": 0}, "", "length", 0),
        ({"stop": ["END"]}, "Größe 1, 2, 3: ", "stop", 20),
        ({"stop": ["END"], "max_new_tokens": 19}, "Größe 1, 2, 3: EN", "length", 19),
        ({"stop": "END"}, "Größe 1, 2, 3: ", "stop", 20),
        ({"stop": [""]}, task_models.SCRIPT, "end", 28),
    ],
)
def test_how_it_ends(
    client: tiny.Client, wishes: dict[str, Any], text: str, reason: str, tokens: int
) -> None:
    events = _events(client, **wishes)
    assert _text(events) == text
    assert (events[-1][1]["reason"], events[-1][1]["tokens"]) == (reason, tokens)


def test_a_seed_is_drawn_and_told(client: tiny.Client) -> None:
    seeds = {_events(client)[-1][1]["seed"] for _ in range(2)}
    assert len(seeds) == 2
    assert all(0 <= seed < 2**31 for seed in seeds)


REFUSED = [
    (_PATH, {}, 400, "Missing 'text' key"),
    (_PATH, {"text": "x", "length": 3}, 400, 'no other keys than: .* Received: "length"'),
    (_PATH, {"text": 7}, 400, "`text`: JSON Value: 7 Type: Number is not of expected type: string"),
    (_PATH, {"text": ["x"]}, 400, "`text` must be a single value"),
    (_PATH, {"text": "x", "stop": [["y"]]}, 400, "`stop` must be a text, or a list of texts"),
    (_PATH, {"text": "x", "top_k": 2**31}, 400, "`top_k`: JSON Value: 2147483648"),
    (_PATH, {"text": "x", "temperature": -1}, 400, "`temperature` must be 0 or more"),
    (_PATH, b"[", 400, "JSON Parse error"),
    (_PATH.replace("writer", "tiny"), {"text": "x"}, 400, '"generate_start" not found'),
    (_PATH.replace("writer", "none"), {"text": "x"}, 404, r"Latest\(none\)"),
    (_PATH.replace("writer", "writer/versions/8"), {"text": "x"}, 404, r"Specific\(writer, 8\)"),
]


@pytest.mark.parametrize(("path", "body", "status", "message"), REFUSED)
def test_what_is_wrong_is_told_by_the_status(
    client: tiny.Client, path: str, body: Any, status: int, message: str
) -> None:
    answered, answer = client.post(path, body)
    assert answered == status
    assert re.search(message, answer["error"])


def _slow(monkeypatch: pytest.MonkeyPatch, seconds: float) -> list[str]:
    """Lets the model take its time; gives a list that grows with what it was asked."""
    asked: list[str] = []
    run = servable.Servable.run

    def late(self, signature, inputs):  # type: ignore[no-untyped-def]
        asked.append(signature.name)
        time.sleep(seconds)
        return run(self, signature, inputs)

    monkeypatch.setattr(servable.Servable, "run", late)
    return asked


def _begin(port: int) -> socket.socket:
    """Asks over a connection of its own, and waits for the first event."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    body = b'{"text": "x"}'
    connection.sendall(
        b"POST %b HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%b"
        % (_PATH.encode(), len(body), body)
    )
    received = b""
    while b"event: token" not in received:
        received += connection.recv(4096)
    return connection


def test_a_client_that_goes_away_ends_the_work(
    serving: server.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = _slow(monkeypatch, 0.1)
    _begin(serving.port).close()
    [served] = serving.models._models["writer"].available.values()
    tiny.wait_for(lambda: not served._holders)
    seen = len(asked)
    assert seen < 6  # of 28
    time.sleep(0.3)
    assert len(asked) == seen


def test_past_the_deadline_the_last_event_is_an_error(
    client: tiny.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    _slow(monkeypatch, 0.3)
    events = _events(client)
    assert {name for name, _ in events[:-1]} == {"token"}
    name, data = events[-1]
    assert (name, data["code"]) == ("error", "DEADLINE_EXCEEDED")
    assert data["error"].startswith("Deadline exceeded")


def test_an_error_of_our_own_making_is_an_event_too(
    client: tiny.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = text_pieces.TextPieces.add

    def fail(self: text_pieces.TextPieces, piece: bytes) -> str:
        return add(self, piece) if piece == b"G" else {}["torn"]

    monkeypatch.setattr(text_pieces.TextPieces, "add", fail)
    [(first, _), (last, told)] = _events(client)
    assert (first, last) == ("token", "error")
    assert told == {"error": "KeyError('torn')", "code": "INTERNAL"}


def test_no_more_texts_grow_at_once_than_may(
    serving: server.Server, client: tiny.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    _slow(monkeypatch, 0.1)
    growing = [_begin(serving.port) for _ in range(_LIMITS["max_streams"])]
    status, answer = client.post(_PATH, {"text": "x"})
    assert (status, answer["error"]) == (429, "At most 2 texts may be written at once")
    for connection in growing:
        connection.close()
    tiny.wait_for(lambda: client.send("POST", _PATH, b'{"text": "x"}')[0] == 200)


def test_the_limit_of_streams_is_a_number_above_0() -> None:
    with pytest.raises(config.ConfigError, match="max_streams"):
        config.build(
            {"models": [{"name": "m", "base_path": "m"}], "limits": {"max_streams": 0}}, "t"
        )
