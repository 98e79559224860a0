"""A model's signatures as JSON, as protobuf writes a GetModelMetadataResponse."""

from collections.abc import Mapping
from typing import Any

from tensorflow.core.framework import types_pb2
from tensorflow.core.protobuf import meta_graph_pb2

from serving import beside, servable


def to_json(name: str, number: int, model: servable.Servable) -> dict[str, Any]:
    """Tells what a version can be asked, and where it came from if it says so.

    Sizes of dimensions are strings, as 64-bit numbers are.
    """
    signatures = {key: _signature(value) for key, value in model.signature_defs.items()}
    told = beside.lineage(model.path)
    return {
        "model_spec": {"name": name, "signature_name": "", "version": str(number)},
        "metadata": {
            "signature_def": {"signature_def": signatures},
            **({} if told is None else {"lineage": told}),
        },
    }


def _signature(signature: meta_graph_pb2.SignatureDef) -> dict[str, Any]:
    return {
        "inputs": _tensors(signature.inputs),
        "outputs": _tensors(signature.outputs),
        "method_name": signature.method_name,
    }


def _tensors(infos: Mapping[str, meta_graph_pb2.TensorInfo]) -> dict[str, Any]:
    return {
        name: {
            "dtype": types_pb2.DataType.Name(info.dtype),
            "tensor_shape": {
                "dim": [{"size": str(dim.size), "name": dim.name} for dim in info.tensor_shape.dim],
                "unknown_rank": info.tensor_shape.unknown_rank,
            },
            "name": info.name,
        }
        for name, info in sorted(infos.items())
    }
