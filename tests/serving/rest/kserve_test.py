"""KServe's protocols, v1 and v2, and Vertex AI's, asked over HTTP."""

import pathlib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.serving import tiny

INFER = "/v2/models/tiny/infer"


@pytest.fixture(scope="module")
def client(base_path: pathlib.Path) -> Iterator[tiny.Client]:
    """Asks a server that Vertex AI started, of the tiny model as version 123."""
    routes = {"health_route": "/vertex/health", "predict_route": "/vertex/predict"}
    with tiny.serving(tiny.settings(base_path, **routes)) as server:
        client = tiny.Client(server.port)
        yield client
        client.close()


def _text(*texts: str) -> dict[str, Any]:
    return {"name": "text", "datatype": "BYTES", "shape": [len(texts)], "data": list(texts)}


def _floats(name: str, shape: list[int], *data: Any) -> dict[str, Any]:
    return {"name": name, "datatype": "FP32", "shape": shape, "data": list(data)}


def test_v1_lists_models_beside_tensorflow_servings_error(client: tiny.Client) -> None:
    assert client.get("/v1/models") == (
        400,
        {"error": "Missing model name in request.", "models": ["tiny"]},
    )


def test_v1_tells_whether_a_model_is_ready(client: tiny.Client) -> None:
    status, answer = client.get("/v1/models/tiny")
    assert (status, answer["name"], answer["ready"]) == (200, "tiny", True)


@pytest.mark.parametrize("path", ["/v2/health/live", "/v2/health/ready", "/v2", "/v2/"])
def test_v2_lives(client: tiny.Client, path: str) -> None:
    assert client.get(path)[0] == 200


@pytest.mark.parametrize("part", ["", "/versions/123"])
def test_v2_models(client: tiny.Client, part: str) -> None:
    assert client.get(f"/v2/models/tiny{part}/ready") == (
        200,
        {"name": "tiny", "version": "123", "ready": True},
    )
    status, answer = client.get(f"/v2/models/tiny{part}")
    assert status == 200
    assert answer["versions"] == ["123"]
    assert answer["inputs"] == [{"name": "text", "datatype": "BYTES", "shape": [-1]}]
    assert {"name": "length", "datatype": "FP32", "shape": [-1]} in answer["outputs"]


def test_v2_infers(client: tiny.Client) -> None:
    body = {"id": "7", "inputs": [_text("a", "bcd")], "outputs": [{"name": "length"}]}
    assert client.post(INFER, body) == (
        200,
        {
            "model_name": "tiny",
            "model_version": "123",
            "outputs": [{"name": "length", "datatype": "FP32", "shape": [2], "data": [0.1, 0.3]}],
            "id": "7",
        },
    )


@pytest.mark.parametrize("data", [[1, 2, 3, 4], [[1, 2], [3, 4]]])
def test_v2_takes_flat_and_nested_data(client: tiny.Client, data: list) -> None:
    body = {
        "parameters": {"signature_name": "sums"},
        "inputs": [
            {**_floats("a", [2, 2]), "data": data},
            _floats("b", [2, 2], 0, 0, 0, 10),
        ],
    }
    status, answer = client.post("/v2/models/tiny/versions/123/infer", body)
    assert status == 200
    [output] = answer["outputs"]
    assert (output["shape"], output["data"]) == ([2, 2], [1.0, 2.0, 3.0, 14.0])


def test_v2_writes_what_is_not_finite(client: tiny.Client) -> None:
    body = {"parameters": {"signature_name": "quotients"}, "inputs": [_floats("x", [1], 0)]}
    _, answer = client.post(INFER, body)
    assert answer["outputs"][0]["data"] == [float("inf")]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "`inputs` must be a list"),
        ({"inputs": [1]}, r"`inputs` must name inputs of the model (text). Received: None"),
        ({"inputs": [{**_text("a"), "name": "x"}]}, "Received: 'x'"),
        ({"inputs": [{**_text("a"), "datatype": "FP32"}]}, "`datatype` of text must be BYTES"),
        ({"inputs": [{**_text("a"), "shape": [2]}]}, "as many elements as `shape` says ([2])"),
        ({"inputs": [{**_text("a"), "shape": [-1]}]}, "must be a list of sizes. Received: [-1]"),
        ({"inputs": [{**_text(), "shape": [0, 2**63]}]}, "is too large. Received: [0, 9223372"),
        ({"inputs": [{**_text(), "shape": [0, 2**62, 9]}]}, "is too large. Received: [0, 46116"),
        ({"inputs": [_text(1)]}, "JSON Value: 1 Type: Number is not of expected type: string"),
        ({"inputs": [_text("a")], "outputs": [{"name": "x"}]}, "`outputs` must name outputs"),
        ({"inputs": []}, "Missing but required: {text}."),
        ({"parameters": {"signature_name": "x"}}, 'Serving signature name: "x" not found'),
    ],
)
def test_v2_refuses(client: tiny.Client, body: Any, message: str) -> None:
    status, answer = client.post(INFER, body)
    assert status == 400
    assert message in answer["error"]


def test_v2_knows_no_other_model(client: tiny.Client) -> None:
    for method, path in (("GET", "/ready"), ("GET", ""), ("POST", "/infer")):
        status, body = client.send(method, f"/v2/models/other{path}", b"{}")
        assert (status, b"Servable not found for request: Latest(other)" in body) == (404, True)


def test_vertex_ai_is_answered_where_it_asks(client: tiny.Client) -> None:
    assert client.get("/vertex/health")[0] == 200
    body = {"instances": [4.0], "parameters": {"signature_name": "quotients"}}
    assert client.post("/vertex/predict", body) == (200, {"predictions": [0.25]})
    status, answer = client.post("/vertex/predict", {"instances": ["a"], "parameters": None})
    assert (status, answer["predictions"][0]["text"]) == (200, "a")
