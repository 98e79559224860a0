"""Positions as a learned table."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainer.layers import learned_positions


def _layer(max_length: int = 4) -> learned_positions.LearnedPositions:
    layer = learned_positions.LearnedPositions(max_length)
    layer.build((None, None, 2))
    return layer


def test_adds_row_p_to_position_p():
    layer = _layer()
    layer.set_weights([np.array([[1, 2], [3, 4], [5, 6], [7, 8]], "float32")])

    outputs = layer(np.full((2, 3, 2), 10.0, "float32"))

    np.testing.assert_array_equal(outputs, [[[11, 12], [13, 14], [15, 16]]] * 2)


def test_learns_the_rows_in_use_and_no_other():
    layer = _layer()

    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(np.zeros((2, 3, 2), "float32")))

    np.testing.assert_array_equal(
        tape.gradient(loss, layer.table.value), [[2, 2], [2, 2], [2, 2], [0, 0]]
    )


def test_a_sequence_as_long_as_the_table_is_taken():
    assert _layer()(np.zeros((1, 4, 2), "float32")).shape == (1, 4, 2)


def test_a_longer_sequence_is_refused_by_name_and_value():
    with pytest.raises(ValueError, match=r"max_length.*seq_len=5, max_length=4"):
        _layer()(np.zeros((1, 5, 2), "float32"))


@pytest.mark.parametrize("max_length", [1, 4])  # a table of one row would broadcast
def test_a_longer_sequence_fails_where_its_length_is_known_only_at_run_time(max_length):
    layer = _layer(max_length)

    @tf.function(input_signature=[tf.TensorSpec((None, None, 2))])
    def traced(x):
        return layer(x)

    assert traced(tf.zeros((1, max_length, 2))).shape == (1, max_length, 2)
    with pytest.raises(tf.errors.InvalidArgumentError):
        traced(tf.zeros((1, max_length + 1, 2)))


def test_a_table_without_rows_is_refused():
    with pytest.raises(ValueError, match=r"`max_length` must be positive.*max_length=0"):
        learned_positions.LearnedPositions(0)


def test_a_part_from_a_position_on_gets_what_it_gets_in_the_whole():
    layer = learned_positions.LearnedPositions(8)
    x = np.zeros((1, 6, 4), "float32")
    whole = layer(x)

    for position in (4, tf.constant(4), tf.constant(4, tf.int64)):
        part = layer(x[:, 4:], position=position)
        np.testing.assert_allclose(part, whole[:, 4:], atol=1e-6)


def test_a_position_beyond_the_table_is_refused_before_run_time_and_at_it():
    layer = learned_positions.LearnedPositions(8)
    x = np.zeros((1, 2, 4), "float32")

    with pytest.raises(ValueError, match="seq_len=9, max_length=8"):
        layer(x, position=7)
    with pytest.raises(tf.errors.InvalidArgumentError):
        layer(x, position=tf.constant(7))


def test_config_round_trip():
    layer = learned_positions.LearnedPositions(7, initializer="ones", name="positions")

    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    copy.build((None, None, 2))

    assert copy.get_config() == layer.get_config()
    np.testing.assert_array_equal(copy.table, np.ones((7, 2)))
