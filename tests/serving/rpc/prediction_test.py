"""TensorFlow Serving's own client stubs, against PredictionService."""

import pathlib
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.framework import tensor_pb2, types_pb2
from tensorflow_serving.apis import (
    classification_pb2,
    get_model_metadata_pb2,
    inference_pb2,
    predict_pb2,
    prediction_service_pb2_grpc,
    regression_pb2,
)

from tests.serving import tiny

Stub = prediction_service_pb2_grpc.PredictionServiceStub


@pytest.fixture(scope="module")
def stub(base_path: pathlib.Path) -> Iterator[Stub]:
    """Asks a server of the tiny model as version 123, labelled `stable`."""
    model = {"name": "tiny", "base_path": str(base_path), "version_labels": {"stable": 123}}
    settings = tiny.settings(base_path, models=[model], limits={"max_body_bytes": 4000})
    with (
        tiny.serving(settings) as server,
        grpc.insecure_channel(f"127.0.0.1:{server.grpc_port}") as channel,
    ):
        yield Stub(channel)


def _predict(
    inputs: dict[str, Any], signature: str = "", **spec: Any
) -> predict_pb2.PredictRequest:
    request = predict_pb2.PredictRequest()
    request.model_spec.name = spec.get("name", "tiny")
    request.model_spec.signature_name = signature
    if "version" in spec:
        request.model_spec.version.value = spec["version"]
    if "label" in spec:
        request.model_spec.version_label = spec["label"]
    for name, value in inputs.items():
        request.inputs[name].CopyFrom(
            value if isinstance(value, tensor_pb2.TensorProto) else tf.make_tensor_proto(value)
        )
    return request


def _example(x: float) -> tf.train.Example:
    return tf.train.Example(
        features=tf.train.Features(
            feature={"x": tf.train.Feature(float_list=tf.train.FloatList(value=[x]))}
        )
    )


def _of_examples(request: Any, signature: str, *values: float) -> Any:
    request.model_spec.name = "tiny"
    request.model_spec.signature_name = signature
    request.input.example_list.examples.extend(map(_example, values))
    return request


@pytest.mark.parametrize("spec", [{}, {"version": 123}, {"label": "stable"}])
def test_predict(stub: Stub, spec: dict[str, Any]) -> None:
    answer = stub.Predict(_predict({"text": ["a", "größer"]}, **spec), timeout=20)
    assert answer.model_spec.version.value == 123
    assert answer.model_spec.signature_name == "serving_default"
    assert list(answer.outputs["text"].string_val) == [b"a", "größer".encode()]
    np.testing.assert_allclose(answer.outputs["length"].float_val, [0.1, 0.8])
    assert tf.make_ndarray(answer.outputs["version"]).tolist() == [1.0, 1.0]


def test_every_kind_of_number(stub: Stub) -> None:
    inputs = {"n": np.array([1, -3], np.int32), "yes": [True, False]}
    answer = stub.Predict(_predict(inputs, "whole"), timeout=20)
    assert tf.make_ndarray(answer.outputs["n"]).tolist() == [2, -2]
    assert tf.make_ndarray(answer.outputs["no"]).tolist() == [False, True]


def test_only_the_outputs_that_are_named(stub: Stub) -> None:
    request = _predict({"text": ["a"]})
    request.output_filter.append("length")
    assert list(stub.Predict(request, timeout=20).outputs) == ["length"]


def test_classify(stub: Stub) -> None:
    request = _of_examples(classification_pb2.ClassificationRequest(), "classify", 0.25, 1.0)
    result = stub.Classify(request, timeout=20).result
    rows = [[(c.label, c.score) for c in row.classes] for row in result.classifications]
    assert rows == [[("no", 0.75), ("yes", 0.25)], [("no", 0.0), ("yes", 1.0)]]


def test_regress(stub: Stub) -> None:
    request = _of_examples(regression_pb2.RegressionRequest(), "regress", 0.25, -3.0)
    result = stub.Regress(request, timeout=20).result
    assert [regression.value for regression in result.regressions] == [0.5, -6.0]


def test_a_context_has_what_examples_lack(stub: Stub) -> None:
    request = regression_pb2.RegressionRequest()
    request.model_spec.name, request.model_spec.signature_name = "tiny", "regress"
    given = request.input.example_list_with_context
    given.context.CopyFrom(_example(5.0))
    given.examples.extend([tf.train.Example(), _example(1.0)])
    result = stub.Regress(request, timeout=20).result
    assert [regression.value for regression in result.regressions] == [10.0, 2.0]


def _multi(*tasks: tuple[str, str, str]) -> inference_pb2.MultiInferenceRequest:
    request = inference_pb2.MultiInferenceRequest()
    request.input.example_list.examples.append(_example(0.5))
    for name, signature, method in tasks:
        task = request.tasks.add(method_name=f"tensorflow/serving/{method}")
        task.model_spec.name, task.model_spec.signature_name = name, signature
    return request


