"""Positions as fixed waves."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainer.layers import sinusoidal_positions


def _waves(seq_len: int, hidden_dim: int) -> np.ndarray:
    """Returns what the layer adds to zeros."""
    layer = sinusoidal_positions.SinusoidalPositions()
    return layer(np.zeros((1, seq_len, hidden_dim), "float32")).numpy()[0]


def test_by_hand():
    # Rates 1 and 10000^(-2/4) = 1/100; sines at even units, cosines at odd ones.
    expected = [
        [0.0, 1.0, 0.0, 1.0],
        [0.841471, 0.540302, 0.0099998, 0.99995],
        [0.909297, -0.416147, 0.0199987, 0.9998],
    ]
    np.testing.assert_allclose(_waves(3, 4), expected, atol=1e-6)


def test_agrees_with_float64_at_far_positions():
    position = np.arange(1024)[:, None]
    angle = position / 10_000.0 ** (np.arange(0, 32, 2) / 32)

    waves = _waves(1024, 32)

    np.testing.assert_allclose(waves[:, 0::2], np.sin(angle), atol=1e-4)
    np.testing.assert_allclose(waves[:, 1::2], np.cos(angle), atol=1e-4)


def test_adds_the_same_to_every_sequence():
    x = np.random.default_rng(0).normal(size=(3, 5, 4)).astype("float32")

    outputs = sinusoidal_positions.SinusoidalPositions()(x).numpy()

    np.testing.assert_allclose(outputs - x, np.broadcast_to(_waves(5, 4), x.shape), atol=1e-6)


def test_takes_any_length_in_one_trace():
    layer = sinusoidal_positions.SinusoidalPositions()

    @tf.function(input_signature=[tf.TensorSpec((None, None, 4))])
    def traced(x):
        return layer(x)

    for length in (0, 1, 7):
        np.testing.assert_allclose(traced(tf.zeros((1, length, 4)))[0], _waves(length, 4))
    assert traced.experimental_get_tracing_count() == 1


def test_half_precision_waves_are_those_of_float32_rounded():
    layer = sinusoidal_positions.SinusoidalPositions(dtype="mixed_bfloat16")

    # In bfloat16 itself, positions above 256 would not be told apart.
    outputs = layer(np.zeros((1, 600, 4), "float32"))

    assert outputs.dtype == tf.bfloat16
    np.testing.assert_allclose(tf.cast(outputs[0], tf.float32), _waves(600, 4), atol=0.004)


def test_an_odd_width_is_refused():
    with pytest.raises(ValueError, match=r"must be even.*hidden_dim=5"):
        sinusoidal_positions.SinusoidalPositions()(np.zeros((1, 2, 5), "float32"))


def test_a_part_from_a_position_on_gets_what_it_gets_in_the_whole():
    layer = sinusoidal_positions.SinusoidalPositions()
    x = np.zeros((1, 6, 4), "float32")
    whole = layer(x)

    for position in (4, tf.constant(4), tf.constant(4, tf.int64)):
        part = layer(x[:, 4:], position=position)
        np.testing.assert_allclose(part, whole[:, 4:], atol=1e-6)


def test_config_round_trip():
    layer = sinusoidal_positions.SinusoidalPositions(name="positions")

    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))

    assert isinstance(copy, sinusoidal_positions.SinusoidalPositions)
    assert copy.get_config() == layer.get_config()
