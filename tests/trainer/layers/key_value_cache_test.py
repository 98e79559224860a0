"""The keys and values of the tokens so far."""

import numpy as np
import pytest
import tensorflow as tf

from trainer.layers import key_value_cache

_CACHED = np.random.default_rng(0).normal(size=(2, 3, 5, 4)).astype("float32")
_NEW = np.random.default_rng(1).normal(size=(2, 3, 2, 4)).astype("float32")


def test_an_empty_cache_is_zeros_for_keys_and_for_values():
    keys, values = key_value_cache.empty(2, 3, 5, 4, "bfloat16")

    assert keys.shape == values.shape == (2, 3, 5, 4)
    assert keys.dtype == values.dtype == tf.bfloat16
    assert not np.any(tf.cast(keys, tf.float32)) and not np.any(tf.cast(values, tf.float32))


@pytest.mark.parametrize("position", [0, 2, 3])
def test_new_tokens_stand_at_their_positions_and_all_others_stay(position):
    expected = _CACHED.copy()
    expected[:, :, position : position + 2] = _NEW

    np.testing.assert_array_equal(key_value_cache.write(_CACHED, _NEW, position), expected)


def test_the_batch_and_the_position_may_be_known_at_run_time_alone():
    @tf.function(
        input_signature=[
            tf.TensorSpec((None, 3, 5, 4)),
            tf.TensorSpec((None, 3, None, 4)),
            tf.TensorSpec((), tf.int64),
        ]
    )
    def traced(cached, new, position):
        return key_value_cache.write(cached, new, position)

    expected = key_value_cache.write(_CACHED, _NEW, 1)
    np.testing.assert_array_equal(traced(_CACHED, _NEW, tf.constant(1, tf.int64)), expected)
    assert traced.get_concrete_function().outputs[0].shape[1:] == (3, 5, 4)


def test_tokens_beyond_the_length_are_refused_and_never_land_in_another_head():
    with pytest.raises(tf.errors.InvalidArgumentError, match="does not index into shape"):
        key_value_cache.write(tf.constant(_CACHED), _NEW, 4)


def test_values_take_the_dtype_of_the_cache():
    cached = tf.cast(_CACHED, tf.float16)
    assert key_value_cache.write(cached, _NEW, 0).dtype == tf.float16
