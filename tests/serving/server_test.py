"""The server as a whole: what both of its entrances share."""

import asyncio
import pathlib
import socket
import threading
import time
from concurrent import futures
from typing import Any

import grpc
import pytest
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

from serving import servable
from serving import server as server_lib
from tests.serving import tiny


def _predict(channel: grpc.Channel) -> predict_pb2.PredictResponse:
    request = predict_pb2.PredictRequest()
    request.model_spec.name = "tiny"
    request.inputs["text"].CopyFrom(tf.make_tensor_proto(["a"]))
    return prediction_service_pb2_grpc.PredictionServiceStub(channel).Predict(request, timeout=30)


def _post(port: int) -> tuple[int, Any]:
    client = tiny.Client(port)
    answer = client.post("/v1/models/tiny:predict", {"instances": ["a"]})
    client.close()
    return answer


class _Held:
    """Keeps the model from answering until it may; counts what it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked = 0
        self.may_answer = threading.Event()
        run = servable.Servable.run

        def late(model, signature, inputs):  # type: ignore[no-untyped-def]
            self.asked += 1
            assert self.may_answer.wait(30)
            return run(model, signature, inputs)

        monkeypatch.setattr(servable.Servable, "run", late)


def test_a_full_queue_refuses_at_once_at_both_entrances(
    base_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {"max_batch_size": 1, "max_enqueued_batches": 1}
    with (
        tiny.serving(tiny.settings(base_path, batching=few)) as server,
        grpc.insecure_channel(f"127.0.0.1:{server.grpc_port}") as channel,
        futures.ThreadPoolExecutor(2) as pool,
    ):
        held = _Held(monkeypatch)
        waiting = [pool.submit(_post, server.port)]
        tiny.wait_for(lambda: held.asked == 1)
        waiting.append(pool.submit(_post, server.port))
        [served] = server.models._models["tiny"].available.values()
        tiny.wait_for(lambda: served.waiting == 1)
        began = time.monotonic()
        status, answer = _post(server.port)
        assert status == 429
        assert answer["error"].endswith("queue to which this task was submitted is full")
        with pytest.raises(grpc.RpcError) as error:
            _predict(channel)
        assert error.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert time.monotonic() - began < 5  # while those before it still wait
        held.may_answer.set()
        assert [one.result()[0] for one in waiting] == [200, 200]


def test_what_is_in_flight_is_answered_at_both_entrances_as_it_ends(
    base_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = tiny.Running(tiny.settings(base_path, batching={"enabled": False}))
    tiny.wait_for(running.server.models.is_ready)
    held = _Held(monkeypatch)
    with (
        grpc.insecure_channel(f"127.0.0.1:{running.server.grpc_port}") as channel,
        futures.ThreadPoolExecutor(2) as pool,
    ):
        asked = [pool.submit(_post, running.server.port), pool.submit(_predict, channel)]
        [served] = running.server.models._models["tiny"].available.values()
        tiny.wait_for(lambda: served._holders == 2)
        running.end()
        time.sleep(0.2)
        held.may_answer.set()
        by_rest, by_grpc = (one.result(30) for one in asked)
    running.join()
    assert (by_rest[0], list(by_grpc.outputs["text"].string_val)) == (200, [b"a"])


def test_a_deadline_that_is_over_is_told_at_both_entrances(base_path: pathlib.Path) -> None:
    settings = tiny.settings(base_path, limits={"timeout_seconds": 1e-9})
    with (
        tiny.serving(settings) as server,
        grpc.insecure_channel(f"127.0.0.1:{server.grpc_port}") as channel,
    ):
        status, answer = _post(server.port)
        assert (status, "Deadline exceeded" in answer["error"]) == (504, True)

        with pytest.raises(grpc.RpcError) as error:
            _predict(channel)
        assert error.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED


# A request whose body does not come.
_HALF = b"POST /v1/models/tiny:predict HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n"


@pytest.mark.parametrize("seconds", [0.0, 0.3])
def test_it_waits_no_longer_than_told_for_what_is_under_way(
    base_path: pathlib.Path, seconds: float
) -> None:
    settings = tiny.settings(base_path, drain_seconds=seconds, grpc_port=None)
    with socket.socket() as client:
        with tiny.serving(settings) as server:
            client.connect(("127.0.0.1", server.port))
            client.sendall(_HALF)
            time.sleep(0.1)
            began = time.monotonic()
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("port", ["port", "grpc_port"])
def test_a_port_that_is_taken_is_told(base_path: pathlib.Path, port: str) -> None:
    async def start(taken: int) -> None:
        async with server_lib.Server(tiny.settings(base_path, **{port: taken})).started():
            raise AssertionError("it has started")

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(OSError, match=f"`{port}` must be free. Received: 127.0.0.1:{taken}"):
            asyncio.run(start(taken))
