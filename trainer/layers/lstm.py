"""Long short-term memory that reads on where it stopped, of batches of any size."""

from typing import Any, NamedTuple

import keras
import tensorflow as tf


class State(NamedTuple):
    """What is remembered of the tokens read so far.

    Attributes:
        outputs: Of the last token, `(batch, hidden_dim)`.
        cells: The memory itself, of the same shape.
    """

    outputs: keras.KerasTensor
    cells: keras.KerasTensor


@keras.saving.register_keras_serializable(package="meritline")
class Lstm(keras.layers.Layer):
    """Reads texts forwards; no output depends on later tokens, so that padding may stand after all.

    Keras's own layer does this, but gives an error for a batch without rows or tokens, which a
    server may well be sent: such a batch gets one for the time being.

    Args:
        hidden_dim: Width of the memory.

    Call arguments:
        x: Float tensor `(batch, seq_len, any)`.
        state: What was remembered before the first of these tokens; None for nothing.

    Returns:
        Float tensor `(batch, seq_len, hidden_dim)`, and the state after the last token. After none
        the state means nothing.

    References:
        Hochreiter and Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735
    """

    def __init__(self, hidden_dim: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hidden_dim = hidden_dim
        self.lstm = keras.layers.LSTM(
            hidden_dim,
            return_sequences=True,
            return_state=True,
            dtype=self.dtype_policy,
            name="lstm",
        )

    def build(self, x_shape: tuple) -> None:
        """Makes the weights."""
        self.lstm.build(x_shape)

    def call(
        self, x: keras.KerasTensor, state: State | None = None
    ) -> tuple[keras.KerasTensor, State]:
        """Reads on."""
        batch, seq_len = tf.unstack(tf.shape(x)[:2])
        more = [[0, tf.maximum(1 - batch, 0)], [0, tf.maximum(1 - seq_len, 0)]]
        before = None if state is None else [tf.pad(part, [more[0], [0, 0]]) for part in state]
        read, *after = self.lstm(tf.pad(x, [*more, [0, 0]]), initial_state=before)
        return read[:batch, :seq_len], State(*(part[:batch] for part in after))

    def empty_state(self, batch: int | keras.KerasTensor) -> State:
        """Remembers nothing of each of `batch` sequences."""
        nothing = tf.zeros([batch, self.hidden_dim], self.compute_dtype)
        return State(nothing, nothing)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that rebuild the layer."""
        return {**super().get_config(), "hidden_dim": self.hidden_dim}
