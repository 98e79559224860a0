"""Rows of ragged tensors, each thing in a handful of ops.

Operators and methods of `tf.RaggedTensor` broadcast and check whatever they are given, which is a
hundred ops or more each time, and the graph of Transform runs at every request. Where the rows are
known to fit, this is all that is needed.
"""

import tensorflow as tf


def of_values(ragged: tf.RaggedTensor) -> tf.Tensor:
    """Tells the row of each value of `(batch, None)`, int64 `(values,)`."""
    places = tf.range(tf.size(ragged.flat_values, tf.int64))
    return tf.searchsorted(ragged.row_limits(), places, side="right", out_type=tf.int64)


def before(numbers: tf.RaggedTensor) -> tf.Tensor:
    """Sums the numbers `(batch, None)` of all rows before each: `(batch,)`."""
    return tf.gather(_running(numbers.flat_values), numbers.row_starts())


def sums(numbers: tf.RaggedTensor) -> tf.Tensor:
    """Sums each row of whole numbers `(batch, None)`: `(batch,)`."""
    running = _running(numbers.flat_values)
    return tf.gather(running, numbers.row_limits()) - tf.gather(running, numbers.row_starts())


def first(ragged: tf.RaggedTensor, counts: tf.Tensor) -> tf.RaggedTensor:
    """Takes the first `counts` `(batch,)` values of each row; no row may have fewer."""
    starts = ragged.row_starts()
    places = tf.ragged.range(starts, starts + counts)
    return places.with_flat_values(tf.gather(ragged.flat_values, places.flat_values))


def joined(parts: tf.RaggedTensor) -> tf.RaggedTensor:
    """Puts the parts of each row together: `(batch, None, None)` to `(batch, None)`."""
    splits = tf.gather(parts.values.row_splits, parts.row_splits)
    return tf.RaggedTensor.from_row_splits(parts.flat_values, splits, validate=False)


def _running(numbers: tf.Tensor) -> tf.Tensor:
    """Sums the numbers before each, and all of them: `(numbers + 1,)`."""
    return tf.concat([tf.zeros([1], numbers.dtype), tf.cumsum(numbers)], axis=0)
