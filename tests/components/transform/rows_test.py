"""Rows of ragged tensors; rows without values are among them."""

import tensorflow as tf

from components.transform import rows

_RAGGED = tf.ragged.constant([[], [4, 7], [], [5, 1, 2], [9], []], dtype=tf.int64)


def test_each_value_knows_its_row():
    assert rows.of_values(_RAGGED).numpy().tolist() == [1, 1, 3, 3, 3, 4]


def test_what_stands_before_each_row_is_summed():
    assert rows.before(_RAGGED).numpy().tolist() == [0, 0, 11, 11, 19, 28]


def test_each_row_is_summed():
    assert rows.sums(_RAGGED).numpy().tolist() == [0, 11, 0, 8, 9, 0]


def test_the_first_values_of_each_row_are_taken():
    taken = rows.first(_RAGGED, tf.constant([0, 1, 0, 2, 0, 0], tf.int64))
    assert taken.to_list() == [[], [4], [], [5, 1], [], []]


def test_the_parts_of_each_row_are_put_together():
    parts = tf.ragged.constant([[[1, 2], [], [3]], [], [[], [4]]], dtype=tf.int64)
    assert rows.joined(parts).to_list() == [[1, 2, 3], [], [4]]


def test_no_rows_are_none():
    empty = tf.RaggedTensor.from_row_splits(tf.zeros([0], tf.int64), [0])
    nothing = tf.zeros([0], tf.int64)
    assert rows.of_values(empty).numpy().tolist() == []
    assert rows.before(empty).numpy().tolist() == rows.sums(empty).numpy().tolist() == []
    assert rows.first(empty, nothing).to_list() == []
