"""Self-attention with several heads."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainer.layers import multi_head_attention

_RNG = np.random.default_rng(0)
_X = _RNG.normal(size=(2, 5, 6)).astype("float32")
_MASK = (np.arange(5) < np.array([[5], [2]]))[:, None, None, :]  # 5 and 2 real tokens


def _layer(**kwargs) -> multi_head_attention.MultiHeadAttention:
    """Makes a layer of 3 heads of 2 whose weights, biases too, are all random."""
    layer = multi_head_attention.MultiHeadAttention(hidden_dim=6, num_heads=3, **kwargs)
    layer.build((None, None, 6))
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(size=w.shape) for w in layer.get_weights()])
    return layer


def _reference(layer, x, mask):
    """Computes the layer in float64, head by head: head h owns units 2h and 2h + 1."""
    kernel, bias, output_kernel, output_bias = (w.astype("float64") for w in layer.get_weights())
    heads, weights = [], []
    for head in range(3):
        units = slice(2 * head, 2 * head + 2)
        query, key, value = (
            x @ kernel[:, part : part + 6][:, units] + bias[part : part + 6][units]
            for part in (0, 6, 12)
        )
        scores = np.where(mask[:, 0], query @ key.transpose(0, 2, 1) / np.sqrt(2), -np.inf)
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights.append(powers / powers.sum(axis=-1, keepdims=True))
        heads.append(weights[-1] @ value)
    return np.concatenate(heads, axis=-1) @ output_kernel + output_bias, np.stack(weights, axis=1)


def test_agrees_with_float64():
    layer = _layer()

    output, weights = layer(_X, attention_mask=_MASK, return_weights=True)

    expected = _reference(layer, _X.astype("float64"), _MASK)
    np.testing.assert_allclose(output, expected[0], atol=1e-5)
    np.testing.assert_allclose(weights, expected[1], atol=1e-5)


def test_without_a_mask_every_token_is_read():
    layer = _layer()

    np.testing.assert_allclose(
        layer(_X), layer(_X, attention_mask=np.ones((2, 1, 1, 5), dtype=bool)), atol=1e-6
    )


def test_weights_are_returned_only_when_asked_for():
    layer = _layer()

    output = layer(_X)
    again, weights = layer(_X, return_weights=True)

    np.testing.assert_array_equal(output, again)
    assert output.shape == (2, 5, 6)
    assert weights.shape == (2, 3, 5, 5)


def test_a_masked_token_changes_no_other():
    layer = _layer()
    other = _X.copy()
    other[1, 2:] = 1e3

    np.testing.assert_array_equal(
        layer(_X, attention_mask=_MASK)[1, :2], layer(other, attention_mask=_MASK)[1, :2]
    )


def test_query_key_and_value_come_of_one_matmul():
    layer = _layer()

    graph = tf.function(lambda x: layer(x)).get_concrete_function(tf.TensorSpec((None, None, 6)))

    kinds = [op.type for op in graph.graph.get_operations()]
    assert kinds.count("MatMul") == 2  # the projection in and the one out
    assert kinds.count("Split") == 1


def test_dropout_acts_in_training_alone():
    layer = _layer(dropout=0.5)

    plain = _layer()(_X)

    np.testing.assert_array_equal(layer(_X, training=False), plain)
    assert not np.allclose(layer(_X, training=True), plain)


def test_returned_weights_are_those_before_dropout():
    layer = _layer(dropout=0.5)

    _, weights = layer(_X, attention_mask=_MASK, training=True, return_weights=True)

    np.testing.assert_allclose(np.sum(weights, axis=-1), 1.0, atol=1e-6)


@pytest.mark.parametrize(
    ("policy", "tolerance"), [("mixed_bfloat16", 0.1), ("mixed_float16", 0.01)]
)
def test_mixed_precision_is_close_and_its_weights_are_float32(policy, tolerance):
    output, weights = _layer(dtype=policy)(_X, attention_mask=_MASK, return_weights=True)

    expected = _reference(_layer(), _X.astype("float64"), _MASK)
    assert output.dtype.name == policy.removeprefix("mixed_")
    assert weights.dtype == tf.float32
    np.testing.assert_allclose(weights, expected[1], atol=tolerance)
    np.testing.assert_array_equal(weights[1, :, :, 2:], 0.0)
    np.testing.assert_allclose(tf.cast(output, tf.float32), expected[0], atol=10 * tolerance)


def test_takes_any_batch_and_length_in_one_trace():
    layer = _layer()

    @tf.function(input_signature=[tf.TensorSpec((None, None, 6))])
    def traced(x):
        return layer(x)

    for batch, length in ((2, 5), (1, 1), (2, 0)):
        expected = layer(_X[:batch, :length])
        np.testing.assert_allclose(traced(_X[:batch, :length]), expected, atol=1e-6)
    assert traced.experimental_get_tracing_count() == 1


def _grouped(**kwargs) -> multi_head_attention.MultiHeadAttention:
    """Makes a layer of 4 heads of 2, of which two share a key head, with random weights."""
    layer = multi_head_attention.MultiHeadAttention(8, 4, num_kv_heads=2, **kwargs)
    layer.build((None, None, 6))
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(size=w.shape) for w in layer.get_weights()])
    return layer


def test_shared_key_heads_are_as_if_their_projection_were_repeated():
    layer = _grouped()
    kernel, bias, *output = layer.get_weights()
    # Query units 0 to 7, keys 8 to 11, values 12 to 15: each pair of units serves two heads.
    shared = [8, 9, 8, 9, 10, 11, 10, 11]
    units = [*range(8), *shared, *(unit + 4 for unit in shared)]
    whole = multi_head_attention.MultiHeadAttention(8, 4)
    whole.build((None, None, 6))
    whole.set_weights([kernel[:, units], bias[units], *output])

    outputs, weights = layer(_X, attention_mask=_MASK, return_weights=True)

    assert kernel.shape == (6, 16)
    expected = whole(_X, attention_mask=_MASK, return_weights=True)
    np.testing.assert_allclose(outputs, expected[0], atol=1e-5)
    np.testing.assert_allclose(weights, expected[1], atol=1e-5)


def test_rotary_positions_turn_queries_and_keys_but_not_values():
    plain, rotary = _grouped(), _grouped(rotary=True)
    first = np.zeros((1, 1, 1, 5), dtype=bool)
    first[..., 2] = True

    # Where all attend to one token alone, only its value counts, and that is not turned.
    outputs = (layer(_X, attention_mask=first) for layer in (plain, rotary))
    np.testing.assert_allclose(*outputs, atol=1e-6)

    _, weights = rotary(_X, return_weights=True)
    kernel, bias, *_ = rotary.get_weights()
    projected = _X.astype("float64") @ kernel + bias
    angle = np.exp(1j * np.arange(5))  # one pair a head, which turns by 1 a token
    query = (projected[..., 6] + 1j * projected[..., 7]) * angle  # the last head
    key = (projected[..., 10] + 1j * projected[..., 11]) * angle  # the last key head
    powers = np.exp((query[:, :, None] * key[:, None].conj()).real / np.sqrt(2))
    expected = powers / powers.sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(weights[:, 3], expected, atol=1e-5)


@pytest.mark.parametrize("rotary", [False, True])
def test_token_by_token_with_a_cache_it_gives_the_whole(rotary):
    layer = _grouped(rotary=rotary)
    causal = np.tril(np.ones((5, 8), dtype=bool))
    whole, weights = layer(_X, attention_mask=causal[:, :5], return_weights=True)

    cache = layer.empty_cache(2, 8)
    for position in range(5):
        step = slice(position, position + 1)
        output, of_step, cache = layer(
            _X[:, step],
            attention_mask=causal[step],
            cache=cache,
            position=position,
            return_weights=True,
        )
        np.testing.assert_allclose(output, whole[:, step], atol=1e-5)
        np.testing.assert_allclose(of_step[..., :5], weights[:, :, step], atol=1e-5)
        np.testing.assert_array_equal(of_step[..., 5:], 0.0)


def test_the_cache_is_as_wide_as_the_key_heads_and_of_the_compute_dtype():
    keys, values = _grouped(dtype="mixed_bfloat16").empty_cache(3, 7)
    assert keys.shape == values.shape == (3, 2, 7, 2)
    assert keys.dtype == values.dtype == tf.bfloat16


def test_heads_that_do_not_divide_the_width_are_refused():
    with pytest.raises(ValueError, match=r"`num_heads` must divide.*num_heads=3, hidden_dim=64"):
        multi_head_attention.MultiHeadAttention(hidden_dim=64, num_heads=3)


def test_config_round_trip():
    layer = multi_head_attention.MultiHeadAttention(
        6, 3, dropout=0.25, num_kv_heads=1, rotary=True, name="heads"
    )

    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))

    assert copy.get_config() == layer.get_config()
    assert (copy.hidden_dim, copy.num_heads, copy.dropout) == (6, 3, 0.25)
    assert (copy.num_kv_heads, copy.rotary) == (1, True)
    assert copy.weights_dropout.rate == 0.25
