"""A linear map of each token."""

import pathlib

import keras
import numpy as np
import tensorflow as tf

from trainer.layers import projection

_X = np.random.default_rng(0).normal(size=(2, 3, 4)).astype("float32")


def _pair() -> tuple[keras.layers.Layer, keras.layers.Layer]:
    """Makes a projection and a Dense with the same weights, biases not zero."""
    ours = projection.Projection(5, activation="relu", bias_initializer="ones")
    dense = keras.layers.Dense(5, activation="relu")
    ours.build(_X.shape)
    dense.build(_X.shape)
    dense.set_weights(ours.get_weights())
    return ours, dense


def test_maps_each_token_as_a_matrix_would():
    layer, _ = _pair()

    outputs = layer(_X).numpy()

    kernel, bias = (w.astype("float64") for w in layer.get_weights())
    np.testing.assert_allclose(outputs, np.maximum(_X @ kernel + bias, 0.0), atol=1e-6)


def test_gradients_are_those_of_dense():
    gradients = []
    for layer in _pair():
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(layer(_X)))
        gradients.append(tape.gradient(loss, [layer.kernel.value, layer.bias.value]))

    for ours, dense in zip(*gradients, strict=True):
        np.testing.assert_allclose(ours, dense, rtol=1e-5)


def test_takes_a_batch_and_a_length_unknown_when_traced():
    layer, dense = _pair()

    @tf.function(input_signature=[tf.TensorSpec((None, None, 4))])
    def traced(x):
        return layer(x)

    for length in (3, 1, 0):
        outputs = traced(_X[:, :length])
        np.testing.assert_allclose(outputs, dense(_X[:, :length]), atol=1e-6)
    assert traced.experimental_get_tracing_count() == 1


def test_config_round_trip():
    layer, _ = _pair()

    copy = projection.Projection.from_config(layer.get_config())

    assert copy.get_config() == layer.get_config()
    assert copy.units == 5


def test_an_exported_one_maps_single_tokens_of_many_texts(tmp_path: pathlib.Path):
    # `keras.layers.Dense` fails here on a CPU: oneDNN's second thread writes no product.
    layer = projection.Projection(32)
    layer.build((None, None, 32))
    x = np.random.default_rng(1).normal(size=(64, 14, 32)).astype("float32")

    def first(x: tf.Tensor, places: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"y": layer(keras.ops.take_along_axis(x, places[..., None], axis=1))}

    module = tf.Module()
    module.weights = [weight.value for weight in layer.weights]
    traced = tf.function(first).get_concrete_function(
        tf.TensorSpec([None, None, 32], name="x"),
        tf.TensorSpec([None, None], tf.int32, name="places"),
    )
    tf.saved_model.save(module, str(tmp_path), signatures={"first": traced})
    served = tf.saved_model.load(str(tmp_path)).signatures["first"]
    outputs = served(x=x, places=np.zeros((64, 1), np.int32))["y"].numpy()

    kernel = layer.kernel.numpy().astype("float64")
    np.testing.assert_allclose(outputs, x[:, :1] @ kernel, atol=1e-5)
