"""The n-gram language model: the next token by those few before it, counted rather than learned."""

from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from schemas import errors, features
from trainer import kneser_ney, rivals
from trainer.layers import n_gram_history, n_gram_table

_TABLE = "table"
# Longest n-grams where the config does not say: of characters, or of words or pieces of them.
_FEW_TOKENS, _ORDER_OF_FEW, _ORDER_OF_MANY = 1000, 5, 3


def build(
    model_config: rivals.NGram,
    vocabulary_size: int,
    max_length: int,
    head: keras.layers.Layer | None,
) -> keras.Model:
    """Builds the model; `adapt` has to count before it tells anything.

    Args:
        model_config: How long n-grams are, and how many.
        vocabulary_size: Tokens; every token id is below it, and id 0 is padding.
        max_length: Not looked at.
        head: None: outputs are what was counted.

    Returns:
        A functional model from `{"token_ids": (batch, seq_len)}` to the log-probabilities of the
        token after each, float32 `(batch, seq_len, vocabulary_size)`. No weight of it is trained.
    """
    del max_length, head
    usual = _ORDER_OF_FEW if vocabulary_size <= _FEW_TOKENS else _ORDER_OF_MANY
    order = model_config.order or usual
    token_ids = keras.Input((None,), dtype="int32", name=features.TOKEN_IDS)
    history = n_gram_history.NGramHistory(order - 1, name="history")(token_ids)
    table = n_gram_table.NGramTable(vocabulary_size, order, model_config.max_n_grams, name=_TABLE)
    return keras.Model({features.TOKEN_IDS: token_ids}, table(history), name="n_gram")


def adapt(model: keras.Model, examples: tf.data.Dataset) -> None:
    """Counts.

    Args:
        model: What `build` returned.
        examples: Batches of inputs and targets, blocks of one pass in their order.

    Raises:
        DataError: If there are more n-grams than the model has room for.
    """
    told = [np.ravel(targets[features.NEXT_IDS]) for _, targets in examples]
    text = np.concatenate(told)
    layer = model.get_layer(_TABLE)
    table = kneser_ney.learn(text[text >= 0], layer.contexts)  # what is below 0 is no token
    if len(table.tokens) > layer.max_n_grams:
        raise errors.DataError(
            f"`rival_settings.ngram.max_n_grams` must be at least {len(table.tokens):,} for this "
            f"text, or `rival_settings.ngram.order` below {layer.contexts.order}. "
            f"Received: {layer.max_n_grams:,}"
        )
    layer.hold(table)


class Read(NamedTuple):
    """What reading some more tokens gives.

    Attributes:
        logits: Of the token that follows the last, float32 `(batch, vocabulary_size)`.
        caches: The last tokens read.
    """

    logits: tf.Tensor
    caches: tf.Tensor


def empty_caches(model: keras.Model, batch: int | tf.Tensor, length: int) -> tf.Tensor:
    """Knows no token yet: `(batch, order - 1)` of `[PAD]`."""
    del length
    order: int = model.get_layer(_TABLE).contexts.order
    return tf.zeros([batch, order - 1], tf.int32)


def read(model: keras.Model, token_ids: Any, caches: tf.Tensor, position: Any) -> Read:
    """Reads tokens after the last ones.

    Args:
        model: What `build` returned, adapted or loaded since.
        token_ids: Integer tensor `(batch, seq_len)`, one token or more.
        caches: Of the tokens before `position`.
        position: Position of the first token, an integer or a scalar integer tensor; at 0 those
            before are forgotten.
    """
    before = tf.where(tf.cast(position, tf.int32) > 0, caches, 0)
    known = tf.concat([before, tf.cast(token_ids, tf.int32)], axis=1)
    width = model.get_layer(_TABLE).contexts.order - 1
    last = tf.ensure_shape(known[:, -width:], [None, width])
    return Read(model.get_layer(_TABLE)(last[:, None])[:, 0], last)
