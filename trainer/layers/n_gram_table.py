"""The table of an n-gram language model: the tokens before another, to its log-probabilities."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from schemas import tokens
from trainer import kneser_ney

_NO_KEY = np.iinfo(np.int64).max


@keras.saving.register_keras_serializable(package="meritline")
class NGramTable(keras.layers.Layer):
    """Tells every token's log-probability from those before it, by a `kneser_ney.Table`.

    The table's size is that of its data; weights have room for as much as is allowed, so that a
    model is of one shape before anything is counted. Before it has learned anything, all tokens
    are alike. Computed in float32 whatever the global policy.

    Args:
        vocabulary_size: Tokens; every id is below it.
        order: The longest n-grams, in tokens.
        max_n_grams: Different n-grams that there is room for.

    Call arguments:
        history: Integer tensor `(batch, seq_len, order - 1)`: the tokens before each place, the
            latest last, `[PAD]` where there is none.

    Returns:
        Float tensor `(batch, seq_len, vocabulary_size)`.
    """

    def __init__(
        self,
        vocabulary_size: int,
        order: int,
        max_n_grams: int,
        dtype: Any = "float32",
        **kwargs: Any,
    ) -> None:
        super().__init__(dtype=dtype, **kwargs)
        self.contexts = kneser_ney.Contexts(vocabulary_size, order)
        self.max_n_grams = max_n_grams

    def build(self, history_shape: tuple) -> None:
        """Makes the weights, none of them trained."""
        del history_shape
        size, room = self.contexts.vocabulary_size, self.max_n_grams
        self.unigrams = self._weight("unigrams", size, 1.0 / size)
        self.keys = self._weight("keys", room, _NO_KEY, "int64")
        self.left = self._weight("left", room, 1.0)
        self.starts = self._weight("starts", room + 1, 0, "int64")
        self.tokens = self._weight("tokens", room, 0, "int64")
        self.added = self._weight("added", room, 0.0)

    def hold(self, table: kneser_ney.Table) -> None:
        """Takes a table in.

        Raises:
            ValueError: If it has more n-grams than there is room for.
        """
        if len(table.tokens) > self.max_n_grams:
            raise ValueError(
                f"`max_n_grams` must be at least {len(table.tokens)}. "
                f"Received: max_n_grams={self.max_n_grams}"
            )
        self.unigrams.assign(table.unigrams.astype(np.float32))
        for weight, values, filling in (
            (self.keys, table.keys, _NO_KEY),
            (self.left, table.left, 1.0),
            (self.starts, table.starts, len(table.tokens)),
            (self.tokens, table.tokens, 0),
            (self.added, table.added, 0.0),
        ):
            missing = weight.shape[0] - len(values)
            weight.assign(np.pad(values, [0, missing], constant_values=filling))

    def call(self, history: tf.Tensor) -> tf.Tensor:
        """Goes from the shortest context to the longest that is known."""
        size, order = self.contexts.vocabulary_size, self.contexts.order
        history = tf.cast(history, tf.int64)
        shape = tf.shape(history)[:2]
        history = tf.reshape(history, [-1, order - 1])  # (places, order - 1)
        places = tf.shape(history)[0]
        told = tf.tile(self.unigrams[None], [places, 1])  # (places, vocabulary_size)
        number = tf.zeros([places], tf.int64)
        is_context = tf.fill([places], True)
        for length in range(1, order):
            first = history[:, -length]
            is_context &= tf.not_equal(first, tokens.PAD_ID)
            number += first * size ** (length - 1)
            told = self._after(told, number * order + length, is_context)
            is_context &= tf.not_equal(first, tokens.SEP_ID)  # nothing counts that is before it
        return tf.reshape(tf.math.log(told), [*tf.unstack(shape), size])

    def _after(self, told: tf.Tensor, keys: tf.Tensor, is_context: tf.Tensor) -> tf.Tensor:
        """Brings probabilities after shorter contexts to those after longer ones, if known."""
        found = tf.searchsorted(self.keys, keys)
        found = tf.minimum(found, self.max_n_grams - 1)
        is_known = is_context & tf.equal(tf.gather(self.keys, found), keys)
        left = tf.where(is_known, tf.gather(self.left, found), 1.0)
        starts = tf.gather(self.starts, found)
        counts = tf.where(is_known, tf.gather(self.starts, found + 1) - starts, 0)
        entries = tf.ragged.range(starts, starts + counts)
        at = tf.stack([entries.value_rowids(), tf.gather(self.tokens, entries.values)], axis=1)
        added = tf.gather(self.added, entries.values)
        return tf.tensor_scatter_nd_add(told * left[:, None], at, added)

    def _weight(self, name: str, rows: int, value: float, dtype: str = "float32") -> Any:
        return self.add_weight(
            name=name,
            shape=(rows,),
            initializer=lambda shape, dtype=None: tf.fill(shape, tf.cast(value, dtype)),
            trainable=False,
            dtype=dtype,
        )

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that rebuild the layer."""
        return {
            **super().get_config(),
            "vocabulary_size": self.contexts.vocabulary_size,
            "order": self.contexts.order,
            "max_n_grams": self.max_n_grams,
        }
