"""Arrays to TensorProtos and back, beside TensorFlow's own."""

import ml_dtypes
import numpy as np
import pytest
import tensorflow as tf

from serving.codec import tensor_protos

_KINDS = [
    *(np.float16, np.float32, np.float64, np.bool_, ml_dtypes.bfloat16),
    *(np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64),
]


@pytest.mark.parametrize("dtype", _KINDS, ids=lambda dtype: np.dtype(dtype).name)
@pytest.mark.parametrize("shape", [(), (2,), (2, 3), (0, 3)], ids=str)
def test_tensorflow_reads_what_is_written(dtype: type, shape: tuple[int, ...]) -> None:
    array = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)
    proto = tensor_protos.encode(array)
    np.testing.assert_array_equal(tf.make_ndarray(proto), array)
    read = tensor_protos.decode("x", tf.make_tensor_proto(array), 1000)
    np.testing.assert_array_equal(read, array)
    assert read.dtype == array.dtype


def test_strings_are_bytes() -> None:
    array = np.array([[b"a", b"\xff"]], object)
    proto = tensor_protos.encode(array)
    assert list(proto.string_val) == [b"a", b"\xff"]
    assert tensor_protos.decode("x", proto, 1000).tolist() == array.tolist()


def test_one_value_may_stand_for_all() -> None:
    proto = tf.make_tensor_proto(np.array(7, np.float32))
    proto.tensor_shape.dim.add(size=3)
    assert tensor_protos.decode("x", proto, 3).tolist() == [7.0] * 3
