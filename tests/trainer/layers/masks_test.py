"""Which query may attend to which key."""

import numpy as np
import tensorflow as tf

from trainer.layers import masks


def test_each_query_sees_itself_and_what_came_before():
    expected = [[True, False, False], [True, True, False], [True, True, True]]
    np.testing.assert_array_equal(masks.causal(3, 3), expected)


def test_queries_from_a_position_on_see_all_keys_up_to_their_own():
    expected = [[True, True, True, False, False], [True, True, True, True, False]]
    np.testing.assert_array_equal(masks.causal(2, 5, position=2), expected)
    np.testing.assert_array_equal(masks.causal(2, 5, position=tf.constant(2, tf.int64)), expected)


def test_lengths_and_position_may_be_known_at_run_time_alone():
    traced = tf.function(masks.causal)
    lengths = (tf.constant(n) for n in (2, 5, 2))
    np.testing.assert_array_equal(traced(*lengths), masks.causal(2, 5, 2))


def test_padding_is_hidden_from_all_heads_and_queries():
    padding_mask = np.array([[True, True], [True, False]])

    mask = masks.of_keys(padding_mask)

    assert mask.shape == (2, 1, 1, 2)
    np.testing.assert_array_equal(mask[:, 0, 0], padding_mask)
    assert masks.of_keys(None) is None
