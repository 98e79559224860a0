"""TensorProtos to arrays, and back."""

import math
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import tensor_pb2, types_pb2

from serving import errors

# Fields that hold the values, by NumPy's kind of dtype and size of an element in bytes.
_FIELDS = {
    ("f", 4): "float_val",
    ("f", 8): "double_val",
    ("i", 8): "int64_val",
    ("u", 4): "uint32_val",
    ("u", 8): "uint64_val",
    ("b", 1): "bool_val",
}


def decode(name: str, proto: tensor_pb2.TensorProto, max_bytes: int) -> np.ndarray:
    """Reads an array; a proto may hold one value for many elements, so its size is checked first.

    Raises:
        ServingError: If it is larger than allowed, or not well formed.
    """
    sizes = [dim.size for dim in proto.tensor_shape.dim]
    if proto.tensor_shape.unknown_rank or min(sizes, default=0) < 0:
        raise errors.invalid(f"Input {name} must have a shape without unknown sizes")
    elements = math.prod(sizes)
    if elements > max_bytes:
        raise errors.invalid(
            f"Input {name} must have at most {max_bytes} elements. Received: {elements}"
        )
    try:
        array = np.asarray(tf.make_ndarray(proto))
        return array.reshape(sizes)
    except (TypeError, ValueError, KeyError) as error:
        raise errors.invalid(f"Input {name} is no well-formed TensorProto: {error}") from None


def encode(array: np.ndarray) -> tensor_pb2.TensorProto:
    """Writes an array value by value, since clients read `float_val` and the like themselves."""
    dtype = tf.as_dtype(array.dtype) if array.dtype != object else tf.string
    proto = tensor_pb2.TensorProto(dtype=dtype.as_datatype_enum)
    for size in array.shape:
        proto.tensor_shape.dim.add(size=size)
    values: Any = array.ravel().tolist()
    if dtype == tf.string:
        proto.string_val.extend(values)
    elif proto.dtype in (types_pb2.DT_HALF, types_pb2.DT_BFLOAT16):
        proto.half_val.extend(array.ravel().view(np.uint16).tolist())
    else:
        field = _FIELDS.get((array.dtype.kind, array.dtype.itemsize), "int_val")
        getattr(proto, field).extend(values)
    return proto
