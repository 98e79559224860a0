"""The schedule by hand; clipping and decay by what they do to a weight."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainer import config, optimizer


def _config(**values):
    return config.TrainConfig(**values)


def test_schedule_rises_linearly_and_falls_as_a_cosine():
    schedule = optimizer.schedule(_config(learning_rate=0.8, warmup_fraction=0.2), total_steps=50)

    rates = [float(schedule(step)) for step in (0, 5, 10, 30, 50)]
    half_way = 0.8 * 0.5 * (1 + math.cos(math.pi * 0.5))
    assert rates == pytest.approx([0.0, 0.4, 0.8, half_way, 0.0], abs=1e-6)


def test_schedule_without_warm_up_starts_at_its_peak():
    schedule = optimizer.schedule(_config(learning_rate=0.8, warmup_fraction=0.0), total_steps=10)
    assert float(schedule(0)) == pytest.approx(0.8)


def _moved(gradient, **values):
    """Applies one step to a weight of 1 and returns how far it moved."""
    weight = keras.Variable(np.ones(4, np.float32), name="kernel")
    train = _config(learning_rate=0.1, warmup_fraction=0.0, **values)
    adamw = optimizer.build(train, total_steps=10**9, loss_scaling=False)
    adamw.build([weight])
    adamw.apply([tf.constant(gradient, tf.float32)], [weight])
    return adamw, np.asarray(weight) - 1.0


def _first_moments(adamw):
    [moments] = [v for v in adamw.variables if v.name.endswith("momentum")]
    return np.asarray(moments)


def test_gradients_are_clipped_by_their_global_norm():
    adamw, _ = _moved([3.0, 4.0, 0.0, 0.0], clip_norm=1.0, weight_decay=0.0)
    # Adam's first moment holds (1 - beta_1) of the clipped gradient: norm 5 becomes norm 1.
    moments = _first_moments(adamw)
    np.testing.assert_allclose(moments, np.array([0.6, 0.8, 0.0, 0.0]) * 0.1, rtol=1e-5)


def test_without_a_bound_nothing_is_clipped():
    adamw, _ = _moved([3.0, 4.0, 0.0, 0.0], clip_norm=None, weight_decay=0.0)
    moments = _first_moments(adamw)
    np.testing.assert_allclose(moments, np.array([3.0, 4.0, 0.0, 0.0]) * 0.1, rtol=1e-5)


def test_decay_shrinks_kernels_and_leaves_biases_and_norms():
    layers = keras.Sequential([keras.layers.Dense(2), keras.layers.LayerNormalization()])
    layers.build((None, 2))
    for weight in layers.trainable_variables:
        weight.assign(np.ones(weight.shape))
    train = _config(learning_rate=0.1, warmup_fraction=0.0, weight_decay=0.5, clip_norm=None)
    adamw = optimizer.build(train, 10**9, loss_scaling=False)
    adamw.build(layers.trainable_variables)
    adamw.apply([tf.zeros(w.shape) for w in layers.trainable_variables], layers.trainable_variables)

    moved = {weight.name: float(np.asarray(weight).ravel()[0]) for weight in layers.weights}
    assert moved.pop("kernel") == pytest.approx(1.0 - 0.1 * 0.5)
    assert set(moved.values()) == {1.0} and set(moved) == {"bias", "gamma", "beta"}
