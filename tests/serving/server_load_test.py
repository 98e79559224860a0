"""A server under the load of 64 clients, while its versions change and as it ends; and fuzzed.

`benchmarks/serving_proof.py` does the same for longer, to a real model.
"""

import asyncio
import json
import pathlib
import shutil
from collections.abc import Callable, Iterator

import pytest

from benchmarks import serving_proof
from serving import lifecycle
from serving import server as server_lib
from tests.serving import tiny

BODY = b'{"instances": ["a"]}'
SECONDS = 0.5


@pytest.fixture(scope="module")
def marked(
    saved: pathlib.Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[int, pathlib.Path]:
    """The tiny model with two marks."""
    other = tmp_path_factory.mktemp("marked") / "model"
    tiny.save(other, 2.0)
    return {1: saved, 2: other}


@pytest.fixture
def running(marked: dict[int, pathlib.Path], tmp_path: pathlib.Path) -> Iterator[tiny.Running]:
    """A server of version 1, whose directory is `tmp_path`."""
    tiny.put(marked[1], tmp_path, 1)
    model = {"name": "model", "base_path": str(tmp_path)}
    running = tiny.Running(tiny.settings(tmp_path, models=[model]))
    tiny.wait_for(running.server.models.is_ready)
    yield running
    running.end()
    running.join()


class _Answers:
    """Keeps which version answered, and when it was asked."""

    def __init__(self) -> None:
        self.seen: list[tuple[float, float]] = []

    def check(self, began: float, status: int, body: bytes) -> None:
        assert status == 200, body
        self.seen.append((began, json.loads(body)["predictions"][0]["version"]))


def _prove(
    running: tiny.Running, act: Callable[[], None], until: Callable[[], bool]
) -> tuple[serving_proof.Proof, _Answers]:
    answers = _Answers()

    async def do() -> None:
        await asyncio.to_thread(act)
        await asyncio.to_thread(tiny.wait_for, until)

    proof = asyncio.run(
        serving_proof.under_load(running.server.port, BODY, SECONDS, do, answers.check)
    )
    return proof, answers


def _state(server: server_lib.Server, number: int) -> lifecycle.State | None:
    states = {status.number: status.state for status in server.models.statuses("model")}
    return states.get(number)


def test_a_swap_loses_no_request(
    running: tiny.Running, marked: dict[int, pathlib.Path], tmp_path: pathlib.Path
) -> None:
    proof, answers = _prove(
        running,
        lambda: shutil.copytree(marked[2], tmp_path / "2"),
        lambda: _state(running.server, 1) is lifecycle.State.END,
    )
    assert {version for _, version in answers.seen} == {1.0, 2.0}
    # Before the new one was there, the old one answered; since it is, no other.
    assert {version for began, version in answers.seen if began < proof.began - 1.0} <= {1.0}
    assert {version for began, version in answers.seen if began > proof.done} == {2.0}


def test_a_torn_version_changes_nothing(
    running: tiny.Running, marked: dict[int, pathlib.Path], tmp_path: pathlib.Path
) -> None:
    _, answers = _prove(
        running,
        lambda: serving_proof.put(marked[2], tmp_path, 2, whole=False),
        lambda: _state(running.server, 2) is lifecycle.State.END,
    )
    assert {version for _, version in answers.seen} == {1.0}
    [status] = running.server.models.statuses("model", 2)
    assert status.error is not None


def test_an_end_loses_no_request(running: tiny.Running) -> None:
    proof, answers = _prove(running, running.end, lambda: True)
    running.join()
    assert proof.load.lost == 0
    answered = map(sum, zip(proof.load.began, proof.load.seconds, strict=True))
    assert max(answered) > proof.began  # those in flight as it was told to end
    assert {version for _, version in answers.seen} == {1.0}


def test_hostile_bytes_are_no_error_of_the_server(running: tiny.Running) -> None:
    serving_proof.fuzz(running.server.port, 60)
    client = tiny.Client(running.server.port)
    assert client.post("/v1/models/model:predict", BODY)[0] == 200
    client.close()


def test_no_request_of_the_openapi_document_is_an_error_of_the_server(
    running: tiny.Running,
) -> None:
    tried = serving_proof.fuzz_openapi(
        running.server.port, 8, lambda label: label.startswith("POST") and "version" not in label
    )
    tried += serving_proof.fuzz_openapi(running.server.port, 1, lambda label: "GET" in label)
    assert "POST /v1/models/{model}:predict" in tried
    assert len(tried) > 15
