"""Several labels by hand-worked numbers."""

import math
import types

import numpy as np
import pytest
import tensorflow as tf

from schemas import tasks as contracts
from trainer import config, tasks
from trainer.tasks import task as task_lib

_TASK = tasks.get(tasks.Settings("classification", options={"separator": "|"}))
_GRAPH = types.SimpleNamespace(vocabulary_by_name=lambda name: [b"dull", b"loud", b"warm"])
_PROBABILITIES = np.array([[0.9, 0.5, 0.2], [0.4, 0.3, 0.2]], np.float32)
_OUTPUTS = tf.constant(np.log(_PROBABILITIES / (1 - _PROBABILITIES)))
_TARGETS = {"label_set": tf.constant([[1, 0, 0], [0, 1, 1]], tf.int64)}
# Of each right yes or no.
_RIGHT = [[0.9, 0.5, 0.8], [0.6, 0.3, 0.2]]


def _objective(train_sets=((1, 0, 1),), **train):
    targets = tf.data.Dataset.from_tensor_slices({"label_set": tf.constant(train_sets, tf.int64)})
    return _TASK.objective(config.TrainConfig(**train), _GRAPH, targets)


def _mean_log(row, weights=(1, 1, 1)):
    return -sum(w * math.log(p) for w, p in zip(weights, row, strict=True)) / 3


def test_loss_is_a_mean_over_the_questions_of_a_row():
    total, weight = _objective().loss(_TARGETS, _OUTPUTS, training=True)
    np.testing.assert_allclose(total, [_mean_log(row) for row in _RIGHT], rtol=1e-5)
    assert weight.numpy().tolist() == [1.0, 1.0]


def test_label_smoothing_spreads_mass_over_yes_and_no():
    total, _ = _objective(label_smoothing=0.2).loss(_TARGETS, _OUTPUTS, training=True)
    expected = [-sum(0.9 * math.log(p) + 0.1 * math.log(1 - p) for p in row) / 3 for row in _RIGHT]
    np.testing.assert_allclose(total, expected, rtol=1e-5)


def test_given_weights_are_those_of_a_yes():
    total, weight = _objective(class_weights={"loud": 3.0}).loss(_TARGETS, _OUTPUTS, training=False)
    np.testing.assert_allclose(weight, [1.0, 5 / 3], rtol=1e-6)
    expected = [_mean_log(_RIGHT[0]), _mean_log(_RIGHT[1], (1, 3, 1))]
    np.testing.assert_allclose(total, expected, rtol=1e-5)


def test_f1_is_of_all_rows_together():
    # Answered: the first two of row 0. Hits: 1 of 2 answered and 3 true.
    total, weight = _objective().metrics(_TARGETS, _OUTPUTS)["f1"]
    assert float(tf.reduce_sum(total) / tf.reduce_sum(weight)) == pytest.approx(2 * 1 / (2 + 3))


def test_the_answer_joins_the_labels_of_at_least_even_odds():
    answer = _TASK.answer(_OUTPUTS, task_lib.Asked({}, {}), _GRAPH)
    assert answer["label"].numpy().tolist() == [b"dull|loud", b""]
    assert answer["labels"].numpy().tolist() == [[b"dull", b"loud", b"warm"]] * 2
    np.testing.assert_allclose(answer["probabilities"], _PROBABILITIES, rtol=1e-5)
    inferred = _TASK.inferred(answer)
    assert inferred["classes"].numpy().tolist() == [[b"dull", b"loud", b"warm"]] * 2
    np.testing.assert_allclose(inferred["scores"], _PROBABILITIES, rtol=1e-5)


def test_targets_are_1_for_the_labels_of_a_row():
    ids = tf.ragged.constant([[0, 2], [], [1]], tf.int64, row_splits_dtype=tf.int64)
    made = _TASK.targets({"label_id": ids}, _GRAPH)["label_set"]
    assert made.numpy().tolist() == [[1, 0, 1], [0, 0, 0], [0, 1, 0]]
    assert made.shape[1:] == (3,)


def test_no_rows_have_no_targets():
    nothing = tf.RaggedTensor.from_row_splits(
        tf.zeros(0, tf.int64), tf.zeros(1, tf.int64), validate=False
    )
    assert _TASK.targets({"label_id": nothing}, _GRAPH)["label_set"].shape == (0, 3)


def test_what_is_told_after_an_epoch_is_what_the_contract_says():
    settings = contracts.Settings("classification", options={"separator": "|"})
    watched = contracts.contract("classification").watched(settings)
    assert watched == dict.fromkeys(_objective().metrics(_TARGETS, _OUTPUTS), True)
