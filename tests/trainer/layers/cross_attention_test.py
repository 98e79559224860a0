"""Attention from one sequence to another."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainer.layers import cross_attention

_RNG = np.random.default_rng(0)
_X = _RNG.normal(size=(2, 3, 8)).astype("float32")
_CONTEXT = _RNG.normal(size=(2, 5, 8)).astype("float32")
_MASK = np.arange(5) < np.array([[5], [2]])


def _layer(num_kv_heads=2, **kwargs) -> cross_attention.CrossAttention:
    """Makes a layer of 4 heads of 2 whose weights, biases too, are all random."""
    layer = cross_attention.CrossAttention(8, 4, num_kv_heads=num_kv_heads, **kwargs)
    layer.build((None, None, 8))
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(size=w.shape) for w in layer.get_weights()])
    return layer


def _reference(layer, x, context, mask):
    """Computes the layer in float64, head by head; two heads share a key and value head."""
    weights = {v.path: v.numpy().astype("float64") for v in layer.weights}
    query, projected = (
        source @ weights[f"{layer.name}/{name}/kernel"] + weights[f"{layer.name}/{name}/bias"]
        for name, source in (("query_projection", x), ("context_projection", context))
    )
    outputs = []
    for head in range(4):
        units = slice(2 * (head // 2), 2 * (head // 2) + 2)
        key, value = projected[..., :4][..., units], projected[..., 4:][..., units]
        scores = query[..., 2 * head : 2 * head + 2] @ key.transpose(0, 2, 1) / np.sqrt(2)
        powers = np.exp(scores - scores.max()) * mask[:, None]
        outputs.append(powers / powers.sum(axis=-1, keepdims=True) @ value)
    kernel = weights[f"{layer.name}/output_projection/kernel"]
    return (
        np.concatenate(outputs, axis=-1) @ kernel + weights[f"{layer.name}/output_projection/bias"]
    )


def test_agrees_with_float64():
    layer = _layer()

    output = layer(_X, _CONTEXT, context_mask=_MASK)

    expected = _reference(layer, _X.astype("float64"), _CONTEXT.astype("float64"), _MASK)
    np.testing.assert_allclose(output, expected, atol=2e-5)


def test_a_precomputed_context_gives_the_same_without_projecting_it_again():
    layer = _layer()
    expected = layer(_X, _CONTEXT, context_mask=_MASK)
    precomputed = layer.precompute(_CONTEXT)
    layer.context_projection.kernel.assign(np.zeros((8, 8)))

    output = layer(_X, precomputed, context_mask=_MASK)

    assert [t.shape for t in precomputed] == [(2, 2, 5, 2), (2, 2, 5, 2)]
    np.testing.assert_array_equal(output, expected)


def test_padding_of_the_context_changes_nothing():
    layer = _layer()
    other = _CONTEXT.copy()
    other[1, 2:] = 50.0

    outputs, others = (layer(_X, c, context_mask=_MASK) for c in (_CONTEXT, other))
    shorter = layer(_X[1:], _CONTEXT[1:, :2])

    np.testing.assert_array_equal(outputs, others)
    np.testing.assert_allclose(outputs[1:], shorter, atol=1e-5)


def test_weights_are_returned_only_when_asked_for():
    layer = _layer()

    output, weights = layer(_X, _CONTEXT, context_mask=_MASK, return_weights=True)

    np.testing.assert_array_equal(output, layer(_X, _CONTEXT, context_mask=_MASK))
    assert weights.shape == (2, 4, 3, 5)
    assert weights.dtype == tf.float32
    np.testing.assert_allclose(np.sum(weights, axis=-1), 1.0, atol=1e-6)
    np.testing.assert_array_equal(weights[1, :, :, 2:], 0.0)


def test_dropout_acts_in_training_alone():
    layer = _layer(dropout=0.5)

    plain = _layer()(_X, _CONTEXT)

    np.testing.assert_array_equal(layer(_X, _CONTEXT, training=False), plain)
    assert not np.allclose(layer(_X, _CONTEXT, training=True), plain)


@pytest.mark.parametrize(("policy", "tolerance"), [("mixed_bfloat16", 1.0), ("mixed_float16", 0.1)])
def test_mixed_precision_is_close(policy, tolerance):
    layer = _layer(dtype=policy)

    output = layer(_X, _CONTEXT, context_mask=_MASK)

    assert output.dtype.name == policy.removeprefix("mixed_")
    assert {t.dtype.name for t in layer.precompute(_CONTEXT)} == {output.dtype.name}
    expected = _reference(_layer(), _X.astype("float64"), _CONTEXT.astype("float64"), _MASK)
    np.testing.assert_allclose(tf.cast(output, tf.float32), expected, atol=tolerance)


def test_config_round_trip():
    layer = cross_attention.CrossAttention(8, 4, dropout=0.25, num_kv_heads=1, name="cross")

    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))

    assert copy.get_config() == layer.get_config()
    assert (copy.hidden_dim, copy.num_heads, copy.dropout, copy.num_kv_heads) == (8, 4, 0.25, 1)
