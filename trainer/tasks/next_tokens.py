"""What tasks have in common that learn which token comes next."""

import math
from collections.abc import Mapping

import keras
import tensorflow as tf

from schemas import features
from trainer.layers import projection
from trainer.tasks import task


def head(size: int) -> keras.layers.Layer:
    """Makes logits over a vocabulary, by weights of their own."""
    return projection.Projection(size, use_bias=False, dtype="float32", name="head")


def nats(
    targets: task.Tensors, outputs: tf.Tensor, label_smoothing: float = 0.0
) -> tuple[tf.Tensor, tf.Tensor]:
    """Computes the cross-entropy of each token; padding is told by a target below 0.

    Args:
        targets: `next_ids` `(batch, length)`.
        outputs: Logits `(batch, length, vocabulary_size)`.
        label_smoothing: Probability mass that the right token gives up to all of them.

    Returns:
        Nats, 0 for padding, and 1 for each token that is none: float32 `(batch, length)`.

    References:
        Szegedy et al. 2016, sec. 7, arXiv:1512.00567, for label smoothing
    """
    next_ids = targets[features.NEXT_IDS]
    own = tf.cast(next_ids >= 0, tf.float32)
    ids = tf.maximum(next_ids, 0)
    found = tf.nn.sparse_softmax_cross_entropy_with_logits(ids, outputs)
    if label_smoothing:
        # What the mean of all -log p is above that of the right one, without a pass to make them.
        above = tf.gather(outputs, ids, batch_dims=2) - tf.reduce_mean(outputs, axis=-1)
        found += label_smoothing * above
    return found * own, own


def accuracy(targets: task.Tensors, outputs: tf.Tensor) -> task.Weighted:
    """Tells which tokens were the likeliest, for the share of all."""
    next_ids = targets[features.NEXT_IDS]
    likeliest = tf.argmax(outputs, axis=-1, output_type=next_ids.dtype)
    hits = tf.cast(tf.equal(likeliest, next_ids), tf.float32)  # padding is below 0
    return per_token(hits, tf.cast(next_ids >= 0, tf.float32))


def per_token(values: tf.Tensor, own: tf.Tensor) -> task.Weighted:
    """Sums what each token has `(batch, length)`, and the tokens."""
    return task.Weighted(tf.reduce_sum(values, axis=1), tf.reduce_sum(own, axis=1))


def summary(means: Mapping[str, float]) -> dict[str, float]:
    """Gives the perplexity."""
    return {"perplexity": math.exp(min(means["loss"], 700.0))}  # beyond it floats end
