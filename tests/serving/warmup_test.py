"""What a version is asked before any client asks."""

import pathlib
import shutil
from collections.abc import Iterator

import pytest
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from serving import config, errors, servable, warmup

Asked = list[tuple[str, dict[str, list]]]


@pytest.fixture
def model(saved: pathlib.Path, tmp_path: pathlib.Path) -> Iterator[tuple[servable.Servable, Asked]]:
    """A copy of the tiny model, and a list of what it is asked."""
    shutil.copytree(saved, tmp_path / "1")
    model, asked = servable.Servable(tmp_path / "1"), []
    run = model.run

    def keep(signature, inputs):  # type: ignore[no-untyped-def]
        answer = run(signature, inputs)
        asked.append((signature.name, {name: value.tolist() for name, value in inputs.items()}))
        return answer

    model.run = keep  # type: ignore[method-assign]
    yield model, asked
    model.close()


def _predict(signature: str, **inputs: list) -> prediction_log_pb2.PredictionLog:
    log = prediction_log_pb2.PredictionLog()
    request = log.predict_log.request
    request.model_spec.signature_name = signature
    for name, value in inputs.items():
        request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
    return log


def _write(model: servable.Servable, *logs: prediction_log_pb2.PredictionLog) -> None:
    path = model.path / warmup.FILE
    path.parent.mkdir()
    with tf.io.TFRecordWriter(str(path)) as writer:
        for log in logs:
            writer.write(log.SerializeToString())


def _run(model: servable.Servable, **loading: int) -> None:
    warmup.run(model, config.Loading(**loading), config.BatchingConfig(max_batch_size=4))


def test_recorded_requests_are_replayed(model: tuple[servable.Servable, Asked]) -> None:
    regress = prediction_log_pb2.PredictionLog()
    regress.regress_log.request.model_spec.signature_name = "regress"
    example = regress.regress_log.request.input.example_list.examples.add()
    example.features.feature["x"].float_list.value.append(1.0)
    _write(model[0], _predict("", text=[b"a", b"b"]), regress)
    _run(model[0])
    assert model[1] == [
        ("serving_default", {"text": [b"a", b"b"]}),
        ("regress", {"inputs": [example.SerializeToString()]}),
    ]


def test_a_record_that_the_model_refuses_is_an_error(
    model: tuple[servable.Servable, Asked],
) -> None:
    _write(model[0], _predict("sums", a=[[1.0, 2.0]]))
    with pytest.raises(errors.ServingError, match="Missing but required"):
        _run(model[0])


def test_too_many_records_are_an_error(model: tuple[servable.Servable, Asked]) -> None:
    _write(model[0], *[_predict("", text=[b"a"])] * 3)
    with pytest.raises(errors.ServingError, match="exceeds the maximum: 2"):
        _run(model[0], max_warmup_records=2)


def test_without_records_every_signature_is_asked(
    model: tuple[servable.Servable, Asked],
) -> None:
    _run(model[0])
    rows = {(name, len(next(iter(inputs.values())))) for name, inputs in model[1]}
    batched = {"serving_default", "sums", "quotients", "whole", "narrow"}
    assert {(name, rows) for name in batched for rows in (1, 4)} <= rows
    assert ("scalar", 1) in rows
