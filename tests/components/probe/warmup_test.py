"""Requests that warm a server up."""

import pathlib

import pytest
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_log_pb2

from components.probe import client, requests, warmup
from tests.components.probe import conftest as models


@pytest.fixture(scope="module")
def opened() -> models.InProcess:
    return models.InProcess(models.Model())


def _made(opened: models.InProcess, *texts: str) -> list[bytes]:
    rows = [requests.row(models.example(text, 1), ("text",)) for text in texts]
    return warmup.records("reviews", opened, rows, ["serving_default"])


def _requests(made: list[bytes]) -> list[predict_pb2.PredictRequest]:
    return [prediction_log_pb2.PredictionLog.FromString(r).predict_log.request for r in made]


def test_lengths_and_batch_sizes_differ(opened: models.InProcess) -> None:
    made = _requests(_made(opened, "four", "a", "as long as", "bb", "ccc"))
    texts = [list(request.inputs["text"].string_val) for request in made]
    assert texts[:3] == [[b"a"], [b"ccc"], [b"as long as"]]
    assert [len(batch) for batch in texts] == [1, 1, 1, 8, 32]
    assert {r.model_spec.signature_name for r in made} == {"serving_default"}
    assert {r.model_spec.name for r in made} == {"reviews"}


def test_a_single_row_makes_no_request_twice(opened: models.InProcess) -> None:
    assert len(_made(opened, "alone")) == 3  # alone, and as batches


def test_what_is_made_is_answered(opened: models.InProcess) -> None:
    assert list(warmup.faults(opened, _made(opened, "a", "b"))) == []


def _record(dtype: tf.DType, value: object) -> bytes:
    request = predict_pb2.PredictRequest()
    request.model_spec.signature_name = "serving_default"
    request.inputs["text"].CopyFrom(tf.make_tensor_proto(value, dtype))
    log = prediction_log_pb2.PredictLog(request=request)
    return prediction_log_pb2.PredictionLog(predict_log=log).SerializeToString()


def test_a_request_of_another_type_is_a_finding(opened: models.InProcess) -> None:
    [finding] = warmup.faults(opened, [_record(tf.float32, [1.0])])
    assert finding.message == (
        "A warm-up request of `serving_default` must have its inputs and their types. "
        "Received: {'text': 'float32'}"
    )


def test_a_request_that_is_refused_is_a_finding(opened: models.InProcess) -> None:
    class Refusing:
        signatures = opened.signatures

        def ask(self, signature: str, inputs: client.Tensors) -> client.Reply:
            return client.Reply({}, 0.0, "no")

    [finding] = warmup.faults(Refusing(), [_record(tf.string, ["a"])])
    assert finding.message == (
        "A warm-up request of `serving_default` must be answered. Received: no"
    )


def test_the_file_is_a_tfrecord(tmp_path: pathlib.Path) -> None:
    path = str(tmp_path / "requests")
    warmup.write(path, [b"one", b"two"])
    assert [record.numpy() for record in tf.data.TFRecordDataset(path)] == [b"one", b"two"]
