"""Chooses the next token of each row by its own wishes."""

from typing import NamedTuple

import tensorflow as tf

from schemas import tokens as tokens_lib

# What no model may write; `[SEP]` ends a text.
_NEVER = (tokens_lib.PAD_ID, tokens_lib.UNK_ID, tokens_lib.CLS_ID, tokens_lib.MASK_ID)


class Wishes(NamedTuple):
    """How tokens are chosen, each `(batch,)`.

    Attributes:
        temperature: Float32; logits are divided by it. 1 changes nothing, 0 takes the likeliest
            token whatever the others say.
        top_k: Int32; only so many of the likeliest tokens, and those as likely as the last of them.
            0 keeps all.
        top_p: Float32; only the likeliest tokens that together have this probability, after
            `top_k`. 1 keeps all.
        repetition_penalty: Float32; a token that stood in the text already has its logit divided by
            this if positive, and else multiplied. 1 changes nothing.
        seed: Int64; equal wishes and prompts with equal seeds give equal texts.
    """

    temperature: tf.Tensor
    top_k: tf.Tensor
    top_p: tf.Tensor
    repetition_penalty: tf.Tensor
    seed: tf.Tensor


def barred(vocabulary_size: int) -> tf.Tensor:
    """Makes what is added to logits: 0, and minus infinity for what no model may write.

    Returns:
        Float32 `(vocabulary_size,)`.
    """
    never = tf.reduce_any(tf.range(vocabulary_size)[:, None] == _NEVER, axis=1)
    return tf.where(never, -float("inf"), 0.0)


def draws(seed: tf.Tensor, counts: tf.Tensor) -> tf.Tensor:
    """Draws a number for each token that may come.

    Args:
        seed: Int64 `(batch,)`.
        counts: Int32 `(batch,)`, how many each row needs.

    Returns:
        Float32 `(batch, longest)` from 0 to below 1; a row's depend on its own seed and count.
    """
    longest = tf.reduce_max(tf.concat([counts, [0]], axis=0))

    def of_row(row: tuple[tf.Tensor, tf.Tensor]) -> tf.Tensor:
        drawn = tf.random.stateless_uniform([row[1]], seed=tf.stack([row[0], 0]))
        return tf.pad(drawn, [[0, longest - row[1]]])

    # With a row more, since an empty map has no shape.
    rows = (tf.concat([seed, [0]], axis=0), tf.concat([counts, [0]], axis=0))
    spec = tf.TensorSpec([None], tf.float32)
    return tf.map_fn(of_row, rows, fn_output_signature=spec)[:-1]


def choose(logits: tf.Tensor, seen: tf.Tensor, drawn: tf.Tensor, wishes: Wishes) -> tf.Tensor:
    """Chooses a token for each row.

    Args:
        logits: Float32 `(batch, vocabulary_size)`; minus infinity for what must not come.
        seen: Boolean of the same shape, which tokens stood in the text already.
        drawn: Float32 `(batch,)` from 0 to below 1.
        wishes: Those of each row.

    Returns:
        Int32 `(batch,)`.

    References:
        Holtzman et al. 2020, sec. 3.1, arXiv:1904.09751 (top-p);
        Fan et al. 2018, sec. 5.4, arXiv:1805.04833 (top-k);
        Keskar et al. 2019, sec. 4.1, arXiv:1909.05858 (repetition penalty)
    """
    penalty = wishes.repetition_penalty[:, None]
    penalized = tf.where(logits > 0, logits / penalty, logits * penalty)
    logits = tf.where(seen, penalized, logits)
    likeliest = tf.argmax(logits, axis=-1, output_type=tf.int32)
    is_greedy = tf.equal(wishes.temperature, 0.0)
    scaled = logits / tf.where(is_greedy, 1.0, wishes.temperature)[:, None]
    cuts = tf.reduce_any((wishes.top_k > 0) | (wishes.top_p < 1.0))
    kept = tf.cond(cuts, lambda: _cut(scaled, wishes), lambda: scaled)
    reached = tf.cumsum(tf.nn.softmax(kept), axis=-1)  # (batch, vocabulary_size)
    goal = drawn * reached[:, -1]
    # The first that passes the goal has a probability, as the sum does not grow at others.
    passed = tf.searchsorted(reached, goal[:, None], side="right")[:, 0]
    last = tf.shape(logits)[-1] - 1
    return tf.where(is_greedy, likeliest, tf.minimum(passed, last))


def _cut(scaled: tf.Tensor, wishes: Wishes) -> tf.Tensor:
    """Puts the logits that fall to top-k and top-p at minus infinity."""
    size = tf.shape(scaled)[-1]
    falling = tf.sort(scaled, axis=-1, direction="DESCENDING")
    top_k = tf.where(wishes.top_k > 0, tf.minimum(wishes.top_k, size), size)
    by_k = tf.gather(falling, top_k - 1, batch_dims=1)[:, None]  # the least that is kept
    probabilities = tf.nn.softmax(tf.where(falling >= by_k, falling, -float("inf")))
    before = tf.cumsum(probabilities, axis=-1, exclusive=True)
    # Where rounding lets the sum reach 1 early, all are kept that were to be.
    is_kept = (before < wishes.top_p[:, None]) | (wishes.top_p >= 1.0)[:, None]
    by_p = tf.reduce_min(tf.where(is_kept, falling, float("inf")), axis=-1, keepdims=True)
    return tf.where(scaled >= tf.maximum(by_k, by_p), scaled, -float("inf"))
