"""Nested lists to arrays."""

from typing import Any

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies
from hypothesis.extra import numpy as arrays

from serving import errors, signatures
from serving.codec import json_document, json_values

_DTYPES: dict[str, Any] = {
    "float": np.float32,
    "double": np.float64,
    "half": np.float16,
    "int8": np.int8,
    "uint64": np.uint64,
    "bool": np.bool_,
    "string": object,
}


def _spec(name: str) -> signatures.TensorSpec:
    dtype = np.dtype(_DTYPES[name]) if name in _DTYPES else None
    return signatures.TensorSpec("x:0", name, "", dtype, None)


@hypothesis.given(strategies.data(), strategies.sampled_from(["float", "int8", "uint64", "bool"]))
@hypothesis.settings(max_examples=60, deadline=None, database=None)
def test_lists_of_arrays_become_the_arrays_again(data: Any, name: str) -> None:
    shape = data.draw(arrays.array_shapes(min_dims=0, min_side=0, max_dims=4))
    elements = {"min_value": -1000, "max_value": 1000} if name == "float" else None
    given = data.draw(arrays.arrays(_DTYPES[name], shape, elements=elements))
    array = json_values.to_array(given.tolist(), _spec(name))
    # Below an axis of no size, JSON cannot tell how many more there are.
    expected = given.reshape(shape[: shape.index(0) + 1] if 0 in shape else shape)
    np.testing.assert_array_equal(array, expected)
    assert array.dtype == given.dtype


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("float", [1, [2]], r"Encountered list at unexpected level: 1 expected < 1"),
        ("float", [[1], 2], r"2 found at incorrect level: 2 in the JSON DOM. Expected at level: 2"),
        ("float", [[1], [2, 3]], r"unexpected size: 2 at level: 1 expected size: 1"),
        ("float", [[[1], [2]], [[3], [4], [5]]], r"unexpected size: 3 at level: 1"),
        ("float", 1e39, r"Cannot convert JSON value: 1e\+39 to float without loss"),
        ("float", 2**24, r"Cannot convert JSON value: 16777216 to float without loss"),
        ("double", 2**53, r"to double without loss of precision"),
        ("half", 70000.0, r"to half without loss of precision"),
        ("float", {"b64": "YQ=="}, r"Type: Object is not of expected type: float"),
        ("int8", 128, r"128 Type: Number is not of expected type: int8"),
        ("int8", 1.0, r"1.0 Type: Number is not of expected type: int8"),
        ("int8", True, r"true Type: True is not of expected type: int8"),
        ("uint64", -1, r"-1 Type: Number is not of expected type: uint64"),
        ("bool", 0, r"0 Type: Number is not of expected type: bool"),
        ("string", None, r"null Type: Null is not of expected type: string"),
        ("string", {"b64": 1}, r"not formatted correctly for base64 data"),
        ("string", "\ud800", r"The surrogate pair in string is invalid"),
        ("variant", [1], r"Conversion of JSON Value: 1 to type: variant"),
    ],
)
def test_what_does_not_fit_is_told(name: str, value: Any, message: str) -> None:
    with pytest.raises(errors.ServingError, match=message):
        json_values.to_array(value, _spec(name))


@pytest.mark.parametrize("depth", [33, 900])
def test_lists_are_of_bounded_depth(depth: int) -> None:
    value: Any = 1.0
    for _ in range(depth):
        value = [value]
    with pytest.raises(errors.ServingError, match="more than 32 levels of lists"):
        json_values.to_array(value, _spec("float"))


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"a": }',
        b"\xff",
        b'{"a": "\xff"}',
        b"[" * 100_000,
        b'{"a": NaN' + b"[" * 100_000,
        b'{"NaN": ' + b"9" * 5000 + b"}",
        b'{"NaN": "\xff"}',
    ],
)
def test_what_is_no_json_is_told(body: bytes) -> None:
    with pytest.raises(errors.ServingError, match=r"JSON Parse error: Invalid value\. at offset: "):
        json_document.parse(body)


def test_a_long_value_is_not_shown_whole() -> None:
    for value in ("x" * 10**6, [list(range(1000))] * 1000, {"a": "x" * 10**6}):
        assert len(json_document.show(value)) == 1003
