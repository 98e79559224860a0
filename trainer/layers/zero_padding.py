"""Vectors of tokens, with nothing where there is no token."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="meritline")
class ZeroPadding(keras.layers.Layer):
    """Puts zeros where there is no token, whatever stood there.

    Call arguments:
        x: Float tensor `(batch, seq_len, hidden_dim)`.
        padding_mask: Boolean tensor `(batch, seq_len)`; True for a real token.

    Returns:
        Float tensor of the shape of `x`.
    """

    def call(self, x: keras.KerasTensor, padding_mask: keras.KerasTensor) -> keras.KerasTensor:
        """Keeps the vectors of real tokens."""
        return ops.where(ops.expand_dims(padding_mask, -1), x, 0.0)
