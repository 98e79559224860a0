"""A dense layer over few of many features."""

import keras
import numpy as np
import tensorflow as tf

from trainer.layers import sparse_dense

_FEATURES = np.array([[1, 3, 0], [2, 0, 0]])
_VALUES = np.array([[0.5, 2.0, 0.0], [3.0, 0.0, 0.0]], "float32")
_KERNEL = np.array([[100, 100], [1, 2], [3, 4], [5, 6]], "float32")
_BIAS = np.array([10, 20], "float32")


def _layer():
    layer = sparse_dense.SparseDense(4, 2)
    layer(_FEATURES, _VALUES)
    layer.set_weights([_KERNEL, _BIAS])
    return layer


def test_by_hand():
    np.testing.assert_allclose(_layer()(_FEATURES, _VALUES), [[20.5, 33.0], [19.0, 32.0]])


def test_it_begins_at_zero():
    np.testing.assert_array_equal(sparse_dense.SparseDense(4, 2)(_FEATURES, _VALUES), 0.0)


def test_the_gradient_is_that_of_a_dense_layer():
    dense = np.zeros((2, 4), "float32")
    np.put_along_axis(dense, _FEATURES, _VALUES, axis=1)
    dense[:, 0] = 0.0
    layer = _layer()
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.square(layer(_FEATURES, _VALUES)))
    gradient = tf.convert_to_tensor(tape.gradient(loss, layer.kernel.value))

    np.testing.assert_allclose(gradient, dense.T @ (2 * (dense @ _KERNEL + _BIAS)), rtol=1e-6)


def test_a_batch_without_rows_gives_none():
    outputs = _layer()(np.zeros((0, 3), "int32"), np.zeros((0, 3), "float32"))
    assert outputs.shape == (0, 2)


def test_stays_float32_under_a_global_half_precision_policy():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        assert _layer()(_FEATURES, _VALUES).dtype == "float32"
    finally:
        keras.config.set_dtype_policy(before)


def test_config_round_trip():
    layer = sparse_dense.SparseDense(4, 2, name="some")
    copy = keras.layers.deserialize(keras.layers.serialize(layer))
    assert copy.get_config() == layer.get_config()
    assert copy.num_features == 4
