"""The server as a whole: what both of its entrances share."""

import asyncio
import pathlib
import socket
import time

import grpc
import pytest
from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

from serving import server as server_lib
from tests.serving import tiny


def test_a_deadline_that_is_over_is_told_at_both_entrances(base_path: pathlib.Path) -> None:
    settings = tiny.settings(base_path, limits={"timeout_seconds": 1e-9})
    with (
        tiny.serving(settings) as server,
        grpc.insecure_channel(f"127.0.0.1:{server.grpc_port}") as channel,
    ):
        client = tiny.Client(server.port)
        status, answer = client.post("/v1/models/tiny:predict", {"instances": ["a"]})
        client.close()
        assert (status, "Deadline exceeded" in answer["error"]) == (504, True)

        request = predict_pb2.PredictRequest()
        request.model_spec.name = "tiny"
        request.inputs["text"].dtype = 7
        request.inputs["text"].string_val.append(b"a")
        request.inputs["text"].tensor_shape.dim.add(size=1)
        with pytest.raises(grpc.RpcError) as error:
            prediction_service_pb2_grpc.PredictionServiceStub(channel).Predict(request)
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
