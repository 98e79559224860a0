"""The part of a block that works on each token alone."""

import math

import keras
import numpy as np
import pytest

from trainer.layers import feed_forward


def test_relu_by_hand():
    layer = feed_forward.FeedForward(2, 3, activation="relu")
    layer.build((None, None, 2))
    layer.set_weights(
        [
            np.array([[1, 0, 1], [0, 1, -1]], "float32"),
            np.array([0, -5, 1], "float32"),
            np.array([[1, 2], [10, 10], [0, 1]], "float32"),
            np.array([0.5, 0], "float32"),
        ]
    )
    # (2, 3) -> (2, 3 - 5, 2 - 3 + 1) -> relu (2, 0, 0) -> (2 + 0.5, 4)
    np.testing.assert_allclose(layer(np.array([[[2, 3]]], "float32")), [[[2.5, 4.0]]])


def test_gelu_is_the_exact_one():
    layer = feed_forward.FeedForward(1, 1)
    layer.build((None, None, 1))
    one, zero = np.ones((1, 1), "float32"), np.zeros(1, "float32")
    layer.set_weights([one, zero, one, zero])

    outputs = layer(np.array([[[-1.5], [0.5], [2.0]]], "float32"))

    # The tanh approximation is up to 5e-4 off.
    expected = [x * 0.5 * (1 + math.erf(x / math.sqrt(2))) for x in (-1.5, 0.5, 2.0)]
    np.testing.assert_allclose(outputs[0, :, 0], expected, atol=1e-6)


def test_gelu_by_tanh_is_the_approximation():
    layer = feed_forward.FeedForward(1, 1, activation="gelu_tanh")
    layer.build((None, None, 1))
    one, zero = np.ones((1, 1), "float32"), np.zeros(1, "float32")
    layer.set_weights([one, zero, one, zero])

    outputs = layer(np.array([[[-1.5], [0.5], [2.0]]], "float32"))

    root = math.sqrt(2 / math.pi)
    expected = [x / 2 * (1 + math.tanh(root * (x + 0.044715 * x**3))) for x in (-1.5, 0.5, 2.0)]
    np.testing.assert_allclose(outputs[0, :, 0], expected, atol=1e-6)


def test_swiglu_by_hand():
    layer = feed_forward.FeedForward(2, 2, activation="swiglu")
    layer.build((None, None, 2))
    weights = {
        "gate/kernel": [[1, 0], [0, 1]],
        "gate/bias": [0, -1],
        "expansion/kernel": [[0, 1], [1, 0]],
        "expansion/bias": [1, 0],
        "contraction/kernel": [[1, 10], [0, 1]],
        "contraction/bias": [0.5, 0],
    }
    for variable in layer.variables:
        variable.assign(np.array(weights[variable.path.split("/", 1)[1]], "float32"))

    output = layer(np.array([[[2, -1]]], "float32"))

    # The gates are 2 and -1 - 1, SiLU(x) = x / (1 + e^-x); what they scale is -1 + 1 and 2 + 0.
    second = -2 / (1 + math.exp(2)) * 2
    np.testing.assert_allclose(output, [[[0.5, second]]], rtol=1e-6)


def test_swiglu_has_a_third_projection_of_the_same_width():
    layer = feed_forward.FeedForward(4, 8, activation="swiglu")
    layer.build((None, None, 4))
    assert [w.shape for w in layer.get_weights()] == [(4, 8), (8,), (4, 8), (8,), (8, 4), (4,)]


def test_each_token_is_mapped_alone():
    layer = feed_forward.FeedForward(4, 8)
    x = np.random.default_rng(0).normal(size=(2, 3, 4)).astype("float32")

    outputs = layer(x)

    np.testing.assert_allclose(layer(x[1:, 2:]), outputs[1:, 2:], atol=1e-6)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("activation", ["gelu", "swiglu"])
def test_computes_in_the_policy_it_is_given(policy, activation):
    layer = feed_forward.FeedForward(4, 8, activation, dtype=policy)

    outputs = layer(np.ones((1, 2, 4), "float32"))

    assert outputs.dtype.name == policy.removeprefix("mixed_")
    assert {v.dtype for v in layer.variables} == {"float32"}


@pytest.mark.parametrize("activation", ["relu", "swiglu"])
def test_config_round_trip(activation):
    layer = feed_forward.FeedForward(4, 8, activation=activation, name="ffn")

    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))

    assert copy.get_config() == layer.get_config()
    assert (copy.hidden_dim, copy.intermediate_dim, copy.activation) == (4, 8, activation)
