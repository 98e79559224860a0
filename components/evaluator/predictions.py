"""Keeps what the model answered to some rows while it was judged, so that others can compare."""

import contextlib
import contextvars
import dataclasses
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import apache_beam as beam
import numpy as np
import tensorflow as tf
import tensorflow_model_analysis as tfma
from tensorflow_serving.apis import model_pb2, predict_pb2, prediction_log_pb2
from tfx.dsl.io import fileio

from components.evaluator import config

# Beside TFMA's own files: a TFRecord of PredictionLogs, a row each.
FILE_NAME = "predictions.tfrecord"
EXAMPLES = "examples"  # the input of the judged signatures
_directory: contextvars.ContextVar[str] = contextvars.ContextVar("evaluation_dir")

Answer = Mapping[str, np.ndarray]


@dataclasses.dataclass(frozen=True)
class Prediction:
    """What the judged signature answered to one row.

    Attributes:
        example: The serialized example.
        answer: Output to its value, without the batch axis.
    """

    example: bytes
    answer: Answer


@contextlib.contextmanager
def kept_in(directory: str) -> Iterator[None]:
    """Has evaluations in this block keep predictions in the directory."""
    token = _directory.set(directory)
    try:
        yield
    finally:
        _directory.reset(token)


def directory() -> str:
    """Tells the directory of the evaluation under way."""
    return _directory.get()


class Keep(beam.PTransform):
    """Writes the predictions of the rows whose hashes are the smallest; gives all extracts on.

    So which rows these are depends on nothing but the rows.

    Args:
        path: The file.
        spec: The model whose predictions are kept.
        alone: Whether it is the only one.
    """

    def __init__(self, path: str, spec: tfma.ModelSpec, alone: bool) -> None:
        super().__init__()
        self._path = path
        self._spec = spec
        self._alone = alone

    def expand(self, extracts: beam.PCollection) -> beam.PCollection:
        _ = (
            extracts
            | "Hash" >> beam.Map(_hashed, "" if self._alone else self._spec.name)
            | "Smallest"
            >> beam.combiners.Top.Smallest(config.MAX_PREDICTIONS, key=lambda row: row[0])
            | "Log" >> beam.FlatMap(logs, self._spec)
            | "Write" >> beam.io.WriteToTFRecord(self._path, num_shards=1, shard_name_template="")
        )
        return extracts


def _hashed(extracts: Mapping[str, Any], model: str) -> tuple[bytes, bytes, Any]:
    [example] = np.ravel(extracts[tfma.INPUT_KEY])
    answer = extracts[tfma.PREDICTIONS_KEY]
    return hashlib.sha256(example).digest(), example, answer[model] if model else answer


def logs(rows: Sequence[tuple[bytes, bytes, Any]], spec: tfma.ModelSpec) -> Iterator[bytes]:
    """Writes rows as PredictionLogs.

    Args:
        rows: The hash of each, its example and its answer.
        spec: What was asked.
    """
    called = model_pb2.ModelSpec(signature_name=spec.signature_name)
    for _, example, answer in rows:
        # TFMA hands the value of an only output out bare.
        outputs = answer if isinstance(answer, Mapping) else {spec.prediction_key: answer}
        yield _log(
            called,
            {EXAMPLES: np.array([example], object)},
            {name: np.asarray(value)[None] for name, value in outputs.items()},
        ).SerializeToString()


def _log(
    spec: model_pb2.ModelSpec, inputs: Answer, outputs: Answer
) -> prediction_log_pb2.PredictionLog:
    """Writes a call of a signature as TensorFlow Serving logs it."""
    request = predict_pb2.PredictRequest(model_spec=spec)
    response = predict_pb2.PredictResponse(model_spec=spec)
    for told, tensors in ((request.inputs, inputs), (response.outputs, outputs)):
        for name, value in tensors.items():
            told[name].CopyFrom(tf.make_tensor_proto(value))
    return prediction_log_pb2.PredictionLog(
        predict_log=prediction_log_pb2.PredictLog(request=request, response=response)
    )


def read(evaluation_dir: str) -> list[Prediction]:
    """Reads the predictions that lie beside an evaluation, in the order of their rows' hashes."""
    path = f"{evaluation_dir}/{FILE_NAME}"
    if not fileio.exists(path):
        return []
    return [_read(record.numpy()) for record in tf.data.TFRecordDataset(path)]


def _read(record: bytes) -> Prediction:
    logged = prediction_log_pb2.PredictionLog.FromString(record).predict_log
    [example] = logged.request.inputs[EXAMPLES].string_val
    answer = {name: tf.make_ndarray(value)[0] for name, value in logged.response.outputs.items()}
    return Prediction(example, answer)
