"""The classification task by hand-worked numbers."""

import math
import types

import numpy as np
import pytest
import tensorflow as tf

from schemas import tasks as contracts
from trainer import config, tasks
from trainer.tasks import task as task_lib

_TASK = tasks.get(tasks.Settings("classification"))
_GRAPH = types.SimpleNamespace(vocabulary_by_name=lambda name: [b"bad", b"good", b"so-so"])
_ASKED = task_lib.Asked({}, {})
# Softmax of log(p) is p.
_OUTPUTS = tf.math.log([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]])
_TARGETS = {"label_id": tf.constant([0, 1], tf.int64)}


def _objective(train_labels=(0, 1, 2), **train):
    targets = tf.data.Dataset.from_tensor_slices({"label_id": tf.constant(train_labels, tf.int64)})
    return _TASK.objective(config.TrainConfig(**train), _GRAPH, targets)


def test_loss_is_minus_the_log_of_the_labels_probability():
    total, weight = _objective().loss(_TARGETS, _OUTPUTS, training=True)
    np.testing.assert_allclose(total, [-math.log(0.7), -math.log(0.3)], rtol=1e-5)
    assert weight.numpy().tolist() == [1.0, 1.0]


def test_label_smoothing_spreads_mass_over_all_classes_while_training():
    objective = _objective(label_smoothing=0.3)
    total, _ = objective.loss(_TARGETS, _OUTPUTS, training=True)
    # 0.7 + 0.1 on the label, 0.1 on each of the others.
    first = -(0.8 * math.log(0.7) + 0.1 * math.log(0.2) + 0.1 * math.log(0.1))
    second = -(0.1 * math.log(0.1) + 0.8 * math.log(0.3) + 0.1 * math.log(0.6))
    np.testing.assert_allclose(total, [first, second], rtol=1e-5)
    plain, _ = objective.loss(_TARGETS, _OUTPUTS, training=False)
    np.testing.assert_allclose(plain, [-math.log(0.7), -math.log(0.3)], rtol=1e-5)


def test_class_weights_weigh_loss_and_mean_alike():
    # Of 6 rows 3, 2 and 1: 6 / (3 * 3), 6 / (3 * 2), 6 / (3 * 1).
    objective = _objective([0, 0, 0, 1, 1, 2], class_weights="balanced")
    total, weight = objective.loss(_TARGETS, _OUTPUTS, training=False)
    np.testing.assert_allclose(weight, [2 / 3, 1.0], rtol=1e-6)
    np.testing.assert_allclose(total, [-2 / 3 * math.log(0.7), -math.log(0.3)], rtol=1e-5)


def test_accuracy_counts_each_example_once_whatever_its_weight():
    objective = _objective([0, 0, 0, 1, 1, 2], class_weights="balanced")
    total, weight = objective.metrics(_TARGETS, _OUTPUTS)["accuracy"]
    assert total.numpy().tolist() == [1.0, 0.0]
    assert weight.numpy().tolist() == [1.0, 1.0]


def test_the_answer_names_labels_and_their_probabilities():
    answer = _TASK.answer(_OUTPUTS, _ASKED, _GRAPH)
    assert answer["label"].numpy().tolist() == [b"bad", b"so-so"]
    np.testing.assert_allclose(answer["probability"], [0.7, 0.6], rtol=1e-5)
    assert answer["labels"].numpy().tolist() == [[b"bad", b"good", b"so-so"]] * 2
    np.testing.assert_allclose(answer["probabilities"].numpy().sum(axis=1), 1.0, rtol=1e-6)


def test_the_head_has_one_logit_a_label():
    assert _TASK.head(_GRAPH)(tf.zeros((5, 8))).shape == (5, 3)


def test_a_separator_asks_for_several_labels():
    several = tasks.get(tasks.Settings("classification", options={"separator": ","}))
    assert type(several) is not type(_TASK)
    assert (several.truth_key, _TASK.truth_key) == ("label_set", "label_id")


def test_an_unknown_task_is_a_key_error():
    with pytest.raises(KeyError, match="juggling"):
        tasks.get(tasks.Settings("juggling"))


def test_what_is_told_after_an_epoch_is_what_the_contract_says():
    watched = contracts.contract("classification").watched(contracts.Settings("classification"))
    assert watched == dict.fromkeys(_objective().metrics(_TARGETS, _OUTPUTS), True)
