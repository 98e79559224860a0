"""Every error of TensorFlow Serving's REST contract, down to its words, asked for over HTTP."""

import json

import pytest

from tests.serving import tiny

PREDICT = "/v1/models/tiny:predict"
CLASSIFY = "/v1/models/tiny:classify"
REGRESS = "/v1/models/tiny:regress"


def _many(text: str) -> bytes:
    return json.dumps({"instances": [text] * 9}).encode()


ERRORS = [
    ("GET", "/v1/models", None, 400, "Missing model name in request."),
    ("POST", "/v1/models/tiny", b"{}", 400, "Malformed request: POST /v1/models/tiny"),
    ("GET", PREDICT, None, 400, f"Malformed request: GET {PREDICT}"),
    ("POST", "/v1/models/tiny:explain", b"{}", 400, "Malformed request: POST /v1/models/tiny:exp"),
    ("GET", "/v1/models/a:b", None, 400, "Malformed request: GET /v1/models/a:b"),
    ("PUT", "/v1/models/tiny", b"{}", 400, "Malformed request: PUT /v1/models/tiny"),
    ("GET", "/nope", None, 400, "Malformed request: GET /nope"),
    ("GET", "/v1/models/other", None, 404, "Could not find any versions of model other"),
    ("GET", "/v1/models/tiny/versions/7", None, 404, "Could not find version 7 of model tiny"),
    ("GET", "/v1/models/tiny/labels/x", None, 400, "Unrecognized servable version label: x"),
    ("GET", "/v1/models/tiny/labels/gone", None, 404, "Could not find version 7 of model tiny"),
    ("GET", "/v1/models/x/metadata", None, 404, "Servable not found for request: Latest(x)"),
    (
        "GET",
        f"/v1/models/tiny/versions/{2**63}",
        None,
        400,
        f"Failed to convert version: {2**63} to numeric.",
    ),
    (
        "POST",
        "/v1/models/other:predict",
        b'{"instances": ["a"]}',
        404,
        "Servable not found for request: Latest(other)",
    ),
    (
        "POST",
        "/v1/models/tiny/versions/7:predict",
        b'{"instances": ["a"]}',
        404,
        "Servable not found for request: Specific(tiny, 7)",
    ),
    (
        "POST",
        "/v1/models/tiny/labels/x:predict",
        b'{"instances": ["a"]}',
        400,
        "Unrecognized servable version label: x",
    ),
    (
        "POST",
        "/v1/models/tiny/labels/gone:predict",
        b'{"instances": ["a"]}',
        404,
        "Servable not found for request: Specific(tiny, 7)",
    ),
    ("POST", PREDICT, b"", 400, "JSON Parse error: The document is empty"),
    ("POST", PREDICT, b" \r\n", 400, "JSON Parse error: The document is empty"),
    ("POST", PREDICT, b"{", 400, "JSON Parse error: "),
    ("POST", PREDICT, b"[1]", 400, "JSON Value: [\n    1\n] Is not object"),
    ("POST", PREDICT, b"{}", 400, "Missing 'inputs' or 'instances' key"),
    (
        "POST",
        PREDICT,
        b'{"signature_name": "x", "instances": ["a"]}',
        400,
        'Serving signature name: "x" not found in signature def',
    ),
    (
        "POST",
        PREDICT,
        b'{"signature_name": 1}',
        400,
        "'signature_name' key must be a string value.",
    ),
    ("POST", PREDICT, b'{"instances": [], "inputs": []}', 400, "expecting only one of 'inputs' or"),
    ("POST", PREDICT, b'{"instances": []}', 400, "No values in 'instances' array"),
    ("POST", PREDICT, b'{"instances": "a"}', 400, "Excepting 'instances' to be an list/array"),
    (
        "POST",
        PREDICT,
        b'{"instances": ["a", 7]}',
        400,
        "Failed to process element: 1 of 'instances' list. Error: INVALID_ARGUMENT: "
        "JSON Value: 7 Type: Number is not of expected type: string",
    ),
    (
        "POST",
        PREDICT,
        b'{"signature_name": "quotients", "instances": ["a"]}',
        400,
        'JSON Value: "a" Type: String is not of expected type: float',
    ),
    (
        "POST",
        PREDICT,
        b'{"signature_name": "quotients", "inputs": [null]}',
        400,
        "JSON Value: null Type: Null is not of expected type: float",
    ),
    (
        "POST",
        PREDICT,
        b'{"signature_name": "narrow", "inputs": [true]}',
        400,
        "JSON Value: true Type: True is not of expected type: int64",
    ),
    (
        "POST",
        PREDICT,
        b'{"signature_name": "whole", "inputs": {"n": [2147483648], "yes": [true]}}',
        400,
        "JSON Value: 2147483648 Type: Number is not of expected type: int32",
    ),
    (
        "POST",
        PREDICT,
        b'{"signature_name": "quotients", "inputs": [16777217]}',
        400,
        "Cannot convert JSON value: 16777217 to float without loss of precision.",
    ),
    (
        "POST",
        PREDICT,
        b'{"signature_name": "sums", "instances": [{"a": [1, 2]}]}',
        400,
        "keys must be equal to: a,b",
    ),
    (
        "POST",
        PREDICT,
        b'{"instances": [{"text": "a", "more": 1}]}',
        400,
        "keys must be equal to: text",
    ),
    (
        "POST",
        PREDICT,
        b'{"signature_name": "sums", "instances": [[1, 2]]}',
        400,
        "instances is a plain list, but expecting list of objects as multiple input tensors "
        "required as per tensorinfo_map",
    ),
    (
        "POST",
        PREDICT,
        b'{"signature_name": "sums", "inputs": [[1, 2]]}',
        400,
        "inputs is a plain value/list, but expecting an object as multiple input tensors "
        "required as per tensorinfo_map",
    ),
    (
        "POST",
        PREDICT,
        b'{"signature_name": "sums", "inputs": {"a": [[1, 2]]}}',
        400,
        "Missing named input: b in 'inputs' object.",
    ),
    (
        "POST",
        PREDICT,
        b'{"instances": [{"text": "a"}, "b"]}',
        400,
        "Expecting object but got list at item 1 of input list",
    ),
    (
        "POST",
        PREDICT,
        b'{"instances": ["a", {"text": "b"}]}',
        400,
        "Expecting value/list but got object at item 1 of input list",
    ),
    (
        "POST",
        PREDICT,
        b'{"signature_name": "sums", "instances": [{"a": [1, 2], "b": [1, 2]}, '
        b'{"a": [1], "b": [1]}]}',
        400,
        "Failed to process element: 1 key: a of 'instances' list. Error: INVALID_ARGUMENT: "
        "Expecting tensor size: 2 but got: 1",
    ),
    (
        "POST",
        PREDICT,
        b'{"signature_name": "sums", "instances": [{"a": [1, 2, 3], "b": [1, 2, 3]}]}',
        400,
        "Input a must have shape: [-1,2]. Received: [1,3]",
    ),
    (
        "POST",
        PREDICT,
        b'{"inputs": ["a", ["b"]]}',
        400,
        "Encountered list at unexpected level: 1 expected < 1",
    ),
    (
        "POST",
        PREDICT,
        b'{"signature_name": "sums", "inputs": {"a": [[1, 2], [3]], "b": [[1, 2], [3, 4]]}}',
        400,
        "Encountered list at unexpected size: 1 at level: 1 expected size: 2",
    ),
    ("POST", PREDICT, b'{"instances": [{"b64": "!"}]}', 400, "Unable to base64 decode"),
    (
        "POST",
        PREDICT,
        b'{"signature_name": "scalar", "instances": [1]}',
        400,
        "Tensor name: total has no shape information ",
    ),
    # Of two things that are wrong, what is no request is told first.
    ("POST", "/v1/models/other:predict", b"{", 400, "JSON Parse error: "),
    ("POST", "/v1/models/other:classify", b"{}", 400, "key 'examples' is expected"),
    # What only the model can know is the client's fault as well.
    ("POST", PREDICT, b'{"signature_name": "narrow", "inputs": [7]}', 400, "is not in [0, 2)"),
    # What a request may cost.
    ("POST", PREDICT, _many("a"), 400, "A request must have at most 8 rows. Received: 9"),
    (
        "POST",
        PREDICT,
        b'{"inputs": "' + b"a" * 501 + b'"}',
        400,
        "Input text must have shape: [-1]. Received: []",
    ),
    (
        "POST",
        PREDICT,
        b'{"inputs": ["' + b"a" * 501 + b'"]}',
        400,
        "The texts of a request must have at most 500 bytes. Received: 501",
    ),
    (
        "POST",
        PREDICT,
        b'{"inputs": ["' + b"a" * 5000 + b'"]}',
        413,
        "A request must have at most 4000 bytes. Received: 5016",
    ),
    # Classify and regress.
    (
        "POST",
        CLASSIFY,
        b'{"examples": [{"x": 1.0}]}',
        400,
        "Expected classification signature method_name to be tensorflow/serving/classify. "
        "Was: tensorflow/serving/predict",
    ),
    (
        "POST",
        REGRESS,
        b'{"signature_name": "classify", "examples": [{"x": 1.0}]}',
        400,
        "Expected regression signature method_name to be tensorflow/serving/regress. "
        "Was: tensorflow/serving/classify",
    ),
    (
        "POST",
        CLASSIFY,
        b'{"signature_name": "classify"}',
        400,
        "When method is classify, key 'examples' is expected and was not found",
    ),
    (
        "POST",
        CLASSIFY,
        b'{"signature_name": "classify", "examples": {}}',
        400,
        "Expecting 'examples' value to be an list/array",
    ),
    (
        "POST",
        CLASSIFY,
        b'{"signature_name": "classify", "examples": []}',
        400,
        "'examples' value is an empty array",
    ),
    (
        "POST",
        CLASSIFY,
        b'{"signature_name": "classify", "examples": [1]}',
        400,
        "Example must be JSON object but got JSON Number",
    ),
    (
        "POST",
        CLASSIFY,
        b'{"signature_name": "classify", "examples": [{"x": [1.0, "a"]}]}',
        400,
        "Unexpected element type in feature: x expecting type: float",
    ),
    (
        "POST",
        CLASSIFY,
        b'{"signature_name": "classify", "examples": [{"x": null}]}',
        400,
        "Feature: x has element with unexpected JSON type: Null",
    ),
    (
        "POST",
        CLASSIFY,
        b'{"signature_name": "classify", "examples": [{"x": 9223372036854775808}]}',
        400,
        "Feature: x has uint64 element. Only int64 is supported.",
    ),
]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    ERRORS,
    ids=[str(n) for n in range(len(ERRORS))],
)
def test_it_refuses(
    client: tiny.Client, method: str, path: str, body: bytes, status: int, message: str
) -> None:
    received, answer = client.send(method, path, body)
    told = json.loads(answer)["error"]
    assert received == status, told
    assert message in told
    assert len(told) < 2000  # a large request is not sent back whole
