"""The likeliest span of tokens, in each window and among the windows of a row."""

from typing import NamedTuple

import keras
import tensorflow as tf
from keras import ops

from schemas import question_answering, tokens

# Instead of the logit of a place where no answer can begin or end. Sums of several stay finite.
NEVER = -1e30


class Spans(NamedTuple):
    """A span of each window.

    Attributes:
        firsts: Place of its first token, int64 `(windows,)`.
        lasts: Place of its last token.
        scores: Logarithm of its probability, float32.
    """

    firsts: tf.Tensor
    lasts: tf.Tensor
    scores: tf.Tensor


def mask(
    logits: keras.KerasTensor, token_ids: keras.KerasTensor, segment_ids: keras.KerasTensor
) -> keras.KerasTensor:
    """Leaves logits to tokens of the context, and to `[CLS]`, which stands for no answer at all.

    Args:
        logits: Float32 tensor `(windows, seq_len, 2)`, of an answer's first and last token.
        token_ids: Integer tensor `(windows, seq_len)`.
        segment_ids: Integer tensor of that shape, 0 for padding.

    Returns:
        Float32 tensor `(windows, seq_len, 2)`.
    """
    in_context = ops.logical_and(
        ops.not_equal(segment_ids, question_answering.QUESTION),
        ops.not_equal(token_ids, tokens.SEP_ID),
    )
    allowed = ops.logical_or(in_context, ops.equal(token_ids, tokens.CLS_ID))
    return ops.where(ops.expand_dims(allowed, -1), logits, NEVER)


def best(logits: tf.Tensor, max_tokens: int) -> Spans:
    """Finds the likeliest span of each window, of all that begin no later than they end.

    A span's probability is that of its first token times that of its last; both are shares of one
    with `[CLS]`, so that a window that most likely has no answer does not outdo one that has.

    Args:
        logits: Masked, float32 `(windows, seq_len, 2)`, that of `[CLS]` first.
        max_tokens: Tokens of a span at most.

    Returns:
        The first such span where several are as likely. Where no token is of the context, any span,
        with a score near `NEVER`.
    """
    logs = tf.nn.log_softmax(logits, axis=1)[:, 1:]  # without [CLS]
    # So that there is a place to take the best of in an empty batch, too.
    logs = tf.pad(logs, [[0, 0], [0, 1], [0, 0]], constant_values=NEVER)
    length = tf.shape(logs)[1]
    lasts = tf.pad(logs[:, :, 1], [[0, 0], [0, max_tokens - 1]], constant_values=NEVER)
    places = tf.range(length)[:, None] + tf.range(max_tokens)  # of the last token
    sums = logs[:, :, :1] + tf.gather(lasts, places, axis=1)  # (windows, seq_len - 1, max_tokens)
    flat = tf.reshape(sums, [tf.shape(sums)[0], length * max_tokens])
    index = tf.argmax(flat, axis=1)
    firsts = index // max_tokens + 1
    return Spans(firsts, firsts + index % max_tokens, tf.reduce_max(flat, axis=1))


def best_windows(scores: tf.Tensor, numbers: tf.Tensor) -> tf.Tensor:
    """Finds the window of each row whose span is the likeliest; of equal ones, the first.

    Args:
        scores: Float32 `(windows,)`.
        numbers: Number of each window among those of its row, from 0, int64 `(windows,)`.

    Returns:
        Int64 `(batch,)`, indices of windows.
    """
    rows = tf.cumsum(tf.cast(numbers == 0, tf.int64)) - 1
    count = tf.reduce_sum(tf.cast(numbers == 0, tf.int64))
    highest = tf.math.unsorted_segment_max(scores, rows, count)
    indices = tf.range(tf.size(scores, tf.int64))
    is_best = scores == tf.gather(highest, rows)
    candidates = tf.where(is_best, indices, tf.size(scores, tf.int64))
    return tf.math.unsorted_segment_min(candidates, rows, count)
