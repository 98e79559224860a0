"""Positions as a learned table."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="meritline")
class LearnedPositions(keras.layers.Layer):
    """Adds to each embedding a learned vector for its position.

    Args:
        max_length: Rows of the table: the longest sequence, in tokens.
        initializer: Initial values of the table.

    Call arguments:
        x: Float tensor `(batch, seq_len, hidden_dim)`.
        position: Position of the first token, an integer or a scalar integer tensor.

    Returns:
        Float tensor `(batch, seq_len, hidden_dim)`.

    Raises:
        ValueError: If `max_length` is not positive, or `position + seq_len` is known and greater
            than `max_length`. A length known only at run time fails there, in the slice.
    """

    def __init__(self, max_length: int, initializer: Any = "uniform", **kwargs: Any):
        super().__init__(**kwargs)
        if max_length < 1:
            raise ValueError(f"`max_length` must be positive. Received: max_length={max_length}")
        self.max_length = max_length
        self.initializer = keras.initializers.get(initializer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the table `(max_length, hidden_dim)`."""
        self.table = self.add_weight(
            name="table",
            shape=(self.max_length, input_shape[-1]),
            initializer=self.initializer,
        )
        self.built = True

    def call(
        self, x: keras.KerasTensor, position: int | keras.KerasTensor = 0
    ) -> keras.KerasTensor:
        """Adds the `seq_len` rows of the table from `position` on."""
        _, seq_len, hidden_dim = ops.shape(x)
        known = isinstance(seq_len, int) and isinstance(position, int)
        if known and position + seq_len > self.max_length:
            raise ValueError(
                "A sequence must not be longer than `max_length` of the learned positions. "
                f"Received: seq_len={position + seq_len}, max_length={self.max_length}"
            )
        # A slice of a stated size, since a gather past the end gives zeros on a GPU and a Python
        # slice is silently short.
        return x + ops.slice(ops.cast(self.table, x.dtype), (position, 0), (seq_len, hidden_dim))

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments that rebuild the layer."""
        return {
            **super().get_config(),
            "max_length": self.max_length,
            "initializer": keras.initializers.serialize(self.initializer),
        }
