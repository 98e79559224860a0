"""What is kept of predictions, by the very stage that TFMA is given."""

import pathlib

import apache_beam as beam
import numpy as np
import pytest
import tensorflow_model_analysis as tfma
from apache_beam.testing import util
from tensorflow_serving.apis import prediction_log_pb2

from components.evaluator import config, predictions

_SPEC = tfma.ModelSpec(name="new", signature_name="serving_examples", prediction_key="score")


def _kept(
    directory: pathlib.Path, answers: dict[bytes, object], alone: bool = True
) -> list[predictions.Prediction]:
    """Keeps the answers to rows, as TFMA hands rows on."""
    extracts = [
        {tfma.INPUT_KEY: np.array([example], object), tfma.PREDICTIONS_KEY: answer}
        for example, answer in answers.items()
    ]
    path = f"{directory}/{predictions.FILE_NAME}"
    stage = predictions.Keep(path, _SPEC, alone)
    with beam.Pipeline(runner="DirectRunner") as pipeline:
        given_on = pipeline | beam.Create(extracts) | stage | beam.Map(len)
        util.assert_that(given_on, util.equal_to([2] * len(extracts)), label="all are given on")
    return predictions.read(str(directory))


def test_numbers_and_texts_come_back_as_they_were(tmp_path: pathlib.Path) -> None:
    answer = {
        "label": np.array([b"caf\xe9\0"], object),
        "probabilities": np.array([0.25, 0.75], np.float32),
        "start": np.array([3], np.int64),
    }
    [kept] = _kept(tmp_path, {b"a row": answer})
    assert kept.example == b"a row"
    assert {name: value.dtype for name, value in kept.answer.items()} == {
        name: value.dtype for name, value in answer.items()
    }
    assert {name: value.tolist() for name, value in kept.answer.items()} == {
        name: value.tolist() for name, value in answer.items()
    }


def test_the_value_of_an_only_output_gets_its_name(tmp_path: pathlib.Path) -> None:
    [kept] = _kept(tmp_path, {b"a row": np.array([0.5], np.float32)})
    assert {name: value.tolist() for name, value in kept.answer.items()} == {"score": [0.5]}


def test_of_two_models_the_new_ones_are_kept(tmp_path: pathlib.Path) -> None:
    old, new = ({"score": np.array([score], np.float32)} for score in (0.25, 0.75))
    [kept] = _kept(tmp_path, {b"a row": {"baseline": old, "new": new}}, alone=False)
    assert kept.answer["score"].tolist() == [0.75]


def test_no_more_are_kept_than_may_be_asked(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "MAX_PREDICTIONS", 2)
    # Their SHA-256 begin with 18, 2e, 3e and ca.
    rows = {text: np.array([0.0]) for text in (b"a", b"b", b"c", b"d")}
    assert [kept.example for kept in _kept(tmp_path, rows)] == [b"d", b"c"]


def test_a_row_is_written_as_a_server_logs_a_call() -> None:
    row = next(predictions.logs([(b"", b"a row", {"score": np.array([0.5])})], _SPEC))
    logged = prediction_log_pb2.PredictionLog.FromString(row).predict_log
    assert logged.request.model_spec.signature_name == "serving_examples"
    assert list(logged.request.inputs["examples"].string_val) == [b"a row"]
    assert [dim.size for dim in logged.response.outputs["score"].tensor_shape.dim] == [1, 1]


def test_an_evaluation_that_kept_none_has_none(tmp_path: pathlib.Path) -> None:
    assert predictions.read(str(tmp_path)) == []
