"""RMSNorm, against Keras's own and float64."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainer.layers import layer_norm, rms_norm

_RNG = np.random.default_rng(0)
_X = (3.0 + 2.0 * _RNG.normal(size=(2, 3, 8))).astype("float32")
_GAMMA = _RNG.normal(size=8).astype("float32")


def _reference(x: np.ndarray, epsilon: float) -> np.ndarray:
    x = x.astype("float64")
    return x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + epsilon) * _GAMMA


def _layer(**kwargs) -> rms_norm.RMSNorm:
    layer = rms_norm.RMSNorm(**kwargs)
    layer.build((None, None, 8))
    layer.set_weights([_GAMMA])
    return layer


def test_by_hand():
    # The mean square of 1 and 7 is 25, and 11 more make 36.
    layer = rms_norm.RMSNorm(epsilon=11.0)

    np.testing.assert_allclose(
        layer(np.array([[1.0, 7.0]], "float32")), [[1 / 6, 7 / 6]], rtol=1e-6
    )


def test_agrees_with_float64():
    np.testing.assert_allclose(_layer()(_X), _reference(_X, layer_norm.EPSILON), atol=2e-6)


def test_gradients_are_those_of_the_keras_layer():
    keras_layer = keras.layers.RMSNormalization(epsilon=0.1)
    keras_layer.build((None, None, 8))
    keras_layer.set_weights([_GAMMA])
    upstream = tf.constant(_RNG.normal(size=_X.shape), tf.float32)
    x = tf.constant(_X)
    gradients = []
    for layer in (_layer(epsilon=0.1), keras_layer):
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(layer(x) * upstream)
        gradients.append(tape.gradient(loss, [x, layer.trainable_weights[0].value]))

    for ours, expected in zip(*gradients, strict=True):
        np.testing.assert_allclose(ours, expected, atol=1e-5)


def test_zeros_stay_zeros_and_their_gradient_is_finite():
    x = tf.zeros((1, 1, 8))
    layer = _layer()

    with tf.GradientTape() as tape:
        tape.watch(x)
        outputs = layer(x)
        loss = tf.reduce_sum(tf.exp(outputs))

    np.testing.assert_array_equal(outputs, 0.0)
    assert np.isfinite(tape.gradient(loss, x)).all()


@pytest.mark.parametrize(
    ("policy", "dtype", "tolerance"),
    [("mixed_bfloat16", tf.bfloat16, 0.02), ("mixed_float16", tf.float16, 0.003)],
)
def test_half_precision_is_normalised_in_float32(policy, dtype, tolerance):
    # Squares of 400 are more than float16 holds, and bfloat16 would lose all but 3 digits.
    x = tf.cast(400.0 + 20.0 * _X, dtype)

    outputs = _layer(dtype=policy)(x)

    assert outputs.dtype == dtype
    expected = _reference(tf.cast(x, tf.float32).numpy(), layer_norm.EPSILON)
    np.testing.assert_allclose(tf.cast(outputs, tf.float32), expected, atol=tolerance)


def test_its_only_variable_is_float32_under_a_mixed_policy_and_escapes_decay():
    [gamma] = _layer(dtype="mixed_bfloat16").variables
    assert (gamma.name, gamma.dtype) == ("gamma", "float32")


def test_config_round_trip():
    layer = rms_norm.RMSNorm(epsilon=0.5, name="norm")

    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))

    assert isinstance(copy, rms_norm.RMSNorm)
    assert copy.get_config() == layer.get_config()
    assert copy.epsilon == 0.5
