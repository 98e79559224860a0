"""What a signature says of its tensors."""

import numpy as np
import pytest
from tensorflow.core.framework import types_pb2
from tensorflow.core.protobuf import meta_graph_pb2

from serving import errors, signatures

Sizes = list[int] | None  # None of any rank, -1 of any size


def _info(dtype: int, sizes: Sizes) -> meta_graph_pb2.TensorInfo:
    info = meta_graph_pb2.TensorInfo(name="x:0", dtype=dtype)
    if sizes is None:
        info.tensor_shape.unknown_rank = True
    for size in sizes or ():
        info.tensor_shape.dim.add(size=size)
    return info


def _signature(inputs: dict[str, Sizes], outputs: dict[str, Sizes]) -> signatures.Signature:
    proto = meta_graph_pb2.SignatureDef()
    for infos, given in ((proto.inputs, inputs), (proto.outputs, outputs)):
        for name, sizes in given.items():
            infos[name].CopyFrom(_info(types_pb2.DT_FLOAT, sizes))
    return signatures.Signature.of("s", proto)


@pytest.mark.parametrize(
    ("inputs", "outputs", "expected"),
    [
        ({"a": [-1]}, {"y": [-1]}, True),
        ({"a": [-1, -1], "b": [-1, 3]}, {"y": [-1, 2]}, True),
        ({"a": [-1]}, {"y": [-1, -1]}, False),  # as wide as the widest row
        ({"a": [-1]}, {"y": []}, False),
        ({"a": [-1]}, {"y": None}, False),
        ({"a": None}, {"y": [-1]}, False),
        ({"a": [1]}, {"y": [1]}, False),
        ({"a": [-1], "k": []}, {"y": [-1]}, False),
        ({}, {"y": [-1]}, False),
    ],
)
def test_rows_go_together_where_shapes_allow_it(
    inputs: dict[str, Sizes], outputs: dict[str, Sizes], expected: bool
) -> None:
    assert _signature(inputs, outputs).is_batchable is expected


@pytest.mark.parametrize(
    ("sizes", "shape", "expected"),
    [
        (None, (7, 7), True),
        ([], (), True),
        ([], (1,), False),
        ([-1, 2], (5, 2), True),
        ([-1, 2], (5, 3), False),
        ([-1, 2], (2,), False),
    ],
)
def test_shapes_that_fit(sizes: Sizes, shape: tuple[int, ...], expected: bool) -> None:
    spec = _signature({"a": sizes}, {}).inputs["a"]
    assert spec.accepts(shape) is expected


def test_what_does_not_fit_is_told() -> None:
    signature = _signature({"a": [-1, 2], "b": [-1]}, {})
    a, b = np.zeros((1, 2), np.float32), np.zeros(1, np.float32)
    signature.check({"a": a, "b": b})
    for inputs, message in (
        ({"a": a}, r"Sent extra: \{\}\. Missing but required: \{b\}\."),
        ({"a": a, "b": b, "c": b}, r"3!=2 .*Sent extra: \{c\}\. Missing but required: \{\}\."),
        ({"a": b, "b": b}, r"Input a must have shape: \[-1,2\]\. Received: \[1\]"),
        ({"a": a.astype(int), "b": b}, r"Input a must be of type: float\. Received: int64"),
    ):
        with pytest.raises(errors.ServingError, match=message):
            signature.check(inputs)


def test_what_the_savedmodel_keeps_for_itself_is_no_signature() -> None:
    graph = meta_graph_pb2.MetaGraphDef()
    for name in ("serving_default", "__saved_model_init_op"):
        graph.signature_def[name].method_name = signatures.PREDICT_METHOD
    assert list(signatures.read(graph)) == ["serving_default"]
