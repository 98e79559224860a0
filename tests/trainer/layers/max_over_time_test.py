"""The maximum over real tokens."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainer.layers import max_over_time

_X = np.array([[[1, -2], [3, -6], [100, 100]], [[-7, 8], [9, 9], [9, 9]]], "float32")
_MASK = np.array([[True, True, False], [True, False, False]])


def test_by_hand():
    np.testing.assert_array_equal(max_over_time.MaxOverTime()(_X, _MASK), [[3, -2], [-7, 8]])


def test_padding_does_not_count_even_if_it_is_no_number():
    x = np.where(_MASK[..., None], _X, np.nan).astype("float32")
    np.testing.assert_array_equal(max_over_time.MaxOverTime()(x, _MASK), [[3, -2], [-7, 8]])


def test_a_sequence_without_a_token_gives_zeros():
    outputs = max_over_time.MaxOverTime()(_X, np.zeros((2, 3), bool))
    np.testing.assert_array_equal(outputs, np.zeros((2, 2)))


def test_a_batch_without_rows_gives_none():
    assert max_over_time.MaxOverTime()(_X[:0], _MASK[:0]).shape == (0, 2)


def test_the_gradient_reaches_the_largest_alone():
    x = tf.constant(_X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(max_over_time.MaxOverTime()(x, _MASK))
    expected = [[[0, 1], [1, 0], [0, 0]], [[1, 1], [0, 0], [0, 0]]]
    np.testing.assert_array_equal(tape.gradient(loss, x), expected)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_stays_as_it_is(dtype):
    outputs = max_over_time.MaxOverTime(dtype=dtype)(tf.cast(_X, dtype), _MASK)
    assert outputs.dtype == dtype
    np.testing.assert_array_equal(tf.cast(outputs, tf.float32), [[3, -2], [-7, 8]])


def test_config_round_trip():
    layer = max_over_time.MaxOverTime(name="some")
    copy = keras.layers.deserialize(keras.layers.serialize(layer))
    assert copy.get_config() == layer.get_config()
