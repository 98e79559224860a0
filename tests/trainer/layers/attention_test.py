"""Scaled dot-product attention, against numbers worked out by hand and in float64."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from trainer.layers import attention


def _random(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def _query_key_value() -> tuple[np.ndarray, ...]:
    """Makes 4 queries and 5 keys for each of 2 sentences and 3 heads."""
    return _random(2, 3, 4, 8), _random(2, 3, 5, 8, seed=1), _random(2, 3, 5, 8, seed=2)


def _reference(query, key, value, mask):
    """Computes attention in float64, one query at a time."""
    weights = np.zeros(query.shape[:-1] + key.shape[-2:-1])
    output = np.zeros(query.shape)
    for batch, head, row in np.ndindex(query.shape[:-1]):
        allowed = np.flatnonzero(mask[batch, head, row])
        if not allowed.size:
            continue
        scores = key[batch, head, allowed] @ query[batch, head, row] / math.sqrt(query.shape[-1])
        powers = np.exp(scores - scores.max())
        weights[batch, head, row, allowed] = powers / powers.sum()
        output[batch, head, row] = weights[batch, head, row] @ value[batch, head]
    return output, weights


def _attend(query, key, value, mask=None, dtype="float32", **kwargs):
    output, weights = attention.scaled_dot_product_attention(
        *(ops.convert_to_tensor(x, dtype=dtype) for x in (query, key, value)),
        mask=None if mask is None else ops.convert_to_tensor(mask),
        **kwargs,
    )
    return ops.convert_to_numpy(ops.cast(output, "float32")), ops.convert_to_numpy(weights)


def test_two_keys_by_hand():
    # The scores are 2 ln 3 / sqrt(4) = ln 3 and 0, so the weights are 3 : 1.
    query = np.array([[[[2.0, 0.0, 0.0, 0.0]]]])
    key = np.array([[[[math.log(3), 0.0, 0.0, 0.0], [0.0, 5.0, 0.0, 0.0]]]])
    value = np.array([[[[4.0, 0.0, 1.0, 0.0], [8.0, 0.0, 1.0, 4.0]]]])

    output, weights = _attend(query, key, value)

    np.testing.assert_allclose(weights, [[[[0.75, 0.25]]]], rtol=1e-6)
    np.testing.assert_allclose(output, [[[[5.0, 0.0, 1.0, 1.0]]]], rtol=1e-6)


@pytest.mark.parametrize(
    "mask_shape",
    [(2, 3, 4, 5), (2, 1, 1, 5), (1, 1, 4, 5), (4, 5)],
    ids=["full", "by key", "by query and key", "two axes"],
)
def test_agrees_with_float64(mask_shape):
    query, key, value = _query_key_value()
    mask = np.random.default_rng(3).random(mask_shape) < 0.6

    output, weights = _attend(query, key, value, mask)

    expected = _reference(query, key, value, np.broadcast_to(mask, (2, 3, 4, 5)))
    np.testing.assert_allclose(output, expected[0], atol=1e-6)
    np.testing.assert_allclose(weights, expected[1], atol=1e-6)


def test_agrees_with_float64_without_a_mask():
    query, key, value = _query_key_value()

    output, weights = _attend(query, key, value)

    expected = _reference(query, key, value, np.ones((2, 3, 4, 5), dtype=bool))
    np.testing.assert_allclose(output, expected[0], atol=1e-6)
    np.testing.assert_allclose(weights, expected[1], atol=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_rows_sum_to_one(dtype):
    x = _random(2, 3, 6, 8)
    mask = np.arange(6) < np.array([6, 2])[:, None, None, None]

    _, weights = _attend(x, x, x, mask, dtype=dtype)

    np.testing.assert_allclose(weights.sum(axis=-1), 1.0, atol=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_masked_keys_weigh_exactly_nothing(dtype):
    # The masked key matches best by far: a finite penalty of some size would let it through.
    query = np.full((1, 1, 2, 4), 100.0)
    key = np.stack([np.full((1, 1, 4), -100.0), np.full((1, 1, 4), 100.0)], axis=2)

    output, weights = _attend(query, key, key, np.array([[True, False]]), dtype=dtype)

    np.testing.assert_array_equal(weights, [[[[1.0, 0.0], [1.0, 0.0]]]])
    np.testing.assert_array_equal(output, np.full((1, 1, 2, 4), -100.0))


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_a_row_without_keys_is_zero(dtype):
    x = _random(1, 2, 3, 4)
    mask = np.array([[True, True, False], [False, False, False], [True, False, False]])

    output, weights = _attend(x, x, x, mask, dtype=dtype)

    np.testing.assert_array_equal(weights[:, :, 1], 0.0)
    np.testing.assert_array_equal(output[:, :, 1], 0.0)
    np.testing.assert_allclose(weights[:, :, [0, 2]].sum(axis=-1), 1.0, atol=1e-6)


@pytest.mark.filterwarnings("error")
def test_a_single_key_gets_all_the_weight_without_a_warning():
    x = _random(2, 3, 1, 4)

    output, weights = _attend(x, x, x)
    _, masked = _attend(x, x, x, np.zeros((1, 1, 1, 1), dtype=bool))

    np.testing.assert_array_equal(weights, 1.0)
    np.testing.assert_array_equal(masked, 0.0)
    np.testing.assert_allclose(output, x, rtol=1e-6)


@pytest.mark.parametrize(("dtype", "tolerance"), [("bfloat16", 0.03), ("float16", 0.003)])
def test_half_precision_is_close_to_float64(dtype, tolerance):
    query, key, value = _query_key_value()
    mask = np.ones((2, 3, 4, 5), dtype=bool)
    mask[0, :, :, 3:] = False

    output, weights = _attend(query, key, value, mask, dtype=dtype)

    expected = _reference(query, key, value, mask)
    np.testing.assert_allclose(output, expected[0], atol=tolerance)
    np.testing.assert_allclose(weights, expected[1], atol=tolerance)


def test_float16_does_not_overflow_where_the_scaled_score_fits():
    # 64 * 40 * 40 = 102,400 is more than float16 holds; an eighth of it is not.
    x = np.full((1, 1, 2, 64), 40.0)

    output, weights = _attend(x, x, x, dtype="float16")

    np.testing.assert_allclose(weights, 0.5)
    np.testing.assert_allclose(output, 40.0)


@pytest.mark.parametrize("mask", [None, np.array([True, False])], ids=["no mask", "mask"])
def test_weights_are_float32_and_the_output_keeps_its_dtype(mask):
    x = ops.convert_to_tensor(_random(1, 1, 2, 4), dtype="bfloat16")

    output, weights = attention.scaled_dot_product_attention(x, x, x, mask)

    assert output.dtype == tf.bfloat16
    assert weights.dtype == tf.float32


def test_dropout_meets_the_values_but_not_the_returned_weights():
    x = _random(1, 1, 3, 4)

    plain, weights = _attend(x, x, x)
    doubled, returned = _attend(x, x, x, dropout=lambda w: 2.0 * w)

    np.testing.assert_allclose(doubled, 2.0 * plain, rtol=1e-6)
    np.testing.assert_array_equal(returned, weights)


def test_nothing_flows_back_to_masked_positions():
    query, key, value = (tf.constant(_random(1, 2, 3, 4, seed=s), tf.float32) for s in range(3))
    mask = tf.constant([[True, True, False], [False, False, False], [True, True, False]])

    with tf.GradientTape() as tape:
        tape.watch([query, key, value])
        output, _ = attention.scaled_dot_product_attention(query, key, value, mask)
        loss = tf.reduce_sum(tf.square(output))
    to_query, to_key, to_value = (g.numpy() for g in tape.gradient(loss, [query, key, value]))

    np.testing.assert_array_equal(to_key[:, :, 2], 0.0)  # the key that nobody may attend to
    np.testing.assert_array_equal(to_value[:, :, 2], 0.0)
    np.testing.assert_array_equal(to_query[:, :, 1], 0.0)  # the query that may attend to none
    for gradient in (to_query[:, :, [0, 2]], to_key[:, :, :2], to_value[:, :, :2]):
        assert np.isfinite(gradient).all()
        assert (np.abs(gradient) > 0).all()


def test_two_query_heads_share_a_key_head_by_hand():
    # Scores ln 3 and 0 for the first query head, 0 and ln 3 for the second; values 4 and 8.
    query = np.array([[[[1.0]], [[-1.0]]]])
    key = np.array([[[[math.log(3)], [0.0]]]])
    value = np.array([[[[4.0], [8.0]]]])

    output, weights = _attend(query, key, value)

    np.testing.assert_allclose(weights, [[[[0.75, 0.25]], [[0.25, 0.75]]]], rtol=1e-6)
    np.testing.assert_allclose(output, [[[[5.0]], [[7.0]]]], rtol=1e-6)


@pytest.mark.parametrize("num_kv_heads", [1, 2, 3])
def test_shared_key_heads_are_those_of_neighbouring_query_heads(num_kv_heads):
    query = _random(2, 6, 4, 8)
    key, value = _random(2, num_kv_heads, 5, 8, seed=1), _random(2, num_kv_heads, 5, 8, seed=2)
    mask = np.random.default_rng(3).random((2, 6, 4, 5)) < 0.6

    output, weights = _attend(query, key, value, mask)

    repeated = (np.repeat(x, 6 // num_kv_heads, axis=1) for x in (key, value))
    expected = _reference(query, *repeated, mask)
    np.testing.assert_allclose(output, expected[0], atol=1e-6)
    np.testing.assert_allclose(weights, expected[1], atol=1e-6)


def _by_keras(query, key, value, mask, **kwargs):
    """Lays heads last, as Keras wants them, and back."""
    tensors = (ops.transpose(x, (0, 2, 1, 3)) for x in (query, key, value))
    output = ops.dot_product_attention(*tensors, mask=mask, **kwargs)
    return ops.transpose(output, (0, 2, 1, 3))


def test_agrees_with_keras_but_for_rows_without_keys():
    query, key, value = (x.astype("float32") for x in _query_key_value())
    mask = np.random.default_rng(3).random((2, 3, 4, 5)) < 0.6
    mask[1, 2, 3] = False

    output, _ = _attend(query, key, value, mask)
    expected = _by_keras(query, key, value, mask).numpy()

    np.testing.assert_array_equal(output[1, 2, 3], 0.0)
    assert (np.abs(expected[1, 2, 3]) > 0).all()
    expected[1, 2, 3] = 0.0
    np.testing.assert_allclose(output, expected, atol=1e-6)


def test_keras_has_no_fused_attention_on_tensorflow():
    # The day this fails, measure anew what the module's docstring tables.
    assert keras.config.backend() == "tensorflow"
    query, key, value = (x.astype("float32") for x in _query_key_value())
    with pytest.raises(ValueError, match="not supported in tensorflow"):
        _by_keras(query, key, value, None, flash_attention=True)
