"""Texts at whose first appearance a row ends."""

import tensorflow as tf


def reach(stops: tf.Tensor) -> tf.Tensor:
    """Returns how many of the last tokens a stop can lie in, int32 `()`; 0 where there is none.

    A token has a byte at least, so as many as the longest has bytes.
    """
    return tf.reduce_max(tf.concat([tf.reshape(tf.strings.length(stops), [-1]), [0]], axis=0))


def found(texts: tf.Tensor, last: tf.Tensor, stops: tf.Tensor) -> tf.Tensor:
    """Finds the first stop that ends in the last token of a text.

    Args:
        texts: Strings `(batch,)`: the texts, or as much of their ends as `reach` tokens have.
        last: Strings `(batch,)`, what the last token has added.
        stops: Strings `(batch, any)`; empty ones are none.

    Returns:
        Int32 `(batch,)`: how many bytes at the end are the stop and what follows it; 0 where there
        is none.
    """
    # A stop may end at each byte of the last token: it then has so many bytes after it.
    after = tf.range(tf.reduce_max(tf.concat([tf.strings.length(last), [1]], axis=0)))
    lengths = tf.strings.length(stops)[:, :, None]  # (batch, any, 1)
    shape = tf.concat([tf.shape(stops), tf.shape(after)], axis=0)
    within = (after < tf.strings.length(last)[:, None, None]) & (lengths > 0)
    begins = tf.strings.length(texts)[:, None, None] - lengths - after
    parts = tf.strings.substr(
        tf.reshape(tf.broadcast_to(texts[:, None, None], shape), [-1]),
        tf.reshape(tf.maximum(begins, 0), [-1]),
        tf.reshape(tf.broadcast_to(lengths, shape), [-1]),
    )
    is_stop = within & (begins >= 0) & (tf.reshape(parts, shape) == stops[:, :, None])
    from_end = tf.where(is_stop, lengths + after, 0)
    flat = tf.reshape(from_end, [tf.shape(stops)[0], -1])
    return tf.reduce_max(tf.concat([flat, tf.zeros_like(flat[:, :1])], axis=1), axis=1)
