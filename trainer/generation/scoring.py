"""How probable texts of any length are, token by token, in memory that does not grow with them."""

from typing import NamedTuple

import keras
import tensorflow as tf

from schemas import features
from schemas import tokens as tokens_lib
from trainer.generation import windows

# Logits that are in memory at once.
_LOGITS = 1 << 24


class Score(NamedTuple):
    """What a model makes of texts; the end of each is a token, too.

    Attributes:
        log_probability: Float32 `(batch,)`, of the whole text, in nats.
        tokens: Int32 `(batch,)`, how many those are the sum of.
        hits: Int32 `(batch,)`, how many of them were the likeliest after those before.
    """

    log_probability: tf.Tensor
    tokens: tf.Tensor
    hits: tf.Tensor


def score(model: keras.Model, texts: tf.RaggedTensor, length: int, vocabulary_size: int) -> Score:
    """Scores texts.

    Each token is told from those that `windows` says, as when text is written.

    Args:
        model: From `{"token_ids": (batch, seq_len)}` to logits of the token after each.
        texts: Ragged int32 `(batch, None)`, without marks.
        length: Tokens that the model reads at most.
        vocabulary_size: How many logits there are.
    """
    end = tf.fill([texts.nrows(), 1], tf.constant(tokens_lib.SEP_ID, texts.dtype))
    told = tf.concat([texts, end], axis=1)
    counts = tf.cast(told.row_lengths(), tf.int32)
    width = tf.minimum(length, tf.reduce_max(tf.concat([counts, [1]], axis=0)))
    rows, starts = _places(counts, length)
    at_once = tf.maximum(_LOGITS // (width * vocabulary_size), 1)
    chunks = tf.maximum(-(-tf.size(rows) // at_once), 1)  # an empty map has no shape
    # Before each text stands the end of another; after the last, what the last window may take.
    read = tf.concat([end, texts], axis=1).values
    read, target = (tf.pad(values, [[0, width]]) for values in (read, told.values))
    first = tf.cast(told.row_starts(), tf.int32)

    def of_chunk(chunk: tf.Tensor) -> tf.Tensor:
        some = slice(chunk * at_once, (chunk + 1) * at_once)
        row, start = rows[some], starts[some]
        place = start[:, None] + tf.range(width)  # of each token in its text
        index = tf.gather(first, row)[:, None] + place
        index = tf.minimum(index, tf.size(target) - 1)
        logits = model({features.TOKEN_IDS: tf.gather(read, index)}, training=False)
        asked = tf.gather(target, index)
        nats = tf.nn.sparse_softmax_cross_entropy_with_logits(asked, logits)
        hits = tf.cast(tf.argmax(logits, axis=-1, output_type=asked.dtype) == asked, tf.float32)
        # A window's first tokens were told by the one before it.
        is_own = (place < tf.gather(counts, row)[:, None]) & (
            tf.equal(windows.start(place + 1, length), start[:, None])
        )
        own = tf.cast(is_own, tf.float32)
        sums = tf.reduce_sum(tf.stack([nats * own, hits * own], axis=-1), axis=1)
        return tf.pad(sums, [[0, at_once - tf.shape(row)[0]], [0, 0]])  # (at_once, 2)

    spec = tf.TensorSpec([None, 2], tf.float32)
    sums = tf.map_fn(of_chunk, tf.range(chunks), fn_output_signature=spec, parallel_iterations=1)
    sums = tf.reshape(sums, [-1, 2])[: tf.size(rows)]
    of_texts = tf.math.unsorted_segment_sum(sums, rows, tf.size(counts))
    return Score(-of_texts[:, 0], counts, tf.cast(of_texts[:, 1], tf.int32))


def _places(counts: tf.Tensor, length: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Lists all windows over texts of so many tokens: the text of each, and where it begins."""
    of_text = windows.count(counts, length)
    number = tf.ragged.range(of_text)
    rows = tf.cast(number.value_rowids(), tf.int32)
    return rows, number.values * windows.step(length)
