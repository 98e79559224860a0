"""The regression task by hand-worked numbers."""

import types

import numpy as np
import pytest
import tensorflow as tf

from schemas import tasks as contracts
from trainer import config, tasks
from trainer.tasks import regression
from trainer.tasks import task as task_lib

_TWO = tasks.get(
    tasks.Settings("regression", targets=("v", "a"), options={"names": ["valence", "arousal"]})
)
_ONE = tasks.get(tasks.Settings("regression", options={"names": ["valence"]}))
_LINES = [b"valence\t3.0\t0.5", b"arousal\t100.0\t20.0"]
_OUTPUTS = tf.constant([[0.0, 1.0], [-2.0, 0.5]])


def _graph(count):
    return types.SimpleNamespace(vocabulary_by_name=lambda name: _LINES[:count])


def _objective():
    return _TWO.objective(config.TrainConfig(), _graph(2), tf.data.Dataset.range(0))


_TARGETS = {"scaled_targets": tf.constant([[1.0, 1.0], [-1.0, 2.5]])}


@pytest.mark.parametrize("training", [True, False])
def test_loss_is_the_squared_error_summed_over_the_scaled_targets(training):
    total, weight = _objective().loss(_TARGETS, _OUTPUTS, training=training)
    assert total.numpy().tolist() == [1.0, 1.0 + 4.0]
    assert weight.numpy().tolist() == [1.0, 1.0]


def test_the_absolute_error_is_told_in_the_targets_units():
    total, weight = _objective().metrics(_TARGETS, _OUTPUTS)["mae"]
    np.testing.assert_allclose(total, [(0.5 + 0.0) / 2, (0.5 + 40.0) / 2])
    assert weight.numpy().tolist() == [1.0, 1.0]


def test_the_answer_is_in_the_targets_units_beside_their_names():
    answer = _TWO.answer(_OUTPUTS, task_lib.Asked({}, {}), _graph(2))
    np.testing.assert_allclose(answer["values"], [[3.0, 120.0], [2.0, 110.0]])
    assert answer["targets"].numpy().tolist() == [[b"valence", b"arousal"]] * 2
    assert "value" not in answer


def test_a_single_number_stands_bare_too():
    answer = _ONE.answer(_OUTPUTS[:, :1], task_lib.Asked({}, {}), _graph(1))
    assert answer["value"].numpy().tolist() == [3.0, 2.0]
    assert answer["values"].numpy().tolist() == [[3.0], [2.0]]
    # TensorFlow Serving's regress knows a single number for an example.
    assert (_ONE.method, _TWO.method) == ("regress", None)
    assert _ONE.inferred(answer)["outputs"].numpy().tolist() == [3.0, 2.0]


def test_the_truth_is_the_column_untouched():
    asked = task_lib.Asked({"v": tf.constant([0.1]), "a": tf.constant([7.0]), "text": None}, {})
    truth = _TWO.truth(asked, _graph(2))["targets"]
    np.testing.assert_array_equal(truth, np.array([[0.1, 7.0]], np.float32))


def test_the_head_has_one_number_a_target():
    assert _TWO.head(_graph(2))(tf.zeros((5, 8))).shape == (5, 2)


def test_scales_are_read_in_their_order():
    scales = regression.read_scales(_graph(2))
    assert scales.names == [b"valence", b"arousal"]
    assert scales.means.tolist() == [3.0, 100.0]
    assert scales.deviations.tolist() == [0.5, 20.0]


def test_what_is_told_after_an_epoch_is_what_the_contract_says():
    settings = contracts.Settings("regression")
    watched = contracts.contract("regression").watched(settings)
    assert watched == dict.fromkeys(_objective().metrics(_TARGETS, _OUTPUTS), False)
