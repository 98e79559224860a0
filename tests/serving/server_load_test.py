"""A server under the load of 64 clients, while its versions change and as it ends; and fuzzed.

`benchmarks/serving_proof.py` does the same for longer, to a real model.
"""

import asyncio
import contextlib
import json
import pathlib
import shutil
from collections.abc import Callable, Iterator

import pytest

from benchmarks import http_load, serving_fuzz, serving_load, serving_proof
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


def _version(body: bytes) -> int:
    return int(json.loads(body)["predictions"][0]["version"])


def _prove(
    running: tiny.Running, act: Callable[[], None], until: Callable[[], bool]
) -> tuple[serving_load.Proof, serving_load.Answers]:
    answers = serving_load.Answers(_version)

    async def do() -> None:
        await asyncio.to_thread(act)
        await asyncio.to_thread(tiny.wait_for, until)

    proof = asyncio.run(serving_load.under_load(running.server.port, BODY, SECONDS, do, answers, 1))
    return proof, answers


def _answer(version: int, began: float, ended: float, number: str = "") -> http_load.Answer:
    path = f"/v1/models/model{number}:predict"
    body = json.dumps({"predictions": [{"version": version}]}).encode()
    return http_load.Answer(path, began, ended, 200, body)


_REFUSED = http_load.Answer(
    "/v1/models/model/versions/1:predict",
    *(4.0, 5.0, 404),
    b'{"error":"Servable not found for request: Specific(model, 1)"}',
)
_SWAP = [_answer(1, 0, 1), _answer(1, 3, 4), _answer(1, 4.5, 6), _answer(2, 4, 6), _REFUSED]


@pytest.mark.parametrize(
    ("further", "is_right"),
    [
        ([_answer(2, 9, 10), _answer(1, 5.5, 6, "/versions/1")], True),
        ([_answer(2, 0, 1)], False),  # the new one before it was there
        ([_answer(1, 5.5, 6)], False),  # the old one after it had been refused to others
        ([_answer(1, 9, 10, "/versions/1")], False),  # the old one after it had ended
        ([_answer(3, 9, 10)], False),
        ([_REFUSED._replace(began=0.0, ended=1.0)], False),
    ],
)
def test_a_swap_is_judged_by_what_was_there_when_it_was_asked(
    further: list[http_load.Answer], is_right: bool
) -> None:
    answers = serving_load.Answers(_version)
    for answer in [*_SWAP, *further]:
        answers.check(answer)
    proof = serving_load.Proof(http_load.Load(), began=2.0, done=8.0)
    with contextlib.nullcontext() if is_right else pytest.raises(serving_load.WrongAnswerError):
        answers.judge_swap(1, 2, proof)


@pytest.mark.parametrize(
    "answer",
    [
        _answer(2, 0, 1, "/versions/1"),
        _answer(1, 0, 1)._replace(status=500),
        _REFUSED._replace(path="/v1/models/model:predict"),
        _REFUSED._replace(path="/v1/models/model/versions/2:predict"),
    ],
)
def test_a_wrong_answer_is_told_at_once(answer: http_load.Answer) -> None:
    with pytest.raises(serving_load.WrongAnswerError):
        serving_load.Answers(_version).check(answer)


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
    answers.judge_swap(1, 2, proof)
    assert answers.refused  # those who asked for the old one by its number, at last


@pytest.mark.parametrize("broken", serving_proof.BROKEN)
def test_a_broken_version_changes_nothing(
    running: tiny.Running, marked: dict[int, pathlib.Path], tmp_path: pathlib.Path, broken: str
) -> None:
    _, answers = _prove(
        running,
        lambda: serving_proof.put(marked[2], tmp_path, 2, serving_proof.BROKEN[broken]),
        lambda: _state(running.server, 2) is lifecycle.State.END,
    )
    answers.judge_none_changed(1)
    client = tiny.Client(running.server.port)
    _, told = client.get("/v1/models/model")
    client.close()
    first, second = told["model_version_status"]
    assert (first["version"], first["state"]) == ("2", "END")
    assert first["status"]["error_code"] in ("DATA_LOSS", "OUT_OF_RANGE")
    assert first["status"]["error_message"]
    assert (second["version"], second["state"]) == ("1", "AVAILABLE")
    assert running.server.models.statuses("model", 2)[0].attempts == 1


def test_an_end_loses_no_request(running: tiny.Running) -> None:
    proof, answers = _prove(running, running.end, lambda: True)
    running.join()
    assert proof.load.lost == 0
    answered = map(sum, zip(proof.load.began, proof.load.seconds, strict=True))
    assert max(answered) > proof.began  # those in flight as it was told to end
    answers.judge_none_changed(1)


def test_hostile_bytes_are_no_error_of_the_server(running: tiny.Running) -> None:
    serving_fuzz.fuzz(running.server.port, "a", 60)
    client = tiny.Client(running.server.port)
    assert client.post("/v1/models/model:predict", BODY)[0] == 200
    client.close()


def test_no_request_of_the_openapi_document_is_an_error_of_the_server(
    running: tiny.Running,
) -> None:
    tried = serving_fuzz.fuzz_openapi(
        running.server.port, 8, lambda label: label.startswith("POST") and "version" not in label
    )
    tried += serving_fuzz.fuzz_openapi(running.server.port, 1, lambda label: "GET" in label)
    assert "POST /v1/models/{model}:predict" in tried
    assert len(tried) > 15
