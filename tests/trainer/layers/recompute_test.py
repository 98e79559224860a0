"""Activations computed again in the backward pass."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainer.layers import recompute

_X = np.random.default_rng(0).normal(size=(2, 3, 4)).astype("float32")


class Part(keras.layers.Layer):
    """A map with dropout, computed plainly or again, that counts how often it is computed."""

    def __init__(self, again: bool, **kwargs):
        super().__init__(**kwargs)
        self.again = again
        self.calls = 0
        self.dense = keras.layers.Dense(4, activation="tanh", kernel_initializer="ones")
        self.dropout = keras.layers.Dropout(0.5, seed=7)

    def build(self, input_shape):
        self.dense.build(input_shape)
        self.built = True

    def forward(self, x):
        self.calls += 1
        return self.dropout(self.dense(x), training=True) * 2.0

    def call(self, x):
        return recompute.call(self, self.forward, x) if self.again else self.forward(x)


def _step(layer: Part, x: tf.Tensor):
    """Computes an output and the gradients of its square."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        output = layer(x)
        loss = tf.reduce_sum(tf.square(output))
    return output, *tape.gradient(loss, [x, layer.dense.kernel.value, layer.dense.bias.value])


@pytest.mark.parametrize("traced", [False, True], ids=["eager", "traced"])
def test_outputs_and_gradients_are_those_of_the_plain_call_dropout_included(traced):
    plain, again = Part(again=False), Part(again=True)
    results = []
    for layer in (plain, again):
        step = tf.function(_step) if traced else _step
        # Twice: the second must draw other units than the first, the same in both layers.
        results.append([step(layer, tf.constant(_X)) for _ in range(2)])

    for expected, values in zip(*results, strict=True):
        for one, other in zip(expected, values, strict=True):
            np.testing.assert_allclose(other, one, rtol=1e-6)
    assert not np.array_equal(results[1][0][0], results[1][1][0])
    seeds = (layer.dropout.seed_generator.state.numpy() for layer in (plain, again))
    np.testing.assert_array_equal(*seeds)


def test_the_backward_pass_computes_it_again():
    layer = Part(again=True)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(tf.constant(_X)))
        assert layer.calls == 1
    tape.gradient(loss, layer.dense.kernel.value)
    assert layer.calls == 2


def test_frozen_weights_stay_as_they_are():
    layer = Part(again=True)
    layer.build(_X.shape)
    layer.dense.trainable = False
    before = layer.dense.kernel.numpy()

    output, to_input, *_ = _step(layer, tf.constant(_X))

    np.testing.assert_array_equal(layer.dense.kernel, before)
    assert np.isfinite(output).all() and np.abs(to_input).max() > 0


def test_half_precision_weights_get_float32_gradients():
    plain, again = (Part(again, dtype="mixed_bfloat16") for again in (False, True))
    for layer in (plain, again):
        layer.dense.dtype_policy = layer.dropout.dtype_policy = "mixed_bfloat16"

    expected, values = (_step(layer, tf.constant(_X)) for layer in (plain, again))

    assert values[0].dtype == tf.bfloat16
    assert values[2].dtype == tf.float32
    for one, other in zip(expected, values, strict=True):
        np.testing.assert_array_equal(tf.cast(other, tf.float32), tf.cast(one, tf.float32))
