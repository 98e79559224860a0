"""Positions as rotations."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainer.layers import rotary_positions

_RNG = np.random.default_rng(0)


def _turn(x: np.ndarray, position=0, **kwargs) -> np.ndarray:
    return rotary_positions.RotaryPositions(**kwargs)(x, position=position).numpy()


def test_by_hand():
    # Two pairs, (unit 0, unit 2) and (unit 1, unit 3), that turn by 1 and by 10000^(-2/4) = 1/100.
    x = np.array([[[[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 2, 2]]]], "float32")

    turned = _turn(x)

    expected = [
        [1, 1, 0, 0],
        [math.cos(1), math.cos(0.01), math.sin(1), math.sin(0.01)],
        [-2 * math.sin(2), -2 * math.sin(0.02), 2 * math.cos(2), 2 * math.cos(0.02)],
    ]
    np.testing.assert_allclose(turned[0, 0], expected, atol=1e-6)


def test_scores_depend_on_the_distance_alone():
    query, key = (np.tile(_RNG.normal(size=(1, 1, 1, 8)), (1, 1, 50, 1)) for _ in range(2))

    scores = _turn(query.astype("float32"))[0, 0] @ _turn(key.astype("float32"))[0, 0].T

    for distance in (-30, -1, 0, 1, 7):
        at_distance = np.diagonal(scores, distance)
        np.testing.assert_allclose(at_distance, at_distance[0], atol=1e-5)
    assert np.ptp(scores) > 0.1  # other distances give other scores


def test_lengths_stay():
    x = _RNG.normal(size=(2, 3, 20, 6)).astype("float32")
    lengths = np.linalg.norm(x, axis=-1)
    np.testing.assert_allclose(np.linalg.norm(_turn(x), axis=-1), lengths, rtol=1e-5)


def test_a_part_from_a_position_on_is_turned_as_in_the_whole():
    x = _RNG.normal(size=(1, 2, 6, 4)).astype("float32")

    for position in (4, tf.constant(4), tf.constant(4, tf.int64)):
        np.testing.assert_allclose(_turn(x[:, :, 4:], position), _turn(x)[:, :, 4:], atol=1e-6)


def test_agrees_with_float64_at_far_positions():
    x = _RNG.normal(size=(1, 1, 1, 8)).astype("float32")
    pair = x[0, 0, 0, :4] + 1j * x[0, 0, 0, 4:].astype("complex128")
    expected = pair * np.exp(1j * 1023 * 10_000.0 ** -(np.arange(4) / 4))

    turned = _turn(x, 1023)[0, 0, 0]

    np.testing.assert_allclose(turned[:4] + 1j * turned[4:], expected, atol=2e-4)


def test_half_precision_is_turned_in_float32():
    x = np.ones((1, 1, 600, 4), "float32")

    # In bfloat16 itself, positions above 256 would not be told apart.
    turned = rotary_positions.RotaryPositions(dtype="mixed_bfloat16")(x)

    assert turned.dtype == tf.bfloat16
    np.testing.assert_allclose(tf.cast(turned, tf.float32), _turn(x), atol=0.008)


def test_takes_any_length_in_one_trace():
    layer = rotary_positions.RotaryPositions()

    @tf.function(input_signature=[tf.TensorSpec((None, 2, None, 4)), tf.TensorSpec((), tf.int32)])
    def traced(x, position):
        return layer(x, position=position)

    for length in (0, 1, 5):
        x = tf.ones((1, 2, length, 4))
        np.testing.assert_allclose(traced(x, 3), layer(x, position=3), atol=1e-6)
    assert traced.experimental_get_tracing_count() == 1


def test_a_head_of_odd_width_is_refused():
    with pytest.raises(ValueError, match=r"must be even for rotary positions.*head_dim=5"):
        _turn(np.zeros((1, 1, 2, 5), "float32"))


def test_config_round_trip():
    layer = rotary_positions.RotaryPositions(base=500.0, name="rotation")

    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))

    assert copy.get_config() == layer.get_config()
    assert copy.base == 500.0
