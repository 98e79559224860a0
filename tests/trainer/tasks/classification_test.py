"""The classification task by hand-worked numbers."""

import math
import types

import numpy as np
import pytest
import tensorflow as tf

from trainer import tasks

_TASK = tasks.get("classification")
_GRAPH = types.SimpleNamespace(vocabulary_by_name=lambda name: [b"bad", b"good", b"so-so"])
# Softmax of log(p) is p.
_OUTPUTS = tf.math.log([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]])


def test_loss_is_minus_the_log_of_the_labels_probability():
    loss = _TASK.loss(tf.constant([0, 1], tf.int64), _OUTPUTS, 0.0)
    np.testing.assert_allclose(loss, [-math.log(0.7), -math.log(0.3)], rtol=1e-5)


def test_label_smoothing_spreads_mass_over_all_classes():
    loss = _TASK.loss(tf.constant([0, 1], tf.int64), _OUTPUTS, 0.3)
    # 0.7 + 0.1 on the label, 0.1 on each of the others.
    first = -(0.8 * math.log(0.7) + 0.1 * math.log(0.2) + 0.1 * math.log(0.1))
    second = -(0.1 * math.log(0.1) + 0.8 * math.log(0.3) + 0.1 * math.log(0.6))
    np.testing.assert_allclose(loss, [first, second], rtol=1e-5)


def test_accuracy_of_each_example():
    metrics = _TASK.metrics(tf.constant([0, 1], tf.int64), _OUTPUTS)
    assert metrics["accuracy"].numpy().tolist() == [1.0, 0.0]


def test_the_answer_names_labels_and_their_probabilities():
    answer = _TASK.answer(_OUTPUTS, _GRAPH)
    assert answer["label"].numpy().tolist() == [b"bad", b"so-so"]
    np.testing.assert_allclose(answer["probability"], [0.7, 0.6], rtol=1e-5)
    assert answer["labels"].numpy().tolist() == [[b"bad", b"good", b"so-so"]] * 2
    np.testing.assert_allclose(answer["probabilities"].numpy().sum(axis=1), 1.0, rtol=1e-6)


def test_the_head_has_one_logit_a_label():
    assert _TASK.head(_GRAPH)(tf.zeros((5, 8))).shape == (5, 3)


def test_transform_gives_ids_of_tokens_and_label():
    made = _TASK.transform(
        {"text": tf.constant(["a b", "c"]), "label": tf.constant(["x", "y"])},
        tokenize=lambda texts: tf.ragged.constant([[2, 3], [4]], tf.int64),
        label_ids=lambda labels: tf.constant([1, 0], tf.int64),
    )
    assert set(made) == {"token_ids", "label_id"}
    assert tf.sparse.to_dense(made["token_ids"]).numpy().tolist() == [[2, 3], [4, 0]]
    assert made["label_id"].numpy().tolist() == [1, 0]


def test_an_unknown_task_is_a_key_error():
    with pytest.raises(KeyError, match="juggling"):
        tasks.get("juggling")