def test_several_inferences_at_once(stub: Stub) -> None:
    request = _multi(("tiny", "classify", "classify"), ("tiny", "regress", "regress"))
    first, second = stub.MultiInference(request, timeout=20).results
    assert first.classification_result.classifications[0].classes[1].score == 0.5
    assert second.regression_result.regressions[0].value == 1.0
    assert second.model_spec.signature_name == "regress"


def test_metadata(stub: Stub) -> None:
    request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
    request.model_spec.name = "tiny"
    answer = stub.GetModelMetadata(request, timeout=20)
    found = get_model_metadata_pb2.SignatureDefMap()
    assert answer.metadata["signature_def"].Unpack(found)
    assert found.signature_def["sums"].inputs["a"].dtype == types_pb2.DT_FLOAT
    assert answer.model_spec.version.value == 123


def _metadata(*fields: str) -> get_model_metadata_pb2.GetModelMetadataRequest:
    request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=fields)
    request.model_spec.name = "tiny"
    return request


def _filtered() -> predict_pb2.PredictRequest:
    request = _predict({"text": ["a"]})
    request.output_filter.append("x")
    return request


def _huge() -> tensor_pb2.TensorProto:
    """One value that stands for a thousand million."""
    huge = tensor_pb2.TensorProto(dtype=types_pb2.DT_FLOAT, float_val=[1.0])
    huge.tensor_shape.dim.add(size=10**9)
    return huge


def _torn() -> tensor_pb2.TensorProto:
    torn = tf.make_tensor_proto([1.0, 2.0])
    torn.tensor_content = b"abc"
    return torn


def _negative() -> tensor_pb2.TensorProto:
    negative = tf.make_tensor_proto([1.0])
    negative.tensor_shape.dim[0].size = -1
    return negative


NOT_FOUND, INVALID = grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT
CALLS: list[tuple[str, Callable[[], Any], grpc.StatusCode, str]] = [
    ("Predict", lambda: predict_pb2.PredictRequest(), INVALID, "Missing ModelSpec"),
    ("Predict", lambda: _predict({}, name="x"), NOT_FOUND, "request: Latest(x)"),
    ("Predict", lambda: _predict({}, version=7), NOT_FOUND, "request: Specific(tiny, 7)"),
    ("Predict", lambda: _predict({}, label="x"), INVALID, "Unrecognized servable version label: x"),
    ("Predict", lambda: _predict({}, "x"), INVALID, 'signature name: "x" not found in signature'),
    ("Predict", lambda: _predict({}), INVALID, "Missing but required: {text}."),
    ("Predict", lambda: _predict({"text": ["a"], "x": [1]}), INVALID, "Sent extra: {x}."),
    (
        "Predict",
        lambda: _predict({"text": [1]}),
        INVALID,
        "of type: string. Received: int32",
    ),
    ("Predict", lambda: _predict({"text": [["a"]]}), INVALID, "must have shape: [-1]"),
    ("Predict", _filtered, INVALID, "output tensor alias not found in signature: x"),
    ("Predict", lambda: _predict({"x": _huge()}, "scalar"), INVALID, "at most 4000 elements"),
    ("Predict", lambda: _predict({"x": _torn()}, "scalar"), INVALID, "no well-formed TensorProto"),
    ("Predict", lambda: _predict({"x": _negative()}, "scalar"), INVALID, "unknown sizes"),
    (
        "Predict",
        lambda: _predict({"text": ["a" * 5000]}),
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        "larger than max",
    ),
    (
        "Classify",
        lambda: _of_examples(classification_pb2.ClassificationRequest(), "regress", 1.0),
        INVALID,
        "Expected classification signature method_name to be tensorflow/serving/classify",
    ),
    (
        "Regress",
        lambda: _of_examples(regression_pb2.RegressionRequest(), "regress"),
        INVALID,
        "Input is empty.",
    ),
    ("MultiInference", lambda: _multi(), INVALID, "at least one InferenceTask"),
    (
        "MultiInference",
        lambda: _multi(("a", "", "regress"), ("b", "", "regress")),
        INVALID,
        "must access the same model name",
    ),
    (
        "MultiInference",
        lambda: _multi(("tiny", "", "predict")),
        grpc.StatusCode.UNIMPLEMENTED,
        "Unsupported signature method_name: tensorflow/serving/predict",
    ),
    ("GetModelMetadata", lambda: _metadata(), INVALID, "at least one metadata_field"),
    ("GetModelMetadata", lambda: _metadata("x"), INVALID, "Metadata field x is not supported"),
]


@pytest.mark.parametrize(("call", "request_of", "code", "message"), CALLS)
def test_it_refuses(
    stub: Stub, call: str, request_of: Callable[[], Any], code: grpc.StatusCode, message: str
) -> None:
    with pytest.raises(grpc.RpcError) as error:
        getattr(stub, call)(request_of(), timeout=20)
    assert (error.value.code(), message in error.value.details()) == (code, True), error.value
