"""TensorFlow Serving's own client stubs, against ModelService."""

import pathlib
from collections.abc import Iterator

import grpc
import pytest
from google.protobuf import text_format
from tensorflow_serving.apis import (
    get_model_status_pb2,
    model_management_pb2,
    model_service_pb2_grpc,
)

from serving import server as server_lib
from tests.serving import tiny

KEY = "a key"
METADATA = [("authorization", f"Bearer {KEY}")]
Stub = model_service_pb2_grpc.ModelServiceStub


@pytest.fixture
def server(base_path: pathlib.Path) -> Iterator[server_lib.Server]:
    """A server that wants a key."""
    with tiny.serving(tiny.settings(base_path, api_key=KEY)) as server:
        yield server


@pytest.fixture
def stub(server: server_lib.Server) -> Iterator[Stub]:
    """Asks it."""
    with grpc.insecure_channel(f"127.0.0.1:{server.grpc_port}") as channel:
        yield Stub(channel)


def _status(name: str = "tiny", number: int | None = None, label: str = "") -> object:
    request = get_model_status_pb2.GetModelStatusRequest()
    request.model_spec.name = name
    if number is not None:
        request.model_spec.version.value = number
    if label:
        request.model_spec.version_label = label
    return request


def _reload(text: str) -> model_management_pb2.ReloadConfigRequest:
    request = model_management_pb2.ReloadConfigRequest()
    text_format.Parse(text, request.config)
    return request


def test_status_and_errors(stub: Stub) -> None:
    answer = stub.GetModelStatus(_status(), timeout=20, metadata=METADATA)
    [status] = answer.model_version_status
    assert status.version == 123
    assert status.state == get_model_status_pb2.ModelVersionStatus.AVAILABLE
    assert status.status.error_code == 0
    for request, code, message in (
        (_status("x"), grpc.StatusCode.NOT_FOUND, "Could not find any versions of model x"),
        (_status(number=7), grpc.StatusCode.NOT_FOUND, "Could not find version 7 of model tiny"),
        (_status(label="x"), grpc.StatusCode.INVALID_ARGUMENT, "version label: x"),
        (
            get_model_status_pb2.GetModelStatusRequest(),
            grpc.StatusCode.INVALID_ARGUMENT,
            "Missing ModelSpec",
        ),
    ):
        with pytest.raises(grpc.RpcError) as error:
            stub.GetModelStatus(request, timeout=20, metadata=METADATA)
        assert (error.value.code(), message in error.value.details()) == (code, True)


@pytest.mark.parametrize("metadata", [[], [("x-api-key", "another")]])
def test_without_the_key_nothing_is_told(stub: Stub, metadata: list) -> None:
    with pytest.raises(grpc.RpcError) as error:
        stub.GetModelStatus(_status(), timeout=20, metadata=metadata)
    assert error.value.code() is grpc.StatusCode.UNAUTHENTICATED


def test_other_models_and_labels_are_taken_while_serving(
    server: server_lib.Server, stub: Stub, base_path: pathlib.Path
) -> None:
    wanted = f"""model_config_list {{ config {{
        name: "other" base_path: "{base_path}" model_platform: "tensorflow"
        model_version_policy {{ specific {{ versions: 123 }} }}
        version_labels {{ key: "stable" value: 123 }} }} }}"""
    answer = stub.HandleReloadConfigRequest(_reload(wanted), timeout=20, metadata=METADATA)
    assert answer.status.error_code == 0
    tiny.wait_for(lambda: server.models.is_ready("other"))
    assert server.models.names == ["other"]
    stub.GetModelStatus(_status("other", label="stable"), timeout=20, metadata=METADATA)
    with pytest.raises(grpc.RpcError, match="at least 1"):
        stub.HandleReloadConfigRequest(_reload(""), timeout=20, metadata=METADATA)
    assert server.models.names == ["other"]
