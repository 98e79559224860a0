"""Tensors to JSON."""

import json

import ml_dtypes
import numpy as np
import pytest

from serving import errors
from serving.codec import json_predict

ROW, COLUMN = json_predict.Format.ROW, json_predict.Format.COLUMN


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.array([[1, 2], [3, 4]], np.int8), "[[1,2],[3,4]]"),
        (np.array([2**64 - 1], np.uint64), "[18446744073709551615]"),
        (np.array([True, False]), "[true,false]"),
        # As few digits as tell a number from the next one of its kind.
        (np.array([0.1, 1.0, 1e-30], np.float32), "[0.1,1.0,1e-30]"),
        (np.array([0.1], np.float16), "[0.1]"),
        (np.array([0.1, np.nan], np.float32), "[0.1,NaN]"),
        (np.array([0.5], ml_dtypes.bfloat16), "[0.5]"),
        (np.array([[b"a", "ß".encode()]], object), '[["a","ß"]]'),
        (np.array([b"\xff"], object), '["\ufffd"]'),
        (np.zeros((0, 3), np.float32), "[]"),
        (np.array([[1, 2], [3, 4]]).T, "[[1,3],[2,4]]"),
    ],
)
def test_both_ways_to_write(array: np.ndarray, expected: str) -> None:
    rows, columns = (json_predict.encode(form, {"y": array}) for form in (ROW, COLUMN))
    assert rows.decode() == f'{{"predictions":{expected}}}'
    assert columns.decode() == f'{{"outputs":{expected}}}'


def test_one_output_that_is_not_finite_changes_no_digit_of_another() -> None:
    outputs = {"a": np.array([0.1], np.float32), "b": np.array([np.inf])}
    assert json_predict.encode(ROW, outputs) == b'{"predictions":[{"a":0.1,"b":Infinity}]}'


def test_bytes_are_told_by_the_name() -> None:
    outputs = {"a_bytes": np.array([b"\xff"], object), "n_bytes": np.array([1])}
    answer = json.loads(json_predict.encode(ROW, outputs))
    assert answer == {"predictions": [{"a_bytes": {"b64": "/w=="}, "n_bytes": 1}]}


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        ({"a": np.zeros(2), "b": np.zeros(3)}, "b has inconsistent batch size: 3 expecting: 2"),
        ({"a": np.array(1.0)}, "Tensor name: a has no shape information "),
        ({"a": np.zeros(1, complex)}, "Failed to write JSON value for tensor type: complex128"),
    ],
)
def test_what_has_no_rows_is_told(outputs: dict[str, np.ndarray], message: str) -> None:
    with pytest.raises(errors.ServingError, match=message):
        json_predict.encode(ROW, outputs)
