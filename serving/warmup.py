"""Warm-up: a version answers a few requests before any client's, so that none waits for it.

TensorFlow plans a graph when it is first run, which takes many times as long as running it. What
is asked is `assets.extra/tf_serving_warmup_requests`, a TFRecord of PredictionLogs, where there is
such a file; else requests made of the signatures.
"""

import logging
import pathlib

import numpy as np
import tensorflow as tf
from tensorflow.core.example import example_pb2
from tensorflow_serving.apis import prediction_log_pb2

from serving import config, errors, servable
from serving import signatures as signatures_lib
from serving.codec import examples

FILE = "assets.extra/tf_serving_warmup_requests"
_LOG = logging.getLogger(__name__)
_TEXT = b"The quick brown fox jumps over the lazy dog."


def run(model: servable.Servable, loading: config.Loading, batching: config.BatchingConfig) -> None:
    """Warms a version up.

    Raises:
        ServingError: If the model refuses a request of its own file.
    """
    path = model.path / FILE
    if path.is_file():
        _replay(model, path, loading.max_warmup_records)
        return
    sizes = [1]
    if batching.enabled:
        sizes.append(batching.max_batch_size)
    for signature in model.signatures.values():
        for size in sizes if signature.is_batchable else sizes[:1]:
            _ask(model, signature, size)


def _ask(model: servable.Servable, signature: signatures_lib.Signature, rows: int) -> None:
    """Asks for rows of no meaning: texts, or else serialized examples of what texts are asked."""
    for text in (_TEXT, _example(model)):
        try:
            inputs = {name: _filler(spec, rows, text) for name, spec in signature.inputs.items()}
            model.run(signature, inputs)
            return
        except (errors.ServingError, TypeError) as error:
            # A model may refuse them, and be none the worse.
            _LOG.debug("%s: no warm-up for %s: %s", model.path, signature.name, error)


def _filler(spec: signatures_lib.TensorSpec, rows: int, text: bytes) -> np.ndarray:
    sizes = spec.shape if spec.shape is not None else (None,)
    shape = [
        (rows if axis == 0 else 1) if size is None else size for axis, size in enumerate(sizes)
    ]
    return np.full(shape, text if spec.is_string else 0, spec.dtype)


def _example(model: servable.Servable) -> bytes:
    """Makes an example of what the default signature takes."""
    example = example_pb2.Example()
    default = model.signatures.get(signatures_lib.DEFAULT)
    for name, spec in default.inputs.items() if default else ():
        feature = example.features.feature[name]
        if spec.is_string:
            feature.bytes_list.value.append(_TEXT)
        elif spec.dtype is not None and spec.dtype.kind == "f":
            feature.float_list.value.append(0.0)
        else:
            feature.int64_list.value.append(0)
    return example.SerializeToString()


def _replay(model: servable.Servable, path: pathlib.Path, limit: int) -> None:
    records = tf.data.TFRecordDataset(str(path)).as_numpy_iterator()
    for count, record in enumerate(records):
        if count == limit:
            raise errors.ServingError(
                errors.Code.INVALID_ARGUMENT,
                f"Number of warmup records exceeds the maximum: {limit}. Please reduce the number "
                f"of records in {path}",
            )
        _replay_one(model, prediction_log_pb2.PredictionLog.FromString(record))


def _replay_one(model: servable.Servable, log: prediction_log_pb2.PredictionLog) -> None:
    kind = log.WhichOneof("log_type")
    if kind == "predict_log":
        request = log.predict_log.request
        inputs = {name: tf.make_ndarray(value) for name, value in request.inputs.items()}
    elif kind in ("classify_log", "regress_log"):
        request = getattr(log, kind).request
        inputs = {"inputs": examples.serialize(request.input)}
    else:  # of sessions, and of several inferences at once
        return
    signature = model.signature(request.model_spec.signature_name)
    signature.check(inputs)
    model.run(signature, inputs)
