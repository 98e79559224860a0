"""Signatures of a SavedModel: what it takes and gives, by name, dtype and shape."""

import dataclasses
import functools
from collections.abc import Mapping

import numpy as np
from tensorflow.core.framework import types_pb2
from tensorflow.core.protobuf import meta_graph_pb2

from serving import errors

DEFAULT = "serving_default"
PREDICT_METHOD = "tensorflow/serving/predict"
CLASSIFY_METHOD = "tensorflow/serving/classify"
REGRESS_METHOD = "tensorflow/serving/regress"
_INTERNAL = "__saved_model"  # ops that a SavedModel keeps for itself, such as its initialization

_DTYPES = {
    types_pb2.DT_FLOAT: ("float", np.float32),
    types_pb2.DT_DOUBLE: ("double", np.float64),
    types_pb2.DT_HALF: ("half", np.float16),
    types_pb2.DT_INT8: ("int8", np.int8),
    types_pb2.DT_INT16: ("int16", np.int16),
    types_pb2.DT_INT32: ("int32", np.int32),
    types_pb2.DT_INT64: ("int64", np.int64),
    types_pb2.DT_UINT8: ("uint8", np.uint8),
    types_pb2.DT_UINT16: ("uint16", np.uint16),
    types_pb2.DT_UINT32: ("uint32", np.uint32),
    types_pb2.DT_UINT64: ("uint64", np.uint64),
    types_pb2.DT_BOOL: ("bool", np.bool_),
    types_pb2.DT_STRING: ("string", np.object_),
}


@dataclasses.dataclass(frozen=True)
class TensorSpec:
    """One input or output.

    Attributes:
        tensor_name: Its name in the graph.
        dtype_name: As TensorFlow's messages write it, such as `float`.
        dtype_enum: As TensorFlow's protos write it, such as `DT_FLOAT`.
        dtype: NumPy's; None where NumPy has none of that kind.
        shape: Sizes, None where any size will do; None where any rank will do.
    """

    tensor_name: str
    dtype_name: str
    dtype_enum: str
    dtype: np.dtype | None
    shape: tuple[int | None, ...] | None

    @classmethod
    def of(cls, info: meta_graph_pb2.TensorInfo) -> "TensorSpec":
        """Reads it from a SignatureDef's TensorInfo."""
        enum_name = types_pb2.DataType.Name(info.dtype)
        name, dtype = _DTYPES.get(info.dtype, (enum_name.removeprefix("DT_").lower(), None))
        shape = None
        if not info.tensor_shape.unknown_rank:
            sizes = (dim.size for dim in info.tensor_shape.dim)
            shape = tuple(None if size < 0 else size for size in sizes)
        return cls(info.name, name, enum_name, None if dtype is None else np.dtype(dtype), shape)

    @property
    def is_string(self) -> bool:
        """Whether its elements are bytes."""
        return self.dtype_name == "string"

    def accepts(self, shape: tuple[int, ...]) -> bool:
        """Whether a tensor of that shape fits."""
        return self.shape is None or (
            len(shape) == len(self.shape)
            and all(want in (None, size) for want, size in zip(self.shape, shape, strict=True))
        )


@dataclasses.dataclass(frozen=True)
class Signature:
    """One way to ask a model.

    Attributes:
        name: Its key in the SavedModel.
        method_name: What kind of answer it gives, such as `PREDICT_METHOD`.
        inputs: By name, in the order of the alphabet.
        outputs: By name, in the order of the alphabet.
    """

    name: str
    method_name: str
    inputs: Mapping[str, TensorSpec]
    outputs: Mapping[str, TensorSpec]

    @classmethod
    def of(cls, name: str, signature: meta_graph_pb2.SignatureDef) -> "Signature":
        """Reads it from a SignatureDef."""
        inputs, outputs = (
            {key: TensorSpec.of(infos[key]) for key in sorted(infos)}
            for infos in (signature.inputs, signature.outputs)
        )
        return cls(name, signature.method_name, inputs, outputs)

    @functools.cached_property
    def is_batchable(self) -> bool:
        """Whether rows of several requests may be asked at once.

        Every tensor must have a first axis of any size; sizes behind it must be known of outputs,
        since a model may make them as large as the widest row of the batch wants.
        """
        return (
            bool(self.inputs)
            and all(spec.shape and spec.shape[0] is None for spec in self.inputs.values())
            and all(
                spec.shape and spec.shape[0] is None and None not in spec.shape[1:]
                for spec in self.outputs.values()
            )
        )

    def check(self, inputs: Mapping[str, np.ndarray]) -> None:
        """Holds tensors against names, dtypes and shapes, before TensorFlow sees them.

        Raises:
            ServingError: If one is missing, unknown, or does not fit.
        """
        if inputs.keys() != self.inputs.keys():
            raise errors.invalid(
                "input size does not match signature: "
                f"{len(inputs)}!={len(self.inputs)} len({{{','.join(sorted(inputs))}}}) != "
                f"len({{{','.join(self.inputs)}}}). Sent extra: "
                f"{{{','.join(sorted(inputs.keys() - self.inputs.keys()))}}}. Missing but required:"
                f" {{{','.join(sorted(self.inputs.keys() - inputs.keys()))}}}."
            )
        for name, value in inputs.items():
            spec = self.inputs[name]
            if value.dtype != spec.dtype:
                raise errors.invalid(
                    f"Input {name} must be of type: {spec.dtype_name}. Received: {value.dtype.name}"
                )
            if not spec.accepts(value.shape):
                raise errors.invalid(
                    f"Input {name} must have shape: {_brackets(spec.shape)}. "
                    f"Received: {_brackets(value.shape)}"
                )


def _brackets(shape: tuple[int | None, ...] | None) -> str:
    return "[" + ",".join("-1" if size is None else str(size) for size in shape or ()) + "]"


def read(meta_graph: meta_graph_pb2.MetaGraphDef) -> dict[str, Signature]:
    """Reads all signatures that clients may call."""
    return {
        name: Signature.of(name, signature)
        for name, signature in sorted(meta_graph.signature_def.items())
        if not name.startswith(_INTERNAL)
    }
