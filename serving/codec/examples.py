"""Classify's and regress's requests: features as JSON to tf.Examples, and their answers back.

What is an error, and its words, are those of TensorFlow Serving's `util/json_tensor.cc`,
`servables/tensorflow/classifier.cc` and `regressor.cc`.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from tensorflow.core.example import example_pb2, feature_pb2
from tensorflow_serving.apis import classification_pb2, input_pb2, regression_pb2

from serving import errors
from serving import signatures as signatures_lib
from serving.codec import json_document, json_values

_INT64 = 2**63
_MAX_FLOAT = float(np.finfo(np.float32).max)
INPUTS = "inputs"

Input = input_pb2.Input
Result: TypeAlias = classification_pb2.ClassificationResult | regression_pb2.RegressionResult


def decode(document: Mapping[str, Any]) -> input_pb2.Input:
    """Reads the examples of a request, and their context.

    Raises:
        ServingError: If they are not there, or not as they must be.
    """
    given = input_pb2.Input()
    into = given.example_list.examples
    if "context" in document:
        given.example_list_with_context.context.CopyFrom(_example(document["context"]))
        into = given.example_list_with_context.examples
    if "examples" not in document:
        raise _misshapen(
            document, "When method is classify, key 'examples' is expected and was not found"
        )
    examples = document["examples"]
    if not isinstance(examples, list):
        raise _misshapen(document, "Expecting 'examples' value to be an list/array")
    if not examples:
        raise _misshapen(document, "'examples' value is an empty array")
    into.extend(map(_example, examples))
    return given


def _misshapen(value: Any, problem: str) -> errors.ServingError:
    return errors.invalid(f"JSON Value: {json_document.show(value)} {problem}")


def _example(value: Any) -> example_pb2.Example:
    if not isinstance(value, dict):
        raise errors.invalid(
            f"Example must be JSON object but got JSON {json_document.kind(value)}"
        )
    example = example_pb2.Example()
    for name, content in value.items():
        feature = example.features.feature[_text(name)]
        for item in content if isinstance(content, list) else [content]:
            _add(item, name, feature)
    return example


def _add(item: Any, name: str, feature: feature_pb2.Feature) -> None:
    """Adds one element to a feature, all of whose elements are of one kind."""
    if json_values.is_base64(item):
        _list_of("bytes_list", name, feature).append(json_values.from_base64(item))
    elif isinstance(item, str):
        _list_of("bytes_list", name, feature).append(_text(item).encode())
    elif isinstance(item, float):
        if _MAX_FLOAT < abs(item) < np.inf:
            raise errors.invalid(
                f"Cannot convert JSON value: {item} to float without loss of precision."
            )
        _list_of("float_list", name, feature).append(item)
    elif isinstance(item, int):  # and bool
        if not -_INT64 <= item < _INT64:
            raise errors.invalid(f"Feature: {name} has uint64 element. Only int64 is supported.")
        _list_of("int64_list", name, feature).append(int(item))
    else:
        raise errors.invalid(
            f"Feature: {name} has element with unexpected JSON type: {json_document.kind(item)}"
        )


def _list_of(kind: str, name: str, feature: feature_pb2.Feature) -> Any:
    present = feature.WhichOneof("kind")
    if present not in (None, kind):
        raise errors.invalid(
            f"Unexpected element type in feature: {name} expecting type: "
            f"{present.removesuffix('_list')}"
        )
    return getattr(feature, kind).value


def _text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise errors.invalid(
            "JSON Parse error: The surrogate pair in string is invalid. at offset: 0"
        ) from None
    return text


def serialize(given: input_pb2.Input) -> np.ndarray:
    """Serializes the examples of a request, each with the context's features where it has none.

    Raises:
        ServingError: If there are no examples.
    """
    context = None
    examples = given.example_list.examples
    if given.WhichOneof("kind") == "example_list_with_context":
        examples = given.example_list_with_context.examples
        context = given.example_list_with_context.context
    if not examples:
        raise errors.invalid("Input is empty.")
    array = np.empty(len(examples), np.object_)
    for place, example in enumerate(examples):
        if context is not None:
            whole = type(example)()
            whole.CopyFrom(context)
            for name, feature in example.features.feature.items():
                whole.features.feature[name].CopyFrom(feature)
            example = whole
        array[place] = example.SerializeToString()
    return array


def check_method(signature: signatures_lib.Signature, method: str) -> None:
    """Checks that a signature is one to classify, or to regress, with.

    Raises:
        ServingError: If it is not.
    """
    kind = {signatures_lib.CLASSIFY_METHOD: "classification"}.get(method, "regression")
    if signature.method_name != method:
        raise errors.invalid(
            f"Expected {kind} signature method_name to be {method}. Was: {signature.method_name}"
        )
    if list(signature.inputs) != [INPUTS]:
        raise errors.ServingError(
            errors.Code.FAILED_PRECONDITION, f"No {kind} inputs found in SignatureDef"
        )


def result(method: str, outputs: Mapping[str, np.ndarray], rows: int) -> Result:
    """Makes the answer of a method.

    Raises:
        ServingError: If the model gave something else.
    """
    if method == signatures_lib.CLASSIFY_METHOD:
        return classifications(outputs, rows)
    return regressions(outputs, rows)


def classifications(
    outputs: Mapping[str, np.ndarray], rows: int
) -> classification_pb2.ClassificationResult:
    """Makes the answer of classes and scores, either of which may be absent.

    Raises:
        ServingError: If the model gave something else.
    """
    classes, scores = outputs.get("classes"), outputs.get("scores")
    given = [value for value in (classes, scores) if value is not None]
    if not given or any(value.ndim != 2 or len(value) != rows for value in given):
        raise errors.invalid(
            f"Expected Tensor shape: [{rows} num_classes] but got "
            f"{[list(value.shape) for value in given]}"
        )
    result = classification_pb2.ClassificationResult()
    for row in range(rows):
        answer = result.classifications.add()
        for column in range(given[0].shape[1]):
            label = answer.classes.add()
            if classes is not None:
                label.label = classes[row, column].decode("utf-8", "replace")
            if scores is not None:
                label.score = scores[row, column]
    return result


def regressions(outputs: Mapping[str, np.ndarray], rows: int) -> regression_pb2.RegressionResult:
    """Makes the answer of one number for each row.

    Raises:
        ServingError: If the model gave something else.
    """
    values = outputs.get("outputs")
    if values is None or values.size != rows:
        shape = [] if values is None else list(values.shape)
        raise errors.invalid(f"Expected output batch size of {rows}. Got: {shape}")
    return regression_pb2.RegressionResult(
        regressions=[regression_pb2.Regression(value=value) for value in values.ravel().tolist()]
    )
