"""The n-grams of a text as features of a linear model: which there are, and how often."""

from typing import Any

import keras
import tensorflow as tf
from keras import ops

from schemas import tokens

# Marks stand around texts, not in them.
_NOT_OF_A_TEXT = (tokens.PAD_ID, tokens.CLS_ID, tokens.SEP_ID)
# Of the polynomial that an n-gram is hashed by: a prime below 2 ** 31, so that no product of two
# residues leaves int64, and a base without a pattern.
_MODULUS = 2**31 - 1
_BASE = 1_103_515_245


@keras.saving.register_keras_serializable(package="meritline")
class NGrams(keras.layers.Layer):
    """Counts the n-grams of each text, for n from 1 to `order`.

    Features 0 to `num_segments * vocabulary_size - 1` are the tokens, each segment's apart; those
    after them are buckets, into which longer n-grams are hashed. An n-gram lies within one segment,
    and the same tokens in another segment are another one. Tokens that are put around texts, and
    padding, are part of none.

    A text of `seq_len` tokens costs O(seq_len log seq_len), however many features there are.

    Args:
        vocabulary_size: Tokens; every id is below it.
        order: The longest n-grams, in tokens.
        buckets: Features that n-grams of two tokens or more share.
        num_segments: Texts that a sequence may be made of.

    Call arguments:
        token_ids: Integer tensor `(batch, seq_len)`.
        segment_ids: Integer tensor of the same shape, below `num_segments`; None where that is 1.

    Returns:
        Features, int32 `(batch, places)`, and how often each stands in the text, float32 of the
        same shape: in one place for each feature, 0 in all other places.

    References:
        Weinberger et al. 2009, sec. 2, arXiv:0902.2206 (feature hashing, here without signs)
    """

    def __init__(
        self,
        vocabulary_size: int,
        order: int = 2,
        buckets: int = 2**18,
        num_segments: int = 1,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if order < 1:
            raise ValueError(f"`order` must be at least 1. Received: order={order}")
        if not 1 <= buckets < _MODULUS:
            raise ValueError(f"`buckets` must be from 1 to 2**31 - 2. Received: buckets={buckets}")
        self.vocabulary_size = vocabulary_size
        self.order = order
        self.buckets = buckets
        self.num_segments = num_segments

    @property
    def num_features(self) -> int:
        """Features there are; every feature is below it."""
        tokens_ = self.num_segments * self.vocabulary_size
        return tokens_ + (self.buckets if self.order > 1 else 0)

    def call(
        self, token_ids: keras.KerasTensor, segment_ids: keras.KerasTensor | None = None
    ) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        """Lists the n-grams, then counts alike ones."""
        token_ids = ops.cast(token_ids, "int64")
        segments = ops.zeros_like(token_ids) if segment_ids is None else segment_ids
        segments = ops.cast(segments, "int64")
        within = token_ids >= 0
        for mark in _NOT_OF_A_TEXT:
            within = ops.logical_and(within, ops.not_equal(token_ids, mark))
        unigrams = segments * self.vocabulary_size + token_ids  # (batch, seq_len)
        listed = [self._listed(unigrams, within)]
        hashed = unigrams
        for n in range(2, self.order + 1):
            # Of the n-grams that begin at each token, one token more: `(batch, seq_len - n + 1)`.
            hashed = (hashed[:, :-1] * _BASE + unigrams[:, n - 1 :] + 1) % _MODULUS
            within = ops.logical_and(within[:, :-1], within[:, 1:])
            within = ops.logical_and(within, ops.equal(segments[:, n - 1 :], segments[:, : 1 - n]))
            # The residue once more times the base: else alike n-grams fell into alike buckets.
            bucket = (hashed * _BASE) % _MODULUS % self.buckets
            listed.append(self._listed(bucket + self.num_segments * self.vocabulary_size, within))
        return _counted(ops.concatenate(listed, axis=1), self.num_features)

    def _listed(self, features: keras.KerasTensor, within: keras.KerasTensor) -> keras.KerasTensor:
        """Puts what is no n-gram of a text behind all features."""
        return ops.cast(ops.where(within, features, self.num_features), "int32")

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that rebuild the layer."""
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "order": self.order,
            "buckets": self.buckets,
            "num_segments": self.num_segments,
        }


def _counted(listed: tf.Tensor, num_features: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Counts alike features of a row, those at `num_features` apart, which are none."""
    ordered = tf.sort(listed, axis=1)  # (batch, places)
    first = tf.searchsorted(ordered, ordered, side="left")
    after_last = tf.searchsorted(ordered, ordered, side="right")
    place = tf.range(tf.shape(ordered)[1])
    tells = (first == place) & (ordered < num_features)
    counts = tf.where(tells, tf.cast(after_last - first, tf.float32), 0.0)
    return tf.where(tells, ordered, 0), counts
