"""From the vectors of the tokens to the vector of the sequence."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainer.layers import pooling

_X = np.array([[[1, 2], [3, 6], [100, 100]], [[7, 8], [9, 9], [9, 9]]], "float32")
_MASK = np.array([[True, True, False], [True, False, False]])


@pytest.mark.parametrize(
    ("kind", "expected"), [("mean", [[2, 4], [7, 8]]), ("first", [[1, 2], [7, 8]])]
)
def test_by_hand(kind, expected):
    np.testing.assert_allclose(pooling.Pooling(kind)(_X, _MASK), expected)


@pytest.mark.parametrize("kind", ["mean", "first"])
def test_padding_does_not_count_even_if_it_is_no_number(kind):
    x = np.where(_MASK[..., None], _X, np.nan).astype("float32")

    np.testing.assert_array_equal(pooling.Pooling(kind)(x, _MASK), pooling.Pooling(kind)(_X, _MASK))


@pytest.mark.parametrize("kind", ["mean", "first"])
@pytest.mark.parametrize("seq_len", [3, 0])
def test_a_sequence_without_a_token_gives_zeros(kind, seq_len):
    outputs = pooling.Pooling(kind)(_X[:, :seq_len], np.zeros((2, seq_len), dtype=bool))

    np.testing.assert_array_equal(outputs, np.zeros((2, 2)))


def test_the_mean_of_half_precision_is_taken_in_float32():
    # Summed in bfloat16, a thousand ones make 256.
    x = tf.ones((1, 1000, 2), tf.bfloat16)

    outputs = pooling.Pooling("mean")(x, tf.ones((1, 1000), tf.bool))

    assert outputs.dtype == tf.float32
    np.testing.assert_array_equal(outputs, [[1.0, 1.0]])


def test_stays_float32_under_a_global_half_precision_policy():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        assert pooling.Pooling()(tf.cast(_X, tf.float16), _MASK).dtype == tf.float32
    finally:
        keras.config.set_dtype_policy(before)


def test_the_gradient_reaches_real_tokens_alone():
    x = tf.constant(_X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(pooling.Pooling("mean")(x, _MASK))

    expected = np.array([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]])
    np.testing.assert_allclose(tape.gradient(loss, x), np.stack([expected] * 2, axis=-1))


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match=r"`kind` must be one of .*kind='max'"):
        pooling.Pooling("max")


def test_config_round_trip():
    layer = pooling.Pooling("first", name="pooling")

    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))

    assert copy.get_config() == layer.get_config()
    assert copy.kind == "first"
    assert copy.compute_dtype == "float32"
