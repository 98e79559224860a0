"""Requests that a server makes of a new version before it serves, so that no client waits for it.

TensorFlow Serving reads `assets.extra/tf_serving_warmup_requests`, a TFRecord of PredictionLogs, at
most 1,000 of them, and refuses a version of which one fails: so all of them are tried here.

References:
    https://www.tensorflow.org/tfx/serving/saved_model_warmup
"""

import itertools
from collections.abc import Iterator, Sequence

import tensorflow as tf
from tensorflow_serving.apis import model_pb2, predict_pb2, prediction_log_pb2

from components.probe import outcome, requests, session

MAX_RECORDS = 1000
_BATCH_SIZES = (8, 32)


def records(
    name: str, opened: session.Session, rows: Sequence[requests.Row], signatures: Sequence[str]
) -> list[bytes]:
    """Makes a request of the shortest, the middle and the longest row, and of batches.

    Args:
        name: What the model is served by.
        opened: The model.
        rows: Real ones; one at least.
        signatures: What is asked.

    Returns:
        Serialized PredictionLogs.
    """
    ordered = sorted(rows, key=lambda row: sum(map(len, row.texts.values())))
    batches = [[ordered[i]] for i in sorted({0, len(ordered) // 2, len(ordered) - 1})]
    batches += [list(itertools.islice(itertools.cycle(rows), size)) for size in _BATCH_SIZES]
    made = []
    for signature in signatures:
        spec = model_pb2.ModelSpec(name=name, signature_name=signature)
        for batch in batches:
            request = predict_pb2.PredictRequest(model_spec=spec)
            for key, value in (requests.inputs(opened.signatures[signature], batch) or {}).items():
                request.inputs[key].CopyFrom(tf.make_tensor_proto(value))
            log = prediction_log_pb2.PredictLog(request=request)
            made.append(prediction_log_pb2.PredictionLog(predict_log=log).SerializeToString())
    return made[:MAX_RECORDS]


def faults(opened: session.Session, made: Sequence[bytes]) -> Iterator[outcome.Finding]:
    """Yields what a server would refuse, as far as a server is like this one.

    Raises:
        Ended: If the process ends before it has answered.
    """
    for record in made:
        request = prediction_log_pb2.PredictionLog.FromString(record).predict_log.request
        signature = request.model_spec.signature_name
        inputs = {name: tf.make_ndarray(value) for name, value in request.inputs.items()}
        wanted = opened.signatures[signature].inputs
        given = {name: tf.as_dtype(value.dtype).name for name, value in request.inputs.items()}
        if given != {name: spec.dtype for name, spec in wanted.items()}:
            rule = f"A warm-up request of `{signature}` must have its inputs and their types"
            yield outcome.Finding("warmup", f"{rule}. Received: {given}")
        elif error := opened.ask(signature, inputs).error:
            rule = f"A warm-up request of `{signature}` must be answered"
            yield outcome.Finding("warmup", f"{rule}. Received: {error}")


def write(path: str, made: Sequence[bytes]) -> None:
    """Writes the file that a server reads."""
    with tf.io.TFRecordWriter(path) as writer:
        for record in made:
            writer.write(record)
