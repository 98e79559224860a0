"""Long short-term memory in both directions, of texts of any length and batches of any size."""

from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="meritline")
class BidirectionalLstm(keras.layers.Layer):
    """Reads each text forwards, and backwards from its last real token.

    Padding stands after a text; there the memory stays as it is, which is empty where one reads
    backwards. Keras's own layers do this, but give an error for a batch without rows or tokens,
    which a server may well be sent: such a batch gets one for the time being.

    Args:
        hidden_dim: Width of the memory, of each direction.

    Call arguments:
        x: Float tensor `(batch, seq_len, any)`.
        padding_mask: Boolean tensor `(batch, seq_len)`; True for a real token.

    Returns:
        Float tensor `(batch, seq_len, 2 * hidden_dim)`: forwards, then backwards.

    References:
        Hochreiter and Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735;
        Graves and Schmidhuber 2005, doi:10.1016/j.neunet.2005.06.042
    """

    def __init__(self, hidden_dim: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hidden_dim = hidden_dim
        self.lstm = keras.layers.Bidirectional(
            keras.layers.LSTM(hidden_dim, return_sequences=True, dtype=self.dtype_policy),
            dtype=self.dtype_policy,
            name="lstm",
        )

    def build(self, x_shape: tuple, padding_mask_shape: tuple | None = None) -> None:
        """Makes the weights of both directions."""
        del padding_mask_shape
        self.lstm.build(x_shape)

    def call(self, x: keras.KerasTensor, padding_mask: keras.KerasTensor) -> keras.KerasTensor:
        """Reads both ways."""
        batch, seq_len = tf.unstack(tf.shape(x)[:2])
        more = [[0, tf.maximum(1 - batch, 0)], [0, tf.maximum(1 - seq_len, 0)]]
        read = self.lstm(tf.pad(x, [*more, [0, 0]]), mask=tf.pad(padding_mask, more))
        return read[:batch, :seq_len]

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that rebuild the layer."""
        return {**super().get_config(), "hidden_dim": self.hidden_dim}
