"""The largest that each unit was at any token."""

import keras
import tensorflow as tf
from keras import ops


@keras.saving.register_keras_serializable(package="meritline")
class MaxOverTime(keras.layers.Layer):
    """The maximum over real tokens, for each unit; zeros for a sequence without a real token.

    Call arguments:
        x: Float tensor `(batch, seq_len, hidden_dim)`.
        padding_mask: Boolean tensor `(batch, seq_len)`; True for a real token.

    Returns:
        Float tensor `(batch, hidden_dim)`.

    References:
        Collobert et al. 2011, sec. 3.3.2, arXiv:1103.0398 (max over time)
    """

    def call(self, x: keras.KerasTensor, padding_mask: keras.KerasTensor) -> keras.KerasTensor:
        """Takes the maximum; what stands at padding, even if it is no number, does not count."""
        real = ops.expand_dims(padding_mask, -1)  # (batch, seq_len, 1)
        # Keras's own maximum gives an error for a batch without rows.
        largest = tf.reduce_max(ops.where(real, x, float("-inf")), axis=1)
        return ops.where(ops.any(real, axis=1), largest, 0.0)
