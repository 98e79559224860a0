"""Every line of TensorFlow Serving's REST contract, asked over HTTP."""

import base64
from typing import Any

import pytest

from tests.serving import tiny

PREDICT = "/v1/models/tiny:predict"
CLASSIFY = "/v1/models/tiny:classify"
REGRESS = "/v1/models/tiny:regress"


def _row(text: str) -> dict[str, Any]:
    """What the tiny model answers to a text."""
    first = base64.b64encode(text[:1].encode()).decode()
    return {
        "length": round(len(text) / 10, 1),
        "letters_bytes": {"b64": first},
        "text": text,
        "version": 1.0,
    }


ANSWERS = [
    # A single input stands bare in a row, or under its name.
    (PREDICT, {"instances": ["a", "bcd"]}, {"predictions": [_row("a"), _row("bcd")]}),
    (PREDICT, {"instances": [{"text": "a"}]}, {"predictions": [_row("a")]}),
    (PREDICT, {"instances": [{"b64": "YQ=="}]}, {"predictions": [_row("a")]}),
    (PREDICT, {"instances": [{"b64": "YQ"}]}, {"predictions": [_row("a")]}),
    (PREDICT, {"instances": ["a"], "further": "keys are ignored"}, {"predictions": [_row("a")]}),
    (
        PREDICT,
        {"inputs": ["a", "bcd"]},
        {
            "outputs": {
                "length": [0.1, 0.3],
                "letters_bytes": [{"b64": "YQ=="}, {"b64": "Yg=="}],
                "text": ["a", "bcd"],
                "version": [1.0, 1.0],
            }
        },
    ),
    # Several inputs are objects; a single output stands bare.
    (
        PREDICT,
        {"signature_name": "sums", "instances": [{"a": [1, 2], "b": [0.5, 0]}]},
        {"predictions": [[1.5, 2.0]]},
    ),
    (
        PREDICT,
        {"signature_name": "sums", "inputs": {"a": [[1, 2]], "b": [[3, 4]]}},
        {"outputs": [[4.0, 6.0]]},
    ),
    (
        PREDICT,
        {"signature_name": "whole", "instances": [{"n": 1, "yes": True}]},
        {"predictions": [{"n": 2, "no": False}]},
    ),
    (PREDICT, {"signature_name": "scalar", "inputs": [1, 2, 3]}, {"outputs": 6.0}),
    (PREDICT, {"signature_name": "", "inputs": ["a"], "signature": 1}, None),
    # Routes are case-insensitive; names of models are not.
    ("/V1/Models/tiny:Predict", {"instances": ["a"]}, {"predictions": [_row("a")]}),
    ("/v1/models/tiny/versions/123:predict", {"instances": ["a"]}, {"predictions": [_row("a")]}),
    ("/v1/models/tiny/labels/stable:predict", {"instances": ["a"]}, {"predictions": [_row("a")]}),
    (
        CLASSIFY,
        {"signature_name": "classify", "examples": [{"x": 0.1}, {"x": [1.0]}]},
        {"results": [[["no", 0.9], ["yes", 0.1]], [["no", 0.0], ["yes", 1.0]]]},
    ),
    *(
        (
            f"/v1/models/tiny/{which}:{kind}",
            {"signature_name": kind, "examples": [{"x": 0.5}]},
            {"results": [result]},
        )
        for which in ("versions/123", "labels/stable")
        for kind, result in (("classify", [["no", 0.5], ["yes", 0.5]]), ("regress", 1.0))
    ),
    (
        CLASSIFY,
        {"signature_name": "classify", "context": {"x": 0.5}, "examples": [{}, {"x": 1.0}]},
        {"results": [[["no", 0.5], ["yes", 0.5]], [["no", 0.0], ["yes", 1.0]]]},
    ),
    (
        REGRESS,
        {"signature_name": "regress", "examples": [{"x": 0.1}, {"x": -3.0}]},
        {"results": [0.2, -6.0]},
    ),
]


@pytest.mark.parametrize(("path", "body", "expected"), ANSWERS)
def test_it_answers(client: tiny.Client, path: str, body: Any, expected: Any) -> None:
    status, answer = client.post(path, body)
    assert status == 200
    if expected is not None:
        assert answer == expected


def test_numbers_that_are_none_are_read_and_written(client: tiny.Client) -> None:
    body = (
        b'{"signature_name": "quotients", "instances": [0.0, NaN, -Infinity, Infinity, -0.0, 10]}'
    )
    status, answer = client.send("POST", PREDICT, body)
    assert status == 200
    assert answer == b'{"predictions":[Infinity,NaN,-0.0,0.0,-Infinity,0.1]}'


METADATA_OF_SUMS = {
    "inputs": {
        name: {
            "dtype": "DT_FLOAT",
            "tensor_shape": {
                "dim": [{"size": "-1", "name": ""}, {"size": "2", "name": ""}],
                "unknown_rank": False,
            },
            "name": f"sums_{name}:0",
        }
        for name in "ab"
    },
    "method_name": "tensorflow/serving/predict",
}


@pytest.mark.parametrize("part", ["", "/versions/123", "/labels/stable"])
def test_status_of_versions(client: tiny.Client, part: str) -> None:
    status, answer = client.get(f"/v1/models/tiny{part}")
    assert status == 200
    assert answer == {
        "model_version_status": [
            {
                "version": "123",
                "state": "AVAILABLE",
                "status": {"error_code": "OK", "error_message": ""},
            }
        ],
        # KServe's keys, which TensorFlow Serving's clients leave alone.
        "name": "tiny",
        "ready": True,
    }


@pytest.mark.parametrize("part", ["", "/versions/123", "/labels/stable"])
def test_metadata_tells_the_signatures(client: tiny.Client, part: str) -> None:
    status, answer = client.get(f"/v1/models/tiny{part}/metadata")
    assert status == 200
    assert answer["model_spec"] == {"name": "tiny", "signature_name": "", "version": "123"}
    signatures = answer["metadata"]["signature_def"]["signature_def"]
    assert signatures["classify"]["method_name"] == "tensorflow/serving/classify"
    outputs = signatures["sums"].pop("outputs")
    assert signatures["sums"] == METADATA_OF_SUMS
    assert list(outputs) == ["sum"]
