"""Raw features, in whatever shape the schema has them parsed, as one value a row."""

import tensorflow as tf


def column(value: tf.Tensor | tf.SparseTensor) -> tf.Tensor:
    """Makes a raw feature dense, `(batch,)`.

    Args:
        value: One value a row: dense `(batch,)` or `(batch, 1)`, or sparse, where a row without a
            value gets the empty one and of several only the first counts.
    """
    if isinstance(value, tf.SparseTensor):
        one_wide = tf.sparse.slice(value, [0, 0], [value.dense_shape[0], 1])
        value = tf.sparse.to_dense(tf.sparse.reset_shape(one_wide, [value.dense_shape[0], 1]))
    return tf.reshape(value, [-1])
