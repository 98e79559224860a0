"""One step of training: what a group of batches adds up to."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainer import config, optimizer, step
from trainer.tasks import task

_RNG = np.random.default_rng(0)
_X = _RNG.normal(size=(7, 3)).astype("float32")
_Y = _RNG.normal(size=(7, 1)).astype("float32")
_WEIGHTS = np.array([1, 2, 0, 3, 1, 0, 0.5], "float32")
_SPEC = (
    {"x": tf.TensorSpec((None, 3))},
    {"y": tf.TensorSpec((None, 1)), "weight": tf.TensorSpec((None,))},
)


class _Squares:
    """The squared error of each example, weighted."""

    def loss(self, targets, outputs, training):
        squares = tf.reduce_sum(tf.square(outputs - targets["y"]), axis=-1)
        return task.Weighted(targets["weight"] * squares, targets["weight"])

    def metrics(self, targets, outputs):
        return {}


def _rows(*rows):
    """Takes those rows as a batch."""
    index = np.array(rows)
    return {"x": _X[index]}, {"y": _Y[index], "weight": _WEIGHTS[index]}


def _trained(*groups, accumulate_batches, loss_scaling=False, **train):
    """Trains on groups of batches; returns weights and the loss of each batch."""
    strategy = tf.distribute.MirroredStrategy(["/cpu:0"])
    with strategy.scope():
        inputs = {"x": keras.Input((3,))}
        model = keras.Model(inputs, keras.layers.Dense(1, kernel_initializer="ones")(inputs["x"]))
        adamw = optimizer.build(
            config.TrainConfig(learning_rate=0.1, warmup_fraction=0.0, **train),
            total_steps=10,
            loss_scaling=loss_scaling,
        )
        adamw.build(model.trainable_variables)
    steps = step.build(strategy, model, adamw, _Squares(), _SPEC, accumulate_batches)
    losses = []
    for group in groups:
        losses += [[float(value) for value in steps.train(batch)["loss"]] for batch in group]
        steps.update()
    return np.concatenate([w.ravel() for w in model.get_weights()]), losses, adamw


_BATCHES = (_rows(0, 1, 2), _rows(3, 4), _rows(5, 6))


@pytest.mark.parametrize("loss_scaling", [False, True])
@pytest.mark.parametrize("clip_norm", [None, 0.5])
def test_a_group_of_uneven_batches_is_one_step_on_all_their_examples(clip_norm, loss_scaling):
    settings = {"clip_norm": clip_norm, "loss_scaling": loss_scaling}
    whole, _, _ = _trained(*[[_rows(*range(7))]] * 3, accumulate_batches=1, **settings)

    parts, _, adamw = _trained(*[_BATCHES] * 3, accumulate_batches=3, **settings)

    np.testing.assert_allclose(parts, whole, rtol=1e-5)
    assert int(adamw.iterations.numpy()) == 3  # the schedule counts the optimizer's steps
    if clip_norm is None:  # AdamW makes gradients of every size alike, but for a bound on them
        assert np.abs(parts - _trained(_BATCHES, accumulate_batches=3)[0]).max() > 1e-3


def test_the_gradient_is_that_of_the_mean_by_weight():
    _, _, adamw = _trained(_BATCHES, accumulate_batches=3, clip_norm=None)

    error = _X.astype("float64").sum(axis=1, keepdims=True) - _Y
    gradient = 2 * (_WEIGHTS[:, None] * error * _X).sum(axis=0) / _WEIGHTS.sum()
    moments = [v for v in adamw.variables if v.name.endswith("kernel_momentum")]
    # Adam's first moment holds (1 - beta_1) of the gradient.
    np.testing.assert_allclose(np.ravel(moments[0]), 0.1 * gradient, rtol=1e-5)


def test_the_last_group_of_an_epoch_may_be_smaller_and_counts_what_it_has():
    whole, *_ = _trained([_rows(*range(7))], [_rows(0, 1, 2)], accumulate_batches=1)
    parts, *_ = _trained(_BATCHES, _BATCHES[:1], accumulate_batches=3)
    np.testing.assert_allclose(parts, whole, rtol=1e-5)


def test_nothing_moves_before_the_group_ends_and_each_batch_tells_its_loss():
    weights, losses, _ = _trained(_BATCHES, accumulate_batches=3)

    before = _X.astype("float64").sum(axis=1) - _Y[:, 0]
    for batch, (total, weight) in zip(((0, 1, 2), (3, 4), (5, 6)), losses, strict=True):
        index = list(batch)
        assert total == pytest.approx((_WEIGHTS[index] * before[index] ** 2).sum(), rel=1e-5)
        assert weight == _WEIGHTS[index].sum()
    assert np.abs(weights - [1, 1, 1, 0]).max() > 0.05


def test_a_group_without_weight_moves_nothing_but_by_decay():
    weights, *_ = _trained([_rows(2, 5)], accumulate_batches=2, weight_decay=0.0)
    np.testing.assert_array_equal(weights, [1, 1, 1, 0])
